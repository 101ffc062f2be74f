package channel

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func withNeutral() *Charter {
	c := charterOf("ru", "us")
	c.Neutrals = []Neutral{{Name: "Red Cross", Capabilities: []string{"chair", "humanitarian"}, Device: device("neutral")}}
	return c
}

func TestACharterComesBack(t *testing.T) {
	c := withNeutral()
	raw := must(c.Encode())
	back := must(ParseCharter(raw))
	if !bytes.Equal(must(back.Encode()), raw) || back.ID() != c.ID() {
		t.Fatal("another charter came back")
	}
	if seat, ok := back.Seat(key("neutral").ID()); !ok || seat.Neutral != "Red Cross" || seat.Side() != "neutral:Red Cross" || seat.Principal {
		t.Fatalf("the neutral sits at %+v", seat)
	}
	if seat, ok := back.Seat(key("us-principal").ID()); !ok || !seat.Principal || seat.Party != "us" {
		t.Fatalf("the principal sits at %+v", seat)
	}
	if _, ok := back.Seat(key("eve").ID()); ok {
		t.Fatal("a stranger has a seat")
	}
}

func TestEveryPartOfACharterIsInItsName(t *testing.T) {
	seen := map[ID]string{}
	for name, change := range map[string]func(*Charter){
		"as it was": func(*Charter) {},
		"title":     func(c *Charter) { c.Title = "talks" },
		"office":    func(c *Charter) { c.Delegations[0].Principal.Office = "King" },
		"terms":     func(c *Charter) { c.Terms = nil },
		"secret":    func(c *Charter) { c.Commitment[31]++ },
		"made":      func(c *Charter) { c.Made++ },
		"neutral":   func(c *Charter) { c.Neutrals = nil },
		"withheld":  func(c *Charter) { c.Neutrals[0].Withheld = []string{"offer"} },
		"authority": func(c *Charter) {
			c.Delegations[0].Authority = Authority{Keys: []Member{principal("x")}, Threshold: 1}
		},
		"a neutral's authority": func(c *Charter) {
			c.Neutrals[0].Authority = Authority{Keys: []Member{principal("x")}, Threshold: 1}
		},
		"recovery":       func(c *Charter) { c.Delegations[0].Recovery = Recovery{Signing: key("x").Public(), Delay: 1} },
		"recovery delay": func(c *Charter) { c.Delegations[0].Recovery = Recovery{Signing: key("x").Public(), Delay: 2} },
		"adopts":         func(c *Charter) { c.Adopts = []Adopted{{Channel: ID{1}}} },
		"adopted heads":  func(c *Charter) { c.Adopts = []Adopted{{Channel: ID{1}, Heads: [32]byte{1}}} },
		"provisional":    makeProvisional,
	} {
		c := withNeutral()
		change(c)
		if other, twice := seen[c.ID()]; twice {
			t.Errorf("%s and %s have one name", name, other)
		}
		seen[c.ID()] = name
	}
}

func TestMalformedChartersAreRefused(t *testing.T) {
	for name, change := range map[string]func(*Charter){
		"another version":            func(c *Charter) { c.Version = 2 },
		"another suite":              func(c *Charter) { c.Suite = 2 },
		"no suite":                   func(c *Charter) { c.Suite = 0 },
		"no title":                   func(c *Charter) { c.Title = "" },
		"a long title":               func(c *Charter) { c.Title = strings.Repeat("x", 257) },
		"a title with a new line":    func(c *Charter) { c.Title = "a\nb" },
		"a title that is not UTF-8":  func(c *Charter) { c.Title = "\xff" },
		"terms too long":             func(c *Charter) { c.Terms = make([]byte, MaxTerms+1) },
		"no secret":                  func(c *Charter) { c.Commitment = [32]byte{} },
		"before 1970":                func(c *Charter) { c.Made = -1 },
		"one delegation":             func(c *Charter) { c.Delegations = c.Delegations[:1] },
		"the wrong order":            func(c *Charter) { slices.Reverse(c.Delegations) },
		"one party twice":            func(c *Charter) { c.Delegations[1].Party = "ru" },
		"a party in capitals":        func(c *Charter) { c.Delegations[1].Party = "US" },
		"a party without an id":      func(c *Charter) { c.Delegations[0].Party = "" },
		"no device":                  func(c *Charter) { c.Delegations[0].Devices = nil },
		"a principal who reads":      func(c *Charter) { c.Delegations[0].Principal.Sealing = sealingKey("x").Public() },
		"a device that can't read":   func(c *Charter) { c.Delegations[0].Devices[0].Sealing = nil },
		"a short sealing key":        func(c *Charter) { c.Delegations[0].Devices[0].Sealing = make([]byte, 10) },
		"a sealing key out of range": func(c *Charter) { c.Delegations[0].Devices[0].Sealing = bytes.Repeat([]byte{0xff}, SealingPublicSize) },
		"a sealing key of no use":    func(c *Charter) { clear(c.Delegations[0].Devices[0].Sealing[mlkemPublicSize:]) },
		"a short signing key":        func(c *Charter) { c.Delegations[0].Principal.Signing = []byte{1} },
		"no signing key":             func(c *Charter) { c.Delegations[0].Principal.Signing = nil },
		"a nameless member":          func(c *Charter) { c.Delegations[0].Principal.Name = "" },
		"one signing key twice":      func(c *Charter) { c.Delegations[0].Principal.Signing = c.Delegations[1].Principal.Signing },
		"one sealing key twice":      func(c *Charter) { c.Delegations[0].Devices[0].Sealing = c.Delegations[1].Devices[0].Sealing },
		"half a key twice": func(c *Charter) {
			copy(c.Delegations[0].Principal.Signing[:32], c.Delegations[1].Principal.Signing[:32])
		},
		"the other half twice": func(c *Charter) {
			copy(c.Delegations[0].Principal.Signing[32:], c.Delegations[1].Principal.Signing[32:])
		},
		"half a sealing key twice": func(c *Charter) {
			copy(c.Delegations[0].Devices[0].Sealing[:mlkemPublicSize], c.Delegations[1].Devices[0].Sealing)
		},
		"a neutral who can do nothing": func(c *Charter) { c.Neutrals[0].Capabilities = nil },
		"an unknown capability":        func(c *Charter) { c.Neutrals[0].Capabilities = []string{"spy"} },
		"capabilities out of order":    func(c *Charter) { slices.Reverse(c.Neutrals[0].Capabilities) },
		"one capability twice":         func(c *Charter) { c.Neutrals[0].Capabilities = []string{"chair", "chair"} },
		"a neutral with a party's key": func(c *Charter) { c.Neutrals[0].Device = c.Delegations[0].Devices[0] },
		"neutrals out of order": func(c *Charter) {
			c.Neutrals = append(c.Neutrals, Neutral{Name: "Aland", Capabilities: []string{"host"}, Device: device("another")})
		},
		"too many devices": func(c *Charter) { addDevices(c, MaxDevices-2) },
	} {
		c := withNeutral()
		change(c)
		if _, err := c.Encode(); err == nil {
			t.Errorf("%s: encoded", name)
		}
		if raw, err := Marshal(c); err == nil {
			if _, err := ParseCharter(raw); err == nil {
				t.Errorf("%s: parsed", name)
			}
		}
	}
}

// addDevices shares out n more, each with keys of its own.
func addDevices(c *Charter, n int) {
	for i := range n {
		d := &c.Delegations[i%2]
		d.Devices = append(d.Devices, device(fmt.Sprint("device ", i)))
	}
}

func TestAsManyDevicesAsSlots(t *testing.T) {
	c := withNeutral()
	addDevices(c, MaxDevices-3)
	if n := len(everybody(c).Whole); n != MaxDevices {
		t.Fatalf("%d devices", n)
	}
}

func everybody(c *Charter) Recipients { return must(NewLog(c)).recipients("note") }

func TestEveryPrincipalSigns(t *testing.T) {
	c := withNeutral()
	s := must(NewCharter(*c, someSecret))
	raw := s.Raw
	if !slices.Equal(s.Missing(), []string{"ru", "us"}) {
		t.Fatalf("missing %v", s.Missing())
	}
	ru, us := must(SignCharter(raw, key("ru-principal"))), must(SignCharter(raw, key("us-principal")))
	for _, next := range []Signature{us, us, ru} {
		if _, err := s.Verify(); err == nil {
			t.Fatal("verified before all had signed")
		}
		if err := s.AddSignature(next); err != nil {
			t.Fatal(err)
		}
		s = must(ParseSignedCharter(must(s.Encode()))) // it travels half signed
	}
	if len(s.Missing()) != 0 || len(s.Signatures) != 2 {
		t.Fatalf("missing %v, %d signatures", s.Missing(), len(s.Signatures))
	}
	if got := must(s.Verify()); got.ID() != c.ID() {
		t.Fatal("another charter")
	}
	for _, name := range []string{"us", "neutral", "eve"} {
		if _, err := SignCharter(raw, key(name)); err == nil {
			t.Errorf("%s signed as a principal", name)
		}
		forged := must(key(name).SignAs(contextCharter, raw))
		if err := s.AddSignature(forged); err == nil {
			t.Errorf("%s's signature was added", name)
		}
	}
	for _, bad := range [][]Signature{{us, ru}, {ru, ru}, {ru, us, us}, {ru, must(key("us-principal").SignAs(contextEntry, raw))}} {
		slices.SortFunc(bad[:1], bySigner)
		x := &SignedCharter{Raw: raw, Signatures: bad}
		if slices.IsSortedFunc(bad, bySigner) && bad[0].Signer != bad[1].Signer && len(bad) == 2 {
			slices.Reverse(x.Signatures)
		}
		if _, err := x.Verify(); err == nil {
			t.Errorf("verified with %d odd signatures", len(bad))
		}
	}
}

// Everything that stands in front of a signature counts: one bit anywhere.
func TestAnyChangeOfASignedCharterIsRefused(t *testing.T) {
	s := signedCharterOf(t, charterOf("ru", "us"))
	data := must(s.Encode())
	must(must(ParseSignedCharter(data)).Verify())
	everyChange(t, data, 19, func(changed []byte) bool {
		s, err := ParseSignedCharter(changed)
		if err != nil {
			return false
		}
		_, err = s.Verify()
		return err == nil
	})
}

// everyChange flips a bit in every step-th byte, beginning anywhere, and in
// all of the first and last hundred.
func everyChange(t *testing.T, data []byte, step int, accepted func([]byte) bool) {
	t.Helper()
	begin := rand.IntN(step)
	for at := range data {
		if at > 100 && at < len(data)-100 && at%step != begin {
			continue
		}
		changed := bytes.Clone(data)
		changed[at] ^= 1 << rand.IntN(8)
		if accepted(changed) {
			t.Fatalf("byte %d of %d was changed from %02x to %02x", at, len(data), data[at], changed[at])
		}
	}
	for _, cut := range [][]byte{nil, data[:len(data)-1], data[1:], append(bytes.Clone(data), 0)} {
		if accepted(cut) {
			t.Fatalf("%d bytes instead of %d", len(cut), len(data))
		}
	}
}

func TestTheRelaySeesNothingOfTheChannelsName(t *testing.T) {
	id := charterOf("ru", "us").ID()
	mailbox, relay := someSecret.Mailbox(), someSecret.RelayKey()
	if strings.Contains(mailbox, id.String()[:8]) || len(mailbox) != 64 || len(relay) != 32 {
		t.Fatal("the mailbox is not what it should be")
	}
	if hash := sha256.Sum256(relay); bytes.Contains(unhex(mailbox), relay[:8]) || bytes.Equal(unhex(mailbox), hash[:]) {
		t.Fatal("the mailbox tells of the key")
	}
	other := someSecret
	other[0]++
	if other.Mailbox() == mailbox || bytes.Equal(other.RelayKey(), relay) || other.Commitment() == someSecret.Commitment() {
		t.Fatal("the mailbox does not depend on the secret")
	}
}

// The secret is known by its hash: a charter can be shown without it, and no
// other can be put beside it.
func TestTheSecretStandsBesideTheCharter(t *testing.T) {
	s := signedCharterOf(t, charterOf("ru", "us"))
	if got, ok := s.TheSecret(); !ok || got != someSecret {
		t.Fatal("the secret is not there")
	}
	if bytes.Contains(s.Raw, someSecret[:]) {
		t.Fatal("the secret stands in what is signed")
	}
	shown := s.WithoutSecret()
	data := must(shown.Encode())
	if _, ok := must(ParseSignedCharter(data)).TheSecret(); ok || bytes.Contains(data, someSecret[:]) {
		t.Fatal("the secret is shown")
	}
	if must(shown.Verify()).ID() != must(s.Verify()).ID() {
		t.Fatal("without the secret it is another charter")
	}
	for name, secret := range map[string][]byte{"another": bytes.Repeat([]byte{1}, 32), "a shorter": someSecret[:31], "a longer": append(someSecret[:], 0)} {
		bad := SignedCharter{Raw: s.Raw, Signatures: s.Signatures, Secret: secret}
		if _, err := bad.Verify(); err == nil {
			t.Errorf("%s secret is taken", name)
		}
	}
}

func TestACardIsSignedByItsDevices(t *testing.T) {
	d := delegation("us")
	s := must(SignCard(d, 5, key("us")))
	if s.ByPrincipal() {
		t.Error("the principal has not signed")
	}
	back := must(ParseCard(must(s.Encode())))
	if got := must(back.Verify()); got.Delegations[0].Party != "us" || got.Made != 5 {
		t.Errorf("%+v", got)
	}
	if s := must(SignCard(d, 5, key("us-principal"), key("us"))); !s.ByPrincipal() || len(s.Signatures) != 2 {
		t.Error("the principal has signed")
	}
	for name, keys := range map[string][]*SigningKey{
		"nobody": nil, "only the principal": {key("us-principal")}, "a stranger too": {key("us"), key("eve")},
		"one twice": {key("us"), key("us")},
	} {
		if _, err := SignCard(d, 5, keys...); err == nil {
			t.Errorf("signed by %s", name)
		}
	}
	for name, change := range map[string]func(*Delegation){
		"no party": func(d *Delegation) { d.Party = "" }, "no device": func(d *Delegation) { d.Devices = nil },
		"a key twice": func(d *Delegation) { d.Principal.Signing = d.Devices[0].Signing },
	} {
		d := delegation("us")
		change(&d)
		if _, err := SignCard(d, 5, key("us")); err == nil {
			t.Errorf("a card with %s", name)
		}
	}
	if _, err := SignCard(d, -1, key("us")); err == nil {
		t.Error("made before 1970")
	}
}

func TestAnyChangeOfACardIsRefused(t *testing.T) {
	data := must(must(SignCard(delegation("us"), 5, key("us"), key("us-principal"))).Encode())
	everyChange(t, data, 9, func(changed []byte) bool {
		_, err := ParseCard(changed)
		return err == nil
	})
}

// A card's signatures are no charter's, and the other way round.
func TestASignatureServesOnePurpose(t *testing.T) {
	c := charterOf("ru", "us")
	raw := must(c.Encode())
	s := &SignedCharter{Raw: raw}
	for _, context := range []string{contextCard, contextEntry, contextExport} {
		if err := s.AddSignature(must(key("us-principal").SignAs(context, raw))); !errors.Is(err, ErrSignature) {
			t.Errorf("a signature made for a %s: %v", context, err)
		}
	}
}
