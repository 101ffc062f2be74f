package channel

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// off lets a desk say something off the record.
func (d *desk) off(text string, sides ...string) NonPaper {
	d.t.Helper()
	p, err := d.SendNonPaper(ctx, d.draft(text, sides...))
	if err != nil {
		d.t.Fatal(err)
	}
	return p
}

func (d *desk) draft(text string, sides ...string) NonPaperDraft {
	return NonPaperDraft{Kind: "note", Body: []byte(text), Until: d.clock().Add(7 * 24 * time.Hour), Sides: sides}
}

// heard are the non-papers of others that a desk has.
func (d *desk) heard() (out []string) {
	for _, p := range d.NonPapers() {
		if !p.Own {
			out = append(out, string(p.Body))
		}
	}
	return out
}

// acquainted are desks whose devices all have secrets with each other.
func acquainted(t testing.TB, c *Charter, names ...string) (*memoryCarrier, []*desk) {
	relay := newCarrier()
	var desks []*desk
	for _, name := range names {
		desks = append(desks, openDesk(t, c, name))
	}
	for _, d := range desks {
		d.sync(relay)
	}
	if len(relay.box) != 0 {
		t.Fatal("they have not met before")
	}
	return relay, desks
}

var two = charterOf("ru", "us")

func TestANonPaperArrivesAndIsConfirmed(t *testing.T) {
	relay, desks := acquainted(t, two, "us", "ru")
	us, ru := desks[0], desks[1]
	sent := us.off("between us", "ru")
	if r := us.sync(relay); r.Sent != 1 {
		t.Fatalf("%+v", r)
	}
	if r := ru.sync(relay); r.NonPapers != 1 || r.Sent != 1 || r.Received != 0 || len(r.Admitted) != 0 {
		t.Fatalf("%+v", r)
	}
	got := ru.NonPapers()[0]
	if string(got.Body) != "between us" || got.Author != us.self.ID || got.Own || got.Kind != "note" || got.Until != sent.Until || got.Contradicted {
		t.Fatalf("%+v", got.Body)
	}
	us.sync(relay)
	own := us.NonPapers()[0]
	if !slices.Equal(own.Confirmed, []MemberID{ru.self.ID}) || len(us.papers[1].Envelope) != 0 {
		t.Fatal("its receipt did not come, or it is kept in the outbox")
	}
	for _, d := range desks {
		if r := d.sync(relay); r.Sent != 0 || r.Republished != 0 {
			t.Fatalf("it does not come to rest: %+v", r)
		}
		if n := len(bodies(d.Log())); n != 0 {
			t.Fatalf("%d entries on the record", n)
		}
		d.reopen()
		if len(d.NonPapers()) != 1 {
			t.Fatal("it is not in the journal")
		}
	}
	ru.off("and back", "us")
	ru.sync(relay)
	if us.sync(relay); !slices.Equal(us.heard(), []string{"and back"}) {
		t.Fatalf("%q", us.heard())
	}
}

// Before both have been on the line there are no secrets, and the desk says so.
func TestANonPaperNeedsSecretsOfBoth(t *testing.T) {
	us, ru, relay := openFresh(t, two, "us"), openFresh(t, two, "ru"), newCarrier()
	if _, err := us.SendNonPaper(ctx, us.draft("x", "ru")); !errors.Is(err, ErrNoPair) {
		t.Fatal(err)
	}
	us.sync(relay)
	if _, err := us.SendNonPaper(ctx, us.draft("x", "ru")); !errors.Is(err, ErrNoPair) {
		t.Fatal(err)
	}
	ru.sync(relay)
	us.sync(relay)
	us.off("now", "ru")
	us.sync(relay)
	if ru.sync(relay); !slices.Equal(ru.heard(), []string{"now"}) {
		t.Fatalf("%q", ru.heard())
	}
}

func TestWhatIsNoNonPaperDraft(t *testing.T) {
	c := withNeutral()
	c.Neutrals[0].Withheld = []string{"offer"}
	relay, desks := acquainted(t, c, "us", "ru", c.Neutrals[0].Device.Name)
	us, neutral := desks[0], "neutral:"+c.Neutrals[0].Name
	for name, change := range map[string]func(*NonPaperDraft){
		"to nobody":           func(d *NonPaperDraft) { d.Sides = nil },
		"to ourselves":        func(d *NonPaperDraft) { d.Sides = []string{"us"} },
		"to a stranger":       func(d *NonPaperDraft) { d.Sides = []string{"xx"} },
		"until yesterday":     func(d *NonPaperDraft) { d.Until = us.clock().Add(-time.Hour) },
		"until next year":     func(d *NonPaperDraft) { d.Until = us.clock().Add(MaxNonPaperLife + time.Hour) },
		"a prekey":            func(d *NonPaperDraft) { d.Kind = KindPrekey },
		"no kind":             func(d *NonPaperDraft) { d.Kind = "" },
		"longer than it may":  func(d *NonPaperDraft) { d.Body = make([]byte, MaxBody+1) },
		"an offer to neutral": func(d *NonPaperDraft) { d.Kind, d.Sides = "offer", []string{neutral} },
	} {
		d := us.draft("x", "ru")
		change(&d)
		if _, err := us.SendNonPaper(ctx, d); err == nil {
			t.Errorf("%s: it is taken", name)
		}
	}
	us.off("a note", neutral)
	us.sync(relay)
	if desks[2].sync(relay); len(desks[2].heard()) != 1 {
		t.Error("a neutral is not told what it may have")
	}
	if us.journal.back[paperKey(2)] != nil || us.lines[key("ru").ID()].Sent != 0 {
		t.Error("something was kept all the same")
	}
}

// forge takes the non-paper in an envelope apart, as whoever can open it may.
func forge(t testing.TB, d *desk, envelope []byte) (record, *parsedNonPaper) {
	t.Helper()
	o, err := openEnvelope(d.sealingKeys(), d.keyring.channel, envelope)
	if err != nil {
		t.Fatal(err)
	}
	p, err := parseNonPaper(o.parts)
	if err != nil {
		t.Fatal(err)
	}
	return o.parts, p
}

// layOff puts a non-paper together again.
func layOff(f nonPaperForm, macs []pairMAC, c content) record {
	return record{Header: must(Marshal(nonPaperHeader{Form: must(Marshal(f)), MACs: macs})), Content: must(Marshal(c))}
}

// sealTo seals anything to a desk, as anybody can who knows its key.
func (d *desk) give(relay *memoryCarrier, parts record) {
	to := Recipients{Whole: [][]byte{d.keys[len(d.keys)-1].Public()}}
	relay.box = append(relay.box, must(sealContents(d.options.Rand, d.keyring.channel, to, contents{record: parts})))
}

// Nothing that was not made for this device by who says so is taken.
func TestForgedNonPapers(t *testing.T) {
	three := charterOf("de", "ru", "us")
	setUp := func() (*memoryCarrier, *desk, *desk, *desk, record, *parsedNonPaper) {
		relay, desks := acquainted(t, three, "us", "ru", "de")
		us, ru, de := desks[0], desks[1], desks[2]
		us.off("two for two", "ru")
		us.sync(relay)
		parts, p := forge(t, ru, relay.box[0])
		relay.box = nil
		return relay, us, ru, de, parts, p
	}
	said := func(p *parsedNonPaper) content { return content{Salt: p.salt, Body: p.body} }
	for name, change := range map[string]func(us, ru, de *desk, p *parsedNonPaper) record{
		"another MAC": func(_, _, _ *desk, p *parsedNonPaper) record {
			p.header.MACs[0][31] ^= 1
			return layOff(p.nonPaperForm, p.header.MACs, said(p))
		},
		"no MAC": func(_, _, _ *desk, p *parsedNonPaper) record { return layOff(p.nonPaperForm, nil, said(p)) },
		"two MACs": func(_, _, _ *desk, p *parsedNonPaper) record {
			return layOff(p.nonPaperForm, append(p.header.MACs, pairMAC{}), said(p))
		},
		"other words": func(_, _, _ *desk, p *parsedNonPaper) record {
			return layOff(p.nonPaperForm, p.header.MACs, content{Salt: p.salt, Body: []byte("one for one")})
		},
		"other words and their hash": func(_, _, _ *desk, p *parsedNonPaper) record {
			c := content{Salt: p.salt, Body: []byte("one for one")}
			p.Content = nonPaperContent(c)
			return layOff(p.nonPaperForm, p.header.MACs, c)
		},
		"another number": func(_, _, _ *desk, p *parsedNonPaper) record {
			p.To[0].Number = 2
			return layOff(p.nonPaperForm, p.header.MACs, said(p))
		},
		"another date": func(_, _, _ *desk, p *parsedNonPaper) record {
			p.Until++
			return layOff(p.nonPaperForm, p.header.MACs, said(p))
		},
		"another channel": func(us, ru, _ *desk, p *parsedNonPaper) record {
			p.Channel = ID{9}
			p.header.MACs[0] = us.macFor(ru, p)
			return layOff(p.nonPaperForm, p.header.MACs, said(p))
		},
		// Germany says that it is from Washington, under its own key with Moscow.
		"in another's name": func(_, ru, de *desk, p *parsedNonPaper) record {
			pair, _ := de.pairWith(ru.self.ID)
			p.Prekey, p.To[0].Prekey = pair.own, pair.theirs
			p.header.MACs[0] = de.macFor(ru, p)
			return layOff(p.nonPaperForm, p.header.MACs, said(p))
		},
		"for another device": func(us, ru, de *desk, p *parsedNonPaper) record {
			p.To[0].Device = de.self.ID
			p.header.MACs[0] = us.macFor(ru, p)
			return layOff(p.nonPaperForm, p.header.MACs, said(p))
		},
		"without a body": func(_, _, _ *desk, p *parsedNonPaper) record {
			return record{Header: must(Marshal(p.header)), Content: []byte{0x40}}
		},
		"under a prekey that is nobody's": func(us, ru, _ *desk, p *parsedNonPaper) record {
			p.To[0].Prekey = EntryID{5}
			p.header.MACs[0] = us.macFor(ru, p)
			return layOff(p.nonPaperForm, p.header.MACs, said(p))
		},
		"far ahead": func(us, ru, _ *desk, p *parsedNonPaper) record {
			p.To[0].Number = maxAhead + 2
			p.header.MACs[0] = us.macFor(ru, p)
			return layOff(p.nonPaperForm, p.header.MACs, said(p))
		},
	} {
		relay, us, ru, de, parts, p := setUp()
		bad := change(us, ru, de, p)
		if bytes.Equal(bad.Header, parts.Header) && bytes.Equal(bad.Content, parts.Content) {
			t.Fatalf("%s: nothing was changed", name)
		}
		ru.give(relay, bad)
		if r := ru.sync(relay); r.NonPapers != 0 || r.Refused != 1 || r.Sent != 0 || len(ru.NonPapers()) != 0 {
			t.Errorf("%s: %+v", name, r)
		}
		ru.give(relay, parts)
		if r := ru.sync(relay); r.NonPapers != 1 {
			t.Errorf("%s: after it the real one is not taken: %+v", name, r)
		}
	}
}

// macFor is the MAC that a desk would put to a form for another.
func (d *desk) macFor(to *desk, p *parsedNonPaper) pairMAC {
	pair, ok := d.pairWith(to.self.ID)
	if !ok {
		d.t.Fatal("no secrets")
	}
	f := p.nonPaperForm
	k := nonPaperKey(f.Channel, d.self.ID, pair.own, addressee{Device: to.self.ID, Prekey: pair.theirs}, pair.given, pair.gave)
	return formMAC(k, must(Marshal(f)))
}

// A non-paper sent back to its author is not taken for the other's, whatever is
// changed about it: the key of each direction is its own.
func TestReflectedNonPaper(t *testing.T) {
	relay, desks := acquainted(t, two, "us", "ru")
	us, ru := desks[0], desks[1]
	us.off("mine", "ru")
	us.sync(relay)
	parts, p := forge(t, ru, relay.box[0])
	us.give(relay, parts)
	turned := p.nonPaperForm
	turned.Author, turned.Prekey = ru.self.ID, p.To[0].Prekey
	turned.To = []addressee{{Device: us.self.ID, Prekey: p.Prekey, Number: 1}}
	us.give(relay, layOff(turned, p.header.MACs, content{Salt: p.salt, Body: p.body}))
	if r := us.sync(relay); r.NonPapers != 0 || r.Refused != 2 || len(us.heard()) != 0 {
		t.Fatalf("%+v %q", r, us.heard())
	}
}

// A carrier that repeats an envelope is answered once, and so learns nothing: as
// with an entry.
func TestAReplayedNonPaperIsNotAnswered(t *testing.T) {
	c := charterOf("de", "ru", "us")
	relay, desks := acquainted(t, c, "us", "ru", "de")
	us, ru, de := desks[0], desks[1], desks[2]
	us.off("between two of us", "ru")
	us.sync(relay)
	again := bytes.Clone(relay.box[0])
	for _, d := range []*desk{ru, de} {
		if r := d.sync(relay); r.Sent != 1 {
			t.Fatalf("%s: %+v", d.name, r)
		}
	}
	if len(de.heard()) != 0 {
		t.Fatal("it reads what is not for it")
	}
	for range 2 {
		relay.box = append(relay.box, again)
		for _, d := range []*desk{ru, de, us} {
			d.reopen()
			if r := d.sync(relay); r.Sent != 0 || r.NonPapers != 0 {
				t.Fatalf("%s answers a repetition: %+v", d.name, r)
			}
		}
	}
	relay.epoch = "another" // and everything is read again
	for _, d := range []*desk{ru, de} {
		if r := d.sync(relay); r.NonPapers != 0 || r.Sent > 1 {
			t.Fatalf("%s: %+v", d.name, r)
		}
	}
	if len(ru.NonPapers()) != 1 {
		t.Fatal("it is there twice")
	}
}

// What comes out of order is put in its place; what does not come shows as
// missing, to the pair; what comes twice with other words is a contradiction.
func TestTheOrderOfNonPapers(t *testing.T) {
	relay, desks := acquainted(t, two, "us", "ru")
	us, ru := desks[0], desks[1]
	for i := range 4 {
		us.off(fmt.Sprint(i+1), "ru")
		us.sync(relay)
	}
	sent := slices.Clone(relay.box)
	relay.box = [][]byte{sent[3], sent[1]}
	ru.sync(relay)
	if got := ru.LostNonPapers(); len(got) != 1 || got[us.self.ID] != 2 {
		t.Fatalf("%v are missing", got)
	}
	ru.reopen()
	relay.box = append(relay.box, sent[0], sent[3], sent[0])
	ru.sync(relay)
	if got := ru.LostNonPapers(); got[us.self.ID] != 1 || !slices.Equal(ru.heard(), []string{"4", "2", "1"}) {
		t.Fatalf("%v are missing of %q", got, ru.heard())
	}
	us.sync(relay)
	var confirmed []string
	for _, p := range us.NonPapers() {
		if len(p.Confirmed) > 0 {
			confirmed = append(confirmed, string(p.Body))
		}
	}
	if !slices.Equal(confirmed, []string{"1", "2", "4"}) {
		t.Fatalf("confirmed: %q", confirmed)
	}
	for _, p := range ru.NonPapers() {
		if p.Contradicted {
			t.Fatalf("%s is contradicted", p.Body)
		}
	}
}

// A desk put back to an earlier state uses a number again. The other side keeps
// what it had, and shows the contradiction.
func TestARestoredDeskContradictsItself(t *testing.T) {
	relay, desks := acquainted(t, two, "us", "ru")
	us, ru := desks[0], desks[1]
	us.off("one", "ru")
	backup := us.journal.copy()
	us.off("two", "ru")
	us.sync(relay)
	ru.sync(relay)
	old := &desk{t: t, name: "us", charter: two, journal: backup, now: us.now}
	old.reopen()
	old.off("another two", "ru")
	old.sync(relay)
	if r := ru.sync(relay); r.Refused == 0 || !slices.Equal(ru.heard(), []string{"one", "two"}) {
		t.Fatalf("%+v %q", r, ru.heard())
	}
	if all := ru.NonPapers(); all[0].Contradicted || !all[1].Contradicted {
		t.Fatal("the contradiction is not shown")
	}
}

// A copy that knows that it is one says nothing off the record either, and a
// backup, which holds nothing of the back channel, makes no key twice.
func TestARestoredBackupMakesNoKeyTwice(t *testing.T) {
	relay, desks := acquainted(t, two, "us", "ru")
	us, ru := desks[0], desks[1]
	backup := us.journal.copy()
	clear(backup.back)
	us.off("one", "ru")
	us.say("and on the record")
	us.sync(relay)
	ru.sync(relay)
	before, _ := us.pairWith(ru.self.ID)
	old := &desk{t: t, name: "us", charter: two, journal: backup, now: us.now}
	old.reopen()
	if _, err := old.SendNonPaper(ctx, old.draft("x", "ru")); !errors.Is(err, ErrNoPair) {
		t.Fatalf("it speaks with secrets that it can't have: %v", err)
	}
	old.sync(relay)
	if _, err := old.SendNonPaper(ctx, old.draft("x", "ru")); !errors.Is(err, ErrRestored) {
		t.Fatalf("a copy speaks: %v", err)
	}
	for name, secret := range old.pairs {
		if bytes.Equal(secret, before.gave) {
			t.Fatalf("the secret of %v stands again in a backup", name)
		}
	}
}

// Nobody but the devices that it is for has a non-paper; of our own side all get it.
func TestWhoGetsANonPaper(t *testing.T) {
	c := charterOf("de", "ru", "us")
	c.Delegations[2].Devices = append(c.Delegations[2].Devices, device("us-2"))
	slices.SortFunc(c.Delegations[2].Devices, func(a, b Member) int { return strings.Compare(a.Name, b.Name) })
	relay, desks := acquainted(t, c, "us", "us-2", "ru", "de")
	us, second, ru, de := desks[0], desks[1], desks[2], desks[3]
	us.off("to Moscow", "ru")
	us.sync(relay)
	for _, d := range desks[1:] {
		d.sync(relay)
	}
	us.sync(relay)
	if len(second.heard()) != 1 || len(ru.heard()) != 1 || len(de.heard()) != 0 {
		t.Fatalf("%q %q %q", second.heard(), ru.heard(), de.heard())
	}
	if p := us.NonPapers()[0]; !slices.Contains(p.Confirmed, ru.self.ID) || len(p.To) != 2 {
		t.Fatal("it is not confirmed")
	}
	us.off("to both", "ru", "de")
	us.sync(relay)
	ru.sync(relay)
	us.sync(relay)
	if len(us.papers[2].Envelope) == 0 {
		t.Fatal("it left the outbox before both sides had it")
	}
	de.sync(relay)
	us.sync(relay)
	if len(us.papers[2].Envelope) != 0 {
		t.Fatal("it is still in the outbox")
	}
}

// What is due to be thrown away is, on both sides, whatever else is kept.
func TestNonPapersArePurgedByDate(t *testing.T) {
	relay, desks := acquainted(t, two, "us", "ru")
	us, ru := desks[0], desks[1]
	us.off("until next week", "ru")
	us.sync(relay)
	ru.sync(relay)
	marks := marksOf(us.papers[1])
	for _, d := range desks {
		d.now += 7 * 24 * 3600
		if n, err := d.Purge(ctx); err != nil || n != 1 || len(d.NonPapers()) != 0 {
			t.Fatalf("%s: %d, %v", d.name, n, err)
		}
		found := search(marks, d.journal.contents())
		if len(found) > 0 {
			t.Fatalf("%s: its journal still holds %s", d.name, found)
		}
		d.reopen()
	}
	us.off("the next one", "ru")
	us.sync(relay)
	if ru.sync(relay); !slices.Equal(ru.heard(), []string{"the next one"}) || ru.NonPapers()[0].Contradicted {
		t.Fatal("the line does not go on")
	}
	// Whoever comes late gets what is over neither to see nor to keep.
	us.off("short", "ru")
	us.sync(relay)
	ru.now += 8 * 24 * 3600
	if ru.sync(relay); slices.Contains(ru.heard(), "short") {
		t.Fatal("it is shown after its date")
	}
	if len(ru.LostNonPapers()) != 0 {
		t.Fatal("and it counts as missing")
	}
}

// One author's flood fills its own room and no other's.
func TestAFloodOfNonPapers(t *testing.T) {
	c := charterOf("de", "ru", "us")
	relay, desks := acquainted(t, c, "us", "ru", "de")
	us, ru, de := desks[0], desks[1], desks[2]
	for i := range MaxNonPapers {
		us.off(fmt.Sprint(i), "ru")
	}
	if _, err := us.SendNonPaper(ctx, us.draft("one more", "ru")); !errors.Is(err, ErrTooMany) {
		t.Fatal(err)
	}
	clear(us.papers) // a desk that has no such scruples
	us.off("one more", "ru")
	for _, p := range us.parcels() {
		relay.box = append(relay.box, p.envelope)
	}
	kept := us.journal.copy()
	us.journal = kept
	us.reopen()
	us.sync(relay)
	de.off("I am here too", "ru")
	de.sync(relay)
	ru.sync(relay)
	got := map[MemberID]int{}
	for _, p := range ru.NonPapers() {
		got[p.Author]++
	}
	if got[us.self.ID] != MaxNonPapers || got[de.self.ID] != 1 {
		t.Fatalf("%d of the one, %d of the other", got[us.self.ID], got[de.self.ID])
	}
}

// Who was passed over and has read on since is sent it again, under the newest
// keys; who is merely silent is not.
func TestAnUnconfirmedNonPaperIsSentAgain(t *testing.T) {
	relay, desks := acquainted(t, two, "us", "ru")
	us, ru := desks[0], desks[1]
	us.off("lost on the way", "ru")
	us.sync(relay)
	first := bytes.Clone(relay.box[0])
	us.now += 2 * 24 * 3600
	ru.now = us.now
	if r := us.sync(relay); r.Sent != 0 {
		t.Fatalf("one who is silent is pressed: %+v", r)
	}
	us.say("on the record, later")
	us.sync(relay)
	relay.view = func(items []item) []item {
		return slices.DeleteFunc(items, func(x item) bool { return bytes.Equal(x.envelope, first) })
	}
	ru.sync(relay)
	relay.view = nil
	if r := us.sync(relay); r.Sent != 1 || bytes.Equal(relay.box[len(relay.box)-1], first) {
		t.Fatalf("it is not sent again: %+v", r)
	}
	if r := us.sync(relay); r.Sent != 0 {
		t.Fatalf("and again: %+v", r)
	}
	if r := ru.sync(relay); r.NonPapers != 1 || r.Sent != 1 || !slices.Equal(ru.heard(), []string{"lost on the way"}) {
		t.Fatalf("%+v %q", r, ru.heard())
	}
	us.sync(relay)
	if len(us.NonPapers()[0].Confirmed) != 1 {
		t.Fatal("it is not confirmed")
	}
}

// What a carrier took and does not give back is sent again, like an entry; and
// so is all that the user asks for.
func TestACarrierThatLosesANonPaper(t *testing.T) {
	relay, desks := acquainted(t, two, "us", "ru")
	us, ru := desks[0], desks[1]
	us.off("swallowed", "ru")
	relay.swallow = func() bool { return true }
	us.sync(relay)
	relay.swallow = nil
	if r := us.sync(relay); r.Republished != 1 || r.Sent != 1 {
		t.Fatalf("%+v", r)
	}
	if n, err := us.Resend(ctx); n != 1 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	us.sync(relay)
	if r := ru.sync(relay); r.NonPapers != 1 || len(ru.NonPapers()) != 1 {
		t.Fatalf("%+v", r)
	}
	us.sync(relay)
	if len(us.NonPapers()[0].Confirmed) != 1 {
		t.Fatal("the receipt for what was sent anew is not taken")
	}
	relay.epoch, relay.box = "another", nil
	if r := us.sync(relay); !r.Rewound || r.Sent != 0 {
		t.Fatalf("%+v", r)
	}
}

// A non-paper under a key that is gone is counted as lost.
func TestANonPaperUnderADeadKeyIsLost(t *testing.T) {
	relay, desks := acquainted(t, two, "us", "ru")
	us, ru := desks[0], desks[1]
	us.off("too late", "ru")
	us.sync(relay)
	parts, _ := forge(t, ru, relay.box[0])
	relay.box = nil
	for range 3 { // weeks go by
		us.now += int64(PrekeyAge / time.Second)
		ru.now = us.now
		us.say("we go on")
		us.sync(relay)
		ru.say("so do we")
		ru.sync(relay)
		us.sync(relay)
		ru.sync(relay)
	}
	ru.give(relay, parts)
	if r := ru.sync(relay); r.Lost != 1 || r.NonPapers != 0 {
		t.Fatalf("%+v", r)
	}
	for name := range ru.pairs {
		if e, ok := ru.log.Entry(name.Entry); !ok || us.now-e.Claimed > int64((PrekeyAge*2)/time.Second) {
			t.Errorf("a secret of %d days ago is kept", (us.now-e.Claimed)/86400)
		}
	}
}

// The secrets die with the prekeys: with what a journal holds afterwards, the
// key of a non-paper can't be computed.
func TestTheSecretsDieWithThePrekeys(t *testing.T) {
	relay, desks := acquainted(t, two, "us", "ru")
	us, ru := desks[0], desks[1]
	us.off("x", "ru")
	us.sync(relay)
	ru.sync(relay)
	pair, _ := us.pairWith(ru.self.ID)
	pair.gave, pair.given = bytes.Clone(pair.gave), bytes.Clone(pair.given)
	for range 3 {
		us.now += int64(PrekeyAge / time.Second)
		ru.now = us.now
		for _, d := range []*desk{us, ru, us, ru} {
			d.say("on")
			d.sync(relay)
		}
	}
	for _, d := range desks {
		for _, secret := range [][]byte{pair.gave, pair.given} {
			if found := search(map[string][]byte{"a secret": secret}, d.journal.contents()); len(found) > 0 {
				t.Errorf("%s: %v", d.name, found)
			}
		}
	}
}

// marksOf are all hashes and MACs that tell of a non-paper, and its words.
func marksOf(kept *keptNonPaper) map[string][]byte {
	p := kept.parsed
	sum := func(data []byte) []byte { h := sha256.Sum256(data); return h[:] }
	id := entryID(p.header.Form)
	marks := map[string][]byte{
		"its words": p.body, "its salt": p.salt[:], "its content hash": p.Content[:], "the hash of its form": sum(p.header.Form),
		"the hash of its header": sum(kept.Header), "the hash of its content": sum(kept.Content), "the hash of its words": sum(p.body),
		"what would be its id": id[:],
	}
	for i, m := range p.header.MACs {
		marks[fmt.Sprint("MAC ", i+1)] = m[:]
		marks[fmt.Sprint("the hash of MAC ", i+1)] = sum(m[:])
	}
	for i, r := range kept.Receipts {
		marks[fmt.Sprint("the key of receipt ", i+1)] = r.Key[:]
	}
	if len(kept.Envelope) > 0 {
		marks["the hash of its envelope"] = sum(kept.Envelope)
	}
	return marks
}

// search finds marks, as they are, in hexadecimal and in base64.
func search(marks map[string][]byte, in ...[]byte) (found []string) {
	for name, mark := range marks {
		for _, form := range [][]byte{
			mark, []byte(hex.EncodeToString(mark)), []byte(base64.StdEncoding.EncodeToString(mark)[:len(mark)]),
			[]byte(base64.RawURLEncoding.EncodeToString(mark)[:len(mark)]),
		} {
			for _, data := range in {
				if bytes.Contains(data, form) {
					found = append(found, name)
				}
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// contents are all bytes of a journal.
func (j *memoryJournal) contents() []byte {
	var out []byte
	for key, data := range j.back {
		out = append(append(out, key...), data...)
	}
	return append(out, j.onTheRecord()...)
}

// onTheRecord are the bytes of a journal but for what is the back channel's own.
func (j *memoryJournal) onTheRecord() []byte {
	out := bytes.Join(j.entries, nil)
	for id, o := range j.outbox {
		out = append(append(out, id[:]...), o.Envelope...)
	}
	for _, k := range j.keys {
		out = append(append(append(out, k.Hash[:]...), k.Seed...), k.Entry[:]...)
	}
	return out
}

// No entry, receipt, export, proof or head, and nothing in the journal outside
// the back channel's own items, holds a hash, a MAC or a word of a non-paper.
func TestNoRecordHoldsANonPapersHash(t *testing.T) {
	relay, desks := acquainted(t, two, "us", "ru")
	us, ru := desks[0], desks[1]
	us.off("a marked word that is said nowhere else", "ru")
	us.say("on the record")
	us.sync(relay)
	marks := marksOf(us.papers[1])
	ru.off("another marked word that is said nowhere else", "us")
	ru.sync(relay)
	for name, mark := range marksOf(ru.papers[slices.Max(ru.numbers())]) {
		marks["answer: "+name] = mark
	}
	for _, d := range []*desk{us, ru, us, ru} {
		d.say("going on")
		d.sync(relay)
	}
	if len(us.heard())+len(ru.heard()) != 2 {
		t.Fatal("they did not arrive")
	}
	for _, d := range desks {
		files, err := Export(signedCharterOf(t, two), d.Log().Entries(), key(d.name), clock())
		if err != nil {
			t.Fatal(err)
		}
		searched := d.journal.onTheRecord()
		for name, data := range files {
			searched = append(append(searched, name...), data...)
		}
		digest := d.Log().HeadsDigest()
		searched = append(append(searched, digest[:]...), d.Log().Fingerprint([]byte("nonce"))...)
		for _, p := range d.NonPapers() {
			searched = fmt.Appendf(searched, "%v %+v %#v %s", p, p, p, p)
		}
		if found := search(marks, searched); len(found) > 0 {
			t.Errorf("%s: on the record stands %q", d.name, found)
		}
		if found := search(marks, d.journal.contents()); len(found) < 4 {
			t.Errorf("%s: the search finds nothing where it is: %q", d.name, found)
		}
	}
	if found := search(marks, bytes.Join(relay.box, nil)); len(found) > 0 {
		t.Errorf("the relay holds %q", found)
	}
}

// No type that is signed, hashed into the graph or exported can hold what a
// non-paper is known by, and none of a non-paper's is or can be an entry.
func TestNoSignedTypeCanHoldANonPaper(t *testing.T) {
	secret := []reflect.Type{
		reflect.TypeFor[pairMAC](), reflect.TypeFor[nonPaperForm](), reflect.TypeFor[nonPaperHeader](), reflect.TypeFor[NonPaper](),
		reflect.TypeFor[keptNonPaper](), reflect.TypeFor[addressee](), reflect.TypeFor[line](), reflect.TypeFor[parsedNonPaper](),
	}
	signed := []reflect.Type{
		reflect.TypeFor[Entry](), reflect.TypeFor[Draft](), reflect.TypeFor[Signed](), reflect.TypeFor[header](), reflect.TypeFor[record](),
		reflect.TypeFor[content](), reflect.TypeFor[Charter](), reflect.TypeFor[SignedCharter](), reflect.TypeFor[Card](), reflect.TypeFor[SignedCard](),
		reflect.TypeFor[Change](), reflect.TypeFor[SignedChange](), reflect.TypeFor[manifest](), reflect.TypeFor[signedManifest](),
		reflect.TypeFor[Proof](), reflect.TypeFor[receiptBody](), reflect.TypeFor[prekeyBody](), reflect.TypeFor[Fork](), reflect.TypeFor[Position](),
		reflect.TypeFor[Outgoing](), reflect.TypeFor[Cursor](), reflect.TypeFor[KeptKey](), reflect.TypeFor[Log](), reflect.TypeFor[node](),
	}
	for _, s := range signed {
		for _, bad := range holds(s, secret, map[reflect.Type]bool{}) {
			t.Errorf("%v holds %v", s, bad)
		}
	}
	if len(holds(reflect.TypeFor[keptNonPaper](), secret, map[reflect.Type]bool{})) < 3 {
		t.Error("the search finds nothing")
	}
	for _, id := range []reflect.Type{reflect.TypeFor[EntryID](), reflect.TypeFor[ID](), reflect.TypeFor[MemberID]()} {
		if reflect.TypeFor[pairMAC]().AssignableTo(id) {
			t.Errorf("a MAC can be assigned to %v", id)
		}
	}
	for i := range reflect.TypeFor[NonPaper]().NumField() {
		if f := reflect.TypeFor[NonPaper]().Field(i); f.Type == reflect.TypeFor[EntryID]() || f.Type.Kind() == reflect.Array && f.Name != "Author" {
			t.Errorf("a non-paper shows %s, by which it could be named", f.Name)
		}
	}
}

func holds(t reflect.Type, bad []reflect.Type, seen map[reflect.Type]bool) (found []reflect.Type) {
	if seen[t] {
		return nil
	}
	seen[t] = true
	if slices.Contains(bad, t) {
		found = append(found, t)
	}
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			found = append(found, holds(t.Field(i).Type, bad, seen)...)
		}
	case reflect.Pointer, reflect.Slice, reflect.Array:
		found = append(found, holds(t.Elem(), bad, seen)...)
	case reflect.Map:
		found = append(append(found, holds(t.Key(), bad, seen)...), holds(t.Elem(), bad, seen)...)
	}
	return found
}

// simulator is all that the receiver has: what its journal holds, and no key of
// the author's. It makes the author's non-papers.
func simulator(t *testing.T, receiver *desk, author *desk, said content, number uint64, previous pairMAC, claimed int64) record {
	t.Helper()
	alone := &desk{t: t, name: receiver.name, charter: receiver.charter, journal: receiver.journal.copy(), now: receiver.now}
	alone.reopen()
	mine := alone.keys[len(alone.keys)-1].entry
	theirs := alone.log.recentPrekeys(key(author.name).ID())[0]
	given := alone.pairs[pairName{mine, key(author.name).ID()}] // which the receiver gave the author
	gave := alone.pairs[pairName{theirs.Entry, key(author.name).ID()}]
	if given == nil || gave == nil {
		t.Fatal("the receiver lacks a secret")
	}
	f := nonPaperForm{
		Version: Version, Suite: Suite, Channel: receiver.charter.ID(), Author: key(author.name).ID(), Prekey: theirs.Entry,
		Claimed: claimed, Until: claimed + 7*24*3600, Sending: 1, Kind: "note", Content: nonPaperContent(said),
		To: []addressee{{Device: alone.self.ID, Prekey: mine, Number: number, Previous: previous}},
	}
	k := nonPaperKey(f.Channel, f.Author, f.Prekey, f.To[0], given, gave)
	return layOff(f, []pairMAC{formMAC(k, must(Marshal(f)))}, said)
}

// The receiver alone can make every transcript that the author could: from the
// same words and the same randomness the same bytes, and its own code takes
// transcripts of things that were never said. So a transcript shows nobody
// outside that the author had a part in it.
func TestTheReceiverCouldHaveMadeItAll(t *testing.T) {
	relay, desks := acquainted(t, two, "us", "ru")
	us, ru := desks[0], desks[1]
	us.off("we might let him go", "ru")
	us.off("and the other too", "ru")
	us.sync(relay)
	ru.sync(relay)
	var previous pairMAC
	for i, number := range ru.numbers() {
		real := ru.papers[number]
		p := real.parsed
		made := simulator(t, ru, us, content{Salt: p.salt, Body: p.body}, uint64(i+1), previous, p.Claimed)
		if !bytes.Equal(made.Header, real.Header) || !bytes.Equal(made.Content, real.Content) {
			t.Fatalf("non-paper %d is told apart from the receiver's own work", number)
		}
		previous = p.header.MACs[0]
	}
	rapid.Check(t, func(rt *rapid.T) {
		fresh := &desk{t: t, name: "ru", charter: two, journal: ru.journal.copy(), now: ru.now}
		fresh.reopen()
		words := rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 0, 9000), 1, 3).Draw(rt, "words")
		before := previous
		for i, body := range words {
			said := content{Salt: [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(rt, "salt")), Body: body}
			parts := simulator(t, fresh, us, said, uint64(3+i), before, fresh.now)
			var h nonPaperHeader
			if err := Unmarshal(parts.Header, &h); err != nil {
				rt.Fatal(err)
			}
			before = h.MACs[0]
			p, err := parseNonPaper(parts)
			if err != nil {
				rt.Fatal(err)
			}
			if ok, err := fresh.takeNonPaper(p, parts); !ok || err != nil {
				rt.Fatalf("what was never said is not taken: %v", err)
			}
		}
		for _, p := range fresh.NonPapers() {
			if p.Contradicted || p.Author != us.self.ID {
				rt.Fatal("it is told apart")
			}
		}
	})
}

// One that is for the other side apart goes to no other device of our own.
func TestANonPaperApart(t *testing.T) {
	c := charterOf("ru", "us")
	c.Delegations[1].Devices = append(c.Delegations[1].Devices, device("us-2"))
	slices.SortFunc(c.Delegations[1].Devices, func(a, b Member) int { return strings.Compare(a.Name, b.Name) })
	relay, desks := acquainted(t, c, "us", "us-2", "ru")
	us, second, ru := desks[0], desks[1], desks[2]
	d := us.draft("for you alone", "ru")
	d.Apart = true
	if _, err := us.SendNonPaper(ctx, d); err != nil {
		t.Fatal(err)
	}
	us.sync(relay)
	second.sync(relay)
	ru.sync(relay)
	if len(second.heard()) != 0 || !slices.Equal(ru.heard(), []string{"for you alone"}) {
		t.Fatalf("%q %q", second.heard(), ru.heard())
	}
}

// What is forgotten before its day is in neither journal, was never sent if it had
// not been, and the line goes on.
func TestAForgottenNonPaper(t *testing.T) {
	relay, desks := acquainted(t, two, "us", "ru")
	us, ru := desks[0], desks[1]
	us.off("taken back at once", "ru")
	us.off("taken back later", "ru")
	first, second := marksOf(us.papers[1]), marksOf(us.papers[2])
	if n, err := us.Forget(ctx, 1, 7); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	us.sync(relay)
	if ru.sync(relay); !slices.Equal(ru.heard(), []string{"taken back later"}) {
		t.Fatalf("%q", ru.heard())
	}
	for _, d := range desks {
		for _, p := range d.NonPapers() {
			if _, err := d.Forget(ctx, p.Number); err != nil {
				t.Fatal(err)
			}
		}
		for _, marks := range []map[string][]byte{first, second} {
			if found := search(marks, d.journal.contents()); len(found) > 0 || len(d.NonPapers()) > 0 {
				t.Fatalf("%s: its journal still holds %s", d.name, found)
			}
		}
		d.reopen()
	}
	us.off("the next one", "ru")
	us.sync(relay)
	if ru.sync(relay); !slices.Equal(ru.heard(), []string{"the next one"}) || ru.NonPapers()[0].Contradicted {
		t.Fatal("the line does not go on")
	}
}
