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
	nodes   []*node
	byRef   map[Ref]*node
	rosters map[*Roster]*seats

	numbers map[place][]*node     // two under one number: a fork
	forks   map[MemberID][]uint64 // numbers under which an author signed two entries, ascending as found

	roots  map[PartyID]*node   // where each decision chain begins
	leaves map[PartyID][]*node // its decisions that none follows: one, unless it parts
	moved  map[PartyID][]*node // moves of the pen by a principal, where the chain parts

	// Acts that have effect, by what they are about.
	versions  map[Digest][]*node  // case versions put forward
	adoptions map[PartyID][]*node // decisions that commit a party to a version of the case
	concurs   map[Ref][]*node     // by offer
	replies   map[Ref][]*node     // accepts and declines, by offer
	withdraws map[Ref][]*node     // by offer
	seals     map[Ref][]*node     // by offer
	releases  map[Ref][]*node     // by accept
	answers   map[Ref][]*node     // by seal: ratified, refused, certified, lapsed; by final list: signed, refused
	agrees    map[Ref][]*node     // by the words for the public that they agree to
	rounds    map[Ref][]*node     // lists, replies and comments, by the list that opened the round
	ratified  map[name][]*node    // ratified, by whom and about whom

	plans         map[Digest][]*node // put forward
	planAdoptions []*node

	registers map[*Case]Register
	lines     map[Digest]map[Digest]bool // what each version replaces
	taken     map[Digest][]PartyID       // whom each version takes somebody from
	scopes    map[*Mandate]map[PersonID]bool
}

type place struct {
	author MemberID
	number uint64
}

// name is a person as one party's principal ratifies it.
type name struct {
	by     PartyID
	person PersonID
}

func newFold(g Ground, acts []Act) *fold {
	return &fold{
		ground: g, nodes: order(acts), byRef: map[Ref]*node{}, rosters: map[*Roster]*seats{},
		numbers: map[place][]*node{}, forks: map[MemberID][]uint64{},
		roots: map[PartyID]*node{}, leaves: map[PartyID][]*node{}, moved: map[PartyID][]*node{},
		versions: map[Digest][]*node{}, adoptions: map[PartyID][]*node{}, concurs: map[Ref][]*node{},
		replies: map[Ref][]*node{}, withdraws: map[Ref][]*node{}, seals: map[Ref][]*node{},
		releases: map[Ref][]*node{}, agrees: map[Ref][]*node{}, rounds: map[Ref][]*node{},
		answers: map[Ref][]*node{}, ratified: map[name][]*node{},
		plans:     map[Digest][]*node{},
		registers: map[*Case]Register{}, lines: map[Digest]map[Digest]bool{},
		taken: map[Digest][]PartyID{}, scopes: map[*Mandate]map[PersonID]bool{},
	}
}

// Fold adds the acts up to a table. It is a function of the set of acts: order
// and repetition don't matter, and an act whose ancestors are not all there
// waits.
func Fold(g Ground, acts []Act) *Table {
	f := newFold(g, acts)
	for _, n := range f.nodes {
		f.byRef[n.Ref] = n
		n.seats = f.roster(n.Roster)
		n.member = n.seats.members[n.Author]
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
	if _, ok := decision(n.Move); ok {
		f.grow(n)
	}
	switch m := n.Move.(type) {
	case *CaseMove:
		if m.Adopt {
			f.adopt(n)
		} else {
			f.versions[m.Digest] = append(f.versions[m.Digest], n)
		}
	case *PlanMove:
		if m.Adopt {
			f.planAdoptions = append(f.planAdoptions, n)
		} else {
			f.plans[m.Digest] = append(f.plans[m.Digest], n)
		}
	case *Concur:
		f.concurs[m.Offer] = append(f.concurs[m.Offer], n)
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
		f.fileYes(n, m)
	case *Certify:
		f.answers[m.Agreement] = append(f.answers[m.Agreement], n)
	case *SignList:
		f.answers[m.Final] = append(f.answers[m.Final], n)
	case *PublicStatement:
		f.agrees[m.Agrees] = append(f.agrees[m.Agrees], n)
	case *ListMove, *ReplyMove, *CommentMove:
		f.rounds[roundOf(n)] = append(f.rounds[roundOf(n)], n)
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

// What stands against an act before its move is looked at.
const (
	withheld    = "its body is withheld from this desk"
	onWithheld  = "it rests on an act that is withheld from this desk"
	provisional = "a provisional channel only explores: the principals' charter comes first"
)

// judge says why an act has no effect, or "" where it has.
func (f *fold) judge(n *node) string {
	switch {
	case n.Withheld:
		return withheld
	case n.Fault != "":
		return n.Fault
	case n.member == nil:
		return "its author is not on the roster"
	case n.cutsOff(n):
		return "its author had been taken off the roster"
	case f.forked(n, n):
		return "its author has signed two entries under one number"
	case n.Move == nil:
		return ""
	case slices.ContainsFunc(n.rests(), f.unseen):
		return onWithheld
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

// rests lists the acts that an act names.
func (n *node) rests() []Ref {
	out := []Ref{n.Mandate}
	if d, ok := decision(n.Move); ok {
		out = append(out, d.Prior())
	}
	switch m := n.Move.(type) {
	case *Concur:
		out = append(out, m.Offer)
	case *Accept:
		out = append(out, m.Resolved.Offer)
	case *Decline:
		out = append(out, m.Offer)
	case *Withdraw:
		out = append(out, m.Offer)
	case *Seal:
		out = append(append(out, m.Offer), m.Accepts...)
	case *Release:
		out = append(out, m.Accept)
	case *Ratify:
		out = append(out, m.Agreement)
	case *Certify:
		out = append(out, m.Agreement)
	case *Settle:
		out = append(out, m.Proposal, m.Join)
	case *ListMove:
		out = append(out, m.Round)
	case *ReplyMove:
		out = append(out, m.Round)
	case *CommentMove:
		out = append(out, m.Round)
	case *FinalList:
		out = append(append(out, m.Round), m.Rests...)
	case *SignList:
		out = append(out, m.Final)
	case *PublicStatement:
		out = append(out, m.Agrees, m.About)
	}
	return out
}

// unseen tells whether an act is withheld here, or rests on one that is.
func (f *fold) unseen(r Ref) bool {
	x := f.byRef[r]
	return x != nil && (x.why == withheld || x.why == onWithheld)
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
	case *Pen:
		return f.movePen(n, m)
	case *Concur:
		return f.concur(n, m)
	case *Settle:
		return f.settle(n, m)
	case *PublicStatement:
		return f.statement(n, m)
	case *ListMove:
		return f.list(n, m)
	case *ReplyMove:
		return f.reply(n, m)
	case *CommentMove:
		return f.comment(n, m)
	case *FinalList:
		return f.finalList(n, m)
	case *SignList:
		return f.sign(n, m)
	case *PlanMove, *Word, *Begin, *Confirm, *Halt, *Resume, *Received, *CodesMove, *Spoken, *Life:
		return f.execute(n)
	case *Note, *Request:
		return ""
	}
	panic(fmt.Sprintf("parley: unknown move %T", n.Move))
}

// authority says why the author may not act at this level.
func (f *fold) authority(n *node) string {
	level := n.Move.Level()
	role := n.member.Role
	switch {
	case n.Move.Kind() == KindPen:
		return unless(role == Delegate || role == Principally, "only a delegate, or its principal, moves the pen")
	case level == Talk:
		return ""
	case level == Executing && role != Delegate && !f.ground.Provisional:
		return "" // a neutral as its plan names it, or a principal
	case f.ground.Provisional && level != Explore:
		return provisional
	case n.Move.Kind() == KindCertify:
		return unless(role == Depositary, "only the depositary certifies")
	case level == Binding:
		return unless(role == Principally, "only a principal does this")
	case role != Delegate:
		return "only a delegate does this"
	case f.ground.Provisional:
		return "" // nobody is there to give mandates
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
	if len(m.Scope) == 0 {
		return ""
	}
	if id := f.beyond(m, f.touches(n)); id != "" {
		return fmt.Sprintf("the mandate does not cover %s", id)
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
	case *PublicStatement:
		return m.Persons
	case *OfferMove:
		return m.Offer.Entries()
	case *Accept:
		return m.Resolved.Release
	case *Seal:
		if r, ok := f.sealed(n, m); ok {
			return r.Release
		}
	case *Settle:
		if len(m.Terms) > 0 {
			return m.Terms[0].Asked
		}
		if _, terms := f.settlement(m.Proposal, n); terms != nil {
			return terms.Asked
		}
	case *SignList:
		if l := f.byRef[m.Final]; l != nil && n.knows(l) {
			return f.covered(l)
		}
	}
	return nil
}

func (f *fold) mandate(n *node, m *Mandate) string {
	switch {
	case n.delegate(m.Device) == nil:
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
	}
	if cause := f.cause(o, n); cause != "" {
		return nil, nil, "the offer is contested: " + cause
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
