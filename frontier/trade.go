package frontier

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"sync"

	"parley"
)

// holding is who is in trade: as much as is asked of everybody. The rest stands in
// the case.
type holding struct {
	ID    parley.PersonID
	Heads int
	at    int32 // of the case's persons and groups
	blank bool
}

// trade is what can be traded, ids ascending.
type trade struct {
	of       *parley.Case
	holdings []holding
	at       func() map[parley.PersonID]int // index into holdings; -1 for those outside the trade
	atoms    []atom
	means    [][]int32               // of holdings: the atoms that release it
	filled   []int                   // blanks that candidates fill
	tagged   func() map[string][]int // holdings by tag, ascending, of the tags that rules name
}

// newTrade takes in those who are in trade: not who is owed by law or whom nobody
// holds. Selectors of the tags are quick.
func newTrade(c *parley.Case, in []int32, tags []string) trade {
	in = sortedIDs(c, in)
	t := trade{of: c, holdings: make([]holding, len(in))}
	for i, k := range in {
		if n := len(c.Persons); int(k) < n {
			p := &c.Persons[k]
			t.holdings[i] = holding{p.ID, 1, k, p.Blank}
		} else {
			g := &c.Groups[int(k)-n]
			t.holdings[i] = holding{g.ID, g.Count, k, false}
		}
	}
	same := t
	t.at = sync.OnceValue(func() map[parley.PersonID]int { return indexOf(c, same.holdings) })
	t.tagged = sync.OnceValue(func() map[string][]int { return same.byTag(tags) })
	t.addAtoms()
	return t
}

// whole is a holding with all that the case says of it.
func (t *trade) whole(i int) parley.Holding { return t.of.Holding(int(t.holdings[i].at)) }

// heldBy is who holds the i-th.
func (t *trade) heldBy(i int) parley.PartyID {
	k, n := int(t.holdings[i].at), len(t.of.Persons)
	if k < n {
		return t.of.Persons[k].HeldBy
	}
	return t.of.Groups[k-n].HeldBy
}

// tags are those of the i-th.
func (t *trade) tags(i int) []string {
	k, n := int(t.holdings[i].at), len(t.of.Persons)
	if k < n {
		return t.of.Persons[k].Tags
	}
	return t.of.Groups[k-n].Tags
}

// inTrade lists the persons and groups in trade, in file order, groups after
// persons.
func inTrade(c *parley.Case) []int32 {
	in := make([]int32, 0, len(c.Persons)+len(c.Groups))
	for i := range c.Persons {
		if p := &c.Persons[i]; !p.Owed && p.HeldBy != "" {
			in = append(in, int32(i))
		}
	}
	for i := range c.Groups {
		if g := &c.Groups[i]; !g.Owed && g.HeldBy != "" {
			in = append(in, int32(len(c.Persons)+i))
		}
	}
	return in
}

// idOf is the id of the i-th of a case's persons and groups.
func idOf(c *parley.Case, i int32) parley.PersonID {
	if int(i) < len(c.Persons) {
		return c.Persons[i].ID
	}
	return c.Groups[int(i)-len(c.Persons)].ID
}

// sortedIDs sorts persons and groups by id: by the eight bytes after what all ids
// begin with, and by the rest where that is not enough.
func sortedIDs(c *parley.Case, in []int32) []int32 {
	if len(in) == 0 {
		return in
	}
	first := string(idOf(c, in[0]))
	same := len(first)
	for _, i := range in {
		id := string(idOf(c, i))
		for same = min(same, len(id)); id[:same] != first[:same]; {
			same--
		}
	}
	start := func(i *int32) uint64 {
		var room [8]byte
		copy(room[:], idOf(c, *i)[same:])
		return binary.BigEndian.Uint64(room[:])
	}
	return sortedBy(in, start, func(i, j int32) int { return cmp.Compare(idOf(c, i), idOf(c, j)) })
}

// indexOf finds holdings by id.
func indexOf(c *parley.Case, holdings []holding) map[parley.PersonID]int {
	at := make(map[parley.PersonID]int, len(c.Persons)+len(c.Groups))
	for i := range c.Persons {
		at[c.Persons[i].ID] = -1
	}
	for i := range c.Groups {
		at[c.Groups[i].ID] = -1
	}
	for i := range holdings {
		at[holdings[i].ID] = i
	}
	return at
}

// byTag lists the holdings that bear each of some tags.
func (t *trade) byTag(tags []string) map[string][]int {
	at := make(map[string]int, len(tags))
	var begins [256]bool // most tags are told apart by how they begin
	for k, tag := range tags {
		at[tag] = k
		begins[tag[0]] = true
	}
	lists := make([][]int, len(tags))
	for i := range t.holdings {
		for _, tag := range t.tags(i) {
			if tag == "" || !begins[tag[0]] {
				continue
			}
			k, ok := at[tag]
			if !ok {
				continue
			}
			if n := len(lists[k]); n == 0 || lists[k][n-1] != i {
				lists[k] = append(lists[k], i)
			}
		}
	}
	out := make(map[string][]int, len(tags))
	for tag, k := range at {
		out[tag] = lists[k]
	}
	return out
}

// namedTags lists the tags that selectors of some rules name.
func namedTags(rules []parley.Rule) (tags []string) {
	add := func(s parley.Selector) {
		if s.Tag != "" {
			tags = append(tags, s.Tag)
		}
	}
	for _, r := range rules {
		switch r := r.(type) {
		case parley.Count:
			add(r.Of)
		case parley.Equal:
			add(r.A)
			add(r.B)
		case parley.Ratio:
			add(r.A)
			add(r.B)
		}
	}
	return tags
}

// known refuses an id that is not in the case.
func (t *trade) known(ids []parley.PersonID) error {
	for _, id := range ids {
		if _, ok := t.at()[id]; !ok {
			return fmt.Errorf("%s is not in the case", id)
		}
	}
	return nil
}

// inTrade drops the ids that stand outside the trade, and repetitions.
func (t *trade) inTrade(ids []parley.PersonID) []int {
	out := make([]int, 0, len(ids))
	for _, id := range ids {
		if i, ok := t.at()[id]; ok && i >= 0 {
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
			if rest.Picks(t.whole(i)) {
				out = append(out, i)
			}
		}
		return out
	}
	if bearing, ok := t.tagged()[s.Tag]; ok {
		rest := s
		rest.Tag = ""
		if s.HeldBy == "" && s.SoughtBy == "" {
			return bearing
		}
		for _, i := range bearing {
			if rest.Picks(t.whole(i)) {
				out = append(out, i)
			}
		}
		return out
	}
	for i := range t.holdings {
		if s.Picks(t.whole(i)) {
			out = append(out, i)
		}
	}
	return out
}

// heads is how many people an atom releases.
func (t *trade) heads(k int32) int64 { return int64(t.holdings[t.atoms[k].who].Heads) }
