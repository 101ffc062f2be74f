package web

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"parley"
	"parley/brief"
	"parley/casefile"
	"parley/desk"
)

// ruleActs edit the red lines of the brief: one added by choosing, or all of them
// as a brief writes them, one a line.
func ruleActs() []act {
	return []act{
		{name: "rule", fields: []field{
			{name: "kind", kind: one, must: true, options: choices("weigh.rule.kind", "forbid", "require", "together", "at_most_one")},
			{name: "persons", kind: many, must: true, options: peopleOptions},
		}, do: func(v *visit, d *desk.Desk, f *form) (*outcome, error) {
			c, err := v.position(d)
			if err != nil {
				return nil, err
			}
			c.Rules = append(slices.Clone(c.Rules), ruleOf(f.get("kind"), f.people("persons")))
			return &outcome{}, in("persons", v.keepPosition(d, c))
		}},
		{name: "rules", fields: []field{{name: "lines", kind: area, first: rulesNow}}, do: func(v *visit, d *desk.Desk, f *form) (*outcome, error) {
			c, err := v.position(d)
			if err != nil {
				return nil, err
			}
			if c.Rules, err = readRules(v, c, f.get("lines")); err != nil {
				return nil, in("lines", err)
			}
			return &outcome{}, in("lines", v.keepPosition(d, c))
		}},
		{name: "estimate", fields: []field{
			{name: "of", kind: fixed, first: func(v *visit) []string { return []string{v.asked("of")} }},
			{name: "walk", kind: line},
			{name: "worth", kind: grid, options: peopleOptions, columns: []field{{name: "points", kind: line}}},
		}, first: estimateNow, do: keepEstimate},
	}
}

func ruleOf(kind string, ids []parley.PersonID) parley.Rule {
	switch kind {
	case "require":
		return parley.Require{IDs: ids}
	case "together":
		return parley.Together{IDs: ids}
	case "at_most_one":
		return parley.AtMostOne{IDs: ids}
	}
	return parley.Forbid{IDs: ids}
}

// position is what the brief says, or would where there is none yet.
func (v *visit) position(d *desk.Desk) (brief.Content, error) {
	if v.Case == nil {
		return brief.Content{}, desk.ErrNoCase
	}
	b, _, err := d.Brief(v.context)
	if err != nil {
		return brief.Content{}, err
	}
	c := b.Content()
	c.Case, c.Party = v.Case.ID, v.Party
	return c, nil
}

func (v *visit) keepPosition(d *desk.Desk, c brief.Content) error {
	_, err := d.KeepBrief(v.context, v.must("weigh.position.title"), casefile.EncodeBrief(brief.New(c)))
	return err
}

func rulesNow(v *visit) []string {
	c, err := v.position(v.server.desk)
	if err != nil {
		return nil
	}
	var out []string
	for _, r := range c.Rules {
		out = append(out, r.String())
	}
	return []string{strings.Join(out, "\n")}
}

// readRules reads rules as a brief writes them, one a line.
func readRules(v *visit, c brief.Content, text string) (out []parley.Rule, err error) {
	bare := casefile.EncodeBrief(brief.New(brief.Content{Case: c.Case, Party: c.Party}))
	number := 0
	for line := range strings.Lines(text) {
		number++
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		b, err := casefile.ParseBrief(v.must("weigh.rules.line", number), fmt.Appendf(slices.Clone(bare), "rules:\n  - {%s}\n", line), v.Case)
		if err != nil {
			return nil, err
		}
		out = append(out, b.Content().Rules...)
	}
	return out, nil
}

// estimated is a party of which an estimate can be held: another of the case.
func (v *visit) estimated(id string) (parley.PartyID, bool) {
	if v.Case == nil || v.Ours(parley.PartyID(id)) {
		return "", false
	}
	p, ok := v.Case.Party(parley.PartyID(id))
	return p.ID, ok
}

// Estimable are the parties of which an estimate can be held.
func (l *look) Estimable() (out []parley.Party) {
	if l.Case == nil {
		return nil
	}
	for _, p := range l.Case.Parties {
		if !l.Ours(p.ID) {
			out = append(out, p)
		}
	}
	return out
}

// Estimates tells whether the form of an estimate is to be shown: only to who
// asks for it, since a guess is not to be taken for knowledge.
func (l *look) Estimates() bool {
	_, ok := l.estimated(l.asked("of"))
	return ok || l.form.act == "estimate"
}

// estimateNow fills the form in with what we hold of a party.
func estimateNow(v *visit) *form {
	of, ok := v.estimated(v.asked("of"))
	if !ok {
		return nil
	}
	f := &form{act: "estimate", values: map[string][]string{}}
	f.set("of", string(of))
	c, err := v.position(v.server.desk)
	if err != nil {
		return f
	}
	for _, e := range c.Estimates {
		if e.Party != of {
			continue
		}
		f.set("walk", rangeText(e.WalkAway))
		for id, r := range e.Worth {
			f.set("worth.points."+string(id), rangeText(r))
		}
	}
	return f
}

func rangeText(r brief.Range) string {
	if r.Low == r.High {
		return fmt.Sprint(r.Low)
	}
	return fmt.Sprintf("%d..%d", r.Low, r.High)
}

// readRange reads a number, or two with .. between them.
func readRange(v *visit, s string) (r brief.Range, err error) {
	low, high, two := strings.Cut(s, "..")
	if !two {
		high = low
	}
	if r.Low, err = wholeNumber(v, strings.TrimSpace(low)); err != nil {
		return r, err
	}
	if r.High, err = wholeNumber(v, strings.TrimSpace(high)); err == nil && r.High < r.Low {
		err = errors.New(v.must("weigh.estimate.walk.hint"))
	}
	return r, err
}

// keepEstimate puts what was filled in into our estimate of a party. What the form
// does not ask, its tags and rules, stays as it is.
func keepEstimate(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	of, ok := v.estimated(f.get("of"))
	if !ok {
		return nil, desk.ErrNotFound
	}
	c, err := v.position(d)
	if err != nil {
		return nil, err
	}
	c.Estimates = slices.Clone(c.Estimates)
	at := slices.IndexFunc(c.Estimates, func(e brief.Estimate) bool { return e.Party == of })
	if at < 0 {
		at, c.Estimates = len(c.Estimates), append(c.Estimates, brief.Estimate{Party: of})
	}
	e := &c.Estimates[at]
	if e.WalkAway, err = readRange(v, orElse(f.get("walk"), "0")); err != nil {
		return nil, in("walk", err)
	}
	e.Worth = maps.Clone(e.Worth)
	if e.Worth == nil {
		e.Worth = map[parley.PersonID]brief.Range{}
	}
	for _, o := range peopleOptions(v) {
		id := parley.PersonID(o.Value)
		delete(e.Worth, id)
		if s := f.get("worth.points." + o.Value); s != "" {
			if e.Worth[id], err = readRange(v, s); err != nil {
				return nil, in("worth", err)
			}
		}
	}
	return &outcome{Values: []any{v.PartyName(of)}}, v.keepPosition(d, c)
}
