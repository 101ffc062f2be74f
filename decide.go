package parley

import (
	"fmt"
	"slices"
)

func (f *fold) offer(n *node, m *OfferMove) string {
	v := f.version(m.Case, n)
	switch {
	case m.Offer.From != n.member.Party:
		return "it is made in the name of another party"
	case v == nil:
		return "its version of the case is not on the channel"
	case m.Offer.Case != v.Case.ID:
		return "it is made on another case"
	case len(m.Offer.Entries()) == 0:
		return "it offers nobody"
	case len(NewExchange(m.Offer.Release...)) != len(m.Offer.Release):
		return "it names somebody twice"
	}
	for _, w := range m.Offer.IfConfirmed {
		if _, ok := v.Case.Party(w.Party); !ok {
			return fmt.Sprintf("it waits for %s, which is no party of the case", w.Party)
		}
	}
	reg := f.register(v.Case)
	for _, id := range m.Offer.Entries() {
		if _, ok := reg[id]; !ok {
			return fmt.Sprintf("%s is not in its version of the case", id)
		}
	}
	return ""
}

func (f *fold) accept(n *node, m *Accept) string {
	r := m.Resolved
	_, o, why := f.offerAt(r.Offer, n)
	switch {
	case why != "":
		return why
	case o.Offer.From == n.member.Party:
		return "an offer is accepted by others than its offeror"
	}
	if why := f.resolution(n, o, r, m.Digest); why != "" {
		return why
	}
	reg := f.register(f.version(r.Case, n).Case)
	switch {
	case !o.Offer.concerns(n.member.Party, reg):
		return "its author's side has no part in the offer"
	case f.any(f.withdraws[r.Offer], n) != nil:
		return "the offer was withdrawn"
	case f.any(f.seals[r.Offer], n) != nil:
		return "the offer was sealed already"
	}
	if why := f.answered(n, r.Offer); why != "" {
		return why
	}
	if why := f.lockFree(n, reg, r.Release); why != "" {
		return why
	}
	return f.together(n, r, m.Digest)
}

// resolution says why r is not a full resolution of the offer on a version of
// the case that the author of n may decide on.
func (f *fold) resolution(n *node, o *OfferMove, r Resolved, d Digest) string {
	switch {
	case r.Digest() != d:
		return "the digest is not that of the exchange"
	case r.Case != o.Case:
		return "it stands on another version of the case than the offer"
	}
	if why := f.onVersion(n, r.Case, r.Release); why != "" {
		return why
	}
	if err := o.Offer.CheckResolved(r, f.register(f.version(r.Case, n).Case)); err != nil {
		return err.Error()
	}
	return ""
}

// answered says which answer to the offer this delegation has given already.
func (f *fold) answered(n *node, offer Ref) string {
	for _, d := range f.replies[offer] {
		if !f.decided(d, n) {
			continue
		}
		switch d.Move.(type) {
		case *Decline:
			return "its side has declined the offer already"
		case *Accept:
			if !f.freed(d, n) {
				return "its side has accepted the offer already"
			}
		}
	}
	return ""
}

func (f *fold) decline(n *node, m *Decline) string {
	_, o, why := f.offerAt(m.Offer, n)
	switch {
	case why != "":
		return why
	case o.Offer.From == n.member.Party:
		return "an offeror withdraws its own offer"
	}
	return f.answered(n, m.Offer)
}

func (f *fold) withdraw(n *node, m *Withdraw) string {
	_, o, why := f.offerAt(m.Offer, n)
	switch {
	case why != "":
		return why
	case o.Offer.From != n.member.Party:
		return "only its offeror withdraws an offer"
	case f.any(f.withdraws[m.Offer], n) != nil:
		return "the offer was withdrawn already"
	case f.any(f.seals[m.Offer], n) != nil:
		return "the offer was sealed already"
	}
	return ""
}

// sealed is the resolution that a seal seals: that of the accepts it lists,
// which must all say the same.
func (f *fold) sealed(n *node, m *Seal) (Resolved, bool) {
	if len(m.Accepts) == 0 {
		return Resolved{}, false
	}
	a := f.byRef[m.Accepts[0]]
	if a == nil || !n.knows(a) {
		return Resolved{}, false
	}
	acc, ok := a.Move.(*Accept)
	if !ok {
		return Resolved{}, false
	}
	return acc.Resolved, true
}

func (f *fold) seal(n *node, m *Seal) string {
	_, o, why := f.offerAt(m.Offer, n)
	switch {
	case why != "":
		return why
	case o.Offer.From != n.member.Party:
		return "only its offeror seals an offer"
	case f.any(f.withdraws[m.Offer], n) != nil:
		return "the offer was withdrawn"
	case f.any(f.seals[m.Offer], n) != nil:
		return "the offer was sealed already"
	}
	r, ok := f.sealed(n, m)
	if !ok {
		return "it lists no accept that its author had"
	}
	if why := f.resolution(n, o, r, m.Digest); why != "" {
		return why
	}
	reg := f.register(f.version(r.Case, n).Case)
	if why := f.allAccept(n, m, o, r, reg); why != "" {
		return why
	}
	if why := f.lockFree(n, reg, r.Release); why != "" {
		return why
	}
	return f.together(n, r, m.Digest)
}

// allAccept says what is wrong with the accepts that a seal lists: every holder
// of somebody in the exchange must stand among them, and each must still stand.
func (f *fold) allAccept(n *node, m *Seal, o *OfferMove, r Resolved, reg Register) string {
	if !slices.IsSortedFunc(m.Accepts, compareRef) {
		return "its accepts are not in order"
	}
	have := map[PartyID]bool{}
	for _, ref := range m.Accepts {
		a := f.byRef[ref]
		if a == nil || !n.knows(a) || !a.ok() || f.contested(a, n) {
			return "it lists an accept that has no effect"
		}
		acc, ok := a.Move.(*Accept)
		switch {
		case !ok || acc.Resolved.Offer != m.Offer || acc.Digest != m.Digest:
			return "it lists an accept of something else"
		case have[a.member.Party]:
			return "it lists two accepts by one party"
		case f.any(f.releases[ref], n) != nil:
			return "it lists an accept that was released"
		}
		have[a.member.Party] = true
	}
	for _, p := range o.Offer.MustAccept(r, reg) {
		if !have[p] {
			return fmt.Sprintf("%s has not accepted", p)
		}
	}
	return ""
}

func (f *fold) release(n *node, m *Release) string {
	a := f.byRef[m.Accept]
	if a == nil || !n.knows(a) || !a.ok() {
		return "it names no accept that its author had"
	}
	acc, ok := a.Move.(*Accept)
	if !ok {
		return "what it names is no accept"
	}
	_, o, why := f.offerAt(acc.Resolved.Offer, n)
	switch {
	case why != "":
		return why
	case o.Offer.From != n.member.Party:
		return "only the offeror releases an accept"
	case f.any(f.seals[acc.Resolved.Offer], n) != nil:
		return "the offer was sealed already"
	case f.any(f.releases[m.Accept], n) != nil:
		return "the accept was released already"
	}
	return ""
}

// lockFree says which name of the exchange, held by the author's side, its own
// chain has promised already.
func (f *fold) lockFree(n *node, reg Register, x Exchange) string {
	for _, id := range reg.HeldBy(n.member.Party, x) {
		if d := f.lockedBy(id, n); d != nil {
			return fmt.Sprintf("%s is promised already (%s %s)", id, d.Move.Kind(), d.Ref.Short())
		}
	}
	return ""
}

// lockedBy finds the accept, seal or signature in the delegation's own chain before n that
// locks the name. A name is locked by its holder's chain alone.
func (f *fold) lockedBy(id PersonID, n *node) *node {
	i := slices.IndexFunc(n.prior.open, func(d *node) bool {
		return slices.Contains(d.locks, id) && !f.void(d, n) && !f.freed(d, n)
	})
	if i < 0 {
		return nil
	}
	return n.prior.open[i]
}

// promised keeps what a delegation has promised by the decision n and before
// it. What was free again for one decision is free for all that follow it.
func (f *fold) promised(n *node) {
	for _, d := range n.prior.open {
		if !f.freed(d, n) {
			n.open = append(n.open, d)
		}
	}
	if m, ok := signs(n); ok {
		n.locks = f.promises(f.byRef[m.Final], n.member.Party)
		n.open = append(n.open, n)
	}
	if r, ok := f.promise(n); ok {
		n.locks = f.register(f.version(r.Case, n).Case).HeldBy(n.member.Party, r.Release)
		n.open = append(n.open, n)
	}
}

// promise is what an accept or a seal commits its side to.
func (f *fold) promise(d *node) (Resolved, bool) {
	switch m := d.Move.(type) {
	case *Accept:
		return m.Resolved, true
	case *Seal:
		return f.sealed(d, m)
	}
	return Resolved{}, false
}

// freed tells whether the author of n knew that the accept, seal or signature d
// no longer binds.
func (f *fold) freed(d, n *node) bool {
	if s, ok := signs(d); ok {
		return f.dead(f.byRef[s.Final], n)
	}
	m, ok := d.Move.(*Accept)
	if !ok {
		return f.dead(d, n)
	}
	sealedOther := false
	for _, s := range f.seals[m.Resolved.Offer] {
		if !n.knows(s) {
			continue
		}
		if f.contested(s, n) {
			continue // it frees nothing; what it lists, the offeror can let go
		}
		if slices.Contains(s.Move.(*Seal).Accepts, d.Ref) {
			return f.dead(s, n)
		}
		sealedOther = true
	}
	// Nobody who knows that an offer is contested can seal, withdraw or release
	// on it any more: without this its offeror could lock our names for good.
	return sealedOther || f.any(f.releases[d.Ref], n) != nil || f.any(f.withdraws[m.Resolved.Offer], n) != nil ||
		f.contested(f.byRef[m.Resolved.Offer], n)
}

// dead tells whether the author of n knew that a sealed agreement was refused
// by a principal or let lapse, or that a side refused a final list.
func (f *fold) dead(s, n *node) bool {
	return slices.ContainsFunc(f.answers[s.Ref], func(a *node) bool {
		return ends(a) && n.knows(a) && !f.contested(a, n)
	})
}

func ends(a *node) bool {
	switch m := a.Move.(type) {
	case *Ratify:
		return m.Refuse
	case *Certify:
		return m.Lapse
	case *SignList:
		return m.Refuse
	}
	return false
}
