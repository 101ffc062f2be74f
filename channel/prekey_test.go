package channel

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// greet lets the desks give out their first prekeys and acknowledge them.
func greet(relay *memoryCarrier, desks ...*desk) {
	for range 2 {
		for _, d := range desks {
			d.sync(relay)
		}
	}
}

func TestADeskGivesOutAPrekeyAtOnce(t *testing.T) {
	c := charterOf("ru", "us")
	us, ru, relay := openFresh(t, c, "us"), openFresh(t, c, "ru"), newCarrier()
	if r := us.sync(relay); r.Sent != 1 || r.Waiting != 0 {
		t.Fatalf("%+v", r)
	}
	if len(us.journal.keys) != 2 {
		t.Fatalf("%d keys", len(us.journal.keys))
	}
	if r := us.sync(relay); r.Sent != 0 {
		t.Fatal("and again")
	}
	ru.sync(relay)
	own := us.keys[len(us.keys)-1].Public()
	if !slices.Equal(ru.log.sealingOf(us.self), own) {
		t.Fatal("they seal to another key")
	}
	us.reopen()
	if r := us.sync(relay); r.Sent != 0 || len(us.keys) != 1 || !slices.Equal(us.keys[0].Public(), own) {
		t.Fatalf("after a restart: %+v, %d keys", r, len(us.keys))
	}
}

// opens reports whether what a journal holds opens an envelope.
func (j *memoryJournal) opens(channel ID, envelope []byte) bool {
	var keys []*SealingKey
	for _, k := range j.keys {
		keys = append(keys, must(ParseSealingKey(k.Seed)))
	}
	_, err := Open(keys, channel, envelope)
	return err == nil
}

// Once every other device has spoken since it saw the new key, nobody uses the
// old one: it goes, and what was sealed to it stays shut.
func TestAnOldKeyIsForgottenOnceAllHaveMovedOn(t *testing.T) {
	c := charterOf("de", "ru", "us")
	de, ru, us, relay := openFresh(t, c, "de"), openFresh(t, c, "ru"), openFresh(t, c, "us"), newCarrier()
	de.say("sealed to the first keys")
	de.sync(relay)
	sealed := slices.Clone(relay.box[0])
	us.sync(relay)
	if !us.journal.opens(c.ID(), sealed) {
		t.Fatal("it does not open at all")
	}
	ru.say("I have seen it")
	ru.sync(relay)
	if us.sync(relay); len(us.keys) != 2 {
		t.Fatal("de may still use the old key")
	}
	de.say("so have I")
	de.sync(relay)
	if us.sync(relay); len(us.keys) != 1 || len(us.journal.keys) != 1 {
		t.Fatalf("%d keys, %d in the journal", len(us.keys), len(us.journal.keys))
	}
	if us.journal.opens(c.ID(), sealed) {
		t.Fatal("what was sealed to the old key opens with what the journal holds")
	}
	us.reopen()
	ru.say("to the new one")
	ru.sync(relay)
	if us.sync(relay); !slices.Contains(bodies(us.Log()), "to the new one") {
		t.Fatal("the new key does not serve")
	}
	if _, err := NewSession(ctx, c, key("us"), sealingKey("us"), us.journal, Options{Now: us.clock}); err != nil {
		t.Fatal(err)
	}
	if len(us.journal.keys) != 1 {
		t.Fatal("the first key came back")
	}
}

// A device that never comes keeps the old keys for 30 days and no longer.
func TestADeviceThatNeverComesKeepsNoKeyForLong(t *testing.T) {
	c := charterOf("de", "ru", "us") // de never comes
	ru, us, relay := openFresh(t, c, "ru"), openFresh(t, c, "us"), newCarrier()
	greet(relay, ru, us)
	us.now += 30*day - 1
	ru.now = us.now
	if us.sync(relay); !slices.ContainsFunc(us.journal.keys, func(k KeptKey) bool { return k.Entry.IsZero() }) {
		t.Fatal("the first key is gone before its time")
	}
	us.now += 1
	us.sync(relay)
	if slices.ContainsFunc(us.journal.keys, func(k KeptKey) bool { return k.Entry.IsZero() }) {
		t.Fatal("the first key is kept for ever")
	}
	// The same goes for every key after it, though nobody answers at all.
	for range 20 {
		us.now += 7 * day
		us.sync(relay)
	}
	if n := len(us.journal.keys); n > 6 {
		t.Fatalf("%d keys of a week each are kept", n)
	}
}

// Who can't sign any more forgets all the same.
func TestARevokedDeviceForgetsToo(t *testing.T) {
	c := governed()
	ru, us, relay := openFresh(t, c, "ru"), openFresh(t, c, "us"), newCarrier()
	greet(relay, ru, us)
	must(ru.Append(ctx, KindRoster, EntryID{}, must(signChange(revoke(c, "us", "us", 9), "us-a", "us-b").Encode())))
	ru.sync(relay)
	us.now += 40 * day
	// It may no longer be sealed to; the change reaches it by hand.
	for _, e := range ru.Log().Entries() {
		must(us.Import(ctx, e.Raw))
	}
	us.sync(relay)
	if _, err := us.Append(ctx, "note", EntryID{}, nil); !errors.Is(err, ErrRevoked) || len(us.journal.keys) != 1 {
		t.Fatalf("%v, %d keys", err, len(us.journal.keys))
	}
}

func TestAKeyIsRenewedEveryWeek(t *testing.T) {
	c := charterOf("ru", "us")
	us, ru, relay := openFresh(t, c, "us"), openFresh(t, c, "ru"), newCarrier()
	greet(relay, us, ru)
	seen := map[string]bool{}
	for range 5 {
		us.now, ru.now = us.now+7*day-1, ru.now+7*day-1
		us.sync(relay)
		before := us.keys[len(us.keys)-1].Public()
		us.now, ru.now = us.now+1, ru.now+1
		us.sync(relay)
		now := us.keys[len(us.keys)-1].Public()
		if slices.Equal(before, now) {
			t.Fatal("not renewed")
		}
		seen[string(now)] = true
		ru.say("x")
		ru.sync(relay)
		us.sync(relay)
		if !slices.Equal(ru.log.sealingOf(us.self), now) {
			t.Fatal("they seal to an older one")
		}
	}
	if len(seen) != 5 {
		t.Fatal("a key was used twice")
	}
}

// The journal fails at every write around a renewal. Either the entry and its
// key are both there, or neither; nothing that was sent stays shut.
func TestPowerFailsAroundARenewal(t *testing.T) {
	crash := errors.New("power failure")
	for at := 1; at <= 9; at++ {
		for _, kept := range []bool{false, true} {
			c := charterOf("ru", "us")
			us, ru, relay := openFresh(t, c, "us"), openFresh(t, c, "ru"), newCarrier()
			crashed := false
			us.journal.fail = func(n int) (bool, error) {
				if n == at && !crashed {
					crashed = true
					return kept, crash
				}
				return true, nil
			}
			for week := range 4 {
				for range 2 {
					if _, err := us.Sync(ctx, relay); err != nil {
						us.reopen()
						us.sync(relay)
					}
					ru.say(fmt.Sprint(week))
					ru.sync(relay)
				}
				us.now, ru.now = us.now+8*day, ru.now+8*day
			}
			us.sync(relay)
			if n := len(bodies(us.Log())); n != 8 || len(us.Log().Forks()) != 0 {
				t.Fatalf("write %d, kept %v: %d of 8 words", at, kept, n)
			}
			for _, k := range us.keys {
				if _, there := us.Log().Entry(k.entry); !there && !k.entry.IsZero() {
					t.Fatalf("write %d, kept %v: a key without its entry", at, kept)
				}
			}
			if !crashed {
				t.Fatalf("write %d: the story makes fewer", at)
			}
		}
	}
}

// However the desks take turns, nothing that is said stays shut to anybody, and
// no key lives longer than it may.
func TestNoWordIsLostToAForgottenKey(t *testing.T) {
	forgot := 0
	check := func(rt *rapid.T) {
		desks := []*desk{openFresh(t, three, "de"), openFresh(t, three, "ru"), openFresh(t, three, "us")}
		relay, said := newCarrier(), 0
		for range rapid.IntRange(4, 16).Draw(rt, "steps") {
			d := rapid.SampledFrom(desks).Draw(rt, "desk")
			switch rapid.IntRange(0, 4).Draw(rt, "act") {
			case 0:
				d.say(fmt.Sprint(said))
				said++
			case 1:
				for _, d := range desks {
					d.now += 4 * day
				}
			case 2:
				d.reopen()
			default:
				before := len(d.journal.keys)
				d.sync(relay)
				if len(d.journal.keys) < before {
					forgot++
				}
			}
		}
		for range 4 {
			for _, d := range desks {
				d.sync(relay)
			}
		}
		for _, d := range desks {
			if got := len(bodies(d.Log())); got != said || len(d.Log().Missing()) != 0 {
				rt.Fatalf("%s has %d of %d", d.name, got, said)
			}
		}
	}
	// It says nothing about what was never drawn.
	for round := 0; forgot == 0; round++ {
		if rapid.Check(t, check); round == 20 || t.Failed() {
			t.Fatal("no key was forgotten")
		}
		drawAnew()
	}
}

// A prekey as it was given out before it held secrets is read, and followed by one
// that does.
func TestAPrekeyOfTheFirstFormIsFollowed(t *testing.T) {
	body := must(Marshal(firstPrekeyBody{Sealing: sealingKey("us/prekey").Public()}))
	old := must(Sign(entryAt(two, "us", KindPrekey, string(body), Position{Number: 1}), key("us")))
	us, ru, relay := openFresh(t, two, "us"), openFresh(t, two, "ru"), newCarrier()
	us.journal.entries = [][]byte{old.Raw}
	us.journal.keys = append(us.journal.keys, KeptKey{hashOfSealing(sealingKey("us/prekey").Public()), sealingKey("us/prekey").Bytes(), old.ID})
	ru.journal.entries = [][]byte{old.Raw}
	us.reopen()
	ru.reopen()
	greet(relay, us, ru)
	us.off("now", "ru")
	us.sync(relay)
	if ru.sync(relay); !slices.Equal(ru.heard(), []string{"now"}) || len(us.log.recentPrekeys(us.self.ID)) != 2 {
		t.Fatalf("%q", ru.heard())
	}
}
