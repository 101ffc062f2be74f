package frontier

import (
	"cmp"
	"math/bits"
)

// wide128 is a number below 2^128.
type wide128 struct{ hi, lo uint64 }

func (w wide128) compare(v wide128) int {
	return cmp.Or(cmp.Compare(w.hi, v.hi), cmp.Compare(w.lo, v.lo))
}

// times multiplies; fits is false if the result is not below 2^128.
func (w wide128) times(n uint64) (product wide128, fits bool) {
	over, high := bits.Mul64(w.hi, n)
	carry, low := bits.Mul64(w.lo, n)
	high, more := bits.Add64(high, carry, 0)
	return wide128{high, low}, over|more == 0
}

// multiply multiplies two numbers from 0 on.
func multiply(a, b int64) wide128 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	return wide128{hi, lo}
}
