package names

import "math"

// Features are what the score is made of, in the order of the weights.
const (
	fBias = iota
	fMin
	fMin65
	fMin80
	fMin92
	fSecond
	fSecond65
	fSecond80
	fMean
	fMean75
	fMean88
	fOne
	fTwo
	fFour
	fExtra
	fExtra2
	fRare
	fRarest
	fShareRare
	fContraRare
	fFirst
	fOrder
	fSex
	fPatroContra
	fPatroExtra
	fAbjadFull
	fAbjadFullMin
	fAbjadFullMean
	fAbjadBoth
	fAbjadBothMin
	fCyrLat
	fCyrLatMin
	fExact
	fKunya
	fShort
	fSonOf
	fOneExtra
	features
)

// featureNames are the names of the features in the file of weights.
var featureNames = [features]string{
	"bias", "min", "min>.65", "min>.8", "min>.92", "second", "second>.65", "second>.8", "mean", "mean>.75", "mean>.88",
	"one word", "two words", "four words", "extra words", "two extra words", "mean rarity", "greatest rarity", "rarity shared", "rarity contradicted",
	"first words", "same order", "sex differs", "patronymics differ", "patronymic on one side", "abjad and alphabet", "abjad and alphabet: min", "abjad and alphabet: mean",
	"two abjads", "two abjads: min", "cyrillic and latin", "cyrillic and latin: min", "exact words", "one is a kunya", "short", "father for son", "one word of several",
}

// Evidence is what speaks for and against two names being one.
type Evidence struct {
	values [features]float32
	align  alignment
	ta, tb []token // the words as they were paired
}

func over(x, from float32) float32 { return max(x-from, 0) }

// gather aligns two names and fills the evidence; false where there is nothing
// to compare. Of pairings that are equally good it takes the same one whichever
// name comes first.
func (m *Matcher) gather(e *Evidence, a, b *Name) bool {
	if a.Empty() || b.Empty() {
		return false
	}
	turn := len(a.tokens) > len(b.tokens) || len(a.tokens) == len(b.tokens) && a.Written > b.Written
	if turn {
		a, b = b, a
	}
	m.align(&e.align, a.tokens, b.tokens)
	e.ta, e.tb = a.tokens, b.tokens
	if len(e.ta) != len(e.tb) {
		e.ta, e.tb = m.merge(e, a, b)
	}
	e.fill(a, b, e.ta, e.tb)
	if turn {
		e.ta, e.tb = e.tb, e.ta
		for i := range e.align.n {
			p := &e.align.pairs[i]
			p.i, p.j = p.j, p.i
		}
	}
	return true
}

// tally is what the pairs of words add up to.
type tally struct {
	lowest, second, sum     float32 // of the similarities
	shared, against, agreed float32 // rarity: of what agrees more or less, of what differs, of what agrees
	rarest, exact           float32
	sexDiffers              bool
	patronymicsDiffer       float32
}

func (e *Evidence) tally(ta, tb []token) (t tally) {
	t.lowest, t.second = 2, 2
	for _, p := range e.align.pairs[:e.align.n] {
		if p.sim < t.lowest {
			t.lowest, t.second = p.sim, t.lowest
		} else if p.sim < t.second {
			t.second = p.sim
		}
		t.sum += p.sim
		t.add(p.sim, &ta[p.i], &tb[p.j])
	}
	if e.align.n == 1 {
		t.second = t.lowest
	}
	return t
}

func (t *tally) add(sim float32, x, y *token) {
	rare := (x.rare + y.rare) / 2
	if sim > .75 {
		t.shared += rare * (sim - .75) * 4
		t.agreed += rare
		t.rarest = max(t.rarest, rare)
	} else {
		t.against += rare
	}
	if sim >= .999 {
		t.exact++
	}
	t.sexDiffers = t.sexDiffers || x.sex+y.sex == 3 && x.patro == y.patro
	if x.patro && y.patro && sim < .75 {
		t.patronymicsDiffer = .75 - sim
	}
}

// fill computes the features from the alignment.
func (e *Evidence) fill(a, b *Name, ta, tb []token) {
	v, t := &e.values, e.tally(ta, tb)
	*v = [features]float32{}
	n := float32(e.align.n)
	mean := t.sum / n
	v[fBias] = 1
	v[fMin], v[fMin65], v[fMin80], v[fMin92] = t.lowest, over(t.lowest, .65), over(t.lowest, .8), over(t.lowest, .92)
	v[fSecond], v[fSecond65], v[fSecond80] = t.second, over(t.second, .65), over(t.second, .8)
	v[fMean], v[fMean75], v[fMean88] = mean, over(mean, .75), over(mean, .88)
	v[fRare], v[fRarest], v[fShareRare], v[fContraRare] = t.agreed/n, t.rarest, t.shared, t.against
	v[fExact], v[fSex], v[fPatroContra] = t.exact/n, one(t.sexDiffers), t.patronymicsDiffer
	v[fKunya] = one(a.kunya != b.kunya)
	v[fShort] = float32(max(10-min(letters(ta), letters(tb)), 0)) / 10
	e.count(ta, tb)
	e.order(ta, tb)
	e.scripts(ta, tb, t.lowest, mean)
}

// count tells how many words were paired and how many left over.
func (e *Evidence) count(ta, tb []token) {
	v := &e.values
	extra := float32(max(len(ta), len(tb)) - e.align.n)
	switch {
	case e.align.n == 1:
		v[fOne], v[fOneExtra] = 1, min(extra, 2)
	case e.align.n == 2:
		v[fTwo] = 1
	case e.align.n >= 4:
		v[fFour] = 1
	}
	v[fExtra], v[fExtra2] = min(extra, 1), over(min(extra, 4), 1)
}

func one(is bool) float32 {
	if is {
		return 1
	}
	return 0
}

func letters(t []token) int {
	n := 0
	for i := range t {
		n += len(t[i].phones)
	}
	return n
}

// order looks at what the places of the words tell: a son's name begins with
// his own and goes on with his father's.
func (e *Evidence) order(ta, tb []token) {
	al, v := &e.align, &e.values
	inOrder, total := 0, 0
	for x := range al.n {
		for y := range x {
			p, q := al.pairs[x], al.pairs[y]
			total++
			if (p.i < q.i) == (p.j < q.j) {
				inOrder++
			}
		}
	}
	if total > 0 {
		v[fOrder] = float32(inOrder) / float32(total)
	}
	v[fFirst] = al.sims[0][0]
	patroA, patroB := false, false
	for i := range ta {
		patroA = patroA || ta[i].patro
	}
	for j := range tb {
		patroB = patroB || tb[j].patro
	}
	if patroA != patroB {
		v[fPatroExtra] = 1
	}
	if al.sims[0][0] < .7 && (len(tb) > 1 && al.sims[0][1] > .8 || len(ta) > 1 && al.sims[1][0] > .8) {
		v[fSonOf] = 1
	}
}

// scripts lets similarity count differently where the scripts differ.
func (e *Evidence) scripts(ta, tb []token, lowest, mean float32) {
	v := &e.values
	a, b := ta[0].script, tb[0].script
	switch {
	case a.abjad() != b.abjad():
		v[fAbjadFull], v[fAbjadFullMin], v[fAbjadFullMean] = 1, lowest, mean
	case a.abjad() && b.abjad():
		v[fAbjadBoth], v[fAbjadBothMin] = 1, lowest
	case a != b:
		v[fCyrLat], v[fCyrLatMin] = 1, lowest
	}
}

// merge joins two neighbouring words of the longer name where the other has
// them in one.
func (m *Matcher) merge(e *Evidence, a, b *Name) (ta, tb []token) {
	ta, tb = a.tokens, b.tokens
	long, short := a, b
	turn := len(ta) < len(tb)
	if turn {
		long, short = b, a
	}
	best, at := float32(.8), -1
	for i := range long.joined {
		for j := range short.tokens {
			apart := max(e.align.sim(i, j, turn), e.align.sim(i+1, j, turn))
			if apart > .9 || !alikeInLength(&long.joined[i], &short.tokens[j]) {
				continue
			}
			if s := m.similar(&long.joined[i], &short.tokens[j]); s > best && s > apart+.05 {
				best, at = s, i
			}
		}
	}
	if at < 0 {
		return ta, tb
	}
	buf := append([]token{}, long.tokens[:at]...)
	buf = append(buf, long.joined[at])
	buf = append(buf, long.tokens[at+2:]...)
	if turn {
		tb = buf
	} else {
		ta = buf
	}
	m.align(&e.align, ta, tb)
	return ta, tb
}

func alikeInLength(a, b *token) bool {
	x, y := len(a.phones), len(b.phones)
	return 2*x <= 3*y && 2*y <= 3*x || a.side != b.side && x <= 2*y && y <= 2*x
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
