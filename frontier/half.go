package frontier

// half is the subsets of one half of the trade that some subset of the other
// half may complete, with what they gain.
type half struct {
	all   set // the holdings of this half
	sets  []set
	gains [][]int64 // by party, then by index into sets; walk-aways not taken off
	heads []int64
	top   []int64 // by party, the greatest of gains
	most  int64   // the greatest of heads
}

// newHalf sums every subset of a half and keeps those that break no rule,
// whatever is released of the rest.
func newHalf(p *Problem, of, rest set, rules []limit) *half {
	h := &half{all: of, gains: make([][]int64, len(p.worths)), top: make([]int64, len(p.worths))}
	for s := set(0); ; s = (s - of) & of { // the next subset of `of`, in counting order
		if mayHold(rules, s, rest) {
			h.add(p, s)
		}
		if s == of {
			break
		}
	}
	return h
}

func mayHold(rules []limit, s, open set) bool {
	for _, l := range rules {
		if may, _ := l.cond.outlook(s, open); !may {
			return false
		}
	}
	return true
}

// add takes a subset in. Bonuses that reach into the other half are not counted
// here (scan.spanning).
func (h *half) add(p *Problem, s set) {
	first := len(h.sets) == 0
	h.sets = append(h.sets, s)
	for i := range p.worths {
		w := &p.worths[i]
		g := w.gain(s) + w.walkAway
		h.gains[i] = append(h.gains[i], g)
		if first || g > h.top[i] {
			h.top[i] = g
		}
	}
	n := p.trade.heads(s)
	h.heads = append(h.heads, n)
	h.most = max(h.most, n)
}

// keep drops the subsets for which good says no. The tops stay: still bounds.
func (h *half) keep(good func(i int) bool) {
	n := 0
	for i := range h.sets {
		if !good(i) {
			continue
		}
		h.sets[n], h.heads[n] = h.sets[i], h.heads[i]
		for p := range h.gains {
			h.gains[p][n] = h.gains[p][i]
		}
		n++
	}
	h.sets, h.heads = h.sets[:n], h.heads[:n]
	for p := range h.gains {
		h.gains[p] = h.gains[p][:n]
	}
}
