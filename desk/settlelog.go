package desk

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"parley"
	"parley/accord"
	"parley/channel"
)

// settlement is a proposal with all that was said to it, as the log has it.
type settlement struct {
	ref      parley.Ref
	author   parley.MemberID
	party    parley.PartyID // who proposes
	terms    *parley.SettleTerms
	seat     *parley.SettleSeat
	version  parley.Version // of the case that it stands on
	neutral  string         // who mediates, as the run names it; "" for nobody
	joins    []parley.Seen
	mediates []parley.Seen
	sends    []parley.Seen
	ends     []parley.Seen
	aborts   []parley.Seen
}

// settlements reads the log: proposals, ancestors first.
func (d *Desk) settlements(t *parley.Table) []*settlement {
	var all []*settlement
	by := map[parley.Ref]*settlement{}
	for _, a := range t.Acts {
		m, ok := a.Move.(*parley.Settle)
		if !ok || !a.Effect() {
			continue
		}
		if m.Step == parley.SettlePropose {
			s := &settlement{ref: a.Ref, author: a.Author, party: a.Member.Party, terms: &m.Terms[0], seat: &m.Seat[0]}
			s.version, _ = t.Version(m.Terms[0].Version)
			s.neutral = d.neutralOf(m.Terms[0].Neutral)
			by[a.Ref], all = s, append(all, s)
			continue
		}
		by[m.Proposal].add(m.Step, a) // there: the table has seen to it
	}
	return all
}

func (s *settlement) add(step parley.SettleStep, a parley.Seen) {
	switch step {
	case parley.SettleJoin:
		s.joins = append(s.joins, a)
	case parley.SettleMediate:
		s.mediates = append(s.mediates, a)
	case parley.SettleSend:
		s.sends = append(s.sends, a)
	case parley.SettleEnd:
		s.ends = append(s.ends, a)
	case parley.SettleAbort:
		s.aborts = append(s.aborts, a)
	}
}

// neutralOf names a neutral as a run does: no party's id holds a colon.
func (d *Desk) neutralOf(id parley.MemberID) string {
	if seat, ok := d.session.Log().Roster().Seat(channel.MemberID(id)); ok && seat.Neutral != "" {
		return seat.Side()
	}
	return ""
}

// mode is against whom the run holds.
func (s *settlement) mode() accord.Mode {
	if s.neutral != "" {
		return accord.Mediated
	}
	return accord.SemiHonest
}

// seatOf is what a join or a mediation brings.
func seatOf(a parley.Seen) *parley.SettleSeat { return &a.Move.(*parley.Settle).Seat[0] }

// maxCoarse is how many times larger than the proposer's own bound a join's may
// be. Beyond it all of the proposer's worths would round to nothing.
const maxCoarse = 15

// accordTerms are the terms of the run that a join makes of the proposal. They
// follow from the two entries alone, so that all derive the same.
func (s *settlement) accordTerms(join parley.Ref, bound uint64) accord.Terms {
	t := accord.Terms{
		Form: accord.Form, Question: accord.Question(s.terms.Question), Version: s.terms.Version, Case: s.version.Case.ID,
		Parties: s.parties(), Neutral: s.neutral, Mode: s.mode(), Criterion: accord.Criterion(s.terms.Criterion),
		Resolution: int(s.terms.Resolution), Signs: s.terms.Signs,
		Nonce: sha256.Sum256(slices.Concat([]byte("parley/v1/settle/run\x00"), s.ref[:], join[:])),
	}
	if t.Question == accord.Settle {
		t.Step = accord.StepFor(t.Resolution, int64(max(s.seat.Bound, 1)), int64(max(bound, 1)))
	} else {
		t.Asked = s.terms.Asked
	}
	return t
}

// parties are the two in the order of the case.
func (s *settlement) parties() (two [2]parley.PartyID) {
	n := 0
	for _, p := range s.version.Case.Parties {
		if n < 2 && (p.ID == s.party || p.ID == s.terms.With) {
			two[n] = p.ID
			n++
		}
	}
	return two
}

// plan is the circuit of the run that a join makes.
func (s *settlement) plan(join parley.Seen) (*accord.Plan, error) {
	return s.planFor(join.Ref, seatOf(join).Bound)
}

func (s *settlement) planFor(join parley.Ref, bound uint64) (*accord.Plan, error) {
	if s.version.Case == nil {
		return nil, fmt.Errorf("the version of the case that it stands on is not here")
	}
	if s.terms.Question == string(accord.Settle) && bound > maxCoarse*max(s.seat.Bound, 1) {
		return nil, wrong("the bound that the other side declares is more than %d times ours: everything here would be rounded to nothing", maxCoarse)
	}
	p, err := accord.NewPlan(s.version.Case, s.accordTerms(join, bound))
	if err != nil {
		return nil, inputError{err}
	}
	if longest := p.Longest(); sealedSize(longest) > maxBlob {
		return nil, wrong("a message of %d MB is more than a relay carries: choose a lower resolution, or public signs", longest>>20)
	}
	return p, nil
}

// device is the device that sits at a role of a run, and what it brought.
func (s *settlement) device(role string, join parley.Seen) (id parley.MemberID, seat *parley.SettleSeat, ok bool) {
	switch role {
	case string(s.party):
		return s.author, s.seat, true
	case string(s.terms.With):
		return join.Author, seatOf(join), true
	}
	if len(s.mediates) == 0 {
		return s.terms.Neutral, nil, false
	}
	return s.terms.Neutral, seatOf(s.mediates[0]), true
}

// join finds a join of the settlement.
func (s *settlement) join(ref parley.Ref) (parley.Seen, bool) {
	i := slices.IndexFunc(s.joins, func(a parley.Seen) bool { return a.Ref == ref })
	if i < 0 {
		return parley.Seen{}, false
	}
	return s.joins[i], true
}

// runOf is the join that a device's sends name, if it has sent anything.
func (s *settlement) runOf(device parley.MemberID) (parley.Ref, bool) {
	for _, a := range s.sends {
		if a.Author == device {
			return a.Move.(*parley.Settle).Join, true
		}
	}
	return parley.Ref{}, false
}

// sent finds what a device sent under a number of a run; nil where it has not.
func (s *settlement) sent(device parley.MemberID, join parley.Ref, number int) *parley.SettleMessage {
	for _, a := range s.sends {
		n := a.Move.(*parley.Settle)
		if a.Author == device && n.Join == join && n.Message[0].Number == uint64(number) {
			return &n.Message[0]
		}
	}
	return nil
}

// ended tells whether a device has said that it is through, or has stopped.
func (s *settlement) ended(device parley.MemberID) bool {
	by := func(a parley.Seen) bool { return a.Author == device }
	return slices.ContainsFunc(s.ends, by) || slices.ContainsFunc(s.aborts, by)
}

// takesPart tells whether a device proposed, joined or mediates.
func (s *settlement) takesPart(device parley.MemberID) bool {
	by := func(a parley.Seen) bool { return a.Author == device }
	return s.author == device || slices.ContainsFunc(s.joins, by) || slices.ContainsFunc(s.mediates, by)
}

// begun counts the runs that two parties began on this channel, one left out:
// every proposal that was joined is one, since its proposer takes up one join.
// What the charter counts as begun elsewhere comes on top.
func begun(all []*settlement, a, b parley.PartyID, but parley.Ref) (n uint64) {
	for _, s := range all {
		ofThem := (s.party == a || s.party == b) && (s.terms.With == a || s.terms.With == b)
		if ofThem && len(s.joins) > 0 && s.ref != but {
			n++
		}
	}
	return n
}

// withinLimit refuses a run beyond what the charter allows the two.
func (d *Desk) withinLimit(all []*settlement, a, b parley.PartyID, but parley.Ref) error {
	if n := begun(all, a, b, but) + d.terms.Before; n >= d.terms.Settlements {
		return fmt.Errorf("%w: the charter allows %s and %s %d private settlements, and %d are begun", ErrRefused, a, b, d.terms.Settlements, n)
	}
	return nil
}

// findSettlement finds a settlement by the id of its proposal, or by its
// beginning; "last" is the newest.
func findSettlement(all []*settlement, name string) (*settlement, error) {
	var found []*settlement
	for i, s := range all {
		if name == "last" && i == len(all)-1 || len(name) >= 4 && strings.HasPrefix(s.ref.String(), strings.ToLower(name)) {
			found = append(found, s)
		}
	}
	switch len(found) {
	case 0:
		return nil, fmt.Errorf("%w: no settlement %q on this channel", ErrNotFound, name)
	case 1:
		return found[0], nil
	}
	return nil, fmt.Errorf("%w: more than one settlement begins with %q", ErrNotFound, name)
}
