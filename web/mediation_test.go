package web

import (
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"parley"
	"parley/desk"
)

// mediated is two desks and a mediator's, acquainted.
func mediated(t *testing.T) (w *world, swiss *seatedDesk) {
	t.Helper()
	w = apart(t)
	f := desk.Founding{Name: "Swiss", Capabilities: []string{"mediator"}, Delegate: "ambassador", Office: "ambassador"}
	d, err := desk.Create(t.Context(), filepath.Join(t.TempDir(), "swiss"), []byte("pass"), f, desk.Surroundings{Now: w.clock, Light: true})
	w.check(err)
	t.Cleanup(func() { _ = d.Close() })
	swiss = &seatedDesk{Desk: d, w: w}
	swiss.serve(Options{Now: w.clock})
	var cards [][]byte
	for _, k := range []*desk.Desk{w.west.Desk, d} {
		card, err := k.Card()
		w.check(err)
		cards = append(cards, card)
	}
	charter, err := w.east.DraftCharter(t.Context(), desk.Foundation{Title: "talks", Cards: cards})
	w.check(err)
	charter = w.west.sign(w.east.sign(charter))
	all := []*seatedDesk{w.east, w.west, swiss}
	for _, s := range all {
		s.with(func(k *desk.Desk) error { return k.Join(t.Context(), charter, w.url, nil) })
	}
	for _, s := range all[:2] {
		s.with(func(k *desk.Desk) error {
			request, err := k.AskMandate(t.Context(), parley.Mandate{May: parley.Levels()}, "")
			w.check(err)
			_, err = k.TakeSigned(t.Context(), parley.KindMandate, s.sign(request))
			return err
		})
	}
	w.gather(all...)
	return w, swiss
}

func (w *world) gather(all ...*seatedDesk) {
	w.t.Helper()
	for range 2 {
		for _, s := range all {
			s.with(func(k *desk.Desk) error {
				by, err := k.Carrier(w.t.Context(), "")
				w.check(err)
				_, err = k.Sync(w.t.Context(), by)
				return err
			})
		}
	}
}

// TestAMediationInBrowsers goes from a brief in confidence to an agreement, by
// forms alone; the other side's page shows nothing of the brief, or of the answer.
func TestAMediationInBrowsers(t *testing.T) {
	w, swiss := mediated(t)
	east, west, middle := w.east.client(), w.west.client(), swiss.client()
	done := func(c *client, act string, values url.Values) {
		t.Helper()
		c.does("/back/"+act, values, nil, "waits for the next sync")
	}
	until := url.Values{"until": {"2026-03-20"}}
	done(east, "confide", until)
	w.gather(w.east, w.west, swiss)
	if page := middle.get("/back").body; !strings.Contains(page, "in confidence") {
		t.Errorf("the mediator's page does not show that a brief came: %s", page)
	}
	done(middle, "put", url.Values{"persons": {"alma", "peter"}, "text": {"as a whole"}, "until": {"2026-03-20"}})
	w.gather(w.east, w.west, swiss)
	done(east, "yes", url.Values{"text": {"ONLY-FOR-THE-MEDIATOR"}})
	done(west, "no", nil)
	done(west, "yes", nil)
	w.gather(w.east, w.west, swiss)
	if page := middle.get("/back").body; !strings.Contains(page, "ONLY-FOR-THE-MEDIATOR") {
		t.Error("the mediator's page does not show the answer")
	}
	done(middle, "tell", nil)
	done(east, "takeback", nil)
	w.gather(w.east, w.west, swiss)
	for _, c := range []*client{east, west} {
		if page := c.get("/back").body; !strings.Contains(page, "All said yes") {
			t.Errorf("not told: %s", page)
		}
	}
	page := west.get("/back").body
	for _, m := range append([]string{"ONLY-FOR-THE-MEDIATOR", "in confidence:"}, marks...) {
		if strings.Contains(withoutMarkup(page), m) {
			t.Errorf("west's page shows %s", m)
		}
	}
	if page := middle.get("/back").body; !strings.Contains(page, "taken back") {
		t.Error("the mediator's page does not show that the brief was taken back")
	}
}
