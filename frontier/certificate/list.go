package certificate

import (
	"cmp"
	"math/big"
	"slices"
)

// listing goes through all that a node of a proof leaves: each column at its
// better end but for some steps, whose costs together fit the slack.
type listing struct {
	steps  []step
	sides  []side
	help   [][]int64 // by step and part of the slack: by how much the steps from there on help each side at most
	unit   int64     // a part of the slack
	chosen []bool
	looked int
}

// step is one step of a column away from its better end.
type step struct {
	column int
	by     int64 // 1 or -1
	cost   int64
	after  int // the same column's step before; -1 for none
}

// side is one side of a row: by how much it is kept where each column is at its
// better end, and what each step adds.
type side struct {
	spare int64
	adds  []int64
}

// Limits of what is listed at one node.
const (
	mostSteps  = 400
	mostLooked = 4_000_000
	parts      = 32
)

// list refuses a node at which some combination keeps all rows. d are what the
// prices say of columns, slack what may be fallen short by.
func (p *proof) list(lo, hi []int64, d map[int]*big.Int, slack *big.Int) error {
	if !slack.IsInt64() || slack.Int64() > 1<<61 {
		return refuse("a node's numbers are too large to be listed")
	}
	l := &listing{unit: slack.Int64()/parts + 1}
	base := slices.Clone(lo)
	for k := range base {
		v := d[k]
		s := step{column: k, by: 1, after: -1}
		if v != nil && v.Sign() > 0 {
			s.by, base[k] = -1, hi[k]
		}
		n := hi[k] - lo[k]
		if n == 0 {
			continue
		}
		if v != nil {
			if v.CmpAbs(slack) > 0 {
				continue
			}
			s.cost = new(big.Int).Abs(v).Int64()
		}
		if n > mostSteps {
			return refuse("a node leaves too much to be listed")
		}
		for range n {
			l.steps = append(l.steps, s)
		}
	}
	if len(l.steps) > mostSteps {
		return refuse("a node leaves too much to be listed")
	}
	l.order()
	for i := range p.rows {
		if !l.take(&p.rows[i], base, p.s.weight(&p.rows[i])) {
			return refuse("a node's numbers are too large to be listed")
		}
	}
	return l.run(slack.Int64())
}

// order sorts the steps by what they cost.
func (l *listing) order() {
	slices.SortFunc(l.steps, func(a, b step) int {
		return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(a.column, b.column))
	})
	for i := 1; i < len(l.steps); i++ {
		if l.steps[i].column == l.steps[i-1].column {
			l.steps[i].after = i - 1
		}
	}
	l.chosen = make([]bool, len(l.steps))
}

// take writes down a row; false where its sums could pass 64 bits.
func (l *listing) take(r *asked, base []int64, weight float64) bool {
	if weight >= 1<<61 {
		return false
	}
	var sum int64
	for k, v := range r.coef {
		sum += v * base[k]
	}
	if r.hasLo {
		l.side(r, sum-r.lo, 1)
	}
	if r.hasHi {
		l.side(r, r.hi-sum, -1)
	}
	return true
}

// side writes down one side of a row, where the steps can break it.
func (l *listing) side(r *asked, spare, sign int64) {
	x, least := side{spare, make([]int64, len(l.steps))}, spare
	for i, s := range l.steps {
		x.adds[i] = sign * s.by * r.coef[s.column]
		least += min(0, x.adds[i])
	}
	if least < 0 {
		l.sides = append(l.sides, x)
	}
}

// tabulate finds by how much steps can still help each side.
func (l *listing) tabulate() {
	n := len(l.steps)
	l.help = make([][]int64, (n+1)*parts)
	for i := range l.help {
		l.help[i] = make([]int64, len(l.sides))
	}
	for k := n - 1; k >= 0; k-- {
		c := int(l.steps[k].cost / l.unit)
		for part := range parts {
			to, skip := l.help[k*parts+part], l.help[(k+1)*parts+part]
			for i := range l.sides {
				to[i] = skip[i]
				if part >= c {
					to[i] = max(to[i], l.help[(k+1)*parts+part-c][i]+l.sides[i].adds[k])
				}
			}
		}
	}
}

func (l *listing) run(slack int64) error {
	l.tabulate()
	at := make([]int64, len(l.sides))
	for i := range at {
		at[i] = l.sides[i].spare
	}
	return l.from(0, slack, at)
}

// from refuses if what is chosen, or that with steps from the k-th on, keeps all
// rows.
func (l *listing) from(k int, left int64, at []int64) error {
	if l.looked++; l.looked > mostLooked {
		return refuse("a node leaves too much to be listed")
	}
	if !slices.ContainsFunc(at, func(v int64) bool { return v < 0 }) {
		return refuse("something that a node leaves keeps all rows")
	}
	next := make([]int64, len(at))
	for ; k < len(l.steps) && l.steps[k].cost <= left; k++ {
		if l.hopeless(at, l.help[k*parts+int(left/l.unit)]) {
			return nil
		}
		s := &l.steps[k]
		if s.after >= 0 && !l.chosen[s.after] {
			continue
		}
		for i := range next {
			next[i] = at[i] + l.sides[i].adds[k]
		}
		l.chosen[k] = true
		err := l.from(k+1, left-s.cost, next)
		l.chosen[k] = false
		if err != nil {
			return err
		}
	}
	return nil
}

// hopeless tells whether a side stays broken whatever helps it.
func (l *listing) hopeless(at, help []int64) bool {
	for i, v := range at {
		if v+help[i] < 0 {
			return true
		}
	}
	return false
}
