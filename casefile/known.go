package casefile

import (
	"maps"
	"slices"
	"strings"

	"parley"
)

// holding is what the readers need to know of somebody who can be released.
type holding struct{ group, owed bool }

// known is what a reference may lead to.
type known struct {
	parties []string // in file order
	persons map[string]holding
	sources map[string]bool
}

// knownOf is what a brief or an offer on the case may refer to.
func knownOf(c *parley.Case) *known {
	if c == nil {
		return nil
	}
	k := &known{persons: make(map[string]holding, len(c.Persons)+len(c.Groups)), sources: map[string]bool{}}
	for _, p := range c.Parties {
		k.parties = append(k.parties, string(p.ID))
	}
	for _, p := range c.Persons {
		k.persons[string(p.ID)] = holding{owed: p.Owed}
	}
	for _, g := range c.Groups {
		k.persons[string(g.ID)] = holding{group: true, owed: g.Owed}
	}
	return k
}

// knownIn is what a case refers to within itself: its ids are gathered before
// anything is read, because a case may name them in any order.
func knownIn(root *node) *known {
	k := &known{parties: idsUnder(root, "parties"), persons: map[string]holding{}, sources: map[string]bool{}}
	for _, id := range idsUnder(root, "groups") {
		k.persons[id] = holding{group: true}
	}
	for _, id := range idsUnder(root, "persons") {
		k.persons[id] = holding{}
	}
	for _, id := range idsUnder(root, "sources") {
		k.sources[id] = true
	}
	return k
}

func idsUnder(root *node, name string) (ids []string) {
	under := root.get(name)
	if under == nil || under.kind != mapKind {
		return nil
	}
	for i := 0; i+1 < len(under.kids); i += 2 {
		ids = append(ids, under.kids[i].text)
	}
	return ids
}

// id reads an id without asking whether it leads anywhere.
func (v *value) id() string {
	if !v.is(textKind, "an id") {
		return ""
	}
	if err := parley.CheckID(v.n.text); err != nil {
		v.wrong(err.Error())
		return ""
	}
	return v.n.text
}

// party reads a reference to a party of the case.
func (v *value) party() parley.PartyID {
	id := v.id()
	k := v.r.known
	if id == "" || k == nil {
		return parley.PartyID(id)
	}
	if slices.Contains(k.parties, id) {
		return parley.PartyID(id)
	}
	some := k.parties[:min(len(k.parties), 12)]
	v.nobody("party", id, "the parties are "+strings.Join(some, ", "))
	return ""
}

// person reads a reference to a person or a group of the case.
func (v *value) person() parley.PersonID {
	id := v.id()
	if id == "" || v.r.known == nil {
		return parley.PersonID(id)
	}
	if _, ok := v.r.known.persons[id]; !ok {
		v.nobody("person or group", id, v.near(id, maps.Keys(v.r.known.persons)))
		return ""
	}
	return parley.PersonID(id)
}

// source reads a reference to a source of the case.
func (v *value) source() parley.SourceID {
	id := v.id()
	if id != "" && v.r.known != nil && !v.r.known.sources[id] {
		v.nobody("source", id, v.near(id, maps.Keys(v.r.known.sources)))
		return ""
	}
	return parley.SourceID(id)
}

func (v *value) nobody(what, id, hint string) {
	if v.r.private {
		v.wrong("no such "+what+" in this case", hint)
		return
	}
	v.wrong("no "+what+" \""+id+"\" in this case", hint)
}

// nameable tells whether a key of a brief may be told. Numbers may not: a
// worth and a name that changed places would be a secret told.
func (r *reader) nameable(key string) bool {
	if r.known != nil {
		if _, ok := r.known.persons[key]; ok {
			return true
		}
	}
	letters := false
	for i := range len(key) {
		c := key[i]
		switch {
		case c >= 'a' && c <= 'z' || c == '_':
			letters = true
		case c != '-' && (c < '0' || c > '9'):
			return false
		}
	}
	return letters && len(key) <= parley.MaxID
}
