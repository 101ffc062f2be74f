package accord

import (
	"cmp"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"parley"
	"parley/brief"
	"parley/casefile"
	"parley/frontier"
)

// sharedProblem reads a generated instance that lies beside the checkout.
func sharedProblem(t testing.TB, name string) problem {
	t.Helper()
	dir := filepath.Join("..", "..", "shared", "data", "frontier", "instances")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("%s is not there: the shared data lie beside the checkout", dir)
	}
	c, _, err := casefile.ReadCase(filepath.Join(dir, name+".case.json"))
	if err != nil {
		t.Fatal(err)
	}
	pr := problem{c: c}
	for k, p := range c.Parties {
		if pr.briefs[k], err = casefile.ReadBrief(filepath.Join(dir, fmt.Sprintf("%s.%s.json", name, p.ID)), c); err != nil {
			t.Fatal(err)
		}
	}
	return pr
}

func smallestStep(t testing.TB, pr problem, resolution int) int64 {
	t.Helper()
	var bounds []int64
	for _, b := range pr.briefs {
		n, err := Bound(pr.c, b)
		if err != nil {
			t.Fatal(err)
		}
		bounds = append(bounds, n)
	}
	return StepFor(resolution, bounds...)
}

// inSteps is a problem whose worths are those of another, rounded as the
// contract says: what a settlement really computes on.
func inSteps(pr problem, step int64) problem {
	out := problem{c: pr.c}
	for k, b := range pr.briefs {
		content := b.Content()
		worth := map[parley.PersonID]int64{}
		for _, h := range pr.c.Holdings() {
			n, _ := points(b.Position(), h)
			worth[h.ID] = floor(n, step)
		}
		content.Worth, content.Tags, content.Tiers = worth, nil, nil
		content.WalkAway = -floor(-content.WalkAway, step)
		out.briefs[k] = brief.New(content)
	}
	return out
}

// pareto is an oracle of its own for two parties and additive worth: all vectors
// of gains that no other beats, merged person by person (Nemhauser and Ullmann,
// Management Science 1969), somebody released.
func pareto(pr problem) [][2]int64 {
	type state struct {
		g        [2]int64
		somebody bool
	}
	states := []state{{}}
	for k, b := range pr.briefs {
		states[0].g[k] = -b.Position().WalkAway
	}
	for _, h := range pr.c.Holdings() {
		var d [2]int64
		for k, b := range pr.briefs {
			d[k], _ = points(b.Position(), h)
		}
		next := slices.Clone(states)
		for _, s := range states {
			next = append(next, state{[2]int64{s.g[0] + d[0], s.g[1] + d[1]}, true})
		}
		slices.SortFunc(next, func(a, b state) int {
			return cmp.Or(cmp.Compare(b.g[0], a.g[0]), cmp.Compare(b.g[1], a.g[1]), btoi(b.somebody)-btoi(a.somebody))
		})
		states = states[:0]
		for _, s := range next {
			if len(states) == 0 || s.g[1] > states[len(states)-1].g[1] {
				states = append(states, s)
			}
		}
	}
	var out [][2]int64
	for _, s := range states {
		if s.somebody && s.g[0] >= 0 && s.g[1] >= 0 {
			out = append(out, s.g)
		}
	}
	return out
}

// bestOf is the best of the vectors by the criterion and leximin.
func bestOf(all [][2]int64, c Criterion) (best [2]int64) {
	for i, g := range all {
		if i == 0 || compareGains(g, best, c) > 0 {
			best = g
		}
	}
	return best
}

func compareGains(a, b [2]int64, c Criterion) int {
	if c == Nash {
		p := new(big.Int).Mul(big.NewInt(a[0]), big.NewInt(a[1]))
		if d := p.Cmp(new(big.Int).Mul(big.NewInt(b[0]), big.NewInt(b[1]))); d != 0 {
			return d
		}
	}
	return cmp.Or(cmp.Compare(min(a[0], a[1]), min(b[0], b[1])), cmp.Compare(max(a[0], a[1]), max(b[0], b[1])))
}

// TestSharedInstances settles instances of up to 100 persons and holds them
// against an oracle, and against the open solver as far as it goes: on rounded
// worths given to both, and at a resolution that loses nothing.
func TestSharedInstances(t *testing.T) {
	for _, c := range []struct {
		name       string
		resolution int
		step       int64
		garbled    bool
	}{
		{"bil-20", 15, 0, true},
		{"bil-20", 127, 1, true},
		{"bil-50", 15, 0, true},
		{"bil-50", 127, 1, false},
		{"bil-100", 15, 0, true},
		{"bil-100", 127, 1, false},
	} {
		for _, criterion := range []Criterion{Nash, Maximin} {
			t.Run(fmt.Sprintf("%s at %d by %s", c.name, c.resolution, criterion), func(t *testing.T) {
				pr := sharedProblem(t, c.name)
				step := c.step
				if step == 0 {
					step = smallestStep(t, pr, c.resolution)
				}
				if testing.Short() && (step == 1 || c.name != "bil-20") {
					t.Skip("takes seconds")
				}
				checkShared(t, pr, termsFor(pr.c, SemiHonest, criterion, c.resolution, step, false), c.garbled)
			})
		}
	}
}

func checkShared(t *testing.T, pr problem, terms Terms, garbled bool) {
	t.Helper()
	p := mustPlan(t, pr.c, terms)
	in := mustInputs(t, p, pr.briefs)
	got := exchangeOf(p, inTheClear(p, in))
	if garbled {
		if r := whole(t, p, in); !slices.Equal(r.Release, got) {
			t.Fatalf("settled on %v, in the clear %v", r.Release, got)
		}
	}
	steps := inSteps(pr, terms.Step)
	all := pareto(steps)
	if (len(all) > 0) != (got != nil) {
		t.Fatalf("settled on %v, and %d exchanges are agreeable", got, len(all))
	}
	want := bestOf(all, terms.Criterion)
	if g := gains(steps, got); g != want && g != [2]int64{want[1], want[0]} {
		t.Fatalf("gains %v, want %v", g, want)
	}
	voices, _ := frontier.Voices(steps.c, steps.briefs[:]...)
	if _, err := frontier.New(steps.c, voices); errors.Is(err, frontier.ErrTooMany) {
		return
	}
	sameAsOpen(t, steps, terms.Criterion, got)
}

// TestTinySharedInstances are those that the open solver enumerates, with rules
// of the case and of the briefs: settled alike, or refused.
func TestTinySharedInstances(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	refused := 0
	for i := range 12 {
		name := fmt.Sprintf("tiny-bil-%d", i)
		pr := sharedProblem(t, name)
		step := smallestStep(t, pr, 15)
		for _, mode := range modes() {
			for _, criterion := range []Criterion{Nash, Maximin} {
				t.Run(fmt.Sprintf("%s %s %s", name, mode, criterion), func(t *testing.T) {
					terms := termsFor(pr.c, mode, criterion, 15, step, true)
					p := mustPlan(t, pr.c, terms)
					in := [2]Inputs{}
					for k, b := range pr.briefs {
						var err error
						if in[p.sideOf(k)], err = p.Inputs(b); errors.Is(err, ErrUnfit) {
							refused++
							return
						}
					}
					var got parley.Exchange
					if !p.Void() {
						got = whole(t, p, in).Release
					}
					sameAsOpen(t, inSteps(pr, step), criterion, got)
				})
			}
		}
	}
	if refused > 24 {
		t.Errorf("%d of 48 were refused", refused)
	}
}
