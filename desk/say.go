package desk

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"parley"
	"parley/channel"
)

// NoEffect says why a move was not signed: it would change nothing.
type NoEffect struct {
	Kind parley.Kind
	Why  string
}

func (e *NoEffect) Error() string {
	return fmt.Sprintf("this %s would have no effect: %s", e.Kind, e.Why)
}

// Refusal says which red line or mandate forbids an act.
type Refusal struct {
	Act     parley.Kind
	Reasons []string
}

func (e *Refusal) Error() string {
	s := fmt.Sprintf("this %s is refused:", e.Act)
	for _, r := range e.Reasons {
		s += "\n  " + r
	}
	return s
}

// Is makes every Refusal an ErrRefused.
func (e *Refusal) Is(target error) bool { return target == ErrRefused }

// acts are the channel's entries with their meaning.
func (d *Desk) acts() []parley.Act {
	if d.session == nil {
		return nil
	}
	entries := d.session.Log().Entries()
	out := make([]parley.Act, len(entries))
	for i, e := range entries {
		out[i] = d.act(e)
	}
	return out
}

// Table is what the moves on the channel add up to.
func (d *Desk) Table() *parley.Table { return parley.Fold(d.groundNow(), d.acts()) }

// groundNow is the charter's ground with the roster as this desk knows it.
func (d *Desk) groundNow() parley.Ground {
	g := d.ground
	if d.session != nil {
		g.Roster = d.rosterOf(d.session.Log().Roster())
	}
	return g
}

// say signs a move for this desk and puts it in the outbox, after trying it on
// the table: what would have no effect is never signed.
func (d *Desk) say(ctx context.Context, m parley.Move) (parley.Ref, error) {
	if d.session == nil {
		return parley.Ref{}, ErrNoChannel
	}
	normalise(m)
	t := d.Table()
	mandate, err := d.mandateFor(t, m)
	if err != nil {
		return parley.Ref{}, err
	}
	body, err := encodeMove(m)
	if err != nil {
		return parley.Ref{}, err
	}
	if err := d.try(m, d.signing.ID(), mandate); err != nil || d.rehearsing {
		return parley.Ref{}, err
	}
	e, err := d.session.Append(ctx, string(m.Kind()), channel.EntryID(mandate), body)
	if err != nil {
		return parley.Ref{}, err
	}
	return parley.Ref(e.ID), nil
}

// try sees what would come of a move if it were made now.
func (d *Desk) try(m parley.Move, author channel.MemberID, mandate parley.Ref) error {
	if err := checkMove(m); err != nil {
		return err
	}
	at, err := d.session.Log().Next(author)
	if err != nil {
		return err
	}
	// No entry's hash: the trial stands beside the real acts and is none of them.
	a := parley.Act{Ref: parley.Ref(bytes.Repeat([]byte{0xff}, 32)), Author: parley.MemberID(author), Number: at.Number, Previous: parley.Ref(at.Previous), Mandate: mandate, Move: m}
	for _, h := range at.Heads {
		a.Heads = append(a.Heads, parley.Ref(h))
	}
	a.Roster = d.rosterOf(d.session.Log().Roster())
	for _, s := range parley.Fold(d.groundNow(), append(d.acts(), a)).Acts {
		if s.Ref == a.Ref && !s.Effect() {
			return &NoEffect{m.Kind(), s.Why}
		}
	}
	return nil
}

// mandateFor finds the mandate that a move can rely on: the newest that allows
// it, covers whom it is about and has not run out. Talk needs none.
func (d *Desk) mandateFor(t *parley.Table, m parley.Move) (parley.Ref, error) {
	if m.Level() == parley.Talk || m.Level() == parley.Binding || m.Kind() == parley.KindPen {
		return parley.Ref{}, nil
	}
	if d.id.neutral() && m.Level() == parley.Executing {
		return parley.Ref{}, nil // the plan names it
	}
	if d.charter.Provisional && m.Level() == parley.Explore {
		return parley.Ref{}, nil
	}
	if d.charter.Provisional {
		return parley.Ref{}, &Refusal{m.Kind(), []string{"a provisional channel only explores: the principals' charter comes first"}}
	}
	var reasons []string
	for _, s := range slices.Backward(t.Acts) {
		g, ok := s.Move.(*parley.Mandate)
		if !ok || !s.Effect() || g.Device != d.Device() {
			continue
		}
		why := d.unfit(g, m, t)
		if why == "" {
			return s.Ref, nil
		}
		reasons = append(reasons, fmt.Sprintf("mandate %s %s", s.Ref.Short(), why))
	}
	if reasons == nil {
		reasons = []string{"this desk has no mandate from its principal"}
	}
	return parley.Ref{}, &Refusal{m.Kind(), reasons}
}

func (d *Desk) unfit(g *parley.Mandate, m parley.Move, t *parley.Table) string {
	switch {
	case !slices.Contains(g.May, m.Level()):
		return fmt.Sprintf("does not allow to %s", m.Level())
	case g.Until.Past(d.around.Now()):
		return "ran out on " + g.Until.String()
	}
	for _, id := range disposes(m, t) {
		if len(g.Scope) > 0 && !slices.Contains(g.Scope, id) {
			return fmt.Sprintf("does not cover %s", id)
		}
	}
	return ""
}

// disposes lists whom a move is about.
func disposes(m parley.Move, t *parley.Table) []parley.PersonID {
	switch m := m.(type) {
	case *parley.Request:
		return m.Persons
	case *parley.PublicStatement:
		return m.Persons
	case *parley.OfferMove:
		return m.Offer.Entries()
	case *parley.Accept:
		return m.Resolved.Release
	case *parley.SignList:
		return signedFor(m, t)
	case *parley.Seal:
		for _, o := range t.Offers {
			for _, a := range o.Answers {
				if len(m.Accepts) > 0 && a.Ref == m.Accepts[0] && a.Accept != nil {
					return a.Accept.Resolved.Release
				}
			}
		}
	}
	return nil
}

// last is this delegation's last decision, which the next one names.
func (d *Desk) last() parley.Ref { return d.Table().Last(d.id.Party) }
