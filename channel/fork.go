package channel

import (
	"maps"
	"slices"
)

// Fork is the proof that an author signed two entries under one number. The
// two raw entries and the charter are all that a third needs to see it.
type Fork struct {
	Author MemberID
	Number uint64
	A, B   *Signed // by their ids, ascending
}

// numbering keeps which entries an author signed under which number, those
// that wait included: a signature is proof wherever it stands.
type numbering struct {
	entries map[uint64][]*Signed
	forked  map[uint64]bool
}

func (l *Log) count(s *Signed) {
	n := l.numbers[s.Author]
	if n == nil {
		n = &numbering{entries: map[uint64][]*Signed{}, forked: map[uint64]bool{}}
		l.numbers[s.Author] = n
	}
	if slices.ContainsFunc(n.entries[s.Number], func(x *Signed) bool { return x.ID == s.ID }) {
		return
	}
	n.entries[s.Number] = append(n.entries[s.Number], s)
	if len(n.entries[s.Number]) > 1 {
		n.forked[s.Number] = true
	}
}

func (l *Log) uncount(s *Signed) {
	n := l.numbers[s.Author]
	if n == nil {
		return
	}
	left := slices.DeleteFunc(n.entries[s.Number], func(x *Signed) bool { return x.ID == s.ID })
	n.entries[s.Number] = left
	if len(left) < 2 {
		delete(n.forked, s.Number)
	}
	if len(left) == 0 {
		delete(n.entries, s.Number)
	}
}

func (l *Log) isForked(author MemberID) bool {
	n := l.numbers[author]
	return n != nil && len(n.forked) > 0
}

// Forks gives one proof for each author who signed two entries under one
// number: the lowest such number, and the two lowest ids. By author.
func (l *Log) Forks() []Fork {
	l.mu.RLock()
	defer l.mu.RUnlock()
	var forks []Fork
	for author, n := range l.numbers {
		if len(n.forked) == 0 {
			continue
		}
		number := slices.Min(slices.Collect(maps.Keys(n.forked)))
		both := slices.Clone(n.entries[number])
		slices.SortFunc(both, func(a, b *Signed) int { return a.ID.Compare(b.ID) })
		forks = append(forks, Fork{Author: author, Number: number, A: both[0], B: both[1]})
	}
	slices.SortFunc(forks, func(a, b Fork) int { return a.Author.Compare(b.Author) })
	return forks
}
