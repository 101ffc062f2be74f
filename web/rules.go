package web

import (
	"strconv"

	"parley"
)

// rule is a rule as a whole sentence.
func (v *visit) rule(r parley.Rule) string {
	switch r := r.(type) {
	case parley.Require:
		return v.must("rule.require", v.People(r.IDs))
	case parley.Forbid:
		return v.must("rule.forbid", v.People(r.IDs))
	case parley.Together:
		return v.must("rule.together", v.People(r.IDs))
	case parley.AtMostOne:
		return v.must("rule.one", v.People(r.IDs))
	case parley.IfThen:
		return v.must("rule.if", v.Person(r.If), v.People(r.Then))
	case parley.Count:
		return v.countRule(r)
	case parley.Equal:
		return v.must("rule.equal", v.those(r.A), v.those(r.B))
	case parley.Ratio:
		return v.must("rule.ratio", v.those(r.A), v.those(r.B), strconv.Itoa(r.Num), strconv.Itoa(r.Den))
	case parley.Bonus:
		return v.must("rule.bonus", strconv.FormatInt(r.Points, 10), v.People(r.All))
	}
	return r.String()
}

func (v *visit) countRule(r parley.Count) string {
	who := v.those(r.Of)
	switch {
	case r.AtLeast != nil && r.AtMost != nil:
		return v.must("rule.between", who, strconv.Itoa(*r.AtLeast), strconv.Itoa(*r.AtMost))
	case r.AtLeast != nil:
		return v.must("rule.least", who, strconv.Itoa(*r.AtLeast))
	case r.AtMost != nil:
		return v.must("rule.most", who, strconv.Itoa(*r.AtMost))
	}
	return r.String()
}

// those are whom a selector picks: all conditions that it gives, in one breath.
func (v *visit) those(s parley.Selector) string {
	var all []string
	add := func(key, value string) {
		if value != "" {
			all = append(all, v.must("rule.those."+key, value))
		}
	}
	add("held", v.PartyName(s.HeldBy))
	add("sought", v.PartyName(s.SoughtBy))
	add("tag", s.Tag)
	add("named", v.List(v.People(s.IDs)))
	if len(all) == 0 {
		return v.must("rule.everybody")
	}
	return v.must("rule.those", v.List(all))
}

// rules are rules as sentences.
func (v *visit) rules(of []parley.Rule) []string {
	out := make([]string, len(of))
	for i, r := range of {
		out[i] = v.rule(r)
	}
	return out
}
