package frontier

import (
	"context"
	"math"
	"slices"
)

// optimum is what a search has found: a solution of the greatest value, or that
// there is none, or how far it came.
type optimum struct {
	found  bool
	x      []int64 // values of the program's columns
	value  int64
	bound  int64 // no solution has more
	proved bool
	q      priced // of the root
	exact  bool   // q can be used to fix columns
}

// holding is the program of just those solutions that are no worse than what
// was found.
func (p *program) holding(o *optimum) *program {
	lo, hi, must := slices.Clone(p.lo), slices.Clone(p.hi), mustOf(p)
	if slack, ok := o.q.slack(o.value); o.exact && ok {
		p.tighten(&o.q, slack, lo, hi, must)
		clearGroups(p, lo, hi)
	}
	q := *p
	q.rows = append(p.rows[:len(p.rows):len(p.rows)], p.obj.atLeast(o.value))
	out, _ := q.shrink(lo, hi, must)
	return out
}

// maximise finds a solution of the greatest objective that is at least least.
// It is branch and bound on the linear relaxation; every cut is made by a bound
// in integers. With first it stops at the first solution. It begins with those of
// some known exchanges, as values of the first program's columns, that are
// solutions of this one.
func (p *program) maximise(ctx context.Context, least int64, first bool, known ...[]int64) optimum {
	must := mustOf(p)
	out := optimum{bound: math.MinInt64, proved: true}
	least = max(least, p.obj.least(p.lo, p.hi))
	if !sane(p.lo, p.hi) {
		return out
	}
	if first {
		if out.begin(p, least, known); out.found {
			return out
		}
	}
	root := newRelaxation(p)
	switch root.solve(must, 20000+20*p.n) {
	case infeasible:
		if _, ok := root.refutes(p.lo, p.hi, must); ok {
			return out
		}
	}
	bound, q, _, exact := root.bound(p.lo, p.hi, must)
	out.bound, out.q, out.exact = bound, q, exact
	if bound < least {
		return out
	}
	if !p.rough { // what is near will do there, and known may be far
		out.begin(p, least, known)
	}
	if x, ok := p.rounded(root.x, least); ok {
		out.take(p, x)
	}
	if out.found && (first || p.rough || out.value >= bound) {
		return out
	}
	out.climb(ctx, p, least, first)
	return out
}

// begin takes the best of the known exchanges that the program allows.
func (o *optimum) begin(p *program, least int64, known [][]int64) {
	for _, x := range known {
		if y, ok := p.within(x); ok && p.obj.of(y) >= least {
			o.take(p, y)
		}
	}
}

func (o *optimum) take(p *program, x []int64) {
	if v := p.obj.of(x); !o.found || v > o.value {
		o.found, o.x, o.value = true, x, v
	}
}

// climb guesses how far the optimum lies below the bound, farther each time. A
// guess fixes columns, the more the nearer it is; so whatever is found below the
// bound ends the search, and the next guess is the bound itself. Until a first
// solution is there a guess is dropped after some nodes; then each is searched to
// its end, which finds a better one or lowers the bound.
func (o *optimum) climb(ctx context.Context, p *program, least int64, first bool) {
	bound := o.bound
	unit := max(p.unit, 1)
	for gap, patience := int64(0), 150; ; gap, patience = 2*gap+unit, patience*2 {
		target := max(least, satSub(o.bound, gap))
		if o.found {
			target = max(target, o.value+1)
		} else if first || patience > 150<<12 {
			target = least
		}
		for target <= o.bound {
			s, ok := p.newSearch(ctx, &o.q, o.exact, bound, target, first || target < o.bound)
			if ok && !o.found && target > least {
				s.most = patience
			}
			if ok {
				s.run()
			}
			if !ok || !s.found {
				if ok && s.stopped {
					o.proved = false
					return
				}
				if !ok || s.most == 0 || s.nodes < s.most {
					o.bound = target - 1
				}
				break
			}
			o.found, o.x, o.value = true, s.unshrunk(), s.value
			if first || p.rough {
				return
			}
			if target == o.bound {
				o.bound = o.value
				return
			}
			gap, target = 0, max(o.bound, o.value+1)
		}
		if o.bound < least || o.found && o.bound <= o.value {
			return
		}
	}
}

func satSub(a, b int64) int64 {
	if a < math.MinInt64+b {
		return math.MinInt64
	}
	return a - b
}

func mustOf(p *program) []bool {
	must := make([]bool, len(p.groups))
	for g := range must {
		must[g] = p.groups[g].must
	}
	return must
}

func sane(lo, hi []int64) bool {
	for j := range lo {
		if lo[j] > hi[j] {
			return false
		}
	}
	return true
}

// rounded tries the solution of the relaxation with its few fractions rounded
// either way.
func (p *program) rounded(x []float64, least int64) ([]int64, bool) {
	out := make([]int64, p.n)
	var open []int
	for j, v := range x {
		r := math.Round(v)
		out[j] = min(max(int64(r), p.lo[j]), p.hi[j])
		if math.Abs(v-r) > 1e-6 && j != p.tail && !slices.Contains(p.excuses, int32(j)) {
			open = append(open, j)
		}
	}
	if len(open) > 8 {
		return nil, false
	}
	var best []int64
	var most int64
	for mask := range 1 << len(open) {
		for k, j := range open {
			out[j] = min(p.hi[j], int64(math.Floor(x[j]))+int64(mask>>k&1))
		}
		p.excuse(out)
		if v := p.obj.of(out); v >= least && (best == nil || v > most) && p.keeps(out) {
			best, most = slices.Clone(out), v
		}
	}
	return best, best != nil
}

// search is a depth-first search for solutions of at least target in what the
// fixing has left of a program.
type search struct {
	ctx      context.Context
	p        *program
	kept     []int32 // of the columns, which of the program searched
	template []int64
	r        *relaxation
	lo, hi   []int64
	must     []bool
	target   int64
	first    bool
	found    bool
	x        []int64
	value    int64
	stopped  bool
	nodes    int
	most     int          // nodes; 0 for as many as it takes
	score    [2][]float64 // by direction: what branching has cost per unit
	seen     [2][]int32
	costs    []int64 // room of remains
	help     []lanes // the same
	spare    []bounds
	from     position // of the node that is branched on
	done     bool
}

// newSearch fixes what the target excludes. ok is false if that leaves nothing.
func (p *program) newSearch(ctx context.Context, q *priced, exact bool, bound, target int64, first bool) (*search, bool) {
	lo, hi, must := slices.Clone(p.lo), slices.Clone(p.hi), mustOf(p)
	if exact {
		if slack, ok := q.slack(target); ok {
			if slack < 0 {
				return nil, false
			}
			p.tighten(q, slack, lo, hi, must)
		}
	}
	if p.tail >= 0 {
		lo[p.tail] = max(lo[p.tail], target)
	}
	clearGroups(p, lo, hi)
	if !sane(lo, hi) {
		return nil, false
	}
	small := *p
	small.from = make([]int32, p.n)
	for j := range small.from {
		small.from[j] = int32(j)
	}
	small.full = slices.Clone(lo)
	sub, ok := small.shrink(lo, hi, must)
	if !ok {
		return nil, false
	}
	s := &search{ctx: ctx, p: sub, kept: sub.from, template: sub.full, target: target, first: first}
	s.lo, s.hi, s.must = slices.Clone(sub.lo), slices.Clone(sub.hi), mustOf(sub)
	for k := range s.score {
		s.score[k], s.seen[k] = make([]float64, sub.n), make([]int32, sub.n)
	}
	return s, true
}

// clearGroups sets to 0 what can't be chosen beside what is.
func clearGroups(p *program, lo, hi []int64) {
	for _, g := range p.groups {
		for j := g.first; j < g.end; j++ {
			if lo[j] == 1 && hi[j] == 1 {
				for k := g.first; k < g.end; k++ {
					if k != j {
						hi[k] = 0
					}
				}
			}
		}
	}
}

func (s *search) run() {
	if s.stopped = s.ctx.Err() != nil; s.stopped {
		return
	}
	s.r = newRelaxation(s.p)
	if s.inside(); !s.done {
		s.node(0)
	}
}

// inside looks for a solution some way inside the rows, where rounding breaks none.
func (s *search) inside() {
	r := s.r
	if r.solve(s.must, maxIterations) != optimal || s.tryPoint(r.x) {
		return
	}
	limits := make([][2]float64, len(r.lin.rows))
	for i := range limits {
		limits[i] = [2]float64{r.lin.rows[i].lo, r.lin.rows[i].hi}
	}
	for _, part := range []float64{0.5, 0.125} {
		for i, l := range limits {
			if r.at[i] >= 0 {
				r.lin.rows[i].lo, r.lin.rows[i].hi = s.inner(i, l, part)
			}
		}
		if r.lin.solve(mostInside) != optimal {
			continue
		}
		r.x = r.lin.solution(r.x)
		if t := s.p.tail; t >= 0 {
			r.x[t] *= r.tail
		}
		if x, ok := s.p.rounded(r.x, s.target); ok {
			s.take(x)
		}
		break
	}
	for i, l := range limits {
		r.lin.rows[i].lo, r.lin.rows[i].hi = l[0], l[1]
	}
}

// mostInside is how many steps of the simplex a look inside is worth.
const mostInside = 60

// inner moves the limits of a row of the linear program inside, by a part of its
// greatest coefficient, but by no more than an eighth of the room that there is.
func (s *search) inner(i int, limits [2]float64, part float64) (lo, hi float64) {
	lin := s.r.lin
	row := &lin.rows[i]
	var widest, least, most float64
	for j := range lin.n {
		v := row.entry(j)
		if v == 0 {
			continue
		}
		low, high := lin.lo[j], lin.hi[j]
		if j == s.p.tail {
			high = low
		} else if low < high && !slices.Contains(s.p.excuses, int32(j)) {
			widest = max(widest, math.Abs(v))
		}
		least += min(v*low, v*high)
		most += max(v*low, v*high)
	}
	lo = limits[0] + max(0, min(part*widest, (most-limits[0])/8))
	hi = limits[1] - max(0, min(part*widest, (limits[1]-least)/8))
	if lo > hi {
		return limits[0], limits[1]
	}
	return lo, hi
}

// unshrunk writes the solution as values of the columns of the program that was
// asked.
func (s *search) unshrunk() []int64 {
	out := slices.Clone(s.template)
	for j, v := range s.x {
		out[s.kept[j]] = v
	}
	return out
}

const maxIterations = 2000

// node searches what the present bounds leave.
func (s *search) node(depth int) {
	if s.nodes++; s.nodes&15 == 1 {
		report(s.ctx, "searching for a better exchange", -1)
		s.stopped = s.ctx.Err() != nil
	}
	if s.most > 0 && s.nodes >= s.most {
		s.done = true
	}
	if s.stopped || s.done {
		return
	}
	s.r.setBounds(s.lo, s.hi, s.must)
	v := s.r.solve(s.must, maxIterations)
	if v == infeasible {
		if _, ok := s.r.refutes(s.lo, s.hi, s.must); ok {
			return
		}
	}
	bound, q, y, exact := s.r.bound(s.lo, s.hi, s.must)
	if bound < s.target {
		return
	}
	x := s.r.x // until the next node
	if s.tryPoint(x) && (s.done || bound < s.target) {
		return
	}
	mark := s.save()
	if slack, ok := q.slack(s.target); exact && ok {
		s.p.tighten(&q, slack, s.lo, s.hi, s.must)
		clearGroups(s.p, s.lo, s.hi)
		if !sane(s.lo, s.hi) || s.listed(&q, slack) || s.cornered(&q, y, slack) {
			s.restore(mark)
			return
		}
		if s.nodes == 1 {
			if s.glimpse(&q, slack); s.done {
				return
			}
		}
	}
	j := s.choose(x, bound)
	if j < 0 {
		s.leaf()
		s.restore(mark)
		return
	}
	at := min(max(int64(math.Floor(x[j]+1e-6)), s.lo[j]), s.hi[j]-1)
	upFirst := x[j]-float64(at) > 0.5
	for _, up := range []bool{upFirst, !upFirst} {
		s.go1(j, at, up, depth)
		if s.done || s.stopped {
			break
		}
	}
	s.restore(mark)
}

// go1 searches one side of a branching.
func (s *search) go1(j int, at int64, up bool, depth int) {
	mark := s.save()
	s.bind(j, at, up)
	if sane(s.lo, s.hi) {
		s.node(depth + 1)
	}
	s.restore(mark)
}

// bind takes the column at most to at, or above it.
func (s *search) bind(j int, at int64, up bool) {
	if !up {
		s.hi[j] = at
		if g := s.p.group[j]; g >= 0 && s.must[g] {
			s.lastOf(int(g))
		}
		return
	}
	s.lo[j] = at + 1
	if g := s.p.group[j]; g >= 0 {
		for k := s.p.groups[g].first; k < s.p.groups[g].end; k++ {
			if int(k) != j {
				s.hi[k] = min(s.hi[k], 0)
			}
		}
	}
}

// lastOf fixes the only choice that a group has left.
func (s *search) lastOf(g int) {
	left, last := 0, int32(-1)
	for k := s.p.groups[g].first; k < s.p.groups[g].end; k++ {
		if s.hi[k] == 1 {
			left++
			last = k
		}
	}
	switch left {
	case 0:
		k := s.p.groups[g].first
		s.lo[k], s.hi[k] = 1, 0 // nothing is left
	case 1:
		s.lo[last] = 1
	}
}

type bounds struct {
	lo, hi []int64
	must   []bool
}

func (s *search) save() (b bounds) {
	if n := len(s.spare) - 1; n >= 0 {
		b, s.spare = s.spare[n], s.spare[:n]
	}
	b.lo, b.hi = append(b.lo[:0], s.lo...), append(b.hi[:0], s.hi...)
	b.must = append(b.must[:0], s.must...)
	return b
}

// restore goes back to bounds, which is done once: they are written over by
// another save.
func (s *search) restore(b bounds) {
	copy(s.lo, b.lo)
	copy(s.hi, b.hi)
	copy(s.must, b.must)
	s.spare = append(s.spare, b)
}

// tryPoint takes the relaxation's solution if it is whole, and what rounding
// makes of it near the root.
func (s *search) tryPoint(x []float64) bool {
	var out []int64
	whole := true
	for j, v := range x {
		if math.Abs(v-math.Round(v)) > 1e-6 && j != s.p.tail {
			whole = false
			break
		}
	}
	if whole {
		out = make([]int64, len(x))
		for j, v := range x {
			out[j] = min(max(int64(math.Round(v)), s.lo[j]), s.hi[j])
		}
		s.p.complete(out)
		if !s.p.keeps(out) {
			return false
		}
	} else if s.nodes < 4 || s.nodes%64 == 0 {
		ok := false
		if out, ok = s.p.rounded(x, s.target); !ok {
			return false
		}
	} else {
		return false
	}
	return s.take(out)
}

func (s *search) take(x []int64) bool {
	v := s.p.obj.of(x)
	if v < s.target {
		return false
	}
	s.found, s.x, s.value = true, x, v
	s.target = v + 1
	s.done = s.first
	return true
}

// leaf looks at the one point that is left.
func (s *search) leaf() {
	x := slices.Clone(s.lo)
	s.p.complete(x)
	if s.p.keeps(x) {
		s.take(x)
	}
}

// choose picks the column to branch on: of those with a fraction the one whose
// branches lower the bound most; if there is none, any that is not fixed; -1 if
// all are.
func (s *search) choose(x []float64, bound int64) int {
	type candidate struct {
		j     int
		f     float64
		score float64
	}
	var list []candidate
	free := -1
	for j, v := range x {
		if s.lo[j] >= s.hi[j] || j == s.p.tail {
			continue
		}
		free = j
		v = min(max(v, float64(s.lo[j])), float64(s.hi[j]))
		if f := v - math.Floor(v); f > 1e-6 && f < 1-1e-6 {
			list = append(list, candidate{j: j, f: f})
		}
	}
	if len(list) == 0 {
		return free
	}
	if len(list) == 1 {
		return list[0].j
	}
	mean := [2]float64{s.mean(0), s.mean(1)}
	for i := range list {
		c := &list[i]
		c.score = product(s.guess(0, c.j, mean)*c.f, s.guess(1, c.j, mean)*(1-c.f))
	}
	slices.SortFunc(list, func(a, b candidate) int {
		if a.score != b.score {
			if a.score > b.score {
				return -1
			}
			return 1
		}
		return a.j - b.j
	})
	if s.p.n > 4000 {
		return list[0].j
	}
	best, most, tried := list[0].j, -1.0, 0
	var value float64
	for _, c := range list {
		score := c.score
		if min(s.seen[0][c.j], s.seen[1][c.j]) < reliable && tried < 16 {
			if tried == 0 {
				s.r.lin.save(&s.from)
				value = s.r.lin.objective()
			}
			score = s.probe(c.j, x[c.j], value)
			tried++
		}
		if score > most {
			best, most = c.j, score
		}
	}
	return best
}

// reliable is how often a column must have been branched on before its costs
// are believed.
const reliable = 6

func product(a, b float64) float64 { return max(a, 1e-6) * max(b, 1e-6) }

func (s *search) mean(way int) float64 {
	var sum float64
	n := 0
	for j, k := range s.seen[way] {
		if k > 0 {
			sum += s.score[way][j] / float64(k)
			n++
		}
	}
	if n == 0 {
		return 1
	}
	return sum / float64(n)
}

func (s *search) guess(way, j int, mean [2]float64) float64 {
	if s.seen[way][j] == 0 {
		return mean[way]
	}
	return s.score[way][j] / float64(s.seen[way][j])
}

// probe solves both branches a little way from the saved basis, whose value is
// given, and learns what they cost.
func (s *search) probe(j int, x, value float64) float64 {
	at := int64(math.Floor(x))
	var fall [2]float64
	for way := range 2 {
		lo, hi := s.r.lin.lo[j], s.r.lin.hi[j]
		if way == 0 {
			s.r.lin.hi[j] = float64(at)
		} else {
			s.r.lin.lo[j] = float64(at + 1)
		}
		var v verdict
		if s.r.lin.state[j] == basic { // the others' values stay
			v = s.r.lin.iterate(12)
		} else {
			v = s.r.lin.solve(12)
		}
		fall[way] = max(0, value-s.r.lin.objective())
		if v == infeasible {
			fall[way] = max(fall[way], float64(1+s.r.mags.obj/1e3))
			fall[way] = min(fall[way], 1e6)
		} else {
			unit := x - float64(at)
			if way == 1 {
				unit = 1 - unit
			}
			s.score[way][j] += fall[way] / max(unit, 1e-6)
			s.seen[way][j]++
		}
		s.r.lin.lo[j], s.r.lin.hi[j] = lo, hi
		s.r.lin.restore(&s.from)
	}
	return product(fall[0], fall[1])
}

// floorOf rounds down what the relaxation gives, a little below a whole number
// counting as it.
func floorOf(x float64) float64 { return math.Floor(x + 1e-6) }
