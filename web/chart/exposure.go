package chart

import (
	"slices"
	"strconv"
)

// Side is what one side has outstanding along a plan, in heads: two values for
// each gate, while it is under way and once it is confirmed.
type Side struct {
	Name string
	Us   bool
	Open []int64
}

const (
	exposureHigh = 340
	gatesNamed   = 30 // gates that are numbered below the axis
)

// Exposure draws what each side has outstanding from gate to gate, as steps: ours
// a solid line with discs, the others' dotted or dashed with squares. Gates are
// numbered from 1; the table beside names them. Nil where there are none.
func Exposure(gates int, sides []Side, w Words) []byte {
	if gates == 0 || len(sides) == 0 {
		return nil
	}
	most := int64(1)
	for _, s := range sides {
		most = max(most, slices.Max(append([]int64{0}, s.Open...)))
	}
	c := begin("exposure", wide, exposureHigh+22*len(sides), w.Title, w.Desc)
	x := func(k int) float64 { return left + float64(k)*plotWide/float64(2*gates) }
	y := func(heads int64) float64 { return 30 + (1-float64(heads)/float64(most))*(exposureHigh-90) }
	c.scale(gates, most, x, y, w)
	for i, s := range sides {
		c.steps(i, s, x, y)
		c.named(i, s, float64(exposureHigh+22*i))
	}
	return c.end()
}

// scale draws the axes: heads upwards, gates to the side.
func (c *canvas) scale(gates int, most int64, x func(int) float64, y func(int64) float64, w Words) {
	for _, heads := range []int64{0, most} {
		c.add(`<path class="rule" d="M%d %.1f H%d" stroke="%s" stroke-dasharray="4 3"/>`+"\n", left, y(heads), left+plotWide, quiet)
		c.words(16, y(heads)+4, "quiet", quiet, strconv.FormatInt(heads, 10))
	}
	every := (gates + gatesNamed - 1) / gatesNamed
	for g := 0; g < gates; g += every {
		c.words(x(2*g+1)-4, y(0)+18, "quiet", quiet, strconv.Itoa(g+1))
	}
	c.words(left, 16, "ink", ink, w.Gain[1])
	c.words(left, y(0)+38, "ink", ink, w.Gain[0])
}

// steps draws one side's line, with a mark wherever it comes to another value.
func (c *canvas) steps(i int, s Side, x func(int) float64, y func(int64) float64) {
	last := int64(0)
	d := pathTo("M", left, y(0))
	for k, heads := range s.Open {
		d += pathTo("L", x(k), y(last)) + pathTo("L", x(k), y(heads))
		last = heads
	}
	c.line(i, s.Us, d+pathTo("L", x(len(s.Open)), y(last)))
	last = 0
	for k, heads := range s.Open {
		if heads != last {
			c.mark(x(k), y(heads), s.Us)
		}
		last = heads
	}
}

// line draws a path in the manner of a side: the first that is not ours is
// dotted, those after it dashed, each longer.
func (c *canvas) line(i int, us bool, d string) {
	if us {
		c.add(`<path class="ours-line" d="%s" stroke="%s" stroke-width="3" fill="none"/>`+"\n", d, ours)
		return
	}
	c.add(`<path class="theirs-line" d="%s" stroke="%s" stroke-width="2" stroke-dasharray="%d 4" fill="none"/>`+"\n", d, theirs, 2+5*max(0, i-1))
}

// named is a side's line in the legend.
func (c *canvas) named(i int, s Side, y float64) {
	c.line(i, s.Us, pathTo("M", left, y-4)+pathTo("L", left+60, y-4))
	c.mark(left+30, y-4, s.Us)
	c.words(left+72, y, "ink", ink, s.Name)
}

func pathTo(letter string, x, y float64) string {
	return letter + strconv.FormatFloat(x, 'f', 1, 64) + " " + strconv.FormatFloat(y, 'f', 1, 64) + " "
}
