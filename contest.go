package parley

import "slices"

// An act that has effect by its own past can still be contested in the view of
// somebody who knows more than its author did. What rests on a contested act,
// by somebody who knows that it is, has no effect; what rested on it before
// stands.

// contested tells whether x no longer counts for the author of n.
func (f *fold) contested(x, n *node) bool { return f.cause(x, n) != "" }

// cause says why x no longer counts for the author of n, at the time of n; ""
// where it does. It follows "contested:".
func (f *fold) cause(x, n *node) string {
	switch {
	case n.cutsOff(x):
		return "its author was taken off the roster before it"
	case f.forked(x, n):
		return "its author has signed two entries under one number"
	case f.passedOver(x, n):
		return "the pen of its delegation was moved before it"
	}
	return ""
}

// void tells whether x is contested by what its own author did or became: it
// signed two entries under one number, or was taken off the roster.
func (f *fold) void(x, n *node) bool { return n.cutsOff(x) || f.forked(x, n) }

// cutsOff tells whether the roster of n honours nothing as late as x by the
// author of x.
func (n *node) cutsOff(x *node) bool {
	c, ok := n.seats.cuts[x.Author]
	return ok && x.Number > c.Number
}

// forked tells whether the author of n could know that the author of x had
// signed two entries under the number of x or an earlier one.
func (f *fold) forked(x, n *node) bool {
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

// passedOver tells whether the author of n knew that the principal had moved
// the pen after a decision that x follows, and x does not follow the move. A
// decision whose own branch had known of the move is not passed over by it: it
// could stand there only because the move was contested itself.
func (f *fold) passedOver(x, n *node) bool {
	if x.depth == 0 {
		return false // no decision with effect
	}
	return slices.ContainsFunc(f.moved[x.member.Party], func(m *node) bool {
		return n.knows(m) && x.beside(m) && !f.void(m, n)
	})
}

// beside tells whether x parts from m just where m was made, without having
// known of m.
func (x *node) beside(m *node) bool {
	if x.depth < m.depth {
		return false
	}
	y := x.at(m.depth) // m itself, where x follows m: it knows itself
	return y.prior == m.prior && !y.knows(m)
}
