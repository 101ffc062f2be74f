package certificate

import (
	"cmp"
	"math"
	"slices"
)

// Limits of a block: so many ways within one component, so many states at a time
// and looked at.
const (
	mostWays   = 512
	mostStates = 1 << 18
	mostWork   = 1 << 27
)

// endless is the end of the last block: no gain is greater (tooLarge).
const endless = math.MaxInt64 / 4

// blocks checks that block after block nothing lies beyond the points.
func (s *system) blocks(x *Certificate) error {
	from := int64(0)
	for i := range x.Blocks {
		b := x.Blocks[i]
		if i == len(x.Blocks)-1 {
			b.To = endless
		}
		if _, err := s.block(x.Points, from, &b); err != nil {
			return err
		}
		from = b.To + 1
	}
	return nil
}

// table is the check of one block. With prices of rows, any exchange has
//
//	weights·gains = top - cost of its columns - price·what it leaves unused of rows
//
// where the cost of a column is what it falls short of its best value under the
// prices, so that all that is subtracted is 0 or more. An exchange beyond the
// points thus costs at most slack. All combinations of columns that cost no more
// are listed, those with the same gain of the first party and the same use of
// rows as one state, the least cost kept; none may be beyond the points.
type table struct {
	s        *system
	points   []Point
	from, to int64
	w        [2]int64
	prices   []int64 // by row
	d        []int64 // by column: value under the prices
	best     []int64 // by column: how many at least cost
	top      int64
	slack    int64
	core     []int // columns that may differ from their best
	at       []int // of columns: index into core, or -1
	fields   []field
	parts    []part
}

// field is a sum that the states tell apart: the first party's gain, or a row
// across components. Packed into a key it is less by low.
type field struct {
	row        int   // -1 for the gain
	start      int64 // with every column at its best
	least      int64 // what the end may be
	most       int64
	low        int64
	shift      uint
	mask       uint64
	down, more []int64 // what parts from each on can add, at least and at most
}

// part is a component's ways.
type part []way

type way struct {
	cost int64
	adds []int64 // to fields
	key  uint64
}

type state struct {
	key  uint64
	cost int64
}

// block checks one block.
func (s *system) block(points []Point, from int64, b *Block) (states int, err error) {
	t := &table{s: s, points: points, from: from, to: b.To, w: b.Weights}
	if t.to < from || t.to > endless {
		return 0, refuse("a block ends before it begins")
	}
	if err := t.price(b.Prices); err != nil {
		return 0, err
	}
	t.slack = t.allowed()
	if t.slack < 0 {
		return 0, nil
	}
	t.findCore()
	if !t.split() {
		return 0, refuse("a block has too many combinations")
	}
	return t.run()
}

// price sums up what the prices make of every column.
func (t *table) price(prices [][2]int64) error {
	s := t.s
	if t.w[0] < 0 || t.w[1] < 0 {
		return refuse("a block with weights below 0")
	}
	t.prices = make([]int64, len(s.rows))
	t.d = make([]int64, len(s.columns))
	size := 1.0 // bounds all sums below
	for i, w := range t.w {
		size += float64(w) * s.reach(i)
	}
	for _, y := range prices {
		if y[0] < 0 || y[0] >= int64(len(s.rows)) || t.prices[y[0]] != 0 {
			return refuse("no row %d", y[0])
		}
		r := &s.rows[y[0]]
		if y[1] > 0 && !r.hasHi || y[1] < 0 && !r.hasLo {
			return refuse("a price on a limit that is not set")
		}
		t.prices[y[0]] = y[1]
		size += math.Abs(float64(y[1])) * s.weight(r)
	}
	if size >= 1<<61 {
		return refuse("a block's prices are too large")
	}
	for i, w := range t.w {
		t.top -= w * s.parties[i].WalkAway
	}
	for k, c := range s.columns {
		t.d[k] = t.w[0]*c.gains[0] + t.w[1]*c.gains[1]
	}
	for i, y := range t.prices {
		if y == 0 {
			continue
		}
		r := &s.rows[i]
		t.top += y * r.limit(y)
		for k, v := range r.coef {
			t.d[k] -= y * v
		}
	}
	t.best = slices.Clone(s.lo)
	for k, d := range t.d {
		if d > 0 {
			t.best[k] = s.hi[k]
		}
		t.top += d * t.best[k]
	}
	return nil
}

// limit is the one that a price leans on.
func (r *asked) limit(price int64) int64 {
	if price > 0 {
		return r.hi
	}
	return r.lo
}

// reach bounds a party's gain in magnitude: its row is the one of its walk-away.
func (s *system) reach(party int) float64 { return s.weight(&s.rows[party]) }

// beyond is the least gain of the second party that lies beyond the points where
// the first gains a, and up to which gain of the first that is so.
func (t *table) beyond(a int64) (b, upTo int64) {
	i, _ := slices.BinarySearchFunc(t.points, a, func(p Point, a int64) int { return cmp.Compare(p.Gains[0], a) })
	if i == len(t.points) {
		return 0, endless
	}
	return t.points[i].Gains[1] + 1, t.points[i].Gains[0]
}

// within is what an exchange beyond the points may cost at most where the first
// party gains a.
func (t *table) within(a, b int64) int64 { return t.top - t.w[0]*a - t.w[1]*b }

// allowed is the most that an exchange beyond the points may cost in the block.
func (t *table) allowed() int64 {
	most := int64(-1)
	for a := t.from; a <= t.to && float64(a) <= t.s.reach(0); {
		b, upTo := t.beyond(a)
		most = max(most, t.within(a, b))
		a = upTo + 1
	}
	return most
}

// findCore lists the columns that may differ from their best.
func (t *table) findCore() {
	t.at = make([]int, len(t.d))
	for k, d := range t.d {
		t.at[k] = -1
		if t.s.lo[k] < t.s.hi[k] && max(d, -d) <= t.slack {
			t.at[k] = len(t.core)
			t.core = append(t.core, k)
		}
	}
}

// spread is how a row stands with every column at its best, and what the core
// can add.
func (t *table) spread(r *asked) (start, down, up int64, members []int) {
	for k, v := range r.coef {
		start += v * t.best[k]
		if i := t.at[k]; i >= 0 {
			members = append(members, i)
			d := v * t.steps(k)
			down += min(0, d)
			up += max(0, d)
		}
	}
	slices.Sort(members)
	return start, down, up, members
}

// steps is how far a column of the core may go from its best.
func (t *table) steps(k int) int64 {
	n := t.s.hi[k] - t.s.lo[k]
	d := t.d[k]
	if d != 0 {
		n = min(n, t.slack/max(d, -d))
	}
	if t.best[k] == t.s.hi[k] {
		return -n
	}
	return n
}

// linking is a row that matters: that has a price or can be broken.
type linking struct {
	row     int
	start   int64
	members []int
}

// split makes parts of the core: columns that rows of few link are one component,
// its ways listed; other rows become fields. false: there are too many ways.
func (t *table) split() bool {
	var rows []linking
	for i := range t.s.rows {
		r := &t.s.rows[i]
		if t.prices[i] == 0 && (i == 0 || i == 1 && t.w[1] > 0) {
			continue // the walk-aways: what is beyond the points keeps them
		}
		start, down, up, members := t.spread(r)
		if t.prices[i] != 0 || r.hasLo && start+down < r.lo || r.hasHi && start+up > r.hi {
			rows = append(rows, linking{i, start, members})
		}
	}
	slices.SortStableFunc(rows, func(a, b linking) int { return cmp.Compare(len(a.members), len(b.members)) })
	group := make([]int, len(t.core)) // of columns of the core: which component
	members := make([][]int, len(t.core))
	ways := make([]int64, len(t.core))
	for i, k := range t.core {
		n := t.steps(k)
		group[i], members[i], ways[i] = i, []int{i}, max(n, -n)+1
	}
	inside := make([][]linking, len(t.core))
	var across []linking
	for _, l := range rows {
		if g, ok := join(l.members, group, members, ways); ok {
			inside[g] = append(inside[g], l)
		} else {
			across = append(across, l)
		}
	}
	t.addFields(across)
	for g := range members {
		if members[g] == nil || group[g] != g {
			continue
		}
		var links []linking
		for _, i := range members[g] {
			links = append(links, inside[i]...)
		}
		if !t.addPart(members[g], links) {
			return false
		}
	}
	return true
}

// join makes one component of those of some columns, unless that has too many
// ways. It gives the component of the first.
func join(list, group []int, members [][]int, ways []int64) (int, bool) {
	var all []int
	n := int64(1)
	for _, i := range list {
		if g := group[i]; !slices.Contains(all, g) {
			if n *= ways[g]; n > mostWays {
				return 0, false
			}
			all = append(all, g)
		}
	}
	if len(all) == 0 {
		return 0, false
	}
	for _, g := range all[1:] {
		for _, i := range members[g] {
			group[i] = all[0]
		}
		members[all[0]] = append(members[all[0]], members[g]...)
		members[g] = nil
	}
	ways[all[0]] = n
	return all[0], true
}

// addFields makes fields of the gain and of the rows across components.
func (t *table) addFields(rows []linking) {
	start := -t.s.parties[0].WalkAway
	for k, c := range t.s.columns {
		start += c.gains[0] * t.best[k]
	}
	t.fields = []field{{row: -1, start: start, least: t.from, most: t.to}}
	for _, l := range rows {
		r, y := &t.s.rows[l.row], t.prices[l.row]
		f := field{row: l.row, start: l.start, least: -endless, most: endless}
		if r.hasLo {
			f.least = r.lo
		}
		if r.hasHi {
			f.most = r.hi
		}
		if y > 0 { // to use less costs more than there is
			f.least = max(f.least, r.hi-t.slack/y)
		} else if y < 0 {
			f.most = min(f.most, r.lo+t.slack/-y)
		}
		t.fields = append(t.fields, f)
	}
}

// addPart lists the ways of a component that keep its rows.
func (t *table) addPart(members []int, links []linking) bool {
	var ways part
	used := make([]int64, len(t.core)) // steps from the best
	var walk func(i int, cost int64)
	walk = func(i int, cost int64) {
		if cost > t.slack {
			return
		}
		if i == len(members) {
			for _, l := range links {
				more, ok := t.unused(l, used)
				if cost += more; !ok || cost > t.slack {
					return
				}
			}
			ways = append(ways, way{cost: cost, adds: t.adds(members, used)})
			return
		}
		k := t.core[members[i]]
		n, d := t.steps(k), max(t.d[k], -t.d[k])
		for step := range max(n, -n) + 1 {
			used[members[i]] = step
			if n < 0 {
				used[members[i]] = -step
			}
			walk(i+1, cost+step*d)
		}
		used[members[i]] = 0
	}
	walk(0, 0)
	slices.SortFunc(ways, func(a, b way) int { return cmp.Compare(a.cost, b.cost) })
	t.parts = append(t.parts, ways)
	return true
}

// unused is what a row costs that is left partly unused; false: it is broken.
func (t *table) unused(l linking, used []int64) (cost int64, ok bool) {
	r, y := &t.s.rows[l.row], t.prices[l.row]
	sum := l.start
	for _, i := range l.members {
		sum += r.coef[t.core[i]] * used[i]
	}
	if r.hasLo && sum < r.lo || r.hasHi && sum > r.hi {
		return 0, false
	}
	if y == 0 {
		return 0, true
	}
	return y * (r.limit(y) - sum), true
}

// adds is what a way adds to each field.
func (t *table) adds(members []int, used []int64) []int64 {
	out := make([]int64, len(t.fields))
	for f := range t.fields {
		for _, i := range members {
			if used[i] == 0 {
				continue
			}
			k := t.core[i]
			v := t.s.columns[k].gains[0]
			if row := t.fields[f].row; row >= 0 {
				v = t.s.rows[row].coef[k]
			}
			out[f] += v * used[i]
		}
	}
	return out
}

// run lists the states part by part and looks at those at the end.
func (t *table) run() (total int, err error) {
	// What every component costs at least is spent.
	for _, p := range t.parts {
		if len(p) == 0 {
			return 0, nil
		}
		least := p[0].cost
		t.slack -= least
		t.top -= least
		for i := range p {
			p[i].cost -= least
		}
	}
	if t.slack < 0 {
		return 0, nil
	}
	slices.SortStableFunc(t.parts, func(a, b part) int { return cmp.Compare(b.second(), a.second()) })
	if !t.pack() {
		return 0, refuse("a block has too many combinations")
	}
	now := []state{{key: t.first()}}
	var next, moved, spare []state
	work := 0
	for i, p := range t.parts {
		next = next[:0]
		for w := range p {
			if p[w].cost > t.slack {
				break
			}
			moved = t.move(moved[:0], now, &p[w], i+1)
			spare = merged(spare[:0], next, moved)
			next, spare = spare, next
			if work += len(next); len(next) > mostStates || work > mostWork {
				return total, refuse("a block has too many combinations")
			}
		}
		now, next = next, now
		total += len(now)
	}
	return total, t.look(now)
}

// second is what a part costs if it is not at its best.
func (p part) second() int64 {
	if len(p) < 2 {
		return 0
	}
	return p[1].cost
}

// pack gives each field its place in a key, the gain the highest, so that states
// stand in its order. false: it does not fit.
func (t *table) pack() bool {
	shift := uint(0)
	for i := len(t.fields) - 1; i >= 0; i-- {
		f := &t.fields[i]
		f.down, f.more = make([]int64, len(t.parts)+1), make([]int64, len(t.parts)+1)
		for k := len(t.parts) - 1; k >= 0; k-- {
			lo, hi := int64(endless), int64(-endless)
			for _, w := range t.parts[k] {
				lo, hi = min(lo, w.adds[i]), max(hi, w.adds[i])
			}
			f.down[k], f.more[k] = f.down[k+1]+lo, f.more[k+1]+hi
		}
		// On the way a sum is between what the parts so far can come to.
		low, top := int64(0), int64(0)
		for k := range t.parts {
			low, top = min(low, f.down[0]-f.down[k+1]), max(top, f.more[0]-f.more[k+1])
		}
		f.low, f.shift = f.start+low, shift
		width := uint(1)
		for uint64(top-low)>>width != 0 {
			width++
		}
		f.mask = 1<<width - 1
		if shift += width; shift > 63 {
			return false
		}
	}
	for _, p := range t.parts {
		for w := range p {
			for i := range t.fields {
				p[w].key += uint64(p[w].adds[i]) << t.fields[i].shift
			}
		}
	}
	return true
}

// first is the key of every column at its best.
func (t *table) first() (key uint64) {
	for _, f := range t.fields {
		key += uint64(f.start-f.low) << f.shift
	}
	return key
}

func (f *field) value(key uint64) int64 { return int64(key>>f.shift&f.mask) + f.low }

// move adds a way to states, and leaves out what costs too much or can't come
// within the fields' limits.
func (t *table) move(to, from []state, w *way, next int) []state {
	for _, x := range from {
		x.key += w.key
		if x.cost += w.cost; x.cost <= t.slack && t.open(x.key, next) {
			to = append(to, x)
		}
	}
	return to
}

func (t *table) open(key uint64, next int) bool {
	for i := range t.fields {
		f := &t.fields[i]
		if v := f.value(key); v+f.down[next] > f.most || v+f.more[next] < f.least {
			return false
		}
	}
	return true
}

// merged merges states in the order of their keys, of the same key the one that
// costs less.
func merged(to, a, b []state) []state {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0].key < b[0].key:
			to = append(to, a[0])
			a = a[1:]
		case a[0].key > b[0].key:
			to = append(to, b[0])
			b = b[1:]
		default:
			to = append(to, state{a[0].key, min(a[0].cost, b[0].cost)})
			a, b = a[1:], b[1:]
		}
	}
	return append(append(to, a...), b...)
}

// look refuses a state beyond the points.
func (t *table) look(end []state) error {
	for _, x := range end {
		if !t.open(x.key, len(t.parts)) {
			continue
		}
		cost := x.cost
		for _, f := range t.fields[1:] {
			if y := t.prices[f.row]; y != 0 {
				cost += y * (t.s.rows[f.row].limit(y) - f.value(x.key))
			}
		}
		a := t.fields[0].value(x.key)
		if b, _ := t.beyond(a); cost <= t.within(a, b) {
			return refuse("something may lie beyond the points where the first party gains %d", a)
		}
	}
	return nil
}
