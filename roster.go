package parley

// Roster is who may speak, as the author of an act knew it: the charter's
// members with what roster changes have made of them. It is worked out from the
// act's own past by whoever verified it, and given here as data. Acts that knew
// the same roster share a pointer.
type Roster struct {
	Members []Member // a member who was taken off stays here, so that its older acts keep a name and a party
	Cuts    []Cut
}

// Cut takes a member off the roster: for whoever knows of it, nothing that the
// member signed beyond Number counts.
type Cut struct {
	Member MemberID
	Number uint64 // the last of its numbers that is honoured; 0 for none
	By     Ref    // the roster change that made the cut
}

// seats is a roster as the fold looks things up in it.
type seats struct {
	list    []Member
	members map[MemberID]*Member
	cuts    map[MemberID]Cut // the lowest of each member
}

func (r *Roster) seats() *seats {
	s := &seats{r.Members, map[MemberID]*Member{}, map[MemberID]Cut{}}
	for i := range r.Members {
		s.members[r.Members[i].ID] = &r.Members[i]
	}
	for _, c := range r.Cuts {
		s.cut(c)
	}
	return s
}

// cut keeps the lowest cut of each member; of two at one number, that by the
// lower id, so that the table is the same whichever came first.
func (s *seats) cut(c Cut) {
	was, ok := s.cuts[c.Member]
	if !ok || c.Number < was.Number || c.Number == was.Number && compareRef(c.By, was.By) < 0 {
		s.cuts[c.Member] = c
	}
}

// roster indexes a roster once; nil stands for the charter's own members.
func (f *fold) roster(r *Roster) *seats {
	s, ok := f.rosters[r]
	if !ok {
		if r == nil {
			s = (&Roster{Members: f.ground.Members}).seats()
		} else {
			s = r.seats()
		}
		f.rosters[r] = s
	}
	return s
}

// delegate finds a delegate of the side of n who, in the roster of n, may
// still speak.
func (n *node) delegate(id MemberID) *Member {
	d := n.seats.members[id]
	if _, cut := n.seats.cuts[id]; cut || d == nil || d.Role != Delegate || d.Party != n.member.Party {
		return nil
	}
	return d
}
