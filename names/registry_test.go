package names

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// said is a list of statements that grows, each checked against those before.
type said struct {
	t   *testing.T
	all []Statement
}

func (s *said) say(x Statement) {
	s.t.Helper()
	if x.By == "" {
		x.By = "a clerk"
	}
	if err := Check(s.all, x); err != nil {
		s.t.Fatal(err)
	}
	s.all = append(s.all, x)
}

func TestRegistryKeepsWhoSaidWhat(t *testing.T) {
	s := said{t: t}
	s.say(Statement{Act: Enter, A: "p1", Value: "Vadim Krasikov"})
	s.say(Statement{Act: Enter, A: "p2", Value: "Вадим Соколов"})
	s.say(Statement{Act: Enter, A: "p3", Value: "unknown soldier", Field: "remains"})
	s.say(Statement{Act: Call, A: "p1", Field: string(Misprint), Value: "Vadim Krasnikov", Reasons: []string{"a newspaper"}})
	s.say(Statement{Act: Know, A: "p3", Field: "identity", Value: "claimed", Reasons: []string{"a tag"}})
	s.say(Statement{Act: Hold, A: "p1", B: "p2", Reasons: []string{"the court's judgment"}})
	r := NewRegistry(s.all)
	p1, _ := r.Person("p1")
	p3, _ := r.Person("p3")
	if !slices.Equal(p1.SameAs, []string{"p2"}) || len(r.Persons) != 3 || !p3.Remains || len(p3.Facts) != 1 || p1.Spellings[0].Reasons[0] != "a newspaper" {
		t.Errorf("%+v %+v", p1, p3)
	}
	s.say(Statement{Act: Undo, Undoes: 6})
	if p1, _ := NewRegistry(s.all).Person("p1"); len(p1.SameAs) != 0 {
		t.Errorf("undone, and still %v", p1.SameAs)
	}
	s.say(Statement{Act: Undo, Undoes: 7})
	if p1, _ := NewRegistry(s.all).Person("p1"); len(p1.SameAs) != 1 {
		t.Error("the undo was undone, and the statement doesn't count")
	}
	s.say(Statement{Act: Tell, A: "p2", B: "p1", Reasons: []string{"two men were seen"}})
	if p1, _ := NewRegistry(s.all).Person("p1"); len(p1.SameAs) != 0 || len(p1.Different) != 1 {
		t.Errorf("the last word is different: %+v", p1)
	}
}

func TestRegistryRefuses(t *testing.T) {
	s := said{t: t}
	s.say(Statement{Act: Enter, A: "p1", Value: "x"})
	s.say(Statement{Act: Enter, A: "p2", Value: "y"})
	for _, x := range []Statement{
		{Act: Enter, A: "p1", Value: "z", By: "me"},
		{Act: Enter, A: "p3", By: "me"},
		{Act: Call, A: "p9", Field: "native", Value: "z", By: "me"},
		{Act: Call, A: "p1", Field: "nickname", Value: "z", By: "me"},
		{Act: Hold, A: "p1", B: "p2", By: "me"},
		{Act: Hold, A: "p1", B: "p1", Reasons: []string{"r"}, By: "me"},
		{Act: Undo, Undoes: 9, By: "me"},
		{Act: Enter, A: "p4", Value: "z"},
		{Act: "merge", A: "p1", B: "p2", By: "me"},
	} {
		if Check(s.all, x) == nil {
			t.Errorf("%+v passes", x)
		}
	}
}

// TestUndoRestores: saying something and undoing it leaves the registry as it
// was.
func TestUndoRestores(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []Statement
		for range rapid.IntRange(1, 12).Draw(t, "statements") {
			s := Statement{
				Act: rapid.SampledFrom([]Act{Enter, Call, Know, Hold, Tell, LeaveOpen, Undo}).Draw(t, "act"), A: rapid.SampledFrom([]string{"p1", "p2", "p3"}).Draw(t, "a"),
				B: rapid.SampledFrom([]string{"p1", "p2", "p3"}).Draw(t, "b"), Field: "native", Value: "v", Undoes: uint64(rapid.IntRange(0, 12).Draw(t, "undoes")), Reasons: []string{"r"}, By: "me",
			}
			if Check(all, s) == nil {
				all = append(all, s)
			}
		}
		before := render(NewRegistry(all))
		for i := range all {
			undo := Statement{Act: Undo, Undoes: uint64(i + 1), By: "me"}
			if Check(all, undo) != nil {
				continue
			}
			back := append(slices.Clone(all), undo, Statement{Act: Undo, Undoes: uint64(len(all) + 1), By: "me"})
			if got := render(NewRegistry(back)); got != before {
				t.Fatalf("%s\nwas\n%s", got, before)
			}
		}
	})
}

func render(r *Registry) string {
	var b strings.Builder
	for _, p := range r.Persons {
		b.WriteString(p.ID + p.Name)
		for _, s := range p.Spellings {
			b.WriteString(" " + s.Text)
		}
		b.WriteString(" =" + strings.Join(p.SameAs, ",") + " !" + strings.Join(p.Different, ",") + "\n")
	}
	return b.String()
}

// ankara reads the persons of the exchange of 2024 and what they were called in
// print.
func ankara(t *testing.T) []*Person {
	data, err := os.ReadFile("../../shared/data/cases/b-2024-ankara.yaml")
	if err != nil {
		t.Skip("the shared cases are not here")
	}
	kinds := map[string]SpellingKind{"native": Native, "translit": Transliterated, "cover": Cover, "misprint": Misprint}
	var out []*Person
	for _, m := range regexp.MustCompile(`- name: (.*)|\{value: "?([^",}]*)"?, kind: (\w+)`).FindAllStringSubmatch(string(data), -1) {
		if m[1] != "" {
			out = append(out, &Person{ID: m[1], Name: m[1]})
			continue
		}
		k := kinds[m[3]]
		if k == "" {
			k = OtherSpelling
		}
		p := out[len(out)-1]
		p.Spellings = append(p.Spellings, Spelling{Text: m[2], Kind: k})
	}
	return out
}

// TestAnkara: every spelling that was printed finds its person first; those
// that spell the true name do so even where the registry has not got them yet.
func TestAnkara(t *testing.T) {
	persons := ankara(t)
	m := New()
	n := 0
	for _, p := range persons {
		for i, s := range p.Spellings {
			n++
			if got := m.Find(persons, s.Text); len(got) == 0 || got[0].Person != p {
				t.Errorf("%s does not find %s first", s.Text, p.Name)
			}
			if s.Kind != Native && s.Kind != Transliterated && s.Kind != Misprint || notTheTrueName[s.Text] {
				continue
			}
			without := &Person{ID: p.ID, Name: p.Name, Spellings: slices.Delete(slices.Clone(p.Spellings), i, i+1)}
			others := slices.Clone(persons)
			others[slices.Index(others, p)] = without
			if got := m.Find(others, s.Text); len(got) == 0 || got[0].Person != without {
				t.Errorf("%s is new to the registry and does not find %s first: %v", s.Text, p.Name, got)
			}
		}
	}
	if n != 85 {
		t.Errorf("%d spellings, 85 are known", n)
	}
}

// notTheTrueName are native and misprinted spellings of names that sound
// nothing like the others the person has.
var notTheTrueName = map[string]bool{"Дитер Воронин": true, "Dieter Voronin": true}

func TestThreeVadims(t *testing.T) {
	m := New()
	name := func(s string) *Name { return m.Read(s) }
	for _, p := range [][2]string{{"Vadim Krasikov", "Vadim Ostanin"}, {"Vadim Ostanin", "Vadim Konoshchenok"}, {"Vadim Krasikov", "Вадим Конощёнок"}} {
		if s := m.Score(name(p[0]), name(p[1])); s >= reviewFrom {
			t.Errorf("%s and %s score %.2f", p[0], p[1], s)
		}
	}
	got := m.Find([]*Person{{ID: "a", Name: "Vadim Krasikov"}, {ID: "b", Name: "Vadim Ostanin"}, {ID: "c", Name: "Vadim Konoshchenok"}}, "Vadim Krasnikov")
	if len(got) == 0 || got[0].Person.ID != "a" || got[0].Sure {
		t.Errorf("Krasnikov is Krasikov for review: %+v", got)
	}
	found := match(t, []Record{record(1, "Vadim Krasikov", "", "1965-08-10", "Kokshetau", "")}, []Record{record(1, "Vadim Krasnikov", "", "1965-08-10", "Kokshetau", "")})
	if x := matchOf(t, found, "1", "1"); x.Verdict != Review {
		t.Errorf("%+v", x)
	}
}

func TestDecisionsUndo(t *testing.T) {
	none := func(string, string) bool { return false }
	var all []Statement
	say := func(s Statement) error {
		if err := NewDecisions(all).Check(s, none); err != nil {
			return err
		}
		all = append(all, s)
		return nil
	}
	if err := say(Statement{Act: Hold, A: "1", B: "1"}); err != nil {
		t.Fatal(err)
	}
	if say(Statement{Act: Hold, A: "1", B: "2"}) == nil || say(Statement{Act: Hold, A: "2", B: "1"}) == nil {
		t.Error("one row is two persons")
	}
	if NewDecisions(all).Check(Statement{Act: Hold, A: "1", B: "2"}, func(x, y string) bool { return true }) != nil {
		t.Error("copies may be one person")
	}
	if err := say(Statement{Act: Undo, Undoes: NewDecisions(all).Last()}); err != nil {
		t.Fatal(err)
	}
	if _, ok := NewDecisions(all).Of("1", "1"); ok {
		t.Error("undone, and it counts")
	}
	if err := say(Statement{Act: Hold, A: "1", B: "2"}); err != nil {
		t.Error(err)
	}
	if say(Statement{Act: Undo, Undoes: 1}) == nil || say(Statement{Act: Undo, Undoes: 9}) == nil {
		t.Error("what is undone, or isn't there, can't be undone")
	}
}
