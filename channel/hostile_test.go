package channel

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// torment makes a carrier treat its readers badly, by a plan that rapid draws.
func torment(t *rapid.T, relay *memoryCarrier) {
	relay.view = func(items []item) []item {
		items = slices.DeleteFunc(items, func(item) bool { return rapid.IntRange(0, 5).Draw(t, "hide") == 0 })
		switch rapid.IntRange(0, 5).Draw(t, "view") {
		case 0: // twice
			items = slices.Concat(items, items)
		case 1: // contents under others' numbers
			if len(items) > 1 {
				mixed := rapid.Permutation(items).Draw(t, "mixed")
				for i := range items {
					items[i].envelope = mixed[i].envelope
				}
			}
		case 2: // cut off
			items = items[:len(items)/2]
		case 3: // spoilt
			for i := range items {
				if len(items[i].envelope) > 0 && rapid.Bool().Draw(t, "spoil") {
					items[i].envelope = slices.Clone(items[i].envelope)
					items[i].envelope[len(items[i].envelope)/2] ^= 1
				}
			}
		case 4: // with numbers that mean nothing
			for i := range items {
				items[i].number = rapid.Uint64().Draw(t, "number")
			}
		}
		return items
	}
	relay.swallow = func() bool { return rapid.IntRange(0, 4).Draw(t, "swallow") == 0 }
}

func shake(t *rapid.T, relay *memoryCarrier) {
	switch rapid.IntRange(0, 9).Draw(t, "shake") {
	case 0:
		relay.box, relay.epoch = nil, relay.epoch+"x"
	case 1: // it lost its tail and does not say so
		relay.box = relay.box[:len(relay.box)/2]
	case 2:
		relay.down = errDown
	case 3:
		relay.box = append(relay.box, []byte("noise"))
	default:
		relay.down = nil
	}
}

// However badly the carrier behaved, once it delivers all sides hold the same.
func TestOnceTheCarrierDeliversAllAgree(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		desks := []*desk{openDesk(t, three, "de"), openDesk(t, three, "ru"), openDesk(t, three, "us")}
		relay, said := newCarrier(), 0
		torment(rt, relay)
		for range rapid.IntRange(3, 12).Draw(rt, "steps") {
			d := rapid.SampledFrom(desks).Draw(rt, "desk")
			switch rapid.IntRange(0, 3).Draw(rt, "act") {
			case 0:
				d.say(fmt.Sprint(said))
				said++
			case 1:
				d.reopen()
			default:
				if _, err := d.Sync(ctx, relay); err != nil && !errors.Is(err, errDown) {
					rt.Fatal(err)
				}
			}
			shake(rt, relay)
		}
		relay.view, relay.swallow, relay.down = nil, nil, nil
		settle(rt, desks, relay)
		for _, d := range desks {
			if got := len(bodies(d.Log())); got != said {
				rt.Fatalf("%s has %d of %d", d.name, got, said)
			}
			if d.Restored() || len(d.Log().Forks()) != 0 {
				rt.Fatalf("%s thinks ill of somebody", d.name)
			}
		}
	})
}

// settle lets the desks resend what is not confirmed and sync until it is
// quiet, and wants them to agree.
func settle(t *rapid.T, desks []*desk, relay *memoryCarrier) {
	for round := range 8 {
		quiet := true
		for _, d := range desks {
			if round == 1 { // after one honest round: what was withheld
				_ = must(d.Resend(ctx))
			}
			r, err := d.Sync(ctx, relay)
			if err != nil {
				t.Fatal(err)
			}
			quiet = quiet && r.Sent == 0 && r.Received == 0
		}
		if quiet && round > 1 {
			break
		}
	}
	want := desks[0].Log()
	for _, d := range desks {
		if d.Log().HeadsDigest() != want.HeadsDigest() || len(d.Log().Missing()) != 0 || d.Log().Held() != 0 {
			for _, a := range desks {
				for _, b := range desks {
					for _, e := range b.Log().Entries() {
						if !a.Log().admits(e.ID) {
							t.Logf("%s lacks %s %d of %s, which %s has, in its outbox: %v", a.name, e.Kind, e.Number, nameOf(e.Author), b.name, b.outbox[e.ID].Number)
						}
					}
				}
			}
			t.Fatalf("%s does not agree: %d entries, missing %v", d.name, len(d.Log().Entries()), d.Log().Missing())
		}
		if len(d.Waiting()) != 0 {
			t.Fatalf("%s waits for %d", d.name, len(d.Waiting()))
		}
	}
}

// An author who tells one side one thing and the other side another is found
// out by both as soon as they hear of each other.
func TestWhoForksIsSeenByAll(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		ru, us, relay := openDesk(t, three, "ru"), openDesk(t, three, "us"), newCarrier()
		at := Position{Number: 2, Previous: prekeyOf(three, "de").ID}
		yes := must(Sign(entryAt(three, "de", "accept", "yes", at), key("de")))
		no := must(Sign(entryAt(three, "de", "decline", "no", at), key("de")))
		after := must(Sign(entryAt(three, "de", "note", "on", Position{Number: 3, Previous: yes.ID}), key("de")))
		toRu, toUs := []*Signed{yes, after}, []*Signed{no}
		if rapid.Bool().Draw(rt, "swap") {
			toRu, toUs = toUs, toRu
		}
		give := func(d *desk, entries []*Signed) {
			for _, e := range rapid.Permutation(entries).Draw(rt, "order") {
				must(d.Import(ctx, e.Raw))
			}
		}
		give(ru, toRu)
		give(us, toUs)
		ru.say("as ru heard")
		us.say("as us heard")
		var seen int
		for range 4 {
			seen += len(ru.sync(relay).NewForks) + len(us.sync(relay).NewForks)
		}
		if seen != 2 {
			rt.Fatalf("told %d times", seen)
		}
		for _, d := range []*desk{ru, us} {
			if f := d.Log().Forks(); len(f) != 1 || f[0].Author != key("de").ID() || f[0].Number != 2 {
				rt.Fatalf("%s: %+v", d.name, f)
			}
			if len(d.Log().Entries()) < 5 {
				rt.Fatalf("%s has not both sides", d.name)
			}
		}
		if ru.Log().HeadsDigest() != us.Log().HeadsDigest() {
			rt.Fatal("they differ")
		}
		before := len(relay.box)
		for range 3 {
			ru.sync(relay)
			us.sync(relay)
		}
		if len(relay.box) != before {
			rt.Fatal("it does not come to rest")
		}
	})
}

// Whoever forks without end gets no answer without end.
func TestManyForksComeToRest(t *testing.T) {
	ru, us, relay := openDesk(t, three, "ru"), openDesk(t, three, "us"), newCarrier()
	for i := range headsEach + 3 {
		e := must(Sign(entryAt(three, "de", "note", fmt.Sprint(i), Position{Number: 2, Previous: prekeyOf(three, "de").ID}), key("de")))
		must(ru.Import(ctx, e.Raw))
	}
	for range 3 {
		ru.sync(relay)
		us.sync(relay)
	}
	before := len(relay.box)
	for range 3 {
		ru.sync(relay)
		us.sync(relay)
	}
	if len(relay.box) != before {
		t.Fatalf("%d more", len(relay.box)-before)
	}
}

// More waits than there is room for: it is read again in pieces.
func TestABacklogIsReadInPieces(t *testing.T) {
	us, ru, relay := openDesk(t, three, "us"), openDesk(t, three, "ru"), newCarrier()
	for i := range 8 {
		us.say(fmt.Sprint(i))
	}
	us.sync(relay)
	// The carrier gives the youngest first, so nothing can be admitted until
	// the end; and ru has room for two.
	slices.Reverse(relay.box)
	ru.log.waiting.limit = 2
	for range 8 {
		if r := ru.sync(relay); len(r.Missing) == 0 {
			break
		}
	}
	if got := len(bodies(ru.Log())); got != 8 {
		t.Fatalf("%d of 8", got)
	}
	ru.log.waiting.limit = MaxHeld
	ru.reopen()
	if got := len(bodies(ru.Log())); got != 8 {
		t.Fatalf("%d of 8 in the journal", got)
	}
}

// What had no room is not passed by for good: the cursor stays before it, over
// a restart too.
func TestWhatHadNoRoomIsReadAgain(t *testing.T) {
	us, ru, relay := openDesk(t, three, "us"), openDesk(t, three, "ru"), newCarrier()
	for i := range 5 {
		us.say(fmt.Sprint(i))
	}
	us.sync(relay)
	relay.box = append(relay.box[1:], relay.box[0]) // the first comes last
	late := relay.box[4]
	relay.box = relay.box[:4]
	ru.log.waiting.limit = 2
	ru.sync(relay)
	ru.reopen()
	ru.log.waiting.limit = 2
	relay.box = append(relay.box, late)
	for range 3 {
		ru.sync(relay)
	}
	if got := len(bodies(ru.Log())); got != 5 {
		t.Fatalf("%d of 5", got)
	}
}

// Power fails at every write to the journal, before it or just after, and the
// desk is started again. Nobody ends up forked, restored, or short of an entry.
func TestPowerFailsAtEveryWrite(t *testing.T) {
	crash := errors.New("power failure")
	const writes = 20 // more than the story makes: the last runs are whole
	whole := 0
	for at := 1; at <= writes; at++ {
		for _, kept := range []bool{false, true} {
			us, ru, relay := openDesk(t, three, "us"), openDesk(t, three, "ru"), newCarrier()
			crashed := false
			us.journal.fail = func(n int) (bool, error) {
				if n == at && !crashed {
					crashed = true
					return kept, crash
				}
				return true, nil
			}
			step := func(act func() error) {
				if err := act(); err != nil {
					if !errors.Is(err, crash) {
						t.Fatal(err)
					}
					us.reopen()
				}
			}
			syncUs := func() error { _, err := us.Sync(ctx, relay); return err }
			say := func(text string) func() error {
				return func() error {
					_, err := us.Append(ctx, "note", EntryID{}, []byte(text))
					return err
				}
			}
			step(say("one"))
			step(syncUs)
			ru.say("two")
			ru.sync(relay)
			step(syncUs)
			step(say("three"))
			step(syncUs)
			ru.sync(relay)
			step(syncUs)
			step(say("four"))
			step(syncUs)
			ru.sync(relay)
			step(syncUs)
			step(syncUs)
			ru.sync(relay)
			if !crashed {
				whole++
			}
			if us.Restored() || len(us.Log().Forks()) != 0 || len(ru.Log().Forks()) != 0 {
				t.Fatalf("write %d, kept %v: taken for a fork or a copy", at, kept)
			}
			if us.Log().HeadsDigest() != ru.Log().HeadsDigest() {
				t.Fatalf("write %d, kept %v: %q and %q", at, kept, bodies(us.Log()), bodies(ru.Log()))
			}
			// Only a word that was never written down may be missing.
			if n := len(bodies(ru.Log())); n < 3 || n < 4 && kept {
				t.Fatalf("write %d, kept %v: %q", at, kept, bodies(ru.Log()))
			}
			d := &desk{t: t, name: "us", charter: three, journal: us.journal}
			d.reopen()
			if d.Log().HeadsDigest() != us.Log().HeadsDigest() {
				t.Fatalf("write %d, kept %v: the journal holds less than the desk", at, kept)
			}
		}
	}
	if whole == 0 {
		t.Fatalf("%d writes were not all", writes)
	}
}
