package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"parley"
	"parley/channel"
)

// request is an entry carried to the principal's own machine to be signed
// there, with all that the signer must see: the charter that makes it the
// principal's, and the entries that the new one rests on.
type request struct {
	_       struct{} `cbor:",toarray"`
	Format  string
	Charter []byte   // a SignedCharter, without the secret
	Changes [][]byte // of roster, signed, that are on the channel
	Draft   []byte
	Support [][]byte // signed entries
}

// signedEntry is what is carried back.
type signedEntry struct {
	_      struct{} `cbor:",toarray"`
	Format string
	Raw    []byte
}

const (
	requestFormat = "parley/sign-request/1"
	signedFormat  = "parley/signed-entry/1"
)

// AskMandate prepares full powers for the principal to sign: for this desk, or
// for another device of the delegation.
func (d *Desk) AskMandate(ctx context.Context, m parley.Mandate, device string) ([]byte, error) {
	if d.session == nil {
		return nil, ErrNoChannel
	}
	m.Device = d.Device()
	if device != "" {
		id, err := d.findMember(device)
		if err != nil {
			return nil, err
		}
		m.Device = parley.MemberID(id)
	}
	if err := levels(m.May); err != nil || len(m.May) == 0 {
		return nil, wrong("a mandate allows some of %v", parley.Levels())
	}
	if m.Until.Past(d.around.Now()) {
		return nil, wrong("a mandate until %s would have run out already", m.Until)
	}
	if c, err := d.Case(ctx); err == nil {
		reg := c.Register()
		for _, id := range m.Scope {
			if _, ok := reg[id]; !ok {
				return nil, wrong("the case has no person %q", id)
			}
		}
	}
	return d.ask(ctx, &m, nil)
}

// AskPen prepares the moving of the pen to a device, for the principal to sign:
// whoever held it, what the delegation decided until here is honoured.
func (d *Desk) AskPen(ctx context.Context, device, text string) ([]byte, error) {
	if d.session == nil {
		return nil, ErrNoChannel
	}
	to, err := d.findMember(device)
	if err != nil {
		return nil, err
	}
	return d.ask(ctx, &parley.Pen{After: d.last(), To: parley.MemberID(to), Text: text}, nil)
}

// AskRatify prepares the principal's answer to a sealed agreement.
func (d *Desk) AskRatify(ctx context.Context, agreement string, refuse bool, text string) ([]byte, error) {
	if d.session == nil {
		return nil, ErrNoChannel
	}
	if err := d.confirmed(d.principalID()); err != nil {
		return nil, err
	}
	t := d.Table()
	ref, err := d.find(t, parley.KindSeal, agreement)
	if err != nil {
		return nil, err
	}
	a, ok := t.Agreement(ref)
	if !ok {
		return nil, fmt.Errorf("agreement %s has no effect", ref.Short())
	}
	return d.ask(ctx, &parley.Ratify{Agreement: ref, Digest: a.Digest, Refuse: refuse, Text: text}, d.rests(t, a))
}

// rests lists the entries that an agreement rests on: seal, accepts, offer and
// case.
func (d *Desk) rests(t *parley.Table, a parley.Agreement) []parley.Ref {
	out := []parley.Ref{a.Seal, a.Resolved.Offer}
	for _, s := range t.Acts {
		switch m := s.Move.(type) {
		case *parley.Seal:
			if s.Ref == a.Seal {
				out = append(out, m.Accepts...)
			}
		case *parley.CaseMove:
			if !m.Adopt && m.Digest == a.Resolved.Case && s.Effect() {
				out = append(out, s.Ref)
			}
		}
	}
	return out
}

func (d *Desk) ask(ctx context.Context, m parley.Move, support []parley.Ref) ([]byte, error) {
	if d.session == nil {
		return nil, ErrNoChannel
	}
	if d.charter.Provisional {
		return nil, wrong("a provisional channel knows no principal: it explores and binds nobody")
	}
	normalise(m)
	principal := d.principalID()
	if err := d.try(m, principal, parley.Ref{}); err != nil {
		return nil, err
	}
	body, err := encodeMove(m)
	if err != nil {
		return nil, err
	}
	draft, err := d.session.Prepare(principal, string(m.Kind()), channel.EntryID{}, body)
	if err != nil {
		return nil, err
	}
	r := request{Format: requestFormat, Changes: d.session.Log().Changes()}
	if r.Draft, err = draft.Encode(); err != nil {
		return nil, err
	}
	charter, _, err := d.signedCharter(ctx)
	if err != nil {
		return nil, err
	}
	if r.Charter, err = charter.WithoutSecret().Encode(); err != nil {
		return nil, err
	}
	for _, ref := range support {
		if s, ok := d.session.Log().Entry(channel.EntryID(ref)); ok {
			r.Support = append(r.Support, s.Raw)
		}
	}
	return channel.Marshal(r)
}

// principal is who binds this delegation now.
func (d *Desk) principal() channel.Member {
	room := d.session.Log().Roster()
	for _, seat := range room.Seats() {
		if seat.Principal && seat.Party == string(d.id.Party) && room.Active(seat.ID) {
			return seat.Member
		}
	}
	return channel.Member{}
}

func (d *Desk) principalID() channel.MemberID { return channel.MemberIDOf(d.principal().Signing) }

// TakeSigned takes back what the principal signed and puts it in the outbox.
func (d *Desk) TakeSigned(ctx context.Context, kind parley.Kind, data []byte) (parley.Ref, error) {
	if d.session == nil {
		return parley.Ref{}, ErrNoChannel
	}
	var s signedEntry
	if err := channel.Unmarshal(data, &s); err != nil || s.Format != signedFormat {
		return parley.Ref{}, wrong("this is not a signed entry")
	}
	signed, err := d.charter.VerifyEntry(s.Raw, d.session.Log().Changes()...)
	if err != nil {
		return parley.Ref{}, inputError{err}
	}
	if signed.Author != d.principalID() || signed.Kind != string(kind) {
		return parley.Ref{}, wrong("this is not a %s signed by our principal", kind)
	}
	if d.rehearsing {
		return parley.Ref{}, nil
	}
	e, err := d.session.Import(ctx, s.Raw)
	if err != nil {
		return parley.Ref{}, err
	}
	return parley.Ref(e.ID), nil
}

// Paper is what a principal is asked to sign, read and checked on the
// principal's own machine, without a desk.
type Paper struct {
	Title string
	Lines []string // all that it says, in words
	// Channel, Number and ID tell one entry from another: a principal who signs
	// two under one number proves itself false.
	Channel string
	Number  uint64
	ID      string

	charter *channel.SignedCharter
	draft   *channel.Draft
	roster  *rosterRequest
	change  *channel.SignedChange

	founding *channel.Charter // of a change of roster
	side     string
}

// ReadPaper reads a charter or a request to sign.
func ReadPaper(data []byte) (*Paper, error) {
	if signed, err := channel.ParseSignedCharter(data); err == nil {
		return charterPaper(signed)
	}
	if r, err := readRosterRequest(data); err == nil {
		return rosterPaper(r)
	}
	var r request
	if err := channel.Unmarshal(data, &r); err != nil || r.Format != requestFormat {
		return nil, fmt.Errorf("this is neither a charter, a change of roster nor a request to sign")
	}
	return entryPaper(r)
}

func charterPaper(signed *channel.SignedCharter) (*Paper, error) {
	c, err := channel.ParseCharter(signed.Raw)
	if err != nil {
		return nil, err
	}
	t, err := readTerms(c.Terms)
	if err != nil {
		return nil, err
	}
	if err := checkTerms(c, t); err != nil {
		return nil, err
	}
	p := &Paper{Title: "Charter of a channel: " + c.Title, ID: c.ID().String(), Channel: c.ID().String(), charter: signed}
	p.say("case %s, version %s", t.CaseID, t.Case)
	p.say("private settlements between two parties: at most %d, of which %d count as begun elsewhere", t.Settlements, t.Before)
	if c.Provisional {
		p.say("provisional: it binds nobody, and is signed by each delegation's first device")
	}
	for _, a := range c.Adopts {
		p.say("takes over the record of channel %s, heads %x", a.Channel, a.Heads[:8])
	}
	for _, g := range c.Delegations {
		p.say("%s (%s): bound by %s, key %s", g.Name, g.Party, titled(g.Principal), parley.MemberID(g.Principal.ID()).Short())
		for _, dev := range g.Devices {
			p.say("  speaks through %s, key %s", titled(dev), parley.MemberID(dev.ID()).Short())
		}
		p.authority(g)
	}
	for _, n := range c.Neutrals {
		p.say("neutral: %s, as %s", n.Name, strings.Join(n.Capabilities, ", "))
	}
	return p, nil
}

// authority says who may change a delegation's roster.
func (p *Paper) authority(g channel.Delegation) {
	if len(g.Authority.Keys) == 0 {
		p.say("  its roster is changed by its principal alone")
	} else {
		p.say("  its roster is changed by %d of these together:", g.Authority.Threshold)
		for _, k := range g.Authority.Keys {
			p.say("    %s, key %s", titled(k), parley.MemberID(k.ID()).Short())
		}
	}
	if len(g.Recovery.Signing) > 0 {
		p.say("  a recovery key %s may enrol and revoke after %s", parley.MemberID(channel.MemberIDOf(g.Recovery.Signing)).Short(), time.Duration(g.Recovery.Delay)*time.Second)
	}
}

// titled names somebody, with the office where there is one.
func titled(m channel.Member) string {
	if m.Office == "" {
		return m.Name
	}
	return m.Name + ", " + m.Office
}

func (p *Paper) say(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	p.Lines = append(p.Lines, line)
	for _, m := range mixedScripts(line) {
		p.Lines = append(p.Lines, "look twice: "+m)
	}
}

func entryPaper(r request) (*Paper, error) {
	c, room, err := founded(r.Charter, r.Changes)
	if err != nil {
		return nil, err
	}
	d, err := channel.ParseDraft(r.Draft)
	if err != nil {
		return nil, err
	}
	seat, ok := room.Seat(d.Author)
	if !ok || d.Channel != c.ID() {
		return nil, fmt.Errorf("the entry is not one of this channel's")
	}
	m, err := decodeMove(d.Kind, d.Body)
	if err != nil {
		return nil, err
	}
	p := &Paper{Channel: c.ID().String(), Number: d.Number, ID: d.ID().String(), draft: &d}
	p.say("for %s, on the channel %q", titled(seat.Member), c.Title)
	switch m := m.(type) {
	case *parley.Mandate:
		return p, p.mandate(m, room)
	case *parley.Pen:
		return p, p.pen(m, room)
	case *parley.Ratify:
		return p, p.ratify(m, verifier{c, r.Changes, room}, r.Support)
	}
	return nil, fmt.Errorf("a principal is asked to sign a %s, which is not a principal's act", d.Kind)
}

// pen tells who will decide for the delegation.
func (p *Paper) pen(m *parley.Pen, room *channel.Roster) error {
	seat, ok := room.Seat(channel.MemberID(m.To))
	if !ok {
		return fmt.Errorf("the pen goes to somebody who is not on the roster")
	}
	p.Title = "The pen goes to " + seat.Member.Name
	p.say("%s, key %s decides for the delegation from now on", titled(seat.Member), m.To.Short())
	if m.After.IsZero() {
		p.say("no decision before it is honoured")
	} else {
		p.say("the last decision that is honoured: %s", m.After.Short())
	}
	if m.Text != "" {
		p.say("%s", m.Text)
	}
	return nil
}

func (p *Paper) mandate(m *parley.Mandate, room *channel.Roster) error {
	seat, ok := room.Seat(channel.MemberID(m.Device))
	if !ok {
		return fmt.Errorf("the mandate is for somebody who is not on the roster")
	}
	p.Title = "Full powers for " + seat.Member.Name
	may := make([]string, len(m.May))
	for i, l := range m.May {
		may[i] = string(l)
	}
	p.say("%s, may: %s", titled(seat.Member), strings.Join(may, ", "))
	if len(m.Scope) > 0 {
		p.say("concerning only: %s", joinIDs(m.Scope))
	} else {
		p.say("concerning everybody in the case")
	}
	if m.Together > 1 {
		p.say("accepts and seals only where %d devices of the delegation agree", m.Together)
	}
	if !m.Until.IsZero() {
		p.say("until %s", m.Until)
	}
	if m.Text != "" {
		p.say("%s", m.Text)
	}
	return nil
}

// verifier is what entries are verified by on a machine without a desk.
type verifier struct {
	charter *channel.Charter
	changes [][]byte
	room    *channel.Roster
}

func (v verifier) verify(raw []byte) (*channel.Signed, error) {
	return v.charter.VerifyEntry(raw, v.changes...)
}

func (v verifier) party(id channel.MemberID) string {
	seat, _ := v.room.Seat(id)
	return seat.Party
}

// support are the verified entries that came with a request.
type support struct {
	seal     *parley.Seal
	sealedBy string
	offer    *parley.OfferMove
	resolved *parley.Resolved
	accepts  map[parley.Ref]parley.PartyID // who accepted just this exchange
	cases    map[parley.Digest]*parley.Case
}

func readSupport(m *parley.Ratify, v verifier, raws [][]byte) (support, error) {
	s := support{cases: map[parley.Digest]*parley.Case{}, accepts: map[parley.Ref]parley.PartyID{}}
	offers := map[parley.Ref]*parley.OfferMove{}
	for _, raw := range raws {
		e, err := v.verify(raw)
		if err != nil {
			return s, err
		}
		move, err := decodeMove(e.Kind, e.Body)
		if err != nil {
			return s, err
		}
		switch x := move.(type) {
		case *parley.Seal:
			if parley.Ref(e.ID) == m.Agreement {
				s.seal, s.sealedBy = x, v.party(e.Author)
			}
		case *parley.OfferMove:
			offers[parley.Ref(e.ID)] = x
		case *parley.Accept:
			if x.Digest == m.Digest && x.Resolved.Digest() == x.Digest {
				s.resolved, s.accepts[parley.Ref(e.ID)] = &x.Resolved, parley.PartyID(v.party(e.Author))
			}
		case *parley.CaseMove:
			if parley.DigestOfCase(x.Previous, x.File) == x.Digest {
				s.cases[x.Digest] = x.Case
			}
		}
	}
	if s.resolved != nil {
		s.offer = offers[s.resolved.Offer]
	}
	return s, nil
}

// ratify tells what an answer answers, from the signed entries themselves: what
// the signer sees is what is signed.
func (p *Paper) ratify(m *parley.Ratify, v verifier, raws [][]byte) error {
	s, err := readSupport(m, v, raws)
	if err != nil {
		return err
	}
	cs, err := s.whole(m)
	if err != nil {
		return err
	}
	p.Title = "Ratification"
	if m.Refuse {
		p.Title = "Refusal to ratify"
	}
	p.say("agreement %s, exchange %s", m.Agreement.Short(), m.Digest)
	p.say("offered and sealed by %s, accepted by %s", s.sealedBy, s.acceptedBy())
	reg := cs.Register()
	for _, id := range s.resolved.Release {
		h := reg[id]
		p.say("released: %s (%s)%s, held by %s%s", h.Name, id, heads(h), cs.NameOf(string(h.HeldBy)), s.detail(id))
	}
	for _, id := range s.offer.Offer.Optional {
		if !s.resolved.Release.Has(id) {
			p.say("dropped: %s (%s)", reg[id].Name, id)
		}
	}
	for _, t := range s.offer.Offer.Terms {
		p.say("term: %s %s", t.Text, by(t.By))
	}
	if s.offer.Offer.Text != "" {
		p.say("text: %s", s.offer.Offer.Text)
	}
	if m.Text != "" {
		p.say("with the words: %s", m.Text)
	}
	return nil
}

// whole is the case that the agreement stands on, if the request carries all that
// makes the agreement: the seal, every accept that it lists, the offer and the
// case, each of the same exchange, and the yes of every holder.
func (s support) whole(m *parley.Ratify) (*parley.Case, error) {
	missing := fmt.Errorf("the request does not carry the agreement that it is about")
	if s.seal == nil || s.resolved == nil || s.offer == nil || s.seal.Digest != m.Digest || s.seal.Offer != s.resolved.Offer {
		return nil, missing
	}
	cs := s.cases[s.resolved.Case]
	if cs == nil || s.offer.Case != s.resolved.Case || s.sealedBy != string(s.offer.Offer.From) {
		return nil, missing
	}
	yes := map[parley.PartyID]bool{}
	for _, ref := range s.seal.Accepts {
		if s.accepts[ref] == "" {
			return nil, missing
		}
		yes[s.accepts[ref]] = true
	}
	reg := cs.Register()
	if err := s.offer.Offer.CheckResolved(*s.resolved, reg); err != nil {
		return nil, err
	}
	for _, p := range s.offer.Offer.MustAccept(*s.resolved, reg) {
		if !yes[p] {
			return nil, fmt.Errorf("%s holds somebody in it and has not accepted", p)
		}
	}
	return cs, nil
}

func (s support) acceptedBy() string {
	var out []string
	for _, ref := range s.seal.Accepts {
		out = append(out, string(s.accepts[ref]))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// heads tells how many a group is.
func heads(h parley.Holding) string {
	if h.Heads == 1 {
		return ""
	}
	return fmt.Sprintf(", %d people", h.Heads)
}

func by(p parley.PartyID) string {
	if p == "" {
		return ""
	}
	return "(by " + string(p) + ")"
}

// detail is where and when somebody is released, where the offer says so.
func (s support) detail(id parley.PersonID) string {
	out, stood := "", id // under which entry of the offer
	for _, n := range s.resolved.Named {
		if n.Person == id {
			stood = n.Blank
			out = ", named for " + string(n.Blank)
		}
	}
	for _, t := range s.offer.Offer.To {
		if t.Person == stood {
			out += ", to " + t.Party
		}
	}
	for _, w := range s.offer.Offer.When {
		if w.Person == stood {
			out += ", " + w.When
		}
	}
	return out
}

func joinIDs(ids []parley.PersonID) string {
	s := make([]string, len(ids))
	for i, id := range ids {
		s[i] = string(id)
	}
	return strings.Join(s, ", ")
}

// Author is whose key signs the paper; zero where several sign it.
func (p *Paper) Author() channel.MemberID {
	if p.draft == nil {
		return channel.MemberID{}
	}
	return p.draft.Author
}

// IsEntry tells whether the paper takes a number in its signer's chain.
func (p *Paper) IsEntry() bool { return p.draft != nil }

// Sign signs the paper and gives what is carried back: the charter or the
// change with one more signature, or the signed entry.
func (p *Paper) Sign(k *channel.SigningKey) ([]byte, error) {
	switch {
	case p.charter != nil:
		return p.signCharter(k)
	case p.change != nil:
		return p.signRoster(k)
	}
	s, err := channel.Sign(*p.draft, k)
	if err != nil {
		return nil, err
	}
	return channel.Marshal(signedEntry{Format: signedFormat, Raw: s.Raw})
}

func (p *Paper) signCharter(k *channel.SigningKey) ([]byte, error) {
	sig, err := channel.SignCharter(p.charter.Raw, k)
	if err != nil {
		return nil, err
	}
	if err := p.charter.AddSignature(sig); err != nil {
		return nil, err
	}
	return p.charter.Encode()
}

// Claimed is when the paper says that it was made.
func (p *Paper) Claimed() time.Time {
	if p.draft == nil {
		return time.Time{}
	}
	return time.Unix(p.draft.Claimed, 0)
}
