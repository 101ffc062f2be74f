package names

import (
	"cmp"
	"context"
	"encoding/csv"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"parley"
)

// sharedList reads a list of the shared benchmark without the reader of files,
// which stands above this package.
func sharedList(tb testing.TB, path string) []Record {
	f, err := os.Open("../../shared/data/names/" + path)
	if err != nil {
		tb.Skip("the shared benchmark is not here")
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	var out []Record
	for i, r := range rows[1:] {
		born, _ := parley.ParseDate(r[3])
		captured, _ := parley.ParseDate(r[5])
		out = append(out, Record{ID: r[0], Row: i + 1, Name: r[1], Father: r[2], Born: born, Place: r[4], Captured: captured})
	}
	return out
}

func BenchmarkMatch2000(b *testing.B) {
	x, y := sharedList(b, "lists_2000/asked.csv"), sharedList(b, "lists_2000/held.csv")
	m := New()
	for b.Loop() {
		if _, err := m.Match(context.Background(), x, y, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMatch15000(b *testing.B) {
	x, y := sharedList(b, "lists_15000/asked.csv"), sharedList(b, "lists_15000/held.csv")
	m := New()
	for b.Loop() {
		if _, err := m.Match(context.Background(), x, y, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func record(row int, name, father, born, place, captured string) Record {
	b, _ := parley.ParseDate(born)
	c, _ := parley.ParseDate(captured)
	return Record{Row: row, Name: name, Father: father, Born: b, Place: place, Captured: c}
}

func matchOf(t *testing.T, found *Matching, a, b string) Match {
	t.Helper()
	for _, m := range found.Matches {
		if m.A == a && m.B == b {
			return m
		}
	}
	t.Fatalf("%s and %s are not proposed: %+v", a, b, found.Matches)
	return Match{}
}

func match(t *testing.T, a, b []Record) *Matching {
	t.Helper()
	found, err := New().Match(context.Background(), a, b, nil)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestBrothersAreTwoMen(t *testing.T) {
	found := match(t,
		[]Record{record(1, "Ковпак Лев Игоревич", "", "1978-10-23", "Київ", "2022-03-04")},
		[]Record{record(1, "Kovpak Sergei Igorevich", "", "1981-02-03", "Kyiv", "2022-03-04")})
	if len(found.Matches) != 0 {
		t.Errorf("%+v", found.Matches)
	}
}

// TestANamesakeWithoutADateIsNeverTheSame: the name may agree to the letter.
func TestANamesakeWithoutADateIsNeverTheSame(t *testing.T) {
	found := match(t,
		[]Record{record(1, "Конощёнок Вадим Петрович", "", "1975-05-06", "Харьков", "2022-03-04")},
		[]Record{record(1, "Конощёнок Вадим Петрович", "", "", "Харьков", "2022-03-04")})
	if m := matchOf(t, found, "1", "1"); m.Verdict != Review {
		t.Errorf("%+v", m)
	}
}

func TestRivalsAreShown(t *testing.T) {
	found := match(t,
		[]Record{record(1, "محمد حسين التكريتي", "", "1980-05-06", "بغداد", "2022-03-01")},
		[]Record{
			record(1, "Mohammed Hussein Al-Tikriti", "", "", "Baghdad", "2022-03-01"),
			record(2, "Mohamed Hussain Tikriti", "", "", "Baghdad", ""),
		})
	m := matchOf(t, found, "1", "1")
	if len(m.Rivals) != 1 || m.Rivals[0].B != "2" || m.Verdict != Review {
		t.Errorf("%+v", m)
	}
	if len(found.UnmatchedB) != 1 {
		t.Errorf("left over: %v", found.UnmatchedB)
	}
}

func TestCopiesAreShownAndBothPaired(t *testing.T) {
	found := match(t,
		[]Record{
			record(1, "Шинькович Іван Едуардович", "", "1971-12-19", "Маріуполь", "2024-01-10"),
			record(2, "Шинькович Иван Эдуардович", "", "1971-12-19", "Маріуполь", "2024-01-10"),
		},
		[]Record{record(1, "Иван Эдуардович Шинькович", "", "1971-12-19", "Мариуполь", "2024-01-10")})
	if len(found.DuplicatesA) != 1 || len(found.Matches) != 2 {
		t.Errorf("%+v", found)
	}
}

func TestASecondSpellingCounts(t *testing.T) {
	a := record(1, "Qasem, nom de guerre", "", "1980-05-06", "", "")
	a.Also = []string{"عبد الجليل حقانی"}
	found := match(t, []Record{a}, []Record{record(1, "Abdul Jalil Haqqani", "", "1980-05-06", "", "")})
	if m := matchOf(t, found, "1", "1"); !strings.Contains(m.Why[0], "جلیل = jalil") {
		t.Errorf("%v", m.Why)
	}
}

func TestWhatHasNoNameIsLeftOver(t *testing.T) {
	found := match(t, []Record{record(1, "", "", "1980-05-06", "", ""), record(2, "???", "", "", "", "")}, []Record{record(1, "", "", "1980-05-06", "", "")})
	if len(found.Matches) != 0 || len(found.UnmatchedA) != 2 || len(found.UnmatchedB) != 1 {
		t.Errorf("%+v", found)
	}
}

func TestBornRelations(t *testing.T) {
	date := func(s string) parley.Date { d, _ := parley.ParseDate(s); return d }
	for _, c := range []struct {
		a, b string
		want relation
	}{
		{"", "1980", bornUnknown},
		{"1980-05-06", "1980-05-06", bornSameDay},
		{"1980-05", "1980-05-06", bornSameMonth},
		{"1980-01-01", "1980-01-01", bornSameYear},
		{"1980", "1980-05-06", bornSameYear},
		{"1980-05-06", "1980-06-05", bornSwapped},
		{"1980-05-06", "1980-05-09", bornNearDay},
		{"1979-12-30", "1980-01-02", bornNearDay},
		{"1980-05-06", "1981-05-06", bornYearOff},
		{"1980-05-06", "1980-05-26", bornSlip},
		{"1987-05-06", "1978-05-06", bornSlip},
		{"1980-05-06", "1980-11-28", bornSameYearOnly},
		{"1980", "1982", bornNearYear},
		{"1980-05-06", "1986-01-01", bornOther},
		{"1980", "1999", bornFar},
		{"1980-04", "1980-05-06", bornSameYearOnly},
	} {
		for _, got := range []relation{born(date(c.a), date(c.b)), born(date(c.b), date(c.a))} {
			if got != c.want {
				t.Errorf("%s and %s: %s, want %s", c.a, c.b, relationNames[got], relationNames[c.want])
			}
		}
	}
}

// TestMatchingIsOneToOne draws lists that are full of relatives and copies.
func TestMatchingIsOneToOne(t *testing.T) {
	m := New()
	rapid.Check(t, func(t *rapid.T) {
		list := func(label string) []Record {
			return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Record {
				return record(0, rapid.SampledFrom([]string{"Иван", "Ivan", "Пётр", "Ali", "علي", ""}).Draw(t, "given")+" "+rapid.SampledFrom([]string{"Петров", "Petrov", "حسن", "Hassan", "Cohen", "כהן"}).Draw(t, "family"),
					"", rapid.SampledFrom([]string{"", "1980", "1980-05-06", "1980-06-05", "1975-01-02"}).Draw(t, "born"), rapid.SampledFrom([]string{"", "Kyiv", "Киев"}).Draw(t, "place"), "")
			}), 0, 12).Draw(t, label)
		}
		a, b := list("a"), list("b")
		for i := range a {
			a[i].Row = i + 1
		}
		for i := range b {
			b[i].Row = i + 1
		}
		found, err := m.Match(context.Background(), a, b, nil)
		if err != nil {
			t.Fatal(err)
		}
		checkMatching(t, found)
	})
}

// checkMatching holds a matching to what the contract promises: every row is
// accounted for, and stands in one same match unless its copies are named.
func checkMatching(t *rapid.T, found *Matching) {
	copies := map[string]int{}
	for side, groups := range map[string][][]string{"a": found.DuplicatesA, "b": found.DuplicatesB} {
		for _, g := range groups {
			for _, id := range g {
				copies[side+id] = len(g)
			}
		}
	}
	seen, same := map[string]bool{}, map[string]int{}
	for _, x := range found.Matches {
		seen["a"+x.A], seen["b"+x.B] = true, true
		if x.Verdict == Same {
			same["a"+x.A]++
			same["b"+x.B]++
			if most := max(copies["b"+x.B], 1); same["a"+x.A] > most {
				t.Fatalf("row %s of A stands in %d same matches", x.A, same["a"+x.A])
			}
			if most := max(copies["a"+x.A], 1); same["b"+x.B] > most {
				t.Fatalf("row %s of B stands in %d same matches", x.B, same["b"+x.B])
			}
		}
	}
	for side, ids := range map[string][]string{"a": found.UnmatchedA, "b": found.UnmatchedB} {
		for _, id := range ids {
			if seen[side+id] {
				t.Fatalf("row %s of %s is matched and left over", id, side)
			}
			seen[side+id] = true
		}
	}
	if len(seen) != found.RowsA+found.RowsB {
		t.Fatalf("%d rows of %d are accounted for", len(seen), found.RowsA+found.RowsB)
	}
}

// TestSelectionKeepsTheStrongest holds the blocks' selection to sorting.
func TestSelectionKeepsTheStrongest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, most := rapid.IntRange(1, 60).Draw(t, "rows"), rapid.IntRange(1, 20).Draw(t, "most")
		s := &seeker{index: &index{}, sum: make([]float32, n)}
		for i := range n {
			s.sum[i] = float32(rapid.IntRange(1, 5).Draw(t, "sum"))
			s.touched = append(s.touched, int32(i))
		}
		sorted := slices.Clone(s.touched)
		slices.SortStableFunc(sorted, func(x, y int32) int { return cmp.Compare(s.sum[y], s.sum[x]) })
		got := slices.Sorted(slices.Values(s.strongest(most)))
		want := slices.Sorted(slices.Values(sorted[:min(most, n)]))
		if !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}
