package parley_test

import (
	"crypto/sha256"
	"slices"
	"testing"

	. "parley"
)

// TestEveryRefusal makes, for each reason that the table knows, an act that has
// no effect for just that reason.
func TestEveryRefusal(tt *testing.T) {
	for why, act := range refusals() {
		tt.Run(why, func(tt *testing.T) {
			t := newTalks(true)
			t.want(tt, act(t), why)
		})
	}
}

func refusals() map[string]func(*talks) Ref {
	// agreed comes as far as an accept of ours by ru, everybody knowing it.
	agreed := func(t *talks) (o, a Ref) {
		o = t.offer("us", "griner", "bout")
		t.hearAll()
		a = t.accept("ru", o)
		t.hearAll()
		return o, a
	}
	sealed := func(t *talks) Ref {
		o, a := agreed(t)
		s := t.seal("us", o, a)
		t.hearAll()
		return s
	}
	// yes is an accept by ru of an offer of ours, changed before it is made.
	yes := func(t *talks, release []PersonID, change func(*Accept)) Ref {
		o := t.offer("us", release...)
		t.hearAll()
		r := t.resolved(o, nil)
		m := &Accept{After: t.after("ru"), Resolved: r}
		change(m)
		if m.Digest.IsZero() {
			m.Digest = m.Resolved.Digest()
		}
		return t.say("ru", m)
	}
	naming := func(n ...Naming) func(*talks) Ref {
		return func(t *talks) Ref {
			return yes(t, []PersonID{"griner", "bout", "second"}, func(m *Accept) { m.Resolved.Named = n })
		}
	}
	offers := func(o Offer) func(*talks) Ref {
		return func(t *talks) Ref { return t.say("us", &OfferMove{Case: t.ground.Case, Offer: o}) }
	}
	// forked lets ru sign another entry under the number of its last one.
	forked := func(t *talks, who string) {
		last := t.acts[t.last[who]]
		now := t.last[who]
		t.sign(who, &Note{Text: "the other"}, last.Previous, Ref{})
		t.last[who] = now
		t.hearAll()
	}
	return map[string]func(*talks) Ref{
		"its author is not on the roster": func(t *talks) Ref {
			t.ids["stranger"], t.views["stranger"] = sha256.Sum256([]byte("stranger")), map[Ref]bool{}
			return t.say("stranger", &Note{Text: "let me in"})
		},
		"its author has signed two entries under one number": func(t *talks) Ref {
			t.say("ru", &Note{Text: "one"})
			forked(t, "ru")
			t.hear("ru", "us")
			// It had heard of its own fork by others, and goes on all the same.
			other := t.list[len(t.list)-1]
			a := t.say("ru", &Note{Text: "more"})
			act := t.acts[a]
			act.Heads = append(act.Heads, other.Ref)
			t.acts[a], t.list[len(t.list)-1] = act, act
			return a
		},
		"its author had been taken off the roster": func(t *talks) Ref {
			t.cut("us", "ru", t.acts[t.last["ru"]].Number)
			t.hearAll()
			return t.say("ru", &Note{Text: "still here"})
		},
		"its body is withheld from this desk": func(t *talks) Ref {
			return t.withhold(t.offer("us", "griner", "bout"))
		},
		"it rests on an act that is withheld from this desk": func(t *talks) Ref {
			o, a := agreed(t)
			s := t.seal("us", o, a)
			t.withhold(o)
			return s // on an accept that rests on it
		},
		"a provisional channel only explores: the principals' charter comes first": func(t *talks) Ref {
			t.ground.Provisional = true
			return t.offer("us", "griner", "bout")
		},
		"the offer is contested: its author was taken off the roster before it": func(t *talks) Ref {
			o := t.offer("us", "griner", "bout")
			t.cut("us-second", "us", t.acts[o].Number-1)
			t.hearAll()
			return t.accept("ru", o)
		},
		"the agreement is contested: its author was taken off the roster before it": func(t *talks) Ref {
			s := sealed(t)
			t.cut("us-second", "us", t.acts[s].Number-1)
			t.hearAll()
			return t.answer("ru-president", s, false)
		},
		"an accept in the agreement is contested: its author was taken off the roster before it": func(t *talks) Ref {
			s := sealed(t)
			t.cut("ru-second", "ru", t.acts[t.last["ru"]].Number-1)
			t.hearAll()
			return t.answer("us-president", s, false)
		},
		"the agreement is contested: the pen of its delegation was moved before it": func(t *talks) Ref {
			o, a := agreed(t)
			t.pen("us-president", "us-second")
			s := t.seal("us", o, a) // crosses
			t.hearAll()
			return t.answer("ru-president", s, false)
		},
		"an accept in the agreement is contested: the pen of its delegation was moved before it": func(t *talks) Ref {
			o := t.offer("us", "griner", "bout")
			t.hearAll()
			t.pen("ru-president", "ru-second")
			a := t.accept("ru", o)
			t.hear("us", "ru")
			s := t.seal("us", o, a)
			t.hearAll()
			return t.answer("us-president", s, false)
		},
		"only a delegate, or its principal, moves the pen": func(t *talks) Ref {
			return t.say("swiss", &Pen{To: t.ids["us"]})
		},
		"it gives the pen to no delegate of its own side": func(t *talks) Ref {
			return t.say("us", &Pen{To: t.ids["us-president"]})
		},
		"its author holds the pen already": func(t *talks) Ref {
			return t.say("us", &Pen{To: t.ids["us"]})
		},
		"1 of 2 devices of its delegation agree": func(t *talks) Ref {
			t.full["ru"] = t.say("ru-president", &Mandate{Device: t.ids["ru"], May: Levels(), Together: 2})
			o := t.offer("us", "griner", "bout")
			t.hearAll()
			return t.accept("ru", o)
		},
		"what it names is no offer": func(t *talks) Ref { return t.say("ru", &Decline{Offer: t.full["ru"]}) },
		"the offer has no effect": func(t *talks) Ref {
			o := t.offer("us-second", "bout")
			t.hearAll()
			return t.say("ru", &Decline{Offer: o})
		},
		"only a principal does this":          func(t *talks) Ref { return t.say("us", &Ratify{}) },
		"it offers nobody":                    offers(Offer{Case: "swap", From: "us"}),
		"it is made on another case":          offers(Offer{Case: "other", From: "us", Release: []PersonID{"bout"}}),
		"x is not in its version of the case": offers(Offer{Case: "swap", From: "us", Release: []PersonID{"x"}}),
		"the offer is contested: its author has signed two entries under one number": func(t *talks) Ref {
			o := t.offer("us", "griner", "bout")
			forked(t, "us")
			return t.accept("ru", o)
		},
		"its version of the case is not on the channel": func(t *talks) Ref {
			return t.say("us", &OfferMove{Case: DigestOfCase(Digest{}, []byte("nowhere")), Offer: Offer{Case: "swap", From: "us", Release: []PersonID{"bout"}}})
		},
		"an offer is accepted by others than its offeror": func(t *talks) Ref {
			return t.accept("us", t.offer("us", "griner", "bout"))
		},
		"its author's side has no part in the offer": func(t *talks) Ref {
			o := t.offer("us", "griner", "bout")
			t.hearAll()
			return t.accept("de", o)
		},
		"the offer was sealed already": func(t *talks) Ref {
			o := t.offer("us", "griner", "krasikov")
			t.hearAll()
			a, b := t.accept("ru", o), t.accept("de", o)
			t.hearAll()
			t.seal("us", o, a, b)
			return t.say("us", &Withdraw{After: t.after("us"), Offer: o})
		},
		"the digest is not that of the exchange": func(t *talks) Ref {
			return yes(t, []PersonID{"griner", "bout"}, func(m *Accept) { m.Digest = Digest{1} })
		},
		"it stands on another version of the case than the offer": func(t *talks) Ref {
			d, _ := t.put("second version", t.ground.Case, func(*Case) {})
			return yes(t, []PersonID{"griner", "bout"}, func(m *Accept) { m.Resolved.Case = d })
		},
		"only its offeror withdraws an offer": func(t *talks) Ref {
			o := t.offer("us", "griner", "bout")
			t.hearAll()
			return t.say("ru", &Withdraw{Offer: o})
		},
		"the offer was withdrawn already": func(t *talks) Ref {
			o := t.offer("us", "griner", "bout")
			t.say("us", &Withdraw{Offer: o})
			return t.say("us", &Withdraw{After: t.after("us"), Offer: o})
		},
		"only its offeror seals an offer": func(t *talks) Ref {
			o, a := agreed(t)
			return t.seal("ru", o, a)
		},
		"it lists no accept that its author had": func(t *talks) Ref {
			return t.say("us", &Seal{Offer: t.offer("us", "griner", "bout")})
		},
		"it names somebody twice": offers(Offer{Case: "swap", From: "us", Release: []PersonID{"bout", "bout"}}),
		"it waits for xx, which is no party of the case": offers(Offer{
			Case: "swap", From: "us", Release: []PersonID{"bout"}, IfConfirmed: []Confirmation{{Person: "bout", Party: "xx"}},
		}),
		"its accepts are not in order": func(t *talks) Ref {
			o := t.offer("us", "griner", "krasikov")
			t.hearAll()
			list := []Ref{t.accept("ru", o), t.accept("de", o)}
			t.hearAll()
			slices.SortFunc(list, func(a, b Ref) int { return slices.Compare(b[:], a[:]) })
			return t.say("us", &Seal{Offer: o, Digest: t.acts[list[0]].Move.(*Accept).Digest, Accepts: list})
		},
		"it lists an accept of something else": func(t *talks) Ref {
			o, p := t.offer("us", "griner", "bout"), t.offer("us", "whelan", "klyushin")
			t.hearAll()
			list := []Ref{t.accept("ru", o), t.accept("ru", p)}
			t.hearAll()
			slices.SortFunc(list, func(a, b Ref) int { return slices.Compare(a[:], b[:]) })
			first := t.acts[list[0]].Move.(*Accept)
			return t.say("us", &Seal{Offer: first.Resolved.Offer, Digest: first.Digest, Accepts: list})
		},
		"it lists two accepts by one party": func(t *talks) Ref {
			o, a := agreed(t)
			return t.say("us", &Seal{Offer: o, Digest: t.acts[a].Move.(*Accept).Digest, Accepts: []Ref{a, a}})
		},
		"it lists an accept that has no effect": func(t *talks) Ref {
			o := t.offer("us", "griner", "bout")
			t.hearAll()
			a := t.accept("ru-second", o)
			t.hearAll()
			return t.seal("us", o, a)
		},
		"what it names is no accept": func(t *talks) Ref {
			return t.say("us", &Release{Accept: t.offer("us", "bout")})
		},
		"it names no accept that its author had": func(t *talks) Ref {
			o := t.offer("us", "griner", "bout")
			t.hear("ru", "us")
			return t.say("us", &Release{Accept: t.accept("ru", o)})
		},
		"only the offeror releases an accept": func(t *talks) Ref {
			_, a := agreed(t)
			return t.say("ru", &Release{After: t.after("ru"), Accept: a})
		},
		"the accept was released already": func(t *talks) Ref {
			_, a := agreed(t)
			t.say("us", &Release{Accept: a})
			return t.say("us", &Release{After: t.after("us"), Accept: a})
		},
		"what it names is no agreement": func(t *talks) Ref {
			o, _ := agreed(t)
			t.hearAll()
			return t.say("us-president", &Ratify{Agreement: o})
		},
		"it names no agreement that its author had": func(t *talks) Ref {
			o, a := agreed(t)
			return t.answer("us-president", t.seal("us", o, a), false)
		},
		"the agreement has no effect": func(t *talks) Ref {
			o, a := agreed(t)
			s := t.seal("ru", o, a)
			t.hearAll()
			return t.answer("us-president", s, false)
		},
		"the agreement is contested: its author has signed two entries under one number": func(t *talks) Ref {
			s := sealed(t)
			forked(t, "us")
			return t.answer("ru-president", s, false)
		},
		"an accept in the agreement is contested: its author has signed two entries under one number": func(t *talks) Ref {
			s := sealed(t)
			forked(t, "ru")
			return t.answer("us-president", s, false)
		},
		"its principal has ratified another agreement on krasikov": func(t *talks) Ref {
			one, two := t.krasikovTwice()
			t.hear("us-president", "ru")
			t.answer("us-president", one, false)
			t.hear("us-president", "fr")
			return t.answer("us-president", two, false)
		},
		"it replaces a version that is not on the channel": func(t *talks) Ref {
			_, r := t.put("second version", Digest{7}, func(*Case) {})
			return r
		},
		"the case that it carries is not the one that it names": func(t *talks) Ref {
			return t.say("us", &CaseMove{Digest: Digest{7}, Previous: t.ground.Case, File: []byte("x"), Case: t.file})
		},
		"nobody is released": func(t *talks) Ref {
			return yes(t, []PersonID{"griner", "bout"}, func(m *Accept) { m.Resolved.Release = nil })
		},
		"the released are not listed in order, each once": func(t *talks) Ref {
			return yes(t, []PersonID{"griner", "bout"}, func(m *Accept) { m.Resolved.Release = Exchange{"griner", "bout"} })
		},
		"whelan is not in the offer": func(t *talks) Ref {
			return yes(t, []PersonID{"griner", "bout"}, func(m *Accept) { m.Resolved.Release = Exchange{"bout", "griner", "whelan"} })
		},
		"second is not in the offer": func(t *talks) Ref {
			return yes(t, []PersonID{"griner", "bout"}, func(m *Accept) { m.Resolved.Named = []Naming{{Blank: "second", Person: "klyushin"}} })
		},
		"due is owed release by law and stands outside the trade": func(t *talks) Ref {
			return yes(t, []PersonID{"griner", "due"}, func(*Accept) {})
		},
		"the namings are not in order, each blank once": naming(Naming{Blank: "second", Person: "klyushin"}, Naming{Blank: "second", Person: "whelan"}),
		"bout is not a blank":                           naming(Naming{Blank: "bout", Person: "klyushin"}),
		"nemo is not a person of the case":              naming(Naming{Blank: "second", Person: "nemo"}),
		"other is not among the candidates for second":  naming(Naming{Blank: "second", Person: "other"}),
	}
}

// TestASealRestsOnItsAccepts: a seal is judged by the resolution that its
// accepts name, and by its own side's locks and versions.
func TestASealRestsOnItsAccepts(tt *testing.T) {
	t := newTalks(false)
	o := t.offer("us", "griner", "bout")
	t.hearAll()
	a := t.accept("ru", o)
	t.hearAll()
	bad := t.say("us", &Seal{Offer: o, Digest: Digest{1}, Accepts: []Ref{a}})
	t.want(tt, bad, "the digest is not that of the exchange")
	t.want(tt, t.seal("us", o, a), "")
}

// TestAnswersNeedAnOffer: each answer says why the offer that it names is none.
func TestAnswersNeedAnOffer(tt *testing.T) {
	t := newTalks(false)
	o := t.offer("us", "griner", "bout") // nobody else has heard it
	const why = "it names no offer that its author had"
	t.want(tt, t.accept("ru", o), why)
	t.want(tt, t.say("ru", &Decline{After: t.after("ru"), Offer: o}), why)
	t.want(tt, t.say("ru", &Withdraw{After: t.after("ru"), Offer: o}), why)
	t.want(tt, t.say("ru", &Seal{After: t.after("ru"), Offer: o}), why)
	p := t.offer("us-second", "bout")
	t.hearAll()
	t.want(tt, t.accept("ru", p), "the offer has no effect")
}

// TestSealedIsOver: after the seal nobody else accepts, and nothing is let go.
func TestSealedIsOver(tt *testing.T) {
	t := newTalks(false)
	o := t.say("us", &OfferMove{Case: t.ground.Case, Offer: Offer{
		Case: "swap", From: "us", Release: []PersonID{"griner", "bout"}, To: []Destination{{Person: "griner", Party: "de"}},
	}})
	t.hearAll()
	a := t.accept("ru", o)
	t.hearAll()
	t.want(tt, t.seal("us", o, a), "")
	t.want(tt, t.say("us", &Release{After: t.after("us"), Accept: a}), "the offer was sealed already")
	t.hearAll()
	t.want(tt, t.accept("de", o), "the offer was sealed already")
}

func TestAdoptsOnlyWhatIsThere(tt *testing.T) {
	t := newTalks(false)
	t.want(tt, t.say("ru", &CaseMove{Adopt: true, Digest: Digest{9}}), "its version of the case is not on the channel")
}

func TestResolvesOnlyWhoIsInTheCase(tt *testing.T) {
	o := &Offer{Case: "swap", From: "us", Release: []PersonID{"nobody"}}
	if _, err := o.Resolve(Ref{1}, Digest{}, threeStates().Register(), nil, nil); err == nil || err.Error() != "nobody is not in the case" {
		tt.Errorf("resolved with a stranger: %v", err)
	}
}

// TestOnlyOptionalEntriesAreDropped: a slip of the pen is not passed over.
func TestOnlyOptionalEntriesAreDropped(tt *testing.T) {
	o := &Offer{Case: "swap", From: "us", Release: []PersonID{"bout", "griner"}, Optional: []PersonID{"whelan"}}
	reg := threeStates().Register()
	if r, err := o.Resolve(Ref{1}, Digest{}, reg, []PersonID{"whelan"}, nil); err != nil || r.Release.Has("whelan") {
		tt.Errorf("%v, %v", r.Release, err)
	}
	for _, id := range []PersonID{"griner", "nobody"} {
		if _, err := o.Resolve(Ref{1}, Digest{}, reg, []PersonID{id}, nil); err == nil {
			tt.Errorf("%s was dropped", id)
		}
	}
}

// TestAVersionIsNotComeBackTo: the same file put forward again, in the place of
// a later version, is another version: nobody can go back by going round.
func TestAVersionIsNotComeBackTo(tt *testing.T) {
	t := newTalks(false)
	version := func(who, name string, previous Digest, holder PartyID) Digest {
		c := threeStates()
		c.Persons[4].HeldBy = holder // krasikov
		d := DigestOfCase(previous, []byte(name))
		t.want(tt, t.say(who, &CaseMove{Digest: d, Previous: previous, File: []byte(name), Case: c}), "")
		t.hearAll()
		return d
	}
	first := version("us", "de holds him", t.ground.Case, "de")
	second := version("us", "us holds him", first, "us")
	t.want(tt, t.say("de", &CaseMove{Adopt: true, Digest: second}), "")
	t.hearAll()
	third := version("de", "de holds him", second, "de")
	if third == first {
		tt.Fatal("two versions have one name")
	}
	o := t.say("fr", &OfferMove{Case: third, Offer: Offer{Case: "swap", From: "fr", Release: []PersonID{"krasikov"}}})
	t.hearAll()
	r := Resolved{Offer: o, Case: third, Release: Exchange{"krasikov"}}
	yes := t.say("de", &Accept{After: t.after("de"), Resolved: r, Digest: r.Digest()})
	t.want(tt, yes, "us has not adopted the version of the case in which it no longer holds somebody")
}

// TestForkFlood: a member who signs many entries under one number makes one
// breach, not one for each pair.
func TestForkFlood(tt *testing.T) {
	t := newTalks(false)
	before := t.last["ru"]
	for range 300 {
		t.sign("ru", &Note{Text: "again"}, before, Ref{})
	}
	if b := t.table().Breaches; len(b) != 1 || len(b[0].Refs) != 2 {
		tt.Errorf("%d breaches, want one of two entries", len(b))
	}
}
