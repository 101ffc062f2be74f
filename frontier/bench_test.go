package frontier_test

import (
	"context"
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

func BenchmarkSolve24(b *testing.B) {
	for _, parties := range []int{1, 2, 3, 4, 6, 8} {
		for _, most := range []int64{100, 1_000_000_000} {
			for _, walkAway := range []int64{0, -most * 24} {
				for _, ask := range []string{"nash", "ks", "maximin", "total", "home", "frontier"} {
					b.Run(fmt.Sprintf("parties=%d/points=%d/walk=%d/%s", parties, most, walkAway, ask), func(b *testing.B) {
						c, voices := madeUp(24, parties, most, 7)
						for i := range voices {
							voices[i].Position.WalkAway = walkAway
						}
						var points int
						for range b.N {
							p, err := frontier.New(c, voices)
							if err != nil {
								b.Fatal(err)
							}
							o := frontier.Options{Criterion: frontier.Criterion(ask)}
							if ask == "frontier" {
								o = frontier.Options{Criterion: "total", Frontier: true}
							}
							a, err := p.Solve(context.Background(), o)
							if err != nil {
								b.Fatal(err)
							}
							if a.Frontier != nil {
								points = len(a.Frontier.Points)
							}
						}
						b.ReportMetric(float64(points), "points")
					})
				}
			}
		}
	}
}
