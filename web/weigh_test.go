package web

import (
	"strings"
	"testing"

	"parley"
)

// TestAnswersRuleOutOnlyForWhoAsks: what the other side's acts leave of our guesses
// is as much a guess, and stands behind the same opt-in.
func TestAnswersRuleOutOnlyForWhoAsks(t *testing.T) {
	w := newWorld(t)
	w.west.offer(parley.Offer{Release: []parley.PersonID{"alma", "huda", "ivo"}})
	w.meet()
	c := w.east.client()
	for path, want := range map[string]bool{"/weigh?go=yes": false, "/weigh?go=yes&guess=yes": true, "/offers": false} {
		page := withoutMarkup(c.get(path).body)
		if got := strings.Contains(page, "contradicts it") && strings.Contains(page, "249980 below"); got != want {
			t.Errorf("%s: it is %v that the page tells of a contradiction\n%s", path, got, page)
		}
	}
}
