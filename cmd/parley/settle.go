package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"parley"
	"parley/accord"
	"parley/brief"
)

// settleFlags are the flags of settle.
type settleFlags struct {
	briefs     []string
	local      bool
	criterion  string
	mediated   bool
	resolution int
	step       int64
}

// mediator is the name of the neutral of a local run.
const mediator = "mediator"

func (a *app) settleCommand() *cobra.Command {
	var f settleFlags
	c := &cobra.Command{
		Use:   "settle CASE --brief FILE --brief FILE --local",
		Short: "Settle privately: both sides learn the best exchange, or that there is none, and nothing else",
		Args:  cobra.ExactArgs(1),
		RunE:  func(c *cobra.Command, args []string) error { return a.settle(c.Context(), args[0], &f) },
	}
	g := c.Flags()
	g.StringArrayVar(&f.briefs, "brief", nil, "a party's brief; once for each of the two")
	g.BoolVar(&f.local, "local", false, "run both sides on this machine")
	g.StringVar(&f.criterion, "criterion", "nash", "nash or maximin (maximin only on an agreed scale)")
	g.BoolVar(&f.mediated, "mediated", false, "let a neutral evaluate: holds against any one of the three")
	g.IntVar(&f.resolution, "resolution", 15, "how many steps a release may be worth at most")
	g.Int64Var(&f.step, "step", 0, "points to a step (0: the smallest for which no worth passes the resolution)")
	c.AddCommand(a.settleSideCommand())
	c.AddCommand(a.settleOnChannel()...)
	return c
}

// settlement is what settle prints with --json.
type settlement struct {
	Agreeable  bool             `json:"agreeable"`
	Release    parley.Exchange  `json:"release"`
	Criterion  accord.Criterion `json:"criterion"`
	Security   accord.Mode      `json:"security"`
	Persons    int              `json:"persons"`
	Resolution int              `json:"resolution"`
	Step       int64            `json:"step"`
	Signs      string           `json:"signs"` // "public": each release hurts its holder and helps the other; or "private"
	AndGates   int64            `json:"and_gates"`
	Products   int64            `json:"one_hot_products"`
	Bytes      map[string]int64 `json:"bytes"`
	Rounds     int              `json:"rounds"`

	WaitsFor map[parley.PartyID]parley.Exchange `json:"waits_for,omitempty"` // whose own yes the exchange needs
	Seconds  float64                            `json:"seconds"`
}

func (a *app) settle(ctx context.Context, caseFile string, f *settleFlags) error {
	if err := f.check(); err != nil {
		return usage(err)
	}
	c, file, err := readCase(caseFile)
	if err != nil {
		return err
	}
	var briefs []brief.Brief
	for _, path := range f.briefs {
		b, err := readBrief(path, c)
		if err != nil {
			return err
		}
		briefs = append(briefs, b)
	}
	if briefs[0].Party() == briefs[1].Party() {
		return usage(fmt.Errorf("both briefs are of %s: a settlement is between two", briefs[0].Party()))
	}
	plan, err := f.plan(c, file, briefs)
	if err != nil {
		return err
	}
	began := a.now()
	s, err := a.settleLocally(ctx, plan, caseFile, f.files(briefs))
	if err != nil {
		return err
	}
	s.Seconds = a.now().Sub(began).Seconds()
	return a.print(s, func(w *words) { tellSettlement(w, c, s) })
}

func (f *settleFlags) check() error {
	switch {
	case !f.local:
		return errors.New("a settlement on this machine needs --local")
	case len(f.briefs) != 2:
		return errors.New("a settlement on this machine needs the briefs of both sides: --brief FILE --brief FILE")
	case f.criterion != string(accord.Nash) && f.criterion != string(accord.Maximin):
		return fmt.Errorf("--criterion: no criterion %q: a settlement has nash or maximin", f.criterion)
	case f.step < 0:
		return errors.New("--step can't be negative")
	case f.resolution < 1 || f.resolution > accord.MaxResolution:
		return fmt.Errorf("--resolution is from 1 to %d", accord.MaxResolution)
	}
	return nil
}

// files tells each party's brief.
func (f *settleFlags) files(briefs []brief.Brief) map[string]string {
	out := map[string]string{}
	for i, b := range briefs {
		out[string(b.Party())] = f.briefs[i]
	}
	return out
}

// plan makes the terms that both briefs fit, and their circuit: with public
// signs if every release hurts its holder and helps the other side.
func (f *settleFlags) plan(c *parley.Case, file []byte, briefs []brief.Brief) (*accord.Plan, error) {
	t := accord.Terms{
		Form: accord.Form, Question: accord.Settle, Case: c.ID, Version: parley.DigestOfCase(parley.Digest{}, file),
		Parties: inOrder(c, briefs), Mode: accord.SemiHonest, Criterion: accord.Criterion(f.criterion), Resolution: f.resolution, Step: f.step,
	}
	if _, err := rand.Read(t.Nonce[:]); err != nil {
		return nil, err
	}
	if f.mediated {
		t.Mode, t.Neutral = accord.Mediated, mediator
	}
	if t.Step == 0 {
		var bounds []int64
		for _, b := range briefs {
			n, err := accord.Bound(c, b)
			if err != nil {
				return nil, usage(err)
			}
			bounds = append(bounds, n)
		}
		t.Step = accord.StepFor(f.resolution, bounds...)
	}
	p, err := fitting(c, t, briefs)
	if errors.Is(err, accord.ErrSigns) {
		t.Signs = true
		p, err = fitting(c, t, briefs)
	}
	if err != nil {
		return nil, usage(err)
	}
	return p, nil
}

// fitting makes a plan that takes both briefs.
func fitting(c *parley.Case, t accord.Terms, briefs []brief.Brief) (*accord.Plan, error) {
	p, err := accord.NewPlan(c, t)
	if err != nil {
		return nil, err
	}
	for _, b := range briefs {
		if _, err := p.Inputs(b); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// inOrder names the parties of the briefs as the case lists them.
func inOrder(c *parley.Case, briefs []brief.Brief) (out [2]parley.PartyID) {
	n := 0
	for _, p := range c.Parties {
		if p.ID == briefs[0].Party() || p.ID == briefs[1].Party() {
			out[n] = p.ID
			n++
		}
	}
	return out
}

// tellSettlement tells the result in words.
func tellSettlement(w *words, c *parley.Case, s *settlement) {
	switch {
	case s.Agreeable:
		w.line("both accept: release %s", named(namesOf(c), s.Release))
	default:
		w.line("there is no exchange that both accept")
	}
	for _, p := range c.Parties {
		if held := s.WaitsFor[p.ID]; len(held) > 0 {
			w.line("  it waits for %s, who holds %s: silence is not consent", nameOf(namesOf(c), p.ID), named(namesOf(c), held))
		}
	}
	w.line("  by %s, on worth in steps of %d points, %d steps at most", s.Criterion, s.Step, s.Resolution)
	switch s.Security {
	case accord.Mediated:
		w.line("  %s", saysMediated)
	default:
		w.line("  %s", saysSemiHonest)
	}
	w.line("  %d AND gates, %d messages, %.1f MB, %.2f s; shown before the end: nothing", s.AndGates, s.Rounds, float64(s.sent())/1e6, s.Seconds)
}

// sent is the bytes of all together.
func (s *settlement) sent() (n int64) {
	for _, b := range s.Bytes {
		n += b
	}
	return n
}
