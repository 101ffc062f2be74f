package web

import (
	"fmt"
	"maps"
	"slices"

	"parley"
	"parley/casefile"
	"parley/desk"
	"parley/names"
)

// listsPage is where lists of persons begin: two lists to be compared, which
// stay on this desk, and the rounds of lists on the channel.
func listsPage() *page {
	return &page{name: "lists", path: "/lists", menu: true, show: showLists, acts: []act{compareAct(), sendListAct(), printListAct(), keyListAct()}}
}

type listsData struct {
	On     *desk.Reviewed // the two lists on the desk; nil for none, or while presenting
	Left   int            // pairs that nobody has decided
	Rounds []desk.RoundView
}

func showLists(v *visit) (any, error) {
	d := listsData{Rounds: v.View.Rounds}
	if v.presenting() {
		return d, nil
	}
	var err error
	if d.On, err = v.server.desk.Reviewed(v.context); err != nil || d.On == nil {
		return d, err
	}
	d.Left = len(undecided(d.On))
	return d, nil
}

// compareAct takes two lists and compares them. It waits for nobody but the
// processor: the desk's turn is let go meanwhile.
func compareAct() act {
	return act{name: "compare", atOnce: true, apart: true, fields: []field{
		{name: "a", kind: upload, must: true},
		{name: "b", kind: upload, must: true},
	}, do: doCompare}
}

func doCompare(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	a, b := f.file("a"), f.file("b")
	c, err := desk.CompareLists(v.context, a.name, a.data, b.name, b.data)
	if err != nil {
		return nil, err
	}
	return &outcome{To: "/lists/match", Values: []any{len(c.Found.Matches)}}, v.server.alone(func(*desk.Desk) error { return d.KeepCompared(v.context, c) })
}

// sendListAct puts a list on the channel.
func sendListAct() act {
	return act{name: "send", fields: []field{
		{name: "file", kind: upload, must: true},
		{name: "round", kind: one, options: roundOptions},
		{name: "between", kind: many, options: delegationOptions},
		{name: "classes", kind: grid, options: numbered(classesAsked), columns: []field{
			{name: "name", kind: line},
			{name: "from", kind: line},
			{name: "to", kind: line},
			{name: "on", kind: line},
			{name: "ranks", kind: line},
			{name: "ids", kind: line},
		}},
		{name: "due", kind: day},
		{name: "text", kind: area},
	}, do: doSendList, also: toldList}
}

// roundOptions are the rounds in which our side has put no list yet.
func roundOptions(v *visit) []option {
	out := []option{{Label: v.must("lists.send.new")}}
	for _, r := range v.View.Rounds {
		put := slices.ContainsFunc(r.Lists, func(l desk.ListView) bool { return l.By == v.Party })
		if slices.Contains(r.Between, v.Party) && !put {
			out = append(out, option{Value: r.ID, Label: v.must("round.title", v.Short(r.ID))})
		}
	}
	return out
}

func doSendList(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	l, err := casefile.ParseList(f.file("file").data)
	if err != nil {
		return nil, in("file", err)
	}
	due, err := f.day("due")
	if err != nil {
		return nil, err
	}
	terms := desk.ListTerms{Round: f.get("round"), Due: due, Text: f.get("text")}
	for _, p := range f.all("between") {
		terms.Between = append(terms.Between, parley.PartyID(p))
	}
	if terms.Classes, err = readClasses(v, f); err != nil {
		return nil, err
	}
	_, err = d.SendList(v.context, l.Records, terms)
	return &outcome{}, err
}

// toldList tells what was read of a file, and what was not.
func toldList(v *visit, f *form) []row {
	l, err := casefile.ParseList(f.file("file").data)
	if err != nil {
		return nil
	}
	digest := names.ReadAloud(names.DigestOfList(l.Records))
	out := []row{{v.must("lists.send.rows"), v.Number(len(l.Records))}, {v.must("lists.digest"), digest}}
	for i, u := range l.Unread {
		if i == 20 {
			return append(out, row{"", v.must("lists.unread.more", len(l.Unread)-i)})
		}
		out = append(out, row{v.must("lists.unread"), unreadText(v, u)})
	}
	return out
}

func unreadText(v *visit, u names.Unread) string {
	if u.Row == 0 {
		return u.Text
	}
	return v.must("lists.unread.row", u.Row, u.Column, u.Text)
}

// undecided lists the places of the proposals that nobody has decided: those to
// be reviewed first, the likeliest of each first.
func undecided(r *desk.Reviewed) []int {
	var out []int
	for i, m := range r.Found.Matches {
		if _, ok := r.Decisions.Of(m.A, m.B); !ok {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(i, j int) int {
		x, y := r.Found.Matches[i], r.Found.Matches[j]
		switch {
		case x.Verdict != y.Verdict && x.Verdict == names.Review:
			return -1
		case x.Verdict != y.Verdict:
			return 1
		case x.Score > y.Score:
			return -1
		case x.Score < y.Score:
			return 1
		}
		return 0
	})
	return out
}

var errNoLists = fmt.Errorf("%w: there are no two lists on this desk", desk.ErrNotFound)

// onDesk gives the two lists on the desk.
func (v *visit) onDesk() (*desk.Reviewed, error) {
	r, err := v.server.desk.Reviewed(v.context)
	if err == nil && r == nil {
		err = errNoLists
	}
	return r, err
}

// partyCodes are answers by who gave them, in the order of the parties.
func partyCodes(v *visit, said map[parley.PartyID]desk.AnswerView) []string {
	var out []string
	for _, p := range slices.Sorted(maps.Keys(said)) {
		out = append(out, v.must("round.said", v.PartyName(p), codeText(v, said[p])))
	}
	return out
}

// codeText tells an answer in words.
func codeText(v *visit, x desk.AnswerView) string {
	out := v.must("code." + string(x.Code))
	if !x.On.IsZero() {
		out += ", " + v.Date(x.On)
	}
	for _, s := range []string{x.Of, x.Text} {
		if s != "" {
			out += ", " + s
		}
	}
	return out
}
