package relay

import (
	"net/http"
	"strconv"
	"sync"
)

// counts are what an operator can watch: sums over all mailboxes, from which no
// channel can be told.
type counts struct {
	mu       sync.Mutex
	answers  map[string]map[string]uint64 // act, then status
	received uint64                       // bytes of envelopes
	sent     uint64
}

func (c *counts) add(act string, status int, t tally) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.answers == nil {
		c.answers = map[string]map[string]uint64{}
	}
	if c.answers[act] == nil {
		c.answers[act] = map[string]uint64{}
	}
	c.answers[act][strconv.Itoa(status)]++
	if act == "fetch" || act == "get blob" {
		c.sent += uint64(t.bytes)
	} else {
		c.received += uint64(t.bytes)
	}
}

// Metrics answers every request with counts in JSON: of answers by act and
// status, of bytes, of mailboxes. It belongs on an address of the operator's
// own: whoever reads it often enough sees when somebody writes.
func (s *Server) Metrics() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		s.counts.mu.Lock()
		defer s.counts.mu.Unlock()
		answer(w, http.StatusOK, map[string]any{
			"answers": s.counts.answers, "received": s.counts.received, "sent": s.counts.sent,
			"mailboxes": s.boxes.count(), "stuck": s.boxes.stuck(), "healthy": s.storage.healthy(),
		})
	})
}
