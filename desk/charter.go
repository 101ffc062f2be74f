package desk

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"

	"parley"
	"parley/casefile"
	"parley/channel"
)

// terms is what the charter's opaque terms mean to a desk.
type terms struct {
	_      struct{} `cbor:",toarray"`
	Format string
	CaseID string
	Case   parley.Digest
}

const termsFormat = "parley/terms/1"

// maxCase leaves room for what stands beside the file in an entry.
const maxCase = channel.MaxBody - 1024

// SetPrincipal names who binds this desk's party.
func (d *Desk) SetPrincipal(ctx context.Context, p PrincipalCard) error {
	if d.charter != nil {
		return fmt.Errorf("the charter names the principal already")
	}
	d.id.Principal = channel.Member{Name: p.Name, Office: p.Office, Signing: p.Public}
	return d.keep(ctx, "identity", d.id)
}

// Card is what the other side needs to name this delegation in a charter.
func (d *Desk) Card() ([]byte, error) {
	if len(d.id.Principal.Signing) == 0 {
		return nil, wrong("the card needs the principal's public key: give it with --principal")
	}
	signed, err := channel.SignCard(d.delegation(), d.around.Now().Unix(), d.signing)
	if err != nil {
		return nil, err
	}
	return signed.Encode()
}

func (d *Desk) delegation() channel.Delegation {
	return channel.Delegation{
		Party: string(d.id.Party), Name: d.id.Name, Principal: d.id.Principal,
		Devices: []channel.Member{{Name: d.id.Delegate, Office: d.id.Office, Signing: d.signing.Public(), Sealing: d.sealing.Public()}},
	}
}

// DraftCharter drafts a charter of this delegation with the others, on the case
// that the desk keeps, for the principals to sign.
func (d *Desk) DraftCharter(ctx context.Context, title string, cards ...[]byte) ([]byte, error) {
	file, ok, err := d.caseFile(ctx)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, ErrNoCase
	}
	c, err := casefile.ParseCase("the case in the store", file)
	if err != nil {
		return nil, err
	}
	if len(file) > maxCase {
		return nil, wrong("the case has %d bytes and a channel carries one of at most %d", len(file), maxCase)
	}
	body, err := channel.Marshal(terms{Format: termsFormat, CaseID: c.ID, Case: parley.DigestOfCase(parley.Digest{}, file)})
	if err != nil {
		return nil, err
	}
	ch := &channel.Charter{Version: channel.Version, Suite: channel.Suite, Title: title, Terms: body, Made: d.around.Now().Unix()}
	if _, err := io.ReadFull(d.around.Rand, ch.Secret[:]); err != nil {
		return nil, fmt.Errorf("making the channel's secret: %w", err)
	}
	if ch.Delegations, err = d.delegations(cards, c); err != nil {
		return nil, err
	}
	raw, err := ch.Encode()
	if err != nil {
		return nil, err
	}
	return (&channel.SignedCharter{Raw: raw}).Encode()
}

// delegations seats this delegation and those of the cards, by party.
func (d *Desk) delegations(cards [][]byte, c *parley.Case) ([]channel.Delegation, error) {
	seats := []channel.Delegation{d.delegation()}
	for i, data := range cards {
		signed, err := channel.ParseCard(data)
		if err != nil {
			return nil, wrong("card %d: %w", i+1, err)
		}
		card, err := signed.Verify()
		if err != nil {
			return nil, wrong("card %d: %w", i+1, err)
		}
		seats = append(seats, card.Delegation)
	}
	for i, s := range seats {
		if slices.ContainsFunc(seats[:i], func(o channel.Delegation) bool { return o.Party == s.Party }) {
			return nil, wrong("two cards are of %s", s.Party)
		}
		if _, ok := c.Party(parley.PartyID(s.Party)); !ok {
			return nil, wrong("the case has no party %q", s.Party)
		}
	}
	slices.SortFunc(seats, func(a, b channel.Delegation) int {
		return slices.Compare([]byte(a.Party), []byte(b.Party))
	})
	return seats, nil
}

func (d *Desk) signedCharter(ctx context.Context) (*channel.SignedCharter, bool, error) {
	var data []byte
	ok, err := d.recall(ctx, "charter", &data)
	if err != nil || !ok {
		return nil, false, err
	}
	signed, err := channel.ParseSignedCharter(data)
	return signed, err == nil, err
}

// Join takes this desk's seat in a channel, whose charter every principal has
// signed. Where the desk keeps the case that the charter names and nobody has
// put it on the channel yet, it does.
func (d *Desk) Join(ctx context.Context, data []byte, relay string) error {
	if d.charter != nil {
		return fmt.Errorf("this desk has joined a channel already: another channel needs another desk")
	}
	if err := checkRelay(relay); err != nil {
		return err
	}
	signed, err := channel.ParseSignedCharter(data)
	if err != nil {
		return inputError{err}
	}
	if missing := signed.Missing(); len(missing) > 0 {
		return wrong("the charter still waits for the signature of the principals of %v", missing)
	}
	if err := d.isOurs(signed); err != nil {
		return err
	}
	if err := d.takeSeat(ctx, signed); err != nil {
		return err
	}
	if err := d.keep(ctx, "charter", data); err != nil {
		return err
	}
	if err := d.SetRelay(ctx, relay); err != nil {
		return err
	}
	return d.putCase(ctx)
}

// isOurs refuses a charter that seats this delegation otherwise than it is: with
// another principal, who would bind it, or with devices that it does not know.
func (d *Desk) isOurs(signed *channel.SignedCharter) error {
	if len(d.id.Principal.Signing) == 0 {
		return wrong("this desk does not know its principal's key: give it with `parley channel card --principal`")
	}
	c, err := signed.Verify()
	if err != nil {
		return inputError{err}
	}
	i := slices.IndexFunc(c.Delegations, func(g channel.Delegation) bool { return g.Party == string(d.id.Party) })
	if i < 0 {
		return wrong("the charter has no delegation of %s", d.id.Party)
	}
	ours, err1 := channel.Marshal(d.delegation())
	theirs, err2 := channel.Marshal(c.Delegations[i])
	if err1 != nil || err2 != nil || !bytes.Equal(ours, theirs) {
		return wrong("the charter seats %s with another principal, device or name than this desk's: its principal key would bind us", d.id.Party)
	}
	return nil
}

// takeSeat opens the session under a charter.
func (d *Desk) takeSeat(ctx context.Context, signed *channel.SignedCharter) error {
	c, err := signed.Verify()
	if err != nil {
		return err
	}
	var t terms
	if err := channel.Unmarshal(c.Terms, &t); err != nil || t.Format != termsFormat {
		return wrong("the charter's terms can't be read by this version")
	}
	if err := checkTerms(c, t); err != nil {
		return err
	}
	session, err := channel.NewSession(ctx, c, d.signing, d.sealing, journal{d.store}, channel.Options{Now: d.around.Now, Rand: d.around.Rand})
	if err != nil {
		return err
	}
	d.charter, d.terms, d.session, d.ground = c, t, session, groundOf(c, t)
	return nil
}

// checkTerms refuses a case without a proper id, and two depositaries: one could
// then let lapse what the other has put in force.
func checkTerms(c *channel.Charter, t terms) error {
	if err := parley.CheckID(t.CaseID); err != nil {
		return wrong("the charter's case: %w", err)
	}
	depositaries := 0
	for _, n := range c.Neutrals {
		if slices.Contains(n.Capabilities, "depositary") {
			depositaries++
		}
	}
	if depositaries > 1 {
		return wrong("the charter names %d depositaries: one at most", depositaries)
	}
	return nil
}

// groundOf reads a charter as the ground of a table. The first device of a
// delegation holds its pen.
func groundOf(c *channel.Charter, t terms) parley.Ground {
	g := parley.Ground{Case: t.Case}
	pens := map[string]bool{}
	for _, s := range c.Seats() {
		m := parley.Member{ID: parley.MemberID(s.ID), Party: parley.PartyID(s.Party), Name: s.Member.Name, Office: s.Member.Office}
		switch {
		case s.Principal:
			m.Role = parley.Principally
		case s.Party != "":
			m.Role, m.Pen = parley.Delegate, !pens[s.Party]
			pens[s.Party] = true
		case slices.Contains(s.Capabilities, "depositary"):
			m.Role = parley.Depositary
		default:
			m.Role = parley.Neutral
		}
		g.Members = append(g.Members, m)
	}
	return g
}

// putCase puts the charter's case on the channel where it isn't there yet and
// this desk keeps it. Two desks that do so at once do no harm: it is the same.
func (d *Desk) putCase(ctx context.Context) error {
	file, ok, err := d.caseFile(ctx)
	if err != nil {
		return err
	}
	if _, there := d.Table().Version(d.terms.Case); there || !ok || parley.DigestOfCase(parley.Digest{}, file) != d.terms.Case {
		return nil
	}
	_, err = d.putForward(ctx, file, parley.Digest{})
	return err
}

func (d *Desk) putForward(ctx context.Context, file []byte, previous parley.Digest) (parley.Ref, error) {
	c, err := casefile.ParseCase("the case", file)
	if err != nil {
		return parley.Ref{}, err
	}
	return d.say(ctx, &parley.CaseMove{Digest: parley.DigestOfCase(previous, file), Previous: previous, File: file, Case: c})
}
