package parley_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// layers is the map of the house: what each package may import of ours. A
// package that is missing here fails. Change it together with ARCHITECTURE.md.
var layers = map[string][]string{
	"parley":                      {},
	"parley/brief":                {"parley"},
	"parley/channel":              {},
	"parley/relay":                {},
	"parley/frontier":             {"parley", "parley/brief", "parley/frontier/certificate"},
	"parley/frontier/certificate": {"parley", "parley/brief"},
	"parley/bench/relay":          {"parley/relay"},
	"parley/bench/channel":        {},
	"parley/bench/frontier":       {},
	"parley/casefile":             {"parley", "parley/brief", "parley/handover", "parley/names"},
	"parley/names":                {"parley"},
	"parley/press":                {"parley", "parley/names"},
	"parley/bench/names":          {"parley/casefile", "parley/names"},
	"parley/names/fit":            {"parley/casefile", "parley/names"},
	"parley/desk":                 {"parley", "parley/accord", "parley/brief", "parley/casefile", "parley/channel", "parley/frontier", "parley/handover", "parley/names", "parley/press", "parley/relay"},
	"parley/web":                  {"parley", "parley/accord", "parley/brief", "parley/casefile", "parley/channel", "parley/desk", "parley/frontier", "parley/handover", "parley/internal/digits", "parley/internal/show", "parley/names", "parley/press", "parley/web/chart"},
	"parley/web/chart":            {"parley", "parley/frontier", "parley/internal/show"},
	"parley/internal/show":        {},
	"parley/examples":             {},
	"parley/handover":             {"parley", "parley/internal/digits"},
	"parley/models":               {},
	"parley/accord":               {"parley", "parley/brief", "parley/internal/garble", "parley/internal/ot"},
	"parley/internal/garble":      {},
	"parley/internal/ot":          {},
	"parley/internal/killpoint":   {},
	"parley/internal/digits":      {},
	"parley/bench/all":            {},
	"parley/bench/accord":         {"parley/internal/garble"},
	"parley/cmd/parley":           {"parley", "parley/accord", "parley/brief", "parley/casefile", "parley/channel", "parley/desk", "parley/examples", "parley/frontier", "parley/frontier/certificate", "parley/handover", "parley/internal/digits", "parley/internal/show", "parley/names", "parley/press", "parley/relay", "parley/web", "parley/web/chart"},
}

// owners says which one package may import a dependency. golang.org/x is free
// to all, and what measures against a rival imports the rival.
var owners = map[string]string{
	"filippo.io/age":                 "parley/desk",
	"filippo.io/mldsa":               "parley/channel",
	"github.com/fxamacker/cbor/v2":   "parley/channel",
	"github.com/nats-io/nats-server": "parley/relay",
	"github.com/nats-io/nats.go":     "parley/relay",
	"github.com/ncruces/go-sqlite3":  "parley/casefile",
	"go.yaml.in/yaml/v4":             "parley/casefile",
	"github.com/spf13/cobra":         "parley/cmd/parley",
	"github.com/xuri/excelize/v2":    "parley/casefile",
}

// pure packages touch no files, network, clock or randomness.
var pure = map[string][]string{
	"parley":                      {"os", "net", "net/http", "math/rand", "math/rand/v2", "crypto/rand", "io/fs", "path/filepath", "syscall"},
	"parley/brief":                {"os", "net", "net/http", "time", "math/rand", "math/rand/v2", "crypto/rand", "io/fs", "path/filepath", "syscall"},
	"parley/press":                {"os", "net", "net/http", "math/rand", "math/rand/v2", "crypto/rand", "io/fs", "path/filepath", "syscall"},
	"parley/names":                {"os", "net", "net/http", "time", "math/rand", "math/rand/v2", "crypto/rand", "io/fs", "path/filepath", "syscall"},
	"parley/handover":             {"os", "net", "net/http", "math/rand", "math/rand/v2", "crypto/rand", "io/fs", "path/filepath", "syscall"},
	"parley/frontier":             {"os", "net", "net/http", "time", "math/rand", "math/rand/v2", "crypto/rand", "io/fs", "path/filepath", "syscall"},
	"parley/frontier/certificate": {"os", "net", "net/http", "time", "math/rand", "math/rand/v2", "crypto/rand", "io/fs", "path/filepath", "syscall"},
}

type pkg struct {
	ImportPath           string
	Dir, Doc             string
	Imports              []string
	GoFiles, TestImports []string
	TestGoFiles          []string
	XTestGoFiles         []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Dir,Doc,Imports,GoFiles,TestGoFiles,XTestGoFiles", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func ours(path string) bool { return path == "parley" || strings.HasPrefix(path, "parley/") }

// TestImportsGoDown holds every package to the map, every dependency to its one
// owner, and the pure packages to purity. Secrecy is an import rule: what sends
// or publishes can't reach a brief.
func TestImportsGoDown(t *testing.T) {
	for _, p := range packages(t) {
		allowed, ok := layers[p.ImportPath]
		if !ok {
			t.Errorf("%s is not on the map", p.ImportPath)
			continue
		}
		for _, i := range p.Imports {
			if ours(i) && !slices.Contains(allowed, i) {
				t.Errorf("%s may not import %s", p.ImportPath, i)
			}
			if slices.Contains(pure[p.ImportPath], i) {
				t.Errorf("%s is pure and imports %s", p.ImportPath, i)
			}
			if owner := ownerOf(i); !ours(i) && strings.Contains(strings.Split(i, "/")[0], ".") && owner != p.ImportPath && !strings.HasPrefix(p.ImportPath, "parley/bench/") && !strings.HasPrefix(i, "golang.org/x/") {
				t.Errorf("%s may not import %s: its owner is %q", p.ImportPath, i, owner)
			}
		}
	}
}

func ownerOf(path string) string {
	for dep, owner := range owners {
		if path == dep || strings.HasPrefix(path, dep+"/") {
			return owner
		}
	}
	return ""
}

// mostDependencies bounds what parley is built on, outside of tests.
const mostDependencies = 15

// TestFewDependencies counts the modules that anything but tests and
// measurements imports.
func TestFewDependencies(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", "{{if .Module}}{{.Module.Path}}{{end}} {{.ImportPath}}", "./cmd/...", "./web/...", "./names/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	module := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if path, pkg, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			module[pkg] = path
		}
	}
	direct := map[string]bool{}
	for _, p := range packages(t) {
		for _, i := range p.Imports {
			if m := module[i]; m != "" && m != "parley" && !strings.HasPrefix(p.ImportPath, "parley/bench/") {
				direct[m] = true
			}
		}
	}
	if n := len(direct); n > mostDependencies || n < 5 {
		t.Errorf("%d direct dependencies, and %d are the most: %v", n, mostDependencies, slices.Sorted(maps.Keys(direct)))
	}
}

// TestNoClockInsideTheWords: the words know what a time is and never ask for it.
func TestNoClockInsideTheWords(t *testing.T) {
	files, _ := filepath.Glob("*.go")
	more, _ := filepath.Glob("handover/*.go")
	for _, f := range append(files, more...) {
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(f, "_test.go") && bytes.Contains(src, []byte("time.Now")) {
			t.Errorf("%s asks for the time", f)
		}
	}
}

// TestNothingGivenOutIsLight: what lets a guess at a passphrase cost little is set
// by tests alone. Our sources hand it on, from a field of that name to another,
// and never say yes.
func TestNothingGivenOutIsLight(t *testing.T) {
	isLight := func(e ast.Node) bool {
		switch e := e.(type) {
		case *ast.Ident:
			return strings.EqualFold(e.Name, "light")
		case *ast.SelectorExpr:
			return strings.EqualFold(e.Sel.Name, "light")
		}
		return false
	}
	handed := 0
	for _, p := range packages(t) {
		for _, name := range p.GoFiles {
			fset := token.NewFileSet()
			f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			set := func(to ast.Node, from ast.Expr) {
				if !isLight(to) {
					return
				}
				handed++
				if _, ok := from.(*ast.SelectorExpr); !ok || !isLight(from) {
					t.Errorf("%s: light is set", fset.Position(to.Pos()))
				}
			}
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.KeyValueExpr:
					set(n.Key, n.Value)
				case *ast.AssignStmt:
					for i, to := range n.Lhs {
						set(to, n.Rhs[min(i, len(n.Rhs)-1)])
					}
				case *ast.UnaryExpr:
					if n.Op == token.AND && isLight(n.X) {
						t.Errorf("%s: light may be set from elsewhere", fset.Position(n.Pos()))
					}
				}
				return true
			})
		}
	}
	if handed < 4 {
		t.Errorf("light is handed on %d times only: this test no longer sees how", handed)
	}
}

// TestEveryPackageTellsItsIdea asks for a package comment worth the name.
func TestEveryPackageTellsItsIdea(t *testing.T) {
	for _, p := range packages(t) {
		if doc := packageDoc(t, p); len(doc) < 100 {
			t.Errorf("%s has no package comment that tells its idea", p.ImportPath)
		}
	}
}

// TestEveryPromiseHasItsTests: each row of the threat model names tests, and
// they are there.
func TestEveryPromiseHasItsTests(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("docs", "threat-model.md"))
	if err != nil {
		t.Fatal(err)
	}
	tests := testNames(t)
	_, promises, _ := strings.Cut(string(page), "## What is promised")
	promises, _, _ = strings.Cut(promises, "\n## ")
	rows := 0
	for line := range strings.Lines(promises) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) != 5 || strings.HasPrefix(line, "|---") || strings.HasPrefix(line, "| promise") {
			continue
		}
		rows++
		named := strings.FieldsFunc(cells[3], func(r rune) bool { return r == ',' || r == ' ' })
		if len(named) == 0 {
			t.Errorf("no test is named for: %s", cells[1])
		}
		for _, name := range named {
			if !tests[name] {
				t.Errorf("there is no %s, named for: %s", name, cells[1])
			}
		}
	}
	if rows < 20 {
		t.Errorf("only %d promises were found", rows)
	}
}

// testNames lists the tests of the whole repository.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		src, err := os.ReadFile(path)
		for line := range strings.Lines(string(src)) {
			if name, ok := strings.CutPrefix(line, "func Test"); ok {
				name, _, _ = strings.Cut(name, "(")
				out["Test"+name] = true
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func packageDoc(t *testing.T, p pkg) string {
	t.Helper()
	doc := ""
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.ParseComments|parser.PackageClauseOnly)
		if err != nil {
			t.Fatal(err)
		}
		if f.Doc != nil {
			doc += f.Doc.Text()
		}
	}
	return doc
}

// tool runs one of the tools of tools/go.mod, or of Go itself.
func tool(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("go", args...).CombinedOutput()
	if err != nil {
		t.Errorf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func TestFormatted(t *testing.T) {
	if out := tool(t, "tool", "-modfile=tools/go.mod", "gofumpt", "-l", "."); strings.TrimSpace(out) != "" {
		t.Errorf("not formatted as gofumpt does it:\n%s", out)
	}
}

func TestVet(t *testing.T) { tool(t, "vet", "./...") }

func TestStaticcheck(t *testing.T) { tool(t, "tool", "-modfile=tools/go.mod", "staticcheck", "./...") }

// TestToolsWork runs the tests of what stands under tools, a module of its own.
func TestToolsWork(t *testing.T) {
	tool(t, "vet", "-C", "tools", "./...")
	tool(t, "test", "-C", "tools", "-count=1", "./...")
}

func TestModuleIsTidy(t *testing.T) { tool(t, "mod", "tidy", "-diff") }

// raced are the packages that start goroutines, or whose values those of another
// are given, and which of their short tests run under the race detector: all, or
// enough to have every goroutine run beside what it shares. Of other packages
// those tests run that start goroutines themselves: in a test on one goroutine the
// detector has nothing to find.
var raced = map[string]string{
	"parley/relay":              ".",
	"parley/names":              ".",
	"parley/frontier":           ".",
	"parley/internal/ot":        ".",
	"parley/internal/killpoint": ".",
	"parley/accord":             "^Test(Replayed|Reflected|ByCorrespondence)$",          // gives what it has to ot
	"parley/web":                "^Test(ManyAskAtOnce|AnActIsDoneOnce|EntryByOneLink)$", // a desk that many ask at once
}

// TestRace runs what has goroutines under the race detector, with fewer cases
// drawn: a race shows in any of them. That needs a C compiler, which CI must have.
func TestRace(t *testing.T) {
	if os.Getenv("PARLEY_INSIDE_RACE") != "" || testing.Short() {
		t.Skip("inside another run")
	}
	if !raceWorks() {
		if os.Getenv("CI") != "" {
			t.Fatal("the race detector does not work here: CI needs a C compiler")
		}
		t.Skip("the race detector needs a C compiler, and there is none")
	}
	for path, tests := range racing(t) {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command("go", "test", "-race", "-short", "-timeout=20m", "-v", "-run="+tests, path)
			cmd.Env = append(os.Environ(), "PARLEY_INSIDE_RACE=1", "RAPID_CHECKS=50", "CGO_ENABLED=1")
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			if !bytes.Contains(out, []byte("--- PASS")) {
				t.Errorf("no test ran: %s", tests)
			}
		})
	}
}

// racing adds to raced the tests of other packages that start goroutines.
func racing(t *testing.T) map[string]string {
	t.Helper()
	out := maps.Clone(raced)
	for _, p := range packages(t) {
		_, ok := raced[p.ImportPath]
		if ok || p.ImportPath == "parley/cmd/parley" || strings.HasPrefix(p.ImportPath, "parley/bench/") {
			continue
		}
		var tests []string
		for _, name := range concurrent(t, p.Dir, slices.Concat(p.GoFiles, p.TestGoFiles, p.XTestGoFiles)) {
			switch {
			case strings.HasPrefix(name, "Test"):
				tests = append(tests, name)
			case !strings.HasPrefix(name, "Benchmark"):
				t.Errorf("%s starts goroutines in %s: say in raced which of its tests have them meet", p.ImportPath, name)
			}
		}
		if len(tests) > 0 {
			out[p.ImportPath] = "^(" + strings.Join(tests, "|") + ")$"
		}
	}
	return out
}

// concurrent lists the functions that start goroutines.
func concurrent(t *testing.T, dir string, files []string) (out []string) {
	t.Helper()
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, name), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if ok && starts(fn) {
				out = append(out, fn.Name.Name)
			}
		}
	}
	return out
}

// starts tells whether a function starts a goroutine: by go, or by a group's Go.
func starts(fn *ast.FuncDecl) (found bool) {
	ast.Inspect(fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			found = true
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Go" {
				found = true
			}
		}
		return true
	})
	return found
}

func raceWorks() bool {
	out, err := exec.Command("go", "env", "CC").Output()
	if err != nil {
		return false
	}
	_, err = exec.LookPath(strings.Fields(string(out) + " none")[0])
	return err == nil
}

// TestDependenciesAreListed holds docs/dependencies.md to go.mod: each module at
// its version, and none that is no longer there.
func TestDependenciesAreListed(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("docs", "dependencies.md"))
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]string{}
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(line, "|")
		if len(cells) < 6 || !strings.Contains(cells[1], ".") || !strings.HasPrefix(strings.TrimSpace(cells[2]), "v") {
			continue
		}
		for _, c := range cells[3:5] {
			if strings.TrimSpace(c) == "" {
				t.Errorf("%s: it is not said why it is there, or who keeps it", cells[1])
			}
		}
		listed[strings.TrimSpace(cells[1])] = strings.TrimSpace(cells[2])
	}
	out, err := exec.Command("go", "mod", "edit", "-json").Output()
	if err != nil {
		t.Fatal(err)
	}
	var mod struct {
		Require []struct{ Path, Version string }
	}
	if err := json.Unmarshal(out, &mod); err != nil {
		t.Fatal(err)
	}
	for _, r := range mod.Require {
		if listed[r.Path] != r.Version {
			t.Errorf("docs/dependencies.md has %s at %q, and go.mod at %s", r.Path, listed[r.Path], r.Version)
		}
		delete(listed, r.Path)
	}
	for path := range listed {
		t.Errorf("docs/dependencies.md has %s, and go.mod has not", path)
	}
}

// strays are words that a reader never meets here, and the one that is meant: of
// docs/glossary.md, or a plainer one.
var strays = map[string]string{
	"detainee": "person", "detainees": "persons", "inmate": "person", "inmates": "persons", "hostage": "person", "hostages": "persons",
	"opponent": "the other side", "opponents": "the other sides", "counterparty": "the other side", "enemy": "the other side",
	"deal": "agreement", "deals": "agreements", "bargain": "offer", "chat": "channel",
	"username": "name", "customer": "party", "login": "link",
}

// TestOneWordForOneThing reads the pages, the manual and the words of the desk in
// a browser for words that have no place beside those of the glossary.
func TestOneWordForOneThing(t *testing.T) {
	files := []string{"README.md", "ARCHITECTURE.md", "SECURITY.md"}
	for _, pattern := range []string{"docs/*.md", "cmd/parley/*.md", "web/words/*.json", "web/pages/*.html"} {
		more, _ := filepath.Glob(filepath.FromSlash(pattern))
		files = append(files, more...)
	}
	if len(files) < 40 {
		t.Errorf("only %d files were found", len(files))
	}
	for _, f := range files {
		page, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range strings.FieldsFunc(strings.ToLower(string(page)), func(r rune) bool { return !unicode.IsLetter(r) }) {
			if better := strays[w]; better != "" {
				t.Errorf("%s says %q, and means %q", f, w, better)
			}
		}
	}
}
