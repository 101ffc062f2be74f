package handover

import (
	"slices"

	"parley"
)

// index is a plan with every name resolved and every tacit need spelled out.
// Gates come first among the steps, in the order of the plan; then instruments.
type index struct {
	plan    *Plan
	steps   []step
	stepOf  map[StepID]int
	gates   int
	entries map[parley.PersonID]int
	actors  map[ActorID]int
	names   []ActorID
	places  map[PlaceID]Place
	chain   [][]int // of each entry: its gates in order
	waits   [][]int // of each entry: the instruments that its travel waits for
	sides   []Side
	sideOf  map[parley.PartyID]int
	halters uint64
}

// step is a gate or an instrument.
type step struct {
	id      StepID
	gate    *Gate // nil for an instrument
	ins     *Instrument
	needs   []int
	confirm uint64 // bits of actors
	begin   uint64
	moves   []int // entries
	to      []PlaceID
}

func newIndex(p *Plan) *index {
	ix := &index{
		plan: p, stepOf: map[StepID]int{}, entries: map[parley.PersonID]int{}, actors: map[ActorID]int{},
		places: map[PlaceID]Place{}, sideOf: map[parley.PartyID]int{},
	}
	for _, pl := range p.Places {
		ix.places[pl.ID] = pl
	}
	for i, e := range p.Entries {
		ix.entries[e.ID] = i
	}
	for _, a := range p.Actors {
		ix.actor(a.ID)
	}
	ix.addSteps()
	ix.addNeeds()
	ix.addChains()
	ix.addSides()
	for _, h := range p.Halters {
		ix.halters |= ix.actor(h)
	}
	if len(p.Halters) == 0 {
		ix.halters = 1<<len(ix.names) - 1
	}
	return ix
}

// actor is the bit of an actor, given out at its first mention; past MaxActors
// nobody has one, and check says so.
func (ix *index) actor(id ActorID) uint64 {
	i, ok := ix.actors[id]
	if !ok {
		i = len(ix.names)
		ix.actors[id] = i
		ix.names = append(ix.names, id)
	}
	if i >= MaxActors {
		return 0
	}
	return 1 << i
}

func (ix *index) bits(ids []ActorID) (b uint64) {
	for _, id := range ids {
		b |= ix.actor(id)
	}
	return b
}

func (ix *index) addSteps() {
	for i := range ix.plan.Phases {
		for j := range ix.plan.Phases[i].Gates {
			g := &ix.plan.Phases[i].Gates[j]
			s := step{id: g.ID, gate: g, confirm: ix.bits(g.Confirm), begin: ix.bits(g.By)}
			for _, m := range g.Move {
				if e, ok := ix.entries[m.Who]; ok {
					s.moves, s.to = append(s.moves, e), append(s.to, m.To)
				}
			}
			ix.stepOf[g.ID] = len(ix.steps)
			ix.steps = append(ix.steps, s)
		}
	}
	ix.gates = len(ix.steps)
	for i := range ix.plan.Instruments {
		in := &ix.plan.Instruments[i]
		ix.stepOf[in.ID] = len(ix.steps)
		ix.steps = append(ix.steps, step{id: in.ID, ins: in, confirm: ix.bits(in.Confirm)})
	}
}

// addNeeds spells out what each step waits for: what it names, the phase before
// it, the places that its place is linked to.
func (ix *index) addNeeds() {
	at := 0
	var before []int
	for _, ph := range ix.plan.Phases {
		var here []int
		for range ph.Gates {
			ix.steps[at].needs = append(ix.steps[at].needs, before...)
			here = append(here, at)
			at++
		}
		if len(here) > 0 {
			before = here
		}
	}
	for i := range ix.steps {
		s := &ix.steps[i]
		var named []StepID
		if s.gate != nil {
			named = s.gate.Needs
			for _, linked := range ix.places[s.gate.At].After {
				s.needs = append(s.needs, ix.gatesAt(linked)...)
			}
		} else {
			named = s.ins.Needs
		}
		for _, id := range named {
			if n, ok := ix.stepOf[id]; ok {
				s.needs = append(s.needs, n)
			}
		}
	}
	for i := ix.gates; i < len(ix.steps); i++ {
		if g, ok := ix.stepOf[ix.steps[i].ins.Before]; ok && !ix.steps[i].ins.Free {
			ix.steps[g].needs = append(ix.steps[g].needs, i)
		}
	}
	for i := range ix.steps {
		slices.Sort(ix.steps[i].needs)
		ix.steps[i].needs = slices.Compact(ix.steps[i].needs)
	}
}

func (ix *index) gatesAt(place PlaceID) (out []int) {
	for i := range ix.gates {
		if ix.steps[i].gate.At == place {
			out = append(out, i)
		}
	}
	return out
}

func (ix *index) addChains() {
	ix.chain = make([][]int, len(ix.plan.Entries))
	ix.waits = make([][]int, len(ix.plan.Entries))
	for i := range ix.gates {
		for _, e := range ix.steps[i].moves {
			ix.chain[e] = append(ix.chain[e], i)
		}
	}
	for i := ix.gates; i < len(ix.steps); i++ {
		in := ix.steps[i].ins
		if in.Free || in.Before != "" {
			continue
		}
		for _, id := range in.Of {
			if e, ok := ix.entries[id]; ok {
				ix.waits[e] = append(ix.waits[e], i)
			}
		}
	}
}

func (ix *index) addSides() {
	ix.sides = ix.plan.Sides
	if len(ix.sides) == 0 {
		seen := map[parley.PartyID]bool{}
		for _, e := range ix.plan.Entries {
			for _, p := range []parley.PartyID{e.From, e.For} {
				if p != "" && !seen[p] {
					seen[p] = true
					ix.sides = append(ix.sides, Side{SideID(p), []parley.PartyID{p}})
				}
			}
		}
	}
	for i, s := range ix.sides {
		for _, p := range s.Parties {
			ix.sideOf[p] = i
		}
	}
}

// side is the side of a party; -1 for none.
func (ix *index) side(p parley.PartyID) int {
	if i, ok := ix.sideOf[p]; ok {
		return i
	}
	return -1
}

// givenAt is the place in an entry's chain of the gate by which it leaves its
// own side's hands for good: the first that moves it neither to its own side nor
// into escrow. -1: none does.
func (ix *index) givenAt(e int) int {
	own := ix.side(ix.plan.Entries[e].From)
	for k, g := range ix.chain[e] {
		to := ix.places[ix.steps[g].place(e)]
		if !to.Escrow && ix.side(parley.PartyID(to.Under)) != own {
			return k
		}
	}
	return -1
}

// place is where a gate moves an entry.
func (s *step) place(e int) PlaceID {
	for i, m := range s.moves {
		if m == e {
			return s.to[i]
		}
	}
	return ""
}

// goes lists the gates that are a joint go.
func (ix *index) goes() (out []int) {
	for i := range ix.gates {
		if ix.steps[i].gate.Go {
			out = append(out, i)
		}
	}
	return out
}
