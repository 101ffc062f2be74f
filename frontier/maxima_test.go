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
		d := deal{at: int64(i + 1), heads: next(3)}
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
			return above(d.gains, deals[i].gains) || slices.Equal(d.gains, deals[i].gains) && (d.heads > deals[i].heads || d.heads == deals[i].heads && d.at < deals[i].at)
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
	number := func(w wide128) *big.Int {
		n := new(big.Int).Lsh(new(big.Int).SetUint64(w.hi), 64)
		return n.Add(n, new(big.Int).SetUint64(w.lo))
	}
	const most = math.MaxUint64
	for _, w := range []wide128{{0, 1}, {0, most}, {1, 0}, {most / 3, most}, {most / 3, 0}, {most, most}, {most / 5, most - 1}} {
		for _, n := range []uint64{0, 1, 2, 3, 4, 5, 1 << 32, most} {
			want := new(big.Int).Mul(number(w), new(big.Int).SetUint64(n))
			got, fits := w.times(n)
			if fits != (want.BitLen() <= 128) || fits && number(got).Cmp(want) != 0 {
				t.Errorf("%v times %d: %v, fits %t", w, n, got, fits)
			}
		}
	}
}
