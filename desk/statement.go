package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"parley"
	"parley/handover"
)

// StatementView is words for the public, and who has agreed to them.
type StatementView struct {
	ActView
	Digest   string            `json:"digest"`
	About    string            `json:"about"` // the agreement; "" for none
	Holding  bool              `json:"holding"`
	Persons  []parley.PersonID `json:"persons"`
	When     string            `json:"when"`
	Credit   string            `json:"credit"`
	Text     string            `json:"text"`
	Between  []parley.PartyID  `json:"between"`
	Agreed   []parley.PartyID  `json:"agreed"`
	ByAll    bool              `json:"by_all"`
	Warnings []string          `json:"warnings"` // what speaks against saying it now
}

// PutWords puts words for the public forward. About is an agreement by its id or
// the beginning of one, "" for none.
func (d *Desk) PutWords(ctx context.Context, about string, m parley.PublicStatement) (parley.Ref, error) {
	if d.session == nil {
		return parley.Ref{}, ErrNoChannel
	}
	if strings.TrimSpace(m.Text) == "" {
		return parley.Ref{}, wrong("there are no words in it")
	}
	if about != "" {
		ref, err := d.find(d.Table(), parley.KindSeal, about)
		if err != nil {
			return parley.Ref{}, err
		}
		m.About = ref
	}
	if err := checkMove(&m); err != nil {
		return parley.Ref{}, inputError{err}
	}
	normalise(&m) // before the digest is taken
	m.Digest = m.Words()
	return d.say(ctx, &m)
}

// AgreeToWords signs words that another party put forward.
func (d *Desk) AgreeToWords(ctx context.Context, name string) (parley.Ref, error) {
	s, err := d.words(name)
	if err != nil {
		return parley.Ref{}, err
	}
	if slices.Contains(s.Agreed, d.id.Party) {
		return parley.Ref{}, wrong("this side has agreed to these words already")
	}
	return d.say(ctx, &parley.PublicStatement{Agrees: s.Ref, Digest: s.Words.Digest})
}

func (d *Desk) words(name string) (parley.StatementState, error) {
	if d.session == nil {
		return parley.StatementState{}, ErrNoChannel
	}
	t := d.Table()
	if n := len(t.Statements); name == "last" && n > 0 { // not somebody's yes to them
		return t.Statements[n-1], nil
	}
	ref, err := d.find(t, parley.KindStatement, name)
	if err != nil {
		return parley.StatementState{}, err
	}
	if s, ok := t.Statement(ref); ok {
		return s, nil
	}
	return parley.StatementState{}, wrong("%s puts no words forward that have effect", ref.Short())
}

// PublicStatements lists words for the public with what speaks against saying them
// now, oldest first.
func (d *Desk) PublicStatements(ctx context.Context) ([]StatementView, error) {
	if d.session == nil {
		return nil, ErrNoChannel
	}
	v, err := d.View(ctx)
	if err != nil {
		return nil, err
	}
	return v.Statements, nil
}

// PublicStatement finds words for the public by the id of their entry, its
// beginning, or "last".
func (d *Desk) PublicStatement(ctx context.Context, name string) (StatementView, error) {
	s, err := d.words(name)
	if err != nil {
		return StatementView{}, err
	}
	return d.statementView(ctx, d.Table(), s)
}

func (d *Desk) statementView(ctx context.Context, t *parley.Table, s parley.StatementState) (StatementView, error) {
	v := StatementView{
		Digest: s.Words.Digest.String(), Holding: s.Words.Holding, Persons: list(s.Words.Persons),
		When: s.Words.When, Credit: s.Words.Credit, Text: s.Words.Text, Between: list(s.Between), Agreed: list(s.Agreed), ByAll: s.ByAll(), Warnings: []string{},
	}
	for _, a := range t.Acts {
		if a.Ref == s.Ref {
			v.ActView = d.actView(a)
		}
	}
	if !s.Words.About.IsZero() {
		v.About = s.Words.About.String()
	}
	if !s.ByAll() {
		missing := slices.DeleteFunc(slices.Clone(s.Between), func(p parley.PartyID) bool { return slices.Contains(s.Agreed, p) })
		v.Warnings = append(v.Warnings, fmt.Sprintf("not agreed to by %s", joined(missing)))
	}
	early, err := d.beforeReceipts(ctx, t, s)
	if early != "" {
		v.Warnings = append(v.Warnings, early)
	}
	return v, err
}

// beforeReceipts says why it is too early to say the words: not everybody whom
// the agreement releases is known to be received. A holding line is for the time
// before.
func (d *Desk) beforeReceipts(ctx context.Context, t *parley.Table, s parley.StatementState) (string, error) {
	if s.Words.Holding {
		return "", nil
	}
	a, ok := t.Agreement(s.Words.About)
	if !ok {
		return "they name no agreement: nobody here can tell whether all are received", nil
	}
	if a.Status != parley.InForce {
		return fmt.Sprintf("the agreement is %s, and not in force", a.Status), nil
	}
	received, stayed, err := d.received(ctx, a)
	if err != nil {
		return "", err
	}
	missing := slices.DeleteFunc(slices.Clone([]parley.PersonID(a.Resolved.Release)), func(id parley.PersonID) bool {
		return received[id] || stayed[id] && !slices.Contains(s.Words.Persons, id)
	})
	if len(missing) > 0 {
		return fmt.Sprintf("before the last receipt: not known to be received: %s", joined(missing)), nil
	}
	return "", nil
}

// received is whom this desk knows to have been received: by the receipts of a
// plan that carries the agreement out, or by one that was reported here. Stayed
// are those who were optional in a plan that has come to its end without them:
// nobody waits for them.
func (d *Desk) received(ctx context.Context, a parley.Agreement) (received, stayed map[parley.PersonID]bool, err error) {
	received, stayed = map[parley.PersonID]bool{}, map[parley.PersonID]bool{}
	for _, h := range d.Handovers() {
		if h.State.Move.Agreement != a.Seal {
			continue
		}
		for _, id := range h.whole() { // of a plan that was replaced, too
			received[id] = true
		}
		r := h.Now.Report()
		for _, e := range h.Plan.Entries {
			stayed[e.ID] = h.State.InForce && h.Now.Ending() == handover.Completed && e.Optional && slices.Contains(r.Missing, e.ID)
		}
	}
	reports, err := d.Reports(ctx)
	for _, r := range reports {
		if r.Kind == "receipt" {
			for _, id := range r.Persons {
				received[id] = true
			}
		}
	}
	return received, stayed, err
}

func joined[T ~string](ids []T) string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = string(id)
	}
	return strings.Join(out, ", ")
}
