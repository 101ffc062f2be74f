package desk_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"filippo.io/age"

	"parley"
	"parley/channel"
	"parley/desk"
	"parley/relay"
)

// briefs of two that can agree: Alma and Huda for Peter.
const (
	eastBrief = `parley: brief/1
case: swap
party: east
walk_away: 5
worth: {alma: 40, huda: 30, peter: -35, ivo: -90}
rules: [{forbid: [another, far]}]
`
	westBrief = `parley: brief/1
case: swap
party: west
walk_away: 10
worth: {alma: -12, huda: -8, peter: 60, ivo: 20}
`
)

// settling is two delegations and a neutral who mediates, on a provisional
// channel: it explores, and that is all that a settlement needs.
type settling struct {
	*testing.T
	east, west, neutral *desk.Desk
	homes               map[*desk.Desk]string
	by                  func(*desk.Desk) channel.Carrier
	memory              *relay.Memory
}

func newSettling(t *testing.T, limit uint64) *settling {
	t.Helper()
	s := &settling{T: t, homes: map[*desk.Desk]string{}, memory: &relay.Memory{}}
	s.by = func(*desk.Desk) channel.Carrier { return s.memory }
	s.east = s.create(desk.Founding{Party: "east", Name: "Ostland", Delegate: "envoy of east"})
	s.west = s.create(desk.Founding{Party: "west", Name: "Vostria", Delegate: "envoy of west"})
	s.neutral = s.create(desk.Founding{Name: "Swiss", Capabilities: []string{"mediator"}, Delegate: "ambassador"})
	_, err := s.east.KeepCase(t.Context(), "case.yaml", []byte(facts))
	s.check(err)
	f := desk.Foundation{Title: "talks", Provisional: true, Settlements: limit}
	for _, d := range []*desk.Desk{s.west, s.neutral} {
		card, err := d.Card()
		s.check(err)
		f.Cards = append(f.Cards, card)
	}
	charter, err := s.east.DraftCharter(t.Context(), f)
	s.check(err)
	charter, err = s.west.SignProvisional(charter)
	s.check(err)
	for _, d := range s.desks() {
		s.check(d.Join(t.Context(), charter, "", nil))
	}
	s.brief(s.east, eastBrief)
	s.brief(s.west, westBrief)
	s.rounds(2)
	return s
}

func (s *settling) create(f desk.Founding) *desk.Desk {
	s.Helper()
	home := filepath.Join(s.TempDir(), "desk")
	d, err := desk.Create(s.Context(), home, []byte("pass"), f, desk.Surroundings{Light: true})
	s.check(err)
	s.homes[d] = home
	s.Cleanup(func() { _ = d.Close() })
	return d
}

func (s *settling) check(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *settling) brief(d *desk.Desk, text string) {
	s.Helper()
	if d.Party() != "west" {
		text = strings.Replace(text, "party: west", "party: east", 1)
	}
	_, err := d.KeepBrief(s.Context(), "brief.yaml", []byte(text))
	s.check(err)
}

// online brings one desk on the line for a moment.
func (s *settling) online(d *desk.Desk) error {
	_, err := d.Sync(s.Context(), s.by(d))
	return err
}

// rounds brings everybody on the line, one after the other, so many times.
func (s *settling) rounds(n int) {
	s.Helper()
	for range n {
		for _, d := range s.desks() {
			s.check(s.online(d))
		}
	}
}

func (s *settling) desks() []*desk.Desk { return []*desk.Desk{s.east, s.west, s.neutral} }

func (s *settling) last(d *desk.Desk) *desk.SettlementView {
	s.Helper()
	v, err := d.Settlement(s.Context(), "last")
	s.check(err)
	return v
}

// propose proposes at east and joins at west, who has heard of it.
func (s *settling) propose(p desk.SettleProposal, c desk.SettleConsent) (proposal, join parley.Ref) {
	s.Helper()
	proposal, err := s.east.ProposeSettlement(s.Context(), p)
	s.check(err)
	s.check(s.online(s.east))
	s.check(s.online(s.west))
	join, err = s.west.JoinSettlement(s.Context(), proposal.String(), c)
	s.check(err)
	if !p.SemiHonest {
		s.check(s.online(s.neutral))
		_, err = s.neutral.JoinSettlement(s.Context(), proposal.Short(), desk.SettleConsent{})
		s.check(err)
	}
	return proposal, join
}

var alone = desk.SettleProposal{SemiHonest: true}

// want wants both parties to have come to the same end.
func (s *settling) want(release ...parley.PersonID) {
	s.Helper()
	for _, d := range []*desk.Desk{s.east, s.west} {
		v := s.last(d)
		if v.Status != desk.StatusDone || v.Result == nil || v.Result.Agreeable != (len(release) > 0) || !slices.Equal(v.Result.Release, release) {
			s.Errorf("%s: %+v %+v, want %v", d.Party(), v, v.Result, release)
		}
	}
}

// wantStopped wants a desk to have stopped, without a result and without a trace
// of what it put in.
func (s *settling) wantStopped(d *desk.Desk, why string) {
	s.Helper()
	v := s.last(d)
	if v.Status != desk.StatusStopped || v.Result != nil || !strings.Contains(v.Why, why) {
		s.Errorf("%s: %s (%s) with %+v, want it stopped: %s", d.Party(), v.Status, v.Why, v.Result, why)
	}
	ref, err := d.Find(parley.KindSettle, v.ID)
	s.check(err)
	if n, err := d.Kept(s.Context(), ref); err != nil || n != 0 {
		s.Errorf("%s keeps %d records of it, %v", d.Party(), n, err)
	}
	if spool, _ := os.ReadDir(filepath.Join(s.homes[d], "spool")); len(spool) != 0 {
		s.Errorf("%s keeps %d files of it", d.Party(), len(spool))
	}
}

// Never on the line together: a settlement in either mode, a blind yes that is
// one and one that is not, on a relay's stand-in and on a stick.
func TestSettlementByCorrespondence(t *testing.T) {
	s := newSettling(t, 4)
	shown := func(d *desk.Desk) string { return s.last(d).Shown }

	s.propose(alone, desk.SettleConsent{SemiHonest: true})
	if shown(s.east) != "nothing yet" || shown(s.west) != "nothing yet" {
		t.Error("something is shown before the end")
	}
	s.rounds(3)
	s.want("alma", "huda", "peter")

	stick := t.TempDir()
	s.by = func(d *desk.Desk) channel.Carrier {
		by, err := d.FolderCarrier(stick)
		s.check(err)
		return by
	}
	s.rounds(2)
	proposal, _ := s.propose(desk.SettleProposal{}, desk.SettleConsent{})
	s.rounds(5)
	s.want("alma", "huda", "peter")
	if v := s.last(s.neutral); v.Status != desk.StatusDone || v.Result != nil || !strings.Contains(v.Shown, "never learns") {
		t.Errorf("the neutral: %+v", v)
	}
	for _, d := range s.desks() {
		if n, err := d.Kept(t.Context(), proposal); n != 0 || err != nil {
			t.Errorf("%s keeps %d records of a run that is over, %v", d.Party(), n, err)
		}
		if spool, _ := os.ReadDir(filepath.Join(s.homes[d], "spool")); len(spool) != 0 {
			t.Errorf("%s keeps %d files of it", d.Party(), len(spool))
		}
	}

	ask := desk.SettleProposal{Asked: parley.NewExchange("peter", "alma"), Answer: true}
	s.propose(ask, desk.SettleConsent{Answer: true})
	s.rounds(4)
	s.want("alma", "peter")
	o, err := s.west.SettlementDraft(t.Context(), "last")
	if err != nil || o.From != "west" || !slices.Equal(o.Release, []parley.PersonID{"alma", "peter"}) {
		t.Errorf("draft %+v, %v", o, err)
	}

	s.propose(ask, desk.SettleConsent{})
	s.rounds(4)
	s.want()

	// The charter's limit holds, on whichever side.
	for _, d := range []*desk.Desk{s.east, s.west} {
		if _, err := d.ProposeSettlement(t.Context(), alone); !errors.Is(err, desk.ErrRefused) {
			t.Errorf("a fifth of four: %v", err)
		}
	}
}

// What the relay sees, and how much of it, hangs on nothing that either side puts
// in, and on nothing that comes out.
func TestSizesOfASettlementTellNothing(t *testing.T) {
	s := newSettling(t, 9)
	var first string
	for i, briefs := range [][2]string{
		{eastBrief, westBrief},
		{strings.Replace(eastBrief, "alma: 40, huda: 30, peter: -35", "alma: 1, huda: 2, peter: -90", 1), westBrief},
		{eastBrief, strings.Replace(westBrief, "walk_away: 10", "walk_away: 900000", 1)},
		{strings.Replace(eastBrief, "forbid: [another, far]", "require: [alma, huda, peter, ivo, another, far]", 1), westBrief},
	} {
		s.brief(s.east, briefs[0])
		s.brief(s.west, briefs[1])
		seen := &sizes{Memory: s.memory}
		s.by = func(*desk.Desk) channel.Carrier { return seen }
		s.propose(desk.SettleProposal{Bound: 100}, desk.SettleConsent{Bound: 100})
		s.rounds(4)
		if s.last(s.east).Status != desk.StatusDone {
			t.Fatalf("%+v", s.last(s.east))
		}
		if i == 0 {
			first = seen.log.String()
		} else if seen.log.String() != first {
			t.Errorf("other inputs are seen by the relay:\n%s\n%s", seen.log.String(), first)
		}
		s.by = func(*desk.Desk) channel.Carrier { return s.memory }
		s.rounds(2)
	}
	if !strings.Contains(first, "blob") {
		t.Errorf("nothing was seen: %s", first)
	}
}

// sizes is a relay that writes down what it sees.
type sizes struct {
	*relay.Memory
	log strings.Builder
}

func (s *sizes) Append(ctx context.Context, envelope []byte) (uint64, error) {
	fmt.Fprintln(&s.log, "envelope", len(envelope))
	return s.Memory.Append(ctx, envelope)
}

func (s *sizes) PutBlob(ctx context.Context, digest [32]byte, size int64, from io.ReaderAt) error {
	fmt.Fprintln(&s.log, "blob", size)
	return s.Memory.PutBlob(ctx, digest, size, from)
}

func (s *sizes) FetchBlob(ctx context.Context, side, member string, digest [32]byte, size, have int64, to relay.BlobFile) (int64, error) {
	fmt.Fprintln(&s.log, "fetch", size)
	return s.Memory.FetchBlob(ctx, side, member, digest, size, have, to)
}

// The line breaks at every step in turn, and the desks are closed and opened
// again: each message is one ciphertext for ever, and the end is the same.
func TestTheLineBreaksAtEveryStep(t *testing.T) {
	s := newSettling(t, 9)
	s.propose(desk.SettleProposal{}, desk.SettleConsent{})
	left := 0
	s.by = func(*desk.Desk) channel.Carrier { return &failing{s.memory, &left} }
	done := func() bool {
		for _, d := range s.desks() {
			if s.last(d).Status != desk.StatusDone {
				return false
			}
		}
		return true
	}
	for turn := 0; !done(); turn++ {
		if turn > 120 {
			t.Fatal("it does not come to an end")
		}
		left = turn%12 + 1
		d := s.desks()[turn%3]
		if err := s.online(d); err != nil && !errors.Is(err, errLine) {
			t.Fatal(err)
		}
		if turn == 20 || turn == 40 {
			s.reopen()
		}
	}
	left = 1 << 30
	s.rounds(2)
	s.want("alma", "huda", "peter")
}

// reopen closes all desks and opens them again.
func (s *settling) reopen() {
	s.Helper()
	for _, d := range []**desk.Desk{&s.east, &s.west, &s.neutral} {
		home := s.homes[*d]
		s.check((*d).Close())
		again, err := desk.Open(s.Context(), home, []byte("pass"), desk.Surroundings{})
		s.check(err)
		s.Cleanup(func() { _ = again.Close() })
		*d, s.homes[again] = again, home
	}
}

var errLine = errors.New("the line is broken")

// failing is a carrier whose line breaks after so many requests, in the middle of
// a blob too.
type failing struct {
	*relay.Memory
	left *int
}

func (f *failing) use() error {
	if *f.left--; *f.left < 0 {
		return errLine
	}
	return nil
}

func (f *failing) State(ctx context.Context) (string, uint64, error) {
	if err := f.use(); err != nil {
		return "", 0, err
	}
	return f.Memory.State(ctx)
}

func (f *failing) Append(ctx context.Context, envelope []byte) (uint64, error) {
	if err := f.use(); err != nil {
		return 0, err
	}
	n, err := f.Memory.Append(ctx, envelope)
	return n, errors.Join(err, f.use()) // the answer may be lost
}

func (f *failing) PutBlob(ctx context.Context, digest [32]byte, size int64, from io.ReaderAt) error {
	if err := f.use(); err != nil {
		return err
	}
	err := f.Memory.PutBlob(ctx, digest, size, from)
	return errors.Join(err, f.use())
}

func (f *failing) FetchBlob(ctx context.Context, side, member string, digest [32]byte, size, have int64, to relay.BlobFile) (int64, error) {
	if err := f.use(); err != nil {
		if have == 0 { // half of it comes
			half := &halfFile{to, size / 2}
			_, _ = f.Memory.FetchBlob(ctx, side, member, digest, size, have, half)
			return size / 2, err
		}
		return have, err
	}
	return f.Memory.FetchBlob(ctx, side, member, digest, size, have, to)
}

// halfFile takes only so many bytes.
type halfFile struct {
	relay.BlobFile
	most int64
}

func (h *halfFile) WriteAt(p []byte, at int64) (int, error) {
	if n := h.most - at; n < int64(len(p)) {
		return h.BlobFile.WriteAt(p[:max(n, 0)], at)
	}
	return h.BlobFile.WriteAt(p, at)
}

// A carrier that spoils or forgets what it carries holds a settlement up, and no
// more: the digests are signed.
func TestACarrierOnlyHoldsASettlementUp(t *testing.T) {
	s := newSettling(t, 9)
	s.propose(alone, desk.SettleConsent{SemiHonest: true})
	for name, spoil := range map[string]func([]byte) []byte{
		"flipped": func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
		"cut":     func(b []byte) []byte { return b[:len(b)-1] },
		"long":    func(b []byte) []byte { return append([]byte{0}, b...) },
		"other":   func(b []byte) []byte { return make([]byte, len(b)) },
	} {
		s.memory.ShowBlob = spoil
		bad := 0
		for range 2 {
			for _, d := range []*desk.Desk{s.east, s.west} {
				if err := s.online(d); errors.Is(err, desk.ErrSettlement) && errors.Is(err, relay.ErrBlob) {
					bad++
				} else {
					s.check(err)
				}
			}
		}
		if bad == 0 {
			t.Errorf("%s: nobody noticed", name)
		}
	}
	s.memory.ShowBlob = nil
	s.rounds(3)
	s.want("alma", "huda", "peter")
}

// seal seals a message as another software would.
func seal(t *testing.T, key string, message []byte) []byte {
	t.Helper()
	to, err := age.ParseHybridRecipient(key)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to)
	if err == nil {
		_, err = w.Write(message)
		err = errors.Join(err, w.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestSealedSizes(t *testing.T) {
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 1, 65535, 65536, 65537, 131072, 200000} {
		if got, want := desk.SealedSize(int64(n)), len(seal(t, id.Recipient().String(), make([]byte, n))); got != int64(want) {
			t.Errorf("%d bytes: %d, want %d", n, got, want)
		}
	}
}

// A side that sends something else than it should: the other desk stops for good,
// shows nothing, keeps nothing, and says that it stopped and not why.
func TestWhoSendsSomethingElseIsStopped(t *testing.T) {
	s := newSettling(t, 99)
	ctx := t.Context()
	ask := desk.SettleProposal{SemiHonest: true, Asked: parley.NewExchange("alma", "peter"), Answer: true}
	// East is the axis: it asks first, and its request lies at the carrier.
	var request *parley.SettleMessage
	begin := func() (proposal, join parley.Ref, key string) {
		proposal, join = s.propose(ask, desk.SettleConsent{Answer: true, SemiHonest: true})
		s.check(s.push(s.west))
		s.check(s.online(s.east))
		for _, a := range s.east.Table().Acts {
			if m, ok := a.Move.(*parley.Settle); ok && m.Proposal == proposal && m.Step == parley.SettleSend {
				request = &m.Message[0]
			}
			if a.Ref == proposal {
				key = a.Move.(*parley.Settle).Seat[0].Key
			}
		}
		if request == nil {
			t.Fatal("east has sent no request")
		}
		return proposal, join, key
	}
	// One honest run: what west's reply looks like, and how long it is.
	begin()
	old := request
	s.rounds(3)
	s.want("alma", "peter")
	var reply *parley.SettleMessage
	for _, a := range s.east.Table().Acts {
		if m, ok := a.Move.(*parley.Settle); ok && m.Step == parley.SettleSend && m.Message[0].Number == 1 {
			reply = &m.Message[0]
		}
	}
	plain := int(reply.Size) // longer than the message: what is sealed of it has to be right
	for desk.SealedSize(int64(plain)) > int64(reply.Size) {
		plain--
	}
	for name, attack := range map[string]struct {
		do  func(key string) (data []byte, m parley.SettleMessage)
		why string
	}{
		"noise": {func(string) ([]byte, parley.SettleMessage) { return make([]byte, reply.Size), *reply }, "destroyed"},
		"right form, wrong run": {func(key string) ([]byte, parley.SettleMessage) {
			return seal(t, key, append([]byte("accord/1"), make([]byte, plain-8)...)), *reply
		}, "destroyed"},
		"too long":       {func(key string) ([]byte, parley.SettleMessage) { return seal(t, key, make([]byte, plain+1)), *reply }, "another length"},
		"of another run": {nil, "destroyed"},
		"reflected":      {nil, "another length"},
	} {
		t.Run(name, func(t *testing.T) {
			proposal, join, key := begin()
			m := *reply
			switch {
			case name == "reflected":
				m = *request
			case attack.do != nil:
				data, like := attack.do(key)
				m = like
				m.Digest, m.Size = sha256.Sum256(data), uint64(len(data))
				s.check(s.memory.PutBlob(ctx, m.Digest, int64(len(data)), bytes.NewReader(data)))
			}
			m.Number, m.To = 1, s.east.Device()
			_, err := s.west.Say(ctx, &parley.Settle{Step: parley.SettleSend, Proposal: proposal, Join: join, Message: []parley.SettleMessage{m}})
			s.check(err)
			s.check(s.push(s.west))
			s.check(s.online(s.east))
			s.wantStopped(s.east, attack.why)
			s.rounds(2)
			s.wantStopped(s.west, "")
		})
	}
	_ = old
	t.Run("two under one number", func(t *testing.T) {
		proposal, join, _ := begin()
		for i := range byte(2) {
			m := *reply
			m.To, m.Digest = s.east.Device(), parley.Digest{i + 1}
			_, err := s.west.Say(ctx, &parley.Settle{Step: parley.SettleSend, Proposal: proposal, Join: join, Message: []parley.SettleMessage{m}})
			s.check(err)
		}
		s.check(s.push(s.west))
		s.check(s.online(s.east))
		s.wantStopped(s.east, "two different messages")
	})
	t.Run("a word that it stops", func(t *testing.T) {
		proposal, _, _ := begin()
		_, err := s.west.AbortSettlement(ctx, proposal.String())
		s.check(err)
		s.check(s.online(s.west))
		s.wantStopped(s.west, "stopped here")
		s.check(s.online(s.east))
		s.wantStopped(s.east, "stopped by envoy of west")
		if _, err := s.west.JoinSettlement(ctx, proposal.String(), desk.SettleConsent{SemiHonest: true}); err == nil {
			t.Error("it can be joined again")
		}
	})
	t.Run("another brief", func(t *testing.T) {
		_, _ = s.propose(alone, desk.SettleConsent{SemiHonest: true})
		s.brief(s.west, strings.Replace(westBrief, "walk_away: 10", "walk_away: 11", 1))
		s.rounds(2)
		s.wantStopped(s.west, "no longer the one that was committed to")
		s.wantStopped(s.east, "stopped by envoy of west")
	})
}

// A neutral who sends noise ends the run at whoever gets it, and one who sends its
// outcome to one party alone leaves the other without: that can be stopped.
func TestANeutralThatCheats(t *testing.T) {
	s := newSettling(t, 9)
	ctx := t.Context()
	ask := desk.SettleProposal{Asked: parley.NewExchange("alma", "peter"), Answer: true}
	proposal, _ := s.propose(ask, desk.SettleConsent{Answer: true})
	s.rounds(4)
	s.want("alma", "peter")
	var outcome *parley.SettleMessage
	for _, a := range s.neutral.Table().Acts {
		if m, ok := a.Move.(*parley.Settle); ok && m.Proposal == proposal && m.Step == parley.SettleSend && m.Message[0].Number == 4 {
			outcome = &m.Message[0]
		}
	}
	if outcome == nil {
		t.Fatal("the neutral has sent no outcome")
	}
	lead, second := s.east, s.west
	if outcome.To != lead.Device() {
		lead, second = second, lead
	}
	proposal, join := s.propose(ask, desk.SettleConsent{Answer: true})
	s.check(s.push(s.neutral))
	for range 3 {
		s.check(s.online(s.east))
		s.check(s.online(s.west))
		s.check(s.push(s.neutral))
	}
	noise := make([]byte, outcome.Size)
	m := parley.SettleMessage{Number: 4, To: lead.Device(), Digest: sha256.Sum256(noise), Size: outcome.Size}
	s.check(s.memory.PutBlob(ctx, m.Digest, int64(m.Size), bytes.NewReader(noise)))
	_, err := s.neutral.Say(ctx, &parley.Settle{Step: parley.SettleSend, Proposal: proposal, Join: join, Message: []parley.SettleMessage{m}})
	s.check(err)
	s.check(s.push(s.neutral))
	s.check(s.online(lead))
	s.wantStopped(lead, "destroyed")
	s.check(s.online(second))
	s.wantStopped(second, "stopped by")
	s.check(s.online(s.neutral))
	s.wantStopped(s.neutral, "earlier state") // it finds a message of its own that it does not know of
}

// While the line is busy with a message others have the desk: who stops the
// settlement then has stopped it, and a second sync keeps out of its way.
func TestStoppedWhileTheLineIsBusy(t *testing.T) {
	s := newSettling(t, 9)
	proposal, _ := s.propose(alone, desk.SettleConsent{SemiHonest: true})
	s.check(s.push(s.west))
	var turn sync.Mutex
	busy := &interrupted{Memory: s.memory}
	busy.then = func() {
		turn.Lock()
		defer turn.Unlock()
		if v := s.last(s.east); v.Now == nil || v.Shown != "nothing yet" {
			t.Errorf("nothing is seen of a message on its way: %+v", v)
		}
		_, err := s.east.SyncApart(t.Context(), s.memory, &turn)
		s.check(err)
		_, err = s.east.AbortSettlement(t.Context(), proposal.String())
		s.check(err)
	}
	turn.Lock()
	_, err := s.east.SyncApart(t.Context(), busy, &turn)
	turn.Unlock()
	s.check(err)
	if busy.then != nil {
		t.Fatal("no message was sent")
	}
	s.rounds(1)
	s.wantStopped(s.east, "stopped here")
	s.wantStopped(s.west, "stopped by envoy of east")
}

// interrupted does something in the middle of the first blob that is sent.
type interrupted struct {
	*relay.Memory
	then func()
}

func (i *interrupted) PutBlob(ctx context.Context, digest [32]byte, size int64, from io.ReaderAt) error {
	if then := i.then; then != nil {
		i.then = nil
		then()
	}
	return i.Memory.PutBlob(ctx, digest, size, from)
}

// push sends what waits and fetches nothing of a settlement: other software.
func (s *settling) push(d *desk.Desk) error {
	_, err := d.Sync(s.Context(), entriesOnly{s.memory})
	if errors.Is(err, desk.ErrSettlement) {
		return nil
	}
	return err
}

// entriesOnly is a carrier that takes no blobs.
type entriesOnly struct{ channel.Carrier }

// A desk that is put back to an earlier state, once it hears of what it has
// signed since, or finds that it has lost its part, goes on with no run.
func TestADeskPutBackStopsItsRuns(t *testing.T) {
	s := newSettling(t, 9)
	s.propose(alone, desk.SettleConsent{SemiHonest: true})
	s.check(s.push(s.west))
	// East is copied after it has heard of the join and before it sends.
	s.check(s.push(s.east))
	s.check(s.east.Close())
	home := s.homes[s.east]
	copied := filepath.Join(t.TempDir(), "copy")
	s.check(os.CopyFS(copied, os.DirFS(home)))
	open := func(home string) *desk.Desk {
		d, err := desk.Open(t.Context(), home, []byte("pass"), desk.Surroundings{})
		s.check(err)
		t.Cleanup(func() { _ = d.Close() })
		s.homes[d] = home
		return d
	}
	s.east = open(home)
	s.check(s.online(s.east)) // its request is sent
	s.check(s.online(s.west)) // and answered
	s.check(s.east.Close())
	s.east = open(copied)
	s.check(s.online(s.east))
	s.wantStopped(s.east, "put back to an earlier state")
}
