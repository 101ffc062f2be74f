package channel

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// unsigned stands in for a signed entry where signatures are not the matter.
func unsigned(d Draft) *Signed {
	data := must(Marshal(d.Entry))
	said := must(Marshal(content{Salt: d.Salt, Body: d.Body}))
	return &Signed{Entry: d.Entry, ID: entryID(data), Body: d.Body, Raw: layOut(header{Entry: data}, said)}
}

var three = charterOf("de", "ru", "us")

func emptyLog() *Log { return must(NewLog(three)) }

// story is a set of entries as several authors made them, some of whom forked.
type story struct {
	authors []string
	logs    map[string]*Log // what each author has seen
	all     []*Signed
}

func newStory() *story {
	s := &story{authors: []string{"de", "ru", "us", "us-principal"}, logs: map[string]*Log{}}
	for _, a := range s.authors {
		s.logs[a] = emptyLog()
	}
	return s
}

func (s *story) tell(author string, at Position, kind string) *Signed {
	e := unsigned(entryAt(three, author, kind, fmt.Sprint(len(s.all)), at))
	s.all = append(s.all, e)
	_ = must(s.logs[author].insert(e))
	return e
}

// draw makes a story: authors speak, hear of what others said, and sometimes
// speak twice at one place.
func drawStory(t *rapid.T, forks bool) *story {
	s := newStory()
	for range rapid.IntRange(1, 25).Draw(t, "steps") {
		author := rapid.SampledFrom(s.authors).Draw(t, "author")
		log := s.logs[author]
		switch act := rapid.IntRange(0, 9).Draw(t, "act"); {
		case act < 4 && len(s.all) > 0:
			_, _ = log.insert(rapid.SampledFrom(s.all).Draw(t, "heard"))
		case act == 9 && forks && len(log.HeadsOf(key(author).ID())) > 0:
			twin, _ := log.Entry(log.HeadsOf(key(author).ID())[0])
			s.tell(author, Position{twin.Number, twin.Previous, twin.Heads, twin.Roster}, "twin")
		default:
			if at, err := log.Next(key(author).ID()); err == nil {
				s.tell(author, at, "note")
			}
		}
	}
	return s
}

func ids(entries []*Signed) []EntryID {
	var list []EntryID
	for _, e := range entries {
		list = append(list, e.ID)
	}
	return list
}

// closed is what a log should admit of a set: the entries all of whose
// ancestors are in it.
func closed(set []*Signed) map[EntryID]bool {
	in := map[EntryID]bool{}
	for changed := true; changed; {
		changed = false
		for _, e := range set {
			if in[e.ID] {
				continue
			}
			whole := true
			for id := range e.ancestors {
				whole = whole && in[id]
			}
			if whole {
				in[e.ID], changed = true, true
			}
		}
	}
	return in
}

// ancestorsOf follows the names by hand.
func ancestorsOf(id EntryID, by map[EntryID]*Signed) map[EntryID]bool {
	found, queue := map[EntryID]bool{}, []EntryID{id}
	for len(queue) > 0 {
		for parent := range by[queue[0]].ancestors {
			if !found[parent] {
				found[parent] = true
				queue = append(queue, parent)
			}
		}
		queue = queue[1:]
	}
	return found
}

type shown struct {
	entries, heads, missing []EntryID
	held                    int
	forks, digest           string
}

func show(l *Log) shown {
	return shown{ids(l.Entries()), l.Heads(), l.Missing(), l.Held(), showForks(l.Forks()), fmt.Sprintf("%x", l.HeadsDigest())}
}

func showForks(forks []Fork) string {
	var b strings.Builder
	for _, f := range forks {
		fmt.Fprintf(&b, "%v %d %v %v\n", f.Author, f.Number, f.A.ID, f.B.ID)
	}
	return b.String()
}

func TestAnyOrderGivesTheSameLog(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawStory(t, true)
		kept := slices.DeleteFunc(slices.Clone(s.all), func(*Signed) bool {
			return rapid.IntRange(0, 9).Draw(t, "lost") == 0
		})
		var want shown
		for round := range 3 {
			order := slices.Clone(kept)
			if round > 0 {
				order = rapid.Permutation(slices.Concat(kept, kept[:len(kept)/2])).Draw(t, "order")
			}
			l := emptyLog()
			admitted := map[EntryID]bool{}
			for _, e := range order {
				more, err := l.insert(e)
				if err != nil {
					t.Fatal(err)
				}
				for _, x := range more {
					if admitted[x.ID] {
						t.Fatal("admitted twice")
					}
					admitted[x.ID] = true
				}
			}
			if got := show(l); round == 0 {
				want = got
			} else if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("got  %+v\nwant %+v", got, want)
			}
			if whole := closed(kept); !maps.Equal(whole, admitted) || len(want.entries) != len(whole) {
				t.Fatalf("admitted %d of %d", len(admitted), len(whole))
			}
		}
	})
}

func TestAncestryIsWhatTheNamesSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawStory(t, true)
		l, by := emptyLog(), map[EntryID]*Signed{}
		for _, e := range rapid.Permutation(s.all).Draw(t, "order") {
			by[e.ID] = e
			_ = must(l.insert(e))
		}
		place := map[EntryID]int{}
		for i, e := range l.Entries() {
			place[e.ID] = i
		}
		for _, b := range s.all {
			before := ancestorsOf(b.ID, by)
			for _, a := range s.all {
				if got := l.IsAncestor(a.ID, b.ID); got != before[a.ID] {
					t.Fatalf("is %v before %v: %v", a.ID, b.ID, got)
				}
				if before[a.ID] && place[a.ID] >= place[b.ID] {
					t.Fatal("listed after what names it")
				}
			}
		}
		if l.IsAncestor(EntryID{1}, s.lastID()) || l.IsAncestor(s.lastID(), EntryID{1}) {
			t.Fatal("an unknown entry has relations")
		}
	})
}

func (s *story) lastID() EntryID {
	if len(s.all) == 0 {
		return EntryID{}
	}
	return s.all[len(s.all)-1].ID
}

// Equal heads mean equal sets, and other heads other sets.
func TestTheDigestTellsSetsApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawStory(t, true)
		a, b := emptyLog(), emptyLog()
		for _, e := range s.all {
			for _, l := range []*Log{a, b} {
				if rapid.IntRange(0, 4).Draw(t, "gets") > 0 {
					_ = must(l.insert(e))
				}
			}
		}
		same := slices.Equal(ids(a.Entries()), ids(b.Entries()))
		if same != (a.HeadsDigest() == b.HeadsDigest()) || same != (a.Fingerprint([]byte("n")) == b.Fingerprint([]byte("n"))) {
			t.Fatalf("same set: %v", same)
		}
	})
}

func TestNobodyForksByFollowingNext(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawStory(t, false)
		l := emptyLog()
		for _, e := range s.all {
			_ = must(l.insert(e))
		}
		if len(l.Forks()) != 0 {
			t.Fatal("a fork")
		}
	})
}

func TestFingerprintIsReadAloud(t *testing.T) {
	l := emptyLog()
	a := l.Fingerprint([]byte("nonce"))
	if len(a) != 35 || strings.Trim(a, "0123456789 ") != "" || len(strings.Fields(a)) != 6 {
		t.Fatalf("%q", a)
	}
	for _, other := range []string{
		l.Fingerprint(nil),
		must(NewLog(charterOf("ru", "us"))).Fingerprint([]byte("nonce")),
		func() string {
			_ = must(l.insert(entryAfter(l, three, "us", "note", "x")))
			return l.Fingerprint([]byte("nonce"))
		}(),
	} {
		if other == a {
			t.Fatal("it does not change")
		}
	}
}

func TestAForkIsProof(t *testing.T) {
	l := emptyLog()
	one := entryAfter(l, three, "us", "note", "yes")
	other := entryAfter(l, three, "us", "note", "no")
	must(l.Add(one.Raw))
	if l.Forked(one.Author) || len(l.Forks()) != 0 {
		t.Fatal("one entry is no fork")
	}
	must(l.Add(other.Raw))
	forks := l.Forks()
	if len(forks) != 1 || forks[0].Author != one.Author || forks[0].Number != 1 || len(l.Entries()) != 2 {
		t.Fatalf("%+v", forks)
	}
	for _, side := range []*Signed{forks[0].A, forks[0].B} {
		if back, err := three.VerifyEntry(side.Raw); err != nil || back.Number != 1 {
			t.Fatal("the proof does not verify by itself")
		}
	}
	if _, err := l.Next(one.Author); !errors.Is(err, ErrForked) {
		t.Fatalf("it may go on: %v", err)
	}
	// Others name both, so that everybody learns of it, and go on.
	at := must(l.Next(key("ru").ID()))
	if len(at.Heads) != 2 {
		t.Fatalf("%d heads", len(at.Heads))
	}
	must(l.Add(must(Sign(entryAt(three, "ru", "note", "we saw both", at), key("ru"))).Raw))
	if len(l.HeadsOf(one.Author)) != 2 || len(l.Heads()) != 3 {
		t.Fatal("the heads are not both sides")
	}
}

// A fork counts even while what comes before it is missing.
func TestAForkShowsWhileItWaits(t *testing.T) {
	l, other := emptyLog(), emptyLog()
	first := entryAfter(other, three, "us", "note", "first")
	must(other.Add(first.Raw))
	yes, no := entryAfter(other, three, "us", "note", "yes"), entryAfter(other, three, "us", "note", "no")
	must(l.Add(yes.Raw))
	must(l.Add(no.Raw))
	if forks := l.Forks(); len(forks) != 1 || forks[0].Number != 2 || l.Held() != 2 {
		t.Fatalf("%+v", forks)
	}
}

func TestManyForksDoNotStopOthers(t *testing.T) {
	l := emptyLog()
	for i := range 40 {
		_ = must(l.insert(unsigned(entryAt(three, "us", "note", fmt.Sprint(i), Position{Number: 1}))))
	}
	at := must(l.Next(key("ru").ID()))
	if len(at.Heads) != headsEach {
		t.Fatalf("%d heads", len(at.Heads))
	}
	if e := must(l.insert(unsigned(entryAt(three, "ru", "note", "x", at)))); len(e) != 1 {
		t.Fatal("not admitted")
	}
}

func TestWhatDoesNotFitItsAncestors(t *testing.T) {
	l := emptyLog()
	add := func(author string, at Position) *Signed {
		e := unsigned(entryAt(three, author, "note", "", at))
		_ = must(l.insert(e))
		return e
	}
	us1 := add("us", Position{Number: 1})
	us2 := add("us", Position{Number: 2, Previous: us1.ID})
	ru1 := add("ru", Position{Number: 1})
	for name, e := range map[string]Draft{
		"a number left out":      entryAt(three, "us", "note", "", Position{Number: 4, Previous: us2.ID}),
		"a number again":         entryAt(three, "us", "note", "", Position{Number: 2, Previous: us2.ID}),
		"another's for previous": entryAt(three, "us", "note", "", Position{Number: 2, Previous: ru1.ID}),
		"its own for a head":     entryAt(three, "us", "note", "", Position{Number: 3, Previous: us2.ID, Heads: []EntryID{us1.ID}}),
		"its previous as a head": entryAt(three, "us", "note", "", Position{Number: 3, Previous: us2.ID, Heads: []EntryID{us2.ID}}),
		"two of one chain":       entryAt(three, "ru", "note", "", Position{Number: 2, Previous: ru1.ID, Heads: sorted(us1.ID, us2.ID)}),
	} {
		bad := unsigned(e)
		before := show(l)
		if admitted, err := l.insert(bad); !errors.Is(err, ErrStructure) || len(admitted) != 0 {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := l.insert(bad); !errors.Is(err, ErrStructure) {
			t.Errorf("%s, again: %v", name, err)
		}
		// Nothing that builds on it can stand, before or after.
		at := Position{Number: e.Number + 1, Previous: bad.ID}
		if _, err := l.insert(unsigned(entryAt(three, "us", "after", name, at))); !errors.Is(err, ErrStructure) {
			t.Errorf("after %s: %v", name, err)
		}
		if fmt.Sprint(show(l)) != fmt.Sprint(before) {
			t.Errorf("%s left something behind", name)
		}
	}
}

func sorted(list ...EntryID) []EntryID {
	slices.SortFunc(list, EntryID.Compare)
	return list
}

// What waits for an entry that turns out not to fit goes with it, and the gap
// is closed.
func TestWhatWaitsForABadEntryGoesWithIt(t *testing.T) {
	l := emptyLog()
	us1 := unsigned(entryAt(three, "us", "note", "", Position{Number: 1}))
	bad := unsigned(entryAt(three, "us", "note", "", Position{Number: 3, Previous: us1.ID}))
	after := unsigned(entryAt(three, "us", "note", "", Position{Number: 4, Previous: bad.ID}))
	names := unsigned(entryAt(three, "ru", "note", "", Position{Number: 1, Heads: []EntryID{after.ID}}))
	for _, e := range []*Signed{names, after, bad} {
		_ = must(l.insert(e))
	}
	if l.Held() != 3 {
		t.Fatalf("%d wait", l.Held())
	}
	if admitted := must(l.insert(us1)); len(admitted) != 1 {
		t.Fatalf("%d admitted", len(admitted))
	}
	if l.Held() != 0 || len(l.Missing()) != 0 || len(l.Forks()) != 0 {
		t.Fatalf("%d wait for %v", l.Held(), l.Missing())
	}
	if at := must(l.Next(us1.Author)); at.Number != 2 {
		t.Fatal("the author can't put it right")
	}
}

// Whether a bad entry waited first or not, it ends up counting for nothing.
func TestABadEntryIsNoSideOfAFork(t *testing.T) {
	us1 := unsigned(entryAt(three, "us", "note", "", Position{Number: 1}))
	us2 := unsigned(entryAt(three, "us", "note", "", Position{Number: 2, Previous: us1.ID}))
	us3 := unsigned(entryAt(three, "us", "note", "", Position{Number: 3, Previous: us2.ID}))
	bad := unsigned(entryAt(three, "us", "note", "", Position{Number: 3, Previous: us1.ID}))
	for _, order := range [][]*Signed{{us1, us2, us3, bad}, {bad, us3, us2, us1}, {us3, bad, us1, us2}} {
		l := emptyLog()
		for _, e := range order {
			_, _ = l.insert(e)
		}
		if len(l.Entries()) != 3 || len(l.Forks()) != 0 {
			t.Fatalf("%d entries, %d forks", len(l.Entries()), len(l.Forks()))
		}
	}
}

func TestHeldEntriesAreBounded(t *testing.T) {
	l := newLog(must(newKeyring(three)), Seat{}, limits{3, 1 << 20})
	var chain []*Signed
	at := Position{Number: 1}
	for range 6 {
		e := unsigned(entryAt(three, "us", "note", "", at))
		chain = append(chain, e)
		at = Position{Number: e.Number + 1, Previous: e.ID}
	}
	for i, e := range chain[1:] {
		_, err := l.insert(e)
		if full := i >= 3; full != errors.Is(err, ErrDropped) {
			t.Fatalf("entry %d: %v", i+2, err)
		}
	}
	if got, want := l.Missing(), sorted(chain[0].ID, chain[4].ID, chain[5].ID); l.Held() != 3 || !slices.Equal(got, want) {
		t.Fatalf("%d wait for %v, want %v", l.Held(), got, want)
	}
	if got := l.gapsToAskFor(16); !slices.Equal(got, l.Missing()) {
		t.Fatalf("%v is not asked for", got)
	}
	// One author's room is its own.
	if _, err := l.insert(unsigned(entryAt(three, "ru", "note", "", Position{Number: 1, Heads: []EntryID{{1}}}))); err != nil {
		t.Fatal(err)
	}
	if admitted := must(l.insert(chain[0])); len(admitted) != 4 {
		t.Fatalf("%d admitted", len(admitted))
	}
	for _, e := range chain[4:] {
		_ = must(l.insert(e))
	}
	if got := l.Missing(); !slices.Equal(got, []EntryID{{1}}) || l.Held() != 1 {
		t.Fatalf("%d wait for %v", l.Held(), got)
	}

	small := newLog(must(newKeyring(three)), Seat{}, limits{100, 3000})
	for i := range 10 {
		_, _ = small.insert(unsigned(entryAt(three, "us", "note", strings.Repeat("x", 700), Position{Number: uint64(i + 2), Previous: EntryID{byte(i + 1)}})))
	}
	if small.Held() != 3 {
		t.Fatalf("%d wait in 3000 bytes", small.Held())
	}
}

func TestNextWaitsForWhatWaits(t *testing.T) {
	l := emptyLog()
	waits := unsigned(entryAt(three, "us-principal", "ratify", "", Position{Number: 1, Heads: []EntryID{{1}}}))
	_ = must(l.insert(waits))
	if _, err := l.Next(waits.Author); err == nil || errors.Is(err, ErrForked) {
		t.Fatalf("it gives the number again: %v", err)
	}
	if _, err := l.Next(key("eve").ID()); err == nil {
		t.Fatal("a stranger has a place")
	}
}

func TestAddVerifies(t *testing.T) {
	l := emptyLog()
	e := entryAfter(l, three, "us", "note", "x")
	raw := slices.Clone(e.Raw)
	raw[len(raw)-1] ^= 1
	if _, err := l.Add(raw); !errors.Is(err, ErrEntry) || len(l.Entries()) != 0 {
		t.Fatalf("%v", err)
	}
	for range 2 {
		if _, err := l.Add(e.Raw); err != nil || len(l.Entries()) != 1 {
			t.Fatalf("%v", err)
		}
	}
	if got, ok := l.Entry(e.ID); !ok || got.ID != e.ID {
		t.Fatal("not found")
	}
	if _, ok := l.Entry(EntryID{1}); ok {
		t.Fatal("found what is not there")
	}
}
