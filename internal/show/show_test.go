package show_test

import (
	"testing"

	"parley/internal/show"
)

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"Пётр\tهدى\nAlma":     "Пётр\tهدى\nAlma",
		"30\u202e days":       "30‹U+202E› days",
		"\x1b[2J":             "‹U+001B›[2J",
		"a\u2066b\u2069":      "a‹U+2066›b‹U+2069›",
		"نمی\u200cخواهم":      "نمی\u200cخواهم",
		"x\u3164y\u200bz":     "x‹U+3164›y‹U+200B›z",
		"two\u2028lines\r":    "two‹U+2028›lines‹U+000D›",
		"tag \U000e0041 gone": "tag ‹U+E0041› gone",
	} {
		if got := show.Text(in); got != want {
			t.Errorf("%q is shown as %q, want %q", in, got, want)
		}
	}
}
