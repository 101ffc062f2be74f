package channel

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"
)

// recorder counts what passes through to a carrier.
type recorder struct {
	*memoryCarrier
	appended [][]byte
}

func (r *recorder) Append(ctx context.Context, envelope []byte) (uint64, error) {
	r.appended = append(r.appended, bytes.Clone(envelope))
	return r.memoryCarrier.Append(ctx, envelope)
}

// badSlot seals an entry as its author would, but for one device, whose slot
// holds nothing.
func badSlot(d *desk, e *Signed, to ...string) []byte {
	var r Recipients
	for _, name := range to {
		seat, _ := d.log.Roster().Seat(key(name).ID())
		r.Whole = append(r.Whole, d.log.sealingOf(seat))
	}
	return must(Seal(randomness(9), d.charter.ID(), r, e.Raw))
}

// whisper says something and gives the carrier an envelope for these alone.
func (d *desk) whisper(relay *memoryCarrier, text string, to ...string) *Signed {
	e := d.say(text)
	delete(d.outbox, e.ID)
	delete(d.journal.outbox, e.ID)
	relay.box = append(relay.box, badSlot(d, e, to...))
	return e
}

func TestWhoGotABadSlotAsksAndIsGiven(t *testing.T) {
	de, ru, us, relay := openDesk(t, three, "de"), openDesk(t, three, "ru"), openDesk(t, three, "us"), newCarrier()
	kept := us.whisper(relay, "not for de", "us", "ru")
	us.say("for all")
	us.sync(relay)
	r := de.sync(relay)
	if !slices.Equal(r.Missing, []EntryID{kept.ID}) || r.Unopened == 0 || len(r.Admitted) != 0 {
		t.Fatalf("de: %+v", r)
	}
	question := de.Log().HeadsOf(key("de").ID())
	if e, _ := de.Log().Entry(question[0]); e.Kind != KindReceipt || !slices.Equal(must(parseMissed(e.Body)), []EntryID{kept.ID}) {
		t.Fatal("de does not ask for it")
	}
	ru.sync(relay) // not the author: anybody who has it
	if r := de.sync(relay); len(r.Missing) != 0 || !slices.Equal(bodies(de.Log()), []string{"not for de", "for all"}) {
		t.Fatalf("de, answered: %+v", r)
	}
	rest(t, relay, de, ru, us)
	if us.Log().HeadsDigest() != de.Log().HeadsDigest() {
		t.Fatal("they do not agree")
	}
}

// rest syncs until nobody sends, and wants that to come soon and to stay so.
func rest(t *testing.T, relay *memoryCarrier, desks ...*desk) {
	t.Helper()
	for range 6 {
		for _, d := range desks {
			d.sync(relay)
		}
	}
	before := len(relay.box)
	for range 3 {
		for _, d := range desks {
			d.sync(relay)
		}
	}
	if len(relay.box) != before {
		t.Fatalf("it does not come to rest: %d more", len(relay.box)-before)
	}
}

// What nobody has is asked for once, and once a day from then on.
func TestAQuestionThatNobodyAnswersComesToRest(t *testing.T) {
	de, ru, us, relay := openDesk(t, three, "de"), openDesk(t, three, "ru"), openDesk(t, three, "us"), newCarrier()
	ghost := must(Sign(entryAt(three, "de", "note", "on a ghost", Position{
		Number: 2, Previous: prekeyOf(three, "de").ID, Heads: []EntryID{{1}},
	}), key("de")))
	relay.box = append(relay.box, badSlot(de, ghost, "us", "ru"))
	rest(t, relay, ru, us)
	if !slices.Equal(us.Log().Missing(), []EntryID{{1}}) {
		t.Fatal("it is not missed")
	}
	before := len(relay.box)
	if before != 3 { // the ghost's child, and each one's question
		t.Fatalf("%d envelopes: who has nothing to give answers", before)
	}
	us.now += day
	if r := us.sync(relay); r.Sent != 1 {
		t.Fatalf("not asked again after a day: %+v", r)
	}
	ru.now += 2 * day
	rest(t, relay, ru, us)
	if n := len(relay.box) - before; n > 6 {
		t.Fatalf("%d envelopes for a question nobody can answer", n)
	}
}

// Who names what does not exist can't keep us from asking for what does.
func TestGhostsDoNotHideGaps(t *testing.T) {
	de, ru, us, relay := openDesk(t, three, "de"), openDesk(t, three, "ru"), openDesk(t, three, "us"), newCarrier()
	ghosts := must(Sign(entryAt(three, "de", "note", "on ghosts", Position{
		Number: 2, Previous: prekeyOf(three, "de").ID, Heads: manyHeads(40),
	}), key("de")))
	relay.box = append(relay.box, badSlot(de, ghosts, "us", "ru"))
	us.sync(relay)
	kept := ru.whisper(relay, "not for us", "ru")
	ru.say("for all")
	ru.sync(relay)
	us.sync(relay)
	ru.sync(relay)
	us.sync(relay)
	if !us.log.admits(kept.ID) {
		t.Fatal("us never asked for it")
	}
	rest(t, relay, ru, us)
}

// A hostile asker costs each of the others sixteen envelopes for a receipt, and
// nothing for one that it sends again.
func TestAnAskerIsBounded(t *testing.T) {
	us, ru, relay := openDesk(t, three, "us"), openDesk(t, three, "ru"), newCarrier()
	var said []EntryID
	for i := range 40 {
		said = append(said, us.say(fmt.Sprint(i)).ID)
	}
	us.sync(relay)
	ru.sync(relay)
	us.sync(relay)
	slices.SortFunc(said, EntryID.Compare)
	ask := func(missed []EntryID) error {
		_, err := ru.Append(ctx, KindReceipt, EntryID{}, must(Marshal(receiptBody{Missed: missed})))
		return err
	}
	if err := ask(said[:maxMissed+1]); err == nil {
		t.Fatal("more than sixteen at once")
	}
	for name, missed := range map[string][]EntryID{"none": {}, "one twice": {{1}, {1}}, "out of order": {{2}, {1}}, "zeros": {{}}} {
		if err := ask(missed); err == nil {
			t.Errorf("it asks for %s", name)
		}
	}
	if err := ask(said[:maxMissed]); err != nil {
		t.Fatal(err)
	}
	ru.sync(relay)
	count := &recorder{memoryCarrier: relay}
	_ = must(us.Sync(ctx, count))
	if n := len(count.appended); n != maxMissed+1 { // and a receipt, by which it is answered
		t.Fatalf("%d envelopes", n)
	}
	count.appended = nil
	for range 3 {
		_ = must(us.Sync(ctx, count))
	}
	if len(count.appended) != 0 {
		t.Fatalf("%d more", len(count.appended))
	}
	for _, envelope := range relay.box[len(relay.box)-5:] {
		if raw, err := Open(openers("ru/prekey"), three.ID(), envelope); err == nil {
			if _, err := Open(openers("us/prekey"), three.ID(), envelope); err == nil && must(three.VerifyEntry(raw)).Kind != KindReceipt {
				t.Fatal("an answer is sealed to more than the asker")
			}
		}
	}
}

// Who forks its questions gets no answers without end.
func TestAForkedAskerComesToRest(t *testing.T) {
	us, ru, relay := openDesk(t, three, "us"), openDesk(t, three, "ru"), newCarrier()
	word := us.say("x")
	us.sync(relay)
	for i := range headsEach + 4 {
		d := entryAt(three, "de", KindReceipt, string(must(Marshal(receiptBody{Missed: []EntryID{word.ID}}))), Position{Number: 2, Previous: prekeyOf(three, "de").ID})
		d.Salt[0] = byte(i)
		d.Content = d.hash()
		must(ru.Import(ctx, must(Sign(d, key("de"))).Raw))
	}
	rest(t, relay, us, ru)
}

// Nor does who can't sign give answers without end, for it can't say that it has.
func TestWhoCannotSignAnswersNobody(t *testing.T) {
	us, ru, relay := openDesk(t, three, "us"), openDesk(t, three, "ru"), newCarrier()
	word := us.say("x")
	us.sync(relay)
	us.sync(relay)
	copied := &desk{t: t, name: "us", charter: three, journal: us.journal.copy(), now: us.now}
	us.say("the copy has not got this")
	us.sync(relay)
	copied.reopen()
	copied.sync(relay)
	if !copied.Restored() {
		t.Fatal("it did not notice")
	}
	ru.sync(relay)
	must(ru.Append(ctx, KindReceipt, EntryID{}, must(Marshal(receiptBody{Missed: []EntryID{word.ID}}))))
	ru.sync(relay)
	before := len(relay.box)
	for range 3 {
		copied.sync(relay)
	}
	if len(relay.box) != before {
		t.Fatalf("%d envelopes", len(relay.box)-before)
	}
}

// A member who is sent an entry without its body does not take it for whole.
func TestAnEntryWithoutItsBodyIsNotWhole(t *testing.T) {
	c := governed()
	de, ru, us, relay := openDesk(t, c, "de"), openDesk(t, c, "ru"), openDesk(t, c, "us"), newCarrier()
	e := us.whisper(relay, "two for two", "us", "ru")
	seat, _ := us.log.Roster().Seat(key("de").ID())
	relay.box = append(relay.box, must(Seal(randomness(3), c.ID(), Recipients{Headers: [][]byte{us.log.sealingOf(seat)}}, e.Raw)))
	if r := de.sync(relay); r.Refused != 1 || len(r.Admitted) != 0 {
		t.Fatalf("%+v", r)
	}
	if _, ok := de.Log().Entry(e.ID); ok {
		t.Fatal("taken for whole")
	}
	us.say("go on")
	us.sync(relay)
	if r := de.sync(relay); !slices.Equal(r.Missing, []EntryID{e.ID}) {
		t.Fatalf("%+v", r)
	}
	ru.sync(relay)
	if r := de.sync(relay); len(r.Missing) != 0 {
		t.Fatalf("%+v", r)
	}
	if got, ok := de.Log().Entry(e.ID); !ok || string(got.Body) != "two for two" || got.Withheld {
		t.Fatal("de did not get it")
	}
	if _, err := de.Import(ctx, must(e.withoutBody()).Raw); err == nil {
		t.Fatal("imported without its body")
	}
}

// A humanitarian neutral never has the body of an offer, though a hostile
// member seals it to it, hands it over, or answers with it; and its heads are
// everybody's.
func TestANeutralNeverHasWhatIsWithheld(t *testing.T) {
	c := governed()
	neutral, us, ru, relay := openDesk(t, c, "neutral"), openDesk(t, c, "us"), openDesk(t, c, "ru"), newCarrier()
	secret := []byte("MARKED two for two")
	by := func(d *desk) *Signed { return must(d.Append(ctx, "offer", EntryID{}, secret)) }
	offer := by(us)
	us.sync(relay)
	neutral.sync(relay)
	got, ok := neutral.Log().Entry(offer.ID)
	if !ok || !got.Withheld || len(got.Body) != 0 {
		t.Fatalf("%+v", got)
	}
	// Sealed to it whole, by hand, in an archive.
	second := by(us)
	relay.box = append(relay.box, badSlot(us, second, "neutral"))
	neutral.sync(relay)
	third := by(us)
	must(neutral.Import(ctx, third.Raw))
	fourth := by(us)
	must(neutral.ReadArchive(ctx, [][]byte{fourth.Raw}))
	for _, e := range []*Signed{second, third, fourth} {
		if got, ok := neutral.Log().Entry(e.ID); !ok || !got.Withheld {
			t.Fatal("it has no entry, or all of it")
		}
	}
	note := us.say("this is for the neutral too")
	us.sync(relay)
	rest(t, relay, neutral, us, ru)
	if got, _ := neutral.Log().Entry(note.ID); got.Withheld || len(got.Body) == 0 {
		t.Fatal("more is withheld than should be")
	}
	if neutral.Log().HeadsDigest() != us.Log().HeadsDigest() || us.Log().HeadsDigest() != ru.Log().HeadsDigest() {
		t.Fatal("its heads are others")
	}
	for _, raw := range neutral.journal.entries {
		if bytes.Contains(raw, secret) {
			t.Fatal("the journal holds the body")
		}
	}
	neutral.reopen()
	if neutral.Log().HeadsDigest() != us.Log().HeadsDigest() {
		t.Fatal("another log after a restart")
	}
	for _, envelope := range relay.box {
		raw, err := Open(append(openers("neutral", "neutral/prekey"), neutral.sealingKeys()...), c.ID(), envelope)
		if err == nil && bytes.Contains(raw, secret) && !bytes.Equal(raw, second.Raw) {
			t.Fatal("an envelope gives it the body")
		}
	}
}

// The neutral misses an offer: it is given the header, by members and by other
// neutrals, and everybody's sync goes on.
func TestANeutralIsGivenTheHeaderThatItMisses(t *testing.T) {
	c := governed()
	c.Neutrals = append(c.Neutrals, Neutral{Name: "Second", Capabilities: []string{"humanitarian"}, Withheld: []string{"offer"}, Device: device("second")})
	neutral, second, us, relay := openDesk(t, c, "neutral"), openDesk(t, c, "second"), openDesk(t, c, "us"), newCarrier()
	offer := must(us.Append(ctx, "offer", EntryID{}, []byte("two for two")))
	delete(us.outbox, offer.ID)
	delete(us.journal.outbox, offer.ID)
	must(second.Import(ctx, must(offer.withoutBody()).Raw))
	us.say("on")
	us.sync(relay)
	neutral.sync(relay) // asks
	second.sync(relay)  // has only the header, and gives it
	if r := neutral.sync(relay); len(r.Missing) != 0 {
		t.Fatalf("%+v", r)
	}
	us.sync(relay)
	if got, ok := neutral.Log().Entry(offer.ID); !ok || !got.Withheld {
		t.Fatal("it has not got the header")
	}
	// A delegation that misses the same gets nothing from who has half of it.
	de := openDesk(t, c, "de")
	de.sync(relay)
	count := &recorder{memoryCarrier: relay}
	_ = must(second.Sync(ctx, count))
	for _, envelope := range count.appended {
		if raw, err := Open(openers("de/prekey"), c.ID(), envelope); err == nil && must(c.VerifyEntry(raw)).ID == offer.ID {
			t.Fatal("half an entry was sent for a whole one")
		}
	}
	us.sync(relay)
	de.sync(relay)
	if got, ok := de.Log().Entry(offer.ID); !ok || string(got.Body) != "two for two" {
		t.Fatal("de did not get it")
	}
}
