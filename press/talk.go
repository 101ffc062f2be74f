package press

import (
	"slices"
	"sort"
)

// Talk is what a dispatch says of the talks themselves: an offer, a demand, a
// channel, a meeting. It is never more than said: the table knows nothing of it.
type Talk struct {
	What     string   `json:"what"` // offer, demand, channel, meeting, no-meeting
	By       string   `json:"by,omitempty"`
	To       string   `json:"to,omitempty"`
	Exchange []string `json:"exchange,omitempty"` // of an offer: these …
	For      []string `json:"for,omitempty"`      // … for those
	Gives    []string `json:"gives,omitempty"`    // whom By would release, where the case says who holds them
	Gets     []string `json:"gets,omitempty"`
	Adds     []string `json:"adds,omitempty"` // of a demand
	Through  string   `json:"through,omitempty"`
	State    string   `json:"state,omitempty"`   // of a channel: open, closed, or "" where it is only spoken of
	Between  []string `json:"between,omitempty"` // of a meeting
	When     When     `json:"when,omitzero"`
	Sentence int      `json:"sentence"`
	// Claims are those that speak of it, by number from 0; Terms those on which
	// its terms rest. With none it is the reporter's own word.
	Claims []int `json:"claims"`
	Terms  []int `json:"terms"`
}

var (
	swapping  = set(`swap swapping exchange exchanging trade trading`)
	asksFor   = set(`requested demanded asked insisted wanted requests demands asks sought`)
	including = set(`included include including added released freed part`)
	openWords = set(`open opened exists agreed established engage working works continues continue active`)
	shutWords = set(`closed shut cut severed frozen suspended broken`)
	metWords  = set(`meet met speak spoken talk talked met`)
)

// talks finds what a dispatch says of the talks, once each.
func (r *reading) talks(claims []Claim) []Talk {
	out := []Talk{}
	for n := range r.sentences {
		if len(out) >= maxTalks {
			break // no dispatch says so much; what goes on so is no dispatch
		}
		for _, t := range r.talksOf(n) {
			t.Sentence = n
			out = r.merge(out, t)
		}
	}
	for i := range out {
		r.rest(&out[i], claims)
	}
	return out
}

// talksOf finds what a sentence says of the talks. Its Claims and Terms are
// tokens until rest turns them into claims.
func (r *reading) talksOf(n int) []Talk {
	s := r.sentences[n].span
	var out []Talk
	demand := false
	for i := s.from; i < s.to; i++ {
		w := r.tokens[i].low
		switch {
		case swapping[w] && r.swapTerms(i, s) > 0:
			out = append(out, r.offer(i, s))
		case (w == "proposal" || w == "proposals" || w == "offer") && r.isThing(i, s):
			out = append(out, Talk{What: "offer", By: r.sideBefore(i, s), Claims: []int{i}})
		case asksFor[w]:
			if t, ok := r.demand(i, s); ok {
				out, demand = append(out, t), true
			}
		case (w == "channel" || w == "channels" || w == "back-channel" || w == "backchannel") && !demand && !r.tokens[i].capital:
			out = append(out, Talk{What: "channel", State: r.state(s), Claims: []int{i}})
		case metWords[w]:
			if t, ok := r.meeting(i, s, n); ok && !slices.ContainsFunc(out, func(x Talk) bool { return x.What == t.What }) {
				out = append(out, t)
			}
		}
	}
	return out
}

// isThing tells whether the word at i is a noun: something stands before it that
// only a noun follows.
func (r *reading) isThing(i int, s span) bool {
	prev := r.low(i-1, s)
	return determiners[prev] || prev == "substantial" || prev == "new" || prev == "serious" || prev == "swap" || prev == "exchange"
}

// swapTerms is where the "for" stands between the two sides of an exchange that
// is named at i; 0 where it names nobody on one of them.
func (r *reading) swapTerms(i int, s span) int {
	for j := i + 1; j < s.to && j < i+maxTalkWords; j++ {
		if r.low(j, s) != "for" {
			continue
		}
		if len(r.mentionsIn(span{i, j})) > 0 && len(r.mentionsIn(span{j, s.to})) > 0 {
			return j
		}
	}
	return 0
}

// offer reads an exchange whose terms are told.
func (r *reading) offer(i int, s span) Talk {
	middle := r.swapTerms(i, s)
	end := s.to
	for j := middle; j < s.to; j++ {
		if r.low(j, s) == "according" {
			end = j
			break
		}
	}
	t := Talk{What: "offer", By: r.sideIn(span{s.from, i}), Exchange: r.peopleIn(span{i + 1, middle}), For: r.peopleIn(span{middle + 1, end}), Claims: []int{i}, Terms: []int{i}}
	t.When, _ = r.calendar.within(s.from, i)
	one, other := r.holderOf(t.Exchange), r.holderOf(t.For)
	switch {
	case t.By != "" && other == t.By:
		t.Gives, t.Gets, t.To = t.For, t.Exchange, one
	case t.By != "" && one == t.By:
		t.Gives, t.Gets, t.To = t.Exchange, t.For, other
	}
	return t
}

// holderOf is the party of the case that holds all of these of whom it says so;
// "" where they differ.
func (r *reading) holderOf(ids []string) string {
	holder := ""
	for _, id := range ids {
		h := r.holders[id]
		if h == "" {
			continue
		}
		if holder != "" && holder != h {
			return ""
		}
		holder = h
	}
	return holder
}

// peopleIn lists whom a range names, and the unnamed of whom it tells that they
// are one more: "a second Russian".
func (r *reading) peopleIn(s span) []string {
	var out []string
	add := func(id string) {
		if id != "" && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	for i := s.from; i < s.to; i++ {
		for _, m := range r.mentionsIn(span{i, i + 1}) {
			if !m.possessive {
				add(r.dir.people[m.who].ID)
			}
		}
		if w := r.low(i, s); w == "second" || w == "another" || w == "third" {
			j := i + 1
			for j < s.to && j < i+4 && !r.isPerson(span{i, j + 1}, j) {
				j++
			}
			if j < s.to && j < i+4 && r.low(i-1, s) != "the" {
				add(r.unnamed(span{i, j + 1}, j))
			}
		}
	}
	return out
}

// sideBefore is the last state named before a token in its sentence, else the
// side of whoever is speaking there.
func (r *reading) sideBefore(i int, s span) string {
	if r.tokens[i].quote >= 0 && r.anyIn(span{s.from, i}, set(`we our`)) {
		n := r.sentenceOf(i)
		k := sort.Search(len(r.claims), func(i int) bool { return r.claims[i].sentence >= n-maxReach })
		for ; k < len(r.claims) && r.claims[k].sentence <= n+maxReach; k++ {
			if c := &r.claims[k]; c.content.from <= i && i < c.content.to && !c.nested {
				return r.sideOf(c)
			}
		}
	}
	return ""
}

// demand reads that somebody be made part of an exchange.
func (r *reading) demand(i int, s span) (Talk, bool) {
	t := Talk{What: "demand", Claims: []int{i}, Terms: []int{i}}
	named, be := false, false
	for j := i + 1; j < s.to && j < i+maxTalkWords; j++ {
		w := r.low(j, s)
		be = be || w == "be"
		if including[w] && be {
			named = true
			break
		}
		if (w == "through" || w == "via") && t.Through == "" {
			k := j + 1
			for k < s.to && r.tokens[k].kind == aWord && !clausal[r.low(k, s)] && !prepositions[r.low(k, s)] {
				k++
			}
			t.Through = r.textOf(span{j + 1, k})
		}
		for _, m := range r.mentionsIn(span{j, j + 1}) {
			t.Adds = append(t.Adds, r.dir.people[m.who].ID)
		}
	}
	t.By = r.sideIn(span{s.from, i})
	return t, named && len(t.Adds) > 0
}

func (r *reading) state(s span) string {
	switch {
	case r.anyIn(s, shutWords):
		return "closed"
	case r.anyIn(s, openWords):
		return "open"
	}
	return ""
}

// meeting reads whether two sides met or spoke.
func (r *reading) meeting(i int, s span, n int) (Talk, bool) {
	j, not := i-1, false
	for j >= s.from && (aux[r.low(j, s)] || adverb(r.low(j, s)) || nots[r.low(j, s)] || metWords[r.low(j, s)] || r.low(j, s) == "or") {
		not = not || nots[r.low(j, s)]
		j--
	}
	with := false
	for k := i + 1; k < s.to && k < i+4; k++ {
		with = with || r.low(k, s) == "with" && r.tokens[min(k+1, s.to-1)].capital
	}
	if j < s.from || !not && !(with && (r.tokens[i].low == "met")) {
		return Talk{}, false
	}
	t := Talk{What: "meeting", Claims: []int{i}}
	if not {
		t.What = "no-meeting"
	}
	if r.low(j, s) == "they" {
		t.Between = r.lastPair(n)
	} else {
		t.Between = r.peopleIn(span{s.from, min(s.to, i+12)})
	}
	if len(t.Between) < 2 {
		return t, false
	}
	t.When, _ = r.calendar.within(i, s.to)
	if t.When.IsZero() && r.calendar.dated() {
		t.When = When{On: r.calendar.today, From: "the day of the dispatch"}
	}
	return t, true
}

// lastPair is the last two or more who were said to speak together before a
// sentence.
func (r *reading) lastPair(n int) []string {
	k := sort.Search(len(r.claims), func(i int) bool { return r.claims[i].sentence >= n })
	for k--; k >= 0 && r.claims[k].sentence >= n-maxReach; k-- {
		c := &r.claims[k]
		if len(c.speakers) < 2 {
			continue
		}
		var out []string
		for _, who := range c.speakers {
			out = append(out, r.dir.people[who].ID)
		}
		return out
	}
	return nil
}

// merge puts what is said of one thing together: an offer that is spoken of
// without its terms is the one whose terms are told; channels of one state are
// one.
func (r *reading) merge(all []Talk, t Talk) []Talk {
	if len(all) >= maxTalks {
		return all
	}
	for i := range all {
		b := &all[i]
		if b.What != t.What || t.What != "offer" && t.What != "channel" {
			continue
		}
		if t.What == "channel" && b.State != t.State && b.State != "" && t.State != "" {
			continue
		}
		if t.What == "offer" && (len(b.Terms) > 0 && len(t.Terms) > 0 || b.By != "" && t.By != "" && b.By != t.By) {
			continue
		}
		claims := append(b.Claims, t.Claims...)
		if len(t.Terms) > 0 || b.State == "" && t.State != "" {
			sentence := b.Sentence
			*b = t
			if len(t.Terms) == 0 {
				b.Sentence = sentence
			}
		}
		b.Claims = claims
		return all
	}
	return append(all, t)
}

// rest tells on which claims a talk rests: those whose content holds the tokens
// that speak of it.
func (r *reading) rest(t *Talk, claims []Claim) {
	under := func(at []int) []int {
		out := []int{}
		for _, i := range at {
			from, to := around(claims, r.sentenceOf(i))
			for n := from; n < to; n++ {
				c := &claims[n]
				if !c.Nested && c.Span[0] <= r.tokens[i].start && r.tokens[i].end <= c.Span[1] && !slices.Contains(out, n) {
					out = append(out, n)
				}
			}
		}
		return out
	}
	t.Claims, t.Terms = under(t.Claims), under(t.Terms)
}

// maxTalks bounds what one dispatch says of the talks.
const maxTalks = 2_000

// maxReach is how many sentences away from its cue the content of a claim is
// looked for.
const maxReach = 40

// around is the range of claims within reach of a sentence; claims stand in the
// order of their sentences.
func around(claims []Claim, sentence int) (from, to int) {
	from = sort.Search(len(claims), func(i int) bool { return claims[i].Sentence >= sentence-maxReach })
	to = sort.Search(len(claims), func(i int) bool { return claims[i].Sentence > sentence+maxReach })
	return from, to
}

// sentenceOf is the sentence that a token stands in.
func (r *reading) sentenceOf(token int) int {
	return sort.Search(len(r.sentences), func(i int) bool { return r.sentences[i].to > token })
}

// claimAt is the outermost claim in whose content a byte stands; -1 for none.
func claimAt(claims []Claim, sentence, at int) int {
	best := -1
	from, to := around(claims, sentence)
	for n := from; n < to; n++ {
		c := &claims[n]
		if c.Span[0] <= at && at < c.Span[1] && (best < 0 || c.Span[1]-c.Span[0] > claims[best].Span[1]-claims[best].Span[0]) {
			best = n
		}
	}
	return best
}
