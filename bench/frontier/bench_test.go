package frontier

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"parley/frontier"
)

// weigh is what is measured of parley: from parsed input to the answer.
func weigh(t testing.TB, x instance, o frontier.Options, limit time.Duration) *frontier.Answer {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), limit)
	defer stop()
	p, err := frontier.New(x.c, x.voices)
	if err != nil {
		t.Fatal(err)
	}
	a, err := p.Solve(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func points(t testing.TB, x instance) [][2]int64 {
	t.Helper()
	p, err := frontier.New(x.c, x.voices)
	if err != nil {
		t.Fatal(err)
	}
	f := p.Frontier(context.Background())
	if !f.Complete {
		t.Fatal("not complete")
	}
	out := make([][2]int64, 0, len(f.Points))
	for _, q := range f.Points {
		out = append(out, [2]int64{q.Gains[0].Points, q.Gains[1].Points})
	}
	return out
}

// measured runs f and reports, beside the time on the clock, the least processor
// time of a run: the one figure that other work on the machine hardly moves.
func measured(b *testing.B, f func()) {
	b.Helper()
	least := time.Duration(1 << 62)
	for b.Loop() {
		began := processor()
		f()
		least = min(least, processor()-began)
	}
	b.ReportMetric(float64(least.Microseconds())/1000, "cpu-ms/least")
}

// processor is the time that this process has had so far.
func processor() time.Duration {
	var r syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &r) != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// BenchmarkFrontier lists whole frontiers. "rule-less" rivals stand where there
// are no rules.
func BenchmarkFrontier(b *testing.B) {
	for _, name := range []string{"bil-100", "bil-500", "bil-2000", "list-add-15000", "bilbig-100"} {
		x := read(b, name)
		b.Run(name+"/parley", func(b *testing.B) {
			measured(b, func() { points(b, x) })
		})
		if name != "bilbig-100" {
			b.Run(name+"/dense", func(b *testing.B) {
				measured(b, func() { x.dense() })
			})
		}
		if name != "list-add-15000" {
			b.Run(name+"/lists", func(b *testing.B) {
				measured(b, func() { x.lists() })
			})
		}
	}
	for _, name := range []string{"bilr-100", "bilr-1000", "bilone-100", "bilone-500", "list-ind-1000", "list-ind-3000"} {
		x := read(b, name)
		b.Run(name+"/parley", func(b *testing.B) {
			measured(b, func() { points(b, x) })
		})
	}
}

// TestRivalsAgree holds the frontiers of parley to those of both rivals.
func TestRivalsAgree(t *testing.T) {
	for _, name := range []string{"bil-20", "bil-50", "bil-100", "bil-500", "bil-2000", "bilbig-100", "list-add-15000"} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && name == "list-add-15000" {
				t.Skip("a table of seconds")
			}
			x := read(t, name)
			got := points(t, x)
			if name != "bilbig-100" && !slices.Equal(got, x.dense()) {
				t.Errorf("%d points, the table has %d", len(got), len(x.dense()))
			}
			if name != "list-add-15000" && !slices.Equal(got, x.lists()) {
				t.Errorf("%d points, the lists have %d", len(got), len(x.lists()))
			}
		})
	}
}

// TestSolversAgree holds optima of parley to every solver that is installed.
func TestSolversAgree(t *testing.T) {
	if testing.Short() {
		t.Skip("starts other programs")
	}
	for _, name := range []string{"bil-50", "bilr-100", "bilone-100", "multi-3-100", "multi-4-100", "multi-8-30"} {
		x := read(t, name)
		for _, by := range []frontier.Criterion{frontier.Total, frontier.Maximin} {
			a := weigh(t, x, frontier.Options{Criterion: by}, time.Minute)
			file := filepath.Join(t.TempDir(), "problem.lp")
			if err := os.WriteFile(file, []byte(x.lp(by)), 0o600); err != nil {
				t.Fatal(err)
			}
			want := int64(0)
			for i, g := range a.Best.Gains {
				switch {
				case by == frontier.Total:
					want += g.Points + x.voices[i].Position.WalkAway
				case i == 0 || g.Points < want:
					want = g.Points
				}
			}
			for _, s := range solvers {
				if s.installed() {
					if got, err := s.solve(file); err != nil || got != want {
						t.Errorf("%s %s: %s says %d, parley %d: %v", name, by, s.name, got, want, err)
					}
				}
			}
		}
	}
}
