package frontier

import (
	"slices"

	"parley"
)

// Balance is an exchange on the agreed scale of equivalents: equal ranks first,
// one for one, and the rest by units. Persons in trade count, and those alone.
type Balance struct {
	Sides []Side           `json:"sides"`           // holders who release somebody, in file order; of two that there are in the case, both
	Equal map[string]int64 `json:"equal,omitempty"` // two holders: heads of each tag exchanged one for one
	Owing parley.PartyID   `json:"owing,omitempty"` // two holders: who has released less
	Due   int64            `json:"due"`             // and by how many units; 0: it balances
}

// Side is what one holder releases.
type Side struct {
	Party    parley.PartyID   `json:"party"`
	Heads    map[string]int64 `json:"heads"`    // by tag of the scale
	Rest     map[string]int64 `json:"rest"`     // what is left after equal ranks
	Units    int64            `json:"units"`    // of the rest
	Unscaled int64            `json:"unscaled"` // heads that bear no tag of the scale
}

// BalanceOf weighs an exchange on the case's scale; nil where there is none. Who
// bears several tags of the scale counts by the one of most units. A blank counts
// as who is named to fill it, and by its own tags where nobody is.
func BalanceOf(c *parley.Case, x parley.Exchange, named ...parley.Naming) *Balance {
	if len(c.Scale) == 0 {
		return nil
	}
	units := map[string]int64{}
	for _, e := range c.Scale {
		units[e.Tag] = e.Units
	}
	b := &Balance{Sides: []Side{}}
	at := map[parley.PartyID]int{}
	for _, p := range c.Parties {
		at[p.ID] = len(b.Sides)
		b.Sides = append(b.Sides, Side{Party: p.ID, Heads: map[string]int64{}, Rest: map[string]int64{}})
	}
	holdings, holders := c.Holdings(), map[parley.PartyID]bool{}
	for _, h := range holdings {
		i, ok := at[h.HeldBy]
		if !ok || h.Owed {
			continue
		}
		holders[h.HeldBy] = true
		if !x.Has(h.ID) {
			continue
		}
		if tag, ok := rank(tagsOf(h, holdings, named), units); ok {
			b.Sides[i].Heads[tag] += int64(h.Heads)
		} else {
			b.Sides[i].Unscaled += int64(h.Heads)
		}
	}
	b.Sides = slices.DeleteFunc(b.Sides, func(s Side) bool {
		return len(s.Heads) == 0 && s.Unscaled == 0 && (len(holders) != 2 || !holders[s.Party])
	})
	b.settle(units)
	return b
}

// tagsOf are those of who leaves: of a blank that is named, the one who fills it.
func tagsOf(h parley.Holding, among []parley.Holding, named []parley.Naming) []string {
	i := slices.IndexFunc(named, func(n parley.Naming) bool { return n.Blank == h.ID })
	if i < 0 {
		return h.Tags
	}
	for _, who := range among {
		if who.ID == named[i].Person {
			return who.Tags
		}
	}
	return h.Tags
}

// rank is the tag of the scale by which somebody counts.
func rank(tags []string, units map[string]int64) (best string, ok bool) {
	for _, tag := range tags {
		if n, is := units[tag]; is && (!ok || n > units[best] || n == units[best] && tag < best) {
			best, ok = tag, true
		}
	}
	return best, ok
}

// settle takes equal ranks out and counts the rest.
func (b *Balance) settle(units map[string]int64) {
	two := len(b.Sides) == 2
	if two {
		b.Equal = map[string]int64{}
		for tag, n := range b.Sides[0].Heads {
			if k := min(n, b.Sides[1].Heads[tag]); k > 0 {
				b.Equal[tag] = k
			}
		}
	}
	for i := range b.Sides {
		s := &b.Sides[i]
		for tag, n := range s.Heads {
			if n -= b.Equal[tag]; n > 0 {
				s.Rest[tag] = n
				s.Units += n * units[tag]
			}
		}
	}
	if two && b.Sides[0].Units != b.Sides[1].Units {
		less := 0
		if b.Sides[1].Units < b.Sides[0].Units {
			less = 1
		}
		b.Owing, b.Due = b.Sides[less].Party, b.Sides[1-less].Units-b.Sides[less].Units
	}
}
