package web

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	printing "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"parley/desk"
)

// TestNothingPrivateLeavesInAFile searches the files that the desk gives out, of
// a table on which everything stands, for what the brief says.
func TestNothingPrivateLeavesInAFile(t *testing.T) {
	w, at := busy(t)
	c := w.east.client()
	ref := w.east.first().String()
	files := map[string][]byte{}
	gives := func(name, path string, values url.Values) {
		t.Helper()
		got := c.post(path, values, nil)
		if found := checked.FindStringSubmatch(got.body); found != nil {
			got = c.post(found[1], nil, nil)
		}
		if got.status != http.StatusOK {
			t.Errorf("%s: %d", name, got.status)
			return
		}
		files[name] = c.saved(got)
	}
	gives("card", "/members/card", nil)
	gives("request", "/members/mandate", url.Values{"may": {"accept"}})
	gives("agreement", "/handover/document", nil)
	gives("sheet", "/handover/sheet", url.Values{"who": {"alma"}, "language": {"en"}, "say": {"status", "place"}})
	gives("record", "/record/export", nil)
	gives("round", at["round"]+"/sheet", nil)
	gives("log", "/transcript/export", url.Values{"plain": {"yes"}})
	gives("entry", "/transcript/print", url.Values{"which": {ref}})
	w.east.with(func(d *desk.Desk) error {
		digits, err := d.Digits("birch at noon")
		if err == nil {
			_, err = d.Compare(t.Context(), "birch at noon", digits)
		}
		return err
	})
	gives("ratification", at["agreement"]+"/ratify", nil)
	log, err := zip.NewReader(bytes.NewReader(files["log"]), int64(len(files["log"])))
	w.check(err)
	for _, f := range log.File {
		r, err := f.Open()
		w.check(err)
		files["log: "+f.Name], err = io.ReadAll(r)
		w.check(err)
	}
	for name, data := range files {
		for _, m := range marks {
			if strings.Contains(withoutMarkup(string(data)), m) {
				t.Errorf("%s holds %s, which only the brief says", name, m)
			}
		}
	}
	if !bytes.Contains(files["agreement"], []byte("Alma Reyes")) || len(log.File) < 3 {
		t.Error("the files hold nothing: this test finds nothing")
	}
}

// TestPrints prints what is printed most: nothing of the screen's own is on it, it
// says what it is a print of and as of when, and nothing is cut off at the margin.
func TestPrints(t *testing.T) {
	b := newTab(t)
	w, at := busy(t)
	b.to(w.east.link())
	addresses := map[string]string{"agreement": at["agreement"], "round": at["round"], "match": "/lists/match", "handover": "/handover", "weigh": "/weigh"}
	for name, path := range addresses {
		b.to(w.east.base() + path)
		b.size(718, 1000) // A4 within its margins, at 96 dots an inch
		media := emulation.SetEmulatedMediaParams{Media: "print"}
		if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, media); err != nil {
			t.Fatal(err)
		}
		if n := run[int](b, `[...document.querySelectorAll("nav, form, button, input, .live, .skip")].filter(e => e.offsetParent !== null).length`); n > 0 {
			t.Errorf("%s: %d things of the screen are printed", name, n)
		}
		frame := run[string](b, `document.querySelector("footer .print").innerText`)
		if !strings.Contains(frame, "Reyes, Haddad and others") || !strings.Contains(frame, "as of 2 March 2026") || strings.Contains(frame, "PRIVATE") != (name == "weigh" || name == "match") {
			t.Errorf("%s: its frame says %q", name, frame)
		}
		if over := run[int](b, "document.documentElement.scrollWidth - document.documentElement.clientWidth"); over > 0 {
			t.Errorf("%s: the print is %d px too wide: %s", name, over, run[string](b, widest))
		}
		if made, err := chromedp.Call(b.ctx, printing.PrintToPDF, printing.PrintToPDFParams{}); err != nil || !bytes.HasPrefix(made.Data, []byte("%PDF-")) || len(made.Data) < 5000 {
			t.Errorf("%s: no PDF: %v", name, err)
		}
	}
}
