package parley_test

import (
	"slices"
	"strings"
	"testing"

	. "parley"
)

// What an act may build on is what its author had seen, and not what stands
// before it in the table's order by the chance of an id. Each test here makes
// its talks anew until chance puts the unseen act first.

// unseen makes talks in which an act (late) rests on another (early) that its
// author has not seen, and wants the late one to have no effect.
func unseen(tt *testing.T, depositary bool, why string, make func(*talks) (early, late Ref)) {
	tt.Helper()
	for i := range 200 {
		t := newTalks(depositary)
		for range i {
			t.say("fr", &Note{Text: "other acts, other ids"})
		}
		early, late := make(t)
		place := func(r Ref) int { return slices.IndexFunc(t.table().Acts, func(s Seen) bool { return s.Ref == r }) }
		if place(early) < place(late) {
			if got := t.why(late); !strings.HasPrefix(got, why) {
				tt.Errorf("the act has why %q, want %q", got, why)
			}
			return
		}
	}
	tt.Fatal("chance never puts the unseen act first")
}

// agreedUnseen is an accept by ru that us has not seen.
func agreedUnseen(t *talks) (o, a Ref) {
	o = t.offer("us", "griner", "bout")
	t.hear("ru", "us")
	return o, t.accept("ru", o)
}

func TestNothingRestsOnTheUnseen(tt *testing.T) {
	tt.Run("a mandate", func(tt *testing.T) {
		unseen(tt, false, "it names no mandate that its author had", func(t *talks) (Ref, Ref) {
			m := t.say("us-president", &Mandate{Device: t.ids["us"], May: Levels()})
			return m, t.sign("us", t.acts[t.offer("us", "bout")].Move, t.last["us"], m)
		})
	})
	tt.Run("an accept that is sealed", func(tt *testing.T) {
		unseen(tt, false, "it lists no accept that its author had", func(t *talks) (Ref, Ref) {
			o, a := agreedUnseen(t)
			return a, t.seal("us", o, a)
		})
	})
	tt.Run("a second accept that is sealed", func(tt *testing.T) {
		unseen(tt, false, "it lists an accept that has no effect", func(t *talks) (Ref, Ref) {
			var o, a, b Ref
			for { // until the one that us has seen is named first
				o = t.offer("us", "griner", "krasikov")
				t.hear("ru", "us")
				t.hear("de", "us")
				a, b = t.accept("ru", o), t.accept("de", o)
				t.hear("us", "ru")
				if slices.Compare(a[:], b[:]) < 0 {
					return b, t.seal("us", o, a, b)
				}
				t.hearAll()
				t.say("us", &Withdraw{After: t.after("us"), Offer: o})
				t.hearAll()
			}
		})
	})
	tt.Run("an accept that is released", func(tt *testing.T) {
		unseen(tt, false, "it names no accept that its author had", func(t *talks) (Ref, Ref) {
			_, a := agreedUnseen(t)
			return a, t.say("us", &Release{After: t.after("us"), Accept: a})
		})
	})
	tt.Run("a seal that is ratified", func(tt *testing.T) {
		unseen(tt, false, "it names no agreement that its author had", func(t *talks) (Ref, Ref) {
			o := t.offer("us", "griner", "bout")
			t.hearAll()
			a := t.accept("ru", o)
			t.hearAll()
			s := t.seal("us", o, a)
			return s, t.answer("us-president", s, false)
		})
	})
	tt.Run("a ratification that is certified", func(tt *testing.T) {
		unseen(tt, true, "ru has not ratified", func(t *talks) (Ref, Ref) {
			s := t.agreement("griner", "bout")
			t.answer("us-president", s, false)
			t.hearAll()
			yes := t.answer("ru-president", s, false)
			return yes, t.certify(s, false)
		})
	})
	tt.Run("a refusal that frees a name", func(tt *testing.T) {
		unseen(tt, false, "bout is promised already (seal", func(t *talks) (Ref, Ref) {
			p := t.offer("us", "whelan", "bout")
			t.hearAll()
			b := t.accept("ru", p)
			s := t.agreement("griner", "bout")
			no := t.answer("ru-president", s, true)
			return no, t.seal("us", p, b)
		})
	})
	tt.Run("the adoption of a version by who loses by it", func(tt *testing.T) {
		unseen(tt, false, lost, func(t *talks) (Ref, Ref) {
			v := t.krasikovMoves("us")
			o := t.onVersion("us", v, "griner", "krasikov")
			t.hearAll()
			adopts := t.say("de", &CaseMove{After: t.after("de"), Adopt: true, Digest: v})
			return adopts, t.acceptOn("ru", v, o, "griner", "krasikov")
		})
	})
}

const lost = "de has not adopted the version of the case in which it no longer holds somebody"

// TestNothingRestsOnTheContested: once its author is known to have signed two
// entries under one number, what was said under it or later carries nothing.
func TestNothingRestsOnTheContested(tt *testing.T) {
	tt.Run("a mandate", func(tt *testing.T) {
		t := newTalks(false)
		m := t.say("us-president", &Mandate{Device: t.ids["us"], May: Levels()})
		t.fork("us-president")
		o := t.sign("us", t.acts[t.offer("us", "bout")].Move, t.last["us"], m)
		t.want(tt, o, "it names no mandate that its author had")
	})
	tt.Run("an offer whose accept is released", func(tt *testing.T) {
		t := newTalks(false)
		o := t.say("us-second", &OfferMove{Case: t.ground.Case, Offer: Offer{Case: "swap", From: "us", Release: []PersonID{"griner", "bout"}}})
		t.hearAll()
		a := t.accept("ru", o)
		t.hearAll()
		t.fork("us-second")
		t.want(tt, t.say("us", &Release{After: t.after("us"), Accept: a}), "the offer is contested: its author has signed two entries under one number")
	})
	tt.Run("a refusal that frees a name", func(tt *testing.T) {
		t := newTalks(false)
		p := t.offer("us", "whelan", "bout")
		t.hearAll()
		b := t.accept("ru", p)
		s := t.agreement("griner", "bout")
		t.answer("ru-president", s, true)
		t.fork("ru-president")
		if why := t.why(t.seal("us", p, b)); !strings.HasPrefix(why, "bout is promised already (seal") {
			tt.Errorf("a contested refusal frees bout: %q", why)
		}
	})
	tt.Run("the adoption of a version by who loses by it", func(tt *testing.T) {
		t := newTalks(false)
		v := t.krasikovMoves("us")
		o := t.onVersion("us", v, "griner", "krasikov")
		t.hearAll()
		t.want(tt, t.say("de", &CaseMove{After: t.after("de"), Adopt: true, Digest: v}), "")
		t.fork("de")
		t.want(tt, t.acceptOn("ru", v, o, "griner", "krasikov"), lost)
	})
}

// TestALaterForkLeavesWhatWasSaidBefore: who signs twice under a number has not
// unsaid what it signed under the numbers before.
func TestALaterForkLeavesWhatWasSaidBefore(tt *testing.T) {
	t := newTalks(false)
	o := t.offer("us", "griner", "bout")
	t.hearAll()
	a := t.accept("ru", o)
	t.say("ru", &Note{Text: "one"})
	t.fork("ru")
	t.want(tt, t.seal("us", o, a), "")
}

// TestAnotherVersionAdopted: who loses somebody by a version must have adopted
// that one or one that replaces it; another is no yes to it.
func TestAnotherVersionAdopted(tt *testing.T) {
	t := newTalks(false)
	v, w := t.krasikovMoves("us"), t.krasikovMoves("fr")
	t.hearAll()
	t.want(tt, t.say("de", &CaseMove{After: t.after("de"), Adopt: true, Digest: w}), "")
	o := t.onVersion("us", v, "griner", "krasikov")
	t.hearAll()
	t.want(tt, t.acceptOn("ru", v, o, "griner", "krasikov"), lost)
}

// fork lets a member sign another entry under the number of its last one, and
// everybody hear of it.
func (t *talks) fork(who string) {
	now := t.last[who]
	t.sign(who, &Note{Text: "the other"}, t.acts[now].Previous, Ref{})
	t.last[who] = now
	t.hearAll()
}

func (t *talks) certify(seal Ref, lapse bool) Ref {
	return t.say("swiss", &Certify{Agreement: seal, Digest: t.acts[seal].Move.(*Seal).Digest, Lapse: lapse})
}

// krasikovMoves puts a version of the case forward in which he is held by
// another than de.
func (t *talks) krasikovMoves(to PartyID) Digest {
	d, _ := t.put("krasikov moved to "+string(to), t.ground.Case, func(c *Case) { c.Persons[4].HeldBy = to })
	return d
}

func (t *talks) onVersion(who string, v Digest, release ...PersonID) Ref {
	return t.say(who, &OfferMove{Case: v, Offer: Offer{Case: "swap", From: PartyID(who), Release: release}})
}

func (t *talks) acceptOn(who string, v Digest, offer Ref, release ...PersonID) Ref {
	r := Resolved{Offer: offer, Case: v, Release: NewExchange(release...)}
	return t.say(who, &Accept{After: t.after(who), Resolved: r, Digest: r.Digest()})
}
