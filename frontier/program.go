package frontier

import (
	"cmp"
	"math"
	"slices"
)

// program is an integer program: columns with bounds, of which some stand in
// groups that release at most one (a component's choices), rows that bound sums,
// and measures: what each party gains, and heads. All of it is integers.
//
// A program made smaller (shrink) keeps the exchanges that matter and knows how
// to write them as values of the columns of the first one.
type program struct {
	n        int
	lo, hi   []int64
	group    []int32 // of columns; -1 for none
	groups   []group
	measures []measure // gains by party, then heads
	floor    []int64   // least gain by party; noFloor for any
	rows     []row
	obj      measure
	rough    bool    // any solution near the greatest value will do
	tail     int     // the column that is the least of some gains, to be maximised; -1 for none
	unit     int64   // what a step of the objective is worth trying; 0 for 1
	excuses  []int32 // columns that each excuse a party from reaching the tail

	full []int64 // values of the first program's columns, those that left this one set
	from []int32 // of columns: which of the first program
}

// group is the columns from first on, before end, of which at most one is 1;
// just one where must.
type group struct {
	first, end int32
	must       bool
}

// measure is a sum over the columns, from a base.
type measure struct {
	base int64
	coef []int64
}

// row bounds a sum; sparse where at is not nil.
type row struct {
	coef   []int64
	at     []int32
	lo, hi int64
}

// Bounds that are none.
const (
	noFloor = math.MinInt64
	noLeast = math.MinInt64
	noMost  = math.MaxInt64
)

// each visits the row's coefficients.
func (r *row) each(f func(j int, v int64)) {
	if r.at == nil {
		for j, v := range r.coef {
			if v != 0 {
				f(j, v)
			}
		}
		return
	}
	for k, j := range r.at {
		f(int(j), r.coef[k])
	}
}

func (r *row) sum(x []int64) int64 {
	var s int64
	if r.at == nil {
		for j, v := range r.coef {
			s += v * x[j]
		}
		return s
	}
	for k, j := range r.at {
		s += r.coef[k] * x[j]
	}
	return s
}

func (m *measure) of(x []int64) int64 {
	s := m.base
	for j, v := range m.coef {
		s += v * x[j]
	}
	return s
}

// least is less than or equal to the measure of anything within the bounds.
func (m *measure) least(lo, hi []int64) int64 {
	s := m.base
	for j, v := range m.coef {
		s += min(v*lo[j], v*hi[j])
	}
	return s
}

// parties is how many have spoken.
func (p *program) parties() int { return len(p.measures) - 1 }

// heads measures the people released.
func (p *program) heads() *measure { return &p.measures[len(p.measures)-1] }

// gains are the gains of a solution.
func (p *program) gains(x []int64) []int64 {
	out := make([]int64, p.parties())
	for i := range out {
		out[i] = p.measures[i].of(x)
	}
	return out
}

// keeps tells whether x keeps every bound: the last word on a solution.
func (p *program) keeps(x []int64) bool {
	for j, v := range x {
		if v < p.lo[j] || v > p.hi[j] {
			return false
		}
	}
	for _, g := range p.groups {
		var n int64
		for j := g.first; j < g.end; j++ {
			n += x[j]
		}
		if n > 1 || g.must && n == 0 {
			return false
		}
	}
	for i, f := range p.floor {
		if f != noFloor && p.measures[i].of(x) < f {
			return false
		}
	}
	for i := range p.rows {
		if s := p.rows[i].sum(x); s < p.rows[i].lo || s > p.rows[i].hi {
			return false
		}
	}
	return true
}

// complete sets the tail, where there is one, to the most that the rest of x
// allows within its bounds.
func (p *program) complete(x []int64) {
	if p.tail < 0 {
		return
	}
	x[p.tail] = 0
	most := p.hi[p.tail]
	for i := range p.rows {
		if r := &p.rows[i]; r.at == nil && r.coef[p.tail] == -1 {
			most = min(most, r.sum(x)-r.lo)
		}
	}
	x[p.tail] = max(most, p.lo[p.tail])
}

// excuse completes x as complete does, with those excused who fall shortest: the
// tail is then as great as the rest of x allows, or nearly so.
func (p *program) excuse(x []int64) {
	if p.tail < 0 || len(p.excuses) == 0 {
		p.complete(x)
		return
	}
	x[p.tail] = 0
	for _, j := range p.excuses {
		x[j] = p.lo[j]
	}
	type short struct {
		j     int32
		spare int64
	}
	var list []short
	for _, j := range p.excuses {
		for i := range p.rows {
			if r := &p.rows[i]; r.at == nil && r.coef[j] != 0 && r.coef[p.tail] == -1 && p.lo[j] < p.hi[j] {
				list = append(list, short{j, r.sum(x) - r.lo})
			}
		}
	}
	slices.SortFunc(list, func(a, b short) int { return cmp.Or(cmp.Compare(a.spare, b.spare), cmp.Compare(a.j, b.j)) })
	for _, e := range list {
		if x[e.j] = p.hi[e.j]; !p.excusable(x) {
			x[e.j] = p.lo[e.j]
		}
	}
	p.complete(x)
}

// excusable tells whether the rows that bound who is excused are kept.
func (p *program) excusable(x []int64) bool {
	for i := range p.rows {
		r := &p.rows[i]
		if len(r.at) == 0 || !slices.Contains(p.excuses, r.at[0]) {
			continue
		}
		if r.sum(x) > r.hi {
			return false
		}
	}
	return true
}

// expand writes a solution as values of the first program's columns.
func (p *program) expand(x []int64) []int64 {
	out := append(make([]int64, 0, len(p.full)), p.full...)
	for j, v := range x {
		if k := p.from[j]; k >= 0 {
			out[k] = v
		}
	}
	return out
}

// within writes an exchange, as values of the first program's columns, as a
// solution of this one; ok is false if it is none.
func (p *program) within(full []int64) (x []int64, ok bool) {
	other := 0 // of the columns that have left
	for k, v := range p.full {
		if v != full[k] {
			other++
		}
	}
	for _, k := range p.from {
		if k >= 0 && p.full[k] != full[k] {
			other--
		}
	}
	if other > 0 {
		return nil, false
	}
	x = make([]int64, p.n)
	for j, k := range p.from {
		if k >= 0 {
			x[j] = full[k]
		}
	}
	p.excuse(x)
	return x, p.keeps(x)
}

// with is a copy to which rows may be added and whose floors may be changed.
func (p *program) with(floor []int64, rows ...row) *program {
	q := *p
	q.floor = floor
	q.rows = append(p.rows[:len(p.rows):len(p.rows)], rows...)
	return &q
}

// maximising is the program with another objective.
func (p *program) maximising(obj measure) *program {
	q := *p
	q.obj = obj
	return &q
}

// all rows, those of the floors first.
func (p *program) allRows() []row {
	out := make([]row, 0, len(p.floor)+len(p.rows))
	for i, f := range p.floor {
		if f != noFloor {
			m := &p.measures[i]
			out = append(out, row{coef: m.coef, lo: f - m.base, hi: noMost})
		}
	}
	return append(out, p.rows...)
}

// weighted is a sum of measures with weights.
func (p *program) weighted(weights []int64) measure {
	out := measure{coef: make([]int64, p.n)}
	for i, w := range weights {
		if w == 0 {
			continue
		}
		m := &p.measures[i]
		out.base += w * m.base
		for j, v := range m.coef {
			out.coef[j] += w * v
		}
	}
	return out
}

// atLeast is the row that asks a measure for so much.
func (m *measure) atLeast(v int64) row { return row{coef: m.coef, lo: v - m.base, hi: noMost} }

// shrink fixes columns whose bounds have met and leaves out rows that can't be
// broken any more. lo, hi and must are bounds at least as tight as the
// program's. false: a row can't be kept.
func (p *program) shrink(lo, hi []int64, must []bool) (*program, bool) {
	stay := make([]int32, 0, 64)
	full := append([]int64(nil), p.full...)
	for j := range p.n {
		if lo[j] < hi[j] {
			stay = append(stay, int32(j))
		} else if k := p.from[j]; k >= 0 {
			full[k] = lo[j]
		}
	}
	q := &program{n: len(stay), full: full, floor: p.floor, unit: p.unit, rough: p.rough, tail: -1}
	if p.tail >= 0 && len(stay) > 0 && int(stay[len(stay)-1]) == p.tail {
		q.tail = len(stay) - 1
	}
	for i, j := range stay {
		if slices.Contains(p.excuses, j) {
			q.excuses = append(q.excuses, int32(i))
		}
	}
	q.lo, q.hi, q.from, q.group = pickInts(lo, stay), pickInts(hi, stay), pickInts(p.from, stay), make([]int32, len(stay))
	fixed := func(m measure) measure {
		out := measure{base: m.base, coef: pickInts(m.coef, stay)}
		for j, v := range m.coef {
			if lo[j] == hi[j] {
				out.base += v * lo[j]
			}
		}
		return out
	}
	for _, m := range p.measures {
		q.measures = append(q.measures, fixed(m))
	}
	q.obj = fixed(p.obj)
	q.regroup(p, lo, hi, must, stay)
	return q, q.takeRows(p, lo, hi, stay)
}

func pickInts[T any](from []T, at []int32) []T {
	out := make([]T, len(at))
	for i, j := range at {
		out[i] = from[j]
	}
	return out
}

// regroup carries the groups over.
func (q *program) regroup(p *program, lo, hi []int64, must []bool, stay []int32) {
	last := int32(-1)
	for i, j := range stay {
		g := p.group[j]
		if g < 0 {
			q.group[i] = -1
			continue
		}
		if g != last {
			last = g
			q.groups = append(q.groups, group{first: int32(i), must: must[g]})
		}
		q.groups[len(q.groups)-1].end = int32(i) + 1
		q.group[i] = int32(len(q.groups) - 1)
	}
}

// takeRows carries over the rows that can still be broken.
func (q *program) takeRows(p *program, lo, hi []int64, stay []int32) bool {
	at := make([]int32, p.n)
	for j := range at {
		at[j] = -1
	}
	for i, j := range stay {
		at[j] = int32(i)
	}
	for i := range p.rows {
		r := &p.rows[i]
		out := row{lo: r.lo, hi: r.hi}
		if r.at == nil {
			out.coef = pickInts(r.coef, stay)
		} else {
			out.at = []int32{}
		}
		var fixed, least, most int64
		r.each(func(j int, v int64) {
			if at[j] < 0 {
				fixed += v * lo[j]
				return
			}
			if r.at != nil {
				out.at = append(out.at, at[j])
				out.coef = append(out.coef, v)
			}
			a, b := v*lo[j], v*hi[j]
			least += min(a, b)
			most += max(a, b)
		})
		if out.lo != noLeast {
			out.lo -= fixed
		}
		if out.hi != noMost {
			out.hi -= fixed
		}
		if most < out.lo || least > out.hi {
			return false
		}
		if least >= out.lo && most <= out.hi {
			continue
		}
		q.rows = append(q.rows, out)
	}
	return true
}
