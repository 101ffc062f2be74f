package relay

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	mrand "math/rand/v2"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// runRelay is this test's binary as a relay of its own process.
func runRelay(cfg Config) int {
	cfg.Log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	s, err := Open(context.Background(), cfg)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if cfg.wide() {
		s.storage.wait = 2 * time.Second // how long a refusal takes without a majority
	}
	fmt.Println("http://" + l.Addr().String())
	_ = s.Serve(context.Background(), l)
	return 1 // it is killed before that
}

// spawn starts a relay in another process and returns its address and what
// kills it.
func spawn(t *testing.T, dir string) (url string, kill func()) {
	t.Helper()
	return spawnAs(t, "PARLEY_TEST_RELAY="+dir)
}

// spawnAs starts this test's binary as what a variable says, and waits for the
// line that it prints when it is ready.
func spawnAs(t *testing.T, variable string) (line string, kill func()) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), variable)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var once sync.Once
	kill = func() {
		once.Do(func() {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		})
	}
	t.Cleanup(kill)
	line, err = bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("it did not start: %v", err)
	}
	return strings.TrimSpace(line), kill
}

// A ledger is what a relay acknowledged: of each mailbox, each envelope's
// number.
type ledger struct {
	mu    sync.Mutex
	acked map[Name]map[string]uint64
	keys  map[Name]Key
	again []string     // of the first mailbox, sent and not acknowledged
	half  map[Name]Key // registered, or not, or half
}

func (l *ledger) note(name Name, key Key, envelope string, number uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.acked[name] == nil {
		l.acked[name] = map[string]uint64{}
	}
	l.acked[name][envelope], l.keys[name] = number, key
}

func (l *ledger) size() (n int) {
	for _, envelopes := range l.acked {
		n += len(envelopes)
	}
	return n
}

// What a relay acknowledged is there after kill -9, under its number, and what
// it did not acknowledge is there at most once.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	book := &ledger{acked: map[Name]map[string]uint64{}, keys: map[Name]Key{}, half: map[Name]Key{}}
	name, key := secret()
	for round := range 4 {
		url, kill := spawn(t, dir)
		book.check(t, url)
		book.finish(t, url)
		var wg sync.WaitGroup
		for w := range 3 {
			wg.Go(func() { book.write(t, url, name, key, fmt.Sprint(round, w)) })
		}
		wg.Go(func() { book.register(t, url) })
		wg.Go(func() { book.register(t, url) })
		time.Sleep(time.Duration(100+mrand.IntN(300)) * time.Millisecond)
		kill()
		wg.Wait()
	}
	url, _ := spawn(t, dir)
	book.check(t, url)
	c := dial(t, url, name, key, Options{})
	for _, envelope := range book.again {
		n := mustAppend(t, c, envelope)
		want(t, "what was cut off, twice", mustAppend(t, c, envelope), n)
		book.note(name, key, envelope, n)
	}
	book.check(t, url)
	if book.size() < 20 || len(book.acked) < 5 {
		t.Errorf("only %d envelopes in %d mailboxes were acknowledged: no load", book.size(), len(book.acked))
	}
	t.Logf("%d envelopes in %d mailboxes acknowledged, %d cut off", book.size(), len(book.acked), len(book.again))
}

// write appends envelopes of many sizes until the relay is gone.
func (l *ledger) write(t *testing.T, url string, name Name, key Key, who string) {
	c := dial(t, url, name, key, Options{})
	for i := 0; ; i++ {
		envelope := fmt.Sprintf("%s %d %s", who, i, strings.Repeat("x", mrand.IntN(1<<mrand.IntN(18))))
		n, err := c.Append(context.Background(), []byte(envelope))
		if err != nil {
			l.mu.Lock()
			l.again = append(l.again, envelope)
			l.mu.Unlock()
			return
		}
		l.note(name, key, envelope, n)
	}
}

// register makes new mailboxes, with one envelope each, until the relay is gone.
func (l *ledger) register(t *testing.T, url string) {
	for {
		name, key := secret()
		envelope := rand.Text()
		n, err := dial(t, url, name, key, Options{}).Append(context.Background(), []byte(envelope))
		if err != nil {
			l.mu.Lock()
			l.half[name] = key
			l.mu.Unlock()
			return
		}
		l.note(name, key, envelope, n)
	}
}

// finish registers what was cut off again, as its members would.
func (l *ledger) finish(t *testing.T, url string) {
	for name, key := range l.half {
		l.note(name, key, "late", mustAppend(t, dial(t, url, name, key, Options{}), "late"))
	}
	clear(l.half)
}

func (l *ledger) check(t *testing.T, url string) {
	t.Helper()
	for name, envelopes := range l.acked {
		got := map[string]uint64{}
		count := 0
		err := dial(t, url, name, l.keys[name], Options{}).Fetch(t.Context(), 0, func(n uint64, e []byte) error {
			got[string(e)] = n
			count++
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		want(t, "each envelope is there once", len(got), count)
		for envelope, n := range envelopes {
			if got[envelope] != n {
				t.Errorf("an envelope of %d bytes was acknowledged as %d and is now %d (0: gone)", len(envelope), n, got[envelope])
			}
		}
	}
}
