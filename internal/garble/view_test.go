package garble

import (
	"bytes"
	"crypto/rand"
	"math"
	mrand "math/rand/v2"
	"testing"
)

// What an evaluator sees, real or made up by a simulator that knows no input:
// labels, ciphertexts, and the sums of ciphertexts of gates with the same
// inputs, in which a tweak that serves twice would show.

const viewGates = 4

// realView garbles the same AND of the inputs four times, and a product. spoil
// breaks the garbler between steps.
func realView(in [3]bool, spoil func(g *Garbler, labels []Wire)) []byte {
	var seed [SeedSize]byte
	_, _ = rand.Read(seed[:])
	var out bytes.Buffer
	g := NewGarbler(seed, [KeySize]byte{seed[0], seed[1]}, &out)
	labels := []Wire{g.Label(), g.Label(), g.Label()}
	spoil(g, labels)
	dst := make([]Wire, 1)
	for range viewGates {
		g.And(dst, labels[:1], labels[1:2])
		spoil(g, nil)
	}
	h, _ := g.OneHot(2, 0)
	g.Product(h, labels[2:], func(int, int, []Wire) {})
	var active []Wire
	for i, w := range labels {
		active = append(active, g.Active(w, in[i]))
	}
	return withSums(active, out.Bytes())
}

func simulatedView() []byte {
	active, tables := make([]Wire, 3), make([]Wire, 2*viewGates+1)
	_, _ = rand.Read(Bytes(active))
	_, _ = rand.Read(Bytes(tables))
	return withSums(active, Bytes(tables))
}

func withSums(active []Wire, stream []byte) []byte {
	v := append(bytes.Clone(Bytes(active)), stream...)
	for i := 2 * Size; i < 2*Size*viewGates; i++ {
		v = append(v, stream[i]^stream[i-2*Size])
	}
	return v
}

// largest is the largest deviation of a bit of the views between those that are
// marked and those that aren't, in standard deviations.
func largest(views [][]byte, marked []bool) (most float64) {
	for i := range 8 * len(views[0]) {
		var ones, count [2]float64
		for n, v := range views {
			k := 0
			if marked[n] {
				k = 1
			}
			ones[k] += float64(v[i/8] >> (i % 8) & 1)
			count[k]++
		}
		p := (ones[0] + ones[1]) / (count[0] + count[1])
		if p > 0 && p < 1 {
			most = max(most, math.Abs(ones[1]/count[1]-ones[0]/count[0])/math.Sqrt(p*(1-p)*(1/count[0]+1/count[1])))
		}
	}
	return most
}

// chance is passed by one of some 4,000 bits once in a hundred thousand times.
const chance = 6.5

func intact(*Garbler, []Wire) {}

func TestViewIsAsSimulated(t *testing.T) {
	compare := func(spoil func(*Garbler, []Wire)) float64 {
		var views [][]byte
		var real []bool
		for n := range 2000 {
			in := [3]bool{n&2 > 0, n&4 > 0, n&8 > 0}
			if n&1 == 0 {
				views = append(views, realView(in, spoil))
			} else {
				views = append(views, simulatedView())
			}
			real = append(real, n&1 == 0)
		}
		return largest(views, real)
	}
	if d := compare(intact); d > chance {
		t.Errorf("a bit deviates by %.1f from what a simulator makes up", d)
	}
	// The same test catches a tweak that serves twice.
	if d := compare(func(g *Garbler, _ []Wire) { g.gate = 0 }); d < chance {
		t.Errorf("a tweak that serves twice is not caught: %.1f", d)
	}
}

func TestViewTellsNoInput(t *testing.T) {
	compare := func(spoil func(*Garbler, []Wire)) float64 {
		r := mrand.New(mrand.NewPCG(1, 1))
		var views [][]byte
		var secret []bool
		for range 2000 {
			in := [3]bool{r.IntN(2) == 1, r.IntN(2) == 1, r.IntN(2) == 1}
			views, secret = append(views, realView(in, spoil)), append(secret, in[0])
		}
		return largest(views, secret)
	}
	if d := compare(intact); d > chance {
		t.Errorf("a bit deviates by %.1f with an input", d)
	}
	// The same test catches a colour that is the value.
	coloured := func(_ *Garbler, labels []Wire) {
		for i := range labels {
			labels[i][0] &^= 1
		}
	}
	if d := compare(coloured); d < chance {
		t.Errorf("a colour that is the value is not caught: %.1f", d)
	}
}

// TestColoursDiffer: Δ ends in 1, or colours would say nothing.
func TestColoursDiffer(t *testing.T) {
	for i := range 50 {
		g := NewGarbler([SeedSize]byte{byte(i)}, [KeySize]byte{}, nil)
		w := g.Label()
		zero, one := g.Active(w, false), g.Active(w, true)
		if zero.Colour() == one.Colour() {
			t.Fatal("both labels of a wire have one colour")
		}
	}
}
