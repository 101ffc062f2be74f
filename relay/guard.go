package relay

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"time"
)

// A caller has proved that it holds a key of a mailbox.
type caller struct {
	box *box
	holder
	digest [sha256.Size]byte // that the body must have
}

// guard lets in who can prove a key of the mailbox that is good for this. It
// reads no body: a stranger can make the relay hold nothing but a header.
func (s *Server) guard(w http.ResponseWriter, r *http.Request, as role) (caller, error) {
	digest, ok := announcedDigest(r)
	p, err := parseProof(r.Header.Get("Authorization"))
	if err != nil || !ok {
		return caller{}, s.unproved("authorization missing or malformed", "send Authorization: Parley-MAC and Parley-Digest")
	}
	now := s.now()
	if p.time < now-window || p.time > now+window {
		return caller{}, s.stale()
	}
	b := s.boxes.find(r.PathValue("name"))
	if !s.proves(p, b, r, digest, as) {
		return caller{}, errNoSuchBox
	}
	switch b.seen.take(p, now) {
	case stale:
		return caller{}, s.stale()
	case repeated:
		return caller{}, s.unproved("request was seen before", "sign every request anew")
	}
	// From here on a body brings its own bound. A deadline left behind would
	// look like the client's going away.
	s.readBy(w, time.Time{})
	return caller{b, p.who, digest}, nil
}

// proves compares in constant time, and takes as long for a mailbox or a member
// that is not there.
func (s *Server) proves(p proof, b *box, r *http.Request, digest [sha256.Size]byte, as role) bool {
	key, there := s.nobody, false
	if b != nil {
		if held, ok := b.ring().find(as, p.who); ok {
			key, there = held, true
		}
	}
	want := p.macOf(key, r, digest)
	return subtle.ConstantTimeCompare(want[:], p.mac[:]) == 1 && there
}

// announcedDigest is that of no body unless the request says otherwise.
func announcedDigest(r *http.Request) (digest [sha256.Size]byte, ok bool) {
	text := r.Header.Get(digestHeader)
	if text == "" {
		return sha256.Sum256(nil), true
	}
	return digest, decodeHex(digest[:], text)
}

func (s *Server) stale() *refusal {
	return s.unproved("request's time is too far from the relay's", "sign again with the time given here")
}

// unproved refuses a proof and tells the time, so that a client whose clock is
// wrong can sign by the relay's.
func (s *Server) unproved(text, hint string) *refusal {
	no := refuse(http.StatusUnauthorized, text, hint)
	no.Time = s.now()
	return no
}
