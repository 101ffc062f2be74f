package web

import (
	"html/template"
	"slices"

	"parley"
	"parley/desk"
	"parley/web/chart"
)

// personPage tells all that the case says of one person, each fact with its
// source.
func personPage() *page {
	return &page{name: "person", path: "/people/{id}", show: showPerson, acts: lifeActs()}
}

type personData struct {
	parley.Holding
	Person  parley.Person // zero for a group
	Group   parley.Group  // zero for a person
	Sources []parley.Source
	Picture template.HTML // of the legal history; its table stands beside it
	Lives   []lifeRow
	May     map[string]bool
	standing
}

func showPerson(v *visit) (any, error) {
	id := parley.PersonID(v.part("id"))
	i := slices.IndexFunc(v.holdings, func(h parley.Holding) bool { return h.ID == id })
	if i < 0 {
		return nil, desk.ErrNotFound
	}
	d := personData{Holding: v.holdings[i], standing: v.standings()[id]}
	d.Person, _ = v.Case.Person(id)
	for _, g := range v.Case.Groups {
		if g.ID == id {
			d.Group = g
		}
	}
	d.Sources = v.sourcesOf(d)
	d.Lives = v.lives(id)
	d.May = map[string]bool{"ask": v.State != nil && v.Party != "", "give": len(lifeAt("asked")(v)) > 0, "examine": len(lifeAt("given")(v)) > 0}
	d.Picture = v.timeline(d.Person)
	return d, nil
}

// timeline draws a legal history.
func (v *visit) timeline(p parley.Person) template.HTML {
	var moments []chart.Moment
	for _, e := range p.Legal {
		what := v.must("event." + e.Event)
		moments = append(moments, chart.Moment{On: e.On, Name: v.Date(e.On) + ": " + what})
	}
	w := chart.Words{Title: v.must("person.legal"), Desc: v.must("person.legal.desc", p.Name)}
	return template.HTML(chart.Timeline(moments, w)) //nolint:gosec // drawn here, every text in it escaped
}

// sourcesOf lists the sources that are named about a person, each once, in the
// order of the case.
func (v *visit) sourcesOf(d personData) []parley.Source {
	named := slices.Concat(d.Person.Sources, d.Group.Sources)
	for _, e := range d.Person.Legal {
		named = append(named, e.Sources...)
	}
	var out []parley.Source
	for _, s := range v.Case.Sources {
		if slices.Contains(named, s.ID) {
			out = append(out, s)
		}
	}
	return out
}
