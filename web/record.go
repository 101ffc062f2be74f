package web

import (
	"slices"
	"strconv"

	"parley"
	"parley/desk"
	"parley/press"
)

// recordPage is the public record: what is said in public, graded by a person,
// beside what the table shows. What was told in private stands there too, so it
// is not shown to others.
func recordPage() *page {
	return &page{name: "record", path: "/record", menu: true, private: true, show: showRecord, acts: []act{
		{name: "enter", atOnce: true, do: enterDispatch, fields: []field{
			{name: "file", kind: upload, must: true}, {name: "outlet", kind: line, must: true}, {name: "wire", kind: line}, {name: "on", kind: day},
		}},
		{name: "decide", atOnce: true, do: decideClaim, fields: []field{
			{name: "claim", kind: one, must: true, options: recordOptions},
			{name: "verdict", kind: one, must: true, options: choices("record.verdict", "accept", "reject")},
		}},
		{name: "grade", atOnce: true, do: gradeClaim, fields: []field{
			{name: "claim", kind: one, must: true, options: recordOptions},
			{name: "source", kind: one, options: choices("record.source", "", "A", "B", "C", "D", "E", "F")},
			{name: "item", kind: one, options: choices("record.item", "", "1", "2", "3", "4", "5", "6")},
			{name: "said", kind: one, options: choices("record.known", "", "yes", "no", "unknown")},
			{name: "true", kind: one, options: choices("record.known", "", "yes", "no", "unknown")},
		}},
		{name: "undo", atOnce: true, do: undoStatement, fields: []field{{name: "statement", kind: one, must: true, options: statementOptions}}},
		{name: "agree", do: agreeToWords, fields: []field{{name: "words", kind: one, must: true, options: wordsOptions}}},
	}}
}

type recordData struct {
	Words      []desk.PublicWord
	Claims     []*press.Entry
	Dispatches []press.ExportDispatch
	Statements []desk.StatementView
	Undo       bool // there is something to undo
	Agree      bool // there are words that wait for us
}

// claimsShown bounds how many claims stand on the page, the newest.
const claimsShown = 200

func showRecord(v *visit) (any, error) {
	d := v.server.desk
	r, err := d.PressRegister(v.context)
	if err != nil {
		return nil, err
	}
	out := recordData{Dispatches: r.Export(press.ExportOptions{}).Dispatches, Statements: v.View.Statements}
	if out.Words, err = d.PublicWords(v.context); err != nil {
		return nil, err
	}
	for _, e := range slices.Backward(r.Claims) {
		if e.State != press.Rejected && len(out.Claims) < claimsShown {
			out.Claims = append(out.Claims, e)
		}
	}
	slices.Reverse(out.Claims)
	out.Undo, out.Agree = len(statementOptions(v)) > 0, len(wordsOptions(v)) > 0
	return out, nil
}

// Named gives ids as the case names them.
func (l *look) Named(ids []string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		if out[i] = l.names[id]; out[i] == "" {
			out[i] = id
		}
	}
	return out
}

// SideName gives a party as the case names it.
func (l *look) SideName(id string) string { return l.PartyName(parley.PartyID(id)) }

// choices are options whose labels are messages.
func choices(prefix string, values ...string) func(*visit) []option {
	return func(v *visit) []option {
		var out []option
		for _, x := range values {
			label := "–"
			if x != "" {
				label = v.must(prefix + "." + x)
			}
			out = append(out, option{Value: x, Label: label})
		}
		return out
	}
}

func recordOptions(v *visit) []option {
	r, err := v.server.desk.PressRegister(v.context)
	if err != nil {
		return nil
	}
	var out []option
	for _, e := range r.Claims {
		out = append(out, option{Value: e.ID, Label: e.ID + " " + e.Speaker})
	}
	return out
}

// undoable is how many of the newest statements are offered to be undone.
const undoable = 30

func statementOptions(v *visit) []option {
	all, err := v.server.desk.PressStatements(v.context)
	if err != nil {
		return nil
	}
	var out []option
	for i, s := range slices.Backward(all) {
		if len(out) < undoable && press.Check(all, press.Statement{Act: press.Undo, Undoes: uint64(i + 1), By: "-"}) == nil {
			out = append(out, option{Value: strconv.Itoa(i + 1), Label: strconv.Itoa(i+1) + ". " + s.By + ": " + string(s.Act) + " " + s.A + " " + s.Field + " " + s.Value})
		}
	}
	return out
}

// wordsOptions are the words for the public that this side has not signed yet.
func wordsOptions(v *visit) []option {
	var out []option
	for _, s := range v.View.Statements {
		if !slices.Contains(s.Agreed, v.Party) && slices.Contains(s.Between, v.Party) {
			out = append(out, option{Value: s.ID, Label: s.Text})
		}
	}
	return out
}

// by is who works at the desk.
func (v *visit) by() string {
	party, delegate, _ := v.server.desk.Whose()
	if delegate != "" {
		return delegate
	}
	if party != "" {
		return party
	}
	return string(v.Party)
}

func enterDispatch(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	on, err := f.day("on")
	if err != nil {
		return nil, err
	}
	file := f.file("file")
	_, err = d.EnterDispatch(v.context, file.data, on, press.Entered{Title: file.name, Outlet: f.get("outlet"), Wire: f.get("wire")}, v.by())
	return &outcome{}, err
}

func decideClaim(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	_, err := d.Press(v.context, press.Statement{Act: press.Act(f.get("verdict")), A: f.get("claim"), By: v.by()})
	return &outcome{}, err
}

func gradeClaim(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	for _, g := range []struct {
		act   press.Act
		field string
	}{{press.Grade, "source"}, {press.Grade, "item"}, {press.Judge, "said"}, {press.Judge, "true"}} {
		if f.get(g.field) == "" {
			continue
		}
		if _, err := d.Press(v.context, press.Statement{Act: g.act, A: f.get("claim"), Field: g.field, Value: f.get(g.field), By: v.by()}); err != nil {
			return nil, err
		}
	}
	return &outcome{}, nil
}

func undoStatement(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	n, err := strconv.ParseUint(f.get("statement"), 10, 64)
	if err != nil {
		return nil, in("statement", err)
	}
	_, err = d.Press(v.context, press.Statement{Act: press.Undo, Undoes: n, By: v.by()})
	return &outcome{}, err
}

func agreeToWords(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	_, err := d.AgreeToWords(v.context, f.get("words"))
	return &outcome{}, err
}
