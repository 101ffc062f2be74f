package accord

import (
	"fmt"
	"io"
	"log/slog"
	"slices"

	"parley"
	"parley/brief"
)

// maxPoints bounds the points of one head, so that no sum can overflow.
const maxPoints = 1 << 40

// Inputs is what one party puts into a run. It hides itself as a brief does.
type Inputs struct{ hidden func() []uint64 }

// hide keeps the values behind a function, which reflection prints as an
// address.
func hide(values []uint64) Inputs { return Inputs{func() []uint64 { return values }} }

func (in Inputs) values() []uint64 {
	if in.hidden == nil {
		return nil
	}
	return in.hidden()
}

// Format hides the inputs from fmt in every verb.
func (Inputs) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, brief.Hidden) }

// LogValue hides the inputs from logs.
func (Inputs) LogValue() slog.Value { return slog.StringValue(brief.Hidden) }

// MarshalText refuses, and with it JSON, XML and YAML.
func (Inputs) MarshalText() ([]byte, error) { return nil, brief.ErrPrivate }

// MarshalBinary refuses, and with it CBOR and gob.
func (Inputs) MarshalBinary() ([]byte, error) { return nil, brief.ErrPrivate }

// Answer is a party's answer to a blind yes.
func Answer(yes bool) Inputs { return hide([]uint64{uint64(btoi(yes))}) }

// Inputs turns a brief into the numbers of the circuit: worth rounded down to
// steps, the walk-away up. What the circuit can't take is ErrUnfit. Errors tell
// no number.
func (p *Plan) Inputs(b brief.Brief) (Inputs, error) {
	pos := b.Position()
	party := slices.Index(p.terms.Parties[:], pos.Party)
	switch {
	case party < 0:
		return Inputs{}, fmt.Errorf("%s is no party of the settlement", pos.Party)
	case b.Content().Case != p.terms.Case:
		return Inputs{}, fmt.Errorf("the brief of %s is not for case %q", pos.Party, p.terms.Case)
	case p.terms.Question != Settle:
		return Inputs{}, fmt.Errorf("a brief goes into a settlement, not into a blind yes")
	}
	r, err := p.round(pos)
	if err != nil {
		return Inputs{}, err
	}
	return hide(p.fill(p.sideOf(party), r)), nil
}

// rounded is a position in steps.
type rounded struct {
	worth            []int // of each item
	walkAway         int
	required, barred []bool // of each item
	never            bool   // its own rules can't hold
}

// round turns points into steps.
func (p *Plan) round(pos brief.Position) (*rounded, error) {
	r := &rounded{required: make([]bool, len(p.items)), barred: make([]bool, len(p.items))}
	for _, it := range p.items {
		n, err := points(pos, it.holding)
		if err != nil {
			return nil, err
		}
		steps := floor(n, p.terms.Step)
		switch limit := int64(p.terms.Resolution); {
		case steps > limit || steps < -limit:
			return nil, refuse("%s: a worth passes %d steps of %d points", pos.Party, p.terms.Resolution, p.terms.Step)
		case it.kind != either && (steps < 0) != (it.holding.HeldBy == pos.Party) && steps != 0:
			return nil, refuse("%s: a release serves its holder or hurts the other side, and these terms take it that none does: %w", pos.Party, ErrSigns)
		}
		r.worth = append(r.worth, int(steps))
	}
	if pos.WalkAway < 0 {
		return nil, refuse("%s: the walk-away is negative", pos.Party)
	}
	most := int64(p.reach()*len(p.items) + 1)
	r.walkAway = int(min(-floor(-pos.WalkAway, p.terms.Step), most))
	return r, p.redLines(pos, r)
}

// ErrSigns marks a brief that needs terms with private signs.
var ErrSigns = fmt.Errorf("terms with private signs are needed")

// redLines takes what a brief requires and forbids.
func (p *Plan) redLines(pos brief.Position, r *rounded) error {
	mark := func(ids []parley.PersonID, on []bool) {
		for i, it := range p.items {
			on[i] = on[i] || slices.Contains(ids, it.ID)
		}
	}
	for _, rule := range pos.Rules {
		switch rule := rule.(type) {
		case parley.Require:
			mark(rule.IDs, r.required)
			r.never = r.never || slices.ContainsFunc(rule.IDs, func(id parley.PersonID) bool { return p.barred[id] })
		case parley.Forbid:
			mark(rule.IDs, r.barred)
		default:
			return unfitRule(pos.Party)
		}
	}
	return nil
}

func unfitRule(p parley.PartyID) error {
	return refuse("%s: of red lines and bonuses a settlement takes only what is required and what is forbidden", p)
}

// points is what a release is worth to a position, tags and all heads included.
func points(pos brief.Position, h parley.Holding) (int64, error) {
	n := pos.Worth[h.ID]
	tags := slices.Clone(h.Tags)
	slices.Sort(tags)
	for _, tag := range slices.Compact(tags) {
		if n > maxPoints || n < -maxPoints || pos.Tags[tag] > maxPoints || pos.Tags[tag] < -maxPoints {
			break
		}
		n += pos.Tags[tag]
	}
	if n > maxPoints || n < -maxPoints || h.Heads > parley.MaxHeads {
		return 0, refuse("%s: a worth is too large to be settled with", pos.Party)
	}
	return n * int64(h.Heads), nil
}

// floor is n / step rounded down.
func floor(n, step int64) int64 {
	q := n / step
	if n%step < 0 {
		q--
	}
	return q
}

// Bound is the most points that any release moves the party of a brief, up or
// down: what a side declares, or rounds up and declares, so that a step can be
// agreed on.
func Bound(c *parley.Case, b brief.Brief) (int64, error) {
	most, pos := int64(0), b.Position()
	for _, h := range c.Holdings() {
		if h.Owed || h.HeldBy == "" {
			continue
		}
		n, err := points(pos, h)
		if err != nil {
			return 0, err
		}
		most = max(most, n, -n)
	}
	return most, nil
}

// StepFor is the smallest step for which no worth within the bounds passes so
// many steps.
func StepFor(resolution int, bounds ...int64) int64 {
	step := int64(1)
	for _, n := range bounds {
		step = max(step, -floor(-n, int64(resolution)))
	}
	return step
}

// fill writes a position as the values of one side's fields.
func (p *Plan) fill(s side, r *rounded) (out []uint64) {
	b := bitsFor(p.terms.Resolution)
	number := func(n int) {
		if s == axis {
			out = append(out, split(uint64(n), b)...)
		} else {
			out = append(out, uint64(n))
		}
	}
	threshold, budget := r.walkAway, -r.walkAway
	for i, it := range p.items {
		up, down := max(r.worth[i], 0), max(-r.worth[i], 0)
		switch {
		case it.kind == either && s == axis:
			number(up)
			number(down)
			threshold += down
		case it.kind == either: // releasing costs down; not releasing costs up
			number(down)
			number(up)
			budget += up
		case it.kind == kept && s == other:
			number(up)
			budget += up
		default:
			number(up + down) // one of them is 0
		}
		out = append(out, uint64(btoi(r.required[i])|btoi(r.barred[i])<<1))
	}
	if s == axis {
		if r.never {
			threshold = p.levels()
		}
		return append(out, split(uint64(min(threshold, p.levels())), p.thresholdBits())...)
	}
	never := r.never || budget < 0
	return append(out, uint64(max(budget, 0)), uint64(btoi(never)))
}
