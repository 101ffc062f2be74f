package channel

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
)

func first(c *Charter, author string) Draft {
	return entryAt(c, author, "note", "hello", Position{Number: 1})
}

// resign lays out a signed entry by hand, without the checks of Sign.
func resign(d Draft, author string) []byte {
	return signBytes(must(Marshal(d.Entry)), author, must(Marshal(content{Salt: d.Salt, Body: d.Body})))
}

func signBytes(data []byte, author string, said []byte) []byte {
	s := must(key(author).SignAs(contextEntry, data))
	return layOut(header{Entry: data, Ed25519: s.Ed25519, MLDSA: s.MLDSA}, said)
}

func layOut(h header, said []byte) []byte {
	return must(Marshal(record{Header: must(Marshal(h)), Content: said}))
}

// parts takes a signed entry apart.
func parts(raw []byte) (h header, said []byte) {
	var r record
	if err := Unmarshal(raw, &r); err != nil {
		panic(err)
	}
	if err := Unmarshal(r.Header, &h); err != nil {
		panic(err)
	}
	return h, r.Content
}

func TestAnEntryComesBack(t *testing.T) {
	c := charterOf("ru", "us")
	s := must(Sign(first(c, "us"), key("us")))
	back := must(c.VerifyEntry(s.Raw))
	if back.ID != s.ID || back.Entry.ID() != s.ID || back.Withheld || !bytes.Equal(back.Raw, s.Raw) || string(back.Body) != "hello" {
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
	change := func(f func(*Draft)) []byte {
		d := first(c, "us")
		f(&d)
		d.Content = d.hash()
		return resign(d, "us")
	}
	good := first(c, "us")
	ours, said := parts(must(Sign(good, key("us"))).Raw)
	theirs, _ := parts(resign(good, "ru"))
	if _, err := c.VerifyEntry(resign(good, "us")); err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string][]byte{
		"another version":                    change(func(d *Draft) { d.Version = 2 }),
		"another suite":                      change(func(d *Draft) { d.Suite = 2 }),
		"no suite":                           change(func(d *Draft) { d.Suite = 0 }),
		"another channel's":                  resign(first(other, "us"), "us"),
		"another channel's, with our roster": change(func(d *Draft) { d.Channel = other.ID() }),
		"a stranger's":                       resign(first(c, "eve"), "eve"),
		"signed by another":                  resign(good, "ru"),
		"number 0":                           change(func(d *Draft) { d.Number = 0 }),
		"number 1 with a previous":           change(func(d *Draft) { d.Previous = EntryID{1} }),
		"number 2 without":                   change(func(d *Draft) { d.Number = 2 }),
		"heads out of order":                 change(func(d *Draft) { d.Heads = []EntryID{{2}, {1}} }),
		"a head twice":                       change(func(d *Draft) { d.Heads = []EntryID{{1}, {1}} }),
		"a head of zeros":                    change(func(d *Draft) { d.Heads = []EntryID{{}} }),
		"too many heads":                     change(func(d *Draft) { d.Heads = manyHeads(MaxHeads + 1) }),
		"before 1970":                        change(func(d *Draft) { d.Claimed = -1 }),
		"no kind":                            change(func(d *Draft) { d.Kind = "" }),
		"a kind in capitals":                 change(func(d *Draft) { d.Kind = "Note" }),
		"a long kind":                        change(func(d *Draft) { d.Kind = strings.Repeat("a", 65) }),
		"too long a body":                    change(func(d *Draft) { d.Body = make([]byte, MaxBody+1) }),
		"another body":                       signBytes(ours.Entry, "us", must(Marshal(content{Body: []byte("hallo")}))),
		"another salt":                       signBytes(ours.Entry, "us", must(Marshal(content{Salt: [32]byte{1}, Body: good.Body}))),
		"a body where a content should be":   signBytes(ours.Entry, "us", good.Body),
		"a content with bytes after it":      signBytes(ours.Entry, "us", append(bytes.Clone(said), 0)),
		"without Ed25519":                    layOut(header{Entry: ours.Entry, MLDSA: ours.MLDSA}, said),
		"without ML-DSA":                     layOut(header{Entry: ours.Entry, Ed25519: ours.Ed25519}, said),
		"another's Ed25519":                  layOut(header{Entry: ours.Entry, Ed25519: theirs.Ed25519, MLDSA: ours.MLDSA}, said),
		"another's ML-DSA":                   layOut(header{Entry: ours.Entry, Ed25519: ours.Ed25519, MLDSA: theirs.MLDSA}, said),
		"halves in the other order":          layOut(header{Entry: ours.Entry, Ed25519: ours.MLDSA, MLDSA: ours.Ed25519}, said),
		"signatures and no more of a header": must(Marshal(record{Header: ours.Entry, Content: said})),
		// The same entry in another encoding, and signed so: the number 1
		// written in two bytes. It would have another id.
		"a second encoding": signBytes(append([]byte{0x8c, 0x18}, ours.Entry[1:]...), "us", said),
		"bytes after it":    signBytes(append(bytes.Clone(ours.Entry), 0), "us", said),
		"a header too long": layOut(header{Entry: ours.Entry, Ed25519: ours.Ed25519, MLDSA: make([]byte, maxHeader)}, said),
		"a charter":         must(signedCharterOf(t, c).Encode()),
		"a bare entry":      ours.Entry,
		"a draft":           must(good.Encode()),
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
	d := first(c, "us")
	d.Body, d.Heads, d.Kind = make([]byte, MaxBody), manyHeads(MaxHeads), strings.Repeat("a", 64)
	d.Content = d.hash()
	s := must(Sign(d, key("us")))
	must(c.VerifyEntry(s.Raw))
	if h, _ := parts(s.Raw); len(must(Marshal(h))) > maxHeader {
		t.Fatal("the largest header is too large")
	}
	largest := must(Marshal(record{Header: make([]byte, maxHeader), Content: make([]byte, MaxEntry-maxHeader-9)}))
	if len(largest) != MaxEntry {
		t.Fatalf("%d bytes", len(largest))
	}
	sealed := must(Seal(randomness(1), c.ID(), Recipients{Whole: slices.Repeat(publicKeys("us"), MaxDevices)}, largest))
	if len(sealed) > MaxEnvelope {
		t.Fatalf("an envelope of %d bytes, the most is %d", len(sealed), MaxEnvelope)
	}
	if raw := must(Open(openers("us"), c.ID(), sealed)); len(raw) != MaxEntry {
		t.Fatal("it does not come out")
	}
	d.Body = append(d.Body, 0)
	d.Content = d.hash()
	if _, err := Sign(d, key("us")); err == nil {
		t.Fatal("signed one byte more")
	}
}

func TestAnyChangeOfAnEntryIsRefused(t *testing.T) {
	c := charterOf("ru", "us")
	l := must(NewLog(c))
	d := first(c, "us")
	d.Heads = manyHeads(2)
	everyChange(t, must(Sign(d, key("us"))).Raw, 1, func(changed []byte) bool {
		s, err := l.check(changed)
		return err == nil && s != nil
	})
	if len(l.strangers) > 64 {
		t.Fatalf("%d strangers came of one author's name", len(l.strangers))
	}
}

func TestADraftIsStrictToo(t *testing.T) {
	c := charterOf("ru", "us")
	good := first(c, "us")
	data := must(good.Encode())
	if back, err := ParseDraft(data); err != nil || !bytes.Equal(must(back.Encode()), data) {
		t.Fatal(err)
	}
	entry := must(Marshal(good.Entry))
	for name, form := range map[string]draftForm{
		"a second encoding": {Entry: append([]byte{0x8c, 0x18}, entry[1:]...), Body: good.Body},
		"another body":      {Entry: entry, Body: []byte("hallo")},
		"another salt":      {Entry: entry, Body: good.Body, Salt: [32]byte{1}},
		"no body":           {Entry: entry},
	} {
		if _, err := ParseDraft(must(Marshal(form))); !errors.Is(err, ErrEntry) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ParseDraft(make([]byte, MaxEntry+1)); !errors.Is(err, ErrEntry) {
		t.Errorf("too long: %v", err)
	}
	if _, err := Sign(first(c, "us"), key("ru")); err == nil {
		t.Fatal("signed as another")
	}
	bad := first(c, "us")
	bad.Kind = "?"
	if _, err := Sign(bad, key("us")); err == nil {
		t.Fatal("signed what nobody takes")
	}
	bad = first(c, "us")
	bad.Body = []byte("what was not committed to")
	if _, err := Sign(bad, key("us")); err == nil {
		t.Fatal("signed another body than it shows")
	}
}
