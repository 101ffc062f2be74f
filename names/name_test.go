package names

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// same are pairs that any clerk would take for one name, across schools of
// spelling, scripts, order and typos; other are pairs of people.
var (
	sameNames = [][2]string{
		{"Микола Олександрович Шевченко", "Nikolai Aleksandrovich Shevchenko"},
		{"Vadim Krasikov", "Вадим Красиков"},
		{"Konoschtschenko, Vadim", "Вадим Конощенок"},
		{"Ilja Jaschin", "Илья Яшин"},
		{"Abd al-Rahman al-Shami", "عبدالرحمن الشامي"},
		{"Salah ad-Din Qasim", "صلاح الدين قاسم"},
		{"Mohammed Hussein Al Tikriti", "محمد حسين التكريتي"},
		{"חאלד נג'ם איליה", "Khaled Najm Ilya"},
		{"Charles Aznavour", "שארל אזנבור"},
		{"HAMAD, Fathi", "Fathi Hammad"},
		{"Дмитро Дерев'янко", "Dmitry Derevyanko"},
		{"Єлизавета Яремчук", "Elizaveta Yaremchuk"},
		{"Аlехеi Ivanov", "Алексей Иванов"}, // Cyrillic letters among the Latin ones
		{"Jérôme Müller", "JEROME MUELLER"},
		{"گوهری مقدم، ابوذر", "Abuzar Goharimoqadam"},
	}
	otherNames = [][2]string{
		{"Лев Игоревич Ковпак", "Сергей Игоревич Ковпак"},
		{"Viktor Alekseevich Ozerov", "Игорь Викторович Озеров"},
		{"Vadim Krasikov", "Vadim Ostanin"},
		{"Vadim Ostanin", "Vadim Konoshchenok"},
		{"محمد حمزة زبيدي", "اياد حمزة زبيدي"},
		{"Ahmad Jamil Saleh", "Mahmoud Jamil Saleh"},
		{"Paul Whelan", "Evan Gershkovich"},
		{"Ольга Иванова", "Олег Иванов"},
	}
)

// TestManyInitials: a name of nothing but initials is bounded like any other.
func TestManyInitials(t *testing.T) {
	m := New()
	n := m.Read(strings.Repeat("A. ", 40))
	if s := m.Score(n, n); s <= 0 {
		t.Errorf("score %v", s)
	}
}

func TestSpellingsOfOneName(t *testing.T) {
	m := New()
	for _, p := range sameNames {
		if s := m.Score(m.Read(p[0]), m.Read(p[1])); s < .5 {
			t.Errorf("%s and %s score %.3f: %v", p[0], p[1], s, m.Compare(m.Read(p[0]), m.Read(p[1])))
		}
	}
	for _, p := range otherNames {
		if s := m.Score(m.Read(p[0]), m.Read(p[1])); s > .3 {
			t.Errorf("%s and %s score %.3f: %v", p[0], p[1], s, m.Compare(m.Read(p[0]), m.Read(p[1])))
		}
	}
}

// TestWhatIsEasilyMixedUpIsNeverSure: a misprint of one letter and another
// person's name look alike, so the score must leave room for both.
func TestContradictionCostsMoreThanOmission(t *testing.T) {
	m := New()
	full := m.Read("Андрей Петрович Кузьменок")
	without, against := m.Score(full, m.Read("Андрей Кузьменок")), m.Score(full, m.Read("Андрей Львович Кузьменок"))
	if without <= against {
		t.Errorf("leaving the patronymic out scores %.3f, another patronymic %.3f", without, against)
	}
}

// anyName draws names of letters of all scripts, marks, and what might confuse
// a reader.
func anyName(t *rapid.T, label string) string {
	parts := []string{"Abd", "al-", "Аlex", "бин", "עבד", "الدين", "Мария", "O'Neil", "ג'ו", "/", "", " ", "\u202e", "李", "Σ", "x", "1", "محمد", "Kara-Murza", "ibn", "ʻ", "ß", "İ", "\xff"}
	return strings.Join(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(parts), rapid.StringN(0, 8, 40)), 0, 14).Draw(t, label), rapid.SampledFrom([]string{" ", "", "-"}).Draw(t, label+" between"))
}

func TestScoreIsSymmetricAndBounded(t *testing.T) {
	m := New()
	rapid.Check(t, func(t *rapid.T) {
		a, b := m.Read(anyName(t, "a")), m.Read(anyName(t, "b"))
		s, back := m.Score(a, b), m.Score(b, a)
		if math.Abs(s-back) > 1e-6 {
			t.Fatalf("%q and %q: %v one way, %v the other", a.Written, b.Written, s, back)
		}
		if !(s >= 0 && s <= 1) {
			t.Fatalf("score %v", s)
		}
	})
}

// TestAlignIsBest holds the pairing to the best of all pairings.
func TestAlignIsBest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, cols := rapid.IntRange(1, 6).Draw(t, "rows"), rapid.IntRange(1, 6).Draw(t, "cols")
		var al alignment
		for i := range rows {
			for j := range cols {
				al.sims[i][j] = float32(rapid.IntRange(0, 8).Draw(t, "sim")) / 8
			}
		}
		al.assign(rows, cols)
		if al.n != min(rows, cols) {
			t.Fatalf("%d pairs", al.n)
		}
		sum := float32(0)
		usedI, usedJ := map[int8]bool{}, map[int8]bool{}
		for _, p := range al.pairs[:al.n] {
			if usedI[p.i] || usedJ[p.j] || p.sim != al.sims[p.i][p.j] {
				t.Fatalf("%v", al.pairs[:al.n])
			}
			usedI[p.i], usedJ[p.j] = true, true
			sum += p.sim
		}
		if best := bruteBest(&al, 0, rows, cols, 0); sum < best-1e-5 {
			t.Fatalf("pairing of %v, the best is %v", sum, best)
		}
	})
}

// bruteBest tries every pairing.
func bruteBest(al *alignment, i, rows, cols int, used uint) float32 {
	if i == rows {
		return 0
	}
	best := float32(-1)
	if rows > cols {
		best = bruteBest(al, i+1, rows, cols, used) // this row may stay alone
	}
	for j := range cols {
		if used>>j&1 == 0 {
			best = max(best, al.sims[i][j]+bruteBest(al, i+1, rows, cols, used|1<<j))
		}
	}
	return best
}

// TestDistanceIsLeast holds the fast distance to the textbook's recursion.
func TestDistanceIsLeast(t *testing.T) {
	c := newCosts()
	letters := []byte(plain)
	for p := range readings {
		letters = append(letters, p)
	}
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SliceOfN(rapid.SampledFrom(letters), 0, 6)
		a, b, s := word.Draw(t, "a"), word.Draw(t, "b"), rapid.IntRange(0, situations-1).Draw(t, "situation")
		if got, want := c.distance(a, b, s, math.MaxInt32), c.slow(a, b, s); got != want {
			t.Fatalf("%s %s: %d, want %d", a, b, got, want)
		}
		if got, back := c.distance(a, b, s, math.MaxInt32), c.distance(b, a, turned(s), math.MaxInt32); got != back {
			t.Fatalf("%s %s: %d one way, %d the other", a, b, got, back)
		}
	})
}

func (c *costs) slow(a, b []byte, s int) int32 {
	if len(a) == 0 && len(b) == 0 {
		return 0
	}
	best := int32(math.MaxInt32)
	if len(a) > 0 {
		best = min(best, c.slow(a[1:], b, s)+int32(c.drop[s][a[0]]))
	}
	if len(b) > 0 {
		best = min(best, c.slow(a, b[1:], s)+int32(c.drop[turned(s)][b[0]]))
	}
	if len(a) > 0 && len(b) > 0 {
		best = min(best, c.slow(a[1:], b[1:], s)+int32(c.swap[s][a[0]][b[0]]))
	}
	return best
}

func TestTablesAreWhole(t *testing.T) {
	for name, table := range map[string]string{"latin": latin, "cyrillic": cyrillic, "arabic": arabic, "hebrew": hebrew} {
		f := strings.Fields(table)
		if len(f)%2 != 0 {
			t.Errorf("%s: a spelling without a sound", name)
		}
		for i := 0; i+1 < len(f); i += 2 {
			for _, p := range []byte(f[i+1]) {
				if _, ok := readings[p]; !ok && !strings.ContainsRune(plain+"-", rune(p)) {
					t.Errorf("%s: %s sounds like %q, which is no phone", name, f[i], p)
				}
			}
			if want := fold(strings.Trim(f[i], "^$")); want != strings.Trim(f[i], "^$") {
				t.Errorf("%s: %q can't occur in a folded name, it would be %q", name, f[i], want)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, p := range sameNames {
		f.Add(p[0], p[1])
	}
	m := New()
	f.Fuzz(func(t *testing.T, a, b string) {
		if s := m.Score(m.Read(a), m.Read(b)); !(s >= 0 && s <= 1) {
			t.Errorf("score %v", s)
		}
	})
}
