package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"parley"
	"parley/casefile"
	"parley/channel"
	"parley/desk"
	"parley/relay"
)

// facilitatorName is what every player's desk shows of the member who sees all.
const facilitatorName = "Facilitator of this exercise, who has every brief"

// facilitatorSays stands on the channel before anybody speaks.
const facilitatorSays = "This is an exercise: every number in the briefs is invented. I facilitate it. I see all that is said on the record, and the exercise has given me a copy of each side's brief. In a real channel there is no such member: a brief stays with its side, unless that side gives it to a mediator in confidence."

func (a *app) exerciseStart() *cobra.Command {
	var dir, at string
	c := &cobra.Command{
		Use:   "start NAME",
		Short: "Make a ready desk for each player, and one for the facilitator, on a channel of their own",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			e, err := readExercise(args[0])
			if err != nil {
				return err
			}
			if dir == "" {
				dir = e.name
			}
			return a.startExercise(c.Context(), e, dir, at)
		},
	}
	c.Flags().StringVar(&dir, "dir", "", "the new folder (else one called NAME, here)")
	c.Flags().StringVar(&at, "relay", "", "address of a relay that all players reach (else one on this machine, which serve runs)")
	return c
}

func (a *app) startExercise(ctx context.Context, e *exercise, dir, at string) error {
	if _, err := os.Lstat(dir); err == nil {
		return usage(fmt.Errorf("%s is there already: name another folder with --dir", dir))
	}
	here := at == ""
	if here {
		var err error
		if at, err = freeAddress(ctx); err != nil {
			return err
		}
	}
	if _, err := relay.Realm(at); err != nil {
		return usage(fmt.Errorf("--relay: %w", err))
	}
	making := dir + ".making"
	if err := os.Mkdir(making, 0o700); err != nil {
		return usage(fmt.Errorf("making the exercise: %w", err))
	}
	m := &exerciseMaker{exercise: e, tell: a.tell, dir: making, relay: at, company: newCompany(byFolder(filepath.Join(making, "carrier")))}
	m.light = a.light
	if err := errors.Join(m.make(ctx, here), m.close()); err != nil {
		return errors.Join(err, os.RemoveAll(making))
	}
	if err := os.Rename(making, dir); err != nil {
		return errors.Join(err, os.RemoveAll(making))
	}
	return a.exerciseStarted(e, dir, at, here)
}

func (a *app) exerciseStarted(e *exercise, dir, at string, here bool) error {
	players := map[string]string{facilitator: filepath.Join(dir, facilitator)}
	for _, p := range e.players() {
		players[string(p.ID)] = filepath.Join(dir, string(p.ID))
	}
	return a.print(map[string]any{"exercise": e.name, "dir": dir, "relay": at, "seats": players}, func(w *words) {
		w.line("%s", e.facts.Title)
		w.line("Every number in the briefs is invented for exercise.")
		for _, p := range e.players() {
			w.line("  %-12s %s", p.ID, filepath.Join(dir, string(p.ID)))
		}
		w.line("  %-12s %s: sees all, and each player's desk says so", facilitator, filepath.Join(dir, facilitator))
		if here {
			w.line("All desks side by side, in a browser:  parley exercise serve %s", dir)
			w.line("To play on the command line, run the relay by itself:  parley relay --listen %s --dir %s", strings.TrimPrefix(at, "http://"), filepath.Join(dir, "relay"))
		} else {
			w.line("Carry each folder to its player, and leave no copy: there, parley exercise serve FOLDER.")
		}
		w.line("Afterwards:  parley exercise review %s", dir)
	})
}

// freeAddress is an address of this machine that nobody listens on now.
func freeAddress(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return "http://" + l.Addr().String(), l.Close()
}

// byFolder is the way by a folder, as by a stick.
func byFolder(dir string) carrying {
	return func(_ context.Context, d *desk.Desk) (channel.Carrier, error) { return d.FolderCarrier(dir) }
}

// exerciseMaker makes the folders of an exercise. The channel is founded by way of
// a folder, so that no relay need run yet.
type exerciseMaker struct {
	*exercise
	*company
	tell       func(string, ...any)
	dir, relay string
}

func (m *exerciseMaker) make(ctx context.Context, here bool) error {
	if err := os.Mkdir(filepath.Join(m.dir, "carrier"), 0o700); err != nil {
		return err
	}
	for _, p := range m.players() {
		m.tell("a desk for %s", p.Name)
		if err := m.player(ctx, p); err != nil {
			return err
		}
	}
	m.tell("a desk for the facilitator")
	if err := m.facilitator(ctx); err != nil {
		return err
	}
	m.tell("a channel between them")
	if err := m.found(ctx, "EXERCISE: "+strings.TrimPrefix(m.facts.Title, "Exercise: "), m.relay); err != nil {
		return err
	}
	if _, err := m.desks[facilitator].Note(ctx, "", facilitatorSays); err != nil {
		return err
	}
	if err := m.meet(ctx); err != nil {
		return err
	}
	if here {
		if err := os.Mkdir(filepath.Join(m.dir, "relay"), 0o700); err != nil {
			return err
		}
	}
	return os.RemoveAll(filepath.Join(m.dir, "carrier"))
}

// open makes a seat's folder, its desk and the words that open it.
func (m *exerciseMaker) open(ctx context.Context, s *seat, f desk.Founding) error {
	s.Parley, s.Exercise, s.Title, s.Relay = seatFormat, m.name, m.facts.Title, m.relay
	d := s.side()
	if err := os.Mkdir(s.dir, 0o700); err != nil {
		return err
	}
	if err := casefile.WriteFile(d.pass, []byte(exercisePass(d.id)+"\n"), 0o600); err != nil {
		return err
	}
	if err := casefile.WriteFile(filepath.Join(s.dir, "case.yaml"), m.file, 0o600); err != nil {
		return err
	}
	if err := casefile.WriteFile(filepath.Join(s.dir, "README.txt"), []byte(m.leaflet(s)), 0o600); err != nil {
		return err
	}
	if err := s.write(); err != nil {
		return err
	}
	return m.seat(ctx, d.id, d.home, []byte(exercisePass(d.id)), f)
}

func exercisePass(id string) string { return "exercise only, desk of " + id }

func (m *exerciseMaker) player(ctx context.Context, p parley.Party) error {
	s := &seat{Party: p.ID, Name: p.Name, dir: filepath.Join(m.dir, string(p.ID))}
	if err := m.open(ctx, s, desk.Founding{Party: p.ID, Name: p.Name, Delegate: "player of " + p.Name, Office: "envoy"}); err != nil {
		return err
	}
	if err := m.principal(ctx, s, p); err != nil {
		return err
	}
	d := m.desks[string(p.ID)]
	if _, err := d.KeepCase(ctx, "case.yaml", m.file); err != nil {
		return err
	}
	if _, err := d.KeepBrief(ctx, "brief.yaml", m.briefs[p.ID]); err != nil {
		return err
	}
	return casefile.WriteFile(filepath.Join(s.dir, "brief.yaml"), m.briefs[p.ID], 0o600)
}

// principal makes the key of a player's principal, which lies beside the desk: in
// an exercise the player signs for both.
func (m *exerciseMaker) principal(ctx context.Context, s *seat, p parley.Party) error {
	name, office := "principal of "+p.Name, "principal, in exercise"
	if p.Principal.Name != "" {
		name, office = p.Principal.Name, p.Principal.Office+", in exercise"
	}
	key, err := channel.GenerateSigningKey(rand.Reader)
	if err != nil {
		return err
	}
	file, card, err := desk.SealPrincipal(key, name, office, []byte(exercisePass(string(p.ID))), desk.Surroundings{Light: m.light})
	if err != nil {
		return err
	}
	if err := casefile.WriteFile(s.side().key, file, 0o600); err != nil {
		return err
	}
	read, err := desk.ReadPrincipalCard(card)
	if err != nil {
		return err
	}
	return m.bind(ctx, string(p.ID), key, read)
}

// facilitator makes the desk of the one who sees all: a chair on the channel, and
// beside the desk a copy of each brief.
func (m *exerciseMaker) facilitator(ctx context.Context) error {
	s := &seat{Name: facilitatorName, dir: filepath.Join(m.dir, facilitator)}
	if err := m.open(ctx, s, desk.Founding{Name: facilitatorName, Capabilities: []string{"chair"}, Delegate: facilitatorName, Office: "facilitator"}); err != nil {
		return err
	}
	briefs := filepath.Join(s.dir, "briefs")
	if err := os.Mkdir(briefs, 0o700); err != nil {
		return err
	}
	for p, data := range m.briefs {
		if err := casefile.WriteFile(filepath.Join(briefs, string(p)+".yaml"), data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// leaflet is what a player reads first.
func (m *exerciseMaker) leaflet(s *seat) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("EXERCISE: %s", strings.TrimPrefix(m.facts.Title, "Exercise: "))
	line("")
	if s.Party == "" {
		line("You facilitate. Your desk sees all that is said on the record, and briefs/ holds a copy of each")
		line("side's brief. Each player's desk says so. In a real channel there is no such member.")
	} else {
		line("You play %s, and its principal. brief.yaml is your brief: what each release is worth to you", s.Name)
		line("and where you stop. Every number in it is invented. Show it to no other player: the facilitator,")
		line("who sees all, has a copy.")
	}
	line("")
	line("In a browser:         parley exercise serve .")
	line("On the command line:  export PARLEY_HOME=desk PARLEY_PASSPHRASE_FILE=passphrase PARLEY_KEY_PASSPHRASE_FILE=passphrase")
	line("                      parley sync; parley table")
	if s.Party != "" {
		line("                      parley weigh case.yaml --brief brief.yaml --frontier")
		line("                      parley ratify --key principal.key")
	} else {
		line("                      parley exercise review .")
	}
	line("")
	line("Carry this folder; leave no copy of it. Two desks with one key prove each other false.")
	return b.String()
}
