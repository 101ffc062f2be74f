package web

import (
	"slices"
	"strconv"

	"parley"
	"parley/desk"
	"parley/names"
)

// registryPage is this desk's own registry of persons: spellings in any script,
// evidence, and who is held to be whom. Nothing is ever taken out of it; what is
// undone stays to be read. It is ours alone.
func registryPage() *page {
	entry := func(name string) field { return field{name: name, kind: one, must: true, options: enteredPersons} }
	because := field{name: "because", kind: line}
	return &page{name: "registry", path: "/registry", private: true, show: showRegistry, acts: []act{
		{name: "enter", atOnce: true, fields: []field{
			{name: "id", kind: line, must: true}, {name: "name", kind: line, must: true}, {name: "remains", kind: many, options: choices("record.known", "yes")}, because,
		}, do: enterPerson},
		{name: "call", atOnce: true, fields: []field{
			entry("who"), {name: "spelling", kind: line, must: true}, {name: "kind", kind: one, must: true, options: choices("registry.kind", texts(names.SpellingKinds())...)}, because,
		}, do: func(v *visit, d *desk.Desk, f *form) (*outcome, error) {
			return &outcome{}, v.register(d, f, names.Statement{Act: names.Call, A: f.get("who"), Field: f.get("kind"), Value: f.get("spelling")})
		}},
		{name: "know", atOnce: true, fields: []field{entry("who"), {name: "field", kind: line, must: true}, {name: "value", kind: line, must: true}, because}, do: func(v *visit, d *desk.Desk, f *form) (*outcome, error) {
			return &outcome{}, v.register(d, f, names.Statement{Act: names.Know, A: f.get("who"), Field: f.get("field"), Value: f.get("value")})
		}},
		{name: "decide", atOnce: true, fields: []field{
			entry("who"),
			{name: "verdict", kind: one, must: true, options: choices("registry.verdict", string(names.Hold), string(names.Tell))},
			entry("other"),
			{name: "because", kind: line, must: true},
		}, do: func(v *visit, d *desk.Desk, f *form) (*outcome, error) {
			return &outcome{}, in("other", v.register(d, f, names.Statement{Act: names.Act(f.get("verdict")), A: f.get("who"), B: f.get("other")}))
		}},
		{name: "undo", atOnce: true, fields: []field{{name: "statement", kind: one, must: true, options: registered}, because}, do: func(v *visit, d *desk.Desk, f *form) (*outcome, error) {
			n, err := strconv.ParseUint(f.get("statement"), 10, 64)
			if err != nil {
				return nil, in("statement", err)
			}
			return &outcome{}, v.register(d, f, names.Statement{Act: names.Undo, Undoes: n})
		}},
	}}
}

type registryData struct {
	Find    string
	Found   []names.Found
	Persons []registered1
	Undo    bool
}

// registered1 is an entry with what was said of it.
type registered1 struct {
	*names.Person
	Said []string
}

func showRegistry(v *visit) (any, error) {
	all, err := v.server.desk.Statements(v.context)
	if err != nil {
		return nil, err
	}
	d := registryData{Find: v.asked("find"), Undo: len(all) > 0}
	known := names.NewRegistry(all).Persons
	if d.Find != "" {
		all := slices.Clone(known)
		if v.Case != nil {
			all = append(all, v.called()...)
		}
		d.Found = names.New().Find(all, d.Find)
		d.Found = d.Found[:min(len(d.Found), rowsShown)]
	}
	for _, p := range known[max(0, len(known)-optionsShown):] {
		r := registered1{Person: p}
		for i, s := range all {
			if s.A == p.ID || s.B == p.ID {
				r.Said = append(r.Said, v.registerLine(i, s))
			}
		}
		d.Persons = append(d.Persons, r)
	}
	return d, nil
}

// registerLine tells a statement, by its number.
func (v *visit) registerLine(i int, s names.Statement) string {
	parts := []string{v.must("registry.act."+string(s.Act), s.A, s.B, s.Field, s.Value), s.By}
	return strconv.Itoa(i+1) + ". " + v.List(append(parts, s.Reasons...))
}

// InCase tells whether somebody has a page of the case.
func (l *look) InCase(id string) bool {
	_, ok := l.holding(parley.PersonID(id))
	return ok
}

func enteredPersons(v *visit) (out []option) {
	all, err := v.server.desk.Statements(v.context)
	if err != nil {
		return nil
	}
	for _, p := range names.NewRegistry(all).Persons {
		out = append(out, option{Value: p.ID, Label: v.List([]string{p.Name, p.ID})})
	}
	return out
}

// registered are the newest statements that count.
func registered(v *visit) (out []option) {
	all, err := v.server.desk.Statements(v.context)
	if err != nil {
		return nil
	}
	for i, s := range slices.Backward(all) {
		if len(out) < undoable && names.Check(all, names.Statement{Act: names.Undo, Undoes: uint64(i + 1), By: "-"}) == nil {
			out = append(out, option{Value: strconv.Itoa(i + 1), Label: v.registerLine(i, s)})
		}
	}
	return out
}

// register adds a statement to the registry, with who says so and why.
func (v *visit) register(d *desk.Desk, f *form, s names.Statement) error {
	s.By = v.by()
	if why := f.get("because"); why != "" {
		s.Reasons = []string{why}
	}
	_, err := d.State(v.context, s)
	return err
}

func enterPerson(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	if err := parley.CheckID(f.get("id")); err != nil {
		return nil, in("id", err)
	}
	s := names.Statement{Act: names.Enter, A: f.get("id"), Value: f.get("name")}
	if f.get("remains") != "" {
		s.Field = "remains"
	}
	return &outcome{}, in("id", v.register(d, f, s))
}
