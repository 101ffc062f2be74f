package frontier_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"parley"
	"parley/frontier"
)

// patience is a context that ends after it was asked so often whether it has.
type patience struct {
	context.Context
	left *atomic.Int64
}

func (p patience) Err() error {
	if p.left.Add(-1) < 0 {
		return context.DeadlineExceeded
	}
	return nil
}

func after(n int64) context.Context {
	p := patience{context.Background(), new(atomic.Int64)}
	p.left.Store(n)
	return p
}

// TestStoppedSearch stops at every stage: what is given is agreeable, and what
// is still possible is not less than what there is.
func TestStoppedSearch(t *testing.T) {
	stopped := 0
	check := func(t *rapid.T) {
		d := drawCase(t)
		o := consult(d.c, d.voices)
		fits := o.agreeable()
		by := rapid.SampledFrom(frontier.Criteria()).Draw(t, "criterion")
		p, err := frontier.New(d.c, d.voices)
		if err != nil {
			t.Fatal(err)
		}
		ctx := after(rapid.Int64Range(0, 12).Draw(t, "patience"))
		a, err := p.Solve(ctx, frontier.Options{Criterion: by, Frontier: true, Offer: &parley.Offer{}})
		if err != nil {
			t.Fatal(err)
		}
		if a.Best != nil && !slices.ContainsFunc(fits, func(x outcome) bool { return x.String() == tell(*a.Best) }) {
			t.Fatalf("best %s is not agreeable\n%s", tell(*a.Best), d)
		}
		if a.Agreeable != (a.Best != nil) || a.Proved != (a.Bound == nil) || a.Tied {
			t.Fatalf("agreeable %t best %v proved %t bound %v tied %t", a.Agreeable, a.Best, a.Proved, a.Bound, a.Tied)
		}
		if a.Proved && a.Best != nil && tell(*a.Best) != o.best(by, fits).String() {
			t.Fatalf("proved %s, and the best is %s\n%s", tell(*a.Best), o.best(by, fits), d)
		}
		if a.Frontier != nil && a.Best != nil && a.Frontier.Complete && !slices.Equal(tellGains(a.Frontier.Points), gainsTold(o.frontier(fits))) {
			t.Fatalf("a complete frontier that is not: %v\n%s", tellAll(a.Frontier.Points), d)
		}
		if !a.Proved {
			stopped++
			checkBound(t, o, a, fits)
		} else if len(fits) == 0 && len(a.Why) == 0 {
			t.Fatalf("nothing agreeable and no reason\n%s", d)
		}
	}
	checkUntil(t, check, &stopped, "no search was stopped")
}

func checkBound(t *rapid.T, o *oracle, a *frontier.Answer, fits []outcome) {
	t.Helper()
	if a.Best == nil && len(a.Why) != 1 {
		t.Fatalf("nothing found and not told why: %q", a.Why)
	}
	if len(fits) == 0 {
		return
	}
	bound, ok := new(big.Rat).SetString(a.Bound.Value)
	if !ok {
		t.Fatalf("bound %q", a.Bound.Value)
	}
	ideal := o.ideal(fits)
	values := worthBy(a.Criterion, o.best(a.Criterion, fits), ideal)
	if len(values) > 0 && bound.Cmp(values[0]) < 0 {
		t.Fatalf("bound %s is below the best, %s", a.Bound.Value, values[0])
	}
}

// TestSpentLimit gives an answer even where nothing could be looked at.
func TestSpentLimit(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	c := contractCase()
	voices, _ := frontier.Voices(c, contractBriefs()...)
	for by, want := range map[frontier.Criterion]string{
		// The one agreeable exchange gains 5 and 10 and releases two.
		frontier.Nash: "50", frontier.KS: "1", frontier.Maximin: "5", frontier.Total: "15", frontier.Home: "2",
	} {
		p, err := frontier.New(c, voices)
		if err != nil {
			t.Fatal(err)
		}
		a, err := p.Solve(ctx, frontier.Options{Criterion: by, Frontier: true})
		if err != nil || a.Proved || a.Frontier != nil && a.Frontier.Complete {
			t.Fatalf("%s: %v, proved %t, frontier %v", by, err, a.Proved, a.Frontier)
		}
		bound, _ := new(big.Rat).SetString(a.Bound.Value)
		least, _ := new(big.Rat).SetString(want)
		if bound.Cmp(least) < 0 {
			t.Errorf("%s: bound %s, and %s is possible", by, a.Bound.Value, want)
		}
	}
}

// TestManyWorkersOneAnswer weighs 24 persons of near constant sum and rules that
// keep the halves from being thinned, with different numbers of processors.
func TestManyWorkersOneAnswer(t *testing.T) {
	if testing.Short() {
		t.Skip("weighs 24 persons several times")
	}
	c, voices := madeUp(24, 3, 100, 5)
	c.Rules = []parley.Rule{
		parley.Equal{A: parley.Selector{HeldBy: "p0"}, B: parley.Selector{HeldBy: "p1"}},
		parley.Together{IDs: []parley.PersonID{"x00", "x23"}},
	}
	var want []string
	for _, n := range []int{1, 2, 3, 8} {
		before := runtime.GOMAXPROCS(n)
		var got []string
		for _, by := range frontier.Criteria() {
			text, err := json.Marshal(solve(t, c, voices, frontier.Options{Criterion: by, Frontier: true, Offer: &parley.Offer{Release: []parley.PersonID{"x01"}}}))
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, string(text))
		}
		runtime.GOMAXPROCS(before)
		if want == nil {
			want = got
		}
		if !slices.Equal(got, want) {
			t.Errorf("with %d processors the answer differs:\n%s\n%s", n, got, want)
		}
	}
}

// TestReleasesOfLongFrontiers shows exchanges on more than 1,000 points only if
// asked to.
func TestReleasesOfLongFrontiers(t *testing.T) {
	c := &parley.Case{ID: "long", Parties: []parley.Party{{ID: "a"}, {ID: "b"}}}
	a, b := map[parley.PersonID]int64{}, map[parley.PersonID]int64{}
	for i := range 11 {
		id := parley.PersonID(fmt.Sprintf("x%02d", i))
		c.Persons = append(c.Persons, parley.Person{ID: id, HeldBy: "a"})
		a[id], b[id] = 1<<i, -1<<i
	}
	voices := []frontier.Voice{voice("a", 0, a), voice("b", -2000, b)}
	for _, asked := range []bool{false, true} {
		f := solve(t, c, voices, frontier.Options{Frontier: true, Releases: asked}).Frontier
		if len(f.Points) != 2000 { // sums 1 to 2000; 0 releases nobody
			t.Fatalf("%d points", len(f.Points))
		}
		for i, p := range f.Points {
			if (p.Release != nil) != asked || p.Gains[0].Points != int64(i+1) {
				t.Fatalf("point %d, asked %t: %s", i, asked, tell(p))
			}
		}
	}
	voices[1] = voice("b", -1000, b)
	f := solve(t, c, voices, frontier.Options{Frontier: true}).Frontier
	if len(f.Points) != 1000 || f.Points[999].Release == nil {
		t.Errorf("%d points, the last %s", len(f.Points), tell(f.Points[len(f.Points)-1]))
	}
}
