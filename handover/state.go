package handover

import (
	"fmt"
	"math/bits"
	"slices"

	"parley"
)

// State is what the events add up to. Everything in it grows, so states of two
// desks that have seen different events can be put together.
type State struct {
	ix        *index
	begun     []bool
	confirmed []uint64 // of each step, bits of actors
	gone      []int    // of each entry, how many gates of its chain have taken it
	home      []bool   // the giving side has it back
	received  []bool
	words     []Word
	towards   []PlaceID
	halts     []halt
	receipts  []Receipt
}

type halt struct {
	ref    parley.Ref
	by     ActorID
	text   string
	lifted bool
}

// Receipt is an item as somebody signed it.
type Receipt struct {
	Item
	By  ActorID
	Ref parley.Ref
}

// Start is the state before anything has happened. The plan must be sound.
func (p *Plan) Start() *State { return newState(newIndex(p)) }

func newState(ix *index) *State {
	n := len(ix.plan.Entries)
	s := &State{
		ix: ix, begun: make([]bool, ix.gates), confirmed: make([]uint64, len(ix.steps)),
		gone: make([]int, n), home: make([]bool, n), received: make([]bool, n), words: make([]Word, n), towards: make([]PlaceID, n),
	}
	for i := range s.words {
		s.words[i] = Open
	}
	return s
}

// Fold adds events up. An event has effect if it could be done in the state
// that the events with effect which its author had seen add up to; nothing that
// came later, and nothing that its author could not know, is asked.
func (p *Plan) Fold(events []Event) (*State, []Judged) {
	ix := newIndex(p)
	whole, clean := newState(ix), true
	judged := make([]Judged, len(events))
	for i, e := range events {
		// One who had seen all before it saw the state as it is.
		seen := whole
		if len(e.Past) < i || !clean {
			seen = newState(ix)
			for _, k := range e.Past {
				if k < i && judged[k].Effect() {
					seen.take(events[k])
				}
			}
		}
		judged[i] = Judged{e, seen.Why(e)}
		switch {
		case e.Void:
			clean = false
		case judged[i].Effect():
			whole.take(e)
		}
	}
	return whole, judged
}

// Apply does one event whose author has seen the whole state.
func (s *State) Apply(e Event) error {
	if why := s.Why(e); why != "" {
		return fmt.Errorf("%s: %s", e.Kind, why)
	}
	s.take(e)
	return nil
}

// Why says why an event could not be done in this state, or "".
func (s *State) Why(e Event) string {
	if i, ok := s.ix.actors[e.By]; !ok || i >= MaxActors {
		return "the plan does not name " + string(e.By)
	}
	switch e.Kind {
	case KindWord:
		return s.whyWord(e)
	case KindBegin:
		return s.whyBegin(e)
	case KindConfirm:
		return s.whyConfirm(e)
	case KindHalt:
		return unless(s.ix.halters&s.bit(e.By) != 0, "the plan does not let its author halt")
	case KindResume:
		return s.whyResume(e)
	case KindReceived:
		return s.whyReceived(e)
	}
	return "an event of no known kind"
}

func unless(ok bool, why string) string {
	if ok {
		return ""
	}
	return why
}

func (s *State) bit(a ActorID) uint64 { return 1 << s.ix.actors[a] }

func (s *State) whyWord(e Event) string {
	i, ok := s.ix.entries[e.Person]
	switch {
	case e.By != s.ix.plan.Neutral: // nobody, where the plan names none
		return "only the neutral whom the plan names speaks of consent"
	case !ok:
		return fmt.Sprintf("%s is not in the plan", e.Person)
	case !slices.Contains(Words(), e.Word):
		return "a word of no known kind"
	case e.To != "" && (e.Word != Confirmed || !slices.Contains(s.ix.plan.Entries[i].Instead, e.To)):
		return fmt.Sprintf("the plan does not let %s go to %s", e.Person, e.To)
	}
	return ""
}

// stopped says what keeps anything more from beginning, or "".
func (s *State) stopped() string {
	for _, h := range s.halts {
		if !h.lifted {
			return "halted by " + string(h.by)
		}
	}
	for i, e := range s.ix.plan.Entries {
		if !e.Optional && s.words[i] == WillNotTravel && !s.arrived(i) {
			return fmt.Sprintf("%s is essential and will not travel", e.ID)
		}
		if s.home[i] && !e.Optional {
			return fmt.Sprintf("%s is essential and went back", e.ID)
		}
	}
	return ""
}

// waiting says which confirmation a step waits for before it can begin, or "".
func (s *State) waiting(i int) string {
	for _, n := range s.ix.steps[i].needs {
		if !s.done(n) {
			return s.missing(n)
		}
	}
	return ""
}

// missing names the first confirmation that a step lacks.
func (s *State) missing(i int) string {
	st := &s.ix.steps[i]
	for b := st.confirm &^ s.confirmed[i]; b != 0; b &= b - 1 {
		who := s.ix.names[bits.TrailingZeros64(b)]
		return fmt.Sprintf("%s waits for the word of %s", st.id, who)
	}
	return ""
}

// done tells whether everybody who must has confirmed a step.
func (s *State) done(i int) bool {
	return s.ix.steps[i].confirm != 0 && s.ix.steps[i].confirm&^s.confirmed[i] == 0
}

func (s *State) whyBegin(e Event) string {
	i, ok := s.ix.stepOf[e.Of]
	if !ok || i >= s.ix.gates {
		return fmt.Sprintf("there is no gate %q in the plan", e.Of)
	}
	st := &s.ix.steps[i]
	switch {
	case len(st.moves) == 0:
		return "nobody moves there: it is confirmed when it is done"
	case st.begin&s.bit(e.By) == 0:
		return string(e.By) + " does not act there"
	case s.begun[i]:
		return "it has begun already"
	}
	if why := s.stopped(); why != "" {
		return why
	}
	if why := s.waiting(i); why != "" {
		return why
	}
	for _, id := range e.Without {
		k, ok := s.ix.entries[id]
		if !ok || !slices.Contains(st.moves, k) {
			return fmt.Sprintf("%s does not move there", id)
		}
		if !s.ix.plan.Entries[k].Optional {
			return fmt.Sprintf("%s is essential and can't be left behind", id)
		}
	}
	for _, k := range st.moves {
		id := s.ix.plan.Entries[k].ID
		if slices.Contains(e.Without, id) {
			continue
		}
		if s.behind(k, i) {
			return fmt.Sprintf("%s was left behind before, and is to be named as left behind", id)
		}
		if why := s.unready(k, i); why != "" {
			return why
		}
	}
	return ""
}

// behind tells whether an entry was left behind before a gate of its chain.
func (s *State) behind(e, gate int) bool { return s.gone[e] < slices.Index(s.ix.chain[e], gate) }

// unready says why an entry can't travel by a gate now, or "".
func (s *State) unready(e, gate int) string {
	entry := s.ix.plan.Entries[e]
	if s.ix.plan.Neutral != "" && s.words[e] != Confirmed {
		return fmt.Sprintf("%s: %s", entry.ID, s.words[e])
	}
	if s.ix.chain[e][0] != gate {
		return ""
	}
	for _, w := range s.ix.waits[e] {
		if !s.done(w) {
			return s.missing(w)
		}
	}
	return ""
}

func (s *State) whyConfirm(e Event) string {
	i, ok := s.ix.stepOf[e.Of]
	if !ok {
		return fmt.Sprintf("there is no gate or instrument %q in the plan", e.Of)
	}
	st := &s.ix.steps[i]
	switch {
	case st.confirm&s.bit(e.By) == 0:
		return fmt.Sprintf("%s is not who confirms %s", e.By, e.Of)
	case s.confirmed[i]&s.bit(e.By) != 0:
		return "it has confirmed that already"
	}
	if why := s.waiting(i); why != "" {
		return why
	}
	if st.gate == nil {
		return ""
	}
	if len(st.moves) > 0 {
		return unless(s.begun[i], fmt.Sprintf("%s has not begun", e.Of))
	}
	return s.stopped()
}

func (s *State) whyResume(e Event) string {
	if len(e.Halts) == 0 {
		return "it names no halt"
	}
	for _, ref := range e.Halts {
		i := slices.IndexFunc(s.halts, func(h halt) bool { return h.ref == ref })
		switch {
		case i < 0:
			return "it names no halt that its author had"
		case s.halts[i].by != e.By:
			return "only who halted takes it back"
		}
	}
	if slices.Contains(s.home, true) {
		return "somebody went back: what follows needs a new plan"
	}
	return ""
}

func (s *State) whyReceived(e Event) string {
	if len(e.Items) == 0 {
		return "it names nobody"
	}
	for _, it := range e.Items {
		if why := s.whyItem(e.By, it); why != "" {
			return why
		}
	}
	return ""
}

func (s *State) whyItem(by ActorID, it Item) string {
	side := s.ix.side(parley.PartyID(by))
	if it.Entry == "" {
		return unless(side >= 0 && it.Name != "" && !it.Returned, "somebody who is not in the plan has a name, and comes to a side")
	}
	i, ok := s.ix.entries[it.Entry]
	if !ok {
		return fmt.Sprintf("%s is not in the plan", it.Entry)
	}
	entry := s.ix.plan.Entries[i]
	switch {
	case it.Heads < 0 || it.Heads > entry.Heads:
		return fmt.Sprintf("%d of %d of %s", it.Heads, entry.Heads, it.Entry)
	case s.received[i] || s.home[i]:
		return fmt.Sprintf("%s was received already", it.Entry)
	case it.Returned:
		return s.whyReturned(i, side)
	case s.ix.side(entry.For) != side && ActorID(entry.For) != by && s.under(i) != by:
		return fmt.Sprintf("%s does not receive %s", by, it.Entry)
	case !s.arrived(i):
		return fmt.Sprintf("%s has not arrived", it.Entry)
	}
	return ""
}

// under is who has the place in which an entry ends.
func (s *State) under(e int) ActorID { return s.ix.places[s.end(e)].Under }

// end is where an entry goes in the end: where the plan says, unless the neutral
// has named another destination that the plan allows.
func (s *State) end(e int) PlaceID {
	if s.towards[e] != "" {
		return s.towards[e]
	}
	chain := s.ix.chain[e]
	return s.ix.steps[chain[len(chain)-1]].place(e)
}

// arrived tells whether an entry is through the last gate of its chain.
func (s *State) arrived(e int) bool {
	n := len(s.ix.chain[e])
	return n > 0 && s.gone[e] == n && s.done(s.ix.chain[e][n-1])
}

// whyReturned: whoever gave has an entry back only from escrow or from the way,
// and only when the plan has stopped.
func (s *State) whyReturned(e, side int) string {
	entry := s.ix.plan.Entries[e]
	switch {
	case s.ix.side(entry.From) != side:
		return fmt.Sprintf("%s goes back to %s", entry.ID, entry.From)
	case s.stopped() == "" && s.words[e] != WillNotTravel:
		return "the plan has not stopped"
	case s.gone[e] == 0:
		return fmt.Sprintf("%s has not left", entry.ID)
	case s.arrived(e):
		return fmt.Sprintf("%s has arrived", entry.ID)
	}
	return ""
}

// take adds an event that has effect. It asks nothing, so that states can be
// added up in any order.
func (s *State) take(e Event) {
	switch e.Kind {
	case KindWord:
		i := s.ix.entries[e.Person]
		s.words[i], s.towards[i] = e.Word, e.To
	case KindBegin:
		i := s.ix.stepOf[e.Of]
		s.begun[i] = true
		for _, k := range s.ix.steps[i].moves {
			if !slices.Contains(e.Without, s.ix.plan.Entries[k].ID) {
				s.gone[k] = max(s.gone[k], slices.Index(s.ix.chain[k], i)+1)
			}
		}
	case KindConfirm:
		s.confirmed[s.ix.stepOf[e.Of]] |= s.bit(e.By)
	case KindHalt:
		s.halts = append(s.halts, halt{ref: e.ID, by: e.By, text: e.Text})
	case KindResume:
		for i := range s.halts {
			s.halts[i].lifted = s.halts[i].lifted || slices.Contains(e.Halts, s.halts[i].ref)
		}
	case KindReceived:
		for _, it := range e.Items {
			s.receipts = append(s.receipts, Receipt{it, e.By, e.ID})
			if i, ok := s.ix.entries[it.Entry]; ok {
				s.received[i] = s.received[i] || !it.Returned
				s.home[i] = s.home[i] || it.Returned
			}
		}
	}
}

// excused tells whether an entry is due to nobody any more: optional, and it
// dropped out, was left behind, or went back.
func (s *State) excused(e int) bool {
	if !s.ix.plan.Entries[e].Optional {
		return false
	}
	return s.home[e] || s.words[e] == WillNotTravel && s.gone[e] == 0 || s.leftBehind(e)
}

func (s *State) leftBehind(e int) bool {
	return s.gone[e] < len(s.ix.chain[e]) && s.begun[s.ix.chain[e][s.gone[e]]]
}
