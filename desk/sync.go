package desk

import (
	"context"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"parley"
	"parley/channel"
	"parley/relay"
)

// SetRelay notes where the relay is; "" forgets it.
func (d *Desk) SetRelay(ctx context.Context, url string) error {
	if err := checkRelay(url); err != nil {
		return err
	}
	return d.keep(ctx, "relay", url)
}

func checkRelay(url string) error {
	if url == "" {
		return nil
	}
	if _, err := relay.Realm(url); err != nil {
		return inputError{err}
	}
	return nil
}

// Relay is where the relay is, "" where none is known.
func (d *Desk) Relay(ctx context.Context) (url string, err error) {
	_, err = d.recall(ctx, "relay", &url)
	return url, err
}

// Carrier is the way to this channel's mailbox on the relay. admit is the word
// that the relay's operator asks of a new mailbox, "" for none.
func (d *Desk) Carrier(ctx context.Context, admit string) (channel.Carrier, error) {
	if d.charter == nil {
		return nil, ErrNoChannel
	}
	url, err := d.Relay(ctx)
	if err != nil {
		return nil, err
	}
	if url == "" {
		return nil, wrong("this desk knows no relay: name one with `parley channel relay URL`")
	}
	access, err := d.relayAccess(ctx, url)
	if err != nil {
		return nil, err
	}
	proxy, _, err := d.Line(ctx)
	if err != nil {
		return nil, err
	}
	by, err := relay.Transport(proxy)
	if err != nil {
		return nil, err
	}
	return relay.Dial(url, access, relay.Options{HTTP: by, Admit: admit, Now: d.around.Now})
}

// FolderCarrier is the way by a plain directory, such as a stick that is
// carried between the desks.
func (d *Desk) FolderCarrier(dir string) (channel.Carrier, error) {
	if d.charter == nil {
		return nil, ErrNoChannel
	}
	f, err := relay.OpenFolder(dir, d.secret.RelayKey())
	if err != nil {
		return nil, inputError{err}
	}
	return f, nil
}

// SetProxy notes the SOCKS5 proxy by which every relay is reached from now on;
// "" forgets it.
func (d *Desk) SetProxy(ctx context.Context, url string) error {
	if _, err := relay.Transport(url); err != nil {
		return inputError{err}
	}
	return d.keep(ctx, "proxy", url)
}

// Line is what was noted of the line to relays: the proxy, "" for none, and
// whether syncs are covered.
func (d *Desk) Line(ctx context.Context) (proxy string, cover bool, err error) {
	if _, err = d.recall(ctx, "proxy", &proxy); err != nil {
		return "", false, err
	}
	_, err = d.recall(ctx, "cover", &cover)
	return proxy, cover, err
}

// LookAtRelay asks this channel's relay how it is, by the line that the desk
// goes by and with none of its keys.
func (d *Desk) LookAtRelay(ctx context.Context) (relay.Seen, error) {
	url, err := d.Relay(ctx)
	if err != nil {
		return relay.Seen{}, err
	}
	proxy, _, err := d.Line(ctx)
	if err != nil {
		return relay.Seen{}, err
	}
	by, err := relay.Transport(proxy)
	if err != nil {
		return relay.Seen{}, err
	}
	return relay.Look(ctx, url, by, d.around.Now)
}

// coverEnvelopes is how many envelopes a covered sync hands over: more than a
// desk has to say in a day as a rule, some 90 kB on a channel of eight devices.
const coverEnvelopes = 4

// SetCover notes whether every sync hands over the same number of envelopes from
// now on, so that the relay can't see whether anything was said.
func (d *Desk) SetCover(ctx context.Context, on bool) error { return d.keep(ctx, "cover", on) }

// SendAgain seals anew all of ours that others have not confirmed, for the next
// sync to hand over once more, and returns how much that is.
func (d *Desk) SendAgain(ctx context.Context) (int, error) {
	if d.session == nil {
		return 0, ErrNoChannel
	}
	return d.session.Resend(ctx)
}

func syncSession(ctx context.Context, s *channel.Session, by channel.Carrier, cover bool) (channel.Report, error) {
	if cover {
		return s.SyncCovered(ctx, by, coverEnvelopes)
	}
	return s.Sync(ctx, by)
}

// relayAccess derives the names and keys that this desk has at a relay.
func (d *Desk) relayAccess(ctx context.Context, url string) (relay.Access, error) {
	own, err := d.relaySecret(ctx)
	if err != nil {
		return relay.Access{}, err
	}
	who := relay.Who{Shared: d.secret.RelayKey(), Own: own, Side: d.id.side(), Member: d.signing.ID().String()}
	for _, seat := range d.session.Log().Roster().Seats() {
		if !slices.Contains(who.Sides, seat.Side()) {
			who.Sides = append(who.Sides, seat.Side())
		}
	}
	return relay.Derive(url, who)
}

// relaySecret is what this desk's keys at relays are made from. No other desk
// has it, and it signs and opens nothing on the channel.
func (d *Desk) relaySecret(ctx context.Context) (own []byte, err error) {
	if ok, err := d.recall(ctx, "relay-secret", &own); ok || err != nil {
		return own, err
	}
	own = make([]byte, 32)
	if _, err := io.ReadFull(d.around.Rand, own); err != nil {
		return nil, err
	}
	return own, d.keep(ctx, "relay-secret", own)
}

// administer has the relay know this side's members as the roster has them, and
// keeps everybody else from changing that. It is asked once for each roster.
// Where another desk of this side does it, there is nothing to do.
func (d *Desk) administer(ctx context.Context, by channel.Carrier, again bool) error {
	client, ok := by.(*relay.Client)
	if !ok {
		return nil
	}
	url, err := d.Relay(ctx)
	if err != nil {
		return err
	}
	room := d.session.Log().Roster()
	var members []string
	for _, seat := range room.Seats() {
		if seat.Side() == d.id.side() && !seat.Principal && room.Active(seat.ID) {
			members = append(members, seat.ID.String())
		}
	}
	now := append([]string{url}, members...)
	var done []string
	if _, err := d.recall(ctx, "relay-members", &done); err != nil || !again && slices.Equal(done, now) {
		return err
	}
	closed, err := client.Administer(ctx, members)
	if errors.Is(err, relay.ErrNotEnrolled) {
		closed, err = true, nil
	}
	if err != nil || !closed {
		return err
	}
	return d.keep(ctx, "relay-members", now)
}

// Sync fetches what came and sends what waits, and goes on with the settlements
// that this desk takes part in.
func (d *Desk) Sync(ctx context.Context, by channel.Carrier) (channel.Report, error) {
	return d.SyncApart(ctx, by, nobody{})
}

// nobody waits for the desk.
type nobody struct{}

func (nobody) Lock()   {}
func (nobody) Unlock() {}

// SyncApart syncs as Sync does, and lets the turn go, which its caller has, while
// entries, and the messages of settlements, are fetched and sent: a bad line keeps
// nobody from the desk.
func (d *Desk) SyncApart(ctx context.Context, by channel.Carrier, turn sync.Locker) (channel.Report, error) {
	if d.session == nil {
		return channel.Report{}, ErrNoChannel
	}
	r, err := d.exchange(ctx, by, turn)
	if err != nil {
		return r, err
	}
	moved, err := d.carrySettlements(ctx, by, turn)
	if err != nil || !moved {
		return r, err
	}
	again, err := d.exchange(ctx, by, turn)
	return added(r, again), err
}

// added is what two syncs did, one after the other.
func added(r, again channel.Report) channel.Report {
	again.Received += r.Received
	again.Admitted = append(r.Admitted, again.Admitted...)
	again.Sent += r.Sent
	again.Rewound = again.Rewound || r.Rewound
	again.Republished += r.Republished
	again.Unopened += r.Unopened
	again.Refused += r.Refused
	again.NonPapers += r.NonPapers
	again.Lost += r.Lost
	again.NewForks = append(r.NewForks, again.NewForks...)
	return again
}

// exchange fetches entries that came and sends those that wait.
func (d *Desk) exchange(ctx context.Context, by channel.Carrier, turn sync.Locker) (channel.Report, error) {
	// The session and the store stand being used by others at the same time; what
	// the desk has read of the log doesn't.
	session := d.session
	_, cover, err := d.Line(ctx)
	if err != nil {
		return channel.Report{}, err
	}
	turn.Unlock()
	r, err := syncSession(ctx, session, by, cover)
	turn.Lock()
	if err != nil {
		return r, err
	}
	if err := d.forgetEarlier(ctx); err != nil {
		return r, err
	}
	if len(d.id.Sealing) > 0 && !d.Awaits() {
		if err := d.leaveKey(ctx); err != nil {
			return r, err
		}
	}
	if err := d.administer(ctx, by, r.Rewound); err != nil {
		return r, err
	}
	// A join that was cut off left the case to be put forward.
	if _, there := d.Table().Version(d.terms.Case); !there {
		if err := d.putCase(ctx); err != nil {
			return r, err
		}
	}
	return r, nil
}

// State is how a channel stands, apart from what is said on it.
type State struct {
	Channel   string         `json:"channel"`
	Title     string         `json:"title"`
	Party     parley.PartyID `json:"party"`
	Entries   int            `json:"entries"`
	Waiting   int            `json:"waiting"`        // ours that the other sides have not all confirmed
	Waits     time.Time      `json:"waits,omitzero"` // when the oldest of those was written
	Held      int            `json:"held"`           // came before what they rest on
	Missing   []string       `json:"missing"`        // named and not here
	Forked    []string       `json:"forked"`         // members who signed two entries under one number
	Contested []string       `json:"contested"`      // sides whose changes of roster contradict each other
	Pending   int            `json:"pending"`        // changes by recovery keys whose delay has not passed
	Heads     string         `json:"heads"`          // digest of the heads, for a charter that takes this record over
	Compared  *Comparison    `json:"compared"`       // the last time that both sides' digits were found equal
	Restored  bool           `json:"restored"`
	Relay     string         `json:"relay"`
	Members   []MemberState  `json:"members"`
}

// MemberState is a member of the channel and how much it has said.
type MemberState struct {
	ID      string         `json:"id"`
	Party   parley.PartyID `json:"party"`
	Role    parley.Role    `json:"role"`
	Name    string         `json:"name"`
	Office  string         `json:"office"`
	Entries int            `json:"entries"`
	Pen     bool           `json:"pen"`              // decides for its delegation
	Gone    bool           `json:"gone"`             // was taken off the roster
	Prekey  time.Time      `json:"prekey,omitzero"`  // when it gave its newest sealing key out, by its own clock
	Said    time.Time      `json:"said,omitzero"`    // when it wrote its newest entry, by its own clock
	Answers time.Time      `json:"answers,omitzero"` // the latest date of what that entry names by others

	Capabilities []string `json:"capabilities"` // of a neutral
	Neutral      string   `json:"neutral"`      // its name
}

// Status tells how the channel stands.
func (d *Desk) Status(ctx context.Context) (State, error) {
	if d.session == nil {
		return State{}, ErrNoChannel
	}
	log := d.session.Log()
	s := State{
		Channel: d.charter.ID().String(), Title: d.charter.Title, Party: d.id.Party, Entries: len(log.Entries()),
		Waiting: len(d.session.Waiting()), Held: log.Held(), Restored: d.session.Restored(),
		Missing: []string{}, Forked: []string{},
	}
	for _, id := range log.Missing() {
		s.Missing = append(s.Missing, id.String())
	}
	for _, f := range log.Forks() {
		s.Forked = append(s.Forked, f.Author.String())
	}
	room := log.Roster()
	digest := log.HeadsDigest()
	s.Contested, s.Pending, s.Heads = list(room.Contested()), len(room.Pending()), hex.EncodeToString(digest[:])
	health := d.session.Health()
	s.Waits, s.Members = health.Waits, d.memberStates(room, health)
	var compared Comparison
	if ok, err := d.recall(ctx, "compared", &compared); err != nil {
		return State{}, err
	} else if ok {
		s.Compared = &compared
	}
	var err error
	s.Relay, err = d.Relay(ctx)
	return s, err
}

func (d *Desk) memberStates(room *channel.Roster, health channel.Health) []MemberState {
	said := map[channel.MemberID]int{}
	for _, e := range d.session.Log().Entries() {
		said[e.Author]++
	}
	table := d.Table()
	var out []MemberState
	for _, seat := range room.Seats() {
		m := members(d.charter, []channel.Seat{seat})[0]
		out = append(out, MemberState{
			ID: m.ID.String(), Party: m.Party, Role: m.Role, Name: m.Name, Office: m.Office, Entries: said[seat.ID],
			Pen: m.Party != "" && table.Pen(m.Party) == m.ID, Gone: !room.Active(seat.ID),
			Capabilities: list(seat.Capabilities), Neutral: seat.Neutral, Prekey: health.Prekeys[seat.ID],
			Said: health.Clocks[seat.ID].Said, Answers: health.Clocks[seat.ID].Answers,
		})
	}
	return out
}

// Comparison is that both sides read the same digits to each other.
type Comparison struct {
	_     struct{}          `cbor:",toarray"`
	Heads []channel.EntryID `json:"heads"`
	At    int64             `json:"at"` // by this desk's clock
}

// Digits are what two desks read to each other to see that their logs are the
// same, over words that were just agreed.
func (d *Desk) Digits(nonce string) (string, error) {
	if d.session == nil {
		return "", ErrNoChannel
	}
	if len(nonce) < 4 {
		return "", wrong("the nonce is what was just agreed aloud: some fresh words, four letters at least")
	}
	return d.session.Log().Fingerprint([]byte(nonce)), nil
}

// Compare holds the digits that the other side read against ours, over a nonce
// that was just agreed, and notes it where they are the same.
func (d *Desk) Compare(ctx context.Context, nonce, digits string) (same bool, err error) {
	ours, err := d.Digits(nonce)
	if err != nil {
		return false, err
	}
	if n := len(onlyDigits(digits)); n != len(onlyDigits(ours)) {
		return false, wrong("thirty digits are read aloud, and %d were typed in", n)
	}
	if subtle.ConstantTimeCompare([]byte(onlyDigits(ours)), []byte(onlyDigits(digits))) != 1 {
		return false, nil
	}
	return true, d.keep(ctx, "compared", Comparison{Heads: d.session.Log().Heads(), At: d.around.Now().Unix()})
}

// onlyDigits drops all but digits; those of Arabic and Persian keyboards are
// digits, too.
func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		for _, zero := range []rune{'0', '٠', '۰'} {
			if r >= zero && r <= zero+9 {
				return '0' + r - zero
			}
		}
		return -1
	}, s)
}

// ComparedSince reports whether digits were compared when an entry was here.
func (d *Desk) ComparedSince(ctx context.Context, ref parley.Ref) (bool, error) {
	var c Comparison
	ok, err := d.recall(ctx, "compared", &c)
	if err != nil || !ok {
		return false, err
	}
	for _, head := range c.Heads {
		if head == channel.EntryID(ref) || d.session.Log().IsAncestor(channel.EntryID(ref), head) {
			return true, nil
		}
	}
	return false, nil
}

// Export gives the channel's log as files, signed by this desk.
func (d *Desk) Export(ctx context.Context) (map[string][]byte, error) {
	signed, ok, err := d.signedCharter(ctx)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, ErrNoChannel
	}
	return channel.Export(signed, d.session.Log().Entries(), d.signing, d.around.Now())
}
