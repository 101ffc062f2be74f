package names

import (
	_ "embed"
	"strings"
)

//go:embed places.txt
var placesText string

// newPlaces indexes the table of places by what folding leaves of them.
func newPlaces() map[string]uint16 {
	p := map[string]uint16{}
	for i, line := range lines(placesText) {
		for _, w := range line {
			p[placeKey(strings.ReplaceAll(w, "_", " "))] = uint16(i + 1)
		}
	}
	return p
}

func placeKey(s string) string { return strings.Join(words(fold(s)), " ") }

// place reads a place. Of several parts ("Dnipro, Ukraine") the first that the
// table knows counts.
func (m *Matcher) place(s string) place {
	if s == "" {
		return place{}
	}
	p := place{line: m.places[placeKey(s)], name: m.Read(s)}
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ',' || r == ';' || r == '(' || r == '،' }) {
		if p.line == 0 {
			p.line = m.places[placeKey(part)]
		}
	}
	return p
}

// samePlace is the similarity of two places, in [0, 1].
func (m *Matcher) samePlace(a, b place) float32 {
	if a.line != 0 && b.line != 0 {
		if a.line == b.line {
			return 1
		}
		return 0
	}
	best := float32(0)
	for i := range a.name.tokens {
		for j := range b.name.tokens {
			best = max(best, m.similar(&a.name.tokens[i], &b.name.tokens[j]))
		}
	}
	return best
}
