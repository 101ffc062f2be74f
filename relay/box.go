package relay

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/nats-io/nats.go/jetstream"
)

// Where a mailbox lies: one stream each, one subject per envelope.
const (
	streamPrefix  = "box-"
	subjectPrefix = "box."
	metaKey       = "box-key"
	metaEpoch     = "box-epoch"
)

// Bounds on what one mailbox may do at once.
const (
	boxUploads = 8
	boxWaiters = 32
)

// A box is one mailbox: its stream and what the relay remembers beside it.
type box struct {
	name   string // 64 hex digits
	key    Key
	epoch  string
	stream jetstream.Stream

	seen    *seen
	bell    bell
	stuck   atomic.Bool // the last write was not confirmed
	uploads chan struct{}
	waiters chan struct{}
}

func newBox(name string, key Key, epoch string, stream jetstream.Stream, now int64) *box {
	return &box{
		name: name, key: key, epoch: epoch, stream: stream,
		seen:    newSeen(now),
		uploads: make(chan struct{}, boxUploads),
		waiters: make(chan struct{}, boxWaiters),
	}
}

// subject is where an envelope lies: its digest makes it findable, however
// long ago it was stored.
func (b *box) subject(digest [sha256.Size]byte) string {
	return subjectPrefix + b.name + "." + base64.RawURLEncoding.EncodeToString(digest[:])
}

// streamOf describes the stream of a mailbox. The key and the epoch are part of
// the description, so a mailbox and its key come and go together.
func streamOf(name string, key Key, epoch string, maxBytes int64) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:        streamPrefix + name,
		Subjects:    []string{subjectPrefix + name + ".*"},
		Storage:     jetstream.FileStorage,
		Retention:   jetstream.LimitsPolicy,
		Discard:     jetstream.DiscardNew,
		MaxBytes:    maxBytes,
		Replicas:    1,
		AllowDirect: true,
		Metadata: map[string]string{
			metaKey:   hex.EncodeToString(key[:]),
			metaEpoch: epoch,
		},
	}
}

func newEpoch() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the process instead
	return hex.EncodeToString(b[:])
}

var errNotABox = errors.New("stream is not a mailbox")

// boxOf reads a mailbox back from its stream.
func boxOf(stream jetstream.Stream, now int64) (*box, error) {
	cfg := stream.CachedInfo().Config
	name, epoch := cfg.Name[min(len(streamPrefix), len(cfg.Name)):], cfg.Metadata[metaEpoch]
	var id Name
	var key Key
	if !decodeHex(id[:], name) || !decodeHex(key[:], cfg.Metadata[metaKey]) || epoch == "" {
		return nil, errNotABox
	}
	return newBox(name, key, epoch, stream, now), nil
}

// boxes are the mailboxes of this relay, all of them in memory: whether a
// stranger names one that exists makes no difference in time.
type boxes struct {
	registering sync.Mutex // one at a time, so that the count holds

	mu     sync.RWMutex
	byName map[string]*box
}

func (bs *boxes) find(name string) *box {
	bs.mu.RLock()
	defer bs.mu.RUnlock()
	return bs.byName[name]
}

func (bs *boxes) add(b *box) {
	bs.mu.Lock()
	defer bs.mu.Unlock()
	bs.byName[b.name] = b
}

func (bs *boxes) count() int {
	bs.mu.RLock()
	defer bs.mu.RUnlock()
	return len(bs.byName)
}

// stuck counts the mailboxes whose last write JetStream left unanswered: after
// a failed write it stays silent until a restart.
func (bs *boxes) stuck() (n int) {
	bs.mu.RLock()
	defer bs.mu.RUnlock()
	for _, b := range bs.byName {
		if b.stuck.Load() {
			n++
		}
	}
	return n
}

// load reads all mailboxes back, under the present limit.
func (bs *boxes) load(ctx context.Context, s *storage, maxBytes, now int64) error {
	list := s.js.ListStreams(ctx)
	for info := range list.Info() {
		stream, err := s.withLimit(ctx, info.Config, maxBytes)
		if err != nil {
			return err
		}
		b, err := boxOf(stream, now)
		if err != nil {
			return err
		}
		bs.add(b)
	}
	return list.Err()
}

// withLimit opens a stream and changes its size limit if the operator did.
func (s *storage) withLimit(ctx context.Context, cfg jetstream.StreamConfig, maxBytes int64) (jetstream.Stream, error) {
	if cfg.MaxBytes == maxBytes {
		return s.js.Stream(ctx, cfg.Name)
	}
	cfg.MaxBytes = maxBytes
	return s.js.UpdateStream(ctx, cfg)
}
