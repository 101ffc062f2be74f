package channel

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"
)

// A non-paper is a word off the record. It has no signature but one MAC for each
// device that it goes to, under a key that both ends can compute: it tells the
// receiver who wrote it and nobody else, for the receiver could have made it
// all. So it is a type of its own. It has no id, no entry names it, no head, no
// receipt and no proof holds a hash of it, and it is in no export and no backup.
// On the wire it looks like an entry.

const (
	// MaxNonPaperLife is how long a non-paper is kept at most.
	MaxNonPaperLife = 90 * 24 * time.Hour
	// MaxNonPapers and MaxNonPaperBytes bound what is kept of each author's.
	MaxNonPapers     = 256
	MaxNonPaperBytes = 16 << 20

	// maxAhead bounds how many non-papers of one author can be missing.
	maxAhead = 256
)

var errNonPaper = errors.New("not a non-paper for this device")

// pairMAC proves a non-paper to one device. Nothing that is signed has a field
// of this type.
type pairMAC [sha256.Size]byte

// nonPaperForm is what the MACs are over.
type nonPaperForm struct {
	_       struct{} `cbor:",toarray"`
	Version uint64
	Suite   uint64
	Channel ID
	Author  MemberID
	// Prekey is the author's prekey entry whose secrets are used.
	Prekey  EntryID
	Claimed int64
	// Until is when both sides throw it away, in Unix seconds.
	Until int64
	// Sending counts from 1 how often it was sealed anew for lack of a receipt.
	Sending uint64
	Kind    string
	Content [32]byte
	To      []addressee // by device, ascending
}

// addressee is one device that a non-paper goes to.
type addressee struct {
	_      struct{} `cbor:",toarray"`
	Device MemberID
	// Prekey is the device's prekey entry whose secrets are used.
	Prekey EntryID
	// Number counts the author's non-papers to this device from 1.
	Number uint64
	// Previous is the MAC for this device of the one before, zero where the
	// author has thrown that away.
	Previous pairMAC
}

// nonPaperHeader stands in an envelope where an entry's header would.
type nonPaperHeader struct {
	_    struct{} `cbor:",toarray"`
	Form []byte
	MACs []pairMAC // as the addressees stand
}

// parsedNonPaper is a non-paper in form, whose MACs nobody has looked at.
type parsedNonPaper struct {
	nonPaperForm
	header nonPaperHeader
	salt   [saltSize]byte
	body   []byte
}

func parseNonPaper(parts record) (*parsedNonPaper, error) {
	var p parsedNonPaper
	if err := Unmarshal(parts.Header, &p.header); err != nil {
		return nil, err
	}
	if err := Unmarshal(p.header.Form, &p.nonPaperForm); err != nil {
		return nil, err
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	if len(p.header.MACs) != len(p.To) {
		return nil, errors.New("not one MAC for each device")
	}
	var c content
	if err := Unmarshal(parts.Content, &c); err != nil {
		return nil, err
	}
	if p.salt, p.body = c.Salt, c.Body; len(p.body) > MaxBody {
		return nil, fmt.Errorf("a body of %d bytes, the most is %d", len(p.body), MaxBody)
	}
	if nonPaperContent(c) != p.Content {
		return nil, errors.New("what is said is not what the MACs are over")
	}
	return &p, nil
}

// nonPaperContent has a label of its own: what a non-paper says has another hash
// than the same words on the record.
func nonPaperContent(c content) [32]byte {
	return hashOf("nonpaper-content", c.Salt[:], c.Body)
}

func (f *nonPaperForm) check() error {
	if err := checkVersion(f.Version, f.Suite); err != nil {
		return err
	}
	if f.Prekey.IsZero() || f.Claimed < 0 || f.Until <= f.Claimed || f.Sending == 0 {
		return errors.New("no prekey, or no proper dates")
	}
	if len(f.To) == 0 || len(f.To) >= MaxDevices {
		return fmt.Errorf("for %d devices, not 1 to %d", len(f.To), MaxDevices-1)
	}
	for i, a := range f.To {
		if a.Device == f.Author || a.Number == 0 || a.Prekey.IsZero() {
			return errors.New("an addressee who is none")
		}
		if i > 0 && f.To[i-1].Device.Compare(a.Device) >= 0 {
			return errors.New("the addressees are not in order")
		}
	}
	if slices.Contains(ownKinds, f.Kind) {
		return errors.New("a kind that stands on the record only")
	}
	return checkID("kind", f.Kind)
}

// nonPaperKey is the key of the non-papers from one device to another. It takes
// the secret that the receiver gave, which nobody but the author has, and the
// one that the author gave; the receiver has both.
func nonPaperKey(channel ID, author MemberID, prekey EntryID, to addressee, given, gave []byte) []byte {
	return expand(slices.Concat(given, gave), "nonpaper-key\x00"+
		string(slices.Concat(channel[:], author[:], to.Device[:], prekey[:], to.Prekey[:])))
}

func macOf(key []byte, label string, data ...[]byte) (out pairMAC) {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(prefix + label + "\x00"))
	for _, d := range data {
		h.Write(d)
	}
	return pairMAC(h.Sum(nil))
}

func formMAC(key, form []byte) pairMAC { return macOf(key, "nonpaper", form) }

// receiptKey is what the receiver shows to have by its receipt.
func receiptKey(key []byte, mac pairMAC) [32]byte {
	return macOf(key, "nonpaper-receipt", mac[:])
}

// An aside's first byte says what it is. What a reader does not know it passes over.
const (
	asideCall    = 0 // and 31 random bytes: answer as if this were an entry
	asideReceipt = 1 // and 8 bytes for those before, and 23 bytes of a MAC
)

// receiptPayload is the receipt for one non-paper and for those of the 64 before
// it that the bits name, the highest bit of the first byte for the one just
// before.
func receiptPayload(key [32]byte, before [8]byte) (p [contentKeySize]byte) {
	tag := macOf(key[:], "nonpaper-before", before[:])
	p[0] = asideReceipt
	copy(p[1:9], before[:])
	copy(p[9:], tag[:])
	return p
}

// NonPaper is a word off the record, as this device has it.
type NonPaper struct {
	// Number is this device's own name for it. It means nothing to others.
	Number int
	Author MemberID
	Own    bool
	Kind   string
	Body   []byte
	// Claimed is when, as the author says, and Until when it is thrown away:
	// both in Unix seconds.
	Claimed int64
	Until   int64
	// To are the devices that it went to, and Confirmed those that have said so.
	// The second is known of our own only.
	To        []MemberID
	Confirmed []MemberID
	// Contradicted is true where its author has sent another under the same
	// number, or after another than we have.
	Contradicted bool
}

const hiddenNonPaper = "channel: non-paper (hidden)"

// Format prints that there is a non-paper, whatever the verb.
func (NonPaper) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hiddenNonPaper) }

// LogValue says that there is a non-paper.
func (NonPaper) LogValue() slog.Value { return slog.StringValue(hiddenNonPaper) }

// MarshalJSON says that there is a non-paper: who shows it does so on purpose.
func (NonPaper) MarshalJSON() ([]byte, error) { return []byte(`"` + hiddenNonPaper + `"`), nil }
