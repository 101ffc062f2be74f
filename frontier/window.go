package frontier

import (
	"cmp"
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
// from the other end, so that a step of 1 is never worth much. Each walk gives the
// points on its side of the place where the curve's slope falls below 1; that
// place itself, where all trades before are made, is a point of the flat one.
type windowed struct {
	m          *model
	base       []int64 // values of the columns before any trade
	a, b       int64   // gains before any trade
	trades     []trade1
	flat       *walk
	steep      *walk
	lost       []int32 // cells of the flat table that are points, the least loss first
	kept       []int32 // cells of the steep table that are points, the most loss of A first
	all        int64   // what the other gains by all trades
	loss       int64   // what A loses by all
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
	f := &windowed{m: m, base: make([]int64, p.n), a: p.measures[0].base, b: p.measures[1].base, trades: make([]trade1, 0, p.n)}
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
	f.trades = sortedBy(f.trades, ratio, func(x, y trade1) int {
		if x.w == x.p && y.w == y.p { // the steep walk makes the small ones first
			return cmp.Compare(y.w, x.w)
		}
		return cmp.Compare(int64(y.p)*int64(x.w), int64(x.p)*int64(y.w))
	})
	return f
}

// ratio falls as p/w rises.
func ratio(t *trade1) uint64 { return ^(uint64(t.p) << 33 / uint64(t.w)) }

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

// run fills the tables and finds the points; ok is false where the windows grew
// too wide.
func (f *windowed) run() (ok bool) {
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
		return true
	}
	k := 0
	for k < len(f.trades) && f.trades[k].p >= f.trades[k].w {
		k++
	}
	f.flat = &walk{trades: f.trades, first: k, far: most}
	f.steep = &walk{trades: turned(f.trades), first: len(f.trades) - k, far: f.all - least}
	var wait sync.WaitGroup
	wait.Go(f.steep.fill)
	f.flat.fill()
	wait.Wait()
	if f.flat.tooWide || f.steep.tooWide {
		return false
	}
	f.lost, f.kept = f.flat.rises, f.steep.rises
	if len(f.kept) > 0 && f.kept[0] == int32(f.steep.start) { // where both meet
		f.kept = f.kept[1:]
	}
	for len(f.lost) > 0 && f.won(f.lost[0]) < least {
		f.lost = f.lost[1:]
	}
	for len(f.kept) > 0 && f.loss-f.steep.p0-int64(f.steep.table[f.kept[0]]) > most {
		f.kept = f.kept[1:]
	}
	return true
}

// won is what the other gains by the trades of a cell of the flat table.
func (f *windowed) won(at int32) int64 { return f.flat.p0 + int64(f.flat.table[at]) }

// turned lists the trades from the other end, the parties in each other's place.
func turned(trades []trade1) []trade1 {
	out := make([]trade1, len(trades))
	for i, t := range trades {
		out[len(trades)-1-i] = trade1{t.p, t.w, t.column, t.by}
	}
	return out
}

func (f *windowed) count() int { return len(f.lost) + len(f.kept) }

// gains writes down those of the i-th point, the first party's ascending.
func (f *windowed) gains(i int, to []int64) {
	if n := len(f.lost); i < n {
		at := f.lost[n-1-i]
		to[0], to[1] = f.a-f.flat.w0-int64(at), f.b+f.won(at)
		return
	}
	at := f.kept[i-len(f.lost)]
	to[0] = f.a - f.loss + f.steep.p0 + int64(f.steep.table[at])
	to[1] = f.b + f.all - f.steep.w0 - int64(at)
}

func (f *windowed) atoms(i int) []int32 { return f.m.released(f.values(i)) }

// values are the columns' values at a point.
func (f *windowed) values(i int) []int64 {
	f.recordOnce.Do(func() {
		f.flat.record()
		f.steep.record()
	})
	x := slices.Clone(f.base)
	if n := len(f.lost); i < n {
		f.flat.trace(f.lost[n-1-i], func(t trade1) { x[t.column] += int64(t.by) })
		return x
	}
	for _, t := range f.trades {
		x[t.column] += int64(t.by)
	}
	f.steep.trace(f.kept[i-len(f.lost)], func(t trade1) { x[t.column] -= int64(t.by) })
	return x
}
