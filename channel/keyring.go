package channel

import (
	"errors"
	"fmt"
	"slices"
	"sync"
)

// keyring is a charter made ready for use: every key of it unpacked once.
type keyring struct {
	channel     ID
	provisional bool
	seats       map[MemberID]seated
	offices     map[string]office
	neutrals    map[string]*Neutral // by side

	mu       sync.Mutex
	verified map[[32]byte]*checkedChange // by the hash of their bytes
}

type seated struct {
	Seat
	keys *verifier
}

func newKeyring(c *Charter) (*keyring, error) {
	raw, err := c.Encode()
	if err != nil {
		return nil, err
	}
	k := &keyring{
		channel: charterID(raw), provisional: c.Provisional, seats: map[MemberID]seated{},
		offices: c.offices(), neutrals: map[string]*Neutral{}, verified: map[[32]byte]*checkedChange{},
	}
	for _, seat := range c.Seats() {
		keys, err := parseVerifier(seat.Member.Signing)
		if err != nil {
			return nil, err
		}
		k.seats[seat.ID] = seated{Seat: seat, keys: keys}
	}
	for i := range c.Neutrals {
		k.neutrals[neutralSide(c.Neutrals[i].Name)] = &c.Neutrals[i]
	}
	return k, nil
}

// keysOf unpacks the keys that a change brings.
func (c *checkedChange) keysOf() (map[MemberID]*verifier, error) {
	out := map[MemberID]*verifier{}
	for _, m := range append(slices.Clone(c.Enrol), c.Principal...) {
		keys, err := parseVerifier(m.Signing)
		if err != nil {
			return nil, err
		}
		out[keys.id] = keys
	}
	return out, nil
}

// errStranger is returned for an entry by a key that is not known yet: a change
// of roster that is still to come may bring it.
var errStranger = errors.New("by somebody who is not on the roster")

// unverified is an entry in form, whose signatures nobody has looked at.
type unverified struct {
	*Signed
	signed    []byte // the bytes that were signed
	signature Signature
}

// read takes an entry apart without looking at its signatures.
func (k *keyring) read(raw []byte) (*unverified, error) {
	if len(raw) > MaxEntry {
		return nil, fmt.Errorf("%w: %d bytes, the most is %d", ErrEntry, len(raw), MaxEntry)
	}
	u, err := parseRecord(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEntry, err)
	}
	if u.Channel != k.channel {
		return nil, fmt.Errorf("%w: it names another channel", ErrEntry)
	}
	return u, nil
}

// verify checks both signatures under the author's key.
func (u *unverified) verify(keys *verifier) (*Signed, error) {
	if err := keys.verify(contextEntry, u.signed, u.signature); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEntry, err)
	}
	return u.Signed, nil
}

// VerifyEntry returns a signed entry if it is in form, of this channel, both
// signatures hold, and its author is in the charter or was brought by one of
// the changes. Whether its ancestors exist, and whether its author was on the
// roster by then, is for the [Log] to see.
func (c *Charter) VerifyEntry(raw []byte, changes ...[]byte) (*Signed, error) {
	k, err := newKeyring(c)
	if err != nil {
		return nil, err
	}
	u, err := k.read(raw)
	if err != nil {
		return nil, err
	}
	if seat, ok := k.seats[u.Author]; ok {
		return u.verify(seat.keys)
	}
	for _, body := range changes {
		change, err := k.verifyChange(body)
		if err != nil {
			return nil, err
		}
		keys, err := change.keysOf()
		if err != nil {
			return nil, err
		}
		if key := keys[u.Author]; key != nil {
			return u.verify(key)
		}
	}
	return nil, fmt.Errorf("%w: %w", ErrEntry, errStranger)
}

// Enrols reports whether an archive of the channel has the member on the roster
// at its end.
func (c *Charter) Enrols(id MemberID, archive [][]byte) (bool, error) {
	k, err := newKeyring(c)
	if err != nil {
		return false, err
	}
	log := unboundedLog(k)
	for i, raw := range archive {
		if _, err := log.Add(raw); err != nil {
			return false, fmt.Errorf("entry %d of the archive: %w", i+1, err)
		}
	}
	return log.Roster().Active(id), nil
}
