package desk_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"parley"
	"parley/desk"
	"parley/handover"
)

const bridge = `parley: plan/1
id: bridge
case: swap
texts:
  - {language: en, title: Agreement, authentic: true, paragraphs: [The three shall cross <at one time>.]}
  - {language: ar, title: اتفاق, translator: a sworn translator, paragraphs: [يعبر الثلاثة في وقت واحد.]}
neutrals: {aid: {name: Aid Society}}
neutral: aid
places:
  east-end: {under: east}
  west-end: {under: west}
  third: {under: aid, name: a third place}
entries:
  alma: {start: west-end, optional: true, instead: [third]}
  huda: {start: west-end}
  peter: {start: east-end}
phases:
  - id: day
    gates:
      - {id: identity, do: check, confirm: [aid], go: true}
      - {id: cross, do: walk, by: [east, west], move: {alma: east-end, huda: east-end, peter: west-end}, needs: [identity], confirm: [east, west]}
bounds: {east: {heads: 2}, west: {heads: 2}}
duties: [{who: peter, text: no return for five years, until: 2031, watches: west}]
`

// bridged is a world with a neutral's desk and a plan in force.
func bridged(t *testing.T) (w *world, aid *desk.Desk, aidHome string) {
	t.Helper()
	w = newBareWorld(t)
	ctx := t.Context()
	aidHome = filepath.Join(t.TempDir(), "aid")
	aid, err := desk.Create(ctx, aidHome, []byte("pass"), desk.Founding{Name: "Aid Society", Capabilities: []string{"humanitarian"}, Delegate: "nurse"}, w.around())
	w.check(err)
	t.Cleanup(func() { _ = aid.Close() })
	west, err := w.west.Card()
	w.check(err)
	card, err := aid.Card()
	w.check(err)
	charter, err := w.east.DraftCharter(ctx, desk.Foundation{Title: "special channel", Cards: [][]byte{west, card}})
	w.check(err)
	for _, d := range []*desk.Desk{w.east, w.west} {
		p, err := desk.ReadPaper(charter)
		w.check(err)
		charter, err = p.Sign(w.keys[d])
		w.check(err)
	}
	for _, d := range []*desk.Desk{w.east, w.west, aid} {
		w.check(d.Join(ctx, charter, w.url, nil))
	}
	for _, d := range []*desk.Desk{w.east, w.west} {
		w.mandate(d, parley.Date{}, nil, parley.Executing)
	}
	all := func() {
		for range 2 {
			for _, d := range []*desk.Desk{w.east, w.west, aid} {
				w.sync(d)
			}
		}
	}
	all()
	_, err = w.east.ProposePlan(ctx, "plan.yaml", []byte(bridge), "", "")
	w.check(err)
	all()
	for _, d := range []*desk.Desk{w.east, w.west} {
		_, err := d.AdoptPlan(ctx, "last")
		w.check(err)
	}
	all()
	return w, aid, aidHome
}

// TestNoPartyLearnsWhySomebodyStays: reasons that the neutral keeps are planted
// and then looked for in every view, entry and export of every desk, and on the
// neutral's disk.
func TestNoPartyLearnsWhySomebodyStays(t *testing.T) {
	w, aid, home := bridged(t)
	ctx := t.Context()
	yes := handover.Interview{On: parley.Date{Year: 2026, Month: 3, Day: 1}, Included: handover.Yes, Instrument: handover.Yes, Destination: handover.Yes, Safe: handover.Yes}
	for i, c := range []struct {
		person parley.PersonID
		change func(*handover.Interview)
		want   handover.Word
	}{
		{"alma", func(i *handover.Interview) { i.Included = handover.No }, handover.WillNotTravel},
		{"alma", func(i *handover.Interview) { i.Unfit = true }, handover.WillNotTravel},
		{"alma", func(i *handover.Interview) { i.Instrument = handover.No }, handover.WillNotTravel},
		{"alma", func(i *handover.Interview) { i.Destination = handover.No }, handover.WillNotTravel},
		{"alma", func(i *handover.Interview) { i.Safe = handover.No }, handover.WillNotTravel},
		{"huda", func(*handover.Interview) {}, handover.Confirmed},
		{"peter", func(*handover.Interview) {}, handover.Confirmed},
	} {
		in := yes
		c.change(&in)
		in.Person, in.Reason = c.person, fmt.Sprintf("marked-reason-%d", i)
		word, err := aid.KeepInterview(ctx, "last", in)
		w.check(err)
		if word != c.want {
			t.Errorf("%s: %s, want %s", c.person, word, c.want)
		}
	}
	if _, err := w.east.KeepInterview(ctx, "last", yes); err == nil {
		t.Error("a party keeps interviews")
	}
	_, err := aid.ConfirmStep(ctx, "last", "identity", "")
	w.check(err)
	for range 2 {
		for _, d := range []*desk.Desk{aid, w.east, w.west} {
			w.sync(d)
		}
	}
	_, err = w.east.BeginStep(ctx, "last", "cross", nil, "")
	w.check(err)
	for name, d := range map[string]*desk.Desk{"east": w.east, "west": w.west, "aid": aid} {
		v, err := d.HandoverView("last")
		w.check(err)
		table, err := d.View(ctx)
		w.check(err)
		files, err := d.Export(ctx)
		w.check(err)
		a, _ := json.Marshal(v)
		b, _ := json.Marshal(table)
		parts := map[string][]byte{"handover": a, "table": b, "acts": []byte(fmt.Sprintf("%+v", d.Table().Acts))}
		for file, data := range files {
			parts["export "+file] = data
		}
		for part, data := range parts {
			if bytes.Contains(data, []byte("marked")) {
				t.Errorf("%s of %s holds a reason", part, name)
			}
		}
		for _, e := range v.Entries {
			if e.ID == "alma" && name != "aid" && e.Word != handover.WillNotTravel {
				t.Errorf("%s sees %q", name, e.Word)
			}
		}
	}
	err = filepath.WalkDir(home, func(path string, f os.DirEntry, err error) error {
		if err != nil || f.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte("marked")) {
			t.Errorf("%s holds a reason in clear", path)
		}
		return err
	})
	w.check(err)
}

// TestADeskSignsNothingThatTheStateRefuses and shows what others signed all the
// same.
func TestADeskSignsNothingThatTheStateRefuses(t *testing.T) {
	w, _, _ := bridged(t)
	ctx := t.Context()
	for _, c := range []struct {
		do   func() error
		want string
	}{
		{func() error { _, err := w.east.ConfirmStep(ctx, "last", "identity", ""); return err }, "east is not who confirms identity"},
		{func() error { _, err := w.east.BeginStep(ctx, "last", "cross", nil, ""); return err }, "identity waits for the word of aid"},
		{func() error { _, err := w.east.ResumePlan(ctx, "last", ""); return err }, "it names no halt"},
		{func() error {
			_, err := w.east.Receive(ctx, "last", []parley.ReceivedItem{{Entry: "alma"}}, "")
			return err
		}, "has not arrived"},
		{func() error { _, err := w.east.AdoptPlan(ctx, "last"); return err }, "adopted the plan already"},
		{func() error { _, err := w.east.ConfirmStep(ctx, "nothing", "identity", ""); return err }, "no such thing"},
	} {
		if err := c.do(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}

// TestAFamilySheetSpeaksItsLanguage, and holds only what was released.
func TestAFamilySheetSpeaksItsLanguage(t *testing.T) {
	w, _, _ := bridged(t)
	h, err := w.east.Handover("last")
	w.check(err)
	for language, want := range map[string]string{"": "is still expected", "en": "is still expected", "ru": "пока ожидается", "uk": "поки що очікується", "ar": "ما زال الوصول مُنتظرًا", "he": "ההגעה עדיין צפויה"} {
		lines, err := h.Sheet(language, "huda", []string{"status"})
		w.check(err)
		if len(lines) != 2 || lines[0] != "هدى حداد" || lines[1] != want {
			t.Errorf("%q: %q", language, lines)
		}
	}
	if _, err := h.Sheet("tlh", "huda", nil); err == nil || !strings.Contains(err.Error(), "the languages are ar, en, he, ru, uk") {
		t.Errorf("a language that parley has no words in: %v", err)
	}
}

// TestTheAgreementOnPaper is one file that needs nothing else, in two languages
// side by side, headings and annexes too, and a browser prints it.
func TestTheAgreementOnPaper(t *testing.T) {
	w, _, _ := bridged(t)
	page, err := w.east.Document("last")
	w.check(err)
	for _, want := range []string{
		"authentic text", "ترجمة: a sworn translator", `lang="ar" dir="rtl">يعبر`, "&lt;at one time&gt;", "هدى حداد", "adoption of the plan", "اعتماد الخطة", "parley log verify",
		`<span lang="en" dir="ltr">Annex: who is handed over</span> <span lang="ar" dir="rtl">ملحق: من يجري تسليمهم</span>`,
		`<span lang="ar" dir="rtl">من يؤكّد</span>`, `<td dir="auto"><bdi>Aid Society</bdi></td>`, `<span lang="ar" dir="rtl">هذه الورقة`, "ملحق: ما يبقى", "no return for five years", "ملحق: أقصى",
	} {
		if !bytes.Contains(page, []byte(want)) {
			t.Errorf("the paper does not say %q", want)
		}
	}
	for _, never := range []string{"<script", "http://", "https://", "src="} {
		if bytes.Contains(page, []byte(never)) {
			t.Errorf("the paper holds %q", never)
		}
	}
	browser := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			browser = path
			break
		}
	}
	if browser == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("no browser to print with: install chromium")
		}
		t.Skip("no browser to print with")
	}
	dir := t.TempDir()
	html, pdf := filepath.Join(dir, "paper.html"), filepath.Join(dir, "paper.pdf")
	w.check(os.WriteFile(html, page, 0o600))
	cmd := exec.CommandContext(t.Context(), browser, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+filepath.Join(dir, "profile"), "--print-to-pdf="+pdf, "file://"+html)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	data, err := os.ReadFile(pdf)
	w.check(err)
	if !bytes.HasPrefix(data, []byte("%PDF-")) || len(data) < 5_000 {
		t.Errorf("the browser printed %d bytes", len(data))
	}
}
