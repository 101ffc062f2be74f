package relay

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/nats-io/nats.go/jetstream"
)

// Where a mailbox lies: one stream each, one subject per writer and envelope.
const (
	streamPrefix  = "box-"
	subjectPrefix = "box."
	metaDoor      = "box-door"
	metaEpoch     = "box-epoch"
)

// Bounds on what one mailbox may do at once.
const (
	boxUploads = 8
	boxWaiters = 32
)

// A box is one mailbox: its stream and what the relay remembers beside it.
type box struct {
	name string // 64 hex digits

	mu       sync.Mutex
	keys     *keyring
	revision uint64           // of the keys, as stored
	stream   jetstream.Stream // nil until it is needed
	usage    map[Tag]*usage   // by side

	seen    *seen
	bell    bell
	stuck   atomic.Bool // the last write was not confirmed
	uploads chan struct{}
	waiters chan struct{}
}

func newBox(name string, now int64) *box {
	return &box{
		name:    name,
		usage:   map[Tag]*usage{},
		seen:    newSeen(now),
		uploads: make(chan struct{}, boxUploads),
		waiters: make(chan struct{}, boxWaiters),
	}
}

// ring is who may do what, now.
func (b *box) ring() *keyring {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.keys
}

// learn takes keys as they stand in the storage, unless newer ones are known.
func (b *box) learn(k *keyring, revision uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if revision < b.revision {
		return
	}
	if b.keys != nil && b.keys.epoch != k.epoch {
		b.stream = nil // its storage was made anew
	}
	b.keys, b.revision = k, revision
}

// at opens the mailbox's stream, if it is not open yet.
func (b *box) at(ctx context.Context, s *storage) (jetstream.Stream, error) {
	b.mu.Lock()
	stream := b.stream
	b.mu.Unlock()
	if stream != nil {
		return stream, nil
	}
	stream, err := s.js.Stream(ctx, streamPrefix+b.name)
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stream = stream
	return stream, nil
}

// subject is where a writer's envelope lies: its digest makes it findable,
// however long ago it was stored.
func (b *box) subject(side, writer Tag, digest [sha256.Size]byte) string {
	return subjectPrefix + b.name + "." + side.String() + "." + writer.String() + "." + base64.RawURLEncoding.EncodeToString(digest[:])
}

// streamOf describes the stream of a mailbox. The door key and the epoch are
// part of the description, so that they come and go with it.
func (s *storage) streamOf(name string, door Key, epoch string) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:      streamPrefix + name,
		Subjects:  []string{subjectPrefix + name + ".*.*.*"},
		Storage:   jetstream.FileStorage,
		Retention: jetstream.LimitsPolicy,
		Discard:   jetstream.DiscardNew,
		MaxBytes:  s.limits.boxBytes,
		MaxAge:    s.limits.retain,
		Replicas:  s.replicas,
		// Of several servers only the one that leads has all that was
		// acknowledged; alone it can be asked the short way.
		AllowDirect: s.nats != nil,
		Metadata: map[string]string{
			metaDoor:  hex.EncodeToString(door[:]),
			metaEpoch: epoch,
		},
	}
}

func newEpoch() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the process instead
	return hex.EncodeToString(b[:])
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

// learn takes note of a mailbox's keys, and of the mailbox if it is new.
func (bs *boxes) learn(name string, k *keyring, revision uint64, now int64) *box {
	bs.mu.Lock()
	b := bs.byName[name]
	if b == nil {
		b = newBox(name, now)
		b.keys, b.revision = k, revision
		bs.byName[name] = b
	}
	bs.mu.Unlock()
	b.learn(k, revision)
	return b
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

// load reads which mailboxes there are, under the present limits, and from then
// on learns of those that other relays before the same storage open or change.
// It returns which streams there are, and of how many the keys were damaged. A
// stream without keys can be opened again, and so can keys without a stream, whose
// mailbox was lost.
func (bs *boxes) load(ctx context.Context, s *storage, now func() int64) (there map[string]bool, damaged int, err error) {
	if there, err = s.mailboxes(ctx); err != nil {
		return nil, 0, err
	}
	if damaged, err = s.mendKeys(ctx, there); err != nil {
		return nil, 0, err
	}
	watch, err := s.keys.WatchAll(context.WithoutCancel(ctx), jetstream.UpdatesOnly())
	if err != nil {
		return nil, 0, err
	}
	// One by one: a watch over what was there never ends if a record in it is
	// damaged.
	for name := range there {
		e, err := s.keys.Get(ctx, name)
		if err == nil {
			bs.take(e, now())
		} else if !errors.Is(err, jetstream.ErrKeyNotFound) {
			return nil, 0, err
		}
	}
	go func() { // ends when the connection does
		for e := range watch.Updates() {
			if e != nil {
				bs.take(e, now())
			}
		}
	}()
	return there, damaged, nil
}

// mailboxes lists the streams of mailboxes, and changes their limits where the
// operator did.
func (s *storage) mailboxes(ctx context.Context) (map[string]bool, error) {
	there := map[string]bool{}
	list := s.js.ListStreams(ctx)
	for info := range list.Info() {
		if name, ok := strings.CutPrefix(info.Config.Name, streamPrefix); ok {
			if err := s.withLimits(ctx, info.Config); err != nil {
				return nil, err
			}
			there[name] = true
		}
	}
	return there, list.Err()
}

// take learns what the storage says of a mailbox. Keys that can't be read leave
// the mailbox to be opened again.
func (bs *boxes) take(e jetstream.KeyValueEntry, now int64) {
	if k, err := parseKeyring(e.Value()); err == nil && isName(e.Key()) {
		bs.learn(e.Key(), k, e.Revision(), now)
	}
}

// withLimits changes a stream's limits if the operator did.
func (s *storage) withLimits(ctx context.Context, cfg jetstream.StreamConfig) error {
	if cfg.MaxBytes == s.limits.boxBytes && cfg.MaxAge == s.limits.retain {
		return nil
	}
	cfg.MaxBytes, cfg.MaxAge = s.limits.boxBytes, s.limits.retain
	_, err := s.js.UpdateStream(ctx, cfg)
	return err
}
