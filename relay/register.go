package relay

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/nats-io/nats.go/jetstream"
)

var errOpeningForm = refuse(http.StatusBadRequest, "body opens no mailbox",
	`send {"door":"<64 hex digits>","sides":{"<32 hex digits>":"<64 hex digits>"}} with 1 to 32 sides`)

var errNameForm = refuse(http.StatusBadRequest, "mailbox's name is not 64 lower-case hex digits", "check the address")

const maxOpening = 8 << 10

// opening is what a mailbox is opened with: its door key, and the sides that
// there are, each with the key that administers it at first.
type opening struct {
	Door  hexKey            `json:"door"`
	Sides map[hexTag]hexKey `json:"sides"`
}

// register opens a mailbox at its first mention. The same door key again is
// fine. Where an access word is asked for, a stranger without it learns nothing
// about what is there.
func (s *Server) register(w http.ResponseWriter, r *http.Request) (tally, error) {
	name := r.PathValue("name")
	if !isName(name) {
		return tally{}, errNameForm
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxOpening+1))
	var o opening
	if err != nil || len(body) > maxOpening || json.Unmarshal(body, &o) != nil || len(o.Sides) == 0 || len(o.Sides) > maxSides || Key(o.Door) == (Key{}) {
		return tally{}, errOpeningForm
	}
	isNew, err := s.openBox(r.Context(), name, o, s.admits(r))
	if err != nil {
		return tally{}, err
	}
	status := http.StatusOK
	if isNew {
		status = http.StatusCreated
		s.cfg.Log.Info("mailbox registered", "mailboxes", s.boxes.count())
	}
	answer(w, status, struct{}{})
	return tally{isNew: isNew}, nil
}

func isName(s string) bool {
	var name Name
	return isLowerHex(name[:], s)
}

// isLowerHex fills dst and reports whether s has the one spelling that counts:
// a second one would be a second mailbox.
func isLowerHex(dst []byte, s string) bool {
	return decodeHex(dst, s) && hex.EncodeToString(dst) == s
}

// admits reports whether the request knows the access word.
func (s *Server) admits(r *http.Request) bool {
	want, got := sha256.Sum256([]byte(s.cfg.Admit)), sha256.Sum256([]byte(r.Header.Get(admitHeader)))
	return s.cfg.Admit == "" || subtle.ConstantTimeCompare(want[:], got[:]) == 1
}

func (s *Server) openBox(ctx context.Context, name string, o opening, admitted bool) (isNew bool, err error) {
	s.boxes.registering.Lock()
	defer s.boxes.registering.Unlock()
	b := s.boxes.find(name)
	switch {
	case b != nil && sameKey(b.ring().door, Key(o.Door)):
		return false, nil
	case !admitted:
		return false, errNotAdmitted
	case b != nil:
		return false, errOtherKey
	case s.boxes.count() >= s.cfg.MaxMailboxes:
		return false, errRelayFull
	}
	epoch, err := s.storage.create(ctx, name, Key(o.Door))
	if err != nil {
		return false, err
	}
	fresh := &keyring{epoch: epoch, door: Key(o.Door), sides: map[Tag]side{}}
	for t, key := range o.Sides {
		fresh.sides[t] = side{admin: Key(key)}
	}
	return s.seatFirst(ctx, name, fresh)
}

func sameKey(a, b Key) bool { return subtle.ConstantTimeCompare(a[:], b[:]) == 1 }

// seatFirst stores the keys of a mailbox whose stream is there. Another relay
// may have been quicker; and where only the keys are left of a mailbox that was
// lost, its sides keep their seats.
func (s *Server) seatFirst(ctx context.Context, name string, fresh *keyring) (isNew bool, err error) {
	known, revision, err := s.storage.readKeys(ctx, name)
	if err != nil {
		return false, err
	}
	if known != nil && !sameKey(known.door, fresh.door) {
		return false, errOtherKey
	}
	if known != nil && known.epoch == fresh.epoch {
		s.boxes.learn(name, known, revision, s.now())
		return false, nil
	}
	if known != nil {
		fresh.sides = known.sides
	}
	if revision, err = s.storage.writeKeys(ctx, name, fresh, revision); err != nil {
		return false, err
	}
	s.boxes.learn(name, fresh, revision, s.now())
	return true, nil
}

// create makes the stream of a new mailbox, or finds it with this door key: the
// relay may have stopped before it stored the other keys.
func (s *storage) create(ctx context.Context, name string, door Key) (epoch string, err error) {
	leave, err := s.enter()
	if err != nil {
		return "", err
	}
	defer leave()
	if free, err := s.free(s.dir); err == nil && free < diskReserve {
		return "", errDiskFull
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.wait)
	defer cancel()
	epoch = newEpoch()
	_, err = s.js.CreateStream(ctx, s.streamOf(name, door, epoch))
	if !errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
		return epoch, err
	}
	stream, err := s.js.Stream(ctx, streamPrefix+name)
	if err != nil {
		return "", err
	}
	meta := stream.CachedInfo().Config.Metadata
	var known Key
	if !decodeHex(known[:], meta[metaDoor]) || !sameKey(known, door) {
		return "", errOtherKey
	}
	return meta[metaEpoch], nil
}
