package frontier

import (
	"parley"
)

// Change is an exchange as a change from an offer.
type Change struct {
	Add     parley.Exchange `json:"add"`
	Drop    parley.Exchange `json:"drop"`
	Release parley.Exchange `json:"release"`
	Gains   Gains           `json:"gains"`
	Ranges  []Span          `json:"ranges,omitempty"` // of parties known by ranges

	// Named are the persons who fill the blanks of Release that have candidates.
	Named map[parley.PersonID]parley.PersonID `json:"named,omitempty"`
}

// Span is what an exchange may gain a party that is known by ranges only: where
// everything turns out worst for it, in the middle, and best.
type Span struct {
	Party  parley.PartyID `json:"party"`
	Worst  int64          `json:"worst"`
	Middle int64          `json:"middle"`
	Best   int64          `json:"best"`
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
// persons added or taken out first what the criterion picks. whole is false if
// the context ended before all of them were found.
func (s *session) changes(entries parley.Exchange) (out []Change, whole bool) {
	m := s.p.apart()
	if m.broken {
		return nil, true
	}
	offered := s.p.trade.atomsOf(entries)
	near := m.nearness(offered)
	for range ChangesShown {
		q := m.program.maximising(near)
		o := q.maximise(s.ctx, noLeast/4, false)
		if !o.found || !o.proved {
			return out, o.proved
		}
		x := q.expand(o.x)
		nearest := *m
		nearest.program = m.program.with(m.program.floor, near.atLeast(o.value))
		if got := nearest.chooseBy(s.ctx, s.answer.Criterion, s.ideal); got.found {
			x = got.x
		}
		out = append(out, s.p.change(m.released(x), m.program.gains(x), entries))
		m.program = m.program.with(m.program.floor, m.farFrom(setOf(m.released(x)), 1))
	}
	return out, true
}

func setOf(atoms []int32) map[int32]bool {
	out := make(map[int32]bool, len(atoms))
	for _, k := range atoms {
		out[k] = true
	}
	return out
}

// change writes an exchange as a change from some entries.
func (p *Problem) change(atoms []int32, gains []int64, entries parley.Exchange) Change {
	release, fills := p.trade.exchange(atoms)
	c := Change{Add: parley.Exchange{}, Drop: parley.Exchange{}, Release: release, Gains: p.named(gains), Named: fillings(fills)}
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
