package press

import (
	"slices"
	"sort"
	"strings"
)

// mentionsIn lists the mentions within a range.
func (r *reading) mentionsIn(s span) []mention {
	if s.empty() {
		return nil
	}
	from := sort.Search(len(r.mentions), func(i int) bool { return r.mentions[i].from >= s.from })
	to := from
	for to < len(r.mentions) && r.mentions[to].from < s.to {
		to++
	}
	return r.mentions[from:to]
}

// speakersIn lists who speaks in a source: those whom it names, not those of
// whom it is told ("a spokesman for Smith", "Smith's lawyers").
func (r *reading) speakersIn(s span) []int {
	var out []int
	for _, m := range r.mentionsIn(s) {
		if m.possessive && m.to < s.to || !r.heads(s, m) || m.to < s.to && r.describes(m) {
			continue
		}
		if !slices.Contains(out, m.who) {
			out = append(out, m.who)
		}
	}
	return out
}

// heads tells whether a mention is a head of a source: no preposition leads to
// it but that of a title, and nothing but a comma ends what went before.
func (r *reading) heads(s span, m mention) bool {
	from := s.from
	for i := s.from; i < m.from; i++ {
		if r.tokens[i].low == "and" || r.tokens[i].low == "," && i > s.from && introduce[r.tokens[i-1].low] && !r.tokens[i-1].capital {
			from = i + 1
		}
	}
	for i := from; i < m.from; i++ {
		t := &r.tokens[i]
		switch {
		case t.low == "of" && i > s.from && r.tokens[i-1].capital && r.tokens[i+1].capital:
		case t.low == "of" && i > s.from && (titles[r.tokens[i-1].low] || roles[r.tokens[i-1].low]) && r.tokens[i+1].capital && i+1 < m.from:
		case prepositions[t.low], whoever[t.low], clausal[t.low], t.low == "familiar", t.low == "close", t.low == ",":
			return false
		}
	}
	return true
}

// describes tells whether a name only describes the noun behind it: the Smith
// campaign.
func (r *reading) describes(m mention) bool {
	t := &r.tokens[m.to]
	if t.kind != aWord || t.start != r.tokens[m.to-1].end+1 {
		return false
	}
	w := t.low
	return w != "jr" && w != "sr" && w != "all" && w != "both" && !timeWords[w] && months[w] == 0 && !prepositions[w] && !whoever[w] && !clausal[w] && !joiners[w] && !adverb(w) && w != "himself" && w != "herself"
}

// introduce are nouns behind which a name tells who it is: "her counterpart, Jane
// Smith".
var introduce = join(roles, set(`counterpart colleague`))

// attribute finds the speakers of every claim, in order.
func (r *reading) attribute() {
	var last, lastDirect int = -1, -1
	for i := range r.claims {
		k := &r.claims[i]
		if k.linked == Carried {
			r.carryOver(i, lastDirect, last)
		} else {
			r.attributeOne(k, i)
		}
		if !k.nested && k.class != Unattributed {
			last = i
			if k.direct {
				lastDirect = i
			}
		}
	}
}

// carryOver gives a quotation alone to the speaker before it in its paragraph
// or the one before that; to one behind it in its paragraph, where none was.
func (r *reading) carryOver(i, lastDirect, last int) {
	k := &r.claims[i]
	k.class = Unattributed
	para := r.sentences[k.sentence].para
	for _, n := range []int{last, lastDirect} {
		if n < 0 {
			continue
		}
		from := &r.claims[n]
		if far := para - r.sentences[from.sentence].para; far > 1 && !from.direct || far > 3 {
			continue
		}
		if from.verb.mind && lastDirect >= 0 {
			continue
		}
		k.follow(from)
		return
	}
	for n := i + 1; n < len(r.claims) && n < i+8 && r.sentences[r.claims[n].sentence].para == para; n++ {
		if next := &r.claims[n]; !next.source.empty() && !next.nested {
			r.attributeOne(next, n)
			k.follow(next)
			return
		}
	}
}

// follow gives a claim the speaker of another.
func (k *claim) follow(from *claim) {
	k.speakers, k.class, k.name, k.source = from.speakers, from.class, from.name, from.source
}

func (r *reading) attributeOne(k *claim, i int) {
	if k.source.empty() {
		k.class = Unattributed
		return
	}
	first := r.tokens[k.source.from].low
	k.class, k.name = r.classOf(k.source), r.textOf(k.source)
	if pronouns[first] && k.source.len() == 1 {
		r.pronoun(k, i, first)
		return
	}
	if k.speakers = r.speakersIn(k.source); len(k.speakers) > 0 {
		k.linked, k.class = ByName, Named
		k.name = r.namesOf(k.speakers)
		return
	}
	if head := r.headOf(k.source); k.source.len() == 1 && r.tokens[head].capital {
		if n := r.dir.misspelt(r.tokens[head].low); n >= 0 {
			k.speakers, k.linked, k.class = []int{n}, ByLikness, Named
			k.name += " (" + r.dir.people[n].Names[0] + ")"
		}
	}
}

func (r *reading) namesOf(who []int) string {
	out := make([]string, len(who))
	for i, n := range who {
		out[i] = r.dir.people[n].Names[0]
	}
	return strings.Join(out, " and ")
}

// pronoun proposes whom a pronoun stands for: who spoke last in the paragraph,
// else who was last named before it there, else who spoke last. Its gender
// tells nothing.
func (r *reading) pronoun(k *claim, i int, w string) {
	k.class = Named
	if w == "we" || w == "you" || w == "i" && k.within < 0 {
		return
	}
	if n := r.namedHere(k); !k.lead && n >= 0 && (w == "he" || w == "she") {
		k.speakers, k.linked = []int{n}, ByPronoun
		k.name += " (" + r.dir.people[n].Names[0] + ")"
		return
	}
	if j := r.spokeBefore(i, w == "they" || w == "it"); j >= 0 {
		from := &r.claims[j]
		k.class = from.class
		if w == "they" && len(from.speakers) == 1 && from.class == Named {
			k.class = Role
			return
		}
		k.speakers, k.linked = from.speakers, ByPronoun
		if whom := from.whom(r); whom != "" {
			k.name += " (" + whom + ")"
		}
		return
	}
	if w == "they" || w == "it" {
		k.class = Role
		return
	}
	if n := r.namedBefore(k.source.from); n >= 0 {
		k.speakers, k.linked = []int{n}, ByPronoun
		k.name += " (" + r.dir.people[n].Names[0] + ")"
	}
}

// whom is who speaks in a claim, for one that refers to it.
func (k *claim) whom(r *reading) string {
	if len(k.speakers) > 0 {
		return r.namesOf(k.speakers)
	}
	if k.linked == ByPronoun || k.linked == Carried {
		return ""
	}
	return r.textOf(k.source)
}

// spokeBefore is the claim to whose speaker a pronoun in claim i refers: the
// last in an earlier sentence of the paragraph, where nobody else was named
// since at the beginning of a sentence.
func (r *reading) spokeBefore(i int, several bool) int {
	k := &r.claims[i]
	para := r.sentences[k.sentence].para
	for j := i - 1; j >= 0 && j > i-12; j-- {
		b := &r.claims[j]
		far := para - r.sentences[b.sentence].para
		if far > 1 {
			return -1
		}
		if b.nested || b.class == Unattributed || b.sentence == k.sentence && b.content.from <= k.source.from && b.content.to >= k.source.to && !several {
			continue
		}
		if far == 1 && r.namedSince(b, k) >= 0 {
			return -1
		}
		return j
	}
	return -1
}

// namedHere is who was last named in a claim's sentence before its source; -1
// for nobody.
func (r *reading) namedHere(k *claim) int {
	m := r.mentionsIn(span{r.sentences[k.sentence].from, k.source.from})
	if len(m) == 0 {
		return -1
	}
	return m[len(m)-1].who
}

// namedSince is who begins a sentence after one claim and before another.
func (r *reading) namedSince(b, k *claim) int {
	for n := b.sentence + 1; n <= k.sentence; n++ {
		s := r.sentences[n]
		for _, m := range r.mentionsIn(span{s.from, min(s.from+6, s.to, k.source.from)}) {
			if !m.possessive {
				return m.who
			}
		}
	}
	return -1
}

// namedBefore is who was last named before a token, in its paragraph or else in
// the one before; of the case where somebody of it was named.
func (r *reading) namedBefore(at int) int {
	para := r.paraOf[at]
	i := sort.Search(len(r.mentions), func(i int) bool { return r.mentions[i].from >= at })
	best := -1
	for i--; i >= 0; i-- {
		m := r.mentions[i]
		far := para - r.paraOf[m.from]
		if far > 1 || far == 1 && best >= 0 {
			break
		}
		if r.dir.people[m.who].Ours {
			return m.who
		}
		if best < 0 {
			best = m.who
		}
	}
	return best
}
