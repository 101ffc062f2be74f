package press

// cue is a word that tells whose a claim is, as found in a clause.
type cue struct {
	at, to   int // its items
	verb     verb
	form     form
	by       bool // according to
	passive  bool
	negated  bool
	inverted bool // the source stands behind it
	source   phrase
	begins   int // the first item of source and cue together, of what leads to them
	content  span
	direct   bool // in quotation marks
	plain    bool // a clause follows, with or without "that"
}

// cues finds the cues of a clause, in order.
func (c *clause) cues() []*cue {
	var out []*cue
	for i := 0; i < len(c.items); i++ {
		if !c.isWord(i) {
			continue
		}
		if c.low(i) == "according" && c.low(i+1) == "to" {
			if p := c.nounPhraseRight(i+2, true); p.ok {
				out = append(out, &cue{at: i, to: i + 2, by: true, source: p, begins: i, verb: verb{lemma: "according", speech: true}})
				i = p.to - 1
			}
			continue
		}
		v, ok := verbs[c.low(i)]
		if !ok {
			continue
		}
		if q := c.cue(i, v, out); q != nil {
			out = append(out, q)
		}
	}
	return out
}

// cue judges whether the verb at i is one, and finds its source.
func (c *clause) cue(i int, v verb, before []*cue) *cue {
	q := &cue{at: i, to: i + 1, verb: v, begins: i}
	j, be, have, not, to := c.skipBack(i - 1)
	q.negated = not
	if c.isNoun(i, v, j) || c.low(i) == "-" {
		return nil
	}
	switch {
	case v.forms&ing != 0:
		q.form = ing
		return c.participle(q, i, j, be, before)
	case to:
		q.form = base
		if !v.speech || j < 0 {
			return nil
		}
		return c.governed(q, j, before)
	case be && v.forms&parted != 0:
		q.passive, q.form = true, parted
		return c.byWhom(q, i)
	case v.forms&(past|parted) == parted && !have:
		return nil
	case v.forms&(past|parted) != 0:
		if c.low(i+1) == "by" && !have { // "a plan agreed by both"
			return nil
		}
		q.form = past
	case v.forms&third != 0:
		q.form = third
	default:
		q.form = base
	}
	if c.isInverted(i, j, v) {
		if p := c.nounPhraseRight(i+1, false); p.ok {
			q.inverted, q.source, q.to = true, p, i+1
			return q
		}
	}
	if joiners[c.low(j)] || c.low(j) == "then" || c.isComma(j) && len(before) > 0 && q.form == past && c.isComma(j) && c.chained(j, before) {
		if p := c.shared(j, before); p.ok {
			q.source, q.begins = p, j
			return q
		}
	}
	q.source = c.subject(j + 1)
	if !q.source.ok {
		if c.isQuote(j) && c.inOne(j) {
			return q
		}
		return nil
	}
	q.begins = min(q.source.from, i)
	if v.noun && (q.form == base && !c.plural(q.source, j, i) || q.form == third && j == i-1 && !c.verbal(i, q.source)) {
		return nil
	}
	if v.lemma == "ask" && c.low(i+1) == "not" && c.low(i+3) == "be" { // "who asked not to be named"
		return nil
	}
	if v.lemma == "continue" && c.low(i+1) != ":" && !c.isQuote(c.nextWord(i+1)) && !c.isQuote(q.source.from-1) && !c.closes(q.source.from-1) {
		return nil
	}
	if (v.lemma == "show" || v.lemma == "find") && c.low(i+1) != "that" && !papers[c.low(j)] && !papers[c.low(q.source.from)] && !c.isQuote(i+1) {
		return nil
	}
	return q
}

// inOne tells whether a clause is nothing but a quotation and what stands
// behind it; its speaker is then the one who spoke before.
func (c *clause) inOne(int) bool { return false }

// isNoun tells whether the word at i is a noun or an adjective where it stands.
func (c *clause) isNoun(i int, v verb, j int) bool {
	prev, next := c.low(i-1), c.low(i+1)
	switch {
	case v.forms&past != 0 && (quantifiers[prev] || prev == "'s" && (pronouns[c.low(i-2)] || whoever[c.low(i-2)])):
		return false
	case determiners[prev] && prev != "that" && prev != "this", c.isCapital(i) && i > 0 && (c.isCapital(i-1) || c.isCapital(i+1)) && v.noun:
		return true
	case prev == "that" || prev == "this":
		return v.forms&(past|third) == 0
	case prev == "so-called":
		return true
	case v.noun && prepositions[prev]:
		return true
	case v.noun && (bes[next] || haves[next] || modals[next]) && v.forms&(base|third) != 0:
		return true
	case v.noun && next == "of" && v.lemma != "think":
		return true
	case v.forms&ing != 0 && c.isWord(i+1) && determiners[prev]:
		return true
	}
	// An adjective before its noun: "the most cited report".
	if v.forms&past != 0 && j == i-1 && j >= 0 && c.isWord(j) && prepositions[prev] {
		return true
	}
	return false
}

// plural tells whether a source may stand before the base form of a verb that
// is a noun as well: what is not surely a plural makes it a noun.
func (c *clause) plural(p phrase, j, i int) bool {
	if j < i-1 {
		return true // a modal or "do" stands between
	}
	w := c.low(j)
	if pronouns[w] {
		return w != "he" && w != "she" && w != "it"
	}
	return len(w) > 3 && w[len(w)-1] == 's' && !c.isCapital(j) || w == "people" || w == "police" || w == "men" || w == "women" || w == "who" || w == "some" || w == "many" || w == "others"
}

// verbal tells whether the word at i, which may be a plural noun, is a verb by
// what stands around it: a name or a pronoun before it, or a determiner at the
// beginning of its source; and what a verb is followed by behind it.
func (c *clause) verbal(i int, p phrase) bool {
	prev, next := c.low(i-1), c.low(i+1)
	if prev == "he" || prev == "she" || prev == "it" || whoever[prev] {
		return true
	}
	follows := next == "that" || next == "to" || determiners[next] || pronouns[next] || c.isQuote(i+1) || c.low(i+1) == ":" || c.isCapital(i+1) || next == "of" && false
	if c.isCapital(i - 1) {
		return follows || !c.isMark(i+1) && !prepositions[next] && !joiners[next]
	}
	return follows && (articles[c.low(p.from)] || possessives[c.low(p.from)] || c.isCapital(p.from))
}

// isInverted tells whether the source stands behind the verb at i: “…,” said
// Smith.
func (c *clause) isInverted(i, j int, v verb) bool {
	if i == 0 && v.speech && v.forms&past != 0 && c.isCapital(1) && len(c.items) > 3 {
		return c.isQuote(len(c.items)-1) || c.isQuote(len(c.items)-2)
	}
	if !v.speech || v.forms&(past|third) == 0 || j != i-1 && !c.isQuote(j) && !c.isMark(j) {
		return false
	}
	next := c.low(i + 1)
	if c.isQuote(j) || c.closes(j) {
		return !v.hearer && c.isWord(i+1) && !pronouns[next] && !prepositions[next] && !clausal[next] && !timeWords[next] && !adverb(next) && !aux[next] && next != "to"
	}
	starts := c.isCapital(i+1) || articles[next] && next != "that" && next != "this" || possessives[next] || quantifiers[next] || roles[next] || nobodies[next] || titles[next]
	if !starts || weekdays[next] {
		return false
	}
	if c.isQuote(j) || c.isComma(j) && c.isQuote(j-1) || c.closes(j) {
		return !v.hearer && (!c.isComma(j) || c.isQuote(j-1) || c.closes(j-1) || c.endsSoon(i+1))
	}
	if !c.isComma(j) || j < 3 || v.object || !c.endsSoon(i+1) {
		return false
	}
	p := c.beforeApposition(j)
	return !p.ok || !c.opens(p.from)
}

// opens tells whether item i begins its clause.
func (c *clause) opens(i int) bool {
	for i--; i >= 0 && (joiners[c.low(i)] || adverb(c.low(i))); i-- {
	}
	return i < 0 || c.isMark(i) && !c.isComma(i) || c.isQuote(i)
}

// closes tells whether a quotation ends right before what follows item j.
func (c *clause) closes(j int) bool {
	if j < 0 || j >= len(c.items) || c.in >= 0 {
		return false
	}
	last := c.items[j].to
	return last < len(c.r.tokens) && c.r.tokens[last].kind == aClose
}

// endsSoon tells whether the phrase from i runs to the end of its clause with
// no other finite verb in it.
func (c *clause) endsSoon(i int) bool {
	for k := i; k < len(c.items) && k < i+16; k++ {
		w := c.low(k)
		switch {
		case c.isMark(k) && w != "." || w == "." && k+1 == len(c.items) || c.isQuote(k), whoever[w]:
			return true
		case k > i && (aux[w] || verbs[w].speech && !verbs[w].noun || looksFinite(w) && !c.isCapital(k)):
			return false
		}
	}
	return i < len(c.items)
}

// chained tells whether what stands before a comma is a cue of the same
// subject: "Smith called it a lie, asked for proof and said".
func (c *clause) chained(j int, before []*cue) bool {
	last := before[len(before)-1]
	for k := last.to; k < j; k++ {
		if verbsInBetween[c.low(k)] || clausal[c.low(k)] {
			return false
		}
	}
	return !last.by
}

// shared is the source that a verb behind "and" shares with one before it: that
// of the cue before it, else the subject of the clause.
func (c *clause) shared(j int, before []*cue) phrase {
	for k := len(before) - 1; k >= 0; k-- {
		if b := before[k]; !b.by && b.source.ok && !b.passive && (k == 0 || !c.embedded(b)) {
			return b.source
		}
	}
	return c.first(j)
}

// embedded tells whether a cue stands within what another one says.
func (c *clause) embedded(b *cue) bool {
	lead := b.source.from - 1
	if b.inverted {
		lead = b.at - 1
	}
	return lead >= 0 && !c.isMark(lead) && !c.isQuote(lead) && !joiners[c.low(lead)] && c.low(lead) != "while" && c.low(lead) != "as"
}

// first is the subject of the clause: its first noun phrase, behind what frames
// it.
func (c *clause) first(limit int) phrase {
	i := 0
	for i < limit && (joiners[c.low(i)] || c.isMark(i) || adverb(c.low(i)) && !c.isCapital(i)) {
		i++
	}
	if w := c.low(i); prepositions[w] || clausal[w] || verbs[w].forms&ing != 0 {
		for i < limit && !c.isComma(i) {
			i++
		}
		i++
	}
	if i >= limit || !c.isWord(i) {
		return phrase{}
	}
	k := i
	for k < limit && c.isWord(k) && !c.stops(k) && !(k > i && looksFinite(c.low(k)) && !c.isCapital(k)) && !(k > i && adverb(c.low(k))) && !(c.low(k) == "and" && !c.isCapital(k+1)) {
		k++
	}
	if k == i || !c.nominal(i, k-1) {
		return phrase{}
	}
	return phrase{i, k, true}
}

// participle judges "saying": it shares the subject of its clause.
func (c *clause) participle(q *cue, i, j int, be bool, before []*cue) *cue {
	switch {
	case be:
		q.source = c.subject(j + 1)
	case i <= 1 && q.verb.speech && (i == 0 || prepositions[c.low(0)] || clausal[c.low(0)]):
		q.source = c.first(len(c.items))
	case c.isComma(i-1) || c.isQuote(i-1) || c.isWord(i-1) && q.verb.speech && !determiners[c.low(i-1)]:
		q.source = c.shared(i, before)
		if len(before) == 0 && c.isComma(i-1) && i > 1 && !q.source.ok {
			q.source = c.first(i)
		}
	}
	if !q.source.ok {
		return nil
	}
	if be {
		q.begins = q.source.from
	}
	return q
}

// governing verbs take an infinitive that is still an act of speech.
var governing = set(`declined refused went began continued hastened rushed failed decline refuse declines refuses wanted returned took had has`)

// governed judges "declined to say".
func (c *clause) governed(q *cue, j int, before []*cue) *cue {
	if c.low(j) == "on" {
		j--
	}
	if !governing[c.low(j)] {
		return nil
	}
	switch c.low(j) {
	case "declined", "refused", "decline", "refuse", "declines", "refuses", "failed":
		q.negated = true
	}
	at, _, _, _, _ := c.skipBack(j - 1)
	if joiners[c.low(at)] {
		q.source = c.shared(at, before)
	} else {
		q.source = c.subject(at + 1)
	}
	if !q.source.ok {
		return nil
	}
	q.begins = min(q.source.from, j)
	return q
}

// byWhom judges a passive: it counts where "by" tells the source.
func (c *clause) byWhom(q *cue, i int) *cue {
	for k := i + 1; k < len(c.items) && k < i+12 && c.isWord(k); k++ {
		if c.low(k) != "by" {
			continue
		}
		if q.source = c.nounPhraseRight(k+1, false); q.source.ok && !q.verb.mind {
			return q
		}
		return nil
	}
	return nil
}
