package relay

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

func TestAnOversizeBody(t *testing.T) {
	_, url := open(t, Config{MaxEnvelope: 1000})
	c := member(t, url)
	want(t, "as large as may be", mustAppend(t, c, strings.Repeat("x", 1000)), 1)
	_, err := c.Append(t.Context(), []byte(strings.Repeat("x", 1001)))
	wantError(t, err, "status 413", "too large")

	// Without a length in front it is noticed on the way.
	code, text := ask(t, "POST", boxURL(url, c.access.Mailbox), c.access.Key, strings.Repeat("y", 1001), func(r *http.Request, _ *proof) {
		r.ContentLength = -1
	})
	wantAnswer(t, code, text, 413, "too large")
	_, last, err := c.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want(t, "nothing came in", last, 1)
}

// slowly opens a connection and sends a signed request whose body stays away.
func slowly(t *testing.T, c *Client, url string, key Key, length int) net.Conn {
	t.Helper()
	signer := dial(t, url, c.access.Mailbox, key, Options{})
	r, err := signer.signed(t.Context(), request{method: "POST", body: make([]byte, length)})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n", r.URL.Path, length)
	_ = r.Header.Write(conn)
	_, _ = io.WriteString(conn, "\r\n")
	return conn
}

// A body that drips or stops loses its place.
func TestASlowBody(t *testing.T) {
	s, err := Open(t.Context(), Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	s.stall = 400 * time.Millisecond
	url := serve(t, s)
	c := member(t, url)
	mustAppend(t, c, "a")

	t.Run("stops", func(t *testing.T) {
		conn := slowly(t, c, url, c.access.Key, 100)
		wantEnd(t, conn, "408")
	})
	t.Run("drips", func(t *testing.T) {
		conn := slowly(t, c, url, c.access.Key, 100)
		go func() {
			for range 100 {
				if _, err := conn.Write([]byte{0}); err != nil {
					return
				}
				time.Sleep(100 * time.Millisecond)
			}
		}()
		wantEnd(t, conn, "408")
	})
	t.Run("a stranger's", func(t *testing.T) {
		_, wrong := secret()
		wantEnd(t, slowly(t, c, url, wrong, 100), "404")
	})
	// What ends at once does not wait for a stall.
	calm, err := Open(t.Context(), Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	calm.stall = time.Minute
	patient := serve(t, calm)
	known := member(t, patient)
	mustAppend(t, known, "a")
	t.Run("cut off", func(t *testing.T) {
		conn := slowly(t, known, patient, known.access.Key, 100)
		_ = conn.(*net.TCPConn).CloseWrite()
		wantEnd(t, conn, "400")
	})
	t.Run("too large is said at once", func(t *testing.T) {
		wantEnd(t, slowly(t, known, patient, known.access.Key, 7<<20), "413")
	})
	want(t, "nothing came in, and the others go on", mustAppend(t, c, "b"), 2)
	want(t, "nothing came in there either", mustAppend(t, known, "b"), 2)
}

// The bounds on a connection end with the request that they were for.
func TestBoundsAreNotLeftBehind(t *testing.T) {
	s, err := Open(t.Context(), Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	s.stall = 400 * time.Millisecond
	url := serve(t, s)
	dials := 0
	carrier := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		dials++
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}}
	defer carrier.CloseIdleConnections()
	name, key := secret()
	c := dial(t, url, name, key, Options{HTTP: &http.Client{Transport: carrier}, Wait: time.Second})
	want(t, "after a wait longer than a stall", all(t, c, 0), "")
	want(t, "number", mustAppend(t, c, "a"), 1)
	want(t, "contents", all(t, c, 0), "1:a ")
	time.Sleep(2 * s.stall)
	want(t, "number", mustAppend(t, c, "b"), 2)
	want(t, "connections", dials, 1)
}

// wantEnd reads the answer and then the end of the connection.
func wantEnd(t *testing.T, conn net.Conn, status string) {
	t.Helper()
	_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
	r := bufio.NewReader(conn)
	line, err := r.ReadString('\n')
	if err != nil || !strings.Contains(line, status) {
		t.Errorf("answer %q, %v; want status %s", line, err, status)
	}
	if _, err := io.Copy(io.Discard, r); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("connection stays open")
	}
}

// Slow bodies of one mailbox don't take the places of the others.
func TestPlacesAreShared(t *testing.T) {
	s, err := Open(t.Context(), Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	url := serve(t, s)
	c := member(t, url)
	mustAppend(t, c, "a")
	for range maxUploads + 5 {
		slowly(t, c, url, c.access.Key, 100)
	}
	deadline := time.Now().Add(time.Minute)
	for len(s.uploads) < boxUploads && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
	want(t, "places of the relay taken", len(s.uploads), boxUploads)
	want(t, "another mailbox", mustAppend(t, member(t, url), "b"), 1)
}
