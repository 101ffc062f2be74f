package frontier_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"parley"
	"parley/brief"
	"parley/frontier"
)

// A made-up case of n persons, each held by one of so many parties and worth up
// to most to some of the others. A seed always gives the same.
func madeUp(n, parties int, most int64, seed uint64) (*parley.Case, []frontier.Voice) {
	r := rand.New(rand.NewPCG(seed, uint64(n)))
	c := &parley.Case{ID: "made-up"}
	voices := make([]frontier.Voice, parties)
	for i := range parties {
		id := parley.PartyID(fmt.Sprintf("p%d", i))
		c.Parties = append(c.Parties, parley.Party{ID: id})
		voices[i] = frontier.Voice{Position: brief.Position{Party: id, Worth: map[parley.PersonID]int64{}}}
	}
	for i := range n {
		id := parley.PersonID(fmt.Sprintf("x%02d", i))
		holder := r.IntN(parties)
		c.Persons = append(c.Persons, parley.Person{ID: id, HeldBy: c.Parties[holder].ID})
		for p := range parties {
			if p == holder {
				voices[p].Position.Worth[id] = -r.Int64N(most)
			} else if parties == 2 || r.IntN(parties) < 2 {
				voices[p].Position.Worth[id] = r.Int64N(most)
			}
		}
	}
	return c, voices
}

// BenchmarkSolve24 weighs as many as can be, with walk-aways of 0, and with none
// so that every exchange is agreeable.
func BenchmarkSolve24(b *testing.B) {
	for _, parties := range []int{2, 4, 8} {
		for _, walkAway := range []int64{0, -2400} {
			c, voices := madeUp(24, parties, 100, 7)
			for i := range voices {
				voices[i].Position.WalkAway = walkAway
			}
			for _, by := range frontier.Criteria() {
				b.Run(fmt.Sprintf("parties=%d/walk=%d/%s", parties, walkAway, by), func(b *testing.B) {
					for b.Loop() {
						solve(b, c, voices, frontier.Options{Criterion: by})
					}
				})
			}
			if parties == 8 && walkAway < 0 {
				continue // 273,171 points: minutes
			}
			b.Run(fmt.Sprintf("parties=%d/walk=%d/frontier", parties, walkAway), func(b *testing.B) {
				points := 0
				for b.Loop() {
					points = len(solve(b, c, voices, frontier.Options{Criterion: frontier.Total, Frontier: true}).Frontier.Points)
				}
				b.ReportMetric(float64(points), "points")
			})
		}
	}
}
