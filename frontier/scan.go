package frontier

import (
	"cmp"
	"context"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// demand is what an exchange must fulfil to be found by a scan.
type demand struct {
	rules []limit
	floor []int64 // the least gain of each party; noFloor for any
	heads bool    // what releases more counts as better, not only as a tie-break
	empty bool    // releasing nobody will do
}

// noFloor is less than any gain.
const noFloor = math.MinInt64

// keeper collects what a scan finds. Its idea of the best may grow while the
// scan runs; nothing that it has called hopeless may matter later.
type keeper interface {
	// hopeless tells whether no exchange under the ceiling would change what is
	// kept. An exchange that equals the ceiling is under it.
	hopeless(ceiling *deal) bool
	// take is handed an exchange that fulfils the demand. The deal is the
	// scan's and changes after the call.
	take(d *deal)
}

// scan is one exhaustive search, made ready.
type scan struct {
	p         *Problem
	demand    demand
	low, high *half
	order     []int     // indices into high.sets, the most promising first
	spanning  [][]bonus // by party, the bonuses that need both halves
}

func newScan(p *Problem, d demand) *scan {
	n := len(p.trade.holdings)
	low, everybody := firstOf(n/2), firstOf(n)
	high := everybody &^ low
	s := &scan{
		p: p, demand: d,
		low:  newHalf(p, low, high, d.rules),
		high: newHalf(p, high, low, d.rules),
	}
	s.spanning = make([][]bonus, len(p.worths))
	for i, w := range p.worths {
		s.spanning[i] = slices.DeleteFunc(slices.Clone(w.bonuses), func(b bonus) bool { return b.all&low == 0 || b.all&high == 0 })
	}
	s.low.keep(func(i int) bool { return s.reaches(s.low, i, s.high) })
	s.high.keep(func(i int) bool { return s.reaches(s.high, i, s.low) })
	s.thinOut(s.low, high)
	s.thinOut(s.high, low)
	s.order = s.promising()
	return s
}

// reaches tells whether every floor is within reach of the i-th subset of h
// with the best of the other half.
func (s *scan) reaches(h *half, i int, other *half) bool {
	for p, w := range s.p.worths {
		if h.gains[p][i]+other.top[p]+reward(s.spanning[p])-w.walkAway < s.demand.floor[p] {
			return false
		}
	}
	return true
}

// reward is the most that bonuses can bring.
func reward(bonuses []bonus) int64 {
	var n int64
	for _, b := range bonuses {
		n += max(b.points, 0)
	}
	return n
}

// promising orders the upper subsets by the sum of what they gain: good finds
// early make more of the rest hopeless. What is found does not depend on it.
func (s *scan) promising() []int {
	at := make([]int, len(s.high.sets))
	sums := make([]int64, len(at))
	for i := range at {
		at[i] = i
		for p := range s.high.gains {
			sums[i] += s.high.gains[p][i]
		}
	}
	slices.SortStableFunc(at, func(i, j int) int { return cmp.Compare(sums[j], sums[i]) })
	return at
}

// run scans with one goroutine for each keeper; what the keepers hold together
// is the result. If ctx ends before, left has the ceilings of what was not
// looked at.
func (s *scan) run(ctx context.Context, keepers []keeper) (left []deal) {
	var next atomic.Int64
	cut := make([][]int, len(keepers))
	var wg sync.WaitGroup
	for k, keep := range keepers {
		wg.Go(func() {
			b := newBlock(s)
			for i := next.Add(1) - 1; int(i) < len(s.order); i = next.Add(1) - 1 {
				if ctx.Err() != nil {
					cut[k] = append(cut[k], s.order[i])
					continue
				}
				b.pair(s.order[i], keep)
			}
		})
	}
	wg.Wait()
	b := newBlock(s)
	for _, i := range slices.Concat(cut...) {
		if b.enter(i) {
			var c deal
			c.copy(&b.ceiling)
			left = append(left, c)
		}
	}
	return left
}

// workers is how many goroutines a scan is worth.
func (s *scan) workers() int {
	if len(s.low.sets)*len(s.high.sets) < 1<<14 {
		return 1
	}
	return min(runtime.GOMAXPROCS(0), 8)
}

// sweep runs a scan with as many keepers as it is worth.
func sweep[K keeper](ctx context.Context, s *scan, make func() K) (found []K, left []deal) {
	var keepers []keeper
	for range s.workers() {
		k := make()
		found = append(found, k)
		keepers = append(keepers, k)
	}
	return found, s.run(ctx, keepers)
}
