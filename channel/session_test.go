package channel

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

var ctx = context.Background()

func TestTwoDesksTalk(t *testing.T) {
	c := charterOf("ru", "us")
	us, ru, relay := openDesk(t, c, "us"), openDesk(t, c, "ru"), newCarrier()

	offer := us.say("two for two")
	if r := us.sync(relay); r.Sent != 1 || r.Waiting != 1 || r.Received != 0 {
		t.Fatalf("our own sync: %+v", r)
	}
	r := ru.sync(relay)
	if r.Received != 1 || len(r.Admitted) != 1 || r.Admitted[0].ID != offer.ID || r.Sent != 1 {
		t.Fatalf("their sync: %+v", r)
	}
	if r := us.sync(relay); r.Waiting != 0 || r.Received != 1 || r.Sent != 0 {
		t.Fatalf("after their receipt: %+v", r)
	}
	counter := ru.say("one for one")
	ru.sync(relay)
	us.sync(relay)
	if us.Log().HeadsDigest() != ru.Log().HeadsDigest() == (us.Log().Fingerprint([]byte("1")) == ru.Log().Fingerprint([]byte("1"))) {
		t.Fatal("digest and fingerprint disagree")
	}
	if !us.Log().IsAncestor(offer.ID, counter.ID) || us.Log().IsAncestor(counter.ID, offer.ID) {
		t.Fatal("the answer does not name what it answers")
	}
	if got, want := bodies(us.Log()), bodies(ru.Log()); !slices.Equal(got, want) || len(got) != 2 {
		t.Fatalf("we read %q, they read %q", got, want)
	}
}

func TestReceiptsComeToRest(t *testing.T) {
	c := charterOf("de", "ru", "us")
	desks := []*desk{openDesk(t, c, "de"), openDesk(t, c, "ru"), openDesk(t, c, "us")}
	relay := newCarrier()
	desks[0].say("hello")
	for range 6 {
		for _, d := range desks {
			d.sync(relay)
		}
	}
	settled := len(relay.box)
	if settled != 3 { // the word itself and a receipt from each of the others
		t.Fatalf("%d envelopes for one word", settled)
	}
	for range 3 {
		for _, d := range desks {
			if r := d.sync(relay); r.Sent != 0 || r.Waiting != 0 {
				t.Fatalf("%s is still at it: %+v", d.name, r)
			}
		}
	}
}

// With three sides one receipt is not enough.
func TestAnEntryWaitsForEverySide(t *testing.T) {
	c := charterOf("de", "ru", "us")
	de, ru, us, relay := openDesk(t, c, "de"), openDesk(t, c, "ru"), openDesk(t, c, "us"), newCarrier()
	said := us.say("hello")
	us.sync(relay)
	ru.sync(relay)
	if us.sync(relay); !slices.Equal(us.Waiting(), []EntryID{said.ID}) {
		t.Fatal("one side's receipt counted for both")
	}
	de.sync(relay)
	if us.sync(relay); len(us.Waiting()) != 0 {
		t.Fatal("both sides confirmed and it still waits")
	}
}

func TestThePrincipalSignsElsewhere(t *testing.T) {
	c := charterOf("ru", "us")
	us, ru, relay := openDesk(t, c, "us"), openDesk(t, c, "ru"), newCarrier()
	us.say("offer")
	prepared := must(us.Prepare(key("us-principal").ID(), "ratify", EntryID{}, []byte("agreed")))

	// The file goes to the other machine and comes back.
	carried := must(ParseDraft(must(prepared.Encode())))
	signed := must(Sign(carried, key("us-principal")))
	if _, err := Sign(carried, key("us")); err == nil {
		t.Fatal("the device signed for the principal")
	}
	imported := must(us.Import(ctx, signed.Raw))
	if imported.ID != signed.ID {
		t.Fatal("another entry came back")
	}
	if again, err := us.Import(ctx, signed.Raw); err != nil || again.ID != signed.ID {
		t.Fatalf("a second import: %v", err)
	}
	us.sync(relay)
	ru.sync(relay)
	if got := bodies(ru.Log()); !slices.Equal(got, []string{"offer", "agreed"}) {
		t.Fatalf("they read %q", got)
	}
	if us.sync(relay); len(us.Waiting()) != 0 {
		t.Fatal("the ratification waits for a receipt that came")
	}
	if p := must(us.Prepare(key("us-principal").ID(), "note", EntryID{}, nil)); p.Number != 2 || p.Previous != signed.ID {
		t.Fatalf("the principal's next entry is number %d", p.Number)
	}
}

func TestAForeignEntryByHandGoesOn(t *testing.T) {
	c := charterOf("de", "ru", "us")
	de, ru, us, relay := openDesk(t, c, "de"), openDesk(t, c, "ru"), openDesk(t, c, "us"), newCarrier()
	first, second := us.say("first"), us.say("second")
	must(ru.Import(ctx, second.Raw)) // it waits for the first
	if ru.Log().Held() != 1 || !slices.Equal(ru.Log().Missing(), []EntryID{first.ID}) {
		t.Fatal("the gap has no name")
	}
	must(ru.Import(ctx, first.Raw))
	if got := bodies(ru.Log()); !slices.Equal(got, []string{"first", "second"}) {
		t.Fatalf("ru reads %q", got)
	}
	if _, err := ru.Import(ctx, []byte("nonsense")); !errors.Is(err, ErrEntry) {
		t.Fatalf("nonsense: %v", err)
	}
	if r := ru.sync(relay); r.Sent != 3 || r.Waiting != 2 { // both and a receipt
		t.Fatalf("ru: %+v", r)
	}
	if de.sync(relay); !slices.Equal(bodies(de.Log()), []string{"first", "second"}) {
		t.Fatal("de has not got them")
	}
	if r := ru.sync(relay); r.Waiting != 0 {
		t.Fatalf("ru, after de's receipt: %+v", r)
	}
}

// A principal's word handed over the table is not at the principal's own desk.
func TestAPrincipalsEntryByHandWaitsForItsOwnDesk(t *testing.T) {
	c := charterOf("ru", "us")
	us, ru, relay := openDesk(t, c, "us"), openDesk(t, c, "ru"), newCarrier()
	word := must(Sign(must(us.Prepare(key("us-principal").ID(), "ratify", EntryID{}, nil)), key("us-principal")))
	must(ru.Import(ctx, word.Raw))
	if r := ru.sync(relay); r.Waiting != 1 {
		t.Fatalf("%+v", r)
	}
	us.sync(relay)
	us.say("we have it too")
	us.sync(relay)
	if r := ru.sync(relay); r.Waiting != 0 {
		t.Fatalf("%+v", r)
	}
}

func TestARestoredBackupSignsNoMore(t *testing.T) {
	c := charterOf("ru", "us")
	us, relay := openDesk(t, c, "us"), newCarrier()
	us.say("first")
	us.sync(relay)
	backup := us.journal.copy()
	us.say("second")
	us.sync(relay)

	restored := &desk{t: t, name: "us", charter: c, journal: backup}
	restored.reopen()
	restored.sync(relay)
	if !restored.Restored() {
		t.Fatal("the copy did not notice")
	}
	check := func() {
		t.Helper()
		if _, err := restored.Append(ctx, "note", EntryID{}, nil); !errors.Is(err, ErrRestored) {
			t.Fatalf("the copy signed: %v", err)
		}
		if _, err := restored.Prepare(key("us").ID(), "note", EntryID{}, nil); !errors.Is(err, ErrRestored) {
			t.Fatalf("the copy prepared: %v", err)
		}
	}
	check()
	restored.reopen() // it must not forget
	check()
	restored.sync(relay)
	check()
	if got := bodies(restored.Log()); !slices.Equal(got, []string{"first", "second"}) {
		t.Fatalf("the copy reads %q", got)
	}
}

// The copy speaks before it listens: what it says must not get out.
func TestARestoredBackupHoldsItsTongue(t *testing.T) {
	c := charterOf("ru", "us")
	us, ru, relay := openDesk(t, c, "us"), openDesk(t, c, "ru"), newCarrier()
	backup := us.journal.copy()
	us.say("the true first")
	us.sync(relay)
	restored := &desk{t: t, name: "us", charter: c, journal: backup}
	restored.reopen()
	restored.say("another first")
	if r := restored.sync(relay); r.Sent != 0 || len(r.NewForks) != 1 {
		t.Fatalf("the copy: %+v", r)
	}
	if r := ru.sync(relay); len(r.NewForks) != 0 || len(ru.Log().Forks()) != 0 {
		t.Fatal("the second first got out")
	}
	if _, err := ru.Append(ctx, "note", EntryID{}, nil); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsHereAlreadyIsNotImportedAgain(t *testing.T) {
	c := charterOf("ru", "us")
	us, ru := openDesk(t, c, "us"), openDesk(t, c, "ru")
	own := us.say("hello")
	must(us.Import(ctx, own.Raw))
	must(ru.Import(ctx, own.Raw))
	writes := ru.journal.writes
	must(ru.Import(ctx, own.Raw))
	if us.Restored() || ru.journal.writes != writes {
		t.Fatal("it counts as new")
	}
}

func TestOurOwnEntryByHandShowsACopy(t *testing.T) {
	c := charterOf("ru", "us")
	us := openDesk(t, c, "us")
	copied := &desk{t: t, name: "us", charter: c, journal: us.journal.copy()}
	copied.reopen()
	said := us.say("hello")
	if _, err := copied.Import(ctx, said.Raw); !errors.Is(err, ErrRestored) {
		t.Fatalf("imported: %v", err)
	}
	copied.reopen()
	if !copied.Restored() {
		t.Fatal("forgotten")
	}
}

func TestARelayMadeAnewGetsEverythingUnconfirmedAgain(t *testing.T) {
	c := charterOf("ru", "us")
	us, ru, relay := openDesk(t, c, "us"), openDesk(t, c, "ru"), newCarrier()
	us.say("confirmed")
	us.sync(relay)
	ru.sync(relay)
	us.sync(relay)
	us.say("not confirmed")
	us.sync(relay)

	fresh := newCarrier()
	fresh.epoch = "second"
	if r := us.sync(fresh); !r.Rewound || r.Republished != 1 || r.Sent != 1 {
		t.Fatalf("after a new epoch: %+v", r)
	}
	if r := ru.sync(fresh); !r.Rewound || r.Received != 1 {
		t.Fatalf("their side: %+v", r)
	}
	us.sync(fresh)
	if us.sync(fresh); len(us.Waiting()) != 0 || us.Log().HeadsDigest() != ru.Log().HeadsDigest() {
		t.Fatal("the sides did not meet again")
	}
}

// The same epoch, but the storage lost its tail, and then others filled it:
// the numbers are given a second time.
func TestNumbersGivenTwiceAreNoticed(t *testing.T) {
	c := charterOf("ru", "us")
	us, ru, relay := openDesk(t, c, "us"), openDesk(t, c, "ru"), newCarrier()
	us.say("one")
	us.sync(relay)
	ru.sync(relay)
	us.sync(relay)
	us.say("two")
	us.sync(relay)
	us.sync(relay) // our cursor is behind "two"
	tail := len(relay.box)
	relay.box = relay.box[:tail-1]
	ru.say("three")
	ru.sync(relay) // takes the number that "two" had
	if len(relay.box) != tail {
		t.Fatalf("the mailbox has %d", len(relay.box))
	}
	if r := us.sync(relay); !r.Rewound || r.Republished != 1 {
		t.Fatalf("not noticed: %+v", r)
	}
	ru.sync(relay)
	if got := bodies(ru.Log()); !slices.Contains(got, "two") {
		t.Fatalf("they read %q", got)
	}
}

func TestNumbersGoingBackAreNoticed(t *testing.T) {
	c := charterOf("ru", "us")
	us, relay := openDesk(t, c, "us"), newCarrier()
	us.say("one")
	us.sync(relay)
	us.sync(relay)
	relay.box = nil
	if r := us.sync(relay); !r.Rewound || r.Sent != 1 {
		t.Fatalf("not noticed: %+v", r)
	}
}

// The same, before we had read anything at all.
func TestAnEmptiedMailboxIsNoticedBeforeTheFirstReading(t *testing.T) {
	c := charterOf("ru", "us")
	us, relay := openDesk(t, c, "us"), newCarrier()
	us.say("one")
	us.sync(relay)
	relay.box = nil
	if r := us.sync(relay); r.Republished != 1 || r.Sent != 1 {
		t.Fatalf("not noticed: %+v", r)
	}
}

// Storage made anew from a copy: all is where it was, and may not stay so.
func TestANewEpochAloneIsEnough(t *testing.T) {
	c := charterOf("ru", "us")
	us, relay := openDesk(t, c, "us"), newCarrier()
	us.say("one")
	us.sync(relay)
	us.sync(relay)
	relay.epoch = "second"
	if r := us.sync(relay); !r.Rewound || r.Sent != 1 || len(relay.box) != 1 {
		t.Fatalf("%+v", r)
	}
	if r := us.sync(relay); r.Rewound {
		t.Fatalf("again: %+v", r)
	}
}

// forgetful says that it has less than it gives.
type forgetful struct{ *memoryCarrier }

func (f forgetful) State(ctx context.Context) (string, uint64, error) {
	epoch, last, err := f.memoryCarrier.State(ctx)
	return epoch, last - 1, err
}

func TestAStateBehindTheCursorIsNoticed(t *testing.T) {
	c := charterOf("ru", "us")
	us, relay := openDesk(t, c, "us"), newCarrier()
	us.say("one")
	us.sync(relay)
	us.sync(relay)
	if r := us.sync(forgetful{relay}); !r.Rewound {
		t.Fatalf("%+v", r)
	}
}

func TestACarrierThatGivesNothingHasMoved(t *testing.T) {
	c := charterOf("ru", "us")
	us, relay := openDesk(t, c, "us"), newCarrier()
	us.say("one")
	us.sync(relay)
	us.sync(relay)
	relay.view = func([]item) []item { return nil }
	if r := us.sync(relay); !r.Rewound {
		t.Fatalf("%+v", r)
	}
}

// The reading after a rewind breaks off. What was to be sent again must not be
// forgotten by the next one, which begins further on.
func TestARewindSurvivesABrokenReading(t *testing.T) {
	c := charterOf("ru", "us")
	us, relay := openDesk(t, c, "us"), newCarrier()
	us.say("one")
	us.sync(relay)
	us.sync(relay)
	relay.epoch, relay.box = "second", [][]byte{{1}, {2}, {3}}
	relay.breaks = errDown
	if _, err := us.Sync(ctx, relay); !errors.Is(err, errDown) {
		t.Fatal(err)
	}
	relay.breaks = nil
	us.reopen()
	if r := us.sync(relay); r.Sent != 1 || len(relay.box) != 4 {
		t.Fatalf("%+v", r)
	}
}

// A carrier that says yes, gives a number and keeps nothing.
func TestASwallowedEntryIsSentAgain(t *testing.T) {
	c := charterOf("ru", "us")
	us, ru, relay := openDesk(t, c, "us"), openDesk(t, c, "ru"), newCarrier()
	relay.swallow = func() bool { return true }
	us.say("hello")
	us.sync(relay)
	relay.swallow = nil
	if r := us.sync(relay); r.Republished != 1 || r.Sent != 1 {
		t.Fatalf("not noticed: %+v", r)
	}
	if r := us.sync(relay); r.Republished != 0 || r.Sent != 0 {
		t.Fatalf("sent once too often: %+v", r)
	}
	if ru.sync(relay); !slices.Equal(bodies(ru.Log()), []string{"hello"}) {
		t.Fatal("it did not arrive")
	}
}

// What was kept from us while we read on is found by its gap.
func TestAGapIsFilledByReadingAgain(t *testing.T) {
	c := charterOf("ru", "us")
	us, ru, relay := openDesk(t, c, "us"), openDesk(t, c, "ru"), newCarrier()
	first := us.say("first")
	us.say("second")
	us.sync(relay)
	relay.view = func(items []item) []item {
		return slices.DeleteFunc(items, func(x item) bool { return x.number == 1 })
	}
	if r := ru.sync(relay); !slices.Equal(r.Missing, []EntryID{first.ID}) || len(r.Admitted) != 0 || r.Received != 1 {
		t.Fatalf("with a gap: %+v", r)
	}
	before := relay.fetches
	if ru.sync(relay); relay.fetches != before+1 {
		t.Fatal("it reads everything again for a gap that it has looked for")
	}
	relay.view = nil
	ru.reopen()
	if r := ru.sync(relay); len(r.Admitted) != 2 || len(r.Missing) != 0 || r.Rewound {
		t.Fatalf("after it: %+v", r)
	}
}

// What was kept from us and left no gap only its author can notice.
func TestResendGetsPastAWithholdingCarrier(t *testing.T) {
	c := charterOf("ru", "us")
	us, ru, relay := openDesk(t, c, "us"), openDesk(t, c, "ru"), newCarrier()
	us.say("withheld")
	us.sync(relay)
	relay.view = func(items []item) []item {
		return slices.DeleteFunc(items, func(x item) bool { return x.number == 1 })
	}
	relay.box = append(relay.box, []byte("noise"))
	ru.sync(relay) // reads on to 2
	relay.view = nil
	if ru.sync(relay); len(bodies(ru.Log())) != 0 {
		t.Fatal("the test withholds nothing")
	}
	if n := must(us.Resend(ctx)); n != 1 {
		t.Fatalf("%d sealed anew", n)
	}
	us.sync(relay)
	if ru.sync(relay); !slices.Equal(bodies(ru.Log()), []string{"withheld"}) {
		t.Fatal("it did not arrive")
	}
}

// Each member's newest entry is told with its date, and with the latest of what it
// answers.
func TestClocks(t *testing.T) {
	c := charterOf("ru", "us")
	us, ru, relay := openDesk(t, c, "us"), openDesk(t, c, "ru"), newCarrier()
	us.now += day
	us.say("dated tomorrow")
	us.sync(relay)
	ru.sync(relay)
	ru.say("dated today")
	clocks := ru.Health().Clocks
	theirs, ours := clocks[key("us").ID()], clocks[key("ru").ID()]
	if theirs.Said.Unix() != us.now || !ours.Answers.Equal(theirs.Said) || ours.Answers.Sub(ours.Said) != day*time.Second {
		t.Errorf("us %+v, ru %+v", theirs, ours)
	}
}

// interrupted does something in the middle of each Append.
type interrupted struct {
	*memoryCarrier
	by func()
}

func (i interrupted) Append(ctx context.Context, envelope []byte) (uint64, error) {
	i.by()
	return i.memoryCarrier.Append(ctx, envelope)
}

// What is sealed anew while the old envelope is on its way still goes out.
func TestResendWhileSending(t *testing.T) {
	c := charterOf("ru", "us")
	us, relay := openDesk(t, c, "us"), newCarrier()
	us.say("hello")
	us.sync(interrupted{relay, func() { must(us.Resend(ctx)) }})
	if r := us.sync(relay); r.Sent != 1 || len(relay.box) != 2 {
		t.Fatalf("%+v, %d in the mailbox", r, len(relay.box))
	}
}

func TestHostileEnvelopesAreCountedAndPassed(t *testing.T) {
	c := charterOf("ru", "us")
	us, ru, relay := openDesk(t, c, "us"), openDesk(t, c, "ru"), newCarrier()
	stranger := must(Sign(entryAt(c, "eve", "note", "", Position{Number: 1}), key("eve")))
	x := us.say("x").ID
	wrong := must(Sign(entryAt(c, "us", "note", "wrong heads", Position{Number: 3, Previous: x, Heads: []EntryID{x}}), key("us")))
	for _, raw := range [][]byte{stranger.Raw, wrong.Raw, twoParts("not", "an entry")} {
		relay.box = append(relay.box, must(Seal(randomness(1), c.ID(), everybody(c), raw)))
	}
	relay.box = append(relay.box, nil, []byte{0x85}, make([]byte, MaxEnvelope+1))
	us.sync(relay)
	r := ru.sync(relay)
	// "x", and "wrong heads" which goes once "x" is here; a stranger waits to be introduced.
	if r.Received != 2 || r.Refused != 1 || r.Unopened != 3 || len(ru.log.strangers) != 1 {
		t.Fatalf("%+v", r)
	}
	if got := bodies(ru.Log()); !slices.Equal(got, []string{"x"}) {
		t.Fatalf("they read %q", got)
	}
	if r := ru.sync(relay); r.Refused+r.Unopened != 0 {
		t.Fatalf("the cursor stays before what was refused: %+v", r)
	}
}

func TestADeadRelayIsAnErrorAndNothingIsLost(t *testing.T) {
	c := charterOf("ru", "us")
	us, relay := openDesk(t, c, "us"), newCarrier()
	us.say("hello")
	relay.down = errDown
	if r, err := us.Sync(ctx, relay); !errors.Is(err, errDown) || r.Waiting != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	relay.down = nil
	if r := us.sync(relay); r.Sent != 1 {
		t.Fatalf("%+v", r)
	}
}

func TestOnlyADeviceHasASession(t *testing.T) {
	c := charterOf("ru", "us")
	for name, keys := range map[string]struct {
		signing *SigningKey
		sealing *SealingKey
	}{
		"a principal":           {key("us-principal"), sealingKey("us")},
		"a stranger":            {key("eve"), sealingKey("eve")},
		"another's sealing":     {key("us"), sealingKey("ru")},
		"a sealing of no one's": {key("us"), sealingKey("eve")},
	} {
		if _, err := NewSession(ctx, c, keys.signing, keys.sealing, newJournal(), Options{}); err == nil {
			t.Errorf("%s opened a session", name)
		}
	}
}

func TestABrokenJournalStopsEverything(t *testing.T) {
	c := charterOf("ru", "us")
	us, relay := openDesk(t, c, "us"), newCarrier()
	full := errors.New("disk full")
	us.journal.fail = func(int) (bool, error) { return true, full } // it was kept all the same
	if _, err := us.Append(ctx, "note", EntryID{}, []byte("x")); !errors.Is(err, ErrJournal) || !errors.Is(err, full) {
		t.Fatalf("%v", err)
	}
	us.journal.fail = nil
	if _, err := us.Append(ctx, "note", EntryID{}, []byte("y")); !errors.Is(err, ErrJournal) {
		t.Fatalf("it signed on: %v", err)
	}
	if _, err := us.Sync(ctx, relay); !errors.Is(err, ErrJournal) || len(relay.box) != 0 {
		t.Fatalf("it sent: %v", err)
	}
	us.reopen()
	us.say("y")
	if len(us.Log().Forks()) != 0 || !slices.Equal(bodies(us.Log()), []string{"x", "y"}) {
		t.Fatalf("after reopening: %q", bodies(us.Log()))
	}
}

func TestAJournalThatWasChangedIsRefused(t *testing.T) {
	c := charterOf("ru", "us")
	us := openDesk(t, c, "us")
	us.say("x")
	us.journal.entries[0][100] ^= 1
	if _, err := NewSession(ctx, c, key("us"), sealingKey("us"), us.journal, Options{}); !errors.Is(err, ErrEntry) {
		t.Fatalf("%v", err)
	}
}

// A negotiator goes on writing while the relay is slow.
func TestWritingWhileSyncing(t *testing.T) {
	c := charterOf("ru", "us")
	us, ru, relay := openDesk(t, c, "us"), openDesk(t, c, "ru"), newCarrier()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 8 {
			if _, err := us.Sync(ctx, relay); err != nil {
				t.Error(err)
			}
			us.Log().Fingerprint(nil)
			_ = us.Waiting()
		}
	}()
	for range 8 {
		us.say("x")
		ru.say("y")
		ru.sync(relay)
	}
	<-done
	for range 3 {
		us.sync(relay)
		ru.sync(relay)
	}
	if us.Log().HeadsDigest() != ru.Log().HeadsDigest() || len(bodies(us.Log())) != 16 || len(us.Log().Forks()) != 0 {
		t.Fatalf("%d and %d entries", len(us.Log().Entries()), len(ru.Log().Entries()))
	}
	us.reopen()
	if us.Log().HeadsDigest() != ru.Log().HeadsDigest() {
		t.Fatal("the journal holds less")
	}
}

// A sync that is cancelled keeps what it had read.
func TestACancelledSyncKeepsWhatItRead(t *testing.T) {
	c := charterOf("ru", "us")
	us, ru, relay := openDesk(t, c, "us"), openDesk(t, c, "ru"), newCarrier()
	us.say("one")
	us.say("two")
	us.sync(relay)
	cut, cancel := context.WithCancel(ctx)
	relay.view = func(items []item) []item {
		if len(items) > 1 {
			cancel()
		}
		return items
	}
	if _, err := ru.Sync(cut, relay); !errors.Is(err, context.Canceled) {
		t.Fatalf("%v", err)
	}
	relay.view = nil
	ru.sync(relay)
	if got := bodies(ru.Log()); !slices.Equal(got, []string{"one", "two"}) {
		t.Fatalf("%q", got)
	}
}

// What a device said itself and no longer finds a place for was written by
// another version: going on without it would sign its number again.
func TestOurOwnEntriesAlwaysHaveAPlace(t *testing.T) {
	us := openDesk(t, charterOf("ru", "us"), "us")
	us.say("first")
	d, err := us.next(key("us").ID(), "note", EntryID{}, []byte("second"))
	if err != nil {
		t.Fatal(err)
	}
	d.Roster = ID{1}
	misfit := must(Sign(d, key("us")))
	us.journal.entries = append(us.journal.entries, misfit.Raw)
	open := func() error {
		_, err := NewSession(ctx, us.charter, key("us"), nil, us.journal, Options{Now: us.clock})
		return err
	}
	if err := open(); !errors.Is(err, ErrStructure) || !strings.Contains(err.Error(), "another version") {
		t.Errorf("opened over it: %v", err)
	}
	// A copy that signs no more may have been given anything.
	us.journal.restored = true
	if err := open(); err != nil {
		t.Error(err)
	}
}
