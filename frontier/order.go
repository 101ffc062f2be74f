package frontier

import (
	"cmp"
	"slices"
)

// deal is an exchange with its numbers.
type deal struct {
	gains []int64 // one for each party that has spoken
	heads int64
	at    int64 // where it comes from
	of    func(at int64) []int32
}

// atoms are what the deal releases.
func (d *deal) atoms() []int32 { return d.of(d.at) }

// finds are exchanges that were found, with their gains, by number.
type finds interface {
	count() int
	gains(i int, to []int64) // one for each party that has spoken
	atoms(i int) []int32     // what is released
}

// dealt is a list of deals.
type dealt []deal

func (l dealt) count() int              { return len(l) }
func (l dealt) gains(i int, to []int64) { copy(to, l[i].gains) }
func (l dealt) atoms(i int) []int32     { return l[i].atoms() }

// dealsOf writes down what was found.
func dealsOf(l finds, parties int) []deal {
	if deals, ok := l.(dealt); ok {
		return deals
	}
	deals := make([]deal, l.count())
	for i := range deals {
		deals[i] = deal{gains: make([]int64, parties), at: int64(i), of: func(at int64) []int32 { return l.atoms(int(at)) }}
		l.gains(i, deals[i].gains)
	}
	return deals
}

// order is the order of exchanges: a criterion, then leximin, then heads. What
// is equal in it differs by ids alone, or not at all. It keeps working space, so
// each goroutine has its own.
type order struct {
	by    ranking
	least leximin
}

// ranking compares two deals by one value; more is better. Gains are 0 or more.
type ranking interface {
	compare(a, b *deal) int
}

// newOrder makes a criterion's order. ideal is each party's best gain; only nash
// and ks look at it, and without it they take all parties as alike.
func newOrder(c Criterion, ideal []int64) *order {
	o := &order{}
	switch {
	case c == Total:
		o.by = total{}
	case c == Home:
		o.by = home{}
	case c == Nash && ideal != nil:
		o.by = nash{sharing(ideal)}
	case c == KS && ideal != nil:
		o.by = &ks{in: sharing(ideal), ideal: ideal}
	default:
		o.by = &leximin{}
	}
	return o
}

// Pick is the point, of a whole frontier, that a criterion picks by gains alone;
// nil where there is none, or where gains don't tell, as for home.
func (f *Frontier) Pick(c Criterion) *Point {
	if !f.Complete || len(f.Points) == 0 || c == Home {
		return nil
	}
	gains := func(i int) *deal {
		d := &deal{}
		for _, g := range f.Points[i].Gains {
			d.gains = append(d.gains, g.Points)
		}
		return d
	}
	ideal := slices.Clone(gains(0).gains)
	for i := range f.Points {
		for k, g := range f.Points[i].Gains {
			ideal[k] = max(ideal[k], g.Points)
		}
	}
	o, at := newOrder(c, ideal), 0
	for i := range f.Points {
		if o.compare(gains(i), gains(at)) > 0 {
			at = i
		}
	}
	return &f.Points[at]
}

// sharing lists the parties that can gain something at all.
func sharing(ideal []int64) []int {
	var in []int
	for i, best := range ideal {
		if best > 0 {
			in = append(in, i)
		}
	}
	return in
}

// compare is positive if a comes before b.
func (o *order) compare(a, b *deal) int {
	return cmp.Or(o.by.compare(a, b), o.least.compare(a, b), cmp.Compare(a.heads, b.heads))
}

// total ranks by the sum of gains.
type total struct{}

func (total) compare(a, b *deal) int { return cmp.Compare(sum(a.gains), sum(b.gains)) }

func sum(gains []int64) int64 {
	var n int64
	for _, g := range gains {
		n += g
	}
	return n
}

// home ranks by the heads released.
type home struct{}

func (home) compare(a, b *deal) int { return cmp.Compare(a.heads, b.heads) }

// leximin ranks by the smallest gain, then the second smallest, and so on.
type leximin struct{ a, b []int64 }

func (l *leximin) compare(a, b *deal) int {
	l.a = append(l.a[:0], a.gains...)
	l.b = append(l.b[:0], b.gains...)
	slices.Sort(l.a)
	slices.Sort(l.b)
	return slices.Compare(l.a, l.b)
}
