package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"

	"parley"
	"parley/frontier"
)

// The picture's size and margins, in its own units.
const (
	wide, high         = 720, 540
	left, top          = 72, 56
	plotWide, plotHigh = wide - left - 24, high - top - 64
)

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

// drawFrontier draws the gains of two parties: the zone in which neither is below
// its walk-away, the frontier, what the criterion picks, and the offer with the
// answers to it as a path.
func drawFrontier(c *parley.Case, a *frontier.Answer, o *parley.Offer) ([]byte, error) {
	if len(a.Parties) != 2 || a.Frontier == nil {
		return nil, errors.New("--svg draws the frontier of two parties that have spoken")
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
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="13" role="img">`+"\n", wide, high)
	fmt.Fprintf(&b, "<title>%s</title>\n<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n", escaped(c.Title), wide, high)
	drawZone(&b, p)
	drawPoints(&b, p, a)
	drawPath(&b, p, path)
	drawWords(&b, c, a)
	b.WriteString("</svg>\n")
	return b.Bytes(), nil
}

func escaped(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(show(s)))
	return b.String()
}

// drawZone shades where neither party is below its walk-away.
func drawZone(b *bytes.Buffer, p *plane) {
	x, y := p.at(0, 0)
	fmt.Fprintf(b, `<rect x="%.1f" y="%d" width="%.1f" height="%.1f" fill="#eef4ea"/>`+"\n", x, top, left+plotWide-x, y-top)
	fmt.Fprintf(b, `<path d="M%.1f %d V%d M%d %.1f H%d" stroke="#555" stroke-dasharray="4 3" fill="none"/>`+"\n", x, top, top+plotHigh, left, y, left+plotWide)
	fmt.Fprintf(b, `<text x="%.1f" y="%d" fill="#555">0: walk-away</text>`+"\n", x+4, top+plotHigh-4)
}

// drawPoints draws the frontier, at most some thousands of its points, and what
// the criterion picks.
func drawPoints(b *bytes.Buffer, p *plane, a *frontier.Answer) {
	step := len(a.Frontier.Points)/3000 + 1
	for i := 0; i < len(a.Frontier.Points); i += step {
		g := a.Frontier.Points[i].Gains
		x, y := p.at(g[0].Points, g[1].Points)
		fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="2" fill="#1b5e8c"/>`+"\n", x, y)
	}
	if a.Best != nil {
		x, y := p.at(a.Best.Gains[0].Points, a.Best.Gains[1].Points)
		fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="6" fill="none" stroke="#b3261e" stroke-width="2"/><text x="%.1f" y="%.1f">%s</text>`+"\n", x, y, x+9, y-6, a.Criterion)
	}
}

// drawPath draws the offer and the answers to it.
func drawPath(b *bytes.Buffer, p *plane, path [][2]int64) {
	for i, g := range path {
		x, y := p.at(g[0], g[1])
		if i > 0 {
			fx, fy := p.at(path[i-1][0], path[i-1][1])
			fmt.Fprintf(b, `<path d="M%.1f %.1f L%.1f %.1f" stroke="#8a5a00"/>`+"\n", fx, fy, x, y)
		}
		name := "offer"
		if i > 0 {
			name = fmt.Sprint(i)
		}
		fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="8" height="8" fill="#8a5a00"/><text x="%.1f" y="%.1f">%s</text>`+"\n", x-4, y-4, x+8, y+4, name)
	}
}

// drawWords writes the axes and the formula.
func drawWords(b *bytes.Buffer, c *parley.Case, a *frontier.Answer) {
	n := namesOf(c)
	fmt.Fprintf(b, `<text x="%d" y="24">%s: %s</text>`+"\n", left, a.Criterion, escaped(a.Criterion.Formula()))
	if a.Criterion.ComparesPoints() {
		fmt.Fprintf(b, `<text x="%d" y="42" fill="#b3261e">compares points between parties</text>`+"\n", left)
	}
	fmt.Fprintf(b, `<text x="%d" y="%d">gain of %s</text>`+"\n", left, high-24, escaped(nameOf(n, a.Parties[0])))
	fmt.Fprintf(b, `<text transform="translate(24 %d) rotate(-90)">gain of %s</text>`+"\n", top+plotHigh, escaped(nameOf(n, a.Parties[1])))
}
