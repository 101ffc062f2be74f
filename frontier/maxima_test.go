package frontier

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// drawDeals are deals of few values, so that many gains are equal, or of many.
func drawDeals(t *rapid.T, most int) []deal {
	parties := rapid.IntRange(1, 6).Draw(t, "parties")
	values := rapid.SampledFrom([]int64{30, 3, 1000, 1}).Draw(t, "values")
	n := most - rapid.IntRange(0, most).Draw(t, "fewer")
	balanced := rapid.Bool().Draw(t, "balanced") // what one has more another has less: little is beaten
	seed := rapid.Uint64().Draw(t, "seed")
	next := func(below int64) int64 { // a draw for each number would take long
		seed = seed*6364136223846793005 + 1442695040888963407
		return int64(seed>>33) % below
	}
	var deals []deal
	for i := range n {
		d := deal{set: set(i + 1), heads: next(3)}
		for range parties {
			d.gains = append(d.gains, next(values))
		}
		if balanced {
			d.gains[0] = int64(parties)*values - sum(d.gains[1:]) + next(2)
		}
		deals = append(deals, d)
	}
	return deals
}

// unbeaten is maxima by its definition.
func unbeaten(deals []deal) []deal {
	var out []deal
	for i := range deals {
		stays := !slices.ContainsFunc(deals, func(d deal) bool {
			return beats(&d, &deals[i]) || slices.Equal(d.gains, deals[i].gains) && sameGains(&d, &deals[i]) > 0
		})
		if stays {
			out = append(out, deals[i])
		}
	}
	slices.SortFunc(out, descending)
	return out
}

func TestMaxima(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		deals := drawDeals(t, 400)
		want := fmt.Sprint(unbeaten(deals))
		if got := fmt.Sprint(maxima(slices.Clone(deals))); got != want {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
	})
}

// TestUncovered holds each way to thin one list by another to comparing one by
// one.
func TestUncovered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		deals := drawDeals(t, 60)
		if len(deals) == 0 {
			return
		}
		n := rapid.IntRange(0, len(deals)).Draw(t, "upper")
		upper, lower := deals[:n], deals[n:]
		parties := len(deals[0].gains)
		ways := []func(upper, lower []deal, k int) []deal{byLast, byLastTwo, byMiddle, byMiddle, byMiddle, byMiddle}
		for k := range parties {
			if n == 0 || n == len(deals) {
				break
			}
			got, want := ways[parties-k-1](upper, lower, k), oneByOne(upper, lower, k)
			slices.SortFunc(got, descending)
			slices.SortFunc(want, descending)
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("of %v by %v in gains from %d on: got %v, want %v", lower, upper, k, got, want)
			}
		}
	})
}

// TestNashIsTheProduct compares products of every size.
func TestNashIsTheProduct(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		gain := rapid.OneOf(rapid.Int64Range(0, 3), rapid.Int64Range(0, 1<<20), rapid.Int64Range(1<<60, 1<<61))
		parties := rapid.IntRange(1, 5).Draw(t, "parties")
		a := deal{gains: rapid.SliceOfN(gain, parties, parties).Draw(t, "a")}
		b := deal{gains: slices.Clone(a.gains)}
		b.gains[0] = gain.Draw(t, "b")
		slices.Reverse(b.gains)
		n := nash{in: rapid.Permutation([]int{0, 1, 2, 3, 4}[:parties]).Draw(t, "in")}
		product := func(gains []int64) *big.Int {
			p := big.NewInt(1)
			for _, g := range gains {
				p.Mul(p, big.NewInt(g))
			}
			return p
		}
		if got, want := n.compare(&a, &b), product(a.gains).Cmp(product(b.gains)); got != want {
			t.Fatalf("%v and %v: got %d, want %d", a.gains, b.gains, got, want)
		}
	})
}

// TestTimes multiplies at the edge of 128 bits.
func TestTimes(t *testing.T) {
	number := func(w wide) *big.Int {
		n := new(big.Int).Lsh(new(big.Int).SetUint64(w.hi), 64)
		return n.Add(n, new(big.Int).SetUint64(w.lo))
	}
	const most = math.MaxUint64
	for _, w := range []wide{{0, 1}, {0, most}, {1, 0}, {most / 3, most}, {most / 3, 0}, {most, most}, {most / 5, most - 1}} {
		for _, n := range []uint64{0, 1, 2, 3, 4, 5, 1 << 32, most} {
			want := new(big.Int).Mul(number(w), new(big.Int).SetUint64(n))
			got, fits := w.times(n)
			if fits != (want.BitLen() <= 128) || fits && number(got).Cmp(want) != 0 {
				t.Errorf("%v times %d: %v, fits %t", w, n, got, fits)
			}
		}
	}
}

// TestArchive takes deals one by one, with several merges on the way.
func TestArchive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		deals := drawDeals(t, 300)
		if len(deals) == 0 {
			return
		}
		a := newArchive(len(deals[0].gains))
		for i := range deals {
			a.take(&deals[i])
			if i%50 == 0 {
				a.merge()
			}
			if a.hopeless(&deals[i]) && !slices.ContainsFunc(deals[:i+1], func(d deal) bool { return beats(&d, &deals[i]) }) {
				t.Fatalf("%v is called hopeless and nothing beats it", deals[i])
			}
		}
		if got, want := fmt.Sprint(frontierOf([]*archive{a})), fmt.Sprint(unbeaten(deals)); got != want {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
	})
}

// TestSetsCompareAsLists holds the order of sets to that of sorted lists.
func TestSetsCompareAsLists(t *testing.T) {
	list := func(s set) (out []int) {
		for ; s != 0; s &= s - 1 {
			out = append(out, s.first())
		}
		return out
	}
	for a := range set(64) {
		for b := range set(64) {
			if got, want := a.compare(b), slices.Compare(list(a), list(b)); got != want {
				t.Fatalf("%v and %v: got %d, want %d", list(a), list(b), got, want)
			}
		}
	}
}

// TestOutlooks holds what conditions say of open choices to all choices.
func TestOutlooks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const n = 6
		some := func(label string) set { return set(rapid.IntRange(1, 1<<n-1).Draw(t, label)) }
		weights := rapid.SliceOfN(rapid.Int64Range(-2, 3), n, n).Draw(t, "weights")
		least := rapid.Int64Range(-3, 3).Draw(t, "least")
		open := some("open")
		for _, c := range []condition{
			all{some("all")},
			none{some("none")},
			whole{some("whole")},
			single{some("single")},
			follows{set(1) << rapid.IntRange(0, n-1).Draw(t, "cause"), some("effect")},
			newTally(weights, least, least+rapid.Int64Range(0, 4).Draw(t, "width")),
			newTally(weights, noLeast, least),
			newTally(weights, least, noMost),
		} {
			checkOutlook(t, c, open, firstOf(n)&^open)
		}
	})
}

func checkOutlook(t *rapid.T, c condition, open, closed set) {
	t.Helper()
	kept := map[int64]string{} // by state, which choices keep the rule
	for s := set(0); s <= closed; s++ {
		if s&^closed != 0 {
			continue
		}
		var choices string
		some, every := false, true
		for x := set(0); x <= open; x++ {
			if x&^open == 0 {
				ok := c.holds(s | x)
				some, every = some || ok, every && ok
				choices += fmt.Sprint(ok, " ")
			}
		}
		may, must := c.outlook(s, open)
		if some && !may || must && !every {
			t.Fatalf("%#v at %b with %b open: may %t must %t, holds for some %t every %t", c, s, open, may, must, some, every)
		}
		if !may || must {
			continue
		}
		if k := c.state(s, open); kept[k] == "" {
			kept[k] = choices
		} else if kept[k] != choices {
			t.Fatalf("%#v: state %d of %b with %b open stands for different choices", c, k, s, open)
		}
	}
}
