package frontier

import "slices"

// ks measures by shares, a party's gain over its best agreeable gain: the
// smallest share, then the second smallest, and so on.
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
