package channel

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// Roster is who may speak and read, as somebody knew it who had seen some of
// the channel's changes of roster. It depends on the set of them alone.
//
// A side's changes form a chain. Two that follow the same one hold both or
// neither for nobody: they are contested, and the roster before them stays in
// force until the authority signs a change that names them all.
type Roster struct {
	id      ID
	seats   map[MemberID]Seat
	cuts    map[MemberID]uint64
	heads   map[string][]ID // the last changes of each side: several where contested
	pending []ID            // changes by a recovery key whose delay has not passed
}

// ID names what was known: the channel's own id while there was no change.
func (r *Roster) ID() ID { return r.id }

// Seat finds a member, one who has gone included.
func (r *Roster) Seat(id MemberID) (Seat, bool) {
	s, ok := r.seats[id]
	return s, ok
}

// Seats lists all members, those who have gone included: principals before
// devices, by side.
func (r *Roster) Seats() []Seat {
	return slices.SortedFunc(maps.Values(r.seats), func(a, b Seat) int {
		return cmp.Or(cmp.Compare(a.Side(), b.Side()), -boolean(a.Principal, b.Principal), a.ID.Compare(b.ID))
	})
}

func boolean(a, b bool) int {
	switch {
	case a && !b:
		return 1
	case b && !a:
		return -1
	}
	return 0
}

// CutOf reports whether a member was taken off the roster, and the number of
// the last of its entries that counts.
func (r *Roster) CutOf(id MemberID) (number uint64, gone bool) {
	number, gone = r.cuts[id]
	return number, gone
}

// Cuts are all cuts, by member.
func (r *Roster) Cuts() map[MemberID]uint64 { return maps.Clone(r.cuts) }

// Active reports whether the member may speak.
func (r *Roster) Active(id MemberID) bool {
	_, seated := r.seats[id]
	_, gone := r.cuts[id]
	return seated && !gone
}

// Last are the changes that the side's next change follows, and whether they
// are contested.
func (r *Roster) Last(side string) (previous []ID, contested bool) {
	return slices.Clone(r.heads[side]), len(r.heads[side]) > 1
}

// Contested lists the sides whose changes contradict each other, in order.
func (r *Roster) Contested() []string {
	var out []string
	for side, heads := range r.heads {
		if len(heads) > 1 {
			out = append(out, side)
		}
	}
	slices.Sort(out)
	return out
}

// Pending lists changes by a recovery key whose delay has not passed.
func (r *Roster) Pending() []ID { return slices.Clone(r.pending) }

// devices are the seats that read, active ones only.
func (r *Roster) devices() []Seat {
	return slices.DeleteFunc(r.Seats(), func(s Seat) bool { return s.Principal || !r.Active(s.ID) })
}

// sides are those who must have seen an entry before it counts as delivered:
// all who have a device to see it with.
func (r *Roster) sides() map[string]bool {
	out := map[string]bool{}
	for _, seat := range r.devices() {
		out[seat.Side()] = true
	}
	return out
}

// rosterID hashes which changes are known.
func rosterID(channel ID, known []ID) ID {
	if len(known) == 0 {
		return channel
	}
	parts := [][]byte{channel[:]}
	for _, id := range known {
		parts = append(parts, id[:])
	}
	return hashOf("roster-known", parts...)
}

// roster works out who is in the room, given the changes that are known and
// which of those by recovery keys have waited long enough.
func (k *keyring) roster(known []*checkedChange, ripe map[ID]bool) *Roster {
	r := &Roster{seats: map[MemberID]Seat{}, cuts: map[MemberID]uint64{}, heads: map[string][]ID{}}
	ids := make([]ID, len(known))
	follows := map[string][]*checkedChange{} // by side and what they follow
	for i, c := range known {
		ids[i] = c.id
		at := c.Side + "\x00" + joinIDs(c.Previous)
		follows[at] = append(follows[at], c)
	}
	r.id = rosterID(k.channel, ids)
	for id, s := range k.seats {
		r.seats[id] = s.Seat
	}
	for _, side := range slices.Sorted(maps.Keys(k.offices)) {
		k.walk(r, side, follows, ripe)
	}
	return r
}

func joinIDs(ids []ID) string {
	var b bytes.Buffer
	for _, id := range ids {
		b.Write(id[:])
	}
	return b.String()
}

// walk follows one side's chain as far as it holds.
func (k *keyring) walk(r *Roster, side string, follows map[string][]*checkedChange, ripe map[ID]bool) {
	var at []ID
	for {
		next := r.eligible(follows[side+"\x00"+joinIDs(at)], ripe)
		switch len(next) {
		case 0:
			r.heads[side] = at
			return
		case 1:
			r.apply(k, next[0])
			at = []ID{next[0].id}
		default:
			at = nil
			for _, c := range next {
				at = append(at, c.id)
			}
			slices.SortFunc(at, compareIDs)
		}
	}
}

// eligible leaves out what a recovery key signed where the authority has
// spoken, or where the delay has not passed.
func (r *Roster) eligible(all []*checkedChange, ripe map[ID]bool) []*checkedChange {
	byAuthority := slices.DeleteFunc(slices.Clone(all), func(c *checkedChange) bool { return c.recovery })
	if len(byAuthority) > 0 {
		return byAuthority
	}
	var out []*checkedChange
	for _, c := range all {
		if ripe[c.id] {
			out = append(out, c)
		} else {
			r.pending = append(r.pending, c.id)
		}
	}
	return out
}

// apply makes one change. Who is seated already, or is of another side, is left
// alone: nobody can be taken over.
func (r *Roster) apply(k *keyring, c *checkedChange) {
	for _, cut := range c.Revoke {
		seat, ok := r.seats[cut.Member]
		if _, gone := r.cuts[cut.Member]; ok && !gone && seat.Side() == c.Side {
			r.cuts[cut.Member] = cut.Number
		}
	}
	for _, m := range c.Enrol {
		seat := Seat{ID: m.ID(), Party: c.Side, Member: m}
		if n := k.neutrals[c.Side]; n != nil {
			if r.has(c.Side, false) {
				continue // a neutral has one device
			}
			seat = Seat{ID: m.ID(), Neutral: n.Name, Capabilities: n.Capabilities, Withheld: n.Withheld, Member: m}
		}
		r.seat(seat)
	}
	for _, m := range c.Principal {
		if !r.has(c.Side, true) {
			r.seat(Seat{ID: m.ID(), Party: c.Side, Principal: true, Member: m})
		}
	}
}

// has reports whether the side has an active principal, or an active device: a
// successor comes only where the one before has gone.
func (r *Roster) has(side string, principal bool) bool {
	for id, s := range r.seats {
		if s.Principal == principal && s.Side() == side && r.Active(id) {
			return true
		}
	}
	return false
}

// seat puts somebody new in the room, while there is one.
func (r *Roster) seat(s Seat) {
	if _, there := r.seats[s.ID]; there || !s.Principal && len(r.devices()) >= MaxDevices {
		return
	}
	r.seats[s.ID] = s
}

func compareIDs(a, b ID) int { return bytes.Compare(a[:], b[:]) }

// Describe tells in words what a change does, for who is asked to sign it.
func (c *Change) Describe(r *Roster) []string {
	var out []string
	for _, m := range c.Enrol {
		out = append(out, fmt.Sprintf("enrols %s, %s, key %s", m.Name, m.Office, m.ID().String()[:8]))
	}
	for _, cut := range c.Revoke {
		name := "somebody who is not on the roster"
		if seat, ok := r.Seat(cut.Member); ok {
			name = seat.Member.Name
		}
		out = append(out, fmt.Sprintf("takes off the roster: %s, key %s; entries up to number %d count", name, cut.Member.String()[:8], cut.Number))
	}
	for _, m := range c.Principal {
		out = append(out, fmt.Sprintf("names as principal: %s, %s, key %s", m.Name, m.Office, m.ID().String()[:8]))
	}
	if c.Text != "" {
		out = append(out, c.Text)
	}
	return out
}
