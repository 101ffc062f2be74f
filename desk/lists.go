package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"parley"
	"parley/casefile"
	"parley/channel"
	"parley/names"
)

// ListTerms are what goes with a list. Between and Classes are of the list that
// opens a round; nobody named: all delegations of the charter.
type ListTerms struct {
	Round   string // the round that the list goes into; "" opens one
	Between []parley.PartyID
	Classes []parley.Class
	Due     parley.Date
	Text    string
}

// SendList puts a list on the channel: it opens a round, or is this side's list
// in one. The whole list goes into one entry.
func (d *Desk) SendList(ctx context.Context, list []names.Record, o ListTerms) (parley.Ref, error) {
	m := &parley.ListMove{Between: o.Between, Classes: o.Classes, Due: o.Due, Text: o.Text}
	if d.session == nil {
		return parley.Ref{}, ErrNoChannel
	}
	if o.Round != "" {
		s, err := d.findRound(d.Table(), o.Round)
		if err != nil {
			return parley.Ref{}, err
		}
		m.Round = s.Ref
	} else if m.Between == nil {
		m.Between = d.delegations()
	}
	slices.Sort(m.Between)
	slices.SortFunc(m.Classes, func(a, b parley.Class) int { return bytes.Compare([]byte(a.Name), []byte(b.Name)) })
	for i := range list {
		m.Rows = append(m.Rows, names.RowOf(&list[i]))
	}
	return d.sayList(ctx, m)
}

// sayList says a move that may be too long for an entry.
func (d *Desk) sayList(ctx context.Context, m parley.Move) (parley.Ref, error) {
	normalise(m)
	body, err := encodeMove(m)
	if err != nil {
		return parley.Ref{}, err
	}
	if len(body) > channel.MaxBody {
		return parley.Ref{}, wrong("the %s takes %d bytes and an entry carries %d: leave notes out, or make two rounds of it", m.Kind(), len(body), channel.MaxBody)
	}
	if err := checkMove(m); err != nil {
		return parley.Ref{}, inputError{err}
	}
	return d.say(ctx, m)
}

// delegations lists the parties of the charter, ascending.
func (d *Desk) delegations() (out []parley.PartyID) {
	for _, g := range d.charter.Delegations {
		out = append(out, parley.PartyID(g.Party))
	}
	return out
}

// ReplyToList answers names of the other sides' lists.
func (d *Desk) ReplyToList(ctx context.Context, round string, m parley.ReplyMove) (parley.Ref, error) {
	s, err := d.round(round)
	if err != nil {
		return parley.Ref{}, err
	}
	m.Round = s.Ref
	return d.sayList(ctx, &m)
}

// CommentOnList says something about single names.
func (d *Desk) CommentOnList(ctx context.Context, round string, remarks []parley.Remark) (parley.Ref, error) {
	s, err := d.round(round)
	if err != nil {
		return parley.Ref{}, err
	}
	return d.sayList(ctx, &parley.CommentMove{Round: s.Ref, Remarks: remarks})
}

// PutFinalList puts a final list of a round: of these names, or of all that are
// ready where none is given. It is refused while a code is missing.
func (d *Desk) PutFinalList(ctx context.Context, round string, of []parley.NameID, due parley.Date, text string) (parley.Ref, error) {
	s, err := d.round(round)
	if err != nil {
		return parley.Ref{}, err
	}
	r := s.Now()
	if of == nil {
		of = r.Ready()
	}
	m := &parley.FinalList{Round: s.Ref, Names: slices.SortedFunc(slices.Values(of), parley.NameID.Compare), Due: due, Text: text}
	if err := r.Check(m.Names); err != nil {
		return parley.Ref{}, &NoEffect{m.Kind(), err.Error()}
	}
	for _, a := range s.Acts {
		m.Rests = append(m.Rests, a.Ref)
	}
	slices.SortFunc(m.Rests, func(a, b parley.Ref) int { return bytes.Compare(a[:], b[:]) })
	m.Digest = r.Digest(m.Names)
	return d.sayList(ctx, m)
}

// SignList answers a final list, once, for good: it signs, or refuses. What the
// brief forbids to release is not signed for.
func (d *Desk) SignList(ctx context.Context, final string, refuse bool, text string) (parley.Ref, error) {
	if d.session == nil {
		return parley.Ref{}, ErrNoChannel
	}
	if err := d.confirmed(d.signing.ID()); err != nil {
		return parley.Ref{}, err
	}
	t := d.Table()
	l, err := d.findFinal(t, final)
	if err != nil {
		return parley.Ref{}, err
	}
	if !refuse {
		if err := d.listWithinBrief(ctx, t, l); err != nil {
			return parley.Ref{}, err
		}
	}
	return d.say(ctx, &parley.SignList{After: d.last(), Final: l.Ref, Digest: l.Digest, Refuse: refuse, Text: text})
}

// listWithinBrief holds the persons of the case that a final list releases to
// the brief.
func (d *Desk) listWithinBrief(ctx context.Context, t *parley.Table, l parley.FinalState) error {
	v, ok := d.version(t)
	if !ok {
		return nil
	}
	var release []parley.PersonID
	r, reg := l.Round(), v.Case.Register()
	for _, n := range l.Names {
		if _, a, held := r.Holder(r.Entry(n)); held {
			if _, there := reg[parley.PersonID(a.Of)]; there {
				release = append(release, parley.PersonID(a.Of))
			}
		}
	}
	if release == nil {
		return nil
	}
	return d.withinBrief(ctx, parley.KindSign, v.Case, &parley.Offer{Case: v.Case.ID, From: d.id.Party, Release: parley.NewExchange(release...)})
}

// signedFor lists whom a signature is about, for the scope of a mandate.
func signedFor(m *parley.SignList, t *parley.Table) (out []parley.PersonID) {
	for _, s := range t.Rounds {
		for _, l := range s.Finals {
			if l.Ref != m.Final || m.Refuse {
				continue
			}
			r := l.Round()
			for _, n := range l.Names {
				id := parley.PersonID(n.String())
				if _, a, ok := r.Holder(r.Entry(n)); ok && a.Of != "" {
					id = parley.PersonID(a.Of)
				}
				out = append(out, id)
			}
		}
	}
	return out
}

func (d *Desk) round(name string) (parley.RoundState, error) {
	if d.session == nil {
		return parley.RoundState{}, ErrNoChannel
	}
	return d.findRound(d.Table(), name)
}

// findRound finds a round by the id of a list in it, or by its beginning;
// "last" is the newest.
func (d *Desk) findRound(t *parley.Table, name string) (parley.RoundState, error) {
	if name == "last" && len(t.Rounds) > 0 {
		return t.Rounds[len(t.Rounds)-1], nil
	}
	ref, err := d.find(t, parley.KindList, name)
	if err != nil {
		return parley.RoundState{}, err
	}
	for _, s := range t.Rounds {
		if slices.ContainsFunc(s.Acts, func(a parley.RoundAct) bool { return a.Ref == ref }) {
			return s, nil
		}
	}
	return parley.RoundState{}, fmt.Errorf("list %s has no effect", ref.Short())
}

func (d *Desk) findFinal(t *parley.Table, name string) (parley.FinalState, error) {
	ref, err := d.find(t, parley.KindFinal, name)
	if err != nil {
		return parley.FinalState{}, err
	}
	for _, s := range t.Rounds {
		for _, l := range s.Finals {
			if l.Ref == ref {
				return l, nil
			}
		}
	}
	return parley.FinalState{}, fmt.Errorf("final list %s has no effect", ref.Short())
}

// errNoAnswers says that nothing was filled in.
var errNoAnswers = errors.New("no row has an answer in it")

// AnswersTo makes answers of what was filled in beside the rows of the other
// sides' lists. A row without a code is left out. list may be empty where one
// other side has put a list.
func (d *Desk) AnswersTo(round string, filled []casefile.Answer) ([]parley.NameAnswer, error) {
	s, err := d.round(round)
	if err != nil {
		return nil, err
	}
	r := s.Now()
	var only parley.PartyID
	for p := range r.Lists {
		if p != d.id.Party && only == "" {
			only = p
		} else if p != d.id.Party {
			return nil, wrong("several sides have put lists: the sheet says in a column \"list\" whose each row is")
		}
	}
	var out []parley.NameAnswer
	for _, f := range filled {
		if f.Code == "" {
			continue
		}
		n := parley.NameID{List: parley.PartyID(f.List), ID: f.ID}
		if n.List == "" {
			n.List = only
		}
		if r.Entry(n) == nil {
			return nil, wrong("row %d: %s is on no list of the round", f.Row, n)
		}
		if !slices.Contains(parley.Codes(), parley.Code(f.Code)) {
			return nil, wrong("row %d: %q is no code; the codes are %v", f.Row, f.Code, parley.Codes())
		}
		out = append(out, parley.NameAnswer{Name: n, Code: parley.Code(f.Code), On: f.On, Of: f.Of, Text: f.Text})
	}
	if out == nil {
		return nil, inputError{errNoAnswers}
	}
	return out, nil
}

// SheetOf makes rows of a sheet of answers of some names, with what is answered
// to each.
func SheetOf(list []NameView, answer func(NameView) AnswerView) []casefile.SheetRow {
	out := make([]casefile.SheetRow, len(list))
	for i, n := range list {
		x := answer(n)
		out[i] = casefile.SheetRow{Record: n.Record, Answer: casefile.Answer{List: string(n.List), Code: string(x.Code), On: x.On, Of: x.Of, Text: x.Text}}
	}
	return out
}

// AnswerOf is a party's last answer to a name.
func (n NameView) AnswerOf(p parley.PartyID) AnswerView {
	if x, ok := n.Final[p]; ok {
		return x
	}
	return n.First[p]
}

// AnswerRest answers every name of the other sides' lists, which has no such
// reply of this side yet, with one code.
func (d *Desk) AnswerRest(_ context.Context, round string, final bool, code parley.Code) ([]parley.NameAnswer, error) {
	s, err := d.round(round)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(parley.Codes(), code) || code == parley.CodeDuplicate {
		return nil, wrong("%q is no code that all names can have; the codes are %v", code, parley.Codes())
	}
	r := s.Now()
	var out []parley.NameAnswer
	for _, e := range r.Entries {
		first, last := r.Answers(e, d.id.Party)
		if e.Name.List != d.id.Party && (final && last == nil || !final && first == nil) {
			out = append(out, parley.NameAnswer{Name: e.Name, Code: code})
		}
	}
	if out == nil {
		return nil, wrong("every name has such an answer of ours already")
	}
	return out, nil
}

// ReadyNames lists the names that a final list of the round may hold now.
func (d *Desk) ReadyNames(_ context.Context, round string) ([]parley.NameID, error) {
	s, err := d.round(round)
	if err != nil {
		return nil, err
	}
	return s.Now().Ready(), nil
}
