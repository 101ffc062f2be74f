package frontier_test

import (
	"testing"

	"parley"
	"parley/casefile"
	"parley/examples"
	"parley/frontier"
)

// TestDixHill weighs by the scale of 1862: equal ranks one for one, the rest by
// units, the row of 3 among them.
func TestDixHill(t *testing.T) {
	file, err := examples.Files.ReadFile("dix-hill-1862/case.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c, err := casefile.ParseCase("dix-hill-1862/case.yaml", file)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int64{
		"general-commanding-in-chief": 60, "major-general": 40, "brigadier-general": 20, "colonel": 15, "lieutenant-colonel": 10,
		"major": 8, "captain": 6, "lieutenant": 4, "warrant-officer": 3, "non-commissioned-officer": 2, "private": 1,
	}
	if len(c.Scale) != len(want) {
		t.Fatalf("%d rows", len(c.Scale))
	}
	for _, e := range c.Scale {
		if want[e.Tag] != e.Units {
			t.Errorf("%s: %d", e.Tag, e.Units)
		}
	}
	c.Persons = []parley.Person{
		{ID: "colonel", HeldBy: "usa", Tags: []string{"colonel", "private"}}, // counts by the higher
		{ID: "midshipman", HeldBy: "csa", Tags: []string{"warrant-officer"}},
		{ID: "citizen", HeldBy: "csa"},
		{ID: "owed", HeldBy: "usa", Tags: []string{"major"}, Owed: true},
	}
	c.Groups = []parley.Group{
		{ID: "privates-usa", Count: 7, HeldBy: "usa", Tags: []string{"private"}},
		{ID: "privates-csa", Count: 17, HeldBy: "csa", Tags: []string{"private"}},
	}
	b := frontier.BalanceOf(c, parley.NewExchange("colonel", "midshipman", "citizen", "owed", "privates-usa", "privates-csa"))
	usa, csa := b.Sides[0], b.Sides[1]
	if b.Equal["private"] != 7 || usa.Units != 15 || csa.Units != 10+3 || csa.Unscaled != 1 || b.Owing != "csa" || b.Due != 2 {
		t.Errorf("%+v", b)
	}
	if frontier.BalanceOf(&parley.Case{}, nil) != nil {
		t.Error("a balance without a scale")
	}
}
