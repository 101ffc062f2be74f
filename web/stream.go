package web

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

const (
	maxListeners = 32
	pulse        = 20 * time.Second // so that a dead line is noticed
)

// stream tells open pages that something changed, and nothing of what. Each
// state of the desk has a number.
type stream struct {
	mu        sync.Mutex
	number    uint64
	listeners map[chan struct{}]bool
	over      chan struct{}
}

func newStream() *stream {
	return &stream{number: 1, listeners: map[chan struct{}]bool{}, over: make(chan struct{})}
}

// end has every listener leave. It is called once.
func (s *stream) end() { close(s.over) }

func (s *stream) revision() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.number
}

func (s *stream) tell() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.number++
	for c := range s.listeners {
		select {
		case c <- struct{}{}:
		default: // it has not taken the last one yet
		}
	}
}

func (s *stream) listen() (changed chan struct{}, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.listeners) == maxListeners {
		return nil, false
	}
	changed = make(chan struct{}, 1)
	s.listeners[changed] = true
	return changed, true
}

func (s *stream) leave(c chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.listeners, c)
}

// events is the stream (server-sent events). The browser opens one for all its
// tabs.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	changed, ok := s.stream.listen()
	if !ok {
		http.Error(w, "too many streams are open", http.StatusServiceUnavailable)
		return
	}
	defer s.stream.leave(changed)
	line := http.NewResponseController(w)
	// The server's deadlines would cut the stream.
	_, _ = line.SetReadDeadline(time.Time{}), line.SetWriteDeadline(time.Time{})
	w.Header().Set("Content-Type", "text/event-stream")
	tick := time.NewTicker(pulse)
	defer tick.Stop()
	said := fmt.Sprintf("id: %d\ndata: here\n\n", s.stream.revision())
	for {
		if _, err := fmt.Fprint(w, said); err != nil || line.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-s.stream.over:
			return
		case <-tick.C:
			said = ": still here\n\n"
		case <-changed:
			said = fmt.Sprintf("id: %d\ndata: changed\n\n", s.stream.revision())
		}
	}
}
