package names

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestPaperForgivesWhatItCantShow(t *testing.T) {
	one := Record{Row: 1, Name: "Дмитро Дерев'янко", Place: "Івано-Франківськ", Note: "cell 12"}
	two := Record{Row: 7, Name: " Дмитро  Деревʼянко", Place: "Івано\u2011Франківськ", Note: "cell\u00a0١٢\u200f"}
	three := Record{Name: "Дмитрo Дерев'янко", Place: "Івано-Франківськ", Note: "cell 12"} // a Latin o
	for _, other := range []Record{two, three} {
		if DigestOfList([]Record{one}) != DigestOfList([]Record{other}) {
			t.Errorf("%+v has another digest", other)
		}
		_, x := one.Paper(1)
		if _, y := other.Paper(1); x != y {
			t.Errorf("%+v has other check digits", other)
		}
	}
}

// TestPaperSeesEverySlip: another letter, a cell in the wrong column, a row in
// the wrong place.
func TestPaperSeesEverySlip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[а-я]{2,8}`)
		r := Record{Name: word.Draw(t, "name"), Father: word.Draw(t, "father")}
		slip := r
		switch rapid.IntRange(0, 2).Draw(t, "slip") {
		case 0:
			i := rapid.IntRange(0, len([]rune(r.Name))-1).Draw(t, "at")
			letters := []rune(r.Name)
			letters[i] = 'щ'
			slip.Name = string(letters)
		case 1:
			slip.Name, slip.Father = r.Father, r.Name
		case 2:
			slip.Father, slip.Place = "", r.Father
		}
		if plainText(slip.Name) == plainText(r.Name) && slip.Father == r.Father {
			return
		}
		if DigestOfList([]Record{r}) == DigestOfList([]Record{slip}) {
			t.Fatalf("%+v and %+v have one digest", r, slip)
		}
		if DigestOfList([]Record{r, slip}) == DigestOfList([]Record{slip, r}) || DigestOfList([]Record{r}) == DigestOfList([]Record{r, r}) {
			t.Fatal("the order and the number of rows don't count")
		}
	})
}

func TestReadAloud(t *testing.T) {
	s := ReadAloud(DigestOfList(nil))
	if len(strings.Fields(s)) != 6 || len(s) != 35 {
		t.Errorf("%q", s)
	}
}
