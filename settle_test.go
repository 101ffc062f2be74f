package parley_test

import (
	"reflect"
	"slices"
	"testing"

	. "parley"
)

// mediated is a table with a neutral who mediates and one who does not.
func mediated() *talks {
	t := newTalks(false)
	t.join("mediator", Member{Role: Neutral, Capabilities: []string{"mediator"}})
	t.join("host", Member{Role: Neutral, Capabilities: []string{"host"}})
	t.hearAll()
	return t
}

func (t *talks) propose(who string, with PartyID, change ...func(*SettleTerms)) Ref {
	terms := SettleTerms{Question: "settle", With: with, Neutral: t.ids["mediator"], Version: t.ground.Case, Criterion: "nash", Resolution: 15}
	for _, c := range change {
		c(&terms)
	}
	return t.say(who, &Settle{Step: SettlePropose, Terms: []SettleTerms{terms}, Seat: []SettleSeat{{}}})
}

func (t *talks) step(who string, step SettleStep, proposal, join Ref) Ref {
	m := &Settle{Step: step, Proposal: proposal, Join: join}
	switch step {
	case SettleJoin, SettleMediate:
		m.Seat = []SettleSeat{{}}
	case SettleSend:
		m.Message = []SettleMessage{{}}
	}
	return t.say(who, m)
}

func TestStepsOfASettlement(tt *testing.T) {
	t := mediated()
	p := t.propose("us", "ru")
	t.want(tt, t.step("ru", SettleJoin, p, Ref{}), "it names no proposal of a settlement that its author had")
	t.hearAll()
	for _, c := range []struct {
		who  string
		step SettleStep
		why  string
	}{
		{"de", SettleJoin, "the settlement was proposed to another party"},
		{"host", SettleMediate, "the proposal names another neutral, or none"},
		{"us", SettleMediate, "the proposal names another neutral, or none"},
		{"ru-president", SettleJoin, "only a delegate does this"},
		{"mediator", SettleJoin, "only a delegate does this"},
		{"host", SettleAbort, "only who takes part in a settlement, or is asked to, stops it"},
		{"us-second", SettleAbort, "only who takes part in a settlement, or is asked to, stops it"},
		{"ru", SettleSend, "it names no join that its author had"},
		{"ru", SettleJoin, ""},
		{"mediator", SettleMediate, ""},
		{"ru-second", SettleAbort, ""},
	} {
		t.want(tt, t.step(c.who, c.step, p, Ref{}), c.why)
	}
	j := t.step("ru", SettleJoin, p, Ref{})
	t.want(tt, t.step("us", SettleSend, p, j), "it names no join that its author had")
	t.hearAll()
	for _, who := range []string{"us", "ru", "mediator"} {
		t.want(tt, t.step(who, SettleSend, p, j), "")
		t.want(tt, t.step(who, SettleEnd, p, j), "")
	}
	t.want(tt, t.step("ru-second", SettleSend, p, j), "its author has no part in this run")
	t.want(tt, t.step("us", SettleSend, p, p), "what it names as the join is none of this settlement")
	t.want(tt, t.step("us", SettleSend, j, j), "it names no proposal of a settlement that its author had")
	t.want(tt, t.say("us", &Settle{Step: SettleSend, Proposal: p, Join: j}), "it is no step of a settlement")
	t.want(tt, t.say("us", &Settle{Step: SettlePropose}), "it is no step of a settlement")
}

func TestProposalsOfASettlement(tt *testing.T) {
	t := mediated()
	t.want(tt, t.propose("us", "us"), "it is proposed to no other party of the charter")
	t.want(tt, t.propose("us", "xx"), "it is proposed to no other party of the charter")
	t.want(tt, t.propose("us", "ru", func(s *SettleTerms) { s.Version = Digest{1} }), "it stands on a version of the case that its author did not have")
	for _, who := range []string{"host", "us-president", "ru"} {
		t.want(tt, t.propose("us", "ru", func(s *SettleTerms) { s.Neutral = t.ids[who] }), "it names no neutral who mediates")
	}
	t.want(tt, t.propose("us", "ru", func(s *SettleTerms) { s.Neutral = MemberID{} }), "")
	t.full["us"] = t.say("us-president", &Mandate{Device: t.ids["us"], May: Levels(), Scope: []PersonID{"griner", "bout"}})
	t.hearAll()
	ask := func(who ...PersonID) func(*SettleTerms) {
		return func(s *SettleTerms) { s.Question, s.Criterion, s.Resolution, s.Asked = "ask", "", 0, who }
	}
	t.want(tt, t.propose("us", "ru", ask("bout", "griner")), "")
	t.want(tt, t.propose("us", "ru", ask("bout", "whelan")), "the mandate does not cover whelan")
}

// TestASettlementMovesNothing: with its steps or without, the table is the same
// but for the list of what was said.
func TestASettlementMovesNothing(tt *testing.T) {
	t := mediated()
	o := t.offer("us", "griner", "bout")
	p := t.propose("us", "ru")
	t.hearAll()
	a := t.accept("ru", o)
	j := t.step("ru", SettleJoin, p, Ref{})
	t.hearAll()
	t.step("us", SettleSend, p, j)
	t.seal("us", o, a)
	t.step("us", SettleEnd, p, j)
	t.hearAll()
	with := t.table()
	blind := slices.Clone(t.list)
	for i, x := range blind {
		if _, ok := x.Move.(*Settle); ok {
			blind[i].Move = nil
		}
	}
	without := Fold(t.ground, blind)
	with.Acts, without.Acts = nil, nil
	if !reflect.DeepEqual(with, without) {
		tt.Errorf("a settlement moved the table:\n%+v\n%+v", with, without)
	}
}

// TestAStepCarriesJustItsOwn: of all that a step may carry, by how many, what
// each carries is written out here.
func TestAStepCarriesJustItsOwn(tt *testing.T) {
	type shape struct{ terms, seat, message int }
	want := map[SettleStep]struct {
		shape
		proposal, join bool // which it may name
	}{
		SettlePropose: {shape{1, 1, 0}, false, false},
		SettleJoin:    {shape{0, 1, 0}, true, false},
		SettleMediate: {shape{0, 1, 0}, true, false},
		SettleSend:    {shape{0, 0, 1}, true, true},
		SettleEnd:     {shape{0, 0, 0}, true, true},
		SettleAbort:   {shape{0, 0, 0}, true, false},
		"dance":       {shape: shape{terms: -1}}, // nothing
	}
	for step, w := range want {
		for i := range 27 * 4 {
			s := shape{i % 3, i / 3 % 3, i / 9 % 3}
			m := &Settle{Step: step, Terms: make([]SettleTerms, s.terms), Seat: make([]SettleSeat, s.seat), Message: make([]SettleMessage, s.message)}
			proposal, join := i/27%2 == 1, i/54 == 1
			if proposal {
				m.Proposal = Ref{1}
			}
			if join {
				m.Join = Ref{1}
			}
			sound := s == w.shape && (w.proposal || !proposal) && (w.join || !join)
			if m.Sound() != sound {
				tt.Errorf("%s with %+v, names a proposal %v, a join %v: sound %v", step, s, proposal, join, !sound)
			}
		}
	}
}

// TestARunIsOfItsOwnJoin: what goes on in a run names the join that began it.
func TestARunIsOfItsOwnJoin(tt *testing.T) {
	t := mediated()
	p, other := t.propose("us", "ru"), t.propose("us", "ru")
	t.hearAll()
	without := t.step("de", SettleJoin, p, Ref{})
	mediate := t.step("mediator", SettleMediate, p, Ref{})
	joined := t.step("ru", SettleJoin, other, Ref{})
	note := t.say("ru", &Note{Text: "no step"})
	t.hearAll()
	t.want(tt, t.step("us", SettleSend, p, without), "it names no join that its author had")
	for _, j := range []Ref{mediate, joined, note} {
		t.want(tt, t.step("us", SettleSend, p, j), "what it names as the join is none of this settlement")
	}
}
