package handover

import (
	"fmt"
	"math/bits"
	"slices"

	"parley"
)

// Status is how far a step has come.
type Status string

// The statuses of a step. A held step waits for what the task names.
const (
	Held     Status = "held"
	Ready    Status = "ready"
	UnderWay Status = "under way"
	Done     Status = "confirmed"
)

// Task is a step as somebody works through it.
type Task struct {
	Of       StepID            `json:"of"`
	Phase    string            `json:"phase"` // "" for an instrument
	Do       string            `json:"do"`
	By       []ActorID         `json:"by"`
	Status   Status            `json:"status"`
	Waits    string            `json:"waits"`    // what holds it; "" where nothing does
	Next     []ActorID         `json:"next"`     // whose turn it is
	Said     []ActorID         `json:"said"`     // who has confirmed it
	Confirm  []ActorID         `json:"confirm"`  // all who must
	Evidence string            `json:"evidence"` //
	Planned  Moment            `json:"planned"`
	Until    Moment            `json:"until"`
	Stop     string            `json:"stop"`
	Go       bool              `json:"go"`
	Move     []Transfer        `json:"-"`
	Without  []parley.PersonID `json:"without"` // optional entries that would stay behind if it began now
}

// Tasks lists gates, then instruments, in the order of the plan.
func (s *State) Tasks() []Task {
	out := make([]Task, len(s.ix.steps))
	at := 0
	for _, ph := range s.ix.plan.Phases {
		for range ph.Gates {
			out[at].Phase = ph.ID
			at++
		}
	}
	for i := range s.ix.steps {
		s.task(i, &out[i])
	}
	return out
}

func (s *State) task(i int, t *Task) {
	st := &s.ix.steps[i]
	t.Of, t.Status, t.Without, t.By, t.Next = st.id, Held, []parley.PersonID{}, []ActorID{}, []ActorID{}
	t.Said, t.Confirm = s.ix.named(s.confirmed[i]), s.ix.named(st.confirm)
	if g := st.gate; g != nil {
		t.Do, t.By, t.Evidence, t.Planned, t.Until, t.Stop, t.Go, t.Move = g.Do, append(t.By, g.By...), g.Evidence, g.Planned, g.Until, g.Stop, g.Go, g.Move
	} else {
		t.Do, t.Planned, t.Until = st.ins.Kind+": "+st.ins.Text, st.ins.Planned, st.ins.Latest
	}
	t.Waits = s.waiting(i)
	if t.Waits == "" && st.gate != nil && !s.done(i) && !(i < len(s.begun) && s.begun[i]) {
		t.Waits = s.stopped()
	}
	moves := st.gate != nil && len(st.moves) > 0
	if moves && !s.begun[i] {
		t.Without = s.leave(i)
		if t.Waits == "" {
			t.Waits = s.unreadyAt(i, t.Without)
		}
	}
	switch {
	case s.done(i):
		t.Status, t.Waits = Done, ""
	case t.Waits != "":
	case moves && s.begun[i]:
		t.Status, t.Next = UnderWay, s.ix.named(st.confirm&^s.confirmed[i])
	case moves:
		t.Status, t.Next = Ready, s.ix.named(st.begin)
	default:
		t.Status, t.Next = Ready, s.ix.named(st.confirm&^s.confirmed[i])
	}
}

func (ix *index) named(b uint64) []ActorID {
	out := []ActorID{}
	for ; b != 0; b &= b - 1 {
		out = append(out, ix.names[bits.TrailingZeros64(b)])
	}
	return out
}

// leave lists the optional entries that can't go by a gate now.
func (s *State) leave(gate int) []parley.PersonID {
	out := []parley.PersonID{}
	for _, e := range s.ix.steps[gate].moves {
		if entry := s.ix.plan.Entries[e]; entry.Optional && (s.behind(e, gate) || s.home[e] || s.unready(e, gate) != "") {
			out = append(out, entry.ID)
		}
	}
	return out
}

// unreadyAt says which entry that must go by a gate can't, or "".
func (s *State) unreadyAt(gate int, without []parley.PersonID) string {
	for _, e := range s.ix.steps[gate].moves {
		if !slices.Contains(without, s.ix.plan.Entries[e].ID) {
			if why := s.unready(e, gate); why != "" {
				return why
			}
		}
	}
	return ""
}

// Task finds the task of a step.
func (s *State) Task(id StepID) (Task, bool) {
	i, ok := s.ix.stepOf[id]
	if !ok {
		return Task{}, false
	}
	return s.Tasks()[i], true
}

// Stop names what keeps the plan from going on, one line each: a halt, an
// essential entry that will not travel, and of the first gates that are held or
// under way what each waits for. Nothing once all is done.
func (s *State) Stop() []string {
	var out []string
	for _, h := range s.halts {
		if !h.lifted {
			line := "halted by " + string(h.by)
			if h.text != "" {
				line += ": " + h.text
			}
			out = append(out, line)
		}
	}
	if len(out) == 0 {
		if why := s.stopped(); why != "" {
			out = append(out, why)
		}
	}
	for i := range s.ix.steps {
		st := &s.ix.steps[i]
		if s.done(i) || s.waiting(i) != "" || st.ins != nil && st.ins.Free {
			continue
		}
		t := Task{}
		s.task(i, &t)
		switch {
		case t.Waits != "" && len(out) == 0:
			out = append(out, fmt.Sprintf("%s is held: %s", st.id, t.Waits))
		case t.Status == UnderWay:
			out = append(out, s.missing(i)+evidence(st))
		case t.Status == Ready && len(st.moves) == 0:
			out = append(out, s.missing(i)+evidence(st))
		case t.Status == Ready:
			out = append(out, fmt.Sprintf("%s is ready and has not begun", st.id))
		}
	}
	return out
}

func evidence(st *step) string {
	if st.gate == nil || st.gate.Evidence == "" {
		return ""
	}
	return " (" + st.gate.Evidence + ")"
}

// Where tells where an entry is: a place, or on the way to one.
func (s *State) Where(id parley.PersonID) (at PlaceID, onTheWay bool) {
	e, ok := s.ix.entries[id]
	if !ok {
		return "", false
	}
	entry := s.ix.plan.Entries[e]
	k := s.gone[e]
	switch {
	case s.home[e] || k == 0:
		return entry.Start, false
	case s.arrived(e):
		return s.end(e), false
	}
	g := s.ix.chain[e][k-1]
	return s.ix.steps[g].place(e), !s.done(g)
}

// WordOf is what is known of somebody's consent.
func (s *State) WordOf(id parley.PersonID) Word {
	if e, ok := s.ix.entries[id]; ok {
		return s.words[e]
	}
	return Open
}

// Destination is where an entry goes in the end.
func (s *State) Destination(id parley.PersonID) PlaceID {
	e, ok := s.ix.entries[id]
	if !ok || len(s.ix.chain[e]) == 0 {
		return ""
	}
	return s.end(e)
}

// Planned is where the plan itself sends an entry, whatever the neutral has said.
func (s *State) Planned(id parley.PersonID) PlaceID {
	e, ok := s.ix.entries[id]
	if !ok || len(s.ix.chain[e]) == 0 {
		return ""
	}
	chain := s.ix.chain[e]
	return s.ix.steps[chain[len(chain)-1]].place(e)
}

// Conditional is the third state whose own yes an entry still waits for; "" for
// none.
func (s *State) Conditional(id parley.PersonID) parley.PartyID {
	e, ok := s.ix.entries[id]
	if !ok || s.ix.plan.Entries[e].IfConfirmed == "" {
		return ""
	}
	for _, w := range s.ix.waits[e] {
		if s.ix.isYes(w, s.ix.plan.Entries[e].IfConfirmed) && s.done(w) {
			return ""
		}
	}
	return s.ix.plan.Entries[e].IfConfirmed
}

// isYes tells whether an instrument is a third state's own yes: its decision,
// which it alone confirms.
func (ix *index) isYes(instrument int, state parley.PartyID) bool {
	s := &ix.steps[instrument]
	return s.ins.Kind == "third-state-decision" && s.confirm == 1<<ix.actors[ActorID(state)]
}

// Halted lists the halts that nobody has taken back.
func (s *State) Halted() (out []parley.Ref) {
	for _, h := range s.halts {
		if !h.lifted {
			out = append(out, h.ref)
		}
	}
	return out
}

// HaltedBy lists the halts of one actor that it has not taken back.
func (s *State) HaltedBy(a ActorID) (out []parley.Ref) {
	for _, h := range s.halts {
		if !h.lifted && h.by == a {
			out = append(out, h.ref)
		}
	}
	return out
}

// Ending is how a plan stands at the end.
type Ending string

// The endings. A plan that has not begun, or is under way, has none.
const (
	NotEnded  Ending = ""
	Completed Ending = "completed" // every gate is confirmed and everybody who moved was received
	Broken    Ending = "stopped"   // nothing more can begin, and nobody is on the way or in escrow
)

// Ending tells whether the plan has come to an end.
func (s *State) Ending() Ending {
	rest, all := true, true
	for e := range s.ix.plan.Entries {
		moved := s.gone[e] > 0 && !s.home[e]
		rest = rest && (!moved || s.received[e])
	}
	for i := range s.ix.gates {
		all = all && s.done(i)
	}
	switch {
	case all && rest:
		return Completed
	case rest && s.stopped() != "":
		return Broken
	}
	return NotEnded
}

// Receipts lists all that was received, as it was signed.
func (s *State) Receipts() []Receipt { return slices.Clone(s.receipts) }

// Received tells whether somebody has a receipt.
func (s *State) Received(id parley.PersonID) bool {
	e, ok := s.ix.entries[id]
	return ok && s.received[e]
}
