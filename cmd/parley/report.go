package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"parley"
	"parley/desk"
)

func (a *app) reportCommand() *cobra.Command {
	var r desk.Report
	var on string
	var persons []string
	c := &cobra.Command{
		Use:   "report TEXT --kind KIND --by WHO",
		Short: "Note an act that came by paper, by telephone or in public",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			day, err := parley.ParseDate(on)
			if on != "" && err != nil {
				return usage(fmt.Errorf("--on %q: %w", on, err))
			}
			r.Text, r.Persons = args[0], personIDs(persons)
			if r.On = day; on == "" {
				now := a.now().UTC()
				r.On = parley.Date{Year: now.Year(), Month: int(now.Month()), Day: now.Day()}
			}
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				done, err := d.Report(c.Context(), r)
				if err != nil {
					return err
				}
				return a.print(done, func(w *words) { w.line("Noted as report %d: reported by us, binds nobody.", done.Number) })
			})
		},
	}
	f := c.Flags()
	f.StringVar(&r.Kind, "kind", "note", "what it was: "+strings.Join(desk.ReportKinds(), ", "))
	f.StringVar(&r.By, "by", "", "who said or did it")
	f.StringVar(&r.Via, "via", "", "how it came: telephone, paper, press …")
	f.StringVar(&on, "on", "", "when (else today)")
	f.StringSliceVar(&persons, "person", nil, "whom it is about")
	return c
}
