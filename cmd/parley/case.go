package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"parley"
	"parley/casefile"
	"parley/desk"
)

func (a *app) caseCommand() *cobra.Command {
	return a.group("case", "The facts that both sides share",
		a.caseCheck(), a.caseShow(), a.caseKeep(), a.caseRevise(), a.caseAdopt())
}

func (a *app) caseCheck() *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE",
		Short: "Read a case file and name all that is wrong with it",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			c, file, err := readCase(args[0])
			if err != nil {
				return err
			}
			digest := parley.DigestOfCase(parley.Digest{}, file).String()
			found := casefile.Findings(c)
			lines := make([]string, len(found))
			for i, f := range found {
				lines[i] = f.Field + ": " + f.Text
			}
			return a.print(map[string]any{
				"case": c.ID, "digest": digest, "parties": len(c.Parties), "persons": len(c.Persons),
				"groups": len(c.Groups), "rules": len(c.Rules), "findings": lines,
			}, func(w *words) {
				w.line("%s: %d parties, %d persons, %d groups, %d rules.", c.ID, len(c.Parties), len(c.Persons), len(c.Groups), len(c.Rules))
				w.line("digest %s", digest)
				for _, l := range lines {
					w.line("look twice: %s", l)
				}
			})
		},
	}
}

func (a *app) caseShow() *cobra.Command {
	var version string
	c := &cobra.Command{
		Use:   "show [FILE]",
		Short: "Show who is held by whom, who asks for them, and since when",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 {
				cs, _, err := readCase(args[0])
				if err != nil {
					return err
				}
				return a.showCase(cs)
			}
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				cs, err := d.Case(c.Context())
				if version != "" {
					cs, err = versionOf(d, version)
				}
				if err != nil {
					return err
				}
				return a.showCase(cs)
			})
		},
	}
	c.Flags().StringVar(&version, "version", "", "a version on the channel, by the beginning of its digest")
	return c
}

func versionOf(d *desk.Desk, digest string) (*parley.Case, error) {
	for _, v := range d.Table().Versions {
		if len(digest) >= 8 && strings.HasPrefix(v.Digest.String(), digest) {
			return v.Case, nil
		}
	}
	return nil, fmt.Errorf("%w: no version of the case begins with %q", desk.ErrNotFound, digest)
}

func (a *app) showCase(c *parley.Case) error {
	return a.print(caseJSON(c), func(w *words) {
		w.line("%s (%s), as of %s", c.Title, c.ID, c.AsOf)
		for _, p := range c.Persons {
			w.line("")
			w.line("%s (%s)%s", p.Name, p.ID, also(p))
			w.line("  %s", standing(c, p))
			for _, e := range p.Legal {
				w.line("  %-10s %s", e.On, legal(e))
			}
		}
		for _, g := range c.Groups {
			w.line("")
			w.line("%s (%s): %d people, held by %s", g.Name, g.ID, g.Count, c.NameOf(string(g.HeldBy)))
		}
		for _, r := range c.Rules {
			w.line("rule: %s", r)
		}
	})
}

func also(p parley.Person) string {
	if len(p.Also) == 0 {
		return ""
	}
	return ", also " + strings.Join(p.Also, ", ")
}

func standing(c *parley.Case, p parley.Person) string {
	var parts []string
	switch {
	case p.Blank:
		parts = append(parts, "a blank, to be named")
	case p.Custody != parley.Held:
		parts = append(parts, string(p.Custody))
	}
	if p.HeldBy != "" {
		parts = append(parts, "held by "+c.NameOf(string(p.HeldBy)))
	}
	for _, s := range p.SoughtBy {
		parts = append(parts, "asked for by "+c.NameOf(string(s)))
	}
	if p.Owed {
		parts = append(parts, "owed release by law, outside the trade")
	}
	return strings.Join(parts, "; ")
}

func legal(e parley.LegalEvent) string {
	s := e.Event
	for _, part := range []string{e.Term, e.Charge, e.Place, e.Note} {
		if part != "" {
			s += ", " + part
		}
	}
	if len(e.Sources) > 0 {
		s += fmt.Sprintf(" %v", e.Sources)
	}
	return s
}

// caseJSON is a case for other programs: the fields of the file, in lists.
func caseJSON(c *parley.Case) map[string]any {
	rules := []string{}
	for _, r := range c.Rules {
		rules = append(rules, r.String())
	}
	persons := []map[string]any{}
	for _, p := range c.Persons {
		legal := []map[string]any{}
		for _, e := range p.Legal {
			legal = append(legal, map[string]any{
				"on": e.On.String(), "event": e.Event, "place": e.Place, "term": e.Term, "charge": e.Charge, "sources": e.Sources,
			})
		}
		persons = append(persons, map[string]any{
			"id": p.ID, "name": p.Name, "also": p.Also, "held_by": p.HeldBy, "custody": p.Custody, "sought_by": p.SoughtBy,
			"tags": p.Tags, "owed": p.Owed, "born": p.Born.String(), "legal": legal, "blank": p.Blank, "candidates": p.Candidates,
		})
	}
	groups := []map[string]any{}
	for _, g := range c.Groups {
		groups = append(groups, map[string]any{
			"id": g.ID, "name": g.Name, "count": g.Count, "held_by": g.HeldBy, "sought_by": g.SoughtBy, "tags": g.Tags, "owed": g.Owed,
		})
	}
	parties := []map[string]any{}
	for _, p := range c.Parties {
		parties = append(parties, map[string]any{"id": p.ID, "name": p.Name, "principal": p.Principal.Name, "office": p.Principal.Office})
	}
	return map[string]any{
		"case": c.ID, "title": c.Title, "as_of": c.AsOf.String(), "parties": parties, "persons": persons, "groups": groups, "rules": rules,
	}
}

func (a *app) caseKeep() *cobra.Command {
	return &cobra.Command{
		Use:   "keep FILE",
		Short: "Keep a case in the desk's encrypted store",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			_, file, err := readCase(args[0])
			if err != nil {
				return err
			}
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				cs, err := d.KeepCase(c.Context(), args[0], file)
				if err != nil {
					return err
				}
				return a.print(map[string]string{"case": cs.ID}, func(w *words) { w.line("The desk keeps case %s.", cs.ID) })
			})
		},
	}
}

func (a *app) caseRevise() *cobra.Command {
	return &cobra.Command{
		Use:   "revise FILE",
		Short: "Put a new version of the case on the channel",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			_, file, err := readCase(args[0])
			if err != nil {
				return err
			}
			return a.act(c, parley.KindCase, func(d *desk.Desk) (parley.Ref, error) { return d.Revise(c.Context(), file) })
		},
	}
}

func (a *app) caseAdopt() *cobra.Command {
	return &cobra.Command{
		Use:   "adopt DIGEST",
		Short: "Adopt a version of the case that is on the channel",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.act(c, parley.KindCase, func(d *desk.Desk) (parley.Ref, error) {
				for _, v := range d.Table().Versions {
					if len(args[0]) >= 8 && strings.HasPrefix(v.Digest.String(), args[0]) {
						return d.Adopt(c.Context(), v.Digest)
					}
				}
				return parley.Ref{}, fmt.Errorf("%w: no version of the case begins with %q", desk.ErrNotFound, args[0])
			})
		},
	}
}
