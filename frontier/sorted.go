package frontier

import "slices"

// sortedBy sorts a list, of fewer than 2^31, by keys ascending. What has the same
// key is put in order by ties and else stays as it stood. It sorts by digits, the
// least first.
func sortedBy[T any](list []T, key func(*T) uint64, ties func(a, b T) int) []T {
	n := len(list)
	var counts [8][256]int32
	from, to := make([]keyed, n), make([]keyed, n)
	for i := range list {
		k := key(&list[i])
		from[i] = keyed{k, int32(i)}
		for d := range counts {
			counts[d][byte(k>>(8*d))]++
		}
	}
	for d := range counts {
		if n > 0 && counts[d][byte(from[0].key>>(8*d))] < int32(n) {
			spread(from, to, 8*d, &counts[d])
			from, to = to, from
		}
	}
	out := make([]T, n)
	for i, k := range from {
		out[i] = list[k.at]
	}
	for i := 0; i < n; {
		j := i + 1
		for j < n && from[j].key == from[i].key {
			j++
		}
		if j > i+1 {
			slices.SortStableFunc(out[i:j], ties)
		}
		i = j
	}
	return out
}

// keyed is a place in a list with its key.
type keyed struct {
	key uint64
	at  int32
}

// spread moves entries to where their digit puts them, in order; counts tells how
// many have each.
func spread(from, to []keyed, shift int, counts *[256]int32) {
	at := int32(0)
	for v, n := range counts {
		counts[v] = at
		at += n
	}
	for _, k := range from {
		v := byte(k.key >> shift)
		to[counts[v]] = k
		counts[v]++
	}
}
