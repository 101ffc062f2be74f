package frontier

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"slices"
)

// pick is what a criterion has picked, or how far the search for it came.
type pick struct {
	found  bool
	x      []int64 // values of the model's columns
	gains  []int64
	heads  int64
	proved bool
	tied   bool
	bound  *big.Rat // not proved: no exchange has more
	left   []int    // parties without a part in nash and ks
	ideal  []int64
}

// chooser runs the searches of a criterion. Each of them leaves a smaller
// program, that of the exchanges of the value found, in which the next decides
// ties.
type chooser struct {
	ctx     context.Context
	m       *model
	by      Criterion
	ideal   []int64
	begin   []int64   // nash of two parties: what an exchange gains them that was found first; nil for none
	in      []int     // parties with a part
	best    pick      // the best seen so far
	seen    [][]int64 // exchanges found, to begin later searches with
	stopped bool
	open    bool // ties were too many to look at
	bound   *big.Rat
}

// choose picks by the criterion among what the program allows.
func (m *model) choose(ctx context.Context, by Criterion) pick { return m.chooseBy(ctx, by, nil) }

// chooseBy is choose where each party's best agreeable gain is known, or, for
// nash, whether that is above 0: it is that of all exchanges, of which the program
// may allow a part only.
func (m *model) chooseBy(ctx context.Context, by Criterion, ideal []int64) pick {
	c := &chooser{ctx: ctx, m: m, by: by, ideal: ideal, in: sharing(ideal)}
	if m.broken {
		return pick{proved: true}
	}
	p := m.program
	ok := true
	if by.idealised() && ideal == nil {
		ok = c.ideals(p)
	}
	var ends []end
	if ok {
		ends = c.criterion(p)
	}
	return c.finish(ends)
}

// end is a program all of whose exchanges gain the same.
type end struct {
	p     *program
	gains []int64
}

func (c *chooser) criterion(p *program) []end {
	switch c.by {
	case Total:
		return c.lexicographic(c.linear(p, p.weighted(ones(p.parties()))))
	case Home:
		return c.lexicographic(c.linear(p, *p.heads()))
	case Maximin:
		return c.lexicographic(p)
	case KS:
		return c.shares(p)
	case Nash:
		return c.product(p)
	}
	panic("frontier: unknown criterion " + string(c.by))
}

func ones(n int) []int64 {
	out := make([]int64, n)
	for i := range out {
		out[i] = 1
	}
	return out
}

// maximise searches and takes note of what is found.
func (c *chooser) maximise(p *program, least int64, first bool) optimum {
	o := p.maximise(c.ctx, least, first, c.seen...)
	if o.found {
		c.note(p.expand(o.x))
	}
	if !o.proved && (!o.found || !first) {
		c.stopped = true
	}
	return o
}

// mostSeen is how many exchanges are kept to begin later searches with.
const mostSeen = 64

// note keeps the best exchange seen, in case that the search is stopped.
func (c *chooser) note(x []int64) {
	p := c.m.program
	if len(c.seen) < mostSeen && !slices.ContainsFunc(c.seen, func(y []int64) bool { return slices.Equal(x, y) }) {
		c.seen = append(c.seen, x)
	}
	d := pick{found: true, x: x, gains: p.gains(x), heads: p.heads().of(x)}
	if !c.best.found || c.compare(&d, &c.best) > 0 {
		c.best = d
	}
}

func (c *chooser) compare(a, b *pick) int {
	o := newOrder(c.by, c.ideal)
	return o.compare(&deal{gains: a.gains, heads: a.heads}, &deal{gains: b.gains, heads: b.heads})
}

// linear keeps the exchanges of the greatest measure; nil if there are none.
func (c *chooser) linear(p *program, m measure) *program {
	q := p.maximising(m)
	o := c.maximise(q, noLeast/4, false)
	if c.stopped {
		c.bound = new(big.Rat).SetInt64(o.bound)
	}
	if !o.found || c.stopped {
		return nil
	}
	return q.holding(&o)
}

// tuple is parties whose gains are settled, at their floors, and the rest.
type tuple struct {
	p    *program
	left []int
}

func (t *tuple) key() string { return fmt.Sprint(t.left, t.p.floor) }

// lexicographic finds leximin: the largest smallest gain v, then, with one party
// excused from more than v, the largest smallest gain of the others. If that is v
// too, two are excused, and so on; if it is more, then it is settled how many gain
// v, and for each choice of these parties it goes on among the others.
func (c *chooser) lexicographic(p *program) []end {
	if p == nil {
		return nil
	}
	all := make([]int, p.parties())
	for i := range all {
		all[i] = i
	}
	v, q, ok := c.smallest(p, all, noLeast/4)
	if c.stopped {
		c.boundOfLeast(v, true)
	}
	if !ok {
		return nil
	}
	alive := []tuple{{q, all}}
	for excused := 1; excused < len(alive[0].left); excused++ {
		most, next := v+1, []tuple(nil)
		for _, t := range alive {
			ask := most
			if len(next) > 0 && c.indifferent(len(t.left)-excused) {
				ask++
			}
			w, some := c.allBut(t, excused, v, ask)
			if c.stopped {
				c.boundOfLeast(0, false)
				return nil
			}
			if len(some) > 0 && w > most {
				most, next = w, next[:0]
			}
			next = append(next, some...)
		}
		if len(next) > 0 {
			v, alive, excused = most, next, 0
		}
	}
	return endsOf(alive)
}

// allBut finds the greatest value, at least so much and more than v, that all but
// so many of the parties that are left gain, and for each choice of those who gain
// v only what is left then. Where there are few such choices each is searched by
// itself. Else it guesses that the value is the bound less 0, 1, 3, …, as climb
// does, and 1 more than what was found; each guess has excuses of its own.
func (c *chooser) allBut(t tuple, excused int, v, least int64) (most int64, next []tuple) {
	if list, few := t.excusals(excused, least); few {
		return c.eachOf(t, list, least)
	}
	high := t.p.boundBut(t.left, excused, v, least)
	most = least - 1
	for gap := int64(0); most < high; {
		guess := max(high-gap, most+1)
		if guess <= most+near || most >= least { // what is found is mostly the best
			guess = most + 1
		}
		o := c.maximise(t.p.excusing(t.left, excused, v, guess), guess, true)
		if c.stopped {
			return 0, nil
		}
		if !o.found {
			high, gap = guess-1, 2*gap+1
			continue
		}
		gains := t.p.gains(o.x[:t.p.n])
		most, gap = slices.Sorted(slices.Values(pickOf(gains, t.left)))[excused], 0
	}
	if most < least {
		return 0, nil
	}
	return most, c.shortOf(t, excused, v, most)
}

// excusal is who is left when some are excused, and a bound of what all of these
// gain.
type excusal struct {
	left  []int
	bound int64
}

// Up to so many parties it is looked at each choice of them, and each is searched
// by itself where few can reach what is asked.
const (
	fewParties  = 4
	fewExcusals = 3
)

// excusals lists whom to excuse so that the others may all gain at least so much,
// those with the greatest bounds first; few is false where that is too much.
func (t *tuple) excusals(excused int, least int64) (list []excusal, few bool) {
	n := len(t.left)
	if n > fewParties {
		return nil, false
	}
	for set := uint(0); set < 1<<n; set++ {
		if bits.OnesCount(set) != n-excused {
			continue
		}
		var left []int
		for k, i := range t.left {
			if set>>k&1 == 1 {
				left = append(left, i)
			}
		}
		if bound := t.p.rootOfLeast(left, least); bound >= least {
			list = append(list, excusal{left, bound})
		}
	}
	slices.SortStableFunc(list, func(a, b excusal) int { return cmp.Compare(b.bound, a.bound) })
	return list, len(list) <= fewExcusals
}

// eachOf searches some excusals one after the other.
func (c *chooser) eachOf(t tuple, list []excusal, least int64) (most int64, next []tuple) {
	most = least
	for _, x := range list {
		if len(next) > 0 && c.indifferent(len(x.left)) {
			least = most + 1
		}
		if x.bound < max(most, least) {
			break
		}
		ask := max(most, least)
		if !c.reaches(t.p, x.left, ask) { // most don't, which takes one search
			continue
		}
		v, q, ok := c.smallest(t.p, x.left, ask)
		if c.stopped {
			return 0, nil
		}
		if !ok {
			continue
		}
		if v > most {
			most, next = v, next[:0]
		}
		next = append(next, tuple{q, x.left})
	}
	return most, next
}

// reaches tells whether some parties may all gain so much.
func (c *chooser) reaches(p *program, all []int, least int64) bool {
	t := p.leastOfAll(all, least)
	return t != nil && (c.maximise(t, least, true).found || c.stopped)
}

// indifferent tells whether it is all the same who gains most, where that is asked last
// and heads and ids are not: the gains are the same but for their order.
func (c *chooser) indifferent(left int) bool { return left == 1 && !c.m.program.small(c.m) }

// near is how far above the least a guess is not worth a search of its own.
const near = 2

// boundBut bounds what all but so many of some parties gain, where that is more
// than v; below least it bounds no further.
func (p *program) boundBut(of []int, excused int, v, least int64) int64 {
	high := p.highBut(of, excused)
	for high >= least {
		bound := p.excusing(of, excused, v, high).root().bound
		if bound >= high-(high-v)/8 {
			return min(bound, high)
		}
		high = bound
	}
	return high
}

// shortOf gives, for each choice of parties who gain v only where all others that
// are left gain at least so much, what is left then.
func (c *chooser) shortOf(t tuple, excused int, v, most int64) (next []tuple) {
	q := t.p.excusing(t.left, excused, v, most)
	root := q.root()
	for {
		o := c.maximise(q, most, true)
		if !o.found || c.stopped {
			return next
		}
		floor, short := slices.Clone(t.p.floor), row{at: []int32{}, lo: noLeast, hi: int64(excused) - 1}
		var left []int
		gains := q.gains(o.x)
		for k, i := range t.left {
			if gains[i] < most {
				short.at, short.coef = append(short.at, int32(t.p.n+k)), append(short.coef, 1)
				continue
			}
			left, floor[i] = append(left, i), max(floor[i], most)
		}
		next = append(next, tuple{t.p.narrowed(q, &root, most, floor), left})
		if c.indifferent(len(left)) {
			return next
		}
		q = q.with(q.floor, short)
	}
}

// root bounds a program by its relaxation, by the least there is where it has no
// solution.
func (p *program) root() (o optimum) {
	must := mustOf(p)
	r := newRelaxation(p)
	if r.solve(must, 20000) == infeasible {
		if _, ok := r.refutes(p.lo, p.hi, must); ok {
			return optimum{bound: math.MinInt64}
		}
	}
	o.bound, o.q, _, o.exact = r.bound(p.lo, p.hi, must)
	return o
}

// boundOfLeast bounds the smallest gain where the search ended.
func (c *chooser) boundOfLeast(bound int64, first bool) {
	switch {
	case c.by != Maximin:
	case first:
		c.bound = new(big.Rat).SetInt64(bound)
	case c.best.found:
		c.bound = new(big.Rat).SetInt64(slices.Min(c.best.gains))
	}
}

// spreadTuples lets each of the parties left be the one that gains least.
func spreadTuples(list []tuple) []tuple {
	var out []tuple
	seen := map[string]bool{}
	for _, t := range list {
		for i := range t.left {
			next := tuple{t.p, slices.Delete(slices.Clone(t.left), i, i+1)}
			if k := next.key(); !seen[k] {
				seen[k] = true
				out = append(out, next)
			}
		}
	}
	return out
}

// endsOf gives each vector of gains once. Every party's gain is its floor now.
func endsOf(list []tuple) []end {
	var out []end
	for _, t := range list {
		if !slices.ContainsFunc(out, func(e end) bool { return slices.Equal(e.gains, t.p.floor) }) {
			out = append(out, end{t.p, t.p.floor})
		}
	}
	return out
}

// smallest finds the greatest v, at least so much, with a gain of v or more for
// each of some parties, and the program of the exchanges that have it. Stopped,
// v is a bound.
func (c *chooser) smallest(p *program, of []int, least int64) (v int64, q *program, ok bool) {
	t := p.leastOfAll(of, least)
	if t == nil {
		return 0, nil, false
	}
	o := c.maximise(t, least, false)
	if !o.found || c.stopped {
		return o.bound, nil, false
	}
	floor := slices.Clone(p.floor)
	for _, i := range of {
		floor[i] = max(floor[i], o.value)
	}
	return o.value, p.narrowed(t, &o, o.value, floor), true
}

// leastOfAll is the program with the smallest gain of some parties to be
// maximised. nil: it can't reach least.
func (p *program) leastOfAll(of []int, least int64) *program {
	if len(of) == 1 {
		return p.maximising(p.measures[of[0]])
	}
	weights := make([]int64, p.parties())
	for _, i := range of {
		weights[i] = 1
	}
	return p.leastOf(weights, least)
}

// rootOfLeast bounds the smallest gain of some parties, where it is at least so
// much.
func (p *program) rootOfLeast(of []int, least int64) int64 {
	if t := p.leastOfAll(of, least); t != nil {
		return t.root().bound
	}
	return math.MinInt64
}

// narrowed is p without what can't be in an exchange whose value in t, p with a
// column more, is at least v; with new floors.
func (p *program) narrowed(t *program, o *optimum, v int64, floor []int64) *program {
	q := p.with(floor)
	lo, hi, must := slices.Clone(t.lo), slices.Clone(t.hi), mustOf(t)
	if slack, ok := o.q.slack(v); o.exact && ok && slack >= 0 {
		t.tighten(&o.q, slack, lo, hi, must)
		clearGroups(t, lo, hi)
	}
	if out, ok := q.shrink(lo[:p.n], hi[:p.n], must); ok {
		return out
	}
	return q
}

// leastOf is the program with one more column, the smallest of some gains times
// their weights, to be maximised. nil: it can't reach least.
func (p *program) leastOf(weights []int64, least int64) *program {
	q := *p
	q.n, q.tail = p.n+1, p.n
	high := int64(noMost / 4)
	for i, w := range weights {
		if w == 0 {
			continue
		}
		m := &p.measures[i]
		most := m.base
		for j, v := range m.coef {
			most += max(v*p.lo[j], v*p.hi[j])
		}
		high = min(high, most*w)
	}
	low := least
	if low <= noLeast/4 {
		low = c0(p, weights)
	}
	if high < low {
		return nil
	}
	longer := func(v []int64, last int64) []int64 { return append(append(make([]int64, 0, q.n), v...), last) }
	q.lo, q.hi = longer(p.lo, low), longer(p.hi, high)
	q.group, q.from = append(slices.Clone(p.group), -1), append(slices.Clone(p.from), -1)
	q.measures = nil
	for _, m := range p.measures {
		q.measures = append(q.measures, measure{m.base, longer(m.coef, 0)})
	}
	q.obj = measure{0, longer(make([]int64, p.n), 1)}
	q.rows = make([]row, 0, len(p.rows)+len(weights))
	for _, r := range p.rows {
		if r.at == nil {
			r.coef = longer(r.coef, 0)
		}
		q.rows = append(q.rows, r)
	}
	for i, w := range weights {
		if w == 0 {
			continue
		}
		r := row{coef: longer(p.measures[i].coef, -1), lo: -p.measures[i].base * w, hi: noMost}
		if w != 1 {
			for j := range p.n {
				r.coef[j] *= w
			}
		}
		q.rows = append(q.rows, r)
	}
	return &q
}

// highBut bounds the smallest gain of all but so many parties, by bounds of
// columns alone.
func (p *program) highBut(of []int, excused int) int64 {
	var tops []int64
	for _, i := range of {
		m := &p.measures[i]
		most := m.base
		for j, v := range m.coef {
			most += max(v*p.lo[j], v*p.hi[j])
		}
		tops = append(tops, most)
	}
	slices.Sort(tops)
	return min(noMost/4, tops[excused])
}

// excusing is the program with the smallest gain of all but so many of some
// parties, each of which gains at least v, to be maximised. Each party has a column that excuses it from what least is above v: no
// more is needed to find whether least is reached, and the less an excuse is
// worth, the better are the bounds of the relaxation.
func (p *program) excusing(of []int, excused int, v, least int64) *program {
	q := *p
	k := len(of)
	q.n, q.tail = p.n+k+1, p.n+k
	q.lo = append(append(make([]int64, 0, q.n), p.lo...), make([]int64, k+1)...)
	q.hi = append(append(make([]int64, 0, q.n), p.hi...), ones(k+1)...)
	q.lo[q.tail], q.hi[q.tail] = v+1, p.highBut(of, excused)
	q.group, q.from = slices.Clone(p.group), slices.Clone(p.from)
	count := row{at: make([]int32, k), coef: ones(k), lo: noLeast, hi: int64(excused)}
	for j := range k + 1 {
		q.group, q.from = append(q.group, -1), append(q.from, -1)
		if j < k {
			count.at[j] = int32(p.n + j)
		}
	}
	q.excuses = count.at
	longer := func(v []int64) []int64 { return append(append(make([]int64, 0, q.n), v...), make([]int64, k+1)...) }
	q.measures = nil
	for _, m := range p.measures {
		q.measures = append(q.measures, measure{m.base, longer(m.coef)})
	}
	q.obj = measure{coef: make([]int64, q.n)}
	q.obj.coef[q.tail] = 1
	q.rows = make([]row, 0, len(p.rows)+k+1)
	for _, r := range p.rows {
		if r.at == nil {
			r.coef = longer(r.coef)
		}
		q.rows = append(q.rows, r)
	}
	for j, i := range of {
		r := row{coef: slices.Clone(q.measures[i].coef), lo: -p.measures[i].base, hi: noMost}
		r.coef[p.n+j], r.coef[q.tail] = least-v, -1
		q.rows = append(q.rows, r)
	}
	q.rows = append(q.rows, count)
	return &q
}

// c0 is less than or equal to every weighted gain: of the floors where there are
// any.
func c0(p *program, weights []int64) int64 {
	least := int64(noMost / 4)
	for i, w := range weights {
		if w == 0 {
			continue
		}
		if f := p.floor[i]; f != noFloor {
			least = min(least, f*w)
			continue
		}
		m := &p.measures[i]
		s := m.base
		for j, v := range m.coef {
			s += min(v*p.lo[j], v*p.hi[j])
		}
		least = min(least, s*w)
	}
	return least
}

// finish decides the last ties and writes the pick down. A search that is
// stopped among ties proves nothing: another of them may come first.
func (c *chooser) finish(ends []end) pick {
	if !c.stopped && len(ends) == 0 {
		return pick{proved: true}
	}
	var x []int64
	decided := false
	if !c.stopped {
		x, decided = c.last(firstEnds(ends))
	}
	out := c.best
	out.ideal, out.left = c.ideal, c.leftOut()
	if c.stopped {
		if out.bound = c.bound; out.bound == nil {
			out.bound = c.settled()
		}
		return out
	}
	out.proved, out.tied = true, !decided || c.open
	if decided {
		p := c.m.program
		out.x, out.gains, out.heads = x, p.gains(x), p.heads().of(x)
	}
	return out
}

// leftOut lists the parties that can gain nothing.
func (c *chooser) leftOut() (out []int) {
	if c.by.idealised() && c.ideal != nil {
		for i, most := range c.ideal {
			if most == 0 {
				out = append(out, i)
			}
		}
	}
	return out
}

// settled is the criterion's value where the search was stopped after that was
// known, among ties: that of the best seen.
func (c *chooser) settled() *big.Rat {
	b := &c.best
	switch {
	case !b.found:
		return big.NewRat(1, 1) // nobody has a part: the product and the share of nobody
	case c.by == Total:
		return new(big.Rat).SetInt64(sum(b.gains))
	case c.by == Home:
		return new(big.Rat).SetInt64(b.heads)
	case c.by == Maximin:
		return new(big.Rat).SetInt64(slices.Min(b.gains))
	case c.by == Nash:
		return new(big.Rat).SetInt(bigProduct(b.gains, c.in))
	case len(c.in) == 0:
		return big.NewRat(1, 1)
	}
	s := c.shareOf(b.gains, c.in)
	return big.NewRat(s.gain, s.of)
}

// firstEnds keeps the ends whose gains come first by leximin.
func firstEnds(ends []end) []end {
	l := &leximin{}
	var out []end
	for _, e := range ends {
		d := 1
		if len(out) > 0 {
			d = l.compare(&deal{gains: e.gains}, &deal{gains: out[0].gains})
		}
		if d > 0 {
			out = out[:0]
		}
		if d >= 0 {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b end) int { return slices.Compare(b.gains, a.gains) })
	return out
}

// last decides by heads and by ids. Above Decided in trade it picks some
// exchange of the first end, always the same, and says that it left ties open.
func (c *chooser) last(ends []end) ([]int64, bool) {
	if !c.m.program.small(c.m) {
		return nil, c.sample(ends)
	}
	var heads []end
	var most int64 = -1
	for _, e := range ends {
		q := e.p.exactly(e.gains)
		q = q.maximising(*q.heads())
		o := c.maximise(q, max(most, 0), false)
		if !o.found {
			continue
		}
		if o.value > most {
			most, heads = o.value, heads[:0]
		}
		heads = append(heads, end{q.holding(&o), e.gains})
	}
	var x []int64
	best := int64(-1)
	for _, e := range heads {
		q := e.p.maximising(c.m.byIDs(e.p))
		o := c.maximise(q, best+1, false)
		if o.found {
			best, x = o.value, q.expand(o.x)
		}
	}
	return x, x != nil && !c.stopped
}

// sample makes sure that the best seen is of the first end.
func (c *chooser) sample(ends []end) bool {
	e := ends[0]
	q := e.p.exactly(e.gains)
	q = q.maximising(measure{coef: make([]int64, q.n)})
	o := c.maximise(q, 0, true)
	if o.found {
		x := q.expand(o.x)
		p := c.m.program
		c.best.x, c.best.gains, c.best.heads = x, p.gains(x), p.heads().of(x)
	}
	return false
}

// exactly is the program with gains of just so much.
func (p *program) exactly(gains []int64) *program {
	q := p.with(slices.Clone(gains))
	for i, g := range gains {
		m := &p.measures[i]
		q.rows = append(q.rows, row{coef: m.coef, lo: noLeast, hi: g - m.base})
	}
	return q
}

// small tells whether ties are decided to the end.
func (p *program) small(m *model) bool { return len(m.of.trade.atoms) <= Decided }

// byIDs is the objective under which, of exchanges with as many heads, the one
// with the smallest ids has most: each id counts more than all after it.
func (m *model) byIDs(p *program) measure {
	t := &m.of.trade
	out := measure{coef: make([]int64, p.n)}
	rank := map[string]int64{}
	var ids []string
	for _, a := range t.atoms {
		ids = append(ids, string(t.id(a)))
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	for i, id := range ids {
		rank[id] = 1 << (len(ids) - 1 - i)
	}
	worth := func(atoms []int32) (n int64) {
		for _, k := range atoms {
			n += rank[string(t.id(t.atoms[k]))]
		}
		return n
	}
	full := make([]int64, len(m.columns))
	for j, c := range m.columns {
		full[j] = worth(c.atoms[0]) - worth(c.instead)
	}
	out.base = worth(m.always)
	for j, v := range p.full {
		out.base += v * full[j]
	}
	for j, k := range p.from {
		out.base -= p.full[k] * full[k]
		out.coef[j] = full[k]
	}
	return out
}
