package channel

import (
	"maps"
	"slices"
)

// waitingRoom keeps entries whose ancestors are not here, so many and no more
// of each author's: a member who invents ancestors fills only its own room.
// Those whom a side has enrolled since share one, or it could enrol rooms.
type waitingRoom struct {
	limit, limitBytes int
	roomOf            func(author MemberID) MemberID

	held     map[EntryID]*Signed
	lacks    map[EntryID]map[EntryID]bool  // of a held entry, the ancestors not admitted
	waiters  map[EntryID]map[EntryID]bool  // the same, turned round
	load     map[MemberID]load             // by room
	byAuthor map[MemberID]int              // by author
	dropped  map[MemberID]map[EntryID]bool // names of those there was no room for
	names    map[MemberID]int              // how many these are, by room
}

type load struct{ entries, bytes int }

func newWaitingRoom(limit, limitBytes int, roomOf func(MemberID) MemberID) waitingRoom {
	return waitingRoom{
		limit:      limit,
		limitBytes: limitBytes,
		roomOf:     roomOf,
		held:       map[EntryID]*Signed{},
		lacks:      map[EntryID]map[EntryID]bool{},
		waiters:    map[EntryID]map[EntryID]bool{},
		load:       map[MemberID]load{},
		byAuthor:   map[MemberID]int{},
		dropped:    map[MemberID]map[EntryID]bool{},
		names:      map[MemberID]int{},
	}
}

// add holds an entry until what it lacks is admitted, or keeps its name and
// reports false.
func (w *waitingRoom) add(s *Signed, missing []EntryID) bool {
	room := w.roomOf(s.Author)
	l := w.load[room]
	if l.entries >= w.limit || l.bytes+len(s.Raw) > w.limitBytes {
		w.drop(s)
		return false
	}
	w.load[room] = load{l.entries + 1, l.bytes + len(s.Raw)}
	w.byAuthor[s.Author]++
	w.found(s)
	w.held[s.ID] = s
	w.lacks[s.ID] = map[EntryID]bool{}
	for _, id := range missing {
		w.lacks[s.ID][id] = true
		if w.waiters[id] == nil {
			w.waiters[id] = map[EntryID]bool{}
		}
		w.waiters[id][s.ID] = true
	}
	return true
}

func (w *waitingRoom) drop(s *Signed) {
	names := w.dropped[s.Author]
	if names == nil {
		names = map[EntryID]bool{}
		w.dropped[s.Author] = names
	}
	if room := w.roomOf(s.Author); !names[s.ID] && w.names[room] < maxNames {
		names[s.ID] = true
		w.names[room]++
	}
}

// found takes an entry off the names of those that were dropped.
func (w *waitingRoom) found(s *Signed) {
	if w.dropped[s.Author][s.ID] {
		delete(w.dropped[s.Author], s.ID)
		w.names[w.roomOf(s.Author)]--
	}
}

// take removes and returns the entries that lacked only id, by their ids.
func (w *waitingRoom) take(id EntryID) []*Signed {
	var ready []*Signed
	for waiter := range w.waiters[id] {
		delete(w.lacks[waiter], id)
		if len(w.lacks[waiter]) == 0 {
			ready = append(ready, w.held[waiter])
		}
	}
	delete(w.waiters, id)
	slices.SortFunc(ready, func(a, b *Signed) int { return a.ID.Compare(b.ID) })
	for _, s := range ready {
		w.forget(s)
	}
	return ready
}

// forget removes an entry in whatever way it is known.
func (w *waitingRoom) forget(s *Signed) {
	w.found(s)
	if w.held[s.ID] == nil {
		return
	}
	room := w.roomOf(s.Author)
	l := w.load[room]
	w.load[room] = load{l.entries - 1, l.bytes - len(s.Raw)}
	w.byAuthor[s.Author]--
	for id := range w.lacks[s.ID] {
		delete(w.waiters[id], s.ID)
		if len(w.waiters[id]) == 0 {
			delete(w.waiters, id)
		}
	}
	delete(w.lacks, s.ID)
	delete(w.held, s.ID)
}

// dependents are the held entries that name id.
func (w *waitingRoom) dependents(id EntryID) []*Signed {
	var found []*Signed
	for waiter := range w.waiters[id] {
		found = append(found, w.held[waiter])
	}
	return found
}

// gaps names what is waited for and not itself waiting, and what was dropped.
func (w *waitingRoom) gaps() []EntryID {
	gaps := map[EntryID]bool{}
	for id := range w.waiters {
		if w.held[id] == nil {
			gaps[id] = true
		}
	}
	for _, names := range w.dropped {
		maps.Copy(gaps, names)
	}
	return slices.SortedFunc(maps.Keys(gaps), EntryID.Compare)
}

// gapsInTurn picks so many gaps, one of each author's that it needs and then
// again. Who names what does not exist, to keep others from asking for what
// does, takes up only its own turns.
func (w *waitingRoom) gapsInTurn(most int) []EntryID {
	needs := map[MemberID][]EntryID{}
	for id, waiters := range w.waiters {
		if w.held[id] != nil {
			continue
		}
		for waiter := range waiters {
			author := w.held[waiter].Author
			needs[author] = append(needs[author], id)
		}
	}
	for author, names := range w.dropped {
		needs[author] = slices.AppendSeq(needs[author], maps.Keys(names))
	}
	authors := slices.SortedFunc(maps.Keys(needs), MemberID.Compare)
	for _, author := range authors {
		slices.SortFunc(needs[author], EntryID.Compare)
		needs[author] = slices.Compact(needs[author])
	}
	var picked []EntryID
	for turn := 0; len(picked) < most; turn++ {
		more := false
		for _, author := range authors {
			if turn >= len(needs[author]) || len(picked) == most {
				continue
			}
			more = true
			if id := needs[author][turn]; !slices.Contains(picked, id) {
				picked = append(picked, id)
			}
		}
		if !more {
			break
		}
	}
	slices.SortFunc(picked, EntryID.Compare)
	return picked
}

// waitsFor reports whether entries of this author wait or were dropped.
func (w *waitingRoom) waitsFor(author MemberID) bool {
	return w.byAuthor[author] > 0 || len(w.dropped[author]) > 0
}
