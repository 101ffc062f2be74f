package casefile

import (
	"fmt"

	"parley"
)

// ParseCase reads case/1. Every problem of the file comes at once, as a
// *Problems that names the file by the given name.
func ParseCase(name string, data []byte) (*parley.Case, error) {
	r, root, err := begin(name, data, parley.MaxCaseBytes, "case/1")
	if err != nil {
		return nil, err
	}
	r.known = knownIn(root)
	c := &caseReader{blanks: map[parley.PersonID]bool{}}
	readFields(r.root(root), c, caseFields)
	c.check(r, root)
	if err := r.done(); err != nil {
		return nil, err
	}
	out := c.Case // without the file's nodes, to which the reader holds on
	return &out, nil
}

// ReadCase reads case/1 from a file and also gives the bytes that it read,
// because a case is named by their digest.
func ReadCase(path string) (*parley.Case, []byte, error) {
	data, err := ReadFile(path, parley.MaxCaseBytes)
	if err != nil {
		return nil, nil, err
	}
	c, err := ParseCase(path, data)
	return c, data, err
}

// caseReader is a case on its way, with what can be judged only at the end.
type caseReader struct {
	parley.Case
	heads      int                      // in groups
	blanks     map[parley.PersonID]bool // of every person: whether it is one
	candidates []candidate
}

var caseFields = []field[caseReader]{
	{"parley", func(*caseReader, *value) {}},
	{"id!", func(c *caseReader, v *value) { c.ID = v.id() }},
	{"title", func(c *caseReader, v *value) { c.Title = v.line() }},
	{"as_of", func(c *caseReader, v *value) { c.AsOf = v.date() }},
	{"parties!", func(c *caseReader, v *value) { c.Parties = readParties(v) }},
	{"persons", (*caseReader).readPersons},
	{"groups", (*caseReader).readGroups},
	{"rules", func(c *caseReader, v *value) { c.Rules = readRules(v, agreed).rules }},
	{"scale", func(c *caseReader, v *value) { c.Scale = readScale(v) }},
	{"sources", func(c *caseReader, v *value) { c.Sources = readSources(v) }},
}

var partyFields = []field[parley.Party]{
	{"name", func(p *parley.Party, v *value) { p.Name = v.word() }},
	{"principal", func(p *parley.Party, v *value) { readFields(v, &p.Principal, principalFields) }},
}

var principalFields = []field[parley.Principal]{
	{"name", func(p *parley.Principal, v *value) { p.Name = v.word() }},
	{"office", func(p *parley.Principal, v *value) { p.Office = v.line() }},
}

var sourceFields = []field[parley.Source]{
	{"title", func(s *parley.Source, v *value) { s.Title = v.line() }},
	{"on", func(s *parley.Source, v *value) { s.On = v.date() }},
	{"url", func(s *parley.Source, v *value) { s.URL = v.line() }},
	{"note", func(s *parley.Source, v *value) { s.Note = v.text() }},
}

func readParties(v *value) (parties []parley.Party) {
	v.entries(func(key, entry *value) {
		p := parley.Party{ID: parley.PartyID(key.id())}
		readFields(entry, &p, partyFields)
		parties = append(parties, p)
	})
	if v.n.kind == mapKind && len(v.n.kids) == 0 {
		v.wrong("a case without parties")
	}
	return parties
}

func readSources(v *value) (sources []parley.Source) {
	v.entries(func(key, entry *value) {
		s := parley.Source{ID: parley.SourceID(key.id())}
		readFields(entry, &s, sourceFields)
		sources = append(sources, s)
	})
	return sources
}

func readScale(v *value) (scale []parley.Equivalent) {
	v.entries(func(key, entry *value) {
		scale = append(scale, parley.Equivalent{Tag: key.word(), Units: entry.whole(0, parley.MaxPoints)})
	})
	return scale
}

// check judges what only the whole case can show.
func (c *caseReader) check(r *reader, root *node) {
	c.checkCandidates(r)
	if n := len(c.Persons) + len(c.Groups); n > parley.MaxPersons {
		r.add(root, "", fmt.Sprintf("%d persons and groups", n), fmt.Sprintf("a case holds at most %d: count unnamed people as groups, or make several cases", parley.MaxPersons))
	}
	if c.heads += len(c.Persons); c.heads > parley.MaxHeads {
		r.add(root, "", fmt.Sprintf("%d people, groups counted out", c.heads), fmt.Sprintf("a case holds at most %d: make several cases", parley.MaxHeads))
	}
}
