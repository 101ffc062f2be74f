package handover

import (
	"fmt"
	"slices"
	"strings"

	"parley"
)

// Cast is who and what a pattern is filled with. A and B are the two sides'
// parties; Rounds are what is handed over in each flight or on each day, and the
// other patterns have one.
type Cast struct {
	A, B    parley.PartyID
	Host    ActorID // of the place, the apron, the hub; escrow where the pattern has one
	Neutral ActorID // who counts heads, checks identity and health
	Rounds  []Round
}

// Round is who goes each way at one time.
type Round struct {
	FromA, FromB []parley.PersonID
}

// Patterns lists the ready-made ways of handing over, each with what it is for.
func Patterns() [][2]string {
	return [][2]string{
		{"two-gate-escrow", "one for many: a host takes the one; the many board and wait; the one crosses; the many go"},
		{"bridge", "two groups at the ends of a line, identified, walk at one word"},
		{"apron", "two aircraft on one apron, a short walk, they pass each other"},
		{"hub", "many aircraft, rooms, checks of identity and health, approval by the parties, boarding"},
		{"paired-flights", "unequal loads timed together, over days: the largest group is never at risk at once"},
		{"daily-phases", "equal numbers day by day; a day that fails stops the rest"},
	}
}

// Pattern makes the places and phases of a ready-made pattern, and the entries
// with where each begins. What it makes is a plan like any other, to be changed.
func Pattern(name string, c Cast) (*Plan, error) {
	known := slices.ContainsFunc(Patterns(), func(p [2]string) bool { return p[0] == name })
	switch {
	case !known:
		var names []string
		for _, p := range Patterns() {
			names = append(names, p[0])
		}
		return nil, fmt.Errorf("pattern %q: none of that name: the patterns are %s", name, strings.Join(names, ", "))
	case c.A == "" || c.B == "" || c.A == c.B || c.Host == "" || c.Neutral == "":
		return nil, fmt.Errorf("pattern %s: two parties, a host and a neutral are needed", name)
	case len(c.Rounds) == 0:
		return nil, fmt.Errorf("pattern %s: nobody is handed over", name)
	case len(c.Rounds) > 1 && name != "paired-flights" && name != "daily-phases":
		return nil, fmt.Errorf("pattern %s: all go at one time", name)
	}
	b := &builder{cast: c, plan: &Plan{Neutral: c.Neutral, Entries: []Entry{}}}
	b.places(name)
	for i, r := range c.Rounds {
		b.entries(r)
		b.phase = &Phase{ID: fmt.Sprintf("phase-%d", i+1), Title: fmt.Sprintf("%s, round %d", name, i+1)}
		b.at = fmt.Sprintf("-%d", i+1)
		if len(c.Rounds) == 1 {
			b.at = ""
		}
		b.fill(name, r)
		b.plan.Phases = append(b.plan.Phases, *b.phase)
	}
	return b.plan, nil
}

type builder struct {
	cast  Cast
	plan  *Plan
	phase *Phase
	at    string // what the ids of this round end with
}

func (b *builder) a() ActorID { return ActorID(b.cast.A) }
func (b *builder) b() ActorID { return ActorID(b.cast.B) }

func (b *builder) places(name string) {
	c := b.cast
	b.plan.Places = []Place{
		{ID: "held-by-a", Name: "in the custody of " + string(c.A), Under: b.a()},
		{ID: "held-by-b", Name: "in the custody of " + string(c.B), Under: b.b()},
		{ID: "home-a", Name: "in the hands of " + string(c.A), Under: b.a()},
		{ID: "home-b", Name: "in the hands of " + string(c.B), Under: b.b()},
	}
	if name == "two-gate-escrow" || name == "hub" {
		b.plan.Places = append(b.plan.Places, Place{ID: "escrow", Name: "held for both by " + string(c.Host), Under: c.Host, Escrow: true})
	}
	if name == "two-gate-escrow" {
		b.plan.Places = append(b.plan.Places, Place{ID: "buses", Name: "aboard, waiting", Under: b.a()})
	}
}

func (b *builder) entries(r Round) {
	for _, id := range r.FromA {
		b.plan.Entries = append(b.plan.Entries, Entry{ID: id, Heads: 1, From: b.cast.A, For: b.cast.B, Start: "held-by-a"})
	}
	for _, id := range r.FromB {
		b.plan.Entries = append(b.plan.Entries, Entry{ID: id, Heads: 1, From: b.cast.B, For: b.cast.A, Start: "held-by-b"})
	}
}

func (b *builder) gate(id, do string, g Gate) {
	g.Do = do
	for i := range g.Needs {
		g.Needs[i] += StepID(b.at)
	}
	g.ID = StepID(id + b.at)
	b.phase.Gates = append(b.phase.Gates, g)
}

func to(place PlaceID, who ...parley.PersonID) (out []Transfer) {
	for _, id := range who {
		out = append(out, Transfer{id, place})
	}
	return out
}

func (b *builder) fill(name string, r Round) {
	switch name {
	case "two-gate-escrow":
		b.escrow(r)
	case "hub":
		b.hub(r)
	case "paired-flights", "daily-phases":
		b.line(r, "fly or drive at one time", "named receipts on arrival")
	default:
		b.line(r, "walk at one word", "seen by both ends")
	}
}

// line is one gate that moves both ways at once, behind a check of identity and
// the joint go: the bridge, the apron, a pair of flights, a day.
func (b *builder) line(r Round, do, evidence string) {
	b.check()
	b.gate("cross", do, Gate{
		By: []ActorID{b.a(), b.b()}, Move: slices.Concat(to("home-b", r.FromA...), to("home-a", r.FromB...)),
		Needs: []StepID{"go"}, Confirm: []ActorID{b.a(), b.b()}, Evidence: evidence,
		Stop: "either side halts before the word; whoever has begun to cross arrives",
	})
}

// check is heads counted, identities and fitness checked, then each side's own
// yes: the joint go.
func (b *builder) check() {
	b.gate("identity", "count heads, check identity and fitness to travel", Gate{
		Confirm: []ActorID{b.cast.Neutral}, Evidence: "the signed list against the people present", Stop: "somebody is not who the list says",
	})
	b.gate("go", "each side says go", Gate{
		Needs: []StepID{"identity"}, Confirm: []ActorID{b.a(), b.b()}, Evidence: "the named person's own word", Stop: "no word by the time set", Go: true,
	})
}

// escrow is the way of one for many: side B holds the one.
func (b *builder) escrow(r Round) {
	b.gate("into-escrow", "bring the one into the hands of the host", Gate{
		By: []ActorID{b.b()}, Move: to("escrow", r.FromB...), Confirm: []ActorID{b.cast.Host, b.a()}, Evidence: "identified alive, in the host's hands", Stop: "not the person, or not well",
	})
	b.gate("aboard", "the many board and wait", Gate{
		By: []ActorID{b.a()}, Move: to("buses", r.FromA...), Needs: []StepID{"into-escrow"}, Confirm: []ActorID{b.cast.Neutral}, Evidence: "the list against the people aboard", Stop: "somebody is missing",
	})
	b.gate("go", "each side says go", Gate{Needs: []StepID{"aboard"}, Confirm: []ActorID{b.a(), b.b(), b.cast.Host}, Evidence: "the named person's own word", Stop: "no word by the time set", Go: true})
	b.gate("the-one", "the host lets the one cross", Gate{
		By: []ActorID{b.cast.Host}, Move: to("home-a", r.FromB...), Needs: []StepID{"go"}, Confirm: []ActorID{b.a()}, Evidence: "checked by an officer of the receiving side", Stop: "the host keeps the one until the many can go",
	})
	b.gate("the-many", "the many are let through", Gate{
		By: []ActorID{b.a()}, Move: to("home-b", r.FromA...), Needs: []StepID{"the-one"}, Confirm: []ActorID{b.b(), b.cast.Neutral}, Evidence: "counted on arrival", Stop: "",
	})
}

// hub is everybody into rooms of the host, then home at one word.
func (b *builder) hub(r Round) {
	all := slices.Concat(r.FromA, r.FromB)
	b.gate("arrive", "all aircraft land; everybody goes to the host's rooms", Gate{
		By: []ActorID{b.a(), b.b()}, Move: to("escrow", all...), Confirm: []ActorID{b.cast.Host, b.cast.Neutral}, Evidence: "heads counted, identity and health checked", Stop: "an aircraft is missing",
	})
	b.gate("go", "each side approves", Gate{Needs: []StepID{"arrive"}, Confirm: []ActorID{b.a(), b.b(), b.cast.Host}, Evidence: "the named person's own word", Stop: "no word by the time set", Go: true})
	b.gate("board", "boarding and take-off", Gate{
		By: []ActorID{b.cast.Host}, Move: slices.Concat(to("home-b", r.FromA...), to("home-a", r.FromB...)), Needs: []StepID{"go"},
		Confirm: []ActorID{b.a(), b.b()}, Evidence: "received by name on board", Stop: "the host holds all aircraft until every list is complete",
	})
}
