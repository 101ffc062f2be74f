package parley_test

import (
	"slices"
	"testing"

	. "parley"
)

// TestWhatCannotBeRead: an entry that is signed, and no move, has no effect, and
// says why.
func TestWhatCannotBeRead(tt *testing.T) {
	t := newTalks(false)
	r := t.say("us", nil)
	a := t.acts[r]
	a.Fault = "its body is no move"
	t.list[len(t.list)-1] = a
	t.want(tt, r, "its body is no move")
}

// TestASealNamesAccepts: what a seal lists must be there and be accepts, the
// first and those after it.
func TestASealNamesAccepts(tt *testing.T) {
	nowhere := Ref{0: 0xff, 1: 0xff, 31: 1}
	for i := range 50 {
		t := newTalks(false)
		for range i {
			t.say("fr", &Note{Text: "other acts, other ids"})
		}
		o := t.offer("us", "griner", "bout")
		t.hearAll()
		a := t.accept("ru", o)
		t.hearAll()
		if slices.Compare(o[:], a[:]) < 0 {
			continue // the offer must come behind the accept
		}
		d := t.acts[a].Move.(*Accept).Digest
		list := func(why string, refs ...Ref) {
			t.want(tt, t.say("us", &Seal{After: t.after("us"), Offer: o, Digest: d, Accepts: refs}), why)
		}
		list("it lists no accept that its author had", nowhere)
		list("it lists no accept that its author had", o)
		list("it lists an accept that has no effect", a, nowhere)
		list("it lists an accept of something else", a, o)
		list("", a)
		return
	}
	tt.Fatal("chance never puts the accept first")
}

// TestASealIsOfOneExchange: two accepts of one offer, resolved in two ways, are
// not sealed together.
func TestASealIsOfOneExchange(tt *testing.T) {
	t := newTalks(false)
	o := t.say("us", &OfferMove{Case: t.ground.Case, Offer: Offer{
		Case: "swap", From: "us", Release: []PersonID{"griner", "bout", "krasikov"}, Optional: []PersonID{"krasikov"},
	}})
	t.hearAll()
	yes := func(who string, drop ...PersonID) Ref {
		r := t.resolved(o, drop)
		return t.say(who, &Accept{After: t.after(who), Resolved: r, Digest: r.Digest()})
	}
	a, b := yes("ru"), yes("de", "krasikov")
	t.want(tt, a, "")
	t.want(tt, b, "")
	t.hearAll()
	t.want(tt, t.seal("us", o, a, b), "it lists an accept of something else")
}

// TestNothingIsReleasedThatBindsNobody: an accept without effect can't be let go.
func TestNothingIsReleasedThatBindsNobody(tt *testing.T) {
	t := newTalks(false)
	o := t.offer("us", "griner", "bout")
	t.hearAll()
	a := t.accept("ru-second", o)
	t.hearAll()
	t.want(tt, t.say("us", &Release{After: t.after("us"), Accept: a}), "it names no accept that its author had")
}

// TestAMandateIsAPrincipals: one that a delegate gives itself carries nothing,
// and one for a stranger or for a principal is none.
func TestAMandateIsAPrincipals(tt *testing.T) {
	t := newTalks(false)
	own := t.say("us", &Mandate{Device: t.ids["us"], May: Levels()})
	o := t.sign("us", t.acts[t.offer("us", "bout")].Move, t.last["us"], own)
	t.want(tt, o, "it names no mandate that its author had")
	for _, to := range []MemberID{{1}, t.ids["us-president"]} {
		t.want(tt, t.say("us-president", &Mandate{Device: to, May: Levels()}), "it names no delegate of its own side")
	}
}

// TestACertificateNeedsEveryYes: a yes by one, a no by the other and a yes to
// something else are not a yes by each.
func TestACertificateNeedsEveryYes(tt *testing.T) {
	t := newTalks(true)
	s := t.agreement("griner", "bout")
	t.answer("us-president", s, false)
	t.hearAll()
	t.want(tt, t.certify(s, false), "ru has not ratified")
	t.answer("ru-president", s, true)
	t.hearAll()
	t.want(tt, t.certify(s, false), "ru has not ratified")
}

// TestALapseIsNoCertificate: what the depositary lets lapse, though all have
// ratified, is not in force.
func TestALapseIsNoCertificate(tt *testing.T) {
	t := newTalks(true)
	s := t.agreement("griner", "bout")
	t.answer("us-president", s, false)
	t.answer("ru-president", s, false)
	t.hearAll()
	t.want(tt, t.certify(s, true), "")
	if a, _ := t.table().Agreement(s); a.Status != Lapsed || a.Certified {
		tt.Errorf("the agreement is %+v, want lapsed", a)
	}
}

// TestNobodyFillsTwoBlanks, and no blank fills another.
func TestNobodyFillsTwoBlanks(tt *testing.T) {
	c := threeStates()
	for _, id := range []PersonID{"third", "fourth"} {
		c.Persons = append(c.Persons, Person{ID: id, HeldBy: "us", Blank: true})
	}
	o := &Offer{Case: "swap", From: "ru", Release: []PersonID{"griner", "third", "fourth"}}
	for why, named := range map[string][]Naming{
		"klyushin stands in the exchange already": {{Blank: "fourth", Person: "klyushin"}, {Blank: "third", Person: "klyushin"}},
		"second is not a person of the case":      {{Blank: "fourth", Person: "klyushin"}, {Blank: "third", Person: "second"}},
	} {
		if _, err := o.Resolve(Ref{1}, Digest{}, c.Register(), nil, named); err == nil || err.Error() != why {
			tt.Errorf("%v, want %q", err, why)
		}
	}
}

// TestAVersionCarriesItsCase: a version whose file is no case is none.
func TestAVersionCarriesItsCase(tt *testing.T) {
	t := newTalks(false)
	file := []byte("no case")
	d := DigestOfCase(t.ground.Case, file)
	t.want(tt, t.say("us", &CaseMove{Digest: d, Previous: t.ground.Case, File: file}), "the case that it carries is not the one that it names")
	if _, ok := t.table().Version(d); ok {
		tt.Error("it stands on the table")
	}
}

func TestWhatIsNotOnTheTable(tt *testing.T) {
	table := newTalks(false).table()
	if _, ok := table.Offer(Ref{1}); ok {
		tt.Error("an offer out of nowhere")
	}
	if _, ok := table.Agreement(Ref{1}); ok {
		tt.Error("an agreement out of nowhere")
	}
}

// TestAnOfferIsSealedOnce, by an offeror too who gives nobody and so has locked
// nothing.
func TestAnOfferIsSealedOnce(tt *testing.T) {
	t := newTalks(false)
	o := t.offer("us", "griner")
	t.hearAll()
	a := t.accept("ru", o)
	t.hearAll()
	t.want(tt, t.seal("us", o, a), "")
	t.want(tt, t.seal("us", o, a), "the offer was sealed already")
}

// TestAnswersOfOthersAreNotOurs, however many decisions we have taken.
func TestAnswersOfOthersAreNotOurs(tt *testing.T) {
	t := newTalks(false)
	o := t.offer("us", "griner", "bout", "krasikov")
	t.hearAll()
	for range 3 {
		t.want(tt, t.say("de", &CaseMove{After: t.after("de"), Adopt: true, Digest: t.ground.Case}), "")
	}
	t.want(tt, t.accept("ru", o), "")
	t.hearAll()
	t.want(tt, t.accept("de", o), "")
}
