package casefile

import "parley"

// ParseOffer reads offer/1. Where the case is given, everybody and every party
// that the offer names must be in it.
func ParseOffer(name string, data []byte, c *parley.Case) (*parley.Offer, error) {
	r, root, err := begin(name, data, parley.MaxCaseBytes, "offer/1")
	if err != nil {
		return nil, err
	}
	r.known = knownOf(c)
	o := &offerReader{of: c}
	v := r.root(root)
	readFields(v, o, offerFields)
	o.check(v)
	if err := r.done(); err != nil {
		return nil, err
	}
	out := o.Offer // without the file's nodes, to which the reader holds on
	return &out, nil
}

// ReadOffer reads offer/1 from a file.
func ReadOffer(path string, c *parley.Case) (*parley.Offer, error) {
	data, err := ReadFile(path, parley.MaxCaseBytes)
	if err != nil {
		return nil, err
	}
	return ParseOffer(path, data, c)
}

// offerReader is an offer on its way.
type offerReader struct {
	parley.Offer
	of      *parley.Case
	details []*value // keys of to and when: persons who must be in the offer
}

var offerFields = []field[offerReader]{
	{"parley", func(*offerReader, *value) {}},
	{"case!", (*offerReader).readCase},
	{"from!", func(o *offerReader, v *value) { o.From = v.party() }},
	{"release", func(o *offerReader, v *value) { o.Release = listOf(v, (*value).entrant) }},
	{"optional", func(o *offerReader, v *value) { o.Optional = listOf(v, (*value).entrant) }},
	{"if_confirmed", (*offerReader).readConfirmations},
	{"to", (*offerReader).readDestinations},
	{"when", (*offerReader).readPhases},
	{"terms", func(o *offerReader, v *value) { o.Terms = readTerms(v) }},
	{"until", func(o *offerReader, v *value) { o.Until = v.date() }},
	{"answers", func(o *offerReader, v *value) { o.Answers = v.lineOrNull() }},
	{"text", func(o *offerReader, v *value) { o.Text = v.text() }},
}

var termFields = []field[parley.Term]{
	{"text!", func(t *parley.Term, v *value) { t.Text = v.text() }},
	{"by", func(t *parley.Term, v *value) { t.By = v.party() }},
}

func (o *offerReader) readCase(v *value) {
	o.Case = v.id()
	if o.of != nil && o.Case != "" && o.Case != o.of.ID {
		v.wrong("an offer on another case", "this case is "+o.of.ID)
	}
}

// entrant reads somebody whom an offer may release.
func (v *value) entrant() parley.PersonID {
	id := v.person()
	if k := v.r.known; k != nil && k.persons[string(id)].owed {
		v.wrong(v.said(string(id))+" is owed release by law", "owed: stands outside the trade")
	}
	return id
}

func (o *offerReader) readConfirmations(v *value) {
	v.entries(func(key, entry *value) {
		o.IfConfirmed = append(o.IfConfirmed, parley.Confirmation{Person: key.entrant(), Party: entry.party()})
	})
}

func (o *offerReader) readDestinations(v *value) {
	v.entries(func(key, entry *value) {
		o.To = append(o.To, parley.Destination{Person: o.entry(key), Party: entry.word()})
	})
}

func (o *offerReader) readPhases(v *value) {
	v.entries(func(key, entry *value) {
		o.When = append(o.When, parley.Phase{Person: o.entry(key), When: entry.word()})
	})
}

// entry reads somebody who must be in the offer, which only its end can tell.
func (o *offerReader) entry(key *value) parley.PersonID {
	id := key.person()
	if id != "" {
		o.details = append(o.details, key)
	}
	return id
}

// readTerms reads terms, each a map or, where nobody is named to do it, a text.
func readTerms(v *value) (terms []parley.Term) {
	v.list(func(item *value) {
		var t parley.Term
		before := item.r.found
		if item.n.kind == textKind {
			t.Text = item.text()
		} else {
			readFields(item, &t, termFields)
		}
		if t.Text == "" && item.r.found == before {
			item.wrong("a term without text")
		}
		terms = append(terms, t)
	})
	return terms
}

func (v *value) lineOrNull() string {
	if v.n.kind == nullKind {
		return ""
	}
	return v.line()
}

// check judges what only the whole offer can show.
func (o *offerReader) check(v *value) {
	entries := o.Entries()
	if len(entries) == 0 && v.r.found == 0 {
		v.wrong("an offer that releases nobody")
	}
	for _, key := range o.details {
		if !entries.Has(parley.PersonID(key.key)) {
			key.wrong("not among those whom the offer releases")
		}
	}
}
