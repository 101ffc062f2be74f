package chart

import "fmt"

// Row is one side's gains, on a scale of its own: points of two sides do not mean
// the same.
type Row struct {
	Name   string
	Agreed *int64 // nil where nothing is in force
	Picks  []Pick
}

// Pick is a gain of what formulas pick, those of the same gain together.
type Pick struct {
	Name string
	Gain int64
}

const rowHigh = 64

// Gains draws each side's gain beside those in what the formulas pick: what was
// agreed as a disc, picks as squares with their names.
func Gains(rows []Row, w Words) []byte {
	high := 40 + rowHigh*len(rows) + 30
	c := begin("gains", wide, high, w.Title, w.Desc)
	for i, r := range rows {
		c.row(40+float64(i)*rowHigh, r, w)
	}
	c.words(24, float64(high)-12, "ink", ink, w.Gain[0])
	return c.end()
}

// row draws one side: its line from the walk-away, or what lies below, to the most.
func (c *canvas) row(y float64, r Row, w Words) {
	least, most := int64(0), int64(0)
	take := func(g int64) { least, most = min(least, g), max(most, g) }
	for _, p := range r.Picks {
		take(p.Gain)
	}
	if r.Agreed != nil {
		take(*r.Agreed)
	}
	at := func(g int64) float64 {
		return left + (float64(g)-float64(least))/(float64(most)-float64(least)+1)*(plotWide-80)
	}
	c.words(24, y-8, "ink", ink, r.Name)
	c.add(`<path class="rule" d="M%d %.1f H%d M%.1f %.1f V%.1f" stroke="%s" stroke-dasharray="4 3"/>`+"\n", left, y+12, left+plotWide, at(0), y+2, y+22, quiet)
	for i, p := range r.Picks {
		c.mark(at(p.Gain), y+12, false)
		down := y + 34
		if i%2 == 1 {
			down = y // names of neighbours do not lie on each other
		}
		c.beside(at(p.Gain), down, -6, "quiet", quiet, fmt.Sprintf("%d %s", p.Gain, p.Name))
	}
	if r.Agreed != nil {
		c.mark(at(*r.Agreed), y+12, true)
		c.beside(at(*r.Agreed), y+16, 9, "ink", ink, fmt.Sprintf("%d %s", *r.Agreed, w.Offer))
	}
}
