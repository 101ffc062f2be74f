package relay

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// storage is an embedded NATS server with JetStream that listens nowhere: one
// connection inside the process is the only way in.
type storage struct {
	nats  *server.Server
	conn  *nats.Conn
	js    jetstream.JetStream
	keys  jetstream.KeyValue // who may do what with which mailbox
	dir   string
	free  func(dir string) (uint64, error)
	reads chan struct{} // bounds what is on its way out of NATS at once

	wait     time.Duration // for one answer of JetStream
	limits   limits
	replicas int // on how many servers each mailbox is kept

	gate   sync.RWMutex // held for reading while anything uses NATS
	closed bool
}

const (
	storageWait = 30 * time.Second // for one answer of JetStream
	startWait   = 5 * time.Minute  // for it to read what it holds
	maxReads    = 8
	headerRoom  = 64 << 10
)

// limits are the operator's on each mailbox.
type limits struct {
	boxBytes int64
	retain   time.Duration // 0: for ever
}

func openStorage(ctx context.Context, cfg Config) (*storage, error) {
	s := &storage{
		dir: cfg.Dir, free: diskFree, reads: make(chan struct{}, maxReads),
		wait: storageWait, limits: limits{cfg.MaxMailboxBytes, cfg.Retain}, replicas: 1,
	}
	reports := &natsLog{log: cfg.Log, fatal: make(chan string, 1)}
	err := s.start(ctx, cfg.MaxEnvelope, reports)
	if err == nil {
		err = s.openKeys(ctx)
	}
	if err != nil {
		s.close()
		return nil, fmt.Errorf("opening storage in %s: %w", cfg.Dir, err)
	}
	return s, nil
}

// keysBucket holds who may do what with which mailbox.
const keysBucket = "keys"

// openKeys opens the bucket that holds the mailboxes' keys.
func (s *storage) openKeys(ctx context.Context) (err error) {
	s.keys, err = s.js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{
		Bucket: keysBucket, Storage: jetstream.FileStorage, Replicas: s.replicas,
	})
	return err
}

func (s *storage) start(ctx context.Context, maxEnvelope int, reports *natsLog) (err error) {
	s.nats, err = server.NewServer(natsOptions(s.dir, maxEnvelope))
	if err != nil {
		return err
	}
	s.nats.SetLoggerV2(reports, false, false, false)
	go s.nats.Start()
	if err := s.ready(ctx, reports); err != nil {
		return err
	}
	s.conn, err = nats.Connect("", nats.InProcessServer(s.nats), nats.MaxReconnects(-1), nats.ReconnectWait(100*time.Millisecond))
	if err != nil {
		return err
	}
	s.js, err = jetstream.New(s.conn, jetstream.WithDefaultTimeout(storageWait))
	return err
}

func natsOptions(dir string, maxEnvelope int) *server.Options {
	payload := int32(maxEnvelope + headerRoom) // the envelope and NATS' own headers
	return &server.Options{
		ServerName: "relay",
		DontListen: true,
		NoSigs:     true,
		MaxPayload: payload,
		// Answers queue here until our one connection reads them; a full
		// queue would cut it off.
		MaxPending:         int64(payload) * maxReads * 2,
		WriteDeadline:      time.Minute,
		JetStream:          true,
		StoreDir:           dir,
		SyncAlways:         true, // the default would wait two minutes
		JetStreamMaxMemory: 1 << 20,
		// Each mailbox has its own bound, and the disk is asked before each
		// write: reserving the sum would refuse mailboxes that stay small.
		JetStreamMaxStore: math.MaxInt64 / 2,
	}
}

// ready waits until JetStream has read what it holds.
func (s *storage) ready(ctx context.Context, reports *natsLog) error {
	ctx, cancel := context.WithTimeout(ctx, startWait)
	defer cancel()
	for !s.nats.ReadyForConnections(20 * time.Millisecond) {
		select {
		case text := <-reports.fatal:
			return errors.New(text)
		case <-ctx.Done():
			return ctx.Err()
		default:
		}
	}
	if !s.nats.JetStreamEnabled() {
		return errors.New("jetstream did not start")
	}
	return nil
}

// enter keeps the storage open until leave is called.
func (s *storage) enter() (leave func(), err error) {
	s.gate.RLock()
	if s.closed {
		s.gate.RUnlock()
		return nil, errClosing
	}
	return s.gate.RUnlock, nil
}

// close waits for whoever is inside, then stops NATS.
func (s *storage) close() {
	s.gate.Lock()
	defer s.gate.Unlock()
	if s.closed {
		return
	}
	s.closed = true
	if s.conn != nil {
		s.conn.Close()
	}
	if s.nats != nil {
		s.nats.Shutdown()
		s.nats.WaitForShutdown()
	}
}

// healthy reports whether JetStream still takes writes. It switches itself off
// when the disk refuses it.
func (s *storage) healthy() bool {
	leave, err := s.enter()
	if err != nil {
		return false
	}
	defer leave()
	return (s.nats == nil || s.nats.JetStreamEnabled()) && s.conn.IsConnected()
}

// setAside moves away what JetStream skipped as unreadable: a mailbox whose
// making was cut off, or whose description is damaged. Left in place it would
// be written to under a new registration, and be skipped again at the next
// start with all that was acknowledged since.
func (s *storage) setAside(known func(stream string) bool) (moved int, err error) {
	streams := filepath.Join(s.dir, "jetstream", "$G", "streams")
	entries, err := os.ReadDir(streams)
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), streamPrefix) || known(e.Name()) {
			continue
		}
		if err := s.moveAside(filepath.Join(streams, e.Name())); err != nil {
			return moved, err
		}
		moved++
	}
	return moved, nil
}

func (s *storage) moveAside(path string) error {
	aside := filepath.Join(s.dir, "set-aside")
	if err := os.MkdirAll(aside, 0o700); err != nil {
		return err
	}
	to, err := os.MkdirTemp(aside, "mailbox-")
	if err != nil {
		return err
	}
	return os.Rename(path, filepath.Join(to, filepath.Base(path)))
}

// natsLog passes on that NATS reports trouble, never what it says: its
// arguments name streams, and streams are named for mailboxes.
type natsLog struct {
	log   *slog.Logger
	fatal chan string
}

func (l *natsLog) Warnf(format string, _ ...any)  { l.log.Warn("storage", "report", format) }
func (l *natsLog) Errorf(format string, _ ...any) { l.log.Error("storage", "report", format) }
func (l *natsLog) Noticef(string, ...any)         {}
func (l *natsLog) Debugf(string, ...any)          {}
func (l *natsLog) Tracef(string, ...any)          {}

// Fatalf is how NATS says that it can't start. Its text goes to whoever called
// Open and is not logged.
func (l *natsLog) Fatalf(format string, args ...any) {
	select {
	case l.fatal <- fmt.Sprintf(format, args...):
	default:
	}
}
