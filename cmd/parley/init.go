package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"parley"
	"parley/casefile"
	"parley/channel"
	"parley/desk"
)

func (a *app) initCommand() *cobra.Command {
	var f desk.Founding
	var party, neutral, caseFile string
	c := &cobra.Command{
		Use:   "init --party ID | --neutral NAME --capability WHAT",
		Short: "Make a desk, with keys of its own",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			f.Party = parley.PartyID(party)
			if neutral != "" {
				f.Name = neutral
			}
			if err := parley.CheckID(party); neutral == "" && err != nil {
				return usage(fmt.Errorf("--party %q: %w", party, err))
			}
			return a.initDesk(c, f, caseFile)
		},
	}
	c.Flags().StringVar(&party, "party", "", "id of the party whose desk this is, as in the case")
	c.Flags().StringVar(&f.Name, "name", "", "the party's name")
	c.Flags().StringVar(&f.Delegate, "delegate", "", "who sits at this desk")
	c.Flags().StringVar(&f.Office, "office", "", "the delegate's office")
	c.Flags().StringVar(&caseFile, "case", "", "a case file to keep")
	c.Flags().StringVar(&neutral, "neutral", "", "name of the neutral whose desk this is")
	c.Flags().StringSliceVar(&f.Capabilities, "capability", nil, "what the neutral does: "+strings.Join(channel.Capabilities(), ", "))
	c.Flags().BoolVar(&f.Travelling, "travelling", false, "a desk for a journey: it carries no brief")
	c.MarkFlagsMutuallyExclusive("party", "neutral")
	c.MarkFlagsOneRequired("party", "neutral")
	c.MarkFlagsRequiredTogether("neutral", "capability")
	return c
}

func (a *app) initDesk(c *cobra.Command, f desk.Founding, caseFile string) error {
	ctx := c.Context()
	home, err := a.homeDir()
	if err != nil {
		return err
	}
	if casefile.Exists(home) {
		return fmt.Errorf("%s: %w", home, casefile.ErrExists)
	}
	var file []byte
	if caseFile != "" { // read before anything is made
		cs, data, err := readCase(caseFile)
		if err != nil {
			return err
		}
		p, ok := cs.Party(f.Party)
		if !ok && f.Party != "" {
			return usage(fmt.Errorf("%s: no party %q in this case (the parties are %s)", caseFile, f.Party, partyIDs(cs)))
		}
		if file = data; f.Name == "" {
			f.Name = p.Name
		}
	}
	if f.Name == "" {
		f.Name = string(f.Party)
	}
	if f.Delegate == "" {
		f.Delegate = "delegate of " + f.Name
	}
	pass, err := a.deskPassphrase(ctx, "new passphrase for the desk", true)
	if err != nil {
		return err
	}
	a.warnOfShort(pass)
	d, err := desk.Create(ctx, home, pass, f, a.surroundings())
	clear(pass)
	if err != nil {
		return err
	}
	defer d.Close()
	if file != nil {
		if _, err := d.KeepCase(ctx, caseFile, file); err != nil { // stopped: no desk without its case
			return errors.Join(err, d.Close(), desk.Destroy(home, a.surroundings()))
		}
	}
	return a.print(map[string]string{"home": home, "party": party(d), "device": d.Device().String()}, func(w *words) {
		w.line("A desk for %s stands in %s.", f.Name, home)
		w.line("Its device key is %s.", d.Device().Short())
	})
}

func party(d *desk.Desk) string { return string(d.Party()) }

// partyIDs lists the parties of a case by their ids.
func partyIDs(c *parley.Case) string {
	out := make([]string, len(c.Parties))
	for i, p := range c.Parties {
		out[i] = string(p.ID)
	}
	return strings.Join(out, ", ")
}
