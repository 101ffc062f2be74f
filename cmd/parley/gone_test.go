package main

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestWhoGoesAwayEndsNothing asks a relay for much and goes away before the
// answers, again and again, as a browser does with a desk: what then fails is the
// write of an answer, and the process goes on.
func TestWhoGoesAwayEndsNothing(t *testing.T) {
	s := newTestStage(t, io.Discard)
	if err := s.startRelay(""); err != nil {
		t.Fatal(err)
	}
	many := strings.Repeat("GET / HTTP/1.1\r\nHost: relay\r\n\r\n", 200)
	for range 50 {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.relay.url, "http://"))
		if err != nil {
			t.Fatalf("the relay is gone: %v", err)
		}
		_, _ = io.WriteString(conn, many)
		_ = conn.Close() // nobody reads the answers
	}
	for range 20 { // what ends takes its leave first
		time.Sleep(50 * time.Millisecond)
		answer, err := http.Get(s.relay.url)
		if err != nil {
			t.Fatalf("the relay is gone: %v", err)
		}
		_ = answer.Body.Close()
	}
}
