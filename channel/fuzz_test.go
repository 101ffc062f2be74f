package channel

import (
	"bytes"
	"runtime"
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

func FuzzChange(f *testing.F) {
	c := governed()
	good := must(signChange(enrol(c, "us", "us-2"), "us-a", "us-b").Encode())
	other := revoke(c, "us", "us", 3)
	other.Text = "text"
	f.Add(good)
	f.Add(must(other.Encode()))
	f.Add(must(signChange(other, "us-recovery").Encode()))
	k := must(newKeyring(c))
	f.Fuzz(func(t *testing.T, data []byte) {
		if x, err := ParseChange(data); err == nil && !bytes.Equal(must(x.Encode()), data) {
			t.Fatal("a second encoding")
		}
		s, err := ParseSignedChange(data)
		if err != nil {
			return
		}
		if !bytes.Equal(must(s.Encode()), data) {
			t.Fatal("a second encoding of a signed change")
		}
		if x, err := k.checkChange(data); err == nil && x.Side != "us" {
			t.Fatal("a forgery")
		}
	})
}

func FuzzOwnBodies(f *testing.F) {
	f.Add(must(Marshal(receiptBody{Missed: []EntryID{{1}, {2}}})))
	f.Add(must(Marshal(prekeyBody{Sealing: sealingKey("us").Public()})))
	f.Add(must(Marshal(firstPrekeyBody{Sealing: sealingKey("us").Public()})))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		if missed, err := parseMissed(data); err == nil && len(missed) > 0 && !bytes.Equal(must(Marshal(receiptBody{Missed: missed})), data) {
			t.Fatal("a second encoding of what is missed")
		}
		if body, err := parsePrekey(data); err == nil && !bytes.Equal(must(Marshal(body)), data) && !bytes.Equal(must(Marshal(firstPrekeyBody{Sealing: body.Sealing})), data) {
			t.Fatal("a second encoding of a prekey")
		}
	})
}

// A non-paper has one encoding; only what its MACs are over is taken, and what is
// taken is no entry.
func FuzzNonPaper(f *testing.F) {
	v := readVectors(f).NonPaper
	good := record{Header: unhex(v.Header), Content: unhex(v.Content)}
	f.Add(must(Marshal(good)))
	f.Add(must(Marshal(record{Header: good.Header})))
	k := must(newKeyring(vectorCharter()))
	f.Fuzz(func(t *testing.T, data []byte) {
		var parts record
		if Unmarshal(data, &parts) != nil {
			return
		}
		p, err := parseNonPaper(parts)
		if err != nil {
			return
		}
		if !bytes.Equal(must(Marshal(p.header)), parts.Header) || !bytes.Equal(must(Marshal(p.nonPaperForm)), p.header.Form) {
			t.Fatal("a second encoding of a non-paper")
		}
		if _, err := k.read(data); err == nil {
			t.Fatal("a non-paper is read as an entry")
		}
		mac := formMAC(unhex(v.Key), p.header.Form)
		if p.header.MACs[0] == mac && !bytes.Equal(parts.Header, good.Header) {
			t.Fatal("a forgery")
		}
	})
}

func FuzzProof(f *testing.F) {
	good := unhex(readVectors(f).Proof)
	f.Add(good)
	f.Fuzz(func(t *testing.T, data []byte) {
		var p Proof
		if Unmarshal(data, &p) == nil && !bytes.Equal(must(Marshal(p)), data) {
			t.Fatal("a second encoding")
		}
		if _, err := CheckProof(data); err == nil && !bytes.Equal(data, good) {
			t.Fatal("another proof")
		}
	})
}

// What a few bytes claim to be long is not believed: nothing is set aside for
// it. Each begins like a structure and says that a string or a list of 2^32-1
// follows.
func TestALengthIsNotBelieved(t *testing.T) {
	parsers := map[string]func([]byte) error{
		"card":           func(b []byte) error { _, err := ParseCard(b); return err },
		"charter":        func(b []byte) error { _, err := ParseCharter(b); return err },
		"signed charter": func(b []byte) error { _, err := ParseSignedCharter(b); return err },
		"change":         func(b []byte) error { _, err := ParseChange(b); return err },
		"signed change":  func(b []byte) error { _, err := ParseSignedChange(b); return err },
		"draft":          func(b []byte) error { _, err := ParseDraft(b); return err },
		"record":         func(b []byte) error { _, err := parseRecord(b); return err },
		"envelope":       func(b []byte) error { _, err := Open(nil, ID{}, b); return err },
		"receipt":        func(b []byte) error { _, err := parseMissed(b); return err },
		"prekey":         func(b []byte) error { _, err := parsePrekey(b); return err },
		"non-paper":      func(b []byte) error { _, err := parseNonPaper(record{Header: b}); return err },
		"proof":          func(b []byte) error { _, err := CheckProof(b); return err },
		"manifest":       func(b []byte) error { _, _, err := parseManifest(b); return err },
	}
	for name, parse := range parsers {
		for fields := range byte(13) {
			for _, major := range []byte{0x5a, 0x7a, 0x9a} {
				lie := append([]byte{0x80 | fields}, bytes.Repeat([]byte{major, 0xff, 0xff, 0xff, 0xff}, 13)...)
				before := allocated()
				if parse(lie) == nil {
					t.Errorf("%s takes it", name)
				}
				if grown := allocated() - before; grown > 1<<20 {
					t.Errorf("%s sets %d bytes aside", name, grown)
				}
			}
		}
	}
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
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
