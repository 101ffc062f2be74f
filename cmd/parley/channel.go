package main

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley/casefile"
	"parley/channel"
	"parley/desk"
)

const maxCarried = 32 << 20 // a charter, a card or a request carried by hand

func (a *app) channelCommand() *cobra.Command {
	return a.group("channel", "Found a channel, join it, see how it stands",
		a.channelCard(), a.channelOpen(), a.channelCountersign(), a.channelJoin(), a.channelStatus(), a.channelCompare(), a.channelRelay())
}

func (a *app) channelCard() *cobra.Command {
	var principal, out string
	var auth authorityFlags
	c := &cobra.Command{
		Use:   "card --out FILE",
		Short: "Write this desk's card, for the side that drafts the charter, or that enrols it",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				if err := setPrincipal(c, d, principal); err != nil {
					return err
				}
				if err := auth.set(c, d); err != nil {
					return err
				}
				card, err := d.Card()
				if err != nil {
					return err
				}
				name, _, _ := d.Whose()
				return a.carry(out, card, "The card of "+name)
			})
		},
	}
	c.Flags().StringVar(&principal, "principal", "", "the principal's public card, made by `parley sign --new`")
	c.Flags().StringVar(&out, "out", "", "the file to write")
	auth.add(c)
	_ = c.MarkFlagRequired("out")
	return c
}

// authorityFlags say who may change our roster.
type authorityFlags struct {
	keys      []string
	threshold int
	recovery  string
	delay     time.Duration
}

func (f *authorityFlags) add(c *cobra.Command) {
	c.Flags().StringSliceVar(&f.keys, "authority", nil, "public cards of those who change our roster (else the principal alone)")
	c.Flags().IntVar(&f.threshold, "threshold", 0, "how many of them together; more than half")
	c.Flags().StringVar(&f.recovery, "recovery", "", "public card of a recovery key: it may only enrol and revoke, after the delay")
	c.Flags().DurationVar(&f.delay, "delay", 72*time.Hour, "how long the other sides see a recovery before it counts")
	c.MarkFlagsRequiredTogether("authority", "threshold")
}

func (f *authorityFlags) set(c *cobra.Command, d *desk.Desk) error {
	if len(f.keys) == 0 && f.recovery == "" {
		return nil
	}
	var keys []desk.PrincipalCard
	for _, file := range f.keys {
		card, err := readPrincipalCard(file)
		if err != nil {
			return err
		}
		keys = append(keys, card)
	}
	var recovery desk.PrincipalCard
	if f.recovery != "" {
		var err error
		if recovery, err = readPrincipalCard(f.recovery); err != nil {
			return err
		}
	}
	return d.SetAuthority(c.Context(), keys, f.threshold, recovery, f.delay)
}

func readPrincipalCard(file string) (desk.PrincipalCard, error) {
	data, err := casefile.ReadFile(file, maxCarried)
	if err != nil {
		return desk.PrincipalCard{}, usage(err)
	}
	card, err := desk.ReadPrincipalCard(data)
	if err != nil {
		return card, usage(fmt.Errorf("%s: %w", file, err))
	}
	return card, nil
}

func setPrincipal(c *cobra.Command, d *desk.Desk, file string) error {
	if file == "" {
		return nil
	}
	card, err := readPrincipalCard(file)
	if err != nil {
		return err
	}
	return d.SetPrincipal(c.Context(), card)
}

// carry writes something that is carried by hand.
func (a *app) carry(file string, data []byte, what string) error {
	if casefile.IsFile(file) {
		return usage(fmt.Errorf("%s is there already: name another file", file))
	}
	if err := casefile.WriteFile(file, data, 0o600); err != nil {
		return err
	}
	return a.print(map[string]any{"file": file, "bytes": len(data)}, func(w *words) {
		w.line("%s is in %s (%d bytes).", what, file, len(data))
	})
}

func (a *app) channelOpen() *cobra.Command {
	var principal, out string
	var with, adopts []string
	var f desk.Foundation
	var auth authorityFlags
	c := &cobra.Command{
		Use:   "open --with CARD --out FILE",
		Short: "Draft the charter of a channel, for the principals to sign",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			for _, file := range with {
				data, err := casefile.ReadFile(file, maxCarried)
				if err != nil {
					return usage(err)
				}
				f.Cards = append(f.Cards, data)
			}
			var err error
			if f.Adopts, err = adopted(adopts); err != nil {
				return err
			}
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				if err := setPrincipal(c, d, principal); err != nil {
					return err
				}
				if err := auth.set(c, d); err != nil {
					return err
				}
				draft, err := d.DraftCharter(c.Context(), f)
				if err != nil {
					return err
				}
				return a.carry(out, draft, "The charter, not signed yet,")
			})
		},
	}
	c.Flags().StringVar(&principal, "principal", "", "our principal's public card, made by `parley sign --new`")
	c.Flags().StringSliceVar(&with, "with", nil, "card of another delegation, or of a neutral")
	c.Flags().BoolVar(&f.Provisional, "provisional", false, "found a channel by the delegates alone: it only explores, and binds nobody")
	c.Flags().StringSliceVar(&adopts, "adopts", nil, "take over the record of an earlier channel: CHANNEL:HEADS, as its status shows them")
	auth.add(c)
	c.Flags().StringVar(&f.Title, "title", "special channel", "what the channel is called")
	c.Flags().Uint64Var(&f.Settlements, "settlements", 5, "how many private settlements two parties may begin on it, blind yeses included")
	c.Flags().Uint64Var(&f.SettlementsBefore, "settlements-before", 0, "how many of those count as begun elsewhere, about other cases")
	c.Flags().StringVar(&out, "out", "", "the file to write")
	_ = c.MarkFlagRequired("with")
	_ = c.MarkFlagRequired("out")
	return c
}

// adopted reads CHANNEL:HEADS.
func adopted(list []string) ([]channel.Adopted, error) {
	var out []channel.Adopted
	for _, s := range list {
		id, heads, _ := strings.Cut(s, ":")
		var x channel.Adopted
		raw, err := hex.DecodeString(heads)
		if x.Channel.UnmarshalText([]byte(id)) != nil || err != nil || len(raw) != len(x.Heads) {
			return nil, usage(fmt.Errorf("--adopts %q: write it as CHANNEL:HEADS, 64 hexadecimal digits each", s))
		}
		x.Heads = [32]byte(raw)
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b channel.Adopted) int { return bytes.Compare(a.Channel[:], b.Channel[:]) })
	return out, nil
}

func (a *app) channelCountersign() *cobra.Command {
	return &cobra.Command{
		Use:   "countersign CHARTER",
		Short: "Put this desk's signature under a provisional charter",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			data, err := casefile.ReadFile(args[0], maxCarried)
			if err != nil {
				return usage(err)
			}
			p, err := desk.ReadPaper(data)
			if err != nil {
				return usage(err)
			}
			for _, l := range append([]string{p.Title}, p.Lines...) {
				a.tell("%s", l)
			}
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				signed, err := d.SignProvisional(data)
				if err != nil {
					return err
				}
				if err := casefile.ReplaceFile(args[0], signed, 0o600); err != nil {
					return err
				}
				return a.print(map[string]any{"file": args[0], "signed": p.ID}, func(w *words) { w.line("Signed: %s", p.Title) })
			})
		},
	}
}

func (a *app) channelJoin() *cobra.Command {
	var url, archive string
	c := &cobra.Command{
		Use:   "join CHARTER",
		Short: "Take our seat in a channel that every principal has signed for",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			data, err := casefile.ReadFile(args[0], maxCarried)
			if err != nil {
				return usage(err)
			}
			entries, err := readArchive(archive)
			if err != nil {
				return err
			}
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				if err := d.Join(c.Context(), data, url, entries); err != nil {
					return err
				}
				s, err := d.Status(c.Context())
				if err != nil {
					return err
				}
				name, _, _ := d.Whose()
				return a.print(s, func(w *words) {
					w.line("The desk of %s has its seat in %q.", name, s.Title)
					w.line("channel %s", s.Channel)
					w.line("Compare it with the other side before anything is decided: parley channel compare.")
				})
			})
		},
	}
	c.Flags().StringVar(&url, "relay", "", "address of the relay: http://… or https://…")
	c.Flags().StringVar(&archive, "archive", "", "an exported log (parley log export), for a desk that was enrolled later")
	return c
}

// readArchive reads the entries of an exported log, if it verifies.
func readArchive(dir string) ([][]byte, error) {
	if dir == "" {
		return nil, nil
	}
	folder, err := casefile.OpenFolder(dir)
	if err != nil {
		return nil, usage(err)
	}
	if v := channel.VerifyExport(folder); !v.OK {
		return nil, usage(fmt.Errorf("%s: the exported log has %d faults: `parley log verify` names them", dir, len(v.Faults)))
	}
	entries, err := channel.ExportedEntries(folder)
	if err != nil {
		return nil, usage(err)
	}
	return entries, nil
}

func (a *app) channelCompare() *cobra.Command {
	var nonce, digits string
	c := &cobra.Command{
		Use:   "compare --nonce WORDS [--digits DIGITS]",
		Short: "Compare our log with the other side's, aloud",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				ours, err := d.Digits(nonce)
				if err != nil {
					return err
				}
				same := false
				if digits != "" {
					if same, err = d.Compare(c.Context(), nonce, digits); err != nil {
						return err
					}
				}
				if err := a.print(map[string]any{"fingerprint": ours, "same": same}, func(w *words) {
					w.line("ours      %s", ours)
					if same {
						w.line("The other side has the same log: noted.")
					}
				}); err != nil {
					return err
				}
				if digits != "" && !same {
					return fmt.Errorf("%w: the digits differ; see that both typed the same words, letter by letter, then sync both desks and compare again before anything is signed", errDisagrees)
				}
				return nil
			})
		},
	}
	c.Flags().StringVar(&nonce, "nonce", "", "what was just agreed on the telephone")
	c.Flags().StringVar(&digits, "digits", "", "what the other side read aloud")
	_ = c.MarkFlagRequired("nonce")
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
	return &cobra.Command{
		Use:   "status",
		Short: "See how the channel stands, and who is on its roster",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				s, err := d.Status(c.Context())
				if err != nil {
					return err
				}
				return a.print(s, func(w *words) { statusWords(w, s) })
			})
		},
	}
}

func statusWords(w *words, s desk.State) {
	w.line("%s", s.Title)
	w.line("channel   %s", s.Channel)
	w.line("entries   %d, of ours %d not confirmed by all yet, %d held back", s.Entries, s.Waiting, s.Held)
	if s.Relay != "" {
		w.line("relay     %s", s.Relay)
	}
	for _, m := range s.Members {
		w.line("  %-3s %-10s %s  %s: %d entries%s", m.Party, m.Role, short(m.ID), withOffice(m.Name, m.Office), m.Entries, memberWords(m))
	}
	for _, side := range s.Contested {
		w.line("contested: two changes of the roster of %s contradict each other; neither holds", side)
	}
	if s.Pending > 0 {
		w.line("recovery: %d changes of roster by a recovery key wait for their delay; the authority can still object", s.Pending)
	}
	if s.Compared == nil {
		w.line("not compared: agree on some words with the other side, then parley channel compare --nonce WORDS")
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

func memberWords(m desk.MemberState) string {
	out := ""
	if m.Pen {
		out += ", holds the pen"
	}
	if m.Gone {
		out += ", taken off the roster"
	}
	if len(m.Capabilities) > 0 {
		out += ", as " + strings.Join(m.Capabilities, ", ")
	}
	return out
}

// withOffice names somebody, with the office where there is one.
func withOffice(name, office string) string {
	if office == "" {
		return name
	}
	return name + ", " + office
}
