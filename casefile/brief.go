package casefile

import (
	"strings"

	"parley"
	"parley/brief"
)

// ParseBrief reads brief/1. Where the case is given, everybody and every party
// that the brief names must be in it. No error tells what stands in the brief:
// a place, a field, and what belongs there.
func ParseBrief(name string, data []byte, c *parley.Case) (brief.Brief, error) {
	r, root, err := begin(name, data, parley.MaxCaseBytes, "brief/1")
	if err != nil {
		return brief.Brief{}, err
	}
	r.known = knownOf(c)
	b := &briefReader{of: c}
	readFields(r.root(root), b, briefFields)
	b.check()
	if err := r.done(); err != nil {
		return brief.Brief{}, err
	}
	return brief.New(b.Content), nil
}

// ReadBrief reads brief/1 from a file.
func ReadBrief(path string, c *parley.Case) (brief.Brief, error) {
	data, err := ReadFile(path, parley.MaxCaseBytes)
	if err != nil {
		return brief.Brief{}, err
	}
	return ParseBrief(path, data, c)
}

// briefReader is a brief on its way.
type briefReader struct {
	brief.Content
	of    *parley.Case
	rules ruleList
	tiers map[parley.PersonID]*value
}

var briefFields = []field[briefReader]{
	{"parley", func(*briefReader, *value) {}},
	{"case!", (*briefReader).readCase},
	{"party!", func(b *briefReader, v *value) { b.Party = v.party() }},
	{"walk_away", func(b *briefReader, v *value) { b.WalkAway = v.points() }},
	{"tiers", (*briefReader).readTiers},
	{"tier_points", func(b *briefReader, v *value) { b.TierPoints = readTierPoints(v) }},
	{"worth", func(b *briefReader, v *value) { b.Worth = byPerson(v, (*value).points) }},
	{"tags", func(b *briefReader, v *value) { b.Tags = byTag(v, (*value).points) }},
	{"because", func(b *briefReader, v *value) { b.Because = byPerson(v, (*value).text) }},
	{"rules", func(b *briefReader, v *value) { b.rules = readRules(v, ours); b.Rules = b.rules.rules }},
	{"estimates", (*briefReader).readEstimates},
	{"destroy_after", func(b *briefReader, v *value) { b.DestroyAfter = v.date() }},
}

var estimateFields = []field[brief.Estimate]{
	{"walk_away", func(e *brief.Estimate, v *value) { e.WalkAway = v.span() }},
	{"worth", func(e *brief.Estimate, v *value) { e.Worth = byPerson(v, (*value).span) }},
	{"tags", func(e *brief.Estimate, v *value) { e.Tags = byTag(v, (*value).span) }},
	{"rules", func(e *brief.Estimate, v *value) { e.Rules = readRules(v, ours).rules }},
}

func (b *briefReader) readCase(v *value) {
	b.Case = v.id()
	if b.of != nil && b.Case != "" && b.Case != b.of.ID {
		v.wrong("the brief of another case", "this case is "+b.of.ID)
	}
}

func (b *briefReader) readTiers(v *value) {
	b.tiers = map[parley.PersonID]*value{}
	words := make([]string, 0, 7)
	for _, t := range brief.Tiers() {
		words = append(words, string(t))
	}
	b.Tiers = byPerson(v, func(entry *value) brief.Tier {
		b.tiers[parley.PersonID(entry.key)] = entry
		return brief.Tier(entry.oneOf("a tier", words))
	})
}

// readTierPoints reads points for the tiers that bear points: must and never
// are rules.
func readTierPoints(v *value) map[brief.Tier]int64 {
	points := map[brief.Tier]int64{}
	v.entries(func(key, entry *value) {
		t := brief.Tier(key.n.text)
		switch _, bears := brief.DefaultPoints()[t]; {
		case t == brief.Must || t == brief.Never:
			key.wrong("must and never are rules and bear no points")
		case !bears:
			key.wrong("not a tier", "the tiers that bear points are want, welcome, neutral, bearable, painful")
		default:
			points[t] = entry.points()
		}
	})
	return points
}

func (b *briefReader) readEstimates(v *value) {
	v.entries(func(key, entry *value) {
		e := brief.Estimate{Party: key.party()}
		if e.Party != "" && e.Party == b.Party {
			key.wrong("an estimate of one's own side", "estimates are of the others")
		}
		readFields(entry, &e, estimateFields)
		b.Estimates = append(b.Estimates, e)
	})
}

// check tells tiers and rules that can't both hold.
func (b *briefReader) check() {
	for id, at := range b.tiers {
		switch {
		case b.Tiers[id] == brief.Must && b.rules.forbidden[id] != nil:
			at.wrong("this tier and the rules contradict each other", "a rule forbids what the tier demands")
		case b.Tiers[id] == brief.Never && b.rules.required[id] != nil:
			at.wrong("this tier and the rules contradict each other", "a rule demands what the tier forbids")
		}
	}
}

// byPerson reads a map from persons and groups of the case.
func byPerson[T any](v *value, read func(*value) T) map[parley.PersonID]T {
	m := make(map[parley.PersonID]T, len(v.n.kids)/2)
	v.entries(func(key, entry *value) { m[key.person()] = read(entry) })
	return m
}

// byTag reads a map from tags.
func byTag[T any](v *value, read func(*value) T) map[string]T {
	m := make(map[string]T, len(v.n.kids)/2)
	v.entries(func(key, entry *value) { m[key.word()] = read(entry) })
	return m
}

// span reads a number or a range of numbers: 5, -10..-5. A range is text, so
// JSON writes it in quotes.
func (v *value) span() brief.Range {
	low, high, ranged := strings.Cut(v.n.text, "..")
	if v.n.kind != textKind || !ranged {
		n := v.points()
		return brief.Range{Low: n, High: n}
	}
	a, ok1 := parseWhole(low)
	b, ok2 := parseWhole(high)
	switch {
	case !ok1 || !ok2:
		v.wrong("not a range", "write low..high in whole numbers: -10..5")
	case a > b:
		v.wrong("a range whose low end is above its high end")
	case a < -parley.MaxPoints || b > parley.MaxPoints:
		v.wrong("out of range", "points lie within a thousand millions either way")
	default:
		return brief.Range{Low: a, High: b}
	}
	return brief.Range{}
}
