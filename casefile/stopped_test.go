package casefile

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

// stopsAfter is a context that is cancelled once it was asked so often.
type stopsAfter struct {
	context.Context
	asked, after int
}

func (c *stopsAfter) Err() error {
	if c.asked++; c.asked > c.after {
		return context.Canceled
	}
	return nil
}

// A making that is stopped leaves nothing, whenever it is; one that returns has made
// the store.
func TestAStoppedMaking(t *testing.T) {
	for after := range 100 {
		dir := filepath.Join(t.TempDir(), "desk")
		s, err := create(&stopsAfter{Context: context.Background(), after: after}, dir, []byte(passphrase), cheap, Options{})
		if err == nil {
			if err := s.Close(); err != nil || after == 0 {
				t.Errorf("made though it was stopped at once; %v", err)
			}
			return
		}
		if there(dir) {
			t.Fatalf("stopped when asked %d times, it leaves something: %v", after, err)
		}
	}
	t.Error("it is never made")
}

// A lock on a file that was taken away, or whose name another has, is none.
func TestALockWhoseFileIsGone(t *testing.T) {
	name := filepath.Join(t.TempDir(), lockName)
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if !named(f) {
		t.Error("a file that is there is taken for gone")
	}
	if err := os.Rename(name, name+".away"); err != nil {
		t.Fatal(err)
	}
	if named(f) {
		t.Error("a file that is gone is taken for there")
	}
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if named(f) {
		t.Error("another file is taken for it")
	}
}
