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
		f.Add(must(e.Encode()))
	}
	r := must(newRoster(c))
	f.Fuzz(func(t *testing.T, data []byte) {
		if e, err := ParseEntry(data); err == nil && !bytes.Equal(must(e.Encode()), data) {
			t.Fatal("a second encoding of an unsigned entry")
		}
		var parts signedEntry
		if Unmarshal(data, &parts) == nil && !bytes.Equal(must(Marshal(parts)), data) {
			t.Fatal("a second encoding of a signed entry")
		}
		if s, err := r.verify(data); err == nil {
			if known, ok := l.Entry(s.ID); !ok || !bytes.Equal(known.Raw, data) {
				t.Fatal("a forgery")
			}
		}
	})
}

func FuzzEnvelope(f *testing.F) {
	// The one in testdata, since every worker of a fuzz run must have the same.
	good, channel := unhex(readVectors(f).Envelope.Envelope), charterOf("ru", "us").ID()
	f.Add(good)
	k := bytes.Repeat([]byte{1}, 32)
	f.Add(build{version: 1, contentKey: k, commitTo: k, slots: 8, associated: func(*envelope) []byte { return nil }}.envelope())
	f.Add([]byte{0x85, 0x01})
	us := sealingKey("us")
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
