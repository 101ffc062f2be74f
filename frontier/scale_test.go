package frontier_test

import (
	"slices"
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
	// Who releases nobody owes it all.
	if b := frontier.BalanceOf(c, parley.NewExchange("midshipman")); len(b.Sides) != 2 || b.Owing != "usa" || b.Due != 3 {
		t.Errorf("nobody in return: %+v", b)
	}
	// Equal ranks go one for one although the sums are far apart, and a blank has
	// the rank of who fills it.
	c.Persons = append(c.Persons, parley.Person{ID: "slot", HeldBy: "csa", Tags: []string{"private"}, Blank: true, Candidates: []parley.PersonID{"captive"}}, parley.Person{ID: "captive", HeldBy: "csa", Tags: []string{"colonel"}})
	x := parley.NewExchange("colonel", "slot", "privates-csa")
	if b := frontier.BalanceOf(c, x, parley.Naming{Blank: "slot", Person: "captive"}); b.Equal["colonel"] != 1 || b.Owing != "usa" || b.Due != 17 {
		t.Errorf("a blank filled by a colonel: %+v", b)
	}
	if b := frontier.BalanceOf(c, x); b.Equal["colonel"] != 0 || b.Sides[1].Rest["private"] != 18 || b.Owing != "usa" || b.Due != 3 {
		t.Errorf("a blank that nobody fills: %+v", b)
	}
}

// TestBlanksAndOwedInTheSearch holds a case to what was worked out by hand.
func TestBlanksAndOwedInTheSearch(t *testing.T) {
	c := &parley.Case{
		ID: "blanks", Parties: []parley.Party{{ID: "us"}, {ID: "ru"}},
		Persons: []parley.Person{
			{ID: "major", HeldBy: "us", Tags: []string{"major"}},
			{ID: "private", HeldBy: "us", Tags: []string{"private"}},
			{ID: "ill", HeldBy: "us", Tags: []string{"major"}, Owed: true},
			{ID: "slot", HeldBy: "us", Blank: true, Candidates: []parley.PersonID{"major", "private", "ill", "griner"}},
			{ID: "griner", HeldBy: "ru", Tags: []string{"private"}},
		},
		Rules: []parley.Rule{parley.Require{IDs: []parley.PersonID{"slot"}}, parley.Require{IDs: []parley.PersonID{"ill"}}},
		Scale: []parley.Equivalent{{Tag: "major", Units: 8}, {Tag: "private", Units: 1}},
	}
	// By hand: the slot is filled by major (us -8, ru +8) or by private (us -1, ru
	// +1); ill is owed, and griner is held by ru. With griner (us +10, ru -5) the
	// exchanges that fit are slot=major and griner (2, 3), slot=private, griner and
	// major (1, 4) as well as slot=major, griner and private (1, 4).
	voices := []frontier.Voice{
		voice("us", 0, map[parley.PersonID]int64{"major": -8, "private": -1, "griner": 10, "ill": 100}),
		voice("ru", 0, map[parley.PersonID]int64{"major": 8, "private": 1, "griner": -5, "ill": 100}),
	}
	a := solve(t, c, voices, frontier.Options{Criterion: frontier.Nash, Frontier: true, Offer: &parley.Offer{Release: []parley.PersonID{"griner", "slot"}}})
	if got := tell(*a.Best); got != "griner+slot [2 3]" || len(a.Best.Named) != 1 || a.Best.Named[0].Person != "major" {
		t.Errorf("%s, %v", got, a.Best.Named)
	}
	// A major for a private, by the scale.
	if b := a.Balance; b.Owing != "ru" || b.Due != 7 || b.Sides[0].Units != 8 || len(b.Equal) != 0 {
		t.Errorf("%+v", b)
	}
	if got := tellGains(a.Frontier.Points); !slices.Equal(got, []string{"[1 4]", "[2 3]"}) {
		t.Errorf("frontier %v", got)
	}
	// Unnamed, the blank counts as whoever may fill it and is worth least to each.
	for _, tt := range []struct {
		release []parley.PersonID
		gains   []int64
		why     []string
	}{
		{[]parley.PersonID{"griner", "slot"}, []int64{2, -4}, []string{"ru: gain -4 is below the walk-away", blankToName}},
		{[]parley.PersonID{"griner", "private", "slot"}, []int64{1, 4}, []string{blankToName}},
		{[]parley.PersonID{"griner", "major", "private", "slot"}, []int64{-7, 4 + 1}, []string{"us: gain -7 is below the walk-away", "rules leave nobody to fill slot", blankToName}},
	} {
		j := solve(t, c, voices, frontier.Options{Offer: &parley.Offer{Release: tt.release}}).Offer
		if j.Gains[0].Points != tt.gains[0] || j.Gains[1].Points != tt.gains[1] || !slices.Equal(j.Why, tt.why) || j.Agreeable != (len(tt.why) == 1) {
			t.Errorf("%v: %+v", tt.release, j)
		}
	}
	// A rule that asks for who fills the blank is kept by that.
	c.Rules = append(c.Rules, parley.Require{IDs: []parley.PersonID{"major"}})
	if j := solve(t, c, voices, frontier.Options{Offer: &parley.Offer{Release: []parley.PersonID{"griner", "slot"}}}).Offer; !j.Agreeable || j.Gains[0].Points != 2 || j.Gains[1].Points != 3 {
		t.Errorf("major by the blank: %+v", j)
	}
}

// TestRulesOfABlankThatNobodyFills: whoever goes only together with a blank whose
// candidates are all out of trade stays, wherever the rule names the blank.
func TestRulesOfABlankThatNobodyFills(t *testing.T) {
	for _, ids := range [][]parley.PersonID{{"another", "major"}, {"major", "another"}} {
		c := &parley.Case{
			ID: "nobody", Parties: []parley.Party{{ID: "us"}, {ID: "ru"}},
			Persons: []parley.Person{
				{ID: "major", HeldBy: "us"},
				{ID: "private", HeldBy: "us"},
				{ID: "ill", HeldBy: "us", Owed: true},
				{ID: "another", HeldBy: "us", Blank: true, Candidates: []parley.PersonID{"ill"}},
				{ID: "griner", HeldBy: "ru"},
			},
			Rules: []parley.Rule{parley.Together{IDs: ids}},
		}
		voices := []frontier.Voice{
			voice("us", 0, map[parley.PersonID]int64{"major": -3, "private": -2, "griner": 10}),
			voice("ru", 0, map[parley.PersonID]int64{"major": 8, "private": 6, "griner": -5}),
		}
		a := solve(t, c, voices, frontier.Options{Criterion: frontier.Total, Frontier: true})
		if got := tell(*a.Best); got != "griner+private [8 1]" {
			t.Errorf("together %v: %s", ids, got)
		}
		if got := tellGains(a.Frontier.Points); !slices.Equal(got, []string{"[8 1]"}) {
			t.Errorf("together %v: frontier %v", ids, got)
		}
	}
}

const blankToName = "slot is a blank, to be named before it is sealed"
