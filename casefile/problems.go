package casefile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// MaxProblems is how many problems of one file are told in full.
const MaxProblems = 50

// Problem is one thing that is wrong with a file, and where. Line and Column
// count from 1; the column counts characters.
type Problem struct {
	Line, Column int
	Field        string // the way to the field: persons.griner.held_by; "" for the file as a whole
	Text         string // what is wrong
	Hint         string // what would be right, where that can be told
}

func (p Problem) String() string {
	var b strings.Builder
	if p.Field != "" {
		b.WriteString(p.Field + ": ")
	}
	b.WriteString(p.Text)
	if p.Hint != "" {
		b.WriteString(" (" + p.Hint + ")")
	}
	return b.String()
}

// Problems is all that is wrong with a file, in the order of the file. For a
// brief it names places and fields and never what stands there.
type Problems struct {
	File string
	List []Problem
	More int // problems beyond those in List
}

// Error gives each problem a line: case.yaml:12:5: field: text (hint).
func (p *Problems) Error() string {
	lines := make([]string, 0, len(p.List)+1)
	for _, q := range p.List {
		lines = append(lines, fmt.Sprintf("%s:%d:%d: %s", p.File, q.Line, q.Column, q))
	}
	if p.More > 0 {
		lines = append(lines, fmt.Sprintf("%s: and %d more", p.File, p.More))
	}
	return strings.Join(lines, "\n")
}

// one is the Problems of a file that can't be read far enough to find others.
func one(file string, p Problem) *Problems { return &Problems{File: file, List: []Problem{p}} }

// collect sorts by place, drops repetitions (an alias shows one place twice)
// and cuts the list to its bound.
func collect(file string, all []Problem) *Problems {
	slices.SortStableFunc(all, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	all = slices.Compact(all)
	kept := all[:min(len(all), MaxProblems)]
	return &Problems{File: file, List: kept, More: len(all) - len(kept)}
}
