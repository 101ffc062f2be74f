package handover

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"parley"
)

// TestTheReportHidesNothing carries the crossing out badly in every way at once:
// fewer came of a group, somebody came in another's place, somebody was not in the
// plan, somebody is on the way, and published figures are wrong.
func TestTheReportHidesNothing(t *testing.T) {
	p := crossing()
	for i := range p.Entries {
		p.Entries[i].Units = int64(30 * (i + 1))
	}
	p.Duties = []Duty{{ID: "ban", Who: "extra", Text: "stays away", Until: parley.Date{Year: 2030, Month: 1, Day: 2}, Watches: "host", Breach: "arrest"}}
	p.Instruments[0].Duties = []Duty{{ID: "report", Text: "reports monthly"}}
	p.Instruments[3].Duties = []Duty{{ID: "never", Text: "is not done"}}
	p.Printed = []Printed{
		{Source: "press", What: "agreed", Total: 6, Parts: []int64{3, 2, 1}},
		{Source: "radio", What: "agreed", Total: 7, Parts: []int64{3, 3}},
		{Source: "paper", What: "executed", Total: 2},
		{Source: "site", What: "executed-and-added", Total: 9},
		{Source: "post", Total: 99},
	}
	s := acted(t, p, append(upTo("papers"),
		receipt("west", Item{Entry: "many", Heads: 2, Identity: "checked"}, Item{Entry: "opt", Name: "somebody else", Instead: true}, Item{Name: "a child", Note: "in arms"}),
		says("north", "papers"), says("north", "joint"), says("west", "joint"))...)
	r := s.Report()
	check := func(what string, got, want any) {
		t.Helper()
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	check("agreed", r.Total.Agreed, Amount{6, 300})
	check("executed", r.Total.Executed, Amount{2, 20})
	check("added", r.Total.Added, 1)
	check("short", r.Short, []Short{{"many", 3, 2}})
	check("missing", r.Missing, []parley.PersonID{"opt", "one", "extra"})
	check("added lines", r.AddedLines, []string{"a child (1), received by west"})
	check("substitutions", r.InsteadLines, []string{"somebody else came in place of opt"})
	check("duties", strings.Join(r.DutyLines, "\n"), "extra: stays away, until 2030-01-02; watched by host; breach: arrest\nreports monthly")
	check("contradicted", r.Contradicted, []Contradiction{
		{"radio", "prints 7, and its own parts add up to 6"},
		{"radio", "prints 7 for what is agreed, and we count 6"},
		{"site", "prints 9 for what is executed-and-added, and we count 3"},
	})
	check("lines", r.Lines, []Direction{
		{For: "west", Added: 1},
		{From: "east", For: "west", Agreed: Amount{4, 90}, Executed: Amount{2, 20}},
		{From: "west", For: "east", Agreed: Amount{2, 210}},
	})
	check("receipts", len(s.Receipts()), 3)
}

// TestWhoseIdentityNobodyTested: of remains only a test says whose they are, and
// of the living at least somebody who has looked.
func TestWhoseIdentityNobodyTested(t *testing.T) {
	for _, c := range []struct {
		remains             bool
		identity            string
		unproven, unchecked int
	}{
		{false, "claimed", 0, 1},
		{false, "checked", 0, 0},
		{false, "tested", 0, 0},
		{true, "claimed", 1, 0},
		{true, "checked", 1, 0},
		{true, "tested", 0, 0},
		{false, "a word of no known kind", 0, 1},
		{true, "a word of no known kind", 1, 0},
	} {
		p := crossing()
		p.Entries[1].Remains = c.remains
		r := acted(t, p, append(upTo("papers"), receipt("west", Item{Entry: "opt", Identity: c.identity}))...).Report()
		if len(r.Unproven) != c.unproven || len(r.Unchecked) != c.unchecked {
			t.Errorf("remains %v, %s: unproven %v, unchecked %v", c.remains, c.identity, r.Unproven, r.Unchecked)
		}
		if !slices.Contains(r.Departed, "many") {
			t.Errorf("many left without a receipt, and is not departed: %v", r.Departed)
		}
	}
}

// TestWhyItStandsStill: who halted, and in which words; who will not travel; whose
// word is missing, and by what it would be shown.
func TestWhyItStandsStill(t *testing.T) {
	p := crossing()
	p.Phases[0].Gates[0].Evidence = "a list, signed"
	says := func(want string, events ...Event) {
		t.Helper()
		if got := strings.Join(acted(t, p, events...).Stop(), "\n"); !strings.Contains(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
	says("check waits for the word of aid (a list, signed)")
	halt := halts("aid", 1)
	says("halted by aid", halt)
	halt.Text = "fog"
	says("halted by aid: fog", halt)
	says("many is essential and will not travel", word("many", WillNotTravel))
	says("aboard is held: many: open", append(upTo("aboard"), word("many", Open))...)
	says("aboard is ready and has not begun", upTo("aboard")...)
	if got := acted(t, p, upTo("nothing more")...).Stop(); len(got) != 0 {
		t.Errorf("all is done, and it stops: %q", got)
	}
}

// TestWhatIsAskedOfNobody: of who is not in a plan, nothing is known.
func TestWhatIsAskedOfNobody(t *testing.T) {
	p := crossing()
	elsewhere := word("opt", Confirmed)
	elsewhere.To = "third"
	s := acted(t, p, elsewhere, word("many", WillNotTravel))
	for id, want := range map[parley.PersonID][3]string{
		"opt":    {string(Confirmed), "third", "w-home"},
		"many":   {string(WillNotTravel), "w-home", "w-home"},
		"extra":  {string(Open), "e-home", "e-home"},
		"nobody": {string(Open), "", ""},
	} {
		if got := [3]string{string(s.WordOf(id)), string(s.Destination(id)), string(s.Planned(id))}; got != want {
			t.Errorf("%s: %v, want %v", id, got, want)
		}
	}
	if e, ok := p.Entry("opt"); !ok || e.From != "east" {
		t.Errorf("%+v", e)
	}
	if e, ok := p.Entry("nobody"); ok {
		t.Errorf("%+v", e)
	}
	if got := fmt.Sprint(p.Parties()); got != "[east north west]" {
		t.Errorf("who adopts it: %s", got)
	}
}

// TestMoments to the minute, in UTC whatever the clock's own zone.
func TestMoments(t *testing.T) {
	at := time.Date(2022, 12, 8, 16, 59, 59, 0, time.FixedZone("", 4*3600))
	text, err := json.Marshal([]Moment{MomentOf(at), 0})
	if err != nil || string(text) != `["2022-12-08 12:59Z",""]` {
		t.Errorf("%s, %v", text, err)
	}
}

// TestAnInterviewIsInNoLog, and in no binary encoding.
func TestAnInterviewIsInNoLog(t *testing.T) {
	var log strings.Builder
	i := Interview{Person: "marked", Reason: "marked"}
	slog.New(slog.NewTextHandler(&log, nil)).Info("asked", "interview", i)
	if strings.Contains(log.String(), "marked") || !strings.Contains(log.String(), HiddenInterview) {
		t.Error(log.String())
	}
	if out, err := i.MarshalBinary(); err == nil || len(out) > 0 {
		t.Errorf("encoded: %q", out)
	}
}
