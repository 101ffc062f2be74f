package accord

import "parley/internal/garble"

// redLines is the field of one side's red lines on a person: required, forbidden.
const redLines = 2

// fields lists the private inputs of the circuit, in the order in which it takes
// them.
func (p *Plan) fields() (out []field) {
	if p.terms.Question == Ask {
		return []field{{side: axis, bits: 1}, {side: other, bits: 1}}
	}
	b := bitsFor(p.terms.Resolution)
	for _, it := range p.items {
		out = append(out, numberFields(b)...)
		out = append(out, field{side: other, bits: b})
		if it.kind == either {
			out = append(out, numberFields(b)...)
			out = append(out, field{side: other, bits: b})
		}
		out = append(out, field{side: axis, bits: redLines}, field{side: other, bits: redLines})
	}
	out = append(out, numberFields(p.thresholdBits())...)
	return append(out, field{side: other, bits: p.costBits()}, field{side: other, bits: 1})
}

// levels is how many levels the last table has.
func (p *Plan) levels() int {
	n := 1
	for _, it := range p.items {
		if it.kind != kept {
			n += p.reach()
		}
	}
	return n
}

// thresholdBits is for the axis's threshold: from 0 to levels, which no exchange
// reaches.
func (p *Plan) thresholdBits() int { return bitsFor(p.levels()) }

// costBits is for the cost of the dearest exchange.
func (p *Plan) costBits() int { return bitsFor(len(p.items) * p.reach()) }

// outputs is how many wires come out: whether there is an agreeable exchange,
// then for each item whether it is released.
func (p *Plan) outputs() int {
	if p.terms.Question == Ask {
		return 1
	}
	return 1 + len(p.items)
}

// run is the circuit: the same program for every machine.
func (p *Plan) run(m garble.Machine, values []value) []wire {
	in := &inputs{m, values}
	if p.terms.Question == Ask {
		return []wire{and1(m, in.next()[0], in.next()[0])}
	}
	c := &circuit{p: p, m: m, in: in}
	tables := []*table{start()}
	for i := range p.items {
		tables = c.item(i, tables)
	}
	return c.answer(tables[0])
}

// circuit is the dynamic programme on its way. It is the one-sided form: the
// levels are what the axis party has gained, from 0, first by those that are
// given to it, then less those that it gives; the cost is what the other party
// falls short of having all that the axis holds for nothing.
type circuit struct {
	p     *Plan
	m     garble.Machine
	in    *inputs
	moves []move
}

// move is what the way back needs to know of one item.
type move struct {
	up0, up1 []wire     // levels that not releasing and releasing move up
	down     []wire     // levels that releasing moves down
	levels   int        // before the item
	places   int        // before the item
	choices  [][]choice // by place after the item
}

// choice is one way into a place, and at which levels it is better than those
// before it; nil for the first.
type choice struct {
	edge
	better []wire
}

// person is the private numbers of one item.
type person struct {
	up0, up1, down   number
	cost0, cost1     []wire // what not releasing and releasing costs the other; nil: nothing
	required, barred wire
}

func (c *circuit) read(it item) (x person) {
	b := bitsFor(c.p.terms.Resolution)
	switch it.kind {
	case given:
		x.up1, x.cost1 = c.in.number(b), c.in.next()
	case kept:
		x.down, x.cost0 = c.in.number(b), c.in.next()
	case either:
		x.up1, x.cost1 = c.in.number(b), c.in.next()
		x.up0, x.cost0 = c.in.number(b), c.in.next()
	}
	a, o := c.in.next(), c.in.next()
	x.required, x.barred = or1(c.m, a[0], o[0]), or1(c.m, a[1], o[1])
	return x
}

// item takes one person into account: before and after are one table for each
// place.
func (c *circuit) item(i int, before []*table) (after []*table) {
	it := c.p.items[i]
	x := c.read(it)
	levels := before[0].levels
	mv := move{x.up0.bits(), x.up1.bits(), x.down.bits(), levels, len(before), nil}
	if it.kind != kept {
		levels += c.p.reach()
	}
	width := bitsFor((i + 1) * c.p.reach())
	for _, edges := range c.p.steps[i] {
		var best *table
		var ways []choice
		for _, e := range edges {
			t := c.candidate(before[e.from], it, &x, e.released, levels, width)
			if best == nil {
				best, ways = t, append(ways, choice{edge: e})
				continue
			}
			var better []wire
			best, better = cheaper(c.m, best, t)
			ways = append(ways, choice{e, better})
		}
		after, mv.choices = append(after, best), append(mv.choices, ways)
	}
	c.moves = append(c.moves, mv)
	return after
}

// candidate is the table that comes of releasing the item or not.
func (c *circuit) candidate(t *table, it item, x *person, released bool, levels, width int) *table {
	by, cost, bar := x.up0, x.cost0, x.required
	if released {
		by, cost, bar = x.up1, x.cost1, x.barred
	}
	if released && it.kind == kept {
		t = t.shift(c.m, x.down, -1, levels)
	} else {
		t = t.shift(c.m, by, 1, levels)
	}
	if cost != nil {
		t = t.plus(c.m, cost, width)
	}
	return t.barred(c.m, bar)
}

// back follows the best exchange from its level back to the first item, and
// tells who is released.
func (c *circuit) back(level []wire) []wire {
	out := make([]wire, len(c.moves))
	at := []wire{c.m.One()} // in which place we are: one wire for each
	for i := len(c.moves) - 1; i >= 0; i-- {
		mv := &c.moves[i]
		before := make([]wire, mv.places)
		for q, ways := range mv.choices {
			for k, w := range c.taken(at[q], len(at) == 1, ways, level) {
				e := ways[k].edge
				before[e.from] = before[e.from].Xor(w)
				if e.released {
					out[i] = out[i].Xor(w)
				}
			}
		}
		level = c.levelBefore(mv, out[i], level)
		at = before
	}
	return out
}

// taken tells which of the ways into a place was taken, if we are in it at all.
func (c *circuit) taken(here wire, sure bool, ways []choice, level []wire) []wire {
	out := make([]wire, len(ways))
	for k := len(ways) - 1; k > 0; k-- {
		out[k] = lookup(c.m, ways[k].better, level)
		if !sure {
			out[k] = and1(c.m, out[k], here)
		}
		here, sure = here.Xor(out[k]), false
	}
	out[0] = here
	return out
}

// levelBefore undoes what an item moved.
func (c *circuit) levelBefore(mv *move, released wire, level []wire) []wire {
	up := c.choose(released, mv.up0, mv.up1)
	width := bitsFor(mv.levels - 1)
	if down := c.choose(released, nil, mv.down); len(down) > 0 {
		return flatten(add(c.m, 1, width, single(level), single(down)))
	}
	out, _ := subtract(c.m, 1, width, single(level), single(up))
	return flatten(out)
}

// choose is b if the wire is 1, else a; nil is 0.
func (c *circuit) choose(if1 wire, a, b []wire) []wire {
	out := make([]wire, max(len(a), len(b)))
	x, y := make([]wire, len(out)), make([]wire, len(out))
	copy(x, a)
	copy(y, b)
	mux(c.m, out, every(len(out), if1), x, y)
	return out
}

// flatten makes a number of bits of one element.
func flatten(bits [][]wire) []wire {
	out := make([]wire, len(bits))
	for j, b := range bits {
		if b != nil {
			out[j] = b[0]
		}
	}
	return out
}
