package desk

import (
	"fmt"
	"strings"

	"parley"
)

// Limits of what a list on the channel may hold, beside those of an entry's
// body.
const (
	maxCell    = 4_000 // bytes of one cell
	maxSpells  = 64    // other spellings of one name
	maxClasses = 64
	maxRanks   = 1_000
)

// cell is a text of one line in a list, such as a note.
func cell(s string) error {
	if len(s) > maxCell || strings.ContainsAny(s, "\n\t") {
		return fmt.Errorf("a text in it must be one line of at most %d bytes", maxCell)
	}
	return text(s)
}

func cells(list ...string) error {
	for _, s := range list {
		if err := cell(s); err != nil {
			return err
		}
	}
	return nil
}

func nameIDs(list ...parley.NameID) error {
	if len(list) > parley.MaxRows {
		return fmt.Errorf("it names more than %d rows", parley.MaxRows)
	}
	for _, n := range list {
		if err := first(ids(parley.PersonID(n.List)), word(n.ID)); err != nil {
			return err
		}
	}
	return nil
}

func checkList(m *parley.ListMove) error {
	if len(m.Rows) > parley.MaxRows || len(m.Classes) > maxClasses {
		return fmt.Errorf("it has more than %d rows or %d classes", parley.MaxRows, maxClasses)
	}
	err := first(text(m.Text), date(m.Due))
	for _, p := range m.Between {
		err = first(err, ids(parley.PersonID(p)))
	}
	for i := range m.Classes {
		err = first(err, checkClass(&m.Classes[i]))
	}
	for i := range m.Rows {
		if err == nil {
			err = checkRow(&m.Rows[i])
		}
	}
	return err
}

func checkClass(c *parley.Class) error {
	if len(c.Ranks) > maxRanks || c.From > 200 || c.Below > 200 {
		return fmt.Errorf("a class in it has more than %d ranks, or an age beyond 200", maxRanks)
	}
	kinds := 0
	for _, there := range []bool{len(c.Ranks) > 0, len(c.Listed) > 0, c.On.Day > 0} {
		if there {
			kinds++
		}
	}
	if kinds != 1 || c.On.Day == 0 && c.From+c.Below > 0 {
		return fmt.Errorf("a class in it has not just one test: ranks, a list, or an age on a day")
	}
	return first(word(c.Name), date(c.On), cells(c.Ranks...), nameIDs(c.Listed...))
}

func checkRow(r *parley.ListRow) error {
	if len(r.Also) > maxSpells {
		return fmt.Errorf("a row in it has more than %d spellings", maxSpells)
	}
	return first(word(r.ID), cells(r.Name, r.Father, r.Mother, r.Sex, r.Place, r.Unit, r.Rank, r.Note), cells(r.Also...), date(r.Born), date(r.Captured))
}

func checkReply(m *parley.ReplyMove) error {
	if len(m.Answers) > parley.MaxRows {
		return fmt.Errorf("it answers more than %d names", parley.MaxRows)
	}
	err := first(text(m.Text), date(m.Due))
	for _, a := range m.Answers {
		err = first(err, nameIDs(a.Name), word(string(a.Code)), date(a.On), cells(a.Of, a.Text))
	}
	return err
}

func checkComment(m *parley.CommentMove) error {
	if len(m.Remarks) > parley.MaxRows {
		return fmt.Errorf("it comments on more than %d names", parley.MaxRows)
	}
	for _, r := range m.Remarks {
		if err := first(nameIDs(r.Name), cell(r.Text), word(r.Class)); err != nil {
			return err
		}
	}
	return nil
}

func listTexts(m *parley.ListMove) []*string {
	out := []*string{&m.Text}
	for i := range m.Classes {
		c := &m.Classes[i]
		out = append(out, &c.Name)
		for j := range c.Ranks {
			out = append(out, &c.Ranks[j])
		}
		for j := range c.Listed {
			out = append(out, &c.Listed[j].ID)
		}
	}
	for i := range m.Rows {
		r := &m.Rows[i]
		out = append(out, &r.ID, &r.Name, &r.Father, &r.Mother, &r.Sex, &r.Place, &r.Unit, &r.Rank, &r.Note)
		for j := range r.Also {
			out = append(out, &r.Also[j])
		}
	}
	return out
}

func replyTexts(m *parley.ReplyMove) []*string {
	out := []*string{&m.Text}
	for i := range m.Answers {
		a := &m.Answers[i]
		out = append(out, &a.Name.ID, &a.Of, &a.Text)
	}
	return out
}

func commentTexts(m *parley.CommentMove) (out []*string) {
	for i := range m.Remarks {
		r := &m.Remarks[i]
		out = append(out, &r.Name.ID, &r.Text, &r.Class)
	}
	return out
}
