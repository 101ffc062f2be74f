package frontier_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"parley"
	"parley/casefile"
	"parley/frontier"
)

// TestBadInput asks for a clear answer to what makes no sense.
func TestBadInput(t *testing.T) {
	us := voice("us", 0, map[parley.PersonID]int64{"griner": 5})
	t.Run("an empty case", func(t *testing.T) {
		c := &parley.Case{ID: "empty", Parties: []parley.Party{{ID: "us"}}}
		a := solve(t, c, []frontier.Voice{voice("us", 0, nil)}, frontier.Options{Frontier: true})
		if a.Agreeable || !a.Proved || fmt.Sprint(a.Why) != "[at least one person is released: nobody is in trade]" {
			t.Errorf("agreeable %t, why %q", a.Agreeable, a.Why)
		}
	})
	t.Run("contradictory rules", func(t *testing.T) {
		c := contractCase()
		c.Rules = []parley.Rule{
			parley.Together{IDs: []parley.PersonID{"griner", "whelan"}},
			parley.Require{IDs: []parley.PersonID{"griner"}},
			parley.Forbid{IDs: []parley.PersonID{"whelan"}},
		}
		a := solve(t, c, []frontier.Voice{us}, frontier.Options{})
		want := "rule of the case: together: [griner, whelan]; rule of the case: require: [griner]; rule of the case: forbid: [whelan]"
		if got := strings.Join(a.Why, "; "); got != want {
			t.Errorf("why %q", got)
		}
	})
	t.Run("a party without a brief", func(t *testing.T) {
		a := solve(t, contractCase(), []frontier.Voice{us}, frontier.Options{})
		if len(a.WaitsFor["ru"]) != 2 || !a.Agreeable {
			t.Errorf("waits for %v", a.WaitsFor)
		}
	})
	t.Run("a chain of thirty", func(t *testing.T) {
		c := &parley.Case{ID: "chain", Parties: []parley.Party{{ID: "us"}, {ID: "ru"}}}
		worth, cost := map[parley.PersonID]int64{}, map[parley.PersonID]int64{}
		for i := range 30 {
			id := parley.PersonID(fmt.Sprintf("x%02d", i))
			c.Persons = append(c.Persons, parley.Person{ID: id, HeldBy: "ru"})
			worth[id], cost[id] = int64(i%7)-2, 2-int64(i%5)
			if i > 0 {
				c.Rules = append(c.Rules, parley.IfThen{If: id, Then: []parley.PersonID{parley.PersonID(fmt.Sprintf("x%02d", i-1))}})
			}
		}
		// The agreeable are the beginnings of the chain: thirty, and they can be listed.
		most := int64(-1)
		for n, a, b := 0, int64(0), int64(0); n < 30; n++ {
			id := c.Persons[n].ID
			a, b = a+worth[id], b+cost[id]
			if a >= 0 && b >= 0 {
				most = max(most, a+b)
			}
		}
		got := solve(t, c, []frontier.Voice{voice("us", 0, worth), voice("ru", 0, cost)}, frontier.Options{Criterion: frontier.Total, Frontier: true})
		if !got.Proved || got.Best.Gains[0].Points+got.Best.Gains[1].Points != most || !got.Frontier.Complete {
			t.Errorf("proved %t, gains %v, want a sum of %d", got.Proved, tell(*got.Best), most)
		}
	})
	t.Run("all alike", func(t *testing.T) {
		c := &parley.Case{ID: "alike", Parties: []parley.Party{{ID: "us"}, {ID: "ru"}}}
		worth, cost := map[parley.PersonID]int64{}, map[parley.PersonID]int64{}
		for i := range 2000 {
			id := parley.PersonID(fmt.Sprintf("x%04d", i))
			c.Persons = append(c.Persons, parley.Person{ID: id, HeldBy: "ru"})
			worth[id], cost[id] = 3, -2
		}
		got := solve(t, c, []frontier.Voice{voice("us", 10, worth), voice("ru", -500, cost)}, frontier.Options{Frontier: true})
		if n := len(got.Frontier.Points); n != 247 || !got.Proved { // 4 to 250 of them
			t.Errorf("%d points", n)
		}
	})
}

// TestAMillion weighs, or refuses, what is far larger than any list, in bounded
// memory: as many persons in a file, as many in a case, as many heads in groups.
func TestAMillion(t *testing.T) {
	const million = 1_000_000
	var w bytes.Buffer
	w.WriteString(`{"parley":"case/1","id":"million","title":"","as_of":"2026-01-01","parties":{"a":{"name":"A"}},"persons":{`)
	for i := range million {
		if i > 0 {
			w.WriteByte(',')
		}
		fmt.Fprintf(&w, `"p%d":{"held_by":"a"}`, i)
	}
	w.WriteString("}}")
	file := filepath.Join(t.TempDir(), "million.case.json")
	if err := os.WriteFile(file, w.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	w = bytes.Buffer{}
	if used := allocated(func() {
		if _, _, err := casefile.ReadCase(file); err == nil || !strings.Contains(err.Error(), "longer than 16777216 bytes") {
			t.Errorf("a file of a million persons: %v", err)
		}
	}); used > 128<<20 {
		t.Errorf("refusing a file of a million persons took %d MiB", used>>20)
	}

	c := &parley.Case{ID: "many", Parties: []parley.Party{{ID: "a"}, {ID: "b"}}, Persons: make([]parley.Person, frontier.MaxTraded+1)}
	for i := range c.Persons {
		c.Persons[i].HeldBy = "b"
	}
	if used := allocated(func() {
		if _, err := frontier.New(c, []frontier.Voice{voice("a", 0, nil)}); !errors.Is(err, frontier.ErrTooMany) {
			t.Errorf("too many persons: %v", err)
		}
	}); used > 1<<20 {
		t.Errorf("refusing too many persons took %d KiB", used>>10)
	}

	c.Persons = nil
	worth, cost := map[parley.PersonID]int64{}, map[parley.PersonID]int64{}
	for i := range 1000 {
		id := parley.PersonID(fmt.Sprintf("g%03d", i))
		c.Groups = append(c.Groups, parley.Group{ID: id, HeldBy: "b", Count: million / 1000})
		worth[id], cost[id] = int64(i%7+1), -int64(i%5+1)
	}
	voices := []frontier.Voice{voice("a", 0, worth), voice("b", -million, cost)}
	if used := allocated(func() {
		a := solve(t, c, voices, frontier.Options{Criterion: frontier.Maximin})
		if !a.Proved || a.Best == nil {
			t.Errorf("groups of a million heads: proved %t, %v", a.Proved, a.Best)
		}
	}); used > 256<<20 {
		t.Errorf("weighing groups of a million heads took %d MiB", used>>20)
	}
}

// allocated is how much memory something asks for.
func allocated(what func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	what()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
