package desk

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"parley"
	"parley/channel"
)

// rosterRequest is a change of roster carried to those who sign it, with the
// charter, by which they see whose it is, and the changes before it.
type rosterRequest struct {
	_       struct{} `cbor:",toarray"`
	Format  string
	Charter []byte   // a SignedCharter, without the secret
	Known   [][]byte // the signed changes that are on the channel
	Change  []byte   // a SignedChange
}

const rosterFormat = "parley/roster-request/1"

// RosterChange says what is to change on this side's roster.
type RosterChange struct {
	Enrol     []byte   // the card of a new desk; nil for none
	Revoke    []string // members, by id or its beginning
	Principal []byte   // the successor's public card; nil for none
	Text      string
}

// AskRoster drafts a change of this side's roster for its authority to sign.
// Cuts stand where this desk has read to: what a member said until then counts.
func (d *Desk) AskRoster(ctx context.Context, r RosterChange) ([]byte, error) {
	if d.session == nil {
		return nil, ErrNoChannel
	}
	room := d.session.Log().Roster()
	c := channel.Change{Version: channel.Version, Suite: channel.Suite, Channel: d.charter.ID(), Side: d.id.side(), Text: r.Text}
	c.Previous, _ = room.Last(c.Side)
	if err := d.comers(&c, r); err != nil {
		return nil, err
	}
	if err := d.leavers(&c, r, room); err != nil {
		return nil, err
	}
	if len(c.Enrol)+len(c.Revoke)+len(c.Principal) == 0 && r.Text == "" {
		return nil, wrong("the change changes nothing: enrol, revoke or name a successor")
	}
	raw, err := c.Encode()
	if err != nil {
		return nil, inputError{err}
	}
	signed, err := (&channel.SignedChange{Raw: raw, Signatures: []channel.Signature{}}).Encode()
	if err != nil {
		return nil, err
	}
	charter, _, err := d.signedCharter(ctx)
	if err != nil {
		return nil, err
	}
	bare, err := charter.WithoutSecret().Encode()
	if err != nil {
		return nil, err
	}
	return channel.Marshal(rosterRequest{Format: rosterFormat, Charter: bare, Known: d.session.Log().Changes(), Change: signed})
}

func (d *Desk) comers(c *channel.Change, r RosterChange) error {
	if r.Enrol != nil {
		card, err := readCard(r.Enrol)
		if err != nil {
			return inputError{err}
		}
		for _, g := range card.Delegations {
			if g.Party != c.Side {
				return wrong("the card is of %s, and a side enrols only its own devices", g.Party)
			}
			c.Enrol = g.Devices
		}
		for _, n := range card.Neutrals {
			if "neutral:"+n.Name != c.Side {
				return wrong("the card is of %s, and a side enrols only its own devices", n.Name)
			}
			c.Enrol = []channel.Member{n.Device}
		}
	}
	if r.Principal != nil {
		p, err := ReadPrincipalCard(r.Principal)
		if err != nil {
			return inputError{err}
		}
		c.Principal = []channel.Member{{Name: p.Name, Office: p.Office, Signing: p.Public, Sealing: []byte{}}}
	}
	return nil
}

func (d *Desk) leavers(c *channel.Change, r RosterChange, room *channel.Roster) error {
	leaving := map[channel.MemberID]bool{}
	for _, name := range r.Revoke {
		id, err := d.findMember(name)
		if err != nil {
			return err
		}
		if seat, _ := room.Seat(id); seat.Side() != c.Side {
			return wrong("%s is of %s, and a side revokes only its own members", name, seat.Side())
		}
		leaving[id] = true
	}
	for _, seat := range room.Seats() {
		if seat.Principal && seat.Side() == c.Side && room.Active(seat.ID) && len(c.Principal) > 0 {
			leaving[seat.ID] = true // a successor takes the place of the one before
		}
	}
	for id := range leaving {
		c.Revoke = append(c.Revoke, channel.Cut{Member: id, Number: d.lastNumber(id)})
	}
	slices.SortFunc(c.Revoke, func(a, b channel.Cut) int { return a.Member.Compare(b.Member) })
	return nil
}

// lastNumber is the number of a member's last entry here.
func (d *Desk) lastNumber(id channel.MemberID) uint64 {
	last := uint64(0)
	for _, e := range d.session.Log().Entries() {
		if e.Author == id {
			last = max(last, e.Number)
		}
	}
	return last
}

// findMember finds a member of the channel by its id or the beginning of it.
func (d *Desk) findMember(name string) (channel.MemberID, error) {
	var found []channel.MemberID
	for _, seat := range d.session.Log().Roster().Seats() {
		if len(name) >= 4 && strings.HasPrefix(seat.ID.String(), strings.ToLower(name)) {
			found = append(found, seat.ID)
		}
	}
	switch len(found) {
	case 0:
		return channel.MemberID{}, fmt.Errorf("%w: no member %q on this channel (parley channel status lists them)", ErrNotFound, name)
	case 1:
		return found[0], nil
	}
	return channel.MemberID{}, fmt.Errorf("%w: more than one member begins with %q", ErrNotFound, name)
}

// TakeRoster puts a change of roster that was signed onto the channel.
func (d *Desk) TakeRoster(ctx context.Context, data []byte) (parley.Ref, error) {
	if d.session == nil {
		return parley.Ref{}, ErrNoChannel
	}
	r, err := readRosterRequest(data)
	if err != nil {
		return parley.Ref{}, inputError{err}
	}
	if d.rehearsing {
		return parley.Ref{}, nil
	}
	e, err := d.session.Append(ctx, channel.KindRoster, channel.EntryID{}, r.Change)
	if err != nil {
		return parley.Ref{}, inputError{fmt.Errorf("the change can't be put on the channel: %w", err)}
	}
	return parley.Ref(e.ID), nil
}

func readRosterRequest(data []byte) (*rosterRequest, error) {
	var r rosterRequest
	if err := channel.Unmarshal(data, &r); err != nil || r.Format != rosterFormat {
		return nil, fmt.Errorf("this is not a change of roster")
	}
	return &r, nil
}

// founded reads the charter and the roster that came with a paper, on a machine
// without a desk.
func founded(charter []byte, changes [][]byte) (*channel.Charter, *channel.Roster, error) {
	signed, err := channel.ParseSignedCharter(charter)
	if err != nil {
		return nil, nil, err
	}
	c, err := signed.Verify()
	if err != nil {
		return nil, nil, err
	}
	room, err := c.RosterWith(changes)
	return c, room, err
}

// rosterPaper shows a change of roster to one who signs it.
func rosterPaper(r *rosterRequest) (*Paper, error) {
	c, room, err := founded(r.Charter, r.Known)
	if err != nil {
		return nil, err
	}
	sc, err := channel.ParseSignedChange(r.Change)
	if err != nil {
		return nil, err
	}
	change, err := channel.ParseChange(sc.Raw)
	if err != nil {
		return nil, err
	}
	if change.Channel != c.ID() {
		return nil, fmt.Errorf("the change is of another channel than the charter that came with it")
	}
	previous, contested := room.Last(change.Side)
	if !slices.EqualFunc(previous, change.Previous, func(a, b channel.ID) bool { return bytes.Equal(a[:], b[:]) }) {
		return nil, fmt.Errorf("the change does not follow the last one on the roster: ask for it anew")
	}
	p := &Paper{Title: "Change of roster of " + change.Side, Channel: c.ID().String(), ID: sc.ID().String(), roster: r, change: sc, founding: c, side: change.Side}
	p.say("on the channel %q", c.Title)
	if contested {
		p.say("two changes contradict each other; this one takes the place of both")
	}
	for _, line := range change.Describe(room) {
		p.say("%s", line)
	}
	p.say("signed so far by %d of the authority", len(sc.Signatures))
	return p, nil
}

func (p *Paper) signRoster(k *channel.SigningKey) ([]byte, error) {
	if !p.founding.SignsRoster(p.side, k.ID()) {
		return nil, fmt.Errorf("this key has no part in the authority over the roster of %s", p.side)
	}
	if err := p.change.Sign(k); err != nil {
		return nil, err
	}
	r := *p.roster
	var err error
	if r.Change, err = p.change.Encode(); err != nil {
		return nil, err
	}
	return channel.Marshal(r)
}

// Proofs gives, by author, the proof against each member who signed two entries
// under one number.
func (d *Desk) Proofs(ctx context.Context) (map[string][]byte, error) {
	if d.session == nil {
		return nil, ErrNoChannel
	}
	charter, _, err := d.signedCharter(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	for _, f := range d.session.Log().Forks() {
		proof, err := d.session.Log().Prove(charter, f)
		if err != nil {
			return nil, err
		}
		out[hex.EncodeToString(f.Author[:])] = proof
	}
	return out, nil
}
