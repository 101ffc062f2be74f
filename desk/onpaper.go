package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"parley"
	"parley/channel"
)

// An entry goes on paper whole, with its signatures: keyed in elsewhere it is the
// very entry, and proves what it proves anywhere. Or it goes without them, short
// enough for the telephone: keyed in it has the same digest, and proves nothing.
// Whoever hears it knows the voice, or doesn't, and has the signed one to compare
// when that comes.

// OnPaper is an entry as it is printed or was keyed in.
type OnPaper struct {
	ID     string         `json:"id"`
	Digest parley.Digest  `json:"digest"` // of all that was signed
	By     parley.PartyID `json:"by"`
	Who    string         `json:"who"`
	Number uint64         `json:"number"`
	Kind   string         `json:"kind"`
	At     time.Time      `json:"at"` // as its author says
	Signed bool           `json:"signed"`
	Here   bool           `json:"here"` // the signed entry is in this desk's log
	Move   parley.Move    `json:"says"` // nil for an entry that means nothing to a table
}

const (
	paperWhole = 1 // a signed entry follows
	paperShort = 2 // a draft
)

// PrintEntry gives an entry, named by its id or its beginning, as bytes for
// paper; short leaves the signatures out.
func (d *Desk) PrintEntry(name string, short bool) ([]byte, OnPaper, error) {
	e, err := d.findEntry(name)
	if err != nil {
		return nil, OnPaper{}, err
	}
	draft, err := e.Unsigned()
	if err != nil {
		return nil, OnPaper{}, inputError{err}
	}
	p := d.onPaper(draft)
	if p.Signed = !short; p.Signed {
		return append([]byte{paperWhole}, e.Raw...), p, nil
	}
	data, err := draft.Encode()
	return append([]byte{paperShort}, data...), p, err
}

func (d *Desk) findEntry(name string) (*channel.Signed, error) {
	if d.session == nil {
		return nil, ErrNoChannel
	}
	var found []*channel.Signed
	for _, e := range d.session.Log().Entries() {
		if len(name) >= 4 && strings.HasPrefix(e.ID.String(), strings.ToLower(name)) {
			found = append(found, e)
		}
	}
	switch len(found) {
	case 0:
		return nil, fmt.Errorf("%w: no entry %q on this channel", ErrNotFound, name)
	case 1:
		return found[0], nil
	}
	return nil, fmt.Errorf("%w: more than one entry begins with %q", ErrNotFound, name)
}

func (d *Desk) onPaper(e channel.Draft) OnPaper {
	id := e.ID()
	p := OnPaper{
		ID: id.String(), Digest: parley.Digest(id), Number: e.Number, Kind: e.Kind, At: time.Unix(e.Claimed, 0).UTC(),
		Who: d.nameOf(parley.MemberID(e.Author)),
	}
	for _, seat := range d.session.Log().Roster().Seats() {
		if seat.ID == e.Author {
			p.By = parley.PartyID(seat.Party)
		}
	}
	_, p.Here = d.session.Log().Entry(id)
	if m, err := decodeMove(e.Kind, e.Body); err == nil {
		p.Move = m
	}
	return p
}

// ReadEntry reads what was keyed in from paper, without keeping it.
func (d *Desk) ReadEntry(data []byte) (OnPaper, error) {
	if d.session == nil {
		return OnPaper{}, ErrNoChannel
	}
	if len(data) == 0 {
		return OnPaper{}, wrong("the paper is empty")
	}
	switch data[0] {
	case paperWhole:
		e, err := d.session.Check(data[1:])
		if err != nil {
			return OnPaper{}, inputError{err}
		}
		draft, err := e.Unsigned()
		if err != nil {
			return OnPaper{}, inputError{err}
		}
		p := d.onPaper(draft)
		p.Signed = true
		return p, nil
	case paperShort:
		draft, err := channel.ParseDraft(data[1:])
		if err != nil {
			return OnPaper{}, inputError{err}
		}
		if draft.Channel != d.charter.ID() {
			return OnPaper{}, wrong("the entry on this paper is of another channel")
		}
		return d.onPaper(draft), nil
	}
	return OnPaper{}, wrong("this is no entry that parley printed")
}

// KeepEntry puts a signed entry that was keyed in on this desk's log, as if the
// carrier had brought it. One without signatures is only read.
func (d *Desk) KeepEntry(ctx context.Context, data []byte) (OnPaper, error) {
	p, err := d.ReadEntry(data)
	if err != nil || !p.Signed || p.Here || d.rehearsing {
		return p, err
	}
	if _, err := d.session.Import(ctx, data[1:]); err != nil {
		if errors.Is(err, channel.ErrRestored) {
			return p, err
		}
		return p, inputError{err}
	}
	_, p.Here = d.session.Log().Entry(channel.EntryID(p.Digest))
	return p, nil
}
