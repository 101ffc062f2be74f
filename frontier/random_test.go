package frontier_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"parley"
	"parley/brief"
	"parley/frontier"
)

var (
	partyIDs = []parley.PartyID{"us", "ru", "de", "by", "no"}
	tags     = []string{"woman", "ill", "spy"}
)

// drawn is a small case of any shape with what was said about it.
type drawn struct {
	c      *parley.Case
	voices []frontier.Voice
	ids    []parley.PersonID
	temper temper
}

// temper is how large points are in a case, and how much is forbidden. Cases of
// every kind are needed: with points of -1, 0 and 1 all tie-breaks decide, with
// few rules much is agreeable, with many nothing is.
type temper struct {
	points   [2]int64
	walkAway [2]int64
	rules    int
}

var tempers = []temper{
	{[2]int64{-1, 1}, [2]int64{-2, 0}, 0},
	{[2]int64{-4, 6}, [2]int64{-5, 3}, 1},
	{[2]int64{-1, 2}, [2]int64{-3, 0}, 1},
	{[2]int64{-1, 1}, [2]int64{-1, 2}, 2},
	{[2]int64{-40, 60}, [2]int64{-50, 30}, 2},
	{[2]int64{-parley.MaxPoints, parley.MaxPoints}, [2]int64{-parley.MaxPoints, 0}, 2},
	{[2]int64{-9, 5}, [2]int64{-5, 5}, 3},
	{[2]int64{0, 0}, [2]int64{0, 0}, 1},
}

// number draws without rapid's liking for small numbers, which would make most
// cases alike.
func number(t *rapid.T, r [2]int64, label string) int64 {
	return r[0] + int64(rapid.Uint64().Draw(t, label)*0x9E3779B97F4A7C15>>11%uint64(r[1]-r[0]+1))
}

// chance is true once in n times.
func chance(t *rapid.T, n int64, label string) bool { return number(t, [2]int64{1, n}, label) == n }

func drawSome[T any](t *rapid.T, from []T, label string) []T {
	var out []T
	for _, x := range from {
		if chance(t, 3, label) {
			out = append(out, x)
		}
	}
	return out
}

func drawCase(t *rapid.T) drawn {
	parties := number(t, [2]int64{1, 4}, "parties")
	c := &parley.Case{ID: "drawn"}
	for _, id := range rapid.Permutation(partyIDs).Draw(t, "order")[:parties] {
		c.Parties = append(c.Parties, parley.Party{ID: id, Name: "The " + string(id)})
	}
	d := drawn{c: c, temper: tempers[number(t, [2]int64{0, int64(len(tempers) - 1)}, "temper")]}
	d.drawHoldings(t)
	c.Rules = d.drawRules(t, false)
	for i, p := range c.Parties {
		if i == 0 || !chance(t, 4, "silent") {
			d.voices = append(d.voices, frontier.Voice{Position: d.drawPosition(t, p.ID), Estimated: chance(t, 3, "estimated")})
		}
	}
	d.voices = rapid.Permutation(d.voices).Draw(t, "voices")
	return d
}

func (d *drawn) drawHoldings(t *rapid.T) {
	name := func() parley.PersonID {
		// Ids out of file order, some the beginning of others.
		for {
			id := parley.PersonID(rapid.StringMatching(`[ab]{1,4}`).Draw(t, "id"))
			if !slices.Contains(d.ids, id) {
				d.ids = append(d.ids, id)
				return id
			}
		}
	}
	party := func() parley.PartyID {
		return d.c.Parties[number(t, [2]int64{0, int64(len(d.c.Parties) - 1)}, "party")].ID
	}
	for range number(t, [2]int64{0, 7}, "persons") {
		p := parley.Person{
			ID: name(), HeldBy: party(), SoughtBy: []parley.PartyID{party()}, Tags: drawSome(t, tags, "tag"),
			Owed: chance(t, 12, "owed"), Blank: chance(t, 8, "blank"),
		}
		if chance(t, 12, "free") {
			p.HeldBy = ""
		}
		d.c.Persons = append(d.c.Persons, p)
	}
	for range number(t, [2]int64{0, 2}, "groups") {
		d.c.Groups = append(d.c.Groups, parley.Group{
			ID: name(), HeldBy: party(), Count: int(number(t, [2]int64{1, 4}, "count")), Tags: drawSome(t, tags, "tag"),
			Owed: chance(t, 12, "owed"),
		})
	}
}

func (d *drawn) drawPosition(t *rapid.T, party parley.PartyID) brief.Position {
	p := brief.Position{Party: party, Worth: map[parley.PersonID]int64{}, Tags: map[string]int64{}}
	for _, id := range d.ids {
		p.Worth[id] = number(t, d.temper.points, "worth")
	}
	if chance(t, 2, "tags") {
		for _, tag := range drawSome(t, tags, "tag") {
			p.Tags[tag] = number(t, [2]int64{-2, 2}, "tag points")
		}
	}
	p.WalkAway = number(t, d.temper.walkAway, "walk-away")
	p.Rules = d.drawRules(t, true)
	return p
}

func (d *drawn) drawRules(t *rapid.T, private bool) []parley.Rule {
	var out []parley.Rule
	for range number(t, [2]int64{0, int64(d.temper.rules)}, "rules") {
		if len(d.ids) > 0 {
			out = append(out, d.drawRule(t, private))
		}
	}
	return out
}

func (d *drawn) drawRule(t *rapid.T, private bool) parley.Rule {
	list := func() []parley.PersonID {
		some := rapid.Permutation(d.ids).Draw(t, "ids")
		return some[:number(t, [2]int64{1, int64(min(3, len(some)))}, "how many")]
	}
	bound := func() *int {
		if chance(t, 2, "unbounded") {
			return nil
		}
		n := int(number(t, [2]int64{0, 5}, "bound"))
		return &n
	}
	kinds := int64(8)
	if private {
		kinds = 10
	}
	switch number(t, [2]int64{0, kinds}, "kind") {
	case 0:
		return parley.Require{IDs: list()[:1]}
	case 1:
		return parley.Forbid{IDs: list()}
	case 2:
		return parley.Together{IDs: list()}
	case 3:
		return parley.AtMostOne{IDs: list()}
	case 4:
		return parley.IfThen{If: list()[0], Then: list()}
	case 5, 6:
		return parley.Count{Of: d.drawSelector(t), AtLeast: bound(), AtMost: bound()}
	case 7:
		return parley.Equal{A: d.drawSelector(t), B: d.drawSelector(t)}
	case 8:
		return parley.Ratio{
			A: d.drawSelector(t), B: d.drawSelector(t),
			Num: int(number(t, [2]int64{0, 3}, "num")), Den: int(number(t, [2]int64{1, 3}, "den")),
		}
	}
	return parley.Bonus{Points: number(t, [2]int64{-5, 9}, "bonus"), All: list()}
}

func (d *drawn) drawSelector(t *rapid.T) parley.Selector {
	var s parley.Selector
	for _, by := range drawSome(t, []string{"held", "sought", "tag", "ids"}, "by") {
		switch by {
		case "held":
			s.HeldBy = rapid.SampledFrom(d.c.Parties).Draw(t, "party").ID
		case "sought":
			s.SoughtBy = rapid.SampledFrom(d.c.Parties).Draw(t, "party").ID
		case "tag":
			s.Tag = rapid.SampledFrom(tags).Draw(t, "tag")
		case "ids":
			s.IDs = drawSome(t, d.ids, "id")
		}
	}
	return s
}

// String tells a failing case in words.
func (d drawn) String() string {
	var b strings.Builder
	for _, h := range d.c.Holdings() {
		fmt.Fprintf(&b, "%s held by %q sought by %v heads %d tags %v owed %t\n", h.ID, h.HeldBy, h.SoughtBy, h.Heads, h.Tags, h.Owed)
	}
	fmt.Fprintf(&b, "rules %v\n", d.c.Rules)
	for _, v := range d.voices {
		p := v.Position
		fmt.Fprintf(&b, "%s estimated %t walk-away %d worth %v tags %v rules %v\n", p.Party, v.Estimated, p.WalkAway, p.Worth, p.Tags, p.Rules)
	}
	return b.String()
}

type fatal interface {
	Helper()
	Fatalf(string, ...any)
}

func solve(t fatal, c *parley.Case, voices []frontier.Voice, o frontier.Options) *frontier.Answer {
	t.Helper()
	p, err := frontier.New(c, voices)
	if err != nil {
		t.Fatalf("%v", err)
	}
	a, err := p.Solve(context.Background(), o)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return a
}

// TestWeighingIsEnumeration holds every criterion, the frontier, and the reasons
// for "nothing" to the oracle.
func TestWeighingIsEnumeration(t *testing.T) {
	var cases, agreeable, many int
	rapid.Check(t, func(t *rapid.T) {
		d := drawCase(t)
		checkAll(t, d.c, d.voices, d.String)
		cases++
		n := len(consult(d.c, d.voices).agreeable())
		if n > 0 {
			agreeable++
		}
		if n >= 10 {
			many++
		}
	})
	if !t.Failed() && cases >= 100 && (agreeable < cases/3 || cases-agreeable < cases/10 || many < cases/10) {
		t.Errorf("of %d cases %d are agreeable, %d in many ways: too much of one kind to show anything", cases, agreeable, many)
	}
}

// checkAll holds all that is asked without an offer to the oracle.
func checkAll(t fatal, c *parley.Case, voices []frontier.Voice, shape func() string) {
	t.Helper()
	o := consult(c, voices)
	fits := o.agreeable()
	points := gainsTold(o.frontier(fits))
	var why []string
	for _, by := range frontier.Criteria() {
		a := solve(t, c, voices, frontier.Options{Criterion: by, Frontier: true, Releases: true})
		if !a.Proved || a.Tied || a.Bound != nil || a.Criterion != by || a.Agreeable != (len(fits) > 0) {
			t.Fatalf("%s: proved %t tied %t agreeable %t of %d\n%s", by, a.Proved, a.Tied, a.Agreeable, len(fits), shape())
		}
		if got := tellGains(a.Frontier.Points); !slices.Equal(got, points) || a.Frontier.Points == nil || !a.Frontier.Complete {
			t.Fatalf("frontier of %d points, want %d; %s\n%s", len(got), len(points), difference(got, points), shape())
		}
		for _, p := range a.Frontier.Points {
			if x := o.exchange(p.Release); x.String() != tell(p) || !slices.ContainsFunc(fits, func(y outcome) bool { return slices.Equal(x.ids, y.ids) }) {
				t.Fatalf("point %s is not what it says, %s, or not agreeable\n%s", tell(p), x, shape())
			}
		}
		if len(fits) > 0 {
			if got, want := tell(*a.Best), o.best(by, fits).String(); got != want {
				t.Fatalf("%s: got %s, want %s\n%s", by, got, want, shape())
			}
			same(t, string(by)+" leaves out", a.LeftOut, o.leftOut(by, fits))
		}
		if why != nil && !slices.Equal(a.Why, why) || a.Agreeable != (a.Best != nil) {
			t.Fatalf("%s: best %v, why %q and %q", by, a.Best, a.Why, why)
		}
		why = a.Why
	}
	if len(fits) == 0 {
		checkConflict(t, o, why, shape)
	} else if len(why) > 0 {
		t.Fatalf("why of something agreeable: %q", why)
	}
}

// gainsTold and tellGains write the gains of points, so that the two compare.
func gainsTold(list []outcome) []string {
	out := []string{}
	for _, x := range list {
		out = append(out, fmt.Sprint(x.gains))
	}
	return out
}

func tellGains(points []frontier.Point) []string {
	out := []string{}
	for _, p := range points {
		p.Release = nil
		out = append(out, strings.TrimSpace(tell(p)))
	}
	return out
}

// difference tells where two lists part.
func difference(got, want []string) string {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return fmt.Sprintf("%d is %s, want %s", i, got[i], want[i])
		}
	}
	return "as far as both go they are the same"
}

// checkConflict holds the lines of why to their promise: together they can't be
// met, and without any one of them they can.
func checkConflict(t fatal, o *oracle, why []string, shape func() string) {
	t.Helper()
	claims, empty := o.named(t, why)
	if len(o.fit(claims, empty)) > 0 {
		t.Fatalf("these can all hold: %q\n%s", why, shape())
	}
	for i := range claims {
		rest := slices.Delete(slices.Clone(claims), i, i+1)
		if len(o.fit(rest, empty)) == 0 {
			t.Fatalf("%q can be left out of %q\n%s", claims[i].line, why, shape())
		}
		if len(o.in) > 0 && len(o.fit(rest, false)) == 0 {
			t.Fatalf("%q can be left out of %q, somebody released\n%s", claims[i].line, why, shape())
		}
	}
	if !empty && len(o.fit(claims, true)) == 0 {
		t.Fatalf("%q can be left out of %q\n%s", somebody, why, shape())
	}
}

// named finds the claims by their lines. empty is true if nobody has to be
// released.
func (o *oracle) named(t fatal, why []string) (claims []claim, empty bool) {
	t.Helper()
	empty = true
	for _, line := range why {
		if line == somebody || line == somebody+": nobody is in trade" {
			empty = false
			continue
		}
		i := slices.IndexFunc(o.claims, func(c claim) bool { return c.line == line })
		if i < 0 {
			t.Fatalf("why names %q, which nobody claims", line)
		}
		claims = append(claims, o.claims[i])
	}
	return claims, empty
}

// TestWhoSpeaks holds the lists of parties to the case.
func TestWhoSpeaks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawCase(t)
		a := solve(t, d.c, d.voices, frontier.Options{})
		var spoke, estimated []string
		waits := map[parley.PartyID][]string{}
		for _, p := range d.c.Parties {
			i := slices.IndexFunc(d.voices, func(v frontier.Voice) bool { return v.Position.Party == p.ID })
			switch {
			case i < 0:
				for _, h := range d.c.Holdings() {
					if h.HeldBy == p.ID && !h.Owed {
						waits[p.ID] = append(waits[p.ID], string(h.ID))
					}
				}
				slices.Sort(waits[p.ID])
			case d.voices[i].Estimated:
				estimated = append(estimated, string(p.ID))
				fallthrough
			default:
				spoke = append(spoke, string(p.ID))
			}
		}
		same(t, "parties", a.Parties, spoke)
		same(t, "estimated", a.Estimated, estimated)
		for _, p := range d.c.Parties {
			same(t, "waits for "+string(p.ID), a.WaitsFor[p.ID], waits[p.ID])
			if _, listed := a.WaitsFor[p.ID]; listed != (len(waits[p.ID]) > 0) {
				t.Fatalf("waits_for lists %s: %t", p.ID, listed)
			}
		}
	})
}

func same[T ~string](t fatal, what string, got []T, want []string) {
	t.Helper()
	if !slices.EqualFunc(got, want, func(a T, b string) bool { return string(a) == b }) {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}
