package handover

import "parley"

// Instrument is a lawful act, or a thing that must be in hand, before (or
// because) somebody travels. The plan records what an authority has said and
// when; that the instrument exists in law it can't know.
type Instrument struct {
	ID       StepID
	Kind     string // one of InstrumentKinds
	Of       []parley.PersonID
	Text     string
	Decides  string // who decides: a president, a court
	Confirm  []ActorID
	Needs    []StepID // instruments and gates that come before it
	Before   StepID   // the gate that may not begin before it; "": the first gate that moves its persons
	Free     bool     // no gate waits for it: it follows the handover, or stands beside it
	Earliest Moment
	Latest   Moment // by when it must be done; 0: when the gate that waits for it begins
	Planned  Moment // when its authority means to do it; 0: as late as the chain allows, or as early, if it can be undone
	Minutes  int64  // from the act to its effect: a period for objections, a hearing
	Final    bool   // can't be undone
	Public   bool   // the world sees it at once: it tells that something is coming
	Hidden   []string
	Duties   []Duty // what it leaves to be kept
}

// InstrumentKinds lists the kinds of instruments.
func InstrumentKinds() []string {
	return []string{
		"pardon", "commutation", "waiver", "plea", "expulsion", "detention-lifted", "court-order", "objections",
		"cabinet-vote", "third-state-decision", "travel-papers", "dependants", "medical", "other",
	}
}
