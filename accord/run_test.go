package accord

import (
	"bytes"
	"crypto/rand"
	"io"
	mrand "math/rand/v2"
	"slices"
	"testing"

	"parley"
)

// memory is a journal for tests.
type memory struct{ records [][]byte }

func (m *memory) Keep(r []byte) error {
	m.records = append(m.records, bytes.Clone(r))
	return nil
}

func (m *memory) Kept() ([][]byte, error) { return m.records, nil }

// talk is all roles of one run, with their journals.
type talk struct {
	plan     *Plan
	inputs   []Inputs // by role
	journals []*memory
	runs     []*Run
	random   io.Reader
}

func newTalk(t testing.TB, p *Plan, in [2]Inputs) *talk {
	t.Helper()
	return newTalkWith(t, p, in, rand.Reader)
}

func newTalkWith(t testing.TB, p *Plan, in [2]Inputs, random io.Reader) *talk {
	t.Helper()
	k := &talk{plan: p, inputs: []Inputs{in[p.sideOf(0)], in[p.sideOf(1)]}, random: random}
	if p.terms.Mode == Mediated {
		k.inputs = append(k.inputs, Inputs{})
	}
	for role := range k.inputs {
		k.journals = append(k.journals, &memory{})
		k.runs = append(k.runs, nil)
		k.restart(t, role)
	}
	return k
}

// restart takes a role up from its journal.
func (k *talk) restart(t testing.TB, role int) {
	t.Helper()
	r, err := Start(k.plan, k.plan.role(role), k.inputs[role], k.journals[role], k.random)
	if err != nil {
		t.Fatal(err)
	}
	k.runs[role] = r
}

// message makes message number n at its sender.
func (k *talk) message(t testing.TB, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	l := k.plan.script()[n]
	if s := k.runs[l.from].Next(); s.Do != Send || s.Number != n {
		t.Fatalf("message %d: due is %+v", n, s)
	}
	if err := k.runs[l.from].Send(&b); err != nil {
		t.Fatal(err)
	}
	if int64(b.Len()) != headSize+l.length+sumSize {
		t.Fatalf("message %d has %d bytes", n, b.Len())
	}
	return b.Bytes()
}

// upTo carries messages until n is due, and gives those carried.
func (k *talk) upTo(t testing.TB, n int) (out [][]byte) {
	t.Helper()
	for i := range n {
		m := k.message(t, i)
		to := k.plan.script()[i].to
		if s := k.runs[to].Next(); s.Do != Receive || s.Number != i || s.Length != int64(len(m)) {
			t.Fatalf("message %d: due is %+v", i, s)
		}
		if err := k.runs[to].Receive(bytes.NewReader(m)); err != nil {
			t.Fatalf("message %d: %v", i, err)
		}
		out = append(out, m)
	}
	return out
}

// result is what both parties learned, which must be the same.
func (k *talk) result(t testing.TB) Result {
	t.Helper()
	a, ok := k.runs[0].Result()
	b, too := k.runs[1].Result()
	if !ok || !too || a.Agreeable != b.Agreeable || !slices.Equal(a.Release, b.Release) {
		t.Fatalf("results %+v %v and %+v %v", a, ok, b, too)
	}
	for _, r := range k.runs {
		if s := r.Next(); s.Do != Done || r.Err() != nil {
			t.Fatalf("at the end %+v is due, %v", s, r.Err())
		}
	}
	if len(k.runs) > neutral {
		if _, ok := k.runs[neutral].Result(); ok {
			t.Fatal("the neutral has a result")
		}
	}
	return a
}

// whole carries out a whole run.
func whole(t testing.TB, p *Plan, in [2]Inputs) Result {
	t.Helper()
	k := newTalk(t, p, in)
	k.upTo(t, len(p.script()))
	return k.result(t)
}

func modes() []Mode { return []Mode{SemiHonest, Mediated} }

func askPlan(t testing.TB, mode Mode) *Plan {
	t.Helper()
	c := &parley.Case{ID: "ask", Parties: []parley.Party{{ID: "a"}, {ID: "b"}}, Persons: []parley.Person{{ID: "p", HeldBy: "a"}, {ID: "q", HeldBy: "b"}}}
	terms := Terms{Form: Form, Question: Ask, Case: "ask", Parties: [2]parley.PartyID{"a", "b"}, Mode: mode, Asked: parley.NewExchange("p", "q")}
	if mode == Mediated {
		terms.Neutral = "n"
	}
	return mustPlan(t, c, terms)
}

func TestBlindYes(t *testing.T) {
	for _, mode := range modes() {
		p := askPlan(t, mode)
		for i := range 4 {
			a, b := i&1 == 1, i&2 == 2
			got := whole(t, p, [2]Inputs{Answer(a), Answer(b)})
			if got.Agreeable != (a && b) || (len(got.Release) == 2) != (a && b) {
				t.Errorf("%s: %v and %v give %+v", mode, a, b, got)
			}
		}
	}
}

// TestSettlementAsTheOpenSolver runs the whole protocol.
func TestSettlementAsTheOpenSolver(t *testing.T) {
	r := mrand.New(mrand.NewPCG(10, 1))
	for round := range rounds(t, 40) {
		s := shape{persons: 1 + r.IntN(12), most: 1 + r.IntN(15), tightness: r.IntN(12)}
		s.redLines, s.groups, s.signs = round%3 == 0, round%2 == 0, round%5 == 0
		if round%4 == 0 {
			s.rules = 1 + r.IntN(3)
		}
		pr := randomProblem(r, s)
		criterion := []Criterion{Nash, Maximin}[r.IntN(2)]
		mode := modes()[r.IntN(2)]
		p := mustPlan(t, pr.c, termsFor(pr.c, mode, criterion, 15, 1, s.signs))
		var got parley.Exchange
		if !p.Void() {
			in := mustInputs(t, p, pr.briefs)
			got = whole(t, p, in).Release
			if clear := exchangeOf(p, inTheClear(p, in)); !slices.Equal(got, clear) {
				t.Fatalf("settled on %v, in the clear %v", got, clear)
			}
		}
		sameAsOpen(t, pr, criterion, got)
	}
}
