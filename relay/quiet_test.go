package relay

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// marked adds words to every request that a relay has no business keeping.
type marked struct{ word string }

func (m marked) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	for _, h := range []string{"User-Agent", "Referer", "Cookie", "X-Forwarded-For", "From"} {
		r.Header.Set(h, m.word)
	}
	return http.DefaultTransport.RoundTrip(r)
}

// The storage holds envelopes, mailboxes' names, digests and keys, and nothing
// about who sent what.
func TestTheStorageHoldsEnvelopesAlone(t *testing.T) {
	const marker, word, inside = "marked-by-the-sender", "the-access-word", "inside-an-envelope"
	dir := t.TempDir()
	s, url := open(t, Config{Dir: dir, Admit: word})
	name, key := secret()
	c := dial(t, url, name, key, Options{Admit: word, HTTP: &http.Client{Transport: marked{marker}}})
	mustAppend(t, c, inside)
	all(t, c, 0)
	_, _, _ = member(t, url).State(t.Context())
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	want(t, "what the search must find", search(t, dir, inside), true)
	want(t, "the key is kept, as the package comment says", search(t, dir, hex.EncodeToString(key[:])), true)
	for _, never := range []string{marker, word, "127.0.0.1", "Parley-MAC", strings.TrimPrefix(url, "http://")} {
		want(t, never+" in storage", search(t, dir, never), false)
	}
}

// search looks for a text in the names and the contents of all files.
func search(t *testing.T, dir, text string) (found bool) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		found = found || bytes.Contains(b, []byte(text)) || strings.Contains(path, text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// The log says how much and how long, never who, where or what.
func TestTheLogNamesNobody(t *testing.T) {
	dir := t.TempDir()
	var out lockedBuffer
	cfg := Config{Dir: dir, Admit: "the-access-word", MaxEnvelope: 100, Log: slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	s, url := open(t, cfg)
	name, key := secret()
	c := dial(t, url, name, key, Options{Admit: cfg.Admit})
	mustAppend(t, c, "the-envelope")
	all(t, c, 0)
	_, _ = c.Append(t.Context(), make([]byte, 101))
	_, wrong := secret()
	_, _, _ = dial(t, url, name, wrong, Options{}).State(t.Context())
	ask(t, "GET", url+"/a-path-of-somebody", key, "", nil)
	s.storage.free = func(string) (uint64, error) { return 0, nil }
	_, _ = c.Append(t.Context(), []byte("another"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	// A damaged mailbox has NATS complain by name.
	meta := filepath.Join(dir, "jetstream", "$G", "streams", fmt.Sprintf("box-%x", [32]byte(name)), "meta.sum")
	if err := os.WriteFile(meta, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, cfg)

	log := out.String()
	for _, must := range []string{`"msg":"append"`, `"msg":"relay open"`, "disk is full", "set aside", "checksums do not match"} {
		want(t, must+" in the log", strings.Contains(log, must), true)
	}
	for _, secret := range []string{
		hex.EncodeToString(name[:]), hex.EncodeToString(key[:]), base64.StdEncoding.EncodeToString(key[:]),
		"127.0.0.1", "the-envelope", "the-access-word", "somebody", "Parley-MAC", dir,
	} {
		want(t, secret+" in the log", strings.Contains(log, secret), false)
	}
}

// lockedBuffer is a log that several goroutines write.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func TestSecretsHideThemselves(t *testing.T) {
	name, key := secret()
	c := dial(t, "http://relay.example", name, key, Options{})
	var text strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%b", "%c", "%U", "%08b", "%t", "%e"} {
		for _, v := range []any{name, key, &name, &key, c, []Key{key}, map[Name]Key{name: key}, struct{ K Key }{key}} {
			if verb == "%p" {
				continue
			}
			fmt.Fprintf(&text, verb+"\n", v)
		}
	}
	for _, v := range []any{name, key, c, struct{ K Key }{key}} {
		b, _ := json.Marshal(v)
		text.Write(b)
		slog.New(slog.NewTextHandler(&text, nil)).Info("x", "v", v)
		slog.New(slog.NewJSONHandler(&text, nil)).Info("x", "v", v)
	}
	for _, b := range [][]byte{name[:], key[:]} {
		for _, shown := range []string{
			string(b[:8]), hex.EncodeToString(b[:8]), strings.ToUpper(hex.EncodeToString(b[:8])),
			base64.StdEncoding.EncodeToString(b[:6]), strings.Trim(fmt.Sprint(b[:6]), "[]"),
			strings.ReplaceAll(strings.Trim(fmt.Sprint(b[:6]), "[]"), " ", ","),
		} {
			if strings.Contains(text.String(), shown) {
				t.Errorf("shown as %q", shown)
			}
		}
	}
}
