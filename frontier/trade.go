package frontier

import (
	"cmp"
	"fmt"
	"slices"

	"parley"
)

// trade is what can be traded: bit i of a set is the i-th holding, ids
// ascending.
type trade struct {
	holdings []parley.Holding
	at       map[parley.PersonID]int // index into holdings; -1 for those outside the trade
}

// newTrade leaves out who is owed by law and whom nobody holds.
func newTrade(c *parley.Case) trade {
	t := trade{at: map[parley.PersonID]int{}}
	for _, h := range c.Holdings() {
		t.at[h.ID] = -1
		if !h.Owed && h.HeldBy != "" {
			t.holdings = append(t.holdings, h)
		}
	}
	slices.SortFunc(t.holdings, func(a, b parley.Holding) int { return cmp.Compare(a.ID, b.ID) })
	for i, h := range t.holdings {
		t.at[h.ID] = i
	}
	return t
}

// pick gives the ids as a set, those outside the trade left out.
func (t *trade) pick(ids []parley.PersonID) (set, error) {
	var s set
	for _, id := range ids {
		i, ok := t.at[id]
		if !ok {
			return 0, fmt.Errorf("%s is not in the case", id)
		}
		if i >= 0 {
			s |= 1 << i
		}
	}
	return s, nil
}

// choose gives the holdings in trade that a selector picks.
func (t *trade) choose(sel parley.Selector) (set, error) {
	if _, err := t.pick(sel.IDs); err != nil {
		return 0, err
	}
	var s set
	for i, h := range t.holdings {
		if sel.Picks(h) {
			s |= 1 << i
		}
	}
	return s, nil
}

// exchange gives the set as ids.
func (t *trade) exchange(s set) parley.Exchange {
	x := make(parley.Exchange, 0, s.count())
	for ; s != 0; s &= s - 1 {
		x = append(x, t.holdings[s.first()].ID)
	}
	return x
}

// heads counts the people in the set.
func (t *trade) heads(s set) int64 {
	var n int64
	for ; s != 0; s &= s - 1 {
		n += int64(t.holdings[s.first()].Heads)
	}
	return n
}
