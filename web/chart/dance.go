package chart

import "fmt"

// Step is one offer of a dance: whose it was, what it is called and what it is
// worth to us.
type Step struct {
	Us   bool
	Name string
	Gain int64
}

const danceHigh = 320

// Dance draws how the offers moved on our own axis, in the order in which they
// were made: each side's with its own shape and line.
func Dance(steps []Step, w Words) []byte {
	c := begin("dance", wide, danceHigh, w.Title, w.Desc)
	least, most := int64(0), int64(0)
	for _, s := range steps {
		least, most = min(least, s.Gain), max(most, s.Gain)
	}
	at := func(i int, gain int64) (float64, float64) {
		x := left + 20 + float64(i)*(plotWide-60)/float64(max(1, len(steps)-1))
		y := 40 + (1-(float64(gain)-float64(least))/(float64(most)-float64(least)+1))*(danceHigh-90)
		return x, y
	}
	_, zero := at(0, 0)
	c.add(`<path class="rule" d="M%d %.1f H%d" stroke="%s" stroke-dasharray="4 3"/>`+"\n", left, zero, left+plotWide, quiet)
	c.words(left+2, zero-5, "quiet", quiet, w.WalkAway)
	for _, us := range []bool{true, false} {
		c.side(steps, us, at)
	}
	for i, s := range steps {
		x, y := at(i, s.Gain)
		c.mark(x, y, s.Us)
		c.words(x-6, y-10, "ink", ink, s.Name)
	}
	c.words(left, danceHigh-12, "ink", ink, w.Gain[0])
	return c.end()
}

// side joins one side's offers.
func (c *canvas) side(steps []Step, us bool, at func(int, int64) (float64, float64)) {
	d := ""
	for i, s := range steps {
		if s.Us != us {
			continue
		}
		x, y := at(i, s.Gain)
		letter := "L"
		if d == "" {
			letter = "M"
		}
		d += fmt.Sprintf("%s%.1f %.1f ", letter, x, y)
	}
	switch {
	case d == "":
	case us:
		c.add(`<path class="ours-line" d="%s" stroke="%s" stroke-width="2" fill="none"/>`+"\n", d, ours)
	default:
		c.add(`<path class="theirs-line" d="%s" stroke="%s" stroke-width="2" stroke-dasharray="2 4" fill="none"/>`+"\n", d, theirs)
	}
}
