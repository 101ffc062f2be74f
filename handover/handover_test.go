package handover_test

import (
	"fmt"
	"strings"
	"testing"

	"parley"
	"parley/handover"
)

// fill names everybody whom a made plan mentions.
func cast(t testing.TB, name string, rounds ...handover.Round) *handover.Plan {
	t.Helper()
	p, err := handover.Pattern(name, handover.Cast{A: "east", B: "west", Host: "host", Neutral: "neutral", Rounds: rounds})
	if err != nil {
		t.Fatal(err)
	}
	p.ID, p.Case = name, "exercise"
	p.Actors = []handover.Actor{{ID: "east"}, {ID: "west"}, {ID: "host", Neutral: true}, {ID: "neutral", Neutral: true}}
	return p
}

func ids(prefix string, n int) (out []parley.PersonID) {
	for i := range n {
		out = append(out, parley.PersonID(fmt.Sprintf("%s%d", prefix, i+1)))
	}
	return out
}

// TestEveryPatternIsSound: what parley offers ready-made can be carried out.
func TestEveryPatternIsSound(t *testing.T) {
	for _, p := range handover.Patterns() {
		plan := cast(t, p[0], handover.Round{FromA: ids("a", 3), FromB: ids("b", 1)})
		faults := plan.Check()
		if !handover.Sound(faults) {
			t.Errorf("%s: %v", p[0], faults)
		}
	}
	if _, err := handover.Pattern("tunnel", handover.Cast{}); err == nil || !strings.Contains(err.Error(), "two-gate-escrow") {
		t.Errorf("an unknown pattern: %v", err)
	}
}

// story plays a plan line by line: "ACTOR KIND OF".
type story struct {
	t testing.TB
	s *handover.State
	n byte
}

func begin(t testing.TB, p *handover.Plan) *story {
	t.Helper()
	if faults := p.Check(); !handover.Sound(faults) {
		t.Fatal(faults)
	}
	return &story{t: t, s: p.Start()}
}

func (y *story) event(line string) handover.Event {
	f := strings.Fields(line)
	y.n++
	e := handover.Event{ID: parley.Ref{y.n}, By: handover.ActorID(f[0]), Kind: handover.Kind(f[1])}
	switch e.Kind {
	case handover.KindWord:
		e.Person, e.Word = parley.PersonID(f[2]), handover.Word(strings.Join(f[3:], " "))
	case handover.KindReceived:
		for _, id := range f[2:] {
			e.Items = append(e.Items, handover.Item{Entry: parley.PersonID(strings.TrimPrefix(id, "back:")), Identity: "checked", Returned: strings.HasPrefix(id, "back:")})
		}
	case handover.KindBegin, handover.KindConfirm:
		e.Of = handover.StepID(f[2])
		for _, id := range f[3:] {
			e.Without = append(e.Without, parley.PersonID(id))
		}
	case handover.KindResume:
		e.Halts = y.s.HaltedBy(e.By)
	}
	return e
}

// does plays lines that must have effect.
func (y *story) does(lines ...string) {
	y.t.Helper()
	for _, l := range lines {
		if err := y.s.Apply(y.event(l)); err != nil {
			y.t.Fatalf("%s: %v", l, err)
		}
	}
}

// not plays a line that must have none, for the reason given.
func (y *story) not(line, why string) {
	y.t.Helper()
	got := y.s.Why(y.event(line))
	if got == "" || !strings.Contains(got, why) {
		y.t.Errorf("%s: %q, want %q", line, got, why)
	}
}

func (y *story) open(want string) {
	y.t.Helper()
	var out []string
	for _, x := range y.s.Exposures() {
		out = append(out, fmt.Sprintf("%s %d", x.Side, x.Open.Heads))
	}
	if got := strings.Join(out, ", "); got != want {
		y.t.Errorf("outstanding: %s, want %s", got, want)
	}
}

// TestOneForManyByEscrow is the way of 2011, told line by line.
func TestOneForManyByEscrow(t *testing.T) {
	p := cast(t, "two-gate-escrow", handover.Round{FromA: ids("many", 3), FromB: ids("one", 1)})
	y := begin(t, p)
	y.not("west begin into-escrow", "one1: open")
	for _, id := range []string{"many1", "many2", "many3", "one1"} {
		y.does("neutral word " + id + " confirmed")
	}
	y.not("east begin aboard", "into-escrow waits for the word of")
	y.not("east confirm into-escrow", "has not begun")
	y.does("west begin into-escrow")
	y.open("east 0, west 0") // on the way into escrow: nobody has given anything yet
	y.does("host confirm into-escrow")
	y.not("east begin aboard", "waits for the word of east")
	y.does("east confirm into-escrow", "east begin aboard", "neutral confirm aboard")
	y.not("host begin the-one", "go waits for the word of")
	y.does("east confirm go", "west confirm go", "host confirm go", "host begin the-one")
	y.open("east 0, west 1")
	y.does("east confirm the-one")
	y.open("east 0, west 1") // the many are still due to the west
	y.does("east received one1", "east begin the-many")
	y.open("east 0, west 1")
	y.not("west received many1", "has not arrived")
	y.does("west confirm the-many", "neutral confirm the-many")
	y.open("east 0, west 0")
	if y.s.Ending() != handover.NotEnded {
		t.Error("ended before the receipts are in: an exchange is complete on arrival")
	}
	y.does("west received many1 many2 many3")
	if y.s.Ending() != handover.Completed {
		t.Errorf("%q: %v", y.s.Ending(), y.s.Stop())
	}
	r := y.s.Report()
	if r.Total.Agreed.Heads != 4 || r.Total.Executed.Heads != 4 || len(r.Missing)+len(r.Departed) != 0 {
		t.Errorf("%+v", r)
	}
}

// TestDropAnyConfirmation: whichever word is missing, whatever needs it holds,
// and the stop names the step and who has not spoken.
func TestDropAnyConfirmation(t *testing.T) {
	for _, pattern := range handover.Patterns() {
		p := cast(t, pattern[0], handover.Round{FromA: ids("a", 2), FromB: ids("b", 2)})
		for _, g := range p.Gates() {
			for _, who := range g.Confirm {
				dropOne(t, p, g.ID, who)
			}
		}
	}
}

func dropOne(t *testing.T, p *handover.Plan, gate handover.StepID, who handover.ActorID) {
	t.Helper()
	y := begin(t, p)
	for _, e := range p.Entries {
		y.does("neutral word " + string(e.ID) + " confirmed")
	}
	for again := true; again; {
		again = false
		for _, task := range y.s.Tasks() {
			if task.Status == handover.Ready && len(task.Move) > 0 {
				y.does(fmt.Sprintf("%s begin %s", task.Next[0], task.Of))
				again = true
			}
			for _, c := range task.Next {
				if (task.Status == handover.UnderWay || task.Status == handover.Ready && len(task.Move) == 0) && (task.Of != gate || c != who) {
					y.does(fmt.Sprintf("%s confirm %s", c, task.Of))
					again = true
				}
			}
		}
	}
	want := fmt.Sprintf("%s waits for the word of %s", gate, who)
	if got := strings.Join(y.s.Stop(), "\n"); !strings.Contains(got, want) {
		t.Errorf("%s: the stop is not named: %q, want %q", p.ID, got, want)
	}
	after := false
	for _, task := range y.s.Tasks() {
		if task.Of == gate {
			after = true
		} else if after && task.Status != handover.Held {
			t.Errorf("%s without %s on %s: %s is %s", p.ID, who, gate, task.Of, task.Status)
		}
	}
	if y.s.Ending() == handover.Completed {
		t.Errorf("%s without %s on %s completed", p.ID, who, gate)
	}
}

// TestHalt: whoever is named halts; what has begun arrives; only who halted
// takes it back; whoever is in escrow goes back, and then nothing resumes.
func TestHalt(t *testing.T) {
	p := cast(t, "two-gate-escrow", handover.Round{FromA: ids("many", 2), FromB: ids("one", 1)})
	y := begin(t, p)
	for _, id := range []string{"many1", "many2", "one1"} {
		y.does("neutral word " + id + " confirmed")
	}
	y.does("west begin into-escrow", "west halt", "host confirm into-escrow", "east confirm into-escrow")
	y.not("east begin aboard", "halted by west")
	y.not("east resume", "names no halt")
	y.not("stranger halt", "does not name")
	y.does("west resume", "east begin aboard", "neutral confirm aboard", "neutral halt")
	y.not("east confirm go", "halted by neutral")
	y.does("west received back:one1", "east received back:many1 back:many2")
	y.not("neutral resume", "needs a new plan")
	if y.s.Ending() != handover.Broken {
		t.Errorf("%q", y.s.Ending())
	}
	if at, way := y.s.Where("one1"); at != "held-by-b" || way {
		t.Errorf("the one is at %s", at)
	}
}

// TestAnOptionalEntryDropsOut and the rest goes on; an essential one stops it.
func TestAnOptionalEntryDropsOut(t *testing.T) {
	p := cast(t, "bridge", handover.Round{FromA: ids("a", 2), FromB: ids("b", 1)})
	p.Entries[1].Optional = true
	y := begin(t, p)
	y.does("neutral word a1 confirmed", "neutral word b1 confirmed", "neutral word a2 will not travel", "neutral confirm identity", "east confirm go", "west confirm go")
	y.not("east begin cross", "a2: will not travel")
	y.not("east begin cross a1", "essential")
	y.does("east begin cross a2", "east confirm cross", "west confirm cross", "west received a1", "east received b1")
	if y.s.Ending() != handover.Completed {
		t.Errorf("%q %v", y.s.Ending(), y.s.Stop())
	}
	if r := y.s.Report(); len(r.Dropped) != 1 || r.Total.Executed.Heads != 2 || r.Total.Agreed.Heads != 3 {
		t.Errorf("%+v", r)
	}
	y = begin(t, p)
	y.does("neutral word a2 confirmed", "neutral word b1 confirmed", "neutral confirm identity", "neutral word a1 will not travel")
	y.not("east confirm go", "a1 is essential and will not travel")
}

// TestASignedWordAlone: what nobody named has signed moves nothing.
func TestASignedWordAlone(t *testing.T) {
	p := cast(t, "apron", handover.Round{FromA: ids("a", 1), FromB: ids("b", 1)})
	y := begin(t, p)
	y.not("west confirm identity", "west is not who confirms identity")
	y.not("press confirm identity", "does not name press")
	y.not("east word a1 confirmed", "only the neutral")
	y.not("neutral word c9 confirmed", "is not in the plan")
	y.not("neutral confirm nothing", "no gate or instrument")
}

// TestForksOfKnowledge: whether an event counts is decided by what its author
// had seen, and the fold is the same in any order that keeps pasts first.
func TestForksOfKnowledge(t *testing.T) {
	p := cast(t, "bridge", handover.Round{FromA: ids("a", 1), FromB: ids("b", 1)})
	y := begin(t, p)
	base := []handover.Event{y.event("neutral word a1 confirmed"), y.event("neutral word b1 confirmed"), y.event("neutral confirm identity"), y.event("east confirm go"), y.event("west confirm go")}
	for i := range base {
		for k := range i {
			base[i].Past = append(base[i].Past, k)
		}
	}
	start, halt := y.event("east begin cross"), y.event("west halt")
	start.Past, halt.Past = []int{0, 1, 2, 3, 4}, []int{0, 1, 2, 3, 4}
	for _, order := range [][]handover.Event{{start, halt}, {halt, start}} {
		s, judged := p.Fold(append(append([]handover.Event{}, base...), order...))
		for _, j := range judged {
			if !j.Effect() {
				t.Errorf("%s by %s: %s", j.Kind, j.By, j.Why)
			}
		}
		if task, _ := s.Task("cross"); task.Status != handover.UnderWay || len(s.Halted()) != 1 {
			t.Errorf("%+v", task)
		}
	}
	start.Past = []int{0, 1, 2, 3} // had not seen the go of the west
	if _, judged := p.Fold(append(append([]handover.Event{}, base...), start)); judged[5].Effect() {
		t.Error("it began before its author knew of the go")
	}
}
