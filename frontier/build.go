package frontier

import (
	"encoding/binary"
	"slices"
)

// measure sums what each unit adds to gains and heads.
func (c *compiler) measure() {
	p := c.p
	c.measures = make([][]int64, len(p.worths)+1)
	for i := range c.measures {
		c.measures[i] = make([]int64, len(c.units))
	}
	heads := c.measures[len(p.worths)]
	for u, atoms := range c.units {
		for _, k := range atoms {
			for i := range p.worths {
				c.measures[i][u] += p.worths[i].each[k]
			}
			heads[u] += p.trade.heads(k)
		}
	}
	for _, r := range c.rewards {
		c.measures[r.party][r.unit] += r.points
	}
}

// choice is a way to release a component: bits over its units.
type choice struct {
	mask   uint32
	points []int64 // bonuses by party; nil for none
}

// builder writes the program of a compiler.
type builder struct {
	c       *compiler
	base    []int32 // units released whatever is chosen
	extra   []int64 // bonuses in the base, by party
	columns []draft
	groups  []group
	alike   []int32 // by a hash of a lone unit's numbers, or the next free place: 1 more than its column; 0 for none
	next    []int32 // of lone units that are alike: the next
	room    [][]int32
	touched entries
}

type place struct {
	row int32
	v   int64
}

// entries are those of units in rows; none where there are no rows.
type entries struct {
	from   []int32 // of units: where theirs begin; last, where all end
	places []place
}

// draft is a column on its way: a lone unit, with those alike, or a component's
// choice.
type draft struct {
	first, last int32 // the lone units: how many is hi
	group       int32
	hi          int64
	of          *way // nil for lone units
}

// way is what a choice releases, what of the base it doesn't, and its bonuses.
type way struct {
	units, instead []int32
	points         []int64
}

// component lists the choices of one component.
func (b *builder) component(units []int32, links []int) {
	c := b.c
	if len(units) == 1 && len(links) == 0 {
		b.single(units[0])
		return
	}
	choices := c.choices(units, links)
	if len(choices) == 0 {
		c.failed = true
		return
	}
	at := slices.IndexFunc(choices, func(x choice) bool { return x.mask == 0 })
	if at < 0 {
		at = 0
	}
	base := choices[at]
	choices = slices.Delete(choices, at, at+1)
	b.base = append(b.base, of(units, base.mask)...)
	b.reward(base.points)
	g := int32(-1)
	if len(choices) > 1 {
		g = int32(len(b.groups))
		b.groups = append(b.groups, group{first: int32(len(b.columns)), end: int32(len(b.columns) + len(choices))})
	}
	for _, x := range choices {
		w := &way{of(units, x.mask&^base.mask), of(units, base.mask&^x.mask), less(x.points, base.points)}
		b.columns = append(b.columns, draft{of: w, group: g, hi: 1})
	}
}

// of lists the units of a mask.
func of(units []int32, mask uint32) []int32 {
	var out []int32
	for i, u := range units {
		if mask>>i&1 == 1 {
			out = append(out, u)
		}
	}
	return out
}

func less(a, b []int64) []int64 {
	if b == nil {
		return a
	}
	out := make([]int64, len(b))
	copy(out, a)
	for i, v := range b {
		out[i] -= v
	}
	return out
}

func (b *builder) reward(points []int64) {
	for i, v := range points {
		b.extra[i] += v
	}
}

// single takes a unit that no link binds.
func (b *builder) single(u int32) {
	switch b.c.fixed[u] {
	case 1:
		return
	case 2:
		b.base = append(b.base, u)
		return
	}
	if !b.c.d.apart && len(b.c.units[u]) > 0 {
		at := b.place(u)
		if j := b.alike[at] - 1; j >= 0 {
			d := &b.columns[j]
			d.hi++
			b.next[d.last], d.last = u, u
			return
		}
		b.alike[at] = int32(len(b.columns)) + 1
	}
	b.columns = append(b.columns, draft{first: u, last: u, group: -1, hi: 1})
}

// place is where the column of units like this one stands among those alike, or
// where it would.
func (b *builder) place(u int32) int {
	mask := uint64(len(b.alike) - 1)
	for at := b.hash(u) & mask; ; at = (at + 1) & mask {
		if j := b.alike[at] - 1; j < 0 || b.same(u, b.columns[j].first) {
			return int(at)
		}
	}
}

// hash is of a unit's entries in measures and rows.
func (b *builder) hash(u int32) uint64 {
	h := uint64(0)
	mix := func(v uint64) {
		h = (h ^ v) * 0x9E3779B97F4A7C15
		h ^= h >> 29
	}
	for _, m := range b.c.measures {
		mix(uint64(m[u]))
	}
	for _, x := range b.touches(u) {
		mix(uint64(x.row))
		mix(uint64(x.v))
	}
	return h
}

// touches lists a unit's entries in rows.
func (b *builder) touches(u int32) []place {
	if e := &b.touched; e.from != nil {
		return e.places[e.from[u]:e.from[u+1]]
	}
	return nil
}

// same tells whether two units have the same entries.
func (b *builder) same(u, v int32) bool {
	for _, m := range b.c.measures {
		if m[u] != m[v] {
			return false
		}
	}
	return slices.Equal(b.touches(u), b.touches(v))
}

// numbers tells a unit's entries in measures and rows as a key.
func (b *builder) numbers(u int32) string {
	var room [128]byte
	out := room[:0]
	for _, m := range b.c.measures {
		out = binary.AppendVarint(out, m[u])
	}
	for _, x := range b.touches(u) {
		out = binary.AppendUvarint(out, uint64(x.row))
		out = binary.AppendVarint(out, x.v)
	}
	return string(out)
}

// choices lists the ways to release some units that keep the links.
func (c *compiler) choices(units []int32, links []int) []choice {
	bit := make(map[int32]uint32, len(units))
	for i, u := range units {
		bit[u] = 1 << i
	}
	masks := make([][]uint32, len(links))
	for i, k := range links {
		for _, id := range c.links[k].ids {
			var m uint32
			for _, u := range id {
				m |= bit[u]
			}
			masks[i] = append(masks[i], m)
		}
	}
	var must, never uint32
	for i, u := range units {
		switch c.fixed[u] {
		case 1:
			never |= 1 << i
		case 2:
			must |= 1 << i
		}
	}
	var out []choice
	for x := range uint32(1) << len(units) {
		if x&never != 0 || x&must != must {
			continue
		}
		y := choice{mask: x}
		ok := true
		for i, k := range links {
			l := &c.links[k]
			if ok = l.holds(masks[i], x); !ok {
				break
			}
			if l.kind == bonusOf && earned(masks[i], x) {
				if y.points == nil {
					y.points = make([]int64, len(c.p.worths))
				}
				y.points[l.party] += l.points
			}
		}
		if ok {
			out = append(out, y)
		}
	}
	return out
}

func earned(masks []uint32, x uint32) bool {
	return !slices.ContainsFunc(masks, func(m uint32) bool { return m&x == 0 })
}

// write makes the program of the columns.
func (b *builder) write() {
	c := b.c
	n := len(b.columns)
	p := &program{n: n, tail: -1, lo: make([]int64, n), hi: make([]int64, n), group: make([]int32, n), groups: b.groups, from: make([]int32, n), full: make([]int64, n)}
	c.m.columns, b.room = make([]meaning, n), make([][]int32, 0, len(c.units))
	for j := range b.columns {
		d := &b.columns[j]
		p.hi[j], p.group[j], p.from[j] = d.hi, d.group, int32(j)
		c.m.columns[j] = b.meaningOf(d)
	}
	inBase := make([]bool, len(c.units))
	for _, u := range b.base {
		inBase[u] = true
		c.m.always = append(c.m.always, c.units[u]...)
	}
	b.writeMeasures(p)
	if len(c.rows) > 0 {
		r := b.releases()
		for i := range c.rows {
			b.writeRow(p, &c.rows[i], &r, inBase)
		}
	}
	p.floor = c.d.floor
	b.somebody(p)
	p.obj = measure{coef: make([]int64, n)}
	c.m.program, c.m.broken = p, c.failed
}

func (b *builder) meaningOf(d *draft) (m meaning) {
	units := b.c.units
	if d.of == nil {
		if d.hi == 1 {
			return meaning{atoms: units[d.first : d.first+1 : d.first+1]}
		}
		from := len(b.room)
		for u := d.first; ; u = b.next[u] {
			if b.room = append(b.room, units[u]); u == d.last {
				m.atoms = b.room[from:len(b.room):len(b.room)]
				return m
			}
		}
	}
	var all []int32
	for _, u := range d.of.units {
		all = append(all, units[u]...)
	}
	m.atoms = [][]int32{all}
	for _, u := range d.of.instead {
		m.instead = append(m.instead, units[u]...)
	}
	return m
}

// releases tells which columns release units.
type releases struct {
	lone []int32          // the column of a unit that no link binds; -1 for none
	more map[int32][]term // columns that release others, and those that don't
}

func (b *builder) releases() releases {
	r := releases{lone: make([]int32, len(b.c.units)), more: map[int32][]term{}}
	for u := range r.lone {
		r.lone[u] = -1
	}
	for j := range b.columns {
		d := &b.columns[j]
		if d.of == nil {
			r.lone[d.first] = int32(j)
			continue
		}
		for _, u := range d.of.units {
			r.more[u] = append(r.more[u], term{int32(j), 1})
		}
		for _, u := range d.of.instead {
			r.more[u] = append(r.more[u], term{int32(j), -1})
		}
	}
	return r
}

// add adds a unit's columns, so many times.
func (r *releases) add(to []term, u int32, times int64) []term {
	if j := r.lone[u]; j >= 0 {
		return append(to, term{j, times})
	}
	if len(r.more) > 0 {
		for _, s := range r.more[u] {
			to = append(to, term{s.at, s.v * times})
		}
	}
	return to
}

func (b *builder) writeMeasures(p *program) {
	c := b.c
	for i, of := range c.measures {
		m := measure{coef: make([]int64, p.n)}
		if i < len(c.p.worths) {
			m.base = b.extra[i] - c.p.worths[i].walkAway
		}
		for j := range b.columns {
			m.coef[j] = b.columns[j].measured(of, i)
		}
		for _, u := range b.base {
			m.base += of[u]
		}
		p.measures = append(p.measures, m)
	}
}

// measured is what the column adds to the i-th measure, of being its units'.
func (d *draft) measured(of []int64, i int) (v int64) {
	if d.of == nil {
		return of[d.first]
	}
	for _, u := range d.of.units {
		v += of[u]
	}
	for _, u := range d.of.instead {
		v -= of[u]
	}
	if i < len(d.of.points) {
		v += d.of.points[i]
	}
	return v
}

func (b *builder) writeRow(p *program, w *wide, by *releases, inBase []bool) {
	terms := make([]term, 0, len(w.terms)+8)
	var base int64
	for _, t := range w.terms {
		if inBase[t.at] {
			base += t.v
		}
		terms = by.add(terms, t.at, t.v)
	}
	terms = summed(terms)
	r := row{lo: w.lo, hi: w.hi}
	if r.lo != noLeast {
		r.lo -= base
	}
	if r.hi != noMost {
		r.hi -= base
	}
	if len(terms) == 0 {
		if r.lo > 0 || r.hi < 0 {
			b.c.failed = true
		}
		return
	}
	if len(terms)*4 >= p.n {
		r.coef = make([]int64, p.n)
		for _, t := range terms {
			r.coef[t.at] = t.v
		}
	} else {
		for _, t := range terms {
			r.at = append(r.at, t.at)
			r.coef = append(r.coef, t.v)
		}
	}
	p.rows = append(p.rows, r)
}

// somebody asks that somebody is released, where nothing else does.
func (b *builder) somebody(p *program) {
	if b.c.d.empty {
		return
	}
	for i, f := range p.floor {
		if f != noFloor && -b.c.p.worths[i].walkAway < f {
			return
		}
	}
	h := p.heads()
	if h.base > 0 {
		return
	}
	if p.n == 0 {
		b.c.failed = true
		return
	}
	p.rows = append(p.rows, h.atLeast(1))
}

// released lists the atoms that a solution releases.
func (m *model) released(x []int64) []int32 {
	goes, n := make([]bool, len(m.of.trade.atoms)), 0
	set := func(atoms []int32, to bool) {
		for _, k := range atoms {
			goes[k] = to
		}
	}
	set(m.always, true)
	for j, v := range x {
		c := &m.columns[j]
		for i := range min(int(v), len(c.atoms)) {
			set(c.atoms[i], true)
		}
		if v != 0 {
			set(c.instead, false)
		}
	}
	for _, yes := range goes {
		if yes {
			n++
		}
	}
	out := make([]int32, 0, n)
	for k, yes := range goes {
		if yes {
			out = append(out, int32(k))
		}
	}
	return out
}
