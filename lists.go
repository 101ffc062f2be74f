package parley

import (
	"fmt"
	"slices"
)

// Lists are judged like all else: by an act's own past. Lists, replies, comments
// and final lists stand in no decision chain; several devices of a delegation
// may work on them at once. A final list names all acts of its round that its
// author had, and its digest follows from them. To sign one is a decision. So
//
//   - a final list, once put, says the same for ever, and on every desk;
//   - whoever has seen a later answer in the round can't sign it any more;
//   - a delegation answers a final list once, for good: it signs or refuses;
//   - what is signed by all sides, none of the signatures contested for the
//     author of another, stays so in every larger set of entries.
//
// A signature locks the names of the list in its signer's own chain, against
// any other final list, and the persons of the case that it answered to hold
// against any accept and seal, as these do against it. The lock goes when another
// side has refused the list, and not before: nothing else makes sure that it
// will never be signed by all. As every chain keeps its names so, no name stands
// in two final lists that are signed by all, nor in one and in an exchange, but
// where a signer's device signs two entries under one number, is cut off, or has
// the pen taken from it past what it signed; the table then shows it.

// signs tells whether an act is a yes to a final list.
func signs(n *node) (*SignList, bool) {
	m, ok := n.Move.(*SignList)
	return m, ok && !m.Refuse
}

// roundAt finds the list that opened a round, in the past of n and not
// contested, where the author of n takes part in it.
func (f *fold) roundAt(ref Ref, n *node) (*ListMove, string) {
	o := f.byRef[ref]
	if o == nil || !n.knows(o) || !o.ok() {
		return nil, "it names no round that its author had"
	}
	m, ok := o.Move.(*ListMove)
	if !ok || !m.Round.IsZero() {
		return nil, "what it names opens no round"
	}
	if cause := f.cause(o, n); cause != "" {
		return nil, "the round is contested: " + cause
	}
	return m, f.takesPart(n, m)
}

func (f *fold) takesPart(n *node, m *ListMove) string {
	return unless(n.member.Role == Delegate && slices.Contains(m.Between, n.member.Party), "its author's side takes no part in the round")
}

// roundOf is the round that an act belongs to; zero for none.
func roundOf(n *node) Ref {
	switch m := n.Move.(type) {
	case *ListMove:
		if m.Round.IsZero() {
			return n.Ref
		}
		return m.Round
	case *ReplyMove:
		return m.Round
	case *CommentMove:
		return m.Round
	}
	return Ref{}
}

// inRound lists the acts of a round that the author of n knew and that are not
// contested for it, in the order of the table.
func (f *fold) inRound(round Ref, n *node) (out []*node) {
	for _, x := range f.rounds[round] {
		if n.knows(x) && !f.contested(x, n) {
			out = append(out, x)
		}
	}
	return out
}

func roundActs(nodes []*node) []RoundAct {
	out := make([]RoundAct, len(nodes))
	for i, x := range nodes {
		out[i] = RoundAct{x.Ref, x.member.Party, x.Move}
	}
	return out
}

func refsOf(nodes []*node) []Ref {
	out := make([]Ref, len(nodes))
	for i, x := range nodes {
		out[i] = x.Ref
	}
	return sortedRefs(out...)
}

// list judges a list: it opens a round, or is its side's first in one.
func (f *fold) list(n *node, m *ListMove) string {
	if why := checkRows(m.Rows); why != "" {
		return why
	}
	if m.Round.IsZero() {
		return f.opens(n, m)
	}
	if _, why := f.roundAt(m.Round, n); why != "" {
		return why
	}
	if len(m.Between)+len(m.Classes) > 0 {
		return "who takes part, and what classes there are, the list that opened the round says"
	}
	for _, x := range f.inRound(m.Round, n) {
		if _, ok := x.Move.(*ListMove); ok && x.member.Party == n.member.Party {
			return "its side has put its list in this round: another list is another round"
		}
	}
	return ""
}

func checkRows(rows []ListRow) string {
	if len(rows) == 0 || len(rows) > MaxRows {
		return fmt.Sprintf("a list has from 1 to %d names", MaxRows)
	}
	seen := make(map[string]bool, len(rows))
	for i := range rows {
		id := rows[i].ID
		if id == "" || seen[id] {
			return fmt.Sprintf("the id %q stands twice or is empty", id)
		}
		seen[id] = true
	}
	return ""
}

func (f *fold) opens(n *node, m *ListMove) string {
	known := f.parties()
	for i, p := range m.Between {
		if !slices.Contains(known, p) || i > 0 && m.Between[i-1] >= p {
			return "those between whom the round is are not delegations of the charter in order, each once"
		}
	}
	if len(m.Between) < 2 {
		return "a round is between two sides at least"
	}
	for i, c := range m.Classes {
		if c.Name == "" || i > 0 && m.Classes[i-1].Name >= c.Name {
			return "the classes are not in order, each once"
		}
	}
	return f.takesPart(n, m)
}

// onLists finds names on the lists of a round that the author of n had.
func (f *fold) onLists(round Ref, n *node) func(NameID) bool {
	by := map[PartyID]map[string]bool{}
	for _, x := range f.inRound(round, n) {
		m, ok := x.Move.(*ListMove)
		if p := x.member.Party; ok && by[p] == nil {
			by[p] = f.ids(x, m)
		}
	}
	return func(name NameID) bool { return by[name.List][name.ID] }
}

// ids is the set of a list's ids, made once.
func (f *fold) ids(x *node, m *ListMove) map[string]bool {
	if x.ids == nil {
		x.ids = make(map[string]bool, len(m.Rows))
		for i := range m.Rows {
			x.ids[m.Rows[i].ID] = true
		}
	}
	return x.ids
}

// reply judges answers to the lists of the other sides.
func (f *fold) reply(n *node, m *ReplyMove) string {
	if _, why := f.roundAt(m.Round, n); why != "" {
		return why
	}
	if len(m.Answers) == 0 {
		return "it answers nothing"
	}
	listed := f.onLists(m.Round, n)
	seen := make(map[NameID]bool, len(m.Answers))
	for i := range m.Answers {
		x := &m.Answers[i]
		switch {
		case !listed(x.Name):
			return fmt.Sprintf("%s is on no list of the round that its author had", x.Name)
		case seen[x.Name]:
			return fmt.Sprintf("%s is answered twice", x.Name)
		case x.Name.List == n.member.Party:
			return fmt.Sprintf("%s is on its own list: others reply to it", x.Name)
		}
		if why := checkAnswer(x, listed); why != "" {
			return why
		}
		seen[x.Name] = true
	}
	return ""
}

func checkAnswer(x *NameAnswer, listed func(NameID) bool) string {
	switch {
	case !slices.Contains(Codes(), x.Code):
		return fmt.Sprintf("%s: there is no code %q", x.Name, x.Code)
	case x.Code == CodeDuplicate && (x.Of == x.Name.ID || !listed(NameID{List: x.Name.List, ID: x.Of})):
		return fmt.Sprintf("%s: a duplicate names another row of its list", x.Name)
	case x.Code == CodeHeld && x.Of != "" && CheckID(x.Of) != nil:
		return fmt.Sprintf("%s: who is held is named as in the case, or not at all", x.Name)
	}
	return ""
}

func (f *fold) comment(n *node, m *CommentMove) string {
	if _, why := f.roundAt(m.Round, n); why != "" {
		return why
	}
	if len(m.Remarks) == 0 {
		return "it says nothing"
	}
	listed := f.onLists(m.Round, n)
	for _, x := range m.Remarks {
		switch {
		case !listed(x.Name):
			return fmt.Sprintf("%s is on no list of the round that its author had", x.Name)
		case x.Text == "" && x.Class == "":
			return fmt.Sprintf("it says nothing about %s", x.Name)
		}
	}
	return ""
}

// finalList judges a final list: it follows from all that its author had.
func (f *fold) finalList(n *node, m *FinalList) string {
	if _, why := f.roundAt(m.Round, n); why != "" {
		return why
	}
	acts := f.inRound(m.Round, n)
	if !slices.Equal(m.Rests, refsOf(acts)) {
		return "it does not name just the acts of the round that its author had"
	}
	r := NewRound(roundActs(acts))
	if err := r.Check(m.Names); err != nil {
		return err.Error()
	}
	return unless(r.Digest(m.Names) == m.Digest, "the digest is not that of the final list")
}

// made is the round that a final list which has effect rests on.
func (f *fold) made(l *node) *Round {
	if l.round == nil {
		var acts []*node
		m := l.Move.(*FinalList)
		for _, x := range f.rounds[m.Round] {
			if _, ok := slices.BinarySearchFunc(m.Rests, x.Ref, compareRef); ok {
				acts = append(acts, x)
			}
		}
		l.round = NewRound(roundActs(acts))
	}
	return l.round
}

// sign judges an answer to a final list. A no needs only that it is its side's
// first: nobody must be kept from freeing the others.
func (f *fold) sign(n *node, m *SignList) string {
	l := f.byRef[m.Final]
	if l == nil || !n.knows(l) {
		return "it names no final list that its author had"
	}
	final, ok := l.Move.(*FinalList)
	switch {
	case !ok:
		return "what it names is no final list"
	case !l.ok():
		return "the final list has no effect"
	case final.Digest != m.Digest:
		return "the digest is not that of the final list"
	}
	if why := f.takesPart(n, f.byRef[final.Round].Move.(*ListMove)); why != "" {
		return why
	}
	for _, d := range f.answers[l.Ref] {
		if d.member.Party == n.member.Party && f.decided(d, n) {
			return "its side has answered this final list already"
		}
	}
	if m.Refuse {
		return ""
	}
	return f.mayStand(n, l, final)
}

// mayStand says why the author of n can't sign a final list any more.
func (f *fold) mayStand(n, l *node, m *FinalList) string {
	if cause := f.cause(l, n); cause != "" {
		return "the final list is contested: " + cause
	}
	if f.dead(l, n) {
		return "another side has refused the final list"
	}
	for _, ref := range m.Rests {
		if cause := f.cause(f.byRef[ref], n); cause != "" {
			return "what the final list rests on is contested: " + cause
		}
	}
	for _, x := range f.inRound(m.Round, n) {
		if _, rests := slices.BinarySearchFunc(m.Rests, x.Ref, compareRef); !rests && settles(x.Move) {
			return "there are later answers in the round: the final list must be put anew"
		}
	}
	return f.namesFree(n, l, m)
}

// settles tells whether an act changes what a final list may hold.
func settles(m Move) bool {
	switch m := m.(type) {
	case *ListMove:
		return true
	case *ReplyMove:
		return m.Final
	case *CommentMove:
		return slices.ContainsFunc(m.Remarks, func(x Remark) bool { return x.Class != "" })
	}
	return false
}

// namesFree says which name of a final list the author's side has promised
// already.
func (f *fold) namesFree(n, l *node, m *FinalList) string {
	for _, d := range n.prior.open {
		s, ok := signs(d)
		if !ok || f.void(d, n) || f.freed(d, n) {
			continue
		}
		other := f.byRef[s.Final].Move.(*FinalList)
		if other.Round == m.Round {
			return fmt.Sprintf("its side has signed another final list of this round (%s)", s.Final.Short())
		}
		if id, ok := sharedName(other.Names, m.Names); ok {
			return fmt.Sprintf("%s stands on a final list that its side has signed (%s)", id, s.Final.Short())
		}
	}
	reg := Register{}
	if v := f.version(n.prior.version, n); v != nil {
		reg = f.register(v.Case)
	}
	for _, id := range f.promises(l, n.member.Party) {
		if reg[id].HeldBy != n.member.Party {
			return fmt.Sprintf("its side answers that it holds %s, and holds nobody of that id in the case that it stands on", id)
		}
		if d := f.lockedBy(id, n); d != nil {
			return fmt.Sprintf("%s is promised already (%s %s)", id, d.Move.Kind(), d.Ref.Short())
		}
	}
	return ""
}

// promises lists the persons of the case whom a party answered to hold, among
// the names of a final list; ascending.
func (f *fold) promises(l *node, by PartyID) []PersonID {
	r := f.made(l)
	var out []PersonID
	for _, name := range l.Move.(*FinalList).Names {
		if p, a, ok := r.Holder(r.byName[name]); ok && p == by && a.Of != "" {
			out = append(out, PersonID(a.Of))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// covered lists whom a signature disposes of, for the scope of a mandate: the
// persons of the case and, by its own name, whoever is none.
func (f *fold) covered(l *node) []PersonID {
	if l == nil || !l.ok() {
		return nil
	}
	m, ok := l.Move.(*FinalList)
	if !ok {
		return nil
	}
	r := f.made(l)
	var out []PersonID
	for _, name := range m.Names {
		id := PersonID(name.String())
		if _, a, ok := r.Holder(r.byName[name]); ok && a.Of != "" {
			id = PersonID(a.Of)
		}
		out = append(out, id)
	}
	return out
}

// sharedName finds a name that stands in two lists, both ascending.
func sharedName(a, b []NameID) (NameID, bool) {
	for len(a) > 0 && len(b) > 0 {
		switch c := a[0].Compare(b[0]); {
		case c == 0:
			return a[0], true
		case c < 0:
			a = a[1:]
		default:
			b = b[1:]
		}
	}
	return NameID{}, false
}

// signedByAll tells whether every side of the round has signed a final list.
func (f *fold) signedByAll(l *node) bool {
	return f.allSay(l, f.byRef[l.Move.(*FinalList).Round].Move.(*ListMove).Between, func(a *node) bool { _, ok := signs(a); return ok })
}

// FinalStatus is what has become of a final list.
type FinalStatus string

// The states of a final list.
const (
	FinalPut     FinalStatus = "put"
	FinalStale   FinalStatus = "outdated" // there are later answers: it can't be signed any more
	FinalRefused FinalStatus = "refused"
	FinalSigned  FinalStatus = "signed by all"
)

// RoundState is a round of lists on the table.
type RoundState struct {
	Ref     Ref // of the list that opened it
	Between []PartyID
	Acts    []RoundAct // that have effect and are not contested
	Finals  []FinalState
}

// Now adds the round up as it stands.
func (s *RoundState) Now() *Round { return NewRound(s.Acts) }

// FinalState is a final list and who signed it.
type FinalState struct {
	Ref     Ref
	By      PartyID
	Digest  Digest
	Names   []NameID
	Due     Date
	Text    string
	Status  FinalStatus
	Signed  []PartyID // ascending; contested or not
	Refused []PartyID

	acts []RoundAct
}

// Round adds up the round as the final list rests on it.
func (s *FinalState) Round() *Round { return NewRound(s.acts) }

func (f *fold) roundState(n *node, m *ListMove, all *node) RoundState {
	return RoundState{Ref: n.Ref, Between: m.Between, Acts: roundActs(f.inRound(n.Ref, all))}
}

func (f *fold) finalState(l *node, m *FinalList, all *node) FinalState {
	s := FinalState{Ref: l.Ref, By: l.member.Party, Digest: m.Digest, Names: m.Names, Due: m.Due, Text: m.Text, Status: FinalPut}
	for _, x := range f.rounds[m.Round] {
		if _, ok := slices.BinarySearchFunc(m.Rests, x.Ref, compareRef); ok {
			s.acts = append(s.acts, RoundAct{x.Ref, x.member.Party, x.Move})
		} else if settles(x.Move) && !f.contested(x, all) {
			s.Status = FinalStale
		}
	}
	for _, a := range f.answers[l.Ref] {
		if _, yes := signs(a); yes {
			s.Signed = append(s.Signed, a.member.Party)
		} else {
			s.Refused = append(s.Refused, a.member.Party)
		}
	}
	s.Signed, s.Refused = ascending(s.Signed), ascending(s.Refused)
	if f.dead(l, all) {
		s.Status = FinalRefused
	}
	if f.signedByAll(l) {
		s.Status = FinalSigned
	}
	return s
}

// listBreaches lists names that are promised twice by what is signed by all.
func (f *fold) listBreaches(force []*node) (out []Breach) {
	var signed []*node
	for _, n := range f.nodes {
		if _, ok := n.Move.(*FinalList); ok && n.ok() && f.signedByAll(n) {
			signed = append(signed, n)
		}
	}
	for i, a := range signed {
		for _, b := range signed[:i] {
			if id, ok := sharedName(a.Move.(*FinalList).Names, b.Move.(*FinalList).Names); ok {
				out = append(out, Breach{MemberID{}, sortedRefs(a.Ref, b.Ref), "two signed final lists name " + id.String()})
			} else if id, ok := shared(f.linked(a), f.linked(b)); ok {
				out = append(out, Breach{MemberID{}, sortedRefs(a.Ref, b.Ref), "two signed final lists promise " + string(id)})
			}
		}
		for _, s := range force {
			if id, ok := shared(f.linked(a), f.released(s)); ok {
				out = append(out, Breach{MemberID{}, sortedRefs(a.Ref, s.Ref), "a signed final list and an agreement in force promise " + string(id)})
			}
		}
	}
	return out
}

// linked are the persons of the case whom a final list promises.
func (f *fold) linked(l *node) Exchange {
	var out []PersonID
	for _, p := range f.byRef[l.Move.(*FinalList).Round].Move.(*ListMove).Between {
		out = append(out, f.promises(l, p)...)
	}
	return NewExchange(out...)
}
