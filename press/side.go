package press

import (
	"strings"

	"parley"
)

// countries name states by their words: the name, who belongs to it, and the
// capital or the house that speaks for it. Common knowledge.
var countries = []string{
	"united-states us u.s usa u.s.a american americans washington pentagon white-house state-department",
	"russian-federation russia russian russians moscow kremlin",
	"ukraine ukrainian ukrainians kyiv kiev",
	"germany german germans berlin", "france french paris", "united-kingdom britain british uk u.k london", "poland polish warsaw",
	"israel israeli israelis jerusalem", "palestine palestinian palestinians hamas gaza", "lebanon lebanese beirut hezbollah",
	"iran iranian iranians tehran", "iraq iraqi baghdad", "syria syrian damascus", "yemen yemeni sanaa houthi houthis", "saudi-arabia saudi saudis riyadh",
	"qatar qatari doha", "united-arab-emirates emirati uae abu-dhabi", "egypt egyptian cairo", "turkey turkish ankara türkiye", "jordan jordanian amman",
	"china chinese beijing", "north-korea pyongyang", "south-korea seoul", "japan japanese tokyo", "venezuela venezuelan caracas", "cuba cuban havana",
	"belarus belarusian minsk", "armenia armenian yerevan", "azerbaijan azerbaijani baku", "georgia georgian tbilisi", "switzerland swiss bern",
	"norway norwegian oslo", "slovenia slovenian ljubljana", "afghanistan afghan kabul taliban", "pakistan pakistani islamabad", "india indian",
}

// sideWords finds a state by a word, as the first name of its line.
var sideWords = func() map[string]string {
	m := map[string]string{}
	for _, line := range countries {
		words := strings.Fields(line)
		for _, w := range words {
			m[w] = words[0]
		}
	}
	return m
}()

// sides finds a party of a case by the words of its state.
type sides map[string]parley.PartyID

func sidesOf(c *parley.Case) sides {
	s := sides{}
	if c == nil {
		return s
	}
	for _, p := range c.Parties {
		s[slug(p.Name)] = p.ID
		for _, w := range strings.Fields(strings.ToLower(p.Name)) {
			if state := sideWords[w]; state != "" {
				s[state] = p.ID
			} else if len(w) >= minStem && !commonInStates[w] {
				s[w] = p.ID
			}
		}
		if state := sideWords[slug(p.Name)]; state != "" {
			s[state] = p.ID
		}
	}
	return s
}

// commonInStates are words of the names of states that name none.
var commonInStates = set(`united states state republic federation kingdom democratic people's islamic arab emirates union south north east west government movement front army`)

// minStem is how many letters of the name of a party a word must begin with.
const minStem = 4

// party is the party that a word belongs to: by the list of states, or because
// it is a word of the party's name, with an ending or without: Norland,
// Norlanders.
func (s sides) party(w string) parley.PartyID {
	if state := sideWords[w]; state != "" {
		return s[state]
	}
	if p := s[w]; p != "" {
		return p
	}
	for cut := 1; cut <= 4 && len(w)-cut >= minStem; cut++ {
		stem := w[:len(w)-cut]
		for _, end := range []string{"", "a", "e", "y", "ia"} {
			if p := s[stem+end]; p != "" && sideWords[stem+end] == "" {
				return p
			}
		}
	}
	return ""
}

// names tells whether a word is a party's name as it stands, and no noun made
// of it.
func (s sides) names(w string) bool { return s[w] != "" }

// ofState tells whether a word names a state or belongs to a party.
func (r *reading) ofState(i int) bool {
	w := r.tokens[i].low
	return sideWords[w] != "" || r.tokens[i].capital && r.sides.party(w) != ""
}

// holdersOf tells who holds whom in a case.
func holdersOf(c *parley.Case) map[string]string {
	out := map[string]string{}
	if c != nil {
		for _, h := range c.Holdings() {
			out[string(h.ID)] = string(h.HeldBy)
		}
	}
	return out
}

// side is the party that a phrase speaks for, by its first word that names a
// state; without a case the state's own name.
func (r *reading) side(s span) string {
	for i := s.from; i < s.to; i++ {
		w := r.tokens[i].low
		if i+1 < s.to {
			if two := sideWords[w+"-"+r.tokens[i+1].low]; two != "" {
				w = w + "-" + r.tokens[i+1].low
			}
		}
		w = strings.TrimSuffix(w, ".")
		if w == "us" && !r.shoutedTwo(i) || !r.tokens[i].capital {
			continue
		}
		if p := r.sides.party(w); p != "" {
			return string(p)
		}
		if state := sideWords[w]; state != "" && len(r.sides) == 0 {
			return state
		}
	}
	return ""
}

// shoutedTwo tells "US" from "us".
func (r *reading) shoutedTwo(i int) bool {
	return r.tokens[i].capital && r.textOf(span{i, i + 1}) == "US"
}
