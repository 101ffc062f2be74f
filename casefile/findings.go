package casefile

import (
	"fmt"
	"strings"

	"parley"
)

// Finding is something in a valid case that its readers should look at twice.
type Finding struct{ Field, Text string }

// Findings tells what is allowed in a case and yet may mislead: characters
// that turn the direction of a text around, so that it is not read as it is
// written, and rules about a tag that nobody bears.
func Findings(c *parley.Case) []Finding {
	f := &finder{}
	f.text("title", c.Title)
	for _, p := range c.Parties {
		at := "parties." + string(p.ID)
		f.text(at, p.Name, p.Principal.Name, p.Principal.Office)
	}
	for _, p := range c.Persons {
		at := "persons." + string(p.ID)
		f.text(at, p.Name, p.Note)
		f.text(at, p.Also...)
		f.text(at, p.Tags...)
		for _, e := range p.Legal {
			f.text(at, e.Place, e.Term, e.Charge, e.By, e.Note)
		}
	}
	for _, g := range c.Groups {
		at := "groups." + string(g.ID)
		f.text(at, g.Name, g.Note)
		f.text(at, g.Tags...)
	}
	for _, s := range c.Sources {
		f.text("sources."+string(s.ID), s.Title, s.URL, s.Note)
	}
	f.rules(c)
	return f.found
}

type finder struct{ found []Finding }

func (f *finder) text(at string, texts ...string) {
	for _, s := range texts {
		if i := strings.IndexFunc(s, turns); i >= 0 {
			r := []rune(s[i:])[0]
			f.found = append(f.found, Finding{at, fmt.Sprintf("holds U+%04X, which turns the direction of the text: it may not be read as it is written", r)})
		}
	}
}

// turns tells the characters that embed or override a direction. The plain
// marks, U+200E and U+200F, only nudge it.
func turns(r rune) bool { return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 }

func (f *finder) rules(c *parley.Case) {
	borne := map[string]bool{"": true}
	for _, h := range c.Holdings() {
		for _, t := range h.Tags {
			borne[t] = true
		}
	}
	for i, r := range c.Rules {
		for _, s := range selectors(r) {
			if !borne[s.Tag] {
				f.found = append(f.found, Finding{fmt.Sprintf("rules[%d]", i), fmt.Sprintf("nobody bears the tag %q", s.Tag)})
			}
		}
	}
}

func selectors(r parley.Rule) []parley.Selector {
	switch r := r.(type) {
	case parley.Count:
		return []parley.Selector{r.Of}
	case parley.Equal:
		return []parley.Selector{r.A, r.B}
	case parley.Ratio:
		return []parley.Selector{r.A, r.B}
	}
	return nil
}
