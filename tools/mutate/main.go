// Mutate takes each check of the verifying code out, one at a time, runs the
// tests of its package that come by it, and lists the checks that no test
// misses: mutants that live. It changes no file. A package's tests are built
// once with all its mutants in them.
//
//	go run -C tools ./mutate --root .. channel fold.go decide.go
//
// A mutant that nobody can tell from the original is listed with its reason in
// equivalent.txt. Status 1 says that a mutant lives, or is listed and no longer
// there.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code, err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
	}
	os.Exit(code)
}

type options struct {
	trial
	file       string
	match      *regexp.Regexp
	json, list bool
	recheck    bool
	equivalent string
	places     []string
}

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	var match string
	f := flag.NewFlagSet("mutate", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&o.root, "root", ".", "the module's folder")
	f.StringVar(&o.file, "file", "", "only files whose path ends in this")
	f.StringVar(&match, "match", "", "only checks whose \"file:line: function: condition\" matches this regular expression")
	f.StringVar(&o.only, "run", "", "only these tests, as a regular expression")
	f.StringVar(&o.skip, "skip", "", "tests that are not run, as a regular expression")
	f.DurationVar(&o.timeout, "timeout", 2*time.Minute, "for one run of the tests, or twenty times what they take as they are; a mutant that takes longer is killed")
	f.IntVar(&o.jobs, "jobs", 2, "how many runs at a time")
	f.BoolVar(&o.json, "json", false, "print every result as JSON, one to a line")
	f.BoolVar(&o.list, "list", false, "list the checks and run nothing")
	f.BoolVar(&o.recheck, "recheck", false, "run what is listed as equivalent, and nothing else: it must live")
	f.StringVar(&o.equivalent, "equivalent", filepath.Join("mutate", "equivalent.txt"), "mutants that nobody can tell from the original")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	var err error
	if o.match, err = regexp.Compile(match); err != nil {
		return o, err
	}
	if o.root, err = filepath.Abs(o.root); err != nil {
		return o, err
	}
	if o.places = f.Args(); len(o.places) == 0 || o.jobs < 1 {
		return o, errors.New("name the packages' folders or files to take checks out of, and at least one job")
	}
	return o, nil
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) (int, error) {
	o, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0, nil
	}
	if err != nil {
		return 2, err
	}
	all, err := o.sites()
	if err != nil {
		return 2, err
	}
	known, err := readEquivalents(o.equivalent)
	if err != nil {
		return 2, err
	}
	stale := o.stale(all, known)
	var sites []site
	for _, s := range all {
		if o.wants(s) && (known[s.key()] != "") == o.recheck {
			sites = append(sites, s)
		}
	}
	if o.list {
		for _, s := range sites {
			fmt.Fprintln(stdout, s)
		}
		return 0, nil
	}
	r := newReport(o, len(sites), stdout, stderr)
	if err := o.trial.all(ctx, sites, r.say, r.tell); err != nil {
		return 2, err
	}
	return r.end(stale), nil
}

// sites lists the checks of all places: a folder stands for its files that are
// no tests.
func (o options) sites() ([]site, error) {
	var out []site
	for _, place := range o.places {
		files := []string{place}
		if info, err := os.Stat(filepath.Join(o.root, place)); err != nil {
			return nil, err
		} else if info.IsDir() {
			if files, err = filepath.Glob(filepath.Join(o.root, place, "*.go")); err != nil {
				return nil, err
			}
			for i, f := range files {
				if files[i], err = filepath.Rel(o.root, f); err != nil {
					return nil, err
				}
			}
			files = slices.DeleteFunc(files, func(f string) bool { return strings.HasSuffix(f, "_test.go") })
		}
		for _, f := range files {
			found, err := sitesOf(o.root, f)
			if err != nil {
				return nil, err
			}
			out = append(out, found...)
		}
	}
	return out, nil
}

func (o options) wants(s site) bool {
	return strings.HasSuffix(s.File, o.file) && o.match.MatchString(s.String())
}

// stale lists what is said to be equivalent, in a file that is looked at, and
// is not there.
func (o options) stale(all []site, known map[string]string) []string {
	there, files := map[string]bool{}, map[string]bool{}
	for _, s := range all {
		there[s.key()] = true
		files[s.File] = true
	}
	var out []string
	for key := range known {
		if file, _, _ := strings.Cut(key, " :: "); files[file] && !there[key] {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return out
}

// report tells of the results, and how long the rest will take.
type report struct {
	o              options
	total, done    int
	bad            []result
	start          time.Time
	stdout, stderr io.Writer
}

func newReport(o options, total int, stdout, stderr io.Writer) *report {
	return &report{o: o, total: total, start: time.Now(), stdout: stdout, stderr: stderr}
}

func (r *report) say(line string) { fmt.Fprintln(r.stderr, line) }

func (r *report) tell(x result) {
	if r.done++; r.done == 1 {
		r.start = time.Now().Add(-time.Duration(x.Seconds * float64(time.Second)))
	}
	if r.o.recheck && x.Outcome != killed {
		x.Outcome = equivalent
	}
	if bad := x.Outcome != killed && x.Outcome != equivalent || r.o.recheck && x.Outcome == killed; bad {
		r.bad = append(r.bad, x)
	}
	if r.o.json {
		_ = json.NewEncoder(r.stdout).Encode(x)
	}
	left := time.Duration(float64(time.Since(r.start)) / float64(r.done) * float64(r.total-r.done))
	fmt.Fprintf(r.stderr, "%d/%d %s %s %s(%.1f s; about %s left)\n", r.done, r.total, x.Outcome, x.site, x.by(), x.Seconds, left.Round(time.Second))
}

func (r *report) end(stale []string) int {
	slices.SortFunc(r.bad, func(a, b result) int { return strings.Compare(a.String(), b.String()) })
	if !r.o.json {
		for _, x := range r.bad {
			fmt.Fprintln(r.stdout, strings.TrimSpace(fmt.Sprintf("%s: %s %s", x.Outcome, x.site, x.by())))
		}
		fmt.Fprintf(r.stdout, "%d checks taken out, %d of them not missed\n", r.done, len(r.bad))
	}
	for _, key := range stale {
		fmt.Fprintln(r.stderr, "listed as equivalent and not there:", key)
	}
	if len(r.bad)+len(stale) > 0 {
		return 1
	}
	return 0
}
