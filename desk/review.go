package desk

import (
	"context"
	"errors"
	"slices"

	"parley"
	"parley/brief"
	"parley/frontier"
)

// Review is what an exercise came to, as whoever has every brief sees it. Nothing
// in it says who negotiated well: a gain follows from numbers that were chosen.
type Review struct {
	Title    string             `json:"title"`
	Players  []parley.PartyID   `json:"players"`
	Agreed   []Agreed           `json:"agreed"`   // in force, or ratified by some
	Outcome  *Outcome           `json:"outcome"`  // of all in force together; null where nothing is
	Picks    []Picked           `json:"picks"`    // what each formula would have picked
	Most     frontier.Gains     `json:"most"`     // each side's best agreeable gain; null where the frontier is not whole
	Frontier *frontier.Frontier `json:"frontier"` // of two players; null for more, of whom the picks alone are found
	Offers   []Offered          `json:"offers"`   // as they were made

	Answer *frontier.Answer `json:"-"` // of the weighing of what is in force
	search Search
	p      *frontier.Problem
}

// Agreed is an agreement on the channel.
type Agreed struct {
	ID      string                 `json:"id"`
	Status  parley.AgreementStatus `json:"status"`
	InForce bool                   `json:"in_force"`
	Release []parley.PersonID      `json:"release"`
}

// Outcome is what all agreements in force come to together.
type Outcome struct {
	Release   parley.Exchange  `json:"release"`
	Gains     frontier.Gains   `json:"gains"`
	Agreeable bool             `json:"agreeable"`
	Why       []string         `json:"why"`
	Better    []frontier.Point `json:"better"` // as good for every side and better for one: what was left on the table
}

// Picked is what a formula would have picked, knowing all briefs.
type Picked struct {
	Criterion frontier.Criterion `json:"criterion"`
	Formula   string             `json:"formula"`
	Compares  bool               `json:"compares_points"`
	Proved    bool               `json:"proved"`
	Pick      *frontier.Point    `json:"pick"`
}

// Offered is an offer, and what it would have gained.
type Offered struct {
	ID        string             `json:"id"`
	By        parley.PartyID     `json:"by"`
	Status    parley.OfferStatus `json:"status"`
	Release   []parley.PersonID  `json:"release"`
	Gains     frontier.Gains     `json:"gains"`
	Agreeable bool               `json:"agreeable"`
}

// Search bounds one search in time, and may tell how far it is. What it gives is
// called when the search is over.
type Search func(context.Context) (context.Context, func())

// ReviewOf weighs what stands on a table with the briefs of all who played. With
// two players the whole frontier is found, with more each formula's pick.
func ReviewOf(ctx context.Context, v *View, c *parley.Case, briefs []brief.Brief, s Search) (*Review, error) {
	voices, err := frontier.Voices(Seated(c, briefs), briefs...)
	if err != nil {
		return nil, err
	}
	p, err := frontier.New(Seated(c, briefs), voices)
	if err != nil {
		return nil, err
	}
	r := &Review{Title: c.Title, Agreed: []Agreed{}, Offers: []Offered{}, search: s, p: p}
	for _, b := range briefs {
		r.Players = append(r.Players, b.Party())
	}
	if err := r.outcome(ctx, v); err != nil {
		return nil, err
	}
	for _, by := range frontier.Criteria() {
		answer, err := r.solve(ctx, frontier.Options{Criterion: by})
		if err != nil {
			return nil, err
		}
		r.Picks = append(r.Picks, Picked{by, by.Formula(), by.ComparesPoints(), answer.Proved, answer.Best})
	}
	r.offers(v)
	return r, nil
}

// Seated is a case as it is played: whom a party holds that is not played stays.
func Seated(c *parley.Case, briefs []brief.Brief) *parley.Case {
	var absent []parley.PersonID
	for _, h := range c.Holdings() {
		if h.HeldBy != "" && !h.Owed && !slices.ContainsFunc(briefs, func(b brief.Brief) bool { return b.Party() == h.HeldBy }) {
			absent = append(absent, h.ID)
		}
	}
	if absent == nil {
		return c
	}
	played := *c
	played.Rules = append(slices.Clone(c.Rules), parley.Forbid{IDs: absent})
	return &played
}

func (r *Review) solve(ctx context.Context, o frontier.Options) (*frontier.Answer, error) {
	search, stop := r.search(ctx)
	defer stop()
	answer, err := r.p.Solve(search, o)
	return answer, errors.Join(err, ctx.Err())
}

// outcome judges all that is in force, together.
func (r *Review) outcome(ctx context.Context, v *View) error {
	var all []parley.PersonID
	for _, g := range v.Agreements {
		r.Agreed = append(r.Agreed, Agreed{g.ID, g.Status, g.InForce, g.Release})
		if g.InForce {
			all = append(all, g.Release...)
		}
	}
	o := frontier.Options{Frontier: len(r.Players) == 2}
	if all != nil {
		o.Offer = &parley.Offer{Release: parley.NewExchange(all...)}
	}
	var err error
	if r.Answer, err = r.solve(ctx, o); err != nil {
		return err
	}
	if f := r.Answer.Frontier; f != nil && f.Complete {
		r.Frontier, r.Most = f, most(f)
	}
	if j := r.Answer.Offer; j != nil {
		r.Outcome = &Outcome{Release: o.Offer.Entries(), Gains: j.Gains, Agreeable: j.Agreeable, Why: j.Why, Better: j.DominatedBy}
	}
	return nil
}

// most is each party's best gain on a whole frontier.
func most(f *frontier.Frontier) frontier.Gains {
	var out frontier.Gains
	for _, p := range f.Points {
		if out == nil {
			out = slices.Clone(p.Gains)
		}
		for i, g := range p.Gains {
			out[i].Points = max(out[i].Points, g.Points)
		}
	}
	return out
}

func (r *Review) offers(v *View) {
	for _, o := range v.Offers {
		gains, agreeable, err := r.p.Judge(o.Offer)
		if err != nil {
			continue // it stands on another version of the case than the briefs do
		}
		r.Offers = append(r.Offers, Offered{o.ID, o.By, o.Status, o.Offer.Entries(), gains, agreeable})
	}
}

// Range is a side's least and greatest gain in what the formulas pick; ok is false
// where they pick nothing.
func (r *Review) Range(side parley.PartyID) (least, most int64, ok bool) {
	for _, p := range r.Picks {
		if p.Pick == nil {
			continue
		}
		g, _ := p.Pick.Gains.Of(side)
		if !ok {
			least, most, ok = g, g, true
		}
		least, most = min(least, g), max(most, g)
	}
	return least, most, ok
}
