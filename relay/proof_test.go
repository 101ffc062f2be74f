package relay

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"net/http"
	"strings"
	"testing"
)

// The vector for whoever writes a client in another language.
func TestProofVector(t *testing.T) {
	var key Key
	for i := range key {
		key[i] = byte(i)
	}
	p := proof{who: holder{Tag{1}, Tag{15: 2}}, time: 1_700_000_000, nonce: nonce{0: 0xa0, 15: 0x0a}}
	r, err := http.NewRequestWithContext(t.Context(), "GET", "https://relay.example/below/v1/box/"+strings.Repeat("ab", 32)+"?after=7&limit=256", nil)
	if err != nil {
		t.Fatal(err)
	}
	p.attach(r, key, sha256.Sum256(nil))
	want(t, "digest", r.Header.Get(digestHeader), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
	want(t, "authorization", r.Header.Get("Authorization"), "Parley-MAC 0100000000000000000000000000000000000000000000000000000000000002:1700000000:a000000000000000000000000000000a:e6a0ca70b61a4b2dd739e7800f86eb6cf15f6c519261e8f777856f4226af0336")
}

func FuzzProof(f *testing.F) {
	f.Add(proof{time: 1_700_000_000, nonce: nonce{1}}.String())
	f.Add(proofScheme + strings.Repeat("0", 64) + ":01:00000000000000000000000000000000:" + strings.Repeat("0", 64))
	f.Add(proofScheme + strings.Repeat("0", 64) + ":1:" + strings.Repeat("A", 32) + ":" + strings.Repeat("0", 64))
	f.Add(proofScheme + strings.Repeat("0", 64) + ":-1::")
	f.Add("Bearer x")
	f.Add("")
	f.Fuzz(func(t *testing.T, header string) {
		p, err := parseProof(header)
		if err == nil && p.String() != header {
			t.Errorf("%q has a second spelling %q", header, p.String())
		}
		if err == nil && p.time < 0 {
			t.Errorf("%q is before 1970", header)
		}
		if err != nil && !errors.Is(err, errProofForm) {
			t.Errorf("%q: %v", header, err)
		}
	})
}

// Whatever a relay sends: what is passed on ascends, is bounded, and writes the
// same page again.
func FuzzPage(f *testing.F) {
	f.Add(many(3).head(0, 0).Bytes(), uint64(0))
	f.Add(many(3).head(0, 1).Bytes(), uint64(1))
	f.Add(many(1).head(9, 1<<31).Bytes(), uint64(0))
	f.Add([]byte{}, uint64(0))
	f.Fuzz(func(t *testing.T, answer []byte, after uint64) {
		p := page{last: after}
		var again bytes.Buffer
		last := after
		err := p.read(bytes.NewReader(answer), func(n uint64, e []byte) error {
			if n <= last || len(e) == 0 || len(e) > maxFrame {
				t.Errorf("number %d after %d, %d bytes", n, last, len(e))
			}
			last = n
			return writeFrame(&again, n, e)
		})
		if err != nil {
			return
		}
		_ = writeEnd(&again, p.more)
		if !bytes.Equal(again.Bytes(), answer) || p.last != last || p.count > pageCount {
			t.Errorf("%x was read as %x, last %d of %d", answer, again.Bytes(), p.last, last)
		}
	})
}
