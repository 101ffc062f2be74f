package press

// item is a token of a clause, or a whole quotation that stands in it.
type item struct {
	span
	low   string
	quote int // the quotation, for one that stands whole; -1 for a token
	stops known
}

// known is an answer once it was asked for.
type known uint8

const (
	unknown known = iota
	no
	yes
)

// clause is a sentence as a reader of its grammar sees it: what stands between
// quotation marks is one item, unless it is only a word or two.
type clause struct {
	r     *reading
	items []item
	in    int // the quotation whose inside it is; -1 for none
	sent  int
}

// maxQuotedWords is how many words between quotation marks are still a part of
// the sentence around them.
const maxQuotedWords = 3

// outside reads a sentence from outside its quotations.
func (r *reading) outside(n int) *clause {
	s := r.sentences[n]
	c := &clause{r: r, in: -1, sent: n}
	for i := s.from; i < s.to; i++ {
		q := r.tokens[i].quote
		if q < 0 {
			c.token(i)
			continue
		}
		to := min(r.quotes[q].to, s.to)
		if r.words(span{i, to}) > maxQuotedWords {
			c.items = append(c.items, item{span: span{i, to}, low: "“", quote: q})
		} else {
			c.tokens(i, to)
		}
		i = to - 1
	}
	return c
}

// inside reads the part of a quotation that stands in a sentence.
func (r *reading) inside(n int, part span, quote int) *clause {
	c := &clause{r: r, in: quote, sent: n}
	c.tokens(part.from, part.to)
	return c
}

func (c *clause) tokens(from, to int) {
	for i := from; i < to; i++ {
		if k := c.r.tokens[i].kind; k != anOpen && k != aClose {
			c.token(i)
		}
	}
}

func (c *clause) token(i int) {
	c.items = append(c.items, item{span: span{i, i + 1}, low: c.r.tokens[i].low, quote: -1})
}

// words counts the words of a range.
func (r *reading) words(s span) int {
	n := 0
	for i := s.from; i < s.to; i++ {
		if r.tokens[i].isWord() && r.tokens[i].low != "'s" {
			n++
		}
	}
	return n
}

func (c *clause) low(i int) string {
	if i < 0 || i >= len(c.items) {
		return ""
	}
	return c.items[i].low
}

func (c *clause) tok(i int) *token { return &c.r.tokens[c.items[i].from] }

func (c *clause) isWord(i int) bool {
	return i >= 0 && i < len(c.items) && c.items[i].quote < 0 && c.tok(i).isWord()
}

func (c *clause) isCapital(i int) bool { return c.isWord(i) && c.tok(i).capital }

func (c *clause) isQuote(i int) bool { return i >= 0 && i < len(c.items) && c.items[i].quote >= 0 }

// isMark tells whether item i is punctuation; beyond the ends it is.
func (c *clause) isMark(i int) bool {
	return i < 0 || i >= len(c.items) || c.items[i].quote < 0 && !c.tok(i).isWord()
}

func (c *clause) isComma(i int) bool { return c.low(i) == "," }

// dashed tells whether item i is a dash or an ellipsis.
func (c *clause) dashed(i int) bool {
	switch c.low(i) {
	case "-", "--", "---", "–", "—", "―", "...", "…":
		return true
	}
	return false
}

// skipBack goes left over adverbs and auxiliaries from i, and tells what it
// came over.
func (c *clause) skipBack(i int) (at int, be, have, not, to bool) {
	for ; i >= 0 && c.isWord(i); i-- {
		w := c.low(i)
		switch {
		case w == "'s" && (pronouns[c.low(i-1)] || whoever[c.low(i-1)]):
			have = true
		case bes[w]:
			be = be || !have
			not = not || nots[w]
		case haves[w] || hasnt[w]:
			have = true
			not = not || nots[w]
		case nots[w] && w != "no":
			not = true
		case modals[w], dos[w]:
		case w == "to":
			to = true
		case adverb(w) && !c.timeNoun(i):
		default:
			return i, be, have, not, to
		}
	}
	return i, be, have, not, to
}

// timeNoun tells whether a word that may be an adverb closes a phrase of time:
// "on Monday".
func (c *clause) timeNoun(i int) bool { return weekdays[c.low(i)] }

// content of a range of items as a range of tokens.
func (c *clause) spanOf(from, to int) span {
	if from >= to || from < 0 || to > len(c.items) {
		return span{}
	}
	return span{c.items[from].from, c.items[to-1].to}
}

// trim takes marks off both ends of a range of items, and from its beginning
// what joins it to what stood before.
func (c *clause) trim(from, to int) (int, int) {
	for from < to && c.isMark(from) {
		from++
	}
	for to > from && c.isMark(to-1) {
		to--
	}
	return from, to
}

// sizeable tells whether a range holds at least n words or a quotation.
func (c *clause) sizeable(from, to, n int) bool {
	for i := max(from, 0); i < to && i < len(c.items); i++ {
		if c.isQuote(i) {
			return true
		}
		if c.isWord(i) {
			n--
		}
	}
	return n <= 0
}
