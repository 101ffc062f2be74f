package web

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"parley/desk"
	"parley/handover"
)

const walk = `parley: plan/1
id: walk
case: swap
title: Across the bridge
places: {east-end: {under: east}, west-end: {under: west}}
entries: {alma: {start: west-end}, huda: {start: west-end}, peter: {start: east-end}}
phases:
  - id: day
    gates:
      - {id: identity, do: check who is there, confirm: [east, west], evidence: the list against the people, go: true}
      - {id: cross, do: walk, by: [east, west], move: {alma: east-end, huda: east-end, peter: west-end}, needs: [identity], confirm: [east, west]}
`

// plan puts a plan for the handover in force.
func (w *world) plan(t testing.TB) {
	t.Helper()
	w.east.with(func(k *desk.Desk) error {
		_, err := k.ProposePlan(t.Context(), "plan.yaml", []byte(walk), "", "")
		return err
	})
	w.meet()
	for _, s := range []*seatedDesk{w.east, w.west} {
		s.with(func(k *desk.Desk) error {
			_, err := k.AdoptPlan(t.Context(), "last")
			return err
		})
	}
	w.meet()
}

const walkWithNeutral = `parley: plan/1
id: walk
case: swap
title: Across the bridge
neutrals: {cross: {name: Cross}}
neutral: cross
places: {east-end: {under: east}, west-end: {under: west}}
entries: {alma: {start: west-end}, huda: {start: west-end, optional: true}, peter: {start: east-end}}
phases:
  - id: day
    gates:
      - {id: identity, do: check who is there, confirm: [east, west], evidence: the list against the people, go: true}
      - {id: cross, do: walk, by: [east, west], move: {alma: east-end, huda: east-end, peter: west-end}, needs: [identity], confirm: [east, west]}
`

// TestHandoverInTheBrowser carries a plan out by forms alone, at three desks: it is
// written by a pattern, looked at, put forward, adopted; the neutral keeps
// interviews and says one word; gates are confirmed and begun, one by a code that
// was read over the telephone; it is halted and resumed; and receipts are given.
func TestHandoverInTheBrowser(t *testing.T) {
	w := apart(t)
	cross := w.neutral("Cross")
	w.found(cross)
	east, west, neutral := w.east.client(), w.west.client(), cross.client()

	pattern := url.Values{"pattern": {"bridge"}, "a": {"west"}, "b": {"east"}, "host": {"cross"}, "neutral": {"cross"}, "rounds": {"alma, peter"}}
	drawn := string(east.saved(east.post("/handover/pattern", pattern, nil)))
	if !strings.Contains(drawn, `"plan/1"`) || !strings.Contains(drawn, "alma") {
		t.Errorf("by the pattern: %s", drawn)
	}
	pattern.Set("rounds", "alma, nobody")
	east.refuses("/handover/pattern", pattern, nil, "no person")
	page := east.post("/handover/study", url.Values{"out": {"peter"}}, map[string][]byte{"file": []byte(walkWithNeutral)})
	for _, want := range []string{"At the worst for", "Outstanding while", "has no reason left"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the plan was looked at without %q: %d", want, page.status)
		}
	}
	east.refuses("/handover/study", nil, nil, `id="study-file-error"`)
	east.refuses("/handover/propose", nil, map[string][]byte{"file": []byte("x")}, "parley")
	east.does("/handover/propose", nil, map[string][]byte{"file": []byte(walkWithNeutral)}, "waits for the next sync")
	w.meet()
	plan := w.handover(w.east).Digest
	for _, c := range []*client{east, west} {
		c.refuses("/handover/adopt", nil, nil, "must be filled in")
		c.does("/handover/adopt", url.Values{"plan": {plan}}, nil, "Adopted")
	}
	w.meet()
	if !w.handover(w.east).InForce {
		t.Fatal("the plan is not in force")
	}

	// The neutral.
	talk := url.Values{"who": {"huda"}, "on": {"2026-03-02"}, "included": {"no"}, "reason": {"HER-REASON"}}
	if page := neutral.post("/handover/interviews/keep", talk, nil); !strings.Contains(page.body, "HER-REASON") || w.handover(cross).Entries[1].Word != "open" {
		t.Errorf("an interview that was only tried: %d", page.status)
	}
	neutral.does("/handover/interviews/keep", talk, nil, "will not travel")
	for _, id := range []string{"alma", "peter"} {
		yes := url.Values{"who": {id}, "on": {"2026-03-02"}, "included": {"yes"}, "instrument": {"yes"}, "destination": {"yes"}, "safe": {"yes"}}
		neutral.does("/handover/interviews/keep", yes, nil, "confirmed")
	}
	east.refuses("/handover/interviews/keep", talk, nil, "")
	w.meet()
	if page := neutral.get("/handover/interviews").body; strings.Contains(page, "HER-REASON") || !strings.Contains(page, "Asked on") || strings.Contains(page, `id="say"`) {
		t.Error("the neutral's page does not tell when somebody was asked, or tells why")
	}
	for _, c := range []*client{east, west} {
		if page := c.get("/handover").body; !strings.Contains(page, "will not travel") {
			t.Error("the sides do not see the one word")
		}
		for _, p := range pages() {
			if page := c.get(strings.ReplaceAll(p.path, "{id}", "huda")); strings.Contains(page.body, "HER-REASON") {
				t.Errorf("%s shows a side why somebody stays", p.name)
			}
		}
	}

	// The gates.
	codes := west.does("/handover/codes", nil, nil, "kept nowhere")
	code := regexp.MustCompile(`<dt>([\d ]{18,})</dt><dd><bdi>identity`).FindStringSubmatch(codes.body)
	if code == nil {
		t.Fatalf("no codes: %s", codes.body)
	}
	east.does("/handover/confirm", url.Values{"of": {"identity"}}, nil, "Confirmed")
	w.meet()
	east.refuses("/handover/heard", url.Values{"code": {"111111 111111 111111"}}, nil, "code")
	east.does("/handover/heard", url.Values{"code": {code[1]}, "text": {"the envoy called"}}, nil, "On record")
	west.does("/handover/halt", url.Values{"text": {"fog"}}, nil, "Halted")
	w.meet()
	east.refuses("/handover/begin", url.Values{"of": {"cross"}}, nil, "")
	west.does("/handover/resume", nil, nil, "Taken back")
	w.meet()
	east.does("/handover/begin", url.Values{"of": {"cross"}, "without": {"huda"}}, nil, "Begun")
	w.meet()
	for _, c := range []*client{east, west} {
		c.does("/handover/confirm", url.Values{"of": {"cross"}}, nil, "Confirmed")
	}
	w.meet()
	east.refuses("/handover/receipt", url.Values{"who": {"alma"}, "identity": {"checked"}, "came.heads.alma": {"many"}}, nil, "a whole number")
	east.refuses("/handover/receipt", url.Values{"identity": {"checked"}, "added": {"a dog=x"}}, nil, "NAME")
	east.does("/handover/receipt", url.Values{"who": {"alma"}, "identity": {"tested"}, "added": {"a nurse=1"}}, nil, "next sync")
	west.does("/handover/receipt", url.Values{"who": {"peter"}, "identity": {"checked"}}, nil, "next sync")
	w.meet()
	if r := w.handover(w.west).Report; r.Total.Executed.Heads != 2 || len(r.Dropped) != 1 || len(r.AddedLines) != 1 {
		t.Errorf("agreed against executed: %+v", r)
	}
	if page := east.get("/handover").body; !strings.Contains(page, "Came besides") || !strings.Contains(page, "Agreed against executed") {
		t.Error("the page does not tell what came of it")
	}

	// The papers.
	say := url.Values{"who": {"alma"}, "say": {"status"}, "contact": {"the consul"}, "language": {"en"}}
	if page := east.post("/handover/sheet", say, nil); !strings.Contains(page.body, "the consul") {
		t.Errorf("the sheet is not shown before it is given: %d", page.status)
	}
	sheet := string(east.saved(east.act("/handover/sheet", say, nil)))
	if !strings.Contains(sheet, "Alma Reyes") || strings.Contains(sheet, "Савельев") || strings.Contains(sheet, "east-end") {
		t.Errorf("the sheet: %s", sheet)
	}
	if document := string(east.saved(east.post("/handover/document", nil, nil))); !strings.Contains(document, plan) {
		t.Error("the document does not name the plan")
	}
}

// TestComingBackInTheBrowser: where a plan has stopped, whoever gave has its own
// back from the way.
func TestComingBackInTheBrowser(t *testing.T) {
	w := newWorld(t)
	w.plan(t)
	east, west := w.east.client(), w.west.client()
	for _, c := range []*client{east, west} {
		c.act("/handover/confirm", url.Values{"of": {"identity"}}, nil)
		w.meet()
	}
	east.act("/handover/begin", url.Values{"of": {"cross"}}, nil)
	w.meet()
	east.refuses("/handover/back", url.Values{"who": {"peter"}}, nil, "stopped")
	east.act("/handover/halt", url.Values{"text": {"they were not there"}}, nil)
	w.meet()
	east.does("/handover/back", url.Values{"who": {"peter"}}, nil, "On record")
	w.meet()
	if r := w.handover(w.west).Report; len(r.Returned) != 1 {
		t.Errorf("who went back: %v", r.Returned)
	}
}

// handover is the plan as a desk sees it.
func (w *world) handover(s *seatedDesk) (v *desk.HandoverView) {
	w.t.Helper()
	s.with(func(k *desk.Desk) (err error) {
		v, err = k.HandoverView("last")
		return err
	})
	return v
}

// TestProofOfLifeInTheBrowser: asked for, given, examined, each by its side; a file
// that is not the one that was given is refused.
func TestProofOfLifeInTheBrowser(t *testing.T) {
	w := newWorld(t)
	east, west := w.east.client(), w.west.client()
	id := func(c *client, field string) string {
		t.Helper()
		_, rest, _ := strings.Cut(c.get("/people/alma").body, `name="`+field+`"`)
		found := regexp.MustCompile(`value="([0-9a-f]{64})"`).FindStringSubmatch(rest)
		if found == nil {
			t.Fatalf("nothing to choose as %s: %s", field, rest)
		}
		return found[1]
	}
	east.does("/people/alma/ask", url.Values{"text": {"a question that only she can answer"}}, nil, "Asked")
	w.meet()
	asked := id(west, "asked")
	west.refuses("/people/alma/give", url.Values{"asked": {asked}, "dated": {"2026-03-01"}}, nil, "must be filled in")
	west.does("/people/alma/give", url.Values{"asked": {asked}, "dated": {"2026-03-01"}}, map[string][]byte{"evidence": []byte("a film")}, "Given")
	w.meet()
	given := id(east, "given")
	east.refuses("/people/alma/examine", url.Values{"given": {given}, "genuine": {"yes"}}, map[string][]byte{"evidence": []byte("another film")}, "not the evidence")
	east.does("/people/alma/examine", url.Values{"given": {given}, "genuine": {"yes"}}, map[string][]byte{"evidence": []byte("a film")}, "genuine, and of its date")
}

// TestExposureIsDrawn: the drawing and its table say what the plan's own words
// say, gate by gate and at the worst.
func TestExposureIsDrawn(t *testing.T) {
	w := newWorld(t)
	w.plan(t)
	page := w.east.client().get("/handover").body
	h, err := w.east.Handover("last")
	w.check(err)
	if summary := "<dt><bdi>Ostland</bdi></dt><dd><bdi>0</bdi> outstanding"; !strings.Contains(page, summary) {
		t.Errorf("the summary does not call a side by its name: no %s", summary)
	}
	cells := ""
	for _, s := range h.Plan.Steps() {
		for i := range s.Under {
			cells += fmt.Sprintf(`<td class="number"><bdi>%d</bdi></td><td class="number"><bdi>%d</bdi></td>`, s.Under[i].Open.Heads, s.After[i].Open.Heads)
		}
		cells += "</tr>"
		if !strings.Contains(page, cells) {
			t.Errorf("gate %s: the table has no %s", s.Gate, cells)
		}
		cells = ""
	}
	for _, x := range h.Plan.Worst() {
		if x.Heads.Most == 0 || !strings.Contains(page, fmt.Sprintf("<bdi>%s</bdi>: <bdi>%d</bdi>", map[handover.SideID]string{"east": "Ostland", "west": "Vostria"}[x.Side], x.Heads.Most)) {
			t.Errorf("%s: the worst case of %d is not told", x.Side, x.Heads.Most)
		}
	}
	for _, sign := range []string{`class="ours-line"`, `class="theirs-line"`, `stroke-dasharray="7 4"`, `<title id="exposure-title">`} {
		if strings.Contains(page, sign) != (sign != `stroke-dasharray="7 4"`) {
			t.Errorf("%s in the drawing of two sides: %t", sign, strings.Contains(page, sign))
		}
	}
}

// TestAnInterviewGrowsOldInTheBrowser: the neutral's page tells that today's word is
// another than the channel has, and says it.
func TestAnInterviewGrowsOldInTheBrowser(t *testing.T) {
	w := apart(t)
	cross := w.neutral("Cross")
	w.found(cross)
	w.east.with(func(k *desk.Desk) error {
		_, err := k.ProposePlan(t.Context(), "plan.yaml", []byte(walkWithNeutral), "", "")
		return err
	})
	w.meet()
	for _, s := range []*seatedDesk{w.east, w.west} {
		s.with(func(k *desk.Desk) error { _, err := k.AdoptPlan(t.Context(), "last"); return err })
	}
	w.meet()
	c := cross.client()
	yes := url.Values{"who": {"alma"}, "on": {"2026-03-02"}, "included": {"yes"}, "instrument": {"yes"}, "destination": {"yes"}, "safe": {"yes"}}
	c.does("/handover/interviews/keep", yes, nil, "confirmed")
	w.mu.Lock()
	w.now = w.now.AddDate(0, 6, 0)
	w.mu.Unlock()
	c = cross.client()
	if page := c.get("/handover/interviews").body; !strings.Contains(page, "Today the interview comes to") {
		t.Fatalf("the page does not say that the interview has grown old: %s", page)
	}
	c.does("/handover/interviews/say", nil, nil, "Said")
	w.meet()
	if got := w.handover(w.east).Entries[0].Word; got != "open" {
		t.Errorf("the sides see the word %q", got)
	}
}
