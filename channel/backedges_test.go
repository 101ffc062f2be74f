package channel

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// received is a non-paper from us to ru that ru has not read, taken apart.
func received(t *testing.T) (us, ru *desk, relay *memoryCarrier, parts record, p *parsedNonPaper) {
	relay, desks := acquainted(t, two, "us", "ru")
	us, ru = desks[0], desks[1]
	us.off("two for two", "ru")
	us.sync(relay)
	parts, p = forge(t, ru, relay.box[0])
	relay.box = nil
	return us, ru, relay, parts, p
}

// A draft that is refused says for what.
func TestWhyADraftIsRefused(t *testing.T) {
	_, desks := acquainted(t, two, "us", "ru")
	us := desks[0]
	for why, change := range map[string]func(*NonPaperDraft){
		"a body of":                func(d *NonPaperDraft) { d.Body = make([]byte, MaxBody+1) },
		"within 90 days":           func(d *NonPaperDraft) { d.Until = us.clock() },
		"is for another side":      func(d *NonPaperDraft) { d.Sides = nil },
		"for another side":         func(d *NonPaperDraft) { d.Sides = []string{"ru", "us"} },
		"xx: " + ErrNoPair.Error(): func(d *NonPaperDraft) { d.Sides = []string{"xx"} },
	} {
		d := us.draft("x", "ru")
		change(&d)
		if _, err := us.SendNonPaper(ctx, d); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v", why, err)
		}
	}
	us.broken = true
	if _, err := us.SendNonPaper(ctx, us.draft("x", "ru")); !errors.Is(err, ErrJournal) || us.count != 0 {
		t.Errorf("sent without a journal: %v", err)
	}
}

func TestRoomForNonPapers(t *testing.T) {
	us := openDesk(t, two, "us")
	if !us.hasRoom(us.self.ID, MaxNonPaperBytes) || us.hasRoom(us.self.ID, MaxNonPaperBytes+1) {
		t.Error("an author's bytes are not bounded where they should be")
	}
	l := line{Got: 3}
	if l.has(0) || !l.has(1) || l.has(4) {
		t.Error("a number came that did not")
	}
	l = line{Got: 200}
	for n := range uint64(199) {
		l.Missing = append(l.Missing, n+1)
	}
	if err := l.take(200 + 1 + 58); err == nil {
		t.Error("more are missing than may be")
	}
	if err := l.take(200 + 1 + 57); err != nil || len(l.Missing) != maxAhead {
		t.Errorf("%d missing: %v", len(l.Missing), err)
	}
	if bits := [8]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}; covers(100, bits, 35) || !covers(100, bits, 36) || covers(100, bits, 101) {
		t.Error("a receipt covers more or fewer than 64 before it")
	}
}

// What can't be kept is not counted as come.
func TestANonPaperWithoutRoom(t *testing.T) {
	_, ru, relay, parts, p := received(t)
	full := *p
	full.body = make([]byte, MaxNonPaperBytes)
	ru.papers[9] = &keptNonPaper{parsed: &full, Until: 1 << 40}
	full.To = slices.Clone(p.To)
	full.To[0].Number = 99
	ru.give(relay, parts)
	if r := ru.sync(relay); r.NonPapers != 0 || ru.lines[p.Author].Got != 0 {
		t.Fatalf("%+v, %d came", r, ru.lines[p.Author].Got)
	}
	delete(ru.papers, 9)
	ru.give(relay, parts)
	if r := ru.sync(relay); r.NonPapers != 1 {
		t.Errorf("%+v", r)
	}
}

// Who is off the roster, and who may not have its kind, have no part in it.
func TestWhoseNonPapersCount(t *testing.T) {
	c := governed()
	c.Neutrals[0].Withheld = []string{"offer"}
	_, desks := acquainted(t, c, "us", "ru", "neutral")
	us, ru, neutral := desks[0], desks[1], desks[2]
	us.off("to all", "ru", "neutral:"+c.Neutrals[0].Name)
	_, p := forge(t, ru, us.papers[1].Envelope)
	if _, _, err := neutral.placeNonPaper(p); err != nil {
		t.Fatal(err)
	}
	offer := *p
	offer.Kind = "offer"
	if _, _, err := neutral.placeNonPaper(&offer); !errors.Is(err, errNonPaper) {
		t.Errorf("a neutral takes what is withheld from it: %v", err)
	}
	if _, _, err := ru.placeNonPaper(p); err != nil {
		t.Fatal(err)
	}
	if _, err := ru.Import(ctx, must(Sign(entryAt(c, "de", KindRoster, string(must(signChange(revoke(c, "us", "us", 9), "us-a", "us-b").Encode())), must(ru.Log().Next(key("de").ID()))), key("de"))).Raw); err != nil {
		t.Fatal(err)
	}
	if _, _, err := ru.placeNonPaper(p); !errors.Is(err, errNonPaper) {
		t.Errorf("one who was taken off is heard: %v", err)
	}
}

// What is missing of a key says whether it will come or is gone.
func TestWhyANonPaperHasNoKey(t *testing.T) {
	us, ru, _, _, p := received(t)
	note := us.say("on the record")
	must(ru.Import(ctx, note.Raw))
	given := pairName{p.To[0].Prekey, p.Author}
	for name, x := range map[string]struct {
		change func(*parsedNonPaper)
		want   error
	}{
		"a prekey that has not come": {func(q *parsedNonPaper) { q.Prekey = EntryID{5} }, errEarly},
		"an entry that is no prekey": {func(q *parsedNonPaper) { q.Prekey = note.ID }, errNonPaper},
		"our own key, thrown away":   {func(*parsedNonPaper) { delete(ru.pairs, given) }, errLost},
	} {
		secret := ru.pairs[given]
		q := *p
		x.change(&q)
		if key, err := ru.keyFor(&q, q.To[0]); !errors.Is(err, x.want) || key != nil {
			t.Errorf("%s: %v", name, err)
		}
		ru.pairs[given] = secret
	}
	if pair, ok := us.pairWith(ru.self.ID); !ok {
		t.Fatal("no secrets")
	} else {
		for _, name := range []pairName{{pair.own, ru.self.ID}, {pair.theirs, ru.self.ID}} {
			secret := us.pairs[name]
			delete(us.pairs, name)
			if _, ok := us.pairWith(ru.self.ID); ok {
				t.Error("one secret is enough to speak")
			}
			us.pairs[name] = secret
		}
	}
	us.keys = nil
	if _, ok := us.pairWith(ru.self.ID); ok {
		t.Error("speaks without a prekey of its own")
	}
}

// The same words as another kind are another non-paper.
func TestANonPaperOfAnotherKind(t *testing.T) {
	us, ru, relay, parts, p := received(t)
	ru.give(relay, parts)
	ru.sync(relay)
	p.Kind, p.Sending = "offer", 2
	p.header.MACs[0] = us.macFor(ru, p)
	ru.give(relay, layOff(p.nonPaperForm, p.header.MACs, content{Salt: p.salt, Body: p.body}))
	if r := ru.sync(relay); r.Refused != 1 || !ru.NonPapers()[0].Contradicted || ru.NonPapers()[0].Kind != "note" {
		t.Errorf("%+v", r)
	}
}

// What is not in form is refused when it is read, before any MAC is looked at.
func TestFormOfANonPaper(t *testing.T) {
	_, _, _, parts, p := received(t)
	said := content{Salt: p.salt, Body: p.body}
	long := content{Body: make([]byte, MaxBody+1)}
	with := func(change func(*nonPaperForm), c content) record {
		f := p.nonPaperForm
		f.To = slices.Clone(f.To)
		change(&f)
		return layOff(f, make([]pairMAC, len(f.To)), c)
	}
	garbled := with(func(f *nonPaperForm) { f.Content = nonPaperContent(content{}) }, content{})
	garbled.Content = []byte("x")
	for name, bad := range map[string]record{
		"another version":    with(func(f *nonPaperForm) { f.Version = 9 }, said),
		"no prekey":          with(func(f *nonPaperForm) { f.Prekey = EntryID{} }, said),
		"before 1970":        with(func(f *nonPaperForm) { f.Claimed = -1 }, said),
		"over before it is":  with(func(f *nonPaperForm) { f.Until = f.Claimed }, said),
		"sent no time":       with(func(f *nonPaperForm) { f.Sending = 0 }, said),
		"to nobody":          with(func(f *nonPaperForm) { f.To = nil }, said),
		"to its author":      with(func(f *nonPaperForm) { f.To[0].Device = f.Author }, said),
		"without a number":   with(func(f *nonPaperForm) { f.To[0].Number = 0 }, said),
		"to no prekey":       with(func(f *nonPaperForm) { f.To[0].Prekey = EntryID{} }, said),
		"to one twice":       with(func(f *nonPaperForm) { f.To = append(f.To, f.To[0]) }, said),
		"of the record":      with(func(f *nonPaperForm) { f.Kind = KindRoster }, said),
		"too long":           with(func(f *nonPaperForm) { f.Content = nonPaperContent(long) }, long),
		"a garbled content":  garbled,
		"no header":          {Header: []byte("x"), Content: parts.Content},
		"a header of nobody": {Header: must(Marshal(nonPaperHeader{})), Content: parts.Content},
	} {
		if _, err := parseNonPaper(bad); err == nil {
			t.Errorf("%s: it is read", name)
		}
	}
	if _, err := parseNonPaper(parts); err != nil {
		t.Fatal(err)
	}
}

// A journal that was changed is refused, and not read as something else.
func TestADamagedBackChannel(t *testing.T) {
	us := openDesk(t, two, "us")
	id := us.self.ID.String()
	for _, x := range []BackItem{
		{"pair/short/" + id, []byte("secret")},
		{"pair/" + id + "/short", []byte("secret")},
		{"pair/" + id, []byte("secret")},
		{"line/short", nil},
		{"line/" + id, []byte("x")},
		{"paper/x", nil},
		{"paper/1", []byte("x")},
		{"paper/1", must(Marshal(keptNonPaper{}))},
		{"loose/1", []byte("x")},
		{"calls", []byte("x")},
		{"count", []byte("x")},
		{"other", nil},
	} {
		if err := us.applyBack(x); err == nil {
			t.Errorf("%s is taken", x.Key)
		}
	}
	if len(us.papers)+len(us.loose)+len(us.lines) != 0 {
		t.Error("something of it is kept")
	}
}

// Without randomness nothing is said off the record, sent again, or sent for
// cover, and nothing of it is kept.
func TestNoNonPaperWithoutRandomness(t *testing.T) {
	relay, desks := acquainted(t, charterOf("de", "ru", "us"), "us", "ru", "de")
	us, source := desks[0], &breaking{}
	us.options.Rand = source
	for at := 1; ; at++ { // whichever read fails
		source.at = at
		_, err := us.SendNonPaper(ctx, us.draft("x", "ru"))
		if source.at > 0 {
			break // there are not so many
		}
		if !errors.Is(err, errNoRandomness) {
			t.Fatalf("said though read %d failed: %v", at, err)
		}
		if len(us.papers) != 0 {
			t.Fatalf("kept though read %d failed", at)
		}
	}
	source.always = true
	if _, err := us.resendNonPapers(ctx, true); !errors.Is(err, errNoRandomness) {
		t.Errorf("sent again: %v", err)
	}
	if _, err := us.addLoose([]byte("x")); !errors.Is(err, errNoRandomness) {
		t.Errorf("named: %v", err)
	}
	source.always = false
	for at := 1; ; at++ {
		source.at = at
		_, err := us.blank()
		if source.at > 0 {
			break
		}
		if !errors.Is(err, errNoRandomness) {
			t.Fatalf("covered though read %d failed: %v", at, err)
		}
	}
	us.sync(relay)
	clear(us.pairs)
	if _, err := us.sealAgain(us.papers[us.numbers()[0]]); !errors.Is(err, ErrNoPair) {
		t.Errorf("sealed again to nobody: %v", err)
	}
}

// What is made is checked as what comes is.
func TestWhatIsMadeIsInForm(t *testing.T) {
	us, _, _, _, p := received(t)
	to := us.log.otherDevices(us.self.ID)
	f := p.nonPaperForm
	f.To = slices.Clone(f.To)
	c := content{Salt: p.salt, Body: p.body}
	if _, err := us.makeNonPaper(f, c, to); err != nil {
		t.Fatal(err)
	}
	f.Until = f.Claimed - int64(time.Hour)
	if _, err := us.makeNonPaper(f, c, to); err == nil {
		t.Error("one that is over is made")
	}
	f.Until = p.Until
	if _, err := us.makeNonPaper(f, content{Body: []byte("other words")}, to); err == nil {
		t.Error("one of other words is made")
	}
	clear(us.pairs)
	if _, err := us.makeNonPaper(f, c, to); !errors.Is(err, ErrNoPair) {
		t.Errorf("made without secrets: %v", err)
	}
}

// The secrets of a prekey are as many as there are devices, in order, each of
// its length and for a key that can be sealed to.
func TestSecretsOfAPrekey(t *testing.T) {
	good := pairOffer{Key: keyHash{1}, Sealed: make([]byte, encapsulatedSize)}
	next := pairOffer{Key: keyHash{2}, Sealed: good.Sealed}
	if err := checkPairs([]pairOffer{good, next}); err != nil {
		t.Fatal(err)
	}
	many := make([]pairOffer, MaxDevices+1)
	for i := range many {
		many[i] = pairOffer{Key: keyHash{byte(i)}, Sealed: good.Sealed}
	}
	for name, bad := range map[string][]pairOffer{
		"twice": {good, good}, "out of order": {next, good}, "short": {{Sealed: good.Sealed[1:]}}, "none": {{}}, "too many": many,
	} {
		if err := checkPairs(bad); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	useless := sealingKey("us").Public()
	clear(useless[mlkemPublicSize:])
	for name, public := range map[string][]byte{"no key": []byte("x"), "of no use": useless} {
		if o, secret, err := offerPair(ID{1}, MemberID{1}, public); err == nil || secret != nil || o.Sealed != nil {
			t.Errorf("%s: a secret was made for it: %v", name, err)
		}
	}
	if secret, err := openPair(ID{1}, MemberID{1}, pairOffer{Sealed: []byte("x")}, sealingKey("us")); err == nil || secret != nil {
		t.Errorf("a secret was found in nothing: %v", err)
	}
}

// What an envelope holds is whole, or it is nothing.
func TestAnEnvelopeIsWholeOrNothing(t *testing.T) {
	us := openDesk(t, two, "us")
	mine := us.keys[len(us.keys)-1].Public()
	useless := slices.Clone(mine)
	clear(useless[mlkemPublicSize:])
	for _, to := range [][]byte{useless, []byte("x")} {
		if _, err := sealContents(randomness(1), two.ID(), Recipients{asides: []aside{{to: to}}}, contents{}); err == nil {
			t.Error("an aside is sealed to a key of no use")
		}
	}
	e := entryAfter(us.Log(), two, "us", "note", "ours")
	good := must(Seal(randomness(1), two.ID(), Recipients{Whole: [][]byte{mine}}, e.Raw))
	if o, err := openEnvelope(us.sealingKeys(), two.ID(), good); err != nil || len(o.parts.Header) == 0 || len(o.parts.Content) == 0 {
		t.Fatal(err)
	}
	var parts envelope
	if err := Unmarshal(good, &parts); err != nil {
		t.Fatal(err)
	}
	parts.Header[len(parts.Header)-1] ^= 1
	for name, bad := range map[string][]byte{
		"another header": must(Marshal(parts)),
		"no header":      must(sealContents(randomness(1), two.ID(), Recipients{Headers: [][]byte{mine}}, contents{})),
		"nothing":        must(sealContents(randomness(1), two.ID(), Recipients{Whole: [][]byte{mine}}, contents{})),
	} {
		if o, err := openEnvelope(us.sealingKeys(), two.ID(), bad); !errors.Is(err, ErrEnvelope) || len(o.parts.Content)+len(o.parts.Header) != 0 {
			t.Errorf("%s: opened: %v", name, err)
		}
	}
	call := must(sealContents(randomness(1), two.ID(), Recipients{asides: []aside{{to: mine}}}, contents{}))
	if o, err := openEnvelope(us.sealingKeys(), two.ID(), call); err != nil || len(o.asides) != 1 {
		t.Fatal(err)
	}
	if raw, err := Open(us.sealingKeys(), two.ID(), call); !errors.Is(err, ErrEnvelope) || raw != nil {
		t.Errorf("an aside is taken for an entry: %v", err)
	}
}

// What is withheld can't be put on paper.
func TestNoPaperOfWhatIsWithheld(t *testing.T) {
	e := entryAfter(must(NewLog(two)), two, "us", "note", "ours")
	if d, err := e.Unsigned(); err != nil || string(d.Body) != "ours" || d.ID() != e.ID {
		t.Fatal(err)
	}
	if d, err := must(e.withoutBody()).Unsigned(); err == nil || d.Body != nil {
		t.Error("on paper without its words")
	}
}

// A prekey whose secrets are not in form is none.
func TestAPrekeyWithStrangeSecrets(t *testing.T) {
	b := prekeyBody{Sealing: sealingKey("us").Public(), Pairs: []pairOffer{{Sealed: make([]byte, encapsulatedSize)}}}
	if _, err := parsePrekey(must(Marshal(b))); err != nil {
		t.Fatal(err)
	}
	b.Pairs[0].Sealed = b.Pairs[0].Sealed[1:]
	if _, err := parsePrekey(must(Marshal(b))); err == nil {
		t.Error("taken")
	}
}

// What can't be kept, or made, is not sent for an answer, for cover or again.
func TestNothingIsSentThatIsNotKept(t *testing.T) {
	full := errors.New("disk full")
	_, desks := acquainted(t, two, "us", "ru")
	us, source := desks[0], &breaking{always: true}
	us.say("one")
	us.options.Rand, us.called = source, true
	if err := us.acknowledge(ctx); !errors.Is(err, errNoRandomness) {
		t.Errorf("answered: %v", err)
	}
	relay := &recorder{memoryCarrier: newCarrier()}
	if err := us.sendCovered(ctx, relay, 4, &Report{}); !errors.Is(err, errNoRandomness) || len(relay.appended) != 0 {
		t.Errorf("%d sent for cover: %v", len(relay.appended), err)
	}
	source.always = false
	us.journal.fail = func(int) (bool, error) { return false, full }
	if err := us.fillUp(ctx, 1); !errors.Is(err, full) {
		t.Errorf("filled up: %v", err)
	}
	ru := desks[1]
	ru.say("two")
	ru.journal.fail = us.journal.fail
	if n, err := ru.Resend(ctx); n != 0 || !errors.Is(err, full) {
		t.Errorf("%d sent again: %v", n, err)
	}
}

// A session that can't keep its first key, or read all that was kept, is not
// opened.
func TestASessionThatCannotBegin(t *testing.T) {
	full := errors.New("disk full")
	j := newJournal()
	j.fail = func(int) (bool, error) { return false, full }
	if _, err := NewSession(ctx, two, key("us"), sealingKey("us"), j, Options{Now: clock}); !errors.Is(err, full) {
		t.Errorf("opened without a key: %v", err)
	}
	j = newJournal()
	j.back["other"] = []byte("x")
	if _, err := NewSession(ctx, two, key("us"), sealingKey("us"), j, Options{Now: clock}); err == nil || !strings.Contains(err.Error(), "reading journal") {
		t.Errorf("opened a journal of another make: %v", err)
	}
}
