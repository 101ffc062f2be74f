package relay

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"github.com/nats-io/nats.go/jetstream"
)

// Bounds on what one mailbox's members may have the relay keep.
const (
	maxSides   = 32 // 16 delegations, 8 neutrals, and some that come later
	maxMembers = 32 // of one side
	maxGone    = 96 // of one side
)

// keyring is who may do what with a mailbox. It is never changed: a change
// makes another.
type keyring struct {
	epoch string
	door  Key
	sides map[Tag]side
}

// A side administers its own members' keys and nobody else's.
type side struct {
	revision uint64 // one more with each change, so that a change can't be replayed
	admin    Key
	members  map[Tag]Key
	gone     map[Tag]Key // revoked for good: they may read, so that they learn of it
}

// A role is what a key may do.
type role int

const (
	readerRole role = iota // read: members, and those who were
	memberRole             // read and write
	sideRole               // administer one side
	doorRole               // seat a side
)

// A holder is whose key it is: a member's with both tags, a side's with no
// member, the door's with neither. The side stands with the member, so that no
// side can enrol another side's member.
type holder struct{ side, member Tag }

func (h holder) String() string { return h.side.String() + h.member.String() }

func (h *holder) parse(s string) bool {
	var both [2 * len(Tag{})]byte
	ok := isLowerHex(both[:], s)
	h.side, h.member = Tag(both[:len(Tag{})]), Tag(both[len(Tag{}):])
	return ok
}

// find returns the key that somebody holds in a role.
func (k *keyring) find(r role, who holder) (key Key, ok bool) {
	s, seated := k.sides[who.side]
	switch r {
	case readerRole:
		if key, ok = s.gone[who.member]; ok {
			return key, ok
		}
		fallthrough
	case memberRole:
		key, ok = s.members[who.member]
		return key, ok
	case sideRole:
		return s.admin, seated && who.member == Tag{}
	}
	return k.door, who == holder{}
}

// with returns a copy in which one side is another.
func (k *keyring) with(t Tag, s side) *keyring {
	sides := maps.Clone(k.sides)
	if sides == nil {
		sides = map[Tag]side{}
	}
	sides[t] = s
	return &keyring{epoch: k.epoch, door: k.door, sides: sides}
}

// hexKey and hexTag are how keys and tags are written in JSON: Key itself
// writes nothing.
type (
	hexKey Key
	hexTag = Tag
)

func (k hexKey) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(k[:])), nil }

func (k *hexKey) UnmarshalText(text []byte) error { return fromHex(k[:], text) }

// MarshalText writes 32 hex digits.
func (t Tag) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (t *Tag) UnmarshalText(text []byte) error { return fromHex(t[:], text) }

func fromHex(dst, text []byte) error {
	if !isLowerHex(dst, string(text)) {
		return errors.New("not lower-case hex digits of the right length")
	}
	return nil
}

// The stored form of a keyring. Its sum tells a key that rotted on the disk from
// another key.
type (
	keyringJSON struct {
		Epoch string              `json:"epoch"`
		Door  hexKey              `json:"door"`
		Sides map[hexTag]sideJSON `json:"sides"`
		Sum   string              `json:"sum"` // SHA-256 of the form with an empty sum
	}
	sideJSON struct {
		Revision uint64            `json:"revision"`
		Admin    hexKey            `json:"admin"`
		Members  map[hexTag]hexKey `json:"members"`
		Gone     map[hexTag]hexKey `json:"gone,omitempty"`
	}
)

func (k *keyring) encode() []byte {
	out := keyringJSON{Epoch: k.epoch, Door: hexKey(k.door), Sides: map[hexTag]sideJSON{}}
	for t, s := range k.sides {
		out.Sides[t] = sideJSON{s.revision, hexKey(s.admin), keysAs[hexKey](s.members), keysAs[hexKey](s.gone)}
	}
	out.Sum = out.sum()
	text, _ := json.Marshal(out) // nothing in it can fail
	return text
}

func (k keyringJSON) sum() string {
	k.Sum = ""
	text, _ := json.Marshal(k)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func parseKeyring(text []byte) (*keyring, error) {
	var in keyringJSON
	if err := json.Unmarshal(text, &in); err != nil || !isEpoch(in.Epoch) || in.Sum != in.sum() {
		return nil, errors.New("a mailbox's keys can't be read")
	}
	k := &keyring{epoch: in.Epoch, door: Key(in.Door), sides: map[Tag]side{}}
	for t, s := range in.Sides {
		k.sides[t] = side{s.Revision, Key(s.Admin), keysAs[Key](s.Members), keysAs[Key](s.Gone)}
	}
	return k, nil
}

// keysAs copies keys into another type of key.
func keysAs[To, From ~[32]byte](keys map[Tag]From) map[Tag]To {
	out := map[Tag]To{}
	for t, key := range keys {
		out[t] = To(key)
	}
	return out
}

func (s side) tags() []Tag {
	return slices.SortedFunc(maps.Keys(s.members), func(a, b Tag) int { return slices.Compare(a[:], b[:]) })
}

// readKeys gets a mailbox's keys from the storage; nil if there are none.
func (s *storage) readKeys(ctx context.Context, name string) (*keyring, uint64, error) {
	leave, err := s.enter()
	if err != nil {
		return nil, 0, err
	}
	defer leave()
	entry, err := s.keys.Get(ctx, name)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	k, err := parseKeyring(entry.Value())
	return k, entry.Revision(), err
}

// writeKeys puts a mailbox's keys where those at a revision stood, 0 for none.
// Whoever was overtaken is told with errOvertaken.
func (s *storage) writeKeys(ctx context.Context, name string, k *keyring, after uint64) (revision uint64, err error) {
	leave, err := s.enter()
	if err != nil {
		return 0, err
	}
	defer leave()
	if free, err := s.free(s.dir); err == nil && free < diskReserve {
		return 0, errDiskFull
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.wait)
	defer cancel()
	revision, err = s.keys.Update(ctx, name, k.encode(), after)
	if api, ok := errors.AsType[*jetstream.APIError](err); ok && api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence {
		return 0, errOvertaken
	}
	return revision, err
}

// mendKeys makes the bucket of keys anew, without those that can't be read, where
// there are such: JetStream is silent for ever to who would put others in their
// place. Their mailboxes are opened again by their members. In a cluster another
// server has them.
func (s *storage) mendKeys(ctx context.Context, mailboxes map[string]bool) (damaged int, err error) {
	if s.nats == nil {
		return 0, nil
	}
	bucket, err := s.js.Stream(ctx, "KV_"+keysBucket)
	if err != nil {
		return 0, err
	}
	sound := map[string][]byte{}
	for name := range mailboxes {
		if e, err := s.keys.Get(ctx, name); err == nil {
			if _, err := parseKeyring(e.Value()); err == nil {
				sound[name] = e.Value()
				continue
			}
		}
		// A mailbox whose making was cut off has none, which is no damage.
		subject := "$KV." + keysBucket + "." + name
		info, err := bucket.Info(ctx, jetstream.WithSubjectFilter(subject))
		if err != nil {
			return 0, err
		}
		if info.State.Subjects[subject] > 0 {
			damaged++
		}
	}
	if damaged == 0 {
		return 0, nil
	}
	return damaged, s.remakeKeys(ctx, sound)
}

func (s *storage) remakeKeys(ctx context.Context, sound map[string][]byte) error {
	if err := s.js.DeleteKeyValue(ctx, keysBucket); err != nil {
		return err
	}
	if err := s.openKeys(ctx); err != nil {
		return err
	}
	for name, text := range sound {
		if _, err := s.keys.Create(ctx, name, text); err != nil {
			return err
		}
	}
	return nil
}
