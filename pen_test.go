package parley_test

import (
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

// TestTwoTruthsOfAPenHolder: one who held the pen signs twice and hands it to
// two devices. Who knows both goes back to where they part, and the principal
// goes on from there.
func TestTwoTruthsOfAPenHolder(tt *testing.T) {
	t := newTalks(false)
	t.join("ru-third", Member{Party: "ru", Role: Delegate})
	t.full["ru-third"] = t.say("ru-president", &Mandate{Device: t.ids["ru-third"], May: Levels()})
	o, p := t.offer("us", "griner", "bout"), t.offer("us", "griner", "klyushin")
	t.hearAll()
	kept := t.say("ru", &Decline{After: t.after("ru"), Offer: p})
	t.hearAll()
	before := t.last["ru"]
	first := t.pen("ru", "ru-second")
	t.hear("ru-second", "ru")
	a := t.accept("ru-second", o)
	t.last["ru"] = before
	delete(t.views["ru"], first)
	t.pen("ru", "ru-third")
	t.hear("ru-third", "ru")
	b := t.say("ru-third", &Decline{After: t.after("ru-third"), Offer: o})
	t.want(tt, a, "")
	t.want(tt, b, "")
	t.hearAll()
	if last := t.table().Last("ru"); last != kept {
		tt.Errorf("the chain of ru ends at %s, want where it parts", last.Short())
	}
	const why = "its author does not hold the pen of its delegation"
	t.want(tt, t.say("ru-second", &Decline{After: a, Offer: o}), why)
	t.want(tt, t.pen("ru-president", "ru-third"), "")
	t.hearAll()
	t.want(tt, t.accept("ru-third", o), "")
	t.want(tt, t.seal("us", o, a), "it lists an accept that has no effect")
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

// TestABrokenMoveOfThePenCutsNothing: a principal who has signed twice is out of
// the game, and what it passed over counts again.
func TestABrokenMoveOfThePenCutsNothing(tt *testing.T) {
	t := newTalks(false)
	o := t.offer("us", "griner", "bout")
	t.hearAll()
	before := t.last["ru-president"]
	t.pen("ru-president", "ru-second")
	a := t.accept("ru", o)
	t.last["ru-president"] = before
	t.say("ru-president", &Note{Text: "the other"})
	t.hearAll()
	t.want(tt, t.seal("us", o, a), "")
	if last := t.table().Last("ru"); last != a {
		tt.Errorf("the chain of ru ends at %s, want at its accept", last.Short())
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
