package parley_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	. "parley"
	"parley/handover"

	"pgregory.net/rapid"
)

// execution is talks in which anybody does anything about plans for the
// handover.
type execution struct {
	*talks
	r     *rand.Rand
	plans []Digest
	seen  map[string]int // how often a thing came about, over all runs
}

// TestHandoverMoves draws any interleaving of the acts of a handover, honest or
// not, by members who have heard anything, and holds the table to the
// definition: which acts count, on which plan, and what their authors had.
func TestHandoverMoves(tt *testing.T) {
	seen := map[string]int{}
	check := func(rt *rapid.T) {
		x := &execution{talks: handingOver(), r: rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0)), seen: seen}
		hostile := rapid.Bool().Draw(rt, "hostile")
		for range 20 + x.r.IntN(60) {
			x.step(hostile)
		}
		whole := x.table()
		x.checkOrder(rt, whole)
		x.checkLate(rt, whole)
		x.checkDefinition(rt, whole)
		for _, s := range whole.Acts {
			if s.Move != nil && s.Effect() {
				seen[string(s.Move.Kind())]++
			}
		}
	}
	for round := 0; round == 0 || neverDone(seen) != ""; round++ {
		if rapid.Check(tt, check); tt.Failed() {
			return
		}
		if round == 20 {
			tt.Fatalf("in %d rounds there was never: %s", round, neverDone(seen))
		}
		drawAnew()
	}
}

// neverDone is what never came about.
func neverDone(seen map[string]int) string {
	for _, what := range []string{"word", "begin", "confirm", "halt", "resume", "received", "codes", "spoken", "life given", "life examined", "replaced", "not in force", "contested", "adopted twice"} {
		if seen[what] == 0 {
			return what
		}
	}
	return ""
}

// step lets somebody hear or do something; a hostile one signs twice, or is
// taken off.
func (x *execution) step(hostile bool) {
	who := pick(x.r, []string{"us", "ru", "de", "us-second", "neutral", "us", "ru"})
	switch {
	case x.r.IntN(6) == 0:
		x.hearAll()
	case x.r.IntN(2) == 0:
		x.hear(who, pick(x.r, x.names()))
	}
	m := x.draw(who)
	if m == nil {
		return
	}
	before := x.last[who]
	x.say(who, m)
	switch {
	case hostile && x.r.IntN(20) == 0:
		x.last[who] = before
		if m := x.draw(who); m != nil {
			x.say(who, m)
		}
	case hostile && x.r.IntN(40) == 0:
		x.cut(pick(x.r, []string{"us-president", "ru-president"}), pick(x.r, []string{"us", "ru"}), uint64(x.r.IntN(20)))
	}
}

// draw makes a move about what somebody has seen.
func (x *execution) draw(who string) Move {
	var d Digest
	if len(x.plans) > 0 {
		d = pick(x.r, x.plans)
	}
	switch n := x.r.IntN(20); {
	case len(x.plans) == 0 || n == 0 && len(x.plans) < 4:
		m := &PlanMove{Parties: pick(x.r, [][]PartyID{{"ru", "us"}, {"ru", "us"}, {"de", "ru", "us"}}), File: fmt.Append(nil, len(x.plans))}
		m.Plan = m.File
		if x.r.IntN(3) > 0 {
			m.Previous = d
		}
		m.Digest = DigestOfPlan(m.Previous, Ref{}, m.File)
		x.plans = append(x.plans, m.Digest)
		return m
	case n < 7:
		return &PlanMove{Adopt: true, Digest: d}
	case n < 9:
		return &Word{Plan: d, Person: "griner", Word: "confirmed"}
	case n == 9:
		return &CodesMove{Plan: d, Codes: []CodeCommitment{{Of: pick(x.r, []string{"go", "cross"}), Commitment: Digest{1}}}}
	case n < 12:
		return &Spoken{Plan: d, Codes: x.some(who, KindCodes), Of: "go"}
	case n < 16:
		return x.life(who)
	}
	return pick(x.r, []Move{&Begin{Plan: d, Of: "go"}, &Confirm{Plan: d, Of: "go"}, &Halt{Plan: d}, &Resume{Plan: d}, &Received{Plan: d}})
}

// life is any step of a proof of life, most often the one that is next.
func (x *execution) life(who string) *Life {
	m := &Life{Stage: pick(x.r, []string{"asked", "given", "examined"}), Person: "griner", Answers: x.some(who, KindLife)}
	if x.r.IntN(4) == 0 {
		return m
	}
	m.Stage = "asked"
	for _, a := range x.list {
		if before, ok := a.Move.(*Life); ok && a.Ref == m.Answers {
			m.Stage = map[string]string{"asked": "given", "given": "examined", "examined": "given"}[before.Stage]
		}
	}
	return m
}

// some is an act of a kind that was made, seen or not; now and then none.
func (x *execution) some(who string, k Kind) Ref {
	var of []Ref
	for _, a := range x.list {
		if a.Move != nil && a.Move.Kind() == k && (x.views[who][a.Ref] || x.r.IntN(4) == 0) {
			of = append(of, a.Ref)
		}
	}
	if len(of) == 0 || x.r.IntN(3) == 0 {
		return Ref{}
	}
	return pick(x.r, of)
}

// checkOrder: another order of arrival, and acts that come twice, give the same
// table.
func (x *execution) checkOrder(rt *rapid.T, whole *Table) {
	shuffled := append(slices.Clone(x.list), x.list[len(x.list)/2:]...)
	x.r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	if !reflect.DeepEqual(Fold(x.reader(), shuffled), whole) {
		rt.Fatal("another order of arrival gives another table")
	}
}

// checkLate: what arrives later changes nothing that was judged before; who has
// seen less has judged it as who has seen all.
func (x *execution) checkLate(rt *rapid.T, whole *Table) {
	why := map[Ref]string{}
	for _, s := range whole.Acts {
		why[s.Ref] = s.Why
	}
	for _, who := range []string{"us", "ru", "de", "neutral"} {
		for _, s := range x.seenBy(who).Acts {
			if s.Why != why[s.Ref] {
				rt.Fatalf("for %s an act has why %q, and for all %q", who, s.Why, why[s.Ref])
			}
		}
	}
}

// eyes is what somebody has seen, told without any index, with what counts.
type eyes struct {
	view
	x      *execution
	effect map[Ref]bool
}

// counts tells whether an act is seen, has effect, and its author is not found
// to have signed twice or to have been taken off before it.
func (e eyes) counts(a Act) bool { return e.knows(a.Ref) && e.effect[a.Ref] && !e.void(a) }

// put finds a plan that was seen.
func (e eyes) put(d Digest) *PlanMove {
	for _, a := range e.acts {
		if m, ok := a.Move.(*PlanMove); ok && !m.Adopt && m.Digest == d && e.effect[a.Ref] {
			return m
		}
	}
	return nil
}

func (e eyes) adopted(p PartyID, d Digest) bool {
	return slices.ContainsFunc(e.acts, func(a Act) bool {
		m, ok := a.Move.(*PlanMove)
		return ok && m.Adopt && m.Digest == d && e.counts(a) && e.x.party(e.x.nameOf(a.Author)) == p
	})
}

// inForce: every party has adopted it, and not all what replaces it.
func (e eyes) inForce(d Digest) bool {
	p := e.put(d)
	if p == nil || slices.ContainsFunc(p.Parties, func(q PartyID) bool { return !e.adopted(q, d) }) {
		return false
	}
	return !slices.ContainsFunc(e.x.plans, func(next Digest) bool {
		n := e.put(next)
		return n != nil && n.Previous == d && e.inForce(next)
	})
}

// should tells whether an act has effect, by the definition. The view is that of
// its author, without the act.
func (e eyes) should(a Act) bool {
	party := e.x.party(e.x.nameOf(a.Author))
	switch m := a.Move.(type) {
	case *PlanMove:
		if !m.Adopt {
			return m.Previous.IsZero() || e.put(m.Previous) != nil
		}
		return e.mayAdopt(party, m.Digest)
	case *Word:
		return party == "neutral" && e.inForce(m.Plan)
	case *Spoken:
		i := slices.IndexFunc(e.acts, func(c Act) bool { return c.Ref == m.Codes })
		if i < 0 || !e.counts(e.acts[i]) {
			return false
		}
		c, ok := e.acts[i].Move.(*CodesMove)
		return ok && c.Plan == m.Plan && c.Codes[0].Of == m.Of && e.inForce(m.Plan)
	case *Life:
		return e.mayAnswer(party, m)
	}
	d, _ := OnPlan(a.Move)
	return e.inForce(d)
}

// mayAdopt: of all that a side has adopted before, the plan is the heir.
func (e eyes) mayAdopt(party PartyID, d Digest) bool {
	p := e.put(d)
	if p == nil || !slices.Contains(p.Parties, party) {
		return false
	}
	before := map[Digest]bool{}
	for m := p; m != nil && !m.Previous.IsZero(); m = e.put(m.Previous) {
		before[m.Previous] = true
	}
	return !slices.ContainsFunc(e.x.plans, func(other Digest) bool { return e.adopted(party, other) && !before[other] })
}

func (e eyes) mayAnswer(party PartyID, m *Life) bool {
	if m.Stage == "asked" {
		return m.Answers.IsZero()
	}
	before, by := e.life(m.Answers)
	switch {
	case before == nil:
		return false
	case m.Stage == "given":
		return before.Stage == "asked" && by != party
	}
	_, asked := e.lifeSeen(before.Answers)
	return before.Stage == "given" && asked == party
}

// life finds proof of life that counts, lifeSeen any that was seen.
func (e eyes) life(r Ref) (*Life, PartyID) {
	if i := slices.IndexFunc(e.acts, func(a Act) bool { return a.Ref == r }); i < 0 || !e.counts(e.acts[i]) {
		return nil, ""
	}
	return e.lifeSeen(r)
}

func (e eyes) lifeSeen(r Ref) (*Life, PartyID) {
	a := e.x.acts[r]
	m, _ := a.Move.(*Life)
	return m, e.x.party(e.x.nameOf(a.Author))
}

// checkDefinition judges every act anew, by what its author had seen.
func (x *execution) checkDefinition(rt *rapid.T, whole *Table) {
	effect := map[Ref]bool{}
	for _, s := range whole.Acts {
		effect[s.Ref] = s.Effect()
	}
	at := func(acts []Act) eyes { return eyes{view{acts, x.roster(acts)}, x, effect} }
	for _, s := range whole.Acts {
		plan := s.Move != nil && (s.Move.Kind() == KindPlan || s.Move.Kind() == KindLife)
		if _, on := OnPlan(s.Move); !on && !plan {
			continue
		}
		e := at(x.past(s.Ref))
		e.acts = slices.DeleteFunc(e.acts, func(a Act) bool { return a.Ref == s.Ref })
		// A neutral, whoever was taken off, and who signs a second entry that hides
		// its mandate, may be refused before the move is looked at.
		before := e.void(s.Act) || s.Why == "it names no mandate that its author had" || s.Why == "only a delegate does this"
		if want := e.should(s.Act); want != s.Effect() && !(want && before) {
			rt.Fatalf("%s by %s: %q, want effect %v", s.Move.Kind(), x.nameOf(s.Author), s.Why, want)
		}
		x.tally(s)
	}
	all := at(x.list)
	for _, p := range whole.Plans {
		if want := all.inForce(p.Move.Digest); p.InForce != want {
			rt.Fatalf("a plan is in force: %v, want %v", p.InForce, want)
		}
		x.checkPast(rt, p, at, all)
	}
}

// checkPast: of each act on a plan that counts, the table says which others its
// author had and counted, and whether it still counts for who has seen all.
func (x *execution) checkPast(rt *rapid.T, p PlanState, at func([]Act) eyes, all eyes) {
	for i, a := range p.Acts {
		e := at(x.past(a.Ref))
		var want []int
		for k, b := range p.Acts[:i] {
			if e.counts(b.Act) {
				want = append(want, k)
			}
		}
		if !slices.Equal(a.Past, want) || a.Void != all.void(a.Act) {
			rt.Fatalf("act %d had %v, want %v; void %v", i, a.Past, want, a.Void)
		}
		if a.Void {
			x.seen["contested"]++
		}
	}
	if p.InForce && !p.Move.Previous.IsZero() {
		x.seen["replaced"]++
	}
}

func (x *execution) tally(s Seen) {
	switch m := s.Move.(type) {
	case *Life:
		if s.Effect() {
			x.seen["life "+m.Stage]++
		}
	default:
		switch s.Why {
		case "its plan was not in force for its author":
			x.seen["not in force"]++
		case "its side has adopted the plan already":
			x.seen["adopted twice"]++
		}
	}
}

// desks is a real plan carried out by members who each know what they have
// heard, and sign what the plan's state, as they know it, lets them.
type desks struct {
	*talks
	r      *rand.Rand
	plan   *handover.Plan
	digest Digest
	never  string // "member step": the word that does not come
	cut    string // whose line is down: nobody hears it, and it hears nobody
}

// TestDropAWordOverTheTable carries out ready-made plans over the table, each in
// any interleaving of what is heard and done, with one confirmation that never
// comes, or none. At no moment does a side have more outstanding than was
// computed; who has the same acts has the same state; without the one word all
// that needs it is held and the stop is named, and with all words the plan
// completes.
func TestDropAWordOverTheTable(tt *testing.T) {
	rapid.Check(tt, func(rt *rapid.T) {
		d := newDesks(tt, rt)
		steps := d.plan.Gates()
		lost := rapid.IntRange(-1, len(steps)-1).Draw(rt, "lost")
		if lost >= 0 {
			g := steps[lost]
			d.never = string(rapid.SampledFrom(g.Confirm).Draw(rt, "by")) + " " + string(g.ID)
		}
		for range 30 {
			d.stir(rt)
		}
		d.finish(rt)
		whole := d.state(d.table())
		for _, who := range d.members() {
			if d.hearAll(); !reflect.DeepEqual(d.state(d.seenBy(who)).Tasks(), whole.Tasks()) {
				rt.Fatalf("%s has heard all, and sees another state", who)
			}
		}
		if lost < 0 {
			if whole.Ending() != handover.Completed {
				rt.Fatalf("every word came, and: %q %v", whole.Ending(), whole.Stop())
			}
			return
		}
		d.checkStop(rt, whole, steps[lost].ID)
	})
}

func newDesks(tt *testing.T, rt *rapid.T) *desks {
	name := rapid.SampledFrom(handover.Patterns()).Draw(rt, "pattern")[0]
	p, err := handover.Pattern(name, handover.Cast{
		A: "us", B: "ru", Host: "neutral", Neutral: "neutral", Rounds: []handover.Round{{FromA: []PersonID{"bout", "klyushin"}, FromB: []PersonID{"griner"}}},
	})
	if err != nil {
		tt.Fatal(err)
	}
	p.Actors = []handover.Actor{{ID: "us"}, {ID: "ru"}, {ID: "neutral", Neutral: true}}
	d := &desks{talks: handingOver(), r: rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0)), plan: p}
	d.digest = d.inForce(name, Digest{})
	return d
}

func (d *desks) members() []string { return []string{"us", "ru", "neutral"} }

// state folds what a table has on the plan.
func (d *desks) state(t *Table) *handover.State {
	p, _ := t.Plan(d.digest)
	events := make([]handover.Event, len(p.Acts))
	for i, a := range p.Acts {
		e := handover.Event{ID: a.Ref, By: handover.ActorID(d.nameOf(a.Author)), Kind: handover.Kind(a.Move.Kind()), Past: a.Past, Void: a.Void}
		switch m := a.Move.(type) {
		case *Word:
			e.Person, e.Word = m.Person, handover.Word(m.Word)
		case *Begin:
			e.Of = handover.StepID(m.Of)
		case *Confirm:
			e.Of = handover.StepID(m.Of)
		case *Received:
			e.Items = []handover.Item{{Entry: m.Items[0].Entry, Identity: "checked"}}
		}
		events[i] = e
	}
	s, _ := d.plan.Fold(events)
	return s
}

// stir lets one member hear somebody, or do one thing; now and then a line goes
// down or comes back.
func (d *desks) stir(rt *rapid.T) {
	if d.r.IntN(8) == 0 {
		d.cut = pick(d.r, append(d.members(), "", ""))
	}
	who, from := pick(d.r, d.members()), pick(d.r, d.members())
	if d.cut != who && d.cut != from && d.r.IntN(3) > 0 {
		d.hear(who, from)
	}
	d.act(rt, who)
}

// act signs one of the things that a member may do as far as it knows, and holds
// what all together have done to the plan's worst case.
func (d *desks) act(rt *rapid.T, who string) bool {
	may := d.may(who)
	if len(may) == 0 {
		return false
	}
	d.say(who, pick(d.r, may))
	worst := d.plan.Worst()
	for i, x := range d.state(d.table()).Exposures() {
		if x.Open.Heads > worst[i].Heads.Most {
			rt.Fatalf("%s has %d outstanding, and %d was computed for the worst", x.Side, x.Open.Heads, worst[i].Heads.Most)
		}
	}
	return true
}

// may lists what a member's turn is.
func (d *desks) may(who string) (out []Move) {
	s := d.state(d.seenBy(who))
	for _, e := range d.plan.Entries {
		if who == "neutral" && s.WordOf(e.ID) == handover.Open {
			out = append(out, &Word{Plan: d.digest, Person: e.ID, Word: string(handover.Confirmed)})
		}
		item := handover.Event{By: handover.ActorID(who), Kind: handover.KindReceived, Items: []handover.Item{{Entry: e.ID}}}
		if string(e.For) == who && s.Why(item) == "" {
			out = append(out, &Received{Plan: d.digest, Items: []ReceivedItem{{Entry: e.ID, Identity: "checked"}}})
		}
	}
	for _, t := range s.Tasks() {
		switch {
		case !slices.Contains(t.Next, handover.ActorID(who)):
		case t.Status == handover.Ready && len(t.Move) > 0:
			out = append(out, &Begin{Plan: d.digest, Of: string(t.Of)})
		case who+" "+string(t.Of) != d.never:
			out = append(out, &Confirm{Plan: d.digest, Of: string(t.Of)})
		}
	}
	return out
}

// finish has everybody on the line until nobody has anything to do.
func (d *desks) finish(rt *rapid.T) {
	for again := true; again; {
		again = false
		d.hearAll()
		for _, who := range d.members() {
			again = d.act(rt, who) || again
		}
	}
}

// checkStop: the stop names the word that is missing; what needs the step is
// held.
func (d *desks) checkStop(rt *rapid.T, s *handover.State, step handover.StepID) {
	who, _, _ := strings.Cut(d.never, " ")
	want := fmt.Sprintf("%s waits for the word of %s", step, who)
	if !slices.ContainsFunc(s.Stop(), func(line string) bool { return strings.HasPrefix(line, want) }) {
		rt.Fatalf("the stop is not named: %q, want %q", s.Stop(), want)
	}
	if s.Ending() == handover.Completed {
		rt.Fatal("a word is missing, and it completed")
	}
	after := map[handover.StepID]bool{step: true}
	for _, g := range d.plan.Gates() { // needs stand before what needs them
		for _, n := range g.Needs {
			after[g.ID] = after[g.ID] || after[n]
		}
		if t, _ := s.Task(g.ID); g.ID != step && after[g.ID] && t.Status != handover.Held {
			rt.Fatalf("without %s, %s is %s", d.never, g.ID, t.Status)
		}
	}
}
