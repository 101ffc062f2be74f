package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"parley"
	"parley/casefile"
	"parley/desk"
	"parley/frontier"
)

func (a *app) mediateCommand() *cobra.Command {
	return a.group("mediate", "Talks with a mediator: briefs in confidence, one text to all",
		a.mediateConfide(), a.mediateWithdraw(), a.mediateReply(), a.mediateShow(), a.mediateWeigh(), a.mediatePut(), a.mediateTell())
}

// parseDay reads a day that has to be named.
func parseDay(s string) (parley.Date, error) {
	day, err := parley.ParseDate(s)
	if err != nil {
		return day, usage(fmt.Errorf("--until %q: %w", s, err))
	}
	return day, nil
}

const untilWords = "the day at whose end all desks throw it away: 90 days from now at most"

func (a *app) mediateConfide() *cobra.Command {
	var to, until, file string
	c := &cobra.Command{
		Use:   "confide --until DAY",
		Short: "Give the mediator our brief in confidence",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			day, err := parseDay(until)
			if err != nil {
				return err
			}
			what := desk.Confiding{To: to, Until: day, Name: file}
			if file != "" {
				if what.Brief, err = casefile.ReadFile(file, parley.MaxCaseBytes); err != nil {
					return usage(err)
				}
			}
			return a.mediated(c, func(ctx context.Context, d *desk.Desk) error { return d.Confide(ctx, what) },
				"The brief waits for the next sync, sealed to the mediator's desk alone. It can leak what it reads.")
		},
	}
	c.Flags().StringVar(&to, "to", "", "the mediator's name (else the one on this channel)")
	c.Flags().StringVar(&until, "until", "", untilWords)
	c.Flags().StringVar(&file, "brief", "", "a brief/1 file to give in place of the one in the store")
	_ = c.MarkFlagRequired("until")
	return c
}

// mediated does one act of a mediation, off the record.
func (a *app) mediated(c *cobra.Command, do func(context.Context, *desk.Desk) error, say string) error {
	return a.withDesk(c.Context(), func(d *desk.Desk) error {
		if err := do(c.Context(), d); err != nil {
			return err
		}
		return a.print(map[string]bool{"done": true}, func(w *words) { w.line("%s", say) })
	})
}

func (a *app) mediateWithdraw() *cobra.Command {
	var to string
	c := &cobra.Command{
		Use:   "withdraw",
		Short: "Take our brief back from the mediator",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.mediated(c, func(ctx context.Context, d *desk.Desk) error { return d.WithdrawBrief(ctx, to) },
				"Withdrawn: the mediator's desk deletes it when it has heard of that, after the next sync.")
		},
	}
	c.Flags().StringVar(&to, "to", "", "the mediator's name (else the one on this channel)")
	return c
}

func (a *app) mediateReply() *cobra.Command {
	var to, text string
	c := &cobra.Command{
		Use:       "reply yes|no",
		Short:     "Answer the mediator's text, to the mediator alone",
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		ValidArgs: []string{"yes", "no"},
		RunE: func(c *cobra.Command, args []string) error {
			return a.mediated(c, func(ctx context.Context, d *desk.Desk) error {
				return d.ReplyText(ctx, to, args[0] == "yes", text)
			}, "The answer waits for the next sync, for the mediator alone.")
		},
	}
	c.Flags().StringVar(&to, "to", "", "the mediator's name (else the one on this channel)")
	c.Flags().StringVar(&text, "text", "", "words that go with it")
	return c
}

func (a *app) mediateShow() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "show",
		Short: "Show where the mediation stands; with --out write the text as an offer of ours",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				all, err := d.Mediations(c.Context())
				if err != nil {
					return err
				}
				cs, err := d.Case(c.Context())
				if err != nil && (out != "" || !errors.Is(err, desk.ErrNoCase)) {
					return err
				}
				if out != "" {
					return a.textOut(out, all, d.Party(), cs)
				}
				return a.print(map[string]any{"mediations": all}, func(w *words) { mediationWords(w, namesOf(cs), all) })
			})
		},
	}
	c.Flags().StringVar(&out, "out", "", "write the mediator's text as an offer/1 file, to be sent or not")
	return c
}

func (a *app) textOut(out string, all []desk.Mediation, us parley.PartyID, c *parley.Case) error {
	for _, m := range all {
		if m.Text != nil && !m.Ours {
			o := &parley.Offer{Case: c.ID, From: us, Release: m.Text.Release, Text: m.Text.Text}
			return a.carry(out, casefile.EncodeOffer(o), "The mediator's text, as an offer of ours,")
		}
	}
	return usage(errors.New("--out is for a party to which a text was put: there is none here"))
}

func mediationWords(w *words, n names, all []desk.Mediation) {
	if len(all) == 0 {
		w.line("Nobody mediates on this channel, or it is not for this desk.")
	}
	for _, m := range all {
		w.line("mediator: %s. Off the record: it binds nobody", m.Mediator)
		for _, b := range m.Briefs {
			w.line("  brief of %s: %s", nameOf(n, b.Party), confidedWords(b))
		}
		if m.Text != nil {
			textWords(w, n, m.Text)
		}
	}
}

func confidedWords(b desk.Confided) string {
	day := time.Unix(b.Until-1, 0).UTC().Format(time.DateOnly)
	switch {
	case b.Withdrawn && b.Arrived:
		return "withdrawn, and deleted"
	case b.Withdrawn:
		return "withdrawn; the mediator's desk has not heard of it yet"
	case b.Fault != "":
		return "can't be weighed: " + b.Fault
	case b.Arrived:
		return "given in confidence, thrown away at the end of " + day
	}
	return "given in confidence, and not arrived yet; thrown away at the end of " + day
}

func textWords(w *words, n names, t *desk.TextView) {
	w.line("  the text: release %s", named(n, t.Release))
	if t.Text != "" {
		w.line("    “%s”", t.Text)
	}
	w.line("    digest %s: the other side's is the same, or it was given another text", short(t.Digest))
	for _, a := range t.Replies {
		answer := map[bool]string{true: "yes", false: "no"}[a.Yes]
		if a.Text != "" {
			answer += fmt.Sprintf(" “%s”", a.Text)
		}
		w.line("    %s: %s", nameOf(n, a.Party), answer)
	}
	switch t.Outcome {
	case "agreed":
		w.line("    ALL SAID YES, says the mediator. Nobody is bound: one side puts it on the record as an offer.")
	case "closed":
		w.line("    closed by the mediator, without agreement")
	}
}

func (a *app) mediateWeigh() *cobra.Command {
	var f weighFlags
	c := &cobra.Command{
		Use:   "weigh",
		Short: "At the mediator's desk: weigh the briefs given in confidence",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withDesk(c.Context(), func(d *desk.Desk) error { return a.weighConfided(c.Context(), d, &f) })
		},
	}
	g := c.Flags()
	g.StringVar(&f.criterion, "criterion", "nash", "nash, ks, maximin, total or home")
	g.BoolVar(&f.frontier, "frontier", false, "list every exchange that no other beats")
	g.StringVar(&f.offer, "offer", "", "an offer to be judged")
	g.BoolVar(&f.changes, "changes", false, "with --offer: the smallest changes that would make it agreeable")
	g.DurationVar(&f.limit, "limit", 0, "stop after this long, with what was found by then")
	return c
}

func (a *app) weighConfided(ctx context.Context, d *desk.Desk, f *weighFlags) error {
	briefs, err := d.ConfidedBriefs(ctx)
	if err != nil {
		return err
	}
	f.briefs = []string{""} // there is a position
	options, err := f.options()
	if err != nil {
		return usage(err)
	}
	c, err := d.Case(ctx)
	if err != nil {
		return err
	}
	if f.offer != "" {
		if options.Offer, err = readOffer(f.offer, c); err != nil {
			return err
		}
	}
	p, err := problem(c, briefs)
	if err != nil {
		return usage(err)
	}
	w := &weigher{app: a, ctx: ctx, p: p, limit: f.limit}
	answer, err := w.solve(options)
	if err != nil {
		return err
	}
	return a.print(answer, func(w *words) { tellWeighing(w, c, rulesSaid(c, briefs), options.Offer, answer) })
}

func (a *app) mediatePut() *cobra.Command {
	var release []string
	var pick, text, until string
	c := &cobra.Command{
		Use:   "put --release ID,… | --pick CRITERION",
		Short: "At the mediator's desk: put one text to all parties",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			day, err := parseDay(until)
			if err != nil {
				return err
			}
			return a.mediated(c, func(ctx context.Context, d *desk.Desk) error {
				ids := personIDs(release)
				if pick != "" {
					if ids, err = a.picked(ctx, d, pick); err != nil {
						return err
					}
				}
				return d.PutText(ctx, ids, text, day)
			}, "The text waits for the next sync. Each party answers it to this desk alone.")
		},
	}
	c.Flags().StringSliceVar(&release, "release", nil, "who is released")
	c.Flags().StringVar(&pick, "pick", "", "or what this formula picks: nash, ks, maximin, total or home")
	c.Flags().StringVar(&text, "text", "", "words that go with it")
	c.Flags().StringVar(&until, "until", "", untilWords)
	c.MarkFlagsMutuallyExclusive("release", "pick")
	c.MarkFlagsOneRequired("release", "pick")
	_ = c.MarkFlagRequired("until")
	return c
}

// picked is what a formula picks among what fits the briefs at a mediator's desk.
func (a *app) picked(ctx context.Context, d *desk.Desk, criterion string) (parley.Exchange, error) {
	by, err := frontier.ParseCriterion(criterion)
	if err != nil {
		return nil, usage(err)
	}
	briefs, err := d.ConfidedBriefs(ctx)
	if err != nil {
		return nil, err
	}
	c, err := d.Case(ctx)
	if err != nil {
		return nil, err
	}
	p, err := problem(c, briefs)
	if err != nil {
		return nil, usage(err)
	}
	w := &weigher{app: a, ctx: ctx, p: p}
	answer, err := w.solve(frontier.Options{Criterion: by})
	if err != nil {
		return nil, err
	}
	if answer.Best == nil {
		return nil, usage(errors.New("nothing fits all the briefs given in confidence: `parley mediate weigh` tells why"))
	}
	if len(answer.WaitsFor) > 0 || len(answer.Best.Named) > 0 {
		return nil, usage(errors.New("what it picks waits for a party that gave no brief, or fills a blank: put it with --release"))
	}
	return answer.Best.Release, nil
}

func (a *app) mediateTell() *cobra.Command {
	var closed bool
	c := &cobra.Command{
		Use:   "tell",
		Short: "At the mediator's desk: tell all parties that all said yes; or close the text",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.mediated(c, func(ctx context.Context, d *desk.Desk) error { return d.TellOutcome(ctx, closed) },
				"The outcome waits for the next sync.")
		},
	}
	c.Flags().BoolVar(&closed, "close", false, "without agreement")
	return c
}
