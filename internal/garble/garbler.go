package garble

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
)

// SeedSize is the length of a garbler's seed in bytes.
const SeedSize = 32

// Garbler is the side that makes the labels. All that it does follows from its
// seed: the same seed, key and program give the same stream, byte for byte. So a
// seed must never serve for two different choices of inputs.
type Garbler struct {
	random cipher.Stream
	delta  Wire
	one    Wire
	out    io.Writer
	err    error

	hash            *hasher
	gate            uint64
	src, sum, tweak [4 * batch]Wire
	tables          [2 * batch]Wire
	leaves          [MaxLeaves][ProductBlock]Wire
	ciphertexts     [ProductBlock]Wire
}

// NewGarbler makes a garbler from a secret seed and a hash key that both sides
// know. It writes its ciphertexts to out, which should be buffered.
func NewGarbler(seed [SeedSize]byte, key [KeySize]byte, out io.Writer) *Garbler {
	return newGarbler(seed, newHasher(key, false), out)
}

// NewPlainGarbler is NewGarbler without the assembly.
func NewPlainGarbler(seed [SeedSize]byte, key [KeySize]byte, out io.Writer) *Garbler {
	return newGarbler(seed, newHasher(key, true), out)
}

func newGarbler(seed [SeedSize]byte, hash *hasher, out io.Writer) *Garbler {
	g := &Garbler{random: stream(seed[:], "garbler"), hash: hash, out: out}
	g.delta = g.Label()
	g.delta[0] |= 1
	g.one = g.Label()
	return g
}

// stream is AES-256 in counter mode under a key of its own for each purpose.
func stream(seed []byte, purpose string) cipher.Stream {
	key := sha256.Sum256(append([]byte("parley/v1/garble/"+purpose+"\x00"), seed...))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(fmt.Sprintf("garble: a key of %d bytes: %v", len(key), err))
	}
	return cipher.NewCTR(block, make([]byte, aes.BlockSize))
}

// Label draws a fresh label for 0: an input of the circuit.
func (g *Garbler) Label() (w Wire) {
	g.random.XORKeyStream(w[:], w[:])
	return w
}

// Active is the label that stands for the value of a wire: what the evaluator
// may hold of it.
func (g *Garbler) Active(w Wire, value bool) Wire {
	bit := byte(0)
	if value {
		bit = 1
	}
	return w.Xor(g.delta.and(spread(bit)))
}

// Constant is the label that stands for the constant 1: the evaluator needs it
// before the circuit begins.
func (g *Garbler) Constant() Wire { return g.one }

// One is the constant 1.
func (g *Garbler) One() Wire { return g.one.Xor(g.delta) }

// Err is the first error of writing.
func (g *Garbler) Err() error { return g.err }

// And garbles a vector of ANDs and writes 32 bytes for each.
func (g *Garbler) And(dst, a, b []Wire) {
	for len(dst) > 0 && g.err == nil {
		n := min(batch, len(dst))
		g.and(dst[:n], a[:n], b[:n])
		g.write(g.tables[:2*n])
		dst, a, b = dst[n:], a[n:], b[n:]
	}
}

func (g *Garbler) write(ws []Wire) {
	if g.err == nil {
		_, g.err = g.out.Write(Bytes(ws))
	}
}

// and is one batch: figure 2 of Zahur, Rosulek and Evans. Four hashes a gate.
func (g *Garbler) and(dst, a, b []Wire) {
	dl, dh := g.delta.halves()
	for i := range dst {
		al, ah := a[i].halves()
		bl, bh := b[i].halves()
		s := g.src[4*i : 4*i+4 : 4*i+4]
		s[0] = a[i]
		s[1].set(al^dl, ah^dh)
		s[2] = b[i]
		s[3].set(bl^dl, bh^dh)
		t := g.tweak[4*i : 4*i+4 : 4*i+4]
		t[0].set(g.gate, 0)
		t[1].set(g.gate, 0)
		t[2].set(g.gate+1, 0)
		t[3].set(g.gate+1, 0)
		g.gate += 2
	}
	n := (4*len(dst) + lane - 1) / lane * lane
	g.hash.hash(g.sum[:n], g.src[:n], g.tweak[:n])
	for i := range dst {
		g.half(i, &dst[i], a[i], b[i].Colour())
	}
}

// half makes the two ciphertexts of gate i of the batch, and its output.
func (g *Garbler) half(i int, dst *Wire, a Wire, colourB byte) {
	dl, dh := g.delta.halves()
	al, ah := a.halves()
	h := g.sum[4*i : 4*i+4 : 4*i+4]
	h0l, h0h := h[0].halves()
	h1l, h1h := h[1].halves()
	h2l, h2h := h[2].halves()
	h3l, h3h := h[3].halves()
	pa, pb := spread(a.Colour()), spread(colourB)

	gl, gh := h0l^h1l^dl&pb, h0h^h1h^dh&pb // the garbler's half
	el, eh := h2l^h3l^al, h2h^h3h^ah       // the evaluator's half
	g.tables[2*i].set(gl, gh)
	g.tables[2*i+1].set(el, eh)
	dst.set(h0l^gl&pa^h2l^(el^al)&pb, h0h^gh&pa^h2h^(eh^ah)&pb)
}

// Decoding tells the evaluator what an output wire's labels mean.
type Decoding struct {
	Colour byte     // the colour of the label for 0
	Check  [2]Check // what the labels hash to, by colour
}

// Check is a digest of an output label, so that a forged one is noticed.
type Check [16]byte

// Decoding is for output wire number at.
func (g *Garbler) Decoding(w Wire, at int) (d Decoding) {
	d.Colour = w.Colour()
	for _, value := range []bool{false, true} {
		label := g.Active(w, value)
		d.Check[label.Colour()] = check(label, at)
	}
	return d
}

func check(label Wire, at int) (c Check) {
	text := binary.BigEndian.AppendUint64([]byte("parley/v1/garble/output\x00"), uint64(at))
	sum := sha256.Sum256(append(text, label[:]...))
	copy(c[:], sum[:])
	return c
}

// Value reads an output label that came back; false if it is neither.
func (g *Garbler) Value(w, label Wire) (value, ok bool) {
	zero, one := g.Active(w, false), g.Active(w, true)
	return same(label, one), same(label, zero) != same(label, one)
}
