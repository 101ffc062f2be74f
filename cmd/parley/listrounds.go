package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"parley"
	"parley/casefile"
	"parley/desk"
)

func (a *app) listRounds() *cobra.Command {
	var sheet, final string
	c := &cobra.Command{
		Use:   "rounds [ROUND]",
		Short: "See the rounds of lists, or one with every name and what was said of it",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				switch {
				case final != "":
					l, names, err := d.ShowFinalList(c.Context(), final)
					if err != nil {
						return err
					}
					return a.oneFinal(l, names, sheet)
				case len(args) == 1:
					r, names, err := d.ListRound(c.Context(), args[0])
					if err != nil {
						return err
					}
					return a.oneRound(r, names, sheet, d.Party())
				case sheet != "":
					return usage(fmt.Errorf("--sheet: name the ROUND"))
				}
				rounds, err := d.ListRounds(c.Context())
				if err != nil {
					return err
				}
				return a.print(map[string]any{"rounds": rounds}, func(w *words) {
					for _, r := range rounds {
						roundWords(w, r)
					}
				})
			})
		},
	}
	c.Flags().StringVar(&sheet, "sheet", "", "write the names as a table, with room for answers")
	c.Flags().StringVar(&final, "final", "", "a final list, by its id (\"last\" for the newest)")
	return c
}

func (a *app) oneRound(r desk.RoundView, names []desk.NameView, sheet string, ours parley.PartyID) error {
	if sheet != "" {
		asked := slices.DeleteFunc(slices.Clone(names), func(n desk.NameView) bool { return n.List == ours })
		if err := casefile.WriteAnswers(sheet, desk.SheetOf(asked, func(n desk.NameView) desk.AnswerView { return n.AnswerOf(ours) })); err != nil {
			return err
		}
		a.tell("%d names written to %s, which is not encrypted", len(asked), sheet)
	}
	return a.print(map[string]any{"round": r, "names": names}, func(w *words) {
		roundWords(w, r)
		for _, n := range names {
			nameWords(w, n)
		}
	})
}

func (a *app) oneFinal(l desk.FinalView, names []desk.NameView, sheet string) error {
	if sheet != "" {
		if err := casefile.WriteAnswers(sheet, desk.SheetOf(names, func(n desk.NameView) desk.AnswerView { return n.Final[n.Holder] })); err != nil {
			return err
		}
		a.tell("%d names written to %s, which is not encrypted", len(names), sheet)
	}
	return a.print(map[string]any{"final": l, "names": names}, func(w *words) {
		finalWords(w, l)
		for _, n := range names {
			nameWords(w, n)
		}
	})
}

func roundWords(w *words, r desk.RoundView) {
	w.line("round %s between %s", short(r.ID), joined(r.Between))
	for _, l := range r.Lists {
		w.line("  %s asks for %d names (list %s, digest %s)", l.By, l.Rows, short(l.ID), l.Aloud)
		var told []string
		answered := 0
		for _, c := range parley.Codes() {
			if n := r.Totals[l.By][c]; n > 0 {
				told = append(told, fmt.Sprintf("%d %s", n, c))
				answered += n
			}
		}
		if answered > 0 {
			w.line("    answered: %s", strings.Join(told, ", "))
		}
	}
	if len(r.Classes) > 0 {
		w.line("  classes: %s", strings.Join(r.Classes, ", "))
	}
	w.line("  %d names lack a final code, %d are ready for a final list, %d disputed", r.Open, r.Ready, r.Disputed)
	for _, due := range r.Due {
		past := ""
		if due.Past {
			past = ", which is past"
		}
		w.line("  %s expects the next step by %s%s", due.By, due.On, past)
	}
	for _, l := range r.Finals {
		finalWords(w, l)
	}
}

func finalWords(w *words, l desk.FinalView) {
	w.line("  final list %s of %d names, put by %s: %s", short(l.ID), l.Names, l.By, l.Status)
	w.line("    digest %s; signed by %s%s", l.Aloud, orNobody(joined(l.Signed)), refusedWords(l.Refused))
	if l.Text != "" {
		w.line("    “%s”", l.Text)
	}
}

func refusedWords(by []parley.PartyID) string {
	if len(by) == 0 {
		return ""
	}
	return "; refused by " + joined(by)
}

func joined(parties []parley.PartyID) string {
	out := make([]string, len(parties))
	for i, p := range parties {
		out[i] = string(p)
	}
	return strings.Join(out, ", ")
}

func nameWords(w *words, n desk.NameView) {
	more := ""
	for _, s := range []string{n.Father, n.Born.String(), n.Place} {
		if s != "" {
			more += ", " + s
		}
	}
	w.line("%s/%s %s%s%s", n.List, n.ID, n.Name, more, classWords(n))
	for _, step := range []struct {
		what string
		said map[parley.PartyID]desk.AnswerView
	}{{"first", n.First}, {"final", n.Final}} {
		for _, p := range sortedKeys(step.said) {
			w.line("    %s, %s: %s", step.what, p, answerWords(step.said[p]))
		}
	}
	for _, r := range n.Remarks {
		w.line("    %s: %s", r.By, remarkWords(r))
	}
	if len(n.Disputed) > 0 {
		w.line("    disputed: %s", strings.Join(n.Disputed, ", "))
	}
}

func classWords(n desk.NameView) string {
	out := ""
	for _, c := range sortedKeys(n.Classes) {
		out += fmt.Sprintf("; %s: %s", c, n.Classes[c])
	}
	return out
}

func answerWords(x desk.AnswerView) string {
	out := string(x.Code)
	if !x.On.IsZero() {
		out += " on " + x.On.String()
	}
	if x.Of != "" {
		out += " (" + x.Of + ")"
	}
	if x.Text != "" {
		out += " “" + x.Text + "”"
	}
	return out
}

func remarkWords(r desk.RemarkView) string {
	out := ""
	if r.Class != "" {
		out = map[bool]string{true: "is of the class ", false: "is not of the class "}[r.Member] + r.Class + " "
	}
	if r.Text != "" {
		out += "“" + r.Text + "”"
	}
	return strings.TrimSpace(out)
}

func sortedKeys[K ~string, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
