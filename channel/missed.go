package channel

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"
)

// maxMissed bounds how many gaps a receipt names, and so how much one receipt
// makes others send.
const maxMissed = 16

// receiptBody is the body of a receipt: what its author misses. A receipt that
// misses nothing has no body at all.
type receiptBody struct {
	_      struct{}  `cbor:",toarray"`
	Missed []EntryID // ascending, none twice
}

var errMissed = errors.New("a receipt that names what is missed in no order, or too much")

func parseMissed(body []byte) ([]EntryID, error) {
	if len(body) == 0 {
		return nil, nil
	}
	var b receiptBody
	if err := Unmarshal(body, &b); err != nil {
		return nil, err
	}
	if n := len(b.Missed); n == 0 || n > maxMissed {
		return nil, errMissed
	}
	for i, id := range b.Missed {
		if id.IsZero() || i > 0 && b.Missed[i-1].Compare(id) >= 0 {
			return nil, errMissed
		}
	}
	return b.Missed, nil
}

// question is the body of a receipt that names our gaps, empty if there are
// none to be asked for now.
func (s *Session) question() ([]byte, error) {
	gaps := s.log.gapsToAskFor(maxMissed)
	if len(gaps) == 0 {
		return nil, nil
	}
	body, err := Marshal(receiptBody{Missed: gaps})
	if err != nil || s.hasAsked(body) {
		return nil, err
	}
	return body, nil
}

// askAgain is how long a question waits before it is asked again as it was:
// what was sent for an answer may have got lost.
const askAgain = 24 * time.Hour

// hasAsked reports whether our last question was the same, not long ago.
func (s *Session) hasAsked(body []byte) bool {
	var last *Signed
	for _, e := range s.log.Entries() {
		if e.Author == s.self.ID && e.Kind == KindReceipt && len(e.Body) > 0 {
			last = e
		}
	}
	return last != nil && bytes.Equal(last.Body, body) && s.options.Now().Sub(time.Unix(last.Claimed, 0)) < askAgain
}

// unanswered are the receipts that name something missed that we have, and that
// none of our own entries has seen yet: once our next entry names them, they
// are answered. One who forked gets no answer: our next entry need not name all
// of its heads, and so this would not come to rest.
func (s *Session) unanswered() []*Signed {
	own := s.log.HeadsOf(s.signing.ID())
	var out []*Signed
	for _, e := range s.log.Entries() {
		if e.Kind != KindReceipt || len(e.Body) == 0 || e.Author == s.signing.ID() || s.log.Forked(e.Author) {
			continue
		}
		seen := slices.ContainsFunc(own, func(head EntryID) bool { return s.log.IsAncestor(e.ID, head) })
		if missed, err := parseMissed(e.Body); err == nil && !seen && slices.ContainsFunc(missed, s.log.admits) {
			out = append(out, e)
		}
	}
	return out
}

// reseal seals what others miss and we have to those who miss it, and hands it
// to the carrier at once. It is kept in no outbox: who still misses it asks
// again. Who can't sign answers nobody, since it could not say that it has. Of a
// covered sync's envelopes it takes no more than there are.
func (s *Session) reseal(ctx context.Context, carrier Carrier, cover int) (sent int, err error) {
	s.mu.Lock()
	var asked []*Signed
	if _, err := s.log.Next(s.self.ID); err == nil && !s.restored && !s.broken {
		asked = s.unanswered()
	}
	s.mu.Unlock()
	for _, e := range asked {
		missed, err := parseMissed(e.Body)
		if err != nil {
			continue // it was not admitted then
		}
		for _, id := range missed {
			if cover > 0 && sent == cover {
				return sent, nil
			}
			did, err := s.resealOne(ctx, carrier, e.Author, id)
			if err != nil {
				return sent, err
			}
			if did {
				sent++
			}
		}
	}
	return sent, nil
}

func (s *Session) resealOne(ctx context.Context, carrier Carrier, to MemberID, id EntryID) (did bool, err error) {
	e, ok := s.log.Entry(id)
	if !ok {
		return false, nil
	}
	all, ok := s.log.recipientsOnly(e.Kind, to)
	if !ok || e.Withheld && len(all.Whole) > 0 { // or we have not got it all ourselves
		return false, nil
	}
	s.mu.Lock()
	envelope, err := sealEntry(s.options.Rand, s.keyring.channel, all, e.Raw, s.least(e))
	s.mu.Unlock()
	if err != nil {
		return false, err
	}
	_, err = carrier.Append(ctx, envelope)
	return err == nil, err
}

// recipientsOnly is one device, if it may have the whole entry.
func (l *Log) recipientsOnly(kind string, to MemberID) (Recipients, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	seat, ok := l.room.seats[to]
	if !ok || seat.Principal || !l.room.Active(to) {
		return Recipients{}, false
	}
	r := Recipients{Room: len(l.room.devices())}
	if seat.isWithheld(kind) {
		r.Headers = [][]byte{l.sealingOf(seat)}
	} else {
		r.Whole = [][]byte{l.sealingOf(seat)}
	}
	return r, true
}
