package handover

import "parley"

// Kind is what an event does.
type Kind string

// The kinds of events.
const (
	KindWord     Kind = "word"     // the neutral on one person's consent
	KindBegin    Kind = "begin"    // a gate begins: those whom it moves are on the way
	KindConfirm  Kind = "confirm"  // one confirmer on a gate or an instrument
	KindHalt     Kind = "halt"     // nothing more begins
	KindResume   Kind = "resume"   // whoever halted takes it back
	KindReceived Kind = "received" // the receiving side on each person
)

// Event is something that somebody signed about the carrying out of a plan.
type Event struct {
	ID   parley.Ref
	By   ActorID
	Kind Kind

	Of      StepID            // begin, confirm
	Without []parley.PersonID // begin: optional entries that stay behind
	Person  parley.PersonID   // word
	Word    Word              // word
	To      PlaceID           // word, confirmed: another destination that the agreement allows; "" for the plan's
	Halts   []parley.Ref      // resume: what is taken back
	Items   []Item            // received
	Text    string

	// Past lists the events of the same list that the author had seen, by their
	// place in it; all stand before this one. What they had seen is among them.
	Past []int
	// Void is for who has seen everything and knows that the event no longer
	// counts: its author signed twice, or was taken off. What was built on it
	// before that was known stands.
	Void bool
}

// Item is one line of a receipt: who came, or what is said of whom.
type Item struct {
	Entry    parley.PersonID // "" for somebody who is not in the plan
	Heads    int             // how many came; 0: all of the entry
	Identity string          // one of Identities
	Name     string          // of a person who is not in the plan, or came instead of the entry
	Instead  bool            // came in the place of the entry: a substitution
	Returned bool            // the giving side has the entry back
	Note     string
}

// Identities lists how sure the receiving side is of who came.
func Identities() []string { return []string{"claimed", "checked", "tested"} }

// Judged is an event with what came of it.
type Judged struct {
	Event
	Why string // why it has no effect; "" where it has
}

// Effect tells whether the event changes the state.
func (j Judged) Effect() bool { return j.Why == "" }
