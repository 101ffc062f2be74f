package handover

import (
	"slices"
	"time"

	"parley"
)

// Limits of a plan: enough for the largest lists, and a bound on what a hostile
// file can ask of us.
const (
	MaxGates       = 1_000
	MaxInstruments = 20_000
	MaxActors      = 64
	MaxPlanBytes   = 4 << 20
)

type (
	// ActorID names who acts or confirms: a party of the case, or a neutral
	// that the plan names.
	ActorID string
	// PlaceID names a place of the plan.
	PlaceID string
	// StepID names a gate or an instrument; both are confirmed, and share one
	// name space.
	StepID string
	// SideID names a side of the exchange: one party, or several together.
	SideID string
)

// Moment is a time in minutes since 1970-01-01 00:00 UTC; 0 for none.
type Moment int64

// String writes the moment in UTC; "" for none.
func (m Moment) String() string {
	if m == 0 {
		return ""
	}
	return time.Unix(int64(m)*60, 0).UTC().Format("2006-01-02 15:04Z")
}

// MarshalText writes the moment as String does.
func (m Moment) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// MomentOf is the minute of a time.
func MomentOf(t time.Time) Moment { return Moment(t.Unix() / 60) }

// Plan says how an agreed exchange is carried out. Lists keep the order of the
// file.
type Plan struct {
	ID          string
	Case        string // the id of the case
	Title       string
	Neutral     ActorID // whose word counts on consent; "" where nobody asks the persons
	FreshDays   int     // how old an interview may be; 0: DefaultFresh
	Actors      []Actor
	Sides       []Side // none: each party is a side of its own
	Places      []Place
	Entries     []Entry
	Phases      []Phase
	Instruments []Instrument
	Bounds      []Bound
	Reasons     []Reason
	Duties      []Duty
	Halters     []ActorID // who may halt; none: everybody whom the plan names
	Printed     []Printed
	Texts       []Text
}

// DefaultFresh is how many days an interview is current where the plan does not
// say.
const DefaultFresh = 30

// Actor is somebody who acts or confirms.
type Actor struct {
	ID      ActorID
	Name    string
	Neutral bool   // no party of the case
	Person  string // who speaks for it on the day, where that is known
}

// Side is parties whose people count together.
type Side struct {
	ID      SideID
	Parties []parley.PartyID
}

// Place is where somebody is, and in whose hands. In escrow its host holds for
// both sides, and gives back whoever is there if the plan stops.
type Place struct {
	ID     PlaceID
	Name   string
	Under  ActorID
	Escrow bool
	// After links the place to others: no gate here begins before all gates
	// there are confirmed.
	After []PlaceID
}

// Entry is a person, or a group counted together, who is to be handed over.
type Entry struct {
	ID          parley.PersonID
	Name        string
	Heads       int   // 1 for a person
	Units       int64 // on the agreed scale, all heads together; 0 where there is none
	From        parley.PartyID
	For         parley.PartyID // who receives
	Start       PlaceID        // where the entry is before the first gate
	Optional    bool           // may drop out without undoing the rest
	IfConfirmed parley.PartyID // the third state whose own yes the entry waits for; "" for none
	Instead     []PlaceID      // other destinations that the agreement allows, if the person asks for one
	Remains     bool           // of somebody dead
}

// Phase is gates that belong together. A phase begins when the one before it is
// confirmed to its end, so a day that fails stops the rest.
type Phase struct {
	ID    string
	Title string
	Gates []Gate
}

// Gate is one step: who acts, who moves where, who confirms, by what evidence,
// until when, and what stops it.
type Gate struct {
	ID       StepID
	Do       string
	By       []ActorID // who may begin it; nobody where nothing moves
	Move     []Transfer
	At       PlaceID // where it happens; "" for no one place
	Needs    []StepID
	Confirm  []ActorID // each of them must
	Evidence string
	Planned  Moment // when it is to begin
	Until    Moment // by when it is to be confirmed; shown, no clock enforces it
	Stop     string // what stops it
	Go       bool   // the joint go: what can't be undone is to come after it
}

// Transfer moves one entry to a place.
type Transfer struct {
	Who parley.PersonID
	To  PlaceID
}

// Bound is the most that a side is ready to have outstanding; 0 for no bound on
// that measure.
type Bound struct {
	Side  SideID
	Heads int64
	Units int64
}

// Duty is something that remains to be done after the handover: a condition, a
// ban, a second phase.
type Duty struct {
	ID      string
	Who     string // whose duty it is
	Text    string
	Until   parley.Date
	Watches string // who looks whether it is kept
	Breach  string // what follows if it is not
	Of      []parley.PersonID
}

// Text is one language's text of the agreement.
type Text struct {
	Language   string // BCP 47: en, ar, uk
	Title      string
	Authentic  bool
	Translator string
	Paragraphs []string
}

// Gates lists all gates, phase by phase.
func (p *Plan) Gates() []Gate {
	var out []Gate
	for _, ph := range p.Phases {
		out = append(out, ph.Gates...)
	}
	return out
}

// Entry finds an entry.
func (p *Plan) Entry(id parley.PersonID) (Entry, bool) {
	for _, e := range p.Entries {
		if e.ID == id {
			return e, true
		}
	}
	return Entry{}, false
}

// Parties lists the parties that have a part in the plan, ascending: who gives
// or receives, acts, or confirms. All of them adopt it.
func (p *Plan) Parties() []parley.PartyID {
	ix := newIndex(p)
	neutral := map[ActorID]bool{}
	for _, a := range p.Actors {
		neutral[a.ID] = a.Neutral
	}
	var out []parley.PartyID
	for _, e := range p.Entries {
		out = append(out, e.From, e.For)
	}
	var bits uint64
	for _, s := range ix.steps {
		bits |= s.begin | s.confirm
	}
	for _, a := range ix.named(bits) {
		if !neutral[a] {
			out = append(out, parley.PartyID(a))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
