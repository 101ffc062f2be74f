package parley

import (
	"fmt"
	"slices"
)

// fold judges acts one by one, ancestors first. Whether an act has effect is
// decided by its own past alone: by what its author had seen when it signed,
// never by what arrives later or by the order of arrival. That makes the table
// a function of the set of entries, and an agreement in force a thing that no
// further entry can undo.
type fold struct {
	ground  Ground
	members map[MemberID]*Member
	nodes   []*node
	byRef   map[Ref]*node

	numbers   map[place][]*node     // two under one number: a fork
	forks     map[MemberID][]uint64 // numbers under which an author signed two entries, ascending as found
	versions  map[Digest][]*node    // case versions put forward, with effect
	withdraws map[Ref][]*node       // by offer
	seals     map[Ref][]*node       // by offer
	releases  map[Ref][]*node       // by accept
	replies   map[Ref][]*node       // accepts and declines, by offer
	registers map[*Case]Register
	lines     map[Digest]map[Digest]bool // what each version replaces
	taken     map[Digest][]PartyID       // whom each version takes somebody from
	scopes    map[*Mandate]map[PersonID]bool
	answers   map[Ref][]*node     // by seal: ratified, refused, certified, lapsed
	adoptions map[PartyID][]*node // decisions that commit a party to a version of the case
}

type place struct {
	author MemberID
	number uint64
}

// Fold adds the acts up to a table. It is a function of the set of acts: order
// and repetition don't matter, and an act whose ancestors are not all there
// waits.
func Fold(g Ground, acts []Act) *Table {
	f := &fold{
		ground: g, members: map[MemberID]*Member{}, nodes: order(acts), byRef: map[Ref]*node{},
		numbers: map[place][]*node{}, forks: map[MemberID][]uint64{}, versions: map[Digest][]*node{},
		withdraws: map[Ref][]*node{}, seals: map[Ref][]*node{}, releases: map[Ref][]*node{},
		answers: map[Ref][]*node{}, replies: map[Ref][]*node{}, registers: map[*Case]Register{}, lines: map[Digest]map[Digest]bool{},
		taken: map[Digest][]PartyID{}, scopes: map[*Mandate]map[PersonID]bool{}, adoptions: map[PartyID][]*node{},
	}
	for i := range g.Members {
		f.members[g.Members[i].ID] = &g.Members[i]
	}
	for _, n := range f.nodes {
		f.byRef[n.Ref] = n
		n.member = f.members[n.Author]
		f.noteFork(n)
		n.why = f.judge(n)
		if n.ok() {
			f.index(n)
		}
	}
	return f.table()
}

// noteFork keeps under which numbers one author signed two entries.
func (f *fold) noteFork(n *node) {
	at := place{n.Author, n.Number}
	if f.numbers[at] = append(f.numbers[at], n); len(f.numbers[at]) == 2 {
		f.forks[n.Author] = append(f.forks[n.Author], n.Number)
	}
}

// index files an act that has effect under what it is about.
func (f *fold) index(n *node) {
	switch m := n.Move.(type) {
	case *CaseMove:
		if m.Adopt {
			f.adopt(n)
		} else {
			f.versions[m.Digest] = append(f.versions[m.Digest], n)
		}
	case *Accept:
		f.adopt(n)
		f.replies[m.Resolved.Offer] = append(f.replies[m.Resolved.Offer], n)
	case *Decline:
		f.replies[m.Offer] = append(f.replies[m.Offer], n)
	case *Withdraw:
		f.withdraws[m.Offer] = append(f.withdraws[m.Offer], n)
	case *Seal:
		f.seals[m.Offer] = append(f.seals[m.Offer], n)
		f.adopt(n)
	case *Release:
		f.releases[m.Accept] = append(f.releases[m.Accept], n)
	case *Ratify:
		f.answers[m.Agreement] = append(f.answers[m.Agreement], n)
	case *Certify:
		f.answers[m.Agreement] = append(f.answers[m.Agreement], n)
	}
}

// register indexes a version of the case once.
func (f *fold) register(c *Case) Register {
	r, ok := f.registers[c]
	if !ok {
		r = c.Register()
		f.registers[c] = r
	}
	return r
}

func (f *fold) adopt(n *node) {
	p := n.member.Party
	f.adoptions[p] = append(f.adoptions[p], n)
}

// contested tells whether the author of n, at the time of n, could know that
// the author of x had signed two entries under the number of x or an earlier
// one. What rests on a contested act has no effect.
func (f *fold) contested(x, n *node) bool {
	return slices.ContainsFunc(f.forks[x.Author], func(number uint64) bool {
		return number <= x.Number && f.knowsTwo(place{x.Author, number}, n)
	})
}

func (f *fold) knowsTwo(at place, n *node) bool {
	known := 0
	for _, k := range f.numbers[at] {
		if n.knows(k) {
			known++
		}
		if known == 2 {
			return true
		}
	}
	return false
}

// judge says why an act has no effect, or "" where it has.
func (f *fold) judge(n *node) string {
	switch {
	case n.Fault != "":
		return n.Fault
	case n.member == nil:
		return "its author is not in the charter"
	case f.contested(n, n):
		return "its author has signed two entries under one number"
	case n.Move == nil:
		return ""
	}
	if why := f.authority(n); why != "" {
		return why
	}
	if d, ok := decision(n.Move); ok {
		if why := f.inChain(n, d); why != "" {
			return why
		}
	}
	return f.act(n)
}

// act judges what the move itself says; its author's authority and its place in
// the decision chain stand already.
func (f *fold) act(n *node) string {
	switch m := n.Move.(type) {
	case *Mandate:
		return f.mandate(n, m)
	case *CaseMove:
		return f.caseMove(n, m)
	case *OfferMove:
		return f.offer(n, m)
	case *Accept:
		return f.accept(n, m)
	case *Decline:
		return f.decline(n, m)
	case *Withdraw:
		return f.withdraw(n, m)
	case *Seal:
		return f.seal(n, m)
	case *Release:
		return f.release(n, m)
	case *Ratify:
		return f.ratify(n, m)
	case *Certify:
		return f.certify(n, m)
	case *Note, *Request:
		return ""
	}
	panic(fmt.Sprintf("parley: unknown move %T", n.Move))
}

// authority says why the author may not act at this level.
func (f *fold) authority(n *node) string {
	level := n.Move.Level()
	switch {
	case level == Talk:
		return ""
	case n.Move.Kind() == KindCertify:
		return unless(n.member.Role == Depositary, "only the depositary certifies")
	case level == Binding:
		return unless(n.member.Role == Principally, "only a principal does this")
	case n.member.Role != Delegate:
		return "only a delegate does this, under a mandate"
	}
	return f.underMandate(n, level)
}

func unless(ok bool, why string) string {
	if ok {
		return ""
	}
	return why
}

func (f *fold) underMandate(n *node, level Level) string {
	g := f.byRef[n.Mandate]
	if g == nil || !n.knows(g) || !g.ok() || f.contested(g, n) {
		return "it names no mandate that its author had"
	}
	m, ok := g.Move.(*Mandate)
	switch {
	case !ok:
		return "what it names as its mandate is none"
	case g.member.Party != n.member.Party || m.Device != n.Author:
		return "the mandate is somebody else's"
	case !slices.Contains(m.May, level):
		return fmt.Sprintf("the mandate does not allow to %s", level)
	}
	scope := f.scope(m)
	for _, id := range f.touches(n) {
		if len(m.Scope) > 0 && !scope[id] {
			return fmt.Sprintf("the mandate does not cover %s", id)
		}
	}
	return ""
}

// scope is whom a mandate covers, as a set.
func (f *fold) scope(m *Mandate) map[PersonID]bool {
	s, ok := f.scopes[m]
	if !ok {
		s = map[PersonID]bool{}
		for _, id := range m.Scope {
			s[id] = true
		}
		f.scopes[m] = s
	}
	return s
}

// touches lists whom a move disposes of, for the scope of its mandate.
func (f *fold) touches(n *node) []PersonID {
	switch m := n.Move.(type) {
	case *Request:
		return m.Persons
	case *OfferMove:
		return m.Offer.Entries()
	case *Accept:
		return m.Resolved.Release
	case *Seal:
		if r, ok := f.sealed(n, m); ok {
			return r.Release
		}
	}
	return nil
}

// inChain says why a decision does not stand in its delegation's decision
// chain: one device holds the pen, and each decision names the one before.
func (f *fold) inChain(n *node, d Decision) string {
	if !n.member.Pen {
		return "its author does not hold the pen of its delegation"
	}
	var last Ref
	if n.decision != nil {
		last = n.decision.Ref
	}
	return unless(d.Prior() == last, "it does not follow its delegation's last decision")
}

// decisions runs through the delegation's decisions that have effect, from the
// last before n to the first.
func decisions(n *node, each func(*node) bool) {
	for d := n.decision; d != nil; d = d.decision {
		if d.ok() && !each(d) {
			return
		}
	}
}

func (f *fold) mandate(n *node, m *Mandate) string {
	d := f.members[m.Device]
	switch {
	case d == nil || d.Role != Delegate || d.Party != n.member.Party:
		return "it names no delegate of its own side"
	case slices.Contains(m.May, Binding):
		return "only the principal binds: a mandate can't allow to ratify"
	}
	return ""
}

// offerAt finds an offer that has effect, in the past of n and not contested.
func (f *fold) offerAt(ref Ref, n *node) (*node, *OfferMove, string) {
	o := f.byRef[ref]
	if o == nil || !n.knows(o) {
		return nil, nil, "it names no offer that its author had"
	}
	m, ok := o.Move.(*OfferMove)
	switch {
	case !ok:
		return nil, nil, "what it names is no offer"
	case !o.ok():
		return nil, nil, "the offer has no effect"
	case f.contested(o, n):
		return nil, nil, "the offer is contested: its author has signed two entries under one number"
	}
	return o, m, ""
}

// any finds an act of the list that n knows and that is not contested.
func (f *fold) any(list []*node, n *node) *node {
	for _, x := range list {
		if n.knows(x) && !f.contested(x, n) {
			return x
		}
	}
	return nil
}
