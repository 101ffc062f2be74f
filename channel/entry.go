package channel

import (
	"errors"
	"fmt"
	"slices"
)

const (
	// MaxEntry bounds a signed entry.
	MaxEntry = 4 << 20
	// MaxBody leaves room for all else that an entry holds.
	MaxBody = MaxEntry - 16<<10
	// MaxHeads bounds how many heads an entry names.
	MaxHeads = 256
	// KindReceipt is the one kind that this package knows: an entry that says
	// only what its author has seen.
	KindReceipt = "receipt"

	contextEntry = "entry"
)

// ErrEntry is returned for bytes that are no entry of this channel: malformed,
// of another channel, by a stranger, or not signed as they must be.
var ErrEntry = errors.New("not an entry of this channel")

// Entry is one thing said, before it is signed.
type Entry struct {
	_       struct{} `cbor:",toarray"`
	Version uint64
	Suite   uint64
	Channel ID
	Author  MemberID
	// Number counts an author's entries from 1.
	Number uint64
	// Previous is the author's entry before this one, zero for the first.
	Previous EntryID
	// Heads are the latest entries of everybody else that the author had seen,
	// ascending, none twice.
	Heads []EntryID
	// Roster is the charter's id for now.
	Roster ID
	// Mandate is the entry that the author acts under, zero if none.
	Mandate EntryID
	// Claimed is when, in Unix seconds, as the author says.
	Claimed int64
	// Kind is lower-case letters, digits and hyphens.
	Kind string
	// Body means nothing to this package.
	Body []byte
}

// Signed is an entry as it was received and verified.
type Signed struct {
	Entry
	ID EntryID
	// Raw is the signed entry as it came: this is what is kept, passed on and
	// verified again, never a new encoding of it.
	Raw []byte
}

// signedEntry is how Raw is laid out.
type signedEntry struct {
	_       struct{} `cbor:",toarray"`
	Entry   []byte
	Ed25519 []byte
	MLDSA   []byte
}

// Encode checks the entry's form and returns the bytes that are signed. They
// can be carried to a machine that is never connected, signed there, and
// carried back.
func (e Entry) Encode() ([]byte, error) {
	if err := e.check(); err != nil {
		return nil, err
	}
	return Marshal(e)
}

// ParseEntry reads an entry that is not signed yet.
func ParseEntry(data []byte) (Entry, error) {
	var e Entry
	if len(data) > MaxEntry {
		return e, fmt.Errorf("%w: %d bytes, the most is %d", ErrEntry, len(data), MaxEntry)
	}
	if err := Unmarshal(data, &e); err != nil {
		return Entry{}, fmt.Errorf("%w: %w", ErrEntry, err)
	}
	if err := e.check(); err != nil {
		return Entry{}, fmt.Errorf("%w: %w", ErrEntry, err)
	}
	return e, nil
}

// ID returns the entry's name, zero for an entry that can't be encoded. The
// signatures are no part of it.
func (e Entry) ID() EntryID {
	data, err := Marshal(e)
	if err != nil {
		return EntryID{}
	}
	return entryID(data)
}

func entryID(data []byte) EntryID { return hashOf("id", data) }

// check holds for an entry by itself, whatever came before it.
func (e *Entry) check() error {
	if err := checkVersion(e.Version, e.Suite); err != nil {
		return err
	}
	if e.Number == 0 || (e.Number == 1) != e.Previous.IsZero() {
		return errors.New("the number and the previous entry do not fit")
	}
	if len(e.Heads) > MaxHeads {
		return fmt.Errorf("%d heads, the most is %d", len(e.Heads), MaxHeads)
	}
	for i, head := range e.Heads {
		if head.IsZero() || i > 0 && e.Heads[i-1].Compare(head) >= 0 {
			return errors.New("heads are not in order")
		}
	}
	if e.Claimed < 0 {
		return errors.New("claimed to be from before 1970")
	}
	if len(e.Body) > MaxBody {
		return fmt.Errorf("a body of %d bytes, the most is %d", len(e.Body), MaxBody)
	}
	return checkID("kind", e.Kind)
}

// Sign signs an entry as its author.
func Sign(e Entry, k *SigningKey) (*Signed, error) {
	if e.Author != k.ID() {
		return nil, errors.New("the entry is another author's")
	}
	data, err := e.Encode()
	if err != nil {
		return nil, err
	}
	s, err := k.SignAs(contextEntry, data)
	if err != nil {
		return nil, err
	}
	raw, err := Marshal(signedEntry{Entry: data, Ed25519: s.Ed25519, MLDSA: s.MLDSA})
	if err != nil {
		return nil, err
	}
	e.Heads, e.Body = slices.Clone(e.Heads), slices.Clone(e.Body)
	return &Signed{Entry: e, ID: entryID(data), Raw: raw}, nil
}

// VerifyEntry returns a signed entry if it is in form, of this channel, by one
// of its members, and both signatures hold. Whether its ancestors exist is for
// the [Log] to see.
func (c *Charter) VerifyEntry(raw []byte) (*Signed, error) {
	r, err := newRoster(c)
	if err != nil {
		return nil, err
	}
	return r.verify(raw)
}
