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
	Charter []byte // a SignedCharter
	Entry   []byte
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

// AskMandate prepares full powers for this desk, for the principal to sign.
func (d *Desk) AskMandate(ctx context.Context, may []parley.Level, scope []parley.PersonID, until parley.Date, text string) ([]byte, error) {
	m := &parley.Mandate{Device: d.Device(), May: may, Scope: scope, Until: until, Text: text}
	if err := levels(may); err != nil || len(may) == 0 {
		return nil, wrong("a mandate allows some of %v", parley.Levels())
	}
	if until.Past(d.around.Now()) {
		return nil, wrong("a mandate until %s would have run out already", until)
	}
	if c, err := d.Case(ctx); err == nil {
		reg := c.Register()
		for _, id := range scope {
			if _, ok := reg[id]; !ok {
				return nil, wrong("the case has no person %q", id)
			}
		}
	}
	return d.ask(ctx, m, nil)
}

// AskRatify prepares the principal's answer to a sealed agreement.
func (d *Desk) AskRatify(ctx context.Context, agreement string, refuse bool, text string) ([]byte, error) {
	if d.session == nil {
		return nil, ErrNoChannel
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
	principal := channel.MemberIDOf(d.principal().Signing)
	if err := d.try(m, principal, parley.Ref{}); err != nil {
		return nil, err
	}
	body, err := encodeMove(m)
	if err != nil {
		return nil, err
	}
	e, err := d.session.Prepare(principal, string(m.Kind()), channel.EntryID{}, body)
	if err != nil {
		return nil, err
	}
	r := request{Format: requestFormat}
	if r.Entry, err = e.Encode(); err != nil {
		return nil, err
	}
	if r.Charter, err = d.charterBytes(ctx); err != nil {
		return nil, err
	}
	for _, ref := range support {
		if s, ok := d.session.Log().Entry(channel.EntryID(ref)); ok {
			r.Support = append(r.Support, s.Raw)
		}
	}
	return channel.Marshal(r)
}

func (d *Desk) charterBytes(ctx context.Context) ([]byte, error) {
	var data []byte
	_, err := d.recall(ctx, "charter", &data)
	return data, err
}

// principal is this delegation's principal in the charter.
func (d *Desk) principal() channel.Member {
	for _, g := range d.charter.Delegations {
		if g.Party == string(d.id.Party) {
			return g.Principal
		}
	}
	return channel.Member{}
}

// TakeSigned takes back what the principal signed and puts it in the outbox.
func (d *Desk) TakeSigned(ctx context.Context, kind parley.Kind, data []byte) (parley.Ref, error) {
	if d.session == nil {
		return parley.Ref{}, ErrNoChannel
	}
	var s signedEntry
	if err := channel.Unmarshal(data, &s); err != nil || s.Format != signedFormat {
		return parley.Ref{}, wrong("this is not a signed entry")
	}
	signed, err := d.charter.VerifyEntry(s.Raw)
	if err != nil {
		return parley.Ref{}, inputError{err}
	}
	if signed.Author != channel.MemberIDOf(d.principal().Signing) || signed.Kind != string(kind) {
		return parley.Ref{}, wrong("this is not a %s signed by our principal", kind)
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
	entry   *channel.Entry
}

// ReadPaper reads a charter or a request to sign.
func ReadPaper(data []byte) (*Paper, error) {
	if signed, err := channel.ParseSignedCharter(data); err == nil {
		return charterPaper(signed)
	}
	var r request
	if err := channel.Unmarshal(data, &r); err != nil || r.Format != requestFormat {
		return nil, fmt.Errorf("this is neither a charter nor a request to sign")
	}
	return entryPaper(r)
}

func charterPaper(signed *channel.SignedCharter) (*Paper, error) {
	c, err := channel.ParseCharter(signed.Raw)
	if err != nil {
		return nil, err
	}
	var t terms
	if err := channel.Unmarshal(c.Terms, &t); err != nil || t.Format != termsFormat {
		return nil, fmt.Errorf("the charter's terms can't be read by this version")
	}
	if err := checkTerms(c, t); err != nil {
		return nil, err
	}
	p := &Paper{Title: "Charter of a channel: " + c.Title, ID: c.ID().String(), Channel: c.ID().String(), charter: signed}
	p.say("case %s, version %s", t.CaseID, t.Case)
	for _, g := range c.Delegations {
		p.say("%s (%s): bound by %s, %s, key %s", g.Name, g.Party, g.Principal.Name, g.Principal.Office, parley.MemberID(g.Principal.ID()).Short())
		for _, dev := range g.Devices {
			p.say("  speaks through %s, %s, key %s", dev.Name, dev.Office, parley.MemberID(dev.ID()).Short())
		}
	}
	for _, n := range c.Neutrals {
		p.say("neutral: %s, as %s", n.Name, strings.Join(n.Capabilities, ", "))
	}
	return p, nil
}

func (p *Paper) say(format string, args ...any) {
	p.Lines = append(p.Lines, fmt.Sprintf(format, args...))
}

func entryPaper(r request) (*Paper, error) {
	signed, err := channel.ParseSignedCharter(r.Charter)
	if err != nil {
		return nil, err
	}
	c, err := signed.Verify()
	if err != nil {
		return nil, err
	}
	e, err := channel.ParseEntry(r.Entry)
	if err != nil {
		return nil, err
	}
	seat, ok := c.Seat(e.Author)
	if !ok || e.Channel != c.ID() {
		return nil, fmt.Errorf("the entry is not one of this charter's")
	}
	m, err := decodeMove(e.Kind, e.Body)
	if err != nil {
		return nil, err
	}
	p := &Paper{Channel: c.ID().String(), Number: e.Number, ID: e.ID().String(), entry: &e}
	p.say("for %s, %s, on the channel %q", seat.Member.Name, seat.Member.Office, c.Title)
	switch m := m.(type) {
	case *parley.Mandate:
		return p, p.mandate(m, c)
	case *parley.Ratify:
		return p, p.ratify(m, c, r.Support)
	}
	return nil, fmt.Errorf("a principal is asked to sign a %s, which is not a principal's act", e.Kind)
}

func (p *Paper) mandate(m *parley.Mandate, c *channel.Charter) error {
	seat, ok := c.Seat(channel.MemberID(m.Device))
	if !ok {
		return fmt.Errorf("the mandate is for somebody who is not in the charter")
	}
	p.Title = "Full powers for " + seat.Member.Name
	may := make([]string, len(m.May))
	for i, l := range m.May {
		may[i] = string(l)
	}
	p.say("%s, %s, may: %s", seat.Member.Name, seat.Member.Office, strings.Join(may, ", "))
	if len(m.Scope) > 0 {
		p.say("concerning only: %s", joinIDs(m.Scope))
	} else {
		p.say("concerning everybody in the case")
	}
	if !m.Until.IsZero() {
		p.say("until %s", m.Until)
	}
	if m.Text != "" {
		p.say("%s", m.Text)
	}
	return nil
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

func readSupport(m *parley.Ratify, c *channel.Charter, raws [][]byte) (support, error) {
	s := support{cases: map[parley.Digest]*parley.Case{}, accepts: map[parley.Ref]parley.PartyID{}}
	offers := map[parley.Ref]*parley.OfferMove{}
	for _, raw := range raws {
		e, err := c.VerifyEntry(raw)
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
				seat, _ := c.Seat(e.Author)
				s.seal, s.sealedBy = x, seat.Party
			}
		case *parley.OfferMove:
			offers[parley.Ref(e.ID)] = x
		case *parley.Accept:
			if x.Digest == m.Digest && x.Resolved.Digest() == x.Digest {
				seat, _ := c.Seat(e.Author)
				s.resolved, s.accepts[parley.Ref(e.ID)] = &x.Resolved, parley.PartyID(seat.Party)
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
func (p *Paper) ratify(m *parley.Ratify, c *channel.Charter, raws [][]byte) error {
	s, err := readSupport(m, c, raws)
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

// Author is whose key signs the paper; zero for a charter, which every principal
// signs.
func (p *Paper) Author() channel.MemberID {
	if p.entry == nil {
		return channel.MemberID{}
	}
	return p.entry.Author
}

// IsCharter tells whether the paper is a charter.
func (p *Paper) IsCharter() bool { return p.charter != nil }

// Sign signs the paper and gives what is carried back: the charter with one
// more signature, or the signed entry.
func (p *Paper) Sign(k *channel.SigningKey) ([]byte, error) {
	if p.charter != nil {
		sig, err := channel.SignCharter(p.charter.Raw, k)
		if err != nil {
			return nil, err
		}
		if err := p.charter.AddSignature(sig); err != nil {
			return nil, err
		}
		return p.charter.Encode()
	}
	s, err := channel.Sign(*p.entry, k)
	if err != nil {
		return nil, err
	}
	return channel.Marshal(signedEntry{Format: signedFormat, Raw: s.Raw})
}

// Claimed is when the paper says that it was made.
func (p *Paper) Claimed() time.Time {
	if p.entry == nil {
		return time.Time{}
	}
	return time.Unix(p.entry.Claimed, 0)
}
