package handover

import (
	"fmt"
	"slices"

	"parley"
)

// Reason is why a party is in the exchange at all: for persons, or because
// others are.
type Reason struct {
	Party   parley.PartyID
	Persons []parley.PersonID // all of them
	With    []parley.PartyID  // all of them
	Text    string
}

// Gone is a party whose reason to agree has gone.
type Gone struct {
	Party parley.PartyID `json:"party"`
	Why   string         `json:"why"`
}

// Without tells whose reason to agree goes when these persons are out: whoever
// was in it for one of them; then, because nobody is released by a party that
// has left, whoever was in it for those; and so on. Where the plan gives a party
// no reason, it is there for those whom it receives, and leaves with the last.
func (p *Plan) Without(out ...parley.PersonID) []Gone {
	missing := map[parley.PersonID]string{}
	for _, id := range out {
		missing[id] = fmt.Sprintf("%s is out", id)
	}
	left := map[parley.PartyID]bool{}
	var gone []Gone
	for again := true; again; {
		again = false
		for _, party := range p.parties() {
			why := p.reasonGone(party, missing, left)
			if left[party] || why == "" {
				continue
			}
			left[party], again = true, true
			gone = append(gone, Gone{party, why})
			for _, e := range p.Entries {
				if e.From == party && missing[e.ID] == "" {
					missing[e.ID] = fmt.Sprintf("%s was to be released by %s", e.ID, party)
				}
			}
		}
	}
	return gone
}

// parties lists who gives, receives or has a reason, in the order of the plan.
func (p *Plan) parties() (list []parley.PartyID) {
	add := func(id parley.PartyID) {
		if id != "" && !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	for _, r := range p.Reasons {
		add(r.Party)
	}
	for _, e := range p.Entries {
		add(e.From)
		add(e.For)
	}
	return list
}

func (p *Plan) reasonGone(party parley.PartyID, missing map[parley.PersonID]string, left map[parley.PartyID]bool) string {
	i := slices.IndexFunc(p.Reasons, func(r Reason) bool { return r.Party == party })
	if i >= 0 {
		for _, id := range p.Reasons[i].Persons {
			if why := missing[id]; why != "" {
				return why
			}
		}
		for _, q := range p.Reasons[i].With {
			if left[q] {
				return fmt.Sprintf("it was in it with %s", q)
			}
		}
		return ""
	}
	some := false
	for _, e := range p.Entries {
		if e.For == party {
			if missing[e.ID] == "" {
				return ""
			}
			some = true
		}
	}
	if some {
		return "nobody comes to it any more"
	}
	return ""
}
