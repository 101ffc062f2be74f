package frontier

import (
	"context"
	"fmt"

	"parley"
)

// openBlanks are those of some entries that name candidates, of whom one is to
// fill each.
func (p *Problem) openBlanks(entries parley.Exchange) (open parley.Exchange) {
	for _, i := range p.trade.filled {
		if id := p.trade.holdings[i].ID; entries.Has(id) {
			open = append(open, id)
		}
	}
	return open
}

// weighed is what entries gain each party, and what of walk-aways and rules
// stands against them. Blanks that name candidates may be filled in any way that
// keeps the rules, and each party gains what the worst of these ways gains it.
// Where there is none, nothing fits.
func (p *Problem) weighed(ctx context.Context, entries parley.Exchange) (gains []int64, against []string) {
	out := p.trade.release(entries)
	open := p.openBlanks(entries)
	if len(open) == 0 {
		gains = p.gainsOf(out)
		return gains, p.against(out, gains)
	}
	gains, found, known := p.worstFilling(ctx, entries)
	if found {
		return gains, p.belowWalkAway(gains)
	}
	gains = p.gainsOf(out)
	why := "rules leave nobody to fill %s"
	if !known {
		why = "stopped before it was known who can fill %s"
	}
	return gains, append(p.against(out, gains), fmt.Sprintf(why, commas(open)))
}

// worstFilling is the least that entries gain each party, over all ways to fill
// their blanks that keep the rules. known is false if the context ended first.
func (p *Problem) worstFilling(ctx context.Context, entries parley.Exchange) (least []int64, found, known bool) {
	d := p.agreeable()
	d.apart = true
	for i := range d.floor {
		d.floor[i] = noFloor
	}
	m := p.compile(d)
	if m.broken {
		return nil, false, true
	}
	just, n := m.nearnessOf(entries)
	q := m.program.with(m.program.floor, just.atLeast(n))
	for i := range p.parties {
		o := q.maximising(q.measures[i].times(-1)).maximise(ctx, noLeast/4, false)
		if !o.proved || !o.found {
			return nil, false, o.proved
		}
		least = append(least, -o.value)
	}
	return least, true, true
}

// nearnessOf measures by ids what an exchange has of some entries, less what it
// has beside them: n is reached by just these entries.
func (m *model) nearnessOf(entries parley.Exchange) (just measure, n int64) {
	t := &m.of.trade
	for _, id := range entries {
		if i, ok := t.at()[id]; ok && i >= 0 {
			n++
		}
	}
	return m.sumOver(func(k int32) int64 {
		if entries.Has(t.id(t.atoms[k])) {
			return 1
		}
		return -1
	}), n
}

// times is so many times the measure.
func (m *measure) times(f int64) measure {
	out := measure{base: f * m.base, coef: make([]int64, len(m.coef))}
	for j, v := range m.coef {
		out.coef[j] = f * v
	}
	return out
}
