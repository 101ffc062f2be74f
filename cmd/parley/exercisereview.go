package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley"
	"parley/brief"
	"parley/casefile"
	"parley/desk"
	"parley/frontier"
	"parley/web/chart"
)

func (a *app) exerciseReview() *cobra.Command {
	var tell bool
	var svg string
	var limit time.Duration
	c := &cobra.Command{
		Use:   "review [DIR]",
		Short: "Afterwards: what each side gained, and what the exchanges that no other beats would have",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.reviewExercise(c.Context(), orHere(args), tell, svg, limit)
		},
	}
	c.Flags().BoolVar(&tell, "tell", false, "put the review on the channel, as a note of the facilitator, so that each player's desk shows it")
	c.Flags().StringVar(&svg, "svg", "", "two players: draw the frontier, and what was agreed, to this file")
	c.Flags().DurationVar(&limit, "limit", 20*time.Second, "stop each search after this long, with what was found by then")
	return c
}

// review is what an exercise came to, and which it was.
type review struct {
	Exercise string `json:"exercise"`
	*desk.Review
}

func (a *app) reviewExercise(ctx context.Context, dir string, tell bool, svg string, limit time.Duration) error {
	all, err := seats(dir)
	if err != nil {
		return err
	}
	f := all[len(all)-1]
	if f.Party != "" {
		return usage(fmt.Errorf("%s has no facilitator's folder: the review is made from there, with every brief", dir))
	}
	s := &stage{ctx: ctx, dir: dir, tell: a.err}
	defer s.stopRelay()
	if err := s.exerciseRelay(all, ""); err != nil {
		return err
	}
	progress := a.progress("desks brought up to date")
	for i, t := range all[:len(all)-1] {
		if err := a.atSeat(ctx, t, func(d *desk.Desk) error { return nil }); err != nil {
			return err
		}
		progress(i+1, len(all))
	}
	return a.atSeat(ctx, f, func(d *desk.Desk) error {
		r, c, err := a.review(ctx, d, f, limit)
		if err != nil {
			return err
		}
		if svg != "" {
			if err := r.draw(svg, c); err != nil {
				return err
			}
		}
		if tell {
			if err := a.tellReview(ctx, d, r, c); err != nil {
				return err
			}
		}
		return a.print(r, func(w *words) { r.say(w, c) })
	})
}

// atSeat opens a seat's desk, brings it up to date, and does something there. A
// relay that is not reached is told, and what the desk has is worked with.
func (a *app) atSeat(ctx context.Context, s *seat, do func(*desk.Desk) error) error {
	pass, err := passphraseFrom(s.side().pass)
	if err != nil {
		return err
	}
	d, err := desk.Open(ctx, s.side().home, pass, a.surroundings())
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.SetRelay(ctx, s.Relay); err != nil {
		return err
	}
	if err := syncOnce(ctx, d); err != nil {
		if ctx.Err() != nil {
			return err
		}
		a.tell("parley: the desk in %s was not brought up to date: %v", s.dir, err)
	}
	return errors.Join(do(d), d.Close())
}

func syncOnce(ctx context.Context, d *desk.Desk) error {
	by, err := byRelay(ctx, d)
	if err != nil {
		return err
	}
	_, err = d.Sync(ctx, by)
	return err
}

// review weighs what the facilitator's desk has.
func (a *app) review(ctx context.Context, d *desk.Desk, s *seat, limit time.Duration) (*review, *parley.Case, error) {
	c, err := d.Case(ctx)
	if err != nil {
		return nil, nil, err
	}
	briefs, err := briefsIn(filepath.Join(s.dir, "briefs"), c)
	if err != nil {
		return nil, nil, err
	}
	v, err := d.View(ctx)
	if err != nil {
		return nil, nil, err
	}
	found, err := desk.ReviewOf(ctx, v, c, briefs, func(ctx context.Context) (context.Context, func()) { return a.watched(ctx, limit) })
	if err != nil {
		return nil, nil, err
	}
	return &review{s.Exercise, found}, c, nil
}

// briefsIn reads every brief in a folder.
func briefsIn(dir string, c *parley.Case) ([]brief.Brief, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return nil, err
	}
	var out []brief.Brief
	for _, f := range files {
		b, err := readBrief(f, c)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	if len(out) == 0 {
		return nil, usage(fmt.Errorf("%s holds no brief", dir))
	}
	order := func(b brief.Brief) int {
		return slices.IndexFunc(c.Parties, func(p parley.Party) bool { return p.ID == b.Party() })
	}
	slices.SortFunc(out, func(a, b brief.Brief) int { return order(a) - order(b) })
	return out, nil
}

// weigher solves one problem several times, each within the limit.
type weigher struct {
	*app
	ctx   context.Context
	p     *frontier.Problem
	limit time.Duration
}

func (w *weigher) solve(o frontier.Options) (*frontier.Answer, error) {
	search, stop := w.watched(w.ctx, w.limit)
	defer stop()
	answer, err := w.p.Solve(search, o)
	return answer, errors.Join(err, w.ctx.Err())
}

func (r *review) draw(file string, c *parley.Case) error {
	var o *parley.Offer
	if r.Outcome != nil {
		o = &parley.Offer{Release: r.Outcome.Release}
	}
	w := chartWords(c, r.Answer)
	w.Offer = "agreed"
	picture, err := chart.Frontier(r.Answer, o, w)
	if err != nil {
		return usage(fmt.Errorf("--svg: %w", err))
	}
	return casefile.ReplaceFile(file, picture, 0o600)
}

// tellReview puts the review on the channel.
func (a *app) tellReview(ctx context.Context, d *desk.Desk, r *review, c *parley.Case) error {
	var text strings.Builder
	w := &words{to: &text}
	r.say(w, c)
	if _, err := d.Note(ctx, "", text.String()); err != nil {
		return err
	}
	return syncOnce(ctx, d)
}

// say tells the review to those who played.
func (r *review) say(w *words, c *parley.Case) {
	t := weighing{w, r.Answer, namesOf(c), c.Rules}
	w.line("%s", r.Title)
	w.line("Every number is invented for exercise. A side's points mean nothing to another.")
	w.line("")
	r.sayOutcome(&t)
	w.line("")
	w.line("what a formula would have picked, knowing all briefs:")
	r.sayPicks(&t)
	if len(r.Offers) == 0 {
		return
	}
	w.line("")
	w.line("the offers, as they were made, with what each would have gained:")
	for _, o := range r.Offers {
		w.line("  %s of %s, %s: release %s (%s)", short(o.ID), nameOf(t.names, o.By), o.Status, named(t.names, o.Release), t.gains(o.Gains))
	}
}

func (r *review) sayOutcome(t *weighing) {
	if len(r.Players) > 2 {
		t.line("With more than two players the whole frontier is not searched: a gain stands beside those in what the formulas below pick.")
	}
	if r.Outcome == nil {
		t.line("Nothing is in force: every side stands at its walk-away, a gain of 0.")
		if r.Most != nil {
			t.line("The most that any agreeable exchange would have gained: %s", t.gains(r.Most))
		}
		return
	}
	t.line("In force: release %s", named(t.names, r.Outcome.Release))
	for _, g := range r.Outcome.Gains {
		line := fmt.Sprintf("  %s gained %+d", nameOf(t.names, g.Party), g.Points)
		if best, ok := r.Most.Of(g.Party); ok {
			line += fmt.Sprintf("; the most that any agreeable exchange gains it is %+d", best)
		} else if least, most, ok := r.Range(g.Party); ok {
			line += fmt.Sprintf("; the formulas pick what gains it %+d to %+d", least, most)
		}
		t.line("%s", line)
	}
	t.each(r.Outcome.Why)
	if len(r.Outcome.Better) == 0 {
		t.line("Nothing was left on the table: no agreeable exchange is as good for every side and better for one.")
		return
	}
	t.line("Left on the table: as good for every side and better for one:")
	for _, b := range r.Outcome.Better {
		t.line("  release %s (%s)", named(t.names, b.Release), t.gains(b.Gains))
	}
}

// sayPicks tells what the formulas pick, those that pick the same together.
func (r *review) sayPicks(t *weighing) {
	var picked []string
	by := map[string][]desk.Picked{}
	for _, p := range r.Picks {
		pick := "  nothing is agreeable to all sides"
		if p.Pick != nil {
			pick = fmt.Sprintf("  release %s (%s)", t.released(p.Pick), t.gains(p.Pick.Gains))
		}
		if by[pick] == nil {
			picked = append(picked, pick)
		}
		by[pick] = append(by[pick], p)
	}
	for _, pick := range picked {
		t.line("%s", pick)
		for _, p := range by[pick] {
			note := ""
			if p.Compares {
				note = "; it compares one side's points with another's"
			}
			if !p.Proved {
				note += "; the limit stopped the search"
			}
			t.line("    %s: %s%s", p.Criterion, p.Formula, note)
		}
	}
}
