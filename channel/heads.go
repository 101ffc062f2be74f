package channel

import (
	"errors"
	"maps"
	"slices"
)

// headsEach bounds how many heads of one author a new entry names. More than
// one there are only where an author forked; two are the proof of it.
const headsEach = 4

var (
	// ErrNotSeated is returned for somebody who is not on the roster.
	ErrNotSeated = errors.New("the author is not on the roster")
	// ErrRevoked is returned for somebody who was taken off it.
	ErrRevoked = errors.New("the author was taken off the roster")
)

// ErrForked is returned where an author who has signed two entries under one
// number would sign more.
var ErrForked = errors.New("the author has signed two entries under one number")

// Position is where an author's next entry stands.
type Position struct {
	Number   uint64
	Previous EntryID
	Heads    []EntryID
	Roster   ID
}

// Heads are the entries that their authors have not continued: one for each
// author who has spoken and not forked. Ascending.
func (l *Log) Heads() []EntryID {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.allHeads()
}

func (l *Log) allHeads() []EntryID {
	var all []EntryID
	for author := range l.heads {
		all = append(all, l.headsOf(author)...)
	}
	slices.SortFunc(all, EntryID.Compare)
	return all
}

// HeadsOf are one author's heads: none, one, or several after a fork. Ascending.
func (l *Log) HeadsOf(author MemberID) []EntryID {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.headsOf(author)
}

func (l *Log) headsOf(author MemberID) []EntryID {
	return slices.SortedFunc(maps.Keys(l.heads[author]), EntryID.Compare)
}

// Next says where an author's next entry stands: after its last, having seen
// the heads of all others.
func (l *Log) Next(author MemberID) (Position, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if _, ok := l.room.seats[author]; !ok {
		return Position{}, ErrNotSeated
	}
	if !l.room.Active(author) {
		return Position{}, ErrRevoked
	}
	if l.isForked(author) {
		return Position{}, ErrForked
	}
	// An entry that waits has taken its number; another would be a fork.
	if l.waiting.waitsFor(author) {
		return Position{}, errors.New("earlier entries of this author wait for ones that are missing")
	}
	p := Position{Number: 1}
	for _, id := range l.headsOf(author) {
		p.Previous, p.Number = id, l.nodes[id].Number+1
	}
	for other := range l.heads {
		if other != author {
			heads := l.headsOf(other)
			p.Heads = append(p.Heads, heads[:min(len(heads), headsEach)]...)
		}
	}
	slices.SortFunc(p.Heads, EntryID.Compare)
	p.Roster = l.rosterOf(p)
	return p, nil
}

// rosterOf names the roster that an entry at p knows. That may be less than the
// room: of one who forked without end not all heads are named, and what only
// the others bring is not known.
func (l *Log) rosterOf(p Position) ID {
	n := l.successor(&Signed{Entry: Entry{Previous: p.Previous, Heads: p.Heads}})
	return rosterID(l.keyring.channel, l.knownTo(n))
}

// Forked reports whether the author has signed two entries under one number.
func (l *Log) Forked(author MemberID) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.isForked(author)
}
