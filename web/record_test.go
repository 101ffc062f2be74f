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

// TestTheRecordIsCorrectedAndHandedOn: a claim is corrected and set beside
// another, an event taken in, a claim noted by hand, and the register given on
// without the words of a dispatch.
func TestTheRecordIsCorrectedAndHandedOn(t *testing.T) {
	w := newWorld(t)
	c, west := w.east.client(), w.west.client()
	text := "March 2, 2026\n\n“There is no offer,” said Foreign Minister Jane Smith of Ostland. “We are ready to talk,” said Tom Brown, a spokesman for Vostria. Alma Reyes was sentenced to 9 years in August 2025.\n"
	for _, outlet := range []string{"an agency", "a paper"} {
		c.post("/record/enter", url.Values{"outlet": {outlet}}, map[string][]byte{"file": []byte(text)})
	}
	did := func(act string, values url.Values, want string) {
		t.Helper()
		if page := c.post("/record/"+act, values, nil); page.status != http.StatusOK || !strings.Contains(page.body, want) {
			t.Errorf("%s: %d, without %q", act, page.status, want)
		}
	}
	did("correct", url.Values{"claim": {"d1-c0"}, "field": {"speaker"}, "value": {"Joan Smythe"}, "because": {"heard again"}}, "Joan Smythe")
	c.refuses("/record/correct", url.Values{"claim": {"d1-c0"}, "field": {"class"}, "value": {"hearsay"}}, nil, "hearsay")
	did("relate", url.Values{"claim": {"d1-c0"}, "how": {"contradicts"}, "other": {"d1-c1"}}, "contradicted by <bdi>d1-c1")
	c.refuses("/record/relate", url.Values{"claim": {"d1-c0"}, "how": {"supports"}, "other": {"d1-c0"}}, nil, "no other claim")
	did("story", url.Values{"dispatch": {"d1"}, "other": {"d2"}}, "one source")
	did("note", url.Values{"text": {"he walks again"}, "speaker": {"a doctor"}, "class": {"role"}, "about": {"fact"}, "private": {"yes"}, "persons": {"alma"}}, "he walks again")
	c.refuses("/record/note", url.Values{"text": {"x"}, "class": {"named"}, "about": {"fact"}}, nil, "who made it")
	did("decide", url.Values{"claim": {"d1-e0"}, "verdict": {"accept"}}, "9 years")
	did("decide", url.Values{"claim": {"d1-c0"}, "verdict": {"accept"}}, "accepted")

	given := string(c.saved(c.act("/record/export", nil, nil)))
	if !strings.Contains(given, "Joan Smythe") || strings.Contains(given, "no offer") || strings.Contains(given, "he walks again") {
		t.Errorf("given on: %s", given)
	}
	if all := string(c.saved(c.act("/record/export", url.Values{"also": {"proposed", "private", "words"}}, nil))); !strings.Contains(all, "he walks again") || !strings.Contains(all, "ready to talk") {
		t.Errorf("all given on: %s", all)
	}

	c.refuses("/record/put", url.Values{"when": {"never"}}, nil, "must be filled in")
	c.does("/record/put", url.Values{"text": {"We speak of no single case."}, "holding": {"yes"}, "credit": {"Meridia"}}, nil, "wait for the next sync")
	w.meet()
	words := w.view(w.east).Statements[0].ID
	page := c.post("/record/publish", url.Values{"words": {words}}, nil)
	if !strings.Contains(page.body, "not agreed to by west") {
		t.Errorf("no warning: %s", page.body)
	}
	west.does("/record/agree", url.Values{"words": {words}}, nil, "signed")
	w.meet()
	if got := string(c.saved(c.act("/record/publish", url.Values{"words": {words}}, nil))); got != "We speak of no single case.\nThanks to Meridia.\n" {
		t.Errorf("published: %q", got)
	}
}
