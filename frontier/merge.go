package frontier

import (
	"encoding/binary"
	"slices"
)

// merged finds the frontier of three and more parties by lists of undominated
// states, merged component by component (Nemhauser and Ullmann 1969, with a
// vector for a value). A state is dropped where another that stands the same
// with every row still open is at least as good for everybody. complete is false
// where the lists grew too long, or the context ended: then there are no points.
func (s *session) merged(m *model) (deals []deal, complete bool) {
	p := m.program
	g := newMerger(p)
	if g == nil {
		return nil, false
	}
	states := []state{{gains: p.gains(make([]int64, p.n)), used: make([]int64, len(p.rows)), x: nil}}
	for k := range g.parts {
		if s.ctx.Err() != nil {
			return nil, false
		}
		states = g.step(states, k)
		if len(states) > mostStates {
			return nil, false
		}
	}
	for i := range states {
		x := states[i].values(g, p.n)
		if p.keeps(x) {
			deals = append(deals, m.deal(x))
		}
	}
	deals = maxima(deals)
	slices.Reverse(deals)
	return deals, true
}

// mostStates is how long a list may grow.
const mostStates = 1 << 21

// state is what the components merged so far gain and use.
type state struct {
	gains []int64
	used  []int64
	heads int64
	x     *taken
}

// taken is a list of the columns that a state has at 1 and more.
type taken struct {
	column int32
	value  int64
	before *taken
}

func (s *state) values(_ *merger, n int) []int64 {
	x := make([]int64, n)
	for t := s.x; t != nil; t = t.before {
		x[t.column] += t.value
	}
	return x
}

// merger is a program made ready for merging.
type merger struct {
	p     *program
	parts [][]int32 // columns of one component; a column of several alike stands alone
	coef  [][]int64 // of rows, dense
	least [][]int64 // by part, then row: what the parts from there on add at least
	most  [][]int64
	top   [][]int64 // by part, then party: what they gain at most
}

// mostMerged is how many columns are merged at most, where there are three
// parties or more.
const mostMerged = 400

func newMerger(p *program) *merger {
	if p.n > mostMerged {
		return nil
	}
	g := &merger{p: p}
	for j := int32(0); j < int32(p.n); j++ {
		if k := p.group[j]; k >= 0 {
			var list []int32
			for ; j < p.groups[k].end; j++ {
				list = append(list, j)
			}
			j--
			g.parts = append(g.parts, list)
			continue
		}
		for range p.hi[j] {
			g.parts = append(g.parts, []int32{j})
		}
	}
	for i := range p.rows {
		dense := make([]int64, p.n)
		p.rows[i].each(func(j int, v int64) { dense[j] = v })
		g.coef = append(g.coef, dense)
	}
	g.reach()
	return g
}

// reach sums from the end what is still to come.
func (g *merger) reach() {
	n := len(g.parts)
	g.least, g.most, g.top = make([][]int64, n+1), make([][]int64, n+1), make([][]int64, n+1)
	g.least[n], g.most[n] = make([]int64, len(g.coef)), make([]int64, len(g.coef))
	g.top[n] = make([]int64, g.p.parties())
	for k := n - 1; k >= 0; k-- {
		g.least[k], g.most[k], g.top[k] = slices.Clone(g.least[k+1]), slices.Clone(g.most[k+1]), slices.Clone(g.top[k+1])
		for i, c := range g.coef {
			var lo, hi int64
			for _, j := range g.parts[k] {
				lo, hi = min(lo, c[j]), max(hi, c[j])
			}
			g.least[k][i] += lo
			g.most[k][i] += hi
		}
		for i := range g.top[k] {
			var hi int64
			for _, j := range g.parts[k] {
				hi = max(hi, g.p.measures[i].coef[j])
			}
			g.top[k][i] += hi
		}
	}
}

// step merges one component.
func (g *merger) step(states []state, k int) []state {
	classes := map[string][]deal{}
	var order []string
	back := map[string][]state{}
	add := func(s state) {
		if !g.fits(&s, k+1) {
			return
		}
		key := g.class(&s, k+1)
		if _, ok := back[key]; !ok {
			order = append(order, key)
		}
		i := int64(len(back[key]))
		back[key] = append(back[key], s)
		classes[key] = append(classes[key], deal{gains: s.gains, heads: s.heads, at: i})
	}
	for _, s := range states {
		add(s)
		for _, j := range g.parts[k] {
			add(g.plus(&s, j))
		}
	}
	slices.Sort(order)
	var out []state
	for _, key := range order {
		for _, d := range maxima(classes[key]) {
			out = append(out, back[key][d.at])
		}
	}
	return out
}

func (g *merger) plus(s *state, j int32) state {
	out := state{gains: slices.Clone(s.gains), used: s.used, heads: s.heads + g.p.heads().coef[j], x: &taken{j, 1, s.x}}
	for i := range out.gains {
		out.gains[i] += g.p.measures[i].coef[j]
	}
	for i, c := range g.coef {
		if c[j] != 0 {
			if &out.used[0] == &s.used[0] {
				out.used = slices.Clone(s.used)
			}
			out.used[i] += c[j]
		}
	}
	return out
}

// fits tells whether what is to come can still mend every row and floor.
func (g *merger) fits(s *state, k int) bool {
	for i, u := range s.used {
		if u+g.least[k][i] > g.p.rows[i].hi || u+g.most[k][i] < g.p.rows[i].lo {
			return false
		}
	}
	for i, f := range g.p.floor {
		if f != noFloor && s.gains[i]+g.top[k][i] < f {
			return false
		}
	}
	return true
}

// class names how a state stands with the rows that what is to come can break.
func (g *merger) class(s *state, k int) string {
	key := make([]byte, 0, 32)
	for i, u := range s.used {
		r := &g.p.rows[i]
		if u+g.least[k][i] >= r.lo && u+g.most[k][i] <= r.hi {
			key = append(key, 0)
			continue
		}
		key = binary.AppendVarint(append(key, 1), u)
	}
	return string(key)
}
