package relay

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// A Config says where a relay keeps its envelopes and how much it takes. The
// zero value of every field but Dir means the default.
type Config struct {
	// Dir holds the storage; it is made if need be. One server at a time.
	Dir string
	// NATS are the addresses of external NATS servers with JetStream, in place
	// of Dir, separated by commas. Any number of relays can use them. They
	// should sync always (sync_interval: always).
	NATS string
	// Replicas is on how many of the NATS servers each mailbox is kept: 3.
	Replicas int
	// MaxMailboxes bounds how many mailboxes may register: 4096.
	MaxMailboxes int
	// MaxEnvelope bounds one envelope in bytes: 6 MiB, at most 32 MiB.
	MaxEnvelope int
	// MaxMailboxBytes bounds what one mailbox stores: 4 GiB. Lowered, it
	// stops what is fuller than that from growing, and deletes nothing. No side
	// gets more of it than its share: a quarter.
	MaxMailboxBytes int64
	// MaxBlobBytes bounds what one mailbox stores of blobs: 4 GiB, a quarter for
	// each side.
	MaxBlobBytes int64
	// WriterBytes and WriterEntries bound what one member may store in one
	// mailbox on one day (UTC): 1 GiB, 20,000 envelopes.
	WriterBytes   int64
	WriterEntries int64
	// Retain is how long an envelope is kept; 0 means for ever. It is deleted
	// then, whether anybody fetched it or not.
	Retain time.Duration
	// MaxConnections bounds how many Serve holds open at once: 4096. Others
	// wait.
	MaxConnections int
	// TLS, unless nil, is what Serve speaks; see [LoadTLS].
	TLS *tls.Config
	// Admit, unless empty, is a word that a new mailbox must present.
	Admit string
	// Log takes counts, sizes and durations; nil drops them.
	Log *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// A Server is a relay: an HTTP handler over its storage.
type Server struct {
	cfg     Config
	storage *storage
	boxes   boxes
	routes  *http.ServeMux
	nobody  Key // stands in for the key of a mailbox that isn't there
	uploads chan struct{}
	counts  counts
	stall   time.Duration // how long a body or a reader may make no progress

	unlock  func() error
	closing chan struct{}
	close   sync.Once
	closed  error
}

const (
	maxUploads   = 32
	defaultStall = 30 * time.Second
)

var errLocked = errors.New("another relay uses this directory")

// Open starts the storage in cfg.Dir and reads which mailboxes there are.
func Open(ctx context.Context, cfg Config) (*Server, error) {
	cfg, err := cfg.complete()
	if err != nil {
		return nil, err
	}
	unlock := func() error { return nil }
	if !cfg.wide() {
		if unlock, err = lockDir(cfg.Dir); err != nil {
			return nil, err
		}
	}
	s := &Server{
		cfg:     cfg,
		boxes:   boxes{byName: map[string]*box{}},
		uploads: make(chan struct{}, maxUploads),
		stall:   defaultStall,
		unlock:  unlock,
		closing: make(chan struct{}),
	}
	_, _ = rand.Read(s.nobody[:])
	s.route()
	if err := s.load(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// complete fills in the defaults and refuses what can't be meant.
func (c Config) complete() (Config, error) {
	if err := c.checkCluster(); err != nil {
		return c, err
	}
	if c.wide() && c.Replicas == 0 {
		c.Replicas = 3
	}
	if c.MaxMailboxes == 0 {
		c.MaxMailboxes = 4096
	}
	if c.MaxConnections == 0 {
		c.MaxConnections = 4096
	}
	if c.MaxEnvelope == 0 {
		c.MaxEnvelope = 6 << 20
	}
	if c.MaxMailboxBytes == 0 {
		c.MaxMailboxBytes = 4 << 30
	}
	if c.MaxBlobBytes == 0 {
		c.MaxBlobBytes = 4 << 30
	}
	if c.WriterBytes == 0 {
		c.WriterBytes = 1 << 30
	}
	if c.WriterEntries == 0 {
		c.WriterEntries = 20_000
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	switch {
	case c.Dir == "" && !c.wide():
		return c, errors.New("relay needs a directory")
	case c.MaxMailboxes < 0 || c.MaxMailboxBytes < 0 || c.MaxEnvelope < 0 || c.WriterBytes < 0 || c.WriterEntries < 0 || c.Retain < 0 || c.MaxConnections < 0 || c.MaxBlobBytes < 0:
		return c, errors.New("relay's limits can't be negative")
	case c.MaxEnvelope > maxFrame:
		return c, fmt.Errorf("envelopes of %d bytes are too large: at most %d", c.MaxEnvelope, maxFrame)
	}
	return c, nil
}

func lockDir(dir string) (unlock func() error, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	unlock, err = lockFile(filepath.Join(dir, "lock"))
	if err != nil {
		return nil, fmt.Errorf("locking %s: %w", dir, err)
	}
	return unlock, nil
}

func (s *Server) load(ctx context.Context) (err error) {
	began := time.Now()
	opener := openStorage
	if s.cfg.wide() {
		opener = openCluster
	}
	if s.storage, err = opener(ctx, s.cfg); err != nil {
		return err
	}
	there, damaged, err := s.boxes.load(ctx, s.storage, s.now)
	if err != nil {
		return fmt.Errorf("reading mailboxes: %w", err)
	}
	if damaged > 0 {
		s.cfg.Log.Error("the keys of mailboxes could not be read: their members open them again", "count", damaged)
	}
	if s.cfg.wide() {
		s.cfg.Log.Info("relay open", "mailboxes", s.boxes.count(), "took", time.Since(began))
		return s.storage.listen(&s.boxes)
	}
	moved, err := s.storage.setAside(func(stream string) bool {
		return there[stream[len(streamPrefix):]]
	})
	if err != nil {
		return fmt.Errorf("setting damaged mailboxes aside: %w", err)
	}
	if moved > 0 {
		s.cfg.Log.Error("mailboxes could not be read and were set aside", "count", moved)
	}
	s.cfg.Log.Info("relay open", "mailboxes", s.boxes.count(), "took", time.Since(began))
	return nil
}

// Close ends every wait, lets what is being stored finish, and gives the
// directory free. A second Close does nothing.
func (s *Server) Close() error {
	s.close.Do(func() {
		close(s.closing)
		if s.storage != nil {
			s.storage.close()
		}
		s.closed = s.unlock()
		s.cfg.Log.Info("relay closed")
	})
	return s.closed
}

func (s *Server) now() int64 { return s.cfg.Now().Unix() }
