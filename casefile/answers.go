package casefile

import (
	"encoding/csv"
	"fmt"
	"io/fs"
	"strings"

	"parley"
	people "parley/names"
)

// A sheet of answers is a list with the columns "answer", "on", "of" and "words"
// beside the rows, to be filled in by hand in any program for tables.

// Answer is a row of a sheet of answers. Code is empty where nothing was filled
// in.
type Answer struct {
	Row            int
	List, ID       string // the list may be empty
	Code, Of, Text string
	On             parley.Date
}

// ReadAnswers reads a sheet of answers from CSV or a workbook. Unlike a list, it
// is read whole or not at all: a date that can't be read is an error.
func ReadAnswers(path string) ([]Answer, error) {
	l, err := ReadList(path)
	if err != nil {
		return nil, err
	}
	out, err := answersOn(l)
	if err != nil {
		return nil, &fs.PathError{Op: "reading", Path: path, Err: err}
	}
	return out, nil
}

// ParseAnswers reads a sheet of answers from the bytes of its file.
func ParseAnswers(data []byte) ([]Answer, error) {
	l, err := ParseList(data)
	if err != nil {
		return nil, err
	}
	return answersOn(l)
}

func answersOn(l *people.List) ([]Answer, error) {
	if l.Columns["answer"] == "" || l.Columns["id"] == "" {
		return nil, fmt.Errorf("%w: a sheet of answers has the columns \"id\", \"name\" and \"answer\"", ErrList)
	}
	var out []Answer
	for i, b := range l.Beside {
		a := Answer{Row: l.Records[i].Row, List: b.List, ID: unguarded(b.ID), Code: strings.ToLower(b.Answer), Of: unguarded(b.Of), Text: unguarded(b.Words)}
		if b.On != "" {
			var why string
			if a.On, why = parseDate(b.On, false); why != "" {
				return nil, fmt.Errorf("row %d, %q: %s", a.Row, l.Columns["on"], why)
			}
		}
		out = append(out, a)
	}
	return out, nil
}

// AnswerColumns heads a sheet of answers.
func AnswerColumns() []string {
	return []string{"list", "id", "name", "father", "born", "place", "captured", "rank", "unit", "note", "answer", "on", "of", "words"}
}

// SheetRow is a row of a sheet of answers as it is written.
type SheetRow struct {
	Record people.Record
	Answer Answer
}

// WriteAnswers writes a sheet of answers.
func WriteAnswers(path string, rows []SheetRow) error {
	return ReplaceFile(path, AnswersSheet(rows), 0o600)
}

// AnswersSheet is a sheet of answers as CSV that programs for tables open as
// UTF-8. A cell of the other side's that such a program would take for a formula
// stands behind an apostrophe.
func AnswersSheet(rows []SheetRow) []byte {
	var b strings.Builder
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	_ = w.Write(AnswerColumns()) // into a Builder: it can't fail
	for _, s := range rows {
		r, a := &s.Record, &s.Answer
		cells := []string{a.List, r.Label(), r.Name, r.Father, r.Born.String(), r.Place, r.Captured.String(), r.Rank, r.Unit, r.Note, a.Code, a.On.String(), a.Of, a.Text}
		for i := range cells {
			cells[i] = harmless(cells[i])
		}
		_ = w.Write(cells)
	}
	w.Flush()
	return []byte(b.String())
}

// harmless keeps a cell from being computed.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r'", rune(s[0])) {
		return "'" + s
	}
	return s
}

// unguarded undoes harmless.
func unguarded(s string) string {
	if len(s) > 1 && s[0] == '\'' && strings.ContainsRune("=+-@'", rune(s[1])) {
		return s[1:]
	}
	return s
}
