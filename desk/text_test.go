package desk_test

import (
	"strings"
	"testing"

	"parley"
	"parley/desk"
)

// TestLettersThatLookAlikeAreNamed: who signs a text in which one letter is of
// another script is told.
func TestLettersThatLookAlikeAreNamed(t *testing.T) {
	w := newWorld(t)
	for text, want := range map[string]string{
		"as Paul Whelan agreed":      "",
		"as P\u0430ul Whelan agreed": `look twice: "Pаul" mixes Latin and Cyrillic letters`,
		"wie \u0397ans sagt":         `look twice: "Ηans" mixes Latin and Greek letters`,
		"Вадим Красиков, Виктор Бут": "",
	} {
		request, err := w.east.AskMandate(t.Context(), parley.Mandate{May: parley.Levels(), Text: text}, "")
		w.check(err)
		p, err := desk.ReadPaper(request)
		w.check(err)
		lines := strings.Join(p.Lines, "\n")
		if got := strings.Contains(lines, "look twice"); got != (want != "") || !strings.Contains(lines, want) {
			t.Errorf("%q is shown as\n%s", text, lines)
		}
	}
}

// What a desk's own people type is brought to normal form.
func TestOwnTextsAreNormalised(t *testing.T) {
	w := newWorld(t)
	_, err := w.east.Note(t.Context(), "", "Zoe\u0308")
	w.check(err)
	v, err := w.east.View(t.Context())
	w.check(err)
	if len(v.Notes) != 1 || v.Notes[0].Text != "Zo\u00eb" {
		t.Errorf("noted %+v", v.Notes)
	}
}
