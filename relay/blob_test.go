package relay

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	mrand "math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// someBlob is a blob of a size, and its name.
func someBlob(seed byte, size int) ([]byte, [sha256.Size]byte) {
	data := make([]byte, size)
	r := mrand.NewChaCha8([32]byte{seed})
	_, _ = r.Read(data)
	return data, sha256.Sum256(data)
}

func fileFor(t *testing.T) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "blob"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func TestBlobs(t *testing.T) {
	dir := t.TempDir()
	_, url := open(t, Config{Dir: dir})
	a, b := memberOf(t, url, whoIs(1, "east", "a")), memberOf(t, url, whoIs(1, "west", "b"))
	author := b.access.AuthorOf("east", "a")
	for i, size := range []int{1, 17, blobChunk - 1, blobChunk, blobChunk + 1, 3*blobChunk + 5} {
		data, name := someBlob(byte(i), size)
		for range 2 { // again changes nothing
			if err := a.PutBlob(t.Context(), name, int64(size), bytes.NewReader(data)); err != nil {
				t.Fatal(err)
			}
		}
		for _, have := range []int{0, 1, size / 2, size} {
			f := fileFor(t)
			_, _ = f.Write(data[:have])
			n, err := b.GetBlob(t.Context(), author, name, int64(size), int64(have), f)
			if err != nil || n != int64(size) {
				t.Errorf("%d bytes from %d: %d, %v", size, have, n, err)
			}
		}
	}
	data, name := someBlob(0, 17)
	_, err := b.GetBlob(t.Context(), b.access.AuthorOf("west", "b"), sha256.Sum256(data), 1, 0, fileFor(t))
	wantError(t, err, "nothing of this blob") // another's of the same name is another
	for _, size := range []int64{0, -1, maxBlob + 1} {
		if err := a.PutBlob(t.Context(), name, size, bytes.NewReader(data)); err == nil {
			t.Errorf("a blob of %d bytes is sent", size)
		}
	}
	want(t, "envelopes keep apart", mustAppend(t, a, "x"), 1)
}

// The line breaks in the middle, both ways, and the relay restarts: what came
// over is not sent again.
func TestABlobGoesOn(t *testing.T) {
	dir := t.TempDir()
	s, address := open(t, Config{Dir: dir})
	var chunks atomic.Int32
	var broken atomic.Bool
	target, _ := url.Parse(address)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		put := r.Method == http.MethodPut && strings.Contains(r.URL.Path, "/blob/")
		if put && chunks.Add(1) == 3 && !broken.Swap(true) {
			panic(http.ErrAbortHandler)
		}
		r.URL.Host, r.URL.Scheme, r.RequestURI = target.Host, target.Scheme, ""
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		defer resp.Body.Close()
		for k, v := range resp.Header {
			w.Header()[k] = v
		}
		w.WriteHeader(resp.StatusCode)
		if r.Method == http.MethodGet && strings.Contains(r.URL.RawQuery, "offset=0") {
			_, _ = io.CopyN(w, resp.Body, 2*blobChunk+77)
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}
		_, _ = io.Copy(w, resp.Body)
	}))
	defer front.Close()
	a := memberOf(t, front.URL, whoIs(1, "east", "a"))
	data, name := someBlob(1, 5*blobChunk+9)
	size := int64(len(data))
	for tries := 0; ; tries++ {
		err := a.PutBlob(t.Context(), name, size, bytes.NewReader(data))
		if err == nil {
			break
		}
		if tries > 3 {
			t.Fatal(err)
		}
	}
	if n := chunks.Load(); n > 7 {
		t.Errorf("%d chunks were sent of 6", n)
	}
	f := fileFor(t)
	have, err := a.GetBlob(t.Context(), a.access.AuthorOf("east", "a"), name, size, 0, f)
	if !errors.Is(err, ErrUnreachable) || have != 2*blobChunk+77 {
		t.Errorf("cut off at %d: %v", have, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, url2 := open(t, Config{Dir: dir})
	c := dialAs(t, url2, a.access, Options{})
	if have, err = c.GetBlob(t.Context(), a.access.AuthorOf("east", "a"), name, size, have, f); err != nil || have != size {
		t.Errorf("after a restart %d: %v", have, err)
	}
}

func TestBlobsAreChecked(t *testing.T) {
	_, url := open(t, Config{MaxBlobBytes: 4 * 3 * blobChunk})
	a, b := memberOf(t, url, whoIs(1, "east", "a")), memberOf(t, url, whoIs(1, "west", "b"))
	data, name := someBlob(1, 2*blobChunk)
	path := "/blob/" + blobName(name)
	mustAppend(t, b, "x")
	for _, tc := range []struct {
		method, path, query, body string
		status                    int
	}{
		{"PUT", path, "offset=1", "x", 400},
		{"PUT", path, "offset=-1", "x", 400},
		{"PUT", path, "offset=0&offset=0", "x", 400},
		{"PUT", path, "by=" + strings.Repeat("0", 64), "x", 400},
		{"PUT", "/blob/x", "offset=0", "x", 400},
		{"GET", path, "by=x", "", 400},
		{"GET", path, "offset=0", "", 416},
		{"PUT", path, fmt.Sprint("offset=", blobChunk), "x", 409},
		{"PUT", path, "offset=0", strings.Repeat("x", blobChunk+1), 413},
		{"PUT", path, fmt.Sprint("offset=", maxBlob), "x", 413},
		{"PUT", path, "offset=0", "", 400},
	} {
		resp, no, err := b.send(t.Context(), request{method: tc.method, path: tc.path, query: tc.query, body: []byte(tc.body)})
		if err != nil || no == nil || no.Status != tc.status {
			t.Errorf("%s %s?%s: %v %v %v, want %d", tc.method, tc.path, tc.query, resp, no, err, tc.status)
		}
	}
	// A side fills its share and nobody else's.
	if err := a.PutBlob(t.Context(), name, int64(len(data)), bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	more, other := someBlob(2, 2*blobChunk)
	err := a.PutBlob(t.Context(), other, int64(len(more)), bytes.NewReader(more))
	wantError(t, err, "status 507", "no more room for blobs")
	if err := b.PutBlob(t.Context(), other, int64(len(more)), bytes.NewReader(more)); err != nil {
		t.Error(err)
	}
	mustAppend(t, a, "envelopes go on")
}

// A relay that gives other bytes, too few, or too many.
func TestAHostileBlob(t *testing.T) {
	data, name := someBlob(1, 5000)
	for what, tc := range map[string]struct {
		sent []byte
		want string
	}{
		"whole":     {data, ""},
		"altered":   {append([]byte{1}, data[1:]...), "not what its name says"},
		"too few":   {data[:4000], "cut off"},
		"more":      {append(bytes.Clone(data), 1), ""},
		"a byte":    {[]byte{7}, "cut off"},
		"something": {bytes.Repeat([]byte("x"), 5000), "not what its name says"},
	} {
		t.Run(what, func(t *testing.T) {
			c := hostile(t, func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write(tc.sent) })
			_, err := c.GetBlob(context.Background(), Author{}, name, 5000, 0, fileFor(t))
			if tc.want == "" && err != nil {
				t.Error(err)
			} else if tc.want != "" {
				wantError(t, err, tc.want)
			}
		})
	}
	for what, text := range map[string]string{"never sent": `{"have":7}`, "no progress": `{"have":0}`, "more than there is": `{"have":1048576}`, "negative": `{"have":-5}`} {
		c := hostile(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, text) })
		if err := c.PutBlob(t.Context(), name, 5000, bytes.NewReader(data)); err == nil {
			t.Errorf("%s: no error", what)
		}
	}
}
