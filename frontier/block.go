package frontier

// block is one upper subset met by every lower one.
type block struct {
	s       *scan
	high    set
	base    []int64 // by party, what the upper subset gains, walk-away taken off
	heads   int64
	rules   []condition // those that the upper subset leaves open
	columns [][]int64   // by party, what the lower subsets add, index for index
	ceiling deal
	found   deal
	own     [][]int64 // by party, room for a column with bonuses
	table   []int64   // room for points by lower set
}

func newBlock(s *scan) *block {
	n := len(s.p.worths)
	b := &block{s: s, base: make([]int64, n), columns: make([][]int64, n), own: make([][]int64, n)}
	b.ceiling.gains = make([]int64, n)
	b.found.gains = make([]int64, n)
	return b
}

// pair hands every exchange of the block that fulfils the demand to the keeper.
func (b *block) pair(i int, keep keeper) {
	if !b.enter(i) || keep.hopeless(&b.ceiling) {
		return
	}
	b.fillColumns()
	for j, low := range b.s.low.sets {
		if !b.gain(j) {
			continue
		}
		d := &b.found
		d.set = b.high | low
		if d.set == 0 && !b.s.demand.empty || !b.holds(d.set) {
			continue
		}
		d.heads = b.heads + b.s.low.heads[j]
		keep.take(d)
	}
}

// enter prepares the block of the i-th upper subset and tells whether its
// ceiling reaches every floor.
func (b *block) enter(i int) bool {
	s := b.s
	b.high, b.heads = s.high.sets[i], s.high.heads[i]
	b.ceiling.heads = b.heads + s.low.most
	for p, w := range s.p.worths {
		b.base[p] = s.high.gains[p][i] - w.walkAway
		c := b.base[p] + s.low.top[p] + reward(s.spanning[p])
		if c < s.demand.floor[p] {
			return false
		}
		b.ceiling.gains[p] = c
	}
	b.rules = b.rules[:0]
	for _, l := range s.demand.rules {
		if _, must := l.cond.outlook(b.high, s.low.all); !must {
			b.rules = append(b.rules, l.cond)
		}
	}
	return true
}

// gain sums what the parties gain with the j-th lower subset, and stops at one
// below its floor.
func (b *block) gain(j int) bool {
	for p, column := range b.columns {
		g := b.base[p] + column[j]
		if g < b.s.demand.floor[p] {
			return false
		}
		b.found.gains[p] = g
	}
	return true
}

func (b *block) holds(s set) bool {
	for _, c := range b.rules {
		if !c.holds(s) {
			return false
		}
	}
	return true
}

// fillColumns adds the bonuses that the upper subset has made earnable.
func (b *block) fillColumns() {
	low := b.s.low
	for p := range b.columns {
		b.columns[p] = low.gains[p]
		if !b.earnable(p) {
			continue
		}
		b.own[p] = append(b.own[p][:0], low.gains[p]...)
		b.columns[p] = b.own[p]
		for j, s := range low.sets {
			b.columns[p][j] += b.table[s]
		}
	}
}

// earnable fills table with what each lower set earns of the spanning bonuses
// of a party; false if there is nothing to earn. The table begins with the
// points of each bonus at the lower part of its list; then, one holding after
// the other, sets inherit from those without it (a sum over subsets).
func (b *block) earnable(p int) bool {
	low := b.s.low.all
	some := false
	for _, x := range b.s.spanning[p] {
		if x.all&^low&^b.high != 0 {
			continue
		}
		if !some {
			b.clearTable()
			some = true
		}
		b.table[x.all&low] += x.points
	}
	for bit := set(1); some && bit <= low; bit <<= 1 {
		for s := range b.table {
			if set(s)&bit != 0 {
				b.table[s] += b.table[set(s)&^bit]
			}
		}
	}
	return some
}

func (b *block) clearTable() {
	if b.table == nil {
		b.table = make([]int64, b.s.low.all+1)
	}
	clear(b.table)
}
