package frontier_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"parley"
	"parley/brief"
	"parley/frontier"
)

// trading is a case of two parties for what their acts rule out.
func trading() *parley.Case {
	return &parley.Case{
		ID: "trading", Parties: []parley.Party{{ID: "us"}, {ID: "ru"}},
		Persons: []parley.Person{
			{ID: "griner", HeldBy: "ru", Tags: []string{"woman"}},
			{ID: "whelan", HeldBy: "ru"},
			{ID: "bout", HeldBy: "us"},
			{ID: "klyushin", HeldBy: "us"},
			{ID: "second", HeldBy: "us", Blank: true, Candidates: []parley.PersonID{"klyushin", "bout"}},
			{ID: "sick", HeldBy: "ru", Owed: true},
		},
		Groups: []parley.Group{{ID: "crew", HeldBy: "us", Count: 3}},
	}
}

func theirEstimate() brief.Estimate {
	return brief.Estimate{
		Party: "ru", WalkAway: brief.Range{Low: 0, High: 15},
		Worth: map[parley.PersonID]brief.Range{
			"griner": {Low: -30, High: -10}, "whelan": {Low: -70, High: -40}, "bout": {Low: 5, High: 20}, "klyushin": {Low: 20, High: 30}, "crew": {Low: 1, High: 4},
		},
	}
}

func offered(c *parley.Case, o parley.Offer) frontier.Said {
	return frontier.Said{Act: "a", Kind: parley.KindOffer, Case: c, Ways: frontier.WaysOf(c, &o)}
}

func accepts(c *parley.Case, ids ...parley.PersonID) frontier.Said {
	return frontier.Said{Act: "a", Kind: parley.KindAccept, Case: c, Ways: []frontier.Way{{Release: parley.NewExchange(ids...)}}}
}

func ruleOut(t *testing.T, e brief.Estimate, said ...frontier.Said) *frontier.RuledOut {
	t.Helper()
	r, err := frontier.RuleOut(e, said)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func left(t *testing.T, r *frontier.RuledOut, of string) [2]int64 {
	t.Helper()
	for _, l := range r.Left {
		if l.Of == of {
			return l.Left
		}
	}
	t.Fatalf("nothing is left of %q", of)
	return [2]int64{}
}

func TestAYesNarrows(t *testing.T) {
	c := trading()
	// bout for griner: 20 - 10 = 10 at best, so the walk-away is 10 at most, bout
	// 10 at least, griner -20 at least.
	r := ruleOut(t, theirEstimate(), accepts(c, "bout", "griner", "sick"))
	if r.Contradicted || r.Acts[0].Verdict != frontier.Narrows {
		t.Errorf("%+v", r.Acts)
	}
	for of, want := range map[string][2]int64{"": {0, 10}, "bout": {10, 20}, "griner": {-20, -10}, "whelan": {-70, -40}} {
		if got := left(t, r, of); got != want {
			t.Errorf("%q: %v is left, not %v", of, got, want)
		}
	}
	// A group counts as often as it has heads: 3·4 - 10 ≥ 0, so crew is 4.
	if got := left(t, ruleOut(t, theirEstimate(), accepts(c, "crew", "griner")), "crew"); got != [2]int64{4, 4} {
		t.Errorf("crew: %v is left", got)
	}
	if r := ruleOut(t, theirEstimate(), accepts(c, "bout", "klyushin")); r.Acts[0].Verdict != frontier.Agrees {
		t.Errorf("%+v", r.Acts)
	}
}

func TestAYesContradicts(t *testing.T) {
	c := trading()
	r := ruleOut(t, theirEstimate(), accepts(c, "bout", "whelan"), accepts(c, "bout", "griner"))
	// 20 - 40 = -20 at best; alone: a walk-away of -20, bout 40, or whelan -20.
	want := []frontier.Need{{frontier.Number{What: "walk_away"}, -20}, {frontier.Number{What: "worth", Of: "bout"}, 40}, {frontier.Number{What: "worth", Of: "whelan"}, -20}}
	a := r.Acts[0]
	if !r.Contradicted || a.Verdict != frontier.Contradicts || a.Short != 20 || !reflect.DeepEqual(a.Alone, want) {
		t.Errorf("%+v", a)
	}
	if r.Acts[1].Verdict != frontier.Narrows || left(t, r, "bout") != [2]int64{10, 20} || left(t, r, "whelan") != [2]int64{-70, -40} {
		t.Errorf("what contradicts the ranges narrows them: %+v", r)
	}
}

// TestANoSaysNothing: whoever declines may hope for more.
func TestANoSaysNothing(t *testing.T) {
	c := trading()
	for _, k := range []parley.Kind{parley.KindDecline, parley.KindWithdraw, parley.KindRequest} {
		s := accepts(c, "bout", "griner")
		s.Kind = k
		r := ruleOut(t, theirEstimate(), s)
		if r.Acts[0].Verdict != frontier.Silent || r.Acts[0].Why == "" || left(t, r, "bout") != [2]int64{5, 20} {
			t.Errorf("%s: %+v", k, r.Acts[0])
		}
	}
}

// TestWhatIsOpenSaysLess: an offer that leaves something open is a yes to one way
// of closing it.
func TestWhatIsOpenSaysLess(t *testing.T) {
	c := trading()
	// griner may fall out: bout alone is a yes already.
	o := parley.Offer{Release: []parley.PersonID{"bout", "whelan"}, Optional: []parley.PersonID{"whelan"}}
	if r := ruleOut(t, theirEstimate(), offered(c, o)); r.Acts[0].Verdict != frontier.Agrees {
		t.Errorf("%+v", r.Acts)
	}
	// The blank is klyushin or bout: 30 - 10 or 20 - 10. Neither needs to be more
	// than its range says, and the walk-away is free.
	o = parley.Offer{Release: []parley.PersonID{"griner", "second"}}
	if r := ruleOut(t, theirEstimate(), offered(c, o)); r.Acts[0].Verdict != frontier.Agrees || len(frontier.WaysOf(c, &o)) != 2 {
		t.Errorf("%+v", r.Acts)
	}
	// Where the blank itself is estimated, that counts.
	e := theirEstimate()
	e.Worth["second"] = brief.Range{Low: 0, High: 5}
	if r := ruleOut(t, e, offered(c, o)); r.Acts[0].Verdict != frontier.Contradicts || r.Acts[0].Short != 5 {
		t.Errorf("%+v", r.Acts)
	}
	// Who is not estimated may be worth anything.
	delete(e.Worth, "griner")
	if r := ruleOut(t, e, offered(c, o)); r.Acts[0].Verdict != frontier.Silent || r.Acts[0].Why != "griner is not estimated" {
		t.Errorf("%+v", r.Acts)
	}
	// Somebody has to be released.
	if r := ruleOut(t, e, accepts(c, "sick")); r.Acts[0].Verdict != frontier.Silent {
		t.Errorf("%+v", r.Acts)
	}
}

func TestAnEstimatedRedLineIsCrossed(t *testing.T) {
	c, e := trading(), theirEstimate()
	e.Rules = []parley.Rule{parley.Forbid{IDs: []parley.PersonID{"whelan"}}, parley.Bonus{Points: 50, All: []parley.PersonID{"bout", "whelan"}}}
	r := ruleOut(t, e, accepts(c, "bout", "whelan"))
	if a := r.Acts[0]; a.Verdict != frontier.Contradicts || !slices.Equal(a.Rules, []string{"forbid: [whelan]: whelan is released"}) || a.Short != 0 {
		t.Errorf("%+v", a)
	}
	o := parley.Offer{Release: []parley.PersonID{"bout", "whelan"}, Optional: []parley.PersonID{"whelan"}}
	if r := ruleOut(t, e, offered(c, o)); r.Contradicted {
		t.Errorf("whelan may fall out: %+v", r.Acts)
	}
}

func TestTooMuchOpen(t *testing.T) {
	c := &parley.Case{Parties: []parley.Party{{ID: "us"}, {ID: "ru"}}}
	o := parley.Offer{}
	for i := range 11 {
		id := parley.PersonID(fmt.Sprint("p", i))
		c.Persons = append(c.Persons, parley.Person{ID: id, HeldBy: "us"})
		o.Optional = append(o.Optional, id)
	}
	if r := ruleOut(t, theirEstimate(), offered(c, o)); r.Acts[0].Verdict != frontier.Silent || r.Acts[0].Why != "it leaves too much open" {
		t.Errorf("%+v", r.Acts)
	}
}

// TestRuledOutIsEnumeration holds what is left of each range to all points of the
// ranges, each looked at by the contract's text alone.
func TestRuledOutIsEnumeration(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := trading()
		e := drawEstimate(rt)
		var said []frontier.Said
		var offers []parley.Offer
		for range number(rt, [2]int64{1, 3}, "acts") {
			o := drawOpen(rt, c)
			offers, said = append(offers, o), append(said, offered(c, o))
		}
		got, err := frontier.RuleOut(e, said)
		if err != nil {
			rt.Fatal(err)
		}
		w := &pointwise{c: c, e: e}
		var hold []parley.Offer
		for i, o := range offers {
			v := w.verdict(o)
			if a := got.Acts[i]; (a.Why != "") != (v == "silent") || (a.Short > 0) != (v == "never") {
				rt.Fatalf("%+v is %q by enumeration, and %+v", o, v, a)
			}
			if v == "sometimes" {
				hold = append(hold, o)
			}
		}
		for i, want := range w.ranges(hold) {
			if got.Left[i].Left != want {
				rt.Fatalf("of %v %v is left, not %v", got.Left[i].Number, got.Left[i].Left, want)
			}
		}
		w.needs(rt, offers, got)
	})
}

func drawEstimate(t *rapid.T) brief.Estimate {
	span := func(low, high int64) brief.Range {
		a := number(t, [2]int64{low, high}, "low")
		return brief.Range{Low: a, High: a + number(t, [2]int64{0, 2}, "width")}
	}
	e := brief.Estimate{Party: "ru", WalkAway: span(-4, 6), Worth: map[parley.PersonID]brief.Range{}, Tags: map[string]brief.Range{}}
	for _, id := range []parley.PersonID{"griner", "whelan", "bout", "klyushin", "crew"} {
		if !chance(t, 9, "unknown") {
			e.Worth[id] = span(-5, 5)
		}
	}
	if chance(t, 3, "blank") {
		e.Worth["second"] = span(-5, 5)
	}
	if chance(t, 3, "tag") {
		e.Tags["woman"] = span(-3, 3)
	}
	if chance(t, 3, "line") {
		e.Rules = append(e.Rules, parley.Forbid{IDs: []parley.PersonID{"klyushin"}})
	}
	if chance(t, 3, "bonus") {
		e.Rules = append(e.Rules, parley.Bonus{Points: number(t, [2]int64{-4, 4}, "points"), All: []parley.PersonID{"bout", "griner"}})
	}
	return e
}

func drawOpen(t *rapid.T, c *parley.Case) (o parley.Offer) {
	for _, h := range c.Holdings() {
		switch number(t, [2]int64{0, 4}, string(h.ID)) {
		case 0, 1:
			o.Release = append(o.Release, h.ID)
		case 2:
			o.Optional = append(o.Optional, h.ID)
		}
	}
	return o
}

// pointwise asks each point of the ranges.
type pointwise struct {
	c *parley.Case
	e brief.Estimate
}

// point gives each number of an estimate, in the order of RuledOut.
type point []int64

func (w *pointwise) names() (out []string) {
	out = []string{""}
	var worths, tags []string
	for id := range w.e.Worth {
		worths = append(worths, string(id))
	}
	for tag := range w.e.Tags {
		tags = append(tags, tag)
	}
	slices.Sort(worths)
	slices.Sort(tags)
	return slices.Concat(out, worths, tags)
}

func (w *pointwise) rangeOf(i int, name string) brief.Range {
	if i == 0 {
		return w.e.WalkAway
	}
	if r, ok := w.e.Worth[parley.PersonID(name)]; ok {
		return r
	}
	return w.e.Tags[name]
}

// all lists the points.
func (w *pointwise) all() []point {
	out := []point{{}}
	for i, name := range w.names() {
		r := w.rangeOf(i, name)
		var next []point
		for _, p := range out {
			for n := r.Low; n <= r.High; n++ {
				next = append(next, append(slices.Clone(p), n))
			}
		}
		out = next
	}
	return out
}

// closings are the ways to close an offer, and whether one of them keeps the red
// line. Each is who leaves, and for whom they stand.
func (w *pointwise) closings(o parley.Offer) []map[parley.PersonID]parley.PersonID {
	var out, kept []map[parley.PersonID]parley.PersonID
	for set := range 1 << len(o.Optional) {
		for _, fills := range []parley.PersonID{"klyushin", "bout"} {
			x := map[parley.PersonID]parley.PersonID{}
			ids := slices.Clone(o.Release)
			for i, id := range o.Optional {
				if set>>i&1 == 1 {
					ids = append(ids, id)
				}
			}
			ok := true
			for _, id := range ids {
				switch {
				case id == "sick":
				case id == "second" && o.Entries().Has(fills):
					ok = false
				case id == "second":
					x[fills] = "second"
				default:
					x[id] = id
				}
			}
			if !ok || len(x) == 0 {
				continue
			}
			out = append(out, x)
			if _, crossed := x["klyushin"]; !crossed || !w.forbids() {
				kept = append(kept, x)
			}
		}
	}
	if kept == nil {
		return out
	}
	return kept
}

func (w *pointwise) forbids() bool {
	return slices.ContainsFunc(w.e.Rules, func(r parley.Rule) bool { _, ok := r.(parley.Forbid); return ok })
}

// gain is what one closing gains at a point; false where somebody is unknown.
func (w *pointwise) gain(p point, x map[parley.PersonID]parley.PersonID) (int64, bool) {
	at := map[string]int64{}
	for i, name := range w.names() {
		at[name] = p[i]
	}
	g := -p[0]
	for who, as := range x {
		if _, ok := w.e.Worth[as]; !ok {
			as = who
		}
		_, worth := w.e.Worth[as]
		_, tag := w.e.Tags["woman"]
		if as != "griner" || !tag {
			tag = false
		}
		if !worth && !tag {
			return 0, false
		}
		heads := int64(1)
		if who == "crew" {
			heads = 3
		}
		if worth {
			g += heads * at[string(as)]
		}
		if tag {
			g += at["woman"]
		}
	}
	for _, r := range w.e.Rules {
		if b, ok := r.(parley.Bonus); ok {
			if _, bout := x["bout"]; bout {
				if _, griner := x["griner"]; griner {
					g += b.Points
				}
			}
		}
	}
	return g, true
}

// holds tells whether a point allows an offer.
func (w *pointwise) holds(p point, o parley.Offer) bool {
	for _, x := range w.closings(o) {
		if g, known := w.gain(p, x); !known || g >= 0 {
			return true
		}
	}
	return false
}

func (w *pointwise) verdict(o parley.Offer) string {
	ways := w.closings(o)
	if len(ways) == 0 {
		return "silent"
	}
	for _, x := range ways {
		if _, known := w.gain(w.all()[0], x); !known {
			return "silent"
		}
	}
	for _, p := range w.all() {
		if w.holds(p, o) {
			return "sometimes"
		}
	}
	return "never"
}

// ranges are the least and most of each number over the points that allow all.
func (w *pointwise) ranges(all []parley.Offer) (out [][2]int64) {
	for _, p := range w.all() {
		if slices.ContainsFunc(all, func(o parley.Offer) bool { return !w.holds(p, o) }) {
			continue
		}
		for i, n := range p {
			if len(out) == i {
				out = append(out, [2]int64{n, n})
			}
			out[i] = [2]int64{min(out[i][0], n), max(out[i][1], n)}
		}
	}
	return out
}

// needs checks that each number that would mend a contradiction does, and that one
// less does not.
func (w *pointwise) needs(t *rapid.T, offers []parley.Offer, got *frontier.RuledOut) {
	for i, a := range got.Acts {
		for _, n := range a.Alone {
			for off, want := range map[int64]bool{0: true, -1: false} {
				e := w.e
				r := brief.Range{Low: n.Value + off, High: n.Value + off}
				switch n.What {
				case "walk_away":
					e.WalkAway = brief.Range{Low: n.Value - off, High: n.Value - off}
				case "worth":
					e.Worth = with(e.Worth, parley.PersonID(n.Of), r)
				case "tag":
					e.Tags = with(e.Tags, n.Of, r)
				}
				x := &pointwise{c: w.c, e: e}
				if (x.verdict(offers[i]) == "sometimes") != want {
					t.Fatalf("with %v off by %d it is %q", n, off, x.verdict(offers[i]))
				}
			}
		}
	}
}

func with[K comparable](m map[K]brief.Range, k K, r brief.Range) map[K]brief.Range {
	out := map[K]brief.Range{k: r}
	for at, x := range m {
		if at != k {
			out[at] = x
		}
	}
	return out
}
