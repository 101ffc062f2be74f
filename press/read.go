package press

import (
	"slices"
	"strings"
	"unicode/utf8"

	"parley"
	"parley/names"
)

// Version names the rules of the reader. What two versions read in one text may
// differ; a claim that was taken into a register stays as it was.
const Version = "press-reader/1"

// MaxBytes bounds a dispatch.
const MaxBytes = 16 << 20

// Dispatch is what the reader found in a text.
type Dispatch struct {
	Dateline  parley.Date `json:"dateline"`
	Sentences int         `json:"sentences"`
	Claims    []Claim     `json:"claims"`
	Events    []Event     `json:"events"`
	Talks     []Talk      `json:"talks"`  // offers, demands, channels, meetings
	People    []Person    `json:"people"` // whom the claims and events name
}

// Claim is one thing that somebody is said to have said.
type Claim struct {
	Sentence int    `json:"sentence"` // from 0; the dateline, where it stands alone, is 0
	Speaker  string `json:"speaker"`  // by full name where the dispatch gives it, else as written; "" for nobody
	Cue      string `json:"cue"`      // "" where the words stand alone and are carried over
	Class    Class  `json:"class"`
	Quote    string `json:"quote"` // what stands in quotation marks; "" for none
	Content  string `json:"content"`
	Span     [2]int `json:"span"` // of the content, in bytes of the file, the end left out

	Source     string   `json:"source"`      // as written, for words carried over where it last stood; "" for none
	SourceSpan [2]int   `json:"source_span"` // likewise; 0, 0 for none
	CueSpan    [2]int   `json:"cue_span"`
	Speakers   []string `json:"speakers"` // ids, proposed
	Linked     Link     `json:"linked,omitempty"`
	Persons    []string `json:"persons"` // ids of all whom source and content name, proposed
	Side       string   `json:"side,omitempty"`
	About      About    `json:"about"`
	Private    bool     `json:"private"` // told to have been said behind closed doors
	Setting    string   `json:"setting,omitempty"`
	When       When     `json:"when,omitzero"`
	Negated    bool     `json:"negated"` // a denial, a refusal to say
	Nested     bool     `json:"nested"`  // told within another claim: at one remove more
}

// Link tells how a speaker was found.
type Link string

// The ways in which a speaker is found.
const (
	ByName    Link = "name"
	ByPronoun Link = "pronoun"
	ByLikness Link = "misspelt"
	Carried   Link = "carried" // from the words before
)

// About tells what a claim is about.
type About string

// What claims are about.
const (
	AnAct        About = "act"
	AnOffer      About = "offer"
	AnIntention  About = "intention"
	ABelief      About = "belief"
	AFact        About = "fact"
	anyAbout           = ""
	maxClaims          = 200_000 // of one dispatch
	maxNear            = 12      // claims on either side within which one may hold another
	maxTalkWords       = 60
)

// Abouts lists what a claim may be about.
func Abouts() []About { return []About{AnAct, AnOffer, AnIntention, ABelief, AFact} }

// reading is a text on its way to a Dispatch.
type reading struct {
	text      string
	tokens    []token
	paraOf    []int32 // the paragraph of each token
	sentences []sentence
	quotes    []quotation
	dir       *directory
	mentions  []mention
	// firstNamed is where each person is first named; nil until it is asked.
	firstNamed map[int]int
	sides      sides
	holders    map[string]string // of the case: who holds whom
	calendar   calendar

	claims []claim
}

// claim is a Claim on its way.
type claim struct {
	sentence int
	cue      span
	source   span
	content  span
	direct   bool
	negated  bool
	nested   bool
	verb     verb
	lead     bool // the source begins its clause
	within   int  // the quotation that it stands in; -1

	speakers []int
	linked   Link
	class    Class
	name     string
}

// Reader reads dispatches about one case. It is read-only once made and may be
// shared by goroutines.
type Reader struct {
	matcher *names.Matcher
	people  []Person
	sides   sides
	holders map[string]string
}

// NewReader makes a reader that links the people of a case; nil for none.
func NewReader(c *parley.Case) *Reader {
	return &Reader{names.New(), PeopleOf(c), sidesOf(c), holdersOf(c)}
}

// Read reads a dispatch. on is its day where its text doesn't say; zero for
// what the text says.
func (p *Reader) Read(text []byte, on parley.Date) *Dispatch {
	r := &reading{text: string(text[:min(len(text), MaxBytes)]), dir: newDirectory(p.matcher, p.people), sides: p.sides, holders: p.holders}
	r.structure()
	d := &Dispatch{Dateline: r.header(on)}
	d.Sentences = len(r.sentences)
	r.calendar = calendar{r, d.Dateline}
	r.learn()
	r.findMentions()
	for n := range r.sentences {
		r.readSentence(n)
	}
	r.carry()
	r.nest()
	r.attribute()
	d.Claims = r.export()
	d.Events = r.events()
	for i := range d.Events {
		d.Events[i].Claim = claimAt(d.Claims, d.Events[i].Sentence, d.Events[i].Span[0])
	}
	d.Talks = r.talks(d.Claims)
	d.People = r.named(d)
	return d
}

// structure cuts the text into paragraphs, tokens, quotations and sentences.
func (r *reading) structure() {
	l := &lexer{text: r.text}
	var paras []span
	for _, p := range paragraphs(r.text) {
		from := len(l.tokens)
		l.lex(p.from, p.to)
		if len(l.tokens) > from {
			paras = append(paras, span{from, len(l.tokens)})
		}
	}
	r.tokens = l.tokens
	r.paraOf = make([]int32, len(r.tokens))
	for n, p := range paras {
		for i := p.from; i < p.to; i++ {
			r.paraOf[i] = int32(n)
		}
	}
	for n, p := range paras {
		r.findQuotations(p, n)
		r.cutSentences(p, n)
	}
}

// header finds the dateline, and makes it a sentence of its own where it stands
// before the first one.
func (r *reading) header(on parley.Date) parley.Date {
	d, end := r.dateline()
	if !on.IsZero() {
		d = on
	}
	for n, s := range r.sentences {
		if end > s.from && end < s.to {
			rest := append([]sentence{{span{s.from, end}, s.para}, {span{end, s.to}, s.para}}, r.sentences[n+1:]...)
			r.sentences = append(r.sentences[:n:n], rest...)
		}
		if s.to >= end {
			break
		}
	}
	return d
}

// readSentence finds the claims of a sentence: from outside its quotations,
// then within each.
func (r *reading) readSentence(n int) {
	c := r.outside(n)
	r.take(c)
	s := r.sentences[n]
	for i := s.from; i < s.to; i++ {
		if q := r.tokens[i].quote; q >= 0 {
			part := span{i, min(r.quotes[q].to, s.to)}
			if r.words(part) > maxQuotedWords {
				r.take(r.inside(n, part, q))
			}
			i = part.to - 1
		}
	}
}

// take keeps the claims of a clause.
func (r *reading) take(c *clause) {
	cues := c.cues()
	c.fill(cues)
	for _, q := range cues {
		k := claim{sentence: c.sent, negated: q.negated || q.verb.lemma == "deny", verb: q.verb, within: c.in, nested: c.in >= 0, direct: q.direct}
		k.cue = c.spanOf(q.at, q.to)
		if q.source.ok {
			k.source = c.spanOf(q.source.from, q.source.to)
			k.lead = q.source.from == 0 || q.inverted || c.isMark(q.source.from-1) || c.isQuote(q.source.from-1)
		}
		k.content = q.content
		if k.content.empty() {
			k.content = r.neighbour(c, q)
			k.direct = true
		}
		if k.content.empty() || !k.source.empty() && c.in >= 0 && r.selfish(k.source) || len(r.claims) >= maxClaims {
			continue
		}
		if q.verb.mind && r.words(k.content) < 3 {
			continue
		}
		r.claimQuotes(&k)
		r.claims = append(r.claims, k)
	}
}

// selfish tells whether a source within a quotation is its speaker, or whoever
// is spoken to: "I said that already".
func (r *reading) selfish(s span) bool {
	switch r.tokens[s.from].low {
	case "i", "we", "you", "it", "they", "people":
		return s.len() == 1
	}
	return false
}

// neighbour is the quotation that a cue without content belongs to: one that
// follows, or that stood right before.
func (r *reading) neighbour(c *clause, q *cue) span {
	if c.in >= 0 || q.verb.mind || !q.verb.speech {
		return span{}
	}
	s := r.sentences[c.sent]
	if next := c.sent + 1; next < len(r.sentences) && r.tokens[s.to-1].low == ":" && r.tokens[s.to].kind != anOpen {
		return r.sentences[next].span
	}
	if s.to < len(r.tokens) && r.tokens[s.to].kind == anOpen {
		return r.quotes[r.tokens[s.to].quote].span
	}
	if s.from > 0 && r.tokens[s.from-1].kind == aClose && r.paraOf[s.from-1] == r.paraOf[s.from] {
		if n := r.tokens[s.from-1].quote; n >= 0 {
			return r.quotes[n].span
		}
	}
	return span{}
}

// claimQuotes notes which quotations the content of a claim takes in, and
// widens it to the whole of one that began in an earlier sentence or goes on.
func (r *reading) claimQuotes(k *claim) {
	if k.within >= 0 {
		return
	}
	for i := k.content.from; i < k.content.to; i++ {
		if n := r.tokens[i].quote; n >= 0 {
			q := &r.quotes[n]
			q.claimed = true
			if k.direct {
				k.content.from = min(k.content.from, q.from)
				k.content.to = max(k.content.to, q.to)
			}
			i = max(i, min(q.to, k.content.to)-1)
		}
	}
}

// carry gives the sentences that are only a quotation, and that no cue claims,
// to whoever spoke last.
func (r *reading) carry() {
	var out []claim
	next := 0
	for n, s := range r.sentences {
		for next < len(r.claims) && r.claims[next].sentence <= n {
			out = append(out, r.claims[next])
			next++
		}
		if q := r.floating(s); q >= 0 {
			r.quotes[q].claimed = true
			at := r.quotes[q].span
			out = append(out, claim{sentence: n, content: at, direct: true, within: -1, linked: Carried})
		}
	}
	r.claims = out
}

// nest marks the claims that are told within what another one says.
func (r *reading) nest() {
	for i := range r.claims {
		k := &r.claims[i]
		for j := max(0, i-maxNear); j < min(len(r.claims), i+maxNear) && !k.nested; j++ {
			o := &r.claims[j]
			k.nested = j != i && !k.cue.empty() && o.content.from <= k.cue.from && k.cue.to <= o.content.to && o.content.from <= k.content.from && k.content.to <= o.content.to
		}
	}
}

// floating is the quotation that a sentence wholly stands in and that nobody
// claims; -1 for none.
func (r *reading) floating(s sentence) int {
	if !s.empty() && r.tokens[s.from].quote < 0 {
		return -1
	}
	q := r.tokens[s.from].quote
	if q < 0 || r.quotes[q].claimed || r.words(s.span) < 2 {
		return -1
	}
	for i := s.from; i < s.to; i++ {
		if t := &r.tokens[i]; t.quote < 0 && t.isWord() {
			return -1
		}
	}
	return q
}

func (r *reading) textOf(s span) string {
	if s.empty() {
		return ""
	}
	return r.text[r.tokens[s.from].start:r.tokens[s.to-1].end]
}

// export writes the claims as the contract has them.
func (r *reading) export() []Claim {
	out := []Claim{}
	for i := range r.claims {
		k := &r.claims[i]
		c := Claim{
			Sentence: k.sentence, Speaker: k.name, Class: k.class, Linked: k.linked, Negated: k.negated, Nested: k.nested,
			Speakers: []string{}, Persons: []string{}, Cue: r.textOf(k.cue), Source: r.textOf(k.source),
		}
		from, to := r.bounds(k)
		c.Span, c.Content = [2]int{from, to}, r.text[from:to]
		if !k.cue.empty() {
			c.CueSpan = [2]int{r.tokens[k.cue.from].start, r.tokens[k.cue.to-1].end}
		}
		if !k.source.empty() {
			c.SourceSpan = [2]int{r.tokens[k.source.from].start, r.tokens[k.source.to-1].end}
		}
		c.Quote = r.quoted(k.content)
		for _, n := range k.speakers {
			c.Speakers = append(c.Speakers, r.dir.people[n].ID)
		}
		c.Persons = r.personsOf(k, c.Speakers)
		c.Side = r.sideOf(k)
		c.Setting, c.Private = r.settingOf(k)
		c.When = r.whenOf(k)
		c.About = r.aboutOf(k)
		out = append(out, c)
	}
	return out
}

// bounds are the bytes of a claim's content; a quotation mark that belongs to
// its first or last word is taken in.
func (r *reading) bounds(k *claim) (from, to int) {
	s := k.content
	if s.from > 0 && r.tokens[s.from-1].kind == anOpen && r.tokens[s.from].quote == r.tokens[s.from-1].quote && k.within < 0 {
		s.from--
	}
	if s.to < len(r.tokens) && r.tokens[s.to].kind == aClose && r.tokens[s.to].quote == r.tokens[s.to-1].quote && k.within < 0 {
		s.to++
	}
	return r.tokens[s.from].start, r.tokens[s.to-1].end
}

// quoted is what stands in quotation marks within a range, without the marks.
func (r *reading) quoted(s span) string {
	var parts []string
	for i := s.from; i < s.to; i++ {
		n := r.tokens[i].quote
		if n < 0 {
			continue
		}
		q := r.quotes[n]
		from, to := max(q.from, s.from), min(q.to, s.to)
		for from < to && r.tokens[from].kind == anOpen {
			from++
		}
		for to > from && r.tokens[to-1].kind == aClose {
			to--
		}
		if from < to {
			parts = append(parts, r.textOf(span{from, to}))
		}
		i = max(i, to)
	}
	return strings.Join(parts, " … ")
}

// personsOf lists whom source and content name.
func (r *reading) personsOf(k *claim, speakers []string) []string {
	out := slices.Clone(speakers)
	for _, s := range []span{k.source, k.content} {
		for _, m := range r.mentionsIn(s) {
			if id := r.dir.people[m.who].ID; !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	return out
}

// named lists the people of whom something is told, those of the case first.
func (r *reading) named(d *Dispatch) []Person {
	used := map[string]bool{}
	for _, c := range d.Claims {
		for _, id := range c.Persons {
			used[id] = true
		}
	}
	for _, e := range d.Events {
		used[e.Person] = true
	}
	out := []Person{}
	for _, p := range r.dir.people {
		if used[p.ID] {
			out = append(out, p)
			used[p.ID] = false
		}
	}
	return out
}

// Quotable tells whether a text can be read at all: it is UTF-8 for the most
// part.
func Quotable(text []byte) bool {
	bad := 0
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n == 1 {
			bad++
		}
		i += n
	}
	return bad*20 <= len(text)
}
