package channel

import (
	"context"
	"slices"
	"time"
)

// A prekey is a sealing key that lives for a while. Others seal to the newest
// that they have seen of a device, and the device throws the older ones away
// once nobody can use them any more: what was sealed to them is then closed to
// whoever takes the device later, and to the device itself.
const (
	// KindPrekey is an entry whose body is a fresh sealing key of its author.
	KindPrekey = "prekey"
	// PrekeyAge is how old a device's newest prekey gets before it makes
	// another, and PrekeyLife how long an old one is kept at most.
	PrekeyAge  = 7 * 24 * time.Hour
	PrekeyLife = 30 * 24 * time.Hour
)

// prekeyBody is the body of a prekey entry.
type prekeyBody struct {
	_       struct{} `cbor:",toarray"`
	Sealing []byte
	Pairs   []pairOffer // for the other devices, by key, ascending
}

// firstPrekeyBody is one as it was before there were secrets for pairs.
type firstPrekeyBody struct {
	_       struct{} `cbor:",toarray"`
	Sealing []byte
}

func parsePrekey(body []byte) (b prekeyBody, err error) {
	var first firstPrekeyBody
	if Unmarshal(body, &first) == nil {
		return prekeyBody{Sealing: first.Sealing}, checkSealing(first.Sealing)
	}
	if err := Unmarshal(body, &b); err != nil {
		return b, err
	}
	if err := checkPairs(b.Pairs); err != nil {
		return b, err
	}
	return b, checkSealing(b.Sealing)
}

// keyHash names a sealing key.
type keyHash = [32]byte

func hashOfSealing(public []byte) keyHash { return hashOf("sealing", public) }

// sealingOf is the key to seal to a device: its newest prekey here, or the one
// that it came with. One who forked may have two of the same number; either
// opens.
func (l *Log) sealingOf(seat Seat) []byte {
	if newest := l.prekeys[seat.ID]; newest != nil {
		return newest[0].prekey
	}
	return seat.Member.Sealing
}

// recipients are the keys that an entry is sealed to: those of all active
// devices, each its newest.
func (l *Log) recipients(kind string) Recipients {
	l.mu.RLock()
	defer l.mu.RUnlock()
	devices := l.room.devices()
	r := Recipients{Room: len(devices)}
	for _, seat := range devices {
		key := l.sealingOf(seat)
		if seat.isWithheld(kind) {
			r.Headers = append(r.Headers, key)
		} else {
			r.Whole = append(r.Whole, key)
		}
	}
	return r
}

// superseded reports whether nobody can still seal to what the device had
// before the prekey in the given entry: every other device on the roster has
// said something since it saw it, so all that it sent before is here, opened.
func (l *Log) superseded(successor EntryID, self MemberID) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	for _, seat := range l.room.devices() {
		if seat.ID == self {
			continue
		}
		seen := false
		for head := range l.heads[seat.ID] {
			seen = seen || l.isAncestor(successor, head)
		}
		if !seen {
			return false
		}
	}
	return true
}

// ownKey is a sealing key of this device.
type ownKey struct {
	*SealingKey
	hash  keyHash
	entry EntryID // that gave it out; zero for the first
}

func (s *Session) loadKeys(kept []KeptKey) error {
	for _, k := range kept {
		key, err := ParseSealingKey(k.Seed)
		if err != nil {
			return err
		}
		s.keys = append(s.keys, ownKey{key, k.Hash, k.Entry})
	}
	s.sortKeys()
	return nil
}

// sortKeys puts the oldest first.
func (s *Session) sortKeys() {
	number := func(k ownKey) uint64 {
		if e, ok := s.log.Entry(k.entry); ok {
			return e.Number
		}
		return 0
	}
	slices.SortStableFunc(s.keys, func(a, b ownKey) int { return int(number(a)) - int(number(b)) })
}

func (s *Session) keepFirstKey(ctx context.Context, first *SealingKey) error {
	if len(s.keys) > 0 || first == nil {
		return nil
	}
	hash := hashOfSealing(first.Public())
	return s.record(ctx, Batch{Keys: []KeptKey{{Hash: hash, Seed: first.Bytes()}}})
}

// recordKeys brings the keys in memory to what the journal has just kept.
func (s *Session) recordKeys(b Batch) {
	for _, k := range b.Keys {
		if key, err := ParseSealingKey(k.Seed); err == nil { // we made it
			s.keys = append(s.keys, ownKey{key, k.Hash, k.Entry})
		}
	}
	s.keys = slices.DeleteFunc(s.keys, func(k ownKey) bool { return slices.Contains(b.Forgotten, k.hash) })
}

func (s *Session) sealingKeys() []*SealingKey {
	var out []*SealingKey
	for _, k := range s.keys {
		out = append(out, k.SealingKey)
	}
	return out
}

// rotate gives out a new prekey when the newest has grown old, and forgets
// those that nobody can use any more.
func (s *Session) rotate(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	// Where nothing can be signed, whoever tries to is told why; old keys go all
	// the same.
	if _, err := s.log.Next(s.self.ID); err == nil && !s.restored && s.prekeyIsOld() {
		if err := s.newPrekey(ctx); err != nil {
			return err
		}
	}
	return s.forgetKeys(ctx)
}

func (s *Session) prekeyIsOld() bool {
	if len(s.keys) == 0 {
		return true
	}
	newest, ok := s.log.Entry(s.keys[len(s.keys)-1].entry)
	return !ok || s.uncovered() || s.options.Now().Sub(time.Unix(newest.Claimed, 0)) >= PrekeyAge
}

func (s *Session) newPrekey(ctx context.Context) error {
	key, err := GenerateSealingKey(s.options.Rand)
	if err != nil {
		return err
	}
	offers, pairs, err := s.offerPairs()
	if err != nil {
		return err
	}
	body, err := Marshal(prekeyBody{Sealing: key.Public(), Pairs: offers})
	if err != nil {
		return err
	}
	_, err = s.appendWith(ctx, KindPrekey, EntryID{}, body, func(e *Signed, b *Batch) {
		b.Keys = []KeptKey{{Hash: hashOfSealing(key.Public()), Seed: key.Bytes(), Entry: e.ID}}
		for i := range pairs {
			pairs[i].Entry = e.ID
		}
		b.keepPairs(pairs)
	})
	return err
}

func (s *Session) forgetKeys(ctx context.Context) error {
	var dead [][32]byte
	var given []EntryID
	for i := range len(s.keys) - 1 {
		successor, ok := s.log.Entry(s.keys[i+1].entry)
		if !ok {
			continue
		}
		late := s.options.Now().Sub(time.Unix(successor.Claimed, 0)) >= PrekeyLife
		if late || s.log.superseded(successor.ID, s.self.ID) {
			dead, given = append(dead, s.keys[i].hash), append(given, s.keys[i].entry)
		}
	}
	b := Batch{Forgotten: dead}
	b.keepPairs(s.learnPairs())
	b.dropPairs(s.deadPairs(given))
	if len(dead)+len(b.Back) == 0 {
		return nil
	}
	return s.record(ctx, b)
}
