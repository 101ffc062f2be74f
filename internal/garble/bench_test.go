package garble

import (
	"bufio"
	"io"
	"testing"
)

// One operation of these is a vector of 1,000 ANDs.
func BenchmarkGarble(b *testing.B)          { benchGarble(b, false) }
func BenchmarkGarblePlain(b *testing.B)     { benchGarble(b, true) }
func BenchmarkEvaluate(b *testing.B)        { benchEvaluate(b, false) }
func BenchmarkEvaluatePlain(b *testing.B)   { benchEvaluate(b, true) }
func BenchmarkProductGarble(b *testing.B)   { benchProduct(b, true) }
func BenchmarkProductEvaluate(b *testing.B) { benchProduct(b, false) }

const benchANDs = 1000

func benchGarble(b *testing.B, plain bool) {
	g := newGarbler([SeedSize]byte{1}, newHasher([KeySize]byte{2}, plain), bufio.NewWriterSize(io.Discard, 1<<16))
	x, y := make([]Wire, benchANDs), make([]Wire, benchANDs)
	for b.Loop() {
		g.And(x, x, y)
	}
	b.ReportMetric(benchANDs*float64(b.N)/b.Elapsed().Seconds()/1e6, "MAND/s")
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func benchEvaluate(b *testing.B, plain bool) {
	e := &Evaluator{in: zeros{}, hash: newHasher([KeySize]byte{2}, plain)}
	x, y := make([]Wire, benchANDs), make([]Wire, benchANDs)
	for b.Loop() {
		e.And(x, x, y)
	}
	b.ReportMetric(benchANDs*float64(b.N)/b.Elapsed().Seconds()/1e6, "MAND/s")
}

// benchProduct is over 1,000 wires and 16 leaves.
func benchProduct(b *testing.B, garble bool) {
	g := NewGarbler([SeedSize]byte{1}, [KeySize]byte{2}, io.Discard)
	var m Machine = g
	h, _ := g.OneHot(MaxDepth, 0)
	if !garble {
		m = NewEvaluator([KeySize]byte{2}, Wire{}, zeros{})
		h = NewOneHot(MaxDepth, 5, 0, make([]Wire, MaxDepth))
	}
	x, out := make([]Wire, benchANDs), make([]Wire, benchANDs)
	for b.Loop() {
		m.Product(h, x, func(_, at int, y []Wire) { XorInto(out[at:at+len(y)], out[at:], y) })
	}
	b.ReportMetric(benchANDs*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mwire/s")
}
