package relay

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("PARLEY_TEST_RELAY"); dir != "" {
		os.Exit(runRelay(Config{Dir: dir}))
	}
	if urls := os.Getenv("PARLEY_TEST_CLUSTER_RELAY"); urls != "" {
		os.Exit(runRelay(Config{NATS: urls}))
	}
	if spec := os.Getenv("PARLEY_TEST_NATS"); spec != "" {
		os.Exit(runNATS(spec))
	}
	os.Exit(m.Run())
}

// open starts a relay that is served over loopback.
func open(t testing.TB, cfg Config) (*Server, string) {
	t.Helper()
	if cfg.Dir == "" {
		cfg.Dir = t.TempDir()
	}
	s, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s, serve(t, s)
}

// serve serves a relay that a test has opened and perhaps changed.
func serve(t testing.TB, s *Server) (url string) {
	t.Helper()
	h := httptest.NewServer(s)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		h.CloseClientConnections()
		h.Close()
	})
	return h.URL
}

// secret returns a mailbox's name and key.
func secret() (name Name, key Key) {
	_, _ = rand.Read(name[:])
	_, _ = rand.Read(key[:])
	return name, key
}

// memberTag and sideTag are those of the one member that most tests know.
var memberTag, sideTag = Tag{1}, Tag{2}

// accessTo is that member's, with this key.
func accessTo(name Name, key Key) Access {
	door := Key(sha256.Sum256(append([]byte("door"), key[:]...)))
	seated := Key(sha256.Sum256(append([]byte("side"), key[:]...)))
	return Access{
		Mailbox: name, Door: door, Sides: map[Tag]Key{sideTag: seated}, Side: sideTag, Member: memberTag,
		Key: key, Admin: Key(sha256.Sum256(append([]byte("admin"), key[:]...))),
	}
}

func dial(t testing.TB, url string, name Name, key Key, opts Options) *Client {
	t.Helper()
	return dialAs(t, url, accessTo(name, key), opts)
}

func dialAs(t testing.TB, url string, access Access, opts Options) *Client {
	t.Helper()
	c, err := Dial(url, access, opts)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// member returns a client of a new mailbox.
func member(t testing.TB, url string) *Client {
	t.Helper()
	name, key := secret()
	return dial(t, url, name, key, Options{})
}

func mustAppend(t testing.TB, c *Client, envelope string) uint64 {
	t.Helper()
	n, err := c.Append(t.Context(), []byte(envelope))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// all returns what a mailbox holds after a number, as "1:a 2:b ".
func all(t testing.TB, c *Client, after uint64) string {
	t.Helper()
	var b bytes.Buffer
	err := c.Fetch(t.Context(), after, func(n uint64, envelope []byte) error {
		_, err := fmt.Fprintf(&b, "%d:%s ", n, envelope)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A failer is a test of testing or of rapid.
type failer interface {
	Helper()
	Errorf(format string, args ...any)
}

func want[T comparable](t failer, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// ask signs a request as a member does, lets the test spoil it, and returns the
// status and the body of the answer.
func ask(t testing.TB, method, url string, key Key, body string, spoil func(*http.Request, *proof)) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	p := proof{who: holder{sideTag, memberTag}, time: time.Now().Unix()}
	_, _ = rand.Read(p.nonce[:])
	if spoil == nil {
		spoil = func(*http.Request, *proof) {}
	}
	spoil(r, &p)
	p.attach(r, key, sha256.Sum256([]byte(body)))
	return do(t, r)
}

func do(t testing.TB, r *http.Request) (int, string) {
	t.Helper()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func boxURL(url string, name Name) string { return fmt.Sprintf("%s/v1/box/%x", url, [32]byte(name)) }
