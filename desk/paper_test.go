package desk

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestPaperSpeaksEveryLanguage: every word for paper stands in every language,
// with the same places for names, and in no language twice the same by mistake.
func TestPaperSpeaksEveryLanguage(t *testing.T) {
	want := []string{"ar", "en", "he", "ru", "uk"}
	if got := PaperLanguages(); !slices.Equal(got, want) {
		t.Fatalf("%v, want %v", got, want)
	}
	holes := regexp.MustCompile(`\{\d\}`)
	for key, texts := range paperWords {
		if len(texts) != len(want) {
			t.Errorf("%s stands in %d languages, want %d", key, len(texts), len(want))
		}
		for _, l := range want {
			if texts[l] == "" || !slices.Equal(holes.FindAllString(texts[l], -1), holes.FindAllString(texts["en"], -1)) {
				t.Errorf("%s in %s: %q, beside %q", key, l, texts[l], texts["en"])
			}
			if l == "en" {
				continue
			}
			if latin := regexp.MustCompile(`[A-Za-z]`).FindString(texts[l]); latin != "" {
				t.Errorf("%s in %s holds Latin letters: %q", key, l, texts[l])
			}
		}
	}
	if got := onPaper("ar-YE", "plan"); got != paperWords["plan"]["ar"] {
		t.Errorf("the Arabic of Yemen: %q", got)
	}
	if got := onPaper("fa", "sheet.received-by", "X"); got != strings.Replace(paperWords["sheet.received-by"]["en"], "{0}", "X", 1) {
		t.Errorf("a language that parley does not speak: %q", got)
	}
}
