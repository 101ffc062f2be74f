package frontier

import (
	"fmt"
	"slices"

	"parley"
)

// judge weighs one offer, all its entries released.
func (s *session) judge(o *parley.Offer) (*Judgement, error) {
	entries := o.Entries()
	released, err := s.p.trade.pick(entries)
	if err != nil {
		return nil, fmt.Errorf("the offer: %w", err)
	}
	d := deal{set: released, heads: s.p.trade.heads(released)}
	for i := range s.p.worths {
		d.gains = append(d.gains, s.p.worths[i].gain(released))
	}
	against := s.p.against(&d)
	why := slices.Concat(against, s.p.stillOpen(o, entries))
	by, whole := s.dominators(&d)
	if !whole {
		why = append(why, "stopped before all that beats the offer was found")
	}
	return &Judgement{
		Gains:       s.p.point(&d, false).Gains,
		Agreeable:   len(against) == 0,
		DominatedBy: by,
		Why:         append([]string{}, why...),
	}, nil
}

// against lists what keeps a deal from being agreeable.
func (p *Problem) against(d *deal) []string {
	var reasons []string
	if d.set == 0 {
		reasons = append(reasons, "nobody in trade is released")
	}
	for i := range p.worths {
		if d.gains[i] < 0 {
			reasons = append(reasons, fmt.Sprintf("%s: gain %d is below the walk-away", p.worths[i].name(), d.gains[i]))
		}
	}
	out := p.trade.release(p.trade.exchange(d.set))
	for _, l := range p.limits {
		if f := p.trade.fault(l.rule, out); f != "" {
			reasons = append(reasons, fmt.Sprintf("%s: %s", l, f))
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
// that beat d and are beaten by none. whole is false if the context ended.
func (s *session) dominators(d *deal) (by []Point, whole bool) {
	demand := s.p.agreeable(Nash)
	for i, g := range d.gains {
		demand.floor[i] = max(g, 0)
	}
	found, left := sweep(s.ctx, newScan(s.p, demand), func() *archive {
		a := newArchive(len(s.p.worths))
		a.floor = d.gains
		return a
	})
	deals := frontierOf(found)
	slices.SortFunc(deals, func(a, b deal) int { return s.order.compare(&b, &a) })
	by = []Point{}
	for i := range deals[:min(len(deals), DominatorsShown)] {
		by = append(by, s.p.point(&deals[i], true))
	}
	return by, len(left) == 0
}
