package press

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds that keep the reading of any text linear.
const (
	maxParagraph = 16 << 10 // bytes; a longer one is cut
	maxSentence  = 200      // tokens; a longer one is cut
)

// sentence is a range of tokens of one paragraph.
type sentence struct {
	span
	para int
}

// quotation is what stands between quotation marks, the marks included. One
// that is not closed runs to the end of its paragraph; one that is not opened
// begins with the sentence that it ends in.
type quotation struct {
	span
	para     int
	balanced bool
	claimed  bool // a cue says whose words they are
}

// paragraphs cuts a text at blank lines; where it has none, at every line. A
// line that is broken for its width goes on in the next.
func paragraphs(text string) []span {
	blank := strings.Contains(text, "\n\n") || strings.Contains(text, "\n\r\n")
	var out []span
	from := 0
	add := func(to int) {
		for to-from > maxParagraph {
			cut := from + maxParagraph
			if i := strings.LastIndexByte(text[from:cut], ' '); i > 0 {
				cut = from + i
			}
			for cut < to && !utf8.RuneStart(text[cut]) {
				cut++
			}
			out = append(out, span{from, cut})
			from = cut
		}
		if strings.TrimSpace(text[from:to]) != "" {
			out = append(out, span{from, to})
		}
		from = to
	}
	at := 0
	for at < len(text) {
		i := strings.IndexByte(text[at:], '\n')
		if i < 0 {
			break
		}
		end := at + i
		if !blank || !wraps(text[at:end], text[end+1:]) {
			add(end)
		}
		at = end + 1
	}
	add(len(text))
	return out
}

// wraps tells whether a line is broken only for its width.
func wraps(line, rest string) bool {
	line = strings.TrimRight(line, " \t\r")
	next, _ := utf8.DecodeRuneInString(rest)
	last, _ := utf8.DecodeLastRuneInString(line)
	return len(line) >= 50 && !strings.ContainsRune(".!?:”\"»", last) && !unicode.IsSpace(next) && next != utf8.RuneError
}

// cutSentences cuts the tokens of a paragraph.
func (r *reading) cutSentences(p span, para int) {
	from := p.from
	for i := p.from; i < p.to; i++ {
		end := i + 1
		if r.ends(i, p) {
			for end < p.to && r.tokens[end].kind == aClose && r.tokens[end].start == r.tokens[end-1].end {
				end++
			}
		} else if end-from < maxSentence && end < p.to {
			continue
		}
		if end < p.to && end-from < maxSentence && r.trails(end, p) {
			continue
		}
		r.sentences = append(r.sentences, sentence{span{from, end}, para})
		from, i = end, end-1
	}
	if from < p.to {
		r.sentences = append(r.sentences, sentence{span{from, p.to}, para})
	}
}

// ends tells whether the mark at i ends its sentence.
func (r *reading) ends(i int, p span) bool {
	t := &r.tokens[i]
	switch t.low {
	case "!", "?":
	case ".", "...", "....", "…":
		if i+1 == p.to {
			return true
		}
		if i > p.from && r.tokens[i-1].end == t.start && t.low == "." && r.abbreviates(i-1) {
			return false
		}
	default:
		return t.kind == aWord && strings.HasSuffix(t.low, ".") && r.startsAfresh(i+1, p)
	}
	j := i + 1
	for j < p.to && r.tokens[j].kind == aClose {
		j++
	}
	if j == p.to {
		return true
	}
	next := &r.tokens[j]
	if next.kind == aMark { // ". , according to", ". ."
		return next.low != "," && next.low != ";" && next.low != "." && next.low != ")" && next.low != "!" && next.low != "?"
	}
	if next.start == r.tokens[j-1].end && next.kind == aWord { // "vote.AGENCY": a by-line glued on
		return next.capital
	}
	if j > i+1 && t.low != "." || strings.HasPrefix(t.low, "..") || t.low == "…" { // “… ?” he asked
		return next.capital || next.kind != aWord
	}
	return true
}

// startsAfresh tells whether a sentence can begin at i after an abbreviation
// such as U.S.
func (r *reading) startsAfresh(i int, p span) bool {
	if i >= p.to {
		return true
	}
	t := &r.tokens[i]
	return t.kind == anOpen || t.capital && openers[t.low]
}

// abbreviates tells whether a point after the word at i belongs to it.
func (r *reading) abbreviates(i int) bool {
	t := &r.tokens[i]
	return t.kind == aWord && (abbreviations[t.low] || t.capital && utf8.RuneCountInString(t.low) == 1)
}

// trails tells whether what begins at i is only the attribution of what was
// just quoted: “Is it over?” Smith asked.
func (r *reading) trails(i int, p span) bool {
	if r.tokens[i-1].kind != aClose || r.tokens[i].kind != aWord {
		return false
	}
	cue := false
	for j := i; j < p.to && j < i+9; j++ {
		t := &r.tokens[j]
		switch {
		case t.kind == aMark && (t.low == "." || t.low == ","):
			return cue
		case t.kind != aWord:
			return false
		case j > i || t.capital:
			if v, ok := verbs[t.low]; ok && v.speech {
				cue = true
			}
		}
	}
	return cue
}

// findQuotations pairs the quotation marks of a paragraph.
func (r *reading) findQuotations(p span, para int) {
	open := -1
	for i := p.from; i < p.to; i++ {
		switch r.tokens[i].kind {
		case anOpen:
			if open >= 0 && r.tokens[open].low != "‘" && r.tokens[i].low == "‘" {
				r.tokens[i].kind = aMark // a quotation within one
			} else if open < 0 {
				open = i
			}
		case aClose:
			if r.tokens[i].low == "’" && (open < 0 || r.tokens[open].low != "‘") {
				r.tokens[i].kind = aMark
				continue
			}
			from, balanced := open, open >= 0
			if open < 0 {
				from = r.unopened(i, p)
			}
			r.quote(span{from, i + 1}, para, balanced)
			open = -1
		}
	}
	if open >= 0 {
		r.quote(span{open, p.to}, para, false)
	}
}

// unopened is where a quotation without an opening mark begins: with its
// sentence, yet not within an earlier quotation.
func (r *reading) unopened(i int, p span) int {
	from := i
	for from > p.from && r.tokens[from-1].kind != aClose && !(from < i-1 && r.ends(from-1, p)) {
		from--
	}
	return from
}

func (r *reading) quote(s span, para int, balanced bool) {
	n := len(r.quotes)
	r.quotes = append(r.quotes, quotation{span: s, para: para, balanced: balanced})
	for i := s.from; i < s.to; i++ {
		r.tokens[i].quote = n
	}
}
