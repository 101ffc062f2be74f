package handover

import (
	"slices"
	"sort"
)

// MaxGroups is how many groups an order is sought for.
const MaxGroups = 40

// orderStates bounds the search for an order: beyond it the best order found
// stands, with the bound that was proved.
const orderStates = 1_500_000

// Load is a group (a phase, a flight and its counterpart, a day) as the search
// for an order sees it. Each list has one number for each side.
type Load struct {
	ID    string
	Gives []int64
	Gets  []int64
	// Peak is the most that a side comes to have outstanding within the group,
	// counted from what it had before; PeakLast the same where nothing is due to
	// the side after the group.
	Peak     []int64
	PeakLast []int64
	After    []int // groups that must come before it
}

// Ordering is an order of groups and the worst exposure in it.
type Ordering struct {
	Order  []int `json:"-"`
	Worst  int64 `json:"worst"` // of any side at any moment
	Least  int64 `json:"least"` // no order has a smaller worst
	Proved bool  `json:"proved"`
	States int   `json:"states"` // sets of groups that were looked at
}

// Best seeks the order of groups whose worst exposure is least; of several with
// the same worst, any.
//
// For a limit T, it asks whether there is an order in which no side ever has
// more than T outstanding: a walk through the sets of groups that are done, in
// which what is outstanding depends on the set alone, so no set is left twice. A
// group that changes nobody's balance and brings nobody's last due goes as soon
// as it can; of groups that are alike one is tried. The least T is sought
// from what is certainly needed upwards, in steps that double and halve. To order
// groups so is NP-hard (it holds 3-partition); the search is exact, and where it
// would pass its bound of sets it says what is proved.
func Best(loads []Load, sides int) Ordering { return newSearch(loads, sides).best() }

func (s *search) best() Ordering {
	out := Ordering{Order: s.greedy()}
	out.Worst, out.Least = s.worst(out.Order), s.certain()
	for reach := int64(0); out.Least < out.Worst; {
		limit := min(out.Least+reach, out.Worst-1)
		order, known := s.within(limit)
		switch {
		case !known && reach == 0:
			// It is not known whether the least is enough: more may be, and is sought.
			return s.nearly(out)
		case order != nil:
			out.Order, out.Worst = order, s.worst(order)
			reach /= 2
		case known:
			out.Least, reach = limit+1, max(1, 2*reach)
		default:
			reach /= 2
		}
	}
	out.Proved, out.States = true, s.states
	return out
}

// nearly looks for a better order than the one at hand, where the least worst
// case could not be decided.
func (s *search) nearly(out Ordering) Ordering {
	for low := out.Least; out.Worst-low > 1; {
		mid := low + (out.Worst-low)/2
		if order, _ := s.within(mid); order != nil {
			out.Order, out.Worst = order, s.worst(order)
		} else {
			low = mid
		}
	}
	out.States = s.states
	return out
}

type search struct {
	loads   []Load
	sides   int
	efforts []int // how many sets each try may look at
	alike   []int // the first group that is like this one
	needs   []uint64
	states  int
	dead    map[uint64]bool
	limit   int64
	left    int                     // how many more sets may be looked at
	first   func(int, before) int64 // which groups are tried first: those of the least
}

func newSearch(loads []Load, sides int) *search {
	s := &search{loads: loads, sides: sides, efforts: []int{2_000, 20_000, orderStates}, alike: make([]int, len(loads)), needs: make([]uint64, len(loads))}
	for i, l := range loads {
		for _, a := range l.After {
			s.needs[i] |= 1 << a
		}
		s.alike[i] = i
		for j := range i {
			if s.same(loads[j], l) {
				s.alike[i] = j
				break
			}
		}
	}
	return s
}

func (s *search) same(a, b Load) bool {
	return len(a.After)+len(b.After) == 0 && slices.Equal(a.Gives, b.Gives) && slices.Equal(a.Gets, b.Gets) &&
		slices.Equal(a.Peak, b.Peak) && slices.Equal(a.PeakLast, b.PeakLast) && !s.needed(a) && !s.needed(b)
}

func (s *search) needed(l Load) bool {
	i := slices.IndexFunc(s.loads, func(m Load) bool { return m.ID == l.ID })
	return slices.ContainsFunc(s.loads, func(m Load) bool { return slices.Contains(m.After, i) })
}

// before is what each side has given beyond what it got, and whether something
// is still to come to it, once a set is done.
type before struct{ open, due []int64 }

func (s *search) start() before {
	b := before{make([]int64, s.sides), make([]int64, s.sides)}
	for _, l := range s.loads {
		for i := range s.sides {
			b.due[i] += l.Gets[i]
		}
	}
	return b
}

// cost is the worst that any side comes to within a group, and the state after.
func (s *search) cost(b before, l Load) int64 {
	var worst int64
	for i := range s.sides {
		peak := l.Peak[i]
		switch {
		case b.due[i] == 0:
			continue
		case b.due[i] == l.Gets[i]:
			peak = l.PeakLast[i]
			if l.Gets[i] == 0 {
				continue
			}
		}
		worst = max(worst, b.open[i]+peak)
	}
	return worst
}

func (s *search) step(b before, l Load, sign int64) {
	for i := range s.sides {
		b.open[i] += sign * (l.Gives[i] - l.Gets[i])
		b.due[i] -= sign * l.Gets[i]
	}
}

// worst is the worst exposure in an order.
func (s *search) worst(order []int) (worst int64) {
	b := s.start()
	for _, i := range order {
		worst = max(worst, s.cost(b, s.loads[i]))
		s.step(b, s.loads[i], 1)
	}
	return worst
}

// greedy takes, time and again, the group that costs least now.
func (s *search) greedy() []int {
	var order []int
	b := s.start()
	done := uint64(0)
	for range s.loads {
		best := -1
		for i, l := range s.loads {
			if done&(1<<i) == 0 && s.needs[i]&^done == 0 && (best < 0 || s.cost(b, l) < s.cost(b, s.loads[best])) {
				best = i
			}
		}
		s.step(b, s.loads[best], 1)
		order, done = append(order, best), done|1<<best
	}
	return order
}

// certain is a bound from below, whatever the order.
func (s *search) certain() int64 { return max(s.pairs(), s.ends()) }

// pairs: with two sides, of which what one has outstanding the other has
// received, a group's two peaks add up whatever stood before it.
func (s *search) pairs() (least int64) {
	if s.sides != 2 {
		return 0
	}
	for _, l := range s.loads {
		if l.Gives[0] != l.Gets[1] || l.Gives[1] != l.Gets[0] {
			return 0
		}
	}
	for _, l := range s.loads {
		// Where a side may have had its last due by then, its peak may be less.
		if l.Gets[0] > 0 && l.Gets[1] > 0 {
			least = max(least, (min(l.Peak[0], l.PeakLast[0])+min(l.Peak[1], l.PeakLast[1])+1)/2)
		}
	}
	return least
}

// ends: some group is the last that brings a side what is due to it. All that
// the side gives has been given by then, but for groups that bring it nothing.
func (s *search) ends() (least int64) {
	for i := range s.sides {
		var open, free int64
		for _, l := range s.loads {
			open += l.Gives[i] - l.Gets[i]
			if l.Gets[i] == 0 {
				free += l.Gives[i]
			}
		}
		lowest := int64(-1)
		for _, l := range s.loads {
			if l.Gets[i] > 0 {
				at := open - free - (l.Gives[i] - l.Gets[i]) + l.PeakLast[i]
				if lowest < 0 || at < lowest {
					lowest = max(0, at)
				}
			}
		}
		least = max(least, lowest)
	}
	return least
}

// within seeks an order in which nothing passes the limit; known is false where
// the search gave up. What is found dead stays so, so the search begins again
// with another notion of what to try first before it is let run long.
func (s *search) within(limit int64) (order []int, known bool) {
	s.limit, s.dead = limit, map[uint64]bool{}
	for _, long := range s.efforts {
		for _, first := range []func(int, before) int64{s.heavy, s.uneven} {
			s.first, s.left = first, long
			if order = s.walk(0, s.start(), nil); order != nil || s.left > 0 {
				return order, true
			}
		}
	}
	return nil, false
}

// heavy tries first what will be hardest to place later.
func (s *search) heavy(i int, _ before) (sum int64) {
	for k := range s.sides {
		sum -= s.loads[i].Peak[k]
	}
	return sum
}

// uneven tries first what leaves the sides most even.
func (s *search) uneven(i int, b before) (most int64) {
	for k := range s.sides {
		d := b.open[k] + s.loads[i].Gives[k] - s.loads[i].Gets[k]
		most = max(most, d, -d)
	}
	return most
}

func (s *search) walk(done uint64, b before, order []int) []int {
	if len(order) == len(s.loads) {
		return slices.Clone(order)
	}
	if s.dead[done] {
		return nil
	}
	if s.left--; s.left <= 0 {
		return nil
	}
	s.states++
	for _, i := range s.choices(done, b) {
		l := s.loads[i]
		s.step(b, l, 1)
		found := s.walk(done|1<<i, b, append(order, i))
		s.step(b, l, -1)
		if found != nil || s.left <= 0 {
			return found
		}
	}
	s.dead[done] = true
	return nil
}

// choices lists the groups that can come next, those that leave the sides most
// even first. One that changes nothing is taken alone.
func (s *search) choices(done uint64, b before) []int {
	var out []int
	tried := uint64(0)
	for i, l := range s.loads {
		if done&(1<<i) != 0 || s.needs[i]&^done != 0 || s.cost(b, l) > s.limit {
			continue
		}
		if a := s.alike[i]; tried&(1<<a) != 0 {
			continue
		} else {
			tried |= 1 << a
		}
		if slices.Equal(l.Gives, l.Gets) && !s.bringsLast(b, l) {
			return []int{i}
		}
		out = append(out, i)
	}
	sort.SliceStable(out, func(x, y int) bool { return s.first(out[x], b) < s.first(out[y], b) })
	return out
}

func (s *search) bringsLast(b before, l Load) bool {
	for i := range s.sides {
		if l.Gets[i] > 0 && b.due[i] == l.Gets[i] {
			return true
		}
	}
	return false
}

// Loads is the plan's phases as groups, each with the peak that its own gates
// allow, in heads or, with units, in units of the agreed scale. A phase of which
// a gate needs one of another phase comes after it.
func (p *Plan) Loads(units bool) []Load {
	measure := func(a Amount) int64 { return a.Heads }
	if units {
		measure = func(a Amount) int64 { return a.Units }
	}
	ix := newIndex(p)
	phase := map[StepID]int{}
	for i, ph := range p.Phases {
		for _, g := range ph.Gates {
			phase[g.ID] = i
		}
	}
	out := make([]Load, len(p.Phases))
	for i, ph := range p.Phases {
		n := len(ix.sides)
		out[i] = Load{ID: ph.ID, Gives: make([]int64, n), Gets: make([]int64, n), Peak: make([]int64, n), PeakLast: make([]int64, n)}
		for _, g := range ph.Gates {
			for _, need := range g.Needs {
				if k, ok := phase[need]; ok && k != i && !slices.Contains(out[i].After, k) {
					out[i].After = append(out[i].After, k)
				}
			}
		}
		p.fill(&out[i], ph, measure)
	}
	return out
}

// fill counts a phase by itself: what it gives and brings, and the peaks of a
// plan that has this phase alone, once as it is and once with something due
// afterwards.
func (p *Plan) fill(l *Load, ph Phase, measure func(Amount) int64) {
	whole := newIndex(p)
	alone := *p
	alone.Phases, alone.Instruments, alone.Bounds, alone.Sides = []Phase{ph}, nil, nil, whole.sides
	alone.Places = slices.Clone(p.Places)
	for i := range alone.Places {
		alone.Places[i].After = nil
	}
	alone.Entries = nil
	in := map[StepID]bool{}
	for _, g := range ph.Gates {
		in[g.ID] = true
	}
	for e, entry := range p.Entries {
		chain := whole.chain[e]
		if len(chain) == 0 || !in[whole.steps[chain[len(chain)-1]].id] {
			continue
		}
		alone.Entries = append(alone.Entries, entry)
		from, to := whole.side(entry.From), whole.side(entry.For)
		l.Gives[from] += measure(amount(entry))
		l.Gets[to] += measure(amount(entry))
	}
	ix := newIndex(&alone)
	before := ix.before()
	for i := range ix.sides {
		l.PeakLast[i] = ix.worstOf(i, before, measure).Most
		l.Peak[i] = ix.peak(i, measure)
	}
}

// peak is the most that a side comes to have outstanding where something stays
// due to it to the end.
func (ix *index) peak(side int, measure func(Amount) int64) int64 {
	weight, _ := ix.weights(side, measure)
	sum, _ := heaviest(weight, ix.eventNeeds())
	return sum
}
