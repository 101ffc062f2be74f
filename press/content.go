package press

// fill finds the content of each cue of a clause.
func (c *clause) fill(cues []*cue) {
	for n, q := range cues {
		from := 0
		if n > 0 && (cues[n-1].by || cues[n-1].before(c)) {
			from = c.after(cues[n-1])
		}
		to := len(c.items)
		if q.by {
			c.accordingTo(q, n, cues)
			continue
		}
		if q.passive {
			q.content = c.whole(q, from, q.at)
			continue
		}
		limit := c.limit(n, cues, to)
		if c.leftward(q, from, limit) {
			continue
		}
		c.rightward(q, limit)
	}
}

// before tells whether the content of a cue stands before it.
func (q *cue) before(c *clause) bool {
	return !q.content.empty() && q.content.from < c.items[q.at].from
}

// after is the first item behind a cue and its source.
func (c *clause) after(q *cue) int {
	if q.inverted || q.by {
		return q.source.to
	}
	return q.to
}

// limit is where the content to the right of cue n ends: where the next cue
// that stands beside it begins, or at the end of the clause.
func (c *clause) limit(n int, cues []*cue, to int) int {
	q := cues[n]
	for _, next := range cues[n+1:] {
		begin := min(next.begins, next.at)
		if begin <= q.at {
			begin = next.at
		}
		lead := begin - 1
		switch {
		case next.by && (c.isMark(lead) || c.low(lead) == "."):
			return lead
		case next.form == ing && c.isComma(lead):
			return lead
		case joiners[c.low(begin)]: // it shares our source
			if next.source == q.source {
				return begin
			}
		case c.low(lead) == "and" || c.low(lead) == "but" || c.low(lead) == "while":
			if next.source != q.source {
				return lead
			}
		case c.isComma(lead) && !next.inverted && next.source.ok && !c.sizeable(c.after(next), len(c.items), 4):
			return lead
		case next.inverted && (c.isComma(next.at-1) || c.isQuote(next.at-1)):
			return next.at
		}
	}
	return to
}

// leftward takes what stands before the source for the content: “…,” Smith
// said. It tells whether it did.
func (c *clause) leftward(q *cue, from, limit int) bool {
	lead := q.begins - 1
	if q.inverted {
		lead = q.at - 1
	}
	if c.low(lead) == "as" {
		lead--
	}
	quoted := c.isQuote(lead) || (c.isComma(lead) || c.dashed(lead)) && c.isQuote(lead-1) || c.closes(lead) && !c.framed(from, lead)
	left := c.sizeable(from, lead, 2)
	if !quoted && !(c.isComma(lead) || c.dashed(lead) || q.inverted) || !left && !quoted {
		return false
	}
	if q.form == ing || joiners[c.low(q.begins)] {
		return false
	}
	after := c.after(q)
	if next := c.nextWord(after); !quoted && !q.inverted && c.isQuote(next) && next < limit {
		return false
	}
	between := c.isComma(lead) && c.isComma(after) && !c.framed(from, lead)
	nothing := after >= limit || c.low(after) == "." && after+1 >= limit
	if !quoted && !q.inverted && !between && !nothing && (c.framed(from, lead) || !c.emptyRight(q, after, limit)) {
		return false
	}
	begin := from
	if c.isQuote(lead) {
		begin = c.quoteStart(lead, from)
	} else if c.isQuote(lead - 1) {
		begin = c.quoteStart(lead-1, from)
	}
	f, t := c.trim(begin, lead+1)
	q.content = c.spanOf(f, t)
	q.direct = quoted
	if q.content.empty() {
		return false
	}
	if quoted { // “…,” Smith said, “…”
		for k := after; k < limit; k++ {
			if c.isQuote(k) {
				q.content.to = c.items[k].to
				break
			}
		}
	}
	return true
}

// nextWord is the first item from i on that is no mark.
func (c *clause) nextWord(i int) int {
	for i < len(c.items) && c.isMark(i) {
		i++
	}
	return i
}

// finite tells whether a range holds what is surely a finite verb, or leads to
// one.
func (c *clause) finite(from, to int) bool {
	for k := from; k < to; k++ {
		w := c.low(k)
		if verbsInBetween[w] || w == "to" || w == "that" || c.isQuote(k) || k > from && verbs[w].forms&(past|third) != 0 && !verbs[w].noun {
			return true
		}
	}
	return false
}

// quoteStart is where the content that ends in the quotation at k begins: at
// the quotation, or further left where the sentence only leads into it.
func (c *clause) quoteStart(k, from int) int {
	if c.sizeable(from, k, 1) {
		return from
	}
	return k
}

// framed tells whether what stands left of a source only frames it: "In
// Geneva, Smith said".
func (c *clause) framed(from, to int) bool {
	for from < to && (c.isMark(from) || joiners[c.low(from)]) {
		from++
	}
	w := c.low(from)
	return prepositions[w] || clausal[w] && w != "that" && w != "while" && w != "if" || verbs[w].forms&ing != 0 || to-from <= 2 && !verbsInBetween[c.low(to-1)]
}

// emptyRight tells whether what follows a cue only tells when, where or to
// whom it was said.
func (c *clause) emptyRight(q *cue, from, to int) bool {
	for from < to && (c.isMark(from) || adverb(c.low(from))) {
		if c.isMark(from) && c.low(from) != "," {
			return true
		}
		from++
	}
	if from >= to {
		return true
	}
	for k := from; k < to; k++ {
		if c.isQuote(k) || c.low(k) == "that" && k > from {
			return false
		}
	}
	w := c.low(from)
	if q.verb.hearer && !c.finite(from, to) {
		return true
	}
	return timeWords[w] || prepositions[w] || clausal[w] && w != "that" && w != "what" && w != "how" && w != "why" && w != "whether" && w != "where" && w != "so" || weekdays[w] || months[w] > 0
}

// rightward takes what follows a cue for the content.
func (c *clause) rightward(q *cue, limit int) {
	i := c.after(q)
	from, to := c.trim(i, limit)
	if p := q.source.from - 1; (from >= to || c.low(from) == "." || q.verb.object && c.isMark(i)) && q.verb.object && c.isWord(p) {
		if what := c.nounPhraseLeft(p); what.ok { // "charges he denies"
			q.content = c.spanOf(what.from, what.to)
			return
		}
	}
	if from >= to && limit < len(c.items) {
		from, to = c.trim(i, len(c.items))
	}
	if from >= to {
		return
	}
	from = c.pastHearer(q, from, to)
	from = c.pastSetting(from, to)
	if f, _ := c.trim(from, to); f < to {
		from = f
	}
	for k := from; k < to; k++ {
		if c.isQuote(k) && (k == from || !c.sizeable(from, k, 2)) {
			from, q.direct = k, true
			break
		}
	}
	q.content = c.spanOf(from, to)
	q.plain = !q.direct
}

// pastHearer goes over whom it was said to: "told | reporters | that".
func (c *clause) pastHearer(q *cue, from, to int) int {
	if !q.verb.hearer {
		return from
	}
	for k := from; k < to && k < from+14; k++ {
		if c.low(k) == "that" && k > from {
			return k
		}
		if c.isQuote(k) {
			return k
		}
	}
	if q.verb.lemma == "ask" {
		return from
	}
	k := from
	if determiners[c.low(k)] {
		k++
	}
	for k < to-2 && k < from+6 && c.isCapital(k) && c.isCapital(k+1) {
		k++
	}
	if k+1 < to {
		k++
	}
	return k
}

// pastSetting goes over when and where it was said, where a clause follows:
// "said | on Friday | they are ready".
func (c *clause) pastSetting(from, to int) int {
	for k := from; k < to && k < from+16; k++ {
		if c.low(k) == "that" && k > from && (prepositions[c.low(from)] || timeWords[c.low(from)] || months[c.low(from)] > 0) {
			return k
		}
	}
	k := from
	if c.low(k) == "on" && k+1 < to && (weekdays[c.low(k+1)] || months[c.low(k+1)] > 0) {
		k++
	} else if !timeWords[c.low(k)] {
		return from
	}
	for k < to && (timeWords[c.low(k)] || months[c.low(k)] > 0 || c.isWord(k) && c.tok(k).kind == aNumber || articles[c.low(k)] && timeWords[c.low(k+1)]) {
		k++
	}
	if c.sizeable(k, to, 2) {
		return k
	}
	return from
}

// accordingTo takes the rest of the sentence for the content: what stands left
// of it, else what follows.
func (c *clause) accordingTo(q *cue, n int, cues []*cue) {
	from := 0
	for _, b := range cues[:n] {
		if b.by {
			from = c.after(b)
		}
	}
	f, t := c.trim(from, q.at)
	if c.sizeable(f, t, 3) && !c.framed(f, t) || c.sizeable(f, t, 6) {
		q.content = c.spanOf(f, t)
		q.direct = t-f == 1 && c.isQuote(f)
		return
	}
	f, t = c.trim(q.source.to, c.limit(n, cues, len(c.items)))
	q.content = c.spanOf(f, t)
	q.direct = t-f == 1 && c.isQuote(f)
}

// whole is what a passive says: the clause up to it.
func (c *clause) whole(q *cue, from, to int) span {
	f, t := c.trim(from, to)
	return c.spanOf(f, t)
}
