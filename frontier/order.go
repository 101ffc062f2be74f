package frontier

import (
	"cmp"
	"slices"
)

// deal is an exchange with its numbers. A ceiling is a deal without a set: no
// exchange of some kind has more of any of its numbers.
type deal struct {
	gains []int64 // one for each party that has spoken
	heads int64
	set   set
}

// copy takes over d, whose owner will change it.
func (to *deal) copy(d *deal) {
	to.gains = append(to.gains[:0], d.gains...)
	to.heads, to.set = d.heads, d.set
}

// measure compares two deals by one value; more is better. More of every gain
// and of heads is never less of a measure: ceilings rely on it. Gains are 0 or
// more. A measure may keep working space, so each goroutine has its own.
type measure interface {
	compare(a, b *deal) int
}

// order is the whole order of exchanges: a criterion, then the tie-breaks. No
// two exchanges are equal in it.
type order struct {
	by      measure
	leximin measure
}

func newOrder(c Criterion, ideal []int64) *order {
	return &order{by: newMeasure(c, ideal), leximin: &leximin{}}
}

// newMeasure makes a criterion's measure. ideal is each party's best gain; only
// nash and ks look at it.
func newMeasure(c Criterion, ideal []int64) measure {
	switch c {
	case Nash:
		return nash{sharing(ideal)}
	case KS:
		return &ks{in: sharing(ideal), ideal: ideal}
	case Maximin:
		return &leximin{}
	case Total:
		return total{}
	case Home:
		return home{}
	}
	panic("frontier: unknown criterion " + string(c))
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
	if c := o.by.compare(a, b); c != 0 {
		return c
	}
	if c := o.leximin.compare(a, b); c != 0 {
		return c
	}
	// Alike to leximin, the gains are the same, if of other parties: so is their
	// total, the next tie-break.
	return sameGains(a, b)
}

// sameGains orders exchanges with the same gains: more heads, then the smaller
// ids.
func sameGains(a, b *deal) int {
	if c := cmp.Compare(a.heads, b.heads); c != 0 {
		return c
	}
	return b.set.compare(a.set)
}

// total measures by the sum of gains.
type total struct{}

func (total) compare(a, b *deal) int { return cmp.Compare(sum(a.gains), sum(b.gains)) }

func sum(gains []int64) int64 {
	var n int64
	for _, g := range gains {
		n += g
	}
	return n
}

// home measures by the heads released.
type home struct{}

func (home) compare(a, b *deal) int { return cmp.Compare(a.heads, b.heads) }

// leximin measures by the smallest gain, then the second smallest, and so on.
type leximin struct{ a, b []int64 }

func (l *leximin) compare(a, b *deal) int {
	if c := cmp.Compare(slices.Min(a.gains), slices.Min(b.gains)); c != 0 {
		return c
	}
	l.a = append(l.a[:0], a.gains...)
	l.b = append(l.b[:0], b.gains...)
	slices.Sort(l.a)
	slices.Sort(l.b)
	return slices.Compare(l.a, l.b)
}
