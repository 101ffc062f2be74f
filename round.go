package parley

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"maps"
	"slices"
)

// A round of lists is as in Stockholm 2018 for Yemen: each side puts a list; for
// each name on it the other sides reply with a code out of a closed set; there
// are comments, and a final reply; one puts a final list, and all sides sign it.

// MaxRows bounds a list, and what is said about names in one move.
const MaxRows = 20_000

// NameID names a row of a party's list, by the id that it has there. It means
// the same person wherever it stands on a channel: a name that is locked in one
// round is locked in the next, so a party keeps to the ids of its own register.
type NameID struct {
	_    struct{} `cbor:",toarray"`
	List PartyID  `json:"list"` // who asks for the person
	ID   string   `json:"id"`
}

func (n NameID) String() string { return string(n.List) + "/" + n.ID }

// Compare orders names by list and id, by bytes.
func (n NameID) Compare(o NameID) int {
	return cmp.Or(cmp.Compare(n.List, o.List), cmp.Compare(n.ID, o.ID))
}

// ListRow is one row of a list. What was not given is empty.
type ListRow struct {
	_        struct{} `cbor:",toarray"`
	ID       string
	Name     string
	Also     []string // other spellings
	Father   string
	Mother   string
	Born     Date
	Sex      string
	Place    string
	Captured Date
	Unit     string
	Rank     string
	Note     string
}

// Class is a category of persons, with a test that every desk runs on the rows
// alike: Ranks where there are any, else Listed where anybody is, else an age.
type Class struct {
	_      struct{} `cbor:",toarray"`
	Name   string
	From   uint64   // years completed on the day
	Below  uint64   // years not completed; 0 for no bound
	On     Date     // a full date
	Ranks  []string // who holds one of these
	Listed []NameID // who stands on a list that both accept for this, such as the doctors'
}

// Code is what is answered about one name. The set is closed: whatever else
// there is to say goes into a comment.
type Code string

// The codes of a reply.
const (
	CodeHeld         Code = "held"
	CodeHeldByAlly   Code = "held-by-ally"
	CodeNotHeld      Code = "not-held"
	CodeNeverHeld    Code = "never-held"
	CodeReleased     Code = "released"
	CodeDead         Code = "dead"
	CodeDuplicate    Code = "duplicate"
	CodeInsufficient Code = "insufficient-data"
	CodeRefused      Code = "refused"
	CodeCriminal     Code = "criminal-case"
	CodeNoAnswer     Code = "no-answer"
)

// Codes lists the codes in the order that totals are shown in.
func Codes() []Code {
	return []Code{
		CodeHeld, CodeHeldByAlly, CodeNotHeld, CodeNeverHeld, CodeReleased, CodeDead, CodeDuplicate, CodeInsufficient, CodeRefused,
		CodeCriminal, CodeNoAnswer,
	}
}

// NameAnswer is what a party answers about one name.
type NameAnswer struct {
	_    struct{} `cbor:",toarray"`
	Name NameID
	Code Code
	On   Date   // of a release or a death
	Of   string // held: the person of the case, if any; duplicate: the row that it repeats; an ally: who; dead: where the remains are
	Text string
}

// Remark is a comment on one name, or a claim that it belongs to a class or
// doesn't.
type Remark struct {
	_      struct{} `cbor:",toarray"`
	Name   NameID
	Text   string
	Class  string // "" for no claim
	Member bool
}

// RoundAct is an act of a round that has effect.
type RoundAct struct {
	Ref  Ref
	By   PartyID
	Move Move // a ListMove, a ReplyMove or a CommentMove
}

// Round is what the lists, replies and comments of a round come to, in the
// order of the table.
type Round struct {
	Between []PartyID // ascending
	Classes []Class
	Lists   map[PartyID]RoundAct // the one that counts: the first of each
	Entries []*RoundEntry        // by list and row
	Due     []Due

	byName map[NameID]*RoundEntry
}

// RoundEntry is one name of a round and all that was said of it.
type RoundEntry struct {
	Name    NameID
	Row     *ListRow
	Remarks []Said

	first, final []*NameAnswer // by the place of who answered
	claims       map[string]map[PartyID]bool
}

// Said is a remark and who made it.
type Said struct {
	By PartyID
	Remark
}

// Due is a day by which somebody expects the next step. It is shown; nothing
// follows from it.
type Due struct {
	By  PartyID
	For Kind // what it was said with
	On  Date
}

// NewRound adds up the acts of a round, the list that opens it first. It trusts
// them to have effect: what each may say was judged before.
func NewRound(acts []RoundAct) *Round {
	r := &Round{Lists: map[PartyID]RoundAct{}, byName: map[NameID]*RoundEntry{}}
	for _, a := range acts {
		if m, ok := a.Move.(*ListMove); ok {
			r.list(a, m)
		}
	}
	for _, a := range acts {
		switch m := a.Move.(type) {
		case *ReplyMove:
			r.reply(a.By, m)
		case *CommentMove:
			r.comment(a.By, m)
		}
	}
	return r
}

func (r *Round) list(a RoundAct, m *ListMove) {
	if m.Round.IsZero() {
		r.Between, r.Classes = m.Between, m.Classes
	}
	if _, again := r.Lists[a.By]; again {
		return // two devices at once: the first in the order of the table counts
	}
	r.Lists[a.By] = a
	r.due(a.By, KindList, m.Due)
	n := len(r.Between)
	room := make([]*NameAnswer, 2*n*len(m.Rows))
	for i := range m.Rows {
		at := room[2*n*i:]
		e := &RoundEntry{Name: NameID{List: a.By, ID: m.Rows[i].ID}, Row: &m.Rows[i], first: at[:n:n], final: at[n : 2*n : 2*n]}
		r.Entries = append(r.Entries, e)
		r.byName[e.Name] = e
	}
}

func (r *Round) due(by PartyID, kind Kind, on Date) {
	if !on.IsZero() {
		r.Due = append(r.Due, Due{by, kind, on})
	}
}

func (r *Round) reply(by PartyID, m *ReplyMove) {
	r.due(by, KindReply, m.Due)
	who := slices.Index(r.Between, by)
	for i := range m.Answers {
		e := r.byName[m.Answers[i].Name]
		switch {
		case e == nil || who < 0:
		case m.Final:
			e.final[who] = &m.Answers[i]
		default:
			e.first[who] = &m.Answers[i]
		}
	}
}

func (r *Round) comment(by PartyID, m *CommentMove) {
	for _, x := range m.Remarks {
		e := r.byName[x.Name]
		if e == nil {
			continue
		}
		e.Remarks = append(e.Remarks, Said{by, x})
		if x.Class == "" {
			continue
		}
		if e.claims == nil {
			e.claims = map[string]map[PartyID]bool{}
		}
		if e.claims[x.Class] == nil {
			e.claims[x.Class] = map[PartyID]bool{}
		}
		e.claims[x.Class][by] = x.Member
	}
}

// Entry finds a name; nil where it is on no list of the round.
func (r *Round) Entry(n NameID) *RoundEntry { return r.byName[n] }

// Answers gives the first reply of a party to a name and its final one; nil for
// none.
func (r *Round) Answers(e *RoundEntry, by PartyID) (first, final *NameAnswer) {
	if i := slices.Index(r.Between, by); i >= 0 {
		return e.first[i], e.final[i]
	}
	return nil, nil
}

// Disputed lists the classes that two parties claim differently, ascending. Such
// an entry stays off the final list; no other entry is touched.
func (e *RoundEntry) Disputed() []string {
	var out []string
	for _, class := range slices.Sorted(maps.Keys(e.claims)) {
		said := map[bool]bool{}
		for _, member := range e.claims[class] {
			said[member] = true
		}
		if len(said) == 2 {
			out = append(out, class)
		}
	}
	return out
}

// Holder is the party that says in its final reply that it holds a name; false
// where none does, or several.
func (r *Round) Holder(e *RoundEntry) (by PartyID, held *NameAnswer, ok bool) {
	for i, a := range e.final {
		if a == nil || a.Code != CodeHeld {
			continue
		}
		if held != nil {
			return "", nil, false
		}
		by, held = r.Between[i], a
	}
	return by, held, held != nil
}

// Missing lists the sides that have given no final code for a name of another's,
// ascending.
func (r *Round) Missing(e *RoundEntry) []PartyID {
	var out []PartyID
	for i, p := range r.Between {
		if p != e.Name.List && e.final[i] == nil {
			out = append(out, p)
		}
	}
	return out
}

// Open lists the names that lack somebody's final code, by list and row.
func (r *Round) Open() []NameID {
	var out []NameID
	for _, e := range r.Entries {
		if len(r.Missing(e)) > 0 {
			out = append(out, e.Name)
		}
	}
	return out
}

// Ready lists the names that a final list may hold: one side holds the person,
// every other side has answered, no class is disputed. By list and row.
func (r *Round) Ready() []NameID {
	var out []NameID
	for _, e := range r.Entries {
		if _, _, held := r.Holder(e); held && len(r.Missing(e)) == 0 && len(e.Disputed()) == 0 {
			out = append(out, e.Name)
		}
	}
	return out
}

// Totals counts what the other sides answered to a party's list: final codes,
// or where there is none yet the first ones. Names without an answer are not in
// it.
func (r *Round) Totals(list PartyID) map[Code]int {
	out := map[Code]int{}
	for _, e := range r.Entries {
		if e.Name.List != list {
			continue
		}
		for i := range r.Between {
			if a := cmp.Or(e.final[i], e.first[i]); a != nil {
				out[a.Code]++
			}
		}
	}
	return out
}

// Check says why these names can't be the final list of the round; nil where
// they can. They stand ascending, each once.
func (r *Round) Check(final []NameID) error {
	for _, p := range r.Between {
		if _, ok := r.Lists[p]; !ok {
			return fmt.Errorf("%s has put no list yet", p)
		}
	}
	if open := r.Open(); len(open) > 0 {
		return fmt.Errorf("%d names have no final code yet, the first is %s", len(open), open[0])
	}
	if len(final) == 0 {
		return fmt.Errorf("the final list names nobody")
	}
	for i, n := range final {
		if i > 0 && final[i-1].Compare(n) >= 0 {
			return fmt.Errorf("the names are not in order, each once")
		}
		if err := r.checkFinal(n); err != nil {
			return err
		}
	}
	return nil
}

func (r *Round) checkFinal(n NameID) error {
	e := r.byName[n]
	if e == nil {
		return fmt.Errorf("%s is on no list of this round", n)
	}
	if _, _, held := r.Holder(e); !held {
		return fmt.Errorf("%s can't be released: not just one side answers that it holds that person", n)
	}
	if d := e.Disputed(); len(d) > 0 {
		return fmt.Errorf("%s is disputed: %s", n, d[0])
	}
	return nil
}

// Digest names a final list with all that it follows from: SHA-256 over the
// label "parley/v1/final-list" and a zero byte, the lists by their entries in
// the order of Between, every final answer, and the names. Texts stand behind
// their lengths, sequences behind their counts, in 8 bytes each. Who signs it
// signs these answers too.
func (r *Round) Digest(final []NameID) Digest {
	d := digester{sha256.New()}
	d.Write([]byte("parley/v1/final-list\x00"))
	d.count(len(r.Between))
	for _, p := range r.Between {
		d.text(string(p))
		list := r.Lists[p].Ref
		d.Write(list[:])
	}
	d.count(len(r.Entries))
	for _, e := range r.byID() {
		d.name(e.Name)
		for _, a := range e.final {
			d.answer(a)
		}
	}
	d.count(len(final))
	for _, n := range final {
		d.name(n)
	}
	return Digest(d.Sum(nil))
}

// byID lists the entries ascending by name.
func (r *Round) byID() []*RoundEntry {
	return slices.SortedFunc(slices.Values(r.Entries), func(a, b *RoundEntry) int { return a.Name.Compare(b.Name) })
}

type digester struct{ hash.Hash }

func (d digester) count(n int) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(n))
	d.Write(b[:])
}

func (d digester) text(s string) {
	d.count(len(s))
	d.Write([]byte(s))
}

func (d digester) name(n NameID) {
	d.text(string(n.List))
	d.text(n.ID)
}

// answer writes an answer, or an empty code for none.
func (d digester) answer(a *NameAnswer) {
	if a == nil {
		d.text("")
		return
	}
	d.text(string(a.Code))
	d.text(a.On.String())
	d.text(a.Of)
}

// Late lists what was expected before a day.
func (r *Round) Late(today Date) []Due {
	return slices.DeleteFunc(slices.Clone(r.Due), func(d Due) bool { return d.On.Compare(today) >= 0 })
}
