package parley

import (
	"cmp"
	"fmt"
	"slices"
)

// Table is what the moves add up to. It is the same for the same set of acts,
// and everything in it grows: an agreement in force stays in force.
type Table struct {
	Acts       []Seen // ancestors first, ties by id
	Versions   []Version
	Offers     []OfferState
	Agreements []Agreement
	Statements []StatementState // words for the public
	Rounds     []RoundState     // of lists
	Plans      []PlanState
	Breaches   []Breach // what somebody will have to explain

	standing map[PartyID]Digest
	last     map[PartyID]Ref
	pen      map[PartyID]MemberID
}

// Seen is an act with what came of it.
type Seen struct {
	Act
	Member *Member // its author's seat in its own roster; nil where that names no such key
	Why    string  // why it has no effect; "" where it has
}

// Effect tells whether the act changes the table.
func (s Seen) Effect() bool { return s.Why == "" }

// Version is a version of the case on the channel.
type Version struct {
	Digest   Digest
	Case     *Case
	File     []byte
	Previous Digest
	By       PartyID
	Adopted  []PartyID // by adopting it, or a decision on it or on one that replaces it; ascending
}

// OfferStatus is what has become of an offer.
type OfferStatus string

// The states of an offer.
const (
	Open      OfferStatus = "open"
	Accepted  OfferStatus = "accepted ad referendum"
	Declined  OfferStatus = "declined"
	Withdrawn OfferStatus = "withdrawn"
	Sealed    OfferStatus = "sealed"
)

// OfferState is an offer and the answers to it.
type OfferState struct {
	Ref     Ref
	Version Digest // of the case
	Offer   *Offer
	Status  OfferStatus
	Answers []Answer
	Concurs []Concurrence
}

// Concurrence is one device's word that it agrees to an exchange.
type Concurrence struct {
	Ref    Ref
	By     PartyID
	Device MemberID
	Digest Digest // of the resolved exchange
}

// Answer is one party's answer to an offer.
type Answer struct {
	Ref      Ref
	By       PartyID
	Accept   *Accept // nil where it declines
	Released bool    // let go by the offeror
	Text     string
}

// AgreementStatus is how far a sealed agreement has come.
type AgreementStatus string

// The states of an agreement.
const (
	AdReferendum AgreementStatus = "ad referendum"
	InForce      AgreementStatus = "in force"
	Refused      AgreementStatus = "refused"
	Lapsed       AgreementStatus = "lapsed"
)

// Agreement is a sealed offer.
type Agreement struct {
	Seal        Ref
	Resolved    Resolved
	Digest      Digest
	Status      AgreementStatus
	Signatories []PartyID // ascending
	Ratified    []PartyID // ascending; by an answer with effect, contested or not
	Refused     []PartyID // likewise
	Certified   bool
	Lapsed      bool
}

// Breach is a proof, or a contradiction, that no honest member makes.
type Breach struct {
	Author MemberID // zero where the acts alone don't say whose it is
	Refs   []Ref    // the entries that show it
	Text   string
}

// table reads the result off the judged acts.
func (f *fold) table() *Table {
	t := &Table{}
	all := f.reader()
	for _, n := range f.nodes {
		t.Acts = append(t.Acts, Seen{n.Act, n.member, n.why})
		if !n.ok() {
			continue
		}
		switch m := n.Move.(type) {
		case *CaseMove:
			if _, there := t.Version(m.Digest); !m.Adopt && !there {
				t.Versions = append(t.Versions, f.versionState(n, m, all))
			}
		case *PlanMove:
			if _, there := t.Plan(m.Digest); !m.Adopt && !there {
				t.Plans = append(t.Plans, f.planState(n, m, all))
			}
		case *OfferMove:
			t.Offers = append(t.Offers, f.offerState(n, m))
		case *PublicStatement:
			if m.Agrees.IsZero() {
				t.Statements = append(t.Statements, f.statementState(n, m))
			}
		case *Seal:
			t.Agreements = append(t.Agreements, f.agreement(n, m, all))
		case *ListMove:
			if m.Round.IsZero() {
				t.Rounds = append(t.Rounds, f.roundState(n, m, all))
			}
		case *FinalList:
			if i := t.round(m.Round); i >= 0 {
				t.Rounds[i].Finals = append(t.Rounds[i].Finals, f.finalState(n, m, all))
			}
		}
	}
	t.Breaches = f.breaches()
	t.standing, t.last, t.pen = map[PartyID]Digest{}, map[PartyID]Ref{}, map[PartyID]MemberID{}
	for _, p := range f.parties() {
		last := f.last(p, all)
		t.standing[p], t.last[p], t.pen[p] = last.version, last.Ref, f.holder(p, last, all)
	}
	return t
}

func (f *fold) versionState(n *node, m *CaseMove, all *node) Version {
	v := Version{Digest: m.Digest, Case: m.Case, File: m.File, Previous: m.Previous, By: n.member.Party}
	for _, p := range f.parties() {
		if f.adopted(p, m.Digest, all) {
			v.Adopted = append(v.Adopted, p)
		}
	}
	return v
}

// reader is the node of somebody who has seen the whole set.
func (f *fold) reader() *node {
	n := &node{seats: f.roster(f.ground.Roster)}
	for i := range f.nodes {
		n.past = n.past.with(i)
	}
	return n
}

// holder is who holds the pen of a delegation after its last decision; zero
// where that member was taken off the roster, or there is none.
func (f *fold) holder(p PartyID, last, all *node) MemberID {
	var to MemberID
	if last.pen != nil {
		to = last.pen.Move.(*Pen).To
	} else {
		i := slices.IndexFunc(all.seats.list, func(m Member) bool { return m.Pen && m.Party == p })
		if i >= 0 {
			to = all.seats.list[i].ID
		}
	}
	if _, cut := all.seats.cuts[to]; cut {
		return MemberID{}
	}
	return to
}

func (f *fold) offerState(n *node, m *OfferMove) OfferState {
	o := OfferState{Ref: n.Ref, Version: m.Case, Offer: &m.Offer, Status: Open}
	for _, a := range f.replies[n.Ref] {
		switch am := a.Move.(type) {
		case *Accept:
			o.Answers = append(o.Answers, Answer{Ref: a.Ref, By: a.member.Party, Accept: am, Released: len(f.releases[a.Ref]) > 0})
		case *Decline:
			o.Answers = append(o.Answers, Answer{Ref: a.Ref, By: a.member.Party, Text: am.Text})
		}
	}
	for _, c := range f.concurs[n.Ref] {
		o.Concurs = append(o.Concurs, Concurrence{c.Ref, c.member.Party, c.Author, c.Move.(*Concur).Digest})
	}
	o.Status = f.statusOf(n.Ref, o.Answers)
	return o
}

func (f *fold) statusOf(offer Ref, answers []Answer) OfferStatus {
	switch {
	case len(f.seals[offer]) > 0:
		return Sealed
	case len(f.withdraws[offer]) > 0:
		return Withdrawn
	case slices.ContainsFunc(answers, func(a Answer) bool { return a.Accept == nil }):
		return Declined
	case slices.ContainsFunc(answers, func(a Answer) bool { return !a.Released }):
		return Accepted
	}
	return Open
}

func (f *fold) agreement(n *node, m *Seal, all *node) Agreement {
	r, _ := f.sealed(n, m)
	a := Agreement{Seal: n.Ref, Resolved: r, Digest: m.Digest, Status: AdReferendum, Signatories: f.signatories(n)}
	for _, x := range f.answers[n.Ref] {
		depositary := x.member.Role == Depositary
		switch {
		case ratifies(x):
			a.Ratified = append(a.Ratified, x.member.Party)
		case certifies(x):
			a.Certified = true
		case depositary:
			a.Lapsed = true
		default:
			a.Refused = append(a.Refused, x.member.Party)
		}
		if ends(x) && a.Status != Refused && !f.contested(x, all) {
			a.Status = map[bool]AgreementStatus{true: Lapsed, false: Refused}[depositary]
		}
	}
	a.Ratified, a.Refused = ascending(a.Ratified), ascending(a.Refused)
	if f.inForce(n) {
		a.Status = InForce
	}
	return a
}

func ascending(ps []PartyID) []PartyID {
	slices.Sort(ps)
	return slices.Compact(ps)
}

// breaches lists what somebody will have to explain.
func (f *fold) breaches() []Breach {
	out := slices.Concat(f.forkBreaches(), f.cutBreaches(), f.forceBreaches())
	slices.SortFunc(out, func(a, b Breach) int {
		return cmp.Or(slices.CompareFunc(a.Refs, b.Refs, compareRef), cmp.Compare(a.Text, b.Text))
	})
	return out
}

// forkBreaches lists one fork for each author who has one.
func (f *fold) forkBreaches() (out []Breach) {
	for author, numbers := range f.forks {
		lowest := slices.Min(numbers)
		var refs []Ref
		for _, n := range f.numbers[place{author, lowest}] {
			refs = append(refs, n.Ref)
		}
		out = append(out, Breach{author, sortedRefs(refs...)[:2], fmt.Sprintf("two entries under number %d", lowest)})
	}
	return out
}

// cutBreaches lists the moves that have effect and lie beyond a cut that
// somebody knows of: signed before its author could know, or by whoever has the
// key now. No rule can tell, and what others built on them stands.
func (f *fold) cutBreaches() (out []Breach) {
	known := &node{seats: (&Roster{}).seats()}
	for _, s := range f.rosters {
		for _, c := range s.cuts {
			known.seats.cut(c)
		}
	}
	for _, n := range f.nodes {
		if n.ok() && n.Move != nil && known.cutsOff(n) {
			out = append(out, Breach{n.Author, []Ref{n.Ref, known.seats.cuts[n.Author].By}, "beyond the cut by which its author was taken off the roster: contested"})
		}
	}
	return out
}

// forceBreaches lists names that stand in two agreements in force: that takes a
// principal who gave two answers, and no rule can choose between them.
func (f *fold) forceBreaches() []Breach {
	var force []*node
	for _, n := range f.nodes {
		if _, ok := n.Move.(*Seal); ok && n.ok() && f.inForce(n) {
			force = append(force, n)
		}
	}
	out := f.listBreaches(force)
	for i, a := range force {
		for _, b := range force[:i] {
			if id, ok := shared(f.released(a), f.released(b)); ok {
				out = append(out, Breach{MemberID{}, sortedRefs(a.Ref, b.Ref), "two agreements in force on " + string(id)})
			}
		}
	}
	return out
}

func sortedRefs(refs ...Ref) []Ref {
	slices.SortFunc(refs, compareRef)
	return refs
}

// Offer finds an offer by its entry.
func (t *Table) Offer(ref Ref) (OfferState, bool) {
	i := slices.IndexFunc(t.Offers, func(o OfferState) bool { return o.Ref == ref })
	if i < 0 {
		return OfferState{}, false
	}
	return t.Offers[i], true
}

// Agreement finds an agreement by its seal.
func (t *Table) Agreement(seal Ref) (Agreement, bool) {
	i := slices.IndexFunc(t.Agreements, func(a Agreement) bool { return a.Seal == seal })
	if i < 0 {
		return Agreement{}, false
	}
	return t.Agreements[i], true
}

// round finds a round's place by the list that opened it; -1 for none.
func (t *Table) round(ref Ref) int {
	return slices.IndexFunc(t.Rounds, func(r RoundState) bool { return r.Ref == ref })
}

// Round finds a round by the list that opened it.
func (t *Table) Round(ref Ref) (RoundState, bool) {
	if i := t.round(ref); i >= 0 {
		return t.Rounds[i], true
	}
	return RoundState{}, false
}

// Version finds a version of the case.
func (t *Table) Version(d Digest) (Version, bool) {
	i := slices.IndexFunc(t.Versions, func(v Version) bool { return v.Digest == d })
	if i < 0 {
		return Version{}, false
	}
	return t.Versions[i], true
}

// Standing is the version of the case that a delegation stands on: that of its
// last decision on one, else the charter's.
func (t *Table) Standing(p PartyID) Digest { return t.standing[p] }

// Last is the delegation's last decision that stands in the view of somebody
// who has seen the whole table: what its next one names in After. Zero for none.
func (t *Table) Last(p PartyID) Ref { return t.last[p] }

// Pen is who holds the delegation's pen; zero for nobody.
func (t *Table) Pen(p PartyID) MemberID { return t.pen[p] }
