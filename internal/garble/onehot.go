package garble

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
)

// MaxLeaves is the most values that a OneHot may have; MaxDepth is its
// logarithm.
const (
	MaxLeaves = 16
	MaxDepth  = 4
)

// OneHot is a number that the evaluator knows, from 0 to 2^depth - 1, as both
// sides hold it: a tree of seeds in the manner of Goldreich, Goldwasser and
// Micali, of whose leaves the garbler knows all and the evaluator all but that
// of its number. The evaluator comes by them with one oblivious transfer for
// each level (Heath and Kolesnikov, CCS 2021, section 4; the seeds of a level
// summed as in Boyle and others, CCS 2019).
//
// With a leaf's seed s and a wire x, G(s) is the garbler's label for
// (leaf is the number) ∧ x. One ciphertext, x ⊕ ⊕ G(s) over all leaves, tells
// the evaluator the label of the leaf that it lacks.
type OneHot struct {
	depth  int
	number int // the evaluator's, or a Clear's
	leaves [MaxLeaves]cipher.Stream
}

// Leaves is how many values the number may have.
func (h *OneHot) Leaves() int { return 1 << h.depth }

// ClearOneHot is a number in the open.
func ClearOneHot(depth, number int) *OneHot { return &OneHot{depth: depth, number: number} }

// Pair is the two messages of an oblivious transfer.
type Pair [2]Wire

// OneHot makes a tree, number at of this circuit, and what the evaluator is to
// get of it: of each level, the first message if its bit of the number, the
// highest first, is 1, the second if it is 0.
func (g *Garbler) OneHot(depth, at int) (*OneHot, []Pair) {
	seeds := []Wire{g.Label()}
	pairs := make([]Pair, depth)
	for level := range depth {
		seeds = children(seeds)
		for i, s := range seeds {
			pairs[level][i%2] = pairs[level][i%2].Xor(s)
		}
	}
	h := &OneHot{depth: depth}
	h.plant(seeds, at)
	return h, pairs
}

// NewOneHot is the evaluator's tree number at for a number, from what it got:
// got[i] is the sum of the seeds of level i that its path does not take. Neither
// time nor memory tells the number.
func NewOneHot(depth, number, at int, got []Wire) *OneHot {
	seeds := make([]Wire, 1)
	for level := range depth {
		path := number >> (depth - level) // of the seed that is lacking
		bit := number >> (depth - level - 1) & 1
		next := children(seeds)
		for i := range next {
			// What came of the lacking seed is noise.
			next[i] = next[i].and(spread(byte(1 ^ subtle.ConstantTimeEq(int32(i/2), int32(path)))))
		}
		sum := got[level]
		for i := range next {
			other := spread(byte(subtle.ConstantTimeEq(int32(i%2), int32(1-bit))))
			sum = sum.Xor(next[i].and(other))
		}
		for i := range next {
			found := spread(byte(subtle.ConstantTimeEq(int32(i), int32(2*path+1-bit))))
			next[i] = next[i].Xor(sum.and(found))
		}
		seeds = next
	}
	h := &OneHot{depth: depth, number: number}
	h.plant(seeds, at)
	return h
}

// children doubles a level of the tree.
func children(seeds []Wire) []Wire {
	out := make([]Wire, 0, 2*len(seeds))
	for _, s := range seeds {
		sum := sha256.Sum256(append([]byte("parley/v1/garble/tree\x00"), s[:]...))
		out = append(out, Wire(sum[:Size]), Wire(sum[Size:]))
	}
	return out
}

// plant turns the seeds of the leaves into streams.
func (h *OneHot) plant(seeds []Wire, at int) {
	for i, s := range seeds {
		text := binary.BigEndian.AppendUint64([]byte("parley/v1/garble/leaf\x00"), uint64(at))
		key := sha256.Sum256(append(append(text, byte(i)), s[:]...))
		block, err := aes.NewCipher(key[:16])
		if err != nil {
			panic(fmt.Sprintf("garble: a key of 16 bytes: %v", err))
		}
		h.leaves[i] = cipher.NewCTR(block, make([]byte, aes.BlockSize))
	}
}

// next writes the leaf's next labels.
func (h *OneHot) next(leaf int, y []Wire) {
	clear(y)
	h.leaves[leaf].XORKeyStream(Bytes(y), Bytes(y))
}

// Product writes one ciphertext of 16 bytes for each element of x.
func (g *Garbler) Product(h *OneHot, x []Wire, add func(leaf, at int, y []Wire)) {
	for at := 0; at < len(x) && g.err == nil; at += ProductBlock {
		n := min(ProductBlock, len(x)-at)
		sum := g.ciphertexts[:n]
		copy(sum, x[at:])
		for leaf := range h.Leaves() {
			y := g.leaves[leaf][:n]
			h.next(leaf, y)
			XorInto(sum, sum, y)
		}
		g.write(sum)
		for leaf := range h.Leaves() {
			add(leaf, at, g.leaves[leaf][:n])
		}
	}
}

// Product reads one ciphertext of 16 bytes for each element of x.
func (e *Evaluator) Product(h *OneHot, x []Wire, add func(leaf, at int, y []Wire)) {
	for at := 0; at < len(x) && e.err == nil; at += ProductBlock {
		n := min(ProductBlock, len(x)-at)
		sum := e.ciphertexts[:n]
		if !e.read(sum) {
			return
		}
		XorInto(sum, sum, x[at:])
		for leaf := range h.Leaves() {
			y := e.leaves[leaf][:n]
			h.next(leaf, y)
			XorInto(sum, sum, y)
		}
		// Of the lacking leaf, y is noise, and the sum the label ⊕ the noise.
		for leaf := range h.Leaves() {
			y := e.leaves[leaf][:n]
			xorMasked(y, sum, h.is(leaf))
			add(leaf, at, y)
		}
	}
}

// is is all ones if the leaf is the number's.
func (h *OneHot) is(leaf int) uint64 {
	return spread(byte(subtle.ConstantTimeEq(int32(leaf), int32(h.number))))
}

// xorMasked adds a into dst where the mask is all ones.
func xorMasked(dst, a []Wire, mask uint64) {
	for i := range dst {
		dl, dh := dst[i].halves()
		al, ah := a[i].halves()
		dst[i].set(dl^al&mask, dh^ah&mask)
	}
}
