package channel

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
)

// pass is one reading of a carrier, from the cursor or from the start.
type pass struct {
	s         *Session
	report    *Report
	last      uint64 // the carrier's highest number when we began
	fromStart bool

	anchored bool   // the envelope at the cursor was found where it was left
	moved    bool   // or it was not
	at       Cursor // how far we have read
	start    uint64
	dropped  bool // something found no room: the cursor stays before it
	// introduced is true once a change of roster brought somebody. What that one
	// said may have come before, when nobody knew its key, and be forgotten by
	// now: so the cursor goes back to the start, and stands there in the journal
	// in the same batch as the change.
	introduced bool
	admitted   int
	came       map[[32]byte]bool // digests of all envelopes that came
	early      []record          // non-papers whose prekey had not come
}

// errMoved stops a reading; it stays inside.
var errMoved = errors.New("the carrier is not where it was")

func (s *Session) newPass(epoch string, last uint64, report *Report) *pass {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.cursor
	at.Epoch = epoch
	return &pass{s: s, report: report, last: last, at: at, start: at.Number, came: map[[32]byte]bool{}}
}

func (p *pass) run(ctx context.Context, carrier Carrier) error {
	if p.fromStart {
		p.start = 0
	}
	p.anchored = p.start == 0
	after := p.start
	if !p.anchored {
		after-- // the one at the cursor comes first, to be compared
	}
	err := carrier.Fetch(ctx, after, func(number uint64, envelope []byte) error {
		return p.each(ctx, number, envelope)
	})
	// A carrier that gives nothing where it gave something has moved too.
	if p.moved = p.moved || err == nil && !p.anchored; p.moved {
		return nil
	}
	if flushed := p.flush(ctx); flushed != nil {
		return flushed
	}
	if err != nil && !errors.Is(err, ErrJournal) {
		return fmt.Errorf("carrier: %w", err)
	}
	if err != nil {
		return err
	}
	return p.findLost(ctx)
}

func (p *pass) each(ctx context.Context, number uint64, envelope []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	digest := sha256.Sum256(envelope)
	if !p.anchored {
		if number != p.at.Number || digest != p.at.Digest {
			p.moved = true
			return errMoved
		}
		p.anchored = true
		return nil
	}
	in, err := p.open(envelope)
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.came[digest] = true
	switch {
	case errors.Is(err, ErrEnvelope):
		p.report.Unopened++
	case err != nil:
		p.report.Refused++
	default:
		if err := p.takeAll(in); err != nil {
			return err
		}
	}
	if number > p.at.Number && !p.dropped {
		p.at.Number, p.at.Digest = number, digest
	}
	if p.s.pendingBytes >= batchBytes || len(p.s.pending)+len(p.s.pendingBack) >= batchEntries {
		return p.write(ctx)
	}
	return nil
}

// arrival is what came in an envelope: an entry, or a non-paper, or neither; and
// asides.
type arrival struct {
	signed   *Signed
	nonPaper *parsedNonPaper
	opened
}

// open gives neither for an entry by a key that is not known yet, and for an
// envelope that holds only asides.
func (p *pass) open(envelope []byte) (in arrival, err error) {
	p.s.mu.Lock()
	keys := p.s.sealingKeys()
	p.s.mu.Unlock()
	in.opened, err = openEnvelope(keys, p.s.keyring.channel, envelope)
	if err != nil || len(in.parts.Header) == 0 {
		return in, err
	}
	if in.nonPaper, err = parseNonPaper(in.parts); err == nil {
		return in, nil
	}
	raw, err := Marshal(in.parts)
	if err != nil {
		return in, err
	}
	in.signed, err = p.s.log.check(raw)
	return in, err
}

// takeAll takes what came in an envelope. An error is one of ours.
func (p *pass) takeAll(in arrival) error {
	for _, payload := range in.asides {
		if err := p.s.takeAside(payload); err != nil {
			return err
		}
	}
	switch {
	case in.signed != nil:
		p.take(in.signed)
	case in.nonPaper != nil:
		p.takeNonPaper(in.nonPaper, in.parts)
	}
	return nil
}

func (p *pass) takeNonPaper(n *parsedNonPaper, parts record) {
	fresh, err := p.s.takeNonPaper(n, parts)
	switch {
	case errors.Is(err, errEarly) && len(p.early) < maxEarly:
		p.early = append(p.early, parts)
	case errors.Is(err, errLost), errors.Is(err, errEarly):
		p.report.Lost++
	case err != nil:
		p.report.Refused++
	case fresh:
		p.report.NonPapers++
	}
}

// maxEarly bounds how many non-papers wait, while a carrier is read, for the
// prekeys that they name. Who sent one that is dropped sends it again.
const maxEarly = 64

// takeEarly tries again what came before its prekey.
func (p *pass) takeEarly() {
	waiting := p.early
	p.early = nil
	for _, parts := range waiting {
		if n, err := parseNonPaper(parts); err == nil {
			p.takeNonPaper(n, parts)
		}
	}
	p.report.Lost += len(p.early)
	p.early = nil
}

// take puts an entry in the log and among those to be journalled.
func (p *pass) take(signed *Signed) {
	if p.s.log.has(signed.ID) {
		p.s.keep([]*Signed{signed}) // it may have been held without a place in the journal
		return
	}
	admitted, err := p.s.log.insert(signed)
	if errors.Is(err, ErrDropped) {
		p.dropped = true
		return
	}
	if err != nil {
		p.report.Refused++
		return
	}
	p.report.Received++
	p.report.Admitted = append(p.report.Admitted, admitted...)
	p.admitted += len(admitted)
	p.s.keep(append([]*Signed{signed}, admitted...))
	for _, e := range append([]*Signed{signed}, admitted...) {
		p.s.restored = p.s.restored || e.Author == p.s.self.ID
		p.introduced = p.introduced || bringsKeys(e)
	}
}

func (p *pass) flush(ctx context.Context) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.takeEarly()
	return p.write(ctx)
}

// write journals what came, and in the same batch how far we have read.
func (p *pass) write(ctx context.Context) error {
	at := p.at
	if p.introduced {
		at = Cursor{Epoch: p.at.Epoch}
	}
	if len(p.s.pending)+len(p.s.pendingBack) == 0 && at == p.s.cursor {
		return nil
	}
	return p.s.record(ctx, Batch{Cursor: &at})
}

// findLost looks for envelopes of ours that the carrier took, numbered, and
// did not give back when we read past that number. They are sent again.
func (p *pass) findLost(ctx context.Context) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	var b Batch
	for _, x := range p.s.parcels() {
		passed := x.number > p.start && x.number <= p.at.Number
		beyond := x.number > p.last
		if x.number == 0 || !passed && !beyond || p.came[sha256.Sum256(x.envelope)] {
			continue
		}
		if err := p.s.renumber(&b, x, 0); err != nil {
			return err
		}
	}
	if len(b.Outbox)+len(b.Back) == 0 {
		return nil
	}
	p.report.Republished += len(b.Outbox) + len(b.Back)
	return p.s.record(ctx, b)
}

// bringsKeys reports whether an entry is a change of roster that brings
// somebody whose key was not known.
func bringsKeys(e *Signed) bool {
	if e.Kind != KindRoster {
		return false
	}
	signed, err := ParseSignedChange(e.Body)
	if err != nil {
		return false
	}
	c, err := ParseChange(signed.Raw)
	return err == nil && len(c.Enrol)+len(c.Principal) > 0
}
