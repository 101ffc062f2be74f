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
	case f.contested(s, n):
		return nil, "the agreement is contested: its author has signed two entries under one number"
	case m.Digest != d:
		return nil, "the digest is not that of the agreement"
	case slices.ContainsFunc(m.Accepts, func(a Ref) bool { return f.contested(f.byRef[a], n) }):
		return nil, "an accept in the agreement is contested: its author has signed two entries under one number"
	}
	return s, ""
}

// ratify judges a principal's answer: it has one per agreement, the first in
// its own chain, for good.
func (f *fold) ratify(n *node, m *Ratify) string {
	s, why := f.agreementAt(m.Agreement, m.Digest, n)
	switch {
	case why != "":
		return why
	case !slices.Contains(f.signatories(s), n.member.Party):
		return "its side has no part in the agreement"
	}
	release := f.released(s)
	for a := n.answer; a != nil; a = a.answer {
		r, ok := a.Move.(*Ratify)
		switch {
		case !ok || !a.ok():
		case r.Agreement == m.Agreement:
			return "its principal has answered this agreement already"
		case !m.Refuse && !r.Refuse:
			other := f.byRef[r.Agreement]
			if id, ok := shared(release, f.released(other)); ok && !f.dead(other, n) {
				return "its principal has ratified another agreement on " + string(id)
			}
		}
	}
	return ""
}

// certify judges the depositary's answer: one per agreement, and to certify,
// every principal's ratification must lie before it.
func (f *fold) certify(n *node, m *Certify) string {
	s, why := f.agreementAt(m.Agreement, m.Digest, n)
	if why != "" {
		return why
	}
	for a := n.answer; a != nil; a = a.answer {
		if c, ok := a.Move.(*Certify); ok && a.ok() && c.Agreement == m.Agreement {
			return "the depositary has answered this agreement already"
		}
	}
	if m.Lapse {
		return ""
	}
	for _, p := range f.signatories(s) {
		if !slices.ContainsFunc(f.answers[s.Ref], func(a *node) bool {
			return a.member.Party == p && ratifies(a) && n.knows(a)
		}) {
			return string(p) + " has not ratified"
		}
	}
	return ""
}

func ratifies(a *node) bool {
	m, ok := a.Move.(*Ratify)
	return ok && !m.Refuse
}

func certifies(a *node) bool {
	m, ok := a.Move.(*Certify)
	return ok && !m.Lapse
}

// signatories lists who must ratify: the offeror and all whose accepts the seal
// lists, ascending.
func (f *fold) signatories(s *node) []PartyID {
	out := []PartyID{s.member.Party}
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

// inForce tells whether every signatory's principal has ratified and, where the
// charter names a depositary, it has certified. It asks only whether acts that
// have effect are there, so what is in force stays in force whatever is added.
func (f *fold) inForce(s *node) bool {
	for _, p := range f.signatories(s) {
		if !slices.ContainsFunc(f.answers[s.Ref], func(a *node) bool { return a.member.Party == p && ratifies(a) }) {
			return false
		}
	}
	return !f.hasDepositary() || slices.ContainsFunc(f.answers[s.Ref], certifies)
}

func (f *fold) hasDepositary() bool {
	return slices.ContainsFunc(f.ground.Members, func(m Member) bool { return m.Role == Depositary })
}
