package web

import (
	"html/template"
	"slices"

	"parley"
	"parley/desk"
	"parley/handover"
	"parley/web/chart"
)

// exposure is what each side has outstanding from gate to gate, as a drawing and
// as the table that says the same.
type exposure struct {
	Picture template.HTML
	Sides   []string
	Rows    []exposureRow
	Worst   []int64 // by side: in any order of gates, wherever anybody stops
}

// exposureRow is a gate: heads by side, while it is under way and once it is
// confirmed.
type exposureRow struct {
	Number       int
	Do           string
	Under, After []int64
}

// exposureOf goes through a plan in its own order; nil where it has no gates.
func exposureOf(v *visit, h *desk.Handover) *exposure {
	steps := h.Plan.Steps()
	if len(steps) == 0 {
		return nil
	}
	out := &exposure{}
	lines := make([]chart.Side, len(steps[0].Under))
	for i, x := range steps[0].Under {
		lines[i] = chart.Side{Name: v.sideOf(h.Plan, x.Side), Us: v.ours(h.Plan, x.Side)}
		out.Sides = append(out.Sides, lines[i].Name)
	}
	for n, s := range steps {
		row := exposureRow{Number: n + 1, Do: doing(h.Plan, s.Gate)}
		for i := range lines {
			under, after := s.Under[i].Open.Heads, s.After[i].Open.Heads
			row.Under, row.After = append(row.Under, under), append(row.After, after)
			lines[i].Open = append(lines[i].Open, under, after)
		}
		out.Rows = append(out.Rows, row)
	}
	for _, w := range h.Plan.Worst() {
		out.Worst = append(out.Worst, w.Heads.Most)
	}
	words := chart.Words{
		Title: v.must("handover.chart"), Desc: v.must("handover.chart.desc"),
		Gain: [2]string{v.must("handover.chart.gates"), v.must("handover.chart.heads")},
	}
	out.Picture = template.HTML(chart.Exposure(len(steps), lines, words)) //nolint:gosec // drawn here, every text in it escaped
	return out
}

// ours tells whether this desk's party counts on a side of a plan.
func (v *visit) ours(p *handover.Plan, side handover.SideID) bool {
	for _, s := range p.Sides {
		if s.ID == side {
			return slices.ContainsFunc(s.Parties, v.Ours)
		}
	}
	return v.Ours(parley.PartyID(side))
}

// sideOf is what a side of a plan is called: its parties, where the plan joins
// some.
func (v *visit) sideOf(p *handover.Plan, side handover.SideID) string {
	for _, s := range p.Sides {
		if s.ID == side {
			return v.List(v.Sides(s.Parties))
		}
	}
	return v.PartyName(parley.PartyID(side))
}

// doing is what is done at a gate, else its id.
func doing(p *handover.Plan, gate handover.StepID) string {
	for _, phase := range p.Phases {
		for _, g := range phase.Gates {
			if g.ID == gate {
				return orElse(g.Do, string(gate))
			}
		}
	}
	return string(gate)
}
