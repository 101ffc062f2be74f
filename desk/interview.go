package desk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"parley"
	"parley/casefile"
	"parley/channel"
	"parley/handover"
)

// InterviewView is what a neutral's own desk shows of an interview; why somebody
// does not travel is never in it.
type InterviewView struct {
	Person parley.PersonID `json:"person"`
	On     parley.Date     `json:"on"`    // "" where nobody was asked
	Said   handover.Word   `json:"said"`  // on the channel
	Today  handover.Word   `json:"today"` // what the interview comes to today
	There  bool            `json:"there"` // has arrived: nothing more is asked
	word   *parley.Word    // the move that says it
}

// Due tells whether the channel has another word than the interview gives today.
func (v InterviewView) Due() bool { return !v.There && v.Said != v.Today }

// Interviews lists what a neutral has heard from everybody in a plan and what it
// comes to today. An interview under a plan that this one replaced counts: what
// has changed since, a destination or an instrument, opens what depends on it and
// nothing else.
func (d *Desk) Interviews(ctx context.Context, plan string) ([]InterviewView, error) {
	h, err := d.Handover(plan)
	if err != nil {
		return nil, err
	}
	return d.interviews(ctx, h)
}

func (d *Desk) interviews(ctx context.Context, h *Handover) ([]InterviewView, error) {
	if !d.id.neutral() {
		return nil, wrong("only a neutral keeps interviews: this is the desk of %s", d.id.Party)
	}
	out := []InterviewView{}
	for _, e := range h.Plan.Entries {
		i, err := d.interview(ctx, h.State, e.ID)
		if err != nil {
			return nil, err
		}
		at, way := h.Now.Where(e.ID)
		m := d.word(h, e, i)
		out = append(out, InterviewView{
			Person: e.ID, On: i.On, Said: h.Now.WordOf(e.ID), Today: handover.Word(m.Word), There: !way && at != e.Start && at == h.Now.Destination(e.ID), word: m,
		})
	}
	return out, nil
}

// SayWords says, of everybody whose interview comes to another word today than
// the channel has, that word. It gives what was said.
func (d *Desk) SayWords(ctx context.Context, plan string) ([]InterviewView, error) {
	h, err := d.Handover(plan)
	if err != nil {
		return nil, err
	}
	all, err := d.interviews(ctx, h)
	if err != nil {
		return nil, err
	}
	said := []InterviewView{}
	for _, v := range all {
		if !v.Due() {
			continue
		}
		if _, err := d.carry(ctx, h, v.word); err != nil {
			return said, err
		}
		said = append(said, v)
	}
	return said, nil
}

// interview is the last that was kept of a person, under a plan or under one that
// it replaced; an empty one where nobody was asked.
func (d *Desk) interview(ctx context.Context, p parley.PlanState, id parley.PersonID) (i handover.Interview, err error) {
	t := d.Table()
	err = d.store.View(ctx, func(tx *casefile.Tx) error {
		for known := true; known; p, known = t.Plan(p.Move.Previous) {
			data, found, err := tx.Get(interviewBucket, p.Move.Digest.String()+"/"+string(id))
			if err != nil || !found {
				if err != nil {
					return err
				}
				continue
			}
			var k keptInterview
			if err := channel.Unmarshal(data, &k); err != nil {
				return err
			}
			i = handover.Interview{
				Person: id, On: k.On, Included: handover.Answer(k.Included), Instrument: handover.Answer(k.Instrument), Destination: handover.Answer(k.Destination),
				Where: handover.PlaceID(k.Where), Act: k.Act, Safe: handover.Answer(k.Safe), Unfit: k.Unfit, Reason: k.Reason,
			}
			return nil
		}
		return nil
	})
	return i, err
}

// word is the move that says what an interview comes to today.
func (d *Desk) word(h *Handover, e handover.Entry, i handover.Interview) *parley.Word {
	asked := d.asked(h, e)
	m := &parley.Word{Plan: h.State.Move.Digest, Person: e.ID}
	if i.Where != asked.Where && slices.Contains(e.Instead, i.Where) {
		m.To, asked.Where = string(i.Where), i.Where
	}
	if m.Word = string(i.Word(asked)); m.Word != string(handover.Confirmed) {
		m.To = ""
	}
	return m
}

// current refuses what lets people travel on interviews that are too old: a
// neutral its own, anybody else by the day on which the neutral spoke. Who has
// left is not kept on the way.
func (d *Desk) current(ctx context.Context, h *Handover, m parley.Move) error {
	var of handover.StepID
	var without []parley.PersonID
	begins := false
	switch m := m.(type) {
	case *parley.Begin:
		of, without, begins = handover.StepID(m.Of), m.Without, true
	case *parley.Confirm:
		of = handover.StepID(m.Of)
	default:
		return nil
	}
	t, _ := h.Now.Task(of)
	if h.Plan.Neutral == "" || !begins && len(t.Move) > 0 || !slices.ContainsFunc(h.Plan.Gates(), func(g handover.Gate) bool { return g.ID == of }) {
		return nil
	}
	if d.id.neutral() && h.Us == h.Plan.Neutral {
		return d.ownCurrent(ctx, h)
	}
	for _, x := range t.Move {
		if on, old := d.tooOld(h, x.Who); old && !slices.Contains(without, x.Who) {
			return fmt.Errorf("the neutral's word on %s is of %s, and an interview is current for %d days: %s has to speak again", x.Who, on, h.fresh(), h.Plan.Neutral)
		}
	}
	return nil
}

func (d *Desk) ownCurrent(ctx context.Context, h *Handover) error {
	all, err := d.interviews(ctx, h)
	for _, v := range all {
		if v.Said == handover.Confirmed && v.Due() {
			return fmt.Errorf("the interview with %s comes to %q today, and the channel has %q: ask again, or say so with `parley handover interviews --say`", v.Person, v.Today, v.Said)
		}
	}
	return err
}

// tooOld tells whether the neutral's yes for somebody is older than an interview
// may be, by what its author claims and our clock. It decides nothing on the
// channel: this desk alone does not build on it.
func (d *Desk) tooOld(h *Handover, id parley.PersonID) (on parley.Date, old bool) {
	for k, j := range h.Judged {
		if j.Effect() && j.Kind == handover.KindWord && j.Person == id {
			said := time.Unix(h.State.Acts[k].Claimed, 0)
			on, old = dateOf(said), d.around.Now().Sub(said) > time.Duration(h.fresh()+1)*24*time.Hour
		}
	}
	return on, old
}

func (h *Handover) fresh() int {
	if h.Plan.FreshDays == 0 {
		return handover.DefaultFresh
	}
	return h.Plan.FreshDays
}
