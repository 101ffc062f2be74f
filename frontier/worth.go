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
	each      []int64 // points when the holding is released, all its heads together
	bonuses   []bonus
}

// bonus is points for releasing all of a set.
type bonus struct {
	all    set
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
	for id := range p.Worth {
		if _, ok := t.at[id]; !ok {
			return w, fmt.Errorf("%s: worth is given for %s, who is not in the case", p.Party, id)
		}
	}
	room := room{left: uint64(capacity / parties)}
	room.take(p.WalkAway, 1)
	for _, h := range t.holdings {
		w.each = append(w.each, room.unit(p, h)*int64(h.Heads))
	}
	if err := w.addBonuses(t, p, &room); err != nil {
		return w, err
	}
	if room.full {
		return w, errOverflow(p.Party)
	}
	return w, nil
}

func errOverflow(party parley.PartyID) error {
	return fmt.Errorf("%s: points are so large that a sum of them could overflow", party)
}

// addBonuses takes the bonuses of a position. One is earned by those of its
// list that are in trade; without any it is dropped.
func (w *worth) addBonuses(t *trade, p brief.Position, room *room) error {
	for _, r := range p.Rules {
		b, ok := r.(parley.Bonus)
		if !ok {
			continue
		}
		all, err := t.pick(b.All)
		if err != nil {
			return fmt.Errorf("%s: %s: %w", p.Party, b, err)
		}
		room.take(b.Points, 1)
		if all != 0 {
			w.bonuses = append(w.bonuses, bonus{all, b.Points})
		}
	}
	return nil
}

// gain is what releasing the set gains the party.
func (w *worth) gain(s set) int64 {
	g := -w.walkAway
	for rest := s; rest != 0; rest &= rest - 1 {
		g += w.each[rest.first()]
	}
	for _, b := range w.bonuses {
		if s&b.all == b.all {
			g += b.points
		}
	}
	return g
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

// unit is what one head of the holding is worth to the position: its worth and
// the points of each of its tags. It is 0 when there is no room.
func (r *room) unit(p brief.Position, h parley.Holding) int64 {
	points := []int64{p.Worth[h.ID]}
	tags := slices.Clone(h.Tags)
	slices.Sort(tags)
	for _, tag := range slices.Compact(tags) {
		points = append(points, p.Tags[tag])
	}
	var sum int64
	for _, n := range points {
		if !r.take(n, h.Heads) {
			return 0
		}
		sum += n
	}
	return sum
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}
