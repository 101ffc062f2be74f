package frontier

import (
	"context"
	"slices"
	"sync"
)

// listed finds the frontier of two parties without rules where numbers are too
// large for a table: undominated states, merged trade by trade (Nemhauser and
// Ullmann 1969). ok is false where it does not apply or the lists grew too long.
func listed(ctx context.Context, m *model) (deals []deal, ok bool) {
	p := m.program
	if p.parties() != 2 || len(p.groups) > 0 || slices.ContainsFunc(p.rows, func(r row) bool { return !isHeads(p, &r) }) {
		return nil, false
	}
	l := &lister{m: m, base: make([]int64, p.n)}
	l.a, l.b = p.measures[0].base, p.measures[1].base
	for j := range int32(p.n) {
		l.add(j, p.measures[0].coef[j], p.measures[1].coef[j], p.hi[j])
	}
	if !l.merge(ctx, nil) {
		return nil, false
	}
	return l.deals(), true
}

// lister is the merge of one model.
type lister struct {
	m      *model
	base   []int64
	a, b   int64
	steps  []swap
	list   []taking
	traces func() [][]trace
}

// swap is a trade: A loses w, the other gains p, the column changes by.
type swap struct {
	w, p   int64
	column int32
	by     int64
}

// taking is a state: what is lost and won.
type taking struct{ w, p int64 }

// trace tells where a state of a list comes from: twice its place in the list
// before, and 1 more if the swap was made.
type trace int32

// mostTakings is how many states there may be in all.
const mostTakings = 1 << 24

func (l *lister) add(j int32, a, b, times int64) {
	switch {
	case a >= 0 && b >= 0 && a+b > 0:
		l.base[j] = times
	case a > 0:
		l.base[j] = times
		for range times {
			l.steps = append(l.steps, swap{a, -b, j, -1})
		}
	case b > 0:
		for range times {
			l.steps = append(l.steps, swap{-a, b, j, 1})
		}
	}
	l.a += a * l.base[j]
	l.b += b * l.base[j]
}

// merge goes through the trades; only states from which both floors can still be
// reached stay. note, where it is not nil, is told the traces of each list.
func (l *lister) merge(ctx context.Context, note func([]trace)) bool {
	most, least := l.bounds()
	var all int64 // what the other can still win
	for _, s := range l.steps {
		all += s.p
	}
	list, next, traces, taken := []taking{{}}, []taking{}, []trace(nil), 0
	for _, s := range l.steps {
		all -= s.p
		next, traces = slices.Grow(next[:0], 2*len(list))[:2*len(list)], traces[:0]
		n, top, i := 0, least-all-1, 0 // nothing that wins no more than top stays
		keep := func(x taking, t trace) {
			if x.p <= top || x.w > most {
				return
			}
			top = x.p
			next[n] = x
			n++
			if note != nil {
				traces = append(traces, t)
			}
		}
		for k, x := range list {
			moved := taking{x.w + s.w, x.p + s.p}
			for i < len(list) && (list[i].w < moved.w || list[i].w == moved.w && list[i].p >= moved.p) {
				keep(list[i], trace(2*i))
				i++
			}
			keep(moved, trace(2*k+1))
		}
		for ; i < len(list); i++ {
			keep(list[i], trace(2*i))
		}
		list, next = next[:n], list
		if taken += n; taken > mostTakings || ctx.Err() != nil {
			return false
		}
		if note != nil {
			note(slices.Clone(traces))
		}
	}
	l.list = list
	return true
}

// bounds are the most that A may lose and the least that the other must win.
func (l *lister) bounds() (most, least int64) {
	most, least = noMost, 0
	floor := l.m.program.floor
	if floor[0] != noFloor {
		most = l.a - floor[0]
	}
	if floor[1] != noFloor {
		least = max(0, floor[1]-l.b)
	}
	return most, least
}

// deals writes the list down, the first party's gain ascending.
func (l *lister) deals() []deal {
	l.traces = sync.OnceValue(func() (out [][]trace) {
		l.merge(context.Background(), func(t []trace) { out = append(out, t) })
		return out
	})
	most, least := l.bounds()
	deals := make([]deal, 0, len(l.list))
	room := make([]int64, 2*len(l.list))
	for i, x := range slices.Backward(l.list) {
		if x.w > most || x.p < least { // without any swap
			continue
		}
		deals = append(deals, deal{gains: append(room[:0:2], l.a-x.w, l.b+x.p), at: int64(i), of: l.released})
		room = room[2:]
	}
	return deals
}

// released are the atoms of a state of the last list.
func (l *lister) released(at int64) []int32 {
	v := slices.Clone(l.base)
	for k, traces := range slices.Backward(l.traces()) {
		t := traces[at]
		if t&1 == 1 {
			v[l.steps[k].column] += l.steps[k].by
		}
		at = int64(t / 2)
	}
	return l.m.released(v)
}
