package frontier

import "slices"

// curve is the line that trades, sorted by their ratio, lead along. Its heights
// are in parts of a point, 2^fine of them, rounded down along each segment.
type curve struct {
	at    []int32 // where each trade begins; last, where all end
	top   []int32 // the height there, in points
	slope []int64 // from there on, parts by place, rounded down; last 0
}

// fine is the number of binary places of the curve. Rounding each place down
// keeps it below the curve by less than drift of these units.
const fine = 20

// draw writes the curve of some trades.
func (c *curve) draw(trades []trade1) {
	n := len(trades) + 1
	if cap(c.at) < n {
		room := make([]int32, 2*n)
		c.at, c.top, c.slope = room[:0:n], room[n:n], make([]int64, 0, n)
	}
	c.at, c.top, c.slope = c.at[:0], c.top[:0], c.slope[:0]
	var at, top int32
	for i := range trades {
		t := &trades[i]
		c.at, c.top, c.slope = append(c.at, at), append(c.top, top), append(c.slope, int64(t.p)<<fine/int64(t.w))
		at += t.w
		top += t.p
	}
	c.at, c.top, c.slope = append(c.at, at), append(c.top, top), append(c.slope, 0)
}

// segment is the number of the segment that a place is in.
func (c *curve) segment(w int32) int {
	i, exact := slices.BinarySearch(c.at, w)
	if !exact {
		i--
	}
	return i
}

// on is the same, from a segment at or before it on.
func (c *curve) on(i int, w int32) int {
	for i+1 < len(c.at) && c.at[i+1] <= w {
		i++
	}
	return i
}

// height is that of a place of the i-th segment.
func (c *curve) height(i int, w int32) int64 {
	return int64(c.top[i])<<fine + int64(w-c.at[i])*c.slope[i]
}

// rise is by how much the curve rises from a place of the i-th segment, over w.
func (c *curve) rise(i int, from, w int32) int64 {
	return c.height(c.on(i, from+w), from+w) - c.height(i, from)
}
