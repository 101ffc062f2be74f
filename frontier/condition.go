package frontier

import "math"

// condition is a rule over sets. It is one of all, none, whole, single, follows
// and tally.
type condition interface {
	// holds tells whether the set keeps the rule.
	holds(s set) bool
	// outlook looks at s with the holdings of open, none of them in s,
	// undecided: may is false only if no choice among them keeps the rule, must
	// is true only if every choice does.
	outlook(s, open set) (may, must bool)
	// state is what choices among open have to know of s: with equal states, the
	// same choices keep the rule. It is asked for only where the rule may hold.
	state(s, open set) int64
}

type (
	// all holds when the whole of it is released.
	all struct{ of set }
	// none holds when nothing of it is released.
	none struct{ of set }
	// whole holds when all of it is released or none.
	whole struct{ of set }
	// single holds when at most one of it is released.
	single struct{ of set }
	// follows holds when cause is not released or all of effect is.
	follows struct{ cause, effect set }
	// tally holds when a weighted count lies between two bounds, both included.
	tally struct {
		parts       []part
		least, most int64
	}
	// part is the holdings of one weight.
	part struct {
		weight int64
		of     set
	}
)

func (c all) holds(s set) bool     { return s&c.of == c.of }
func (c none) holds(s set) bool    { return s&c.of == 0 }
func (c whole) holds(s set) bool   { return s&c.of == 0 || s&c.of == c.of }
func (c single) holds(s set) bool  { return (s & c.of).count() <= 1 }
func (c follows) holds(s set) bool { return s&c.cause == 0 || s&c.effect == c.effect }

func (c tally) holds(s set) bool {
	n := c.count(s)
	return c.least <= n && n <= c.most
}

func (c all) outlook(s, open set) (may, must bool)    { return c.holds(s | open), c.holds(s) }
func (c none) outlook(s, open set) (may, must bool)   { return c.holds(s), c.holds(s | open) }
func (c single) outlook(s, open set) (may, must bool) { return c.holds(s), c.holds(s | open) }

func (c whole) outlook(s, open set) (may, must bool) {
	if c.of&open == 0 {
		return c.holds(s), c.holds(s)
	}
	return s&c.of == 0 || (s|open)&c.of == c.of, false
}

func (c follows) outlook(s, open set) (may, must bool) {
	may = s&c.cause == 0 || (s|open)&c.effect == c.effect
	must = (s|open)&c.cause == 0 || s&c.effect == c.effect
	return may, must
}

func (c tally) outlook(s, open set) (may, must bool) {
	low, high := c.count(s), c.count(s)
	for _, p := range c.parts {
		free := p.weight * int64((open & p.of).count())
		low += min(free, 0)
		high += max(free, 0)
	}
	return low <= c.most && high >= c.least, low >= c.least && high <= c.most
}

func (c all) state(_, _ set) int64  { return 0 }
func (c none) state(_, _ set) int64 { return 0 }

func (c whole) state(s, _ set) int64  { return int64(s & c.of) }
func (c single) state(s, _ set) int64 { return int64((s & c.of).count()) }
func (c tally) state(s, _ set) int64  { return c.count(s) }

func (c follows) state(s, open set) int64 {
	switch {
	case (s|open)&c.effect != c.effect:
		return 0 // the cause is out
	case s&c.cause != 0:
		return 1 // the rest of the effect is due
	}
	return 2
}

// count is the weighted count of the released.
func (c tally) count(s set) int64 {
	var n int64
	for _, p := range c.parts {
		n += p.weight * int64((s & p.of).count())
	}
	return n
}

// newTally gathers weights, one for each holding, into parts.
func newTally(weights []int64, least, most int64) tally {
	c := tally{least: least, most: most}
	at := map[int64]int{}
	for i, w := range weights {
		if w == 0 {
			continue
		}
		k, seen := at[w]
		if !seen {
			k = len(c.parts)
			at[w] = k
			c.parts = append(c.parts, part{weight: w})
		}
		c.parts[k].of |= 1 << i
	}
	return c
}

// The bounds of a tally that sets none.
const (
	noLeast = math.MinInt64
	noMost  = math.MaxInt64
)
