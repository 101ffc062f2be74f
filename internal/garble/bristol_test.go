package garble

import (
	"bytes"
	"crypto/aes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/big"
	"strings"
	"testing"
)

// drawing writes a circuit file in the Bristol Fashion. Wires are drawn as they
// are needed; the outputs are copied to the end.
type drawing struct {
	gates strings.Builder
	count int
	next  int
}

func draw(inputs int) *drawing { return &drawing{next: inputs} }

func (d *drawing) gate(name string, in ...int) int {
	fmt.Fprintf(&d.gates, "%d 1", len(in))
	for _, w := range in {
		fmt.Fprintf(&d.gates, " %d", w)
	}
	fmt.Fprintf(&d.gates, " %d %s\n", d.next, name)
	d.count++
	d.next++
	return d.next - 1
}

func (d *drawing) file(inputs []int, out []int) string {
	for _, w := range out {
		d.gate("EQW", w)
	}
	ins := strings.Trim(fmt.Sprint(inputs), "[]")
	return fmt.Sprintf("%d %d\n%d %s\n1 %d\n\n%s", d.count, d.next, len(inputs), ins, len(out), d.gates.String())
}

type word []int // the last bit first

func (d *drawing) xor(a, b word) word {
	out := make(word, len(a))
	for i := range a {
		out[i] = d.gate("XOR", a[i], b[i])
	}
	return out
}

func (d *drawing) and(a, b word) word {
	out := make(word, len(a))
	for i := range a {
		out[i] = d.gate("AND", a[i], b[i])
	}
	return out
}

func (d *drawing) add(a, b word) word {
	out := make(word, len(a))
	carry := d.gate("EQ", 0)
	for i := range a {
		x, y := d.gate("XOR", a[i], carry), d.gate("XOR", b[i], carry)
		out[i] = d.gate("XOR", x, b[i])
		carry = d.gate("XOR", d.gate("AND", x, y), carry)
	}
	return out
}

func (d *drawing) constant(v uint64, bits int) word {
	out := make(word, bits)
	for i := range out {
		out[i] = d.gate("EQ", int(v>>i&1))
	}
	return out
}

func turned(a word, by int) word { // right
	out := make(word, len(a))
	for i := range a {
		out[i] = a[(i+by)%len(a)]
	}
	return out
}

func (d *drawing) shifted(a word, by int) word { // right
	out := make(word, len(a))
	for i := range a {
		if out[i] = d.next; i+by < len(a) {
			out[i] = a[i+by]
		} else {
			d.gate("EQ", 0)
		}
	}
	return out
}

// drawSHA256 is the compression function (FIPS 180-4, section 6.2): a state of
// 256 bits and a block of 512, words big-endian, bits of a word the last first.
func drawSHA256() string {
	d := draw(768)
	words := make([]word, 24)
	for i := range words {
		words[i] = make(word, 32)
		for j := range words[i] {
			words[i][j] = 32*i + j
		}
	}
	state, w := words[:8:8], words[8:]
	for t := 16; t < 64; t++ {
		s0 := d.xor(d.xor(turned(w[t-15], 7), turned(w[t-15], 18)), d.shifted(w[t-15], 3))
		s1 := d.xor(d.xor(turned(w[t-2], 17), turned(w[t-2], 19)), d.shifted(w[t-2], 10))
		w = append(w, d.add(d.add(w[t-16], s0), d.add(w[t-7], s1)))
	}
	v := append([]word(nil), state...)
	for t := range 64 {
		a, b, c, e, f, g, h := v[0], v[1], v[2], v[4], v[5], v[6], v[7]
		s1 := d.xor(d.xor(turned(e, 6), turned(e, 11)), turned(e, 25))
		ch := d.xor(d.and(e, d.xor(f, g)), g)
		t1 := d.add(d.add(d.add(h, s1), d.add(ch, d.constant(uint64(roundConstant(t)), 32))), w[t])
		s0 := d.xor(d.xor(turned(a, 2), turned(a, 13)), turned(a, 22))
		maj := d.xor(d.and(d.xor(a, b), d.xor(a, c)), a)
		v = []word{d.add(t1, d.add(s0, maj)), a, b, c, d.add(v[3], t1), e, f, g}
	}
	var out []int
	for i := range v {
		out = append(out, d.add(state[i], v[i])...)
	}
	return d.file([]int{256, 512}, out)
}

// roundConstant is the first 32 bits of the fraction of the cube root of the
// t-th prime.
func roundConstant(t int) uint32 {
	p := int64(2)
	for ; t > 0; t-- {
		for p++; !big.NewInt(p).ProbablyPrime(0); p++ {
		}
	}
	want := new(big.Int).Lsh(big.NewInt(p), 96)
	root := int64(0) // the largest with root³ ≤ p·2^96
	for bit := 35; bit >= 0; bit-- {
		try := big.NewInt(root | 1<<bit)
		if new(big.Int).Exp(try, big.NewInt(3), nil).Cmp(want) <= 0 {
			root = try.Int64()
		}
	}
	return uint32(root)
}

// times is multiplication in the field of AES.
func (d *drawing) times(a, b word) word {
	sum := make([]int, 15)
	for i := range sum {
		sum[i] = -1
	}
	for i := range 8 {
		for j := range 8 {
			w := d.gate("AND", a[i], b[j])
			if sum[i+j] >= 0 {
				w = d.gate("XOR", w, sum[i+j])
			}
			sum[i+j] = w
		}
	}
	for k := 14; k >= 8; k-- { // x^8 = x^4 + x^3 + x + 1
		for _, e := range []int{k - 4, k - 5, k - 7, k - 8} {
			sum[e] = d.gate("XOR", sum[e], sum[k])
		}
	}
	return sum[:8]
}

// substitute is the S-box: x^254, then the affine map.
func (d *drawing) substitute(x word) word {
	square := func(a word) word { return d.times(a, a) }
	x2 := square(x)
	x3 := d.times(x2, x)
	x12 := square(square(x3))
	x15 := d.times(x12, x3)
	x240 := square(square(square(square(x15))))
	y := d.times(d.times(x240, x12), x2)
	out := d.constant(0x63, 8)
	for _, by := range []int{0, 1, 2, 3, 4} {
		out = d.xor(out, turned(y, (8-by)%8))
	}
	return out
}

// drawAES is AES-128 (FIPS 197): a key and a block, byte by byte, the last bit
// of a byte first.
func drawAES() string {
	d := draw(256)
	key, state := make([]word, 16), make([]word, 16)
	for i := range 16 {
		key[i], state[i] = make(word, 8), make(word, 8)
		for j := range 8 {
			key[i][j], state[i][j] = 8*i+j, 128+8*i+j
		}
	}
	for i := range state {
		state[i] = d.xor(state[i], key[i])
	}
	constant := byte(1)
	for round := 1; round <= 10; round++ {
		next := make([]word, 16)
		for i := range next { // substitute and shift rows
			next[i] = d.substitute(state[(i+4*(i%4))%16])
		}
		if round < 10 {
			next = d.mixColumns(next)
		}
		key = d.nextKey(key, constant)
		constant = double(constant)
		for i := range state {
			state[i] = d.xor(next[i], key[i])
		}
	}
	var out []int
	for _, b := range state {
		out = append(out, b...)
	}
	return d.file([]int{128, 128}, out)
}

func (d *drawing) twice(a word) word {
	out := append(word{a[7]}, a[:7]...)
	for _, i := range []int{1, 3, 4} {
		out[i] = d.gate("XOR", out[i], a[7])
	}
	return out
}

func (d *drawing) mixColumns(s []word) []word {
	out := make([]word, 16)
	for c := 0; c < 16; c += 4 {
		for r := range 4 {
			a, b := s[c+r], s[c+(r+1)%4]
			sum := d.xor(d.twice(d.xor(a, b)), b)
			out[c+r] = d.xor(d.xor(sum, s[c+(r+2)%4]), s[c+(r+3)%4])
		}
	}
	return out
}

func (d *drawing) nextKey(key []word, constant byte) []word {
	out := make([]word, 16)
	for i := range 4 {
		out[i] = d.xor(key[i], d.substitute(key[12+(i+1)%4]))
	}
	out[0] = d.xor(out[0], d.constant(uint64(constant), 8))
	for i := 4; i < 16; i++ {
		out[i] = d.xor(key[i], out[i-4])
	}
	return out
}

func bitsOf(data []byte) (out []bool) { // the last bit of a byte first
	for _, b := range data {
		for j := range 8 {
			out = append(out, b>>j&1 == 1)
		}
	}
	return out
}

func bytesOf(bits []bool) []byte {
	out := make([]byte, len(bits)/8)
	for i, v := range bits {
		if v {
			out[i/8] |= 1 << (i % 8)
		}
	}
	return out
}

func readCircuit(t *testing.T, text string) *Circuit {
	t.Helper()
	c, err := ReadCircuit(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestPublishedFormatAES(t *testing.T) {
	c := readCircuit(t, drawAES())
	p := func(m Machine, in []Wire, _ []*OneHot) []Wire { return c.Run(m, in) }
	for round := range 3 {
		if testing.Short() && round > 0 {
			break
		}
		var key, block, want [16]byte
		_, _ = rand.Read(key[:])
		_, _ = rand.Read(block[:])
		if round == 0 { // FIPS 197, appendix C.1
			for i := range 16 {
				key[i], block[i] = byte(i), byte(i)*0x11
			}
		}
		std, _ := aes.NewCipher(key[:])
		std.Encrypt(want[:], block[:])
		in := append(bitsOf(key[:]), bitsOf(block[:])...)
		if got := bytesOf(inTheClear(p, in, nil)); !bytes.Equal(got, want[:]) {
			t.Fatalf("in the clear %x, want %x", got, want)
		}
		got, sent := garbled(t, p, in, nil, false, round == 1)
		if !bytes.Equal(bytesOf(got), want[:]) {
			t.Fatalf("garbled %x, want %x", bytesOf(got), want)
		}
		if sent != 32*c.Ands() {
			t.Errorf("%d bytes for %d ANDs", sent, c.Ands())
		}
	}
}

func TestPublishedFormatSHA256(t *testing.T) {
	c := readCircuit(t, drawSHA256())
	p := func(m Machine, in []Wire, _ []*OneHot) []Wire { return c.Run(m, in) }
	start := []uint32{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}
	for _, text := range []string{"", "abc", "a message that fits one block of the hash"} {
		block := append([]byte(text), 0x80)
		block = append(block, make([]byte, 56-len(block))...)
		block = binary.BigEndian.AppendUint64(block, uint64(8*len(text)))
		var in []bool
		for _, w := range start {
			in = append(in, bitsOf(binary.LittleEndian.AppendUint32(nil, w))...)
		}
		for i := 0; i < 64; i += 4 {
			in = append(in, bitsOf(binary.LittleEndian.AppendUint32(nil, binary.BigEndian.Uint32(block[i:])))...)
		}
		got, _ := garbled(t, p, in, nil, false, false)
		var sum []byte
		for i, b := 0, bytesOf(got); i < 32; i += 4 {
			sum = binary.BigEndian.AppendUint32(sum, binary.LittleEndian.Uint32(b[i:]))
		}
		if want := sha256.Sum256([]byte(text)); !bytes.Equal(sum, want[:]) {
			t.Errorf("%q: %x, want %x", text, sum, want)
		}
	}
	if n := c.Ands(); n > 24_000 || n < 20_000 {
		t.Errorf("%d ANDs", n)
	}
}

// TestOlderFormat reads the format that has one line for inputs and output.
func TestOlderFormat(t *testing.T) {
	c := readCircuit(t, "3 6\n2 1 1\n\n2 1 0 1 3 AND\n1 1 2 4 INV\n2 1 3 4 5 XOR\n")
	for v := range 8 {
		in := []Wire{Bit(v&1 == 1), Bit(v&2 == 2), Bit(v&4 == 4)}
		want := (v&3 == 3) != (v&4 == 0)
		if got := c.Run(Clear{}, in)[0].Colour() == 1; got != want {
			t.Errorf("input %03b: %v, want %v", v, got, want)
		}
	}
}

func TestBadCircuits(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "line 0: the first line should be",
		"1 2 3\n":                           "line 1: the first line should be",
		"x y\n":                             "line 1: \"x\" is no number",
		"1 99999999999\n":                   "line 1: \"99999999999\" is no number",
		"1 3\n2 1 1\n1 1\n":                 "line 3: 0 gates, and the first line says 1",
		"1 3\n2 1\n1 1\n\n":                 "are not as many",
		"1 3\n2 1 1\n1 9\n\n":               "more inputs or outputs than the 3 wires",
		"1 3\n2 1 1\n1 1\n2 1 0 1 2 NAND\n": "line 4: no gate \"NAND\"",
		"1 3\n2 1 1\n1 1\n2 1 0 2 2 AND\n":  "wire 2 is used before it has a value",
		"1 3\n2 1 1\n1 1\n2 1 0 1 1 AND\n":  "wire 1 is an input",
		"1 3\n2 1 1\n1 1\n2 1 0 1 7 AND\n":  "\"7\" is no number from 0 to 2",
		"1 3\n2 1 1\n1 1\n1 1 0 2 AND\n":    "AND can't have 1 inputs",
		"1 3\n2 1 1\n1 1\n2 1 0 1 AND\n":    "has 2 wires",
		"2 4\n2 1 1\n1 1\n2 1 0 1 2 AND\n":  "1 gates, and the first line says 2",
		"1 4\n2 1 1\n1 1\n2 1 0 1 2 AND\n":  "output wire 3 has no value",
	} {
		if _, err := ReadCircuit(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func FuzzReadCircuit(f *testing.F) {
	f.Add("3 6\n2 1 1\n\n2 1 0 1 3 AND\n1 1 2 4 INV\n2 1 3 4 5 XOR\n")
	f.Add("2 5\n2 1 1\n1 1\n\n1 1 1 2 EQ\n4 2 0 1 1 2 3 4 MAND\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ReadCircuit(strings.NewReader(text))
		if err != nil || c.wires > 1<<16 {
			return
		}
		c.Run(Clear{}, make([]Wire, total(c.Inputs)))
	})
}
