package relay

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func wantError(t testing.TB, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want one with %q", parts)
		return
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("error %q lacks %q", err, p)
		}
	}
}

func wantAnswer(t testing.TB, code int, text string, wantCode int, part string) {
	t.Helper()
	if code != wantCode || !strings.Contains(text, part) {
		t.Errorf("answer %d %s, want %d with %q", code, text, wantCode, part)
	}
}

func TestTheProofCoversTheRequest(t *testing.T) {
	_, url := open(t, Config{})
	c, other := member(t, url), member(t, url)
	mustAppend(t, c, "a")
	mustAppend(t, other, "b")
	good := boxURL(url, c.access.Mailbox)
	sign := func(method, address, body string) *http.Request {
		r, err := c.signed(t.Context(), request{method: method, body: []byte(body)})
		if err != nil {
			t.Fatal(err)
		}
		moved, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		moved.Header = r.Header
		return moved
	}
	cases := map[string]struct {
		r    *http.Request
		want int
	}{
		"nothing changed": {sign("GET", good, ""), 200},
		"method":          {func() *http.Request { r := sign("GET", good, ""); r.Method = "POST"; return r }(), 404},
		"query":           {sign("GET", good+"?after=1", ""), 404},
		"path":            {sign("GET", good+"/state", ""), 404},
		"mailbox":         {sign("GET", boxURL(url, other.access.Mailbox), ""), 404},
		"time": {func() *http.Request {
			r := sign("GET", good, "")
			p, _ := parseProof(r.Header.Get("Authorization"))
			p.time++
			r.Header.Set("Authorization", p.String())
			return r
		}(), 404},
		"nonce": {func() *http.Request {
			r := sign("GET", good, "")
			p, _ := parseProof(r.Header.Get("Authorization"))
			p.nonce[0]++
			r.Header.Set("Authorization", p.String())
			return r
		}(), 404},
		"digest": {func() *http.Request {
			r := sign("POST", good, "x")
			r.Header.Set(digestHeader, strings.Repeat("0", 64))
			return r
		}(), 404},
		"body": {func() *http.Request {
			r := sign("POST", good, "x")
			r.Body = io.NopCloser(strings.NewReader("y"))
			return r
		}(), 400},
		"no proof": {func() *http.Request {
			r := sign("GET", good, "")
			r.Header.Del("Authorization")
			return r
		}(), 401},
		"malformed digest": {func() *http.Request {
			r := sign("GET", good, "")
			r.Header.Set(digestHeader, "00")
			return r
		}(), 401},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			code, text := do(t, tc.r)
			wantAnswer(t, code, text, tc.want, "")
		})
	}
	want(t, "nothing came in", all(t, c, 0), "1:a ")
}

// A stranger can't tell which mailboxes exist.
func TestAnUnknownMailboxLooksLikeAWrongKey(t *testing.T) {
	_, url := open(t, Config{})
	c := member(t, url)
	mustAppend(t, c, "a")
	nobody, wrong := secret()
	for _, path := range []string{"", "/state", "?after=1", "?nonsense=1"} {
		code1, text1 := ask(t, "GET", boxURL(url, c.access.Mailbox)+path, wrong, "", nil)
		code2, text2 := ask(t, "GET", boxURL(url, nobody)+path, wrong, "", nil)
		want(t, "status", code1, http.StatusNotFound)
		want(t, "status", code2, code1)
		want(t, "answer", text2, text1)
	}
	code1, text1 := ask(t, "POST", boxURL(url, c.access.Mailbox), wrong, "x", nil)
	code2, text2 := ask(t, "POST", boxURL(url, nobody), wrong, "x", nil)
	want(t, "status", code2, code1)
	want(t, "answer", text2, text1)
}

func TestARequestIsTakenOnce(t *testing.T) {
	_, url := open(t, Config{})
	c := member(t, url)
	mustAppend(t, c, "a")
	var p proof
	code, text := ask(t, "GET", boxURL(url, c.access.Mailbox), c.access.Key, "", func(_ *http.Request, made *proof) { p = *made })
	wantAnswer(t, code, text, 200, "")
	code, text = ask(t, "GET", boxURL(url, c.access.Mailbox), c.access.Key, "", func(_ *http.Request, again *proof) { *again = p })
	wantAnswer(t, code, text, 401, "seen before")
}

// What was asked before a restart can't be asked again after it, though the
// relay has forgotten it.
func TestARestartTakesNoOldRequest(t *testing.T) {
	dir := t.TempDir()
	now := time.Now()
	clock := func() time.Time { return now }
	s, url := open(t, Config{Dir: dir, Now: clock})
	c := member(t, url)
	mustAppend(t, c, "a")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	later := now.Add(5 * time.Second)
	_, url = open(t, Config{Dir: dir, Now: func() time.Time { return later }})
	for at, code := range map[time.Time]int{now: 401, later: 200} {
		got, text := ask(t, "GET", boxURL(url, c.access.Mailbox), c.access.Key, "", func(_ *http.Request, p *proof) { p.time = at.Unix() })
		wantAnswer(t, got, text, code, "")
	}
}

func TestAStaleRequestIsToldTheTime(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	_, url := open(t, Config{Now: func() time.Time { return now }})
	name, key := secret()
	c := dial(t, url, name, key, Options{Now: func() time.Time { return now }})
	mustAppend(t, c, "a")
	for _, off := range []int64{-window - 1, window + 1} {
		code, text := ask(t, "GET", boxURL(url, name), key, "", func(_ *http.Request, p *proof) { p.time = now.Unix() + off })
		wantAnswer(t, code, text, 401, `"time":1700000000`)
	}
	for _, off := range []int64{0, window} {
		code, text := ask(t, "GET", boxURL(url, name), key, "", func(_ *http.Request, p *proof) { p.time = now.Unix() + off })
		wantAnswer(t, code, text, 200, "")
	}
}

// A bad clock at a field desk must not stop talks.
func TestAWrongClockCorrectsItself(t *testing.T) {
	s, err := Open(t.Context(), Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	url := serve(t, s)
	for _, off := range []time.Duration{-time.Hour, time.Hour, -24 * 365 * 20 * time.Hour} {
		name, key := secret()
		var asked atomic.Int32
		h := &http.Client{Transport: counting{&asked}}
		c := dial(t, url, name, key, Options{HTTP: h, Now: func() time.Time { return time.Now().Add(off) }})
		want(t, "number", mustAppend(t, c, "a"), 1)
		before := asked.Load()
		want(t, "number", mustAppend(t, c, "b"), 2)
		want(t, "requests once the clock is known", asked.Load()-before, 1)
	}
}

type counting struct{ n *atomic.Int32 }

func (c counting) RoundTrip(r *http.Request) (*http.Response, error) {
	c.n.Add(1)
	return http.DefaultTransport.RoundTrip(r)
}

func TestSeenForgetsOnlyWhatItRefuses(t *testing.T) {
	const now = 1_000_000
	s := newSeen(now - 100)
	request := func(at int64, n int) proof {
		p := proof{time: at}
		copy(p.nonce[:], fmt.Sprint(n))
		return p
	}
	want(t, "from before the start", s.take(request(now-101, 0), now), stale)
	want(t, "old", s.take(request(now-50, 1), now), fresh)
	for i := range maxRemember {
		want(t, "a flood", s.take(request(now, i), now), fresh)
	}
	want(t, "remembered", s.count, maxRemember)
	want(t, "the old one again", s.take(request(now-50, 1), now), stale)
	want(t, "one of the flood again", s.take(request(now, 7), now), repeated)
	want(t, "someone later", s.take(request(now+1, 1), now+1), fresh)
	if s.count > maxRemember {
		t.Errorf("%d requests remembered", s.count)
	}

	later := int64(now + 2*window)
	want(t, "later", s.take(request(later, 1), later), fresh)
	want(t, "remembered then", s.count, 1)
	want(t, "beyond the window", s.take(request(now, 3), later), stale)

	want(t, "after the relay's clock was set back", s.take(request(now, 3), now), fresh)
	want(t, "and again", s.take(request(now, 3), now), repeated)
}
