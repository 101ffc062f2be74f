package main

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"parley/casefile"
	people "parley/names"
)

func (a *app) listCommand() *cobra.Command {
	return a.group("list", "Lists of persons", a.listMatch(), a.listReview(), a.listPrint(), a.listKey(),
		a.listSend(), a.listReply(), a.listComment(), a.listFinal(), a.listSign(), a.listRounds())
}

func (a *app) listMatch() *cobra.Command {
	var candidates string
	c := &cobra.Command{
		Use:   "match A B",
		Short: "Find who stands on both of two lists",
		Args:  cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			return a.matchLists(c.Context(), args[0], args[1], candidates)
		},
	}
	c.Flags().StringVar(&candidates, "candidates", "", "write every pair that was scored to this file, as lines of \"a b score\"")
	return c
}

// matched is the answer of list match.
type matched struct {
	*people.Matching
	UnreadA []people.Unread `json:"unread_a"`
	UnreadB []people.Unread `json:"unread_b"`
	Seconds float64         `json:"seconds"`
}

func (a *app) matchLists(ctx context.Context, fileA, fileB, candidates string) error {
	listA, err := casefile.ReadList(fileA)
	if err != nil {
		return wrongInput(err)
	}
	listB, err := casefile.ReadList(fileB)
	if err != nil {
		return wrongInput(err)
	}
	began := a.now()
	found, err := people.New().Match(ctx, listA.Records, listB.Records, a.progress("comparing"))
	if err != nil {
		return err
	}
	answer := matched{found, some(listA.Unread), some(listB.Unread), a.now().Sub(began).Seconds()}
	if candidates != "" {
		if err := writeCandidates(candidates, found, listA, listB); err != nil {
			return err
		}
	}
	if err := a.print(answer, func(w *words) { tellMatching(w, &sheet{fileA, fileB, listA, listB, &answer}) }); err != nil {
		return err
	}
	if len(found.UnmatchedA)+len(found.UnmatchedB)+len(listA.Unread)+len(listB.Unread) > 0 {
		return errFindings
	}
	return nil
}

// some is a list that JSON writes as [] where it is empty.
func some[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func writeCandidates(path string, found *people.Matching, a, b *people.List) error {
	var out bytes.Buffer
	for _, c := range found.Candidates {
		fmt.Fprintf(&out, "%s %s %.6f\n", oneWord(a.Records[c.A].Label()), oneWord(b.Records[c.B].Label()), c.Score)
	}
	return casefile.ReplaceFile(path, out.Bytes(), 0o600)
}

// oneWord keeps an id with white space in it one word of a line: in quotation
// marks.
func oneWord(id string) string {
	if strings.ContainsFunc(id, unicode.IsSpace) || strings.HasPrefix(id, `"`) {
		return strconv.Quote(id)
	}
	return id
}

// sheet is what a committee works from.
type sheet struct {
	fileA, fileB string
	a, b         *people.List
	*matched
}

func tellMatching(w *words, s *sheet) {
	same, review := 0, 0
	for _, m := range s.Matches {
		if m.Verdict == people.Same {
			same++
		} else {
			review++
		}
	}
	w.line("A: %s, %d rows%s", s.fileA, s.RowsA, how(s.a))
	w.line("B: %s, %d rows%s", s.fileB, s.RowsB, how(s.b))
	w.line("%d pairs look the same, %d are to be reviewed; left over: %d of A, %d of B.", same, review, len(s.UnmatchedA), len(s.UnmatchedB))
	w.line("These are proposals. Who is who, a person decides.")
	rowsA, rowsB := byLabel(s.a), byLabel(s.b)
	s.pairs(w, "The same, it seems", people.Same, rowsA, rowsB)
	s.pairs(w, "To be reviewed", people.Review, rowsA, rowsB)
	leftOver(w, "On A alone", s.UnmatchedA, rowsA)
	leftOver(w, "On B alone", s.UnmatchedB, rowsB)
	twice(w, "Twice on A, it seems", s.DuplicatesA, rowsA)
	twice(w, "Twice on B, it seems", s.DuplicatesB, rowsB)
	tellUnread(w, "Not read, or not as it stands, on A", s.UnreadA)
	tellUnread(w, "Not read, or not as it stands, on B", s.UnreadB)
}

// how tells what a file was taken for.
func how(l *people.List) string {
	if l.Sheet != "" {
		return fmt.Sprintf(" (sheet %q)", l.Sheet)
	}
	return " (" + l.Coding + ")"
}

func byLabel(l *people.List) map[string]*people.Record {
	m := make(map[string]*people.Record, len(l.Records))
	for i := range l.Records {
		m[l.Records[i].Label()] = &l.Records[i]
	}
	return m
}

func (s *sheet) pairs(w *words, title string, v people.Verdict, rowsA, rowsB map[string]*people.Record) {
	n := 0
	for _, m := range s.Matches {
		if m.Verdict != v {
			continue
		}
		if n++; n == 1 {
			w.line("")
			w.line("%s:", title)
		}
		w.line("%4d. [ ]  A %s  —  B %s   %.2f", n, tellRecord(m.A, rowsA), tellRecord(m.B, rowsB), m.Score)
		for _, why := range m.Why {
			w.line("           %s", why)
		}
		for _, r := range m.Rivals {
			if r.A == m.A {
				w.line("           rival: B %s   %.2f", tellRecord(r.B, rowsB), r.Score)
			} else {
				w.line("           rival: A %s   %.2f", tellRecord(r.A, rowsA), r.Score)
			}
		}
	}
}

// tellRecord tells a row by its id, its name and what else tells persons apart.
func tellRecord(id string, rows map[string]*people.Record) string {
	r := rows[id]
	if r == nil {
		return id
	}
	out := id + " " + r.Name
	var more []string
	for _, s := range []string{r.Father, r.Born.String(), r.Place} {
		if s != "" {
			more = append(more, s)
		}
	}
	if len(more) > 0 {
		out += " (" + strings.Join(more, ", ") + ")"
	}
	return out
}

func leftOver(w *words, title string, ids []string, rows map[string]*people.Record) {
	if len(ids) == 0 {
		return
	}
	w.line("")
	w.line("%s: %d", title, len(ids))
	for _, id := range ids {
		w.line("  %s", tellRecord(id, rows))
	}
}

func twice(w *words, title string, groups [][]string, rows map[string]*people.Record) {
	if len(groups) == 0 {
		return
	}
	w.line("")
	w.line("%s:", title)
	for _, g := range groups {
		told := make([]string, len(g))
		for i, id := range g {
			told[i] = tellRecord(id, rows)
		}
		w.line("  %s", strings.Join(told, "  and  "))
	}
}

func tellUnread(w *words, title string, list []people.Unread) {
	if len(list) == 0 {
		return
	}
	w.line("")
	w.line("%s:", title)
	for _, u := range list {
		at := "the list"
		if u.Row > 0 {
			at = fmt.Sprintf("row %d", u.Row)
		}
		if u.Column != "" {
			at += ", " + u.Column
		}
		w.line("  %s: %s", at, u.Text)
	}
}
