package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"parley"
	"parley/casefile"
	"parley/channel"
	"parley/desk"
)

func (a *app) signCommand() *cobra.Command {
	var key, out, name, office string
	var fresh bool
	c := &cobra.Command{
		Use:   "sign FILE --key KEY",
		Short: "Sign, as principal, a charter or an entry that was carried here",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case fresh && len(args) == 0:
				return a.newKey(c.Context(), key, name, office)
			case fresh || len(args) == 0:
				return usage(fmt.Errorf("name a file to sign, or --new and no file"))
			}
			return a.signFile(c.Context(), args[0], key, out)
		},
	}
	f := c.Flags()
	f.StringVar(&key, "key", "", "the principal's key file")
	f.StringVar(&out, "out", "", "where the signed file goes (else in the place of FILE)")
	f.BoolVar(&fresh, "new", false, "make a key")
	f.StringVar(&name, "name", "", "with --new: the principal's name")
	f.StringVar(&office, "office", "", "with --new: the principal's office")
	_ = c.MarkFlagRequired("key")
	return c
}

func (a *app) newKey(ctx context.Context, key, name, office string) error {
	if name == "" {
		return usage(fmt.Errorf("--new needs --name"))
	}
	pass, err := a.passphrase(ctx, "new passphrase for the key", a.keyPass, "PARLEY_KEY_PASSPHRASE_FILE", true)
	if err != nil {
		return err
	}
	file, card, err := desk.NewPrincipal(name, office, pass, a.surroundings())
	clear(pass)
	if err != nil {
		return err
	}
	if casefile.IsFile(key) || casefile.IsFile(key+".card") {
		return usage(fmt.Errorf("%s or %s.card is there already", key, key))
	}
	if err := casefile.WriteFile(key, file, 0o600); err != nil {
		return err
	}
	return a.carry(key+".card", card, "The card that goes to the desk")
}

func (a *app) openKey(ctx context.Context, key string) (*channel.SigningKey, error) {
	file, err := casefile.ReadFile(key, 1<<20)
	if err != nil {
		return nil, usage(err)
	}
	if info, err := os.Stat(key); err == nil && othersRead(info) {
		a.tell("parley: warning: %s may be read by others on this machine: chmod 600 %s", key, key)
	}
	pass, err := a.passphrase(ctx, "passphrase of the key", a.keyPass, "PARLEY_KEY_PASSPHRASE_FILE", false)
	if err != nil {
		return nil, err
	}
	defer clear(pass)
	return desk.OpenKey(file, pass)
}

func (a *app) signFile(ctx context.Context, file, key, out string) error {
	data, err := casefile.ReadFile(file, maxCarried)
	if err != nil {
		return usage(err)
	}
	signed, p, err := a.signPaper(ctx, data, key)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	write := casefile.WriteFile
	if out == "" {
		out, write = file, casefile.ReplaceFile
	}
	if err := write(out, signed, 0o600); err != nil {
		return err
	}
	return a.print(map[string]any{"file": out, "signed": p.ID, "says": append([]string{p.Title}, p.Lines...)}, func(w *words) {
		w.line("Signed: %s", p.Title)
		w.line("It is in %s.", out)
	})
}

// signPaper shows a paper and signs it with a principal's key; the passphrase is
// the principal's word.
func (a *app) signPaper(ctx context.Context, data []byte, key string) ([]byte, *desk.Paper, error) {
	p, err := desk.ReadPaper(data)
	if err != nil {
		return nil, nil, usage(err)
	}
	a.tell("%s", p.Title)
	for _, l := range p.Lines {
		a.tell("  %s", l)
	}
	a.tell("  digest %s", p.ID)
	k, err := a.openKey(ctx, key)
	if err != nil {
		return nil, nil, err
	}
	signed, err := p.Sign(k)
	if err != nil || !p.IsEntry() {
		return signed, p, err
	}
	return signed, p, noteSigned(key, p, signed)
}

// noteSigned keeps, beside the key, what was signed under which number, before
// it leaves this machine. A number that was used for something else is refused,
// and what it was used for is put where it can be carried to the desk.
func noteSigned(key string, p *desk.Paper, signed []byte) error {
	file := key + ".signed"
	old, err := casefile.ReadFile(file, maxCarried)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	at := fmt.Sprintf("%s %s %d ", p.Channel, p.Author(), p.Number)
	for line := range strings.Lines(string(old)) {
		rest, same := strings.CutPrefix(line, at)
		if !same {
			continue
		}
		id, kept, _ := strings.Cut(strings.TrimSpace(rest), " ")
		if id == p.ID {
			return nil
		}
		return handBack(key, kept, p)
	}
	line := at + p.ID + " " + hex.EncodeToString(signed) + "\n"
	return casefile.ReplaceFile(file, append(bytes.Clone(old), line...), 0o600)
}

// handBack gives out again what was signed under a number before.
func handBack(key, kept string, p *desk.Paper) error {
	earlier, err := hex.DecodeString(kept)
	if err != nil {
		return fmt.Errorf("%s.signed is damaged: keep it, and ask the maintainers before this key signs again", key)
	}
	file := key + ".earlier"
	if err := casefile.ReplaceFile(file, earlier, 0o600); err != nil {
		return err
	}
	return &earlierError{number: p.Number, file: file, paper: earlier}
}

// earlierError is a number of a principal's chain that was signed for something
// else: a paper that was lost on its way, or a process that was killed.
type earlierError struct {
	number uint64
	file   string
	paper  []byte
}

func (e *earlierError) Error() string {
	return fmt.Sprintf("number %d of this principal's chain was signed for something else already; that paper is in %s: have the desk take it first (--take), then ask for this one anew", e.number, e.file)
}

// principalAct carries a principal's act out in one go where the key is at
// hand, writes the request where it is not, and takes back what was signed.
func (a *app) principalAct(c *cobra.Command, kind parley.Kind, how principalFlags, ask func(*desk.Desk) ([]byte, error)) error {
	return a.withDesk(c.Context(), func(d *desk.Desk) error {
		if how.take != "" {
			data, err := casefile.ReadFile(how.take, maxCarried)
			if err != nil {
				return usage(err)
			}
			return a.taken(c, d, kind, data)
		}
		request, err := ask(d)
		if err != nil {
			return err
		}
		if how.key == "" {
			return a.carry(how.out, request, "The request to sign")
		}
		signed, _, err := a.signPaper(c.Context(), request, how.key)
		var earlier *earlierError
		if errors.As(err, &earlier) && a.taken(c, d, kind, earlier.paper) == nil {
			a.tell("parley: this %s was signed before and had not come to the desk; it was taken now, and nothing else was signed", kind)
			return nil
		}
		if err != nil {
			return err
		}
		return a.taken(c, d, kind, signed)
	})
}

func (a *app) taken(c *cobra.Command, d *desk.Desk, kind parley.Kind, signed []byte) error {
	ref, err := d.TakeSigned(c.Context(), kind, signed)
	if err != nil {
		return err
	}
	return a.acted(kind, ref)
}

// principalFlags say where the principal signs.
type principalFlags struct{ key, out, take string }

func (f *principalFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.key, "key", "", "the principal's key, where it is at hand")
	c.Flags().StringVar(&f.out, "out", "", "write a request, to be carried to the principal and signed there (parley sign)")
	c.Flags().StringVar(&f.take, "take", "", "take back the request that the principal signed")
	c.MarkFlagsMutuallyExclusive("key", "out", "take")
	c.MarkFlagsOneRequired("key", "out", "take")
}

func (a *app) mandateCommand() *cobra.Command {
	var how principalFlags
	var may, scope []string
	var until, device string
	var m parley.Mandate
	c := &cobra.Command{
		Use:   "mandate --may explore,offer,accept,seal",
		Short: "Have the principal give this desk full powers",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			day, err := parseUntil(until)
			if err != nil {
				return err
			}
			m.Scope, m.Until = personIDs(scope), day
			for _, level := range may {
				m.May = append(m.May, parley.Level(level))
			}
			return a.principalAct(c, parley.KindMandate, how, func(d *desk.Desk) ([]byte, error) {
				return d.AskMandate(c.Context(), m, device)
			})
		},
	}
	how.add(c)
	f := c.Flags()
	f.StringSliceVar(&may, "may", []string{"explore", "offer", "accept", "seal"}, "what it allows")
	f.StringSliceVar(&scope, "scope", nil, "whom it covers (else everybody in the case)")
	f.StringVar(&until, "until", "", "date on which it runs out")
	f.StringVar(&device, "device", "", "for which device of our delegation (else this desk)")
	f.Uint64Var(&m.Together, "together", 1, "how many devices of ours must agree before one accepts or seals")
	f.StringVar(&m.Text, "text", "", "words that go with it")
	return c
}

func parseUntil(s string) (parley.Date, error) {
	if s == "" {
		return parley.Date{}, nil
	}
	d, err := parley.ParseDate(s)
	if err != nil {
		return d, usage(fmt.Errorf("--until %q: %w", s, err))
	}
	return d, nil
}

func (a *app) ratifyCommand() *cobra.Command {
	var how principalFlags
	var refuse, uncompared bool
	var text string
	c := &cobra.Command{
		Use:   "ratify [AGREEMENT]",
		Short: "Have the principal ratify, or refuse, a sealed agreement",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			which := "last"
			if len(args) == 1 {
				which = args[0]
			}
			return a.principalAct(c, parley.KindRatify, how, func(d *desk.Desk) ([]byte, error) {
				if !refuse && !uncompared {
					if err := compared(c, d, which); err != nil {
						return nil, err
					}
				}
				return d.AskRatify(c.Context(), which, refuse, text)
			})
		},
	}
	how.add(c)
	c.Flags().BoolVar(&uncompared, "uncompared", false, "ratify though the logs were not compared: a relay may have shown each side another")
	c.Flags().BoolVar(&refuse, "refuse", false, "refuse: the agreement is dead and its names are free")
	c.Flags().StringVar(&text, "text", "", "words that go with it")
	return c
}

// compared refuses to ratify what the sides have not compared.
func compared(c *cobra.Command, d *desk.Desk, agreement string) error {
	ref, err := d.Find(parley.KindSeal, agreement)
	if err != nil {
		return err
	}
	ok, err := d.ComparedSince(c.Context(), ref)
	if err != nil || ok {
		return err
	}
	return fmt.Errorf("the logs were not compared since agreement %s was sealed: telephone, then `parley channel compare`; or ratify --uncompared", ref.Short())
}
