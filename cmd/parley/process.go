package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// self is the program that runs, to be run again.
func self() (string, error) {
	if path, err := exec.LookPath(os.Args[0]); err == nil {
		return filepath.Abs(path)
	}
	return os.Executable()
}

// run runs parley as a process of its own, for its JSON.
func (s *stage) run(args ...string) (out, errOut []byte, err error) {
	cmd, err := s.command(append(args, "--json")...)
	if err != nil {
		return nil, nil, err
	}
	return finish(cmd, args)
}

func finish(cmd *exec.Cmd, args []string) (out, errOut []byte, err error) {
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &e
	if err := cmd.Run(); err != nil {
		return o.Bytes(), e.Bytes(), &commandError{args: args, output: e.String(), err: err}
	}
	return o.Bytes(), e.Bytes(), nil
}

func (s *stage) command(args ...string) (*exec.Cmd, error) {
	me, err := self()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(s.ctx, me, append(args, "--no-input")...)
	cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+filepath.Join(s.dir, "state"))
	return cmd, nil
}

// commandError is a step of a replay that failed.
type commandError struct {
	args   []string
	output string
	err    error
}

func (e *commandError) Error() string {
	return fmt.Sprintf("parley %s: %v: %s", strings.Join(e.args[:min(2, len(e.args))], " "), e.err, strings.TrimSpace(e.output))
}

func (e *commandError) Unwrap() error { return e.err }

// relayProcess is the relay on a stage.
type relayProcess struct {
	cmd *exec.Cmd
	url string
	log *lines
}

// startRelay starts a relay over the stage's folder; listen "" takes a free port.
func (s *stage) startRelay(listen string) error {
	if listen == "" {
		listen = "127.0.0.1:0"
	}
	cmd, err := s.command("relay", "--json", "--verbose", "--listen", listen, "--dir", filepath.Join(s.dir, "relay"))
	if err != nil {
		return err
	}
	log := &lines{}
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	var ready struct{ Listening string }
	line, _ := bufio.NewReader(out).ReadBytes('\n')
	if err := json.Unmarshal(line, &ready); err != nil || ready.Listening == "" {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		return fmt.Errorf("the relay did not start: %s", log.text())
	}
	s.relay = &relayProcess{cmd: cmd, url: ready.Listening, log: log}
	return nil
}

// stop asks the relay to end, and waits until it has.
func (r *relayProcess) stop() {
	_ = r.cmd.Process.Signal(os.Interrupt)
	_ = r.cmd.Wait()
}

// lines collects what a process logs.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}
