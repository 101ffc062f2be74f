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
const MaxEnvelope = MaxEntry + 192<<10

// ErrEnvelope is returned for every envelope that does not open, whatever the
// reason: malformed, meant for others, of another channel, or tampered with.
// Nobody outside can learn from us which it was.
var ErrEnvelope = errors.New("the envelope does not open")

// envelopeHeader is what the body's associated data covers.
type envelopeHeader struct {
	_          struct{} `cbor:",toarray"`
	Version    uint64
	Commitment [32]byte
	Nonce      [chacha20poly1305.NonceSizeX]byte
	Slots      [][]byte
}

// envelope is what a carrier sees.
type envelope struct {
	_          struct{} `cbor:",toarray"`
	Version    uint64
	Commitment [32]byte
	Nonce      [chacha20poly1305.NonceSizeX]byte
	Slots      [][]byte
	Body       []byte
}

func (e *envelope) associated() ([]byte, error) {
	return Marshal(envelopeHeader{Version: e.Version, Commitment: e.Commitment, Nonce: e.Nonce, Slots: e.Slots})
}

// Seal puts raw into an envelope that each recipient's device can open: a
// fresh content key, one slot per device, and blind slots up to 8, 16 or 32,
// shuffled. Recipients are public sealing keys.
func Seal(rand io.Reader, channel ID, recipients [][]byte, raw []byte) ([]byte, error) {
	count := slotCount(len(recipients))
	if len(recipients) == 0 || count == 0 {
		return nil, fmt.Errorf("%d recipients, not 1 to %d", len(recipients), MaxDevices)
	}
	if len(raw) == 0 || len(raw) > MaxEntry {
		return nil, fmt.Errorf("an entry of %d bytes, not 1 to %d", len(raw), MaxEntry)
	}
	var fresh struct {
		key   [contentKeySize]byte
		nonce [chacha20poly1305.NonceSizeX]byte
		order [32]byte
	}
	for _, part := range [][]byte{fresh.key[:], fresh.nonce[:], fresh.order[:]} {
		if _, err := io.ReadFull(rand, part); err != nil {
			return nil, fmt.Errorf("reading randomness: %w", err)
		}
	}
	e := envelope{Version: Version, Nonce: fresh.nonce, Commitment: commitment(channel, fresh.key[:])}
	if err := e.fill(rand, channel, recipients, fresh.key[:], count); err != nil {
		return nil, err
	}
	mathrand.New(mathrand.NewChaCha8(fresh.order)).Shuffle(count, func(i, j int) {
		e.Slots[i], e.Slots[j] = e.Slots[j], e.Slots[i]
	})
	if err := e.sealBody(channel, fresh.key[:], raw); err != nil {
		return nil, err
	}
	return Marshal(e)
}

// fill makes the recipients' slots, then blind ones.
func (e *envelope) fill(rand io.Reader, channel ID, recipients [][]byte, contentKey []byte, count int) error {
	for i, public := range recipients {
		key, err := kem.NewPublicKey(public)
		if err != nil {
			return fmt.Errorf("recipient %d: %w", i+1, err)
		}
		slot, err := sealSlot(key, channel, e.Commitment[:], contentKey)
		if err != nil {
			return fmt.Errorf("recipient %d: %w", i+1, err)
		}
		e.Slots = append(e.Slots, slot)
	}
	for len(e.Slots) < count {
		slot, err := blindSlot(rand, channel, e.Commitment[:])
		if err != nil {
			return err
		}
		e.Slots = append(e.Slots, slot)
	}
	return nil
}

func (e *envelope) sealBody(channel ID, contentKey, raw []byte) error {
	header, err := e.associated()
	if err != nil {
		return err
	}
	sealer, err := chacha20poly1305.NewX(bodyKey(channel, contentKey))
	if err != nil {
		return err
	}
	e.Body = sealer.Seal(nil, e.Nonce[:], pad(raw), header)
	return nil
}

// Open returns what an envelope holds, if it has a slot for this key. It says
// nothing about who wrote it: that is for the signatures inside.
func Open(key *SealingKey, channel ID, data []byte) (raw []byte, err error) {
	if len(data) > MaxEnvelope {
		return nil, ErrEnvelope
	}
	var e envelope
	if Unmarshal(data, &e) != nil || e.Version != Version || slotCount(len(e.Slots)) != len(e.Slots) {
		return nil, ErrEnvelope
	}
	contentKey, ok := e.findKey(key, channel)
	if !ok {
		return nil, ErrEnvelope
	}
	header, err := e.associated()
	if err != nil {
		return nil, ErrEnvelope
	}
	sealer, err := chacha20poly1305.NewX(bodyKey(channel, contentKey))
	if err != nil {
		return nil, ErrEnvelope
	}
	padded, err := sealer.Open(nil, e.Nonce[:], e.Body, header)
	if err != nil {
		return nil, ErrEnvelope
	}
	if raw, ok = unpad(padded); !ok || len(raw) == 0 || len(raw) > MaxEntry {
		return nil, ErrEnvelope
	}
	return raw, nil
}

// findKey tries every slot, and goes on after the right one, so that the time
// it takes does not tell where that one stands. A content key counts only if
// it is the one committed to: else a sender could make one ciphertext that
// reads differently to two recipients.
func (e *envelope) findKey(key *SealingKey, channel ID) (contentKey []byte, found bool) {
	for _, slot := range e.Slots {
		candidate, ok := openSlot(key, channel, e.Commitment[:], slot)
		if !ok {
			continue
		}
		want := commitment(channel, candidate)
		if subtle.ConstantTimeCompare(want[:], e.Commitment[:]) == 1 {
			contentKey, found = candidate, true
		}
	}
	return contentKey, found
}

func bodyKey(channel ID, contentKey []byte) []byte {
	return expand(contentKey, "body\x00"+string(channel[:]))
}

func commitment(channel ID, contentKey []byte) [32]byte {
	return [32]byte(expand(contentKey, "commitment\x00"+string(channel[:])))
}
