package web

import (
	"context"
	"html/template"
	"slices"

	"parley"
	"parley/brief"
	"parley/desk"
	"parley/web/chart"
)

// Briefs reads the briefs of all who play, against the case: what the desk of an
// exercise's facilitator has beside its store.
type Briefs func(*parley.Case) ([]brief.Brief, error)

// reviewPage is for the facilitator of an exercise, when it is over: what each side
// gained, beside what was possible. On any other desk it says whose it is.
func reviewPage() *page {
	return &page{name: "review", path: "/review", menu: true, private: true, show: showReview, wanted: func(s *Server) bool { return s.briefs != nil }}
}

type reviewData struct {
	Facilitator, Over bool
	Trouble           error
	*desk.Review
	Picture template.HTML
	Sides   []reviewSide
	Picked  []reviewPick
	Left    []pointRow // as good for every side and better for one
	Made    []offerMade
}

type reviewSide struct {
	Name        string
	Agreed      *int64
	Most        *int64 // of a whole frontier
	Least, Best int64  // of what the formulas pick
	Picks       bool
}

type reviewPick struct {
	desk.Picked
	People []string
	Gains  []int64
}

type offerMade struct {
	desk.Offered
	People []string
	Points []int64
}

func showReview(v *visit) (any, error) {
	d := &reviewData{Facilitator: v.server.briefs != nil, Over: v.asked("over") == "yes"}
	if !d.Facilitator || !d.Over || v.Case == nil {
		return d, nil
	}
	briefs, err := v.server.briefs(v.Case)
	if err != nil {
		d.Trouble = err
		return d, nil
	}
	return func() any { d.weigh(v, briefs); return d }, nil // after the desk's turn: others need not wait
}

// weigh solves what the page shows, each search no longer than a page may take.
func (d *reviewData) weigh(v *visit, briefs []brief.Brief) {
	d.Review, d.Trouble = desk.ReviewOf(v.context, v.View, v.Case, briefs, func(ctx context.Context) (context.Context, func()) {
		ctx, stop := context.WithTimeout(ctx, weighFor)
		return ctx, stop
	})
	if d.Trouble != nil {
		return
	}
	for _, p := range d.Players {
		d.Sides = append(d.Sides, d.side(v, p))
	}
	for _, p := range d.Picks {
		row := reviewPick{Picked: p}
		if p.Pick != nil {
			row.People, row.Gains = v.People(p.Pick.Release), gains(p.Pick.Gains)
		}
		d.Picked = append(d.Picked, row)
	}
	for _, o := range d.Offers {
		d.Made = append(d.Made, offerMade{o, v.People(o.Release), gains(o.Gains)})
	}
	if d.Outcome != nil {
		for _, p := range d.Outcome.Better {
			d.Left = append(d.Left, v.pointRow(p))
		}
	}
	d.Picture = template.HTML(d.draw(v)) //nolint:gosec // drawn here, every text in it escaped
}

func (d *reviewData) side(v *visit, p parley.PartyID) reviewSide {
	s := reviewSide{Name: v.PartyName(p)}
	s.Least, s.Best, s.Picks = d.Range(p)
	if d.Outcome != nil {
		g, _ := d.Outcome.Gains.Of(p)
		s.Agreed = &g
	}
	if most, ok := d.Most.Of(p); ok {
		s.Most = &most
	}
	return s
}

// draw shows the whole frontier of two players, and of more each side's gain beside
// what the formulas pick.
func (d *reviewData) draw(v *visit) []byte {
	var agreed *parley.Offer
	if d.Outcome != nil {
		agreed = &parley.Offer{Release: d.Outcome.Release}
	}
	if d.Frontier != nil {
		w := v.frontierWords(d.Answer)
		w.Offer = v.must("review.agreed")
		if picture, err := chart.Frontier(d.Answer, agreed, w); err == nil {
			return picture
		}
	}
	rows := make([]chart.Row, len(d.Sides))
	for i, s := range d.Sides {
		rows[i] = chart.Row{Name: s.Name, Agreed: s.Agreed, Picks: d.picksOf(d.Players[i])}
	}
	return chart.Gains(rows, chart.Words{
		Title: v.must("review.chart"), Desc: v.must("review.chart.desc"), Offer: v.must("review.agreed"), Gain: [2]string{v.must("review.scale")},
	})
}

// picksOf are one side's gains in what the formulas pick, ascending.
func (d *reviewData) picksOf(p parley.PartyID) (out []chart.Pick) {
	for _, x := range d.Picks {
		if x.Pick == nil {
			continue
		}
		g, _ := x.Pick.Gains.Of(p)
		i := slices.IndexFunc(out, func(o chart.Pick) bool { return o.Gain == g })
		if i < 0 {
			out = append(out, chart.Pick{Name: string(x.Criterion), Gain: g})
			continue
		}
		out[i].Name += ", " + string(x.Criterion)
	}
	slices.SortFunc(out, func(a, b chart.Pick) int { return int(min(1, max(-1, a.Gain-b.Gain))) })
	return out
}

// Formula is what a criterion is called and how it picks.
func (p reviewPick) Formula(l *look) (string, error) {
	name, err := l.Plain("criterion." + string(p.Criterion))
	return string(p.Criterion) + ": " + name, err
}
