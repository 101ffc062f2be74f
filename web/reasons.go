package web

import (
	"cmp"
	"html/template"
	"regexp"
	"slices"
	"strings"

	"parley"
)

// Packages below the desk say in English why something is as it is: why an act
// has no effect, what a plan waits for, what speaks for two rows being one
// person. The messages "reason.…" are those sentences in every language; a
// sentence is found by its English, and what stands in its places is named as the
// case names it.

// reasonShape is how a reason is known.
type reasonShape struct {
	key   string
	shape *regexp.Regexp
}

var reasonPlace = regexp.MustCompile(`\\\{\d\\\}`)

// reasonShapes are those of all reasons, the longest first: the most exact.
func reasonShapes(messages map[string]map[string]forms) []reasonShape {
	var out []reasonShape
	for key, texts := range messages {
		if strings.HasPrefix(key, "reason.") {
			out = append(out, reasonShape{key, regexp.MustCompile(`(?s)^` + reasonPlace.ReplaceAllString(regexp.QuoteMeta(texts["en"].other), "(.+?)") + `$`)})
		}
	}
	slices.SortFunc(out, func(a, b reasonShape) int {
		return cmp.Or(cmp.Compare(len(b.shape.String()), len(a.shape.String())), cmp.Compare(a.key, b.key))
	})
	return out
}

// Reason tells a reason to people; one that the catalogue lacks as it is.
func (l *look) Reason(s string) template.HTML {
	if told := l.reason(s); told != "" {
		return l.Text(told)
	}
	return template.HTML(`<bdi lang="en" dir="auto">` + template.HTMLEscapeString(s) + `</bdi>`) //nolint:gosec // escaped
}

const longestReason = 4096 // in bytes: what the other side wrote may be in it

// reason is a reason in the reader's language; "" where the catalogue lacks it.
func (v *visit) reason(s string) string { return v.reasonWithin(s, 3) }

func (v *visit) reasonWithin(s string, depth int) string {
	if depth == 0 || len(s) > longestReason {
		return ""
	}
	for _, r := range v.from.reasons {
		found := r.shape.FindStringSubmatch(s)
		if found == nil {
			continue
		}
		values := make([]any, len(found)-1)
		for i, part := range found[1:] {
			values[i] = v.reasonPart(part, depth-1)
		}
		return v.must(r.key, values...)
	}
	return ""
}

// reasonPart is what stands in a place of a reason: a reason itself, some of
// them, or the ids of persons and parties, which are named.
func (v *visit) reasonPart(s string, depth int) string {
	if told := v.reasonWithin(s, depth); told != "" {
		return told
	}
	parts := strings.Split(s, ", ")
	for i, part := range parts {
		if told := v.reasonWithin(part, depth); told != "" && len(parts) > 1 {
			parts[i] = told
			continue
		}
		if name := v.Person(parley.PersonID(part)); name != part {
			parts[i] = name
		} else {
			parts[i] = v.PartyName(parley.PartyID(part))
		}
	}
	return v.List(parts)
}
