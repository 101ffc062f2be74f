package handover

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"parley"
	check "parley/internal/digits"
)

// crossing is a plan in which everything that can be refused can be tried: three
// who go together by way of a room in escrow, one who is optional and may go
// elsewhere, one who waits for a third state, and one more who is optional.
func crossing() *Plan {
	return &Plan{
		ID: "crossing", Case: "exercise", Neutral: "aid", Halters: []ActorID{"aid", "east"},
		Actors: []Actor{{ID: "east"}, {ID: "west"}, {ID: "north"}, {ID: "host", Neutral: true}, {ID: "aid", Neutral: true}},
		Places: []Place{
			{ID: "e-start", Under: "east"},
			{ID: "w-start", Under: "west"},
			{ID: "room", Under: "host", Escrow: true},
			{ID: "e-home", Under: "east"},
			{ID: "w-home", Under: "west"},
			{ID: "third", Under: "aid"},
		},
		Entries: []Entry{
			{ID: "many", Heads: 3, From: "east", For: "west", Start: "e-start"},
			{ID: "opt", Heads: 1, From: "east", For: "west", Start: "e-start", Optional: true, Instead: []PlaceID{"third"}},
			{ID: "one", Heads: 1, From: "west", For: "east", Start: "w-start", IfConfirmed: "north"},
			{ID: "extra", Heads: 1, From: "west", For: "east", Start: "w-start", Optional: true},
		},
		Phases: []Phase{{ID: "day", Gates: []Gate{
			{ID: "check", Confirm: []ActorID{"aid"}},
			{ID: "aboard", By: []ActorID{"east"}, Move: []Transfer{{"many", "room"}, {"opt", "room"}}, Needs: []StepID{"check"}, Confirm: []ActorID{"host"}},
			{ID: "go", Needs: []StepID{"aboard"}, Confirm: []ActorID{"east", "west"}, Go: true},
			{ID: "give", By: []ActorID{"host"}, Move: []Transfer{{"many", "w-home"}, {"opt", "w-home"}}, Needs: []StepID{"go"}, Confirm: []ActorID{"west"}},
			{ID: "cross", By: []ActorID{"west"}, Move: []Transfer{{"one", "e-home"}}, Needs: []StepID{"go"}, Confirm: []ActorID{"east"}},
			{ID: "follow", By: []ActorID{"west"}, Move: []Transfer{{"extra", "e-home"}}, Needs: []StepID{"cross"}, Confirm: []ActorID{"east"}},
		}}},
		Instruments: []Instrument{
			{ID: "pardon", Kind: "pardon", Of: []parley.PersonID{"many"}, Confirm: []ActorID{"east"}},
			{ID: "papers", Kind: "travel-papers", Of: []parley.PersonID{"one"}, Confirm: []ActorID{"north"}},
			{ID: "joint", Kind: "third-state-decision", Of: []parley.PersonID{"one"}, Confirm: []ActorID{"north", "west"}},
			{ID: "yes", Kind: "third-state-decision", Of: []parley.PersonID{"one"}, Confirm: []ActorID{"north"}},
		},
	}
}

// acted is a plan after events that must all have effect.
func acted(t *testing.T, p *Plan, events ...Event) *State {
	t.Helper()
	if faults := p.Check(); !Sound(faults) {
		t.Fatal(faults)
	}
	s := p.Start()
	for i, e := range events {
		if err := s.Apply(e); err != nil {
			t.Fatalf("%d: %v", i, err)
		}
	}
	return s
}

func says(by ActorID, of StepID) Event   { return Event{Kind: KindConfirm, By: by, Of: of} }
func starts(by ActorID, of StepID) Event { return Event{Kind: KindBegin, By: by, Of: of} }
func word(id parley.PersonID, w Word) Event {
	return Event{Kind: KindWord, By: "aid", Person: id, Word: w}
}
func halts(by ActorID, n byte) Event { return Event{Kind: KindHalt, By: by, ID: parley.Ref{n}} }
func receipt(by ActorID, items ...Item) Event {
	return Event{Kind: KindReceived, By: by, Items: items}
}

// upTo is the events with which the crossing comes so far.
func upTo(step StepID) []Event {
	all := []Event{
		word("many", Confirmed), word("opt", Confirmed), word("one", Confirmed), word("extra", Confirmed), says("aid", "check"), says("east", "pardon"),
		starts("east", "aboard"), says("host", "aboard"), says("east", "go"), says("west", "go"), starts("host", "give"), says("west", "give"),
		says("north", "papers"), says("north", "joint"), says("west", "joint"), says("north", "yes"), starts("west", "cross"), says("east", "cross"), starts("west", "follow"), says("east", "follow"),
	}
	if i := slices.IndexFunc(all, func(e Event) bool { return e.Of == step }); i >= 0 {
		return slices.Clip(all[:i])
	}
	return all
}

// TestEveryRefusalHasItsReason: what can't be done is refused, each for its own
// reason, and what is refused leaves the state as it was.
func TestEveryRefusalHasItsReason(t *testing.T) {
	left := func(e Event, ids ...parley.PersonID) Event { e.Without = ids; return e }
	to := func(e Event, place PlaceID) Event { e.To = place; return e }
	resume := func(by ActorID, ns ...byte) Event {
		e := Event{Kind: KindResume, By: by}
		for _, n := range ns {
			e.Halts = append(e.Halts, parley.Ref{n})
		}
		return e
	}
	withoutOpt := append(upTo("aboard"), left(starts("east", "aboard"), "opt"), says("host", "aboard"), says("east", "go"), says("west", "go"))
	given := append(upTo("papers"), receipt("west", Item{Entry: "opt", Heads: 1}))
	stopped := append(upTo("go"), halts("aid", 1))
	for _, c := range []struct {
		after []Event
		do    Event
		why   string
	}{
		{nil, says("stranger", "check"), "the plan does not name stranger"},
		{nil, Event{Kind: "sing", By: "east"}, "an event of no known kind"},
		{nil, halts("west", 1), "the plan does not let its author halt"},
		{nil, Event{Kind: KindWord, By: "east", Person: "many", Word: Confirmed}, "only the neutral"},
		{nil, word("nobody", Confirmed), "nobody is not in the plan"},
		{nil, word("many", "perhaps"), "a word of no known kind"},
		{nil, to(word("many", Confirmed), "third"), "the plan does not let many go to third"},
		{nil, to(word("opt", Open), "third"), "the plan does not let opt go to third"},

		{nil, starts("east", "nothing"), `there is no gate "nothing"`},
		{nil, starts("east", "pardon"), `there is no gate "pardon"`},
		{nil, starts("aid", "check"), "nobody moves there"},
		{upTo("check"), starts("east", "aboard"), "check waits for the word of aid"},
		{upTo("aboard"), starts("west", "aboard"), "west does not act there"},
		{upTo("pardon"), starts("east", "aboard"), "pardon waits for the word of east"},
		{append(upTo("aboard"), starts("east", "aboard")), starts("east", "aboard"), "it has begun already"},
		{append(upTo("aboard"), halts("aid", 1)), starts("east", "aboard"), "halted by aid"},
		{upTo("aboard"), left(starts("east", "aboard"), "nobody"), "nobody does not move there"},
		{upTo("aboard"), left(starts("east", "aboard"), "extra"), "extra does not move there"},
		{upTo("aboard"), left(starts("east", "aboard"), "many"), "many is essential and can't be left behind"},
		{append(upTo("aboard"), word("opt", Open)), starts("east", "aboard"), "opt: open"},
		{withoutOpt, starts("host", "give"), "opt was left behind before"},

		{nil, says("east", "nothing"), `there is no gate or instrument "nothing"`},
		{nil, says("east", "check"), "east is not who confirms check"},
		{append(upTo("pardon"), says("east", "pardon")), says("east", "pardon"), "it has confirmed that already"},
		{nil, says("host", "aboard"), "check waits for the word of aid"},
		{upTo("aboard"), says("host", "aboard"), "aboard has not begun"},
		{stopped, says("east", "go"), "halted by aid"},
		{append(upTo("go"), word("many", WillNotTravel)), says("east", "go"), "many is essential and will not travel"},
		{append(upTo("go"), word("many", WillNotTravel), receipt("east", Item{Entry: "many", Returned: true}), word("many", Confirmed)), says("east", "go"), "many is essential and went back"},

		{nil, resume("aid"), "it names no halt"},
		{[]Event{halts("aid", 1)}, resume("aid", 2), "it names no halt that its author had"},
		{[]Event{halts("aid", 1), halts("east", 2)}, resume("aid", 1, 2), "only who halted takes it back"},
		{append(stopped, receipt("east", Item{Entry: "many", Returned: true})), resume("aid", 1), "what follows needs a new plan"},

		{nil, receipt("west"), "it names nobody"},
		{nil, receipt("host", Item{Name: "somebody"}), "somebody who is not in the plan has a name"},
		{nil, receipt("west", Item{}), "somebody who is not in the plan has a name"},
		{nil, receipt("west", Item{Name: "somebody", Returned: true}), "somebody who is not in the plan has a name"},
		{nil, receipt("west", Item{Entry: "nobody"}), "nobody is not in the plan"},
		{upTo("papers"), receipt("west", Item{Entry: "many", Heads: -1}), "-1 of 3 of many"},
		{upTo("papers"), receipt("west", Item{Entry: "many", Heads: 4}), "4 of 3 of many"},
		{given, receipt("west", Item{Entry: "opt"}), "opt was received already"},
		{append(stopped, receipt("east", Item{Entry: "many", Returned: true})), receipt("east", Item{Entry: "many", Returned: true}), "many was received already"},
		{upTo("papers"), receipt("east", Item{Entry: "many"}), "east does not receive many"},
		{upTo("papers"), receipt("aid", Item{Entry: "opt"}), "aid does not receive opt"},
		{upTo("aboard"), receipt("west", Item{Entry: "many"}), "many has not arrived"},
		{append(withoutOpt, left(starts("host", "give"), "opt"), says("west", "give")), receipt("west", Item{Entry: "opt"}), "opt has not arrived"},

		{stopped, receipt("west", Item{Entry: "many", Returned: true}), "many goes back to east"},
		{upTo("go"), receipt("east", Item{Entry: "many", Returned: true}), "the plan has not stopped"},
		{append(upTo("aboard"), halts("aid", 1)), receipt("east", Item{Entry: "many", Returned: true}), "many has not left"},
		{append(upTo("papers"), halts("aid", 1)), receipt("east", Item{Entry: "many", Returned: true}), "many has arrived"},
	} {
		s := acted(t, crossing(), c.after...)
		before := s.story()
		err := s.Apply(c.do)
		if err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s %s by %s: %v, want %s", c.do.Kind, c.do.Of, c.do.By, err, c.why)
		}
		if s.story() != before {
			t.Errorf("%s %s by %s was refused and changed the state", c.do.Kind, c.do.Of, c.do.By)
		}
	}
}

// TestWhatIsNotRefused: beside each refusal, what is done rightly.
func TestWhatIsNotRefused(t *testing.T) {
	elsewhere := word("opt", Confirmed)
	elsewhere.To = "third"
	resume := Event{Kind: KindResume, By: "aid", Halts: []parley.Ref{{1}}}
	s := acted(t, crossing(), append(upTo("papers"), elsewhere, receipt("aid", Item{Entry: "opt"}), halts("aid", 1), resume, receipt("west", Item{Name: "somebody", Heads: 2}))...)
	if at, way := s.Where("opt"); at != "third" || way || s.Destination("opt") != "third" || !s.Received("opt") || s.Received("many") {
		t.Errorf("opt at %s, received %v", at, s.Received("opt"))
	}
	if s = acted(t, crossing(), append(upTo("papers"), receipt("west", Item{Entry: "many"}))...); !s.Received("many") || s.Received("nobody") {
		t.Error("who was received is not, or nobody is")
	}
	s = acted(t, crossing(), append(upTo("go"), word("opt", WillNotTravel), receipt("east", Item{Entry: "opt", Returned: true}))...)
	if at, way := s.Where("opt"); at != "e-start" || way || s.stopped() != "" {
		t.Errorf("one who was optional went back, and is at %s; the plan: %q", at, s.stopped())
	}
	if s = acted(t, crossing(), append(upTo("nothing more"), receipt("west", Item{Entry: "many", Heads: 3}, Item{Entry: "opt"}), receipt("east", Item{Entry: "one"}, Item{Entry: "extra"}))...); s.Ending() != Completed {
		t.Errorf("%q %v", s.Ending(), s.Stop())
	}
}

// TestWhereEverybodyIs, from the start to the receipt; of nobody it says nothing.
func TestWhereEverybodyIs(t *testing.T) {
	for _, c := range []struct {
		after []Event
		at    PlaceID
		way   bool
	}{
		{nil, "e-start", false},
		{append(upTo("aboard"), starts("east", "aboard")), "room", true},
		{upTo("go"), "room", false},
		{append(upTo("give"), starts("host", "give")), "w-home", true},
		{upTo("papers"), "w-home", false},
	} {
		if at, way := acted(t, crossing(), c.after...).Where("many"); at != c.at || way != c.way {
			t.Errorf("after %d events at %s, on the way %v; want %s, %v", len(c.after), at, way, c.at, c.way)
		}
	}
	s := acted(t, crossing())
	if at, way := s.Where("nobody"); at != "" || way {
		t.Errorf("nobody is at %s", at)
	}
	if _, ok := s.Task("nothing"); ok {
		t.Error("there is a task of no step")
	}
}

// TestConditional: an entry waits for the third state until that state alone has
// confirmed its own decision; no other instrument, and no joint one, will do.
func TestConditional(t *testing.T) {
	s := acted(t, crossing(), upTo("yes")...)
	if got := s.Conditional("one"); got != "north" {
		t.Errorf("conditional on %q before the yes", got)
	}
	if task, _ := s.Task("cross"); task.Status != Held || task.Waits != "yes waits for the word of north" {
		t.Errorf("%s: %s", task.Status, task.Waits)
	}
	s = acted(t, crossing(), append(upTo("yes"), says("north", "yes"))...)
	if got := s.Conditional("one"); got != "" {
		t.Errorf("conditional on %q after the yes", got)
	}
	if task, _ := s.Task("cross"); task.Status != Ready {
		t.Errorf("%s: %s", task.Status, task.Waits)
	}
	if s.Conditional("many") != "" || s.Conditional("nobody") != "" {
		t.Error("somebody waits for no state, and is conditional")
	}
	p := crossing()
	p.Instruments = p.Instruments[:3]
	if faults := p.Check(); Sound(faults) || !strings.Contains(fmt.Sprint(faults), "waits for north, and no instrument is its own yes") {
		t.Errorf("%v", faults)
	}
}

// TestWhoIsStillDue: an essential entry that will not travel is due, and so is
// an optional one whose gate has not begun; one that was left behind is not.
func TestWhoIsStillDue(t *testing.T) {
	open := func(events ...Event) int64 {
		t.Helper()
		for _, x := range acted(t, crossing(), events...).Exposures() {
			if x.Side == "east" {
				return x.Open.Heads
			}
		}
		return -1
	}
	all := upTo("nothing more")
	if got := open(append(upTo("papers"), word("one", WillNotTravel), word("extra", WillNotTravel))...); got != 4 {
		t.Errorf("the one is essential and will not travel: %d outstanding, want 4", got)
	}
	if got := open(all[:len(all)-2]...); got != 3 {
		t.Errorf("the extra one is still due: %d outstanding, want 3", got)
	}
	if got := open(append(slices.Clip(all[:len(all)-2]), word("extra", WillNotTravel))...); got != 0 {
		t.Errorf("the extra one will not travel, and nothing is due: %d outstanding, want 0", got)
	}
	stays := starts("west", "follow")
	stays.Without = []parley.PersonID{"extra"}
	if got := open(append(slices.Clip(all[:len(all)-2]), stays)...); got != 0 {
		t.Errorf("the extra one was left behind, and nothing is due: %d outstanding, want 0", got)
	}
}

// TestUnsoundPlansDoNothing: a plan with faults is carried out by nobody; a state
// made of one says no and does not fall over.
func TestUnsoundPlansDoNothing(t *testing.T) {
	p := crossing()
	p.Phases[0].Gates[0].Confirm = nil
	p.Entries = append(p.Entries, Entry{ID: "lost", Heads: 1, From: "east", For: "west", Start: "e-start"})
	s := p.Start()
	if task, _ := s.Task("check"); task.Status == Done {
		t.Error("a gate that nobody confirms is confirmed")
	}
	if why := s.Why(receipt("west", Item{Entry: "lost"})); why != "lost has not arrived" {
		t.Errorf("%q", why)
	}
	for i := range MaxActors {
		p.Actors = append(p.Actors, Actor{ID: ActorID(fmt.Sprint("actor", i)), Neutral: true})
	}
	p.Halters = nil
	if why := p.Start().Why(halts("actor63", 1)); why != "the plan does not name actor63" {
		t.Errorf("one actor too many: %q", why)
	}
}

// TestWhoseReasonHasGone follows the reasons of a plan, and where it gives none,
// the people whom each party receives.
func TestWhoseReasonHasGone(t *testing.T) {
	entry := func(id parley.PersonID, from, to parley.PartyID) Entry { return Entry{ID: id, From: from, For: to} }
	p := &Plan{
		Entries: []Entry{entry("prize", "de", "ru"), entry("reporter", "ru", "us"), entry("spy", "si", "ru"), entry("own", "by", "de"), entry("other", "by", "de")},
		Reasons: []Reason{{Party: "ru", Persons: []parley.PersonID{"prize"}}, {Party: "si", With: []parley.PartyID{"us"}}},
	}
	for _, c := range []struct {
		out  []parley.PersonID
		want string
	}{
		{[]parley.PersonID{"prize"}, "ru: prize is out; us: nobody comes to it any more; si: it was in it with us"},
		{[]parley.PersonID{"reporter"}, "us: nobody comes to it any more; si: it was in it with us"},
		{[]parley.PersonID{"spy"}, ""},
		{[]parley.PersonID{"own"}, ""},
		{[]parley.PersonID{"own", "other"}, "de: nobody comes to it any more; ru: prize was to be released by de; us: nobody comes to it any more; si: it was in it with us"},
		{nil, ""},
	} {
		var got []string
		for _, g := range p.Without(c.out...) {
			got = append(got, string(g.Party)+": "+g.Why)
		}
		slices.Sort(got)
		want := strings.Split(c.want, "; ")
		slices.Sort(want)
		if strings.Join(got, "; ") != strings.Join(want, "; ") {
			t.Errorf("without %v: %q, want %q", c.out, got, want)
		}
	}
}

// TestLatenessInWords in hours, and minutes where there are any.
func TestLatenessInWords(t *testing.T) {
	for by, want := range map[Moment]string{360: "late by 6 h", 90: "late by 1 h 30 min", 5: "late by 0 h 5 min"} {
		if got := (Late{Ready: 1000 + by, Latest: 1000}).String(); !strings.HasSuffix(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestWhatNoPatternIsMadeOf: what is missing is said.
func TestWhatNoPatternIsMadeOf(t *testing.T) {
	round := []Round{{FromA: []parley.PersonID{"a"}, FromB: []parley.PersonID{"b"}}}
	whole := Cast{A: "east", B: "west", Host: "host", Neutral: "aid", Rounds: round}
	for _, c := range []struct {
		pattern string
		change  func(*Cast)
		want    string
	}{
		{"bridge", func(c *Cast) { c.A = "" }, "two parties, a host and a neutral"},
		{"bridge", func(c *Cast) { c.B = "" }, "two parties, a host and a neutral"},
		{"bridge", func(c *Cast) { c.B = "east" }, "two parties, a host and a neutral"},
		{"bridge", func(c *Cast) { c.Host = "" }, "two parties, a host and a neutral"},
		{"bridge", func(c *Cast) { c.Neutral = "" }, "two parties, a host and a neutral"},
		{"bridge", func(c *Cast) { c.Rounds = nil }, "nobody is handed over"},
		{"bridge", func(c *Cast) { c.Rounds = append(c.Rounds, round...) }, "all go at one time"},
		{"daily-phases", func(c *Cast) { c.Rounds = append(c.Rounds, round...) }, ""},
		{"paired-flights", func(c *Cast) { c.Rounds = append(c.Rounds, round...) }, ""},
	} {
		cast := whole
		c.change(&cast)
		_, err := Pattern(c.pattern, cast)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %s", c.pattern, err, c.want)
		}
	}
}

// TestGroupsAlike: only groups that differ in nothing stand for each other in the
// search for an order.
func TestGroupsAlike(t *testing.T) {
	base := func() Load { return newLoad("x", []int64{3, 1}, []int64{1, 3}) }
	for name, change := range map[string]func(*Load){
		"what it waits for":         func(l *Load) { l.After = []int{0} },
		"what it gives":             func(l *Load) { l.Gives = []int64{2, 1} },
		"what it gets":              func(l *Load) { l.Gets = []int64{1, 2} },
		"its peak":                  func(l *Load) { l.Peak = []int64{9, 9} },
		"its peak when it is last":  func(l *Load) { l.PeakLast = []int64{9, 9} },
		"what it waits for, later":  func(l *Load) { l.After = []int{2} },
		"nothing, and one needs it": nil,
		"nothing":                   func(*Load) {},
	} {
		loads := []Load{base(), base(), base()}
		for i := range loads {
			loads[i].ID = fmt.Sprint(i)
		}
		want := name == "nothing"
		if change != nil {
			change(&loads[1])
		} else {
			loads[2].After = []int{1}
		}
		if s := newSearch(loads, 2); (s.alike[1] == 0) != want {
			t.Errorf("groups that differ in %s stand for each other: %v", name, !want)
		}
	}
	loads := []Load{base(), base(), base()}
	for i := range loads {
		loads[i].ID = fmt.Sprint(i)
	}
	loads[2].After = []int{0} // the first is the one that is needed
	if s := newSearch(loads, 2); s.alike[1] == 0 {
		t.Error("a group stands for one that is needed")
	}
}

// TestCodesThatAreNone: too short, too long, letters, digits that don't fit.
func TestCodesThatAreNone(t *testing.T) {
	good := Code([8]byte{1, 2, 3})
	digits, err := ParseCode(strings.ReplaceAll(good, " ", "-"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := Commitment([32]byte{1}, "go", "east", good)
	if err != nil || !Opens(c, [32]byte{1}, "go", "east", digits) {
		t.Fatalf("the code does not open its commitment: %v", err)
	}
	other := string('0'+(digits[0]-'0'+1)%10) + digits[1:]
	letter := "x" + digits[1:CodeDigits] // and its check digits fit
	letter += check.Check(letter)
	for _, bad := range []string{"", digits[1:], digits + "0", "0" + digits, letter, "٠" + digits[2:], other} {
		if _, err := ParseCode(bad); err == nil {
			t.Errorf("%q is taken for a code", bad)
		}
		if _, err := Commitment([32]byte{1}, "go", "east", bad); err == nil {
			t.Errorf("%q is committed to", bad)
		}
		if Opens([32]byte{}, [32]byte{1}, "go", "east", bad) {
			t.Errorf("%q opens what nobody committed to", bad)
		}
	}
}
