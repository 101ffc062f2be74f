package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var gate = []string{"--root", filepath.Join("testdata", "gate"), "--skip", "TestRules", "--equivalent", filepath.Join("testdata", "gate", "equivalent.txt")}

func try(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code, err := run(t.Context(), append(slices.Clone(gate), args...), &out, &errs)
	if err != nil {
		errs.WriteString(err.Error())
	}
	return code, out.String(), errs.String()
}

// TestWhatNoTestMisses: a check with a test is killed, one without lives.
func TestWhatNoTestMisses(t *testing.T) {
	code, out, errs := try(t, "--json", ".")
	if code != 1 {
		t.Fatalf("status %d\n%s", code, errs)
	}
	got := map[string]outcome{}
	for line := range strings.Lines(out) {
		var r result
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		got[r.Func+": "+r.Cond] = r.Outcome
	}
	want := map[string]outcome{
		"Pass: age < 18":           lived,
		"Pass: barred":             killed,
		`Pass: name == ""`:         lived,
		"Reason: age < 18":         killed,
		`Reason: name == ""`:       killed,
		"Reason: age != 99":        lived,
		`Reason: name != "nobody"`: killed,
		"Both: a%2 == 0":           killed,
		"Both: b%2 == 0":           lived,
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
	if !strings.Contains(errs, "9/9 ") || !strings.Contains(errs, "left)") {
		t.Errorf("no progress:\n%s", errs)
	}
}

func TestAllMissed(t *testing.T) {
	code, out, errs := try(t, "--match", "Reason: name", ".")
	if code != 0 || out != "2 checks taken out, 0 of them not missed\n" {
		t.Errorf("status %d, %q\n%s", code, out, errs)
	}
}

func TestAnEquivalentThatLives(t *testing.T) {
	if code, out, errs := try(t, "--recheck", "gate.go"); code != 0 || !strings.HasPrefix(out, "1 checks") {
		t.Errorf("status %d, %q\n%s", code, out, errs)
	}
}

// TestAnEquivalentThatIsNone: what a test misses, or is gone, is no equivalent.
func TestAnEquivalentThatIsNone(t *testing.T) {
	list := filepath.Join(t.TempDir(), "list")
	write := func(text string) {
		if err := os.WriteFile(list, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("gate.go :: Pass :: barred :: wrong\n")
	if code, out, errs := try(t, "--equivalent", list, "--recheck", "."); code != 1 || !strings.HasPrefix(out, "killed: gate.go") {
		t.Errorf("status %d, %q\n%s", code, out, errs)
	}
	write("gate.go :: Pass :: gone :: it was there\nother.go :: F :: gone :: not looked at\n")
	if code, _, errs := try(t, "--equivalent", list, "--match", "Both: a", "."); code != 1 || !strings.Contains(errs, "not there: gate.go :: Pass :: gone\n") || strings.Contains(errs, "other.go") {
		t.Errorf("status %d\n%s", code, errs)
	}
	for _, text := range []string{"gate.go :: Pass :: barred\n", "gate.go :: Pass :: barred :: \n", "a :: b :: c :: d\na :: b :: c :: e\n"} {
		write(text)
		if code, _, errs := try(t, "--equivalent", list, "."); code != 2 || !strings.Contains(errs, "list:") {
			t.Errorf("%q: status %d\n%s", text, code, errs)
		}
	}
}

// TestTestsMustPass: where the tests fail as they are, no mutant says anything.
func TestTestsMustPass(t *testing.T) {
	if code, _, errs := try(t, "--skip", "Nothing", "."); code != 2 || !strings.Contains(errs, "fail as they are") {
		t.Errorf("status %d\n%s", code, errs)
	}
}

// TestOnlySomeTests: what only a test that is left out would miss, lives.
func TestOnlySomeTests(t *testing.T) {
	if code, out, errs := try(t, "--run", "TestPass", "--match", "Both: a|barred", "."); code != 1 || !strings.HasPrefix(out, "not reached: gate.go:") || !strings.HasSuffix(out, "2 checks taken out, 1 of them not missed\n") {
		t.Errorf("status %d, %q\n%s", code, out, errs)
	}
}

func TestNoFileIsChanged(t *testing.T) {
	name := filepath.Join("testdata", "gate", "gate.go")
	before, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if code, _, errs := try(t, "--match", "barred", "--file", "gate.go", "."); code != 0 {
		t.Fatalf("status %d\n%s", code, errs)
	}
	if after, err := os.ReadFile(name); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file is another (%v)", err)
	}
}

func TestWrongUse(t *testing.T) {
	for _, args := range [][]string{{}, {"--jobs", "0", "."}, {"--match", "(", "."}, {"nowhere.go"}, {"--unknown"}} {
		if code, _, _ := try(t, args...); code != 2 {
			t.Errorf("%v: status %d", args, code)
		}
	}
}
