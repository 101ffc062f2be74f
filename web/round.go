package web

import (
	"errors"
	"slices"
	"strings"

	"parley"
	"parley/casefile"
	"parley/desk"
)

// roundPage shows one round of lists: what was answered, what is missing, and
// the final lists. All in it is on the channel already.
func roundPage() *page {
	return &page{name: "round", path: "/lists/rounds/{id}", show: showRound, acts: []act{
		sheetAct(), replyAct(), restAct(), commentAct(), finalAct(), finalSheetAct(), signListAct(),
	}}
}

type roundData struct {
	desk.RoundView
	Codes []codeRow
	Show  string
	Shows []string
	Rows  []nameRow
	Pages pager
	May   map[string]bool
}

// codeRow is how many names of each list are answered with a code.
type codeRow struct {
	Code   parley.Code
	Counts []int
}

// nameRow is a name with what was said of it, in words.
type nameRow struct {
	desk.NameView
	First, Final, Said, Class, Waits []string
}

func showRound(v *visit) (any, error) {
	r, all, err := v.server.desk.ListRound(v.context, v.part("id"))
	if err != nil {
		return nil, err
	}
	d := roundData{RoundView: r, Show: v.asked("show"), Shows: []string{"all", "open", "disputed", "held"}, May: map[string]bool{}}
	if !slices.Contains(d.Shows, d.Show) {
		d.Show = "all"
	}
	for _, c := range parley.Codes() {
		row := codeRow{Code: c}
		for _, l := range r.Lists {
			row.Counts = append(row.Counts, r.Totals[l.By][c])
		}
		d.Codes = append(d.Codes, row)
	}
	all = slices.DeleteFunc(all, func(n desk.NameView) bool {
		return !nameHas(n.Record, v.asked("find")) || d.Show == "open" && len(n.Missing) == 0 || d.Show == "disputed" && len(n.Disputed) == 0 || d.Show == "held" && n.Holder == ""
	})
	d.Pages = v.pager(here(v.page, v.request), len(all))
	d.Pages.Show = d.Show
	for _, n := range all[d.Pages.From:d.Pages.To] {
		d.Rows = append(d.Rows, v.nameRow(n))
	}
	part := slices.Contains(r.Between, v.Party)
	theirs := slices.ContainsFunc(r.Lists, func(l desk.ListView) bool { return l.By != v.Party })
	d.May["reply"], d.May["final"] = part && theirs, part
	d.May["sign"] = part && len(finalOptions(v)) > 1
	return d, nil
}

func (v *visit) nameRow(n desk.NameView) nameRow {
	row := nameRow{NameView: n, First: partyCodes(v, n.First), Final: partyCodes(v, n.Final), Waits: v.Sides(n.Missing)}
	for _, s := range n.Remarks {
		said := s.Text
		if s.Class != "" {
			said = strings.TrimSpace(v.must(map[bool]string{true: "round.member", false: "round.nomember"}[s.Member], s.Class) + " " + said)
		}
		row.Said = append(row.Said, v.must("round.said", v.PartyName(s.By), said))
	}
	for class, m := range n.Classes {
		row.Class = append(row.Class, v.must("class."+string(m), class))
	}
	slices.Sort(row.Class)
	return row
}

// sheetAct gives the names of the other sides as a table to be filled in.
func sheetAct() act {
	return act{name: "sheet", atOnce: true, do: func(v *visit, d *desk.Desk, _ *form) (*outcome, error) {
		_, all, err := d.ListRound(v.context, v.part("id"))
		if err != nil {
			return nil, err
		}
		asked := slices.DeleteFunc(all, func(n desk.NameView) bool { return n.List == v.Party })
		sheet := casefile.AnswersSheet(desk.SheetOf(asked, func(n desk.NameView) desk.AnswerView { return n.AnswerOf(v.Party) }))
		return &outcome{File: &download{Name: "answers-" + v.Short(v.part("id")) + ".csv", data: sheet}, Values: []any{len(asked)}}, nil
	}}
}

func stepOptions(v *visit) []option {
	return []option{{Value: "first", Label: v.must("round.first")}, {Value: "final", Label: v.must("round.final")}}
}

// replyAct answers names by a sheet that was filled in.
func replyAct() act {
	return act{name: "reply", fields: []field{
		{name: "file", kind: upload, must: true},
		{name: "step", kind: one, must: true, options: stepOptions},
		{name: "due", kind: day},
		{name: "text", kind: area},
	}, do: doReply, also: toldAnswers}
}

func doReply(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	sheet, err := casefile.ParseAnswers(f.file("file").data)
	if err != nil {
		return nil, in("file", err)
	}
	answers, err := d.AnswersTo(v.part("id"), sheet)
	if err != nil {
		return nil, in("file", err)
	}
	return answerNames(v, d, f, answers)
}

func answerNames(v *visit, d *desk.Desk, f *form, answers []parley.NameAnswer) (*outcome, error) {
	due, err := f.day("due")
	if err != nil {
		return nil, err
	}
	_, err = d.ReplyToList(v.context, v.part("id"), parley.ReplyMove{Final: f.get("step") == "final", Answers: answers, Due: due, Text: f.get("text")})
	return &outcome{Values: []any{len(answers)}}, err
}

// toldAnswers counts what a sheet answers, by code.
func toldAnswers(v *visit, f *form) []row {
	sheet, err := casefile.ParseAnswers(f.file("file").data)
	if err != nil {
		return nil
	}
	counts := map[parley.Code]int{}
	for _, a := range sheet {
		counts[parley.Code(a.Code)]++
	}
	var out []row
	for _, c := range parley.Codes() {
		if counts[c] > 0 {
			out = append(out, row{v.must("code." + string(c)), v.Number(counts[c])})
		}
	}
	return append(out, row{v.must("round.unanswered"), v.Number(counts[""])})
}

// restAct answers all that is left with one code.
func restAct() act {
	return act{name: "rest", fields: []field{
		{name: "code", kind: one, must: true, options: codeOptions},
		{name: "step", kind: one, must: true, options: stepOptions},
	}, do: func(v *visit, d *desk.Desk, f *form) (*outcome, error) {
		answers, err := d.AnswerRest(v.context, v.part("id"), f.get("step") == "final", parley.Code(f.get("code")))
		if err != nil {
			return nil, err
		}
		return answerNames(v, d, f, answers)
	}}
}

func codeOptions(v *visit) []option {
	var out []option
	for _, c := range slices.Backward(parley.Codes()) {
		if c != parley.CodeDuplicate {
			out = append(out, option{Value: string(c), Label: v.must("code." + string(c))})
		}
	}
	return out
}

// commentAct says something about one name.
func commentAct() act {
	return act{name: "comment", fields: []field{
		{name: "name", kind: line, must: true},
		{name: "text", kind: area},
		{name: "class", kind: one, options: classOptions, when: hasClasses},
		{name: "member", kind: one, options: claimOptions, when: hasClasses},
	}, do: doComment}
}

func (v *visit) roundNow() desk.RoundView {
	i := slices.IndexFunc(v.View.Rounds, func(r desk.RoundView) bool { return r.ID == v.part("id") })
	if i < 0 {
		return desk.RoundView{}
	}
	return v.View.Rounds[i]
}

func hasClasses(v *visit) bool { return len(v.roundNow().Classes) > 0 }

func classOptions(v *visit) []option {
	out := []option{{Label: v.must("round.noclass")}}
	for _, c := range v.roundNow().Classes {
		out = append(out, option{Value: c, Label: c})
	}
	return out
}

func claimOptions(v *visit) []option {
	return []option{{Value: "yes", Label: v.must("round.comment.yes")}, {Value: "no", Label: v.must("round.comment.no")}}
}

func doComment(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	list, id, ok := strings.Cut(f.get("name"), "/")
	if !ok {
		return nil, in("name", errors.New(v.must("round.comment.name.hint")))
	}
	_, err := d.CommentOnList(v.context, v.part("id"), []parley.Remark{{
		Name: parley.NameID{List: parley.PartyID(list), ID: id}, Text: f.get("text"), Class: f.get("class"), Member: f.get("class") != "" && f.get("member") == "yes",
	}})
	return &outcome{}, err
}

// finalAct puts a final list of all that is ready.
func finalAct() act {
	return act{name: "final", fields: []field{
		{name: "only", kind: area}, {name: "without", kind: area}, {name: "due", kind: day}, {name: "text", kind: area},
	}, do: putFinal, also: func(v *visit, f *form) []row {
		of, err := finalNames(v, v.server.desk, f)
		if err != nil || of == nil {
			return []row{{v.must("round.final.names"), v.Number(v.roundNow().Ready)}}
		}
		return []row{{v.must("round.final.names"), v.Number(len(of))}}
	}}
}

func putFinal(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	due, err := f.day("due")
	if err != nil {
		return nil, err
	}
	of, err := finalNames(v, d, f)
	if err != nil {
		return nil, err
	}
	_, err = d.PutFinalList(v.context, v.part("id"), of, due, f.get("text"))
	return &outcome{}, err
}

// finalNames are those that a final list is to hold: the ones given, or all that
// are ready but some; nil for all that are ready.
func finalNames(v *visit, d *desk.Desk, f *form) ([]parley.NameID, error) {
	only, err := readNames(v, f, "only")
	if err != nil {
		return nil, err
	}
	without, err := readNames(v, f, "without")
	switch {
	case err != nil || without == nil:
		return only, err
	case only != nil:
		return nil, in("without", errors.New(v.must("round.final.both")))
	}
	ready, err := d.ReadyNames(v.context, v.part("id"))
	return slices.DeleteFunc(ready, func(n parley.NameID) bool { return slices.Contains(without, n) }), err
}

// readNames reads a field as names, PARTY/ID each; nil for none.
func readNames(v *visit, f *form, field string) (out []parley.NameID, err error) {
	for _, s := range strings.Fields(f.get(field)) {
		list, id, ok := strings.Cut(s, "/")
		if !ok || list == "" || id == "" {
			return nil, in(field, errors.New(v.must("round.comment.name.hint")))
		}
		out = append(out, parley.NameID{List: parley.PartyID(list), ID: id})
	}
	return out, nil
}

// finalSheetAct gives a final list as it was put, as a table.
func finalSheetAct() act {
	return act{name: "finalsheet", atOnce: true, fields: []field{{name: "final", kind: one, must: true, options: allFinals}}, do: func(v *visit, d *desk.Desk, f *form) (*outcome, error) {
		_, all, err := d.ShowFinalList(v.context, f.get("final"))
		if err != nil {
			return nil, err
		}
		sheet := casefile.AnswersSheet(desk.SheetOf(all, func(n desk.NameView) desk.AnswerView { return n.Final[n.Holder] }))
		return &outcome{File: &download{Name: "final-" + v.Short(f.get("final")) + ".csv", data: sheet}, Values: []any{len(all)}}, nil
	}}
}

func allFinals(v *visit) (out []option) {
	for _, l := range v.roundNow().Finals {
		out = append(out, option{Value: l.ID, Label: v.must("round.finallist", v.Short(l.ID), l.Names, l.Aloud)})
	}
	return out
}

// signListAct is our side's one answer to a final list.
func signListAct() act {
	return act{name: "sign", fields: []field{
		{name: "final", kind: one, must: true, options: finalOptions},
		{name: "answer", kind: one, must: true, options: signOptions},
		{name: "digest", kind: line},
		{name: "text", kind: area},
	}, do: func(v *visit, d *desk.Desk, f *form) (*outcome, error) {
		if want := strings.Join(strings.Fields(f.get("digest")), ""); want != "" {
			l, _, err := d.ShowFinalList(v.context, f.get("final"))
			if err != nil {
				return nil, err
			}
			if want != l.Digest && want != strings.ReplaceAll(l.Aloud, " ", "") {
				return nil, in("digest", errors.New(v.must("round.sign.otherdigest", l.Aloud)))
			}
		}
		_, err := d.SignList(v.context, f.get("final"), f.get("answer") == "refuse", f.get("text"))
		return &outcome{}, err
	}}
}

// finalOptions are the final lists that our side has not answered.
func finalOptions(v *visit) []option {
	out := []option{{Label: v.must("round.choose")}}
	for _, l := range v.roundNow().Finals {
		if !slices.Contains(l.Signed, v.Party) && !slices.Contains(l.Refused, v.Party) {
			out = append(out, option{Value: l.ID, Label: v.must("round.finallist", v.Short(l.ID), l.Names, l.Aloud)})
		}
	}
	return out
}

func signOptions(v *visit) []option {
	return []option{{Value: "sign", Label: v.must("round.sign.yes")}, {Value: "refuse", Label: v.must("round.sign.no")}}
}

// FinalStatus tells what has become of a final list.
func (l *look) FinalStatus(s parley.FinalStatus) (string, error) {
	return l.Plain("finalstate." + strings.ReplaceAll(string(s), " ", "-"))
}
