package desk_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley"
	"parley/casefile"
	"parley/channel"
	"parley/desk"
	"parley/frontier"
	"parley/relay"
)

func inDays(n int) parley.Date {
	d := time.Now().UTC().AddDate(0, 0, n)
	return parley.Date{Year: d.Year(), Month: int(d.Month()), Day: d.Day()}
}

func (s *settling) confide(d *desk.Desk) {
	s.Helper()
	s.check(d.Confide(s.Context(), desk.Confiding{Until: inDays(20)}))
}

func (s *settling) mediation(d *desk.Desk) desk.Mediation {
	s.Helper()
	all, err := d.Mediations(s.Context())
	s.check(err)
	if len(all) != 1 {
		s.Fatalf("%d mediations", len(all))
	}
	return all[0]
}

// TestOneText: two briefs in confidence, weighed together; one text to both; each
// answer to the mediator alone; and the outcome to both.
func TestOneText(t *testing.T) {
	s, ctx := newSettling(t, 0), t.Context()
	s.confide(s.east)
	s.rounds(2)
	if m := s.mediation(s.east); m.Ours || m.Mediator != "Swiss" || len(m.Briefs) != 1 || !m.Briefs[0].Arrived {
		t.Errorf("east sees %+v", m)
	}
	if m := s.mediation(s.west); len(m.Briefs) != 0 {
		t.Errorf("west sees %+v", m)
	}
	s.confide(s.west)
	s.rounds(2)
	briefs, err := s.neutral.ConfidedBriefs(ctx)
	s.check(err)
	c, err := s.neutral.Case(ctx)
	s.check(err)
	voices, err := frontier.Voices(c, briefs...)
	s.check(err)
	p, err := frontier.New(c, voices)
	s.check(err)
	a, err := p.Solve(ctx, frontier.Options{})
	s.check(err)
	if a.Best == nil || len(a.Parties) != 2 || len(a.Estimated) != 0 {
		t.Fatalf("the mediator's weighing: %+v", a)
	}
	for _, wrong := range [][]parley.PersonID{nil, {"nobody"}, {"another"}} {
		if err := s.neutral.PutText(ctx, wrong, "", inDays(20)); !errors.Is(err, desk.ErrInput) {
			t.Errorf("%v is put to the parties: %v", wrong, err)
		}
	}
	s.check(s.neutral.PutText(ctx, a.Best.Release, "this, as a whole", inDays(20)))
	s.rounds(2)
	texts := map[string]bool{}
	for _, d := range s.desks() {
		texts[s.mediation(d).Text.Digest+fmt.Sprint(s.mediation(d).Text.To)] = true
	}
	if len(texts) != 1 {
		t.Errorf("not one text: %v", texts)
	}
	s.check(s.east.ReplyText(ctx, "", false, "not yet"))
	s.check(s.west.ReplyText(ctx, "", true, ""))
	s.rounds(2)
	if r := s.mediation(s.east).Text.Replies; len(r) != 1 || r[0].Party != "east" {
		t.Errorf("east sees the answers %+v", r)
	}
	if r := s.mediation(s.neutral).Text.Replies; len(r) != 2 {
		t.Errorf("the mediator sees the answers %+v", r)
	}
	if err := s.neutral.TellOutcome(ctx, false); !errors.Is(err, desk.ErrInput) {
		t.Errorf("an agreement is told that is none: %v", err)
	}
	s.check(s.east.ReplyText(ctx, "Swiss", true, ""))
	s.rounds(2)
	s.check(s.neutral.TellOutcome(ctx, false))
	s.rounds(2)
	for _, d := range s.desks() {
		if o := s.mediation(d).Text.Outcome; o != "agreed" {
			t.Errorf("%s is told %q", d.Party(), o)
		}
	}
	if err := s.west.ReplyText(ctx, "", false, ""); !errors.Is(err, desk.ErrInput) {
		t.Errorf("answered after its end: %v", err)
	}
	for _, d := range s.desks() {
		v, err := d.View(ctx)
		s.check(err)
		off, err := d.NonPapers()
		s.check(err)
		if len(v.Offers)+len(v.Notes)+len(v.Requests)+len(v.Agreements)+len(off.Kept) != 0 {
			t.Errorf("%s: a mediation moved something: %+v %+v", d.Party(), v, off.Kept)
		}
	}
}

func TestARedLineHoldsForATextToo(t *testing.T) {
	s, ctx := newSettling(t, 0), t.Context()
	s.check(s.neutral.PutText(ctx, []parley.PersonID{"peter"}, "", inDays(20)))
	s.rounds(2)
	var refusal *desk.Refusal
	if err := s.east.ReplyText(ctx, "", true, ""); !errors.As(err, &refusal) {
		t.Errorf("yes to what is below the walk-away: %v", err)
	}
	s.check(s.east.ReplyText(ctx, "", false, ""))
	s.rounds(2)
	s.check(s.neutral.TellOutcome(ctx, true))
	s.rounds(2)
	if o := s.mediation(s.east).Text.Outcome; o != "closed" {
		t.Errorf("east is told %q", o)
	}
}

// TestWhoMayMediate: a brief goes to a neutral with the capability and to nobody
// else, a text comes from one.
func TestWhoMayMediate(t *testing.T) {
	s, ctx := newSettling(t, 0), t.Context()
	if err := s.east.Confide(ctx, desk.Confiding{To: "west", Until: inDays(20)}); !errors.Is(err, desk.ErrInput) {
		t.Errorf("a brief is given to the other side: %v", err)
	}
	if err := s.neutral.Confide(ctx, desk.Confiding{Until: inDays(20)}); !errors.Is(err, desk.ErrInput) {
		t.Errorf("a neutral gives a brief: %v", err)
	}
	if err := s.east.Confide(ctx, desk.Confiding{Until: inDays(20), Name: "x", Brief: []byte(westBrief)}); !errors.Is(err, desk.ErrInput) {
		t.Errorf("another party's brief is given: %v", err)
	}
	if err := s.east.PutText(ctx, []parley.PersonID{"alma"}, "", inDays(20)); !errors.Is(err, desk.ErrInput) {
		t.Errorf("a party puts a text: %v", err)
	}
	if err := s.neutral.ReplyText(ctx, "", true, ""); !errors.Is(err, desk.ErrInput) {
		t.Errorf("a neutral answers: %v", err)
	}
	w := newWorld(t)
	if err := w.east.Confide(ctx, desk.Confiding{Until: soon}); !errors.Is(err, desk.ErrInput) {
		t.Errorf("a brief is given where nobody mediates: %v", err)
	}
}

// marked is a brief whose values stand nowhere else.
const marked = `parley: brief/1
case: swap
party: east
walk_away: 480917
worth: {alma: 731553, huda: 30, peter: -106193}
because: {alma: "zzmarkedreasonzz"}
estimates: {west: {walk_away: 0..915571}}
`

var briefMarks = []string{"480917", "731553", "106193"}

// onRelay puts a real relay between the desks, and gives its folder and its log.
func (s *settling) onRelay() (dir string, log *bytes.Buffer) {
	s.Helper()
	dir, log = filepath.Join(s.TempDir(), "relay"), &bytes.Buffer{}
	server, err := relay.Open(s.Context(), relay.Config{Dir: dir, Log: slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	s.check(err)
	h := httptest.NewServer(server)
	s.Cleanup(func() { h.Close(); _ = server.Close() })
	for _, d := range s.desks() {
		s.check(d.SetRelay(s.Context(), h.URL))
	}
	s.by = func(d *desk.Desk) channel.Carrier {
		c, err := d.Carrier(s.Context(), "")
		s.check(err)
		return c
	}
	return dir, log
}

// storeOf is every record of a desk's store, opened.
func (s *settling) storeOf(d *desk.Desk) map[string][]byte {
	s.Helper()
	s.check(d.Close())
	out := map[string][]byte{}
	lost, err := casefile.Salvage(s.Context(), s.homes[d], []byte("pass"), func(bucket, key string, value []byte) { out[bucket+"/"+key] = bytes.Clone(value) })
	s.check(err)
	if len(lost) > 0 || len(out) == 0 {
		s.Fatalf("%d records, lost %v", len(out), lost)
	}
	return out
}

func holding(places map[string][]byte, marks ...string) (where []string) {
	for at, data := range places {
		for _, m := range marks {
			if bytes.Contains(data, []byte(m)) {
				where = append(where, at)
			}
		}
	}
	return where
}

// TestABriefInConfidenceIsNowhereElse: not in the other side's opened store, nor in
// anything that leaves a desk for the archive, nor at the relay; and what the brief
// estimates, and why, not at the mediator's either.
func TestABriefInConfidenceIsNowhereElse(t *testing.T) {
	s, ctx := newSettling(t, 0), t.Context()
	dir, log := s.onRelay()
	s.rounds(2)
	_, err := s.east.KeepBrief(ctx, "brief.yaml", []byte(marked))
	s.check(err)
	s.confide(s.east)
	s.confide(s.west)
	s.rounds(2)
	s.check(s.neutral.PutText(ctx, []parley.PersonID{"alma", "peter"}, "", inDays(20)))
	s.rounds(2)
	s.check(s.east.ReplyText(ctx, "", true, "zzreplyzz"))
	s.rounds(2)
	places := map[string][]byte{"the relay's log": log.Bytes()}
	for name, d := range map[string]*desk.Desk{"east": s.east, "west": s.west, "neutral": s.neutral} {
		files, err := d.Export(ctx)
		s.check(err)
		for f, data := range files {
			places[name+"'s export: "+f] = data
		}
		_, _, backup := backupOf(t, d)
		for f, data := range backup {
			if f != "desk/brief" {
				places[name+"'s backup: "+f] = data
			}
		}
		v, err := d.View(ctx)
		s.check(err)
		all, err := d.Mediations(ctx)
		s.check(err)
		places[name+"'s view"] = fmt.Appendf(nil, "%+v %+v", v, all)
	}
	s.check(filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		places[path], err = os.ReadFile(path)
		return err
	}))
	if len(places) < 10 || log.Len() == 0 {
		t.Fatalf("only %d places were searched", len(places))
	}
	for at, data := range s.storeOf(s.west) {
		places["west's store: "+at] = data
	}
	if where := holding(places, append([]string{"zzmarkedreasonzz", "zzreplyzz"}, briefMarks...)...); where != nil && !onlyOwnView(where) {
		t.Errorf("it stands in %v", where)
	}
	mediator := s.storeOf(s.neutral)
	if where := holding(mediator, briefMarks...); len(where) == 0 || !strings.HasPrefix(where[0], "channel/back/") {
		t.Errorf("the mediator has it in %v: this test finds nothing", where)
	}
	if where := holding(mediator, "zzmarkedreasonzz", "915571"); where != nil {
		t.Errorf("the mediator has what the brief says of others, or why, in %v", where)
	}
}

// onlyOwnView: east's and the mediator's own views show east's reply, and nothing
// of a brief.
func onlyOwnView(where []string) bool {
	for _, at := range where {
		if at != "east's view" && at != "neutral's view" {
			return false
		}
	}
	return true
}

// TestAWithdrawnBriefIsForgotten by both desks, also where a carrier kept it back
// and hands it out after it was withdrawn.
func TestAWithdrawnBriefIsForgotten(t *testing.T) {
	s, ctx := newSettling(t, 0), t.Context()
	_, err := s.east.KeepBrief(ctx, "brief.yaml", []byte(marked))
	s.check(err)
	s.confide(s.east)
	s.rounds(2)
	_, err = s.neutral.ConfidedBriefs(ctx)
	s.check(err)
	// A second one, that the carrier keeps back.
	held := &keeping{Carrier: s.memory}
	s.confide(s.east)
	s.by = func(*desk.Desk) channel.Carrier { return held }
	s.check(s.online(s.east))
	s.by = func(*desk.Desk) channel.Carrier { return s.memory }
	if len(held.kept) == 0 {
		t.Fatal("nothing was kept back")
	}
	s.check(s.east.WithdrawBrief(ctx, ""))
	s.rounds(2)
	for _, e := range held.kept {
		_, err := s.memory.Append(ctx, e)
		s.check(err)
	}
	s.rounds(2)
	if _, err := s.neutral.ConfidedBriefs(ctx); !errors.Is(err, desk.ErrInput) {
		t.Errorf("a withdrawn brief is weighed: %v", err)
	}
	if m := s.mediation(s.neutral); len(m.Briefs) != 1 || !m.Briefs[0].Withdrawn {
		t.Errorf("the mediator sees %+v", m.Briefs)
	}
	for name, d := range map[string]*desk.Desk{"east": s.east, "the mediator": s.neutral} {
		store := s.storeOf(d)
		delete(store, "desk/brief")
		if where := holding(store, briefMarks...); where != nil {
			t.Errorf("%s still has it in %v", name, where)
		}
	}
}

// keeping takes envelopes and hands none on.
type keeping struct {
	channel.Carrier
	kept [][]byte
}

func (k *keeping) Append(_ context.Context, envelope []byte) (uint64, error) {
	k.kept = append(k.kept, bytes.Clone(envelope))
	return uint64(len(k.kept)) + 1<<20, nil
}

// TestABriefInConfidenceLooksLikeANonPaper: to the relay, a short brief in confidence
// is as any word to the mediator.
func TestABriefInConfidenceLooksLikeANonPaper(t *testing.T) {
	if testing.Short() {
		t.Skip("one of these desks is like another")
	}
	sizes := func(act func(s *settling)) string {
		s := newSettling(t, 0)
		act(s)
		var seen []string
		s.by = func(d *desk.Desk) channel.Carrier { return watched{s.memory, &seen, string(d.Party())} }
		s.rounds(3)
		return strings.Join(seen, "\n")
	}
	said := sizes(func(s *settling) {
		_, err := s.east.SendNonPaper(s.Context(), desk.NonPaperDraft{Text: "a word", Until: inDays(20), To: []string{"neutral:Swiss"}})
		s.check(err)
	})
	confided := sizes(func(s *settling) { s.confide(s.east) })
	if said != confided {
		t.Errorf("a word to the mediator:\n%s\na brief:\n%s", said, confided)
	}
}
