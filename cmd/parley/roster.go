package main

import (
	"github.com/spf13/cobra"

	"parley"
	"parley/casefile"
	"parley/desk"
)

// kindRoster is how a change of roster is named to people.
const kindRoster parley.Kind = "roster"

func (a *app) rosterCommand() *cobra.Command {
	return a.group("roster", "Change who speaks for our side: enrol, revoke, name a successor",
		a.rosterEnrol(), a.rosterRevoke(), a.rosterSucceed(), a.rosterTake())
}

// rosterFlags say where the authority signs.
type rosterFlags struct{ key, out, text string }

func (f *rosterFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.key, "key", "", "a key of the authority, where one is enough and at hand")
	c.Flags().StringVar(&f.out, "out", "", "write the change, to be signed by the authority (parley sign), each in turn")
	c.Flags().StringVar(&f.text, "text", "", "words that go with it")
	c.MarkFlagsMutuallyExclusive("key", "out")
	c.MarkFlagsOneRequired("key", "out")
}

// change drafts a change, and carries it out where the key is at hand.
func (a *app) change(c *cobra.Command, how rosterFlags, r desk.RosterChange) error {
	r.Text = how.text
	return a.withDesk(c.Context(), func(d *desk.Desk) error {
		request, err := d.AskRoster(c.Context(), r)
		if err != nil {
			return err
		}
		if how.key == "" {
			return a.carry(how.out, request, "The change of roster, to be signed by the authority,")
		}
		signed, _, err := a.signPaper(c.Context(), request, how.key)
		if err != nil {
			return err
		}
		return a.takeRoster(c, d, signed)
	})
}

func (a *app) takeRoster(c *cobra.Command, d *desk.Desk, signed []byte) error {
	ref, err := d.TakeRoster(c.Context(), signed)
	if err != nil {
		return err
	}
	return a.acted(kindRoster, ref)
}

func (a *app) rosterEnrol() *cobra.Command {
	var how rosterFlags
	c := &cobra.Command{
		Use:   "enrol CARD",
		Short: "Enrol a new desk of our side",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			card, err := casefile.ReadFile(args[0], maxCarried)
			if err != nil {
				return usage(err)
			}
			return a.change(c, how, desk.RosterChange{Enrol: card})
		},
	}
	how.add(c)
	return c
}

func (a *app) rosterRevoke() *cobra.Command {
	var how rosterFlags
	c := &cobra.Command{
		Use:   "revoke MEMBER...",
		Short: "Take members of our side off the roster: a lost device, a key that leaked",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.change(c, how, desk.RosterChange{Revoke: args})
		},
	}
	how.add(c)
	return c
}

func (a *app) rosterSucceed() *cobra.Command {
	var how rosterFlags
	c := &cobra.Command{
		Use:   "succeed PRINCIPAL-CARD",
		Short: "Name who succeeds our principal",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			card, err := casefile.ReadFile(args[0], maxCarried)
			if err != nil {
				return usage(err)
			}
			return a.change(c, how, desk.RosterChange{Principal: card})
		},
	}
	how.add(c)
	return c
}

func (a *app) rosterTake() *cobra.Command {
	return &cobra.Command{
		Use:   "take FILE",
		Short: "Put a change of roster that the authority signed onto the channel",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			data, err := casefile.ReadFile(args[0], maxCarried)
			if err != nil {
				return usage(err)
			}
			return a.withDesk(c.Context(), func(d *desk.Desk) error { return a.takeRoster(c, d, data) })
		},
	}
}
