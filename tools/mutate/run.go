package main

import (
	"context"
	"fmt"
	"path"
	"strings"
	"sync"
	"time"
)

// outcome is what became of a mutant.
type outcome string

const (
	killed     outcome = "killed"
	lived      outcome = "lived"
	unreached  outcome = "not reached" // lived, since no test comes there
	equivalent outcome = "equivalent"
)

// result is a site with what became of its mutant.
type result struct {
	site
	Outcome outcome `json:"outcome"`
	By      string  `json:"by,omitempty"` // the test that missed the check, the first of several run together where none is named, or "time"
	Seconds float64 `json:"seconds"`
}

func (r result) by() string {
	if r.By == "" {
		return ""
	}
	return "by " + r.By + " "
}

// trial says how tests are run.
type trial struct {
	root    string
	only    string // tests that are run, as a regular expression; all where it is empty
	skip    string // tests that are not run, as a regular expression
	timeout time.Duration
	jobs    int
}

// all tries every site, package by package, and tells of each as it ends.
func (t trial) all(ctx context.Context, sites []site, progress func(string), tell func(result)) error {
	for len(sites) > 0 {
		pkg, n := path.Dir(sites[0].File), 0
		for n < len(sites) && path.Dir(sites[n].File) == pkg {
			n++
		}
		if err := t.inPackage(ctx, pkg, sites[:n], progress, tell); err != nil {
			return err
		}
		sites = sites[n:]
	}
	return nil
}

func (t trial) inPackage(ctx context.Context, pkg string, sites []site, progress func(string), tell func(result)) error {
	p, err := t.build(ctx, pkg, sites)
	if err != nil {
		return err
	}
	defer p.remove()
	if err := p.baseline(ctx, progress); err != nil {
		return err
	}
	var mu sync.Mutex
	return each(ctx, t.jobs, len(sites), func(ctx context.Context, i int) error {
		r, err := p.try(ctx, i)
		if err == nil {
			mu.Lock()
			defer mu.Unlock()
			tell(r)
		}
		return err
	})
}

// try runs the tests that come to site i without its check, the quick ones
// first, until one fails.
func (p *program) try(ctx context.Context, i int) (result, error) {
	r := result{site: p.sites[i], Outcome: unreached}
	start := time.Now()
	for _, group := range p.reaching(i) {
		r.Outcome = lived
		out, err := p.run(ctx, group, i+1, "")
		if ctx.Err() != nil {
			return r, ctx.Err()
		}
		if err != nil {
			r.Outcome, r.By = killed, missedBy(out, group)
			break
		}
	}
	r.Seconds = time.Since(start).Seconds()
	return r, nil
}

// missedBy names the test that failed, or says that none ended in time.
func missedBy(out string, group []string) string {
	if strings.Contains(out, "panic: test timed out") {
		return "time"
	}
	for _, name := range group {
		if strings.Contains(out, "--- FAIL: "+name+" ") {
			return name
		}
	}
	return group[0]
}

// each does n things, jobs at a time, until one fails.
func each(ctx context.Context, jobs, n int, do func(context.Context, int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	next := make(chan int)
	for range jobs {
		wg.Go(func() {
			for i := range next {
				if err := do(ctx, i); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	for i := range n {
		select {
		case next <- i:
		case <-ctx.Done():
		}
	}
	close(next)
	wg.Wait()
	return context.Cause(ctx)
}

// failure is a test that fails with every check in place: no mutant says
// anything then.
func failure(pkg, test string, err error, out string) error {
	return fmt.Errorf("the tests of ./%s fail as they are: %s: %w\n%s", pkg, test, err, out)
}
