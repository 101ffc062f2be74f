//go:build linux

package casefile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"parley/internal/killpoint"
)

// A life is all that a store goes through, told to file 3 as it is acknowledged.
func life(root string) error {
	told := os.NewFile(3, "told")
	tell := func(what string) { fmt.Fprintln(told, what) }
	ctx, dir, o := context.Background(), filepath.Join(root, "desk"), Options{Witness: filepath.Join(root, "state")}
	s, err := create(ctx, dir, []byte(passphrase), cheap, o)
	if err != nil {
		return err
	}
	tell("made")
	n := 0
	write := func() error {
		n++
		defer func() { tell(fmt.Sprint("wrote ", n)) }()
		return s.Update(ctx, func(tx *Tx) error { return put(tx, n) })
	}
	if err := errors.Join(write(), write(), write(), s.Close()); err != nil {
		return err
	}
	o.Steps = []Step{{What: "a step", Do: func(tx *Tx) error { return tx.Put("state", "step", []byte("taken")) }}}
	if s, err = Open(ctx, dir, []byte(passphrase), o); err != nil {
		return err
	}
	tell("upgraded")
	if err := errors.Join(write(), s.Close(), changePassphrase(ctx, dir, []byte(passphrase), []byte(another), cheap, o)); err != nil {
		return err
	}
	tell("rekeyed")
	if s, err = Open(ctx, dir, []byte(another), o); err != nil {
		return err
	}
	if err := errors.Join(write(), s.Close()); err != nil {
		return err
	}
	tell("destroying")
	return Destroy(dir, o)
}

// put writes a number in several places, of several sizes, as an entry and its
// envelope in the outbox are.
func put(tx *Tx, n int) error {
	_, err := tx.Append("log", fmt.Append(nil, n))
	for place := range 4 {
		err = errors.Join(err, tx.Put("outbox", fmt.Sprint(place), []byte(fmt.Sprint(n, strings.Repeat(" x", 900*place)))))
	}
	return err
}

// What a number leaves in the store.
func holds(n int, step bool) map[string]string {
	want := map[string]string{}
	for i := range n {
		want["log/"+NumberKey(uint64(i+1))] = fmt.Sprint(i + 1)
	}
	for place := range 4 {
		if n > 0 {
			want["outbox/"+fmt.Sprint(place)] = fmt.Sprint(n, strings.Repeat(" x", 900*place))
		}
	}
	if step {
		want["state/step"] = "taken"
	}
	return want
}

// Wherever in its life a desk's process is killed, the store opens with what was
// acknowledged, or with what was just under way, whole; with the old passphrase
// or the new one; and it is not taken for an older one.
func TestKilledAtEveryPointOfAStoresLife(t *testing.T) {
	dir, told := t.TempDir(), map[int]string{}
	copies := killpoint.NewCopies(dir, t.TempDir())
	watchLife(t, "life", dir, func(said string) {
		if taken, err := copies.Take(); err != nil {
			t.Error(err)
		} else if taken {
			told[copies.Count()] = said
		}
	})
	if !strings.HasSuffix(told[copies.Count()], "destroying\n") {
		t.Fatalf("it ended at %q", told[copies.Count()])
	}
	for n := 1; n <= copies.Count(); n++ {
		if err := afterLife(copies.Folder(n), told[n]); err != nil {
			t.Errorf("state %d of %d, told %q: %v", n, copies.Count(), told[n], err)
		}
	}
	t.Logf("%d states", copies.Count())
	if copies.Count() < 100 {
		t.Errorf("only %d states", copies.Count())
	}
}

// watchLife runs an act in a process of its own and gives what it has told at
// each point.
func watchLife(t *testing.T, act, dir string, at func(said string)) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	from, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	defer to.Close()
	fd := int(from.Fd()) // asking again would make it wait again
	if err := syscall.SetNonblock(fd, true); err != nil {
		t.Fatal(err)
	}
	var said, errOut bytes.Buffer
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "PARLEY_TEST_ACT="+act, "PARLEY_TEST_DIR="+dir)
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = out, out, []*os.File{to}
	err = killpoint.Watch(cmd, dir, func(string) {
		b := make([]byte, 4096)
		if n, _ := syscall.Read(fd, b); n > 0 {
			said.Write(b[:n])
		}
		at(said.String())
	})
	if errors.Is(err, killpoint.ErrUnable) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(out.Name()); len(b) > 0 {
		t.Fatalf("the process says %s%s", b, errOut.String())
	}
}

func afterLife(root, told string) error {
	dir, o := filepath.Join(root, "desk"), Options{Witness: filepath.Join(root, "state")}
	made, rekeyed := strings.Contains(told, "made"), strings.Contains(told, "rekeyed")
	s, err := openEither(dir, o)
	switch {
	case strings.Contains(told, "destroying"):
		if err == nil {
			_ = s.Close()
		}
		return nil // whatever is left of it
	case !made && (errors.Is(err, ErrNoStore) || errors.Is(err, os.ErrNotExist)):
		s, err = create(context.Background(), dir, []byte(passphrase), cheap, o)
		if err != nil {
			return fmt.Errorf("making it anew: %w", err)
		}
		return s.Close()
	case err != nil:
		return err
	}
	defer s.Close()
	if s.RolledBack() {
		return errors.New("taken for an older one")
	}
	if rekeyed {
		if _, err := os.Stat(filepath.Join(dir, dataName+coming)); err == nil {
			return errors.New("the change of passphrase is not at its end")
		}
	}
	return holdsAcknowledged(s, strings.Count(told, "wrote"), strings.Contains(told, "upgraded"))
}

// openEither opens with whichever passphrase fits.
func openEither(dir string, o Options) (*Store, error) {
	o.Steps = []Step{{What: "a step", Do: func(*Tx) error { return nil }}}
	s, err := Open(context.Background(), dir, []byte(passphrase), o)
	if errors.Is(err, ErrPassphrase) {
		s, err = Open(context.Background(), dir, []byte(another), o)
	}
	return s, err
}

// holdsAcknowledged compares with what was acknowledged, and with what may just
// have been under way.
func holdsAcknowledged(s *Store, wrote int, upgraded bool) error {
	got := map[string]string{}
	if err := s.View(context.Background(), func(tx *Tx) error {
		for _, bucket := range []string{"log", "outbox", "state"} {
			if err := tx.Each(bucket, func(key string, value []byte) error { got[bucket+"/"+key] = string(value); return nil }); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	for _, n := range []int{wrote, wrote + 1} {
		for _, step := range []bool{upgraded, true} {
			if maps.Equal(got, holds(n, step)) {
				return nil
			}
		}
	}
	return fmt.Errorf("%d records, and %d changes were acknowledged", len(got), wrote)
}
