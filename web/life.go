package web

import (
	"slices"
	"time"

	"parley"
	"parley/desk"
)

// lifeActs are proof of life: asked for, given by who holds the person, examined
// by who asked. The evidence goes another way; its digest is signed.
func lifeActs() []act {
	return []act{
		{name: "ask", fields: []field{{name: "text", kind: area}}, do: func(v *visit, d *desk.Desk, f *form) (*outcome, error) {
			_, err := d.AskLife(v.context, parley.PersonID(v.part("id")), f.get("text"))
			return &outcome{}, err
		}},
		{name: "give", fields: []field{
			{name: "asked", kind: one, must: true, options: lifeAt("asked")},
			{name: "evidence", kind: upload, must: true},
			{name: "dated", kind: day, must: true},
			{name: "text", kind: area},
		}, do: func(v *visit, d *desk.Desk, f *form) (*outcome, error) {
			dated, err := f.day("dated")
			if err != nil {
				return nil, err
			}
			_, err = d.GiveLife(v.context, f.get("asked"), f.file("evidence").data, dated, f.get("text"))
			return &outcome{}, err
		}},
		{name: "examine", fields: []field{
			{name: "given", kind: one, must: true, options: lifeAt("given")},
			{name: "evidence", kind: upload, must: true},
			{name: "genuine", kind: one, must: true, options: choices("record.known", "yes", "no")},
			{name: "text", kind: area},
		}, do: func(v *visit, d *desk.Desk, f *form) (*outcome, error) {
			_, err := d.ExamineLife(v.context, f.get("given"), f.file("evidence").data, f.get("genuine") == "yes", f.get("text"))
			return &outcome{}, in("evidence", err)
		}},
	}
}

// lifeRow is one step of a proof of life.
type lifeRow struct {
	*parley.Life
	ID, Who string
	At      time.Time
}

// lives are the proofs of life of a person on the channel, oldest first.
func (v *visit) lives(id parley.PersonID) (out []lifeRow) {
	if v.State == nil {
		return nil
	}
	for _, a := range v.server.desk.Table().Acts {
		if m, ok := a.Move.(*parley.Life); ok && a.Effect() && m.Person == id {
			out = append(out, lifeRow{m, a.Ref.String(), a.Member.Name, time.Unix(a.Claimed, 0)})
		}
	}
	return out
}

// lifeAt are the steps of one stage that nobody has answered.
func lifeAt(stage string) func(*visit) []option {
	return func(v *visit) (out []option) {
		all := v.lives(parley.PersonID(v.part("id")))
		for _, l := range all {
			answered := slices.ContainsFunc(all, func(x lifeRow) bool { return x.Answers.String() == l.ID })
			if l.Stage == stage && !answered {
				out = append(out, option{Value: l.ID, Label: v.List([]string{v.Short(l.ID), l.Who, v.Time(l.At)})})
			}
		}
		return out
	}
}
