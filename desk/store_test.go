package desk_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"parley/casefile"
	"parley/channel"
	"parley/desk"
)

const fixturePass = "a passphrase for tests"

// A store that the first version made: a desk of east with a case, a brief, a
// report and three entries of each side on its channel.
func storeOfVersion1(t *testing.T) (home string) {
	t.Helper()
	home = filepath.Join(t.TempDir(), "desk")
	if err := os.CopyFS(home, os.DirFS("testdata/store-1")); err != nil {
		t.Fatal(err)
	}
	return home
}

func openHome(t *testing.T, home string, s desk.Surroundings) *desk.Desk {
	t.Helper()
	d, err := desk.Open(t.Context(), home, []byte(fixturePass), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func TestAStoreOfTheFirstVersionIsRead(t *testing.T) {
	home := storeOfVersion1(t)
	d := openHome(t, home, desk.Surroundings{})
	v, err := d.View(t.Context())
	if err != nil || len(v.Notes) != 2 || len(v.Reported) != 1 || v.Case == nil || v.Case.ID != "swap" {
		t.Errorf("%+v, %v", v, err)
	}
	if _, ok, err := d.Brief(t.Context()); !ok || err != nil {
		t.Errorf("the brief: %v, %v", ok, err)
	}
	if _, err := d.Note(t.Context(), "", "still here"); err != nil {
		t.Error(err)
	}
	_ = d.Close()
	d = openHome(t, home, desk.Surroundings{})
	if v, err := d.View(t.Context()); err != nil || len(v.Notes) != 3 {
		t.Errorf("%d notes, %v", len(v.Notes), err)
	}
}

// A program that knows fewer steps than the store has taken leaves it alone.
func TestAStoreOfANewerVersionIsLeftAlone(t *testing.T) {
	home := storeOfVersion1(t)
	_ = openHome(t, home, desk.Surroundings{}).Close()
	newer := []casefile.Step{}
	for range 30 {
		newer = append(newer, casefile.Step{Do: func(*casefile.Tx) error { return nil }})
	}
	s, err := casefile.Open(t.Context(), home, []byte(fixturePass), casefile.Options{Steps: newer})
	if err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
	_, err = desk.Open(t.Context(), home, []byte(fixturePass), desk.Surroundings{})
	if !errors.Is(err, casefile.ErrNewer) || !strings.Contains(err.Error(), "version 31, and this program knows up to") {
		t.Error(err)
	}
}

// A desk that was put back to an earlier state signs nothing from then on, not
// for its principal either, and says so before any carrier could.
func TestARolledBackDeskSignsNothing(t *testing.T) {
	home, s := storeOfVersion1(t), desk.Surroundings{Witness: filepath.Join(t.TempDir(), "state")}
	_ = openHome(t, home, s).Close()
	older := filepath.Join(t.TempDir(), "older")
	if err := os.CopyFS(older, os.DirFS(home)); err != nil {
		t.Fatal(err)
	}
	d := openHome(t, home, s)
	if _, err := d.Note(t.Context(), "", "signed since"); err != nil {
		t.Fatal(err)
	}
	_ = d.Close()
	if err := errors.Join(os.RemoveAll(home), os.CopyFS(home, os.DirFS(older))); err != nil {
		t.Fatal(err)
	}
	for range 2 { // also once the witness has seen the newer state
		d = openHome(t, home, s)
		if old, err := d.Restored(t.Context()); !old || err != nil {
			t.Fatalf("not noticed: %v", err)
		}
		if _, err := d.Note(t.Context(), "", "against itself"); !errors.Is(err, channel.ErrRestored) {
			t.Errorf("it signed: %v", err)
		}
		if _, err := d.Report(t.Context(), desk.Report{Kind: "note", Text: "what binds nobody goes on"}); err != nil {
			t.Error(err)
		}
		_ = d.Close()
	}
}

// backupOf makes a backup of a fixture and opens it as anybody with its key can.
func backupOf(t *testing.T, d *desk.Desk) (sealed, key []byte, files map[string][]byte) {
	t.Helper()
	key, recipient, err := desk.NewBackupKey()
	if err != nil {
		t.Fatal(err)
	}
	sealed, _, err = d.Backup(t.Context(), []string{recipient})
	if err != nil {
		t.Fatal(err)
	}
	ids, err := age.ParseIdentities(bytes.NewReader(key))
	if err != nil {
		t.Fatal(err)
	}
	open, err := age.Decrypt(bytes.NewReader(sealed), ids...)
	if err != nil {
		t.Fatal(err)
	}
	files = map[string][]byte{}
	for r := tar.NewReader(open); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return sealed, key, files
		}
		if err != nil {
			t.Fatal(err)
		}
		if files[h.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
}

// A backup holds what is on the list of what it may hold, and none of the keys.
func TestABackupHoldsNoKeyAndNothingElse(t *testing.T) {
	home := storeOfVersion1(t)
	planted := []byte("MARKED-NON-PAPER")
	s, err := casefile.Open(t.Context(), home, []byte(fixturePass), casefile.Options{Steps: []casefile.Step{{Do: func(*casefile.Tx) error { return nil }}}})
	if err != nil {
		t.Fatal(err)
	}
	var secrets [][]byte
	err = s.Update(t.Context(), func(tx *casefile.Tx) error {
		// Whatever lies in a bucket that no backup knows.
		for _, bucket := range []string{"back", "nonpaper", "channel/back", "settle/runs", "settle/journal/x", "channel/keys", "channel/outbox", "desk"} {
			if err := tx.Put(bucket, "marked", planted); err != nil {
				return err
			}
		}
		identity, _, err := tx.Get("desk", "identity")
		if err != nil {
			return err
		}
		secrets = append(secrets, planted, seedIn(t, identity))
		return tx.Each("channel/keys", func(_ string, value []byte) error {
			if len(value) > 40 {
				secrets = append(secrets, value[4:36])
			}
			return nil
		})
	})
	if err := errors.Join(err, s.Update(t.Context(), func(tx *casefile.Tx) error {
		for _, bucket := range []string{"channel/keys", "channel/outbox", "channel/back"} { // a desk would not open with these
			if err := tx.Delete(bucket, "marked"); err != nil {
				return err
			}
		}
		return nil
	}), s.Close()); err != nil {
		t.Fatal(err)
	}
	_, _, files := backupOf(t, openHome(t, home, desk.Surroundings{}))
	if len(secrets) < 3 || len(files) < 10 {
		t.Fatalf("%d secrets, %d files", len(secrets), len(files))
	}
	for name, data := range files {
		for _, secret := range secrets {
			if bytes.Contains(data, secret) {
				t.Errorf("%s holds what no backup may", name)
			}
		}
	}
}

// seedIn finds the signing seed in an identity: a byte string of its size.
func seedIn(t *testing.T, identity []byte) []byte {
	t.Helper()
	head := []byte{0x58, channel.SeedSize}
	i := bytes.Index(identity, head)
	if i < 0 {
		t.Fatal("no seed in the identity")
	}
	return identity[i+2 : i+2+channel.SeedSize]
}

func TestADeskIsRestored(t *testing.T) {
	d := openHome(t, storeOfVersion1(t), desk.Surroundings{})
	sealed, key, _ := backupOf(t, d)
	home := filepath.Join(t.TempDir(), "new")
	b, err := desk.Restore(t.Context(), home, []byte(fixturePass), sealed, key, desk.Surroundings{})
	if err != nil || b.Party != "east" || b.Device.String() != d.Device().String() {
		t.Fatalf("%+v, %v", b, err)
	}
	n := openHome(t, home, desk.Surroundings{})
	if n.Device() == d.Device() || !n.Awaits() {
		t.Error("the restored desk has the old one's key, or a seat")
	}
	want, err1 := d.View(t.Context())
	got, err2 := n.View(t.Context())
	if err := errors.Join(err1, err2); err != nil || len(got.Notes) != len(want.Notes) || len(got.Reported) != 1 || got.Case.Digest != want.Case.Digest {
		t.Errorf("%+v, want %+v, %v", got, want, err)
	}
	if _, ok, err := n.Brief(t.Context()); !ok || err != nil {
		t.Errorf("the brief: %v, %v", ok, err)
	}
	if _, err := n.Note(t.Context(), "", "too early"); !errors.Is(err, channel.ErrNotSeated) {
		t.Errorf("it signed: %v", err)
	}
	if _, err := n.Card(); err != nil {
		t.Errorf("its card: %v", err)
	}
	_ = n.Close()
	if _, err := desk.Restore(t.Context(), home, []byte(fixturePass), sealed, key, desk.Surroundings{}); !errors.Is(err, casefile.ErrExists) {
		t.Errorf("over a desk: %v", err)
	}
}

// A backup may be anybody's making: an age recipient is public.
func TestHostileBackups(t *testing.T) {
	sealed, key, files := backupOf(t, openHome(t, storeOfVersion1(t), desk.Surroundings{}))
	ids, err := age.ParseIdentities(bytes.NewReader(key))
	if err != nil {
		t.Fatal(err)
	}
	recipient := ids[0].(*age.HybridIdentity).Recipient().String()
	pack := func(change func(map[string][]byte)) []byte {
		own := map[string][]byte{}
		for name, data := range files {
			own[name] = data
		}
		change(own)
		var open bytes.Buffer
		w := tar.NewWriter(&open)
		for name, data := range own {
			if err := w.WriteHeader(&tar.Header{Name: name, Size: int64(len(data)), Mode: 0o600}); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(data); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		out, err := desk.SealTo(recipient, open.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	other, _, err := desk.NewBackupKey()
	if err != nil {
		t.Fatal(err)
	}
	plain, err := desk.SealTo(recipient, []byte("no archive"))
	if err != nil {
		t.Fatal(err)
	}
	for what, file := range map[string][]byte{
		"cut":             sealed[:len(sealed)-100],
		"flipped":         append(bytes.Clone(sealed[:len(sealed)-50]), append([]byte{sealed[len(sealed)-50] ^ 1}, sealed[len(sealed)-49:]...)...),
		"no archive":      plain,
		"empty":           {},
		"keys":            pack(func(m map[string][]byte) { m["channel/keys/00"] = []byte("x") }),
		"identity":        pack(func(m map[string][]byte) { m["desk/identity"] = []byte("x") }),
		"out of the way":  pack(func(m map[string][]byte) { m["../../x"] = []byte("x") }),
		"of the back":     pack(func(m map[string][]byte) { m["channel/back/x"] = []byte("x") }),
		"nobody's":        pack(func(m map[string][]byte) { delete(m, "desk/whose") }),
		"another version": pack(func(m map[string][]byte) { m["desk/whose"] = []byte{0x80} }),
		"a false entry":   pack(func(m map[string][]byte) { m["channel/entries/00000000000000000099"] = []byte("x") }),
		"a false charter": pack(func(m map[string][]byte) { m["desk/charter"] = []byte{0x41, 0x00} }),
	} {
		home := filepath.Join(t.TempDir(), "new")
		if _, err := desk.Restore(t.Context(), home, []byte(fixturePass), file, key, desk.Surroundings{}); err == nil {
			t.Errorf("%s: restored", what)
		}
		if casefile.Exists(home) {
			t.Errorf("%s: half a desk is there", what)
		}
	}
	home := filepath.Join(t.TempDir(), "new")
	if _, err := desk.Restore(t.Context(), home, []byte(fixturePass), sealed, other, desk.Surroundings{}); !errors.Is(err, desk.ErrInput) {
		t.Errorf("with another key: %v", err)
	}
}
