package web

import (
	"slices"
	"strings"

	"parley"
	"parley/casefile"
	"parley/desk"
	"parley/handover"
)

// proposePlanAct puts a plan for the handover forward.
func proposePlanAct() act {
	return act{name: "propose", fields: []field{
		{name: "file", kind: upload, must: true},
		{name: "agreement", kind: one, options: agreementsInForce},
		{name: "replaces", kind: one, options: plansPut},
	}, also: func(v *visit, f *form) []row {
		p, err := casefile.ParsePlan(f.file("file").name, f.file("file").data, v.Case)
		if err != nil {
			return nil // the act itself says what is wrong
		}
		return v.planRows(p)
	}, do: func(v *visit, d *desk.Desk, f *form) (*outcome, error) {
		file := f.file("file")
		_, err := d.ProposePlan(v.context, file.name, file.data, f.get("agreement"), f.get("replaces"))
		return &outcome{}, in("file", err)
	}}
}

func agreementsInForce(v *visit) []option {
	out := []option{{Label: "–"}}
	for _, g := range v.View.Agreements {
		if g.Status == parley.InForce {
			out = append(out, option{Value: g.ID, Label: v.must("agreement.title", v.Short(g.ID))})
		}
	}
	return out
}

func plansPut(v *visit) []option {
	out := []option{{Label: "–"}}
	for _, h := range v.server.desk.Handovers() {
		out = append(out, planOption(v, h))
	}
	return out
}

// plansToAdopt are those of which our side is a party, and which it has not
// adopted.
func plansToAdopt(v *visit) (out []option) {
	for _, h := range v.server.desk.Handovers() {
		if slices.Contains(h.State.Move.Parties, v.Party) && !slices.Contains(h.State.Adopted, v.Party) {
			out = append(out, planOption(v, h))
		}
	}
	return out
}

func planOption(v *visit, h *desk.Handover) option {
	digest := h.State.Move.Digest.String()
	return option{Value: digest, Label: v.List([]string{orElse(h.Plan.Title, h.Plan.ID), v.Short(digest)})}
}

// patternAct writes a plan by a ready-made pattern, to be changed. Nothing is
// sent.
func patternAct() act {
	sides := func(v *visit) []option { return partyOptions(v)[1:] }
	return act{name: "pattern", atOnce: true, fields: []field{
		{name: "pattern", kind: one, must: true, options: patternOptions},
		{name: "a", kind: one, must: true, options: sides},
		{name: "b", kind: one, must: true, options: sides},
		{name: "host", kind: line, must: true},
		{name: "neutral", kind: line, must: true},
		{name: "rounds", kind: area, must: true},
	}, do: writePattern}
}

func patternOptions(v *visit) (out []option) {
	for _, p := range handover.Patterns() {
		out = append(out, option{Value: p[0], Label: v.must("handover.pattern." + p[0])})
	}
	return out
}

func writePattern(v *visit, _ *desk.Desk, f *form) (*outcome, error) {
	if v.Case == nil {
		return nil, desk.ErrNoCase
	}
	cast := handover.Cast{A: parley.PartyID(f.get("a")), B: parley.PartyID(f.get("b")), Host: handover.ActorID(f.get("host")), Neutral: handover.ActorID(f.get("neutral"))}
	var rounds [][]parley.PersonID
	for s := range strings.Lines(f.get("rounds")) {
		if ids := commas(s); ids != nil {
			var round []parley.PersonID
			for _, id := range ids {
				round = append(round, parley.PersonID(id))
			}
			rounds = append(rounds, round)
		}
	}
	file, err := casefile.PatternPlan(v.Case, f.get("pattern"), "plan", cast, rounds)
	return &outcome{File: &download{"plan.json", file}}, in("rounds", err)
}

// studyAct tells of a plan, in a file or on the channel, what its makers should
// know: when everything is due, what each side has outstanding at the worst, the
// best order, and whose reason to agree goes with somebody.
func studyAct() act {
	return act{name: "study", atOnce: true, apart: true, fields: []field{
		{name: "file", kind: upload},
		{name: "units", kind: many, options: choices("record.known", "yes")},
		{name: "out", kind: many, options: peopleOptions},
	}, do: studyPlan}
}

func studyPlan(v *visit, _ *desk.Desk, f *form) (*outcome, error) {
	p, err := planToStudy(v, f)
	if err != nil {
		return nil, in("file", err)
	}
	rows := append(v.planRows(p), v.orderRows(p, f.get("units") != "")...)
	for _, id := range f.people("out") {
		if _, ok := p.Entry(id); !ok {
			return nil, in("out", desk.ErrNotFound)
		}
	}
	if out := f.people("out"); out != nil {
		lost := p.Without(out...)
		for _, g := range lost {
			rows = append(rows, row{v.must("handover.study.lost", v.PartyName(g.Party)), g.Why})
		}
		if len(lost) == 0 {
			rows = append(rows, row{v.must("handover.study.out.none"), v.must("handover.study.allstay")})
		}
	}
	return &outcome{Rows: rows}, nil
}

// planToStudy is the plan of the file, else the one on the channel.
func planToStudy(v *visit, f *form) (p *handover.Plan, err error) {
	if file := f.file("file"); file.data != nil {
		return casefile.ParsePlan(file.name, file.data, v.Case)
	}
	err = v.server.alone(func(d *desk.Desk) error {
		h, err := d.Handover("last")
		if err == nil {
			p = h.Plan
		}
		return err
	})
	return p, err
}

// planRows tell a plan: what to know of it, its timetable, and what each side has
// outstanding.
func (v *visit) planRows(p *handover.Plan) []row {
	out := []row{{v.must("handover.study.plan"), orElse(p.Title, p.ID)}}
	for _, f := range p.Check() {
		out = append(out, row{v.must("handover.study.know"), f.String()})
	}
	s := p.Schedule()
	for _, slot := range s.Slots {
		parts := []string{string(slot.Of)}
		if slot.At != 0 {
			parts = append(parts, slot.At.String())
		}
		if slot.Final {
			parts = append(parts, v.must("handover.study.final"))
		}
		if slot.Latest > 0 && slot.Latest != slot.At {
			parts = append(parts, v.must("handover.study.latest", slot.Latest.String()))
		}
		if len(slot.Hidden) > 0 {
			parts = append(parts, v.must("handover.study.hidden", v.List(slot.Hidden)))
		}
		out = append(out, row{v.must("handover.study.slot"), v.List(parts)})
	}
	for _, l := range s.Late {
		out = append(out, row{v.must("handover.study.late"), string(l.Of) + " " + l.String()})
	}
	for _, st := range p.Steps() {
		out = append(out, row{v.must("handover.study.step", string(st.Gate)), v.outstanding(st.Under)})
	}
	for _, w := range p.Worst() {
		out = append(out, row{v.must("handover.study.worst", v.PartyName(parley.PartyID(w.Side))), v.must("handover.study.heads", int(w.Heads.Most))})
	}
	return out
}

func (v *visit) outstanding(list []handover.Exposure) string {
	var out []string
	for _, x := range list {
		out = append(out, v.PartyName(parley.PartyID(x.Side))+" "+v.Number(int(x.Open.Heads)))
	}
	return v.List(out)
}

// orderRows seek the order of phases in which the worst exposure is least.
func (v *visit) orderRows(p *handover.Plan, units bool) []row {
	loads := p.Loads(units)
	if len(loads) < 2 || len(loads) > handover.MaxGroups {
		return nil
	}
	best := handover.Best(loads, len(loads[0].Gives))
	ids := make([]string, len(best.Order))
	for i, at := range best.Order {
		ids[i] = loads[at].ID
	}
	out := []row{{v.must("handover.study.order"), v.List(ids)}, {v.must("handover.study.least"), v.Number(int(best.Worst))}}
	if !best.Proved {
		out = append(out, row{v.must("handover.study.unproved"), v.Number(int(best.Least))})
	}
	return out
}
