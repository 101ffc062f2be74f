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

func openers(names ...string) []*SealingKey {
	var keys []*SealingKey
	for _, name := range names {
		keys = append(keys, sealingKey(name))
	}
	return keys
}

func to(names ...string) Recipients { return Recipients{Whole: publicKeys(names...)} }

// twoParts is a record in form, of a header and what is said.
func twoParts(head, said string) []byte {
	return must(Marshal(record{Header: []byte(head), Content: []byte(said)}))
}

func TestEveryRecipientOpensAndNobodyElse(t *testing.T) {
	raw := twoParts("we say", "two for two")
	sealed := must(Seal(randomness(1), someChannel, Recipients{Whole: publicKeys("us", "ru", "de"), Headers: publicKeys("neutral")}, raw))
	for _, name := range []string{"us", "ru", "de"} {
		if got, err := Open(openers(name), someChannel, sealed); err != nil || !bytes.Equal(got, raw) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if got, err := Open(openers("neutral"), someChannel, sealed); err != nil || !bytes.Equal(got, twoParts("we say", "")) {
		t.Errorf("who is given the header: %q, %v", got, err)
	}
	if got, err := Open(openers("eve", "us"), someChannel, sealed); err != nil || !bytes.Equal(got, raw) {
		t.Errorf("with an older key too: %q, %v", got, err)
	}
	for name, keys := range map[string][]*SealingKey{"a stranger": openers("eve"), "nobody": nil} {
		if _, err := Open(keys, someChannel, sealed); err != ErrEnvelope {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Open(openers("us"), ID{9}, sealed); err != ErrEnvelope {
		t.Errorf("in another channel: %v", err)
	}
}

// Who is given the header key can't come to the whole one, whatever it does
// with it: the header key is derived from the whole one.
func TestTheHeaderKeyOpensNoMore(t *testing.T) {
	sealed := must(Seal(randomness(1), someChannel, Recipients{Whole: publicKeys("us"), Headers: publicKeys("neutral")}, twoParts("head", "said")))
	var e envelope
	if err := Unmarshal(sealed, &e); err != nil {
		t.Fatal(err)
	}
	found, part, _ := e.Top.findKey(openers("neutral"), someChannel)
	if found == nil || part != headerOnly {
		t.Fatalf("part %d", part)
	}
	if _, ok := e.openPart(whole, someChannel, found, contentFloor); ok {
		t.Error("it opens the content")
	}
	again := newPartKeys(someChannel, found)
	if _, ok := e.openPart(whole, someChannel, again[headerOnly][:], contentFloor); ok {
		t.Error("a key derived from it opens the content")
	}
}

func TestSlotsComeInThreeSizes(t *testing.T) {
	key, x := sealingKey("us").Public(), twoParts("x", "y")
	for recipients, slots := range map[int]int{1: 8, 8: 8, 9: 16, 16: 16, 17: 32, 32: 32} {
		all := slices.Repeat([][]byte{key}, recipients)
		sealed := must(Seal(randomness(1), someChannel, Recipients{Whole: all[:1], Headers: all[1:]}, x))
		var e envelope
		if err := Unmarshal(sealed, &e); err != nil || len(e.Top.Slots) != slots {
			t.Errorf("%d recipients: %d slots, %v", recipients, len(e.Top.Slots), err)
		}
		for _, slot := range e.Top.Slots {
			if len(slot) != SlotSize {
				t.Errorf("a slot of %d bytes", len(slot))
			}
		}
	}
	for _, n := range []int{0, 33} {
		if _, err := Seal(randomness(1), someChannel, Recipients{Whole: slices.Repeat([][]byte{key}, n)}, x); err == nil {
			t.Errorf("sealed to %d", n)
		}
	}
	if _, err := Seal(randomness(1), someChannel, to("us"), twoParts("x", "")); err == nil {
		t.Error("sealed nothing to somebody who is to read it")
	}
	for _, n := range []int{0, MaxEntry + 1} {
		if _, err := Seal(randomness(1), someChannel, to("us"), make([]byte, n)); err == nil {
			t.Errorf("sealed %d bytes", n)
		}
	}
	if _, err := Seal(randomness(1), someChannel, Recipients{Whole: [][]byte{key[1:]}}, x); err == nil {
		t.Error("sealed to half a key")
	}
	if _, err := Seal(bytes.NewReader(nil), someChannel, to("us"), x); err == nil {
		t.Error("sealed without randomness")
	}
	if _, err := Seal(randomness(1), someChannel, to("us"), []byte("x")); err == nil {
		t.Error("sealed what is no entry")
	}
}

// The place of a recipient's slot must tell nothing.
func TestSlotsAreShuffled(t *testing.T) {
	places := map[int]int{}
	const runs = 64
	for i := range runs {
		sealed := must(Seal(randomness(byte(i)), someChannel, to("us"), twoParts("x", "y")))
		var e envelope
		if err := Unmarshal(sealed, &e); err != nil {
			t.Fatal(err)
		}
		for place, slot := range e.Top.Slots {
			if _, _, ok := openSlot(sealingKey("us"), someChannel, e.Top.bound(), slot); ok {
				places[place]++
			}
		}
	}
	if len(places) < 6 {
		t.Fatalf("in %d runs the slot stood in these places only: %v", runs, places)
	}
}

func TestTwoEnvelopesOfOneEntryShareNothing(t *testing.T) {
	a := must(Seal(randomness(1), someChannel, to("us"), twoParts("x", "y")))
	b := must(Seal(randomness(2), someChannel, to("us"), twoParts("x", "y")))
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
	sealed := must(Seal(randomness(1), someChannel, Recipients{Whole: publicKeys("us"), Headers: publicKeys("ru")}, twoParts("we say", "two for two")))
	for _, name := range []string{"us", "ru"} {
		if _, err := Open(openers(name), someChannel, sealed); err != nil {
			t.Fatal(err)
		}
	}
	everyChange(t, sealed, 11, func(changed []byte) bool {
		_, err := Open(openers("us"), someChannel, changed)
		if err != nil && err != ErrEnvelope {
			t.Fatalf("an error that tells something: %v", err)
		}
		return err == nil
	})
}

// build makes an envelope by hand, so that a test can break one rule at a time.
type build struct {
	version   uint64
	keys      partKeys
	commitTo  partKeys
	slotPart  int    // which key the slots hold
	slotKey   []byte // or this one
	slots     int
	header    []byte
	content   []byte
	associate func(*envelope) []byte
}

func (b build) envelope() []byte {
	var e envelope
	e.Top.Version = b.version
	for i := range b.commitTo {
		e.Top.Commitments[i] = commitment(someChannel, b.commitTo[i][:])
	}
	inSlot := b.slotKey
	if inSlot == nil {
		inSlot = b.keys[b.slotPart][:]
	}
	public := must(kem.NewPublicKey(sealingKey("us").Public()))
	for range b.slots {
		e.Top.Slots = append(e.Top.Slots, must(sealSlot(public, someChannel, e.Top.bound(), inSlot)))
	}
	for part, padded := range [][]byte{whole: b.content, headerOnly: b.header} {
		sealer := must(chacha20poly1305.NewX(bodyKey(someChannel, b.keys[part][:])))
		sealed := sealer.Seal(nil, e.Top.Nonces[part][:], padded, b.associate(&e))
		if part == whole {
			e.Content = sealed
		} else {
			e.Header = sealed
		}
	}
	return must(Marshal(e))
}

func goodBuild() build {
	keys := newPartKeys(someChannel, bytes.Repeat([]byte{1}, 32))
	return build{
		version: 1, keys: keys, commitTo: keys, slots: 8,
		header: pad([]byte("h"), headerFloor), content: pad([]byte("c"), contentFloor),
		associate: func(e *envelope) []byte { return must(Marshal(e.Top)) },
	}
}

func TestEveryRuleOfAnEnvelopeByItself(t *testing.T) {
	good := goodBuild()
	if raw, err := Open(openers("us"), someChannel, good.envelope()); err != nil || !bytes.Equal(raw, twoParts("h", "c")) {
		t.Fatalf("built as it should be: %q, %v", raw, err)
	}
	other := newPartKeys(someChannel, bytes.Repeat([]byte{2}, 32))
	dirty := func(p []byte) []byte { p[len(p)-1] = 1; return p }
	tooLong := func(p []byte) []byte { p[0] = 0xff; return p }
	for name, change := range map[string]func(*build){
		"another version":                func(b *build) { b.version = 2 },
		"commitments to other keys":      func(b *build) { b.commitTo = other },
		"a commitment to another header": func(b *build) { b.commitTo[headerOnly] = other[headerOnly] },
		"a commitment to another whole":  func(b *build) { b.commitTo[whole] = other[whole] },
		// The header would open under a key that the whole one does not give.
		"a header under another key": func(b *build) {
			b.keys[headerOnly], b.commitTo[headerOnly] = other[headerOnly], other[headerOnly]
		},
		"commitments changed about":    func(b *build) { b.commitTo[0], b.commitTo[1] = b.commitTo[1], b.commitTo[0] },
		"9 slots":                      func(b *build) { b.slots = 9 },
		"no slots":                     func(b *build) { b.slots = 0 },
		"a short key in the slots":     func(b *build) { b.slotKey = b.keys[whole][:16] },
		"another key in the slots":     func(b *build) { b.slotKey = other[whole][:] },
		"header padding not zero":      func(b *build) { b.header = dirty(pad([]byte("h"), headerFloor)) },
		"content padding not zero":     func(b *build) { b.content = dirty(pad([]byte("c"), contentFloor)) },
		"padding to no size":           func(b *build) { b.content = append(b.content, make([]byte, 500)...) },
		"more header than needed":      func(b *build) { b.header = append(b.header, make([]byte, 512)...) },
		"no padding":                   func(b *build) { b.content = []byte{0, 0, 0, 1, 'x'} },
		"a header as short as content": func(b *build) { b.header = pad([]byte("h"), contentFloor) },
		"a length beyond the end":      func(b *build) { b.content = tooLong(pad([]byte("c"), contentFloor)) },
		"a header's beyond the end":    func(b *build) { b.header = tooLong(pad([]byte("h"), headerFloor)) },
		"an empty header":              func(b *build) { b.header = pad(nil, headerFloor) },
		"an empty content":             func(b *build) { b.content = pad(nil, contentFloor) },
		"nothing at all":               func(b *build) { b.header, b.content = nil, nil },
		"bodies bound to nothing":      func(b *build) { b.associate = func(*envelope) []byte { return nil } },
		"bodies bound to no slots": func(b *build) {
			b.associate = func(e *envelope) []byte {
				top := e.Top
				top.Slots = nil
				return must(Marshal(top))
			}
		},
	} {
		b := goodBuild()
		change(&b)
		if raw, err := Open(openers("us"), someChannel, b.envelope()); !errors.Is(err, ErrEnvelope) {
			t.Errorf("%s: %q, %v", name, raw, err)
		}
	}
	larger := goodBuild()
	larger.content = append(larger.content, make([]byte, 512)...)
	if raw, err := Open(openers("us"), someChannel, larger.envelope()); err != nil || !bytes.Equal(raw, twoParts("h", "c")) {
		t.Errorf("a content that looks longer than it is: %q, %v", raw, err)
	}
	b := goodBuild()
	b.slotPart, b.content = headerOnly, nil // whoever is given the header does not look at the rest
	if raw, err := Open(openers("us"), someChannel, b.envelope()); err != nil || !bytes.Equal(raw, twoParts("h", "")) {
		t.Errorf("the header's key: %q, %v", raw, err)
	}
}

// A slot cut out of one envelope does not serve another.
func TestASlotBelongsToItsEnvelope(t *testing.T) {
	public := must(kem.NewPublicKey(sealingKey("us").Public()))
	k := bytes.Repeat([]byte{1}, 32)
	c1, c2 := commitment(someChannel, k), commitment(ID{7}, k)
	slot := must(sealSlot(public, someChannel, c1[:], k))
	if _, _, ok := openSlot(sealingKey("us"), someChannel, c1[:], slot); !ok {
		t.Fatal("it does not open where it belongs")
	}
	if _, _, ok := openSlot(sealingKey("us"), someChannel, c2[:], slot); ok {
		t.Error("it opens under another commitment")
	}
	if _, _, ok := openSlot(sealingKey("us"), ID{7}, c1[:], slot); ok {
		t.Error("it opens in another channel")
	}
}

func TestPadding(t *testing.T) {
	for n, want := range map[int]int{0: 8192, 8192: 8192, 8193: 8704, 8704: 8704, 100_000: 100_352, 1 << 20: 1 << 20, 1<<20 + 1: 1<<20 + 1<<15} {
		if got := paddedSize(n, 8192); got != want {
			t.Errorf("%d is padded to %d, not %d", n, got, want)
		}
	}
	sizes := map[int]bool{}
	for n := 0; n <= 1<<20; n++ {
		size := paddedSize(n, 8192)
		if size < n || size < 8192 || n > 8192 && float64(size)/float64(n) > 1.0625 || paddedSize(size, 8192) != size {
			t.Fatalf("%d is padded to %d", n, size)
		}
		sizes[size] = true
	}
	if len(sizes) > 200 {
		t.Fatalf("%d sizes tell too much", len(sizes))
	}
	rapid.Check(t, func(t *rapid.T) {
		message := rapid.SliceOfN(rapid.Byte(), 0, 20_000).Draw(t, "message")
		floor := rapid.SampledFrom([]int{headerFloor, contentFloor}).Draw(t, "floor")
		padded := pad(message, floor)
		if back, ok := unpad(padded, floor, false); !ok || !bytes.Equal(back, message) {
			t.Fatal("another message came back")
		}
		if _, ok := unpad(append(padded, 0), floor, true); ok {
			t.Fatal("one byte more is taken")
		}
	})
}

func FuzzUnpad(f *testing.F) {
	f.Add(pad([]byte("x"), headerFloor), true)
	f.Add(make([]byte, 9000), true)
	f.Add(pad([]byte("x"), contentFloor), false)
	f.Fuzz(func(t *testing.T, data []byte, head bool) {
		floor := contentFloor
		if head {
			floor = headerFloor
		}
		if message, ok := unpad(data, floor, false); ok && !bytes.Equal(pad(message, floor), data) {
			t.Fatal("a second padding")
		}
	})
}
