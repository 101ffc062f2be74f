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
	// Clocks are the dates of what each member said last.
	Clocks map[MemberID]Clock
}

// Clock is how a member's newest entry is dated.
type Clock struct {
	// Said is when the entry says that it was written.
	Said time.Time
	// Answers is the latest date of what it names by others, and so comes after;
	// zero where it names nothing.
	Answers time.Time
}

// Health looks at what waits and at how old the keys are that are sealed to. The
// times are those that the authors claim.
func (s *Session) Health() Health {
	waiting := s.Waiting()
	s.mu.Lock()
	defer s.mu.Unlock()
	h := Health{Prekeys: s.log.newestPrekeys(), Clocks: s.log.clocks()}
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

func (l *Log) clocks() map[MemberID]Clock {
	out := map[MemberID]Clock{}
	for _, e := range l.Entries() { // an author's newest comes last
		c := Clock{Said: time.Unix(e.Claimed, 0)}
		for _, id := range e.Heads {
			if of, ok := l.Entry(id); ok && time.Unix(of.Claimed, 0).After(c.Answers) {
				c.Answers = time.Unix(of.Claimed, 0)
			}
		}
		out[e.Author] = c
	}
	return out
}
