package relay

import (
	"fmt"
	"net/http"
	"runtime/debug"
	"time"
)

func (s *Server) route() {
	s.routes = http.NewServeMux()
	s.routes.HandleFunc("PUT /v1/box/{name}", s.handle("register", s.register))
	s.routes.HandleFunc("POST /v1/box/{name}", s.handle("append", s.append))
	s.routes.HandleFunc("GET /v1/box/{name}", s.handle("fetch", s.fetch))
	s.routes.HandleFunc("GET /v1/box/{name}/state", s.handle("state", s.state))
	s.routes.HandleFunc("GET /v1/box/{name}/side/{side}", s.handle("side", s.showSide))
	s.routes.HandleFunc("PUT /v1/box/{name}/side/{side}", s.handle("change", s.changeSide))
	s.routes.HandleFunc("POST /v1/box/{name}/side/{side}", s.handle("seat", s.seatSide))
	s.routes.HandleFunc("PUT /v1/box/{name}/blob/{digest}", s.handle("put blob", s.putBlob))
	s.routes.HandleFunc("GET /v1/box/{name}/blob/{digest}", s.handle("get blob", s.getBlob))
	s.routes.HandleFunc("GET /v1/box/{name}/blob/{digest}/state", s.handle("blob state", s.stateBlob))
	s.routes.HandleFunc("GET /v1/health", s.handle("health", s.health))
	s.routes.HandleFunc("/", s.handle("other", func(http.ResponseWriter, *http.Request) (tally, error) {
		return tally{}, errNoSuchPath
	}))
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set(relayHeader, relayVersion)
	w.Header().Set("Cache-Control", "no-store")
	s.routes.ServeHTTP(w, r)
}

// A tally is what the log may say of an answer: nothing that tells one mailbox
// from another.
type tally struct {
	envelopes int
	bytes     int
	isNew     bool
}

// handle answers with what f refuses, and logs the act, its size and its time.
func (s *Server) handle(act string, f func(http.ResponseWriter, *http.Request) (tally, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		defer s.recover(act)
		// A stranger's request is read for no longer than this; one with a
		// good proof gets its own bounds.
		s.readBy(w, began.Add(s.stall))
		t, err := f(w, r)
		status := http.StatusOK
		if err != nil {
			status = s.refuse(w, r, err)
		}
		s.counts.add(act, status, t)
		s.cfg.Log.Debug(act, "status", status, "envelopes", t.envelopes, "bytes", t.bytes, "new", t.isNew, "took", time.Since(began))
	}
}

func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) int {
	no := asRefusal(err)
	if no.Status >= http.StatusInternalServerError && r.Context().Err() == nil {
		s.cfg.Log.Warn("refused", "status", no.Status, "error", no.Text)
	}
	answer(w, no.Status, no)
	return no.Status
}

// recover logs a panic of ours without the address that net/http would put
// beside it, and breaks the connection off.
func (s *Server) recover(act string) {
	p := recover()
	if p == nil {
		return
	}
	if p != http.ErrAbortHandler {
		s.cfg.Log.Error("panic", "act", act, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	}
	panic(http.ErrAbortHandler)
}

// readBy and writeBy bound the connection. A ResponseWriter that can't (in a
// test) is left unbounded.
func (s *Server) readBy(w http.ResponseWriter, t time.Time) {
	_ = http.NewResponseController(w).SetReadDeadline(t)
}

func (s *Server) writeBy(w http.ResponseWriter, t time.Time) {
	_ = http.NewResponseController(w).SetWriteDeadline(t)
}

func (s *Server) health(w http.ResponseWriter, _ *http.Request) (tally, error) {
	if s.boxes.stuck() > 0 || !s.storage.healthy() {
		return tally{}, errStuck
	}
	_, err := fmt.Fprintln(w, "ok")
	return tally{}, err
}
