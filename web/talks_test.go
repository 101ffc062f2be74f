package web

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"parley"
	"parley/desk"
)

// sitter is somebody who works at a desk with a browser and nothing else.
type sitter struct {
	*tab
	*seatedDesk
	dir string
}

func sit(t *testing.T, d *seatedDesk, script bool) *sitter {
	t.Helper()
	s := &sitter{newTab(t), d, t.TempDir()}
	if !script {
		s.noScript()
	}
	s.to(d.link())
	return s
}

// goes opens a page of the desk.
func (s *sitter) goes(path string) { s.t.Helper(); s.to(s.base() + path) }

// unfold opens the form of an act.
func (s *sitter) unfold(act string) {
	s.t.Helper()
	open := `document.querySelector("details:has(#` + act + `)")?.open ?? true`
	if !run[bool](s.tab, open) {
		s.do(chromedp.Click(chromedp.CSS("details:has(#" + act + ") > summary")))
	}
}

// fill fills fields in: texts, choices, and files by their bytes.
func (s *sitter) fill(act string, fields map[string]any) {
	s.t.Helper()
	s.unfold(act)
	for name, value := range fields {
		at := chromedp.CSS("#" + act + " [name='" + name + "']")
		switch v := value.(type) {
		case []byte:
			file := filepath.Join(s.dir, strings.ReplaceAll(act+"-"+name, "/", "-"))
			s.w.check(os.WriteFile(file, v, 0o600))
			s.do(chromedp.SetUploadFiles(at, []string{file}))
		case string:
			s.do(chromedp.SetValue(at, v))
		}
	}
}

// confirm sends a form, reads what is about to be done, and says yes.
func (s *sitter) confirm(act string) {
	s.t.Helper()
	s.do(chromedp.Click(chromedp.CSS("#" + act + " > button")))
	s.done()
}

func (s *sitter) done() {
	s.t.Helper()
	s.until(`document.querySelector("button.do, .wrong") !== null`)
	s.fine()
	s.do(chromedp.Click(chromedp.CSS("button.do")))
	s.until(`document.querySelector(".notice, .wrong") !== null`)
	s.fine()
}

// fine fails if the page tells of something wrong.
func (s *sitter) fine() {
	s.t.Helper()
	if wrong := run[string](s.tab, `document.querySelector(".wrong")?.innerText ?? ""`); wrong != "" {
		s.t.Fatalf("%s: %s", s.party, wrong)
	}
}

// saves gives the file that came of the last act.
func (s *sitter) saves() []byte {
	s.t.Helper()
	text := run[string](s.tab, `fetch(document.querySelector(".notice a[download]").href).then(r => r.arrayBuffer()).then(b => btoa(Array.from(new Uint8Array(b), c => String.fromCharCode(c)).join("")))`)
	data, err := base64.StdEncoding.DecodeString(text)
	s.w.check(err)
	return data
}

// acts fills in, sends and confirms.
func (s *sitter) acts(path, act string, fields map[string]any) {
	s.t.Helper()
	s.goes(path)
	s.fill(act, fields)
	s.confirm(act)
}

// syncs goes on the line for a moment.
func (s *sitter) syncs() {
	s.t.Helper()
	s.goes("/")
	s.do(chromedp.Click(chromedp.CSS("#sync > button")))
	s.until(`document.querySelector(".notice, .wrong") !== null`)
	s.fine()
}

// tabsTo presses Tab until the focus is where it should be.
func (s *sitter) tabsTo(where string) {
	s.t.Helper()
	for range 120 {
		if run[bool](s.tab, `document.activeElement.matches(`+"`"+where+"`"+`)`) {
			return
		}
		s.do(chromedp.KeyEvent(kb.Tab))
	}
	s.t.Fatalf("Tab never comes to %s", where)
}

// TestWholeNegotiationByTwoBrowsers goes from two desks that know nothing of each
// other to an agreement in force, by two browsers over a relay: one with script,
// one without. What principals sign is carried by hand. The first offer is
// written with the keyboard alone.
func TestWholeNegotiationByTwoBrowsers(t *testing.T) {
	w := apart(t)
	east, west := sit(t, w.east, true), sit(t, w.west, false)

	west.acts("/members", "card", nil)
	east.acts("/members", "open", map[string]any{"called": "special channel", "with": west.saves()})
	charter := w.west.sign(w.east.sign(east.saves()))
	for _, s := range []*sitter{east, west} {
		s.acts("/members", "join", map[string]any{"charter": charter, "relay": w.url})
		s.acts("/members", "mandate", nil)
		s.acts("/members", "take", map[string]any{"signed": s.sign(s.saves())})
	}
	east.syncs()
	west.syncs()
	east.syncs()

	east.goes("/offers")
	east.tabsTo("details:has(#make) > summary")
	east.do(chromedp.KeyEvent(kb.Enter))
	for _, who := range []string{"alma", "peter"} {
		east.tabsTo("#make-entry-how-" + who)
		east.do(chromedp.KeyEvent(kb.ArrowDown))
	}
	east.tabsTo("#make-text")
	east.do(chromedp.KeyEvent("one for one"))
	east.tabsTo("#make > button")
	east.do(chromedp.KeyEvent(kb.Enter))
	east.until(`document.querySelector("button.do") !== null`)
	east.tabsTo("button.do")
	east.do(chromedp.KeyEvent(kb.Enter))
	east.until(`document.querySelector(".notice") !== null`)
	east.syncs()
	west.syncs()

	offer := w.east.first().String()
	west.acts("/offers/"+offer, "accept", nil)
	west.syncs()
	east.syncs()
	east.acts("/offers/"+offer, "seal", nil)
	for range 2 {
		east.syncs()
		west.syncs()
	}
	agreement := "/agreements/" + w.east.Table().Agreements[0].Seal.String()
	words := "birch at noon"
	digits := map[*sitter]string{}
	for _, s := range []*sitter{east, west} {
		s.goes("/transcript")
		s.fill("digits", map[string]any{"nonce": words})
		s.do(chromedp.Click(chromedp.CSS("#digits > button")))
		s.until(`document.querySelector(".notice") !== null`)
		digits[s] = run[string](s.tab, `[...document.querySelectorAll(".notice bdi")].at(-1).innerText`)
	}
	for _, s := range []*sitter{east, west} {
		other := digits[map[bool]*sitter{true: west, false: east}[s == east]]
		s.goes("/transcript")
		s.fill("compare", map[string]any{"nonce": words, "digits": other})
		s.do(chromedp.Click(chromedp.CSS("#compare > button")))
		s.until(`document.querySelector(".notice, .wrong") !== null`)
		s.fine()
	}
	for _, s := range []*sitter{east, west} {
		s.acts(agreement, "ratify", nil)
		s.acts(agreement, "take", map[string]any{"signed": s.sign(s.saves())})
		s.syncs()
	}
	east.syncs()
	for _, s := range []*sitter{east, west} {
		s.goes(agreement)
		if got := run[string](s.tab, `document.querySelector(".lead").innerText`); !strings.Contains(got, "in force") {
			t.Errorf("%s sees: %s", s.party, got)
		}
	}
}

// hostile is what somebody would write who wants to run something at our desk.
const hostile = `"><script>window.owned=1</script><img src=x onerror="window.owned=1">{{.}}</textarea></title>'; --`

// TestNothingOfTheirsRuns: script in every field that the other side fills in.
func TestNothingOfTheirsRuns(t *testing.T) {
	b := newTab(t)
	w, examples := busy(t)
	ref := w.west.offer(parley.Offer{
		Release: []parley.PersonID{"alma", "peter"}, Text: hostile, Terms: []parley.Term{{Text: hostile, By: "west"}},
		When: []parley.Phase{{Person: "alma", When: hostile}}, To: []parley.Destination{{Person: "peter", Party: hostile}},
	})
	w.west.with(func(d *desk.Desk) error {
		if _, err := d.Note(t.Context(), hostile, hostile); err != nil {
			return err
		}
		_, err := d.Request(t.Context(), []parley.PersonID{"peter"}, hostile)
		return err
	})
	w.writesHostilely(t)
	examples["offer"] = "/offers/" + ref.String()
	b.to(w.east.link())
	seen := 0
	for name, at := range addresses(t, examples) {
		b.to(w.east.base() + at)
		if run[bool](b, `window.owned === 1 || document.querySelectorAll("img, script:not([src])").length > 0`) {
			t.Errorf("%s: what the other side wrote became part of the page", name)
		}
		if run[bool](b, `document.body.innerText.includes("onerror=")`) {
			seen++
		}
	}
	if seen < 15 {
		t.Errorf("what the other side wrote was seen on %d pages only", seen)
	}
}

// writesHostilely has the west write off the record, for the public, in a plan
// and in a version of the case, which the east adopts.
func (w *world) writesHostilely(t testing.TB) {
	t.Helper()
	quoted := fmt.Sprintf("%q", hostile)
	w.west.with(func(d *desk.Desk) error {
		_, off := d.SendNonPaper(t.Context(), desk.NonPaperDraft{Text: hostile, Until: parley.Date{Year: 2026, Month: 3, Day: 10}})
		_, public := d.PutWords(t.Context(), "", parley.PublicStatement{Text: hostile, When: hostile, Credit: hostile})
		plan := strings.NewReplacer("Across the bridge", quoted, "check who is there", quoted, "the list against the people", quoted,
			"under: east", "under: east, name: "+quoted).Replace(walk)
		_, planned := d.ProposePlan(t.Context(), "plan.yaml", []byte(plan), "", "last")
		return errors.Join(off, public, planned)
	})
	w.meet()
	w.west.with(func(d *desk.Desk) error {
		file := strings.NewReplacer("Reyes, Haddad and others", quoted, "Alma Reyes", quoted, "[Альма Рейес]", "["+quoted+"]", "the airport of Vost", quoted,
			"smuggling", quoted, "The Ostland Gazette", quoted, "Vostria,", quoted+",").Replace(facts)
		_, err := d.Revise(t.Context(), []byte(file))
		return err
	})
	w.meet()
	w.east.with(func(d *desk.Desk) error {
		versions := d.Table().Versions
		_, err := d.Adopt(t.Context(), versions[len(versions)-1].Digest)
		return err
	})
	w.meet()
}

// TestFormsAreBounded: what is too large, or asks for what is not there, is
// refused whole.
func TestFormsAreBounded(t *testing.T) {
	w := newWorld(t)
	c := w.east.client()
	big := strings.Repeat("x", maxForm+1)
	for _, a := range []struct {
		name   string
		values url.Values
		files  map[string][]byte
		path   string
		status int
	}{
		{"a long text", url.Values{"text": {big}}, nil, "/offers/note", http.StatusRequestEntityTooLarge},
		{"a text that the desk does not take", url.Values{"text": {strings.Repeat("x", 70<<10)}}, nil, "/offers/note", http.StatusUnprocessableEntity},
		{"a long file", nil, map[string][]byte{"signed": make([]byte, maxUpload+1)}, "/members/take", http.StatusRequestEntityTooLarge},
		{"a field that is not there", url.Values{"text": {"x"}, "admin": {"yes"}}, nil, "/offers/note", http.StatusBadRequest},
		{"a file that is not there", nil, map[string][]byte{"other": []byte("x")}, "/members/take", http.StatusBadRequest},
		{"too many values", url.Values{"persons": make([]string, maxValues+1), "text": {"x"}}, nil, "/offers/request", http.StatusBadRequest},
		{"a choice that is not there", url.Values{"persons": {"nobody"}, "text": {"x"}}, nil, "/offers/request", http.StatusUnprocessableEntity},
		{"a file that is no paper", nil, map[string][]byte{"signed": []byte("x")}, "/members/take", http.StatusUnprocessableEntity},
		{"an act that is not there", url.Values{"text": {"x"}}, nil, "/offers/destroy", http.StatusNotFound},
	} {
		got := c.post(a.path, a.values, a.files)
		if got.status != a.status && !(a.status == http.StatusNotFound && got.status == http.StatusMethodNotAllowed) {
			t.Errorf("%s: %d, want %d", a.name, got.status, a.status)
		}
	}
	if v := w.view(w.east); len(v.Notes)+len(v.Requests) > 0 {
		t.Error("something was said all the same")
	}
}
