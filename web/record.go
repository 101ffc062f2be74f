package web

import (
	"encoding/json"
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
			{name: "claim", kind: one, must: true, options: proposalOptions},
			{name: "verdict", kind: one, must: true, options: choices("record.verdict", "accept", "reject")},
		}},
		{name: "grade", atOnce: true, do: gradeClaim, fields: []field{
			{name: "claim", kind: one, must: true, options: recordOptions},
			{name: "source", kind: one, options: choices("record.source", "", "A", "B", "C", "D", "E", "F")},
			{name: "item", kind: one, options: choices("record.item", "", "1", "2", "3", "4", "5", "6")},
			{name: "said", kind: one, options: choices("record.known", "", "yes", "no", "unknown")},
			{name: "true", kind: one, options: choices("record.known", "", "yes", "no", "unknown")},
			{name: "because", kind: line},
		}},
		{name: "correct", atOnce: true, do: correctClaim, fields: []field{
			{name: "claim", kind: one, must: true, options: recordOptions},
			{name: "field", kind: one, must: true, options: choices("record.field", press.Corrections()...)},
			{name: "value", kind: line, must: true},
			{name: "because", kind: line},
		}},
		{name: "relate", atOnce: true, do: relateClaims, fields: []field{
			{name: "claim", kind: one, must: true, options: recordOptions},
			{name: "how", kind: one, must: true, options: choices("record.how", string(press.Supports), string(press.Contradict))},
			{name: "other", kind: one, must: true, options: recordOptions},
			{name: "because", kind: line},
		}},
		{name: "story", atOnce: true, do: sameStory, fields: []field{
			{name: "dispatch", kind: one, must: true, options: dispatchOptions},
			{name: "other", kind: one, must: true, options: dispatchOptions},
			{name: "because", kind: line},
		}},
		{name: "note", atOnce: true, do: noteClaim, fields: []field{
			{name: "text", kind: area, must: true},
			{name: "speaker", kind: line},
			{name: "class", kind: one, must: true, options: choices("record.class", texts(press.Classes())...)},
			{name: "side", kind: one, options: partyOptions},
			{name: "setting", kind: line},
			{name: "about", kind: one, must: true, options: choices("record.about", texts(press.Abouts())...)},
			{name: "private", kind: many, options: choices("record.known", "yes")},
			{name: "on", kind: day},
			{name: "persons", kind: many, options: peopleOptions},
			{name: "because", kind: line},
		}},
		{name: "export", do: exportRecord, fields: []field{{name: "also", kind: many, options: choices("record.also", "proposed", "private", "words")}}},
		{name: "put", do: putWords, fields: []field{
			{name: "text", kind: area, must: true},
			{name: "about", kind: one, options: agreementOptions},
			{name: "when", kind: line},
			{name: "credit", kind: line},
			{name: "holding", kind: many, options: choices("record.known", "yes")},
			{name: "persons", kind: many, options: peopleOptions},
		}},
		{name: "publish", do: publishWords, also: toldWarnings, fields: []field{{name: "words", kind: one, must: true, options: allWords}}},
		{name: "undo", atOnce: true, do: undoStatement, fields: []field{{name: "statement", kind: one, must: true, options: statementOptions}}},
		{name: "agree", do: agreeToWords, fields: []field{{name: "words", kind: one, must: true, options: wordsOptions}}},
	}}
}

type recordData struct {
	Words      []desk.PublicWord
	Claims     []*press.Entry
	Events     []*press.EventEntry
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
	for _, e := range slices.Backward(r.Events) {
		if e.State != press.Rejected && len(out.Events) < claimsShown {
			out.Events = append(out.Events, e)
		}
	}
	slices.Reverse(out.Events)
	out.Undo, out.Agree = len(statementOptions(v)) > 0, len(wordsOptions(v)) > 0
	return out, nil
}

// Named gives ids as the case names them.
func (l *look) Named(ids []string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = l.Person(parley.PersonID(id))
	}
	return out
}

// One is a list of one.
func (l *look) One(id string) []string { return []string{id} }

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

// proposalOptions are what may be taken in or turned down: claims and events.
func proposalOptions(v *visit) []option {
	r, err := v.server.desk.PressRegister(v.context)
	if err != nil {
		return nil
	}
	out := recordOptions(v)
	for _, e := range r.Events {
		out = append(out, option{Value: e.ID, Label: e.ID + " " + v.Person(parley.PersonID(e.Person))})
	}
	return out
}

func dispatchOptions(v *visit) []option {
	r, err := v.server.desk.PressRegister(v.context)
	if err != nil {
		return nil
	}
	var out []option
	for _, e := range r.Dispatches {
		out = append(out, option{Value: e.ID, Label: v.List([]string{e.ID, e.Outlet, e.Title})})
	}
	return out
}

func agreementOptions(v *visit) []option {
	out := []option{{Label: "–"}}
	for _, g := range v.View.Agreements {
		out = append(out, option{Value: g.ID, Label: v.must("agreement.title", v.Short(g.ID))})
	}
	return out
}

// allWords are the words for the public on the channel.
func allWords(v *visit) []option {
	var out []option
	for _, s := range v.View.Statements {
		out = append(out, option{Value: s.ID, Label: s.Text})
	}
	return out
}

func texts[S ~string](list []S) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
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

// states adds a statement to the register, with who says so and why.
func (v *visit) states(d *desk.Desk, f *form, s press.Statement) error {
	s.By = v.by()
	if why := f.get("because"); why != "" {
		s.Reasons = []string{why}
	}
	_, err := d.Press(v.context, s)
	return err
}

func correctClaim(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	s := press.Statement{Act: press.Correct, A: f.get("claim"), Field: f.get("field"), Value: f.get("value")}
	return &outcome{}, in("value", v.states(d, f, s))
}

func relateClaims(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	return &outcome{}, in("other", v.states(d, f, press.Statement{Act: press.Act(f.get("how")), A: f.get("claim"), B: f.get("other")}))
}

func sameStory(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	return &outcome{}, in("other", v.states(d, f, press.Statement{Act: press.SameStory, A: f.get("dispatch"), B: f.get("other")}))
}

// noteClaim notes a claim by hand: heard, seen, told in private.
func noteClaim(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	on, err := f.day("on")
	if err != nil {
		return nil, err
	}
	n := &press.Noted{
		Content: f.get("text"), Speaker: f.get("speaker"), Class: press.Class(f.get("class")), Side: f.get("side"), Setting: f.get("setting"),
		About: press.About(f.get("about")), Private: f.get("private") != "", When: press.When{On: on}, Persons: append([]string{}, f.all("persons")...),
	}
	return &outcome{}, v.states(d, f, press.Statement{Act: press.Note, Noted: n})
}

// exportRecord gives the register for somebody else: claims and where they stand,
// never the text of a dispatch.
func exportRecord(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	r, err := d.PressRegister(v.context)
	if err != nil {
		return nil, err
	}
	also := func(what string) bool { return slices.Contains(f.all("also"), what) }
	data, err := json.MarshalIndent(r.Export(press.ExportOptions{Proposed: also("proposed"), Private: also("private"), Words: also("words")}), "", "  ")
	return &outcome{File: &download{"public-record.json", data}}, err
}

func putWords(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	m := parley.PublicStatement{Text: f.get("text"), When: f.get("when"), Credit: f.get("credit"), Holding: f.get("holding") != "", Persons: f.people("persons")}
	_, err := d.PutWords(v.context, f.get("about"), m)
	return &outcome{}, err
}

// publishWords gives words for the public as they were signed.
func publishWords(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	s, err := d.PublicStatement(v.context, f.get("words"))
	if err != nil {
		return nil, err
	}
	text := s.Text + "\n"
	if s.Credit != "" {
		text += "Thanks to " + s.Credit + ".\n"
	}
	return &outcome{File: &download{"words.txt", []byte(text)}}, nil
}

// toldWarnings say what speaks against saying the words now.
func toldWarnings(v *visit, f *form) (out []row) {
	s, err := v.server.desk.PublicStatement(v.context, f.get("words"))
	if err != nil {
		return nil
	}
	for _, w := range s.Warnings {
		out = append(out, row{v.must("record.warning"), w})
	}
	return out
}

func gradeClaim(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	for _, g := range []struct {
		act   press.Act
		field string
	}{{press.Grade, "source"}, {press.Grade, "item"}, {press.Judge, "said"}, {press.Judge, "true"}} {
		if f.get(g.field) == "" {
			continue
		}
		if err := v.states(d, f, press.Statement{Act: g.act, A: f.get("claim"), Field: g.field, Value: f.get(g.field)}); err != nil {
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
