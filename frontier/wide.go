package frontier

import (
	"cmp"
	"math/bits"
)

// wide is a number below 2^128.
type wide struct{ hi, lo uint64 }

func (w wide) compare(v wide) int {
	return cmp.Or(cmp.Compare(w.hi, v.hi), cmp.Compare(w.lo, v.lo))
}

// times multiplies; fits is false if the result is not below 2^128.
func (w wide) times(n uint64) (product wide, fits bool) {
	over, high := bits.Mul64(w.hi, n)
	carry, low := bits.Mul64(w.lo, n)
	high, more := bits.Add64(high, carry, 0)
	return wide{high, low}, over|more == 0
}

// multiply multiplies two numbers from 0 on.
func multiply(a, b int64) wide {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	return wide{hi, lo}
}
