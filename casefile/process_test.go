//go:build linux

package casefile

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The test binary plays other processes: with an act in its environment it
// does that and nothing else.
func TestMain(m *testing.M) {
	act, dir := os.Getenv("PARLEY_TEST_ACT"), os.Getenv("PARLEY_TEST_DIR")
	acts := map[string]func(dir string) error{"write": writeForEver, "hold": hold, "fill": fillUp, "create": createOnly, "life": life}
	if do := acts[act]; do != nil {
		if err := do(dir); err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// other starts another process and gives what it says.
func other(t *testing.T, act, dir string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "sync")
	cmd.Env = append(os.Environ(), "PARLEY_TEST_ACT="+act, "PARLEY_TEST_DIR="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return cmd, bufio.NewScanner(out)
}

// writeForEver writes the same number in many places, one Update a number, and
// says each number when its Update has returned.
func writeForEver(dir string) error {
	s, err := Open(context.Background(), dir, []byte(passphrase), Options{})
	if err != nil {
		return err
	}
	for n := stored(s); ; n++ {
		err := s.Update(context.Background(), func(tx *Tx) error {
			for place := range 12 {
				value := fmt.Sprintf("%d %s", n+1, strings.Repeat("x", place*700))
				if err := tx.Put("state", fmt.Sprint(place), []byte(value)); err != nil {
					return err
				}
			}
			_, err := tx.Append("log", fmt.Append(nil, n+1))
			return err
		})
		if err != nil {
			return err
		}
		fmt.Println(n + 1)
	}
}

func stored(s *Store) (n int) {
	_ = s.View(context.Background(), func(tx *Tx) error {
		value, _, err := tx.Get("state", "0")
		_, _ = fmt.Sscan(string(value), &n)
		return err
	})
	return n
}

func TestKilledWhileWriting(t *testing.T) {
	s, dir := newStore(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	last, midway := 0, 0
	for range 15 {
		cmd, out := other(t, "write", dir)
		var timer *time.Timer // runs from the first number on, however busy the machine is
		for out.Scan() {
			if _, err := fmt.Sscan(out.Text(), &last); err != nil {
				t.Fatal(out.Text())
			}
			if timer == nil {
				timer = time.AfterFunc(time.Duration(rand.IntN(60_000))*time.Microsecond, func() { _ = cmd.Process.Signal(syscall.SIGKILL) })
			}
		}
		_ = cmd.Wait()
		if info, err := os.Stat(filepath.Join(dir, dataName+"-journal")); err == nil && info.Size() > 0 {
			midway++
		}
		last = afterKill(t, dir, last)
	}
	t.Logf("%d numbers written, %d kills in the middle of writing", last, midway)
	if last < 15 {
		t.Errorf("only %d numbers were written", last)
	}
}

// afterKill tells that all that was acknowledged is there, and nothing half.
func afterKill(t *testing.T, dir string, last int) int {
	t.Helper()
	s, err := Open(context.Background(), dir, []byte(passphrase), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	n := stored(s)
	if n != last && n != last+1 {
		t.Errorf("%d is stored, %d was acknowledged", n, last)
	}
	all := content(t, s, "state", "log")
	for key, value := range all {
		if strings.HasPrefix(key, "state/") && !strings.HasPrefix(value, fmt.Sprintf("%d ", n)) {
			t.Errorf("%s is half of a change", key)
		}
	}
	if n > 0 && (len(all) != 12+n || all["log/"+NumberKey(uint64(n))] != fmt.Sprint(n)) {
		t.Errorf("%d records for %d changes", len(all), n)
	}
	return n
}

// hold opens the store and says so until its input ends.
func hold(dir string) error {
	s, err := Open(context.Background(), dir, []byte(passphrase), Options{})
	if err != nil {
		return err
	}
	fmt.Println("open")
	time.Sleep(time.Minute)
	return s.Close()
}

func TestTheSecondProcessIsTold(t *testing.T) {
	s, dir := newStore(t)
	_, err := Open(context.Background(), dir, []byte(passphrase), Options{})
	var l *Locked
	if !errors.As(err, &l) || l.PID != os.Getpid() {
		t.Errorf("a second opening in one process: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	cmd, out := other(t, "hold", dir)
	if !out.Scan() || out.Text() != "open" {
		t.Fatal(out.Text())
	}
	_, err = Open(context.Background(), dir, []byte(passphrase), Options{})
	if !errors.As(err, &l) || !errors.Is(err, ErrLocked) || l.PID != cmd.Process.Pid || time.Since(l.Since) > time.Minute || !strings.HasSuffix(l.Command, " sync") {
		t.Errorf("the second process is told %v", err)
	}
	if _, err := create(context.Background(), dir, []byte(passphrase), cheap, Options{}); !errors.Is(err, ErrLocked) {
		t.Errorf("making a store where one is open: %v", err)
	}
	_ = cmd.Process.Signal(syscall.SIGKILL)
	_ = cmd.Wait()
	s, err = Open(context.Background(), dir, []byte(passphrase), Options{})
	if err != nil {
		t.Fatalf("after the first was killed: %v", err)
	}
	_ = s.Close()
}

// limit makes every file of this process end at a size, as a full disk would.
func limit(size uint64) error {
	signal.Ignore(syscall.SIGXFSZ)
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: size})
}

func fillUp(dir string) error {
	s, err := Open(context.Background(), dir, []byte(passphrase), Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	if err := limit(200_000); err != nil {
		return err
	}
	for i := 0; ; i++ {
		err := s.Update(context.Background(), func(tx *Tx) error {
			return errors.Join(tx.Put("state", "number", fmt.Append(nil, i)), tx.Put("large", fmt.Sprint(i), make([]byte, 9_000)))
		})
		if err != nil {
			fmt.Printf("stopped at %d: %v\n", i, err)
			return afterFull(s, i)
		}
		if i > 1000 {
			return errors.New("the disk is never full")
		}
	}
}

// afterFull tells that the store goes on with what it held.
func afterFull(s *Store, i int) error {
	if err := s.View(context.Background(), func(tx *Tx) error {
		value, _, err := tx.Get("state", "number")
		if string(value) != fmt.Sprint(i-1) {
			return fmt.Errorf("the number is %s", value)
		}
		return err
	}); err != nil {
		return err
	}
	return s.Update(context.Background(), func(tx *Tx) error {
		return errors.Join(tx.Delete("large", "0"), tx.Delete("large", "1"), tx.Put("state", "after", []byte("yes")))
	})
}

func createOnly(dir string) error {
	if err := limit(5_000); err != nil {
		return err
	}
	_, err := create(context.Background(), dir, []byte(passphrase), cheap, Options{})
	return err
}

func say(t *testing.T, cmd *exec.Cmd, out *bufio.Scanner) (string, error) {
	t.Helper()
	var said strings.Builder
	for out.Scan() {
		said.WriteString(out.Text() + "\n")
	}
	return said.String(), cmd.Wait()
}

func TestAFullDisk(t *testing.T) {
	s, dir := newStore(t)
	mustUpdate(t, s, func(tx *Tx) error { return tx.Put("state", "before", []byte("yes")) })
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	cmd, out := other(t, "fill", dir)
	said, err := say(t, cmd, out)
	if err != nil || !strings.Contains(said, syscall.ENOSPC.Error()) {
		t.Fatalf("%v: %s", err, said)
	}
	s, err = Open(context.Background(), dir, []byte(passphrase), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got := content(t, s, "state"); got["state/before"] != "yes" || got["state/after"] != "yes" {
		t.Errorf("%v; said %s", got, said)
	}
}

func TestMakingAStoreOnAFullDisk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "desk")
	cmd, out := other(t, "create", dir)
	said, err := say(t, cmd, out)
	if err == nil || !strings.Contains(said, syscall.ENOSPC.Error()) {
		t.Fatalf("%v: %s", err, said)
	}
	if Exists(dir) {
		t.Error("half a store is there")
	}
	s, err := create(context.Background(), dir, []byte(passphrase), cheap, Options{})
	if err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
}

// A disk of its own that is really full.
func TestADiskWithoutRoom(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=400k"); err != nil {
		t.Skipf("no disk of our own: %v", err)
	}
	defer func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) }()
	home := filepath.Join(dir, "desk")
	s, err := create(context.Background(), home, []byte(passphrase), cheap, Options{})
	if err != nil {
		t.Fatal(err)
	}
	i := 0
	for ; err == nil && i < 1000; i++ {
		err = s.Update(context.Background(), func(tx *Tx) error { _, err := tx.Append("log", make([]byte, 9_000)); return err })
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("after %d changes: %v", i, err)
	}
	s = reopen(t, s, home)
	if got := len(content(t, s, "log")); got != i-1 {
		t.Errorf("%d of %d changes are there", got, i-1)
	}
	if err := WriteFile(filepath.Join(dir, "x"), make([]byte, 500_000), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Error(err)
	}
	if err := WriteFolder(filepath.Join(dir, "y"), map[string][]byte{"a": nil, "b": make([]byte, 500_000)}); !errors.Is(err, syscall.ENOSPC) {
		t.Error(err)
	}
	if list, _ := os.ReadDir(dir); len(list) != 1 {
		t.Errorf("half-written files are left: %v", list)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
