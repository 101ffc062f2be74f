package channel

import (
	"fmt"
	"slices"
)

// roster is a charter made ready for use: every key unpacked once.
type roster struct {
	channel ID
	seats   map[MemberID]seated
}

type seated struct {
	Seat
	keys *verifier
}

func newRoster(c *Charter) (*roster, error) {
	raw, err := c.Encode()
	if err != nil {
		return nil, err
	}
	r := &roster{channel: charterID(raw), seats: map[MemberID]seated{}}
	for _, seat := range c.Seats() {
		keys, err := parseVerifier(seat.Member.Signing)
		if err != nil {
			return nil, err
		}
		r.seats[seat.ID] = seated{Seat: seat, keys: keys}
	}
	return r, nil
}

func (r *roster) verify(raw []byte) (*Signed, error) {
	if len(raw) > MaxEntry {
		return nil, fmt.Errorf("%w: %d bytes, the most is %d", ErrEntry, len(raw), MaxEntry)
	}
	var signed signedEntry
	if err := Unmarshal(raw, &signed); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEntry, err)
	}
	e, err := ParseEntry(signed.Entry)
	if err != nil {
		return nil, err
	}
	if e.Channel != r.channel || e.Roster != r.channel {
		return nil, fmt.Errorf("%w: it names another channel or roster", ErrEntry)
	}
	author, ok := r.seats[e.Author]
	if !ok {
		return nil, fmt.Errorf("%w: by somebody who is not in the charter", ErrEntry)
	}
	s := Signature{Signer: e.Author, Ed25519: signed.Ed25519, MLDSA: signed.MLDSA}
	if err := author.keys.verify(contextEntry, signed.Entry, s); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEntry, err)
	}
	return &Signed{Entry: e, ID: entryID(signed.Entry), Raw: slices.Clone(raw)}, nil
}
