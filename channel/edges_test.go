package channel

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"testing"
)

// TestTwoHeadsOnOneChain: of two entries on one chain only the later is a head,
// in whatever order their ids stand.
func TestTwoHeadsOnOneChain(t *testing.T) {
	c := charterOf("ru", "us")
	tried := map[bool]bool{}
	for text := "a"; len(tried) < 2; text += "a" {
		l := must(NewLog(c))
		first, second := entryAfter(l, c, "ru", "note", text), (*Signed)(nil)
		must(l.Add(first.Raw))
		second = entryAfter(l, c, "ru", "note", text)
		must(l.Add(second.Raw))
		heads := []EntryID{first.ID, second.ID}
		slices.SortFunc(heads, EntryID.Compare)
		tried[heads[0] == first.ID] = true
		at := must(l.Next(key("us").ID()))
		at.Heads = heads
		e := must(Sign(entryAt(c, "us", "note", "both", at), key("us")))
		if _, err := l.Add(e.Raw); !errors.Is(err, ErrStructure) {
			t.Errorf("earlier first %t: %v", heads[0] == first.ID, err)
		}
	}
}

// TestTooLongIsRefusedUnread: what is longer than the most is refused for that,
// before anything is made of it.
func TestTooLongIsRefusedUnread(t *testing.T) {
	var anything []byte
	for what, err := range map[string]error{
		"a card":           second(ParseCard(make([]byte, MaxCard+1))),
		"a charter":        second(ParseCharter(make([]byte, MaxCharter+1))),
		"a signed charter": second(ParseSignedCharter(make([]byte, MaxCharter+1))),
		"anything":         Unmarshal(make([]byte, MaxEncoded+1), &anything),
		"an entry":         second(must(NewLog(charterOf("ru", "us"))).Add(make([]byte, MaxEntry+1))),
	} {
		if err == nil || !strings.Contains(err.Error(), "the most") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := Marshal(make([]byte, MaxEncoded)); err == nil || !strings.Contains(err.Error(), "the most") {
		t.Errorf("written: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

// TestKeysOfAnotherLength names the length that a key has.
func TestKeysOfAnotherLength(t *testing.T) {
	for _, n := range []int{0, SealingSize - 1, SealingSize + 1} {
		if _, err := ParseSealingKey(make([]byte, n)); err == nil || !strings.Contains(err.Error(), "32 bytes, not") {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	for _, n := range []int{0, SeedSize - 1, SeedSize + 1} {
		if _, err := ParseSigningKey(make([]byte, n)); err == nil || !strings.Contains(err.Error(), "64 bytes, not") {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

// TestACharterIsBounded in each of its lists.
func TestACharterIsBounded(t *testing.T) {
	parties := func(n int) (out []string) {
		for i := range n {
			out = append(out, "p"+string(rune('a'+i)))
		}
		return out
	}
	if _, err := charterOf(parties(MaxDelegations)...).Encode(); err != nil {
		t.Errorf("the most delegations: %v", err)
	}
	if _, err := charterOf(parties(MaxDelegations + 1)...).Encode(); err == nil {
		t.Error("too many delegations")
	}
	neutrals := func(n int) *Charter {
		c := charterOf("ru", "us")
		for _, name := range parties(n) {
			c.Neutrals = append(c.Neutrals, Neutral{Name: name, Capabilities: []string{"chair"}, Device: device(name)})
		}
		return c
	}
	if _, err := neutrals(MaxNeutrals).Encode(); err != nil {
		t.Errorf("the most neutrals: %v", err)
	}
	if _, err := neutrals(MaxNeutrals + 1).Encode(); err == nil {
		t.Error("too many neutrals")
	}
	nameless := neutrals(1)
	nameless.Neutrals[0].Name = ""
	if _, err := nameless.Encode(); err == nil {
		t.Error("a neutral without a name")
	}
	bad := charterOf("ru", "us")
	bad.Delegations[0].Devices[0].Office = "a\nb"
	if _, err := bad.Encode(); err == nil {
		t.Error("an office with a line end")
	}
}

// TestAnIDIsWholeBytes: an odd number of digits is no id.
func TestAnIDIsWholeBytes(t *testing.T) {
	whole := strings.Repeat("ab", 32)
	if _, err := ParseEntryID(whole); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{whole[1:], whole + "a", whole[2:], whole + "ab", ""} {
		if _, err := ParseEntryID(text); err == nil {
			t.Errorf("%q is an id", text)
		}
	}
}

// unreadable is a journal that can't be read.
type unreadable struct{ *memoryJournal }

var errUnreadable = errors.New("the disk is gone")

func (unreadable) Load(context.Context) (Batch, error) { return Batch{}, errUnreadable }

// TestWhoOpensASession: a device of the charter with its own two keys, and with
// a journal that can be read.
func TestWhoOpensASession(t *testing.T) {
	c := charterOf("ru", "us")
	open := func(c *Charter, signing, sealing string, j Journal) error {
		return second(NewSession(t.Context(), c, key(signing), sealingKey(sealing), j, Options{}))
	}
	if err := open(c, "us", "us", newJournal()); err != nil {
		t.Fatal(err)
	}
	for _, signing := range []string{"stranger", "us-principal"} {
		if err := open(c, signing, "us", newJournal()); err == nil || !strings.Contains(err.Error(), "the signing key is") {
			t.Errorf("with the signing key of %s: %v", signing, err)
		}
	}
	if err := open(c, "us", "ru", newJournal()); err == nil || !strings.Contains(err.Error(), "not this device's") {
		t.Errorf("with the sealing key of ru: %v", err)
	}
	if err := open(c, "us", "us", unreadable{newJournal()}); !errors.Is(err, errUnreadable) {
		t.Errorf("without a journal: %v", err)
	}
	bad := charterOf("ru", "us")
	bad.Title = ""
	if err := open(bad, "us", "us", newJournal()); err == nil {
		t.Error("under a charter that is none")
	}
	if _, err := NewLog(bad); err == nil {
		t.Error("a log of a charter that is none")
	}
	if _, err := bad.VerifyEntry(nil); err == nil || strings.Contains(err.Error(), "encoding") {
		t.Errorf("an entry under a charter that is none: %v", err)
	}
}

// TestContextsAndKeysOfASignature: each is refused for its own length, before
// anything is computed.
func TestContextsAndKeysOfASignature(t *testing.T) {
	k, message := key("us"), []byte("message")
	good := must(k.SignAs("entry", message))
	for _, context := range []string{"", strings.Repeat("a", maxContext+1), strings.Repeat("a", 300)} {
		if _, err := k.SignAs(context, message); err == nil || !strings.Contains(err.Error(), "context has") {
			t.Errorf("signed under a context of %d bytes: %v", len(context), err)
		}
		if err := VerifyAs(k.Public(), context, message, good); err == nil || !strings.Contains(err.Error(), "context has") {
			t.Errorf("verified under a context of %d bytes: %v", len(context), err)
		}
	}
	must(k.SignAs(strings.Repeat("a", maxContext), message))
	for _, public := range [][]byte{nil, k.Public()[1:], append(k.Public(), 0)} {
		if err := VerifyAs(public, "entry", message, good); err == nil || !strings.Contains(err.Error(), "a signing key has") {
			t.Errorf("a key of %d bytes: %v", len(public), err)
		}
	}
	for what, bad := range map[string]Signature{
		"Ed25519": {Signer: good.Signer, Ed25519: good.Ed25519[1:], MLDSA: good.MLDSA},
		"ML-DSA":  {Signer: good.Signer, Ed25519: good.Ed25519, MLDSA: good.MLDSA[1:]},
	} {
		if err := VerifyAs(k.Public(), "entry", message, bad); err == nil || !strings.Contains(err.Error(), "wrong length") {
			t.Errorf("short %s: %v", what, err)
		}
	}
}

// TestWhoSignsACharter: a principal of it, and only what is a charter.
func TestWhoSignsACharter(t *testing.T) {
	raw := must(charterOf("ru", "us").Encode())
	must(SignCharter(raw, key("us-principal")))
	for _, name := range []string{"us", "stranger"} {
		if _, err := SignCharter(raw, key(name)); err == nil || !strings.Contains(err.Error(), "the key is no") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, bad := range [][]byte{nil, raw[1:], append(slices.Clone(raw), 0)} {
		if _, err := SignCharter(bad, key("us-principal")); err == nil {
			t.Error("what is no charter is signed")
		}
		if _, err := (&SignedCharter{Raw: bad}).Encode(); err == nil {
			t.Error("what is no charter is written")
		}
	}
}

// TestABrokenJournalTakesNothing: nothing is prepared or taken in by hand that
// could not be kept.
func TestABrokenJournalTakesNothing(t *testing.T) {
	c := charterOf("ru", "us")
	from := openDesk(t, c, "ru").say("by hand")
	full := errors.New("disk full")
	us := openDesk(t, c, "us")
	us.journal.fail = func(int) (bool, error) { return false, full }
	if _, err := us.Import(t.Context(), from.Raw); !errors.Is(err, ErrJournal) || !errors.Is(err, full) {
		t.Errorf("taken: %v", err)
	}
	us.journal.fail = nil
	if _, err := us.Import(t.Context(), from.Raw); !errors.Is(err, ErrJournal) {
		t.Errorf("taken after that: %v", err)
	}
	if _, err := us.Prepare(key("us-principal").ID(), "note", EntryID{}, nil); !errors.Is(err, ErrJournal) {
		t.Errorf("prepared after that: %v", err)
	}
}

// TestNothingIsPreparedForAStranger, who could not sign it.
func TestNothingIsPreparedForAStranger(t *testing.T) {
	us := openDesk(t, charterOf("ru", "us"), "us")
	if _, err := us.Prepare(key("stranger").ID(), "note", EntryID{}, nil); err == nil {
		t.Error("an entry for a stranger")
	}
}

// breaking is randomness that fails: always, or at one read alone.
type breaking struct {
	always bool
	at     int // the read that fails, from 1; 0 for none
}

var errNoRandomness = errors.New("no randomness")

func (b *breaking) Read(p []byte) (int, error) {
	if b.at--; b.always || b.at == 0 {
		return 0, errNoRandomness
	}
	return rand.Read(p)
}

// TestNothingIsSealedWithoutRandomness, our own or what came by hand.
func TestNothingIsSealedWithoutRandomness(t *testing.T) {
	c := charterOf("ru", "us")
	from, source := openDesk(t, c, "ru").say("by hand"), &breaking{}
	us := must(NewSession(t.Context(), c, key("us"), sealingKey("us"), newJournal(), Options{Rand: source}))
	source.always = true
	if _, err := us.Import(t.Context(), from.Raw); !errors.Is(err, errNoRandomness) {
		t.Errorf("taken: %v", err)
	}
	source.always = false
	for at := 1; ; at++ { // whichever read fails
		source.at = at
		_, err := us.Append(t.Context(), "note", EntryID{}, nil)
		if source.at > 0 {
			break // there are not so many
		}
		if !errors.Is(err, errNoRandomness) {
			t.Fatalf("said though read %d failed: %v", at, err)
		}
	}
	source.always = true
	if _, err := us.Resend(t.Context()); !errors.Is(err, errNoRandomness) {
		t.Errorf("sent again: %v", err)
	}
}

// TestByHandIsHeldToTheGraph: what came by hand fits its ancestors, or is
// refused as from a carrier.
func TestByHandIsHeldToTheGraph(t *testing.T) {
	c := charterOf("ru", "us")
	ru, us := openDesk(t, c, "ru"), openDesk(t, c, "us")
	heads := []EntryID{ru.say("one").ID, ru.say("two").ID}
	for _, e := range ru.Log().Entries() {
		must(us.Import(t.Context(), e.Raw))
	}
	slices.SortFunc(heads, EntryID.Compare)
	at := must(us.Log().Next(key("us-principal").ID()))
	at.Heads = heads
	e := must(Sign(entryAt(c, "us-principal", "note", "both", at), key("us-principal")))
	if _, err := us.Import(t.Context(), e.Raw); !errors.Is(err, ErrStructure) {
		t.Errorf("taken: %v", err)
	}
}

// TestWhatIsNoCard is not written, and was signed by nobody.
func TestWhatIsNoCard(t *testing.T) {
	good := must(SignCard(delegation("us"), 1_660_000_000, key("us"), key("us-principal")))
	if !good.ByPrincipal() {
		t.Error("the principal's signature is not seen")
	}
	for what, bad := range map[string]*SignedCard{
		"empty":       {},
		"cut":         {Raw: good.Raw[1:], Signatures: good.Signatures},
		"not signed":  {Raw: good.Raw},
		"another's":   {Raw: good.Raw, Signatures: must(SignCard(delegation("ru"), 1_660_000_000, key("ru"))).Signatures},
		"out of form": newVersionOf(good),
	} {
		if _, err := bad.Encode(); err == nil {
			t.Errorf("%s: written", what)
		}
		if bad.ByPrincipal() {
			t.Errorf("%s: signed by the principal", what)
		}
	}
}

// newVersionOf is a card of a later version, well signed.
func newVersionOf(s *SignedCard) *SignedCard {
	var c Card
	if err := Unmarshal(s.Raw, &c); err != nil {
		panic(err)
	}
	c.Version = Version + 1
	out := &SignedCard{Raw: must(Marshal(c))}
	for _, name := range []string{"us", "us-principal"} {
		out.Signatures = append(out.Signatures, must(key(name).SignAs("card", out.Raw)))
	}
	slices.SortFunc(out.Signatures, bySigner)
	return out
}

// TestOnlyWhatVerifiesIsExported: an entry that was changed in memory stops the
// export.
func TestOnlyWhatVerifiesIsExported(t *testing.T) {
	c, l := talks()
	entries := slices.Clone(l.Entries())
	bad := *entries[len(entries)-1]
	bad.Raw = slices.Clone(bad.Raw)
	bad.Raw[len(bad.Raw)-1] ^= 1
	entries[len(entries)-1] = &bad
	if _, err := Export(signedCharterOf(t, c), entries, key("us"), clock()); err == nil {
		t.Error("it was exported")
	}
}

// TestStrangeFileNames are named as faults, whatever they look like.
func TestStrangeFileNames(t *testing.T) {
	id := strings.Repeat("ab", 32)
	for _, name := range []string{"entry-.parley", "entry-x.parley", "entry-x-y.parley", "entry-a-b-c-d.parley", "entry-x-" + id + ".parley", "a-b-" + id, "a-b-" + id + ".parley", "entry-a-b-" + id} {
		files := exported(t)
		files[name] = []byte("x")
		v := VerifyExport(folder(files))
		if v.OK || !slices.ContainsFunc(v.Faults, func(f Fault) bool { return f.File == name }) {
			t.Errorf("%s: %+v", name, v.Faults)
		}
	}
}

// refusing is a carrier that takes nothing.
type refusing struct{ *memoryCarrier }

var errRefusing = errors.New("the mailbox is full")

func (refusing) Append(context.Context, []byte) (uint64, error) { return 0, errRefusing }

// TestACarrierThatTakesNothing is reported, and what it did not take goes to
// the next.
func TestACarrierThatTakesNothing(t *testing.T) {
	us := openDesk(t, charterOf("ru", "us"), "us")
	us.say("one")
	if _, err := us.Sync(t.Context(), refusing{newCarrier()}); !errors.Is(err, errRefusing) {
		t.Errorf("sent: %v", err)
	}
	next := newCarrier()
	us.sync(next)
	if len(next.box) == 0 {
		t.Error("it was not sent later")
	}
}

// TestASlotWithoutASecret: an encapsulated key whose X25519 half gives zeros
// with everybody opens nothing, and stops nobody.
func TestASlotWithoutASecret(t *testing.T) {
	c := charterOf("ru", "us")
	us, relay, evil := openDesk(t, c, "us"), newCarrier(), newCarrier()
	us.say("one")
	us.sync(relay)
	head := []byte{0x59, SlotSize >> 8, SlotSize & 0xff} // a byte string of a slot's length
	for _, envelope := range relay.box {
		bad := slices.Clone(envelope)
		slots := 0
		for at := 0; at+len(head)+SlotSize <= len(bad) && slots < 8; at++ {
			if slices.Equal(bad[at:at+len(head)], head) {
				clear(bad[at+len(head)+1088 : at+len(head)+1120])
				at += len(head) + SlotSize - 1
				slots++
			}
		}
		if slots != 8 {
			t.Fatalf("%d slots", slots)
		}
		evil.box = append(evil.box, bad)
	}
	if r := openDesk(t, c, "ru").sync(evil); r.Received != 0 || len(r.Admitted) != 0 {
		t.Errorf("%+v", r)
	}
}

// silent is a carrier that does not say where it is.
type silent struct{ *memoryCarrier }

func (silent) State(context.Context) (string, uint64, error) { return "", 0, errRefusing }

func TestACarrierThatSaysNothing(t *testing.T) {
	us := openDesk(t, charterOf("ru", "us"), "us")
	us.say("one")
	if _, err := us.Sync(t.Context(), silent{newCarrier()}); !errors.Is(err, errRefusing) {
		t.Errorf("%v", err)
	}
}

// gapped is a carrier that has numbered all anew, with the same things in it.
type gapped struct{ *memoryCarrier }

func (g gapped) Fetch(ctx context.Context, after uint64, each func(uint64, []byte) error) error {
	return g.memoryCarrier.Fetch(ctx, after, func(n uint64, envelope []byte) error { return each(n+1, envelope) })
}

func (g gapped) State(ctx context.Context) (string, uint64, error) {
	epoch, last, err := g.memoryCarrier.State(ctx)
	return epoch, last + 1, err
}

// TestACarrierThatNumbersAnew is read again from the start, though the envelope
// that we stopped at is there.
func TestACarrierThatNumbersAnew(t *testing.T) {
	us, relay := openDesk(t, charterOf("ru", "us"), "us"), newCarrier()
	us.say("one")
	us.sync(relay)
	us.sync(relay)
	if r := us.sync(gapped{relay}); !r.Rewound {
		t.Errorf("%+v", r)
	}
}

// TestARestoredCopyPassesOn what others signed, and nothing of its own.
func TestARestoredCopyPassesOn(t *testing.T) {
	us, relay := openDesk(t, charterOf("ru", "us"), "us"), newCarrier()
	draft := must(us.Prepare(key("us-principal").ID(), "note", EntryID{}, []byte("by the principal")))
	us.journal.restored = true
	us.reopen()
	must(us.Import(t.Context(), must(Sign(draft, key("us-principal"))).Raw))
	us.sync(relay)
	if len(relay.box) == 0 {
		t.Error("the principal's entry was held back")
	}
}

// TestAWriteThatFailsIsReported: whichever write of a sync fails, and be it the
// last, the sync says so.
func TestAWriteThatFailsIsReported(t *testing.T) {
	full := errors.New("disk full")
	for _, moved := range []bool{false, true} {
		for failing := 1; ; failing++ {
			c := charterOf("ru", "us")
			us, ru, relay := openDesk(t, c, "us"), openDesk(t, c, "ru"), newCarrier()
			us.say("one")
			us.sync(relay)
			ru.sync(relay)
			ru.say("two")
			ru.sync(relay)
			us.say("three")
			var carrier Carrier = relay
			if moved {
				carrier = gapped{relay}
			}
			writes := 0
			us.journal.fail = func(int) (bool, error) {
				if writes++; writes == failing {
					return false, full
				}
				return true, nil
			}
			_, err := us.Sync(t.Context(), carrier)
			if writes < failing {
				break // there are not so many
			}
			if !errors.Is(err, ErrJournal) || !errors.Is(err, full) {
				t.Errorf("write %d (moved %t): %v", failing, moved, err)
			}
		}
	}
}

// holey is a carrier that leaves the first envelope out, and fails when it is
// asked again.
type holey struct {
	*memoryCarrier
	asked *int
}

func (h holey) Fetch(ctx context.Context, after uint64, each func(uint64, []byte) error) error {
	if *h.asked++; *h.asked > 1 {
		return errRefusing
	}
	return h.memoryCarrier.Fetch(ctx, max(after, 1), each)
}

// TestACarrierThatFailsWhenAskedAgain for what is missing is reported.
func TestACarrierThatFailsWhenAskedAgain(t *testing.T) {
	c := charterOf("ru", "us")
	us, ru, relay, asked := openDesk(t, c, "us"), openDesk(t, c, "ru"), newCarrier(), 0
	ru.say("one")
	ru.say("two")
	ru.sync(relay)
	if _, err := us.Sync(t.Context(), holey{relay, &asked}); !errors.Is(err, errRefusing) || asked != 2 {
		t.Errorf("asked %d times: %v", asked, err)
	}
}

// TestACharterIsReadWithItsSignatures: what is read has been verified.
func TestACharterIsReadWithItsSignatures(t *testing.T) {
	s := signedCharterOf(t, charterOf("ru", "us"))
	must(ParseSignedCharter(must(Marshal(s))))
	s.Signatures[0].MLDSA[0] ^= 1
	if _, err := ParseSignedCharter(must(Marshal(s))); !errors.Is(err, ErrSignature) {
		t.Errorf("%v", err)
	}
}
