package frontier

import "math/bits"

// set is an exchange as bits: bit i stands for the i-th in trade, ids
// ascending.
type set uint32

// MaxTraded is how many persons and groups in trade are weighed exactly.
const MaxTraded = 24

func (s set) count() int { return bits.OnesCount32(uint32(s)) }

// firstOf is the set of the first n in trade.
func firstOf(n int) set { return set(1)<<n - 1 }

// first is the index of the smallest id in s, which is not empty.
func (s set) first() int { return bits.TrailingZeros32(uint32(s)) }

// compare orders sets as their sorted lists of ids are ordered: by the first id
// in which they differ, a list before every longer one that begins with it.
func (s set) compare(t set) int {
	if s == t {
		return 0
	}
	d := (s ^ t).first()
	mine, other := s, t
	if t>>d&1 == 1 {
		mine, other = t, s
	}
	// mine has the first id that differs. It stands first, unless other ends
	// there and is its beginning.
	minesFirst := other>>(d+1) != 0
	if minesFirst == (mine == s) {
		return -1
	}
	return 1
}
