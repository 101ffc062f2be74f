package parley

import (
	"bytes"
	"container/heap"
	"slices"
)

// Role is what a key of the charter may be used for.
type Role string

// The roles of members.
const (
	Principally Role = "principal"  // ratifies, gives mandates
	Delegate    Role = "delegate"   // a device of a delegation: acts under a mandate
	Depositary  Role = "depositary" // a neutral who certifies that all instruments are in
	Neutral     Role = "neutral"    // any other neutral: may talk
)

// Member is a key that the charter or a roster change names.
type Member struct {
	ID           MemberID
	Party        PartyID // "" for a neutral
	Role         Role
	Name         string
	Office       string
	Pen          bool     // holds the pen of its delegation's decision chain until it is moved
	Capabilities []string // of a neutral: chair, depositary, host, humanitarian, mediator; only the last decides anything
}

// Ground is what the charter fixes before the first move.
type Ground struct {
	Members     []Member
	Case        Digest // the version of the case that the charter names
	Provisional bool   // founded by delegates, without principals: it only explores
	// Roster is the roster as the reader of the table knows it, nil for Members.
	// No act is judged by it: it says who holds the pen now, and what a next
	// decision would follow.
	Roster *Roster
}

// Act is one entry of the channel with its place in the graph. Entries are
// verified before they become acts: signatures, chain, canonical form.
type Act struct {
	Ref      Ref
	Author   MemberID
	Number   uint64 // in its author's chain, from 1
	Previous Ref    // its author's entry before; zero for the first
	Heads    []Ref  // what its author had seen of the others
	Mandate  Ref    // the mandate relied on; zero for none
	Claimed  int64  // unix seconds: a claim, decides nothing
	Move     Move   // nil for a receipt, where it is withheld, or where Fault says why it can't be read
	Fault    string
	Roster   *Roster // who may speak as the author knew it; nil for Ground.Members
	Withheld bool    // this desk is not given its body
}

// node is an act in the graph of the fold.
type node struct {
	Act
	index  int
	past   bitset  // the acts that it follows, itself included
	seats  *seats  // its roster
	member *Member // its author's seat in it
	why    string  // why it has no effect; "" where it has

	// Of a decision: its place in its delegation's chain.
	prior   *node      // the decision before it
	next    []*node    // those after it
	depth   int        // how many it takes to come here; 0 where it has no effect
	jump    *node      // some decision further back
	pen     *node      // the last move of the pen on the way here; nil for none
	version Digest     // of the case on which the delegation stands after it
	locks   []PersonID // whom of its own side it promises, as an accept, a seal or a signature
	open    []*node    // accepts, seals and signatures on the way here, itself included, that were not free again

	ids   map[string]bool // of a list: its rows' ids
	round *Round          // of a final list: what it rests on
}

func (n *node) ok() bool { return n.why == "" }

// knows tells whether the author of n had x in its past when it signed n.
func (n *node) knows(x *node) bool { return n.past.has(x.index) }

type bitset []uint64

func (b bitset) has(i int) bool { return i>>6 < len(b) && b[i>>6]&(1<<(i&63)) != 0 }

func (b bitset) with(i int) bitset {
	for len(b) <= i>>6 {
		b = append(b, 0)
	}
	b[i>>6] |= 1 << (i & 63)
	return b
}

func (b bitset) or(c bitset) bitset {
	for len(b) < len(c) {
		b = append(b, 0)
	}
	for i, w := range c {
		b[i] |= w
	}
	return b
}

func compareRef(a, b Ref) int { return bytes.Compare(a[:], b[:]) }

// order gives the acts whose whole past is there, ancestors first, ties by id:
// the same list for the same set, whatever the order of arrival. An act that
// waits for an ancestor is left out until it comes.
func order(acts []Act) []*node {
	byRef := map[Ref]*node{}
	for _, a := range acts {
		if byRef[a.Ref] == nil {
			byRef[a.Ref] = &node{Act: a}
		}
	}
	waits := map[*node]int{}
	children := map[Ref][]*node{}
	ready := &byID{}
	for _, n := range byRef {
		for _, p := range n.parents() {
			waits[n]++
			children[p] = append(children[p], n)
		}
		if waits[n] == 0 {
			ready.list = append(ready.list, n)
		}
	}
	heap.Init(ready)
	var out []*node
	for ready.Len() > 0 {
		n := heap.Pop(ready).(*node)
		n.index = len(out)
		n.remember(byRef)
		out = append(out, n)
		for _, c := range children[n.Ref] {
			if waits[c]--; waits[c] == 0 {
				heap.Push(ready, c)
			}
		}
	}
	return out
}

func (n *node) parents() []Ref {
	ps := slices.Clone(n.Heads)
	if !n.Previous.IsZero() {
		ps = append(ps, n.Previous)
	}
	slices.SortFunc(ps, compareRef)
	return slices.Compact(ps)
}

// remember gathers the past of n from its parents, which stand in the order
// before it.
func (n *node) remember(byRef map[Ref]*node) {
	for _, p := range n.parents() {
		n.past = n.past.or(byRef[p].past)
	}
	n.past = n.past.with(n.index)
}

// byID is a heap of acts that can stand next, lowest id first.
type byID struct{ list []*node }

func (h *byID) Len() int           { return len(h.list) }
func (h *byID) Less(i, j int) bool { return compareRef(h.list[i].Ref, h.list[j].Ref) < 0 }
func (h *byID) Swap(i, j int)      { h.list[i], h.list[j] = h.list[j], h.list[i] }
func (h *byID) Push(x any)         { h.list = append(h.list, x.(*node)) }
func (h *byID) Pop() any {
	last := len(h.list) - 1
	n := h.list[last]
	h.list = h.list[:last]
	return n
}
