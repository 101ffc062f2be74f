package frontier

import "slices"

// pointsOf lists the frontier of a model, gains ascending. complete is false if
// there may be others, or others that beat these.
func (s *session) pointsOf(m *model) (deals []deal, complete bool) {
	if m.broken {
		return nil, true
	}
	switch m.program.parties() {
	case 1, 2:
		return s.stepwise(m)
	}
	return s.merged(m)
}

// stepwise finds the points of two parties one after the other: the most for the
// second with more for the first than before, then the most for the first with
// that.
func (s *session) stepwise(m *model) (deals []deal, complete bool) {
	p := m.program
	last := p.parties() - 1
	for {
		q := p.maximising(p.measures[last])
		o := q.maximise(s.ctx, noLeast/4, false)
		if !o.proved {
			return deals, false
		}
		if !o.found {
			return deals, true
		}
		x := q.expand(o.x)
		if last > 0 {
			h := q.holding(&o)
			h = h.maximising(h.measures[0])
			o := h.maximise(s.ctx, noLeast/4, false)
			if !o.proved || !o.found {
				return deals, false
			}
			x = h.expand(o.x)
		}
		deals = append(deals, m.deal(x))
		if last == 0 {
			return deals, true
		}
		floor := slices.Clone(p.floor)
		floor[0] = deals[len(deals)-1].gains[0] + 1
		p = p.with(floor)
	}
}

// deal is a solution with its numbers.
func (m *model) deal(x []int64) deal {
	return deal{gains: m.program.gains(x), heads: m.program.heads().of(x), atoms: func() []int32 { return m.released(x) }}
}
