package frontier

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"parley"
	"parley/brief"
)

// kind is persons who are alike.
type kind struct {
	count, holder int
	worth         [2]int64
}

// TestManyAlike holds what the criteria pick, where few kinds of persons are many
// each and rules count them, to every way to release so many of each kind.
func TestManyAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kinds := make([]kind, 5)
		for i := range kinds {
			k := &kinds[i]
			k.count, k.holder = rapid.IntRange(5, 6).Draw(t, "count"), rapid.IntRange(0, 1).Draw(t, "holder")
			k.worth[k.holder] = rapid.Int64Range(-30, 2).Draw(t, "cost")
			k.worth[1-k.holder] = rapid.Int64Range(-2, 40).Draw(t, "worth")
		}
		c, voices := alike(kinds)
		for i := range voices {
			voices[i].Position.WalkAway = rapid.Int64Range(-20, 60).Draw(t, "walk-away")
		}
		even, most := rapid.Bool().Draw(t, "even"), rapid.IntRange(0, 6).Draw(t, "most")
		c.Rules = []parley.Rule{parley.Count{Of: parley.Selector{Tag: "k0"}, AtMost: &most}}
		if even {
			c.Rules = append(c.Rules, parley.Equal{A: parley.Selector{HeldBy: "p0"}, B: parley.Selector{HeldBy: "p1"}})
		}
		all := waysOf(kinds, voices, func(n []int) bool {
			side := [2]int{}
			for i, k := range kinds {
				side[k.holder] += n[i]
			}
			return n[0] <= most && (!even || side[0] == side[1])
		})
		p, err := New(c, voices)
		if err != nil {
			t.Fatal(err)
		}
		for _, by := range Criteria() {
			a, err := p.Solve(context.Background(), Options{Criterion: by})
			if err != nil || !a.Proved || a.Agreeable != (len(all) > 0) {
				t.Fatalf("%s: %v, proved %t, agreeable %t of %d", by, err, a.Proved, a.Agreeable, len(all))
			}
			if a.Agreeable {
				holdToAll(t, by, a, all)
			}
		}
	})
}

// alike writes kinds as a case, and what its two parties say.
func alike(kinds []kind) (*parley.Case, []Voice) {
	c := &parley.Case{ID: "alike", Parties: []parley.Party{{ID: "p0"}, {ID: "p1"}}}
	voices := make([]Voice, 2)
	for i, p := range c.Parties {
		voices[i].Position = brief.Position{Party: p.ID, Worth: map[parley.PersonID]int64{}}
	}
	for i, k := range kinds {
		for n := range k.count {
			id := parley.PersonID(fmt.Sprintf("x%d-%d", i, n))
			c.Persons = append(c.Persons, parley.Person{ID: id, HeldBy: c.Parties[k.holder].ID, Tags: []string{fmt.Sprintf("k%d", i)}})
			for v := range voices {
				voices[v].Position.Worth[id] = k.worth[v]
			}
		}
	}
	return c, voices
}

// waysOf lists what is agreeable, by how many of each kind are released.
func waysOf(kinds []kind, voices []Voice, keeps func(n []int) bool) (all []deal) {
	n := make([]int, len(kinds))
	for {
		d := deal{gains: []int64{-voices[0].Position.WalkAway, -voices[1].Position.WalkAway}}
		for i, k := range kinds {
			d.heads += int64(n[i])
			for v := range d.gains {
				d.gains[v] += int64(n[i]) * k.worth[v]
			}
		}
		if d.heads > 0 && slices.Min(d.gains) >= 0 && keeps(n) {
			all = append(all, d)
		}
		i := 0
		for ; i < len(n) && n[i] == kinds[i].count; i++ {
			n[i] = 0
		}
		if i == len(n) {
			return all
		}
		n[i]++
	}
}

// holdToAll tells whether anything comes before what was picked.
func holdToAll(t *rapid.T, by Criterion, a *Answer, all []deal) {
	ideal := slices.Clone(all[0].gains)
	for _, d := range all {
		ideal[0], ideal[1] = max(ideal[0], d.gains[0]), max(ideal[1], d.gains[1])
	}
	got, there := deal{}, false
	for _, g := range a.Best.Gains {
		got.gains = append(got.gains, g.Points)
	}
	got.heads = int64(len(a.Best.Release))
	o := newOrder(by, ideal)
	for _, d := range all {
		there = there || slices.Equal(d.gains, got.gains) && d.heads == got.heads
		if o.by.compare(&d, &got) > 0 || o.by.compare(&d, &got) == 0 && o.least.compare(&d, &got) > 0 {
			t.Fatalf("%s picks %d, and there is %d", by, got.gains, d.gains)
		}
	}
	if !there {
		t.Fatalf("%s picks %d with %d, which is not agreeable", by, got.gains, got.heads)
	}
}
