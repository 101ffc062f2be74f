package frontier_test

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"parley"
	"parley/frontier"
)

// The oracle weighs by the contract's text alone: it lists every exchange and
// looks at each, in big numbers. It shares nothing with the engine.

// outcome is one exchange with its numbers.
type outcome struct {
	ids   []string // ascending
	gains []*big.Int
	heads int
}

// claim is something that an exchange must fulfil, with the line that names it
// when nothing is agreeable.
type claim struct {
	line  string
	holds func(outcome) bool
}

const somebody = "at least one person is released"

// oracle is a case and what was said, ready to be asked.
type oracle struct {
	c      *parley.Case
	voices []frontier.Voice
	in     []parley.Holding // those in trade
	all    []outcome        // every set of them, the empty one too
	claims []claim
}

func consult(c *parley.Case, voices []frontier.Voice) *oracle {
	o := &oracle{c: c}
	for _, h := range c.Holdings() {
		if h.HeldBy != "" && !h.Owed {
			o.in = append(o.in, h)
		}
	}
	for _, p := range c.Parties {
		for _, v := range voices {
			if v.Position.Party == p.ID {
				o.voices = append(o.voices, v)
			}
		}
	}
	o.list()
	o.demand()
	return o
}

func (o *oracle) list() {
	for n := range 1 << len(o.in) {
		x := outcome{ids: []string{}}
		for i, h := range o.in {
			if n>>i&1 == 1 {
				x.ids = append(x.ids, string(h.ID))
				x.heads += h.Heads
			}
		}
		slices.Sort(x.ids)
		for _, v := range o.voices {
			x.gains = append(x.gains, o.gain(v, x))
		}
		o.all = append(o.all, x)
	}
}

func has(x outcome, id parley.PersonID) bool {
	_, ok := slices.BinarySearch(x.ids, string(id))
	return ok
}

func (o *oracle) gain(v frontier.Voice, x outcome) *big.Int {
	g := big.NewInt(0)
	add := func(points int64, times int) {
		if points != 0 {
			g.Add(g, new(big.Int).Mul(big.NewInt(points), big.NewInt(int64(times))))
		}
	}
	for _, h := range o.in {
		if !has(x, h.ID) {
			continue
		}
		add(v.Position.Worth[h.ID], h.Heads)
		for _, t := range h.Tags {
			add(v.Position.Tags[t], h.Heads)
		}
	}
	for _, r := range v.Position.Rules {
		if b, ok := r.(parley.Bonus); ok {
			if ids := o.traded(b.All); len(ids) > 0 && !slices.ContainsFunc(ids, func(id parley.PersonID) bool { return !has(x, id) }) {
				add(b.Points, 1)
			}
		}
	}
	add(v.Position.WalkAway, -1)
	return g
}

// traded drops the ids that rules don't see.
func (o *oracle) traded(ids []parley.PersonID) []parley.PersonID {
	var out []parley.PersonID
	for _, h := range o.in {
		if slices.Contains(ids, h.ID) {
			out = append(out, h.ID)
		}
	}
	return out
}

func (o *oracle) demand() {
	for _, r := range o.c.Rules {
		o.claimRule("rule of the case", r)
	}
	for i, v := range o.voices {
		name := string(v.Position.Party)
		if v.Estimated {
			name += " (estimated)"
		}
		o.claims = append(o.claims, claim{
			fmt.Sprintf("%s: walk-away %d", name, v.Position.WalkAway),
			func(x outcome) bool { return x.gains[i].Sign() >= 0 },
		})
		for _, r := range v.Position.Rules {
			o.claimRule(name, r)
		}
	}
}

func (o *oracle) claimRule(whose string, r parley.Rule) {
	if _, points := r.(parley.Bonus); !points {
		o.claims = append(o.claims, claim{whose + ": " + r.String(), func(x outcome) bool { return o.keeps(r, x) }})
	}
}

func (o *oracle) keeps(r parley.Rule, x outcome) bool {
	out := func(ids []parley.PersonID) (n, of int) {
		for _, h := range o.in {
			if slices.Contains(ids, h.ID) {
				of++
				if has(x, h.ID) {
					n++
				}
			}
		}
		return n, of
	}
	heads := func(s parley.Selector) int {
		n := 0
		for _, h := range o.in {
			fits := has(x, h.ID)
			fits = fits && (s.HeldBy == "" || h.HeldBy == s.HeldBy)
			fits = fits && (s.SoughtBy == "" || slices.Contains(h.SoughtBy, s.SoughtBy))
			fits = fits && (s.Tag == "" || slices.Contains(h.Tags, s.Tag))
			fits = fits && (s.IDs == nil || slices.Contains(s.IDs, h.ID))
			if fits {
				n += h.Heads
			}
		}
		return n
	}
	switch r := r.(type) {
	case parley.Require:
		n, of := out(r.IDs)
		return n == of
	case parley.Forbid:
		n, _ := out(r.IDs)
		return n == 0
	case parley.Together:
		n, of := out(r.IDs)
		return n == 0 || n == of
	case parley.AtMostOne:
		n, _ := out(r.IDs)
		return n <= 1
	case parley.IfThen:
		n, of := out(r.Then)
		return !has(x, r.If) || n == of
	case parley.Count:
		n := heads(r.Of)
		return (r.AtLeast == nil || n >= *r.AtLeast) && (r.AtMost == nil || n <= *r.AtMost)
	case parley.Equal:
		return heads(r.A) == heads(r.B)
	case parley.Ratio:
		return big.NewRat(int64(heads(r.A)), 1).Cmp(new(big.Rat).Mul(big.NewRat(int64(r.Num), int64(r.Den)), big.NewRat(int64(heads(r.B)), 1))) <= 0
	}
	panic("a rule that the oracle doesn't know")
}

// fit lists the exchanges that fulfil all claims.
func (o *oracle) fit(claims []claim, empty bool) []outcome {
	var out []outcome
	for _, x := range o.all {
		ok := empty || len(x.ids) > 0
		for _, c := range claims {
			ok = ok && c.holds(x)
		}
		if ok {
			out = append(out, x)
		}
	}
	return out
}

func (o *oracle) agreeable() []outcome { return o.fit(o.claims, false) }

// best picks by the contract's words: the criterion, then maximin, total, home,
// the smallest ids.
func (o *oracle) best(c frontier.Criterion, among []outcome) outcome {
	ideal := o.ideal(among)
	return slices.MaxFunc(among, func(a, b outcome) int { return o.compare(c, ideal, a, b) })
}

func (o *oracle) compare(c frontier.Criterion, ideal []*big.Int, a, b outcome) int {
	for _, by := range []frontier.Criterion{c, frontier.Maximin, frontier.Total, frontier.Home} {
		if d := slices.CompareFunc(worthBy(by, a, ideal), worthBy(by, b, ideal), (*big.Rat).Cmp); d != 0 {
			return d
		}
	}
	return slices.Compare(b.ids, a.ids)
}

func (o *oracle) ideal(among []outcome) []*big.Int {
	ideal := make([]*big.Int, len(o.voices))
	for i := range ideal {
		ideal[i] = slices.MaxFunc(among, func(a, b outcome) int { return a.gains[i].Cmp(b.gains[i]) }).gains[i]
	}
	return ideal
}

// leftOut lists who has no part in a criterion.
func (o *oracle) leftOut(by frontier.Criterion, among []outcome) []string {
	var out []string
	for i, best := range o.ideal(among) {
		if best.Sign() == 0 && (by == frontier.Nash || by == frontier.KS) {
			out = append(out, string(o.voices[i].Position.Party))
		}
	}
	return out
}

// worthBy is the value of a criterion, a list where it is lexicographic.
func worthBy(c frontier.Criterion, x outcome, ideal []*big.Int) []*big.Rat {
	var list []*big.Rat
	rat := func(n *big.Int) *big.Rat { return new(big.Rat).SetInt(n) }
	switch c {
	case frontier.Nash:
		p := big.NewInt(1)
		for i, g := range x.gains {
			if ideal[i].Sign() > 0 {
				p.Mul(p, g)
			}
		}
		return []*big.Rat{rat(p)}
	case frontier.KS:
		for i, g := range x.gains {
			if ideal[i].Sign() > 0 {
				list = append(list, new(big.Rat).SetFrac(g, ideal[i]))
			}
		}
	case frontier.Maximin:
		for _, g := range x.gains {
			list = append(list, rat(g))
		}
	case frontier.Total:
		n := new(big.Int)
		for _, g := range x.gains {
			n.Add(n, g)
		}
		return []*big.Rat{rat(n)}
	case frontier.Home:
		return []*big.Rat{big.NewRat(int64(x.heads), 1)}
	}
	slices.SortFunc(list, (*big.Rat).Cmp)
	return list
}

func dominates(a, b []*big.Int) bool {
	better := false
	for i := range a {
		switch a[i].Cmp(b[i]) {
		case -1:
			return false
		case 1:
			better = true
		}
	}
	return better
}

// frontier lists what nothing beats, one exchange for each vector of gains: most
// heads, then smallest ids; ascending by the gains in turn.
func (o *oracle) frontier(among []outcome) []outcome {
	among = slices.Clone(among)
	slices.SortFunc(among, func(a, b outcome) int {
		// What beats another has the larger sum, so it stands before it.
		if d := sumOf(b).Cmp(sumOf(a)); d != 0 {
			return d
		}
		if d := slices.CompareFunc(a.gains, b.gains, (*big.Int).Cmp); d != 0 {
			return d
		}
		if a.heads != b.heads {
			return b.heads - a.heads
		}
		return slices.Compare(a.ids, b.ids)
	})
	var out []outcome
	for _, x := range among {
		beaten := slices.ContainsFunc(out, func(y outcome) bool {
			return dominates(y.gains, x.gains) || slices.EqualFunc(y.gains, x.gains, func(a, b *big.Int) bool { return a.Cmp(b) == 0 })
		})
		if !beaten {
			out = append(out, x)
		}
	}
	slices.SortFunc(out, func(a, b outcome) int { return slices.CompareFunc(a.gains, b.gains, (*big.Int).Cmp) })
	return out
}

func sumOf(x outcome) *big.Int {
	n := new(big.Int)
	for _, g := range x.gains {
		n.Add(n, g)
	}
	return n
}

// String writes an outcome like tell writes a point, so that the two compare.
func (x outcome) String() string { return fmt.Sprintf("%s %v", strings.Join(x.ids, "+"), x.gains) }

func tell(p frontier.Point) string {
	var ids []string
	for _, id := range p.Release {
		ids = append(ids, string(id))
	}
	var gains []int64
	for _, g := range p.Gains {
		gains = append(gains, g.Points)
	}
	return fmt.Sprintf("%s %v", strings.Join(ids, "+"), gains)
}

func tellAll(points []frontier.Point) []string {
	out := []string{}
	for _, p := range points {
		out = append(out, tell(p))
	}
	return out
}
