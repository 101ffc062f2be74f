package channel

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// transcript is what a carrier sees of a run: who hands over how much, in which
// order, and in how many slots.
func transcript(relay *memoryCarrier, desks []*desk, act func(), syncs int) string {
	var b strings.Builder
	act()
	for range syncs {
		for _, d := range desks {
			before := len(relay.box)
			d.sync(relay)
			for _, sealed := range relay.box[before:] {
				var e envelope
				if err := Unmarshal(sealed, &e); err != nil {
					panic(err)
				}
				fmt.Fprintf(&b, "%s: %d bytes, %d slots, %d and %d\n", d.name, len(sealed), len(e.Top.Slots), len(e.Header), len(e.Content))
			}
		}
	}
	return b.String()
}

// What the relay sees of a paper and of a non-paper, of both at once, and of a
// non-paper that is for some and not for others, is the same: in number, size,
// order and slots. So it is for those who answer.
func TestTheRelayCantTellAPaperFromANonPaper(t *testing.T) {
	c := charterOf("de", "ru", "us")
	c.Neutrals = withNeutral().Neutrals
	c.Delegations[2].Devices = append(c.Delegations[2].Devices, device("us-2"))
	slices.SortFunc(c.Delegations[2].Devices, func(a, b Member) int { return strings.Compare(a.Name, b.Name) })
	names := []string{"us", "us-2", "ru", "de", c.Neutrals[0].Device.Name}
	for _, size := range []int{1, 3000, 4000, 20_000} {
		words := strings.Repeat("x", size)
		run := func(acts func(us, ru *desk)) string {
			relay, desks := acquainted(t, c, names...)
			return transcript(relay, desks, func() { acts(desks[0], desks[2]) }, 3)
		}
		paper := run(func(us, ru *desk) { us.say(words); us.say(words); ru.say("so") })
		for name, acts := range map[string]func(us, ru *desk){
			"non-papers to one":       func(us, ru *desk) { us.off(words, "ru"); us.off(words, "ru"); ru.off("so", "us") },
			"non-papers to all":       func(us, ru *desk) { us.off(words, "ru", "de"); us.off(words, "ru", "de"); ru.off("so", "us", "de") },
			"a paper and a non-paper": func(us, ru *desk) { us.say(words); us.off(words, "ru"); ru.say("so") },
			"a non-paper and a paper": func(us, ru *desk) { us.off(words, "de"); us.say(words); ru.off("so", "us") },
		} {
			if got := run(acts); got != paper {
				t.Errorf("%d bytes, %s:\n%s\nand of papers:\n%s", size, name, got, paper)
			}
		}
	}
}

// What is asked of answers holds for what is sent for them too: a yes that names
// many is as long as a no.
func TestTheRelayCantTellYesFromNo(t *testing.T) {
	yes := strings.Repeat("somebody who is released,", 1000)
	least := func(_ *Log, e *Signed) int {
		if e.Kind == "accept" || e.Kind == "decline" {
			return len(yes)
		}
		return 0
	}
	run := func(kind, body string, again bool) string {
		relay, desks := acquainted(t, two, "us", "ru")
		desks[0].options.Least = least
		return transcript(relay, desks, func() {
			must(desks[0].Append(ctx, kind, EntryID{}, []byte(body)))
			if again {
				must(desks[0].Resend(ctx))
			}
		}, 3)
	}
	for _, again := range []bool{false, true} {
		if a, b := run("accept", yes, again), run("decline", "no", again); a != b || !strings.Contains(a, "us: ") {
			t.Errorf("sealed anew %v: yes\n%s\nno\n%s", again, a, b)
		}
	}
	if a, b := run("note", yes, false), run("note", "no", false); a == b {
		t.Error("the test sees no difference where there is one")
	}
}

// Under cover each sync hands over the same number of envelopes of the same
// size, whatever is said and whatever came.
func TestUnderCoverSilenceLooksLikeSpeech(t *testing.T) {
	const slots = 4
	run := func(act func(us, ru *desk)) (string, []*desk) {
		relay, desks := acquainted(t, two, "us", "ru")
		act(desks[0], desks[1])
		var b strings.Builder
		for range 4 {
			for _, d := range desks {
				before := len(relay.box)
				if _, err := d.SyncCovered(ctx, relay, slots); err != nil {
					t.Fatal(err)
				}
				for _, envelope := range relay.box[before:] {
					fmt.Fprintln(&b, d.name, len(envelope))
				}
			}
		}
		return b.String(), desks
	}
	silence, _ := run(func(*desk, *desk) {})
	if n := strings.Count(silence, "\n"); n != 4*2*slots {
		t.Fatalf("%d envelopes", n)
	}
	for name, act := range map[string]func(us, ru *desk){
		"a word":      func(us, _ *desk) { us.say("x") },
		"a non-paper": func(us, _ *desk) { us.off("x", "ru") },
		"both":        func(us, ru *desk) { us.off("x", "ru"); us.say("x"); ru.say("y") },
		"a whole load": func(us, ru *desk) {
			for i := range 9 {
				us.say(fmt.Sprint(i))
			}
			ru.off("y", "us")
		},
	} {
		spoken, desks := run(act)
		if spoken != silence {
			t.Errorf("%s:\n%s\nsilence:\n%s", name, spoken, silence)
		}
		if desks[0].Log().HeadsDigest() != desks[1].Log().HeadsDigest() {
			t.Errorf("%s: not all arrived", name)
		}
		for _, d := range desks {
			if len(d.loose) > maxLoose {
				t.Errorf("%s: %d envelopes that hold nothing are kept", name, len(d.loose))
			}
		}
	}
}

func TestWhatIsTooMuchForACoverWaits(t *testing.T) {
	relay, desks := acquainted(t, two, "us", "ru")
	us := desks[0]
	for i := range 5 {
		us.say(fmt.Sprint(i))
	}
	if r, err := us.SyncCovered(ctx, relay, 2); err != nil || r.Sent != 2 || r.Queued != 3 {
		t.Fatalf("%+v, %v", r, err)
	}
	for _, n := range []int{0, -1, maxCover + 1} {
		if _, err := us.SyncCovered(ctx, relay, n); err == nil {
			t.Errorf("%d envelopes", n)
		}
	}
}

// An envelope that holds nothing is lost like any other where the carrier loses
// it, and comes again: who drops one to see whether it is missed learns nothing.
func TestADroppedDummyComesAgain(t *testing.T) {
	relay, desks := acquainted(t, two, "us", "ru")
	us := desks[0]
	relay.swallow = func() bool { return true }
	if _, err := us.SyncCovered(ctx, relay, 2); err != nil {
		t.Fatal(err)
	}
	relay.swallow = nil
	if r := us.sync(relay); r.Republished != 2 || r.Sent != 2 {
		t.Fatalf("%+v", r)
	}
}

// What one asks for is sealed to the asker alone and looks as if it were for all.
func TestWhatIsSealedToOneLooksAsForAll(t *testing.T) {
	c := charterOf("a", "b", "c", "d", "e", "f", "g", "h", "i")
	us, other := openDesk(t, c, "a"), key("b").ID()
	us.say("x")
	all, ok := us.log.recipientsOnly("note", other)
	if !ok || all.slots() != 16 || us.log.recipients("note").slots() != 16 {
		t.Fatalf("%d and %d slots", all.slots(), us.log.recipients("note").slots())
	}
}

// Where every slot is taken a receipt waits for the next envelope that has room.
func TestReceiptsTakeNoSlotFromAnybody(t *testing.T) {
	c := charterOf("a", "b", "c", "d", "e", "f", "g", "h")
	relay, desks := acquainted(t, c, "a", "b")
	a, b := desks[0], desks[1]
	a.off("x", "b")
	a.say("and a paper")
	a.sync(relay)
	b.sync(relay)
	var e envelope
	if err := Unmarshal(relay.box[len(relay.box)-1], &e); err != nil || len(e.Top.Slots) != 8 || !b.lines[a.self.ID].Due {
		t.Fatalf("%d slots, %v", len(e.Top.Slots), err)
	}
	a.off("y", "b")
	a.sync(relay)
	b.sync(relay)
	a.sync(relay)
	for _, p := range a.NonPapers() {
		if !bytes.Equal(p.Body, nil) && len(p.Confirmed) != 1 {
			t.Fatalf("%s is not confirmed", p.Body)
		}
	}
}
