package frontier

import (
	"math"
	"math/big"
)

// prices is one multiplier for each of some rows, as integers over a power of
// two: whole / 2^shift.
type prices struct {
	whole []int64
	shift uint
}

// magnitudes bounds what sums over a program's columns can meet, so that a shift
// can be chosen with which nothing overflows.
type magnitudes struct {
	obj  float64
	rows []float64
}

func (p *program) magnitudes(rows []row) magnitudes {
	reach := func(j int) float64 { return math.Max(math.Abs(float64(p.lo[j])), math.Abs(float64(p.hi[j]))) + 1 }
	m := magnitudes{rows: make([]float64, len(rows))}
	for j, v := range p.obj.coef {
		if v != 0 {
			m.obj += math.Abs(float64(v)) * reach(j)
		}
	}
	m.obj += math.Abs(float64(p.obj.base)) + 1
	for i := range rows {
		r := &rows[i]
		r.each(func(j int, v int64) { m.rows[i] += math.Abs(float64(v)) * reach(j) })
		if r.lo != noLeast {
			m.rows[i] += math.Abs(float64(r.lo))
		}
		if r.hi != noMost {
			m.rows[i] += math.Abs(float64(r.hi))
		}
	}
	return m
}

// most is the greatest shift: finer prices bring nothing.
const mostShift = 30

// round makes integers of prices from the linear relaxation. A price that leans
// on a limit that is not set becomes 0.
func (m *magnitudes) round(y []float64, rows []row, obj bool) prices {
	sum := 1.0
	if obj {
		sum += m.obj
	}
	for i := range rows {
		sum += math.Abs(y[i]) * m.rows[i]
	}
	_, e := math.Frexp(sum)
	out := prices{whole: make([]int64, len(rows)), shift: uint(max(0, min(mostShift, 60-e)))}
	for i := range rows {
		v := int64(math.Round(math.Ldexp(y[i], int(out.shift))))
		if v > 0 && rows[i].hi == noMost || v < 0 && rows[i].lo == noLeast {
			v = 0
		}
		out.whole[i] = v
	}
	return out
}

// priced is a program under prices: no exchange within the bounds has a value
// above bound / 2^shift.
type priced struct {
	d     []int64 // of columns: value less prices, times 2^shift
	bound int64
	shift uint
}

// slack is how far a solution of so much value may fall short of the bound, times
// 2^shift; ok is false where that passes an int64.
func (q *priced) slack(target int64) (n int64, ok bool) {
	if most := int64(1) << (61 - q.shift); target >= most || target <= -most {
		return 0, false
	}
	return q.bound - target<<q.shift, true
}

// under computes the Lagrangian bound in integers. Without obj the objective is
// 0, and a bound below 0 proves that nothing keeps the rows. ok is false where
// the numbers are so large that int64 might overflow.
func (r *relaxation) under(y prices, lo, hi []int64, must []bool, obj bool) (out priced, ok bool) {
	if !r.fits(y, obj) {
		return out, false
	}
	p, rows, d := r.p, r.rows, r.room
	clear(d)
	out.shift = y.shift
	if obj {
		out.bound = p.obj.base << y.shift
		for j, v := range p.obj.coef {
			d[j] = v << y.shift
		}
	}
	for i, w := range y.whole {
		if w == 0 {
			continue
		}
		r := &rows[i]
		if w > 0 {
			out.bound += w * r.hi
		} else {
			out.bound += w * r.lo
		}
		if r.at == nil {
			for j, v := range r.coef {
				d[j] -= w * v
			}
			continue
		}
		for k, j := range r.at {
			d[j] -= w * r.coef[k]
		}
	}
	out.d = d
	for j, v := range d {
		if p.group[j] < 0 {
			out.bound += max(v*lo[j], v*hi[j])
		}
	}
	for g := range p.groups {
		best, some := p.bestOf(g, d, lo, hi, must[g])
		if some {
			out.bound += best
		}
	}
	return out, true
}

// bestOf is the best of a group's choices at given values; some is false if
// nothing is left to choose, which no solution survives.
func (p *program) bestOf(g int, d, lo, hi []int64, must bool) (best int64, some bool) {
	best, some = 0, !must
	for j := p.groups[g].first; j < p.groups[g].end; j++ {
		if lo[j] == 1 {
			return d[j], true
		}
		if hi[j] == 1 && (!some || d[j] > best) {
			best, some = d[j], true
		}
	}
	return best, some
}

// fits tells whether the sums of under can't overflow.
func (r *relaxation) fits(y prices, obj bool) bool {
	var sum float64
	if obj {
		sum = math.Ldexp(r.mags.obj, int(y.shift))
	}
	for i, w := range y.whole {
		if w != 0 {
			sum += math.Abs(float64(w)) * r.mags.rows[i]
		}
	}
	return sum < 1<<62
}

// bigBound is the bound of under for numbers of any size, rounded down.
func (r *relaxation) bigBound(y prices, lo, hi []int64, must []bool, obj bool) *big.Int {
	p, rows := r.p, r.rows
	d := make([]*big.Int, p.n)
	for j := range d {
		d[j] = new(big.Int)
	}
	bound := new(big.Int)
	if obj {
		bound.Lsh(big.NewInt(p.obj.base), y.shift)
		for j, v := range p.obj.coef {
			d[j].Lsh(big.NewInt(v), y.shift)
		}
	}
	term := new(big.Int)
	for i, w := range y.whole {
		if w == 0 {
			continue
		}
		limit := rows[i].lo
		if w > 0 {
			limit = rows[i].hi
		}
		bound.Add(bound, term.Mul(big.NewInt(w), big.NewInt(limit)))
		rows[i].each(func(j int, v int64) { d[j].Sub(d[j], term.Mul(big.NewInt(w), big.NewInt(v))) })
	}
	for j := range d {
		if p.group[j] >= 0 {
			continue
		}
		a := new(big.Int).Mul(d[j], big.NewInt(lo[j]))
		if b := new(big.Int).Mul(d[j], big.NewInt(hi[j])); b.Cmp(a) > 0 {
			a = b
		}
		bound.Add(bound, a)
	}
	for g := range p.groups {
		best, some := new(big.Int), !must[g]
		for j := p.groups[g].first; j < p.groups[g].end; j++ {
			if lo[j] == 1 {
				best, some = d[j], true
				break
			}
			if hi[j] == 1 && (!some || d[j].Cmp(best) > 0) {
				best, some = d[j], true
			}
		}
		bound.Add(bound, best)
	}
	return bound.Rsh(bound, y.shift)
}

// tighten moves bounds past which no solution reaches slack: what it may fall
// short of the bound, times 2^shift. It tells how many columns met.
func (p *program) tighten(q *priced, slack int64, lo, hi []int64, must []bool) {
	for j, v := range q.d {
		if p.group[j] >= 0 || lo[j] == hi[j] {
			continue
		}
		switch one := hi[j]-lo[j] == 1; {
		case v > slack:
			lo[j] = hi[j]
		case -v > slack:
			hi[j] = lo[j]
		case v > 0 && !one:
			lo[j] = max(lo[j], hi[j]-slack/v)
		case v < 0 && !one:
			hi[j] = min(hi[j], lo[j]+slack/-v)
		}
	}
	for g := range p.groups {
		best, some := p.bestOf(g, q.d, lo, hi, must[g])
		if !some {
			continue
		}
		left, last := 0, int32(-1)
		for j := p.groups[g].first; j < p.groups[g].end; j++ {
			if hi[j] == 1 && best-q.d[j] > slack {
				hi[j] = 0
			}
			if hi[j] == 1 {
				left++
				last = j
			}
		}
		if best > slack {
			must[g] = true
		}
		if must[g] && left == 1 {
			lo[last] = 1
		}
	}
}
