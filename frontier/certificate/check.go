package certificate

import (
	"errors"
	"fmt"
	"math/big"
	"slices"

	"parley"
	"parley/brief"
)

// ErrForged is wrapped by every refusal of a certificate that does not prove what
// it says.
var ErrForged = errors.New("the certificate does not hold")

func refuse(format string, args ...any) error {
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), ErrForged)
}

// Check goes through a certificate. Nil: its exchange is agreeable and gains what
// it says, and no agreeable exchange has a greater value of the criterion (or
// none is agreeable), and the points are the whole frontier, where there are any.
// Positions are those of all parties that have spoken.
func Check(c *parley.Case, positions []brief.Position, x *Certificate) error {
	k, err := NewChecker(c, positions)
	if err != nil {
		return err
	}
	return k.Check(x)
}

// Checker checks certificates, and parts of them for who writes one, against one
// case and the positions of all that have spoken.
type Checker struct{ s *system }

// NewChecker writes down what is asked of an exchange.
func NewChecker(c *parley.Case, positions []brief.Position) (*Checker, error) {
	s := newSystem(c, positions)
	if s.tooLarge() {
		return nil, fmt.Errorf("points are so large that a sum of them could overflow")
	}
	return &Checker{s}, nil
}

// Check is Check.
func (k *Checker) Check(x *Certificate) error {
	s := k.s
	if x.Parley != Format {
		return fmt.Errorf("%q is not %s", x.Parley, Format)
	}
	if x.Case != s.c.ID {
		return refuse("it is of case %q, not %q", x.Case, s.c.ID)
	}
	if !slices.EqualFunc(s.parties, x.Parties, func(p brief.Position, id parley.PartyID) bool { return p.Party == id }) {
		return refuse("it is of other parties than have spoken here")
	}
	if !x.Agreeable {
		return s.lemma(x.Lemma, nil)
	}
	gains, heads, err := s.sums(x.Release, x.Named)
	if err != nil {
		return err
	}
	if !slices.Equal(gains, x.Gains) {
		return refuse("the exchange does not gain what it says")
	}
	if err := s.criterion(x, heads); err != nil {
		return err
	}
	return s.frontier(x)
}

// Try checks one block: that no exchange that gains the first party from so much
// up to b.To, or from so much on where it is the last, lies beyond the points. It
// tells how many states that took.
func (k *Checker) Try(points []Point, from int64, b Block, last bool) (states int, err error) {
	if last {
		b.To = endless
	}
	return k.s.block(points, from, &b)
}

// sums adds up what an exchange gains and how many it releases, and refuses one
// that is not agreeable.
func (s *system) sums(release []parley.PersonID, named map[parley.PersonID]parley.PersonID) (gains []int64, heads int64, err error) {
	n := make([]int64, len(s.columns))
	out := map[int]bool{} // columns before merging
	for _, id := range release {
		i, ok := s.at[id]
		if !ok {
			return nil, 0, refuse("%s is not in trade", id)
		}
		k := -1
		for _, j := range s.means[i] {
			if who, fills := named[id]; !fills || slices.Contains(s.means[s.at[who]], j) {
				k = j
				break
			}
		}
		if k < 0 || out[k] {
			return nil, 0, refuse("%s can't be released so", id)
		}
		out[k] = true
		n[s.merged[k]]++
	}
	for i, all := range s.bonuses {
		if !slices.ContainsFunc(all, func(l []int) bool {
			return !slices.ContainsFunc(l, func(k int) bool { return out[k] })
		}) {
			n[s.merged[s.first+i]]++
		}
	}
	for i, r := range s.rows {
		var sum int64
		for k, v := range r.coef {
			sum += v * n[k]
		}
		if r.hasLo && sum < r.lo || r.hasHi && sum > r.hi {
			return nil, 0, refuse("the exchange breaks row %d", i)
		}
	}
	for i, p := range s.parties {
		g := -p.WalkAway
		for k, c := range s.columns {
			g += n[k] * c.gains[i]
		}
		gains = append(gains, g)
	}
	for k, c := range s.columns {
		heads += n[k] * c.heads
	}
	return gains, heads, nil
}

// criterion checks that nothing has a greater value.
func (s *system) criterion(x *Certificate, heads int64) error {
	n := len(s.parties)
	one := func(i int, at int64) Sum {
		w := make([]int64, n+1)
		w[i] = 1
		return Sum{w, at}
	}
	switch x.Criterion {
	case "total":
		all, sum := Sum{Weights: make([]int64, n+1)}, int64(0)
		for i, g := range x.Gains {
			all.Weights[i] = 1
			sum += g
		}
		all.AtLeast = sum + 1
		return s.lemma(x.Lemma, []Sum{all})
	case "home":
		return s.lemma(x.Lemma, []Sum{one(n, heads+1)})
	case "maximin":
		var rows []Sum
		for i := range n {
			rows = append(rows, one(i, slices.Min(x.Gains)+1))
		}
		return s.lemma(x.Lemma, rows)
	case "nash", "ks":
		return s.idealised(x, one)
	}
	return refuse("no criterion %q", x.Criterion)
}

// idealised checks nash and ks, in which a party has no part if nothing gains it
// anything.
func (s *system) idealised(x *Certificate, one func(int, int64) Sum) error {
	best := make([]int64, len(s.parties))
	for i := range best {
		best[i] = -1
	}
	for _, d := range x.Ideals {
		if d.Party < 0 || d.Party >= len(best) {
			return refuse("no party %d", d.Party)
		}
		gains, _, err := s.sums(d.Release, d.Named)
		if err != nil {
			return err
		}
		if gains[d.Party] != d.Gain {
			return refuse("an ideal is not attained")
		}
		if err := s.lemma(&d.Lemma, []Sum{one(d.Party, d.Gain+1)}); err != nil {
			return err
		}
		best[d.Party] = d.Gain
	}
	var in []int
	for i, b := range best {
		switch {
		case b > 0 || b < 0 && x.Criterion == "nash" && x.Gains[i] > 0:
			in = append(in, i)
		case b < 0 && x.Criterion == "nash":
			in = append(in, i) // it has a part: the product is 0, or the rows below are not proved
		case b < 0:
			return refuse("the ideal of party %d is missing", i)
		}
	}
	if len(in) == 0 {
		return nil
	}
	if x.Criterion == "ks" {
		return s.lemma(x.Lemma, s.shares(x.Gains, best, in, one))
	}
	return s.product(x, in, one)
}

// shares are the rows of a smallest share that is greater.
func (s *system) shares(gains, best []int64, in []int, one func(int, int64) Sum) []Sum {
	least := big.NewRat(gains[in[0]], best[in[0]])
	for _, i := range in {
		if r := big.NewRat(gains[i], best[i]); r.Cmp(least) < 0 {
			least = r
		}
	}
	var rows []Sum
	for _, i := range in { // the least g with g/best > least
		n := new(big.Int).Mul(least.Num(), big.NewInt(best[i]))
		n.Quo(n, least.Denom())
		rows = append(rows, one(i, n.Int64()+1))
	}
	return rows
}

// product checks the rows of a greater product: each gain is at least 1, and by
// the inequality of means (sum of w·g)^n >= n^n · product · (product of w).
func (s *system) product(x *Certificate, in []int, one func(int, int64) Sum) error {
	if x.Lemma == nil {
		return refuse("a lemma is missing")
	}
	more := big.NewInt(1)
	for _, i := range in {
		more.Mul(more, big.NewInt(x.Gains[i]))
	}
	more.Add(more, big.NewInt(1))
	means := len(x.Lemma.Rows) - len(in)
	if means < 0 {
		return refuse("a lemma is about something else")
	}
	for k, i := range in {
		if r, want := x.Lemma.Rows[means+k], one(i, 1); r.AtLeast != want.AtLeast || !slices.Equal(r.Weights, want.Weights) {
			return refuse("a lemma is about something else")
		}
	}
	n := big.NewInt(int64(len(in)))
	for _, r := range x.Lemma.Rows[:means] {
		if len(r.Weights) != len(s.parties)+1 {
			return refuse("a row has too few weights")
		}
		need := new(big.Int).Exp(n, n, nil)
		need.Mul(need, more)
		for i, w := range r.Weights {
			if part := slices.Contains(in, i); w < 0 || part != (w > 0) {
				return refuse("a weight is of the wrong sign")
			}
			if w > 0 {
				need.Mul(need, big.NewInt(w))
			}
		}
		// The row may ask for no more than follows: one less must not be enough.
		if below := big.NewInt(r.AtLeast - 1); below.Sign() > 0 && below.Exp(below, n, nil).Cmp(need) >= 0 {
			return refuse("a row asks for more than follows from the means")
		}
	}
	return s.lemmaOf(x.Lemma)
}

// frontier checks the points, and that nothing lies beyond them.
func (s *system) frontier(x *Certificate) error {
	if len(x.Points) == 0 {
		return nil
	}
	if len(s.parties) != 2 {
		return refuse("points of more than two parties")
	}
	for i := range x.Points {
		if err := s.point(x.Points, i); err != nil {
			return err
		}
	}
	if len(x.Blocks) > 0 {
		return s.blocks(x)
	}
	return s.gaps(x)
}

// gaps checks that between neighbours, and outside the ends, there is nothing.
func (s *system) gaps(x *Certificate) error {
	if len(x.Gaps) != len(x.Points)+1 {
		return refuse("points without the proof that nothing lies beyond them")
	}
	for i := 0; i <= len(x.Points); i++ {
		var rows []Sum
		if i < len(x.Points) {
			rows = append(rows, Sum{[]int64{0, 1, 0}, x.Points[i].Gains[1] + 1})
		}
		if i > 0 {
			rows = append(rows, Sum{[]int64{1, 0, 0}, x.Points[i-1].Gains[0] + 1})
		}
		if err := s.lemma(&x.Gaps[i], rows); err != nil {
			return err
		}
	}
	return nil
}

// point checks that a point follows the one before, and the exchange that it is
// listed with.
func (s *system) point(list []Point, i int) error {
	x := list[i]
	if len(x.Gains) != 2 || i > 0 && (x.Gains[0] <= list[i-1].Gains[0] || x.Gains[1] >= list[i-1].Gains[1]) {
		return refuse("points that beat one another")
	}
	if x.Release == nil {
		return nil
	}
	gains, _, err := s.sums(x.Release, x.Named)
	if err == nil && !slices.Equal(gains, x.Gains) {
		err = refuse("point %d does not gain what it says", i)
	}
	return err
}

// lemma checks that a lemma is about just these rows, in any order, and its
// proof.
func (s *system) lemma(l *Lemma, rows []Sum) error {
	if l == nil || len(l.Rows) != len(rows) {
		return refuse("a lemma is missing or about something else")
	}
	for _, r := range rows {
		if !slices.ContainsFunc(l.Rows, func(x Sum) bool { return x.AtLeast == r.AtLeast && slices.Equal(x.Weights, r.Weights) }) {
			return refuse("a lemma is about something else")
		}
	}
	return s.lemmaOf(l)
}

// lemmaOf checks a lemma's proof.
func (s *system) lemmaOf(l *Lemma) error {
	p := &proof{s: s, rows: slices.Clone(s.rows), columns: map[parley.PersonID]int{}}
	for _, x := range l.Rows {
		if len(x.Weights) != len(s.parties)+1 {
			return refuse("a row has too few weights")
		}
		r, ok := s.rowOf(x)
		if !ok {
			return refuse("a row's numbers are too large")
		}
		p.rows = append(p.rows, r)
	}
	lo, hi := make([]int64, len(s.columns)), make([]int64, len(s.columns))
	for k, c := range s.columns {
		hi[k] = c.most
		p.columns[c.name] = k
	}
	return p.check(l.Tree, lo, hi)
}

// rowOf writes a sum as a row over columns; ok is false where a number passes 64
// bits.
func (s *system) rowOf(x Sum) (r asked, ok bool) {
	r = asked{coef: map[int]int64{}, hasLo: true}
	lo := big.NewInt(x.AtLeast)
	term := new(big.Int)
	for i, q := range s.parties {
		lo.Add(lo, term.Mul(big.NewInt(x.Weights[i]), big.NewInt(q.WalkAway)))
	}
	if !lo.IsInt64() {
		return r, false
	}
	r.lo = lo.Int64()
	for k, c := range s.columns {
		v := new(big.Int).Mul(big.NewInt(x.Weights[len(s.parties)]), big.NewInt(c.heads))
		for i := range s.parties {
			v.Add(v, term.Mul(big.NewInt(x.Weights[i]), big.NewInt(c.gains[i])))
		}
		if !v.IsInt64() {
			return r, false
		}
		r.coef[k] = v.Int64()
	}
	return r, true
}

// proof is the check of one lemma.
type proof struct {
	s       *system
	rows    []asked
	columns map[parley.PersonID]int
}

// check goes through a node with the columns between lo and hi.
func (p *proof) check(t *Tree, lo, hi []int64) error {
	if t == nil {
		return refuse("a branch is missing")
	}
	lo, hi = slices.Clone(lo), slices.Clone(hi)
	slack, d, err := p.tighten(t, lo, hi)
	if err != nil || slack.Sign() < 0 {
		return err
	}
	if t.List {
		return p.list(lo, hi, d, slack)
	}
	if t.Column == "" {
		if t.Less == nil {
			return refuse("a leaf proves nothing")
		}
		return p.check(t.Less, lo, hi)
	}
	k, ok := p.columns[t.Column]
	if !ok {
		return refuse("no column %q", t.Column)
	}
	was := hi[k]
	hi[k] = min(was, t.At)
	if hi[k] >= lo[k] {
		if err := p.check(t.Less, lo, hi); err != nil {
			return err
		}
	}
	hi[k], lo[k] = was, max(lo[k], t.At+1)
	if hi[k] < lo[k] {
		return nil
	}
	return p.check(t.More, lo, hi)
}

// tighten computes the bound of a node's prices, the slack, and fixes what it
// excludes. Nothing is left where it is negative. All numbers are of any size.
func (p *proof) tighten(t *Tree, lo, hi []int64) (slack *big.Int, d map[int]*big.Int, err error) {
	slack = new(big.Int)
	d = make(map[int]*big.Int)
	term := new(big.Int)
	for _, y := range t.Prices {
		if y[0] < 0 || y[0] >= int64(len(p.rows)) {
			return nil, nil, refuse("no row %d", y[0])
		}
		r := &p.rows[y[0]]
		limit, set := r.lo, r.hasLo
		if y[1] > 0 {
			limit, set = r.hi, r.hasHi
		}
		if !set {
			return nil, nil, refuse("a price on a limit that is not set")
		}
		price := big.NewInt(y[1])
		slack.Add(slack, term.Mul(price, big.NewInt(limit)))
		for k, v := range r.coef {
			if d[k] == nil {
				d[k] = new(big.Int)
			}
			d[k].Sub(d[k], term.Mul(price, big.NewInt(v)))
		}
	}
	for k, v := range d {
		at := lo[k]
		if v.Sign() > 0 {
			at = hi[k]
		}
		slack.Add(slack, term.Mul(v, big.NewInt(at)))
	}
	if slack.Sign() < 0 {
		return slack, d, nil
	}
	for k, v := range d {
		if v.Sign() == 0 {
			continue
		}
		steps := term.Quo(slack, new(big.Int).Abs(v))
		if !steps.IsInt64() || steps.Int64() >= hi[k]-lo[k] {
			continue
		}
		if v.Sign() > 0 {
			lo[k] = hi[k] - steps.Int64()
		} else {
			hi[k] = lo[k] + steps.Int64()
		}
	}
	return slack, d, nil
}
