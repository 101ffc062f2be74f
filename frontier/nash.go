package frontier

import "math/big"

// nash measures by the product of the gains of the parties that can gain.
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
func (n nash) product(d *deal) (p wide, ok bool) {
	p.lo, ok = 1, true
	for _, i := range n.in {
		g := uint64(d.gains[i])
		if g == 0 {
			return wide{}, true
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
