package frontier

import (
	"math"
	"math/big"
)

// relaxation is the linear relaxation of a program with what turns its prices
// into bounds. Of the program's rows only those that were broken so far, and the
// dense, stand in the linear program; a group's own row too comes in when it is
// broken.
type relaxation struct {
	p       *program
	rows    []row
	mags    magnitudes
	lin     *linear
	at      []int // by row of lin: the index into rows, or ^group
	inLin   []bool
	ofGroup []int // row of lin of each group, or -1
	x       []float64
	room    []int64
	y       []float64

	// The linear program is scaled by powers of two: its objective, its rows, and
	// the column that is the least of some gains.
	objScale float64
	scale    []float64 // by row of lin
	tail     float64
}

// fewRows is how many rows are taken in at once.
const fewRows = 24

func newRelaxation(p *program) *relaxation {
	r := &relaxation{p: p, rows: p.allRows(), room: make([]int64, p.n)}
	r.mags = p.magnitudes(r.rows)
	r.inLin = make([]bool, len(r.rows))
	r.y, r.x = make([]float64, len(r.rows)), make([]float64, 0, p.n)
	r.ofGroup = make([]int, len(p.groups))
	for g := range r.ofGroup {
		r.ofGroup[g] = -1
	}
	c, lo, hi := make([]float64, p.n), make([]float64, p.n), make([]float64, p.n)
	r.objScale, r.tail = scaleOf(p.obj.coef), 1
	if p.tail >= 0 {
		r.objScale, r.tail = 1, 1/scaleOf([]int64{p.hi[p.tail]})
	}
	// The smallest of changes, never the same, keeps the simplex from stalling
	// among equals; all of them together, over all that columns can be, are a small
	// part of a point.
	steps := 1.0
	for j := range p.n {
		if j != p.tail {
			steps += float64(p.hi[j] - p.lo[j])
		}
	}
	tiny := 0.02 * r.objScale / steps
	if p.tail >= 0 {
		tiny = 0.02 * float64(max(p.unit, 1)) / r.tail / steps
	}
	for j := range p.n {
		c[j] = float64(p.obj.coef[j]) * r.objScale
		c[j] += tiny * (0.5 + float64(uint32(j+1)*2654435769>>16)/(1<<16))
		lo[j], hi[j] = float64(p.lo[j]), float64(p.hi[j])
	}
	if p.tail >= 0 {
		c[p.tail], lo[p.tail], hi[p.tail] = 1, lo[p.tail]/r.tail, hi[p.tail]/r.tail
	}
	r.lin = newLinear(c, lo, hi)
	for i := range r.rows {
		if r.rows[i].at == nil || len(r.rows) <= fewRows {
			r.addRow(i)
		}
	}
	return r
}

func (r *relaxation) addRow(i int) {
	from := &r.rows[i]
	out := linearRow{lo: limitOf(from.lo), hi: limitOf(from.hi), at: from.at}
	f := scaleOf(from.coef)
	out.lo, out.hi = out.lo*f, out.hi*f
	values := make([]float64, len(from.coef))
	for k, v := range from.coef {
		values[k] = float64(v) * f
	}
	if t := r.p.tail; t >= 0 && from.at == nil {
		values[t] *= r.tail
	}
	r.scale = append(r.scale, f)
	if from.at == nil {
		out.dense = values
	} else {
		out.val = values
	}
	r.inLin[i] = true
	r.at = append(r.at, i)
	r.lin.addRow(out)
}

func limitOf(v int64) float64 {
	switch v {
	case noLeast:
		return math.Inf(-1)
	case noMost:
		return math.Inf(1)
	}
	return float64(v)
}

func (r *relaxation) addGroup(g int, must bool) {
	out := linearRow{hi: 1}
	for j := r.p.groups[g].first; j < r.p.groups[g].end; j++ {
		out.at = append(out.at, j)
		out.val = append(out.val, 1)
	}
	if must {
		out.lo = 1
	}
	r.ofGroup[g] = len(r.at)
	r.scale = append(r.scale, 1)
	r.at = append(r.at, ^g)
	r.lin.addRow(out)
}

// setBounds hands the present bounds to the linear program.
func (r *relaxation) setBounds(lo, hi []int64, must []bool) {
	for j := range lo {
		r.lin.lo[j], r.lin.hi[j] = float64(lo[j]), float64(hi[j])
	}
	if t := r.p.tail; t >= 0 {
		r.lin.lo[t], r.lin.hi[t] = r.lin.lo[t]/r.tail, r.lin.hi[t]/r.tail
	}
	for g, m := range must {
		if i := r.ofGroup[g]; i >= 0 {
			r.lin.rows[i].lo = 0
			if m {
				r.lin.rows[i].lo = 1
			}
		}
	}
}

// solve solves the relaxation, taking in what is broken.
func (r *relaxation) solve(must []bool, most int) verdict {
	for again := 0; ; {
		v := r.lin.solve(most)
		if v == unfinished && again < 3 && most > 500 {
			again++
			continue
		}
		r.x = r.lin.solution(r.x)
		if t := r.p.tail; t >= 0 {
			r.x[t] *= r.tail
		}
		if v != optimal || !r.takeBroken(must) {
			return v
		}
	}
}

// takeBroken takes in rows and groups that the solution breaks.
func (r *relaxation) takeBroken(must []bool) bool {
	some := 0
	for g := range r.p.groups {
		if r.ofGroup[g] >= 0 {
			continue
		}
		var s float64
		for j := r.p.groups[g].first; j < r.p.groups[g].end; j++ {
			s += r.x[j]
		}
		if s > 1+1e-6 || must[g] && s < 1-1e-6 {
			r.addGroup(g, must[g])
			some++
		}
	}
	for i := range r.rows {
		if r.inLin[i] {
			continue
		}
		var s float64
		r.rows[i].each(func(j int, v int64) { s += float64(v) * r.x[j] })
		if f := scaleOf(r.rows[i].coef); s*f > limitOf(r.rows[i].hi)*f+1e-6 || s*f < limitOf(r.rows[i].lo)*f-1e-6 {
			r.addRow(i)
			if some++; some >= 32 {
				break
			}
		}
	}
	return some > 0
}

// spread writes prices of the linear program's rows as prices of all rows.
func (r *relaxation) spread(y []float64, f float64) []float64 {
	clear(r.y)
	for i, k := range r.at {
		if k >= 0 {
			r.y[k] = y[i] * r.scale[i] * f
		}
	}
	return r.y
}

// bound is an upper bound for all within lo and hi, rounded down, from the
// present prices; with what it takes to fix columns, where numbers allow.
func (r *relaxation) bound(lo, hi []int64, must []bool) (value int64, q priced, y prices, exact bool) {
	y = r.mags.round(r.spread(r.lin.y, r.unit()), r.rows, true)
	q, exact = r.under(y, lo, hi, must, true)
	if exact {
		return q.bound >> q.shift, q, y, true
	}
	b := r.bigBound(y, lo, hi, must, true)
	if !b.IsInt64() {
		if b.Sign() < 0 {
			return math.MinInt64, q, y, false
		}
		return math.MaxInt64, q, y, false
	}
	return b.Int64(), q, y, false
}

// refutes tells whether the ray of an infeasible relaxation proves, in integers,
// that nothing within lo and hi keeps the rows.
func (r *relaxation) refutes(lo, hi []int64, must []bool) (prices, bool) {
	var scale float64
	for i, v := range r.lin.ray {
		scale = max(scale, math.Abs(v*r.scale[i]))
	}
	if scale == 0 {
		return prices{}, false
	}
	for _, sign := range []float64{1, -1} {
		ray := make([]float64, len(r.lin.ray))
		for i, v := range r.lin.ray {
			ray[i] = sign * v / scale
		}
		y := r.mags.round(r.spread(ray, 1), r.rows, false)
		if q, ok := r.under(y, lo, hi, must, false); ok {
			if q.bound < 0 {
				return y, true
			}
		} else if r.bigBound(y, lo, hi, must, false).Cmp(new(big.Int)) < 0 {
			return y, true
		}
	}
	return prices{}, false
}

// unit turns prices of the scaled linear program into prices of the program: a
// unit of its objective. The tail is the objective itself, in units of its own.
func (r *relaxation) unit() float64 {
	if r.p.tail >= 0 {
		return r.tail
	}
	return 1 / r.objScale
}

// scaleOf is the power of two that brings the greatest of some numbers near 1.
func scaleOf(v []int64) float64 {
	var most int64 = 1
	for _, x := range v {
		most = max(most, x, -x)
	}
	_, e := math.Frexp(float64(most))
	return math.Ldexp(1, -e)
}
