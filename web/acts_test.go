package web

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"filippo.io/age"

	"parley"
	"parley/channel"
	"parley/desk"
)

// saved is the file that came of an act.
func (c *client) saved(page sheet) []byte {
	c.t.Helper()
	at := regexp.MustCompile(`/file/[^"]+`).FindString(page.body)
	if at == "" {
		c.t.Fatalf("no file: %d %s", page.status, page.body)
	}
	return []byte(c.get(at).body)
}

// refuses posts a form in which something is wrong, and fails unless it says so.
func (c *client) refuses(path string, values url.Values, files map[string][]byte, says string) {
	c.t.Helper()
	page := c.post(path, values, files)
	if page.status != http.StatusUnprocessableEntity || !strings.Contains(page.body, says) {
		c.t.Errorf("%s %v: %d, without %q", path, values, page.status, says)
	}
}

// does carries an act out, and fails unless the page then says so.
func (c *client) does(path string, values url.Values, files map[string][]byte, says string) sheet {
	c.t.Helper()
	page := c.act(path, values, files)
	if page.status != http.StatusOK || !strings.Contains(page.body, says) {
		c.t.Errorf("%s: %d, without %q: %s", path, page.status, says, page.body)
	}
	return page
}

// principalCard is the public card of a new key.
func principalCard(t *testing.T, name string) []byte {
	t.Helper()
	key, err := channel.GenerateSigningKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	card, err := channel.Marshal(desk.PrincipalCard{Format: "parley/principal/1", Name: name, Office: "General", Public: key.Public()})
	if err != nil {
		t.Fatal(err)
	}
	return card
}

// TestFoundingActs: what is done before there is a channel. A case is kept; an
// authority is named and stands in the charter; a charter takes an earlier record
// over; a provisional channel is founded by the delegates alone.
func TestFoundingActs(t *testing.T) {
	w := apart(t)
	east, west := w.east.client(), w.west.client()
	east.refuses("/people/keep", nil, map[string][]byte{"file": []byte("no case")}, "parley")
	two := strings.Replace(facts, "  far:", "  near: {name: Nadia Far, held_by: south, sought_by: [west], note: \"turned \\u202e\"}\n  far:", 1)
	page := east.post("/people/keep", nil, map[string][]byte{"file": []byte(two)})
	for _, want := range []string{"Not in ours", "Nadia Far", "Look twice"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the check page lacks %q", want)
		}
	}
	if strings.Contains(east.get("/people").body, "Nadia") {
		t.Error("a form that was only tried has kept a case")
	}
	east.does("/people/keep", nil, map[string][]byte{"file": []byte(two)}, "The case is kept.")
	if !strings.Contains(east.get("/people").body, "Nadia Far") {
		t.Error("the case is not kept")
	}

	keys := map[string][]byte{"keys#1": principalCard(t, "Anna Able"), "keys#2": principalCard(t, "Boris Best"), "recovery": principalCard(t, "Rita Last")}
	west.refuses("/members/authority", url.Values{"threshold": {"1"}}, keys, "half")
	west.refuses("/members/authority", url.Values{"threshold": {"two"}}, keys, "a whole number")
	west.does("/members/authority", url.Values{"threshold": {"2"}, "delay": {"96"}}, keys, "Noted")
	card := west.saved(west.act("/members/card", nil, map[string][]byte{}))
	digits := strings.Repeat("ab", 32)
	east.refuses("/members/open", url.Values{"called": {"x"}, "adopts": {"abc:def"}}, map[string][]byte{"with": card}, "CHANNEL:HEADS")
	open := url.Values{"called": {"special"}, "adopts": {digits + ":" + digits}, "settlements": {"3"}, "before": {"1"}}
	charter, err := desk.ReadPaper(east.saved(east.act("/members/open", open, map[string][]byte{"with": card})))
	w.check(err)
	told := strings.Join(charter.Lines, "\n")
	for _, want := range []string{"Anna Able", "Boris Best", digits[:8], "at most 3", "96h"} {
		if !strings.Contains(told, want) {
			t.Errorf("the charter lacks %q:\n%s", want, told)
		}
	}

	provisional := url.Values{"called": {"feelers"}, "provisional": {"yes"}}
	paper := east.saved(east.act("/members/open", provisional, map[string][]byte{"with": card}))
	paper = west.saved(west.act("/members/countersign", nil, map[string][]byte{"charter": paper}))
	for _, c := range []*client{east, west} {
		c.does("/members/join", url.Values{"relay": {w.url}}, map[string][]byte{"charter": paper}, "We have our seat")
	}
	if s := w.view(w.west); s.Channel == "" {
		t.Error("the provisional channel is not there")
	}
}

// TestCarryingActs: the log leaves and is checked; an entry goes by paper; a desk
// that was enrolled later joins with the archive; a stick stands in for the relay.
func TestCarryingActs(t *testing.T) {
	w := newWorld(t)
	east, west := w.east.client(), w.west.client()
	offer := w.east.offer(parley.Offer{Release: []parley.PersonID{"alma", "peter"}})

	page := east.post("/transcript/print", url.Values{"which": {offer.String()}}, nil)
	rows := string(east.saved(page))
	west.refuses("/transcript/key", url.Values{"rows": {strings.Replace(rows, "  10   ", "  10   9", 1)}}, nil, "Row")
	west.refuses("/transcript/key", url.Values{"rows": {rows}, "digest": {"12345"}}, nil, "not the digest")
	if page := west.post("/transcript/key", url.Values{"rows": {rows}}, nil); !strings.Contains(page.body, "alma") || len(w.view(w.west).Offers) > 0 {
		t.Errorf("keyed in and not said yes to: %d", page.status)
	}
	west.does("/transcript/key", url.Values{"rows": {rows}}, nil, "Both signatures hold")
	short := string(east.saved(east.post("/transcript/print", url.Values{"which": {offer.String()[:8]}, "short": {"yes"}}, nil)))
	west.does("/transcript/key", url.Values{"rows": {short}, "report": {"yes"}}, nil, "the same")
	if v := w.view(w.west); len(v.Offers) != 1 || len(v.Reported) != 1 {
		t.Errorf("by paper came %d offers and %d reports", len(v.Offers), len(v.Reported))
	}
	east.refuses("/transcript/print", url.Values{"which": {"ffff"}}, nil, "no entry")

	// A stick in place of the relay.
	stick := t.TempDir()
	east.refuses("/stick", url.Values{"dir": {"stick"}}, nil, "whole path")
	east.refuses("/stick", url.Values{"dir": {stick + "/none"}}, nil, "is the stick in")
	for _, c := range []*client{east, west} {
		if page := c.post("/stick", url.Values{"dir": {stick}}, nil); page.status != http.StatusOK || !strings.Contains(page.body, "Envelopes sent") {
			t.Fatalf("by a stick: %d %s", page.status, page.body)
		}
	}
	if page := east.post("/admitted", url.Values{"word": {"sesame"}}, nil); page.status != http.StatusOK {
		t.Errorf("with a word: %d", page.status)
	}
	w.meet()

	// A relay keeps an entry back: what nobody has confirmed goes once more.
	w.east.with(func(k *desk.Desk) error { _, err := k.Note(t.Context(), "", "kept back"); return err })
	for _, step := range []struct{ path, sent string }{{"/sync", "1"}, {"/sync", "0"}, {"/again", "1"}} {
		page := east.post(step.path, nil, nil)
		if sent := regexp.MustCompile(`Envelopes sent: (?:<[^>]*>)?(\d+)`).FindStringSubmatch(page.body); page.status != http.StatusOK || sent == nil || sent[1] != step.sent {
			t.Errorf("%s: %d, %v sent, want %s", step.path, page.status, sent, step.sent)
		}
	}
	w.meet()

	// Another desk of the east.
	late := w.open("east", "Ostland")
	newcomer := late.client()
	card := newcomer.saved(newcomer.act("/members/card", nil, map[string][]byte{}))
	request := east.saved(east.act("/members/enrol", nil, map[string][]byte{"card": card}))
	east.act("/members/take", nil, map[string][]byte{"signed": w.east.sign(request)})
	east.refuses("/transcript/export", nil, nil, "in the clear")
	east.refuses("/transcript/export", url.Values{"plain": {"yes"}, "to": {"age1x"}}, nil, "either")
	log := east.saved(east.act("/transcript/export", url.Values{"plain": {"yes"}}, nil))
	if page := newcomer.post("/transcript/verify", nil, map[string][]byte{"files": log}); !strings.Contains(page.body, "Every signature holds") {
		t.Errorf("verified: %d %s", page.status, page.body)
	}
	broken := []byte(strings.Replace(string(log), "special channel", "special Channel", 1))
	newcomer.refuses("/transcript/verify", nil, map[string][]byte{"files": broken}, "charter.parley")
	newcomer.refuses("/members/join", nil, map[string][]byte{"charter": w.charter, "archive": broken}, "faults")
	late.with(func(k *desk.Desk) error {
		return k.SetPrincipal(t.Context(), desk.PrincipalCard{Name: "president of Ostland", Office: "President", Public: w.east.key.Public()})
	})
	newcomer.does("/members/join", url.Values{"relay": {w.url}}, map[string][]byte{"charter": w.charter, "archive": log}, "We have our seat")
	if v := w.view(late); len(v.Offers) != 1 {
		t.Errorf("the new desk sees %d offers", len(v.Offers))
	}
	newcomer.refuses("/transcript/check", nil, map[string][]byte{"file": log}, "proves nothing")

	// The line, and a backup.
	east.refuses("/members/line", url.Values{"proxy": {"http://x"}}, nil, "socks5")
	east.does("/members/line", url.Values{"proxy": {"socks5://127.0.0.1:9"}, "cover": {"yes"}}, nil, "socks5://127.0.0.1:9")
	if page := east.post("/sync", nil, nil); page.status != http.StatusUnprocessableEntity {
		t.Errorf("a sync passed the proxy by: %d", page.status)
	}
	east.does("/members/line", nil, nil, "Noted")
	w.meet()
	id, err := age.GenerateX25519Identity()
	w.check(err)
	east.refuses("/members/backup", url.Values{"to": {"nobody"}}, nil, "age")
	sealed := east.saved(east.act("/members/backup", url.Values{"to": {id.Recipient().String()}}, nil))
	if _, err := age.Decrypt(strings.NewReader(string(sealed)), id); err != nil {
		t.Errorf("the backup does not open: %v", err)
	}
}

// TestVersionsOfTheCase: a version is put forward, told to the other side with
// what is other in it, and adopted.
func TestVersionsOfTheCase(t *testing.T) {
	w := newWorld(t)
	east, west := w.east.client(), w.west.client()
	two := strings.Replace(facts, "  far:", "  near: {name: Nadia Far, held_by: west, sought_by: [east]}\n  far:", 1)
	east.refuses("/people/revise", nil, map[string][]byte{"file": []byte("x")}, "parley")
	east.does("/people/revise", nil, map[string][]byte{"file": []byte(two)}, "waits for the next sync")
	w.meet()
	page := west.get("/people").body
	for _, want := range []string{"Not in ours", "Nadia Far"} {
		if !strings.Contains(page, want) {
			t.Errorf("the other side is not told %q", want)
		}
	}
	if !strings.Contains(west.get("/").body, "another version of the case") {
		t.Error("the overview does not say that a version waits")
	}
	digest := regexp.MustCompile(`<option value="([0-9a-f]{64})"`).FindStringSubmatch(page)
	if digest == nil {
		t.Fatal("no version to adopt")
	}
	west.refuses("/people/adopt", url.Values{"version": {strings.Repeat("0", 64)}}, nil, "none of those")
	west.does("/people/adopt", url.Values{"version": {digest[1]}}, nil, "Adopted")
	if c, err := w.west.Case(t.Context()); err != nil || len(c.Holdings()) != len(w.view(w.east).Case.Case.Holdings())+1 {
		t.Errorf("the west stands on another version: %v", err)
	}
}

// TestOffersOffTheRecord: an offer is made off the record, held to the red lines,
// seen there alone, and drafted on the record by whoever has it.
func TestOffersOffTheRecord(t *testing.T) {
	w := newWorld(t)
	east, west := w.east.client(), w.west.client()
	east.refuses("/back/offer", url.Values{"entry.how.ivo": {"release"}, "until": {"2026-03-20"}}, nil, "brief")
	east.refuses("/back/offer", url.Values{"entry.how.alma": {"release"}}, nil, "must be filled in")
	east.does("/back/offer", url.Values{"entry.how.alma": {"release"}, "entry.how.peter": {"release"}, "entry.when.alma": {"day 3"}, "until": {"2026-03-20"}}, nil, "waits for the next sync")
	w.meet()
	if v := w.view(w.west); len(v.Offers) > 0 {
		t.Error("an offer off the record stands on the table")
	}
	page := west.get("/back").body
	number := regexp.MustCompile(`name="paper" value="(\d+)"`).FindStringSubmatch(page)
	if number == nil || !strings.Contains(page, "Alma Reyes") {
		t.Fatalf("it is not shown: %s", page)
	}
	draft := west.post("/back/draft", url.Values{"paper": number[1:]}, nil)
	if draft.url.Path != "/offers" || !strings.Contains(draft.body, "day 3") || len(w.view(w.west).Offers) > 0 {
		t.Errorf("drafted at %s: %d", draft.url, draft.status)
	}
	if page := west.post("/back/purge", nil, nil); !strings.Contains(page.body, "Thrown away: <bdi>0</bdi>") {
		t.Errorf("purged: %d", page.status)
	}
}

// TestTheBriefIsEditedInABrowser: red lines are added and replaced, a guess is kept
// and shown to nobody who doesn't ask; what is wrong is said and nothing is lost.
func TestTheBriefIsEditedInABrowser(t *testing.T) {
	w := newWorld(t)
	c := w.east.client()
	rules := func() (out []string) {
		w.east.with(func(d *desk.Desk) error {
			b, _, err := d.Brief(t.Context())
			for _, r := range b.Content().Rules {
				out = append(out, r.String())
			}
			return err
		})
		return out
	}
	c.refuses("/weigh/rule", url.Values{"kind": {"together"}}, nil, "must be filled in")
	c.post("/weigh/rule", url.Values{"kind": {"together"}, "persons": {"alma", "huda"}}, nil)
	if got := rules(); len(got) != 1 {
		t.Errorf("a form that was only tried has kept %v", got)
	}
	c.does("/weigh/rule", url.Values{"kind": {"together"}, "persons": {"alma", "huda"}}, nil, "red line holds")
	if got := strings.Join(rules(), "\n"); got != "forbid: [ivo]\ntogether: [alma, huda]" {
		t.Errorf("the red lines are %q", got)
	}
	for _, wrong := range []string{"forbid: [nobody]", "forbid: ivo}\nworth: {x: 1", "free: [ivo]", "forbid: [ivo]}\n  - {forbid: [alma]"} {
		c.refuses("/weigh/rules", url.Values{"lines": {wrong}}, nil, `id="rules-lines-error"`)
	}
	c.does("/weigh/rules", url.Values{"lines": {"if: alma, then: [huda]\n\ncount: {tag: woman}, at_least: 1\n"}}, nil, "red lines are kept")
	if got := strings.Join(rules(), "\n"); got != "if: alma, then: [huda]\ncount: {tag: woman}, at_least: 1" {
		t.Errorf("the red lines are %q", got)
	}

	if page := c.get("/weigh").body; strings.Contains(page, "915571") || strings.Contains(page, `id="estimate"`) {
		t.Error("a guess is shown to who did not ask")
	}
	if page := c.get("/weigh?of=west").body; !strings.Contains(page, `value="0..915571"`) || !strings.Contains(page, `value="500000..915571"`) {
		t.Error("the guess is not shown to who asks")
	}
	guess := url.Values{"of": {"west"}, "walk": {"7..3"}}
	c.refuses("/weigh/estimate", guess, nil, `id="estimate-walk-error"`)
	guess.Set("walk", "20..60")
	guess.Set("worth.points.alma", "-9..-5")
	guess.Set("worth.points.peter", "x")
	c.refuses("/weigh/estimate", guess, nil, `id="estimate-worth-error"`)
	guess.Set("worth.points.peter", "40")
	c.does("/weigh/estimate", guess, nil, "is kept")
	w.east.with(func(d *desk.Desk) error {
		b, _, err := d.Brief(t.Context())
		e := b.Content().Estimates
		if len(e) != 1 || e[0].WalkAway.High != 60 || len(e[0].Worth) != 2 || e[0].Worth["peter"].Low != 40 || len(b.Content().Rules) != 2 || b.Content().WalkAway != 42817 {
			t.Error("the guess is not what was filled in, or something else was lost")
		}
		return err
	})
	if page := c.post("/weigh/estimate", url.Values{"of": {"east"}}, nil); page.status == http.StatusOK && strings.Contains(page.body, "checked=") {
		t.Error("a guess of ourselves was taken")
	}
}
