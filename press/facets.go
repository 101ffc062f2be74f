package press

import "strings"

// sideOf is the party that a claim's source speaks for.
func (r *reading) sideOf(k *claim) string {
	for _, n := range k.speakers {
		if s := r.dir.people[n].Side; s != "" {
			return s
		}
	}
	if s := r.side(k.source); s != "" {
		return s
	}
	for _, n := range k.speakers {
		if s := r.sideOfPerson(n); s != "" {
			return s
		}
	}
	return ""
}

// sideIn is the party that a range speaks of: by its words, else by whom it
// names.
func (r *reading) sideIn(s span) string {
	if side := r.side(s); side != "" {
		return side
	}
	for _, m := range r.mentionsIn(s) {
		if side := r.dir.people[m.who].Side; side != "" {
			return side
		}
	}
	return ""
}

// sideOfPerson looks for a state in what stands before a person's full name,
// where the dispatch first names the person.
func (r *reading) sideOfPerson(who int) string {
	if r.firstNamed == nil {
		r.firstNamed = map[int]int{}
		for i := range r.mentions {
			if _, ok := r.firstNamed[r.mentions[i].who]; !ok {
				r.firstNamed[r.mentions[i].who] = i
			}
		}
	}
	if i, ok := r.firstNamed[who]; ok {
		m := &r.mentions[i]
		from := m.from
		for from > 0 && from > m.from-6 && r.tokens[from-1].kind == aWord && r.paraOf[from-1] == r.paraOf[m.from] && (r.tokens[from-1].capital || titles[r.tokens[from-1].low] || r.tokens[from-1].low == "of") {
			from--
		}
		s := r.side(span{from, m.from})
		r.dir.people[who].Side = s
		return s
	}
	return ""
}

var settingLead = set(`in at on during to`)

var closed = set(`privately confidentially confidential secretly behind-the-scenes`)

// settingOf finds the occasion of a claim around its cue, and whether it was
// told behind closed doors.
func (r *reading) settingOf(k *claim) (setting string, private bool) {
	if k.cue.empty() {
		return "", false
	}
	s := r.sentences[k.sentence]
	from, to := max(s.from, k.cue.from-8), min(s.to, k.cue.to+9)
	for i := from; i < to; i++ {
		w := r.tokens[i].low
		if closed[w] && r.tokens[i].quote < 0 || w == "closed" && i+1 < to && r.tokens[i+1].low == "doors" {
			private = true
		}
		if !settings[w] || i == from || setting != "" || r.tokens[i].quote >= 0 && k.within < 0 {
			continue
		}
		begin := i
		for begin > from && begin > i-5 && r.tokens[begin-1].kind == aWord && !prepositions[r.tokens[begin-1].low] && begin != k.cue.to {
			begin--
		}
		if articles[r.tokens[begin].low] && (begin == k.cue.to || settingLead[r.tokens[begin-1].low]) {
			end := i + 1
			for end < to && settings[r.tokens[end].low] {
				end++
			}
			setting = r.textOf(span{begin, end})
		}
	}
	return setting, private
}

// whenOf finds when a claim was made: a date right behind its cue or its
// source, as of a day.
func (r *reading) whenOf(k *claim) When {
	if k.cue.empty() {
		return When{}
	}
	s := r.sentences[k.sentence]
	behind := max(k.cue.to, k.source.to)
	for _, at := range []int{k.cue.to, behind, k.source.to} {
		for i := at; i < at+3 && i < s.to; i++ {
			if w, n := r.calendar.at(i, s.to); n > 0 && !w.On.IsZero() {
				return w
			}
			if t := r.tokens[i].low; t != "on" && t != "in" && t != "late" && t != "early" {
				break
			}
		}
	}
	return When{}
}

var (
	offerWords     = set(`offer offers offered proposed proposal proposals swap swapping swapped exchanging trading terms`)
	intentionWords = set(`will would plan plans intend intends ready prepared determined going 'll committed willing readiness inclined won't`)
	beliefWords    = set(`may might could perhaps maybe probably likely unlikely apparently believe believes think thinks see sees`)
	actWords       = set(`requested demanded proposed offered asked sent received met signed agreed refused rejected arrested released ordered convicted sentenced put transferred handed`)
)

// aboutOf proposes what a claim is about, by its words: what is said of a mind
// is a belief, of an offer an offer.
func (r *reading) aboutOf(k *claim) About {
	if k.verb.mind || r.anyIn(k.source, set(`thinking`)) {
		switch k.verb.lemma {
		case "intend", "plan", "want", "seek":
			return AnIntention
		case "show", "find", "learn", "see":
			return AFact
		}
		return ABelief
	}
	switch k.verb.lemma {
	case "propose", "offer":
		return AnOffer
	case "demand", "request", "urge", "ask", "refuse", "decline", "reject":
		return AnAct
	case "promise", "pledge", "vow", "threaten":
		return AnIntention
	}
	switch s := k.content; {
	case r.anyIn(s, offerWords) && !r.anyIn(s, set(`election market`)):
		return AnOffer
	case r.anyIn(s, intentionWords):
		return AnIntention
	case r.anyIn(s, beliefWords):
		return ABelief
	case r.anyIn(s, actWords):
		return AnAct
	}
	return AFact
}

// Summary is a claim in one line, without the words of the dispatch beyond
// those of the claim.
func (c *Claim) Summary() string {
	who := c.Speaker
	if who == "" {
		who = "nobody is named"
	}
	return strings.Join(strings.Fields(who+": "+c.Content), " ")
}
