package names

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// SpellingKind tells what a spelling of a person's name is.
type SpellingKind string

// The kinds of spellings.
const (
	Native         SpellingKind = "native"
	Transliterated SpellingKind = "transliterated"
	Cover          SpellingKind = "cover" // a name to hide behind; says nothing of the true one
	Misprint       SpellingKind = "misprint"
	OtherSpelling  SpellingKind = "other"
)

// SpellingKinds lists the kinds.
func SpellingKinds() []SpellingKind {
	return []SpellingKind{Native, Transliterated, Cover, Misprint, OtherSpelling}
}

// Act is what a statement of the registry does.
type Act string

// The acts. Nothing is ever taken out of a registry: Undo makes an earlier
// statement count no longer, and both stay to be read.
const (
	Enter     Act = "enter"     // A is a person; Value is the name, Field "remains" for the dead whose body is sought
	Call      Act = "call"      // A is also called Value; Field is the kind of the spelling
	Know      Act = "know"      // Field of A is Value
	Hold      Act = "same"      // A and B are held to be one person
	Tell      Act = "different" // A and B are two
	LeaveOpen Act = "open"      // A and B were looked at and not decided
	Undo      Act = "undo"      // the statement Number counts no longer
)

// Statement is one act of the registry, with who says so and why.
type Statement struct {
	_       struct{} `cbor:",toarray"`
	Act     Act      `json:"act"`
	A       string   `json:"a"`
	B       string   `json:"b"`
	Field   string   `json:"field"`
	Value   string   `json:"value"`
	Undoes  uint64   `json:"undoes"`  // the number of a statement, for Undo
	Reasons []string `json:"reasons"` // a source, a document, what was compared
	By      string   `json:"by"`
	At      int64    `json:"at"` // unix seconds
}

// Person is one entry of the registry.
type Person struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Remains   bool       `json:"remains"`             // a body, with its own evidence of whose it is
	Spellings []Spelling `json:"spellings,omitempty"` // besides the name
	Facts     []Fact     `json:"facts,omitempty"`
	SameAs    []string   `json:"same_as,omitempty"`   // entries held to be this person's, directly or over others
	Different []string   `json:"different,omitempty"` // entries held to be somebody else's
}

// Spelling is one thing that a person is called, and who says so.
type Spelling struct {
	Text    string       `json:"text"`
	Kind    SpellingKind `json:"kind"`
	By      string       `json:"by"`
	Reasons []string     `json:"reasons,omitempty"`
	Number  uint64       `json:"number"`
}

// Fact is one piece of evidence about one field.
type Fact struct {
	Field   string   `json:"field"`
	Value   string   `json:"value"`
	By      string   `json:"by"`
	Reasons []string `json:"reasons,omitempty"`
	Number  uint64   `json:"number"`
}

// Registry is what its statements come to.
type Registry struct {
	Persons []*Person // in the order they were entered
	byID    map[string]*Person
}

// Check reports what is wrong with a statement that is to follow others.
func Check(before []Statement, s Statement) error {
	r := NewRegistry(before)
	switch {
	case strings.TrimSpace(s.By) == "":
		return fmt.Errorf("a statement says who makes it")
	case s.Act == Undo:
		return checkUndo(before, s)
	case s.Act == Enter:
		if s.A == "" || strings.TrimSpace(s.Value) == "" {
			return fmt.Errorf("an entry has an id and a name")
		}
		if r.byID[s.A] != nil {
			return fmt.Errorf("%s is in the registry already", s.A)
		}
		return nil
	case r.byID[s.A] == nil:
		return fmt.Errorf("nobody is entered as %q", s.A)
	}
	switch s.Act {
	case Call:
		if !slices.Contains(SpellingKinds(), SpellingKind(s.Field)) || strings.TrimSpace(s.Value) == "" {
			return fmt.Errorf("a spelling is a text of one of the kinds %s", kindList())
		}
	case Know:
		if s.Field == "" || s.Value == "" {
			return fmt.Errorf("a fact has a field and a value")
		}
	case Hold, Tell, LeaveOpen:
		if r.byID[s.B] == nil || s.A == s.B {
			return fmt.Errorf("nobody else is entered as %q", s.B)
		}
		if len(s.Reasons) == 0 {
			return fmt.Errorf("who holds two entries to be one person, or two, says why")
		}
	default:
		return fmt.Errorf("no act %q", s.Act)
	}
	return nil
}

func kindList() string {
	var out []string
	for _, k := range SpellingKinds() {
		out = append(out, string(k))
	}
	return strings.Join(out, ", ")
}

func checkUndo(before []Statement, s Statement) error {
	if s.Undoes == 0 || s.Undoes > uint64(len(before)) {
		return fmt.Errorf("no statement %d", s.Undoes)
	}
	if undone(before)[s.Undoes] {
		return fmt.Errorf("statement %d is undone already", s.Undoes)
	}
	return nil
}

// undone finds the statements that count no longer. An undo can be undone.
func undone(all []Statement) map[uint64]bool {
	out := map[uint64]bool{}
	for i := len(all) - 1; i >= 0; i-- { // the latest has the last word
		if n := uint64(i + 1); all[i].Act == Undo && !out[n] {
			out[all[i].Undoes] = true
		}
	}
	return out
}

// NewRegistry folds statements, the first being number 1.
func NewRegistry(all []Statement) *Registry {
	r := &Registry{byID: map[string]*Person{}}
	off := undone(all)
	verdicts := map[[2]string]Act{}
	var order [][2]string
	for i, s := range all {
		if !off[uint64(i+1)] {
			r.fold(uint64(i+1), s)
		}
		if pair := pairOf(s); !off[uint64(i+1)] && (s.Act == Hold || s.Act == Tell || s.Act == LeaveOpen) {
			verdicts[pair] = s.Act
			order = append(order, pair)
		}
	}
	r.relate(order, verdicts)
	return r
}

func pairOf(s Statement) [2]string { return [2]string{min(s.A, s.B), max(s.A, s.B)} }

func (r *Registry) fold(number uint64, s Statement) {
	p := r.byID[s.A]
	switch {
	case s.Act == Enter && p == nil:
		p = &Person{ID: s.A, Name: s.Value, Remains: s.Field == "remains"}
		r.byID[s.A] = p
		r.Persons = append(r.Persons, p)
	case p == nil:
	case s.Act == Call:
		p.Spellings = append(p.Spellings, Spelling{s.Value, SpellingKind(s.Field), s.By, s.Reasons, number})
	case s.Act == Know:
		p.Facts = append(p.Facts, Fact{s.Field, s.Value, s.By, s.Reasons, number})
	}
}

// relate tells each entry which others are held to be the same person. The
// last verdict on a pair counts. No entry goes into another.
func (r *Registry) relate(order [][2]string, verdicts map[[2]string]Act) {
	group := map[string]string{}
	var find func(string) string
	find = func(x string) string {
		if group[x] == "" || group[x] == x {
			return x
		}
		return find(group[x])
	}
	for _, pair := range order {
		a, b := r.byID[pair[0]], r.byID[pair[1]]
		if a == nil || b == nil {
			continue
		}
		switch verdicts[pair] {
		case Hold:
			group[find(pair[0])] = find(pair[1])
		case Tell:
			a.Different, b.Different = addOnce(a.Different, b.ID), addOnce(b.Different, a.ID)
		}
	}
	for _, p := range r.Persons {
		for _, q := range r.Persons {
			if p != q && find(p.ID) == find(q.ID) {
				p.SameAs = append(p.SameAs, q.ID)
			}
		}
	}
}

func addOnce(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// Person finds an entry.
func (r *Registry) Person(id string) (*Person, bool) {
	p, ok := r.byID[id]
	return p, ok
}

// Found is a person that a search came upon, by the spelling that fitted best.
type Found struct {
	Person   *Person      `json:"person"`
	Spelling string       `json:"spelling"`
	Kind     SpellingKind `json:"kind"` // "" for the name itself
	Score    float64      `json:"score"`
	Sure     bool         `json:"sure"` // every word agrees; else to be reviewed
	Why      []string     `json:"why"`
}

// foundFrom is the score from which a search shows a person.
const foundFrom = .3

// Find searches persons by any spelling, the likeliest first. It is for people
// who look for somebody: a part of a name is enough, and what is only near is
// shown, to be reviewed.
func (m *Matcher) Find(persons []*Person, query string) []Found {
	return m.Index(persons).Find(query)
}

// Index is persons whose names were read once, to be searched more than once.
type Index struct {
	m       *Matcher
	persons []*Person
	names   [][]readSpelling
}

type readSpelling struct {
	Spelling
	name *Name
}

// Index reads the names of some persons.
func (m *Matcher) Index(persons []*Person) *Index {
	x := &Index{m, persons, make([][]readSpelling, len(persons))}
	for i, p := range persons {
		for _, s := range append([]Spelling{{Text: p.Name}}, p.Spellings...) {
			x.names[i] = append(x.names[i], readSpelling{s, m.Read(s.Text)})
		}
	}
	return x
}

// Find searches the persons of the index as Matcher.Find does.
func (x *Index) Find(query string) []Found {
	q := x.m.Read(query)
	var out []Found
	if q.Empty() {
		return out
	}
	for i, p := range x.persons {
		best := Found{Person: p}
		for _, s := range x.names[i] {
			if f := x.m.finding(q, s); f.Score > best.Score || f.Score == best.Score && f.Sure && !best.Sure {
				f.Person = p
				best = f
			}
		}
		if best.Score >= foundFrom {
			out = append(out, best)
		}
	}
	slices.SortStableFunc(out, func(a, b Found) int { return cmp.Compare(b.Score, a.Score) })
	return out
}

// finding scores one spelling. Where the query is a part of the name, its words
// alone count, and a little less than a whole name.
func (m *Matcher) finding(q *Name, s readSpelling) Found {
	c := m.Compare(q, s.name)
	f := Found{Spelling: s.Text, Kind: s.Kind, Score: c.Score, Sure: len(c.Words) > 0 && len(c.OnlyA) == 0}
	part := 1.0
	for _, w := range c.Words {
		f.Why = append(f.Why, w.String())
		part = min(part, w.Similarity)
		f.Sure = f.Sure && w.Similarity >= .9
	}
	if len(c.Words) > 0 && len(c.OnlyA) == 0 && part > .75 {
		f.Score = max(f.Score, part*.9)
	}
	f.Score = round4(f.Score)
	return f
}
