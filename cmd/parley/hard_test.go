package main

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// guess is what the file beside a store says that a guess at its passphrase costs.
type guess struct {
	KDF          string
	Time, Memory uint32
	Threads      uint8
}

// hard is the second choice that RFC 9106, section 4, recommends.
var hard = guess{"argon2id", 3, 64 << 10, 4}

func guessAt(t *testing.T, home string) (g guess) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(home, "desk.key"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

// TestPassphrasesAreHardToGuess runs parley as it is given out, which the other
// tests don't for what it costs: a guess at a passphrase is dear, and no change of
// passphrase makes it cheaper.
func TestPassphrasesAreHardToGuess(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_STATE_HOME", filepath.Join(dir, "state"))
	for name, text := range map[string]string{"old": "a passphrase for tests\n", "new": "another one for tests\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PARLEY_PASSPHRASE_FILE", filepath.Join(dir, "old"))
	t.Setenv("PARLEY_NEW_PASSPHRASE_FILE", filepath.Join(dir, "new"))
	t.Setenv("PARLEY_KEY_PASSPHRASE_FILE", filepath.Join(dir, "old"))
	shipped := func(args ...string) {
		t.Helper()
		cmd := exec.Command(os.Args[0], args...)
		cmd.Env = append(os.Environ(), "PARLEY_TEST_AS_PARLEY=shipped")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("parley %v: %v\n%s", args, err, out)
		}
	}
	light := func(args ...string) {
		t.Helper()
		if code := run(t.Context(), args, strings.NewReader(""), io.Discard, os.Stderr); code != exitDone {
			t.Fatalf("parley %v: %d", args, code)
		}
	}
	given, soft := filepath.Join(dir, "given"), filepath.Join(dir, "soft")
	shipped("init", "--home", given, "--party", "east", "--name", "E")
	if g := guessAt(t, given); g != hard {
		t.Errorf("a new desk: %+v", g)
	}
	light("passphrase", "--home", given)
	if g := guessAt(t, given); g != hard {
		t.Errorf("a test lowered the cost of a desk: %+v", g)
	}
	light("init", "--home", soft, "--party", "west", "--name", "W")
	if g := guessAt(t, soft); g == hard {
		t.Error("the desks of tests are dear")
	}
	shipped("passphrase", "--home", soft)
	if g := guessAt(t, soft); g != hard {
		t.Errorf("a desk with a new passphrase: %+v", g)
	}
	key := filepath.Join(dir, "key")
	shipped("sign", "--new", "--key", key, "--name", "P", "--office", "minister")
	// https://age-encryption.org/v1: -> scrypt SALT LOG2(WORK)
	data, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitN(string(data), "\n", 3)
	if f := strings.Fields(lines[1]); len(f) != 4 || f[1] != "scrypt" || f[3] != "17" {
		t.Errorf("a principal's key: %q", lines[1])
	}
}
