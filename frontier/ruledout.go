package frontier

import (
	"fmt"
	"maps"
	"slices"

	"parley"
	"parley/brief"
)

// What a party says yes to tells something of its position. Where it offers,
// accepts or seals an exchange, that is agreeable to it, as far as it means what
// it does and has not changed its mind:
//
//	Σ heads·worth + bonuses  ≥  walk-away,   and its red lines hold
//
// A no tells nothing of the kind: whoever declines may hope for more, and whoever
// withdraws may have found better. So does a request, which costs nothing.
//
// Each yes is an inequality over numbers that we know by ranges, and all of them
// point one way: more worth, or a lower walk-away, never breaks one. So all hold
// somewhere in the ranges just if each of them holds where every worth is at its
// high end and the walk-away at its low end; and then the least that one number
// can be, the others taken at those ends, is exactly what is left of its range.
// An offer that leaves something open (an entry that may fall out, a blank) is a
// yes to one of its ways to be closed at least, and holds where one of them does.
//
// No number here is a likelihood.

// Said is an act of another party on the table.
type Said struct {
	Act  string      // what the table calls it
	Kind parley.Kind // an offer, an accept or a seal is a yes; anything else says nothing
	Case *parley.Case
	Ways []Way // in which it may be closed; nil where they are too many
}

// Way is an exchange with nothing left open, but for blanks that anybody may fill.
type Way struct {
	Release parley.Exchange
	Named   []parley.Naming
}

// MaxWays is in how many ways an act may be closed, to be looked at.
const MaxWays = 1024

// WaysOf lists the ways in which an offer may be closed; nil where they are more
// than MaxWays. A blank without candidates stays.
func WaysOf(c *parley.Case, o *parley.Offer) []Way {
	reg, entries := c.Register(), o.Entries()
	ways := []Way{{}}
	for _, id := range entries {
		next := []Way{}
		for _, w := range ways {
			if slices.Contains(o.Optional, id) {
				next = append(next, w)
			}
			next = append(next, w.with(id, reg, entries)...)
		}
		if ways = next; len(ways) > MaxWays {
			return nil
		}
	}
	for i := range ways {
		ways[i].Release = parley.NewExchange(ways[i].Release...)
	}
	return ways
}

// with is the way with one entry more, once for each who may fill it.
func (w Way) with(id parley.PersonID, reg parley.Register, entries parley.Exchange) []Way {
	blank := reg[id]
	if !blank.Blank || len(blank.Candidates) == 0 {
		return []Way{{append(slices.Clone(w.Release), id), w.Named}}
	}
	var out []Way
	for _, p := range blank.Candidates {
		if entries.Has(p) || slices.Contains(w.Release, p) || reg[p].HeldBy != blank.HeldBy {
			continue
		}
		out = append(out, Way{append(slices.Clone(w.Release), p), append(slices.Clone(w.Named), parley.Naming{Blank: id, Person: p})})
	}
	return out
}

// Verdict is how an act stands with our estimate of whoever made it.
type Verdict string

// The verdicts.
const (
	Agrees      Verdict = "agrees"      // with every number in the estimated ranges
	Narrows     Verdict = "narrows"     // rules out a part of them
	Contradicts Verdict = "contradicts" // no number in them allows it, or an estimated red line does not
	Silent      Verdict = "silent"      // tells nothing
)

// RuledOut is what a party's acts leave of our estimate of it. It is as private as
// the brief.
type RuledOut struct {
	Party        parley.PartyID `json:"party"`
	Contradicted bool           `json:"contradicted"` // by one act at least
	Acts         []Told         `json:"acts"`         // in the order in which they are given
	// Left is what remains of each range by all acts that the ranges allow. Each
	// number may lie anywhere in what is left of its range, though not every
	// combination is allowed.
	Left []Left `json:"left"`
}

// Told is what one act tells.
type Told struct {
	Act     string          `json:"act"`
	Kind    parley.Kind     `json:"kind"`
	Verdict Verdict         `json:"verdict"`
	Why     string          `json:"why"`   // where it is silent
	Rules   []string        `json:"rules"` // estimated red lines that it crosses, however it is closed
	Short   int64           `json:"short"` // where the ranges do not allow it: by how much it is below the walk-away, at their best ends
	Alone   []Need          `json:"alone"` // and what one number, the others as estimated, must be then
	Release parley.Exchange `json:"release"`
}

// Number names what is estimated.
type Number struct {
	What string `json:"what"` // walk_away, worth or tag
	Of   string `json:"of"`   // the person, or the tag
}

// Need is what one number must be, if the others are in their ranges. Of a
// walk-away it is the most, of anything else the least.
type Need struct {
	Number
	Value int64 `json:"value"`
}

// Left is a range and what is left of it, both ends included.
type Left struct {
	Number
	Estimated [2]int64 `json:"estimated"`
	Left      [2]int64 `json:"left"`
}

// RuleOut holds the acts of a party against our estimate of it.
func RuleOut(e brief.Estimate, said []Said) (*RuledOut, error) {
	r := newRuling(e)
	out := &RuledOut{Party: e.Party, Acts: []Told{}}
	for _, s := range said {
		t, err := r.hear(s)
		if err != nil {
			return nil, err
		}
		out.Contradicted = out.Contradicted || t.Verdict == Contradicts
		out.Acts = append(out.Acts, t)
	}
	for _, n := range r.numbers {
		out.Left = append(out.Left, Left{n.Number, [2]int64{n.low, n.high}, [2]int64{n.leftLow, n.leftHigh}})
	}
	return out, nil
}

// ruling is an estimate as numbers, the walk-away first, and what is left of them.
type ruling struct {
	of      brief.Estimate
	numbers []estimated
	worths  map[parley.PersonID]int
	tags    map[string]int
	trades  map[*parley.Case]*trade
}

type estimated struct {
	Number
	low, high         int64
	leftLow, leftHigh int64
}

func newRuling(e brief.Estimate) *ruling {
	r := &ruling{of: e, worths: map[parley.PersonID]int{}, tags: map[string]int{}, trades: map[*parley.Case]*trade{}}
	add := func(what, of string, x brief.Range) int {
		r.numbers = append(r.numbers, estimated{Number{what, of}, x.Low, x.High, x.Low, x.High})
		return len(r.numbers) - 1
	}
	add("walk_away", "", e.WalkAway)
	for _, id := range slices.Sorted(maps.Keys(e.Worth)) {
		r.worths[id] = add("worth", string(id), e.Worth[id])
	}
	for _, tag := range slices.Sorted(maps.Keys(e.Tags)) {
		r.tags[tag] = add("tag", tag, e.Tags[tag])
	}
	return r
}

// yes is one way of an act as an inequality: Σ times·number + base ≥ walk-away.
type yes struct {
	base  int64
	times map[int]int64 // by number; never of the walk-away
	best  int64         // the left side where every number is at its high end
}

// hear takes in one act.
func (r *ruling) hear(s Said) (Told, error) {
	t := Told{Act: s.Act, Kind: s.Kind, Verdict: Silent, Rules: []string{}, Alone: []Need{}, Release: parley.Exchange{}}
	for _, w := range s.Ways {
		t.Release = parley.NewExchange(append(t.Release, w.Release...)...)
	}
	switch s.Kind {
	case parley.KindOffer, parley.KindAccept, parley.KindSeal:
	case parley.KindDecline:
		t.Why = "a no is no proof that it lies below the walk-away: they may hope for more"
		return t, nil
	default:
		t.Why = "it is no yes to an exchange"
		return t, nil
	}
	if s.Ways == nil {
		t.Why = "it leaves too much open"
		return t, nil
	}
	ways, rules := r.allowed(s)
	t.Rules = rules
	var all []yes
	for _, w := range ways {
		y, why, err := r.inequality(r.trade(s.Case), w)
		if err != nil {
			return t, err
		}
		if t.Why = why; why != "" {
			break
		}
		all = append(all, y)
	}
	if t.Why == "" && len(all) == 0 {
		t.Why = "nobody in trade can be released by it"
	}
	switch {
	case t.Why == "":
		r.judge(&t, all)
	case len(rules) > 0:
		t.Verdict = Contradicts
	}
	return t, nil
}

func (r *ruling) trade(c *parley.Case) *trade {
	if r.trades[c] == nil {
		t := newTrade(c, inTrade(c), nil)
		r.trades[c] = &t
	}
	return r.trades[c]
}

// allowed lists the ways that keep the red lines that we estimate, and release
// somebody. Where none does, those lines are contradicted, and all ways count.
func (r *ruling) allowed(s Said) (ways []Way, broken []string) {
	t := r.trade(s.Case)
	var all []Way
	var first []string
	for _, w := range s.Ways {
		out := t.release(w.Release)
		if len(out.ids) == 0 {
			continue
		}
		out.fills = map[parley.PersonID]int{}
		for _, n := range w.Named {
			if i, ok := t.at()[n.Blank]; ok && i >= 0 && out.ids[n.Person] {
				out.ids[n.Blank], out.fills[n.Blank] = true, t.at()[n.Person]
			}
		}
		all = append(all, w)
		faults := []string{}
		for _, rule := range r.of.Rules {
			if f := t.fault(rule, out); f != "" {
				faults = append(faults, fmt.Sprintf("%s: %s", rule, f))
			}
		}
		if len(faults) == 0 {
			ways = append(ways, w)
		} else if first == nil {
			first = faults
		}
	}
	if len(ways) == 0 && len(all) > 0 {
		return all, first
	}
	return ways, []string{}
}

// inequality writes a way as numbers; why it can't, where somebody in it is not
// estimated: nothing follows then.
func (r *ruling) inequality(t *trade, w Way) (y yes, why string, err error) {
	y.times = map[int]int64{}
	blanks := map[parley.PersonID]parley.PersonID{}
	for _, n := range w.Named {
		blanks[n.Person] = n.Blank
	}
	held := room{left: capacity}
	for _, i := range t.inTrade(w.Release) {
		heads := t.holdings[i].Heads
		who := i
		if b, ok := t.at()[blanks[t.holdings[i].ID]]; ok && b >= 0 {
			if _, ok := r.worths[t.holdings[b].ID]; ok {
				who = b
			}
		}
		if h := t.whole(who); !r.count(&y, &h, heads) {
			return y, fmt.Sprintf("%s is not estimated", h.ID), nil
		}
	}
	for k, n := range y.times {
		held.take(r.numbers[k].high, int(n))
		y.best += n * r.numbers[k].high
	}
	for _, rule := range r.of.Rules {
		b, ok := rule.(parley.Bonus)
		if ok && r.earned(t, b, w) && held.take(b.Points, 1) {
			y.base += b.Points
		}
	}
	held.take(r.numbers[0].low, 1)
	if held.full {
		return y, "", errOverflow(r.of.Party)
	}
	y.best += y.base
	return y, "", nil
}

// count adds a holding to an inequality, as often as it has heads.
func (r *ruling) count(y *yes, h *parley.Holding, heads int) (known bool) {
	if k, ok := r.worths[h.ID]; ok {
		y.times[k] += int64(heads)
		known = true
	}
	tags := slices.Clone(h.Tags)
	slices.Sort(tags)
	for _, tag := range slices.Compact(tags) {
		if k, ok := r.tags[tag]; ok {
			y.times[k] += int64(heads)
			known = true
		}
	}
	return known
}

// earned tells whether a way earns a bonus.
func (r *ruling) earned(t *trade, b parley.Bonus, w Way) bool {
	in := t.inTrade(b.All)
	for _, i := range in {
		id := t.holdings[i].ID
		if !w.Release.Has(id) && !slices.ContainsFunc(w.Named, func(n parley.Naming) bool { return n.Blank == id }) {
			return false
		}
	}
	return len(in) > 0
}

// judge holds an act, which is a yes to one of these at least, against the ranges.
func (r *ruling) judge(t *Told, ways []yes) {
	walk := &r.numbers[0]
	best := ways[0].best
	for _, y := range ways {
		best = max(best, y.best)
	}
	t.Verdict = Agrees
	if best < walk.low {
		t.Verdict, t.Short = Contradicts, walk.low-best
		t.Alone = append(t.Alone, Need{walk.Number, best})
	} else if best < walk.high {
		t.Verdict = Narrows
		walk.leftHigh = min(walk.leftHigh, best)
	}
	for k := 1; k < len(r.numbers); k++ {
		n := &r.numbers[k]
		least, some := r.least(ways, k)
		switch {
		case !some:
		case t.Verdict == Contradicts && least <= parley.MaxPoints:
			t.Alone = append(t.Alone, Need{n.Number, least})
		case t.Verdict != Contradicts && least > n.low:
			t.Verdict = Narrows
			n.leftLow = max(n.leftLow, least)
		}
	}
	if len(t.Rules) > 0 {
		t.Verdict = Contradicts
	}
}

// least is the least that a number can be where one of these holds and the others
// are at their best ends; false where it can be anything, or can't help.
func (r *ruling) least(ways []yes, k int) (least int64, some bool) {
	need := r.numbers[0].low
	for _, y := range ways {
		n := y.times[k]
		if n == 0 {
			if y.best >= need {
				return 0, false // holds without it
			}
			continue
		}
		at := ceilDiv(need-(y.best-n*r.numbers[k].high), n)
		if !some || at < least {
			least, some = at, true
		}
	}
	return least, some
}

// ceilDiv is a/b rounded up, b above 0.
func ceilDiv(a, b int64) int64 {
	q := a / b
	if a%b > 0 {
		q++
	}
	return q
}
