package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"parley/casefile"
	"parley/desk"
	"parley/internal/digits"
	people "parley/names"
)

func (a *app) paperCommand() *cobra.Command {
	return a.group("paper", "Put an entry of the channel on paper, and key it in elsewhere", a.paperPrint(), a.paperKey())
}

func (a *app) paperPrint() *cobra.Command {
	var short bool
	c := &cobra.Command{
		Use:   "print ENTRY",
		Short: "Print an entry as rows of digits with check digits",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				data, p, err := d.PrintEntry(args[0], short)
				if err != nil {
					return err
				}
				rows, err := digits.Rows(data)
				if err != nil {
					return usage(err)
				}
				return a.print(struct {
					desk.OnPaper
					ReadAloud string       `json:"read_aloud"`
					Rows      []digits.Row `json:"rows"`
				}{p, people.ReadAloud(p.Digest), rows}, func(w *words) {
					tellEntry(w, p)
					w.line("rows    %d", len(rows))
					for i, r := range rows {
						if i%perPage == 0 {
							w.line("")
						}
						w.line("%s", r)
					}
				})
			})
		},
	}
	c.Flags().BoolVar(&short, "short", false, "without signatures, for the telephone")
	return c
}

// tellEntry says what is on a paper.
func tellEntry(w *words, p desk.OnPaper) {
	w.line("entry   %s, number %d, %s of %s, %s", short(p.ID), p.Number, p.Who, p.By, p.At.Format("2006-01-02 15:04 MST"))
	if p.Move != nil {
		if says, err := json.Marshal(p.Move); err == nil {
			w.line("%-7s %s", p.Kind, says)
		}
	}
	w.line("digest  %s", people.ReadAloud(p.Digest))
}

func (a *app) paperKey() *cobra.Command {
	var expected string
	var report bool
	c := &cobra.Command{
		Use:   "key FILE",
		Short: "Read an entry that was keyed in from paper",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			text, err := casefile.ReadFile(args[0], maxCarried)
			if err != nil {
				return usage(err)
			}
			data, faults := digits.Read(string(text))
			if len(faults) > 0 {
				return a.tellFaults(faults)
			}
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				return a.keyEntry(c, d, data, strings.Join(strings.Fields(expected), ""), report)
			})
		},
	}
	c.Flags().StringVar(&expected, "digest", "", "the thirty digits on the paper, or that were read aloud")
	c.Flags().BoolVar(&report, "report", false, "note an entry without signatures as reported by us")
	return c
}

func (a *app) tellFaults(faults []digits.Fault) error {
	if err := a.print(map[string]any{"misread": faults}, func(w *words) {
		for _, f := range faults {
			w.line("row %d: %s", f.Row, f.Text)
		}
	}); err != nil {
		return err
	}
	return errFindings
}

func (a *app) keyEntry(c *cobra.Command, d *desk.Desk, data []byte, expected string, report bool) error {
	p, err := d.ReadEntry(data)
	if err != nil {
		return err
	}
	aloud := people.ReadAloud(p.Digest)
	same := expected == "" || expected == strings.ReplaceAll(aloud, " ", "")
	reported := uint64(0)
	if same {
		if p, err = d.KeepEntry(c.Context(), data); err != nil {
			return err
		}
		if reported, err = noteEntry(c, d, p, report); err != nil {
			return err
		}
	}
	err = a.print(struct {
		desk.OnPaper
		ReadAloud string `json:"read_aloud"`
		Same      bool   `json:"same_digest"`
		Reported  uint64 `json:"reported"`
	}{p, aloud, same, reported}, func(w *words) { tellKeyed(w, p, same, reported) })
	if err == nil && !same {
		return errFindings
	}
	return err
}

// noteEntry notes an entry without signatures as a report, where that is asked.
func noteEntry(c *cobra.Command, d *desk.Desk, p desk.OnPaper, report bool) (uint64, error) {
	if !report || p.Signed {
		return 0, nil
	}
	r := desk.Report{Kind: "note", By: p.Who, Via: "read aloud, without signatures", Text: fmt.Sprintf("%s, entry %s, digest %s", p.Kind, p.ID, people.ReadAloud(p.Digest))}
	r, err := d.Report(c.Context(), r)
	return r.Number, err
}

func tellKeyed(w *words, p desk.OnPaper, same bool, reported uint64) {
	tellEntry(w, p)
	switch {
	case !same:
		w.line("This is not the digest on the paper: nothing was taken.")
	case p.Signed && p.Here:
		w.line("Both signatures hold: the entry is on this desk's log.")
	case p.Signed:
		w.line("Both signatures hold. The entry waits for earlier ones that are not here.")
	case p.Here:
		w.line("This desk has the signed entry: it is the same.")
	default:
		w.line("Without signatures this proves nothing: compare the digest with the caller, and with the signed entry when it comes.")
	}
	if reported > 0 {
		w.line("Noted as report %d: reported by us, binds nobody.", reported)
	}
}
