package names

import (
	_ "embed"
	"strings"
)

//go:embed given.txt
var givenText string

//go:embed common.txt
var commonText string

// given knows names that are one name, and how common names are.
type given struct {
	groups map[string]uint16
	tier   map[string]float32
}

func lines(text string) [][]string {
	var out [][]string
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, "#") {
			out = append(out, strings.Fields(l))
		}
	}
	return out
}

// newGiven reads the two tables. A word that stands on two lines (Sasha) stays
// with the first.
func newGiven(m *Matcher) *given {
	g := &given{groups: map[string]uint16{}, tier: map[string]float32{}}
	m.given = g
	for i, line := range lines(givenText) {
		for _, w := range line {
			w = fold(w)
			if _, ok := g.groups[w]; !ok {
				g.groups[w] = uint16(i + 1)
			}
		}
	}
	for _, line := range lines(commonText) {
		rare := float32(0)
		if line[0] == "2" {
			rare = .35
		}
		for _, w := range line[1:] {
			t := m.token(fold(w))
			for _, c := range codes(t.phones) {
				if _, ok := g.tier[c]; !ok {
					g.tier[c] = rare
				}
			}
		}
	}
	return g
}

// groupOf is the line of a name, or of the name that a patronymic is made from.
func (g *given) groupOf(t *token) uint16 {
	if n, ok := g.groups[t.text]; ok {
		return n
	}
	if !t.patro {
		return 0
	}
	for _, e := range append(sonOf, daughterOf...) {
		stem, ok := strings.CutSuffix(t.text, e)
		if !ok {
			continue
		}
		for _, end := range []string{"", "й", "i", "y", "ь", "o", "о", "a", "а", "ий", "ii", "ei", "ey"} {
			if n, ok := g.groups[stem+end]; ok {
				return n
			}
		}
	}
	return 0
}

// rarity is 0 for the commonest names, 1 for names that are on no list.
func (g *given) rarity(t *token) float32 {
	for _, c := range codes(t.phones) {
		if r, ok := g.tier[c]; ok {
			return r
		}
	}
	return 1
}
