package frontier_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain asks for more random cases than rapid does by itself, since they are
// small and quick, and for no files in the source tree. The flags still decide
// where they are given.
func TestMain(m *testing.M) {
	for name, value := range map[string]string{"rapid.checks": "2000", "rapid.nofailfile": "true"} {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
