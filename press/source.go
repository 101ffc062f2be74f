package press

import "strings"

// phrase is a noun phrase of a clause, as a range of its items. head is where
// its last noun stands before what follows it ("people" of "people familiar
// with the talks").
type phrase struct {
	from, to int
	ok       bool
}

// stops tells whether item i can't stand within a noun phrase.
func (c *clause) stops(i int) bool {
	if i < 0 || i >= len(c.items) {
		return true
	}
	it := &c.items[i]
	if it.stops == unknown { // many cues look at one word
		it.stops = no
		if c.ends(i) {
			it.stops = yes
		}
	}
	return it.stops == yes
}

func (c *clause) ends(i int) bool {
	if c.isQuote(i) || c.isMark(i) {
		return c.low(i) != "." || i == 0 // points of abbreviations stay within
	}
	w := c.low(i)
	if clausal[w] || whoever[w] || verbsInBetween[w] || w == "but" || w == "or" || w == "to" {
		return true
	}
	v, ok := verbs[w]
	return ok && !v.noun && v.forms&(past|third) != 0 && !c.isCapital(i) && !determiners[c.low(i-1)]
}

// subject finds the source to the left of the verb at i: who says it.
func (c *clause) subject(i int) phrase {
	j := i - 1
	w := c.low(j)
	switch {
	case j < 0:
		return phrase{}
	case whoever[w] || w == "that" && c.isWord(j-1) && !prepositions[c.low(j-1)] && verbs[c.low(j-1)].forms == 0:
		p := c.antecedent(j)
		if p.ok {
			p.to = j + 1
		}
		return p
	case joiners[w], w == "then":
		return phrase{}
	case c.isComma(j) || c.low(j) == ")" || c.dashed(j):
		return c.beforeApposition(j)
	case c.isMark(j) || c.isQuote(j):
		return phrase{}
	}
	return c.nounPhraseLeft(j)
}

// antecedent is whom a relative pronoun at j stands for.
func (c *clause) antecedent(j int) phrase {
	k := j - 1
	if prepositions[c.low(k)] {
		k--
	}
	if c.isComma(k) {
		k--
	}
	if !c.isWord(k) {
		return phrase{}
	}
	return c.nounPhraseLeft(k)
}

// maxApposition is how many items may stand between a name and its verb.
const maxApposition = 45

// beforeApposition finds the subject before what is told of it between commas,
// dashes or brackets: "Smith, who spoke in Geneva, said".
func (c *clause) beforeApposition(j int) phrase {
	opening := map[string]string{",": ",", ")": "("}[c.low(j)]
	best := phrase{}
	for k := j - 1; k > 0 && k > j-maxApposition; k-- {
		if c.low(k) == ";" || c.low(k) == ":" || c.isQuote(k) && opening == "," {
			break
		}
		if !(c.low(k) == opening || opening == "" && c.dashed(k)) {
			continue
		}
		last := k - 1
		if c.low(last) == ")" {
			for last > 0 && last > k-12 && c.low(last) != "(" {
				last--
			}
			last--
		}
		if !c.isWord(last) {
			continue
		}
		p := c.nounPhraseLeft(last)
		if !p.ok || c.inFrame(p.from) {
			continue
		}
		best = phrase{p.from, j, true}
		if opening != "," || !c.listed(p, k) {
			break
		}
	}
	return best
}

// inFrame tells whether a phrase that begins at i belongs to what frames its
// sentence: a preposition stands before it.
func (c *clause) inFrame(i int) bool { return prepositions[c.low(i-1)] || clausal[c.low(i-1)] }

// listed tells whether an apposition may reach further left: what was found is
// itself told of somebody: "Smith, of Ohio, a senator, said".
func (c *clause) listed(p phrase, k int) bool {
	return c.isComma(p.from-1) && k-p.from <= 8 && !pronouns[c.low(p.from)]
}

// nounPhraseLeft reads a noun phrase that ends with item j.
func (c *clause) nounPhraseLeft(j int) phrase {
	end := c.stripTime(j)
	if end < 0 || !c.isWord(end) {
		return phrase{}
	}
	if w := c.low(end); pronouns[w] && !c.isCapital(end-1) {
		return phrase{end, end + 1, true}
	}
	from := end
	for k := end; k >= 0 && !c.stops(k); k-- {
		if c.low(k) == "and" && !c.coordinates(k) {
			break
		}
		from = k
	}
	if w := c.low(end); c.stops(end) && (!c.isCapital(end) || clausal[w]) {
		return phrase{}
	}
	from = c.shorten(from, end)
	if from > end || !c.nominal(from, end) {
		return phrase{}
	}
	return phrase{from, end + 1, true}
}

// nominal tells whether a range can name somebody: it has a word that is no
// preposition, adverb or number.
func (c *clause) nominal(from, end int) bool {
	for k := from; k <= end; k++ {
		w := c.low(k)
		if c.isWord(k) && !prepositions[w] && !joiners[w] && !adverb(w) && w != "'s" {
			return true
		}
	}
	return false
}

// stripTime goes left over what tells when or where it was said, between the
// source and its verb: "Smith on Friday", "the ministry in a statement".
func (c *clause) stripTime(j int) int {
	for j > 0 {
		w := c.low(j)
		k := j
		switch {
		case timeWords[w] || c.tok(j).kind == aNumber && months[c.low(j-1)] > 0 || months[w] > 0 && prepositions[c.low(j-1)]:
			for k > 0 && (timeWords[c.low(k)] || months[c.low(k)] > 0 || c.tok(k).kind == aNumber || articles[c.low(k)] || w != c.low(k) && c.low(k) == "last") {
				k--
			}
			if c.low(k) == "on" || c.low(k) == "in" || c.low(k) == "last" || c.low(k) == "late" || c.low(k) == "early" {
				k--
			}
		case settings[w]:
			for k > 0 && k > j-7 && !prepositions[c.low(k)] && !c.stops(k) {
				k--
			}
			if lead := c.low(k); lead != "in" && lead != "on" && lead != "at" && lead != "during" || k < 1 || c.low(k+1) == "the" {
				return j
			}
			k--
		default:
			return j
		}
		if k < 0 || !c.isWord(k) || c.stops(k) {
			return j
		}
		j = k
	}
	return j
}

// coordinates tells whether "and" at k joins two that speak together: what
// stands left of it is a noun phrase that begins where a clause can.
func (c *clause) coordinates(k int) bool {
	if k == 0 || c.isMark(k-1) || c.isQuote(k-1) {
		return false
	}
	n := 0
	for i := k - 1; i >= 0; i-- {
		w := c.low(i)
		if c.isMark(i) || c.isQuote(i) || clausal[w] {
			break
		}
		if c.stops(i) || w == "and" || looksFinite(w) && !c.isCapital(i) {
			return false
		}
		if n++; n > 12 {
			return false
		}
	}
	first := k - n
	return n > 0 && (c.isCapital(first) || determiners[c.low(first)] || quantifiers[c.low(first)] || nobodies[c.low(first)] || roles[c.low(first)]) && !prepositions[c.low(first)]
}

// looksFinite tells whether a word has the ending of a verb in the past.
func looksFinite(w string) bool { return strings.HasSuffix(w, "ed") && len(w) > 4 }

// shorten takes off the beginning of a run of words what frames the clause: a
// phrase of time or place, an adverb, the end of another phrase.
func (c *clause) shorten(from, end int) int {
	for from < end {
		w := c.low(from)
		switch {
		case w == "and" || joiners[w] || w == "." || w == "'s" || adverb(w) && !c.isCapitalName(from, end) || w == "yet" || w == "still":
			from++
		case timeWords[w] && from < end && !c.isWord(from-1):
			from++
		case prepositions[w] || w == "according":
			next := c.lastPhrase(from+1, end)
			if next == from {
				return from
			}
			from = next
		default:
			return c.afterVerb(from, end)
		}
	}
	return from
}

func (c *clause) isCapitalName(i, end int) bool { return c.isCapital(i) && i > 0 && i < end }

// afterVerb cuts a run of words behind the last word of it that looks like a
// finite verb, where a noun phrase begins after it.
func (c *clause) afterVerb(from, end int) int {
	for k := end - 1; k > from; k-- {
		if !looksFinite(c.low(k)) || c.isCapital(k) || determiners[c.low(k-1)] {
			continue
		}
		next := c.low(k + 1)
		if determiners[next] || quantifiers[next] || c.isCapital(k+1) && !c.isCapital(k-1) && !nobodies[c.low(k-1)] && !roles[c.low(k-1)] {
			return k + 1
		}
	}
	return from
}

// lastPhrase is where the last noun phrase of a run of words begins, that of
// what frames it left out: "In a statement | the ministry".
func (c *clause) lastPhrase(from, end int) int {
	if c.isCapital(end) {
		k := end
		for k > from && (c.isCapital(k-1) || c.low(k-1) == "." || c.low(k-1) == "'s" || titles[c.low(k-1)] || roles[c.low(k-1)] && !determiners[c.low(k-1)]) {
			k--
		}
		if k > from && (determiners[c.low(k-1)] && c.low(k-1) != "'s") {
			k--
		}
		return k
	}
	for k := end - 1; k > from; k-- {
		if determiners[c.low(k)] && c.low(k) != "'s" && !prepositions[c.low(k-1)] {
			return k
		}
	}
	for k := end; k > from; k-- {
		if nobodies[c.low(k)] || roles[c.low(k)] {
			return k
		}
	}
	return end
}

// nounPhraseRight reads a noun phrase that begins with item i, as it stands
// behind its verb or "according to".
func (c *clause) nounPhraseRight(i int, whole bool) phrase {
	start := i
	named := false
	k := i
	for ; k < len(c.items); k++ {
		w := c.low(k)
		if c.isComma(k) && k > start && introduce[c.low(k-1)] && !c.isCapital(k-1) && c.isCapital(k+1) { // "his aide, Jane Smith"
			continue
		}
		if c.isQuote(k) || c.isMark(k) && w != "." {
			break
		}
		if w == "to" && c.low(k-1) == "close" {
			continue
		}
		if w == "." && (k+1 == len(c.items) || !c.isWord(k+1)) {
			break
		}
		if k > start && (w == "who" || w == "that") && whole {
			continue
		}
		if k > start && !whole {
			if clausal[w] || whoever[w] || aux[w] || w == "to" || verbs[w].speech && !verbs[w].noun || c.isAdverbial(k, named) || w == "and" && !c.isCapital(k+1) || w == "but" {
				break
			}
		}
		if k > start && whole && (aux[w] || w == "but") && !c.relative(start, k) {
			break
		}
		named = named || c.isCapital(k)
	}
	return phrase{start, k, k > start}
}

// relative tells whether a relative pronoun stands between two items.
func (c *clause) relative(from, to int) bool {
	for k := from; k < to; k++ {
		if whoever[c.low(k)] || c.low(k) == "that" {
			return true
		}
	}
	return false
}

// isAdverbial tells whether at k begins what tells when, where or of what it
// was said, and the name is over.
func (c *clause) isAdverbial(k int, named bool) bool {
	w := c.low(k)
	if timeWords[w] && k > 0 {
		return true
	}
	if !prepositions[w] || w == "of" || w == "for" {
		return false
	}
	if named {
		return w != "with" || !familiarity[c.low(k+1)]
	}
	next := c.low(k + 1)
	return weekdays[next] || months[next] > 0 || c.settingFollows(k)
}

// settingFollows tells whether the preposition at k begins an occasion: "in an
// interview".
func (c *clause) settingFollows(k int) bool {
	for m := k + 1; m < len(c.items) && m < k+6 && c.isWord(m); m++ {
		if settings[c.low(m)] {
			return true
		}
	}
	return false
}
