package casefile

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// salvaged reads what is left, and counts how many of the records that were put
// in came back; none may come back changed.
func salvaged(t *testing.T, dir string, want map[string]string) (saved int, lost []string, err error) {
	t.Helper()
	got := map[string]string{}
	lost, err = Salvage(context.Background(), dir, []byte(passphrase), func(bucket, key string, value []byte) {
		got[bucket+"/"+key] = string(value)
	})
	for at, value := range got {
		if want[at] != value {
			t.Errorf("%s came back as something else", at)
		}
	}
	return len(got), lost, err
}

func TestSalvageOfAWholeStore(t *testing.T) {
	dir, want := filled(t)
	saved, lost, err := salvaged(t, dir, want)
	if saved != len(want) || len(lost) > 0 || err != nil {
		t.Errorf("%d of %d records, lost %v, %v", saved, len(want), lost, err)
	}
	if _, _, err := salvaged(t, t.TempDir(), want); err == nil {
		t.Error("a store where none is")
	}
}

// One damaged value is named, and nothing else is lost.
func TestOneDamagedRecord(t *testing.T) {
	dir, want := filled(t)
	edit(t, dir, "UPDATE record SET value = randomblob(90) WHERE bucket = CAST('brief' AS BLOB) AND key = CAST('key-010' AS BLOB)")
	saved, lost, err := salvaged(t, dir, want)
	if saved != len(want)-1 || err != nil || len(lost) != 1 || lost[0] != `the record "key-010" in "brief"` {
		t.Errorf("%d of %d records, lost %v, %v", saved, len(want), lost, err)
	}
}

// A flipped bit makes noise of one page. Whichever page that is, what is on the
// others is saved unless it is one of the few through which they are found.
func TestSalvageAfterAFlipInEachPage(t *testing.T) {
	dir, want := filled(t)
	data, err := os.ReadFile(filepath.Join(dir, dataName))
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	pages, most := len(data)/page, 0
	for p := range pages {
		bad := spoil(t, dir, dataName, func(data []byte) []byte { data[p*page+p%page] ^= 16; return data })
		saved, lost, err := salvaged(t, bad, want)
		switch {
		case err != nil && !errors.Is(err, ErrDamaged):
			t.Errorf("page %d: %v", p+1, err)
		case err == nil && saved < len(want) && len(lost) == 0:
			t.Errorf("page %d: %d of %d records, and nothing is named", p+1, saved, len(want))
		case err == nil && saved >= len(want)-25:
			most++
		}
	}
	t.Logf("%d pages; after a flip in %d of them all but a page's records are saved", pages, most)
	if most < pages*9/10 {
		t.Errorf("only after a flip in %d of %d pages most records are saved", most, pages)
	}
	lost, err := Salvage(context.Background(), spoil(t, dir, keyName, func(b []byte) []byte { b[20] ^= 1; return b }), []byte(passphrase), nil)
	if !errors.Is(err, ErrDamaged) || len(lost) > 0 || !strings.Contains(err.Error(), keyName) {
		t.Errorf("a damaged header: %v", err)
	}
}
