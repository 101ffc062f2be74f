package frontier

import (
	"slices"

	"parley"
	"parley/brief"
)

// Change is an exchange as a change from an offer.
type Change struct {
	Add     parley.Exchange `json:"add"`
	Drop    parley.Exchange `json:"drop"`
	Release parley.Exchange `json:"release"`
	Gains   Gains           `json:"gains"`
	Ranges  []Span          `json:"ranges,omitempty"` // of parties known by ranges
}

// Span is what an exchange may gain a party that is known by ranges only: where
// everything turns out worst for it, in the middle, and best.
type Span struct {
	Party  parley.PartyID `json:"party"`
	Worst  int64          `json:"worst"`
	Middle int64          `json:"middle"`
	Best   int64          `json:"best"`
}

// Countering asks for answers to an offer.
type Countering struct {
	Number    int              // how many
	Us        parley.PartyID   // whose gain stays nearly equal
	Estimates []brief.Estimate // the ranges behind estimated positions
}

// ChangesShown is how many of the smallest changes are listed.
const ChangesShown = 3

// sumOver is a measure of how many of the atoms for which f is not 0 are
// released, each so often.
func (m *model) sumOver(f func(k int32) int64) measure {
	out := measure{coef: make([]int64, m.program.n)}
	total := func(atoms []int32) (n int64) {
		for _, k := range atoms {
			n += f(k)
		}
		return n
	}
	out.base = total(m.always)
	for j, c := range m.columns {
		out.coef[j] = total(c.atoms[0]) - total(c.instead)
	}
	return out
}

// nearness measures how near an exchange is to some atoms: one less for each that
// is added or taken out. 0 is the same exchange.
func (m *model) nearness(atoms map[int32]bool) measure {
	out := m.sumOver(func(k int32) int64 {
		if atoms[k] {
			return 1
		}
		return -1
	})
	out.base -= int64(len(atoms))
	return out
}

// farFrom is the row of what differs from some atoms by at least n.
func (m *model) farFrom(atoms map[int32]bool, n int64) row {
	d := m.nearness(atoms)
	return row{coef: d.coef, lo: noLeast, hi: -n - d.base}
}

// atomsOf are the atoms that an offer's entries mean; of a blank that nobody
// fills yet, the first.
func (t *trade) atomsOf(entries parley.Exchange) map[int32]bool {
	out := map[int32]bool{}
	for _, id := range entries {
		i, ok := t.at()[id]
		if !ok || i < 0 {
			continue
		}
		for _, k := range t.means[i] {
			if a := t.atoms[k]; a.blank < 0 || a.blank == i {
				out[k] = true
				break
			}
		}
	}
	return out
}

// apart is the model in which every person has a column of its own.
func (p *Problem) apart() *model {
	d := p.agreeable()
	d.apart = true
	return p.compile(d)
}

// changes lists the smallest changes that make an offer agreeable: of the fewest
// persons added or taken out first what the criterion picks.
func (s *session) changes(entries parley.Exchange) []Change {
	m := s.p.apart()
	if m.broken {
		return nil
	}
	offered := s.p.trade.atomsOf(entries)
	near := m.nearness(offered)
	var out []Change
	for range ChangesShown {
		q := m.program.maximising(near)
		o := q.maximise(s.ctx, noLeast/4, false)
		if !o.found || !o.proved {
			break
		}
		x := q.expand(o.x)
		nearest := *m
		nearest.program = m.program.with(m.program.floor, near.atLeast(o.value))
		if got := nearest.choose(s.ctx, s.answer.Criterion); got.found {
			x = got.x
		}
		out = append(out, s.p.change(m, x, entries))
		m.program = m.program.with(m.program.floor, m.farFrom(setOf(m.released(x)), 1))
	}
	return out
}

func setOf(atoms []int32) map[int32]bool {
	out := make(map[int32]bool, len(atoms))
	for _, k := range atoms {
		out[k] = true
	}
	return out
}

// change writes a solution as a change from some entries.
func (p *Problem) change(m *model, x []int64, entries parley.Exchange) Change {
	release, _ := p.trade.exchange(m.released(x))
	c := Change{Add: parley.Exchange{}, Drop: parley.Exchange{}, Release: release, Gains: p.named(m.program.gains(x))}
	for _, id := range release {
		if !entries.Has(id) {
			c.Add = append(c.Add, id)
		}
	}
	for _, id := range entries {
		if i, ok := p.trade.at()[id]; ok && i >= 0 && !release.Has(id) {
			c.Drop = append(c.Drop, id)
		}
	}
	return c
}

// counter lists answers to an offer that gain us nearly the same and differ for
// the others: first what the criterion picks, then what it picks among exchanges
// that gain us within a twentieth of that and release others.
func (s *session) counter(c *Countering, entries parley.Exchange) []Change {
	us := slices.Index(s.p.parties, c.Us)
	m := s.p.apart()
	if us < 0 || m.broken || s.answer.Best == nil {
		return nil
	}
	var out []Change
	var seen [][]int64
	mine, within := &m.program.measures[us], int64(0)
	for apart := int64(0); len(out) < c.Number; {
		got := m.choose(s.ctx, s.answer.Criterion)
		if !got.found {
			if apart <= 1 {
				return out
			}
			apart /= 2
			m.program = s.besides(m, us, out, mine, within, apart)
			continue
		}
		x := got.x
		if len(out) == 0 {
			within = max(1, got.gains[us]/20)
			apart = max(2, int64(len(m.released(x)))/4)
		}
		change := s.p.change(m, x, entries)
		change.Ranges = s.p.spans(m.released(x), c.Estimates, got.gains)
		if s.ctx.Err() != nil {
			return out
		}
		if slices.ContainsFunc(seen, func(g []int64) bool { return slices.Equal(g, got.gains) }) && apart > 1 {
			m.program = m.program.with(m.program.floor, m.farFrom(setOf(m.released(x)), 1))
			if seen = append(seen, got.gains); len(seen) > 20 {
				apart = 1
			}
			continue
		}
		seen = append(seen, got.gains)
		out = append(out, change)
		m.program = s.besides(m, us, out, mine, within, apart)
	}
	return out
}

// besides is the program of what gains us nearly as much as the first of some
// answers and differs from each by at least so many.
func (s *session) besides(_ *model, us int, list []Change, mine *measure, within, apart int64) *program {
	m := s.p.apart()
	g := list[0].Gains[us].Points
	floor := slices.Clone(m.program.floor)
	floor[us] = max(floor[us], g-within)
	p := m.program.with(floor, row{coef: mine.coef, lo: noLeast, hi: g + within - mine.base})
	for _, c := range list {
		p = p.with(floor, m.farFrom(s.p.trade.atomsOf(c.Release), apart))
	}
	return p
}

// spans are what an exchange may gain the parties that are known by ranges.
func (p *Problem) spans(atoms []int32, estimates []brief.Estimate, gains []int64) []Span {
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
		out = append(out, Span{e.Party, worst.gain(atoms), gains[i], best.gain(atoms)})
	}
	return out
}
