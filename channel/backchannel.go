package channel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

var (
	// ErrNoPair is returned for a non-paper to a side of which no device has
	// exchanged secrets with this one yet: both must have been on the line.
	ErrNoPair = errors.New("no device of that side has exchanged keys for non-papers with this one yet")
	// ErrTooMany is returned where the other side could keep no more of ours.
	ErrTooMany = errors.New("too many non-papers are kept already")
)

// NonPaperDraft is a non-paper to be sent.
type NonPaperDraft struct {
	Kind string
	Body []byte
	// Until is when both sides throw it away: 90 days from now at most.
	Until time.Time
	// Sides are whom it is for. All devices of theirs and, unless Apart, of our own
	// side get it.
	Sides []string
	Apart bool
}

// SendNonPaper says something off the record. Sync sends it. It binds nobody and
// proves nothing to a third.
func (s *Session) SendNonPaper(ctx context.Context, d NonPaperDraft) (NonPaper, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.options.Now()
	if err := s.maySend(d, now); err != nil {
		return NonPaper{}, err
	}
	to, err := s.reachable(d)
	if err != nil {
		return NonPaper{}, err
	}
	c := content{Body: slices.Clone(d.Body)}
	if _, err := io.ReadFull(s.options.Rand, c.Salt[:]); err != nil {
		return NonPaper{}, fmt.Errorf("reading randomness: %w", err)
	}
	f := nonPaperForm{
		Version: Version, Suite: Suite, Channel: s.keyring.channel, Author: s.self.ID, Claimed: now.Unix(), Until: d.Until.Unix(),
		Sending: 1, Kind: d.Kind, Content: nonPaperContent(c),
	}
	for _, r := range to {
		l := s.lines[r.ID]
		f.To = append(f.To, addressee{Device: r.ID, Number: l.Sent + 1, Previous: l.SentMAC})
	}
	number, err := s.newNumber()
	if err != nil {
		return NonPaper{}, err
	}
	kept, err := s.makeNonPaper(f, c, to)
	if err != nil {
		return NonPaper{}, err
	}
	for i, a := range kept.parsed.To {
		l := s.lines[a.Device]
		l.Sent, l.SentMAC = a.Number, kept.parsed.header.MACs[i]
		if err := s.keepBack("line/"+a.Device.String(), l); err != nil {
			return NonPaper{}, err
		}
	}
	if err := s.keepBack(paperKey(number), kept); err != nil {
		return NonPaper{}, err
	}
	return s.nonPaper(number), s.record(ctx, Batch{})
}

func (s *Session) maySend(d NonPaperDraft, now time.Time) error {
	switch {
	case s.broken:
		return ErrJournal
	case s.restored:
		return ErrRestored
	case len(d.Body) > MaxBody:
		return fmt.Errorf("a body of %d bytes, the most is %d", len(d.Body), MaxBody)
	case !d.Until.After(now) || d.Until.Sub(now) > MaxNonPaperLife:
		return fmt.Errorf("it must be thrown away within %d days from now", int(MaxNonPaperLife.Hours()/24))
	case !s.hasRoom(s.self.ID, len(d.Body)):
		return ErrTooMany
	}
	_, err := s.log.Next(s.self.ID) // who may not sign may not speak here either
	return err
}

// hasRoom reports whether one more of an author's may be kept.
func (s *Session) hasRoom(author MemberID, size int) bool {
	count := 1
	for _, p := range s.papers {
		if p.parsed.Author == author {
			count++
			size += len(p.parsed.body)
		}
	}
	return count <= MaxNonPapers && size <= MaxNonPaperBytes
}

// reachable are the devices that a non-paper goes to: of our own side those that
// have secrets with us, and of each other side at least one.
func (s *Session) reachable(d NonPaperDraft) ([]reader, error) {
	if len(d.Sides) == 0 || slices.Contains(d.Sides, s.self.Side()) {
		return nil, errors.New("a non-paper is for another side")
	}
	var out []reader
	got := map[string]bool{}
	for _, r := range s.log.otherDevices(s.self.ID) {
		wanted := r.Side() == s.self.Side() && !d.Apart || slices.Contains(d.Sides, r.Side())
		if _, ok := s.pairWith(r.ID); wanted && ok && !r.isWithheld(d.Kind) {
			out, got[r.Side()] = append(out, r), true
		}
	}
	for _, side := range d.Sides {
		if !got[side] {
			return nil, fmt.Errorf("%s: %w", side, ErrNoPair)
		}
	}
	slices.SortFunc(out, func(a, b reader) int { return a.ID.Compare(b.ID) })
	return out, nil
}

// pairing is what one needs to speak to another device.
type pairing struct {
	own, theirs EntryID // the prekey entries
	gave, given []byte  // the secrets: ours in our entry, theirs in theirs
}

// pairWith finds the secrets of both newest prekeys.
func (s *Session) pairWith(id MemberID) (p pairing, ok bool) {
	recent := s.log.recentPrekeys(id)
	if len(s.keys) == 0 || len(recent) == 0 {
		return p, false
	}
	p.own, p.theirs = s.keys[len(s.keys)-1].entry, recent[0].Entry
	p.gave, p.given = s.pairs[pairName{p.own, id}], s.pairs[pairName{p.theirs, id}]
	return p, p.gave != nil && p.given != nil
}

// makeNonPaper puts in the MACs and seals. The form has no prekeys yet.
func (s *Session) makeNonPaper(f nonPaperForm, c content, to []reader) (*keptNonPaper, error) {
	keys := make([][]byte, len(to))
	for i, r := range to {
		p, ok := s.pairWith(r.ID)
		if !ok {
			return nil, ErrNoPair
		}
		f.Prekey, f.To[i].Prekey = p.own, p.theirs
		keys[i] = nonPaperKey(f.Channel, f.Author, p.own, f.To[i], p.given, p.gave)
	}
	if err := f.check(); err != nil {
		return nil, err
	}
	form, err := Marshal(f)
	if err != nil {
		return nil, err
	}
	h := nonPaperHeader{Form: form}
	kept := &keptNonPaper{Until: f.Until, Own: true, Sealed: s.options.Now().Unix(), Spoken: s.spoken()}
	for _, key := range keys {
		mac := formMAC(key, form)
		h.MACs = append(h.MACs, mac)
		kept.Receipts = append(kept.Receipts, expectedReceipt{Key: receiptKey(key, mac)})
	}
	if kept.Header, err = Marshal(h); err != nil {
		return nil, err
	}
	if kept.Content, err = Marshal(c); err != nil {
		return nil, err
	}
	if kept.parsed, err = parseNonPaper(record{Header: kept.Header, Content: kept.Content}); err != nil {
		return nil, err
	}
	kept.Envelope, err = s.sealNonPaper(kept, to)
	return kept, err
}

// spoken is the number of our last entry.
func (s *Session) spoken() uint64 {
	at, err := s.log.Next(s.self.ID)
	if err != nil {
		return 0
	}
	return at.Number - 1
}

// sealNonPaper seals it to its devices, and asks those of other sides that it is
// not for to answer as they would answer an entry.
func (s *Session) sealNonPaper(kept *keptNonPaper, to []reader) ([]byte, error) {
	all := Recipients{Room: s.log.recipients(kept.parsed.Kind).Room}
	others := s.log.otherDevices(s.self.ID)
	for _, r := range to {
		all.Whole = append(all.Whole, r.key)
	}
	for _, r := range others {
		if r.Side() == s.self.Side() || kept.parsed.index(r.ID) >= 0 {
			continue
		}
		call := aside{to: r.key}
		if _, err := io.ReadFull(s.options.Rand, call.payload[:]); err != nil {
			return nil, fmt.Errorf("reading randomness: %w", err)
		}
		call.payload[0] = asideCall
		all.asides = append(all.asides, call)
	}
	parts := record{Header: kept.Header, Content: kept.Content}
	return sealContents(s.options.Rand, s.keyring.channel, all, contents{record: parts})
}

// NonPapers lists what is kept and not to be thrown away yet, in the order in
// which it came or was sent.
func (s *Session) NonPapers() []NonPaper {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []NonPaper
	for _, n := range s.numbers() {
		if s.papers[n].Until > s.options.Now().Unix() {
			out = append(out, s.nonPaper(n))
		}
	}
	return out
}

func (s *Session) nonPaper(number uint64) NonPaper {
	kept := s.papers[number]
	f := kept.parsed
	p := NonPaper{
		Number: int(number), Author: f.Author, Own: kept.Own, Kind: f.Kind, Body: slices.Clone(f.body),
		Claimed: f.Claimed, Until: kept.Until, Contradicted: kept.Contradicted,
	}
	for i, a := range f.To {
		p.To = append(p.To, a.Device)
		if kept.Own && kept.Receipts[i].Confirmed {
			p.Confirmed = append(p.Confirmed, a.Device)
		}
	}
	return p
}

// LostNonPapers counts, by author, the non-papers that were sent to this device
// and have not come. They may still, while the keys for them are kept.
func (s *Session) LostNonPapers() map[MemberID]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[MemberID]int{}
	for id, l := range s.lines {
		if len(l.Missing) > 0 {
			out[id] = len(l.Missing)
		}
	}
	return out
}

// Purge throws away the non-papers whose time is up, and returns how many.
func (s *Session) Purge(ctx context.Context) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.purge(ctx)
}

func (s *Session) purge(ctx context.Context) (int, error) {
	now := s.options.Now().Unix()
	return s.throwAway(ctx, func(_ uint64, kept *keptNonPaper) bool { return kept.Until <= now })
}

// Forget throws non-papers away before their day, by this device's numbers for
// them, and returns how many. One of ours that has not been sent never is; what
// others have of them stays with them.
func (s *Session) Forget(ctx context.Context, numbers ...int) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.throwAway(ctx, func(n uint64, _ *keptNonPaper) bool { return slices.Contains(numbers, int(n)) })
}

func (s *Session) throwAway(ctx context.Context, which func(uint64, *keptNonPaper) bool) (int, error) {
	var b Batch
	for _, n := range s.numbers() {
		kept := s.papers[n]
		if !which(n, kept) {
			continue
		}
		b.Back = append(b.Back, BackItem{Key: paperKey(n)})
		for i, a := range kept.parsed.To {
			l := s.lines[a.Device]
			if !kept.Own || l.SentMAC != kept.parsed.header.MACs[i] {
				continue
			}
			l.SentMAC = pairMAC{}
			x, err := backItem("line/"+a.Device.String(), l)
			if err != nil {
				return 0, err
			}
			b.Back = append(b.Back, x)
		}
	}
	if len(b.Back) == 0 {
		return 0, nil
	}
	count := len(s.papers)
	err := s.record(ctx, b)
	return count - len(s.papers), err
}

// resendNonPapers seals anew those of ours that a device has not confirmed
// though it has read on since: it named an entry that we made afterwards. One
// that is silent may be asleep, and is left alone, as with entries.
func (s *Session) resendNonPapers(ctx context.Context, all bool) (int, error) {
	var b Batch
	now := s.options.Now().Unix()
	sent := 0
	for _, n := range s.numbers() {
		kept := s.papers[n]
		if len(kept.Envelope) == 0 || kept.Until <= now {
			continue
		}
		late := kept.Number != 0 && now-kept.Sealed >= int64(askAgain/time.Second) && s.passedOver(kept)
		if !all && !late {
			continue
		}
		again, err := s.sealAgain(kept)
		if errors.Is(err, ErrNoPair) {
			continue // until there are keys again
		}
		if err != nil {
			return sent, err
		}
		x, err := backItem(paperKey(n), again)
		if err != nil {
			return sent, err
		}
		b.Back = append(b.Back, x)
		sent++
	}
	if sent == 0 {
		return 0, nil
	}
	return sent, s.record(ctx, b)
}

func (s *Session) passedOver(kept *keptNonPaper) bool {
	for i, a := range kept.parsed.To {
		if kept.Receipts[i].Confirmed {
			continue
		}
		for _, head := range s.log.HeadsOf(a.Device) {
			if s.log.sawOwn(head, s.self.ID) > kept.Spoken {
				return true
			}
		}
	}
	return false
}

// sawOwn is the highest number of an author's that an entry has among its
// ancestors.
func (l *Log) sawOwn(entry EntryID, author MemberID) uint64 {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if n := l.nodes[entry]; n != nil {
		return l.lastSeen(n, author)
	}
	return 0
}

// sealAgain makes a non-paper anew under the newest keys, for those of its
// devices that can still be reached.
func (s *Session) sealAgain(kept *keptNonPaper) (*keptNonPaper, error) {
	f := kept.parsed.nonPaperForm
	f.Sending++
	var to []reader
	var confirmed []bool
	f.To = nil
	for _, r := range s.log.otherDevices(s.self.ID) {
		at := kept.parsed.index(r.ID)
		if _, ok := s.pairWith(r.ID); !ok || at < 0 {
			continue
		}
		to = append(to, r)
	}
	slices.SortFunc(to, func(a, b reader) int { return a.ID.Compare(b.ID) })
	for _, r := range to {
		at := kept.parsed.index(r.ID)
		f.To, confirmed = append(f.To, kept.parsed.To[at]), append(confirmed, kept.Receipts[at].Confirmed)
	}
	if len(to) == 0 {
		return nil, ErrNoPair
	}
	again, err := s.makeNonPaper(f, content{Salt: kept.parsed.salt, Body: kept.parsed.body}, to)
	if err != nil {
		return nil, err
	}
	for i := range confirmed {
		again.Receipts[i].Confirmed = confirmed[i]
	}
	return again, nil
}
