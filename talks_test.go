package parley_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"

	. "parley"
)

// talks is a table in the making: members who each have seen some of the acts.
// Lines are told by name ("us", "us-president"), acts by their Ref.
type talks struct {
	ground Ground
	file   *Case
	ids    map[string]MemberID
	acts   map[Ref]Act
	list   []Act // in the order in which they were made
	views  map[string]map[Ref]bool
	last   map[string]Ref // each member's last entry
	chain  map[string]Ref // each delegation's last decision
	full   map[string]Ref // each delegate's mandate
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
		last: map[string]Ref{}, chain: map[string]Ref{}, full: map[string]Ref{},
	}
	t.ground.Case = DigestOfCase(Digest{}, caseFile)
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
	a.Ref = sha256.Sum256(fmt.Appendf(nil, "%s %d %#v %d", who, a.Number, m, len(t.list)))
	t.acts[a.Ref] = a
	t.list = append(t.list, a)
	t.views[who][a.Ref] = true
	t.last[who] = a.Ref
	if _, ok := m.(Decision); ok {
		if c, ok := m.(*CaseMove); !ok || c.Adopt {
			t.chain[who] = a.Ref
		}
	}
	return a.Ref
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

func (t *talks) table() *Table { return Fold(t.ground, t.list) }

func (t *talks) offer(who string, release ...PersonID) Ref {
	return t.say(who, &OfferMove{Case: t.ground.Case, Offer: Offer{Case: "swap", From: PartyID(who), Release: release}})
}

func (t *talks) resolved(offer Ref, drop []PersonID, named ...Naming) Resolved {
	m := t.acts[offer].Move.(*OfferMove)
	r, _ := m.Offer.Resolve(offer, m.Case, t.file.Register(), drop, named)
	return r
}

func (t *talks) accept(who string, offer Ref, named ...Naming) Ref {
	r := t.resolved(offer, nil, named...)
	return t.say(who, &Accept{After: t.chain[who], Resolved: r, Digest: r.Digest()})
}

func (t *talks) seal(who string, offer Ref, accepts ...Ref) Ref {
	slices.SortFunc(accepts, func(a, b Ref) int { return slices.Compare(a[:], b[:]) })
	var d Digest
	if a, ok := t.acts[accepts[0]].Move.(*Accept); ok {
		d = a.Digest
	}
	return t.say(who, &Seal{After: t.chain[who], Offer: offer, Digest: d, Accepts: accepts})
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
