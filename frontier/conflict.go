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
// Every question that is asked is answered by an exact search. If the context
// ends, questions are answered "perhaps": what is named can't all hold, but some
// may be spare.
func (s *session) conflict() []string {
	core := s.needed(nil, s.clash(), false)
	out := []string{}
	for _, c := range core {
		out = append(out, s.p.claimWords(c))
	}
	switch {
	case len(s.p.trade.atoms) == 0:
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
// gathered, the first claims that it breaks are added, ever more of them. There
// is one, since nothing is agreeable. So out of thousands of rules a few are
// looked at closely.
func (s *session) clash() []claim {
	every := s.p.claims()
	var at []int // of those gathered, ascending: they are named in that order
	for take := 1; ; take *= 2 {
		some := make([]claim, len(at))
		for i, k := range at {
			some[i] = every[k]
		}
		x, found, known := s.find(some, false)
		switch {
		case !known:
			return every
		case !found:
			return some
		}
		for i, k := 0, 0; i < len(every) && k < take; i++ {
			if !slices.Contains(at, i) && !s.p.met(every[i], x) {
				at = append(at, i)
				k++
			}
		}
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
	_, found, known := s.find(claims, empty)
	return found || !known
}

// find gives an exchange that meets the claims; known is false if the context
// ended before it was known whether there is one.
func (s *session) find(claims []claim, empty bool) (atoms []int32, found, known bool) {
	if s.ctx.Err() != nil {
		return nil, false, false
	}
	m := s.p.compile(s.p.demandOf(claims, empty))
	if m.broken {
		return nil, false, true
	}
	q := m.program
	for i, f := range q.floor { // a guide: what is asked of gains
		if f != noFloor {
			q = q.maximising(q.measures[i])
			break
		}
	}
	o := q.maximise(s.ctx, noLeast/4, true)
	if o.found {
		return m.released(q.expand(o.x)), true, true
	}
	return nil, false, o.proved
}

func (p *Problem) demandOf(claims []claim, empty bool) demand {
	d := demand{floor: make([]int64, len(p.worths)), empty: empty}
	for i := range d.floor {
		d.floor[i] = noFloor
	}
	for _, c := range claims {
		if c.limit != nil {
			d.limits = append(d.limits, *c.limit)
		} else {
			d.floor[c.walkAway] = 0
		}
	}
	return d
}

// met tells whether an exchange meets a claim.
func (p *Problem) met(c claim, atoms []int32) bool {
	if c.limit != nil {
		return p.trade.fault(c.limit.rule, p.trade.out(atoms)) == ""
	}
	return p.worths[c.walkAway].gain(atoms) >= 0
}

func (p *Problem) claimWords(c claim) string {
	if c.limit != nil {
		return c.limit.String()
	}
	w := &p.worths[c.walkAway]
	return fmt.Sprintf("%s: walk-away %d", w.name(), w.walkAway)
}

func join(a, b []claim) []claim { return append(a[:len(a):len(a)], b...) }
