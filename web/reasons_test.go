package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"parley"
)

// TestEveryReasonIsInTheCatalogue reads the source of those who say why an act
// has no effect and why a plan does not go on: whatever they can say is said in
// every language.
func TestEveryReasonIsInTheCatalogue(t *testing.T) {
	c, err := readCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	v := &visit{words: c.in("ru"), reading: &reading{}}
	seen := 0
	for _, file := range []string{"act", "decide", "chain", "contest", "concur", "execute", "lists", "round", "settle", "ratify", "resolve", "roster", "version", "fold", "statement", "handover/state"} {
		for _, reason := range reasonsIn(t, filepath.Join("..", file+".go")) {
			seen++
			if v.reason(reason) == "" {
				t.Errorf("%s: no message for %q", file, reason)
			}
		}
	}
	if seen < 80 {
		t.Errorf("only %d reasons were found", seen)
	}
}

var verb = regexp.MustCompile(`%[a-z0-9.]`)

// reasonsIn gives the sentences that functions return who return one text.
func reasonsIn(t *testing.T, path string) (out []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		f, ok := n.(*ast.FuncDecl)
		if !ok || f.Type.Results == nil || len(f.Type.Results.List) != 1 || f.Name.Name == "String" {
			return true
		}
		if kind, ok := f.Type.Results.List[0].Type.(*ast.Ident); !ok || kind.Name != "string" {
			return true
		}
		ast.Inspect(f, func(n ast.Node) bool {
			r, ok := n.(*ast.ReturnStmt)
			if ok && len(r.Results) == 1 {
				if s := sentence(r.Results[0]); strings.Contains(strings.Trim(s, " x"), " ") {
					out = append(out, s)
				}
			}
			return true
		})
		return true
	})
	return out
}

// sentence is a returned text with an x for each value in it.
func sentence(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		if err == nil {
			return verb.ReplaceAllString(s, "x")
		}
	case *ast.BinaryExpr:
		return sentence(e.X) + sentence(e.Y)
	case *ast.CallExpr:
		if len(e.Args) > 0 {
			if s := sentence(e.Args[len(e.Args)-1]); slices.Contains([]string{"unless"}, called(e)) {
				return s
			}
			if called(e) == "Sprintf" {
				return sentence(e.Args[0])
			}
		}
	}
	return "x"
}

func called(e *ast.CallExpr) string {
	switch f := e.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// TestReasonsAreTold: what other packages say in English stands on pages in the
// reader's language, with people and parties by their names.
func TestReasonsAreTold(t *testing.T) {
	w := newWorld(t)
	w.plan(t)
	w.lists()
	c := w.east.client()
	for lang, told := range map[string][2]string{
		"en": {"identity waits for the word of Ostland (the list against the people)", "born: 1985"},
		"ru": {"identity: ожидается слово (Ostland; the list against the people)", "родился: 1985"},
		"ar": {"identity: ينتظر كلمة Ostland (the list against the people)", "الميلاد: 1985"},
	} {
		c.post("/view", url.Values{"lang": {lang}}, nil)
		if page := c.get("/handover").body; !strings.Contains(page, told[0]) {
			t.Errorf("%s: the handover page does not say %q", lang, told[0])
		}
		if page := c.get("/lists/match").body; !strings.Contains(page, told[1]) {
			t.Errorf("%s: the comparison does not say %q", lang, told[1])
		}
	}
}

// TestRulesAreSentences: every kind of rule is a sentence in every language, and
// none reads as a file does.
func TestRulesAreSentences(t *testing.T) {
	c, err := readCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	r := &reading{}
	r.of(&parley.Case{Parties: []parley.Party{{ID: "west", Name: "Vostria"}}, Persons: []parley.Person{{ID: "ivo", Name: "Ivo Levi"}, {ID: "alma", Name: "Alma Reyes"}}})
	ids, two := []parley.PersonID{"ivo", "alma"}, 2
	held, tagged := parley.Selector{HeldBy: "west"}, parley.Selector{SoughtBy: "west", Tag: "civilian", IDs: ids}
	all := []parley.Rule{
		parley.Require{IDs: ids},
		parley.Forbid{IDs: ids},
		parley.Together{IDs: ids},
		parley.AtMostOne{IDs: ids},
		parley.IfThen{If: "alma", Then: ids},
		parley.Count{Of: held, AtLeast: &two},
		parley.Count{Of: tagged, AtMost: &two},
		parley.Count{AtLeast: &two, AtMost: &two},
		parley.Equal{A: held, B: tagged},
		parley.Ratio{A: held, B: tagged, Num: 1, Den: 2},
		parley.Bonus{Points: 9, All: ids},
	}
	for _, lang := range languages() {
		v := &visit{words: c.in(lang), reading: r}
		seen := map[string]bool{}
		for _, rule := range all {
			said := v.rule(rule)
			if said == rule.String() || strings.ContainsAny(said, "[]{}_") || strings.Contains(said, "ivo") || !strings.HasSuffix(said, ".") {
				t.Errorf("%s: %s is told as %q", lang, rule, said)
			}
			seen[said] = true
		}
		if len(seen) != len(all) {
			t.Errorf("%s: %d sentences for %d rules", lang, len(seen), len(all))
		}
	}
	if v := (&visit{words: c.in("en"), reading: r}); v.rule(all[1]) != "May not be released: Ivo Levi, Alma Reyes." {
		t.Errorf("forbid is told as %q", v.rule(all[1]))
	}
}

// TestFindByAnySpelling: whoever looks for somebody need not know how the case
// spells the name.
func TestFindByAnySpelling(t *testing.T) {
	c := apart(t).east.client()
	for query, want := range map[string]string{
		"Reyes": "alma", "рейес": "alma", "Savelyev": "peter", "савелев": "peter", "Hadad": "huda", "حداد": "huda", "iv": "ivo", "Zebulon": "",
	} {
		page := c.get("/people?find=" + url.QueryEscape(query)).body
		_, rows, _ := strings.Cut(page, "<tbody>")
		rows, _, _ = strings.Cut(rows, "</tbody>")
		if first := strings.Index(rows, `href="/people/`+want+`"`); want != "" && (first < 0 || strings.Index(rows, `href="/people/`) != first) {
			t.Errorf("%s: %s is not the first who is found", query, want)
		}
		if want == "" && strings.Contains(rows, "<tr") {
			t.Errorf("%s: somebody was found: %s", query, rows)
		}
	}
}
