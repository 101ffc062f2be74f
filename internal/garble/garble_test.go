package garble

import (
	"bufio"
	"bytes"
	"crypto/aes"
	"crypto/rand"
	"errors"
	"io"
	mrand "math/rand/v2"
	"slices"
	"testing"
	"testing/iotest"
)

// program is a circuit to be run on every machine: bits in, bits out, and
// numbers that the evaluator knows.
type program func(m Machine, in []Wire, numbers []*OneHot) []Wire

const testDepth = 4

func inTheClear(p program, in []bool, numbers []int) []bool {
	ws := make([]Wire, len(in))
	for i, v := range in {
		ws[i] = Bit(v)
	}
	hots := make([]*OneHot, len(numbers))
	for i, n := range numbers {
		hots[i] = ClearOneHot(testDepth, n)
	}
	var out []bool
	for _, w := range p(Clear{}, ws, hots) {
		out = append(out, w.Colour() == 1)
	}
	return out
}

// garbled runs a program on a garbler and an evaluator with a pipe between them.
// Each input's label and each transfer is handed over as an ideal oblivious
// transfer would do it.
func garbled(t testing.TB, p program, in []bool, numbers []int, plainG, plainE bool) ([]bool, int) {
	t.Helper()
	var seed [SeedSize]byte
	var key [KeySize]byte
	_, _ = rand.Read(seed[:])
	_, _ = rand.Read(key[:])
	var wire bytes.Buffer
	g := newGarbler(seed, newHasher(key, plainG), &wire)
	zeros, active := make([]Wire, len(in)), make([]Wire, len(in))
	for i, v := range in {
		zeros[i] = g.Label()
		active[i] = g.Active(zeros[i], v)
	}
	ours, theirs := make([]*OneHot, len(numbers)), make([]*OneHot, len(numbers))
	for i, n := range numbers {
		var pairs []Pair
		ours[i], pairs = g.OneHot(testDepth, i)
		got := make([]Wire, testDepth)
		for level := range got {
			got[level] = pairs[level][1-n>>(testDepth-level-1)&1]
		}
		theirs[i] = NewOneHot(testDepth, n, i, got)
	}
	var decodings []Decoding
	outs := slices.Clone(p(g, zeros, ours))
	for i, w := range outs {
		decodings = append(decodings, g.Decoding(w, i))
	}
	sent := wire.Len()
	e := &Evaluator{one: g.Constant(), in: &wire, hash: newHasher(key, plainE)}
	labels := p(e, active, theirs)
	if err := errors.Join(g.Err(), e.Err()); err != nil || wire.Len() != 0 {
		t.Fatalf("error %v, %d bytes left", err, wire.Len())
	}
	values := make([]bool, len(labels))
	for i, l := range labels {
		v, ok := decodings[i].Decode(l, i)
		back, known := g.Value(outs[i], l)
		if !ok || !known || v != back {
			t.Fatalf("output %d: decoded %v %v, read back %v %v", i, v, ok, back, known)
		}
		values[i] = v
	}
	return values, sent
}

// mess is a program of random gates over its inputs, vectors of any length.
func mess(r *mrand.Rand, steps int) program {
	seed := [32]byte{byte(r.Uint32()), byte(r.Uint32()), byte(r.Uint32())}
	return func(m Machine, in []Wire, numbers []*OneHot) []Wire {
		r := mrand.New(mrand.NewChaCha8(seed))
		ws := append(slices.Clone(in), m.One(), Wire{})
		pick := func(n int) []Wire {
			out := make([]Wire, n)
			for i := range out {
				out[i] = ws[r.IntN(len(ws))]
			}
			return out
		}
		for range steps {
			n := 1 + r.IntN(3*batch)
			dst := make([]Wire, n)
			switch r.IntN(4) {
			case 0:
				XorInto(dst, pick(n), pick(n))
			case 1:
				XorAll(dst, pick(n), m.One())
			case 2:
				m.And(dst, pick(n), pick(n))
			default:
				if len(numbers) == 0 {
					continue
				}
				h := numbers[r.IntN(len(numbers))]
				dst = make([]Wire, n*h.Leaves())
				m.Product(h, pick(n), func(leaf, at int, y []Wire) {
					XorInto(dst[leaf*n+at:leaf*n+at+len(y)], dst[leaf*n+at:], y)
				})
			}
			ws = append(ws, dst...)
		}
		return ws[len(ws)-min(len(ws), 500):]
	}
}

func TestGarbledIsAsInTheClear(t *testing.T) {
	r := mrand.New(mrand.NewPCG(1, 2))
	for round := range 60 {
		in := make([]bool, 1+r.IntN(40))
		for i := range in {
			in[i] = r.IntN(2) == 1
		}
		numbers := make([]int, r.IntN(4))
		for i := range numbers {
			numbers[i] = r.IntN(1 << testDepth)
		}
		p := mess(r, 1+r.IntN(12))
		got, sent := garbled(t, p, in, numbers, round%2 == 0, round%3 == 0)
		if want := inTheClear(p, in, numbers); !slices.Equal(got, want) {
			t.Fatalf("round %d: garbled and clear differ", round)
		}
		var c Counter
		hots := make([]*OneHot, len(numbers))
		for i := range hots {
			hots[i] = ClearOneHot(testDepth, 0)
		}
		p(&c, make([]Wire, len(in)), hots)
		if int64(sent) != c.Bytes() {
			t.Fatalf("%d bytes sent, counted %d", sent, c.Bytes())
		}
	}
}

func TestProductPicksTheNumber(t *testing.T) {
	for n := range 1 << testDepth {
		p := func(m Machine, in []Wire, numbers []*OneHot) []Wire {
			out := make([]Wire, numbers[0].Leaves())
			m.Product(numbers[0], in, func(leaf, _ int, y []Wire) { out[leaf] = y[0] })
			return out
		}
		got, _ := garbled(t, p, []bool{true}, []int{n}, false, false)
		for leaf, v := range got {
			if v != (leaf == n) {
				t.Errorf("number %d: leaf %d is %v", n, leaf, v)
			}
		}
	}
}

// TestSameSeedSameStream holds the garbler to what resending relies on.
func TestSameSeedSameStream(t *testing.T) {
	p := mess(mrand.New(mrand.NewPCG(3, 4)), 10)
	run := func(seed, key byte) []byte {
		var out bytes.Buffer
		g := NewGarbler([SeedSize]byte{seed}, [KeySize]byte{key}, &out)
		h, _ := g.OneHot(testDepth, 0)
		p(g, []Wire{g.Label(), g.Label()}, []*OneHot{h})
		return out.Bytes()
	}
	if !bytes.Equal(run(1, 1), run(1, 1)) {
		t.Error("the same seed gave another stream")
	}
	if bytes.Equal(run(1, 1), run(2, 1)) || bytes.Equal(run(1, 1), run(1, 2)) {
		t.Error("another seed or key gave the same stream")
	}
}

// FuzzHash holds the assembly to the standard library's AES.
func FuzzHash(f *testing.F) {
	f.Add([]byte("0123456789abcdef"), []byte("some text to be hashed"), uint64(7))
	f.Fuzz(func(t *testing.T, key, text []byte, tweak uint64) {
		if !hasAssembly {
			t.Skip("no assembly on this machine")
		}
		var k [KeySize]byte
		copy(k[:], key)
		n := (len(text)/Size/lane + 1) * lane
		src, tweaks := make([]Wire, n), make([]Wire, n)
		copy(Bytes(src), text)
		for i := range tweaks {
			tweaks[i].set(tweak+uint64(i), tweak*uint64(i))
		}
		fast, slow := make([]Wire, n), make([]Wire, n)
		newHasher(k, false).hash(fast, src, tweaks)
		newHasher(k, true).hash(slow, src, tweaks)
		if !slices.Equal(fast, slow) {
			t.Fatal("the assembly and the standard library differ")
		}
	})
}

func TestHashRandom(t *testing.T) {
	if !hasAssembly {
		t.Skip("no assembly on this machine")
	}
	for range 200 {
		var k [KeySize]byte
		src, tweak := make([]Wire, 64), make([]Wire, 64)
		_, _ = rand.Read(k[:])
		_, _ = rand.Read(Bytes(src))
		_, _ = rand.Read(Bytes(tweak))
		fast, slow := make([]Wire, 64), make([]Wire, 64)
		newHasher(k, false).hash(fast, src, tweak)
		newHasher(k, true).hash(slow, src, tweak)
		if !slices.Equal(fast, slow) {
			t.Fatal("the assembly and the standard library differ")
		}
	}
}

// TestKeySchedule is FIPS 197, appendix A.1, and appendix B by way of the
// standard library.
func TestKeySchedule(t *testing.T) {
	key := [16]byte{0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6, 0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c}
	last := [16]byte{0xd0, 0x14, 0xf9, 0xa8, 0xc9, 0xee, 0x25, 0x89, 0xe1, 0x3f, 0x0c, 0xc8, 0xb6, 0x63, 0x0c, 0xa6}
	if got := expand(key)[10]; got != last {
		t.Errorf("last round key %x, want %x", got, last)
	}
	if _, err := aes.NewCipher(key[:]); err != nil {
		t.Fatal(err)
	}
}

func TestReadAndWriteErrorsAreKept(t *testing.T) {
	broken := errors.New("broken")
	ws := make([]Wire, 300)
	g := NewGarbler([SeedSize]byte{}, [KeySize]byte{}, brokenWriter{broken})
	g.And(ws, ws, ws)
	h, _ := g.OneHot(1, 0)
	g.Product(h, ws, func(int, int, []Wire) { t.Error("a product after an error") })
	if !errors.Is(g.Err(), broken) {
		t.Errorf("garbler: %v", g.Err())
	}
	e := NewEvaluator([KeySize]byte{}, Wire{}, iotest.ErrReader(broken))
	e.And(ws, ws, ws)
	e.Product(NewOneHot(1, 0, 0, make([]Wire, 1)), ws, func(int, int, []Wire) { t.Error("a product after an error") })
	if !errors.Is(e.Err(), broken) {
		t.Errorf("evaluator: %v", e.Err())
	}
	short := NewEvaluator([KeySize]byte{}, Wire{}, bytes.NewReader(make([]byte, 40)))
	short.And(ws, ws, ws)
	if !errors.Is(short.Err(), io.ErrUnexpectedEOF) && !errors.Is(short.Err(), io.EOF) {
		t.Errorf("truncated: %v", short.Err())
	}
}

type brokenWriter struct{ err error }

func (b brokenWriter) Write([]byte) (int, error) { return 0, b.err }

// TestAChangedCiphertextIsNoticed: a label that comes of a changed table is no
// label of the garbler's, or the change did not matter.
func TestAChangedCiphertextIsNoticed(t *testing.T) {
	noticed := 0
	for at := range 32 {
		for value := range 4 {
			var out bytes.Buffer
			g := NewGarbler([SeedSize]byte{byte(at)}, [KeySize]byte{1}, &out)
			a, b := g.Label(), g.Label()
			dst := make([]Wire, 1)
			g.And(dst, []Wire{a}, []Wire{b})
			d := g.Decoding(dst[0], 0)
			table := out.Bytes()
			table[at] ^= 0x10
			e := NewEvaluator([KeySize]byte{1}, g.Constant(), bytes.NewReader(table))
			got := make([]Wire, 1)
			e.And(got, []Wire{g.Active(a, value&1 == 1)}, []Wire{g.Active(b, value&2 == 2)})
			v, ok := d.Decode(got[0], 0)
			if ok && v != (value == 3) {
				t.Fatalf("byte %d, inputs %d: a wrong value was taken", at, value)
			}
			if !ok {
				noticed++
			}
		}
	}
	if noticed == 0 {
		t.Error("no change was noticed")
	}
}

// TestMemoryIsConstant: a long circuit takes no more than a short one.
func TestMemoryIsConstant(t *testing.T) {
	ws := make([]Wire, 1000)
	measure := func(rounds int) float64 {
		return testing.AllocsPerRun(1, func() {
			g := NewGarbler([SeedSize]byte{}, [KeySize]byte{}, bufio.NewWriter(io.Discard))
			for range rounds {
				g.And(ws, ws, ws)
			}
		})
	}
	// The runtime allocates a little now and then, whatever is measured.
	if short, long := measure(1), measure(200); long > short+50 {
		t.Errorf("%v allocations for one round, %v for 200", short, long)
	}
}
