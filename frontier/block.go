package frontier

import (
	"context"
	"math"
	"slices"
)

// blocks finds the whole frontier of two parties with rules. It goes along the
// first party's gain a from its end in blocks. For each block a linear program,
// the most of the other's gain b with at least so much a, gives prices; under
// them every choice deviates from its component's best by some cost, and
//
//	b = bound(a) - cost - what rows are left unused, at their prices.
//
// A point that is new at a has b at least 1 above the point to its right. So if
// bound there less that is at most G, it deviates by at most G, and it is among
// the exchanges that are listed: only choices that cost at most G matter (the
// core), merged component by component, of each gain and use of rows the one
// that costs least. The points of a block stand as far as that holds; where it
// doesn't, G grows or the next block begins. All of it is integers.
type blocks struct {
	ctx    context.Context
	m      *model
	p      *program // maximises b; its first row asks for a
	r      *relaxation
	coef   [][]int64 // of the relaxation's rows, by column
	lo, hi []int64
	must   []bool

	right int64 // no point with more a is open
	below int64 // the b of the point to the right
	from  int64 // the least a that is asked for
	found []deal
	width int64
	need  int64 // the tolerance that the last block could not have done without
	nodes int   // all states so far, for measurements
	count int   // all blocks
	whole int64 // G in points of b, times 2^8, at a slope of at most 1

	layers [][]node // room for states
	spare  []node
}

// newBlocks makes a model ready; nil where nothing is agreeable or it was
// stopped. ok tells that the search for the end of the axis came to an end.
func newBlocks(ctx context.Context, m *model) (s *blocks, ok bool) {
	q := m.program.maximising(m.program.measures[0])
	o := q.maximise(ctx, noLeast/4, false)
	if !o.found || !o.proved {
		return nil, o.proved
	}
	floor := slices.Clone(m.program.floor)
	s = &blocks{ctx: ctx, m: m, right: o.value, from: floor[0], below: noLeast / 4, width: 24, whole: wholeMin}
	if floor[1] != noFloor {
		s.below = floor[1] - 1
	}
	floor[0], floor[1] = o.value, noFloor
	s.p = m.program.with(floor).maximising(m.program.measures[1])
	if s.from == noFloor {
		s.from = s.p.measures[0].least(s.p.lo, s.p.hi)
	}
	s.width = max(24, (s.right-s.from)/512)
	s.r = newRelaxation(s.p)
	s.coef = make([][]int64, len(s.r.rows))
	for i := range s.coef {
		s.coef[i] = make([]int64, s.p.n)
		s.r.rows[i].each(func(j int, v int64) { s.coef[i][j] = v })
	}
	s.lo, s.hi, s.must = s.p.lo, s.p.hi, mustOf(s.p)
	return s, true
}

// run lists the points, a ascending. ok is false where the states grew too many,
// the context ended, or numbers are too large; then nothing is listed.
func (s *blocks) run() ([]deal, bool) {
	for start := s.right; s.right >= s.from; {
		report(s.ctx, "listing the frontier", float64(start-s.right)/float64(start-s.from+1))
		if s.ctx.Err() != nil || s.nodes > mostInAll {
			return nil, false
		}
		done, ok := s.block()
		if !ok {
			return nil, false
		}
		if done {
			break
		}
	}
	slices.Reverse(s.found)
	return s.found, true
}

// aim solves the linear program for a gain of at least a.
func (s *blocks) aim(a int64) bool {
	lo := a - s.p.measures[0].base
	s.r.rows[0].lo = lo
	s.r.lin.rows[0].lo = float64(lo) * s.r.scale[0]
	return s.r.solve(s.must, 20000) == optimal
}

// block searches from the right; done tells that nothing is left.
func (s *blocks) block() (done, ok bool) {
	left := max(s.from, s.right-s.width+1)
	if !s.aim(left + (s.right-left)/2) {
		return false, false
	}
	y := s.r.mags.round(s.r.spread(s.r.lin.y, s.r.unit()), s.r.rows, true)
	q, exact := s.r.under(y, s.lo, s.hi, s.must, true)
	if !exact {
		return false, false
	}
	t := tangent{shift: q.shift, slope: -y.whole[0], at: s.r.rows[0].lo + s.p.measures[0].base, bound: q.bound}
	steep := max(int64(1)<<t.shift, t.slope)
	for g := s.whole * (steep >> 8); ; g *= 2 {
		s.count++
		c := newCore(s, &q, y, &t, g, left)
		if c == nil {
			return false, false
		}
		if !c.merge() {
			if s.width <= 2 && g > 64*steep {
				return false, false
			}
			if s.width > 1 { // fewer at a time
				s.width = (s.width + 1) / 2
				return false, true
			}
			return false, false
		}
		before := s.right
		done, short := s.take(c, &t, g, left)
		if done {
			return true, true
		}
		if s.right < before {
			s.adapt(c, short, steep)
			return false, true
		}
		if s.ctx.Err() != nil {
			return false, false
		}
	}
}

// adapt chooses the width and tolerance of the next block: narrower blocks have
// truer prices and need less tolerance, and each costs a linear program.
func (s *blocks) adapt(c *core, short bool, steep int64) {
	states := 0
	for _, l := range c.layers {
		states += len(l)
	}
	switch {
	case short || states > busy:
		s.width = max(2, s.width*2/3)
	case states < busy/2:
		s.width = min(1<<40, s.width*5/4+1)
		if states < busy/16 {
			s.width *= 2
		}
	}
	s.whole = min(1<<60/steep, max(wholeMin, (s.whole+s.need/(steep>>8)*5/4)/2+8))
	if short {
		s.whole += s.whole / 4
	}
}

// busy is how many states a block should have, and wholeMin the tolerance to
// begin with, in 256ths of a point of b.
const (
	busy     = 40_000
	wholeMin = 256
)

// tangent is the bound as a line over a.
type tangent struct {
	shift     uint
	slope     int64
	at, bound int64
}

// over is by how much the bound at a is above b, times 2^shift.
func (t *tangent) over(a, b int64) int64 {
	return t.bound - t.slope*(a-t.at) - b<<t.shift
}

// take moves to the left over the points of a core as far as they are proved.
// short tells that it did not come to the end of the block.
func (s *blocks) take(c *core, t *tangent, g, left int64) (done, short bool) {
	s.need = 0
	proved := func(a int64) bool {
		if s.below <= noLeast/4 {
			return false
		}
		n := t.over(a, s.below+1)
		if n <= g {
			s.need = max(s.need, n)
		}
		return n <= g
	}
	best := c.best() // by a ascending
	for i := len(best) - 1; i >= 0; i-- {
		x := best[i]
		if x.a > s.right || x.b <= s.below {
			continue
		}
		if x.a < s.right && !proved(x.a+1) {
			return false, s.stop(t, g)
		}
		// At a itself a higher b would have been listed too, if it deviates by at
		// most G.
		if t.over(x.a, x.b+1) > g {
			return false, s.stop(t, g)
		}
		s.found = append(s.found, c.deal(x))
		s.below, s.right = x.b, x.a-1
	}
	if s.right < left {
		return s.right < s.from, false
	}
	if !proved(left) {
		return false, s.stop(t, g)
	}
	s.right = left - 1
	return s.right < s.from, false
}

// stop moves as far to the left as is proved that there is nothing.
func (s *blocks) stop(t *tangent, g int64) bool {
	if s.below <= noLeast/4 || t.slope <= 0 {
		return true
	}
	if free := g - t.over(s.right, s.below+1); free >= 0 {
		s.right -= free/t.slope + 1
	}
	return true
}

// core is the choices of a block that cost at most G, and the states they make.
type core struct {
	s      *blocks
	parts  [][]option
	base   []int64 // values of the columns, every component at its best
	a0, b0 int64
	fields []field
	left   int64
	right  int64
	g      int64
	layers [][]node
	gates  []gate
}

// option is a choice of a component instead of its best.
type option struct {
	cost, a, b int64
	column     int32 // goes to value
	value      int64
	other      int32 // and this one to 0; -1 for none
	delta      uint64
}

// field is a number packed into a key: a, or the use of a row.
type field struct {
	row          int // -1 for a
	start        int64
	shift, width uint
	least, most  int64 // what the end may be, packed
	down, up     []int64
}

// node is a state: the packed numbers, what it costs, and how it came about.
type node struct {
	key    uint64
	cost   int64
	b      int64 // what it adds to b
	parent int32
	option int32
}

// A block may have so many states, and all of them together so many.
const (
	mostNodes = 400_000
	mostInAll = 100_000_000
)

func newCore(s *blocks, q *priced, y prices, t *tangent, g, left int64) *core {
	c := &core{s: s, base: make([]int64, s.p.n), left: left, right: s.right, g: g}
	var touched []int32
	for j, d := range q.d {
		if s.p.group[j] >= 0 {
			continue
		}
		c.base[j] = s.lo[j]
		if d > 0 {
			c.base[j] = s.hi[j]
		}
		if s.hi[j] > s.lo[j] && max(d, -d) <= g {
			touched = append(touched, int32(j))
		}
	}
	for _, j := range touched {
		c.addColumn(j, q.d[j])
	}
	for k := range s.p.groups {
		c.addGroup(k, q.d)
	}
	c.a0, c.b0 = s.p.measures[0].of(c.base), s.p.measures[1].of(c.base)
	slices.SortStableFunc(c.parts, func(a, b []option) int {
		if a[0].cost != b[0].cost {
			if a[0].cost > b[0].cost {
				return -1
			}
			return 1
		}
		return 0
	})
	if !c.pack(y, t) {
		return nil
	}
	return c
}

// addColumn lists the values of a column other than its best.
func (c *core) addColumn(j int32, d int64) {
	s := c.s
	step, n := int64(1), s.hi[j]-s.lo[j]
	if d > 0 {
		step = -1
	}
	cost := max(d, -d)
	var list []option
	for k := int64(1); k <= n && k*cost <= c.g; k++ {
		list = append(list, option{
			cost: k * cost, a: step * k * s.p.measures[0].coef[j], b: step * k * s.p.measures[1].coef[j],
			column: j, value: c.base[j] + step*k, other: -1,
		})
	}
	c.parts = append(c.parts, list)
}

// addGroup lists the choices of a component other than its best.
func (c *core) addGroup(k int, d []int64) {
	g := c.s.p.groups[k]
	best, at := int64(0), int32(-1)
	if c.s.must[k] {
		best = math.MinInt64
	}
	for j := g.first; j < g.end; j++ {
		if c.s.hi[j] > 0 && d[j] > best {
			best, at = d[j], j
		}
	}
	if at >= 0 {
		c.base[at] = 1
	}
	var list []option
	add := func(j int32, cost int64) {
		o := option{cost: cost, column: j, value: 1, other: at}
		for sign, col := range map[int64]int32{1: j, -1: at} {
			if col >= 0 {
				o.a += sign * c.s.p.measures[0].coef[col]
				o.b += sign * c.s.p.measures[1].coef[col]
			}
		}
		if j < 0 {
			o.column, o.value, o.other = at, 0, -1
		}
		list = append(list, o)
	}
	if at >= 0 && !c.s.must[k] && best <= c.g {
		add(-1, best)
	}
	for j := g.first; j < g.end; j++ {
		if j != at && c.s.hi[j] > 0 && best-d[j] <= c.g {
			add(j, best-d[j])
		}
	}
	if len(list) > 0 {
		slices.SortFunc(list, func(a, b option) int {
			if a.cost < b.cost {
				return -1
			}
			return 1
		})
		c.parts = append(c.parts, list)
	}
}

// pack decides which rows must be followed and how all numbers fit a key.
func (c *core) pack(y prices, _ *tangent) bool {
	all := []field{c.field(-1, c.left-c.a0, c.right-c.a0, c.a0)}
	rows := c.s.r.rows
	for i := 1; i < len(rows); i++ {
		r := &rows[i]
		start := r.sum(c.base)
		f := c.field(i, 0, 0, start)
		w := y.whole[i]
		if w == 0 && (r.lo == noLeast || start+f.down[0] >= r.lo) && (r.hi == noMost || start+f.up[0] <= r.hi) {
			continue
		}
		f.least, f.most = noLeast, noMost
		if r.lo != noLeast {
			f.least = r.lo - start
		}
		if r.hi != noMost {
			f.most = r.hi - start
		}
		if w > 0 { // what is left unused costs
			f.least = max(f.least, r.hi-c.g/w-start)
		} else if w < 0 {
			f.most = min(f.most, r.lo+c.g/-w-start)
		}
		all = append(all, f)
	}
	c.fields = all
	return c.layout()
}

// field sums what the parts from each on can add to a number.
func (c *core) field(row int, least, most, start int64) field {
	n := len(c.parts)
	f := field{row: row, least: least, most: most, start: start, down: make([]int64, n+1), up: make([]int64, n+1)}
	for k := n - 1; k >= 0; k-- {
		var lo, hi int64
		for i := range c.parts[k] {
			v := c.delta(&c.parts[k][i], row)
			lo, hi = min(lo, v), max(hi, v)
		}
		f.down[k], f.up[k] = f.down[k+1]+lo, f.up[k+1]+hi
	}
	return f
}

// delta is what an option adds to a, or to a row's sum.
func (c *core) delta(o *option, row int) int64 {
	if row < 0 {
		return o.a
	}
	coef := c.s.coef[row]
	v := coef[o.column] * (o.value - c.base[o.column])
	if o.other >= 0 {
		v -= coef[o.other]
	}
	return v
}

// layout gives each field its bits; a the lowest. Every number is shifted so that
// none is negative on the way.
func (c *core) layout() bool {
	shift := uint(0)
	for i := range c.fields {
		f := &c.fields[i]
		span := uint64(f.up[0] - f.down[0])
		w := uint(1)
		for span>>w != 0 {
			w++
		}
		f.shift, f.width = shift, w
		if shift += w; shift > 62 {
			return false
		}
	}
	for k := range c.parts {
		for i := range c.parts[k] {
			o := &c.parts[k][i]
			for _, f := range c.fields {
				o.delta += uint64(c.delta(o, f.row)) << f.shift
			}
		}
	}
	return true
}

// value unpacks a field.
func (f *field) value(key uint64) int64 {
	return int64(key>>f.shift&(1<<f.width-1)) + f.down[0]
}

// merge builds the states part by part. false: there are too many.
func (c *core) merge() bool {
	start := node{parent: -1}
	for _, f := range c.fields {
		start.key += uint64(-f.down[0]) << f.shift
	}
	layer := append(c.s.layer(0), start)
	c.layers = append(c.layers[:0], layer)
	total := 0
	for k := range c.parts {
		layer = c.added(layer, k)
		c.s.layers[k+1] = layer
		c.layers = append(c.layers, layer)
		c.s.nodes += len(layer)
		if total += len(layer); total > mostNodes || k&7 == 0 && c.s.ctx.Err() != nil {
			return false
		}
	}
	return true
}

// layer is room for the states after so many parts.
func (s *blocks) layer(k int) []node {
	for len(s.layers) <= k {
		s.layers = append(s.layers, nil)
	}
	return s.layers[k][:0]
}

// added merges a part into the states before it.
func (c *core) added(layer []node, k int) []node {
	gates, options := c.gatesAfter(k), c.parts[k]
	to, spare := c.s.layer(k+1), c.s.spare
	if len(options) == 1 {
		return c.stayOrGo(to, layer, &options[0], gates)
	}
	if len(options)%2 == 0 { // so that the last merge ends in the layer's own room
		to, spare = spare, to
	}
	now := c.stay(spare[:0], layer, gates)
	other := to[:0]
	for o := range options {
		other = c.mergeIn(other[:0], now, layer, &options[o], int32(o), gates)
		now, other = other, now
	}
	c.s.spare = other
	return now
}

// gate is what a field may be after a part, so that what is to come can bring it
// within its limits: packed, from least on, at most span more.
type gate struct {
	shift       uint
	mask        uint64
	least, span uint64
}

// gatesAfter are the gates after the k-th part; those that let everything pass are
// left out.
func (c *core) gatesAfter(k int) []gate {
	out := c.gates[:0]
	for i := range c.fields {
		f := &c.fields[i]
		least, most := int64(0), f.up[0]-f.down[0]
		if f.least != noLeast {
			least = max(least, f.least-f.up[k+1]-f.down[0])
		}
		if f.most != noMost {
			most = min(most, f.most-f.down[k+1]-f.down[0])
		}
		if most < least {
			least, most = f.up[0]-f.down[0]+1, f.up[0]-f.down[0]+1 // nothing passes
		}
		if least > 0 || most < f.up[0]-f.down[0] {
			out = append(out, gate{f.shift, 1<<f.width - 1, uint64(least), uint64(most - least)})
		}
	}
	c.gates = out
	return out
}

func pass(gates []gate, key uint64) bool {
	for i := range gates {
		if g := &gates[i]; key>>g.shift&g.mask-g.least > g.span {
			return false
		}
	}
	return true
}

// stay lists the states that keep a component at its best.
func (c *core) stay(to, layer []node, gates []gate) []node {
	for i := range layer {
		if pass(gates, layer[i].key) {
			n := layer[i]
			n.parent, n.option = int32(i), -1
			to = append(to, n)
		}
	}
	return to
}

// stayOrGo lists the states that keep a component at its best, or take its one
// option: stay and mergeIn at once.
func (c *core) stayOrGo(to, layer []node, o *option, gates []gate) []node {
	to = slices.Grow(to, 2*len(layer))[:2*len(layer)]
	n, i, most := 0, 0, c.g-o.cost
	for p := range layer {
		from := &layer[p]
		key := from.key + o.delta
		if from.cost > most || !pass(gates, key) {
			continue
		}
		for ; i < len(layer) && layer[i].key < key; i++ {
			if x := &layer[i]; pass(gates, x.key) {
				to[n] = node{x.key, x.cost, x.b, int32(i), -1}
				n++
			}
		}
		if i < len(layer) && layer[i].key == key {
			if layer[i].cost <= from.cost+o.cost {
				continue // it is taken in its turn
			}
			i++
		}
		to[n] = node{key, from.cost + o.cost, from.b + o.b, int32(p), 0}
		n++
	}
	for ; i < len(layer); i++ {
		if x := &layer[i]; pass(gates, x.key) {
			to[n] = node{x.key, x.cost, x.b, int32(i), -1}
			n++
		}
	}
	return to[:n]
}

// mergeIn merges an option's states into a list; both are sorted by key.
func (c *core) mergeIn(to, list, layer []node, o *option, at int32, gates []gate) []node {
	i, most := 0, c.g-o.cost
	for p := range layer {
		from := &layer[p]
		key := from.key + o.delta
		if from.cost > most || !pass(gates, key) {
			continue
		}
		for i < len(list) && list[i].key < key {
			to = append(to, list[i])
			i++
		}
		if i < len(list) && list[i].key == key {
			if list[i].cost <= from.cost+o.cost {
				continue // it is taken in its turn
			}
			i++
		}
		to = append(to, node{key, from.cost + o.cost, from.b + o.b, int32(p), at})
	}
	return append(to, list[i:]...)
}

// result is a point of a core.
type result struct {
	a, b int64
	node int32
}

// best gives, by a ascending, the most of b at each a within the block.
func (c *core) best() []result {
	last := c.layers[len(c.layers)-1]
	f := &c.fields[0]
	out := make([]result, 0, min(c.right-c.left+1, int64(len(last))))
	at := make(map[int64]int, min(c.right-c.left+1, int64(len(last))))
	for i := range last {
		r := result{c.a0 + f.value(last[i].key), c.b0 + last[i].b, int32(i)}
		if k, ok := at[r.a]; !ok {
			at[r.a] = len(out)
			out = append(out, r)
		} else if r.b > out[k].b {
			out[k] = r
		}
	}
	slices.SortFunc(out, func(a, b result) int { return int(min(1, max(-1, a.a-b.a))) })
	return out
}

// trace tells the options that led to a state.
func (c *core) trace(i int32, tell func(*option)) {
	for k := len(c.parts) - 1; k >= 0; k-- {
		n := &c.layers[k+1][i]
		if n.option >= 0 {
			tell(&c.parts[k][n.option])
		}
		i = n.parent
	}
}

// deal writes a point down: the options on its way, to be applied when asked.
func (c *core) deal(r result) deal {
	var way []option
	c.trace(r.node, func(o *option) { way = append(way, *o) })
	base, s := c.base, c.s
	return deal{gains: []int64{r.a, r.b}, of: func(int64) []int32 {
		x := slices.Clone(base)
		for _, o := range way {
			x[o.column] = o.value
			if o.other >= 0 {
				x[o.other] = 0
			}
		}
		return s.m.released(x)
	}}
}
