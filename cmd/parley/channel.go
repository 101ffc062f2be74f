package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"parley/casefile"
	"parley/desk"
)

const maxCarried = 32 << 20 // a charter, a card or a request carried by hand

func (a *app) channelCommand() *cobra.Command {
	return a.group("channel", "Found a channel, join it, see how it stands",
		a.channelCard(), a.channelOpen(), a.channelJoin(), a.channelStatus(), a.channelRelay())
}

func (a *app) channelCard() *cobra.Command {
	var principal, out string
	c := &cobra.Command{
		Use:   "card --out FILE",
		Short: "Write this delegation's card, for the side that drafts the charter",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				if err := setPrincipal(c, d, principal); err != nil {
					return err
				}
				card, err := d.Card()
				if err != nil {
					return err
				}
				return a.carry(out, card, "The card of "+party(d))
			})
		},
	}
	c.Flags().StringVar(&principal, "principal", "", "the principal's public card, made by `parley sign --new`")
	c.Flags().StringVar(&out, "out", "", "the file to write")
	_ = c.MarkFlagRequired("out")
	return c
}

func setPrincipal(c *cobra.Command, d *desk.Desk, file string) error {
	if file == "" {
		return nil
	}
	data, err := casefile.ReadFile(file, maxCarried)
	if err != nil {
		return usage(err)
	}
	card, err := desk.ReadPrincipalCard(data)
	if err != nil {
		return usage(fmt.Errorf("%s: %w", file, err))
	}
	return d.SetPrincipal(c.Context(), card)
}

// carry writes something that is carried by hand.
func (a *app) carry(file string, data []byte, what string) error {
	if casefile.IsFile(file) {
		return usage(fmt.Errorf("%s is there already", file))
	}
	if err := casefile.WriteFile(file, data, 0o600); err != nil {
		return err
	}
	return a.print(map[string]any{"file": file, "bytes": len(data)}, func(w *words) {
		w.line("%s is in %s (%d bytes).", what, file, len(data))
	})
}

func (a *app) channelOpen() *cobra.Command {
	var principal, out, title string
	var with []string
	c := &cobra.Command{
		Use:   "open --with CARD --out FILE",
		Short: "Draft the charter of a channel, for the principals to sign",
		Long:  "Drafts a charter of this delegation and those whose cards are given, on the case that this desk keeps. Its hash is the channel's name. It founds the channel once every principal has signed it (parley sign).",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			var cards [][]byte
			for _, f := range with {
				data, err := casefile.ReadFile(f, maxCarried)
				if err != nil {
					return usage(err)
				}
				cards = append(cards, data)
			}
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				if err := setPrincipal(c, d, principal); err != nil {
					return err
				}
				draft, err := d.DraftCharter(c.Context(), title, cards...)
				if err != nil {
					return err
				}
				return a.carry(out, draft, "The charter, not signed yet,")
			})
		},
	}
	c.Flags().StringVar(&principal, "principal", "", "our principal's public card, made by `parley sign --new`")
	c.Flags().StringSliceVar(&with, "with", nil, "card of another delegation")
	c.Flags().StringVar(&title, "title", "special channel", "what the channel is called")
	c.Flags().StringVar(&out, "out", "", "the file to write")
	_ = c.MarkFlagRequired("with")
	_ = c.MarkFlagRequired("out")
	return c
}

func (a *app) channelJoin() *cobra.Command {
	var url string
	c := &cobra.Command{
		Use:   "join CHARTER",
		Short: "Take our seat in a channel that every principal has signed for",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			data, err := casefile.ReadFile(args[0], maxCarried)
			if err != nil {
				return usage(err)
			}
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				if err := d.Join(c.Context(), data, url); err != nil {
					return err
				}
				s, err := d.Status(c.Context(), "")
				if err != nil {
					return err
				}
				return a.print(s, func(w *words) {
					w.line("The desk of %s has its seat in %q.", s.Party, s.Title)
					w.line("channel %s", s.Channel)
				})
			})
		},
	}
	c.Flags().StringVar(&url, "relay", "", "address of the relay: http://… or https://…")
	return c
}

func (a *app) channelRelay() *cobra.Command {
	return &cobra.Command{
		Use:   "relay URL",
		Short: "Say where the relay is",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				if err := d.SetRelay(c.Context(), args[0]); err != nil {
					return usage(err)
				}
				return a.print(map[string]string{"relay": args[0]}, func(w *words) { w.line("The relay is at %s.", args[0]) })
			})
		},
	}
}

func (a *app) channelStatus() *cobra.Command {
	var nonce, compare string
	c := &cobra.Command{
		Use:   "status",
		Short: "See how the channel stands, with digits to compare aloud",
		Long:  "Shows how the channel stands. Both sides choose a nonce on the telephone, read the six groups of five digits to each other, and so learn whether their logs are the same. With --compare a different log is exit status 13.",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				s, err := d.Status(c.Context(), nonce)
				if err != nil {
					return err
				}
				if err := a.print(s, func(w *words) { statusWords(w, s) }); err != nil {
					return err
				}
				return disagreement(s, compare)
			})
		},
	}
	c.Flags().StringVar(&nonce, "nonce", "", "what was just agreed on the telephone")
	c.Flags().StringVar(&compare, "compare", "", "the digits that the other side read aloud")
	return c
}

func disagreement(s desk.State, digits string) error {
	if digits != "" && onlyDigits(digits) != onlyDigits(s.Fingerprint) {
		return fmt.Errorf("%w: the digits differ; sync both desks and compare again before anything is signed", errDisagrees)
	}
	return nil
}

func onlyDigits(s string) string {
	out := make([]rune, 0, len(s))
	for _, r := range s {
		if r >= '0' && r <= '9' {
			out = append(out, r)
		}
	}
	return string(out)
}

func statusWords(w *words, s desk.State) {
	w.line("%s", s.Title)
	w.line("channel   %s", s.Channel)
	w.line("compare   %s", s.Fingerprint)
	w.line("entries   %d, of ours %d not confirmed by all yet, %d held back", s.Entries, s.Waiting, s.Held)
	if s.Relay != "" {
		w.line("relay     %s", s.Relay)
	}
	for _, m := range s.Members {
		w.line("  %-3s %-10s %s, %s: %d entries", m.Party, m.Role, m.Name, m.Office, m.Entries)
	}
	for _, id := range s.Missing {
		w.line("missing: entry %s was named and has not come", short(id))
	}
	for _, id := range s.Forked {
		w.line("breach: member %s signed two entries under one number", short(id))
	}
	if s.Restored {
		w.line("this desk is a restored copy and signs nothing any more")
	}
}
