package desk_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"parley"
	"parley/casefile"
	"parley/channel"
	"parley/desk"
)

// watched is a carrier whose owner writes down what it sees.
type watched struct {
	channel.Carrier
	seen *[]string
	who  string
}

func (c watched) Append(ctx context.Context, envelope []byte) (uint64, error) {
	*c.seen = append(*c.seen, fmt.Sprint(c.who, " ", len(envelope)))
	return c.Carrier.Append(ctx, envelope)
}

// watch syncs both desks a few times and gives what the relay sees of it.
func (w *world) watch() string {
	w.t.Helper()
	var seen []string
	for range 3 {
		for _, d := range []*desk.Desk{w.east, w.west} {
			by, err := d.Carrier(w.t.Context(), "")
			w.check(err)
			_, err = d.Sync(w.t.Context(), watched{by, &seen, string(d.Party())})
			w.check(err)
		}
	}
	return strings.Join(seen, "\n")
}

var soon = parley.Date{Year: 2026, Month: 3, Day: 20}

func (w *world) off(d *desk.Desk, n desk.NonPaperDraft) desk.NonPaper {
	w.t.Helper()
	n.Until = soon
	p, err := d.SendNonPaper(w.t.Context(), n)
	w.check(err)
	return p
}

// An offer off the record is read and weighed, and moves nothing; on the record
// it comes by an act of its own.
func TestADeniableOffer(t *testing.T) {
	w := newWorld(t)
	before := w.view(w.west)
	o := &parley.Offer{Case: "swap", From: "east", Release: []parley.PersonID{"alma", "peter"}, Text: "could you live with this?"}
	sent := w.off(w.east, desk.NonPaperDraft{Offer: o})
	w.meet()
	all, err := w.west.NonPapers()
	w.check(err)
	if len(all.Kept) != 1 || len(all.Missing) != 0 {
		t.Fatalf("%d, %v", len(all.Kept), all.Missing)
	}
	p := all.Kept[0]
	if p.From != "east" || p.Ours || p.Offer == nil || p.Kind != parley.KindOffer || p.Text != o.Text || p.Fault != "" || p.By != "envoy of east" {
		t.Fatalf("%+v", p)
	}
	if after := w.view(w.west); len(after.Offers) != len(before.Offers) || len(after.Requests) != 0 || len(after.WithoutEffect) != 0 {
		t.Fatal("it moved the table")
	}
	if _, err := w.west.Accept(t.Context(), "last", desk.Choices{}); err == nil {
		t.Fatal("it can be accepted")
	}
	own, err := w.east.NonPaper(sent.Number)
	w.check(err)
	if !slices.Equal(own.Confirmed, []string{"west"}) || !own.Ours {
		t.Fatalf("%+v", own)
	}
	w.send(w.east, "alma", "peter")
	w.meet()
	if len(w.view(w.west).Offers) != 1 {
		t.Fatal("and on the record it does not come")
	}
}

func TestWhatIsNoNonPaper(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	south := &parley.Offer{Case: "swap", From: "west", Release: []parley.PersonID{"alma"}}
	for name, n := range map[string]desk.NonPaperDraft{
		"empty":              {Until: soon},
		"until no day":       {Text: "x"},
		"until a month":      {Text: "x", Until: parley.Date{Year: 2026, Month: 3}},
		"until yesterday":    {Text: "x", Until: parley.Date{Year: 2026, Month: 3, Day: 1}},
		"until next year":    {Text: "x", Until: parley.Date{Year: 2027, Month: 3, Day: 1}},
		"for a stranger":     {Text: "x", Persons: []parley.PersonID{"nobody"}, Until: soon},
		"to a stranger":      {Text: "x", To: []string{"nobody"}, Until: soon},
		"to ourselves":       {Text: "x", To: []string{"east"}, Until: soon},
		"an offer of theirs": {Offer: south, Until: soon},
		"too much":           {Text: strings.Repeat("x", 70_000), Until: soon},
		"control characters": {Text: "a\x1bb", Until: soon},
		"an offer and words": {Text: "x", Offer: south, Until: soon},
	} {
		if _, err := w.east.SendNonPaper(ctx, n); !errors.Is(err, desk.ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.east.NonPaper(7); !errors.Is(err, desk.ErrNotFound) {
		t.Error(err)
	}
}

// What the brief or the mandate forbids on the record is not said off it either.
func TestRedLinesHoldOffTheRecord(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	_, err := w.east.KeepBrief(ctx, "brief.yaml", []byte("parley: brief/1\ncase: swap\nparty: east\nwalk_away: 50\nworth: {alma: 10, peter: -5}\n"))
	w.check(err)
	o := &parley.Offer{Case: "swap", From: "east", Release: []parley.PersonID{"alma", "peter"}}
	if _, err := w.east.SendNonPaper(ctx, desk.NonPaperDraft{Offer: o, Until: soon}); !errors.Is(err, desk.ErrRefused) {
		t.Errorf("below the walk-away: %v", err)
	}
	bare := newBareWorld(t)
	bare.join()
	bare.meet()
	asks := desk.NonPaperDraft{Text: "please", Persons: []parley.PersonID{"alma"}, Until: soon}
	if _, err := bare.east.SendNonPaper(ctx, asks); !errors.Is(err, desk.ErrRefused) {
		t.Errorf("without a mandate to explore: %v", err)
	}
	bare.mandate(bare.east, parley.Date{}, []parley.PersonID{"peter"}, parley.Explore)
	if _, err := bare.east.SendNonPaper(ctx, asks); !errors.Is(err, desk.ErrRefused) {
		t.Errorf("beyond the mandate: %v", err)
	}
	bare.off(bare.east, desk.NonPaperDraft{Text: "words need none"})
}

// After its day a non-paper is gone when the desk is opened, and from the store.
func TestOpeningADeskPurges(t *testing.T) {
	w := newWorld(t)
	w.off(w.east, desk.NonPaperDraft{Text: "zzmarkedwordzz"})
	w.meet()
	if n, err := w.west.PurgeNonPapers(t.Context()); n != 0 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	w.now = w.now.AddDate(0, 0, 19)
	home := w.homes[w.west]
	w.check(w.west.Close())
	again, err := desk.Open(t.Context(), home, []byte("pass"), w.around())
	w.check(err)
	all, err := again.NonPapers()
	w.check(err)
	if len(all.Kept) != 0 {
		t.Fatal("it is shown after its day")
	}
	w.check(again.Close())
	s, err := casefile.Open(t.Context(), home, []byte("pass"), casefile.Options{Steps: []casefile.Step{{Do: func(*casefile.Tx) error { return nil }}}})
	w.check(err)
	defer s.Close()
	w.check(s.View(t.Context(), func(tx *casefile.Tx) error {
		return tx.Each("channel/back", func(key string, data []byte) error {
			if strings.HasPrefix(key, "paper/") || bytes.Contains(data, []byte("zzmarkedwordzz")) {
				t.Errorf("the store keeps %s", key)
			}
			return nil
		})
	}))
}

// No bucket of the store but the back channel's own, no export, no backup, no
// view and no error holds a word of a non-paper.
func TestNothingButItsOwnBucketHoldsANonPaper(t *testing.T) {
	const mark = "zzmarkedwordzz"
	w := newWorld(t)
	ctx := t.Context()
	w.off(w.east, desk.NonPaperDraft{Text: mark})
	w.off(w.east, desk.NonPaperDraft{Text: mark, Persons: []parley.PersonID{"alma"}})
	w.meet()
	for _, d := range []*desk.Desk{w.east, w.west} {
		files, err := d.Export(ctx)
		w.check(err)
		for name, data := range files {
			if bytes.Contains(data, []byte(mark)) {
				t.Errorf("%s: %s holds it", d.Party(), name)
			}
		}
		if v := fmt.Sprintf("%+v", w.view(d)); strings.Contains(v, mark) {
			t.Errorf("%s: the view holds it", d.Party())
		}
		_, _, backup := backupOf(t, d)
		for name, data := range backup {
			if bytes.Contains(data, []byte(mark)) || strings.Contains(name, "back/") {
				t.Errorf("%s: the backup holds it in %s", d.Party(), name)
			}
		}
	}
}

// A yes to many names, a no, and silence until later look the same to the relay;
// so do a paper and a non-paper of each kind.
func TestTheRelaySeesNoAnswer(t *testing.T) {
	run := func(act func(w *world, o parley.Ref)) string {
		w := newBareWorld(t)
		_, err := w.east.KeepCase(t.Context(), "case.yaml", []byte(manyFacts()))
		w.check(err)
		w.found()
		w.meet()
		ref, err := w.east.Send(t.Context(), &parley.Offer{Case: "swap", From: "east", Release: many()})
		w.check(err)
		w.meet()
		act(w, ref)
		return w.watch()
	}
	yes := run(func(w *world, o parley.Ref) {
		_, err := w.west.Accept(t.Context(), o.String(), desk.Choices{})
		w.check(err)
	})
	no := run(func(w *world, o parley.Ref) {
		_, err := w.west.Decline(t.Context(), o.String(), "no")
		w.check(err)
	})
	if yes != no || !strings.Contains(yes, "west") {
		t.Errorf("yes:\n%s\nno:\n%s", yes, no)
	}
	for name, acts := range map[string][2]func(w *world, o parley.Ref){
		"an offer": {
			func(w *world, _ parley.Ref) { w.send(w.east, many()...) },
			func(w *world, _ parley.Ref) {
				w.off(w.east, desk.NonPaperDraft{Offer: &parley.Offer{Case: "swap", From: "east", Release: many()}})
			},
		},
		"a request": {
			func(w *world, _ parley.Ref) {
				_, err := w.east.Request(t.Context(), many()[:1], "please")
				w.check(err)
			},
			func(w *world, _ parley.Ref) { w.off(w.east, desk.NonPaperDraft{Text: "please", Persons: many()[:1]}) },
		},
	} {
		if on, off := run(acts[0]), run(acts[1]); on != off {
			t.Errorf("%s on the record:\n%s\noff it:\n%s", name, on, off)
		}
	}
}

func many() (ids []parley.PersonID) {
	for i := range 120 {
		ids = append(ids, parley.PersonID(fmt.Sprintf("prisoner-with-a-long-name-%03d", i)))
	}
	return ids
}

func manyFacts() string {
	facts := "parley: case/1\nid: swap\ntitle: swap\nas_of: 2026-03-01\nparties: {east: {name: E}, west: {name: W}}\npersons:\n"
	for i, id := range many() {
		held, sought := "west", "east"
		if i%2 == 1 {
			held, sought = sought, held
		}
		facts += fmt.Sprintf("  %s: {name: N %d, held_by: %s, sought_by: [%s]}\n", id, i, held, sought)
	}
	return facts
}

// Under cover each sync looks the same, said or unsaid.
func TestCoverIsKept(t *testing.T) {
	run := func(act func(w *world)) string {
		w := newWorld(t)
		for _, d := range []*desk.Desk{w.east, w.west} {
			w.check(d.SetCover(t.Context(), true))
		}
		act(w)
		return w.watch()
	}
	silence := run(func(*world) {})
	if n := strings.Count(silence, "\n") + 1; n != 24 {
		t.Fatalf("%d envelopes", n)
	}
	said := run(func(w *world) {
		w.off(w.east, desk.NonPaperDraft{Text: "x"})
		_, err := w.west.Note(t.Context(), "", "y")
		w.check(err)
	})
	if said != silence {
		t.Errorf("silence:\n%s\nspeech:\n%s", silence, said)
	}
}

// To let an accept go unsealed looks like sealing it, and to refuse to ratify
// like ratifying.
func TestTheRelaySeesNoLastWord(t *testing.T) {
	run := func(act func(w *world, offer, accept parley.Ref)) string {
		w := newWorld(t)
		o := w.send(w.east, "alma", "peter")
		w.meet()
		a, err := w.west.Accept(t.Context(), o.String(), desk.Choices{})
		w.check(err)
		w.meet()
		act(w, o, a)
		return w.watch()
	}
	seal := run(func(w *world, o, _ parley.Ref) {
		_, err := w.east.Seal(t.Context(), o.String())
		w.check(err)
	})
	release := run(func(w *world, _, a parley.Ref) {
		_, err := w.east.Release(t.Context(), a.String(), "not now")
		w.check(err)
	})
	if seal != release || seal == "" {
		t.Errorf("seal:\n%s\nrelease:\n%s", seal, release)
	}
	ratify := func(refuse bool) string {
		return run(func(w *world, o, _ parley.Ref) {
			s, err := w.east.Seal(t.Context(), o.String())
			w.check(err)
			w.meet()
			request, err := w.west.AskRatify(t.Context(), s.Short(), refuse, "")
			w.sign(w.west, request, err)
		})
	}
	if yes, no := ratify(false), ratify(true); yes != no || yes == "" {
		t.Errorf("ratified:\n%s\nrefused:\n%s", yes, no)
	}
}
