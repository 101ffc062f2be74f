package relay

import "net/http"

// appended is the answer to an append.
type appended struct {
	Number uint64 `json:"number"`
}

// append stores the body and answers with its number when it is on disk. Only a
// proved member gets a place, and only who has a place is read from.
func (s *Server) append(w http.ResponseWriter, r *http.Request) (tally, error) {
	b, digest, err := s.guard(w, r)
	if err != nil {
		return tally{}, err
	}
	leave, err := s.place(r, b)
	if err != nil {
		return tally{}, err
	}
	defer leave()
	envelope, err := s.body(w, r, s.cfg.MaxEnvelope, digest)
	if err != nil {
		return tally{}, err
	}
	number, isNew, err := s.storage.store(r.Context(), b, digest, envelope)
	if err != nil {
		return tally{bytes: len(envelope)}, err
	}
	b.bell.ring()
	answer(w, http.StatusOK, appended{number})
	return tally{envelopes: 1, bytes: len(envelope), isNew: isNew}, nil
}
