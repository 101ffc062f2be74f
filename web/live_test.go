package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"parley"
)

// TestPagesAreLive: two tabs share one stream, see what came, and keep what was
// half typed.
func TestPagesAreLive(t *testing.T) {
	b := newTab(t)
	w := newWorld(t)
	b.to(w.east.link())
	second := b.another()
	second.to(w.east.base() + "/people")
	second.do(chromedp.Click(chromedp.CSS("details:has(#report) > summary")))
	second.do(chromedp.SendKeys(chromedp.CSS("#report-text"), "half a sen"))
	b.until(`document.querySelector(".steps") === null`)
	w.west.offer(parley.Offer{Release: []parley.PersonID{"alma", "peter"}})
	w.meet()
	b.until(`document.querySelector(".steps li.ours") !== null`)
	second.until(`document.querySelector("tbody a[href^='/offers/']") !== null`)
	if got := run[string](second, `document.activeElement.id + " " + document.activeElement.value + " " + document.querySelector("details:has(#report)").open`); got != "report-text half a sen true" {
		t.Errorf("what was half typed became %q", got)
	}
	if n := len(w.east.server.stream.listeners); n != 1 {
		t.Errorf("two tabs hold %d streams", n)
	}
}

// TestFormsWithoutScript: a mistake is told beside its field with what was typed,
// then the check page, then the act, once.
func TestFormsWithoutScript(t *testing.T) {
	b := newTab(t)
	w := newWorld(t)
	b.noScript()
	b.to(w.east.link())
	b.to(w.east.base() + "/people")
	b.do(chromedp.Click(chromedp.CSS("details:has(#report) > summary")))
	b.do(chromedp.SendKeys(chromedp.CSS("#report-text"), "they would take one for one"))
	b.do(chromedp.SetValue(chromedp.CSS("#report-on"), "soon"))
	b.do(chromedp.Click(chromedp.CSS("#report button")), chromedp.WaitVisible(chromedp.CSS("#report-by-error")))
	b.do(chromedp.SendKeys(chromedp.CSS("#report-by"), "their envoy"))
	b.do(chromedp.Click(chromedp.CSS("#report button")), chromedp.WaitVisible(chromedp.CSS("#report-on-error")))
	b.do(chromedp.SetValue(chromedp.CSS("#report-on"), "2026-03"))
	b.do(chromedp.Click(chromedp.CSS("#report button")), chromedp.WaitVisible(chromedp.CSS("button.do")))
	if n := len(w.view(w.east).Reported); n != 0 {
		t.Fatal("it was taken down before anybody said yes")
	}
	b.do(chromedp.Click(chromedp.CSS("button.do")), chromedp.WaitVisible(chromedp.CSS(".notice")))
	got := w.view(w.east).Reported
	if len(got) != 1 || got[0].Text != "they would take one for one" || got[0].On.String() != "2026-03" {
		t.Fatalf("taken down: %+v", got)
	}
}

// TestAnActIsDoneOnce: a confirmation that is sent twice, or to another act, does
// nothing more.
func TestAnActIsDoneOnce(t *testing.T) {
	w := newWorld(t)
	c := w.east.client()
	form := url.Values{"text": {"by telephone"}, "kind": {"note"}, "by": {"them"}, "on": {"2026"}}
	page := c.post("/people/report", form, nil)
	found := checked.FindStringSubmatch(page.body)
	if found == nil {
		t.Fatalf("no page to check: %d %s", page.status, page.body)
	}
	other := strings.Replace(found[1], "/people/report", "/sync", 1)
	if got := c.post(other, nil, nil); got.status != http.StatusGone {
		t.Errorf("the confirmation of one act did another: %d", got.status)
	}
	page = c.act("/people/report", form, nil)
	if page.status != http.StatusOK || !strings.Contains(page.body, "It is taken down.") {
		t.Fatalf("%d %s", page.status, page.body)
	}
	if got := c.post(found[1], nil, nil); got.status != http.StatusGone {
		t.Errorf("a confirmation was taken twice: %d", got.status)
	}
	if n := len(w.view(w.east).Reported); n != 1 {
		t.Errorf("%d reports, want 1", n)
	}
}
