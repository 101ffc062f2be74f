package frontier

import (
	"math"
	"math/big"
	"math/bits"
	"slices"
)

// nash ranks by the product of the gains of the parties that can gain.
type nash struct{ in []int }

func (n nash) compare(a, b *deal) int {
	p, small := n.product(a)
	q, too := n.product(b)
	switch {
	case small && too:
		return p.compare(q)
	case small:
		return -1
	case too:
		return 1
	}
	return bigProduct(a.gains, n.in).Cmp(bigProduct(b.gains, n.in))
}

// product multiplies as long as the result is below 2^128; ok is false if it is
// not.
func (n nash) product(d *deal) (p wide128, ok bool) {
	p.lo, ok = 1, true
	for _, i := range n.in {
		g := uint64(d.gains[i])
		if g == 0 {
			return wide128{}, true
		}
		fits := false
		p, fits = p.times(g)
		ok = ok && fits
	}
	return p, ok
}

func bigProduct(gains []int64, in []int) *big.Int {
	p := big.NewInt(1)
	for _, i := range in {
		p.Mul(p, big.NewInt(gains[i]))
	}
	return p
}

// product finds the exchanges of the largest product of gains.
//
// The means give the linear programs: for weights c, (Σ c·g ÷ n)^n is at least
// Π c·g, so a product of N asks for Σ c·g of at least an integer that follows
// from N. The weights 1÷g make that tight at g. Whatever such a program finds is
// either better or is cut off by the row of its own weights.
func (c *chooser) product(p *program) []end {
	if len(c.in) == 0 {
		return c.lexicographic(p)
	}
	if len(c.in) == 1 {
		return c.lexicographic(c.linear(p, p.measures[c.in[0]]))
	}
	floor := slices.Clone(p.floor)
	for _, i := range c.in {
		floor[i] = max(floor[i], 1)
	}
	s := &nashSearch{chooser: c, p: p.with(floor)}
	g, ok := s.start()
	if c.stopped {
		return nil
	}
	if !ok { // no exchange gains all of them something: every product is 0
		return c.lexicographic(p)
	}
	w := s.tangent(s.p, g)
	if len(s.in) == 2 && s.p.parties() == 2 {
		if v, x := s.slope(s.p, g[0], closeBy); v != nil { // near it is soon found, and leaves less to find it in
			g = s.better(g, s.p, x)
			s.p, _ = s.p.reaching(v, s.need(v, bigProduct(g, c.in)))
		}
		if s.fixed, _ = s.slope(s.p, g[0], 0); s.fixed != nil {
			w = s.fixed
		}
	}
	s.p, s.top = s.p.reaching(w, s.need(w, bigProduct(g, c.in)))
	s.top = min(s.top, noMost/2) // what the window adds up fits then
	best, ok := s.improve(s.p, g, g, bigProduct(g, c.in))
	if !ok {
		return nil
	}
	var ends []end
	s.most = bigProduct(best, c.in)
	w = s.weights(s.p, best)
	s.p, _ = s.p.reaching(w, s.need(w, s.most))
	s.alike(s.p, best, s.most, &ends)
	if c.stopped {
		return nil
	}
	return ends
}

type nashSearch struct {
	*chooser
	p     *program
	cuts  [][]int64 // weights of rows that cut off what was found
	fixed []int64   // of two parties: weights at which the relaxation's greatest product is their greatest sum; nil where they are not known
	top   int64     // no exchange has a greater sum by these
	most  *big.Int  // no exchange has a greater product, where only a part is searched
}

// even looks for an exchange that gains both of two parties something, in shares
// of what each could gain at most by itself that are nearly equal. That there is
// one is all that has to be known of their best gains, and the search begins there.
func (c *chooser) even(p *program) {
	all, tops, floor := []int{0, 1}, make([]int64, 2), slices.Clone(p.floor)
	for i := range all {
		tops[i] = max(1, p.highBut([]int{i}, 0))
		floor[i] = max(floor[i], 1)
	}
	weights := p.scales(all, tops)
	t := p.with(floor).leastOf(weights, slices.Min(weights))
	if t == nil {
		return
	}
	t.rough, t.unit = true, slices.Max(weights)
	if o := c.maximise(t, noLeast/4, false); o.found && !c.stopped {
		c.begin = p.gains(o.x[:p.n])
	}
}

// start finds gains to begin with: of nearly equal shares, as far as is known.
func (s *nashSearch) start() (gains []int64, ok bool) {
	if s.begin != nil {
		return s.begin, true
	}
	tops := make([]int64, s.p.parties())
	for _, i := range s.in {
		tops[i] = max(1, s.p.most(i))
	}
	weights := s.p.scales(s.in, tops)
	t := s.p.leastOf(weights, slices.Min(pickOf(weights, s.in)))
	if t == nil {
		return nil, false
	}
	t.rough, t.unit = true, slices.Max(weights)
	o := s.maximise(t, noLeast/4, false)
	if s.stopped {
		s.boundWithoutIdeals(s.p)
		return nil, false
	}
	if !o.found {
		return nil, false
	}
	return s.p.gains(o.x[:s.p.n]), true
}

func pickOf(v []int64, at []int) []int64 {
	out := make([]int64, len(at))
	for i, k := range at {
		out[i] = v[k]
	}
	return out
}

// improve looks for products above least in a program, until there are none; g is
// what has been found so far, nil for nothing, and at where to begin. ok is false
// if it was stopped.
func (s *nashSearch) improve(p *program, g, at []int64, least *big.Int) (best []int64, ok bool) {
	if s.fixed != nil {
		return s.closeIn(p, g, least)
	}
	more := new(big.Int).Add(least, big.NewInt(1))
	for {
		w := s.tangent(p, at)
		need := s.need(w, more)
		s.cuts = append(s.cuts, w)
		q := p.maximising(p.weighted(w))
		q.unit, q.rough = s.finer(s.step(w)), true
		o := s.maximise(q, need, false)
		if s.stopped {
			most := s.most
			if most == nil {
				most = s.mostProduct(w, o.bound)
			}
			s.bound = new(big.Rat).SetInt(most)
			return nil, false
		}
		if !o.found {
			return g, true
		}
		x := p.gains(o.x)
		if v := bigProduct(x, s.in); v.Cmp(more) >= 0 {
			g = x
			more = new(big.Int).Add(v, big.NewInt(1))
			p = p.narrowed(q, &o, s.need(w, more), p.floor)
		}
		own := s.tangent(p, x)
		m := p.weighted(own)
		ask := s.need(own, more)
		if weightedSum(own, x) >= ask { // weights too coarse to tell
			if s.most == nil {
				s.most = s.mostProduct(w, o.bound)
			}
			return s.split(p, g, x, new(big.Int).Sub(more, big.NewInt(1)))
		}
		s.cuts = append(s.cuts, own)
		p = p.with(p.floor, m.atLeast(ask))
		at = between(g, x)
	}
}

// span is what the first of two parties may gain.
type span struct{ lo, hi int64 }

// closeIn is improve for two parties where the weights are known: whatever is
// better lies in a window around the place where they touch, which narrows as what
// is found comes near to it. The middle comes first: at the ends something hardly
// better is found again and again. What is found and no better parts the window.
func (s *nashSearch) closeIn(p *program, g []int64, least *big.Int) (best []int64, ok bool) {
	w, more := s.fixed, new(big.Int).Add(least, big.NewInt(1))
	whole, middle := s.window(more), s.window(s.nearer(more))
	open := []span{{whole.lo, middle.lo - 1}, {middle.hi + 1, whole.hi}, middle}
	for len(open) > 0 {
		t := open[len(open)-1].within(s.window(more))
		open = open[:len(open)-1]
		if t.lo > t.hi {
			continue
		}
		o := s.maximise(s.spanning(p, t, more), s.needOf(t, more), false)
		if s.stopped {
			most := s.most
			if most == nil {
				most = s.mostProduct(w, s.top)
			}
			s.bound = new(big.Rat).SetInt(most)
			return nil, false
		}
		if !o.found {
			continue
		}
		x := p.gains(o.x)
		if v := bigProduct(x, s.in); v.Cmp(more) >= 0 {
			g = x
			more = new(big.Int).Add(v, big.NewInt(1))
			p, _ = p.reaching(w, s.need(w, more))
			open = append(open, t)
		} else {
			open = append(open, span{t.lo, x[0] - 1}, span{x[0] + 1, t.hi}, span{x[0], x[0]})
		}
	}
	return g, true
}

func (t span) within(u span) span { return span{max(t.lo, u.lo), min(t.hi, u.hi)} }

// spanning is the program of what lies in a span, to be searched for a product of
// at least so much.
func (s *nashSearch) spanning(p *program, t span, product *big.Int) *program {
	m, floor := &p.measures[0], slices.Clone(p.floor)
	if t.lo == t.hi {
		least, rest := new(big.Int).QuoRem(product, big.NewInt(t.lo), new(big.Int))
		floor[1] = max(floor[1], least.Int64()+int64(rest.Sign()))
	}
	q := p.with(floor, row{coef: m.coef, lo: t.lo - m.base, hi: t.hi - m.base}).maximising(p.weighted(s.fixed))
	q.unit, q.rough = s.finer(s.step(s.fixed)), true
	return q
}

// needOf is the least weighted sum that a product of at least so much asks for in
// a span. Away from where it is least it grows on both sides.
func (s *nashSearch) needOf(t span, product *big.Int) int64 {
	least := s.need(s.fixed, product)
	under := new(big.Int).Mul(big.NewInt(s.fixed[1]), product)
	for _, end := range []int64{t.lo, t.hi} {
		a := big.NewInt(end)
		first := new(big.Int).Mul(big.NewInt(s.fixed[0]), a)
		side := new(big.Int).Mul(first, a).Cmp(under) // where the end lies
		if side >= 0 && end == t.lo || side <= 0 && end == t.hi {
			b, rest := new(big.Int).QuoRem(under, a, new(big.Int))
			b.Add(b, first).Add(b, big.NewInt(int64(rest.Sign())))
			if b.IsInt64() {
				least = max(least, b.Int64())
			}
		}
	}
	return least
}

// nearer is a product nearer to the greatest that the weights allow: by so much
// that the window of it is a quarter as wide.
func (s *nashSearch) nearer(product *big.Int) *big.Int {
	most := big.NewInt(s.top)
	most.Mul(most, most)
	most.Quo(most, new(big.Int).Mul(big.NewInt(s.fixed[0]), big.NewInt(s.fixed[1]))).Rsh(most, 2)
	short := new(big.Int).Sub(most, product)
	if short.Sign() <= 0 {
		return product
	}
	return most.Sub(most, short.Rsh(short, 4))
}

func weightedSum(weights, gains []int64) (sum int64) {
	for i, w := range weights {
		sum += w * gains[i]
	}
	return sum
}

// reaching is the program without what can't be in an exchange of at least so
// much of a weighted sum.
func (p *program) reaching(w []int64, least int64) (q *program, bound int64) {
	q = p.maximising(p.weighted(w))
	o := q.root()
	return p.narrowed(q, &o, least, p.floor), o.bound
}

// slope finds, for two parties, the weights of their gains under which the
// relaxation's greatest product is its greatest sum, too: where its curve falls by
// as much as the curve of equal products. It begins with a gain of the first. Where
// a line touches the curve, the greatest product on the line is known; where two do
// on either side of the greatest product, it is between them. Weights will do under
// which the sum asked for by the product where the line touches is within so many
// points of the greatest. x is an exchange near there; nil for none. w is nil where
// there was too much to do.
func (s *nashSearch) slope(p *program, from int64, within float64) (w, x []int64) {
	q := p.maximising(p.measures[1])
	r, must := newRelaxation(q), mustOf(q)
	type line struct{ at, b, fall float64 }
	var left, right line
	right.at = math.Inf(1)
	t := line{at: float64(from)}
	for range 20 {
		lo := int64(math.Round(t.at)) - p.measures[0].base
		r.rows[0].lo = lo
		r.lin.rows[0].lo = float64(lo) * r.scale[0]
		switch r.solve(must, 2000) {
		case infeasible:
			right = line{at: t.at, fall: math.Inf(1)}
			t.at = (left.at + t.at) / 2
			continue
		case unfinished:
			return nil, nil
		}
		t.b = float64(q.obj.base) + r.lin.objective()/r.objScale
		t.fall = -r.lin.y[0] * r.scale[0] / r.objScale
		best := (t.b/t.fall + t.at) / 2
		if off := math.Sqrt(t.b) - math.Sqrt(t.fall*t.at); off*off < within {
			x, _ = q.rounded(r.x, noLeast/4)
			return s.weightsOf(p, t.fall), x
		}
		if math.Abs(best-t.at) < 1 {
			return s.weightsOf(p, t.b/t.at), nil
		}
		if best > t.at {
			left = t
		} else {
			right = t
		}
		next := min(best, 2*t.at+1)               // where the line is level there is no best
		if !(left.at < next && next < right.at) { // past a corner
			next = (left.b + left.fall*left.at - right.b - right.fall*right.at) / (left.fall - right.fall)
		}
		if !(left.at+0.5 < next && next < right.at-0.5) {
			if math.IsInf(right.at, 1) {
				return nil, nil
			}
			return s.weightsOf(p, t.b/t.at), nil
		}
		t = line{at: next}
	}
	return nil, nil
}

// closeBy is within how many points weights are close to those looked for.
const closeBy = 2

// better is the better of some gains and those of an exchange, where there is one.
func (s *nashSearch) better(g []int64, p *program, x []int64) []int64 {
	if x == nil {
		return g
	}
	s.note(p.expand(x))
	if y := p.gains(x); bigProduct(y, s.in).Cmp(bigProduct(g, s.in)) > 0 {
		return y
	}
	return g
}

// split goes on where x was found and can't be cut off by weights: whatever is
// better gains more than x for some party.
func (s *nashSearch) split(p *program, g, x []int64, least *big.Int) ([]int64, bool) {
	for k := range s.in {
		q := s.beyond(p, x, k)
		if q == nil {
			continue
		}
		y, ok := s.improve(q, nil, x, least)
		if !ok {
			return nil, false
		}
		if y != nil {
			g, least = y, bigProduct(y, s.in)
		}
	}
	return g, true
}

// beyond is the program of what gains the k-th party more than x does, and those
// before it no more; nil if there can't be any.
func (s *nashSearch) beyond(p *program, x []int64, k int) *program {
	floor := slices.Clone(p.floor)
	i := s.in[k]
	if x[i] >= p.reach(i) {
		return nil
	}
	floor[i] = max(floor[i], x[i]+1)
	q := p.with(floor)
	for _, j := range s.in[:k] {
		m := &p.measures[j]
		q.rows = append(q.rows, row{coef: m.coef, lo: noLeast, hi: x[j] - m.base})
	}
	return q
}

// between is half way between two vectors of gains, where the product is
// greater than at the worse of them.
func between(a, b []int64) []int64 {
	if a == nil {
		return b
	}
	out := make([]int64, len(a))
	for i := range a {
		out[i] = a[i] + (b[i]-a[i])/2
	}
	return out
}

// finer is a part of a step of the objective, where there are two parties: with so
// few rows what lies just below the bound is soon found, and it leaves less to be
// searched after it.
func (c *chooser) finer(step int64) int64 {
	if c.m.program.parties() > 2 {
		return step
	}
	return max(1, step/16)
}

// weightsOf are the weights of two gains in so great a proportion, as large as
// sums allow.
func (s *nashSearch) weightsOf(p *program, proportion float64) []int64 {
	room := 57 - bits.Len64(uint64(max(p.reach(0), p.reach(1))))
	one := math.Ldexp(1, max(0, min(24, room)))
	most := max(proportion, 1)
	return []int64{max(1, int64(one*proportion/most)), max(1, int64(one/most))}
}

// weights are those that are known, or else the tangent's.
func (s *nashSearch) weights(p *program, at []int64) []int64 {
	if s.fixed != nil {
		return s.fixed
	}
	return s.tangent(p, at)
}

// window is what the first of two parties gains where a product of at least so much
// is possible: a·b is at least N and w·a + v·b at most top, so a·(top - w·a) is at
// least v·N.
func (s *nashSearch) window(product *big.Int) span {
	w, top := big.NewInt(s.fixed[0]), big.NewInt(s.top)
	under := new(big.Int).Mul(w, big.NewInt(s.fixed[1]))
	under.Mul(under, product).Lsh(under, 2).Sub(new(big.Int).Mul(top, top), under)
	if under.Sign() < 0 {
		return span{1, 0}
	}
	root := under.Sqrt(under)
	root.Add(root, big.NewInt(1))
	twice := w.Lsh(w, 1)
	least := new(big.Int).Sub(top, root)
	most := top.Add(top, root)
	least.Quo(least, twice) // too little by one at most
	most.Quo(most, twice)
	return span{max(1, least.Int64()), most.Int64()}
}

// step is what one point of gain is worth at least in a weighted sum.
func (s *nashSearch) step(w []int64) int64 { return max(1, slices.Min(pickOf(w, s.in))) }

// tangent gives weights in the proportion of 1/gain, as large as sums allow.
func (s *nashSearch) tangent(p *program, at []int64) []int64 {
	var least, reach int64 = noMost, 1
	for _, i := range s.in {
		least = min(least, max(at[i], 1))
		reach = max(reach, p.reach(i))
	}
	room := 58 - bits.Len64(uint64(reach)) - bits.Len(uint(len(s.in)))
	room = max(0, min(24, room))
	w := make([]int64, p.parties())
	for _, i := range s.in {
		hi, lo := bits.Mul64(uint64(least), 1<<room)
		n, _ := bits.Div64(hi, lo, uint64(max(at[i], 1)))
		w[i] = max(1, int64(n))
	}
	return w
}

// need is the least sum of weighted gains that a product of at least so much
// asks for: the least S with S^n >= n^n · product · Π w.
func (s *nashSearch) need(w []int64, product *big.Int) int64 {
	n := int64(len(s.in))
	right := new(big.Int).Exp(big.NewInt(n), big.NewInt(n), nil)
	right.Mul(right, product).Mul(right, bigProduct(w, s.in))
	lo, hi := new(big.Int), new(big.Int).Lsh(big.NewInt(1), uint(right.BitLen())/uint(n)+1)
	one := big.NewInt(1)
	for lo.Cmp(hi) < 0 {
		mid := new(big.Int).Add(lo, hi)
		mid.Rsh(mid, 1)
		if new(big.Int).Exp(mid, big.NewInt(n), nil).Cmp(right) >= 0 {
			hi = mid
		} else {
			lo.Add(mid, one)
		}
	}
	if !lo.IsInt64() || lo.Int64() > noMost/4 {
		return noMost / 4
	}
	return lo.Int64()
}

// mostProduct bounds the product from a bound of a weighted sum over all that is
// not known to be less than the best.
func (s *nashSearch) mostProduct(w []int64, sum int64) *big.Int {
	n := int64(len(s.in))
	top := new(big.Int).Exp(big.NewInt(max(sum, 0)), big.NewInt(n), nil)
	under := new(big.Int).Exp(big.NewInt(n), big.NewInt(n), nil)
	under.Mul(under, bigProduct(w, s.in))
	most := top.Quo(top, under)
	if s.best.found {
		if v := bigProduct(s.best.gains, s.in); v.Cmp(most) > 0 {
			most = v
		}
	}
	return most
}

// alike gathers all vectors of gains with a product, of which g is one: each
// other has more than g for some party.
func (s *nashSearch) alike(p *program, g []int64, product *big.Int, ends *[]end) {
	if s.stopped {
		return
	}
	if len(*ends) >= mostAlike {
		s.open = true
		return
	}
	e := s.p.exactly(g)
	*ends = append(*ends, end{e.with(slices.Clone(g)), g})
	below := new(big.Int).Sub(product, big.NewInt(1))
	for k := range s.in {
		q := s.beyond(p, g, k)
		if q == nil {
			continue
		}
		if s.fixed == nil {
			w := s.tangent(q, g)
			m := q.weighted(w)
			q = q.with(q.floor, m.atLeast(s.need(w, product)))
		}
		other, ok := s.improve(q, nil, g, below)
		if ok && other != nil {
			s.alike(q, other, product, ends)
		}
	}
}

// mostAlike is how many vectors of one product are looked at; past that the
// answer says that ties are left open.
const mostAlike = 1000
