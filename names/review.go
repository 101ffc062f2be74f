package names

import "fmt"

// Decisions are what was decided about the pairs of two lists. They are folded from
// statements of the acts Hold, Tell, LeaveOpen and Undo, in which A is a row of
// the first list and B one of the second.
type Decisions struct {
	Statements []Statement
	counts     map[[2]string]Statement // the statement that counts, by pair
	sameA      map[string]string
	sameB      map[string]string
}

// NewDecisions folds the statements of a review.
func NewDecisions(all []Statement) *Decisions {
	r := &Decisions{Statements: all, counts: map[[2]string]Statement{}, sameA: map[string]string{}, sameB: map[string]string{}}
	off := undone(all)
	for i, s := range all {
		if s.Act != Undo && !off[uint64(i+1)] {
			r.counts[[2]string{s.A, s.B}] = s
		}
	}
	for pair, s := range r.counts {
		if s.Act == Hold {
			r.sameA[pair[0]], r.sameB[pair[1]] = pair[1], pair[0]
		}
	}
	return r
}

// Of gives what was decided about a pair; false where nothing was.
func (r *Decisions) Of(a, b string) (Statement, bool) {
	s, ok := r.counts[[2]string{a, b}]
	return s, ok
}

// Count tells how many pairs stand decided by an act.
func (r *Decisions) Count(act Act) int {
	n := 0
	for _, s := range r.counts {
		if s.Act == act {
			n++
		}
	}
	return n
}

// Check reports what is wrong with the next statement of a review. copies tells
// whether two rows of one list were proposed as copies: only these may be one
// person with the same row.
func (r *Decisions) Check(s Statement, copies func(x, y string) bool) error {
	switch s.Act {
	case Undo:
		return checkUndo(r.Statements, s)
	case Tell, LeaveOpen:
		return nil
	case Hold:
	default:
		return fmt.Errorf("no act %q in a review", s.Act)
	}
	if b, ok := r.sameA[s.A]; ok && b != s.B && !copies(b, s.B) {
		return fmt.Errorf("row %s of A is held to be row %s of B already: undo that first", s.A, b)
	}
	if a, ok := r.sameB[s.B]; ok && a != s.A && !copies(a, s.A) {
		return fmt.Errorf("row %s of B is held to be row %s of A already: undo that first", s.B, a)
	}
	return nil
}

// CheckDecisions reports the first of a file's statements that no review could
// have made.
func CheckDecisions(all []Statement) error {
	for i, s := range all {
		switch {
		case s.By == "":
			return fmt.Errorf("statement %d: nobody says so", i+1)
		case s.Act == Undo:
			if s.Undoes == 0 || s.Undoes > uint64(i) {
				return fmt.Errorf("statement %d undoes none before it", i+1)
			}
		case s.Act != Hold && s.Act != Tell && s.Act != LeaveOpen:
			return fmt.Errorf("statement %d: no act %q in a review", i+1, s.Act)
		case s.A == "" || s.B == "":
			return fmt.Errorf("statement %d is about no pair", i+1)
		}
	}
	return nil
}

// Last is the number of the latest statement that counts and isn't an undo; 0
// for none.
func (r *Decisions) Last() uint64 {
	off := undone(r.Statements)
	for i := len(r.Statements); i > 0; i-- {
		if r.Statements[i-1].Act != Undo && !off[uint64(i)] {
			return uint64(i)
		}
	}
	return 0
}

// NumberOf is the number of the statement that counts about a pair; 0 for none.
func (r *Decisions) NumberOf(a, b string) uint64 {
	off := undone(r.Statements)
	for i := len(r.Statements); i > 0; i-- {
		if s := r.Statements[i-1]; s.Act != Undo && s.A == a && s.B == b && !off[uint64(i)] {
			return uint64(i)
		}
	}
	return 0
}
