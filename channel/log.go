package channel

import (
	"errors"
	"fmt"
	"slices"
	"sync"
)

const (
	// MaxHeld and MaxHeldBytes bound what is kept, per author, of entries whose
	// ancestors are not here. Beyond that only their names are.
	MaxHeld      = 1024
	MaxHeldBytes = 64 << 20

	maxNames = 4096 // of dropped entries per author, and of refused entries in all
)

var (
	// ErrStructure is returned for an entry that its author signed and that
	// can't stand where it says: whoever signed it broke the rules.
	ErrStructure = errors.New("the entry does not fit its ancestors")
	// ErrDropped is returned for an entry that would have to wait where too
	// many of its author's wait already. It can be added again later.
	ErrDropped = errors.New("too many entries of this author are waiting")
)

// Log is the graph of a channel's entries. An entry is admitted once all its
// ancestors are; until then it is held. What is admitted depends on the set of
// entries that were added and not on their order.
//
// A Log may be used by several goroutines.
type Log struct {
	mu      sync.RWMutex
	keyring *keyring
	reader  Seat // from whom some bodies may be withheld
	anyBody bool // takes entries with and without their bodies
	limits  limits

	nodes   map[EntryID]*node
	heads   map[MemberID]map[EntryID]bool // an author's entries that it has not continued
	tracks  int
	waiting waitingRoom
	refused map[EntryID]bool
	numbers map[MemberID]*numbering
	ordered []*Signed // a cache: nil when out of date

	brought    map[MemberID]*verifier // keys that changes of roster brought
	broughtTo  map[MemberID]string    // the side that each of them was first brought to
	recoveries map[ID][]*node         // by change that a recovery key signed, who has it in sight
	strangers  []*unverified          // entries by keys that are still to come, oldest first
	changes    map[ID]*checkedChange
	rosters    map[string]*Roster   // by what was known
	room       *Roster              // as whoever has seen everything here knows it
	ripe       []ID                 // the changes by recovery keys that count in it
	prekeys    map[MemberID][]*node // see notePrekey
}

// limits bound what a log holds for each author while it waits.
type limits struct{ entries, bytes int }

// node is an admitted entry.
//
// Which entries are its ancestors is kept in seen. An author's entries run on
// a track, one for each line of them, so an author who never forked has one.
// An entry on track t has among its ancestors all of track t' up to number
// seen[t'], and none beyond.
type node struct {
	*Signed
	depth     int // generations before it
	track     int
	continued bool // whether its track goes on
	seen      []uint64
	roster    *Roster // as its author knew it
	known     []ID    // the changes of roster among its ancestors, ascending
	ripe      []ID    // of these the recovery keys' whose delay had passed
	after     []ID    // known, and the change that it carries itself
	change    *checkedChange
	prekey    []byte
	pairs     []pairOffer
}

func (n *node) sees(other *node) bool {
	return other.track < len(n.seen) && n.seen[other.track] >= other.Number
}

// NewLog returns the empty log of the channel that the charter founds, as one
// keeps it from whom nothing is withheld.
func NewLog(charter *Charter) (*Log, error) {
	k, err := newKeyring(charter)
	if err != nil {
		return nil, err
	}
	return newLog(k, Seat{}, limits{MaxHeld, MaxHeldBytes}), nil
}

func newLog(k *keyring, reader Seat, most limits) *Log {
	l := &Log{
		keyring: k, reader: reader, limits: most,
		nodes:   map[EntryID]*node{},
		heads:   map[MemberID]map[EntryID]bool{},
		refused: map[EntryID]bool{},
		numbers: map[MemberID]*numbering{},
		brought: map[MemberID]*verifier{}, broughtTo: map[MemberID]string{}, recoveries: map[ID][]*node{}, changes: map[ID]*checkedChange{}, rosters: map[string]*Roster{},
		prekeys: map[MemberID][]*node{},
	}
	l.waiting = newWaitingRoom(most.entries, most.bytes, l.roomOf)
	l.room = l.rosterFor(nil, nil)
	return l
}

// Add verifies a signed entry and puts it in its place. It returns the entries
// that were admitted by this: the entry itself, if nothing is missing, and
// those that had waited for it. Adding an entry again does nothing.
//
// An entry that can't stand gives ErrEntry or ErrStructure, and one too many
// to hold gives ErrDropped. The log is the same as before, except that it
// remembers the name. One by a key that is not known yet is held unverified,
// for a change of roster may bring the key; the oldest of those make room.
func (l *Log) Add(raw []byte) (admitted []*Signed, err error) {
	s, err := l.check(raw)
	if err != nil || s == nil {
		return nil, err
	}
	return l.insert(s)
}

// check verifies an entry. It returns nil without an error where the author's
// key has not come yet; the entry is kept then.
func (l *Log) check(raw []byte) (*Signed, error) {
	u, err := l.keyring.read(raw)
	if err != nil {
		return nil, err
	}
	keys := l.keysOf(u)
	if keys == nil {
		return nil, nil
	}
	s, err := u.verify(keys)
	if err != nil {
		return nil, err
	}
	return l.fitting(s)
}

// keysOf finds the author's key, or keeps the entry until it comes.
func (l *Log) keysOf(u *unverified) *verifier {
	if seat, ok := l.keyring.seats[u.Author]; ok {
		return seat.keys
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if keys := l.brought[u.Author]; keys != nil {
		return keys
	}
	l.keepStranger(u)
	return nil
}

// fitting gives the entry as this reader may have it: without its body where
// that is withheld from the reader, and never without it elsewhere. A member
// from whom others keep a body must not mistake the entry for whole.
func (l *Log) fitting(s *Signed) (*Signed, error) {
	switch {
	case l.anyBody:
		return s, nil
	case l.reader.isWithheld(s.Kind) && !s.Withheld:
		return s.withoutBody()
	case s.Withheld && !l.reader.isWithheld(s.Kind):
		return nil, fmt.Errorf("%w: what it says is missing", ErrEntry)
	}
	return s, nil
}

func (s Seat) isWithheld(kind string) bool { return slices.Contains(s.Withheld, kind) }

// insert adds an entry that was verified.
func (l *Log) insert(s *Signed) (admitted []*Signed, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.insertLocked(s)
}

func (l *Log) insertLocked(s *Signed) (admitted []*Signed, err error) {
	if l.knows(s.ID) {
		return nil, nil
	}
	if l.isRefused(s) {
		return nil, l.refuse(s, errors.New("so does not one of its ancestors"))
	}
	if missing := l.missing(s); len(missing) > 0 {
		if !l.waiting.add(s, missing) {
			return nil, ErrDropped
		}
		l.count(s)
		return nil, nil
	}
	if err := l.admit(s); err != nil {
		return nil, l.refuse(s, err)
	}
	return append([]*Signed{s}, l.release(s.ID)...), nil
}

// roomOf is where an author's entries wait: a member of the charter has a room
// to itself, and all whom a side has brought since have one.
func (l *Log) roomOf(author MemberID) MemberID {
	if side, came := l.broughtTo[author]; came {
		return MemberID(hashOf("room", []byte(side)))
	}
	return author
}

func (l *Log) knows(id EntryID) bool {
	return l.nodes[id] != nil || l.waiting.held[id] != nil
}

// missing lists the ancestors named by s that are not admitted.
func (l *Log) missing(s *Signed) []EntryID {
	var missing []EntryID
	for id := range s.ancestors {
		if l.nodes[id] == nil {
			missing = append(missing, id)
		}
	}
	return missing
}

// ancestors yields the entries that e names.
func (e *Entry) ancestors(yield func(EntryID) bool) {
	if !e.Previous.IsZero() && !yield(e.Previous) {
		return
	}
	for _, head := range e.Heads {
		if !yield(head) {
			return
		}
	}
}

// release admits whatever waited for id, and what waited for that.
func (l *Log) release(id EntryID) (admitted []*Signed) {
	queue := []EntryID{id}
	for len(queue) > 0 {
		next := l.waiting.take(queue[0])
		brought := l.introduced(queue[0])
		queue = queue[1:]
		for _, s := range next {
			if err := l.admit(s); err != nil {
				_ = l.refuse(s, err) // nobody is there to be told
				continue
			}
			admitted = append(admitted, s)
			queue = append(queue, s.ID)
		}
		for _, s := range brought {
			more, _ := l.insertLocked(s) // nor here
			admitted = append(admitted, more...)
		}
	}
	return admitted
}

// fit checks the rules that an entry must keep toward its ancestors, all of
// which are here, and returns the node that it would be.
func (l *Log) fit(s *Signed) (*node, error) {
	previous := l.nodes[s.Previous]
	if previous != nil && (previous.Author != s.Author || previous.Number+1 != s.Number) {
		return nil, errors.New("the previous entry is not the author's one before it")
	}
	if err := l.checkHeads(s); err != nil {
		return nil, err
	}
	n := l.successor(s)
	if err := l.place(n); err != nil {
		return nil, err
	}
	return n, l.readOwnKind(n)
}

// successor is a node that has seen what its ancestors saw.
func (l *Log) successor(s *Signed) *node {
	n := &node{Signed: s, track: -1}
	for id := range s.ancestors {
		n.learn(l.nodes[id])
	}
	return n
}

// tryDraft reports why an entry that is to be signed would not be admitted.
func (l *Log) tryDraft(d Draft) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := l.fit(&Signed{Entry: d.Entry, ID: d.ID(), Body: d.Body})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrStructure, err)
	}
	return nil
}

// admit makes an entry a node, if it fits.
func (l *Log) admit(s *Signed) error {
	n, err := l.fit(s)
	if err != nil {
		return err
	}
	n.track = l.trackOf(l.nodes[s.Previous])
	n.saw(n.track, s.Number)
	l.nodes[s.ID] = n
	l.setHead(s)
	l.count(s)
	l.waiting.forget(s)
	l.ordered = nil
	l.enter(n)
	return nil
}

// checkHeads: they are others' entries, and several by one author only where
// that author forked.
func (l *Log) checkHeads(s *Signed) error {
	byAuthor := map[MemberID][]*node{}
	for _, id := range s.Heads {
		head := l.nodes[id]
		if head.Author == s.Author {
			return errors.New("a head is the author's own")
		}
		for _, other := range byAuthor[head.Author] {
			if head.sees(other) || other.sees(head) {
				return errors.New("two heads stand on one chain")
			}
		}
		byAuthor[head.Author] = append(byAuthor[head.Author], head)
	}
	return nil
}

// trackOf continues the previous entry's track, or begins one where there is
// none or it went on already.
func (l *Log) trackOf(previous *node) int {
	if previous != nil && !previous.continued {
		previous.continued = true
		return previous.track
	}
	l.tracks++
	return l.tracks - 1
}

func (n *node) learn(parent *node) {
	n.depth = max(n.depth, parent.depth+1)
	for track, number := range parent.seen {
		n.saw(track, number)
	}
}

func (n *node) saw(track int, number uint64) {
	for len(n.seen) <= track {
		n.seen = append(n.seen, 0)
	}
	n.seen[track] = max(n.seen[track], number)
}

func (l *Log) setHead(s *Signed) {
	heads := l.heads[s.Author]
	if heads == nil {
		heads = map[EntryID]bool{}
		l.heads[s.Author] = heads
	}
	delete(heads, s.Previous)
	heads[s.ID] = true
}

// isRefused reports whether the entry, or one that it names, was refused.
func (l *Log) isRefused(s *Signed) bool {
	if l.refused[s.ID] {
		return true
	}
	for id := range s.ancestors {
		if l.refused[id] {
			return true
		}
	}
	return false
}

// refuse remembers that an entry can't stand, and so none that builds on it.
// If the names run out, those that build on it wait for ever instead, and
// count against their author.
func (l *Log) refuse(s *Signed, why error) error {
	queue := []*Signed{s}
	for len(queue) > 0 {
		bad := queue[0]
		queue = queue[1:]
		l.waiting.forget(bad)
		l.uncount(bad)
		if len(l.refused) >= maxNames {
			continue
		}
		l.refused[bad.ID] = true
		queue = append(queue, l.waiting.dependents(bad.ID)...)
	}
	return fmt.Errorf("%w: %w", ErrStructure, why)
}

// Entry finds an admitted entry.
func (l *Log) Entry(id EntryID) (*Signed, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	n := l.nodes[id]
	if n == nil {
		return nil, false
	}
	return n.Signed, true
}

// Entries lists what is admitted: ancestors first, by generation and then by
// id. The order means nothing and is the same for the same set.
func (l *Log) Entries() []*Signed {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ordered == nil {
		l.ordered = make([]*Signed, 0, len(l.nodes))
		for _, n := range l.nodes {
			l.ordered = append(l.ordered, n.Signed)
		}
		slices.SortFunc(l.ordered, func(a, b *Signed) int {
			if d := l.nodes[a.ID].depth - l.nodes[b.ID].depth; d != 0 {
				return d
			}
			return a.ID.Compare(b.ID)
		})
	}
	return slices.Clone(l.ordered)
}

// IsAncestor reports whether b names a, directly or through others. No entry
// is its own ancestor.
func (l *Log) IsAncestor(a, b EntryID) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.isAncestor(a, b)
}

func (l *Log) isAncestor(a, b EntryID) bool {
	before, after := l.nodes[a], l.nodes[b]
	return a != b && before != nil && after != nil && after.sees(before)
}

// Missing names the gaps: entries that held ones name and that are not here,
// and those that were dropped. Ascending.
func (l *Log) Missing() []EntryID {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.waiting.gaps()
}

// gapsToAskFor picks gaps to ask the others for.
func (l *Log) gapsToAskFor(most int) []EntryID {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.waiting.gapsInTurn(most)
}

// Held is how many entries wait for their ancestors.
func (l *Log) Held() int {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return len(l.waiting.held)
}

// admits reports whether an entry is admitted.
func (l *Log) admits(id EntryID) bool {
	_, ok := l.Entry(id)
	return ok
}

// has reports whether an entry is admitted or held.
func (l *Log) has(id EntryID) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.knows(id)
}
