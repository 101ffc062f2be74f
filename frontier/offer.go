package frontier

import (
	"context"
	"fmt"
	"slices"

	"parley"
)

// judge weighs one offer, all its entries released.
func (s *session) judge(o *parley.Offer) (*Judgement, error) {
	entries := o.Entries()
	if err := s.p.trade.known(entries); err != nil {
		return nil, fmt.Errorf("the offer: %w", err)
	}
	gains, against := s.p.weighed(s.ctx, entries)
	why := slices.Concat(against, s.p.stillOpen(o, entries))
	by, whole := s.dominators(gains)
	if !whole {
		why = append(why, "stopped before all that beats the offer was found")
	}
	return &Judgement{
		Gains:       s.p.named(gains),
		Agreeable:   len(against) == 0,
		DominatedBy: by,
		Why:         append([]string{}, why...),
	}, nil
}

// Judge tells what an offer gains each party, all its entries together, and
// whether it is agreeable: what Solve tells of it at length.
func (p *Problem) Judge(o *parley.Offer) (Gains, bool, error) {
	entries := o.Entries()
	if err := p.trade.known(entries); err != nil {
		return nil, false, fmt.Errorf("the offer: %w", err)
	}
	gains, against := p.weighed(context.Background(), entries)
	return p.named(gains), len(against) == 0, nil
}

// gainsOf is what the released gain each party. A blank that nobody fills yet
// counts as the party's own worth of it, or else as the candidate that is worth
// least to the party.
func (p *Problem) gainsOf(out released) []int64 {
	gains := make([]int64, len(p.worths))
	var atoms []int32
	for id := range out.ids {
		atoms = append(atoms, p.trade.means[p.trade.at()[id]]...)
	}
	slices.Sort(atoms)
	atoms = slices.Compact(atoms)
	for i := range p.worths {
		w := &p.worths[i]
		gains[i] = w.gain(atoms)
		for _, k := range atoms {
			gains[i] -= w.each[k]
		}
		for id := range out.ids {
			at := p.trade.at()[id]
			least := int64(0)
			for n, k := range p.trade.means[at] {
				if a := p.trade.atoms[k]; a.blank < 0 { // a person
					least = w.each[k]
					break
				} else if a.blank == at && (n == 0 || w.each[k] < least) {
					least = w.each[k]
				}
			}
			gains[i] += least
		}
	}
	return gains
}

// against lists what keeps an exchange from being agreeable.
func (p *Problem) against(out released, gains []int64) []string {
	var reasons []string
	if len(out.ids) == 0 {
		reasons = append(reasons, "nobody in trade is released")
	}
	reasons = append(reasons, p.belowWalkAway(gains)...)
	for _, l := range p.limits {
		if f := p.trade.fault(l.rule, out); f != "" {
			reasons = append(reasons, fmt.Sprintf("%s: %s", l, f))
		}
	}
	return reasons
}

// belowWalkAway lists whose gain is below 0.
func (p *Problem) belowWalkAway(gains []int64) (reasons []string) {
	for i, g := range gains {
		if g < 0 {
			reasons = append(reasons, fmt.Sprintf("%s: gain %d is below the walk-away", p.worths[i].name(), g))
		}
	}
	return reasons
}

// stillOpen lists what doesn't speak against an offer and has to be settled yet:
// entries outside the trade, entries that wait for a party's own yes, blanks.
func (p *Problem) stillOpen(o *parley.Offer, entries parley.Exchange) []string {
	outside, waits, blanks := []string{}, map[parley.PartyID]parley.Exchange{}, []string{}
	for _, h := range p.of.Holdings() {
		switch {
		case !entries.Has(h.ID):
			continue
		case h.Owed:
			outside = append(outside, fmt.Sprintf("%s is owed release by law and counts for nothing here", h.ID))
		case h.HeldBy == "":
			outside = append(outside, fmt.Sprintf("%s is held by nobody known and counts for nothing here", h.ID))
		case !slices.Contains(p.parties, h.HeldBy):
			waits[h.HeldBy] = append(waits[h.HeldBy], h.ID)
		}
		if h.Blank {
			blanks = append(blanks, fmt.Sprintf("%s is a blank, to be named before it is sealed", h.ID))
		}
	}
	for _, c := range o.IfConfirmed {
		waits[c.Party] = append(waits[c.Party], c.Person)
	}
	return slices.Concat(outside, p.waitWords(waits), blanks)
}

// waitWords names who is waited for, parties in file order.
func (p *Problem) waitWords(waits map[parley.PartyID]parley.Exchange) []string {
	var out []string
	for _, party := range p.of.Parties {
		if ids := parley.NewExchange(waits[party.ID]...); len(ids) > 0 {
			out = append(out, fmt.Sprintf("waits for %s: %s", party.ID, commas(ids)))
		}
	}
	return out
}

// dominators lists the first few by the criterion of the agreeable exchanges
// that beat some gains and are beaten by none. whole is false if there may be
// others.
func (s *session) dominators(gains []int64) (by []Point, whole bool) {
	d := s.p.agreeable()
	d.floor = make([]int64, len(gains))
	for i, g := range gains {
		d.floor[i] = max(g, 0)
	}
	found, whole := s.pointsOf(s.p.compile(d))
	deals := slices.DeleteFunc(dealsOf(found, len(gains)), func(x deal) bool { return !above(x.gains, gains) })
	if s.answer.Criterion == Home || len(s.p.trade.atoms) <= Decided {
		for i := range deals {
			s.p.count(&deals[i])
		}
	}
	order := newOrder(s.answer.Criterion, s.ideal)
	ids := func(d *deal) parley.Exchange { return s.p.point(d, true).Release }
	slices.SortStableFunc(deals, func(a, b deal) int {
		if c := order.compare(&b, &a); c != 0 {
			return c
		}
		return slices.Compare(ids(&a), ids(&b))
	})
	by = []Point{}
	for i := range deals[:min(len(deals), DominatorsShown)] {
		by = append(by, s.p.point(&deals[i], true))
	}
	return by, whole
}

// count counts the heads of a deal: tables of two parties don't.
func (p *Problem) count(d *deal) {
	d.heads = 0
	for _, k := range d.atoms() {
		d.heads += p.trade.heads(k)
	}
}

// above tells whether a is at least as good as b for everybody and better for
// one.
func above(a, b []int64) bool { return covers(a, b) && !covers(b, a) }

// covers tells whether a is at least as good as b for everybody.
func covers(a, b []int64) bool {
	for p, g := range a {
		if g < b[p] {
			return false
		}
	}
	return true
}
