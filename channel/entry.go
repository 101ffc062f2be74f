package channel

import (
	"errors"
	"fmt"
	"slices"
)

const (
	// MaxEntry bounds a signed entry with what it says.
	MaxEntry = 4 << 20
	// MaxBody leaves room for all else that an entry holds.
	MaxBody = MaxEntry - 16<<10
	// MaxHeads bounds how many heads an entry names.
	MaxHeads = 256
	// KindReceipt is an entry that says what its author has seen, and what it
	// misses.
	KindReceipt = "receipt"

	maxHeader = 16 << 10 // an entry without its body
	saltSize  = 32
	// contentOverhead is what the encoding of a content adds to its body at most.
	contentOverhead = 1 + 2 + saltSize + 5

	contextEntry = "entry"
)

// ownKinds are the kinds of entries that mean something to this package.
var ownKinds = []string{KindReceipt, KindRoster, KindPrekey}

// OwnKinds are the kinds of entries that mean something to this package, and
// nothing to a table.
func OwnKinds() []string { return slices.Clone(ownKinds) }

// ErrEntry is returned for bytes that are no entry of this channel: malformed,
// of another channel, by a stranger, or not signed as they must be.
var ErrEntry = errors.New("not an entry of this channel")

// Entry is the part of an entry that is signed. What it says stands beside it,
// as a [Draft] or in a [Signed], and here only as a hash: so a member from whom
// the body is withheld verifies the same chain, and a proof against an author
// tells nobody what was said.
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
	// Roster is the id of the roster that the author knew. See [Roster].
	Roster ID
	// Mandate is the entry that the author acts under, zero if none.
	Mandate EntryID
	// Claimed is when, in Unix seconds, as the author says.
	Claimed int64
	// Kind is lower-case letters, digits and hyphens.
	Kind string
	// Content is the hash of a salt and the body.
	Content [32]byte
}

// Draft is an entry to be signed, with what it says.
type Draft struct {
	Entry
	Salt [saltSize]byte
	Body []byte
}

// Signed is an entry as it was received and verified.
type Signed struct {
	Entry
	ID EntryID
	// Body means nothing to this package, but for its own kinds.
	Body []byte
	// Withheld is true where the body was not given to this member.
	Withheld bool
	// Raw is the signed entry as it came: this is what is kept, passed on and
	// verified again, never a new encoding of it.
	Raw []byte
}

// record is how Raw is laid out.
type record struct {
	_       struct{} `cbor:",toarray"`
	Header  []byte   // a header
	Content []byte   // a content, or nothing where it is withheld
}

type header struct {
	_       struct{} `cbor:",toarray"`
	Entry   []byte
	Ed25519 []byte
	MLDSA   []byte
}

type content struct {
	_    struct{} `cbor:",toarray"`
	Salt [saltSize]byte
	Body []byte
}

func (d Draft) hash() [32]byte { return hashOf("content", d.Salt[:], d.Body) }

// draftForm is a draft as it is carried to a machine that is never connected.
type draftForm struct {
	_     struct{} `cbor:",toarray"`
	Entry []byte
	Salt  [saltSize]byte
	Body  []byte
}

// Encode checks the draft's form and returns the bytes that can be carried to a
// machine that is never connected, signed there, and carried back.
func (d Draft) Encode() ([]byte, error) {
	data, err := d.signedBytes()
	if err != nil {
		return nil, err
	}
	return Marshal(draftForm{Entry: data, Salt: d.Salt, Body: d.Body})
}

// signedBytes are what the signatures are over.
func (d Draft) signedBytes() ([]byte, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	if d.Content != d.hash() {
		return nil, errors.New("what is said is not what the entry commits to")
	}
	if len(d.Body) > MaxBody {
		return nil, fmt.Errorf("a body of %d bytes, the most is %d", len(d.Body), MaxBody)
	}
	return Marshal(d.Entry)
}

// ParseDraft reads an entry that is not signed yet. What it says is what will
// be signed.
func ParseDraft(data []byte) (Draft, error) {
	if len(data) > MaxEntry {
		return Draft{}, fmt.Errorf("%w: %d bytes, the most is %d", ErrEntry, len(data), MaxEntry)
	}
	var form draftForm
	if err := Unmarshal(data, &form); err != nil {
		return Draft{}, fmt.Errorf("%w: %w", ErrEntry, err)
	}
	d := Draft{Salt: form.Salt, Body: form.Body}
	if err := Unmarshal(form.Entry, &d.Entry); err != nil {
		return Draft{}, fmt.Errorf("%w: %w", ErrEntry, err)
	}
	if _, err := d.signedBytes(); err != nil {
		return Draft{}, fmt.Errorf("%w: %w", ErrEntry, err)
	}
	return d, nil
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
	return checkID("kind", e.Kind)
}

// Sign signs a draft as its author.
func Sign(d Draft, k *SigningKey) (*Signed, error) {
	if d.Author != k.ID() {
		return nil, errors.New("the entry is another author's")
	}
	data, err := d.signedBytes()
	if err != nil {
		return nil, err
	}
	s, err := k.SignAs(contextEntry, data)
	if err != nil {
		return nil, err
	}
	signed := &Signed{Entry: d.Entry, ID: entryID(data), Body: slices.Clone(d.Body)}
	signed.Heads = slices.Clone(d.Heads)
	var parts record
	if parts.Header, err = Marshal(header{Entry: data, Ed25519: s.Ed25519, MLDSA: s.MLDSA}); err != nil {
		return nil, err
	}
	if parts.Content, err = Marshal(content{Salt: d.Salt, Body: d.Body}); err != nil {
		return nil, err
	}
	signed.Raw, err = Marshal(parts)
	return signed, err
}

// parseRecord takes a signed entry apart. It checks all but the signatures.
func parseRecord(raw []byte) (*unverified, error) {
	var parts record
	if err := Unmarshal(raw, &parts); err != nil {
		return nil, err
	}
	if len(parts.Header) > maxHeader {
		return nil, fmt.Errorf("a header of %d bytes, the most is %d", len(parts.Header), maxHeader)
	}
	var h header
	if err := Unmarshal(parts.Header, &h); err != nil {
		return nil, err
	}
	d := Draft{}
	if err := Unmarshal(h.Entry, &d.Entry); err != nil {
		return nil, err
	}
	if err := d.check(); err != nil {
		return nil, err
	}
	if err := d.readContent(parts.Content); err != nil {
		return nil, err
	}
	return &unverified{
		Signed: &Signed{
			Entry: d.Entry, ID: entryID(h.Entry), Body: d.Body,
			Withheld: len(parts.Content) == 0, Raw: slices.Clone(raw),
		},
		signed:    h.Entry,
		signature: Signature{Signer: d.Author, Ed25519: h.Ed25519, MLDSA: h.MLDSA},
	}, nil
}

// readContent reads what is said, unless it is withheld, and holds it to the
// hash that was signed.
func (d *Draft) readContent(data []byte) error {
	if len(data) == 0 {
		return nil
	}
	var c content
	if err := Unmarshal(data, &c); err != nil {
		return err
	}
	d.Salt, d.Body = c.Salt, c.Body
	if len(d.Body) > MaxBody {
		return fmt.Errorf("a body of %d bytes, the most is %d", len(d.Body), MaxBody)
	}
	if d.hash() != d.Content {
		return errors.New("what is said is not what was signed")
	}
	return nil
}

// Unsigned is the entry with what it says and without its signatures, which are
// most of its length. It has the same ID, and proves nothing.
func (s *Signed) Unsigned() (Draft, error) {
	if s.Withheld {
		return Draft{}, errors.New("what the entry says is withheld from this member")
	}
	var parts record
	if err := Unmarshal(s.Raw, &parts); err != nil {
		return Draft{}, err
	}
	d := Draft{Entry: s.Entry}
	return d, d.readContent(parts.Content)
}

// withoutBody is the same entry as one gets from whom the body is withheld.
func (s *Signed) withoutBody() (*Signed, error) {
	var parts record
	if err := Unmarshal(s.Raw, &parts); err != nil {
		return nil, err
	}
	raw, err := Marshal(record{Header: parts.Header})
	if err != nil {
		return nil, err
	}
	return &Signed{Entry: s.Entry, ID: s.ID, Withheld: true, Raw: raw}, nil
}
