package desk

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"parley"
	"parley/channel"
)

// Note puts a remark on the record.
func (d *Desk) Note(ctx context.Context, paper, text string) (parley.Ref, error) {
	if strings.TrimSpace(text) == "" {
		return parley.Ref{}, wrong("the note is empty")
	}
	return d.say(ctx, &parley.Note{Paper: paper, Text: text})
}

// Request asks, on the record, for somebody. It is no offer.
func (d *Desk) Request(ctx context.Context, persons []parley.PersonID, text string) (parley.Ref, error) {
	if d.session == nil {
		return parley.Ref{}, ErrNoChannel
	}
	c, err := d.Case(ctx)
	if err != nil {
		return parley.Ref{}, err
	}
	if len(persons) == 0 {
		return parley.Ref{}, wrong("a request names whom it asks for")
	}
	reg := c.Register()
	for _, id := range persons {
		if _, ok := reg[id]; !ok {
			return parley.Ref{}, wrong("the case has no person %q", id)
		}
	}
	return d.say(ctx, &parley.Request{Persons: persons, Text: text})
}

// Adopt adopts a version of the case.
func (d *Desk) Adopt(ctx context.Context, v parley.Digest) (parley.Ref, error) {
	if d.session == nil {
		return parley.Ref{}, ErrNoChannel
	}
	if on, ok := d.Table().Version(v); ok {
		if err := d.briefFits(ctx, on.Case); err != nil {
			return parley.Ref{}, err
		}
	}
	return d.say(ctx, &parley.CaseMove{After: d.last(), Adopt: true, Digest: v})
}

// Revise puts a new version of the case on the channel, in the place of the one
// this desk stands on.
func (d *Desk) Revise(ctx context.Context, file []byte) (parley.Ref, error) {
	if d.session == nil {
		return parley.Ref{}, ErrNoChannel
	}
	return d.putForward(ctx, file, d.Table().Standing(d.id.Party))
}

// Send puts an offer forward, on the version of the case that this desk stands
// on, unless it crosses a red line of the brief.
func (d *Desk) Send(ctx context.Context, o *parley.Offer) (parley.Ref, error) {
	if d.session == nil {
		return parley.Ref{}, ErrNoChannel
	}
	if o.From != d.id.Party {
		return parley.Ref{}, wrong("the offer is from %q and this is the desk of %q", o.From, d.id.Party)
	}
	if o.Until.Past(d.around.Now()) {
		return parley.Ref{}, wrong("the offer stands until %s, which is past", o.Until)
	}
	t := d.Table()
	v, ok := d.version(t)
	if !ok {
		return parley.Ref{}, fmt.Errorf("the case is not on the channel yet: sync first")
	}
	if o.Answers != "" {
		ref, err := d.find(t, parley.KindOffer, o.Answers)
		if err != nil {
			return parley.Ref{}, fmt.Errorf("answers: %w", err)
		}
		o.Answers = ref.String()
	}
	if err := d.withinBrief(ctx, parley.KindOffer, v.Case, o); err != nil {
		return parley.Ref{}, err
	}
	return d.say(ctx, &parley.OfferMove{Case: v.Digest, Offer: *o})
}

// Choices say how what an offer leaves open is closed.
type Choices struct {
	Drop  []parley.PersonID // optional entries that fall out
	Named []parley.Naming   // who fills which blank
}

// Accept says yes to an offer, ad referendum.
func (d *Desk) Accept(ctx context.Context, offer string, ch Choices) (parley.Ref, error) {
	t, o, err := d.openOffer(offer)
	if err != nil {
		return parley.Ref{}, err
	}
	if o.Offer.Until.Past(d.around.Now()) {
		return parley.Ref{}, fmt.Errorf("offer %s stood until %s: ask for a new one", o.Ref.Short(), o.Offer.Until)
	}
	v, ok := t.Version(o.Version)
	if !ok {
		return parley.Ref{}, fmt.Errorf("the offer's version of the case is not here")
	}
	if err := d.adopted(t, o); err != nil {
		return parley.Ref{}, err
	}
	if err := d.confirmed(d.signing.ID()); err != nil {
		return parley.Ref{}, err
	}
	r, err := o.Offer.Resolve(o.Ref, o.Version, v.Case.Register(), ch.Drop, ch.Named)
	if err != nil {
		return parley.Ref{}, wrong("the offer can't be accepted so: %w", err)
	}
	if err := d.withinBrief(ctx, parley.KindAccept, v.Case, exchangeOffer(o.Offer, r)); err != nil {
		return parley.Ref{}, err
	}
	return d.say(ctx, &parley.Accept{After: d.last(), Resolved: r, Digest: r.Digest()})
}

// Concur says that this device agrees with what the holder of the pen is to
// accept, or as offeror to seal. It binds nobody by itself.
func (d *Desk) Concur(ctx context.Context, offer string, ch Choices) (parley.Ref, error) {
	t, o, err := d.openOffer(offer)
	if err != nil {
		return parley.Ref{}, err
	}
	v, ok := t.Version(o.Version)
	if !ok {
		return parley.Ref{}, fmt.Errorf("the offer's version of the case is not here")
	}
	if err := d.adopted(t, o); err != nil {
		return parley.Ref{}, err
	}
	r, err := o.Offer.Resolve(o.Ref, o.Version, v.Case.Register(), ch.Drop, ch.Named)
	if err != nil {
		return parley.Ref{}, wrong("the offer can't be resolved so: %w", err)
	}
	if err := d.withinBrief(ctx, parley.KindConcur, v.Case, exchangeOffer(o.Offer, r)); err != nil {
		return parley.Ref{}, err
	}
	return d.say(ctx, &parley.Concur{Offer: o.Ref, Digest: r.Digest()})
}

// PassPen gives the pen of this delegation's decisions to another of its
// devices.
func (d *Desk) PassPen(ctx context.Context, device, text string) (parley.Ref, error) {
	if d.session == nil {
		return parley.Ref{}, ErrNoChannel
	}
	to, err := d.findMember(device)
	if err != nil {
		return parley.Ref{}, err
	}
	return d.say(ctx, &parley.Pen{After: d.last(), To: parley.MemberID(to), Text: text})
}

// Certify is the depositary's answer to an agreement: every ratification is in,
// or the agreement lapses.
func (d *Desk) Certify(ctx context.Context, agreement string, lapse bool, text string) (parley.Ref, error) {
	if d.session == nil {
		return parley.Ref{}, ErrNoChannel
	}
	if err := d.confirmed(d.signing.ID()); err != nil {
		return parley.Ref{}, err
	}
	t := d.Table()
	ref, err := d.find(t, parley.KindSeal, agreement)
	if err != nil {
		return parley.Ref{}, err
	}
	a, ok := t.Agreement(ref)
	if !ok {
		return parley.Ref{}, fmt.Errorf("agreement %s has no effect", ref.Short())
	}
	return d.say(ctx, &parley.Certify{Agreement: ref, Digest: a.Digest, Lapse: lapse, Text: text})
}

// confirmed refuses what binds while nobody has named the author's last entry:
// a desk put back to an earlier state would sign under numbers that are taken.
func (d *Desk) confirmed(author channel.MemberID) error {
	if d.session.Acknowledged(author) {
		return nil
	}
	return fmt.Errorf("nobody has confirmed our last entry yet: sync, when the other side has been on the line too; a desk restored from a backup would otherwise sign against itself")
}

// adopted refuses to decide on a version of the case that this side has not
// adopted: who is held by whom, and by what name, is what red lines rest on.
func (d *Desk) adopted(t *parley.Table, o parley.OfferState) error {
	if o.Version != t.Standing(d.id.Party) {
		return wrong("offer %s stands on a version of the case that this side has not adopted: look at it (parley case show --version %s), then adopt it", o.Ref.Short(), o.Version.String()[:8])
	}
	return nil
}

// exchangeOffer is a resolution as an offer of just those persons, for weighing.
func exchangeOffer(o *parley.Offer, r parley.Resolved) *parley.Offer {
	return &parley.Offer{Case: o.Case, From: o.From, Release: r.Release}
}

// Decline says no to an offer, for good.
func (d *Desk) Decline(ctx context.Context, offer, text string) (parley.Ref, error) {
	_, o, err := d.openOffer(offer)
	if err != nil {
		return parley.Ref{}, err
	}
	return d.say(ctx, &parley.Decline{After: d.last(), Offer: o.Ref, Text: text})
}

// Withdraw takes this side's own offer back.
func (d *Desk) Withdraw(ctx context.Context, offer, text string) (parley.Ref, error) {
	_, o, err := d.openOffer(offer)
	if err != nil {
		return parley.Ref{}, err
	}
	return d.say(ctx, &parley.Withdraw{After: d.last(), Offer: o.Ref, Text: text})
}

// Seal gives this side's last word on its own offer, with the accepts that say
// the same and still stand.
func (d *Desk) Seal(ctx context.Context, offer string) (parley.Ref, error) {
	t, o, err := d.openOffer(offer)
	if err != nil {
		return parley.Ref{}, err
	}
	if err := d.confirmed(d.signing.ID()); err != nil {
		return parley.Ref{}, err
	}
	m := &parley.Seal{After: d.last(), Offer: o.Ref}
	for _, a := range o.Answers {
		switch {
		case a.Accept == nil || a.Released:
		case m.Accepts == nil || a.Accept.Digest == m.Digest:
			m.Digest = a.Accept.Digest
			m.Accepts = append(m.Accepts, a.Ref)
		default:
			return parley.Ref{}, fmt.Errorf("the accepts of offer %s do not name the same exchange: release one", o.Ref.Short())
		}
	}
	if m.Accepts == nil {
		return parley.Ref{}, fmt.Errorf("nobody has accepted offer %s", o.Ref.Short())
	}
	slices.SortFunc(m.Accepts, func(a, b parley.Ref) int { return bytes.Compare(a[:], b[:]) })
	if err := d.sealWithinBrief(ctx, t, o, m); err != nil {
		return parley.Ref{}, err
	}
	return d.say(ctx, m)
}

func (d *Desk) sealWithinBrief(ctx context.Context, t *parley.Table, o parley.OfferState, m *parley.Seal) error {
	v, ok := t.Version(o.Version)
	if !ok {
		return fmt.Errorf("the offer's version of the case is not here")
	}
	if err := d.adopted(t, o); err != nil {
		return err
	}
	i := slices.IndexFunc(o.Answers, func(a parley.Answer) bool { return a.Ref == m.Accepts[0] })
	return d.withinBrief(ctx, parley.KindSeal, v.Case, exchangeOffer(o.Offer, o.Answers[i].Accept.Resolved))
}

// Release lets an accept of this side's offer go unsealed.
func (d *Desk) Release(ctx context.Context, accept, text string) (parley.Ref, error) {
	if d.session == nil {
		return parley.Ref{}, ErrNoChannel
	}
	ref, err := d.find(d.Table(), parley.KindAccept, accept)
	if err != nil {
		return parley.Ref{}, err
	}
	return d.say(ctx, &parley.Release{After: d.last(), Accept: ref, Text: text})
}

func (d *Desk) openOffer(name string) (*parley.Table, parley.OfferState, error) {
	if d.session == nil {
		return nil, parley.OfferState{}, ErrNoChannel
	}
	t := d.Table()
	ref, err := d.find(t, parley.KindOffer, name)
	if err != nil {
		return nil, parley.OfferState{}, err
	}
	o, ok := t.Offer(ref)
	if !ok {
		return nil, parley.OfferState{}, fmt.Errorf("offer %s has no effect", ref.Short())
	}
	return t, o, nil
}

// Find finds an act by the id of its entry, or by its beginning; "last" is the
// newest of the kind that has effect.
func (d *Desk) Find(k parley.Kind, name string) (parley.Ref, error) {
	if d.session == nil {
		return parley.Ref{}, ErrNoChannel
	}
	return d.find(d.Table(), k, name)
}

func (d *Desk) find(t *parley.Table, k parley.Kind, name string) (parley.Ref, error) {
	var found []parley.Ref
	for _, s := range t.Acts {
		if s.Move == nil || s.Move.Kind() != k {
			continue
		}
		if name == "last" && s.Effect() {
			found = []parley.Ref{s.Ref}
		}
		if len(name) >= 4 && strings.HasPrefix(s.Ref.String(), strings.ToLower(name)) {
			found = append(found, s.Ref)
		}
	}
	switch len(found) {
	case 0:
		if name == "last" {
			return parley.Ref{}, fmt.Errorf("%w: no %s stands on this channel yet", ErrNotFound, k)
		}
		return parley.Ref{}, fmt.Errorf("%w: no %s %q on this channel", ErrNotFound, k, name)
	case 1:
		return found[0], nil
	}
	return parley.Ref{}, fmt.Errorf("%w: more than one %s begins with %q", ErrNotFound, k, name)
}
