package frontier

import (
	"cmp"
	"math"
	"math/big"
	"math/bits"
	"slices"
)

// corner lists what a node leaves near the corner where its relaxation has its
// optimum, by moves away from there.
//
// Every solution is the corner but for some steps of the columns that stand at a
// bound, and for what some of the rows that are used up there are left. Under the
// node's prices each of those costs, and what reaches the target costs no more
// than the slack. The columns of the basis cost nothing, whatever they are, which
// is why remains can't list them where many persons are alike. But they need not
// be listed: once the moves are made, as many rows as there are of them tell what
// they are, and few moves make all of them whole (Gomory's group relaxation, 1969,
// here with every bound and row kept).
type corner struct {
	s      *search
	x      []int64 // the columns; those of the basis are 0
	basis  []int32 // columns
	rows   []tight
	det    int64   // of the basis, above 0
	values []int64 // of the columns of the basis, times det
	moves  []move
	made   []int64 // of moves: how often
}

// tight is a row that is used up, at one of its limits.
type tight struct {
	row   int // of the relaxation's
	limit int64
}

// move is a step of a column, or of what a row is left.
type move struct {
	cost   int64
	column int32 // -1 for a row's
	row    int   // of those that are tight
	by     int64 // what a step adds to the column, or to the row's sum
	most   int64 // steps
	adds   []int64
}

// mostMoved is how many combinations of moves are looked at.
const mostMoved = 100_000

// cornered lists all that a node leaves; false where it can't, or where that is
// too much.
func (s *search) cornered(q *priced, y prices, slack int64) bool {
	if len(s.p.groups) > 0 || s.p.parties() != 2 {
		return false
	}
	for {
		f := s.corner(q, y, slack)
		if f == nil {
			return false
		}
		if !f.from(0, slack) || s.done {
			return true
		}
		var ok bool // what is better than what was found
		if slack, ok = q.slack(s.target); !ok || slack < 0 {
			return true
		}
	}
}

// corner makes a node ready; nil where it is not to be listed.
func (s *search) corner(q *priced, y prices, slack int64) *corner {
	f := &corner{s: s, x: slices.Clone(s.lo)}
	in := make([]bool, s.p.n)
	for _, v := range s.r.lin.basis {
		if v < s.p.n {
			f.basis, in[v] = append(f.basis, int32(v)), true
		}
	}
	f.columns(q, slack, in)
	if !f.used(y, slack) || len(f.rows) != len(f.basis) || !f.few(slack) || !f.solve() {
		return nil
	}
	slices.SortStableFunc(f.moves, func(a, b move) int { return cmp.Compare(a.cost, b.cost) })
	f.made = make([]int64, len(f.moves))
	return f
}

// columns puts those that are not in the basis to their better end, and lists the
// steps away from it.
func (f *corner) columns(q *priced, slack int64, in []bool) {
	s := f.s
	for j, d := range q.d {
		if in[j] {
			f.x[j] = 0
			continue
		}
		by := int64(1)
		if d > 0 {
			by, f.x[j] = -1, s.hi[j]
		}
		f.move(move{cost: max(d, -d), column: int32(j), by: by, most: s.hi[j] - s.lo[j]}, slack)
	}
}

// move takes a move in, as often as its cost allows.
func (f *corner) move(m move, slack int64) {
	if m.cost > 0 {
		m.most = min(m.most, slack/m.cost)
	}
	if m.most > 0 {
		f.moves = append(f.moves, m)
	}
}

// used lists the rows that are used up and the moves of what they are left; false
// where one has no price, so that nothing bounds its moves.
func (f *corner) used(y prices, slack int64) bool {
	r := f.s.r
	for i, k := range r.at {
		if r.lin.logic[i] == basic {
			continue
		}
		if k < 0 {
			return false
		}
		row, w, at, most := &r.rows[k], y.whole[k], len(f.rows), int64(noMost)
		if row.lo != noLeast && row.hi != noMost {
			most = row.hi - row.lo
		}
		switch {
		case row.lo == row.hi:
			f.rows = append(f.rows, tight{k, row.lo})
		case w > 0:
			f.rows = append(f.rows, tight{k, row.hi})
			f.move(move{cost: w, column: -1, row: at, by: -1, most: most}, slack)
		case w < 0:
			f.rows = append(f.rows, tight{k, row.lo})
			f.move(move{cost: -w, column: -1, row: at, by: 1, most: most}, slack)
		default:
			return false
		}
	}
	return true
}

// few tells whether there are few combinations.
func (f *corner) few(slack int64) bool {
	costs := f.s.costs[:0]
	for i := range f.moves {
		if f.moves[i].most > mostSteps || len(costs) > mostCosts {
			return false
		}
		for range f.moves[i].most {
			costs = append(costs, f.moves[i].cost)
		}
	}
	f.s.costs = costs
	g := &remains{s: f.s, shift: uint(max(0, bits.Len64(uint64(slack))-bits.Len(purses-1)))}
	return g.combinations(slack) <= mostMoved
}

// solve inverts the basis, and writes down the values at the corner and what each
// move adds to them; false where there is no inverse, or numbers are too large.
func (f *corner) solve() bool {
	n, rows := len(f.basis), f.s.r.rows
	matrix := make([][]*big.Int, n)
	for i, t := range f.rows {
		matrix[i] = make([]*big.Int, 2*n)
		for c := range matrix[i] {
			matrix[i][c] = new(big.Int)
			if c < n {
				matrix[i][c].SetInt64(rows[t.row].entry(f.basis[c]))
			}
		}
		matrix[i][n+i].SetInt64(1)
	}
	det, ok := invertWhole(matrix)
	if !ok {
		return false
	}
	f.det = det
	right, most := make([]int64, n), make([]float64, n)
	times := func() ([]int64, bool) { return timesWhole(matrix, right) }
	for i, t := range f.rows {
		right[i] = t.limit - rows[t.row].sum(f.x)
	}
	if f.values, ok = times(); !ok {
		return false
	}
	for k := range f.moves {
		m := &f.moves[k]
		for i, t := range f.rows {
			right[i] = 0
			if m.column >= 0 {
				right[i] = -m.by * rows[t.row].entry(m.column)
			} else if m.row == i {
				right[i] = m.by
			}
		}
		if m.adds, ok = times(); !ok {
			return false
		}
		for c, v := range m.adds {
			most[c] += math.Abs(float64(v)) * float64(m.most)
		}
	}
	return slices.Max(append(most, 0)) < 1<<60
}

// invertWhole turns the left half of a matrix, in integers, into det times the
// identity, and the right half with it (Bareiss 1968); det is above 0.
func invertWhole(a [][]*big.Int) (det int64, ok bool) {
	n, before, t := len(a), big.NewInt(1), new(big.Int)
	for k := range n {
		p := k
		for p < n && a[p][k].Sign() == 0 {
			p++
		}
		if p == n {
			return 0, false
		}
		a[k], a[p] = a[p], a[k]
		pivot := new(big.Int).Set(a[k][k])
		for i := range n {
			if i == k {
				continue
			}
			f := new(big.Int).Set(a[i][k])
			for j := range a[i] {
				a[i][j].Mul(a[i][j], pivot)
				a[i][j].Sub(a[i][j], t.Mul(f, a[k][j]))
				a[i][j].Quo(a[i][j], before)
			}
		}
		before = pivot
	}
	if before.Sign() < 0 {
		before = new(big.Int).Neg(before)
		for i := range a {
			for _, v := range a[i] {
				v.Neg(v)
			}
		}
	}
	return before.Int64(), before.IsInt64()
}

// timesWhole multiplies the right half of a matrix with a column; false where the
// result is large.
func timesWhole(a [][]*big.Int, column []int64) ([]int64, bool) {
	n := len(a)
	out := make([]int64, n)
	sum, t := new(big.Int), new(big.Int)
	for i := range a {
		sum.SetInt64(0)
		for j, v := range column {
			if v != 0 {
				sum.Add(sum, t.Mul(a[i][n+j], t.SetInt64(v)))
			}
		}
		if sum.BitLen() > 60 {
			return nil, false
		}
		out[i] = sum.Int64()
	}
	return out, true
}

// from goes through the combinations that make moves from the k-th on beside those
// that are made; found tells that one reaches the target.
func (f *corner) from(k int, left int64) (found bool) {
	if f.hit() {
		return true
	}
	for ; k < len(f.moves) && f.moves[k].cost <= left; k++ {
		m, spent := &f.moves[k], int64(0)
		for f.made[k] < m.most && spent+m.cost <= left {
			f.make(k, 1)
			spent += m.cost
			if f.from(k+1, left-spent) {
				return true
			}
		}
		f.make(k, -f.made[k])
	}
	return false
}

// make makes a move so many times more.
func (f *corner) make(k int, times int64) {
	m := &f.moves[k]
	f.made[k] += times
	for c, v := range m.adds {
		f.values[c] += v * times
	}
}

// hit writes down the combination, where it makes the columns of the basis whole,
// and has the last word on it.
func (f *corner) hit() bool {
	for _, v := range f.values {
		if v%f.det != 0 {
			return false
		}
	}
	x := slices.Clone(f.x)
	for c, j := range f.basis {
		x[j] = f.values[c] / f.det
	}
	for k, n := range f.made {
		if m := &f.moves[k]; m.column >= 0 {
			x[m.column] += m.by * n
		}
	}
	return f.s.p.keeps(x) && f.s.take(x)
}
