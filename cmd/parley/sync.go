package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"parley/casefile"
	"parley/channel"
	"parley/desk"
)

func (a *app) syncCommand() *cobra.Command {
	var admitFile, proxy, dir, cover string
	var again bool
	c := &cobra.Command{
		Use:   "sync",
		Short: "Fetch what came and send what waits",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			admit, err := admitWord(admitFile)
			if err != nil {
				return err
			}
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				if c.Flags().Changed("proxy") {
					if err := d.SetProxy(c.Context(), strings.TrimPrefix(proxy, "none")); err != nil {
						return err
					}
				}
				if c.Flags().Changed("cover") {
					if cover != "yes" && cover != "no" {
						return usage(fmt.Errorf("--cover %q: say yes or no", cover))
					}
					if err := d.SetCover(c.Context(), cover == "yes"); err != nil {
						return err
					}
				}
				by, err := carrierOf(c.Context(), d, dir, admit)
				if err != nil {
					return err
				}
				if again {
					if _, err := d.SendAgain(c.Context()); err != nil {
						return err
					}
				}
				a.watchSettlements(d)
				debug.FreeOSMemory() // opening the store took 64 MiB, and a long message would add to it
				end := a.waiting("on the line")
				r, err := d.Sync(c.Context(), by)
				end()
				if errors.Is(err, desk.ErrSettlement) {
					return errors.Join(a.synced(r), err)
				}
				if err != nil {
					return err
				}
				return a.synced(r)
			})
		},
	}
	c.Flags().StringVar(&admitFile, "admit-file", "", "file with the word that the relay asks of a new mailbox")
	c.Flags().StringVar(&dir, "dir", "", "folder to sync with in place of the relay: a USB stick that is carried to the other desks and back")
	c.Flags().StringVar(&proxy, "proxy", "", "SOCKS5 proxy to reach the relay by, such as socks5://127.0.0.1:9050; remembered until `none` is given")
	c.Flags().StringVar(&cover, "cover", "", "hand over the same number of envelopes each time, filled up with ones that hold nothing, so that the relay can't see whether anything was said; remembered until `no` is given")
	c.Flags().BoolVar(&again, "again", false, "send all of ours that others have not confirmed once more, sealed anew")
	c.Flags().Lookup("cover").NoOptDefVal = "yes"
	return c
}

// carrierOf is the relay that the desk knows, or a folder.
func carrierOf(ctx context.Context, d *desk.Desk, dir, admit string) (channel.Carrier, error) {
	if dir != "" {
		return d.FolderCarrier(dir)
	}
	return d.Carrier(ctx, admit)
}

func admitWord(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	word, err := passphraseFrom(file)
	return string(word), err
}

func (a *app) synced(r channel.Report) error {
	missing, forked := []string{}, []string{}
	for _, id := range r.Missing {
		missing = append(missing, id.String())
	}
	for _, f := range r.NewForks {
		forked = append(forked, f.Author.String())
	}
	err := a.print(map[string]any{
		"received": r.Received, "admitted": len(r.Admitted), "sent": r.Sent, "waiting": r.Waiting, "rewound": r.Rewound,
		"republished": r.Republished, "non_papers": r.NonPapers, "lost": r.Lost, "queued": r.Queued, "refused": r.Refused, "unopened": r.Unopened, "missing": missing, "forked": forked,
	}, func(w *words) {
		w.line("%d received, %d sent, %d of ours not confirmed by all yet.", r.Received, r.Sent, r.Waiting)
		if r.NonPapers > 0 {
			w.line("%d came off the record: `parley nonpaper list` has them, and `parley mediate show` what a mediator is in.", r.NonPapers)
		}
		if r.Lost > 0 {
			w.line("%d said to be off the record can't be read: the keys for them are gone. Ask that they be sent again.", r.Lost)
		}
		if r.Queued > 0 {
			w.line("%d wait for the next sync: cover sends so many at a time and no more.", r.Queued)
		}
		if r.Rewound {
			w.line("The relay is not where it was: everything was read again; of ours sent again: %d.", r.Republished)
		}
		if r.Refused > 0 {
			w.line("%d envelopes held nothing that may stand here; they were passed over.", r.Refused)
		}
		for _, id := range missing {
			w.line("missing: entry %s was named and has not come", short(id))
		}
		for _, id := range forked {
			w.line("breach: member %s signed two entries under one number", short(id))
		}
	})
	if err == nil && len(forked) > 0 {
		return fmt.Errorf("%w: a member signed two entries under one number; `parley table` names them", errDisagrees)
	}
	return err
}

func (a *app) logCommand() *cobra.Command {
	return a.group("log", "The channel's log: export it, verify an export", a.logExport(), a.logVerify())
}

func (a *app) logExport() *cobra.Command {
	var to string
	c := &cobra.Command{
		Use:   "export DIR",
		Short: "Write the charter and every signed entry, as opened, into a folder",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				files, err := d.Export(c.Context())
				if err != nil {
					return err
				}
				n := len(files)
				if to != "" {
					sealed, err := desk.SealFolder(to, files)
					if err != nil {
						return usage(err)
					}
					files = map[string][]byte{"log.tar.age": sealed}
				}
				if err := casefile.WriteFolder(args[0], files); err != nil {
					return err
				}
				return a.print(map[string]any{"folder": args[0], "files": n}, func(w *words) {
					w.line("%d files of the log are in %s.", n, args[0])
					if to == "" {
						w.line("Whoever reads them reads the talks: keep them safe.")
					}
				})
			})
		},
	}
	c.Flags().StringVar(&to, "to", "", "age recipient to seal it to")
	return c
}

func (a *app) logVerify() *cobra.Command {
	return &cobra.Command{
		Use:   "verify DIR",
		Short: "Verify an exported log; needs no key and no network",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			folder, err := casefile.OpenFolder(args[0])
			if err != nil {
				return usage(err)
			}
			if !isExport(folder) {
				return usage(fmt.Errorf("%s holds no exported log: `parley log export DIR` writes one", args[0]))
			}
			v := channel.VerifyExport(folder)
			if v.Faults == nil {
				v.Faults = []channel.Fault{}
			}
			if err := a.print(v, func(w *words) {
				for _, f := range v.Faults {
					w.line("%s: %s%s", f.File, entryOf(f), f.Problem)
				}
				if v.OK {
					w.line("%d entries by %d authors: every signature holds and nothing is missing.", v.Entries, v.Authors)
				}
			}); err != nil {
				return err
			}
			if !v.OK {
				return errFindings
			}
			return nil
		},
	}
}

// isExport tells whether anything of an exported log is in a folder: one that lost
// files is verified, and its faults are named.
func isExport(folder fs.FS) bool {
	found, _ := fs.Glob(folder, "*.parley")
	return len(found) > 0
}

func entryOf(f channel.Fault) string {
	if f.Entry == "" {
		return ""
	}
	return "entry " + f.Entry + ": "
}
