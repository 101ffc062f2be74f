package frontier_test

import (
	"testing"

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
