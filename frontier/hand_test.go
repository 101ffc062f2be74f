package frontier_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"parley"
	"parley/brief"
	"parley/frontier"
)

func voice(party parley.PartyID, walkAway int64, worth map[parley.PersonID]int64, rules ...parley.Rule) frontier.Voice {
	return frontier.Voice{Position: brief.Position{Party: party, WalkAway: walkAway, Worth: worth, Rules: rules}}
}

// contractCase is the example of the contract: three persons, one a woman.
func contractCase() *parley.Case {
	return &parley.Case{
		ID:      "us-ru-2022",
		Parties: []parley.Party{{ID: "us", Name: "United States"}, {ID: "ru", Name: "Russian Federation"}},
		Persons: []parley.Person{
			{ID: "griner", HeldBy: "ru", Tags: []string{"civilian", "woman"}},
			{ID: "whelan", HeldBy: "ru"},
			{ID: "bout", HeldBy: "us"},
		},
	}
}

func contractBriefs() []brief.Brief {
	return []brief.Brief{
		brief.New(brief.Content{
			Case: "us-ru-2022", Party: "us", WalkAway: 10,
			Tiers: map[parley.PersonID]brief.Tier{"whelan": brief.Want}, TierPoints: map[brief.Tier]int64{brief.Want: 55},
			Worth: map[parley.PersonID]int64{"griner": 60, "bout": -50}, Tags: map[string]int64{"woman": 5},
		}),
		brief.New(brief.Content{
			Case: "us-ru-2022", Party: "ru",
			Worth: map[parley.PersonID]int64{"griner": -30, "whelan": -25, "bout": 40},
		}),
	}
}

// TestContractExample gives the very JSON of the contract.
func TestContractExample(t *testing.T) {
	c := contractCase()
	voices, err := frontier.Voices(c, contractBriefs()...)
	if err != nil {
		t.Fatal(err)
	}
	a := solve(t, c, voices, frontier.Options{Frontier: true, Offer: &parley.Offer{Release: []parley.PersonID{"griner", "whelan", "bout"}}})
	a.Seconds = 0.004
	got, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"case":"us-ru-2022","parties":["us","ru"],"criterion":"nash","estimated":[],"waits_for":{},` +
		`"agreeable":true,"proved":true,"tied":false,` +
		`"best":{"release":["bout","griner"],"gains":{"us":5,"ru":10}},` +
		`"frontier":{"complete":true,"points":[{"release":["bout","griner"],"gains":{"us":5,"ru":10}}]},` +
		`"offer":{"gains":{"us":60,"ru":-15},"agreeable":false,"dominated_by":[],"why":["ru: gain -15 is below the walk-away"]},` +
		`"seconds":0.004}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestNothingAgreeableAsJSON gives what the contract says for that. The rule
// that could be left out is not named.
func TestNothingAgreeableAsJSON(t *testing.T) {
	c := contractCase()
	c.Rules = []parley.Rule{parley.Require{IDs: []parley.PersonID{"whelan"}}, parley.AtMostOne{IDs: []parley.PersonID{"griner", "whelan"}}}
	voices, _ := frontier.Voices(c, contractBriefs()...)
	got, _ := json.Marshal(solve(t, c, voices, frontier.Options{Criterion: frontier.KS}))
	want := `{"case":"us-ru-2022","parties":["us","ru"],"criterion":"ks","estimated":[],"waits_for":{},` +
		`"agreeable":false,"proved":true,"tied":false,"best":null,"frontier":{"complete":true,"points":[]},` +
		`"why":["rule of the case: require: [whelan]","us: walk-away 10","ru: walk-away 0"],"seconds":0}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestOneBriefWithEstimates takes the other side from the middle of ranges.
func TestOneBriefWithEstimates(t *testing.T) {
	c := contractCase()
	content := contractBriefs()[0].Content()
	content.Estimates = []brief.Estimate{{
		Party: "ru", WalkAway: brief.Range{Low: 0, High: 11},
		Worth: map[parley.PersonID]brief.Range{"bout": {Low: 40, High: 61}, "griner": {Low: -31, High: -30}},
	}}
	voices, err := frontier.Voices(c, brief.New(content))
	if err != nil {
		t.Fatal(err)
	}
	a := solve(t, c, voices, frontier.Options{})
	// 50 for bout, -31 for griner and nothing for whelan, walk-away 5.
	if got := tell(*a.Best); got != "bout+griner+whelan [60 14]" {
		t.Errorf("best %s", got)
	}
	same(t, "estimated", a.Estimated, []string{"ru"})
	voices, err = frontier.Voices(c, brief.New(content), contractBriefs()[1])
	if err != nil {
		t.Fatal(err)
	}
	if a := solve(t, c, voices, frontier.Options{}); len(a.Estimated) != 0 || tell(*a.Best) != "bout+griner [5 10]" {
		t.Errorf("two briefs: estimated %v, best %s", a.Estimated, tell(*a.Best))
	}
}

// TestPartyThatCanGainNothing is left out of nash and ks, so that they still
// tell the others' exchanges apart.
func TestPartyThatCanGainNothing(t *testing.T) {
	c := contractCase()
	c.Parties = append(c.Parties, parley.Party{ID: "de"})
	voices := []frontier.Voice{
		voice("us", 0, map[parley.PersonID]int64{"griner": 6, "bout": -1}),
		voice("ru", 0, map[parley.PersonID]int64{"bout": 3, "whelan": -1}),
		voice("de", 0, nil),
	}
	for _, by := range []frontier.Criterion{frontier.Nash, frontier.KS} {
		a := solve(t, c, voices, frontier.Options{Criterion: by})
		if got := tell(*a.Best); got != "bout+griner [5 3 0]" {
			t.Errorf("%s: best %s", by, got)
		}
		same(t, "left out", a.LeftOut, []string{"de"})
	}
}

// TestLargestNumbers weighs points of 10^9 over 10^6 heads, and refuses what
// could overflow.
func TestLargestNumbers(t *testing.T) {
	const heads, most = parley.MaxHeads / 2, parley.MaxPoints
	c := &parley.Case{ID: "large", Parties: []parley.Party{{ID: "a"}, {ID: "b"}, {ID: "c"}}}
	c.Groups = []parley.Group{{ID: "g", Count: heads, HeldBy: "a"}, {ID: "h", Count: heads, HeldBy: "b"}}
	voices := []frontier.Voice{
		voice("a", -most, map[parley.PersonID]int64{"g": most, "h": most - 1}),
		voice("b", most, map[parley.PersonID]int64{"g": most, "h": most}),
		voice("c", -most, map[parley.PersonID]int64{"g": most, "h": -most}),
	}
	for _, by := range frontier.Criteria() {
		checkAll(t, c, voices, func() string { return string(by) })
	}
	a := solve(t, c, voices, frontier.Options{})
	if got, want := tell(*a.Best), fmt.Sprintf("g [%d %d %d]", int64(heads*most+most), int64(heads*most-most), int64(heads*most+most)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}

	// 5,000 tags of 10^9 each, on 10^6 heads: 5 x 10^18.
	tags := make([]string, 5000)
	points := map[string]int64{}
	for i := range tags {
		tags[i] = fmt.Sprint("t", i)
		points[tags[i]] = most
	}
	c.Groups = []parley.Group{{ID: "g", Count: parley.MaxHeads, HeldBy: "a", Tags: tags}}
	v := frontier.Voice{Position: brief.Position{Party: "a", Tags: points}}
	if _, err := frontier.New(c, []frontier.Voice{v}); err == nil || !strings.Contains(err.Error(), "overflow") {
		t.Errorf("5 x 10^18: %v", err)
	}
	if got := frontier.RedLines(c, v.Position, parley.Exchange{"g"}); len(got) != 1 || !strings.Contains(got[0], "overflow") {
		t.Errorf("5 x 10^18: red lines %q", got)
	}
	c.Groups[0].Tags = nil
	c.Rules = []parley.Rule{parley.Ratio{A: parley.Selector{}, B: parley.Selector{HeldBy: "b"}, Num: 1, Den: 1 << 45}}
	if _, err := frontier.New(c, []frontier.Voice{v}); err == nil || !strings.Contains(err.Error(), "overflow") {
		t.Errorf("a ratio of 2^45: %v", err)
	}
}

// TestProductsBeyond128Bits decides nash among five parties with gains of 10^15.
func TestProductsBeyond128Bits(t *testing.T) {
	c := &parley.Case{ID: "wide"}
	var voices []frontier.Voice
	for i := range 5 {
		id := parley.PartyID(fmt.Sprint("p", i))
		c.Parties = append(c.Parties, parley.Party{ID: id})
		voices = append(voices, voice(id, 0, map[parley.PersonID]int64{"g": parley.MaxPoints, "h": parley.MaxPoints - int64(i%2)}))
	}
	c.Groups = []parley.Group{{ID: "g", Count: 1000, HeldBy: "p0"}, {ID: "h", Count: 1000, HeldBy: "p0"}}
	c.Rules = []parley.Rule{parley.AtMostOne{IDs: []parley.PersonID{"g", "h"}}}
	checkAll(t, c, voices, func() string { return "" })
}

// TestNewRefuses names what can't be weighed.
func TestNewRefuses(t *testing.T) {
	long := &parley.Case{ID: "long", Parties: []parley.Party{{ID: "us"}}}
	for i := range frontier.MaxTraded + 1 {
		long.Persons = append(long.Persons, parley.Person{ID: parley.PersonID(fmt.Sprint("p", i)), HeldBy: "us"})
	}
	us := voice("us", 0, nil)
	if _, err := frontier.New(long, []frontier.Voice{us}); !errors.Is(err, frontier.ErrTooMany) || !strings.Contains(err.Error(), "40001") {
		t.Errorf("too many in trade: %v", err)
	}
	long.Persons[0].Owed = true
	if _, err := frontier.New(long, []frontier.Voice{us}); err != nil {
		t.Errorf("as many as can be in trade: %v", err)
	}
	withBonus := contractCase()
	withBonus.Rules = []parley.Rule{parley.Bonus{Points: 1, All: []parley.PersonID{"bout"}}}
	for _, tt := range []struct {
		c      *parley.Case
		voices []frontier.Voice
		want   string
	}{
		{contractCase(), nil, "no party has spoken"},
		{contractCase(), []frontier.Voice{us, us}, "us has spoken twice"},
		{contractCase(), []frontier.Voice{voice("de", 0, nil)}, "de has a brief"},
		{contractCase(), []frontier.Voice{voice("us", 0, map[parley.PersonID]int64{"nobody": 1})}, "nobody, who is not in the case"},
		{contractCase(), []frontier.Voice{voice("us", 0, nil, parley.Forbid{IDs: []parley.PersonID{"nobody"}})}, "us: forbid: [nobody]: nobody is not in the case"},
		{contractCase(), []frontier.Voice{voice("us", 0, nil, parley.IfThen{If: "nobody", Then: []parley.PersonID{"bout"}})}, "nobody is not in the case"},
		{contractCase(), []frontier.Voice{voice("us", 0, nil, parley.IfThen{If: "bout", Then: []parley.PersonID{"nobody"}})}, "nobody is not in the case"},
		{contractCase(), []frontier.Voice{voice("us", 0, nil, parley.Bonus{All: []parley.PersonID{"nobody"}})}, "nobody is not in the case"},
		{contractCase(), []frontier.Voice{voice("us", 0, nil, parley.Count{Of: parley.Selector{IDs: []parley.PersonID{"nobody"}}, AtLeast: new(int)})}, "nobody is not in the case"},
		{contractCase(), []frontier.Voice{voice("us", 0, nil, parley.Ratio{})}, "a ratio is of"},
		{withBonus, []frontier.Voice{us}, "a bonus stands in a brief only"},
	} {
		if _, err := frontier.New(tt.c, tt.voices); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %v, want %q", err, tt.want)
		}
	}
	p, err := frontier.New(contractCase(), []frontier.Voice{us})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Solve(context.Background(), frontier.Options{Criterion: "fair"}); err == nil {
		t.Error("a criterion that is none")
	}
	if _, err := p.Solve(context.Background(), frontier.Options{Offer: &parley.Offer{Release: []parley.PersonID{"nobody"}}}); err == nil {
		t.Error("an offer of nobody in the case")
	}
	other := contractBriefs()[0].Content()
	other.Case = "another"
	if _, err := frontier.Voices(contractCase(), brief.New(other)); err == nil {
		t.Error("a brief for another case")
	}
	both := contractBriefs()[0].Content()
	both.Estimates = []brief.Estimate{{Party: "us"}}
	if _, err := frontier.Voices(contractCase(), brief.New(both)); err == nil {
		t.Error("an estimate of the brief's own party")
	}
}

// TestNothingPrivateIsPrinted tries to print what weighing knows.
func TestNothingPrivateIsPrinted(t *testing.T) {
	c := contractCase()
	v := voice("us", -777777, map[parley.PersonID]int64{"bout": 424242}, parley.Bonus{Points: 31313131, All: []parley.PersonID{"bout"}})
	p, err := frontier.New(c, []frontier.Voice{v})
	if err != nil {
		t.Fatal(err)
	}
	a, err := p.Solve(context.Background(), frontier.Options{Frontier: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x"} {
		for _, x := range []any{p, a, *a, v, struct{ A any }{a}, []any{p}} {
			out := fmt.Sprintf(verb, x)
			for _, secret := range []string{"777777", "424242", "31313131", "32333150", "67932"} {
				if strings.Contains(out, secret) {
					t.Errorf("%s of %T prints %s", verb, x, out)
				}
			}
		}
	}
}

func ExampleProblem_Solve() {
	c := contractCase()
	voices, err := frontier.Voices(c, contractBriefs()...)
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := frontier.New(c, voices)
	if err != nil {
		fmt.Println(err)
		return
	}
	a, err := p.Solve(context.Background(), frontier.Options{Criterion: frontier.Nash})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(a.Best.Release)
	for _, g := range a.Best.Gains {
		fmt.Println(g.Party, g.Points)
	}
	// Output:
	// [bout griner]
	// us 5
	// ru 10
}
