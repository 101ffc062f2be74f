package parley_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	. "parley"
)

func TestOneForOne(tt *testing.T) {
	t := newTalks(false)
	o := t.offer("us", "griner", "bout")
	t.hearAll()
	a := t.accept("ru", o)
	t.hearAll()
	s := t.seal("us", o, a)
	t.hearAll()
	r1 := t.answer("us-president", s, false)
	r2 := t.answer("ru-president", s, false)
	for _, r := range []Ref{o, a, s, r1, r2} {
		t.want(tt, r, "")
	}
	got, _ := t.table().Agreement(s)
	if got.Status != InForce || !reflect.DeepEqual(got.Resolved.Release, NewExchange("bout", "griner")) {
		tt.Errorf("agreement %+v, want bout and griner in force", got)
	}
	if st, _ := t.table().Offer(o); st.Status != Sealed {
		tt.Errorf("offer is %s, want sealed", st.Status)
	}
}

func TestSilenceIsNoYes(tt *testing.T) {
	t := newTalks(false)
	o := t.offer("ru", "griner", "krasikov")
	t.hearAll()
	a := t.accept("us", o)
	t.hearAll()
	t.want(tt, t.seal("ru", o, a), "de has not accepted")
	t.hearAll()
	b := t.accept("de", o)
	t.hearAll()
	s := t.seal("ru", o, a, b)
	t.want(tt, s, "")
	t.hearAll()
	t.answer("ru-president", s, false)
	t.answer("us-president", s, false)
	if got, _ := t.table().Agreement(s); got.Status != AdReferendum {
		tt.Errorf("agreement is %s while Germany's principal is silent", got.Status)
	}
	t.answer("de-president", s, false)
	if got, _ := t.table().Agreement(s); got.Status != InForce {
		tt.Errorf("agreement is %s, want in force", got.Status)
	}
}

func TestBlankMustBeNamed(tt *testing.T) {
	t := newTalks(false)
	o := t.offer("us", "griner", "whelan", "bout", "second")
	t.hearAll()
	t.want(tt, t.accept("ru", o), "second is a blank: it must be named first")
	t.want(tt, t.accept("ru", o, Naming{Blank: "second", Person: "griner"}), "griner stands in the exchange already")
	t.want(tt, t.accept("ru", o, Naming{Blank: "second", Person: "krasikov"}), "krasikov is not held by us, who holds the blank second")
	a := t.accept("ru", o, Naming{Blank: "second", Person: "klyushin"})
	t.want(tt, a, "")
	t.hearAll()
	s := t.seal("us", o, a)
	if got, _ := t.table().Agreement(s); !got.Resolved.Release.Has("klyushin") || got.Resolved.Release.Has("second") {
		tt.Errorf("sealed %v, want klyushin in the blank's place", got.Resolved.Release)
	}
}

func TestWhoIsHeldByNobodyCannotBeAgreed(tt *testing.T) {
	t := newTalks(false)
	o := t.offer("us", "free", "bout")
	t.want(tt, o, "")
	t.hearAll()
	t.want(tt, t.accept("ru", o), "free is held by nobody in the case")
}

func TestOptionalEntriesMayDropOut(tt *testing.T) {
	t := newTalks(false)
	o := t.say("us", &OfferMove{Case: t.ground.Case, Offer: Offer{
		Case: "swap", From: "us", Release: []PersonID{"griner", "bout", "krasikov"}, Optional: []PersonID{"krasikov"},
	}})
	t.hearAll()
	yes := func(drop ...PersonID) Ref {
		r := t.resolved(o, drop)
		return t.say("ru", &Accept{After: t.after("ru"), Resolved: r, Digest: r.Digest()})
	}
	t.want(tt, yes("griner"), "griner is essential to the offer and missing")
	a := yes("krasikov")
	t.want(tt, a, "")
	t.hearAll()
	t.want(tt, t.seal("us", o, a), "")
}

func TestMandates(tt *testing.T) {
	t := newTalks(false)
	only := func(scope []PersonID, may ...Level) Ref {
		r := t.say("us-president", &Mandate{Device: t.ids["us"], May: may, Scope: scope})
		t.hear("us", "us-president")
		return r
	}
	offer := &OfferMove{Case: t.ground.Case, Offer: Offer{Case: "swap", From: "us", Release: []PersonID{"griner", "bout"}}}
	by := func(who string, mandate Ref) Ref { return t.sign(who, offer, t.last[who], mandate) }
	t.want(tt, by("us", Ref{}), "it names no mandate that its author had")
	t.want(tt, by("us", only(nil, Explore)), "the mandate does not allow to offer")
	t.want(tt, by("us", only([]PersonID{"bout"}, Propose)), "the mandate does not cover griner")
	good := by("us", only([]PersonID{"bout", "griner"}, Propose))
	t.want(tt, good, "")
	t.want(tt, by("us", t.full["ru"]), "the mandate is somebody else's")
	t.want(tt, by("us", t.full["us-second"]), "the mandate is somebody else's")
	t.want(tt, by("us", good), "what it names as its mandate is none")
	t.want(tt, by("us-president", t.full["us"]), "only a delegate does this")
	t.want(tt, by("ru", t.full["ru"]), "it is made in the name of another party")
	t.want(tt, only(nil, Binding), "only the principal binds: a mandate can't allow to ratify")
	t.want(tt, t.say("us", &Mandate{Device: t.ids["us"], May: Levels()}), "only a principal does this")
	t.want(tt, t.say("us-president", &Mandate{Device: t.ids["ru"], May: Levels()}), "it names no delegate of its own side")
}

func TestAMandateNotYetSeenIsNone(tt *testing.T) {
	t := newTalks(false)
	m := t.say("us-president", &Mandate{Device: t.ids["us"], May: Levels()})
	o := t.sign("us", &OfferMove{Case: t.ground.Case, Offer: Offer{Case: "swap", From: "us", Release: []PersonID{"bout"}}}, t.last["us"], m)
	t.want(tt, o, "it names no mandate that its author had")
}

func TestThePenIsWithOneDevice(tt *testing.T) {
	t := newTalks(false)
	o := t.offer("us", "griner", "bout")
	t.hearAll()
	t.want(tt, t.accept("ru-second", o), "its author does not hold the pen of its delegation")
	t.want(tt, t.accept("ru", o), "")
}

func TestDecisionsFollowOneAnother(tt *testing.T) {
	t := newTalks(false)
	o := t.offer("us", "griner", "bout")
	p := t.offer("us", "whelan", "klyushin")
	t.hearAll()
	t.accept("ru", o)
	r := t.resolved(p, nil)
	skip := t.say("ru", &Accept{Resolved: r, Digest: r.Digest()})
	t.want(tt, skip, "it does not follow its delegation's last decision")
}

func TestNamesAreLockedByTheirHolder(tt *testing.T) {
	t := newTalks(false)
	o, p := t.offer("us", "griner", "bout"), t.offer("us", "griner", "klyushin")
	t.hearAll()
	a := t.accept("ru", o)
	b := t.accept("ru", p)
	t.want(tt, a, "")
	if why := t.why(b); why == "" {
		tt.Error("griner was promised twice")
	}
	t.hearAll()
	free := t.say("us", &Release{After: t.after("us"), Accept: a})
	t.want(tt, free, "")
	c := t.accept("ru", p)
	if t.why(c) == "" {
		tt.Error("griner was promised again before the release was seen")
	}
	t.hearAll()
	d := t.accept("ru", p)
	t.want(tt, d, "")
	t.hearAll()
	t.want(tt, t.seal("us", o, a), "it lists an accept that was released")
	t.want(tt, t.seal("us", p, d), "")
}

func TestTheOfferorLocksItsOwn(tt *testing.T) {
	t := newTalks(false)
	o, p := t.offer("us", "griner", "bout"), t.offer("us", "whelan", "bout")
	t.hearAll()
	a, b := t.accept("ru", o), t.accept("ru", p)
	t.hearAll()
	s := t.seal("us", o, a)
	t.want(tt, s, "")
	if t.why(t.seal("us", p, b)) == "" {
		tt.Error("bout was sealed twice")
	}
	t.hearAll()
	t.answer("ru-president", s, true)
	t.hearAll()
	t.want(tt, t.seal("us", p, b), "")
}

func TestWithdrawAgainstAccept(tt *testing.T) {
	t := newTalks(false)
	o := t.offer("us", "griner", "bout")
	t.hearAll()
	w := t.say("us", &Withdraw{After: t.after("us"), Offer: o}) // crosses
	a := t.accept("ru", o)
	t.want(tt, w, "")
	t.want(tt, a, "")
	t.hearAll()
	t.want(tt, t.seal("us", o, a), "the offer was withdrawn")
	p := t.offer("us", "griner", "klyushin")
	t.hearAll()
	t.want(tt, t.accept("ru", o), "the offer was withdrawn")
	t.want(tt, t.accept("ru", p), "") // griner is free: the withdrawal was seen
}

func TestOneAnswerToAnOffer(tt *testing.T) {
	t := newTalks(false)
	o := t.offer("us", "griner", "bout")
	t.hearAll()
	d := t.say("ru", &Decline{After: t.after("ru"), Offer: o, Text: "unequal"})
	t.want(tt, d, "")
	t.want(tt, t.accept("ru", o), "its side has declined the offer already")
	t.want(tt, t.say("us", &Decline{After: t.after("us"), Offer: o}), "an offeror withdraws its own offer")
	if st, _ := t.table().Offer(o); st.Status != Declined || st.Answers[0].Text != "unequal" {
		tt.Errorf("offer is %+v, want declined as unequal", st)
	}
}

func TestAPrincipalAnswersOnce(tt *testing.T) {
	t := newTalks(true)
	o := t.offer("us", "griner", "bout")
	t.hearAll()
	a := t.accept("ru", o)
	t.hearAll()
	s := t.seal("us", o, a)
	t.hearAll()
	t.want(tt, t.answer("de-president", s, false), "its side has no part in the agreement")
	t.want(tt, t.say("us-president", &Ratify{Agreement: s}), "the digest is not that of the agreement")
	t.want(tt, t.answer("us-president", s, false), "")
	t.want(tt, t.answer("us-president", s, true), "its principal has answered this agreement already")
	t.answer("ru-president", s, false)
	cert := &Certify{Agreement: s, Digest: t.acts[s].Move.(*Seal).Digest}
	t.want(tt, t.say("swiss", cert), "ru has not ratified")
	if got, _ := t.table().Agreement(s); got.Status != AdReferendum {
		tt.Errorf("in force without the depositary: %s", got.Status)
	}
	t.hearAll()
	t.want(tt, t.say("us", cert), "only the depositary certifies")
	t.want(tt, t.say("swiss", cert), "")
	t.want(tt, t.say("swiss", &Certify{Agreement: s, Digest: cert.Digest, Lapse: true}), "the depositary has answered this agreement already")
	if got, _ := t.table().Agreement(s); got.Status != InForce {
		tt.Errorf("agreement is %s, want in force", got.Status)
	}
}

func TestEquivocationIsProvedAndBuildsNothing(tt *testing.T) {
	t := newTalks(false)
	o := t.offer("us", "griner", "bout")
	t.hearAll()
	before := t.last["ru"]
	a := t.accept("ru", o)
	t.last["ru"] = before
	d := t.sign("ru", &Decline{After: t.after("ru"), Offer: o}, before, t.full["ru"])
	t.hearAll()
	t.want(tt, t.seal("us", o, a), "it lists an accept that has no effect")
	b := t.table().Breaches
	if len(b) != 1 || b[0].Author != t.ids["ru"] || !slices.Contains(b[0].Refs, a) || !slices.Contains(b[0].Refs, d) {
		tt.Errorf("breaches %+v, want the two entries of ru", b)
	}
}

// TestAPrincipalWhoAnswersTwice refuses an agreement to one side and ratifies it
// to another. What is in force stays in force; one name then stands in two
// agreements, and the table shows who is to blame.
func TestAPrincipalWhoAnswersTwice(tt *testing.T) {
	t := newTalks(false)
	sealed := func(release ...PersonID) Ref {
		o := t.offer("us", release...)
		t.hearAll()
		a := t.accept("ru", o)
		t.hearAll()
		s := t.seal("us", o, a)
		t.hearAll()
		return s
	}
	first := sealed("griner", "bout")
	t.answer("ru-president", first, false)
	t.hearAll()
	before := t.last["us-president"]
	t.answer("us-president", first, true)
	refused := t.last["us-president"]
	t.hearAll()
	if got, _ := t.table().Agreement(first); got.Status != Refused {
		tt.Fatalf("agreement is %s, want refused", got.Status)
	}
	second := sealed("griner", "klyushin") // griner is free: the refusal was seen
	t.answer("us-president", second, false)
	t.answer("ru-president", second, false)
	if got, _ := t.table().Agreement(second); got.Status != InForce {
		tt.Fatalf("agreement is %s, want in force", got.Status)
	}
	d := t.acts[first].Move.(*Seal).Digest
	lie := t.sign("us-president", &Ratify{Agreement: first, Digest: d}, before, Ref{})
	whole := t.table()
	one, _ := whole.Agreement(first)
	two, _ := whole.Agreement(second)
	if two.Status != InForce {
		tt.Error("a later entry undid an agreement in force")
	}
	blamed := slices.ContainsFunc(whole.Breaches, func(b Breach) bool {
		return b.Author == t.ids["us-president"] && slices.Contains(b.Refs, lie) && slices.Contains(b.Refs, refused)
	})
	twice := slices.ContainsFunc(whole.Breaches, func(b Breach) bool { return strings.Contains(b.Text, "griner") })
	if !blamed || one.Status == InForce && !twice {
		tt.Errorf("who is to blame is not shown: %+v", whole.Breaches)
	}
}

func TestVersionsOfTheCase(tt *testing.T) {
	t := newTalks(false)
	moved := threeStates()
	moved.Persons[4].HeldBy = "us" // krasikov, from de
	file := []byte("krasikov moved to us")
	v := DigestOfCase(t.ground.Case, file)
	put := t.say("us", &CaseMove{Digest: v, Previous: t.ground.Case, File: file, Case: moved})
	t.want(tt, put, "")
	lie := t.say("us", &CaseMove{Digest: v, Previous: t.ground.Case, File: []byte("other"), Case: moved})
	t.want(tt, lie, "the case that it carries is not the one that it names")
	o := t.say("us", &OfferMove{Case: v, Offer: Offer{Case: "swap", From: "us", Release: []PersonID{"griner", "krasikov"}}})
	old := t.offer("ru", "whelan", "krasikov") // on the charter's version: de holds him
	t.hearAll()
	yes := func(who string) Ref {
		r, err := t.acts[o].Move.(*OfferMove).Offer.Resolve(o, v, moved.Register(), nil, nil)
		if err != nil {
			tt.Fatal(err)
		}
		return t.say(who, &Accept{After: t.after(who), Resolved: r, Digest: r.Digest()})
	}
	t.want(tt, yes("ru"), "de has not adopted the version of the case in which it no longer holds somebody")
	promised := t.accept("de", old)
	t.want(tt, promised, "")
	t.want(tt, t.say("de", &CaseMove{After: t.after("de"), Adopt: true, Digest: v}), "krasikov is locked and can't change hands in the case")
	t.hearAll()
	t.say("ru", &Release{After: t.after("ru"), Accept: promised})
	t.hearAll()
	t.want(tt, t.say("de", &CaseMove{After: t.after("de"), Adopt: true, Digest: v}), "")
	t.want(tt, t.accept("de", old), "it goes back behind the version of the case that its delegation adopted")
	t.hearAll()
	t.want(tt, yes("ru"), "")
}

// TestAForkedOfferorLocksNobodysNames: who signs twice under the number of an
// offer can't keep what was promised on it locked.
func TestAForkedOfferorLocksNobodysNames(tt *testing.T) {
	t := newTalks(false)
	before := t.last["us"]
	o := t.offer("us", "griner", "bout")
	t.hearAll()
	a := t.accept("ru", o)
	t.hearAll()
	other := t.offer("de", "griner", "krasikov")
	t.hearAll()
	t.want(tt, t.accept("ru", other), "griner is promised already (accept "+a.Short()+")")
	t.sign("us", &Note{Text: "the other"}, before, Ref{})
	t.hearAll()
	t.want(tt, t.accept("ru", other), "")
}
