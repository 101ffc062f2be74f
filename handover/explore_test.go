package handover

import (
	"fmt"
	"math/bits"
	"testing"

	"parley"
)

// explore goes through every state that a plan can come to: every order in which
// anybody named may begin, confirm, halt, take back, refuse or give a receipt,
// and whoever of the optional entries stays behind. It holds each state to the
// promises and gives what it found.
type explored struct {
	states, ends int
	worst        []int64
	faults       []string
}

func explore(p *Plan, most int) explored {
	ix := newIndex(p)
	x := explored{worst: make([]int64, len(ix.sides))}
	start := newState(ix)
	seen := map[string]int{start.key(): 0}
	all := []*State{start}
	from := [][]int{nil} // who leads here
	for i := 0; i < len(all); i++ {
		s := all[i]
		x.judge(s)
		for _, e := range s.possible() {
			if s.Why(e) != "" {
				continue
			}
			next := s.clone()
			next.take(e)
			x.moved(s, e)
			k := next.key()
			j, ok := seen[k]
			if !ok {
				j = len(all)
				seen[k] = j
				all, from = append(all, next), append(from, nil)
			}
			from[j] = append(from[j], i)
		}
		if len(all) > most {
			x.faults = append(x.faults, "too many states")
			return x
		}
	}
	x.states = len(all)
	x.everyStartEnds(all, from)
	return x
}

// judge holds one state to the promises.
func (x *explored) judge(s *State) {
	for i, ex := range s.Exposures() {
		x.worst[i] = max(x.worst[i], ex.Open.Heads)
	}
	for _, b := range s.ix.plan.Bounds {
		for _, ex := range s.Exposures() {
			if ex.Side == b.Side && ex.Open.Heads > b.Heads {
				x.fault("%s has %d outstanding, bound %d, at %s", ex.Side, ex.Open.Heads, b.Heads, s.story())
			}
		}
	}
	for e := range s.gone {
		for k, g := range s.ix.chain[e] {
			if s.gone[e] > k && (s.ix.steps[g].gate != nil && s.waiting(g) != "") {
				x.fault("%s crossed %s without its gates, at %s", s.ix.plan.Entries[e].ID, s.ix.steps[g].id, s.story())
			}
		}
	}
	if s.Ending() != NotEnded {
		x.ends++
	}
}

// moved checks that nothing begins while halted.
func (x *explored) moved(s *State, e Event) {
	if e.Kind == KindBegin && s.stopped() != "" {
		x.fault("%s began though %s", e.Of, s.stopped())
	}
}

func (x *explored) fault(format string, args ...any) {
	if len(x.faults) < 5 {
		x.faults = append(x.faults, fmt.Sprintf(format, args...))
	}
}

// everyStartEnds: from each state an end can be reached.
func (x *explored) everyStartEnds(all []*State, from [][]int) {
	ends := make([]bool, len(all))
	var queue []int
	for i, s := range all {
		if s.Ending() != NotEnded {
			ends[i] = true
			queue = append(queue, i)
		}
	}
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		for _, j := range from[i] {
			if !ends[j] {
				ends[j] = true
				queue = append(queue, j)
			}
		}
	}
	for i, ok := range ends {
		if !ok {
			x.fault("no end can be reached from %s", all[i].story())
		}
	}
}

func (s *State) clone() *State {
	c := newState(s.ix)
	copy(c.begun, s.begun)
	copy(c.confirmed, s.confirmed)
	copy(c.gone, s.gone)
	copy(c.home, s.home)
	copy(c.received, s.received)
	copy(c.words, s.words)
	copy(c.towards, s.towards)
	c.halts = append([]halt{}, s.halts...)
	return c
}

// key tells states apart by all that decides what can follow. A halt that was
// taken back leaves nothing.
func (s *State) key() string {
	halted := uint64(0)
	for _, h := range s.halts {
		if !h.lifted {
			halted |= s.bit(h.by)
		}
	}
	return fmt.Sprint(s.begun, s.confirmed, s.gone, s.home, s.received, s.words, halted)
}

func (s *State) story() string {
	var out []string
	for i := range s.ix.steps {
		t := Task{}
		s.task(i, &t)
		out = append(out, fmt.Sprintf("%s %s", t.Of, t.Status))
	}
	return fmt.Sprint(out, s.words, s.gone)
}

// possible lists every event that anybody named could sign, without repeating a
// halt that stands.
func (s *State) possible() (out []Event) {
	ix := s.ix
	for i := range ix.steps {
		st := &ix.steps[i]
		for b := st.confirm; b != 0; b &= b - 1 {
			out = append(out, Event{Kind: KindConfirm, By: ix.names[bits.TrailingZeros64(b)], Of: st.id})
		}
		if st.gate == nil || len(st.moves) == 0 {
			continue
		}
		for b := st.begin; b != 0; b &= b - 1 {
			by := ix.names[bits.TrailingZeros64(b)]
			for _, without := range subsets(s.optional(st)) {
				out = append(out, Event{Kind: KindBegin, By: by, Of: st.id, Without: without})
			}
		}
	}
	for e, entry := range ix.plan.Entries {
		for _, w := range Words() {
			if s.words[e] != w {
				out = append(out, Event{Kind: KindWord, By: ix.plan.Neutral, Person: entry.ID, Word: w})
			}
		}
		out = append(out, s.receipt(entry, entry.For, false), s.receipt(entry, entry.From, true))
	}
	for b := ix.halters; b != 0; b &= b - 1 {
		a := ix.names[bits.TrailingZeros64(b)]
		if mine := s.HaltedBy(a); len(mine) > 0 {
			out = append(out, Event{Kind: KindResume, By: a, Halts: mine})
		} else {
			out = append(out, Event{Kind: KindHalt, By: a, ID: parley.Ref{byte(ix.actors[a] + 1), byte(len(s.halts))}})
		}
	}
	return out
}

func (s *State) receipt(e Entry, by parley.PartyID, back bool) Event {
	return Event{Kind: KindReceived, By: ActorID(by), Items: []Item{{Entry: e.ID, Returned: back}}}
}

func (s *State) optional(st *step) (out []parley.PersonID) {
	for _, e := range st.moves {
		if s.ix.plan.Entries[e].Optional {
			out = append(out, s.ix.plan.Entries[e].ID)
		}
	}
	return out
}

func subsets(ids []parley.PersonID) [][]parley.PersonID {
	out := [][]parley.PersonID{nil}
	for _, id := range ids {
		for _, s := range out {
			out = append(out, append(append([]parley.PersonID{}, s...), id))
		}
	}
	return out
}

// small makes a ready-made pattern small enough for every state of it to be
// visited: one halter, and the neutral confirms what the host does.
func small(t testing.TB, name string, rounds ...Round) *Plan {
	t.Helper()
	p, err := Pattern(name, Cast{A: "east", B: "west", Host: "host", Neutral: "host", Rounds: rounds})
	if err != nil {
		t.Fatal(err)
	}
	p.Actors = []Actor{{ID: "east"}, {ID: "west"}, {ID: "host", Neutral: true}}
	p.Halters = []ActorID{"host"}
	return p
}

// TestEveryStateKeepsThePromises explores small plans exhaustively. At no state
// does a side have more outstanding than the plan's worst case, which is
// computed without exploring; from every state an end can be reached; nobody
// crosses without the gates.
func TestEveryStateKeepsThePromises(t *testing.T) {
	one, two := Round{FromA: []parley.PersonID{"a1"}, FromB: []parley.PersonID{"b1"}}, Round{FromA: []parley.PersonID{"a2"}, FromB: []parley.PersonID{"b2"}}
	both := Round{FromA: []parley.PersonID{"a1", "a2"}, FromB: []parley.PersonID{"b1"}}
	plans := map[string]*Plan{
		"two-gate-escrow": small(t, "two-gate-escrow", one),
		"bridge":          small(t, "bridge", both),
		"apron":           small(t, "apron", one),
		"hub":             small(t, "hub", one),
		"daily-phases":    small(t, "daily-phases", one, two),
	}
	plans["bridge"].Entries[1].Optional = true
	plans["hub"].Entries[0].Optional = true
	if testing.Short() {
		delete(plans, "bridge")
		delete(plans, "daily-phases")
	}
	for name, p := range plans {
		for _, w := range p.Worst() {
			p.Bounds = append(p.Bounds, Bound{Side: w.Side, Heads: w.Heads.Most})
		}
		if faults := p.Check(); !Sound(faults) {
			t.Errorf("%s: %v", name, faults)
		}
		x := explore(p, 400_000)
		t.Logf("%s: %d states, %d ends, worst %v", name, x.states, x.ends, x.worst)
		for _, f := range x.faults {
			t.Errorf("%s: %s", name, f)
		}
		for i, w := range p.Worst() {
			if x.worst[i] != w.Heads.Most {
				t.Errorf("%s: %s has %d outstanding at the worst of all states, and %d was computed", name, w.Side, x.worst[i], w.Heads.Most)
			}
		}
	}
}

// TestAPlantedFaultIsFound takes a gate out of a plan, and a need: the
// exploration and the check both find it.
func TestAPlantedFaultIsFound(t *testing.T) {
	p := small(t, "two-gate-escrow", Round{FromA: []parley.PersonID{"a1"}, FromB: []parley.PersonID{"b1"}})
	p.Bounds = []Bound{{Side: "east", Heads: 0}, {Side: "west", Heads: 1}}
	p.Bounds[0].Heads = 1
	if x := explore(p, 400_000); len(x.faults) > 0 {
		t.Fatal(x.faults)
	}
	// Without escrow the many may go before the one has come.
	whole := p.Phases[0].Gates
	planted := append([]Gate{}, whole...)
	planted[4].Needs = []StepID{"go"} // "the-many" no longer waits for "the-one"
	p.Phases[0].Gates = planted
	p.Entries = append(p.Entries, Entry{ID: "a2", Heads: 1, From: "east", For: "west", Start: "held-by-a"})
	planted[4].Move = append(append([]Transfer{}, planted[4].Move...), Transfer{"a2", "home-b"})
	x := explore(p, 400_000)
	if len(x.faults) == 0 {
		t.Errorf("a gate was removed, and in %d states nothing was found", x.states)
	} else {
		t.Logf("%d states; found: %s", x.states, x.faults[0])
	}
	if Sound(p.Check()) {
		t.Error("the check takes the plan for sound")
	}
	// A host that can't give back, and nobody who may halt: no end.
	p = small(t, "two-gate-escrow", Round{FromA: []parley.PersonID{"a1"}, FromB: []parley.PersonID{"b1"}})
	p.Phases[0].Gates[4].Confirm = []ActorID{"host"} // nobody who receives says that they came
	if Sound(p.Check()) {
		t.Error("a delivery on nobody's word is taken for sound")
	}
}
