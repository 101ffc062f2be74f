package names

import "parley"

// List is a list of persons as it was read from a file.
type List struct {
	Records []Record
	Unread  []Unread          // what could not be read, or may have been misread
	Columns map[string]string // field: the header that it was found under
	Sheet   string            // of a workbook
	Coding  string            // of the text: UTF-8, UTF-16LE, windows-1251 …
	Digest  parley.Digest     // of the file
	Beside  []Beside          // what is answered beside the rows, in their order; nil where there is no such column
}

// Beside is what a sheet of answers says beside a row. Nothing in it was
// checked.
type Beside struct {
	List, ID string // whose list, and the row's id as it stands
	Answer   string
	On, Of   string
	Words    string
}

// Unread is one thing on a list that could not be read as it stands. The row
// itself is never dropped for it.
type Unread struct {
	Row    int    `json:"row"`    // counts from 1 at the first row of data; 0 the list as a whole
	Column string `json:"column"` // the header; "" where there is none
	Text   string `json:"text"`   // what is wrong; never what stands there
}
