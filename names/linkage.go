package names

import "math"

// Features of two records beyond the relations of their fields.
const (
	lBias = iota
	lName
	lNameSquared
	lNameLow
	lAgreeing
	lAgainst
	lOwnFeatures
)

const listFeatures = lOwnFeatures + int(relations)

var listFeatureNames = func() []string {
	out := []string{"bias", "name", "name, squared", "name, below even", "rarity that agrees", "rarity that differs"}
	return append(out, relationNames[:]...)
}()

// ListFeatureNames lists the features of a pair of records.
func ListFeatureNames() []string { return listFeatureNames }

// linkage is one pair of records compared: the evidence of the names and the
// relations of the fields.
type linkage struct {
	names  Evidence
	fields [6]relation
	n      int
}

func (l *linkage) add(r relation) {
	l.fields[l.n] = r
	l.n++
}

// relate compares the fields of two records.
func (m *Matcher) relate(l *linkage, a, b *prepared) {
	l.n = 0
	l.add(born(a.Born, b.Born))
	l.add(m.fathers(a, b))
	switch {
	case a.place.name == nil || b.place.name == nil:
		l.add(placeUnknown)
	case m.samePlace(a.place, b.place) >= .8:
		l.add(placeSame)
	default:
		l.add(placeOther)
	}
	l.add(captured(a.Captured, b.Captured))
	if a.Sex != "" && b.Sex != "" && a.Sex != b.Sex {
		l.add(sexOther)
	}
	if a.mother != nil && b.mother != nil {
		if m.fatherSim(a.mother, b.mother) >= .8 {
			l.add(motherSame)
		} else {
			l.add(motherOther)
		}
	}
}

// nameEvidence is what the names alone say, as log-odds between bounds, with
// how rare the words are that agree and that differ.
func (m *Matcher) nameEvidence(e *Evidence, a, b *Name) (logit, agreeing, against float64, ok bool) {
	if !m.gather(e, a, b) {
		return 0, 0, 0, false
	}
	sum := 0.0
	for i, v := range e.values {
		sum += m.weights.names[i] * float64(v)
	}
	for _, p := range e.align.pairs[:e.align.n] {
		rare := float64(e.ta[p.i].idf+e.tb[p.j].idf) / 2
		if p.sim > .75 {
			agreeing += rare
		} else {
			against += rare
		}
	}
	return min(max(sum, -6), 6), min(agreeing, 20), min(against, 20), true
}

// bestSpelling is the evidence of the two spellings that agree best.
func (m *Matcher) bestSpelling(l *linkage, a, b *prepared) (logit, agreeing, against float64, ok bool) {
	if len(a.also)+len(b.also) == 0 {
		return m.nameEvidence(&l.names, a.name, b.name)
	}
	bestA, bestB, best := a.name, b.name, -1.0
	a.spellings(func(x *Name) {
		b.spellings(func(y *Name) {
			if s := m.Score(x, y); s > best {
				bestA, bestB, best = x, y, s
			}
		})
	})
	return m.nameEvidence(&l.names, bestA, bestB)
}

// link fills the features of two records; false where the names can't be
// compared.
func (m *Matcher) link(f []float64, l *linkage, a, b *prepared) bool {
	logit, agreeing, against, ok := m.bestSpelling(l, a, b)
	if !ok {
		return false
	}
	clear(f)
	f[lBias], f[lName], f[lNameSquared], f[lNameLow] = 1, logit, logit*logit/6, min(logit, 0)
	f[lAgreeing], f[lAgainst] = agreeing, against
	m.relate(l, a, b)
	for _, r := range l.fields[:l.n] {
		f[lOwnFeatures+int(r)] = 1
	}
	return true
}

// linkScore is how likely two records are one person's.
func (m *Matcher) linkScore(l *linkage, a, b *prepared) float64 {
	var f [listFeatures]float64
	if !m.link(f[:], l, a, b) {
		return 0
	}
	sum := 0.0
	for i, v := range f {
		sum += m.weights.lists[i] * v
	}
	return logistic(sum)
}

func logit(p float64) float64 {
	p = min(max(p, 1e-9), 1-1e-9)
	return math.Log(p / (1 - p))
}
