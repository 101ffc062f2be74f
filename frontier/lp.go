package frontier

import (
	"math"
	"slices"
)

// linear is the linear relaxation of a program: maximise c·x with bounded
// columns and few bounded rows. It is a guide only: what it says is rounded to
// integers and checked (bound.go) before anything is concluded from it.
//
// The method is the bounded dual simplex with an explicit inverse of the basis
// and bound flipping (Koberstein, The Dual Simplex Method, 2005, chapters 3 and
// 6). Each row i has a logical column that equals the row's sum. Changing bounds
// or adding rows keeps a basis dual feasible, so that the next solve is warm.
type linear struct {
	n     int
	c     []float64
	lo    []float64 // of columns
	hi    []float64
	rows  []linearRow
	state []int8 // of columns: where they stand
	d     []float64
	alpha []float64

	basis  []int // by row of the inverse: a column, or n+i for the logical of row i
	inv    [][]float64
	beta   []float64 // values of the basis
	y      []float64 // prices of rows
	logic  []int8    // states of logicals
	ray    []float64 // after infeasible: prices that prove it
	pivots int
	list   []breakpoint
	column []float64
	sums   []float64 // room of zeros
	stand  []float64 // of columns: their values, 0 of those in the basis
	moved  []float64 // by column: how far a flip moves it; 0 outside of flip
}

type linearRow struct {
	dense  []float64
	at     []int32 // where not dense
	val    []float64
	lo, hi float64
}

const (
	low int8 = iota
	high
	basic
)

type verdict int8

const (
	optimal verdict = iota
	infeasible
	unfinished
)

const (
	feasibility = 1e-7 // how far a value may stand outside its bounds
	smallest    = 1e-9 // no smaller pivot
	dualZero    = 1e-13
)

type breakpoint struct {
	ratio, gain float64
	j           int32
}

// newLinear starts from the basis of logicals, each column at its better bound.
func newLinear(c, lo, hi []float64) *linear {
	l := &linear{n: len(c), c: c, lo: lo, hi: hi}
	l.state = make([]int8, l.n)
	l.d = slices.Clone(c)
	l.alpha, l.stand, l.moved = make([]float64, l.n), make([]float64, l.n), make([]float64, l.n)
	for j, x := range c {
		if x > 0 {
			l.state[j] = high
		}
	}
	return l
}

// value is where a column that is not basic stands.
func (l *linear) value(j int) float64 {
	if l.state[j] == high {
		return l.hi[j]
	}
	return l.lo[j]
}

// entry is the coefficient of a column in a row.
func (r *linearRow) entry(j int) float64 {
	if r.dense != nil {
		return r.dense[j]
	}
	if k, ok := slices.BinarySearch(r.at, int32(j)); ok {
		return r.val[k]
	}
	return 0
}

// addRow takes a row in, its logical basic. The basis stays dual feasible.
func (l *linear) addRow(r linearRow) {
	m := len(l.rows)
	l.rows = append(l.rows, r)
	border := make([]float64, m+1, max(m+1, 8)) // few rows come in
	for k, b := range l.basis {
		if b < l.n {
			v := r.entry(b)
			for i := range m {
				border[i] += v * l.inv[k][i]
			}
		}
	}
	border[m] = -1
	for k := range l.inv {
		l.inv[k] = append(l.inv[k], 0)
	}
	l.inv = append(l.inv, border)
	l.basis = append(l.basis, l.n+m)
	l.logic = append(l.logic, basic)
	l.y = append(l.y, 0)
	l.beta = append(l.beta, 0)
	l.column = append(l.column, 0)
}

// bounds are those of a variable, column or logical.
func (l *linear) bounds(v int) (lo, hi float64) {
	if v < l.n {
		return l.lo[v], l.hi[v]
	}
	return l.rows[v-l.n].lo, l.rows[v-l.n].hi
}

// settle puts columns whose bounds have changed where their reduced cost wants
// them.
func (l *linear) settle() {
	for j, d := range l.d {
		if d > dualZero && l.state[j] == low {
			l.state[j] = high
		} else if d < -dualZero && l.state[j] == high {
			l.state[j] = low
		}
	}
}

// zeros is room for a number by row, to be used until it is asked for again.
func (l *linear) zeros() []float64 {
	m := len(l.rows)
	l.sums = slices.Grow(l.sums[:0], m)[:m]
	clear(l.sums)
	return l.sums
}

// refresh computes the values of the basis anew.
func (l *linear) refresh() {
	right := l.zeros() // sum of what is not basic, by row
	for j, s := range l.state {
		switch s {
		case low:
			l.stand[j] = l.lo[j]
		case high:
			l.stand[j] = l.hi[j]
		default:
			l.stand[j] = 0
		}
	}
	for i := range l.rows {
		r := &l.rows[i]
		if r.dense != nil {
			stand := l.stand[:len(r.dense)]
			for j, v := range r.dense {
				right[i] += v * stand[j]
			}
		} else {
			for k, j := range r.at {
				right[i] += r.val[k] * l.stand[j]
			}
		}
		switch l.logic[i] {
		case low:
			right[i] -= r.lo
		case high:
			right[i] -= r.hi
		}
	}
	for k := range l.beta {
		var s float64
		for i, v := range l.inv[k] {
			s -= v * right[i]
		}
		l.beta[k] = s
	}
}

// solve iterates from the present basis, at most so many times.
func (l *linear) solve(most int) verdict {
	l.settle()
	l.refresh()
	return l.iterate(most)
}

// iterate is solve where the values of the basis are known.
func (l *linear) iterate(most int) verdict {
	for iteration := 0; ; iteration++ {
		if l.pivots >= 60+2*len(l.rows) {
			l.refactor()
		}
		r, delta := l.leaving()
		if r < 0 {
			return optimal
		}
		if iteration >= most {
			return unfinished
		}
		l.price(r)
		q, ok := l.entering(r, delta)
		if !ok {
			l.ray = append(l.ray[:0], l.inv[r]...)
			return infeasible
		}
		if !l.pivot(r, q, delta) {
			return unfinished
		}
	}
}

// leaving picks the row whose value stands farthest outside its bounds, by the
// steepest edge.
func (l *linear) leaving() (r int, delta float64) {
	r = -1
	var most float64
	for k, v := range l.basis {
		lo, hi := l.bounds(v)
		off := 0.0
		if l.beta[k] > hi+feasibility {
			off = l.beta[k] - hi
		} else if l.beta[k] < lo-feasibility {
			off = l.beta[k] - lo
		}
		if off == 0 {
			continue
		}
		var norm float64
		for _, v := range l.inv[k] {
			norm += v * v
		}
		if s := off * off / norm; s > most {
			r, delta, most = k, off, s
		}
	}
	return r, delta
}

// price computes the row of the tableau for the leaving variable.
func (l *linear) price(r int) {
	clear(l.alpha)
	for i, p := range l.inv[r] {
		if p == 0 {
			continue
		}
		row := &l.rows[i]
		if row.dense != nil {
			a := l.alpha[:len(row.dense)]
			for j, v := range row.dense {
				a[j] += p * v
			}
			continue
		}
		for k, j := range row.at {
			l.alpha[j] += p * row.val[k]
		}
	}
}

// entering runs the ratio test with bound flipping: breakpoints are passed, and
// their columns flipped, as long as the infeasibility is not used up.
func (l *linear) entering(r int, delta float64) (q int, ok bool) {
	sign := 1.0
	if delta < 0 {
		sign = -1
	}
	list := l.list[:0]
	for j, a := range l.alpha {
		s := l.state[j]
		if s == basic {
			continue
		}
		a *= sign
		if s == low && a > smallest || s == high && a < -smallest {
			width := l.hi[j] - l.lo[j]
			if width == 0 {
				continue
			}
			list = append(list, breakpoint{math.Abs(l.d[j] / a), math.Abs(a) * width, int32(j)})
		}
	}
	for i, p := range l.inv[r] {
		a := -p * sign
		s := l.logic[i]
		if s == low && a > smallest || s == high && a < -smallest {
			if w := l.rows[i].hi - l.rows[i].lo; w > 0 {
				list = append(list, breakpoint{math.Abs(l.y[i] / a), math.Abs(a) * w, int32(l.n + i)})
			}
		}
	}
	l.list = list
	if len(list) == 0 {
		return 0, false
	}
	last := passing(list, math.Abs(delta)-feasibility) // what is left outside may be as much
	if last < 0 {
		return 0, false // all flipped, and still outside
	}
	q = int(list[last].j)
	l.flip(list[:last])
	return q, true
}

// passing orders the list so that the breakpoints before the one that is
// returned are those to be flipped; -1 if all can be.
func passing(list []breakpoint, need float64) int {
	from, to := 0, len(list)
	for to-from > 24 {
		pivot := middleOf(list[from].ratio, list[(from+to)/2].ratio, list[to-1].ratio)
		i, sum := from, 0.0
		k := to
		for j := from; j < k; {
			switch b := list[j]; {
			case b.ratio < pivot:
				sum += b.gain
				list[i], list[j] = list[j], list[i]
				i++
				j++
			case b.ratio > pivot:
				k--
				list[j], list[k] = list[k], list[j]
			default:
				j++
			}
		}
		if sum >= need {
			to = i
			continue
		}
		need -= sum
		from = i
		equal := 0.0
		for j := i; j < k; j++ {
			equal += list[j].gain
		}
		if equal >= need {
			return among(list, i, k, need)
		}
		need -= equal
		from = k
	}
	slices.SortFunc(list[from:to], func(a, b breakpoint) int {
		if a.ratio != b.ratio {
			if a.ratio < b.ratio {
				return -1
			}
			return 1
		}
		return int(a.j - b.j)
	})
	for i := from; i < to; i++ {
		if list[i].gain >= need {
			return i
		}
		need -= list[i].gain
	}
	if to < len(list) {
		return to
	}
	return -1
}

// among picks the breakpoint that uses up the need, of some with equal ratios.
func among(list []breakpoint, from, to int, need float64) int {
	for i := from; i < to; i++ {
		if list[i].gain >= need {
			return i
		}
		need -= list[i].gain
	}
	return to - 1
}

func middleOf(a, b, c float64) float64 { return max(min(a, b), min(max(a, b), c)) }

// flip moves columns to their other bounds.
func (l *linear) flip(list []breakpoint) {
	if len(list) == 0 {
		return
	}
	move := l.zeros()
	for _, b := range list {
		j := int(b.j)
		if j >= l.n {
			i := j - l.n
			w := l.rows[i].hi - l.rows[i].lo
			if l.logic[i] == low {
				l.logic[i] = high
				move[i] -= w
			} else {
				l.logic[i] = low
				move[i] += w
			}
			continue
		}
		w := l.hi[j] - l.lo[j]
		if l.state[j] == low {
			l.state[j] = high
		} else {
			l.state[j] = low
			w = -w
		}
		l.moved[j] = w
	}
	for i := range l.rows {
		move[i] += l.moves(&l.rows[i], list)
	}
	for _, b := range list {
		if int(b.j) < l.n {
			l.moved[b.j] = 0
		}
	}
	for k := range l.beta {
		for i, v := range l.inv[k] {
			l.beta[k] -= v * move[i]
		}
	}
}

// moves is by how much flips move a row's sum.
func (l *linear) moves(r *linearRow, list []breakpoint) (sum float64) {
	if r.dense == nil && len(list) > len(r.at)/8 {
		for k, j := range r.at {
			sum += r.val[k] * l.moved[j]
		}
		return sum
	}
	for _, b := range list {
		if j := int(b.j); j < l.n {
			sum += l.moved[j] * r.entry(j)
		}
	}
	return sum
}

// pivot exchanges the basic variable of row r for q. false: the pivot is too
// small to be trusted.
func (l *linear) pivot(r, q int, _ float64) bool {
	m := len(l.rows)
	col := l.column[:m]
	clear(col)
	var dq, ar, from float64
	if q < l.n {
		dq, ar, from = l.d[q], l.alpha[q], l.value(q)
		entries := l.zeros()
		for i := range l.rows {
			entries[i] = l.rows[i].entry(q)
		}
		for k, row := range l.inv {
			var s float64
			for i, v := range row[:len(entries)] {
				s += v * entries[i]
			}
			col[k] = s
		}
	} else {
		i := q - l.n
		dq, ar = l.y[i], -l.inv[r][i]
		from = l.rows[i].lo
		if l.logic[i] == high {
			from = l.rows[i].hi
		}
		for k := range col {
			col[k] = -l.inv[k][i]
		}
	}
	if math.Abs(col[r]) < smallest || math.Abs(col[r]-ar) > 1e-5*(1+math.Abs(ar)) {
		l.refactor()
		return false
	}
	out := l.basis[r]
	lo, hi := l.bounds(out)
	to, where := hi, high
	if l.beta[r] < lo {
		to, where = lo, low
	} else if l.beta[r] <= hi { // flips have brought it inside
		if hi-l.beta[r] > l.beta[r]-lo {
			to, where = lo, low
		}
	}
	step := (l.beta[r] - to) / col[r]
	for k := range l.beta {
		l.beta[k] -= col[k] * step
	}
	t := dq / ar
	if t != 0 {
		for j, a := range l.alpha {
			l.d[j] -= t * a
		}
		for i, p := range l.inv[r] {
			l.y[i] += t * p
		}
	}
	l.setState(out, where)
	if out < l.n {
		l.d[out] = -t
	}
	l.setState(q, basic)
	if q < l.n {
		l.d[q] = 0
	}
	l.basis[r], l.beta[r] = q, from+step
	l.update(r, col)
	return true
}

func (l *linear) setState(v int, s int8) {
	if v < l.n {
		l.state[v] = s
	} else {
		l.logic[v-l.n] = s
	}
}

// update multiplies the inverse by the elementary matrix of a pivot.
func (l *linear) update(r int, col []float64) {
	pr := l.inv[r]
	inverse := 1 / col[r]
	for i := range pr {
		pr[i] *= inverse
	}
	for k := range l.inv {
		if k == r || col[k] == 0 {
			continue
		}
		f := col[k]
		row := l.inv[k]
		for i, p := range pr {
			row[i] -= f * p
		}
	}
	l.pivots++
}

// refactor inverts the basis anew and recomputes prices and values.
func (l *linear) refactor() {
	m := len(l.rows)
	a := make([][]float64, m)
	for i := range a {
		a[i] = make([]float64, 2*m)
		a[i][m+i] = 1
		for k, v := range l.basis {
			if v < l.n {
				a[i][k] = l.rows[i].entry(v)
			} else if v-l.n == i {
				a[i][k] = -1
			}
		}
	}
	if !invert(a) {
		l.restart()
		return
	}
	for k := range m {
		copy(l.inv[k], a[k][m:])
	}
	l.pivots = 0
	l.reprice()
	l.refresh()
}

// invert reduces the left half of a to the identity.
func invert(a [][]float64) bool {
	m := len(a)
	for k := range m {
		p := k
		for i := k + 1; i < m; i++ {
			if math.Abs(a[i][k]) > math.Abs(a[p][k]) {
				p = i
			}
		}
		if math.Abs(a[p][k]) < 1e-11 {
			return false
		}
		a[k], a[p] = a[p], a[k]
		f := 1 / a[k][k]
		for j := k; j < 2*m; j++ {
			a[k][j] *= f
		}
		for i := range m {
			if g := a[i][k]; i != k && g != 0 {
				for j := k; j < 2*m; j++ {
					a[i][j] -= g * a[k][j]
				}
			}
		}
	}
	return true
}

// reprice computes prices and reduced costs from the basis, and puts columns
// that rounding has left at the wrong bound to the other.
func (l *linear) reprice() {
	clear(l.y)
	for k, v := range l.basis {
		if v < l.n && l.c[v] != 0 {
			for i, p := range l.inv[k] {
				l.y[i] += l.c[v] * p
			}
		}
	}
	copy(l.d, l.c)
	for i := range l.rows {
		y := l.y[i]
		if y == 0 {
			continue
		}
		r := &l.rows[i]
		if r.dense != nil {
			for j, v := range r.dense {
				l.d[j] -= y * v
			}
			continue
		}
		for k, j := range r.at {
			l.d[j] -= y * r.val[k]
		}
	}
	l.settle()
}

// restart goes back to the basis of logicals.
func (l *linear) restart() {
	for j := range l.state {
		l.state[j] = low
		if l.c[j] > 0 {
			l.state[j] = high
		}
	}
	for i := range l.basis {
		l.basis[i], l.logic[i], l.y[i] = l.n+i, basic, 0
		clear(l.inv[i])
		l.inv[i][i] = -1
	}
	copy(l.d, l.c)
	l.pivots = 0
	l.refresh()
}

// solution gives the columns' values.
func (l *linear) solution(to []float64) []float64 {
	to = to[:0]
	for j := range l.n {
		to = append(to, l.value(j))
	}
	for k, v := range l.basis {
		if v < l.n {
			to[v] = l.beta[k]
		}
	}
	return to
}

// objective is the value of the present basis.
func (l *linear) objective() float64 {
	var s float64
	for j, c := range l.c {
		if c != 0 && l.state[j] != basic {
			s += c * l.value(j)
		}
	}
	for k, v := range l.basis {
		if v < l.n {
			s += l.c[v] * l.beta[k]
		}
	}
	return s
}

// position is what is needed to come back to a basis.
type position struct {
	state, logic []int8
	basis        []int
	inv          [][]float64
	beta, d, y   []float64
	pivots       int
}

// save writes the present basis over one that is not needed any more.
func (l *linear) save(p *position) {
	p.state, p.logic = append(p.state[:0], l.state...), append(p.logic[:0], l.logic...)
	p.basis, p.pivots = append(p.basis[:0], l.basis...), l.pivots
	p.beta, p.d, p.y = append(p.beta[:0], l.beta...), append(p.d[:0], l.d...), append(p.y[:0], l.y...)
	p.inv = slices.Grow(p.inv[:0], len(l.inv))[:len(l.inv)]
	for i, row := range l.inv {
		p.inv[i] = append(p.inv[i][:0], row...)
	}
}

// restore goes back to a basis of as many rows.
func (l *linear) restore(p *position) {
	copy(l.state, p.state)
	copy(l.logic, p.logic)
	copy(l.basis, p.basis)
	for i := range p.inv {
		copy(l.inv[i], p.inv[i])
	}
	copy(l.beta, p.beta)
	copy(l.d, p.d)
	copy(l.y, p.y)
	l.pivots = p.pivots
}
