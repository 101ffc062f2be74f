package frontier

import (
	"context"
	"slices"
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
	if !l.merge(ctx) {
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
	states []taking // all that ever were on the list
	list   []int32
}

// swap is a trade: A loses w, the other gains p, the column changes by.
type swap struct {
	w, p   int64
	column int32
	by     int64
}

// taking is a state: what is lost and won, the last swap, and the state before.
type taking struct {
	w, p         int64
	step, before int32
}

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
// reached stay.
func (l *lister) merge(ctx context.Context) bool {
	floor := l.m.program.floor
	var all int64 // what the other can still win
	for _, s := range l.steps {
		all += s.p
	}
	l.states = []taking{{before: -1}}
	l.list = []int32{0}
	for k, s := range l.steps {
		all -= s.p
		next := make([]int32, 0, 2*len(l.list))
		most := int64(-1)
		keep := func(i int32) {
			x := &l.states[i]
			if x.p > most {
				most = x.p
				if (floor[0] == noFloor || l.a-x.w >= floor[0]) && (floor[1] == noFloor || l.b+x.p+all >= floor[1]) {
					next = append(next, i)
				}
			}
		}
		i := 0
		for _, at := range l.list {
			x := l.states[at]
			moved := taking{x.w + s.w, x.p + s.p, int32(k), at}
			for i < len(l.list) && (l.states[l.list[i]].w < moved.w || l.states[l.list[i]].w == moved.w && l.states[l.list[i]].p >= moved.p) {
				keep(l.list[i])
				i++
			}
			l.states = append(l.states, moved)
			keep(int32(len(l.states) - 1))
		}
		for ; i < len(l.list); i++ {
			keep(l.list[i])
		}
		l.list = next
		if len(l.states) > mostTakings || ctx.Err() != nil {
			return false
		}
	}
	return true
}

// deals writes the list down, the first party's gain ascending.
func (l *lister) deals() []deal {
	var out []deal
	for _, i := range slices.Backward(l.list) {
		x := l.states[i]
		if f := l.m.program.floor[1]; f != noFloor && l.b+x.p < f {
			continue
		}
		out = append(out, deal{gains: []int64{l.a - x.w, l.b + x.p}, of: func(int64) []int32 {
			v := slices.Clone(l.base)
			for at := i; l.states[at].before >= 0; at = l.states[at].before {
				s := l.steps[l.states[at].step]
				v[s.column] += s.by
			}
			return l.m.released(v)
		}})
	}
	return out
}
