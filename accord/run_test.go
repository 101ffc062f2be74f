package accord

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	mrand "math/rand/v2"
	"slices"
	"testing"

	"parley"
	"parley/brief"
	"parley/internal/garble"
	"parley/internal/ot"
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
	c := askCase()
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
		s.redLines, s.groups, s.signs, s.third = round%3 == 0, round%2 == 0, round%5 == 0, round%7 == 0
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

// swap is the exercise of three persons: to a the release of two is worth 65 and
// 55 and that of one costs 50; to b it is worth 40, and they cost 30 and 25.
func swap(walkAway int64) problem {
	c := &parley.Case{ID: "swap", Parties: []parley.Party{{ID: "a"}, {ID: "b"}}, Persons: []parley.Person{
		{ID: "griner", HeldBy: "b"}, {ID: "whelan", HeldBy: "b"}, {ID: "bout", HeldBy: "a"},
	}}
	a := brief.Content{Case: c.ID, Party: "a", WalkAway: walkAway, Worth: map[parley.PersonID]int64{"griner": 60, "whelan": 55, "bout": -50}}
	b := brief.Content{Case: c.ID, Party: "b", Worth: map[parley.PersonID]int64{"griner": -30, "whelan": -25, "bout": 40}}
	return problem{c, [2]brief.Brief{brief.New(a), brief.New(b)}}
}

func askCase() *parley.Case {
	return &parley.Case{ID: "ask", Parties: []parley.Party{{ID: "a"}, {ID: "b"}}, Persons: []parley.Person{{ID: "p", HeldBy: "a"}, {ID: "q", HeldBy: "b"}}}
}

// text is the terms as they are written.
func (p *Plan) text(t testing.TB) []byte {
	t.Helper()
	text, err := json.Marshal(p.Terms())
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestByCorrespondence: each role is started anew from its journal before every
// single step, and everything sent is sent again, byte for byte.
func TestByCorrespondence(t *testing.T) {
	for name, pl := range plans(t) {
		k := newTalk(t, pl.p, pl.in)
		sent := map[int][]byte{}
		for n, l := range pl.p.script() {
			k.restart(t, l.from)
			sent[n] = k.message(t, n)
			k.restart(t, l.from)
			k.restart(t, l.to)
			if err := k.runs[l.to].Receive(bytes.NewReader(sent[n])); err != nil {
				t.Fatalf("%s: message %d: %v", name, n, err)
			}
			for old, m := range sent {
				var again bytes.Buffer
				from := pl.p.script()[old].from
				k.restart(t, from)
				if err := k.runs[from].Resend(old, &again); err != nil || !bytes.Equal(again.Bytes(), m) {
					t.Fatalf("%s: message %d is not sent again as it was: %v", name, old, err)
				}
			}
		}
		for role := range k.runs {
			k.restart(t, role)
		}
		if got := k.result(t); !got.Agreeable {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestStoredBeforeSent: when a desk is cut off in the middle of a message, what
// it sends after taking up its journal is the same message.
func TestStoredBeforeSent(t *testing.T) {
	for name, pl := range plans(t) {
		for n, l := range pl.p.script() {
			k := newTalk(t, pl.p, pl.in)
			k.upTo(t, n)
			cut := &cutter{left: int(headSize+l.length+sumSize) / 2}
			if err := k.runs[l.from].Send(cut); err == nil {
				t.Fatalf("%s: message %d was cut off without an error", name, n)
			}
			k.restart(t, l.from)
			if whole := k.message(t, n); !bytes.Equal(whole[:len(cut.got)], cut.got) {
				t.Errorf("%s: message %d came out another way after it was cut off", name, n)
			}
		}
	}
}

// cutter takes so many bytes and no more.
type cutter struct {
	left int
	got  []byte
}

func (c *cutter) Write(p []byte) (int, error) {
	n := min(len(p), c.left)
	c.got, c.left = append(c.got, p[:n]...), c.left-n
	if n < len(p) {
		return n, io.ErrShortWrite
	}
	return n, nil
}

// TestAJournalOfAnotherRun is not taken up, nor one with other inputs: labels
// must not serve for two choices.
func TestAJournalOfAnotherRun(t *testing.T) {
	pr := swap(60)
	p := mustPlan(t, pr.c, termsFor(pr.c, SemiHonest, Nash, 3, 20, false))
	in := mustInputs(t, p, pr.briefs)
	k := newTalk(t, p, in)
	k.upTo(t, 1)
	others := mustInputs(t, p, swap(0).briefs)
	const role = 0 // a, whose walk-away differs
	if _, err := Start(p, p.role(role), others[p.sideOf(role)], k.journals[role], rand.Reader); !errors.Is(err, ErrRestored) {
		t.Errorf("other inputs: %v", err)
	}
	if _, err := Start(p, p.role(1-role), in[p.sideOf(1-role)], k.journals[role], rand.Reader); !errors.Is(err, ErrRestored) {
		t.Errorf("another role: %v", err)
	}
	terms := p.terms
	terms.Nonce[3] = 1
	q := mustPlan(t, pr.c, terms)
	if _, err := Start(q, p.role(role), in[p.sideOf(role)], k.journals[role], rand.Reader); !errors.Is(err, ErrRestored) {
		t.Errorf("another run: %v", err)
	}
	asked := newTalk(t, askPlan(t, SemiHonest), [2]Inputs{Answer(true), Answer(true)})
	if _, err := Start(asked.plan, asked.plan.role(0), Answer(true), asked.journals[1], rand.Reader); !errors.Is(err, ErrRestored) {
		t.Errorf("another role with the same inputs: %v", err)
	}
	lost := &memory{k.journals[role].records[1:]}
	if _, err := Start(p, p.role(role), in[p.sideOf(role)], lost, rand.Reader); !errors.Is(err, ErrRestored) {
		t.Errorf("a journal without its beginning: %v", err)
	}
}

// TestAnotherRequestGetsOtherLabels: a garbler that was put back to before a
// request, and gets another, doesn't use its labels a second time.
func TestAnotherRequestGetsOtherLabels(t *testing.T) {
	p := askPlan(t, SemiHonest)
	garbler := p.roleOf(other)
	k := newTalk(t, p, [2]Inputs{Answer(false), Answer(true)})
	start := &memory{slices.Clone(k.journals[garbler].records)}
	k.upTo(t, 1)
	first := k.message(t, 1)
	k.journals[garbler] = start // restored
	k.restart(t, garbler)
	liar := newTalk(t, p, [2]Inputs{Answer(true), Answer(true)})
	if err := k.runs[garbler].Receive(bytes.NewReader(liar.message(t, 0))); err != nil {
		t.Fatal(err)
	}
	second := k.message(t, 1)
	from := headSize + shareSize + ot.ReplySize
	to := from + 2*garble.Size
	if bytes.Equal(first[from:to], second[from:to]) {
		t.Error("the same labels served for two requests")
	}
}

func TestAbort(t *testing.T) {
	for _, pl := range plans(t) {
		for role := range pl.p.Roles() {
			k := newTalk(t, pl.p, pl.in)
			dead(t, k, role, k.runs[role].Abort())
		}
	}
}

func newBrief(c brief.Content) brief.Brief { return brief.New(c) }
