package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"parley/casefile"
	people "parley/names"
)

func (a *app) listReview() *cobra.Command {
	var decisions, by string
	c := &cobra.Command{
		Use:   "review A B --decisions FILE --by NAME",
		Short: "Decide pair by pair who on two lists is the same person",
		Args:  cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			return a.reviewLists(c.Context(), args[0], args[1], decisions, by)
		},
	}
	c.Flags().StringVar(&decisions, "decisions", "", "the file that keeps the decisions")
	c.Flags().StringVar(&by, "by", "", "who decides")
	_ = c.MarkFlagRequired("decisions")
	return c
}

// reviewing is a review at work.
type reviewing struct {
	*app
	*sheet
	path, by     string
	review       *people.Decisions
	rowsA, rowsB map[string]*people.Record
	copies       map[string]int // rows of a group of copies have its number, by side and id
}

func (a *app) reviewLists(ctx context.Context, fileA, fileB, decisions, by string) error {
	r, err := a.openReview(ctx, fileA, fileB, decisions)
	if err != nil {
		return err
	}
	if !a.json {
		if strings.TrimSpace(by) == "" {
			return usage(errors.New("--by: a decision says who makes it"))
		}
		if a.noInput {
			return usage(errors.New("a review asks; without questions, use --json to see its state"))
		}
		r.by = by
		if err := r.ask(ctx); err != nil {
			return err
		}
	}
	left := len(r.undecided())
	answer := map[string]any{
		"same": r.review.Count(people.Hold), "different": r.review.Count(people.Tell), "open": r.review.Count(people.LeaveOpen),
		"undecided": left, "statements": some(r.review.Statements),
	}
	if err := a.print(answer, func(w *words) {
		w.line("Decided: %d same, %d different, %d left open; %d not decided yet.", answer["same"], answer["different"], answer["open"], left)
	}); err != nil {
		return err
	}
	if left > 0 {
		return errFindings
	}
	return nil
}

func (a *app) openReview(ctx context.Context, fileA, fileB, decisions string) (*reviewing, error) {
	listA, err := casefile.ReadList(fileA)
	if err != nil {
		return nil, wrongInput(err)
	}
	listB, err := casefile.ReadList(fileB)
	if err != nil {
		return nil, wrongInput(err)
	}
	statements, err := casefile.ReadReview(decisions, listA.Digest, listB.Digest)
	if err != nil {
		return nil, wrongInput(err)
	}
	found, err := people.New().Match(ctx, listA.Records, listB.Records, a.progress("comparing"))
	if err != nil {
		return nil, err
	}
	s := &sheet{fileA, fileB, listA, listB, &matched{Matching: found}}
	r := &reviewing{app: a, sheet: s, path: decisions, review: people.NewDecisions(statements), rowsA: byLabel(listA), rowsB: byLabel(listB), copies: map[string]int{}}
	for side, groups := range map[string][][]string{"a": found.DuplicatesA, "b": found.DuplicatesB} {
		for i, g := range groups {
			for _, id := range g {
				r.copies[side+id] = i + 1
			}
		}
	}
	return r, nil
}

// undecided lists the proposals that nobody has decided, those to be reviewed
// first, the likeliest of each first.
func (r *reviewing) undecided() []people.Match {
	var out []people.Match
	for _, m := range r.Matches {
		if _, ok := r.review.Of(m.A, m.B); !ok {
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, func(x, y people.Match) int {
		return cmp.Or(cmp.Compare(x.Verdict, y.Verdict), cmp.Compare(y.Score, x.Score))
	})
	return out
}

// ask shows one pair after another until all are decided or the input ends.
func (r *reviewing) ask(ctx context.Context) error {
	in := bufio.NewScanner(r.in)
	w := &words{to: r.out}
	for ctx.Err() == nil {
		left := r.undecided()
		if len(left) == 0 {
			return w.err
		}
		r.show(w, left[0], len(left))
		if w.err != nil {
			return w.err
		}
		more, err := awaited(ctx, func() (bool, error) { return in.Scan(), in.Err() })
		if err != nil || !more {
			return err
		}
		done, err := r.answer(w, left[0], in.Text())
		if done || err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (r *reviewing) show(w *words, m people.Match, left int) {
	w.line("")
	w.line("%d left. %s, %.2f", left, m.Verdict, m.Score)
	w.line("  A %s", tellRecord(m.A, r.rowsA))
	w.line("  B %s", tellRecord(m.B, r.rowsB))
	for _, why := range m.Why {
		w.line("    %s", why)
	}
	for _, v := range m.Rivals {
		w.line("    rival: A %s, B %s   %.2f", tellRecord(v.A, r.rowsA), tellRecord(v.B, r.rowsB), v.Score)
	}
	w.line("same, different, open, undo, quit?")
}

// answer carries out one line of input; done where the reviewer quits.
func (r *reviewing) answer(w *words, m people.Match, line string) (done bool, err error) {
	word, reason, _ := strings.Cut(strings.TrimSpace(line), " ")
	s := people.Statement{A: m.A, B: m.B, Reasons: m.Why, By: r.by, At: r.now().Unix()}
	if reason = strings.TrimSpace(reason); reason != "" {
		s.Reasons = append([]string{reason}, m.Why...)
	}
	switch strings.ToLower(word) {
	case "s", "same":
		s.Act = people.Hold
	case "d", "different":
		s.Act = people.Tell
	case "o", "open":
		s.Act = people.LeaveOpen
	case "u", "undo":
		s = people.Statement{Act: people.Undo, Undoes: r.review.Last(), By: r.by, At: s.At, Reasons: []string{reason}}
	case "q", "quit":
		return true, nil
	default:
		w.line("  answer s, d, o, u or q, and then the reason")
		return false, w.err
	}
	if err := r.review.Check(s, r.areCopies); err != nil {
		w.line("  %s", err)
		return false, w.err
	}
	all := append(slices.Clone(r.review.Statements), s)
	if err := casefile.WriteReview(r.path, r.a.Digest, r.b.Digest, all); err != nil {
		return true, err
	}
	r.review = people.NewDecisions(all)
	w.line("  noted as statement %d", len(all))
	return false, w.err
}

// areCopies tells whether two rows of one list are proposed as one person.
func (r *reviewing) areCopies(x, y string) bool {
	for _, side := range []string{"a", "b"} {
		if g := r.copies[side+x]; g != 0 && g == r.copies[side+y] {
			return true
		}
	}
	return false
}
