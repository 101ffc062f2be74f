package desk_test

import (
	"crypto/rand"
	"errors"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parley"
	"parley/casefile"
	"parley/channel"
	"parley/desk"
	"parley/relay"
)

const facts = `parley: case/1
id: swap
title: An invented case
as_of: 2026-03-01
parties:
  east: {name: Ostland}
  west: {name: Vostria}
  south: {name: Meridia}
persons:
  alma: {name: Alma Reyes, held_by: west, sought_by: [east]}
  huda: {name: هدى حداد, held_by: west, sought_by: [east]}
  peter: {name: Пётр Савельев, held_by: east, sought_by: [west]}
  another: {name: another, held_by: east, sought_by: [west], blank: true, candidates: [ivo]}
  ivo: {name: Ivo, held_by: east, sought_by: [west]}
  far: {name: Far, held_by: south, sought_by: [west]}
`

// world is two desks, their principals and a relay between them, all in this
// process.
type world struct {
	t          *testing.T
	now        time.Time
	east, west *desk.Desk
	keys       map[*desk.Desk]*channel.SigningKey
	homes      map[*desk.Desk]string
	url        string
}

func (w *world) around() desk.Surroundings {
	return desk.Surroundings{Now: func() time.Time { return w.now }, Light: true}
}

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := newBareWorld(t)
	w.found()
	return w
}

// newBareWorld has no channel yet.
func newBareWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC), keys: map[*desk.Desk]*channel.SigningKey{}, homes: map[*desk.Desk]string{}}
	server, err := relay.Open(t.Context(), relay.Config{Dir: filepath.Join(t.TempDir(), "relay")})
	w.check(err)
	h := httptest.NewServer(server)
	t.Cleanup(func() { h.Close(); _ = server.Close() })
	w.url = h.URL
	w.east, w.west = w.open("east"), w.open("west")
	_, err = w.east.KeepCase(t.Context(), "case.yaml", []byte(facts))
	w.check(err)
	return w
}

func (w *world) open(party string) *desk.Desk {
	w.t.Helper()
	home := filepath.Join(w.t.TempDir(), party)
	f := desk.Founding{Party: parley.PartyID(party), Name: "state of " + party, Delegate: "envoy of " + party, Office: "envoy"}
	d, err := desk.Create(w.t.Context(), home, []byte("pass"), f, w.around())
	w.check(err)
	w.t.Cleanup(func() { _ = d.Close() })
	w.homes[d] = home
	key, err := channel.GenerateSigningKey(rand.Reader)
	w.check(err)
	w.keys[d] = key
	w.check(d.SetPrincipal(w.t.Context(), desk.PrincipalCard{Name: "president of " + party, Office: "President", Public: key.Public()}))
	return d
}

// found signs the charter and gives both desks full mandates.
func (w *world) found() {
	w.t.Helper()
	w.join()
	for _, d := range []*desk.Desk{w.east, w.west} {
		w.mandate(d, parley.Date{}, nil, parley.Levels()...)
	}
	w.meet()
}

// join signs the charter and seats both desks.
func (w *world) join() {
	w.t.Helper()
	ctx := w.t.Context()
	card, err := w.west.Card()
	w.check(err)
	charter, err := w.east.DraftCharter(ctx, desk.Foundation{Title: "special channel", Cards: [][]byte{card}})
	w.check(err)
	for _, d := range []*desk.Desk{w.east, w.west} {
		p, err := desk.ReadPaper(charter)
		w.check(err)
		charter, err = p.Sign(w.keys[d])
		w.check(err)
	}
	for _, d := range []*desk.Desk{w.east, w.west} {
		w.check(d.Join(ctx, charter, w.url, nil))
	}
}

func (w *world) sign(d *desk.Desk, request []byte, err error) parley.Ref {
	w.t.Helper()
	w.check(err)
	p, err := desk.ReadPaper(request)
	w.check(err)
	signed, err := p.Sign(w.keys[d])
	w.check(err)
	kind := parley.KindMandate
	if strings.HasPrefix(p.Title, "R") {
		kind = parley.KindRatify
	}
	ref, err := d.TakeSigned(w.t.Context(), kind, signed)
	w.check(err)
	return ref
}

func (w *world) mandate(d *desk.Desk, until parley.Date, scope []parley.PersonID, may ...parley.Level) {
	w.t.Helper()
	request, err := d.AskMandate(w.t.Context(), parley.Mandate{May: may, Scope: scope, Until: until}, "")
	w.sign(d, request, err)
}

func (w *world) sync(d *desk.Desk) channel.Report {
	w.t.Helper()
	by, err := d.Carrier(w.t.Context(), "")
	w.check(err)
	r, err := d.Sync(w.t.Context(), by)
	w.check(err)
	return r
}

// meet syncs until both have seen all.
func (w *world) meet() {
	w.t.Helper()
	for range 2 {
		w.sync(w.east)
		w.sync(w.west)
	}
}

func (w *world) send(d *desk.Desk, release ...parley.PersonID) parley.Ref {
	w.t.Helper()
	ref, err := d.Send(w.t.Context(), &parley.Offer{Case: "swap", From: d.Party(), Release: release})
	w.check(err)
	return ref
}

func (w *world) view(d *desk.Desk) *desk.View {
	w.t.Helper()
	v, err := d.View(w.t.Context())
	w.check(err)
	return v
}

func TestFromOfferToForce(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	o := w.send(w.east, "alma", "peter", "another")
	w.meet()
	if _, err := w.west.Accept(ctx, o.String(), desk.Choices{}); !errors.Is(err, desk.ErrInput) || !strings.Contains(err.Error(), "another is a blank") {
		t.Fatalf("a blank was left open: %v", err)
	}
	named := desk.Choices{Named: []parley.Naming{{Blank: "another", Person: "ivo"}}}
	_, err := w.west.Accept(ctx, o.Short(), named)
	w.check(err)
	w.meet()
	s, err := w.east.Seal(ctx, "last")
	w.check(err)
	w.meet()
	for _, d := range []*desk.Desk{w.east, w.west} {
		request, err := d.AskRatify(ctx, s.Short(), false, "")
		p, _ := desk.ReadPaper(request)
		if text := strings.Join(p.Lines, "\n"); !strings.Contains(text, "released: Ivo (ivo), held by Ostland, named for another") {
			t.Errorf("the principal is not shown who is released: %s", text)
		}
		w.sign(d, request, err)
	}
	w.meet()
	for _, d := range []*desk.Desk{w.east, w.west} {
		a := w.view(d).Agreements
		if len(a) != 1 || !a[0].InForce || !slices.Equal(a[0].Release, []parley.PersonID{"alma", "ivo", "peter"}) {
			t.Errorf("at the desk of %s: %+v", d.Party(), a)
		}
		if b := w.view(d).Breaches; len(b) != 0 {
			t.Errorf("breaches: %+v", b)
		}
	}
	same(t, w)
}

// same wants both desks to hold the same log, and nothing still on its way.
func same(t *testing.T, w *world) {
	t.Helper()
	a, err := w.east.Status(t.Context())
	w.check(err)
	b, err := w.west.Status(t.Context())
	w.check(err)
	if a.Heads != b.Heads || a.Entries != b.Entries || a.Waiting != 0 || b.Waiting != 0 {
		t.Errorf("the desks differ: %+v and %+v", a, b)
	}
}

// TestCrossing: a withdrawal and an acceptance cross. Both desks end alike, and
// the withdrawn offer can't be sealed.
func TestCrossing(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	o := w.send(w.east, "alma", "peter")
	w.meet()
	_, err := w.east.Withdraw(ctx, o.String(), "")
	w.check(err)
	_, err = w.west.Accept(ctx, o.String(), desk.Choices{})
	w.check(err)
	w.meet()
	var no *desk.NoEffect
	if _, err := w.east.Seal(ctx, o.String()); !errors.As(err, &no) || !strings.Contains(no.Why, "withdrawn") {
		t.Errorf("a withdrawn offer was sealed: %v", err)
	}
	a, b := w.view(w.east), w.view(w.west)
	if a.Offers[0].Status != parley.Withdrawn || b.Offers[0].Status != parley.Withdrawn {
		t.Errorf("the offer is %s and %s", a.Offers[0].Status, b.Offers[0].Status)
	}
	w.send(w.east, "alma", "ivo")
	w.meet()
	if _, err := w.west.Accept(ctx, "last", desk.Choices{}); err != nil {
		t.Errorf("alma is not free again: %v", err)
	}
	w.meet()
	same(t, w)
}

func TestRedLinesStopTheDesk(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	const line = `{parley: brief/1, case: swap, party: west, walk_away: 0, worth: {peter: 10, alma: -5}, rules: [{forbid: [huda]}, {together: [peter, ivo]}]}`
	_, err := w.west.KeepBrief(ctx, "brief.yaml", []byte(line))
	w.check(err)
	good, bad, low := w.send(w.east, "alma", "peter", "ivo"), w.send(w.east, "huda", "peter", "ivo"), w.send(w.east, "alma")
	half := w.send(w.east, "alma", "peter")
	w.meet()
	for name, o := range map[string]parley.Ref{"forbidden": bad, "below the walk-away": low, "not together": half} {
		var no *desk.Refusal
		if _, err := w.west.Accept(ctx, o.String(), desk.Choices{}); !errors.As(err, &no) || !errors.Is(err, desk.ErrRefused) {
			t.Errorf("%s: %v, want a refusal", name, err)
		} else if strings.Contains(err.Error(), "huda") || strings.Contains(err.Error(), "ivo") {
			t.Errorf("%s: the error tells the brief: %v", name, err)
		}
	}
	before := len(w.west.Table().Acts)
	if _, err := w.west.Accept(ctx, good.String(), desk.Choices{}); err != nil {
		t.Error(err)
	}
	if n := len(w.west.Table().Acts); n != before+1 {
		t.Errorf("%d acts more, want 1: a refusal must sign nothing", n-before)
	}
}

func TestMandatesStopTheDesk(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	// A desk of its own without full powers: only what is asked for below.
	w.now = w.now.AddDate(0, 0, 1)
	lone := newLoneDesk(t, w)
	refused := func(why string) {
		t.Helper()
		_, err := lone.Send(ctx, &parley.Offer{Case: "swap", From: "east", Release: []parley.PersonID{"alma", "peter"}})
		if !errors.Is(err, desk.ErrRefused) || !strings.Contains(err.Error(), why) {
			t.Errorf("%v, want a refusal with %q", err, why)
		}
	}
	refused("no mandate")
	w.mandate(lone, parley.Date{}, nil, parley.Explore)
	refused("does not allow to offer")
	w.mandate(lone, parley.Date{}, []parley.PersonID{"alma"}, parley.Propose)
	refused("does not cover peter")
	w.mandate(lone, parley.Date{Year: 2026, Month: 3}, nil, parley.Propose)
	w.now = time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	refused("ran out on 2026-03")
	w.now = time.Date(2026, 3, 31, 23, 59, 0, 0, time.UTC)
	if _, err := lone.Send(ctx, &parley.Offer{Case: "swap", From: "east", Release: []parley.PersonID{"alma", "peter"}}); err != nil {
		t.Error(err)
	}
	if _, err := lone.AskMandate(ctx, parley.Mandate{May: []parley.Level{parley.Binding}}, ""); err == nil {
		t.Error("a mandate to ratify was drawn up")
	}
}

// newLoneDesk is a desk with a charter and no mandate yet.
func newLoneDesk(t *testing.T, w *world) *desk.Desk {
	t.Helper()
	a, b := w.open("east"), w.open("west")
	_, err := a.KeepCase(t.Context(), "case.yaml", []byte(facts))
	w.check(err)
	card, err := b.Card()
	w.check(err)
	charter, err := a.DraftCharter(t.Context(), desk.Foundation{Title: "another", Cards: [][]byte{card}})
	w.check(err)
	for _, d := range []*desk.Desk{a, b} {
		p, err := desk.ReadPaper(charter)
		w.check(err)
		charter, err = p.Sign(w.keys[d])
		w.check(err)
	}
	w.check(a.Join(t.Context(), charter, "", nil))
	return a
}

func TestAnOfferThatRanOutIsNotAccepted(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	o := &parley.Offer{Case: "swap", From: "east", Release: []parley.PersonID{"alma", "peter"}, Until: parley.Date{Year: 2026, Month: 3, Day: 5}}
	ref, err := w.east.Send(ctx, o)
	w.check(err)
	w.meet()
	w.now = time.Date(2026, 3, 6, 0, 0, 0, 0, time.UTC)
	if _, err := w.west.Accept(ctx, ref.String(), desk.Choices{}); err == nil || !strings.Contains(err.Error(), "2026-03-05") {
		t.Errorf("accepted after its date: %v", err)
	}
	if st := w.view(w.west).Offers[0]; st.Status != parley.Open || !st.Past {
		t.Errorf("a clock changed the table: %+v", st)
	}
}

// TestPaperShowsWhatItIs: a request that does not carry the agreement it is
// about is not signed.
func TestPaperShowsWhatItIs(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	o := w.send(w.east, "alma", "peter")
	w.meet()
	_, err := w.west.Accept(ctx, o.String(), desk.Choices{})
	w.check(err)
	w.meet()
	_, err = w.east.Seal(ctx, o.String())
	w.check(err)
	request, err := w.east.AskRatify(ctx, "last", false, "")
	w.check(err)
	good, err := desk.ReadPaper(request)
	w.check(err)
	for i := 0; i < len(request); i += 61 {
		bad := slices.Clone(request)
		bad[i] ^= 1
		p, err := desk.ReadPaper(bad)
		if err != nil {
			continue
		}
		if p.ID == good.ID && !slices.Equal(p.Lines, good.Lines) {
			t.Fatalf("byte %d changes what is shown and not what is signed:\n%v\n%v", i, good.Lines, p.Lines)
		}
	}
}

func TestReopenedDeskRemembers(t *testing.T) {
	ctx := t.Context()
	home := filepath.Join(t.TempDir(), "desk")
	d, err := desk.Create(ctx, home, []byte("pass"), desk.Founding{Party: "east", Name: "Ostland"}, desk.Surroundings{})
	if err != nil {
		t.Fatal(err)
	}
	device := d.Device()
	if _, err := d.Report(ctx, desk.Report{Kind: "statement", By: "a minister", Text: "no comment"}); err != nil {
		t.Error(err)
	}
	if _, err := desk.Open(ctx, home, []byte("pass"), desk.Surroundings{}); !errors.Is(err, casefile.ErrLocked) {
		t.Errorf("a second process: %v, want ErrLocked", err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := desk.Open(ctx, home, []byte("wrong"), desk.Surroundings{}); !errors.Is(err, casefile.ErrPassphrase) {
		t.Errorf("%v, want ErrPassphrase", err)
	}
	if d, err = desk.Open(ctx, home, []byte("pass"), desk.Surroundings{}); err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	r, err := d.Reports(ctx)
	if err != nil || len(r) != 1 || r[0].Text != "no comment" || d.Device() != device {
		t.Errorf("reports %+v, device %s: %v", r, d.Device(), err)
	}
}

// TestRevisedCase: a person added to the case can be offered once the new
// version is on the channel.
func TestRevisedCase(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	next := facts + "  nadia: {name: Nadia, held_by: west, sought_by: [east]}\n"
	v, err := w.west.Revise(ctx, []byte(next))
	w.check(err)
	w.meet()
	if _, err := w.east.Send(ctx, &parley.Offer{Case: "swap", From: "east", Release: []parley.PersonID{"nadia"}}); err == nil {
		t.Error("a person of a version that we have not adopted was offered")
	}
	digest := parley.DigestOfCase(parley.DigestOfCase(parley.Digest{}, []byte(facts)), []byte(next))
	_, err = w.east.Adopt(ctx, digest)
	w.check(err)
	o := w.send(w.east, "nadia", "peter")
	w.meet()
	if _, err := w.west.Accept(ctx, o.String(), desk.Choices{}); !errors.Is(err, desk.ErrInput) || !strings.Contains(err.Error(), "has not adopted") {
		t.Errorf("decided on a version that was not adopted: %v", err)
	}
	_, err = w.west.Adopt(ctx, digest)
	w.check(err)
	if _, err := w.west.Accept(ctx, o.String(), desk.Choices{}); err != nil {
		t.Errorf("version %s: %v", v.Short(), err)
	}
	w.meet()
	_, err = w.east.Seal(ctx, o.String())
	w.check(err)
}

// TestACharterThatBindsUsOtherwise: a charter in which somebody else's key is our
// principal's is not joined, nor one that seats us as another party.
func TestACharterThatBindsUsOtherwise(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	a, b := w.open("east"), w.open("west")
	_, err := b.KeepCase(ctx, "case.yaml", []byte(facts))
	w.check(err)
	card, err := a.Card()
	w.check(err)
	stranger, err := channel.GenerateSigningKey(rand.Reader)
	w.check(err)
	charter, err := b.DraftCharter(ctx, desk.Foundation{Title: "trap", Cards: [][]byte{card}})
	w.check(err)
	signed, err := channel.ParseSignedCharter(charter)
	w.check(err)
	c, err := channel.ParseCharter(signed.Raw)
	w.check(err)
	c.Delegations[0].Principal.Signing = stranger.Public()
	raw, err := c.Encode()
	w.check(err)
	trap, err := (&channel.SignedCharter{Raw: raw, Secret: signed.Secret}).Encode()
	w.check(err)
	for _, k := range []*channel.SigningKey{stranger, w.keys[b]} {
		p, err := desk.ReadPaper(trap)
		w.check(err)
		trap, err = p.Sign(k)
		w.check(err)
	}
	if err := a.Join(ctx, trap, "", nil); !errors.Is(err, desk.ErrInput) || !strings.Contains(err.Error(), "would bind us") {
		t.Errorf("joined under a stranger's key: %v", err)
	}
}

// TestRedLinesSurviveARevision: a version of the case that would silence a red
// line is neither decided on unseen nor adopted.
func TestRedLinesSurviveARevision(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	_, err := w.west.KeepBrief(ctx, "brief.yaml", []byte(`{parley: brief/1, case: swap, party: west, walk_away: 0, rules: [{require: [huda]}]}`))
	w.check(err)
	next := strings.Replace(facts, "huda: {", "huda: {owed: true, ", 1)
	_, err = w.east.Revise(ctx, []byte(next))
	w.check(err)
	digest := parley.DigestOfCase(parley.DigestOfCase(parley.Digest{}, []byte(facts)), []byte(next))
	_, err = w.east.Adopt(ctx, digest)
	w.check(err)
	o := w.send(w.east, "alma", "peter")
	w.meet()
	if _, err := w.west.Accept(ctx, o.String(), desk.Choices{}); !errors.Is(err, desk.ErrInput) {
		t.Errorf("accepted past a red line by a version never adopted: %v", err)
	}
	gone := strings.Replace(facts, "huda:", "hudah:", 1)
	_, err = w.east.Revise(ctx, []byte(gone))
	w.check(err)
	w.meet()
	again := parley.DigestOfCase(digest, []byte(gone))
	if _, err := w.west.Adopt(ctx, again); err == nil || !strings.Contains(err.Error(), "brief does not fit") {
		t.Errorf("adopted a version against which the brief can't be read: %v", err)
	}
}
