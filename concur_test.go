package parley_test

import (
	"slices"
	"testing"

	. "parley"
)

// together gives a device full powers that need so many devices to agree.
func (t *talks) together(who string, need uint64) {
	p := string(t.party(who)) + "-president"
	t.full[who] = t.say(p, &Mandate{Device: t.ids[who], May: Levels(), Together: need})
	t.hearAll()
}

// TestTwoPersonsAgree: under a mandate for two, an accept and a seal wait for a
// second device's word on the same exchange.
func TestTwoPersonsAgree(tt *testing.T) {
	t := newTalks(false)
	t.together("us", 2)
	t.together("ru", 2)
	o := t.offer("us", "griner", "bout")
	t.want(tt, o, "") // offering is one's own
	t.hearAll()
	const alone = "1 of 2 devices of its delegation agree"
	t.want(tt, t.accept("ru", o), alone)
	own := t.concur("ru", o)
	t.want(tt, own, "")
	t.want(tt, t.accept("ru", o), alone) // its own word twice
	foreign := t.concur("us-second", o)
	t.hear("ru", "us-second")
	t.want(tt, t.accept("ru", o), alone)
	second := t.concur("ru-second", o)
	for range 8 {
		t.want(tt, t.accept("ru", o), alone) // not heard yet
	}
	t.hear("ru", "ru-second")
	a := t.accept("ru", o)
	t.want(tt, a, "")
	t.hear("us", "ru")
	fresh := t.offer("us", "whelan", "klyushin")
	t.hearAll()
	t.want(tt, t.accept("ru", fresh), alone) // another exchange
	t.want(tt, t.seal("us", o, a), "")       // us-second has agreed
	state, _ := t.table().Offer(o)
	for _, c := range []Concurrence{
		{Ref: own, By: "ru", Device: t.ids["ru"]}, {Ref: foreign, By: "us", Device: t.ids["us-second"]}, {Ref: second, By: "ru", Device: t.ids["ru-second"]},
	} {
		c.Digest = t.resolved(o, nil).Digest()
		if !slices.Contains(state.Concurs, c) {
			tt.Errorf("the offer's concurs %+v lack %+v", state.Concurs, c)
		}
	}
}

// TestASealNeedsAsMany as an accept.
func TestASealNeedsAsMany(tt *testing.T) {
	t := newTalks(false)
	t.together("us", 3)
	t.join("us-third", Member{Party: "us", Role: Delegate})
	o := t.offer("us", "griner", "bout")
	t.hearAll()
	a := t.accept("ru", o)
	t.hearAll()
	t.concur("us-second", o)
	t.hearAll()
	t.want(tt, t.seal("us", o, a), "2 of 3 devices of its delegation agree")
	t.full["us-third"] = t.say("us-president", &Mandate{Device: t.ids["us-third"], May: []Level{Assent}})
	t.hearAll()
	t.concur("us-third", o)
	t.hearAll()
	t.want(tt, t.seal("us", o, a), "")
}

// TestOfOneOnesWordIsEnough: one, or none named, is alone.
func TestOfOneOnesWordIsEnough(tt *testing.T) {
	for need := range uint64(2) {
		t := newTalks(false)
		t.together("ru", need)
		o := t.offer("us", "griner", "bout")
		t.hearAll()
		t.want(tt, t.accept("ru", o), "")
	}
}

// TestWhoseWordDoesNotCount: one whose mandate does not cover the exchange, or
// that is contested, by itself or in its mandate.
func TestWhoseWordDoesNotCount(tt *testing.T) {
	open := func() (*talks, Ref) {
		t := newTalks(false)
		t.together("ru", 2)
		o := t.offer("us", "griner", "bout")
		t.hearAll()
		return t, o
	}
	mandate := func(t *talks, m Mandate) {
		m.Device = t.ids["ru-second"]
		t.full["ru-second"] = t.say("ru-president", &m)
		t.hear("ru-second", "ru-president")
	}
	const alone = "1 of 2 devices of its delegation agree"

	t, o := open()
	mandate(t, Mandate{May: []Level{Propose}})
	t.want(tt, t.concur("ru-second", o), "the mandate does not allow to accept")
	mandate(t, Mandate{May: Levels(), Scope: []PersonID{"griner"}})
	t.want(tt, t.concur("ru-second", o), "")
	t.hearAll()
	t.want(tt, t.accept("ru", o), alone)
	mandate(t, Mandate{May: Levels(), Scope: []PersonID{"bout", "griner"}})
	t.want(tt, t.concur("ru-second", o), "")
	t.hearAll()
	t.want(tt, t.accept("ru", o), "")

	t, o = open()
	word := t.concur("ru-second", o)
	t.cut("us", "ru-second", t.acts[word].Number-1)
	t.hearAll()
	t.want(tt, t.accept("ru", o), alone)

	t, o = open()
	mandate(t, Mandate{May: Levels()})
	t.want(tt, t.concur("ru-second", o), "")
	t.cut("us", "ru-president", t.acts[t.full["ru-second"]].Number-1)
	t.hearAll()
	t.want(tt, t.accept("ru", o), alone)

	t, o = open()
	d := t.resolved(o, nil).Digest()
	d[0]++
	t.want(tt, t.say("ru-second", &Concur{Offer: o, Digest: d}), "")
	t.hearAll()
	t.want(tt, t.accept("ru", o), alone)
	t.want(tt, t.say("ru-second", &Concur{Offer: t.full["ru"], Digest: d}), "what it names is no offer")
}
