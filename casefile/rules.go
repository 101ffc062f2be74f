package casefile

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"parley"
)

// owner tells whose rules a list holds.
type owner bool

const (
	agreed owner = false // of all parties: no bonus
	ours   owner = true  // of one brief, or of what we believe of another
)

// ruleList is a list of rules as read, and where each person is required and
// forbidden outright, for contradictions that can be seen at once.
type ruleList struct {
	rules     []parley.Rule
	required  map[parley.PersonID]*value
	forbidden map[parley.PersonID]*value
}

// written is a rule in pieces, as the file gives it.
type written struct {
	at     *value
	list   *value // of ids
	ids    []parley.PersonID
	first  parley.PersonID
	of     []parley.Selector
	least  *int
	most   *int
	num    int
	den    int
	points int64
}

// ruleKind is one kind of rule: the fields it has, the first of which names
// it, and how it is put together.
type ruleKind struct {
	fields []field[written]
	build  func(w written) parley.Rule
}

var ruleKinds = []ruleKind{
	{idsRule("require"), func(w written) parley.Rule { return parley.Require{IDs: w.ids} }},
	{idsRule("forbid"), func(w written) parley.Rule { return parley.Forbid{IDs: w.ids} }},
	{idsRule("together"), func(w written) parley.Rule { return parley.Together{IDs: w.ids} }},
	{idsRule("at_most_one"), func(w written) parley.Rule { return parley.AtMostOne{IDs: w.ids} }},
	{[]field[written]{
		{"if!", func(w *written, v *value) { w.first = v.person() }},
		{"then!", readIDs},
	}, func(w written) parley.Rule { return parley.IfThen{If: w.first, Then: w.ids} }},
	{[]field[written]{
		{"count!", func(w *written, v *value) { w.of = []parley.Selector{readSelector(v)} }},
		{"at_least", func(w *written, v *value) { w.least = readCount(v) }},
		{"at_most", func(w *written, v *value) { w.most = readCount(v) }},
	}, buildCount},
	{[]field[written]{{"equal!", readTwo}}, func(w written) parley.Rule { return parley.Equal{A: w.of[0], B: w.of[1]} }},
	{[]field[written]{{"ratio!", readTwo}, {"at_most!", readRatio}}, func(w written) parley.Rule {
		return parley.Ratio{A: w.of[0], B: w.of[1], Num: w.num, Den: w.den}
	}},
	{[]field[written]{
		{"bonus!", func(w *written, v *value) { w.points = v.points() }},
		{"all!", readIDs},
	}, func(w written) parley.Rule { return parley.Bonus{Points: w.points, All: w.ids} }},
}

func idsRule(name string) []field[written] { return []field[written]{{name + "!", readIDs}} }

func (k ruleKind) name() string { return strings.TrimSuffix(k.fields[0].name, "!") }

// readRules reads a list of rules. Every item is one rule of one kind.
func readRules(v *value, whose owner) ruleList {
	l := ruleList{required: map[parley.PersonID]*value{}, forbidden: map[parley.PersonID]*value{}}
	v.list(func(item *value) {
		k, ok := kindOf(item)
		if !ok {
			return
		}
		if k.name() == "bonus" && whose == agreed {
			item.wrong("a bonus among rules that all agreed", "a bonus stands in a party's brief")
			return
		}
		before := v.r.found
		w := written{at: item}
		readFields(item, &w, k.fields)
		if v.r.found == before {
			l.add(w.list, k.build(w))
		}
	})
	if len(l.rules) > parley.MaxRules {
		v.wrong("more than " + strconv.Itoa(parley.MaxRules) + " rules")
	}
	return l
}

// kindOf finds the one kind that an item names.
func kindOf(item *value) (kind ruleKind, ok bool) {
	if !item.is(mapKind, "a rule") {
		return ruleKind{}, false
	}
	var found []string
	all := make([]string, len(ruleKinds))
	for i, k := range ruleKinds {
		all[i] = k.name()
		for j := 0; j < len(item.n.kids); j += 2 {
			if item.n.kids[j].text == k.name() {
				kind, found = k, append(found, k.name())
				break
			}
		}
	}
	switch {
	case len(found) == 0 && len(item.n.kids) > 0:
		key := item.n.kids[0]
		item.r.add(key, item.field(key, key).path(), "no kind of rule", item.r.nearest(key.text, slices.Values(all)), "the kinds are "+strings.Join(all, ", "))
	case len(found) == 0:
		item.wrong("an empty rule", "the kinds are "+strings.Join(all, ", "))
	case len(found) > 1:
		item.wrong("more than one rule in one item", "give each of "+strings.Join(found, " and ")+" an item of its own")
	}
	return kind, len(found) == 1
}

// add keeps a rule and tells when it contradicts an earlier one.
func (l *ruleList) add(list *value, rule parley.Rule) {
	l.rules = append(l.rules, rule)
	switch r := rule.(type) {
	case parley.Require:
		note(list, r.IDs, l.required, l.forbidden)
	case parley.Forbid:
		note(list, r.IDs, l.forbidden, l.required)
	}
}

func note(list *value, ids []parley.PersonID, here, against map[parley.PersonID]*value) {
	for i, id := range ids {
		at := list.item(i)
		here[id] = at
		if against[id] != nil {
			at.wrong(at.said(string(id)) + " is required and forbidden at once")
		}
	}
}

// readIDs reads the persons that a rule is about: at least one.
func readIDs(w *written, v *value) { w.list, w.ids = v, v.ids() }

func (v *value) ids() []parley.PersonID {
	ids := listOf(v, (*value).person)
	if v.n.kind == listKind && len(v.n.kids) == 0 {
		v.wrong("an empty list, which says nothing")
	}
	return ids
}

func readCount(v *value) *int {
	n := int(v.whole(0, parley.MaxPoints))
	return &n
}

func buildCount(w written) parley.Rule {
	switch {
	case w.least == nil && w.most == nil:
		w.at.wrong("a count without a bound", "add at_least, at_most or both")
	case w.least != nil && w.most != nil && *w.least > *w.most:
		w.at.wrong("at_least is greater than at_most")
	}
	return parley.Count{Of: w.of[0], AtLeast: w.least, AtMost: w.most}
}

// readTwo reads the two selectors of a comparison.
func readTwo(w *written, v *value) {
	v.list(func(item *value) { w.of = append(w.of, readSelector(item)) })
	if v.n.kind == listKind && len(v.n.kids) != 2 {
		v.wrong("not two selections", "write [{held_by: a}, {held_by: b}]")
	}
}

var ratio = regexp.MustCompile(`^(0|[1-9][0-9]{0,9})/([1-9][0-9]{0,9})$`)

func readRatio(w *written, v *value) {
	if !v.is(textKind, "a ratio") {
		return
	}
	m := ratio.FindStringSubmatch(v.n.text)
	if m == nil {
		v.wrong("not a ratio", "write N/M, M above 0: 2/1")
		return
	}
	w.num, _ = strconv.Atoi(m[1])
	w.den, _ = strconv.Atoi(m[2])
	if max(w.num, w.den) > parley.MaxPoints {
		v.wrong("out of range", "each at most "+strconv.Itoa(parley.MaxPoints))
	}
}

// selectorFields are the conditions of a selection. One without any selects
// all: it says "of all who are released".
var selectorFields = []field[parley.Selector]{
	{"held_by", func(s *parley.Selector, v *value) { s.HeldBy = v.party() }},
	{"sought_by", func(s *parley.Selector, v *value) { s.SoughtBy = v.party() }},
	{"tag", func(s *parley.Selector, v *value) { s.Tag = v.word() }},
	{"ids", func(s *parley.Selector, v *value) { s.IDs = v.ids() }},
}

func readSelector(v *value) (s parley.Selector) {
	readFields(v, &s, selectorFields)
	return s
}
