package handover

import (
	"fmt"
	"slices"
	"strings"

	"parley"
)

// Fault is something that a plan may not have, or, as a warning, something that
// its makers should know.
type Fault struct {
	Of      string `json:"of"` // the id of what it is about; "" for the plan
	Field   string `json:"field"`
	Text    string `json:"text"`
	Hint    string `json:"hint"`
	Warning bool   `json:"warning"`
}

func (f Fault) String() string {
	s := f.Text
	if f.Field != "" {
		s = f.Field + ": " + s
	}
	if f.Of != "" {
		s = f.Of + ": " + s
	}
	if f.Hint != "" {
		s += " (" + f.Hint + ")"
	}
	return s
}

// Check lists all that is wrong with a plan, then what its makers should know.
// A plan without faults can be carried out: every gate can open, every entry
// ends in the hands of those who receive it and on their word, and no side has
// more outstanding than its bound, whoever stops wherever.
func (p *Plan) Check() []Fault {
	c := &checker{ix: newIndex(p)}
	c.names()
	c.gates()
	if len(c.faults) == 0 {
		c.order()
	}
	if len(c.faults) == 0 {
		c.travel()
	}
	if len(c.faults) == 0 {
		c.bounds()
		c.times()
	}
	if len(c.faults) == 0 {
		c.warn()
	}
	slices.SortStableFunc(c.faults, func(a, b Fault) int {
		if a.Warning == b.Warning {
			return 0
		} else if a.Warning {
			return 1
		}
		return -1
	})
	return c.faults
}

// Sound tells whether a plan has no faults; warnings it may have.
func Sound(faults []Fault) bool {
	return !slices.ContainsFunc(faults, func(f Fault) bool { return !f.Warning })
}

type checker struct {
	ix     *index
	faults []Fault
}

func (c *checker) bad(of, field, text string, hint ...string) {
	c.faults = append(c.faults, Fault{Of: of, Field: field, Text: text, Hint: strings.Join(hint, "; ")})
}

func (c *checker) warning(of, field, format string, args ...any) {
	c.faults = append(c.faults, Fault{Of: of, Field: field, Text: fmt.Sprintf(format, args...), Warning: true})
}

// names checks that everybody who is named is known, and nobody twice.
func (c *checker) names() {
	p := c.ix.plan
	known := map[ActorID]bool{}
	for _, a := range p.Actors {
		if known[a.ID] {
			c.bad(string(a.ID), "actors", "stands here twice")
		}
		known[a.ID] = true
	}
	for _, id := range c.ix.names {
		if !known[id] {
			c.bad(string(id), "actors", "is no party of the case and no neutral of the plan")
		}
	}
	if len(c.ix.names) > MaxActors {
		c.bad("", "actors", fmt.Sprintf("more than %d who act or confirm", MaxActors))
	}
	if p.Neutral != "" && !known[p.Neutral] {
		c.bad(string(p.Neutral), "neutral", "is no party of the case and no neutral of the plan")
	}
	for _, pl := range p.Places {
		if !known[pl.Under] {
			c.bad(string(pl.ID), "under", fmt.Sprintf("%q is no party of the case and no neutral of the plan", pl.Under))
		}
		if pl.Escrow && c.ix.side(parley.PartyID(pl.Under)) >= 0 {
			c.bad(string(pl.ID), "escrow", "a side that gives or receives can't hold in escrow")
		}
		for _, a := range pl.After {
			if _, ok := c.ix.places[a]; !ok {
				c.bad(string(pl.ID), "after", fmt.Sprintf("no place %q in this plan", a))
			}
		}
	}
	if len(p.Entries) == 0 {
		c.bad("", "entries", "nobody is handed over")
	}
	if len(c.ix.entries) != len(p.Entries) || len(c.ix.places) != len(p.Places) || len(c.ix.stepOf) != len(c.ix.steps) {
		c.bad("", "", "one id stands for two entries, two places, or two gates and instruments")
	}
	if c.ix.gates > MaxGates || len(c.ix.steps)-c.ix.gates > MaxInstruments {
		c.bad("", "", fmt.Sprintf("more than %d gates or %d instruments", MaxGates, MaxInstruments))
	}
	for _, s := range p.Sides {
		if len(s.Parties) == 0 {
			c.bad(string(s.ID), "sides", "a side without parties")
		}
	}
}

func (c *checker) gates() {
	for i := range c.ix.steps {
		s := &c.ix.steps[i]
		named, field := []StepID(nil), "needs"
		if s.gate != nil {
			named = s.gate.Needs
			c.gate(s)
		} else {
			named = s.ins.Needs
			c.instrument(s)
		}
		for _, n := range named {
			if _, ok := c.ix.stepOf[n]; !ok {
				c.bad(string(s.id), field, fmt.Sprintf("no gate or instrument %q in this plan", n))
			}
		}
	}
}

func (c *checker) gate(s *step) {
	g := s.gate
	if len(g.Confirm) == 0 {
		c.bad(string(g.ID), "confirm", "nobody confirms it", "a gate is open when somebody named says so")
	}
	if len(g.Move) > 0 && len(g.By) == 0 {
		c.bad(string(g.ID), "by", "somebody moves, and nobody is named who moves them")
	}
	if g.At != "" {
		if _, ok := c.ix.places[g.At]; !ok {
			c.bad(string(g.ID), "at", fmt.Sprintf("no place %q in this plan", g.At))
		}
	}
	for _, m := range g.Move {
		if _, ok := c.ix.entries[m.Who]; !ok {
			c.bad(string(g.ID), "move", fmt.Sprintf("no entry %q in this plan", m.Who))
		}
		if _, ok := c.ix.places[m.To]; !ok {
			c.bad(string(g.ID), "move", fmt.Sprintf("no place %q in this plan", m.To))
		}
	}
}

func (c *checker) instrument(s *step) {
	in := s.ins
	if len(in.Confirm) == 0 {
		c.bad(string(in.ID), "confirm", "nobody says that it is done")
	}
	if !slices.Contains(InstrumentKinds(), in.Kind) {
		c.bad(string(in.ID), "kind", fmt.Sprintf("%q is no kind of instrument", in.Kind), "one of "+strings.Join(InstrumentKinds(), ", "))
	}
	for _, id := range in.Of {
		if _, ok := c.ix.entries[id]; !ok {
			c.bad(string(in.ID), "of", fmt.Sprintf("no entry %q in this plan", id))
		}
	}
	if i, ok := c.ix.stepOf[in.Before]; in.Before != "" && (!ok || i >= c.ix.gates) {
		c.bad(string(in.ID), "before", fmt.Sprintf("no gate %q in this plan", in.Before))
	}
	if in.Minutes < 0 {
		c.bad(string(in.ID), "takes", "takes less than no time")
	}
}

// order checks that the steps can be put in an order: nothing needs itself.
func (c *checker) order() {
	if _, ring := c.ix.order(); len(ring) > 0 {
		ids := make([]string, len(ring))
		for i, s := range ring {
			ids[i] = string(c.ix.steps[s].id)
		}
		c.bad(ids[0], "needs", "a ring, in which each waits for the next: "+strings.Join(ids, " → ")+" → "+ids[0])
	}
}

// travel checks that every entry has one way, and that it ends in the hands of
// those who receive it, on their own word.
func (c *checker) travel() {
	before := c.ix.before()
	for e, entry := range c.ix.plan.Entries {
		id := string(entry.ID)
		if _, ok := c.ix.places[entry.Start]; !ok {
			c.bad(id, "start", fmt.Sprintf("no place %q in this plan", entry.Start))
		}
		if c.ix.side(entry.From) < 0 || c.ix.side(entry.For) < 0 {
			c.bad(id, "from, for", "belongs to no side: somebody holds it, and somebody receives it")
			continue
		}
		chain := c.ix.chain[e]
		if len(chain) == 0 {
			c.bad(id, "", "no gate moves it")
			continue
		}
		for k := 1; k < len(chain); k++ {
			if !before[chain[k]].has(chain[k-1]) {
				c.bad(string(c.ix.steps[chain[k]].id), "needs", fmt.Sprintf("moves %s, and so does %s: which is first", id, c.ix.steps[chain[k-1]].id), "let one need the other")
			}
		}
		c.delivery(e, chain[len(chain)-1])
		c.condition(e)
	}
	for i := range c.ix.gates {
		if s := &c.ix.steps[i]; hasTwice(s.moves) {
			c.bad(string(s.id), "move", "moves somebody twice")
		}
	}
}

func hasTwice(list []int) bool {
	seen := map[int]bool{}
	for _, x := range list {
		if seen[x] {
			return true
		}
		seen[x] = true
	}
	return false
}

func (c *checker) delivery(e, last int) {
	entry, s := c.ix.plan.Entries[e], &c.ix.steps[last]
	side := c.ix.side(entry.For)
	if c.ix.side(parley.PartyID(c.ix.places[s.place(e)].Under)) != side {
		c.bad(string(s.id), "move", fmt.Sprintf("%s ends at %s, which is not in the hands of %s", entry.ID, s.place(e), c.ix.sides[side].ID))
	}
	if s.confirm&c.ix.ofSide(side) == 0 {
		c.bad(string(s.id), "confirm", fmt.Sprintf("%s is delivered, and nobody of %s says that it came", entry.ID, c.ix.sides[side].ID), "an exchange is complete on arrival: add the receiving side")
	}
}

// ofSide is the bits of a side's parties.
func (ix *index) ofSide(side int) (b uint64) {
	for _, p := range ix.sides[side].Parties {
		if i, ok := ix.actors[ActorID(p)]; ok && i < MaxActors {
			b |= 1 << i
		}
	}
	return b
}

// condition checks that an entry which waits for a third state has an
// instrument in which that state says yes itself.
func (c *checker) condition(e int) {
	entry := c.ix.plan.Entries[e]
	if entry.IfConfirmed == "" {
		return
	}
	if slices.ContainsFunc(c.ix.waits[e], func(w int) bool { return c.ix.isYes(w, entry.IfConfirmed) }) {
		return
	}
	c.bad(string(entry.ID), "if_confirmed", fmt.Sprintf("waits for %s, and no instrument is its own yes", entry.IfConfirmed), "add one of kind third-state-decision that "+string(entry.IfConfirmed)+" alone confirms")
}

func (c *checker) bounds() {
	worst := c.ix.worst()
	for _, b := range c.ix.plan.Bounds {
		i := slices.IndexFunc(c.ix.sides, func(s Side) bool { return s.ID == b.Side })
		if i < 0 {
			c.bad(string(b.Side), "bounds", "no such side in this plan")
			continue
		}
		if w := worst[i].Heads; b.Heads > 0 && w.Most > b.Heads {
			c.bad(string(b.Side), "bounds", fmt.Sprintf("may have %d heads outstanding, and the bound is %d", w.Most, b.Heads), w.how())
		}
		if w := worst[i].Units; b.Units > 0 && w.Most > b.Units {
			c.bad(string(b.Side), "bounds", fmt.Sprintf("may have %d units outstanding, and the bound is %d", w.Most, b.Units), w.how())
		}
	}
}

func (c *checker) times() {
	for _, late := range c.ix.schedule().Late {
		c.bad(string(late.Of), "times", late.String())
	}
}

func (c *checker) warn() {
	p := c.ix.plan
	if p.Neutral == "" {
		c.warning("", "neutral", "nobody asks the persons whether they want to go: what a refusal at the crossing does, the plan does not know")
	}
	if len(c.ix.goes()) == 0 {
		c.warning("", "go", "no gate is the joint go: there is no point up to which all can still be undone")
	}
	for _, w := range c.ix.schedule().Early {
		c.warning(string(w.Of), "final", "%s", w.String())
	}
	for _, s := range c.ix.steps {
		if s.ins != nil && s.ins.Public {
			c.warning(string(s.id), "public", "the world sees it when it is done: it tells that something is coming")
		}
	}
	if len(p.Bounds) == 0 {
		c.warning("", "bounds", "no bound: the plan may leave a side with any number outstanding")
	}
}

// order puts the steps in an order in which each stands after all that it
// needs, ties by place; where none can be, it gives a ring.
func (ix *index) order() (list, ring []int) {
	state := make([]byte, len(ix.steps)) // 1: being looked at, 2: placed
	var path []int
	var visit func(i int) []int
	visit = func(i int) []int {
		switch state[i] {
		case 1:
			at := slices.Index(path, i)
			r := slices.Clone(path[at:])
			slices.Reverse(r)
			return r
		case 2:
			return nil
		}
		state[i] = 1
		path = append(path, i)
		for _, n := range ix.preds(i) {
			if r := visit(n); r != nil {
				return r
			}
		}
		path = path[:len(path)-1]
		state[i] = 2
		list = append(list, i)
		return nil
	}
	for i := range ix.steps {
		if r := visit(i); r != nil {
			return nil, r
		}
	}
	return list, nil
}

// preds lists all that a step waits for, the instruments of those whom it moves
// among them.
func (ix *index) preds(i int) []int {
	s := &ix.steps[i]
	if s.gate == nil || len(s.moves) == 0 {
		return s.needs
	}
	out := slices.Clone(s.needs)
	for _, e := range s.moves {
		if ix.chain[e][0] == i {
			out = append(out, ix.waits[e]...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

type bitset []uint64

func (b bitset) has(i int) bool { return b[i>>6]&(1<<(i&63)) != 0 }

// before gives, of each gate, the steps that are confirmed before it begins.
func (ix *index) before() []bitset {
	out := make([]bitset, len(ix.steps))
	list, _ := ix.order()
	for _, i := range list {
		b := make(bitset, (len(ix.steps)+63)/64)
		for _, n := range ix.preds(i) {
			for k, w := range out[n] {
				b[k] |= w
			}
			b[n>>6] |= 1 << (n & 63)
		}
		out[i] = b
	}
	return out
}
