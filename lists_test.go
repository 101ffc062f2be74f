package parley_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	. "parley"
)

// A table on which us and ru exchange lists. The helpers say as a side what it
// has seen, and put what is missing in by themselves.

func (t *talks) open(who string, ids ...string) Ref {
	return t.say(who, &ListMove{Between: []PartyID{"ru", "us"}, Rows: rows(ids...)})
}

func (t *talks) reciprocate(who string, round Ref, ids ...string) Ref {
	return t.say(who, &ListMove{Round: round, Rows: rows(ids...)})
}

func rows(ids ...string) (out []ListRow) {
	for _, id := range ids {
		out = append(out, ListRow{ID: id, Name: id})
	}
	return out
}

// codes answers names of the other's list, each written ID=CODE or ID=CODE:OF.
func (t *talks) codes(who string, round Ref, final bool, codes ...string) Ref {
	list := map[string]PartyID{"us": "ru", "ru": "us"}[strings.TrimSuffix(who, "-second")]
	m := &ReplyMove{Round: round, Final: final}
	for _, c := range codes {
		id, code, _ := strings.Cut(c, "=")
		code, of, _ := strings.Cut(code, ":")
		m.Answers = append(m.Answers, NameAnswer{Name: NameID{List: list, ID: id}, Code: Code(code), Of: of})
	}
	return t.say(who, m)
}

func name(s string) NameID {
	list, id, _ := strings.Cut(s, "/")
	return NameID{List: PartyID(list), ID: id}
}

func (t *talks) round(who string, round Ref) RoundState {
	acts := t.past(append(t.heads(who), t.last[who])...)
	s, _ := Fold(t.ground, acts).Round(round)
	return s
}

func (t *talks) final(who string, round Ref, names ...string) Ref {
	m := &FinalList{Round: round}
	s := t.round(who, round)
	for _, a := range s.Acts {
		m.Rests = append(m.Rests, a.Ref)
	}
	slices.SortFunc(m.Rests, func(a, b Ref) int { return bytes.Compare(a[:], b[:]) })
	for _, n := range names {
		m.Names = append(m.Names, name(n))
	}
	slices.SortFunc(m.Names, NameID.Compare)
	m.Digest = s.Now().Digest(m.Names)
	return t.say(who, m)
}

func (t *talks) signList(who string, final Ref, refuse bool) Ref {
	var d Digest
	if m, ok := t.acts[final].Move.(*FinalList); ok {
		d = m.Digest
	}
	return t.say(who, &SignList{After: t.after(who), Final: final, Digest: d, Refuse: refuse})
}

// coded is a round in which all names have their final codes: us asks for
// griner and whelan, ru for bout and x.
func coded() (*talks, Ref) {
	t := newTalks(false)
	r := t.open("us", "1", "2")
	t.hearAll()
	t.reciprocate("ru", r, "a", "b")
	t.hearAll()
	t.codes("ru", r, true, "1=held:griner", "2=held")
	t.codes("us", r, true, "a=held:bout", "b=never-held")
	t.hearAll()
	return t, r
}

func (t *talks) finalState(tt *testing.T, l Ref) FinalState {
	tt.Helper()
	for _, r := range t.table().Rounds {
		for _, f := range r.Finals {
			if f.Ref == l {
				return f
			}
		}
	}
	tt.Fatal("no such final list")
	return FinalState{}
}

func TestAFinalListSignedByAll(tt *testing.T) {
	t, r := coded()
	l := t.final("us", r, "us/1", "us/2", "ru/a")
	t.want(tt, l, "")
	t.hearAll()
	t.want(tt, t.signList("us", l, false), "")
	if s := t.finalState(tt, l); s.Status != FinalPut || len(s.Signed) != 1 {
		tt.Errorf("signed by one of two it is %s", s.Status)
	}
	t.hearAll()
	t.want(tt, t.signList("ru", l, false), "")
	s := t.finalState(tt, l)
	if s.Status != FinalSigned || len(s.Names) != 3 || s.Round().Digest(s.Names) != s.Digest {
		tt.Errorf("%+v", s)
	}
	t.hearAll()
	t.want(tt, t.signList("ru", l, true), "its side has answered this final list already")

	// What is said later changes nothing about it.
	t.codes("ru", r, true, "1=refused")
	t.hearAll()
	if now := t.finalState(tt, l); now.Status != FinalSigned || now.Round().Digest(now.Names) != s.Digest {
		tt.Errorf("%+v", now)
	}
}

func TestRefusedWhileACodeIsMissing(tt *testing.T) {
	t := newTalks(false)
	r := t.open("us", "1", "2")
	t.hearAll()
	t.codes("ru", r, true, "1=held", "2=dead")
	t.hearAll()
	t.want(tt, t.final("us", r, "us/1"), "ru has put no list yet")
	t.reciprocate("ru", r, "a")
	t.hearAll()
	t.want(tt, t.final("us", r, "us/1"), "1 names have no final code yet, the first is ru/a")
	t.codes("us", r, false, "a=held")
	t.hearAll()
	t.want(tt, t.final("us", r, "us/1"), "1 names have no final code yet, the first is ru/a")
	t.codes("us", r, true, "a=no-answer")
	t.want(tt, t.final("us", r, "us/2"), "us/2 can't be released: not just one side answers that it holds that person")
	t.want(tt, t.final("us", r, "us/3"), "us/3 is on no list of this round")
	t.want(tt, t.final("us", r), "the final list names nobody")
	t.want(tt, t.final("us", r, "us/1", "us/1"), "the names are not in order, each once")
	t.want(tt, t.final("us", r, "us/1"), "")
}

func TestADisputedClassBlocksOnlyItsEntry(tt *testing.T) {
	t, r := coded()
	claim := func(who string, member bool, ids ...string) {
		m := &CommentMove{Round: r}
		for _, id := range ids {
			m.Remarks = append(m.Remarks, Remark{Name: name(id), Class: "civilian", Member: member})
		}
		t.want(tt, t.say(who, m), "")
		t.hearAll()
	}
	claim("us", true, "us/1", "us/2")
	claim("ru", false, "us/1")
	claim("ru", true, "us/2")
	t.want(tt, t.final("us", r, "us/1", "us/2"), "us/1 is disputed: civilian")
	t.want(tt, t.final("us", r, "us/2", "ru/a"), "")
	claim("ru", true, "us/1")
	t.want(tt, t.final("us", r, "us/1", "us/2"), "")
}

func TestListsLockNames(tt *testing.T) {
	t, r := coded()
	l := t.final("us", r, "us/1", "us/2", "ru/a")
	t.hearAll()
	s := t.signList("ru", l, false)
	t.hearAll()

	// Griner is promised: no exchange, whatever others know of it.
	o := t.offer("us", "griner", "bout")
	t.hearAll()
	t.want(tt, t.accept("ru", o), "griner is promised already (sign-list "+s.Short()+")")
	// Us has not signed yet, and can promise Bout; then it can't sign.
	p := t.offer("ru", "bout")
	t.hearAll()
	a := t.accept("us", p)
	t.want(tt, a, "")
	t.want(tt, t.signList("us", l, false), "bout is promised already (accept "+a.Short()+")")

	// Another list of the round, or a name of this one in another round: not while
	// this one may still be signed.
	other := t.final("us", r, "us/2")
	t.hearAll()
	t.want(tt, t.signList("ru", other, false), "its side has signed another final list of this round ("+l.Short()+")")
	next := t.open("us", "2", "3")
	t.hearAll()
	t.reciprocate("ru", next, "c")
	t.hearAll()
	t.codes("us", next, true, "c=held")
	t.codes("ru", next, true, "2=held", "3=held")
	t.hearAll()
	again := t.final("us", next, "us/2", "us/3")
	alone := t.final("us", next, "us/3")
	t.hearAll()
	t.want(tt, t.signList("ru", again, false), "us/2 stands on a final list that its side has signed ("+l.Short()+")")
	free := t.signList("ru", alone, true)
	t.want(tt, free, "")

	// The other side's no frees them, and nothing else does.
	t.want(tt, t.signList("us", l, true), "")
	t.hearAll()
	if got := t.finalState(tt, l); got.Status != FinalRefused || len(got.Refused) != 1 {
		tt.Errorf("%+v", got)
	}
	t.want(tt, t.signList("ru", again, false), "")
	t.want(tt, t.accept("ru", o), "")
}

func TestALaterAnswerStopsASignature(tt *testing.T) {
	t, r := coded()
	l := t.final("us", r, "us/1")
	t.hearAll()
	t.want(tt, t.signList("us", l, false), "")
	t.say("ru", &CommentMove{Round: r, Remarks: []Remark{{Name: name("us/1"), Text: "he is ill"}}})
	t.codes("ru", r, false, "1=dead")
	t.codes("ru", r, true, "1=dead")
	t.hearAll()
	if got := t.finalState(tt, l).Status; got != FinalStale {
		tt.Errorf("it is %s", got)
	}
	t.want(tt, t.signList("ru", l, false), "there are later answers in the round: the final list must be put anew")
	t.want(tt, t.signList("ru", l, true), "")
	t.hearAll()
	n := t.final("us", r, "us/2")
	t.hearAll()
	t.want(tt, t.signList("us", n, false), "")
	t.want(tt, t.signList("ru", n, false), "")
	if got := t.finalState(tt, n).Status; got != FinalSigned {
		tt.Errorf("it is %s", got)
	}
}

func TestTwoDevicesAnswerAtOnce(tt *testing.T) {
	t, r := coded()
	one := t.codes("ru", r, true, "2=dead")
	two := t.codes("ru-second", r, true, "2=not-held")
	t.hearAll()
	want := CodeDead
	if bytes.Compare(one[:], two[:]) < 0 {
		want = CodeNotHeld
	}
	s, _ := t.table().Round(r)
	if _, a := s.Now().Answers(s.Now().Entry(name("us/2")), "ru"); a.Code != want {
		tt.Errorf("it is %s, want %s", a.Code, want)
	}
	t.want(tt, t.final("us", r, "us/1"), "")
}

func TestEveryRefusalOfLists(tt *testing.T) {
	t, r := coded()
	say := func(who string, m Move, why string) {
		tt.Helper()
		t.want(tt, t.say(who, m), why)
	}
	opens := func(between ...PartyID) *ListMove { return &ListMove{Between: between, Rows: rows("1")} }
	order := "those between whom the round is are not delegations of the charter in order, each once"
	say("us", opens("us"), "a round is between two sides at least")
	say("us", opens("us", "ru"), order)
	say("us", opens("us", "us"), order)
	say("us", opens("ru", "un", "us"), order)
	say("us", opens("de", "ru"), "its author's side takes no part in the round")
	say("us", &ListMove{Between: []PartyID{"ru", "us"}}, "a list has from 1 to 20000 names")
	say("us", &ListMove{Between: []PartyID{"ru", "us"}, Rows: rows("1", "1")}, `the id "1" stands twice or is empty`)
	say("us", &ListMove{Between: []PartyID{"ru", "us"}, Rows: rows("1"), Classes: []Class{{Name: "b"}, {Name: "a"}}}, "the classes are not in order, each once")
	say("us", &ListMove{Round: r, Rows: rows("1")}, "its side has put its list in this round: another list is another round")
	say("ru", &ListMove{Round: r, Rows: rows("1"), Between: []PartyID{"ru", "us"}}, "who takes part, and what classes there are, the list that opened the round says")
	say("de", &ListMove{Round: r, Rows: rows("1")}, "its author's side takes no part in the round")
	say("us", &ListMove{Round: Ref{1}, Rows: rows("1")}, "it names no round that its author had")
	say("us", &ListMove{Round: t.full["us"], Rows: rows("1")}, "what it names opens no round")
	say("us-president", opens("ru", "us"), "only a delegate does this")
	say("de", &CommentMove{Round: r, Remarks: []Remark{{Name: name("us/1"), Text: "x"}}}, "its author's side takes no part in the round")
	say("us-president", &CommentMove{Round: r, Remarks: []Remark{{Name: name("us/1"), Text: "x"}}}, "its author's side takes no part in the round")
	say("us", &CommentMove{Round: r}, "it says nothing")
	say("us", &CommentMove{Round: r, Remarks: []Remark{{Name: name("us/1")}}}, "it says nothing about us/1")
	say("us", &CommentMove{Round: r, Remarks: []Remark{{Name: name("us/9"), Text: "x"}}}, "us/9 is on no list of the round that its author had")
	say("us", &ReplyMove{Round: r}, "it answers nothing")
	reply := func(who, id string, code Code, of, why string) {
		tt.Helper()
		say(who, &ReplyMove{Round: r, Final: true, Answers: []NameAnswer{{Name: name(id), Code: code, Of: of}}}, why)
	}
	reply("us", "us/1", CodeHeld, "", "us/1 is on its own list: others reply to it")
	reply("us", "ru/9", CodeHeld, "", "ru/9 is on no list of the round that its author had")
	reply("us", "ru/a", "perhaps", "", `ru/a: there is no code "perhaps"`)
	reply("us", "ru/a", CodeDuplicate, "a", "ru/a: a duplicate names another row of its list")
	reply("us", "ru/a", CodeDuplicate, "z", "ru/a: a duplicate names another row of its list")
	reply("us", "ru/a", CodeHeld, "No Id", "ru/a: who is held is named as in the case, or not at all")
	reply("us", "ru/a", CodeDuplicate, "b", "")
	two := &ReplyMove{Round: r, Answers: []NameAnswer{{Name: name("ru/a"), Code: CodeHeld}, {Name: name("ru/a"), Code: CodeDead}}}
	say("us", two, "ru/a is answered twice")
	reply("us", "ru/a", CodeHeld, "krasikov", "")
	t.hearAll()

	l := t.final("us", r, "us/1", "ru/a")
	good := *t.acts[l].Move.(*FinalList)
	short := good
	short.Rests = good.Rests[1:]
	say("us", &short, "it does not name just the acts of the round that its author had")
	bad := good
	bad.Digest[0]++
	say("us", &bad, "the digest is not that of the final list")
	t.hearAll()
	t.want(tt, t.signList("us", Ref{1}, false), "it names no final list that its author had")
	t.want(tt, t.signList("us", r, false), "what it names is no final list")
	t.want(tt, t.signList("de", l, false), "its author's side takes no part in the round")
	say("us", &SignList{After: t.after("us"), Final: l}, "the digest is not that of the final list")
	say("us-second", &SignList{After: t.after("us"), Final: l, Digest: good.Digest}, "its author does not hold the pen of its delegation")
	t.want(tt, t.signList("us", l, false), "its side answers that it holds krasikov, and holds nobody of that id in the case that it stands on")
	t.want(tt, t.signList("us", t.final("us", Ref{1}, "us/1"), false), "the final list has no effect")
	t.want(tt, t.signList("ru", l, true), "")
	t.hearAll()
	t.want(tt, t.signList("us", l, false), "another side has refused the final list")
}

func TestAScopedMandateSignsOnlyItsOwn(tt *testing.T) {
	t, r := coded()
	scoped := t.say("ru-president", &Mandate{Device: t.ids["ru"], May: Levels(), Scope: []PersonID{"griner"}})
	t.hearAll()
	one, two := t.final("us", r, "us/1"), t.final("us", r, "us/1", "us/2")
	t.hearAll()
	by := func(l Ref) Ref {
		m := &SignList{After: t.after("ru"), Final: l, Digest: t.acts[l].Move.(*FinalList).Digest}
		return t.sign("ru", m, t.last["ru"], scoped)
	}
	t.want(tt, by(two), "the mandate does not cover us/2")
	t.want(tt, by(one), "")
}

func TestContestedListsAreNotBuiltOn(tt *testing.T) {
	t, r := coded()
	l := t.final("us", r, "us/1")
	t.hearAll()
	t.want(tt, t.signList("ru", l, false), "")
	t.cut("us-second", "us", t.acts[t.last["us"]].Number-1)
	t.hear("ru", "us-second")
	t.hear("ru-second", "us-second")
	t.pen("us-president", "us-second")
	t.hear("us-second", "us-president")
	t.hear("us-second", "ru")
	t.want(tt, t.signList("us-second", l, false), "the final list is contested: its author was taken off the roster before it")
	// Who can't sign can refuse: the others' names must come free.
	t.want(tt, t.signList("us-second", l, true), "")
}

func TestOnWithheldAnswers(tt *testing.T) {
	t, r := coded()
	l := t.final("us", r, "us/1")
	t.hearAll()
	s := t.signList("us", l, false)
	for _, a := range t.list {
		if a.Move != nil && a.Move.Kind() == KindReply {
			t.withhold(a.Ref)
		}
	}
	for _, ref := range []Ref{l, s} {
		t.want(tt, ref, "it rests on an act that is withheld from this desk")
	}
}

// yemen2019 is the exchange of lists of February 2019 in Amman: Ansar Allah
// accepts 3,600 of the government's 9,500 names and says of more than 4,000
// that they don't exist, stand twice or are free; the government accounts for a
// tenth of 7,500. How the rest divides was not published, nor were the names.
func yemen2019(final bool) (gov, aa []NameAnswer) {
	answers := func(list PartyID, counts []int, codes []Code) []NameAnswer {
		var out []NameAnswer
		for k, n := range counts {
			for range n {
				a := NameAnswer{Name: NameID{List: list, ID: fmt.Sprintf("n%04d", len(out)+1)}, Code: codes[k]}
				if a.Code == CodeDuplicate {
					a.Of = "n0001"
				}
				out = append(out, a)
			}
		}
		return out
	}
	if !final {
		return answers("us", []int{9500}, []Code{CodeNoAnswer}), answers("ru", []int{7500}, []Code{CodeNoAnswer})
	}
	return answers("us", []int{3600, 1800, 900, 1400, 1100, 700}, []Code{CodeHeld, CodeNeverHeld, CodeDuplicate, CodeReleased, CodeInsufficient, CodeNoAnswer}),
		answers("ru", []int{750, 5250, 1500}, []Code{CodeHeld, CodeHeldByAlly, CodeNotHeld})
}

// TestYemen2019 replays it between two delegations of the table ("us" for the
// government, "ru" for Ansar Allah).
func TestYemen2019(tt *testing.T) {
	t := newTalks(false)
	ids := func(n int) (out []string) {
		for i := range n {
			out = append(out, fmt.Sprintf("n%04d", i+1))
		}
		return out
	}
	r := t.say("us", &ListMove{Between: []PartyID{"ru", "us"}, Rows: rows(ids(9500)...), Due: Date{Year: 2019, Month: 1, Day: 15}})
	t.hearAll()
	t.reciprocate("ru", r, ids(7500)...)
	t.hearAll()
	first1, first2 := yemen2019(false)
	t.say("ru", &ReplyMove{Round: r, Answers: first1})
	t.say("us", &ReplyMove{Round: r, Answers: first2})
	t.say("us", &CommentMove{Round: r, Remarks: []Remark{{Name: name("us/n9500"), Text: "seen alive by a released man"}}})
	gov, aa := yemen2019(true)
	t.say("us", &ReplyMove{Round: r, Final: true, Answers: aa})
	t.say("ru", &ReplyMove{Round: r, Final: true, Answers: slices.Delete(slices.Clone(gov), 4711, 4712)})
	t.hearAll()
	var names []string
	for i := range 3600 {
		names = append(names, fmt.Sprintf("us/n%04d", i+1))
		if i < 750 {
			names = append(names, fmt.Sprintf("ru/n%04d", i+1))
		}
	}
	t.want(tt, t.final("us", r, names...), "1 names have no final code yet, the first is us/n4712")
	t.say("ru", &ReplyMove{Round: r, Final: true, Answers: gov[4711:4712]})
	t.hearAll()
	state, _ := t.table().Round(r)
	now := state.Now()
	totals, sum := now.Totals("us"), 0
	for _, c := range Codes() {
		sum += totals[c]
	}
	if sum != 9500 || totals[CodeHeld] != 3600 || totals[CodeNeverHeld]+totals[CodeDuplicate]+totals[CodeReleased] != 4100 || now.Totals("ru")[CodeHeld] != 750 {
		tt.Errorf("%v %v", totals, now.Totals("ru"))
	}
	if len(now.Open()) != 0 || len(now.Ready()) != 4350 || len(now.Late(Date{Year: 2019, Month: 2, Day: 1})) != 1 || len(now.Late(Date{Year: 2019, Month: 1, Day: 15})) != 0 {
		tt.Errorf("%d open, %d ready, late %v", len(now.Open()), len(now.Ready()), now.Late(Date{Year: 2019, Month: 2, Day: 1}))
	}
	l := t.final("us", r, names...)
	t.hearAll()
	t.signList("us", l, false)
	t.signList("ru", l, false)
	if s := t.finalState(tt, l); s.Status != FinalSigned || len(s.Names) != 4350 {
		tt.Errorf("%s, %d names", s.Status, len(s.Names))
	}
}

// TestDigestOfTheFinalList: one changed answer, one changed name, another list,
// and the digest is another; the order of acts that say the same is not.
func TestDigestOfTheFinalList(tt *testing.T) {
	acts := func() []RoundAct {
		return []RoundAct{
			{Ref{1}, "us", &ListMove{Between: []PartyID{"ru", "us"}, Rows: rows("1", "2")}},
			{Ref{2}, "ru", &ListMove{Round: Ref{1}, Rows: rows("1")}},
			{Ref{3}, "ru", &ReplyMove{Final: true, Answers: []NameAnswer{{Name: name("us/1"), Code: CodeHeld}, {Name: name("us/2"), Code: CodeReleased, On: Date{Year: 2018}}}}},
			{Ref{4}, "us", &ReplyMove{Final: true, Answers: []NameAnswer{{Name: name("ru/1"), Code: CodeHeld}}}},
		}
	}
	both := []NameID{name("ru/1"), name("us/1")}
	plain := NewRound(acts()).Digest(both)
	for what, change := range map[string]func([]RoundAct){
		"a code":  func(a []RoundAct) { a[2].Move.(*ReplyMove).Answers[1].Code = CodeDead },
		"a date":  func(a []RoundAct) { a[2].Move.(*ReplyMove).Answers[1].On.Year++ },
		"who":     func(a []RoundAct) { a[3].Move.(*ReplyMove).Answers[0].Of = "bout" },
		"a list":  func(a []RoundAct) { a[1].Ref[31]++ },
		"no code": func(a []RoundAct) { a[3].Move.(*ReplyMove).Final = false },
	} {
		a := acts()
		change(a)
		if NewRound(a).Digest(both) == plain {
			tt.Errorf("%s is another, and the digest is the same", what)
		}
	}
	if NewRound(acts()).Digest(both[1:]) == plain {
		tt.Error("a name less, and the digest is the same")
	}
	a := acts()
	a[2], a[3] = a[3], a[2]
	if NewRound(a).Digest(both) != plain {
		tt.Error("the order of the replies counts")
	}
}

// TestRoundsThatAreNone: who replies, comments or puts a final list names a
// round that its author had, which has effect and is not contested.
func TestRoundsThatAreNone(tt *testing.T) {
	const why = "it names no round that its author had"
	t := newTalks(false)
	want := func(round Ref, why string) {
		tt.Helper()
		for _, m := range []Move{&ReplyMove{Round: round}, &CommentMove{Round: round}, &FinalList{Round: round}} {
			t.want(tt, t.say("ru", m), why)
		}
	}
	bad, r := t.open("us"), t.open("us", "1")
	t.dawdle("ru")
	want(r, why)
	t.hearAll()
	want(bad, why)
	want(Ref{9}, why)
	want(t.full["ru"], "what it names opens no round")
	want(t.reciprocate("ru", r, "a"), "what it names opens no round")
	t.cut("us-second", "us", t.acts[r].Number-1)
	t.hearAll()
	want(r, "the round is contested: its author was taken off the roster before it")
}

// TestListsThatAreNone: a list has rows, not too many, each with its own id, and
// classes with names.
func TestListsThatAreNone(tt *testing.T) {
	t := newTalks(false)
	many := make([]string, MaxRows+1)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	t.want(tt, t.open("us", many...), "a list has from 1 to 20000 names")
	t.want(tt, t.open("us", many[1:]...), "")
	t.want(tt, t.open("us", ""), `the id "" stands twice or is empty`)
	unnamed := &ListMove{Between: []PartyID{"ru", "us"}, Rows: rows("1"), Classes: []Class{{}}}
	t.want(tt, t.say("us", unnamed), "the classes are not in order, each once")
}

// TestOnlyAFinalListThatItsAuthorHadIsSigned, and none on what is contested.
func TestOnlyAFinalListThatItsAuthorHadIsSigned(tt *testing.T) {
	t, r := coded()
	replied := t.last["ru"]
	l := t.final("us", r, "us/1", "ru/a")
	t.dawdle("ru")
	t.want(tt, t.signList("ru", l, false), "it names no final list that its author had")
	t.hearAll()
	t.cut("ru-second", "ru", t.acts[replied].Number-1)
	t.hearAll()
	t.want(tt, t.signList("us", l, false), "what the final list rests on is contested: its author was taken off the roster before it")
}

// TestWhomTwoSidesHoldNobodyHolds: two that say that they hold a name are as none.
func TestWhomTwoSidesHoldNobodyHolds(tt *testing.T) {
	t := newTalks(false)
	r := t.say("us", &ListMove{Between: []PartyID{"de", "ru", "us"}, Rows: rows("1")})
	t.hearAll()
	t.reciprocate("ru", r, "a")
	t.reciprocate("de", r, "b")
	t.hearAll()
	answer := func(who string, names ...string) {
		m := &ReplyMove{Round: r, Final: true}
		for _, n := range names {
			m.Answers = append(m.Answers, NameAnswer{Name: name(n), Code: CodeHeld})
		}
		t.want(tt, t.say(who, m), "")
	}
	answer("us", "de/b", "ru/a")
	answer("ru", "de/b", "us/1")
	answer("de", "ru/a", "us/1")
	t.hearAll()
	t.want(tt, t.final("us", r, "us/1"), "us/1 can't be released: not just one side answers that it holds that person")
}
