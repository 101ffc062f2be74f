// Command all runs every measurement of the project one after the other, prints
// what each prints, and writes docs/performance.md: the machine, the date, the
// load, each command, each promised figure as met or not, and the whole output,
// in which the rivals of the same run stand beside ours.
//
//	go run ./bench/all                       # make bench; on a machine that does nothing else
//	go run ./bench/all -quick -out /tmp/p.md # sees that it works; its figures say little
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
)

func main() {
	quick := flag.Bool("quick", false, "as short as it goes: to see that everything runs, not to be published")
	out := flag.String("out", "docs/performance.md", "page to write")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *quick, *out)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// part is one command and what was promised of it.
type part struct {
	name, idea    string
	full, quick   string // the command
	figures       []figure
	command, text string // as it was run, and what it printed
	err           error
}

// figure is one promise: the first group of the pattern is the number.
type figure struct {
	what, pattern string
	limit         float64
	least         bool // at least, and not at most
}

func run(ctx context.Context, quick bool, out string) error {
	began, load := time.Now(), loadNow()
	var page bytes.Buffer
	fmt.Fprintf(&page, "# What is measured\n\nWritten by `make bench`; not by hand. %s, %s, load at the start %s, %s.\n", machine(), runtime.Version(), load, began.UTC().Format("2006-01-02 15:04 UTC"))
	if quick {
		page.WriteString("\n**A quick run, to see that everything runs: its figures say little.**\n")
	}
	page.WriteString("\nColumns of one run compare; runs on different days or machines don't. [bench/README.md](../bench/README.md) says how each is measured and how the rivals are installed; one that is missing was not on this machine. Limits were set for a quiet machine of two cores.\n")
	var failed error
	for _, p := range parts() {
		p.measure(ctx, quick)
		p.write(&page)
		if p.err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", p.name, p.err))
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return errors.Join(os.WriteFile(out, page.Bytes(), 0o644), failed)
}

func (p *part) measure(ctx context.Context, quick bool) {
	if p.command = p.full; quick {
		p.command = p.quick
	}
	fmt.Printf("== %s: %s\n", p.name, p.command)
	words := strings.Fields(p.command)
	c := exec.CommandContext(ctx, words[0], words[1:]...)
	var text bytes.Buffer
	c.Stdout, c.Stderr = io.MultiWriter(os.Stdout, &text), os.Stderr
	p.err = c.Run()
	p.text = text.String()
}

func (p *part) write(to io.Writer) {
	fmt.Fprintf(to, "\n## %s\n\n%s\n\n", p.name, p.idea)
	if p.err != nil {
		fmt.Fprintf(to, "**This did not run to its end.**\n\n")
	}
	if len(p.figures) > 0 {
		fmt.Fprintf(to, "| promised | limit | measured | |\n|---|---|---|---|\n")
		for _, f := range p.figures {
			fmt.Fprintln(to, f.row(p.text))
		}
		fmt.Fprintln(to)
	}
	fmt.Fprintf(to, "`%s`\n\n```\n%s\n```\n", p.command, strings.TrimSpace(p.text))
}

// row says whether the promise was kept; what was not measured was not met.
func (f figure) row(text string) string {
	sign := "≤"
	if f.least {
		sign = "≥"
	}
	row := fmt.Sprintf("| %s | %s %v | ", f.what, sign, f.limit)
	at := regexp.MustCompile(f.pattern).FindStringSubmatch(text)
	if at == nil {
		return row + "| not measured |"
	}
	n, err := strconv.ParseFloat(at[1], 64)
	switch {
	case err != nil:
		return row + "| not measured |"
	case f.least && n >= f.limit || !f.least && n <= f.limit:
		return row + at[1] + " | met |"
	}
	return row + at[1] + " | **not met** |"
}

// machine says what this runs on, as far as the system tells.
func machine() string {
	cpu := runtime.GOARCH
	if data, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if at := regexp.MustCompile(`model name\s*:\s*(.+)`).FindSubmatch(data); at != nil {
			cpu = string(at[1])
		}
	}
	return fmt.Sprintf("%d × %s, %s/%s", runtime.NumCPU(), cpu, runtime.GOOS, runtime.GOARCH)
}

func loadNow() string {
	data, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Fields(string(data))[0]
}
