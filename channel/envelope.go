package channel

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"

	"golang.org/x/crypto/chacha20poly1305"
)

// MaxEnvelope bounds an envelope: the largest entry padded, with 32 slots.
const MaxEnvelope = MaxEntry + 256<<10

// ErrEnvelope is returned for every envelope that does not open, whatever the
// reason: malformed, meant for others, of another channel, or tampered with.
// Nobody outside can learn from us which it was.
var ErrEnvelope = errors.New("the envelope does not open")

// Recipients are public sealing keys: of those who are given the whole entry,
// and of those who are given its header and not what it says.
type Recipients struct {
	Whole   [][]byte
	Headers [][]byte
	// Room is for how many devices the envelope is to look, if that is more:
	// what is sealed to one alone must not show it.
	Room int

	asides []aside
}

func (r Recipients) count() int { return len(r.Whole) + len(r.Headers) }

// slots is how many slots the envelope gets, 0 where they don't suffice.
func (r Recipients) slots() int { return slotCount(max(r.count()+len(r.asides), r.Room)) }

// contents are what an envelope holds.
type contents struct {
	record
	// least is what the content is padded to at least, as if it were so long.
	least int
}

// envelopeTop is what the associated data of both parts covers.
//
// The whole key opens the content, and the header key is derived from it; a
// slot holds one or the other. Both are committed to: a sender can't make one
// ciphertext that reads differently to two recipients.
type envelopeTop struct {
	_           struct{} `cbor:",toarray"`
	Version     uint64
	Commitments [2][32]byte // to the whole key and to the header key
	Nonces      [2][chacha20poly1305.NonceSizeX]byte
	Slots       [][]byte
}

// envelope is what a carrier sees.
type envelope struct {
	_       struct{} `cbor:",toarray"`
	Top     envelopeTop
	Header  []byte
	Content []byte
}

// The two parts of an envelope.
const (
	whole = iota
	headerOnly
)

// partKeys are the keys of one envelope.
type partKeys [2][contentKeySize]byte

// newPartKeys derives the header key from the whole one.
func newPartKeys(channel ID, wholeKey []byte) partKeys {
	return partKeys{[32]byte(wholeKey), [32]byte(expand(wholeKey, "header-key\x00"+string(channel[:])))}
}

// Seal puts a signed entry into an envelope that each recipient's device can
// open: a fresh key, one slot per device, and blind slots up to 8, 16 or 32,
// shuffled.
func Seal(rand io.Reader, channel ID, to Recipients, raw []byte) ([]byte, error) {
	return sealEntry(rand, channel, to, raw, 0)
}

func sealEntry(rand io.Reader, channel ID, to Recipients, raw []byte, least int) ([]byte, error) {
	if to.count() == 0 {
		return nil, fmt.Errorf("no recipients, not 1 to %d", MaxDevices)
	}
	if len(raw) == 0 || len(raw) > MaxEntry {
		return nil, fmt.Errorf("an entry of %d bytes, not 1 to %d", len(raw), MaxEntry)
	}
	var parts record
	if err := Unmarshal(raw, &parts); err != nil {
		return nil, err
	}
	if len(parts.Content) == 0 && len(to.Whole) > 0 {
		return nil, errors.New("an entry without its body can't be sealed to somebody who is to read it")
	}
	return sealContents(rand, channel, to, contents{parts, least})
}

// sealContents seals whatever it is: nobody but who opens it can tell.
func sealContents(rand io.Reader, channel ID, to Recipients, parts contents) ([]byte, error) {
	count := to.slots()
	if count == 0 {
		return nil, fmt.Errorf("%d recipients, the most is %d", to.count()+len(to.asides), MaxDevices)
	}
	var fresh struct {
		key    [contentKeySize]byte
		nonces [2][chacha20poly1305.NonceSizeX]byte
		order  [32]byte
	}
	for _, part := range [][]byte{fresh.key[:], fresh.nonces[0][:], fresh.nonces[1][:], fresh.order[:]} {
		if _, err := io.ReadFull(rand, part); err != nil {
			return nil, fmt.Errorf("reading randomness: %w", err)
		}
	}
	keys := newPartKeys(channel, fresh.key[:])
	e := envelope{Top: envelopeTop{Version: Version, Nonces: fresh.nonces}}
	for i := range keys {
		e.Top.Commitments[i] = commitment(channel, keys[i][:])
	}
	if err := e.fill(rand, channel, to, keys, count); err != nil {
		return nil, err
	}
	mathrand.New(mathrand.NewChaCha8(fresh.order)).Shuffle(count, func(i, j int) {
		e.Top.Slots[i], e.Top.Slots[j] = e.Top.Slots[j], e.Top.Slots[i]
	})
	if err := e.sealParts(channel, keys, parts); err != nil {
		return nil, err
	}
	return Marshal(e)
}

// fill makes the recipients' slots, then blind ones.
func (e *envelope) fill(rand io.Reader, channel ID, to Recipients, keys partKeys, count int) error {
	for part, publics := range [][][]byte{to.Whole, to.Headers} {
		for i, public := range publics {
			key, err := kem.NewPublicKey(public)
			if err != nil {
				return fmt.Errorf("recipient %d: %w", i+1, err)
			}
			slot, err := sealSlot(key, channel, e.Top.bound(), keys[part][:])
			if err != nil {
				return fmt.Errorf("recipient %d: %w", i+1, err)
			}
			e.Top.Slots = append(e.Top.Slots, slot)
		}
	}
	for _, a := range to.asides {
		slot, err := a.seal(channel, e.Top.bound())
		if err != nil {
			return err
		}
		e.Top.Slots = append(e.Top.Slots, slot)
	}
	for len(e.Top.Slots) < count {
		slot, err := blindSlot(rand, channel, e.Top.bound())
		if err != nil {
			return err
		}
		e.Top.Slots = append(e.Top.Slots, slot)
	}
	return nil
}

// bound is what every slot's associated data covers.
func (t *envelopeTop) bound() []byte {
	return append(t.Commitments[whole][:], t.Commitments[headerOnly][:]...)
}

func (e *envelope) sealParts(channel ID, keys partKeys, parts contents) error {
	top, err := Marshal(e.Top)
	if err != nil {
		return err
	}
	sealed := [2][]byte{whole: padTo(parts.Content, paddedSize(4+max(len(parts.Content), parts.least), contentFloor)), headerOnly: pad(parts.Header, headerFloor)}
	for i := range sealed {
		sealer, err := chacha20poly1305.NewX(bodyKey(channel, keys[i][:]))
		if err != nil {
			return err
		}
		sealed[i] = sealer.Seal(nil, e.Top.Nonces[i][:], sealed[i], top)
	}
	e.Header, e.Content = sealed[headerOnly], sealed[whole]
	return nil
}

// Open returns the signed entry that an envelope holds, without its body where
// the slot is for one from whom it is withheld. It says nothing about who wrote
// it: that is for the signatures inside.
func Open(keys []*SealingKey, channel ID, data []byte) (raw []byte, err error) {
	o, err := openEnvelope(keys, channel, data)
	if err != nil || len(o.parts.Header) == 0 {
		return nil, ErrEnvelope
	}
	if raw, err = Marshal(o.parts); err != nil || len(raw) > MaxEntry {
		return nil, ErrEnvelope
	}
	return raw, nil
}

// opened is what an envelope held for us.
type opened struct {
	parts  record // empty where there were only asides
	asides [][contentKeySize]byte
}

// openEnvelope gives what an envelope holds for whoever has these keys.
func openEnvelope(keys []*SealingKey, channel ID, data []byte) (o opened, err error) {
	if len(data) > MaxEnvelope {
		return o, ErrEnvelope
	}
	var e envelope
	if Unmarshal(data, &e) != nil || e.Top.Version != Version || slotCount(len(e.Top.Slots)) != len(e.Top.Slots) {
		return o, ErrEnvelope
	}
	found, part, asides := e.Top.findKey(keys, channel)
	if found == nil && len(asides) > 0 {
		return opened{asides: asides}, nil
	}
	if found == nil {
		return o, ErrEnvelope
	}
	parts, ok := e.openParts(channel, found, part)
	if !ok {
		return o, ErrEnvelope
	}
	return opened{parts, asides}, nil
}

func (e *envelope) openParts(channel ID, key []byte, part int) (parts record, ok bool) {
	if part == whole {
		both := newPartKeys(channel, key)
		if commitment(channel, both[headerOnly][:]) != e.Top.Commitments[headerOnly] {
			return parts, false
		}
		if parts.Content, ok = e.openPart(whole, channel, key, contentFloor); !ok || len(parts.Content) == 0 {
			return parts, false
		}
		key = both[headerOnly][:]
	}
	parts.Header, ok = e.openPart(headerOnly, channel, key, headerFloor)
	return parts, ok && len(parts.Header) > 0
}

func (e *envelope) openPart(part int, channel ID, key []byte, floor int) ([]byte, bool) {
	top, err := Marshal(e.Top)
	if err != nil {
		return nil, false
	}
	sealer, err := chacha20poly1305.NewX(bodyKey(channel, key))
	if err != nil {
		return nil, false
	}
	sealed := e.Header
	if part == whole {
		sealed = e.Content
	}
	padded, err := sealer.Open(nil, e.Top.Nonces[part][:], sealed, top)
	if err != nil {
		return nil, false
	}
	return unpad(padded, floor, part == whole)
}

// findKey tries every slot with every key, and goes on after the right one, so
// that the time it takes does not tell where that one stands. A key counts only
// if it is one committed to. What opens as an aside is none.
func (t *envelopeTop) findKey(keys []*SealingKey, channel ID) (found []byte, part int, asides [][contentKeySize]byte) {
	for _, slot := range t.Slots {
		for _, key := range keys {
			candidate, isAside, opened := openSlot(key, channel, t.bound(), slot)
			switch {
			case !opened:
			case isAside:
				asides = append(asides, [contentKeySize]byte(candidate))
			default:
				have := commitment(channel, candidate)
				for i := range t.Commitments {
					if subtle.ConstantTimeCompare(have[:], t.Commitments[i][:]) == 1 {
						found, part = candidate, i
					}
				}
			}
		}
	}
	return found, part, asides
}

func bodyKey(channel ID, key []byte) []byte {
	return expand(key, "body\x00"+string(channel[:]))
}

func commitment(channel ID, key []byte) [32]byte {
	return [32]byte(expand(key, "commitment\x00"+string(channel[:])))
}
