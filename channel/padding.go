package channel

import (
	"encoding/binary"
	"math/bits"
)

const paddingFloor = 8 << 10

// paddedSize is what a message of n bytes is padded to: 8 KiB, or beyond that
// the next size of Padmé, which keeps only the top few bits of a length. It
// costs 6 % at most and leaves few sizes to be told apart.
//
//	E = floor(log2 n), S = floor(log2 E) + 1; round up to a multiple of 2^(E-S)
func paddedSize(n int) int {
	if n <= paddingFloor {
		return paddingFloor
	}
	e := bits.Len(uint(n)) - 1
	s := bits.Len(uint(e))
	mask := 1<<(e-s) - 1
	return (n + mask) &^ mask
}

// pad writes the length as four bytes, the message, then zeros.
func pad(message []byte) []byte {
	padded := make([]byte, paddedSize(4+len(message)))
	binary.BigEndian.PutUint32(padded, uint32(len(message)))
	copy(padded[4:], message)
	return padded
}

// unpad takes only what pad would have written.
func unpad(padded []byte) ([]byte, bool) {
	if len(padded) < paddingFloor {
		return nil, false
	}
	n := uint64(binary.BigEndian.Uint32(padded))
	if n > uint64(len(padded)-4) || paddedSize(4+int(n)) != len(padded) {
		return nil, false
	}
	for _, b := range padded[4+n:] {
		if b != 0 {
			return nil, false
		}
	}
	return padded[4 : 4+n], true
}
