package frontier

import (
	"math/big"
	"slices"
)

// boundOf is what a stopped search left possible: the greatest value under any
// ceiling that was not looked at, and of the best found. ideal is nil where the
// search ended before it was known.
func boundOf(c Criterion, top *best, left []deal, ideal []int64) *Bound {
	var most *big.Rat
	if top.found {
		most = value(c, &top.deal, ideal)
	}
	for i := range left {
		if v := value(c, &left[i], ideal); most == nil || v.Cmp(most) > 0 {
			most = v
		}
	}
	return &Bound{Value: most.RatString()}
}

// value is a deal's value by the criterion, or without ideals a number that the
// value is not above.
func value(c Criterion, d *deal, ideal []int64) *big.Rat {
	switch c {
	case Nash:
		return new(big.Rat).SetInt(productBound(d.gains, ideal))
	case KS:
		return shareBound(d.gains, ideal)
	case Maximin:
		return new(big.Rat).SetInt64(slices.Min(d.gains))
	case Total:
		return new(big.Rat).SetInt64(sum(d.gains))
	case Home:
		return new(big.Rat).SetInt64(d.heads)
	}
	panic("frontier: unknown criterion " + string(c))
}

// productBound leaves a gain of 0 out where nobody knows yet who can gain.
func productBound(gains, ideal []int64) *big.Int {
	if ideal == nil {
		return bigProduct(gains, sharing(gains))
	}
	return bigProduct(gains, sharing(ideal))
}

// shareBound is the smallest share; it is never above 1.
func shareBound(gains, ideal []int64) *big.Rat {
	least := big.NewRat(1, 1)
	for _, i := range sharing(ideal) {
		if v := big.NewRat(gains[i], ideal[i]); v.Cmp(least) < 0 {
			least = v
		}
	}
	return least
}
