package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley"
	"parley/casefile"
	"parley/desk"
	people "parley/names"
)

func (a *app) personCommand() *cobra.Command {
	return a.group("person", "The registry of persons: names, evidence, who is held to be whom",
		a.personFind(), a.personAdd(), a.personCall(), a.personNote(), a.personVerdict(people.Hold), a.personVerdict(people.Tell), a.personUndo(), a.personShow())
}

// stated is what every statement of the registry carries.
type stated struct {
	by      string
	because []string
}

func (s *stated) flags(c *cobra.Command) *cobra.Command {
	c.Flags().StringVar(&s.by, "by", "", "who says so")
	c.Flags().StringArrayVar(&s.because, "because", nil, "why: a source, a document, what was compared; may come several times")
	_ = c.MarkFlagRequired("by")
	return c
}

func (a *app) state(ctx context.Context, s people.Statement, from *stated) error {
	s.By, s.Reasons = from.by, from.because
	return a.withDesk(ctx, func(d *desk.Desk) error {
		n, err := d.State(ctx, s)
		if err != nil {
			return err
		}
		return a.print(map[string]any{"number": n}, func(w *words) { w.line("Noted as statement %d.", n) })
	})
}

func (a *app) personAdd() *cobra.Command {
	var s stated
	var remains bool
	c := &cobra.Command{
		Use:   "add ID NAME --by WHO",
		Short: "Enter a person, or with --remains a body",
		Args:  cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			if err := parley.CheckID(args[0]); err != nil {
				return usage(fmt.Errorf("%q: %w", args[0], err))
			}
			x := people.Statement{Act: people.Enter, A: args[0], Value: args[1]}
			if remains {
				x.Field = "remains"
			}
			return a.state(c.Context(), x, &s)
		},
	}
	c.Flags().BoolVar(&remains, "remains", false, "a body: an entry of its own, with its own evidence of whose it is")
	return s.flags(c)
}

func (a *app) personCall() *cobra.Command {
	var s stated
	var kind string
	c := &cobra.Command{
		Use:   "call ID SPELLING --kind KIND --by WHO",
		Short: "Add a spelling: native, transliterated, cover, misprint or other",
		Args:  cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			return a.state(c.Context(), people.Statement{Act: people.Call, A: args[0], Field: kind, Value: args[1]}, &s)
		},
	}
	c.Flags().StringVar(&kind, "kind", string(people.OtherSpelling), "native, transliterated, cover, misprint or other")
	return s.flags(c)
}

func (a *app) personNote() *cobra.Command {
	var s stated
	c := &cobra.Command{
		Use:   "note ID FIELD VALUE --by WHO",
		Short: "Add evidence about one field: born, father, unit, identity (claimed, tested) …",
		Args:  cobra.ExactArgs(3),
		RunE: func(c *cobra.Command, args []string) error {
			return a.state(c.Context(), people.Statement{Act: people.Know, A: args[0], Field: args[1], Value: args[2]}, &s)
		},
	}
	return s.flags(c)
}

func (a *app) personVerdict(act people.Act) *cobra.Command {
	var s stated
	short := "Hold two entries to be one person; both stay, and it can be undone"
	if act == people.Tell {
		short = "Hold two entries to be two persons"
	}
	c := &cobra.Command{
		Use: string(act) + " ID ID --by WHO --because WHY", Short: short, Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			return a.state(c.Context(), people.Statement{Act: act, A: args[0], B: args[1]}, &s)
		},
	}
	return s.flags(c)
}

func (a *app) personUndo() *cobra.Command {
	var s stated
	var number uint64
	c := &cobra.Command{
		Use:   "undo --statement N --by WHO",
		Short: "Make a statement count no longer; both stay to be read",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.state(c.Context(), people.Statement{Act: people.Undo, Undoes: number}, &s)
		},
	}
	c.Flags().Uint64Var(&number, "statement", 0, "its number")
	_ = c.MarkFlagRequired("statement")
	return s.flags(c)
}

func (a *app) personFind() *cobra.Command {
	var in string
	c := &cobra.Command{
		Use:   "find NAME",
		Short: "Find a person by any spelling, in any script",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			persons, err := a.personsIn(c.Context(), in)
			if err != nil {
				return err
			}
			found := people.New().Find(persons, args[0])
			return a.print(map[string]any{"found": some(found)}, func(w *words) { tellFound(w, found) })
		},
	}
	c.Flags().StringVar(&in, "in", "", "a case file or a list, instead of the desk")
	return c
}

func tellFound(w *words, found []people.Found) {
	if len(found) == 0 {
		w.line("Nobody goes by that name here, nor nearly.")
	}
	for _, f := range found {
		note := ""
		if !f.Sure {
			note = ", to be reviewed"
		}
		as := ""
		if f.Kind != "" {
			as = fmt.Sprintf(", as %s (%s)", f.Spelling, f.Kind)
		}
		w.line("%.2f  %s (%s)%s%s", f.Score, f.Person.Name, f.Person.ID, as, note)
		w.line("      %s", strings.Join(f.Why, ", "))
		if len(f.Person.SameAs) > 0 {
			w.line("      held to be the same person as %s", strings.Join(f.Person.SameAs, ", "))
		}
	}
}

// personsIn gathers whom to search: of a file, or of the desk.
func (a *app) personsIn(ctx context.Context, file string) ([]*people.Person, error) {
	if file != "" {
		return personsOfFile(file)
	}
	var out []*people.Person
	err := a.withDesk(ctx, func(d *desk.Desk) error {
		all, err := d.Statements(ctx)
		if err != nil {
			return err
		}
		out = people.NewRegistry(all).Persons
		if c, err := d.Case(ctx); err == nil {
			out = append(out, personsOfCase(c)...)
		}
		return nil
	})
	return out, err
}

// personsOfFile reads a case, or a list where the file is no YAML or JSON.
func personsOfFile(file string) ([]*people.Person, error) {
	if s := strings.ToLower(file); strings.HasSuffix(s, ".yaml") || strings.HasSuffix(s, ".yml") || strings.HasSuffix(s, ".json") {
		c, _, err := readCase(file)
		if err != nil {
			return nil, err
		}
		return personsOfCase(c), nil
	}
	l, err := casefile.ReadList(file)
	if err != nil {
		return nil, wrongInput(err)
	}
	var out []*people.Person
	for i := range l.Records {
		r := &l.Records[i]
		p := &people.Person{ID: r.Label(), Name: r.Name}
		for _, s := range r.Also {
			p.Spellings = append(p.Spellings, people.Spelling{Text: s, Kind: people.OtherSpelling})
		}
		out = append(out, p)
	}
	return out, nil
}

func personsOfCase(c *parley.Case) []*people.Person {
	var out []*people.Person
	for _, p := range c.Persons {
		x := &people.Person{ID: string(p.ID), Name: p.Name}
		for _, s := range p.Also {
			x.Spellings = append(x.Spellings, people.Spelling{Text: s, Kind: people.OtherSpelling})
		}
		out = append(out, x)
	}
	return out
}

func (a *app) personShow() *cobra.Command {
	return &cobra.Command{
		Use:   "show [ID]",
		Short: "Show an entry with all that was said of it, or the whole registry",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				all, err := d.Statements(c.Context())
				if err != nil {
					return err
				}
				shown := people.NewRegistry(all).Persons
				if len(args) == 1 {
					p, ok := people.NewRegistry(all).Person(args[0])
					if !ok {
						return fmt.Errorf("%w: nobody is entered as %q", desk.ErrNotFound, args[0])
					}
					shown = []*people.Person{p}
				}
				return a.print(map[string]any{"persons": some(shown), "statements": some(all)}, func(w *words) { tellRegistry(w, shown, all) })
			})
		},
	}
}

func tellRegistry(w *words, shown []*people.Person, all []people.Statement) {
	for _, p := range shown {
		what := ""
		if p.Remains {
			what = ", remains"
		}
		w.line("%s (%s)%s", p.Name, p.ID, what)
		for i, s := range all {
			if s.A == p.ID || s.B == p.ID || s.Act == people.Undo && about(all, s, p.ID) {
				w.line("  %d. %s: %s, %s%s", i+1, s.By, said(s), time.Unix(s.At, 0).UTC().Format(time.DateOnly), becauseOf(s))
			}
		}
		if len(p.SameAs) > 0 {
			w.line("  held to be the same person as %s", strings.Join(p.SameAs, ", "))
		}
	}
}

func about(all []people.Statement, undo people.Statement, id string) bool {
	if undo.Undoes == 0 || undo.Undoes > uint64(len(all)) {
		return false
	}
	s := all[undo.Undoes-1]
	return s.A == id || s.B == id
}

func said(s people.Statement) string {
	switch s.Act {
	case people.Enter:
		return "entered as " + s.Value
	case people.Call:
		return "also called " + s.Value + " (" + s.Field + ")"
	case people.Know:
		return s.Field + ": " + s.Value
	case people.Hold:
		return s.A + " and " + s.B + " are the same"
	case people.Tell:
		return s.A + " and " + s.B + " are different"
	case people.LeaveOpen:
		return s.A + " and " + s.B + ": left open"
	case people.Undo:
		return fmt.Sprintf("statement %d counts no longer", s.Undoes)
	}
	panic("no act " + string(s.Act))
}

func becauseOf(s people.Statement) string {
	if len(s.Reasons) == 0 {
		return ""
	}
	return ", because " + strings.Join(s.Reasons, "; ")
}
