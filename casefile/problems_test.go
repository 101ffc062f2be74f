package casefile

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"parley"
)

var update = flag.Bool("update", false, "write the answers in testdata anew")

// story is one file of testdata/NAME.txt and the answer that it gets, kept in
// testdata/NAME.answers.
type story struct{ title, file string }

func stories(t *testing.T, name string) (out []story) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range strings.Split("\n"+string(data), "\n== ")[1:] {
		title, file, _ := strings.Cut(part, "\n")
		quoted := `"` + strings.ReplaceAll(strings.ReplaceAll(file, `"`, `\"`), "\n", `\n`) + `"`
		file, err := strconv.Unquote(quoted)
		if err != nil {
			t.Fatalf("%s: %v", title, err)
		}
		out = append(out, story{title, file})
	}
	return out
}

// tell reads every story and compares the answers with those on file.
func tell(t *testing.T, name, head string, read func(data []byte) error) {
	t.Helper()
	var b strings.Builder
	for _, s := range stories(t, name) {
		answer := "fine"
		if err := read([]byte(head + s.file)); err != nil {
			answer = err.Error()
		}
		b.WriteString("== " + s.title + "\n" + answer + "\n")
	}
	path := filepath.Join("testdata", name+".answers")
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, strings.Split(string(want), "\n== "), strings.Split(b.String(), "\n== "))
}

func compare(t *testing.T, want, got []string) {
	t.Helper()
	for i := range max(len(want), len(got)) {
		var w, g string
		if i < len(want) {
			w = want[i]
		}
		if i < len(got) {
			g = got[i]
		}
		if w != g {
			t.Errorf("got\n%s\nwant\n%s", g, w)
		}
	}
}

const (
	caseHead  = "parley: case/1\nid: x\nparties: {us: {}, ru: {}, de: {}}\n"
	briefHead = "parley: brief/1\ncase: x\nparty: us\n"
	offerHead = "parley: offer/1\ncase: x\nfrom: us\n"
	caseTail  = `
persons:
  griner: {name: Brittney Griner, held_by: ru, sought_by: [us]}
  whelan: {held_by: ru, sought_by: [us]}
  bout: {held_by: us, sought_by: [ru]}
  krasikov: {held_by: de, sought_by: [ru]}
groups:
  wounded: {count: 390, held_by: ru}
  sick: {count: 2, held_by: ru, owed: true}
`
)

func exercise(t testing.TB) *parley.Case {
	t.Helper()
	c, err := ParseCase("case.yaml", []byte(caseHead+caseTail))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWholeFiles(t *testing.T) {
	tell(t, "whole", "", func(data []byte) error { _, err := ParseCase("a.yaml", data); return err })
}

func TestCases(t *testing.T) {
	tell(t, "case", caseHead, func(data []byte) error { _, err := ParseCase("a.yaml", data); return err })
}

func TestBriefs(t *testing.T) {
	c := exercise(t)
	tell(t, "brief", briefHead, func(data []byte) error { _, err := ParseBrief("a.yaml", data, c); return err })
}

func TestOffers(t *testing.T) {
	c := exercise(t)
	tell(t, "offer", offerHead, func(data []byte) error { _, err := ParseOffer("a.yaml", data, c); return err })
}

func TestManyProblemsAreCounted(t *testing.T) {
	var b strings.Builder
	b.WriteString(caseHead + "persons:\n")
	for i := range 12_000 {
		b.WriteString("  p" + strconv.Itoa(i) + ": {born: x}\n")
	}
	_, err := ParseCase("a.yaml", []byte(b.String()))
	var p *Problems
	if !errors.As(err, &p) {
		t.Fatal(err)
	}
	if len(p.List) != MaxProblems || p.More != 12_000-MaxProblems || p.List[0].Line != 5 {
		t.Errorf("%d problems and %d more, the first on line %d", len(p.List), p.More, p.List[0].Line)
	}
	if !strings.HasSuffix(err.Error(), "\na.yaml: and 11950 more") {
		t.Errorf("the error ends in %q", err.Error()[len(err.Error())-40:])
	}
}
