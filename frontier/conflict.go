package frontier

import (
	"fmt"
	"slices"
)

// claim is part of a conflict: a rule, or a party's walk-away.
type claim struct {
	limit    *limit
	walkAway int // index of the party, where limit is nil
}

// conflict finds, when nothing is agreeable, rules and walk-aways that can't
// all hold and of which none can be left out, and names them. Somebody must be
// released throughout: that is no claim of anybody's, and is named only if the
// claims could be met by releasing nobody.
//
// First some claims that can't all hold are gathered (clash), then what is
// spare among them is left out. The method of that is Junker's QuickXplain: with
// some claims taken for granted, find what is needed of the others by halves.
// Every question that is asked is answered by a scan, so the outcome is exact.
// If the context ends, questions are answered "perhaps": what is named can't all
// hold, but some may be spare.
func (s *session) conflict() []string {
	core := s.needed(nil, s.clash(), false)
	out := []string{}
	for _, c := range core {
		out = append(out, s.p.claimWords(c))
	}
	switch {
	case len(s.p.trade.holdings) == 0:
		out = append(out, "at least one person is released: nobody is in trade")
	case s.possible(core, true):
		out = append(out, "at least one person is released")
	}
	if s.ctx.Err() != nil {
		out = append(out, "stopped before it was known whether each of these is needed")
	}
	return out
}

// clash gathers claims that can't all hold: as long as an exchange meets those
// gathered, the first claim that it breaks is added. There is one, since nothing
// is agreeable. So out of thousands of rules a few are looked at closely.
func (s *session) clash() []claim {
	every := s.p.claims()
	var at []int // of those gathered, ascending: they are named in that order
	for {
		some := make([]claim, len(at))
		for i, k := range at {
			some[i] = every[k]
		}
		x, found := s.find(some)
		switch {
		case s.ctx.Err() != nil:
			return every
		case !found:
			return some
		}
		at = append(at, slices.IndexFunc(every, func(c claim) bool { return !s.p.met(c, x) }))
		slices.Sort(at)
	}
}

// claims lists all that parties ask for, in the order in which it is named: the
// rules of the case, then party by party walk-away and red lines.
func (p *Problem) claims() []claim {
	var out []claim
	rulesOf := func(whose string) {
		for i := range p.limits {
			if p.limits[i].whose == whose {
				out = append(out, claim{limit: &p.limits[i]})
			}
		}
	}
	rulesOf(ofTheCase)
	for i := range p.worths {
		out = append(out, claim{walkAway: i})
		rulesOf(p.worths[i].name())
	}
	return out
}

// needed gives those of open without which granted and the rest could be met;
// granted and open together can't. untried tells that granted alone was not yet
// asked about.
func (s *session) needed(granted, open []claim, untried bool) []claim {
	if untried && !s.possible(granted, false) {
		return nil
	}
	if len(open) <= 1 {
		return open
	}
	n := len(open) / 2
	early, late := open[:n], open[n:]
	fromLate := s.needed(join(granted, early), late, true)
	fromEarly := s.needed(join(granted, fromLate), early, len(fromLate) > 0)
	return join(fromEarly, fromLate)
}

// possible tells whether an exchange meets the claims, and is true also if the
// context ended before that was known.
func (s *session) possible(claims []claim, empty bool) bool {
	if s.ctx.Err() != nil {
		return true
	}
	found, left := sweep(s.ctx, s.p.scanFor(claims, empty), func() *some { return &some{} })
	return len(left) > 0 || slices.ContainsFunc(found, func(k *some) bool { return k.found })
}

// find gives an exchange that meets the claims, by one goroutine: always the
// same one.
func (s *session) find(claims []claim) (x set, found bool) {
	k := &some{}
	s.p.scanFor(claims, false).run(s.ctx, []keeper{k})
	return k.set, k.found
}

// scanFor makes a scan for what meets the claims.
func (p *Problem) scanFor(claims []claim, empty bool) *scan {
	d := demand{floor: make([]int64, len(p.worths)), empty: empty}
	for i := range d.floor {
		d.floor[i] = noFloor
	}
	for _, c := range claims {
		if c.limit != nil {
			d.rules = append(d.rules, *c.limit)
		} else {
			d.floor[c.walkAway] = 0
		}
	}
	return newScan(p, d)
}

// met tells whether an exchange meets a claim.
func (p *Problem) met(c claim, x set) bool {
	if c.limit != nil {
		return c.limit.cond.holds(x)
	}
	return p.worths[c.walkAway].gain(x) >= 0
}

func (p *Problem) claimWords(c claim) string {
	if c.limit != nil {
		return c.limit.String()
	}
	w := &p.worths[c.walkAway]
	return fmt.Sprintf("%s: walk-away %d", w.name(), w.walkAway)
}

func join(a, b []claim) []claim { return append(a[:len(a):len(a)], b...) }
