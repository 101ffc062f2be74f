package parley_test

import (
	"flag"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	. "parley"

	"pgregory.net/rapid"
)

// world is talks in which anybody does anything, and what was done in them that
// a promise of the table makes an exception for.
type world struct {
	*talks
	r         *rand.Rand
	hostile   bool
	lists     int                // of so many in eight moves by a delegate
	principal map[PartyID]string // who binds a party now
	retired   map[string]bool    // old principals who keep silent

	forked    map[string]bool // who signed two entries under one number
	disturbed bool            // a principal moved a pen, or a device was taken off, past something perhaps
	disorder  bool            // a principal was succeeded by one who had not seen all that it signed, or signs on
	seen      map[string]int  // how often a thing came about, over all runs

	folded *Table // of the first so many acts
	of     int
}

func (w *world) table() *Table {
	if w.folded == nil || w.of != len(w.list) {
		w.folded, w.of = w.talks.table(), len(w.list)
	}
	return w.folded
}

// TestTableProperties makes talks in which anybody does anything, honest or
// not, having seen anything, and holds the table to its promises. Pens are
// passed and moved, devices taken off, principals succeeded, versions of the
// case replaced; two devices must agree here and there.
func TestTableProperties(tt *testing.T) {
	seen := map[string]int{}
	check := func(rt *rapid.T) {
		// Drawn from a seed: rapid's own draws lean to the small, and few such
		// talks come to an agreement.
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))
		w := &world{
			talks: newTalks(rapid.Bool().Draw(rt, "depositary")), r: r, hostile: rapid.Bool().Draw(rt, "hostile"), lists: rapid.SampledFrom([]int{0, 0, 3, 7}).Draw(rt, "lists"),
			principal: map[PartyID]string{}, retired: map[string]bool{}, forked: map[string]bool{}, seen: seen,
		}
		for _, p := range []string{"us", "ru", "de", "fr"} {
			w.principal[PartyID(p)] = p + "-president"
		}
		if r.IntN(3) == 0 {
			w.together(pick(r, []string{"us", "ru"}), 2)
		}
		restless := rapid.Bool().Draw(rt, "restless")
		for range 10 + r.IntN(120) {
			if restless && r.IntN(12) == 0 {
				w.stir()
			} else {
				w.step()
			}
		}
		whole := w.table()
		w.tally(whole)
		w.checkOrder(rt, whole)
		w.checkMonotone(rt, whole)
		w.checkOnePromise(rt, whole)
		w.checkOneAnswer(rt, whole)
		w.checkLists(rt, whole)
		w.checkChains(rt, whole)
	}
	// It says nothing about what never happened.
	for round := 0; round == 0 || !testing.Short() && neverSeen(seen) != ""; round++ {
		if rapid.Check(tt, check); tt.Failed() {
			return
		}
		if round == 60 {
			tt.Fatalf("in %d rounds there was never: %s", round, neverSeen(seen))
		}
		drawAnew()
	}
}

// drawAnew makes the next round draw other cases where the seed is fixed.
func drawAnew() {
	if n, err := strconv.ParseUint(flag.Lookup("rapid.seed").Value.String(), 10, 64); err == nil && n != 0 {
		_ = flag.Set("rapid.seed", strconv.FormatUint(n+1, 10))
	}
}

func neverSeen(seen map[string]int) string {
	for _, what := range []string{
		"accept", "seal", "ratify", "release", "withdraw", "decline", "case", "pen", "concur", "certify",
		"list", "reply", "comment", "final-list", "sign-list", "signed by all", "a list refused", "a list after a refusal",
		"kept from another list", "kept from a list", "kept from an exchange",
		"pen moved by a principal", "a chain that parts", "heir ratifies", "in force", "refused", "breach", "a seal after a pen", "adopted",
	} {
		if seen[what] == 0 {
			return what
		}
	}
	return ""
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// step lets somebody hear or do something, and a hostile one sign twice.
func (w *world) step() {
	r := w.r
	if r.IntN(4) == 0 || w.lists == 7 && r.IntN(2) == 0 {
		w.hearAll()
	}
	who, m := w.draw()
	if m == nil {
		return
	}
	last := w.last[who]
	w.say(who, m)
	if !w.hostile || r.IntN(25) > 0 {
		return
	}
	now := w.last[who]
	w.last[who] = last
	if again := w.move(who); again != nil {
		w.say(who, again)
		w.forked[who] = true
		if r.IntN(2) == 0 {
			return
		}
	}
	w.last[who] = now
}

// stir changes who may speak, or who decides, or who is held by whom.
func (w *world) stir() {
	p := pick(w.r, []PartyID{"us", "ru", "de"})
	device := w.holder(p)
	other := string(p)
	if device == other {
		other += "-second"
	}
	switch w.r.IntN(8) {
	case 0, 1:
		w.pen(device, other)
	case 2, 3:
		w.disturbed = true
		w.pen(w.principal[p], pick(w.r, []string{device, other}))
	case 4:
		w.disturbed = true
		number := w.acts[w.last[device]].Number
		w.cut(other, device, number-min(number, uint64(w.r.IntN(3))))
	case 5:
		w.inherit(p, device)
	default:
		w.revise(device)
	}
}

// holder is who holds the pen of a party, or held it.
func (w *world) holder(p PartyID) string {
	id := w.table().Pen(p)
	for _, who := range w.names() {
		if w.ids[who] == id {
			return who
		}
	}
	return string(p)
}

// inherit names a successor to a principal. In good order whoever signs the
// change has seen all that the old one signed, and the old one signs no more.
func (w *world) inherit(p PartyID, by string) {
	old := w.principal[p]
	if w.r.IntN(3) > 0 {
		w.hear(by, old)
		w.retired[old] = true
	} else {
		w.disorder = true
	}
	w.principal[p] = string(p) + "-heir-to-" + old
	w.succeed(by, old, w.principal[p])
}

// revise puts a version of the case forward in which one more person has changed
// hands, or adopts one.
func (w *world) revise(who string) {
	var known []Digest
	for _, ref := range w.refs(who, KindCase) {
		known = append(known, w.acts[ref].Move.(*CaseMove).Digest)
	}
	if len(known) == 0 {
		return
	}
	on := pick(w.r, known)
	if w.r.IntN(3) > 0 {
		w.say(who, &CaseMove{After: w.after(who), Adopt: true, Digest: on})
		return
	}
	c := *w.files[on]
	c.Persons = slices.Clone(c.Persons)
	w.putBy(who, string(rune('a'+len(w.files))), on, &c, func(c *Case) {
		c.Persons[w.r.IntN(5)].HeldBy = pick(w.r, []PartyID{"us", "ru", "de"})
	})
}

// draw picks somebody and a move. What it is about is drawn from what was said,
// mostly by one whose move it is.
func (w *world) draw() (string, Move) {
	who := w.holder(pick(w.r, []PartyID{"us", "ru", "de"}))
	switch {
	case w.r.IntN(4) == 0:
		who = pick(w.r, w.names())
	case w.r.IntN(3) == 0:
		who = w.principal[w.party(who)]
	}
	if w.r.IntN(5) == 0 {
		w.hear(who, pick(w.r, w.names()))
	}
	if w.retired[who] {
		return who, nil
	}
	return who, w.move(who)
}

// refs lists the acts of a kind that a member has seen and that have effect; a
// hostile one now and then doesn't care.
func (w *world) refs(who string, k Kind) (out []Ref) {
	careless := w.hostile && len(w.list)%5 == 0
	for _, s := range w.table().Acts {
		if s.Move != nil && s.Move.Kind() == k && (careless || w.views[who][s.Ref] && s.Effect()) {
			out = append(out, s.Ref)
		}
	}
	return out
}

// binds tells whether somebody signs as a principal.
func binds(who string) bool { return strings.Contains(who, "-president") }

// move makes a move of one of the kinds that the member can hope to have effect
// with; a hostile one now and then makes any.
func (w *world) move(who string) Move {
	r := w.r
	kinds := []Kind{KindOffer, KindAccept, KindAccept, KindAccept, KindSeal, KindSeal, KindSeal, KindSeal}
	if r.IntN(5) == 0 {
		kinds = []Kind{KindWithdraw, KindRelease, KindDecline}
	}
	switch {
	case who == "swiss":
		kinds = []Kind{KindCertify}
	case binds(who):
		kinds = []Kind{KindRatify}
	case strings.HasSuffix(who, "-second") && r.IntN(3) == 0:
		kinds = []Kind{KindConcur}
	}
	if w.hostile && r.IntN(10) == 0 {
		kinds = []Kind{KindAccept, KindSeal, KindRatify, KindCertify, KindWithdraw, KindRelease}
	}
	if !binds(who) && who != "swiss" && r.IntN(8) < w.lists {
		return w.listMove(who)
	}
	kind := pick(r, kinds)
	about := map[Kind]Kind{
		KindAccept: KindOffer, KindSeal: KindAccept, KindRatify: KindSeal, KindCertify: KindSeal,
		KindWithdraw: KindOffer, KindDecline: KindOffer, KindRelease: KindAccept, KindConcur: KindOffer,
	}[kind]
	var ref Ref
	if about != "" {
		refs := w.refs(who, about)
		if r.IntN(10) > 0 && kind != KindConcur { // most make a move that could be theirs
			own := slices.Contains([]Kind{KindSeal, KindWithdraw, KindRelease}, kind)
			refs = slices.DeleteFunc(refs, func(x Ref) bool {
				return about != KindSeal && own != (w.offeror(x) == w.party(who))
			})
		}
		if len(refs) == 0 {
			return nil
		}
		ref = pick(r, refs)
	}
	return w.about(who, kind, ref)
}

// offeror is who made the offer that an act is, or accepts.
func (w *world) offeror(ref Ref) PartyID {
	if a, ok := w.acts[ref].Move.(*Accept); ok {
		ref = a.Resolved.Offer
	}
	if m, ok := w.acts[ref].Move.(*OfferMove); ok {
		return m.Offer.From
	}
	return ""
}

func (w *world) about(who string, kind Kind, ref Ref) Move {
	r := w.r
	after, no := w.after(who), r.IntN(5) == 0
	switch kind {
	case KindOffer:
		names := []PersonID{"griner", "whelan", "bout", "klyushin", "krasikov"}
		r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		o := Offer{Case: "swap", From: w.party(who), Release: names[:2+r.IntN(4)/3]}
		return &OfferMove{Case: w.standing(who), Offer: o}
	case KindAccept:
		x := w.resolved(ref, nil)
		return &Accept{After: after, Resolved: x, Digest: x.Digest()}
	case KindConcur:
		return &Concur{Offer: ref, Digest: w.resolved(ref, nil).Digest()}
	case KindSeal:
		return w.sealing(who, w.acts[ref].Move.(*Accept))
	case KindRatify:
		return &Ratify{Agreement: ref, Digest: w.acts[ref].Move.(*Seal).Digest, Refuse: no}
	case KindCertify:
		return &Certify{Agreement: ref, Digest: w.acts[ref].Move.(*Seal).Digest, Lapse: no}
	case KindWithdraw:
		return &Withdraw{After: after, Offer: ref}
	case KindDecline:
		return &Decline{After: after, Offer: ref}
	}
	return &Release{After: after, Accept: ref}
}

// standing is the version of the case that a member's side stands on, as far as
// the member knows.
func (w *world) standing(who string) Digest {
	acts := w.past(append(w.heads(who), w.last[who])...)
	return Fold(w.ground, acts).Standing(w.party(who))
}

// sealing lists an accept by each party to the same offer.
func (w *world) sealing(who string, like *Accept) Move {
	m := &Seal{After: w.after(who), Offer: like.Resolved.Offer, Digest: like.Digest}
	by := map[PartyID]bool{}
	for _, ref := range w.refs(who, KindAccept) {
		a := w.acts[ref].Move.(*Accept)
		p := w.party(w.nameOf(w.acts[ref].Author))
		if a.Resolved.Offer == m.Offer && a.Digest == m.Digest && !by[p] {
			by[p] = true
			m.Accepts = append(m.Accepts, ref)
		}
	}
	slices.SortFunc(m.Accepts, func(a, b Ref) int { return slices.Compare(a[:], b[:]) })
	return m
}

// tally counts what came about, so that no promise is held for want of trying.
func (w *world) tally(whole *Table) {
	pens := map[PartyID]bool{}
	first := map[PartyID]map[Ref]bool{}
	for _, s := range whole.Acts {
		w.tallyKept(s)
		if s.Move == nil || !s.Effect() {
			continue
		}
		w.seen[string(s.Move.Kind())]++
		p := s.Member.Party
		if c, ok := s.Move.(*CaseMove); ok && c.Adopt {
			w.seen["adopted"]++
		}
		switch s.Move.(type) {
		case *Pen:
			pens[p] = true
			if s.Member.Role == Principally {
				w.seen["pen moved by a principal"]++
			}
		case *Seal:
			if pens[p] {
				w.seen["a seal after a pen"]++
			}
		case *Ratify:
			if strings.Contains(s.Member.Name, "heir") {
				w.seen["heir ratifies"]++
			}
		}
		if d, ok := s.Move.(Decision); ok && isDecision(s.Move) {
			if first[p] == nil {
				first[p] = map[Ref]bool{}
			}
			if first[p][d.Prior()] {
				w.seen["a chain that parts"]++
			}
			first[p][d.Prior()] = true
		}
	}
	for _, a := range whole.Agreements {
		w.seen[string(a.Status)]++
	}
	w.tallyLists(whole)
	if len(whole.Breaches) > 0 {
		w.seen["breach"]++
	}
}

func (w *world) checkOrder(rt *rapid.T, whole *Table) {
	shuffled := append(slices.Clone(w.list), w.list[len(w.list)/2:]...)
	rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "order"), 0)).Shuffle(len(shuffled), func(i, j int) {
		shuffled[i], shuffled[j] = shuffled[j], shuffled[i]
	})
	if !reflect.DeepEqual(Fold(w.reader(), shuffled), whole) {
		rt.Fatal("another order of arrival gives another table")
	}
}

// checkMonotone takes any of the acts away and asks whether what was in force,
// and had effect, without them is so with them.
func (w *world) checkMonotone(rt *rapid.T, whole *Table) {
	keep := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "keep"), 0))
	var some []Act
	for _, a := range w.list {
		if keep.IntN(12) > 0 {
			some = append(some, a)
		}
	}
	part := Fold(w.ground, some)
	why := map[Ref]string{}
	for _, s := range whole.Acts {
		why[s.Ref] = s.Why
	}
	for _, s := range part.Acts {
		if now, ok := why[s.Ref]; !ok || now != s.Why {
			rt.Fatalf("an act had why %q in a part and %q in the whole", s.Why, now)
		}
	}
	for _, r := range part.Rounds {
		now, _ := whole.Round(r.Ref)
		for _, l := range r.Finals {
			if i := slices.IndexFunc(now.Finals, func(x FinalState) bool { return x.Ref == l.Ref }); l.Status == FinalSigned &&
				(i < 0 || now.Finals[i].Status != FinalSigned || now.Finals[i].Digest != l.Digest || now.Finals[i].Round().Digest(l.Names) != l.Digest) {
				rt.Fatal("a final list that was signed by all is so no more, or says something else")
			}
		}
	}
	for _, a := range part.Agreements {
		if now, ok := whole.Agreement(a.Seal); a.Status == InForce && (!ok || now.Status != InForce) {
			rt.Fatal("an agreement went out of force")
		}
	}
}

// checkOnePromise: no name stands in two agreements in force, whatever devices
// do, while no principal and no depositary signs two entries under one number,
// and each successor of a principal has seen all that the one before signed,
// which signs no more. While no device signs twice either, nor is taken off, and
// no principal moves a pen, no name stands in two agreements that live, and no
// offer is both sealed and withdrawn.
func (w *world) checkOnePromise(rt *rapid.T, whole *Table) {
	bound := !w.disorder && !w.forked["swiss"]
	for who := range w.forked {
		bound = bound && !binds(who)
	}
	quiet := bound && len(w.forked) == 0 && !w.disturbed
	live := func(a Agreement) bool {
		return bound && a.Status == InForce || quiet && a.Status == AdReferendum
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
	if !quiet {
		return
	}
	over := map[Ref]int{}
	for _, s := range whole.Acts {
		if !s.Effect() {
			continue
		}
		switch m := s.Move.(type) {
		case *Withdraw:
			over[m.Offer]++
		case *Seal:
			over[m.Offer]++
		}
	}
	for _, n := range over {
		if n > 1 {
			rt.Fatalf("an offer was sealed or withdrawn %d times", n)
		}
	}
	if len(whole.Breaches) > 0 {
		rt.Fatalf("breaches without a fork: %+v", whole.Breaches)
	}
}

// checkOneAnswer: of two answers to one agreement by principals of one party,
// neither knew the other, unless it knew why that one counts no more.
func (w *world) checkOneAnswer(rt *rapid.T, whole *Table) {
	answers := map[Ref][]Seen{}
	for _, s := range whole.Acts {
		if m, ok := s.Move.(*Ratify); ok && s.Effect() {
			answers[m.Agreement] = append(answers[m.Agreement], s)
		}
	}
	for _, list := range answers {
		for _, b := range list {
			v := view{acts: w.past(b.Ref), roster: b.Roster}
			for _, a := range list {
				if a.Ref != b.Ref && a.Member.Party == b.Member.Party && v.knows(a.Ref) && !v.void(a.Act) {
					rt.Fatalf("%s answered an agreement again", b.Member.Name)
				}
			}
		}
	}
}

// view is what somebody has seen, told without any index.
type view struct {
	acts   []Act
	roster *Roster
}

func (v view) knows(r Ref) bool {
	return slices.ContainsFunc(v.acts, func(a Act) bool { return a.Ref == r })
}

// void tells whether a's author signed twice or was taken off, before a.
func (v view) void(a Act) bool {
	numbers := map[uint64]int{}
	for _, b := range v.acts {
		if b.Author == a.Author && b.Number <= a.Number {
			if numbers[b.Number]++; numbers[b.Number] > 1 {
				return true
			}
		}
	}
	return v.roster != nil && slices.ContainsFunc(v.roster.Cuts, func(c Cut) bool { return c.Member == a.Author && a.Number > c.Number })
}

// checkChains compares the last decision of each delegation with that by the
// definition, on the whole and on what some author had seen.
func (w *world) checkChains(rt *rapid.T, whole *Table) {
	some := w.past(pick(w.r, w.list).Ref)
	for _, acts := range [][]Act{w.list, some} {
		g := w.ground
		g.Roster = w.roster(acts)
		t := Fold(g, acts)
		for _, p := range []PartyID{"us", "ru", "de"} {
			if want := w.lastOf(p, t, view{acts, g.Roster}); t.Last(p) != want {
				rt.Fatalf("the last decision of %s is %s, want %s", p, t.Last(p).Short(), want.Short())
			}
		}
	}
}

// lastOf is a party's last decision by the definition: of the ways to its
// decisions that stand, what all have in common or, where they lie on one, its
// end; back to where it stands.
func (w *world) lastOf(p PartyID, t *Table, v view) Ref {
	ways := map[Ref][]Ref{{}: nil}
	var moves []Act
	var order []Act
	for _, s := range t.Acts {
		if d, ok := s.Move.(Decision); ok && isDecision(s.Move) && s.Effect() && s.Member.Party == p {
			ways[s.Ref] = append(slices.Clone(ways[d.Prior()]), s.Ref)
			order = append(order, s.Act)
			if s.Move.Kind() == KindPen && s.Member.Role == Principally {
				moves = append(moves, s.Act)
			}
		}
	}
	stands := func(x Act) bool {
		return !v.void(x) && !slices.ContainsFunc(moves, func(m Act) bool {
			at, way := len(ways[m.Ref])-1, ways[x.Ref]
			if len(way) <= at || way[at] == m.Ref || !slices.Equal(way[:at], ways[m.Ref][:at]) || v.void(m) {
				return false
			}
			return !slices.ContainsFunc(w.past(way[at]), func(a Act) bool { return a.Ref == m.Ref })
		})
	}
	var best []Ref
	var tips []Act
	for _, x := range order {
		if stands(x) {
			tips = append(tips, x)
			if len(ways[x.Ref]) > len(best) {
				best = ways[x.Ref]
			}
		}
	}
	last := best
	for _, x := range tips {
		way, n := ways[x.Ref], 0
		for n < len(way) && n < len(best) && way[n] == best[n] {
			n++
		}
		if n < len(way) && n < len(last) {
			last = best[:n]
		}
	}
	for len(last) > 0 && !stands(w.acts[last[len(last)-1]]) {
		last = last[:len(last)-1]
	}
	if len(last) == 0 {
		return Ref{}
	}
	return last[len(last)-1]
}

// isDecision tells whether a move stands in its delegation's decision chain: a
// case that is put forward does not, one that is adopted does.
func isDecision(m Move) bool {
	c, isCase := m.(*CaseMove)
	_, ok := m.(Decision)
	return ok && (!isCase || c.Adopt)
}
