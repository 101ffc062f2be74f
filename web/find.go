package web

import (
	"strings"

	"parley"
	"parley/names"
)

// find lists the people of the case who go by a name, in any spelling and script:
// those whose name or id has just those letters first, then those who are near,
// the nearest first. Everybody where nothing is looked for.
func (r *reading) find(query string) []parley.Holding {
	query = strings.ToLower(strings.TrimSpace(query))
	if query == "" {
		return r.holdings
	}
	var out []parley.Holding
	at, taken := map[string]int{}, map[string]bool{}
	for i, h := range r.holdings {
		id := string(h.ID)
		at[id] = i
		if strings.Contains(strings.ToLower(h.Name), query) || strings.Contains(id, query) {
			out = append(out, h)
			taken[id] = true
		}
	}
	if r.Case == nil {
		return nil
	}
	if r.index == nil {
		r.index = names.New().Index(r.called())
	}
	for _, f := range r.index.Find(query) {
		if i, ok := at[f.Person.ID]; ok && !taken[f.Person.ID] {
			out = append(out, r.holdings[i])
		}
	}
	return out
}

// called are all in the case with what they are called.
func (r *reading) called() []*names.Person {
	also := map[parley.PersonID][]string{}
	for _, p := range r.Case.Persons {
		also[p.ID] = p.Also
	}
	out := make([]*names.Person, len(r.holdings))
	for i, h := range r.holdings {
		out[i] = &names.Person{ID: string(h.ID), Name: h.Name}
		for _, s := range also[h.ID] {
			out[i].Spellings = append(out[i].Spellings, names.Spelling{Text: s, Kind: names.OtherSpelling})
		}
	}
	return out
}

func first[T any](n int, of []T) []T { return of[:min(n, len(of))] }
