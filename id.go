package parley

import (
	"encoding/hex"
	"fmt"
)

// MaxID is the greatest length of an id in a file.
const MaxID = 64

type (
	// PartyID names a side: a state, an armed group.
	PartyID string
	// PersonID names a person, a blank or a group: one name space for all that
	// an exchange can release.
	PersonID string
	// SourceID names a source of a case.
	SourceID string
)

// CheckID reports what is wrong with an id: lower-case letters, digits and
// "-", at most MaxID long, not empty.
func CheckID(s string) error {
	if s == "" {
		return fmt.Errorf("an id may not be empty")
	}
	if len(s) > MaxID {
		return fmt.Errorf("an id has at most %d characters", MaxID)
	}
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return fmt.Errorf("an id has only lower-case letters, digits and \"-\"")
		}
	}
	return nil
}

// Digest is a SHA-256 over something that two sides must hold alike: a case, a
// resolved exchange.
type Digest [32]byte

func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// IsZero tells whether the digest stands for nothing.
func (d Digest) IsZero() bool { return d == Digest{} }

// Ref names an act: the id of its entry on the channel.
type Ref [32]byte

func (r Ref) String() string { return hex.EncodeToString(r[:]) }

// Short is enough of a Ref to tell acts of one channel apart on a screen.
func (r Ref) Short() string { return hex.EncodeToString(r[:4]) }

// IsZero tells whether the Ref names nothing.
func (r Ref) IsZero() bool { return r == Ref{} }

// MemberID names a key that signs on the channel: a principal's, a device's, a
// neutral's.
type MemberID [32]byte

func (m MemberID) String() string { return hex.EncodeToString(m[:]) }

// Short is enough of a MemberID to tell the members of one charter apart.
func (m MemberID) Short() string { return hex.EncodeToString(m[:4]) }
