package frontier

import (
	"fmt"
	"math/bits"
	"slices"

	"parley"
	"parley/brief"
)

// worth is what a party gains, as numbers over sets.
type worth struct {
	party     parley.PartyID
	estimated bool
	walkAway  int64
	each      []int64 // by atom: points when it is released, all its heads together
	bonuses   []bonus
}

// bonus is points for releasing all of a list, of each the atoms that release it.
type bonus struct {
	all    [][]int32
	points int64
}

// capacity bounds the sum of all magnitudes that one gain, or one count of a
// rule, can meet. The sum over the parties is kept within it too, so that
// nothing that is added up here can pass an int64.
const capacity = 1 << 61

// newWorth turns a position into numbers.
func newWorth(t *trade, v Voice, parties int) (worth, error) {
	p := v.Position
	w := worth{party: p.Party, estimated: v.Estimated, walkAway: p.WalkAway}
	points, given := t.points(p.Worth)
	if id, ok := t.stranger(p.Worth, given); ok {
		return w, fmt.Errorf("%s: worth is given for %s, who is not in the case", p.Party, id)
	}
	room := room{left: uint64(capacity / parties)}
	room.take(p.WalkAway, 1)
	w.each = make([]int64, len(t.atoms))
	for k, a := range t.atoms {
		heads := t.holdings[a.who].Heads
		i := t.valued(&p, a)
		w.each[k] = room.unit(&p, t, i, points[i]) * int64(heads)
	}
	if err := w.addBonuses(t, p, &room); err != nil {
		return w, err
	}
	if room.full {
		return w, errOverflow(p.Party)
	}
	return w, nil
}

// points are a worth by holding, and for how many it is given.
func (t *trade) points(of map[parley.PersonID]int64) (points []int64, given int) {
	points = make([]int64, len(t.holdings))
	for i := range t.holdings {
		v, ok := of[t.holdings[i].ID]
		points[i] = v
		if ok {
			given++
		}
	}
	return points, given
}

// stranger finds the first of those who are not in the case, where not all are
// in trade.
func (t *trade) stranger(of map[parley.PersonID]int64, inTrade int) (first parley.PersonID, some bool) {
	if inTrade == len(of) {
		return "", false
	}
	for id := range of {
		if _, ok := t.at()[id]; !ok && (!some || id < first) {
			first, some = id, true
		}
	}
	return first, some
}

func errOverflow(party parley.PartyID) error {
	return fmt.Errorf("%s: points are so large that a sum of them could overflow: divide all of them by the same number", party)
}

// addBonuses takes the bonuses of a position. One is earned by those of its
// list that are in trade; without any it is dropped.
func (w *worth) addBonuses(t *trade, p brief.Position, room *room) error {
	for _, r := range p.Rules {
		b, ok := r.(parley.Bonus)
		if !ok {
			continue
		}
		if err := t.known(b.All); err != nil {
			return fmt.Errorf("%s: %s: %w", p.Party, b, err)
		}
		room.take(b.Points, 1)
		var all [][]int32
		for _, i := range t.inTrade(b.All) {
			all = append(all, t.means[i])
		}
		if len(all) > 0 {
			w.bonuses = append(w.bonuses, bonus{all, b.Points})
		}
	}
	return nil
}

// valued is whom a position values when an atom is released: the blank, where
// the position has a worth for it, else who leaves; an index into holdings.
func (t *trade) valued(p *brief.Position, a atom) int {
	if a.blank >= 0 {
		if _, ok := p.Worth[t.holdings[a.blank].ID]; ok {
			return a.blank
		}
	}
	return a.who
}

// gain is what releasing the atoms, ascending, gains the party.
func (w *worth) gain(atoms []int32) int64 {
	g := -w.walkAway
	for _, k := range atoms {
		g += w.each[k]
	}
	for _, b := range w.bonuses {
		if !slices.ContainsFunc(b.all, func(id []int32) bool { return !hasAny(atoms, id) }) {
			g += b.points
		}
	}
	return g
}

// hasAny tells whether one of some atoms is among others, ascending.
func hasAny(atoms, some []int32) bool {
	return slices.ContainsFunc(some, func(k int32) bool {
		_, ok := slices.BinarySearch(atoms, k)
		return ok
	})
}

// room is how much more magnitude a sum can meet.
type room struct {
	left uint64
	full bool
}

// take uses room for n times the points and tells whether there was enough.
func (r *room) take(points int64, n int) bool {
	hi, lo := bits.Mul64(magnitude(points), uint64(n))
	if r.full || hi != 0 || lo > r.left {
		r.full = true
		return false
	}
	r.left -= lo
	return true
}

// unit is what one head of the i-th holding is worth to the position: its points
// and those of each of its tags. It is 0 when there is no room.
func (r *room) unit(p *brief.Position, t *trade, i int, points int64) int64 {
	sum, heads := points, t.holdings[i].Heads
	if !r.take(sum, heads) {
		return 0
	}
	if len(p.Tags) > 0 {
		tags := slices.Clone(t.tags(i))
		slices.Sort(tags)
		for _, tag := range slices.Compact(tags) {
			if !r.take(p.Tags[tag], heads) {
				return 0
			}
			sum += p.Tags[tag]
		}
	}
	return sum
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}
