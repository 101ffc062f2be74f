package frontier

import "sort"

// archive keeps the exchanges that no other taken beats, one for each vector of
// gains.
//
// What is taken and not at once seen to be beaten waits, and from time to time
// the waiting are merged with the kept (merge). So the cost of a find is that
// of a look at the kept, and of its share in a merge of as many as are kept.
type archive struct {
	parties int
	floor   []int64 // only what reaches all of floor and is above one of it, is taken; nil: everything
	kept    []deal  // the frontier as of the last merge, gains descending
	strong  []deal  // some of kept that beat much, where there are more than two parties
	waiting []deal
	store   []int64 // room for gains
}

// strongest is how many strong exchanges everything is held against.
const strongest = 48

// firstMerge is how many wait before the first merge, later ones wait for at
// least as many.
const firstMerge = 1 << 12

func newArchive(parties int) *archive { return &archive{parties: parties} }

func (a *archive) hopeless(ceiling *deal) bool {
	q := a.over(ceiling)
	return q != nil && beats(q, ceiling)
}

func (a *archive) take(d *deal) {
	if a.floor != nil && !above(d.gains, a.floor) {
		return
	}
	if q := a.over(d); q != nil && (beats(q, d) || sameGains(q, d) > 0) {
		return
	}
	a.waiting = append(a.waiting, deal{a.save(d.gains), d.heads, d.set})
	if len(a.waiting) >= max(firstMerge, len(a.kept)) {
		a.merge()
	}
}

// over finds a kept exchange as good as d for everybody; nil where it sees
// none. With up to two parties it sees the one that is best for the last, with
// more it looks at the strong only.
func (a *archive) over(d *deal) *deal {
	if a.parties > 2 {
		for i := range a.strong {
			if covers(a.strong[i].gains, d.gains) {
				return &a.strong[i]
			}
		}
		return nil
	}
	// kept descends by the first gain and so ascends by the second: the last
	// that is as good for the first party is best for the second.
	n := sort.Search(len(a.kept), func(i int) bool { return a.kept[i].gains[0] < d.gains[0] })
	if n == 0 || !covers(a.kept[n-1].gains, d.gains) {
		return nil
	}
	return &a.kept[n-1]
}

// save copies gains into rooms that are allocated by the thousand.
func (a *archive) save(gains []int64) []int64 {
	n := len(gains)
	if len(a.store) < n {
		a.store = make([]int64, 1024*n)
	}
	to := a.store[:n:n]
	a.store = a.store[n:]
	copy(to, gains)
	return to
}

// merge takes the waiting into the kept.
func (a *archive) merge() {
	a.kept = maxima(append(a.kept, a.waiting...))
	a.waiting = a.waiting[:0]
	if a.parties > 2 {
		a.strong = strongOf(a.kept)
	}
}

// strongOf picks the exchanges of the largest sums.
func strongOf(kept []deal) []deal {
	at := make([]int, len(kept))
	for i := range at {
		at[i] = i
	}
	sort.SliceStable(at, func(i, j int) bool { return sum(kept[at[i]].gains) > sum(kept[at[j]].gains) })
	var out []deal
	for _, i := range at[:min(len(at), strongest)] {
		out = append(out, kept[i])
	}
	return out
}

// frontierOf merges what several goroutines kept.
func frontierOf(found []*archive) []deal {
	var all []deal
	for _, a := range found {
		all = append(append(all, a.kept...), a.waiting...)
	}
	return maxima(all)
}

// covers tells whether a is at least as good as b for everybody.
func covers(a, b []int64) bool {
	for p, g := range a {
		if g < b[p] {
			return false
		}
	}
	return true
}

// above tells whether a is at least as good as b for everybody and better for
// one.
func above(a, b []int64) bool { return covers(a, b) && !covers(b, a) }

// beats tells whether a is at least as good as b for everybody and better for
// one.
func beats(a, b *deal) bool { return above(a.gains, b.gains) }
