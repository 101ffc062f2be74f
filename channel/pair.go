package channel

import (
	"cmp"
	"crypto/hpke"
	"errors"
	"slices"
	"time"
)

// A pair secret is shared by two devices and by nobody else: one encapsulates it
// to a sealing key of the other, within the prekey entry that it gives out. Two
// of them, one from each side, make the key of the non-papers from one to the
// other. Whoever encapsulated proves nothing by it to a third, for the other
// knows both secrets too.
//
// They die with the prekey: with the device's own, those that it gave out; with
// the other's two newest, or 30 days after its next, those that were given to it.

// pairOffer is a secret on its way to one sealing key.
type pairOffer struct {
	_      struct{} `cbor:",toarray"`
	Key    keyHash  // of the key that it was encapsulated to
	Sealed []byte   // as HPKE's encapsulated key
}

const pairSecretSize = 32

// pairName says which secret: the prekey entry that it was given out in, and the
// other device.
type pairName struct {
	Entry EntryID
	Other MemberID
}

func pairInfo(channel ID, from MemberID, to keyHash) []byte {
	return slices.Concat([]byte(prefix+"pair\x00"), channel[:], from[:], to[:])
}

// offerPair makes a fresh secret for the holder of a public sealing key.
func offerPair(channel ID, from MemberID, public []byte) (pairOffer, []byte, error) {
	key, err := kem.NewPublicKey(public)
	if err != nil {
		return pairOffer{}, nil, err
	}
	o := pairOffer{Key: hashOfSealing(public)}
	sealed, sender, err := hpke.NewSender(key, kdf, hpke.ExportOnly(), pairInfo(channel, from, o.Key))
	if err != nil {
		return pairOffer{}, nil, err
	}
	o.Sealed = sealed
	secret, err := sender.Export("secret", pairSecretSize)
	return o, secret, err
}

// openPair finds the secret that was made for a sealing key of ours.
func openPair(channel ID, from MemberID, o pairOffer, key *SealingKey) ([]byte, error) {
	recipient, err := hpke.NewRecipient(o.Sealed, key.secret().key, kdf, hpke.ExportOnly(), pairInfo(channel, from, o.Key))
	if err != nil {
		return nil, err
	}
	return recipient.Export("secret", pairSecretSize)
}

func checkPairs(pairs []pairOffer) error {
	if len(pairs) > MaxDevices {
		return errors.New("a prekey for more devices than there can be")
	}
	for i, o := range pairs {
		if len(o.Sealed) != encapsulatedSize || i > 0 && slices.Compare(pairs[i-1].Key[:], o.Key[:]) >= 0 {
			return errors.New("the secrets of a prekey are not in order")
		}
	}
	return nil
}

// offerPairs makes secrets for all other devices, and the items that keep them
// under the entry that will give them out.
func (s *Session) offerPairs() (offers []pairOffer, kept []keptPair, err error) {
	for _, to := range s.log.otherDevices(s.self.ID) {
		o, secret, err := offerPair(s.keyring.channel, s.self.ID, to.key)
		if err != nil {
			return nil, nil, err
		}
		offers = append(offers, o)
		kept = append(kept, keptPair{pairName{Other: to.ID}, secret})
	}
	slices.SortFunc(offers, func(a, b pairOffer) int { return slices.Compare(a.Key[:], b.Key[:]) })
	return offers, kept, nil
}

// keptPair is a secret with its name.
type keptPair struct {
	pairName
	secret []byte
}

// reader is another device and the key to seal to it.
type reader struct {
	Seat
	key []byte
}

// otherDevices are all active ones but our own.
func (l *Log) otherDevices(self MemberID) []reader {
	l.mu.RLock()
	defer l.mu.RUnlock()
	var out []reader
	for _, seat := range l.room.devices() {
		if seat.ID != self {
			out = append(out, reader{seat, l.sealingOf(seat)})
		}
	}
	return out
}

// givenPrekey is what a prekey entry of another device brings us.
type givenPrekey struct {
	Entry   EntryID
	Claimed int64
	Pairs   []pairOffer
}

// recentPrekeys are a device's two newest, the newest first. What was made under
// older ones is closed.
func (l *Log) recentPrekeys(id MemberID) []givenPrekey {
	l.mu.RLock()
	defer l.mu.RUnlock()
	var out []givenPrekey
	for _, n := range l.prekeys[id] {
		out = append(out, givenPrekey{n.ID, n.Claimed, n.pairs})
	}
	return out
}

// notePrekey keeps an author's two newest prekeys; of two under one number the
// lower id comes first.
func (l *Log) notePrekey(n *node) {
	list := append(l.prekeys[n.Author], n)
	slices.SortFunc(list, func(a, b *node) int {
		return cmp.Or(cmp.Compare(b.Number, a.Number), a.ID.Compare(b.ID))
	})
	l.prekeys[n.Author] = list[:min(len(list), 2)]
}

// learnPairs opens the secrets that others have given us and that we have not
// opened yet. It comes before any key of ours is thrown away.
func (s *Session) learnPairs() (learnt []keptPair) {
	for _, other := range s.log.otherDevices(s.self.ID) {
		for _, p := range s.log.recentPrekeys(other.ID) {
			name := pairName{p.Entry, other.ID}
			if s.pairs[name] != nil || s.tried[name] {
				continue
			}
			if secret := s.openGiven(other.ID, p.Pairs); secret != nil {
				learnt = append(learnt, keptPair{name, secret})
			} else {
				s.tried[name] = true
			}
		}
	}
	return learnt
}

func (s *Session) openGiven(from MemberID, offers []pairOffer) []byte {
	for _, o := range offers {
		for _, k := range s.keys {
			if k.hash != o.Key {
				continue
			}
			if secret, err := openPair(s.keyring.channel, from, o, k.SealingKey); err == nil {
				return secret
			}
		}
	}
	return nil
}

// uncovered reports whether some device has no secret in our newest prekey: it
// was enrolled since.
func (s *Session) uncovered() bool {
	newest := s.keys[len(s.keys)-1].entry
	return slices.ContainsFunc(s.log.otherDevices(s.self.ID), func(r reader) bool {
		return s.pairs[pairName{newest, r.ID}] == nil
	})
}

// deadPairs are those whose prekey is gone: our own, of which no key is left but
// the given ones, and what others gave out before their two newest.
func (s *Session) deadPairs(ownDead []EntryID) (dead []pairName) {
	living := map[EntryID]bool{}
	for _, k := range s.keys {
		living[k.entry] = !slices.Contains(ownDead, k.entry)
	}
	for _, other := range s.log.otherDevices(s.self.ID) {
		recent := s.log.recentPrekeys(other.ID)
		for i, p := range recent {
			living[p.Entry] = i == 0 || s.options.Now().Sub(time.Unix(recent[0].Claimed, 0)) < PrekeyLife
		}
	}
	for name := range s.pairs {
		if !living[name.Entry] {
			dead = append(dead, name)
		}
	}
	return dead
}
