package channel

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of a charter.
const (
	MaxDelegations = 16
	MaxNeutrals    = 8
	MaxDevices     = 32 // of all delegations and neutrals together; one slot each
	MaxAdopts      = 8
	MaxTerms       = 64 << 10
	MaxText        = 256 // bytes in a name, an office or a title
	MaxCharter     = 512 << 10

	maxID = 64
)

var capabilities = []string{"chair", "depositary", "host", "humanitarian", "mediator"}

// Capabilities are what a neutral may be, in order.
func Capabilities() []string { return slices.Clone(capabilities) }

func (c *Charter) check() error {
	if err := checkVersion(c.Version, c.Suite); err != nil {
		return err
	}
	if err := checkText("title", c.Title, 1); err != nil {
		return err
	}
	if len(c.Terms) > MaxTerms {
		return fmt.Errorf("terms of %d bytes, the most is %d", len(c.Terms), MaxTerms)
	}
	if c.Commitment == [32]byte{} {
		return errors.New("no commitment to a secret")
	}
	if err := c.checkAdopts(); err != nil {
		return err
	}
	if c.Made < 0 {
		return errors.New("made before 1970")
	}
	if err := c.checkDelegations(); err != nil {
		return err
	}
	if err := c.checkNeutrals(); err != nil {
		return err
	}
	return c.checkKeys()
}

func checkVersion(version, suite uint64) error {
	if version != Version {
		return fmt.Errorf("version %d, not %d", version, Version)
	}
	if suite != Suite {
		return fmt.Errorf("suite %d, not %d", suite, Suite)
	}
	return nil
}

func (c *Charter) checkAdopts() error {
	if n := len(c.Adopts); n > MaxAdopts {
		return fmt.Errorf("%d adopted channels, the most is %d", n, MaxAdopts)
	}
	for i, a := range c.Adopts {
		if a.Channel.IsZero() || i > 0 && bytes.Compare(c.Adopts[i-1].Channel[:], a.Channel[:]) >= 0 {
			return errors.New("adopted channels are not in order")
		}
	}
	return nil
}

func (c *Charter) checkDelegations() error {
	if n := len(c.Delegations); n < 2 || n > MaxDelegations {
		return fmt.Errorf("%d delegations, not 2 to %d", n, MaxDelegations)
	}
	for i, d := range c.Delegations {
		if err := d.check(c.Provisional); err != nil {
			return fmt.Errorf("delegation %d: %w", i+1, err)
		}
		if i > 0 && c.Delegations[i-1].Party >= d.Party {
			return errors.New("delegations are not in the order of their party ids")
		}
	}
	return nil
}

func (c *Charter) checkNeutrals() error {
	if n := len(c.Neutrals); n > MaxNeutrals {
		return fmt.Errorf("%d neutrals, the most is %d", n, MaxNeutrals)
	}
	for i, n := range c.Neutrals {
		if err := n.check(); err != nil {
			return fmt.Errorf("neutral %d: %w", i+1, err)
		}
		if i > 0 && c.Neutrals[i-1].Name >= n.Name {
			return errors.New("neutrals are not in the order of their names")
		}
	}
	return nil
}

func (d Delegation) check(provisional bool) error {
	if err := checkID("party", d.Party); err != nil {
		return err
	}
	if err := checkText("name", d.Name, 1); err != nil {
		return err
	}
	if err := d.checkPrincipal(provisional); err != nil {
		return fmt.Errorf("principal: %w", err)
	}
	if err := d.Authority.check(); err != nil {
		return err
	}
	if err := d.Recovery.check(); err != nil {
		return err
	}
	if n := len(d.Devices); n < 1 || n > MaxDevices {
		return fmt.Errorf("%d devices, not 1 to %d", n, MaxDevices)
	}
	for i, m := range d.Devices {
		if err := m.check(true); err != nil {
			return fmt.Errorf("device %d: %w", i+1, err)
		}
	}
	return nil
}

func (d Delegation) checkPrincipal(provisional bool) error {
	if !provisional {
		return d.Principal.check(false)
	}
	if len(d.Principal.Signing)+len(d.Principal.Sealing) != 0 {
		return errors.New("a provisional charter knows no principal's key")
	}
	if err := checkText("office", d.Principal.Office, 0); err != nil {
		return err
	}
	return checkText("name", d.Principal.Name, 0)
}

func (n Neutral) check() error {
	if err := checkText("name", n.Name, 1); err != nil {
		return err
	}
	if len(n.Capabilities) == 0 {
		return errors.New("no capability")
	}
	for i, name := range n.Capabilities {
		if !slices.Contains(capabilities, name) {
			return fmt.Errorf("capability %q is none of %s", name, strings.Join(capabilities, ", "))
		}
		if i > 0 && n.Capabilities[i-1] >= name {
			return errors.New("capabilities are not in order")
		}
	}
	for i, kind := range n.Withheld {
		if err := checkID("kind", kind); err != nil {
			return err
		}
		if slices.Contains(ownKinds, kind) {
			return fmt.Errorf("a %s can't be withheld", kind)
		}
		if i > 0 && n.Withheld[i-1] >= kind {
			return errors.New("withheld kinds are not in order")
		}
	}
	if err := n.Authority.check(); err != nil {
		return err
	}
	return n.Device.check(true)
}

func (m Member) check(device bool) error {
	if err := checkText("name", m.Name, 1); err != nil {
		return err
	}
	if err := checkText("office", m.Office, 0); err != nil {
		return err
	}
	if len(m.Signing) != SigningPublicSize { // any bytes of that length are a key
		return fmt.Errorf("a signing key has %d bytes, not %d", SigningPublicSize, len(m.Signing))
	}
	if !device {
		if len(m.Sealing) != 0 {
			return errors.New("a principal has no sealing key")
		}
		return nil
	}
	return checkSealing(m.Sealing)
}

// checkKeys refuses a key that stands twice, and half a key too: what one
// member signs must never count for another. A principal may stand in its own
// side's authority.
func (c *Charter) checkKeys() error {
	seen := keyHalves{}
	for _, seat := range c.Seats() {
		if err := seen.add(seat.Member); err != nil {
			return err
		}
	}
	if seen.devices > MaxDevices {
		return fmt.Errorf("%d devices, the most is %d", seen.devices, MaxDevices)
	}
	for _, d := range c.Delegations {
		if err := seen.addAuthority(d.Authority, d.Principal); err != nil {
			return err
		}
		if err := seen.addSigning(d.Name, d.Recovery.Signing); err != nil {
			return err
		}
	}
	for _, n := range c.Neutrals {
		if err := seen.addAuthority(n.Authority, Member{}); err != nil {
			return err
		}
	}
	return nil
}

// keyHalves are the halves of all keys that were met.
type keyHalves struct {
	seen    map[string]bool
	devices int
}

func (k *keyHalves) add(m Member) error {
	if err := k.addSigning(m.Name, m.Signing); err != nil || len(m.Sealing) == 0 {
		return err
	}
	k.devices++
	return k.addHalves(m.Name, m.Sealing[:mlkemPublicSize], m.Sealing[mlkemPublicSize:])
}

func (k *keyHalves) addSigning(name string, key []byte) error {
	if len(key) == 0 {
		return nil
	}
	return k.addHalves(name, key[:ed25519.PublicKeySize], key[ed25519.PublicKeySize:])
}

func (k *keyHalves) addHalves(name string, halves ...[]byte) error {
	if k.seen == nil {
		k.seen = map[string]bool{}
	}
	for _, half := range halves {
		if k.seen[string(half)] {
			return fmt.Errorf("a key of %s stands twice", name)
		}
		k.seen[string(half)] = true
	}
	return nil
}

func (k *keyHalves) addAuthority(a Authority, principal Member) error {
	own := keyHalves{}
	for _, m := range a.Keys {
		to := k
		if bytes.Equal(m.Signing, principal.Signing) {
			to = &own
		}
		if err := to.add(m); err != nil {
			return err
		}
	}
	return nil
}

// checkText bounds what people will read. That it is in normal form, and what
// it looks like, is for the desk that shows it.
func checkText(what, text string, least int) error {
	if len(text) < least || len(text) > MaxText {
		return fmt.Errorf("a %s of %d bytes, not %d to %d", what, len(text), least, MaxText)
	}
	if !utf8.ValidString(text) {
		return fmt.Errorf("a %s that is not UTF-8", what)
	}
	if strings.ContainsFunc(text, unicode.IsControl) {
		return fmt.Errorf("a %s with control characters", what)
	}
	return nil
}

// checkID holds for party ids and for kinds of entries.
func checkID(what, id string) error {
	ok := len(id) >= 1 && len(id) <= maxID
	for _, c := range []byte(id) {
		ok = ok && (c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-')
	}
	if !ok {
		return fmt.Errorf("a %s has 1 to %d lower-case letters, digits and hyphens", what, maxID)
	}
	return nil
}
