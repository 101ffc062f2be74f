package relay

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Each envelope's header says what its writer and its side had stored with it.
// So the counts are as durable as the envelopes, and every relay before one
// storage finds the same.
const countHeader = "Writer-Count"

// sharesOf is how many sides' floods a mailbox has room for.
const sharesOf = 4

// share bounds what one side stores. Where envelopes are deleted with time, it
// is what the side may store on one day, so that all that stands at once keeps
// to the share too.
func (c Config) share() int64 { return c.shareOf(c.MaxMailboxBytes) }

func (c Config) shareOf(all int64) int64 {
	share := all / sharesOf
	if c.Retain > 0 {
		share /= int64((c.Retain+24*time.Hour-1)/(24*time.Hour)) + 1
	}
	return share
}

// usage is what one side has stored. Its lock is held while one of its envelopes
// is stored, so that the counts in the headers only go up.
type usage struct {
	mu      sync.Mutex
	known   bool // bytes has been read from the storage
	bytes   int64
	day     int64 // of its last envelope
	writers map[Tag]*day
}

// day is what one writer stored on one day.
type day struct {
	number  int64 // since 1970, UTC
	entries int64
	bytes   int64
}

func (b *box) usageOf(side Tag) *usage {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.usage[side] == nil {
		b.usage[side] = &usage{writers: map[Tag]*day{}}
	}
	return b.usage[side]
}

// load reads how much was stored, where this relay has not counted it itself
// all along.
func (u *usage) load(ctx context.Context, s *storage, c caller) error {
	alone := s.nats != nil // nobody else counts
	if !u.known || !alone {
		last, bytes, err := s.lastCount(ctx, c.box, c.side.String()+".*")
		if err != nil {
			return err
		}
		u.known, u.bytes, u.day = true, bytes, last.number
	}
	if u.writers[c.member] == nil || !alone {
		d, _, err := s.lastCount(ctx, c.box, c.side.String()+"."+c.member.String())
		if err != nil {
			return err
		}
		u.writers[c.member] = &d
	}
	return nil
}

// lastCount is what the newest envelope says that matches.
func (s *storage) lastCount(ctx context.Context, b *box, writer string) (d day, sideBytes int64, err error) {
	stream, err := b.at(ctx, s)
	if err != nil {
		return d, 0, err
	}
	return countIn(ctx, stream, subjectPrefix+b.name+"."+writer+".*")
}

// countIn is what the newest message under a subject counts.
func countIn(ctx context.Context, stream jetstream.Stream, subject string) (d day, sideBytes int64, err error) {
	m, err := stream.GetLastMsgForSubject(ctx, subject)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return d, 0, nil
	}
	if err != nil {
		return d, 0, err
	}
	if _, err := fmt.Sscanf(m.Header.Get(countHeader), "%d %d %d %d", &d.number, &d.entries, &d.bytes, &sideBytes); err != nil {
		return d, 0, errDamaged
	}
	return d, sideBytes, nil
}

// room returns the header of an envelope of so many bytes, if there is room
// for it.
func (u *usage) room(c caller, size, today int64, cfg Config) (next day, header string, err error) {
	next = *u.writers[c.member]
	if next.number != today {
		next = day{number: today}
	}
	if cfg.Retain > 0 && u.day != today {
		u.bytes, u.day = 0, today
	}
	next.entries++
	next.bytes += size
	switch {
	case next.entries > cfg.WriterEntries || next.bytes > cfg.WriterBytes:
		return next, "", errQuota
	case u.bytes+size > cfg.share():
		return next, "", errShare
	}
	return next, fmt.Sprintf("%d %d %d %d", next.number, next.entries, next.bytes, u.bytes+size), nil
}

func (u *usage) add(c caller, next day, size int64) {
	u.bytes += size
	u.day = next.number
	u.writers[c.member] = &next
}
