package frontier_test

import (
	"fmt"
	"slices"
	"testing"

	"parley"
	"parley/frontier"
)

// TestLeximinOfMany holds the criteria that end in leximin to the oracle where
// six parties gain little, so that many gain the same.
func TestLeximinOfMany(t *testing.T) {
	for seed := range uint64(30) {
		c, voices := madeUp(8, 6, 4, seed)
		for i := range voices {
			voices[i].Position.WalkAway = int64(i%3) - 8
		}
		o := consult(c, voices)
		fits := o.agreeable()
		for _, by := range []frontier.Criterion{frontier.Maximin, frontier.Total, frontier.Home} {
			a := solve(t, c, voices, frontier.Options{Criterion: by})
			if got, want := tell(*a.Best), o.best(by, fits).String(); got != want || !a.Proved {
				t.Errorf("seed %d, %s: got %s, want %s", seed, by, got, want)
			}
		}
	}
}

// TestLeximinWithTiesOpen adds persons whom a rule keeps, so many that heads and
// ids are not decided any more: what is gained stays, but for its order.
func TestLeximinWithTiesOpen(t *testing.T) {
	for seed := range uint64(40) {
		parties := 2 + int(seed%5)
		c, voices := madeUp(9, parties, 5, seed)
		for i := range voices {
			voices[i].Position.WalkAway = int64(i%3) - 7
		}
		more, rule := *c, parley.Forbid{}
		more.Persons = slices.Clone(c.Persons)
		for i := range frontier.Decided {
			id := parley.PersonID(fmt.Sprint("kept", i))
			more.Persons = append(more.Persons, parley.Person{ID: id, HeldBy: c.Parties[i%parties].ID})
			rule.IDs = append(rule.IDs, id)
		}
		more.Rules = []parley.Rule{rule}
		for _, by := range frontier.Criteria() {
			a, b := solve(t, c, voices, frontier.Options{Criterion: by}), solve(t, &more, voices, frontier.Options{Criterion: by})
			if got, want := ascending(b), ascending(a); !slices.Equal(got, want) || !b.Proved {
				t.Errorf("seed %d, %s: gains %v, without those who are kept %v", seed, by, got, want)
			}
		}
	}
}

// ascending is what the parties gain, whoever it is.
func ascending(a *frontier.Answer) (out []int64) {
	if a.Best == nil {
		return nil
	}
	for _, g := range a.Best.Gains {
		out = append(out, g.Points)
	}
	slices.Sort(out)
	return out
}
