package press

// Class tells how a claim is attributed, from the strongest to the weakest.
type Class string

// The classes of sources.
const (
	Named            Class = "named"
	Institution      Class = "institution"
	Document         Class = "document"
	Role             Class = "role" // no name, yet an office: "his lawyers", "a Russian official"
	AnonymousOne     Class = "anonymous-one"
	AnonymousSeveral Class = "anonymous-several"
	Unattributed     Class = "unattributed"
)

// Classes lists the classes, the strongest first.
func Classes() []Class {
	return []Class{Named, Institution, Document, Role, AnonymousOne, AnonymousSeveral, Unattributed}
}

// Anonymous tells whether nobody stands behind a claim with a name or an
// office.
func (c Class) Anonymous() bool { return c == AnonymousOne || c == AnonymousSeveral }

// singular words for people who are not named.
var singular = set(`person source individual someone somebody man woman insider official diplomat aide adviser advisor lawyer spokesman spokeswoman spokesperson officer`)

// classOf tells the class of a source by its words.
func (r *reading) classOf(s span) Class {
	if s.empty() {
		return Unattributed
	}
	head := r.headOf(s)
	w := r.tokens[head].low
	knows := false
	for i := s.from; i < s.to; i++ {
		knows = knows || familiarity[r.tokens[i].low]
	}
	named := len(r.speakersIn(s)) > 0
	switch {
	case named || pronouns[w]:
		return Named
	case r.tokens[head].capital && head > s.from && !bodies[w] && !nobodies[w] && !roles[w] && !papers[w] && r.tokens[head-1].capital && !r.anyIn(span{s.from, head}, bodies):
		return Named
	case nobodies[w] || knows && (roles[w] || quantifiers[w] || articles[w]):
		return r.howMany(s, head)
	case roles[w] && !r.tokens[head].capital, roles[w] && head == s.from:
		return Role
	case papers[w]:
		return Document
	case bodies[w] || r.tokens[head].capital && r.anyIn(span{s.from, head + 1}, bodies):
		return Institution
	case quantifiers[w] || articles[w]:
		return AnonymousSeveral
	case r.tokens[head].capital && r.shouted(head):
		return Institution
	case r.tokens[head].capital:
		return r.loneName(head)
	}
	return Role
}

// loneName is the class of a single capitalised word of which nothing is known:
// a surname or a country. Countries and capitals speak as institutions.
func (r *reading) loneName(i int) Class {
	if sideWords[r.tokens[i].low] != "" || r.shouted(i) {
		return Institution
	}
	return Named
}

func (r *reading) anyIn(s span, words map[string]bool) bool {
	for i := s.from; i < s.to; i++ {
		if words[r.tokens[i].low] {
			return true
		}
	}
	return false
}

// howMany tells one unnamed source from several.
func (r *reading) howMany(s span, head int) Class {
	if singular[r.tokens[head].low] {
		return AnonymousOne
	}
	for i := s.from; i < head; i++ {
		if w := r.tokens[i].low; w == "a" || w == "an" || w == "one" {
			return AnonymousOne
		}
	}
	return AnonymousSeveral
}

// headOf is the head of a noun phrase: its last word before what is told of it.
func (r *reading) headOf(s span) int {
	if s.len() > 2 && determiners[r.tokens[s.from].low] && r.tokens[s.from+1].low == "of" { // "one of Smith's aides"
		s.from += 2
	}
	head := s.from
	for i := s.from; i < s.to; i++ {
		t := &r.tokens[i]
		if i > s.from && (prepositions[t.low] && !r.inTitle(i, s) || t.kind != aWord && t.low != "." || whoever[t.low] || t.low == "familiar" || t.low == "close" || t.low == "briefed" || clausal[t.low] || aux[t.low]) {
			break
		}
		if t.kind == aWord && t.low != "'s" && !adverbs[t.low] {
			head = i
		}
	}
	return head
}

// inTitle tells whether the preposition at i stands within a title before a
// name: Secretary of State Jane Smith.
func (r *reading) inTitle(i int, s span) bool {
	if r.tokens[i].low != "of" || i+1 >= s.to {
		return false
	}
	for j := i + 1; j < s.to && j < i+6; j++ {
		if !r.tokens[j].capital && r.tokens[j].low != "." && r.tokens[j].low != "the" {
			return false
		}
		for _, m := range r.mentionsIn(span{j, s.to}) {
			if m.from == j && j > i+1 {
				return true
			}
		}
	}
	return false
}
