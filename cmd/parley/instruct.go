package main

import (
	"time"

	"github.com/spf13/cobra"

	"parley/desk"
)

func (a *app) instructCommand() *cobra.Command {
	var by string
	c := &cobra.Command{
		Use:   "instruct [TEXT]",
		Short: "Keep an instruction of the capital's on this desk, or list them",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				if len(args) == 1 {
					kept, err := d.Instruct(c.Context(), by, args[0])
					if err != nil {
						return err
					}
					return a.print(kept, func(w *words) { w.line("Kept as instruction %d, on this desk alone.", kept.Number) })
				}
				all, err := d.Instructions(c.Context())
				if err != nil {
					return err
				}
				return a.print(map[string]any{"instructions": all}, func(w *words) {
					for _, i := range all {
						w.line("%d. %s %s: %s", i.Number, time.Unix(i.Recorded, 0).UTC().Format("2006-01-02"), i.By, i.Text)
					}
				})
			})
		},
	}
	c.Flags().StringVar(&by, "by", "", "who gives it")
	return c
}
