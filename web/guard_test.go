package web

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// ask sends a request as a browser would that somebody else's page drives.
func (c *client) ask(method, path, host string, header map[string]string, body string) sheet {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if host != "" {
		r.Host = host
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for k, v := range header {
		r.Header.Set(k, v)
	}
	return c.do(r)
}

// TestOtherSitesGetNothing: a rebound name, another site, another program on
// this machine; to write or to read; with the right cookie, as a browser would
// send it.
func TestOtherSitesGetNothing(t *testing.T) {
	w := apart(t)
	c := w.east.client()
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	_, port, _ := strings.Cut(w.east.at.String(), ":")
	navigation := map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
	framed := map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
	for _, a := range []struct {
		name, method, path, host string
		header                   map[string]string
		status                   int
	}{
		{"our own page", "GET", "/", "", map[string]string{"Sec-Fetch-Site": "same-origin"}, 200},
		{"typed in", "GET", "/", "", map[string]string{"Sec-Fetch-Site": "none"}, 200},
		{"by another name of this machine, to which the cookie was not given", "GET", "/", "localhost:" + port, nil, 401},
		{"a link from elsewhere to the first page", "GET", "/", "", navigation, 200},
		{"our own form", "POST", "/view", "", map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": c.base}, 303},
		{"a rebound name reads", "GET", "/", "evil.example:" + port, map[string]string{"Sec-Fetch-Site": "same-origin"}, 421},
		{"a rebound name writes", "POST", "/view", "evil.example:" + port, map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": "http://evil.example:" + port}, 421},
		{"a rebound name without a port", "GET", "/", "127.0.0.1", nil, 421},
		{"a name that ends like ours", "GET", "/", "evil.127.0.0.1:" + port, nil, 421},
		{"another site writes", "POST", "/view", "", map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, 403},
		{"another program of this machine writes", "POST", "/view", "", map[string]string{"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:3000"}, 403},
		{"an old browser of another site writes", "POST", "/view", "", map[string]string{"Origin": "https://evil.example"}, 403},
		{"another site reads", "GET", "/", "", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, 403},
		{"another program of this machine reads", "GET", "/", "", map[string]string{"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}, 403},
		{"another site frames us", "GET", "/", "", framed, 403},
		{"a link from elsewhere to the stream", "GET", "/events", "", navigation, 403},
		{"a link from elsewhere to our style", "GET", "/static/desk.css", "", navigation, 403},
	} {
		body := ""
		if a.method == "POST" {
			body = "lang=ru"
		}
		got := c.ask(a.method, a.path, a.host, a.header, body)
		if got.status != a.status {
			t.Errorf("%s: %d, want %d", a.name, got.status, a.status)
		}
		if a.status >= 400 && strings.Contains(got.body, "Ostland") {
			t.Errorf("%s: was told of the desk", a.name)
		}
		for name, want := range map[string]string{"X-Frame-Options": "DENY", "Cache-Control": "no-store", "Content-Security-Policy": policy, "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"} {
			if got.header.Get(name) != want {
				t.Errorf("%s: %s is %q", a.name, name, got.header.Get(name))
			}
		}
	}
}

// TestNoFrameShowsTheDesk: a page of another origin, which the browser counts as the
// same site and gives the cookie, frames the desk in a browser that has come in. What
// may be framed is, in the same document.
func TestNoFrameShowsTheDesk(t *testing.T) {
	b := newTab(t)
	w := apart(t)
	b.to(w.east.link())
	other := httptest.NewServer(http.HandlerFunc(func(r http.ResponseWriter, q *http.Request) {
		r.Header().Set("Content-Type", "text/html")
		if q.URL.Path == "/inner" {
			_, _ = io.WriteString(r, "<!doctype html><title>inner</title><p>may be framed")
			return
		}
		at := w.east.base()
		_, _ = fmt.Fprintf(r, `<!doctype html><title>a trap</title><iframe src="/inner"></iframe><iframe src="%s/"></iframe><iframe src="%s/members"></iframe><object data="%s/"></object><embed src="%s/">`, at, at, at, at)
	}))
	t.Cleanup(other.Close)
	b.to(other.URL)
	b.until(`document.readyState === "complete"`)
	tree, err := chromedp.Call(b.ctx, cdppage.GetFrameTree, cdp.Empty{})
	w.check(err)
	framed := false
	for _, f := range tree.FrameTree.ChildFrames {
		framed = framed || f.Frame.URL == other.URL+"/inner"
		if strings.HasPrefix(f.Frame.URL, w.east.base()) {
			t.Errorf("%s is shown in a frame", f.Frame.URL)
		}
	}
	if !framed || len(tree.FrameTree.ChildFrames) < 3 {
		t.Errorf("of %d frames none is shown: this test sees nothing", len(tree.FrameTree.ChildFrames))
	}
}

// TestEntryByOneLink: a link works once and for a while, a cookie only where it
// was given, and nothing without one.
func TestEntryByOneLink(t *testing.T) {
	w := apart(t)
	link := strings.TrimPrefix(w.east.link(), w.east.base())
	stranger := &client{t, &http.Client{}, w.east.base()}
	for _, path := range []string{"/", "/events", "/check/x", "/file/x", "/nothing", "/in/", "/in/guess"} {
		if got := stranger.get(path); got.status != http.StatusUnauthorized && got.status != http.StatusNotFound || strings.Contains(got.body, "Ostland") {
			t.Errorf("%s was shown to a stranger: %d", path, got.status)
		}
	}
	if got := stranger.ask("HEAD", link, "", nil, ""); got.status == http.StatusSeeOther {
		t.Error("a look at the link spent it")
	}
	c := w.east.client()
	if got := c.get(link); got.status != http.StatusOK {
		t.Fatalf("the link does not open the desk: %d", got.status)
	}
	if got := stranger.get(link); got.status != http.StatusUnauthorized {
		t.Errorf("a used link opens the desk again: %d", got.status)
	}
	late := strings.TrimPrefix(w.east.link(), w.east.base())
	w.mu.Lock()
	w.now = w.now.Add(11 * time.Minute)
	w.mu.Unlock()
	if got := stranger.get(late); got.status != http.StatusUnauthorized {
		t.Errorf("an old link opens the desk: %d", got.status)
	}
	at, _ := url.Parse(w.east.base())
	cookies := c.Jar.Cookies(at)
	if len(cookies) != 1 || cookies[0].Name != w.east.server.cookieName() || cookies[0].Name == w.west.server.cookieName() {
		t.Fatalf("the cookies of two desks on one machine do not stand side by side: %v", cookies)
	}
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, w.west.base()+"/", nil)
	r.AddCookie(&http.Cookie{Name: w.west.server.cookieName(), Value: cookies[0].Value})
	if got := stranger.do(r); got.status != http.StatusUnauthorized {
		t.Errorf("one desk's cookie opens another desk: %d", got.status)
	}
}

func TestOnlyThisMachine(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "[::]:0", "example.com:0"} {
		if l, err := Listen(t.Context(), address); err == nil {
			_ = l.Close()
			t.Errorf("the desk listens on %s", address)
		}
	}
}

// TestNoOtherFiles: no path leads out of the folder of styles.
func TestNoOtherFiles(t *testing.T) {
	w := apart(t)
	c := w.east.client()
	for _, path := range []string{"/static/", "/static/../web.go", "/static/..%2fweb.go", "/static/%2e%2e/%2e%2e/etc/passwd", "/static//etc/passwd", "/file/../../etc/passwd", "/words/overview.json", "/pages/layout.html"} {
		if got := c.get(path); got.status == http.StatusOK && got.url.Path != "/" || strings.Contains(got.body, "package web") || strings.Contains(got.body, "root:") {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}
