//go:build linux

package casefile

import (
	"context"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley"
)

func TestOnlyRegularFilesOfBearableSizeAreRead(t *testing.T) {
	dir := t.TempDir()
	fifo, large := filepath.Join(dir, "fifo"), filepath.Join(dir, "large")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(large, make([]byte, 101), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		dir: "not a regular file", fifo: "not a regular file", "/dev/zero": "not a regular file", large: "longer than 100 bytes",
		filepath.Join(dir, "none"): "no such file",
	} {
		done := make(chan error, 1)
		go func() { _, err := ReadFile(path, 100); done <- err }()
		select {
		case err := <-done:
			if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
				t.Errorf("%s: %v", path, err)
			}
		case <-time.After(time.Minute):
			t.Fatalf("reading %s doesn't end", path)
		}
	}
	if data, err := ReadFile(large, 101); err != nil || len(data) != 101 {
		t.Error(err)
	}
	for _, err := range []error{third(ReadCase(dir)), second(ReadBrief(fifo, nil)), second(ReadOffer("/dev/zero", nil))} {
		if err == nil || !strings.Contains(err.Error(), "not a regular file") {
			t.Error(err)
		}
	}
}

func second[T any](_ T, err error) error        { return err }
func third[T, U any](_ T, _ U, err error) error { return err }

func TestWriteFileNeverOverwrites(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	if err := WriteFile(path, []byte("one"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(path, []byte("two"), 0o600); !errors.Is(err, fs.ErrExist) {
		t.Error(err)
	}
	if data, _ := os.ReadFile(path); string(data) != "one" {
		t.Errorf("the file holds %q", data)
	}
	if err := ReplaceFile(path, []byte("three"), 0o600); err != nil {
		t.Error(err)
	}
	if data, _ := os.ReadFile(path); string(data) != "three" {
		t.Errorf("the file holds %q", data)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("the file has the mode %v", info.Mode())
	}
	if err := WriteFile(filepath.Join(path, "b"), nil, 0o600); err == nil {
		t.Error("a file was written below a file")
	}
	onlyHolds(t, filepath.Dir(path), "a")
}

// Where links are refused, as on a USB stick, the name is held otherwise.
func TestMoveNewWithoutLinks(t *testing.T) {
	dir := t.TempDir()
	from, path := filepath.Join(dir, "from"), filepath.Join(dir, "missing", "to")
	if err := os.WriteFile(from, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := holdAndRename(from, path); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	path = filepath.Join(dir, "to")
	if err := holdAndRename(from, path); err != nil {
		t.Error(err)
	}
	if err := holdAndRename(path, path); !errors.Is(err, fs.ErrExist) {
		t.Error(err)
	}
	if data, _ := os.ReadFile(path); string(data) != "x" {
		t.Errorf("the file holds %q", data)
	}
}

func onlyHolds(t *testing.T, dir string, names ...string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range list {
		got = append(got, e.Name())
	}
	if !slices.Equal(got, names) {
		t.Errorf("%s holds %v, want %v", dir, got, names)
	}
}

func TestWriteFolder(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "log")
	files := map[string][]byte{"charter": []byte("c"), "entries/1": []byte("1"), "entries/2": []byte("2")}
	if err := os.Mkdir(dir, 0o755); err != nil { // an empty folder may be there
		t.Fatal(err)
	}
	if err := WriteFolder(dir, files); err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		path := filepath.Join(dir, name)
		info, err := os.Stat(path)
		if err != nil || info.Mode() != 0o600 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
		if data, _ := os.ReadFile(path); string(data) != string(want) {
			t.Errorf("%s holds %q", name, data)
		}
	}
	onlyHolds(t, dir, "charter", "entries")
	if err := WriteFolder(dir, map[string][]byte{"other": nil}); !errors.Is(err, fs.ErrExist) {
		t.Error(err)
	}
	onlyHolds(t, dir, "charter", "entries")
	for _, name := range []string{"", ".", "..", "../out", "/out", "a/../b", "a//b", "a/", `a\b`} {
		if err := WriteFolder(filepath.Join(parent, "new"), map[string][]byte{name: nil}); err == nil {
			t.Errorf("a file was written under the name %q", name)
		}
	}
	if err := WriteFolder(filepath.Join(parent, "new"), map[string][]byte{"a": nil, "a/b": nil}); err == nil {
		t.Error("a file and a folder have one name")
	}
	if err := WriteFolder(filepath.Join(dir, "charter"), files); err == nil {
		t.Error("a folder was written over a file")
	}
	onlyHolds(t, parent, "log")
	// What can't be written is told by the name that was asked for, and no other.
	long := strings.Repeat("x", 300)
	for path, err := range map[string]error{
		filepath.Join(parent, "new"):            WriteFolder(filepath.Join(parent, "new"), map[string][]byte{long: nil}),
		filepath.Join(parent, "none", "folder"): WriteFolder(filepath.Join(parent, "none", "folder"), files),
		filepath.Join(parent, "none", "file"):   WriteFile(filepath.Join(parent, "none", "file"), nil, 0o600),
		filepath.Join(parent, long):             ReplaceFile(filepath.Join(parent, long), nil, 0o600),
	} {
		if err == nil || !strings.HasPrefix(err.Error(), "writing "+path+": ") || strings.Contains(err.Error(), ".parley-") {
			t.Errorf("%s: %v", path, err)
		}
	}
	onlyHolds(t, parent, "log")
}

func TestPassphrases(t *testing.T) {
	s, dir := newStore(t)
	mustUpdate(t, s, func(tx *Tx) error { return tx.Put("a", "b", []byte("c")) })
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []string{"", "correct horsf", "correct horse ", "CORRECT HORSE"} {
		if _, err := Open(context.Background(), dir, []byte(wrong), Options{}); !errors.Is(err, ErrPassphrase) || errors.Is(err, ErrDamaged) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	s, err := Open(context.Background(), dir, []byte(passphrase), Options{}) // the lock was given back each time
	if err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
	if _, err := Create(context.Background(), t.TempDir(), nil, Options{}); err == nil {
		t.Error("a store with an empty passphrase was made")
	}
}

// The key of a header, with its checks, follows from nothing but the
// passphrase and the header: a change of this test's values is a new version.
func TestTheHeaderOfAStore(t *testing.T) {
	h := header{Parley: storeFormat, KDF: "argon2id", cost: cheap, ID: "000102030405060708090a0b0c0d0e0f", Salt: "101112131415161718191a1b1c1d1e1f"}
	k, check, err := h.derive([]byte(passphrase))
	if err != nil {
		t.Fatal(err)
	}
	h.Check = hex.EncodeToString(check)
	h.Sum = h.sum()
	const want = `{"parley":"store/1","id":"000102030405060708090a0b0c0d0e0f","kdf":"argon2id","time":1,"memory":64,"threads":1,"salt":"101112131415161718191a1b1c1d1e1f","check":"CHECK","sum":"SUM"}` + "\n"
	if got := string(h.encode()); got != strings.NewReplacer("CHECK", h.Check, "SUM", h.Sum).Replace(want) {
		t.Errorf("a header is written %s", got)
	}
	if got := hex.EncodeToString(k.data[:4]) + hex.EncodeToString(k.values[:4]) + hex.EncodeToString(k.set[:4]) + h.Check[:8]; got != "f95cd5eb2dcd3f11f942c1350d033a4a" {
		t.Errorf("the keys begin with %s", got)
	}
	k.wipe()
	if k.data != [32]byte{} || k.values != [32]byte{} || k.set != [32]byte{} {
		t.Error("keys are left")
	}
	for what, change := range map[string]func(*header){
		"a later version":   func(h *header) { h.Parley = "store/2" },
		"another function":  func(h *header) { h.KDF = "md5" },
		"all memory":        func(h *header) { h.Memory = 1<<32 - 1 },
		"for ever":          func(h *header) { h.Time = 1<<32 - 1 },
		"no passes":         func(h *header) { h.Time = 0 },
		"no threads":        func(h *header) { h.Threads = 0 },
		"too little memory": func(h *header) { h.Memory = 7 },
	} {
		bad := h
		change(&bad)
		bad.Sum = bad.sum()
		if _, err := parseHeader(bad.encode()); err == nil || errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestWhereNoStoreIs(t *testing.T) {
	dir := t.TempDir()
	for _, d := range []string{dir, filepath.Join(dir, "none")} {
		if _, err := Open(context.Background(), d, []byte(passphrase), Options{}); !errors.Is(err, ErrNoStore) || Exists(d) {
			t.Errorf("%s: %v", d, err)
		}
	}
	onlyHolds(t, dir) // not even a lock
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Create(ctx, dir, []byte(passphrase), Options{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	onlyHolds(t, dir)
}

func TestCreateNeverOverwrites(t *testing.T) {
	s, dir := newStore(t)
	mustUpdate(t, s, func(tx *Tx) error { return tx.Put("a", "b", []byte("c")) })
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := create(context.Background(), dir, []byte("other"), cheap, Options{}); !errors.Is(err, ErrExists) || !Exists(dir) {
		t.Error(err)
	}
	s, err := Open(context.Background(), dir, []byte(passphrase), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got := content(t, s, "a"); got["a/b"] != "c" {
		t.Errorf("the store holds %v", got)
	}
}

// What an interrupted making leaves behind, at each of its steps.
func TestAnInterruptedMaking(t *testing.T) {
	s, whole := newStore(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for what, step := range map[string]struct {
		rename map[string]string // "" takes a file away
		opens  error             // what Open says
	}{
		"the database begun":    {map[string]string{keyName: "", dataName: dataName + unmade}, ErrNoStore},
		"the header written":    {map[string]string{keyName: keyName + unmade, dataName: dataName + unmade}, ErrNoStore},
		"the database named":    {map[string]string{keyName: keyName + unmade}, nil},
		"nothing but the lock":  {map[string]string{keyName: "", dataName: ""}, ErrNoStore},
		"nothing but a journal": {map[string]string{keyName: "", dataName: dataName + unmade + "-journal"}, ErrNoStore},
	} {
		dir := spoil(t, whole, "", nil)
		for from, to := range step.rename {
			if to == "" {
				os.Remove(filepath.Join(dir, from))
			} else if err := os.Rename(filepath.Join(dir, from), filepath.Join(dir, to)); err != nil {
				t.Fatal(err)
			}
		}
		opened, err := Open(context.Background(), dir, []byte(passphrase), Options{})
		if !errors.Is(err, step.opens) {
			t.Errorf("%s: Open says %v", what, err)
		}
		if err == nil {
			_ = opened.Close()
			continue
		}
		made, err := create(context.Background(), dir, []byte(passphrase), cheap, Options{})
		if err != nil {
			t.Errorf("%s: Create says %v", what, err)
			continue
		}
		_ = made.Close()
		if left, _ := filepath.Glob(filepath.Join(dir, "*"+unmade+"*")); len(left) > 0 || !Exists(dir) {
			t.Errorf("%s: %v are left", what, left)
		}
	}
}

// A folder that may not be written to, tried by somebody who is not root.
func TestAFolderWithoutPermission(t *testing.T) {
	dir, err := os.MkdirTemp("", "parley-*")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	home := filepath.Join(dir, "desk")
	for _, err := range []error{
		os.Mkdir(home, 0o755), os.WriteFile(filepath.Join(home, "file"), nil, 0o600), os.Chmod(home, 0o555), os.Chmod(dir, 0o755),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	binary, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(dir, "other.test")
	if err := os.WriteFile(copied, binary, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(copied)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PARLEY_TEST_ACT=create", "PARLEY_TEST_DIR="+home)
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	said, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(said), "permission denied") {
		t.Errorf("%v: %s", err, said)
	}
	if there(filepath.Join(home, lockName)) || Exists(home) {
		t.Error("something was written")
	}
}

// TestExamplesAreRead reads every example, and its briefs against the case that is
// played with them: that under exercise/, where who is held is invented too.
func TestExamplesAreRead(t *testing.T) {
	found, err := filepath.Glob("../examples/*")
	if err != nil || len(found) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, dir := range found {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			continue
		}
		var played *parley.Case
		for _, name := range []string{"case.yaml", "exercise/case.yaml"} {
			c, _, err := ReadCase(filepath.Join(dir, name))
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				t.Error(err)
				continue
			}
			played = c
		}
		if played == nil {
			t.Errorf("%s has no case", dir)
			continue
		}
		readExercises(t, dir, played)
	}
}

func readExercises(t *testing.T, dir string, c *parley.Case) {
	t.Helper()
	briefs, _ := filepath.Glob(filepath.Join(dir, "exercise", "*.yaml"))
	for _, path := range briefs {
		if _, err := ReadBrief(path, c); err != nil && !strings.Contains(err.Error(), "another kind of file") {
			t.Error(err)
		}
	}
}
