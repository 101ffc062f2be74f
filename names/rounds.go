package names

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"

	"parley"
)

// Code is what a party answers about one name that it was asked for. The set is
// closed: whatever else there is to say goes into a comment.
type Code string

// The codes of a reply.
const (
	Held             Code = "held"
	HeldByAlly       Code = "held-by-ally"
	NotHeld          Code = "not-held"
	NeverHeld        Code = "never-held"
	Released         Code = "released"
	Dead             Code = "dead"
	DuplicateOf      Code = "duplicate"
	InsufficientData Code = "insufficient-data"
	Refused          Code = "refused"
	CriminalCase     Code = "criminal-case"
	NoAnswer         Code = "no-answer"
)

// Codes lists the codes in the order that totals are shown in.
func Codes() []Code {
	return []Code{Held, HeldByAlly, NotHeld, NeverHeld, Released, Dead, DuplicateOf, InsufficientData, Refused, CriminalCase, NoAnswer}
}

// Step is a stage of the exchange of lists, as in Stockholm 2018: a list, a
// reply to each name, comments on the replies, a final reply to each name, a
// final list, the signatures of all sides.
type Step string

// The steps.
const (
	PutList    Step = "list"
	Reply      Step = "reply"
	Comment    Step = "comment"
	FinalReply Step = "final-reply"
	Classify   Step = "class"
	FinalList  Step = "final-list"
	Sign       Step = "sign"
)

// NameID names one entry of one list within a round.
type NameID struct {
	List parley.PartyID `json:"list"` // who put the list
	ID   string         `json:"id"`
}

func (n NameID) String() string { return string(n.List) + "/" + n.ID }

func (n NameID) compare(o NameID) int {
	return cmp.Or(cmp.Compare(n.List, o.List), cmp.Compare(n.ID, o.ID))
}

// Answer is what is said about one name.
type Answer struct {
	Name   NameID
	Code   Code        // of replies
	On     parley.Date // of a release or a death
	Of     string      // of a duplicate: the entry that it repeats; of an ally: who; of the dead: where the remains are
	Text   string      // of comments
	Class  string      // of Classify: the class that is claimed or denied
	Member bool        // and which of the two
}

// RoundAct is one signed act of a round, in the order that the table gives
// them. Who signed it was checked before it comes here.
type RoundAct struct {
	Step    Step
	By      parley.PartyID
	Names   []string      // of PutList: the ids of the entries
	Content parley.Digest // of PutList: DigestOfList, so that both sides mean the same entries
	Answers []Answer
	Final   []NameID      // of FinalList
	Digest  parley.Digest // of Sign: what is signed
	Due     parley.Date   // until when the next step is expected; shown, never enforced
}

// RoundEntry is one name of a round and all that was said of it.
type RoundEntry struct {
	Name     NameID
	Reply    *Answer
	Comments []Said
	Final    *Answer
	Classes  map[string]map[parley.PartyID]bool // class, party: whether the party holds it to be a member
}

// Said is a comment and who made it.
type Said struct {
	By   parley.PartyID
	Text string
}

// Disputed lists the classes that two parties answer differently for. Such an
// entry stays off the final list; no other entry is touched.
func (e *RoundEntry) Disputed() []string {
	var out []string
	for _, class := range slices.Sorted(maps.Keys(e.Classes)) {
		said := map[bool]bool{}
		for _, member := range e.Classes[class] {
			said[member] = true
		}
		if len(said) == 2 {
			out = append(out, class)
		}
	}
	return out
}

// Round is what the acts of a round come to.
type Round struct {
	Parties []parley.PartyID
	Lists   map[parley.PartyID]parley.Digest
	Entries map[NameID]*RoundEntry
	Put     []NameID                         // the final list that was put last, ascending
	Digest  parley.Digest                    // of it
	Signed  map[parley.PartyID]parley.Digest // what each party signed
	Due     []Due
	Without []Effectless
}

// Due is a day by which a step was expected.
type Due struct {
	By   parley.PartyID
	Step Step
	On   parley.Date
}

// Effectless is an act that changed nothing, and why.
type Effectless struct {
	Act  int // its place among the acts, from 0
	Text string
}

// NewRound folds the acts of a round between these parties. An act that isn't
// allowed where it stands has no effect and is listed, and the rest goes on:
// the same acts give the same round on every desk.
func NewRound(parties []parley.PartyID, acts []RoundAct) *Round {
	r := &Round{Parties: slices.Clone(parties), Lists: map[parley.PartyID]parley.Digest{}, Entries: map[NameID]*RoundEntry{}, Signed: map[parley.PartyID]parley.Digest{}}
	slices.Sort(r.Parties)
	for i, a := range acts {
		err := r.allow(a)
		if err != nil {
			r.Without = append(r.Without, Effectless{i, err.Error()})
			continue
		}
		r.apply(a)
		if !a.Due.IsZero() {
			r.Due = append(r.Due, Due{a.By, a.Step, a.Due})
		}
	}
	return r
}

// Check tells whether an act would have an effect now.
func (r *Round) Check(a RoundAct) error { return r.allow(a) }

func (r *Round) allow(a RoundAct) error {
	if !slices.Contains(r.Parties, a.By) {
		return fmt.Errorf("%s is no party of this round", a.By)
	}
	if a.Step != Sign && len(r.Signed) > 0 {
		return fmt.Errorf("the final list is signed by %d already: it can't change under a signature", len(r.Signed))
	}
	switch a.Step {
	case PutList:
		return r.allowList(a)
	case Reply, Comment, FinalReply, Classify:
		return r.allowAnswers(a)
	case FinalList:
		return r.allowFinal(a)
	case Sign:
		return r.allowSign(a)
	}
	return fmt.Errorf("no step %q", a.Step)
}

func (r *Round) allowList(a RoundAct) error {
	if _, ok := r.Lists[a.By]; ok {
		return fmt.Errorf("%s has put its list; another list is another round", a.By)
	}
	if len(a.Names) == 0 || len(a.Names) > parley.MaxPersons {
		return fmt.Errorf("a list has from 1 to %d names", parley.MaxPersons)
	}
	seen := map[string]bool{}
	for _, n := range a.Names {
		if n == "" || seen[n] {
			return fmt.Errorf("the id %q stands twice or is empty", n)
		}
		seen[n] = true
	}
	return nil
}

func (r *Round) allowAnswers(a RoundAct) error {
	if len(a.Answers) == 0 {
		return fmt.Errorf("an act without answers")
	}
	for _, x := range a.Answers {
		e := r.Entries[x.Name]
		switch {
		case e == nil:
			return fmt.Errorf("%s is on no list of this round", x.Name)
		case a.Step == Comment || a.Step == Classify:
			continue
		case x.Name.List == a.By:
			return fmt.Errorf("%s is on %s's own list; others reply to it", x.Name, a.By)
		case !slices.Contains(Codes(), x.Code):
			return fmt.Errorf("%s: no code %q", x.Name, x.Code)
		case x.Code == DuplicateOf && (r.Entries[NameID{x.Name.List, x.Of}] == nil || x.Of == x.Name.ID):
			return fmt.Errorf("%s: a duplicate names another entry of its list", x.Name)
		case a.Step == Reply && e.Final != nil:
			return fmt.Errorf("%s has its final reply", x.Name)
		case a.Step == FinalReply && e.Reply == nil:
			return fmt.Errorf("%s has no first reply yet", x.Name)
		}
	}
	return nil
}

func (r *Round) allowFinal(a RoundAct) error {
	for _, p := range r.Parties {
		if _, ok := r.Lists[p]; !ok {
			return fmt.Errorf("%s has put no list yet", p)
		}
	}
	if open := r.Open(); len(open) > 0 {
		return fmt.Errorf("%d names have no final code yet, the first is %s", len(open), open[0])
	}
	if len(a.Final) == 0 {
		return fmt.Errorf("a final list without names")
	}
	seen := map[NameID]bool{}
	for _, n := range a.Final {
		e := r.Entries[n]
		switch {
		case e == nil:
			return fmt.Errorf("%s is on no list of this round", n)
		case seen[n]:
			return fmt.Errorf("%s stands twice", n)
		case e.Final.Code != Held:
			return fmt.Errorf("%s can't be released: its final code is %s", n, e.Final.Code)
		}
		if d := e.Disputed(); len(d) > 0 {
			return fmt.Errorf("%s is disputed: %s", n, d[0])
		}
		seen[n] = true
	}
	return nil
}

func (r *Round) allowSign(a RoundAct) error {
	switch {
	case len(r.Put) == 0:
		return fmt.Errorf("there is no final list to sign")
	case a.Digest != r.Digest:
		return fmt.Errorf("%s signs another list than the one that was put", a.By)
	}
	if _, ok := r.Signed[a.By]; ok {
		return fmt.Errorf("%s has signed", a.By)
	}
	return nil
}

func (r *Round) apply(a RoundAct) {
	switch a.Step {
	case PutList:
		r.Lists[a.By] = a.Content
		for _, n := range a.Names {
			id := NameID{a.By, n}
			r.Entries[id] = &RoundEntry{Name: id, Classes: map[string]map[parley.PartyID]bool{}}
		}
	case Reply, Comment, FinalReply, Classify:
		for _, x := range a.Answers {
			r.answer(a, x)
		}
		r.Put, r.Digest = nil, parley.Digest{} // what was put was put on other answers
	case FinalList:
		r.Put = slices.Clone(a.Final)
		slices.SortFunc(r.Put, NameID.compare)
		r.Digest = r.digest()
	case Sign:
		r.Signed[a.By] = a.Digest
	default:
		panic("no step " + string(a.Step))
	}
}

func (r *Round) answer(a RoundAct, x Answer) {
	e := r.Entries[x.Name]
	switch a.Step {
	case Reply:
		e.Reply = &x
	case FinalReply:
		e.Final = &x
	case Comment:
		e.Comments = append(e.Comments, Said{a.By, x.Text})
	case Classify:
		if e.Classes[x.Class] == nil {
			e.Classes[x.Class] = map[parley.PartyID]bool{}
		}
		e.Classes[x.Class][a.By] = x.Member
	}
}

// Open lists the names without a final code, ascending.
func (r *Round) Open() []NameID {
	var out []NameID
	for id, e := range r.Entries {
		if e.Final == nil {
			out = append(out, id)
		}
	}
	slices.SortFunc(out, NameID.compare)
	return out
}

// Totals counts the final codes, or where there is none yet the first replies,
// to the list of a party.
func (r *Round) Totals(list parley.PartyID) map[Code]int {
	out := map[Code]int{}
	for id, e := range r.Entries {
		switch {
		case id.List != list:
		case e.Final != nil:
			out[e.Final.Code]++
		case e.Reply != nil:
			out[e.Reply.Code]++
		}
	}
	return out
}

// digest names the final list with the lists that its names are of and every
// final code, so that who signs it signs these answers too.
func (r *Round) digest() parley.Digest {
	h := sha256.New()
	fmt.Fprint(h, "parley final-list/1")
	for _, p := range r.Parties {
		fmt.Fprintf(h, "\x1e%s\x1f%s", p, r.Lists[p])
	}
	for _, id := range slices.SortedFunc(maps.Keys(r.Entries), NameID.compare) {
		f := r.Entries[id].Final
		fmt.Fprintf(h, "\x1e%s\x1f%s\x1f%s\x1f%s\x1f%q", id.List, id.ID, f.Code, f.On, f.Of)
	}
	for _, id := range r.Put {
		fmt.Fprintf(h, "\x1d%s\x1f%s", id.List, id.ID)
	}
	return parley.Digest(h.Sum(nil))
}

// Agreed tells whether every party has signed the final list.
func (r *Round) Agreed() bool { return len(r.Signed) == len(r.Parties) && len(r.Put) > 0 }

// Locked lists the names that a signed final list locks within the channel.
func (r *Round) Locked() []NameID {
	if !r.Agreed() {
		return nil
	}
	return slices.Clone(r.Put)
}

// Late lists what was expected before a day. Nothing follows from it but that
// it is shown.
func (r *Round) Late(today parley.Date) []Due {
	var out []Due
	for _, d := range r.Due {
		if d.On.Compare(today) < 0 {
			out = append(out, d)
		}
	}
	return out
}
