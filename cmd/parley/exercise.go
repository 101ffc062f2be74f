package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"parley"
	"parley/casefile"
	"parley/examples"
)

func (a *app) exerciseCommand() *cobra.Command {
	return a.group("exercise", "Practise on a ready case: a desk for each player, real in all but the numbers",
		a.exerciseList(), a.exerciseStart(), a.exerciseServe(), a.exerciseReview())
}

// exercise is a case with an invented brief for each player. A party of the case
// without one is not played, and nobody whom it holds is in trade.
type exercise struct {
	name   string
	file   []byte
	facts  *parley.Case
	briefs map[parley.PartyID][]byte
}

// exerciseNames lists what can be played: where everything is invented first.
func exerciseNames() []string {
	var out []string
	for _, name := range examples.Names() {
		if e, err := readExercise(name); err == nil {
			out = append(out, e.name)
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return strings.Compare(invention(a), invention(b)) })
	return out
}

// invention says what of a case is invented.
func invention(name string) string {
	if _, err := examples.Files.ReadFile(name + "/case.yaml"); err != nil {
		return "everything is invented"
	}
	if _, err := examples.Files.ReadFile(name + "/exercise/case.yaml"); err == nil {
		return "the case is on record, who is held in detail is invented, and so are the briefs"
	}
	return "the case is on record, and the briefs are invented"
}

func readExercise(name string) (*exercise, error) {
	file, err := examples.Case(name)
	if err != nil {
		return nil, noExercise(name)
	}
	e := &exercise{name: name, file: file, briefs: map[parley.PartyID][]byte{}}
	if e.facts, err = casefile.ParseCase(name+"/case.yaml", file); err != nil {
		return nil, err
	}
	for _, p := range e.facts.Parties {
		if data, err := examples.Brief(name, string(p.ID)); err == nil {
			e.briefs[p.ID] = data
		}
	}
	if len(e.briefs) < 2 {
		return nil, noExercise(name)
	}
	return e, nil
}

var errNoExercise = errors.New("no such exercise: `parley exercise list` has them")

func noExercise(name string) error { return usage(fmt.Errorf("%q: %w", name, errNoExercise)) }

// players are the parties that are played, in file order.
func (e *exercise) players() []parley.Party {
	return slices.DeleteFunc(slices.Clone(e.facts.Parties), func(p parley.Party) bool { return e.briefs[p.ID] == nil })
}

func (a *app) exerciseList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the exercises",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			type row struct {
				Name     string   `json:"name"`
				Title    string   `json:"title"`
				Players  []string `json:"players"`
				Invented string   `json:"invented"`
			}
			rows := []row{}
			for _, name := range exerciseNames() {
				e, err := readExercise(name)
				if err != nil {
					return err
				}
				r := row{Name: name, Title: e.facts.Title, Invented: invention(name)}
				for _, p := range e.players() {
					r.Players = append(r.Players, string(p.ID))
				}
				rows = append(rows, r)
			}
			return a.print(map[string]any{"exercises": rows}, func(w *words) {
				for _, r := range rows {
					w.line("%-14s %s", r.Name, r.Title)
					w.line("               players: %s; %s", strings.Join(r.Players, ", "), r.Invented)
				}
			})
		},
	}
}

// seat is a player's folder, or the facilitator's: the desk's store, the words that
// open it, and what is told in seat.json. It stands alone, to be carried to the
// player's machine.
type seat struct {
	Parley   string         `json:"parley"` // seatFormat
	Exercise string         `json:"exercise"`
	Title    string         `json:"title"`
	Party    parley.PartyID `json:"party"` // "" for the facilitator
	Name     string         `json:"name"`
	Relay    string         `json:"relay"`
	dir      string
}

const (
	seatFormat  = "exercise-seat/1"
	seatFile    = "seat.json"
	facilitator = "facilitator"
)

// side is the seat's desk as a stage knows one. The facilitator has no principal.
func (s *seat) side() *side {
	d := &side{id: string(s.Party), name: s.Name, home: filepath.Join(s.dir, "desk"), pass: filepath.Join(s.dir, "passphrase")}
	if s.Party == "" {
		d.id = facilitator
		return d
	}
	d.key = filepath.Join(s.dir, "principal.key")
	return d
}

func readSeat(dir string) (*seat, error) {
	data, err := casefile.ReadFile(filepath.Join(dir, seatFile), 1<<16)
	if err != nil {
		return nil, err
	}
	s := &seat{dir: dir}
	if err := json.Unmarshal(data, s); err != nil || s.Parley != seatFormat {
		return nil, usage(fmt.Errorf("%s is not the file of an exercise", filepath.Join(dir, seatFile)))
	}
	return s, nil
}

func (s *seat) write() error {
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return casefile.ReplaceFile(filepath.Join(s.dir, seatFile), append(data, '\n'), 0o600)
}

// seats are the desks of an exercise that are at hand: those in the folders of
// dir, the facilitator's last, or the one whose own folder it is.
func seats(dir string) ([]*seat, error) {
	s, err := readSeat(dir)
	if err == nil {
		return []*seat{s}, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, usage(err)
	}
	var out []*seat
	for _, e := range entries {
		s, err := readSeat(filepath.Join(dir, e.Name()))
		if errors.Is(err, fs.ErrNotExist) || !e.IsDir() {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	if out == nil {
		return nil, usage(fmt.Errorf("%s holds no exercise: name its folder, or make one with `parley exercise start NAME`", dir))
	}
	slices.SortStableFunc(out, func(a, b *seat) int {
		if (a.Party == "") != (b.Party == "") {
			return map[bool]int{true: 1, false: -1}[a.Party == ""]
		}
		return 0
	})
	return out, nil
}
