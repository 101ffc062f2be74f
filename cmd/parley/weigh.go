package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley"
	"parley/brief"
	"parley/casefile"
	"parley/frontier"
)

// weighFlags are the flags of weigh.
type weighFlags struct {
	briefs    []string
	criterion string
	frontier  bool
	releases  bool
	offer     string
	limit     time.Duration
}

func (a *app) weighCommand() *cobra.Command {
	var f weighFlags
	c := &cobra.Command{
		Use:   "weigh CASE --brief FILE",
		Short: "See which exchanges fit all positions, and why an offer doesn't",
		Long:  "Works on files alone: no key, no channel, no network. With one brief the other parties come from its estimates, by their mid-points; with several the estimates are not used. A party that has neither has not spoken: whom it holds is listed under waits_for.",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.weigh(c.Context(), args[0], &f)
		},
	}
	g := c.Flags()
	g.StringSliceVar(&f.briefs, "brief", nil, "a party's brief; once for each party whose brief is at hand")
	g.StringVar(&f.criterion, "criterion", "nash", "nash, ks, maximin, total or home")
	g.BoolVar(&f.frontier, "frontier", false, "list every exchange that no other beats")
	g.BoolVar(&f.releases, "releases", false, "with --frontier: name who is released at each point, however many there are")
	g.StringVar(&f.offer, "offer", "", "an offer to be judged")
	g.DurationVar(&f.limit, "limit", 0, "stop after this long, with what was found by then")
	_ = c.MarkFlagRequired("brief")
	return c
}

func (a *app) weigh(ctx context.Context, caseFile string, f *weighFlags) error {
	criterion, err := frontier.ParseCriterion(f.criterion)
	if err != nil {
		return usage(fmt.Errorf("--criterion: %w", err))
	}
	if f.limit < 0 || f.releases && !f.frontier {
		return usage(fmt.Errorf("--limit can't be negative, and --releases goes with --frontier"))
	}
	c, p, offer, err := readWeighing(caseFile, f)
	if err != nil {
		return err
	}
	search := ctx
	if f.limit > 0 {
		var stop context.CancelFunc
		search, stop = context.WithTimeout(ctx, f.limit)
		defer stop()
	}
	began := time.Now()
	answer, err := p.Solve(search, frontier.Options{Criterion: criterion, Frontier: f.frontier, Releases: f.releases, Offer: offer})
	if err != nil {
		return usage(err)
	}
	answer.Seconds = time.Since(began).Seconds()
	if err := ctx.Err(); err != nil {
		return err
	}
	return a.print(answer, func(w *words) { weighWords(w, c, answer) })
}

func readWeighing(caseFile string, f *weighFlags) (*parley.Case, *frontier.Problem, *parley.Offer, error) {
	c, _, err := casefile.ReadCase(caseFile)
	if err != nil {
		return nil, nil, nil, err
	}
	var briefs []brief.Brief
	for _, file := range f.briefs {
		b, err := casefile.ReadBrief(file, c)
		if err != nil {
			return nil, nil, nil, err
		}
		briefs = append(briefs, b)
	}
	var offer *parley.Offer
	if f.offer != "" {
		if offer, err = casefile.ReadOffer(f.offer, c); err != nil {
			return nil, nil, nil, err
		}
	}
	voices, err := frontier.Voices(c, briefs...)
	if err != nil {
		return nil, nil, nil, usage(err)
	}
	p, err := frontier.New(c, voices)
	if err != nil {
		return nil, nil, nil, usage(err)
	}
	return c, p, offer, nil
}

// weighWords tells an answer to the owner of the briefs. It never calls an
// exchange the best or the fairest: only what fits, by which formula.
func weighWords(w *words, c *parley.Case, a *frontier.Answer) {
	names := namesOf(c)
	w.line("%s: %s", a.Criterion, a.Criterion.Formula())
	if a.Criterion.ComparesPoints() {
		w.line("  compares one party's points with another's: it means something only if they mean the same")
	}
	if len(a.Estimated) > 0 {
		w.line("estimated, not heard: %s", named(names, a.Estimated))
	}
	if len(a.LeftOut) > 0 {
		w.line("can gain nothing, left out of the formula: %s", named(names, a.LeftOut))
	}
	for _, p := range c.Parties {
		if held := a.WaitsFor[p.ID]; len(held) > 0 {
			w.line("%s has not spoken; silence is no yes for %s", nameOf(names, string(p.ID)), named(names, held))
		}
	}
	bestWords(w, names, a)
	if a.Frontier != nil {
		frontierWords(w, names, a.Frontier)
	}
	if a.Offer != nil {
		offerJudged(w, names, a.Offer)
	}
}

func bestWords(w *words, names map[string]string, a *frontier.Answer) {
	switch {
	case a.Best != nil:
		w.line("fits all positions heard: release %s", named(names, a.Best.Release))
		w.line("  gains: %s", gainWords(names, a.Best.Gains))
		if a.Tied {
			w.line("  others are tied with it")
		}
	case a.Proved:
		w.line("Nothing fits all positions. These can't all hold, and none of them can be left out:")
		for _, y := range a.Why {
			w.line("  %s", y)
		}
	default:
		w.line("Nothing was found before the limit.")
	}
	if !a.Proved && a.Bound != nil {
		w.line("  stopped by the limit; still possible: up to %s by the formula", a.Bound.Value)
	}
}

func frontierWords(w *words, names map[string]string, f *frontier.Frontier) {
	w.line("%d exchanges that no other beats:", len(f.Points))
	for _, p := range f.Points {
		l := gainWords(names, p.Gains)
		if p.Release != nil {
			l += ": " + named(nil, p.Release)
		}
		w.line("  %s", l)
	}
	if !f.Complete {
		w.line("  and perhaps more: the search was stopped")
	}
}

func offerJudged(w *words, names map[string]string, j *frontier.Judgement) {
	verdict := "does not fit all positions heard"
	if j.Agreeable {
		verdict = "fits all positions heard"
	}
	w.line("the offer %s", verdict)
	w.line("  gains: %s", gainWords(names, j.Gains))
	for _, y := range j.Why {
		w.line("  %s", y)
	}
	for _, d := range j.DominatedBy {
		w.line("  would serve all at least as well: %s (%s)", named(nil, d.Release), gainWords(names, d.Gains))
	}
}

func gainWords(names map[string]string, g frontier.Gains) string {
	out := make([]string, len(g))
	for i, x := range g {
		out[i] = fmt.Sprintf("%s %d", nameOf(names, string(x.Party)), x.Points)
	}
	return strings.Join(out, ", ")
}
