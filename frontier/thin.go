package frontier

import "encoding/binary"

// thinOut drops subsets of a half that another of the half makes needless: one
// that the rest of the trade can't tell from it, that gains every party of
// those that matter as much, and wins where nothing but that is compared. What
// completes the one completes the other to something that comes before it in
// every order and on every frontier.
func (s *scan) thinOut(h *half, rest set) {
	classes := map[string][]deal{}
	for i := range h.sets {
		k := s.class(h.sets[i], rest)
		classes[k] = append(classes[k], deal{s.matters(h, i), h.heads[i], h.sets[i]})
	}
	stays := make(map[set]bool, len(h.sets))
	for _, deals := range classes {
		for _, d := range maxima(deals) {
			stays[d.set] = true
		}
	}
	h.keep(func(i int) bool { return stays[h.sets[i]] })
}

// matters lists what may make the i-th subset of a half better than another:
// the gains of parties who have a floor, and heads where they are asked for.
// (A half never differs in the order of ids alone: with as many heads, the
// smaller of two lists stays the smaller whatever both are completed with.)
func (s *scan) matters(h *half, i int) []int64 {
	var out []int64
	for p, floor := range s.demand.floor {
		if floor != noFloor {
			out = append(out, h.gains[p][i])
		}
	}
	if s.demand.heads || len(out) == 0 {
		out = append(out, h.heads[i])
	}
	return out
}

// class names what the rest of the trade can tell of a subset: how it stands
// with each rule that is not settled, which bonuses can still be earned, and
// whether somebody else must be released.
func (s *scan) class(x, rest set) string {
	key := mark(nil, x != 0 || s.demand.empty)
	for _, l := range s.demand.rules {
		_, must := l.cond.outlook(x, rest)
		key = mark(key, must)
		if !must {
			key = binary.AppendVarint(key, l.cond.state(x, rest))
		}
	}
	for p, floor := range s.demand.floor {
		if floor == noFloor {
			continue
		}
		for _, b := range s.spanning[p] {
			key = mark(key, b.all&^x&^rest == 0)
		}
	}
	return string(key)
}

func mark(key []byte, yes bool) []byte {
	if yes {
		return append(key, 1)
	}
	return append(key, 0)
}
