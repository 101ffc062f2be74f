package frontier

import "slices"

// walk is one half of the curve, from the place where its slope falls below 1.
type walk struct {
	trades  []trade1
	first   int     // the first trade whose ratio is below 1
	most    int64   // how far to go
	from    int     // trades before are made in any case
	start   int64   // from here on, after w0, the table is proved: where the trades before first come to
	w0, p0  int64   // what the trades before from come to
	table   []int32 // by loss from w0 on: what is gained, from p0 on, by something that loses no more; its running maximum is the most
	line    curve   // from w0 and p0 on
	steps   []step
	levels  []level
	rises   []int32 // the places from start on that gain more than all before
	made    []uint64
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
	start, most := int64(0), int64(0)
	for k, t := range h.trades {
		if k < h.first {
			start += int64(t.w)
		}
		most = max(most, int64(t.w))
	}
	h.levels = []level{{0, before}, {start + most, 2 * least}}
	for range 60 {
		if !h.try() {
			break
		}
		want, rises := h.wanting()
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
	return min(all, h.most)
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

// plan gives each trade its window.
func (h *walk) plan() {
	p := &planner{walk: h, size: int32(len(h.table)), drift: h.drift(), ends: h.ends()}
	p.last = h.line.slope[h.line.segment(p.size-1)]
	if h.steps == nil {
		h.steps = make([]step, 0, len(h.trades)-h.from)
	}
	h.steps = h.steps[:0]
	for k := h.from; k < len(h.trades); k++ {
		t := &h.trades[k]
		hi := min(h.line.at[k-h.from], p.size-1-t.w)
		if hi < 0 {
			continue
		}
		if lo := max(p.window(k, hi), p.onTheWay(k)); lo <= hi {
			h.steps = append(h.steps, step{trade: int32(k), lo: lo, hi: hi, w: t.w, gain: t.p})
		}
	}
}

// ends are the last place of each level, within the curve.
func (h *walk) ends() []int32 {
	out := make([]int32, len(h.levels))
	end := h.line.at[len(h.line.at)-1]
	for i := range out {
		out[i] = end
		if i+1 < len(out) {
			out[i] = int32(min(int64(end), h.levels[i+1].at-h.w0-1))
		}
	}
	return out
}

// planner finds windows. Where the last one began is near to where the next does.
type planner struct {
	*walk
	size  int32
	drift int64
	last  int64   // the slope of the curve at the end of the table, rounded down
	ends  []int32 // of levels
	near  int
	nearW int
}

// window is a place, up to hi, before which the k-th trade needs not be tried;
// above hi if that is so everywhere.
func (p *planner) window(k int, hi int32) int32 {
	t := &p.trades[k]
	gain := int64(t.p) << fine
	cost := int64(t.w)*p.last - gain // what it falls short of the curve at its end
	from := int32(0)
	for i := range p.levels {
		to, limit := min(hi, p.ends[i]), p.levels[i].g+p.drift
		if from <= to && cost <= limit {
			if lo, ok := p.firstWithin(k-p.from, to, t.w, gain+limit); ok {
				return max(lo, from)
			}
		}
		from = max(from, p.ends[i]+1)
		if from > hi {
			break
		}
	}
	return hi + 1
}

// firstWithin is a place before which the curve rises by more than limit over w;
// ok is false if it does at to, too. It rises less and less. to is at most where
// the k-th trade begins.
func (p *planner) firstWithin(k int, to, w int32, limit int64) (lo int32, ok bool) {
	c := &p.line
	if to < c.at[k] {
		k = c.segment(to)
	}
	if c.rise(k, to, w) > limit {
		return 0, false
	}
	p.near = gallop(min(p.near, k), k+1, func(i int) bool { return c.rise(i, c.at[i], w) <= limit })
	if p.near == 0 {
		return 0, true
	}
	return c.at[p.near-1] + 1, true
}

// onTheWay is a place before which the k-th trade can't lead to the part that is
// proved, which begins at start; the trades before come to where it begins.
//
// What leaves out trades of ratios from 1 on makes up for them by later ones, of
// the ratio of the first below 1 at most, so it ends up at least as far from the
// curve as that falls short. And from where it is, a trade of a ratio r below 1 and
// those after it lead to start by a line of slope r at most.
func (p *planner) onTheWay(k int) int32 {
	c := &p.line
	next := max(k, p.first)
	i := min(k, p.first) - p.from
	to := c.at[i]
	if to <= 0 || to >= p.size {
		return 0
	}
	slope := int64(1) << fine
	if next < len(p.trades) {
		slope = c.slope[next-p.from] + 1
	}
	short := func(i int) int64 { return int64(c.top[i])<<fine - slope*int64(c.at[i]) }
	top := short(i) - p.levels[0].g - p.drift
	p.nearW = gallop(min(p.nearW, i), i, func(i int) bool { return short(i) >= top })
	least := int32(0)
	if p.nearW > 0 {
		least = c.at[p.nearW-1] + 1
	}
	if k >= p.first { // nearer than one trade it may end up behind start
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
// there is, and counts the rises.
func (h *walk) wanting() (want []level, rises int) {
	best, drift := int32(-1), h.drift()
	start := int32(min(h.start, int64(len(h.table))))
	for _, v := range h.table[:start] {
		best = max(best, v)
	}
	at, i := 0, h.first-h.from
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
		if need := top + drift - (int64(best)+1)<<fine; need > h.levels[at].g {
			want = append(want, level{h.w0 + int64(w), min(need, 2*h.levels[at].g)})
		}
		top += slope
	}
	return want, rises
}

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
