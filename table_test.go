package parley_test

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	. "parley"

	"pgregory.net/rapid"
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

// TestTableProperties makes talks in which anybody does anything, honest or
// not, having seen anything, and holds the table to its promises.
func TestTableProperties(tt *testing.T) {
	rapid.Check(tt, func(rt *rapid.T) {
		t := newTalks(rapid.Bool().Draw(rt, "depositary"))
		hostile := rapid.Bool().Draw(rt, "hostile")
		// Drawn from a seed: rapid's own draws lean to the small, and few such
		// talks come to an agreement.
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))
		forked := map[string]bool{}
		for range 10 + r.IntN(120) {
			t.step(r, hostile, forked)
		}
		whole := t.table()
		t.checkOrder(rt, whole)
		t.checkMonotone(rt, whole)
		checkOnePromise(rt, t, whole, forked)
	})
}

// step lets somebody hear or do something, and a hostile one sign twice.
func (t *talks) step(r *rand.Rand, hostile bool, forked map[string]bool) {
	if r.IntN(4) == 0 {
		t.hearAll()
	}
	who, m := t.draw(r, hostile)
	if m == nil {
		return
	}
	last := t.last[who]
	t.say(who, m)
	if !hostile || r.IntN(25) > 0 {
		return
	}
	now := t.last[who]
	t.last[who] = last
	if again := t.move(r, who, hostile); again != nil {
		t.say(who, again)
		forked[who] = true
		if r.IntN(2) == 0 {
			return
		}
	}
	t.last[who] = now
}

// draw picks somebody and a move. What it is about is drawn from what was said,
// mostly by one whose move it is.
func (t *talks) draw(r *rand.Rand, hostile bool) (string, Move) {
	who := pick(r, []string{"us", "ru", "de"})
	if r.IntN(3) == 0 {
		who = pick(r, t.names())
	}
	if r.IntN(5) == 0 {
		t.hear(who, pick(r, t.names()))
	}
	return who, t.move(r, who, hostile)
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// refs lists the acts of a kind that a member has seen and that have effect; a
// hostile one now and then doesn't care.
func (t *talks) refs(who string, hostile bool, k Kind) (out []Ref) {
	careless := hostile && len(t.list)%5 == 0
	for _, s := range t.table().Acts {
		if s.Move != nil && s.Move.Kind() == k && (careless || t.views[who][s.Ref] && s.Effect()) {
			out = append(out, s.Ref)
		}
	}
	return out
}

// move makes a move of one of the kinds that the member can hope to have effect
// with; a hostile one now and then makes any.
func (t *talks) move(r *rand.Rand, who string, hostile bool) Move {
	kinds := []Kind{KindOffer, KindAccept, KindAccept, KindAccept, KindSeal, KindSeal, KindSeal, KindSeal}
	if r.IntN(5) == 0 {
		kinds = []Kind{KindWithdraw, KindRelease, KindDecline}
	}
	switch {
	case who == "swiss":
		kinds = []Kind{KindCertify}
	case len(who) > 2 && who[2:] == "-president":
		kinds = []Kind{KindRatify}
	}
	if hostile && r.IntN(10) == 0 {
		kinds = []Kind{KindAccept, KindSeal, KindRatify, KindCertify, KindWithdraw, KindRelease}
	}
	kind := pick(r, kinds)
	about := map[Kind]Kind{
		KindAccept: KindOffer, KindSeal: KindAccept, KindRatify: KindSeal, KindCertify: KindSeal,
		KindWithdraw: KindOffer, KindDecline: KindOffer, KindRelease: KindAccept,
	}[kind]
	var ref Ref
	if about != "" {
		refs := t.refs(who, hostile, about)
		if r.IntN(10) > 0 { // most make a move that could be theirs
			own := slices.Contains([]Kind{KindSeal, KindWithdraw, KindRelease}, kind)
			refs = slices.DeleteFunc(refs, func(x Ref) bool {
				return about != KindSeal && own != (t.offeror(x) == t.ids[who])
			})
		}
		if len(refs) == 0 {
			return nil
		}
		ref = pick(r, refs)
	}
	return t.about(r, who, kind, ref)
}

// offeror is who made the offer that an act is, or accepts.
func (t *talks) offeror(ref Ref) MemberID {
	if a, ok := t.acts[ref].Move.(*Accept); ok {
		return t.acts[a.Resolved.Offer].Author
	}
	return t.acts[ref].Author
}

func (t *talks) about(r *rand.Rand, who string, kind Kind, ref Ref) Move {
	after, no := t.after(who), r.IntN(5) == 0
	switch kind {
	case KindOffer:
		names := []PersonID{"griner", "whelan", "bout", "klyushin", "krasikov"}
		r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		ids := names[:2+r.IntN(2)]
		return &OfferMove{Case: t.ground.Case, Offer: Offer{Case: "swap", From: PartyID(who), Release: ids}}
	case KindAccept:
		x := t.resolved(ref, nil)
		return &Accept{After: after, Resolved: x, Digest: x.Digest()}
	case KindSeal:
		return t.sealing(who, t.acts[ref].Move.(*Accept))
	case KindRatify:
		return &Ratify{Agreement: ref, Digest: t.acts[ref].Move.(*Seal).Digest, Refuse: no}
	case KindCertify:
		return &Certify{Agreement: ref, Digest: t.acts[ref].Move.(*Seal).Digest, Lapse: no}
	case KindWithdraw:
		return &Withdraw{After: after, Offer: ref}
	case KindDecline:
		return &Decline{After: after, Offer: ref}
	}
	return &Release{After: after, Accept: ref}
}

// sealing lists an accept by each party to the same offer.
func (t *talks) sealing(who string, like *Accept) Move {
	m := &Seal{After: t.after(who), Offer: like.Resolved.Offer, Digest: like.Digest}
	by := map[MemberID]bool{}
	for _, ref := range t.refs(who, false, KindAccept) {
		a := t.acts[ref]
		if a.Move.(*Accept).Resolved.Offer == m.Offer && !by[a.Author] {
			by[a.Author] = true
			m.Accepts = append(m.Accepts, ref)
		}
	}
	slices.SortFunc(m.Accepts, func(a, b Ref) int { return slices.Compare(a[:], b[:]) })
	return m
}

func (t *talks) checkOrder(rt *rapid.T, whole *Table) {
	shuffled := append(slices.Clone(t.list), t.list[len(t.list)/2:]...)
	rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "order"), 0)).Shuffle(len(shuffled), func(i, j int) {
		shuffled[i], shuffled[j] = shuffled[j], shuffled[i]
	})
	if !reflect.DeepEqual(Fold(t.ground, shuffled), whole) {
		rt.Fatal("another order of arrival gives another table")
	}
}

// checkMonotone takes any of the acts away and asks whether what was in force,
// and had effect, without them is so with them.
func (t *talks) checkMonotone(rt *rapid.T, whole *Table) {
	keep := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "keep"), 0))
	var some []Act
	for _, a := range t.list {
		if keep.IntN(12) > 0 {
			some = append(some, a)
		}
	}
	part := Fold(t.ground, some)
	why := map[Ref]string{}
	for _, s := range whole.Acts {
		why[s.Ref] = s.Why
	}
	for _, s := range part.Acts {
		if w, ok := why[s.Ref]; !ok || w != s.Why {
			rt.Fatalf("an act had why %q in a part and %q in the whole", s.Why, w)
		}
	}
	for _, a := range part.Agreements {
		if now, ok := whole.Agreement(a.Seal); a.Status == InForce && (!ok || now.Status != InForce) {
			rt.Fatal("an agreement went out of force")
		}
	}
}

// checkOnePromise: while nobody signs twice, no name stands in two agreements
// that live, and no offer is both sealed and withdrawn; while no principal (and
// no depositary) does, no name stands in two agreements in force.
func checkOnePromise(rt *rapid.T, t *talks, whole *Table, forked map[string]bool) {
	binding := forked["us-president"] || forked["ru-president"] || forked["de-president"] || forked["fr-president"] || forked["swiss"]
	live := func(a Agreement) bool {
		if len(forked) > 0 {
			return a.Status == InForce && !binding
		}
		return a.Status == InForce || a.Status == AdReferendum
	}
	for i, a := range whole.Agreements {
		for _, b := range whole.Agreements[:i] {
			for _, id := range a.Resolved.Release {
				if live(a) && live(b) && b.Resolved.Release.Has(id) {
					rt.Fatalf("%s stands in two agreements: %s and %s", id, a.Status, b.Status)
				}
			}
		}
	}
	if len(forked) > 0 {
		return
	}
	for _, o := range whole.Offers {
		withdrawn, sealed := 0, 0
		for _, s := range whole.Acts {
			switch m := s.Move.(type) {
			case *Withdraw:
				if s.Effect() && m.Offer == o.Ref {
					withdrawn++
				}
			case *Seal:
				if s.Effect() && m.Offer == o.Ref {
					sealed++
				}
			}
		}
		if withdrawn+sealed > 1 {
			rt.Fatalf("an offer was sealed %d times and withdrawn %d times", sealed, withdrawn)
		}
	}
	if len(whole.Breaches) > 0 {
		rt.Fatalf("breaches without a fork: %+v", whole.Breaches)
	}
}
