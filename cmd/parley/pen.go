package main

import (
	"github.com/spf13/cobra"

	"parley"
	"parley/desk"
)

func (a *app) penCommand() *cobra.Command {
	return a.group("pen", "Which device of our delegation decides", a.penPass(), a.penMove())
}

func (a *app) penPass() *cobra.Command {
	var text string
	c := &cobra.Command{
		Use:   "pass MEMBER",
		Short: "Pass the pen from this desk to another device of our delegation",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.act(c, parley.KindPen, func(d *desk.Desk) (parley.Ref, error) { return d.PassPen(c.Context(), args[0], text) })
		},
	}
	c.Flags().StringVar(&text, "text", "", "words that go with it")
	return c
}

func (a *app) penMove() *cobra.Command {
	var how principalFlags
	var text string
	c := &cobra.Command{
		Use:   "move [MEMBER]",
		Short: "Have the principal move the pen, whoever holds it",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.principalAct(c, parley.KindPen, how, func(d *desk.Desk) ([]byte, error) {
				to := d.Device().String()
				if len(args) == 1 {
					to = args[0]
				}
				return d.AskPen(c.Context(), to, text)
			})
		},
	}
	how.add(c)
	c.Flags().StringVar(&text, "text", "", "words that go with it")
	return c
}
