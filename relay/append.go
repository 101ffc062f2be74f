package relay

import "net/http"

// appended is the answer to an append.
type appended struct {
	Number uint64 `json:"number"`
}

// append stores the body and answers with its number when it is on disk. Only a
// proved member gets a place, and only who has a place is read from.
func (s *Server) append(w http.ResponseWriter, r *http.Request) (tally, error) {
	c, err := s.guard(w, r, memberRole)
	if err != nil {
		return tally{}, err
	}
	leave, err := s.place(r, c.box)
	if err != nil {
		return tally{}, err
	}
	defer leave()
	envelope, err := s.body(w, r, s.cfg.MaxEnvelope, c.digest)
	if err != nil {
		return tally{}, err
	}
	number, isNew, err := s.store(r.Context(), c, envelope)
	if err != nil {
		return tally{bytes: len(envelope)}, err
	}
	if isNew {
		s.storage.ring(c.box)
	}
	answer(w, http.StatusOK, appended{number})
	return tally{envelopes: 1, bytes: len(envelope), isNew: isNew}, nil
}
