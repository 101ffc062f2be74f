package frontier_test

import (
	"flag"
	"os"
	"testing"
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
