package frontier

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// remains lists what a node of a search leaves, where that is little, instead of
// branching further.
//
// Under the node's prices whatever reaches the target deviates, all in all, by
// no more than the slack: it is every column at its better end but for some steps
// away from it, whose costs together fit the slack. There are the fewer of these
// combinations the smaller the slack is, and going on from one to the next is an
// addition of some words, where a node of its own is a linear program. What a row
// can still be helped by the steps to come, with what is left of the slack, is
// tabulated, and a combination is left as soon as that is too little for a row.
type remains struct {
	s        *search
	steps    []deviating
	base     []int64 // values of the columns, each at its better end
	rows     []sided
	start    lanes
	signs    lanes // the bit of each lane that is set where a row is kept
	shift    uint  // slack in so many places less is below purses
	help     []lanes
	chosen   []bool
	taken    []bool // of groups: a step of it is chosen
	way      []int32
	patience int // how many combinations may still be looked at
}

// deviating is one step of a column, or another choice of a group.
type deviating struct {
	cost   int64
	column int32 // becomes value
	value  int64
	other  int32 // and this one 0; -1 for none
	after  int32 // the step of the same column before; -1 for none
	group  int32 // whose choices exclude one another; -1 for none
	adds   lanes
}

// sided is one side of a row: by how much it is kept at the base, and what each
// step adds to that.
type sided struct {
	spare int64
	adds  []int64
	word  int
	at    uint
}

// lanes are sums of rows side by side in words, each with a number added that
// sets its highest bit just where it is not negative.
type lanes [4]uint64

func (a *lanes) plus(b *lanes) lanes {
	return lanes{a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]}
}

// kept tells whether no lane is negative.
func (a *lanes) kept(signs *lanes) bool {
	return (a[0]&signs[0]^signs[0])|(a[1]&signs[1]^signs[1])|(a[2]&signs[2]^signs[2])|(a[3]&signs[3]^signs[3]) == 0
}

// Limits of what is listed.
const (
	mostSteps        = 200
	mostCosts        = 4000
	stepsGlimpsed    = 16
	purses           = 32
	mostCombinations = 500_000    // in a search, as far as can be told beforehand
	mostListed       = 2000       // in a search, then branching costs less
	mostInProof      = 20_000_000 // in a certificate, where nodes take room
)

// listed lists all that a node leaves; false where that is too much.
func (s *search) listed(q *priced, slack int64) bool {
	for {
		f := s.remains(q, slack, mostCombinations)
		if f == nil {
			return false
		}
		f.patience = mostListed
		found := f.run(slack)
		if s.done {
			return true
		}
		if !found {
			return f.patience > 0
		}
		var ok bool // what is better than what was found
		if slack, ok = q.slack(s.target); !ok || slack < 0 {
			return true
		}
	}
}

// remains makes a node ready to be listed; nil where that would be too much.
func (s *search) remains(q *priced, slack int64, most float64) *remains {
	f := &remains{s: s, shift: uint(max(0, bits.Len64(uint64(slack))-bits.Len(purses-1)))}
	if !f.costs(q, slack) || len(s.costs) > mostSteps || f.combinations(slack) > most {
		return nil
	}
	f.base = slices.Clone(s.lo)
	f.deviate(q, slack)
	if !f.ready() {
		return nil
	}
	return f
}

// glimpse lists some of what a node leaves, where all is too much, in the hope that
// something is there: the steps that cost least for the gains they move.
func (s *search) glimpse(q *priced, slack int64) {
	f := &remains{s: s, shift: uint(max(0, bits.Len64(uint64(slack))-bits.Len(purses-1)))}
	if !f.costs(q, slack) {
		return
	}
	f.base = slices.Clone(s.lo)
	f.deviate(q, slack)
	type priced struct {
		price float64
		at    int
	}
	list := make([]priced, len(f.steps))
	for k := range f.steps {
		t, moved := &f.steps[k], 1.0
		for i := range s.p.parties() {
			moved += math.Abs(float64(s.p.measures[i].coef[t.column]))
		}
		list[k] = priced{float64(t.cost) / moved, k}
	}
	slices.SortFunc(list, func(a, b priced) int { return cmp.Or(cmp.Compare(a.price, b.price), a.at-b.at) })
	all := f.steps
	f.steps = nil
	for _, x := range list[:min(stepsGlimpsed, len(list))] {
		f.steps = append(f.steps, all[x.at])
	}
	if f.ready() {
		f.patience = 1 << stepsGlimpsed
		f.run(slack)
	}
}

// ready orders the steps and writes down what they add to rows; false where numbers
// are too large.
func (f *remains) ready() bool {
	slices.SortStableFunc(f.steps, func(a, b deviating) int { // of one column in the order in which they are made
		return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(a.column, b.column))
	})
	return f.take()
}

// costs lists what the steps cost that cost no more than the slack; false: there
// are too many, or a group has nothing left.
func (f *remains) costs(q *priced, slack int64) bool {
	s := f.s
	list := s.costs[:0]
	for j, d := range q.d {
		if s.p.group[j] >= 0 || j == s.p.tail || s.lo[j] == s.hi[j] {
			continue
		}
		cost, n := max(d, -d), s.hi[j]-s.lo[j]
		for k := int64(1); k <= n && k*cost <= slack; k++ {
			if len(list) == mostCosts {
				return false
			}
			list = append(list, cost)
		}
	}
	for g := range s.p.groups {
		best, _, chosen := s.bestOf(g, q)
		if best == math.MinInt64 {
			return false
		}
		for j := s.p.groups[g].first; j < s.p.groups[g].end && !chosen; j++ {
			if s.hi[j] == 1 && best-q.d[j] <= slack {
				list = append(list, best-q.d[j])
			}
		}
		if !chosen && !s.must[g] && best <= slack {
			list = append(list, best)
		}
		if len(list) > mostCosts {
			return false
		}
	}
	s.costs = list
	return true
}

// bestOf is a group's best choice, -1 for none; chosen tells that no other is
// left. The value is the least there is where nothing is.
func (s *search) bestOf(g int, q *priced) (best int64, at int32, chosen bool) {
	best, at = 0, -1
	if s.must[g] {
		best = math.MinInt64
	}
	for j := s.p.groups[g].first; j < s.p.groups[g].end; j++ {
		if s.lo[j] == 1 {
			return q.d[j], j, true
		}
		if s.hi[j] == 1 && (at < 0 && s.must[g] || q.d[j] > best) {
			best, at = q.d[j], j
		}
	}
	return best, at, false
}

// deviate lists the steps that cost no more than the slack.
func (f *remains) deviate(q *priced, slack int64) {
	s := f.s
	f.steps = make([]deviating, 0, len(s.costs))
	for j, d := range q.d {
		if s.p.group[j] >= 0 || j == s.p.tail || s.lo[j] == s.hi[j] {
			continue
		}
		step, n := int64(1), s.hi[j]-s.lo[j]
		if d > 0 {
			step, f.base[j] = -1, s.hi[j]
		}
		for k := int64(1); k <= n && k*max(d, -d) <= slack; k++ {
			f.steps = append(f.steps, deviating{cost: max(d, -d), column: int32(j), value: f.base[j] + step*k, other: -1, group: -1})
		}
	}
	for g := range s.p.groups {
		f.deviateGroup(int32(g), q, slack)
	}
	if t := s.p.tail; t >= 0 {
		f.base[t] = s.target
	}
}

// deviateGroup lists the choices of a group other than its best.
func (f *remains) deviateGroup(k int32, q *priced, slack int64) {
	s, g := f.s, f.s.p.groups[k]
	best, at, chosen := s.bestOf(int(k), q)
	for j := g.first; j < g.end; j++ {
		f.base[j] = 0
		if j == at {
			f.base[j] = 1
		} else if !chosen && s.hi[j] == 1 && best-q.d[j] <= slack {
			f.steps = append(f.steps, deviating{cost: best - q.d[j], column: j, value: 1, other: at, group: k})
		}
	}
	if at >= 0 && !chosen && !s.must[k] && best <= slack {
		f.steps = append(f.steps, deviating{cost: best, column: at, value: 0, other: -1, group: k})
	}
}

// combinations bounds how many there are from above.
func (f *remains) combinations(slack int64) float64 {
	var of [purses]float64 // by what they cost, rounded down
	of[0] = 1
	last := int(slack >> f.shift)
	for _, cost := range f.s.costs {
		c := int(cost >> f.shift)
		for k := last; k >= c; k-- {
			of[k] += of[k-c]
		}
	}
	var all float64
	for _, n := range of {
		all += n
	}
	return all
}

// take writes down the rows that can be broken, and for a search without a tail
// the objective.
func (f *remains) take() bool {
	s := f.s
	if s.p.tail < 0 {
		f.side(&row{coef: s.p.obj.coef}, s.p.obj.of(f.base)-s.target, 1)
	}
	for i := range s.r.rows {
		r := &s.r.rows[i]
		sum := r.sum(f.base)
		if r.lo != noLeast {
			f.side(r, sum-r.lo, 1)
		}
		if r.hi != noMost {
			f.side(r, r.hi-sum, -1)
		}
	}
	return f.pack()
}

// side takes one side of a row, where the steps can break it.
func (f *remains) side(r *row, spare, sign int64) {
	x := sided{spare: spare, adds: make([]int64, len(f.steps))}
	least := spare
	for i := range f.steps {
		t := &f.steps[i]
		v := r.entry(t.column) * (t.value - f.base[t.column])
		if t.other < 0 && t.group < 0 { // one step, whatever those before came to
			v = r.entry(t.column)
			if t.value < f.base[t.column] {
				v = -v
			}
		}
		if t.other >= 0 {
			v -= r.entry(t.other)
		}
		x.adds[i] = sign * v
		least += min(0, x.adds[i])
	}
	if least < 0 {
		f.rows = append(f.rows, x)
	}
}

// entry is the coefficient of a column.
func (r *row) entry(j int32) int64 {
	if r.at == nil {
		return r.coef[j]
	}
	if k, ok := slices.BinarySearch(r.at, j); ok {
		return r.coef[k]
	}
	return 0
}

// pack gives each row a lane; false: there is not room for all.
func (f *remains) pack() bool {
	need := make([]uint, len(f.rows))
	order := make([]int, len(f.rows))
	for i := range f.rows {
		x := &f.rows[i]
		order[i] = i
		low, top := x.spare, x.spare
		for _, v := range x.adds {
			low, top = low+min(0, v), top+max(0, v)
		}
		need[i] = 16
		for int64(1)<<(need[i]-1)-1 < max(top, -low) {
			if need[i] *= 2; need[i] > 64 {
				return false
			}
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(need[b], need[a]) })
	word, at := 0, uint(0)
	for _, i := range order {
		if at+need[i] > 64 {
			word, at = word+1, 0
		}
		if word == len(f.start) {
			return false
		}
		x := &f.rows[i]
		x.word, x.at = word, at
		sign := uint64(1) << (at + need[i] - 1)
		f.signs[word] |= sign
		f.start[word] += sign + uint64(x.spare)<<at
		for k, v := range x.adds {
			f.steps[k].adds[word] += uint64(v) << at
		}
		at += need[i]
	}
	return true
}

// tabulate finds, for the steps from each on and what is left of the slack, by how
// much they can help each row at most.
func (f *remains) tabulate() {
	n := len(f.steps)
	f.help = slices.Grow(f.s.help[:0], (n+1)*purses)[:(n+1)*purses]
	f.s.help = f.help
	clear(f.help)
	for i := range f.rows {
		x := &f.rows[i]
		var most [purses]int64
		for k := n - 1; k >= 0; k-- {
			if v := x.adds[k]; v > 0 {
				c := int(f.steps[k].cost >> f.shift)
				for p := purses - 1; p >= c; p-- {
					most[p] = max(most[p], most[p-c]+v)
				}
			}
			for p, v := range most {
				f.help[k*purses+p][x.word] += uint64(v) << x.at
			}
		}
	}
}

// run looks at every combination; found tells that one keeps all rows and reaches
// the target.
func (f *remains) run(slack int64) (found bool) {
	if f.start.kept(&f.signs) && f.hit() {
		return true
	}
	f.tabulate()
	f.chosen, f.taken = make([]bool, len(f.steps)), make([]bool, len(f.s.p.groups))
	for i := range f.steps {
		t := &f.steps[i]
		t.after = -1
		if i > 0 && t.group < 0 && f.steps[i-1].column == t.column {
			t.after = int32(i - 1)
		}
	}
	return f.from(0, slack, f.start)
}

// from goes through the combinations that add steps from the k-th on to what is
// chosen.
func (f *remains) from(k int, left int64, at lanes) bool {
	for ; k < len(f.steps) && f.steps[k].cost <= left; k++ {
		if f.patience == 0 {
			return false
		}
		f.patience--
		best := at.plus(&f.help[k*purses+int(left>>f.shift)])
		if !best.kept(&f.signs) {
			return false
		}
		t := &f.steps[k]
		if t.after >= 0 && !f.chosen[t.after] || t.group >= 0 && f.taken[t.group] {
			continue
		}
		next := at.plus(&t.adds)
		f.choose(k, true)
		if next.kept(&f.signs) && f.hit() || f.from(k+1, left-t.cost, next) {
			return true
		}
		f.choose(k, false)
	}
	return false
}

func (f *remains) choose(k int, yes bool) {
	f.chosen[k] = yes
	if g := f.steps[k].group; g >= 0 {
		f.taken[g] = yes
	}
	if yes {
		f.way = append(f.way, int32(k))
	} else {
		f.way = f.way[:len(f.way)-1]
	}
}

// hit writes the combination as a solution, and has the last word on it.
func (f *remains) hit() bool {
	x := slices.Clone(f.base)
	for _, k := range f.way {
		t := &f.steps[k]
		x[t.column] = t.value
		if t.other >= 0 {
			x[t.other] = 0
		}
	}
	f.s.p.complete(x)
	return f.s.p.keeps(x) && f.s.take(x)
}
