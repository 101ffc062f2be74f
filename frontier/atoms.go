package frontier

import (
	"slices"

	"parley"
)

// atom is one thing that can be decided: that a holding is released, or that a
// blank is, filled by one of its candidates. A blank that names no candidates is
// a holding like others: anybody may fill it.
type atom struct {
	who   int // index of who leaves, into trade.holdings
	blank int // index of the blank that is filled; -1 for none
}

// addAtoms lists the atoms. Those of a blank are the candidates in trade that
// its holder holds.
func (t *trade) addAtoms() {
	t.means = make([][]int32, len(t.holdings))
	t.atoms = make([]atom, 0, len(t.holdings))
	room := make([]int32, len(t.holdings)) // for the one atom that most have
	for i := range room {
		t.means[i] = room[i : i : i+1]
	}
	for i := range t.holdings {
		if !t.holdings[i].blank {
			t.addAtom(atom{i, -1})
			continue
		}
		h := t.whole(i)
		if len(h.Candidates) == 0 {
			t.addAtom(atom{i, -1})
			continue
		}
		t.filled = append(t.filled, i)
		for _, id := range h.Candidates {
			if c, ok := t.at()[id]; ok && c >= 0 && t.heldBy(c) == h.HeldBy && !t.holdings[c].blank {
				t.addAtom(atom{c, i})
			}
		}
	}
}

// addAtom makes an atom mean the release of who leaves, and of the blank.
func (t *trade) addAtom(a atom) {
	k := int32(len(t.atoms))
	t.atoms = append(t.atoms, a)
	t.means[a.who] = append(t.means[a.who], k)
	if a.blank >= 0 {
		t.means[a.blank] = append(t.means[a.blank], k)
	}
}

// id is what an answer calls the atom: the blank, where it fills one.
func (t *trade) id(a atom) parley.PersonID {
	if a.blank >= 0 {
		return t.holdings[a.blank].ID
	}
	return t.holdings[a.who].ID
}

// counted adds, for each atom, so many times what the selector counts of it: the
// heads of who leaves, if it picks them or the blank that they fill.
func (t *trade) counted(to []term, s parley.Selector, times int64) []term {
	from, picked := len(to), t.selected(s)
	to = slices.Grow(to, len(picked))
	for _, i := range picked {
		for _, k := range t.means[i] {
			to = append(to, term{k, times * t.heads(k)})
		}
	}
	if len(t.filled) > 0 { // an atom of a blank may be picked twice: as who leaves, and as the blank
		own := to[from:]
		slices.SortFunc(own, func(a, b term) int { return int(a.at - b.at) })
		to = to[:from+len(slices.CompactFunc(own, func(a, b term) bool { return a.at == b.at }))]
	}
	return to
}

// exchange writes atoms as ids, and who fills which blank.
func (t *trade) exchange(atoms []int32) (parley.Exchange, []parley.Naming) {
	ids := make([]parley.PersonID, 0, len(atoms))
	var named []parley.Naming
	for _, k := range atoms {
		a := t.atoms[k]
		ids = append(ids, t.id(a))
		if a.blank >= 0 {
			named = append(named, parley.Naming{Blank: t.id(a), Person: t.holdings[a.who].ID})
		}
	}
	slices.SortFunc(named, func(a, b parley.Naming) int {
		if a.Blank < b.Blank {
			return -1
		}
		return 1
	})
	return parley.NewExchange(ids...), named
}
