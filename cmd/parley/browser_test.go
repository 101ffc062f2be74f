package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"path/filepath"
	"strings"
	"testing"

	"parley/casefile"
)

// TestDeskInABrowser: `parley desk` prints a link that opens the desk once,
// `parley desk open` prints another, and other commands say who has the store.
func TestDeskInABrowser(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_RUNTIME_DIR", "") // the socket stands beside the store
	pass := filepath.Join(dir, "pass")
	if err := casefile.WriteFile(pass, []byte("a passphrase for a test\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	parley := func(ctx context.Context, out io.Writer, args ...string) (int, string) {
		var errOut bytes.Buffer
		code := run(ctx, append(args, "--no-input", "--json", "--home", filepath.Join(dir, "d"), "--passphrase-file", pass), strings.NewReader(""), out, &errOut)
		return code, errOut.String()
	}
	if code, said := parley(t.Context(), io.Discard, "init", "--party", "east"); code != exitDone {
		t.Fatal(said)
	}
	if code, said := parley(t.Context(), io.Discard, "desk", "open"); code == exitDone || !strings.Contains(said, "no desk of this folder is open") {
		t.Errorf("exit %d: %s", code, said)
	}
	if code, said := parley(t.Context(), io.Discard, "desk", "--listen", "0.0.0.0:0"); code != exitUsage || !strings.Contains(said, "this machine alone") {
		t.Errorf("exit %d: %s", code, said)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	from, to := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		code, said := parley(ctx, to, "desk", "--no-browser")
		_ = to.CloseWithError(io.ErrUnexpectedEOF)
		if code != exitDone && code != exitCancelled {
			t.Errorf("exit %d: %s", code, said)
		}
		ended <- code
	}()
	first, err := bufio.NewReader(from).ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	opens(t, first)
	var another bytes.Buffer
	if code, said := parley(t.Context(), &another, "desk", "open"); code != exitDone {
		t.Fatal(said)
	}
	opens(t, another.Bytes())
	if code, _ := parley(t.Context(), io.Discard, "table"); code != exitLocked {
		t.Errorf("exit %d while the desk is open, want %d", code, exitLocked)
	}
	stop()
	<-ended
	if code, said := parley(t.Context(), io.Discard, "table"); code != exitDone {
		t.Errorf("the store was not given back: %s", said)
	}
}

// opens follows a link once, and once more in vain.
func opens(t *testing.T, printed []byte) {
	t.Helper()
	var said struct{ Link string }
	if err := json.Unmarshal(printed, &said); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{http.StatusOK, http.StatusUnauthorized} {
		jar, _ := cookiejar.New(nil)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, said.Link, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := (&http.Client{Jar: jar}).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("the link gives %d, want %d", resp.StatusCode, want)
		}
	}
}
