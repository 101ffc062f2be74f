package handover

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"parley"
)

// TestEveryFaultIsNamed spoils a sound plan in every way that a plan can be
// unsound: it is no longer sound, and the fault says of what, and what.
func TestEveryFaultIsNamed(t *testing.T) {
	gate := func(p *Plan, i int) *Gate { return &p.Phases[0].Gates[i] }
	for want, spoil := range map[string]func(*Plan){
		"west: actors: stands here twice":                                         func(p *Plan) { p.Actors[0].ID = "west" },
		"ghost: actors: is no party of the case":                                  func(p *Plan) { gate(p, 0).Confirm = append(gate(p, 0).Confirm, "ghost") },
		"ghost: neutral: is no party of the case":                                 func(p *Plan) { p.Neutral = "ghost" },
		`third: under: "ghost" is no party of the case`:                           func(p *Plan) { p.Places[5].Under = "ghost" },
		"e-home: escrow: a side that gives or receives can't hold in escrow":      func(p *Plan) { p.Places[3].Escrow = true },
		`room: after: no place "nowhere" in this plan`:                            func(p *Plan) { p.Places[2].After = []PlaceID{"nowhere"} },
		"entries: nobody is handed over":                                          func(p *Plan) { p.Entries = nil },
		"one id stands for two entries, two places, or two gates":                 func(p *Plan) { p.Entries[1].ID = "many" },
		"one id stands for two entries, two places, or two gates and instruments": func(p *Plan) { p.Instruments[0].ID = "go" },
		"one id stands for two entries, two places":                               func(p *Plan) { p.Places[5].ID = "room" },
		"none: sides: a side without parties": func(p *Plan) {
			p.Sides = []Side{{"e", []parley.PartyID{"east"}}, {"w", []parley.PartyID{"west"}}, {ID: "none"}}
		},
		`go: needs: no gate or instrument "nothing" in this plan`:        func(p *Plan) { gate(p, 2).Needs = append(gate(p, 2).Needs, "nothing") },
		`pardon: needs: no gate or instrument "nothing" in this plan`:    func(p *Plan) { p.Instruments[0].Needs = []StepID{"nothing"} },
		"check: confirm: nobody confirms it (a gate is open when":        func(p *Plan) { gate(p, 0).Confirm = nil },
		"aboard: by: somebody moves, and nobody is named who moves them": func(p *Plan) { gate(p, 1).By = nil },
		`check: at: no place "nowhere" in this plan`:                     func(p *Plan) { gate(p, 0).At = "nowhere" },
		`aboard: move: no entry "nobody" in this plan`:                   func(p *Plan) { gate(p, 1).Move = append(gate(p, 1).Move, Transfer{"nobody", "room"}) },
		`aboard: move: no place "nowhere" in this plan`:                  func(p *Plan) { gate(p, 1).Move[0].To = "nowhere" },
		"pardon: confirm: nobody says that it is done":                   func(p *Plan) { p.Instruments[0].Confirm = nil },
		`pardon: kind: "favour" is no kind of instrument (one of `:       func(p *Plan) { p.Instruments[0].Kind = "favour" },
		`pardon: of: no entry "nobody" in this plan`:                     func(p *Plan) { p.Instruments[0].Of = []parley.PersonID{"nobody"} },
		`pardon: before: no gate "papers" in this plan`:                  func(p *Plan) { p.Instruments[0].Before = "papers" },
		`pardon: before: no gate "nothing" in this plan`:                 func(p *Plan) { p.Instruments[0].Before = "nothing" },
		"pardon: takes: takes less than no time":                         func(p *Plan) { p.Instruments[0].Minutes = -1 },
		"a ring, in which each waits for the next: ":                     func(p *Plan) { gate(p, 0).Needs = []StepID{"go"} },
		`many: start: no place "nowhere" in this plan`:                   func(p *Plan) { p.Entries[0].Start = "nowhere" },
		"extra: from, for: belongs to no side": func(p *Plan) {
			p.Sides = []Side{{"e", []parley.PartyID{"east"}}, {"w", []parley.PartyID{"west"}}}
			p.Entries[3].From = "north"
		},
		"more: no gate moves it": func(p *Plan) {
			p.Entries = append(p.Entries, Entry{ID: "more", Heads: 1, From: "east", For: "west", Start: "e-start"})
		},
		"which is first (let one need the other)":                                                 func(p *Plan) { gate(p, 4).Move = append(gate(p, 4).Move, Transfer{"many", "w-home"}) },
		"follow: move: moves somebody twice":                                                      func(p *Plan) { gate(p, 5).Move = append(gate(p, 5).Move, Transfer{"extra", "e-home"}) },
		"follow: move: extra ends at third, which is not in the hands of east":                    func(p *Plan) { gate(p, 5).Move[0].To = "third" },
		"follow: confirm: extra is delivered, and nobody of east says that it came":               func(p *Plan) { gate(p, 5).Confirm = []ActorID{"west"} },
		"ghost: bounds: no such side in this plan":                                                func(p *Plan) { p.Bounds = []Bound{{Side: "ghost", Heads: 1}} },
		"east: bounds: may have 4 heads outstanding, and the bound is 3 (when these have begun: ": func(p *Plan) { p.Bounds = []Bound{{Side: "east", Heads: 3}} },
		"west: bounds: may have 9 units outstanding, and the bound is 8": func(p *Plan) {
			p.Entries[2].Units, p.Entries[0].Units, p.Bounds = 9, 5, []Bound{{Side: "west", Units: 8}}
		},
		"go: times: can't be done before 1970-01-01 02:00Z, and must be by 1970-01-01 01:00Z: late by 1 h": func(p *Plan) {
			gate(p, 0).Planned, gate(p, 2).Until = 120, 60
		},
	} {
		p := crossing()
		if faults := p.Check(); !Sound(faults) {
			t.Fatal(faults)
		}
		spoil(p)
		faults := p.Check()
		if Sound(faults) {
			t.Errorf("sound: %s", want)
		}
		if !slices.ContainsFunc(faults, func(f Fault) bool { return !f.Warning && strings.Contains(f.String(), want) }) {
			t.Errorf("want %s, found %v", want, faults)
		}
	}
}

// TestAPlanTooLarge: what a hostile file may ask of us is bounded.
func TestAPlanTooLarge(t *testing.T) {
	p := crossing()
	for i := range MaxActors {
		id := ActorID(fmt.Sprint("actor", i))
		p.Actors = append(p.Actors, Actor{ID: id, Neutral: true})
		p.Phases[0].Gates[0].Confirm = append(p.Phases[0].Gates[0].Confirm, id)
	}
	if faults := fmt.Sprint(p.Check()); !strings.Contains(faults, "more than 64 who act or confirm") {
		t.Error(faults)
	}
	for i := range MaxGates {
		p.Phases[0].Gates = append(p.Phases[0].Gates, Gate{ID: StepID(fmt.Sprint("gate", i)), Confirm: []ActorID{"aid"}})
	}
	if faults := fmt.Sprint(p.Check()); !strings.Contains(faults, "more than 1000 gates or 20000 instruments") {
		t.Error(faults)
	}
}

// TestWhatMakersShouldKnow: a sound plan's warnings, which come after all faults
// and stop nothing.
func TestWhatMakersShouldKnow(t *testing.T) {
	p := crossing()
	p.Neutral, p.Phases[0].Gates[2].Go, p.Instruments[0].Public = "", false, true
	faults := p.Check()
	if !Sound(faults) {
		t.Fatal(faults)
	}
	for _, want := range []string{"neutral: nobody asks", "go: no gate is the joint go", "pardon: public: the world sees it", "bounds: no bound"} {
		if !slices.ContainsFunc(faults, func(f Fault) bool { return f.Warning && strings.Contains(f.String(), want) }) {
			t.Errorf("no word of %q in %v", want, faults)
		}
	}
	p.Bounds = []Bound{{Side: "ghost", Heads: 1}}
	if faults = p.Check(); Sound(faults) || faults[0].Warning {
		t.Errorf("a fault does not come first: %v", faults)
	}
}

// TestWhatComesTooEarly: an act that can't be undone and does not wait for the
// joint go is told, and where the go waits for it, by which chain.
func TestWhatComesTooEarly(t *testing.T) {
	p := crossing()
	p.Instruments[0].Final = true // of those who go aboard before the go
	p.Instruments[3].Final = true // only of one who crosses after it
	early := p.Schedule().Early
	if len(early) != 2 {
		t.Fatalf("%+v", early)
	}
	for _, e := range early {
		got := e.String()
		want := map[StepID]string{
			"pardon": "can't be undone, and comes before the last joint go (go); it can't be later, for aboard, go wait for it",
			"yes":    "can't be undone, and comes before the last joint go (go)",
		}[e.Of]
		if got != want {
			t.Errorf("%s: %q, want %q", e.Of, got, want)
		}
	}
	p.Instruments[3].Needs = []StepID{"go"}
	if early = p.Schedule().Early; len(early) != 1 || early[0].Of != "pardon" {
		t.Errorf("what waits for the go comes before it: %+v", early)
	}
	if s := p.Schedule(); !s.Feasible() || len(s.Slots) != 10 {
		t.Errorf("%+v", s)
	}
}

// TestLinkedPlaces: no gate at a place begins before all gates at the place that
// it follows are confirmed.
func TestLinkedPlaces(t *testing.T) {
	p := crossing()
	p.Places[3].After = []PlaceID{"w-home"}
	p.Phases[0].Gates[3].At, p.Phases[0].Gates[4].At = "w-home", "e-home"
	s := acted(t, p, upTo("give")...)
	if task, _ := s.Task("cross"); task.Status != Held || task.Waits != "give has not begun" && !strings.Contains(task.Waits, "give") {
		t.Errorf("%s: %s", task.Status, task.Waits)
	}
	s = acted(t, p, append(upTo("papers"), says("north", "papers"), says("north", "joint"), says("west", "joint"), says("north", "yes"))...)
	if task, _ := s.Task("cross"); task.Status != Ready {
		t.Errorf("%s: %s", task.Status, task.Waits)
	}
}

// TestStepByStep: what is outstanding after each gate, where all goes as planned,
// is what the same gates leave that are played.
func TestStepByStep(t *testing.T) {
	p := crossing()
	steps := p.Steps()
	if len(steps) != 6 {
		t.Fatalf("%d steps", len(steps))
	}
	heads := func(list []Exposure) (out [2]int64) {
		for _, x := range list {
			out[map[SideID]int{"east": 0, "west": 1}[x.Side]] = x.Open.Heads
		}
		return out
	}
	want := map[StepID][2][2]int64{
		"check": {}, "aboard": {}, "go": {},
		"give": {{4, 0}, {4, 0}}, "cross": {{4, 0}, {3, 0}}, "follow": {{3, 0}, {0, 0}},
	}
	for _, s := range steps {
		if got := [2][2]int64{heads(s.Under), heads(s.After)}; got != want[s.Gate] {
			t.Errorf("%s: %v, want %v", s.Gate, got, want[s.Gate])
		}
	}
}

// TestPhasesAsGroups: the phases of a plan as the search for an order sees them.
func TestPhasesAsGroups(t *testing.T) {
	p := crossing()
	gates := p.Phases[0].Gates
	p.Phases = []Phase{{ID: "first", Gates: gates[:4]}, {ID: "second", Gates: gates[4:]}}
	for i := range p.Entries {
		p.Entries[i].Units = int64(10 * (i + 1))
	}
	if faults := p.Check(); !Sound(faults) {
		t.Fatal(faults)
	}
	for units, want := range map[bool]string{
		false: "first 0 [4 0] [0 4] [4 0] [0 0]; second 1 [0 2] [2 0] [0 2] [0 0]",
		true:  "first 0 [30 0] [0 30] [30 0] [0 0]; second 1 [0 70] [70 0] [0 70] [0 0]",
	} {
		var got []string
		for _, l := range p.Loads(units) {
			got = append(got, fmt.Sprint(l.ID, " ", len(l.After), " ", l.Gives, " ", l.Gets, " ", l.Peak, " ", l.PeakLast))
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("units %v: %s, want %s", units, strings.Join(got, "; "), want)
		}
	}
}
