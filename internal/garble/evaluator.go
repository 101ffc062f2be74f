package garble

import (
	"crypto/subtle"
	"io"
)

// Evaluator is the side that holds one label of each wire, and doesn't know
// which value it stands for. What it does and how long it takes depends on no
// value.
type Evaluator struct {
	one  Wire
	in   io.Reader
	err  error
	hash *hasher
	gate uint64

	src, sum, tweak [2 * batch]Wire
	tables          [2 * batch]Wire
	leaves          [MaxLeaves][ProductBlock]Wire
	ciphertexts     [ProductBlock]Wire
}

// NewEvaluator makes an evaluator from the hash key that both sides know and the
// label of the constant 1. It reads ciphertexts from in, which should be
// buffered.
func NewEvaluator(key [KeySize]byte, one Wire, in io.Reader) *Evaluator {
	return &Evaluator{one: one, in: in, hash: newHasher(key, false)}
}

// NewPlainEvaluator is NewEvaluator without the assembly.
func NewPlainEvaluator(key [KeySize]byte, one Wire, in io.Reader) *Evaluator {
	return &Evaluator{one: one, in: in, hash: newHasher(key, true)}
}

// One is the constant 1.
func (e *Evaluator) One() Wire { return e.one }

// Err is the first error of reading.
func (e *Evaluator) Err() error { return e.err }

// And reads 32 bytes for each AND and evaluates it.
func (e *Evaluator) And(dst, a, b []Wire) {
	for len(dst) > 0 && e.err == nil {
		n := min(batch, len(dst))
		if e.read(e.tables[:2*n]) {
			e.and(dst[:n], a[:n], b[:n])
		}
		dst, a, b = dst[n:], a[n:], b[n:]
	}
}

func (e *Evaluator) read(ws []Wire) bool {
	if e.err == nil {
		_, e.err = io.ReadFull(e.in, Bytes(ws))
	}
	return e.err == nil
}

// and is one batch: figure 2 of Zahur, Rosulek and Evans. Two hashes a gate.
func (e *Evaluator) and(dst, a, b []Wire) {
	for i := range dst {
		e.src[2*i], e.src[2*i+1] = a[i], b[i]
		e.tweak[2*i].set(e.gate, 0)
		e.tweak[2*i+1].set(e.gate+1, 0)
		e.gate += 2
	}
	n := (2*len(dst) + lane - 1) / lane * lane
	e.hash.hash(e.sum[:n], e.src[:n], e.tweak[:n])
	for i := range dst {
		sa, sb := spread(a[i].Colour()), spread(b[i].Colour())
		al, ah := a[i].halves()
		gl, gh := e.tables[2*i].halves()
		el, eh := e.tables[2*i+1].halves()
		h0l, h0h := e.sum[2*i].halves()
		h1l, h1h := e.sum[2*i+1].halves()
		dst[i].set(h0l^gl&sa^h1l^(el^al)&sb, h0h^gh&sa^h1h^(eh^ah)&sb)
	}
}

// Decode tells the value of output label number at; false if the label is not
// one that the garbler made.
func (d Decoding) Decode(label Wire, at int) (value, ok bool) {
	c := label.Colour()
	sum := check(label, at)
	return c != d.Colour, subtle.ConstantTimeCompare(sum[:], d.Check[c][:]) == 1
}

func same(a, b Wire) bool { return subtle.ConstantTimeCompare(a[:], b[:]) == 1 }
