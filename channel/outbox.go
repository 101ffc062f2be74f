package channel

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

// outgoing lists the outbox with ancestors first, then what still waits for
// ancestors of its own.
func (s *Session) outgoing() []Outgoing {
	place := map[EntryID]int{}
	for i, e := range s.log.Entries() {
		place[e.ID] = i + 1
	}
	list := make([]Outgoing, 0, len(s.outbox))
	for _, o := range s.outbox {
		list = append(list, o)
	}
	last := len(place) + 1
	slices.SortFunc(list, func(a, b Outgoing) int {
		return cmp.Or(cmp.Compare(cmp.Or(place[a.ID], last), cmp.Or(place[b.ID], last)), a.ID.Compare(b.ID))
	})
	return list
}

// Resend seals everything anew that is not confirmed, to be sent again by the
// next Sync, and returns how much that is. It is for a carrier that is thought
// to have kept something from the other side: where what it kept is the newest, no
// later entry names it, and nobody there can miss it.
func (s *Session) Resend(ctx context.Context) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b Batch
	for _, o := range s.outgoing() {
		e, ok := s.log.Entry(o.ID)
		if !ok {
			continue // it waits itself, and goes out as it is
		}
		again, err := s.seal(e)
		if err != nil {
			return 0, err
		}
		b.Outbox = append(b.Outbox, again)
	}
	if len(b.Outbox) > 0 {
		if err := s.record(ctx, b); err != nil {
			return 0, err
		}
	}
	sent, err := s.resendNonPapers(ctx, true)
	return len(b.Outbox) + sent, err
}

// settle takes out of the outbox what every other side has confirmed. A side
// confirms an entry when one of its members' entries names it, directly or
// through others: that is signed, and a carrier can't make it up.
func (s *Session) settle(ctx context.Context, admitted []*Signed) error {
	b := Batch{Back: s.dropLoose(admitted)}
	for id := range s.outbox {
		if s.confirmed(id) {
			b.Delivered = append(b.Delivered, id)
		}
	}
	if len(b.Delivered)+len(b.Back) == 0 {
		return nil
	}
	slices.SortFunc(b.Delivered, EntryID.Compare)
	return s.record(ctx, b)
}

func (s *Session) confirmed(id EntryID) bool {
	e, ok := s.log.Entry(id)
	if !ok {
		return false
	}
	room := s.log.Roster()
	has := map[string]bool{s.self.Side(): true}
	if author, _ := room.Seat(e.Author); !author.Principal {
		has[author.Side()] = true // it wrote it; a principal's own desk may not know
	}
	for _, seat := range room.Seats() {
		for _, head := range s.log.HeadsOf(seat.ID) {
			if s.log.IsAncestor(id, head) {
				has[seat.Side()] = true
			}
		}
	}
	for side := range room.sides() {
		if !has[side] {
			return false
		}
	}
	return true
}

// acknowledge says a receipt if others have said something since we last
// spoke, if we miss something and have not said so, or if we have answered who
// did. Receipts ask for no receipt, and no question is asked twice in a day, so
// this comes to rest. Those who forked get none: their heads need not all be
// named.
func (s *Session) acknowledge(ctx context.Context) error {
	if _, err := s.log.Next(s.self.ID); err != nil || s.restored {
		return nil // nothing can be signed, and whoever tries to is told why
	}
	body, err := s.question()
	if err != nil {
		return err
	}
	called := s.called
	s.called = false
	if len(body) > 0 || s.owesReceipt() || len(s.unanswered()) > 0 {
		_, err = s.append(ctx, KindReceipt, EntryID{}, body)
		return err
	}
	if !called {
		return nil
	}
	// What came was no entry. It is answered by what looks like a receipt.
	b, err := s.blank()
	if err != nil {
		return err
	}
	return s.record(ctx, b)
}

func (s *Session) owesReceipt() bool {
	own := s.log.HeadsOf(s.self.ID)
	room := s.log.Roster()
	for _, e := range s.log.Entries() {
		if author, _ := room.Seat(e.Author); isQuiet(e.Kind) || author.Side() == s.self.Side() || s.log.Forked(e.Author) {
			continue
		}
		seen := slices.ContainsFunc(own, func(head EntryID) bool { return s.log.IsAncestor(e.ID, head) })
		if !seen {
			return true
		}
	}
	return false
}

// send hands over what no carrier has taken yet, and notes each number before
// the next.
func (s *Session) send(ctx context.Context, carrier Carrier, most int) (sent int, err error) {
	queue := s.unsent()
	for _, p := range queue[:min(most, len(queue))] {
		number, err := carrier.Append(ctx, p.envelope)
		if err != nil {
			return sent, err
		}
		sent++
		if err := s.noteSent(ctx, p, number); err != nil {
			return sent, err
		}
	}
	return sent, nil
}

// unsent is what no carrier has taken. Our own entries are held back once we
// know that we may be a copy: one of them could be a second one under its
// number. So are our non-papers.
func (s *Session) unsent() []parcel {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(s.parcels(), func(p parcel) bool {
		if p.number != 0 || !s.restored || strings.HasPrefix(p.back, "loose/") {
			return p.number != 0
		}
		e, ok := s.log.Entry(p.entry)
		return !ok || e.Author == s.self.ID
	})
}

func (s *Session) noteSent(ctx context.Context, p parcel, number uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b Batch
	if err := s.renumber(&b, p, number); err != nil || len(b.Outbox)+len(b.Back) == 0 {
		return err // or settled or sealed anew meanwhile
	}
	return s.record(ctx, b)
}

const (
	maxUnsent = 1 << 30
	// maxCover bounds how many envelopes a covered sync sends.
	maxCover = 64
)

// sendCovered hands over so many envelopes, no more and no fewer.
func (s *Session) sendCovered(ctx context.Context, carrier Carrier, envelopes int, report *Report) error {
	if err := s.fillUp(ctx, envelopes-len(s.unsent())); err != nil {
		return err
	}
	var err error
	report.Sent, err = s.send(ctx, carrier, envelopes)
	report.Queued = len(s.unsent())
	return err
}

// fillUp makes so many envelopes that hold nothing.
func (s *Session) fillUp(ctx context.Context, missing int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range missing {
		b, err := s.blank()
		if err != nil {
			return err
		}
		if err := s.record(ctx, b); err != nil {
			return err
		}
	}
	return nil
}
