package channel

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func first(c *Charter, author string) Entry {
	return entryAt(c, author, "note", "hello", Position{Number: 1})
}

// resign lays out a signed entry by hand, without the checks of Sign.
func resign(e Entry, author string) []byte {
	data := must(Marshal(e))
	return signBytes(data, author)
}

func signBytes(data []byte, author string) []byte {
	s := must(key(author).SignAs(contextEntry, data))
	return must(Marshal(signedEntry{Entry: data, Ed25519: s.Ed25519, MLDSA: s.MLDSA}))
}

func TestAnEntryComesBack(t *testing.T) {
	c := charterOf("ru", "us")
	s := must(Sign(first(c, "us"), key("us")))
	back := must(c.VerifyEntry(s.Raw))
	if back.ID != s.ID || back.Entry.ID() != s.ID || !bytes.Equal(back.Raw, s.Raw) || string(back.Body) != "hello" {
		t.Fatalf("%+v", back)
	}
	if again := must(Sign(first(c, "us"), key("us"))); !bytes.Equal(again.Raw, s.Raw) {
		t.Fatal("the same entry signed again is another")
	}
}

func TestWhatIsNoEntryOfThisChannel(t *testing.T) {
	c := charterOf("ru", "us")
	other := charterOf("ru", "us")
	other.Title = "Other talks"
	change := func(f func(*Entry)) []byte {
		e := first(c, "us")
		f(&e)
		return resign(e, "us")
	}
	good := first(c, "us")
	signed := must(Sign(good, key("us")))
	var parts, ofRu signedEntry
	for raw, into := range map[string]*signedEntry{string(signed.Raw): &parts, string(resign(good, "ru")): &ofRu} {
		if err := Unmarshal([]byte(raw), into); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.VerifyEntry(resign(good, "us")); err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string][]byte{
		"another version":                    change(func(e *Entry) { e.Version = 2 }),
		"another suite":                      change(func(e *Entry) { e.Suite = 2 }),
		"no suite":                           change(func(e *Entry) { e.Suite = 0 }),
		"another channel's":                  resign(first(other, "us"), "us"),
		"another channel's, with our roster": change(func(e *Entry) { e.Channel = other.ID() }),
		"another roster":                     change(func(e *Entry) { e.Roster = other.ID() }),
		"a stranger's":                       resign(first(c, "eve"), "eve"),
		"signed by another":                  resign(good, "ru"),
		"number 0":                           change(func(e *Entry) { e.Number = 0 }),
		"number 1 with a previous":           change(func(e *Entry) { e.Previous = EntryID{1} }),
		"number 2 without":                   change(func(e *Entry) { e.Number = 2 }),
		"heads out of order":                 change(func(e *Entry) { e.Heads = []EntryID{{2}, {1}} }),
		"a head twice":                       change(func(e *Entry) { e.Heads = []EntryID{{1}, {1}} }),
		"a head of zeros":                    change(func(e *Entry) { e.Heads = []EntryID{{}} }),
		"too many heads":                     change(func(e *Entry) { e.Heads = manyHeads(MaxHeads + 1) }),
		"before 1970":                        change(func(e *Entry) { e.Claimed = -1 }),
		"no kind":                            change(func(e *Entry) { e.Kind = "" }),
		"a kind in capitals":                 change(func(e *Entry) { e.Kind = "Note" }),
		"a long kind":                        change(func(e *Entry) { e.Kind = strings.Repeat("a", 65) }),
		"too long a body":                    change(func(e *Entry) { e.Body = make([]byte, MaxBody+1) }),
		"without Ed25519":                    must(Marshal(signedEntry{Entry: parts.Entry, MLDSA: parts.MLDSA})),
		"without ML-DSA":                     must(Marshal(signedEntry{Entry: parts.Entry, Ed25519: parts.Ed25519})),
		"another's Ed25519":                  must(Marshal(signedEntry{Entry: parts.Entry, Ed25519: ofRu.Ed25519, MLDSA: parts.MLDSA})),
		"another's ML-DSA":                   must(Marshal(signedEntry{Entry: parts.Entry, Ed25519: parts.Ed25519, MLDSA: ofRu.MLDSA})),
		"halves in the other order":          must(Marshal(signedEntry{Entry: parts.Entry, Ed25519: parts.MLDSA, MLDSA: parts.Ed25519})),
		// The same entry in another encoding, and signed so: the number 1
		// written in two bytes. It would have another id.
		"a second encoding": signBytes(append([]byte{0x8c, 0x18}, parts.Entry[1:]...), "us"),
		"bytes after it":    signBytes(append(bytes.Clone(parts.Entry), 0), "us"),
		"a charter":         must(signedCharterOf(t, c).Encode()),
		"a bare entry":      parts.Entry,
		"nothing":           nil,
		"too much":          make([]byte, MaxEntry+1),
	} {
		if _, err := c.VerifyEntry(raw); !errors.Is(err, ErrEntry) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func manyHeads(n int) []EntryID {
	heads := make([]EntryID, n)
	for i := range heads {
		heads[i][0], heads[i][1] = byte((i+1)>>8), byte(i+1)
	}
	return heads
}

func TestTheLargestEntryFits(t *testing.T) {
	c := charterOf("ru", "us")
	e := first(c, "us")
	e.Body, e.Heads, e.Kind = make([]byte, MaxBody), manyHeads(MaxHeads), strings.Repeat("a", 64)
	s := must(Sign(e, key("us")))
	must(c.VerifyEntry(s.Raw))
	var keys [][]byte
	for range MaxDevices {
		keys = append(keys, sealingKey("us").Public())
	}
	sealed := must(Seal(randomness(1), c.ID(), keys, make([]byte, MaxEntry)))
	if len(sealed) > MaxEnvelope {
		t.Fatalf("an envelope of %d bytes, the most is %d", len(sealed), MaxEnvelope)
	}
	if raw := must(Open(sealingKey("us"), c.ID(), sealed)); len(raw) != MaxEntry {
		t.Fatal("it does not come out")
	}
	e.Body = append(e.Body, 0)
	if _, err := Sign(e, key("us")); err == nil {
		t.Fatal("signed one byte more")
	}
}

func TestAnyChangeOfAnEntryIsRefused(t *testing.T) {
	c := charterOf("ru", "us")
	r := must(newRoster(c))
	e := first(c, "us")
	e.Heads = manyHeads(2)
	everyChange(t, must(Sign(e, key("us"))).Raw, 1, func(changed []byte) bool {
		_, err := r.verify(changed)
		return err == nil
	})
}

func TestAnUnsignedEntryIsStrictToo(t *testing.T) {
	c := charterOf("ru", "us")
	data := must(first(c, "us").Encode())
	if _, err := ParseEntry(data); err != nil {
		t.Fatal(err)
	}
	if _, err := ParseEntry(append([]byte{0x8c, 0x18}, data[1:]...)); !errors.Is(err, ErrEncoding) {
		t.Fatalf("a second encoding: %v", err)
	}
	if _, err := Sign(first(c, "us"), key("ru")); err == nil {
		t.Fatal("signed as another")
	}
	bad := first(c, "us")
	bad.Kind = "?"
	if _, err := Sign(bad, key("us")); err == nil {
		t.Fatal("signed what nobody takes")
	}
}
