package accord

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"parley"
	"parley/brief"
	"parley/frontier"
	"parley/internal/garble"
)

// problem is a random case with both briefs.
type problem struct {
	c      *parley.Case
	briefs [2]brief.Brief
}

// sizes of random problems.
type shape struct {
	persons   int
	most      int  // worth
	signs     bool // whoever a release serves
	redLines  bool
	rules     int
	groups    bool
	third     bool // a party without a brief holds some
	tightness int  // walk-aways up to this
}

func randomProblem(r *rand.Rand, s shape) problem {
	c := &parley.Case{ID: "random", Parties: []parley.Party{{ID: "a"}, {ID: "c"}, {ID: "b"}}}
	parties := [2]parley.PartyID{"a", "b"}
	worth := [2]map[parley.PersonID]int64{{}, {}}
	var ids []parley.PersonID
	for i := range s.persons {
		id := parley.PersonID(fmt.Sprintf("p%d", i))
		holder, heads := r.IntN(2), 1
		if s.third && r.IntN(4) == 0 {
			c.Persons = append(c.Persons, parley.Person{ID: id, HeldBy: "c"})
			ids = append(ids, id)
			worth[0][id], worth[1][id] = r.Int64N(int64(2*s.most+1))-int64(s.most), r.Int64N(int64(2*s.most+1))-int64(s.most)
			continue
		}
		if s.groups && r.IntN(3) == 0 {
			heads = 1 + r.IntN(3)
			c.Groups = append(c.Groups, parley.Group{ID: id, Count: heads, HeldBy: parties[holder]})
		} else {
			c.Persons = append(c.Persons, parley.Person{ID: id, HeldBy: parties[holder]})
		}
		worth[holder][id] = -int64(r.IntN(s.most/heads + 1))
		worth[1-holder][id] = int64(r.IntN(s.most/heads + 1))
		if s.signs {
			for k := range worth {
				if r.IntN(3) == 0 {
					worth[k][id] *= -1
				}
			}
		}
		ids = append(ids, id)
	}
	p := problem{c: c}
	for range s.rules {
		c.Rules = append(c.Rules, randomRule(r, ids))
	}
	for k := range 2 {
		content := brief.Content{Case: c.ID, Party: parties[k], Worth: worth[k], WalkAway: int64(r.IntN(s.tightness + 1))}
		if s.redLines {
			for _, id := range ids {
				switch r.IntN(12) {
				case 0:
					content.Rules = append(content.Rules, parley.Forbid{IDs: []parley.PersonID{id}})
				case 1:
					content.Rules = append(content.Rules, parley.Require{IDs: []parley.PersonID{id}})
				}
			}
		}
		p.briefs[k] = brief.New(content)
	}
	return p
}

func some(r *rand.Rand, ids []parley.PersonID) (out []parley.PersonID) {
	for range 1 + r.IntN(3) {
		out = append(out, ids[r.IntN(len(ids))])
	}
	return parley.NewExchange(out...)
}

func randomSelector(r *rand.Rand, ids []parley.PersonID) parley.Selector {
	switch r.IntN(3) {
	case 0:
		return parley.Selector{HeldBy: "a"}
	case 1:
		return parley.Selector{HeldBy: "b"}
	}
	return parley.Selector{IDs: some(r, ids)}
}

func randomRule(r *rand.Rand, ids []parley.PersonID) parley.Rule {
	n := r.IntN(4)
	switch r.IntN(9) {
	case 0:
		return parley.Require{IDs: some(r, ids)[:1]}
	case 1:
		return parley.Forbid{IDs: some(r, ids)[:1]}
	case 2:
		return parley.Together{IDs: some(r, ids)}
	case 3:
		return parley.AtMostOne{IDs: some(r, ids)}
	case 4:
		return parley.IfThen{If: some(r, ids)[0], Then: some(r, ids)}
	case 5:
		return parley.Count{Of: randomSelector(r, ids), AtLeast: &n}
	case 6:
		return parley.Count{Of: randomSelector(r, ids), AtMost: &n}
	case 7:
		return parley.Equal{A: randomSelector(r, ids), B: randomSelector(r, ids)}
	}
	return parley.Ratio{A: randomSelector(r, ids), B: randomSelector(r, ids), Num: r.IntN(3), Den: 1 + r.IntN(2)}
}

func termsFor(c *parley.Case, mode Mode, criterion Criterion, resolution int, step int64, signs bool) Terms {
	t := Terms{Form: Form, Question: Settle, Case: c.ID, Parties: [2]parley.PartyID{"a", "b"}, Mode: mode, Criterion: criterion, Resolution: resolution, Step: step, Signs: signs}
	if mode == Mediated {
		t.Neutral = "neutral"
	}
	return t
}

func mustPlan(t testing.TB, c *parley.Case, terms Terms) *Plan {
	t.Helper()
	p, err := NewPlan(c, terms)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func mustInputs(t testing.TB, p *Plan, briefs [2]brief.Brief) (out [2]Inputs) {
	t.Helper()
	for k, b := range briefs {
		in, err := p.Inputs(b)
		if err != nil {
			t.Fatal(err)
		}
		out[p.sideOf(k)] = in
	}
	return out
}

// inTheClear runs a plan's circuit on a Clear. in is by side.
func inTheClear(p *Plan, in [2]Inputs) []bool {
	var out []bool
	for _, w := range p.run(garble.Clear{}, clearValues(p, in)) {
		out = append(out, w.Colour() == 1)
	}
	return out
}

// clearValues are inputs in the open.
func clearValues(p *Plan, in [2]Inputs) (values []value) {
	left := [2][]uint64{in[0].values(), in[1].values()}
	for _, f := range p.fields() {
		n := left[f.side][0]
		left[f.side] = left[f.side][1:]
		v := value{}
		if f.hot && p.terms.Mode == SemiHonest {
			v.hot = garble.ClearOneHot(f.bits, int(n))
		} else {
			for j := range f.bits {
				v.wires = append(v.wires, garble.Bit(n>>j&1 == 1))
			}
		}
		values = append(values, v)
	}
	return values
}

// settle is the answer in the clear: the released, nil if there is none.
func settle(t testing.TB, pr problem, terms Terms) parley.Exchange {
	t.Helper()
	p := mustPlan(t, pr.c, terms)
	if p.Void() {
		return nil
	}
	return exchangeOf(p, inTheClear(p, mustInputs(t, p, pr.briefs)))
}

func exchangeOf(p *Plan, out []bool) parley.Exchange {
	var x parley.Exchange
	for i, it := range p.items {
		if out[1+i] {
			x = append(x, it.ID)
		}
	}
	slices.Sort(x)
	return x
}

// open is the answer of the open solver.
func open(t testing.TB, pr problem, criterion Criterion) *frontier.Answer {
	t.Helper()
	voices, err := frontier.Voices(pr.c, pr.briefs[:]...)
	if err != nil {
		t.Fatal(err)
	}
	p, err := frontier.New(pr.c, voices)
	if err != nil {
		t.Fatal(err)
	}
	a, err := p.Solve(context.Background(), frontier.Options{Criterion: frontier.Criterion(criterion)})
	if err != nil || !a.Proved {
		t.Fatalf("proved %v: %v", a.Proved, err)
	}
	return a
}

// gains of an exchange, walk-aways taken off.
func gains(pr problem, x parley.Exchange) (g [2]int64) {
	for k, b := range pr.briefs {
		pos := b.Position()
		g[k] = -pos.WalkAway
		for _, h := range pr.c.Holdings() {
			if x.Has(h.ID) {
				n, _ := points(pos, h)
				g[k] += n
			}
		}
	}
	return g
}

// sameAsOpen holds a settlement against the open solver: alike in whether there
// is an answer, and in the gains up to their order, which the public tie-break
// may choose otherwise.
func sameAsOpen(t testing.TB, pr problem, criterion Criterion, got parley.Exchange) {
	t.Helper()
	want := open(t, pr, criterion)
	if want.Agreeable != (got != nil) {
		t.Fatalf("agreeable %v, settled on %v", want.Agreeable, got)
	}
	if got == nil {
		return
	}
	g := gains(pr, got)
	o := [2]int64{want.Best.Gains[0].Points, want.Best.Gains[1].Points}
	if g != o && g != [2]int64{o[1], o[0]} {
		t.Fatalf("gains %v by %v, the open solver has %v by %v; rules %v", g, got, o, want.Best.Release, pr.c.Rules)
	}
	offer := &parley.Offer{From: "a", Release: got}
	voices, _ := frontier.Voices(pr.c, pr.briefs[:]...)
	p, _ := frontier.New(pr.c, voices)
	a, err := p.Solve(context.Background(), frontier.Options{Offer: offer})
	if err != nil || !a.Offer.Agreeable {
		t.Fatalf("%v is not agreeable: %v %v", got, a.Offer.Why, err)
	}
}

// rounds is how many random problems a test looks at: few by default, as many as
// PARLEY_ACCORD_ROUNDS says where that is set.
func rounds(t testing.TB, few int) int {
	t.Helper()
	text := os.Getenv("PARLEY_ACCORD_ROUNDS")
	if text == "" {
		return few
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("PARLEY_ACCORD_ROUNDS: %v", err)
	}
	return n
}

// TestInTheClearAsTheOpenSolver runs the circuit without garbling.
func TestInTheClearAsTheOpenSolver(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	for round := range rounds(t, 400) {
		s := shape{persons: 1 + r.IntN(12), most: 1 + r.IntN(15), tightness: r.IntN(12)}
		s.redLines, s.groups, s.signs, s.third = round%3 == 0, round%2 == 0, round%5 == 0, round%7 == 0
		if round%4 == 0 {
			s.rules = 1 + r.IntN(3)
		}
		pr := randomProblem(r, s)
		criterion := []Criterion{Nash, Maximin}[r.IntN(2)]
		mode := []Mode{SemiHonest, Mediated}[r.IntN(2)]
		sameAsOpen(t, pr, criterion, settle(t, pr, termsFor(pr.c, mode, criterion, 15, 1, s.signs)))
	}
}
