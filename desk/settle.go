package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"parley"
	"parley/accord"
	"parley/brief"
)

// SettleProposal says what private settlement is proposed.
type SettleProposal struct {
	With    parley.PartyID // the other party; "" where the channel has only one
	Neutral string         // who mediates, by name; "" for the first who does
	// SemiHonest asks for two desks alone: exercise, or trusted software on both
	// sides. Without it a neutral mediates.
	SemiHonest bool

	// Asked makes it a blind yes to this exchange, with our Answer.
	Asked  parley.Exchange
	Answer bool

	// Else it is a settlement. Bound is the points that no release passes for us,
	// as the other side is told; 0 rounds our largest up to 1, 2 or 5 times a
	// power of ten.
	Criterion   accord.Criterion // nash where empty
	Resolution  int              // 15 where 0
	Bound       int64
	PublicSigns bool // it may be known that each release hurts its holder and helps the other
}

// ProposeSettlement proposes a private settlement, or a blind yes, and gives its
// id. Nothing of the brief is in it but the bound.
func (d *Desk) ProposeSettlement(ctx context.Context, p SettleProposal) (parley.Ref, error) {
	if d.session == nil {
		return parley.Ref{}, ErrNoChannel
	}
	t := d.Table()
	all := d.settlements(t)
	s, err := d.drafted(t, p)
	if err != nil {
		return parley.Ref{}, err
	}
	if err := d.withinLimit(all, s.party, s.terms.With, parley.Ref{}); err != nil {
		return parley.Ref{}, err
	}
	mine, seat, err := d.newPart(string(d.id.Party))
	if err != nil {
		return parley.Ref{}, err
	}
	s.seat = seat
	if err := d.commit(ctx, s, mine, seat, p.Bound, p.Answer); err != nil {
		return parley.Ref{}, err
	}
	// As if the other side declared no larger bound than ours: what can't be
	// settled at all is found out before it is proposed.
	if err := d.fits(ctx, s, mine, parley.Ref{}, seat.Bound); err != nil {
		return parley.Ref{}, err
	}
	return d.seated(ctx, mine, &parley.Settle{Step: parley.SettlePropose, Terms: []parley.SettleTerms{*s.terms}, Seat: []parley.SettleSeat{*seat}})
}

// drafted is a proposal before it is signed.
func (d *Desk) drafted(t *parley.Table, p SettleProposal) (*settlement, error) {
	v, ok := d.version(t)
	if !ok {
		return nil, fmt.Errorf("the case is not on the channel yet: sync first")
	}
	if d.id.neutral() {
		return nil, wrong("a settlement is proposed by a party")
	}
	with, err := d.counterpart(p.With)
	if err != nil {
		return nil, err
	}
	terms := &parley.SettleTerms{Question: string(accord.Ask), With: with, Version: v.Digest, Asked: p.Asked}
	if len(p.Asked) == 0 {
		terms.Question, terms.Criterion = string(accord.Settle), string(cmp.Or(p.Criterion, accord.Nash))
		terms.Resolution, terms.Signs = uint64(cmp.Or(p.Resolution, 15)), !p.PublicSigns
	}
	if terms.Neutral, err = d.mediator(p); err != nil {
		return nil, err
	}
	if err := checkSettleTerms(terms); err != nil {
		return nil, inputError{err}
	}
	s := &settlement{party: d.id.Party, author: d.Device(), terms: terms, version: v, neutral: d.neutralOf(terms.Neutral)}
	return s, nil
}

// counterpart is the other party of a settlement.
func (d *Desk) counterpart(named parley.PartyID) (parley.PartyID, error) {
	var others []parley.PartyID
	for _, g := range d.charter.Delegations {
		if p := parley.PartyID(g.Party); p != d.id.Party {
			others = append(others, p)
		}
	}
	switch {
	case named != "" && !slices.Contains(others, named):
		return "", wrong("%q is no other party of this channel", named)
	case named == "" && len(others) != 1:
		return "", wrong("this channel has %d other parties: name one with --with", len(others))
	case named == "":
		return others[0], nil
	}
	return named, nil
}

// mediator finds the device of the neutral who mediates.
func (d *Desk) mediator(p SettleProposal) (parley.MemberID, error) {
	if p.SemiHonest {
		return parley.MemberID{}, nil
	}
	room := d.session.Log().Roster()
	for _, seat := range room.Seats() {
		if slices.Contains(seat.Capabilities, "mediator") && room.Active(seat.ID) && (p.Neutral == "" || p.Neutral == seat.Neutral) {
			return parley.MemberID(seat.ID), nil
		}
	}
	return parley.MemberID{}, wrong("no such neutral on this channel mediates: seat one with the capability mediator, or ask for semi-honest mode (--semi-honest: exercise, or trusted software on both sides)")
}

// commit fills in what a seat declares and is bound to.
func (d *Desk) commit(ctx context.Context, s *settlement, mine *part, seat *parley.SettleSeat, bound int64, answer bool) error {
	if s.terms.Question == string(accord.Ask) {
		mine.Answer = map[bool]string{true: "yes", false: "no"}[answer]
		seat.Commit = accord.CommitAnswer(answer, mine.Salt)
		if !answer {
			return nil
		}
		return d.withinBrief(ctx, parley.KindSettle, s.version.Case, &parley.Offer{Case: s.version.Case.ID, From: d.id.Party, Release: s.terms.Asked})
	}
	b, err := d.settleBrief(ctx)
	if err != nil {
		return err
	}
	least, err := accord.Bound(s.version.Case, b)
	if err != nil {
		return inputError{err}
	}
	if bound == 0 {
		bound = roundUp(least)
	}
	if bound < max(least, 1) || bound > maxBound {
		return wrong("the bound is below what a release is worth in the brief, or above %d: declare a larger one, or none", int64(maxBound))
	}
	seat.Bound = uint64(bound)
	if seat.Commit, err = accord.Commit(s.version.Case, b, mine.Salt); err != nil {
		return inputError{err}
	}
	return nil
}

// settleBrief is the brief that goes into a settlement.
func (d *Desk) settleBrief(ctx context.Context) (brief.Brief, error) {
	b, ok, err := d.Brief(ctx)
	if err == nil && !ok {
		err = wrong("this desk keeps no brief, and a settlement is made of two: keep one first")
	}
	return b, err
}

// roundUp is the smallest of 1, 2 and 5 times a power of ten that is no less.
func roundUp(n int64) int64 {
	for ten := int64(1); ; ten *= 10 {
		for _, k := range []int64{1, 2, 5} {
			if k*ten >= n {
				return k * ten
			}
		}
	}
}

// fits holds what we put in against the circuit of a run.
func (d *Desk) fits(ctx context.Context, s *settlement, mine *part, join parley.Ref, bound uint64) error {
	p, err := s.planFor(join, bound)
	if err != nil {
		return err
	}
	_, err = d.inputs(ctx, s, mine, p)
	return err
}

// inputs is what this desk puts into a run; it must be what it committed to.
func (d *Desk) inputs(ctx context.Context, s *settlement, mine *part, p *accord.Plan) (accord.Inputs, error) {
	if d.id.neutral() {
		return accord.Inputs{}, nil
	}
	if mine.Answer != "" {
		return accord.Answer(mine.Answer == "yes"), nil
	}
	b, err := d.settleBrief(ctx)
	if err != nil {
		return accord.Inputs{}, err
	}
	in, err := p.Inputs(b)
	if errors.Is(err, accord.ErrSigns) {
		err = fmt.Errorf("%w: propose it with private signs", err)
	}
	if err != nil {
		return in, inputError{err}
	}
	return in, nil
}

// committed tells whether the brief, or the answer, is still what this desk's
// seat was bound to.
func (d *Desk) committed(ctx context.Context, s *settlement, mine *part, seat *parley.SettleSeat) (bool, error) {
	if d.id.neutral() {
		return true, nil
	}
	if mine.Answer != "" {
		return seat.Commit == accord.CommitAnswer(mine.Answer == "yes", mine.Salt), nil
	}
	b, err := d.settleBrief(ctx)
	if err != nil {
		return false, err
	}
	now, err := accord.Commit(s.version.Case, b, mine.Salt)
	return err == nil && now == seat.Commit, nil
}

// seated signs the step by which this desk takes part, and keeps its part.
func (d *Desk) seated(ctx context.Context, mine *part, m *parley.Settle) (parley.Ref, error) {
	ref, err := d.say(ctx, m)
	if err != nil {
		return ref, err
	}
	at := m.Proposal
	switch m.Step {
	case parley.SettlePropose:
		at = ref
	case parley.SettleJoin:
		mine.Join, mine.State = ref, runGoing
	case parley.SettleMediate:
		mine.State = runGoing
	}
	return ref, d.keepPart(ctx, at, mine)
}

// SettleConsent is how a side joins.
type SettleConsent struct {
	Bound      int64 // see SettleProposal
	Answer     bool  // to a blind yes
	SemiHonest bool  // agrees to two desks alone: exercise, or trusted software on both sides
}

// JoinSettlement takes part in a settlement that was proposed to this side, or
// that this neutral is to mediate.
func (d *Desk) JoinSettlement(ctx context.Context, name string, c SettleConsent) (parley.Ref, error) {
	if d.session == nil {
		return parley.Ref{}, ErrNoChannel
	}
	all := d.settlements(d.Table())
	s, err := findSettlement(all, name)
	if err != nil {
		return parley.Ref{}, err
	}
	if err := d.joinable(ctx, s); err != nil {
		return parley.Ref{}, err
	}
	if d.id.neutral() {
		mine, seat, err := d.newPart(d.id.side())
		if err != nil {
			return parley.Ref{}, err
		}
		return d.seated(ctx, mine, &parley.Settle{Step: parley.SettleMediate, Proposal: s.ref, Seat: []parley.SettleSeat{*seat}})
	}
	if s.mode() == accord.SemiHonest && !c.SemiHonest {
		return parley.Ref{}, wrong("this settlement is semi-honest: for exercise, or trusted software on both sides. Agree to that with --semi-honest, or ask for a neutral who mediates")
	}
	if err := d.withinLimit(all, s.party, s.terms.With, parley.Ref{}); err != nil {
		return parley.Ref{}, err
	}
	mine, seat, err := d.newPart(string(d.id.Party))
	if err != nil {
		return parley.Ref{}, err
	}
	if err := d.commit(ctx, s, mine, seat, c.Bound, c.Answer); err != nil {
		return parley.Ref{}, err
	}
	if err := d.fits(ctx, s, mine, parley.Ref{}, seat.Bound); err != nil {
		return parley.Ref{}, err
	}
	return d.seated(ctx, mine, &parley.Settle{Step: parley.SettleJoin, Proposal: s.ref, Seat: []parley.SettleSeat{*seat}})
}

// joinable refuses to join what is over, what this desk has its part in already,
// and what stands on another version of the case than this side.
func (d *Desk) joinable(ctx context.Context, s *settlement) error {
	mine, err := d.part(ctx, s.ref)
	switch {
	case err != nil:
		return err
	case mine != nil:
		return wrong("this desk takes part in settlement %s already", s.ref.Short())
	case len(s.aborts) > 0:
		return wrong("settlement %s was stopped", s.ref.Short())
	case s.terms.With != d.id.Party && s.terms.Neutral != d.Device():
		return wrong("settlement %s was not proposed to this desk", s.ref.Short())
	case s.terms.Version != d.Table().Standing(d.id.Party) && !d.id.neutral():
		return wrong("settlement %s stands on a version of the case that this side has not adopted", s.ref.Short())
	case len(s.joins) > 0 && !d.id.neutral():
		return wrong("settlement %s has been joined by another desk of this side", s.ref.Short())
	}
	return nil
}

// AbortSettlement stops a settlement for good, at any time before its result is
// known here: it declines a proposal, or ends a run.
func (d *Desk) AbortSettlement(ctx context.Context, name string) (parley.Ref, error) {
	if d.session == nil {
		return parley.Ref{}, ErrNoChannel
	}
	s, err := findSettlement(d.settlements(d.Table()), name)
	if err != nil {
		return parley.Ref{}, err
	}
	mine, err := d.part(ctx, s.ref)
	if err != nil {
		return parley.Ref{}, err
	}
	if mine != nil && mine.State == runDone {
		return parley.Ref{}, wrong("settlement %s has come to its end here", s.ref.Short())
	}
	ref, err := d.say(ctx, &parley.Settle{Step: parley.SettleAbort, Proposal: s.ref})
	if err != nil || mine == nil || mine.over() {
		return ref, err
	}
	mine.Said = true
	return ref, errors.Join(d.close(ctx, s.ref, mine, runStopped, "stopped here"), d.sweep(ctx, s.ref, mine))
}

// SettlementDraft is the result of a settlement as an offer of this side, that it
// may send or not.
func (d *Desk) SettlementDraft(ctx context.Context, name string) (*parley.Offer, error) {
	v, err := d.Settlement(ctx, name)
	if err != nil {
		return nil, err
	}
	if v.Result == nil || !v.Result.Agreeable {
		return nil, wrong("settlement %s has shown no exchange", short(v.ID))
	}
	o := &parley.Offer{Case: v.Case, From: d.id.Party, Release: slices.Clone(v.Result.Release)}
	for p, held := range v.Result.WaitsFor {
		for _, id := range held {
			o.IfConfirmed = append(o.IfConfirmed, parley.Confirmation{Person: id, Party: p})
		}
	}
	slices.SortFunc(o.IfConfirmed, func(a, b parley.Confirmation) int { return cmp.Compare(a.Person, b.Person) })
	return o, nil
}

func short(id string) string { return id[:min(8, len(id))] }

// restored tells whether this desk may be behind what it has signed: then none of
// its runs is gone on with.
func (d *Desk) restored(mine *part) bool {
	return d.session.Restored() || mine.Device != d.Device()
}
