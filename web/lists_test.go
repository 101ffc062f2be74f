package web

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"parley"
	"parley/desk"
	"parley/names"
)

const (
	oursCSV   = "id,name,father,born,place\na1,Пётр Савельев,Иван,1980-02-03,Киев\na2,Олена Бондар,,1985,\na3,Nobody Else,,1970,\n"
	theirsCSV = "id,name,father,born,place\nb1,Petr Savelyev,Ivan,1980-02-03,Kyiv\nb2,Olena Bondar,,1985-03-02,\nb3,Petr Saveliev,Ivan,,\nb4,<script>alert(1)</script>,,31.02.1990,\n"
)

// lists puts two lists on the desk of the east, and a round on the channel in
// which everything has happened once.
func (w *world) lists() parley.Ref {
	w.t.Helper()
	ctx := w.t.Context()
	c, err := desk.CompareLists(ctx, "ours.csv", []byte(oursCSV), "theirs.csv", []byte(theirsCSV))
	w.check(err)
	var round parley.Ref
	did := func(s *seatedDesk, do func(k *desk.Desk) (parley.Ref, error)) {
		s.with(func(k *desk.Desk) error {
			ref, err := do(k)
			if round == (parley.Ref{}) {
				round = ref
			}
			return err
		})
		w.meet()
	}
	w.east.with(func(k *desk.Desk) error { return k.KeepCompared(ctx, c) })
	day := parley.Date{Year: 2026, Month: 2, Day: 1}
	did(w.east, func(k *desk.Desk) (parley.Ref, error) {
		return k.SendList(ctx, c.A.Records, desk.ListTerms{Due: day, Classes: []parley.Class{{Name: "young", Below: 25, On: day}}})
	})
	did(w.west, func(k *desk.Desk) (parley.Ref, error) {
		return k.SendList(ctx, []names.Record{{ID: "x", Name: "سالم محمد"}}, desk.ListTerms{Round: "last"})
	})
	name := parley.NameID{List: "east", ID: "a1"}
	did(w.west, func(k *desk.Desk) (parley.Ref, error) {
		return k.ReplyToList(ctx, "last", parley.ReplyMove{Final: true, Answers: []parley.NameAnswer{
			{Name: name, Code: parley.CodeHeld, Text: "in the north"}, {Name: parley.NameID{List: "east", ID: "a2"}, Code: parley.CodeHeld}, {Name: parley.NameID{List: "east", ID: "a3"}, Code: parley.CodeDead, On: day},
		}})
	})
	did(w.west, func(k *desk.Desk) (parley.Ref, error) {
		return k.CommentOnList(ctx, "last", []parley.Remark{{Name: name, Class: "young", Text: "he says so", Member: true}})
	})
	return round
}

// TestListsPages walks the pages as a committee does: two files in, pairs with
// reasons and rivals, a decision and its undoing; a round answered by a table and
// a final list signed.
func TestListsPages(t *testing.T) {
	w := newWorld(t)
	c := w.east.client()
	page := c.post("/lists/compare", url.Values{}, map[string][]byte{"a": []byte(oursCSV)})
	if page.status != http.StatusUnprocessableEntity {
		t.Errorf("one list was compared: %d", page.status)
	}
	page = c.post("/lists/compare", url.Values{}, map[string][]byte{"a": []byte(oursCSV), "b": []byte("no list")})
	if page.status != http.StatusUnprocessableEntity || !strings.Contains(page.body, "no column of names") {
		t.Errorf("no list was taken: %d", page.status)
	}
	page = c.post("/lists/compare", url.Values{}, map[string][]byte{"a": []byte(oursCSV), "b": []byte(theirsCSV)})
	if page.status != http.StatusOK || page.url.Path != "/lists/match" {
		t.Fatalf("%d at %s: %s", page.status, page.url, page.body)
	}
	for _, want := range []string{"Пётр Савельев", "Petr Savelyev", "rival", "&lt;script&gt;", "a day that no calendar has", "who is who", "Nobody Else"} {
		if !strings.Contains(strings.ToLower(page.body), strings.ToLower(want)) {
			t.Errorf("the sheet lacks %q", want)
		}
	}
	pair := regexp.MustCompile(`/lists/match/\d+`).FindString(page.body)
	if got := c.get(pair); !strings.Contains(got.body, "Who else it may be") && !strings.Contains(c.get("/lists/match/1").body, "Who else it may be") {
		t.Error("no rivals are shown")
	}
	page = c.post(pair+"/decide", url.Values{"verdict": {"same"}, "by": {"envoy"}, "reason": {"the same father"}}, nil)
	if page.status != http.StatusOK || !strings.Contains(page.body, "Decided: A") {
		t.Fatalf("%d %s", page.status, page.body)
	}
	if got := c.get(pair).body; !strings.Contains(got, "one and the same person") || !strings.Contains(got, "the same father") {
		t.Error("the decision is not shown with its reason")
	}
	page = c.post(pair+"/undo", url.Values{"by": {"envoy"}}, nil)
	if page.status != http.StatusOK || strings.Contains(c.get(pair).body, "the same father") {
		t.Errorf("it was not undone: %d", page.status)
	}
	if got := c.get("/lists/match/99").status; got != http.StatusNotFound {
		t.Errorf("no such pair: %d", got)
	}
	// What two lists tell is ours alone.
	c.post("/view", url.Values{"present": {"yes"}}, nil)
	if a, b := c.get("/lists/match"), c.get("/lists"); a.status != http.StatusNotFound || strings.Contains(b.body, "ours.csv") || strings.Contains(b.body, "a.file") {
		t.Error("the lists are shown while presenting")
	}
	c.post("/view", url.Values{"present": {"no"}}, nil)

	// On paper.
	printed := string(c.saved(c.post("/lists/print", nil, map[string][]byte{"file": []byte(oursCSV)})))
	if !strings.Contains(printed, "row | check | id | name") || !strings.Contains(printed, "list of 3 rows") {
		t.Errorf("printed: %s", printed)
	}
	keyed := "id,name,check\na1,Пётр Савельев,00000\n"
	c.refuses("/lists/key", nil, map[string][]byte{"file": []byte(keyed)}, "Row 1: ")
	keyed = "id,name,check\n" + strings.Join(regexp.MustCompile(`1 \| (\d{5}) \| (x1) \| (Ann)`).FindStringSubmatch(string(c.saved(c.post("/lists/print", nil, map[string][]byte{"file": []byte("id,name\nx1,Ann\n")}))))[1:2], "")
	keyed = strings.Replace(keyed, "check\n", "check\nx1,Ann,", 1) + "\n"
	if page := c.post("/lists/key", nil, map[string][]byte{"file": []byte(keyed)}); !strings.Contains(page.body, "Every row fits") {
		t.Errorf("keyed in: %d %q", page.status, keyed)
	}
	c.refuses("/lists/key", url.Values{"digest": {"123"}}, map[string][]byte{"file": []byte(keyed)}, "not the digest")

	// A round.
	for _, wrong := range []url.Values{
		{"classes.name.1": {"young"}},
		{"classes.from.1": {"18"}},
		{"classes.name.1": {"young"}, "classes.from.1": {"30"}, "classes.to.1": {"20"}, "classes.on.1": {"2026-03-01"}},
		{"classes.name.1": {"young"}, "classes.from.1": {"18"}, "classes.ranks.1": {"private"}},
	} {
		c.refuses("/lists/send", wrong, map[string][]byte{"file": []byte(oursCSV)}, `id="send-classes-error"`)
	}
	terms := url.Values{
		"due": {"2026-03-10"}, "between": {"east", "west"}, "classes.name.1": {"men"}, "classes.ranks.1": {"private, sergeant"},
		"classes.name.2": {"young"}, "classes.to.2": {"24"}, "classes.on.2": {"2026-03-01"}, "classes.name.3": {"wounded"}, "classes.ids.3": {"a2"},
	}
	page = c.act("/lists/send", terms, map[string][]byte{"file": []byte(oursCSV)})
	if got := w.view(w.east).Rounds; len(got) != 1 || strings.Join(got[0].Classes, " ") != "men wounded young" {
		t.Errorf("the round has the classes %v", got)
	}
	if !strings.Contains(page.body, "The list is signed") {
		t.Fatalf("%d %s", page.status, page.body)
	}
	w.meet()
	west := w.west.client()
	round := regexp.MustCompile(`/lists/rounds/[0-9a-f]+`).FindString(west.get("/lists").body)
	page = west.act("/lists/send", url.Values{"round": {strings.TrimPrefix(round, "/lists/rounds/")}}, map[string][]byte{"file": []byte("id,name\nx,سالم محمد\n")})
	if page.status != http.StatusOK {
		t.Fatalf("%d %s", page.status, page.body)
	}
	page = west.post(round+"/sheet", nil, nil)
	file := regexp.MustCompile(`/file/[^"]+`).FindString(page.body)
	sheet := west.get(file).body
	if !strings.Contains(sheet, "east,a1,Пётр Савельев") {
		t.Fatalf("the sheet: %q", sheet)
	}
	page = west.post(round+"/reply", url.Values{"step": {"final"}}, map[string][]byte{"file": []byte("id,name,answer\na1,x,perhaps\n")})
	if page.status != http.StatusUnprocessableEntity || !strings.Contains(page.body, "is no code") {
		t.Errorf("a wrong code: %d", page.status)
	}
	filled := strings.Replace(sheet, "Киев,,,,,", "Киев,,,,,held", 1)
	page = west.act(round+"/reply", url.Values{"step": {"final"}}, map[string][]byte{"file": []byte(filled)})
	if !strings.Contains(page.body, "Answered: <bdi>1</bdi>") {
		t.Fatalf("%d %s", page.status, page.body)
	}
	west.act(round+"/rest", url.Values{"step": {"final"}, "code": {"not-held"}}, nil)
	west.act(round+"/comment", url.Values{"name": {"east/a2"}, "text": {"never heard of her"}}, nil)
	w.meet()
	if got := c.post(round+"/final", nil, nil); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "no final code yet") {
		t.Errorf("a final list without a code: %d", got.status)
	}
	c.act(round+"/rest", url.Values{"step": {"final"}, "code": {"not-held"}}, nil)
	c.refuses(round+"/final", url.Values{"only": {"a1"}}, nil, "PARTY")
	c.refuses(round+"/final", url.Values{"only": {"east/a1"}, "without": {"east/a1"}}, nil, "either")
	c.refuses(round+"/final", url.Values{"without": {"east/a1"}}, nil, "names")
	c.act(round+"/final", url.Values{"only": {"east/a1"}}, nil)
	w.meet()
	final := regexp.MustCompile(`option value="([0-9a-f]{64})"`).FindStringSubmatch(c.get(round).body)[1]
	if sheet := string(c.saved(c.post(round+"/finalsheet", url.Values{"final": {final}}, nil))); !strings.Contains(sheet, "a1") || strings.Contains(sheet, "a2") {
		t.Errorf("the final list as a table: %s", sheet)
	}
	c.refuses(round+"/sign", url.Values{"final": {final}, "answer": {"sign"}, "digest": {"12345"}}, nil, "has the digest")
	for _, s := range []*client{c, west} {
		page = s.act(round+"/sign", url.Values{"final": {final}, "answer": {"sign"}}, nil)
		if !strings.Contains(page.body, "It is answered") {
			t.Fatalf("%d %s", page.status, page.body)
		}
		w.meet()
	}
	if got := c.get(round).body; !strings.Contains(got, "signed by all") || !strings.Contains(got, "never heard of her") {
		t.Error("the signed list is not shown")
	}
}

// TestLongListsPage: a round of 15,000 names comes a page at a time, and in a
// time that somebody waits.
func TestLongListsPage(t *testing.T) {
	if testing.Short() {
		t.Skip("15,000 names")
	}
	w := newWorld(t)
	var list []names.Record
	for i := range 15_000 {
		list = append(list, names.Record{ID: fmt.Sprint(i + 1), Name: fmt.Sprintf("Somebody Number %d", i+1)})
	}
	w.east.with(func(k *desk.Desk) error {
		_, err := k.SendList(t.Context(), list, desk.ListTerms{})
		return err
	})
	c := w.east.client()
	round := regexp.MustCompile(`/lists/rounds/[0-9a-f]+`).FindString(c.get("/lists").body)
	start := time.Now()
	page := c.get(round + "?page=300")
	t.Logf("a page of 15,000 names: %v, %d bytes", time.Since(start), len(page.body))
	if !strings.Contains(page.body, "Number 15000") || strings.Contains(page.body, "Number 14950<") || len(page.body) > 200<<10 {
		t.Errorf("%d bytes", len(page.body))
	}
	if page := c.get(round + "?find=Number+14999"); strings.Count(page.body, "Somebody") != 1 {
		t.Error("a name was not found")
	}
}
