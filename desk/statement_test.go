package desk_test

import (
	"fmt"
	"strings"
	"testing"

	"parley"
	"parley/desk"
)

// TestWordsWaitForTheLastReceipt: what all agreed to say is warned of until the
// agreement is in force and everybody is received; a holding line is not.
func TestWordsWaitForTheLastReceipt(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	offer := w.send(w.east, "alma", "ivo")
	w.meet()
	accept, err := w.west.Accept(ctx, offer.String(), desk.Choices{})
	w.check(err)
	_ = accept
	w.meet()
	seal, err := w.east.Seal(ctx, offer.String())
	w.check(err)
	ref, err := w.east.PutWords(ctx, seal.String(), parley.PublicStatement{Text: "Two people went home to-day.", Credit: "the hosts", When: "when all are received", Persons: []parley.PersonID{"alma"}})
	w.check(err)
	line, err := w.east.PutWords(ctx, seal.String(), parley.PublicStatement{Text: "We do not speak of single cases.", Holding: true})
	w.check(err)
	w.meet()
	warned := func(d *desk.Desk, ref parley.Ref, want string) {
		t.Helper()
		s, err := d.PublicStatement(ctx, ref.String())
		w.check(err)
		if got := strings.Join(s.Warnings, "; "); !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("warned of %q, want %q", got, want)
		}
	}
	warned(w.east, ref, "not agreed to by west")
	for _, r := range []parley.Ref{ref, line} {
		_, err := w.west.AgreeToWords(ctx, r.String())
		w.check(err)
	}
	if _, err := w.west.AgreeToWords(ctx, ref.String()); err == nil {
		t.Error("agreed twice")
	}
	if _, err := w.east.PutWords(ctx, "", parley.PublicStatement{}); err == nil {
		t.Error("no words were put forward")
	}
	w.meet()
	warned(w.east, line, "")
	warned(w.east, ref, "ad referendum, and not in force")
	for _, d := range []*desk.Desk{w.east, w.west} {
		request, err := d.AskRatify(ctx, seal.String(), false, "")
		w.sign(d, request, err)
	}
	w.meet()
	warned(w.east, ref, "before the last receipt: not known to be received: alma, ivo")
	report := func(ids ...parley.PersonID) {
		_, err := w.east.Report(ctx, desk.Report{Kind: "receipt", By: "the Red Cross", Via: "telephone", Text: "arrived", Persons: ids})
		w.check(err)
	}
	report("alma")
	warned(w.east, ref, "not known to be received: ivo")
	report("ivo")
	warned(w.east, ref, "")
	all, err := w.east.PublicStatements(ctx)
	w.check(err)
	if len(all) != 2 || !all[0].ByAll || all[0].Text != "Two people went home to-day." {
		t.Errorf("%+v", all)
	}
}

// TestWordsWaitForTheReceiptsOfThePlan: they come by way of the handover, under
// one plan or under the next, and one who was optional and stayed is waited for
// only where the words name that person.
func TestWordsWaitForTheReceiptsOfThePlan(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	both := []*desk.Desk{w.east, w.west}
	offer := w.send(w.east, "alma", "ivo", "peter")
	w.meet()
	_, err := w.west.Accept(ctx, offer.String(), desk.Choices{})
	w.check(err)
	w.meet()
	seal, err := w.east.Seal(ctx, offer.String())
	w.check(err)
	w.meet()
	for _, d := range both {
		request, err := d.AskRatify(ctx, seal.String(), false, "")
		w.sign(d, request, err)
	}
	var words []parley.Ref
	for _, named := range [][]parley.PersonID{nil, {"peter"}} {
		ref, err := w.east.PutWords(ctx, seal.String(), parley.PublicStatement{Text: "They are home.", Persons: named})
		w.check(err)
		words = append(words, ref)
	}
	w.meet()
	for _, ref := range words {
		_, err := w.west.AgreeToWords(ctx, ref.String())
		w.check(err)
	}
	w.meet()
	warned := func(which int, want string) {
		t.Helper()
		for _, d := range both {
			s, err := d.PublicStatement(ctx, words[which].String())
			w.check(err)
			if got := strings.Join(s.Warnings, "; "); got != want {
				t.Errorf("warned of %q, want %q", got, want)
			}
		}
	}
	const before = "before the last receipt: not known to be received: "
	warned(0, before+"alma, ivo, peter")

	// Under the first plan Alma comes; then it is replaced.
	w.carriesOut(seal, "", "alma, ivo, peter")
	_, err = w.east.BeginStep(ctx, "last", "to-east", nil, "")
	w.check(err)
	_, err = w.east.ConfirmStep(ctx, "last", "to-east", "")
	w.check(err)
	w.meet()
	warned(0, before+"alma, ivo, peter") // arrived, and no receipt
	_, err = w.east.Receive(ctx, "last", []parley.ReceivedItem{{Entry: "alma", Identity: "checked"}}, "")
	w.check(err)
	w.meet()
	warned(0, before+"ivo, peter")
	if _, err := w.east.ProposePlan(ctx, "plan.yaml", planFor("second", "alma, ivo, peter"), seal.String(), "last"); err == nil || !strings.Contains(err.Error(), "alma, who was received under the plan that it replaces") {
		t.Errorf("a plan that hands Alma over again: %v", err)
	}
	if _, err := w.east.ProposePlan(ctx, "plan.yaml", planFor("second", "ivo, peter"), seal.String(), ""); err == nil || !strings.Contains(err.Error(), "the agreement releases alma, who is not in the plan") {
		t.Errorf("a plan that replaces none, and leaves Alma out: %v", err)
	}
	w.carriesOut(seal, "last", "ivo, peter")
	warned(0, before+"ivo, peter")

	// Peter was optional, and stays; the second plan comes to its end.
	_, err = w.east.BeginStep(ctx, "last", "to-west", []parley.PersonID{"peter"}, "")
	w.check(err)
	w.meet()
	_, err = w.west.ConfirmStep(ctx, "last", "to-west", "")
	w.check(err)
	w.meet()
	warned(0, before+"ivo, peter")
	_, err = w.west.Receive(ctx, "last", []parley.ReceivedItem{{Entry: "ivo", Identity: "checked"}}, "")
	w.check(err)
	w.meet()
	warned(0, "")
	warned(1, before+"peter")
}

// carriesOut puts a plan for these persons on the channel, adopted by both.
func (w *world) carriesOut(seal parley.Ref, replaces, who string) {
	w.t.Helper()
	ctx := w.t.Context()
	_, err := w.east.ProposePlan(ctx, "plan.yaml", planFor("plan-"+fmt.Sprint(len(who)), who), seal.String(), replaces)
	w.check(err)
	w.meet()
	for _, d := range []*desk.Desk{w.east, w.west} {
		plans := d.Handovers()
		_, err := d.AdoptPlan(ctx, plans[len(plans)-1].State.Move.Digest.String())
		w.check(err)
	}
	w.meet()
}

func planFor(id, who string) []byte {
	entries, gates := "", ""
	if strings.Contains(who, "alma") {
		entries = "  alma: {start: west-end}\n"
		gates = "      - {id: to-east, do: walk east, by: [east], move: {alma: east-end}, confirm: [east]}\n"
	}
	return []byte(`parley: plan/1
id: ` + id + `
case: swap
places: {east-end: {under: east}, west-end: {under: west}}
entries:
` + entries + `  ivo: {start: east-end}
  peter: {start: east-end, optional: true}
phases:
  - id: day
    gates:
` + gates + `      - {id: to-west, do: walk west, by: [east], move: {ivo: west-end, peter: west-end}, confirm: [west]}
`)
}
