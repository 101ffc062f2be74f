package casefile

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"parley"
	"parley/brief"
)

const fullCase = `
parley: case/1
id: us-ru-2022
title: United States and Russia, August 2022
as_of: 2022-08-05
parties:
  us: {name: United States, principal: {name: Joseph R. Biden, office: President}}
  ru: {name: Russian Federation}
persons:
  griner:
    name: Brittney Griner
    also: [Бриттни Грайнер]
    held_by: ru
    sought_by: [us]
    tags: [civilian, woman]
    owed: true
    born: 1990
    legal:
      - {on: 2022-02-17, event: arrested, place: Sheremetyevo, by: customs, note: n}
      - {on: 2022-08, event: sentenced, term: 9 years, charge: smuggling, sources: [report]}
    sources: [report]
    note: "a\nb"
  second: {held_by: us, custody: unknown, blank: true, candidates: [third]}
  third: {}
groups:
  wounded-a: {name: wounded, count: 390, held_by: ru, sought_by: [us], tags: [w], owed: true, sources: [report], note: n}
rules:
  - {require: [griner]}
  - {forbid: [third]}
  - {together: [griner, second]}
  - {at_most_one: [second, third]}
  - {if: second, then: [griner]}
  - {count: {held_by: us, sought_by: ru, tag: civilian, ids: [second]}, at_least: 1, at_most: 3}
  - {count: {}, at_most: 0}
  - {equal: [{held_by: us}, {held_by: ru}]}
  - {ratio: [{held_by: us}, {}], at_most: 2/1}
scale: {woman: 3, man: 0}
sources: {report: {title: Bloomberg, on: 2022-08-05, url: "https://x", note: n}}
`

func fullCaseWant() *parley.Case {
	one, three, none := 1, 3, 0
	report := []parley.SourceID{"report"}
	ids := func(s ...parley.PersonID) []parley.PersonID { return s }
	us, ru := parley.Selector{HeldBy: "us"}, parley.Selector{HeldBy: "ru"}
	return &parley.Case{
		ID: "us-ru-2022", Title: "United States and Russia, August 2022", AsOf: parley.Date{Year: 2022, Month: 8, Day: 5},
		Parties: []parley.Party{
			{ID: "us", Name: "United States", Principal: parley.Principal{Name: "Joseph R. Biden", Office: "President"}},
			{ID: "ru", Name: "Russian Federation"},
		},
		Persons: []parley.Person{
			{
				ID: "griner", Name: "Brittney Griner", Also: []string{"Бриттни Грайнер"}, HeldBy: "ru", Custody: parley.Held,
				SoughtBy: []parley.PartyID{"us"}, Tags: []string{"civilian", "woman"}, Owed: true, Born: parley.Date{Year: 1990},
				Legal: []parley.LegalEvent{
					{On: parley.Date{Year: 2022, Month: 2, Day: 17}, Event: "arrested", Place: "Sheremetyevo", By: "customs", Note: "n"},
					{On: parley.Date{Year: 2022, Month: 8}, Event: "sentenced", Term: "9 years", Charge: "smuggling", Sources: report},
				},
				Sources: report, Note: "a\nb",
			},
			{ID: "second", HeldBy: "us", Custody: parley.Unknown, Blank: true, Candidates: ids("third")},
			{ID: "third", Custody: parley.Unknown},
		},
		Groups: []parley.Group{{
			ID: "wounded-a", Name: "wounded", Count: 390, HeldBy: "ru", SoughtBy: []parley.PartyID{"us"},
			Tags: []string{"w"}, Owed: true, Sources: report, Note: "n",
		}},
		Rules: []parley.Rule{
			parley.Require{IDs: ids("griner")},
			parley.Forbid{IDs: ids("third")},
			parley.Together{IDs: ids("griner", "second")},
			parley.AtMostOne{IDs: ids("second", "third")},
			parley.IfThen{If: "second", Then: ids("griner")},
			parley.Count{Of: parley.Selector{HeldBy: "us", SoughtBy: "ru", Tag: "civilian", IDs: ids("second")}, AtLeast: &one, AtMost: &three},
			parley.Count{AtMost: &none},
			parley.Equal{A: us, B: ru},
			parley.Ratio{A: us, Num: 2, Den: 1},
		},
		Scale:   []parley.Equivalent{{Tag: "woman", Units: 3}, {Tag: "man", Units: 0}},
		Sources: []parley.Source{{ID: "report", Title: "Bloomberg", On: parley.Date{Year: 2022, Month: 8, Day: 5}, URL: "https://x", Note: "n"}},
	}
}

func TestEveryFieldOfACase(t *testing.T) {
	for name, file := range map[string]string{
		"as it is":       fullCase,
		"byte order":     "\ufeff" + fullCase,
		"lines of CR LF": strings.ReplaceAll(fullCase, "\n", "\r\n"),
	} {
		got, err := ParseCase("case.yaml", []byte(file))
		if err != nil {
			t.Fatal(name, err)
		}
		if want := fullCaseWant(); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got\n%+v\nwant\n%+v", name, got, want)
		}
	}
}

// A case in JSON is the same case, whatever its layout.
func TestJSONIsReadLikeYAML(t *testing.T) {
	indented := `{
	"parley": "case\/1", "id": "x", "title": "smile \ud83d\ude00 \u00e9",
	"parties": {"us": {"name": "U\/S"}, "ru": {}},
	"persons": {"p": {"name": 5, "held_by": "us", "owed": true, "also": [true, 1e3]}},
	"groups": {"g": {"count": 12}},
	"rules": [{"ratio": [{"held_by": "us"}, {}], "at_most": "2/1"}]
}`
	yaml := `
parley: case/1
id: x
title: smile 😀 é
parties: {us: {name: U/S}, ru: {}}
persons: {p: {name: "5", held_by: us, owed: true, also: ["true", "1e3"]}}
groups: {g: {count: 12}}
rules: [{ratio: [{held_by: us}, {}], at_most: 2/1}]
`
	want, err := ParseCase("case.yaml", []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{indented, strings.ReplaceAll(indented, "\n", " "), strings.ReplaceAll(indented, "\n", "\r\n")} {
		got, err := ParseCase("case.json", []byte(file))
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

// A long line of JSON, as programs write it.
func TestOneLineOfJSON(t *testing.T) {
	persons := map[string]any{}
	for i := range 12_000 {
		persons[fmt.Sprintf("p%d", i)] = map[string]any{"name": fmt.Sprintf("Person with the number %d", i), "held_by": "us", "note": strings.Repeat("word ", 15)}
	}
	data, err := json.Marshal(map[string]any{"parley": "case/1", "id": "x", "parties": map[string]any{"us": map[string]any{}}, "persons": persons})
	if err != nil || len(data) < 1_500_000 {
		t.Fatal(len(data), err)
	}
	c, err := ParseCase("case.json", data)
	if err != nil || len(c.Persons) != 12_000 {
		t.Fatal(err)
	}
}

func TestEveryFieldOfABrief(t *testing.T) {
	file := briefHead + stories(t, "brief")[0].file
	b, err := ParseBrief("brief.yaml", []byte(file), exercise(t))
	if err != nil {
		t.Fatal(err)
	}
	ids := func(s ...parley.PersonID) []parley.PersonID { return s }
	want := brief.Content{
		Case: "x", Party: "us", WalkAway: -10,
		Tiers:      map[parley.PersonID]brief.Tier{"whelan": brief.Want, "krasikov": brief.Never, "griner": brief.Must},
		TierPoints: map[brief.Tier]int64{brief.Want: 55, brief.Painful: -70},
		Worth:      map[parley.PersonID]int64{"griner": 60, "bout": -50, "wounded": 2},
		Tags:       map[string]int64{"woman": 5},
		Because:    map[parley.PersonID]string{"griner": "Two\nlines.\n"},
		Rules:      []parley.Rule{parley.Bonus{Points: -15, All: ids("griner", "whelan")}, parley.AtMostOne{IDs: ids("griner", "bout")}},
		Estimates: []brief.Estimate{
			{
				Party: "ru", WalkAway: brief.Range{Low: 0, High: 10},
				Worth: map[parley.PersonID]brief.Range{"bout": {Low: 40, High: 60}, "griner": {Low: -10, High: -5}, "whelan": {Low: 1, High: 2}},
				Tags:  map[string]brief.Range{"spy": {Low: 3, High: 3}},
				Rules: []parley.Rule{parley.Forbid{IDs: ids("bout")}},
			},
			{Party: "de", WalkAway: brief.Range{Low: 5, High: 5}},
		},
		DestroyAfter: parley.Date{Year: 2023, Month: 1, Day: 1},
	}
	if got := b.Content(); !reflect.DeepEqual(got, want) {
		t.Error("the content differs from what the file says") // a Content can't be printed
	}
}

func TestEveryFieldOfAnOffer(t *testing.T) {
	file := offerHead + stories(t, "offer")[0].file
	got, err := ParseOffer("offer.yaml", []byte(file), exercise(t))
	if err != nil {
		t.Fatal(err)
	}
	want := &parley.Offer{
		Case: "x", From: "us", Release: []parley.PersonID{"griner", "bout", "wounded"}, Optional: []parley.PersonID{"bout", "whelan"},
		IfConfirmed: []parley.Confirmation{{Person: "krasikov", Party: "de"}},
		To:          []parley.Destination{{Person: "griner", Party: "us"}, {Person: "bout", Party: "Ankara"}},
		When:        []parley.Phase{{Person: "wounded", When: "day 30"}, {Person: "griner", When: "2022-12-08"}, {Person: "whelan", When: "1"}},
		Terms:       []parley.Term{{Text: "two visits", By: "ru"}, {Text: "a letter"}},
		Until:       parley.Date{Year: 2022, Month: 8, Day: 31},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// Without a case at hand, references are taken as they are.
func TestReferencesAreFreeWithoutACase(t *testing.T) {
	if _, err := ParseBrief("b", []byte(briefHead+"worth: {anybody: 5}\nestimates: {fr: {}}\n"), nil); err != nil {
		t.Error(err)
	}
	if _, err := ParseOffer("o", []byte(offerHead+"release: [anybody]\nif_confirmed: {x: fr}\n"), nil); err != nil {
		t.Error(err)
	}
	if _, err := ParseOffer("o", []byte(offerHead+"release: [NOBODY]\n"), nil); err == nil {
		t.Error("an id that is none was read")
	}
}

func TestAnotherCase(t *testing.T) {
	c := exercise(t)
	file := strings.Replace(briefHead, "case: x", "case: y", 1)
	if _, err := ParseBrief("b", []byte(file), c); err == nil || err.Error() != "b:2:7: case: the brief of another case (this case is x)" {
		t.Error(err)
	}
	file = strings.Replace(offerHead, "case: x", "case: y", 1) + "release: [griner]\n"
	if _, err := ParseOffer("o", []byte(file), c); err == nil || err.Error() != "o:2:7: case: an offer on another case (this case is x)" {
		t.Error(err)
	}
	if _, err := ParseBrief("b", []byte(strings.Replace(briefHead, "us", "fr", 1)), c); err == nil {
		t.Error("the brief of a party that the case doesn't have was read")
	}
}

func TestFindings(t *testing.T) {
	file := caseHead + "title: \"a \\u202e b\"\npersons: {p: {name: x\u2066y, also: [fine\u200f], tags: [t]}}\n" +
		"groups: {g: {count: 2, note: \u202a}}\nrules: [{count: {tag: t}, at_most: 1}, {equal: [{tag: nobody}, {}]}]\n"
	c, err := ParseCase("a", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	var where []string
	for _, f := range Findings(c) {
		where = append(where, f.Field)
	}
	if want := []string{"title", "persons.p", "groups.g", "rules[1]"}; !slices.Equal(where, want) {
		t.Errorf("findings at %v, want %v", where, want)
	}
	if fs := Findings(exercise(t)); len(fs) != 0 {
		t.Errorf("findings in a plain case: %v", fs)
	}
}

// What EncodeOffer writes, ParseOffer reads back as it was.
func TestOffersRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawOffer(t)
		data := EncodeOffer(want)
		got, err := ParseOffer("offer.yaml", data, nil)
		if err != nil {
			t.Fatalf("%v in\n%s", err, data)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v, want %+v from\n%s", got, want, data)
		}
	})
}

func drawOffer(t *rapid.T) *parley.Offer {
	id := rapid.OneOf(rapid.StringMatching(`[a-z0-9-]{1,8}`), rapid.SampledFrom([]string{"no", "on", "y", "null", "true", "007", "1e3", "-", "--", "0x1f", "inf"}))
	text := rapid.OneOf(rapid.StringOfN(rapid.RuneFrom(nil, unicode.L, unicode.P, unicode.Zs, unicode.S, unicode.Cf), 1, 20, -1),
		rapid.SampledFrom([]string{"null", "~", "day 30", "2022-12-08", " x ", "- a", "a: b", "# c", "\"", `\`, "'", "😀", "\u202eabc", "%", "@", "\ufeff", "..."}))
	long := rapid.OneOf(text, rapid.Just("two\nlines\n"), rapid.Just("\ttab"))
	distinct := func(label string) []string {
		return nilIfEmpty(rapid.SliceOfNDistinct(id, 0, 4, rapid.ID[string]).Draw(t, label))
	}
	o := &parley.Offer{Case: id.Draw(t, "case"), From: parley.PartyID(id.Draw(t, "from"))}
	for _, s := range rapid.SliceOfNDistinct(id, 1, 5, rapid.ID[string]).Draw(t, "release") {
		o.Release = append(o.Release, parley.PersonID(s))
	}
	for _, s := range distinct("optional") {
		o.Optional = append(o.Optional, parley.PersonID(s))
	}
	for _, s := range distinct("if_confirmed") {
		o.IfConfirmed = append(o.IfConfirmed, parley.Confirmation{Person: parley.PersonID(s), Party: parley.PartyID(id.Draw(t, "party"))})
	}
	for _, s := range o.Release {
		if rapid.Bool().Draw(t, "to") {
			o.To = append(o.To, parley.Destination{Person: s, Party: text.Draw(t, "place")})
		}
		if rapid.Bool().Draw(t, "when") {
			o.When = append(o.When, parley.Phase{Person: s, When: text.Draw(t, "day")})
		}
	}
	for range rapid.IntRange(0, 2).Draw(t, "terms") {
		o.Terms = append(o.Terms, parley.Term{Text: long.Draw(t, "term"), By: parley.PartyID(rapid.OneOf(id, rapid.Just("")).Draw(t, "by"))})
	}
	o.Until = rapid.SampledFrom([]parley.Date{{}, {Year: 2022}, {Year: 2022, Month: 8}, {Year: 2022, Month: 8, Day: 31}}).Draw(t, "until")
	o.Answers = rapid.OneOf(text, rapid.Just("")).Draw(t, "answers")
	o.Text = rapid.OneOf(long, rapid.Just("")).Draw(t, "text")
	return o
}

func nilIfEmpty(s []string) []string {
	if len(s) == 0 {
		return nil
	}
	return s
}
