package parley

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// KindStatement is agreed words for the public.
const KindStatement Kind = "statement"

// PublicStatement puts words for the public forward, or agrees to such words:
// what is said, whom it names, when it may be said, who is thanked. A holding
// line is for the case that something leaks, and says no more than it must. It
// binds nobody to an exchange, and nothing else on the table follows from it.
type PublicStatement struct {
	_       struct{} `cbor:",toarray"`
	Agrees  Ref      // the words that it agrees to; zero where it puts words forward
	Digest  Digest   // of the words
	About   Ref      // the seal of the agreement that they are about; zero for none
	Holding bool     // a line for the case of a leak
	Persons []PersonID
	When    string // when it may be said
	Credit  string // who is thanked
	Text    string
}

func (*PublicStatement) Kind() Kind { return KindStatement }

// Level of a statement: to agree on words commits nobody to an exchange.
func (*PublicStatement) Level() Level { return Explore }
func (*PublicStatement) move()        {}

// Words names the words of a statement: SHA-256 over the label
// "parley/v1/statement" and a zero byte, the agreement, one byte that is 1 for a
// holding line, the count of persons, and then, each behind its length, the
// persons, when, credit and text.
func (m *PublicStatement) Words() Digest {
	h := sha256.New()
	h.Write([]byte("parley/v1/statement\x00"))
	h.Write(m.About[:])
	number := func(n int) {
		var b [8]byte
		binary.BigEndian.PutUint64(b[:], uint64(n))
		h.Write(b[:])
	}
	holding := byte(0)
	if m.Holding {
		holding = 1
	}
	h.Write([]byte{holding})
	number(len(m.Persons))
	for _, id := range m.Persons {
		number(len(id))
		h.Write([]byte(id))
	}
	for _, s := range []string{m.When, m.Credit, m.Text} {
		number(len(s))
		h.Write([]byte(s))
	}
	return Digest(h.Sum(nil))
}

// StatementState is words for the public, and who has agreed to them.
type StatementState struct {
	Ref     Ref
	By      PartyID
	Words   *PublicStatement
	Between []PartyID // the parties whose word it takes: those on its author's roster; ascending
	Agreed  []PartyID // its author's among them; ascending
}

// ByAll tells whether every party has agreed to the words.
func (s StatementState) ByAll() bool { return slices.Equal(s.Between, s.Agreed) }

// statement judges words for the public by what their author had seen.
func (f *fold) statement(n *node, m *PublicStatement) string {
	if n.member.Party == "" {
		return "its author speaks for no party"
	}
	if !m.Agrees.IsZero() {
		return f.agreeing(n, m)
	}
	if m.Digest != m.Words() {
		return "its digest is of other words"
	}
	if m.About.IsZero() {
		return ""
	}
	s := f.byRef[m.About]
	if s == nil || !n.knows(s) || !s.ok() {
		return "it names no agreement that its author had"
	}
	_, ok := s.Move.(*Seal)
	return unless(ok, "what it names is no agreement")
}

func (f *fold) agreeing(n *node, m *PublicStatement) string {
	o := f.byRef[m.Agrees]
	if o == nil || !n.knows(o) || !o.ok() {
		return "it names no words that its author had"
	}
	words, ok := o.Move.(*PublicStatement)
	switch {
	case !ok || !words.Agrees.IsZero():
		return "what it names are no words for the public"
	case o.member.Party == n.member.Party:
		return "its own side put these words forward"
	case words.Digest != m.Digest:
		return "it agrees to other words"
	case m.words():
		return "who agrees adds no words"
	}
	if cause := f.cause(o, n); cause != "" {
		return "the words are contested: " + cause
	}
	return ""
}

// words tells whether a statement says anything itself.
func (m *PublicStatement) words() bool {
	return !m.About.IsZero() || m.Holding || len(m.Persons) > 0 || m.When != "" || m.Credit != "" || m.Text != ""
}

// statementState gathers who agreed to the words of n.
func (f *fold) statementState(n *node, m *PublicStatement) StatementState {
	s := StatementState{Ref: n.Ref, By: n.member.Party, Words: m, Agreed: []PartyID{n.member.Party}}
	for _, x := range f.agrees[n.Ref] {
		s.Agreed = append(s.Agreed, x.member.Party)
	}
	for i := range n.seats.list {
		if p := n.seats.list[i].Party; p != "" {
			s.Between = append(s.Between, p)
		}
	}
	s.Between, s.Agreed = ascending(s.Between), ascending(s.Agreed)
	return s
}

// Statement finds words for the public by their entry.
func (t *Table) Statement(ref Ref) (StatementState, bool) {
	i := slices.IndexFunc(t.Statements, func(s StatementState) bool { return s.Ref == ref })
	if i < 0 {
		return StatementState{}, false
	}
	return t.Statements[i], true
}
