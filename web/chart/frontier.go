package chart

import (
	"errors"

	"parley"
	"parley/frontier"
)

// The picture's size and margins, in its own units.
const (
	wide, high         = 720, 540
	left, top          = 72, 56
	plotWide, plotHigh = wide - left - 24, high - top - 64
)

// Words are what a drawing says, in the reader's language.
type Words struct {
	Title, Desc string
	WalkAway    string // beside the lines at which a gain is 0
	Compares    string // where the criterion compares points between parties
	Offer       string
	Gain        [2]string // of the first and the second party
	Criterion   string    // its name and formula
}

// plane maps gains to places on the picture.
type plane struct {
	least, most [2]int64
}

func (p *plane) take(x, y int64) {
	p.least[0], p.least[1] = min(p.least[0], x), min(p.least[1], y)
	p.most[0], p.most[1] = max(p.most[0], x), max(p.most[1], y)
}

func (p *plane) at(x, y int64) (float64, float64) {
	part := func(v int64, k int) float64 {
		return (float64(v) - float64(p.least[k])) / (float64(p.most[k]) - float64(p.least[k]) + 1)
	}
	return left + part(x, 0)*plotWide, top + (1-part(y, 1))*plotHigh
}

// ErrTwoParties is a frontier that is not one of two parties that have spoken.
var ErrTwoParties = errors.New("the drawing shows the frontier of two parties that have spoken")

// Frontier draws the gains of two parties: the zone in which neither is below its
// walk-away, the frontier, what the criteria pick, and the offer with the answers
// to it as a path.
func Frontier(a *frontier.Answer, o *parley.Offer, w Words) ([]byte, error) {
	if len(a.Parties) != 2 || a.Frontier == nil {
		return nil, ErrTwoParties
	}
	p := &plane{}
	for _, x := range a.Frontier.Points {
		p.take(x.Gains[0].Points, x.Gains[1].Points)
	}
	var path [][2]int64
	if a.Offer != nil && o != nil {
		path = append(path, [2]int64{a.Offer.Gains[0].Points, a.Offer.Gains[1].Points})
		for _, x := range a.Counter {
			path = append(path, [2]int64{x.Gains[0].Points, x.Gains[1].Points})
		}
	}
	for _, x := range path {
		p.take(x[0], x[1])
	}
	c := begin("frontier", wide, high, w.Title, w.Desc)
	c.zone(p, w)
	c.points(p, a)
	c.fair(p, a)
	c.path(p, path, w)
	c.axes(a, w)
	return c.end(), nil
}

// zone shades where neither party is below its walk-away.
func (c *canvas) zone(p *plane, w Words) {
	x, y := p.at(0, 0)
	c.add(`<rect class="zone" x="%.1f" y="%d" width="%.1f" height="%.1f" fill="%s"/>`+"\n", x, top, left+plotWide-x, y-top, zone)
	c.add(`<path class="rule" d="M%.1f %d V%d M%d %.1f H%d" stroke="%s" stroke-dasharray="4 3" fill="none"/>`+"\n", x, top, top+plotHigh, left, y, left+plotWide, quiet)
	c.words(x+4, top+plotHigh-4, "quiet", quiet, w.WalkAway)
}

// points draws the frontier, at most some thousands of its points.
func (c *canvas) points(p *plane, a *frontier.Answer) {
	step := len(a.Frontier.Points)/3000 + 1
	for i := 0; i < len(a.Frontier.Points); i += step {
		g := a.Frontier.Points[i].Gains
		x, y := p.at(g[0].Points, g[1].Points)
		c.add(`<circle class="ours" cx="%.1f" cy="%.1f" r="2.5" fill="%s"/>`+"\n", x, y, ours)
	}
}

// fair rings what each criterion picks; the first is that which was asked for.
func (c *canvas) fair(p *plane, a *frontier.Answer) {
	names := map[[2]int64]string{}
	var places [][2]int64
	pick := func(by frontier.Criterion, x *frontier.Point) {
		if x == nil {
			return
		}
		at := [2]int64{x.Gains[0].Points, x.Gains[1].Points}
		if names[at] == "" {
			places = append(places, at)
			names[at] = string(by)
		} else {
			names[at] += ", " + string(by)
		}
	}
	pick(a.Criterion, a.Best)
	for _, by := range frontier.Criteria() {
		if by != a.Criterion {
			pick(by, a.Frontier.Pick(by))
		}
	}
	for i, at := range places {
		class, color := "rule", quiet
		if i == 0 && a.Best != nil {
			class, color = "chosen", chosen
		}
		x, y := p.at(at[0], at[1])
		c.add(`<circle class="%s" cx="%.1f" cy="%.1f" r="7" fill="none" stroke="%s" stroke-width="2"/>`+"\n", class, x, y, color)
		c.beside(x, y-7, 10, "ink", ink, names[at])
	}
}

// path draws the offer and the answers to it.
func (c *canvas) path(p *plane, path [][2]int64, w Words) {
	for i, g := range path {
		x, y := p.at(g[0], g[1])
		name := w.Offer
		if i > 0 {
			fx, fy := p.at(path[i-1][0], path[i-1][1])
			c.add(`<path class="theirs-line" d="M%.1f %.1f L%.1f %.1f" stroke="%s" stroke-dasharray="2 3"/>`+"\n", fx, fy, x, y, theirs)
			name = string(rune('0' + i%10))
		}
		c.mark(x, y, false)
		c.beside(x, y+4, 8, "ink", ink, name)
	}
}

// axes writes the axes and the formula.
func (c *canvas) axes(a *frontier.Answer, w Words) {
	c.words(left, 24, "ink", ink, w.Criterion)
	if a.Criterion.ComparesPoints() {
		c.words(left, 42, "chosen-ink", chosen, w.Compares)
	}
	c.words(left, high-24, "ink", ink, w.Gain[0])
	c.add(`<text class="ink" transform="translate(24 %d) rotate(-90)" fill="%s">%s</text>`+"\n", top+plotHigh, ink, text(w.Gain[1]))
}
