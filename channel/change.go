package channel

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
)

const (
	// KindRoster is an entry that carries a change of roster.
	KindRoster = "roster"
	// MaxChange bounds a signed change.
	MaxChange = 512 << 10

	maxComing = 8 // members in one change

	contextRoster = "roster"
)

// Change is a change of one side's roster: who comes, who goes, who succeeds
// the principal. It is signed by the side's authority, or by its recovery key,
// and carried onto the channel in an entry of any member's.
type Change struct {
	_       struct{} `cbor:",toarray"`
	Version uint64
	Suite   uint64
	Channel ID
	Side    string
	// Previous are the side's changes that this one follows: none for the
	// first, one as a rule. Where several followed the same, and so none of
	// them holds, it names them all, ascending, and takes their place.
	Previous []ID
	Enrol    []Member // devices
	Revoke   []Cut    // by member, ascending
	// Principal is empty, or who succeeds the principal: one member.
	Principal []Member
	Text      string
}

// Cut takes a member off the roster. What it signed beyond Number counts for
// nobody who knows of the cut.
type Cut struct {
	_      struct{} `cbor:",toarray"`
	Member MemberID
	Number uint64
}

// SignedChange is a change as it is carried: the body of an entry of
// [KindRoster].
type SignedChange struct {
	_          struct{} `cbor:",toarray"`
	Raw        []byte
	Signatures []Signature // in the order of their signers
}

func changeID(raw []byte) ID { return hashOf("roster", raw) }

// recoveryID names a change that only the recovery key signed. The same change
// signed by the authority is another: it does not wait.
func recoveryID(raw []byte) ID { return hashOf("roster-recovery", raw) }

// Encode checks the change's form and returns the bytes that are signed.
func (c *Change) Encode() ([]byte, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	return Marshal(c)
}

// ParseChange reads a change that may not be signed yet.
func ParseChange(raw []byte) (*Change, error) {
	if len(raw) > MaxChange {
		return nil, fmt.Errorf("a change of %d bytes, the most is %d", len(raw), MaxChange)
	}
	var c Change
	if err := Unmarshal(raw, &c); err != nil {
		return nil, fmt.Errorf("change of roster: %w", err)
	}
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("change of roster: %w", err)
	}
	return &c, nil
}

// ParseSignedChange reads a change with its signatures, none of which it checks.
func ParseSignedChange(data []byte) (*SignedChange, error) {
	if len(data) > MaxChange {
		return nil, fmt.Errorf("a change of %d bytes, the most is %d", len(data), MaxChange)
	}
	var s SignedChange
	if err := Unmarshal(data, &s); err != nil {
		return nil, fmt.Errorf("change of roster: %w", err)
	}
	if len(s.Signatures) > MaxAuthority+1 {
		return nil, fmt.Errorf("change of roster: %d signatures, the most is %d", len(s.Signatures), MaxAuthority+1)
	}
	return &s, nil
}

// Encode returns the bytes that ParseSignedChange reads.
func (s *SignedChange) Encode() ([]byte, error) { return Marshal(s) }

// ID names the change, as one by the authority.
func (s *SignedChange) ID() ID { return changeID(s.Raw) }

// Sign adds a signature. One by the same key that is there already is replaced
// by the same bytes.
func (s *SignedChange) Sign(k *SigningKey) error {
	if _, err := ParseChange(s.Raw); err != nil {
		return err
	}
	signature, err := k.SignAs(contextRoster, s.Raw)
	if err != nil {
		return err
	}
	at, found := slices.BinarySearchFunc(s.Signatures, signature, bySigner)
	if !found {
		s.Signatures = slices.Insert(slices.Clone(s.Signatures), at, signature)
	}
	return nil
}

func (c *Change) check() error {
	if err := checkVersion(c.Version, c.Suite); err != nil {
		return err
	}
	if len(c.Previous) > MaxAuthority {
		return fmt.Errorf("it follows %d changes, the most is %d", len(c.Previous), MaxAuthority)
	}
	for i, id := range c.Previous {
		if id.IsZero() || i > 0 && bytes.Compare(c.Previous[i-1][:], id[:]) >= 0 {
			return errors.New("the changes that it follows are not in order")
		}
	}
	if n := len(c.Enrol); n > maxComing {
		return fmt.Errorf("it enrols %d devices, the most is %d", n, maxComing)
	}
	if len(c.Principal) > 1 {
		return errors.New("it names more than one successor")
	}
	if err := c.checkCuts(); err != nil {
		return err
	}
	if err := c.checkComing(); err != nil {
		return err
	}
	if c.Text == "" {
		return nil
	}
	return checkText("text", c.Text, 1)
}

func (c *Change) checkCuts() error {
	if n := len(c.Revoke); n > MaxDevices {
		return fmt.Errorf("it revokes %d members, the most is %d", n, MaxDevices)
	}
	for i, cut := range c.Revoke {
		if i > 0 && c.Revoke[i-1].Member.Compare(cut.Member) >= 0 {
			return errors.New("cuts are not in order")
		}
	}
	return nil
}

func (c *Change) checkComing() error {
	seen := keyHalves{}
	for i, m := range c.Enrol {
		if err := m.check(true); err != nil {
			return fmt.Errorf("device %d: %w", i+1, err)
		}
		if err := seen.add(m); err != nil {
			return err
		}
	}
	for _, m := range c.Principal {
		if err := m.check(false); err != nil {
			return fmt.Errorf("principal: %w", err)
		}
		if err := seen.add(m); err != nil {
			return err
		}
	}
	return nil
}

// checkedChange is a change whose signatures were found to hold.
type checkedChange struct {
	*Change
	id       ID
	recovery bool // signed by the recovery key: it waits for its delay
}

// maxVerified bounds how many changes a keyring remembers to be good.
const maxVerified = 256

// verifyChange checks a change against the office of its side: a quorum of the
// authority, or the recovery key for what that may do. One that was good is
// remembered: it is tried before it is signed, sealed, and carried by several.
func (k *keyring) verifyChange(body []byte) (*checkedChange, error) {
	digest := sha256.Sum256(body)
	k.mu.Lock()
	known := k.verified[digest]
	k.mu.Unlock()
	if known != nil {
		return known, nil
	}
	c, err := k.checkChange(body)
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.verified) >= maxVerified {
		clear(k.verified)
	}
	k.verified[digest] = c
	return c, nil
}

func (k *keyring) checkChange(body []byte) (*checkedChange, error) {
	s, err := ParseSignedChange(body)
	if err != nil {
		return nil, err
	}
	c, err := ParseChange(s.Raw)
	if err != nil {
		return nil, err
	}
	if c.Channel != k.channel {
		return nil, errors.New("change of roster: of another channel")
	}
	o, ok := k.offices[c.Side]
	if !ok {
		return nil, fmt.Errorf("change of roster: no side %q", c.Side)
	}
	if err := k.checkFit(c); err != nil {
		return nil, err
	}
	recovery, err := o.signed(s)
	if err != nil {
		return nil, fmt.Errorf("change of roster: %w", err)
	}
	if recovery && len(c.Principal) > 0 {
		return nil, errors.New("change of roster: a recovery key can't name a principal")
	}
	id := s.ID()
	if recovery {
		id = recoveryID(s.Raw)
	}
	return &checkedChange{Change: c, id: id, recovery: recovery}, nil
}

// checkFit holds a change to what its side is: a neutral has one device and no
// principal, nor has anybody one in a provisional channel.
func (k *keyring) checkFit(c *Change) error {
	neutral := k.neutrals[c.Side] != nil
	if (neutral || k.provisional) && len(c.Principal) > 0 {
		return errors.New("change of roster: the side has no principal")
	}
	if neutral && len(c.Enrol) > 1 {
		return errors.New("change of roster: a neutral has one device")
	}
	return nil
}

// signed reports whose signatures hold: a quorum's, or the recovery key's.
// Every signature that is there must hold.
func (o office) signed(s *SignedChange) (recovery bool, err error) {
	valid := uint64(0)
	for i, signature := range s.Signatures {
		if i > 0 && bySigner(s.Signatures[i-1], signature) >= 0 {
			return false, errors.New("signatures are not in order")
		}
		key, byRecovery := o.key(signature.Signer)
		if key == nil {
			return false, errors.New("signed by somebody who has no part in it")
		}
		if err := VerifyAs(key, contextRoster, s.Raw, signature); err != nil {
			return false, err
		}
		if byRecovery {
			recovery = true
		} else {
			valid++
		}
	}
	if o.authority.Threshold > 0 && valid >= o.authority.Threshold {
		return false, nil
	}
	if recovery {
		return true, nil
	}
	return false, fmt.Errorf("%d of %d signatures of the authority", valid, o.authority.Threshold)
}

func (o office) key(id MemberID) (key []byte, recovery bool) {
	for _, m := range o.authority.Keys {
		if m.ID() == id {
			return m.Signing, false
		}
	}
	if len(o.recovery.Signing) > 0 && MemberIDOf(o.recovery.Signing) == id {
		return o.recovery.Signing, true
	}
	return nil, false
}

// RosterWith is the room as somebody knows it who holds these signed changes
// and no entries. Changes by recovery keys count only once a [Log] has seen
// their delay pass.
func (c *Charter) RosterWith(changes [][]byte) (*Roster, error) {
	k, err := newKeyring(c)
	if err != nil {
		return nil, err
	}
	var known []*checkedChange
	for _, body := range changes {
		change, err := k.verifyChange(body)
		if err != nil {
			return nil, err
		}
		known = append(known, change)
	}
	slices.SortFunc(known, func(a, b *checkedChange) int { return compareIDs(a.id, b.id) })
	return k.roster(known, nil), nil
}
