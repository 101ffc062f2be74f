package desk_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"parley"
	"parley/desk"
	"parley/handover"
)

// TestAnOldInterviewLetsNobodyTravel: a yes that has grown old is no yes, for
// the neutral by what it keeps and for whoever begins by the day on which the
// neutral spoke; asked again, it is.
func TestAnOldInterviewLetsNobodyTravel(t *testing.T) {
	w, aid, _ := bridged(t)
	ctx := t.Context()
	meet := func() {
		for range 2 {
			for _, d := range []*desk.Desk{aid, w.east, w.west} {
				w.sync(d)
			}
		}
	}
	ask := func(on parley.Date, ids ...parley.PersonID) {
		t.Helper()
		for _, id := range ids {
			i := handover.Interview{Person: id, On: on, Included: handover.Yes, Instrument: handover.Yes, Destination: handover.Yes, Safe: handover.Yes, Reason: "marked"}
			if word, err := aid.KeepInterview(ctx, "last", i); err != nil || word != handover.Confirmed {
				t.Fatalf("%s: %s, %v", id, word, err)
			}
		}
	}
	refused := func(d *desk.Desk, do func(*desk.Desk) (parley.Ref, error), want string) {
		t.Helper()
		if _, err := do(d); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	confirm := func(d *desk.Desk) (parley.Ref, error) { return d.ConfirmStep(ctx, "last", "identity", "") }
	begin := func(d *desk.Desk) (parley.Ref, error) { return d.BeginStep(ctx, "last", "cross", nil, "") }

	ask(parley.Date{Year: 2026, Month: 3, Day: 1}, "alma", "huda", "peter")
	w.now = w.now.Add(40 * 24 * time.Hour) // 11 April
	refused(aid, confirm, `the interview with alma comes to "open" today, and the channel has "confirmed"`)
	ask(parley.Date{Year: 2026, Month: 4, Day: 10}, "alma", "huda", "peter")
	_, err := confirm(aid)
	w.check(err)
	meet()

	w.now = w.now.Add(32 * 24 * time.Hour)
	refused(w.east, begin, "the neutral's word on alma is of 2026-04-11, and an interview is current for 30 days: aid has to speak again")
	said, err := aid.SayWords(ctx, "last")
	w.check(err)
	if len(said) != 3 || said[0].Person != "alma" || said[0].Today != handover.Open || said[0].On.String() != "2026-04-10" {
		t.Errorf("%+v", said)
	}
	if data, _ := json.Marshal(said); strings.Contains(string(data), "marked") {
		t.Errorf("a reason is shown: %s", data)
	}
	meet()
	refused(w.east, begin, "huda: open")
	ask(parley.Date{Year: 2026, Month: 5, Day: 13}, "alma", "huda", "peter")
	meet()
	_, err = begin(w.east)
	w.check(err)
	if _, err := w.east.Interviews(ctx, "last"); err == nil {
		t.Error("a party lists interviews")
	}
}

// TestANewPlanOpensOnlyWhatDependsOnIt: where the next plan takes somebody
// elsewhere that question is open again; of the others the neutral says what they
// said, and asks nobody twice.
func TestANewPlanOpensOnlyWhatDependsOnIt(t *testing.T) {
	w, aid, _ := bridged(t)
	ctx := t.Context()
	all := []*desk.Desk{aid, w.east, w.west}
	meet := func() {
		for range 2 {
			for _, d := range all {
				w.sync(d)
			}
		}
	}
	for _, id := range []parley.PersonID{"alma", "huda", "peter"} {
		i := handover.Interview{Person: id, On: parley.Date{Year: 2026, Month: 3, Day: 1}, Included: handover.Yes, Instrument: handover.Yes, Destination: handover.Yes, Safe: handover.Yes}
		_, err := aid.KeepInterview(ctx, "last", i)
		w.check(err)
	}
	meet()
	next := strings.Replace(strings.Replace(bridge, "id: bridge", "id: next", 1), "huda: east-end", "huda: east-air", 1)
	next = strings.Replace(next, "places:\n", "places:\n  east-air: {under: east}\n", 1)
	_, err := w.east.ProposePlan(ctx, "next.yaml", []byte(next), "", "bridge")
	w.check(err)
	meet()
	for _, d := range all[1:] {
		_, err := d.AdoptPlan(ctx, "next")
		w.check(err)
	}
	meet()
	_, err = aid.SayWords(ctx, "next")
	w.check(err)
	meet()
	v, err := w.west.HandoverView("next")
	w.check(err)
	got := map[parley.PersonID]handover.Word{}
	for _, e := range v.Entries {
		got[e.ID] = e.Word
	}
	if want := (map[parley.PersonID]handover.Word{"alma": handover.Confirmed, "huda": handover.Open, "peter": handover.Confirmed}); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
}
