// Command relay measures a relay under the load of many channels beside raw
// JetStream: the same number of envelopes of the same size, onto the same disk,
// synced before each is acknowledged, in one run.
//
//	go run ./bench/relay -channels 1000 -desks 10 -for 20s
//
// Every desk is a client of its own with a key of its own, in one of two sides.
// Opening a channel and enrolling its desks is measured apart.
package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"parley/relay"
)

type load struct {
	channels, desks, writers, size int
	length                         time.Duration
}

func main() {
	var l load
	flag.IntVar(&l.channels, "channels", 1000, "channels")
	flag.IntVar(&l.desks, "desks", 10, "desks of each channel")
	flag.IntVar(&l.writers, "writers", 32, "desks that write at once")
	flag.IntVar(&l.size, "size", 17_600, "bytes of an envelope")
	flag.DurationVar(&l.length, "for", 20*time.Second, "how long each side writes")
	flag.Parse()
	if err := l.run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func (l load) run(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "bench-relay")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	fmt.Printf("%d channels, %d desks, %d writing at once, %d bytes an envelope, %d CPUs\n", l.channels, l.channels*l.desks, l.writers, l.size, runtime.NumCPU())
	if err := l.raw(ctx, filepath.Join(dir, "raw")); err != nil {
		return fmt.Errorf("raw JetStream: %w", err)
	}
	return l.relay(ctx, filepath.Join(dir, "relay"))
}

// measure has writers call do with ever new channels and desks, and prints the
// rate and the times.
func (l load) measure(what string, do func(channel, desk int, envelope []byte) error) error {
	end := time.Now().Add(l.length)
	var next atomic.Int64
	var mu sync.Mutex
	var took []time.Duration
	var failed error
	var wg sync.WaitGroup
	began := time.Now()
	for range l.writers {
		wg.Go(func() {
			var own []time.Duration
			for time.Now().Before(end) {
				n := int(next.Add(1))
				at := time.Now()
				if err := do(n%l.channels, n/l.channels%l.desks, l.envelope(n)); err != nil {
					mu.Lock()
					failed = err
					mu.Unlock()
					return
				}
				own = append(own, time.Since(at))
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, own...)
		})
	}
	wg.Wait()
	if failed != nil || len(took) == 0 {
		return fmt.Errorf("%s: %w", what, failed)
	}
	slices.Sort(took)
	fmt.Printf("%-14s %8.0f appends/s   p50 %8v   p99 %8v   most %8v\n", what, float64(len(took))/time.Since(began).Seconds(),
		took[len(took)/2].Round(time.Microsecond), took[len(took)*99/100].Round(time.Microsecond), took[len(took)-1].Round(time.Microsecond))
	return nil
}

func (l load) envelope(n int) []byte {
	e := make([]byte, l.size)
	binary.BigEndian.PutUint64(e, uint64(n))
	return e
}

// raw publishes to one stream for each channel, in the process, as the relay
// itself does, with nothing else around it.
func (l load) raw(ctx context.Context, dir string) error {
	s, err := server.NewServer(&server.Options{DontListen: true, NoSigs: true, NoLog: true, JetStream: true, StoreDir: dir, SyncAlways: true, JetStreamMaxStore: 1 << 50, MaxPayload: 8 << 20})
	if err != nil {
		return err
	}
	go s.Start()
	defer func() { s.Shutdown(); s.WaitForShutdown() }()
	if !s.ReadyForConnections(30 * time.Second) {
		return fmt.Errorf("it did not start")
	}
	conn, err := nats.Connect("", nats.InProcessServer(s))
	if err != nil {
		return err
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		return err
	}
	for c := range l.channels {
		if _, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: fmt.Sprint("c", c), Subjects: []string{fmt.Sprintf("c.%d.*", c)}, Storage: jetstream.FileStorage}); err != nil {
			return err
		}
	}
	return l.measure("raw JetStream", func(channel, desk int, envelope []byte) error {
		digest := sha256.Sum256(envelope)
		_, err := js.Publish(ctx, fmt.Sprintf("c.%d.%x", channel, digest), envelope, jetstream.WithExpectLastSequencePerSubject(0))
		return err
	})
}

func (l load) relay(ctx context.Context, dir string) error {
	s, err := relay.Open(ctx, relay.Config{Dir: dir})
	if err != nil {
		return err
	}
	defer s.Close()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() { _ = s.Serve(ctx, listener) }()
	clients, err := l.clients("http://" + listener.Addr().String())
	if err != nil {
		return err
	}
	before := inUse()
	if err := l.open(ctx, clients); err != nil {
		return err
	}
	fmt.Printf("%-14s %8.1f KiB of memory for each, %d desks enrolled in it\n", "idle channel", float64(inUse()-before)/1024/float64(l.channels), l.desks)
	return l.measure("relay (HTTP)", func(channel, desk int, envelope []byte) error {
		_, err := clients[channel][desk].Append(ctx, envelope)
		return err
	})
}

// open opens every mailbox and enrols every desk.
func (l load) open(ctx context.Context, clients [][]*relay.Client) error {
	began := time.Now()
	var next atomic.Int64
	failed := make(chan error, l.writers)
	var wg sync.WaitGroup
	for range l.writers {
		wg.Go(func() {
			for n := int(next.Add(1) - 1); n < l.channels; n = int(next.Add(1) - 1) {
				for _, c := range clients[n] {
					if _, _, err := c.State(ctx); err != nil {
						failed <- err
						return
					}
				}
			}
		})
	}
	wg.Wait()
	select {
	case err := <-failed:
		return err
	default:
	}
	fmt.Printf("%-14s %8.0f desks/s, with their channels\n", "enrolling", float64(l.channels*l.desks)/time.Since(began).Seconds())
	return nil
}

func (l load) clients(address string) ([][]*relay.Client, error) {
	by := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: l.writers}}
	out := make([][]*relay.Client, l.channels)
	for c := range out {
		shared := random()
		for d := range l.desks {
			side := []string{"east", "west"}[d%2]
			access, err := relay.Derive(address, relay.Who{Shared: shared, Own: random(), Sides: []string{"east", "west"}, Side: side, Member: fmt.Sprint(d)})
			if err != nil {
				return nil, err
			}
			client, err := relay.Dial(address, access, relay.Options{HTTP: by})
			if err != nil {
				return nil, err
			}
			out[c] = append(out[c], client)
		}
	}
	return out, nil
}

func random() []byte {
	b := make([]byte, 32)
	_, _ = rand.Read(b)
	return b
}

// inUse is the heap that is reached, of relay and desks alike.
func inUse() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
