package names

import "parley"

// Record is one row of a list, as it was read. Empty fields were not given.
type Record struct {
	ID       string // the list's own, or the number of the row
	Row      int    // counts from 1 at the first row of data
	Name     string
	Also     []string // other spellings that the list gives
	Father   string
	Mother   string
	Born     parley.Date
	Sex      string // "f", "m" or ""
	Place    string // of birth or home
	Captured parley.Date
	Unit     string
	Rank     string
	Note     string
	Check    string // digits that were keyed in beside the row, from paper
}

// prepared is a record made ready for comparison.
type prepared struct {
	*Record
	name   *Name
	also   []*Name
	father *Name // the column, or what the name tells of the father
	own    bool  // the father has a column of his own
	mother *Name
	place  place
	keys   []uint32 // of the blocks it stands in
}

// place is a place made ready: the line of the table that it stands on, and
// its sound.
type place struct {
	line uint16
	name *Name
}
