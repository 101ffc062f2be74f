package main

import (
	"github.com/spf13/cobra"

	"parley/casefile"
	"parley/channel"
	"parley/desk"
)

func (a *app) proofCommand() *cobra.Command {
	return a.group("proof", "Proofs against members who signed two entries under one number", a.proofWrite(), a.proofCheck())
}

func (a *app) proofWrite() *cobra.Command {
	return &cobra.Command{
		Use:   "write DIR",
		Short: "Write the proofs that this desk holds into a new folder",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				proofs, err := d.Proofs(c.Context())
				if err != nil {
					return err
				}
				files := map[string][]byte{}
				names := []string{}
				for author, data := range proofs {
					name := "proof-" + author[:16] + ".parley"
					files[name] = data
					names = append(names, name)
				}
				if len(files) > 0 {
					if err := casefile.WriteFolder(args[0], files); err != nil {
						return err
					}
				}
				return a.print(map[string]any{"folder": args[0], "proofs": names}, func(w *words) {
					if len(names) == 0 {
						w.line("Nobody signed two entries under one number; nothing was written.")
					}
					for _, n := range names {
						w.line("%s/%s", args[0], n)
					}
				})
			})
		},
	}
}

func (a *app) proofCheck() *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE",
		Short: "Check a proof; needs no desk, no key and no network",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			data, err := casefile.ReadFile(args[0], channel.MaxProof)
			if err != nil {
				return usage(err)
			}
			g, err := channel.CheckProof(data)
			if err != nil {
				if perr := a.print(map[string]any{"proved": false, "why": err.Error()}, func(w *words) {
					w.line("%s proves nothing: %s", args[0], err)
				}); perr != nil {
					return perr
				}
				return errFindings
			}
			return a.print(map[string]any{
				"proved": true, "channel": g.Channel, "title": g.Title, "side": g.Side, "name": g.Author.Name, "office": g.Author.Office,
				"key": g.Author.ID(), "number": g.Number, "entries": []channel.EntryID{g.A, g.B},
			}, func(w *words) {
				w.line("Proved: %s, of %s signed two entries under number %d.", withOffice(g.Author.Name, g.Author.Office), g.Side, g.Number)
				w.line("channel %s (%s)", g.Channel, g.Title)
				w.line("key     %s", g.Author.ID())
				w.line("entries %s", g.A)
				w.line("        %s", g.B)
				w.line("Whether this is the channel and the key that you mean, compare with the charter.")
			})
		},
	}
}
