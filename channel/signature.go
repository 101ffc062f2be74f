package channel

import (
	"crypto"
	"crypto/ed25519"
	"crypto/sha512"
	"errors"
	"fmt"

	"filippo.io/mldsa"
)

const (
	// Version is the only version of the format, Suite the only set of
	// algorithms. Both stand inside all that is signed, so neither can be
	// talked down.
	Version = 1
	// Suite 1: Ed25519ph and ML-DSA-65; SHA-256; HPKE with MLKEM768-X25519,
	// HKDF-SHA256 and ChaCha20-Poly1305; XChaCha20-Poly1305.
	Suite = 1

	prefix = "parley/v1/"

	maxContext = 200
)

// ErrSignature is returned when either half of a signature does not hold.
var ErrSignature = errors.New("bad signature")

// Signature is one member's hybrid signature. Both halves are over the same
// bytes under the same context.
type Signature struct {
	_       struct{} `cbor:",toarray"`
	Signer  MemberID
	Ed25519 []byte
	MLDSA   []byte
}

// SignAs signs message for one purpose: a signature made under one context
// does not hold under another. The contexts of this package are "charter",
// "card", "entry", "roster" and "export"; message should begin with a version and suite.
//
// Both algorithms are used in their deterministic form: the same entry signed
// again, after a crash or on another machine, gives the same bytes.
func (k *SigningKey) SignAs(context string, message []byte) (Signature, error) {
	if err := checkContext(context); err != nil {
		return Signature{}, err
	}
	digest := sha512.Sum512(message)
	ed, err := k.secret().ed.Sign(nil, digest[:], edOptions(context))
	if err != nil {
		return Signature{}, err
	}
	ml, err := k.secret().ml.SignDeterministic(message, mlOptions(context))
	if err != nil {
		return Signature{}, err
	}
	return Signature{Signer: k.ID(), Ed25519: ed, MLDSA: ml}, nil
}

// VerifyAs checks a signature that SignAs made under the same context by the
// key whose public half is given.
func VerifyAs(signing []byte, context string, message []byte, s Signature) error {
	if err := checkContext(context); err != nil {
		return err
	}
	keys, err := parseVerifier(signing)
	if err != nil {
		return err
	}
	return keys.verify(context, message, s)
}

// verifier is a public signing key, unpacked.
type verifier struct {
	id MemberID
	ed ed25519.PublicKey
	ml *mldsa.PublicKey
}

func parseVerifier(signing []byte) (*verifier, error) {
	if len(signing) != SigningPublicSize {
		return nil, fmt.Errorf("a signing key has %d bytes, not %d", SigningPublicSize, len(signing))
	}
	ml, err := mldsa.NewPublicKey(mldsa.MLDSA65(), signing[ed25519.PublicKeySize:])
	if err != nil {
		return nil, errors.New("the ML-DSA key is not usable")
	}
	return &verifier{id: MemberIDOf(signing), ed: ed25519.PublicKey(signing[:ed25519.PublicKeySize]), ml: ml}, nil
}

// verify checks who signed, then both halves; nothing is used before both hold.
func (v *verifier) verify(context string, message []byte, s Signature) error {
	if s.Signer != v.id {
		return fmt.Errorf("%w: by somebody else", ErrSignature)
	}
	if len(s.Ed25519) != ed25519.SignatureSize || len(s.MLDSA) != mldsa.MLDSA65SignatureSize {
		return fmt.Errorf("%w: wrong length", ErrSignature)
	}
	digest := sha512.Sum512(message)
	if ed25519.VerifyWithOptions(v.ed, digest[:], s.Ed25519, edOptions(context)) != nil {
		return fmt.Errorf("%w: Ed25519", ErrSignature)
	}
	if mldsa.Verify(v.ml, message, s.MLDSA, mlOptions(context)) != nil {
		return fmt.Errorf("%w: ML-DSA-65", ErrSignature)
	}
	return nil
}

func edOptions(context string) *ed25519.Options {
	return &ed25519.Options{Hash: crypto.SHA512, Context: prefix + context}
}

func mlOptions(context string) *mldsa.Options {
	return &mldsa.Options{Context: prefix + context}
}

func checkContext(context string) error {
	if context == "" || len(context) > maxContext {
		return fmt.Errorf("a signature's context has 1 to %d bytes, not %d", maxContext, len(context))
	}
	return nil
}
