package relay

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Where a mailbox's blobs lie: one stream, made with the first of them, and one
// subject per writer, blob and chunk.
const (
	blobStreamPrefix  = "blob-"
	blobSubjectPrefix = "blob."
)

// Bounds of blobs.
const (
	blobChunk = 1 << 20   // all chunks but the last have so many bytes
	maxBlob   = 256 << 20 // the largest blob
)

var (
	errBlobForm = refuse(http.StatusBadRequest, "blob's digest, offset or writer is malformed",
		"the digest and the writer have 64 lower-case hex digits; an offset is a multiple of 1 MiB when sending")
	errBlobOrder = refuse(http.StatusConflict, "blob's bytes before this offset are not there", "ask how far it is there, and send on from that")
	errNoBlob    = refuse(http.StatusRequestedRangeNotSatisfiable, "nothing of this blob is there from that offset on", "its writer should send it")
	errLargeBlob = refuse(http.StatusRequestEntityTooLarge, "blob is larger than 256 MiB", "send it in parts")
	errBlobsFull = refuse(http.StatusInsufficientStorage, "this writer's side has no more room for blobs", "ask the operator for a higher limit")
)

// blobState is the answer to how much of a blob is there.
type blobState struct {
	Have int64 `json:"have"`
}

// A blobRef names one writer's blob: another's of the same name is another, so
// that nobody can spoil it.
type blobRef struct {
	by     holder
	digest string
	offset int64
}

// parseBlob reads which blob a request is about; its own caller's unless the
// query says by=.
func parseBlob(r *http.Request, caller holder) (ref blobRef, err error) {
	ref = blobRef{by: caller, digest: r.PathValue("digest")}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || !isName(ref.digest) {
		return ref, errBlobForm
	}
	for name, values := range query {
		switch n, err := strconv.ParseInt(values[0], 10, 64); {
		case len(values) != 1:
			return ref, errBlobForm
		case name == "offset" && err == nil && n >= 0:
			ref.offset = n
		case name == "by" && ref.by.parse(values[0]):
		default:
			return ref, errBlobForm
		}
	}
	return ref, nil
}

func (ref blobRef) subject(box string, chunk string) string {
	return blobSubjectPrefix + box + "." + ref.by.side.String() + "." + ref.by.member.String() + "." + ref.digest + "." + chunk
}

// putBlob stores one chunk. Chunks come in order; one that is there already is
// not stored again, so that sending on after a broken line is always safe.
func (s *Server) putBlob(w http.ResponseWriter, r *http.Request) (tally, error) {
	c, err := s.guard(w, r, memberRole)
	if err != nil {
		return tally{}, err
	}
	ref, err := parseBlob(r, c.holder)
	if err != nil || ref.by != c.holder || ref.offset%blobChunk != 0 {
		return tally{}, errBlobForm
	}
	leave, err := s.place(r, c.box)
	if err != nil {
		return tally{}, err
	}
	defer leave()
	chunk, err := s.body(w, r, blobChunk, c.digest)
	if err != nil {
		return tally{}, err
	}
	if ref.offset+int64(len(chunk)) > maxBlob {
		return tally{}, errLargeBlob
	}
	have, err := s.storeChunk(r.Context(), c, ref, chunk)
	if err != nil {
		return tally{bytes: len(chunk)}, err
	}
	answer(w, http.StatusOK, blobState{have})
	return tally{bytes: len(chunk)}, nil
}

func (s *Server) storeChunk(ctx context.Context, c caller, ref blobRef, chunk []byte) (have int64, err error) {
	leave, err := s.storage.enter()
	if err != nil {
		return 0, err
	}
	defer leave()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.storage.wait)
	defer cancel()
	u := c.box.usageOf(c.side)
	u.mu.Lock()
	defer u.mu.Unlock()
	stream, err := s.storage.blobs(ctx, c.box, s.cfg)
	if err != nil {
		return 0, err
	}
	have, err = haveOf(ctx, stream, c.box, ref)
	switch {
	case err != nil:
		return 0, err
	case ref.offset < have:
		return have, nil
	case ref.offset > have:
		return 0, errBlobOrder
	}
	return have + int64(len(chunk)), s.publishChunk(ctx, c, stream, ref, chunk)
}

// publishChunk counts the side's blobs by the newest chunk's header, as far as
// the share of one side goes.
func (s *Server) publishChunk(ctx context.Context, c caller, stream jetstream.Stream, ref blobRef, chunk []byte) error {
	d, total, err := countIn(ctx, stream, blobSubjectPrefix+c.box.name+"."+c.side.String()+".*.*.*")
	if err != nil {
		return err
	}
	today := s.now() / secondsADay
	if s.cfg.Retain > 0 && d.number != today {
		total = 0
	}
	if total += int64(len(chunk)); total > s.cfg.shareOf(s.cfg.MaxBlobBytes) {
		return errBlobsFull
	}
	if free, err := s.storage.free(s.cfg.Dir); err == nil && free < diskReserve+uint64(len(chunk)) {
		return errDiskFull
	}
	_, err = s.storage.js.PublishMsg(ctx, &nats.Msg{
		Subject: ref.subject(c.box.name, fmt.Sprintf("%08x", ref.offset/blobChunk)), Data: chunk,
		Header: nats.Header{countHeader: {fmt.Sprintf("%d 0 0 %d", today, total)}},
	}, jetstream.WithExpectLastSequencePerSubject(0), jetstream.WithRetryAttempts(0))
	if err != nil {
		return storeError(err)
	}
	return nil
}

// blobs opens the stream of a mailbox's blobs, and makes it if need be.
func (s *storage) blobs(ctx context.Context, b *box, cfg Config) (jetstream.Stream, error) {
	stream, err := s.js.Stream(ctx, blobStreamPrefix+b.name)
	if !errors.Is(err, jetstream.ErrStreamNotFound) {
		return stream, err
	}
	return s.js.CreateStream(ctx, jetstream.StreamConfig{
		Name: blobStreamPrefix + b.name, Subjects: []string{blobSubjectPrefix + b.name + ".*.*.*.*"},
		Storage: jetstream.FileStorage, Discard: jetstream.DiscardNew, MaxBytes: cfg.MaxBlobBytes, MaxAge: cfg.Retain,
		Replicas: s.replicas, AllowDirect: s.nats != nil,
	})
}

// haveOf is how many bytes of a blob are there without a gap: its chunks come
// in order, so its newest tells.
func haveOf(ctx context.Context, stream jetstream.Stream, b *box, ref blobRef) (int64, error) {
	m, err := stream.GetLastMsgForSubject(ctx, ref.subject(b.name, "*"))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	index, err := hex.DecodeString(m.Subject[strings.LastIndexByte(m.Subject, '.')+1:])
	if err != nil || len(index) != 4 {
		return 0, errDamaged
	}
	n := int64(index[0])<<24 | int64(index[1])<<16 | int64(index[2])<<8 | int64(index[3])
	return n*blobChunk + int64(len(m.Data)), nil
}

// stateBlob answers how much of a blob is there.
func (s *Server) stateBlob(w http.ResponseWriter, r *http.Request) (tally, error) {
	c, ref, stream, leave, err := s.findBlob(w, r)
	if err != nil {
		return tally{}, err
	}
	defer leave()
	have := int64(0)
	if stream != nil {
		if have, err = haveOf(r.Context(), stream, c.box, ref); err != nil {
			return tally{}, err
		}
	}
	answer(w, http.StatusOK, blobState{have})
	return tally{}, nil
}

// findBlob returns a nil stream where the mailbox has no blob yet.
func (s *Server) findBlob(w http.ResponseWriter, r *http.Request) (c caller, ref blobRef, stream jetstream.Stream, leave func(), err error) {
	if c, err = s.guard(w, r, readerRole); err != nil {
		return c, ref, nil, nil, err
	}
	if ref, err = parseBlob(r, c.holder); err != nil {
		return c, ref, nil, nil, err
	}
	if leave, err = s.storage.enter(); err != nil {
		return c, ref, nil, nil, err
	}
	stream, err = s.storage.js.Stream(r.Context(), blobStreamPrefix+c.box.name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		stream, err = nil, nil
	}
	if err != nil {
		leave()
	}
	return c, ref, stream, leave, err
}

// getBlob answers with a blob's bytes from an offset on, as far as they are
// there. Once begun it can't turn into a refusal: it breaks off.
func (s *Server) getBlob(w http.ResponseWriter, r *http.Request) (t tally, err error) {
	c, ref, stream, leave, err := s.findBlob(w, r)
	if err != nil {
		return t, err
	}
	defer leave()
	if stream == nil {
		return t, errNoBlob
	}
	have, err := haveOf(r.Context(), stream, c.box, ref)
	if err != nil {
		return t, err
	}
	if ref.offset >= have {
		return t, errNoBlob
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", strconv.FormatInt(have-ref.offset, 10))
	for at := ref.offset; at < have; {
		m, err := stream.GetLastMsgForSubject(r.Context(), ref.subject(c.box.name, fmt.Sprintf("%08x", at/blobChunk)))
		if err != nil || at%blobChunk >= int64(len(m.Data)) {
			panic(http.ErrAbortHandler)
		}
		piece := m.Data[at%blobChunk:]
		s.writeBy(w, time.Now().Add(s.stall+time.Duration(len(piece)/slowest)*time.Second))
		if _, err := w.Write(piece); err != nil {
			panic(http.ErrAbortHandler)
		}
		at += int64(len(piece))
		t.bytes += len(piece)
	}
	return t, nil
}

// blobName is a blob's name: its SHA-256 in hex.
func blobName(digest [sha256.Size]byte) string { return hex.EncodeToString(digest[:]) }
