package frontier

import (
	"context"
	"slices"
	"sync"

	"parley"
)

// Options is what to ask of a problem.
type Options struct {
	Criterion Criterion     // "" for Nash
	Frontier  bool          // give the frontier
	Releases  bool          // give the exchange of each of its points, however many
	Offer     *parley.Offer // judge this offer; nil for none
	Changes   bool          // and tell the smallest changes that make it agreeable
	Counter   *Countering   // answers to the offer; nil for none
}

// Solve weighs. The end of ctx is no error: the answer then has the best that
// was found, and says that it is not proved.
func (p *Problem) Solve(ctx context.Context, o Options) (*Answer, error) {
	c, err := ParseCriterion(string(o.Criterion))
	if err != nil {
		return nil, err
	}
	s := &session{ctx: ctx, p: p, model: p.compile(p.agreeable()), answer: p.newAnswer(c)}
	s.optimum()
	if o.Frontier && s.answer.Agreeable {
		s.frontier(o.Releases)
	}
	if o.Offer != nil {
		if s.answer.Offer, err = s.judge(o.Offer); err != nil {
			return nil, err
		}
		entries := o.Offer.Entries()
		s.answer.Offer.Balance = BalanceOf(p.of, entries)
		if o.Changes && !s.answer.Offer.Agreeable {
			s.addChanges(entries)
		}
		if o.Counter != nil {
			if s.answer.Counter, s.answer.End, err = s.counter(o.Counter, entries); err != nil {
				return nil, err
			}
		}
	}
	if s.answer.Best != nil {
		s.answer.Balance = BalanceOf(p.of, s.answer.Best.Release, s.answer.Best.Named...)
	}
	return s.answer, nil
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

// session is one call of Solve.
type session struct {
	ctx    context.Context
	p      *Problem
	model  *model
	ideal  []int64
	picked given // by the criterion, where something was found
	band   int64 // of the frontier listed last; 0 where it is complete
	answer *Answer
}

// optimum finds what the criterion picks, or why there is nothing.
func (s *session) optimum() {
	a := s.answer
	got := s.model.choose(s.ctx, a.Criterion)
	s.ideal = got.ideal
	if got.found {
		a.Agreeable, a.Tied = true, got.tied
		s.picked = given{s.model.released(got.x), got.gains}
		best := s.p.pointOf(&s.picked)
		a.Best = &best
		for _, i := range got.left {
			a.LeftOut = append(a.LeftOut, s.p.parties[i])
		}
	}
	switch {
	case !got.proved:
		a.Proved = false
		a.Bound = &Bound{Value: got.bound.RatString()}
		if !got.found {
			a.Why = []string{"stopped before an agreeable exchange was found; there may be one"}
		}
	case !got.found:
		a.Why = s.conflict()
		a.Frontier = &Frontier{Complete: true, Points: []Point{}}
	}
}

// addChanges adds the smallest changes to what is said of the offer.
func (s *session) addChanges(entries parley.Exchange) {
	j, whole := s.answer.Offer, false
	if j.Changes, whole = s.changes(entries); !whole {
		j.Why = append(j.Why, "stopped before all the smallest changes were found")
	}
}

// frontier lists the points that nothing beats.
func (s *session) frontier(releases bool) {
	found, complete := s.pointsOf(s.model)
	s.answer.Frontier = s.listing(found, complete, releases || found.count() <= ReleasesShown)
}

// listing writes what was found as a frontier.
func (s *session) listing(found finds, complete, release bool) *Frontier {
	f := &Frontier{Complete: complete, Band: s.band, Points: make([]Point, found.count())}
	n := len(s.p.parties)
	room := make(Gains, n*len(f.Points)) // one for all: there may be very many
	write := func(from, to int) {
		gains := make([]int64, n)
		for i := from; i < to; i++ {
			found.gains(i, gains)
			g := room[i*n : (i+1)*n : (i+1)*n]
			for k, party := range s.p.parties {
				g[k] = Gain{party, gains[k]}
			}
			f.Points[i].Gains = g
		}
	}
	if half := len(f.Points) / 2; half < manyPoints {
		write(0, len(f.Points))
	} else {
		var wait sync.WaitGroup
		wait.Go(func() { write(half, len(f.Points)) })
		write(0, half)
		wait.Wait()
	}
	for i := range f.Points {
		if release {
			f.Points[i].Release, f.Points[i].Named = s.p.trade.exchange(found.atoms(i))
		}
	}
	return f
}

// manyPoints is from how many on points are written side by side.
const manyPoints = 2000

// point writes a deal in the words of the case.
func (p *Problem) point(d *deal, release bool) Point {
	x := Point{Gains: p.named(d.gains)}
	if release {
		x.Release, x.Named = p.trade.exchange(d.atoms())
	}
	return x
}

func (p *Problem) pointOf(g *given) Point {
	out := Point{Gains: p.named(g.gains)}
	out.Release, out.Named = p.trade.exchange(g.atoms)
	return out
}

// named writes gains with the parties they are of.
func (p *Problem) named(gains []int64) Gains {
	out := make(Gains, len(p.parties))
	for i, party := range p.parties {
		out[i] = Gain{party, gains[i]}
	}
	return out
}

// Frontier lists the frontier alone, without exchanges: what Solve lists with
// Options.Frontier.
func (p *Problem) Frontier(ctx context.Context) *Frontier {
	s := &session{ctx: ctx, p: p, model: p.compile(p.agreeable()), answer: p.newAnswer(Nash)}
	found, complete := s.pointsOf(s.model)
	return s.listing(found, complete, false)
}
