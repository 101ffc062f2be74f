package channel

import (
	"crypto/ed25519"
	"crypto/hpke"
	"errors"
	"fmt"
	"io"

	"filippo.io/mldsa"
)

const (
	// SeedSize is the length of a signing key's seed: 32 bytes for Ed25519,
	// then 32 for ML-DSA-65.
	SeedSize = ed25519.SeedSize + mldsa.PrivateKeySize
	// SigningPublicSize is the length of a public signing key, in the same order.
	SigningPublicSize = ed25519.PublicKeySize + mldsa.MLDSA65PublicKeySize
	// SealingSize is the length of a private sealing key.
	SealingSize = 32
	// SealingPublicSize is the length of a public sealing key: ML-KEM-768, then X25519.
	SealingPublicSize = mlkemPublicSize + 32

	mlkemPublicSize = 1184
)

// SigningKey signs with Ed25519 and with ML-DSA-65 at once. Both signatures
// must hold, so whoever breaks one of the two has nothing.
//
// It never prints: see hidden.
type SigningKey struct {
	hidden
	secret func() *signingSecret
}

type signingSecret struct {
	ed     ed25519.PrivateKey
	ml     *mldsa.PrivateKey
	public []byte
	id     MemberID
}

// GenerateSigningKey makes a key from 64 bytes of rand.
func GenerateSigningKey(rand io.Reader) (*SigningKey, error) {
	seed := make([]byte, SeedSize)
	if _, err := io.ReadFull(rand, seed); err != nil {
		return nil, fmt.Errorf("reading randomness: %w", err)
	}
	return ParseSigningKey(seed)
}

// ParseSigningKey makes the key that belongs to a seed.
func ParseSigningKey(seed []byte) (*SigningKey, error) {
	if len(seed) != SeedSize {
		return nil, fmt.Errorf("a signing key's seed has %d bytes, not %d", SeedSize, len(seed))
	}
	ed := ed25519.NewKeyFromSeed(seed[:ed25519.SeedSize])
	ml, err := mldsa.NewPrivateKey(mldsa.MLDSA65(), seed[ed25519.SeedSize:])
	if err != nil {
		return nil, errors.New("the ML-DSA seed is not usable")
	}
	public := append([]byte(ed.Public().(ed25519.PublicKey)), ml.PublicKey().Bytes()...)
	secret := &signingSecret{ed: ed, ml: ml, public: public, id: MemberIDOf(public)}
	return &SigningKey{secret: func() *signingSecret { return secret }}, nil
}

// Seed returns the 64 bytes that the key is made from. They are the key.
func (k *SigningKey) Seed() []byte {
	return append(k.secret().ed.Seed(), k.secret().ml.Bytes()...)
}

// Public returns the public key: 32 bytes of Ed25519 and 1,952 of ML-DSA-65.
func (k *SigningKey) Public() []byte { return append([]byte(nil), k.secret().public...) }

// ID returns the name of the member who holds this key.
func (k *SigningKey) ID() MemberID { return k.secret().id }

// MemberIDOf returns the name that belongs to a public signing key.
func MemberIDOf(signing []byte) MemberID { return hashOf("member", signing) }

// SealingKey opens what was sealed to a device. It never prints.
type SealingKey struct {
	hidden
	secret func() *sealingSecret
}

type sealingSecret struct {
	seed []byte
	key  hpke.PrivateKey
}

// GenerateSealingKey makes a key from 32 bytes of rand.
func GenerateSealingKey(rand io.Reader) (*SealingKey, error) {
	seed := make([]byte, SealingSize)
	if _, err := io.ReadFull(rand, seed); err != nil {
		return nil, fmt.Errorf("reading randomness: %w", err)
	}
	return ParseSealingKey(seed)
}

// ParseSealingKey makes the key that belongs to 32 bytes from Bytes.
func ParseSealingKey(secret []byte) (*SealingKey, error) {
	if len(secret) != SealingSize {
		return nil, fmt.Errorf("a sealing key has %d bytes, not %d", SealingSize, len(secret))
	}
	key, err := kem.NewPrivateKey(secret)
	if err != nil {
		return nil, errors.New("the sealing key is not usable")
	}
	inside := &sealingSecret{seed: append([]byte(nil), secret...), key: key}
	return &SealingKey{secret: func() *sealingSecret { return inside }}, nil
}

// Bytes returns the 32 bytes that the key is made from. They are the key.
func (k *SealingKey) Bytes() []byte { return append([]byte(nil), k.secret().seed...) }

// Public returns the public key, 1,216 bytes.
func (k *SealingKey) Public() []byte { return k.secret().key.PublicKey().Bytes() }
