package garble

import (
	"crypto/subtle"
	"encoding/binary"
	"unsafe"
)

// Size is the length of a wire's label in bytes.
const Size = 16

// Wire is one wire of a circuit: to the garbler the label that stands for 0, to
// the evaluator the label it holds, to a Clear the value in the last bit. The
// zero Wire is the constant 0 to all of them.
type Wire [Size]byte

// Colour is the wire's last bit as 0 or 1, or, to a Clear, its value.
func (w *Wire) Colour() byte { return w[0] & 1 }

// Xor is the exclusive or of two wires. It costs nothing.
func (w Wire) Xor(v Wire) Wire {
	var out Wire
	subtle.XORBytes(out[:], w[:], v[:])
	return out
}

// XorInto sets dst to a ⊕ b, element by element, as far as dst is long. dst may
// be a or b.
func XorInto(dst, a, b []Wire) {
	if n := len(dst); n > 0 {
		subtle.XORBytes(Bytes(dst), Bytes(a[:n]), Bytes(b[:n]))
	}
}

// XorAll sets dst to a ⊕ w, the one wire w with every element of a, as far as
// dst is long.
func XorAll(dst, a []Wire, w Wire) {
	lo, hi := w.halves()
	for i := range dst {
		l, h := a[i].halves()
		dst[i].set(l^lo, h^hi)
	}
}

// Bytes is a view of wires as bytes, without copying.
func Bytes(ws []Wire) []byte {
	if len(ws) == 0 {
		return nil
	}
	return unsafe.Slice(&ws[0][0], len(ws)*Size)
}

func (w *Wire) halves() (lo, hi uint64) {
	return binary.LittleEndian.Uint64(w[:8]), binary.LittleEndian.Uint64(w[8:])
}

func (w *Wire) set(lo, hi uint64) {
	binary.LittleEndian.PutUint64(w[:8], lo)
	binary.LittleEndian.PutUint64(w[8:], hi)
}

// spread is all ones if the bit is 1, else 0.
func spread(bit byte) uint64 { return -uint64(bit & 1) }

// and keeps the wire where the mask is all ones.
func (w *Wire) and(mask uint64) Wire {
	lo, hi := w.halves()
	var out Wire
	out.set(lo&mask, hi&mask)
	return out
}
