package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime/debug"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"parley/accord"
	"parley/brief"
)

// settleSideCommand is one role of a local settlement: it is run by settle, with
// its orders on standard input.
func (a *app) settleSideCommand() *cobra.Command {
	return &cobra.Command{
		Use: "side", Hidden: true, Args: cobra.NoArgs, Short: "One side of a local settlement, run by settle itself",
		RunE: func(c *cobra.Command, _ []string) error { return a.settleSide(c.Context()) },
	}
}

func (a *app) settleSide(ctx context.Context) error {
	// What lives is a few tables: collecting less often is faster, within a bound.
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(48 << 20)
	in := bufio.NewReader(a.in)
	var o sideOrder
	if err := readLine(in, &o); err != nil {
		return usage(err)
	}
	run, err := o.start()
	if err != nil {
		return err
	}
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	if err := json.NewEncoder(a.out).Encode(sideReady{l.Addr().String()}); err != nil {
		return err
	}
	var peers sidePeers
	if err := readLine(in, &peers); err != nil {
		return usage(err)
	}
	t := &meeting{role: o.Role, roles: run.plan.Roles(), token: o.Token, out: json.NewEncoder(a.out)}
	defer t.close()
	if err := t.gather(ctx, l, peers.Addresses); err != nil {
		return err
	}
	if err := t.carry(run.Run); err != nil {
		return err
	}
	r, _ := run.Result()
	return t.out.Encode(sideResult{Agreeable: r.Agreeable, Release: r.Release, Sent: t.sent})
}

// maxLine bounds a line of orders.
const maxLine = 4 << 20

func readLine(in *bufio.Reader, v any) error {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case err == nil:
			return json.Unmarshal(line, v)
		case !errors.Is(err, bufio.ErrBufferFull) || len(line) > maxLine:
			return fmt.Errorf("the orders can't be read")
		}
	}
}

// localRun is a run and its plan.
type localRun struct {
	*accord.Run
	plan *accord.Plan
}

// start makes the run of a role. It reads no brief but its own.
func (o *sideOrder) start() (*localRun, error) {
	t, err := accord.ParseTerms(o.Terms)
	if err != nil {
		return nil, usage(err)
	}
	c, _, err := readCase(o.Case)
	if err != nil {
		return nil, err
	}
	p, err := accord.NewPlan(c, *t)
	if err != nil {
		return nil, usage(err)
	}
	var inputs accord.Inputs
	if o.Brief != "" {
		var b brief.Brief
		if b, err = readBrief(o.Brief, c); err != nil {
			return nil, err
		}
		if string(b.Party()) != o.Role {
			return nil, usage(fmt.Errorf("the brief is of %s, not of %s", b.Party(), o.Role))
		}
		if inputs, err = p.Inputs(b); err != nil {
			return nil, usage(err)
		}
	}
	r, err := accord.Start(p, o.Role, inputs, new(fleeting), rand.Reader)
	return &localRun{r, p}, err
}

// fleeting is a journal for a run that is never taken up again.
type fleeting struct{}

func (fleeting) Keep([]byte) error       { return nil }
func (fleeting) Kept() ([][]byte, error) { return nil, nil }

// meeting is one role's connections to the others.
type meeting struct {
	role  string
	roles []string
	token []byte
	conns map[string]net.Conn
	out   *json.Encoder
	sent  int64
}

// helloTime is how long a connection may take to say who it is.
const helloTime = 10 * time.Second

// gather connects to the roles before us, and waits for those after us. Each
// connection begins with the token and the number of the role that connects.
func (t *meeting) gather(ctx context.Context, l net.Listener, addresses []string) error {
	me := slices.Index(t.roles, t.role)
	t.conns = map[string]net.Conn{}
	if len(addresses) != len(t.roles) {
		return usage(fmt.Errorf("%d addresses for %d roles", len(addresses), len(t.roles)))
	}
	for i := range me {
		var d net.Dialer
		c, err := d.DialContext(ctx, "tcp", addresses[i])
		if err != nil {
			return err
		}
		t.conns[t.roles[i]] = c
		if _, err := c.Write(append(slices.Clone(t.token), byte(me))); err != nil {
			return err
		}
	}
	for len(t.conns) < len(t.roles)-1 {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		if n, ok := t.hello(c); ok && n > me && n < len(t.roles) && t.conns[t.roles[n]] == nil {
			t.conns[t.roles[n]] = c
		} else {
			_ = c.Close() // a stranger
		}
	}
	return nil
}

// hello tells which role connects.
func (t *meeting) hello(c net.Conn) (role int, ok bool) {
	_ = c.SetReadDeadline(time.Now().Add(helloTime))
	defer func() { _ = c.SetReadDeadline(time.Time{}) }()
	text := make([]byte, len(t.token)+1)
	if _, err := io.ReadFull(c, text); err != nil {
		return 0, false
	}
	last := len(text) - 1
	return int(text[last]), subtle.ConstantTimeCompare(text[:last], t.token) == 1
}

// carry sends and receives until the run is over.
func (t *meeting) carry(run *accord.Run) error {
	for {
		switch s := run.Next(); s.Do {
		case accord.Done:
			return run.Err()
		case accord.Send:
			if err := run.Send(&watched{to: t.conns[s.Peer], out: t.out, of: s.Length}); err != nil {
				return err
			}
			t.sent += s.Length
		case accord.Receive:
			if err := run.Receive(t.conns[s.Peer]); err != nil {
				return err
			}
		}
	}
}

// watched tells how far a long message is.
type watched struct {
	to       io.Writer
	out      *json.Encoder
	sent, of int64
}

// longMessage is how long a message is whose way is told, in bytes.
const longMessage = 32 << 20

func (w *watched) Write(p []byte) (int, error) {
	n, err := w.to.Write(p)
	before := w.sent * 5 / w.of
	w.sent += int64(n)
	if now := w.sent * 5 / w.of; err == nil && w.of > longMessage && now > before && now < 5 {
		err = w.out.Encode(sideResult{Sent: w.sent, Of: w.of})
	}
	return n, err
}

func (t *meeting) close() {
	for _, c := range t.conns {
		_ = c.Close()
	}
}
