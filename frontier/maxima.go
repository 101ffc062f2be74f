package frontier

import (
	"cmp"
	"slices"
)

// maxima gives the deals that no other of the list beats, one for each vector of
// gains (that of most heads), gains descending. The list is its to reorder.
//
// The method is Kung, Luccio and Preparata's: sorted by the first gain, nothing
// in the upper part of the list is beaten by the lower, so each part is thinned
// by itself and the lower then by the upper, in which one gain less matters.
func maxima(deals []deal) []deal {
	slices.SortStableFunc(deals, descending)
	// thin would drop the repeated as well, but there may be very many.
	deals = slices.CompactFunc(deals, func(a, b deal) bool { return slices.Equal(a.gains, b.gains) })
	deals = thin(deals)
	slices.SortFunc(deals, descending)
	return deals
}

// descending orders by gains, the greater first, then by heads, then by where they come from.
func descending(a, b deal) int {
	return cmp.Or(slices.Compare(b.gains, a.gains), cmp.Compare(b.heads, a.heads), cmp.Compare(a.at, b.at))
}

// few is how many pairs are compared one by one.
const few = 2048

// thin drops the beaten from a list that is sorted by gains descending, no two
// alike. It gives them in any order.
func thin(deals []deal) []deal {
	if len(deals) < 2 {
		return deals
	}
	n := len(deals) / 2
	upper, lower := thin(deals[:n]), thin(deals[n:])
	return append(slices.Clip(upper), uncovered(upper, lower, 1)...)
}

// uncovered gives those of lower, in any order, that nothing in upper covers in
// the gains from k on. In the gains before k all of upper covers all of lower.
func uncovered(upper, lower []deal, k int) []deal {
	if len(upper) == 0 || len(lower) == 0 {
		return lower
	}
	switch left := len(lower[0].gains) - k; {
	case left <= 0:
		return nil
	case left == 1:
		return byLast(upper, lower, k)
	case len(upper)*len(lower) <= few:
		return oneByOne(upper, lower, k)
	case left == 2:
		return byLastTwo(upper, lower, k)
	}
	return byMiddle(upper, lower, k)
}

func byLast(upper, lower []deal, k int) []deal {
	most := upper[0].gains[k]
	for _, u := range upper {
		most = max(most, u.gains[k])
	}
	var out []deal
	for _, d := range lower {
		if d.gains[k] > most {
			out = append(out, d)
		}
	}
	return out
}

func oneByOne(upper, lower []deal, k int) []deal {
	var out []deal
	for _, d := range lower {
		if !slices.ContainsFunc(upper, func(u deal) bool { return covers(u.gains[k:], d.gains[k:]) }) {
			out = append(out, d)
		}
	}
	return out
}

// byLastTwo sweeps both lists, the gain before the last descending.
func byLastTwo(upper, lower []deal, k int) []deal {
	byK := func(a, b deal) int { return cmp.Compare(b.gains[k], a.gains[k]) }
	up := slices.SortedFunc(slices.Values(upper), byK)
	var out []deal
	most, n := int64(noFloor), 0
	for _, d := range slices.SortedFunc(slices.Values(lower), byK) {
		for ; n < len(up) && up[n].gains[k] >= d.gains[k]; n++ {
			most = max(most, up[n].gains[k+1])
		}
		if d.gains[k+1] > most {
			out = append(out, d)
		}
	}
	return out
}

// byMiddle splits both lists by the k-th gain: the rich of lower can be covered
// only by the rich of upper, the poor by the poor, and by the rich in the gains
// after k.
func byMiddle(upper, lower []deal, k int) []deal {
	v := middle(upper, lower, k)
	richUp, poorUp := split(upper, k, v)
	rich, poor := split(lower, k, v)
	if len(poorUp)+len(poor) == 0 { // all of both are v
		return uncovered(upper, lower, k+1)
	}
	poor = uncovered(poorUp, uncovered(richUp, poor, k+1), k)
	return append(slices.Clip(poor), uncovered(richUp, rich, k)...)
}

// middle is the median of the k-th gains of both lists, or the next greater one
// if nothing is below the median; so only lists of one value have no poor.
func middle(upper, lower []deal, k int) int64 {
	var all []int64
	for _, d := range upper {
		all = append(all, d.gains[k])
	}
	for _, d := range lower {
		all = append(all, d.gains[k])
	}
	slices.Sort(all)
	v := all[len(all)/2]
	if v > all[0] {
		return v
	}
	next, _ := slices.BinarySearch(all, v+1)
	if next == len(all) {
		return v
	}
	return all[next]
}

// split parts a list by whether the k-th gain reaches v, in its order.
func split(deals []deal, k int, v int64) (rich, poor []deal) {
	rich, poor = make([]deal, 0, len(deals)), make([]deal, 0, len(deals))
	for _, d := range deals {
		if d.gains[k] >= v {
			rich = append(rich, d)
		} else {
			poor = append(poor, d)
		}
	}
	return rich, poor
}
