package channel

import (
	"crypto/hmac"
	"errors"
	"slices"
)

const (
	maxCalls = 256
	maxLoose = 64
)

// errEarly is a non-paper under a prekey that has not come yet, and errLost one
// under a key that is gone.
var (
	errEarly = errors.New("its prekey has not come yet")
	errLost  = errors.New("its key is gone")
)

// takeNonPaper verifies a non-paper and keeps it. It reports whether it is new.
func (s *Session) takeNonPaper(p *parsedNonPaper, parts record) (fresh bool, err error) {
	author, at, err := s.placeNonPaper(p)
	if err != nil {
		return false, err
	}
	key, err := s.keyFor(p, p.To[at])
	if err != nil {
		return false, err
	}
	mac := formMAC(key, p.header.Form)
	if !hmac.Equal(mac[:], p.header.MACs[at][:]) {
		return false, errNonPaper
	}
	l := s.lines[p.Author]
	n := p.To[at].Number
	if l.has(n) {
		return false, s.takeAgain(p, parts, n, receiptKey(key, mac))
	}
	if err := l.take(n); err != nil {
		return false, err
	}
	l.owe(n, receiptKey(key, mac))
	if err := s.keepReceived(p, parts, p.To[at]); err != nil {
		return false, err
	}
	s.called = s.called || author.Side() != s.self.Side()
	return true, s.keepBack("line/"+p.Author.String(), l)
}

// placeNonPaper finds its author's seat and our place among those that it is for.
func (s *Session) placeNonPaper(p *parsedNonPaper) (author Seat, at int, err error) {
	room := s.log.Roster()
	author, ok := room.Seat(p.Author)
	at = p.index(s.self.ID)
	if p.Channel != s.keyring.channel || !ok || author.Principal || !room.Active(p.Author) || at < 0 || s.self.isWithheld(p.Kind) {
		return author, 0, errNonPaper
	}
	return author, at, nil
}

// keyFor finds the key of a non-paper to us.
func (s *Session) keyFor(p *parsedNonPaper, to addressee) ([]byte, error) {
	given := s.pairs[pairName{to.Prekey, p.Author}]
	if given == nil {
		if e, ok := s.log.Entry(to.Prekey); ok && e.Author == s.self.ID {
			return nil, errLost
		}
		return nil, errNonPaper
	}
	gave := s.pairs[pairName{p.Prekey, p.Author}]
	if gave == nil {
		for _, learnt := range s.learnPairs() {
			x := BackItem{pairKey(learnt.pairName), learnt.secret}
			s.pendingBack = append(s.pendingBack, x)
			if err := s.applyBack(x); err != nil {
				return nil, err
			}
		}
		gave = s.pairs[pairName{p.Prekey, p.Author}]
	}
	if gave == nil {
		return nil, s.whyNoSecret(p)
	}
	return nonPaperKey(p.Channel, p.Author, p.Prekey, to, given, gave), nil
}

func (s *Session) whyNoSecret(p *parsedNonPaper) error {
	switch e, ok := s.log.Entry(p.Prekey); {
	case !ok:
		return errEarly
	case e.Author != p.Author || e.Kind != KindPrekey:
		return errNonPaper
	}
	return errLost
}

// take notes that a number came.
func (l *line) take(n uint64) error {
	if at := slices.Index(l.Missing, n); at >= 0 {
		l.Missing = slices.Delete(slices.Clone(l.Missing), at, at+1)
		return nil
	}
	if ahead := n - l.Got - 1; ahead > maxAhead || ahead+uint64(len(l.Missing)) > maxAhead {
		return errNonPaper
	}
	l.Missing = slices.Clone(l.Missing)
	for l.Got++; l.Got < n; l.Got++ {
		l.Missing = append(l.Missing, l.Got)
	}
	return nil
}

// owe notes that a receipt is due. One for a higher number that is due already
// says the same.
func (l *line) owe(n uint64, key [32]byte) {
	if !l.Due || n >= l.At {
		l.Due, l.At, l.Receipt = true, n, key
	}
}

// before are the bits of a receipt: which of the 64 numbers before it came.
func (l *line) before() (bits [8]byte) {
	for i := range uint64(64) {
		if l.At > i+1 && l.has(l.At-i-1) {
			bits[i/8] |= 0x80 >> (i % 8)
		}
	}
	return bits
}

// takeAgain is for a number that came before: another non-paper under it is a
// contradiction, and the same one sealed anew asks for its receipt again. The
// same sealing asks for nothing, whoever repeats it.
func (s *Session) takeAgain(p *parsedNonPaper, parts record, n uint64, key [32]byte) error {
	name, kept := s.from(p.Author, n)
	if kept == nil {
		return nil // thrown away
	}
	again := *kept
	if kept.parsed.Content != p.Content || kept.parsed.Kind != p.Kind {
		again.Contradicted = true
		return errors.Join(errNonPaper, s.keepBack(paperKey(name), again))
	}
	if p.Sending <= kept.parsed.Sending {
		return nil
	}
	again.Header = parts.Header
	if err := s.keepBack(paperKey(name), again); err != nil {
		return err
	}
	l := s.lines[p.Author]
	l.owe(n, key)
	author, _ := s.log.Roster().Seat(p.Author)
	s.called = s.called || author.Side() != s.self.Side()
	return s.keepBack("line/"+p.Author.String(), l)
}

// keepReceived keeps a non-paper until its date, or for as long as any is kept.
// One whose date is past is only counted.
func (s *Session) keepReceived(p *parsedNonPaper, parts record, to addressee) error {
	now := s.options.Now()
	until := min(p.Until, now.Add(MaxNonPaperLife).Unix())
	if until <= now.Unix() {
		return nil
	}
	if !s.hasRoom(p.Author, len(p.body)) {
		return ErrTooMany
	}
	kept := keptNonPaper{Header: parts.Header, Content: parts.Content, Until: until}
	if _, before := s.from(p.Author, to.Number-1); before != nil && before.parsed.Sending == 1 && to.Previous != (pairMAC{}) {
		kept.Contradicted = before.parsed.header.MACs[before.parsed.index(s.self.ID)] != to.Previous
	}
	number, err := s.newNumber()
	if err != nil {
		return err
	}
	return s.keepBack(paperKey(number), kept)
}

// takeAside reads an aside for us: a receipt for non-papers of ours, or a call.
func (s *Session) takeAside(payload [contentKeySize]byte) error {
	switch payload[0] {
	case asideCall:
		if slices.Contains(s.calls, payload) {
			return nil // whoever repeats an envelope is answered once
		}
		s.called = true
		return s.keepBack("calls", append(slices.Clone(s.calls[max(0, len(s.calls)+1-maxCalls):]), payload))
	case asideReceipt:
		for _, n := range s.numbers() {
			kept := s.papers[n]
			for i, want := range kept.Receipts {
				expected := receiptPayload(want.Key, [8]byte(payload[1:9]))
				if kept.Own && hmac.Equal(expected[:], payload[:]) {
					return s.confirmFor(kept.parsed.To[i], [8]byte(payload[1:9]))
				}
			}
		}
	}
	return nil
}

// confirmFor notes that a device has a non-paper of ours, and those before it that
// the bits name.
func (s *Session) confirmFor(at addressee, before [8]byte) error {
	for _, n := range s.numbers() {
		kept := s.papers[n]
		i := kept.parsed.index(at.Device)
		if !kept.Own || i < 0 || kept.Receipts[i].Confirmed || !covers(at.Number, before, kept.parsed.To[i].Number) {
			continue
		}
		again := *kept
		again.Receipts = slices.Clone(kept.Receipts)
		again.Receipts[i].Confirmed = true
		if s.everySideHas(&again) {
			again.Envelope, again.Number = nil, 0
		}
		if err := s.keepBack(paperKey(n), again); err != nil {
			return err
		}
	}
	return nil
}

func covers(at uint64, before [8]byte, number uint64) bool {
	if number >= at {
		return number == at
	}
	i := at - number - 1
	return i < 64 && before[i/8]&(0x80>>(i%8)) != 0
}

// everySideHas reports whether of each other side that it is for, some device
// has confirmed it.
func (s *Session) everySideHas(kept *keptNonPaper) bool {
	has := map[string]bool{}
	room := s.log.Roster()
	for i, a := range kept.parsed.To {
		if seat, ok := room.Seat(a.Device); ok && seat.Side() != s.self.Side() {
			has[seat.Side()] = has[seat.Side()] || kept.Receipts[i].Confirmed
		}
	}
	for _, ok := range has {
		if !ok {
			return false
		}
	}
	return true
}

// receiptsFor puts the receipts that are due into the free slots of an envelope,
// and gives the items that note it.
func (s *Session) receiptsFor(to *Recipients) (noted []BackItem, err error) {
	free := to.slots() - to.count() - len(to.asides)
	for _, r := range s.log.otherDevices(s.self.ID) {
		l := s.lines[r.ID]
		if !l.Due || free == 0 {
			continue
		}
		to.asides = append(to.asides, aside{r.key, receiptPayload(l.Receipt, l.before())})
		free--
		l.Due, l.Receipt = false, [32]byte{}
		x, err := backItem("line/"+r.ID.String(), l)
		if err != nil {
			return nil, err
		}
		noted = append(noted, x)
	}
	return noted, nil
}

// blank makes an envelope that holds nothing but the receipts that are due.
func (s *Session) blank() (b Batch, err error) {
	to := Recipients{Room: s.log.recipients("").Room}
	if b.Back, err = s.receiptsFor(&to); err != nil {
		return b, err
	}
	envelope, err := sealContents(s.options.Rand, s.keyring.channel, to, contents{})
	if err != nil {
		return b, err
	}
	x, err := s.addLoose(envelope)
	b.Back = append(b.Back, x)
	return b, err
}

// dropLoose lets envelopes that hold nothing go once another side has spoken
// after they were sent: a receipt would have been confirmed then.
func (s *Session) dropLoose(admitted []*Signed) (items []BackItem) {
	room := s.log.Roster()
	spoke := slices.ContainsFunc(admitted, func(e *Signed) bool {
		author, _ := room.Seat(e.Author)
		return author.Side() != s.self.Side()
	})
	for name, l := range s.loose {
		if l.Number != 0 && (spoke || len(s.loose) > maxLoose) {
			items = append(items, BackItem{Key: "loose/" + name})
		}
	}
	return items
}
