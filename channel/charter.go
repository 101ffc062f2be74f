package channel

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Member is one key-holder: a person in an office who signs, and the device
// that reads.
type Member struct {
	_      struct{} `cbor:",toarray"`
	Name   string
	Office string
	// Signing is the public signing key.
	Signing []byte
	// Sealing is the device's first public sealing key. It is empty for a
	// principal and for a member of an authority, who sign offline and read at
	// a desk.
	Sealing []byte
}

// ID returns the member's name in entries.
func (m Member) ID() MemberID { return MemberIDOf(m.Signing) }

// Delegation is one party: the principal who binds it and the devices that
// speak for it.
type Delegation struct {
	_         struct{} `cbor:",toarray"`
	Party     string
	Name      string
	Principal Member // no key in a provisional charter
	Devices   []Member
	Authority Authority
	Recovery  Recovery
}

// Neutral belongs to no party.
type Neutral struct {
	_    struct{} `cbor:",toarray"`
	Name string
	// Capabilities are kept apart: chair, depositary, host, humanitarian, mediator.
	Capabilities []string
	// Withheld are the kinds of entries whose bodies this neutral is never
	// given, ascending. It still sees that something was said, by whom and when.
	Withheld  []string
	Device    Member
	Authority Authority
}

// Adopted names an earlier channel whose record the principals take over as it
// stands: a provisional one, as a rule. Its acts bind nobody here.
type Adopted struct {
	_       struct{} `cbor:",toarray"`
	Channel ID
	Heads   [32]byte // see [Log.HeadsDigest]
}

// Charter founds a channel: who may speak in it. Its hash is the channel's
// name, so nobody can be added to a channel behind its members' backs.
type Charter struct {
	_       struct{} `cbor:",toarray"`
	Version uint64
	Suite   uint64
	Title   string
	// Provisional charters are signed by each delegation's first device, and
	// know no principals.
	Provisional bool
	Adopts      []Adopted    // by channel, ascending
	Delegations []Delegation // by party id, ascending
	Neutrals    []Neutral    // by name, ascending
	// Terms mean nothing to this package.
	Terms []byte
	// Commitment is the hash of the channel's [Secret], so that a charter can
	// be shown to others without it.
	Commitment [32]byte
	// Made is when, in Unix seconds, as its maker says.
	Made int64
}

// Encode checks the charter and returns its bytes.
func (c *Charter) Encode() ([]byte, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	return Marshal(c)
}

// ParseCharter reads a charter. It says nothing about signatures: see
// [SignedCharter].
func ParseCharter(raw []byte) (*Charter, error) {
	if len(raw) > MaxCharter {
		return nil, fmt.Errorf("a charter of %d bytes, the most is %d", len(raw), MaxCharter)
	}
	var c Charter
	if err := Unmarshal(raw, &c); err != nil {
		return nil, fmt.Errorf("charter: %w", err)
	}
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("charter: %w", err)
	}
	return &c, nil
}

// ID returns the channel's name. It is zero for a charter that can't be encoded.
func (c *Charter) ID() ID {
	raw, err := Marshal(c)
	if err != nil {
		return ID{}
	}
	return charterID(raw)
}

func charterID(raw []byte) ID { return hashOf("charter", raw) }

// Commitment is the hash of the secret that stands in a charter.
func (s Secret) Commitment() [32]byte { return hashOf("secret", s[:]) }

// Mailbox returns the name under which a relay keeps this channel: 64
// hexadecimal digits that can't be traced to the channel's id.
func (s Secret) Mailbox() string { return hex.EncodeToString(expand(s[:], "mailbox")) }

// RelayKey returns the 32 bytes by which members prove to a relay that they
// are members.
func (s Secret) RelayKey() []byte { return expand(s[:], "relay") }

// expand derives 32 bytes for one purpose by HKDF-SHA256 without a salt.
func expand(secret []byte, label string) []byte {
	key, err := hkdf.Key(sha256.New, secret, nil, prefix+label, 32)
	if err != nil {
		panic(err) // only for a length beyond what the hash can give
	}
	return key
}

// Seat is a member's place in a channel.
type Seat struct {
	ID MemberID
	// Party is the delegation's party id, empty for a neutral.
	Party string
	// Neutral is a neutral's name, empty for a delegation's member.
	Neutral string
	// Capabilities are a neutral's, and Withheld the kinds it is not given.
	Capabilities []string
	Withheld     []string
	// Principal is true for a delegation's principal.
	Principal bool
	Member    Member
}

// Side names who stands behind a seat: one delegation, or one neutral.
func (s Seat) Side() string {
	if s.Party != "" {
		return s.Party
	}
	return neutralSide(s.Neutral)
}

func neutralSide(name string) string { return "neutral:" + name } // no party id holds a colon

// Seats lists everybody who may sign entries from the start: each delegation's
// principal and devices, then the neutrals. Who came and went since, a [Roster]
// tells.
func (c *Charter) Seats() []Seat {
	var seats []Seat
	for _, d := range c.Delegations {
		if !c.Provisional {
			seats = append(seats, Seat{ID: d.Principal.ID(), Party: d.Party, Principal: true, Member: d.Principal})
		}
		for _, m := range d.Devices {
			seats = append(seats, Seat{ID: m.ID(), Party: d.Party, Member: m})
		}
	}
	for _, n := range c.Neutrals {
		seats = append(seats, Seat{ID: n.Device.ID(), Neutral: n.Name, Capabilities: n.Capabilities, Withheld: n.Withheld, Member: n.Device})
	}
	return seats
}

// Seat finds a member of the charter.
func (c *Charter) Seat(id MemberID) (Seat, bool) {
	for _, seat := range c.Seats() {
		if seat.ID == id {
			return seat, true
		}
	}
	return Seat{}, false
}

// signers are those who must sign the charter, by side: the principals, or for
// a provisional one each delegation's first device.
func (c *Charter) signers() []Seat {
	var out []Seat
	for _, d := range c.Delegations {
		m := d.Principal
		if c.Provisional {
			m = d.Devices[0]
		}
		out = append(out, Seat{ID: m.ID(), Party: d.Party, Principal: !c.Provisional, Member: m})
	}
	return out
}
