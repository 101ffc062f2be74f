package frontier_test

import (
	"flag"
	"os"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// TestMain asks for more random cases than rapid does by itself, since they are
// small and quick, and for no files in the source tree. The flags, and
// RAPID_CHECKS, still decide where they are given.
func TestMain(m *testing.M) {
	flags := map[string]string{"rapid.nofailfile": "true"}
	if os.Getenv("RAPID_CHECKS") == "" {
		flags["rapid.checks"] = "2000"
	}
	for name, value := range flags {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// checkUntil checks cases until what the property is about was met: before that
// it says nothing. Where the seed is fixed, each round draws by another.
func checkUntil(t *testing.T, check func(*rapid.T), met *int, otherwise string) {
	t.Helper()
	seed := flag.Lookup("rapid.seed").Value
	for round := range 50 {
		if rapid.Check(t, check); *met > 0 || t.Failed() {
			return
		}
		if n, err := strconv.ParseUint(seed.String(), 10, 64); err == nil && n != 0 {
			_ = seed.Set(strconv.FormatUint(n+1, 10))
		}
		t.Logf("round %d: %s", round+1, otherwise)
	}
	t.Fatalf("%s: this test shows nothing", otherwise)
}
