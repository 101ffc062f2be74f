package names

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// Candidate is a pair of rows that was compared in full, by their places in
// the two lists.
type Candidate struct {
	A, B  int32
	Score float64
}

// keptOfRow bounds the candidates that are remembered of each row.
const keptOfRow = 10

// forRows runs work over the rows on all processors; each has a state of its
// own.
func forRows[S any](ctx context.Context, rows int, state func() S, work func(S, int)) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), max(rows, 1)) {
		wg.Go(func() {
			s := state()
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= rows {
					return
				}
				work(s, i)
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}

// worker is what one processor needs to compare rows.
type worker struct {
	*seeker
	linkage linkage
}

// candidates compares the rows of a with those of b that share blocks with
// them, and keeps the best of each row.
func (m *Matcher) candidates(ctx context.Context, a, b []prepared, report func(int)) ([]Candidate, error) {
	return m.compare(ctx, a, b, mostCompared, report, func(*linkage, int, int) bool { return true })
}

// compare compares each row of a with up to most of b, and keeps the best of
// those that are wanted.
func (m *Matcher) compare(ctx context.Context, a, b []prepared, most int, report func(int), want func(*linkage, int, int) bool) ([]Candidate, error) {
	x := newIndex(b)
	rows := make([][]Candidate, len(a))
	var done atomic.Int64
	err := forRows(ctx, len(a), func() *worker { return &worker{seeker: x.seeker()} }, func(w *worker, i int) {
		var found []Candidate
		for _, j := range w.near(&a[i], most) {
			if s := m.linkScore(&w.linkage, &a[i], &b[j]); s > 0 && want(&w.linkage, i, int(j)) {
				found = append(found, Candidate{int32(i), j, s})
			}
		}
		slices.SortStableFunc(found, surest)
		rows[i] = found[:min(len(found), keptOfRow)]
		if n := done.Add(1); n%256 == 0 {
			report(int(n))
		}
	})
	if err != nil {
		return nil, err
	}
	return slices.Concat(rows...), nil
}

// surest orders candidates, the likeliest first; ties by their places, so that
// the same lists give the same answer.
func surest(p, q Candidate) int {
	switch {
	case p.Score > q.Score:
		return -1
	case p.Score < q.Score:
		return 1
	case p.A != q.A:
		return int(p.A - q.A)
	}
	return int(p.B - q.B)
}

// Link gives, for fitting, the features of every pair of records that blocking
// finds; call is called with their places, one at a time.
func (m *Matcher) Link(ctx context.Context, a, b []Record, call func(i, j int, features []float64)) error {
	p, err := m.prepare(ctx, a, b)
	if err != nil {
		return err
	}
	s := newIndex(p[1]).seeker()
	var l linkage
	for i := range p[0] {
		for _, j := range s.near(&p[0][i], mostCompared) {
			f := make([]float64, listFeatures)
			if m.link(f, &l, &p[0][i], &p[1][j]) {
				call(i, int(j), f)
			}
		}
	}
	return nil
}
