package parley

import "slices"

// agreementAt finds a seal that has effect, in the past of n and not contested.
func (f *fold) agreementAt(ref Ref, d Digest, n *node) (*node, string) {
	s := f.byRef[ref]
	if s == nil || !n.knows(s) {
		return nil, "it names no agreement that its author had"
	}
	m, ok := s.Move.(*Seal)
	switch {
	case !ok:
		return nil, "what it names is no agreement"
	case !s.ok():
		return nil, "the agreement has no effect"
	case m.Digest != d:
		return nil, "the digest is not that of the agreement"
	}
	if cause := f.cause(s, n); cause != "" {
		return nil, "the agreement is contested: " + cause
	}
	for _, a := range m.Accepts {
		if cause := f.cause(f.byRef[a], n); cause != "" {
			return nil, "an accept in the agreement is contested: " + cause
		}
	}
	return s, ""
}

// ratify judges a principal's answer: its party has one per agreement, the
// first, for good, whoever is its principal.
func (f *fold) ratify(n *node, m *Ratify) string {
	s, why := f.agreementAt(m.Agreement, m.Digest, n)
	switch {
	case why != "":
		return why
	case !slices.Contains(f.signatories(s), n.member.Party):
		return "its side has no part in the agreement"
	}
	switch {
	case f.answer(s, n, func(a *node) bool { return a.member.Party == n.member.Party }):
		return "its principal has answered this agreement already"
	case m.Refuse:
		return ""
	}
	for _, id := range f.released(s) {
		for _, a := range f.ratified[name{n.member.Party, id}] {
			if n.knows(a) && !f.contested(a, n) && !f.dead(f.byRef[a.Move.(*Ratify).Agreement], n) {
				return "its principal has ratified another agreement on " + string(id)
			}
		}
	}
	return ""
}

// fileYes files a principal's yes under each name that it is about.
func (f *fold) fileYes(n *node, m *Ratify) {
	if m.Refuse {
		return
	}
	for _, id := range f.released(f.byRef[m.Agreement]) {
		at := name{n.member.Party, id}
		f.ratified[at] = append(f.ratified[at], n)
	}
}

// certify judges the depositary's answer: one per agreement, and to certify,
// every principal's ratification must lie before it.
func (f *fold) certify(n *node, m *Certify) string {
	s, why := f.agreementAt(m.Agreement, m.Digest, n)
	switch {
	case why != "":
		return why
	case f.answer(s, n, func(a *node) bool { return a.member.Role == Depositary }):
		return "the depositary has answered this agreement already"
	case m.Lapse:
		return ""
	}
	for _, p := range f.signatories(s) {
		if !f.answer(s, n, func(a *node) bool { return a.member.Party == p && ratifies(a) }) {
			return string(p) + " has not ratified"
		}
	}
	return ""
}

// answer tells whether the author of n knew of an answer of a kind to a seal,
// not contested.
func (f *fold) answer(s, n *node, kind func(*node) bool) bool {
	return slices.ContainsFunc(f.answers[s.Ref], func(a *node) bool {
		return kind(a) && n.knows(a) && !f.contested(a, n)
	})
}

func ratifies(a *node) bool {
	m, ok := a.Move.(*Ratify)
	return ok && !m.Refuse
}

func certifies(a *node) bool {
	m, ok := a.Move.(*Certify)
	return ok && !m.Lapse
}

// signatories lists who must ratify: the offeror, all whose accepts the seal
// lists, and all who held somebody of the exchange in an earlier version of the
// case; ascending. The last is what keeps a name from standing in two
// agreements on two versions: whoever held it first is a signatory of both, and
// its principal ratifies one.
func (f *fold) signatories(s *node) []PartyID {
	r, _ := f.sealed(s, s.Move.(*Seal))
	out := append(f.holders(r.Release, r.Case), s.member.Party)
	for _, ref := range s.Move.(*Seal).Accepts {
		out = append(out, f.byRef[ref].member.Party)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// released is whom a seal that has effect releases.
func (f *fold) released(s *node) Exchange {
	r, _ := f.sealed(s, s.Move.(*Seal))
	return r.Release
}

func shared(a, b Exchange) (PersonID, bool) {
	for _, id := range a {
		if b.Has(id) {
			return id, true
		}
	}
	return "", false
}

// inForce tells whether an agreement is in force: there is a ratification by
// each signatory such that none was contested for the author of another. Where
// the charter names a depositary, its certificate says the same of all that it
// had seen. Only acts that have effect and their own pasts are asked, so what is
// in force stays in force whatever is added.
func (f *fold) inForce(s *node) bool {
	if f.hasDepositary() {
		return slices.ContainsFunc(f.answers[s.Ref], certifies)
	}
	return f.allSay(s, f.signatories(s), ratifies)
}

// allSay tells whether each party has given an answer of a kind, such that none
// was contested for the author of another.
func (f *fold) allSay(s *node, parties []PartyID, kind func(*node) bool) bool {
	var each [][]*node
	for _, p := range parties {
		var by []*node
		for _, a := range f.answers[s.Ref] {
			if a.member.Party == p && kind(a) {
				by = append(by, a)
			}
		}
		each = append(each, by)
	}
	return f.agree(each, nil)
}

// agree tells whether one act can be chosen from each list such that no two
// chosen contest each other. A list is longer than one only where a principal
// signed twice or was succeeded.
func (f *fold) agree(each [][]*node, chosen []*node) bool {
	if len(each) == 0 {
		return true
	}
	return slices.ContainsFunc(each[0], func(a *node) bool {
		return !slices.ContainsFunc(chosen, func(b *node) bool { return f.contested(a, b) || f.contested(b, a) }) &&
			f.agree(each[1:], append(chosen, a))
	})
}

func (f *fold) hasDepositary() bool {
	return slices.ContainsFunc(f.ground.Members, func(m Member) bool { return m.Role == Depositary })
}
