package frontier

import (
	"fmt"
	"slices"

	"parley"
	"parley/brief"
)

// Voice is a party that has spoken: by its own brief, or, where Estimated, by
// what another party believes of it.
type Voice struct {
	Position  brief.Position
	Estimated bool
}

// Voices lists the parties of c that have spoken, in file order. One brief
// brings its estimates of the others, by their mid-points; of several briefs
// the estimates are not used.
func Voices(c *parley.Case, briefs ...brief.Brief) ([]Voice, error) {
	var out []Voice
	for _, b := range briefs {
		if id := b.Content().Case; id != c.ID {
			return nil, fmt.Errorf("the brief of %s is for case %q, not %q", b.Party(), id, c.ID)
		}
		out = append(out, Voice{Position: b.Position()})
	}
	if len(briefs) == 1 {
		for _, e := range briefs[0].Content().Estimates {
			out = append(out, Voice{e.Estimated(), true})
		}
	}
	return inFileOrder(c, out)
}

// inFileOrder refuses voices that are not each a different party of the case.
func inFileOrder(c *parley.Case, voices []Voice) ([]Voice, error) {
	if len(voices) == 0 {
		return nil, fmt.Errorf("no party has spoken: weighing needs a brief")
	}
	at := make(map[parley.PartyID]int, len(c.Parties))
	for i, p := range c.Parties {
		at[p.ID] = i
	}
	seen := make(map[parley.PartyID]bool, len(voices))
	for _, v := range voices {
		id := v.Position.Party
		if _, ok := at[id]; !ok {
			return nil, fmt.Errorf("%s has a brief or an estimate and is no party of the case", id)
		}
		if seen[id] {
			return nil, fmt.Errorf("%s has spoken twice: give one brief for each party", id)
		}
		seen[id] = true
	}
	out := slices.Clone(voices)
	slices.SortFunc(out, func(a, b Voice) int { return at[a.Position.Party] - at[b.Position.Party] })
	return out, nil
}
