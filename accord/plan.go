package accord

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"parley"
	"parley/internal/garble"
)

// ErrUnfit marks what a settlement can't take. It is refused, never dropped.
var ErrUnfit = errors.New("a settlement can't take this")

type unfit struct{ error }

func (u unfit) Unwrap() error        { return u.error }
func (u unfit) Is(target error) bool { return target == ErrUnfit }

func refuse(format string, args ...any) error { return unfit{fmt.Errorf(format, args...)} }

// itemKind says in which direction a release moves the two.
type itemKind int

const (
	given  itemKind = iota // held by the other: the axis gains or is indifferent, the other pays
	kept                   // held by the axis: the axis pays, the other gains
	either                 // private signs, or held by a third state: nobody knows
)

// item is a person or group that may be released.
type item struct {
	ID       parley.PersonID
	kind     itemKind
	required bool // by a rule of the case
	holding  parley.Holding
}

// Plan is a case and terms made ready: what the circuit is. It is public, and
// the same at both desks.
type Plan struct {
	terms  Terms
	id     RunID
	axis   int // index into terms.Parties
	items  []item
	barred map[parley.PersonID]bool // in trade, and never released by a rule of the case
	steps  steps
	void   bool // no exchange keeps the rules of the case
	cost   garble.Counter
}

// draft is a plan in the making.
type draft struct {
	of      *parley.Case
	terms   *Terms
	inTrade map[parley.PersonID]bool
	must    map[parley.PersonID]bool
	barred  map[parley.PersonID]bool
	axis    int
	items   []item
}

// NewPlan holds terms against a case. What can't be settled is ErrUnfit.
func NewPlan(c *parley.Case, t Terms) (*Plan, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	if t.Case != c.ID {
		return nil, fmt.Errorf("the terms are for case %q, not %q", t.Case, c.ID)
	}
	for _, id := range t.Parties {
		if _, ok := c.Party(id); !ok {
			return nil, fmt.Errorf("%s is no party of the case", id)
		}
	}
	p := &Plan{terms: t, id: t.ID()}
	d := &draft{of: c, terms: &t, inTrade: map[parley.PersonID]bool{}, must: map[parley.PersonID]bool{}, barred: map[parley.PersonID]bool{}}
	var err error
	if t.Question == Ask {
		err = d.asked()
	} else {
		err = d.settle(p)
	}
	if err != nil {
		return nil, err
	}
	return p, p.measure()
}

// asked checks the exchange of a blind yes.
func (d *draft) asked() error {
	reg := d.of.Register()
	for _, id := range d.terms.Asked {
		h, ok := reg[id]
		switch {
		case !ok:
			return fmt.Errorf("%s is not in the case", id)
		case h.HeldBy == "" || h.Owed:
			return fmt.Errorf("%s is not in trade", id)
		}
	}
	return nil
}

// settle lays out the items and the rules.
func (d *draft) settle(p *Plan) error {
	if err := d.trade(); err != nil {
		return err
	}
	p.axis, p.barred = d.axis, d.barred
	for id := range d.must {
		p.void = p.void || d.barred[id]
	}
	tallies, err := d.tallies()
	if err != nil {
		return unfit{err}
	}
	d.gather(tallies)
	if tallies, err = d.tallies(); err != nil {
		return unfit{err}
	}
	p.items = d.items
	var courses []*course
	for _, t := range tallies {
		c, err := t.follow(d.items)
		if err != nil {
			return unfit{err}
		}
		courses = append(courses, c)
	}
	steps, ok, err := walk(courses, d.items)
	if err != nil {
		return unfit{err}
	}
	p.steps, p.void = steps, p.void || !ok || len(d.items) == 0
	return nil
}

// gather orders the items: who the axis doesn't hold, then who it holds, and in
// the middle of it those whom a counted rule looks at, by the first such rule. So
// places are told apart over as few persons as can be. All else by id.
func (d *draft) gather(tallies []tally) {
	rule := map[parley.PersonID]int{} // the first rule that looks at a person, from 1; 0: none
	for k := len(tallies) - 1; k >= 0; k-- {
		for i, it := range d.items {
			if tallies[k].weights[i] != 0 {
				rule[it.ID] = k + 1
			}
		}
	}
	slices.SortFunc(d.items, func(a, b item) int {
		mineA, mineB := d.mine(a), d.mine(b)
		looked := cmp.Compare(min(rule[a.ID], 1), min(rule[b.ID], 1))
		if mineA == 1 {
			looked = -looked
		}
		return cmp.Or(cmp.Compare(mineA, mineB), looked, cmp.Compare(rule[a.ID], rule[b.ID]), cmp.Compare(a.ID, b.ID))
	})
}

// mine is 1 for who is held by the axis.
func (d *draft) mine(i item) int { return btoi(i.holding.HeldBy == d.terms.Parties[d.axis]) }

// trade lists the items.
func (d *draft) trade() error {
	var traded []parley.Holding
	for _, h := range d.of.Holdings() {
		if !h.Owed && h.HeldBy != "" {
			d.inTrade[h.ID] = true
			traded = append(traded, h)
		}
	}
	if len(traded) > MaxTraded {
		return refuse("%d persons and groups are in trade, and a settlement takes %d at most", len(traded), MaxTraded)
	}
	d.lists()
	held := [2]int{}
	for _, h := range traded {
		if k := slices.Index(d.terms.Parties[:], h.HeldBy); k >= 0 && !d.barred[h.ID] {
			held[k]++
		}
	}
	if held[0] < held[1] { // the axis is the one to whom the fewer are given
		d.axis = 1
	}
	for _, h := range traded {
		if !d.barred[h.ID] {
			d.items = append(d.items, item{h.ID, d.kindOf(h), d.must[h.ID], h})
		}
	}
	return nil
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// kindOf tells whom a release serves, as far as that is public. Whom a third state
// holds may serve either.
func (d *draft) kindOf(h parley.Holding) itemKind {
	switch {
	case d.terms.Signs || !slices.Contains(d.terms.Parties[:], h.HeldBy):
		return either
	case h.HeldBy == d.terms.Parties[d.axis]:
		return kept
	}
	return given
}

// lists gathers whom the rules of the case require and forbid.
func (d *draft) lists() {
	for _, r := range d.of.Rules {
		switch r := r.(type) {
		case parley.Require:
			for _, id := range d.listed(r.IDs) {
				d.must[id] = true
			}
		case parley.Forbid:
			for _, id := range d.listed(r.IDs) {
				d.barred[id] = true
			}
		}
	}
}

// measure counts what the circuit costs, and refuses one that costs too much.
func (p *Plan) measure() error {
	if p.void {
		return nil
	}
	if rough := p.rough(); rough > MaxStream {
		return refuse("the circuit would take about %d MB, and %d is the most: choose a lower resolution, or fewer persons or counting rules", rough>>20, MaxStream>>20)
	}
	p.run(&p.cost, p.blank())
	return nil
}

// rough is about the length of the stream, without running through the circuit.
func (p *Plan) rough() (n int64) {
	levels, places := int64(1), int64(1)
	for i, it := range p.items {
		if it.kind != kept {
			levels += int64(p.reach())
		}
		after := int64(len(p.steps[i]))
		n += levels * max(places, after) * int64(bitsFor((i+1)*p.reach())+1) * 7 * garble.Size
		places = after
	}
	return n
}

// blank is values without meaning, for counting.
func (p *Plan) blank() []value {
	out := make([]value, 0)
	for _, f := range p.fields() {
		v := value{wires: make([]wire, f.bits)}
		if f.hot && p.terms.Mode == SemiHonest {
			v = value{hot: garble.ClearOneHot(f.bits, 0)}
		}
		out = append(out, v)
	}
	return out
}

// ID names the run.
func (p *Plan) ID() RunID { return p.id }

// Terms are the terms of the plan.
func (p *Plan) Terms() Terms { return p.terms }

// Void tells that no exchange keeps the rules of the case: the answer is none,
// as everybody can see, and there is nothing to run.
func (p *Plan) Void() bool { return p.void }

// WaitsFor lists, of an exchange, whom parties other than the two hold: their own
// yes is still needed. Silence is not consent.
func (p *Plan) WaitsFor(x parley.Exchange) map[parley.PartyID]parley.Exchange {
	out := map[parley.PartyID]parley.Exchange{}
	for _, it := range p.items {
		if h := it.holding.HeldBy; x.Has(it.ID) && !slices.Contains(p.terms.Parties[:], h) {
			out[h] = parley.NewExchange(append(out[h], it.ID)...)
		}
	}
	return out
}

// Persons is how many persons and groups are in trade.
func (p *Plan) Persons() int { return len(p.items) + len(p.barred) }

// Gates is how many AND gates of two ciphertexts the circuit has, and how many
// ciphertexts of one-hot products.
func (p *Plan) Gates() (ands, products int64) { return p.cost.Ands, p.cost.Products }

// reach is the most steps that one release may move anybody.
func (p *Plan) reach() int { return 1<<bitsFor(p.terms.Resolution) - 1 }

// sideOf is where a party of the terms sits.
func (p *Plan) sideOf(party int) side {
	if party == p.axis {
		return axis
	}
	return other
}

// Messages is how many messages a run has, all roles together.
func (p *Plan) Messages() int { return len(p.script()) }

// Length is how many bytes a run takes, all messages together.
func (p *Plan) Length() (n int64) {
	for _, l := range p.script() {
		n += headSize + l.length + sumSize
	}
	return n
}

// Longest is how many bytes the longest message of a run has.
func (p *Plan) Longest() (n int64) {
	for _, l := range p.script() {
		n = max(n, headSize+l.length+sumSize)
	}
	return n
}

// Roles names who takes part: the parties of the terms in their order, and the
// neutral where there is one.
func (p *Plan) Roles() []string {
	roles := []string{string(p.terms.Parties[0]), string(p.terms.Parties[1])}
	if p.terms.Mode == Mediated {
		roles = append(roles, p.terms.Neutral)
	}
	return roles
}
