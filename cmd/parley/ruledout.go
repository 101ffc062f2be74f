package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"parley"
	"parley/desk"
	"parley/frontier"
)

func (a *app) briefAnswers() *cobra.Command {
	return &cobra.Command{
		Use:   "answers",
		Short: "See what the other sides' answers rule out of our estimates of them",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				all, err := d.RuledOut(c.Context())
				if err != nil {
					return err
				}
				cs, err := d.Case(c.Context())
				if err != nil {
					return err
				}
				return a.print(map[string]any{"estimates": all}, func(w *words) { ruledOutWords(w, namesOf(cs), all) })
			})
		},
	}
}

func ruledOutWords(w *words, n names, all []*frontier.RuledOut) {
	w.line("Private: it follows from the brief. Nothing here is a likelihood.")
	if len(all) == 0 {
		w.line("The brief estimates no other side.")
	}
	for _, r := range all {
		w.line("")
		w.line("our estimate of %s, held against what it did:", nameOf(n, r.Party))
		if len(r.Acts) == 0 {
			w.line("  it has offered and answered nothing yet")
		}
		for _, t := range r.Acts {
			toldWords(w, n, t)
		}
		for _, l := range r.Left {
			if l.Left != l.Estimated {
				w.line("  %s: of %s there is left %s", numberWords(n, l.Number), spanWords(l.Estimated), spanWords(l.Left))
			}
		}
	}
}

func toldWords(w *words, n names, t frontier.Told) {
	w.line("  %s %s, release %s:", t.Kind, short(t.Act), named(n, t.Release))
	switch {
	case t.Verdict == frontier.Silent:
		w.line("    says nothing: %s", t.Why)
	case t.Verdict == frontier.Agrees:
		w.line("    agrees with every number in the ranges")
	case t.Verdict == frontier.Narrows:
		w.line("    rules out a part of the ranges, below")
	}
	for _, r := range t.Rules {
		w.line("    CONTRADICTS the red line that we estimate: %s", r)
	}
	if t.Short > 0 {
		w.line("    CONTRADICTS the ranges: at their best ends it is still %d below the walk-away. By itself, this would mend it:", t.Short)
	}
	for _, a := range t.Alone {
		bound := "at least"
		if a.What == "walk_away" {
			bound = "at most"
		}
		w.line("      %s %s %d", numberWords(n, a.Number), bound, a.Value)
	}
}

func numberWords(n names, of frontier.Number) string {
	switch of.What {
	case "worth":
		return "worth of " + nameOf(n, parley.PersonID(of.Of))
	case "tag":
		return "worth of the tag " + of.Of
	}
	return "walk-away"
}

func spanWords(r [2]int64) string {
	if r[0] == r[1] {
		return fmt.Sprint(r[0])
	}
	return fmt.Sprintf("%d..%d", r[0], r[1])
}
