package casefile_test

import (
	"reflect"
	"strings"
	"testing"

	"parley"
	"parley/casefile"
	"parley/handover"
)

const smallPlan = `parley: plan/1
id: apron
case: exercise
parties: {east: Ostland, west: Vostria}
neutrals: {icrc: {name: ICRC, person: Ana}}
neutral: icrc
places:
  east-jail: {under: east}
  west-jail: {under: west}
  east-plane: {under: east, name: aircraft}
  west-plane: {under: west}
entries:
  alma: {from: east, for: west, start: east-jail}
  peter: {from: west, for: east, start: west-jail, units: 4}
phases:
  - id: day
    gates:
      - {id: ident, do: check identity, confirm: [icrc], planned: 2022-12-08T15:00+04:00, go: true}
      - id: cross
        do: walk
        by: [east, west]
        move: {alma: west-plane, peter: east-plane}
        needs: [ident]
        confirm: [east, west]
instruments:
  pardon: {kind: pardon, of: [peter], confirm: [west], takes: 2h, final: true, duties: [{text: no return, until: 2030}]}
bounds: {east: {heads: 1}, west: {heads: 1}}
texts:
  - {language: en, authentic: true, paragraphs: [The two shall cross.]}
  - {language: ar, translator: X, paragraphs: [يعبر الاثنان.]}
`

// TestAPlanReadsBack: what is written is read as the same plan, and says by
// itself all that it says.
func TestAPlanReadsBack(t *testing.T) {
	plan, err := casefile.ParsePlan("plan.yaml", []byte(smallPlan), nil)
	if err != nil {
		t.Fatal(err)
	}
	if plan.Gates()[0].Planned.String() != "2022-12-08 11:00Z" || plan.Instruments[0].Minutes != 120 {
		t.Errorf("%+v", plan)
	}
	plans := []*handover.Plan{plan}
	for _, name := range handover.Patterns() {
		p, err := handover.Pattern(name[0], handover.Cast{A: "a", B: "b", Host: "h", Neutral: "n", Rounds: []handover.Round{{FromA: []parley.PersonID{"x", "y"}, FromB: []parley.PersonID{"z"}}}})
		if err != nil {
			t.Fatal(err)
		}
		p.ID, p.Case = name[0], "c"
		p.Actors = []handover.Actor{{ID: "a", Name: "A"}, {ID: "b", Name: "B"}, {ID: "h", Name: "H", Neutral: true}, {ID: "n", Name: "no", Neutral: true}}
		plans = append(plans, p)
	}
	for _, p := range plans {
		file := casefile.EncodePlan(p)
		back, err := casefile.ParsePlan("again.yaml", file, nil)
		if err != nil {
			t.Fatalf("%v\n%s", err, file)
		}
		if again := casefile.EncodePlan(back); string(again) != string(file) {
			t.Errorf("%s\n%s", file, again)
		}
		if p == plan && !reflect.DeepEqual(back, plan) {
			t.Errorf("%+v\n%+v", back, plan)
		}
	}
}

// TestAPlanWithFaults names file, line and field.
func TestAPlanWithFaults(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"needs: [ident]", "needs: [nothing]", `plan.yaml:19:9: phases[0].gates[1]: needs: no gate or instrument "nothing"`},
		{"under: east, name: aircraft", "under: nobody", `"nobody" is no party of the case`},
		{"confirm: [east, west]", "confirm: [east]", "nobody of west says that it came"},
		{"2022-12-08T15:00+04:00", "2022-12-08", "not a time"},
		{"takes: 2h", "takes: two", "not a length of time"},
		{"{heads: 1}, west", "{heads: 0}, west", "out of range"},
		{"kind: pardon", "kind: pardn", "did you mean pardon?"},
		{"needs: [ident]", "need: [ident]", "unknown field"},
		{"language: ar", "language: Arabic", "not a language"},
	} {
		_, err := casefile.ParsePlan("plan.yaml", []byte(strings.Replace(smallPlan, c.old, c.new, 1)), nil)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.new, err, c.want)
		}
	}
}

// FuzzPlan: no file of the other side takes the desk down, and what is read can
// be written and read again.
func FuzzPlan(f *testing.F) {
	f.Add([]byte(smallPlan))
	f.Fuzz(func(t *testing.T, data []byte) {
		plan, err := casefile.ParsePlan("plan.yaml", data, nil)
		if err != nil {
			return
		}
		if _, err := casefile.ParsePlan("again.yaml", casefile.EncodePlan(plan), nil); err != nil {
			t.Fatal(err)
		}
	})
}
