package accord

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"math/rand/v2"
	"slices"
	"testing"

	"parley"
	"parley/brief"
)

// byHand is the very exchange that docs/accord.md promises, found by looking at
// all: by the criterion, then the larger smaller gain, then the larger other
// gain, then less for the axis, then the last person of the order released, the
// last but one, and so on.
func byHand(p *Plan, pr problem) parley.Exchange {
	var best parley.Exchange
	var bestGains [2]int64
	for set := 1; set < 1<<len(p.items); set++ {
		var x parley.Exchange
		for i, it := range p.items {
			if set>>i&1 == 1 {
				x = append(x, it.ID)
			}
		}
		x = parley.NewExchange(x...)
		g := gains(pr, x)
		if g[0] < 0 || g[1] < 0 {
			continue
		}
		// Sets are numbered so that a higher number has the last person sooner.
		if best == nil || cmp.Or(compareGains(g, bestGains, p.terms.Criterion), cmp.Compare(bestGains[p.axis], g[p.axis])) >= 0 {
			best, bestGains = x, g
		}
	}
	return best
}

// TestTiesByThePublishedOrder compares the very set, on worths so small that
// most instances have many ties.
func TestTiesByThePublishedOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 3))
	for round := range rounds(t, 600) {
		pr := randomProblem(r, shape{persons: 1 + r.IntN(8), most: 1 + r.IntN(3), tightness: r.IntN(3), signs: round%3 == 0, third: round%4 == 0})
		terms := termsFor(pr.c, modes()[r.IntN(2)], []Criterion{Nash, Maximin}[r.IntN(2)], 3, 1, round%3 == 0)
		p := mustPlan(t, pr.c, terms)
		got := exchangeOf(p, inTheClear(p, mustInputs(t, p, pr.briefs)))
		if want := byHand(p, pr); !slices.Equal(got, want) {
			t.Fatalf("%s: settled on %v, the order says %v", terms.Criterion, got, want)
		}
	}
}

// TestNobodyReleasedIsNoAnswer: with walk-aways of 0 and nothing to be won,
// releasing nobody would do, and is not given.
func TestNobodyReleasedIsNoAnswer(t *testing.T) {
	for _, mode := range modes() {
		pr := problem{c: swap(0).c, briefs: swap(0).briefs}
		content := pr.briefs[0].Content()
		content.Worth = map[parley.PersonID]int64{"bout": -50}
		pr.briefs[0] = newBrief(content)
		if got := settle(t, pr, termsFor(pr.c, mode, Nash, 15, 5, false)); got != nil {
			t.Errorf("%s: %v", mode, got)
		}
		// One who costs nobody anything is better than nobody.
		content.Worth = map[parley.PersonID]int64{}
		pr.briefs[0] = newBrief(content)
		if got := settle(t, pr, termsFor(pr.c, mode, Nash, 15, 5, false)); !slices.Equal(got, parley.Exchange{"bout"}) {
			t.Errorf("%s: %v", mode, got)
		}
	}
}

// counting is a random source that can be repeated.
type counting byte

func (c *counting) Read(p []byte) (int, error) {
	for i := range p {
		*c++
		p[i] = byte(*c)
	}
	return len(p), nil
}

// TestGoldenMessages notices any change on the wire: mediated runs follow from
// their secrets alone. If it is meant, the version of the form goes up.
func TestGoldenMessages(t *testing.T) {
	want := map[string][]string{
		"settle": {"161eb2607b7c", "63edcc312334", "64ecc324120c", "ed2878d04bed", "30d5a9ef2bdf", "8d190c127629"},
		"ask":    {"644eb1fa3a46", "ff6700530053", "1dd2e5baa564", "be6440e340fd", "e0bcbaec62c3", "e6258149afee"},
	}
	pr := swap(0)
	p := mustPlan(t, pr.c, termsFor(pr.c, Mediated, Nash, 3, 20, false))
	for name, k := range map[string]*talk{
		"settle": newTalkWith(t, p, mustInputs(t, p, pr.briefs), new(counting)),
		"ask":    newTalkWith(t, askPlan(t, Mediated), [2]Inputs{Answer(true), Answer(true)}, new(counting)),
	} {
		var got []string
		for _, m := range k.upTo(t, len(k.plan.script())) {
			sum := sha256.Sum256(bytes.Clone(m))
			got = append(got, hex.EncodeToString(sum[:6]))
		}
		if !slices.Equal(got, want[name]) {
			t.Errorf("%s: the messages are %q", name, got)
		}
	}
}

// zeros is a case of persons all held by a, worth nothing to anybody but for
// what p1 costs.
func zeros(rules ...parley.Rule) problem {
	c := &parley.Case{ID: "zeros", Parties: []parley.Party{{ID: "a"}, {ID: "b"}}, Persons: []parley.Person{{ID: "p0", HeldBy: "a"}, {ID: "p1", HeldBy: "a"}}, Rules: rules}
	return problem{c, [2]brief.Brief{
		newBrief(brief.Content{Case: "zeros", Party: "a", Worth: map[parley.PersonID]int64{"p1": -5}}),
		newBrief(brief.Content{Case: "zeros", Party: "b"}),
	}}
}

// TestSomebodyBeforeNobodyWhereRulesCount: of two ways into one place that are
// alike, that of releasing nobody comes last, whatever the order of the sums.
func TestSomebodyBeforeNobodyWhereRulesCount(t *testing.T) {
	one := func(id parley.PersonID) parley.Selector { return parley.Selector{IDs: []parley.PersonID{id}} }
	for _, rule := range []parley.Rule{
		parley.Ratio{A: one("p1"), B: one("p0"), Num: 1, Den: 1},
		parley.AtMostOne{IDs: []parley.PersonID{"p0", "p1"}},
	} {
		pr := zeros(rule)
		if got := settle(t, pr, termsFor(pr.c, SemiHonest, Nash, 15, 1, false)); !slices.Equal(got, parley.Exchange{"p0"}) {
			t.Errorf("%s: %v", rule, got)
		}
	}
}

// TestARedLineAgainstARule: who must have somebody released whom the case
// forbids gets none, whichever side it is.
func TestARedLineAgainstARule(t *testing.T) {
	for k := range 2 {
		pr := zeros(parley.Forbid{IDs: []parley.PersonID{"p1"}})
		terms := termsFor(pr.c, SemiHonest, Nash, 15, 1, false)
		if got := settle(t, pr, terms); got == nil {
			t.Fatal("nothing is agreeable to begin with")
		}
		content := pr.briefs[k].Content()
		content.Rules = []parley.Rule{parley.Require{IDs: []parley.PersonID{"p1"}}}
		pr.briefs[k] = newBrief(content)
		if got := settle(t, pr, terms); got != nil {
			t.Errorf("party %d: %v", k, got)
		}
	}
}
