package frontier_test

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"parley"
	"parley/frontier"
)

// drawOffer puts some entries in each of an offer's lists.
func (d *drawn) drawOffer(t *rapid.T) *parley.Offer {
	o := &parley.Offer{Case: d.c.ID, Release: drawSome(t, d.ids, "essential"), Optional: drawSome(t, d.ids, "optional")}
	for _, id := range drawSome(t, d.ids, "if confirmed") {
		if rapid.IntRange(0, 2).Draw(t, "waits") == 0 {
			o.IfConfirmed = append(o.IfConfirmed, parley.Confirmation{Person: id, Party: d.c.Parties[0].ID})
		}
	}
	return o
}

// TestOffersAreJudged holds an offer's gains, its reasons one by one and what
// beats it to the oracle.
func TestOffersAreJudged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawCase(t)
		offer := d.drawOffer(t)
		by := rapid.SampledFrom(frontier.Criteria()).Draw(t, "criterion")
		a := solve(t, d.c, d.voices, frontier.Options{Criterion: by, Offer: offer})
		o := consult(d.c, d.voices)
		x := o.exchange(offer.Entries())
		j := a.Offer
		if got, want := tell(frontier.Point{Gains: j.Gains}), fmt.Sprintf(" %v", x.gains); got != want {
			t.Fatalf("gains: got %s, want %s\n%s", got, want, d)
		}
		against := o.against(x)
		if j.Agreeable != (len(against) == 0) {
			t.Fatalf("agreeable %t, and against it %q\n%s", j.Agreeable, against, d)
		}
		for _, line := range append(against, o.open(offer)...) {
			i := slices.IndexFunc(j.Why, func(s string) bool { return s == line || strings.HasPrefix(s, line+": ") })
			if i < 0 {
				t.Fatalf("why is silent on %q: %q\n%s", line, j.Why, d)
			}
			j.Why = slices.Delete(j.Why, i, i+1)
		}
		if len(j.Why) > 0 {
			t.Fatalf("why tells also %q\n%s", j.Why, d)
		}
		got, want := tellGains(j.DominatedBy), gainsTold(o.beating(x, by))
		if len(want) < frontier.DominatorsShown {
			slices.Sort(got) // among equals the order is open
			slices.Sort(want)
		} else {
			got, want = got[:1], want[:1]
			if o.compare(by, o.ideal(o.agreeable()), o.exchange(j.DominatedBy[0].Release), o.beating(x, by)[0]) != 0 {
				t.Fatalf("dominated by %v first, want %v\n%s", got, want, d)
			}
			got, want = nil, nil
		}
		if !slices.Equal(got, want) {
			t.Fatalf("dominated by: got\n%v\nwant\n%v\n%s", got, want, d)
		}
	})
}

func (o *oracle) exchange(ids parley.Exchange) outcome {
	in := o.traded(ids)
	i := slices.IndexFunc(o.all, func(x outcome) bool {
		return len(x.ids) == len(in) && !slices.ContainsFunc(in, func(id parley.PersonID) bool { return !has(x, id) })
	})
	return o.all[i]
}

// against is all that keeps an exchange from being agreeable, each line up to
// what it says of the exchange.
func (o *oracle) against(x outcome) []string {
	var out []string
	if len(x.ids) == 0 {
		out = append(out, "nobody in trade is released")
	}
	for _, c := range o.claims {
		if c.holds(x) {
			continue
		}
		line := c.line
		if whose, _, ok := strings.Cut(line, ": walk-away "); ok {
			line = fmt.Sprintf("%s: gain %s is below the walk-away", whose, o.gainOf(whose, x))
		}
		out = append(out, line)
	}
	return out
}

func (o *oracle) gainOf(whose string, x outcome) *big.Int {
	for i, v := range o.voices {
		if whose == string(v.Position.Party) || whose == string(v.Position.Party)+" (estimated)" {
			return x.gains[i]
		}
	}
	panic("no such party: " + whose)
}

// open is what has to be settled before an offer can be sealed.
func (o *oracle) open(offer *parley.Offer) []string {
	var out []string
	waits := map[parley.PartyID][]parley.PersonID{}
	for _, h := range o.c.Holdings() {
		if !offer.Entries().Has(h.ID) {
			continue
		}
		if h.Owed {
			out = append(out, string(h.ID)+" is owed release by law and counts for nothing here")
		} else if h.HeldBy == "" {
			out = append(out, string(h.ID)+" is held by nobody known and counts for nothing here")
		}
		if h.Blank {
			out = append(out, string(h.ID)+" is a blank, to be named before it is sealed")
		}
		spoke := slices.ContainsFunc(o.voices, func(v frontier.Voice) bool { return v.Position.Party == h.HeldBy })
		if !h.Owed && h.HeldBy != "" && !spoke {
			waits[h.HeldBy] = append(waits[h.HeldBy], h.ID)
		}
	}
	for _, c := range offer.IfConfirmed {
		waits[c.Party] = append(waits[c.Party], c.Person)
	}
	for party, ids := range waits {
		var words []string
		for _, id := range parley.NewExchange(ids...) {
			words = append(words, string(id))
		}
		out = append(out, fmt.Sprintf("waits for %s: %s", party, strings.Join(words, ", ")))
	}
	return out
}

// beating lists the first few by the criterion of the frontier points that beat
// x. With nothing agreeable there are none, and shares need the ideal over all
// that is agreeable.
func (o *oracle) beating(x outcome, by frontier.Criterion) []outcome {
	fits := o.agreeable()
	var left, out []outcome
	for _, y := range o.frontier(fits) {
		if dominates(y.gains, x.gains) {
			left = append(left, y)
		}
	}
	for len(left) > 0 && len(out) < frontier.DominatorsShown {
		next := o.first(by, left, fits)
		out = append(out, left[next])
		left = slices.Delete(left, next, next+1)
	}
	return out
}

// first is the index of the best of a list, the ideal taken over others.
func (o *oracle) first(by frontier.Criterion, list, over []outcome) int {
	ideal := o.ideal(over)
	at := 0
	for i := range list {
		if o.compare(by, ideal, list[i], list[at]) > 0 {
			at = i
		}
	}
	return at
}

// TestRedLines holds the check of one position, which knows no sets, to the
// oracle.
func TestRedLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawCase(t)
		v := frontier.Voice{Position: d.voices[0].Position}
		x := parley.NewExchange(drawSome(t, d.ids, "released")...)
		got := frontier.RedLines(d.c, v.Position, x)
		alone := *d.c
		alone.Rules = nil
		o := consult(&alone, []frontier.Voice{v})
		y := o.exchange(x)
		if len(y.ids) == 0 {
			if got != nil {
				t.Fatalf("red lines of nothing: %q", got)
			}
			return
		}
		var want []string
		for _, line := range o.against(y) {
			if whose, _, ok := strings.Cut(line, ": gain "); ok {
				line = whose + ": the gain is below the walk-away"
			}
			want = append(want, line)
		}
		if !slices.EqualFunc(got, want, func(g, w string) bool { return g == w || strings.HasPrefix(g, w+": ") }) {
			t.Fatalf("got %q, want %q\n%s", got, want, d)
		}
	})
}

// TestReasonsInWords shows each kind of reason once.
func TestReasonsInWords(t *testing.T) {
	c := &parley.Case{ID: "words", Parties: []parley.Party{{ID: "us"}, {ID: "ru"}, {ID: "de"}}}
	for _, id := range []parley.PersonID{"a", "b", "c"} {
		c.Persons = append(c.Persons, parley.Person{ID: id, HeldBy: "ru"})
	}
	c.Groups = []parley.Group{{ID: "wounded", Count: 30, HeldBy: "us"}}
	two := 2
	wounded, ru := parley.Selector{IDs: []parley.PersonID{"wounded"}}, parley.Selector{HeldBy: "ru"}
	for _, tt := range []struct {
		rule    parley.Rule
		release []parley.PersonID
		want    string
	}{
		{parley.Require{IDs: []parley.PersonID{"a", "b", "c"}}, []parley.PersonID{"a"}, "rule of the case: require: [a, b, c]: b and c are not released"},
		{parley.Forbid{IDs: []parley.PersonID{"a"}}, []parley.PersonID{"a"}, "rule of the case: forbid: [a]: a is released"},
		{parley.Together{IDs: []parley.PersonID{"a", "b"}}, []parley.PersonID{"a"}, "rule of the case: together: [a, b]: only a is released"},
		{parley.AtMostOne{IDs: []parley.PersonID{"a", "b", "c"}}, []parley.PersonID{"a", "b", "c"}, "rule of the case: at_most_one: [a, b, c]: a, b and c are released"},
		{parley.IfThen{If: "a", Then: []parley.PersonID{"b"}}, []parley.PersonID{"a"}, "rule of the case: if: a, then: [b]: b is not released"},
		{parley.Count{Of: ru, AtLeast: &two}, []parley.PersonID{"a"}, "rule of the case: count: {held_by: ru}, at_least: 2: 1 released"},
		{parley.Equal{A: wounded, B: ru}, []parley.PersonID{"a", "wounded"}, "rule of the case: equal: [{ids: [wounded]}, {held_by: ru}]: 30 against 1 released"},
		{parley.Ratio{A: wounded, B: ru, Num: 29, Den: 1}, []parley.PersonID{"a", "wounded"}, "rule of the case: ratio: [{ids: [wounded]}, {held_by: ru}], at_most: 29/1: 30 against 1 released"},
	} {
		c.Rules = []parley.Rule{tt.rule}
		a := solve(t, c, []frontier.Voice{voice("us", 0, nil), voice("ru", 0, nil)}, frontier.Options{Offer: &parley.Offer{Release: tt.release}})
		if !slices.Equal(a.Offer.Why, []string{tt.want}) {
			t.Errorf("got %q, want %q", a.Offer.Why, tt.want)
		}
	}
}
