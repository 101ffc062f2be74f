package channel

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"golang.org/x/crypto/chacha20poly1305"
	"pgregory.net/rapid"
)

var someChannel = ID{1, 2, 3}

func publicKeys(names ...string) [][]byte {
	var keys [][]byte
	for _, name := range names {
		keys = append(keys, sealingKey(name).Public())
	}
	return keys
}

func TestEveryRecipientOpensAndNobodyElse(t *testing.T) {
	raw := []byte("two for two")
	sealed := must(Seal(randomness(1), someChannel, publicKeys("us", "ru", "de"), raw))
	for _, name := range []string{"us", "ru", "de"} {
		if got, err := Open(sealingKey(name), someChannel, sealed); err != nil || !bytes.Equal(got, raw) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if _, err := Open(sealingKey("eve"), someChannel, sealed); err != ErrEnvelope {
		t.Errorf("a stranger: %v", err)
	}
	if _, err := Open(sealingKey("us"), ID{9}, sealed); err != ErrEnvelope {
		t.Errorf("in another channel: %v", err)
	}
}

func TestSlotsComeInThreeSizes(t *testing.T) {
	key := sealingKey("us").Public()
	for recipients, slots := range map[int]int{1: 8, 8: 8, 9: 16, 16: 16, 17: 32, 32: 32} {
		sealed := must(Seal(randomness(1), someChannel, slices.Repeat([][]byte{key}, recipients), []byte("x")))
		var e envelope
		if err := Unmarshal(sealed, &e); err != nil || len(e.Slots) != slots {
			t.Errorf("%d recipients: %d slots, %v", recipients, len(e.Slots), err)
		}
		for _, slot := range e.Slots {
			if len(slot) != SlotSize {
				t.Errorf("a slot of %d bytes", len(slot))
			}
		}
	}
	for _, n := range []int{0, 33} {
		if _, err := Seal(randomness(1), someChannel, slices.Repeat([][]byte{key}, n), []byte("x")); err == nil {
			t.Errorf("sealed to %d", n)
		}
	}
	for _, n := range []int{0, MaxEntry + 1} {
		if _, err := Seal(randomness(1), someChannel, [][]byte{key}, make([]byte, n)); err == nil {
			t.Errorf("sealed %d bytes", n)
		}
	}
	if _, err := Seal(randomness(1), someChannel, [][]byte{key[1:]}, []byte("x")); err == nil {
		t.Error("sealed to half a key")
	}
	if _, err := Seal(bytes.NewReader(nil), someChannel, [][]byte{key}, []byte("x")); err == nil {
		t.Error("sealed without randomness")
	}
}

// The place of a recipient's slot must tell nothing.
func TestSlotsAreShuffled(t *testing.T) {
	places := map[int]int{}
	const runs = 64
	for i := range runs {
		sealed := must(Seal(randomness(byte(i)), someChannel, publicKeys("us"), []byte("x")))
		var e envelope
		if err := Unmarshal(sealed, &e); err != nil {
			t.Fatal(err)
		}
		for place, slot := range e.Slots {
			if _, ok := openSlot(sealingKey("us"), someChannel, e.Commitment[:], slot); ok {
				places[place]++
			}
		}
	}
	if len(places) < 6 {
		t.Fatalf("in %d runs the slot stood in these places only: %v", runs, places)
	}
}

func TestTwoEnvelopesOfOneEntryShareNothing(t *testing.T) {
	a := must(Seal(randomness(1), someChannel, publicKeys("us"), []byte("x")))
	b := must(Seal(randomness(2), someChannel, publicKeys("us"), []byte("x")))
	for at := 8; at+16 < len(a); at += 16 {
		if bytes.Contains(b, a[at:at+16]) {
			t.Fatalf("byte %d on", at)
		}
	}
	if len(a) != len(b) {
		t.Fatal("their sizes differ")
	}
}

func TestAnyChangeOfAnEnvelopeIsRefused(t *testing.T) {
	sealed := must(Seal(randomness(1), someChannel, publicKeys("us", "ru"), []byte("two for two")))
	if _, err := Open(sealingKey("us"), someChannel, sealed); err != nil {
		t.Fatal(err)
	}
	everyChange(t, sealed, 7, func(changed []byte) bool {
		_, err := Open(sealingKey("us"), someChannel, changed)
		if err != nil && err != ErrEnvelope {
			t.Fatalf("an error that tells something: %v", err)
		}
		return err == nil
	})
}

// build makes an envelope by hand, so that a test can break one rule at a time.
type build struct {
	version    uint64
	contentKey []byte
	commitTo   []byte
	slots      int
	padded     []byte
	associated func(*envelope) []byte
}

func (b build) envelope() []byte {
	e := envelope{Version: b.version, Commitment: commitment(someChannel, b.commitTo)}
	public := must(kem.NewPublicKey(sealingKey("us").Public()))
	for range b.slots {
		e.Slots = append(e.Slots, must(sealSlot(public, someChannel, e.Commitment[:], b.contentKey)))
	}
	sealer := must(chacha20poly1305.NewX(bodyKey(someChannel, b.contentKey)))
	e.Body = sealer.Seal(nil, e.Nonce[:], b.padded, b.associated(&e))
	return must(Marshal(e))
}

func TestEveryRuleOfAnEnvelopeByItself(t *testing.T) {
	k, other := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)
	whole := func(e *envelope) []byte { return must(e.associated()) }
	good := build{version: 1, contentKey: k, commitTo: k, slots: 8, padded: pad([]byte("x")), associated: whole}
	if raw, err := Open(sealingKey("us"), someChannel, good.envelope()); err != nil || string(raw) != "x" {
		t.Fatalf("built as it should be: %q, %v", raw, err)
	}
	dirty := pad([]byte("x"))
	dirty[len(dirty)-1] = 1
	long := append(pad([]byte("x")), make([]byte, 512)...)
	tooLong := pad([]byte("x"))
	tooLong[0] = 0xff
	for name, change := range map[string]func(*build){
		"another version":             func(b *build) { b.version = 2 },
		"a commitment to another key": func(b *build) { b.commitTo = other },
		"9 slots":                     func(b *build) { b.slots = 9 },
		"no slots":                    func(b *build) { b.slots = 0 },
		"a short content key":         func(b *build) { b.contentKey, b.commitTo = k[:16], k[:16] },
		"padding that is not zero":    func(b *build) { b.padded = dirty },
		"more padding than needed":    func(b *build) { b.padded = long },
		"no padding":                  func(b *build) { b.padded = []byte{0, 0, 0, 1, 'x'} },
		"a length beyond the end":     func(b *build) { b.padded = tooLong },
		"an empty entry":              func(b *build) { b.padded = pad(nil) },
		"nothing at all":              func(b *build) { b.padded = nil },
		"a body bound to nothing":     func(b *build) { b.associated = func(*envelope) []byte { return nil } },
		"a body bound to no slots": func(b *build) {
			b.associated = func(e *envelope) []byte {
				return must(Marshal(envelopeHeader{Version: 1, Commitment: e.Commitment, Nonce: e.Nonce}))
			}
		},
	} {
		b := good
		change(&b)
		if raw, err := Open(sealingKey("us"), someChannel, b.envelope()); !errors.Is(err, ErrEnvelope) {
			t.Errorf("%s: %q, %v", name, raw, err)
		}
	}
}

// A slot cut out of one envelope does not serve another.
func TestASlotBelongsToItsEnvelope(t *testing.T) {
	public := must(kem.NewPublicKey(sealingKey("us").Public()))
	k := bytes.Repeat([]byte{1}, 32)
	c1, c2 := commitment(someChannel, k), commitment(ID{7}, k)
	slot := must(sealSlot(public, someChannel, c1[:], k))
	if _, ok := openSlot(sealingKey("us"), someChannel, c1[:], slot); !ok {
		t.Fatal("it does not open where it belongs")
	}
	if _, ok := openSlot(sealingKey("us"), someChannel, c2[:], slot); ok {
		t.Error("it opens under another commitment")
	}
	if _, ok := openSlot(sealingKey("us"), ID{7}, c1[:], slot); ok {
		t.Error("it opens in another channel")
	}
}

func TestPadding(t *testing.T) {
	for n, want := range map[int]int{0: 8192, 8192: 8192, 8193: 8704, 8704: 8704, 100_000: 100_352, 1 << 20: 1 << 20, 1<<20 + 1: 1<<20 + 1<<15} {
		if got := paddedSize(n); got != want {
			t.Errorf("%d is padded to %d, not %d", n, got, want)
		}
	}
	sizes := map[int]bool{}
	for n := 0; n <= 1<<20; n++ {
		size := paddedSize(n)
		if size < n || size < paddingFloor || n > paddingFloor && float64(size)/float64(n) > 1.0625 || paddedSize(size) != size {
			t.Fatalf("%d is padded to %d", n, size)
		}
		sizes[size] = true
	}
	if len(sizes) > 200 {
		t.Fatalf("%d sizes tell too much", len(sizes))
	}
	rapid.Check(t, func(t *rapid.T) {
		message := rapid.SliceOfN(rapid.Byte(), 0, 20_000).Draw(t, "message")
		padded := pad(message)
		if back, ok := unpad(padded); !ok || !bytes.Equal(back, message) {
			t.Fatal("another message came back")
		}
		if _, ok := unpad(append(padded, 0)); ok {
			t.Fatal("one byte more is taken")
		}
	})
}

func FuzzUnpad(f *testing.F) {
	f.Add(pad([]byte("x")))
	f.Add(make([]byte, 9000))
	f.Fuzz(func(t *testing.T, data []byte) {
		if message, ok := unpad(data); ok && !bytes.Equal(pad(message), data) {
			t.Fatal("a second padding")
		}
	})
}
