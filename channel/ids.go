package channel

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// ID names a channel by the hash of its charter, a change of roster, or a
// roster.
type ID [32]byte

// EntryID is the hash of an entry's bytes without its signatures.
type EntryID [32]byte

// MemberID is the hash of a member's public signing key.
type MemberID [32]byte

func (id ID) String() string       { return hex.EncodeToString(id[:]) }
func (id EntryID) String() string  { return hex.EncodeToString(id[:]) }
func (id MemberID) String() string { return hex.EncodeToString(id[:]) }

// IsZero reports whether the id names nothing.
func (id ID) IsZero() bool { return id == ID{} }

// IsZero reports whether the id names no entry.
func (id EntryID) IsZero() bool { return id == EntryID{} }

// IsZero reports whether the id names nobody.
func (id MemberID) IsZero() bool { return id == MemberID{} }

// Compare orders ids by their bytes.
func (id EntryID) Compare(other EntryID) int { return bytes.Compare(id[:], other[:]) }

// Compare orders ids by their bytes.
func (id MemberID) Compare(other MemberID) int { return bytes.Compare(id[:], other[:]) }

// MarshalText writes 64 hexadecimal digits, for JSON and for people. On the
// wire an id is 32 bytes.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// MarshalText writes 64 hexadecimal digits.
func (id EntryID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// MarshalText writes 64 hexadecimal digits.
func (id MemberID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (id *ID) UnmarshalText(text []byte) error { return parseHex(id[:], text) }

// UnmarshalText reads what MarshalText writes.
func (id *EntryID) UnmarshalText(text []byte) error { return parseHex(id[:], text) }

// UnmarshalText reads what MarshalText writes.
func (id *MemberID) UnmarshalText(text []byte) error { return parseHex(id[:], text) }

// ParseEntryID reads 64 hexadecimal digits.
func ParseEntryID(text string) (id EntryID, err error) {
	return id, id.UnmarshalText([]byte(text))
}

func parseHex(id, text []byte) error {
	if hex.DecodedLen(len(text)) != len(id) || len(text)%2 != 0 {
		return fmt.Errorf("an id is %d hexadecimal digits, not %d", hex.EncodedLen(len(id)), len(text))
	}
	if _, err := hex.Decode(id, text); err != nil {
		return fmt.Errorf("id: %w", err)
	}
	return nil
}

// hashOf hashes parts under a label. The label ends in a zero byte and no
// label holds one, so that no two labels can be confused.
func hashOf(label string, parts ...[]byte) [32]byte {
	h := sha256.New()
	h.Write([]byte(prefix + label + "\x00"))
	for _, part := range parts {
		h.Write(part)
	}
	return [32]byte(h.Sum(nil))
}
