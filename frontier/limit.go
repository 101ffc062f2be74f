package frontier

import (
	"fmt"

	"parley"
)

// limit is a rule with whose it is and what it means for sets.
type limit struct {
	whose string // ofTheCase, or the party's name in reasons
	rule  parley.Rule
	cond  condition
}

// String names the limit as answers do.
func (l limit) String() string { return l.whose + ": " + l.rule.String() }

// ofTheCase begins the name of a rule that all parties agreed.
const ofTheCase = "rule of the case"

// addLimits compiles the rules that can fail. Ids outside the trade drop out of
// lists, and a rule that is left without any can't fail.
func (p *Problem) addLimits(whose string, rules []parley.Rule) error {
	for _, r := range rules {
		c, err := p.trade.condition(r)
		if err != nil {
			return fmt.Errorf("%s: %s: %w", whose, r, err)
		}
		if c != nil {
			p.limits = append(p.limits, limit{whose, r, c})
		}
	}
	return nil
}

// condition compiles a rule; nil for one that holds whatever is released, and
// for a bonus, which is points.
func (t *trade) condition(r parley.Rule) (condition, error) {
	switch r := r.(type) {
	case parley.Require:
		return t.listed(r.IDs, 1, func(s set) condition { return all{s} })
	case parley.Forbid:
		return t.listed(r.IDs, 1, func(s set) condition { return none{s} })
	case parley.Together:
		return t.listed(r.IDs, 2, func(s set) condition { return whole{s} })
	case parley.AtMostOne:
		return t.listed(r.IDs, 2, func(s set) condition { return single{s} })
	case parley.IfThen:
		return t.ifThen(r)
	case parley.Count:
		return t.counted(r)
	case parley.Equal:
		return t.compared(r.A, r.B, [2]int{1, -1}, 0)
	case parley.Ratio:
		return t.ratio(r)
	case parley.Bonus:
		return nil, nil
	}
	panic(fmt.Sprintf("frontier: rule of unknown kind %T", r))
}

// listed compiles a rule on a list; one with fewer than least of it in trade
// can't fail.
func (t *trade) listed(ids []parley.PersonID, least int, compile func(set) condition) (condition, error) {
	s, err := t.pick(ids)
	if err != nil || s.count() < least {
		return nil, err
	}
	return compile(s), nil
}

func (t *trade) ifThen(r parley.IfThen) (condition, error) {
	cause, err := t.pick([]parley.PersonID{r.If})
	if err != nil {
		return nil, err
	}
	effect, err := t.pick(r.Then)
	if err != nil || cause == 0 || effect == 0 {
		return nil, err
	}
	return follows{cause, effect}, nil
}

func (t *trade) counted(r parley.Count) (condition, error) {
	of, err := t.choose(r.Of)
	if err != nil || r.AtLeast == nil && r.AtMost == nil {
		return nil, err
	}
	least, most := int64(noLeast), int64(noMost)
	if r.AtLeast != nil {
		least = int64(*r.AtLeast)
	}
	if r.AtMost != nil {
		most = int64(*r.AtMost)
	}
	return t.tally([]set{of}, []int{1}, least, most)
}

// ratio compiles Den x A <= Num x B.
func (t *trade) ratio(r parley.Ratio) (condition, error) {
	if r.Num < 0 || r.Den <= 0 {
		return nil, fmt.Errorf("a ratio is of a number from 0 on to one from 1 on")
	}
	return t.compared(r.A, r.B, [2]int{r.Den, -r.Num}, noLeast)
}

// compared compiles least <= factors[0] x A + factors[1] x B <= 0.
func (t *trade) compared(a, b parley.Selector, factors [2]int, least int64) (condition, error) {
	first, err := t.choose(a)
	if err != nil {
		return nil, err
	}
	second, err := t.choose(b)
	if err != nil {
		return nil, err
	}
	return t.tally([]set{first, second}, factors[:], least, 0)
}

// tally counts heads, those of each set times its factor.
func (t *trade) tally(of []set, factors []int, least, most int64) (condition, error) {
	room := room{left: capacity}
	weights := make([]int64, len(t.holdings))
	for k, s := range of {
		for ; s != 0; s &= s - 1 {
			i := s.first()
			room.take(int64(factors[k]), t.holdings[i].Heads)
			weights[i] += int64(factors[k]) * int64(t.holdings[i].Heads)
		}
	}
	if room.full {
		return nil, fmt.Errorf("numbers are so large that the count could overflow")
	}
	return newTally(weights, least, most), nil
}
