package parley

import "slices"

// The decisions of a delegation form a tree that is meant to be a chain: each
// names the last one with effect that its author knew, on whichever device. It
// branches only where somebody signs twice, where a principal moves the pen
// past decisions that it has not seen, or where a roster does. A node keeps its
// place in it: depth, the decision before it, a jump further back (Myers, "An
// applicative random-access stack", 1983), the last move of the pen, and the
// version of the case that the delegation stands on after it, and what it has
// promised.

// root is where a delegation's decisions begin: no act, and known to all.
func (f *fold) root(p PartyID) *node {
	r, ok := f.roots[p]
	if !ok {
		r = &node{version: f.ground.Case}
		r.prior, r.jump = r, r
		f.roots[p] = r
		f.leaves[p] = []*node{r}
	}
	return r
}

// grow gives a decision that has effect its place.
func (f *fold) grow(n *node) {
	p, party := n.prior, n.member.Party
	n.depth, n.jump, n.pen, n.version = p.depth+1, p, p.pen, p.version
	if p.depth-p.jump.depth == p.jump.depth-p.jump.jump.depth {
		n.jump = p.jump.jump
	}
	if v, ok := f.versionOf(n); ok {
		n.version = v
	}
	if _, ok := n.Move.(*Pen); ok {
		n.pen = n
	}
	f.promised(n)
	p.next = append(p.next, n)
	switch len(p.next) {
	case 1:
	case 2:
		f.part(p.next...)
	default:
		f.part(n)
	}
	f.leaves[party] = append(slices.DeleteFunc(f.leaves[party], func(l *node) bool { return l == p }), n)
}

// part keeps the principal's moves of the pen among decisions that follow the
// same one. Where nothing stands beside it, a move passes nothing over.
func (f *fold) part(beside ...*node) {
	for _, m := range beside {
		if _, ok := m.Move.(*Pen); ok && m.member.Role == Principally {
			f.moved[m.member.Party] = append(f.moved[m.member.Party], m)
		}
	}
}

// at is the decision on the way to n that has the depth d, at most its own.
func (n *node) at(d int) *node {
	for n.depth > d {
		if n.jump.depth < d {
			n = n.prior
		} else {
			n = n.jump
		}
	}
	return n
}

// follows tells whether the decision d lies on the way to n, or is n.
func (n *node) follows(d *node) bool { return d.depth <= n.depth && n.at(d.depth) == d }

// meet is where the ways to a and b part.
func meet(a, b *node) *node {
	a, b = a.at(b.depth), b.at(a.depth)
	for a != b {
		if a.jump == b.jump {
			a, b = a.prior, b.prior
		} else {
			a, b = a.jump, b.jump
		}
	}
	return a
}

// last is the delegation's last decision as the author of n knew it: the one
// that all its decisions which stand lead to. Where they part, which takes
// somebody who signed twice, it is the one at which they part.
func (f *fold) last(p PartyID, n *node) *node {
	f.root(p)
	var tips []*node
	for _, leaf := range f.leaves[p] {
		if t := f.standing(leaf, n); len(tips) == 0 || t != tips[len(tips)-1] {
			tips = append(tips, t)
		}
	}
	deepest := slices.MaxFunc(tips, func(a, b *node) int { return a.depth - b.depth })
	last := deepest
	for _, t := range tips {
		if m := meet(deepest, t); m != t && m.depth < last.depth {
			last = m
		}
	}
	return f.standing(last, n)
}

// standing is the last decision on the way to x that the author of n knew and
// that was not contested for it.
func (f *fold) standing(x, n *node) *node {
	for x.depth > 0 && !n.knows(x) {
		if x.jump.depth > 0 && !n.knows(x.jump) {
			x = x.jump
		} else {
			x = x.prior
		}
	}
	for x.depth > 0 && f.contested(x, n) {
		x = x.prior
	}
	return x
}

// inChain says why a decision does not stand in its delegation's decision
// chain, and gives it the decision before it where it does. One device holds
// the pen at a time; a principal moves it, whoever holds it.
func (f *fold) inChain(n *node, d Decision) string {
	last := f.last(n.member.Party, n)
	switch {
	case n.member.Role != Principally && !n.holdsPen(last):
		return "its author does not hold the pen of its delegation"
	case d.Prior() != last.Ref:
		return "it does not follow its delegation's last decision"
	}
	n.prior = last
	return ""
}

// holdsPen tells whether the author of n holds the pen after a decision: the
// last move of the pen names it or, while there is none, its roster does.
func (n *node) holdsPen(last *node) bool {
	if last.pen != nil {
		return last.pen.Move.(*Pen).To == n.Author
	}
	return n.member.Pen
}

// decided tells whether d is a decision that stands in the chain before n.
func (f *fold) decided(d, n *node) bool {
	return n.prior.follows(d) && !f.contested(d, n)
}

// movePen judges a move of the pen: by whoever holds it, or by the principal,
// to a delegate of its own side.
func (f *fold) movePen(n *node, m *Pen) string {
	switch {
	case n.delegate(m.To) == nil:
		return "it gives the pen to no delegate of its own side"
	case m.To == n.Author:
		return "its author holds the pen already"
	}
	return ""
}
