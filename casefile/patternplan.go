package casefile

import (
	"fmt"

	"parley"
	"parley/handover"
)

// PatternPlan writes a plan by a ready-made pattern, to be changed: who goes
// together in each round is told from the case by who holds them. A host or
// neutral who is no party of the case becomes a neutral of the plan.
func PatternPlan(c *parley.Case, pattern, id string, cast handover.Cast, rounds [][]parley.PersonID) ([]byte, error) {
	var err error
	if cast.Rounds, err = roundsOf(c, cast, rounds); err != nil {
		return nil, err
	}
	p, err := handover.Pattern(pattern, cast)
	if err != nil {
		return nil, err
	}
	p.ID, p.Case = id, c.ID
	for _, x := range []handover.ActorID{cast.Host, cast.Neutral} {
		if _, ok := c.Party(parley.PartyID(x)); !ok && !hasActor(p, x) {
			p.Actors = append(p.Actors, handover.Actor{ID: x, Name: string(x), Neutral: true})
		}
	}
	for i := range p.Entries {
		p.Entries[i].Heads = 0 // the case says how many they are
	}
	full, err := ParsePlan("the plan", EncodePlan(p), c)
	if err != nil {
		return nil, err
	}
	return EncodePlan(full), nil
}

func hasActor(p *handover.Plan, id handover.ActorID) bool {
	for _, a := range p.Actors {
		if a.ID == id {
			return true
		}
	}
	return false
}

func roundsOf(c *parley.Case, cast handover.Cast, rounds [][]parley.PersonID) ([]handover.Round, error) {
	reg := c.Register()
	var out []handover.Round
	for _, ids := range rounds {
		var r handover.Round
		for _, id := range ids {
			switch h, ok := reg[id]; {
			case !ok:
				return nil, fmt.Errorf("a round: the case has no person %q", id)
			case h.HeldBy == cast.A:
				r.FromA = append(r.FromA, id)
			case h.HeldBy == cast.B:
				r.FromB = append(r.FromB, id)
			default:
				return nil, fmt.Errorf("a round: %s is held by neither %s nor %s", id, cast.A, cast.B)
			}
		}
		out = append(out, r)
	}
	return out, nil
}
