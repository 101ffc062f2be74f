package casefile

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"

	people "parley/names"
)

// Limits of a list of persons.
const (
	MaxListBytes = 48 << 20 // of the file
	MaxSheet     = 96 << 20 // of a workbook once unpacked
	MaxListRows  = 100_000
	maxColumns   = 200
	maxCell      = 1_000 // characters
	maxUnread    = 10_000
)

// ErrList marks a file that can't be read as a list of persons.
var ErrList = errors.New("not a list of persons")

// ReadList reads a list of persons from CSV (or text with tabs or semicolons)
// or from a workbook (XLSX). It finds the columns by their headers in English,
// Russian, Ukrainian, Arabic or Hebrew. What it can't read, it lists under
// Unread; a row is never dropped. A file without a column of names, or beyond
// the limits, is an error.
func ReadList(path string) (*people.List, error) {
	data, err := ReadFile(path, MaxListBytes)
	if err != nil {
		return nil, err
	}
	l, err := ParseList(data)
	if err != nil {
		return nil, &fs.PathError{Op: "reading", Path: path, Err: err}
	}
	l.Digest = sha256.Sum256(data)
	return l, nil
}

// ParseList reads a list from the bytes of its file.
func ParseList(data []byte) (*people.List, error) {
	switch {
	case len(data) == 0:
		return nil, fmt.Errorf("%w: the file is empty", ErrList)
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return readWorkbook(data)
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")):
		return nil, fmt.Errorf("%w: an old or an encrypted workbook; save it as XLSX without a password, or as CSV", ErrList)
	case bytes.HasPrefix(data, []byte("%PDF")):
		return nil, fmt.Errorf("%w: a PDF; export the list as XLSX or CSV", ErrList)
	}
	return readText(data)
}

// errNoHeader is a text or a sheet without a column of names.
var errNoHeader = fmt.Errorf("%w: no column of names in the first %d rows; head one \"name\", \"ФИО\", \"ПІБ\", \"الاسم\" or \"שם\"", ErrList, headerRows)

// table is a sheet or a text as rows of cells, the header found.
type table struct {
	list    *people.List
	columns []column // by their place
	days    []dayOrder
	unread  int
	lines   int // rows seen, the header's and those above it too

	from1904 bool // a workbook that counts days from 1904
}

// column is what one column of a list holds.
type column struct {
	field  string // "" where the header is not known
	header string
}

// note lists something unread; beyond a bound only their number is kept.
func (t *table) note(row int, header, format string, args ...any) {
	if t.unread++; t.unread <= maxUnread {
		t.list.Unread = append(t.list.Unread, people.Unread{Row: row, Column: headerText(header), Text: fmt.Sprintf(format, args...)})
	}
}

func (t *table) done() (*people.List, error) {
	if t.columns == nil {
		return nil, errNoHeader
	}
	t.readDates()
	t.checkIDs()
	if t.unread > maxUnread {
		t.list.Unread = append(t.list.Unread, people.Unread{Text: fmt.Sprintf("and %d more", t.unread-maxUnread)})
	}
	return t.list, nil
}

// checkIDs lets no two rows go by one id: a row whose id is missing or stands
// above already goes by its number.
func (t *table) checkIDs() {
	if _, ok := t.list.Columns["id"]; !ok {
		return
	}
	seen := map[string]bool{}
	for i := range t.list.Records {
		if id := t.list.Records[i].ID; id != "" {
			seen[id] = false
		}
	}
	for i := range t.list.Records {
		r := &t.list.Records[i]
		again := seen[r.ID]
		if r.ID != "" && !again {
			seen[r.ID] = true
			continue
		}
		r.ID = fmt.Sprintf("row-%d", r.Row)
		if again {
			t.note(r.Row, t.list.Columns["id"], "an id that stands twice: the row goes by %s here", r.ID)
		} else {
			t.note(r.Row, t.list.Columns["id"], "no id: the row goes by %s here", r.ID)
		}
	}
}

// add takes one row of cells: the header, once it comes, or a person.
func (t *table) add(cells []string) error {
	t.lines++
	if t.columns == nil {
		return t.head(cells)
	}
	if blank(cells) {
		return nil // an empty line is nobody
	}
	if len(t.list.Records) == MaxListRows {
		return fmt.Errorf("%w: more than %d rows; split it", ErrList, MaxListRows)
	}
	row := len(t.list.Records) + 1
	r := people.Record{Row: row}
	raw := rawRow{}
	for i, c := range cells {
		if i >= len(t.columns) {
			if c != "" {
				t.note(row, "", "a cell to the right of the last header, column %d", i+1)
			}
			continue
		}
		t.cell(&r, &raw, t.columns[i], c)
	}
	t.finish(&r, &raw)
	t.list.Records = append(t.list.Records, r)
	if raw.beside.ID = r.ID; t.list.Columns["answer"] != "" {
		t.list.Beside = append(t.list.Beside, raw.beside)
	}
	t.days = append(t.days, dayOrder{raw.born, raw.captured})
	return nil
}

func blank(cells []string) bool {
	for _, c := range cells {
		if c != "" {
			return false
		}
	}
	return true
}

// head looks for the header: the first of the upper rows that names a column of
// names.
func (t *table) head(cells []string) error {
	if len(cells) > maxColumns {
		return fmt.Errorf("%w: more than %d columns", ErrList, maxColumns)
	}
	columns := columnsOf(cells)
	if columns == nil {
		if t.lines > headerRows {
			return errNoHeader
		}
		if !blank(cells) {
			t.note(0, "", "line %d stands above the header and was not read", t.lines)
		}
		return nil
	}
	t.columns = columns
	t.list.Columns = map[string]string{}
	for i, c := range columns {
		switch {
		case c.field != "":
			t.list.Columns[c.field] = headerText(c.header)
		case c.header != "":
			t.note(0, c.header, "column %d is not used", i+1)
		}
	}
	return nil
}
