package web

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"parley"
)

// TestManyAskAtOnce reads pages, listens, syncs and rehearses at one time, while the
// other side speaks. The race detector runs it: the desk itself is not concurrent.
func TestManyAskAtOnce(t *testing.T) {
	w := newWorld(t)
	c := w.east.client()
	w.west.offer(parley.Offer{Release: []parley.PersonID{"alma", "peter"}})
	var all sync.WaitGroup
	again := func(method, path, form string, want int) {
		all.Go(func() {
			for range 4 {
				if err := c.wants(method, path, form, want); err != nil {
					t.Error(err)
				}
			}
		})
	}
	here, told := make(chan struct{}), make(chan error, 1)
	go func() { told <- c.hears(here, "changed") }()
	<-here
	again(http.MethodPost, "/sync", "", http.StatusOK)
	again(http.MethodPost, "/people/report", "text=by+telephone&kind=note&by=them&on=2026", http.StatusOK)
	for _, path := range []string{"/", "/offers", "/people", "/transcript"} {
		again(http.MethodGet, path, "", http.StatusOK)
	}
	w.meet() // meanwhile
	all.Wait()
	if err := <-told; err != nil {
		t.Error(err)
	}
	if v := w.view(w.east); len(v.Offers) != 1 || len(v.Reported) != 0 {
		t.Errorf("%d offers, %d reports taken down though nobody said yes", len(v.Offers), len(v.Reported))
	}
}

// wants asks as a page does, and wants a status.
func (c *client) wants(method, path, form string, status int) error {
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, strings.NewReader(form))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := c.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != status {
		return fmt.Errorf("%s %s: %d, want %d", method, path, resp.StatusCode, status)
	}
	return nil
}

// hears listens until the desk says a word; here is closed once it listens, or
// can't.
func (c *client) hears(here chan struct{}, word string) error {
	said := sync.OnceFunc(func() { close(here) })
	defer said()
	patient := *c.Client
	patient.Timeout = 0
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, c.base+"/events", nil)
	if err != nil {
		return err
	}
	resp, err := patient.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); said() {
		if strings.Contains(lines.Text(), word) {
			return nil
		}
	}
	return fmt.Errorf("the stream ended, and nobody said %q", word)
}
