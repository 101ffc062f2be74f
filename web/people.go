package web

import (
	"parley"
	"parley/desk"
)

// peoplePage lists everybody in the case, keeps the case and its versions, and
// takes down what came about people by another way than the channel.
func peoplePage() *page {
	return &page{name: "people", path: "/people", menu: true, show: showPeople, acts: []act{reportAct(), keepCaseAct(), reviseAct(), adoptCaseAct()}}
}

type peopleData struct {
	People   peopleTable
	Rules    []string // that the sides agreed in the case
	Reported []desk.Report
	Versions []versionRow
	Adopt    bool // there is a version that our side does not stand on
}

func showPeople(v *visit) (any, error) {
	d := peopleData{People: v.people("/people"), Versions: v.versions(), Adopt: len(otherVersions(v)) > 0}
	if v.Case != nil {
		d.Rules = v.rules(v.Case.Rules)
	}
	if !v.presenting() {
		d.Reported = v.View.Reported
	}
	return d, nil
}

// reportAct notes, on this desk alone, what came by paper, by telephone or in
// public.
func reportAct() act {
	return act{name: "report", fields: []field{
		{name: "text", kind: area, must: true},
		{name: "kind", kind: one, must: true, options: reportKinds},
		{name: "by", kind: line, must: true},
		{name: "via", kind: line},
		{name: "on", kind: day, first: func(v *visit) []string { return []string{today(v.server.now()).String()} }},
		{name: "persons", kind: many, options: peopleOptions},
	}, do: doReport}
}

func reportKinds(v *visit) []option {
	var out []option
	for _, k := range desk.ReportKinds() {
		out = append(out, option{Value: k, Label: v.must("report." + k)})
	}
	return out
}

const optionsShown = 200 // persons to choose from at once

// peopleOptions are the persons of the case to choose from: all of a small case,
// else those that are chosen already, that are looked for by name, and that are
// being talked about.
func peopleOptions(v *visit) []option {
	var out []option
	where, all := v.standings(), !manyPeople(v)
	found := map[parley.PersonID]bool{}
	if more := v.form.get("more"); more != "" && !all {
		for _, h := range first(optionsShown, v.find(more)) {
			found[h.ID] = true
		}
	}
	for _, h := range v.holdings {
		if all || v.form.names(h.ID) || found[h.ID] || where[h.ID].Status != "" {
			out = append(out, option{Value: string(h.ID), Label: h.Name})
		}
	}
	return out[:min(len(out), optionsShown)]
}

func doReport(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	on, err := f.day("on")
	if err != nil {
		return nil, err
	}
	if on == (parley.Date{}) {
		on = today(v.server.now())
	}
	_, err = d.Report(v.context, desk.Report{
		Kind: f.get("kind"), By: f.get("by"), Via: f.get("via"), On: on, Persons: f.people("persons"), Text: f.get("text"),
	})
	return &outcome{}, err
}
