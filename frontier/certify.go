package frontier

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"parley"
	"parley/brief"
	"parley/frontier/certificate"
)

// ErrNoCertificate tells that an answer can't be certified.
var ErrNoCertificate = errors.New("no certificate")

// Limits of certificates: larger proofs are not written, nor more gaps proved by
// themselves.
const (
	mostProof = 20_000
	mostGaps  = 2_000
)

// Certify proves an answer of Solve to the same options once more, in a form that
// can be checked.
func (p *Problem) Certify(ctx context.Context, a *Answer) (*certificate.Certificate, error) {
	if !a.Proved && !a.attained() {
		return nil, fmt.Errorf("%w: the search was stopped before it was known whether the answer is the optimum: give it more time", ErrNoCertificate)
	}
	q := p.plain()
	c := &certificate.Certificate{Parley: certificate.Format, Case: a.Case, Parties: a.Parties, Criterion: string(a.Criterion), Agreeable: a.Agreeable}
	if !a.Agreeable {
		return c, prove(ctx, q, c, nil)
	}
	c.Release, c.Named = a.Best.Release, namedOf(a.Best.Named)
	for _, g := range a.Best.Gains {
		c.Gains = append(c.Gains, g.Points)
	}
	if err := p.certifyBest(ctx, q, c, a.Criterion); err != nil {
		return nil, err
	}
	if a.Frontier == nil || !a.Frontier.Complete || len(p.worths) != 2 {
		return c, nil
	}
	for _, x := range a.Frontier.Points {
		c.Points = append(c.Points, certificate.Point{Gains: []int64{x.Gains[0].Points, x.Gains[1].Points}, Release: x.Release, Named: namedOf(x.Named)})
	}
	return c, p.proveFrontier(ctx, q, c)
}

// attained tells whether a search that was stopped had the criterion's value
// already, and only ties were left to be decided, of which a certificate says
// nothing.
func (a *Answer) attained() bool {
	if a.Best == nil || a.Bound == nil {
		return false
	}
	var gains []int64
	var in []int // parties with a part in nash
	for i, g := range a.Best.Gains {
		gains = append(gains, g.Points)
		if !slices.Contains(a.LeftOut, g.Party) {
			in = append(in, i)
		}
	}
	switch a.Criterion {
	case Nash:
		return a.Bound.Value == bigProduct(gains, in).String()
	case Total:
		return a.Bound.Value == fmt.Sprint(sum(gains))
	case Maximin:
		return a.Bound.Value == fmt.Sprint(slices.Min(gains))
	}
	return false
}

// proveFrontier proves that nothing lies beyond a certificate's points, in blocks,
// or gap by gap where blocks would need too many states.
func (p *Problem) proveFrontier(ctx context.Context, q *plain, c *certificate.Certificate) error {
	var positions []brief.Position
	for _, v := range p.voices {
		positions = append(positions, v.Position)
	}
	k, err := certificate.NewChecker(p.of, positions)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoCertificate, err)
	}
	c.Blocks, err = q.blocks(ctx, k, c.Points)
	if errors.Is(err, ErrNoCertificate) && ctx.Err() == nil && len(c.Points) <= mostGaps {
		return addGaps(ctx, q, c)
	}
	return err
}

func namedOf(list []parley.Naming) map[parley.PersonID]parley.PersonID {
	if len(list) == 0 {
		return nil
	}
	out := map[parley.PersonID]parley.PersonID{}
	for _, n := range list {
		out[n.Blank] = n.Person
	}
	return out
}

// prove adds the lemma of the criterion.
func prove(ctx context.Context, q *plain, c *certificate.Certificate, rows []certificate.Sum) error {
	l, err := q.lemma(ctx, rows)
	c.Lemma = &l
	return err
}

// certifyBest proves that no exchange has a greater value of the criterion.
func (p *Problem) certifyBest(ctx context.Context, q *plain, c *certificate.Certificate, by Criterion) error {
	n, gains := len(p.worths), c.Gains
	one := func(i int, at int64) certificate.Sum {
		w := make([]int64, n+1)
		w[i] = 1
		return certificate.Sum{Weights: w, AtLeast: at}
	}
	switch by {
	case Total:
		return prove(ctx, q, c, []certificate.Sum{{Weights: append(ones(n), 0), AtLeast: sum(gains) + 1}})
	case Home:
		return prove(ctx, q, c, []certificate.Sum{one(n, q.headsOf(c.Release, c.Named)+1)})
	case Maximin:
		var rows []certificate.Sum
		for i := range n {
			rows = append(rows, one(i, slices.Min(gains)+1))
		}
		return prove(ctx, q, c, rows)
	}
	ideal, err := p.certifyIdeals(ctx, q, c, by, gains)
	if err != nil {
		return err
	}
	in := sharing(ideal)
	var rows []certificate.Sum
	switch {
	case len(in) == 0:
		return nil
	case by == KS:
		k := chooser{ideal: ideal}
		s := k.shareOf(gains, in)
		for _, i := range in {
			rows = append(rows, one(i, s.times(ideal[i], true)))
		}
	default:
		for _, i := range in {
			rows = append(rows, one(i, 1))
		}
		return p.proveProduct(ctx, q, c, gains, in, rows)
	}
	return prove(ctx, q, c, rows)
}

// proveProduct proves that no product is greater. What keeps all rows of means
// and is no greater gets a row of its own.
func (p *Problem) proveProduct(ctx context.Context, q *plain, c *certificate.Certificate, gains []int64, in []int, rows []certificate.Sum) error {
	means := p.meansRows(ctx, gains, in)
	for again := 0; ; again++ {
		q.found = nil
		err := prove(ctx, q, c, append(slices.Clone(means), rows...))
		if err == nil || q.found == nil || len(means) == 0 || again == 50 {
			return err
		}
		s := &nashSearch{chooser: &chooser{in: in}}
		w := s.tangent(q.program, q.found)
		more := new(big.Int).Add(bigProduct(gains, in), big.NewInt(1))
		means = append(means, certificate.Sum{Weights: append(w, 0), AtLeast: s.need(w, more)})
	}
}

// meansRows are what a product above that of some gains asks for, by the
// inequality of means, at several weights; none where the product is 0.
func (p *Problem) meansRows(ctx context.Context, gains []int64, in []int) []certificate.Sum {
	product := bigProduct(gains, in)
	if product.Sign() == 0 {
		return nil
	}
	m := p.compile(p.agreeable())
	c := &chooser{ctx: ctx, m: m, by: Nash, in: in, ideal: make([]int64, len(gains))}
	s := &nashSearch{chooser: c, p: m.program}
	s.improve(m.program, gains, gains, product)
	more := new(big.Int).Add(product, big.NewInt(1))
	var out []certificate.Sum
	seen := map[string]bool{}
	for _, w := range append([][]int64{s.tangent(m.program, gains)}, s.cuts...) {
		if k := fmt.Sprint(w); !seen[k] {
			seen[k] = true
			out = append(out, certificate.Sum{Weights: append(slices.Clone(w), 0), AtLeast: s.need(w, more)})
		}
	}
	slices.Reverse(out[1:]) // the first is the objective of the proof; late ones are the tightest
	return out
}

// certifyIdeals proves each party's best gain; for nash only whether it is 0.
func (p *Problem) certifyIdeals(ctx context.Context, q *plain, c *certificate.Certificate, by Criterion, gains []int64) ([]int64, error) {
	ideal := make([]int64, len(gains))
	m := p.compile(p.agreeable())
	for i := range ideal {
		if by == Nash && gains[i] > 0 {
			ideal[i] = gains[i]
			continue
		}
		o := m.program.maximising(m.program.measures[i]).maximise(ctx, 0, false)
		if !o.found || !o.proved {
			return nil, fmt.Errorf("%w: its own search was stopped: give it more time", ErrNoCertificate)
		}
		ideal[i] = o.value
		if by == Nash && o.value > 0 {
			continue
		}
		x := certificate.Ideal{Party: i, Gain: o.value}
		var named []parley.Naming
		x.Release, named = p.trade.exchange(m.released(m.program.expand(o.x)))
		x.Named = namedOf(named)
		w := make([]int64, len(gains)+1)
		w[i] = 1
		var err error
		if x.Lemma, err = q.lemma(ctx, []certificate.Sum{{Weights: w, AtLeast: o.value + 1}}); err != nil {
			return nil, err
		}
		c.Ideals = append(c.Ideals, x)
	}
	return ideal, nil
}

// addGaps proves that between neighbours of the frontier, and outside its ends,
// there is nothing.
func addGaps(ctx context.Context, q *plain, c *certificate.Certificate) error {
	points := c.Points
	for i := 0; i <= len(points); i++ {
		var rows []certificate.Sum
		if i < len(points) {
			rows = append(rows, certificate.Sum{Weights: []int64{0, 1, 0}, AtLeast: points[i].Gains[1] + 1})
		}
		if i > 0 {
			rows = append(rows, certificate.Sum{Weights: []int64{1, 0, 0}, AtLeast: points[i-1].Gains[0] + 1})
		}
		l, err := q.lemma(ctx, rows)
		if err != nil {
			return err
		}
		c.Gaps = append(c.Gaps, l)
	}
	return nil
}
