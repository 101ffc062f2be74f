package names

import "parley"

// Each field of two records stands in one relation; each relation has a weight
// of its own, its log-odds, and is one line of the explanation.

// relation is how two values of a field stand to each other.
type relation uint8

const (
	bornUnknown relation = iota
	bornSameDay
	bornSameMonth // as precise as the coarser of the two
	bornSameYear
	bornSwapped // day and month changed places
	bornNearDay // a few days off
	bornYearOff // same day and month, the year one off
	bornSlip    // one digit is another, or two changed places
	bornSameYearOnly
	bornNearYear
	bornOther
	bornFar

	fatherUnknown
	fatherSame
	fatherNear
	fatherOther

	placeUnknown
	placeSame
	placeOther

	capturedUnknown
	capturedSame
	capturedNear
	capturedMonth
	capturedOther
	capturedFar

	sexOther
	motherSame
	motherOther

	relations
)

var relationNames = [relations]string{
	"born: unknown", "born: same day", "born: same month", "born: same year, no day given", "born: day and month swapped", "born: a few days off",
	"born: year one off", "born: one digit", "born: same year, other day", "born: up to three years off", "born: other", "born: more than ten years off",
	"father: unknown", "father: same", "father: near", "father: other",
	"place: unknown", "place: same", "place: other",
	"captured: unknown", "captured: same day", "captured: within five days", "captured: within a month", "captured: other", "captured: more than half a year apart",
	"sex: other", "mother: same", "mother: other",
}

// born relates two dates of birth by the errors that lists are full of.
func born(a, b parley.Date) relation {
	switch {
	case a.IsZero() || b.IsZero():
		return bornUnknown
	case a.Year != b.Year:
		return otherYear(a, b)
	case a.Month == 0 || b.Month == 0:
		return bornSameYear
	case a.Day == 0 || b.Day == 0:
		if a.Month == b.Month {
			return bornSameMonth
		}
		return bornSameYearOnly
	case a.Month == b.Month && a.Day == b.Day:
		if a.Month == 1 && a.Day == 1 { // the day that registers give to who knows the year alone
			return bornSameYear
		}
		return bornSameDay
	case a.Month == b.Day && a.Day == b.Month:
		return bornSwapped
	case apart(a, b) <= 5:
		return bornNearDay
	case oneSlip(a.Month*100+a.Day, b.Month*100+b.Day):
		return bornSlip
	}
	return bornSameYearOnly
}

func otherYear(a, b parley.Date) relation {
	years := abs(a.Year - b.Year)
	sameDay := a.Day != 0 && a.Month == b.Month && a.Day == b.Day
	switch {
	case years == 1 && sameDay:
		return bornYearOff
	case sameDay && oneSlip(a.Year, b.Year):
		return bornSlip
	case a.Day != 0 && b.Day != 0 && apart(a, b) <= 5:
		return bornNearDay
	case years <= 3:
		return bornNearYear
	case years <= 10:
		return bornOther
	}
	return bornFar
}

// apart is how many days lie between two full dates, months counted as 30.5
// days.
func apart(a, b parley.Date) int {
	return abs(dayNumber(a) - dayNumber(b))
}

// dayNumber counts days from a common origin (Fliegel and Van Flandern, 1968).
func dayNumber(d parley.Date) int {
	y, m := d.Year, d.Month
	if m <= 2 {
		y, m = y-1, m+12
	}
	return 365*y + y/4 - y/100 + y/400 + (153*(m-3)+2)/5 + d.Day
}

// oneSlip tells whether two numbers of four digits differ in one digit or by
// two neighbours that changed places.
func oneSlip(a, b int) bool {
	var x, y [4]int
	differ := 0
	for i := range 4 {
		x[i], y[i] = a%10, b%10
		a, b = a/10, b/10
		if x[i] != y[i] {
			differ++
		}
	}
	for i := range 3 {
		if differ == 2 && x[i] == y[i+1] && x[i+1] == y[i] && x[i] != x[i+1] {
			return true
		}
	}
	return differ == 1
}

func abs(x int) int { return max(x, -x) }

func captured(a, b parley.Date) relation {
	if a.IsZero() || b.IsZero() {
		return capturedUnknown
	}
	if a.Day == 0 || b.Day == 0 {
		switch {
		case a.Year == b.Year && (a.Month == b.Month || a.Month == 0 || b.Month == 0):
			return capturedMonth
		case abs(a.Year-b.Year) <= 1:
			return capturedOther
		}
		return capturedFar
	}
	switch d := apart(a, b); {
	case d == 0:
		return capturedSame
	case d <= 5:
		return capturedNear
	case d <= 31:
		return capturedMonth
	case d <= 183:
		return capturedOther
	}
	return capturedFar
}
