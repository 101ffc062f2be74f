package casefile

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"parley"
)

// value is a node and the way to it.
type value struct {
	r    *reader
	n    *node
	up   *value
	key  string // what stands before it in a map
	name string // the key as the way shows it; "" for an item, and at the root
	at   int    // of an item, its index
}

func (v *value) item(i int) *value {
	return &value{r: v.r, n: v.n.kids[i], up: v, at: i}
}

// field is the value beneath a key. Keys of a brief are named only where they
// can't be a value in the wrong place.
func (v *value) field(key, n *node) *value {
	name := key.text
	if name == "" || v.r.private && !v.r.nameable(name) || !printable(name) {
		name = "?"
	}
	return &value{r: v.r, n: n, up: v, name: name, key: key.text}
}

// path writes the way: persons.griner.legal[0].on.
func (v *value) path() string {
	if v.up == nil {
		return ""
	}
	head := v.up.path()
	switch {
	case v.name == "":
		return head + "[" + strconv.Itoa(v.at) + "]"
	case head == "":
		return v.name
	}
	return head + "." + v.name
}

// wrong adds a problem with this value.
func (v *value) wrong(text string, hint ...string) {
	v.r.add(v.n, v.path(), text, hint...)
}

// is reports whether the value is of a kind, and says so where it isn't.
func (v *value) is(k kind, what string) bool {
	switch {
	case v.n.kind == k:
		return true
	case v.n.kind == badKind:
		v.wrong(v.n.text)
	case v.n.kind == nullKind:
		v.wrong("nothing stands here", "give "+what+", or leave it out")
	default:
		v.wrong("not " + what)
	}
	return false
}

// said quotes what stands in the file, where that may be told.
func (v *value) said(s string) string {
	if v.r.private || len(s) > 2*parley.MaxID {
		return "this"
	}
	return strconv.Quote(s)
}

// text reads text of any number of lines. What looks like a number or a truth
// value is taken as it is written.
func (v *value) text() string {
	if !v.is(textKind, "text") {
		return ""
	}
	for _, c := range v.n.text {
		if unwritable(c) || c == '\r' {
			v.wrong(fmt.Sprintf("holds the control character U+%04X", c))
			return ""
		}
	}
	return v.n.text
}

// line reads text that stands on one line.
func (v *value) line() string {
	s := v.text()
	if strings.ContainsAny(s, "\n\t") {
		v.wrong("not on one line")
		return ""
	}
	return s
}

// word reads text on one line that may not be empty.
func (v *value) word() string {
	s := v.line()
	if s == "" && v.n.kind == textKind && v.n.text == "" {
		v.wrong("empty text")
	}
	return s
}

func printable(s string) bool {
	for _, c := range s {
		if unwritable(c) || c == '\n' || c == '\t' || c == '\r' {
			return false
		}
	}
	return len(s) <= 2*parley.MaxID
}

// truth reads true or false.
func (v *value) truth() bool {
	if v.is(textKind, "true or false") && v.n.plain {
		switch v.n.text {
		case "true", "True", "TRUE":
			return true
		case "false", "False", "FALSE":
			return false
		}
	}
	if v.n.kind == textKind {
		v.wrong("not true or false")
	}
	return false
}

// date reads a date.
func (v *value) date() parley.Date {
	if !v.is(textKind, "a date") {
		return parley.Date{}
	}
	d, err := parley.ParseDate(v.n.text)
	if err != nil {
		v.wrong("not a date", "write YYYY, YYYY-MM or YYYY-MM-DD, of a day that exists")
	}
	return d
}

var wholeNumber = regexp.MustCompile(`^[-+]?(0|[1-9][0-9]{0,18})$`)

// whole reads a whole number between two bounds, written in digits and without
// quotes.
func (v *value) whole(least, most int64) int64 {
	if !v.is(textKind, "a whole number") {
		return 0
	}
	n, ok := parseWhole(v.n.text)
	switch {
	case !v.n.plain && ok:
		v.wrong("a number in quotes", "leave the quotes out")
	case !ok:
		v.wrong("not a whole number", "write digits alone")
	case n < least || n > most:
		v.wrong("out of range", fmt.Sprintf("from %d to %d", least, most))
	default:
		return n
	}
	return 0
}

func parseWhole(s string) (int64, bool) {
	if !wholeNumber.MatchString(s) {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

func (v *value) points() int64 { return v.whole(-parley.MaxPoints, parley.MaxPoints) }

// oneOf reads one of the given words.
func (v *value) oneOf(what string, words []string) string {
	if !v.is(textKind, what) {
		return ""
	}
	if slices.Contains(words, v.n.text) {
		return v.n.text
	}
	hint := v.near(v.n.text, slices.Values(words))
	if hint == "" {
		hint = "one of " + strings.Join(words, ", ")
	}
	v.wrong(v.said(v.n.text)+" is not "+what, hint)
	return ""
}

// list goes through the items of a list.
func (v *value) list(each func(*value)) {
	if !v.is(listKind, "a list") {
		return
	}
	for i := range v.n.kids {
		each(v.item(i))
	}
}

// listOf reads a list in which nothing may stand twice.
func listOf[T comparable](v *value, read func(*value) T) []T {
	var out []T
	seen := make(map[T]bool)
	v.list(func(item *value) {
		before := v.r.found
		x := read(item)
		if v.r.found > before {
			return
		}
		if seen[x] {
			item.wrong(item.said(item.n.text) + " stands here twice")
		}
		seen[x] = true
		out = append(out, x)
	})
	return out
}
