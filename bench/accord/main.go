//go:build unix

// Command accord measures the private settlement: how many AND gates a second
// its engine does, with the assembly and without, beside the rate of EMP; and
// what parley settle --local takes for cases of 16 to 100 persons, each beside
// its target.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"parley/internal/garble"
)

func main() {
	emp := flag.Float64("emp", 16, "EMP's rate in million AND gates a second: measured in the same window where it is installed, else what it did on a quiet machine")
	empCPU := flag.Float64("empcpu", 104, "nanoseconds of processor time that EMP takes for an AND gate, both sides together")
	parley := flag.String("parley", "", "the parley binary; built if not given")
	rounds := flag.Int("rounds", 5, "how often each is measured; the best counts")
	flag.Parse()
	log.SetFlags(0)
	engine(*emp, *empCPU, *rounds)
	settlements(*parley, *rounds)
}

// vector is how many gates go to the machine at once, and times how often.
const vector, times = 1000, 5000

// engine measures both sides over a loopback connection, the two ways in turn.
// On a machine that does other work too, the processor time is the fairer figure.
func engine(emp, empCPU float64, rounds int) {
	var fast, plain, fastCPU, plainCPU []float64
	for range rounds {
		r, cpu := rate(false)
		fast, fastCPU = append(fast, r), append(fastCPU, cpu)
		r, cpu = rate(true)
		plain, plainCPU = append(plain, r), append(plainCPU, cpu)
	}
	fmt.Printf("%d AND gates, garbler and evaluator over loopback, best (median) of %d\n", vector*times, rounds)
	for _, w := range []struct {
		name       string
		rates, cpu []float64
		least      float64
	}{{"AES in assembly", fast, fastCPU, 0.75}, {"standard library", plain, plainCPU, 0.4}} {
		slices.Sort(w.rates)
		slices.Sort(w.cpu)
		best, median := w.rates[len(w.rates)-1], w.rates[len(w.rates)/2]
		least, middle := w.cpu[0], w.cpu[len(w.cpu)/2]
		fmt.Printf("  %-17s %5.1f (%.1f) M/s: %.2f of EMP's %.1f, target %.2f\n", w.name, best, median, best/emp, emp, w.least)
		fmt.Printf("  %-17s %5.0f (%.0f) ns of processor time a gate, both sides: %.2f of EMP's speed (%.0f ns)\n", "", least, middle, empCPU/least, empCPU)
	}
}

// rate is million gates a second, and nanoseconds of processor time a gate.
func rate(plain bool) (perSecond, cpu float64) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	defer l.Close()
	newGarbler, newEvaluator := garble.NewGarbler, garble.NewEvaluator
	if plain {
		newGarbler, newEvaluator = garble.NewPlainGarbler, garble.NewPlainEvaluator
	}
	key := [garble.KeySize]byte{1}
	done := make(chan error)
	began, used := time.Now(), processor()
	go func() {
		c, err := net.Dial("tcp", l.Addr().String())
		check(err)
		defer c.Close()
		w := bufio.NewWriterSize(c, 1<<16)
		g := newGarbler([garble.SeedSize]byte{2}, key, w)
		run(g)
		check(w.Flush())
		done <- g.Err()
	}()
	c, err := l.Accept()
	check(err)
	defer c.Close()
	e := newEvaluator(key, garble.Wire{}, bufio.NewReaderSize(c, 1<<16))
	run(e)
	check(e.Err())
	check(<-done)
	return vector * times / time.Since(began).Seconds() / 1e6, float64((processor() - used).Nanoseconds()) / (vector * times)
}

// processor is the time that this process has had.
func processor() time.Duration {
	var u syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func run(m garble.Machine) {
	x, y := make([]garble.Wire, vector), make([]garble.Wire, vector)
	for i := range x {
		x[i][0], y[i][1] = byte(i), byte(i)
	}
	for range times {
		m.And(x, x, y)
		garble.XorInto(y, y, x)
	}
}

// target is what a settlement may take; 0: no target.
type target struct {
	persons  int
	mediated bool
	mb       float64
	seconds  float64
}

func targets() []target {
	return []target{
		{16, false, 0, 0},
		{16, true, 0, 0},
		{32, false, 9, 0.4},
		{32, true, 20, 0},
		{64, false, 36, 0},
		{64, true, 0, 0},
		{100, false, 95, 2},
		{100, true, 0, 0},
	}
}

func settlements(parley string, rounds int) {
	dir, err := os.MkdirTemp("", "accord-bench-")
	check(err)
	defer os.RemoveAll(dir)
	if parley == "" {
		parley = filepath.Join(dir, "parley")
		build := exec.Command("go", "build", "-o", parley, "parley/cmd/parley")
		build.Stderr = os.Stderr
		check(build.Run())
	}
	fmt.Printf("\nparley settle --local, resolution 15, nash, held half by each, all bytes of all sides, best of %d\n", rounds)
	fmt.Printf("  %7s %-12s %9s %8s %8s %9s %8s %10s\n", "persons", "security", "AND gates", "MB", "target", "seconds", "target", "MB of RAM")
	for _, t := range targets() {
		files(dir, t.persons)
		var best answer
		var memory int64
		for i := range rounds {
			a, peak := settle(parley, dir, t)
			if i == 0 || a.Seconds < best.Seconds {
				best = a
			}
			memory = max(memory, peak)
		}
		fmt.Printf("  %7d %-12s %9d %8.2f %8s %9.2f %8s %10d\n", t.persons, best.Security, best.Gates, best.mb(), word(t.mb), best.Seconds, word(t.seconds), memory>>10)
	}
}

func word(n float64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

type answer struct {
	Security string           `json:"security"`
	Gates    int64            `json:"and_gates"`
	Bytes    map[string]int64 `json:"bytes"`
	Seconds  float64          `json:"seconds"`
}

func (a answer) mb() float64 {
	var n int64
	for _, b := range a.Bytes {
		n += b
	}
	return float64(n) / 1e6
}

// settle runs one settlement; peak is the largest resident memory of any of its
// processes, in kilobytes.
func settle(parley, dir string, t target) (a answer, peak int64) {
	args := []string{"settle", filepath.Join(dir, "case.json"), "--brief", filepath.Join(dir, "a.json"), "--brief", filepath.Join(dir, "b.json"), "--local", "--json"}
	if t.mediated {
		args = append(args, "--mediated")
	}
	cmd := exec.Command(parley, args...)
	out, err := cmd.Output()
	check(err)
	check(json.Unmarshal(out, &a))
	if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		peak = int64(u.Maxrss) // an int32 on some machines
	}
	return a, peak
}

// files writes a case of so many persons, and both briefs.
func files(dir string, persons int) {
	type object = map[string]any
	people, worth := object{}, [2]object{{}, {}}
	for i := range persons {
		id := fmt.Sprintf("p%d", i)
		people[id] = object{"name": id, "held_by": string("ab"[i%2])}
		worth[i%2][id], worth[1-i%2][id] = -(3 + i*7%13), 2+i*5%14
	}
	write(filepath.Join(dir, "case.json"), object{
		"parley": "case/1", "id": "bench", "title": "Generated", "as_of": "2026-01-01",
		"parties": object{"a": object{"name": "A"}, "b": object{"name": "B"}}, "persons": people,
	})
	for k, party := range []string{"a", "b"} {
		write(filepath.Join(dir, party+".json"), object{"parley": "brief/1", "case": "bench", "party": party, "walk_away": 5, "worth": worth[k]})
	}
}

func write(path string, v any) {
	text, err := json.Marshal(v)
	check(err)
	check(os.WriteFile(path, text, 0o600))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
