package relay

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// clusterWait is how long a cluster may take for one answer. Without a majority
// of its servers it gives none, and whoever asked is refused.
const clusterWait = 8 * time.Second

// joinWait is how long a relay waits for the servers to be ready.
const joinWait = time.Minute

// ringSubject tells the other relays before one storage that a mailbox has got
// something. It is no record: who misses it waits a little longer.
const ringSubject = "parley-ring."

// openCluster uses the JetStream of other servers. Several relays can, and hold
// nothing of their own.
func openCluster(ctx context.Context, cfg Config) (*storage, error) {
	s := &storage{
		free:  func(string) (uint64, error) { return math.MaxUint64, nil }, // the servers look after their disks
		reads: make(chan struct{}, maxReads), wait: clusterWait,
		limits: limits{cfg.MaxMailboxBytes, cfg.Retain}, replicas: cfg.Replicas,
	}
	err := s.join(ctx, cfg)
	if err != nil {
		s.close()
		return nil, fmt.Errorf("opening storage at %s: %w", "the NATS servers given", err)
	}
	return s, nil
}

func (s *storage) join(ctx context.Context, cfg Config) (err error) {
	s.conn, err = nats.Connect(cfg.NATS, nats.Name("parley relay"), nats.MaxReconnects(-1),
		nats.ReconnectWait(250*time.Millisecond), nats.Timeout(clusterWait), nats.PingInterval(5*time.Second),
		// A write that can't go out now is refused now, and never sent later
		// behind the back of whoever was told so.
		nats.ReconnectBufSize(-1))
	if err != nil {
		return err
	}
	if most := s.conn.MaxPayload(); most < int64(cfg.MaxEnvelope)+headerRoom {
		return fmt.Errorf("the NATS servers take messages of %d bytes and envelopes may have %d: raise their max_payload to %d, or lower the relay's limit",
			most, cfg.MaxEnvelope, cfg.MaxEnvelope+headerRoom)
	}
	if s.js, err = jetstream.New(s.conn, jetstream.WithDefaultTimeout(clusterWait)); err != nil {
		return err
	}
	return s.await(ctx, s.openKeys)
}

// await tries until the servers, which may just have started, have agreed on
// who leads.
func (s *storage) await(ctx context.Context, try func(context.Context) error) (err error) {
	ctx, cancel := context.WithTimeout(ctx, joinWait)
	defer cancel()
	for {
		once, done := context.WithTimeout(ctx, 2*time.Second)
		if err = try(once); err == nil {
			done()
			return nil
		}
		<-once.Done()
		done()
		if ctx.Err() != nil {
			return err
		}
	}
}

// listen rings a mailbox's bell when another relay has stored something in it.
func (s *storage) listen(bs *boxes) error {
	_, err := s.conn.Subscribe(ringSubject+"*", func(m *nats.Msg) {
		if b := bs.find(m.Subject[len(ringSubject):]); b != nil {
			b.bell.ring()
		}
	})
	return err
}

// ring tells all who wait for a mailbox, at whichever relay.
func (s *storage) ring(b *box) {
	b.bell.ring()
	if s.nats == nil {
		_ = s.conn.Publish(ringSubject+b.name, nil)
	}
}

// wide is true where the storage is a cluster's that other relays use too.
func (c Config) wide() bool { return c.NATS != "" }

func (c Config) checkCluster() error {
	switch {
	case c.Dir != "" && c.wide():
		return errors.New("relay keeps its envelopes in a directory or at NATS servers, not both")
	case c.Replicas < 0 || c.Replicas > 5 || c.Replicas != 0 && !c.wide():
		return errors.New("relay's replicas are 1 to 5, at NATS servers")
	}
	return nil
}
