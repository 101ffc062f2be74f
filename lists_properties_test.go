package parley_test

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	. "parley"

	"pgregory.net/rapid"
)

// wanted is whom a side of the talks asks for on its lists; rows go by the
// person's id and a number, so that one person may stand there twice.
var wanted = map[PartyID][]PersonID{"us": {"griner", "whelan"}, "ru": {"bout", "klyushin", "krasikov"}, "de": {"griner"}}

// listMove is the next thing that somebody can do about lists: mostly what is
// of use, now and then anything.
func (w *world) listMove(who string) Move {
	r, p := w.r, w.party(who)
	if wanted[p] == nil {
		return nil
	}
	t := w.seenBy(who)
	rounds := slices.DeleteFunc(t.Rounds, func(s RoundState) bool { return r.IntN(15) > 0 && !slices.Contains(s.Between, p) })
	if len(rounds) == 0 || r.IntN(25) == 0 {
		m := w.listOf(p)
		m.Between = pick(r, [][]PartyID{{"ru", "us"}, {"ru", "us"}, {"ru", "us"}, {"de", "ru", "us"}})
		return m
	}
	s := rounds[len(rounds)-1]
	if r.IntN(3) == 0 {
		s = pick(r, rounds)
	}
	if sign := w.toSign(who, s); sign != nil && r.IntN(5) > 0 {
		return sign
	}
	know := knownOf(s)
	switch {
	case !know.put[p]:
		m := w.listOf(p)
		m.Round = s.Ref
		return m
	case !know.answered[p] || r.IntN(30) == 0:
		return w.replyTo(p, s.Ref, know)
	case r.IntN(25) == 0:
		n := pick(r, know.names)
		return &CommentMove{Round: s.Ref, Remarks: []Remark{{Name: n, Class: pick(r, []string{"", "young"}), Text: "so", Member: r.IntN(2) == 0}}}
	case len(s.Finals) > 0 && s.Finals[len(s.Finals)-1].Status != FinalStale && r.IntN(2) == 0:
		m := w.listOf(p)
		m.Between = s.Between
		return m
	}
	return w.finalOf(s)
}

// toSign answers a final list that somebody's side can still answer; a hostile
// one now and then answers any.
func (w *world) toSign(who string, s RoundState) Move {
	finals := slices.DeleteFunc(slices.Clone(s.Finals), func(l FinalState) bool {
		return !(w.hostile && w.r.IntN(10) == 0) && (l.Status != FinalPut || slices.Contains(l.Signed, w.party(who)))
	})
	if len(finals) == 0 {
		return nil
	}
	l := pick(w.r, finals)
	return &SignList{After: w.after(who), Final: l.Ref, Digest: l.Digest, Refuse: w.r.IntN(6) == 0}
}

func (w *world) listOf(p PartyID) *ListMove {
	m := &ListMove{}
	for _, id := range wanted[p] {
		m.Rows = append(m.Rows, ListRow{ID: string(id), Name: string(id)})
	}
	return m
}

// known is what somebody has seen of a round.
type known struct {
	put, answered map[PartyID]bool
	names         []NameID
}

func knownOf(s RoundState) known {
	k := known{put: map[PartyID]bool{}, answered: map[PartyID]bool{}}
	for _, a := range s.Acts {
		switch m := a.Move.(type) {
		case *ListMove:
			k.put[a.By] = true
			for _, row := range m.Rows {
				k.names = append(k.names, NameID{List: a.By, ID: row.ID})
			}
		case *ReplyMove:
			k.answered[a.By] = k.answered[a.By] || m.Final
		}
	}
	return k
}

// replyTo answers all names of the others; whom the case gives to the replier,
// it mostly holds.
func (w *world) replyTo(p PartyID, round Ref, k known) Move {
	m := &ReplyMove{Round: round, Final: w.r.IntN(4) > 0}
	holds := map[PartyID][]PersonID{"us": {"bout", "klyushin"}, "ru": {"griner", "whelan"}, "de": {"krasikov"}}[p]
	for _, n := range k.names {
		if n.List == p || slices.ContainsFunc(m.Answers, func(x NameAnswer) bool { return x.Name == n }) {
			continue
		}
		x := NameAnswer{Name: n, Code: CodeNotHeld}
		if slices.Contains(holds, PersonID(n.ID)) && w.r.IntN(8) > 0 {
			x.Code = CodeHeld
			if w.r.IntN(3) > 0 {
				x.Of = n.ID
			}
		}
		m.Answers = append(m.Answers, x)
	}
	return m
}

// finalOf puts some of the names that are ready.
func (w *world) finalOf(s RoundState) Move {
	m := &FinalList{Round: s.Ref}
	for _, a := range s.Acts {
		m.Rests = append(m.Rests, a.Ref)
	}
	slices.SortFunc(m.Rests, func(a, b Ref) int { return bytes.Compare(a[:], b[:]) })
	r := s.Now()
	m.Names = r.Ready()
	slices.SortFunc(m.Names, NameID.Compare)
	if n := len(m.Names); n > 1 && w.r.IntN(2) == 0 {
		m.Names = m.Names[w.r.IntN(n-1):]
	}
	m.Digest = r.Digest(m.Names)
	return m
}

func (w *world) tallyLists(whole *Table) {
	refused := false
	for _, r := range whole.Rounds {
		for _, l := range r.Finals {
			if l.Status == FinalRefused {
				w.seen["a list refused"]++
				refused = true
			}
			if l.Status == FinalSigned {
				w.seen["signed by all"]++
				if refused {
					w.seen["a list after a refusal"]++
				}
			}
		}
	}
}

// tallyKept counts the locks that kept somebody from promising a name again.
func (w *world) tallyKept(s Seen) {
	_, list := s.Move.(*SignList)
	switch {
	case list && strings.Contains(s.Why, "stands on a final list that its side has signed"):
		w.seen["kept from another list"]++
	case list && strings.Contains(s.Why, "is promised already"):
		w.seen["kept from a list"]++
	case strings.Contains(s.Why, "is promised already (sign-list"):
		w.seen["kept from an exchange"]++
	}
}

// checkLists: a final list that has effect misses no code and names nobody
// disputed; each side answers it once. While no device signs twice or is taken
// off, and no principal moves a pen, no name stands in two lists signed by all,
// and nobody on one is promised by another or by an agreement that lives.
func (w *world) checkLists(rt *rapid.T, whole *Table) {
	quiet := !w.disorder && !w.disturbed && len(w.forked) == 0
	names, persons := map[NameID]Ref{}, map[PersonID]Ref{}
	for _, s := range whole.Rounds {
		for _, l := range s.Finals {
			r := l.Round()
			if err := r.Check(l.Names); err != nil || len(r.Open()) > 0 {
				rt.Fatalf("a final list has effect: %v, open %v", err, r.Open())
			}
			if l.Status != FinalSigned || !quiet {
				continue
			}
			for _, n := range l.Names {
				if other, twice := names[n]; twice {
					rt.Fatalf("%s stands in two signed lists, %s and %s", n, other.Short(), l.Ref.Short())
				}
				names[n] = l.Ref
				if _, a, _ := r.Holder(r.Entry(n)); a.Of != "" {
					id := PersonID(a.Of)
					if was, twice := persons[id]; twice && was != l.Ref {
						rt.Fatalf("%s is promised in two signed lists", id)
					}
					persons[id] = l.Ref
				}
			}
		}
	}
	for _, a := range whole.Agreements {
		for id := range maps.Keys(persons) {
			if (a.Status == InForce || a.Status == AdReferendum) && a.Resolved.Release.Has(id) {
				rt.Fatalf("%s is promised in a signed list and in an agreement that is %s", id, a.Status)
			}
		}
	}
	w.checkOneListAnswer(rt, whole, quiet)
}

func (w *world) checkOneListAnswer(rt *rapid.T, whole *Table, quiet bool) {
	answers := map[Ref]map[PartyID]int{}
	for _, s := range whole.Acts {
		if m, ok := s.Move.(*SignList); ok && s.Effect() {
			if answers[m.Final] == nil {
				answers[m.Final] = map[PartyID]int{}
			}
			if answers[m.Final][s.Member.Party]++; answers[m.Final][s.Member.Party] > 1 && quiet {
				rt.Fatalf("%s answered a final list twice", s.Member.Party)
			}
		}
	}
}
