package frontier

import (
	"cmp"
	"errors"
	"slices"

	"parley"
	"parley/brief"
)

// Countering asks for answers to an offer.
type Countering struct {
	Number    int              // how many
	Us        parley.PartyID   // whose gain stays nearly equal
	Estimates []brief.Estimate // the ranges behind estimated positions
}

// CounterEnd tells for whom answers were looked for, and why the list of them is
// no longer than it is.
type CounterEnd struct {
	Party parley.PartyID `json:"party"`           // whose gain stays nearly equal
	Why   Ending         `json:"why"`             // why the list ends
	Least *int64         `json:"least,omitempty"` // answers gain the party at least so much,
	Most  *int64         `json:"most,omitempty"`  // and at most so much; nil where there is no first answer
}

// Ending is why a list of answers ends.
type Ending string

// The endings.
const (
	AsAsked  Ending = "asked"   // it is as long as was asked for: there may be others
	NoOthers Ending = "none"    // there are no others
	CutShort Ending = "stopped" // the context ended: there may be others
)

// answers is a list of answers to an offer, as it grows.
type answers struct {
	*session
	m        *model // every person has a column of its own
	us       int
	given    []given
	within   int64 // how far our gain may lie from that of the first
	distance int64 // by how many entries answers differ
}

// given is an answer: what it releases, and what that gains.
type given struct {
	atoms []int32
	gains []int64
}

// counter lists answers to an offer that gain us nearly the same and differ for
// the others: first what the criterion picks; then what it picks among exchanges
// that gain us within a twentieth of that, differ from each answer so far by a
// quarter of the entries, or by as many as can be had, and gain the others
// something else.
func (s *session) counter(c *Countering, entries parley.Exchange) ([]Change, *CounterEnd, error) {
	us := slices.Index(s.p.parties, c.Us)
	if us < 0 {
		return nil, nil, errors.New("answers hold the gain of " + string(c.Us) + ", which has not spoken: weigh with its brief")
	}
	end := &CounterEnd{Party: c.Us, Why: NoOthers}
	if s.answer.Best == nil {
		if !s.answer.Proved {
			end.Why = CutShort
		}
		return nil, end, nil
	}
	a := s.firstAnswer(us)
	end.Least, end.Most = a.window()
	for end.Why = AsAsked; len(a.given) < c.Number; {
		if end.Why = a.next(); end.Why != AsAsked {
			break
		}
	}
	var out []Change
	for _, g := range a.given {
		change := s.p.change(g.atoms, g.gains, entries)
		change.Ranges = s.p.spans(g, c.Estimates)
		out = append(out, change)
	}
	return out, end, nil
}

// firstAnswer begins the list with what the criterion picks.
func (s *session) firstAnswer(us int) *answers {
	return &answers{
		session: s, us: us,
		given:    []given{s.picked},
		within:   max(1, s.picked.gains[us]/20),
		distance: max(2, int64(len(s.picked.atoms))/4),
	}
}

// window is what answers gain us, from and to.
func (a *answers) window() (least, most *int64) {
	g := a.given[0].gains[a.us]
	lo, hi := max(0, g-a.within), g+a.within
	return &lo, &hi
}

// next finds one more answer and tells whether there is one.
func (a *answers) next() Ending {
	if a.m == nil {
		a.m = a.p.apart()
	}
	for {
		switch got, found, known := a.another(); {
		case found:
			a.given = append(a.given, got)
			return AsAsked
		case !known:
			return CutShort
		case a.distance <= 1:
			return NoOthers
		}
		a.distance /= 2
	}
}

// near is the program of what gains us nearly as much as the first answer and
// differs from each by the distance.
func (a *answers) near() *program {
	p, mine := a.m.program, &a.m.program.measures[a.us]
	least, most := a.window()
	floor := slices.Clone(p.floor)
	floor[a.us] = max(floor[a.us], *least)
	rows := []row{{coef: mine.coef, lo: noLeast, hi: *most - mine.base}}
	for _, g := range a.given {
		rows = append(rows, a.m.farFrom(setOf(g.atoms), a.distance))
	}
	return p.with(floor, rows...)
}

// region is a part of the exchanges that are looked at, and what the criterion
// picks in it.
type region struct {
	p    *program
	got  given
	rank deal
}

// another is what the criterion picks among what is near and gains the others
// something else than each answer so far. known is false if that was not settled.
//
// Where it picks what gains the others the same as an answer, the region falls
// apart into those in which they gain something else: for each of the others
// more, or less, and those before it just as much.
func (a *answers) another() (got given, found, known bool) {
	order := newOrder(a.answer.Criterion, a.ideal)
	open, known := a.open(nil, a.near())
	for known && len(open) > 0 {
		slices.SortStableFunc(open, func(x, y region) int {
			return cmp.Or(order.compare(&y.rank, &x.rank), slices.Compare(a.ids(x.got), a.ids(y.got)))
		})
		first := open[0]
		if !a.alreadyGiven(first.got.gains) {
			return first.got, true, true
		}
		open = open[1:]
		for _, p := range a.elsewhere(first) {
			if open, known = a.open(open, p); !known {
				break
			}
		}
	}
	return got, false, known
}

func (a *answers) ids(g given) parley.Exchange {
	x, _ := a.p.trade.exchange(g.atoms)
	return x
}

// open adds a program's region to those that are looked at, if anything is in it.
func (a *answers) open(list []region, p *program) (longer []region, known bool) {
	m := *a.m
	m.program = p
	got := m.chooseBy(a.ctx, a.answer.Criterion, a.ideal)
	if got.found && got.proved {
		g := given{m.released(got.x), got.gains}
		list = append(list, region{p, g, deal{gains: got.gains, heads: got.heads}})
	}
	return list, got.proved
}

// alreadyGiven tells whether an answer so far gains the others just this. Where
// nobody else has spoken, answers differ by who is released alone.
func (a *answers) alreadyGiven(gains []int64) bool {
	if len(gains) == 1 {
		return false
	}
	return slices.ContainsFunc(a.given, func(g given) bool {
		for i, v := range g.gains {
			if i != a.us && v != gains[i] {
				return false
			}
		}
		return true
	})
}

// elsewhere are the parts of a region in which the others gain something else
// than by what was picked in it.
func (a *answers) elsewhere(r region) []*program {
	var out []*program
	p := r.p
	for i, g := range r.got.gains {
		if i == a.us {
			continue
		}
		m := &p.measures[i]
		more, same := slices.Clone(p.floor), slices.Clone(p.floor)
		more[i], same[i] = max(more[i], g+1), max(same[i], g)
		out = append(out, p.with(more), p.with(p.floor, m.atMost(g-1)))
		p = p.with(same, m.atMost(g))
	}
	return out
}

// atMost is the row that allows a measure so much.
func (m *measure) atMost(v int64) row { return row{coef: m.coef, lo: noLeast, hi: v - m.base} }

// spans are what an answer may gain the parties that are known by ranges.
func (p *Problem) spans(g given, estimates []brief.Estimate) []Span {
	var out []Span
	for _, e := range estimates {
		i := slices.Index(p.parties, e.Party)
		if i < 0 || !p.worths[i].estimated {
			continue
		}
		worst, err := newWorth(&p.trade, Voice{e.Worst(), true}, len(p.parties))
		best, err2 := newWorth(&p.trade, Voice{e.Best(), true}, len(p.parties))
		if err != nil || err2 != nil {
			continue
		}
		out = append(out, Span{e.Party, worst.gain(g.atoms), g.gains[i], best.gain(g.atoms)})
	}
	return out
}
