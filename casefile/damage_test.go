package casefile

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ncruces/go-sqlite3"
)

// filled is a closed store with records of all sizes, some rewritten and some
// deleted, and what it holds.
func filled(t *testing.T) (dir string, want map[string]string) {
	t.Helper()
	s, dir := newStore(t)
	for turn := range 6 {
		mustUpdate(t, s, func(tx *Tx) error {
			for i := 20 * turn; i < 20*turn+20; i++ {
				key := fmt.Sprintf("key-%03d", i)
				_, err := tx.Append("log", []byte(strings.Repeat("entry ", i)))
				err = errors.Join(err, tx.Put("brief", key, []byte(strings.Repeat(key, i*i/20))), tx.Put("brief", "again", []byte(key)))
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	mustUpdate(t, s, func(tx *Tx) error {
		return errors.Join(tx.Delete("brief", "key-060"), tx.Delete("brief", "key-110"), tx.Delete("log", NumberKey(7)))
	})
	want = content(t, s, "brief", "log")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, want
}

// spoil writes a copy of a store in which one file is changed.
func spoil(t *testing.T, dir, name string, change func([]byte) []byte) string {
	t.Helper()
	to := t.TempDir()
	for _, n := range []string{keyName, dataName} {
		data, err := os.ReadFile(filepath.Join(dir, n))
		if err != nil {
			t.Fatal(err)
		}
		if n == name {
			data = change(bytes.Clone(data))
		}
		if err := os.WriteFile(filepath.Join(to, n), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// rightOrRefused tells that a store gives what was put in, or an error that
// names what is damaged.
func rightOrRefused(t *testing.T, dir, names string, want map[string]string) (refused bool) {
	t.Helper()
	s, err := Open(context.Background(), dir, []byte(passphrase), Options{})
	if err != nil {
		var d *Damaged
		if !errors.As(err, &d) || !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), names) {
			t.Errorf("an error that doesn't name %s: %v", names, err)
		}
		return true
	}
	defer s.Close()
	if !maps.Equal(content(t, s, "brief", "log"), want) {
		t.Error("a damaged store gave something else than was put in")
	}
	return false
}

func TestFlippedBitsInTheDatabase(t *testing.T) {
	dir, want := filled(t)
	info, err := os.Stat(filepath.Join(dir, dataName))
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	pages := int(info.Size() / page)
	refused := 0
	for p := range pages {
		at := p*page + rand.IntN(page)
		bad := spoil(t, dir, dataName, func(data []byte) []byte { data[at] ^= 1 << rand.IntN(8); return data })
		if rightOrRefused(t, bad, "", want) {
			refused++
		}
	}
	t.Logf("%d of %d pages refused", refused, pages)
	if pages < 30 || refused < pages/2 {
		t.Errorf("%d of %d pages refused", refused, pages)
	}
}

func TestFlippedBitsInTheHeader(t *testing.T) {
	dir, want := filled(t)
	info, err := os.Stat(filepath.Join(dir, keyName))
	if err != nil {
		t.Fatal(err)
	}
	for i := range int(info.Size()) {
		bad := spoil(t, dir, keyName, func(data []byte) []byte { data[i] ^= 1 << rand.IntN(8); return data })
		if !rightOrRefused(t, bad, keyName, want) {
			t.Errorf("a store with byte %d of its header changed was opened", i)
		}
	}
}

func TestFilesCutOrPaddedOrMissing(t *testing.T) {
	dir, want := filled(t)
	for _, name := range []string{keyName, dataName} {
		for what, change := range map[string]func([]byte) []byte{
			"empty":          func(b []byte) []byte { return nil },
			"cut":            func(b []byte) []byte { return b[:len(b)/2] },
			"cut by a byte":  func(b []byte) []byte { return b[:len(b)-1] },
			"cut by a page":  func(b []byte) []byte { return b[:max(0, len(b)-4096)] },
			"zeroed":         func(b []byte) []byte { clear(b); return b },
			"half zeroed":    func(b []byte) []byte { clear(b[len(b)/2:]); return b },
			"twice":          func(b []byte) []byte { return append(b, b...) },
			"pages swapped":  func(b []byte) []byte { return append(b[len(b)/8192*4096:], b[:len(b)/8192*4096]...) },
			"something else": func(b []byte) []byte { return []byte("something else\n") },
		} {
			if name == keyName && what == "cut by a page" {
				continue
			}
			rightOrRefused(t, spoil(t, dir, name, change), "desk.", want)
			if t.Failed() {
				t.Fatal(name, what)
			}
		}
	}
	for _, name := range []string{keyName, dataName} {
		bad := spoil(t, dir, "", nil)
		if err := os.Remove(filepath.Join(bad, name)); err != nil {
			t.Fatal(err)
		}
		if !rightOrRefused(t, bad, name, want) {
			t.Errorf("a store without %s was opened", name)
		}
		if _, err := create(context.Background(), bad, []byte(passphrase), cheap, Options{}); err == nil {
			t.Errorf("a store without %s was written over", name)
		}
	}
}

// A journal of anybody's making beside the store changes nothing unnoticed.
func TestAForeignJournal(t *testing.T) {
	dir, want := filled(t)
	db, err := os.ReadFile(filepath.Join(dir, dataName))
	if err != nil {
		t.Fatal(err)
	}
	for _, journal := range [][]byte{[]byte("x"), make([]byte, 10_000), db, db[:4096], append(make([]byte, 4096), db...)} {
		bad := spoil(t, dir, "", nil)
		if err := os.WriteFile(filepath.Join(bad, dataName+"-journal"), journal, 0o600); err != nil {
			t.Fatal(err)
		}
		rightOrRefused(t, bad, "desk.", want)
	}
}

// edit changes a closed store by SQL, as one who knows the passphrase could.
func edit(t *testing.T, dir string, sql ...string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, keyName))
	if err != nil {
		t.Fatal(err)
	}
	h, err := parseHeader(data)
	if err != nil {
		t.Fatal(err)
	}
	k, err := h.open([]byte(passphrase))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := sqlite3.Open(uri(filepath.Join(dir, dataName)))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, q := range append([]string{"PRAGMA hexkey='" + hex.EncodeToString(k.data[:]) + "'"}, sql...) {
		if err := conn.Exec(q); err != nil {
			t.Fatal(q, err)
		}
	}
}

func TestValuesMovedBySQLAreNoticed(t *testing.T) {
	const one, other = "bucket = CAST('brief' AS BLOB) AND key = CAST('key-010' AS BLOB)", "bucket = CAST('brief' AS BLOB) AND key = CAST('key-020' AS BLOB)"
	for what, sql := range map[string][]string{
		"swapped": {
			"CREATE TEMP TABLE t AS SELECT value FROM record WHERE " + one,
			"UPDATE record SET value = (SELECT value FROM record WHERE " + other + ") WHERE " + one,
			"UPDATE record SET value = (SELECT value FROM t) WHERE " + other,
		},
		"renamed":   {"UPDATE record SET key = CAST('key-0101' AS BLOB) WHERE " + one},
		"shortened": {"UPDATE record SET value = substr(value, 1, 30) WHERE " + one},
	} {
		dir, want := filled(t)
		edit(t, dir, sql...)
		if !rightOrRefused(t, dir, `record "key-010`, want) {
			t.Errorf("%s: not noticed", what)
		}
	}
	for what, sql := range map[string][]string{
		"taken away":    {"DELETE FROM record WHERE " + one},
		"all taken":     {"DELETE FROM record"},
		"no root":       {"DELETE FROM root"},
		"another root":  {"UPDATE root SET value = randomblob(88)"},
		"nothing there": {"DROP TABLE record"},
	} {
		dir, want := filled(t)
		edit(t, dir, sql...)
		if !rightOrRefused(t, dir, dataName, want) {
			t.Errorf("%s: not noticed", what)
		}
	}
}

// A value as it once was is as foreign as any other.
func TestAnOldValuePutBackIsNoticed(t *testing.T) {
	s, dir := newStore(t)
	mustUpdate(t, s, func(tx *Tx) error { return tx.Put("brief", "us", []byte("old")) })
	s = reopen(t, s, dir)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	old := spoil(t, dir, "", nil)
	s, err := Open(context.Background(), dir, []byte(passphrase), Options{})
	if err != nil {
		t.Fatal(err)
	}
	mustUpdate(t, s, func(tx *Tx) error { return tx.Put("brief", "us", []byte("new")) })
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	edit(t, old, "SELECT 1")
	edit(t, dir, "ATTACH 'file:"+filepath.Join(old, dataName)+"?vfs="+vfsName+"&hexkey="+dataKey(t, dir)+"' AS old",
		"UPDATE record SET value = (SELECT value FROM old.record)")
	if !rightOrRefused(t, dir, dataName, nil) {
		t.Error("not noticed")
	}
}

func dataKey(t *testing.T, dir string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, keyName))
	if err != nil {
		t.Fatal(err)
	}
	h, err := parseHeader(data)
	if err != nil {
		t.Fatal(err)
	}
	k, err := h.open([]byte(passphrase))
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(k.data[:])
}

func TestNothingLiesOpenOnTheDisk(t *testing.T) {
	const secret = "MARKED-SECRET-86421357"
	s, dir := newStore(t)
	mustUpdate(t, s, func(tx *Tx) error {
		for i := range 50 {
			if err := tx.Put(secret+"-bucket", fmt.Sprintf("%s-key-%d", secret, i), []byte(strings.Repeat(secret+" ", i*20))); err != nil {
				return err
			}
		}
		return nil
	})
	searchFolder(t, dir, secret)
	err := s.Update(context.Background(), func(tx *Tx) error {
		for i := range 50 {
			if err := tx.Put(secret+"-bucket", fmt.Sprintf("%s-key-%d", secret, i), []byte(strings.Repeat(secret, 500))); err != nil {
				return err
			}
		}
		searchFolder(t, dir, secret) // while a journal is there
		return errors.New("stop")
	})
	if err == nil {
		t.Error("the change was kept")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	searchFolder(t, dir, secret)
	for _, told := range []string{fmt.Sprintf("%v %+v %#v %s %d", s, s, s, s, s), fmt.Sprintf("%v %+v %#v", *s, *s, *s)} {
		if strings.Trim(told, " ") != strings.TrimSpace(strings.Repeat("store (hidden) ", strings.Count(told, "hidden"))) {
			t.Errorf("a store prints itself as %s", told)
		}
	}
}

func searchFolder(t *testing.T, dir, secret string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil || len(list) < 3 {
		t.Fatal(list, err)
	}
	for _, e := range list {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range []string{"MARKED", "SECRET", "86421357", passphrase, "record", "SQLite", hex.EncodeToString([]byte(secret)), base64.StdEncoding.EncodeToString([]byte(secret))[:20]} {
			if bytes.Contains(data, []byte(form)) {
				t.Errorf("%s holds %q", e.Name(), form)
			}
		}
	}
}
