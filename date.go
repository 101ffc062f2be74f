package parley

import (
	"cmp"
	"fmt"
	"strconv"
	"time"
)

// Date is a calendar date that keeps the precision it was given in: a year, a
// month or a day. The zero value is no date. Month and Day are 0 where the
// source does not give them.
type Date struct {
	_                struct{} `cbor:",toarray"`
	Year, Month, Day int
}

// ParseDate reads YYYY, YYYY-MM or YYYY-MM-DD.
func ParseDate(s string) (Date, error) {
	bad := fmt.Errorf("a date is written YYYY, YYYY-MM or YYYY-MM-DD")
	var d Date
	for i, layout := range []string{"2006", "2006-01", "2006-01-02"} {
		if len(s) != len(layout) {
			continue
		}
		t, err := time.Parse(layout, s)
		if err != nil || t.Year() == 0 {
			return Date{}, bad
		}
		d.Year = t.Year()
		if i > 0 {
			d.Month = int(t.Month())
		}
		if i > 1 {
			d.Day = t.Day()
		}
		return d, nil
	}
	return Date{}, bad
}

// IsZero tells whether no date is given.
func (d Date) IsZero() bool { return d.Year == 0 && d.Month == 0 && d.Day == 0 }

// String writes the date in the precision that it was given in; "" for none.
func (d Date) String() string {
	switch {
	case d.IsZero():
		return ""
	case d.Month == 0:
		return pad(d.Year, 4)
	case d.Day == 0:
		return pad(d.Year, 4) + "-" + pad(d.Month, 2)
	}
	return pad(d.Year, 4) + "-" + pad(d.Month, 2) + "-" + pad(d.Day, 2)
}

func pad(n, width int) string {
	s := strconv.Itoa(n)
	for len(s) < width {
		s = "0" + s
	}
	return s
}

// Compare orders dates; a coarser date stands before every finer one within it.
func (d Date) Compare(e Date) int {
	return cmp.Or(cmp.Compare(d.Year, e.Year), cmp.Compare(d.Month, e.Month), cmp.Compare(d.Day, e.Day))
}

// Past tells whether the whole of d, at its own precision, lies before the day
// of t: a date of "2022-08" is past from 1 September on.
func (d Date) Past(t time.Time) bool {
	if d.IsZero() {
		return false
	}
	end := time.Date(d.Year, time.Month(d.Month), d.Day+1, 0, 0, 0, 0, time.UTC)
	if d.Month == 0 {
		end = time.Date(d.Year+1, 1, 1, 0, 0, 0, 0, time.UTC)
	} else if d.Day == 0 {
		end = time.Date(d.Year, time.Month(d.Month)+1, 1, 0, 0, 0, 0, time.UTC)
	}
	return !t.UTC().Before(end)
}

// MarshalText writes the date as String does.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (d *Date) UnmarshalText(text []byte) (err error) {
	if *d = (Date{}); len(text) > 0 {
		*d, err = ParseDate(string(text))
	}
	return err
}
