package frontier

import "fmt"

// Criterion names a rule of fairness. Each ranks agreeable exchanges by a value
// of its own; equal values are ranked by maximin, then total, then home, then
// the smallest ids (order.go).
type Criterion string

// The criteria.
const (
	Nash    Criterion = "nash"
	KS      Criterion = "ks"
	Maximin Criterion = "maximin"
	Total   Criterion = "total"
	Home    Criterion = "home"
)

// Criteria lists the criteria, the default first.
func Criteria() []Criterion { return []Criterion{Nash, KS, Maximin, Total, Home} }

// ParseCriterion reads a criterion's name; "" is the default.
func ParseCriterion(s string) (Criterion, error) {
	if s == "" {
		return Nash, nil
	}
	for _, c := range Criteria() {
		if string(c) == s {
			return c, nil
		}
	}
	return "", fmt.Errorf("no criterion %q: it is one of nash, ks, maximin, total, home", s)
}

// Formula says what the criterion picks. Other programs give the same names to
// other formulas, so it is printed beside the name.
func (c Criterion) Formula() string {
	switch c {
	case Nash:
		return "the largest product of gains"
	case KS:
		return "the largest smallest share, gain divided by the party's best agreeable gain; then the second smallest, and so on (Kalai–Smorodinsky, lexicographic)"
	case Maximin:
		return "the largest smallest gain, then the largest second smallest, and so on"
	case Total:
		return "the largest sum of gains"
	case Home:
		return "the most persons released"
	}
	panic("frontier: unknown criterion " + string(c))
}

// ComparesPoints tells whether the criterion holds one party's points against
// another's, so that it means something only if their points mean the same.
func (c Criterion) ComparesPoints() bool { return c == Maximin || c == Total }

// idealised tells whether the criterion needs each party's best gain first.
func (c Criterion) idealised() bool { return c == Nash || c == KS }
