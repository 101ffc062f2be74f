package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley"
	"parley/desk"
)

// parleyWith runs one command in this process.
func parleyWith(args ...string) (code int, out, errOut string) {
	var o, e bytes.Buffer
	code = run(context.Background(), args, strings.NewReader(""), &o, &e)
	return code, o.String(), e.String()
}

// TestOneProcessAtATime: a desk that is open says who holds it.
func TestOneProcessAtATime(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	home, pass := filepath.Join(t.TempDir(), "desk"), filepath.Join(t.TempDir(), "pass")
	if err := os.WriteFile(pass, []byte("pass\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := desk.Create(t.Context(), home, []byte("pass"), desk.Founding{Party: "east"}, desk.Surroundings{Light: true})
	if err != nil {
		t.Fatal(err)
	}
	code, out, errOut := parleyWith("table", "--home", home, "--passphrase-file", pass)
	if code != exitLocked || out != "" || !strings.Contains(errOut, "the desk in "+home) || !strings.Contains(errOut, "process") {
		t.Errorf("exit status %d, %q, %q", code, out, errOut)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if code, _, errOut := parleyWith("table", "--home", home, "--passphrase-file", pass); code != exitDone {
		t.Errorf("after it was closed: exit status %d, %q", code, errOut)
	}
}

// TestCancelled: an interrupted command is neither done nor failed, and prints
// no answer.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	dir := "../../examples/us-ru-2022/"
	var out, errOut bytes.Buffer
	code := run(ctx, []string{"weigh", dir + "case.yaml", "--brief", dir + "exercise/us.yaml"}, nil, &out, &errOut)
	if code != exitCancelled || out.Len() > 0 || !strings.Contains(errOut.String(), "cancelled") {
		t.Errorf("exit status %d, %q, %q", code, out.String(), errOut.String())
	}
}

// TestShowsWhatHides: nothing that another side wrote can move the terminal's
// cursor or turn its text around.
func TestShowsWhatHides(t *testing.T) {
	for in, want := range map[string]string{
		"plain\n\tПётр هدى": "plain\n\tПётр هدى",
		"\x1b[2Jgone":       "‹U+001B›[2Jgone",
		"a\u202eb":          "a‹U+202E›b",
		"a\u2066b\u2069":    "a‹U+2066›b‹U+2069›",
		"a\rb\x00":          "a‹U+000D›b‹U+0000›",
		"a\u200bb":          "a‹U+200B›b",
		"a\u00adb\u2060":    "a‹U+00AD›b‹U+2060›",
		"a\u3164b":          "a‹U+3164›b",
		"می\u200cخواهم":     "می\u200cخواهم",
		"\u009b31m":         "‹U+009B›31m",
	} {
		if got := show(in); got != want {
			t.Errorf("show(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestTextStaysOnItsLine: a text of the other side can't pass for lines of ours.
func TestTextStaysOnItsLine(t *testing.T) {
	var out bytes.Buffer
	w := &words{to: &out}
	w.line("note: “%s”", "x”\nagreement deadbeef: IN FORCE\n  released: everybody")
	if got, want := out.String(), "note: “x” ⏎ agreement deadbeef: IN FORCE ⏎   released: everybody”\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestNamesOfPartiesAndPersons: an id may be a party's and a person's at once.
func TestNamesOfPartiesAndPersons(t *testing.T) {
	n := namesOf(&parley.Case{
		Parties: []parley.Party{{ID: "alma", Name: "Republic of Alma"}},
		Persons: []parley.Person{{ID: "alma", Name: "Alma Reyes"}, {ID: "x"}},
	})
	if got := nameOf(n, parley.PartyID("alma")); got != "Republic of Alma (alma)" {
		t.Error(got)
	}
	if got := named(n, []parley.PersonID{"alma", "x", "y"}); got != "Alma Reyes (alma), x, y" {
		t.Error(got)
	}
}

// TestFullDisk: what can't be written is an error, whatever was to be printed.
func TestFullDisk(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no /dev/full here")
	}
	defer full.Close()
	file := filepath.Join(t.TempDir(), "case.yaml")
	if err := os.WriteFile(file, []byte("{parley: case/1, id: a, title: b, as_of: 2026, parties: {x: {name: X}}, persons: {}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var errOut bytes.Buffer
	if code := run(t.Context(), []string{"case", "check", file}, nil, full, &errOut); code != exitFailed {
		t.Errorf("exit status %d, %q", code, errOut.String())
	}
}
