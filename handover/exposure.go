package handover

import (
	"maps"
	"slices"
	"strings"
)

// Exposure is what one side has outstanding at a moment: what it has given
// beyond what it has received, while something is still due to it. Once nothing
// is due, nothing is outstanding: what the agreement gives away unevenly is its
// price and no risk.
//
// A side has given somebody from the moment that a gate begins which takes the
// person out of its own hands and out of escrow, and received somebody when the
// gate that delivers is confirmed by all who must.
type Exposure struct {
	Side     SideID `json:"side"`
	Given    Amount `json:"given"`
	Received Amount `json:"received"`
	Due      Amount `json:"due"`       // still to come to this side
	InEscrow Amount `json:"in_escrow"` // of this side's own, held by a host for both
	Open     Amount `json:"open"`      // outstanding
}

// Amount is people, and their units on the agreed scale.
type Amount struct {
	Heads int64 `json:"heads"`
	Units int64 `json:"units"`
}

func (a Amount) plus(b Amount) Amount { return Amount{a.Heads + b.Heads, a.Units + b.Units} }

func amount(e Entry) Amount { return Amount{int64(e.Heads), e.Units} }

// outstanding is given beyond received; nothing where nothing is due.
func (x *Exposure) outstanding() {
	if x.Due != (Amount{}) {
		x.Open = Amount{max(0, x.Given.Heads-x.Received.Heads), max(0, x.Given.Units-x.Received.Units)}
	}
}

// Exposures tells what each side has outstanding now, in the order of the
// plan's sides.
func (s *State) Exposures() []Exposure {
	out := make([]Exposure, len(s.ix.sides))
	for i := range out {
		out[i].Side = s.ix.sides[i].ID
	}
	for e, entry := range s.ix.plan.Entries {
		from, to := s.ix.side(entry.From), s.ix.side(entry.For)
		if from < 0 || to < 0 {
			continue
		}
		a := amount(entry)
		gone := s.gone[e]
		given := s.ix.givenAt(e)
		switch {
		case s.home[e]:
		case given >= 0 && gone > given:
			out[from].Given = out[from].Given.plus(a)
		case gone > 0:
			out[from].InEscrow = out[from].InEscrow.plus(a)
		}
		switch {
		case gone == len(s.ix.chain[e]) && s.done(s.ix.chain[e][gone-1]):
			out[to].Received = out[to].Received.plus(a)
		case !s.excused(e):
			out[to].Due = out[to].Due.plus(a)
		}
	}
	for i := range out {
		out[i].outstanding()
	}
	return out
}

// Worst is the most that a side can come to have outstanding, over every order
// in which gates may begin and be confirmed, wherever anybody stops and whoever
// of the optional entries drops out.
type Worst struct {
	Side  SideID   `json:"side"`
	Heads WorstHow `json:"heads"`
	Units WorstHow `json:"units"`
}

// WorstHow is a worst case and how it comes about.
type WorstHow struct {
	Most  int64    `json:"most"`
	Begun []StepID `json:"begun"` // what has begun by then
	Done  []StepID `json:"done"`  // and been confirmed
}

func (w WorstHow) how() string {
	if len(w.Begun) == 0 {
		return ""
	}
	s := "when these have begun: " + join(w.Begun)
	if len(w.Done) > 0 {
		s += "; and these are confirmed: " + join(w.Done)
	}
	return s
}

func join(ids []StepID) string {
	s := make([]string, len(ids))
	for i, id := range ids {
		s[i] = string(id)
	}
	return strings.Join(s, ", ")
}

// Worst computes the worst case of every side, in the order of the plan's sides.
//
// The states of a plan are the sets of "begun" and "confirmed" that hold with
// each thing all that it needs. What a side has outstanding is a sum of weights
// over such a set (what it gives counts when begun, what it receives, against
// it, when confirmed), as long as one entry that is due to it has not arrived.
// So for each such entry the heaviest set without its arrival is sought, and the
// worst of these is the answer. An optional entry may drop out, so nothing that
// comes optionally counts in a side's favour.
func (p *Plan) Worst() []Worst { return newIndex(p).worst() }

func (ix *index) worst() []Worst {
	out := make([]Worst, len(ix.sides))
	before := ix.before()
	for i, side := range ix.sides {
		out[i].Side = side.ID
		out[i].Heads = ix.worstOf(i, before, func(a Amount) int64 { return a.Heads })
		out[i].Units = ix.worstOf(i, before, func(a Amount) int64 { return a.Units })
	}
	return out
}

// worstOf is the worst case of one side on one measure. Node 2i is the beginning
// of gate i, node 2i+1 its confirmation; instruments never bind and stand apart.
func (ix *index) worstOf(side int, before []bitset, measure func(Amount) int64) WorstHow {
	w := WorstHow{Begun: []StepID{}, Done: []StepID{}}
	weight, last := ix.weights(side, measure)
	needs := ix.eventNeeds()
	for g := range ix.gates {
		if !last[g] {
			continue
		}
		only := slices.Clone(weight)
		for i := range only {
			if i == 2*g+1 || i/2 != g && before[i/2].has(g) {
				only[i] = -noLimit / 1024 // stays out: it would need the arrival
			}
		}
		if sum, chosen := heaviest(only, needs); sum > w.Most {
			w = ix.worstHow(sum, chosen)
		}
	}
	return w
}

// weights is what each beginning and each confirmation adds to what a side has
// outstanding, and the gates that bring something which is due to it.
func (ix *index) weights(side int, measure func(Amount) int64) (weight []int64, last map[int]bool) {
	weight, last = make([]int64, 2*ix.gates), map[int]bool{}
	for e, entry := range ix.plan.Entries {
		chain := ix.chain[e]
		if len(chain) == 0 {
			continue
		}
		end := chain[len(chain)-1]
		if ix.side(entry.From) == side {
			if k := ix.givenAt(e); k >= 0 {
				weight[2*chain[k]] += measure(amount(entry))
			}
		}
		if ix.side(entry.For) == side {
			if !entry.Optional {
				weight[2*end+1] -= measure(amount(entry))
			}
			last[end] = true
		}
	}
	return weight, last
}

// eventNeeds says what beginnings and confirmations need each other.
func (ix *index) eventNeeds() [][]int {
	needs := make([][]int, 2*ix.gates)
	for i, gates := range ix.gatesBefore() {
		needs[2*i+1] = []int{2 * i}
		for _, n := range gates {
			needs[2*i] = append(needs[2*i], 2*n+1)
		}
	}
	return needs
}

// gatesBefore gives the gates that each gate waits for, directly or through
// instruments alone.
func (ix *index) gatesBefore() [][]int {
	through := make([]map[int]bool, len(ix.steps))
	list, _ := ix.order()
	for _, i := range list {
		through[i] = map[int]bool{}
		for _, n := range ix.preds(i) {
			if n < ix.gates {
				through[i][n] = true
				continue
			}
			for g := range through[n] {
				through[i][g] = true
			}
		}
	}
	out := make([][]int, ix.gates)
	for i := range out {
		out[i] = slices.Sorted(maps.Keys(through[i]))
	}
	return out
}

func (ix *index) worstHow(sum int64, chosen []bool) WorstHow {
	w := WorstHow{Most: sum, Begun: []StepID{}, Done: []StepID{}}
	for i := range ix.gates {
		if chosen[2*i] && len(ix.steps[i].moves) > 0 {
			w.Begun = append(w.Begun, ix.steps[i].id)
		}
		if chosen[2*i+1] {
			w.Done = append(w.Done, ix.steps[i].id)
		}
	}
	return w
}

// Step is what the sides have outstanding once a gate is confirmed, and at the
// worst while it is under way, where everything before it went as planned.
type Step struct {
	Gate  StepID     `json:"gate"`
	Under []Exposure `json:"under_way"`
	After []Exposure `json:"after"`
}

// Steps goes through the plan in its own order, with everybody travelling.
func (p *Plan) Steps() []Step {
	ix := newIndex(p)
	list, _ := ix.order()
	s := newState(ix)
	var out []Step
	for _, i := range list {
		if i >= ix.gates {
			s.confirmed[i] = ix.steps[i].confirm
			continue
		}
		s.begun[i] = true
		for _, e := range ix.steps[i].moves {
			s.gone[e] = slices.Index(ix.chain[e], i) + 1
		}
		st := Step{Gate: ix.steps[i].id, Under: s.Exposures()}
		s.confirmed[i] = ix.steps[i].confirm
		st.After = s.Exposures()
		out = append(out, st)
	}
	return out
}
