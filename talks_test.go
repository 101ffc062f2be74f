package parley_test

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	. "parley"
)

// talks is a table in the making: members who each have seen some of the acts.
// Lines are told by name ("us", "us-president"), acts by their Ref.
type talks struct {
	ground Ground
	file   *Case
	files  map[Digest]*Case // versions of it
	ids    map[string]MemberID
	acts   map[Ref]Act
	list   []Act // in the order in which they were made
	views  map[string]map[Ref]bool
	last   map[string]Ref // each member's last entry
	full   map[string]Ref // each delegate's mandate

	changes map[Ref]func(*Roster) // the entries that change the roster
	rosters map[string]*Roster    // by the changes that they know of
}

var caseFile = []byte("case")

func threeStates() *Case {
	p := func(id, holder string, sought ...PartyID) Person {
		return Person{ID: PersonID(id), Name: id, HeldBy: PartyID(holder), SoughtBy: sought}
	}
	blank := p("second", "us", "ru")
	blank.Blank, blank.Candidates = true, []PersonID{"klyushin"}
	due := p("due", "us", "ru")
	due.Owed = true
	return &Case{
		ID:      "swap",
		Parties: []Party{{ID: "us"}, {ID: "ru"}, {ID: "de"}, {ID: "fr"}},
		Persons: []Person{
			p("griner", "ru", "us"), p("whelan", "ru", "us"), p("bout", "us", "ru"), p("klyushin", "us", "ru"),
			p("krasikov", "de", "ru"), p("free", "", "us"), p("other", "us", "ru"), due, blank,
		},
	}
}

// newTalks opens a table of four delegations, with full mandates given and the
// case put forward by us. Everybody has seen all of it.
func newTalks(depositary bool) *talks {
	t := &talks{
		file: threeStates(), ids: map[string]MemberID{}, acts: map[Ref]Act{}, views: map[string]map[Ref]bool{},
		last: map[string]Ref{}, full: map[string]Ref{}, changes: map[Ref]func(*Roster){}, rosters: map[string]*Roster{},
	}
	t.ground.Case = DigestOfCase(Digest{}, caseFile)
	t.files = map[Digest]*Case{t.ground.Case: t.file}
	for _, p := range []string{"us", "ru", "de", "fr"} {
		t.join(p+"-president", Member{Party: PartyID(p), Role: Principally})
		t.join(p, Member{Party: PartyID(p), Role: Delegate, Pen: true})
		t.join(p+"-second", Member{Party: PartyID(p), Role: Delegate})
	}
	if depositary {
		t.join("swiss", Member{Role: Depositary})
	}
	for _, p := range []string{"us", "ru", "de", "fr"} {
		t.full[p] = t.say(p+"-president", &Mandate{Device: t.ids[p], May: Levels()})
		t.full[p+"-second"] = t.say(p+"-president", &Mandate{Device: t.ids[p+"-second"], May: Levels()})
	}
	t.hearAll()
	t.say("us", &CaseMove{Digest: t.ground.Case, File: caseFile, Case: t.file})
	t.hearAll()
	return t
}

func (t *talks) join(name string, m Member) {
	m.ID = sha256.Sum256([]byte(name))
	m.Name = name
	t.ids[name] = m.ID
	t.ground.Members = append(t.ground.Members, m)
	t.views[name] = map[Ref]bool{}
}

func (t *talks) names() []string {
	var out []string
	for n := range t.ids {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// hear lets one member see all that another has seen.
func (t *talks) hear(who, from string) {
	for r := range t.views[from] {
		t.views[who][r] = true
	}
}

func (t *talks) hearAll() {
	for _, a := range t.names() {
		for _, b := range t.names() {
			t.hear(a, b)
		}
	}
}

// say makes an act by a member who knows just what it has seen.
func (t *talks) say(who string, m Move) Ref {
	return t.sign(who, m, t.last[who], t.full[who])
}

func (t *talks) sign(who string, m Move, previous, mandate Ref) Ref {
	a := Act{Author: t.ids[who], Previous: previous, Mandate: mandate, Move: m}
	a.Number = t.acts[previous].Number + 1
	a.Heads = t.heads(who)
	a.Roster = t.roster(t.past(append(a.Heads, previous)...))
	a.Ref = sha256.Sum256(fmt.Appendf(nil, "%s %d %#v %d", who, a.Number, m, len(t.list)))
	t.acts[a.Ref] = a
	t.list = append(t.list, a)
	t.views[who][a.Ref] = true
	t.last[who] = a.Ref
	return a.Ref
}

// past lists the acts given and all that they follow, in the order in which
// they were made.
func (t *talks) past(of ...Ref) (out []Act) {
	in := map[Ref]bool{}
	for _, r := range of {
		in[r] = true
	}
	for _, a := range slices.Backward(t.list) {
		if in[a.Ref] {
			out = append(out, a)
			for _, p := range append(a.Heads, a.Previous) {
				in[p] = true
			}
		}
	}
	slices.Reverse(out)
	return out
}

// roster is what the changes among some acts make of the charter's members; nil
// where there are none.
func (t *talks) roster(acts []Act) *Roster {
	key, r := "", &Roster{Members: slices.Clone(t.ground.Members)}
	for _, a := range acts {
		if change := t.changes[a.Ref]; change != nil {
			change(r)
			key += a.Ref.String()
		}
	}
	if key == "" {
		return nil
	}
	if t.rosters[key] == nil {
		t.rosters[key] = r
	}
	return t.rosters[key]
}

// change is an entry that changes the roster.
func (t *talks) change(who string, change func(*Roster)) Ref {
	r := t.say(who, nil)
	t.changes[r] = change
	return r
}

// cut takes a member off the roster.
func (t *talks) cut(who, whom string, number uint64) Ref {
	cut := Cut{Member: t.ids[whom], Number: number}
	r := t.change(who, func(r *Roster) { r.Cuts = append(r.Cuts, cut) })
	cut.By = r
	return r
}

// succeed names a new principal of a party and cuts the old one after all that
// it has signed.
func (t *talks) succeed(who, old, heir string) Ref {
	m := Member{ID: sha256.Sum256([]byte(heir)), Party: t.party(old), Role: Principally, Name: heir}
	t.ids[heir], t.views[heir] = m.ID, map[Ref]bool{}
	cut := Cut{Member: t.ids[old], Number: t.acts[t.last[old]].Number}
	r := t.change(who, func(r *Roster) {
		r.Members = append(r.Members, m)
		r.Cuts = append(r.Cuts, cut)
	})
	cut.By = r
	t.hear(heir, who)
	return r
}

// nameOf is who has an id; "" for nobody.
func (t *talks) nameOf(id MemberID) string {
	for who, other := range t.ids {
		if other == id {
			return who
		}
	}
	return ""
}

// seenBy is the table as somebody has seen it.
func (t *talks) seenBy(who string) *Table {
	acts := t.past(append(t.heads(who), t.last[who])...)
	g := t.ground
	g.Roster = t.roster(acts)
	return Fold(g, acts)
}

func (t *talks) party(who string) PartyID {
	p, _, _ := strings.Cut(who, "-")
	return PartyID(p)
}

// pen moves the pen of a member's delegation.
func (t *talks) pen(who, to string) Ref {
	return t.say(who, &Pen{After: t.after(who), To: t.ids[to]})
}

// put puts a version of the case forward, by us.
func (t *talks) put(name string, previous Digest, change func(*Case)) (Digest, Ref) {
	return t.putBy("us", name, previous, threeStates(), change)
}

func (t *talks) putBy(who, name string, previous Digest, c *Case, change func(*Case)) (Digest, Ref) {
	change(c)
	d := DigestOfCase(previous, []byte(name))
	t.files[d] = c
	return d, t.say(who, &CaseMove{Digest: d, Previous: previous, File: []byte(name), Case: c})
}

// krasikovTwice comes to two sealed agreements on one name: Germany signs twice,
// promises Krasikov, and adopts a version in which it no longer holds him. ru has
// seen the first only, fr the second only; both want us's ratification.
func (t *talks) krasikovTwice() (one, two Ref) {
	v, _ := t.put("krasikov moved", t.ground.Case, func(c *Case) { c.Persons[4].HeldBy = "us" })
	o := t.offer("ru", "krasikov", "bout")
	t.hearAll()
	before, seen := t.last["de"], maps.Clone(t.views["de"])
	a, b := t.accept("de", o), t.accept("us", o)
	t.hear("ru", "de")
	t.hear("ru", "us")
	one = t.seal("ru", o, a, b)
	t.views["de"] = seen
	adopt := t.sign("de", &CaseMove{Adopt: true, Digest: v}, before, t.full["de"])
	t.views["fr"][adopt], t.views["us"][adopt] = true, true
	p := t.say("fr", &OfferMove{Case: v, Offer: Offer{Case: "swap", From: "fr", Release: []PersonID{"krasikov"}}})
	t.hear("us", "fr")
	r := Resolved{Offer: p, Case: v, Release: Exchange{"krasikov"}}
	yes := t.say("us", &Accept{After: t.after("us"), Resolved: r, Digest: r.Digest()})
	t.hear("fr", "us")
	return one, t.seal("fr", p, yes)
}

// concur gives a device's word to an offer as it stands.
func (t *talks) concur(who string, offer Ref) Ref {
	return t.say(who, &Concur{Offer: offer, Digest: t.resolved(offer, nil).Digest()})
}

// withhold keeps an act's body from whoever reads the table.
func (t *talks) withhold(r Ref) Ref {
	i := slices.IndexFunc(t.list, func(a Act) bool { return a.Ref == r })
	t.list[i].Move, t.list[i].Withheld = nil, true
	return r
}

// after is the last decision of a member's delegation, as far as the member
// knows.
func (t *talks) after(who string) Ref {
	g, acts := t.ground, t.past(append(t.heads(who), t.last[who])...)
	g.Roster = t.roster(acts)
	return Fold(g, acts).Last(t.party(who))
}

// heads is what nobody that the member has seen builds upon, others' acts only.
func (t *talks) heads(who string) []Ref {
	covered := map[Ref]bool{}
	for r := range t.views[who] {
		covered[t.acts[r].Previous] = true
		for _, h := range t.acts[r].Heads {
			covered[h] = true
		}
	}
	var out []Ref
	for r := range t.views[who] {
		if !covered[r] && t.acts[r].Author != t.ids[who] {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b Ref) int { return slices.Compare(a[:], b[:]) })
	return out
}

func (t *talks) table() *Table { return Fold(t.reader(), t.list) }

// reader is the ground of somebody who has seen it all.
func (t *talks) reader() Ground {
	g := t.ground
	g.Roster = t.roster(t.list)
	return g
}

func (t *talks) offer(who string, release ...PersonID) Ref {
	return t.say(who, &OfferMove{Case: t.ground.Case, Offer: Offer{Case: "swap", From: PartyID(who), Release: release}})
}

func (t *talks) resolved(offer Ref, drop []PersonID, named ...Naming) Resolved {
	m := t.acts[offer].Move.(*OfferMove)
	r, _ := m.Offer.Resolve(offer, m.Case, t.files[m.Case].Register(), drop, named)
	return r
}

func (t *talks) accept(who string, offer Ref, named ...Naming) Ref {
	r := t.resolved(offer, nil, named...)
	return t.say(who, &Accept{After: t.after(who), Resolved: r, Digest: r.Digest()})
}

func (t *talks) seal(who string, offer Ref, accepts ...Ref) Ref {
	slices.SortFunc(accepts, func(a, b Ref) int { return slices.Compare(a[:], b[:]) })
	var d Digest
	if a, ok := t.acts[accepts[0]].Move.(*Accept); ok {
		d = a.Digest
	}
	return t.say(who, &Seal{After: t.after(who), Offer: offer, Digest: d, Accepts: accepts})
}

func (t *talks) answer(who string, seal Ref, refuse bool) Ref {
	d := t.acts[seal].Move.(*Seal).Digest
	return t.say(who, &Ratify{Agreement: seal, Digest: d, Refuse: refuse})
}

// why says what the table holds against an act; "" where it has effect.
func (t *talks) why(r Ref) string {
	for _, s := range t.table().Acts {
		if s.Ref == r {
			return s.Why
		}
	}
	return "not on the table"
}

func (t *talks) want(tt *testing.T, r Ref, why string) {
	tt.Helper()
	if got := t.why(r); got != why {
		tt.Errorf("the act has why %q, want %q", got, why)
	}
}
