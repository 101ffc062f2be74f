package accord

import "parley/internal/garble"

// answer picks the best level by the criterion, follows it back, and gives
// whether there is an agreeable exchange and who is released; all 0 if none is.
func (c *circuit) answer(last *table) []wire {
	m, levels := c.m, last.levels
	threshold := c.in.number(c.p.thresholdBits())
	budget, never := c.in.next(), c.in.next()[0]
	// From here on level v is the axis party's gain over its walk-away.
	t := last.shift(m, threshold, -1, levels)
	gain, short := subtract(m, levels, c.p.costBits(), spread(levels, budget), t.value)
	fits := make([]wire, levels)
	or(m, fits, short, t.bad)
	not(m, fits, fits)
	key := c.nash
	if c.p.terms.Criterion == Maximin {
		key = c.maximin
	}
	best, at := c.largest(append(key(levels, gain), fits))
	agreeable := and1(m, best[len(best)-1][0], not1(m, never))
	level := flatten(add(m, 1, bitsFor(levels-1), single(at), single(threshold.bits())))
	released := c.back(level)
	somebody := wire{}
	for _, x := range released {
		somebody = or1(m, somebody, x)
	}
	out := every(1+len(released), and1(m, agreeable, somebody))
	m.And(out[1:], out[1:], released)
	return out
}

// nash is the key of the largest product of gains. Of equal products that of
// the larger smallest gain is first: while the product is not 0, that is the one
// of the smaller sum; if it is 0, so is the smallest gain, and the larger sum is
// first.
func (c *circuit) nash(levels int, gain [][]wire) [][]wire {
	m := c.m
	sum := c.sum(levels, gain)
	positive := make([]wire, levels)
	for _, bit := range gain {
		or(m, positive, positive, bit)
	}
	positive[0] = wire{} // gain 0 of the axis
	for _, s := range sum {
		garble.XorInto(s, s, positive)
	}
	return append(sum, c.product(levels, gain)...)
}

// maximin is the key of the largest smaller gain, then the larger sum.
func (c *circuit) maximin(levels int, gain [][]wire) [][]wire {
	m := c.m
	own := constants(m, max(len(gain), bitsFor(levels-1)), upTo(levels))
	smaller := less(m, levels, gain, own)
	var low [][]wire
	for j, o := range own {
		g := plane(gain, j)
		if g == nil {
			g = make([]wire, levels)
		}
		bit := make([]wire, levels)
		mux(m, bit, smaller, o, g)
		low = append(low, bit)
	}
	return append(c.sum(levels, gain), low...)
}

// sum is both gains together, in vectors of its own.
func (c *circuit) sum(levels int, gain [][]wire) [][]wire {
	width := bitsFor(levels - 1 + 1<<len(gain) - 1)
	out := add(c.m, levels, width, constants(c.m, bitsFor(levels-1), upTo(levels)), gain)
	for j, p := range out {
		out[j] = make([]wire, levels)
		copy(out[j], p)
	}
	return out
}

func upTo(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// product multiplies the gain at each level by the level, which is public: one
// addition for each further 1 in it.
func (c *circuit) product(levels int, gain [][]wire) [][]wire {
	width := bitsFor((levels - 1) * (1<<len(gain) - 1))
	out := make([][]wire, width)
	for j := range out {
		out[j] = make([]wire, levels)
	}
	for j := range bitsFor(levels - 1) {
		var rows []int
		for v := range levels {
			switch bit := 1 << j; {
			case v&bit == 0:
			case v&(bit-1) == 0: // its lowest 1
				for k, g := range gain {
					out[j+k][v] = g[v]
				}
			default:
				rows = append(rows, v)
			}
		}
		if len(rows) > 0 {
			high := out[j:min(width, j+len(gain)+1)]
			sum := add(c.m, len(rows), len(high), gather(high, rows), gather(gain, rows))
			scatter(high, rows, sum)
		}
	}
	return out
}

func gather(from [][]wire, rows []int) [][]wire {
	out := make([][]wire, len(from))
	for j, p := range from {
		out[j] = make([]wire, len(rows))
		for i, v := range rows {
			out[j][i] = p[v]
		}
	}
	return out
}

func scatter(to [][]wire, rows []int, from [][]wire) {
	for j, p := range from {
		for i, v := range rows {
			if p != nil {
				to[j][v] = p[i]
			}
		}
	}
}

// largest finds the element with the largest key, the first of them, and its
// number. Keys are bits, the lowest first.
func (c *circuit) largest(key [][]wire) (best [][]wire, at []wire) {
	m := c.m
	var index [][]wire
	for n := len(key[0]); n > 1; n = (n + 1) / 2 {
		half := n / 2
		first, second := pairs(key, half)
		take := less(m, half, first, second)
		key = winners(m, take, key, first, second, n)
		a, b := pairs(index, half)
		index = append(winners(m, take, index, a, b, n), append(take, make([]wire, n%2)...))
	}
	for _, bit := range index {
		at = append(at, bit[0])
	}
	return key, at
}

// pairs parts each vector into those at even and those at odd places.
func pairs(v [][]wire, half int) (even, odd [][]wire) {
	rows := make([]int, half)
	for i := range rows {
		rows[i] = 2 * i
	}
	even = gather(v, rows)
	for i := range rows {
		rows[i]++
	}
	return even, gather(v, rows)
}

// winners keeps of each pair the one that is taken, and the last if it has no
// other.
func winners(m garble.Machine, take []wire, all, even, odd [][]wire, n int) [][]wire {
	out := make([][]wire, len(all))
	for j := range all {
		out[j] = make([]wire, len(take), len(take)+1)
		mux(m, out[j], take, even[j], odd[j])
		if n%2 == 1 {
			out[j] = append(out[j], all[j][n-1])
		}
	}
	return out
}
