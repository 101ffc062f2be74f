package ot

import (
	"crypto/sha3"
	"crypto/subtle"
	"fmt"
)

const (
	q          = 3329    // the modulus of ML-KEM (FIPS 203, section 2.4)
	dimension  = 3 * 256 // numbers in a public key of ML-KEM-768
	vectorSize = dimension * 12 / 8
	seedSize   = 32
)

// vector is numbers below q.
type vector [dimension]uint16

// decode reads a vector (ByteDecode12, FIPS 203, algorithm 6). A number that is
// not below q is refused: it would be a second way to write another key.
func (v *vector) decode(b []byte) error {
	for i := 0; i < dimension; i += 2 {
		p := b[i/2*3 : i/2*3+3]
		v[i] = uint16(p[0]) | uint16(p[1]&0xf)<<8
		v[i+1] = uint16(p[1]>>4) | uint16(p[2])<<4
		if v[i] >= q || v[i+1] >= q {
			return fmt.Errorf("a number of the key is not below %d", q)
		}
	}
	return nil
}

// encode writes a vector (ByteEncode12, FIPS 203, algorithm 5).
func (v *vector) encode(b []byte) {
	for i := 0; i < dimension; i += 2 {
		p := b[i/2*3 : i/2*3+3]
		p[0] = byte(v[i])
		p[1] = byte(v[i]>>8) | byte(v[i+1]<<4)
		p[2] = byte(v[i+1] >> 4)
	}
}

// add sets v to a + b.
func (v *vector) add(a, b *vector) {
	for i := range v {
		v[i] = reduce(a[i] + b[i])
	}
}

// subtract sets v to a - b.
func (v *vector) subtract(a, b *vector) {
	for i := range v {
		v[i] = reduce(a[i] + q - b[i])
	}
}

// reduce takes q away from a number below 2q unless it is below q already.
func reduce(n uint16) uint16 {
	less := n - q
	return less + q&-(less>>15)
}

// sample draws a uniform vector from a stream, by rejection (SampleNTT, FIPS
// 203, algorithm 7).
func (v *vector) sample(x *sha3.SHAKE) {
	var buf [168]byte
	for at := 0; at < dimension; {
		_, _ = x.Read(buf[:])
		for i := 0; i+3 <= len(buf) && at < dimension; i += 3 {
			a := uint16(buf[i]) | uint16(buf[i+1]&0xf)<<8
			b := uint16(buf[i+1]>>4) | uint16(buf[i+2])<<4
			if a < q {
				v[at] = a
				at++
			}
			if b < q && at < dimension {
				v[at] = b
				at++
			}
		}
	}
}

// choose copies a or, if bit is 1, b. Time doesn't tell which.
func choose(bit int, dst, a, b []byte) {
	copy(dst, a)
	subtle.ConstantTimeCopy(bit, dst, b)
}
