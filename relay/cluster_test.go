package relay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// A natsSpec is one server of a cluster, as told to its process.
type natsSpec struct {
	Name          string
	Dir           string
	Client, Route int
	Routes        []int
}

// runNATS is this test's binary as one server of a JetStream cluster.
func runNATS(text string) int {
	var spec natsSpec
	if err := json.Unmarshal([]byte(text), &spec); err != nil {
		return 1
	}
	o := &server.Options{
		ServerName: spec.Name, Host: "127.0.0.1", Port: spec.Client, NoSigs: true, NoLog: true,
		JetStream: true, StoreDir: spec.Dir, SyncAlways: true, JetStreamMaxStore: 1 << 40, MaxPayload: 8 << 20,
		Cluster: server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: spec.Route},
	}
	for _, port := range spec.Routes {
		o.Routes = append(o.Routes, &url.URL{Scheme: "nats", Host: fmt.Sprintf("127.0.0.1:%d", port)})
	}
	s, err := server.NewServer(o)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	go s.Start()
	if !s.ReadyForConnections(time.Minute) {
		return 1
	}
	fmt.Println("ready")
	s.WaitForShutdown()
	return 1 // it is killed before that
}

// A cluster is three NATS servers, each a process.
type cluster struct {
	t     *testing.T
	specs []natsSpec
	kill  []func()
}

func startCluster(t *testing.T) *cluster {
	t.Helper()
	c := &cluster{t: t, kill: make([]func(), 3)}
	ports := freePorts(t, 6)
	for i := range 3 {
		c.specs = append(c.specs, natsSpec{Name: fmt.Sprint("n", i), Dir: t.TempDir(), Client: ports[i], Route: ports[3+i], Routes: ports[3:]})
	}
	for i := range c.specs {
		c.start(i)
	}
	return c
}

func (c *cluster) start(i int) {
	c.t.Helper()
	text, _ := json.Marshal(c.specs[i])
	_, c.kill[i] = spawnAs(c.t, "PARLEY_TEST_NATS="+string(text))
}

func (c *cluster) addresses() string {
	var all []string
	for _, s := range c.specs {
		all = append(all, fmt.Sprintf("nats://127.0.0.1:%d", s.Client))
	}
	return strings.Join(all, ",")
}

// relay starts a relay of its own process. A cluster that has just started has
// no leader yet, and a relay that can't use it says so and ends.
func (c *cluster) relay() (url string, kill func()) {
	c.t.Helper()
	return spawnAs(c.t, "PARLEY_TEST_CLUSTER_RELAY="+c.addresses())
}

func freePorts(t *testing.T, n int) (ports []int) {
	t.Helper()
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

// relays are three relay processes, of which each can be killed and started
// anew, at another address.
type relays struct {
	nodes *cluster
	mu    sync.Mutex
	urls  []string
	kill  []func()
}

func (c *cluster) relays() *relays {
	c.t.Helper()
	r := &relays{nodes: c, urls: make([]string, 3), kill: make([]func(), 3)}
	for i := range r.urls {
		r.start(i)
	}
	return r
}

func (r *relays) start(i int) {
	r.nodes.t.Helper()
	url, kill := r.nodes.relay()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.urls[i], r.kill[i] = url, kill
}

func (r *relays) url(i int) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.urls[i%len(r.urls)]
}

// writeAnywhere appends until told to stop, at another relay where one fails.
func (l *ledger) writeAnywhere(ctx context.Context, t *testing.T, relays *relays, access Access, who int, acked *atomic.Int64) {
	for i := 0; ctx.Err() == nil; i++ {
		envelope := fmt.Sprintf("%d %d %s", who, i, strings.Repeat("x", 2000))
		for at := who; ctx.Err() == nil; at++ {
			c := dialAs(t, relays.url(at), access, Options{})
			c.silence = 20 * time.Second
			n, err := c.Append(ctx, []byte(envelope))
			if err == nil {
				l.note(access.Mailbox, access.Key, envelope, n)
				acked.Add(1)
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
}

// Three relays before three servers, each a process of its own: under load,
// whichever server, relay, or one of each is killed, talks go on and nothing
// acknowledged is lost; without two of the servers a relay refuses.
func TestACluster(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts six processes")
	}
	nodes := startCluster(t)
	relays := nodes.relays()
	book := &ledger{acked: map[Name]map[string]uint64{}, keys: map[Name]Key{}}
	name, key := secret()
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	var acked atomic.Int64
	for w := range 6 {
		wg.Go(func() { book.writeAnywhere(ctx, t, relays, accessTo(name, key), w, &acked) })
	}
	goesOn := func(what string) {
		t.Helper()
		from := acked.Load()
		for end := time.Now().Add(60 * time.Second); acked.Load() < from+30; time.Sleep(10 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("talks stopped: %s", what)
			}
		}
	}
	goesOn("at first")
	for i := range 3 {
		nodes.kill[i]()
		goesOn(fmt.Sprint("without server ", i))
		relays.kill[i]()
		goesOn(fmt.Sprint("without server and relay ", i))
		nodes.start(i)
		relays.start(i)
		goesOn(fmt.Sprint("with all again ", i))
	}
	stop()
	wg.Wait()
	book.check(t, relays.url(0))
	book.check(t, relays.url(1))
	t.Logf("%d envelopes acknowledged", acked.Load())

	nodes.kill[0]()
	nodes.kill[1]()
	c := dial(t, relays.url(0), name, key, Options{})
	n, err := c.Append(t.Context(), []byte("without a majority"))
	if !errors.Is(err, ErrUnreachable) {
		t.Errorf("one server of three acknowledged as %d: %v", n, err)
	}
	nodes.start(0)
	nodes.start(1)
	until2(t, func() bool { _, err := c.Append(t.Context(), []byte("again")); return err == nil })
	book.check(t, relays.url(0))
}

func until2(t *testing.T, done func() bool) {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); !done(); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it did not come about")
		}
	}
}
