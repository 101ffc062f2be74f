package channel

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hpke"
	"errors"
	"fmt"
	"io"
)

// A slot is HPKE's one-shot sealing of a content key to one device:
// encapsulated key, then ciphertext. Its info binds the channel and its
// associated data the commitments.

var (
	kem  = hpke.MLKEM768X25519()
	kdf  = hpke.HKDFSHA256()
	aead = hpke.ChaCha20Poly1305()
)

const (
	encapsulatedSize = 1088 + 32
	// SlotSize is the length of one slot.
	SlotSize = encapsulatedSize + contentKeySize + 16

	contentKeySize = 32
)

// slotCounts are the numbers of slots that an envelope may have.
var slotCounts = []int{8, 16, 32}

func slotCount(recipients int) int {
	for _, n := range slotCounts {
		if recipients <= n {
			return n
		}
	}
	return 0
}

func slotInfo(channel ID) []byte {
	return append([]byte(prefix+"slot\x00"), channel[:]...)
}

func sealSlot(public hpke.PublicKey, channel ID, commitments, contentKey []byte) ([]byte, error) {
	enc, sender, err := hpke.NewSender(public, kdf, aead, slotInfo(channel))
	if err != nil {
		return nil, err
	}
	sealed, err := sender.Seal(commitments, contentKey)
	if err != nil {
		return nil, err
	}
	return append(enc, sealed...), nil
}

// openSlot opens a slot that holds a content key, or an aside. Either is as long
// as what was sealed, since the slot is.
func openSlot(key *SealingKey, channel ID, commitments, slot []byte) (inside []byte, isAside, ok bool) {
	if len(slot) != SlotSize {
		return nil, false, false
	}
	recipient, err := hpke.NewRecipient(slot[:encapsulatedSize], key.secret().key, kdf, aead, slotInfo(channel))
	if err != nil {
		return nil, false, false
	}
	if inside, err = recipient.Open(commitments, slot[encapsulatedSize:]); err == nil {
		return inside, false, true
	}
	inside, err = recipient.Open(asideBound(commitments), slot[encapsulatedSize:])
	return inside, true, err == nil
}

// An aside stands in a slot that holds no content key: 32 bytes for one device,
// by which it learns that a non-paper arrived, or that one passed by which a
// paper would have been answered. To all others it is a blind slot.
type aside struct {
	to      []byte // a public sealing key
	payload [contentKeySize]byte
}

// asideBound is the associated data of an aside: no content key has it.
func asideBound(commitments []byte) []byte {
	return append(append([]byte(nil), commitments...), "aside"...)
}

func (a aside) seal(channel ID, commitments []byte) ([]byte, error) {
	key, err := kem.NewPublicKey(a.to)
	if err != nil {
		return nil, err
	}
	return sealSlot(key, channel, asideBound(commitments), a.payload[:])
}

// blindSlot is a slot that nobody can open: random bytes sealed to a key that
// is thrown away.
func blindSlot(rand io.Reader, channel ID, commitments []byte) ([]byte, error) {
	key, err := kem.GenerateKey()
	if err != nil {
		return nil, err
	}
	nothing := make([]byte, contentKeySize)
	if _, err := io.ReadFull(rand, nothing); err != nil {
		return nil, fmt.Errorf("reading randomness: %w", err)
	}
	return sealSlot(key.PublicKey(), channel, commitments, nothing)
}

// checkSealing refuses a key that parses and can't be sealed to: some X25519
// points give a shared secret of zeros with everybody, and one such key in a
// charter would stop all. Any scalar finds them out.
func checkSealing(public []byte) error {
	if len(public) != SealingPublicSize {
		return fmt.Errorf("a sealing key has %d bytes, not %d", SealingPublicSize, len(public))
	}
	if _, err := kem.NewPublicKey(public); err != nil || !usablePoint(public[mlkemPublicSize:]) {
		return errors.New("the sealing key is not usable")
	}
	return nil
}

var probe, _ = ecdh.X25519().NewPrivateKey(bytes.Repeat([]byte{1}, 32))

func usablePoint(public []byte) bool {
	point, err := ecdh.X25519().NewPublicKey(public)
	if err != nil {
		return false
	}
	_, err = probe.ECDH(point)
	return err == nil
}
