package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// checkCode runs a command and wants one exit status: code 4 parley accept x.
func checkCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code STATUS COMMAND [ARG ...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// let runs a command that prints JSON and puts one value of it into a variable:
// let VAR members/name=Second/id parley channel status --json.
func let(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: let VAR PATH COMMAND [ARG ...]")
	}
	ts.Check(ts.Exec(args[2], args[3:]...))
	var at any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &at))
	for step := range strings.SplitSeq(args[1], "/") {
		at = follow(at, step)
	}
	if at == nil {
		ts.Fatalf("no %s in the answer", args[1])
	}
	ts.Setenv(args[0], fmt.Sprint(at))
}

// follow goes one step down: to a key, or to the item of a list with key=value.
func follow(at any, step string) any {
	key, value, isList := strings.Cut(step, "=")
	if !isList {
		m, _ := at.(map[string]any)
		return m[key]
	}
	list, _ := at.([]any)
	for _, item := range list {
		if m, _ := item.(map[string]any); fmt.Sprint(m[key]) == value {
			return item
		}
	}
	return nil
}

// startRelay starts a relay over a folder and puts its address into $RELAY:
// relay DIR. It ends with the script, or at the next relay command.
func startRelay(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: relay DIR")
	}
	me, err := os.Executable()
	ts.Check(err)
	cmd := exec.Command(me, "relay", "--listen", "127.0.0.1:0", "--dir", ts.MkAbs(args[0]), "--json")
	cmd.Env = append(os.Environ(), "PARLEY_TEST_AS_PARLEY=1")
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	})
	var ready struct{ Listening string }
	line, err := bufio.NewReader(out).ReadBytes('\n')
	ts.Check(err)
	ts.Check(json.Unmarshal(line, &ready))
	ts.Setenv("RELAY", ready.Listening)
}
