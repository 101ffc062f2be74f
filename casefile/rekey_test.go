package casefile

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const another = "battery staple"

func TestANewPassphrase(t *testing.T) {
	ctx := context.Background()
	dir, want := filled(t)
	o := Options{Witness: filepath.Join(t.TempDir(), "state")}
	s := openWatched(t, dir, o)
	_ = s.Close()
	old := copyStore(t, dir)
	if err := changePassphrase(ctx, dir, []byte(another), []byte("x"), cheap, o); !errors.Is(err, ErrPassphrase) {
		t.Errorf("with a wrong passphrase: %v", err)
	}
	if err := changePassphrase(ctx, dir, []byte(passphrase), nil, cheap, o); err == nil {
		t.Error("an empty passphrase")
	}
	if err := changePassphrase(ctx, dir, []byte(passphrase), []byte(another), cheap, o); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(ctx, dir, []byte(passphrase), o); !errors.Is(err, ErrPassphrase) {
		t.Errorf("the old passphrase: %v", err)
	}
	s, err := Open(ctx, dir, []byte(another), o)
	if err != nil {
		t.Fatal(err)
	}
	if s.RolledBack() || !maps.Equal(content(t, s, "brief", "log"), want) {
		t.Error("the store holds something else than before")
	}
	n, err := uint64(0), s.Update(ctx, func(tx *Tx) error { return tx.Put("state", "text", nil) })
	if err == nil {
		err = s.Update(ctx, func(tx *Tx) (err error) { n, err = tx.Append("log", nil); return err })
	}
	if err != nil || n != 121 {
		t.Errorf("number %d, %v", n, err)
	}
	_ = s.Close()
	onlyFiles(t, dir, dataName, dataName+"-journal", keyName, lockName)

	// Old keys open nothing of the new store, and the old store is known for old.
	mixed := copyStore(t, dir)
	header, err := os.ReadFile(filepath.Join(old, keyName))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(mixed, keyName), header, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(ctx, mixed, []byte(passphrase), Options{}); !errors.Is(err, ErrDamaged) {
		t.Errorf("the new database under the old keys: %v", err)
	}
	putBack(t, old, dir)
	if s = openWatched(t, dir, o); !s.RolledBack() {
		t.Error("the store from before the change is not known for old")
	}
}

func onlyFiles(t *testing.T, dir string, names ...string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range list {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(names, " ") {
		t.Errorf("the folder holds %v, want %v", got, names)
	}
}

func TestAStoreIsDestroyed(t *testing.T) {
	s, dir, o := watched(t)
	write(t, s, "secret")
	if err := Destroy(dir, o); !errors.Is(err, ErrLocked) {
		t.Errorf("while it is open: %v", err)
	}
	_ = s.Close()
	if err := Destroy(dir, o); err != nil {
		t.Fatal(err)
	}
	if there(dir) {
		t.Error("the folder is there still")
	}
	onlyFiles(t, o.Witness)
	if err := Destroy(dir, o); !errors.Is(err, ErrNoStore) {
		t.Errorf("a second time: %v", err)
	}
}

// Where another file stands in the folder, that stays; where the destruction was
// cut off after the keys, it can be done again.
func TestDestructionGoesOn(t *testing.T) {
	dir, _ := filled(t)
	if err := os.WriteFile(filepath.Join(dir, "other"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, keyName)); err != nil {
		t.Fatal(err)
	}
	if err := Destroy(dir, Options{}); err != nil {
		t.Fatal(err)
	}
	onlyFiles(t, dir, "other")
}

// The header is written over in its place before its name goes.
func TestTheHeaderIsWrittenOver(t *testing.T) {
	dir, _ := filled(t)
	path := filepath.Join(dir, keyName)
	held := filepath.Join(t.TempDir(), "held")
	if err := os.Link(path, held); err != nil {
		t.Skipf("no links here: %v", err)
	}
	if err := Destroy(dir, Options{}); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(held)
	if err != nil || strings.Contains(string(data), "salt") || len(data) < 300 {
		t.Errorf("the header reads %q, %v", data, err)
	}
}
