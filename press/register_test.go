package press

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"parley"
)

func entered(t testing.TB, text, outlet string) *Entered {
	t.Helper()
	e := NewReader(nil).Read([]byte(text), parley.Date{}).Enter()
	e.Outlet, e.Digest = outlet, fmt.Sprintf("%064x", len(text))
	return e
}

const (
	storyA = "March 14, 2031\n\nJane Smith said there is an offer. “It is serious,” Smith said. A swap is near, a source said.\n"
	storyB = "March 15, 2031\n\nSmith said there is an offer. “It is serious,” Smith said.\n"
	storyC = "March 16, 2031\n\nTom Brown denied that there was an offer.\n"
)

func begun(t testing.TB) []Statement {
	var all []Statement
	for i, text := range []string{storyA, storyB, storyC} {
		s := Statement{Act: Enter, Entered: entered(t, text, fmt.Sprint("paper ", i)), By: "clerk"}
		if err := Check(all, s); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

func TestRepeatsOfOneStoryAreOneSource(t *testing.T) {
	all := begun(t)
	r := NewRegister(all)
	if a, b, c := r.Dispatches[0].Story, r.Dispatches[1].Story, r.Dispatches[2].Story; a != "d1" || b != "d1" || c != "d3" {
		t.Errorf("stories %s %s %s", a, b, c)
	}
	all = append(all, Statement{Act: Supports, A: "d1-c0", B: "d2-c0", By: "clerk"})
	if e, _ := NewRegister(all).Claim("d1-c0"); e.Suggested.Item != "3" {
		t.Errorf("a repeat of its own story bears a claim out: item %s", e.Suggested.Item)
	}
	all = append(all, Statement{Act: SameStory, A: "d3", B: "d2", By: "clerk"})
	if r = NewRegister(all); r.Dispatches[2].Story != "d1" {
		t.Errorf("a story told to be the same is %s", r.Dispatches[2].Story)
	}
	all = append(all, Statement{Act: Undo, Undoes: uint64(len(all)), By: "clerk"}, Statement{Act: Supports, A: "d1-c0", B: "d3-c0", By: "clerk"})
	if e, _ := NewRegister(all).Claim("d1-c0"); e.Suggested.Item != "2" {
		t.Errorf("another story bears it out: item %s", e.Suggested.Item)
	}
}

// TestGradesStayApart: neither grade, nor whether it was said or is true,
// touches another; a speaker's record is proposed for the next claim.
func TestGradesStayApart(t *testing.T) {
	all := begun(t)
	for _, s := range []Statement{
		{Act: Grade, A: "d1-c0", Field: "source", Value: "B", By: "clerk"},
		{Act: Judge, A: "d1-c0", Field: "said", Value: "yes", By: "clerk"},
	} {
		if err := Check(all, s); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	r := NewRegister(all)
	e, _ := r.Claim("d1-c0")
	if e.Grades != (Grades{Source: "B"}) || e.Said != "yes" || e.True != "unknown" || e.Suggested.Item != "3" {
		t.Errorf("%+v", e)
	}
	if next, _ := r.Claim("d1-c1"); next.Speaker != e.Speaker || next.Suggested.Source != "B" || next.Grades.Source != "" {
		t.Errorf("the next claim of %s is proposed %s", next.Speaker, next.Suggested.Source)
	}
	if unnamed, _ := r.Claim("d1-c2"); unnamed.Suggested != (Grades{"F", "6"}) {
		t.Errorf("a source without a name: %+v of class %s", unnamed.Suggested, unnamed.Class)
	}
}

func TestWhatIsRefused(t *testing.T) {
	all := begun(t)
	all = append(all, Statement{Act: Note, By: "clerk", Noted: &Noted{Speaker: "x", Class: Named, About: AFact, Content: "y"}})
	for _, s := range []Statement{
		{Act: Accept, A: "d1-c0"},
		{Act: Accept, A: "d9-c0", By: "clerk"},
		{Act: Accept, A: "n1", By: "clerk"},
		{Act: Grade, A: "d1-c0", Field: "item", Value: "7", By: "clerk"},
		{Act: Grade, A: "d1-c0", Field: "source", Value: "AB", By: "clerk"},
		{Act: Grade, A: "d1-c0", Field: "both", Value: "A", By: "clerk"},
		{Act: Judge, A: "d1-c0", Field: "true", Value: "perhaps", By: "clerk"},
		{Act: Correct, A: "d1-c0", Field: "content", Value: "z", By: "clerk"},
		{Act: Correct, A: "d1-c0", Field: "class", Value: "z", By: "clerk"},
		{Act: Correct, A: "d1-c0", Field: "on", Value: "May", By: "clerk"},
		{Act: Contradict, A: "d1-c0", B: "d1-c0", By: "clerk"},
		{Act: SameStory, A: "d1", B: "d1", By: "clerk"},
		{Act: Enter, By: "clerk"},
		{Act: Note, By: "clerk", Noted: &Noted{Class: Named, About: AFact, Content: "nobody says it"}},
		{Act: Undo, Undoes: 99, By: "clerk"},
		{Act: "merge", A: "d1-c0", By: "clerk"},
	} {
		if Check(all, s) == nil {
			t.Errorf("not refused: %+v", s)
		}
	}
}

// TestUndoLeavesNothing: a statement that is undone leaves the register as if it
// had said nothing, and one whose undoing is undone counts again.
func TestUndoLeavesNothing(t *testing.T) {
	start := begun(t)
	ids := []string{"d1-c0", "d1-c1", "d1-c2", "d2-c0", "d3-c0"}
	rapid.Check(t, func(t *rapid.T) {
		all := append([]Statement(nil), start...)
		for range rapid.IntRange(1, 12).Draw(t, "statements") {
			s := Statement{
				Act: rapid.SampledFrom([]Act{Accept, Reject, Grade, Judge, Correct, Supports, Contradict, SameStory, Undo}).Draw(t, "act"),
				A:   rapid.SampledFrom(ids).Draw(t, "a"), B: rapid.SampledFrom(ids).Draw(t, "b"), By: "clerk",
			}
			switch s.Act {
			case Grade:
				s.Field, s.Value = "item", rapid.SampledFrom([]string{"1", "4"}).Draw(t, "grade")
			case Judge:
				s.Field, s.Value = "true", rapid.SampledFrom([]string{"yes", "no"}).Draw(t, "true")
			case Correct:
				s.Field, s.Value = "side", "x"
			case SameStory:
				s.A, s.B = "d1", "d3"
			case Undo:
				s.Undoes = uint64(rapid.IntRange(1, len(all)).Draw(t, "undoes"))
			}
			if Check(all, s) == nil {
				all = append(all, s)
			}
		}
		before := plain(NewRegister(all))
		extra := Statement{Act: Correct, A: "d1-c0", Field: "speaker", Value: "somebody else", By: "clerk"}
		n := uint64(len(all) + 1)
		undone := append(all, extra, Statement{Act: Undo, Undoes: n, By: "clerk"})
		if after := plain(NewRegister(undone)); !reflect.DeepEqual(before, after) {
			t.Fatalf("an undone statement left something:\n%s\n%s", before, after)
		}
		again := append(undone, Statement{Act: Undo, Undoes: n + 1, By: "clerk"})
		if e, ok := NewRegister(again).Claim("d1-c0"); ok && e.Speaker != "somebody else" {
			t.Fatalf("an undoing that is undone still counts")
		}
	})
}

func plain(r *Register) string {
	out, _ := json.Marshal([]any{r.Dispatches, r.Claims, r.Events})
	return string(out)
}

// TestExportsCarryNoText: no sentence of a dispatch stands in an export, nor a
// rejected claim, nor a private one.
func TestExportsCarryNoText(t *testing.T) {
	text := string(fixture(t, "dispatch.txt"))
	all := []Statement{{Act: Enter, Entered: entered(t, text, "Lakeside"), By: "clerk"}}
	all = append(all,
		Statement{Act: Note, By: "clerk", Noted: &Noted{Speaker: "x", Class: Named, About: AFact, Content: "in a corridor", Private: true}},
		Statement{Act: Reject, A: "d1-c3", By: "clerk"})
	out, err := json.Marshal(NewRegister(all).Export(ExportOptions{Proposed: true}))
	if err != nil {
		t.Fatal(err)
	}
	x := string(out)
	words := strings.Fields(text)
	for i := 0; i+7 < len(words); i++ {
		if run := strings.Join(words[i:i+7], " "); strings.Contains(x, run) && !strings.Contains(x, `"source":"`+run) && !inSource(NewRegister(all), run) {
			t.Errorf("an export has %q", run)
		}
	}
	if strings.Contains(x, "in a corridor") || strings.Contains(x, `"id":"d1-c3"`) || !strings.Contains(x, `"id":"d1-c0"`) {
		t.Errorf("an export has what it should not, or lacks what it should have")
	}
}

// inSource tells whether a run of words belongs to how a source is named.
func inSource(r *Register, run string) bool {
	for _, e := range r.Claims {
		if strings.Contains(e.Source, run) || strings.Contains(e.Speaker, run) {
			return true
		}
	}
	return false
}
