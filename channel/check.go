package channel

import (
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
	MaxTerms       = 64 << 10
	MaxText        = 256 // bytes in a name, an office or a title
	MaxCharter     = 512 << 10

	maxID = 64
)

var capabilities = []string{"chair", "depositary", "host", "humanitarian"}

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
	if c.Secret == (Secret{}) {
		return errors.New("no secret")
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

func (c *Charter) checkDelegations() error {
	if n := len(c.Delegations); n < 2 || n > MaxDelegations {
		return fmt.Errorf("%d delegations, not 2 to %d", n, MaxDelegations)
	}
	for i, d := range c.Delegations {
		if err := d.check(); err != nil {
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

func (d Delegation) check() error {
	if err := checkID("party", d.Party); err != nil {
		return err
	}
	if err := checkText("name", d.Name, 1); err != nil {
		return err
	}
	if err := d.Principal.check(false); err != nil {
		return fmt.Errorf("principal: %w", err)
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
// member signs must never count for another.
func (c *Charter) checkKeys() error {
	return checkDistinct(c.Seats())
}

func checkDistinct(seats []Seat) error {
	devices, seen := 0, map[string]bool{}
	for _, seat := range seats {
		m := seat.Member
		halves := [][]byte{m.Signing[:ed25519.PublicKeySize], m.Signing[ed25519.PublicKeySize:]}
		if !seat.Principal {
			devices++
			halves = append(halves, m.Sealing[:mlkemPublicSize], m.Sealing[mlkemPublicSize:])
		}
		for _, half := range halves {
			if seen[string(half)] {
				return fmt.Errorf("a key of %s stands twice", m.Name)
			}
			seen[string(half)] = true
		}
	}
	if devices > MaxDevices {
		return fmt.Errorf("%d devices, the most is %d", devices, MaxDevices)
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
