package channel

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// How many entries by keys that are not known yet a log keeps, in all: nobody
// answers for them.
const (
	maxStrangers      = 256
	maxStrangersBytes = 16 << 20

	// Of one side's roster, among an entry's ancestors; and how many of them by
	// its recovery key, for whose delay everybody must look.
	maxChanges    = 256
	maxRecoveries = 16
)

// Roster is the room as whoever has seen all that is admitted here knows it.
func (l *Log) Roster() *Roster {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.room
}

// RosterAt is the room as the author of an admitted entry knew it.
func (l *Log) RosterAt(id EntryID) (*Roster, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	n := l.nodes[id]
	if n == nil {
		return nil, false
	}
	return n.roster, true
}

// Changes lists the changes of roster that are here, signed, ascending by id.
func (l *Log) Changes() [][]byte {
	l.mu.RLock()
	defer l.mu.RUnlock()
	bodies := map[ID][]byte{}
	for _, n := range l.nodes {
		if n.change != nil {
			bodies[n.change.id] = n.Body
		}
	}
	var out [][]byte
	for _, id := range l.knownTo(nil) {
		out = append(out, bodies[id])
	}
	return out
}

// place works out which roster the author of n knew, and holds n to it.
func (l *Log) place(n *node) error {
	n.known = l.knownTo(n)
	n.ripe = l.ripeFor(n.known, n)
	n.roster = l.rosterFor(n.known, n.ripe)
	if n.Roster != n.roster.id {
		return errors.New("it names another roster than its ancestors make")
	}
	if _, ok := n.roster.seats[n.Author]; !ok {
		return errors.New("its author is not on the roster that it knew")
	}
	return nil
}

// knownTo lists the changes among the ancestors of n, ascending; of everything
// if n is nil. Most entries know what one of their ancestors did, and share it.
func (l *Log) knownTo(n *node) []ID {
	if len(l.changes) == 0 {
		return nil
	}
	if n == nil {
		return slices.SortedFunc(maps.Keys(l.changes), compareIDs)
	}
	var known []ID
	for id := range n.ancestors {
		known = unionOf(known, l.nodes[id].after)
	}
	return known
}

// unionOf joins two ascending lists, and gives back one of them where that
// holds the other.
func unionOf(a, b []ID) []ID {
	if len(b) > len(a) {
		a, b = b, a
	}
	both := a
	for _, id := range b {
		if at, found := slices.BinarySearchFunc(both, id, compareIDs); !found {
			if len(both) == len(a) {
				both = slices.Clone(a)
			}
			both = slices.Insert(both, at, id)
		}
	}
	return both
}

// rosterFor is the room for somebody who knows these changes, some of them ripe.
func (l *Log) rosterFor(known, ripe []ID) *Roster {
	key := joinIDs(known) + "\x00" + joinIDs(ripe)
	if r := l.rosters[key]; r != nil {
		return r
	}
	changes := make([]*checkedChange, len(known))
	for i, id := range known {
		changes[i] = l.changes[id]
	}
	isRipe := map[ID]bool{}
	for _, id := range ripe {
		isRipe[id] = true
	}
	r := l.keyring.roster(changes, isRipe)
	l.rosters[key] = r
	return r
}

// ripeFor lists the changes by recovery keys whose delay has passed, in what n
// has seen, or in everything if n is nil: some device of every other delegation
// has seen the change, and says by its own clock that the delay has passed since
// it first spoke with it in sight. What has passed for an ancestor has passed.
func (l *Log) ripeFor(known []ID, n *node) []ID {
	was := l.ripe
	if n != nil {
		was = nil
		for id := range n.ancestors {
			was = unionOf(was, l.nodes[id].ripe)
		}
	}
	out := was
	for _, id := range known {
		if c := l.changes[id]; c.recovery && !slices.Contains(was, id) && l.hasWaited(c, n) {
			out = unionOf(out, []ID{id})
		}
	}
	return out
}

func (l *Log) hasWaited(c *checkedChange, n *node) bool {
	delay := int64(l.keyring.offices[c.Side].recovery.Delay)
	first := map[MemberID]int64{}
	waited := map[string]bool{}
	var since []*node // that have the change in sight
	for _, e := range l.recoveries[c.id] {
		if n != nil && !n.sees(e) {
			continue
		}
		since = append(since, e)
		if at, ok := first[e.Author]; !ok || e.Claimed < at {
			first[e.Author] = e.Claimed
		}
	}
	for _, e := range since {
		if e.Claimed-first[e.Author] >= delay {
			waited[e.roster.seats[e.Author].Side()] = true
		}
	}
	for side := range l.keyring.offices {
		if side != c.Side && l.keyring.neutrals[side] == nil && !waited[side] {
			return false
		}
	}
	return true
}

// readOwnKind reads the body of an entry that means something here.
func (l *Log) readOwnKind(n *node) error {
	switch n.Kind {
	case KindRoster:
		return l.readChange(n)
	case KindPrekey:
		if n.roster.seats[n.Author].Principal {
			return errors.New("a prekey of somebody who has no device")
		}
		b, err := parsePrekey(n.Body)
		n.prekey, n.pairs = b.Sealing, b.Pairs
		return err
	case KindReceipt:
		_, err := parseMissed(n.Body)
		return err
	}
	return nil
}

// readChange holds a change of roster to its signatures, and its cuts to what
// the entry that carries it had seen: nobody cuts off what was said in front of
// it.
func (l *Log) readChange(n *node) error {
	c, err := l.keyring.verifyChange(n.Body)
	if err != nil {
		return err
	}
	for _, cut := range c.Revoke {
		if last := l.lastSeen(n, cut.Member); last > cut.Number {
			return fmt.Errorf("the cut at number %d precedes number %d, which its carrier had seen", cut.Number, last)
		}
	}
	for _, m := range append(slices.Clone(c.Enrol), c.Principal...) {
		if seat, taken := n.roster.seats[m.ID()]; taken {
			return fmt.Errorf("%s is on the roster already", seat.Member.Name)
		}
	}
	if slices.Contains(n.known, c.id) {
		n.change = c
		return nil
	}
	all, byRecovery := l.changesOf(c.Side, n.known)
	if all >= maxChanges || c.recovery && byRecovery >= maxRecoveries {
		return fmt.Errorf("more than %d changes of one side's roster, or %d by its recovery key", maxChanges, maxRecoveries)
	}
	n.change = c
	return nil
}

func (l *Log) changesOf(side string, known []ID) (all, byRecovery int) {
	for _, id := range known {
		if c := l.changes[id]; c.Side == side {
			all++
			if c.recovery {
				byRecovery++
			}
		}
	}
	return all, byRecovery
}

// lastSeen is the highest number of a member's that n has among its ancestors,
// n itself included.
func (l *Log) lastSeen(n *node, id MemberID) uint64 {
	last := uint64(0)
	if n.Author == id {
		last = n.Number
	}
	for _, e := range l.nodes {
		if e.Author == id && n.sees(e) {
			last = max(last, e.Number)
		}
	}
	return last
}

// enter makes what an admitted entry brought count for those who come after.
func (l *Log) enter(n *node) {
	if n.Kind == KindPrekey {
		l.notePrekey(n)
	}
	if n.change != nil && l.changes[n.change.id] == nil {
		l.changes[n.change.id] = n.change
		keys, err := n.change.keysOf()
		if err == nil { // they were parsed when the change was checked
			for id, k := range keys {
				if _, charter := l.keyring.seats[id]; !charter && l.brought[id] == nil {
					l.brought[id], l.broughtTo[id] = k, n.change.Side
				}
			}
		}
	}
	for _, id := range n.known {
		if l.changes[id].recovery {
			l.recoveries[id] = append(l.recoveries[id], n)
		}
	}
	n.after = n.known
	if n.change != nil {
		n.after = unionOf(n.known, []ID{n.change.id})
	}
	if n.change != nil || len(l.room.pending) > 0 {
		known := l.knownTo(nil)
		l.ripe = l.ripeFor(known, nil)
		l.room = l.rosterFor(known, l.ripe)
	}
}

// keepStranger holds an entry until its author's key comes.
func (l *Log) keepStranger(u *unverified) {
	if slices.ContainsFunc(l.strangers, func(x *unverified) bool { return x.ID == u.ID }) {
		return
	}
	l.strangers = append(l.strangers, u)
	size := 0
	for _, x := range slices.Backward(l.strangers) {
		size += len(x.Raw)
	}
	for len(l.strangers) > maxStrangers || size > maxStrangersBytes {
		size -= len(l.strangers[0].Raw)
		l.strangers = l.strangers[1:]
	}
}

// introduced gives the entries whose authors the admitted change in id brought.
func (l *Log) introduced(id EntryID) []*Signed {
	n := l.nodes[id]
	if n == nil || n.change == nil {
		return nil
	}
	var out []*Signed
	l.strangers = slices.DeleteFunc(l.strangers, func(u *unverified) bool {
		keys := l.brought[u.Author]
		if keys == nil {
			return false
		}
		if s, err := u.verify(keys); err == nil {
			if s, err = l.fitting(s); err == nil {
				out = append(out, s)
			}
		}
		return true
	})
	slices.SortFunc(out, func(a, b *Signed) int { return a.ID.Compare(b.ID) })
	return out
}
