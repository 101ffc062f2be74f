package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
)

// site is one check that can be taken out of a file.
type site struct {
	File string `json:"file"` // from the root of the module, with slashes
	Line int    `json:"line"`
	Func string `json:"func"`
	Cond string `json:"condition"` // as written; "#2" and so on behind it where the function has it again

	pkg      string // the name of its package
	from, to int    // where the condition stands
	with     guard  // how it is taken out
}

func (s site) String() string { return fmt.Sprintf("%s:%d: %s: %s", s.File, s.Line, s.Func, s.Cond) }

// key names a site without its line, so that it outlives a change above it.
func (s site) key() string { return s.File + " :: " + s.Func + " :: " + s.Cond }

// guard is what is written before and behind a condition, so that a mutant of
// some number is without it.
type guard struct{ before, behind string }

// A check that refuses is taken out by an operand that is never true, one that
// allows by an operand that always is. The condition stays, so all compiles.
var (
	never  = guard{"!mutantIs(%d) && (", ")"}
	always = guard{"(mutantIs(%d) || (", "))"}
)

// mutants is the source with all its sites' mutants in it, numbered from first.
func mutants(src []byte, sites []site, first int) []byte {
	type insertion struct {
		at   int
		text string
	}
	var all []insertion
	for i, s := range sites {
		all = append(all, insertion{s.from, fmt.Sprintf(s.with.before, first+i)}, insertion{s.to, s.with.behind})
	}
	slices.SortStableFunc(all, func(a, b insertion) int { return a.at - b.at })
	var out []byte
	done := 0
	for _, x := range all {
		out = append(append(out, src[done:x.at]...), x.text...)
		done = x.at
	}
	return append(out, src[done:]...)
}

// sitesOf lists the checks of a file: where a function refuses if something is
// so, each part of the "or" by itself; and where it returns, or asks with
// unless, whether several things are all so, each of them by itself.
func sitesOf(root, file string) ([]site, error) {
	src, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		return nil, err
	}
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, file, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	f := &finder{set: set, src: src, file: filepath.ToSlash(file), pkg: tree.Name.Name}
	for _, d := range tree.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil {
			continue
		}
		f.fn, f.seen = nameOf(fn), map[string]int{}
		f.in(fn.Type, fn.Body)
	}
	return f.sites, nil
}

func nameOf(fn *ast.FuncDecl) string {
	if fn.Recv == nil || len(fn.Recv.List) == 0 {
		return fn.Name.Name
	}
	t := fn.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if name, ok := t.(*ast.Ident); ok {
		return name.Name + "." + fn.Name.Name
	}
	return fn.Name.Name
}

type finder struct {
	set   *token.FileSet
	src   []byte
	file  string
	pkg   string
	fn    string
	seen  map[string]int
	sites []site
}

// in walks one function's body; functions inside it have results of their own.
func (f *finder) in(typ *ast.FuncType, body *ast.BlockStmt) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			f.in(n.Type, n.Body)
			return false
		case *ast.IfStmt:
			if refuses(typ, n.Body.List) {
				f.each(n.Cond, token.LOR, never)
			}
		case *ast.SwitchStmt:
			if n.Tag == nil {
				f.cases(typ, n.Body)
			}
		case *ast.CallExpr:
			if name, ok := n.Fun.(*ast.Ident); ok && name.Name == "unless" && len(n.Args) > 0 {
				f.each(n.Args[0], token.LAND, always)
			}
		case *ast.ReturnStmt:
			if lastResult(typ) == "bool" && len(n.Results) > 0 {
				f.all(n.Results[len(n.Results)-1])
			}
		}
		return true
	})
}

func (f *finder) cases(typ *ast.FuncType, body *ast.BlockStmt) {
	for _, s := range body.List {
		c := s.(*ast.CaseClause)
		if !refuses(typ, c.Body) {
			continue
		}
		for _, e := range c.List {
			f.each(e, token.LOR, never)
		}
	}
}

// all takes the parts of an "and" for checks; a condition alone is none.
func (f *finder) all(e ast.Expr) {
	if and, ok := ast.Unparen(e).(*ast.BinaryExpr); ok && and.Op == token.LAND {
		f.each(e, token.LAND, always)
	}
}

// each notes every operand of a chain of one operator.
func (f *finder) each(e ast.Expr, op token.Token, with guard) {
	if b, ok := ast.Unparen(e).(*ast.BinaryExpr); ok && b.Op == op {
		f.each(b.X, op, with)
		f.each(b.Y, op, with)
		return
	}
	from, to := f.set.Position(e.Pos()), f.set.Position(e.End())
	cond := string(f.src[from.Offset:to.Offset])
	f.seen[cond]++
	if n := f.seen[cond]; n > 1 {
		cond = fmt.Sprintf("%s #%d", cond, n)
	}
	f.sites = append(f.sites, site{
		File: f.file, Line: from.Line, Func: f.fn, Cond: cond,
		pkg: f.pkg, from: from.Offset, to: to.Offset, with: with,
	})
}

// refuses tells whether a block ends by saying no: it returns an error, false
// or a reason, or notes a fault.
func refuses(typ *ast.FuncType, block []ast.Stmt) bool {
	if len(block) == 0 {
		return false
	}
	ret, ok := block[len(block)-1].(*ast.ReturnStmt)
	if !ok {
		return notesFault(block[len(block)-1:])
	}
	if len(ret.Results) == 0 {
		return lastResult(typ) == "error" || notesFault(block)
	}
	last := ret.Results[len(ret.Results)-1]
	switch lastResult(typ) {
	case "error":
		return !isIdent(last, "nil")
	case "bool":
		return isIdent(last, "false")
	case "string":
		lit, ok := last.(*ast.BasicLit)
		return !ok || lit.Value != `""`
	}
	return false
}

func notesFault(block []ast.Stmt) bool {
	for _, s := range block {
		e, ok := s.(*ast.ExprStmt)
		if !ok {
			continue
		}
		call, ok := e.X.(*ast.CallExpr)
		if !ok {
			continue
		}
		switch fun := call.Fun.(type) {
		case *ast.SelectorExpr:
			if fun.Sel.Name == "fault" {
				return true
			}
		case *ast.Ident:
			if fun.Name == "fault" {
				return true
			}
		}
	}
	return false
}

// lastResult is the name of a function's last result's type, "" for others.
func lastResult(typ *ast.FuncType) string {
	if typ.Results == nil || len(typ.Results.List) == 0 {
		return ""
	}
	name, ok := typ.Results.List[len(typ.Results.List)-1].Type.(*ast.Ident)
	if !ok {
		return ""
	}
	return name.Name
}

func isIdent(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}
