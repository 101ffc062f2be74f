package accord

import "parley/internal/garble"

// digitBits is how many bits of a private number are moved by at once.
const digitBits = garble.MaxDepth

// side is one of the two whose numbers go into the circuit: the axis, whose gain
// is counted in levels, and the other, whose cost the tables hold.
type side int

const (
	axis side = iota
	other
)

func (s side) String() string { return [...]string{"axis", "other"}[s] }

// field is one private input: a number of so many bits that one side gives.
type field struct {
	side side
	bits int
	hot  bool // only ever moved by: may be given as a one-hot number, if the axis evaluates
}

// value is a field on its way through a machine: wires, or a one-hot number.
type value struct {
	wires []wire
	hot   *garble.OneHot
}

// digit is up to digitBits bits of a number.
type digit struct {
	bits   int
	wires  []wire // the bits, the lowest first
	hot    *garble.OneHot
	leaves []wire // of a one-hot number: whether it is each of its values
}

// number is a number of the axis party, the lowest digit first.
type number struct{ digits []digit }

// bits gives the number's bits.
func (n number) bits() (out []wire) {
	for _, d := range n.digits {
		out = append(out, d.wires...)
	}
	return out
}

// inputs hands out the values of a run in the order of its fields.
type inputs struct {
	m      garble.Machine
	values []value
}

// next is the next field, as plain wires.
func (in *inputs) next() []wire {
	v := in.values[0]
	in.values = in.values[1:]
	return v.wires
}

// number reads a number of so many bits that was asked for by numberFields.
func (in *inputs) number(bits int) (n number) {
	for ; bits > 0; bits -= digitBits {
		v := in.values[0]
		in.values = in.values[1:]
		d := digit{bits: min(bits, digitBits), wires: v.wires, hot: v.hot}
		if d.hot != nil {
			d.unfold(in.m)
		}
		n.digits = append(n.digits, d)
	}
	return n
}

// unfold makes plain wires of a one-hot number: one ciphertext.
func (d *digit) unfold(m garble.Machine) {
	d.leaves = make([]wire, d.hot.Leaves())
	m.Product(d.hot, []wire{m.One()}, func(leaf, _ int, y []wire) { d.leaves[leaf] = y[0] })
	d.wires = make([]wire, d.bits)
	for leaf, is := range d.leaves {
		for j := range d.wires {
			if leaf>>j&1 == 1 {
				d.wires[j] = d.wires[j].Xor(is)
			}
		}
	}
}

// numberFields are the fields of a number of so many bits.
func numberFields(bits int) (out []field) {
	for ; bits > 0; bits -= digitBits {
		out = append(out, field{side: axis, bits: min(bits, digitBits), hot: true})
	}
	return out
}

// split cuts a number into the values of its fields.
func split(n uint64, bits int) (out []uint64) {
	for ; bits > 0; bits -= digitBits {
		b := min(bits, digitBits)
		out = append(out, n&(1<<b-1))
		n >>= b
	}
	return out
}
