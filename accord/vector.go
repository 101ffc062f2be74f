package accord

import "parley/internal/garble"

// wire is one wire of the circuit.
type wire = garble.Wire

// A vector is one bit of many levels at once. A number is its bits, the lowest
// first: one wire each, or, of many levels at once, one vector each.

// or sets dst to a ∨ b: one AND for each element.
func or(m garble.Machine, dst, a, b []wire) {
	t := make([]wire, len(dst))
	m.And(t, a, b)
	garble.XorInto(t, t, a[:len(dst)])
	garble.XorInto(dst, t, b)
}

// not sets dst to ¬a.
func not(m garble.Machine, dst, a []wire) { garble.XorAll(dst, a[:len(dst)], m.One()) }

// or1, and1 and not1 are for single wires.
func or1(m garble.Machine, a, b wire) wire { return and1(m, a, b).Xor(a).Xor(b) }

func and1(m garble.Machine, a, b wire) wire {
	var dst [1]wire
	m.And(dst[:], []wire{a}, []wire{b})
	return dst[0]
}

func not1(m garble.Machine, a wire) wire { return a.Xor(m.One()) }

// every is a vector of n times the same wire.
func every(n int, w wire) []wire {
	out := make([]wire, n)
	for i := range out {
		out[i] = w
	}
	return out
}

// mux sets dst to b where choose is 1, else a. dst may be a or b.
func mux(m garble.Machine, dst, choose, a, b []wire) {
	t := make([]wire, len(dst))
	garble.XorInto(t, a, b)
	m.And(t, t, choose)
	garble.XorInto(dst, a, t)
}

// less tells, for each element, whether a < b: both given as bits, the lowest
// first, nil for a bit that is 0 throughout.
func less(m garble.Machine, n int, a, b [][]wire) []wire {
	borrow, x, y := make([]wire, n), make([]wire, n), make([]wire, n)
	for j := range max(len(a), len(b)) {
		subtractBit(m, borrow, x, y, plane(a, j), plane(b, j))
	}
	return borrow
}

func plane(p [][]wire, j int) []wire {
	if j < len(p) {
		return p[j]
	}
	return nil
}

// subtractBit sets borrow to the borrow out of a - b - borrow: the majority of
// ¬a, b and borrow. x and y are for work.
func subtractBit(m garble.Machine, borrow, x, y, a, b []wire) {
	if a == nil {
		not(m, x, borrow)
	} else {
		garble.XorInto(x, a, borrow)
		not(m, x, x)
	}
	if b == nil {
		copy(y, borrow)
	} else {
		garble.XorInto(y, b, borrow)
	}
	m.And(x, x, y)
	garble.XorInto(borrow, borrow, x)
}

// add gives a + b as width bits for each of n elements, nil for bits that are 0
// throughout. What passes the width is lost.
func add(m garble.Machine, n, width int, a, b [][]wire) [][]wire {
	var carry []wire
	out := make([][]wire, width)
	for j := range out {
		out[j], carry = addBit(m, n, plane(a, j), plane(b, j), carry, j == width-1)
	}
	return out
}

// addBit adds three bits, of which each may be nil. The carry is not made for
// the last.
func addBit(m garble.Machine, n int, a, b, c []wire, last bool) (sum, carry []wire) {
	if a == nil {
		a, b = b, a
	}
	if b == nil {
		b, c = c, nil
	}
	if a == nil {
		a, b = b, nil
	}
	if a == nil || b == nil { // at most one bit
		return a, nil
	}
	sum = make([]wire, n)
	garble.XorInto(sum, a, b)
	if c == nil { // two
		if !last {
			carry = make([]wire, n)
			m.And(carry, a, b)
		}
		return sum, carry
	}
	if !last {
		carry = make([]wire, n)
		x := make([]wire, n)
		garble.XorInto(x, a, c)
		garble.XorInto(carry, b, c)
		m.And(carry, carry, x)
		garble.XorInto(carry, carry, c)
	}
	garble.XorInto(sum, sum, c)
	return sum, carry
}

// subtract gives a - b as width bits, and the borrow.
func subtract(m garble.Machine, n, width int, a, b [][]wire) (out [][]wire, borrow []wire) {
	borrow, x, y := make([]wire, n), make([]wire, n), make([]wire, n)
	for j := range width {
		d := make([]wire, n)
		copy(d, borrow)
		for _, p := range [][]wire{plane(a, j), plane(b, j)} {
			if p != nil {
				garble.XorInto(d, d, p)
			}
		}
		out = append(out, d)
		subtractBit(m, borrow, x, y, plane(a, j), plane(b, j))
	}
	return out, borrow
}

// spread makes bits of n elements out of a number.
func spread(n int, number []wire) [][]wire {
	out := make([][]wire, len(number))
	for j, w := range number {
		out[j] = every(n, w)
	}
	return out
}

// single turns a number into bits of one element.
func single(number []wire) [][]wire { return spread(1, number) }

// constants gives numbers that both sides know as bits of elements.
func constants(m garble.Machine, width int, numbers []int) [][]wire {
	out := make([][]wire, width)
	for j := range out {
		out[j] = make([]wire, len(numbers))
		for i, n := range numbers {
			if n>>j&1 == 1 {
				out[j][i] = m.One()
			}
		}
	}
	return out
}

// lookup gives the element of a vector that a number names: one AND for each
// element. A number beyond the end names one of the elements.
func lookup(m garble.Machine, of, number []wire) wire {
	of = append([]wire(nil), of...)
	for _, bit := range number {
		if len(of) == 1 {
			break
		}
		half := len(of) / 2
		even, odd := make([]wire, half), make([]wire, half)
		for i := range half {
			even[i], odd[i] = of[2*i], of[2*i+1]
		}
		mux(m, even, every(half, bit), even, odd)
		if len(of)%2 == 1 {
			even = append(even, of[len(of)-1])
		}
		of = even
	}
	return of[0]
}

// bitsFor is how many bits a number up to n takes.
func bitsFor(n int) (b int) {
	for ; n > 0; n >>= 1 {
		b++
	}
	return b
}
