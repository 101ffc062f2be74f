package casefile

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"parley"
)

// hostile are files made to cost time or memory, none above the size that is
// read.
func hostile() map[string]string {
	laughs := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 12; i++ {
		laughs += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10), ", "))
	}
	wide := "parties: {us: {}}\npersons: {p: &p {also: [" + strings.Repeat("a,", 50_000) + "]}"
	for i := range 10_000 {
		wide += fmt.Sprintf(", p%d: *p", i)
	}
	refs := "persons:\n"
	for i := range 15_000 {
		refs += fmt.Sprintf("  p%d: {held_by: nobody, blank: true, candidates: [q%d]}\n", i, i)
	}
	most, entries := parley.MaxCaseBytes-100, maxNodes-100
	if testing.Short() {
		most, entries = 2_000_000, 10_000
	}
	return map[string]string{
		"a thousand million laughs":   caseHead + laughs,
		"one large thing many times":  "parley: case/1\nid: x\n" + wide + "}\n",
		"twenty thousand wrong names": caseHead + refs,
		"brackets":                    strings.Repeat("[", most),
		"braces":                      strings.Repeat("{", most),
		"commas":                      "[" + strings.Repeat("a,", most/2-1) + "]",
		"keys":                        "{" + strings.Repeat(":,", most/2-1) + "}",
		"dashes":                      strings.Repeat("- ", most/2),
		"questions":                   strings.Repeat("? ", most/2),
		"tabbed dashes":               strings.Repeat("-\t", most/2),
		"lines":                       caseHead + strings.Repeat("\n", most),
		"comments":                    caseHead + strings.Repeat("#\n", most/40),
		"one long text":               caseHead + "title: " + strings.Repeat("a ", most/8),
		"one long quoted text":        caseHead + "title: \"" + strings.Repeat("a\n ", most/40) + "\"",
		"one long key":                caseHead + strings.Repeat("a", most/4),
		"anchors":                     caseHead + "x: [" + strings.Repeat("&a b,", entries/4) + "]",
		"as much as is read":          caseHead + "x: [" + strings.Repeat("a,", entries) + "]",
		"JSON brackets":               `{"a":` + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) + "}",
		"JSON commas":                 `{"a":[` + strings.Repeat("1,", most/2-10) + "1]}",
		"JSON of as much as is read":  `{"parley":"case/1","a":[` + strings.Repeat("1,", entries) + "1]}",
		"JSON escapes":                `{"parley":"case/1","title":"` + strings.Repeat(`\u0061`, most/24) + `"}`,
	}
}

func TestHostileFilesCostLittle(t *testing.T) {
	for name, file := range hostile() {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		_, err := ParseCase("case.yaml", []byte(file))
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		t.Logf("%-28s %8v %5d MB allocated: %.80v", name, took.Round(time.Millisecond), (after.TotalAlloc-before.TotalAlloc)>>20, err)
		if took > time.Minute { // on a machine that does other things too
			t.Errorf("%s: took %v", name, took)
		}
		bounded(t, err)
	}
}

func TestFileTooLarge(t *testing.T) {
	_, err := ParseCase("a", make([]byte, parley.MaxCaseBytes+1))
	if err == nil || err.Error() != "a:1:1: longer than 16777216 bytes (see whether it is the right file, or shorten it)" {
		t.Error(err)
	}
}

func TestTooManyPersonsAndRules(t *testing.T) {
	var b strings.Builder
	b.WriteString(caseHead + "persons:\n")
	for i := range parley.MaxPersons {
		fmt.Fprintf(&b, "  p%d: {}\n", i)
	}
	most := b.String()
	if _, err := ParseCase("a", []byte(most)); err != nil {
		t.Error(err)
	}
	if _, err := ParseCase("a", []byte(most+"groups: {g: {count: 1}}\n")); err == nil || !strings.Contains(err.Error(), "20001 persons and groups") {
		t.Error(err)
	}
	rules := "rules:\n" + strings.Repeat("  - {count: {}, at_most: 1}\n", parley.MaxRules)
	if _, err := ParseCase("a", []byte(caseHead+rules)); err != nil {
		t.Error(err)
	}
	if _, err := ParseCase("a", []byte(caseHead+rules+"  - {count: {}, at_most: 1}\n")); err == nil || err.Error() != "a:5:3: rules: more than 10000 rules" {
		t.Error(err)
	}
}

// A parser sees no file with more entries than are read.
func TestEntriesAreCountedBeforeTheyAreParsed(t *testing.T) {
	for _, part := range []string{"a,", "[", "{", "a\n", "- ", "? ", "a: ", "-\t", `"a":`} {
		file := []byte(strings.Repeat(part, maxNodes))
		if p := checkText(file); p == nil || !strings.HasPrefix(p.Text, "more than 1000000 entries") {
			t.Errorf("%q many times: %v", part, p)
		}
		if p := checkText(file[:len(file)/4]); p != nil {
			t.Errorf("%q fewer times: %v", part, p)
		}
	}
}

// The tree of a file has a bounded depth, whatever the file.
func TestTreesAreShallow(t *testing.T) {
	for name, file := range map[string]string{
		"YAML":    "a: " + strings.Repeat("[", 1000) + strings.Repeat("]", 1000),
		"JSON":    `{"a":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + "}",
		"a cycle": "a: &a [*a]",
	} {
		root, p := document([]byte(file))
		if p != nil {
			t.Fatal(name, p)
		}
		if d := depth(root); d < maxDepth/2 || d > maxDepth+2 { // an alias counts as a step of its own
			t.Errorf("%s: a tree of depth %d", name, d)
		}
	}
}

func depth(n *node) int {
	deepest := 0
	for _, kid := range n.kids {
		deepest = max(deepest, depth(kid))
	}
	return deepest + 1
}
