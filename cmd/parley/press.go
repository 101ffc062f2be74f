package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"parley"
	"parley/casefile"
	"parley/press"
)

func (a *app) pressCommand() *cobra.Command {
	return a.group("press", "The public record: who said what, on whose word, and what we may say",
		a.pressRead(), a.pressAdd(), a.pressNote(), a.pressShow(),
		a.pressVerdict(press.Accept, "Take proposals into the register"), a.pressVerdict(press.Reject, "Turn proposals down"),
		a.pressGrade(), a.pressCorrect(),
		a.pressRelate(press.SameStory, "Two dispatches are one story: one source"), a.pressRelate(press.Supports, "Two claims bear each other out"),
		a.pressRelate(press.Contradict, "Two claims contradict each other: shown side by side"),
		a.pressCompare(), a.pressUndo(), a.pressExport())
}

func (a *app) pressRead() *cobra.Command {
	var caseFile, on string
	c := &cobra.Command{
		Use:   "read FILE [--case CASE]",
		Short: "Read a dispatch: its claims, legal events, and what it says of the talks",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			text, err := casefile.ReadFile(args[0], press.MaxBytes)
			if err != nil {
				return wrongInput(err)
			}
			if !press.Quotable(text) {
				return usage(fmt.Errorf("%s: it is no text in UTF-8", args[0]))
			}
			day, err := dayFlag("--on", on)
			if err != nil {
				return err
			}
			var kase *parley.Case
			if caseFile != "" {
				if kase, _, err = readCase(caseFile); err != nil {
					return err
				}
			}
			d := press.NewReader(kase).Read(text, day)
			return a.print(d, func(w *words) { dispatchWords(w, d, namesOf(kase)) })
		},
	}
	c.Flags().StringVar(&caseFile, "case", "", "the case whose persons are looked for")
	c.Flags().StringVar(&on, "on", "", "the day of the dispatch (else as its text says)")
	return c
}

// dayFlag reads the date of a flag; none for "".
func dayFlag(flag, s string) (parley.Date, error) {
	if s == "" {
		return parley.Date{}, nil
	}
	d, err := parley.ParseDate(s)
	if err != nil {
		return d, usage(fmt.Errorf("%s %q: %w", flag, s, err))
	}
	return d, nil
}

func dispatchWords(w *words, d *press.Dispatch, n names) {
	day := d.Dateline.String()
	if day == "" {
		day = "no date found (give one with --on)"
	}
	w.line("%s, %d claims", day, len(d.Claims))
	for i, c := range d.Claims {
		claimWords(w, i, c)
	}
	for _, e := range d.Events {
		w.line("event: %s, %s%s%s%s: “%s”", personName(n, e.Person), e.Event, comma(e.Term), comma(e.Charge), onWords(e.When), e.Phrase)
	}
	for _, t := range d.Talks {
		w.line("%s", talkWords(t, n))
	}
}

func claimWords(w *words, i int, c press.Claim) {
	who := c.Speaker
	if who == "" {
		who = "nobody"
	}
	how := string(c.Class)
	if c.Linked != "" && c.Linked != press.ByName {
		how += ", by " + string(c.Linked)
	}
	if c.Nested {
		how += ", at one remove more"
	}
	w.line("%3d  sentence %d: %s (%s) %s, about: %s%s", i, c.Sentence, who, how, orDash(c.Cue), c.About, onWords(c.When))
	w.line("     %s", c.Content)
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

func comma(s string) string {
	if s == "" {
		return ""
	}
	return ", " + s
}

func onWords(w press.When) string {
	if w.On.IsZero() {
		return ""
	}
	s := ", " + w.On.String()
	if w.From != "" {
		s += " (“" + w.Written + "”: " + w.From + ")"
	}
	return s
}

func personName(n names, id string) string { return nameOf(n, parley.PersonID(id)) }

func personNames(n names, ids []string) string { return named(n, personIDs(ids)) }

// talkWords tells what is said of the talks, and on how much it rests.
func talkWords(t press.Talk, n names) string {
	var b strings.Builder
	b.WriteString("said of the talks: " + t.What)
	for _, part := range []struct{ lead, text string }{
		{" by ", t.By},
		{" to ", t.To},
		{": ", personNames(n, t.Exchange)},
		{" for ", personNames(n, t.For)},
		{": to add ", personNames(n, t.Adds)},
		{" through ", t.Through},
		{", ", t.State},
		{" between ", personNames(n, t.Between)},
	} {
		if part.text != "" {
			b.WriteString(part.lead + part.text)
		}
	}
	b.WriteString(onWords(t.When))
	switch {
	case len(t.Claims) == 0:
		b.WriteString("; the reporter's own word")
	case len(t.Terms) > 0:
		fmt.Fprintf(&b, "; rests on claims %v, its terms on %v", t.Claims, t.Terms)
	default:
		fmt.Fprintf(&b, "; rests on claims %v", t.Claims)
	}
	return b.String()
}

// asJSON prints what is JSON whatever the flags say.
func (a *app) asJSON(v any) error {
	enc := json.NewEncoder(a.out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
