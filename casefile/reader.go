package casefile

import (
	"fmt"
	"slices"
	"strings"
)

// maxKept bounds the problems that are remembered for sorting.
const maxKept = 10_000

// formats are the first fields that this package reads.
var formats = []string{"case/1", "brief/1", "offer/1", "plan/1"}

// reader goes through the tree of one file and gathers what is wrong with it.
type reader struct {
	file     string
	private  bool   // a brief: no problem may tell what stands in the file
	known    *known // what references must lead to; nil: they are not checked
	found    int    // problems
	problems []Problem
	guessed  int // near spellings looked for
}

// begin reads a file as far as its tree and checks its first field. A file of
// another format or version has that one problem: its other fields are not
// ours to judge.
func begin(file string, data []byte, most int, format string) (*reader, *node, error) {
	r := &reader{file: file, private: format == "brief/1"}
	if len(data) > most {
		return nil, nil, one(file, Problem{Line: 1, Column: 1, Text: fmt.Sprintf("longer than %d bytes", most), Hint: "see whether it is the right file, or shorten it"})
	}
	root, p := document(data)
	if p != nil {
		return nil, nil, one(file, *p)
	}
	if root.kind != mapKind {
		return nil, nil, one(file, Problem{Line: root.line, Column: root.col, Text: "not a map of fields", Hint: "begin with parley: " + format})
	}
	n := root.get("parley")
	switch {
	case n == nil:
		r.add(root, "", "no field parley", "begin with parley: "+format)
	case n.kind != textKind || n.text != format:
		return nil, nil, one(file, otherFormat(n, format))
	}
	return r, root, nil
}

// otherFormat says what a file is that isn't of the format wanted.
func otherFormat(n *node, format string) Problem {
	p := Problem{n.line, n.col, "parley", "an unknown format", "the formats known here are " + strings.Join(formats, ", ")}
	if n.kind == textKind && slices.Contains(formats, n.text) {
		p.Text, p.Hint = "another kind of file: "+n.text, "wanted is "+format
	}
	return p
}

func (r *reader) root(n *node) *value { return &value{r: r, n: n} }

// add notes a problem at a place. Hints that are empty are left out.
func (r *reader) add(at *node, path, text string, hint ...string) {
	if r.found++; r.found > maxKept {
		return
	}
	hint = slices.DeleteFunc(hint, func(h string) bool { return h == "" })
	r.problems = append(r.problems, Problem{at.line, at.col, path, text, strings.Join(hint, "; ")})
}

// done is the *Problems of the file, or nil.
func (r *reader) done() error {
	if r.found == 0 {
		return nil
	}
	p := collect(r.file, r.problems)
	p.More += r.found - len(r.problems)
	return p
}
