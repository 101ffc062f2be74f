package parley_test

import (
	"encoding/binary"
	"testing"

	. "parley"
)

// line makes talks in which everybody has seen all that was said before: rounds
// of offer, accept, seal and refusal, until there are so many acts. Every so
// many rounds (0: never) the principals of both sides move the pens.
func line(acts, moves int) (Ground, []Act) {
	t := newTalks(false)
	last, pen := t.list[len(t.list)-1].Ref, map[string]string{"us": "us", "ru": "ru"}
	chain := map[PartyID]Ref{}
	say := func(who string, m Move) Ref {
		a := Act{Author: t.ids[who], Previous: t.last[who], Number: t.acts[t.last[who]].Number + 1, Mandate: t.full[who], Move: m}
		if last != a.Previous {
			a.Heads = []Ref{last}
		}
		binary.BigEndian.PutUint64(a.Ref[:], uint64(len(t.list))*0x9e3779b97f4a7c15)
		t.acts[a.Ref], t.last[who], last = a, a.Ref, a.Ref
		t.list = append(t.list, a)
		if isDecision(m) {
			chain[t.party(who)] = a.Ref
		}
		return a.Ref
	}
	for round := 1; len(t.list) < acts; round++ {
		if moves > 0 && round%moves == 0 {
			for p, was := range pen {
				pen[p] = map[string]string{p: p + "-second", p + "-second": p}[was]
				say(p+"-president", &Pen{After: chain[PartyID(p)], To: t.ids[pen[p]]})
			}
		}
		o := say(pen["us"], &OfferMove{Case: t.ground.Case, Offer: Offer{Case: "swap", From: "us", Release: []PersonID{"griner", "bout"}}})
		x := t.resolved(o, nil)
		a := say(pen["ru"], &Accept{After: chain["ru"], Resolved: x, Digest: x.Digest()})
		s := say(pen["us"], &Seal{After: chain["us"], Offer: o, Digest: x.Digest(), Accepts: []Ref{a}})
		say("us-president", &Ratify{Agreement: s, Digest: x.Digest(), Refuse: true})
	}
	return t.ground, t.list
}

// BenchmarkFold folds 10,000 acts, nearly all of them about the same two names:
// the worst for locks. The second moves a pen every hundred acts.
func BenchmarkFold(b *testing.B) {
	for name, moves := range map[string]int{"plain": 0, "pens": 50} {
		b.Run(name, func(b *testing.B) {
			g, acts := line(10_000, moves)
			for _, s := range Fold(g, acts).Acts {
				if !s.Effect() {
					b.Fatalf("an act has no effect: %s", s.Why)
				}
			}
			for b.Loop() {
				Fold(g, acts)
			}
		})
	}
}
