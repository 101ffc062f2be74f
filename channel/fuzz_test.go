package channel

import (
	"bytes"
	"testing"
	"testing/fstest"
)

// What a decoder accepts, it must write again in the same bytes: no entry has
// two encodings. And nothing may panic.

func FuzzEntry(f *testing.F) {
	c, l := talks()
	for _, e := range l.Entries() {
		f.Add(e.Raw)
		f.Add(must(e.withoutBody()).Raw)
	}
	k := must(newKeyring(c))
	f.Fuzz(func(t *testing.T, data []byte) {
		u, err := k.read(data)
		if err != nil {
			return
		}
		var r record
		if Unmarshal(data, &r) != nil || !bytes.Equal(must(Marshal(r)), data) {
			t.Fatal("a second encoding of a signed entry")
		}
		seat, ok := k.seats[u.Author]
		if !ok {
			return
		}
		if s, err := u.verify(seat.keys); err == nil {
			if known, ok := l.Entry(s.ID); !ok || !bytes.Equal(known.Raw, data) && !s.Withheld {
				t.Fatal("a forgery")
			}
		}
	})
}

func FuzzDraft(f *testing.F) {
	c, _ := talks()
	f.Add(must(first(c, "us").Encode()))
	f.Fuzz(func(t *testing.T, data []byte) {
		if d, err := ParseDraft(data); err == nil && !bytes.Equal(must(d.Encode()), data) {
			t.Fatal("a second encoding of a draft")
		}
	})
}

func FuzzEnvelope(f *testing.F) {
	// The one in testdata, since every worker of a fuzz run must have the same.
	good, channel := unhex(readVectors(f).Envelope.Envelope), charterOf("ru", "us").ID()
	f.Add(good)
	f.Add(goodBuild().envelope())
	f.Add([]byte{0x83, 0x84, 0x01})
	us := openers("us")
	f.Fuzz(func(t *testing.T, data []byte) {
		var e envelope
		if Unmarshal(data, &e) == nil && !bytes.Equal(must(Marshal(e)), data) {
			t.Fatal("a second encoding")
		}
		if _, err := Open(us, channel, data); err == nil && !bytes.Equal(data, good) {
			t.Fatal("another envelope opens")
		} else if err != nil && err != ErrEnvelope {
			t.Fatalf("an error that tells something: %v", err)
		}
	})
}

func FuzzCharter(f *testing.F) {
	f.Add(must(withNeutral().Encode()))
	f.Add(must(signedCharterOf(f, charterOf("ru", "us")).Encode()))
	f.Fuzz(func(t *testing.T, data []byte) {
		if c, err := ParseCharter(data); err == nil && (!bytes.Equal(must(c.Encode()), data) || c.ID() != charterID(data)) {
			t.Fatal("a second encoding")
		}
		if s, err := ParseSignedCharter(data); err == nil && !bytes.Equal(must(s.Encode()), data) {
			t.Fatal("a second encoding of a signed charter")
		}
	})
}

func FuzzCard(f *testing.F) {
	f.Add(must(must(SignCard(delegation("us"), 5, key("us"))).Encode()))
	f.Fuzz(func(t *testing.T, data []byte) {
		if s, err := ParseCard(data); err == nil && !bytes.Equal(must(s.Encode()), data) {
			t.Fatal("a second encoding")
		}
	})
}

func FuzzExport(f *testing.F) {
	files := exported(f)
	fsys := folder(files)
	for _, data := range files {
		f.Add(data)
	}
	verify := remembering()
	f.Fuzz(func(t *testing.T, data []byte) {
		if m, s, err := parseManifest(data); err == nil && (!bytes.Equal(must(Marshal(*s)), data) || !bytes.Equal(must(Marshal(*m)), s.Raw)) {
			t.Fatal("a second encoding")
		}
		for _, name := range []string{manifestFile, charterFile} {
			changed := fstest.MapFS{}
			for n, file := range fsys {
				changed[n] = file
			}
			changed[name] = &fstest.MapFile{Data: data}
			if verify(changed).OK && !bytes.Equal(data, files[name]) {
				t.Fatalf("another %s is taken", name)
			}
		}
	})
}
