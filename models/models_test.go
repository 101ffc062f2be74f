package models

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// model is one file of this folder, what a run of it must meet, and the rules
// that it must not do without.
type model struct {
	name    string
	file    string
	given   []string // switches of every run
	reaches []string
	without map[string]string // by switch: the promise that breaks
}

var ratifyReaches = []string{
	"an agreement is in force",
	"an agreement is dead",
	"both principals refuse",
	"after one is dead the other is in force",
	"each principal has ratified another agreement",
	"it is in force and who ratified first can't know",
	"it is in force and neither can know",
}

var all = []model{
	{
		name: "seal", file: "seal.pml",
		reaches: []string{
			"an offer is sealed",
			"crossing offers are both accepted",
			"crossing accepts are both released",
			"after a release the other offer is sealed",
			"a released offer is accepted again and sealed",
			"after a refusal another offer on the name is sealed",
			"both own offers are accepted, one is sealed",
			"after a withdrawal the crossing offer is sealed",
		},
		without: map[string]string{
			"NOLOCK":         "one name, one agreement",
			"SEALFREE":       "one name, one agreement",
			"ACCEPTFREE":     "one name, one agreement",
			"EXPIRY":         "one name, one agreement",
			"SEALRELEASED":   "one name, one agreement",
			"RELEASESEALED":  "one name, one agreement",
			"WITHDRAWSEALED": "one name, one agreement",
			"SEALWITHDRAWN":  "one name, one agreement",
			"GUESSDEAD":      "one name, one agreement",
		},
	},
	{
		name: "ratify", file: "ratify.pml", reaches: ratifyReaches,
		without: map[string]string{
			"SECONDANSWER": "what is in force is not dead",
			"LASTWINS":     "what is in force stays in force",
			"RATIFYBOTH":   "one name, one agreement in force",
			"SILENCE":      "one name, one agreement in force",
		},
	},
	{name: "ratify and acknowledge", file: "ratify.pml", given: []string{"ACKNOWLEDGE"}, reaches: ratifyReaches},
	{
		name: "ratify before a depositary", file: "ratify.pml", given: []string{"DEPOSITARY"},
		reaches: append([]string{
			"the depositary lets lapse what all had ratified",
			"after a lapse the other is in force",
		}, ratifyReaches...),
		without: map[string]string{
			"RECERTIFY":     "what is in force is not dead",
			"EARLY":         "a certificate means that all had ratified",
			"NOCERTIFICATE": "what is in force is not dead",
		},
	},
	{
		name: "pen", file: "pen.pml",
		reaches: []string{
			"an agreement is in force",
			"what was accepted after a cut is in force",
			"what was accepted after a pass is in force",
			"what is in force has been cut off by the authority",
			"a sealed accept is contested",
			"one accept is contested and the other in force",
			"an accept is void",
			"the principal moves the pen to who held it",
			"a pass is cut off and the pen is back",
		},
		without: map[string]string{
			"CUTBACK":       "nothing in force rests on what its principal cut off",
			"NOCUT":         "nothing in force rests on what its principal cut off",
			"BOTHPENS":      "the honoured decisions are one line",
			"UNCHAINED":     "the honoured decisions are one line",
			"BLINDRATIFY":   "nothing in force rests on what its principal cut off",
			"RECEIPTWINS":   "nothing in force rests on what its principal cut off",
			"VOIDRECEIPTED": "what was built on in good faith is not void",
			"UNDO":          "what is in force stays in force",
		},
	},
}

func TestModels(t *testing.T) {
	needSpin(t)
	for _, m := range all {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			m.holds(t)
		})
		for rule, promise := range m.without {
			t.Run(m.name+" without "+rule, func(t *testing.T) {
				t.Parallel()
				m.breaks(t, rule, promise)
			})
		}
	}
}

// holds runs the model as it stands: no promise breaks, and what it must reach
// is reached, and nothing else is printed as reached.
func (m model) holds(t *testing.T) {
	out := check(t, m.file, m.given...)
	if !strings.Contains(out, "errors: 0\n") || strings.Contains(out, "too small") {
		t.Fatalf("the run does not end well:\n%s", out)
	}
	reached := said(out, "reached: ")
	for _, r := range m.reaches {
		if !slices.Contains(reached, r) {
			t.Errorf("never reached: %s", r)
		}
	}
	for _, r := range reached {
		if !slices.Contains(m.reaches, r) {
			t.Errorf("reached, and not asked for: %s", r)
		}
	}
}

// breaks runs the model without one of its rules: the promise must break.
func (m model) breaks(t *testing.T, rule, promise string) {
	out := check(t, m.file, append(slices.Clone(m.given), rule)...)
	if !strings.Contains(out, "errors: 1\n") {
		t.Fatalf("nothing goes wrong without the rule:\n%s", out)
	}
	if broken := said(out, "broken: "); !slices.Equal(broken, []string{promise}) {
		t.Errorf("broken are %q, want %q", broken, promise)
	}
}

// said lists what follows the prefix on the lines of a run.
func said(out, prefix string) (list []string) {
	for line := range strings.Lines(out) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), prefix); ok {
			list = append(list, rest)
		}
	}
	return list
}

// check lets Spin write the verifier of a model, compiles and runs it.
func check(t *testing.T, file string, switches ...string) string {
	t.Helper()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	args := []string{"-a"}
	for _, s := range switches {
		args = append(args, "-D"+s)
	}
	run(t, dir, "spin", append(args, filepath.Join(here, file))...)
	run(t, dir, "gcc", "-w", "-O0", "-DSAFETY", "-o", "pan", "pan.c") // most of the time is the compiler's
	return run(t, dir, "./pan", "-m20000")
}

func run(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

// needSpin skips the test where there is no Spin and it can't be installed. CI
// must have it.
func needSpin(t *testing.T) {
	t.Helper()
	err := installed()
	if err != nil {
		if err = install(t.Context()); err == nil {
			err = installed()
		}
	}
	switch {
	case err == nil:
	case os.Getenv("CI") != "":
		t.Fatalf("CI needs Spin and a C compiler: %v", err)
	default:
		t.Skipf("the models need Spin and a C compiler (apt-get install spin gcc libc6-dev): %v", err)
	}
}

func installed() error {
	for _, name := range []string{"spin", "gcc"} {
		if _, err := exec.LookPath(name); err != nil {
			return err
		}
	}
	return nil
}

// install installs Spin where that takes no password.
func install(ctx context.Context) error {
	var as []string
	if os.Geteuid() != 0 {
		as = []string{"sudo", "-n"}
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	for _, args := range [][]string{
		{"apt-get", "update"},
		{"apt-get", "install", "-y", "--no-install-recommends", "spin", "gcc", "libc6-dev"},
	} {
		args = append(slices.Clone(as), args...)
		if out, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, lastLine(out))
		}
	}
	return nil
}

func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}
