package frontier

import (
	"slices"
	"sync"
)

// windowed finds the whole frontier of two parties where nothing but their two
// gains bounds what is released.
//
// Start from what is best for the first party, A. Every step away from it is a
// trade: A loses w, the other gains p. Sorted by p/w the trades give a concave
// curve L(w) that nothing passes. For a package built in that order the distance
// to L never shrinks, since at a place that the first k trades can reach the
// slope of L is at least the ratio of the next. So with a tolerance G a trade
// needs to be tried only where it adds at most G to the distance: at the end of
// what is reachable, a window. Whatever comes out is possible; that nothing is
// missing is proved afterwards: an exchange that would be new at w is higher
// than the best so far by 1, so it lies within L(w)-best(w)-1 of the curve, and
// if that is at most G everywhere, it was found. Else G becomes that and the
// table is filled once more.
//
// Where the curve is steeper than 1 the parties change roles and it is walked
// from the other end, so that a step of 1 is never worth much.
type windowed struct {
	m          *model
	base       []int64 // values of the columns before any trade
	a, b       int64   // gains before any trade
	trades     []trade1
	flat       *walk
	steep      *walk
	all        int64 // what the other gains by all trades
	loss       int64 // what A loses by all
	recordOnce sync.Once
}

// trade1 is one more step of a column: w is lost, p gained.
type trade1 struct {
	w, p   int32
	column int32
	by     int32 // what it adds to the column
}

// Bounds of what is tabulated.
const (
	mostCells = 1 << 26
	mostSum   = 1 << 30
	fewTrades = 500     // with fewer, lists are shorter than
	longTable = 1 << 20 // such tables
)

// newWindowed makes a model ready; nil where it has rows, choices, or numbers too
// large for a table.
func newWindowed(m *model) *windowed {
	p := m.program
	if p.parties() != 2 || len(p.groups) > 0 {
		return nil
	}
	f := &windowed{m: m, base: make([]int64, p.n), a: p.measures[0].base, b: p.measures[1].base}
	for _, r := range p.rows {
		if !isHeads(p, &r) {
			return nil
		}
	}
	for j := range int32(p.n) {
		if !f.add(j, p.measures[0].coef[j], p.measures[1].coef[j], p.hi[j]) {
			return nil
		}
	}
	if len(f.trades) < fewTrades && max(f.loss, f.all) > longTable {
		return nil
	}
	slices.SortFunc(f.trades, func(x, y trade1) int {
		d := int64(y.p)*int64(x.w) - int64(x.p)*int64(y.w)
		switch {
		case d < 0:
			return -1
		case d > 0:
			return 1
		}
		return int(x.column - y.column)
	})
	return f
}

// isHeads tells whether a row is the one that asks for somebody.
func isHeads(p *program, r *row) bool {
	return r.at == nil && len(r.coef) > 0 && &r.coef[0] == &p.heads().coef[0]
}

// add takes in a column: what both want, what neither wants, or trades.
func (f *windowed) add(j int32, a, b, times int64) bool {
	switch {
	case a >= 0 && b >= 0:
		if a > 0 || b > 0 {
			f.base[j] = times
			f.a += a * times
			f.b += b * times
		}
		return true
	case a <= 0 && b <= 0:
		return true
	}
	t := trade1{column: j, by: 1}
	w, p := -a, b
	if a > 0 {
		f.base[j] = times
		f.a += a * times
		f.b += b * times
		w, p, t.by = a, -b, -1
	}
	if w >= mostSum || p >= mostSum {
		return false
	}
	t.w, t.p = int32(w), int32(p)
	f.loss += w * times
	f.all += p * times
	if f.loss >= mostSum || f.all >= mostSum {
		return false
	}
	for range times {
		f.trades = append(f.trades, t)
	}
	return true
}

// run fills the tables and lists the points, gains of the first ascending; ok is
// false where the window grew too wide.
func (f *windowed) run() (deals []deal, ok bool) {
	p := f.m.program
	most := f.loss
	if fl := p.floor[0]; fl != noFloor {
		most = min(most, f.a-fl)
	}
	least := int64(0) // of what the other gains by trades
	if fl := p.floor[1]; fl != noFloor {
		least = max(0, fl-f.b)
	}
	if most < 0 || least > f.all {
		return nil, true
	}
	k := 0
	var w, g int64
	for ; k < len(f.trades) && f.trades[k].p >= f.trades[k].w; k++ {
		w += int64(f.trades[k].w)
		g += int64(f.trades[k].p)
	}
	f.flat = &walk{trades: f.trades, first: k, most: most}
	f.steep = &walk{trades: turned(f.trades), first: len(f.trades) - k, most: f.all - least}
	var wait sync.WaitGroup
	for _, h := range []*walk{f.flat, f.steep} {
		wait.Go(h.fill)
	}
	wait.Wait()
	if f.flat.tooWide || f.steep.tooWide {
		return nil, false
	}
	return f.points(most, least), true
}

// turned lists the trades from the other end, the parties in each other's place.
func turned(trades []trade1) []trade1 {
	out := make([]trade1, len(trades))
	for i, t := range trades {
		out[len(trades)-1-i] = trade1{t.p, t.w, t.column, t.by}
	}
	return out
}

// spot is a cell of a table that is a point: what A has lost, what B has won.
type spot struct {
	lost, won int32
	at        int32
	steep     bool
}

// points reads both tables and keeps what nothing beats.
func (f *windowed) points(most, least int64) []deal {
	spots := mergedSpots(f.keptSpots(), f.lostSpots())
	deals := make([]deal, 0, len(spots))
	room := make([]int64, 2*len(spots))
	of := func(at int64) []int32 { return f.m.released(f.values(spots[at])) }
	for i := len(spots) - 1; i >= 0; i-- {
		lost, won := int64(spots[i].lost), int64(spots[i].won)
		if lost > most || won < least {
			continue
		}
		deals = append(deals, deal{gains: append(room[:0:2], f.a-lost, f.b+won), at: int64(i), of: of})
		room = room[2:]
	}
	return deals
}

// lostSpots are the cells of the flat table that win more than all of less loss,
// by what is lost.
func (f *windowed) lostSpots() []spot {
	h := f.flat
	spots := make([]spot, 0, h.rises())
	top := int32(-1)
	for i, v := range h.table {
		if v > top {
			top = v
			spots = append(spots, spot{lost: int32(h.w0) + int32(i), won: int32(h.p0) + v, at: int32(i)})
		}
	}
	return spots
}

// keptSpots are likewise the cells of the steep table in which A keeps more than
// in all where B gives up less, by what A loses.
func (f *windowed) keptSpots() []spot {
	h := f.steep
	spots := make([]spot, h.rises())
	k := len(spots)
	top := int32(-1)
	for i, v := range h.table {
		if v > top {
			top = v
			k--
			spots[k] = spot{lost: int32(f.loss-h.p0) - v, won: int32(f.all-h.w0) - int32(i), at: int32(i), steep: true}
		}
	}
	return spots
}

// rises counts the cells that are higher than all before.
func (h *walk) rises() (n int) {
	top := int32(-1)
	for _, v := range h.table {
		if v > top {
			top = v
			n++
		}
	}
	return n
}

// mergedSpots merges two lists by what is lost and keeps what wins more than all
// that loses no more.
func mergedSpots(a, b []spot) []spot {
	out := make([]spot, 0, len(a)+len(b))
	top := int32(-1)
	for len(a) > 0 || len(b) > 0 {
		var s spot
		if len(b) == 0 || len(a) > 0 && (a[0].lost < b[0].lost || a[0].lost == b[0].lost && a[0].won >= b[0].won) {
			s, a = a[0], a[1:]
		} else {
			s, b = b[0], b[1:]
		}
		if s.won > top {
			top = s.won
			out = append(out, s)
		}
	}
	return out
}

// values are the columns' values at a spot.
func (f *windowed) values(s spot) []int64 {
	f.recordOnce.Do(func() {
		f.flat.record()
		f.steep.record()
	})
	x := slices.Clone(f.base)
	if !s.steep {
		f.flat.trace(int(s.at), func(t trade1) { x[t.column] += int64(t.by) })
		return x
	}
	for _, t := range f.trades {
		x[t.column] += int64(t.by)
	}
	f.steep.trace(int(s.at), func(t trade1) { x[t.column] -= int64(t.by) })
	return x
}

// walk is one half of the curve, from the place where its slope falls below 1.
type walk struct {
	trades  []trade1
	first   int     // the first trade whose ratio is below 1
	most    int64   // how far to go
	from    int     // trades before are made in any case
	start   int64   // from here on, after w0, the table is proved: where the trades before first come to
	w0, p0  int64   // what they come to
	table   []int32 // by loss from w0 on: the most that is gained from p0 on; -1 for impossible
	curve   []int64 // L from w0 on, times 2^fine, rounded down
	steps   []step
	levels  []level
	tooWide bool
}

// step is a trade with the window of places from which it is tried.
type step struct {
	trade   int32
	lo, hi  int32
	bits    []uint64
	w, gain int32
}

// fine is the number of binary places of the curve. Rounding each cell down
// keeps it below the curve by less than drift of these units.
const fine = 20

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
			h.tooWide = true
			return
		}
		if !h.raise(least) {
			return
		}
	}
	h.tooWide = true
}

// try fills the table with the present tolerances.
func (h *walk) try() bool {
	h.begin(h.levels[0].g)
	size := h.reach() - h.w0 + 1
	if size <= 0 {
		h.table, h.curve, h.steps = nil, nil, nil
		return true
	}
	if size > mostCells {
		return false
	}
	h.draw(int(size))
	if int64(cap(h.table)) < size {
		h.table = make([]int32, size)
	}
	h.table = h.table[:size]
	for i := range h.table {
		h.table[i] = -1 << 30
	}
	h.table[0] = 0
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

// draw writes the curve.
func (h *walk) draw(size int) {
	if cap(h.curve) < size {
		h.curve = make([]int64, size)
	}
	h.curve = h.curve[:size]
	h.curve[0] = 0
	at, top := 0, int64(0)
	for _, t := range h.trades[h.from:] {
		if at >= size-1 {
			break
		}
		slope := int64(t.p) << fine / int64(t.w)
		n := min(int(t.w), size-1-at)
		v := top
		for i := at + 1; i <= at+n; i++ {
			v += slope
			h.curve[i] = v
		}
		at += n
		top += int64(t.p) << fine
		if n == int(t.w) {
			h.curve[at] = top
		}
	}
	for i := at + 1; i < size; i++ {
		h.curve[i] = top
	}
}

// plan gives each trade its window.
func (h *walk) plan() {
	h.steps = h.steps[:0]
	size := int64(len(h.table))
	drift := h.drift()
	last := h.slopeAtEnd()
	end := int64(0) // what the trades so far come to
	for k := h.from; k < len(h.trades); k++ {
		t := h.trades[k]
		hi := min(end, size-1-int64(t.w))
		end += int64(t.w)
		if hi < 0 {
			continue
		}
		lo := max(h.window(t, hi, drift, int64(t.w)*last-int64(t.p)<<fine), h.onTheWay(k, hi, end-int64(t.w), drift))
		if lo <= hi {
			h.steps = append(h.steps, step{trade: int32(k), lo: int32(lo), hi: int32(hi), w: t.w, gain: t.p})
		}
	}
}

// window is the least place, up to hi, from which a trade is tried; above hi if
// there is none. cost is what the trade falls short of the curve at its end.
func (h *walk) window(t trade1, hi, drift, cost int64) int64 {
	for i, l := range h.levels {
		from, to := max(0, l.at-h.w0), hi
		if i+1 < len(h.levels) {
			to = min(hi, h.levels[i+1].at-h.w0-1)
		}
		if from > to || cost > l.g+drift {
			continue
		}
		if lo := h.firstWithin(int(from), int(to), int(t.w), l.g+int64(t.p)<<fine+drift); int64(lo) <= to {
			return int64(lo)
		}
	}
	return hi + 1
}

// onTheWay is the least place w, up to hi, from which the k-th trade can lead to
// the part that is proved, which begins at start; the trades before come to end.
//
// What leaves out trades of ratios from 1 on makes up for them by later ones, of
// the ratio of the first below 1 at most, so it ends up at least as far from the
// curve as that falls short. And from where it is, a trade of a ratio r below 1 and
// those after it lead to start by a line of slope r at most.
func (h *walk) onTheWay(k int, hi, end, drift int64) int64 {
	to, next := end, h.first
	if k >= h.first {
		to, next = h.start, k
	}
	if to <= 0 || to >= int64(len(h.curve)) {
		return 0
	}
	slope := int64(1) << fine
	if next < len(h.trades) {
		t := h.trades[next]
		slope = int64(t.p)<<fine/int64(t.w) + 1
	}
	least := h.firstAbove(min(hi, to), to, slope, h.levels[0].g+drift)
	if k >= h.first { // nearer than one trade it may end up behind start
		return min(least, max(0, to-int64(h.trades[k].w)))
	}
	return least
}

// firstAbove is the least place, up to hi, from which the curve rises by at most
// limit more than a line of so much slope up to a place: it rises less and less.
func (h *walk) firstAbove(hi, to, slope, limit int64) int64 {
	top := h.curve[to] - slope*to
	lo := int64(0)
	for lo <= hi {
		if mid := (lo + hi) / 2; top-(h.curve[mid]-slope*mid) <= limit {
			hi = mid - 1
		} else {
			lo = mid + 1
		}
	}
	return lo
}

// firstWithin is the least place from which the curve rises by at most limit
// over w: it rises less and less.
func (h *walk) firstWithin(lo, hi, w int, limit int64) int {
	for lo <= hi {
		mid := int(uint(lo+hi) / 2)
		if h.curve[mid+w]-h.curve[mid] <= limit {
			hi = mid - 1
		} else {
			lo = mid + 1
		}
	}
	return lo
}

// drift bounds how far below the curve rounding leaves a cell.
func (h *walk) drift() int64 {
	var most int32 = 1
	for _, t := range h.trades[h.from:] {
		most = max(most, t.w)
	}
	return 2*int64(most) + 2
}

// slopeAtEnd is the slope of the curve at the end of the table, rounded down.
func (h *walk) slopeAtEnd() int64 {
	n := len(h.curve)
	if n < 2 {
		return 1 << fine
	}
	if s := h.curve[n-1] - h.curve[n-2] - h.drift(); s > 0 {
		return s
	}
	return 0
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

// raise compares the tolerances with what proves the table: how far above the
// best so far, and 1, the curve stands. It doubles those that are too small and
// tells whether there were any.
func (h *walk) raise(least int64) bool {
	best, drift, short := int64(-1), h.drift(), false
	at := 0
	var want []level // places and what they ask for, where that is more than there is
	for i, v := range h.table {
		best = max(best, int64(v))
		w := h.w0 + int64(i)
		for at+1 < len(h.levels) && h.levels[at+1].at <= w {
			at++
		}
		if int64(i) < h.start {
			continue
		}
		if need := h.curve[i] + drift - (best+1)<<fine; need > h.levels[at].g {
			short = true
			want = append(want, level{w, min(need, 2*h.levels[at].g)})
		}
	}
	if short {
		h.levels = raised(h.levels, want, least)
	}
	return short
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

// record fills the table once more and notes where each trade was made.
func (h *walk) record() {
	if len(h.table) == 0 {
		return
	}
	table := make([]int32, len(h.table))
	for i := range table {
		table[i] = -1 << 30
	}
	table[0] = 0
	for k := range h.steps {
		s := &h.steps[k]
		s.bits = make([]uint64, (s.hi-s.lo)/64+1)
		for i := s.hi; i >= s.lo; i-- {
			if v := table[i] + s.gain; v > table[i+s.w] {
				table[i+s.w] = v
				s.bits[(i-s.lo)/64] |= 1 << (uint(i-s.lo) % 64)
			}
		}
	}
}

// trace goes back from a cell and tells the trades that led there.
func (h *walk) trace(at int, tell func(trade1)) {
	for _, t := range h.trades[:h.from] {
		tell(t)
	}
	for k := len(h.steps) - 1; k >= 0; k-- {
		s := &h.steps[k]
		i := at - int(s.w)
		if i < int(s.lo) || i > int(s.hi) {
			continue
		}
		if s.bits[(i-int(s.lo))/64]>>(uint(i-int(s.lo))%64)&1 == 1 {
			tell(h.trades[s.trade])
			at = i
		}
	}
}

// cells counts what is tabulated: for measurements.
func (h *walk) cells() (n int) {
	for _, s := range h.steps {
		n += int(s.hi-s.lo) + 1
	}
	return n
}
