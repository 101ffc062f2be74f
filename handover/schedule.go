package handover

import (
	"fmt"
	"slices"
	"strings"
)

// Schedule says when each gate and instrument is to be done, and what stands
// against it.
type Schedule struct {
	Slots []Slot  `json:"slots"` // in an order in which they can be done
	Late  []Late  `json:"late"`  // nothing: it is feasible
	Early []Early `json:"early"` // acts that can't be undone, ahead of the last joint go
}

// Feasible tells whether everything can be done in time.
func (s Schedule) Feasible() bool { return len(s.Late) == 0 }

// Slot is when a step begins. Earliest and Latest bound it: the first moment by
// which all that it needs can be done, and the last that keeps all that waits
// for it in time; 0 for no bound.
type Slot struct {
	Of       StepID   `json:"of"`
	At       Moment   `json:"at"` // 0 where no time in the plan says anything
	Earliest Moment   `json:"earliest"`
	Latest   Moment   `json:"latest"`
	Ends     Moment   `json:"ends"`
	Final    bool     `json:"final"`
	Gate     bool     `json:"gate"`
	Needs    []StepID `json:"needs"`
	Hidden   []string `json:"hidden"` // who must not know of it yet
}

// Late is a step that can't be done in time, with the chain that makes it late.
type Late struct {
	Of     StepID   `json:"of"`
	Chain  []StepID `json:"chain"` // from the step that begins late to this one
	Ready  Moment   `json:"ready"` // when it could be done at the earliest
	Latest Moment   `json:"latest"`
}

func (l Late) String() string {
	by := int64(l.Ready - l.Latest)
	s := fmt.Sprintf("can't be done before %s, and must be by %s: late by %s", l.Ready, l.Latest, hours(by))
	if len(l.Chain) > 1 {
		ids := make([]string, len(l.Chain))
		for i, id := range l.Chain {
			ids[i] = string(id)
		}
		s += "; the chain is " + strings.Join(ids, " → ")
	}
	return s
}

func hours(minutes int64) string {
	if minutes%60 == 0 {
		return fmt.Sprintf("%d h", minutes/60)
	}
	return fmt.Sprintf("%d h %d min", minutes/60, minutes%60)
}

// Early is an act that can't be undone and does not wait for the joint go.
type Early struct {
	Of     StepID   `json:"of"`
	Go     StepID   `json:"go"`     // the last joint go
	Forced []StepID `json:"forced"` // why it can't be later: a chain to what needs it
}

func (e Early) String() string {
	s := fmt.Sprintf("can't be undone, and comes before the last joint go (%s)", e.Go)
	if len(e.Forced) > 1 {
		s += "; it can't be later, for " + join(e.Forced[1:]) + " wait for it"
	}
	return s
}

// Schedule computes when everything is to be done.
//
// Forward, along what each step needs, comes the earliest moment of each;
// backward the latest. The plan is feasible if no step's earliest lies beyond
// its latest. An act that can't be undone is put at its latest; all latest
// moments hold together, so each of them is as late as the chain allows.
// Everything else is then done as soon as what it needs is, which leaves room
// for what goes wrong. A time that somebody has planned stands.
func (p *Plan) Schedule() Schedule { return newIndex(p).schedule() }

// span is what the plan itself says about when a step is done.
type span struct {
	earliest, latest Moment // 0: nothing
	planned          Moment
	takes            Moment
	final            bool
}

func (s *step) span() span {
	if g := s.gate; g != nil && g.Planned > 0 {
		return span{earliest: g.Planned, latest: g.Planned, planned: g.Planned}
	} else if g != nil {
		return span{latest: g.Until}
	}
	in := s.ins
	return span{earliest: max(in.Earliest, in.Planned), latest: in.Latest, planned: in.Planned, takes: Moment(in.Minutes), final: in.Final}
}

const never = Moment(1) << 50

func (ix *index) schedule() Schedule {
	list, _ := ix.order()
	n := len(ix.steps)
	early, from := make([]Moment, n), make([]int, n)
	for _, i := range list {
		early[i], from[i] = ix.steps[i].span().earliest, -1
		for _, p := range ix.preds(i) {
			if t := early[p] + ix.steps[p].span().takes; t > early[i] {
				early[i], from[i] = t, p
			}
		}
	}
	late := ix.latest(list)
	out := Schedule{Slots: []Slot{}, Late: []Late{}, Early: []Early{}}
	at := make([]Moment, n)
	for _, i := range list {
		sp := ix.steps[i].span()
		at[i] = sp.earliest
		for _, p := range ix.preds(i) {
			at[i] = max(at[i], at[p]+ix.steps[p].span().takes)
		}
		if sp.final && sp.planned == 0 && late[i] < never && at[i] < late[i] {
			at[i] = late[i]
		}
		out.Slots = append(out.Slots, ix.slot(i, at[i], early[i], late[i]))
		if own := sp.latest; own > 0 && early[i] > own {
			out.Late = append(out.Late, ix.lateness(i, early[i], own, from))
		}
	}
	slices.SortStableFunc(out.Slots, func(a, b Slot) int { return int(a.At - b.At) })
	out.Early = ix.early()
	return out
}

// latest is the last moment of each step that keeps all that waits for it in
// time.
func (ix *index) latest(list []int) []Moment {
	late := make([]Moment, len(ix.steps))
	for i := range late {
		late[i] = never
		if sp := ix.steps[i].span(); sp.latest > 0 {
			late[i] = sp.latest
		}
	}
	for _, i := range slices.Backward(list) {
		for _, p := range ix.preds(i) {
			if late[i] < never {
				late[p] = min(late[p], late[i]-ix.steps[p].span().takes)
			}
		}
	}
	return late
}

func (ix *index) slot(i int, at, early, late Moment) Slot {
	s := &ix.steps[i]
	sp := s.span()
	out := Slot{Of: s.id, At: at, Earliest: early, Ends: at, Final: sp.final, Gate: s.gate != nil, Needs: []StepID{}, Hidden: []string{}}
	if at > 0 {
		out.Ends = at + sp.takes
	}
	if late < never {
		out.Latest = late
	}
	for _, p := range ix.preds(i) {
		out.Needs = append(out.Needs, ix.steps[p].id)
	}
	if s.ins != nil {
		out.Hidden = append(out.Hidden, s.ins.Hidden...)
	}
	return out
}

// lateness tells of a step whose own time can't be kept, and why.
func (ix *index) lateness(i int, ready, latest Moment, from []int) Late {
	l := Late{Of: ix.steps[i].id, Ready: ready, Latest: latest}
	for at := i; at >= 0; at = from[at] {
		l.Chain = append(l.Chain, ix.steps[at].id)
	}
	slices.Reverse(l.Chain)
	return l
}

// early lists the acts that can't be undone and don't wait for the last joint
// go.
func (ix *index) early() []Early {
	out := []Early{}
	goes := ix.goes()
	if len(goes) == 0 {
		return out
	}
	before := ix.before()
	last := goes[len(goes)-1]
	for i := ix.gates; i < len(ix.steps); i++ {
		if ix.steps[i].span().final && !before[i].has(last) {
			out = append(out, Early{Of: ix.steps[i].id, Go: ix.steps[last].id, Forced: ix.forced(i, last)})
		}
	}
	return out
}

// forced is a chain from an act to the joint go, where the go waits for it.
func (ix *index) forced(i, last int) []StepID {
	before := ix.before()
	if !before[last].has(i) {
		return []StepID{}
	}
	out := []StepID{ix.steps[last].id}
	for at := last; at != i; {
		for _, p := range ix.preds(at) {
			if p == i || before[p].has(i) {
				at = p
				out = append(out, ix.steps[p].id)
				break
			}
		}
	}
	slices.Reverse(out)
	return out
}
