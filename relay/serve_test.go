package relay

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestHealth(t *testing.T) {
	s, url := open(t, Config{})
	get := func() (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), "GET", url+"/v1/health", nil)
		if err != nil {
			t.Fatal(err)
		}
		return do(t, r)
	}
	code, text := get()
	wantAnswer(t, code, text, 200, "ok")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	code, text = get()
	wantAnswer(t, code, text, 503, "hint")
}

func TestOtherPaths(t *testing.T) {
	_, url := open(t, Config{})
	for _, path := range []string{"/", "/v1/", "/v1/box/", "/v1/box/x/y", "/v2/health"} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		code, text := do(t, r)
		wantAnswer(t, code, text, 404, "no such path")
	}
}

func TestQueries(t *testing.T) {
	_, url := open(t, Config{})
	c := member(t, url)
	mustAppend(t, c, "a")
	for _, q := range []string{"after=-1", "after=x", "after=", "after=1&after=2", "limit=0", "limit=257", "wait=61", "wait=1.5", "from=1"} {
		code, text := ask(t, "GET", boxURL(url, c.access.Mailbox)+"?"+q, c.access.Key, "", nil)
		wantAnswer(t, code, text, 400, "query is not understood")
	}
}

func TestALongPollEndsWhenSomethingArrives(t *testing.T) {
	s, url := open(t, Config{})
	name, key := secret()
	writer := dial(t, url, name, key, Options{})
	reader := dial(t, url, name, key, Options{Wait: time.Minute})
	mustAppend(t, writer, "a")
	began := time.Now()
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() {
		until(t, func() bool { return waiting(s) == 1 })
		for _, envelope := range []string{"a", "b"} { // the first is not new
			if _, err := writer.Append(t.Context(), []byte(envelope)); err != nil {
				t.Error(err)
			}
		}
	})
	want(t, "what arrived", all(t, reader, 1), "2:b ")
	wg.Wait()
	want(t, "what was there needs no wait", all(t, reader, 0), "1:a 2:b ")
	if took := time.Since(began); took > 50*time.Second { // and not a minute
		t.Errorf("waited for %v", took)
	}
	want(t, "nobody waits any more", waiting(s), 0)
}

func TestALongPollEndsInTime(t *testing.T) {
	_, url := open(t, Config{})
	name, key := secret()
	c := dial(t, url, name, key, Options{Wait: time.Second})
	began := time.Now()
	want(t, "nothing", all(t, c, 0), "")
	if took := time.Since(began); took < time.Second || took > 50*time.Second {
		t.Errorf("waited for %v", took)
	}
}

func TestLongPollsAreCounted(t *testing.T) {
	s, url := open(t, Config{})
	name, key := secret()
	mustAppend(t, dial(t, url, name, key, Options{}), "a")
	ctx, cancel := context.WithCancel(t.Context())
	poll := func() error {
		c := dial(t, url, name, key, Options{Wait: time.Minute})
		return c.Fetch(ctx, 1, func(uint64, []byte) error { return nil })
	}
	ended := make(chan error, boxWaiters)
	for range boxWaiters {
		go func() { ended <- poll() }()
	}
	until(t, func() bool { return waiting(s) == boxWaiters })
	wantError(t, poll(), "status 429")
	cancel()
	for range boxWaiters {
		if err := <-ended; !errors.Is(err, context.Canceled) || errors.Is(err, ErrUnreachable) {
			t.Errorf("a poll that its caller gave up: %v", err)
		}
	}
	until(t, func() bool { return waiting(s) == 0 })
}

// waiting counts the long polls of all mailboxes.
func waiting(s *Server) (n int) {
	s.boxes.mu.RLock()
	defer s.boxes.mu.RUnlock()
	for _, b := range s.boxes.byName {
		n += len(b.waiters)
	}
	return n
}

// until waits for something that another goroutine brings about.
func until(t *testing.T, done func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !done(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Error("it did not come about")
			return
		}
	}
}

func TestServeEndsCleanly(t *testing.T) {
	s, err := Open(t.Context(), Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, l) }()
	name, key := secret()
	address := "http://" + l.Addr().String()
	c := dial(t, address, name, key, Options{})
	mustAppend(t, c, "a")
	polled := make(chan error, 1)
	go func() {
		p := dial(t, address, name, key, Options{Wait: time.Minute})
		polled <- p.Fetch(t.Context(), 1, func(uint64, []byte) error { return nil })
	}()
	until(t, func() bool { return waiting(s) == 1 })

	began := time.Now()
	cancel()
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
	if err := <-polled; !errors.Is(err, ErrUnreachable) {
		t.Errorf("the long poll: %v", err)
	}
	if took := time.Since(began); took > closeGrace/2 {
		t.Errorf("shutting down took %v", took)
	}
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Error(err)
	}
	_, err = c.Append(t.Context(), []byte("b"))
	if !errors.Is(err, ErrUnreachable) {
		t.Errorf("after the end: %v", err)
	}
}

func TestCloseEndsLongPolls(t *testing.T) {
	s, url := open(t, Config{})
	name, key := secret()
	mustAppend(t, dial(t, url, name, key, Options{}), "a")
	polled := make(chan error, 1)
	go func() {
		p := dial(t, url, name, key, Options{Wait: time.Minute})
		polled <- p.Fetch(t.Context(), 1, func(uint64, []byte) error { return nil })
	}()
	until(t, func() bool { return waiting(s) == 1 })
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-polled; !errors.Is(err, ErrUnreachable) {
		t.Errorf("the long poll: %v", err)
	}
}

// A header that doesn't come to its end, and one that is too long.
func TestServeBoundsHeaders(t *testing.T) {
	s, err := Open(t.Context(), Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, l) }()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	go func() {
		_, _ = conn.Write([]byte("GET /v1/health HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 64<<10) + "\r\n\r\n"))
	}()
	wantEnd(t, conn, "431")
	cancel()
	if err := <-served; err != nil {
		t.Error(err)
	}
}
