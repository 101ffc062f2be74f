package frontier

import (
	"math/big"
	"slices"
)

// walk is one half of the curve, from the place where its slope falls below 1.
type walk struct {
	trades  []trade1
	first   int     // the trades before are of ratios above 1, or from 1 on
	goal    int     // the trades from first on and before this are of ratio 1, and nothing is looked for up to its place
	soon    int32   // but so far from start on
	far     int64   // how far to go
	from    int     // trades before are made in any case
	start   int64   // from here on, after w0, the table is proved: where the trades before first come to
	w0, p0  int64   // what the trades before from come to
	table   []int32 // by loss from w0 on: what is gained, from p0 on, by something that loses no more; its running maximum is the most
	line    curve   // from w0 and p0 on
	steps   []step
	levels  []level
	rises   []int32 // the places from start on that gain more than all before
	made    []uint64
	sums    *big.Int // bits: what trades of ratio 1 come to
	tooWide bool
}

// step is a trade with the window of places from which it is tried.
type step struct {
	trade   int32
	lo, hi  int32
	w, gain int32
}

// level is a tolerance for the places from at on, up to the next level. Levels
// fall: a tolerance holds for all that lies behind, since a package that ends at
// w has only places up to w on its way.
type level struct{ at, g int64 }

// fill finds tolerances that prove themselves.
func (h *walk) fill() {
	least := int64(1) << fine / 5
	before := least * 21 / 4 // near slope 1, where costs are whole points
	if n := len(h.trades); n < 150 {
		least, before = 8*least, 16*least
	} else if n < 1000 {
		least *= 2
	}
	h.goal = h.first
	for h.goal < len(h.trades) && h.trades[h.goal].w == h.trades[h.goal].p {
		h.goal++
	}
	place, most := int64(0), int64(0)
	for k, t := range h.trades {
		if k < h.goal {
			place += int64(t.w)
		}
		most = max(most, int64(t.w))
	}
	h.soon = int32(most)
	h.levels = []level{{0, before}, {place + most, 2 * least}, {place + 8*most, least}}
	for range 60 {
		if !h.try() {
			break
		}
		want, rises, early := h.wanting()
		if early {
			h.goal = h.first
			continue
		}
		if want == nil {
			h.rise(rises)
			return
		}
		h.levels = raised(h.levels, want, least)
	}
	h.tooWide = true
}

// try fills the table with the present tolerances.
func (h *walk) try() bool {
	h.begin(h.levels[0].g)
	size := h.reach() - h.w0 + 1
	if size <= 0 {
		h.table, h.steps = nil, nil
		return true
	}
	if size > mostCells {
		return false
	}
	if int64(cap(h.table)) < size {
		h.table = make([]int32, size)
	} else {
		h.table = h.table[:size]
		clear(h.table)
	}
	h.line.draw(h.trades[h.from:])
	h.plan()
	if h.cells() > mostWork {
		return false
	}
	for i := range h.steps {
		apply(h.table, &h.steps[i])
	}
	return true
}

// mostWork is how many cells may be tried in one pass.
const mostWork = 4 << 30

// reach is how far there is to go.
func (h *walk) reach() int64 {
	var all int64
	for _, t := range h.trades {
		all += int64(t.w)
	}
	return min(all, h.far)
}

// begin finds the trades that are made in any case: not to make one of a ratio
// above 1 costs p - s·w where the slope is s, at most that of the first below 1.
func (h *walk) begin(g int64) {
	h.from, h.w0, h.p0 = 0, 0, 0
	s := trade1{w: 1, p: 1}
	if h.first < len(h.trades) {
		s = h.trades[h.first]
	}
	h.start = 0
	for k := range h.first {
		h.start += int64(h.trades[k].w)
	}
	for h.from < h.first {
		t := h.trades[h.from]
		if cost := (int64(t.p)*int64(s.w) - int64(s.p)*int64(t.w)) << fine / int64(s.w); cost <= g {
			break
		}
		h.w0 += int64(t.w)
		h.p0 += int64(t.p)
		h.start -= int64(t.w)
		h.from++
	}
}

// plan gives each trade its windows.
func (h *walk) plan() {
	p := &planner{walk: h, size: int32(len(h.table)), drift: h.drift()}
	p.last = h.line.slope[h.line.segment(p.size-1)]
	p.aims = h.aims(p.size)
	if h.steps == nil {
		h.steps = make([]step, 0, (len(h.trades)-h.from)*5/4)
	}
	h.steps = h.steps[:0]
	for k := h.from; k < len(h.trades) && len(p.aims) > 0; k++ {
		if hi := min(h.line.at[k-h.from], p.size-1-h.trades[k].w); k < h.first {
			h.push(k, p.least(k, hi, &p.aims[0]), hi) // the others' are within this
		} else {
			p.windows(k, hi)
		}
	}
}

// windows are those of the k-th trade, up to a place, one for each aim; those that
// meet are one. The last comes first, so that the trade is not made twice.
func (p *planner) windows(k int, most int32) {
	w := p.trades[k].w
	lo, hi := most+1, most
	for i := len(p.aims) - 1; i >= 0; i-- {
		a := &p.aims[i]
		to := min(most, a.until-w)
		from := p.least(k, to, a)
		if k < p.goal && a.goal >= p.goal { // wide enough to come to every place between
			from = min(from, max(0, to-2*p.soon))
		}
		switch {
		case from > to:
		case to+1 >= lo:
			lo = min(lo, from)
		default:
			p.push(k, lo, hi)
			lo, hi = from, to
		}
	}
	p.push(k, lo, hi)
}

// push has the k-th trade tried from a window; from none where lo is above hi.
func (h *walk) push(k int, lo, hi int32) {
	if lo <= hi {
		h.steps = append(h.steps, step{trade: int32(k), lo: lo, hi: hi, w: h.trades[k].w, gain: h.trades[k].p})
	}
}

// aim is what a window is for: to end at one of some places with no more than a
// tolerance.
type aim struct {
	until int32 // the last of the places
	goal  int   // a trade that begins at the first of them or before
	most  int64 // the tolerance

	end, within, above int // segments: of until; near to where the next window begins
}

// aims are those of the levels, in their order, up to where the table ends. Between
// soon and the place of the goal there is nothing to look for.
func (h *walk) aims(size int32) (out []aim) {
	start, goal := h.line.at[h.first-h.from], h.line.at[h.goal-h.from]
	add := func(from, until int32, most int64) {
		if from <= until {
			end := h.line.segment(until)
			out = append(out, aim{until: until, goal: h.line.segment(from) + h.from, most: most, end: end})
		}
	}
	for i, l := range h.levels {
		from, until := max(int64(start), l.at-h.w0), int64(size)-1
		if i+1 < len(h.levels) {
			until = min(until, h.levels[i+1].at-h.w0-1)
		}
		if from > until {
			continue
		}
		if h.goal > h.first {
			add(int32(from), min(int32(until), start+h.soon-1), l.g)
		}
		add(max(int32(from), goal), int32(until), l.g)
	}
	return out
}

// planner finds windows.
type planner struct {
	*walk
	size  int32
	drift int64
	last  int64 // the slope of the curve at the end of the table, rounded down
	aims  []aim
}

// least is a place, up to hi, before which the k-th trade needs not be tried;
// above hi if that is so everywhere.
func (p *planner) least(k int, hi int32, a *aim) int32 {
	t, limit := &p.trades[k], a.most+p.drift
	if hi < 0 || int64(t.w)*p.last-int64(t.p)<<fine > limit { // it falls short of the curve even at its end
		return hi + 1
	}
	lo := p.firstWithin(k-p.from, hi, t.w, int64(t.p)<<fine+limit, a)
	if lo > hi {
		return lo
	}
	return max(lo, p.onTheWay(k, a))
}

// firstWithin is a place before which the curve rises by more than limit over w;
// above hi if it does there, too. It rises less and less. hi is at most where the
// k-th trade begins.
func (p *planner) firstWithin(k int, hi, w int32, limit int64, a *aim) int32 {
	c := &p.line
	for k = min(k, a.end); c.at[k] > hi; {
		k--
	}
	if c.rise(k, hi, w) > limit {
		return hi + 1
	}
	a.within = gallop(min(a.within, k), k+1, func(i int) bool { return c.rise(i, c.at[i], w) <= limit })
	if a.within == 0 {
		return 0
	}
	return c.at[a.within-1] + 1
}

// onTheWay is a place before which the k-th trade can't lead to the place of the
// goal or past it.
//
// What leaves out trades before the goal makes up for them by later ones, of the
// goal's ratio at most, so it ends up at least as far from the curve as that falls
// short. And from where it is, a trade after the goal, of a ratio r, and those
// after it lead to the goal's place by a line of slope r at most.
func (p *planner) onTheWay(k int, a *aim) int32 {
	c := &p.line
	next := max(k, a.goal)
	i := min(k, a.goal) - p.from
	to := c.at[i]
	if to <= 0 || to >= p.size {
		return 0
	}
	slope := int64(1) << fine
	if next < len(p.trades) {
		slope = c.slope[next-p.from] + 1
	}
	short := func(i int) int64 { return int64(c.top[i])<<fine - slope*int64(c.at[i]) }
	top := short(i) - a.most - p.drift
	a.above = gallop(min(a.above, i), i, func(i int) bool { return short(i) >= top })
	least := int32(0)
	if a.above > 0 {
		least = c.at[a.above-1] + 1
	}
	if k >= a.goal { // nearer than one trade it may end up behind the goal
		return min(least, max(0, to-p.trades[k].w))
	}
	return least
}

// gallop is the first of 0, 1, … n for which a condition holds that holds for all
// after it, and for n; it is looked for from near on.
func gallop(near, n int, holds func(i int) bool) int {
	lo, hi := 0, n // holds(hi), not holds(lo-1)
	if holds(near) {
		hi = near
		for d := 1; hi-d >= lo; d *= 2 {
			if !holds(hi - d) {
				lo = hi - d + 1
				break
			}
			hi -= d
		}
	} else {
		lo = near + 1
		for d := 1; lo+d-1 < hi; d *= 2 {
			if holds(lo + d - 1) {
				hi = lo + d - 1
				break
			}
			lo += d
		}
	}
	for lo < hi {
		if mid := int(uint(lo+hi) / 2); holds(mid) {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return hi
}

// drift bounds how far below the curve rounding leaves a place, twice.
func (h *walk) drift() int64 {
	var most int32 = 1
	for _, t := range h.trades[h.from:] {
		most = max(most, t.w)
	}
	return 2*int64(most) + 2
}

// apply tries a trade from its window. It goes down, so that none is made twice.
func apply(table []int32, s *step) {
	from := table[s.lo : s.hi+1]
	to := table[s.lo+s.w:][:len(from)]
	p := s.gain
	for i := len(from) - 1; i >= 0; i-- {
		to[i] = max(to[i], from[i]+p)
	}
}

// wanting compares the tolerances with what proves the table: how far above the
// best so far, and 1, the curve stands. It lists the places that ask for more than
// there is, and counts the rises. early tells that something may be missing
// between soon and the goal, where nothing was looked for: the curve's heights
// there are whole, so the best is missed only where it stands on the curve, and
// that do just sums of trades of ratio 1.
func (h *walk) wanting() (want []level, rises int, early bool) {
	if len(h.table) == 0 {
		return nil, 0, false
	}
	best, drift := int32(-1), h.drift()
	start := int32(min(h.start, int64(len(h.table))))
	for _, v := range h.table[:start] {
		best = max(best, v)
	}
	at, i := 0, h.first-h.from
	goal, soon := h.line.at[h.goal-h.from], start+h.soon
	until := start // the end of the segment or level that the place is in
	var top, slope int64
	for w, v := range h.table[start:] {
		w := start + int32(w)
		if w == until {
			for at+1 < len(h.levels) && h.levels[at+1].at <= h.w0+int64(w) {
				at++
			}
			i = h.line.on(i, w)
			top, slope = h.line.height(i, w), h.line.slope[i]
			until = h.until(i, at)
		}
		if v > best {
			best = v
			rises++
		}
		need := top + drift - (int64(best)+1)<<fine
		if w >= soon && w < goal {
			short := top>>fine - int64(best)
			early = early || short > 1 || short == 1 && h.reaches(w-start)
		} else if need > h.levels[at].g {
			want = append(want, level{h.w0 + int64(w), min(need, 2*h.levels[at].g)})
		}
		top += slope
	}
	return want, rises, early
}

// reaches tells whether some of the trades of ratio 1 come to a sum; it may say so
// of what it can't tell.
func (h *walk) reaches(sum int32) bool {
	if h.line.at[h.goal-h.from]-h.line.at[h.first-h.from] > longStretch {
		return true
	}
	if h.sums == nil {
		h.sums = big.NewInt(1)
		for k, more := h.first, new(big.Int); k < h.goal; k++ {
			h.sums.Or(h.sums, more.Lsh(h.sums, uint(h.trades[k].w)))
		}
	}
	return h.sums.Bit(int(sum)) == 1
}

// longStretch is up to which sum of trades of ratio 1 their sums are listed.
const longStretch = 1 << 20

// until is where the first of a segment and a level ends.
func (h *walk) until(segment, at int) int32 {
	end := int64(len(h.table))
	if segment+1 < len(h.line.at) {
		end = min(end, int64(h.line.at[segment+1]))
	}
	if at+1 < len(h.levels) {
		end = min(end, h.levels[at+1].at-h.w0)
	}
	return int32(end)
}

// rise lists the rises, of which there are n.
func (h *walk) rise(n int) {
	h.rises = make([]int32, 0, n)
	start, best := int(min(h.start, int64(len(h.table)))), int32(-1)
	for _, v := range h.table[:start] {
		best = max(best, v)
	}
	for i, v := range h.table[start:] {
		if v > best {
			best = v
			h.rises = append(h.rises, int32(start+i))
		}
	}
}

// raised merges tolerances with what places ask for, in steps of a doubling.
func raised(levels, want []level, least int64) []level {
	all := append([]level(nil), want...)
	for i, l := range levels {
		end := int64(1) << 62
		if i+1 < len(levels) {
			end = levels[i+1].at - 1
		}
		all = append(all, level{end, l.g})
	}
	slices.SortFunc(all, func(a, b level) int { return int(min(1, max(-1, b.at-a.at))) })
	var out []level // from the end: up to at, so much
	for _, l := range all {
		g := least
		for g < l.g {
			g *= 2
		}
		if n := len(out); n == 0 || g > out[n-1].g {
			out = append(out, level{l.at, g})
		}
	}
	slices.Reverse(out)
	for i := len(out) - 1; i > 0; i-- {
		out[i].at = out[i-1].at + 1
	}
	out[0].at = 0
	return out
}

// record fills the table once more and notes where each trade was made: a bit for
// each place of each window, one window after the other.
func (h *walk) record() {
	table := make([]int32, len(h.table))
	h.made = make([]uint64, h.cells()/64+1)
	end := 0
	for k := range h.steps {
		s := &h.steps[k]
		for i := s.hi; i >= s.lo; i-- {
			if v := table[i] + s.gain; v > table[i+s.w] {
				table[i+s.w] = v
				bit := end + int(i-s.lo)
				h.made[bit/64] |= 1 << (uint(bit) % 64)
			}
		}
		end += int(s.hi-s.lo) + 1
	}
}

// trace goes back from a place and tells the trades that led there.
func (h *walk) trace(at int32, tell func(trade1)) {
	for _, t := range h.trades[:h.from] {
		tell(t)
	}
	end := h.cells()
	for k := len(h.steps) - 1; k >= 0; k-- {
		s := &h.steps[k]
		end -= int(s.hi-s.lo) + 1
		i := at - s.w
		if i < s.lo || i > s.hi {
			continue
		}
		if bit := end + int(i-s.lo); h.made[bit/64]>>(uint(bit)%64)&1 == 1 {
			tell(h.trades[s.trade])
			at = i
		}
	}
}

// cells counts what is tabulated.
func (h *walk) cells() (n int) {
	for _, s := range h.steps {
		n += int(s.hi-s.lo) + 1
	}
	return n
}
