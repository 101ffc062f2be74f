package desk

import (
	"strings"

	"parley"
	"parley/channel"
)

// looksLike is how long the body of an answer to an offer is to look: as long as
// the longest yes to that offer could be. Else a yes to an offer of hundreds
// would show in its size beside a no. The offeror's answers, seal and release, name
// nobody and are short both.
func looksLike(log *channel.Log, e *channel.Signed) int {
	if k := parley.Kind(e.Kind); k != parley.KindAccept && k != parley.KindDecline {
		return 0
	}
	m, err := decodeMove(e.Kind, e.Body)
	if err != nil {
		return 0
	}
	to, ok := log.Entry(channel.EntryID(answered(m)))
	if !ok || to.Withheld {
		return 0
	}
	m, err = decodeMove(to.Kind, to.Body)
	offer, isOffer := m.(*parley.OfferMove)
	if err != nil || !isOffer {
		return 0
	}
	return longestYes(offer, registerOf(log, offer.Case))
}

// answered is the offer that a move answers.
func answered(m parley.Move) parley.Ref {
	switch m := m.(type) {
	case *parley.Accept:
		return m.Resolved.Offer
	case *parley.Decline:
		return m.Offer
	}
	return parley.Ref{}
}

// registerOf finds the version of the case that an offer stands on.
func registerOf(log *channel.Log, version parley.Digest) parley.Register {
	for _, e := range log.Entries() {
		if e.Kind != string(parley.KindCase) || e.Withheld {
			continue
		}
		m, err := decodeMove(e.Kind, e.Body)
		if c, ok := m.(*parley.CaseMove); err == nil && ok && c.Digest == version && c.Case != nil {
			return c.Case.Register()
		}
	}
	return nil
}

// longestYes is the longest that the body of an accept can be: everybody in the
// offer, and each blank filled by somebody with the longest of ids.
func longestYes(o *parley.OfferMove, reg parley.Register) int {
	longest := parley.PersonID(strings.Repeat("x", 64))
	a := parley.Accept{}
	for _, id := range o.Offer.Entries() {
		if h, known := reg[id]; known && !h.Blank {
			a.Resolved.Release = append(a.Resolved.Release, id)
			continue
		}
		a.Resolved.Release = append(a.Resolved.Release, longest)
		a.Resolved.Named = append(a.Resolved.Named, parley.Naming{Blank: id, Person: longest})
	}
	body, err := encodeMove(&a)
	if err != nil {
		return 0
	}
	return len(body)
}
