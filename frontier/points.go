package frontier

import (
	"slices"
	"sort"
)

// pointsOf lists the frontier of a model, gains ascending. complete is false if
// there may be others, or others that beat these.
func (s *session) pointsOf(m *model) (found finds, complete bool) {
	if !m.broken && m.program.parties() == 2 {
		if f := newWindowed(m); f != nil && f.run() && !m.withNobody(f) {
			return f, true
		}
	}
	deals, complete := s.dealsOf(m)
	return dealt(deals), complete
}

// dealsOf does what windows don't.
func (s *session) dealsOf(m *model) (deals []deal, complete bool) {
	if m.broken {
		return nil, true
	}
	switch m.program.parties() {
	case 1:
		return s.stepwise(m)
	case 2:
		if deals, ok := listed(s.ctx, m); ok && !m.withNobody(dealt(deals)) {
			return deals, true
		}
		if len(s.p.trade.atoms) > mostInBlocks {
			return s.supported(m)
		}
		if b, ok := newBlocks(s.ctx, m); !ok {
			return nil, false
		} else if b == nil {
			return nil, true
		} else if deals, ok := b.run(); ok {
			return deals, true
		}
		if m.program.n > mostStepped {
			return s.supported(m)
		}
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
	return deal{gains: m.program.gains(x), heads: m.program.heads().of(x), of: func(int64) []int32 { return m.released(x) }}
}

// withNobody tells whether a point may be that of releasing nobody, which is no
// exchange. Gains ascend.
func (m *model) withNobody(found finds) bool {
	n := m.program.parties()
	gains, nobody := make([]int64, n), make([]int64, n)
	for i := range nobody {
		nobody[i] = m.program.measures[i].base
	}
	at := sort.Search(found.count(), func(i int) bool {
		found.gains(i, gains)
		return gains[0] >= nobody[0]
	})
	if at == found.count() {
		return false
	}
	found.gains(at, gains)
	return slices.Equal(gains, nobody)
}

// mostInBlocks is how many in trade blocks are tried with: their states explode
// where many are alike or rules count thousands.
const mostInBlocks = 6000

// mostStepped is up to how many columns the points are found one by one, where
// all else fails; with more the supported points are, and a band.
const mostStepped = 3000

// segment is two neighbours among the points found, and what no exchange between
// them passes: weights and the most of their sum.
type segment struct {
	from, to int // indices into the points found
	w        [2]int64
	most     int64
	done     bool // nothing lies above the line through both
}

// supported finds points that some pair of prices picks (Aneja and Nair 1979),
// the widest gap first, and the band: by how much, at most, an exchange that is
// not listed gains the second party more than a listed one that gains the first
// as much or more.
func (s *session) supported(m *model) (deals []deal, complete bool) {
	first, ok := s.corner(m, 0)
	if !ok {
		return nil, false
	}
	last, ok := s.corner(m, 1)
	if !ok {
		return []deal{first}, false
	}
	deals = []deal{last, first}
	if slices.Equal(first.gains, last.gains) {
		return deals[:1], true
	}
	open := []segment{{from: 0, to: 1, most: noMost}}
	for solved := 0; solved < mostSupported && s.ctx.Err() == nil; solved++ {
		report(s.ctx, "listing supported points", float64(solved)/mostSupported)
		i := widest(deals, open)
		if i < 0 {
			break
		}
		g := &open[i]
		a, b := deals[g.from].gains, deals[g.to].gains
		w := [2]int64{a[1] - b[1], b[0] - a[0]}
		q := m.program.maximising(m.program.weighted(w[:]))
		line := w[0]*a[0] + w[1]*a[1]
		o := q.maximise(s.ctx, line, false)
		if !o.proved {
			break
		}
		if !o.found || o.value == line {
			g.w, g.most, g.done = w, line, true
			continue
		}
		d := m.deal(q.expand(o.x))
		at := len(deals)
		deals = append(deals, d)
		right := segment{from: at, to: g.to, w: w, most: o.value}
		g.to, g.w, g.most = at, w, o.value
		open = append(open, right)
	}
	s.band = bandOf(deals, open)
	slices.SortFunc(deals, func(a, b deal) int { return slices.Compare(a.gains, b.gains) })
	return deals, false
}

// mostSupported is how many supported points are looked for.
const mostSupported = 300

// corner is the point of the most for one party, and then for the other.
func (s *session) corner(m *model, of int) (deal, bool) {
	q := m.program.maximising(m.program.measures[of])
	o := q.maximise(s.ctx, noLeast/4, false)
	if !o.found || !o.proved {
		return deal{}, false
	}
	h := q.holding(&o)
	h = h.maximising(h.measures[1-of])
	o = h.maximise(s.ctx, noLeast/4, false)
	if !o.found || !o.proved {
		return deal{}, false
	}
	return m.deal(h.expand(o.x)), true
}

// widest is the open segment over the largest rectangle; -1 for none.
func widest(deals []deal, list []segment) int {
	at, most := -1, 0.0
	for i, g := range list {
		a, b := deals[g.from].gains, deals[g.to].gains
		if v := float64(b[0]-a[0]) * float64(a[1]-b[1]); !g.done && b[0]-a[0] > 1 && a[1]-b[1] > 1 && v > most {
			at, most = i, v
		}
	}
	return at
}

// bandOf is the band of all segments.
func bandOf(deals []deal, list []segment) int64 {
	var band int64
	for _, g := range list {
		a, b := deals[g.from].gains, deals[g.to].gains
		if b[0]-a[0] <= 1 || a[1]-b[1] <= 1 {
			continue
		}
		top := a[1] - 1 // what lies between gains the second party less than the first of both
		if g.most != noMost && g.w[1] > 0 {
			top = min(top, (g.most-g.w[0]*(a[0]+1))/g.w[1])
		}
		band = max(band, top-b[1])
	}
	return band
}
