package desk

import (
	"context"

	"parley"
	"parley/accord"
)

// SettlementView is a private settlement as this desk shows it. Of the result
// there is nothing before the end.
type SettlementView struct {
	ID       string            `json:"id"` // of the proposal
	Case     string            `json:"case"`
	Question accord.Question   `json:"question"`
	Security accord.Mode       `json:"security"`
	By       parley.PartyID    `json:"by"`
	With     parley.PartyID    `json:"with"`
	Neutral  string            `json:"neutral"` // who mediates; "" for nobody
	Asked    []parley.PersonID `json:"asked"`   // of a blind yes

	Criterion  accord.Criterion `json:"criterion"`
	Resolution int              `json:"resolution"`
	Step       int64            `json:"step"`    // points; 0 before it is joined, and of a blind yes
	Signs      string           `json:"signs"`   // public or private
	Persons    int              `json:"persons"` // in trade; likewise

	Status string `json:"status"`
	Waits  string `json:"waits"` // for what
	Why    string `json:"why"`   // it was stopped
	Role   string `json:"role"`  // of this desk; "" for none
	Open   bool   `json:"open"`  // it waits for this desk to join, or to mediate

	Messages int            `json:"messages"` // on the channel so far
	Of       int            `json:"of"`       // of so many; 0 before the run, and where this desk has no part in it
	Sent     uint64         `json:"sent"`     // bytes, by this desk
	Received uint64         `json:"received"`
	Bytes    int64          `json:"bytes"` // that all send together, before they are sealed; likewise
	Began    int64          `json:"began"` // unix seconds, by this desk's clock
	Ended    int64          `json:"ended"`
	Shown    string         `json:"shown"` // so far
	Result   *SettleOutcome `json:"result"`

	Now *SettleProgress `json:"-"` // a message on its way at this moment
}

// SettleOutcome is the answer of a settlement.
type SettleOutcome struct {
	Agreeable bool                                 `json:"agreeable"`
	Release   []parley.PersonID                    `json:"release"`
	WaitsFor  map[parley.PartyID][]parley.PersonID `json:"waits_for"` // whose own yes is still needed
}

// Statuses of a settlement, as this desk sees it.
const (
	StatusProposed = "proposed"
	StatusJoined   = "joined"
	StatusGoing    = "going"
	StatusDone     = "done"
	StatusStopped  = "stopped"
)

// SettlementsView lists the settlements on the channel, and how many two parties
// may begin.
type SettlementsView struct {
	Settlements []SettlementView  `json:"settlements"`
	Begun       map[string]uint64 `json:"begun"` // by the other party, with what counts as begun elsewhere
	Limit       uint64            `json:"limit"`
}

// Settlements lists the private settlements, oldest first.
func (d *Desk) Settlements(ctx context.Context) (*SettlementsView, error) {
	if d.session == nil {
		return nil, ErrNoChannel
	}
	all := d.settlements(d.Table())
	out := &SettlementsView{Settlements: []SettlementView{}, Begun: map[string]uint64{}, Limit: d.terms.Settlements}
	for _, g := range d.charter.Delegations {
		if p := parley.PartyID(g.Party); p != d.id.Party && !d.id.neutral() {
			out.Begun[g.Party] = begun(all, d.id.Party, p, parley.Ref{}) + d.terms.Before
		}
	}
	for _, s := range all {
		v, err := d.settlementView(ctx, s)
		if err != nil {
			return nil, err
		}
		out.Settlements = append(out.Settlements, *v)
	}
	return out, nil
}

// Settlement finds one by its id, or by its beginning; "last" is the newest.
func (d *Desk) Settlement(ctx context.Context, name string) (*SettlementView, error) {
	if d.session == nil {
		return nil, ErrNoChannel
	}
	s, err := findSettlement(d.settlements(d.Table()), name)
	if err != nil {
		return nil, err
	}
	return d.settlementView(ctx, s)
}

func (d *Desk) settlementView(ctx context.Context, s *settlement) (*SettlementView, error) {
	v := &SettlementView{
		ID: s.ref.String(), Case: s.version.Case.ID, Question: accord.Question(s.terms.Question), Security: s.mode(),
		By: s.party, With: s.terms.With, Asked: list(s.terms.Asked), Criterion: accord.Criterion(s.terms.Criterion),
		Resolution: int(s.terms.Resolution), Signs: map[bool]string{true: "private", false: "public"}[s.terms.Signs],
		Shown: "nothing yet",
	}
	if s.neutral != "" {
		v.Neutral = d.nameOf(s.terms.Neutral)
	}
	mine, err := d.part(ctx, s.ref)
	if err != nil {
		return nil, err
	}
	v.status(d, s, mine)
	if mine == nil {
		asked := s.terms.With == d.id.Party && len(s.joins) == 0 || s.terms.Neutral == d.Device()
		v.Open = asked && v.Status != StatusStopped && v.Status != StatusDone
		return v, nil
	}
	v.Now = d.watching.at(s.ref)
	v.Of, v.Bytes, v.Persons = int(mine.Of), int64(mine.Bytes), int(mine.Persons)
	v.Role, v.Sent, v.Received, v.Began, v.Ended = mine.Role, mine.Sent, mine.Received, mine.Began, mine.Ended
	switch {
	case d.id.neutral():
		v.Shown = "nothing: who mediates never learns the result"
	case mine.State == runDone:
		v.result(s, mine)
	}
	return v, nil
}

// status tells how far a settlement is, from the log and from our part in it.
func (v *SettlementView) status(d *Desk, s *settlement, mine *part) {
	v.Status = StatusProposed
	join, ok := s.running(mine)
	if ok {
		v.Status = StatusJoined
		v.Step = s.accordTerms(join.Ref, seatOf(join).Bound).Step
		for _, a := range s.sends {
			if a.Move.(*parley.Settle).Join == join.Ref {
				v.Messages++
			}
		}
	}
	if v.Messages > 0 {
		v.Status = StatusGoing
	}
	switch {
	case mine != nil && mine.State == runDone:
		v.Status = StatusDone
	case mine != nil && mine.State == runStopped:
		v.Status, v.Why = StatusStopped, mine.Why
	case len(s.aborts) > 0:
		v.Status, v.Why = StatusStopped, "stopped by "+d.nameOf(s.aborts[0].Author)
	case mine != nil:
		v.Waits = mine.Waits
	case len(s.ends) > 0:
		v.Status = StatusDone
	}
}

// running is the join of the run: the one that we took part in, else the one that
// the proposer has sent something for, else the first.
func (s *settlement) running(mine *part) (parley.Seen, bool) {
	if mine != nil && !mine.Join.IsZero() {
		return s.join(mine.Join)
	}
	if run, ok := s.runOf(s.author); ok {
		return s.join(run)
	}
	if len(s.joins) == 0 {
		return parley.Seen{}, false
	}
	return s.joins[0], true
}

func (v *SettlementView) result(s *settlement, mine *part) {
	v.Result = &SettleOutcome{Agreeable: mine.Agreeable, Release: list(mine.Release), WaitsFor: map[parley.PartyID][]parley.PersonID{}}
	reg := s.version.Case.Register()
	for _, id := range mine.Release {
		if p := reg[id].HeldBy; p != s.party && p != s.terms.With {
			v.Result.WaitsFor[p] = append(v.Result.WaitsFor[p], id)
		}
	}
	switch {
	case !mine.Agreeable && v.Question == accord.Ask:
		v.Shown = "that not both said yes"
	case !mine.Agreeable:
		v.Shown = "that there is no exchange which both accept"
	default:
		v.Shown = "the exchange, and nothing else"
	}
}
