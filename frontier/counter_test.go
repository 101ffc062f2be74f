package frontier_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"parley"
	"parley/brief"
	"parley/frontier"
)

// TestCounterOffersAreEnumeration holds answers to an offer, one by one, to the
// oracle: which they are, and why there are no more.
func TestCounterOffersAreEnumeration(t *testing.T) {
	ends := map[frontier.Ending]int{}
	rapid.Check(t, func(t *rapid.T) {
		d := drawCase(t)
		by := rapid.SampledFrom(frontier.Criteria()).Draw(t, "criterion")
		us := rapid.SampledFrom(d.voices).Draw(t, "us").Position.Party
		number := rapid.IntRange(1, 5).Draw(t, "number")
		offer := &parley.Offer{Case: d.c.ID, Release: drawSome(t, d.ids, "offered")}
		a := solve(t, d.c, d.voices, frontier.Options{Criterion: by, Offer: offer, Counter: &frontier.Countering{Number: number, Us: us}})
		want, end := consult(d.c, d.voices).answers(by, us, number)
		var got []string
		for _, c := range a.Counter {
			got = append(got, tell(frontier.Point{Release: c.Release, Gains: c.Gains}))
		}
		if !slices.Equal(got, want) || a.End.Why != end || a.End.Party != us {
			t.Fatalf("%s for %s, %d: got %v, %+v, want %v, %s\n%s", by, us, number, got, a.End, want, end, d)
		}
		ends[end]++
	})
	if !t.Failed() && !testing.Short() && (ends[frontier.AsAsked] < 5 || ends[frontier.NoOthers] < 5) {
		t.Errorf("of one kind only: %v", ends)
	}
}

// answers lists the answers to an offer by the words of docs/frontier.md.
func (o *oracle) answers(by frontier.Criterion, us parley.PartyID, number int) ([]string, frontier.Ending) {
	fits := o.agreeable()
	if len(fits) == 0 {
		return nil, frontier.NoOthers
	}
	ideal, me := o.ideal(fits), slices.IndexFunc(o.voices, func(v frontier.Voice) bool { return v.Position.Party == us })
	list := []outcome{o.best(by, fits)}
	mine := list[0].gains[me].Int64()
	within, distance := max(1, mine/20), max(2, len(list[0].ids)/4)
	for len(list) < number {
		var left []outcome
		for _, x := range fits {
			g := x.gains[me].Int64()
			if g < mine-within || g > mine+within {
				continue
			}
			if !slices.ContainsFunc(list, func(y outcome) bool { return apart(x, y) < distance || len(o.voices) > 1 && o.alike(x, y, me) }) {
				left = append(left, x)
			}
		}
		switch {
		case len(left) > 0:
			list = append(list, slices.MaxFunc(left, func(a, b outcome) int { return o.compare(by, ideal, a, b) }))
		case distance > 1:
			distance /= 2
		default:
			return told(list), frontier.NoOthers
		}
	}
	return told(list), frontier.AsAsked
}

func told(list []outcome) (out []string) {
	for _, x := range list {
		out = append(out, x.String())
	}
	return out
}

// apart counts the ids that are in one of two exchanges only.
func apart(x, y outcome) (n int) {
	for _, id := range slices.Concat(x.ids, y.ids) {
		if slices.Contains(x.ids, id) != slices.Contains(y.ids, id) {
			n++
		}
	}
	return n
}

// alike tells whether two exchanges gain all but one party the same.
func (o *oracle) alike(x, y outcome, but int) bool {
	for i := range o.voices {
		if i != but && x.gains[i].Cmp(y.gains[i]) != 0 {
			return false
		}
	}
	return true
}

// TestFewerAnswersThanAskedFor is a case by hand: there is bout for whelan, bout
// for griner, and nothing else that gains us 9 to 11. Of ru only ranges are known.
func TestFewerAnswersThanAskedFor(t *testing.T) {
	c := &parley.Case{
		ID: "two-ways", Parties: []parley.Party{{ID: "us"}, {ID: "ru"}},
		Persons: []parley.Person{{ID: "bout", HeldBy: "us"}, {ID: "griner", HeldBy: "ru"}, {ID: "whelan", HeldBy: "ru"}},
		Rules:   []parley.Rule{parley.AtMostOne{IDs: []parley.PersonID{"griner", "whelan"}}},
	}
	ru := brief.Estimate{Party: "ru", WalkAway: brief.Range{Low: 0, High: 8}, Worth: map[parley.PersonID]brief.Range{
		"bout": {Low: 40, High: 60}, "griner": {Low: -30, High: -14}, "whelan": {Low: -20, High: -14},
	}}
	voices := []frontier.Voice{
		voice("us", 0, map[parley.PersonID]int64{"bout": -30, "griner": 40, "whelan": 40}),
		{Position: ru.Estimated(), Estimated: true},
	}
	o := frontier.Options{
		Offer:   &parley.Offer{Release: []parley.PersonID{"bout"}},
		Counter: &frontier.Countering{Number: 3, Us: "us", Estimates: []brief.Estimate{ru}},
	}
	a := solve(t, c, voices, o)
	got := []string{string(a.End.Why), fmt.Sprint(*a.End.Least, " to ", *a.End.Most)}
	for _, x := range a.Counter {
		got = append(got, fmt.Sprint(x.Add, x.Drop, x.Gains, x.Ranges))
	}
	want := []string{
		"none", "9 to 11",
		"[whelan] [] [{us 10} {ru 29}] [{ru 12 29 46}]", // 40-20-8, 50-17-4, 60-14-0
		"[griner] [] [{us 10} {ru 24}] [{ru 2 24 46}]",  // 40-30-8, 50-22-4, 60-14-0
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}

	p, err := frontier.New(c, voices)
	if err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if a, err = p.Solve(ended, o); err != nil || a.End.Why != frontier.CutShort {
		t.Errorf("stopped: %v, %+v", err, a.End)
	}
	o.Counter.Us = "de"
	if _, err = p.Solve(context.Background(), o); err == nil {
		t.Error("answers for a party that has not spoken")
	}
}
