//go:build linux

package relay

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"parley/internal/killpoint"
)

// A deed is what a relay acknowledged: an envelope and its number, or a blob.
type deed struct {
	envelope string
	number   uint64
	blob     string
}

// Wherever a relay is killed, what it had acknowledged is there afterwards under
// its number; what was under way is there whole, or not at all, and can be sent
// again.
func TestKilledAtEveryPointOfARelaysLife(t *testing.T) {
	if testing.Short() {
		t.Skip("it opens a relay on each of some hundred states")
	}
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "PARLEY_TEST_RELAY="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var done []deed
	by := map[int]int{} // how many deeds were done by a state
	copies := killpoint.NewCopies(dir, t.TempDir())
	ended := make(chan error, 1)
	go func() {
		ended <- killpoint.Watch(cmd, dir, func(string) {
			mu.Lock()
			n := len(done)
			mu.Unlock()
			if taken, err := copies.Take(); err != nil {
				t.Error(err)
			} else if taken {
				by[copies.Count()] = n
			}
		})
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		if err := <-ended; errors.Is(err, killpoint.ErrUnable) {
			t.Skip(err)
		}
		t.Fatalf("it did not start: %v", err)
	}
	name, key := secret()
	c := dial(t, strings.TrimSpace(line), name, key, Options{})
	did := func(d deed) {
		mu.Lock()
		defer mu.Unlock()
		done = append(done, d)
	}
	for i := range 3 {
		envelope := fmt.Sprint(i, strings.Repeat(" x", 3000*i))
		did(deed{envelope: envelope, number: mustAppend(t, c, envelope)})
	}
	blob := strings.Repeat("blob ", 300_000) // two chunks
	if err := c.PutBlob(t.Context(), sha256.Sum256([]byte(blob)), int64(len(blob)), strings.NewReader(blob)); err != nil {
		t.Fatal(err)
	}
	did(deed{blob: blob})
	did(deed{envelope: "last", number: mustAppend(t, c, "last")})
	_ = cmd.Process.Kill()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= copies.Count(); n++ {
		if !t.Run(fmt.Sprintf("%d of %d", n, copies.Count()), func(t *testing.T) {
			afterKilled(t, copies.Folder(n), accessTo(name, key), done, by[n])
		}) {
			break
		}
	}
	t.Logf("%d states", copies.Count())
	if copies.Count() < 40 || by[copies.Count()] < len(done)-1 {
		t.Errorf("only %d states, the last after %d of %d deeds", copies.Count(), by[copies.Count()], len(done))
	}
}

// afterKilled opens a relay on what a kill left. sent is all that was ever sent,
// of which the first so many had been acknowledged.
func afterKilled(t *testing.T, dir string, access Access, sent []deed, acknowledged int) {
	s, err := Open(t.Context(), Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	c := dialAs(t, serve(t, s), access, Options{})
	got := map[uint64]string{}
	if acknowledged > 0 { // before that there may be no mailbox, and asking makes one
		if err := c.Fetch(t.Context(), 0, func(n uint64, envelope []byte) error { got[n] = string(envelope); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	for i, d := range sent {
		if i >= acknowledged+1 {
			break
		}
		if i < acknowledged && d.blob == "" && got[d.number] != d.envelope {
			t.Errorf("what was acknowledged as %d holds %d bytes, not %d", d.number, len(got[d.number]), len(d.envelope))
		}
		again(t, c, access, d)
	}
	if len(got) > acknowledged+1 {
		t.Errorf("%d envelopes are there, %d were acknowledged", len(got), acknowledged)
	}
}

// again sends what was sent before: it has the number that it had, or gets one.
func again(t *testing.T, c *Client, access Access, d deed) {
	if d.blob == "" {
		if n := mustAppend(t, c, d.envelope); n != d.number {
			t.Errorf("sent again it is %d and was %d", n, d.number)
		}
		return
	}
	digest := sha256.Sum256([]byte(d.blob))
	if err := c.PutBlob(t.Context(), digest, int64(len(d.blob)), strings.NewReader(d.blob)); err != nil {
		t.Error(err)
		return
	}
	f := fileFor(t)
	n, err := c.GetBlob(t.Context(), Author{holder{access.Side, access.Member}}, digest, int64(len(d.blob)), 0, f)
	if err != nil || n != int64(len(d.blob)) {
		t.Errorf("the blob has %d of %d bytes: %v", n, len(d.blob), err)
	}
}
