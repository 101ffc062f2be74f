package frontier

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/frontier"
)

var (
	table = flag.Bool("table", false, "print the table of docs/frontier.md: each work with its target, parley's time and the rivals'")
	only  = flag.String("only", "", "the table of instances whose name begins so")
)

// TestTable measures each work and prints a line: its target, the middle and the
// least time on the clock, the least of the processor, and the rivals.
func TestTable(t *testing.T) {
	if !*table {
		t.Skip("only with -table: minutes")
	}
	fmt.Printf("%-28s %10s %10s %10s  %-10s %s\n", "work", "clock", "at least", "processor", "target", "rivals")
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
		if !strings.HasPrefix(w.name, *only) {
			continue
		}
		x := read(t, w.name)
		runs := 20
		if w.name == "list-ind-15000" {
			runs = 1
		}
		took := timed(runs, func() { frontierOf(t, x) })
		line(w.name+" frontier", w.target, took, x.tables(w.name, took.clock))
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
		if !strings.HasPrefix(w.name, *only) {
			continue
		}
		x := read(t, w.name)
		for _, by := range w.by {
			runs := 20
			if w.name == "multi-8-100" {
				runs = 3
			}
			took := timed(runs, func() { weigh(t, x, frontier.Options{Criterion: by}, 30*time.Second) })
			line(fmt.Sprintf("%s %s", w.name, by), w.target, took, x.solved(t, by, took.clock))
		}
	}
	for _, name := range []string{"multi-6-1000", "multi-8-300", "multi-8-1000"} {
		if !strings.HasPrefix(name, *only) {
			continue
		}
		x := read(t, name)
		// What is looked for by then is the smallest gain, as by the solvers; the rest
		// of leximin takes what time is left.
		for limit := time.Second; limit <= 32*time.Second; limit *= 2 {
			var found int64
			var bound string
			took := timed(1, func() {
				found, bound = smallest(weigh(t, x, frontier.Options{Criterion: frontier.Maximin}, limit))
			})
			done := fmt.Sprint(found) == bound
			rivals := ""
			if done || limit == 32*time.Second {
				rivals = x.solved(t, frontier.Maximin, took.clock)
			}
			line(fmt.Sprintf("%s maximin in %v", name, limit), "3x HiGHS", took, fmt.Sprintf("found %d, bound %s  %s", found, bound, rivals))
			if done {
				break
			}
		}
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

// times are those of some runs of one work.
type times struct{ clock, least, cpu time.Duration } // the middle, the least, the processor's least

// timed begins each run without what others left behind, as a process of its own
// would: who weighs, weighs once.
func timed(runs int, f func()) times {
	var clock, cpu []time.Duration
	for range runs {
		runtime.GC()
		began, spent := time.Now(), processor()
		f()
		clock, cpu = append(clock, time.Since(began)), append(cpu, processor()-spent)
	}
	slices.Sort(clock)
	return times{clock[len(clock)/2], clock[0], slices.Min(cpu)}
}

func line(work, target string, t times, rivals string) {
	fmt.Printf("%-28s %7.2f ms %7.2f ms %7.2f ms  %-10s %s\n", work, ms(t.clock), ms(t.least), ms(t.cpu), target, rivals)
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// tables measures the textbook's ways, where there are no rules, on the clock and
// as many times ours.
func (x instance) tables(name string, ours time.Duration) string {
	if len(x.c.Rules) > 0 {
		return ""
	}
	beside := func(way string, f func() [][2]int64) string {
		took := timed(5, func() { f() }).clock
		return fmt.Sprintf("%s %.1f ms = %.1fx  ", way, ms(took), ms(took)/ms(ours))
	}
	out := beside("dense", x.dense)
	if name != "list-add-15000" {
		out += beside("lists", x.lists)
	}
	return out
}

// solved measures the solvers that are installed, whole processes on the clock
// and as many times ours.
func (x instance) solved(t *testing.T, by frontier.Criterion, ours time.Duration) (out string) {
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
		var err error
		took := timed(1, func() { value, err = s.solve(file) }).clock
		says := fmt.Sprint(value)
		if err != nil {
			says = "nothing"
		}
		out += fmt.Sprintf("%s %s in %.0f ms = %.1fx  ", s.name, says, ms(took), ms(took)/ms(ours))
	}
	return out
}
