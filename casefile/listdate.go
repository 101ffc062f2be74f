package casefile

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/unicode/norm"

	"parley"
)

// months by their names, in the languages of the headers; the longest
// beginning that fits counts.
var months = []struct {
	n     int
	words string
}{
	{1, "january jan январ янв січ كانون_الثاني يناير ינואר"},
	{2, "february feb феврал фев лют شباط فبراير פברואר"},
	{3, "march mar март мар берез бер آذار اذار مارس מרץ מרס"},
	{4, "april apr апрел апр квіт نيسان أبريل ابريل אפריל"},
	{5, "may мая май трав أيار ايار مايو מאי"},
	{6, "june jun июн черв حزيران يونيو יוני"},
	{7, "july jul июл лип تموز يوليو יולי"},
	{8, "august aug август авг серп آب أغسطس اغسطس אוגוסט"},
	{9, "september sep сентябр сен вер أيلول ايلول سبتمبر ספטמבר"},
	{10, "october oct октябр окт жовт تشرين_الأول تشرين_الاول أكتوبر اكتوبر אוקטובר"},
	{11, "november nov ноябр ноя листоп лист تشرين_الثاني نوفمبر נובמבר"},
	{12, "december dec декабр дек груд كانون_الأول كانون_الاول ديسمبر דצמבר"},
}

func monthOf(w string) int {
	best, length := 0, 0
	w = strings.TrimPrefix(w, "ב") // Hebrew says "in May"
	for _, m := range months {
		for s := range strings.FieldsSeq(m.words) {
			if s = strings.ReplaceAll(s, "_", " "); strings.HasPrefix(w, s) && len(s) > length {
				best, length = m.n, len(s)
			}
		}
	}
	return best
}

// readDates reads the dates of all rows, now that it can be told whether a
// column writes the day or the month first.
func (t *table) readDates() {
	born, captured := t.monthFirst(func(d dayOrder) string { return d.born }), t.monthFirst(func(d dayOrder) string { return d.captured })
	for i := range t.list.Records {
		r := &t.list.Records[i]
		r.Born = t.date(r.Row, "born", t.days[i].born, born)
		r.Captured = t.date(r.Row, "captured", t.days[i].captured, captured)
	}
	t.days = nil
}

// monthFirst tells whether a column writes 05/31/1990: some dates can only be
// read so, and none only the other way.
func (t *table) monthFirst(field func(dayOrder) string) bool {
	month, day := 0, 0
	for _, d := range t.days {
		n := numbers(field(d))
		if len(n) != 3 || len(n[2]) != 4 {
			continue
		}
		a, b := atoi(n[0]), atoi(n[1])
		switch {
		case a > 12 && b <= 12:
			day++
		case b > 12 && a <= 12:
			month++
		}
	}
	return month > 0 && day == 0
}

// date reads one date; what can't be read is noted and left unknown.
func (t *table) date(row int, field, s string, monthFirst bool) parley.Date {
	if s == "" {
		return parley.Date{}
	}
	d, why := parseDate(t.since1900(s), monthFirst)
	if why != "" {
		t.note(row, t.list.Columns[field], "%s; taken as not given", why)
	}
	return d
}

// since1900 brings the number of a day in a workbook that counts from 1904 to
// one that counts from 1900.
func (t *table) since1900(s string) string {
	if n := numbers(s); t.from1904 && len(n) > 0 && len(n[0]) == 5 {
		return strconv.Itoa(atoi(n[0]) + 1462)
	}
	return s
}

// parseDate reads a date as lists write it; why tells what is wrong with it.
func parseDate(s string, monthFirst bool) (d parley.Date, why string) {
	n := numbers(s)
	month := 0
	for w := range strings.FieldsFuncSeq(strings.ToLower(norm.NFKC.String(s)), func(r rune) bool { return !unicode.IsLetter(r) && r != ' ' }) {
		if m := monthOf(strings.TrimSpace(w)); m > 0 && month == 0 {
			month = m
		}
	}
	switch {
	case len(n) == 1 && month == 0 && len(n[0]) == 4:
		d = parley.Date{Year: atoi(n[0])}
	case len(n) == 1 && month > 0 && len(n[0]) == 4:
		d = parley.Date{Year: atoi(n[0]), Month: month}
	case len(n) == 1 && len(n[0]) == 5, len(n) == 2 && len(n[0]) == 5 && strings.Contains(s, "."):
		return fromSerial(atoi(n[0]))
	case len(n) == 1 && len(n[0]) == 8:
		d = parley.Date{Year: atoi(n[0][:4]), Month: atoi(n[0][4:6]), Day: atoi(n[0][6:])}
	case len(n) == 2 && month > 0 && len(n[1]) == 4:
		d = parley.Date{Year: atoi(n[1]), Month: month, Day: atoi(n[0])}
	case len(n) == 2 && len(n[0]) == 4:
		d = parley.Date{Year: atoi(n[0]), Month: atoi(n[1])}
	case len(n) == 2 && len(n[1]) == 4:
		d = parley.Date{Year: atoi(n[1]), Month: atoi(n[0])}
	case len(n) >= 3 && len(n[0]) == 4:
		d = parley.Date{Year: atoi(n[0]), Month: atoi(n[1]), Day: atoi(n[2])}
	case len(n) >= 3 && len(n[2]) == 4:
		d = parley.Date{Year: atoi(n[2]), Month: atoi(n[1]), Day: atoi(n[0])}
		if monthFirst {
			d.Month, d.Day = d.Day, d.Month
		}
	case len(n) == 3 && len(n[2]) == 2:
		return d, "a year of two digits"
	default:
		return d, "not a date as this reader knows them"
	}
	return checked(d)
}

// checked refuses days that no calendar has, and years of another calendar.
func checked(d parley.Date) (parley.Date, string) {
	switch {
	case d.Year >= 1250 && d.Year <= 1500:
		return parley.Date{}, "a year of another calendar, it seems (Hijri or Solar Hijri)"
	case d.Year < 1850 || d.Year > 2100:
		return parley.Date{}, "a year that nobody on a list was born or taken in"
	case d.Month == 0 && d.Day == 0:
		return d, ""
	}
	if _, err := parley.ParseDate(d.String()); err != nil || d.Month == 0 {
		return parley.Date{}, "a day that no calendar has"
	}
	return d, ""
}

// fromSerial reads the number of a day as workbooks store it.
func fromSerial(n int) (parley.Date, string) {
	day, err := excelize.ExcelDateToTime(float64(n), false)
	if err != nil {
		return parley.Date{}, "not a date as this reader knows them"
	}
	return checked(dateOf(day))
}

func dateOf(t time.Time) parley.Date {
	return parley.Date{Year: t.Year(), Month: int(t.Month()), Day: t.Day()}
}

// numbers finds the runs of digits, in whatever digits they are written.
func numbers(s string) []string {
	var out []string
	open := false
	for _, r := range s {
		d := digit(r)
		if d < 0 {
			open = false
			if r == 'T' || r == ':' { // a time of day follows
				break
			}
			continue
		}
		if !open {
			out, open = append(out, ""), true
		}
		if last := len(out) - 1; len(out[last]) < 9 {
			out[last] += string(rune('0' + d))
		}
	}
	return out
}

// digit reads Western, Arabic and Persian digits.
func digit(r rune) int {
	switch {
	case r >= '0' && r <= '9':
		return int(r - '0')
	case r >= '٠' && r <= '٩':
		return int(r - '٠')
	case r >= '۰' && r <= '۹':
		return int(r - '۰')
	}
	return -1
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
