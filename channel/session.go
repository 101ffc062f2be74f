package channel

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
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
	keyring *keyring
	self    Seat // as the charter has it, or will have it once it is enrolled
	signing *SigningKey
	keys    []ownKey // what was sealed to us opens with one of these, oldest first
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
	kept         map[EntryID]bool // what is in the journal or pending

	reread [32]byte // the gaps for which everything was read again

	backChannel
}

// Options are what a session takes from its surroundings.
type Options struct {
	Now  func() time.Time // time.Now if nil
	Rand io.Reader        // the system's if nil
	// Side is the side of a device that is not in the charter: it can read an
	// archive, and speak once it is enrolled.
	Side string
	// Least says how long an entry is to look at least, in bytes of its body, so
	// that a no is as long as a yes; nil for no longer than it is. It must depend
	// on the entry and its ancestors only.
	Least func(l *Log, e *Signed) int
}

// NewSession opens a device's session from its journal, which may be empty.
// The signing key is that of one of the channel's devices. The sealing key is
// the device's first; it goes into the journal, which keeps it and those that
// follow it, and it may be nil from then on.
func NewSession(ctx context.Context, charter *Charter, signing *SigningKey, sealing *SealingKey, journal Journal, options Options) (*Session, error) {
	k, err := newKeyring(charter)
	if err != nil {
		return nil, err
	}
	self, err := k.selfSeat(signing.ID(), sealing, options.Side)
	if err != nil {
		return nil, err
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Rand == nil {
		options.Rand = rand.Reader
	}
	s := &Session{
		keyring: k, self: self, signing: signing,
		journal: journal, options: options, kept: map[EntryID]bool{},
		log: newLog(k, self, limits{MaxHeld, MaxHeldBytes}), outbox: map[EntryID]Outgoing{},
		backChannel: newBackChannel(),
	}
	if err := s.load(ctx); err != nil {
		return nil, err
	}
	if err := s.keepFirstKey(ctx, sealing); err != nil {
		return nil, err
	}
	_, err = s.Purge(ctx)
	return s, err
}

// selfSeat is where this device sits, or will sit.
func (k *keyring) selfSeat(id MemberID, sealing *SealingKey, side string) (Seat, error) {
	seat, ok := k.seats[id]
	switch {
	case ok && seat.Principal:
		return Seat{}, errors.New("the signing key is a principal's, not a device's")
	case ok && sealing != nil && string(seat.Member.Sealing) != string(sealing.Public()):
		return Seat{}, errors.New("the sealing key is not this device's in the charter")
	case ok:
		return seat.Seat, nil
	}
	if _, known := k.offices[side]; !known {
		return Seat{}, errors.New("the signing key is no device's of this charter")
	}
	if n := k.neutrals[side]; n != nil {
		return Seat{ID: id, Neutral: n.Name, Capabilities: n.Capabilities, Withheld: n.Withheld}, nil
	}
	return Seat{ID: id, Party: side}, nil
}

func (s *Session) load(ctx context.Context) error {
	b, err := s.journal.Load(ctx)
	if err != nil {
		return fmt.Errorf("reading journal: %w", err)
	}
	for i, raw := range b.Entries {
		e, err := s.log.check(raw)
		if err != nil {
			// What no longer verifies means that this is not the journal we wrote.
			return fmt.Errorf("reading journal: entry %d: %w", i+1, err)
		}
		if e == nil {
			continue // by a key that is still to come
		}
		s.kept[e.ID] = true
		// What does not fit was refused before too.
		admitted, err := s.log.insert(e)
		for _, a := range admitted {
			s.kept[a.ID] = true
		}
		if err != nil && !errors.Is(err, ErrStructure) && !errors.Is(err, ErrDropped) {
			return fmt.Errorf("reading journal: entry %d: %w", i+1, err)
		}
		// What we said ourselves always fits. Without it we would sign under its
		// number again.
		if err != nil && e.Author == s.self.ID && !b.Restored {
			return fmt.Errorf("reading journal: entry %d is our own and has no place: another version of this program wrote it: %w", i+1, err)
		}
	}
	for _, o := range b.Outbox {
		s.outbox[o.ID] = o
	}
	if b.Cursor != nil {
		s.cursor = *b.Cursor
	}
	s.restored = b.Restored
	for _, x := range b.Back {
		if err := s.applyBack(x); err != nil {
			return fmt.Errorf("reading journal: %w", err)
		}
	}
	return s.loadKeys(b.Keys)
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
// receipts and prekeys left out, in the log's order.
func (s *Session) Waiting() []EntryID {
	s.mu.Lock()
	defer s.mu.Unlock()
	var waiting []EntryID
	for _, o := range s.outgoing() {
		if e, ok := s.log.Entry(o.ID); !ok || !isQuiet(e.Kind) {
			waiting = append(waiting, o.ID)
		}
	}
	return waiting
}

// isQuiet holds for entries that nobody need acknowledge.
func isQuiet(kind string) bool { return kind == KindReceipt || kind == KindPrekey }

// Append says something: it signs an entry with the device's key, seals it to
// every device of the charter, and writes both to the journal. Sync sends it.
func (s *Session) Append(ctx context.Context, kind string, mandate EntryID, body []byte) (*Signed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.append(ctx, kind, mandate, body)
}

func (s *Session) append(ctx context.Context, kind string, mandate EntryID, body []byte) (*Signed, error) {
	return s.appendWith(ctx, kind, mandate, body, func(*Signed, *Batch) {})
}

// appendWith says something and keeps more in the same batch.
func (s *Session) appendWith(ctx context.Context, kind string, mandate EntryID, body []byte, more func(*Signed, *Batch)) (*Signed, error) {
	if s.restored {
		return nil, ErrRestored
	}
	d, err := s.next(s.self.ID, kind, mandate, body)
	if err != nil {
		return nil, err
	}
	signed, err := Sign(d, s.signing)
	if err != nil {
		return nil, err
	}
	b := Batch{Entries: [][]byte{signed.Raw}}
	to := s.recipientsOf(signed)
	if b.Back, err = s.receiptsFor(&to); err != nil {
		return nil, err
	}
	out, err := s.sealTo(to, signed)
	if err != nil {
		return nil, err
	}
	b.Outbox = []Outgoing{out}
	more(signed, &b)
	if err := s.record(ctx, b); err != nil {
		return nil, err
	}
	s.kept[signed.ID] = true
	if _, err := s.log.insert(signed); err != nil {
		return nil, err
	}
	return signed, nil
}

// Prepare makes an entry for a member who signs elsewhere, usually the
// principal: Encode it, carry it there, Sign it, carry it back, Import it.
// Prepared twice before the first is imported, it has the same number twice,
// and must be signed once only. A device that was restored prepares nothing: what
// the author signed since may not be here, and the number be taken.
func (s *Session) Prepare(author MemberID, kind string, mandate EntryID, body []byte) (Draft, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.restored {
		return Draft{}, ErrRestored
	}
	return s.next(author, kind, mandate, body)
}

func (s *Session) next(author MemberID, kind string, mandate EntryID, body []byte) (Draft, error) {
	if s.broken {
		return Draft{}, ErrJournal
	}
	at, err := s.log.Next(author)
	if err != nil {
		return Draft{}, err
	}
	d := Draft{Body: body, Entry: Entry{
		Version: Version, Suite: Suite,
		Channel: s.keyring.channel, Roster: at.Roster,
		Author: author, Number: at.Number, Previous: at.Previous, Heads: at.Heads,
		Mandate: mandate, Claimed: s.options.Now().Unix(),
		Kind: kind,
	}}
	if _, err := io.ReadFull(s.options.Rand, d.Salt[:]); err != nil {
		return Draft{}, fmt.Errorf("reading randomness: %w", err)
	}
	d.Content = d.hash()
	if _, err := d.signedBytes(); err != nil {
		return Draft{}, err
	}
	// What would not be admitted is never signed: it would take a number that
	// the next entry takes again.
	return d, s.log.tryDraft(d)
}

// Check returns a signed entry that came by hand if it is one of this channel,
// without taking it.
func (s *Session) Check(raw []byte) (*Signed, error) {
	signed, err := s.log.check(raw)
	if err != nil {
		return nil, err
	}
	if signed == nil {
		return nil, fmt.Errorf("%w: %w", ErrEntry, errStranger)
	}
	return signed, nil
}

// Import takes a signed entry that came by hand, and sends it on like one of
// our own. One that is here already is left alone.
func (s *Session) Import(ctx context.Context, raw []byte) (*Signed, error) {
	signed, err := s.Check(raw)
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
	own, introduced, err := s.insertKept(signed)
	if err != nil {
		return nil, err
	}
	b := Batch{Outbox: []Outgoing{out}}
	if introduced {
		b.Cursor = &Cursor{Epoch: s.cursor.Epoch} // see pass.introduced
	}
	if err := s.record(ctx, b); err != nil {
		return nil, err
	}
	if own {
		return signed, ErrRestored
	}
	return signed, nil
}

// insertKept puts an entry from outside in the log, with those that had waited
// for it or for the key that it brings, and reports whether it was our own, and
// whether somebody was introduced.
func (s *Session) insertKept(signed *Signed) (own, introduced bool, err error) {
	admitted, err := s.log.insert(signed)
	if err != nil {
		return false, false, err
	}
	s.keep(append([]*Signed{signed}, admitted...))
	own = signed.Author == s.self.ID
	s.restored = s.restored || own
	return own, slices.ContainsFunc(append(admitted, signed), bringsKeys), nil
}

// keep puts what was admitted and is not in the journal among what goes there
// next.
func (s *Session) keep(admitted []*Signed) {
	for _, e := range admitted {
		if s.kept[e.ID] {
			continue
		}
		s.kept[e.ID] = true
		s.pending = append(s.pending, e.Raw)
		s.pendingBytes += len(e.Raw)
	}
}

// ReadArchive takes entries that the others have already, for a device that was
// enrolled late. It returns how many were new.
func (s *Session) ReadArchive(ctx context.Context, raws [][]byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken {
		return 0, ErrJournal
	}
	fresh := 0
	var b Batch
	for i, raw := range raws {
		e, err := s.log.check(raw)
		if err != nil {
			return fresh, fmt.Errorf("entry %d of the archive: %w", i+1, err)
		}
		if e == nil || s.log.has(e.ID) {
			continue
		}
		_, introduced, err := s.insertKept(e)
		if err != nil {
			return fresh, fmt.Errorf("entry %d of the archive: %w", i+1, err)
		}
		if introduced {
			b.Cursor = &Cursor{Epoch: s.cursor.Epoch} // see pass.introduced
		}
		fresh++
	}
	return fresh, s.record(ctx, b)
}

// Acknowledged reports whether somebody else has named the last thing that the
// author said and that did not come from our outbox unsent; receipts and
// prekeys left out, which nobody answers. Before that nothing binding should be
// signed: a device put back to an earlier state would not know what it signed
// since.
func (s *Session) Acknowledged(author MemberID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	var last *Signed
	for _, e := range s.log.Entries() {
		unsent := s.outbox[e.ID].Envelope != nil && s.outbox[e.ID].Number == 0
		if e.Author == author && !unsent && !isQuiet(e.Kind) && (last == nil || e.Number > last.Number) {
			last = e
		}
	}
	if last == nil {
		return true
	}
	for _, head := range s.log.Heads() {
		if e, _ := s.log.Entry(head); e.Author != author && e.Author != s.self.ID && s.log.IsAncestor(last.ID, head) {
			return true
		}
	}
	return false
}

// seal puts an entry in an envelope for everybody who reads now.
func (s *Session) seal(e *Signed) (Outgoing, error) { return s.sealTo(s.recipientsOf(e), e) }

func (s *Session) sealTo(to Recipients, e *Signed) (Outgoing, error) {
	sealed, err := sealEntry(s.options.Rand, s.keyring.channel, to, e.Raw, s.least(e))
	return Outgoing{ID: e.ID, Envelope: sealed}, err
}

// least is how long the content of an entry is to look at least.
func (s *Session) least(e *Signed) int {
	if s.options.Least == nil || e.Withheld {
		return 0
	}
	return min(s.options.Least(s.log, e), MaxBody) + contentOverhead
}

// recipientsOf are all who read now. A change of roster goes to those whom it
// enrols too, while there are slots. What we were given without its body goes to
// those who may not have that.
func (s *Session) recipientsOf(e *Signed) Recipients {
	to := s.log.recipients(e.Kind)
	if e.Withheld {
		to.Whole = nil
	}
	if e.Kind == KindRoster {
		if c, err := s.keyring.verifyChange(e.Body); err == nil {
			for _, m := range c.Enrol[:min(len(c.Enrol), MaxDevices-len(to.Whole)-len(to.Headers))] {
				to.Whole = append(to.Whole, m.Sealing)
			}
		}
	}
	return to
}

// record writes to the journal, with all that is pending, and only then to
// memory. A journal that fails may have kept the batch all the same, so after
// that nothing is signed.
func (s *Session) record(ctx context.Context, b Batch) error {
	if s.broken {
		return ErrJournal
	}
	b.Entries = append(s.pending, b.Entries...)
	fresh := b.Back
	b.Back = append(s.pendingBack, b.Back...)
	b.Restored = s.restored
	// Who gives up waiting for the network does not mean to stop this.
	if err := s.journal.Record(context.WithoutCancel(ctx), b); err != nil {
		s.broken = true
		return fmt.Errorf("%w: %w", ErrJournal, err)
	}
	s.pending, s.pendingBack, s.pendingBytes = nil, nil, 0
	s.recordKeys(b)
	for _, x := range fresh {
		if err := s.applyBack(x); err != nil {
			return err // we made it
		}
	}
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
