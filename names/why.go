package names

import (
	"strconv"
	"strings"
)

func itoa(n int) string { return strconv.Itoa(n) }

// why tells what speaks for and against two rows being one person, a line for
// each field.
func (m *Matcher) why(l *linkage, a, b *prepared) []string {
	out := []string{m.whyName(l)}
	for _, r := range l.fields[:l.n] {
		if s := whyField(r, a, b); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// whyName tells the words that were paired, and those left over.
func (m *Matcher) whyName(l *linkage) string {
	e := &l.names
	var parts []string
	var usedA, usedB [maxTokens]bool
	for _, p := range e.align.pairs[:e.align.n] {
		usedA[p.i], usedB[p.j] = true, true
		parts = append(parts, WordPair{e.ta[p.i].text, e.tb[p.j].text, float64(p.sim)}.String())
	}
	if only := unused(e.ta, usedA); len(only) > 0 {
		parts = append(parts, "only in A: "+strings.Join(only, " "))
	}
	if only := unused(e.tb, usedB); len(only) > 0 {
		parts = append(parts, "only in B: "+strings.Join(only, " "))
	}
	return "name: " + strings.Join(parts, ", ")
}

func whyField(r relation, a, b *prepared) string {
	_, remark, _ := strings.Cut(relationNames[r], ": ")
	switch {
	case r == bornUnknown, r == fatherUnknown, r == placeUnknown, r == capturedUnknown:
		return ""
	case r <= bornFar:
		sign := " ≈ "
		if r == bornSameDay || r == bornSameMonth || r == bornSameYear {
			sign, remark = " = ", ""
		} else if !agrees(r) {
			sign = " ≠ "
		}
		return "born: " + a.Born.String() + sign + b.Born.String() + inBrackets(remark)
	case r <= fatherOther:
		return "father: " + fatherText(a) + sign(r, fatherSame, fatherNear) + fatherText(b)
	case r <= placeOther:
		return "place: " + a.Place + sign(r, placeSame, placeSame) + b.Place
	case r <= capturedFar:
		return "captured: " + a.Captured.String() + sign(r, capturedSame, capturedNear) + b.Captured.String() + inBrackets(remark)
	case r == sexOther:
		return "sex: " + a.Sex + " ≠ " + b.Sex
	}
	return "mother: " + a.Mother + sign(r, motherSame, motherSame) + b.Mother
}

func sign(r, same, near relation) string {
	switch r {
	case same:
		return " = "
	case near:
		return " ≈ "
	}
	return " ≠ "
}

func inBrackets(s string) string {
	if s == "" || s == "same day" || s == "other" {
		return ""
	}
	return " (" + s + ")"
}

// fatherText is the father's name as it was compared.
func fatherText(p *prepared) string {
	if p.own {
		return p.Father
	}
	return "in the name"
}
