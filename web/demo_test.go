package web

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestTheDemoIsPlayedToTheEnd sits down at both desks of `parley demo --serve`, the
// program itself, in the middle of the talks of 2022, and goes on by two browsers:
// Washington offers, Moscow answers with an offer of its own, Washington accepts,
// Moscow seals, both compare and ratify.
func TestTheDemoIsPlayedToTheEnd(t *testing.T) {
	us, ru := newTab(t), newTab(t)
	links := serveDemo(t)
	w := &world{t: t}
	for b, party := range map[*tab]string{us: "us", ru: "ru"} {
		b.to(links[party])
	}
	sit := func(b *tab, party string) *visitor {
		base, _, _ := strings.Cut(links[party], "/in/")
		return &visitor{sitter{b, &seatedDesk{w: w, party: party}, t.TempDir()}, base}
	}
	washington, moscow := sit(us, "us"), sit(ru, "ru")

	offer := func(s *visitor, text string) {
		s.acts("/offers", "make", map[string]any{"entry.how.griner": "release", "entry.how.bout": "release", "text": text})
		washington.meets(moscow)
	}
	offer(washington, "one for one, now")
	offer(moscow, "agreed in substance, and put as our own")
	latest := `[...document.querySelectorAll("article.event a[href^='/offers/']")].map(a => a.getAttribute("href"))[0]`
	washington.goes("/offers")
	at := run[string](us, latest)
	washington.acts(at, "accept", nil)
	washington.meets(moscow)
	moscow.acts(at, "seal", nil)
	washington.meets(moscow)
	washington.compares(moscow)
	washington.goes("/agreements")
	agreement := run[string](us, `document.querySelector("main a[href^='/agreements/']").getAttribute("href")`)
	for _, s := range []*visitor{washington, moscow} {
		s.acts(agreement, "ratify", nil)
	}
	washington.meets(moscow)
	for _, s := range []*visitor{washington, moscow} {
		s.goes(agreement)
		if got := run[string](s.tab, `document.querySelector(".lead").innerText`); !strings.Contains(got, "in force") {
			t.Errorf("%s sees: %s", s.party, got)
		}
	}
}

// serveDemo starts the program and gives its links.
func serveDemo(t *testing.T) map[string]string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "parley")
	if out, err := exec.Command("go", "build", "-o", program, "../cmd/parley").CombinedOutput(); err != nil {
		t.Fatalf("building parley: %v\n%s", err, out)
	}
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, program, "demo", "--serve", "--json")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // it ends its relay too
	out, in := io.Pipe()
	cmd.Stdout = in
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	over := make(chan error, 1)
	go func() {
		err := cmd.Wait()
		_ = in.CloseWithError(fmt.Errorf("the demo ended: %w", err))
		over <- err
	}()
	t.Cleanup(func() { stop(); <-over })
	var links map[string]string
	if err := json.NewDecoder(out).Decode(&links); err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }() // it goes on telling
	return links
}

// visitor sits at a desk that another process shows.
type visitor struct {
	sitter
	at string
}

func (s *visitor) goes(path string) {
	s.t().Helper()
	s.to(s.at + path)
}

func (s *visitor) t() testing.TB { return s.tab.t }

func (s *visitor) acts(path, act string, fields map[string]any) {
	s.t().Helper()
	s.goes(path)
	s.fill(act, fields)
	s.confirm(act)
}

// meets goes on the line at both desks until both have all.
func (s *visitor) meets(other *visitor) {
	s.t().Helper()
	for range 2 {
		for _, x := range []*visitor{s, other} {
			x.goes("/")
			x.do(chromedp.Click(chromedp.CSS("#sync > button")))
			x.until(`document.querySelector(".notice, .wrong") !== null`)
			x.fine()
		}
	}
}

// compares reads the digits of each desk to the other.
func (s *visitor) compares(other *visitor) {
	s.t().Helper()
	read := func(x *visitor) string {
		x.goes("/transcript")
		x.fill("digits", map[string]any{"nonce": "birch at noon"})
		x.do(chromedp.Click(chromedp.CSS("#digits > button")))
		x.until(`document.querySelector(".notice") !== null`)
		return run[string](x.tab, `[...document.querySelectorAll(".notice bdi")].at(-1).innerText`)
	}
	ours, theirs := read(s), read(other)
	for x, heard := range map[*visitor]string{s: theirs, other: ours} {
		x.goes("/transcript")
		x.fill("compare", map[string]any{"nonce": "birch at noon", "digits": heard})
		x.do(chromedp.Click(chromedp.CSS("#compare > button")))
		x.until(`document.querySelector(".notice, .wrong") !== null`)
		x.fine()
	}
}
