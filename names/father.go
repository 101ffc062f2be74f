package names

// fatherOf finds what a record tells of the father: the column, a patronymic,
// or the second of three names or more where the script or the spelling has no
// patronymics.
func (m *Matcher) fatherOf(r *Record, name *Name) (father *Name, own bool) {
	if r.Father != "" {
		if f := m.Read(r.Father); !f.Empty() {
			return f, true
		}
	}
	for i := range name.tokens {
		if name.tokens[i].patro {
			return &Name{tokens: name.tokens[i : i+1]}, false
		}
	}
	return nil, false
}

// fathers relates the fathers of two records. Where only one has a column, the
// words of the other's name are asked.
func (m *Matcher) fathers(a, b *prepared) relation {
	switch {
	case a.father == nil && b.father == nil, !a.own && !b.own:
		return fatherUnknown // what the names say of fathers, their comparison has said
	case a.father != nil && b.father != nil:
		return fatherRelation(m.fatherSim(a.father, b.father))
	case a.father == nil:
		a, b = b, a
	}
	if len(b.name.tokens) < 3 {
		return fatherUnknown
	}
	return fatherRelation(m.fatherSim(a.father, b.name))
}

func fatherRelation(sim float32) relation {
	switch {
	case sim >= .85:
		return fatherSame
	case sim >= .7:
		return fatherNear
	}
	return fatherOther
}

// fatherSim compares the first word of a father's name with every word of
// another; a patronymic counts as the name that it is made from.
func (m *Matcher) fatherSim(f, other *Name) float32 {
	best := float32(0)
	x := &f.tokens[0]
	for j := range other.tokens {
		y := &other.tokens[j]
		s := m.similar(x, y)
		if x.patro != y.patro {
			if x.group != 0 && x.group == y.group {
				s = 1
			}
			s = max(s, m.stemSim(x, y))
		}
		best = max(best, s)
	}
	return best
}

// stemSim compares a name with the beginning of a patronymic.
func (m *Matcher) stemSim(x, y *token) float32 {
	if x.patro {
		x, y = y, x
	}
	n := min(len(x.phones), len(y.phones))
	stem := token{script: y.script, side: y.side, phones: y.phones[:n]}
	for s := range situations {
		for _, p := range stem.phones {
			stem.mass[s] += int32(m.costs.mass[s][p])
		}
	}
	stem.sketch = sketchOf(stem.phones)
	return m.sounds(x, &stem, 0, situationOf(x, &stem))
}
