package web

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/chromedp/cdproto/emulation"
	printing "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"parley"
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
		if m := marked(data); m != "" {
			t.Errorf("%s holds %s, which only the brief says", name, m)
		}
	}
	if !bytes.Contains(files["agreement"], []byte("Alma Reyes")) || len(log.File) < 3 {
		t.Error("the files hold nothing: this test finds nothing")
	}
}

// TestNothingPrivateLeavesInAPaper goes on with what is not of one table: the card
// and the charter that found a channel, the proof of two truths, a list for paper,
// and the backup, which holds the brief and may show it to none but its key.
func TestNothingPrivateLeavesInAPaper(t *testing.T) {
	w := apart(t)
	east, west := w.east.client(), w.west.client()
	files := map[string][]byte{
		"card":         east.saved(east.act("/members/card", nil, map[string][]byte{})),
		"printed list": east.saved(east.post("/lists/print", nil, map[string][]byte{"file": []byte(oursCSV)})),
	}
	card := west.saved(west.act("/members/card", nil, map[string][]byte{}))
	files["charter"] = east.saved(east.act("/members/open", url.Values{"called": {"special"}}, map[string][]byte{"with": card}))
	w.found()
	two := w.fork()
	files["proof"] = east.saved(east.act("/transcript/proof", url.Values{"author": {two.String()}}, nil))
	key, err := age.GenerateX25519Identity()
	w.check(err)
	files["backup"] = east.saved(east.act("/members/backup", url.Values{"to": {key.Recipient().String()}}, nil))
	for name, data := range files {
		if len(data) < 60 {
			t.Errorf("%s: %d bytes", name, len(data))
		}
		if m := marked(data); m != "" {
			t.Errorf("%s holds %s, which only the brief says", name, m)
		}
	}
	opened, err := age.Decrypt(bytes.NewReader(files["backup"]), key)
	w.check(err)
	inside, err := io.ReadAll(opened)
	w.check(err)
	if marked(inside) == "" {
		t.Error("the opened backup does not hold the brief: this test finds nothing")
	}
}

// marked is a mark of the brief that stands in a text, "" for none: a number as a
// number of its own, however a language groups its digits, since six digits stand in
// many a long digest by chance.
func marked(data []byte) string {
	for _, m := range marks {
		if markIn(m).Match(data) {
			return m
		}
	}
	return ""
}

func markIn(m string) *regexp.Regexp {
	if m[0] > '9' {
		return regexp.MustCompile(m)
	}
	const group = "[,.'٬\u00a0\u202f]?"
	return regexp.MustCompile("(^|[^0-9a-zA-Z])" + m[:len(m)-3] + group + m[len(m)-3:] + "([^0-9a-zA-Z]|$)")
}

// fork has the west sign two entries under one number, at its desk and at a copy
// of it, and the east learn of both. It gives the device that did.
func (w *world) fork() parley.MemberID {
	w.t.Helper()
	ctx, home := w.t.Context(), filepath.Join(w.t.TempDir(), "copy")
	w.check(os.CopyFS(home, os.DirFS(w.west.home)))
	other, err := desk.Open(ctx, home, []byte("pass"), desk.Surroundings{Now: w.clock})
	w.check(err)
	defer other.Close()
	w.west.with(func(d *desk.Desk) error { _, err := d.Note(ctx, "", "one truth"); return err })
	w.meet()
	second, err := other.Note(ctx, "", "another truth")
	w.check(err)
	data, _, err := other.PrintEntry(second.String(), false)
	w.check(err)
	w.east.with(func(d *desk.Desk) error { _, err := d.KeepEntry(ctx, data); return err })
	return w.west.Device()
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
