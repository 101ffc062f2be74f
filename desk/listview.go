package desk

import (
	"context"
	"slices"
	"time"

	"parley"
	"parley/names"
)

// RoundView is a round of lists as this desk shows it.
type RoundView struct {
	ID       string                                 `json:"id"`
	Between  []parley.PartyID                       `json:"between"`
	Classes  []string                               `json:"classes"`
	Lists    []ListView                             `json:"lists"`
	Totals   map[parley.PartyID]map[parley.Code]int `json:"totals"`   // by whose list: final codes, else first ones
	Open     int                                    `json:"open"`     // names that lack a final code
	Ready    int                                    `json:"ready"`    // names that a final list may hold
	Waits    map[parley.PartyID]int                 `json:"waits"`    // names that lack the final code of a side
	Disputed int                                    `json:"disputed"` // names with a disputed class
	Due      []DueView                              `json:"due"`
	Finals   []FinalView                            `json:"finals"`
}

// ListView is one side's list of a round.
type ListView struct {
	ID     string         `json:"id"`
	By     parley.PartyID `json:"by"`
	Rows   int            `json:"rows"`
	Digest string         `json:"digest"` // as on paper
	Aloud  string         `json:"read_aloud"`
}

// DueView is a day by which somebody expects the next step.
type DueView struct {
	By   parley.PartyID `json:"by"`
	For  parley.Kind    `json:"said_with"`
	On   parley.Date    `json:"on"`
	Past bool           `json:"past"` // by this desk's clock; nothing follows from it
}

// FinalView is a final list and who signed it.
type FinalView struct {
	ID      string             `json:"id"`
	By      parley.PartyID     `json:"by"`
	Digest  string             `json:"digest"`
	Aloud   string             `json:"read_aloud"`
	Names   int                `json:"names"`
	Status  parley.FinalStatus `json:"status"`
	Signed  []parley.PartyID   `json:"signed"`
	Refused []parley.PartyID   `json:"refused"`
	Text    string             `json:"text"`
}

// NameView is one name of a round and all that was said of it.
type NameView struct {
	List     parley.PartyID                `json:"list"`
	ID       string                        `json:"id"`
	Record   names.Record                  `json:"-"`
	Name     string                        `json:"name"`
	Father   string                        `json:"father"`
	Born     parley.Date                   `json:"born"`
	Place    string                        `json:"place"`
	First    map[parley.PartyID]AnswerView `json:"first"`
	Final    map[parley.PartyID]AnswerView `json:"final"`
	Remarks  []RemarkView                  `json:"remarks"`
	Classes  map[string]names.Membership   `json:"classes"` // by the test that both desks run
	Disputed []string                      `json:"disputed"`
	Holder   parley.PartyID                `json:"holder"`  // "" where not just one side says that it holds the person
	Missing  []parley.PartyID              `json:"missing"` // who has given no final code
}

// AnswerView is what a party answered about a name.
type AnswerView struct {
	Code parley.Code `json:"code"`
	On   parley.Date `json:"on"`
	Of   string      `json:"of"`
	Text string      `json:"text"`
}

// RemarkView is a comment, or a claim about a class.
type RemarkView struct {
	By     parley.PartyID `json:"by"`
	Text   string         `json:"text"`
	Class  string         `json:"class"`
	Member bool           `json:"member"`
}

// ListRounds shows the rounds of lists on the channel, oldest first.
func (d *Desk) ListRounds(_ context.Context) ([]RoundView, error) {
	if d.session == nil {
		return nil, ErrNoChannel
	}
	out := []RoundView{}
	for _, s := range d.Table().Rounds {
		out = append(out, d.roundView(s, s.Now()))
	}
	return out, nil
}

// ListRound shows one round with all its names. "last" is the newest.
func (d *Desk) ListRound(_ context.Context, name string) (RoundView, []NameView, error) {
	s, err := d.round(name)
	if err != nil {
		return RoundView{}, nil, err
	}
	r := s.Now()
	return d.roundView(s, r), nameViews(r), nil
}

// ShowFinalList shows a final list with its names and the answers that it rests
// on, whatever was said since.
func (d *Desk) ShowFinalList(_ context.Context, name string) (FinalView, []NameView, error) {
	if d.session == nil {
		return FinalView{}, nil, ErrNoChannel
	}
	l, err := d.findFinal(d.Table(), name)
	if err != nil {
		return FinalView{}, nil, err
	}
	on := map[parley.NameID]bool{}
	for _, n := range l.Names {
		on[n] = true
	}
	rows := slices.DeleteFunc(nameViews(l.Round()), func(v NameView) bool { return !on[parley.NameID{List: v.List, ID: v.ID}] })
	return finalView(l), rows, nil
}

func (d *Desk) roundView(s parley.RoundState, r *parley.Round) RoundView {
	v := RoundView{
		ID: s.Ref.String(), Between: s.Between, Classes: []string{}, Lists: []ListView{}, Totals: map[parley.PartyID]map[parley.Code]int{},
		Open: len(r.Open()), Ready: len(r.Ready()), Due: []DueView{}, Finals: []FinalView{}, Waits: map[parley.PartyID]int{},
	}
	for _, c := range r.Classes {
		v.Classes = append(v.Classes, c.Name)
	}
	for _, p := range r.Between {
		if a, ok := r.Lists[p]; ok {
			v.Lists = append(v.Lists, listView(p, a))
			v.Totals[p] = r.Totals(p)
		}
	}
	for _, e := range r.Entries {
		if len(e.Disputed()) > 0 {
			v.Disputed++
		}
		for _, p := range r.Missing(e) {
			v.Waits[p]++
		}
	}
	late := r.Late(today(d.around.Now()))
	for _, due := range r.Due {
		v.Due = append(v.Due, DueView{due.By, due.For, due.On, slices.Contains(late, due)})
	}
	for _, l := range s.Finals {
		v.Finals = append(v.Finals, finalView(l))
	}
	return v
}

func today(t time.Time) parley.Date {
	t = t.UTC()
	return parley.Date{Year: t.Year(), Month: int(t.Month()), Day: t.Day()}
}

func listView(p parley.PartyID, a parley.RoundAct) ListView {
	rows := a.Move.(*parley.ListMove).Rows
	list := make([]names.Record, len(rows))
	for i := range rows {
		list[i] = names.RecordOf(&rows[i], i+1)
	}
	digest := names.DigestOfList(list)
	return ListView{a.Ref.String(), p, len(rows), digest.String(), names.ReadAloud(digest)}
}

func finalView(l parley.FinalState) FinalView {
	return FinalView{
		ID: l.Ref.String(), By: l.By, Digest: l.Digest.String(), Aloud: names.ReadAloud(l.Digest), Names: len(l.Names), Status: l.Status,
		Signed: list(l.Signed), Refused: list(l.Refused), Text: l.Text,
	}
}

func nameViews(r *parley.Round) []NameView {
	tests := map[parley.PartyID]map[string]names.Category{}
	for _, p := range r.Between {
		tests[p] = map[string]names.Category{}
		for _, c := range r.Classes {
			tests[p][c.Name] = names.CategoryOf(c, p)
		}
	}
	out := []NameView{}
	row := map[parley.PartyID]int{}
	for _, e := range r.Entries {
		row[e.Name.List]++
		out = append(out, nameView(r, e, names.RecordOf(e.Row, row[e.Name.List]), tests[e.Name.List]))
	}
	return out
}

func nameView(r *parley.Round, e *parley.RoundEntry, rec names.Record, tests map[string]names.Category) NameView {
	v := NameView{
		List: e.Name.List, ID: e.Name.ID, Record: rec, Name: rec.Name, Father: rec.Father, Born: rec.Born, Place: rec.Place,
		First: map[parley.PartyID]AnswerView{}, Final: map[parley.PartyID]AnswerView{}, Remarks: []RemarkView{},
		Classes: map[string]names.Membership{}, Disputed: list(e.Disputed()), Missing: list(r.Missing(e)),
	}
	for _, p := range r.Between {
		a, b := r.Answers(e, p)
		if a != nil {
			v.First[p] = AnswerView{a.Code, a.On, a.Of, a.Text}
		}
		if b != nil {
			v.Final[p] = AnswerView{b.Code, b.On, b.Of, b.Text}
		}
	}
	for _, s := range e.Remarks {
		v.Remarks = append(v.Remarks, RemarkView{s.By, s.Text, s.Class, s.Member})
	}
	for class, test := range tests {
		v.Classes[class] = test.Test(&rec)
	}
	v.Holder, _, _ = r.Holder(e)
	return v
}
