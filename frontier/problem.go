package frontier

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"parley"
)

// MaxTraded is how many persons, groups and candidates for blanks can be in
// trade: as many as a case can have, blanks filled.
const MaxTraded = 2 * parley.MaxPersons

// ErrTooMany tells that more is in trade than can be weighed.
var ErrTooMany = errors.New("too many in trade to be weighed")

// Problem is a case and the positions of the parties that have spoken, made
// ready for weighing. It is not changed by being solved, and may be solved by
// several goroutines at once.
//
// Outside the trade are persons and groups who are owed by law and those whom
// nobody holds. No rule sees them: their ids drop out of lists, a rule on one of
// them as cause is dropped, a rule left without ids holds, selectors don't count
// them, and a bonus is earned by the rest of its list. What they are worth to a
// party does not count.
type Problem struct {
	of      *parley.Case
	trade   trade
	voices  []Voice // of the parties that have spoken, in file order
	worths  []worth // the same as numbers
	limits  []limit
	parties []parley.PartyID
	guessed []parley.PartyID
}

// New compiles a case and the voices of its parties. The case is kept and must
// not change.
func New(c *parley.Case, voices []Voice) (*Problem, error) {
	voices, err := inFileOrder(c, voices)
	if err != nil {
		return nil, err
	}
	in := inTrade(c)
	if len(in) > MaxTraded { // before anything is made of them
		return nil, tooMany(len(in))
	}
	tags := namedTags(c.Rules)
	for _, v := range voices {
		tags = append(tags, namedTags(v.Position.Rules)...)
	}
	p := &Problem{of: c, trade: newTrade(c, in, tags), voices: voices}
	if n := len(p.trade.atoms); n > MaxTraded {
		return nil, tooMany(n)
	}
	if slices.ContainsFunc(c.Rules, isBonus) {
		return nil, fmt.Errorf(ofTheCase + ": a bonus stands in a brief only")
	}
	heard := p.hear()
	err = p.addLimits(ofTheCase, c.Rules)
	errs := heard()
	if err != nil {
		return nil, err
	}
	for i, err := range errs {
		if err != nil {
			return nil, err
		}
		if err := p.take(i); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func tooMany(n int) error {
	return fmt.Errorf("%d persons, groups and candidates are in trade and at most %d can be: split the case, or count people who are alike as one group: %w", n, MaxTraded, ErrTooMany)
}

// hear turns what the parties have said into numbers, side by side where there is
// much of it. It waits for them, and gives an error for each, when asked.
func (p *Problem) hear() (heard func() []error) {
	p.worths = make([]worth, len(p.voices))
	errs := make([]error, len(p.voices))
	var wait sync.WaitGroup
	for i, v := range p.voices {
		read := func() { p.worths[i], errs[i] = newWorth(&p.trade, v, len(p.voices)) }
		if len(p.trade.atoms) < many {
			read()
		} else {
			wait.Go(read)
		}
	}
	return func() []error {
		wait.Wait()
		return errs
	}
}

// take takes in what one party has said, besides numbers.
func (p *Problem) take(i int) error {
	w := &p.worths[i]
	p.parties = append(p.parties, w.party)
	if w.estimated {
		p.guessed = append(p.guessed, w.party)
	}
	return p.addLimits(w.name(), p.voices[i].Position.Rules)
}

// name is the party as reasons name it.
func (w *worth) name() string {
	if w.estimated {
		return string(w.party) + " (estimated)"
	}
	return string(w.party)
}

// waitsFor lists what is held by parties that have not spoken.
func (p *Problem) waitsFor() map[parley.PartyID]parley.Exchange {
	out := map[parley.PartyID]parley.Exchange{}
	for i := range p.trade.holdings {
		if holder := p.trade.heldBy(i); !slices.Contains(p.parties, holder) {
			out[holder] = append(out[holder], p.trade.holdings[i].ID)
		}
	}
	return out
}

func isBonus(r parley.Rule) bool {
	_, ok := r.(parley.Bonus)
	return ok
}
