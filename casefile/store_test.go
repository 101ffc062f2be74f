package casefile

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// cheap spares the tests the price of a guess.
var cheap = light

const passphrase = "correct horse"

func newStore(t testing.TB) (*Store, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "desk")
	s, err := create(context.Background(), dir, []byte(passphrase), cheap, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, dir
}

func reopen(t testing.TB, s *Store, dir string) *Store {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := Open(context.Background(), dir, []byte(passphrase), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func mustUpdate(t testing.TB, s *Store, do func(*Tx) error) {
	t.Helper()
	if err := s.Update(context.Background(), do); err != nil {
		t.Fatal(err)
	}
}

// content is everything in the named buckets.
func content(t testing.TB, s *Store, buckets ...string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := s.View(context.Background(), func(tx *Tx) error {
		for _, b := range buckets {
			last := ""
			err := tx.Each(b, func(key string, value []byte) error {
				if key <= last {
					return fmt.Errorf("%q comes after %q", key, last)
				}
				last = key
				all[b+"/"+key] = string(value)
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAStoreKeepsWhatItIsGiven(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a ?#%41&=é", "desk")
	s, err := Create(context.Background(), dir, []byte(passphrase), Options{})
	if err != nil {
		t.Fatal(err)
	}
	large := strings.Repeat("a long value ", 200_000)
	mustUpdate(t, s, func(tx *Tx) error {
		return errors.Join(tx.Put("brief", "us", []byte("worth")), tx.Put("brief", "\x00\xff", []byte{}), tx.Put("file", "large", []byte(large)))
	})
	s = reopen(t, s, dir)
	want := map[string]string{"brief/us": "worth", "brief/\x00\xff": "", "file/large": large}
	if got := content(t, s, "brief", "file", "none"); !maps.Equal(got, want) {
		t.Error("the store gives something else than it was given")
	}
	mustUpdate(t, s, func(tx *Tx) error {
		return errors.Join(tx.Delete("brief", "us"), tx.Delete("brief", "nobody"), tx.Put("file", "large", []byte("small")))
	})
	s = reopen(t, s, dir)
	if got := content(t, s, "brief", "file"); len(got) != 2 || got["file/large"] != "small" {
		t.Errorf("after changes: %v", got)
	}
}

func TestFilesArePrivate(t *testing.T) {
	s, dir := newStore(t)
	mustUpdate(t, s, func(tx *Tx) error { return tx.Put("a", "b", []byte("c")) })
	var names []string
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		info, err := e.Info()
		if err != nil || info.Mode() != 0o600 {
			t.Errorf("%s has the mode %v", e.Name(), info.Mode())
		}
		names = append(names, e.Name())
	}
	if want := []string{"desk.db", "desk.db-journal", "desk.key", "desk.lock"}; !slices.Equal(names, want) {
		t.Errorf("the folder holds %v", names)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder has the mode %v", info.Mode())
	}
}

func TestAppendedValuesKeepTheirOrder(t *testing.T) {
	s, dir := newStore(t)
	for i := range 30 {
		mustUpdate(t, s, func(tx *Tx) error {
			n, err := tx.Append("log", []byte{byte(i)})
			if n != uint64(i+1) {
				t.Errorf("number %d, want %d", n, i+1)
			}
			return err
		})
	}
	mustUpdate(t, s, func(tx *Tx) error { return tx.Delete("log", NumberKey(30)) })
	s = reopen(t, s, dir)
	mustUpdate(t, s, func(tx *Tx) error {
		n, err := tx.Append("log", []byte("last"))
		if n != 31 {
			t.Errorf("number %d is given out again", n)
		}
		return err
	})
	if got := content(t, s, "log"); len(got) != 30 || got["log/"+NumberKey(1)] != "\x00" || got["log/"+NumberKey(31)] != "last" {
		t.Errorf("the log holds %v", got)
	}
	err := s.Update(context.Background(), func(tx *Tx) error {
		if err := tx.Put("log", NumberKey(32), nil); err != nil {
			return err
		}
		_, err := tx.Append("log", nil)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "is taken") {
		t.Errorf("a number was given to two: %v", err)
	}
}

func TestAnErrorChangesNothing(t *testing.T) {
	s, dir := newStore(t)
	mustUpdate(t, s, func(tx *Tx) error { return tx.Put("a", "1", []byte("one")) })
	stop := errors.New("stop")
	change := func(tx *Tx) {
		_ = tx.Put("a", "1", []byte("changed"))
		_ = tx.Put("a", "2", []byte("two"))
		_, _ = tx.Append("log", []byte("x"))
	}
	if err := s.Update(context.Background(), func(tx *Tx) error { change(tx); return stop }); err != stop {
		t.Error(err)
	}
	func() {
		defer func() { _ = recover() }()
		_ = s.Update(context.Background(), func(tx *Tx) error { change(tx); panic("stop") })
	}()
	ctx, cancel := context.WithCancel(context.Background())
	if err := s.Update(ctx, func(tx *Tx) error { change(tx); cancel(); return nil }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := s.Update(ctx, func(tx *Tx) error { t.Error("begun after its end"); return nil }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	for range 2 {
		if got := content(t, s, "a", "log"); len(got) != 1 || got["a/1"] != "one" {
			t.Errorf("the store holds %v", got)
		}
		s = reopen(t, s, dir)
	}
}

func TestWhatALookMayNot(t *testing.T) {
	s, _ := newStore(t)
	var kept *Tx
	err := s.View(context.Background(), func(tx *Tx) error {
		kept = tx
		for _, err := range []error{tx.Put("a", "b", nil), tx.Delete("a", "b")} {
			if err != errReadOnly {
				t.Error(err)
			}
		}
		_, err := tx.Append("a", nil)
		if err != errReadOnly {
			t.Error(err)
		}
		if _, found, err := tx.Get("a", "b"); found || err != nil {
			t.Error(found, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if _, _, err := kept.Get("a", "b"); err != errEnded {
		t.Error(err)
	}
	mustUpdate(t, s, func(tx *Tx) error {
		for _, err := range []error{
			tx.Put("", "b", nil), tx.Put("a", "", nil), tx.Put(strings.Repeat("a", MaxKey+1), "b", nil),
			tx.checkWrite("a", "b", MaxValue+1),
		} {
			if err == nil {
				t.Error("put what may not be put")
			}
		}
		return nil
	})
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.View(context.Background(), func(*Tx) error { return nil }); err != ErrClosed {
		t.Error(err)
	}
	if err := s.Close(); err != ErrClosed {
		t.Error(err)
	}
}

func TestChangingABucketWhileGoingThroughIt(t *testing.T) {
	s, _ := newStore(t)
	mustUpdate(t, s, func(tx *Tx) error {
		for _, k := range []string{"a", "b", "c", "d"} {
			if err := tx.Put("x", k, []byte(k)); err != nil {
				return err
			}
		}
		met := ""
		err := tx.Each("x", func(key string, value []byte) error {
			met += key
			switch key {
			case "a":
				return errors.Join(tx.Delete("x", "b"), tx.Put("x", "e", nil))
			case "c":
				return errors.Join(tx.Delete("x", "c"), tx.Put("x", "aa", nil))
			}
			return nil
		})
		if met != "acde" {
			t.Errorf("met %q", met)
		}
		return err
	})
}

func TestTurnsAreWaitedFor(t *testing.T) {
	s, _ := newStore(t)
	inside, leave := make(chan bool), make(chan bool)
	done := make(chan error)
	go func() {
		done <- s.Update(context.Background(), func(*Tx) error { inside <- true; <-leave; return nil })
	}()
	<-inside
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if err := s.View(ctx, func(*Tx) error { return nil }); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	leave <- true
	if err := <-done; err != nil {
		t.Error(err)
	}
	for range 8 {
		go func() {
			done <- s.Update(context.Background(), func(tx *Tx) error { _, err := tx.Append("log", nil); return err })
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if n := len(content(t, s, "log")); n != 8 {
		t.Errorf("%d of 8 appended", n)
	}
}

// A store and a map that are told the same things hold the same things.
func TestAStoreIsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp(quick(), "parley-store-*")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		s, err := create(context.Background(), dir, []byte(passphrase), cheap, Options{})
		if err != nil {
			t.Fatal(err)
		}
		m := &model{t: t, s: s, dir: dir, want: map[string]string{}, last: map[string]uint64{}}
		defer func() { _ = m.s.Close() }()
		t.Repeat(map[string]func(*rapid.T){"": m.compare, "change": m.change, "reopen": m.reopen})
	})
}

// quick is a place in memory, where there is one: the disk adds nothing to what
// this test asks, and takes its time.
func quick() string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return "/dev/shm"
	}
	return ""
}

type model struct {
	t    *rapid.T
	s    *Store
	dir  string
	want map[string]string
	last map[string]uint64
}

func (m *model) compare(t *rapid.T) {
	got := map[string]string{}
	err := m.s.View(context.Background(), func(tx *Tx) error {
		for _, b := range []string{"a", "b"} {
			if err := tx.Each(b, func(key string, value []byte) error { got[b+"/"+key] = string(value); return nil }); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || !maps.Equal(got, m.want) {
		t.Fatalf("%v: the store holds %v, the map %v", err, got, m.want)
	}
}

func (m *model) reopen(t *rapid.T) {
	if err := m.s.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := Open(context.Background(), m.dir, []byte(passphrase), Options{})
	if err != nil {
		t.Fatal(err)
	}
	m.s = s
}

// change does a few things in one Update, which may end in an error.
func (m *model) change(t *rapid.T) {
	want, last := maps.Clone(m.want), maps.Clone(m.last)
	var end error
	if rapid.Bool().Draw(t, "fails") {
		end = errors.New("no")
	}
	err := m.s.Update(context.Background(), func(tx *Tx) error {
		for range rapid.IntRange(0, 5).Draw(t, "acts") {
			if err := act(t, tx, want, last); err != nil {
				return err
			}
		}
		return end
	})
	if err != end {
		t.Fatal(err)
	}
	if end == nil {
		m.want, m.last = want, last
	}
}

func act(t *rapid.T, tx *Tx, want map[string]string, last map[string]uint64) error {
	b := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "bucket")
	key := rapid.SampledFrom([]string{"1", "2", "\x00", "long key with spaces"}).Draw(t, "key")
	value := strings.Repeat(rapid.SampledFrom([]string{"", "v", "w"}).Draw(t, "value"), rapid.SampledFrom([]int{1, 5000}).Draw(t, "times"))
	switch rapid.IntRange(0, 3).Draw(t, "act") {
	case 0:
		want[b+"/"+key] = value
		return tx.Put(b, key, []byte(value))
	case 1:
		delete(want, b+"/"+key)
		return tx.Delete(b, key)
	case 2:
		n, err := tx.Append(b, []byte(value))
		last[b]++
		if n != last[b] {
			return fmt.Errorf("number %d, want %d", n, last[b])
		}
		want[b+"/"+NumberKey(n)] = value
		return err
	}
	got, found, err := tx.Get(b, key)
	if w, there := want[b+"/"+key]; found != there || string(got) != w {
		return fmt.Errorf("%s/%s is %q, want %q", b, key, got, w)
	}
	return err
}

// What a test without a power cut can't show is at least asked for.
func TestWhatTheDatabaseIsAskedFor(t *testing.T) {
	s, _ := newStore(t)
	for pragma, want := range map[string]string{
		"synchronous": "2", "journal_mode": "truncate", "locking_mode": "exclusive", "temp_store": "2",
		"secure_delete": "1", "cell_size_check": "1", "trusted_schema": "0", "page_size": "4096",
	} {
		stmt, _, err := s.conn.Prepare("PRAGMA " + pragma)
		if err != nil {
			t.Fatal(err)
		}
		if !stmt.Step() || stmt.ColumnText(0) != want {
			t.Errorf("%s is %s, want %s", pragma, stmt.ColumnText(0), want)
		}
		_ = stmt.Close()
	}
}

// Once the database has failed, nothing more is done, and nothing kept.
func TestNothingIsKeptAfterAFailure(t *testing.T) {
	s, _ := newStore(t)
	broken := errors.New("broken")
	err := s.Update(context.Background(), func(tx *Tx) error {
		if err := tx.Put("a", "b", nil); err != nil {
			return err
		}
		_ = tx.fail(broken)
		if err := tx.Put("a", "c", nil); err != broken {
			t.Errorf("after a failure: %v", err)
		}
		return nil
	})
	if !errors.Is(err, broken) || len(content(t, s, "a")) != 0 {
		t.Errorf("%v: a change was kept after a failure", err)
	}
}

func TestTheFolderOfAStoreIsPrivate(t *testing.T) {
	for _, filled := range []bool{false, true} {
		dir := t.TempDir()
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		want := os.FileMode(0o700)
		if filled {
			want = 0o755 // somebody else's files are in it
			if err := os.WriteFile(filepath.Join(dir, "other"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		s, err := create(context.Background(), dir, []byte(passphrase), cheap, Options{})
		if err != nil {
			t.Fatal(err)
		}
		_ = s.Close()
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != want {
			t.Errorf("the folder has the mode %v, want %v", info.Mode(), want)
		}
	}
}
