package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley"
	"parley/accord"
	"parley/casefile"
	"parley/desk"
)

// What is said of the two modes wherever somebody chooses one.
const (
	saysMediated   = "mediated: holds against any one of the parties and the neutral, not against the neutral together with a party"
	saysSemiHonest = "semi-honest: exercise, or trusted software on both sides"
)

// settleOnChannel are the settlements over the channel.
func (a *app) settleOnChannel() []*cobra.Command {
	return []*cobra.Command{a.settlePropose(), a.settleAsk(), a.settleJoin(), a.settleStatus(), a.settleResult(), a.settleAbort()}
}

// whoFlags say with whom and in which mode.
func whoFlags(c *cobra.Command, p *desk.SettleProposal) {
	c.Flags().StringVar((*string)(&p.With), "with", "", "the other party, where the channel has several")
	c.Flags().StringVar(&p.Neutral, "neutral", "", "the neutral who mediates, where the channel has several")
	c.Flags().BoolVar(&p.SemiHonest, "semi-honest", false, "without a neutral: exercise, or trusted software on both sides")
}

func (a *app) settlePropose() *cobra.Command {
	var p desk.SettleProposal
	c := &cobra.Command{
		Use:   "propose",
		Short: "Propose a private settlement on the channel, with this desk's brief",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.act(c, parley.KindSettle, func(d *desk.Desk) (parley.Ref, error) { return d.ProposeSettlement(c.Context(), p) })
		},
	}
	whoFlags(c, &p)
	c.Flags().StringVar((*string)(&p.Criterion), "criterion", "nash", "nash or maximin (maximin only on an agreed scale)")
	c.Flags().IntVar(&p.Resolution, "resolution", 15, "how many steps a release may be worth at most")
	c.Flags().Int64Var(&p.Bound, "bound", 0, "points that no release passes for us, as the other side is told (0: our largest, rounded up to 1, 2 or 5 times a power of ten)")
	c.Flags().BoolVar(&p.PublicSigns, "public-signs", false, "let it be known that every release hurts its holder and helps the other: about half the bytes")
	return c
}

func (a *app) settleAsk() *cobra.Command {
	var p desk.SettleProposal
	var yes, no bool
	c := &cobra.Command{
		Use:   "ask OFFER",
		Short: "Blind yes: ask about one exchange; only yes and yes is shown",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			answer, err := answerOf(yes, no)
			if err != nil {
				return err
			}
			return a.act(c, parley.KindSettle, func(d *desk.Desk) (parley.Ref, error) {
				p.Answer = answer
				if p.Asked, err = askedIn(c.Context(), d, args[0]); err != nil {
					return parley.Ref{}, err
				}
				return d.ProposeSettlement(c.Context(), p)
			})
		},
	}
	whoFlags(c, &p)
	answerFlags(c, &yes, &no)
	return c
}

func answerFlags(c *cobra.Command, yes, no *bool) {
	c.Flags().BoolVar(yes, "yes", false, "our answer, in secret")
	c.Flags().BoolVar(no, "no", false, "our answer, in secret")
}

func answerOf(yes, no bool) (bool, error) {
	if yes == no {
		return false, usage(errors.New("a blind yes takes one answer: --yes or --no"))
	}
	return yes, nil
}

// askedIn is the exchange of an offer: a file, or one on the channel.
func askedIn(ctx context.Context, d *desk.Desk, name string) (parley.Exchange, error) {
	var o *parley.Offer
	if casefile.IsFile(name) {
		c, err := d.Case(ctx)
		if err != nil {
			return nil, err
		}
		if o, err = readOffer(name, c); err != nil {
			return nil, err
		}
	} else {
		on, _, err := d.Offer(name)
		if err != nil {
			return nil, err
		}
		o = on.Offer
	}
	if len(o.Optional) > 0 {
		return nil, usage(errors.New("a blind yes is about one exchange, and this offer has optional entries: write one without"))
	}
	return parley.NewExchange(o.Release...), nil
}

func (a *app) settleJoin() *cobra.Command {
	var consent desk.SettleConsent
	var yes, no bool
	c := &cobra.Command{
		Use:   "join [SETTLEMENT]",
		Short: "Take part in a settlement that was proposed, or mediate it",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.act(c, parley.KindSettle, func(d *desk.Desk) (parley.Ref, error) {
				v, err := d.Settlement(c.Context(), which(args))
				if err != nil {
					return parley.Ref{}, err
				}
				if v.Question == accord.Ask && d.Party() != "" {
					if consent.Answer, err = answerOf(yes, no); err != nil {
						return parley.Ref{}, err
					}
				} else if yes || no {
					return parley.Ref{}, usage(errors.New("--yes and --no answer a blind yes, and this is none"))
				}
				return d.JoinSettlement(c.Context(), v.ID, consent)
			})
		},
	}
	c.Flags().Int64Var(&consent.Bound, "bound", 0, "points that no release passes for us, as the other side is told (0: our largest, rounded up to 1, 2 or 5 times a power of ten)")
	c.Flags().BoolVar(&consent.SemiHonest, "semi-honest", false, "agree to a settlement without a neutral: exercise, or trusted software on both sides")
	answerFlags(c, &yes, &no)
	return c
}

// which is what a command is about: "last" where nothing is named.
func which(args []string) string {
	if len(args) == 0 {
		return "last"
	}
	return args[0]
}

func (a *app) settleAbort() *cobra.Command {
	return &cobra.Command{
		Use:   "abort SETTLEMENT",
		Short: "Stop a settlement for good, or decline a proposed one",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.act(c, parley.KindSettle, func(d *desk.Desk) (parley.Ref, error) {
				return d.AbortSettlement(c.Context(), args[0])
			})
		},
	}
}

func (a *app) settleStatus() *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "List the settlements on the channel, how far each is, and what has been shown",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				v, err := d.Settlements(c.Context())
				if err != nil {
					return err
				}
				cs, err := d.Case(c.Context())
				if err != nil {
					return err
				}
				return a.print(v, func(w *words) { tellSettlements(w, namesOf(cs), v) })
			})
		},
	}
}

func tellSettlements(w *words, n names, v *desk.SettlementsView) {
	for _, s := range v.Settlements {
		tellOne(w, n, &s)
	}
	if len(v.Settlements) == 0 {
		w.line("no settlement has been proposed")
	}
	for _, party := range slices.Sorted(maps.Keys(v.Begun)) {
		w.line("%d of %d private settlements with %s are begun.", v.Begun[party], v.Limit, nameOf(n, parley.PartyID(party)))
	}
}

func settlementTitle(n names, s *desk.SettlementView) string {
	if s.Question == accord.Ask {
		return fmt.Sprintf("blind yes %s, %s with %s, to %s", short(s.ID), nameOf(n, s.By), nameOf(n, s.With), named(n, s.Asked))
	}
	return fmt.Sprintf("settlement %s, %s with %s", short(s.ID), nameOf(n, s.By), nameOf(n, s.With))
}

func tellOne(w *words, n names, s *desk.SettlementView) {
	w.line("%s: %s", settlementTitle(n, s), s.Status)
	w.line("  %s", modeWords(s))
	if s.Step > 0 {
		w.line("  by %s, on worth in steps of %d points, %d steps at most, signs %s", s.Criterion, s.Step, s.Resolution, s.Signs)
	}
	if s.Of > 0 {
		w.line("  %d of %d messages; this desk has sent %.1f MB and received %.1f MB", s.Messages, s.Of, float64(s.Sent)/1e6, float64(s.Received)/1e6)
	}
	if s.Waits != "" {
		w.line("  waits for %s", s.Waits)
	}
	if s.Why != "" {
		w.line("  stopped: %s", s.Why)
	}
	w.line("  shown so far: %s", s.Shown)
	tellOutcome(w, n, s)
}

func modeWords(s *desk.SettlementView) string {
	if s.Security == accord.Mediated {
		return saysMediated + "; the neutral is " + s.Neutral
	}
	return saysSemiHonest
}

func tellOutcome(w *words, n names, s *desk.SettlementView) {
	switch {
	case s.Result == nil:
		return
	case s.Result.Agreeable:
		w.line("  both accept: release %s", named(n, s.Result.Release))
	case s.Question == accord.Ask:
		w.line("  not both said yes")
	default:
		w.line("  there is no exchange that both accept")
	}
	for _, p := range slices.Sorted(maps.Keys(s.Result.WaitsFor)) {
		w.line("  it waits for %s, who holds %s: silence is not consent", nameOf(n, p), named(n, s.Result.WaitsFor[p]))
	}
}

func (a *app) settleResult() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "result [SETTLEMENT]",
		Short: "Show what a settlement has shown; write it as an offer",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				v, err := d.Settlement(c.Context(), which(args))
				if err != nil {
					return err
				}
				cs, err := d.Case(c.Context())
				if err != nil {
					return err
				}
				if out == "" {
					return a.print(v, func(w *words) { tellOne(w, namesOf(cs), v) })
				}
				o, err := d.SettlementDraft(c.Context(), v.ID)
				if err != nil {
					return err
				}
				return a.carry(out, casefile.EncodeOffer(o), "The offer")
			})
		},
	}
	c.Flags().StringVar(&out, "out", "", "file to write it to, as an offer of this side")
	return c
}

// watchSettlements tells on standard error how far long messages are.
func (a *app) watchSettlements(d *desk.Desk) {
	last := a.now()
	d.Watch(func(p desk.SettleProgress) {
		if now := a.now(); now.Sub(last) > time.Second {
			last = now
			a.tell("settlement %s: %s %s: %d of %d MB; shown so far: nothing", p.Settlement.Short(), p.Doing, strings.TrimSpace(p.Message+" "+p.Peer), p.Done>>20, p.Of>>20)
		}
	})
}
