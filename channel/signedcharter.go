package channel

import (
	"errors"
	"fmt"
	"slices"
)

// SignedCharter is a charter with the signatures of some of its principals, or
// of all: then it founds the channel.
type SignedCharter struct {
	_ struct{} `cbor:",toarray"`
	// Raw is the charter as it was signed.
	Raw []byte
	// Signatures stand in the order of their signers.
	Signatures []Signature
}

const contextCharter = "charter"

// SignCharter signs a charter's bytes for one of its principals.
func SignCharter(raw []byte, k *SigningKey) (Signature, error) {
	c, err := ParseCharter(raw)
	if err != nil {
		return Signature{}, err
	}
	if seat, ok := c.Seat(k.ID()); !ok || !seat.Principal {
		return Signature{}, errors.New("the key is no principal's of this charter")
	}
	return k.SignAs(contextCharter, raw)
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

// AddSignature puts a principal's signature in its place. One that is there
// already is left alone.
func (s *SignedCharter) AddSignature(signature Signature) error {
	at, found := slices.BinarySearchFunc(s.Signatures, signature, bySigner)
	if found {
		return nil
	}
	more := SignedCharter{Raw: s.Raw, Signatures: slices.Insert(slices.Clone(s.Signatures), at, signature)}
	if _, _, err := more.check(); err != nil {
		return err
	}
	s.Signatures = more.Signatures
	return nil
}

// Missing returns the parties whose principals have not signed, in order.
func (s *SignedCharter) Missing() []string {
	_, missing, _ := s.check()
	return missing
}

// Verify returns the charter if every principal signed it and nobody else.
func (s *SignedCharter) Verify() (*Charter, error) {
	c, missing, err := s.check()
	if err != nil {
		return nil, err
	}
	if len(missing) != 0 {
		return nil, fmt.Errorf("charter: the principal of %s has not signed", missing[0])
	}
	return c, nil
}

// check verifies what is signed and names the parties that are missing.
func (s *SignedCharter) check() (*Charter, []string, error) {
	c, err := ParseCharter(s.Raw)
	if err != nil {
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
			return nil, nil, errors.New("charter: a principal signed twice")
		}
		signed[signature.Signer] = true
	}
	var missing []string
	for _, d := range c.Delegations {
		if !signed[d.Principal.ID()] {
			missing = append(missing, d.Party)
		}
	}
	return c, missing, nil
}

func (s *SignedCharter) checkSignature(c *Charter, signature Signature) error {
	seat, ok := c.Seat(signature.Signer)
	if !ok || !seat.Principal {
		return errors.New("signed by somebody who is no principal")
	}
	return VerifyAs(seat.Member.Signing, contextCharter, s.Raw, signature)
}

func bySigner(a, b Signature) int { return a.Signer.Compare(b.Signer) }
