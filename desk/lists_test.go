package desk_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"parley"
	"parley/desk"
	"parley/names"
)

func records(n int) (out []names.Record) {
	for i := range n {
		out = append(out, names.Record{ID: fmt.Sprintf("n%04d", i+1), Row: i + 1, Name: fmt.Sprintf("أحمد علي صالح %d", i+1), Father: "علي", Born: parley.Date{Year: 1980 + i%30}})
	}
	return out
}

// answersTo codes the first names of a list, so many of each.
func answersTo(list parley.PartyID, counts ...any) (out []parley.NameAnswer) {
	for i := 0; i < len(counts); i += 2 {
		for range counts[i].(int) {
			a := parley.NameAnswer{Name: parley.NameID{List: list, ID: fmt.Sprintf("n%04d", len(out)+1)}, Code: counts[i+1].(parley.Code)}
			if a.Code == parley.CodeDuplicate {
				a.Of = "n0001"
			}
			out = append(out, a)
		}
	}
	return out
}

// TestYemen2019OverTheRelay replays the exchange of lists of February 2019:
// 9,500 names of the government (the west), of which Ansar Allah (the east)
// accepts 3,600, and 7,500 of Ansar Allah, of which the government accounts for a
// tenth. The names are made up; how the rest divides was not published.
func TestYemen2019OverTheRelay(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	must := func(ref parley.Ref, err error) parley.Ref {
		t.Helper()
		w.check(err)
		return ref
	}
	must(w.west.SendList(ctx, records(9500), desk.ListTerms{Due: parley.Date{Year: 2026, Month: 2, Day: 1}, Text: "our list"}))
	w.meet()
	must(w.east.SendList(ctx, records(7500), desk.ListTerms{Round: "last"}))
	gov := answersTo("west", 3600, parley.CodeHeld, 1800, parley.CodeNeverHeld, 900, parley.CodeDuplicate, 1400, parley.CodeReleased, 1100, parley.CodeInsufficient, 700, parley.CodeNoAnswer)
	must(w.east.ReplyToList(ctx, "last", parley.ReplyMove{Answers: gov}))
	w.meet()
	must(w.west.ReplyToList(ctx, "last", parley.ReplyMove{Final: true, Answers: answersTo("east", 750, parley.CodeHeld, 5250, parley.CodeHeldByAlly, 1500, parley.CodeNotHeld)}))
	must(w.west.CommentOnList(ctx, "last", []parley.Remark{{Name: parley.NameID{List: "west", ID: "n9500"}, Text: "seen alive by a released man"}}))
	w.meet()
	must(w.east.ReplyToList(ctx, "last", parley.ReplyMove{Final: true, Answers: slices.Delete(slices.Clone(gov), 4711, 4712)}))
	var none *desk.NoEffect
	if _, err := w.east.PutFinalList(ctx, "last", nil, parley.Date{}, ""); !errors.As(err, &none) || !strings.Contains(err.Error(), "1 names have no final code yet, the first is west/n4712") {
		t.Fatalf("a code is missing: %v", err)
	}
	must(w.east.ReplyToList(ctx, "last", parley.ReplyMove{Final: true, Answers: gov[4711:4712]}))
	must(w.east.PutFinalList(ctx, "last", nil, parley.Date{}, ""))
	w.meet()
	must(w.west.SignList(ctx, "last", false, ""))
	w.meet()
	must(w.east.SignList(ctx, "last", false, ""))
	w.meet()

	var seen []desk.RoundView
	for _, d := range []*desk.Desk{w.east, w.west} {
		all, err := d.ListRounds(ctx)
		w.check(err)
		v := all[0]
		seen = append(seen, v)
		gov := v.Totals["west"]
		if gov[parley.CodeHeld] != 3600 || gov[parley.CodeNeverHeld]+gov[parley.CodeDuplicate]+gov[parley.CodeReleased] != 4100 || sum(gov) != 9500 || sum(v.Totals["east"]) != 7500 {
			t.Errorf("totals %v", v.Totals)
		}
		if l := v.Finals[0]; l.Status != parley.FinalSigned || l.Names != 4350 {
			t.Errorf("%+v", l)
		}
		if len(v.Due) != 1 || !v.Due[0].Past {
			t.Errorf("the missed day: %v", v.Due)
		}
	}
	if seen[0].Finals[0].Digest != seen[1].Finals[0].Digest || seen[0].Lists[1] != seen[1].Lists[1] {
		t.Error("the sides see other digests")
	}
	if v := seen[0].Lists[1]; v.Digest != names.DigestOfList(records(9500)).String() {
		t.Error("the list on the channel has another digest than on paper")
	}
	final, rows, err := w.west.ShowFinalList(ctx, "last")
	w.check(err)
	if len(rows) != final.Names || rows[0].Holder != "east" {
		t.Errorf("%d rows, %+v", len(rows), rows[0])
	}
	// The names are locked: no second list may hold them.
	must(w.west.SendList(ctx, records(2), desk.ListTerms{}))
	w.meet()
	must(w.east.SendList(ctx, []names.Record{{ID: "x", Name: "X"}}, desk.ListTerms{Round: "last"}))
	must(w.east.ReplyToList(ctx, "last", parley.ReplyMove{Final: true, Answers: answersTo("west", 2, parley.CodeHeld)}))
	w.meet()
	must(w.west.ReplyToList(ctx, "last", parley.ReplyMove{Final: true, Answers: []parley.NameAnswer{{Name: parley.NameID{List: "east", ID: "x"}, Code: parley.CodeNotHeld}}}))
	must(w.west.PutFinalList(ctx, "last", nil, parley.Date{}, ""))
	w.meet()
	if _, err := w.west.SignList(ctx, "last", false, ""); err == nil || !strings.Contains(err.Error(), "stands on a final list that its side has signed") {
		t.Errorf("a name was signed for twice: %v", err)
	}
	must(w.west.SignList(ctx, "last", true, "they are on the other list"))
}

func sum(m map[parley.Code]int) (n int) {
	for v := range maps.Values(m) {
		n += v
	}
	return n
}

// TestClassesAreTestedAlike: both desks give the same answer for the same
// record, from the rule that the opening list carries, and a disputed class
// blocks only its entry.
func TestClassesAreTestedAlike(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	list := []names.Record{
		{ID: "1", Name: "Ivan", Born: parley.Date{Year: 2001}, Rank: "Private"},
		{ID: "2", Name: "Petro", Born: parley.Date{Year: 2000}, Rank: "colonel"},
		{ID: "3", Name: "Olena", Born: parley.Date{Year: 1990, Month: 1, Day: 1}},
	}
	classes := []parley.Class{
		{Name: "young", Below: 25, On: parley.Date{Year: 2025, Month: 6, Day: 2}},
		{Name: "men", Ranks: []string{"private", "sergeant"}},
		{Name: "wounded", Listed: []parley.NameID{{List: "west", ID: "3"}}},
	}
	_, err := w.west.SendList(ctx, list, desk.ListTerms{Classes: classes})
	w.check(err)
	w.meet()
	_, err = w.east.SendList(ctx, []names.Record{{ID: "a", Name: "A"}}, desk.ListTerms{Round: "last"})
	w.check(err)
	w.meet()
	want := map[string]map[string]names.Membership{
		"1": {"young": names.Member, "men": names.Member, "wounded": names.NotMember},
		"2": {"young": names.NotKnown, "men": names.NotMember, "wounded": names.NotMember},
		"3": {"young": names.NotMember, "men": names.NotKnown, "wounded": names.Member},
	}
	for _, d := range []*desk.Desk{w.east, w.west} {
		_, rows, err := d.ListRound(ctx, "last")
		w.check(err)
		for _, r := range rows {
			if r.List == "west" && !maps.Equal(r.Classes, want[r.ID]) {
				t.Errorf("%s: %v, want %v", r.ID, r.Classes, want[r.ID])
			}
		}
	}
	claim := func(d *desk.Desk, member bool) {
		_, err := d.CommentOnList(ctx, "last", []parley.Remark{{Name: parley.NameID{List: "west", ID: "2"}, Class: "young", Member: member}})
		w.check(err)
	}
	claim(w.west, true)
	claim(w.east, false)
	_, err = w.east.ReplyToList(ctx, "last", parley.ReplyMove{Final: true, Answers: []parley.NameAnswer{
		{Name: parley.NameID{List: "west", ID: "1"}, Code: parley.CodeHeld}, {Name: parley.NameID{List: "west", ID: "2"}, Code: parley.CodeHeld}, {Name: parley.NameID{List: "west", ID: "3"}, Code: parley.CodeDead},
	}})
	w.check(err)
	w.meet()
	_, err = w.west.ReplyToList(ctx, "last", parley.ReplyMove{Final: true, Answers: []parley.NameAnswer{{Name: parley.NameID{List: "east", ID: "a"}, Code: parley.CodeNotHeld}}})
	w.check(err)
	if _, err := w.west.PutFinalList(ctx, "last", []parley.NameID{{List: "west", ID: "1"}, {List: "west", ID: "2"}}, parley.Date{}, ""); err == nil || !strings.Contains(err.Error(), "west/2 is disputed: young") {
		t.Error(err)
	}
	_, err = w.west.PutFinalList(ctx, "last", nil, parley.Date{}, "")
	w.check(err)
	if v, _, err := w.west.ListRound(ctx, "last"); err != nil || v.Finals[0].Names != 1 || v.Disputed != 1 {
		t.Errorf("%+v %v", v, err)
	}
}

// TestTheBriefStopsASignature: a person of the case whom a red line keeps is not
// signed for on a list either.
func TestTheBriefStopsASignature(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	_, err := w.east.KeepBrief(ctx, "brief.yaml", []byte("{parley: brief/1, case: swap, party: east, walk_away: -9, rules: [{forbid: [peter]}]}"))
	w.check(err)
	_, err = w.west.SendList(ctx, []names.Record{{ID: "1", Name: "Pyotr Savelyev"}}, desk.ListTerms{})
	w.check(err)
	w.meet()
	_, err = w.east.SendList(ctx, []names.Record{{ID: "a", Name: "A"}}, desk.ListTerms{Round: "last"})
	w.check(err)
	_, err = w.east.ReplyToList(ctx, "last", parley.ReplyMove{Final: true, Answers: []parley.NameAnswer{{Name: parley.NameID{List: "west", ID: "1"}, Code: parley.CodeHeld, Of: "peter"}}})
	w.check(err)
	w.meet()
	_, err = w.west.ReplyToList(ctx, "last", parley.ReplyMove{Final: true, Answers: []parley.NameAnswer{{Name: parley.NameID{List: "east", ID: "a"}, Code: parley.CodeNotHeld}}})
	w.check(err)
	_, err = w.west.PutFinalList(ctx, "last", nil, parley.Date{}, "")
	w.check(err)
	w.meet()
	if _, err := w.east.SignList(ctx, "last", false, ""); !errors.Is(err, desk.ErrRefused) {
		t.Errorf("signed over a red line: %v", err)
	}
	_, err = w.east.SignList(ctx, "last", true, "")
	w.check(err)
}
