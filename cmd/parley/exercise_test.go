package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parley"
	"parley/brief"
	"parley/casefile"
	"parley/desk"
)

// stories are what was agreed in those exercises whose case is on record: all that
// can be traded, or these.
var stories = map[string][]parley.PersonID{
	"ankara-2024": nil, "dix-hill-1862": nil, "shalit-2011": nil, "ukraine-2025": nil, "yemen-2023": nil,
	"us-ru-2022": {"bout", "griner"},
	"two-rivers": {"corvin", "fishermen", "haddad", "levi", "reyes", "sailors", "saveliev"}, // invented
}

// TestEveryExerciseAllowsItsStory: each brief says that it is invented, and the
// briefs together allow what came of the talks.
func TestEveryExerciseAllowsItsStory(t *testing.T) {
	names := exerciseNames()
	if len(names) != len(stories) {
		t.Errorf("the exercises are %v", names)
	}
	for _, name := range names {
		e, err := readExercise(name)
		if err != nil {
			t.Fatal(err)
		}
		var briefs []brief.Brief
		for _, p := range e.players() {
			if !bytes.HasPrefix(e.briefs[p.ID], []byte("# INVENTED FOR EXERCISE")) {
				t.Errorf("the brief of %s in %s does not say that it is invented", p.ID, name)
			}
			b, err := casefile.ParseBrief(name, e.briefs[p.ID], e.facts)
			if err != nil {
				t.Fatal(err)
			}
			briefs = append(briefs, b)
		}
		story, ok := stories[name]
		if !ok {
			t.Errorf("what came of %s?", name)
		}
		if story == nil {
			for _, h := range e.facts.Holdings() {
				story = append(story, h.ID)
			}
		}
		p, err := problem(desk.Seated(e.facts, briefs), briefs)
		if err != nil {
			t.Fatal(err)
		}
		if gains, agreeable, err := p.Judge(&parley.Offer{Release: story}); err != nil || !agreeable {
			t.Errorf("%s does not allow %v: %v, %v", name, story, gains, err)
		}
	}
}

// TestEveryExerciseStarts makes every exercise: each player's desk has its own
// brief and no other, full powers, and the facilitator's word that it sees all.
func TestEveryExerciseStarts(t *testing.T) {
	for _, name := range exerciseNames() {
		if testing.Short() && name != "us-ru-2022" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			e, err := readExercise(name)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			m := &exerciseMaker{exercise: e, tell: t.Logf, dir: dir, relay: "http://127.0.0.1:1", company: newCompany(byFolder(filepath.Join(dir, "carrier")))}
			m.light = true
			defer func() { _ = m.close() }()
			if err := m.make(t.Context(), false); err != nil {
				t.Fatal(err)
			}
			for id, d := range m.desks {
				exerciseDesk(t, e, id, d)
			}
		})
	}
}

func exerciseDesk(t *testing.T, e *exercise, id string, d *desk.Desk) {
	t.Helper()
	v, err := d.View(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Notes) != 1 || v.Notes[0].Who != facilitatorName || v.Notes[0].Text != facilitatorSays {
		t.Errorf("%s is not told who sees all: %+v", id, v.Notes)
	}
	if len(v.Mandates) != len(e.players()) || v.Case.ID != e.facts.ID {
		t.Errorf("%s has %d mandates and case %s", id, len(v.Mandates), v.Case.ID)
	}
	b, ok, err := d.Brief(t.Context())
	if err != nil || ok != (id != facilitator) || ok && string(b.Party()) != id {
		t.Errorf("the brief of %s: %v, %v, %v", id, b.Party(), ok, err)
	}
}

// TestExerciseIsServed opens every desk of an exercise side by side, and the relay
// between them.
func TestExerciseIsServed(t *testing.T) {
	t.Setenv("PARLEY_TEST_AS_PARLEY", "1") // the test binary, run again, is the relay
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	dir := filepath.Join(t.TempDir(), "game")
	parley := func(ctx context.Context, out io.Writer, args ...string) (int, string) {
		var errOut bytes.Buffer
		code := run(ctx, append([]string{"exercise"}, append(args, "--no-input", "--json")...), strings.NewReader(""), out, &errOut)
		return code, errOut.String()
	}
	if code, said := parley(t.Context(), io.Discard, "start", "us-ru-2022", "--dir", dir); code != exitDone {
		t.Fatal(said)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	from, to := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		code, said := parley(ctx, to, "serve", dir, "--listen", "127.0.0.1:0")
		_ = to.CloseWithError(errors.New(said))
		ended <- code
	}()
	first, err := bufio.NewReader(from).ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var said struct {
		Relay string
		Desks []struct{ Seat, Link string }
	}
	if err := json.Unmarshal(first, &said); err != nil {
		t.Fatal(err)
	}
	var seats []string
	for _, d := range said.Desks {
		seats = append(seats, d.Seat)
		link, _ := json.Marshal(d)
		opens(t, link)
	}
	if !slices.Equal(seats, []string{"ru", "us", facilitator}) || said.Relay == "" {
		t.Errorf("served are %v, by the relay %q", seats, said.Relay)
	}
	stop()
	if code := <-ended; code != exitDone && code != exitCancelled {
		t.Errorf("exit %d", code)
	}
	if left, err := os.ReadDir(filepath.Join(dir, "relay")); err != nil || len(left) == 0 {
		t.Errorf("the relay kept nothing: %v", err)
	}
}
