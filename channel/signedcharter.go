package channel

import (
	"errors"
	"fmt"
	"slices"
)

// SignedCharter is a charter with the signatures of some of those who must
// sign it, or of all: then it founds the channel.
type SignedCharter struct {
	_ struct{} `cbor:",toarray"`
	// Raw is the charter as it was signed.
	Raw []byte
	// Signatures stand in the order of their signers.
	Signatures []Signature
	// Secret is 32 bytes that the members know and nobody else, or empty in a
	// copy for others. What a relay sees is derived from it, so a relay can't
	// tell which channel it carries.
	Secret []byte
}

const contextCharter = "charter"

// NewCharter commits the charter to the secret and returns it unsigned.
func NewCharter(c Charter, secret Secret) (*SignedCharter, error) {
	c.Commitment = secret.Commitment()
	raw, err := c.Encode()
	if err != nil {
		return nil, err
	}
	return &SignedCharter{Raw: raw, Secret: slices.Clone(secret[:])}, nil
}

// SignCharter signs a charter's bytes for one of those who must.
func SignCharter(raw []byte, k *SigningKey) (Signature, error) {
	c, err := ParseCharter(raw)
	if err != nil {
		return Signature{}, err
	}
	if _, ok := c.signer(k.ID()); !ok {
		return Signature{}, errors.New("the key is not one that signs this charter")
	}
	return k.SignAs(contextCharter, raw)
}

func (c *Charter) signer(id MemberID) (Seat, bool) {
	signers := c.signers()
	i := slices.IndexFunc(signers, func(s Seat) bool { return s.ID == id })
	if i < 0 {
		return Seat{}, false
	}
	return signers[i], true
}

// ParseSignedCharter reads a charter and checks the signatures that are there.
// Some may be missing.
func ParseSignedCharter(data []byte) (*SignedCharter, error) {
	if len(data) > MaxCharter {
		return nil, fmt.Errorf("a charter of %d bytes, the most is %d", len(data), MaxCharter)
	}
	var s SignedCharter
	if err := Unmarshal(data, &s); err != nil {
		return nil, fmt.Errorf("signed charter: %w", err)
	}
	if _, _, err := s.check(); err != nil {
		return nil, err
	}
	return &s, nil
}

// Encode returns the bytes that ParseSignedCharter reads.
func (s *SignedCharter) Encode() ([]byte, error) {
	if _, _, err := s.check(); err != nil {
		return nil, err
	}
	return Marshal(s)
}

// WithoutSecret is a copy for those who are no members.
func (s *SignedCharter) WithoutSecret() *SignedCharter {
	return &SignedCharter{Raw: s.Raw, Signatures: s.Signatures, Secret: []byte{}}
}

// TheSecret returns the channel's secret, and false from a copy without it.
func (s *SignedCharter) TheSecret() (Secret, bool) {
	if len(s.Secret) != len(Secret{}) {
		return Secret{}, false
	}
	return Secret(s.Secret), true
}

// AddSignature puts a signature in its place. One that is there already is
// left alone.
func (s *SignedCharter) AddSignature(signature Signature) error {
	at, found := slices.BinarySearchFunc(s.Signatures, signature, bySigner)
	if found {
		return nil
	}
	more := SignedCharter{Raw: s.Raw, Signatures: slices.Insert(slices.Clone(s.Signatures), at, signature), Secret: s.Secret}
	if _, _, err := more.check(); err != nil {
		return err
	}
	s.Signatures = more.Signatures
	return nil
}

// Missing returns the parties that have not signed, in order.
func (s *SignedCharter) Missing() []string {
	_, missing, _ := s.check()
	return missing
}

// Verify returns the charter if everybody who must has signed it and nobody
// else has.
func (s *SignedCharter) Verify() (*Charter, error) {
	c, missing, err := s.check()
	if err != nil {
		return nil, err
	}
	if len(missing) != 0 {
		return nil, fmt.Errorf("charter: %s of %s has not signed", c.whoSigns(), missing[0])
	}
	return c, nil
}

func (c *Charter) whoSigns() string {
	if c.Provisional {
		return "the first device"
	}
	return "the principal"
}

// check verifies what is signed and names the parties that are missing.
func (s *SignedCharter) check() (*Charter, []string, error) {
	c, err := ParseCharter(s.Raw)
	if err != nil {
		return nil, nil, err
	}
	if err := s.checkSecret(c); err != nil {
		return nil, nil, err
	}
	if !slices.IsSortedFunc(s.Signatures, bySigner) {
		return nil, nil, errors.New("charter: signatures are not in order")
	}
	signed := map[MemberID]bool{}
	for _, signature := range s.Signatures {
		if err := s.checkSignature(c, signature); err != nil {
			return nil, nil, fmt.Errorf("charter: %w", err)
		}
		if signed[signature.Signer] {
			return nil, nil, errors.New("charter: signed twice by one key")
		}
		signed[signature.Signer] = true
	}
	var missing []string
	for _, seat := range c.signers() {
		if !signed[seat.ID] {
			missing = append(missing, seat.Party)
		}
	}
	return c, missing, nil
}

func (s *SignedCharter) checkSecret(c *Charter) error {
	if len(s.Secret) == 0 {
		return nil
	}
	secret, ok := s.TheSecret()
	if !ok || secret.Commitment() != c.Commitment {
		return errors.New("charter: the secret beside it is not the one that it commits to")
	}
	return nil
}

func (s *SignedCharter) checkSignature(c *Charter, signature Signature) error {
	seat, ok := c.signer(signature.Signer)
	if !ok {
		return errors.New("signed by somebody who does not sign it")
	}
	return VerifyAs(seat.Member.Signing, contextCharter, s.Raw, signature)
}

func bySigner(a, b Signature) int { return a.Signer.Compare(b.Signer) }
