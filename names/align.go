package names

import (
	"bytes"
	"math/bits"
)

// floor is the similarity below which two words are simply different.
const floor = .5

// similar compares two words: 1 alike, floor different.
func (m *Matcher) similar(a, b *token) float32 {
	s := situationOf(a, b)
	if a.script == otherScript || b.script == otherScript || len(a.phones) == 0 || len(b.phones) == 0 {
		if a.text == b.text {
			return 1
		}
		return floor
	}
	known := a.group != 0 && b.group != 0 && a.patro == b.patro
	if known && a.group == b.group {
		return 1
	}
	if known { // two names, however alike: Ahmad is not Mahmoud
		return floor
	}
	sim := m.sounds(a, b, 0, s)
	if a.al != b.al {
		sim = m.withoutArticle(a, b, s, sim)
	}
	if a.sex+b.sex == 3 && a.patro == b.patro { // one is hers, one is his
		sim = max(sim-.08, floor)
	}
	return sim
}

// sounds is 1 less the cost of the change as a part of all that there is; the
// first skip phones of a, an article, are left out.
func (m *Matcher) sounds(a, b *token, skip, s int) float32 {
	p, mass, more := a.phones[skip:], a.mass[s]+b.mass[turned(s)], int32(0)
	for _, c := range a.phones[:skip] {
		mass -= int32(m.costs.mass[s][c])
	}
	if a.abd != b.abd {
		more = servant
	}
	if skip == 0 && a.sketch.farFrom(&b.sketch) {
		return floor
	}
	if more == 0 && s != fullAbjad && s != abjadFull && bytes.Equal(p, b.phones) {
		return 1
	}
	most := mass * (100 - 100*floor) / 200
	d := m.costs.distance(p, b.phones, s, most) + more
	if d >= most {
		return floor
	}
	return 1 - 2*float32(d)/float32(mass)
}

// sketch counts the consonants of a word by kind, to see at a glance that two
// words are different.
type sketch struct {
	kinds [sketchKinds]uint8 // the last: may be of several kinds
	all   uint8
}

const sketchKinds = 6

// sketchKind finds the kind of a phone; one more than it, 0 for none.
var sketchKind = func() (k [phones]uint8) {
	for i, list := range [sketchKinds]string{"bpf23BF%v#w", "tdTDOUsSzZcCJ01\"&57;,?", "kgxqGNQR4X96$", "mn", "lr", "KHMP8!"} {
		for _, p := range []byte(list) {
			k[p] = uint8(i) + 1
		}
	}
	return k
}()

func sketchOf(sounds []byte) (s sketch) {
	for _, p := range sounds[:min(len(sounds), maxPhones)] {
		if k := sketchKind[p]; k > 0 {
			s.kinds[k-1]++
			s.all++
		}
	}
	return s
}

// farFrom tells words of three consonants or more that have at most half of
// them in common by kind. Of word pairs with a similarity above the floor that
// is one in twenty, most of them barely above it.
func (s *sketch) farFrom(t *sketch) bool {
	most := max(s.all, t.all)
	if most < 3 {
		return false
	}
	common := s.kinds[5] + t.kinds[5]
	for k := range sketchKinds - 1 {
		common += min(s.kinds[k], t.kinds[k])
	}
	return 2*common <= most
}

// servant is what it costs that only one of two names is "servant of".
const servant = 60

// withoutArticle compares again where one side bears an article and the other
// may have it glued on.
func (m *Matcher) withoutArticle(a, b *token, s int, sim float32) float32 {
	if a.al {
		a, b, s = b, a, turned(s)
	}
	p := a.phones
	if len(p) < 4 || p[1] != 'l' || p[0] != 'a' && p[0] != 'e' && p[0] != 'A' {
		return sim
	}
	return max(sim, m.sounds(a, b, 2, s)-.02)
}

// pair says that a word of the first name stands for one of the second.
type pair struct {
	i, j int8
	sim  float32
}

// alignment is the best one-to-one pairing of the words of two names, in
// whatever order they stand.
type alignment struct {
	pairs [maxTokens]pair
	n     int
	sims  [maxTokens][maxTokens]float32
}

// align pairs the words so that the sum of the similarities is greatest.
func (m *Matcher) align(al *alignment, a, b []token) {
	for i := range a {
		for j := range b {
			al.sims[i][j] = m.similar(&a[i], &b[j])
		}
	}
	al.assign(len(a), len(b))
}

// assign takes each row's best column where these differ, and searches
// otherwise.
func (al *alignment) assign(rows, cols int) {
	al.n = 0
	turn := rows > cols
	if turn {
		rows, cols = cols, rows
	}
	if !al.obvious(rows, cols, turn) {
		al.search(rows, cols, turn)
	}
}

func (al *alignment) sim(i, j int, turn bool) float32 {
	if turn {
		return al.sims[j][i]
	}
	return al.sims[i][j]
}

func (al *alignment) add(i, j int, turn bool) {
	p := pair{int8(i), int8(j), al.sim(i, j, turn)}
	if turn {
		p.i, p.j = p.j, p.i
	}
	al.pairs[al.n] = p
	al.n++
}

// obvious pairs every row with its best column, if no two share one.
func (al *alignment) obvious(rows, cols int, turn bool) bool {
	var used uint32
	for i := range rows {
		best := 0
		for j := 1; j < cols; j++ {
			if al.sim(i, j, turn) > al.sim(i, best, turn) {
				best = j
			}
		}
		if used>>best&1 != 0 {
			al.n = 0
			return false
		}
		used |= 1 << best
		al.add(i, best, turn)
	}
	return true
}

// search finds the best pairing by dynamic programming over sets of columns:
// best[set] is the most that the first |set| rows can have with these columns.
func (al *alignment) search(rows, cols int, turn bool) {
	if cols <= 4 {
		var best [1 << 4]float32
		var from [1 << 4]int8
		al.bestSets(best[:1<<cols], from[:1<<cols], rows, cols, turn)
		return
	}
	al.searchMany(rows, cols, turn)
}

// searchMany is apart because its tables fill the stack of every caller.
//
//go:noinline
func (al *alignment) searchMany(rows, cols int, turn bool) {
	var best [1 << maxTokens]float32
	var from [1 << maxTokens]int8
	al.bestSets(best[:1<<cols], from[:1<<cols], rows, cols, turn)
}

func (al *alignment) bestSets(best []float32, from []int8, rows, cols int, turn bool) {
	top := 0
	for set := 1; set < len(best); set++ {
		i := bits.OnesCount(uint(set)) - 1
		if i >= rows {
			continue
		}
		best[set] = -1
		for j := range cols {
			if set>>j&1 == 0 {
				continue
			}
			if v := best[set&^(1<<j)] + al.sim(i, j, turn); v > best[set] {
				best[set], from[set] = v, int8(j)
			}
		}
		if i == rows-1 && (top == 0 || best[set] > best[top]) {
			top = set
		}
	}
	for i := rows - 1; i >= 0; i-- {
		j := int(from[top])
		al.add(i, j, turn)
		top &^= 1 << j
	}
}
