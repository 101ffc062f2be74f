package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestEveryMeasurementIsIn: what stands under bench/ is run, and what is run is
// there. A measurement that nobody runs promises nothing.
func TestEveryMeasurementIsIn(t *testing.T) {
	all := ""
	for _, p := range parts() {
		all += p.full + "\n"
		if p.quick == "" || p.idea == "" {
			t.Errorf("%s: it is not said how it is run quickly, or what it is", p.name)
		}
		for _, f := range p.figures {
			if regexp.MustCompile(f.pattern).NumSubexp() != 1 {
				t.Errorf("%s: %s: one group is the number", p.name, f.what)
			}
		}
	}
	if !strings.Contains(all, "./web ") {
		t.Error("the pages of the desk are not run by bench/all")
	}
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() && e.Name() != "all" && !strings.Contains(all, "./bench/"+e.Name()) {
			t.Errorf("bench/%s is not run by bench/all", e.Name())
		}
	}
}

// TestRows: met, not met, and not measured, which is not met.
func TestRows(t *testing.T) {
	const text = "bil-2000 frontier               1.50 ms    1.40 ms    1.90 ms  2 ms, 10x  dense 15.2 ms = 10.1x  \n" +
		"       32 mediated        438162    14.06       20      0.28        -         38\n" +
		"      100 semi-honest    2073306    79.60       95      2.08        2         65\n"
	idle := "BenchmarkPages/talks/idle-2         \t       1\t        79.15 MB\n"
	if got := figureOf("The desk in a browser").row(idle); !strings.HasSuffix(got, "| 79.15 | met |") {
		t.Errorf("an idle desk: %s", got)
	}
	for _, c := range []struct {
		f    figure
		want string
	}{
		{weighed("bil-2000 frontier", 2), "| 1.50 | met |"},
		{weighed("bil-2000 frontier", 1), "| 1.50 | **not met** |"},
		{weighed("bil-20 frontier", 1), "| | not measured |"},
		{settlement(32, "mediated", "MB", 20), "| 14.06 | met |"},
		{settlement(100, "semi-honest", "s", 2), "| 2.08 | **not met** |"},
		{figure{"at least", `(\d+) persons`, 1, true}, "| | not measured |"},
	} {
		if got := c.f.row(text); !strings.HasSuffix(got, c.want) {
			t.Errorf("%s: %s, want %s", c.f.what, got, c.want)
		}
	}
}

// figureOf is the first figure of a part.
func figureOf(name string) (out figure) {
	for _, p := range parts() {
		if p.name == name {
			return p.figures[0]
		}
	}
	return out
}
