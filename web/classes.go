package web

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"parley"
	"parley/casefile"
	"parley/desk"
	"parley/names"
)

const (
	classesAsked = 4   // in a form; a round may have more, by the command line
	oldest       = 150 // years
)

// numbered are options that only count, to ask the same several times.
func numbered(n int) func(*visit) []option {
	return func(v *visit) (out []option) {
		for i := range n {
			out = append(out, option{Value: strconv.Itoa(i + 1), Label: v.must("lists.class", i+1)})
		}
		return out
	}
}

// delegationOptions are the sides of the channel, ours included.
func delegationOptions(v *visit) (out []option) {
	if v.State == nil {
		return nil
	}
	for _, m := range v.State.Members {
		known := slices.ContainsFunc(out, func(o option) bool { return o.Value == string(m.Party) })
		if m.Party != "" && !known {
			out = append(out, option{Value: string(m.Party), Label: v.PartyName(m.Party)})
		}
	}
	return out
}

// readClasses reads the classes of a round: each has a name and one test.
func readClasses(v *visit, f *form) (out []parley.Class, err error) {
	for i := range classesAsked {
		asked := func(column string) string { return f.get("classes." + column + "." + strconv.Itoa(i+1)) }
		ages, ranks, ids := asked("from")+asked("to")+asked("on"), commas(asked("ranks")), commas(asked("ids"))
		tests := 0
		for _, has := range []bool{ages != "", ranks != nil, ids != nil} {
			if has {
				tests++
			}
		}
		c := parley.Class{Name: asked("name"), Ranks: ranks}
		switch {
		case c.Name == "" && tests == 0:
			continue
		case c.Name == "" || tests != 1:
			return nil, in("classes", errors.New(v.must("lists.class.one")))
		}
		if ages != "" {
			if err := readAges(v, &c, asked("from"), asked("to"), asked("on")); err != nil {
				return nil, in("classes", err)
			}
		}
		for _, id := range ids {
			c.Listed = append(c.Listed, parley.NameID{List: v.Party, ID: id})
		}
		out = append(out, c)
	}
	return out, nil
}

// readAges reads whoever has completed so many years on a day.
func readAges(v *visit, c *parley.Class, from, to, on string) (err error) {
	wrong := errors.New(v.must("lists.class.age"))
	if c.On, err = parley.ParseDate(on); err != nil || c.On.Day == 0 {
		return wrong
	}
	least, err1 := strconv.ParseUint(orElse(from, "0"), 10, 8)
	most, err2 := strconv.ParseUint(orElse(to, "0"), 10, 8)
	if err1 != nil || err2 != nil || least > oldest || most > oldest || to != "" && most < least {
		return wrong
	}
	if c.From = least; to != "" {
		c.Below = most + 1
	}
	return nil
}

// commas parts a text at its commas; nil for nothing.
func commas(s string) (out []string) {
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// printListAct writes a list as it goes on paper.
func printListAct() act {
	return act{name: "print", atOnce: true, fields: []field{{name: "file", kind: upload, must: true}}, do: func(_ *visit, _ *desk.Desk, f *form) (*outcome, error) {
		l, err := casefile.ParseList(f.file("file").data)
		if err != nil {
			return nil, in("file", err)
		}
		text := strings.Join(names.PaperLines(l.Records), "\n") + "\n"
		return &outcome{Values: []any{len(l.Records)}, File: &download{"list.txt", []byte(text)}}, nil
	}}
}

// keyListAct finds the rows that were misread in a list that was keyed in.
func keyListAct() act {
	return act{name: "key", atOnce: true, fields: []field{{name: "file", kind: upload, must: true}, {name: "digest", kind: line}}, do: func(v *visit, _ *desk.Desk, f *form) (*outcome, error) {
		l, err := casefile.ParseList(f.file("file").data)
		if err != nil {
			return nil, in("file", err)
		}
		var wrong []string
		for _, m := range names.Misread(l.Records) {
			if len(wrong) < faultsTold {
				wrong = append(wrong, v.must("lists.key.row", m.Row, m.Text))
			}
		}
		if wrong != nil {
			return nil, in("file", errors.New(strings.Join(wrong, "\n")))
		}
		aloud := names.ReadAloud(names.DigestOfList(l.Records))
		if want := strings.Join(strings.Fields(f.get("digest")), ""); want != "" && want != strings.ReplaceAll(aloud, " ", "") {
			return nil, in("digest", errors.New(v.must("lists.key.other", aloud)))
		}
		return &outcome{Values: []any{len(l.Records)}, Rows: []row{{v.must("lists.digest"), aloud}}}, nil
	}}
}
