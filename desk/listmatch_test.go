package desk_test

import (
	"errors"
	"testing"

	"parley/desk"
	"parley/names"
)

const (
	listA = "id,name,born\na1,Петро Іванович Коваль,1990-05-01\na2,Олена Бондар,1985\na3,Nobody Else,1970\n"
	listB = "id,name,born\nb1,Petro Ivanovych Koval,1990-05-01\nb2,Olena Bondar,1985-03-02\nb3,Петр Коваль,\n"
)

// TestListsLieOnTheDesk: two lists, what was found and every decision are there
// again after the desk was closed; what is undone is undone; other lists have
// their own decisions, and the first find theirs again.
func TestListsLieOnTheDesk(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	d := w.east
	if r, err := d.Reviewed(ctx); r != nil || err != nil {
		t.Fatalf("%v %v", r, err)
	}
	if err := d.DecideMatch(ctx, names.Statement{}); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("decided about no lists: %v", err)
	}
	keep := func(a, b string) {
		t.Helper()
		c, err := desk.CompareLists(ctx, "ours.csv", []byte(a), "theirs.csv", []byte(b))
		w.check(err)
		w.check(d.KeepCompared(ctx, c))
	}
	if _, err := desk.CompareLists(ctx, "a", []byte("x"), "b", []byte(listB)); !errors.Is(err, desk.ErrInput) {
		t.Errorf("no list was read: %v", err)
	}
	keep(listA, listB)
	decide := func(s names.Statement) error { s.By = "envoy"; return d.DecideMatch(ctx, s) }
	w.check(decide(names.Statement{Act: names.Hold, A: "a1", B: "b1", Reasons: []string{"the same day"}}))
	for what, s := range map[string]names.Statement{
		"two for one":  {Act: names.Hold, A: "a1", B: "b2"},
		"nothing done": {Act: names.Undo, Undoes: 9},
		"no pair":      {Act: names.Tell},
		"no such act":  {Act: names.Enter, A: "a1", B: "b1"},
	} {
		if err := decide(s); !errors.Is(err, desk.ErrInput) {
			t.Errorf("%s: %v", what, err)
		}
	}
	w.check(decide(names.Statement{Act: names.Tell, A: "a2", B: "b2"}))
	w.check(decide(names.Statement{Act: names.Undo, Undoes: 2}))

	w.check(d.Rehearsal().DecideMatch(ctx, names.Statement{Act: names.LeaveOpen, A: "a2", B: "b2", By: "envoy"}))
	check := func(same, statements int) {
		t.Helper()
		r, err := d.Reviewed(ctx)
		w.check(err)
		if r.Decisions.Count(names.Hold) != same || len(r.Decisions.Statements) != statements || len(r.Found.Matches) == 0 || len(r.A.Records) != 3 {
			t.Errorf("%d same of %d statements, want %d of %d", r.Decisions.Count(names.Hold), len(r.Decisions.Statements), same, statements)
		}
	}
	check(1, 3)
	keep(listA, listB+"b4,Somebody,\n")
	check(0, 0)
	keep(listA, listB)
	check(1, 3)
}
