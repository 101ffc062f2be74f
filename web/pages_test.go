package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode"

	"parley"
	"parley/desk"
	"parley/press"
)

// busy is a world in which there is something to see on every page, with an
// example for each page whose path has a part.
func busy(t testing.TB) (w *world, examples map[string]string) {
	t.Helper()
	w = newWorld(t)
	examples = w.happen(t)
	w.settle()
	w.east.server.briefs = everyBrief // as if the east facilitated an exercise
	examples["review"] = "/review?over=yes"
	return w, examples
}

// happen has something of everything happen but a settlement, which takes no
// large case, and gives the examples.
func (w *world) happen(t testing.TB) map[string]string {
	t.Helper()
	w.east.offer(parley.Offer{Release: []parley.PersonID{"alma", "huda", "peter"}, Text: "two for one", Until: parley.Date{Year: 2026, Month: 4, Day: 11}})
	w.meet()
	first := w.east.first()
	w.west.offer(parley.Offer{Release: []parley.PersonID{"alma", "peter", "another"}, Answers: first.String(), Text: "Не так"})
	w.west.accept(first)
	w.meet()
	w.east.seal(first)
	w.meet()
	w.east.with(func(d *desk.Desk) error {
		if _, err := d.PutWords(t.Context(), "", parley.PublicStatement{Text: "We speak of no single case.", Holding: true}); err != nil {
			return err
		}
		_, err := d.EnterDispatch(t.Context(), []byte("March 2, 2026\n\nOstland offered to exchange Ivo for Alma Reyes, according to a person with knowledge of the talks.\n"), parley.Date{}, press.Entered{Outlet: "an agency"}, "clerk")
		return err
	})
	w.meet()
	w.west.with(func(d *desk.Desk) error {
		_, err := d.SendNonPaper(t.Context(), desk.NonPaperDraft{Text: "between us: Haddad first", Until: parley.Date{Year: 2026, Month: 3, Day: 10}})
		return err
	})
	w.meet()
	w.plan(t)
	return map[string]string{
		"pair":      "/lists/match/1",
		"round":     "/lists/rounds/" + w.lists().String(),
		"person":    "/people/alma",
		"offer":     "/offers/" + first.String(),
		"agreement": "/agreements/" + w.east.Table().Agreements[0].Seal.String(),
	}
}

// first is the first offer on the table.
func (s *seatedDesk) first() parley.Ref { return s.Table().Offers[0].Ref }

// addresses are where every page of the table is to be seen.
func addresses(t testing.TB, examples map[string]string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, p := range pages() {
		out[p.name] = orElse(examples[p.name], p.path)
		if strings.Contains(p.path, "{") {
			if examples[p.name] == "" {
				t.Errorf("page %s has no example: add one in busy", p.name)
			}
		}
	}
	return out
}

// TestEveryPage visits each page in a browser: light and dark, left to right and
// right to left, at 320 px, with axe looking on. Nothing may be found, nothing
// said to the console, and nothing stick out.
func TestEveryPage(t *testing.T) {
	b := newTab(t)
	axe, err := axeSource()
	if err != nil {
		lacking(t, err)
	}
	w, examples := busy(t)
	b.to(w.east.link())
	for _, lang := range []string{"en", "ar"} {
		b.speak(lang)
		for name, at := range addresses(t, examples) {
			b.size(1100, 800)
			b.colours("light")
			b.to(w.east.base() + at)
			b.watchConsole()
			if dir := run[string](b, "document.documentElement.dir"); (dir == "rtl") != (lang == "ar") {
				t.Errorf("%s in %s: the page runs %s", name, lang, dir)
			}
			if lang == "en" {
				b.axe(axe, name+", left to right, light")
			}
			b.colours("dark")
			b.axe(axe, fmt.Sprintf("%s, %s, dark", name, lang))
			b.size(320, 640)
			if over := run[int](b, "document.documentElement.scrollWidth - document.documentElement.clientWidth"); over > 0 {
				t.Errorf("%s, %s: at 320 px the page is %d px too wide: %s", name, lang, over, run[string](b, widest))
			}
		}
	}
}

// TestEveryPageOfANeutral: the pages on which a neutral and a mediator have
// forms of their own, under axe as all others.
func TestEveryPageOfANeutral(t *testing.T) {
	b := newTab(t)
	axe, err := axeSource()
	if err != nil {
		lacking(t, err)
	}
	w := apart(t)
	cross := w.neutral("Cross", "humanitarian", "mediator")
	w.found(cross)
	w.east.with(func(k *desk.Desk) error {
		if _, err := k.ProposePlan(t.Context(), "plan.yaml", []byte(walkWithNeutral), "", ""); err != nil {
			return err
		}
		return k.Confide(t.Context(), desk.Confiding{Until: parley.Date{Year: 2026, Month: 3, Day: 20}})
	})
	w.meet()
	for _, s := range []*seatedDesk{w.east, w.west} {
		s.with(func(k *desk.Desk) error { _, err := k.AdoptPlan(t.Context(), "last"); return err })
	}
	w.meet()
	b.to(cross.link())
	forms := 0
	for _, lang := range []string{"en", "ar"} {
		b.speak(lang)
		for _, path := range []string{"/handover", "/handover/interviews", "/back", "/members"} {
			b.to(cross.base() + path)
			b.axe(axe, "a neutral's "+path+", "+lang)
			forms += run[int](b, `document.querySelectorAll("#keep, #put, #confirm").length`)
			b.size(320, 640)
			if over := run[int](b, "document.documentElement.scrollWidth - document.documentElement.clientWidth"); over > 0 {
				t.Errorf("a neutral's %s, %s: at 320 px the page is %d px too wide: %s", path, lang, over, run[string](b, widest))
			}
			b.size(1100, 800)
		}
	}
	if forms < 4 {
		t.Errorf("%d of the neutral's own forms were seen: this test looks at nothing", forms)
	}
}

// widest names what sticks out.
const widest = `[...document.querySelectorAll("main *")].filter(e => !e.closest(".scroll") && (e.getBoundingClientRect().right > innerWidth + 1 || e.getBoundingClientRect().left < -1)).slice(0, 4).map(e => e.outerHTML.slice(0, 120)).join("\n")`

func (b *tab) speak(lang string) {
	b.t.Helper()
	run[bool](b, fmt.Sprintf(`fetch("/view", {method: "POST", body: new URLSearchParams({lang: %q})}).then(r => r.ok)`, lang))
}

// watchConsole fails on what the page has to complain of: a style or script that
// the policy keeps out.
func (b *tab) watchConsole() {
	b.t.Helper()
	if n := run[int](b, `document.querySelectorAll("[style],style,script:not([src]),[onclick]").length`); n > 0 {
		b.t.Errorf("%d elements bring style or script with them, which the policy forbids", n)
	}
}

func (b *tab) axe(source, where string) {
	b.t.Helper()
	run[bool](b, source+";\ndocument.querySelectorAll('main details').forEach(d => d.open = true);\ntrue") // what is folded away is looked at, too
	found := run[string](b, `axe.run(document, {resultTypes: ["violations"]}).then(r => JSON.stringify({passed: r.passes.length, faults: r.violations.map(v => ({id: v.id, help: v.help, nodes: v.nodes.slice(0, 3).map(n => n.html + " " + n.failureSummary)}))}))`)
	var r struct {
		Passed int
		Faults []struct {
			ID, Help string
			Nodes    []string
		}
	}
	if err := json.Unmarshal([]byte(found), &r); err != nil {
		b.t.Fatal(err)
	}
	if r.Passed < 10 {
		b.t.Errorf("%s: axe looked at %d rules only", where, r.Passed)
	}
	for _, f := range r.Faults {
		b.t.Errorf("%s: axe: %s: %s\n  %s", where, f.ID, f.Help, strings.Join(f.Nodes, "\n  "))
	}
}

// TestNothingPrivateOnAnyOtherPage searches every page for what the brief says.
func TestNothingPrivateOnAnyOtherPage(t *testing.T) {
	w, examples := busy(t)
	c := w.east.client()
	at := addresses(t, examples)
	for _, p := range pages() {
		page := c.get(at[p.name])
		if page.status != http.StatusOK {
			t.Errorf("%s: %d", p.name, page.status)
		}
		found := marked([]byte(page.body))
		if found != "" && !p.private {
			t.Errorf("%s shows %s, which only the brief says", p.name, found)
		}
		if found == "" && p.name == "weigh" {
			t.Error("weigh does not show the brief: this test finds nothing")
		}
	}
}

// TestPresenting: while others look at the screen, no page tells what is ours
// alone, and no address leads to one that would.
func TestPresenting(t *testing.T) {
	w, examples := busy(t)
	w.east.with(func(d *desk.Desk) error {
		if _, err := d.Instruct(t.Context(), "the capital", "OURS-ALONE do not go below two"); err != nil {
			return err
		}
		_, err := d.Report(t.Context(), desk.Report{Kind: "note", By: "them", Text: "OURS-ALONE by telephone"})
		return err
	})
	c := w.east.client()
	shown := 0
	for _, at := range addresses(t, examples) {
		shown += strings.Count(c.get(at).body, "OURS-ALONE")
	}
	if shown != 2 {
		t.Errorf("what is ours alone is shown %d times, want 2", shown)
	}
	check := c.post("/weigh/position", url.Values{"walk": {"731553"}}, nil)
	c.post("/view", url.Values{"present": {"yes"}}, nil)
	for name, at := range addresses(t, examples) {
		page := c.get(at)
		if strings.Contains(page.body, "OURS-ALONE") || strings.Contains(page.body, "731553") {
			t.Errorf("%s shows what is ours alone", name)
		}
		if (name == "weigh" || name == "review") && page.status != http.StatusNotFound {
			t.Errorf("%s is shown: %d", name, page.status)
		}
	}
	if page := c.get(check.url.RequestURI()); page.status != http.StatusNotFound || strings.Contains(page.body, "731553") {
		t.Errorf("what was being filled in is shown: %d", page.status)
	}
}

// withoutMarkup drops what a language puts between the digits of a number.
func withoutMarkup(s string) string {
	return strings.Map(func(r rune) rune {
		if r == ',' || r == '\u00a0' || r == '\u202f' || r == '.' || r == '٬' {
			return -1
		}
		return r
	}, s)
}

// TestPagesHideNothing: no character that could hide or turn a line around
// reaches a page, whoever wrote it.
func TestPagesHideNothing(t *testing.T) {
	w, examples := busy(t)
	w.west.offer(parley.Offer{Release: []parley.PersonID{"alma", "peter"}, Text: "30\u202e days \u2066<b>"})
	w.meet()
	c := w.east.client()
	for name, at := range addresses(t, examples) {
		page := c.get(at)
		if i := strings.IndexFunc(page.body, func(r rune) bool {
			return unicode.In(r, unicode.Cf) && r != 0x200c && r != 0x200d
		}); i >= 0 {
			t.Errorf("%s: a hidden character at %d: %q", name, i, page.body[max(0, i-20):min(len(page.body), i+20)])
		}
	}
}

// TestEveryWordIsThere: the catalogue has every page's name and its acts' words,
// with the same places for values in every language.
func TestEveryWordIsThere(t *testing.T) {
	c, err := readCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	for key, texts := range c.messages {
		if key == "language" {
			continue
		}
		for _, l := range languages() {
			for i := range 6 {
				place := fmt.Sprintf("{%d}", i)
				if strings.Contains(texts["en"].other, place) != strings.Contains(texts[l].other, place) {
					t.Errorf("%s: %s stands in one of en and %s only", key, place, l)
				}
			}
		}
	}
	for _, p := range pages() {
		if p.menu && c.messages["menu."+p.name] == nil {
			t.Errorf("no message menu.%s", p.name)
		}
		for _, a := range p.acts {
			for _, key := range a.keys(c, p) {
				if c.messages[key] == nil {
					t.Errorf("no message %s", key)
				}
			}
		}
	}
}

// keys are the messages that an act needs.
func (a *act) keys(words *catalogue, p *page) []string {
	at := p.name + "." + a.name
	out := []string{at + ".title", at + ".button", at + ".done"}
	if !a.atOnce {
		out = append(out, at+".check")
	}
	for _, f := range a.fields {
		if f.kind != fixed {
			out = append(out, words.labelKey(at, f.name))
		}
		for _, c := range f.columns {
			out = append(out, words.labelKey(at, f.name+"."+c.name))
		}
	}
	return out
}
