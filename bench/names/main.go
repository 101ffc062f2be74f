// Command names measures matching against what most programs do: Jaro–Winkler
// over transliterated words, each word with its best counterpart. Both run on
// the same pairs and the same lists in one process.
//
//	go run ./bench/names -data ../shared/data/names
//
// Speeds are pairs a second of one core's processor time, after names were made
// ready. Times of lists are wall
// times on all cores from records in memory to proposals in memory, with the
// processor time beside them, since a shared machine has other work.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"parley/casefile"
	"parley/names"
)

func main() {
	data := flag.String("data", "../shared/data/names", "folder of the benchmark")
	flag.Parse()
	if err := run(*data); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(data string) error {
	pairs, err := readPairs(filepath.Join(data, "pairs.tsv"))
	if err != nil {
		return err
	}
	fmt.Printf("%d processors\n", runtime.GOMAXPROCS(0))
	comparePairs(pairs)
	for _, size := range []string{"2000", "15000"} {
		if err := compareLists(filepath.Join(data, "lists_"+size)); err != nil {
			return err
		}
	}
	fmt.Printf("greatest memory of the process: %d MiB\n", peak())
	return nil
}

type pair struct {
	a, b string
	same bool
}

func readPairs(path string) ([]pair, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []pair
	sc := bufio.NewScanner(f)
	for first := true; sc.Scan(); first = false {
		if c := strings.Split(sc.Text(), "\t"); !first && len(c) > 3 {
			out = append(out, pair{c[1], c[2], c[3] == "same"})
		}
	}
	return out, sc.Err()
}

// rounds is how often each measurement is repeated; the best counts, on a
// machine that has other work.
const rounds = 7

// comparePairs scores the labelled pairs, and as many chance pairs, both ways.
func comparePairs(pairs []pair) {
	m := names.New()
	a, b := make([]*names.Name, len(pairs)), make([]*names.Name, len(pairs))
	x, y := make([][]string, len(pairs)), make([][]string, len(pairs))
	began := time.Now()
	for i, p := range pairs {
		a[i], b[i] = m.Read(p.a), m.Read(p.b)
	}
	ready := time.Since(began)
	for i, p := range pairs {
		x[i], y[i] = plainWords(p.a), plainWords(p.b)
	}
	fmt.Printf("making ready: %.1f us a name\n", float64(ready.Microseconds())/float64(2*len(pairs)))
	n := len(pairs)
	ours, theirs := make([]float64, n), make([]float64, n)
	for _, k := range []struct {
		what  string
		shift int
	}{{"labelled pairs", 0}, {"chance pairs", 1013}} {
		var us, them []time.Duration
		for range rounds { // by turns, so that both meet the same machine
			us = append(us, spent(func() {
				for range 20 {
					for i := range n {
						ours[i] = m.Score(a[i], b[(i+k.shift)%n])
					}
				}
			}))
			them = append(them, spent(func() {
				for range 20 {
					for i := range n {
						theirs[i] = plainScore(x[i], y[(i+k.shift)%n])
					}
				}
			}))
		}
		fmt.Printf("%s: parley %.2f M a second, Jaro–Winkler %.2f M (median %.2f and %.2f)\n", k.what,
			rate(20*n, slices.Min(us)), rate(20*n, slices.Min(them)), rate(20*n, median(us)), rate(20*n, median(them)))
		if k.shift == 0 {
			fmt.Printf("  F1 at each one's best threshold: parley %.3f, Jaro–Winkler %.3f\n", bestF1(pairs, ours), bestF1(pairs, theirs))
		}
	}
}

// spent is the processor time that do takes, on however busy a machine.
func spent(do func()) time.Duration {
	before := processor()
	do()
	return processor() - before
}

func timed(do func()) time.Duration {
	began := time.Now()
	do()
	return time.Since(began)
}

func rate(n int, d time.Duration) float64 { return float64(n) / d.Seconds() / 1e6 }

func median(d []time.Duration) time.Duration {
	s := slices.Sorted(slices.Values(d))
	return s[len(s)/2]
}

func bestF1(pairs []pair, score []float64) float64 {
	order := make([]int, len(pairs))
	all := 0
	for i := range order {
		order[i] = i
		if pairs[i].same {
			all++
		}
	}
	slices.SortFunc(order, func(i, j int) int {
		switch {
		case score[i] > score[j]:
			return -1
		case score[i] < score[j]:
			return 1
		}
		return 0
	})
	best, right := 0.0, 0
	for k, i := range order {
		if pairs[i].same {
			right++
		}
		if k+1 < len(order) && score[order[k+1]] == score[i] {
			continue
		}
		best = max(best, 2*float64(right)/float64(k+1+all))
	}
	return best
}

// compareLists matches two lists, and has Jaro–Winkler score a part of all
// pairs, since it has no blocking of its own.
func compareLists(dir string) error {
	a, err := casefile.ReadList(filepath.Join(dir, "asked.csv"))
	if err != nil {
		return err
	}
	b, err := casefile.ReadList(filepath.Join(dir, "held.csv"))
	if err != nil {
		return err
	}
	m := names.New()
	var wall, cpu []time.Duration
	var found *names.Matching
	for range 3 {
		before := processor()
		wall = append(wall, timed(func() { found, err = m.Match(context.Background(), a.Records, b.Records, nil) }))
		if err != nil {
			return err
		}
		cpu = append(cpu, processor()-before)
	}
	x, y := make([][]string, len(a.Records)), make([][]string, len(b.Records))
	for i := range x {
		x[i] = plainWords(a.Records[i].Name)
	}
	for i := range y {
		y[i] = plainWords(b.Records[i].Name)
	}
	part := min(len(x), 2_000_000/len(y))
	sum := 0.0
	d := timed(func() {
		for i := range part {
			for j := range y {
				sum += plainScore(x[i], y[j])
			}
		}
	})
	whole := d.Seconds() * float64(len(x)) / float64(part)
	fmt.Printf("%d x %d: parley %.2f s wall, %.2f s of processors (best of 3), %d proposals; Jaro–Winkler over all pairs %.0f s of one core (from %d rows)\n",
		len(x), len(y), slices.Min(wall).Seconds(), slices.Min(cpu).Seconds(), len(found.Matches), whole, part)
	return nil
}

func processor() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// peak is the greatest resident memory, in MiB.
func peak() int64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return u.Maxrss >> 10
}
