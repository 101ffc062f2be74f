package frontier

import (
	"fmt"

	"parley"
	"parley/brief"
)

// RedLines lists what in one party's own position stands against an exchange:
// its red lines, and its walk-away. Nil: nothing. The rules of the case are not
// looked at. It works for lists of any length, and for an exchange with nobody
// in trade it finds nothing, since nothing is traded. No reason tells points.
func RedLines(c *parley.Case, p brief.Position, x parley.Exchange) []string {
	t := newTrade(c, inTrade(c), nil)
	out := t.release(x)
	if len(out.ids) == 0 {
		return nil
	}
	var reasons []string
	switch gain, err := t.gain(p, out); {
	case err != nil:
		reasons = append(reasons, err.Error())
	case gain < 0:
		reasons = append(reasons, fmt.Sprintf("%s: the gain is below the walk-away", p.Party))
	}
	for _, r := range p.Rules {
		if f := t.fault(r, out); f != "" {
			reasons = append(reasons, fmt.Sprintf("%s: %s: %s", p.Party, r, f))
		}
	}
	return reasons
}

// gain is what the released gain the position.
func (t *trade) gain(p brief.Position, out released) (int64, error) {
	room := room{left: capacity}
	room.take(p.WalkAway, 1)
	g := -p.WalkAway
	for i := range t.holdings {
		if h := &t.holdings[i]; out.ids[h.ID] {
			g += room.unit(&p, t, i, p.Worth[h.ID]) * int64(h.Heads)
		}
	}
	for _, r := range p.Rules {
		b, ok := r.(parley.Bonus)
		if ok && len(t.among(b.All, out, true)) > 0 && len(t.among(b.All, out, false)) == 0 && room.take(b.Points, 1) {
			g += b.Points
		}
	}
	if room.full {
		return 0, errOverflow(p.Party)
	}
	return g, nil
}
