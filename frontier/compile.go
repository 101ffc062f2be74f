package frontier

import (
	"math/bits"
	"slices"
)

// demand is what an exchange must fulfil.
type demand struct {
	limits []limit
	floor  []int64 // the least gain of each party; noFloor for any
	empty  bool    // releasing nobody will do
	apart  bool    // persons who are alike are not merged
}

// agreeable is the demand of the contract: nobody below the walk-away, every
// rule kept, somebody released.
func (p *Problem) agreeable() demand {
	return demand{limits: p.limits, floor: make([]int64, len(p.worths)), apart: len(p.trade.atoms) <= Decided}
}

// Decided is up to how many in trade every tie is decided.
const Decided = 24

// model is a demand as a program, with the meaning of its columns.
type model struct {
	of      *Problem
	program *program
	always  []int32   // atoms released whatever is chosen
	columns []meaning // of the program's columns
	broken  bool      // a component has no choice left: nothing can be released, nor nobody
}

// meaning is what a column releases: one of a component's choices, or so many of
// persons who are alike.
type meaning struct {
	atoms   [][]int32 // by value: the first n are released
	instead []int32   // of always: what the choice doesn't release
}

// compiler turns a demand into a model.
type compiler struct {
	p        *Problem
	d        demand
	unit     []int32   // of atoms
	units    [][]int32 // atoms
	fixed    []int8    // of units: 0 open, 1 stays, 2 goes
	links    []linked  // over units
	rows     []wide    // over units
	part     []int32   // of units: union-find
	size     []int32
	rewards  []reward
	measures [][]int64 // by measure, then unit
	m        *model
	failed   bool
}

// Components may have so many units, fewer where there are very many persons;
// what is larger is written as rows.
const (
	maxUnits  = 10
	maxOfMany = 6
	many      = 3000
)

func (p *Problem) compile(d demand) *model {
	c := &compiler{p: p, d: d, m: &model{of: p}}
	var links []linked
	var rows []wide
	for _, l := range d.limits {
		if k, w, ok := p.trade.link(l.rule); ok {
			links = append(links, k)
		} else {
			rows = append(rows, w)
		}
	}
	links = append(links, p.trade.fillings()...)
	for i := range p.worths {
		for _, b := range p.worths[i].bonuses {
			links = append(links, linked{kind: bonusOf, ids: b.all, party: i, points: b.points})
		}
	}
	c.makeUnits(links)
	c.overUnits(links, rows)
	c.fix()
	c.join()
	c.build()
	return c.m
}

// fillings are the rules of blanks: one of their candidates fills each, and
// nobody is released twice.
func (t *trade) fillings() []linked {
	var out []linked
	if len(t.filled) == 0 {
		return nil
	}
	for i, atoms := range t.means {
		if len(atoms) > 1 {
			l := linked{kind: singleOf}
			for _, k := range t.means[i] {
				l.ids = append(l.ids, []int32{k})
			}
			out = append(out, l)
		}
	}
	return out
}

func find(parent []int32, i int32) int32 {
	for parent[i] != i {
		parent[i] = parent[parent[i]]
		i = parent[i]
	}
	return i
}

// makeUnits merges atoms that go together.
func (c *compiler) makeUnits(links []linked) {
	n := len(c.p.trade.atoms)
	parent := make([]int32, n)
	for i := range parent {
		parent[i] = int32(i)
	}
	for _, l := range links {
		if l.kind != wholeOf || !lone(l.ids) {
			continue
		}
		for _, id := range l.ids[1:] {
			a, b := find(parent, l.ids[0][0]), find(parent, id[0])
			parent[max(a, b)] = min(a, b)
		}
	}
	c.unit, c.units = make([]int32, n), make([][]int32, 0, n)
	one := identity(n)
	for k := range int32(n) {
		r := find(parent, k)
		if r == k {
			c.unit[k] = int32(len(c.units))
			c.units = append(c.units, one[k:k+1:k+1])
			continue
		}
		c.unit[k] = c.unit[r]
		c.units[c.unit[k]] = append(c.units[c.unit[k]], k)
	}
}

// identity is 0, 1, 2, …: room for lists of one each.
func identity(n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(i)
	}
	return out
}

// lone tells whether each id is released by one atom alone.
func lone(ids [][]int32) bool {
	return !slices.ContainsFunc(ids, func(id []int32) bool { return len(id) != 1 })
}

// overUnits rewrites links and rows from atoms to units.
func (c *compiler) overUnits(links []linked, rows []wide) {
	for _, l := range links {
		if l.kind == wholeOf && lone(l.ids) {
			continue
		}
		ids := make([][]int32, len(l.ids))
		for i, id := range l.ids {
			for _, k := range id {
				if u := c.unit[k]; !slices.Contains(ids[i], u) {
					ids[i] = append(ids[i], u)
				}
			}
		}
		l.ids = ids
		c.links = append(c.links, l)
	}
	for _, w := range rows {
		for i := range w.terms {
			w.terms[i].at = c.unit[w.terms[i].at]
		}
		w.terms = summed(w.terms)
		c.rows = append(c.rows, w)
	}
}

// fix decides the units that rules on single ids decide.
func (c *compiler) fix() {
	c.fixed = make([]int8, len(c.units))
	rest := c.links[:0]
	for _, l := range c.links {
		switch {
		case l.kind == noneOf:
			for _, id := range l.ids {
				for _, u := range id {
					c.set(u, 1)
				}
			}
		case l.kind == eachOf && lone(l.ids):
			for _, id := range l.ids {
				c.set(id[0], 2)
			}
		case l.kind == eachOf: // one link for each, so that components stay small
			for _, id := range l.ids {
				rest = append(rest, linked{kind: eachOf, ids: [][]int32{id}})
			}
		default:
			rest = append(rest, l)
		}
	}
	c.links = rest
}

func (c *compiler) set(u int32, to int8) {
	if c.fixed[u] != 0 && c.fixed[u] != to {
		c.failed = true
	}
	c.fixed[u] = to
}

// join makes components of units that links bind; links that would make one too
// large become rows.
func (c *compiler) join() {
	n := len(c.units)
	most := int32(maxUnits)
	if n > many {
		most = maxOfMany
	}
	c.part, c.size = make([]int32, n), make([]int32, n)
	for i := range c.part {
		c.part[i], c.size[i] = int32(i), 1
	}
	rest := make([]linked, 0, len(c.links))
	for _, l := range c.links {
		var roots []int32
		total := int32(0)
		for _, id := range l.ids {
			for _, u := range id {
				if r := find(c.part, u); !slices.Contains(roots, r) && total <= most {
					roots = append(roots, r)
					total += c.size[r]
				}
			}
		}
		if total > most {
			c.write(l)
			continue
		}
		rest = append(rest, l)
		for _, r := range roots {
			c.unite(roots[0], r)
		}
	}
	c.links = rest
}

func (c *compiler) unite(a, b int32) {
	a, b = find(c.part, a), find(c.part, b)
	if a == b {
		return
	}
	a, b = min(a, b), max(a, b)
	c.part[b] = a
	c.size[a] += c.size[b]
}

// write turns a link into rows. A bonus gets a unit of its own that is released
// just when all of its list are; it has no atoms and only points.
func (c *compiler) write(l linked) {
	if l.kind != bonusOf {
		c.rows = append(c.rows, l.rows()...)
		return
	}
	u := int32(len(c.units))
	c.units = append(c.units, nil)
	c.fixed = append(c.fixed, 0)
	c.part, c.size = append(c.part, u), append(c.size, 1)
	all := []term{{u, -1}}
	for _, id := range l.ids {
		c.rows = append(c.rows, wide{summed(weigh([]term{{u, 1}}, -1, id)), noLeast, 0}) // z <= id
		all = weigh(all, 1, id)
	}
	c.rows = append(c.rows, wide{summed(all), noLeast, int64(len(l.ids)) - 1}) // sum - z <= k - 1
	c.rewards = append(c.rewards, reward{u, l.party, l.points})
}

// reward is the points of a bonus that has a unit of its own.
type reward struct {
	unit   int32
	party  int
	points int64
}

// build lists the choices of every component and writes the program.
func (c *compiler) build() {
	c.measure()
	links := map[int32][]int{}
	for i, l := range c.links {
		// The first of its ids may be a blank that nobody can fill.
		if k := slices.IndexFunc(l.ids, func(id []int32) bool { return len(id) > 0 }); k >= 0 {
			r := find(c.part, l.ids[k][0])
			links[r] = append(links[r], i)
		} else if !l.holds(nil2(l), 0) {
			c.failed = true
		}
	}
	b := &builder{c: c, alike: make([]int32, 2<<bits.Len(uint(len(c.units)))), next: make([]int32, len(c.units)), columns: make([]draft, 0, len(c.units)), extra: make([]int64, len(c.p.worths)), touched: touching(len(c.units), c.rows)}
	if len(links) == 0 {
		for u := range int32(len(c.units)) {
			b.single(u)
		}
	} else {
		b.components(links)
	}
	b.write()
}

// components takes the units, each component where its first stands; links are by
// that.
func (b *builder) components(links map[int32][]int) {
	c := b.c
	members := make([][]int32, len(c.units))
	one := identity(len(c.units))
	for u := range int32(len(c.units)) {
		if r := find(c.part, u); members[r] == nil {
			members[r] = one[u : u+1 : u+1]
		} else {
			members[r] = append(members[r], u)
		}
	}
	for r := range members {
		if len(members[r]) > 0 {
			b.component(members[r], links[int32(r)])
		}
	}
}

// touching lists the entries of units in some rows.
func touching(units int, rows []wide) (e entries) {
	if len(rows) == 0 {
		return e
	}
	e.from = make([]int32, units+2)
	for i := range rows {
		for _, t := range rows[i].terms {
			e.from[t.at+2]++
		}
	}
	for u := range units {
		e.from[u+2] += e.from[u+1]
	}
	e.places = make([]place, e.from[units+1])
	for i := range rows { // from[u+1] goes from where those of u begin to where they end
		for _, t := range rows[i].terms {
			e.places[e.from[t.at+1]] = place{int32(i), t.v}
			e.from[t.at+1]++
		}
	}
	return e
}

// nil2 gives a link's masks where nothing releases any of its ids.
func nil2(l linked) []uint32 { return make([]uint32, len(l.ids)) }
