package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley"
	"parley/casefile"
	"parley/desk"
)

func (a *app) nonPaperCommand() *cobra.Command {
	return a.group("nonpaper", "Say something off the record: it binds nobody and proves nothing to a third",
		a.nonPaperSend(), a.nonPaperList(), a.nonPaperShow(), a.nonPaperPurge())
}

func (a *app) nonPaperSend() *cobra.Command {
	var offer, until string
	var persons, to []string
	c := &cobra.Command{
		Use:   "send TEXT | send --offer FILE",
		Short: "Send words, a request or an offer off the record",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			day, err := parley.ParseDate(until)
			if err != nil {
				return usage(fmt.Errorf("--until %q: %w", until, err))
			}
			n := desk.NonPaperDraft{Persons: personIDs(persons), To: to, Until: day}
			if len(args) == 1 {
				n.Text = args[0]
			}
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				if offer != "" {
					cs, err := d.Case(c.Context())
					if err != nil {
						return err
					}
					if n.Offer, err = readOffer(offer, cs); err != nil {
						return err
					}
				}
				sent, err := d.SendNonPaper(c.Context(), n)
				if err != nil {
					return err
				}
				return a.print(nonPaperJSON(sent), func(w *words) {
					w.line("Non-paper %d to %s waits for the next sync. Both desks throw it away at the end of %s.", sent.Number, theSides(sent), lastDay(sent))
				})
			})
		},
	}
	f := c.Flags()
	f.StringVar(&offer, "offer", "", "an offer/1 file to send in place of words")
	f.StringVar(&until, "until", "", "the day at whose end both desks throw it away: 90 days from now at most")
	f.StringSliceVar(&persons, "person", nil, "whom we ask for")
	f.StringSliceVar(&to, "to", nil, "whom it is for: a party, or neutral:NAME (else the other party, where there is one)")
	_ = c.MarkFlagRequired("until")
	return c
}

func (a *app) nonPaperList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List what was said off the record and is still kept",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				all, err := d.NonPapers()
				if err != nil {
					return err
				}
				kept := []map[string]any{}
				for _, p := range all.Kept {
					kept = append(kept, nonPaperJSON(p))
				}
				return a.print(map[string]any{"non_papers": kept, "missing": all.Missing}, func(w *words) {
					for _, p := range all.Kept {
						w.line("%d  %s  %s, until %s", p.Number, nonPaperHead(p), p.Kind, lastDay(p))
					}
					for _, side := range slices.Sorted(maps.Keys(all.Missing)) {
						w.line("lost: %d from %s were sent to this desk and have not come", all.Missing[side], side)
					}
					if len(all.Kept)+len(all.Missing) == 0 {
						w.line("Nothing is kept off the record.")
					}
				})
			})
		},
	}
}

func (a *app) nonPaperShow() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "show NUMBER",
		Short: "Show one; with --out write its offer as a file, to be weighed",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			number, err := strconv.Atoi(args[0])
			if err != nil {
				return usage(fmt.Errorf("%q is no number of a non-paper: `parley nonpaper list` has them", args[0]))
			}
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				p, err := d.NonPaper(number)
				if err != nil {
					return fmt.Errorf("non-paper %d: %w: `parley nonpaper list` has those that are kept", number, err)
				}
				if out != "" {
					if p.Offer == nil {
						return usage(errors.New("--out is for an offer, and this is none"))
					}
					return a.carry(out, casefile.EncodeOffer(p.Offer), "The offer")
				}
				cs, err := d.Case(c.Context())
				if err != nil && !errors.Is(err, desk.ErrNoCase) {
					return err
				}
				return a.print(nonPaperJSON(p), func(w *words) { nonPaperWords(w, p, namesOf(cs)) })
			})
		},
	}
	c.Flags().StringVar(&out, "out", "", "write its offer as an offer/1 file")
	return c
}

func (a *app) nonPaperPurge() *cobra.Command {
	return &cobra.Command{
		Use:   "purge",
		Short: "Throw away those whose day is over; opening the desk and sync do it too",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				n, err := d.PurgeNonPapers(c.Context())
				if err != nil {
					return err
				}
				left, err := d.NonPapers()
				if err != nil {
					return err
				}
				return a.print(map[string]any{"purged": n, "kept": len(left.Kept)}, func(w *words) {
					w.line("What was due is thrown away; %d are kept until their day.", len(left.Kept))
				})
			})
		},
	}
}

func nonPaperJSON(p desk.NonPaper) map[string]any {
	m := map[string]any{
		"number": p.Number, "ours": p.Ours, "from": p.From, "by": p.By, "to": p.To, "confirmed": p.Confirmed, "kind": p.Kind,
		"text": p.Text, "persons": p.Persons, "claimed": p.Claimed, "until": lastDay(p), "contradicted": p.Contradicted, "fault": p.Fault,
		"offer": nil,
	}
	if p.Offer != nil {
		m["offer"] = offerJSON(p.Offer)
	}
	return m
}

// lastDay is the day at whose end a non-paper is thrown away.
func lastDay(p desk.NonPaper) string {
	return time.Unix(p.Until-1, 0).UTC().Format(time.DateOnly)
}

func theSides(p desk.NonPaper) string {
	others := slices.DeleteFunc(slices.Clone(p.To), func(side string) bool { return side == p.From })
	return strings.Join(others, ", ")
}

func nonPaperHead(p desk.NonPaper) string {
	if !p.Ours {
		return "from " + p.From
	}
	state := "not confirmed yet"
	if len(p.Confirmed) > 0 {
		state = "confirmed by " + strings.Join(p.Confirmed, ", ")
	}
	return "to " + theSides(p) + ", " + state
}

func nonPaperWords(w *words, p desk.NonPaper, n names) {
	w.line("non-paper %d, off the record: binds nobody", p.Number)
	w.line("  %s; by %s", nonPaperHead(p), p.By)
	w.line("  thrown away at the end of %s", lastDay(p))
	if p.Fault != "" {
		w.line("  can't be read: %s", p.Fault)
	}
	if p.Contradicted {
		w.line("  contradicted: its author's desk has sent another in its place; ask by another way")
	}
	if p.Offer != nil {
		for _, l := range offerLines(p.Offer, n) {
			w.line("  %s", l)
		}
		return
	}
	for _, id := range p.Persons {
		w.line("  asks for %s", nameOf(n, id))
	}
	if p.Text != "" {
		w.line("  “%s”", p.Text)
	}
}
