package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley/casefile"
	"parley/desk"
	"parley/press"
)

// pressState adds a statement to the register of the public record.
func (a *app) pressState(ctx context.Context, s press.Statement, from *stated) error {
	return a.pressStates(ctx, []press.Statement{s}, from)
}

func (a *app) pressStates(ctx context.Context, all []press.Statement, from *stated) error {
	return a.withDesk(ctx, func(d *desk.Desk) error {
		var numbers []uint64
		for _, s := range all {
			s.By, s.Reasons = from.by, from.because
			n, err := d.Press(ctx, s)
			if err != nil {
				return err
			}
			numbers = append(numbers, n)
		}
		return a.print(map[string]any{"number": numbers[0], "numbers": numbers}, func(w *words) {
			for _, n := range numbers {
				w.line("Noted as statement %d.", n)
			}
		})
	})
}

func (a *app) pressAdd() *cobra.Command {
	var s stated
	var e press.Entered
	var on string
	c := &cobra.Command{
		Use:   "add FILE --outlet WHO --by WHO",
		Short: "Keep a dispatch on this desk; what is read in it becomes proposals",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			text, err := casefile.ReadFile(args[0], press.MaxBytes)
			if err != nil {
				return wrongInput(err)
			}
			day, err := dayFlag("--on", on)
			if err != nil {
				return err
			}
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				n, err := d.EnterDispatch(c.Context(), text, day, e, s.by)
				if err != nil {
					return err
				}
				r, err := d.PressRegister(c.Context())
				if err != nil {
					return err
				}
				in := r.Dispatches[len(r.Dispatches)-1]
				return a.print(map[string]any{"number": n, "id": in.ID, "claims": len(in.Claims), "events": len(in.Events), "story": in.Story}, func(w *words) {
					w.line("Kept as %s: %d claims and %d events proposed.%s", in.ID, len(in.Claims), len(in.Events), storyWords(in))
				})
			})
		},
	}
	f := c.Flags()
	f.StringVar(&e.Outlet, "outlet", "", "who published it")
	f.StringVar(&e.Wire, "wire", "", "the agency whose story it is")
	f.StringVar(&e.Title, "title", "", "its title")
	f.StringVar(&on, "on", "", "its day (else as its text says)")
	f.StringVar(&s.by, "by", "", "who enters it")
	_ = c.MarkFlagRequired("outlet")
	_ = c.MarkFlagRequired("by")
	return c
}

func storyWords(d *press.DispatchEntry) string {
	if d.Story == d.ID {
		return ""
	}
	return " It repeats the story of " + d.Story + ": one source, not two."
}

func (a *app) pressNote() *cobra.Command {
	var s stated
	var on, class, about string
	n := press.Noted{Persons: []string{}}
	c := &cobra.Command{
		Use:   "note TEXT --speaker WHO --by WHO",
		Short: "Note a claim by hand: heard, seen, told in private",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			day, err := dayFlag("--on", on)
			if err != nil {
				return err
			}
			n.Content, n.Class, n.About, n.When = args[0], press.Class(class), press.About(about), press.When{On: day}
			return a.pressState(c.Context(), press.Statement{Act: press.Note, Noted: &n}, &s)
		},
	}
	f := c.Flags()
	f.StringVar(&n.Speaker, "speaker", "", "who said it")
	f.StringVar(&class, "class", string(press.Named), "named, institution, document, role, anonymous-one, anonymous-several or unattributed")
	f.StringVar(&n.Side, "side", "", "the party that the speaker stands for")
	f.StringVar(&n.Setting, "setting", "", "where: a news conference, a corridor")
	f.StringVar(&about, "about", string(press.AFact), "what it is about: act, offer, intention, belief or fact")
	f.BoolVar(&n.Private, "private", false, "said behind closed doors")
	f.StringVar(&on, "on", "", "when")
	f.StringSliceVar(&n.Persons, "person", nil, "whom it is about")
	return s.flags(c)
}

// pressVerdict takes proposals in, or turns them down.
func (a *app) pressVerdict(act press.Act, short string) *cobra.Command {
	var s stated
	c := &cobra.Command{
		Use: string(act) + " ID ... --by WHO", Short: short, Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			var all []press.Statement
			for _, id := range args {
				all = append(all, press.Statement{Act: act, A: id})
			}
			return a.pressStates(c.Context(), all, &s)
		},
	}
	return s.flags(c)
}

func (a *app) pressGrade() *cobra.Command {
	var s stated
	var source, item, said, isTrue string
	c := &cobra.Command{
		Use:   "grade CLAIM [--source A-F] [--item 1-6] [--said yes] [--true no] --by WHO",
		Short: "Grade the source and the item apart; tell whether it was said from whether it is true",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			var all []press.Statement
			for _, g := range []struct {
				act          press.Act
				field, value string
			}{{press.Grade, "source", strings.ToUpper(source)}, {press.Grade, "item", item}, {press.Judge, "said", said}, {press.Judge, "true", isTrue}} {
				if g.value != "" {
					all = append(all, press.Statement{Act: g.act, A: args[0], Field: g.field, Value: g.value})
				}
			}
			if all == nil {
				return usage(fmt.Errorf("nothing to set: give --source, --item, --said or --true"))
			}
			return a.pressStates(c.Context(), all, &s)
		},
	}
	f := c.Flags()
	f.StringVar(&source, "source", "", "A, B, C, D, E or F")
	f.StringVar(&item, "item", "", "1, 2, 3, 4, 5 or 6")
	f.StringVar(&said, "said", "", "was it said: yes, no, unknown")
	f.StringVar(&isTrue, "true", "", "is it true: yes, no, unknown")
	return s.flags(c)
}

func (a *app) pressCorrect() *cobra.Command {
	var s stated
	c := &cobra.Command{
		Use:   "correct CLAIM FIELD VALUE --by WHO",
		Short: "Correct what was read: " + strings.Join(press.Corrections(), ", "),
		Args:  cobra.ExactArgs(3),
		RunE: func(c *cobra.Command, args []string) error {
			return a.pressState(c.Context(), press.Statement{Act: press.Correct, A: args[0], Field: args[1], Value: args[2]}, &s)
		},
	}
	return s.flags(c)
}

// pressRelate sets two claims, or two dispatches, in relation.
func (a *app) pressRelate(act press.Act, short string) *cobra.Command {
	var s stated
	c := &cobra.Command{
		Use: string(act) + " ID ID --by WHO", Short: short, Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			return a.pressState(c.Context(), press.Statement{Act: act, A: args[0], B: args[1]}, &s)
		},
	}
	return s.flags(c)
}

func (a *app) pressUndo() *cobra.Command {
	var s stated
	var number uint64
	c := &cobra.Command{
		Use: "undo --statement N --by WHO", Short: "Make a statement count no longer; both stay to be read", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.pressState(c.Context(), press.Statement{Act: press.Undo, Undoes: number}, &s)
		},
	}
	c.Flags().Uint64Var(&number, "statement", 0, "its number")
	_ = c.MarkFlagRequired("statement")
	return s.flags(c)
}

func (a *app) pressShow() *cobra.Command {
	var all bool
	c := &cobra.Command{
		Use:   "show [CLAIM or DISPATCH]",
		Short: "Show the register, a dispatch with its proposals, or a claim with all that was said of it",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				statements, err := d.PressStatements(c.Context())
				if err != nil {
					return err
				}
				r := press.NewRegister(statements)
				which := ""
				if len(args) == 1 {
					which = args[0]
				}
				claims, events, err := shownClaims(r, which, all)
				if err != nil {
					return err
				}
				out := map[string]any{"dispatches": some(r.Export(press.ExportOptions{}).Dispatches), "claims": some(claims), "events": some(events), "statements": some(about1(statements, claims, which))}
				return a.print(out, func(w *words) { registerWords(w, r, claims, events, statements, which) })
			})
		},
	}
	c.Flags().BoolVar(&all, "all", false, "rejected ones too")
	return c
}

// shownClaims picks what is asked for.
func shownClaims(r *press.Register, which string, all bool) (claims []*press.Entry, events []*press.EventEntry, err error) {
	known := which == ""
	for _, d := range r.Dispatches {
		known = known || d.ID == which
	}
	for _, e := range r.Claims {
		if (which == "" || e.ID == which || e.Dispatch == which) && (all || e.State != press.Rejected || e.ID == which) {
			claims, known = append(claims, e), true
		}
	}
	for _, e := range r.Events {
		if (which == "" || e.ID == which || e.Dispatch == which) && (all || e.State != press.Rejected) {
			events, known = append(events, e), true
		}
	}
	if !known {
		return nil, nil, fmt.Errorf("%w: no claim or dispatch %q in the public record", desk.ErrNotFound, which)
	}
	return claims, events, nil
}

// about1 lists the statements about a single claim; of a whole register none,
// since each claim has their numbers.
func about1(all []press.Statement, claims []*press.Entry, which string) []press.Statement {
	if which == "" || len(claims) != 1 {
		return nil
	}
	var out []press.Statement
	for _, n := range claims[0].Statements {
		out = append(out, all[n-1])
	}
	return out
}

func registerWords(w *words, r *press.Register, claims []*press.Entry, events []*press.EventEntry, statements []press.Statement, which string) {
	for _, d := range r.Dispatches {
		if which == "" || which == d.ID {
			w.line("%s  %s, %s%s%s", d.ID, d.Outlet, orDash(d.On.String()), comma(d.Title), storyWords(d))
		}
	}
	for _, e := range claims {
		pressEntryWords(w, e)
	}
	for _, e := range events {
		w.line("%s  %s: %s, %s%s", e.ID, e.State, e.Person, e.Event.Event, onWords(e.When))
	}
	for _, s := range about1(statements, claims, which) {
		w.line("  %s, %s: %s %s %s%s", time.Unix(s.At, 0).UTC().Format(time.DateOnly), s.By, s.Act, s.Field, s.Value+s.B, because(s.Reasons))
	}
}

func because(reasons []string) string {
	if len(reasons) == 0 {
		return ""
	}
	return ", because " + strings.Join(reasons, "; ")
}

func pressEntryWords(w *words, e *press.Entry) {
	kind := "public"
	if e.Private {
		kind = "private"
	}
	w.line("%s  %s: %s (%s), %s, about: %s%s", e.ID, e.State, orDash(e.Speaker), e.Class, kind, e.About, onWords(e.When))
	w.line("      %s", e.Content)
	w.line("      source %s, item %s; said: %s; true: %s%s%s", graded(e.Grades.Source, e.Suggested.Source), graded(e.Grades.Item, e.Suggested.Item), e.Said, e.True,
		beside("; borne out by ", e.Supports), beside("; contradicted by ", e.Contradicts))
}

func beside(lead string, ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	return lead + strings.Join(ids, ", ")
}

// graded tells a grade that a person set from one that is only proposed.
func graded(set, suggested string) string {
	if set == "" {
		return suggested + " (proposed)"
	}
	return set
}

func (a *app) pressCompare() *cobra.Command {
	return &cobra.Command{
		Use:   "compare",
		Short: "Set what is said in public beside what the table shows; nothing follows for the table",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				all, err := d.PublicWords(c.Context())
				if err != nil {
					return err
				}
				return a.print(map[string]any{"words": some(all)}, func(w *words) { compareWords(w, all) })
			})
		},
	}
}

func compareWords(w *words, all []desk.PublicWord) {
	if len(all) == 0 {
		w.line("Nothing is said of the talks in what was entered.")
	}
	for _, p := range all {
		w.line("%s", talkLine(p))
		w.line("  in public: %s", p.Words)
		if p.Shown != "" {
			w.line("  here:      %s", p.Shown)
		}
	}
	if len(all) > 0 {
		w.line("What is said in public changes nothing on the table.")
	}
}

func talkLine(p desk.PublicWord) string {
	t := p.Talk
	t.Claims, t.Terms = nil, nil
	line, _, _ := strings.Cut(talkWords(t, names{}), "; the reporter")
	return line + beside("; on record ", p.OnRecord) + beside("; unnamed ", p.Unnamed) + beside("; terms on ", p.TermsOn)
}

func (a *app) pressExport() *cobra.Command {
	var o press.ExportOptions
	c := &cobra.Command{
		Use:   "export",
		Short: "Print the register for somebody else: claims and where they stand, not the texts",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				r, err := d.PressRegister(c.Context())
				if err != nil {
					return err
				}
				return a.asJSON(r.Export(o))
			})
		},
	}
	f := c.Flags()
	f.BoolVar(&o.Proposed, "proposed", false, "also what nobody has looked at")
	f.BoolVar(&o.Private, "private", false, "also what was said behind closed doors")
	f.BoolVar(&o.Words, "words", false, "also the words of each claim; all together can be most of a text")
	return c
}
