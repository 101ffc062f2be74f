package names

// Matcher compares names. It is read-only once made and may be shared by
// goroutines.
type Matcher struct {
	costs    *costs
	spelling [hebrewScript + 1]spelling
	given    *given
	weights  *Weights
	places   map[string]uint16
}

// New makes a matcher with the parameters that are embedded.
func New() *Matcher { return NewWith(embedded()) }

// NewWith makes a matcher with parameters of one's own.
func NewWith(w *Weights) *Matcher {
	m := &Matcher{costs: newCosts(), weights: w}
	m.spelling[latinScript] = newSpelling(latin)
	m.spelling[cyrillicScript] = newSpelling(cyrillic)
	m.spelling[arabicScript] = newSpelling(arabic)
	m.spelling[hebrewScript] = newSpelling(hebrew)
	newGiven(m)
	m.places = newPlaces()
	return m
}

// Score is how likely two names are spellings of one, in [0, 1], in either
// order the same. A name with nothing to compare scores 0.
func (m *Matcher) Score(a, b *Name) float64 {
	var e Evidence
	if !m.gather(&e, a, b) {
		return 0
	}
	return m.weights.score(&e)
}
