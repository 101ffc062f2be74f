package channel

import (
	"errors"
	"fmt"
	"slices"
)

// MaxProof bounds a proof.
const MaxProof = 2 << 20

// Proof shows anybody that an author signed two entries under one number. It
// holds the charter without its secret, the change of roster that brought the
// author where it was not there from the start, and both entries without what
// they say.
type Proof struct {
	_       struct{} `cbor:",toarray"`
	Version uint64
	Suite   uint64
	Charter []byte   // a signed charter
	Changes [][]byte // the signed change of roster that brought the author, or none
	A, B    []byte   // signed entries, the lower id first
}

// Guilt is what a proof proves.
type Guilt struct {
	Channel ID
	Title   string
	Author  Member
	Side    string
	Number  uint64
	A, B    EntryID
}

// Prove makes the proof of a fork in this log.
func (l *Log) Prove(charter *SignedCharter, f Fork) ([]byte, error) {
	p := Proof{Version: Version, Suite: Suite, Changes: [][]byte{}}
	var err error
	if p.Charter, err = charter.WithoutSecret().Encode(); err != nil {
		return nil, err
	}
	if _, there := l.keyring.seats[f.Author]; !there {
		if p.Changes, err = l.broughtBy(f.Author); err != nil {
			return nil, err
		}
	}
	for _, half := range []struct {
		from *Signed
		to   *[]byte
	}{{f.A, &p.A}, {f.B, &p.B}} {
		bare, err := half.from.withoutBody()
		if err != nil {
			return nil, err
		}
		*half.to = bare.Raw
	}
	data, err := Marshal(p)
	if err != nil {
		return nil, err
	}
	if _, err := CheckProof(data); err != nil {
		return nil, err
	}
	return data, nil
}

// broughtBy finds a change that brought a member.
func (l *Log) broughtBy(id MemberID) ([][]byte, error) {
	for _, body := range l.Changes() {
		s, err := ParseSignedChange(body)
		if err != nil {
			return nil, err
		}
		c, err := ParseChange(s.Raw)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(append(c.Enrol, c.Principal...), func(m Member) bool { return m.ID() == id }) {
			return [][]byte{body}, nil
		}
	}
	return nil, ErrNotSeated
}

// CheckProof verifies a proof from nothing but its own bytes. Whether the
// channel is the one that its reader has in mind, the reader must know.
func CheckProof(data []byte) (*Guilt, error) {
	if len(data) > MaxProof {
		return nil, fmt.Errorf("a proof of %d bytes, the most is %d", len(data), MaxProof)
	}
	var p Proof
	if err := Unmarshal(data, &p); err != nil {
		return nil, fmt.Errorf("proof: %w", err)
	}
	if err := checkVersion(p.Version, p.Suite); err != nil {
		return nil, fmt.Errorf("proof: %w", err)
	}
	signed, err := ParseSignedCharter(p.Charter)
	if err != nil {
		return nil, fmt.Errorf("proof: %w", err)
	}
	c, err := signed.Verify()
	if err != nil {
		return nil, fmt.Errorf("proof: %w", err)
	}
	if len(signed.Secret) != 0 {
		return nil, errors.New("proof: it tells the channel's secret, which proves nothing more")
	}
	a, err := c.VerifyEntry(p.A, p.Changes...)
	if err != nil {
		return nil, fmt.Errorf("proof: first entry: %w", err)
	}
	b, err := c.VerifyEntry(p.B, p.Changes...)
	if err != nil {
		return nil, fmt.Errorf("proof: second entry: %w", err)
	}
	if !a.Withheld || !b.Withheld {
		return nil, errors.New("proof: it tells what the entries say, which proves nothing more")
	}
	if _, there := c.Seat(a.Author); there == (len(p.Changes) > 0) || len(p.Changes) > 1 {
		return nil, errors.New("proof: it holds a change of roster that brought nobody, or more than one")
	}
	if a.Author != b.Author || a.Number != b.Number {
		return nil, errors.New("proof: the two entries are not by one author under one number")
	}
	if a.ID.Compare(b.ID) >= 0 {
		return nil, errors.New("proof: the two entries are one, or not in order")
	}
	g := &Guilt{Channel: c.ID(), Title: c.Title, Number: a.Number, A: a.ID, B: b.ID}
	g.Author, g.Side = c.memberOf(a.Author, p.Changes)
	return g, nil
}

// memberOf finds who holds a key, in the charter or in verified changes.
func (c *Charter) memberOf(id MemberID, changes [][]byte) (Member, string) {
	if seat, ok := c.Seat(id); ok {
		return seat.Member, seat.Side()
	}
	for _, body := range changes {
		s, err := ParseSignedChange(body)
		if err != nil {
			continue
		}
		change, err := ParseChange(s.Raw)
		if err != nil {
			continue
		}
		for _, m := range append(change.Enrol, change.Principal...) {
			if m.ID() == id {
				return m, change.Side
			}
		}
	}
	return Member{}, ""
}
