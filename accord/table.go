package accord

import "parley/internal/garble"

// table is the dynamic programme at one place: for each level, what reaching
// exactly that gain of the axis party costs the other at least. It is kept bit by
// bit, each bit a vector over the levels, so that one instruction to the machine
// works on all levels.
type table struct {
	levels int
	value  [][]wire // the cost; nil for a bit that is 0 at all levels
	bad    []wire   // 1 where the level can't be reached, and then value says nothing
}

// start reaches 0 at no cost.
func start() *table { return &table{levels: 1, bad: make([]wire, 1)} }

// planes lists the vectors, the highest bit last, so that a level that can't be
// reached is dearer than all that can be.
func (t *table) planes() [][]wire { return append(append([][]wire(nil), t.value...), t.bad) }

// flat is the table as one vector, and unflat its inverse. Bits that are 0
// throughout are left out.
func (t *table) flat() []wire {
	var out []wire
	for _, p := range t.planes() {
		if p != nil {
			out = append(out, p...)
		}
	}
	return out
}

// empty is a table like t, of so many levels, all bits 0.
func (t *table) empty(levels int) *table {
	out := &table{levels: levels, value: make([][]wire, len(t.value)), bad: make([]wire, levels)}
	for j, p := range t.value {
		if p != nil {
			out.value[j] = make([]wire, levels)
		}
	}
	return out
}

// shift moves a table by a number that only the axis party knows: up where
// direction is 1 (what was at level u is at u + number), down where it is -1.
// The result has so many levels; what falls off is lost, and what is moved in
// can't be reached.
func (t *table) shift(m garble.Machine, by number, direction, levels int) *table {
	for k, d := range by.digits {
		weight := direction << (digitBits * k)
		size := levels
		if rest := len(by.digits) - 1 - k; direction > 0 && rest > 0 {
			size = min(levels, t.levels+weight*(1<<d.bits-1))
		} else if rest > 0 {
			size = t.levels
		}
		if d.hot != nil {
			t = t.shiftHot(m, d, weight, size)
		} else {
			t = t.shiftBits(m, d, weight, size)
		}
	}
	if len(by.digits) == 0 {
		t = t.moved(m, 0, levels)
	}
	return t
}

// shiftHot costs one ciphertext for each bit of the table: the product of the
// table and the one-hot number gives the table moved by each of the values.
func (t *table) shiftHot(m garble.Machine, d digit, weight, levels int) *table {
	out := t.empty(levels)
	var to [][]wire
	for _, p := range out.planes() {
		if p != nil {
			to = append(to, p)
		}
	}
	m.Product(d.hot, t.flat(), func(leaf, at int, y []wire) {
		for len(y) > 0 {
			p, u := to[at/t.levels], at%t.levels
			n := min(t.levels-u, len(y))
			xorMoved(p, y[:n], u+leaf*weight)
			y, at = y[n:], at+n
		}
	})
	for leaf, is := range d.leaves {
		for _, gap := range gaps(t.levels, levels, leaf*weight) {
			garble.XorAll(out.bad[gap.from:gap.to], out.bad[gap.from:gap.to], is)
		}
	}
	return out
}

// xorMoved adds y into p from place at on; what lies outside p is dropped.
func xorMoved(p, y []wire, at int) {
	if at < 0 {
		y, at = y[min(-at, len(y)):], 0
	}
	if at >= len(p) {
		return
	}
	y = y[:min(len(y), len(p)-at)]
	garble.XorInto(p[at:at+len(y)], p[at:], y)
}

type span struct{ from, to int }

// gaps lists the levels to which nothing moves when a table of so many levels is
// moved by a distance.
func gaps(had, levels, distance int) []span {
	from, to := max(0, min(levels, distance)), max(0, min(levels, had+distance))
	return []span{{0, from}, {max(from, to), levels}}
}

// moved is the table moved by a public distance.
func (t *table) moved(m garble.Machine, distance, levels int) *table {
	out := t.empty(levels)
	to := out.planes()
	for j, p := range t.planes() {
		if p != nil {
			xorMoved(to[j], p, distance)
		}
	}
	for _, gap := range gaps(t.levels, levels, distance) {
		copy(out.bad[gap.from:gap.to], every(gap.to-gap.from, m.One()))
	}
	return out
}

// shiftBits costs one AND for each bit of the table and of the number.
func (t *table) shiftBits(m garble.Machine, d digit, weight, levels int) *table {
	for j, bit := range d.wires {
		distance := weight << j
		size := min(levels, t.levels+max(distance, 0))
		if j == len(d.wires)-1 {
			size = levels
		}
		t = pick(m, every(size, bit), t.moved(m, 0, size), t.moved(m, distance, size))
	}
	return t
}

// pick is b where choose is 1, else a: one AND for each bit.
func pick(m garble.Machine, choose []wire, a, b *table) *table {
	out := a.empty(a.levels)
	if len(b.value) > len(a.value) {
		out = b.empty(a.levels)
	}
	for j := range out.value {
		p, q := plane(a.value, j), plane(b.value, j)
		if p == nil && q == nil {
			continue
		}
		out.value[j] = make([]wire, out.levels)
		switch {
		case p == nil:
			m.And(out.value[j], q, choose)
		case q == nil:
			m.And(out.value[j], p, choose)
			garble.XorInto(out.value[j], out.value[j], p)
		default:
			mux(m, out.value[j], choose, p, q)
		}
	}
	mux(m, out.bad, choose, a.bad, b.bad)
	return out
}

// plus adds a number to the cost at all levels. The sum takes so many bits.
func (t *table) plus(m garble.Machine, cost []wire, width int) *table {
	sum := add(m, t.levels, width, t.value, spread(t.levels, cost))
	return &table{levels: t.levels, value: sum, bad: t.bad}
}

// barred can't be reached at any level if the wire is 1.
func (t *table) barred(m garble.Machine, if1 wire) *table {
	out := &table{levels: t.levels, value: t.value, bad: make([]wire, t.levels)}
	or(m, out.bad, t.bad, every(t.levels, if1))
	return out
}

// cheaper is the cheaper of two tables at each level, b where they are alike,
// and tells where it is b.
func cheaper(m garble.Machine, a, b *table) (out *table, isB []wire) {
	isB = less(m, a.levels, a.aligned(b), b.aligned(a))
	not(m, isB, isB)
	return pick(m, isB, a, b), isB
}

// aligned gives the planes with the mark of what can't be reached on one place
// in both tables.
func (t *table) aligned(other *table) [][]wire {
	out := append([][]wire(nil), t.value...)
	for len(out) < len(other.value) {
		out = append(out, nil)
	}
	return append(out, t.bad)
}
