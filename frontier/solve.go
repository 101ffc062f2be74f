package frontier

import (
	"context"
	"slices"

	"parley"
)

// Options is what to ask of a problem.
type Options struct {
	Criterion Criterion     // "" for Nash
	Frontier  bool          // give the frontier
	Releases  bool          // give the exchange of each of its points, however many
	Offer     *parley.Offer // judge this offer; nil for none
}

// Solve weighs. The end of ctx is no error: the answer then has the best that
// was found, and says that it is not proved.
func (p *Problem) Solve(ctx context.Context, o Options) (*Answer, error) {
	c, err := ParseCriterion(string(o.Criterion))
	if err != nil {
		return nil, err
	}
	s := &session{ctx: ctx, p: p, scan: newScan(p, p.agreeable(c)), answer: p.newAnswer(c)}
	s.optimum()
	if o.Frontier && s.answer.Agreeable {
		s.frontier(o.Releases)
	}
	if o.Offer != nil {
		s.answer.Offer, err = s.judge(o.Offer)
	}
	return s.answer, err
}

// newAnswer is the answer before anything is found.
func (p *Problem) newAnswer(c Criterion) *Answer {
	return &Answer{
		Case:      p.of.ID,
		Parties:   slices.Clone(p.parties),
		Criterion: c,
		Estimated: append([]parley.PartyID{}, p.guessed...),
		WaitsFor:  p.waitsFor(),
		Proved:    true,
	}
}

// agreeable is the demand of the contract: nobody below the walk-away, every
// rule kept, somebody released.
func (p *Problem) agreeable(c Criterion) demand {
	return demand{rules: p.limits, floor: make([]int64, len(p.worths)), heads: c == Home}
}

// session is one call of Solve.
type session struct {
	ctx    context.Context
	p      *Problem
	scan   *scan
	order  *order
	answer *Answer
}

// optimum finds the best by the criterion, or why there is none.
func (s *session) optimum() {
	c, a := s.answer.Criterion, s.answer
	ideal, ok := s.ideal()
	if !ok {
		return
	}
	s.order = newOrder(c, ideal)
	found, left := sweep(s.ctx, s.scan, func() *best { return &best{order: newOrder(c, ideal)} })
	top := firstOfAll(found)
	s.settle(top, left, ideal)
	if !a.Agreeable && a.Proved {
		a.Why = s.conflict()
		a.Frontier = &Frontier{Complete: true, Points: []Point{}}
	}
}

// ideal finds each party's best gain where the criterion needs it. ok is false
// if the search was stopped before they were known.
func (s *session) ideal() (gains []int64, ok bool) {
	if !s.answer.Criterion.idealised() {
		return nil, true
	}
	found, left := sweep(s.ctx, s.scan, func() *ideals { return newIdeals(len(s.p.worths)) })
	all := idealsOfAll(found)
	if len(left) > 0 {
		s.order = newOrder(Maximin, nil)
		s.settle(&all.best, []deal{all.ceiling(left)}, nil)
		return nil, false
	}
	for i, g := range all.gains {
		if g == 0 && all.best.found {
			s.answer.LeftOut = append(s.answer.LeftOut, s.p.parties[i])
		}
	}
	return all.gains, true
}

// settle writes down the best that was found, and the bound if something was
// left.
func (s *session) settle(top *best, left []deal, ideal []int64) {
	a := s.answer
	if top.found {
		a.Agreeable = true
		best := s.p.point(&top.deal, true)
		a.Best = &best
	}
	if len(left) == 0 {
		return
	}
	a.Proved = false
	a.Bound = boundOf(a.Criterion, top, left, ideal)
	if !top.found {
		a.Why = []string{"stopped before an agreeable exchange was found; there may be one"}
	}
}

// frontier lists the points that nothing beats.
func (s *session) frontier(releases bool) {
	found, left := sweep(s.ctx, s.scan, func() *archive { return newArchive(len(s.p.worths)) })
	deals := frontierOf(found)
	slices.Reverse(deals)
	f := &Frontier{Complete: len(left) == 0, Points: make([]Point, 0, len(deals))}
	for i := range deals {
		f.Points = append(f.Points, s.p.point(&deals[i], releases || len(deals) <= ReleasesShown))
	}
	s.answer.Frontier = f
}

// point writes a deal in the words of the case.
func (p *Problem) point(d *deal, release bool) Point {
	x := Point{Gains: make(Gains, len(p.parties))}
	for i, party := range p.parties {
		x.Gains[i] = Gain{party, d.gains[i]}
	}
	if release {
		x.Release = p.trade.exchange(d.set)
	}
	return x
}
