package main

import (
	"github.com/spf13/cobra"

	"parley"
	"parley/brief"
	"parley/casefile"
	"parley/desk"
)

func (a *app) briefCommand() *cobra.Command {
	return a.group("brief", "What our side keeps to itself", a.briefCheck(), a.briefKeep(), a.briefAnswers())
}

func (a *app) briefCheck() *cobra.Command {
	var caseFile string
	c := &cobra.Command{
		Use:   "check FILE",
		Short: "Read a brief and name all that is wrong with it; no value is printed",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			var cs *parley.Case
			if caseFile != "" {
				var err error
				if cs, _, err = readCase(caseFile); err != nil {
					return err
				}
			}
			b, err := readBrief(args[0], cs)
			if err != nil {
				return err
			}
			return a.briefChecked(b)
		},
	}
	c.Flags().StringVar(&caseFile, "case", "", "the case that the brief is about")
	return c
}

func (a *app) briefChecked(b brief.Brief) error {
	defaults := brief.DefaultPoints()
	c := b.Content()
	return a.print(map[string]any{
		"case": c.Case, "party": c.Party, "default_tier_points": defaults, "destroy_after": c.DestroyAfter.String(),
	}, func(w *words) {
		w.line("A brief of %s for case %s.", c.Party, c.Case)
		for _, t := range brief.Tiers() {
			switch n, ok := defaults[t]; {
			case ok:
				w.line("  %-9s %d points, unless tier_points says otherwise", t, n)
			case t == brief.Must:
				w.line("  %-9s a rule: no exchange without this person", t)
			default:
				w.line("  %-9s a rule: no exchange with this person", t)
			}
		}
		if c.DestroyAfter.Past(a.now()) {
			w.line("It was to be destroyed after %s.", c.DestroyAfter)
		}
	})
}

func (a *app) briefKeep() *cobra.Command {
	return &cobra.Command{
		Use:   "keep FILE",
		Short: "Keep a brief in the desk's encrypted store, to hold our acts to it",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			file, err := casefile.ReadFile(args[0], parley.MaxCaseBytes)
			if err != nil {
				return usage(err)
			}
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				b, err := d.KeepBrief(c.Context(), args[0], file)
				if err != nil {
					return err
				}
				return a.print(map[string]any{"case": b.Content().Case, "party": b.Party()}, func(w *words) {
					w.line("The desk holds offers, accepts and seals to this brief from now on.")
					w.line("The file %s is yours to destroy.", args[0])
				})
			})
		},
	}
}
