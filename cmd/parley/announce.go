package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"parley"
	"parley/desk"
)

func (a *app) announceCommand() *cobra.Command {
	return a.group("announce", "Words for the public that all sides agree on: what, when, who is thanked",
		a.announcePut(), a.announceAgree(), a.announceShow(), a.announceExport())
}

func (a *app) announcePut() *cobra.Command {
	var m parley.PublicStatement
	var about string
	var persons []string
	c := &cobra.Command{
		Use:   "put TEXT [--about AGREEMENT] [--when WHEN] [--credit WHOM]",
		Short: "Put words for the public forward; with --holding a line for the case of a leak",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			m.Text, m.Persons = args[0], personIDs(persons)
			return a.act(c, parley.KindStatement, func(d *desk.Desk) (parley.Ref, error) { return d.PutWords(c.Context(), about, m) })
		},
	}
	f := c.Flags()
	f.StringVar(&about, "about", "", "the agreement that they are about")
	f.StringVar(&m.When, "when", "", "when they may be said: \"when all are received\", a day and hour")
	f.StringVar(&m.Credit, "credit", "", "who is thanked")
	f.BoolVar(&m.Holding, "holding", false, "a line for the case that something leaks, and not before")
	f.StringSliceVar(&persons, "person", nil, "whom they name")
	return c
}

func (a *app) announceAgree() *cobra.Command {
	return &cobra.Command{
		Use:   "agree WORDS",
		Short: "Sign words that another side put forward",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.act(c, parley.KindStatement, func(d *desk.Desk) (parley.Ref, error) { return d.AgreeToWords(c.Context(), args[0]) })
		},
	}
}

func (a *app) announceShow() *cobra.Command {
	return &cobra.Command{
		Use:   "show",
		Short: "Show the words for the public, who has agreed, and what speaks against saying them now",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				all, err := d.PublicStatements(c.Context())
				if err != nil {
					return err
				}
				return a.print(map[string]any{"statements": some(all)}, func(w *words) {
					for _, s := range all {
						statementWords(w, s)
					}
				})
			})
		},
	}
}

func statementWords(w *words, s desk.StatementView) {
	kind := "words for the public"
	if s.Holding {
		kind = "a holding line, for the case of a leak"
	}
	w.line("%s %s, put forward by %s: “%s”", kind, short(s.ID), s.By, s.Text)
	w.line("  when: %s; thanked: %s; agreed by %v of %v", orDash(s.When), orDash(s.Credit), s.Agreed, s.Between)
	for _, warning := range s.Warnings {
		w.line("  not to be said now: %s", warning)
	}
}

func (a *app) announceExport() *cobra.Command {
	return &cobra.Command{
		Use:   "export WORDS",
		Short: "Print the words to be published; warns before the last receipt, or while somebody has not agreed",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				s, err := d.PublicStatement(c.Context(), args[0])
				if err != nil {
					return err
				}
				if err := a.print(s, func(w *words) { publicWords(w, s) }); err != nil {
					return err
				}
				for _, warning := range s.Warnings {
					a.tell("parley: warning: %s", warning)
				}
				if len(s.Warnings) > 0 {
					return errFindings
				}
				return nil
			})
		},
	}
}

// publicWords prints the words alone, so that they can be handed on.
func publicWords(w *words, s desk.StatementView) {
	w.line("%s", s.Text)
	if s.Credit != "" {
		w.line("%s", fmt.Sprintf("Thanks to %s.", s.Credit))
	}
}
