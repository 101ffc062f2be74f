package parley

import (
	"crypto/sha256"
	"slices"
)

// The moves by which an agreed exchange is carried out. What a gate is, who
// confirms it and what may begin is told by the plan, which package handover
// reads; here stands only who may speak, and on which plan. None of these acts
// rests on an offer or an agreement, so that a neutral who is never given those
// has the same state as everybody.
const (
	KindPlan     Kind = "plan"
	KindWord     Kind = "word"
	KindBegin    Kind = "begin"
	KindConfirm  Kind = "confirm"
	KindHalt     Kind = "halt"
	KindResume   Kind = "resume"
	KindReceived Kind = "received"
	KindCodes    Kind = "codes"
	KindSpoken   Kind = "spoken"
	KindLife     Kind = "life"
)

// Executing is the level of what carries an agreement out.
const Executing Level = "execute"

type (
	// PlanMove puts a plan for the handover forward, or adopts one.
	PlanMove struct {
		_         struct{} `cbor:",toarray"`
		Adopt     bool
		Digest    Digest // of the plan adopted; of File where one is put forward
		Previous  Digest // the plan that this one replaces; zero for none
		Agreement Ref    // the seal of what it carries out; zero for none
		Parties   []PartyID
		File      []byte // plan/1
		Plan      any    `cbor:"-"` // File as read by whoever knows the format; nil where it is none
	}
	// Word is all that a neutral says about one person's consent.
	Word struct {
		_      struct{} `cbor:",toarray"`
		Plan   Digest
		Person PersonID
		Word   string // open, confirmed, will not travel
		To     string // another place that the plan allows; "" for the plan's own
	}
	// Begin says that a gate begins.
	Begin struct {
		_       struct{} `cbor:",toarray"`
		Plan    Digest
		Of      string
		Without []PersonID // optional entries that stay behind
		Text    string
	}
	// Confirm is one confirmer's word that a gate or an instrument is done.
	Confirm struct {
		_    struct{} `cbor:",toarray"`
		Plan Digest
		Of   string
		Text string
	}
	// Halt keeps everything from beginning that has not begun.
	Halt struct {
		_    struct{} `cbor:",toarray"`
		Plan Digest
		Text string
	}
	// Resume takes back one's own halts.
	Resume struct {
		_     struct{} `cbor:",toarray"`
		Plan  Digest
		Halts []Ref
		Text  string
	}
	// Received is a receipt for persons.
	Received struct {
		_     struct{} `cbor:",toarray"`
		Plan  Digest
		Items []ReceivedItem
		Text  string
	}
	// ReceivedItem is one line of a receipt.
	ReceivedItem struct {
		_        struct{} `cbor:",toarray"`
		Entry    PersonID // "" for somebody who is not in the plan
		Heads    uint64   // how many came; 0 for all of the entry
		Identity string   // claimed, checked, tested
		Name     string
		Instead  bool
		Returned bool
		Note     string
	}
	// CodesMove commits its author to what it would read over a telephone.
	CodesMove struct {
		_     struct{} `cbor:",toarray"`
		Plan  Digest
		Codes []CodeCommitment
	}
	// CodeCommitment binds one code to one step.
	CodeCommitment struct {
		_          struct{} `cbor:",toarray"`
		Of         string
		Commitment Digest
	}
	// Spoken puts on record a code that was heard over a telephone.
	Spoken struct {
		_     struct{} `cbor:",toarray"`
		Plan  Digest
		Codes Ref // the commitments that it opens
		Of    string
		Code  string
		Text  string
	}
	// Life is proof of life: asked for, given, examined; each names the one
	// before it.
	Life struct {
		_        struct{} `cbor:",toarray"`
		Stage    string   // asked, given, examined
		Person   PersonID
		Answers  Ref    // what it answers; zero where it asks
		Evidence Digest // of what was given, a file that goes its own way; zero for none
		Dated    Date   // of the evidence
		Genuine  bool   // examined: taken for genuine and of its date
		Text     string
	}
)

func (*PlanMove) Kind() Kind  { return KindPlan }
func (*Word) Kind() Kind      { return KindWord }
func (*Begin) Kind() Kind     { return KindBegin }
func (*Confirm) Kind() Kind   { return KindConfirm }
func (*Halt) Kind() Kind      { return KindHalt }
func (*Resume) Kind() Kind    { return KindResume }
func (*Received) Kind() Kind  { return KindReceived }
func (*CodesMove) Kind() Kind { return KindCodes }
func (*Spoken) Kind() Kind    { return KindSpoken }
func (*Life) Kind() Kind      { return KindLife }

// Level of a plan: to put one forward is talk.
func (m *PlanMove) Level() Level {
	if m.Adopt {
		return Executing
	}
	return Talk
}
func (*Word) Level() Level      { return Executing }
func (*Begin) Level() Level     { return Executing }
func (*Confirm) Level() Level   { return Executing }
func (*Resume) Level() Level    { return Executing }
func (*Received) Level() Level  { return Executing }
func (*CodesMove) Level() Level { return Executing }

// Level of a halt: nobody needs leave to stop what could hurt somebody.
func (*Halt) Level() Level { return Talk }

// Level of a code that was heard: the word is that of who made the code.
func (*Spoken) Level() Level { return Talk }

// Level of proof of life: to ask is to explore.
func (m *Life) Level() Level {
	if m.Stage == "asked" {
		return Explore
	}
	return Executing
}

func (*PlanMove) move()  {}
func (*Word) move()      {}
func (*Begin) move()     {}
func (*Confirm) move()   {}
func (*Halt) move()      {}
func (*Resume) move()    {}
func (*Received) move()  {}
func (*CodesMove) move() {}
func (*Spoken) move()    {}
func (*Life) move()      {}

// OnPlan is the plan that a move carries out; false for every other move.
func OnPlan(m Move) (Digest, bool) {
	switch m := m.(type) {
	case *Word:
		return m.Plan, true
	case *Begin:
		return m.Plan, true
	case *Confirm:
		return m.Plan, true
	case *Halt:
		return m.Plan, true
	case *Resume:
		return m.Plan, true
	case *Received:
		return m.Plan, true
	case *CodesMove:
		return m.Plan, true
	case *Spoken:
		return m.Plan, true
	}
	return Digest{}, false
}

// DigestOfPlan names a plan: SHA-256 over the label "parley/v1/plan", a zero
// byte, the digest of the plan that it replaces (32 zero bytes for none), the
// seal of the agreement that it carries out (likewise), and the file's bytes.
func DigestOfPlan(previous Digest, agreement Ref, file []byte) Digest {
	h := sha256.New()
	h.Write([]byte("parley/v1/plan\x00"))
	h.Write(previous[:])
	h.Write(agreement[:])
	h.Write(file)
	return Digest(h.Sum(nil))
}

// execute judges a move of the handover: its plan must be in force for its
// author.
func (f *fold) execute(n *node) string {
	switch m := n.Move.(type) {
	case *PlanMove:
		return f.plan(n, m)
	case *Life:
		return f.life(n, m)
	case *Word:
		if n.member.Party != "" {
			return "only a neutral speaks of a person's consent"
		}
	case *Spoken:
		if c := f.byRef[m.Codes]; c == nil || !n.knows(c) || !c.ok() || f.contested(c, n) || !commits(c, m) {
			return "it opens no commitment that its author had"
		}
	}
	d, ok := OnPlan(n.Move)
	return unless(ok && f.planInForce(d, n), "its plan was not in force for its author")
}

func commits(c *node, m *Spoken) bool {
	codes, ok := c.Move.(*CodesMove)
	return ok && codes.Plan == m.Plan && slices.ContainsFunc(codes.Codes, func(x CodeCommitment) bool { return x.Of == m.Of })
}

// plan judges a plan put forward, or adopted. A side carries out one plan at a
// time: the next replaces the one that it adopted.
func (f *fold) plan(n *node, m *PlanMove) string {
	if !m.Adopt {
		switch {
		case m.Plan == nil || m.Digest != DigestOfPlan(m.Previous, m.Agreement, m.File):
			return "the plan that it carries is not the one that it names"
		case !m.Previous.IsZero() && f.planAt(m.Previous, n) == nil:
			return "it replaces a plan that is not on the channel"
		}
		return ""
	}
	p := f.planAt(m.Digest, n)
	switch {
	case p == nil:
		return "its plan is not on the channel"
	case !slices.Contains(p.Parties, n.member.Party):
		return "its side has no part in the plan"
	}
	for _, a := range f.planAdoptions {
		if a.member.Party != n.member.Party || !n.knows(a) || f.contested(a, n) {
			continue
		}
		d := a.Move.(*PlanMove).Digest
		other := f.planAt(d, n)
		switch {
		case d == m.Digest:
			return "its side has adopted the plan already"
		case other != nil && other.Agreement == p.Agreement && !f.replaces(p, d, n):
			return "its side has adopted another plan, which this one does not replace"
		}
	}
	return ""
}

// replaces tells whether a plan replaces the one named, step by step.
func (f *fold) replaces(p *PlanMove, d Digest, n *node) bool {
	for p != nil && !p.Previous.IsZero() {
		if p.Previous == d {
			return true
		}
		p = f.planAt(p.Previous, n)
	}
	return false
}

// planAt finds a plan that the author of n knew.
func (f *fold) planAt(d Digest, n *node) *PlanMove {
	for _, x := range f.plans[d] {
		if n.knows(x) {
			return x.Move.(*PlanMove)
		}
	}
	return nil
}

// planInForce tells whether the author of n knew that every party of a plan had
// adopted it, and none yet what replaces it.
func (f *fold) planInForce(d Digest, n *node) bool {
	p := f.planAt(d, n)
	if p == nil {
		return false
	}
	for _, party := range p.Parties {
		if !f.hasAdopted(party, d, n) {
			return false
		}
	}
	for next, list := range f.plans {
		if list[0].Move.(*PlanMove).Previous != d || f.planAt(next, n) == nil {
			continue
		}
		if f.planInForce(next, n) {
			return false
		}
	}
	return true
}

func (f *fold) hasAdopted(party PartyID, d Digest, n *node) bool {
	return slices.ContainsFunc(f.planAdoptions, func(a *node) bool {
		return a.Move.(*PlanMove).Digest == d && a.member.Party == party && n.knows(a) && !f.contested(a, n)
	})
}

// life judges proof of life: given to who asked by who was asked, examined by
// who asked.
func (f *fold) life(n *node, m *Life) string {
	if m.Stage == "asked" {
		return unless(m.Answers.IsZero(), "who asks answers nothing")
	}
	a := f.byRef[m.Answers]
	if a == nil || !n.knows(a) || !a.ok() || f.contested(a, n) {
		return "it answers nothing that its author had"
	}
	before, ok := a.Move.(*Life)
	if !ok || before.Person != m.Person {
		return "it answers something else"
	}
	switch {
	case m.Stage == "given" && before.Stage == "asked":
		return unless(a.member.Party != n.member.Party, "it answers its own side")
	case m.Stage == "examined" && before.Stage == "given":
		asked := f.byRef[before.Answers]
		return unless(asked != nil && asked.member.Party == n.member.Party, "who asked examines")
	}
	return "proof of life is asked for, given, examined, in this order"
}

// PlanState is a plan on the channel.
type PlanState struct {
	Ref     Ref
	Move    *PlanMove
	By      PartyID
	Adopted []PartyID // ascending
	InForce bool      // every party has adopted it, and not what replaces it
	Acts    []PlanAct // with effect, ancestors first
}

// PlanAct is an act on a plan.
type PlanAct struct {
	Seen
	Past []int // by place in the list, the acts on the plan that its author had and that counted for it
	Void bool  // no longer counted by who has seen the whole table
}

// planState reads one plan off the judged acts.
func (f *fold) planState(n *node, m *PlanMove, all *node) PlanState {
	s := PlanState{Ref: n.Ref, Move: m, By: n.member.Party, InForce: f.planInForce(m.Digest, all)}
	for _, a := range f.planAdoptions {
		if a.Move.(*PlanMove).Digest == m.Digest && !f.contested(a, all) {
			s.Adopted = append(s.Adopted, a.member.Party)
		}
	}
	s.Adopted = ascending(s.Adopted)
	var on []*node
	for _, x := range f.nodes {
		if d, ok := OnPlan(x.Move); !ok || d != m.Digest || !x.ok() {
			continue
		}
		act := PlanAct{Seen: Seen{x.Act, x.member, x.why}, Void: f.contested(x, all)}
		for i, y := range on {
			if x.knows(y) && !f.contested(y, x) {
				act.Past = append(act.Past, i)
			}
		}
		on = append(on, x)
		s.Acts = append(s.Acts, act)
	}
	return s
}

// Plan finds a plan by its digest.
func (t *Table) Plan(d Digest) (PlanState, bool) {
	i := slices.IndexFunc(t.Plans, func(p PlanState) bool { return p.Move.Digest == d })
	if i < 0 {
		return PlanState{}, false
	}
	return t.Plans[i], true
}
