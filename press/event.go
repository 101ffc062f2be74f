package press

import (
	"strconv"
	"strings"
)

// Event is a step of somebody's legal history as a dispatch tells it.
type Event struct {
	Person string `json:"person"` // an id, proposed; for somebody without a name, made of the words for them
	Phrase string `json:"phrase"` // whom the dispatch names there
	Event  string `json:"event"`  // as a case has it, and "held"
	Term   string `json:"term,omitempty"`
	Charge string `json:"charge,omitempty"`
	Place  string `json:"place,omitempty"`
	When
	Sentence int    `json:"sentence"`
	Span     [2]int `json:"span"`  // of the words that tell it, in bytes, the end left out
	Claim    int    `json:"claim"` // on whose word it rests: a claim by its number from 0; -1 for the reporter's
}

// trigger is a word that tells of a legal event.
type trigger struct {
	event string
	// strict words tell of one only in the passive and in the past: "was
	// released".
	strict bool
}

var triggers = map[string]trigger{
	"arrested": {"arrested", false}, "arrest": {"arrested", true}, "detained": {"arrested", false}, "captured": {"arrested", false},
	"jailed": {"imprisoned", false}, "imprisoned": {"imprisoned", false}, "incarcerated": {"imprisoned", false},
	"charged": {"charged", false}, "indicted": {"indicted", false}, "extradited": {"extradited", false}, "convicted": {"convicted", false},
	"sentenced": {"sentenced", false}, "sentence": {"sentenced", true},
	"pardoned": {"pardoned", true}, "commuted": {"commuted", true}, "paroled": {"paroled", true}, "released": {"released", true}, "freed": {"released", true},
	"exchanged": {"exchanged", true}, "swapped": {"exchanged", true}, "escaped": {"escaped", true}, "tried": {"tried", true}, "held": {"held", true},
	"pleaded": {"pleaded-guilty", false}, "pled": {"pleaded-guilty", false}, "died": {"died", true},
}

// events finds the legal events of a dispatch.
func (r *reading) events() []Event {
	out := []Event{}
	for n, s := range r.sentences {
		for i := s.from; i < s.to; i++ {
			t, ok := triggers[r.tokens[i].low]
			if !ok || r.tokens[i].kind != aWord {
				continue
			}
			if e, ok := r.event(n, i, t); ok {
				out = append(out, e)
			}
		}
	}
	return out
}

func (r *reading) low(i int, s span) string {
	if i < s.from || i >= s.to {
		return ""
	}
	return r.tokens[i].low
}

// event reads the event that the word at i tells of, if it does.
func (r *reading) event(n, i int, t trigger) (Event, bool) {
	s := r.sentences[n].span
	e := Event{Event: t.event, Sentence: n, Claim: -1}
	before := i - 1
	passive, doubtful := false, false
	for before >= s.from && (aux[r.low(before, s)] || adverb(r.low(before, s)) || r.low(before, s) == "'s") {
		w := r.low(before, s)
		passive = passive || bes[w] || w == "being"
		doubtful = doubtful || modals[w] || nots[w]
		before--
	}
	word, next := r.tokens[i].low, r.low(i+1, s)
	var who span
	switch {
	case doubtful || r.low(before, s) == "to" && word != "sentence" || r.low(before, s) == "if":
		return e, false
	case word == "arrest":
		if !possessives[r.low(i-1, s)] && r.low(i-1, s) != "'s" {
			return e, false
		}
	case word == "sentence":
		if r.low(i-1, s) != "to" {
			return e, false
		}
		who = r.objectOf(i, s)
	case word == "pleaded" || word == "pled":
		if next != "guilty" && next != "not" {
			return e, false
		}
		if next == "not" {
			e.Event = "denies"
		}
	case word == "held":
		if !passive || !r.inCustody(i, s) {
			return e, false
		}
	case word == "died" || word == "escaped":
		if passive {
			return e, false
		}
	case t.strict && !passive:
		return e, false
	case !passive && (determiners[r.low(before, s)] || before < s.from) && before == i-1 && next != "in" && next != "on" && next != "by" && next != "for":
		return e, false // "another jailed reporter"
	case !passive && next != "" && r.follows(i+1, s):
		who = r.objectOf(i, s) // "a court sentenced Smith"
	}
	if who.empty() {
		who = r.sufferer(i, before, s)
	}
	if who.empty() {
		return e, false
	}
	e.Person, e.Phrase = r.personOf(who, i)
	if e.Person == "" {
		return e, false
	}
	r.particulars(&e, i, s)
	return e, true
}

// inCustody tells whether "held" is about a prisoner: a place, a charge or a
// prison follows.
func (r *reading) inCustody(i int, s span) bool {
	w := r.low(i+1, s)
	if w == "captive" || w == "hostage" || w == "prisoner" || w == "without" {
		return true
	}
	for j := i + 1; j < s.to && j < i+8; j++ {
		switch r.low(j, s) {
		case "jail", "prison", "custody", "detention", "cell", "penitentiary", "colony", "charges", "captivity":
			return true
		}
	}
	return false
}

// follows tells whether a noun phrase that a verb may have for its object
// begins at i.
func (r *reading) follows(i int, s span) bool {
	t := &r.tokens[i]
	return t.kind == aWord && (t.capital && months[t.low] == 0 && !weekdays[t.low] || articles[t.low] || possessives[t.low] || t.low == "him" || t.low == "her" || titles[t.low])
}

// objectOf is whom the verb at i has for its object.
func (r *reading) objectOf(i int, s span) span {
	to := i + 1
	for to < s.to && to < i+14 && r.tokens[to].kind == aWord && r.low(to, s) != "to" && !(prepositions[r.low(to, s)] && r.low(to, s) != "of") {
		to++
	}
	return span{i + 1, to}
}

// sufferer is to whom the event at i happened, as what stands before it tells:
// the subject of a passive, the antecedent of "who", the noun before a
// participle.
func (r *reading) sufferer(i, before int, s span) span {
	w := r.low(before, s)
	switch {
	case r.tokens[i].low == "arrest":
		return span{i - 1, i}
	case before < s.from:
		return span{}
	case whoever[w] || w == "that":
		return r.nearest(before, s)
	case joiners[w], w == "while", w == "after", w == "when", w == "as":
		return r.nearest(before, s)
	case w == ",":
		if k := r.commaBefore(before, s); k > s.from {
			return r.nounBefore(k-1, s)
		}
		return r.nearest(before, s)
	case r.tokens[before].kind == aMark:
		return r.nearest(before, s)
	}
	who := r.nounBefore(before, s)
	if k := who.from - 1; k > s.from && r.tokens[k].low == "," && articles[r.low(who.from, s)] { // "Smith, a trader extradited"
		if m := r.mentionsIn(span{max(s.from, k-6), k}); len(m) > 0 && m[len(m)-1].to == k {
			return m[len(m)-1].span
		}
	}
	return who
}

// commaBefore is the comma that opens what the one at i closes.
func (r *reading) commaBefore(i int, s span) int {
	for k := i - 1; k > s.from && k > i-30; k-- {
		if r.tokens[k].low == "," {
			return k
		}
	}
	return -1
}

// nearest is the last person named before a token in its sentence.
func (r *reading) nearest(i int, s span) span {
	m := r.mentionsIn(span{s.from, i})
	for k := len(m) - 1; k >= 0; k-- {
		if !m[k].possessive {
			return m[k].span
		}
	}
	return r.nounBefore(i-1, s)
}

// nounBefore is the noun phrase that ends with token i.
func (r *reading) nounBefore(i int, s span) span {
	if i < s.from {
		return span{}
	}
	from := i
	for from > s.from {
		w, t := r.low(from-1, s), &r.tokens[from-1]
		if t.kind == aMark && w != "." || t.kind == anOpen || t.kind == aClose || aux[w] || clausal[w] || joiners[w] || whoever[w] || prepositions[w] && w != "of" {
			break
		}
		if !r.suspected(w) && (verbs[w].forms&(past|third) != 0 && !verbs[w].noun || looksFinite(w) && !t.capital && from-1 > s.from && !articles[r.low(from-2, s)]) {
			break
		}
		from--
		if articles[w] && r.low(from-1, s) != "of" {
			break
		}
	}
	if from > i {
		return span{}
	}
	return span{from, i + 1}
}

func (r *reading) suspected(w string) bool {
	return w == "suspected" || w == "alleged" || w == "accused" || w == "convicted" || w == "retired" || w == "armed" || w == "unnamed"
}

// personOf gives the id of whom a phrase names: a person named in it, who was
// last named for a pronoun, else somebody without a name by the phrase's noun.
func (r *reading) personOf(s span, at int) (id, phrase string) {
	phrase = r.textOf(s)
	w := r.tokens[s.from].low
	if s.len() == 1 && (pronouns[w] || possessives[w] || w == "him" || w == "her" || w == "'s") {
		if w == "they" || w == "we" || w == "i" || w == "you" || w == "it" || w == "their" || w == "its" {
			return "", phrase
		}
		if n := r.namedBefore(s.from); n >= 0 {
			return r.dir.people[n].ID, phrase
		}
		return "", phrase
	}
	if who := r.speakersIn(s); len(who) > 0 {
		return r.dir.people[who[len(who)-1]].ID, phrase
	}
	head := r.headOf(s)
	w = r.tokens[head].low
	one := r.tokens[s.from].low == "one" || articles[r.tokens[s.from].low] || !strings.HasSuffix(w, "s")
	if !r.isPerson(s, head) || !one && !possessives[r.tokens[s.from].low] {
		return "", phrase
	}
	return r.unnamed(s, head), phrase
}

// isPerson tells whether a noun stands for somebody: by its word, because it
// says to what nation, or because "who" follows.
func (r *reading) isPerson(s span, head int) bool {
	w := r.tokens[head].low
	if people[w] || people[strings.TrimSuffix(w, "s")] || r.tokens[head].capital && r.ofState(head) && !r.sides.names(w) {
		return true
	}
	next := s.to
	if r.lowAt(next) == "," {
		next++
	}
	return r.lowAt(next) == "who"
}

// unnamed is an id for somebody without a name: the blank of the case with the
// same words, else the words themselves.
func (r *reading) unnamed(s span, head int) string {
	var words []string
	for i := s.from; i <= head; i++ {
		t := &r.tokens[i]
		if t.kind != aWord || determiners[t.low] || t.low == "of" || r.suspected(t.low) {
			continue
		}
		if len(r.dir.byLast[t.low]) > 0 && i < head { // Smith's
			continue
		}
		words = append(words, t.low)
	}
	last := len(words) - 1
	if last < 0 {
		return ""
	}
	if r.tokens[s.from].low == "one" {
		words[last] = strings.TrimSuffix(words[last], "s")
	}
	for _, p := range r.dir.people[:r.dir.given] {
		if p.Blank && len(p.Names) > 0 && strings.Contains(strings.ToLower(p.Names[0]), strings.Join(words, " ")) {
			return p.ID
		}
	}
	return slug(strings.Join(words, " "))
}

// particulars reads the term, the charge, the place and the date that go with
// an event.
func (r *reading) particulars(e *Event, i int, s span) {
	end := r.partEnd(i, s)
	e.Span = [2]int{r.tokens[i].start, r.tokens[end-1].end}
	for j := i + 1; j < end; j++ {
		switch w := r.low(j, s); {
		case e.Term == "" && (r.tokens[j].kind == aNumber || numberWords[w] > 0 || w == "life"):
			e.Term = r.term(j, s)
		case e.Charge == "" && (w == "charges" || w == "charge"):
			e.Charge = r.charge(i, j, end, s)
		case e.Charge == "" && (w == "of" || w == "with") && j == i+1 && (e.Event == "convicted" || e.Event == "charged" || e.Event == "indicted"):
			e.Charge = r.until(j+1, end, s)
		case e.Place == "" && (w == "in" || w == "at") && j+1 < end:
			if p := r.place(j+1, end, s); p != "" {
				e.Place = p
			}
		}
	}
	if w, ok := r.calendar.within(i+1, end); ok {
		e.When = w
	} else if w, ok := r.calendar.within(max(s.from, i-14), i); ok && r.sameClause(i, s) {
		e.When = w
	}
}

// partEnd is where what is told of an event ends.
func (r *reading) partEnd(i int, s span) int {
	j := i + 1
	for ; j < s.to && j < i+22; j++ {
		w := r.low(j, s)
		if w == "," && r.dayFollows(j, s) {
			continue
		}
		if r.tokens[j].kind == aMark && w != "." || r.tokens[j].kind == anOpen || whoever[w] || clausal[w] || w == "." && j+1 >= s.to || w == "but" || pronouns[w] {
			break
		}
		if _, ok := triggers[w]; ok && w != "sentence" {
			break
		}
	}
	return j
}

// dayFollows tells whether a comma stands within a date: July 7, 2022.
func (r *reading) dayFollows(j int, s span) bool {
	_, n := r.calendar.year(j+1, s.to)
	return n > 0 && j > s.from && r.tokens[j-1].kind == aNumber
}

// sameClause tells whether no other event stands before the one at i, so that a
// date that stands before it is its own.
func (r *reading) sameClause(i int, s span) bool {
	for j := i - 1; j >= s.from; j-- {
		if _, ok := triggers[r.low(j, s)]; ok {
			return false
		}
	}
	return true
}

// term reads a span of prison: nine years, 25 years, life.
func (r *reading) term(j int, s span) string {
	w, unit := r.low(j, s), r.low(j+1, s)
	if w == "life" {
		return "life"
	}
	unit = strings.TrimSuffix(unit, "s")
	if unit != "year" && unit != "month" && unit != "day" {
		return ""
	}
	if next := r.low(j+2, s); next == "ago" || next == "after" || next == "earlier" || next == "later" {
		return ""
	}
	n := numberWords[w]
	if c, err := strconv.Atoi(w); err == nil {
		n = c
	}
	if n <= 0 {
		return ""
	}
	if n > 1 {
		unit += "s"
	}
	return strconv.Itoa(n) + " " + unit
}

// charge reads what somebody is charged with, before "charges" or after
// "charges of".
func (r *reading) charge(i, j, end int, s span) string {
	if r.low(j+1, s) == "of" {
		return r.until(j+2, end, s)
	}
	from := j
	for from > i+1 && !prepositions[r.low(from-1, s)] && !articles[r.low(from-1, s)] {
		from--
	}
	return r.textOf(span{from, j})
}

// until reads on to what tells when or where.
func (r *reading) until(from, end int, s span) string {
	to := from
	for to < end && !(prepositions[r.low(to, s)] && r.low(to, s) != "of" && r.low(to, s) != "to") && r.tokens[to].kind != aMark {
		to++
	}
	return r.textOf(span{from, to})
}

// place reads a place behind "in" or "at", which may not be a time.
func (r *reading) place(from, end int, s span) string {
	if _, n := r.calendar.at(from, s.to); n > 0 {
		return ""
	}
	w := r.low(from, s)
	if !r.tokens[from].capital && !articles[w] || w == "the" && !r.tokens[min(from+1, s.to-1)].capital {
		return ""
	}
	to := from
	for to < end && r.tokens[to].kind == aWord && !prepositions[r.low(to, s)] && (to == from || !joiners[r.low(to, s)]) {
		to++
	}
	return r.textOf(span{from, to})
}
