package frontier_test

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"parley"
	"parley/frontier"
)

// TestOrderOfTheFileDoesNotMatter permutes persons, groups and parties: the same
// exchange, whatever stands first.
func TestOrderOfTheFileDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawCase(t)
		by := rapid.SampledFrom(frontier.Criteria()).Draw(t, "criterion")
		want := solve(t, d.c, d.voices, frontier.Options{Criterion: by, Frontier: true})
		other := *d.c
		other.Persons = rapid.Permutation(d.c.Persons).Draw(t, "persons")
		other.Groups = rapid.Permutation(d.c.Groups).Draw(t, "groups")
		other.Parties = rapid.Permutation(d.c.Parties).Draw(t, "parties")
		got := solve(t, &other, d.voices, frontier.Options{Criterion: by, Frontier: true})
		if release(got) != release(want) {
			t.Fatalf("%s: %s, permuted %s\n%s", by, release(want), release(got), d)
		}
		if a, b := sortedGains(got), sortedGains(want); !slices.Equal(a, b) {
			t.Fatalf("frontier %v, permuted %v\n%s", b, a, d)
		}
	})
}

func release(a *frontier.Answer) string {
	if a.Best == nil {
		return "nothing"
	}
	return fmt.Sprint(a.Best.Release)
}

// sortedGains writes the frontier's gains, parties by name, in an order of their
// own.
func sortedGains(a *frontier.Answer) []string {
	var out []string
	for _, p := range a.Frontier.Points {
		g := slices.Clone(p.Gains)
		slices.SortFunc(g, func(a, b frontier.Gain) int { return strings.Compare(string(a.Party), string(b.Party)) })
		out = append(out, fmt.Sprint(g))
	}
	slices.Sort(out)
	return out
}

// TestScaleOfOnePartyDoesNotMatter multiplies all points of one party: nash and
// ks choose among the same exchanges, and the frontier is the same exchanges.
// (Ties are broken by maximin, which scales do move: the value is compared.)
func TestScaleOfOnePartyDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawCase(t)
		by := rapid.SampledFrom([]frontier.Criterion{frontier.Nash, frontier.KS}).Draw(t, "criterion")
		want := solve(t, d.c, d.voices, frontier.Options{Criterion: by, Frontier: true})
		scaled := slices.Clone(d.voices)
		i := rapid.IntRange(0, len(scaled)-1).Draw(t, "party")
		scaled[i] = scale(scaled[i], 3)
		got := solve(t, d.c, scaled, frontier.Options{Criterion: by, Frontier: true})
		i = slices.IndexFunc(want.Parties, func(p parley.PartyID) bool { return p == scaled[i].Position.Party })
		for _, p := range want.Frontier.Points {
			p.Gains[i].Points *= 3
		}
		if !slices.Equal(tellGains(got.Frontier.Points), tellGains(want.Frontier.Points)) {
			t.Fatalf("frontier %v, scaled %v\n%s", tellGains(want.Frontier.Points), tellGains(got.Frontier.Points), d)
		}
		if want.Best == nil {
			return
		}
		o := consult(d.c, d.voices)
		fits := o.agreeable()
		ideal := o.ideal(fits)
		a, b := worthBy(by, o.exchange(got.Best.Release), ideal), worthBy(by, o.exchange(want.Best.Release), ideal)
		if fmt.Sprint(a) != fmt.Sprint(b) {
			t.Fatalf("%s: scaled it picks %s, which has %v and not %v\n%s", by, release(got), a, b, d)
		}
	})
}

func scale(v frontier.Voice, by int64) frontier.Voice {
	p := v.Position
	p.WalkAway *= by
	p.Worth, p.Tags = maps.Clone(p.Worth), maps.Clone(p.Tags)
	for id := range p.Worth {
		p.Worth[id] *= by
	}
	for tag := range p.Tags {
		p.Tags[tag] *= by
	}
	p.Rules = slices.Clone(p.Rules)
	for i, r := range p.Rules {
		if b, ok := r.(parley.Bonus); ok {
			p.Rules[i] = parley.Bonus{Points: b.Points * by, All: b.All}
		}
	}
	return frontier.Voice{Position: p, Estimated: v.Estimated}
}

// TestForbiddenPersonChangesNothing adds one whom a red line keeps in.
func TestForbiddenPersonChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawCase(t)
		want := solve(t, d.c, d.voices, frontier.Options{Frontier: true})
		other := *d.c
		other.Persons = append(slices.Clone(d.c.Persons), parley.Person{ID: "aab-never", HeldBy: d.c.Parties[0].ID})
		other.Rules = append(slices.Clone(d.c.Rules), parley.Forbid{IDs: []parley.PersonID{"aab-never"}})
		got := solve(t, &other, d.voices, frontier.Options{Frontier: true})
		if release(got) != release(want) || !slices.Equal(tellGains(got.Frontier.Points), tellGains(want.Frontier.Points)) {
			t.Fatalf("%s %v, with one more %s %v\n%s", release(want), tellAll(want.Frontier.Points), release(got), tellAll(got.Frontier.Points), d)
		}
	})
}

// TestTighterCountsGiveNoMore lowers a cap: no criterion's value rises. (ks is
// left out: its shares are of another ideal then.)
func TestTighterCountsGiveNoMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawCase(t)
		by := rapid.SampledFrom([]frontier.Criterion{frontier.Nash, frontier.Maximin, frontier.Total, frontier.Home}).Draw(t, "criterion")
		of := d.drawSelector(t)
		var answers []*frontier.Answer
		for most := range 4 {
			c := *d.c
			c.Rules = append(slices.Clone(d.c.Rules), parley.Count{Of: of, AtMost: &most})
			a := solve(t, &c, d.voices, frontier.Options{Criterion: by})
			if len(a.LeftOut) > 0 {
				return // another product then
			}
			answers = append(answers, a)
		}
		o := consult(d.c, d.voices)
		var last outcome
		for most, a := range answers {
			if !a.Agreeable {
				if last.ids != nil {
					t.Fatalf("agreeable with a lower cap and not with at most %d\n%s", most, d)
				}
				continue
			}
			x := o.exchange(a.Best.Release)
			ideal := x.gains // only whether it is above 0 matters here
			if last.ids != nil && slices.CompareFunc(worthBy(by, x, ideal), worthBy(by, last, ideal), (*big.Rat).Cmp) < 0 {
				t.Fatalf("%s: %s with at most %d, less than %s with fewer\n%s", by, x, most, last, d)
			}
			last = x
		}
	})
}

// TestTogetherIsOneGroup replaces a pair that goes together by a group of two,
// and gets the same gains.
func TestTogetherIsOneGroup(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawCase(t)
		two := *d.c
		two.Persons = append(slices.Clone(d.c.Persons), parley.Person{ID: "pair-1", HeldBy: "us"}, parley.Person{ID: "pair-2", HeldBy: "us"})
		two.Rules = append(slices.Clone(d.c.Rules), parley.Together{IDs: []parley.PersonID{"pair-1", "pair-2"}})
		one := *d.c
		one.Groups = append(slices.Clone(d.c.Groups), parley.Group{ID: "pair", Count: 2, HeldBy: "us"})
		voices := slices.Clone(d.voices)
		for i, v := range voices {
			worth := maps.Clone(v.Position.Worth)
			worth["pair-1"], worth["pair-2"], worth["pair"] = 2, 2, 2
			v.Position.Worth = worth
			voices[i] = v
		}
		by := rapid.SampledFrom(frontier.Criteria()).Draw(t, "criterion")
		a, b := solve(t, &two, only(voices, "pair"), frontier.Options{Criterion: by, Frontier: true}), solve(t, &one, only(voices, "pair-1", "pair-2"), frontier.Options{Criterion: by, Frontier: true})
		if got, want := gainsOf(a), gainsOf(b); !slices.Equal(got, want) {
			t.Fatalf("%s: apart %v, as a group %v\n%s", by, got, want, d)
		}
	})
}

// only forgets some ids, which another version of the case has.
func only(voices []frontier.Voice, not ...parley.PersonID) []frontier.Voice {
	out := slices.Clone(voices)
	for i := range out {
		out[i].Position.Worth = maps.Clone(out[i].Position.Worth)
		for _, id := range not {
			delete(out[i].Position.Worth, id)
		}
	}
	return out
}

func gainsOf(a *frontier.Answer) []string {
	var out []string
	if a.Best != nil {
		out = append(out, fmt.Sprint(a.Best.Gains))
	}
	for _, p := range a.Frontier.Points {
		out = append(out, fmt.Sprint(p.Gains))
	}
	return out
}
