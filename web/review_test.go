package web

import (
	"strings"
	"testing"

	"parley"
	"parley/brief"
	"parley/casefile"
	"parley/desk"
)

const westBrief = `parley: brief/1
case: swap
party: west
walk_away: 10
worth: {alma: -30, huda: -5, peter: 80, ivo: 20, sailors: -50}
`

const southBrief = `parley: brief/1
case: swap
party: south
worth: {far: -7, alma: 9}
`

// everyBrief gives the briefs of the east and the west, as to a facilitator.
func everyBrief(c *parley.Case) ([]brief.Brief, error) { return readBriefs(c, eastBrief, westBrief) }

func readBriefs(c *parley.Case, texts ...string) (out []brief.Brief, err error) {
	for _, text := range texts {
		b, err := casefile.ParseBrief("brief.yaml", []byte(text), c)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

// TestTheFacilitatorReviews: nothing before the exercise is over, nothing on any
// other desk; then each side's gain, what was possible, and the offers.
func TestTheFacilitatorReviews(t *testing.T) {
	w := newWorld(t)
	c := w.east.client()
	if page := c.get("/review?over=yes").body; !strings.Contains(page, "for the facilitator of an exercise") || strings.Contains(page, `href="/review"`) {
		t.Error("a player's desk has a review")
	}
	offer := w.east.offer(parley.Offer{Release: []parley.PersonID{"alma", "peter"}})
	w.meet()
	w.east.server.briefs = everyBrief
	page := c.get("/review").body
	if !strings.Contains(page, "The exercise is over") || strings.Contains(page, "<svg") || marked([]byte(page)) != "" {
		t.Error("something is shown before the exercise is over")
	}
	page = c.get("/review?over=yes").body
	for _, want := range []string{"Nothing is in force", `<title id="frontier-title">`, "582543", ">40<", "/offers/" + offer.String(), "largest product of gains"} {
		if !strings.Contains(page, want) {
			t.Errorf("two players: no %q in %s", want, page)
		}
	}
	w.east.server.briefs = func(c *parley.Case) ([]brief.Brief, error) { return readBriefs(c, eastBrief, westBrief, southBrief) }
	page = c.get("/review?over=yes").body
	for _, want := range []string{"whole frontier is not searched", `<title id="gains-title">`, `class="theirs"`, "Meridia"} {
		if !strings.Contains(page, want) {
			t.Errorf("three players: no %q", want)
		}
	}
	w.east.server.briefs = func(*parley.Case) ([]brief.Brief, error) { return nil, desk.ErrNotFound }
	if page := c.get("/review?over=yes"); page.status != 200 || !strings.Contains(page.body, `class="wrong"`) {
		t.Errorf("without the briefs: %d", page.status)
	}
}
