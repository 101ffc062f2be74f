package desk_test

import (
	"errors"
	"testing"

	"parley"
	"parley/desk"
)

// TestARehearsalDoesNothing: whatever is tried is checked as in earnest, and
// neither signed nor kept.
func TestARehearsalDoesNothing(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	before, err := w.east.Status(ctx)
	w.check(err)
	trial := func() *desk.Desk { return w.east.Rehearsal() }
	offer := func() *parley.Offer {
		return &parley.Offer{Case: "swap", From: "east", Release: []parley.PersonID{"alma", "peter"}}
	}
	_, err = trial().Send(ctx, offer())
	w.check(err)
	_, err = trial().Note(ctx, "", "a remark")
	w.check(err)
	_, err = trial().Report(ctx, desk.Report{Kind: "note", Text: "by telephone"})
	w.check(err)
	_, err = trial().Instruct(ctx, "the capital", "wait")
	w.check(err)
	_, err = trial().KeepBrief(ctx, "brief", []byte("parley: brief/1\ncase: swap\nparty: east\nrules: [{forbid: [peter]}]\n"))
	w.check(err)
	w.check(trial().SetRelay(ctx, ""))
	request, err := trial().AskMandate(ctx, parley.Mandate{May: parley.Levels()}, "")
	w.check(err)
	p, err := desk.ReadPaper(request)
	w.check(err)
	signed, err := p.Sign(w.keys[w.east])
	w.check(err)
	_, err = trial().TakeSigned(ctx, parley.KindMandate, signed)
	w.check(err)

	after, err := w.east.Status(ctx)
	w.check(err)
	if after.Entries != before.Entries || after.Waiting != before.Waiting || after.Relay != before.Relay {
		t.Errorf("the channel is not as it was: %+v, before %+v", after, before)
	}
	if _, ok, err := w.east.Brief(ctx); ok || err != nil {
		t.Errorf("a brief was kept: %v", err)
	}
	reports, err := w.east.Reports(ctx)
	w.check(err)
	told, err := w.east.Instructions(ctx)
	w.check(err)
	if len(reports)+len(told) > 0 {
		t.Error("something was kept")
	}
	if _, err := trial().Withdraw(ctx, "last", ""); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("a trial is not checked: %v", err)
	}
	var none *desk.NoEffect
	wrong := offer()
	wrong.Release = []parley.PersonID{"nobody"}
	if _, err := trial().Send(ctx, wrong); !errors.As(err, &none) {
		t.Errorf("an offer of nobody passes a trial: %v", err)
	}
	// And in earnest, after all of it.
	w.send(w.east, "alma", "peter")
}
