package handover

// heaviest finds the largest sum of weights over sets of nodes that hold, with
// each node, all that it needs; and such a set. The empty set is one: the sum is
// at least 0.
//
// Picard, Maximal closure of a graph and applications to combinatorial problems,
// Management Science 22 (1976): it is the sum of all positive weights less the
// smallest cut between a source joined to them and a sink joined to the
// negative ones, where an arc without limit leads from each node to what it
// needs. The cut comes from a flow along shortest augmenting paths (Edmonds and
// Karp 1972).
func heaviest(weight []int64, needs [][]int) (sum int64, chosen []bool) {
	n := len(weight)
	f := newFlow(n + 2)
	source, sink := n, n+1
	var positive int64
	for i, w := range weight {
		if w > 0 {
			positive += w
			f.arc(source, i, w)
		} else if w < 0 {
			f.arc(i, sink, -w)
		}
		for _, j := range needs[i] {
			f.arc(i, j, noLimit)
		}
	}
	cut := f.run(source, sink)
	chosen = make([]bool, n)
	for i := range chosen {
		chosen[i] = f.level[i] >= 0
	}
	return positive - cut, chosen
}

const noLimit = int64(1) << 60

// flow is a network with its residual arcs: arc i and arc i^1 are each other's
// reverse.
type flow struct {
	out   [][]int // arcs of each node
	to    []int
	room  []int64
	level []int // distance from the source in the last search; -1: not reached
	by    []int // the arc by which it was reached
}

func newFlow(nodes int) *flow {
	return &flow{out: make([][]int, nodes), level: make([]int, nodes), by: make([]int, nodes)}
}

func (f *flow) arc(a, b int, room int64) {
	f.out[a] = append(f.out[a], len(f.to))
	f.out[b] = append(f.out[b], len(f.to)+1)
	f.to = append(f.to, b, a)
	f.room = append(f.room, room, 0)
}

// run pushes all that the network takes; level then tells which nodes lie on
// the source's side of the smallest cut.
func (f *flow) run(source, sink int) (total int64) {
	for f.search(source, sink) {
		room := noLimit
		for at := sink; at != source; at = f.to[f.by[at]^1] {
			room = min(room, f.room[f.by[at]])
		}
		for at := sink; at != source; at = f.to[f.by[at]^1] {
			f.room[f.by[at]] -= room
			f.room[f.by[at]^1] += room
		}
		total += room
	}
	return total
}

func (f *flow) search(source, sink int) bool {
	for i := range f.level {
		f.level[i] = -1
	}
	f.level[source] = 0
	queue := []int{source}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, a := range f.out[at] {
			if b := f.to[a]; f.room[a] > 0 && f.level[b] < 0 {
				f.level[b], f.by[b] = f.level[at]+1, a
				queue = append(queue, b)
			}
		}
	}
	return f.level[sink] >= 0
}
