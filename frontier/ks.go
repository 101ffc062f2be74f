package frontier

import (
	"math/big"
	"math/bits"
	"slices"
)

// ks ranks by shares, a party's gain over its best agreeable gain: the smallest
// share, then the second smallest, and so on.
type ks struct {
	in    []int
	ideal []int64
	a, b  []share
}

// share is a fraction from 0 on; of is positive.
type share struct{ gain, of int64 }

// compare compares by cross multiplication in 128 bits.
func (s share) compare(t share) int {
	return multiply(s.gain, t.of).compare(multiply(t.gain, s.of))
}

func (k *ks) compare(a, b *deal) int {
	k.a, k.b = k.shares(k.a[:0], a), k.shares(k.b[:0], b)
	return slices.CompareFunc(k.a, k.b, share.compare)
}

// shares lists the shares of d ascending.
func (k *ks) shares(to []share, d *deal) []share {
	for _, i := range k.in {
		to = append(to, share{d.gains[i], k.ideal[i]})
	}
	slices.SortFunc(to, share.compare)
	return to
}

// times is the least gain of a party whose best is of that is a share of at
// least s; above, one that is more than s.
func (s share) times(of int64, above bool) int64 {
	hi, lo := bits.Mul64(uint64(s.gain), uint64(of))
	n, rest := bits.Div64(hi, lo, uint64(s.of))
	if above || rest > 0 {
		n++
	}
	return int64(n)
}

// ideals finds each party's best gain, for nash only whether it is above 0. ok
// is false if the search was stopped.
func (c *chooser) ideals(p *program) (ok bool) {
	n := p.parties()
	ideal := make([]int64, n)
	if c.by == Nash && n == 2 {
		if c.even(p); c.stopped {
			c.boundWithoutIdeals(p)
			return false
		}
	}
	for i := range n {
		if c.by == Nash && c.best.found && c.best.gains[i] > 0 {
			ideal[i] = c.best.gains[i]
			continue
		}
		least := int64(0)
		if c.by == Nash {
			least = 1
		}
		o := c.maximise(p.maximising(p.measures[i]), least, c.by == Nash)
		if c.stopped {
			c.boundWithoutIdeals(p)
			return false
		}
		if o.found {
			ideal[i] = o.value
		} else if c.by != Nash {
			return true // nothing is agreeable
		}
	}
	c.ideal = ideal
	c.in = sharing(ideal)
	return true
}

// boundWithoutIdeals bounds the value where the ideals are not known: by what
// each party could gain at most, bounds apart.
func (c *chooser) boundWithoutIdeals(p *program) {
	if c.by == KS {
		c.bound = big.NewRat(1, 1)
		return
	}
	product := big.NewInt(1)
	for i := range p.parties() {
		if most := p.most(i); most > 0 {
			product.Mul(product, big.NewInt(most))
		}
	}
	c.bound = new(big.Rat).SetInt(product)
}

// most is a bound of a party's gain, from the linear relaxation.
func (p *program) most(i int) int64 {
	q := p.maximising(p.measures[i])
	r := newRelaxation(q)
	r.solve(mustOf(q), 2000)
	v, _, _, _ := r.bound(q.lo, q.hi, mustOf(q))
	return v
}

// shares finds the exchanges that ks picks: leximin of shares.
func (c *chooser) shares(p *program) []end {
	if len(c.in) == 0 {
		return c.lexicographic(p)
	}
	alive := []tuple{{p, c.in}}
	for range c.in {
		most := share{0, 1}
		var next []tuple
		for _, t := range alive {
			s, q, ok := c.smallestShare(t.p, t.left, most)
			if c.stopped {
				return nil
			}
			if !ok {
				continue
			}
			if d := s.compare(most); d > 0 {
				most, next = s, next[:0]
			}
			next = append(next, tuple{q, t.left})
		}
		alive = spreadTuples(next)
		if c.best.found { // what is likely to be the most comes first: the others are held to it
			slices.SortStableFunc(alive, func(a, b tuple) int {
				return c.shareOf(c.best.gains, b.left).compare(c.shareOf(c.best.gains, a.left))
			})
		}
	}
	// The parties with a part have their gains; the others gain 0.
	return endsOf(alive)
}

// smallestShare finds the greatest share, at least so much, that each of some
// parties has, and the program of the exchanges in which they have it.
func (c *chooser) smallestShare(p *program, of []int, least share) (s share, q *program, ok bool) {
	if len(of) == 1 {
		return c.onlyShare(p, of[0], least)
	}
	weights := p.scales(of, c.ideal)
	floor := func(s share, above bool) ([]int64, int64) {
		out, low := slices.Clone(p.floor), int64(noMost)
		for _, i := range of {
			out[i] = max(out[i], s.times(c.ideal[i], above))
			low = min(low, out[i]*weights[i])
		}
		return out, low
	}
	floors, low := floor(least, false)
	t := p.with(floors).leastOf(weights, low)
	if t == nil {
		return s, nil, false
	}
	t.unit, t.rough = c.finer(slices.Max(weights)), true
	o := c.maximise(t, low, false)
	if c.stopped {
		c.boundOfShare(o.bound, of, weights, len(of) == len(c.in))
		return s, nil, false
	}
	if !o.found {
		return s, nil, false
	}
	s = c.shareOf(p.gains(o.x[:p.n]), of)
	for {
		// One gain is the objective: to miss it by 1 is to miss it by most.
		floors, above := floor(s, true)
		if slack, ok := o.q.slack(above); o.exact && ok && slack < 0 {
			break
		}
		last := of[len(of)-1]
		u := p.narrowed(t, &o, above, floors)
		u = u.maximising(u.measures[last])
		better := c.maximise(u, floors[last], true)
		if c.stopped {
			c.boundOfShare(o.bound, of, weights, len(of) == len(c.in))
			return s, nil, false
		}
		if !better.found {
			break
		}
		s = c.shareOf(u.gains(better.x), of)
	}
	floors, low = floor(s, false)
	return s, p.narrowed(t, &o, low, floors), true
}

// onlyShare is smallestShare for one party: its greatest gain.
func (c *chooser) onlyShare(p *program, i int, least share) (s share, q *program, ok bool) {
	q = p.maximising(p.measures[i])
	o := c.maximise(q, least.times(c.ideal[i], false), false)
	if c.stopped {
		c.boundOfShare(o.bound, []int{i}, ones(p.parties()), len(c.in) == 1)
	}
	if !o.found || c.stopped {
		return s, nil, false
	}
	floor := slices.Clone(p.floor)
	floor[i] = max(floor[i], o.value)
	return share{o.value, c.ideal[i]}, p.narrowed(q, &o, o.value, floor), true
}

// boundOfShare bounds the smallest share where the search ended.
func (c *chooser) boundOfShare(bound int64, of []int, weights []int64, first bool) {
	if !first {
		if c.best.found {
			s := c.shareOf(c.best.gains, c.in)
			c.bound = big.NewRat(s.gain, s.of)
		}
		return
	}
	c.bound = new(big.Rat)
	for _, i := range of {
		r := new(big.Rat).SetFrac(big.NewInt(max(bound, 0)), new(big.Int).Mul(big.NewInt(weights[i]), big.NewInt(c.ideal[i])))
		if r.Cmp(c.bound) > 0 {
			c.bound = r
		}
	}
	if one := big.NewRat(1, 1); c.bound.Cmp(one) > 0 {
		c.bound = one
	}
}

// scales are weights that make gains nearly comparable as shares of some ideals: a guide.
func (p *program) scales(of []int, ideal []int64) []int64 {
	var top int64
	for _, i := range of {
		top = max(top, ideal[i])
	}
	room := 58 - bits.Len64(uint64(top))
	for _, i := range of {
		room = min(room, 58-bits.Len64(uint64(p.reach(i))))
	}
	room = max(0, min(20, room-bits.Len64(uint64(top))))
	weights := make([]int64, p.parties())
	for _, i := range of {
		hi, lo := bits.Mul64(uint64(top), 1<<room)
		w, _ := bits.Div64(hi, lo, uint64(ideal[i]))
		weights[i] = max(1, int64(min(w, 1<<(58-min(57, bits.Len64(uint64(p.reach(i))))))))
	}
	return weights
}

// reach bounds the magnitude of a party's gain and of all its terms.
func (p *program) reach(i int) int64 {
	m := &p.measures[i]
	s := max(m.base, -m.base)
	for j, v := range m.coef {
		s += max(v, -v) * max(p.hi[j], -p.lo[j])
	}
	return s + 1
}

// shareOf is the smallest share of some parties.
func (c *chooser) shareOf(gains []int64, of []int) share {
	s := share{1, 0}
	for _, i := range of {
		if x := (share{gains[i], c.ideal[i]}); s.of == 0 || x.compare(s) < 0 {
			s = x
		}
	}
	return s
}
