package names

import (
	"slices"

	"parley"
)

// Membership is the answer of a category's test for one record: both desks give
// the same for the same record, and neither guesses.
type Membership string

// The answers.
const (
	Member    Membership = "member"
	NotMember Membership = "not-member"
	NotKnown  Membership = "not-known" // the record doesn't say enough
)

// Category is a class of persons with a test that both sides run. It is Age,
// Rank or Listed.
type Category interface{ Test(r *Record) Membership }

// Age takes in who has completed From years and has not completed Below, on a
// day. Zero bounds are none.
type Age struct {
	From, Below int
	On          parley.Date // a full date
}

// Test is sure only where every day that the date of birth allows gives the
// same answer.
func (a Age) Test(r *Record) Membership {
	if r.Born.IsZero() || a.On.Day == 0 {
		return NotKnown
	}
	// Within a year the years completed take two values at most.
	oldest, youngest := a.years(firstDay(r.Born)), a.years(lastDay(r.Born))
	in := func(years int) bool { return years >= a.From && (a.Below == 0 || years < a.Below) }
	switch {
	case in(oldest) != in(youngest):
		return NotKnown
	case in(oldest):
		return Member
	}
	return NotMember
}

// years counts the years completed on the day.
func (a Age) years(born parley.Date) int {
	y := a.On.Year - born.Year
	if a.On.Month < born.Month || a.On.Month == born.Month && a.On.Day < born.Day {
		y--
	}
	return y
}

func firstDay(d parley.Date) parley.Date {
	return parley.Date{Year: d.Year, Month: max(d.Month, 1), Day: max(d.Day, 1)}
}

// lastDay is the last day that a date of lesser precision allows. A day that
// the month doesn't have orders as its last.
func lastDay(d parley.Date) parley.Date {
	if d.Month == 0 {
		return parley.Date{Year: d.Year, Month: 12, Day: 31}
	}
	if d.Day == 0 {
		return parley.Date{Year: d.Year, Month: d.Month, Day: 31}
	}
	return d
}

// Rank takes in who holds one of these ranks, as both lists write them.
type Rank struct{ Ranks []string }

// Test compares the ranks as paper shows them.
func (k Rank) Test(r *Record) Membership {
	if r.Rank == "" {
		return NotKnown
	}
	if slices.ContainsFunc(k.Ranks, func(s string) bool { return fold(plainText(s)) == fold(plainText(r.Rank)) }) {
		return Member
	}
	return NotMember
}

// Listed takes in who stands on a list that both sides accept for this:
// "wounded" is who is on the doctors' list.
type Listed struct{ IDs map[string]bool }

// Test asks the list.
func (l Listed) Test(r *Record) Membership {
	if l.IDs == nil {
		return NotKnown
	}
	if l.IDs[r.Label()] {
		return Member
	}
	return NotMember
}

// CategoryOf is the test of a class that a round of lists names, for the rows
// of one party's list.
func CategoryOf(c parley.Class, list parley.PartyID) Category {
	switch {
	case len(c.Ranks) > 0:
		return Rank{c.Ranks}
	case len(c.Listed) > 0:
		l := Listed{IDs: map[string]bool{}}
		for _, n := range c.Listed {
			if n.List == list {
				l.IDs[n.ID] = true
			}
		}
		return l
	}
	return Age{int(c.From), int(c.Below), c.On}
}

// RecordOf is a row of a list on the channel as a record.
func RecordOf(r *parley.ListRow, row int) Record {
	return Record{
		ID: r.ID, Row: row, Name: r.Name, Also: r.Also, Father: r.Father, Mother: r.Mother, Born: r.Born, Sex: r.Sex,
		Place: r.Place, Captured: r.Captured, Unit: r.Unit, Rank: r.Rank, Note: r.Note,
	}
}

// RowOf is a record as it goes on the channel: its texts as paper shows them.
// So a list on the channel and the same list on paper have one digest.
func RowOf(r *Record) parley.ListRow {
	row := parley.ListRow{
		ID: plainText(r.Label()), Name: plainText(r.Name), Father: plainText(r.Father), Mother: plainText(r.Mother), Born: r.Born, Sex: r.Sex,
		Place: plainText(r.Place), Captured: r.Captured, Unit: plainText(r.Unit), Rank: plainText(r.Rank), Note: plainText(r.Note),
	}
	for _, s := range r.Also {
		row.Also = append(row.Also, plainText(s))
	}
	return row
}
