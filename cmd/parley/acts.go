package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"parley"
	"parley/desk"
)

// act opens the desk, makes one move and names it.
func (a *app) act(c *cobra.Command, kind parley.Kind, do func(*desk.Desk) (parley.Ref, error)) error {
	return a.withDesk(c.Context(), func(d *desk.Desk) error {
		ref, err := do(d)
		if err != nil {
			return err
		}
		return a.acted(kind, ref)
	})
}

func (a *app) acted(kind parley.Kind, ref parley.Ref) error {
	return a.print(map[string]any{"kind": kind, "id": ref.String()}, func(w *words) {
		w.line("%s %s is signed and waits in the outbox for the next sync.", kind, ref.Short())
	})
}

func (a *app) acceptCommand() *cobra.Command {
	return a.resolving(parley.KindAccept, &cobra.Command{
		Use:   "accept OFFER",
		Short: "Accept an offer ad referendum",
	}, (*desk.Desk).Accept)
}

func (a *app) concurCommand() *cobra.Command {
	return a.resolving(parley.KindConcur, &cobra.Command{
		Use:   "concur OFFER",
		Short: "Agree, as second device, with what ours is to accept or seal",
	}, (*desk.Desk).Concur)
}

// resolving is a command on an offer as fully resolved.
func (a *app) resolving(kind parley.Kind, c *cobra.Command, do func(*desk.Desk, context.Context, string, desk.Choices) (parley.Ref, error)) *cobra.Command {
	var drop, name []string
	c.Args = cobra.ExactArgs(1)
	c.RunE = func(c *cobra.Command, args []string) error {
		namings, err := pairs("--name", name)
		if err != nil {
			return err
		}
		ch := desk.Choices{Drop: personIDs(drop)}
		for _, p := range namings {
			ch.Named = append(ch.Named, parley.Naming{Blank: parley.PersonID(p[0]), Person: parley.PersonID(p[1])})
		}
		return a.act(c, kind, func(d *desk.Desk) (parley.Ref, error) { return do(d, c.Context(), args[0], ch) })
	}
	c.Flags().StringSliceVar(&drop, "drop", nil, "optional entries that fall out")
	c.Flags().StringSliceVar(&name, "name", nil, "who fills a blank: BLANK=PERSON")
	return c
}

func (a *app) certifyCommand() *cobra.Command {
	var lapse bool
	var text string
	c := &cobra.Command{
		Use:   "certify [AGREEMENT]",
		Short: "As depositary: certify that every ratification is in, or let the agreement lapse",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			which := "last"
			if len(args) == 1 {
				which = args[0]
			}
			return a.act(c, parley.KindCertify, func(d *desk.Desk) (parley.Ref, error) {
				return d.Certify(c.Context(), which, lapse, text)
			})
		},
	}
	c.Flags().BoolVar(&lapse, "lapse", false, "let it lapse: the agreement is dead and its names are free")
	c.Flags().StringVar(&text, "text", "", "words that go with it")
	return c
}

// pairs reads KEY=VALUE flags.
func pairs(flag string, list []string) ([][2]string, error) {
	var out [][2]string
	for _, s := range list {
		k, v, ok := strings.Cut(s, "=")
		if !ok || k == "" || v == "" {
			return nil, usage(fmt.Errorf("%s %q: write it as NAME=VALUE", flag, s))
		}
		out = append(out, [2]string{k, v})
	}
	return out, nil
}

func (a *app) answer(kind parley.Kind, use, short string, do func(*desk.Desk, *cobra.Command, string, string) (parley.Ref, error)) *cobra.Command {
	var text string
	c := &cobra.Command{Use: use, Short: short, Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		return a.act(c, kind, func(d *desk.Desk) (parley.Ref, error) { return do(d, c, args[0], text) })
	}}
	c.Flags().StringVar(&text, "text", "", "words that go with it")
	return c
}

func (a *app) declineCommand() *cobra.Command {
	return a.answer(parley.KindDecline, "decline OFFER", "Decline an offer, for good",
		func(d *desk.Desk, c *cobra.Command, id, text string) (parley.Ref, error) {
			return d.Decline(c.Context(), id, text)
		})
}

func (a *app) withdrawCommand() *cobra.Command {
	return a.answer(parley.KindWithdraw, "withdraw OFFER", "Take back an offer of ours",
		func(d *desk.Desk, c *cobra.Command, id, text string) (parley.Ref, error) {
			return d.Withdraw(c.Context(), id, text)
		})
}

func (a *app) releaseCommand() *cobra.Command {
	return a.answer(parley.KindRelease, "release ACCEPT", "Let an accept of our offer go unsealed",
		func(d *desk.Desk, c *cobra.Command, id, text string) (parley.Ref, error) {
			return d.Release(c.Context(), id, text)
		})
}

func (a *app) sealCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "seal OFFER",
		Short: "Seal an offer of ours with the accepts it has",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.act(c, parley.KindSeal, func(d *desk.Desk) (parley.Ref, error) { return d.Seal(c.Context(), args[0]) })
		},
	}
}

func (a *app) noteCommand() *cobra.Command {
	var paper string
	c := &cobra.Command{
		Use:   "note TEXT",
		Short: "Put a remark on the record; it binds nobody",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.act(c, parley.KindNote, func(d *desk.Desk) (parley.Ref, error) { return d.Note(c.Context(), paper, args[0]) })
		},
	}
	c.Flags().StringVar(&paper, "paper", "", "weight of the paper: oral remark, aide-memoire, note verbale …")
	return c
}

func (a *app) requestCommand() *cobra.Command {
	var persons []string
	c := &cobra.Command{
		Use:   "request TEXT --person ID",
		Short: "Ask for somebody, on the record; it is no offer",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.act(c, parley.KindRequest, func(d *desk.Desk) (parley.Ref, error) {
				return d.Request(c.Context(), personIDs(persons), args[0])
			})
		},
	}
	c.Flags().StringSliceVar(&persons, "person", nil, "whom we ask for")
	return c
}
