package garble

// Machine runs circuits. It is one of Garbler, Evaluator, Clear and Counter.
//
// XOR needs no machine: see Wire.Xor, XorInto and XorAll.
type Machine interface {
	// One is the constant 1, so that w.Xor(m.One()) is not w.
	One() Wire
	// And sets dst to a ∧ b, element by element. The three are of one length;
	// dst may be a or b.
	And(dst, a, b []Wire)
	// Product multiplies every element of x with every leaf of h, for the block
	// of x that begins at each multiple of ProductBlock: add is called once for
	// each leaf and block with the wires of (leaf is the number) ∧ x[at:]. It may
	// keep nothing of y.
	Product(h *OneHot, x []Wire, add func(leaf, at int, y []Wire))
	// Err is the first error of reading or writing.
	Err() error
}

// batch is how many ANDs are hashed at once.
const batch = 64

// ProductBlock is how many wires Product takes at once.
const ProductBlock = 256

// Clear computes in the open. It is the oracle of the tests, and what a plan of
// a circuit is checked with.
type Clear struct{}

var _ = []Machine{(*Garbler)(nil), (*Evaluator)(nil), Clear{}, (*Counter)(nil)}

// Bit is the constant wire of a value, to a Clear.
func Bit(v bool) (w Wire) {
	if v {
		w[0] = 1
	}
	return w
}

// One is the constant 1.
func (Clear) One() Wire { return Bit(true) }

// And sets dst to a ∧ b.
func (Clear) And(dst, a, b []Wire) {
	for i := range dst {
		dst[i] = Wire{a[i][0] & b[i][0]}
	}
}

// Product gives x to the leaf that is the number, and zeros to the others.
func (Clear) Product(h *OneHot, x []Wire, add func(leaf, at int, y []Wire)) {
	var zero [ProductBlock]Wire
	for at := 0; at < len(x); at += ProductBlock {
		part := x[at:min(at+ProductBlock, len(x))]
		for leaf := range h.Leaves() {
			if leaf == h.number {
				add(leaf, at, part)
			} else {
				add(leaf, at, zero[:len(part)])
			}
		}
	}
}

// Err is nil.
func (Clear) Err() error { return nil }

// Counter computes nothing and counts what a program costs.
type Counter struct {
	Ands     int64 // AND gates of two ciphertexts
	Products int64 // ciphertexts of products
}

// One is a wire without meaning.
func (*Counter) One() Wire { return Wire{} }

// And counts.
func (c *Counter) And(dst, _, _ []Wire) { c.Ands += int64(len(dst)) }

// Product counts, and adds nothing.
func (c *Counter) Product(_ *OneHot, x []Wire, _ func(leaf, at int, y []Wire)) {
	c.Products += int64(len(x))
}

// Err is nil.
func (*Counter) Err() error { return nil }

// Bytes is the length of the stream: two ciphertexts for an AND, one for a
// product.
func (c *Counter) Bytes() int64 { return (2*c.Ands + c.Products) * Size }
