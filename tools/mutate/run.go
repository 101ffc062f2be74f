package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// outcome is what became of a mutant.
type outcome string

const (
	killed     outcome = "killed"
	lived      outcome = "lived"
	broken     outcome = "does not compile"
	equivalent outcome = "equivalent"
)

// result is a site with what became of its mutant.
type result struct {
	site
	Outcome outcome `json:"outcome"`
	Reason  string  `json:"reason,omitempty"` // why it is equivalent
	Seconds float64 `json:"seconds"`
}

// trial runs the tests of a site's package without the check. No file of the
// module is changed: the go command is told to read another in its place.
type trial struct {
	root    string
	only    string // tests that are run, as a regular expression; all where it is empty
	skip    string // tests that are not run, as a regular expression
	timeout time.Duration
}

func (t trial) run(ctx context.Context, s site) (result, error) {
	dir, err := os.MkdirTemp("", "mutate-")
	if err != nil {
		return result{}, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	overlay, err := t.overlay(dir, s)
	if err != nil {
		return result{}, err
	}
	start := time.Now()
	out, err := t.test(ctx, path.Dir(s.File), "-overlay="+overlay)
	r := result{site: s, Outcome: lived, Seconds: time.Since(start).Seconds()}
	switch {
	case ctx.Err() != nil:
		return r, ctx.Err()
	case strings.Contains(out, "[build failed]") || strings.Contains(out, "[setup failed]"):
		r.Outcome = broken
	case err != nil:
		r.Outcome = killed
	}
	return r, nil
}

func (t trial) overlay(dir string, s site) (string, error) {
	original := filepath.Join(t.root, filepath.FromSlash(s.File))
	src, err := os.ReadFile(original)
	if err != nil {
		return "", err
	}
	mutant := filepath.Join(dir, filepath.Base(original))
	if err := os.WriteFile(mutant, s.mutant(src), 0o600); err != nil {
		return "", err
	}
	data, err := json.Marshal(map[string]map[string]string{"Replace": {original: mutant}})
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(dir, "overlay.json")
	return overlay, os.WriteFile(overlay, data, 0o600)
}

func (t trial) test(ctx context.Context, pkg string, more ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, t.timeout+time.Minute) // the go command's own comes first
	defer cancel()
	args := append([]string{"test", "-short", "-failfast", "-vet=off", "-count=1", "-timeout=" + t.timeout.String()}, more...)
	if t.only != "" {
		args = append(args, "-run="+t.only)
	}
	if t.skip != "" {
		args = append(args, "-skip="+t.skip)
	}
	cmd := exec.CommandContext(ctx, "go", append(args, "./"+pkg)...)
	cmd.Dir = t.root
	cmd.WaitDelay = 10 * time.Second
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// baseline runs the tests as they are: a mutant is killed by tests that pass
// without it.
func (t trial) baseline(ctx context.Context, sites []site) error {
	done := map[string]bool{}
	for _, s := range sites {
		pkg := path.Dir(s.File)
		if done[pkg] {
			continue
		}
		done[pkg] = true
		if out, err := t.test(ctx, pkg); err != nil {
			return fmt.Errorf("the tests of ./%s fail as they are: %w\n%s", pkg, err, out)
		}
	}
	return nil
}

// all tries every site, jobs at a time, and tells of each as it ends.
func (t trial) all(ctx context.Context, sites []site, jobs int, tell func(result)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var mu sync.Mutex
	var wg sync.WaitGroup
	next := make(chan site)
	for range jobs {
		wg.Go(func() {
			for s := range next {
				r, err := t.run(ctx, s)
				if err != nil {
					cancel(err)
					return
				}
				mu.Lock()
				tell(r)
				mu.Unlock()
			}
		})
	}
	for _, s := range sites {
		select {
		case next <- s:
		case <-ctx.Done():
		}
	}
	close(next)
	wg.Wait()
	return context.Cause(ctx)
}
