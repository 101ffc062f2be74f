package casefile

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	people "parley/names"
)

// readWorkbook reads the first sheet of a workbook that has a column of names.
// Nothing is unpacked beyond MaxSheet, nothing is written to disk, and no
// formula is computed: its last value is read and the cell noted.
func readWorkbook(data []byte) (*people.List, error) {
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		UnzipSizeLimit: MaxSheet, UnzipXMLSizeLimit: MaxSheet, RawCellValue: true,
	})
	if err != nil {
		return nil, workbookError(err)
	}
	defer f.Close()
	var first error
	sheets := f.GetSheetList()
	for i, sheet := range sheets {
		l, err := readSheet(f, sheet)
		if err != nil {
			if first == nil {
				first = err
			}
			if !errors.Is(err, errNoHeader) {
				return nil, err
			}
			continue
		}
		for j, other := range sheets {
			if j != i {
				l.Unread = append(l.Unread, people.Unread{Text: fmt.Sprintf("the sheet %q was not read; the list is taken from %q", headerText(other), headerText(sheet))})
			}
		}
		return l, nil
	}
	if first == nil {
		first = fmt.Errorf("%w: a workbook without sheets", ErrList)
	}
	return nil, first
}

func workbookError(err error) error {
	if strings.Contains(err.Error(), "unzip size exceeds") {
		return fmt.Errorf("%w: it unpacks to more than %d MiB", ErrList, MaxSheet>>20)
	}
	return fmt.Errorf("%w: not a workbook that can be read", ErrList)
}

func readSheet(f *excelize.File, sheet string) (*people.List, error) {
	rows, err := f.Rows(sheet)
	if err != nil {
		return nil, fmt.Errorf("%w: the sheet %q can't be read", ErrList, headerText(sheet))
	}
	defer rows.Close()
	t := &table{list: &people.List{Sheet: headerText(sheet)}}
	if props, err := f.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		t.from1904 = *props.Date1904
	}
	where := map[int]int{} // the row of data on each line of the sheet
	for line := 1; rows.Next(); line++ {
		cells, err := rows.Columns()
		if err != nil {
			t.note(0, "", "line %d of the sheet can't be read", line)
			continue
		}
		if len(cells) > maxColumns {
			return nil, fmt.Errorf("%w: line %d has more than %d columns", ErrList, line, maxColumns)
		}
		before := len(t.list.Records)
		if err := t.add(cells); err != nil {
			return nil, err
		}
		if len(t.list.Records) > before {
			where[line] = len(t.list.Records)
		}
	}
	if rows.Error() != nil {
		t.note(0, "", "the sheet breaks off after %d rows", len(t.list.Records))
	}
	t.oddities(f, sheet, where)
	return t.done()
}

// oddities notes formulas and merged cells, which show something else than
// they hold.
func (t *table) oddities(f *excelize.File, sheet string, where map[int]int) {
	part, ok := f.Pkg.Load(sheetPath(f, sheet))
	data, isBytes := part.([]byte)
	if !ok || !isBytes {
		return
	}
	dec := xml.NewDecoder(bytes.NewReader(data))
	cell := ""
	for {
		tok, err := dec.RawToken()
		if err != nil {
			return // what is wrong with the sheet, its reader has said
		}
		start, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		switch start.Name.Local {
		case "c":
			cell = attribute(start, "r")
		case "f":
			if row := t.rowOf(cell, where); row > 0 {
				t.note(row, "", "cell %s holds a formula; its last value was read", cell)
			}
		case "mergeCell":
			ref := attribute(start, "ref")
			from, _, _ := strings.Cut(ref, ":")
			if row := t.rowOf(from, where); row > 0 {
				t.note(row, "", "the cells %s are merged: only the first holds the value", ref)
			}
		}
	}
}

func (t *table) rowOf(cell string, where map[int]int) int {
	_, line, err := excelize.CellNameToCoordinates(cell)
	if err != nil {
		return 0
	}
	return where[line]
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// sheetPath finds the part of the package that a sheet is in, by way of its
// relations.
func sheetPath(f *excelize.File, sheet string) string {
	id := ""
	eachElement(f, "xl/workbook.xml", "sheet", func(e xml.StartElement) {
		if attribute(e, "name") == sheet {
			for _, a := range e.Attr {
				if a.Name.Local == "id" && a.Name.Space != "" {
					id = a.Value
				}
			}
		}
	})
	target := ""
	eachElement(f, "xl/_rels/workbook.xml.rels", "Relationship", func(e xml.StartElement) {
		if attribute(e, "Id") == id {
			target = attribute(e, "Target")
		}
	})
	if rest, ok := strings.CutPrefix(target, "/"); ok {
		return rest
	}
	return "xl/" + target
}

func eachElement(f *excelize.File, part, name string, call func(xml.StartElement)) {
	v, ok := f.Pkg.Load(part)
	data, isBytes := v.([]byte)
	if !ok || !isBytes {
		return
	}
	for dec := xml.NewDecoder(bytes.NewReader(data)); ; {
		tok, err := dec.RawToken()
		if errors.Is(err, io.EOF) || err != nil {
			return
		}
		if e, ok := tok.(xml.StartElement); ok && e.Name.Local == name {
			call(e)
		}
	}
}
