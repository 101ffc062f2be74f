package frontier

import (
	"slices"

	"parley"
)

// linked is a rule over few units: one of the small kinds, by bits over a
// component's units. Of each id of the rule's list it has the units that release
// it: one, or for a blank and its candidates several.
type linked struct {
	kind    linkKind
	ids     [][]int32 // units
	weights []int64   // for counted: by id
	least   int64
	most    int64
	party   int // for bonus
	points  int64
}

type linkKind int8

const (
	eachOf   linkKind = iota // each is released
	noneOf                   // none is
	wholeOf                  // all or none
	singleOf                 // at most one
	follows                  // the first only with all the rest
	counted                  // a weighted count between bounds
	bonusOf                  // points for all: no condition
)

// holds tells whether the rule holds where masks[i] are the bits that release
// the i-th of its ids.
func (l *linked) holds(masks []uint32, x uint32) bool {
	out := 0
	for _, m := range masks {
		if m&x != 0 {
			out++
		}
	}
	switch l.kind {
	case eachOf:
		return out == len(masks)
	case noneOf:
		return out == 0
	case wholeOf:
		return out == 0 || out == len(masks)
	case singleOf:
		return out <= 1
	case follows:
		return masks[0]&x == 0 || out == len(masks)
	case counted:
		var n int64
		for i, m := range masks {
			if m&x != 0 {
				n += l.weights[i]
			}
		}
		return l.least <= n && n <= l.most
	case bonusOf:
		return true
	}
	panic("frontier: unknown kind of link")
}

// wide is a rule as a row over atoms or units.
type wide struct {
	terms  []term // ascending, none twice
	lo, hi int64
}

type term struct {
	at int32
	v  int64
}

// summed sorts terms, adds up those of the same place and drops zeros.
func summed(terms []term) []term {
	if n := ascends(terms); n < len(terms) {
		if m := ascends(terms[n:]); n+m == len(terms) { // two lists that were put together
			terms = mergedTerms(terms[:n], terms[n:])
		} else {
			slices.SortFunc(terms, func(a, b term) int { return int(a.at - b.at) })
		}
	}
	out := terms[:0]
	for _, t := range terms {
		if n := len(out); n > 0 && out[n-1].at == t.at {
			out[n-1].v += t.v
		} else {
			out = append(out, t)
		}
	}
	return slices.DeleteFunc(out, func(t term) bool { return t.v == 0 })
}

// ascends is how many terms from the first on ascend.
func ascends(terms []term) int {
	for i := 1; i < len(terms); i++ {
		if terms[i].at < terms[i-1].at {
			return i
		}
	}
	return len(terms)
}

func mergedTerms(a, b []term) []term {
	out := make([]term, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if a[0].at <= b[0].at {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// weigh writes the units of some ids, each with a weight.
func weigh(to []term, v int64, lists ...[]int32) []term {
	for _, list := range lists {
		for _, u := range list {
			to = append(to, term{u, v})
		}
	}
	return to
}

// rows writes a link as rows over units, where its component is too large to be
// listed. A bonus is not written here.
func (l *linked) rows() []wide {
	var out []wide
	row := func(lo, hi int64, terms []term) { out = append(out, wide{summed(terms), lo, hi}) }
	switch l.kind {
	case eachOf:
		for _, id := range l.ids {
			row(1, noMost, weigh(nil, 1, id))
		}
	case noneOf:
		row(noLeast, 0, weigh(nil, 1, l.ids...))
	case wholeOf:
		for i := 1; i < len(l.ids); i++ {
			row(0, 0, weigh(weigh(nil, 1, l.ids[i-1]), -1, l.ids[i]))
		}
	case singleOf:
		row(noLeast, 1, weigh(nil, 1, l.ids...))
	case follows:
		for _, id := range l.ids[1:] {
			row(noLeast, 0, weigh(weigh(nil, 1, l.ids[0]), -1, id))
		}
	case counted:
		var terms []term
		for i, id := range l.ids {
			terms = weigh(terms, l.weights[i], id)
		}
		row(l.least, l.most, terms)
	}
	return out
}

// link writes a rule as a link over atoms; ok is false for a count of many,
// which is the row w. A bonus comes with its points.
func (t *trade) link(r parley.Rule) (l linked, w wide, ok bool) {
	lists := func(ids []parley.PersonID) [][]int32 {
		var out [][]int32
		for _, i := range t.inTrade(ids) {
			out = append(out, t.means[i])
		}
		return out
	}
	switch r := r.(type) {
	case parley.Require:
		return linked{kind: eachOf, ids: lists(r.IDs)}, w, true
	case parley.Forbid:
		return linked{kind: noneOf, ids: lists(r.IDs)}, w, true
	case parley.Together:
		return linked{kind: wholeOf, ids: lists(r.IDs)}, w, true
	case parley.AtMostOne:
		return linked{kind: singleOf, ids: lists(r.IDs)}, w, true
	case parley.IfThen:
		cause := lists([]parley.PersonID{r.If})
		return linked{kind: follows, ids: append(cause, lists(r.Then)...)}, w, true
	case parley.Bonus:
		return linked{kind: bonusOf, ids: lists(r.All), points: r.Points}, w, true
	}
	w = t.wideOf(r)
	l = linked{kind: counted, least: w.lo, most: w.hi}
	if len(w.terms) > fewCounted {
		return l, w, false
	}
	for _, x := range w.terms {
		l.ids = append(l.ids, []int32{x.at})
		l.weights = append(l.weights, x.v)
	}
	return l, w, true
}

// fewCounted is how many a count may be about to be counted inside a component.
const fewCounted = 6

// wideOf writes a count, an equal or a ratio as a row over atoms.
func (t *trade) wideOf(r parley.Rule) wide {
	switch r := r.(type) {
	case parley.Count:
		w := wide{t.counted(nil, r.Of, 1), noLeast, noMost}
		if r.AtLeast != nil {
			w.lo = int64(*r.AtLeast)
		}
		if r.AtMost != nil {
			w.hi = int64(*r.AtMost)
		}
		return w
	case parley.Equal:
		return wide{summed(t.counted(t.counted(nil, r.A, 1), r.B, -1)), 0, 0}
	case parley.Ratio:
		return wide{summed(t.counted(t.counted(nil, r.A, int64(r.Den)), r.B, -int64(r.Num))), noLeast, 0}
	}
	panic("frontier: no row for this rule")
}
