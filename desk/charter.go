package desk

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

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
	// Settlements is how many private settlements two parties may begin, blind
	// yeses included, and Before how many of those any two are taken to have
	// begun already: on other channels, about other cases.
	Settlements, Before uint64
}

const termsFormat = "parley/terms/2"

// readTerms reads a charter's terms. Those of the first version allow no private
// settlements.
func readTerms(raw []byte) (t terms, err error) {
	if err := channel.Unmarshal(raw, &t); err == nil && t.Format == termsFormat {
		return t, nil
	}
	var first struct {
		_      struct{} `cbor:",toarray"`
		Format string
		CaseID string
		Case   parley.Digest
	}
	if err := channel.Unmarshal(raw, &first); err != nil || first.Format != "parley/terms/1" {
		return terms{}, wrong("the charter's terms can't be read by this version")
	}
	return terms{Format: first.Format, CaseID: first.CaseID, Case: first.Case}, nil
}

// maxCase leaves room for what stands beside the file in an entry.
const maxCase = channel.MaxBody - 1024

// SetPrincipal names who binds this desk's party.
func (d *Desk) SetPrincipal(ctx context.Context, p PrincipalCard) error {
	if d.charter != nil {
		return fmt.Errorf("the charter names the principal already")
	}
	if d.id.neutral() {
		return wrong("a neutral has no principal")
	}
	d.id.Principal = channel.Member{Name: p.Name, Office: p.Office, Signing: p.Public}
	return d.keep(ctx, "identity", d.id)
}

// SetAuthority names who may change this side's roster: so many of these
// together, and a recovery key that may only enrol and revoke, after a delay.
// A recovery card without a key means none.
func (d *Desk) SetAuthority(ctx context.Context, keys []PrincipalCard, threshold int, recovery PrincipalCard, delay time.Duration) error {
	if d.charter != nil {
		return fmt.Errorf("the charter names the authority already, for good")
	}
	d.id.Authority = channel.Authority{Threshold: uint64(max(threshold, 0))}
	for _, k := range keys {
		d.id.Authority.Keys = append(d.id.Authority.Keys, channel.Member{Name: k.Name, Office: k.Office, Signing: k.Public})
	}
	d.id.Recovery = channel.Recovery{}
	if len(recovery.Public) > 0 {
		d.id.Recovery = channel.Recovery{Signing: recovery.Public, Delay: uint64(delay.Seconds())}
	}
	if _, err := d.Card(); err != nil {
		return err
	}
	return d.keep(ctx, "identity", d.id)
}

// Card is what others need to name this desk in a charter, or to enrol it.
func (d *Desk) Card() ([]byte, error) {
	if d.sealing == nil {
		return nil, wrong("this desk has joined a channel: its card is spent")
	}
	now := d.around.Now().Unix()
	if d.id.neutral() {
		signed, err := channel.SignNeutralCard(d.neutral(), now, d.signing)
		if err != nil {
			return nil, inputError{err}
		}
		return signed.Encode()
	}
	signed, err := channel.SignCard(d.delegation(), now, d.signing)
	if err != nil {
		return nil, inputError{err}
	}
	return signed.Encode()
}

func (d *Desk) device() channel.Member {
	return channel.Member{Name: d.id.Delegate, Office: d.id.Office, Signing: d.signing.Public(), Sealing: d.sealing.Public()}
}

func (d *Desk) delegation() channel.Delegation {
	return channel.Delegation{
		Party: string(d.id.Party), Name: d.id.Name, Principal: d.id.Principal,
		Devices:   []channel.Member{d.device()},
		Authority: d.id.Authority, Recovery: d.id.Recovery,
	}
}

func (d *Desk) neutral() channel.Neutral {
	return channel.Neutral{
		Name: d.id.Name, Capabilities: d.id.Capabilities, Withheld: withheldFrom(d.id.Capabilities),
		Device: d.device(), Authority: d.id.Authority,
	}
}

// withheldFrom lists the kinds of moves that a neutral is not given, ascending:
// whoever is only a humanitarian intermediary, a host or a mediator never sees an
// offer, nor what came of one; and only a mediator sees private settlements.
func withheldFrom(capabilities []string) []string {
	for _, c := range capabilities {
		if c == "chair" || c == "depositary" {
			return nil
		}
	}
	kinds := []string{
		string(parley.KindAccept), string(parley.KindCertify), string(parley.KindConcur), string(parley.KindDecline),
		string(parley.KindOffer), string(parley.KindRatify), string(parley.KindRelease), string(parley.KindRequest),
		string(parley.KindSeal), string(parley.KindStatement), string(parley.KindWithdraw),
	}
	if !slices.Contains(capabilities, "mediator") {
		kinds = slices.Insert(kinds, len(kinds)-2, string(parley.KindSettle))
	}
	return kinds
}

// Foundation says how a channel is to be founded.
type Foundation struct {
	Title string
	Cards [][]byte // of the other delegations and of the neutrals
	// Provisional charters are signed by the desks: delegates begin to talk, and
	// bind nobody, before the principals found the channel.
	Provisional bool
	Adopts      []channel.Adopted
	// Settlements is how many private settlements two parties may begin, and
	// SettlementsBefore how many of those count as begun elsewhere.
	Settlements, SettlementsBefore uint64
}

// DraftCharter drafts a charter of this delegation with the others, on the case
// that the desk keeps, for those who sign it.
func (d *Desk) DraftCharter(ctx context.Context, f Foundation) ([]byte, error) {
	if d.id.neutral() {
		return nil, wrong("a charter is drafted by a party's desk")
	}
	if !f.Provisional && len(d.id.Principal.Signing) == 0 {
		return nil, wrong("a charter needs the principal's public key: give it with --principal")
	}
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
	body, err := channel.Marshal(terms{
		Format: termsFormat, CaseID: c.ID, Case: parley.DigestOfCase(parley.Digest{}, file),
		Settlements: f.Settlements, Before: f.SettlementsBefore,
	})
	if err != nil {
		return nil, err
	}
	ch := channel.Charter{
		Version: channel.Version, Suite: channel.Suite, Title: f.Title, Provisional: f.Provisional, Adopts: f.Adopts,
		Terms: body, Made: d.around.Now().Unix(),
	}
	if err := d.seat(&ch, f.Cards, c); err != nil {
		return nil, err
	}
	var secret channel.Secret
	if _, err := io.ReadFull(d.around.Rand, secret[:]); err != nil {
		return nil, fmt.Errorf("making the channel's secret: %w", err)
	}
	signed, err := channel.NewCharter(ch, secret)
	if err != nil {
		return nil, inputError{err}
	}
	if f.Provisional {
		if err := d.signProvisional(signed); err != nil {
			return nil, err
		}
	}
	return signed.Encode()
}

// SignProvisional puts this desk's signature under a provisional charter.
func (d *Desk) SignProvisional(data []byte) ([]byte, error) {
	signed, err := channel.ParseSignedCharter(data)
	if err != nil {
		return nil, inputError{err}
	}
	if err := d.signProvisional(signed); err != nil {
		return nil, err
	}
	return signed.Encode()
}

func (d *Desk) signProvisional(signed *channel.SignedCharter) error {
	signature, err := channel.SignCharter(signed.Raw, d.signing)
	if err != nil {
		return inputError{err}
	}
	return signed.AddSignature(signature)
}

// seat puts this delegation and those of the cards into the charter.
func (d *Desk) seat(ch *channel.Charter, cards [][]byte, c *parley.Case) error {
	ch.Delegations = []channel.Delegation{d.delegation()}
	for i, data := range cards {
		card, err := readCard(data)
		if err != nil {
			return wrong("card %d is none that `parley channel card` wrote: %w", i+1, err)
		}
		ch.Delegations = append(ch.Delegations, card.Delegations...)
		ch.Neutrals = append(ch.Neutrals, card.Neutrals...)
	}
	for i := range ch.Delegations {
		g := &ch.Delegations[i]
		if ch.Provisional {
			g.Principal = channel.Member{}
		}
		if slices.ContainsFunc(ch.Delegations[:i], func(o channel.Delegation) bool { return o.Party == g.Party }) {
			return wrong("two cards are of %s", g.Party)
		}
		if _, ok := c.Party(parley.PartyID(g.Party)); !ok {
			return wrong("the case has no party %q", g.Party)
		}
		if !ch.Provisional && len(g.Principal.Signing) == 0 {
			return wrong("the card of %s has no principal's key: a channel that binds needs one", g.Party)
		}
	}
	slices.SortFunc(ch.Delegations, func(a, b channel.Delegation) int { return strings.Compare(a.Party, b.Party) })
	slices.SortFunc(ch.Neutrals, func(a, b channel.Neutral) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

func readCard(data []byte) (*channel.Card, error) {
	signed, err := channel.ParseCard(data)
	if err != nil {
		return nil, err
	}
	return signed.Verify()
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

// Join takes this desk's seat in a channel, whose charter everybody who must has
// signed. A desk that was enrolled later brings an archive of the log, in which
// its enrolment stands. Where the desk keeps the case that the charter names and
// nobody has put it on the channel yet, it does.
func (d *Desk) Join(ctx context.Context, data []byte, relay string, archive [][]byte) error {
	if d.charter != nil && !d.Awaits() {
		return fmt.Errorf("this desk has joined a channel already: another channel needs another desk, and another relay `parley channel relay URL`")
	}
	if old, err := d.Restored(ctx); err != nil || old {
		return cmp.Or(err, channel.ErrRestored)
	}
	if err := checkRelay(relay); err != nil {
		return err
	}
	signed, err := channel.ParseSignedCharter(data)
	if err != nil {
		return inputError{err}
	}
	if d.charter != nil {
		return d.joinAgain(ctx, signed, relay, archive)
	}
	if missing := signed.Missing(); len(missing) > 0 {
		return wrong("the charter still waits for signatures of %v", missing)
	}
	if _, ok := signed.TheSecret(); !ok {
		return wrong("this copy of the charter is for outsiders: ask for the one with the channel's secret")
	}
	if err := d.isOurs(signed, len(archive) > 0); err != nil {
		return err
	}
	if err := d.checkArchive(signed, archive); err != nil || d.rehearsing {
		return err
	}
	if err := d.takeSeat(ctx, signed); err != nil {
		return err
	}
	if _, err := d.session.ReadArchive(ctx, archive); err != nil {
		return inputError{err}
	}
	if err := d.keep(ctx, "charter", data); err != nil {
		return err
	}
	if err := d.leaveKey(ctx); err != nil {
		return err
	}
	if err := d.SetRelay(ctx, relay); err != nil {
		return err
	}
	return d.putCase(ctx)
}

// leaveKey leaves the first sealing key to the journal, which keeps it by now and
// will delete it in its time.
func (d *Desk) leaveKey(ctx context.Context) error {
	d.id.Sealing = nil
	return d.keep(ctx, "identity", d.id)
}

// Awaits reports whether this desk, made from a backup, knows a channel and still
// waits to be enrolled in it.
func (d *Desk) Awaits() bool {
	if d.session == nil {
		return false
	}
	_, seated := d.session.Log().Roster().Seat(d.signing.ID())
	return !seated
}

// joinAgain has a desk that was made from a backup take its seat in the channel
// that it knows, with an archive in which it is enrolled.
func (d *Desk) joinAgain(ctx context.Context, signed *channel.SignedCharter, relay string, archive [][]byte) error {
	if c, err := signed.Verify(); err != nil || c.ID() != d.charter.ID() {
		return wrong("this is the charter of another channel than the backup's")
	}
	if len(archive) == 0 {
		return wrong("this desk was made from a backup: bring an exported log in which it is enrolled, with --archive")
	}
	if err := d.isOurs(signed, true); err != nil {
		return err
	}
	if err := d.checkArchive(signed, archive); err != nil || d.rehearsing {
		return err
	}
	if _, err := d.session.ReadArchive(ctx, archive); err != nil {
		return inputError{err}
	}
	if err := d.leaveKey(ctx); err != nil {
		return err
	}
	if relay == "" {
		return nil
	}
	return d.SetRelay(ctx, relay)
}

// checkArchive refuses an archive in which this desk is not enrolled, before
// anything of it is kept.
func (d *Desk) checkArchive(signed *channel.SignedCharter, archive [][]byte) error {
	if len(archive) == 0 {
		return nil
	}
	c, err := signed.Verify()
	if err != nil {
		return inputError{err}
	}
	enrolled, err := c.Enrols(d.signing.ID(), archive)
	if err != nil {
		return inputError{err}
	}
	if !enrolled {
		return wrong("the archive does not enrol this desk: put its enrolment on the channel first, then export the log")
	}
	return nil
}

// isOurs refuses a charter that seats this side otherwise than it is: with
// another principal, who would bind it, or with devices that it does not know.
func (d *Desk) isOurs(signed *channel.SignedCharter, late bool) error {
	c, err := signed.Verify()
	if err != nil {
		return inputError{err}
	}
	if d.id.neutral() {
		return d.isOurNeutral(c, late)
	}
	if len(d.id.Principal.Signing) == 0 && !c.Provisional {
		return wrong("this desk does not know its principal's key: give it with `parley channel card --principal`")
	}
	i := slices.IndexFunc(c.Delegations, func(g channel.Delegation) bool { return g.Party == string(d.id.Party) })
	if i < 0 {
		return wrong("the charter has no delegation of %s", d.id.Party)
	}
	ours, theirs := d.delegation(), c.Delegations[i]
	if c.Provisional {
		ours.Principal = channel.Member{}
	}
	if late { // enrolled later: the archive must show it
		ours.Devices, ours.Authority, ours.Recovery = theirs.Devices, theirs.Authority, theirs.Recovery
	}
	if !same(ours, theirs) {
		return wrong("the charter seats %s with another principal, authority, device or name than this desk's: its principal key would bind us", d.id.Party)
	}
	return nil
}

func (d *Desk) isOurNeutral(c *channel.Charter, late bool) error {
	i := slices.IndexFunc(c.Neutrals, func(n channel.Neutral) bool { return n.Name == d.id.Name })
	if i < 0 {
		return wrong("the charter has no neutral %q", d.id.Name)
	}
	ours := d.neutral()
	if late {
		ours.Device, ours.Authority = c.Neutrals[i].Device, c.Neutrals[i].Authority
	}
	if !same(ours, c.Neutrals[i]) {
		return wrong("the charter seats %s with other capabilities or another device than this desk's", d.id.Name)
	}
	return nil
}

func same(a, b any) bool {
	x, err1 := channel.Marshal(a)
	y, err2 := channel.Marshal(b)
	return err1 == nil && err2 == nil && bytes.Equal(x, y)
}

// takeSeat opens the session under a charter.
func (d *Desk) takeSeat(ctx context.Context, signed *channel.SignedCharter) error {
	c, err := signed.Verify()
	if err != nil {
		return err
	}
	t, err := readTerms(c.Terms)
	if err != nil {
		return err
	}
	if err := checkTerms(c, t); err != nil {
		return err
	}
	secret, ok := signed.TheSecret()
	if !ok {
		return fmt.Errorf("the charter in the store lacks the channel's secret")
	}
	options := channel.Options{Now: d.around.Now, Rand: d.around.Rand, Side: d.id.side(), Least: looksLike}
	session, err := channel.NewSession(ctx, c, d.signing, d.sealing, journal{d.store}, options)
	if err != nil {
		return err
	}
	d.charter, d.secret, d.terms, d.session, d.ground = c, secret, t, session, groundOf(c, t)
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

// groundOf reads a charter as the ground of a table.
func groundOf(c *channel.Charter, t terms) parley.Ground {
	return parley.Ground{Case: t.Case, Provisional: c.Provisional, Members: members(c, c.Seats())}
}

// members reads seats. The first device of a delegation in the charter holds its
// pen from the start.
func members(c *channel.Charter, seats []channel.Seat) []parley.Member {
	first := map[channel.MemberID]bool{}
	for _, g := range c.Delegations {
		first[g.Devices[0].ID()] = true
	}
	var out []parley.Member
	for _, s := range seats {
		m := parley.Member{ID: parley.MemberID(s.ID), Party: parley.PartyID(s.Party), Name: s.Member.Name, Office: s.Member.Office, Capabilities: s.Capabilities}
		switch {
		case s.Principal:
			m.Role = parley.Principally
		case s.Party != "":
			m.Role, m.Pen = parley.Delegate, first[s.ID]
		case slices.Contains(s.Capabilities, "depositary"):
			m.Role = parley.Depositary
		default:
			m.Role = parley.Neutral
		}
		out = append(out, m)
	}
	return out
}

// rosterOf reads the channel's roster as the table needs it.
func (d *Desk) rosterOf(r *channel.Roster) *parley.Roster {
	if known := d.rosters[r]; known != nil {
		return known
	}
	out := &parley.Roster{Members: members(d.charter, r.Seats())}
	for id, number := range r.Cuts() {
		out.Cuts = append(out.Cuts, parley.Cut{Member: parley.MemberID(id), Number: number})
	}
	slices.SortFunc(out.Cuts, func(a, b parley.Cut) int { return bytes.Compare(a.Member[:], b.Member[:]) })
	d.rosters[r] = out
	return out
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
