package channel

import "time"

// Health is what tells whether a session goes on as it should.
type Health struct {
	// Waits is when the oldest of our entries that the other sides have not all
	// confirmed says that it was written; zero where none waits.
	Waits time.Time
	// Prekeys is when each device's newest prekey says that it was given out.
	// A device that never gave one out is missing.
	Prekeys map[MemberID]time.Time
}

// Health looks at what waits and at how old the keys are that are sealed to. The
// times are those that the authors claim.
func (s *Session) Health() Health {
	waiting := s.Waiting()
	s.mu.Lock()
	defer s.mu.Unlock()
	h := Health{Prekeys: s.log.newestPrekeys()}
	for _, id := range waiting {
		e, ok := s.log.Entry(id)
		if !ok {
			continue // it waits here itself for what it rests on
		}
		if at := time.Unix(e.Claimed, 0); h.Waits.IsZero() || at.Before(h.Waits) {
			h.Waits = at
		}
	}
	return h
}

func (l *Log) newestPrekeys() map[MemberID]time.Time {
	l.mu.RLock()
	defer l.mu.RUnlock()
	out := map[MemberID]time.Time{}
	for id, newest := range l.prekeys {
		if len(newest) > 0 {
			out[id] = time.Unix(newest[0].Claimed, 0)
		}
	}
	return out
}
