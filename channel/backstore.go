package channel

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// backChannel is what a session keeps beside its entries: secrets of pairs,
// non-papers, how many went to and fro with each device, and envelopes that hold
// nothing. All of it stands in the journal as items under these keys; none is in
// a backup.
//
//	pair/ENTRY/MEMBER  a pair secret
//	line/MEMBER        the two counters with a device
//	paper/NUMBER       a non-paper
//	loose/NAME         an envelope that nobody need confirm
//	calls              asides that asked for an answer and got it
//	count              the last NUMBER given
type backChannel struct {
	pairs  map[pairName][]byte
	tried  map[pairName]bool // pairs that don't open
	lines  map[MemberID]line
	papers map[uint64]*keptNonPaper
	loose  map[string]looseEnvelope
	calls  [][contentKeySize]byte
	count  uint64

	called      bool // something came that calls for an answer
	pendingBack []BackItem
}

func newBackChannel() backChannel {
	return backChannel{
		pairs: map[pairName][]byte{}, tried: map[pairName]bool{}, lines: map[MemberID]line{},
		papers: map[uint64]*keptNonPaper{}, loose: map[string]looseEnvelope{},
	}
}

// line is how a pair of devices stands.
type line struct {
	_       struct{} `cbor:",toarray"`
	Sent    uint64   // the number of our last to the device
	SentMAC pairMAC  // and its MAC, zero once that is thrown away
	Got     uint64   // the highest number that came
	Missing []uint64 // those below it that did not, ascending
	Due     bool     // a receipt is due
	At      uint64   // for this number
	Receipt [32]byte // by this key
}

// has reports whether a number came.
func (l *line) has(n uint64) bool {
	return n >= 1 && n <= l.Got && !slices.Contains(l.Missing, n)
}

// keptNonPaper is a non-paper as the journal keeps it.
type keptNonPaper struct {
	_            struct{} `cbor:",toarray"`
	Header       []byte
	Content      []byte
	Until        int64
	Own          bool
	Contradicted bool

	// Of our own: the envelope, until every side that it is for has confirmed
	// it; the carrier's number; our last entry's when it was sealed, and when.
	Envelope []byte
	Number   uint64
	Spoken   uint64
	Sealed   int64
	Receipts []expectedReceipt // as the addressees stand

	parsed *parsedNonPaper
}

type expectedReceipt struct {
	_         struct{} `cbor:",toarray"`
	Key       [32]byte
	Confirmed bool
}

type looseEnvelope struct {
	_        struct{} `cbor:",toarray"`
	Envelope []byte
	Number   uint64
}

func pairKey(n pairName) string { return "pair/" + n.Entry.String() + "/" + n.Other.String() }

func paperKey(number uint64) string { return fmt.Sprintf("paper/%08d", number) }

func (b *Batch) keepPairs(pairs []keptPair) {
	for _, p := range pairs {
		b.Back = append(b.Back, BackItem{pairKey(p.pairName), p.secret})
	}
}

func (b *Batch) dropPairs(names []pairName) {
	for _, n := range names {
		b.Back = append(b.Back, BackItem{Key: pairKey(n)})
	}
}

// backItem encodes what is to be kept under a key.
func backItem(key string, v any) (BackItem, error) {
	data, err := Marshal(v)
	return BackItem{key, data}, err
}

// keepBack brings the back channel to a new state, which goes to the journal
// with the next batch.
func (s *Session) keepBack(key string, v any) error {
	x, err := backItem(key, v)
	if err != nil {
		return err
	}
	s.pendingBack = append(s.pendingBack, x)
	s.pendingBytes += len(x.Data)
	return s.applyBack(x)
}

// applyBack takes an item into memory, when it is read and when it is written.
func (s *Session) applyBack(x BackItem) error {
	kind, name, _ := strings.Cut(x.Key, "/")
	var err error
	switch kind {
	case "pair":
		err = s.applyPair(name, x.Data)
	case "line":
		var id MemberID
		if err = id.UnmarshalText([]byte(name)); err == nil {
			err = applyTo(s.lines, id, x.Data)
		}
	case "paper":
		err = s.applyPaper(name, x.Data)
	case "loose":
		err = applyTo(s.loose, name, x.Data)
	case "calls":
		err = Unmarshal(x.Data, &s.calls)
	case "count":
		err = Unmarshal(x.Data, &s.count)
	default:
		err = fmt.Errorf("nothing is kept under %q", kind)
	}
	return err
}

func applyTo[K comparable, V any](m map[K]V, key K, data []byte) error {
	if data == nil {
		delete(m, key)
		return nil
	}
	var v V
	if err := Unmarshal(data, &v); err != nil {
		return err
	}
	m[key] = v
	return nil
}

func (s *Session) applyPair(name string, secret []byte) error {
	entry, other, _ := strings.Cut(name, "/")
	var n pairName
	if err := n.Entry.UnmarshalText([]byte(entry)); err != nil {
		return err
	}
	if err := n.Other.UnmarshalText([]byte(other)); err != nil {
		return err
	}
	if secret == nil {
		clear(s.pairs[n])
		delete(s.pairs, n)
		return nil
	}
	s.pairs[n] = bytes.Clone(secret)
	return nil
}

func (s *Session) applyPaper(name string, data []byte) error {
	var number uint64
	if _, err := fmt.Sscanf(name, "%d", &number); err != nil {
		return err
	}
	if data == nil {
		delete(s.papers, number)
		return nil
	}
	kept := &keptNonPaper{}
	if err := Unmarshal(data, kept); err != nil {
		return err
	}
	parsed, err := parseNonPaper(record{Header: kept.Header, Content: kept.Content})
	if err != nil {
		return err
	}
	kept.parsed = parsed
	s.papers[number] = kept
	return nil
}

// newNumber is this device's own name for its next non-paper.
func (s *Session) newNumber() (uint64, error) {
	n := s.count + 1
	return n, s.keepBack("count", n)
}

// numbers are our names for what is kept, ascending.
func (s *Session) numbers() []uint64 { return slices.Sorted(maps.Keys(s.papers)) }

// from finds a non-paper by its author's number for this device.
func (s *Session) from(author MemberID, number uint64) (name uint64, kept *keptNonPaper) {
	for name, p := range s.papers {
		if p.parsed.Author != author {
			continue
		}
		if at := p.parsed.index(s.self.ID); at >= 0 && p.parsed.To[at].Number == number {
			return name, p
		}
	}
	return 0, nil
}

// index is where a device stands among the addressees, -1 if it does not.
func (f *nonPaperForm) index(id MemberID) int {
	return slices.IndexFunc(f.To, func(a addressee) bool { return a.Device == id })
}

// addLoose keeps an envelope that holds nothing until somebody has spoken since
// it was sent, as a receipt is: whoever loses it on purpose sees it again.
func (s *Session) addLoose(envelope []byte) (BackItem, error) {
	var name [16]byte
	if _, err := io.ReadFull(s.options.Rand, name[:]); err != nil {
		return BackItem{}, fmt.Errorf("reading randomness: %w", err)
	}
	return backItem("loose/"+hex.EncodeToString(name[:]), looseEnvelope{Envelope: envelope})
}

// parcel is an envelope on its way, whatever is in it.
type parcel struct {
	envelope []byte
	number   uint64
	entry    EntryID // zero where it holds no entry
	back     string  // the key of what it is kept in, where it holds no entry
}

// parcels are all that is on its way: entries, ancestors first, then non-papers,
// then what holds nothing.
func (s *Session) parcels() []parcel {
	var out []parcel
	for _, o := range s.outgoing() {
		out = append(out, parcel{o.Envelope, o.Number, o.ID, ""})
	}
	for _, n := range s.numbers() {
		if p := s.papers[n]; len(p.Envelope) > 0 {
			out = append(out, parcel{p.Envelope, p.Number, EntryID{}, paperKey(n)})
		}
	}
	for _, name := range slices.SortedFunc(maps.Keys(s.loose), cmp.Compare) {
		out = append(out, parcel{s.loose[name].Envelope, s.loose[name].Number, EntryID{}, "loose/" + name})
	}
	return out
}

// renumber notes in a batch what number the carrier gave a parcel, unless it was
// confirmed or sealed anew meanwhile.
func (s *Session) renumber(b *Batch, p parcel, number uint64) error {
	kind, name, _ := strings.Cut(p.back, "/")
	var x BackItem
	var err error
	switch kind {
	case "":
		now, ok := s.outbox[p.entry]
		if ok && bytes.Equal(now.Envelope, p.envelope) {
			b.Outbox = append(b.Outbox, Outgoing{now.ID, now.Envelope, number})
		}
		return nil
	case "paper":
		var n uint64
		if _, err := fmt.Sscanf(name, "%d", &n); err != nil {
			return err
		}
		now, ok := s.papers[n]
		if !ok || !bytes.Equal(now.Envelope, p.envelope) {
			return nil
		}
		again := *now
		again.Number = number
		x, err = backItem(p.back, again)
	default:
		now, ok := s.loose[name]
		if !ok {
			return nil
		}
		now.Number = number
		x, err = backItem(p.back, now)
	}
	b.Back = append(b.Back, x)
	return err
}
