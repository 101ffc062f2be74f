package main

import (
	"strings"

	"github.com/spf13/cobra"

	"parley/casefile"
	people "parley/names"
)

// paperRow is one row of a list as it is printed.
type paperRow struct {
	Row   int      `json:"row"`
	Check string   `json:"check"`
	Cells []string `json:"cells"`
}

func (a *app) listPrint() *cobra.Command {
	return &cobra.Command{
		Use:   "print FILE",
		Short: "Print a list with check digits, to be carried on paper",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			l, err := casefile.ReadList(args[0])
			if err != nil {
				return wrongInput(err)
			}
			rows := paperRows(l)
			digest := people.DigestOfList(l.Records)
			err = a.print(map[string]any{"rows": len(rows), "digest": digest.String(), "read_aloud": people.ReadAloud(digest), "columns": people.PaperColumns(), "list": rows, "unread": some(l.Unread)},
				func(w *words) { tellPaper(w, l.Records, l.Unread) })
			if err == nil && len(l.Unread) > 0 {
				return errFindings
			}
			return err
		},
	}
}

func paperRows(l *people.List) []paperRow {
	rows := make([]paperRow, len(l.Records))
	for i := range l.Records {
		cells, check := l.Records[i].Paper(i + 1)
		rows[i] = paperRow{i + 1, check, cells}
	}
	return rows
}

// perPage is how many rows of digits stand together.
const perPage = 40

func tellPaper(w *words, list []people.Record, unread []people.Unread) {
	for _, l := range people.PaperLines(list) {
		w.line("%s", l)
	}
	tellUnread(w, "Not read, or not as it stands in the file", unread)
}

func (a *app) listKey() *cobra.Command {
	var expected string
	c := &cobra.Command{
		Use:   "key FILE",
		Short: "Check a list that was keyed in from paper",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			l, err := casefile.ReadList(args[0])
			if err != nil {
				return wrongInput(err)
			}
			return a.tellKeyed(l, strings.Join(strings.Fields(expected), ""))
		},
	}
	c.Flags().StringVar(&expected, "digest", "", "the thirty digits on the paper")
	return c
}

func (a *app) tellKeyed(l *people.List, expected string) error {
	wrong := people.Misread(l.Records)
	digest := people.DigestOfList(l.Records)
	aloud := people.ReadAloud(digest)
	same := expected == "" || expected == strings.ReplaceAll(aloud, " ", "")
	err := a.print(map[string]any{"rows": len(l.Records), "digest": digest.String(), "read_aloud": aloud, "same_digest": same, "misread": some(wrong), "unread": some(l.Unread)}, func(w *words) {
		w.line("%d rows   digest %s", len(l.Records), aloud)
		for _, m := range wrong {
			w.line("row %d: %s", m.Row, m.Text)
		}
		if !same {
			w.line("This is not the digest on the paper: a row is missing, was added or was misread.")
		} else if expected != "" {
			w.line("The digest is the one on the paper.")
		}
		tellUnread(w, "Not read, or not as it stands in the file", l.Unread)
	})
	if err == nil && (len(wrong) > 0 || !same) {
		return errFindings
	}
	return err
}
