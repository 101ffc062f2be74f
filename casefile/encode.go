package casefile

import (
	"fmt"
	"strings"

	"parley"
)

// EncodeOffer writes an offer as offer/1, which ParseOffer reads back as the
// same offer. Fields that say nothing are left out.
func EncodeOffer(o *parley.Offer) []byte {
	w := &writer{}
	w.line("parley: offer/1")
	w.line("case: %s", quote(o.Case))
	w.line("from: %s", quote(string(o.From)))
	w.ids("release", o.Release)
	w.ids("optional", o.Optional)
	w.entries("if_confirmed", len(o.IfConfirmed), func(i int) (parley.PersonID, string) {
		return o.IfConfirmed[i].Person, string(o.IfConfirmed[i].Party)
	})
	w.entries("to", len(o.To), func(i int) (parley.PersonID, string) { return o.To[i].Person, o.To[i].Party })
	w.entries("when", len(o.When), func(i int) (parley.PersonID, string) { return o.When[i].Person, o.When[i].When })
	w.terms(o.Terms)
	if !o.Until.IsZero() {
		w.line("until: %s", o.Until)
	}
	w.text("answers", o.Answers)
	w.text("text", o.Text)
	return []byte(w.String())
}

type writer struct{ strings.Builder }

func (w *writer) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

func (w *writer) text(name, s string) {
	if s != "" {
		w.line("%s: %s", name, quote(s))
	}
}

func (w *writer) ids(name string, ids []parley.PersonID) {
	if len(ids) == 0 {
		return
	}
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = quote(string(id))
	}
	w.line("%s: [%s]", name, strings.Join(words, ", "))
}

func (w *writer) entries(name string, n int, entry func(int) (parley.PersonID, string)) {
	if n == 0 {
		return
	}
	w.line("%s:", name)
	for i := range n {
		id, s := entry(i)
		w.line("  %s: %s", quote(string(id)), quote(s))
	}
}

func (w *writer) terms(terms []parley.Term) {
	if len(terms) == 0 {
		return
	}
	w.line("terms:")
	for _, t := range terms {
		w.line("  - text: %s", quote(t.Text))
		if t.By != "" {
			w.line("    by: %s", quote(string(t.By)))
		}
	}
}

// quote writes a text so that every YAML reader takes it for text: an id or a
// word of letters as it is, everything else in double quotes. Characters that
// can't be seen, or turn the direction, are written as escapes.
func quote(s string) string {
	if bare(s) {
		return s
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case unwritable(r) || turns(r) || r == '\ufeff' || r == '\r':
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// bare tells a text that needs no quotes in any YAML, 1.1 included: two letters
// or more, digits and "-" within, and none of the words that 1.1 takes for
// something else.
func bare(s string) bool {
	switch s {
	case "no", "on", "off", "yes", "true", "false", "null", "inf", "nan":
		return false
	}
	if len(s) < 2 || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}
