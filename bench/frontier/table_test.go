package frontier

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"parley/frontier"
)

var table = flag.Bool("table", false, "print the table of docs/frontier.md: each work with its target, parley's time and the rivals'")

// TestTable measures each work once more than a benchmark would and prints a line:
// its target, the least time on the clock and of the processor, and rivals.
func TestTable(t *testing.T) {
	if !*table {
		t.Skip("only with -table: minutes")
	}
	fmt.Printf("%-38s %-14s %10s %10s  %s\n", "work", "target", "clock", "processor", "rivals")
	for _, w := range []struct{ name, target string }{
		{"bil-500", ""},
		{"bil-2000", "2 ms, 10x"},
		{"list-add-15000", "30 ms"},
		{"bilr-1000", "60 ms"},
		{"bilone-500", ""},
		{"list-ind-1000", "100 ms"},
		{"list-ind-3000", "600 ms"},
		{"list-ind-15000", "10 s"},
	} {
		x := read(t, w.name)
		runs := 20
		if w.name == "list-ind-15000" {
			runs = 1
		}
		clock, cpu := least(runs, func() { frontierOf(t, x) })
		line(w.name+" frontier", w.target, clock, cpu, x.tables(w.name))
	}
	for _, w := range []struct {
		name, target string
		by           []frontier.Criterion
	}{
		{"bil-2000", "3 ms", frontier.Criteria()},
		{"bilr-1000", "3 ms", frontier.Criteria()},
		{"bilone-500", "3 ms", frontier.Criteria()},
		{"multi-3-300", "3 ms", frontier.Criteria()},
		{"multi-4-300", "3 ms", []frontier.Criterion{frontier.Total, frontier.Home, frontier.Maximin}},
		{"list-ind-15000", "10 ms", frontier.Criteria()},
		{"list-lev-15000", "10 ms", frontier.Criteria()},
		{"multi-6-300", "100 ms", []frontier.Criterion{frontier.Maximin}},
		{"multi-8-100", "1 s", []frontier.Criterion{frontier.Maximin}},
	} {
		x := read(t, w.name)
		for _, by := range w.by {
			runs := 20
			if w.name == "multi-8-100" {
				runs = 3
			}
			clock, cpu := least(runs, func() { weigh(t, x, frontier.Options{Criterion: by}, 30*time.Second) })
			line(fmt.Sprintf("%s %s", w.name, by), w.target, clock, cpu, x.solved(t, by))
		}
	}
	for _, name := range []string{"multi-6-1000", "multi-8-300", "multi-8-1000"} {
		x := read(t, name)
		for limit := time.Second; limit <= 32*time.Second; limit *= 2 {
			a := weigh(t, x, frontier.Options{Criterion: frontier.Maximin}, limit)
			found, bound := smallest(a)
			fmt.Printf("%-38s %-14s found %d, bound %s\n", fmt.Sprintf("%s maximin, after %v", name, limit), "found, bound", found, bound)
			if fmt.Sprint(found) == bound {
				break
			}
		}
		fmt.Printf("%-38s %-14s %s\n", "", "3x HiGHS", x.solved(t, frontier.Maximin))
	}
}

// frontierOf lists what is listed of a frontier, whole or not.
func frontierOf(t *testing.T, x instance) {
	p, err := frontier.New(x.c, x.voices)
	if err != nil {
		t.Fatal(err)
	}
	p.Frontier(t.Context())
}

// smallest is the smallest gain found, and what bounds it.
func smallest(a *frontier.Answer) (found int64, bound string) {
	if a.Best == nil {
		return 0, a.Bound.Value
	}
	found = a.Best.Gains[0].Points
	for _, g := range a.Best.Gains {
		found = min(found, g.Points)
	}
	if a.Bound == nil {
		return found, fmt.Sprint(found)
	}
	return found, a.Bound.Value
}

func least(runs int, f func()) (clock, cpu time.Duration) {
	clock, cpu = time.Hour, time.Hour
	for range runs {
		began, spent := time.Now(), processor()
		f()
		clock, cpu = min(clock, time.Since(began)), min(cpu, processor()-spent)
	}
	return clock, cpu
}

func line(work, target string, clock, cpu time.Duration, rivals string) {
	fmt.Printf("%-38s %-14s %7.2f ms %7.2f ms  %s\n", work, target, ms(clock), ms(cpu), rivals)
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// tables measures the textbook's ways, where there are no rules.
func (x instance) tables(name string) (out string) {
	if len(x.c.Rules) > 0 {
		return ""
	}
	clock, cpu := least(3, func() { x.dense() })
	out = fmt.Sprintf("dense %.1f ms (processor %.1f)", ms(clock), ms(cpu))
	if name != "list-add-15000" {
		clock, cpu = least(3, func() { x.lists() })
		out += fmt.Sprintf(", lists %.1f ms (processor %.1f)", ms(clock), ms(cpu))
	}
	return out
}

// solved measures the solvers that are installed, whole processes on the clock.
func (x instance) solved(t *testing.T, by frontier.Criterion) (out string) {
	if by != frontier.Total && by != frontier.Maximin {
		return ""
	}
	file := filepath.Join(t.TempDir(), "problem.lp")
	if err := os.WriteFile(file, []byte(x.lp(by)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, s := range solvers {
		if !s.installed() {
			continue
		}
		var value int64
		clock, _ := least(1, func() { value = s.solve(t, file) })
		out += fmt.Sprintf("%s %d in %.0f ms  ", s.name, value, ms(clock))
	}
	return out
}
