package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestWhoGoesAwayEndsNothing asks a relay for much and goes away before the
// answers, again and again, as a browser does with a desk: what then fails is the
// write of an answer, and the process goes on.
func TestWhoGoesAwayEndsNothing(t *testing.T) {
	s := newTestStage(t, io.Discard)
	if err := s.startRelay(""); err != nil {
		t.Fatal(err)
	}
	many := strings.Repeat("GET / HTTP/1.1\r\nHost: relay\r\n\r\n", 200)
	for range 50 {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.relay.url, "http://"))
		if err != nil {
			t.Fatalf("the relay is gone: %v", err)
		}
		_, _ = io.WriteString(conn, many)
		_ = conn.Close() // nobody reads the answers
	}
	for range 20 { // what ends takes its leave first
		time.Sleep(50 * time.Millisecond)
		answer, err := http.Get(s.relay.url)
		if err != nil {
			t.Fatalf("the relay is gone: %v", err)
		}
		_ = answer.Body.Close()
	}
}

// TestAQuestionIsInterrupted: a command that waits for what a person types ends when
// it is told to, though nothing comes.
func TestAQuestionIsInterrupted(t *testing.T) {
	dir := t.TempDir()
	words := []string{"list", "review", "--decisions", filepath.Join(dir, "decisions.json"), "--by", "clerk"}
	for name, row := range map[string]string{"ours.csv": "Красиков Вадим,1965-08-10", "theirs.csv": "Vadim Krasikov,1965-08-10"} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte("name,born\n"+row+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		words = append(words, file)
	}
	typed, nobody := io.Pipe()
	defer nobody.Close()
	ctx, stop := context.WithCancel(t.Context())
	var errOut bytes.Buffer
	if code := run(ctx, words, typed, onceShown{"1 left", stop}, &errOut); code != exitCancelled || errOut.String() != "parley: error: cancelled\n" {
		t.Errorf("exit status %d, %q", code, errOut.String())
	}
}

// onceShown does something once a text is printed.
type onceShown struct {
	text string
	do   func()
}

func (o onceShown) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte(o.text)) {
		o.do()
	}
	return len(p), nil
}

// TestAWaitIsToldAndInterrupted: a sync with a relay that takes the call and says
// nothing tells that it waits, and ends when it is told to.
func TestAWaitIsToldAndInterrupted(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_STATE_HOME", dir)
	t.Setenv("PARLEY_PASSPHRASE_FILE", filepath.Join(dir, "pass"))
	t.Chdir(dir)
	for name, text := range map[string]string{
		"pass":      "a passphrase for tests\n",
		"case.yaml": "{parley: case/1, id: a, title: b, as_of: 2026, parties: {x: {name: X}, y: {name: Y}}, persons: {}}\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes calls, and reads none
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	for _, line := range []string{
		"init --home x --party x --case case.yaml", "init --home y --party y --case case.yaml", "channel card --home y --out y.card",
		"channel open --home x --with y.card --provisional --out charter", "channel countersign --home y charter",
		"channel join --home x charter", "channel relay --home x http://" + silent.Addr().String(),
	} {
		var errOut bytes.Buffer
		if code := run(t.Context(), strings.Fields(line), nil, io.Discard, &errOut); code != exitDone {
			t.Fatalf("%s: %d, %s", line, code, errOut.String())
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	if code := run(ctx, []string{"sync", "--home", "x"}, nil, io.Discard, onceShown{"on the line", stop}); code != exitCancelled {
		t.Errorf("exit status %d", code)
	}
}
