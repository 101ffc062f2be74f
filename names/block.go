package names

import (
	"hash/fnv"
	"math"
	"slices"
)

// Comparing every row with every other is wasted on pairs that share nothing.
// Each row stands in a block for every code that one of its words may come to,
// for each such code with one letter left out, for the line of given.txt, and
// for its date of birth. Rows that share rare blocks are compared.

// most is how many rows of the other list a row is compared with in full.
const mostCompared = 64

// index finds the rows of one list by block.
type index struct {
	rows  map[uint32][]int32
	count int
}

func hash(kind byte, s string) uint32 {
	h := fnv.New32a()
	h.Write([]byte{kind})
	h.Write([]byte(s))
	return h.Sum32()
}

// keysOf lists the blocks of a record, each once.
func keysOf(p *prepared) []uint32 {
	var keys []uint32
	p.spellings(func(n *Name) {
		for i := range n.tokens {
			keys = tokenKeys(keys, &n.tokens[i])
		}
		for i := range n.joined {
			keys = tokenKeys(keys, &n.joined[i])
		}
	})
	if p.own {
		keys = tokenKeys(keys, &p.father.tokens[0])
	}
	if p.Born.Day != 0 {
		keys = append(keys, hash('b', p.Born.String()))
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

func tokenKeys(keys []uint32, t *token) []uint32 {
	if t.group != 0 {
		keys = append(keys, hash('g', string([]byte{byte(t.group >> 8), byte(t.group)})))
	}
	if len(t.phones) == 0 {
		return append(keys, hash('t', t.text))
	}
	for _, c := range codes(t.phones) {
		keys = append(keys, hash('c', c))
		if len(c) < 3 {
			continue
		}
		for i := range len(c) {
			keys = append(keys, hash('d', c[:i]+c[i+1:]))
		}
	}
	return keys
}

func newIndex(list []prepared) *index {
	x := &index{rows: map[uint32][]int32{}, count: len(list)}
	for i := range list {
		for _, k := range list[i].keys {
			x.rows[k] = append(x.rows[k], int32(i))
		}
	}
	return x
}

// Once enough times as many rows were come upon as are wanted, blocks that more
// than one row in commonFrom stands in are left out.
const (
	enough     = 20
	commonFrom = 40
)

// rarity is the logarithm of how many times rarer than everybody a block of so
// many rows is; a little for a block that everybody stands in.
func (x *index) rarity(rows int) float32 {
	return .01 + float32(math.Log(float64(x.count+1)/float64(rows+1)))
}

// seeker gathers, for one row after another, the rows that share most with it.
type seeker struct {
	*index
	sum     []float32
	touched []int32
	lists   [][]int32
}

func (x *index) seeker() *seeker { return &seeker{index: x, sum: make([]float32, x.count)} }

// near lists up to most rows of the index that share the rarest blocks with p,
// in ascending order.
func (s *seeker) near(p *prepared, most int) []int32 {
	s.touched, s.lists = s.touched[:0], s.lists[:0]
	for _, k := range p.keys {
		if rows := s.rows[k]; len(rows) > 0 {
			s.lists = append(s.lists, rows)
		}
	}
	slices.SortFunc(s.lists, func(a, b []int32) int { return len(a) - len(b) }) // the rarest first
	full := max(200, s.count/8)                                                 // a block that so many stand in tells nothing
	for _, rows := range s.lists {
		if len(rows) > full || len(s.touched) > enough*most && len(rows) > s.count/commonFrom {
			break
		}
		w := s.rarity(len(rows))
		for _, r := range rows {
			if s.sum[r] == 0 {
				s.touched = append(s.touched, r)
			}
			s.sum[r] += w
		}
	}
	out := slices.Clone(s.strongest(most))
	for _, r := range s.touched {
		s.sum[r] = 0
	}
	slices.Sort(out)
	return out
}

// strongest brings the rows with the greatest sums to the front, by Hoare's
// selection: what is behind them needs no order.
func (s *seeker) strongest(most int) []int32 {
	rows := s.touched
	if len(rows) <= most {
		return rows
	}
	stronger := func(a, b int32) bool {
		if s.sum[a] != s.sum[b] {
			return s.sum[a] > s.sum[b]
		}
		return a < b
	}
	for low, high := 0, len(rows)-1; low < high; {
		pivot, i, j := rows[low+(high-low)/2], low, high
		for i <= j {
			for stronger(rows[i], pivot) {
				i++
			}
			for stronger(pivot, rows[j]) {
				j--
			}
			if i <= j {
				rows[i], rows[j] = rows[j], rows[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case most-1 <= j:
			high = j
		case most-1 >= i:
			low = i
		default:
			low = high
		}
	}
	return rows[:most]
}
