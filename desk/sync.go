package desk

import (
	"context"
	"encoding/hex"
	"fmt"

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
	if _, err := relay.Dial(url, relay.Name{}, relay.Key{}, relay.Options{}); err != nil {
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
	name, err := hex.DecodeString(d.charter.Mailbox())
	if err != nil || len(name) != len(relay.Name{}) {
		return nil, fmt.Errorf("the charter gives no mailbox")
	}
	return relay.Dial(url, relay.Name(name), relay.Key(d.charter.RelayKey()), relay.Options{Admit: admit, Now: d.around.Now})
}

// Sync fetches what came and sends what waits.
func (d *Desk) Sync(ctx context.Context, by channel.Carrier) (channel.Report, error) {
	if d.session == nil {
		return channel.Report{}, ErrNoChannel
	}
	r, err := d.session.Sync(ctx, by)
	if err != nil {
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
	Channel     string         `json:"channel"`
	Title       string         `json:"title"`
	Party       parley.PartyID `json:"party"`
	Entries     int            `json:"entries"`
	Waiting     int            `json:"waiting"` // ours that the other sides have not all confirmed
	Held        int            `json:"held"`    // came before what they rest on
	Missing     []string       `json:"missing"` // named and not here
	Forked      []string       `json:"forked"`  // members who signed two entries under one number
	Restored    bool           `json:"restored"`
	Fingerprint string         `json:"fingerprint"`
	Relay       string         `json:"relay"`
	Members     []MemberState  `json:"members"`
}

// MemberState is a member of the charter and how much it has said.
type MemberState struct {
	ID      string         `json:"id"`
	Party   parley.PartyID `json:"party"`
	Role    parley.Role    `json:"role"`
	Name    string         `json:"name"`
	Office  string         `json:"office"`
	Entries int            `json:"entries"`
}

// Status tells how the channel stands. nonce makes the digits to read aloud
// fresh; empty compares the bare heads.
func (d *Desk) Status(ctx context.Context, nonce string) (State, error) {
	if d.session == nil {
		return State{}, ErrNoChannel
	}
	log := d.session.Log()
	s := State{
		Channel: d.charter.ID().String(), Title: d.charter.Title, Party: d.id.Party, Entries: len(log.Entries()),
		Waiting: len(d.session.Waiting()), Held: log.Held(), Restored: d.session.Restored(),
		Missing: []string{}, Forked: []string{}, Fingerprint: log.Fingerprint([]byte(nonce)),
	}
	for _, id := range log.Missing() {
		s.Missing = append(s.Missing, id.String())
	}
	for _, f := range log.Forks() {
		s.Forked = append(s.Forked, f.Author.String())
	}
	said := map[channel.MemberID]int{}
	for _, e := range log.Entries() {
		said[e.Author]++
	}
	for _, m := range d.ground.Members {
		s.Members = append(s.Members, MemberState{m.ID.String(), m.Party, m.Role, m.Name, m.Office, said[channel.MemberID(m.ID)]})
	}
	var err error
	s.Relay, err = d.Relay(ctx)
	return s, err
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
