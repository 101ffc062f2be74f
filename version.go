package parley

import "slices"

// caseMove judges a version of the case put forward, or adopted.
func (f *fold) caseMove(n *node, m *CaseMove) string {
	if m.Adopt {
		return f.onVersion(n, m.Digest, nil)
	}
	switch {
	case m.Case == nil || m.Digest != DigestOfCase(m.Previous, m.File):
		return "the case that it carries is not the one that it names"
	case m.Digest == f.ground.Case:
		return ""
	}
	return unless(f.version(m.Previous, n) != nil, "it replaces a version that is not on the channel")
}

// version finds a version of the case that n knows of. Its digest says what is in
// it and what it replaces, so it does not matter who put it forward.
func (f *fold) version(d Digest, n *node) *CaseMove {
	for _, v := range f.versions[d] {
		if n.knows(v) {
			return v.Move.(*CaseMove)
		}
	}
	return nil
}

// onVersion says why a decision by the author of n can't stand on a version of
// the case; x is what it would release, nil for none. Every decision on a
// version commits its delegation to who holds whom in it, so:
//   - a delegation never goes back behind a version that it has adopted;
//   - it can't step to one in which it no longer holds a name that its own chain
//     has locked;
//   - it can't build on one in which another delegation no longer holds somebody
//     until that delegation has adopted it.
//
// Without this two holders could promise one name, each on its own version.
func (f *fold) onVersion(n *node, d Digest, x Exchange) string {
	v := f.version(d, n)
	if v == nil {
		return "its version of the case is not on the channel"
	}
	last := n.prior.version
	if !f.descends(d, last) {
		return "it goes back behind the version of the case that its delegation adopted"
	}
	if from := f.version(last, n); from != nil {
		for _, id := range f.lost(n.member.Party, from.Case, v.Case) {
			if f.lockedBy(id, n) != nil {
				return string(id) + " is locked and can't change hands in the case"
			}
		}
	}
	if x == nil {
		return ""
	}
	return f.losersAgreed(n, d)
}

// versionOf is the version of the case that a decision stands on.
func (f *fold) versionOf(e *node) (Digest, bool) {
	switch m := e.Move.(type) {
	case *CaseMove:
		return m.Digest, m.Adopt
	case *Accept:
		return m.Resolved.Case, true
	case *Seal:
		r, ok := f.sealed(e, m)
		return r.Case, ok
	}
	return Digest{}, false
}

// descends tells whether version d is old, or replaces it step by step.
func (f *fold) descends(d, old Digest) bool {
	return d == old || f.line(d)[old]
}

// line is the set of versions that d replaces, step by step.
func (f *fold) line(d Digest) map[Digest]bool {
	if known, ok := f.lines[d]; ok {
		return known
	}
	out := map[Digest]bool{}
	for at := d; len(f.versions[at]) > 0; {
		at = f.versions[at][0].Move.(*CaseMove).Previous
		out[at] = true
	}
	f.lines[d] = out
	return out
}

// lost lists whom the party holds in one version and no longer in the other.
func (f *fold) lost(party PartyID, from, to *Case) []PersonID {
	if from == to {
		return nil
	}
	var out []PersonID
	now := f.register(to)
	for _, h := range from.Holdings() {
		if h.HeldBy != party {
			continue
		}
		if now[h.ID].HeldBy != party {
			out = append(out, h.ID)
		}
	}
	return out
}

// losersAgreed says which delegation has not agreed that it no longer holds
// somebody, in any step from the charter's version to d.
func (f *fold) losersAgreed(n *node, d Digest) string {
	for d != f.ground.Case {
		to := f.version(d, n)
		if to == nil {
			return "its version of the case does not come from the charter's"
		}
		for _, p := range f.losers(to, n) {
			if p != n.member.Party && !f.adopted(p, d, n) {
				return string(p) + " has not adopted the version of the case in which it no longer holds somebody"
			}
		}
		d = to.Previous
	}
	return ""
}

// losers are the delegations that a version takes somebody from.
func (f *fold) losers(to *CaseMove, n *node) []PartyID {
	if known, ok := f.taken[to.Digest]; ok {
		return known
	}
	var out []PartyID
	from := f.version(to.Previous, n)
	for _, p := range f.parties() {
		if from != nil && len(f.lost(p, from.Case, to.Case)) > 0 {
			out = append(out, p)
		}
	}
	f.taken[to.Digest] = out
	return out
}

// adopted tells whether the party, in the past of n, took a decision on d or on
// a version that replaces it.
func (f *fold) adopted(p PartyID, d Digest, n *node) bool {
	return slices.ContainsFunc(f.adoptions[p], func(a *node) bool {
		v, ok := f.versionOf(a)
		return ok && n.knows(a) && !f.contested(a, n) && f.descends(v, d)
	})
}

// parties lists the delegations of the charter, ascending.
func (f *fold) parties() []PartyID {
	var out []PartyID
	for _, m := range f.ground.Members {
		if m.Party != "" {
			out = append(out, m.Party)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// holders lists the delegations that held somebody of the exchange in version d
// or in one that it replaces, as far back as the charter's.
func (f *fold) holders(x Exchange, d Digest) []PartyID {
	var out []PartyID
	for len(f.versions[d]) > 0 {
		v := f.versions[d][0].Move.(*CaseMove)
		reg := f.register(v.Case)
		for _, id := range x {
			out = append(out, reg[id].HeldBy)
		}
		if d == f.ground.Case {
			break
		}
		d = v.Previous
	}
	all := f.parties()
	return slices.DeleteFunc(out, func(p PartyID) bool { return !slices.Contains(all, p) })
}
