package accord

import (
	"fmt"
	"slices"

	"parley"
)

// A rule of the case is a sum: each person released adds the rule's weight for
// that person, and the rule holds for certain sums. So the dynamic programme can
// follow it from person to person by the sum so far, and need tell apart only
// sums that matter for what is still to come.

// tally is one rule of the case.
type tally struct {
	weights []int // one for each item
	holds   func(sum int) bool
}

// Limits of what rules may ask for.
const (
	maxSums   = 1 << 14 // different sums of one rule
	maxStates = 1 << 10 // places that one person's table is split into
)

// tallies turns the rules of a case into tallies, and lists who must and who may
// not be released.
func (d *draft) tallies() ([]tally, error) {
	var out []tally
	for _, r := range d.of.Rules {
		t, err := d.tally(r)
		if err != nil {
			return nil, fmt.Errorf("rule of the case: %s: %w", r, err)
		}
		if t != nil {
			out = append(out, *t)
		}
	}
	return out, nil
}

// tally compiles a rule. Nil: it can't fail, or it is a list of who must or may
// not be released, which stands with the items.
func (d *draft) tally(r parley.Rule) (*tally, error) {
	switch r := r.(type) {
	case parley.Require, parley.Forbid:
		return nil, nil
	case parley.Together:
		ids := d.listed(r.IDs)
		return d.sum(ids, func(s int) bool { return s == 0 || s == len(ids) }), nil
	case parley.AtMostOne:
		return d.sum(d.listed(r.IDs), func(s int) bool { return s <= 1 }), nil
	case parley.IfThen:
		return d.ifThen(r), nil
	case parley.Count:
		return d.count(r), nil
	case parley.Equal:
		return d.compare(r.A, r.B, 1, 1, func(s int) bool { return s == 0 })
	case parley.Ratio:
		if r.Num < 0 || r.Den <= 0 {
			return nil, fmt.Errorf("a ratio is of a number from 0 on to one from 1 on")
		}
		return d.compare(r.A, r.B, r.Den, r.Num, func(s int) bool { return s <= 0 })
	}
	return nil, fmt.Errorf("the settlement can't take this rule")
}

// listed keeps the ids that are in trade, each once.
func (d *draft) listed(ids []parley.PersonID) []parley.PersonID {
	out := slices.DeleteFunc(slices.Clone(ids), func(id parley.PersonID) bool { return !d.inTrade[id] })
	slices.Sort(out)
	return slices.Compact(out)
}

// sum counts those of a list that are released.
func (d *draft) sum(ids []parley.PersonID, holds func(int) bool) *tally {
	t := &tally{make([]int, len(d.items)), holds}
	for i, it := range d.items {
		if slices.Contains(ids, it.ID) {
			t.weights[i] = 1
		}
	}
	return t
}

// ifThen adds 1 for each of Then, and more than all of them together for If.
func (d *draft) ifThen(r parley.IfThen) *tally {
	then := d.listed(r.Then)
	if !d.inTrade[r.If] || len(then) == 0 {
		return nil
	}
	all := len(then)
	t := d.sum(then, func(s int) bool { return s <= all || s == all+1+all })
	for i, it := range d.items {
		if it.ID == r.If {
			t.weights[i] += all + 1
		}
	}
	return t
}

func (d *draft) count(r parley.Count) *tally {
	if r.AtLeast == nil && r.AtMost == nil {
		return nil
	}
	return &tally{d.heads(r.Of, 1), func(s int) bool {
		return (r.AtLeast == nil || s >= *r.AtLeast) && (r.AtMost == nil || s <= *r.AtMost)
	}}
}

// compare sums x times the heads of a, less y times those of b.
func (d *draft) compare(a, b parley.Selector, x, y int, holds func(int) bool) (*tally, error) {
	const most = 1 << 20
	if x > most || y > most {
		return nil, fmt.Errorf("numbers of more than %d are too large to be settled with", most)
	}
	t := &tally{d.heads(a, x), holds}
	for i, n := range d.heads(b, y) {
		t.weights[i] -= n
	}
	return t, nil
}

// heads gives each item that a selector picks the weight of its heads.
func (d *draft) heads(s parley.Selector, times int) []int {
	out := make([]int, len(d.items))
	for i, it := range d.items {
		if s.Picks(it.holding) {
			out[i] = times * it.holding.Heads
		}
	}
	return out
}

// course is a tally followed from person to person: the places that have to be
// told apart before each item, and where releasing it or not leads.
type course struct {
	start int
	next  [][][2]int // by item and place: where not releasing and releasing lead; -1: nowhere
}

const nowhere = -1

// follow makes a course with as few places as there can be: sums for which the
// same choices to come keep the rule share one.
func (t *tally) follow(items []item) (*course, error) {
	sums, err := t.sums()
	if err != nil {
		return nil, err
	}
	c := &course{next: make([][][2]int, len(items))}
	at := map[int]int{} // the place of each sum
	for _, s := range sums[len(items)] {
		at[s] = nowhere
		if t.holds(s) {
			at[s] = 0
		}
	}
	for i := len(items) - 1; i >= 0; i-- {
		before, places := map[int]int{}, map[[2]int]int{{nowhere, nowhere}: nowhere}
		for _, s := range sums[i] {
			to := [2]int{at[s], at[s+t.weights[i]]}
			if items[i].required {
				to[0] = nowhere
			}
			p, seen := places[to]
			if !seen {
				p = len(c.next[i])
				places[to] = p
				c.next[i] = append(c.next[i], to)
			}
			before[s] = p
		}
		at = before
	}
	c.start = at[0]
	return c, nil
}

// sums lists the sums that can be reached before each item, and at the end.
func (t *tally) sums() ([][]int, error) {
	out := [][]int{{0}}
	for i, w := range t.weights {
		next := slices.Clone(out[i])
		for _, s := range out[i] {
			next = append(next, s+w)
		}
		slices.Sort(next)
		next = slices.Compact(next)
		if len(next) > maxSums {
			return nil, fmt.Errorf("a rule of the case has more than %d different counts to be followed", maxSums)
		}
		out = append(out, next)
	}
	return out, nil
}
