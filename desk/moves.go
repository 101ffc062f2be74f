package desk

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"parley"
	"parley/casefile"
	"parley/channel"
)

// maxText bounds a text in a move: a long note, not a book.
const maxText = 64 << 10

// maxWord bounds a text of one line: a place, a day, the name of a paper.
const maxWord = 256

// encodeMove gives the body of an entry.
func encodeMove(m parley.Move) ([]byte, error) { return channel.Marshal(m) }

// blankMove is an empty move of a kind, to be read into.
func blankMove(k parley.Kind) parley.Move {
	switch k {
	case parley.KindCase:
		return &parley.CaseMove{}
	case parley.KindMandate:
		return &parley.Mandate{}
	case parley.KindNote:
		return &parley.Note{}
	case parley.KindRequest:
		return &parley.Request{}
	case parley.KindOffer:
		return &parley.OfferMove{}
	case parley.KindAccept:
		return &parley.Accept{}
	case parley.KindDecline:
		return &parley.Decline{}
	case parley.KindWithdraw:
		return &parley.Withdraw{}
	case parley.KindSeal:
		return &parley.Seal{}
	case parley.KindRelease:
		return &parley.Release{}
	case parley.KindRatify:
		return &parley.Ratify{}
	case parley.KindCertify:
		return &parley.Certify{}
	case parley.KindPen:
		return &parley.Pen{}
	case parley.KindConcur:
		return &parley.Concur{}
	case parley.KindStatement:
		return &parley.PublicStatement{}
	case parley.KindSettle:
		return &parley.Settle{}
	case parley.KindList:
		return &parley.ListMove{}
	case parley.KindReply:
		return &parley.ReplyMove{}
	case parley.KindComment:
		return &parley.CommentMove{}
	case parley.KindFinal:
		return &parley.FinalList{}
	case parley.KindSign:
		return &parley.SignList{}
	}
	return blankExecution(k)
}

// decodeMove reads the body of an entry. The bytes are the other side's: what
// can't be read exactly is refused.
func decodeMove(kind string, body []byte) (parley.Move, error) {
	m := blankMove(parley.Kind(kind))
	if m == nil {
		return nil, fmt.Errorf("its kind %q is not known to this version", kind)
	}
	if err := channel.Unmarshal(body, m); err != nil {
		return nil, fmt.Errorf("its body can't be read as %s", kind)
	}
	if err := checkMove(m); err != nil {
		return nil, err
	}
	if p, ok := m.(*parley.PlanMove); ok && !p.Adopt {
		return m, readPlan(p)
	}
	c, ok := m.(*parley.CaseMove)
	if !ok || c.Adopt {
		return m, nil
	}
	// The log keeps the body: a case of thousands is not held twice.
	if at := bytes.Index(body, c.File); at >= 0 {
		c.File = body[at : at+len(c.File) : at+len(c.File)]
	}
	var err error
	if c.Case, err = casefile.ParseCase("the case that it carries", c.File); err != nil {
		return nil, fmt.Errorf("the case that it carries has faults")
	}
	return m, nil
}

// checkMove holds the texts, ids and lists of a move to their bounds.
func checkMove(m parley.Move) error {
	switch m := m.(type) {
	case *parley.Mandate:
		return first(text(m.Text), ids(m.Scope...), date(m.Until), levels(m.May))
	case *parley.Note:
		return first(text(m.Text), word(m.Paper))
	case *parley.Request:
		return first(text(m.Text), ids(m.Persons...))
	case *parley.OfferMove:
		return checkOffer(&m.Offer)
	case *parley.Accept:
		return checkResolved(m.Resolved)
	case *parley.Decline:
		return text(m.Text)
	case *parley.Withdraw:
		return text(m.Text)
	case *parley.Release:
		return text(m.Text)
	case *parley.Ratify:
		return text(m.Text)
	case *parley.Certify:
		return text(m.Text)
	case *parley.Pen:
		return text(m.Text)
	case *parley.Settle:
		return checkSettle(m)
	case *parley.PublicStatement:
		return first(text(m.Text), word(m.When), text(m.Credit), ids(m.Persons...))
	case *parley.ListMove:
		return checkList(m)
	case *parley.ReplyMove:
		return checkReply(m)
	case *parley.CommentMove:
		return checkComment(m)
	case *parley.FinalList:
		return first(text(m.Text), date(m.Due), nameIDs(m.Names...))
	case *parley.SignList:
		return text(m.Text)
	}
	return checkExecution(m)
}

func checkOffer(o *parley.Offer) error {
	if max(len(o.IfConfirmed), len(o.To), len(o.When), len(o.Terms)) > parley.MaxPersons {
		return fmt.Errorf("a list in it has more than %d items", parley.MaxPersons)
	}
	err := first(text(o.Text), word(o.Answers), date(o.Until), ids(o.Release...), ids(o.Optional...), ids(parley.PersonID(o.From)))
	for _, c := range o.IfConfirmed {
		err = first(err, ids(c.Person, parley.PersonID(c.Party)))
	}
	for _, t := range o.To {
		err = first(err, ids(t.Person), word(t.Party))
	}
	for _, w := range o.When {
		err = first(err, ids(w.Person), word(w.When))
	}
	for _, t := range o.Terms {
		err = first(err, text(t.Text), word(string(t.By)))
	}
	return err
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func text(s string) error {
	if len(s) > maxText {
		return fmt.Errorf("a text in it is longer than %d bytes", maxText)
	}
	if !utf8.ValidString(s) {
		return fmt.Errorf("a text in it is not UTF-8")
	}
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
		return fmt.Errorf("a text in it has control characters")
	}
	return normalForm(s)
}

// word is a text of one short line.
func word(s string) error {
	if len(s) > maxWord || strings.ContainsAny(s, "\n\t") {
		return fmt.Errorf("a text in it must be one line of at most %d bytes", maxWord)
	}
	return text(s)
}

func levels(list []parley.Level) error {
	for _, l := range list {
		if !slices.Contains(parley.Levels(), l) {
			return fmt.Errorf("a mandate may not allow %q", l)
		}
	}
	return nil
}

func checkResolved(r parley.Resolved) error {
	if len(r.Named) > parley.MaxPersons {
		return fmt.Errorf("it names more than %d persons", parley.MaxPersons)
	}
	err := ids(r.Release...)
	for _, n := range r.Named {
		err = first(err, ids(n.Blank, n.Person))
	}
	return err
}

func ids(list ...parley.PersonID) error {
	if len(list) > parley.MaxPersons {
		return fmt.Errorf("it names more than %d persons", parley.MaxPersons)
	}
	for _, id := range list {
		if err := parley.CheckID(string(id)); err != nil {
			return fmt.Errorf("an id in it is wrong: %w", err)
		}
	}
	return nil
}

func date(d parley.Date) error {
	if d.IsZero() {
		return nil
	}
	if back, err := parley.ParseDate(d.String()); err != nil || back != d {
		return fmt.Errorf("a date in it is wrong")
	}
	return nil
}

// read is an entry read once: its move, or why it can't be read.
type read struct {
	move  parley.Move
	fault string
}

// act gives an entry its meaning.
func (d *Desk) act(e *channel.Signed) parley.Act {
	a := parley.Act{
		Ref: parley.Ref(e.ID), Author: parley.MemberID(e.Author), Number: e.Number, Previous: parley.Ref(e.Previous),
		Mandate: parley.Ref(e.Mandate), Claimed: e.Claimed,
	}
	for _, h := range e.Heads {
		a.Heads = append(a.Heads, parley.Ref(h))
	}
	if room, ok := d.session.Log().RosterAt(e.ID); ok {
		a.Roster = d.rosterOf(room)
	}
	if a.Withheld = e.Withheld; a.Withheld || slices.Contains(channel.OwnKinds(), e.Kind) {
		return a
	}
	r, ok := d.moves[e.ID]
	if !ok {
		m, err := decodeMove(e.Kind, e.Body)
		if err != nil {
			r.fault = err.Error()
		} else {
			r.move = m
		}
		d.moves[e.ID] = r
	}
	a.Move, a.Fault = r.move, r.fault
	return a
}
