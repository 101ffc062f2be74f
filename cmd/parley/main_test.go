package main

import (
	"context"
	"io"
	"os"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the test binary be parley: scripts run it by that name, and a
// replay in a test runs it again as itself. It is parley but for what a guess at
// a passphrase costs; as "shipped" it is that, too.
func TestMain(m *testing.M) {
	light := func() { process(&app{light: true}) }
	switch os.Getenv("PARLEY_TEST_AS_PARLEY") {
	case "":
		testscript.Main(m, map[string]func(){"parley": light})
	case "shipped":
		main()
	default:
		light()
	}
}

// run carries out a command line in this process, as parley in a script.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	return (&app{light: true}).run(ctx, args, in, out, errOut)
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("TODAY", time.Now().UTC().Format(time.DateOnly))
			e.Setenv("PARLEY_PASSPHRASE_FILE", e.WorkDir+"/pass")
			for name, days := range map[string]int{"SOON": 20, "LATE": 200} {
				e.Setenv(name, time.Now().UTC().AddDate(0, 0, days).Format(time.DateOnly))
			}
			e.Setenv("HOME", e.WorkDir+"/home") // a desk without --home must not outlive the script
			e.Setenv("PARLEY_KEY_PASSPHRASE_FILE", e.WorkDir+"/pass")
			return os.WriteFile(e.WorkDir+"/pass", []byte("a passphrase for tests\n"), 0o600)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code":  checkCode,
			"relay": startRelay,
			"let":   let,
		},
	})
}
