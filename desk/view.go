package desk

import (
	"context"
	"fmt"
	"slices"

	"parley"
	"parley/channel"
)

// View is the table as this desk shows it: what was said, what it adds up to,
// and beside it what was only reported.
type View struct {
	Party         parley.PartyID   `json:"party"`
	Channel       string           `json:"channel"` // "" before one is joined
	Case          *CaseView        `json:"case"`
	Versions      []VersionView    `json:"versions"` // of the case, on the channel
	Offers        []OfferView      `json:"offers"`
	Agreements    []AgreementView  `json:"agreements"`
	Statements    []StatementView  `json:"statements"` // words for the public
	Requests      []RequestView    `json:"requests"`
	Rounds        []RoundView      `json:"rounds"` // of lists
	Settlements   []SettlementView `json:"settlements"`
	Notes         []NoteView       `json:"notes"`
	Mandates      []MandateView    `json:"mandates"`
	Reported      []Report         `json:"reported"` // by us: binds nobody
	WithoutEffect []FlagView       `json:"without_effect"`
	Breaches      []BreachView     `json:"breaches"`
	Waiting       int              `json:"waiting"` // ours that the other sides have not all confirmed
}

// CaseView is the version of the case that this side stands on.
type CaseView struct {
	ID       string       `json:"id"`
	Title    string       `json:"title"`
	Digest   string       `json:"digest"`
	Versions int          `json:"versions"`
	Case     *parley.Case `json:"-"`
}

// VersionView is a version of the case on the channel.
type VersionView struct {
	Digest   string           `json:"digest"`
	Replaces string           `json:"replaces"` // "" for the charter's
	By       parley.PartyID   `json:"by"`
	Adopted  []parley.PartyID `json:"adopted"`
	Ours     bool             `json:"ours"` // the one that this side stands on
}

// ActView is what all acts have in common.
type ActView struct {
	ID      string           `json:"id"`
	By      parley.PartyID   `json:"by"`
	Who     string           `json:"who"`
	Claimed int64            `json:"claimed"` // unix seconds: when its author says that it was made
	SeenBy  []parley.PartyID `json:"seen_by"` // other parties of whom an entry names it, or one after it
}

// OfferView is an offer and the answers to it.
type OfferView struct {
	ActView
	Status   parley.OfferStatus `json:"status"`
	Offer    *parley.Offer      `json:"-"`
	Release  []parley.PersonID  `json:"release"`
	Optional []parley.PersonID  `json:"optional"`
	Until    parley.Date        `json:"until"`
	Past     bool               `json:"past"` // until is past by this desk's clock
	Answers  string             `json:"answers"`
	Version  string             `json:"version"` // of the case that it stands on
	Text     string             `json:"text"`
	Replies  []ReplyView        `json:"replies"`

	IfConfirmed map[parley.PersonID]parley.PartyID `json:"if_confirmed"`
	To          map[parley.PersonID]string         `json:"to"`
	When        map[parley.PersonID]string         `json:"when"`
	Terms       []TermView                         `json:"terms"`
}

// TermView is part of an offer that is not a person.
type TermView struct {
	Text string         `json:"text"`
	By   parley.PartyID `json:"by"`
}

// ReplyView is one party's answer to an offer.
type ReplyView struct {
	ActView
	Accepts  bool              `json:"accepts"`
	Released bool              `json:"released"`
	Release  []parley.PersonID `json:"release"`
	Text     string            `json:"text"`
}

// AgreementView is a sealed offer.
type AgreementView struct {
	ID          string                 `json:"id"`
	Offer       string                 `json:"offer"`
	Digest      string                 `json:"digest"`
	Status      parley.AgreementStatus `json:"status"`
	InForce     bool                   `json:"in_force"`
	Release     []parley.PersonID      `json:"release"`
	Signatories []parley.PartyID       `json:"signatories"`
	Ratified    []parley.PartyID       `json:"ratified"`
	Refused     []parley.PartyID       `json:"refused"`
}

// RequestView asks for somebody; it is no offer.
type RequestView struct {
	ActView
	Persons  []parley.PersonID `json:"persons"`
	WaitsFor []parley.PartyID  `json:"waits_for"` // hold somebody asked for and have not spoken
	Text     string            `json:"text"`
}

// NoteView is a remark on the record.
type NoteView struct {
	ActView
	Paper string `json:"paper"`
	Text  string `json:"text"`
}

// MandateView is full powers as they were given.
type MandateView struct {
	ActView
	Device string            `json:"device"`
	Name   string            `json:"name"`
	May    []parley.Level    `json:"may"`
	Scope  []parley.PersonID `json:"scope"`
	Until  parley.Date       `json:"until"`
	Past   bool              `json:"past"`
}

// FlagView is an act without effect, and why.
type FlagView struct {
	ActView
	Kind string `json:"kind"`
	Why  string `json:"why"`
}

// BreachView is what somebody will have to explain.
type BreachView struct {
	Author string   `json:"author"`
	Acts   []string `json:"acts"`
	Text   string   `json:"text"`
}

// View reads the table for a screen.
func (d *Desk) View(ctx context.Context) (*View, error) {
	v := &View{
		Party: d.id.Party, Statements: []StatementView{}, Offers: []OfferView{}, Agreements: []AgreementView{}, Requests: []RequestView{}, Rounds: []RoundView{}, Notes: []NoteView{},
		Versions: []VersionView{}, Settlements: []SettlementView{}, Mandates: []MandateView{}, WithoutEffect: []FlagView{}, Breaches: []BreachView{},
	}
	var err error
	if v.Reported, err = d.Reports(ctx); err != nil {
		return nil, err
	}
	t := d.Table()
	if v.Case, err = d.caseView(ctx, t); err != nil {
		return nil, err
	}
	if d.session == nil {
		return v, nil
	}
	v.Versions = d.versions(t)
	v.Channel, v.Waiting = d.charter.ID().String(), len(d.session.Waiting())
	spoken := speakers(t)
	for _, s := range t.Acts {
		d.viewAct(v, t, s, spoken)
	}
	for _, s := range t.Rounds {
		v.Rounds = append(v.Rounds, d.roundView(s, s.Now()))
	}
	for _, s := range d.settlements(t) {
		sv, err := d.settlementView(ctx, s)
		if err != nil {
			return nil, err
		}
		v.Settlements = append(v.Settlements, *sv)
	}
	for _, a := range t.Agreements {
		v.Agreements = append(v.Agreements, agreementView(a))
	}
	for _, s := range t.Statements {
		sv, err := d.statementView(ctx, t, s)
		if err != nil {
			return nil, err
		}
		v.Statements = append(v.Statements, sv)
	}
	for _, b := range t.Breaches {
		bv := BreachView{Text: b.Text, Acts: []string{}}
		if b.Author != (parley.MemberID{}) {
			bv.Author = d.nameOf(b.Author)
		}
		for _, r := range b.Refs {
			bv.Acts = append(bv.Acts, r.String())
		}
		v.Breaches = append(v.Breaches, bv)
	}
	return v, nil
}

func (d *Desk) caseView(ctx context.Context, t *parley.Table) (*CaseView, error) {
	c, err := d.Case(ctx)
	if err != nil {
		if err == ErrNoCase {
			return nil, nil
		}
		return nil, err
	}
	v := &CaseView{ID: c.ID, Title: c.Title, Versions: len(t.Versions), Case: c}
	if on, ok := d.version(t); ok {
		v.Digest = on.Digest.String()
	}
	return v, nil
}

func (d *Desk) versions(t *parley.Table) []VersionView {
	out := []VersionView{}
	for _, v := range t.Versions {
		w := VersionView{Digest: v.Digest.String(), By: v.By, Adopted: list(v.Adopted), Ours: v.Digest == t.Standing(d.id.Party)}
		if !v.Previous.IsZero() {
			w.Replaces = v.Previous.String()
		}
		out = append(out, w)
	}
	return out
}

// speakers are the parties that have made a move with effect.
func speakers(t *parley.Table) map[parley.PartyID]bool {
	out := map[parley.PartyID]bool{}
	for _, s := range t.Acts {
		if s.Effect() && s.Move != nil {
			out[s.Member.Party] = true
		}
	}
	return out
}

func (d *Desk) nameOf(id parley.MemberID) string {
	for _, m := range d.ground.Members {
		if m.ID == id {
			return m.Name
		}
	}
	return id.Short()
}

func (d *Desk) actView(s parley.Seen) ActView {
	a := ActView{ID: s.Ref.String(), Who: d.nameOf(s.Author), Claimed: s.Claimed, SeenBy: []parley.PartyID{}}
	if s.Member != nil {
		a.By = s.Member.Party
		a.SeenBy = d.seenBy(s.Ref, a.By)
	}
	return a
}

// seenBy lists the other parties that have spoken since with an act in sight: the
// relay's word that it was fetched would not do.
func (d *Desk) seenBy(act parley.Ref, author parley.PartyID) []parley.PartyID {
	last := map[channel.MemberID]channel.EntryID{}
	for _, e := range d.session.Log().Entries() {
		last[e.Author] = e.ID
	}
	out := []parley.PartyID{}
	for _, seat := range d.session.Log().Roster().Seats() {
		party := parley.PartyID(seat.Party)
		at, spoke := last[seat.ID]
		if spoke && party != "" && party != author && !slices.Contains(out, party) && d.session.Log().IsAncestor(channel.EntryID(act), at) {
			out = append(out, party)
		}
	}
	slices.Sort(out)
	return out
}

func (d *Desk) viewAct(v *View, t *parley.Table, s parley.Seen, spoken map[parley.PartyID]bool) {
	a := d.actView(s)
	if s.Withheld {
		return // it is nothing that somebody did wrong
	}
	if !s.Effect() {
		kind := "unreadable"
		if s.Move != nil {
			kind = string(s.Move.Kind())
		}
		v.WithoutEffect = append(v.WithoutEffect, FlagView{a, kind, s.Why})
		return
	}
	switch m := s.Move.(type) {
	case *parley.OfferMove:
		v.Offers = append(v.Offers, d.offerView(t, s, a))
	case *parley.Request:
		v.Requests = append(v.Requests, RequestView{a, m.Persons, d.silentHolders(t, s, m, spoken), m.Text})
	case *parley.Note:
		v.Notes = append(v.Notes, NoteView{a, m.Paper, m.Text})
	case *parley.Mandate:
		past := m.Until.Past(d.around.Now())
		v.Mandates = append(v.Mandates, MandateView{a, m.Device.String(), d.nameOf(m.Device), m.May, list(m.Scope), m.Until, past})
	}
}

// silentHolders are the parties that hold somebody asked for and have not
// spoken: silence is no yes.
func (d *Desk) silentHolders(t *parley.Table, s parley.Seen, m *parley.Request, spoken map[parley.PartyID]bool) []parley.PartyID {
	out := []parley.PartyID{}
	on, ok := t.Version(t.Standing(s.Member.Party))
	if !ok {
		return out
	}
	reg := on.Case.Register()
	for _, id := range m.Persons {
		if p := reg[id].HeldBy; p != "" && !spoken[p] {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (d *Desk) offerView(t *parley.Table, s parley.Seen, a ActView) OfferView {
	o, _ := t.Offer(s.Ref)
	v := OfferView{
		ActView: a, Status: o.Status, Offer: o.Offer, Release: list(o.Offer.Release), Optional: list(o.Offer.Optional), Until: o.Offer.Until,
		Past: o.Offer.Until.Past(d.around.Now()), Answers: o.Offer.Answers, Version: o.Version.String(), Text: o.Offer.Text, Replies: []ReplyView{},
	}
	v.terms(o.Offer)
	for _, r := range o.Answers {
		reply := ReplyView{ActView: ActView{ID: r.Ref.String(), By: r.By}, Accepts: r.Accept != nil, Released: r.Released, Text: r.Text, Release: []parley.PersonID{}}
		if r.Accept != nil {
			reply.Release = r.Accept.Resolved.Release
		}
		v.Replies = append(v.Replies, reply)
	}
	return v
}

func (v *OfferView) terms(o *parley.Offer) {
	v.IfConfirmed, v.To, v.When = map[parley.PersonID]parley.PartyID{}, map[parley.PersonID]string{}, map[parley.PersonID]string{}
	for _, c := range o.IfConfirmed {
		v.IfConfirmed[c.Person] = c.Party
	}
	for _, t := range o.To {
		v.To[t.Person] = t.Party
	}
	for _, w := range o.When {
		v.When[w.Person] = w.When
	}
	v.Terms = []TermView{}
	for _, t := range o.Terms {
		v.Terms = append(v.Terms, TermView{t.Text, t.By})
	}
}

func agreementView(a parley.Agreement) AgreementView {
	return AgreementView{
		ID: a.Seal.String(), Offer: a.Resolved.Offer.String(), Digest: a.Digest.String(), Status: a.Status, InForce: a.Status == parley.InForce,
		Release: list(a.Resolved.Release), Signatories: list(a.Signatories), Ratified: list(a.Ratified), Refused: list(a.Refused),
	}
}

// list is the list, never null in JSON.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// Offer finds an offer on the channel by the id of its entry, or by its
// beginning.
func (d *Desk) Offer(name string) (parley.OfferState, *parley.Case, error) {
	t, o, err := d.openOffer(name)
	if err != nil {
		return o, nil, err
	}
	v, ok := t.Version(o.Version)
	if !ok {
		return o, nil, fmt.Errorf("the offer's version of the case is not here")
	}
	return o, v.Case, nil
}
