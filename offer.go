package parley

import "slices"

// Offer is an exchange put forward. Release holds the essential entries and may
// name blanks; an entry named in Optional may drop out without undoing the
// rest; one named in IfConfirmed waits for that party's own yes.
type Offer struct {
	_           struct{} `cbor:",toarray"`
	Case        string
	From        PartyID
	Release     []PersonID
	Optional    []PersonID
	IfConfirmed []Confirmation
	To          []Destination
	When        []Phase
	Terms       []Term
	Until       Date   // shown, and stops one's own desk; no clock enforces it
	Answers     string // the offer that this one counters: the id of its entry, or its beginning; "" for none
	Text        string
}

// Confirmation says whose own yes an entry waits for.
type Confirmation struct {
	_      struct{} `cbor:",toarray"`
	Person PersonID
	Party  PartyID
}

// Destination says where a person goes, if not to the party that seeks them.
type Destination struct {
	_      struct{} `cbor:",toarray"`
	Person PersonID
	Party  string
}

// Phase says when an entry is released: a phase, a day ("day 30") or a date.
type Phase struct {
	_      struct{} `cbor:",toarray"`
	Person PersonID
	When   string
}

// Term is part of an offer that is not a person: a visit, remains, money, words.
type Term struct {
	_    struct{} `cbor:",toarray"`
	Text string
	By   PartyID // who does it; "" where nobody is named
}

// Entries lists all that the offer may release, each once, ids ascending.
func (o *Offer) Entries() Exchange {
	ids := slices.Concat(o.Release, o.Optional)
	for _, c := range o.IfConfirmed {
		ids = append(ids, c.Person)
	}
	return NewExchange(ids...)
}

// Essential lists the entries that may not drop out, ids ascending.
func (o *Offer) Essential() Exchange {
	optional := NewExchange(o.Optional...)
	return slices.DeleteFunc(o.Entries(), optional.Has)
}
