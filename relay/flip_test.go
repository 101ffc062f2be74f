package relay

import (
	"bytes"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A spoiling changes one file of a relay that isn't running.
type spoiling struct {
	file, what string
	change     func([]byte) []byte
}

// spoilings are a flipped bit in every page of every file of a relay, and every
// file cut short, emptied, and gone.
func spoilings(t *testing.T, dir string) (all []spoiling) {
	t.Helper()
	const page = 4096
	err := fs.WalkDir(os.DirFS(dir), ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || file == "lock" {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		size := int(info.Size())
		for at := 0; at < size; at += page {
			bit := at + rand.IntN(min(page, size-at))
			all = append(all, spoiling{file, fmt.Sprint("a bit of byte ", bit), func(b []byte) []byte { b[bit] ^= 1 << rand.IntN(8); return b }})
		}
		return addCuts(&all, file, size)
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func addCuts(all *[]spoiling, file string, size int) error {
	if size > 0 {
		*all = append(*all, spoiling{file, "cut in half", func(b []byte) []byte { return b[:len(b)/2] }},
			spoiling{file, "cut by a byte", func(b []byte) []byte { return b[:len(b)-1] }})
	}
	*all = append(*all, spoiling{file, "gone", nil})
	return nil
}

func (s spoiling) of(t *testing.T, dir string) (spoiled string) {
	t.Helper()
	to := filepath.Join(t.TempDir(), "relay")
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(to, filepath.FromSlash(s.file))
	if s.change == nil {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		return to
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, s.change(data), 0o600); err != nil {
		t.Fatal(err)
	}
	return to
}

// Whatever rots on a relay's disk: what it gives is what was sent, under the
// number that was acknowledged. What it lost it doesn't hide: the log says so, or
// the epoch is another, or numbers went back, or there is a gap; and members who
// send it again have it there again.
func TestWhatRotsOnARelayIsNeverAltered(t *testing.T) {
	if testing.Short() {
		t.Skip("it opens a relay on each of some hundred damaged copies")
	}
	dir := t.TempDir()
	s, url := open(t, Config{Dir: dir})
	name, key := secret()
	c := dial(t, url, name, key, Options{})
	sent := map[uint64]string{}
	for i := range 12 {
		envelope := fmt.Sprintf("%d %s", i, strings.Repeat(string(rune('a'+i)), 200+700*i))
		sent[mustAppend(t, c, envelope)] = envelope
	}
	epoch, last, err := c.State(t.Context())
	if err != nil || last != 12 {
		t.Fatal(last, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	all := spoilings(t, dir)
	whole, refused := 0, 0
	for _, sp := range all {
		t.Run(sp.file+", "+sp.what, func(t *testing.T) {
			switch rotten(t, sp, dir, accessTo(name, key), sent, epoch, last) {
			case "whole":
				whole++
			case "refused":
				refused++
			}
		})
	}
	t.Logf("%d kinds of damage: %d times nothing was lost, %d times the relay did not start", len(all), whole, refused)
	if len(all) < 40 || whole == len(all) {
		t.Errorf("%d kinds of damage, %d without effect", len(all), whole)
	}
}

// rotten opens a relay on damaged files, and tells what came of it.
func rotten(t *testing.T, sp spoiling, dir string, access Access, sent map[uint64]string, epoch string, last uint64) (outcome string) {
	t.Helper()
	var log bytes.Buffer
	s, err := Open(t.Context(), Config{Dir: sp.of(t, dir), Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	if err != nil {
		return "refused" // it says why
	}
	c := dialAs(t, serve(t, s), access, Options{})
	nowEpoch, nowLast, err := c.State(t.Context())
	if err != nil {
		t.Errorf("%v", err)
		return "refused"
	}
	got := map[uint64]string{}
	fetched := c.Fetch(t.Context(), 0, func(n uint64, e []byte) error { got[n] = string(e); return nil })
	for n, e := range got {
		if nowEpoch == epoch && sent[n] != e {
			t.Errorf("envelope %d came back as another", n)
		}
	}
	if len(got) == len(sent) && nowEpoch == epoch && nowLast == last && fetched == nil {
		return "whole"
	}
	noticed := log.Len() > 0 || fetched != nil || nowEpoch != epoch || nowLast < last || len(got) < int(nowLast)
	if !noticed {
		t.Errorf("%d of %d envelopes are there, and nothing shows it", len(got), len(sent))
	}
	sendAgain(t, c, sent)
	return "less"
}

// sendAgain does what members do: what nobody has confirmed is in their outbox,
// and is sent until it is there. What rots may be noticed only while it is asked
// for, and take others along that were found a moment before.
func sendAgain(t *testing.T, c *Client, sent map[uint64]string) {
	t.Helper()
	var missing []uint64
	for range 3 {
		if said := sendOnce(t, c, sent); said {
			return
		}
		if missing = missingOf(t, c, sent); len(missing) == 0 {
			return
		}
	}
	t.Errorf("envelopes %d were sent again and again and are not there", missing)
}

// sendOnce reports whether the relay says that a stored copy can't be read, which
// is for its operator: nothing is acknowledged then.
func sendOnce(t *testing.T, c *Client, sent map[uint64]string) (said bool) {
	t.Helper()
	for _, e := range sent {
		_, err := c.Append(t.Context(), []byte(e))
		switch {
		case err == nil:
		case strings.Contains(err.Error(), errStored.Text), strings.Contains(err.Error(), errDamaged.Text):
			return true
		default:
			t.Errorf("sending again: %v", err)
		}
	}
	return false
}

func missingOf(t *testing.T, c *Client, sent map[uint64]string) (missing []uint64) {
	t.Helper()
	there := map[string]bool{}
	if err := c.Fetch(t.Context(), 0, func(_ uint64, e []byte) error { there[string(e)] = true; return nil }); err != nil {
		t.Errorf("after sending again: %v", err)
	}
	for n, e := range sent {
		if !there[e] {
			missing = append(missing, n)
		}
	}
	return missing
}
