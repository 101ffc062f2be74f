package web

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"parley"
	"parley/desk"
)

// settle has both sides come to a blind yes, and leaves one open on each side.
func (w *world) settle() {
	w.t.Helper()
	alone := desk.SettleProposal{SemiHonest: true, Asked: parley.NewExchange("alma", "peter"), Answer: true}
	w.east.with(func(d *desk.Desk) error { _, err := d.ProposeSettlement(w.t.Context(), alone); return err })
	w.meet()
	w.west.with(func(d *desk.Desk) error {
		_, err := d.JoinSettlement(w.t.Context(), "last", desk.SettleConsent{Answer: true, SemiHonest: true})
		return err
	})
	w.meet()
	w.meet()
	w.east.with(func(d *desk.Desk) error {
		_, err := d.ProposeSettlement(w.t.Context(), desk.SettleProposal{SemiHonest: true})
		return err
	})
	alone.Answer = false
	w.west.with(func(d *desk.Desk) error { _, err := d.ProposeSettlement(w.t.Context(), alone); return err })
	w.meet()
}

// TestSettlingInTheBrowser: asked and joined by forms, gone on with by each sync,
// nothing shown before the end, and the result put forward as an offer.
func TestSettlingInTheBrowser(t *testing.T) {
	w := newWorld(t)
	east, west := w.east.client(), w.west.client()
	if page := east.get("/settlement"); !strings.Contains(page.body, "No settlement has been proposed.") {
		t.Errorf("at first: %s", page.body)
	}
	ask := url.Values{"persons": {"alma", "peter"}, "answer": {"yes"}, "with": {"west"}, "mode": {"semi-honest"}}
	bad := url.Values{"persons": {"peter"}, "answer": {"yes"}, "with": {"west"}, "mode": {"semi-honest"}}
	if page := east.post("/settlement/ask", bad, nil); !strings.Contains(page.body, "walk-away") {
		t.Errorf("a yes below the walk-away: %d", page.status)
	}
	east.act("/settlement/ask", ask, nil)
	w.meet()
	page := west.get("/settlement")
	id := optionIn(t, page.body)
	if first := west.get("/"); !strings.Contains(first.body, "proposed a private settlement") {
		t.Error("the overview does not say that it waits for us")
	}
	if !strings.Contains(page.body, "Nothing yet.") {
		t.Error("the page does not say what is shown so far")
	}
	if page := west.post("/settlement/join", url.Values{"which": {id}, "answer": {"yes"}}, nil); !strings.Contains(page.body, "trusted software on both sides") {
		t.Errorf("joined without a word on its mode: %d", page.status)
	}
	if got := w.view(w.west).Settlements; len(got) != 1 || got[0].Role != "" {
		t.Fatalf("a form that was only tried has joined: %+v", got)
	}
	west.act("/settlement/join", url.Values{"which": {id}, "answer": {"yes"}, "alone": {"yes"}}, nil)
	for range 4 {
		west.post("/sync", nil, nil)
		east.post("/sync", nil, nil)
	}
	for _, c := range []*client{east, west} {
		if page := c.get("/settlement"); !strings.Contains(page.body, "Both accept this exchange") || strings.Contains(page.body, "Nothing yet.") {
			t.Errorf("in the end: %s", page.body)
		}
	}
	west.act("/settlement/offer", url.Values{"which": {id}}, nil)
	offers := w.view(w.west).Offers
	if len(offers) != 1 || offers[0].By != "west" || !slices.Equal(offers[0].Release, []parley.PersonID{"alma", "peter"}) {
		t.Errorf("put forward: %+v", offers)
	}

	east.act("/settlement/propose", url.Values{"with": {"west"}, "mode": {"semi-honest"}, "criterion": {"nash"}, "signs": {"private"}, "resolution": {"15"}}, nil)
	w.meet()
	west.act("/settlement/abort", url.Values{"which": {w.view(w.west).Settlements[1].ID}}, nil)
	w.meet()
	if page := east.get("/settlement"); !strings.Contains(page.body, "stopped, without a result") {
		t.Errorf("declined: %s", page.body)
	}
}

// optionIn finds the settlement that a form offers to choose.
func optionIn(t *testing.T, body string) string {
	t.Helper()
	_, rest, ok := strings.Cut(body, `id="join-which"`)
	_, rest, ok2 := strings.Cut(rest, `<option value="`)
	id, _, ok3 := strings.Cut(rest, `"`)
	if !ok || !ok2 || !ok3 || len(id) != 64 {
		t.Fatalf("no settlement to join: %s", body)
	}
	return id
}
