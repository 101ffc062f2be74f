package desk_test

import (
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
