package web

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"runtime"
	"strings"
	"testing"
	"time"

	"parley/desk"
)

// BenchmarkPages tells how long each page of a case with 15,000 persons takes to
// come over loopback, and what the idle process then holds in memory:
//
//	go test ./web -run '^$' -bench Pages -benchtime 20x
func BenchmarkPages(b *testing.B) {
	d, err := desk.Create(b.Context(), b.TempDir()+"/desk", []byte("pass"), desk.Founding{Party: "east", Name: "Ostland"}, desk.Surroundings{})
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	if _, err := d.KeepCase(b.Context(), "case.yaml", []byte(large(15_000))); err != nil {
		b.Fatal(err)
	}
	s, err := New(d, Options{})
	if err != nil {
		b.Fatal(err)
	}
	l, err := Listen(b.Context(), "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	go func() { _ = s.Serve(b.Context(), l) }()
	c := benchClient(b, s, l.Addr())
	for _, p := range pages() {
		if strings.Contains(p.path, "{") && p.name != "person" {
			continue // nothing has been offered here
		}
		at := strings.ReplaceAll(p.path, "{id}", "p00042")
		b.Run(p.name, func(b *testing.B) {
			worst := time.Duration(0)
			for b.Loop() {
				began := time.Now()
				get(b, c, "http://"+l.Addr().String()+at)
				worst = max(worst, time.Since(began))
			}
			b.ReportMetric(float64(worst.Microseconds())/1000, "worst-ms")
		})
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.Logf("idle: %d MB of live heap, %d MB from the system", m.HeapAlloc>>20, (m.Sys-m.HeapReleased)>>20)
}

// large is a case of n persons.
func large(n int) string {
	var s strings.Builder
	s.WriteString("parley: case/1\nid: large\ntitle: A large invented case\nas_of: 2026-03-01\nparties: {east: {name: Ostland}, west: {name: Vostria}}\npersons:\n")
	for i := range n {
		held, sought := "west", "east"
		if i%2 == 1 {
			held, sought = sought, held
		}
		fmt.Fprintf(&s, "  p%05d: {name: Invented Person %d, held_by: %s, sought_by: [%s], tags: [soldier]}\n", i, i, held, sought)
	}
	return s.String()
}

func benchClient(b *testing.B, s *Server, at net.Addr) *http.Client {
	b.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.Fatal(err)
	}
	link, err := s.Link(at)
	if err != nil {
		b.Fatal(err)
	}
	c := &http.Client{Jar: jar}
	get(b, c, link)
	return c
}

func get(b *testing.B, c *http.Client, url string) {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, url, nil)
	if err != nil {
		b.Fatal(err)
	}
	resp, err := c.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	n, err := io.Copy(io.Discard, resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || n < 1000 {
		b.Fatalf("%s: %d, %d bytes: %v", url, resp.StatusCode, n, err)
	}
}
