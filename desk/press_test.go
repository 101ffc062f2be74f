package desk_test

import (
	"encoding/json"
	"strings"
	"testing"

	"parley"
	"parley/desk"
	"parley/press"
)

// TestPublicWordLeavesTheTable: whatever is entered, accepted or judged in the
// public record, the table and the log stay as they were; and the other side
// gets nothing of it.
func TestPublicWordLeavesTheTable(t *testing.T) {
	w := newWorld(t)
	us := w.east
	w.send(us, "alma", "ivo")
	w.meet()
	before := tableOf(t, w, us)
	text := []byte("August 5, 2022\n\nThere never was an offer and there is no channel, Foreign Minister Jane Smith said.\n\nOstland offered to exchange Ivo for Alma Reyes, according to a person with knowledge of the matter.\n")
	_, err := us.EnterDispatch(t.Context(), text, parley.Date{}, press.Entered{Outlet: "an agency"}, "clerk")
	w.check(err)
	for _, s := range []press.Statement{
		{Act: press.Accept, A: "d1-c0", By: "clerk"}, {Act: press.Judge, A: "d1-c0", Field: "true", Value: "yes", By: "clerk"},
	} {
		_, err := us.Press(t.Context(), s)
		w.check(err)
	}
	words, err := us.PublicWords(t.Context())
	w.check(err)
	offer := desk.PublicWord{}
	for _, p := range words {
		if p.What == "offer" && len(p.TermsOn) > 0 {
			offer = p
		}
	}
	if offer.Match != "same" || !strings.Contains(offer.Words, "one unnamed source") {
		t.Errorf("public word beside the table: %+v", offer)
	}
	if after := tableOf(t, w, us); after != before {
		t.Errorf("the table moved:\n%s\n%s", before, after)
	}
	if r := w.sync(us); r.Sent != 0 {
		t.Errorf("%d entries were sent", r.Sent)
	}
}

func tableOf(t *testing.T, w *world, d *desk.Desk) string {
	t.Helper()
	out, err := json.Marshal(w.view(d))
	w.check(err)
	return string(out)
}

// TestADispatchIsKeptWhole: its text can be read again, by its digest, here.
func TestADispatchIsKeptWhole(t *testing.T) {
	w := newWorld(t)
	us := w.east
	_, err := us.EnterDispatch(t.Context(), []byte("Smith said no."), parley.Date{Year: 2022}, press.Entered{Outlet: "x"}, "clerk")
	w.check(err)
	r, err := us.PressRegister(t.Context())
	w.check(err)
	text, err := us.DispatchText(t.Context(), r.Dispatches[0].Digest)
	w.check(err)
	if string(text) != "Smith said no." || r.Dispatches[0].On.String() != "2022" {
		t.Errorf("%q, %s", text, r.Dispatches[0].On)
	}
	if _, err := us.EnterDispatch(t.Context(), []byte("\xff\xfe\x00"), parley.Date{}, press.Entered{Outlet: "x"}, "clerk"); err == nil {
		t.Errorf("bytes that are no text were kept")
	}
}
