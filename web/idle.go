package web

import (
	"net/http"
	"runtime/debug"
	"time"

	"parley/desk"
)

// idleAfter is how long nobody asks for anything before a desk is idle.
const idleAfter = 3 * time.Second

// resting gives the memory that work took back to the system once the desk is
// idle: opening a store and reading a large case take far more than is kept, and
// a desk stays open all day beside other programs.
func (s *Server) resting(next http.Handler) (h http.Handler, stop func()) {
	idle := time.AfterFunc(idleAfter, s.rest)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		idle.Reset(idleAfter)
	}), func() { idle.Stop() }
}

func (s *Server) rest() {
	_ = s.alone(func(*desk.Desk) error {
		if s.read != nil {
			s.read.index = nil
		}
		return nil
	})
	debug.FreeOSMemory()
}
