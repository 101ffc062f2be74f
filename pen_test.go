package parley_test

import (
	"maps"
	"testing"

	. "parley"
)

// TestThePenIsPassed: who holds the pen passes it, and the chain runs on over
// both devices.
func TestThePenIsPassed(tt *testing.T) {
	t := newTalks(false)
	o, p := t.offer("us", "griner", "bout"), t.offer("us", "whelan", "klyushin")
	t.hearAll()
	a := t.accept("ru", o)
	t.hear("ru-second", "ru")
	t.want(tt, t.pen("ru-second", "ru-second"), "its author does not hold the pen of its delegation")
	pass := t.pen("ru", "ru-second")
	t.want(tt, pass, "")
	t.want(tt, t.accept("ru", p), "its author does not hold the pen of its delegation")
	b := t.accept("ru-second", p)
	t.want(tt, b, "its author does not hold the pen of its delegation") // it has not heard
	t.hear("ru-second", "ru")
	again := t.offer("us", "griner", "klyushin")
	t.hear("ru-second", "us")
	t.want(tt, t.accept("ru-second", again), "griner is promised already (accept "+a.Short()+")")
	b = t.accept("ru-second", p)
	t.want(tt, b, "")
	table := t.table()
	if table.Pen("ru") != t.ids["ru-second"] || table.Last("ru") != b {
		tt.Errorf("the pen is with %s after %s", table.Pen("ru").Short(), table.Last("ru").Short())
	}
	if table.Pen("us") != t.ids["us"] || !table.Last("us").IsZero() {
		tt.Errorf("us has moved its pen: %s, %s", table.Pen("us").Short(), table.Last("us").Short())
	}
	t.hearAll()
	t.want(tt, t.pen("ru-second", "ru"), "")
	t.hearAll()
	t.want(tt, t.say("ru", &Decline{After: t.after("ru"), Offer: again}), "")
}

// TestAPenMovedIsACut: what the principal had not seen when it moved the pen
// counts no more for whoever knows of the move; what it had seen stands.
func TestAPenMovedIsACut(tt *testing.T) {
	t := newTalks(false)
	o, p, q := t.offer("us", "griner", "bout"), t.offer("us", "whelan", "klyushin"), t.offer("us", "whelan", "other")
	t.hearAll()
	seen := t.accept("ru", o)
	t.hear("ru-president", "ru")
	unseen := t.accept("ru", p)
	further := t.say("ru", &Decline{After: t.after("ru"), Offer: q})
	moved := t.pen("ru-president", "ru-second") // crosses both
	for _, r := range []Ref{seen, unseen, further, moved} {
		t.want(tt, r, "")
	}
	t.hear("us", "ru")
	t.want(tt, t.seal("us", p, unseen), "") // has not heard of the move
	t.hearAll()
	table := t.table()
	if table.Last("ru") != moved || table.Pen("ru") != t.ids["ru-second"] {
		tt.Errorf("the chain of ru ends at %s", table.Last("ru").Short())
	}
	t.want(tt, t.accept("ru", q), "its author does not hold the pen of its delegation")
	t.want(tt, t.say("ru-second", &Decline{After: further, Offer: q}), "it does not follow its delegation's last decision")
	t.want(tt, t.seal("us", o, seen), "")
	t.want(tt, t.accept("ru-second", q), "") // whelan was promised past the cut only
	t.hearAll()
	t.want(tt, t.pen("ru-president", "ru"), "")
	t.hearAll()
	t.want(tt, t.say("ru", &Decline{After: t.after("ru"), Offer: p}), "")
}

// TestAPenIsMovedAfterWhatIsKnown: the cut can't precede anything in its own
// ancestry, and of two moves after one decision the second has no effect.
func TestAPenIsMovedAfterWhatIsKnown(tt *testing.T) {
	t := newTalks(false)
	o := t.offer("us", "griner", "bout")
	t.hearAll()
	t.accept("ru", o)
	t.hearAll()
	const why = "it does not follow its delegation's last decision"
	t.want(tt, t.say("ru-president", &Pen{To: t.ids["ru-second"]}), why)
	before := t.after("ru-president")
	t.want(tt, t.pen("ru-president", "ru-second"), "")
	t.want(tt, t.say("ru-president", &Pen{After: before, To: t.ids["ru"]}), why)
	t.want(tt, t.pen("ru-president", "ru"), "")
}

// enrolled adds devices to a delegation from the start, under full mandates.
func (t *talks) enrolled(names ...string) {
	for _, who := range names {
		t.join(who, Member{Party: t.party(who), Role: Delegate})
		t.full[who] = t.say(string(t.party(who))+"-president", &Mandate{Device: t.ids[who], May: Levels()})
	}
	t.hearAll()
}

// branch lets who pass the pen to a device on an entry after last, and that
// device alone know of it and decline an offer.
func (t *talks) branch(who string, last Ref, to string, offer Ref) (pass, decision Ref) {
	now, seen := t.last[who], maps.Clone(t.views[who])
	t.last[who] = last
	maps.DeleteFunc(t.views[who], func(r Ref, _ bool) bool {
		return t.acts[r].Author == t.ids[who] && t.acts[r].Number > t.acts[last].Number
	})
	pass = t.pen(who, to)
	t.hear(to, who)
	t.last[who], t.views[who] = now, seen
	return pass, t.say(to, &Decline{After: t.after(to), Offer: offer})
}

// TestTwoTruthsOfAPenHolder: one who held the pen signs twice and hands it to
// two devices. Who knows both goes back to where they part, and the principal
// goes on from there.
func TestTwoTruthsOfAPenHolder(tt *testing.T) {
	t := newTalks(false)
	t.enrolled("ru-third")
	o, p := t.offer("us", "griner", "bout"), t.offer("us", "griner", "klyushin")
	t.hearAll()
	kept := t.say("ru", &Decline{After: t.after("ru"), Offer: p})
	t.hearAll()
	before := t.last["ru"]
	_, a := t.branch("ru", before, "ru-second", o)
	_, b := t.branch("ru", before, "ru-third", o)
	t.want(tt, a, "")
	t.want(tt, b, "")
	t.hearAll()
	if last := t.table().Last("ru"); last != kept {
		tt.Errorf("the chain of ru ends at %s, want where it parts", last.Short())
	}
	t.want(tt, t.say("ru-second", &Decline{After: a, Offer: o}), "its author does not hold the pen of its delegation")
	t.want(tt, t.pen("ru-president", "ru-third"), "")
	t.hearAll()
	t.want(tt, t.accept("ru-third", o), "")
}

// TestWherePartedChainsStand: they go back to where all of them part, and
// further to what is not contested itself.
func TestWherePartedChainsStand(tt *testing.T) {
	t := newTalks(false)
	t.enrolled("ru-third", "ru-fourth")
	var offers []Ref
	for range 5 {
		offers = append(offers, t.offer("us", "griner", "bout"))
	}
	t.hearAll()
	decline := func(i int) Ref { return t.say("ru", &Decline{After: t.after("ru"), Offer: offers[i]}) }
	first := decline(0)
	t.branch("ru", first, "ru-second", offers[3])
	decline(1)
	later := decline(2)
	t.branch("ru", later, "ru-third", offers[3])
	t.branch("ru", later, "ru-fourth", offers[4])
	t.hearAll()
	if last := t.table().Last("ru"); last != first {
		tt.Errorf("the chain of ru ends at %s, want at its first decision", last.Short())
	}
	// It signed twice before its first decision as well.
	t.sign("ru", &Note{Text: "the other"}, t.acts[first].Previous, Ref{})
	if last := t.table().Last("ru"); !last.IsZero() {
		tt.Errorf("the chain of ru ends at %s, want at its beginning", last.Short())
	}
}

// TestWherePartedChainsMeet: with three ways, where the first parts from the
// others, in whatever order they are found.
func TestWherePartedChainsMeet(tt *testing.T) {
	for i := range 12 {
		t := newTalks(false)
		t.enrolled("ru-third")
		for i := range t.ground.Members {
			m := &t.ground.Members[i]
			m.Pen = m.Role == Delegate // a roster that names too many
		}
		for range i {
			t.say("us", nil) // other ids, another order
		}
		o := t.offer("us", "griner", "bout")
		t.hearAll()
		adopt := func(who string) Ref {
			return t.say(who, &CaseMove{After: t.after(who), Adopt: true, Digest: t.ground.Case})
		}
		first := adopt("ru")
		t.hear("ru-second", "ru")
		adopt("ru")
		t.hear("ru-third", "ru")
		for _, who := range []string{"ru", "ru", "ru-second", "ru-third"} {
			t.want(tt, adopt(who), "")
		}
		t.hearAll()
		if last := t.table().Last("ru"); last != first {
			tt.Errorf("the chain of ru ends at %s, want at its first decision", last.Short())
		}
		t.want(tt, t.say("ru-third", &Decline{After: first, Offer: o}), "")
	}
}

// TestAForkBesideTheChain: what the one who passed the pen on decided before no
// longer counts, and who holds the pen now goes on.
func TestAForkBesideTheChain(tt *testing.T) {
	t := newTalks(false)
	o, p := t.offer("us", "griner", "bout"), t.offer("us", "griner", "other")
	t.hearAll()
	before := t.last["ru"]
	a := t.accept("ru", o)
	t.pen("ru", "ru-second")
	t.hear("ru-second", "ru")
	t.want(tt, t.accept("ru-second", p), "griner is promised already (accept "+a.Short()+")")
	r := t.say("ru-second", &Decline{After: t.after("ru-second"), Offer: p})
	t.want(tt, r, "")
	t.sign("ru", &Note{Text: "the other"}, before, Ref{})
	t.hearAll()
	if last := t.table().Last("ru"); last != r {
		tt.Errorf("the chain of ru ends at %s, want at the last decision", last.Short())
	}
	t.want(tt, t.accept("ru-second", o), "")
}

// TestAPenMovedOnOneOfTwoBranches contests nothing on the other: the principal
// has not seen both, and moves it once more when it has.
func TestAPenMovedOnOneOfTwoBranches(tt *testing.T) {
	t := newTalks(false)
	t.enrolled("ru-third")
	o, p := t.offer("us", "griner", "bout"), t.offer("us", "whelan", "klyushin")
	t.hearAll()
	kept := t.say("ru", &Note{Text: "before"})
	_, a := t.branch("ru", kept, "ru-second", o)
	_, b := t.branch("ru", kept, "ru-third", o)
	yes := t.accept("ru-third", p)
	t.hear("ru-president", "ru-second")
	past := t.accept("ru-second", p)
	moved := t.pen("ru-president", "ru-second") // crosses that
	for _, r := range []Ref{a, b, yes, past, moved} {
		t.want(tt, r, "")
	}
	t.hearAll()
	t.want(tt, t.seal("us", p, past), "it lists an accept that has no effect")
	s := t.seal("us", p, yes)
	t.want(tt, s, "")
	if last := t.table().Last("ru"); !last.IsZero() {
		tt.Errorf("the chain of ru ends at %s, want where it parts", last.Short())
	}
	again := t.pen("ru-president", "ru-third")
	t.want(tt, again, "")
	t.hearAll()
	const why = "an accept in the agreement is contested: the pen of its delegation was moved before it"
	t.want(tt, t.answer("us-president", s, false), why)
	if last := t.table().Last("ru"); last != again {
		tt.Errorf("the chain of ru ends at %s, want at the last move", last.Short())
	}
}

// TestTwoPrincipalsMoveThePen: an old principal and a new one move it after the
// same decision, neither knowing of the other. Neither stands; one more move,
// by who knows both, settles it.
func TestTwoPrincipalsMoveThePen(tt *testing.T) {
	t := newTalks(false)
	t.ids["ru-heir"] = [32]byte{1}
	t.views["ru-heir"] = map[Ref]bool{}
	heir := Member{ID: t.ids["ru-heir"], Party: "ru", Role: Principally, Name: "ru-heir"}
	t.change("ru-second", func(r *Roster) { r.Members = append(r.Members, heir) })
	t.hearAll()
	a := t.pen("ru-president", "ru-second")
	b := t.pen("ru-heir", "ru")
	t.want(tt, a, "")
	t.want(tt, b, "")
	t.hearAll()
	if last := t.table().Last("ru"); !last.IsZero() {
		tt.Errorf("the chain of ru ends at %s, want at its beginning", last.Short())
	}
	c := t.pen("ru-heir", "ru-second")
	t.want(tt, c, "")
	t.hearAll()
	if table := t.table(); table.Last("ru") != c || table.Pen("ru") != t.ids["ru-second"] {
		tt.Errorf("the chain of ru ends at %s, want at the last move", table.Last("ru").Short())
	}
	o := t.offer("us", "griner", "bout")
	t.hearAll()
	t.want(tt, t.accept("ru-second", o), "")
}

// TestABrokenMoveOfThePenCutsNothing: a principal who has signed twice, or is
// taken off before its move, is out of the game; what it passed over counts.
func TestABrokenMoveOfThePenCutsNothing(tt *testing.T) {
	for _, forked := range []bool{true, false} {
		t := newTalks(false)
		o := t.offer("us", "griner", "bout")
		t.hearAll()
		before := t.last["ru-president"]
		t.pen("ru-president", "ru-second")
		a := t.accept("ru", o)
		if forked {
			t.last["ru-president"] = before
			t.say("ru-president", &Note{Text: "the other"})
		} else {
			t.cut("us-second", "ru-president", t.acts[before].Number)
		}
		t.hearAll()
		t.want(tt, t.seal("us", o, a), "")
		if last := t.table().Last("ru"); last != a {
			tt.Errorf("the chain of ru ends at %s, want at its accept", last.Short())
		}
	}
}

// TestADecisionWithoutEffectIsNoLink: the next one names the last that has.
func TestADecisionWithoutEffectIsNoLink(tt *testing.T) {
	t := newTalks(false)
	o := t.offer("us", "griner", "bout")
	t.hearAll()
	bad := t.say("ru", &Withdraw{Offer: o})
	t.want(tt, bad, "only its offeror withdraws an offer")
	r := t.resolved(o, nil)
	t.want(tt, t.say("ru", &Accept{After: bad, Resolved: r, Digest: r.Digest()}), "it does not follow its delegation's last decision")
	t.want(tt, t.say("ru", &Accept{Resolved: r, Digest: r.Digest()}), "")
}

// TestTheRosterNamesTheFirstPen: while it was never moved, the pen is where the
// roster says.
func TestTheRosterNamesTheFirstPen(tt *testing.T) {
	t := newTalks(false)
	o := t.offer("us", "griner", "bout")
	t.hearAll()
	t.change("us", func(r *Roster) {
		for i := range r.Members {
			if m := &r.Members[i]; m.Party == "ru" && m.Role == Delegate {
				m.Pen = m.Name == "ru-second"
			}
		}
	})
	t.hear("ru-second", "us")
	t.want(tt, t.accept("ru-second", o), "")
	if pen := t.table().Pen("ru"); pen != t.ids["ru-second"] {
		tt.Errorf("the pen is with %s", pen.Short())
	}
	t.cut("us", "ru-second", 99)
	if pen := t.table().Pen("ru"); pen != (MemberID{}) {
		tt.Errorf("the pen is with %s, who was taken off", pen.Short())
	}
}
