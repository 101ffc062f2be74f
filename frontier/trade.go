package frontier

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"sync"

	"parley"
)

// trade is what can be traded, ids ascending.
type trade struct {
	holdings []parley.Holding
	at       map[parley.PersonID]int // index into holdings; -1 for those outside the trade
	atoms    []atom
	means    [][]int32               // of holdings: the atoms that release it
	filled   []int                   // blanks that candidates fill
	tagged   func() map[string][]int // holdings by tag, ascending
}

// newTrade leaves out who is owed by law and whom nobody holds.
func newTrade(c *parley.Case) trade {
	all := c.Holdings()
	t := trade{at: make(map[parley.PersonID]int, len(all))}
	in := make([]begun, 0, len(all))
	for i := range all {
		if h := &all[i]; !h.Owed && h.HeldBy != "" {
			in = append(in, begin(h.ID, int32(i)))
		} else {
			t.at[h.ID] = -1
		}
	}
	slices.SortFunc(in, func(a, b begun) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(all[a.at].ID, all[b.at].ID))
	})
	t.holdings = make([]parley.Holding, len(in))
	for i, k := range in {
		t.holdings[i] = all[k.at]
		t.at[all[k.at].ID] = i
	}
	holdings := t.holdings
	t.tagged = sync.OnceValue(func() map[string][]int { return byTag(holdings) })
	t.addAtoms()
	return t
}

// begun is an id's first bytes as a number, which orders most ids.
type begun struct {
	start uint64
	at    int32
}

func begin(id parley.PersonID, at int32) begun {
	var room [8]byte
	copy(room[:], id)
	return begun{binary.BigEndian.Uint64(room[:]), at}
}

// byTag lists the holdings that bear each tag.
func byTag(holdings []parley.Holding) map[string][]int {
	out := map[string][]int{}
	for i := range holdings {
		for _, tag := range holdings[i].Tags {
			if list := out[tag]; len(list) == 0 || list[len(list)-1] != i {
				out[tag] = append(list, i)
			}
		}
	}
	return out
}

// known refuses an id that is not in the case.
func (t *trade) known(ids []parley.PersonID) error {
	for _, id := range ids {
		if _, ok := t.at[id]; !ok {
			return fmt.Errorf("%s is not in the case", id)
		}
	}
	return nil
}

// inTrade drops the ids that stand outside the trade, and repetitions.
func (t *trade) inTrade(ids []parley.PersonID) []int {
	out := make([]int, 0, len(ids))
	for _, id := range ids {
		if i, ok := t.at[id]; ok && i >= 0 {
			out = append(out, i)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// selected lists the holdings that a selector picks.
func (t *trade) selected(s parley.Selector) []int {
	var out []int
	if s.IDs != nil {
		rest := s
		rest.IDs = nil
		for _, i := range t.inTrade(s.IDs) {
			if rest.Picks(t.holdings[i]) {
				out = append(out, i)
			}
		}
		return out
	}
	if s.Tag != "" {
		rest := s
		rest.Tag = ""
		for _, i := range t.tagged()[s.Tag] {
			if rest.Picks(t.holdings[i]) {
				out = append(out, i)
			}
		}
		return out
	}
	for i := range t.holdings {
		if s.Picks(t.holdings[i]) {
			out = append(out, i)
		}
	}
	return out
}

// heads is how many people an atom releases.
func (t *trade) heads(k int32) int64 { return int64(t.holdings[t.atoms[k].who].Heads) }
