package press

import (
	"slices"
	"strings"

	"parley"
	"parley/names"
)

// Person is somebody whom a dispatch may speak of.
type Person struct {
	ID    string   `json:"id"`
	Names []string `json:"names"`           // the first is how the person is called
	Side  string   `json:"side,omitempty"`  // the party that the person speaks or stands for
	Ours  bool     `json:"ours"`            // of the case; else found in the dispatch
	Blank bool     `json:"blank,omitempty"` // an open slot of the case: somebody who has no name yet
}

// PeopleOf lists the people of a case: its persons, and the principals of its
// parties.
func PeopleOf(c *parley.Case) []Person {
	var out []Person
	if c == nil {
		return out
	}
	for _, p := range c.Persons {
		out = append(out, Person{ID: string(p.ID), Names: append([]string{p.Name}, p.Also...), Ours: true, Blank: p.Blank})
	}
	for _, p := range c.Parties {
		if name := p.Principal.Name; name != "" {
			out = append(out, Person{ID: slug(lastWord(name)), Names: []string{name}, Side: string(p.ID)})
		}
	}
	return out
}

func lastWord(s string) string {
	w := strings.Fields(s)
	if len(w) == 0 {
		return ""
	}
	return w[len(w)-1]
}

// slug makes an id of words: lower-case letters, digits and "-".
func slug(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.Trim(b.String()[:min(b.Len(), parley.MaxID)], "-")
}

// mention is where a person is spoken of by name.
type mention struct {
	span
	who        int  // of the directory
	possessive bool // Smith's
}

// Bounds on the directory, so that no text makes it slow.
const (
	maxFound    = 20_000 // people found in one dispatch
	maxMisspelt = 500    // words looked up by likeness in one dispatch
)

// directory finds people by the words of their names.
type directory struct {
	m      *names.Matcher
	people []Person
	byLast map[string][]int // by the last word of a name
	words  []map[string]bool
	given  int            // how many of the people were given, and not found in the dispatch
	tried  map[string]int // what a likeness search gave
}

func newDirectory(m *names.Matcher, ours []Person) *directory {
	d := &directory{m: m, byLast: map[string][]int{}, tried: map[string]int{}}
	for _, p := range ours {
		d.add(p)
	}
	d.given = len(d.people)
	return d
}

func (d *directory) add(p Person) int {
	n := len(d.people)
	d.people = append(d.people, p)
	words := map[string]bool{}
	for _, name := range p.Names {
		fields := strings.FieldsFunc(lower(name), func(r rune) bool { return r == ' ' || r == '.' || r == ',' })
		for _, w := range fields {
			words[w] = true
		}
		if len(fields) > 0 && !p.Blank {
			last := fields[len(fields)-1]
			if last == "jr" || last == "sr" {
				last = fields[max(0, len(fields)-2)]
			}
			if !slices.Contains(d.byLast[last], n) {
				d.byLast[last] = append(d.byLast[last], n)
			}
		}
	}
	d.words = append(d.words, words)
	return n
}

// capitals are the runs of capitalised words of a text: what may be names.
func (r *reading) capitals(do func(span)) {
	for i := 0; i < len(r.tokens); i++ {
		if t := &r.tokens[i]; t.kind != aWord || !t.capital {
			continue
		}
		from := i
		for i+1 < len(r.tokens) && r.carriesOn(i+1) {
			i++
		}
		do(span{from, i + 1})
	}
}

// carriesOn tells whether token i goes on with a run of capitalised words: the
// point of an initial does.
func (r *reading) carriesOn(i int) bool {
	t := &r.tokens[i]
	if r.paraOf[i] != r.paraOf[i-1] {
		return false
	}
	if t.kind == aWord {
		return t.capital
	}
	return t.low == "." && t.start == r.tokens[i-1].end && r.abbreviates(i-1) && i+1 < len(r.tokens) && r.tokens[i+1].kind == aWord && r.tokens[i+1].capital
}

// notNames are capitalised words that begin a sentence, name a country or an
// institution, and so are no given names.
var notNames = join(bodies, titles, roles, determiners, prepositions, clausal, pronouns, joiners, adverbs, weekdays, openers, set(`state star soviet western eastern north south middle united saudi new san los st republican democratic democrat gop african asian european arab muslim christian jewish ukrainian israeli palestinian german british french chinese iranian turkish marine championship cup olympic world national international federal supreme senior junior chief national county city street avenue`))

// placing prepositions lead to a place more often than to a person.
var placing = set(`in at from to near across outside inside toward towards into`)

func (r *reading) lowAt(i int) string {
	if i < 0 || i >= len(r.tokens) {
		return ""
	}
	return r.tokens[i].low
}

// learn finds the people whom the dispatch itself names in full.
func (r *reading) learn() {
	r.capitals(func(s span) {
		from := s.from
		if placing[r.lowAt(from-1)] || r.tokens[from].low == "the" {
			return
		}
		for from < s.to && (notNames[r.tokens[from].low] || months[r.tokens[from].low] > 0 || r.tokens[from].low == "." || r.shouted(from)) {
			from++
		}
		for i := from; i < s.to; i++ {
			if bodies[r.tokens[i].low] || r.ofState(i) || r.shouted(i) || weekdays[r.tokens[i].low] || months[r.tokens[i].low] > 0 {
				return
			}
		}
		if words := r.words(span{from, s.to}); words < 2 || words > 4 || len(r.dir.people) > maxFound {
			return
		}
		if len(r.dir.candidates(r, span{from, s.to})) > 0 {
			return
		}
		name := r.textOf(span{from, s.to})
		last := r.tokens[s.to-1].low
		id := slug(last)
		if id == "" {
			return
		}
		for _, n := range r.dir.byLast[last] {
			if r.dir.people[n].ID == id {
				id = slug(name)
			}
		}
		r.dir.add(Person{ID: id, Names: []string{name}})
	})
}

// shouted tells whether a word is all capitals: an agency, an abbreviation.
func (r *reading) shouted(i int) bool {
	s := r.text[r.tokens[i].start:r.tokens[i].end]
	return len(s) > 2 && strings.ToUpper(s) == s && !strings.Contains(s, ".")
}

// candidates lists whom a run of words may name, by its last word that is the
// last of a name.
func (d *directory) candidates(r *reading, s span) []int {
	for i := s.to - 1; i >= s.from; i-- {
		list := d.byLast[r.tokens[i].low]
		if len(list) == 0 {
			continue
		}
		var fit []int
		for _, n := range list[:min(len(list), 50)] {
			if d.fits(r, span{s.from, i}, n) {
				fit = append(fit, n)
			}
		}
		if fit != nil {
			return fit
		}
	}
	return nil
}

// fits tells whether the words before a last name go with a person: none of
// them, a title, or a spelling of one of the person's.
func (d *directory) fits(r *reading, before span, n int) bool {
	for i := before.to - 1; i >= before.from; i-- {
		w := r.tokens[i].low
		if w == "." || len(w) == 1 {
			continue
		}
		if notNames[w] || d.words[n][w] || r.shouted(i) {
			return true
		}
		for have := range d.words[n] {
			if short(w, have) {
				return true
			}
			if c := d.m.Compare(d.m.Read(w), d.m.Read(have)); len(c.Words) == 1 && c.Words[0].Similarity >= .75 && have != r.tokens[before.to].low {
				return true
			}
		}
		return false
	}
	return true
}

// short tells whether one of two given names may be the short form of the
// other: Joe, Joseph.
func short(a, b string) bool {
	return min(len(a), len(b)) > 2 && min(len(a), len(b)) <= 4 && a[:2] == b[:2]
}

// findMentions lists where people are named, in order.
func (r *reading) findMentions() {
	latest := map[string]int{}
	r.capitals(func(s span) {
		for from := s.from; from < s.to; {
			hit := r.mentionIn(span{from, s.to}, latest)
			if hit.empty() {
				return
			}
			hit.possessive = hit.to < len(r.tokens) && r.tokens[hit.to].low == "'s"
			r.mentions = append(r.mentions, hit)
			from = hit.to
		}
	})
}

// mentionIn finds the first last name in a run of words.
func (r *reading) mentionIn(s span, latest map[string]int) mention {
	for i := s.from; i < s.to; i++ {
		w := r.tokens[i].low
		if len(r.dir.byLast[w]) == 0 {
			continue
		}
		fit := r.dir.candidates(r, span{s.from, i + 1})
		if fit == nil {
			continue
		}
		who := fit[0]
		if was, ok := latest[w]; ok && slices.Contains(fit, was) {
			who = was
		}
		latest[w] = who
		from := i
		for from > s.from && (r.dir.words[who][r.tokens[from-1].low] || r.tokens[from-1].low == ".") {
			from--
		}
		return mention{span{from, i + 1}, who, false}
	}
	return mention{}
}

// leastLike is how like a misspelt name must be, and leastLetters how long.
const (
	leastLike    = .7
	leastLetters = 7
)

// misspelt proposes whom a word may be meant to name: the likeliest of all last
// names, where it is long and near enough; -1 for nobody.
func (d *directory) misspelt(w string) int {
	if len([]rune(w)) < leastLetters {
		return -1
	}
	if n, ok := d.tried[w]; ok || len(d.tried) >= maxMisspelt {
		if !ok {
			n = -1
		}
		return n
	}
	best, score := -1, leastLike
	read := d.m.Read(w)
	for last, list := range d.byLast {
		if last[0] != w[0] || len([]rune(last)) < leastLetters || edits(last, w, 2) > 2 {
			continue
		}
		c := d.m.Compare(read, d.m.Read(last))
		if len(c.Words) == 1 && (c.Words[0].Similarity > score || c.Words[0].Similarity == score && best >= 0 && list[0] < best) {
			best, score = list[0], c.Words[0].Similarity
		}
	}
	d.tried[w] = best
	return best
}

// edits is the least number of letters to change, add or leave out (Levenshtein
// 1966), or most+1 where it is more.
func edits(a, b string, most int) int {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) > most || len(y)-len(x) > most {
		return most + 1
	}
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			v := min(row[j+1]+1, row[j]+1, diagonal+b2i(x[i] != y[j]))
			diagonal, row[j+1] = row[j+1], v
		}
	}
	return min(row[len(y)], most+1)
}
