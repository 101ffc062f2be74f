package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"parley"
	"parley/desk"
)

// TestTheRecordIsKeptInABrowser enters a dispatch, takes a proposal in, grades
// it and takes that back; the table says what it said before.
func TestTheRecordIsKeptInABrowser(t *testing.T) {
	w := newWorld(t)
	w.east.offer(parley.Offer{Release: []parley.PersonID{"alma", "peter"}})
	w.meet()
	before := len(w.view(w.east).Offers)
	c := w.east.client()
	text := []byte("March 2, 2026\n\n“There is no offer,” said Foreign Minister Jane Smith of Ostland.\n")
	if got := c.post("/record/enter", url.Values{"outlet": {"an agency"}}, map[string][]byte{"file": text}); got.status != http.StatusOK && got.status != http.StatusSeeOther {
		t.Fatalf("enter: %d", got.status)
	}
	has := func(want string, yes bool) {
		t.Helper()
		if page := withoutMarkup(c.get("/record").body); strings.Contains(page, want) != yes {
			t.Errorf("the page has %q: %v", want, !yes)
		}
	}
	has("There is no offer", true)
	has("source <bdi>F</bdi> proposed", true)
	c.post("/record/decide", url.Values{"claim": {"d1-c0"}, "verdict": {"accept"}}, nil)
	has("· accepted", true)
	c.post("/record/grade", url.Values{"claim": {"d1-c0"}, "source": {"B"}, "said": {"yes"}}, nil)
	has("source <bdi>B</bdi>", true)
	c.post("/record/undo", url.Values{"statement": {"3"}}, nil)
	has("source <bdi>F</bdi> proposed", true)
	if got := c.post("/record/decide", url.Values{"claim": {"d9-c0"}, "verdict": {"accept"}}, nil); got.status != http.StatusUnprocessableEntity {
		t.Errorf("a claim that is not there: %d", got.status)
	}
	if after := len(w.view(w.east).Offers); after != before {
		t.Errorf("the table has %d offers and had %d", after, before)
	}
	w.east.with(func(d *desk.Desk) error {
		r, err := d.PressRegister(t.Context())
		if err == nil && len(r.Dispatches) != 1 {
			t.Errorf("%d dispatches are kept", len(r.Dispatches))
		}
		return err
	})
}
