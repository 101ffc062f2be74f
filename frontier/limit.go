package frontier

import (
	"fmt"

	"parley"
)

// limit is a rule with whose it is.
type limit struct {
	whose string // ofTheCase, or the party's name in reasons
	rule  parley.Rule
}

// String names the limit as answers do.
func (l limit) String() string { return l.whose + ": " + l.rule.String() }

// ofTheCase begins the name of a rule that all parties agreed.
const ofTheCase = "rule of the case"

// addLimits takes in the rules that can fail. Ids outside the trade drop out of
// lists, and a rule that is left without any can't fail.
func (p *Problem) addLimits(whose string, rules []parley.Rule) error {
	for _, r := range rules {
		if err := p.trade.check(r); err != nil {
			return fmt.Errorf("%s: %s: %w", whose, r, err)
		}
		if !isBonus(r) && !p.trade.idle(r) {
			p.limits = append(p.limits, limit{whose, r})
		}
	}
	return nil
}

// check refuses a rule about somebody who is not in the case, and numbers with
// which a count could overflow.
func (t *trade) check(r parley.Rule) error {
	switch r := r.(type) {
	case parley.Require:
		return t.known(r.IDs)
	case parley.Forbid:
		return t.known(r.IDs)
	case parley.Together:
		return t.known(r.IDs)
	case parley.AtMostOne:
		return t.known(r.IDs)
	case parley.Bonus:
		return t.known(r.All)
	case parley.IfThen:
		if err := t.known([]parley.PersonID{r.If}); err != nil {
			return err
		}
		return t.known(r.Then)
	case parley.Count:
		return t.known(r.Of.IDs)
	case parley.Equal:
		return t.checkTwo(r.A, r.B, 1, 1)
	case parley.Ratio:
		if r.Num < 0 || r.Den <= 0 {
			return fmt.Errorf("a ratio is of a number from 0 on to one from 1 on")
		}
		return t.checkTwo(r.A, r.B, r.Den, r.Num)
	}
	panic(fmt.Sprintf("frontier: rule of unknown kind %T", r))
}

func (t *trade) checkTwo(a, b parley.Selector, x, y int) error {
	if err := t.known(a.IDs); err != nil {
		return err
	}
	if err := t.known(b.IDs); err != nil {
		return err
	}
	room := room{left: capacity}
	for _, i := range t.selected(a) {
		room.take(int64(x), t.holdings[i].Heads)
	}
	for _, i := range t.selected(b) {
		room.take(int64(y), t.holdings[i].Heads)
	}
	if room.full {
		return fmt.Errorf("numbers are so large that the count could overflow")
	}
	return nil
}

// idle tells whether a rule on a list has too few of it in trade to fail.
func (t *trade) idle(r parley.Rule) bool {
	switch r := r.(type) {
	case parley.Require:
		return len(t.inTrade(r.IDs)) == 0
	case parley.Forbid:
		return len(t.inTrade(r.IDs)) == 0
	case parley.Together:
		return len(t.inTrade(r.IDs)) < 2
	case parley.AtMostOne:
		return len(t.inTrade(r.IDs)) < 2
	case parley.IfThen:
		return len(t.inTrade([]parley.PersonID{r.If})) == 0 || len(t.inTrade(r.Then)) == 0
	case parley.Count:
		return r.AtLeast == nil && r.AtMost == nil
	}
	return false
}
