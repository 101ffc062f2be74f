package garble

import (
	"crypto/aes"
	"crypto/cipher"
	"fmt"
)

// hasher is TMMO under one key: π(π(x) ⊕ tweak) ⊕ π(x).
type hasher struct {
	keys  roundKeys    // for the assembly
	block cipher.Block // for plain Go
	plain bool         // never use the assembly
}

// KeySize is the length of a hash key in bytes.
const KeySize = 16

func newHasher(key [KeySize]byte, plain bool) *hasher {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(fmt.Sprintf("garble: a key of %d bytes: %v", len(key), err))
	}
	return &hasher{keys: expand(key), block: block, plain: plain || !hasAssembly}
}

// lane is how many blocks the assembly works on at once; hash wants a multiple.
const lane = 8

// hash sets dst to the hashes of src, each under its tweak. The three are of one
// length, a multiple of lane, and don't overlap.
func (h *hasher) hash(dst, src, tweak []Wire) {
	if h.plain {
		h.hashPlain(dst, src, tweak)
		return
	}
	tmmo(&h.keys, &dst[0], &src[0], &tweak[0], len(dst)/lane)
}

// hashPlain goes over the blocks twice, so that a processor that can look ahead
// works on several at once.
func (h *hasher) hashPlain(dst, src, tweak []Wire) {
	for i := range dst {
		h.block.Encrypt(dst[i][:], src[i][:])
	}
	var first [4 * batch]Wire
	for len(dst) > 0 {
		n := copy(first[:], dst)
		XorInto(dst[:n], dst, tweak)
		for i := range dst[:n] {
			h.block.Encrypt(dst[i][:], dst[i][:])
		}
		XorInto(dst[:n], dst, first[:])
		dst, tweak = dst[n:], tweak[n:]
	}
}

// roundKeys are the eleven round keys of AES-128.
type roundKeys [11][16]byte

// expand is the key schedule of AES-128 (FIPS 197, section 5.2). The standard
// library keeps its own to itself, and the assembly needs one. The key is known
// to both sides, so a table is no leak.
func expand(key [KeySize]byte) (out roundKeys) {
	box := sbox()
	out[0] = key
	round := byte(1)
	for i := 1; i < len(out); i++ {
		last := out[i-1]
		word := [4]byte{box[last[13]] ^ round, box[last[14]], box[last[15]], box[last[12]]}
		for j := range last {
			word[j%4] ^= last[j]
			out[i][j] = word[j%4]
		}
		round = double(round)
	}
	return out
}

// sbox is the substitution of AES: the inverse in GF(2⁸), then an affine map
// (FIPS 197, section 5.1.1), walked along the powers of 3 and of 1/3.
func sbox() (box [256]byte) {
	p, q := byte(1), byte(1)
	for {
		p ^= double(p) // p·3
		q ^= q << 1    // q/3
		q ^= q << 2
		q ^= q << 4
		if q&0x80 != 0 {
			q ^= 0x09
		}
		box[p] = q ^ turn(q, 1) ^ turn(q, 2) ^ turn(q, 3) ^ turn(q, 4) ^ 0x63
		if p == 1 {
			box[0] = 0x63
			return box
		}
	}
}

func double(b byte) byte { return b<<1 ^ (b>>7)*0x1b }

func turn(b byte, n int) byte { return b<<n | b>>(8-n) }
