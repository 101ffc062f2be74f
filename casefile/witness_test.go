package casefile

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// watched makes a store with a witness, and opens it.
func watched(t *testing.T) (s *Store, dir string, o Options) {
	t.Helper()
	o = Options{Witness: filepath.Join(t.TempDir(), "state")}
	dir = filepath.Join(t.TempDir(), "desk")
	s, err := create(context.Background(), dir, []byte(passphrase), cheap, o)
	if err != nil {
		t.Fatal(err)
	}
	return s, dir, o
}

func openWatched(t *testing.T, dir string, o Options) *Store {
	t.Helper()
	s, err := Open(context.Background(), dir, []byte(passphrase), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func write(t *testing.T, s *Store, text string) {
	t.Helper()
	mustUpdate(t, s, func(tx *Tx) error { return tx.Put("state", "text", []byte(text)) })
}

// copyStore keeps a copy of a closed store, as a backup of the whole folder
// would.
func copyStore(t *testing.T, dir string) (copied string) {
	t.Helper()
	to := t.TempDir()
	for _, name := range []string{keyName, dataName} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(to, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// putBack copies a store over another.
func putBack(t *testing.T, from, dir string) {
	t.Helper()
	for _, name := range []string{keyName, dataName} {
		data, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestARolledBackStoreIsNoticed(t *testing.T) {
	s, dir, o := watched(t)
	write(t, s, "one")
	_ = s.Close()
	old := copyStore(t, dir)
	s = openWatched(t, dir, o)
	if s.RolledBack() || !s.Witnessed() {
		t.Error("a store that was only closed is taken for an old one")
	}
	write(t, s, "two")
	_ = s.Close()

	putBack(t, old, dir)
	for range 2 { // as long as nothing is changed
		s = openWatched(t, dir, o)
		if !s.RolledBack() {
			t.Fatal("not noticed")
		}
		if got := content(t, s, "state")["state/text"]; got != "one" {
			t.Errorf("it holds %q", got)
		}
		_ = s.Close()
	}
	s = openWatched(t, dir, o)
	write(t, s, "noted") // what a desk does about it
	_ = s.Close()
	if s = openWatched(t, dir, o); s.RolledBack() {
		t.Error("what was written since is taken for old")
	}
	_ = s.Close()
	putBack(t, old, dir)
	if s = openWatched(t, dir, o); !s.RolledBack() {
		t.Error("the same old state is not noticed a second time")
	}
}

// A copy that went on elsewhere as often as the original is another store.
func TestACopyThatWentOnIsNoticed(t *testing.T) {
	s, dir, o := watched(t)
	write(t, s, "one")
	_ = s.Close()
	other := copyStore(t, dir)
	s = openWatched(t, dir, o)
	write(t, s, "here")
	_ = s.Close()
	s = openWatched(t, other, Options{})
	write(t, s, "elsewhere")
	_ = s.Close()
	putBack(t, other, dir)
	if s = openWatched(t, dir, o); !s.RolledBack() {
		t.Error("not noticed")
	}
}

// Without a witness, or with one that is damaged, nothing is known and nothing
// is claimed; the store works.
func TestAWitnessThatIsGone(t *testing.T) {
	s, dir, o := watched(t)
	write(t, s, "one")
	_ = s.Close()
	old := copyStore(t, dir)
	s = openWatched(t, dir, o)
	write(t, s, "two")
	_ = s.Close()
	putBack(t, old, dir)
	seen := filepath.Join(o.Witness, witnessName(s0id(t, dir)))
	if err := os.WriteFile(seen, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if s = openWatched(t, dir, o); s.RolledBack() {
		t.Error("claimed without a witness")
	}
	write(t, s, "three")
	_ = s.Close()
	unwritable := filepath.Join(dir, keyName, "no folder")
	s = openWatched(t, dir, Options{Witness: unwritable})
	if s.Witnessed() || s.RolledBack() {
		t.Error("a witness where none can be")
	}
	write(t, s, "four")
}

func s0id(t *testing.T, dir string) []byte {
	t.Helper()
	id, ok := storeID(filepath.Join(dir, keyName))
	if !ok {
		t.Fatal("no header")
	}
	var raw []byte
	if _, err := fmt.Sscanf(id, "%x", &raw); err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestAWitnessTellsNothing(t *testing.T) {
	s, dir, o := watched(t)
	write(t, s, "one")
	_ = s.Close()
	data, err := os.ReadFile(filepath.Join(o.Witness, witnessName(s0id(t, dir))))
	if err != nil || len(data) != s0size {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	info, err := os.Stat(o.Witness)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

const s0size = 24 + rootSize + 16 // nonce, what is sealed, authenticator

func steps(n int, fail int) (list []Step) {
	for i := range n {
		list = append(list, Step{What: fmt.Sprint("step ", i+1), Do: func(tx *Tx) error {
			if i == fail {
				_ = tx.Put("state", "half", []byte("done"))
				return errors.New("stop")
			}
			text, _, err := tx.Get("state", "text")
			return errors.Join(err, tx.Put("state", "text", fmt.Appendf(text, " %d", i+1)))
		}})
	}
	return list
}

func TestAStoreIsBroughtToTheNewestVersion(t *testing.T) {
	s, dir := newStore(t)
	write(t, s, "old")
	_ = s.Close()
	if _, err := Open(context.Background(), dir, []byte(passphrase), Options{Steps: steps(3, 2)}); err == nil || !strings.Contains(err.Error(), "from version 3 to 4 (step 3)") {
		t.Errorf("a step that fails: %v", err)
	}
	for _, n := range []int{0, 2, 3, 3} {
		s = openWatched(t, dir, Options{Steps: steps(n, -1)})
		want := "state/text:old" + " 1 2 3"[:2*n]
		if got := content(t, s, "state"); fmt.Sprint(got) != "map["+want+"]" {
			t.Errorf("with %d steps: %v, want %s", n, got, want)
		}
		_ = s.Close()
	}
	_, err := Open(context.Background(), dir, []byte(passphrase), Options{Steps: steps(2, -1)})
	if !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "version 4, and this program knows up to 3") {
		t.Errorf("a store of a newer version: %v", err)
	}
	fresh := filepath.Join(t.TempDir(), "desk")
	s, err = create(context.Background(), fresh, []byte(passphrase), cheap, Options{Steps: steps(3, 0)})
	if err != nil {
		t.Fatalf("a new store takes no steps: %v", err)
	}
	_ = s.Close()
}
