package web

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/casefile"
)

const (
	manyPersons = 15_000
	idleFor     = 15 * time.Second // before the memory of an idle desk is read
)

// BenchmarkPages tells how long each page of a case with 15,000 persons, in the
// middle of its talks and before there is a channel, takes to come over loopback
// from `parley desk`, a process of its own: the first page after the start, each
// page the first time and at the slowest after that, and the first page after
// what came was fetched, in milliseconds; the bytes of each page; and the memory
// of the desk when it was left alone for a while, as the system counts it:
//
//	go test ./web -run '^$' -bench Pages -benchtime 20x
func BenchmarkPages(b *testing.B) {
	w := apartWith(b, large(manyPersons))
	w.found()
	at := addresses(b, w.happen(b))
	w.check(w.east.Close())
	b.Run("talks", func(b *testing.B) { measure(b, w.east.home, at, true) })

	w = apartWith(b, large(manyPersons))
	w.check(w.east.Close())
	at = map[string]string{"person": "/people/p00042"}
	for _, p := range pages() {
		if !strings.Contains(p.path, "{") && p.name != "match" {
			at[p.name] = p.path
		}
	}
	b.Run("alone", func(b *testing.B) { measure(b, w.east.home, at, false) })
}

// measure starts a desk and fetches its pages.
func measure(b *testing.B, home string, at map[string]string, line bool) {
	d := startDesk(b, home)
	figure := func(name, unit string, value float64) {
		b.Run(name, func(b *testing.B) { b.ReportMetric(0, "ns/op"); b.ReportMetric(value, unit) })
	}
	figure("after-start", "ms", d.timed(b, d.link))
	for _, name := range slices.Sorted(maps.Keys(at)) {
		first := d.timed(b, d.base+at[name])
		b.Run(name, func(b *testing.B) {
			worst := 0.0
			for b.Loop() {
				worst = max(worst, d.timed(b, d.base+at[name]))
			}
			b.ReportMetric(first, "first-ms")
			b.ReportMetric(worst, "worst-ms")
			b.ReportMetric(float64(d.size), "bytes")
		})
	}
	if line {
		d.sync(b)
		figure("after-sync", "ms", d.timed(b, d.base+"/transcript"))
	}
	time.Sleep(idleFor)
	figure("idle", "MB", float64(resident(b, d.process))/1e6)
}

// shownDesk is a desk that the program itself shows, and a browser that came in.
type shownDesk struct {
	*http.Client
	link, base string
	process    int
	size       int64 // of the last page
}

// timed fetches a page and gives the milliseconds that it took.
func (d *shownDesk) timed(b *testing.B, url string) float64 {
	b.Helper()
	began := time.Now()
	d.fetch(b, http.MethodGet, url)
	return float64(time.Since(began).Microseconds()) / 1000
}

func (d *shownDesk) fetch(b *testing.B, method, url string) {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), method, url, nil)
	if err != nil {
		b.Fatal(err)
	}
	resp, err := d.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	d.size, err = io.Copy(io.Discard, resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || d.size < 1000 {
		b.Fatalf("%s: %d, %d bytes: %v", url, resp.StatusCode, d.size, err)
	}
}

// sync fetches what came, and does not look at the page after it.
func (d *shownDesk) sync(b *testing.B) {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, d.base+"/sync", nil)
	if err != nil {
		b.Fatal(err)
	}
	c := *d.Client
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := c.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	if _ = resp.Body.Close(); resp.StatusCode != http.StatusSeeOther {
		b.Fatalf("syncing: %d", resp.StatusCode)
	}
}

// startDesk shows a desk by the program itself.
func startDesk(b *testing.B, home string) *shownDesk {
	b.Helper()
	program, pass := filepath.Join(b.TempDir(), "parley"), filepath.Join(b.TempDir(), "pass")
	if err := casefile.WriteFile(pass, []byte("pass\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	if out, err := exec.Command("go", "build", "-o", program, "../cmd/parley").CombinedOutput(); err != nil {
		b.Fatalf("building parley: %v\n%s", err, out)
	}
	ctx, stop := context.WithCancel(b.Context())
	cmd := exec.CommandContext(ctx, program, "desk", "--no-browser", "--json", "--home", home, "--passphrase-file", pass)
	cmd.Env, cmd.Stderr = append(os.Environ(), "XDG_RUNTIME_DIR="), os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { stop(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		b.Fatal(err)
	}
	var said struct{ Link string }
	if err := json.Unmarshal(line, &said); err != nil {
		b.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.Fatal(err)
	}
	base, _, _ := strings.Cut(said.Link, "/in/")
	return &shownDesk{Client: &http.Client{Jar: jar}, link: said.Link, base: base, process: cmd.Process.Pid}
}

// resident is what the system says that a process holds of its memory, in bytes.
func resident(b *testing.B, process int) (bytes int64) {
	b.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", process))
	if err != nil {
		b.Skipf("how much memory a process holds is not known here: %v", err)
	}
	_, rest, _ := strings.Cut(string(data), "VmRSS:")
	if _, err := fmt.Sscanf(rest, "%d kB", &bytes); err != nil {
		b.Fatal(err)
	}
	return bytes << 10
}

// large is the case of the tests with so many persons more that there are n.
func large(n int) string {
	var s strings.Builder
	before, after, _ := strings.Cut(facts, "groups:\n")
	s.WriteString(before)
	for i := range n - strings.Count(before, "held_by") {
		held, sought := "west", "east"
		if i%2 == 1 {
			held, sought = sought, held
		}
		fmt.Fprintf(&s, "  p%05d: {name: Invented Person %d, held_by: %s, sought_by: [%s], tags: [soldier]}\n", i, i, held, sought)
	}
	s.WriteString("groups:\n" + after)
	return s.String()
}
