package relay

import (
	"bytes"
	"context"
	"errors"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// diskReserve stays free: JetStream does not recover from a full disk without a
// restart, so it is never brought there.
const diskReserve = 64 << 20

// codeStoreFailed is JetStream's word for a stream that is full.
const codeStoreFailed jetstream.ErrorCode = 10077

const secondsADay = 24 * 60 * 60

// store appends a caller's envelope and returns its number once it is on disk.
// An envelope that it stored already keeps its number, whatever is full by now.
func (s *Server) store(ctx context.Context, c caller, envelope []byte) (number uint64, isNew bool, err error) {
	leave, err := s.storage.enter()
	if err != nil {
		return 0, false, err
	}
	defer leave()
	// Whether the client still listens or not, what was begun is finished.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.storage.wait)
	defer cancel()

	u := c.box.usageOf(c.side)
	u.mu.Lock()
	defer u.mu.Unlock()
	subject := c.box.subject(c.side, c.member, c.digest)
	number, err = s.publish(ctx, c, u, subject, envelope)
	c.box.stuck.Store(err != nil && asRefusal(err) == errStuck)
	if err == nil {
		return number, true, nil
	}
	// These mean that nothing was written just now: what is found was on disk
	// before.
	switch err {
	case errStored, errDiskFull, errQuota, errShare:
		return s.storage.lookup(ctx, c.box, subject, envelope, err)
	}
	return 0, false, err
}

// publish stores an envelope under a subject that holds none yet. JetStream
// checks that and writes under one lock, so of two that come at once one is
// stored.
func (s *Server) publish(ctx context.Context, c caller, u *usage, subject string, envelope []byte) (uint64, error) {
	if err := u.load(ctx, s.storage, c); err != nil {
		return 0, err
	}
	size := int64(len(envelope))
	next, header, err := u.room(c, size, s.now()/secondsADay, s.cfg)
	if err != nil {
		return 0, err
	}
	if free, err := s.storage.free(s.cfg.Dir); err == nil && free < diskReserve+uint64(size) {
		return 0, errDiskFull
	}
	ack, err := s.storage.js.PublishMsg(ctx, &nats.Msg{Subject: subject, Data: envelope, Header: nats.Header{countHeader: {header}}},
		jetstream.WithExpectLastSequencePerSubject(0), jetstream.WithRetryAttempts(0))
	if err != nil {
		return 0, storeError(err)
	}
	u.add(c, next, size)
	return ack.Sequence, nil
}

func storeError(err error) error {
	api, ok := errors.AsType[*jetstream.APIError](err)
	switch {
	case !ok:
		return err
	case api.ErrorCode == codeStoreFailed:
		return errBoxFull
	case api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence:
		return errStored
	}
	return err
}

// lookup finds the number of an envelope that was stored before, or else
// returns why it could not be stored now.
func (s *storage) lookup(ctx context.Context, b *box, subject string, envelope []byte, why error) (number uint64, isNew bool, err error) {
	stream, err := b.at(ctx, s)
	if err != nil {
		return 0, false, why
	}
	m, err := stream.GetLastMsgForSubject(ctx, subject)
	if err != nil {
		return 0, false, why
	}
	if !bytes.Equal(m.Data, envelope) {
		return 0, false, errDamaged
	}
	return m.Sequence, false, nil
}

// next returns the first envelope numbered higher than after; number 0 means
// that there is none.
func (s *storage) next(ctx context.Context, b *box, after uint64) (number uint64, envelope []byte, err error) {
	leave, err := s.enter()
	if err != nil {
		return 0, nil, err
	}
	defer leave()
	select {
	case s.reads <- struct{}{}:
		defer func() { <-s.reads }()
	case <-ctx.Done():
		return 0, nil, ctx.Err()
	}
	stream, err := b.at(ctx, s)
	if err != nil {
		return 0, nil, err
	}
	// The filter makes it the next one that there is, not exactly this one.
	m, err := stream.GetMsg(ctx, after+1, jetstream.WithGetMsgSubject(">"))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return 0, nil, nil
	}
	if err != nil {
		return 0, nil, err
	}
	return m.Sequence, m.Data, nil
}

// last returns the highest number of a mailbox.
func (s *storage) last(ctx context.Context, b *box) (uint64, error) {
	leave, err := s.enter()
	if err != nil {
		return 0, err
	}
	defer leave()
	stream, err := b.at(ctx, s)
	if err != nil {
		return 0, err
	}
	info, err := stream.Info(ctx)
	if err != nil {
		return 0, err
	}
	return info.State.LastSeq, nil
}
