package relay

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// A Tag names a side, or a member of one, to one relay and nowhere else.
type Tag [16]byte

func (t Tag) String() string { return hex.EncodeToString(t[:]) }

// Access is what one member needs for one mailbox of one relay. Two relays get
// different names, tags and keys, so that they can neither link their mailboxes
// nor use each other's keys.
type Access struct {
	Mailbox Name
	// Door is known to all members: whoever has it can open the mailbox, and
	// seat a side that has no seat yet.
	Door Key
	// Sides are all sides' tags, each with the key that it is seated with.
	Sides map[Tag]Key
	// Side is the member's own, and Member its own tag.
	Side, Member Tag
	// Key signs the member's requests. Nobody else has it but the relay.
	Key Key
	// Admin is the key that the member's side is administered with once this
	// member has taken it over.
	Admin Key

	tagOf, sideOf func(name string) Tag
}

// Who says who asks for access.
type Who struct {
	// Shared is a secret of all the channel's members, and Own one of this
	// member alone: 32 bytes each.
	Shared, Own []byte
	// Sides are the names of all sides, Side the member's, and Member its id.
	Sides  []string
	Side   string
	Member string
}

// Derive makes a member's access to the relay at an address. What is derived
// depends on the relay's realm: what stands after a # in the address, or else
// its host and port.
func Derive(address string, who Who) (Access, error) {
	realm, err := Realm(address)
	if err != nil {
		return Access{}, err
	}
	if len(who.Shared) != len(Key{}) || len(who.Own) != len(Key{}) {
		return Access{}, errors.New("a secret for a relay has 32 bytes")
	}
	shared := func(label string) [32]byte { return derive(who.Shared, realm, label) }
	own := func(label string) [32]byte {
		return derive(append(append([]byte{}, who.Own...), who.Shared...), realm, label)
	}
	tag := func(kind, name string) Tag { h := shared(kind + "-tag " + name); return Tag(h[:len(Tag{})]) }
	a := Access{
		Mailbox: shared("mailbox"), Door: shared("door"), Sides: map[Tag]Key{},
		Side: tag("side", who.Side), Member: tag("member", who.Member), Key: own("member"), Admin: own("admin"),
		tagOf:  func(member string) Tag { return tag("member", member) },
		sideOf: func(side string) Tag { return tag("side", side) },
	}
	for _, side := range who.Sides {
		a.Sides[tag("side", side)] = shared("side-key " + side)
	}
	a.Sides[a.Side] = shared("side-key " + who.Side)
	return a, nil
}

// derive is HKDF-SHA256; the realm stands behind its length, so that no realm
// and label read like another two.
func derive(secret []byte, realm, label string) [32]byte {
	out, err := hkdf.Key(sha256.New, secret, nil, fmt.Sprintf("parley/v1/relay/%d:%s/%s", len(realm), realm, label), 32)
	if err != nil {
		panic(err) // only for lengths that HKDF can't give
	}
	return [32]byte(out)
}

// Realm says which relay an address is of. Members who reach one relay under
// several addresses, or several relays before one storage, put the same word
// after a #.
func Realm(address string) (string, error) {
	u, err := parseAddress(address)
	if err != nil {
		return "", err
	}
	if u.Fragment != "" {
		return "#" + u.Fragment, nil
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(strings.ToLower(u.Hostname()), port) + u.EscapedPath(), nil
}

func parseAddress(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("relay's address %q is no URL", address)
	}
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), ""
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("relay's address %q begins with neither http:// nor https://", u.Redacted())
	case u.Hostname() == "" || u.User != nil || u.RawQuery != "":
		return nil, fmt.Errorf("relay's address %q is more or less than a host, a path and a realm", u.Redacted())
	}
	return u, nil
}
