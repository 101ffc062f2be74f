package frontier

import (
	"context"
	"fmt"
	"slices"

	"parley/frontier/certificate"
)

// stretches writes the blocks of a certificate, from the first party's smallest
// gain on. For each a linear program, the most for the second with the gain of
// its middle, gives prices; the checker itself tells whether they prove it, and
// in how many states, by which the next becomes wider or narrower.
type stretches struct {
	ctx    context.Context
	k      *certificate.Checker
	points []certificate.Point
	p      *program
	r      *relaxation
	width  int64
	from   int64
}

// busyBlock is how many states the check of a block should take.
const busyBlock = 60_000

// blocks proves that nothing lies beyond points; an error wraps ErrNoCertificate
// where the states are too many however short the block.
func (q *plain) blocks(ctx context.Context, k *certificate.Checker, points []certificate.Point) ([]certificate.Block, error) {
	s := &stretches{ctx: ctx, k: k, points: points, p: q.program.maximising(q.program.measures[1])}
	s.p.floor = slices.Clone(s.p.floor)
	s.r = newRelaxation(s.p)
	end := points[len(points)-1].Gains[0]
	s.width = max(16, end/256)
	var out []certificate.Block
	for s.from <= end {
		report(ctx, "proving the frontier", float64(s.from)/float64(end+1))
		b, err := s.next(end)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
		s.from = b.To + 1
	}
	b, err := s.rest(q.program)
	if err != nil {
		return nil, err
	}
	return append(out, b), nil
}

// next finds the next block, up to the end at most.
func (s *stretches) next(end int64) (certificate.Block, error) {
	for {
		to := min(end, s.from+s.width-1)
		if !s.aim(s.from + (to-s.from)/2) {
			return certificate.Block{}, fmt.Errorf("no prices for a block: %w", ErrNoCertificate)
		}
		b := s.block(to)
		states, err := s.k.Try(s.points, s.from, b, false)
		if err == nil {
			s.adapt(states)
			return b, nil
		}
		if s.ctx.Err() != nil || s.width == 1 {
			return b, fmt.Errorf("the proof of the frontier is too long or was stopped: %w", ErrNoCertificate)
		}
		s.width = (s.width + 1) / 2
	}
}

// rest is the last block: the first party gains no more than by the last point,
// whatever the second does.
func (s *stretches) rest(p *program) (b certificate.Block, err error) {
	s.r = newRelaxation(p.maximising(p.measures[0]))
	if s.r.solve(nil, 20000) == unfinished {
		return b, fmt.Errorf("no prices for a block: %w", ErrNoCertificate)
	}
	y := s.r.mags.round(s.r.spread(s.r.lin.y, s.r.unit()), s.r.rows, true)
	b = certificate.Block{Weights: [2]int64{1 << y.shift, 0}, Prices: pricesOf(y, -1, 0)}
	if _, err := s.k.Try(s.points, s.from, b, true); err != nil {
		return b, fmt.Errorf("the proof of the frontier is too long: %w", ErrNoCertificate)
	}
	return b, nil
}

// aim solves the linear program for a gain of at least a.
func (s *stretches) aim(a int64) bool {
	lo := a - s.p.measures[0].base
	s.r.rows[0].lo = lo
	s.r.lin.rows[0].lo = float64(lo) * s.r.scale[0]
	return s.r.solve(nil, 20000) == optimal
}

// block writes the present prices; that of the first party's gain is its weight.
func (s *stretches) block(to int64) certificate.Block {
	y := s.r.mags.round(s.r.spread(s.r.lin.y, s.r.unit()), s.r.rows, true)
	b := certificate.Block{To: to, Weights: [2]int64{-y.whole[0], 1 << y.shift}}
	y.whole[0] = 0
	b.Prices = pricesOf(y, -1, 0)
	return b
}

func (s *stretches) adapt(states int) {
	switch {
	case states > busyBlock:
		s.width = max(1, s.width*2/3)
	case states < busyBlock/16:
		s.width *= 2
	case states < busyBlock/2:
		s.width += s.width/4 + 1
	}
}
