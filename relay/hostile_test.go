package relay

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// hostile serves whatever a test likes under a parley relay's header.
func hostile(t *testing.T, h http.HandlerFunc) *Client {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(relayHeader, relayVersion)
		h(w, r)
	}))
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return member(t, s.URL)
}

// stream builds an answer to a fetch.
type stream struct{ bytes.Buffer }

func (s *stream) frame(number uint64, envelope string) *stream {
	_ = writeFrame(s, number, []byte(envelope))
	return s
}

func (s *stream) head(number uint64, length uint32) *stream {
	_ = writeHead(s, number, length)
	return s
}

func (s *stream) raw(text string) *stream {
	s.WriteString(text)
	return s
}

func many(n int) *stream {
	s := &stream{}
	for i := range n {
		s.frame(uint64(i+1), "x")
	}
	return s
}

func TestAHostileFetch(t *testing.T) {
	cases := map[string]struct {
		answer *stream
		want   string // "" is no error
		got    int
	}{
		"honest":              {many(3).head(0, 0), "", 3},
		"empty":               {many(0).head(0, 0), "", 0},
		"nothing":             {many(0), "cut off", 0},
		"no end":              {many(2), "cut off", 2},
		"half a head":         {many(2).raw("\x00\x00"), "cut off", 2},
		"half an envelope":    {many(1).head(2, 10).raw("short"), "cut off", 1},
		"number repeated":     {many(2).frame(2, "x").head(0, 0), "number 2 after 2", 2},
		"number going back":   {many(3).frame(1, "x").head(0, 0), "number 1 after 3", 3},
		"huge length":         {many(1).head(2, 1<<32-1), "4294967295 bytes", 1},
		"length over bound":   {many(1).head(2, maxFrame+1), "at most", 1},
		"large and cut":       {many(1).head(2, maxFrame), "cut off", 1},
		"empty envelope":      {many(1).frame(2, "").head(0, 0), "empty envelope", 1},
		"too many":            {many(pageCount+1).head(0, 0), "more than the 256", pageCount},
		"bytes after the end": {many(1).head(0, 0).raw("x"), "after the end", 1},
		"odd flag":            {many(1).head(0, 2), "flag 2", 1},
		"more after nothing":  {many(0).head(0, 1), "flag 1 after 0", 0},
		"json":                {many(0).raw(`{"number":1,"envelope":"aaaa"}`), "bytes", 0},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := hostile(t, func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write(tc.answer.Bytes()) })
			got := 0
			err := c.Fetch(t.Context(), 0, func(uint64, []byte) error { got++; return nil })
			if tc.want == "" && err != nil {
				t.Error(err)
			} else if tc.want != "" {
				wantError(t, err, tc.want)
			}
			want(t, "passed on before", got, tc.got)
		})
	}
}

func TestARelayThatSendsTooMuch(t *testing.T) {
	c := hostile(t, func(w http.ResponseWriter, r *http.Request) {
		big := make([]byte, maxFrame)
		for n := uint64(1); ; n++ {
			if writeFrame(w, n, big) != nil {
				return
			}
		}
	})
	got := 0
	err := c.Fetch(t.Context(), 0, func(uint64, []byte) error { got++; return nil })
	wantError(t, err, "bytes in one answer")
	want(t, "passed on", got, 1)
}

func TestNumbersBelowTheCursor(t *testing.T) {
	c := hostile(t, func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write(many(3).head(0, 0).Bytes()) })
	err := c.Fetch(t.Context(), 2, func(uint64, []byte) error { t.Error("passed on"); return nil })
	wantError(t, err, "number 1 after 2")
}

// Pages go on only while they bring something, and not for ever.
func TestARelayWithoutEnd(t *testing.T) {
	for what, most := range map[string]bound{"envelopes": {100, 1 << 20}, "bytes": {1 << 20, 100}} {
		t.Run(what, func(t *testing.T) { testWithoutEnd(t, most) })
	}
}

func testWithoutEnd(t *testing.T, most bound) {
	var next atomic.Uint64
	c := hostile(t, func(w http.ResponseWriter, r *http.Request) {
		s := &stream{}
		_, _ = w.Write(s.frame(next.Add(1), "x").head(0, 1).Bytes())
	})
	got := 0
	err := c.Fetch(t.Context(), 0, func(uint64, []byte) error {
		if got++; got == 50 {
			return io.ErrNoProgress
		}
		return nil
	})
	if err != io.ErrNoProgress {
		t.Errorf("the caller's own error came back as %v", err)
	}
	c.most, got = most, 0
	err = c.Fetch(t.Context(), next.Load(), func(uint64, []byte) error { got++; return nil })
	wantError(t, err, "does not end")
	want(t, "passed on before", got, 101)
}

func TestHostileJSON(t *testing.T) {
	long := strings.Repeat(" ", maxJSON)
	for name, tc := range map[string]struct{ text, want string }{
		"not JSON":          {"<html>", "not the JSON"},
		"nothing":           {"", "not the JSON"},
		"another shape":     {`[1]`, "not the JSON"},
		"negative":          {`{"epoch":"a","last":-1,"number":-1}`, "not the JSON"},
		"too long":          {`{"epoch":"a",` + long + `"number":1}`, "too long"},
		"no epoch":          {`{"number":0}`, "epoch"},
		"an epoch to show":  {`{"epoch":"\u001b[2Jdeadbeef"}`, "epoch"},
		"a very long epoch": {`{"epoch":"` + strings.Repeat("a", 65) + `"}`, "epoch"},
		"two values":        {`{"epoch":"a"}{"epoch":"b"}`, "not the JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			c := hostile(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, tc.text) })
			_, _, err := c.State(t.Context())
			wantError(t, err, tc.want)
			_, err = c.Append(t.Context(), []byte("x"))
			wantError(t, err, tc.want)
		})
	}
	c := hostile(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, `{"epoch":"a","last":1}`) })
	_, err := c.Append(t.Context(), []byte("x"))
	wantError(t, err, "no number")
}

// A relay's words are quoted: they can't move a terminal's cursor or fill it.
func TestARefusalIsQuoted(t *testing.T) {
	c := hostile(t, func(w http.ResponseWriter, r *http.Request) {
		answer(w, 418, refuse(0, "\x1b[2J\u202e"+strings.Repeat("A", 5000), "\r\n>"))
	})
	_, _, err := c.State(t.Context())
	wantError(t, err, "status 418", `\x1b[2J\u202e`)
	if len(err.Error()) > 1000 || strings.ContainsAny(err.Error(), "\x1b\r\n\u202e") {
		t.Errorf("error %q", err)
	}
}

// A relay that refuses whatever is tried is asked a few times and no more.
func TestNoQuestionIsRepeatedForEver(t *testing.T) {
	for _, codes := range [][]int{{401}, {404}, {401, 404}, {404, 401}} {
		var asked atomic.Int32
		c := hostile(t, func(w http.ResponseWriter, r *http.Request) {
			n := int(asked.Add(1))
			if r.Method == "PUT" {
				w.WriteHeader(201)
				return
			}
			no := refuse(codes[n%len(codes)], "no", "")
			no.Time = int64(n)
			answer(w, no.Status, no)
		})
		if _, _, err := c.State(t.Context()); err == nil {
			t.Error("no error")
		}
		if n := asked.Load(); n > 8 {
			t.Errorf("asked %d times", n)
		}
	}
}

func TestAPackedAnswerIsNotUnpacked(t *testing.T) {
	c := hostile(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = z.Write(many(1).head(0, 0).Bytes())
		_ = z.Close()
	})
	err := c.Fetch(t.Context(), 0, func(uint64, []byte) error { t.Error("unpacked"); return nil })
	if err == nil {
		t.Error("no error")
	}
}

func TestWhatIsNoRelay(t *testing.T) {
	for name, tc := range map[string]struct {
		serve http.HandlerFunc
		want  string
	}{
		"a web page": {func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "<html>please log in") }, "no parley relay"},
		"not found":  {http.NotFound, "no parley relay"},
		"a proxy":    {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(502) }, "status 502"},
		"a redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		}, "redirects"},
		"breaks off": {func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) }, "EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(tc.serve)
			defer s.Close()
			c := member(t, s.URL)
			_, err := c.Append(t.Context(), []byte("x"))
			wantUnreachable(t, c, err, tc.want)
			wantUnreachable(t, c, c.Fetch(t.Context(), 0, nil), tc.want)
		})
	}
}

// A redirect would take the key, or a proof, to another place.
func TestRedirectsAreNotFollowed(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the redirect was followed")
	}))
	defer elsewhere.Close()
	c := hostile(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL+r.URL.Path, http.StatusTemporaryRedirect)
	})
	if _, _, err := c.State(t.Context()); err == nil {
		t.Error("no error")
	}
}

// A relay that restarts between two requests has closed the connection that
// the second one is sent over.
func TestALostConnectionIsTriedAgain(t *testing.T) {
	s, err := Open(t.Context(), Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var appends atomic.Int32
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && appends.Add(1) == 1 {
			s.ServeHTTP(httptest.NewRecorder(), r) // it is done, and the answer lost
			panic(http.ErrAbortHandler)
		}
		s.ServeHTTP(w, r)
	}))
	defer front.Close()
	c := member(t, front.URL)
	want(t, "number", mustAppend(t, c, "a"), 1)
	want(t, "number", mustAppend(t, c, "b"), 2)
	want(t, "contents", all(t, c, 0), "1:a 2:b ")
}

// wantUnreachable checks what the command line tells its user, and that it
// doesn't name the mailbox.
func wantUnreachable(t *testing.T, c *Client, err error, part string) {
	t.Helper()
	if !errors.Is(err, ErrUnreachable) {
		t.Errorf("%v is not ErrUnreachable", err)
	}
	wantError(t, err, "relay can't be reached", part)
	if err != nil && strings.Contains(err.Error(), fmt.Sprintf("%x", [32]byte(c.access.Mailbox))) {
		t.Errorf("%v names the mailbox", err)
	}
}

func TestARelayThatIsDown(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + l.Addr().String()
	_ = l.Close()
	c := member(t, url)
	_, err = c.Append(t.Context(), []byte("x"))
	wantUnreachable(t, c, err, "refused")
	_, _, err = c.State(t.Context())
	wantUnreachable(t, c, err, "refused")
}

func TestARelayThatIsSilent(t *testing.T) {
	for name, serve := range map[string]http.HandlerFunc{
		"from the start": func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"in the middle": func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write(many(2).head(3, 100).raw("half").Bytes())
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := hostile(t, serve)
			c.silence = 100 * time.Millisecond
			wantUnreachable(t, c, c.Fetch(t.Context(), 0, func(uint64, []byte) error { return nil }), "no answer in time")
			_, _, err := c.State(t.Context())
			wantUnreachable(t, c, err, "no answer in time")
		})
	}
}

// A caller's slowness is not the relay's.
func TestASlowCallerIsNotASilentRelay(t *testing.T) {
	c := hostile(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write(many(1).Bytes())
		w.(http.Flusher).Flush()
		time.Sleep(50 * time.Millisecond)
		s := &stream{}
		_, _ = w.Write(s.frame(2, "y").head(0, 0).Bytes())
	})
	c.silence = 2 * time.Second
	err := c.Fetch(t.Context(), 0, func(uint64, []byte) error { time.Sleep(c.silence + c.silence/10); return nil })
	if err != nil {
		t.Error(err)
	}
}

func TestGivingUp(t *testing.T) {
	c := hostile(t, func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	_, err := c.Append(ctx, []byte("x"))
	if !errors.Is(err, context.Canceled) || errors.Is(err, ErrUnreachable) {
		t.Errorf("cancelled: %v", err)
	}
	ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = c.Append(ctx, []byte("x"))
	if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, ErrUnreachable) {
		t.Errorf("out of time: %v", err)
	}
}

func TestAddresses(t *testing.T) {
	name, key := secret()
	for _, bad := range []string{"", "relay.example", "ftp://relay.example", "http://", "https:///v1", "http://u:p@relay.example", "http://relay.example?x=1", "http://[::1", "file:///etc/passwd"} {
		if _, err := Dial(bad, accessTo(name, key), Options{}); err == nil {
			t.Errorf("%q is taken", bad)
		} else if strings.Contains(err.Error(), "u:p") {
			t.Errorf("%v shows a password", err)
		}
	}
	for _, good := range []string{"http://relay.example", "https://relay.example:8443/", "http://127.0.0.1:1/some/path/", "http://relay.example#realm"} {
		if _, err := Dial(good, accessTo(name, key), Options{}); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	if _, err := Dial("http://relay.example", accessTo(name, key), Options{Wait: 2 * maxWait}); err == nil {
		t.Error("a wait that the relay would refuse is taken")
	}
}

// A relay may stand below a path of another server.
func TestARelayBehindAPath(t *testing.T) {
	s, _ := open(t, Config{})
	front := httptest.NewServer(http.StripPrefix("/v1/parley", s))
	defer front.Close()
	c := member(t, front.URL+"/v1/parley/")
	want(t, "number", mustAppend(t, c, "a"), 1)
	want(t, "contents", all(t, c, 0), "1:a ")
}
