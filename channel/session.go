package channel

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

var (
	// ErrRestored is returned where a device would sign after an entry of its
	// own has come that its journal does not hold. The journal was restored
	// from a backup or copied, and the next entry could be a second one under
	// a number that is taken. The way out is a new key.
	ErrRestored = errors.New("this device's journal is older than what the device has signed")
	// ErrJournal is returned once the journal has failed. What it kept is not
	// known, so nothing more is signed or sent until the session is opened anew.
	ErrJournal = errors.New("the journal failed; open the session again")
)

// Session is one device's part in a channel. It signs, seals, and keeps step
// with the others through any carrier.
//
// Its methods may be called by several goroutines. Only Sync waits for the
// network, and it lets others write meanwhile.
type Session struct {
	syncing sync.Mutex // one Sync at a time

	mu      sync.Mutex
	charter *Charter
	roster  *roster
	self    Seat
	signing *SigningKey
	sealing *SealingKey
	journal Journal
	options Options

	log      *Log
	outbox   map[EntryID]Outgoing
	cursor   Cursor
	restored bool
	broken   bool

	// pending are entries that are in the log and not yet in the journal. They
	// go with the next batch, so that nothing that names them goes before them.
	pending      [][]byte
	pendingBytes int

	reread [32]byte // the gaps for which everything was read again
}

// Options are what a session takes from its surroundings.
type Options struct {
	Now  func() time.Time // time.Now if nil
	Rand io.Reader        // the system's if nil
}

// NewSession opens a device's session from its journal, which may be empty.
// The keys are those of one of the charter's devices.
func NewSession(ctx context.Context, charter *Charter, signing *SigningKey, sealing *SealingKey, journal Journal, options Options) (*Session, error) {
	r, err := newRoster(charter)
	if err != nil {
		return nil, err
	}
	self, ok := r.seats[signing.ID()]
	if !ok || self.Principal {
		return nil, errors.New("the signing key is no device's of this charter")
	}
	if string(self.Member.Sealing) != string(sealing.Public()) {
		return nil, errors.New("the sealing key is not this device's in the charter")
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Rand == nil {
		options.Rand = rand.Reader
	}
	s := &Session{
		charter: charter, roster: r, self: self.Seat, signing: signing, sealing: sealing,
		journal: journal, options: options,
		log: newLog(r, MaxHeld, MaxHeldBytes), outbox: map[EntryID]Outgoing{},
	}
	if err := s.load(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Session) load(ctx context.Context) error {
	b, err := s.journal.Load(ctx)
	if err != nil {
		return fmt.Errorf("reading journal: %w", err)
	}
	for i, raw := range b.Entries {
		// What does not fit was refused before too; what no longer verifies
		// means that this is not the journal we wrote.
		if _, err := s.log.Add(raw); err != nil && !errors.Is(err, ErrStructure) && !errors.Is(err, ErrDropped) {
			return fmt.Errorf("reading journal: entry %d: %w", i+1, err)
		}
	}
	for _, o := range b.Outbox {
		s.outbox[o.ID] = o
	}
	if b.Cursor != nil {
		s.cursor = *b.Cursor
	}
	s.restored = b.Restored
	return nil
}

// Log returns the session's log, which goes on growing. It is for reading: what
// is added to it past the session is not in the journal.
func (s *Session) Log() *Log { return s.log }

// Restored reports whether this device has been found to be a copy of itself.
func (s *Session) Restored() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.restored
}

// Waiting lists the entries that the other sides have not all confirmed,
// receipts left out, in the log's order.
func (s *Session) Waiting() []EntryID {
	s.mu.Lock()
	defer s.mu.Unlock()
	var waiting []EntryID
	for _, o := range s.outgoing() {
		if e, ok := s.log.Entry(o.ID); !ok || e.Kind != KindReceipt {
			waiting = append(waiting, o.ID)
		}
	}
	return waiting
}

// Append says something: it signs an entry with the device's key, seals it to
// every device of the charter, and writes both to the journal. Sync sends it.
func (s *Session) Append(ctx context.Context, kind string, mandate EntryID, body []byte) (*Signed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.append(ctx, kind, mandate, body)
}

func (s *Session) append(ctx context.Context, kind string, mandate EntryID, body []byte) (*Signed, error) {
	if s.restored {
		return nil, ErrRestored
	}
	e, err := s.next(s.self.ID, kind, mandate, body)
	if err != nil {
		return nil, err
	}
	signed, err := Sign(e, s.signing)
	if err != nil {
		return nil, err
	}
	out, err := s.seal(signed)
	if err != nil {
		return nil, err
	}
	if err := s.record(ctx, Batch{Entries: [][]byte{signed.Raw}, Outbox: []Outgoing{out}}); err != nil {
		return nil, err
	}
	if _, err := s.log.insert(signed); err != nil {
		return nil, err
	}
	return signed, nil
}

// Prepare makes an entry for a member who signs elsewhere, usually the
// principal: Encode it, carry it there, Sign it, carry it back, Import it.
// Prepared twice before the first is imported, it has the same number twice,
// and must be signed once only.
func (s *Session) Prepare(author MemberID, kind string, mandate EntryID, body []byte) (Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if author == s.self.ID && s.restored {
		return Entry{}, ErrRestored
	}
	return s.next(author, kind, mandate, body)
}

func (s *Session) next(author MemberID, kind string, mandate EntryID, body []byte) (Entry, error) {
	if s.broken {
		return Entry{}, ErrJournal
	}
	at, err := s.log.Next(author)
	if err != nil {
		return Entry{}, err
	}
	e := Entry{
		Version: Version, Suite: Suite,
		Channel: s.roster.channel, Roster: s.roster.channel,
		Author: author, Number: at.Number, Previous: at.Previous, Heads: at.Heads,
		Mandate: mandate, Claimed: s.options.Now().Unix(),
		Kind: kind, Body: body,
	}
	return e, e.check()
}

// Import takes a signed entry that came by hand, and sends it on like one of
// our own. One that is here already is left alone.
func (s *Session) Import(ctx context.Context, raw []byte) (*Signed, error) {
	signed, err := s.roster.verify(raw)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken {
		return nil, ErrJournal
	}
	if s.log.has(signed.ID) {
		return signed, nil
	}
	out, err := s.seal(signed)
	if err != nil {
		return nil, err
	}
	if _, err := s.log.insert(signed); err != nil {
		return nil, err
	}
	own := signed.Author == s.self.ID
	s.restored = s.restored || own
	if err := s.record(ctx, Batch{Entries: [][]byte{signed.Raw}, Outbox: []Outgoing{out}}); err != nil {
		return nil, err
	}
	if own {
		return signed, ErrRestored
	}
	return signed, nil
}

func (s *Session) seal(e *Signed) (Outgoing, error) {
	sealed, err := Seal(s.options.Rand, s.roster.channel, s.charter.recipients(), e.Raw)
	return Outgoing{ID: e.ID, Envelope: sealed}, err
}

// record writes to the journal, with all that is pending, and only then to
// memory. A journal that fails may have kept the batch all the same, so after
// that nothing is signed.
func (s *Session) record(ctx context.Context, b Batch) error {
	if s.broken {
		return ErrJournal
	}
	b.Entries = append(s.pending, b.Entries...)
	b.Restored = s.restored
	// Who gives up waiting for the network does not mean to stop this.
	if err := s.journal.Record(context.WithoutCancel(ctx), b); err != nil {
		s.broken = true
		return fmt.Errorf("%w: %w", ErrJournal, err)
	}
	s.pending, s.pendingBytes = nil, 0
	for _, o := range b.Outbox {
		s.outbox[o.ID] = o
	}
	for _, id := range b.Delivered {
		delete(s.outbox, id)
	}
	if b.Cursor != nil {
		s.cursor = *b.Cursor
	}
	return nil
}
