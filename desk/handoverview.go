package desk

import (
	"parley"
	"parley/handover"
)

// HandoverView is a plan as a screen shows it being carried out.
type HandoverView struct {
	Plan          string              `json:"plan"`
	Title         string              `json:"title"`
	Digest        string              `json:"digest"`
	ID            string              `json:"id"` // of the entry that put it forward
	By            parley.PartyID      `json:"by"`
	Agreement     string              `json:"agreement"` // "" for none
	Parties       []parley.PartyID    `json:"parties"`
	Adopted       []parley.PartyID    `json:"adopted"`
	InForce       bool                `json:"in_force"`
	Us            handover.ActorID    `json:"us"`
	Ending        handover.Ending     `json:"ending"`
	Stop          []string            `json:"stop"` // what keeps it from going on
	Tasks         []TaskView          `json:"tasks"`
	Exposures     []handover.Exposure `json:"exposures"`
	Worst         []handover.Worst    `json:"worst"`
	Entries       []HandoverEntry     `json:"entries"`
	WithoutEffect []HandoverFlag      `json:"without_effect"`
	Report        handover.Report     `json:"report"`
	Faults        []handover.Fault    `json:"faults"`
}

// TaskView is a task, and whether it is this desk's turn.
type TaskView struct {
	handover.Task
	Moves []MoveView `json:"moves"`
	Ours  bool       `json:"ours"`
}

// MoveView is who moves where.
type MoveView struct {
	Who parley.PersonID  `json:"who"`
	To  handover.PlaceID `json:"to"`
}

// HandoverEntry is where somebody is, and what the neutral says.
type HandoverEntry struct {
	ID       parley.PersonID  `json:"id"`
	Name     string           `json:"name"`
	Heads    int              `json:"heads"`
	From     parley.PartyID   `json:"from"`
	For      parley.PartyID   `json:"for"`
	Where    handover.PlaceID `json:"where"`
	OnTheWay bool             `json:"on_the_way"`
	To       handover.PlaceID `json:"to"`
	Optional bool             `json:"optional"`
	Word     handover.Word    `json:"word"` // all that anybody but the neutral knows of consent
	Yes      parley.PartyID   `json:"yes"`  // the third state whose own yes is still waited for; "" for none
}

// HandoverFlag is an event that changed nothing, and why.
type HandoverFlag struct {
	By   handover.ActorID `json:"by"`
	Kind handover.Kind    `json:"kind"`
	Of   string           `json:"of"`
	Why  string           `json:"why"`
}

// Handovers lists the plans on the channel, oldest first.
func (d *Desk) Handovers() []*Handover {
	if d.session == nil {
		return nil
	}
	var out []*Handover
	for _, p := range d.Table().Plans {
		out = append(out, d.handover(p))
	}
	return out
}

// HandoverView reads a plan for a screen.
func (d *Desk) HandoverView(name string) (*HandoverView, error) {
	h, err := d.Handover(name)
	if err != nil {
		return nil, err
	}
	return h.View(), nil
}

// View reads the plan for a screen.
func (h *Handover) View() *HandoverView {
	p := h.State
	v := &HandoverView{
		Plan: h.Plan.ID, Title: h.Plan.Title, Digest: p.Move.Digest.String(), ID: p.Ref.String(), By: p.By, Parties: list(p.Move.Parties), Adopted: list(p.Adopted),
		InForce: p.InForce, Us: h.Us, Ending: h.Now.Ending(), Stop: list(h.Now.Stop()), Exposures: h.Now.Exposures(), Worst: h.Plan.Worst(),
		Entries: []HandoverEntry{}, WithoutEffect: []HandoverFlag{}, Tasks: []TaskView{}, Report: h.Now.Report(), Faults: list(h.Plan.Check()),
	}
	if !p.Move.Agreement.IsZero() {
		v.Agreement = p.Move.Agreement.String()
	}
	for _, t := range h.Now.Tasks() {
		tv := TaskView{Task: t, Moves: []MoveView{}}
		for _, m := range t.Move {
			tv.Moves = append(tv.Moves, MoveView{m.Who, m.To})
		}
		for _, who := range t.Next {
			tv.Ours = tv.Ours || who == h.Us && h.State.InForce
		}
		v.Tasks = append(v.Tasks, tv)
	}
	for _, e := range h.Plan.Entries {
		at, way := h.Now.Where(e.ID)
		v.Entries = append(v.Entries, HandoverEntry{e.ID, e.Name, e.Heads, e.From, e.For, at, way, h.Now.Destination(e.ID), e.Optional, h.Now.WordOf(e.ID), h.Now.Conditional(e.ID)})
	}
	for _, j := range h.Judged {
		if !j.Effect() && j.Kind != handover.Kind(parley.KindCodes) {
			of := string(j.Of)
			if of == "" {
				of = string(j.Person)
			}
			v.WithoutEffect = append(v.WithoutEffect, HandoverFlag{j.By, j.Kind, of, j.Why})
		}
	}
	return v
}
