package parley

import "fmt"

// concur judges a device's word that it agrees to an exchange which another
// device of its delegation is to accept or seal. The digest may name an
// exchange that nobody has spelled out yet: what its mandate covers is asked
// where the word is counted.
func (f *fold) concur(n *node, m *Concur) string {
	_, _, why := f.offerAt(m.Offer, n)
	return why
}

// together says why too few devices of a delegation agree to an accept or a
// seal, where the mandate relied on asks for several.
func (f *fold) together(n *node, r Resolved, d Digest) string {
	need := f.byRef[n.Mandate].Move.(*Mandate).Together
	agree := map[MemberID]bool{n.Author: true}
	for _, c := range f.concurs[r.Offer] {
		if c.Move.(*Concur).Digest == d && c.member.Party == n.member.Party && f.counts(c, n, r) {
			agree[c.Author] = true
		}
	}
	return unless(uint64(len(agree)) >= need, fmt.Sprintf("%d of %d devices of its delegation agree", len(agree), need))
}

// counts tells whether a concur stands for the author of n, under a mandate
// that stands and covers the exchange.
func (f *fold) counts(c, n *node, r Resolved) bool {
	if !n.knows(c) || f.contested(c, n) {
		return false
	}
	g := f.byRef[c.Mandate]
	return !f.contested(g, n) && f.beyond(g.Move.(*Mandate), r.Release) == ""
}

// beyond finds somebody whom a mandate does not cover; "" where it covers all.
func (f *fold) beyond(m *Mandate, persons []PersonID) PersonID {
	if len(m.Scope) == 0 {
		return ""
	}
	scope := f.scope(m)
	for _, id := range persons {
		if !scope[id] {
			return id
		}
	}
	return ""
}
