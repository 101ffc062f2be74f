package relay

import (
	"maps"
	"slices"
	"sync"
)

// How far a request's time may lie from the relay's, in seconds, and how many
// requests of one mailbox are remembered.
const (
	window      = 10 * 60
	maxRemember = 8192
)

// seen remembers the requests of one mailbox, so that none is taken twice.
// Its memory is bounded, and it never forgets a request that it would take
// again: whoever is forgotten raises the floor, and a request dated at or below
// the floor is refused like one that is too old. A client with a slow clock
// then learns the relay's time and asks again.
type seen struct {
	mu    sync.Mutex
	floor int64
	count int
	at    map[int64]map[nonce]bool // by the request's own time
}

// newSeen returns a memory that begins now: what was asked before a restart is
// forgotten, so it is refused.
func newSeen(now int64) *seen {
	return &seen{floor: now - 1, at: map[int64]map[nonce]bool{}}
}

// A verdict on a request's time and nonce.
type verdict int

const (
	fresh verdict = iota
	stale
	repeated
)

// take records a request, unless it is stale or was here before.
func (s *seen) take(p proof, now int64) verdict {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.follow(now)
	if p.time <= s.floor {
		return stale
	}
	if s.at[p.time][p.nonce] {
		return repeated
	}
	if s.at[p.time] == nil {
		s.at[p.time] = map[nonce]bool{}
	}
	s.at[p.time][p.nonce] = true
	if s.count++; s.count > maxRemember {
		s.forget(slices.Min(slices.Collect(maps.Keys(s.at))))
	}
	return fresh
}

// follow drops what the window has passed. A floor ahead of the clock means
// that the relay's clock was set back; to keep it would lock everybody out.
func (s *seen) follow(now int64) {
	if s.floor > now {
		s.floor, s.count, s.at = now-1, 0, map[int64]map[nonce]bool{}
	}
	if s.floor < now-window-1 {
		s.forget(now - window - 1)
	}
}

// forget drops all requests dated at or before floor.
func (s *seen) forget(floor int64) {
	s.floor = floor
	for second, nonces := range s.at {
		if second <= floor {
			s.count -= len(nonces)
			delete(s.at, second)
		}
	}
}
