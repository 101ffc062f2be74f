package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"parley"
	"parley/press"
)

// PublicWord is one thing that is said in public of the talks, beside what the
// table shows. Nothing follows from it for the table.
type PublicWord struct {
	press.Weight
	Table []string `json:"table"` // ids of offers or requests on the table that are meant, or may be
	Match string   `json:"match"` // same, other, none, or "" where the table can't tell
	Shown string   `json:"shown"` // what the table shows, in words
}

// PublicWords sets what is said in public beside what the table shows.
func (d *Desk) PublicWords(ctx context.Context) ([]PublicWord, error) {
	r, err := d.PressRegister(ctx)
	if err != nil {
		return nil, err
	}
	v, err := d.View(ctx)
	if err != nil {
		return nil, err
	}
	out := []PublicWord{}
	for _, w := range r.Weigh() {
		p := PublicWord{Weight: w, Table: []string{}}
		switch w.What {
		case "offer":
			p.offer(v)
		case "demand":
			p.demand(v)
		case "channel":
			p.channel(v)
		}
		out = append(out, p)
	}
	return out, nil
}

func (p *PublicWord) offer(v *View) {
	said := parley.NewExchange(append(personIDs(p.Exchange), personIDs(p.For)...)...)
	for _, o := range v.Offers {
		if p.By != "" && string(o.By) != p.By {
			continue
		}
		same := len(said) > 0 && slices.Equal(parley.NewExchange(o.Release...), said)
		if same && p.Match != "same" {
			p.Match, p.Table = "same", nil
		}
		if same || p.Match != "same" {
			p.Table = append(p.Table, o.ID)
		}
	}
	switch {
	case p.Match == "same":
		p.Shown = fmt.Sprintf("the table has this offer: %s", shortList(p.Table))
	case len(p.Table) > 0 && len(said) > 0:
		p.Match = "other"
		p.Shown = fmt.Sprintf("the table has offers by %s, and none of these persons: %s", orAnybody(p.By), shortList(p.Table))
	case len(p.Table) > 0:
		p.Shown = fmt.Sprintf("the table has offers by %s: %s; in public no persons are named", orAnybody(p.By), shortList(p.Table))
	default:
		p.Match = "none"
		p.Shown = "the table has no such offer"
	}
	p.Table = list(p.Table)
}

func (p *PublicWord) demand(v *View) {
	p.Match = "none"
	for _, r := range v.Requests {
		if p.By != "" && string(r.By) != p.By || !slices.ContainsFunc(r.Persons, func(id parley.PersonID) bool { return slices.Contains(p.Adds, string(id)) }) {
			continue
		}
		p.Match = "same"
		p.Table = append(p.Table, r.ID)
	}
	p.Shown = "the table has no such request"
	if p.Match == "same" {
		p.Shown = "the table has this request: " + shortList(p.Table)
	}
}

func (p *PublicWord) channel(v *View) {
	p.Shown = "this desk has joined no channel"
	if v.Channel != "" {
		p.Shown = "this desk is on a channel; in public none is named, and it may be another"
	}
}

func orAnybody(party string) string {
	if party == "" {
		return "anybody"
	}
	return party
}

func shortList(ids []string) string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = id[:min(8, len(id))]
	}
	return strings.Join(out, ", ")
}

func personIDs(list []string) []parley.PersonID {
	out := make([]parley.PersonID, len(list))
	for i, s := range list {
		out[i] = parley.PersonID(s)
	}
	return out
}
