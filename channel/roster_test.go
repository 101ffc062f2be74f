package channel

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const day = 24 * 3600

// governed is a channel whose sides are governed in different ways: us by two
// of three and a recovery key, ru by its principal, de by one of one, and a
// neutral by one key.
func governed() *Charter {
	c := charterOf("de", "ru", "us")
	c.Delegations[0].Authority = Authority{Threshold: 1, Keys: []Member{principal("de-a")}}
	c.Delegations[2].Authority = Authority{Threshold: 2, Keys: []Member{principal("us-a"), principal("us-b"), principal("us-principal")}}
	c.Delegations[2].Recovery = Recovery{Signing: key("us-recovery").Public(), Delay: 3 * day}
	c.Neutrals = []Neutral{{
		Name: "Red Cross", Capabilities: []string{"humanitarian"}, Withheld: []string{"offer"},
		Device: device("neutral"), Authority: Authority{Threshold: 1, Keys: []Member{principal("neutral-a")}},
	}}
	return c
}

// scene is a log that grows, told without signatures but those of changes.
type scene struct {
	t   testing.TB
	c   *Charter
	l   *Log
	all []*Signed
	now int64
}

func newScene(t testing.TB, c *Charter) *scene {
	return &scene{t: t, c: c, l: must(NewLog(c)), now: 1_660_000_000}
}

func (s *scene) draft(author, kind, body string) Draft {
	d := entryAt(s.c, author, kind, body, must(s.l.Next(key(author).ID())))
	d.Claimed = s.now
	return d
}

func (s *scene) says(author, kind, body string) *Signed {
	s.t.Helper()
	return s.takes(unsigned(s.draft(author, kind, body)))
}

func (s *scene) takes(e *Signed) *Signed {
	s.t.Helper()
	if _, err := s.l.insert(e); err != nil {
		s.t.Fatal(err)
	}
	s.all = append(s.all, e)
	return e
}

func (s *scene) carries(author string, change *SignedChange) *Signed {
	s.t.Helper()
	return s.says(author, KindRoster, string(must(change.Encode())))
}

func (s *scene) active(name string) bool { return s.l.Roster().Active(key(name).ID()) }

func enrol(c *Charter, side string, names ...string) *Change {
	change := &Change{Version: Version, Suite: Suite, Channel: c.ID(), Side: side}
	for _, name := range names {
		change.Enrol = append(change.Enrol, device(name))
	}
	return change
}

func revoke(c *Charter, side, name string, number uint64) *Change {
	return &Change{Version: Version, Suite: Suite, Channel: c.ID(), Side: side, Revoke: []Cut{{Member: key(name).ID(), Number: number}}}
}

func (c *Change) following(previous ...*SignedChange) *Change {
	for _, p := range previous {
		c.Previous = append(c.Previous, p.ID())
	}
	slices.SortFunc(c.Previous, compareIDs)
	return c
}

func TestAnEnrolledDeviceSpeaks(t *testing.T) {
	c := governed()
	s := newScene(t, c)
	before := s.says("us", "note", "hello")
	if s.l.Roster().ID() != c.ID() || s.active("us-2") {
		t.Fatal("the roster is not the charter's")
	}
	change := signChange(enrol(c, "us", "us-2"), "us-a", "us-b")
	s.carries("ru", change) // anybody may carry it
	if !s.active("us-2") || s.l.Roster().ID() == c.ID() {
		t.Fatal("not enrolled")
	}
	if n := len(s.l.recipients("note").Whole); n != 5 {
		t.Fatalf("sealed to %d", n)
	}
	word := s.says("us-2", "note", "here")
	if at, _ := s.l.RosterAt(before.ID); at.Active(key("us-2").ID()) || at.ID() != c.ID() {
		t.Fatal("it was there before it came")
	}
	if at, ok := s.l.RosterAt(word.ID); !ok || !at.Active(key("us-2").ID()) || at.ID() != s.l.Roster().ID() {
		t.Fatal("it does not know itself")
	}
	if seat, _ := s.l.Roster().Seat(key("us-2").ID()); seat.Party != "us" || seat.Principal {
		t.Fatalf("%+v", seat)
	}
	if previous, contested := s.l.Roster().Last("us"); contested || !slices.Equal(previous, []ID{change.ID()}) {
		t.Fatal("the next change would not follow it")
	}
	if len(s.l.Changes()) != 1 {
		t.Fatal("the change is not listed")
	}
}

func TestWhoMayChangeARoster(t *testing.T) {
	c := governed()
	other := governed()
	other.Title = "Other talks"
	k := must(newKeyring(c))
	for name, test := range map[string]struct {
		change  *Change
		signers []string
		ok      bool
	}{
		"two of three":                           {enrol(c, "us", "us-2"), []string{"us-a", "us-b"}, true},
		"two of three, the principal":            {enrol(c, "us", "us-2"), []string{"us-a", "us-principal"}, true},
		"all three":                              {enrol(c, "us", "us-2"), []string{"us-a", "us-b", "us-principal"}, true},
		"one of three":                           {enrol(c, "us", "us-2"), []string{"us-a"}, false},
		"nobody":                                 {enrol(c, "us", "us-2"), nil, false},
		"the principal where it is not enough":   {enrol(c, "us", "us-2"), []string{"us-principal"}, false},
		"two and a stranger":                     {enrol(c, "us", "us-2"), []string{"us-a", "us-b", "eve"}, false},
		"one and a stranger":                     {enrol(c, "us", "us-2"), []string{"us-a", "eve"}, false},
		"a device":                               {enrol(c, "us", "us-2"), []string{"us"}, false},
		"another side's authority":               {enrol(c, "us", "us-2"), []string{"de-a", "ru-principal"}, false},
		"its principal by default":               {enrol(c, "ru", "ru-2"), []string{"ru-principal"}, true},
		"a device for its principal":             {enrol(c, "ru", "ru-2"), []string{"ru"}, false},
		"the principal beside another authority": {enrol(c, "de", "de-2"), []string{"de-principal"}, false},
		"the recovery key":                       {enrol(c, "us", "us-2"), []string{"us-recovery"}, true},
		"the recovery key and one":               {enrol(c, "us", "us-2"), []string{"us-recovery", "us-a"}, true},
		"the recovery key for another":           {enrol(c, "ru", "ru-2"), []string{"us-recovery"}, false},
		"a neutral's":                            {enrol(c, "neutral:Red Cross", "n-2"), []string{"neutral-a"}, true},
		"a neutral's by its device":              {enrol(c, "neutral:Red Cross", "n-2"), []string{"neutral"}, false},
		"two devices of a neutral":               {enrol(c, "neutral:Red Cross", "n-2", "n-3"), []string{"neutral-a"}, false},
		"no such side":                           {enrol(c, "fr", "fr-2"), []string{"us-a", "us-b"}, false},
		"another channel's":                      {enrol(other, "us", "us-2"), []string{"us-a", "us-b"}, false},
	} {
		_, err := k.verifyChange(must(signChange(test.change, test.signers...).Encode()))
		if (err == nil) != test.ok {
			t.Errorf("signed by %s: %v", name, err)
		}
	}
	heir := enrol(c, "us")
	heir.Principal = []Member{principal("us-heir")}
	if _, err := k.verifyChange(must(signChange(heir, "us-recovery").Encode())); err == nil {
		t.Error("the recovery key named a principal")
	}
	chair := enrol(c, "neutral:Red Cross")
	chair.Principal = []Member{principal("chair")}
	if _, err := k.verifyChange(must(signChange(chair, "neutral-a").Encode())); err == nil {
		t.Error("a neutral got a principal")
	}
	good := signChange(enrol(c, "us", "us-2"), "us-a", "us-b")
	turned := &SignedChange{Raw: good.Raw, Signatures: []Signature{good.Signatures[1], good.Signatures[0]}}
	twice := &SignedChange{Raw: good.Raw, Signatures: []Signature{good.Signatures[0], good.Signatures[0]}}
	purpose := &SignedChange{Raw: good.Raw, Signatures: []Signature{good.Signatures[0], must(keyOf(good.Signatures[1].Signer).SignAs(contextCard, good.Raw))}}
	for name, s := range map[string]*SignedChange{"out of order": turned, "one twice": twice, "for another purpose": purpose} {
		if _, err := k.verifyChange(must(s.Encode())); err == nil {
			t.Errorf("signatures %s", name)
		}
	}
	everyChange(t, must(good.Encode()), 23, func(changed []byte) bool {
		_, err := k.verifyChange(changed)
		return err == nil
	})
}

func TestMalformedChangesAreRefused(t *testing.T) {
	c := governed()
	for name, change := range map[string]func(*Change){
		"another version":       func(x *Change) { x.Version = 2 },
		"another suite":         func(x *Change) { x.Suite = 0 },
		"previous of zeros":     func(x *Change) { x.Previous = []ID{{}} },
		"previous out of order": func(x *Change) { x.Previous = []ID{{2}, {1}} },
		"previous twice":        func(x *Change) { x.Previous = []ID{{1}, {1}} },
		"too many previous": func(x *Change) {
			for i := range MaxAuthority + 1 {
				x.Previous = append(x.Previous, ID{byte(i + 1)})
			}
		},
		"too many devices":         func(x *Change) { x.Enrol = slices.Repeat(x.Enrol, maxComing+1) },
		"a device twice":           func(x *Change) { x.Enrol = slices.Repeat(x.Enrol, 2) },
		"a device that can't read": func(x *Change) { x.Enrol[0].Sealing = nil },
		"a sealing key of no use":  func(x *Change) { clear(x.Enrol[0].Sealing[mlkemPublicSize:]) },
		"a principal who reads":    func(x *Change) { x.Principal = []Member{device("x")} },
		"two principals":           func(x *Change) { x.Principal = []Member{principal("x"), principal("y")} },
		"cuts out of order": func(x *Change) {
			x.Revoke = []Cut{{Member: MemberID{2}}, {Member: MemberID{1}}}
		},
		"a cut twice":                    func(x *Change) { x.Revoke = []Cut{{Member: MemberID{2}}, {Member: MemberID{2}}} },
		"a text with control characters": func(x *Change) { x.Text = "a\x1b[2Jb" },
	} {
		x := enrol(c, "us", "us-2")
		change(x)
		if _, err := x.Encode(); err == nil {
			t.Errorf("%s: encoded", name)
		}
		if _, err := ParseChange(must(Marshal(x))); err == nil {
			t.Errorf("%s: parsed", name)
		}
	}
}

func TestARevokedDevice(t *testing.T) {
	c := governed()
	s := newScene(t, c)
	s.says("us", "note", "one")
	s.says("us", "note", "two")
	s.carries("ru", signChange(revoke(c, "us", "us", 2), "us-a", "us-b"))
	id := key("us").ID()
	if at, gone := s.l.Roster().CutOf(id); !gone || at != 2 || s.active("us") {
		t.Fatalf("cut at %d, %v", at, gone)
	}
	if _, err := s.l.Next(id); !errors.Is(err, ErrRevoked) {
		t.Fatalf("it may go on: %v", err)
	}
	if r := s.l.recipients("note"); slices.ContainsFunc(r.Whole, func(k []byte) bool { return string(k) == string(device("us").Sealing) }) {
		t.Fatal("it is still sealed to")
	}
	// Its key never comes back.
	again := unsigned(s.draft("ru", KindRoster, string(must(signChange(enrol(c, "us", "us"), "us-a", "us-b").Encode()))))
	if _, err := s.l.insert(again); !errors.Is(err, ErrStructure) {
		t.Fatalf("it was enrolled again: %v", err)
	}
}

// Nobody is cut off from what was said in front of whoever carries the cut.
func TestACutDoesNotPrecedeWhatItsCarrierHadSeen(t *testing.T) {
	c := governed()
	for name, test := range map[string]struct {
		carrier string
		number  uint64
		ok      bool
	}{
		"at the last": {"ru", 2, true}, "beyond": {"ru", 7, true}, "before": {"ru", 1, false}, "at nothing": {"ru", 0, false},
		"by itself, this entry included": {"us", 2, false}, "by itself": {"us", 3, true},
	} {
		s := newScene(t, c)
		s.says("us", "note", "one")
		s.says("us", "note", "two")
		d := s.draft(test.carrier, KindRoster, string(must(signChange(revoke(c, "us", "us", test.number), "us-a", "us-b").Encode())))
		if err := s.l.tryDraft(d); (err == nil) != test.ok {
			t.Errorf("%s, tried: %v", name, err)
		}
		if _, err := s.l.insert(unsigned(d)); (err == nil) != test.ok || err != nil && !errors.Is(err, ErrStructure) {
			t.Errorf("%s: %v", name, err)
		}
		if gone := !s.active("us"); gone != test.ok {
			t.Errorf("%s: gone %v", name, gone)
		}
	}
}

// A change that would not stand takes no number: the next entry is no fork.
func TestAChangeThatDoesNotFitIsNotSigned(t *testing.T) {
	c := governed()
	us, ru, relay := openDesk(t, c, "us"), openDesk(t, c, "ru"), newCarrier()
	us.say("one")
	us.sync(relay)
	ru.sync(relay)
	bad := must(signChange(revoke(c, "us", "us", 1), "us-a", "us-b").Encode())
	for name, body := range map[string][]byte{"a cut too early": bad, "nonsense": []byte("x"), "an unsigned one": must(signChange(enrol(c, "us", "us-2")).Encode())} {
		if _, err := ru.Append(ctx, KindRoster, EntryID{}, body); !errors.Is(err, ErrStructure) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ru.Append(ctx, KindReceipt, EntryID{}, []byte("x")); !errors.Is(err, ErrStructure) {
		t.Errorf("a receipt that says nothing: %v", err)
	}
	if _, err := ru.Append(ctx, KindPrekey, EntryID{}, []byte("x")); !errors.Is(err, ErrStructure) {
		t.Errorf("a prekey that is none: %v", err)
	}
	if _, err := us.Prepare(key("us-principal").ID(), KindPrekey, EntryID{}, must(Marshal(prekeyBody{Sealing: sealingKey("x").Public()}))); err == nil {
		t.Error("a principal with a prekey")
	}
	ru.say("still here")
	ru.sync(relay)
	us.sync(relay)
	if len(us.Log().Forks())+len(ru.Log().Forks()) != 0 || !slices.Equal(bodies(us.Log()), []string{"one", "still here"}) {
		t.Fatal("a number was given twice")
	}
}

func TestConcurrentChangesAreContested(t *testing.T) {
	c := governed()
	a, b := signChange(enrol(c, "us", "us-2"), "us-a", "us-b"), signChange(revoke(c, "us", "us", 9), "us-a", "us-principal")
	s := newScene(t, c)
	s.carries("us", a)
	if !s.active("us-2") {
		t.Fatal("not enrolled")
	}
	word := s.says("us-2", "note", "I came by the one")
	s.carries("ru", b)
	r := s.l.Roster()
	if !slices.Equal(r.Contested(), []string{"us"}) || s.active("us-2") || !s.active("us") {
		t.Fatal("one of the two holds")
	}
	if at, _ := s.l.RosterAt(word.ID); !at.Active(key("us-2").ID()) {
		t.Fatal("what it said does not stand any more")
	}
	last, contested := r.Last("us")
	if !contested || len(last) != 2 {
		t.Fatal("the two are not named")
	}
	// Following one of the two settles nothing; naming both does.
	s.carries("ru", signChange(enrol(c, "us", "us-3").following(a), "us-a", "us-b"))
	if s.active("us-3") || !slices.Equal(s.l.Roster().Contested(), []string{"us"}) {
		t.Fatal("settled by one side of it")
	}
	both := signChange(enrol(c, "us", "us-4").following(a, b), "us-a", "us-b")
	s.carries("de", both)
	if !s.active("us-4") || !s.active("us") || s.active("us-2") || len(s.l.Roster().Contested()) != 0 {
		t.Fatal("not settled")
	}
	if last, contested := s.l.Roster().Last("us"); contested || !slices.Equal(last, []ID{both.ID()}) {
		t.Fatal("the next change would not follow it")
	}
	// Sides are apart.
	s.carries("ru", signChange(enrol(c, "ru", "ru-2"), "ru-principal"))
	if !s.active("ru-2") {
		t.Fatal("another side's change was held up")
	}
}

// The recovery key waits until a device of every other delegation has let the
// delay pass by its own clock.
func TestTheRecoveryKeyWaits(t *testing.T) {
	c := governed()
	s := newScene(t, c)
	s.carries("us", signChange(enrol(c, "us", "us-2"), "us-recovery"))
	pending := func() bool { return len(s.l.Roster().Pending()) == 1 && !s.active("us-2") }
	if !pending() {
		t.Fatal("at once")
	}
	s.says("ru", "note", "seen")
	s.says("de", "note", "seen")
	s.now += 3*day - 1
	s.says("ru", "note", "a second too early")
	s.says("de", "note", "a second too early")
	if !pending() {
		t.Fatal("a second too early")
	}
	s.now++
	s.says("us", "note", "our own clock does not count")
	s.says("neutral", "note", "nor does a neutral's")
	s.says("ru", "note", "now")
	if !pending() {
		t.Fatal("by one delegation's clock")
	}
	late := s.says("de", "note", "now")
	if pending() || !s.active("us-2") {
		t.Fatal("it waits longer than the delay")
	}
	if at, _ := s.l.RosterAt(late.ID); at.Active(key("us-2").ID()) {
		t.Fatal("it was there before everybody had waited")
	}
	after := s.says("ru", "note", "after")
	if at, _ := s.l.RosterAt(after.ID); !at.Active(key("us-2").ID()) {
		t.Fatal("whoever has seen all of it does not know it")
	}
	s.says("us-2", "note", "here")
	// Who has not seen that the delay passed refuses the newcomer's word.
	early := must(NewLog(c))
	for _, e := range s.all[:3] {
		_ = must(early.insert(e))
	}
	d := entryAt(c, "us-2", "note", "too early", Position{Number: 1, Heads: early.Heads(), Roster: early.Roster().ID()})
	if _, err := early.insert(unsigned(d)); !errors.Is(err, ErrStructure) {
		t.Fatalf("%v", err)
	}
}

func TestTheAuthorityBeatsTheRecoveryKey(t *testing.T) {
	c := governed()
	byRecovery := signChange(enrol(c, "us", "us-2"), "us-recovery")
	byAuthority := signChange(enrol(c, "us", "us-3"), "us-a", "us-b")
	wait := func(s *scene) {
		for range 2 {
			s.says("ru", "note", "x")
			s.says("de", "note", "x")
			s.now += 3 * day
		}
	}
	before := newScene(t, c)
	before.carries("us", byRecovery)
	before.carries("ru", byAuthority)
	wait(before)
	after := newScene(t, c)
	after.carries("us", byRecovery)
	wait(after)
	if !after.active("us-2") {
		t.Fatal("the delay has passed")
	}
	after.carries("ru", byAuthority)
	for name, s := range map[string]*scene{"before": before, "after": after} {
		if s.active("us-2") || !s.active("us-3") || len(s.l.Roster().Pending())+len(s.l.Roster().Contested()) != 0 {
			t.Errorf("%s the delay had passed, the authority's word does not hold", name)
		}
	}
}

func TestAPrincipalIsSucceeded(t *testing.T) {
	c := governed()
	s := newScene(t, c)
	s.says("us-principal", "note", "my last word")
	heir := enrol(c, "us")
	heir.Principal = []Member{principal("us-heir")}
	first := signChange(heir, "us-a", "us-b")
	s.carries("us", first)
	if s.active("us-heir") {
		t.Fatal("two principals at once")
	}
	next := revoke(c, "us", "us-principal", 1).following(first)
	next.Principal = []Member{principal("us-heir")}
	s.carries("us", signChange(next, "us-a", "us-b"))
	if !s.active("us-heir") || s.active("us-principal") {
		t.Fatal("not succeeded")
	}
	word := s.says("us-heir", "ratify", "agreed")
	if seat, _ := s.l.Roster().Seat(word.Author); !seat.Principal || seat.Party != "us" {
		t.Fatalf("%+v", seat)
	}
	if n := len(s.l.recipients("note").Whole); n != 4 { // de, ru, us and the neutral
		t.Fatalf("a principal is sealed to: %d", n)
	}
}

func TestANeutralHasOneDevice(t *testing.T) {
	c := governed()
	s := newScene(t, c)
	side := "neutral:Red Cross"
	second := signChange(enrol(c, side, "n-2"), "neutral-a")
	s.carries("us", second)
	if s.active("n-2") {
		t.Fatal("two devices of a neutral")
	}
	change := revoke(c, side, "neutral", 0).following(second)
	change.Enrol = []Member{device("n-3")}
	s.carries("us", signChange(change, "neutral-a"))
	if !s.active("n-3") || s.active("neutral") {
		t.Fatal("not replaced")
	}
	if seat, _ := s.l.Roster().Seat(key("n-3").ID()); !seat.isWithheld("offer") || seat.Side() != side {
		t.Fatalf("it may read more than the one before: %+v", seat)
	}
	if r := s.l.recipients("offer"); len(r.Headers) != 1 || len(r.Whole) != 3 {
		t.Fatalf("%d and %d", len(r.Whole), len(r.Headers))
	}
}

// Nobody can be taken over: a change of one side leaves another's members alone.
func TestASideChangesOnlyItself(t *testing.T) {
	c := governed()
	s := newScene(t, c)
	s.carries("us", signChange(revoke(c, "us", "ru", 5), "us-a", "us-b"))
	s.carries("us", signChange(&Change{
		Version: Version, Suite: Suite, Channel: c.ID(), Side: "de",
		Revoke: []Cut{{Member: key("ru-principal").ID()}}, Principal: []Member{principal("de-heir")},
	}, "de-a"))
	if !s.active("ru") || !s.active("ru-principal") || s.active("de-heir") {
		t.Fatal("one side took another's member off the roster")
	}
	d := s.draft("us", KindRoster, string(must(signChange(enrol(c, "de", "ru"), "de-a").Encode())))
	if _, err := s.l.insert(unsigned(d)); !errors.Is(err, ErrStructure) {
		t.Fatalf("another's device was enrolled: %v", err)
	}
	if seat, _ := s.l.Roster().Seat(key("ru").ID()); seat.Party != "ru" {
		t.Fatal("it changed sides")
	}
}

func TestNoMoreDevicesThanSlots(t *testing.T) {
	c := governed()
	addDevices(c, MaxDevices-5)
	s := newScene(t, c)
	s.carries("us", signChange(enrol(c, "us", "us-2", "us-3"), "us-a", "us-b"))
	if n := len(s.l.Roster().devices()); n != MaxDevices || s.active("us-2") == s.active("us-3") {
		t.Fatalf("%d devices", n)
	}
	r := s.l.recipients("note")
	must(Seal(randomness(1), c.ID(), r, twoParts("x", "y")))
}

func TestChangesOfASideAreBounded(t *testing.T) {
	c := governed()
	s := newScene(t, c)
	for i := range maxChanges {
		x := enrol(c, "de")
		x.Text = fmt.Sprint(i)
		s.carries("us", signChange(x, "de-a"))
	}
	x := enrol(c, "de")
	x.Text = "one more"
	d := s.draft("us", KindRoster, string(must(signChange(x, "de-a").Encode())))
	if _, err := s.l.insert(unsigned(d)); !errors.Is(err, ErrStructure) {
		t.Fatalf("%v", err)
	}
	s.carries("us", signChange(enrol(c, "us", "us-2"), "us-a", "us-b"))
	if !s.active("us-2") {
		t.Fatal("another side's change was held up")
	}
}

func TestChangesByARecoveryKeyAreBounded(t *testing.T) {
	c := governed()
	s := newScene(t, c)
	for i := range maxRecoveries + 1 {
		x := enrol(c, "us")
		x.Text = fmt.Sprint(i)
		d := s.draft("us", KindRoster, string(must(signChange(x, "us-recovery").Encode())))
		if _, err := s.l.insert(unsigned(d)); (err != nil) != (i == maxRecoveries) {
			t.Fatalf("change %d: %v", i+1, err)
		}
	}
	s.carries("us", signChange(enrol(c, "us", "us-2"), "us-a", "us-b"))
	if !s.active("us-2") || len(s.l.Roster().Pending()) != 0 {
		t.Fatal("the authority's change was held up")
	}
}

// A side that enrols device after device gets no more room for what waits.
func TestNewcomersOfASideShareTheirRoom(t *testing.T) {
	c := governed()
	s := newScene(t, c)
	s.l.waiting.limit = 4
	s.carries("us", signChange(enrol(c, "us", "us-2", "us-3", "us-4"), "us-a", "us-b"))
	s.carries("de", signChange(enrol(c, "de", "de-2"), "de-a"))
	waits := func(author string, i int) error {
		_, err := s.l.insert(unsigned(entryAt(c, author, "note", fmt.Sprint(i), Position{Number: 1, Heads: []EntryID{{byte(i + 1)}}})))
		return err
	}
	for i := range 6 {
		if err := waits([]string{"us-2", "us-3", "us-4"}[i%3], i); (err == nil) != (i < 4) || err != nil && !errors.Is(err, ErrDropped) {
			t.Fatalf("entry %d: %v", i, err)
		}
	}
	for _, author := range []string{"de-2", "us", "de"} {
		if err := waits(author, 9); err != nil {
			t.Fatalf("%s has no room: %v", author, err)
		}
	}
	if _, err := s.l.Next(key("us-2").ID()); err == nil {
		t.Fatal("its number is given again")
	}
	if len(s.l.Missing()) != 4+1+2 { // four that are waited for, one of the others', two that were dropped
		t.Fatalf("%d gaps", len(s.l.Missing()))
	}
}

// An entry names the roster that its ancestors make, and no other.
func TestAnotherRosterIsRefused(t *testing.T) {
	c := governed()
	s := newScene(t, c)
	s.carries("us", signChange(enrol(c, "us", "us-2"), "us-a", "us-b"))
	for name, roster := range map[string]ID{"the one before": c.ID(), "none": {}, "any": {1}} {
		d := s.draft("ru", "note", name)
		d.Roster = roster
		if _, err := s.l.insert(unsigned(d)); !errors.Is(err, ErrStructure) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Who has not seen the change names the one before.
	old := unsigned(entryAt(c, "de", "note", "x", Position{Number: 1}))
	if _, err := s.l.insert(old); err != nil {
		t.Fatal(err)
	}
}

// One who forks without end hides a change behind heads that nobody names. The
// others name the roster that they can show, and are not silenced.
func TestAChangeBehindManyForksSilencesNobody(t *testing.T) {
	c := governed()
	change := must(signChange(enrol(c, "us", "us-2"), "us-a", "us-b").Encode())
	s := newScene(t, c)
	hides := s.takes(unsigned(entryAt(c, "us", KindRoster, string(change), Position{Number: 1})))
	for i, before := 0, 0; before < headsEach; i++ {
		if e := s.takes(unsigned(entryAt(c, "us", "note", fmt.Sprint(i), Position{Number: 1}))); e.ID.Compare(hides.ID) < 0 {
			before++
		}
	}
	if at := must(s.l.Next(key("ru").ID())); slices.Contains(at.Heads, hides.ID) || s.l.Roster().ID() == at.Roster {
		t.Fatal("the change is not hidden")
	}
	for _, author := range []string{"de", "ru", "neutral", "us-principal"} {
		for range 3 {
			s.says(author, "note", "on")
		}
	}
}

// A newcomer's entries may come before the change that brings it. In whatever
// order all comes, the same log comes of it.
func TestNewcomersInEveryOrder(t *testing.T) {
	c := governed()
	l := must(NewLog(c))
	var all []*Signed
	add := func(author, kind, body string) {
		e := entryAfter(l, c, author, kind, body)
		must(l.Add(e.Raw))
		all = append(all, e)
	}
	add("us", "note", "hello")
	add("ru", KindRoster, string(must(signChange(enrol(c, "us", "us-2"), "us-a", "us-b").Encode())))
	add("us-2", "note", "I am new")
	add("us-2", KindPrekey, string(must(Marshal(prekeyBody{Sealing: sealingKey("us-2/next").Public()}))))
	add("de", "note", "welcome")
	want := fmt.Sprint(show(l), l.Roster().ID(), l.Roster().Seats())
	permute(all, func(order []*Signed) {
		l, admitted := must(NewLog(c)), 0
		for _, e := range order {
			more, err := l.Add(e.Raw)
			if err != nil {
				t.Fatal(err)
			}
			admitted += len(more)
		}
		if got := fmt.Sprint(show(l), l.Roster().ID(), l.Roster().Seats()); got != want || admitted != len(all) || len(l.strangers) != 0 {
			t.Fatalf("%d admitted, %d strangers", admitted, len(l.strangers))
		}
		if !slices.Equal(l.sealingOf(Seat{ID: key("us-2").ID()}), sealingKey("us-2/next").Public()) {
			t.Fatal("another prekey")
		}
	})
}

// permute gives every order of a list.
func permute[T any](list []T, each func([]T)) {
	var walk func(int)
	walk = func(n int) {
		if n == len(list) {
			each(list)
			return
		}
		for i := n; i < len(list); i++ {
			list[n], list[i] = list[i], list[n]
			walk(n + 1)
			list[n], list[i] = list[i], list[n]
		}
	}
	list = slices.Clone(list)
	walk(0)
}

func TestStrangersAreBounded(t *testing.T) {
	c := governed()
	l := must(NewLog(c))
	raw := must(Sign(entryAt(c, "eve", "note", "x", Position{Number: 1}), key("eve"))).Raw
	for range 3 {
		if admitted, err := l.Add(raw); err != nil || admitted != nil || len(l.strangers) != 1 {
			t.Fatalf("%v, %d strangers", err, len(l.strangers))
		}
	}
	for i := range 2 * maxStrangers {
		e := unsigned(entryAt(c, "eve", "note", fmt.Sprint(i), Position{Number: 1}))
		must(l.Add(e.Raw))
	}
	if len(l.strangers) != maxStrangers {
		t.Fatalf("%d strangers", len(l.strangers))
	}
	big := make([]byte, 3<<20)
	for i := range 8 {
		big[0] = byte(i)
		must(l.Add(unsigned(entryAt(c, "eve", "note", string(big), Position{Number: 1})).Raw))
	}
	size := 0
	for _, u := range l.strangers {
		size += len(u.Raw)
	}
	if size > maxStrangersBytes || len(l.strangers) != 5 {
		t.Fatalf("%d strangers with %d bytes", len(l.strangers), size)
	}
	if len(l.Entries())+len(l.Missing())+l.Held() != 0 {
		t.Fatal("a stranger has left a trace")
	}
}

// drawGovernment draws a set of entries among which rosters change: enrolments,
// cuts, recoveries and forks, by authors who have seen different things.
func drawGovernment(t *rapid.T, c *Charter) []*Signed {
	authors := []string{"de", "ru", "us", "us-principal", "neutral"}
	logs := map[string]*scene{}
	for _, a := range authors {
		logs[a] = newScene(nil, c)
	}
	var all []*Signed
	var changes []*SignedChange
	coming := 0
	add := func(author, kind, body string) {
		s := logs[author]
		s.now = 1_660_000_000 + int64(len(all))*day
		at, err := s.l.Next(key(author).ID())
		if err != nil {
			return
		}
		d := entryAt(c, author, kind, body, at)
		d.Claimed = s.now
		if s.l.tryDraft(d) != nil {
			return
		}
		e := unsigned(d)
		_ = must(s.l.insert(e))
		all = append(all, e)
	}
	for range rapid.IntRange(2, 18).Draw(t, "steps") {
		author := rapid.SampledFrom(authors).Draw(t, "author")
		log := logs[author].l
		switch rapid.IntRange(0, 7).Draw(t, "act") {
		case 0, 1, 2:
			for _, e := range all[rapid.IntRange(0, len(all)).Draw(t, "from"):] {
				if _, seated := log.room.seats[e.Author]; seated || log.brought[e.Author] != nil {
					_, _ = log.insert(e)
				}
			}
		case 3:
			side := rapid.SampledFrom([]string{"de", "us"}).Draw(t, "side")
			change := drawChange(t, c, log.Roster(), side, &coming)
			changes = append(changes, change)
			add(author, KindRoster, string(must(change.Encode())))
		case 4:
			if len(changes) > 0 { // carried a second time
				add(author, KindRoster, string(must(rapid.SampledFrom(changes).Draw(t, "again").Encode())))
			}
		default:
			add(author, "note", fmt.Sprint(len(all)))
		}
		for id := range log.brought { // a newcomer who has seen what its host has
			name := nameOf(id)
			if logs[name] == nil && log.Roster().Active(id) && name != "" {
				s := newScene(nil, c)
				for _, e := range log.Entries() {
					_ = must(s.l.insert(e))
				}
				logs[name], authors = s, append(authors, name)
			}
		}
	}
	return all
}

func nameOf(id MemberID) (name string) {
	people.Range(func(n, k any) bool {
		if k.(*SigningKey).ID() == id {
			name = n.(string)
		}
		return name == ""
	})
	return name
}

func drawChange(t *rapid.T, c *Charter, r *Roster, side string, coming *int) *SignedChange {
	change := enrol(c, side)
	change.Previous, _ = r.Last(side)
	if rapid.IntRange(0, 3).Draw(t, "concurrent") == 0 {
		change.Previous = nil
	}
	if rapid.Bool().Draw(t, "enrols") {
		*coming++
		change.Enrol = []Member{device(fmt.Sprint(side, " newcomer ", *coming%4))}
	} else {
		change.Revoke = []Cut{{Member: key(side).ID(), Number: rapid.Uint64Range(0, 9).Draw(t, "cut")}}
	}
	signers := []string{"de-a"}
	if side == "us" {
		signers = rapid.SampledFrom([][]string{{"us-a", "us-b"}, {"us-b", "us-principal"}, {"us-recovery"}}).Draw(t, "signers")
	}
	return signChange(change, signers...)
}

// deliver adds entries as a desk would that verifies: those by keys that have
// not come yet wait outside.
func deliver(l *Log, entries []*Signed) (refused int) {
	waiting := slices.Clone(entries)
	for before := -1; before != len(waiting); {
		before = len(waiting)
		waiting = slices.DeleteFunc(waiting, func(e *Signed) bool {
			if _, charter := l.keyring.seats[e.Author]; !charter && l.brought[e.Author] == nil {
				return false
			}
			if _, err := l.insert(e); err != nil {
				refused++
			}
			return true
		})
	}
	return refused
}

func showRosters(l *Log) string {
	out := fmt.Sprint(show(l), showRoster(l.room))
	for _, e := range l.Entries() {
		r, _ := l.RosterAt(e.ID)
		if at := e.ID.String() + r.id.String(); !strings.Contains(out, at) {
			out += at + showRoster(r)
		}
	}
	return out
}

func showRoster(r *Roster) string {
	out := fmt.Sprintf("%x %x", r.id, r.Pending())
	for _, s := range r.Seats() {
		cut, gone := r.CutOf(s.ID)
		out += fmt.Sprintf(" %x %s %v %d %v", s.ID[:8], s.Side(), s.Principal, cut, gone)
	}
	return out + strings.Join(r.Contested(), " ")
}

// Equal sets give equal logs and rosters, in whatever order they came.
func TestAnyOrderGivesTheSameRoster(t *testing.T) {
	c := governed()
	contested, pending, cuts := 0, 0, 0
	check := func(t *rapid.T) {
		all := drawGovernment(t, c)
		var want string
		for round := range 3 {
			order := all
			if round > 0 {
				order = rapid.Permutation(all).Draw(t, "order")
			}
			l := must(NewLog(c))
			if n := deliver(l, order); n != 0 {
				t.Fatalf("%d refused that their authors admitted", n)
			}
			if len(l.Entries()) != len(all) {
				t.Fatalf("%d of %d admitted", len(l.Entries()), len(all))
			}
			got := showRosters(l)
			if round == 0 {
				want = got
				contested += len(l.room.Contested())
				pending += len(l.room.Pending())
				cuts += len(l.room.cuts)
			} else if got != want {
				t.Fatalf("got  %s\nwant %s", got, want)
			}
		}
	}
	// It says nothing about what was never drawn.
	for round := 0; contested == 0 || pending == 0 || cuts == 0; round++ {
		if rapid.Check(t, check); round == 50 || t.Failed() {
			t.Fatalf("drawn: %d contested, %d pending, %d cuts", contested, pending, cuts)
		}
		drawAnew()
	}
}
