package relay

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"io"
	"net/http"
)

var errKeyForm = refuse(http.StatusBadRequest, "body is not a key of 32 bytes", "send the mailbox's key as the body")

var errNameForm = refuse(http.StatusBadRequest, "mailbox's name is not 64 lower-case hex digits", "check the address")

// register takes a mailbox's key at its first mention. The same key again is
// fine. Where an access word is asked for, a stranger without it learns nothing
// about what is there.
func (s *Server) register(w http.ResponseWriter, r *http.Request) (tally, error) {
	name := r.PathValue("name")
	if !isName(name) {
		return tally{}, errNameForm
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, int64(len(Key{})+1)))
	if err != nil || len(body) != len(Key{}) {
		return tally{}, errKeyForm
	}
	isNew, err := s.enrol(r.Context(), name, Key(body), s.admits(r))
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
	if !decodeHex(name[:], s) {
		return false
	}
	for _, c := range s {
		if 'A' <= c && c <= 'F' {
			return false // a second spelling would be a second mailbox
		}
	}
	return true
}

// admits reports whether the request knows the access word.
func (s *Server) admits(r *http.Request) bool {
	want, got := sha256.Sum256([]byte(s.cfg.Admit)), sha256.Sum256([]byte(r.Header.Get(admitHeader)))
	return s.cfg.Admit == "" || subtle.ConstantTimeCompare(want[:], got[:]) == 1
}

func (s *Server) enrol(ctx context.Context, name string, key Key, admitted bool) (isNew bool, err error) {
	s.boxes.registering.Lock()
	defer s.boxes.registering.Unlock()
	b := s.boxes.find(name)
	switch {
	case b != nil && subtle.ConstantTimeCompare(b.key[:], key[:]) == 1:
		return false, nil
	case !admitted:
		return false, errNotAdmitted
	case b != nil:
		return false, errOtherKey
	case s.boxes.count() >= s.cfg.MaxMailboxes:
		return false, errRelayFull
	}
	b, err = s.storage.create(ctx, name, key, s.cfg.MaxMailboxBytes, s.now())
	if err != nil {
		return false, err
	}
	s.boxes.add(b)
	return true, nil
}

// create makes the stream of a new mailbox.
func (s *storage) create(ctx context.Context, name string, key Key, maxBytes, now int64) (*box, error) {
	leave, err := s.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	if free, err := s.free(s.dir); err == nil && free < diskReserve {
		return nil, errDiskFull
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storageWait)
	defer cancel()
	epoch := newEpoch()
	stream, err := s.js.CreateStream(ctx, streamOf(name, key, epoch, maxBytes))
	if err != nil {
		return nil, err
	}
	return newBox(name, key, epoch, stream, now), nil
}
