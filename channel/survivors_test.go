package channel

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// Who asks for what is missed is answered only where it may read.
func TestOnlyWhoReadsIsAnswered(t *testing.T) {
	c := governed()
	s := newScene(t, c)
	if _, ok := s.l.recipientsOnly("note", key("us").ID()); !ok {
		t.Fatal("a device is not answered")
	}
	if _, ok := s.l.recipientsOnly("note", key("nobody").ID()); ok {
		t.Error("a stranger is answered")
	}
	if _, ok := s.l.recipientsOnly("note", c.Delegations[0].Principal.ID()); ok {
		t.Error("a principal, who has no device, is answered")
	}
	s.carries("ru", signChange(revoke(c, "us", "us", 0), "us-a", "us-b"))
	if _, ok := s.l.recipientsOnly("note", key("us").ID()); ok {
		t.Error("who was taken off is answered")
	}
}

// An export holds no entry by a key that nobody brought.
func TestStrangersAreNotExported(t *testing.T) {
	c := charterOf("ru", "us")
	l := must(NewLog(c))
	mine := entryAfter(l, c, "us", "note", "ours")
	theirs := must(Sign(entryAt(c, "nobody", "note", "a stranger's", Position{Number: 1, Roster: c.ID()}), key("nobody")))
	if _, err := Export(signedCharterOf(t, c), []*Signed{mine, theirs}, key("us"), clock()); err == nil || !strings.Contains(err.Error(), "nobody on the roster") {
		t.Errorf("exported: %v", err)
	}
}

func TestNamesOfExportedFiles(t *testing.T) {
	c := charterOf("ru", "us")
	e := entryAfter(must(NewLog(c)), c, "us", "note", "ours")
	name := entryFile(e)
	if id, ok := entryOfFile(name); !ok || id != e.ID {
		t.Fatalf("%s is not read", name)
	}
	for _, bad := range []string{strings.TrimSuffix(name, entrySuffix), strings.TrimPrefix(name, entryPrefix), name + "x"} {
		if _, ok := entryOfFile(bad); ok {
			t.Errorf("%s is taken for an entry's file", bad)
		}
	}
}

// What is too long is not even read.
func TestLengthsComeFirst(t *testing.T) {
	for what, read := range map[string]func([]byte) error{
		"proof":  func(b []byte) error { _, err := CheckProof(b); return err },
		"change": func(b []byte) error { _, err := ParseChange(b); return err },
		"signed": func(b []byte) error { _, err := ParseSignedChange(b); return err },
	} {
		if err := read(make([]byte, 3<<20)); err == nil || !strings.Contains(err.Error(), "the most is") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// A roster is made of changes that hold, and of no others.
func TestARosterOfBadChanges(t *testing.T) {
	c := governed()
	good := must(signChange(enrol(c, "us", "us-2"), "us-a", "us-b").Encode())
	if r, err := c.RosterWith([][]byte{good}); err != nil || !r.Active(key("us-2").ID()) {
		t.Fatalf("%v", err)
	}
	one := must(signChange(enrol(c, "us", "us-2"), "us-a").Encode())
	if _, err := c.RosterWith([][]byte{one}); err == nil {
		t.Error("one signature of two makes a roster")
	}
	if _, err := (&Charter{}).RosterWith(nil); err == nil {
		t.Error("no charter makes a roster")
	}
}

// rand that fails after so many bytes.
type spentRand struct{ left int }

func (r *spentRand) Read(p []byte) (int, error) {
	if r.left -= len(p); r.left < 0 {
		return 0, errors.New("no randomness")
	}
	clear(p)
	return len(p), nil
}

// A key that can't be made is said to be missing, and nothing is sent for it.
func TestAPrekeyThatCannotBeMade(t *testing.T) {
	c := charterOf("ru", "us")
	d := newDesk(t, c, "us")
	s, err := NewSession(context.Background(), c, key("us"), sealingKey("us"), d.journal, Options{Now: clock, Rand: &spentRand{}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Sync(context.Background(), newCarrier()); err == nil || !strings.Contains(err.Error(), "randomness") {
		t.Errorf("synced without a prekey: %v", err)
	}
	if n := len(s.Log().Entries()); n != 0 {
		t.Errorf("%d entries", n)
	}
}

// A proof tells nobody what was said, in neither of its halves.
func TestAProofHoldsNoBody(t *testing.T) {
	c := governed()
	l := forkedBy(t, c, "us")
	f := l.Forks()[0]
	var p Proof
	if err := Unmarshal(must(l.Prove(signedCharterOf(t, c), f)), &p); err != nil {
		t.Fatal(err)
	}
	first, second := p, p
	first.A, second.B = f.A.Raw, f.B.Raw
	for _, told := range []Proof{first, second} {
		if _, err := CheckProof(must(Marshal(told))); err == nil || !strings.Contains(err.Error(), "tells what the entries say") {
			t.Errorf("a proof that tells what was said is taken: %v", err)
		}
	}
}

// What comes by hand from somebody whom nobody brought is refused, not kept.
func TestAStrangersEntryByHand(t *testing.T) {
	c := charterOf("ru", "us")
	us := openDesk(t, c, "us")
	e := must(Sign(entryAt(c, "nobody", "note", "hello", Position{Number: 1, Roster: c.ID()}), key("nobody")))
	if _, err := us.Import(context.Background(), e.Raw); !errors.Is(err, ErrEntry) {
		t.Errorf("taken: %v", err)
	}
}

// A card is checked before anything is signed for it.
func TestANeutralWithoutAName(t *testing.T) {
	n := governed().Neutrals[0]
	n.Name = ""
	if _, err := SignNeutralCard(n, 5, key("neutral")); err == nil {
		t.Error("a card of somebody without a name")
	}
}

// A principal who comes may hold no key that comes with it for a device.
func TestAComingPrincipalHasItsOwnKeys(t *testing.T) {
	c := enrol(governed(), "us", "us-2")
	c.Principal = []Member{principal("us-2")}
	if _, err := c.Encode(); err == nil {
		t.Error("one key for a device and for the principal")
	}
}

// Nothing is sealed to a key that can't be sealed to, wherever it came from.
func TestNothingIsSealedToAKeyOfNoUse(t *testing.T) {
	c := charterOf("ru", "us")
	e := entryAfter(must(NewLog(c)), c, "us", "note", "ours")
	public := sealingKey("us").Public()
	clear(public[mlkemPublicSize:])
	if _, err := Seal(randomness(1), c.ID(), Recipients{Whole: [][]byte{public}}, e.Raw); err == nil {
		t.Error("sealed to a key of no use")
	}
}

// An answer that can't be sealed is no answer, and nothing is sent for it.
func TestAnAnswerThatCannotBeSealed(t *testing.T) {
	de, us, relay, source := openDesk(t, three, "de"), openDesk(t, three, "us"), newCarrier(), &breaking{}
	kept := us.whisper(relay, "not for de", "us", "ru")
	us.sync(relay)
	de.sync(relay) // and asks
	us.sync(relay)
	us.options.Rand, source.always = source, true
	sent := &recorder{memoryCarrier: relay}
	if _, err := us.resealOne(t.Context(), sent, key("de").ID(), kept.ID); !errors.Is(err, errNoRandomness) {
		t.Errorf("answered: %v", err)
	}
	if len(sent.appended) != 0 {
		t.Errorf("%d envelopes", len(sent.appended))
	}
	// And a sync in which that happens says so, though all else goes on.
	late, again := openDesk(t, three, "de"), openDesk(t, three, "us")
	relay = newCarrier()
	again.whisper(relay, "not for de", "us", "ru")
	again.say("for all") // by which de sees that it misses something
	again.sync(relay)
	late.sync(relay)
	again.options.Rand = &breaking{at: 1}
	if _, err := again.Sync(t.Context(), relay); !errors.Is(err, errNoRandomness) {
		t.Errorf("synced: %v", err)
	}
}

// What has waited for a key waits on while another's comes.
func TestAStrangerWaitsForItsOwnKey(t *testing.T) {
	s := newScene(t, governed())
	first, second := signChange(enrol(s.c, "us", "us-2"), "us-a", "us-b"), signChange(enrol(s.c, "de", "de-2"), "de-a")
	for _, name := range []string{"us-2", "de-2"} {
		must(s.l.Add(must(Sign(entryAt(s.c, name, "note", name, Position{Number: 1, Heads: nil}), key(name))).Raw))
	}
	s.carries("us", first)
	if len(s.l.strangers) != 1 {
		t.Fatalf("%d wait", len(s.l.strangers))
	}
	s.carries("de", second)
	if len(s.l.strangers) != 0 {
		t.Errorf("%d wait still", len(s.l.strangers))
	}
}

// Only a change that enrols or names somebody brings keys.
func TestWhatBringsKeys(t *testing.T) {
	c := governed()
	comes := must(signChange(enrol(c, "us", "us-2"), "us-a", "us-b").Encode())
	goes := must(signChange(revoke(c, "us", "us", 1), "us-a", "us-b").Encode())
	broken := must((&SignedChange{Raw: []byte("x")}).Encode())
	for _, x := range []struct {
		kind string
		body []byte
		want bool
	}{{KindRoster, comes, true}, {KindRoster, goes, false}, {"note", comes, false}, {KindRoster, []byte("x"), false}, {KindRoster, broken, false}} {
		e := &Signed{Entry: Entry{Kind: x.kind}, Body: x.body}
		if bringsKeys(e) != x.want {
			t.Errorf("%s %.20q: not %t", x.kind, x.body, x.want)
		}
	}
}

// A journal whose keys are damaged opens no session.
func TestADamagedKeyIsNotKept(t *testing.T) {
	j := newJournal()
	j.keys = []KeptKey{{Seed: []byte("short")}}
	if _, err := NewSession(t.Context(), charterOf("ru", "us"), key("us"), sealingKey("us"), j, Options{}); err == nil {
		t.Error("opened with half a key")
	}
}

func TestNoRosterOfAnUnknownEntry(t *testing.T) {
	if r, ok := must(NewLog(charterOf("ru", "us"))).RosterAt(EntryID{1}); ok || r != nil {
		t.Error("an entry that is not here has a roster")
	}
}

// An archive is taken whole or named by its entry, and not at all by a session
// that can keep nothing.
func TestAnArchiveThatCannotBeTaken(t *testing.T) {
	c := charterOf("ru", "us")
	ru, us := openDesk(t, c, "ru"), openDesk(t, c, "us")
	heads := []EntryID{ru.say("one").ID, ru.say("two").ID}
	archive := raws(ru.Log())
	slices.SortFunc(heads, EntryID.Compare)
	at := must(us.Log().Next(key("us-principal").ID()))
	at.Heads = heads // both of one author, of whom one is before the other
	bad := must(Sign(entryAt(c, "us-principal", "note", "both", at), key("us-principal")))
	last := fmt.Sprintf("entry %d ", len(archive)+1)
	if n, err := us.ReadArchive(t.Context(), append(slices.Clone(archive), bad.Raw)); n != 2 || !errors.Is(err, ErrStructure) || !strings.Contains(err.Error(), last) {
		t.Errorf("%d taken: %v", n, err)
	}
	other := openDesk(t, c, "us")
	other.journal.fail = func(int) (bool, error) { return false, errors.New("disk full") }
	if _, err := other.ReadArchive(t.Context(), archive[:1]); !errors.Is(err, ErrJournal) {
		t.Errorf("kept: %v", err)
	}
	if n, err := other.ReadArchive(t.Context(), archive[1:]); n != 0 || !errors.Is(err, ErrJournal) {
		t.Errorf("%d taken after that: %v", n, err)
	}
}

// A charter that is none is not made, and one without signatures says whose is
// missing.
func TestWhatIsSaidOfACharter(t *testing.T) {
	if _, err := NewCharter(Charter{}, someSecret); err == nil {
		t.Error("an empty charter is made")
	}
	c := charterOf("ru", "us")
	makeProvisional(c)
	if _, err := must(NewCharter(*c, someSecret)).Verify(); err == nil || !strings.Contains(err.Error(), "the first device of ru") {
		t.Errorf("%v", err)
	}
}

// A charter that commits to a secret of zeros takes no other bytes for it.
func TestASecretHasItsLength(t *testing.T) {
	c := charterOf("ru", "us")
	s := must(NewCharter(*c, Secret{}))
	s.Secret = s.Secret[:5]
	if err := s.checkSecret(must(ParseCharter(s.Raw))); err == nil {
		t.Error("five bytes are a secret")
	}
}

func TestASlotOfAnotherLength(t *testing.T) {
	c := charterOf("ru", "us")
	for _, n := range []int{0, 10, SlotSize - 1, SlotSize + 1} {
		if _, _, ok := openSlot(sealingKey("us"), c.ID(), nil, make([]byte, n)); ok {
			t.Errorf("a slot of %d bytes is opened", n)
		}
	}
}

// An archive of an export that is damaged is not read in part.
func TestADamagedExportIsNoArchive(t *testing.T) {
	files := exported(t)
	whole := must(ExportedEntries(folder(files)))
	if len(whole) == 0 {
		t.Fatal("nothing to read")
	}
	for name, data := range files {
		if !strings.HasPrefix(name, entryPrefix) {
			continue
		}
		fsys := folder(files)
		fsys[name] = &fstest.MapFile{Data: data[:len(data)-1]}
		if got, err := ExportedEntries(fsys); got != nil || err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%d entries read: %v", len(got), err)
		}
	}
}
