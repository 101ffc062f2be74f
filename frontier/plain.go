package frontier

import (
	"context"
	"fmt"
	"math"
	"slices"

	"parley"
	"parley/frontier/certificate"
)

// plain is the program of a certificate: a column for each atom and bonus, a row
// for each walk-away and for each thing that a rule asks, in the order of
// docs/frontier.md; columns that are alike in all of that merged. A checker
// writes the same program from the same text without knowing this package.
type plain struct {
	of      *Problem
	program *program
	names   []parley.PersonID // of columns: the first of those alike
	rows    int               // of the program without those of a lemma
	found   []int64           // what a proof stumbled on: the gains of an exchange that keeps all rows
}

// columnOfBonus names the column of a bonus.
func columnOfBonus(i int) parley.PersonID { return parley.PersonID(fmt.Sprintf("bonus-%d", i)) }

// plain writes the program.
func (p *Problem) plain() *plain {
	t := &p.trade
	n := len(t.atoms)
	var rows []wide
	for _, l := range p.limits {
		if k, w, ok := t.link(l.rule); ok {
			rows = append(rows, k.rows()...)
		} else {
			rows = append(rows, w)
		}
	}
	for _, k := range t.fillings() {
		rows = append(rows, k.rows()...)
	}
	measures := make([][]int64, len(p.worths)+1)
	for i := range measures {
		measures[i] = make([]int64, n)
		for k := range t.atoms {
			if i < len(p.worths) {
				measures[i][k] = p.worths[i].each[k]
			} else {
				measures[i][k] = t.heads(int32(k))
			}
		}
	}
	names := make([]parley.PersonID, n)
	for k, a := range t.atoms {
		names[k] = t.columnName(a)
	}
	for i := range p.worths {
		for _, b := range p.worths[i].bonuses {
			z := int32(len(names))
			names = append(names, columnOfBonus(len(names)-n))
			for j := range measures {
				measures[j] = append(measures[j], 0)
			}
			measures[i][z] = b.points
			all := []term{{z, -1}}
			for _, id := range b.all {
				rows = append(rows, wide{summed(weigh([]term{{z, 1}}, -1, id)), noLeast, 0})
				all = weigh(all, 1, id)
			}
			rows = append(rows, wide{summed(all), noLeast, int64(len(b.all)) - 1})
		}
	}
	q := &plain{of: p}
	q.write(names, measures, rows)
	return q
}

// columnName is the person, or blank and person.
func (t *trade) columnName(a atom) parley.PersonID {
	if a.blank >= 0 {
		return t.holdings[a.blank].ID + "=" + t.holdings[a.who].ID
	}
	return t.holdings[a.who].ID
}

// write merges columns that are alike and makes the program.
func (q *plain) write(names []parley.PersonID, measures [][]int64, rows []wide) {
	c := &compiler{p: q.of, d: demand{}, units: make([][]int32, len(names)), measures: measures}
	for u := range c.units {
		c.units[u] = []int32{int32(u)}
	}
	b := &builder{c: c, touched: touching(len(names), rows)}
	at := make([]int32, len(names))
	seen := map[string]int32{}
	var hi []int64
	for u := range int32(len(names)) {
		k := b.numbers(u)
		j, ok := seen[k]
		if !ok {
			j = int32(len(hi))
			seen[k] = j
			hi = append(hi, 0)
			q.names = append(q.names, names[u])
		}
		at[u] = j
		hi[j]++
	}
	n := len(hi)
	p := &program{n: n, tail: -1, lo: make([]int64, n), hi: hi, group: make([]int32, n), from: make([]int32, n), full: make([]int64, n)}
	for j := range n {
		p.group[j], p.from[j] = -1, int32(j)
	}
	first := make([]int32, n)
	for u := int32(len(names)) - 1; u >= 0; u-- {
		first[at[u]] = u
	}
	for i, m := range measures {
		x := measure{coef: pickInts(m, first)}
		if i < len(q.of.worths) {
			x.base = -q.of.worths[i].walkAway
		}
		p.measures = append(p.measures, x)
	}
	p.floor = make([]int64, len(q.of.worths))
	for i := range rows {
		r := row{lo: rows[i].lo, hi: rows[i].hi, at: []int32{}}
		for _, t := range rows[i].terms {
			if first[at[t.at]] == t.at {
				r.at = append(r.at, at[t.at])
				r.coef = append(r.coef, t.v)
			}
		}
		p.rows = append(p.rows, sortedRow(r))
	}
	p.rows = append(p.rows, p.heads().atLeast(1))
	p.obj = measure{coef: make([]int64, n)}
	q.program, q.rows = p, len(p.floor)+len(p.rows)
}

// sortedRow orders a row's entries by column; one of many becomes dense.
func sortedRow(r row) row {
	var terms []term
	for k, j := range r.at {
		terms = append(terms, term{j, r.coef[k]})
	}
	slices.SortFunc(terms, func(a, b term) int { return int(a.at - b.at) })
	for k, t := range terms {
		r.at[k], r.coef[k] = t.at, t.v
	}
	return r
}

func (q *plain) headsOf(x parley.Exchange, named map[parley.PersonID]parley.PersonID) int64 {
	var n int64
	for _, id := range x {
		if who, ok := named[id]; ok {
			id = who
		}
		if i := q.of.trade.at()[id]; i >= 0 {
			n += int64(q.of.trade.holdings[i].Heads)
		}
	}
	return n
}

// lemma proves that nothing keeps some rows beside all that is claimed.
func (q *plain) lemma(ctx context.Context, rows []certificate.Sum) (certificate.Lemma, error) {
	p := q.program.with(q.program.floor)
	p.rows = slices.Clone(p.rows)
	for _, s := range rows {
		m := p.weighted(s.Weights)
		p.rows = append(p.rows, m.atLeast(s.AtLeast))
	}
	l := certificate.Lemma{Rows: append([]certificate.Sum{}, rows...)}
	s := &prover{ctx: ctx, q: q}
	target := int64(0)
	if len(rows) > 0 { // the first row is the objective; it must be missed
		p.obj, target = p.weighted(rows[0].Weights), rows[0].AtLeast
	}
	s.search = &search{ctx: ctx, p: p, target: target}
	s.r = newRelaxation(p)
	s.lo, s.hi, s.must = slices.Clone(p.lo), slices.Clone(p.hi), nil
	for k := range s.score {
		s.score[k], s.seen[k] = make([]float64, p.n), make([]int32, p.n)
	}
	s.goal = q.rows // the index of the lemma's first row
	s.some = len(rows) > 0
	tree, err := s.prove()
	l.Tree = tree
	return l, err
}

// prover is a search that writes down why it finds nothing.
type prover struct {
	*search
	ctx  context.Context
	q    *plain
	goal int
	some bool
}

// prove refutes what the present bounds leave, by prices that make the bound of
// nothing at all negative: those of the objective, which must be missed, count as
// prices of its row.
func (s *prover) prove() (*certificate.Tree, error) {
	if s.ctx.Err() != nil {
		return nil, fmt.Errorf("%w: its own search was stopped: give it more time", ErrNoCertificate)
	}
	if s.nodes++; s.nodes > mostProof {
		return nil, fmt.Errorf("%w: the proof has more than %d branches: the answer stands without it", ErrNoCertificate, mostProof)
	}
	s.r.setBounds(s.lo, s.hi, s.must)
	v := s.r.solve(s.must, 20000)
	if v == infeasible {
		if y, ok := s.r.refutes(s.lo, s.hi, s.must); ok {
			return &certificate.Tree{Prices: pricesOf(y, -1, 0)}, nil
		}
	}
	bound, priced, y, exact := s.r.bound(s.lo, s.hi, s.must)
	if !s.some {
		bound = 0
	}
	t := &certificate.Tree{}
	if s.some {
		t.Prices = pricesOf(y, s.goal, -1<<y.shift)
	}
	if s.some && bound < s.target {
		return t, nil
	}
	x := slices.Clone(s.r.x)
	mark := s.save()
	defer s.restore(mark)
	if s.some && exact { // else the check fixes more than is fixed here, and needs no less
		slack := priced.bound - s.target<<priced.shift
		s.p.tighten(&priced, slack, s.lo, s.hi, s.must)
		if !sane(s.lo, s.hi) {
			return t, nil
		}
		if f := s.remains(&priced, slack, mostInProof); f != nil {
			t.List = true
			return t, s.listedBy(f, slack)
		}
	}
	j := s.choose(x, bound)
	if j < 0 {
		return s.single(t)
	}
	at := min(max(int64(floorOf(x[j])), s.lo[j]), s.hi[j]-1)
	t.Column, t.At = s.q.names[j], at
	for _, up := range []bool{false, true} {
		inner := s.save()
		s.bind(j, at, up)
		child, err := s.prove()
		s.restore(inner)
		if err != nil {
			return nil, err
		}
		if up {
			t.More = child
		} else {
			t.Less = child
		}
	}
	return t, nil
}

// listedBy lists what a node leaves.
func (s *prover) listedBy(f *remains, slack int64) error {
	f.patience = math.MaxInt
	if !f.run(slack) {
		return nil
	}
	s.q.found = s.p.gains(s.x)
	return fmt.Errorf("%w: weights of 64 bits can't tell the answer from one that is nearly as good: the answer stands without it", ErrNoCertificate)
}

// single refutes the one point that is left, by the first row that it breaks.
func (s *prover) single(t *certificate.Tree) (*certificate.Tree, error) {
	for i := range s.r.rows {
		r := &s.r.rows[i]
		v := r.sum(s.lo)
		if v < r.lo {
			t.Less = &certificate.Tree{Prices: [][2]int64{{int64(i), -1}}}
		} else if v > r.hi {
			t.Less = &certificate.Tree{Prices: [][2]int64{{int64(i), 1}}}
		} else {
			continue
		}
		return t, nil
	}
	s.q.found = s.p.gains(s.lo)
	return nil, fmt.Errorf("%w: weights of 64 bits can't tell the answer from one that is nearly as good: the answer stands without it", ErrNoCertificate)
}

// pricesOf are the prices that are not 0; goal is the row that stands for the
// objective, -1 for none, and what it adds.
func pricesOf(y prices, goal int, more int64) [][2]int64 {
	var out [][2]int64
	for i, w := range y.whole {
		if i == goal {
			w += more
		}
		if w != 0 {
			out = append(out, [2]int64{int64(i), w})
		}
	}
	return out
}
