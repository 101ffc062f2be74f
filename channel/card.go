package channel

import (
	"errors"
	"fmt"
	"slices"
)

// Card is what a desk hands over to be named in a charter: its delegation or
// itself as a neutral, signed by each of its devices and, where that is at
// hand, by its principal. A card proves that the keys are in somebody's hands.
// Whose hands they are, people make sure of when they meet or telephone.
type Card struct {
	_           struct{} `cbor:",toarray"`
	Version     uint64
	Suite       uint64
	Delegations []Delegation // one, or none
	Neutrals    []Neutral    // one, or none
	// Made is when, in Unix seconds, as its maker says.
	Made int64
}

// SignedCard is a card with its signatures, in the order of their signers.
type SignedCard struct {
	_          struct{} `cbor:",toarray"`
	Raw        []byte
	Signatures []Signature
}

// MaxCard bounds a signed card.
const MaxCard = 512 << 10

const contextCard = "card"

// SignCard makes a delegation's card. The keys are those of all its devices,
// and of the principal where it is there.
func SignCard(d Delegation, made int64, keys ...*SigningKey) (*SignedCard, error) {
	return signCard(Card{Version: Version, Suite: Suite, Delegations: []Delegation{d}, Made: made}, keys)
}

// SignNeutralCard makes a neutral's card, with the key of its device.
func SignNeutralCard(n Neutral, made int64, key *SigningKey) (*SignedCard, error) {
	return signCard(Card{Version: Version, Suite: Suite, Neutrals: []Neutral{n}, Made: made}, []*SigningKey{key})
}

func signCard(c Card, keys []*SigningKey) (*SignedCard, error) {
	raw, err := Marshal(c)
	if err != nil {
		return nil, err
	}
	s := &SignedCard{Raw: raw}
	for _, k := range keys {
		signature, err := k.SignAs(contextCard, raw)
		if err != nil {
			return nil, err
		}
		s.Signatures = append(s.Signatures, signature)
	}
	slices.SortFunc(s.Signatures, bySigner)
	if _, err := s.Verify(); err != nil {
		return nil, err
	}
	return s, nil
}

// ParseCard reads and verifies a card.
func ParseCard(data []byte) (*SignedCard, error) {
	if len(data) > MaxCard {
		return nil, fmt.Errorf("a card of %d bytes, the most is %d", len(data), MaxCard)
	}
	var s SignedCard
	if err := Unmarshal(data, &s); err != nil {
		return nil, fmt.Errorf("card: %w", err)
	}
	if _, err := s.Verify(); err != nil {
		return nil, err
	}
	return &s, nil
}

// Encode returns the bytes that ParseCard reads.
func (s *SignedCard) Encode() ([]byte, error) {
	if _, err := s.Verify(); err != nil {
		return nil, err
	}
	return Marshal(s)
}

// Verify returns the card if all its devices signed it and every signature holds.
func (s *SignedCard) Verify() (*Card, error) {
	var c Card
	if err := Unmarshal(s.Raw, &c); err != nil {
		return nil, fmt.Errorf("card: %w", err)
	}
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("card: %w", err)
	}
	if err := s.checkSignatures(&c); err != nil {
		return nil, fmt.Errorf("card: %w", err)
	}
	return &c, nil
}

// ByPrincipal reports whether the delegation's principal signed the card too.
func (s *SignedCard) ByPrincipal() bool {
	c, err := s.Verify()
	return err == nil && len(c.Delegations) == 1 && s.signedBy(c.Delegations[0].Principal.ID())
}

func (c *Card) check() error {
	if err := checkVersion(c.Version, c.Suite); err != nil {
		return err
	}
	if c.Made < 0 {
		return errors.New("made before 1970")
	}
	if len(c.Delegations)+len(c.Neutrals) != 1 {
		return errors.New("it names one delegation or one neutral")
	}
	for _, d := range c.Delegations {
		if err := d.check(len(d.Principal.Signing) == 0); err != nil {
			return err
		}
	}
	for _, n := range c.Neutrals {
		if err := n.check(); err != nil {
			return err
		}
	}
	return c.charter().checkKeys()
}

// charter is the card as part of a charter.
func (c *Card) charter() *Charter {
	provisional := len(c.Delegations) == 1 && len(c.Delegations[0].Principal.Signing) == 0
	return &Charter{Provisional: provisional, Delegations: c.Delegations, Neutrals: c.Neutrals}
}

func (s *SignedCard) checkSignatures(c *Card) error {
	seats := c.charter().Seats()
	for i, signature := range s.Signatures {
		if i > 0 && bySigner(s.Signatures[i-1], signature) >= 0 {
			return errors.New("signatures are not in order")
		}
		at := slices.IndexFunc(seats, func(x Seat) bool { return x.ID == signature.Signer })
		if at < 0 {
			return errors.New("signed by somebody who is not on it")
		}
		if err := VerifyAs(seats[at].Member.Signing, contextCard, s.Raw, signature); err != nil {
			return err
		}
	}
	for _, x := range seats {
		if !x.Principal && !s.signedBy(x.ID) {
			return fmt.Errorf("the device of %s has not signed", x.Member.Name)
		}
	}
	return nil
}

func (s *SignedCard) signedBy(id MemberID) bool {
	return slices.ContainsFunc(s.Signatures, func(x Signature) bool { return x.Signer == id })
}
