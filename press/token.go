package press

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind tells what a token is.
type kind uint8

const (
	aWord kind = iota
	aNumber
	aMark  // punctuation
	anOpen // a quotation begins
	aClose // a quotation ends
)

// token is one word, number or mark of a dispatch.
type token struct {
	start, end int    // bytes of the text
	low        string // in lower case, apostrophes straight
	kind       kind
	capital    bool // begins with a capital letter
	quote      int  // the quotation that it stands in, marks included; -1 for none
}

func (t *token) isWord() bool { return t.kind == aWord || t.kind == aNumber }

// span is a range of tokens, the last one left out.
type span struct{ from, to int }

func (s span) empty() bool { return s.from >= s.to }
func (s span) len() int    { return s.to - s.from }

// lexer cuts a text into tokens. Bytes that are no UTF-8 are marks.
type lexer struct {
	text   string
	tokens []token
	open   bool // a straight quotation mark is open
}

// lex cuts one paragraph, which begins at a byte of the text, into tokens.
func (l *lexer) lex(from, to int) {
	l.open = false
	for i := from; i < to; {
		r, n := utf8.DecodeRuneInString(l.text[i:to])
		switch {
		case unicode.IsSpace(r):
			i += n
		case unicode.IsDigit(r):
			i = l.number(i, to)
		case unicode.IsLetter(r) || unicode.IsMark(r) && r != utf8.RuneError:
			i = l.word(i, to)
		default:
			i = l.mark(i, to, r, n)
		}
	}
}

func (l *lexer) add(from, to int, k kind, low string, capital bool) int {
	l.tokens = append(l.tokens, token{start: from, end: to, low: low, kind: k, capital: capital, quote: -1})
	return to
}

// number takes digits with what joins them: 1,000 · 2022-08-05 · 10:30 · 25th.
func (l *lexer) number(i, to int) int {
	j := i
	for j < to {
		r, n := utf8.DecodeRuneInString(l.text[j:to])
		if unicode.IsDigit(r) || unicode.IsLetter(r) {
			j += n
			continue
		}
		next, _ := utf8.DecodeRuneInString(l.text[j+n : to])
		if !strings.ContainsRune(",.-:/", r) || !unicode.IsDigit(next) {
			break
		}
		j += n
	}
	return l.add(i, j, aNumber, lower(l.text[i:j]), false)
}

// clitics are cut off the word that they lean on.
var clitics = []string{"'s", "'d", "'re", "'ve", "'ll", "'m"}

func (l *lexer) word(i, to int) int {
	j := l.wordEnd(i, to)
	low := lower(l.text[i:j])
	first, _ := utf8.DecodeRuneInString(l.text[i:])
	capital := unicode.IsUpper(first) || unicode.IsTitle(first) || !unicode.IsLower(first) && unicode.IsLetter(first)
	for _, c := range clitics {
		body, ok := strings.CutSuffix(low, c)
		if !ok || body == "" {
			continue
		}
		cut := strings.LastIndexAny(l.text[i:j], "'’")
		if cut <= 0 {
			break
		}
		if r, n := utf8.DecodeLastRuneInString(l.text[i:j]); n > 0 && r == utf8.RuneError {
			break
		}
		l.add(i, i+cut, aWord, body, capital)
		return l.add(i+cut, j, aWord, c, false)
	}
	return l.add(i, j, aWord, low, capital)
}

// wordEnd goes over letters, and over marks within a word: an apostrophe, a
// hyphen, the points of U.S.
func (l *lexer) wordEnd(i, to int) int {
	points := false
	j := i
	for j < to {
		r, n := utf8.DecodeRuneInString(l.text[j:to])
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) && r != utf8.RuneError {
			j += n
			continue
		}
		next, m := utf8.DecodeRuneInString(l.text[j+n : to])
		joined := (r == '\'' || r == '’' || r == '-' || r == '‑') && (unicode.IsLetter(next) || unicode.IsDigit(next))
		single := r == '.' && lettersBefore(l.text[i:j]) == 1
		after, _ := utf8.DecodeRuneInString(l.text[j+n+m : to])
		switch {
		case joined:
			j += n
		case single && unicode.IsLetter(next) && after == '.':
			j, points = j+n, true
		case single && points:
			return j + n
		case r == '.' && unicode.IsLower(next): // a host, a file
			j += n
		default:
			return j
		}
	}
	return j
}

// lettersBefore counts the letters after the last point, up to two.
func lettersBefore(s string) int {
	n := 0
	for s != "" && n < 2 {
		r, m := utf8.DecodeLastRuneInString(s)
		if !unicode.IsLetter(r) {
			break
		}
		n++
		s = s[:len(s)-m]
	}
	return n
}

func (l *lexer) mark(i, to int, r rune, n int) int {
	if width := n; !strings.ContainsRune("“”„«»‘’\"", r) { // a mark that is repeated is one
		for n+width <= to-i && l.text[i+n:i+n+width] == l.text[i:i+width] {
			n += width
		}
	}
	k := aMark
	switch s := l.text[i : i+n]; {
	case r == '“' || r == '„' || r == '«' || s == "``":
		k = anOpen
	case r == '”' || r == '»':
		k = aClose
	case r == '"' || s == "''":
		k = l.straight(i, n, to)
	case r == '‘' && l.pairs(i+n, to):
		k = anOpen
	case r == '’' && l.single():
		k = aClose
	}
	return l.add(i, i+n, k, l.text[i:i+n], false)
}

// straight tells whether a straight mark opens or closes, by what stands around
// it, else by turns.
func (l *lexer) straight(i, n, to int) kind {
	before, _ := utf8.DecodeLastRuneInString(l.text[:i])
	after, _ := utf8.DecodeRuneInString(l.text[min(i+n, to):to])
	gapBefore := i == 0 || unicode.IsSpace(before) || strings.ContainsRune("([—–-", before)
	gapAfter := i+n >= to || unicode.IsSpace(after)
	switch {
	case gapBefore && !gapAfter:
		l.open = true
	case gapAfter && !gapBefore:
		l.open = false
	default:
		l.open = !l.open
	}
	if l.open {
		return anOpen
	}
	return aClose
}

// maxSingle is how far a single quotation mark looks for its partner, in bytes.
const maxSingle = 400

// pairs tells whether a single opening mark has a closing one that is no
// apostrophe.
func (l *lexer) pairs(i, to int) bool {
	rest := l.text[i:min(to, i+maxSingle)]
	for {
		j := strings.Index(rest, "’")
		if j < 0 {
			return false
		}
		rest = rest[j+len("’"):]
		if r, _ := utf8.DecodeRuneInString(rest); !unicode.IsLetter(r) {
			return true
		}
	}
}

// single tells whether a single quotation mark is open: the last mark of a
// quotation within reach opened one.
func (l *lexer) single() bool {
	for k := len(l.tokens) - 1; k >= 0 && k > len(l.tokens)-120; k-- {
		switch t := &l.tokens[k]; t.kind {
		case anOpen:
			return t.low == "‘"
		case aClose:
			return false
		}
	}
	return false
}

// lower is a word in lower case with straight apostrophes.
func lower(s string) string {
	if strings.Contains(s, "’") {
		s = strings.ReplaceAll(s, "’", "'")
	}
	return strings.ToLower(s)
}
