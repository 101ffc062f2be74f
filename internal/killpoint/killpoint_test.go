package killpoint

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// The test binary plays the process that is watched.
func TestMain(m *testing.M) {
	if dir := os.Getenv("PARLEY_TEST_DIR"); dir != "" {
		play(dir)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// play makes files in every way that there is, in several threads.
func play(dir string) {
	a := filepath.Join(dir, "a")
	f, _ := os.Create(a)
	for i := range 3 {
		_, _ = fmt.Fprintln(f, "line", i)
	}
	_ = f.Sync()
	_ = f.Truncate(7)
	_ = f.Close()
	_ = os.Rename(a, filepath.Join(dir, "b"))
	_ = os.Mkdir(filepath.Join(dir, "d"), 0o700)
	_ = os.Remove(filepath.Join(dir, "d"))
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 5 {
				_ = os.WriteFile(filepath.Join(dir, fmt.Sprint("w", w)), []byte(fmt.Sprint("written ", i)), 0o600)
			}
		})
	}
	wg.Wait()
}

func TestEveryChangeIsSeen(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir, to := t.TempDir(), t.TempDir()
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "PARLEY_TEST_DIR="+dir)
	copies := NewCopies(dir, to)
	var calls []string
	err = Watch(cmd, dir, func(call string) {
		calls = append(calls, call)
		if _, err := copies.Take(); err != nil {
			t.Error(err)
		}
	})
	if errors.Is(err, ErrUnable) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	said := strings.Join(calls, ", ")
	if !strings.Contains(said, "open, write /a, write /a, write /a, sync /a, truncate /a, rename, make a folder, remove, ") || strings.Count(said, "write /w") != 20 {
		t.Errorf("calls: %s", said)
	}
	// The states before each of them, as one thread alone makes them.
	for i, want := range []string{"", "", "line 0\n", "line 0\nline 1\n", "line 0\nline 1\nline 2\n", "line 0\n"} {
		got, _ := os.ReadFile(filepath.Join(copies.Folder(i+1), "a"))
		if string(got) != want {
			t.Errorf("state %d: %q, want %q", i+1, got, want)
		}
	}
	// No state is half of a write: a file is empty, or holds what one call wrote.
	for n := 1; n <= copies.Count(); n++ {
		for w := range 4 {
			got, err := os.ReadFile(filepath.Join(copies.Folder(n), fmt.Sprint("w", w)))
			if err == nil && len(got) != 0 && len(got) != len("written 0") {
				t.Errorf("state %d holds %q", n, got)
			}
		}
	}
	if copies.Count() != 9+40-1 { // after the last write nothing is called
		t.Errorf("%d states", copies.Count())
	}
}
