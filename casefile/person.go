package casefile

import "parley"

// candidate is somebody who may fill a blank, to be judged once everybody is
// known.
type candidate struct {
	at *value
	id parley.PersonID
}

// personReader is a person on its way, and the list of its candidates.
type personReader struct {
	parley.Person
	candidates *value
}

var personFields = []field[personReader]{
	{"name", func(p *personReader, v *value) { p.Name = v.word() }},
	{"also", func(p *personReader, v *value) { p.Also = listOf(v, (*value).word) }},
	{"held_by", func(p *personReader, v *value) { p.HeldBy = v.party() }},
	{"custody", (*personReader).readCustody},
	{"sought_by", func(p *personReader, v *value) { p.SoughtBy = listOf(v, (*value).party) }},
	{"tags", func(p *personReader, v *value) { p.Tags = listOf(v, (*value).word) }},
	{"owed", func(p *personReader, v *value) { p.Owed = v.truth() }},
	{"born", func(p *personReader, v *value) { p.Born = v.date() }},
	{"legal", func(p *personReader, v *value) { p.Legal = readLegal(v) }},
	{"blank", func(p *personReader, v *value) { p.Blank = v.truth() }},
	{"candidates", func(p *personReader, v *value) { p.candidates, p.Candidates = v, listOf(v, (*value).person) }},
	{"sources", func(p *personReader, v *value) { p.Sources = listOf(v, (*value).source) }},
	{"note", func(p *personReader, v *value) { p.Note = v.text() }},
}

var groupFields = []field[parley.Group]{
	{"name", func(g *parley.Group, v *value) { g.Name = v.word() }},
	{"count!", func(g *parley.Group, v *value) { g.Count = int(v.whole(1, parley.MaxHeads)) }},
	{"held_by", func(g *parley.Group, v *value) { g.HeldBy = v.party() }},
	{"sought_by", func(g *parley.Group, v *value) { g.SoughtBy = listOf(v, (*value).party) }},
	{"tags", func(g *parley.Group, v *value) { g.Tags = listOf(v, (*value).word) }},
	{"owed", func(g *parley.Group, v *value) { g.Owed = v.truth() }},
	{"sources", func(g *parley.Group, v *value) { g.Sources = listOf(v, (*value).source) }},
	{"note", func(g *parley.Group, v *value) { g.Note = v.text() }},
}

var legalFields = []field[parley.LegalEvent]{
	{"on", func(e *parley.LegalEvent, v *value) { e.On = v.date() }},
	{"event!", func(e *parley.LegalEvent, v *value) { e.Event = v.oneOf("a legal event", parley.LegalEvents()) }},
	{"place", func(e *parley.LegalEvent, v *value) { e.Place = v.line() }},
	{"term", func(e *parley.LegalEvent, v *value) { e.Term = v.line() }},
	{"charge", func(e *parley.LegalEvent, v *value) { e.Charge = v.line() }},
	{"by", func(e *parley.LegalEvent, v *value) { e.By = v.line() }},
	{"note", func(e *parley.LegalEvent, v *value) { e.Note = v.text() }},
	{"sources", func(e *parley.LegalEvent, v *value) { e.Sources = listOf(v, (*value).source) }},
}

func (c *caseReader) readPersons(v *value) {
	v.entries(func(key, entry *value) {
		p := personReader{Person: parley.Person{ID: parley.PersonID(key.id())}}
		readFields(entry, &p, personFields)
		p.fillCustody()
		c.noteBlank(&p)
		c.Persons = append(c.Persons, p.Person)
	})
}

func (c *caseReader) readGroups(v *value) {
	v.entries(func(key, entry *value) {
		g := parley.Group{ID: parley.PersonID(key.id())}
		readFields(entry, &g, groupFields)
		if _, ok := c.blanks[g.ID]; ok && g.ID != "" {
			key.wrong("a person has this id too", "persons and groups share one set of ids")
		}
		c.heads += g.Count
		c.Groups = append(c.Groups, g)
	})
}

func (p *personReader) readCustody(v *value) {
	p.Custody = parley.Custody(v.oneOf("a custody", []string{string(parley.Held), string(parley.AtLarge), string(parley.Unknown)}))
	if p.Custody == parley.AtLarge && p.HeldBy != "" {
		v.wrong("at large and held by a party at once")
	}
}

// fillCustody gives the custody that the file leaves out.
func (p *personReader) fillCustody() {
	if p.Custody != "" {
		return
	}
	p.Custody = parley.Unknown
	if p.HeldBy != "" {
		p.Custody = parley.Held
	}
}

// noteBlank keeps what checkCandidates needs.
func (c *caseReader) noteBlank(p *personReader) {
	c.blanks[p.ID] = p.Blank
	if p.candidates == nil || p.candidates.n.kind != listKind {
		return
	}
	if !p.Blank {
		p.candidates.wrong("candidates of somebody who is no blank", "add blank: true, or leave them out")
	}
	for i, n := range p.candidates.n.kids {
		c.candidates = append(c.candidates, candidate{p.candidates.item(i), parley.PersonID(n.text)})
	}
}

// checkCandidates judges who may fill a blank: persons, and no other blanks.
func (c *caseReader) checkCandidates(r *reader) {
	for _, k := range c.candidates {
		if r.known.persons[string(k.id)].group {
			k.at.wrong("a group can't fill a blank")
		} else if c.blanks[k.id] {
			k.at.wrong("a blank can't fill a blank")
		}
	}
}

func readLegal(v *value) (events []parley.LegalEvent) {
	v.list(func(item *value) {
		var e parley.LegalEvent
		readFields(item, &e, legalFields)
		events = append(events, e)
	})
	return events
}
