package main

import (
	"fmt"
	"strings"

	"parley"
	"parley/brief"
)

// rulesSaid are all rules that a weighing hears: those of the case, of the briefs,
// and of what one brief believes of the others.
func rulesSaid(c *parley.Case, briefs []brief.Brief) []parley.Rule {
	out := append([]parley.Rule(nil), c.Rules...)
	for _, b := range briefs {
		out = append(out, b.Position().Rules...)
		for _, e := range b.Content().Estimates {
			out = append(out, e.Estimated().Rules...)
		}
	}
	return out
}

// inWords says a reason with its rule as a sentence, where it names one.
func inWords(n names, rules []parley.Rule, reason string) string {
	whose, rest, ok := strings.Cut(reason, ": ")
	if !ok {
		return reason
	}
	for _, r := range rules {
		if fault, ok := strings.CutPrefix(rest, r.String()); ok && (fault == "" || strings.HasPrefix(fault, ": ")) {
			return whose + ": " + sentence(n, r) + fault
		}
	}
	return reason
}

// sentence says a rule with names.
func sentence(n names, r parley.Rule) string {
	switch r := r.(type) {
	case parley.Require:
		return named(n, r.IDs) + isOrAre(len(r.IDs), "is released", "are all released")
	case parley.Forbid:
		return named(n, r.IDs) + isOrAre(len(r.IDs), "is not released", "are not released, none of them")
	case parley.Together:
		return named(n, r.IDs) + " are released together or not at all"
	case parley.AtMostOne:
		return "of " + named(n, r.IDs) + " at most one is released"
	case parley.IfThen:
		return fmt.Sprintf("if %s is released, so is %s", nameOf(n, r.If), named(n, r.Then))
	case parley.Count:
		return countSentence(n, r)
	case parley.Equal:
		return fmt.Sprintf("as many are released of %s as of %s", those(n, r.A), those(n, r.B))
	case parley.Ratio:
		return fmt.Sprintf("for every %d of %s at most %d of %s are released", r.Den, those(n, r.B), r.Num, those(n, r.A))
	}
	return r.String()
}

func isOrAre(n int, one, more string) string {
	if n == 1 {
		return " " + one
	}
	return " " + more
}

func countSentence(n names, r parley.Count) string {
	switch {
	case r.AtLeast != nil && r.AtMost != nil && *r.AtLeast == *r.AtMost:
		return fmt.Sprintf("of %s just %d are released", those(n, r.Of), *r.AtLeast)
	case r.AtLeast != nil && r.AtMost != nil:
		return fmt.Sprintf("of %s from %d to %d are released", those(n, r.Of), *r.AtLeast, *r.AtMost)
	case r.AtLeast != nil:
		return fmt.Sprintf("of %s at least %d are released", those(n, r.Of), *r.AtLeast)
	case r.AtMost != nil:
		return fmt.Sprintf("of %s at most %d are released", those(n, r.Of), *r.AtMost)
	}
	return r.String()
}

// those are whom a selector picks.
func those(n names, s parley.Selector) string {
	var all []string
	if s.HeldBy != "" {
		all = append(all, "held by "+nameOf(n, s.HeldBy))
	}
	if s.SoughtBy != "" {
		all = append(all, "sought by "+nameOf(n, s.SoughtBy))
	}
	if s.Tag != "" {
		all = append(all, "tagged "+s.Tag)
	}
	if s.IDs != nil {
		all = append(all, "named "+named(n, s.IDs))
	}
	if len(all) == 0 {
		return "everybody"
	}
	return "those " + strings.Join(all, " and ")
}
