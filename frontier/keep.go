package frontier

import "slices"

// best keeps the first exchange of an order.
type best struct {
	order *order
	deal  deal
	found bool
}

func (k *best) hopeless(ceiling *deal) bool {
	return k.found && k.order.by.compare(ceiling, &k.deal) < 0
}

func (k *best) take(d *deal) {
	if !k.found || k.order.compare(d, &k.deal) > 0 {
		k.deal.copy(d)
		k.found = true
	}
}

// firstOfAll merges what several goroutines kept.
func firstOfAll(found []*best) *best {
	to := found[0]
	for _, k := range found[1:] {
		if k.found {
			to.take(&k.deal)
		}
	}
	return to
}

// ideals keeps each party's best gain, and one good exchange in case that the
// search is stopped.
type ideals struct {
	gains []int64
	best  best
}

func newIdeals(parties int) *ideals {
	return &ideals{gains: make([]int64, parties), best: best{order: newOrder(Maximin, nil)}}
}

// hopeless is so if no party can gain more; gains start from 0 because an
// agreeable exchange has none below.
func (k *ideals) hopeless(ceiling *deal) bool {
	for p, g := range k.gains {
		if ceiling.gains[p] > g {
			return false
		}
	}
	return k.best.found
}

func (k *ideals) take(d *deal) {
	for p, g := range d.gains {
		k.gains[p] = max(k.gains[p], g)
	}
	k.best.take(d)
}

// ceiling is over everything agreeable, where a scan for ideals has left
// something: what it skipped can't bring more than the gains that it found.
func (k *ideals) ceiling(left []deal) deal {
	c := deal{gains: slices.Clone(k.gains)}
	for _, d := range left {
		for p, g := range d.gains {
			c.gains[p] = max(c.gains[p], g)
		}
	}
	return c
}

// idealsOfAll merges what several goroutines kept.
func idealsOfAll(found []*ideals) *ideals {
	to := found[0]
	for _, k := range found[1:] {
		if k.best.found {
			to.take(&k.best.deal)
		}
		for p, g := range k.gains {
			to.gains[p] = max(to.gains[p], g)
		}
	}
	return to
}

// some keeps the first exchange that it is handed.
type some struct {
	set   set
	found bool
}

func (k *some) hopeless(*deal) bool { return k.found }

func (k *some) take(d *deal) {
	if !k.found {
		k.set, k.found = d.set, true
	}
}
