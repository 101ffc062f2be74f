package parley_test

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
	"testing"

	. "parley"
)

// agreement comes to a sealed agreement between us and ru that all have seen.
func (t *talks) agreement(release ...PersonID) Ref {
	o := t.offer("us", release...)
	t.hearAll()
	a := t.accept("ru", o)
	t.hearAll()
	s := t.seal("us", o, a)
	t.hearAll()
	return s
}

func (t *talks) status(seal Ref) AgreementStatus {
	a, _ := t.table().Agreement(seal)
	return a.Status
}

// TestACutIsShownAndUndoesNothing: an act beyond a cut, by an author who did not
// know of it, has effect, and the table says that it is contested.
func TestACutIsShownAndUndoesNothing(tt *testing.T) {
	t := newTalks(false)
	o := t.offer("us", "griner", "bout")
	t.hearAll()
	cut := t.cut("ru-second", "ru", t.acts[t.last["ru"]].Number)
	t.say("ru", nil)       // a receipt changes nothing
	a := t.accept("ru", o) // crosses
	t.want(tt, t.accept("ru", o), "its side has accepted the offer already")
	t.hear("us", "ru")
	t.want(tt, a, "")
	b := t.table().Breaches
	if len(b) != 1 || b[0].Author != t.ids["ru"] || !slices.Equal(b[0].Refs, []Ref{a, cut}) ||
		b[0].Text != "beyond the cut by which its author was taken off the roster: contested" {
		tt.Errorf("breaches %+v, want the accept beyond the cut", b)
	}
	t.ground.Roster = nil
	if b := Fold(t.ground, t.list).Breaches; len(b) != 0 {
		tt.Errorf("breaches %+v where nobody knows of the cut", b)
	}
	t.hear("us", "ru-second")
	t.want(tt, t.seal("us", o, a), "it lists an accept that has no effect")
	if b := Fold(t.ground, t.list).Breaches; len(b) != 1 {
		tt.Errorf("breaches %+v, want what the author of the seal knew", b)
	}
}

// TestTheLowestCutCounts, whichever comes first.
func TestTheLowestCutCounts(tt *testing.T) {
	for _, lowest := range []bool{true, false} {
		t := newTalks(false)
		t.say("ru", nil)
		at := t.acts[t.say("ru", nil)].Number
		o := t.offer("ru", "griner", "bout")
		low, high := at, at+7
		if lowest {
			low, high = high, low
		}
		t.cut("us", "ru", low)
		t.cut("us", "ru", high)
		t.hear("de", "us")
		t.hear("de", "ru")
		const why = "the offer is contested: its author was taken off the roster before it"
		t.want(tt, t.say("de", &Decline{Offer: o}), why)
	}
}

// TestACutHonoursWhatLiesBefore it: at the number of the cut, and below.
func TestACutHonoursWhatLiesBefore(tt *testing.T) {
	t := newTalks(false)
	o := t.offer("us", "griner", "bout")
	t.hearAll()
	a := t.accept("ru", o)
	t.cut("us-second", "ru", t.acts[a].Number)
	t.hearAll()
	t.want(tt, t.seal("us", o, a), "")
	if len(t.table().Breaches) > 0 {
		tt.Errorf("breaches %+v", t.table().Breaches)
	}
	t.want(tt, t.pen("ru-president", "ru"), "it gives the pen to no delegate of its own side")
	t.want(tt, t.say("ru-president", &Mandate{Device: t.ids["ru"], May: Levels()}), "it names no delegate of its own side")
}

// TestOfTwoEqualCuts one is shown, whichever roster comes first.
func TestOfTwoEqualCuts(tt *testing.T) {
	t := newTalks(false)
	number := t.acts[t.last["ru"]].Number
	cuts := []Ref{t.cut("us", "ru", number), t.cut("de", "ru", number)}
	slices.SortFunc(cuts, func(a, b Ref) int { return slices.Compare(a[:], b[:]) })
	a := t.say("ru", &Note{Text: "crosses both"})
	t.say("us", nil)
	t.say("de", nil)
	for range 20 {
		if b := t.table().Breaches; len(b) != 1 || !slices.Equal(b[0].Refs, []Ref{a, cuts[0]}) {
			tt.Fatalf("breaches %+v, want one by the lower cut", b)
		}
	}
	t.hearAll()
	const why = "it names no delegate of its own side"
	t.want(tt, t.say("us-president", &Mandate{Device: t.ids["us-president"], May: Levels()}), why)
	t.want(tt, t.say("us-president", &Mandate{Device: t.ids["ru-second"], May: Levels()}), why)
}

// TestAnEnrolledDeviceSpeaks: who came by a roster change is a member for
// whoever knows of the change, itself first.
func TestAnEnrolledDeviceSpeaks(tt *testing.T) {
	t := newTalks(false)
	t.ids["ru-new"], t.views["ru-new"] = [32]byte{1}, map[Ref]bool{}
	m := Member{ID: t.ids["ru-new"], Party: "ru", Role: Delegate, Name: "new"}
	early := t.say("ru-new", &Note{Text: "too early"})
	t.want(tt, early, "its author is not on the roster")
	t.want(tt, t.say("ru-president", &Mandate{Device: m.ID, May: Levels()}), "it names no delegate of its own side")
	t.change("ru", func(r *Roster) { r.Members = append(r.Members, m) })
	t.hearAll()
	t.full["ru-new"] = t.say("ru-president", &Mandate{Device: m.ID, May: Levels()})
	o := t.offer("us", "griner", "bout")
	t.hearAll()
	t.want(tt, t.pen("ru", "ru-new"), "")
	t.hearAll()
	t.want(tt, t.accept("ru-new", o), "")
	t.want(tt, early, "its author is not on the roster")
}

// TestASuccessorAnswersForItsParty: the mandates of the one before stand, and so
// does its answer; what it signed beyond its cut does not bind the heir.
func TestASuccessorAnswersForItsParty(tt *testing.T) {
	t := newTalks(false)
	s := t.agreement("griner", "bout")
	t.want(tt, t.answer("ru-president", s, false), "")
	t.hear("ru-second", "ru-president")
	t.succeed("ru-second", "ru-president", "ru-heir")
	t.want(tt, t.answer("ru-heir", s, true), "its principal has answered this agreement already")
	late := t.answer("ru-president", t.last["us"], false) // nobody honours it
	t.hearAll()
	p := t.agreement("whelan", "other") // under the old mandates
	t.want(tt, p, "")
	t.want(tt, t.answer("ru-president", p, false), "its author had been taken off the roster")
	t.want(tt, t.answer("ru-heir", p, false), "")
	t.want(tt, late, "its principal has answered this agreement already")
	t.answer("us-president", s, false)
	t.answer("us-president", p, false)
	if t.status(s) != InForce || t.status(p) != InForce {
		tt.Errorf("agreements are %s and %s, want both in force", t.status(s), t.status(p))
	}
}

// TestAnHeirRatifiesNoNameTwice: what the one before ratified, while it may
// still come into force, binds the heir.
func TestAnHeirRatifiesNoNameTwice(tt *testing.T) {
	for _, refused := range []bool{false, true} {
		t := newTalks(false)
		one, two := t.krasikovTwice()
		t.hear("us-president", "ru")
		t.want(tt, t.answer("us-president", one, false), "")
		t.hear("us-second", "us-president")
		t.succeed("us-second", "us-president", "us-heir")
		why := "its principal has ratified another agreement on krasikov"
		if refused {
			t.hear("ru-president", "ru")
			t.want(tt, t.answer("ru-president", one, true), "")
			t.hear("us-heir", "ru-president")
			why = ""
		}
		t.hear("us-heir", "fr")
		t.want(tt, t.answer("us-heir", two, false), why)
	}
}

// TestAnHeirIsBoundByWhatItHasSeen, and by nothing else; and may refuse what the
// one before could not ratify.
func TestAnHeirIsBoundByWhatItHasSeen(tt *testing.T) {
	t := newTalks(false)
	one, two := t.krasikovTwice()
	t.hear("us-president", "ru")
	t.answer("us-president", one, false)
	unheard := t.last["us-president"]
	t.ids["us-heir"], t.views["us-heir"] = [32]byte{1}, map[Ref]bool{}
	m := Member{ID: t.ids["us-heir"], Party: "us", Role: Principally, Name: "us-heir"}
	t.change("us-second", func(r *Roster) { r.Members = append(r.Members, m) })
	t.hear("us-heir", "us-second")
	t.hear("us-heir", "fr")
	for range 8 {
		t.say("us-heir", nil)
	}
	t.want(tt, t.answer("us-heir", two, false), "")
	t.hear("us-president", "fr")
	t.want(tt, t.answer("us-president", two, true), "")
	t.want(tt, unheard, "")
}

// TestWhoHeldHimRatifies: who held somebody in an earlier version of the case
// signs for it too, so that no two versions give one name away twice.
func TestWhoHeldHimRatifies(tt *testing.T) {
	t := newTalks(false)
	_, two := t.krasikovTwice()
	a, _ := t.table().Agreement(two)
	if !slices.Equal(a.Signatories, []PartyID{"de", "fr", "us"}) {
		tt.Errorf("signatories %v, want de among them", a.Signatories)
	}
	t.hearAll()
	t.answer("fr-president", two, false)
	t.answer("us-president", two, false)
	if t.status(two) != AdReferendum {
		tt.Errorf("agreement is %s without the one who held krasikov", t.status(two))
	}
	t.want(tt, t.answer("de-president", two, false), "")
	if t.status(two) != InForce {
		tt.Errorf("agreement is %s, want in force", t.status(two))
	}
}

// TestInForceByRatificationsThatKnowNoIll: a ratification that another one knows
// to be contested does not count beside it; one by an heir does.
func TestInForceByRatificationsThatKnowNoIll(tt *testing.T) {
	for _, first := range []bool{true, false} {
		t := newTalks(false)
		s := t.agreement("griner", "bout")
		kept := t.acts[t.last["ru-president"]].Number
		stale := t.answer("ru-president", s, false)
		t.ids["ru-heir"], t.views["ru-heir"] = [32]byte{1}, map[Ref]bool{}
		m := Member{ID: t.ids["ru-heir"], Party: "ru", Role: Principally, Name: "ru-heir"}
		t.change("ru-second", func(r *Roster) { r.Members = append(r.Members, m) })
		t.cut("ru-second", "ru-president", kept)
		if first { // of the two ratifications, the one that knows of the cut
			t.hear("us-president", "ru-second")
		}
		t.hear("us-president", "ru-president")
		t.want(tt, t.answer("us-president", s, false), "")
		t.want(tt, stale, "")
		if want := map[bool]AgreementStatus{true: AdReferendum, false: InForce}[first]; t.status(s) != want {
			tt.Errorf("agreement is %s, want %s", t.status(s), want)
		}
		t.hearAll()
		t.want(tt, t.answer("ru-heir", s, false), "")
		if t.status(s) != InForce {
			tt.Errorf("agreement is %s after the heir's yes", t.status(s))
		}
	}
}

// TestInForceByAFork: a principal signs twice; a ratification that knows of it
// does not stand beside either.
func TestInForceByAFork(tt *testing.T) {
	for _, who := range []string{"us", "ru"} {
		liar, honest := who+"-president", map[string]string{"us": "ru-president", "ru": "us-president"}[who]
		t := newTalks(false)
		s := t.agreement("griner", "bout")
		before := t.last[liar]
		t.answer(liar, s, false)
		t.last[liar] = before
		t.say(liar, &Note{Text: "the other"})
		t.hear(honest, liar)
		t.want(tt, t.answer(honest, s, false), "")
		if t.status(s) != AdReferendum {
			tt.Errorf("agreement is %s on the word of a principal known to sign twice", t.status(s))
		}
	}
}

// TestTheDepositaryCountsOnlyWhatStands.
func TestTheDepositaryCountsOnlyWhatStands(tt *testing.T) {
	t := newTalks(true)
	s := t.agreement("griner", "bout")
	cert := &Certify{Agreement: s, Digest: t.acts[s].Move.(*Seal).Digest}
	kept := t.acts[t.last["ru-president"]].Number
	t.answer("us-president", s, false)
	t.answer("ru-president", s, false)
	t.hear("swiss", "us-president")
	for range 8 {
		t.want(tt, t.say("swiss", cert), "ru has not ratified") // not heard yet
	}
	t.cut("ru-second", "ru-president", kept)
	t.hearAll()
	t.want(tt, t.say("swiss", cert), "ru has not ratified")
	if t.status(s) == InForce {
		tt.Error("in force without a certificate")
	}
}

// TestARefusalBeyondTheCut frees nothing for whoever knows of the cut.
func TestARefusalBeyondTheCut(tt *testing.T) {
	t := newTalks(false)
	s := t.agreement("griner", "bout")
	p := t.offer("us", "griner", "klyushin")
	t.hearAll()
	kept := t.acts[t.last["us-president"]].Number
	t.want(tt, t.answer("us-president", s, true), "")
	t.hear("ru", "us-president")
	t.want(tt, t.accept("ru", p), "")
	t.cut("us-second", "us-president", kept)
	t.hear("us", "us-second")
	t.hear("us", "us-president")
	if t.status(s) != AdReferendum {
		tt.Errorf("agreement is %s by a refusal that does not count", t.status(s))
	}
	q := t.offer("us", "whelan", "bout")
	t.hear("ru", "us")
	a := t.accept("ru", q)
	t.hear("us", "ru")
	t.want(tt, t.seal("us", q, a), "bout is promised already (seal "+s.Short()+")")
}

// TestAProvisionalChannelExplores, without a principal and so without mandates.
func TestAProvisionalChannelExplores(tt *testing.T) {
	t := newTalks(true)
	t.ground.Provisional, t.full = true, map[string]Ref{}
	ask := &Request{Persons: []PersonID{"griner"}}
	t.want(tt, t.say("us", ask), "")
	t.want(tt, t.say("us", &Note{Text: "good morning"}), "")
	t.want(tt, t.say("swiss", ask), "only a delegate does this")
	d, _ := t.put("second version", t.ground.Case, func(*Case) {})
	t.hearAll()
	for _, m := range []Move{
		&CaseMove{Adopt: true, Digest: d}, &Concur{},
		&Ratify{}, &Mandate{Device: t.ids["us"], May: Levels()},
	} {
		t.want(tt, t.say("us", m), "a provisional channel only explores: the principals' charter comes first")
	}
}

// TestAMandateFallsWithItsPrincipal, where the cut lies before it.
func TestAMandateFallsWithItsPrincipal(tt *testing.T) {
	t := newTalks(false)
	t.cut("us-second", "us-president", t.acts[t.full["us"]].Number-1)
	t.want(tt, t.offer("us", "griner", "bout"), "")
	t.hearAll()
	t.want(tt, t.offer("us", "griner", "bout"), "it names no mandate that its author had")
}

// TestEachRestsOnWhatItNames: one thing withheld, and one move that names it.
func TestEachRestsOnWhatItNames(tt *testing.T) {
	moves := map[string]func(t *talks, o Ref) (kept, on Ref){
		"decline":         func(t *talks, o Ref) (Ref, Ref) { return o, t.say("ru", &Decline{Offer: o}) },
		"concur":          func(t *talks, o Ref) (Ref, Ref) { return o, t.concur("ru", o) },
		"accept":          func(t *talks, o Ref) (Ref, Ref) { return o, t.accept("ru", o) },
		"withdraw":        func(t *talks, o Ref) (Ref, Ref) { return o, t.say("us", &Withdraw{Offer: o}) },
		"seal of nothing": func(t *talks, o Ref) (Ref, Ref) { return o, t.say("us", &Seal{Offer: o}) },
		"seal": func(t *talks, o Ref) (Ref, Ref) {
			a := t.accept("ru", o)
			t.hear("us", "ru")
			return a, t.seal("us", o, a)
		},
		"release": func(t *talks, o Ref) (Ref, Ref) {
			a := t.accept("ru", o)
			t.hear("us", "ru")
			return a, t.say("us", &Release{Accept: a})
		},
		"pen":     func(t *talks, o Ref) (Ref, Ref) { return t.accept("ru", o), t.pen("ru", "ru-second") },
		"mandate": func(t *talks, _ Ref) (Ref, Ref) { return t.full["us"], t.offer("us", "bout") },
	}
	for name, move := range moves {
		tt.Run(name, func(tt *testing.T) {
			t := newTalks(false)
			o := t.offer("us", "griner", "bout")
			t.hearAll()
			kept, on := move(t, o)
			t.withhold(kept)
			t.want(tt, on, "it rests on an act that is withheld from this desk")
		})
	}
}

// TestWhatIsWithheldIsNotKnown: nothing is said against what rests on it.
func TestWhatIsWithheldIsNotKnown(tt *testing.T) {
	t := newTalks(true)
	o, p := t.offer("us", "griner", "bout"), t.offer("us", "whelan", "klyushin")
	t.hearAll()
	other := t.say("ru", &Decline{After: t.after("ru"), Offer: p})
	concur := t.concur("ru-second", o)
	a := t.accept("ru", o)
	next := t.pen("ru", "ru-second")
	t.hearAll()
	free := t.say("us", &Release{After: t.after("us"), Accept: a})
	s := t.seal("us", o, a)
	t.hearAll()
	mandate := t.offer("de", "krasikov")
	r := t.answer("us-president", s, false)
	c := t.say("swiss", &Certify{Agreement: s})
	w := t.say("us", &Withdraw{After: t.after("us"), Offer: o})
	d := t.say("us", &Decline{After: t.after("us"), Offer: o})
	before := len(t.table().Acts)
	for _, x := range []Ref{o, t.full["de"]} {
		t.withhold(x)
		t.want(tt, x, "its body is withheld from this desk")
	}
	const why = "it rests on an act that is withheld from this desk"
	for _, x := range []Ref{a, next, s, r, c, w, d, free, concur, mandate} {
		t.want(tt, x, why)
	}
	t.want(tt, other, "")
	table := t.table()
	if len(table.Acts) != before || len(table.Offers) != 1 || len(table.Breaches) > 0 {
		tt.Errorf("the table has %d acts, offers %+v, breaches %+v", len(table.Acts), table.Offers, table.Breaches)
	}
}

// TestAWithdrawalBeyondTheCut takes nothing back for whoever knows of the cut.
func TestAWithdrawalBeyondTheCut(tt *testing.T) {
	t := newTalks(false)
	o := t.offer("us", "griner", "bout")
	t.say("us", &Withdraw{After: t.after("us"), Offer: o})
	t.hear("ru", "us")
	t.want(tt, t.accept("ru", o), "the offer was withdrawn")
	t.cut("us-second", "us", t.acts[o].Number)
	t.hear("ru", "us-second")
	t.want(tt, t.accept("ru", o), "")
}

// TestARefusalNotHeardFreesNothing.
func TestARefusalNotHeardFreesNothing(tt *testing.T) {
	t := newTalks(false)
	s := t.agreement("griner", "bout")
	o := t.offer("us", "whelan", "bout")
	t.hearAll()
	a := t.accept("ru", o)
	t.hear("us", "ru")
	t.answer("ru-president", s, true)
	for range 8 {
		t.want(tt, t.seal("us", o, a), "bout is promised already (seal "+s.Short()+")")
	}
	t.hear("us", "ru-president")
	t.want(tt, t.seal("us", o, a), "")
}

// TestWhatWasFreeStaysFree: once a delegation has decided something, knowing
// that a name is free, a refusal that turns out not to count locks it no more.
func TestWhatWasFreeStaysFree(tt *testing.T) {
	for _, decided := range []bool{true, false} {
		t := newTalks(false)
		s := t.agreement("griner", "bout")
		o := t.offer("us", "whelan", "bout")
		t.hearAll()
		a := t.accept("ru", o)
		t.hearAll()
		kept := t.acts[t.last["ru-president"]].Number
		t.answer("ru-president", s, true)
		t.hear("us", "ru-president")
		if decided {
			t.want(tt, t.say("us", &CaseMove{After: t.after("us"), Adopt: true, Digest: t.ground.Case}), "")
		}
		t.cut("ru-second", "ru-president", kept)
		t.hear("us", "ru-second")
		why := "bout is promised already (seal " + s.Short() + ")"
		if decided {
			why = ""
		}
		t.want(tt, t.seal("us", o, a), why)
	}
}

// TestASealPassedOverCanBeLetGo: the accept that it lists is locked until the
// offeror's chain, as it stands now, releases it.
func TestASealPassedOverCanBeLetGo(tt *testing.T) {
	t := newTalks(false)
	o, p := t.offer("us", "griner", "bout"), t.offer("us", "griner", "klyushin")
	t.hearAll()
	a := t.accept("ru", o)
	t.hearAll()
	t.pen("us-president", "us-second")
	s := t.seal("us", o, a) // crosses
	t.hearAll()
	t.want(tt, s, "")
	t.want(tt, t.accept("ru", p), "griner is promised already (accept "+a.Short()+")")
	t.want(tt, t.say("us-second", &Release{After: t.after("us-second"), Accept: a}), "")
	t.hearAll()
	t.want(tt, t.accept("ru", p), "")
}

// TestAnAdoptionBeyondTheCut gives nobody away, for whoever knows of the cut.
func TestAnAdoptionBeyondTheCut(tt *testing.T) {
	for _, cut := range []bool{false, true} {
		t := newTalks(false)
		v, _ := t.put("krasikov moved", t.ground.Case, func(c *Case) { c.Persons[4].HeldBy = "us" })
		o := t.say("us", &OfferMove{Case: v, Offer: Offer{Case: "swap", From: "us", Release: []PersonID{"griner", "krasikov"}}})
		t.hearAll()
		kept := t.acts[t.last["de"]].Number
		t.say("de", &CaseMove{Adopt: true, Digest: v})
		why := ""
		if cut {
			t.cut("de-second", "de", kept)
			why = "de has not adopted the version of the case in which it no longer holds somebody"
		}
		t.hearAll()
		t.want(tt, t.accept("ru", o), why)
	}
}

// TestNobodyIsNoSignatory: one whom nobody held in the charter's version of the
// case needs no more ratifications.
func TestNobodyIsNoSignatory(tt *testing.T) {
	t := newTalks(false)
	v, _ := t.put("free was caught", t.ground.Case, func(c *Case) { c.Persons[5].HeldBy = "us" })
	o := t.say("us", &OfferMove{Case: v, Offer: Offer{Case: "swap", From: "us", Release: []PersonID{"griner", "free"}}})
	t.hearAll()
	a := t.accept("ru", o)
	t.hearAll()
	s := t.seal("us", o, a)
	t.hearAll()
	t.answer("us-president", s, false)
	t.answer("ru-president", s, false)
	if got, _ := t.table().Agreement(s); got.Status != InForce || !slices.Equal(got.Signatories, []PartyID{"ru", "us"}) {
		tt.Errorf("agreement is %s, signed by %v", got.Status, got.Signatories)
	}
}

// TestTwoAgreementsInForceAreShown: a principal gives two answers, and one name
// stands in two agreements. Neither is undone; both are shown, and who did it.
func TestTwoAgreementsInForceAreShown(tt *testing.T) {
	t := newTalks(false)
	one := t.agreement("griner", "bout")
	t.answer("ru-president", one, false)
	before, seen := t.last["us-president"], maps.Clone(t.views["us-president"])
	no := t.answer("us-president", one, true)
	t.hearAll()
	two := t.agreement("griner", "klyushin")
	t.answer("us-president", two, false)
	t.answer("ru-president", two, false)
	t.last["us-president"], t.views["us-president"] = before, seen
	yes := t.answer("us-president", one, false)
	t.want(tt, yes, "")
	if t.status(one) != InForce || t.status(two) != InForce {
		tt.Fatalf("agreements are %s and %s, want both in force", t.status(one), t.status(two))
	}
	want := []Breach{
		{Author: t.ids["us-president"], Refs: []Ref{no, yes}, Text: "two entries under number " + strconv.FormatUint(t.acts[no].Number, 10)},
		{Refs: []Ref{one, two}, Text: "two agreements in force on griner"},
	}
	got := t.table().Breaches
	for _, b := range want {
		slices.SortFunc(b.Refs, func(a, b Ref) int { return slices.Compare(a[:], b[:]) })
		if !slices.ContainsFunc(got, func(c Breach) bool { return reflect.DeepEqual(b, c) }) {
			tt.Errorf("breaches %+v lack %+v", got, b)
		}
	}
}

// TestARefusalIsMoreThanALapse, whichever comes first.
func TestARefusalIsMoreThanALapse(tt *testing.T) {
	for _, lapsed := range []bool{true, false} {
		t := newTalks(true)
		s := t.agreement("griner", "bout")
		lapse := func() { t.say("swiss", &Certify{Agreement: s, Digest: t.acts[s].Move.(*Seal).Digest, Lapse: true}) }
		if lapsed {
			lapse()
			t.hearAll()
			if t.status(s) != Lapsed {
				tt.Errorf("agreement is %s, want lapsed", t.status(s))
			}
		}
		t.answer("us-president", s, true)
		t.hearAll()
		if !lapsed {
			lapse()
		}
		if t.status(s) != Refused {
			tt.Errorf("agreement is %s, want refused", t.status(s))
		}
	}
}

// TestANeutralMayTalk, whatever it is there for, and do nothing more.
func TestANeutralMayTalk(tt *testing.T) {
	t := newTalks(false)
	t.join("chair", Member{Role: Neutral, Capabilities: []string{"chair", "host"}})
	o := t.offer("us", "griner", "bout")
	t.hearAll()
	t.want(tt, t.say("chair", &Note{Text: "the floor is open"}), "")
	t.want(tt, t.say("chair", &Request{Persons: []PersonID{"griner"}}), "only a delegate does this")
	t.want(tt, t.say("chair", &Decline{Offer: o}), "only a delegate does this")
	t.want(tt, t.say("chair", &Certify{Agreement: o}), "only the depositary certifies")
	t.want(tt, t.say("chair", &Pen{To: t.ids["us"]}), "only a delegate, or its principal, moves the pen")
	t.want(tt, t.say("chair", &Mandate{Device: t.ids["us"]}), "only a principal does this")
	for _, s := range t.table().Acts {
		if s.Author == t.ids["chair"] && !slices.Equal(s.Member.Capabilities, []string{"chair", "host"}) {
			tt.Errorf("the chair is shown as %+v", s.Member)
		}
	}
}
