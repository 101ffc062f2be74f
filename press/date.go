package press

import (
	"strconv"
	"strings"
	"time"

	"parley"
)

var months = map[string]int{
	"january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8, "september": 9, "october": 10, "november": 11, "december": 12,
	"jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sept": 9, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}

var weekdayNumbers = map[string]time.Weekday{
	"sunday": 0, "monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6,
}

// When is a date that a dispatch tells, and how it was worked out.
type When struct {
	On      parley.Date `json:"on"`
	Written string      `json:"written,omitempty"` // as the dispatch has it
	From    string      `json:"from,omitempty"`    // how the date follows from that; "" where it stands there
}

// IsZero tells whether no date is told.
func (w When) IsZero() bool { return w.On.IsZero() && w.Written == "" }

func dayOf(d parley.Date) time.Time {
	return time.Date(d.Year, time.Month(max(d.Month, 1)), max(d.Day, 1), 0, 0, 0, 0, time.UTC)
}

func dateOf(t time.Time) parley.Date {
	return parley.Date{Year: t.Year(), Month: int(t.Month()), Day: t.Day()}
}

// calendar resolves dates against the day of a dispatch.
type calendar struct {
	r     *reading
	today parley.Date // zero where the dispatch bears none
}

func (k *calendar) dated() bool { return k.today.Day > 0 }

// at reads the expression of a date that begins with token i; n is how many
// tokens it takes, 0 where there is none.
func (k *calendar) at(i, to int) (w When, n int) {
	for _, read := range []func(int, int) (parley.Date, string, int){k.iso, k.monthDay, k.dayMonth, k.monthAlone, k.yearAlone, k.weekday, k.relative} {
		if d, from, n := read(i, to); n > 0 {
			t := k.r.tokens
			return When{d, k.r.text[t[i].start:t[i+n-1].end], from}, n
		}
	}
	return When{}, 0
}

func (k *calendar) low(i, to int) string {
	if i < 0 || i >= to {
		return ""
	}
	return k.r.tokens[i].low
}

func (k *calendar) iso(i, to int) (parley.Date, string, int) {
	w := k.low(i, to)
	if len(w) != len("2006-01-02") || w[4] != '-' {
		return parley.Date{}, "", 0
	}
	d, err := parley.ParseDate(w)
	if err != nil {
		return parley.Date{}, "", 0
	}
	return d, "", 1
}

// year reads a year, also behind a comma.
func (k *calendar) year(i, to int) (year, n int) {
	if k.low(i, to) == "," {
		if y, m := k.year(i+1, to); m > 0 {
			return y, m + 1
		}
		return 0, 0
	}
	w := k.low(i, to)
	y, err := strconv.Atoi(w)
	if len(w) != 4 || err != nil || y < 1800 || y > 2199 {
		return 0, 0
	}
	return y, 1
}

func day(w string) int {
	if w == "" || w[0] < '0' || w[0] > '9' { // most words by far, and an error costs
		return 0
	}
	for _, end := range []string{"st", "nd", "rd", "th"} {
		w = strings.TrimSuffix(w, end)
	}
	d, err := strconv.Atoi(w)
	if err != nil || d < 1 || d > 31 {
		return 0
	}
	return d
}

func (k *calendar) month(i, to int) (m, n int) {
	m = months[k.low(i, to)]
	if m == 0 || !k.r.tokens[i].capital {
		return 0, 0
	}
	if k.low(i+1, to) == "." {
		return m, 2
	}
	return m, 1
}

func (k *calendar) monthDay(i, to int) (parley.Date, string, int) {
	m, n := k.month(i, to)
	d := day(k.low(i+n, to))
	if m == 0 || d == 0 {
		return parley.Date{}, "", 0
	}
	if y, more := k.year(i+n+1, to); more > 0 {
		return checked(parley.Date{Year: y, Month: m, Day: d}, "", n+1+more)
	}
	return k.withinYear(m, d, n+1)
}

func (k *calendar) dayMonth(i, to int) (parley.Date, string, int) {
	d := day(k.low(i, to))
	if d == 0 {
		return parley.Date{}, "", 0
	}
	m, n := k.month(i+1, to)
	if m == 0 {
		return parley.Date{}, "", 0
	}
	if y, more := k.year(i+1+n, to); more > 0 {
		return checked(parley.Date{Year: y, Month: m, Day: d}, "", 1+n+more)
	}
	return k.withinYear(m, d, 1+n)
}

func (k *calendar) monthAlone(i, to int) (parley.Date, string, int) {
	m, n := k.month(i, to)
	if m == 0 || m == 5 && !prepositions[k.low(i-1, to)] && k.low(i-1, to) != "last" {
		return parley.Date{}, "", 0
	}
	if y, more := k.year(i+n, to); more > 0 {
		return parley.Date{Year: y, Month: m}, "", n + more
	}
	return k.withinYear(m, 0, n)
}

func (k *calendar) yearAlone(i, to int) (parley.Date, string, int) {
	y, n := k.year(i, to)
	if n != 1 || !(k.low(i-1, to) == "in" || k.low(i-1, to) == "since" || k.low(i-1, to) == "late" || k.low(i-1, to) == "early") {
		return parley.Date{}, "", 0
	}
	return parley.Date{Year: y}, "", 1
}

// withinYear takes the last such day or month that is not past the dispatch's.
func (k *calendar) withinYear(m, d, n int) (parley.Date, string, int) {
	if k.today.IsZero() {
		return parley.Date{}, "the dispatch bears no date", n
	}
	out := parley.Date{Year: k.today.Year, Month: m, Day: d}
	from := "the year of the dispatch"
	if k.today.Month > 0 && (m > k.today.Month || m == k.today.Month && d > 0 && k.today.Day > 0 && d > k.today.Day) {
		out.Year--
		from = "the last before the dispatch"
	}
	return checked(out, from, n)
}

func checked(d parley.Date, from string, n int) (parley.Date, string, int) {
	if _, err := parley.ParseDate(d.String()); err != nil {
		return parley.Date{}, "there is no such day", n
	}
	return d, from, n
}

func (k *calendar) weekday(i, to int) (parley.Date, string, int) {
	want, ok := weekdayNumbers[k.low(i, to)]
	if !ok || !k.r.tokens[i].capital {
		return parley.Date{}, "", 0
	}
	if !k.dated() {
		return parley.Date{}, "the dispatch bears no date", 1
	}
	t := dayOf(k.today)
	for t.Weekday() != want {
		t = t.AddDate(0, 0, -1)
	}
	return dateOf(t), "the last on or before the dispatch's day", 1
}

// relative reads yesterday, last month, two years ago, a day after.
func (k *calendar) relative(i, to int) (parley.Date, string, int) {
	w, next := k.low(i, to), k.low(i+1, to)
	today := dayOf(k.today)
	none := "the dispatch bears no date"
	switch {
	case w == "yesterday":
		return k.back(today.AddDate(0, 0, -1), "the day before the dispatch", none, 1)
	case w == "today" || w == "this" && next == "morning":
		return k.back(today, "the day of the dispatch", none, 1+len(next)/len("morning")*b2i(w == "this"))
	case w == "last" && next == "month":
		return k.coarse(time.Date(today.Year(), today.Month()-1, 1, 0, 0, 0, 0, time.UTC), 7, "the month before the dispatch's", 2)
	case w == "last" && next == "year":
		return k.coarse(today.AddDate(-1, 0, 0), 4, "the year before the dispatch's", 2)
	case w == "this" && next == "year", w == "this" && next == "month":
		return k.coarse(today, map[string]int{"year": 4, "month": 7}[next], "that of the dispatch", 2)
	}
	count, ok := numberWords[w]
	if c, err := strconv.Atoi(w); err == nil && c > 0 && c < 200 {
		count, ok = c, true
	}
	if !ok || count == 0 {
		return parley.Date{}, "", 0
	}
	switch third := k.low(i+2, to); {
	case (next == "day" || next == "days") && (third == "after" || third == "ago" || third == "earlier"):
		return k.back(today.AddDate(0, 0, -count), w+" "+next+" before the dispatch's day", none, 3)
	case (next == "month" || next == "months") && (third == "ago" || third == "earlier"):
		return k.coarse(time.Date(today.Year(), today.Month()-time.Month(count), 1, 0, 0, 0, 0, time.UTC), 7, w+" "+next+" before the dispatch", 3)
	case (next == "year" || next == "years") && (third == "ago" || third == "earlier"):
		return k.coarse(today.AddDate(-count, 0, 0), 4, w+" "+next+" before the dispatch", 3)
	}
	return parley.Date{}, "", 0
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (k *calendar) back(t time.Time, from, none string, n int) (parley.Date, string, int) {
	if !k.dated() {
		return parley.Date{}, none, n
	}
	return dateOf(t), from, n
}

// coarse is a month (7 characters) or a year (4).
func (k *calendar) coarse(t time.Time, width int, from string, n int) (parley.Date, string, int) {
	if k.today.IsZero() || width == 7 && k.today.Month == 0 {
		return parley.Date{}, "the dispatch bears no date", n
	}
	d := dateOf(t)
	d.Day = 0
	if width == 4 {
		d.Month = 0
	}
	return d, from, n
}

// within finds the first date between two tokens.
func (k *calendar) within(from, to int) (When, bool) {
	for i := from; i < to; i++ {
		if w, n := k.at(i, to); n > 0 {
			return w, true
		}
	}
	return When{}, false
}

// maxHeader is how far into a dispatch its own date is looked for, in tokens.
const maxHeader = 60

// dateline finds the dispatch's own date: a whole one in its header. end is the
// token behind it where nothing else stands before it but a place, an agency or
// the word "date": then it is a line of its own.
func (r *reading) dateline() (d parley.Date, end int) {
	k := &calendar{r: r}
	to := min(len(r.tokens), maxHeader)
	for i := 0; i < to; i++ {
		w, n := k.at(i, to)
		if n == 0 || w.On.Day == 0 {
			continue
		}
		if i > 8 || r.proseBefore(i) {
			return w.On, 0
		}
		return w.On, r.pastAgency(i+n, to)
	}
	return parley.Date{}, 0
}

// pastAgency goes over what stands between a dateline and its text: an agency
// in brackets, a dash.
func (r *reading) pastAgency(i, to int) int {
	if r.lowAt(i) == "(" {
		for j := i + 1; j < to && j < i+8; j++ {
			if r.tokens[j].low == ")" {
				i = j + 1
				break
			}
		}
	}
	switch r.lowAt(i) {
	case "-", "--", "–", "—", ":":
		i++
	}
	return i
}

// proseBefore tells whether what stands before token i is a sentence, and no
// header.
func (r *reading) proseBefore(i int) bool {
	for j := 0; j < i; j++ {
		t := &r.tokens[j]
		if t.kind == aWord && !t.capital && j > 0 && t.low != "date" && t.low != "on" && t.low != "of" {
			return true
		}
		if t.kind == anOpen {
			return true
		}
	}
	return false
}
