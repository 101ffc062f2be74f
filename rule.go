package parley

import (
	"fmt"
	"slices"
	"strings"
)

// Rule is a condition on an exchange, agreed by all in a case or one side's own
// red line in a brief. It is one of Require, Forbid, Together, AtMostOne,
// IfThen, Count, Equal, Ratio and Bonus. String writes it as a file does, in
// one line.
//
// Rules see only what can be traded: persons who are owed by law, and persons
// whom nobody holds, are neither counted nor required nor forbidden by them.
// Counts are of heads: a group counts as many as it has.
type Rule interface {
	fmt.Stringer
	rule()
}

type (
	// Require holds when each is released.
	Require struct{ IDs []PersonID }
	// Forbid holds when none is released.
	Forbid struct{ IDs []PersonID }
	// Together holds when all are released or none.
	Together struct{ IDs []PersonID }
	// AtMostOne holds when no two are released.
	AtMostOne struct{ IDs []PersonID }
	// IfThen holds when releasing If comes with all of Then.
	IfThen struct {
		If   PersonID
		Then []PersonID
	}
	// Count bounds the heads of a selection that are released. A bound that is
	// nil is not set.
	Count struct {
		Of              Selector
		AtLeast, AtMost *int
	}
	// Equal holds when as many of A as of B are released.
	Equal struct{ A, B Selector }
	// Ratio holds when Den x released(A) <= Num x released(B).
	Ratio struct {
		A, B     Selector
		Num, Den int
	}
	// Bonus adds points (or takes them) when all are released. In a brief only.
	Bonus struct {
		Points int64
		All    []PersonID
	}
)

// Selector picks holdings; all conditions given must fit, none given fits all.
type Selector struct {
	HeldBy   PartyID
	SoughtBy PartyID
	Tag      string
	IDs      []PersonID
}

// Picks tells whether all conditions of the selector fit the holding.
func (s Selector) Picks(h Holding) bool {
	return (s.HeldBy == "" || s.HeldBy == h.HeldBy) &&
		(s.SoughtBy == "" || slices.Contains(h.SoughtBy, s.SoughtBy)) &&
		(s.Tag == "" || slices.Contains(h.Tags, s.Tag)) &&
		(s.IDs == nil || slices.Contains(s.IDs, h.ID))
}

func (Require) rule()   {}
func (Forbid) rule()    {}
func (Together) rule()  {}
func (AtMostOne) rule() {}
func (IfThen) rule()    {}
func (Count) rule()     {}
func (Equal) rule()     {}
func (Ratio) rule()     {}
func (Bonus) rule()     {}

func (r Require) String() string   { return "require: " + list(r.IDs) }
func (r Forbid) String() string    { return "forbid: " + list(r.IDs) }
func (r Together) String() string  { return "together: " + list(r.IDs) }
func (r AtMostOne) String() string { return "at_most_one: " + list(r.IDs) }
func (r IfThen) String() string    { return fmt.Sprintf("if: %s, then: %s", r.If, list(r.Then)) }
func (r Equal) String() string     { return fmt.Sprintf("equal: [%s, %s]", r.A, r.B) }

func (r Count) String() string {
	s := "count: " + r.Of.String()
	if r.AtLeast != nil {
		s += fmt.Sprintf(", at_least: %d", *r.AtLeast)
	}
	if r.AtMost != nil {
		s += fmt.Sprintf(", at_most: %d", *r.AtMost)
	}
	return s
}

func (r Ratio) String() string {
	return fmt.Sprintf("ratio: [%s, %s], at_most: %d/%d", r.A, r.B, r.Num, r.Den)
}

func (r Bonus) String() string { return fmt.Sprintf("bonus: %d, all: %s", r.Points, list(r.All)) }

func (s Selector) String() string {
	var parts []string
	if s.HeldBy != "" {
		parts = append(parts, "held_by: "+string(s.HeldBy))
	}
	if s.SoughtBy != "" {
		parts = append(parts, "sought_by: "+string(s.SoughtBy))
	}
	if s.Tag != "" {
		parts = append(parts, "tag: "+s.Tag)
	}
	if s.IDs != nil {
		parts = append(parts, "ids: "+list(s.IDs))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func list(ids []PersonID) string {
	s := make([]string, len(ids))
	for i, id := range ids {
		s[i] = string(id)
	}
	return "[" + strings.Join(s, ", ") + "]"
}
