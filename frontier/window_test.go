package frontier

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"parley"
	"parley/brief"
)

// TestWindowsAreTheWholeTable holds the windows to the textbook table, in which
// every trade is tried from everywhere, with many trades of nearly one ratio.
func TestWindowsAreTheWholeTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.SampledFrom([]int64{3, 12, 60}).Draw(t, "most")
		c := &parley.Case{ID: "additive", Parties: []parley.Party{{ID: "a"}, {ID: "b"}}}
		worth := [2]map[parley.PersonID]int64{{}, {}}
		var table []int64
		a, b, loss := int64(0), int64(0), int64(0)
		for i := range rapid.IntRange(1, 60).Draw(t, "persons") {
			id := parley.PersonID(fmt.Sprintf("x%02d", i))
			c.Persons = append(c.Persons, parley.Person{ID: id, HeldBy: "a"})
			u := rapid.Int64Range(1, most).Draw(t, "worth")
			v := -max(1, u+rapid.Int64Range(-2, 2).Draw(t, "more"))
			if rapid.Bool().Draw(t, "held by a") {
				u, v = v, u
			}
			worth[0][id], worth[1][id] = u, v
			// From what is best for the first.
			w, p := -u, v
			if u > 0 {
				a, b, w, p = a+u, b+v, u, -v
			}
			loss += w
			next := make([]int64, loss+1)
			for k := range next {
				next[k] = -1 << 40
				if k < len(table) || k == 0 && table == nil {
					next[k] = at(table, k)
				}
				if int64(k) >= w {
					next[k] = max(next[k], at(table, k-int(w))+p)
				}
			}
			table = next
		}
		walkAway := [2]int64{rapid.Int64Range(-loss, loss/2).Draw(t, "a"), rapid.Int64Range(-loss, loss/2).Draw(t, "b")}
		var want []string
		top := int64(-1 << 40)
		for w, p := range table {
			if p > top {
				top = p
				if a-int64(w) >= walkAway[0] && b+p >= walkAway[1] {
					want = append(want, fmt.Sprint([]int64{a - int64(w) - walkAway[0], b + p - walkAway[1]}))
				}
			}
		}
		slices.Reverse(want)
		var voices []Voice
		for i, id := range []parley.PartyID{"a", "b"} {
			voices = append(voices, Voice{Position: brief.Position{Party: id, WalkAway: walkAway[i], Worth: worth[i]}})
		}
		p, err := New(c, voices)
		if err != nil {
			t.Fatal(err)
		}
		m := p.compile(demand{floor: make([]int64, 2), empty: true, apart: rapid.Bool().Draw(t, "apart")})
		f := newWindowed(m)
		ok := f.run()
		deals := dealsOf(f, 2)
		if got := gainsOfDeals(deals); !ok || !slices.Equal(got, want) {
			t.Fatalf("%t %v, the table has %v", ok, got, want)
		}
		for _, d := range deals {
			for k := range p.worths {
				if g := p.worths[k].gain(d.atoms()); g != d.gains[k] {
					t.Fatalf("a point of %v is listed with an exchange that gains %d", d.gains, g)
				}
			}
		}
	})
}

// at is a cell of a table; one without trades has only the first.
func at(table []int64, k int) int64 {
	switch {
	case k < len(table):
		return table[k]
	case k == 0:
		return 0
	}
	return -1 << 40
}
