package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"

	"parley"
	"parley/accord"
)

// sideOrder is what a side is told, as the first line on its standard input.
type sideOrder struct {
	Role  string          `json:"role"`
	Case  string          `json:"case"`  // file
	Brief string          `json:"brief"` // file; "" for the mediator
	Terms json.RawMessage `json:"terms"`
	Token []byte          `json:"token"` // who connects must show it
}

// sideReady is a side's first line on its standard output.
type sideReady struct {
	Listening string `json:"listening"`
}

// sidePeers is the second line that a side is told: where each role listens.
type sidePeers struct {
	Addresses []string `json:"addresses"`
}

// sideResult is a side's last line on its standard output; and, where Of is not
// 0, a line before it: how many bytes of a long message it has sent.
type sideResult struct {
	Agreeable bool            `json:"agreeable"`
	Release   parley.Exchange `json:"release"`
	Sent      int64           `json:"sent"`
	Of        int64           `json:"of,omitempty"`
}

// settleLocally runs each role as a process of its own.
func (a *app) settleLocally(ctx context.Context, p *accord.Plan, caseFile string, briefs map[string]string) (*settlement, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	s := newSettlement(p)
	if p.Void() {
		return s, nil
	}
	terms, err := json.Marshal(p.Terms())
	if err != nil {
		return nil, err
	}
	token := make([]byte, 32)
	if _, err := rand.Read(token); err != nil {
		return nil, err
	}
	var sides []*sideProcess
	for _, role := range p.Roles() {
		side, err := startSide(ctx, sideOrder{role, caseFile, briefs[role], terms, token})
		if err != nil {
			stop()
			return nil, errorOf(append(sides, side), err)
		}
		sides = append(sides, side)
	}
	return s, a.finishSides(s, p, sides, stop)
}

func newSettlement(p *accord.Plan) *settlement {
	t := p.Terms()
	s := &settlement{
		Release: parley.Exchange{}, Criterion: t.Criterion, Security: t.Mode, Persons: p.Persons(), Resolution: t.Resolution, Step: t.Step,
		Signs: "public", Bytes: map[string]int64{}, Rounds: p.Messages(),
	}
	if t.Signs {
		s.Signs = "private"
	}
	s.AndGates, s.Products = p.Gates()
	for _, role := range p.Roles() {
		s.Bytes[role] = 0
	}
	return s
}

// sideProcess is one role at work.
type sideProcess struct {
	role string
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
	log  *lines
}

// startSide starts a role and waits until it listens.
func startSide(ctx context.Context, o sideOrder) (*sideProcess, error) {
	me, err := self()
	if err != nil {
		return nil, err
	}
	s := &sideProcess{role: o.Role, cmd: exec.CommandContext(ctx, me, "settle", "side", "--no-input"), log: &lines{}}
	s.cmd.Stderr = s.log
	if s.in, err = s.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.out = bufio.NewReader(out)
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	return s, json.NewEncoder(s.in).Encode(o)
}

// finishSides tells each role where the others listen, and collects what they
// learned, which must be the same.
func (a *app) finishSides(s *settlement, p *accord.Plan, sides []*sideProcess, stop func()) error {
	var peers sidePeers
	for _, side := range sides {
		var ready sideReady
		if err := side.next(&ready); err != nil {
			stop()
			return errorOf(sides, err)
		}
		peers.Addresses = append(peers.Addresses, ready.Listening)
	}
	for _, side := range sides {
		if err := json.NewEncoder(side.in).Encode(peers); err != nil {
			stop()
			return errorOf(sides, err)
		}
	}
	results, err := a.watch(sides)
	if err != nil {
		stop()
		return errorOf(sides, err)
	}
	for _, side := range sides {
		if err := side.cmd.Wait(); err != nil {
			stop()
			return errorOf(sides, err)
		}
	}
	for i, side := range sides {
		s.Bytes[side.role] = results[i].Sent
	}
	one, two := results[0], results[1]
	if one.Agreeable != two.Agreeable || !slices.Equal(one.Release, two.Release) {
		return fmt.Errorf("the two sides came to different results: this is a fault of parley")
	}
	s.Agreeable = one.Agreeable
	s.Release = append(s.Release, one.Release...)
	s.WaitsFor = p.WaitsFor(one.Release)
	return nil
}

// watch waits for what each side learns, and tells how far a long message is.
func (a *app) watch(sides []*sideProcess) ([]sideResult, error) {
	type line struct {
		side int
		sideResult
		err error
	}
	lines, results := make(chan line), make([]sideResult, len(sides))
	for i, side := range sides {
		go func() {
			for {
				l := line{side: i}
				l.err = side.next(&l.sideResult)
				lines <- l
				if l.err != nil || l.Of == 0 {
					return
				}
			}
		}()
	}
	var first error
	for left := len(sides); left > 0; {
		l := <-lines
		switch {
		case l.err != nil:
			if first == nil {
				first = l.err
			}
			for _, s := range sides { // or they would wait for it
				_ = s.cmd.Process.Kill()
			}
		case l.Of != 0:
			a.tell("%s has sent %d of %d MB; shown so far: nothing", sides[l.side].role, l.Sent>>20, l.Of>>20)
			continue
		default:
			results[l.side] = l.sideResult
		}
		left--
	}
	return results, first
}

// next reads a line that a side prints.
func (s *sideProcess) next(v any) error {
	line, err := s.out.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("%s ended early", s.role)
	}
	return json.Unmarshal(line, v)
}

// errorOf ends all sides, and adds what they complained of.
func errorOf(sides []*sideProcess, err error) error {
	for _, s := range sides {
		if s == nil {
			continue
		}
		_ = s.in.Close()
		_ = s.cmd.Wait()
		if text := strings.TrimSpace(s.log.text()); text != "" {
			err = fmt.Errorf("%w; %s: %s", err, s.role, text)
		}
	}
	return err
}
