package channel

import (
	"errors"
	"fmt"
)

// Limits of an authority.
const (
	MaxAuthority = 16
	MaxDelay     = 90 * 24 * 3600 // seconds
)

// Authority is who may change a side's roster: so many of these keys together.
// It stands in the charter for good. An authority without keys is the
// delegation's principal alone; a neutral without one can't change its device.
type Authority struct {
	_         struct{} `cbor:",toarray"`
	Keys      []Member
	Threshold uint64 // more than half of the keys, so that two quorums share a key
}

// Recovery is a key that lies in a safe. It may only enrol and revoke, and what
// it signs takes effect only after every other delegation has seen it for the
// delay, by its own clock, with no word from the authority.
type Recovery struct {
	_       struct{} `cbor:",toarray"`
	Signing []byte   // empty: there is none
	Delay   uint64   // seconds
}

func (a Authority) check() error {
	n := uint64(len(a.Keys))
	if n == 0 {
		if a.Threshold != 0 {
			return errors.New("an authority without keys has no threshold")
		}
		return nil
	}
	if n > MaxAuthority {
		return fmt.Errorf("%d keys of an authority, the most is %d", n, MaxAuthority)
	}
	if a.Threshold > n || 2*a.Threshold <= n {
		return fmt.Errorf("a threshold of %d for %d keys: it must be more than half", a.Threshold, n)
	}
	for i, m := range a.Keys {
		if err := m.check(false); err != nil {
			return fmt.Errorf("authority: key %d: %w", i+1, err)
		}
	}
	return nil
}

func (r Recovery) check() error {
	switch {
	case len(r.Signing) == 0 && r.Delay != 0:
		return errors.New("a delay and no recovery key")
	case len(r.Signing) != 0 && len(r.Signing) != SigningPublicSize:
		return fmt.Errorf("a recovery key has %d bytes, not %d", SigningPublicSize, len(r.Signing))
	case len(r.Signing) != 0 && (r.Delay == 0 || r.Delay > MaxDelay):
		return fmt.Errorf("a recovery delay of %d seconds, not 1 to %d", r.Delay, MaxDelay)
	}
	return nil
}

// office is who decides over one side's roster.
type office struct {
	authority Authority
	recovery  Recovery
}

// offices lists them by side.
func (c *Charter) offices() map[string]office {
	out := map[string]office{}
	for _, d := range c.Delegations {
		a := d.Authority
		if len(a.Keys) == 0 && !c.Provisional {
			a = Authority{Keys: []Member{d.Principal}, Threshold: 1}
		}
		out[d.Party] = office{a, d.Recovery}
	}
	for _, n := range c.Neutrals {
		out[neutralSide(n.Name)] = office{authority: n.Authority}
	}
	return out
}

// SignsRoster reports whether a key has a part in changing a side's roster.
func (c *Charter) SignsRoster(side string, id MemberID) bool {
	key, _ := c.offices()[side].key(id)
	return key != nil
}
