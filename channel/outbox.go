package channel

import (
	"cmp"
	"context"
	"crypto/sha256"
	"slices"
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
// to have kept something from the other side.
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
	if len(b.Outbox) == 0 {
		return 0, nil
	}
	return len(b.Outbox), s.record(ctx, b)
}

// settle takes out of the outbox what every other side has confirmed. A side
// confirms an entry when one of its members' entries names it, directly or
// through others: that is signed, and a carrier can't make it up.
func (s *Session) settle(ctx context.Context) error {
	var b Batch
	for id := range s.outbox {
		if s.confirmed(id) {
			b.Delivered = append(b.Delivered, id)
		}
	}
	if len(b.Delivered) == 0 {
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
	if len(body) == 0 && !s.owesReceipt() && len(s.unanswered()) == 0 {
		return nil
	}
	_, err = s.append(ctx, KindReceipt, EntryID{}, body)
	return err
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
func (s *Session) send(ctx context.Context, carrier Carrier) (sent int, err error) {
	s.mu.Lock()
	queue := s.outgoing()
	s.mu.Unlock()
	for _, o := range queue {
		if o.Number != 0 || s.silenced(o.ID) {
			continue
		}
		if o.Number, err = carrier.Append(ctx, o.Envelope); err != nil {
			return sent, err
		}
		sent++
		if err := s.noteSent(ctx, o); err != nil {
			return sent, err
		}
	}
	return sent, nil
}

// silenced holds back our own entries once we know that we may be a copy: one
// of them could be a second one under its number.
func (s *Session) silenced(id EntryID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.log.Entry(id)
	return s.restored && (!ok || e.Author == s.self.ID)
}

func (s *Session) noteSent(ctx context.Context, o Outgoing) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, ok := s.outbox[o.ID]
	if !ok || sha256.Sum256(now.Envelope) != sha256.Sum256(o.Envelope) {
		return nil // settled or sealed anew meanwhile
	}
	return s.record(ctx, Batch{Outbox: []Outgoing{o}})
}
