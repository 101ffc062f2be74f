package channel

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/fstest"
)

// newcomer is a device that is not in the charter.
func newcomer(t testing.TB, c *Charter, name, side string) *desk {
	d := newDesk(t, c, name)
	d.side = side
	d.reopen()
	return d
}

func (d *desk) change(s *SignedChange) {
	d.t.Helper()
	if _, err := d.Append(ctx, KindRoster, EntryID{}, must(s.Encode())); err != nil {
		d.t.Fatal(err)
	}
}

func raws(l *Log) [][]byte {
	var all [][]byte
	for _, e := range l.Entries() {
		all = append(all, e.Raw)
	}
	return all
}

// A device that comes late is enrolled, reads the archive, speaks, and is read.
func TestALateDeviceReadsTheArchiveAndSpeaks(t *testing.T) {
	c := governed()
	us, ru, relay := openDesk(t, c, "us"), openDesk(t, c, "ru"), newCarrier()
	us.say("before it came")
	us.sync(relay)
	ru.sync(relay)
	us.change(signChange(enrol(c, "us", "us-2"), "us-a", "us-b"))
	us.sync(relay)
	ru.sync(relay)

	late := newcomer(t, c, "us-2", "us")
	if _, err := late.Append(ctx, "note", EntryID{}, nil); !errors.Is(err, ErrNotSeated) {
		t.Fatalf("it speaks before it is enrolled: %v", err)
	}
	r := late.sync(relay)
	// The change and what came after it, a prekey of each for it too, reach it, and hang in the air.
	if r.Received != 4 || len(r.Admitted) != 0 || len(r.Missing) == 0 || r.Sent != 0 {
		t.Fatalf("%+v", r)
	}
	us.sync(relay)
	archive := raws(us.Log())
	if n, err := late.ReadArchive(ctx, archive); err != nil || n == 0 {
		t.Fatalf("%d, %v", n, err)
	}
	if n, err := late.ReadArchive(ctx, archive); err != nil || n != 0 {
		t.Fatalf("again: %d, %v", n, err)
	}
	late.reopen()
	if late.Restored() || late.Log().HeadsDigest() != us.Log().HeadsDigest() {
		t.Fatalf("it has not got all: %v", bodies(late.Log()))
	}
	late.sync(relay)
	late.say("here")
	late.sync(relay)
	ru.sync(relay)
	ru.say("welcome")
	ru.sync(relay)
	late.sync(relay)
	us.sync(relay)
	for _, d := range []*desk{us, ru, late} {
		if got := bodies(d.Log()); !slices.Contains(got, "here") || !slices.Contains(got, "welcome") {
			t.Fatalf("%s reads %q", d.name, got)
		}
		d.reopen()
		if !slices.Contains(bodies(d.Log()), "here") {
			t.Fatalf("%s has lost it", d.name)
		}
	}
	rest(t, relay, us, ru, late)
	if r := late.Log().Roster(); r.ID() != us.Log().Roster().ID() {
		t.Fatal("it knows another roster")
	}
}

func TestAnArchiveIsVerified(t *testing.T) {
	c := governed()
	us := openDesk(t, c, "us")
	us.say("x")
	us.change(signChange(enrol(c, "us", "us-2"), "us-a", "us-b"))
	good := raws(us.Log())
	bad := slices.Clone(good[0])
	bad[len(bad)/2] ^= 1
	late := newcomer(t, c, "us-2", "us")
	if _, err := late.ReadArchive(ctx, [][]byte{good[1], bad}); !errors.Is(err, ErrEntry) {
		t.Fatalf("%v", err)
	}
	if _, err := late.ReadArchive(ctx, [][]byte{[]byte("x")}); !errors.Is(err, ErrEntry) {
		t.Fatalf("%v", err)
	}
	must(late.ReadArchive(ctx, good))
	late.reopen()
	if late.Log().HeadsDigest() != us.Log().HeadsDigest() {
		t.Fatal("it has not got all")
	}
	// One that finds its own words in the archive has been somebody before.
	late.sync(newCarrier())
	again := newcomer(t, c, "us-2", "us")
	must(again.ReadArchive(ctx, raws(late.Log())))
	if _, err := again.Append(ctx, "note", EntryID{}, nil); !errors.Is(err, ErrRestored) {
		t.Fatalf("%v", err)
	}
	if _, err := NewSession(ctx, c, key("us-2"), nil, newJournal(), Options{Side: "fr"}); err == nil {
		t.Fatal("a session on no side")
	}
	if _, err := NewSession(ctx, c, key("us-2"), nil, newJournal(), Options{}); err == nil {
		t.Fatal("a session on no side at all")
	}
}

// What a newcomer said comes before the change that brings it, and the desk is
// started again in between, so that it has forgotten it.
func TestANewcomersEarlyWordsAreReadAgain(t *testing.T) {
	c := governed()
	us, ru, relay := openDesk(t, c, "us"), openDesk(t, c, "ru"), newCarrier()
	us.change(signChange(enrol(c, "us", "us-2"), "us-a", "us-b"))
	late := newcomer(t, c, "us-2", "us")
	must(late.ReadArchive(ctx, raws(us.Log())))
	late.say("early")
	late.sync(relay)
	if r := ru.sync(relay); r.Received != 0 || r.Refused != 0 {
		t.Fatalf("%+v", r)
	}
	ru.reopen()
	if len(ru.log.strangers) != 0 {
		t.Fatal("the test forgets nothing")
	}
	us.sync(relay)
	ru.sync(relay)
	ru.sync(relay)
	if got := bodies(ru.Log()); !slices.Equal(got, []string{"early"}) {
		t.Fatalf("ru reads %q", got)
	}
	rest(t, relay, us, ru, late)
}

// The same, where the change comes by hand or in an archive.
func TestEarlyWordsAreReadAgainAfterAnArchive(t *testing.T) {
	c := governed()
	for name, give := range map[string]func(us, ru *desk){
		"by hand": func(us, ru *desk) {
			for _, raw := range raws(us.Log()) {
				must(ru.Import(ctx, raw))
			}
		},
		"in an archive": func(us, ru *desk) { must(ru.ReadArchive(ctx, raws(us.Log()))) },
	} {
		us, ru, relay := openDesk(t, c, "us"), openDesk(t, c, "ru"), newCarrier()
		us.change(signChange(enrol(c, "us", "us-2"), "us-a", "us-b"))
		late := newcomer(t, c, "us-2", "us")
		must(late.ReadArchive(ctx, raws(us.Log())))
		late.say("early")
		late.sync(relay)
		ru.sync(relay)
		ru.reopen()
		give(us, ru)
		ru.reopen()
		if ru.sync(relay); !slices.Equal(bodies(ru.Log()), []string{"early"}) {
			t.Errorf("%s: ru reads %q", name, bodies(ru.Log()))
		}
	}
}

// The power fails at every write while a newcomer is introduced.
func TestPowerFailsWhileANewcomerComes(t *testing.T) {
	crash := errors.New("power failure")
	for at := 1; at <= 6; at++ {
		for _, kept := range []bool{false, true} {
			c := governed()
			us, ru, relay := openDesk(t, c, "us"), openDesk(t, c, "ru"), newCarrier()
			us.change(signChange(enrol(c, "us", "us-2"), "us-a", "us-b"))
			late := newcomer(t, c, "us-2", "us")
			must(late.ReadArchive(ctx, raws(us.Log())))
			late.say("early")
			late.sync(relay)
			crashed := false
			ru.journal.fail = func(n int) (bool, error) {
				if n == at && !crashed {
					crashed = true
					return kept, crash
				}
				return true, nil
			}
			for range 2 {
				for range 2 {
					if _, err := ru.Sync(ctx, relay); err != nil {
						ru.reopen()
					}
				}
				us.sync(relay)
			}
			for range 3 {
				ru.sync(relay)
			}
			ru.reopen()
			if got := bodies(ru.Log()); !slices.Equal(got, []string{"early"}) {
				t.Fatalf("write %d, kept %v: %q", at, kept, got)
			}
		}
	}
}

// The last thing that somebody said and that a carrier took must be named by
// another, for the author to sign what binds.
func TestAcknowledged(t *testing.T) {
	c := governed()
	us, ru, relay := openDesk(t, c, "us"), openDesk(t, c, "ru"), newCarrier()
	self, principal := key("us").ID(), key("us-principal").ID()
	if !us.Acknowledged(self) {
		t.Fatal("a prekey asks for an answer")
	}
	us.say("x")
	if !us.Acknowledged(self) {
		t.Fatal("what no carrier took counts")
	}
	us.sync(relay)
	if us.Acknowledged(self) {
		t.Fatal("by nobody")
	}
	prepared := must(us.Prepare(principal, "note", EntryID{}, nil))
	must(us.Import(ctx, must(Sign(prepared, key("us-principal"))).Raw))
	if !us.Acknowledged(self) {
		t.Fatal("its principal has named it")
	}
	us.sync(relay)
	if us.Acknowledged(principal) {
		t.Fatal("the principal's by nobody")
	}
	us.say("y")
	if us.Acknowledged(principal) {
		t.Fatal("by its own desk, which may have been put back too")
	}
	us.sync(relay)
	ru.sync(relay)
	if us.Acknowledged(self) {
		t.Fatal("before the receipt came")
	}
	us.sync(relay)
	if !us.Acknowledged(self) || !us.Acknowledged(principal) {
		t.Fatal("ru has named both")
	}
	us.reopen()
	if !us.Acknowledged(self) {
		t.Fatal("forgotten")
	}
}

func TestAProvisionalCharter(t *testing.T) {
	c := charterOf("ru", "us")
	makeProvisional(c)
	s := must(NewCharter(*c, someSecret))
	for _, name := range []string{"us-principal", "eve"} {
		if _, err := SignCharter(s.Raw, key(name)); err == nil {
			t.Errorf("%s signed", name)
		}
	}
	c.Delegations[1].Devices = append(c.Delegations[1].Devices, device("us-2"))
	two := must(NewCharter(*c, someSecret))
	if _, err := SignCharter(two.Raw, key("us-2")); err == nil {
		t.Error("a second device signed for the first")
	}
	for _, name := range []string{"us", "ru"} {
		if err := two.AddSignature(must(SignCharter(two.Raw, key(name)))); err != nil {
			t.Fatal(err)
		}
	}
	founded := must(two.Verify())
	for _, seat := range founded.Seats() {
		if seat.Principal {
			t.Fatal("it knows a principal")
		}
	}
	us, ru, relay := openDesk(t, founded, "us"), openDesk(t, founded, "ru"), newCarrier()
	us.say("let us begin")
	us.sync(relay)
	ru.sync(relay)
	if !slices.Equal(bodies(ru.Log()), []string{"let us begin"}) {
		t.Fatal("they do not talk")
	}
	k := must(newKeyring(founded))
	heir := enrol(founded, "us")
	heir.Principal = []Member{principal("us-heir")}
	for name, change := range map[string]*SignedChange{
		"by a device": signChange(enrol(founded, "us", "us-3"), "us"), "by nobody": signChange(enrol(founded, "us", "us-3")),
		"that names a principal": signChange(heir, "us"),
	} {
		if _, err := k.verifyChange(must(change.Encode())); err == nil {
			t.Errorf("a change %s", name)
		}
	}
	// The principals' charter takes the record over as it stands.
	later := charterOf("ru", "us")
	later.Adopts = []Adopted{{Channel: founded.ID(), Heads: us.Log().HeadsDigest()}}
	if back := must(ParseCharter(must(later.Encode()))); back.Adopts[0].Heads != us.Log().HeadsDigest() || back.ID() == charterOf("ru", "us").ID() {
		t.Fatal("it adopts nothing")
	}
	for name, adopts := range map[string][]Adopted{
		"a channel of zeros": {{}}, "one twice": {{Channel: ID{1}}, {Channel: ID{1}}},
		"out of order": {{Channel: ID{2}}, {Channel: ID{1}}}, "too many": make([]Adopted, MaxAdopts+1),
	} {
		later.Adopts = adopts
		if _, err := later.Encode(); err == nil {
			t.Errorf("it adopts %s", name)
		}
	}
	for name, change := range map[string]func(*Charter){
		"a principal's key":               func(c *Charter) { c.Delegations[0].Principal.Signing = key("x").Public() },
		"a principal who reads":           func(c *Charter) { c.Delegations[0].Principal.Sealing = sealingKey("x").Public() },
		"an office that moves the cursor": func(c *Charter) { c.Delegations[0].Principal.Office = "\x1b[2J" },
		"a name that moves the cursor":    func(c *Charter) { c.Delegations[0].Principal.Name = "\x1b[2J" },
	} {
		c := charterOf("ru", "us")
		makeProvisional(c)
		change(c)
		if _, err := c.Encode(); err == nil {
			t.Errorf("a provisional charter with %s", name)
		}
	}
	fresh := charterOf("ru", "us")
	fresh.Delegations[0].Principal.Signing = nil
	if _, err := fresh.Encode(); err == nil {
		t.Error("a charter that is not provisional without a principal's key")
	}
}

func TestCardsOfNeutralsAndOfTheProvisional(t *testing.T) {
	n := governed().Neutrals[0]
	s := must(SignNeutralCard(n, 5, key("neutral")))
	back := must(must(ParseCard(must(s.Encode()))).Verify())
	if len(back.Neutrals) != 1 || back.Neutrals[0].Name != "Red Cross" || s.ByPrincipal() {
		t.Fatalf("%+v", back)
	}
	if _, err := SignNeutralCard(n, 5, key("eve")); err == nil {
		t.Error("signed by a stranger")
	}
	d := delegation("us")
	d.Principal.Signing = nil
	if s := must(SignCard(d, 5, key("us"))); s.ByPrincipal() {
		t.Error("a principal without a key signed")
	}
	both := Card{Version: Version, Suite: Suite, Delegations: []Delegation{delegation("us")}, Neutrals: []Neutral{n}}
	if _, err := signCard(both, []*SigningKey{key("us"), key("neutral")}); err == nil {
		t.Error("a card of two")
	}
	if _, err := signCard(Card{Version: Version, Suite: Suite}, nil); err == nil {
		t.Error("a card of nobody")
	}
}

func TestAuthoritiesInACharter(t *testing.T) {
	keys := func(names ...string) (list []Member) {
		for _, name := range names {
			list = append(list, principal(name))
		}
		return list
	}
	for name, test := range map[string]struct {
		change func(*Charter)
		ok     bool
	}{
		"two of three": {func(c *Charter) { c.Delegations[0].Authority = Authority{Keys: keys("a", "b", "c"), Threshold: 2} }, true},
		"with the principal": {func(c *Charter) {
			c.Delegations[0].Authority = Authority{Keys: keys("a", "de-principal"), Threshold: 2}
		}, true},
		"half":              {func(c *Charter) { c.Delegations[0].Authority = Authority{Keys: keys("a", "b"), Threshold: 1} }, false},
		"more than all":     {func(c *Charter) { c.Delegations[0].Authority = Authority{Keys: keys("a"), Threshold: 2} }, false},
		"none of some":      {func(c *Charter) { c.Delegations[0].Authority = Authority{Keys: keys("a")} }, false},
		"a threshold alone": {func(c *Charter) { c.Delegations[0].Authority = Authority{Threshold: 1} }, false},
		"an overflow":       {func(c *Charter) { c.Delegations[0].Authority = Authority{Keys: keys("a", "b"), Threshold: 1 << 63} }, false},
		"a key twice":       {func(c *Charter) { c.Delegations[0].Authority = Authority{Keys: keys("a", "a", "b"), Threshold: 2} }, false},
		"the principal twice": {func(c *Charter) {
			c.Delegations[0].Authority = Authority{Keys: keys("de-principal", "de-principal", "b"), Threshold: 2}
		}, false},
		"another's principal": {func(c *Charter) { c.Delegations[0].Authority = Authority{Keys: keys("ru-principal"), Threshold: 1} }, false},
		"a device":            {func(c *Charter) { c.Delegations[0].Authority = Authority{Keys: keys("de"), Threshold: 1} }, false},
		"another's authority": {func(c *Charter) { c.Delegations[0].Authority = Authority{Keys: keys("us-a"), Threshold: 1} }, false},
		"who reads":           {func(c *Charter) { c.Delegations[0].Authority = Authority{Keys: []Member{device("a")}, Threshold: 1} }, false},
		"too many": {func(c *Charter) {
			var names []string
			for i := range MaxAuthority + 1 {
				names = append(names, fmt.Sprint("authority ", i))
			}
			c.Delegations[0].Authority = Authority{Keys: keys(names...), Threshold: MaxAuthority}
		}, false},
		"a recovery":                 {func(c *Charter) { c.Delegations[0].Recovery = Recovery{Signing: key("r").Public(), Delay: 1} }, true},
		"a recovery without a delay": {func(c *Charter) { c.Delegations[0].Recovery = Recovery{Signing: key("r").Public()} }, false},
		"a delay without a recovery": {func(c *Charter) { c.Delegations[0].Recovery = Recovery{Delay: 1} }, false},
		"a delay beyond 90 days": {func(c *Charter) {
			c.Delegations[0].Recovery = Recovery{Signing: key("r").Public(), Delay: MaxDelay + 1}
		}, false},
		"half a recovery":                    {func(c *Charter) { c.Delegations[0].Recovery = Recovery{Signing: []byte{1}, Delay: 1} }, false},
		"a recovery that is another key":     {func(c *Charter) { c.Delegations[0].Recovery = Recovery{Signing: key("us-a").Public(), Delay: 1} }, false},
		"withheld kinds out of order":        {func(c *Charter) { c.Neutrals[0].Withheld = []string{"offer", "accept"} }, false},
		"a withheld kind that is none":       {func(c *Charter) { c.Neutrals[0].Withheld = []string{"Offer"} }, false},
		"a receipt withheld":                 {func(c *Charter) { c.Neutrals[0].Withheld = []string{KindReceipt} }, false},
		"a change of roster withheld":        {func(c *Charter) { c.Neutrals[0].Withheld = []string{KindRoster} }, false},
		"a prekey withheld":                  {func(c *Charter) { c.Neutrals[0].Withheld = []string{KindPrekey} }, false},
		"a neutral's authority that is ours": {func(c *Charter) { c.Neutrals[0].Authority = Authority{Keys: keys("us-a"), Threshold: 1} }, false},
	} {
		c := governed()
		test.change(c)
		if _, err := c.Encode(); (err == nil) != test.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An export by whoever, with whoever came, and with what the exporter has not
// got.
func TestExportsOfNewcomersAndNeutrals(t *testing.T) {
	c := governed()
	us, neutral, relay := openDesk(t, c, "us"), openDesk(t, c, "neutral"), newCarrier()
	us.change(signChange(enrol(c, "us", "us-2"), "us-a", "us-b"))
	late := newcomer(t, c, "us-2", "us")
	must(late.ReadArchive(ctx, raws(us.Log())))
	offer := must(late.Append(ctx, "offer", EntryID{}, []byte("MARKED two for two")))
	for range 3 {
		late.sync(relay)
		us.sync(relay)
		neutral.sync(relay)
	}
	signed := signedCharterOf(t, c)
	for _, d := range []*desk{us, late, neutral} {
		files := must(Export(signed, d.Log().Entries(), key(d.name), clock()))
		v := VerifyExport(folder(files))
		if !v.OK || v.Entries != len(us.Log().Entries()) || v.Authors != 6 && v.Authors != 5 {
			t.Fatalf("by %s: %+v", d.name, v)
		}
		if bytes.Contains(files[charterFile], someSecret[:]) {
			t.Fatal("the secret is exported")
		}
	}
	whole := must(Export(signed, us.Log().Entries(), key("us"), clock()))
	half := must(Export(signed, neutral.Log().Entries(), key("neutral"), clock()))
	name := entryFile(offer)
	if len(whole[name]) <= len(half[name]) {
		t.Fatal("the neutral exports the body")
	}
	// A delegation's export can't leave a body out, nor a neutral's another kind's.
	swap := func(files map[string][]byte, file string, data []byte, signer string) fstest.MapFS {
		m, _, err := parseManifest(files[manifestFile])
		if err != nil {
			t.Fatal(err)
		}
		fsys := folder(files)
		fsys[file] = &fstest.MapFile{Data: data}
		again := map[string][]byte{}
		for n, f := range fsys {
			if n != manifestFile {
				again[n] = f.Data
			}
		}
		m.Files = listFiles(again)
		fsys[manifestFile] = &fstest.MapFile{Data: must(signManifest(*m, key(signer)))}
		return fsys
	}
	if v := VerifyExport(swap(whole, name, half[name], "us")); v.OK || v.Faults[0].File != name {
		t.Errorf("a delegation's export without a body: %+v", v)
	}
	change := us.Log().Entries()[slices.IndexFunc(us.Log().Entries(), func(e *Signed) bool { return e.Kind == KindRoster })]
	if v := VerifyExport(swap(half, entryFile(change), must(change.withoutBody()).Raw, "neutral")); v.OK {
		t.Error("a change of roster without its body")
	}
	if v := VerifyExport(swap(half, name, whole[name], "neutral")); !v.OK {
		t.Errorf("a neutral's export with a body that it was given elsewhere: %+v", v)
	}
	// The change that brought the newcomer is left out.
	gone := folder(whole)
	delete(gone, entryFile(change))
	if v := VerifyExport(gone); v.OK || !slices.ContainsFunc(v.Faults, func(f Fault) bool { return f.Problem == "it is by nobody on the roster" }) {
		t.Errorf("%+v", v)
	}
	entries := slices.DeleteFunc(us.Log().Entries(), func(e *Signed) bool { return e.Kind == KindRoster || e.Author == us.self.ID && e.Number > 1 })
	if _, err := Export(signed, entries, key("us"), clock()); err == nil {
		t.Error("exported without what brought the newcomer")
	}
}
