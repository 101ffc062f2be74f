package channel

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
)

const (
	batchEntries = 64
	batchBytes   = 4 << 20
	maxPasses    = 16
)

// Report says what a Sync did and found.
type Report struct {
	// Received is how many entries came that were not here.
	Received int
	// Admitted are those that found their place, in the order they did.
	Admitted []*Signed
	// Sent is how many envelopes the carrier took, and Waiting how many of our
	// entries, receipts left out, the other sides have not all confirmed.
	Sent    int
	Waiting int
	// Rewound is true if the carrier is not where it was: its storage was made
	// anew, or its numbers went back. Everything was read and sent again.
	Rewound bool
	// Republished is how many entries the carrier had taken and no longer has.
	Republished int
	// Unopened is how many envelopes did not open: they were meant for others,
	// or for a key that is gone, or are nothing. Refused is how many opened and
	// held nothing that may stand here.
	Unopened int
	Refused  int
	// NonPapers is how many non-papers came that were not here, and Lost how many
	// could not be verified because a key for them is gone.
	NonPapers int
	Lost      int
	// Queued is how many envelopes wait for the next sync, of a covered one.
	Queued int
	// NewForks are authors found to have signed two entries under one number.
	NewForks []Fork
	// Missing names the gaps.
	Missing []EntryID
}

// Sync reads what the carrier has, acknowledges it, and sends what waits. It
// can be stopped at any point and done again: every step is in the journal
// before the next. An envelope that is not for us, or hostile, is counted and
// passed over.
//
// With an error the report tells what was done until then.
func (s *Session) Sync(ctx context.Context, carrier Carrier) (Report, error) {
	return s.sync(ctx, carrier, 0)
}

// SyncCovered is Sync for those who hide when they say something: it hands over
// exactly so many envelopes, filled up with ones that hold nothing. What is more
// waits for the next time. Long entries still look long.
func (s *Session) SyncCovered(ctx context.Context, carrier Carrier, envelopes int) (Report, error) {
	if envelopes < 1 || envelopes > maxCover {
		return Report{}, fmt.Errorf("%d envelopes, not 1 to %d", envelopes, maxCover)
	}
	return s.sync(ctx, carrier, envelopes)
}

func (s *Session) sync(ctx context.Context, carrier Carrier, cover int) (Report, error) {
	s.syncing.Lock()
	defer s.syncing.Unlock()
	var report Report
	before := s.log.Forks()
	err := s.exchange(ctx, carrier, cover, &report)
	report.NewForks = newForks(before, s.log.Forks())
	report.Missing = s.log.Missing()
	report.Waiting = len(s.Waiting())
	return report, err
}

func (s *Session) exchange(ctx context.Context, carrier Carrier, cover int, report *Report) error {
	if _, err := s.Purge(ctx); err != nil {
		return err
	}
	epoch, last, err := carrier.State(ctx)
	if err != nil {
		return fmt.Errorf("carrier: %w", err)
	}
	if err := s.receive(ctx, carrier, epoch, last, report); err != nil {
		return err
	}
	resealed, err := s.reseal(ctx, carrier, cover)
	if err != nil {
		return fmt.Errorf("carrier: %w", err)
	}
	if err := s.answer(ctx, report.Admitted); err != nil {
		return err
	}
	if err := s.rotate(ctx); err != nil {
		return err
	}
	if cover > 0 {
		err = s.sendCovered(ctx, carrier, cover-resealed, report)
	} else {
		report.Sent, err = s.send(ctx, carrier, maxUnsent)
	}
	if err != nil && !errors.Is(err, ErrJournal) {
		return fmt.Errorf("carrier: %w", err)
	}
	return err
}

func (s *Session) answer(ctx context.Context, admitted []*Signed) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.settle(ctx, admitted); err != nil {
		return err
	}
	if err := s.acknowledge(ctx); err != nil {
		return err
	}
	_, err := s.resendNonPapers(ctx, false)
	return err
}

// receive reads from the cursor on. It reads from the start if the carrier is
// not where the cursor left it, and once for each new set of gaps: what fills
// them may have come while the carrier kept it from us.
func (s *Session) receive(ctx context.Context, carrier Carrier, epoch string, last uint64, report *Report) error {
	moved := s.cursor.Epoch != "" && epoch != s.cursor.Epoch || last < s.cursor.Number
	for range 2 { // after a rewind there is no place to have moved from
		if moved {
			if err := s.rewind(ctx, epoch, report); err != nil {
				return err
			}
		}
		p := s.newPass(epoch, last, report)
		if err := p.run(ctx, carrier); err != nil {
			return err
		}
		if moved = p.moved; !moved {
			return s.fillGaps(ctx, carrier, epoch, last, report)
		}
	}
	return nil
}

// fillGaps reads everything again if there are gaps other than those for which
// that was done, and goes on while that makes room for what had none.
func (s *Session) fillGaps(ctx context.Context, carrier Carrier, epoch string, last uint64, report *Report) error {
	if len(s.log.Missing()) == 0 || s.gaps() == s.reread {
		return nil
	}
	for range maxPasses {
		p := s.newPass(epoch, last, report)
		p.fromStart = true
		if err := p.run(ctx, carrier); err != nil {
			return err
		}
		if !p.dropped || p.admitted == 0 {
			break
		}
	}
	s.reread = s.gaps()
	return nil
}

func (s *Session) gaps() [32]byte {
	h := sha256.New()
	for _, id := range s.log.Missing() {
		h.Write(id[:])
	}
	return [32]byte(h.Sum(nil))
}

// rewind forgets how far we had read and that anything was sent.
func (s *Session) rewind(ctx context.Context, epoch string, report *Report) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	report.Rewound = true
	b := Batch{Cursor: &Cursor{Epoch: epoch}}
	for _, p := range s.parcels() {
		if p.number != 0 {
			report.Republished++
			if err := s.renumber(&b, p, 0); err != nil {
				return err
			}
		}
	}
	return s.record(ctx, b)
}

// newForks are those of authors who had none.
func newForks(before, after []Fork) []Fork {
	known := map[MemberID]bool{}
	for _, f := range before {
		known[f.Author] = true
	}
	var found []Fork
	for _, f := range after {
		if !known[f.Author] {
			found = append(found, f)
		}
	}
	return found
}
