package web

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestPalette: every ink stands out from every paper that it is written on, by
// the contrast that WCAG 2.2 asks (1.4.3: 4.5 for text, 1.4.11: 3 for shapes), in
// both schemes.
func TestPalette(t *testing.T) {
	sheet, err := staticFiles.ReadFile("static/desk.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, ok := strings.Cut(string(sheet), "@media (prefers-color-scheme: dark)")
	if !ok {
		t.Fatal("no dark scheme")
	}
	dark, _, _ = strings.Cut(dark, "* {")
	for name, css := range map[string]string{"light": light, "dark": dark} {
		colours := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6})`).FindAllStringSubmatch(css, -1) {
			colours[m[1]] = m[2]
		}
		for _, pair := range []struct {
			ink, paper string
			least      float64
		}{
			{"ink", "paper", 4.5},
			{"ink", "sheet", 4.5},
			{"ink", "warn-paper", 4.5},
			{"ink", "bad-paper", 4.5},
			{"quiet", "paper", 4.5},
			{"quiet", "sheet", 4.5},
			{"quiet", "zone", 4.5},
			{"link", "paper", 4.5},
			{"link", "sheet", 4.5},
			{"link", "warn-paper", 4.5},
			{"bad", "paper", 4.5},
			{"bad", "bad-paper", 4.5},
			{"button-ink", "button", 4.5},
			{"ours", "paper", 3},
			{"theirs", "paper", 3},
			{"ours", "zone", 3},
			{"theirs", "zone", 3},
			{"ours", "sheet", 3},
			{"theirs", "sheet", 3},
			{"bad", "zone", 3},
			{"good", "sheet", 3},
			{"warn", "warn-paper", 3},
		} {
			if got := contrast(t, colours[pair.ink], colours[pair.paper]); got < pair.least {
				t.Errorf("%s: %s on %s has contrast %.1f, want %.1f", name, pair.ink, pair.paper, got, pair.least)
			}
		}
	}
}

// contrast is that of WCAG 2.2, from 1 to 21.
func contrast(t *testing.T, a, b string) float64 {
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 32)
	if err != nil {
		t.Fatalf("colour %q: %v", colour, err)
	}
	part := func(shift int) float64 {
		c := float64(n>>shift&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*part(16) + 0.7152*part(8) + 0.0722*part(0)
}
