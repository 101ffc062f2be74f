package parley_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	. "parley"
)

// afterARefusal is a table on which ru has signed a final list and us has refused
// it, so that its names are free again. What it gives signs the list after all, as
// us with a second entry under the number of the refusal.
func afterARefusal(names ...string) (t *talks, list Ref, twice func() Ref) {
	t, r := coded()
	list = t.final("us", r, names...)
	t.hearAll()
	t.signList("ru", list, false)
	t.hearAll()
	last, seen := t.last["us"], maps.Clone(t.views["us"])
	t.signList("us", list, true)
	t.hearAll()
	return t, list, func() Ref {
		t.last["us"], t.views["us"] = last, seen
		return t.signList("us", list, false)
	}
}

// another is a second round with a final list that all have signed.
func (t *talks) another(tt *testing.T, codes []string, names ...string) Ref {
	tt.Helper()
	r := t.open("us", "2", "3")
	t.hearAll()
	t.reciprocate("ru", r, "c")
	t.hearAll()
	t.codes("us", r, true, "c=never-held")
	t.codes("ru", r, true, codes...)
	t.hearAll()
	l := t.final("us", r, names...)
	t.hearAll()
	t.want(tt, t.signList("us", l, false), "")
	t.hearAll()
	t.want(tt, t.signList("ru", l, false), "")
	t.hearAll()
	return l
}

func (t *talks) wantBreach(tt *testing.T, text string, refs ...Ref) {
	tt.Helper()
	got := t.table().Breaches
	if !slices.ContainsFunc(got, func(b Breach) bool {
		return b.Text == text && len(b.Refs) == len(refs) && !slices.ContainsFunc(refs, func(r Ref) bool { return !slices.Contains(b.Refs, r) })
	}) {
		tt.Errorf("breaches %+v, want %q of %v", got, text, refs)
	}
}

// TestTwoSignedListsAreShown: a side that signs two entries under one number can
// have a name, or a person, on two lists that all have signed. Neither is undone,
// and the table shows both beside the proof of who did it.
func TestTwoSignedListsAreShown(tt *testing.T) {
	for _, c := range []struct {
		names []string // on the first list
		codes []string // of the names on the second, which are us/2 and us/3
		text  string
	}{
		{[]string{"us/1", "us/2", "ru/a"}, []string{"2=held", "3=held"}, "two signed final lists name us/2"},
		{[]string{"us/1", "ru/a"}, []string{"2=held", "3=held:griner"}, "two signed final lists promise griner"},
	} {
		t, one, twice := afterARefusal(c.names...)
		two := t.another(tt, c.codes, "us/2", "us/3")
		if b := t.table().Breaches; len(b) != 0 {
			tt.Fatalf("breaches before anybody signed twice: %+v", b)
		}
		lie := twice()
		t.want(tt, lie, "")
		for _, l := range []Ref{one, two} {
			if s := t.finalState(tt, l); s.Status != FinalSigned {
				tt.Errorf("a list is %s", s.Status)
			}
		}
		t.wantBreach(tt, c.text, one, two)
		if !slices.ContainsFunc(t.table().Breaches, func(b Breach) bool {
			return b.Author == t.ids["us"] && slices.Contains(b.Refs, lie) && strings.Contains(b.Text, "two entries under number")
		}) {
			tt.Errorf("who signed twice is not shown: %+v", t.table().Breaches)
		}
	}
}

// TestAListBesideAnAgreementIsShown: the same, where what was free went into an
// agreement in force.
func TestAListBesideAnAgreementIsShown(tt *testing.T) {
	t, list, twice := afterARefusal("us/1")
	force := t.agreement("griner", "klyushin")
	t.answer("us-president", force, false)
	t.answer("ru-president", force, false)
	t.hearAll()
	if t.status(force) != InForce || len(t.table().Breaches) != 0 {
		tt.Fatalf("%s, %+v", t.status(force), t.table().Breaches)
	}
	twice()
	if s := t.finalState(tt, list); s.Status != FinalSigned || t.status(force) != InForce {
		tt.Errorf("the list is %s and the agreement %s", s.Status, t.status(force))
	}
	t.wantBreach(tt, "a signed final list and an agreement in force promise griner", list, force)
}

// TestAScopedMandateCoversWhatEachActTouches: whoever may speak of one person alone
// does nothing that touches another, whatever the act.
func TestAScopedMandateCoversWhatEachActTouches(tt *testing.T) {
	const no = "the mandate does not cover bout"
	t := mediated()
	scoped := t.say("us-president", &Mandate{Device: t.ids["us"], May: Levels(), Scope: []PersonID{"griner"}})
	t.hearAll()
	by := func(m Move) Ref { return t.sign("us", m, t.last["us"], scoped) }
	only, both := []PersonID{"griner"}, []PersonID{"bout", "griner"}
	t.want(tt, by(&Request{Persons: only, Text: "proof of life"}), "")
	t.want(tt, by(&Request{Persons: both, Text: "proof of life"}), no)
	words := func(persons []PersonID) *PublicStatement {
		m := &PublicStatement{Persons: persons, Text: "no comment"}
		m.Digest = m.Words()
		return m
	}
	t.want(tt, by(words(only)), "")
	t.want(tt, by(words(both)), no)
	blind := func(asked []PersonID) *Settle {
		return &Settle{Step: SettlePropose, Seat: []SettleSeat{{}}, Terms: []SettleTerms{{Question: "ask", With: "ru", Version: t.ground.Case, Criterion: "nash", Resolution: 15, Asked: asked}}}
	}
	if why := t.why(by(blind(only))); strings.Contains(why, "does not cover") {
		tt.Errorf("asks of its own person: %s", why)
	}
	t.want(tt, by(blind(both)), no)

	// The other side proposes a blind yes on both: to join touches what was asked.
	asked := t.say("ru", func() *Settle { m := blind(both); m.Terms[0].With = "us"; return m }())
	t.hearAll()
	t.want(tt, by(&Settle{Step: SettleJoin, Proposal: asked, Seat: []SettleSeat{{}}}), no)

	// An offer made under a full mandate is sealed under one as wide only.
	o := t.offer("us", "griner", "bout")
	t.hearAll()
	a := t.accept("ru", o)
	t.hearAll()
	seal, _ := t.acts[t.seal("us", o, a)].Move.(*Seal)
	t.want(tt, by(seal), no)
}
