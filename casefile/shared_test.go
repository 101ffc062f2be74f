package casefile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley"
)

// shared finds a folder of the data that is shared beside the module, or skips
// the test.
func shared(t testing.TB, path string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
	}
	found := filepath.Join(dir, "..", "shared", path)
	if _, err := os.Stat(found); err != nil {
		t.Skipf("no shared data: %v", err)
	}
	return found
}

func TestSharedInstancesRead(t *testing.T) {
	dir := shared(t, "data/frontier/instances")
	cases, _ := filepath.Glob(filepath.Join(dir, "*.case.json"))
	if len(cases) == 0 {
		t.Skip("no instances")
	}
	for _, path := range cases {
		c, data, err := ReadCase(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(data) == 0 || len(c.Persons) == 0 {
			t.Errorf("%s: %d bytes, %d persons", path, len(data), len(c.Persons))
		}
		for _, p := range c.Parties {
			readSharedBrief(t, strings.TrimSuffix(path, "case.json")+string(p.ID)+".json", c, p.ID)
		}
	}
}

func readSharedBrief(t *testing.T, path string, c *parley.Case, party parley.PartyID) {
	t.Helper()
	b, err := ReadBrief(path, c)
	if err != nil {
		t.Error(err)
		return
	}
	if got := b.Content(); got.Party != party || got.Case != c.ID || len(got.Worth)+len(got.Tags) == 0 {
		t.Errorf("%s: read as a brief of %s with %d worths", path, got.Party, len(got.Worth))
	}
}

func TestLargestListIsReadQuickly(t *testing.T) {
	path := filepath.Join(shared(t, "data/frontier/instances"), "list-ind-15000.case.json")
	start := time.Now()
	if _, _, err := ReadCase(path); err != nil {
		t.Fatal(err)
	}
	took := time.Since(start)
	t.Logf("%v", took)
	if took > time.Minute { // it takes a quarter of a second where nothing else runs
		t.Errorf("reading 15,000 persons took %v", took)
	}
}

func BenchmarkReadCase15000(b *testing.B) {
	path := filepath.Join(shared(b, "data/frontier/instances"), "list-ind-15000.case.json")
	for b.Loop() {
		if _, _, err := ReadCase(path); err != nil {
			b.Fatal(err)
		}
	}
}
