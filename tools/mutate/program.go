package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// quick is what a test takes that is run together with others; longer ones run
// by themselves, after all of these.
const quick = 700 * time.Millisecond

// program is a package's tests, built once with every one of its mutants in it:
// a variable of the environment says which check is out (mutant schemata; Untch,
// Offutt, Harrold 1993). No file of the module is changed: the go command is
// told to read others in their place.
type program struct {
	trial
	pkg   string
	sites []site // mutant i+1 is without the check of site i
	dir   string // of the built tests
	tests []test
}

// test is one test of the package as it is, with every check in place.
type test struct {
	name    string
	takes   time.Duration
	reaches map[int]bool // the mutants that it comes by
}

// switchboard is the file that is added to the package. A site is reached when
// its check is asked for; each is noted once, as it happens.
const switchboard = `package %s

import (
	"fmt"
	"os"
	"strconv"
	"sync/atomic"
)

var (
	mutantNow, _  = strconv.Atoi(os.Getenv("MUTANT"))
	mutantSeen    [%d]atomic.Bool
	mutantNote, _ = os.OpenFile(os.Getenv("MUTANT_NOTES"), os.O_APPEND|os.O_WRONLY, 0)
)

func mutantIs(n int) bool {
	if mutantNote != nil && !mutantSeen[n].Swap(true) {
		fmt.Fprintln(mutantNote, n)
	}
	return mutantNow == n
}
`

func (t trial) build(ctx context.Context, pkg string, sites []site) (*program, error) {
	dir, err := os.MkdirTemp("", "mutate-")
	if err != nil {
		return nil, err
	}
	p := &program{trial: t, pkg: pkg, sites: sites, dir: dir}
	overlay, err := p.overlay()
	if err != nil {
		p.remove()
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-overlay="+overlay, "-o", p.binary(), "./"+pkg)
	cmd.Dir = t.root
	if out, err := cmd.CombinedOutput(); err != nil {
		p.remove()
		return nil, fmt.Errorf("building the tests of ./%s with its mutants: %w\n%s", pkg, err, out)
	}
	return p, nil
}

func (p *program) binary() string { return filepath.Join(p.dir, "tests") }

func (p *program) remove() { _ = os.RemoveAll(p.dir) }

// overlay writes the package's files with the mutants in them.
func (p *program) overlay() (string, error) {
	folder := filepath.Join(p.root, filepath.FromSlash(p.pkg))
	replace := map[string]string{}
	for first := 0; first < len(p.sites); {
		n := first
		for n < len(p.sites) && p.sites[n].File == p.sites[first].File {
			n++
		}
		original := filepath.Join(p.root, filepath.FromSlash(p.sites[first].File))
		src, err := os.ReadFile(original)
		if err != nil {
			return "", err
		}
		replace[original] = filepath.Join(p.dir, filepath.Base(original))
		if err := os.WriteFile(replace[original], mutants(src, p.sites[first:n], first+1), 0o600); err != nil {
			return "", err
		}
		first = n
	}
	board := filepath.Join(p.dir, "switchboard")
	replace[filepath.Join(folder, "mutant_switchboard.go")] = board
	if err := os.WriteFile(board, fmt.Appendf(nil, switchboard, p.sites[0].pkg, len(p.sites)+1), 0o600); err != nil {
		return "", err
	}
	data, err := json.Marshal(map[string]map[string]string{"Replace": replace})
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(p.dir, "overlay.json")
	return overlay, os.WriteFile(overlay, data, 0o600)
}

// run runs tests without the check of a mutant, 0 for none. Where notes is a
// file, the mutants that are reached are noted in it.
func (p *program) run(ctx context.Context, tests []string, mutant int, notes string) (string, error) {
	limit := p.limit(tests)
	ctx, cancel := context.WithTimeout(ctx, limit+time.Minute) // the tests' own comes first
	defer cancel()
	cmd := exec.CommandContext(ctx, p.binary(), "-test.short", "-test.failfast", "-test.count=1", "-test.timeout="+limit.String(), "-test.run=^("+strings.Join(tests, "|")+")$")
	cmd.Dir = filepath.Join(p.root, filepath.FromSlash(p.pkg))
	cmd.Env = append(os.Environ(), "MUTANT="+strconv.Itoa(mutant), "MUTANT_NOTES="+notes)
	cmd.WaitDelay = 10 * time.Second
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// limit is how long a run of tests may take: a mutant may never end, but on a
// busy machine a run takes long though nothing is wrong.
func (p *program) limit(tests []string) time.Duration {
	var takes time.Duration
	for _, t := range p.tests {
		if slices.Contains(tests, t.name) {
			takes += t.takes
		}
	}
	return max(p.timeout, 20*takes)
}

// baseline runs each test as it is, by itself: it must pass, and tells how long
// it takes and which mutants it comes by.
func (p *program) baseline(ctx context.Context, progress func(string)) error {
	names, err := p.list(ctx)
	if err != nil {
		return err
	}
	tests := make([]test, len(names))
	err = each(ctx, p.jobs, len(names), func(ctx context.Context, i int) error {
		t, err := p.look(ctx, names[i])
		tests[i] = t
		progress(fmt.Sprintf("./%s: %s as it is, %.1f s, comes by %d checks", p.pkg, t.name, t.takes.Seconds(), len(t.reaches)))
		return err
	})
	slices.SortStableFunc(tests, func(a, b test) int { return int(a.takes - b.takes) })
	p.tests = tests
	return err
}

func (p *program) look(ctx context.Context, name string) (test, error) {
	notes := filepath.Join(p.dir, name+".notes")
	if err := os.WriteFile(notes, nil, 0o600); err != nil {
		return test{}, err
	}
	start := time.Now()
	out, err := p.run(ctx, []string{name}, 0, notes)
	t := test{name: name, takes: time.Since(start), reaches: map[int]bool{}}
	if ctx.Err() != nil {
		return t, ctx.Err()
	}
	if err != nil {
		return t, failure(p.pkg, name, err, out)
	}
	data, err := os.ReadFile(notes)
	for line := range bytes.Lines(data) {
		if n, err := strconv.Atoi(string(bytes.TrimSpace(line))); err == nil {
			t.reaches[n] = true
		}
	}
	return t, err
}

// list names the tests, examples and fuzz targets that are run.
func (p *program) list(ctx context.Context) ([]string, error) {
	only, err := regexp.Compile(p.only)
	if err != nil {
		return nil, err
	}
	skip, err := regexp.Compile(p.skip)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, p.binary(), "-test.list=.")
	cmd.Dir = filepath.Join(p.root, filepath.FromSlash(p.pkg))
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("listing the tests of ./%s: %w", p.pkg, err)
	}
	return slices.DeleteFunc(strings.Fields(string(out)), func(name string) bool {
		return strings.HasPrefix(name, "Benchmark") || !only.MatchString(name) || p.skip != "" && skip.MatchString(name)
	}), nil
}

// reaching gives the tests that come by site i: the quick ones together, then
// each of the others.
func (p *program) reaching(i int) [][]string {
	var first []string
	var rest [][]string
	for _, t := range p.tests {
		switch {
		case !t.reaches[i+1]:
		case t.takes <= quick:
			first = append(first, t.name)
		default:
			rest = append(rest, []string{t.name})
		}
	}
	if first == nil {
		return rest
	}
	return append([][]string{first}, rest...)
}
