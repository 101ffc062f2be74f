package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley/casefile"
	"parley/examples"
)

// replays are the cases that demo can replay.
func replays() map[string]func(*stage) error {
	all := handoverReplays()
	all["us-ru-2022"] = replay2022
	return all
}

func (a *app) demoCommand() *cobra.Command {
	var name, dir string
	var settle, apron, serve bool
	c := &cobra.Command{
		Use:   "demo",
		Short: "Replay a case on the real parts",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if serve {
				if name != "us-ru-2022" {
					return usage(fmt.Errorf("--serve plays us-ru-2022 only"))
				}
				return a.serveDemo(c.Context(), dir)
			}
			replay, ok := replays()[name]
			if !ok {
				return usage(fmt.Errorf("no case %q to replay: there are %s", name, strings.Join(slices.Sorted(maps.Keys(replays())), ", ")))
			}
			if apron {
				if name != "us-ru-2022" || settle {
					return usage(fmt.Errorf("--handover is for us-ru-2022: the other cases are handovers themselves"))
				}
				replay = replayApron
			}
			if settle {
				if name != "us-ru-2022" {
					return usage(fmt.Errorf("--settle plays us-ru-2022 only"))
				}
				replay = replaySettle2022
			}
			return a.demo(c.Context(), name, dir, replay)
		},
	}
	c.Flags().StringVar(&name, "case", "us-ru-2022", "which case")
	c.Flags().BoolVar(&settle, "settle", false, "play it as a private settlement by correspondence")
	c.Flags().BoolVar(&apron, "handover", false, "play the handover on the apron, not the talks")
	c.Flags().BoolVar(&serve, "serve", false, "stop in the middle of the talks of 2022 and open both desks in a browser, to be played to the end")
	c.MarkFlagsMutuallyExclusive("settle", "serve", "handover")
	c.Flags().StringVar(&dir, "dir", "", "keep everything that it makes in this new folder")
	return c
}

// demoResult is what demo prints with --json.
type demoResult struct {
	Case    string   `json:"case"`
	InForce bool     `json:"in_force"`
	Release []string `json:"release"`
	Entries int      `json:"entries"`
	LogOK   bool     `json:"log_ok"`
	Seconds float64  `json:"seconds"`
}

func (a *app) demo(ctx context.Context, name, dir string, replay func(*stage) error) error {
	began := time.Now()
	tell := a.out
	if a.json {
		tell = a.err
	}
	s, err := newStage(ctx, name, dir, tell)
	if err != nil {
		return err
	}
	defer s.close()
	if err := replay(s); err != nil {
		return err
	}
	s.result.Case, s.result.Seconds = name, time.Since(began).Seconds()
	if a.json {
		return a.print(s.result, nil)
	}
	s.say("")
	s.say("%d entries in all; %.0f seconds.", s.result.Entries, s.result.Seconds)
	if dir != "" {
		s.say("Everything is kept in %s; the desks' passphrases, for exercise only, in %s.", dir, filepath.Join(dir, "passphrases"))
	}
	return nil
}

// stage is where a replay is played: a folder, a relay, and one desk for each
// side, every command a process of its own.
type stage struct {
	ctx    context.Context
	name   string
	dir    string // kept if the user named it
	papers string // what is carried by hand, and the briefs: always removed
	kept   bool
	tell   io.Writer
	light  bool // never but in tests: desk.Surroundings
	relay  *relayProcess
	part   int
	result demoResult

	silenced error
	briefs   map[string][]byte
	// before is called ahead of each command of a desk, and after with what it
	// printed. Tests break things there; a command that before has carried out
	// already is left out.
	before func(d *side, args []string) (done bool, err error)
	after  func(d *side, args []string, out, errOut []byte)
}

func newStage(ctx context.Context, name, dir string, tell io.Writer) (*stage, error) {
	s := &stage{ctx: ctx, name: name, dir: dir, kept: dir != "", tell: tell, briefs: map[string][]byte{}}
	var err error
	if s.papers, err = os.MkdirTemp("", "parley-demo-"); err != nil {
		return nil, err
	}
	if !s.kept {
		s.dir = filepath.Join(s.papers, "kept")
	}
	if err := s.lay(); err != nil {
		_ = os.RemoveAll(s.papers)
		return nil, usage(fmt.Errorf("--dir: %w", err))
	}
	return s, nil
}

func (s *stage) lay() error {
	if found, _ := os.ReadDir(s.dir); len(found) > 0 {
		return fmt.Errorf("%s is not empty", s.dir)
	}
	for _, d := range []string{"", "passphrases", "export"} {
		if err := os.MkdirAll(filepath.Join(s.dir, d), 0o700); err != nil {
			return err
		}
	}
	return nil
}

func (s *stage) close() {
	if s.relay != nil {
		s.relay.stop()
	}
	_ = os.RemoveAll(s.papers)
}

func (s *stage) say(format string, args ...any) {
	if _, err := fmt.Fprintln(s.tell, show(fmt.Sprintf(format, args...))); err != nil && s.silenced == nil {
		s.silenced = err // nobody listens any more: the next command ends the replay
	}
}

// heading begins a part of the story.
func (s *stage) heading(format string, args ...any) {
	s.part++
	s.say("")
	s.say("%2d  %s", s.part, fmt.Sprintf(format, args...))
}

func (s *stage) paper(name string) string { return filepath.Join(s.papers, name) }

// example writes one of the case's files where a command can read it.
func (s *stage) example(file string) (string, error) {
	data, ok := s.briefs[file]
	if !ok {
		var err error
		if data, err = examples.Files.ReadFile(s.name + "/" + file); err != nil {
			return "", err
		}
	}
	at := s.paper(strings.ReplaceAll(file, "/", "-"))
	return at, casefile.ReplaceFile(at, data, 0o600)
}

// side is one party's desk on the stage.
type side struct {
	stage *stage
	id    string
	name  string // of the capital, for the story
	home  string
	pass  string
	key   string
}

// side lays out a passphrase file and names the desk's folder.
func (s *stage) side(id, capital string) (*side, error) {
	d := &side{stage: s, id: id, name: capital, home: filepath.Join(s.dir, id), pass: filepath.Join(s.dir, "passphrases", id), key: s.paper(id + ".key")}
	word := "exercise only, desk of " + id + "\n"
	return d, casefile.WriteFile(d.pass, []byte(word), 0o600)
}

// do runs one parley command at this desk and gives its answer.
func (d *side) do(v any, args ...string) error {
	s := d.stage
	if s.before != nil {
		if done, err := s.before(d, args); done || err != nil {
			return err
		}
	}
	s.say("      %s$ parley %s", d.id, spoken(s, args))
	if s.silenced != nil {
		return fmt.Errorf("telling the story: %w", s.silenced)
	}
	out, errOut, err := s.run(d.words(args)...)
	if s.after != nil {
		s.after(d, args, out, errOut)
	}
	if err != nil || v == nil {
		return err
	}
	return json.Unmarshal(out, v)
}

// screen tells what a command shows somebody who sits at this desk.
func (d *side) screen(args ...string) error {
	s := d.stage
	cmd, err := s.command(d.words(args)...)
	if err != nil {
		return err
	}
	out, errOut, err := finish(cmd, args)
	if err != nil {
		return err
	}
	if s.after != nil {
		s.after(d, args, out, errOut)
	}
	s.say("      %s$ parley %s", d.id, spoken(s, args))
	for line := range strings.Lines(string(out)) {
		s.say("        | %s", strings.TrimRight(line, "\n"))
	}
	return nil
}

// words is a whole command line for this desk.
func (d *side) words(args []string) []string {
	return append(slices.Clone(args), "--home", d.home, "--passphrase-file", d.pass, "--key-passphrase-file", d.pass)
}

// spoken tells a command line without the stage's folders.
func spoken(s *stage, args []string) string {
	out := make([]string, len(args))
	for i, a := range args {
		a = strings.TrimPrefix(strings.TrimPrefix(a, s.papers+"/"), s.dir+"/")
		if len(a) == 64 {
			a = a[:8]
		}
		if strings.ContainsAny(a, " ") {
			a = "'" + a + "'"
		}
		out[i] = a
	}
	return strings.Join(out, " ")
}
