package parley_test

import (
	"slices"
	"testing"

	. "parley"
)

func words(change ...func(*PublicStatement)) *PublicStatement {
	m := &PublicStatement{Persons: []PersonID{"griner"}, When: "when all are received", Credit: "the hosts", Text: "An exchange took place today."}
	for _, c := range change {
		c(m)
	}
	m.Digest = m.Words()
	return m
}

// TestWordsAreAgreedByAll: words for the public count as agreed when every party
// has signed the same ones, and nothing else on the table follows.
func TestWordsAreAgreedByAll(tt *testing.T) {
	t := newTalks(false)
	o := t.offer("us", "griner", "bout")
	t.hearAll()
	w := t.say("us", words())
	t.want(tt, w, "")
	t.want(tt, t.say("ru", &PublicStatement{Agrees: w, Digest: words().Digest}), "it names no words that its author had")
	t.hearAll()
	state := func() StatementState {
		s, ok := t.table().Statement(w)
		if !ok {
			tt.Fatal("the words are not on the table")
		}
		return s
	}
	for why, m := range map[string]*PublicStatement{
		"it agrees to other words":                  {Agrees: w, Digest: words(func(m *PublicStatement) { m.Text = "It did not." }).Digest},
		"who agrees adds no words":                  {Agrees: w, Digest: words().Digest, Credit: "us"},
		"what it names are no words for the public": {Agrees: o, Digest: words().Digest},
	} {
		t.want(tt, t.say("ru", m), why)
	}
	t.want(tt, t.say("us", &PublicStatement{Agrees: w, Digest: words().Digest}), "its own side put these words forward")
	if state().ByAll() {
		tt.Error("agreed by all before all have")
	}
	for p := range t.ids { // every other party's delegate
		if t.party(p) != "us" && t.party(p) != "" && p == string(t.party(p)) {
			t.want(tt, t.say(p, &PublicStatement{Agrees: w, Digest: words().Digest}), "")
			t.hearAll()
		}
	}
	if s := state(); !s.ByAll() || !slices.Contains(s.Agreed, PartyID("ru")) {
		tt.Errorf("agreed by %v of %v", s.Agreed, s.Between)
	}
	if got, _ := t.table().Offer(o); got.Status != Open {
		tt.Errorf("the offer is %s", got.Status)
	}
}

func TestWordsThatHaveNoEffect(tt *testing.T) {
	t := newTalks(false)
	wrong := words()
	wrong.Text = "Something else."
	t.want(tt, t.say("us", wrong), "its digest is of other words")
	t.want(tt, t.say("us", words(func(m *PublicStatement) { m.About = Ref{9} })), "it names no agreement that its author had")
	o := t.offer("us", "griner", "bout")
	t.want(tt, t.say("us", words(func(m *PublicStatement) { m.About = o })), "what it names is no agreement")
	seal := t.agreement("griner", "bout")
	t.hearAll()
	t.want(tt, t.say("us", words(func(m *PublicStatement) { m.About = seal; m.Holding = true })), "")
}

// TestDigestOfWords: each part of a statement is in its digest.
func TestDigestOfWords(t *testing.T) {
	seen := map[Digest]bool{words().Digest: true}
	for _, change := range []func(*PublicStatement){
		func(m *PublicStatement) { m.About = Ref{1} }, func(m *PublicStatement) { m.Holding = true },
		func(m *PublicStatement) { m.Persons = nil }, func(m *PublicStatement) { m.When = "" },
		func(m *PublicStatement) { m.When, m.Credit = m.When+m.Credit, "" }, func(m *PublicStatement) { m.Text += "." },
	} {
		d := words(change).Digest
		if seen[d] {
			t.Error("two statements have one digest")
		}
		seen[d] = true
	}
}
