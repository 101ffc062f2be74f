package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"parley"
	"parley/casefile"
	"parley/desk"
	"parley/handover"
)

func (a *app) handoverCommand() *cobra.Command {
	return a.group(
		"handover", "From the signed list to everybody received: plans, gates, receipts",
		a.handoverCheck(), a.handoverPlan(), a.handoverOrder(), a.handoverWithout(), a.handoverNew(),
		a.handoverPropose(), a.handoverAdopt(), a.handoverShow(), a.handoverReport(), a.handoverSheet(), a.handoverDocument(),
		a.handoverBegin(), a.handoverConfirm(), a.handoverHalt(), a.handoverResume(), a.handoverReceipt(),
		a.handoverInterview(), a.handoverInterviews(), a.handoverCodes(), a.handoverHeard(), a.lifeCommand(),
	)
}

// planFile reads a plan, with its case where one is named.
func planFile(path, caseFile string) (*handover.Plan, error) {
	var c *parley.Case
	if caseFile != "" {
		var err error
		if c, _, err = readCase(caseFile); err != nil {
			return nil, err
		}
	}
	p, _, err := casefile.ReadPlan(path, c)
	return p, err
}

// onPlan is a command on a plan in a file: it needs no desk, key or network.
func (a *app) onPlan(use, short string, do func(*handover.Plan) error) *cobra.Command {
	var caseFile string
	c := &cobra.Command{Use: use + " PLAN", Short: short, Args: cobra.ExactArgs(1), RunE: func(_ *cobra.Command, args []string) error {
		p, err := planFile(args[0], caseFile)
		if err != nil {
			return err
		}
		return do(p)
	}}
	c.Flags().StringVar(&caseFile, "case", "", "the case, for what the plan leaves out: who holds whom, how many, the agreed scale")
	return c
}

func (a *app) handoverCheck() *cobra.Command {
	return a.onPlan("check", "Check a plan: can it be carried out, and what should its makers know", func(p *handover.Plan) error {
		faults := p.Check()
		if faults == nil {
			faults = []handover.Fault{}
		}
		return a.print(map[string]any{"plan": p.ID, "ok": handover.Sound(faults), "findings": faults, "worst": p.Worst()}, func(w *words) {
			w.line("%s: it can be carried out.", p.ID)
			for _, f := range faults {
				w.line("know that %s", f)
			}
			worstWords(w, p.Worst())
		})
	})
}

func worstWords(w *words, worst []handover.Worst) {
	for _, x := range worst {
		w.line("at the worst %s has %s outstanding%s", x.Side, amountWords(handover.Amount{Heads: x.Heads.Most, Units: x.Units.Most}), whenWords(x.Heads))
	}
}

func whenWords(x handover.WorstHow) string {
	if len(x.Begun) == 0 {
		return ""
	}
	ids := make([]string, len(x.Begun))
	for i, id := range x.Begun {
		ids[i] = string(id)
	}
	return ", when these have begun: " + strings.Join(ids, ", ")
}

func amountWords(a handover.Amount) string {
	s := fmt.Sprintf("%d heads", a.Heads)
	if a.Heads == 1 {
		s = "1 head"
	}
	if a.Units > 0 {
		s += fmt.Sprintf(" (%d units)", a.Units)
	}
	return s
}

func (a *app) handoverPlan() *cobra.Command {
	return a.onPlan("plan", "Show when everything is to be done, and what each side has outstanding at each step", func(p *handover.Plan) error {
		s, steps := p.Schedule(), p.Steps()
		return a.print(map[string]any{"plan": p.ID, "feasible": s.Feasible(), "schedule": s, "steps": steps, "worst": p.Worst()}, func(w *words) {
			for _, slot := range s.Slots {
				w.line("%s  %s%s", orBlank(slot.At), slot.Of, slotWords(slot))
			}
			for _, l := range s.Late {
				w.line("can't be kept: %s %s", l.Of, l)
			}
			for _, e := range s.Early {
				w.line("know that %s %s", e.Of, e)
			}
			for _, st := range steps {
				w.line("%s: under way %s; confirmed %s", st.Gate, exposureWords(st.Under), exposureWords(st.After))
			}
			worstWords(w, p.Worst())
		})
	})
}

func orBlank(m handover.Moment) string {
	if m == 0 {
		return strings.Repeat(" ", 17)
	}
	return m.String()
}

func slotWords(s handover.Slot) string {
	out := ""
	if s.Final {
		out += ", can't be undone"
	}
	if s.Latest > 0 && s.Latest != s.At {
		out += ", at the latest " + s.Latest.String()
	}
	if len(s.Hidden) > 0 {
		out += ", must not be known yet to " + strings.Join(s.Hidden, ", ")
	}
	return out
}

func exposureWords(list []handover.Exposure) string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = fmt.Sprintf("%s %d", x.Side, x.Open.Heads)
		if x.Open.Units > 0 {
			out[i] += fmt.Sprintf(" (%d units)", x.Open.Units)
		}
	}
	return strings.Join(out, ", ")
}

func (a *app) handoverOrder() *cobra.Command {
	var units bool
	c := a.onPlan("order", "Find the order of phases in which the worst exposure is least", func(p *handover.Plan) error {
		loads := p.Loads(units)
		if len(loads) > handover.MaxGroups {
			return usage(fmt.Errorf("%d phases: an order is sought for at most %d", len(loads), handover.MaxGroups))
		}
		best := handover.Best(loads, sidesOf(loads))
		ids := []string{}
		for _, i := range best.Order {
			ids = append(ids, loads[i].ID)
		}
		return a.print(map[string]any{"order": ids, "worst": best.Worst, "least": best.Least, "proved": best.Proved, "states": best.States}, func(w *words) {
			w.line("%s", strings.Join(ids, ", "))
			w.line("nobody has more than %d outstanding at any moment", best.Worst)
			if !best.Proved {
				w.line("the search gave up: some order may need no more than %d", best.Least)
			}
		})
	})
	c.Flags().BoolVar(&units, "units", false, "count units of the agreed scale, not heads")
	return c
}

func sidesOf(loads []handover.Load) int {
	if len(loads) == 0 {
		return 0
	}
	return len(loads[0].Gives)
}

func (a *app) handoverWithout() *cobra.Command {
	var out []string
	c := a.onPlan("without", "Take somebody out, and see whose reason to agree has gone", func(p *handover.Plan) error {
		for _, id := range out {
			if _, ok := p.Entry(parley.PersonID(id)); !ok {
				return usage(fmt.Errorf("--person %s: the plan has no such entry", id))
			}
		}
		gone := p.Without(personIDs(out)...)
		if gone == nil {
			gone = []handover.Gone{}
		}
		return a.print(map[string]any{"without": out, "gone": gone}, func(w *words) {
			if len(gone) == 0 {
				w.line("everybody still has a reason to agree")
			}
			for _, g := range gone {
				w.line("%s: %s", g.Party, g.Why)
			}
		})
	})
	c.Flags().StringSliceVar(&out, "person", nil, "who is out")
	_ = c.MarkFlagRequired("person")
	return c
}

func (a *app) handoverNew() *cobra.Command {
	var caseFile, name, id, from, to, host, neutral, out string
	var rounds []string
	c := &cobra.Command{
		Use:   "new --pattern NAME",
		Short: "Write a plan by a ready-made pattern, to be changed",
		Long:  patternWords(),
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			cs, _, err := readCase(caseFile)
			if err != nil {
				return err
			}
			cast := handover.Cast{A: parley.PartyID(from), B: parley.PartyID(to), Host: handover.ActorID(host), Neutral: handover.ActorID(neutral)}
			file, err := casefile.PatternPlan(cs, name, id, cast, roundsFlag(rounds))
			if err != nil {
				return usage(err)
			}
			if out == "" {
				_, err := a.out.Write(file)
				return err
			}
			return a.carry(out, file, "The plan")
		},
	}
	f := c.Flags()
	f.StringVar(&caseFile, "case", "", "the case")
	f.StringVar(&name, "pattern", "", "which pattern")
	f.StringVar(&id, "id", "plan", "the plan's id")
	f.StringVar(&from, "a", "", "one side's party")
	f.StringVar(&to, "b", "", "the other's; in two-gate-escrow, who holds the one")
	f.StringVar(&host, "host", "", "whose place it is: a neutral's id")
	f.StringVar(&neutral, "neutral", "", "who asks the persons and checks identity: a neutral's id")
	f.StringArrayVar(&rounds, "round", nil, "who goes at one time, of both sides: ID,ID; more than once for flights and days")
	f.StringVar(&out, "out", "", "the file to write (else standard output)")
	for _, must := range []string{"case", "pattern", "a", "b", "host", "neutral", "round"} {
		_ = c.MarkFlagRequired(must)
	}
	return c
}

func patternWords() string {
	var out []string
	for _, p := range handover.Patterns() {
		out = append(out, "- "+p[0]+": "+p[1])
	}
	return "Patterns:\n\n" + strings.Join(out, "\n")
}

func roundsFlag(list []string) (out [][]parley.PersonID) {
	for _, s := range list {
		out = append(out, personIDs(strings.Split(s, ",")))
	}
	return out
}

// onChannel is a command on a plan that is on the channel.
func (a *app) onChannel(use, short string, do func(c *cobra.Command, d *desk.Desk, plan string, args []string) error) *cobra.Command {
	var plan string
	c := &cobra.Command{Use: use, Short: short}
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withDesk(c.Context(), func(d *desk.Desk) error { return do(c, d, plan, args) })
	}
	c.Flags().StringVar(&plan, "plan", "last", "which plan: its id, or the beginning of its digest")
	return c
}

func (a *app) handoverPropose() *cobra.Command {
	var agreement, replaces string
	c := &cobra.Command{
		Use:   "propose FILE",
		Short: "Put a plan forward on the channel",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.act(c, parley.KindPlan, func(d *desk.Desk) (parley.Ref, error) {
				data, err := casefile.ReadFile(args[0], handover.MaxPlanBytes)
				if err != nil {
					return parley.Ref{}, err
				}
				return d.ProposePlan(c.Context(), args[0], data, agreement, replaces)
			})
		},
	}
	c.Flags().StringVar(&agreement, "agreement", "", "the agreement that it carries out: its seal's id, or last; the plan must hand over just those whom it releases")
	c.Flags().StringVar(&replaces, "replaces", "", "the plan that it replaces, for what is left to do")
	return c
}

func (a *app) handoverAdopt() *cobra.Command {
	c := a.onChannel("adopt", "Adopt a plan for this side; it is in force when every party of it has", func(c *cobra.Command, d *desk.Desk, plan string, _ []string) error {
		ref, err := d.AdoptPlan(c.Context(), plan)
		if err != nil {
			return err
		}
		return a.acted(parley.KindPlan, ref)
	})
	c.Args = cobra.NoArgs
	return c
}

func (a *app) handoverShow() *cobra.Command {
	c := a.onChannel("show", "Show a plan being carried out: gates as a task list, and what each side has outstanding", func(_ *cobra.Command, d *desk.Desk, plan string, _ []string) error {
		v, err := d.HandoverView(plan)
		if err != nil {
			return err
		}
		return a.print(v, func(w *words) { handoverWords(w, v) })
	})
	c.Args = cobra.NoArgs
	return c
}

func handoverWords(w *words, v *desk.HandoverView) {
	state := "in force"
	if !v.InForce {
		state = fmt.Sprintf("not in force: adopted by %d of %d", len(v.Adopted), len(v.Parties))
	}
	w.line("plan %s %s: %s", v.Plan, short(v.Digest), state)
	if v.Ending != handover.NotEnded {
		w.line("%s", v.Ending)
	}
	for _, t := range v.Tasks {
		w.line("[%-9s] %s: %s%s%s", t.Status, t.Of, t.Do, waitWords(t), turnWords(t))
	}
	for _, e := range v.Entries {
		at := "at " + string(e.Where)
		if e.OnTheWay {
			at = "on the way to " + string(e.Where)
		}
		if e.Yes != "" {
			at += fmt.Sprintf("; only if %s says yes", e.Yes)
		}
		w.line("%s: %s; %s", e.ID, at, e.Word)
	}
	w.line("outstanding: %s", exposureWords(v.Exposures))
	for _, s := range v.Stop {
		w.line("stop: %s", s)
	}
	for _, f := range v.WithoutEffect {
		w.line("without effect: %s %s by %s: %s", f.Kind, f.Of, f.By, f.Why)
	}
}

func waitWords(t desk.TaskView) string {
	if t.Waits == "" {
		return ""
	}
	return "; " + t.Waits
}

func turnWords(t desk.TaskView) string {
	if !t.Ours {
		return ""
	}
	return "; YOUR TURN"
}

func (a *app) handoverReport() *cobra.Command {
	c := a.onChannel("report", "Agreed against executed: computed totals, substitutions, what is open and what remains", func(_ *cobra.Command, d *desk.Desk, plan string, _ []string) error {
		v, err := d.HandoverView(plan)
		if err != nil {
			return err
		}
		return a.print(v.Report, func(w *words) { reportWords(w, v.Report) })
	})
	c.Args = cobra.NoArgs
	return c
}

func reportWords(w *words, r handover.Report) {
	for _, l := range append(r.Lines, r.Total) {
		who := "in all"
		if l.For != "" {
			who = fmt.Sprintf("%s to %s", l.From, l.For)
		}
		w.line("%s: agreed %s, executed %s, added %d", who, amountWords(l.Agreed), amountWords(l.Executed), l.Added)
	}
	for _, l := range []struct {
		what string
		ids  []parley.PersonID
	}{{"left, and nobody has given a receipt", r.Departed}, {"went back", r.Returned}, {"will not travel", r.Dropped}, {"not received", r.Missing}, {"remains not tested", r.Unproven}, {"identity only claimed", r.Unchecked}} {
		if len(l.ids) > 0 {
			w.line("%s: %s", l.what, named(names{}, l.ids))
		}
	}
	for _, s := range r.Short {
		w.line("%s: %d of %d came", s.Entry, s.Came, s.Agreed)
	}
	for _, s := range append(append([]string{}, r.AddedLines...), r.InsteadLines...) {
		w.line("%s", s)
	}
	for _, s := range r.DutyLines {
		w.line("remains to be kept: %s", s)
	}
	for _, c := range r.Contradicted {
		w.line("%s %s", c.Source, c.Text)
	}
}
