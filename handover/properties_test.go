package handover

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"parley"
)

// anyPlan draws a small sound plan: some entries each way, some optional, some
// through escrow, gates that need some of those before them.
func anyPlan(t *rapid.T) *Plan {
	p := &Plan{
		Actors:  []Actor{{ID: "east"}, {ID: "west"}, {ID: "host", Neutral: true}},
		Halters: []ActorID{"host"},
		Places:  []Place{{ID: "in-east", Under: "east"}, {ID: "in-west", Under: "west"}, {ID: "escrow", Under: "host", Escrow: true}},
	}
	n := rapid.IntRange(1, 3).Draw(t, "entries")
	var gates []Gate
	for i := range n {
		e := Entry{ID: parley.PersonID(fmt.Sprintf("e%d", i)), Heads: rapid.IntRange(1, 3).Draw(t, "heads"), From: "east", For: "west", Start: "in-east", Optional: rapid.Bool().Draw(t, "optional")}
		if rapid.Bool().Draw(t, "direction") {
			e.From, e.For, e.Start = "west", "east", "in-west"
		}
		e.Units = int64(rapid.IntRange(0, 5).Draw(t, "units"))
		p.Entries = append(p.Entries, e)
		var before []StepID
		if rapid.Bool().Draw(t, "through escrow") {
			g := anyGate(t, gates, len(gates))
			g.By, g.Confirm, g.Move = []ActorID{ActorID(e.From)}, []ActorID{"host"}, []Transfer{{e.ID, "escrow"}}
			gates, before = append(gates, g), []StepID{g.ID}
		}
		if i > 0 && len(before) == 0 && rapid.Bool().Draw(t, "together") {
			k := len(gates) - 1
			gates[k].Move = append(gates[k].Move, Transfer{e.ID, PlaceID("in-" + string(e.For))})
			gates[k].By = append(gates[k].By, ActorID(e.From))
			if !slices.Contains(gates[k].Confirm, ActorID(e.For)) {
				gates[k].Confirm = append(gates[k].Confirm, ActorID(e.For))
			}
			continue
		}
		g := anyGate(t, gates, len(gates))
		g.Needs = append(g.Needs, before...)
		g.By, g.Confirm, g.Move = []ActorID{ActorID(e.From)}, []ActorID{ActorID(e.For)}, []Transfer{{e.ID, PlaceID("in-" + string(e.For))}}
		gates = append(gates, g)
	}
	p.Phases = []Phase{{ID: "all", Gates: gates}}
	return p
}

func anyGate(t *rapid.T, before []Gate, n int) Gate {
	g := Gate{ID: StepID(fmt.Sprintf("g%d", n))}
	for _, b := range before {
		if rapid.Bool().Draw(t, "needs") {
			g.Needs = append(g.Needs, b.ID)
		}
	}
	return g
}

// TestWorstIsTheWorstOfAllStates: what is computed by a cut is what visiting
// every state finds.
func TestWorstIsTheWorstOfAllStates(t *testing.T) {
	seen := 0
	rapid.Check(t, func(t *rapid.T) {
		p := anyPlan(t)
		if f := p.Check(); !Sound(f) {
			t.Skip(f)
		}
		x := explore(p, 20_000)
		if slices.Contains(x.faults, "too many states") {
			t.Skip("large")
		}
		if len(x.faults) > 0 {
			t.Fatal(x.faults)
		}
		seen += x.states
		for i, w := range p.Worst() {
			if w.Heads.Most != x.worst[i] {
				t.Fatalf("%s: computed %d, found %d: %+v", w.Side, w.Heads.Most, x.worst[i], p)
			}
		}
	})
	t.Logf("%d states", seen)
}

func anyLoads(t *rapid.T, most int) []Load {
	n := rapid.IntRange(1, most).Draw(t, "groups")
	out := make([]Load, n)
	for i := range out {
		a, b := int64(rapid.IntRange(0, 9).Draw(t, "a")), int64(rapid.IntRange(0, 9).Draw(t, "b"))
		out[i] = newLoad(fmt.Sprint(i), []int64{a, b}, []int64{b, a})
		if i > 0 && rapid.IntRange(0, 5).Draw(t, "after") == 0 {
			out[i].After = []int{rapid.IntRange(0, i-1).Draw(t, "which")}
		}
	}
	return out
}

// TestTheBestOrderIsTheBestOfAll against every permutation. A search that may look
// at next to nothing still gives an order, and claims no more than it knows.
func TestTheBestOrderIsTheBestOfAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loads := anyLoads(t, 6)
		got, best := Best(loads, 2), bestOfAll(loads)
		s := newSearch(loads, 2)
		if got.Worst != best || s.worst(got.Order) != best || !got.Proved || got.Least != best {
			t.Fatalf("%+v, best of all is %d: %+v", got, best, loads)
		}
		s.efforts = []int{rapid.IntRange(1, 8).Draw(t, "effort")}
		got = s.best()
		if got.Least > best || got.Worst < best || s.worst(got.Order) != got.Worst || got.Proved && got.Worst != best || !allowed(loads, got.Order) {
			t.Fatalf("with little effort %+v, best of all is %d: %+v", got, best, loads)
		}
	})
}

// TestAnOrderBeyondReach: forty groups and a search that may look at a hundred sets
// at a time give up on a proof, and say so.
func TestAnOrderBeyondReach(t *testing.T) {
	loads := make([]Load, MaxGroups)
	for i := range loads {
		a, b := int64(1_000_003*(i+7)%99_991), int64(1_000_033*(i+3)%99_989)
		loads[i] = newLoad(fmt.Sprint(i), []int64{a, b}, []int64{b, a})
	}
	s := newSearch(loads, 2)
	greedy := s.worst(s.greedy())
	s.efforts = []int{100}
	got := s.best()
	if got.Proved || got.Least >= got.Worst || got.Worst > greedy || s.worst(got.Order) != got.Worst || !allowed(loads, got.Order) {
		t.Errorf("%+v, where the greedy order has %d", got, greedy)
	}
}

// bestOfAll tries every order.
func bestOfAll(loads []Load) int64 {
	s := newSearch(loads, 2)
	best := int64(1) << 40
	permute(len(loads), func(order []int) {
		if allowed(loads, order) {
			best = min(best, s.worst(order))
		}
	})
	return best
}

// allowed tells whether an order has every group once, each after those that must
// come before it.
func allowed(loads []Load, order []int) bool {
	at := map[int]int{}
	for i, g := range order {
		at[g] = i
	}
	for i, l := range loads {
		for _, a := range l.After {
			if at[a] > at[i] {
				return false
			}
		}
	}
	return len(at) == len(loads) && len(order) == len(loads)
}

func permute(n int, each func([]int)) {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	var at func(int)
	at = func(k int) {
		if k == n {
			each(order)
			return
		}
		for i := k; i < n; i++ {
			order[k], order[i] = order[i], order[k]
			at(k + 1)
			order[k], order[i] = order[i], order[k]
		}
	}
	at(0)
}

// TestFortyGroups: an order of forty groups is found and proved, whether the two
// sides give alike in the end or not. The instances are the same in every run.
func TestFortyGroups(t *testing.T) {
	for seed := range uint64(8) {
		for _, most := range []int{3, 30, 400} {
			for _, balanced := range []bool{false, true} {
				r := rand.New(rand.NewPCG(seed, uint64(most)))
				a, b := make([]int64, MaxGroups), make([]int64, MaxGroups)
				for i := range a {
					a[i], b[i] = int64(r.IntN(most+1)), int64(r.IntN(most+1))
				}
				if balanced {
					for i, k := range r.Perm(MaxGroups) {
						b[i] = a[k]
					}
				}
				var loads []Load
				for i := range a {
					loads = append(loads, newLoad(fmt.Sprint(i), []int64{a[i], b[i]}, []int64{b[i], a[i]}))
				}
				got := Best(loads, 2)
				s := newSearch(loads, 2)
				if s.worst(got.Order) != got.Worst || !got.Proved || got.Least != got.Worst {
					t.Errorf("seed %d, up to %d, balanced %v: %+v", seed, most, balanced, got)
				}
			}
		}
	}
}

// anyChain draws a plan of instruments before one gate, in a horizon of few
// minutes, so that every timetable can be tried.
func anyChain(t *rapid.T) *Plan {
	p := &Plan{
		Actors: []Actor{{ID: "east"}, {ID: "west"}},
		Places: []Place{{ID: "in-east", Under: "east"}, {ID: "in-west", Under: "west"}},
		Entries: []Entry{
			{ID: "a", Heads: 1, From: "east", For: "west", Start: "in-east"},
			{ID: "b", Heads: 1, From: "west", For: "east", Start: "in-west"},
		},
	}
	gate := Gate{ID: "go", Move: []Transfer{{"a", "in-west"}, {"b", "in-east"}}, By: []ActorID{"east"}, Confirm: []ActorID{"east", "west"}, Planned: Moment(rapid.IntRange(1, 5).Draw(t, "when"))}
	p.Phases = []Phase{{ID: "p", Gates: []Gate{gate}}}
	for i := range rapid.IntRange(1, 3).Draw(t, "instruments") {
		in := Instrument{
			ID: StepID(fmt.Sprintf("i%d", i)), Kind: "pardon", Of: []parley.PersonID{"a"}, Confirm: []ActorID{"east"},
			Final: rapid.Bool().Draw(t, "final"), Minutes: int64(rapid.IntRange(0, 2).Draw(t, "takes")),
			Earliest: Moment(rapid.IntRange(0, 4).Draw(t, "earliest")), Latest: Moment(rapid.IntRange(0, 5).Draw(t, "latest")),
			Free: rapid.IntRange(0, 4).Draw(t, "free") == 0,
		}
		for k := range i {
			if rapid.Bool().Draw(t, "needs") {
				in.Needs = append(in.Needs, p.Instruments[k].ID)
			}
		}
		p.Instruments = append(p.Instruments, in)
	}
	return p
}

// TestTheScheduleIsTheLatestOfAll: it is feasible just where some timetable is,
// it keeps every constraint, and no timetable has an act that can't be undone
// later than it has.
func TestTheScheduleIsTheLatestOfAll(t *testing.T) {
	feasible := 0
	rapid.Check(t, func(t *rapid.T) {
		p := anyChain(t)
		ix := newIndex(p)
		got := ix.schedule()
		at := map[StepID]Moment{}
		for _, s := range got.Slots {
			at[s.Of] = s.At
		}
		last, some := map[StepID]Moment{}, false
		timetables(ix, func(try []Moment) {
			some = true
			for i := range try {
				last[ix.steps[i].id] = max(last[ix.steps[i].id], try[i])
			}
		})
		if some != got.Feasible() {
			t.Fatalf("feasible: %v, by trying all: %v: %+v", got.Feasible(), some, got)
		}
		if !some {
			return
		}
		feasible++
		mine := make([]Moment, len(ix.steps))
		for i, s := range ix.steps {
			mine[i] = at[s.id]
		}
		if !keeps(ix, mine) {
			t.Fatalf("the schedule breaks a constraint: %+v", got)
		}
		for i := range ix.steps {
			in := ix.steps[i].ins
			if in != nil && in.Final && !(in.Free && in.Latest == 0) && mine[i] != last[in.ID] && bounded(ix, i) {
				t.Fatalf("%s is done at %d and could be at %d: %+v", in.ID, mine[i], last[in.ID], got)
			}
		}
	})
	if feasible == 0 {
		t.Error("no feasible plan was drawn")
	}
}

// bounded tells whether something says by when a step must be done.
func bounded(ix *index, i int) bool {
	list, _ := ix.order()
	return ix.latest(list)[i] < never
}

func timetables(ix *index, each func([]Moment)) {
	try := make([]Moment, len(ix.steps))
	var at func(int)
	at = func(i int) {
		if i == len(try) {
			if keeps(ix, try) {
				each(try)
			}
			return
		}
		for m := Moment(0); m <= 9; m++ {
			try[i] = m
			at(i + 1)
		}
	}
	at(0)
}

func keeps(ix *index, at []Moment) bool {
	for i := range ix.steps {
		sp := ix.steps[i].span()
		if at[i] < sp.earliest || sp.latest > 0 && at[i] > sp.latest {
			return false
		}
		for _, p := range ix.preds(i) {
			if at[p]+ix.steps[p].span().takes > at[i] {
				return false
			}
		}
	}
	return true
}

// TestCodesAreHeardRight: one digit misheard, or two neighbours swapped, is
// always found; a code opens its own step alone.
func TestCodesAreHeardRight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := Code([8]byte(rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(t, "random")))
		digits, err := ParseCode(code)
		if err != nil {
			t.Fatal(err)
		}
		for i := range digits {
			for d := byte('0'); d <= '9'; d++ {
				if bad := []byte(digits); bad[i] != d {
					bad[i] = d
					if _, err := ParseCode(string(bad)); err == nil {
						t.Fatalf("%s passes for %s", bad, digits)
					}
				}
			}
			if bad := []byte(digits); i > 0 && bad[i] != bad[i-1] {
				bad[i], bad[i-1] = bad[i-1], bad[i]
				if _, err := ParseCode(string(bad)); err == nil {
					t.Fatalf("%s passes for %s", bad, digits)
				}
			}
		}
	})
	code := Code([8]byte{1, 2, 3})
	c, err := Commitment([32]byte{7}, "gate", "host", code)
	if err != nil {
		t.Fatal(err)
	}
	for _, ok := range []struct {
		want bool
		got  bool
	}{
		{true, Opens(c, [32]byte{7}, "gate", "host", code)},
		{false, Opens(c, [32]byte{7}, "other", "host", code)},
		{false, Opens(c, [32]byte{7}, "gate", "guest", code)},
		{false, Opens(c, [32]byte{8}, "gate", "host", code)},
		{false, Opens(c, [32]byte{7}, "gate", "host", Code([8]byte{1, 2, 4}))},
	} {
		if ok.want != ok.got {
			t.Errorf("%+v", ok)
		}
	}
}

// newLoad is a group in which each side may have given all before it gets
// anything.
func newLoad(id string, gives, gets []int64) Load {
	l := Load{ID: id, Gives: gives, Gets: gets, Peak: slices.Clone(gives), PeakLast: make([]int64, len(gives))}
	for i := range gives {
		if gets[i] > 0 {
			l.PeakLast[i] = gives[i]
		}
	}
	return l
}
