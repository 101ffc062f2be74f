package channel

import (
	"encoding/binary"
	"math/bits"
)

// No header and no content is padded to less, so most look alike.
const (
	headerFloor  = 8 << 10
	contentFloor = 4 << 10
)

// paddedSize is what a message of n bytes is padded to: the floor, or beyond it
// the next size of Padmé, which keeps only the top few bits of a length. It
// costs 6 % at most and leaves few sizes to be told apart.
//
//	E = floor(log2 n), S = floor(log2 E) + 1; round up to a multiple of 2^(E-S)
func paddedSize(n, floor int) int {
	if n <= floor {
		return floor
	}
	e := bits.Len(uint(n)) - 1
	s := bits.Len(uint(e))
	mask := 1<<(e-s) - 1
	return (n + mask) &^ mask
}

// pad writes the length as four bytes, the message, then zeros.
func pad(message []byte, floor int) []byte {
	return padTo(message, paddedSize(4+len(message), floor))
}

func padTo(message []byte, size int) []byte {
	padded := make([]byte, size)
	binary.BigEndian.PutUint32(padded, uint32(len(message)))
	copy(padded[4:], message)
	return padded
}

// unpad takes what is padded to its own size or, where that is allowed, to a
// larger one: an answer is made to look like the longest that there could have
// been.
func unpad(padded []byte, floor int, larger bool) ([]byte, bool) {
	if len(padded) < floor {
		return nil, false
	}
	n := uint64(binary.BigEndian.Uint32(padded))
	if n > uint64(len(padded)-4) || paddedSize(len(padded), floor) != len(padded) {
		return nil, false
	}
	if !larger && paddedSize(4+int(n), floor) != len(padded) {
		return nil, false
	}
	for _, b := range padded[4+n:] {
		if b != 0 {
			return nil, false
		}
	}
	return padded[4 : 4+n], true
}
