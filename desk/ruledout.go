package desk

import (
	"context"

	"parley"
	"parley/brief"
	"parley/frontier"
)

// RuledOut holds the acts of the other sides, as they stand on the table, against
// our estimates of them. It stays at this desk: it is as private as the brief.
func (d *Desk) RuledOut(ctx context.Context) ([]*frontier.RuledOut, error) {
	if d.session == nil {
		return nil, ErrNoChannel
	}
	b, ok, err := d.Brief(ctx)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, wrong("this desk keeps no brief, so it has no estimates: `parley brief keep FILE`")
	}
	return ruledOut(d.Table(), b)
}

func ruledOut(t *parley.Table, b brief.Brief) ([]*frontier.RuledOut, error) {
	out := []*frontier.RuledOut{}
	for _, e := range b.Content().Estimates {
		r, err := frontier.RuleOut(e, saidBy(t, e.Party))
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// saidBy lists a party's offers, its answers to offers and its seals, offer by
// offer.
func saidBy(t *parley.Table, party parley.PartyID) []frontier.Said {
	var out []frontier.Said
	for _, o := range t.Offers {
		v, ok := t.Version(o.Version)
		if !ok {
			continue
		}
		add := func(ref parley.Ref, k parley.Kind, ways []frontier.Way) {
			out = append(out, frontier.Said{Act: ref.String(), Kind: k, Case: v.Case, Ways: ways})
		}
		if o.Offer.From == party {
			add(o.Ref, parley.KindOffer, frontier.WaysOf(v.Case, o.Offer))
		}
		for _, a := range o.Answers {
			switch {
			case a.By != party:
			case a.Accept != nil:
				add(a.Ref, parley.KindAccept, resolvedWay(a.Accept.Resolved))
			default:
				add(a.Ref, parley.KindDecline, []frontier.Way{{Release: o.Offer.Entries()}})
			}
		}
		for _, g := range t.Agreements {
			if g.Resolved.Offer == o.Ref && o.Offer.From == party {
				add(g.Seal, parley.KindSeal, resolvedWay(g.Resolved))
			}
		}
	}
	return out
}

func resolvedWay(r parley.Resolved) []frontier.Way {
	return []frontier.Way{{Release: r.Release, Named: r.Named}}
}
