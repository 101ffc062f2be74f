package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley"
	"parley/brief"
	"parley/casefile"
	"parley/frontier"
	"parley/web/chart"
)

// weighFlags are the flags of weigh.
type weighFlags struct {
	briefs    []string
	criterion string
	frontier  bool
	releases  bool
	offer     string
	limit     time.Duration

	changes     bool
	counter     int
	certificate string
	svg         string
}

func (a *app) weighCommand() *cobra.Command {
	var f weighFlags
	c := &cobra.Command{
		Use:   "weigh CASE --brief FILE",
		Short: "See which exchanges fit all positions, and why an offer doesn't",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.weigh(c.Context(), args[0], &f)
		},
	}
	g := c.Flags()
	g.StringArrayVar(&f.briefs, "brief", nil, "a party's brief; once for each party whose brief is at hand")
	g.StringVar(&f.criterion, "criterion", "nash", "nash, ks, maximin, total or home")
	g.BoolVar(&f.frontier, "frontier", false, "list every exchange that no other beats")
	g.BoolVar(&f.releases, "releases", false, "with --frontier: name who is released at each point, however many there are")
	g.StringVar(&f.offer, "offer", "", "an offer to be judged")
	g.BoolVar(&f.changes, "changes", false, "with --offer: the smallest changes that would make it agreeable")
	g.IntVar(&f.counter, "counter", 0, "with --offer: so many answers of nearly equal gain to us (the first brief's party) that differ for the others")
	g.StringVar(&f.certificate, "certificate", "", "write a proof of the answer to this file; as private as the briefs")
	g.StringVar(&f.svg, "svg", "", "with --frontier, two parties: draw it to this file; as private as the briefs")
	g.DurationVar(&f.limit, "limit", 0, "stop after this long, with what was found by then")
	return c
}

func (a *app) weigh(ctx context.Context, caseFile string, f *weighFlags) error {
	options, err := f.options()
	if err != nil {
		return usage(err)
	}
	c, briefs, err := readWeighing(caseFile, f, &options)
	if err != nil {
		return err
	}
	if f.counter > 0 {
		options.Counter = &frontier.Countering{Number: f.counter, Us: briefs[0].Party(), Estimates: briefs[0].Content().Estimates}
	}
	began := a.now()
	search, stop := a.watched(ctx, f.limit)
	defer stop()
	p, err := problem(c, briefs)
	if err != nil {
		return usage(err)
	}
	answer, err := p.Solve(search, options)
	stop()
	if err != nil {
		return usage(err)
	}
	answer.Seconds = a.now().Sub(began).Seconds()
	if err := ctx.Err(); err != nil {
		return err
	}
	beside := a.writeBeside(ctx, f, p, answer, c, &options)
	if beside != nil && !errors.Is(beside, frontier.ErrNoCertificate) {
		return beside
	}
	told := a.print(answer, func(w *words) { tellWeighing(w, c, rulesSaid(c, briefs), options.Offer, answer) })
	return errors.Join(told, beside) // without a proof, the answer stands
}

// writeBeside writes the files that were asked for beside the answer. A proof has
// as much time as the search had.
func (a *app) writeBeside(ctx context.Context, f *weighFlags, p *frontier.Problem, answer *frontier.Answer, c *parley.Case, o *frontier.Options) error {
	if f.svg != "" {
		picture, err := chart.Frontier(answer, o.Offer, chartWords(c, answer))
		if err != nil {
			return usage(fmt.Errorf("--svg: %w", err))
		}
		if err := casefile.ReplaceFile(f.svg, picture, 0o600); err != nil {
			return err
		}
	}
	if f.certificate == "" {
		return nil
	}
	search, stop := a.watched(ctx, f.limit)
	defer stop()
	x, err := p.Certify(search, answer)
	if err != nil {
		return fmt.Errorf("--certificate: %w", err)
	}
	text, err := json.Marshal(x)
	if err != nil {
		return err
	}
	return casefile.ReplaceFile(f.certificate, append(text, '\n'), 0o600)
}

// chartWords are what the picture of a frontier says.
func chartWords(c *parley.Case, a *frontier.Answer) chart.Words {
	w := chart.Words{
		Title: c.Title, WalkAway: "0: walk-away", Compares: "compares points between parties", Offer: "offer",
		Criterion: fmt.Sprintf("%s: %s", a.Criterion, a.Criterion.Formula()),
		Desc:      "each point is an exchange that no other beats; in the shaded zone nobody is below its walk-away",
	}
	n := namesOf(c)
	for i, p := range a.Parties[:min(2, len(a.Parties))] {
		w.Gain[i] = "gain of " + nameOf(n, p)
	}
	return w
}

// options reads the flags that need no file.
func (f *weighFlags) options() (frontier.Options, error) {
	criterion, err := frontier.ParseCriterion(f.criterion)
	switch {
	case err != nil:
		return frontier.Options{}, fmt.Errorf("--criterion: %w", err)
	case len(f.briefs) == 0:
		return frontier.Options{}, errors.New("weighing needs a position: name a brief with --brief FILE")
	case f.limit < 0:
		return frontier.Options{}, errors.New("--limit can't be negative")
	case f.releases && !f.frontier:
		return frontier.Options{}, errors.New("--releases goes with --frontier")
	case f.svg != "" && !f.frontier:
		return frontier.Options{}, errors.New("--svg goes with --frontier")
	case f.offer == "" && (f.changes || f.counter != 0):
		return frontier.Options{}, errors.New("--changes and --counter answer an offer: name it with --offer FILE")
	case f.counter < 0 || f.counter > 20:
		return frontier.Options{}, errors.New("--counter is from 1 to 20")
	}
	return frontier.Options{Criterion: criterion, Frontier: f.frontier, Releases: f.releases, Changes: f.changes}, nil
}

// readWeighing reads the files, the offer into the options.
func readWeighing(caseFile string, f *weighFlags, o *frontier.Options) (*parley.Case, []brief.Brief, error) {
	c, _, err := readCase(caseFile)
	if err != nil {
		return nil, nil, err
	}
	var briefs []brief.Brief
	for _, file := range f.briefs {
		b, err := readBrief(file, c)
		if err != nil {
			return nil, nil, err
		}
		briefs = append(briefs, b)
	}
	if f.offer != "" {
		o.Offer, err = readOffer(f.offer, c)
	}
	return c, briefs, err
}

func problem(c *parley.Case, briefs []brief.Brief) (*frontier.Problem, error) {
	voices, err := frontier.Voices(c, briefs...)
	if err != nil {
		return nil, err
	}
	return frontier.New(c, voices)
}

// weighing tells an answer to the owner of the briefs. It never calls an
// exchange the best or the fairest: only what fits, and by which formula.
type weighing struct {
	*words
	*frontier.Answer
	names names
	rules []parley.Rule
}

func tellWeighing(w *words, c *parley.Case, rules []parley.Rule, o *parley.Offer, a *frontier.Answer) {
	t := weighing{w, a, namesOf(c), rules}
	t.whoSpoke(c)
	t.chosen()
	if a.Frontier != nil && a.Agreeable {
		t.points()
	}
	if a.Offer != nil {
		t.judged(o)
	}
	t.countered()
}

func (t *weighing) whoSpoke(c *parley.Case) {
	var heard []parley.PartyID
	for _, p := range t.Parties {
		if !slices.Contains(t.Estimated, p) {
			heard = append(heard, p)
		}
	}
	t.line("heard, by a brief: %s", named(t.names, heard))
	if len(t.Estimated) > 0 {
		t.line("not heard, only estimated in that brief (mid-points): %s", named(t.names, t.Estimated))
	}
	for _, p := range c.Parties {
		if held := t.WaitsFor[p.ID]; len(held) > 0 {
			t.line("%s has not spoken, and silence is not consent: whatever releases %s waits for it", nameOf(t.names, p.ID), oneOf(t.names, held))
		}
	}
}

// oneOf tells ids with their names: "a, b or c".
func oneOf(n names, ids parley.Exchange) string {
	last := len(ids) - 1
	if last == 0 {
		return named(n, ids)
	}
	return named(n, ids[:last]) + " or " + nameOf(n, ids[last])
}

// fits is what an agreeable exchange does.
func (t *weighing) fits() string {
	switch len(t.Parties) {
	case 1:
		return "fits the one position known"
	case 2:
		return "fits both positions"
	}
	return fmt.Sprintf("fits all %d positions", len(t.Parties))
}

func (t *weighing) chosen() {
	t.line("")
	t.line("%s: %s", t.Criterion, t.Criterion.Formula())
	if t.Criterion.ComparesPoints() {
		t.line("  this compares one party's points with another's: it means something only if the parties' points mean the same")
	}
	if len(t.LeftOut) > 0 {
		t.line("  left out of the formula, because no exchange gains them anything: %s", named(t.names, t.LeftOut))
	}
	switch {
	case t.Best != nil:
		t.line("%s: release %s", t.fits(), t.released(t.Best))
		t.line("  gains: %s", t.gains(t.Best.Gains))
		t.balance(t.Best.Release, t.Answer.Balance)
	case t.Proved:
		t.line("Nothing %s. These can't all hold, and none of them can be left out:", t.fits())
		t.each(t.Why)
	default:
		t.each(t.Why)
	}
	if t.Tied {
		t.line("  others are tied with it")
	}
	if !t.Proved {
		t.line("  The limit stopped the search. By this formula %s is the most that may still be found.", t.Bound.Value)
	}
}

func (t *weighing) points() {
	t.line("")
	t.line("exchanges that no other beats: %d", len(t.Frontier.Points))
	for _, p := range t.Frontier.Points {
		l := t.gains(p.Gains)
		if p.Release != nil {
			l += ": release " + named(t.names, p.Release)
		}
		t.line("  %s", l)
	}
	if t.Frontier.Band > 0 {
		t.line("  Not all are listed. Whatever is not gains %s at most %d more than one of these that is as good for %s.", nameOf(t.names, t.Parties[1]), t.Frontier.Band, nameOf(t.names, t.Parties[0]))
	} else if !t.Frontier.Complete {
		t.line("  The limit stopped the search: there may be others, and others may beat these.")
	}
}

func (t *weighing) judged(o *parley.Offer) {
	verdict := "It " + t.fits() + "."
	if !t.Offer.Agreeable {
		verdict = "It does not fit."
	}
	t.line("")
	t.line("the offer: release %s", named(t.names, o.Entries()))
	t.line("  gains: %s", t.gains(t.Offer.Gains))
	t.line("  %s", verdict)
	t.each(t.Offer.Why)
	t.balance(o.Entries(), t.Offer.Balance)
	for _, d := range t.Offer.DominatedBy {
		t.line("  as good for everybody and better for somebody: release %s (%s)", named(t.names, d.Release), t.gains(d.Gains))
	}
	for _, c := range t.Offer.Changes {
		t.line("  a smallest change that fits: %s (%s)", t.change(c), t.gains(c.Gains))
	}
}

func (t *weighing) each(reasons []string) {
	for _, r := range reasons {
		t.line("  %s", inWords(t.names, t.rules, r))
	}
}

func (t *weighing) gains(g frontier.Gains) string {
	out := make([]string, len(g))
	for i, x := range g {
		out[i] = fmt.Sprintf("%s %+d", nameOf(t.names, x.Party), x.Points)
	}
	return strings.Join(out, ", ")
}
