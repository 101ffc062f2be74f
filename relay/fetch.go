package relay

import (
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// maxWait bounds a long poll.
const maxWait = 60 * time.Second

var errQuery = refuse(http.StatusBadRequest, "query is not understood",
	"after is a number, limit 1 to 256, wait 0 to 60 seconds")

// A query says which envelopes are wanted, and how long to wait for the first.
type query struct {
	after uint64
	limit int
	wait  time.Duration
}

func parseQuery(v url.Values) (query, error) {
	q := query{limit: pageCount}
	for name, values := range v {
		n, err := strconv.ParseUint(values[0], 10, 64)
		if err != nil || len(values) != 1 {
			return q, errQuery
		}
		switch {
		case name == "after":
			q.after = n
		case name == "limit" && 1 <= n && n <= pageCount:
			q.limit = int(n)
		case name == "wait" && n <= uint64(maxWait/time.Second):
			q.wait = time.Duration(n) * time.Second
		default:
			return q, errQuery
		}
	}
	return q, nil
}

// fetch answers with a page of envelopes.
func (s *Server) fetch(w http.ResponseWriter, r *http.Request) (tally, error) {
	c, err := s.guard(w, r, readerRole)
	if err != nil {
		return tally{}, err
	}
	q, err := parseQuery(r.URL.Query())
	if err != nil {
		return tally{}, err
	}
	number, envelope, err := s.await(r, c.box, q)
	if err != nil {
		return tally{}, err
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	return s.writePage(w, r, c.box, q, number, envelope), nil
}

// await returns the first envelope of a page. It waits for it if asked to, but
// not beyond the relay's closing or the client's going away.
func (s *Server) await(r *http.Request, b *box, q query) (number uint64, envelope []byte, err error) {
	heard := b.bell.heard()
	number, envelope, err = s.storage.next(r.Context(), b, q.after)
	if err != nil || number != 0 || q.wait == 0 {
		return number, envelope, err
	}
	select {
	case b.waiters <- struct{}{}:
		defer func() { <-b.waiters }()
	default:
		return 0, nil, errBusy
	}
	timer := time.NewTimer(q.wait)
	defer timer.Stop()
	for {
		select {
		case <-heard:
		case <-timer.C:
			return 0, nil, nil
		case <-s.closing:
			return 0, nil, errClosing
		case <-r.Context().Done():
			return 0, nil, r.Context().Err()
		}
		heard = b.bell.heard()
		number, envelope, err = s.storage.next(r.Context(), b, q.after)
		if err != nil || number != 0 {
			return number, envelope, err
		}
	}
}

// writePage writes envelopes from this one on. Once begun it can't turn into a
// refusal: it breaks off, and the client misses the end.
func (s *Server) writePage(w http.ResponseWriter, r *http.Request, b *box, q query, number uint64, envelope []byte) (t tally) {
	for number != 0 {
		s.writeBy(w, time.Now().Add(s.stall+time.Duration(len(envelope)/slowest)*time.Second))
		if err := writeFrame(w, number, envelope); err != nil {
			panic(http.ErrAbortHandler)
		}
		t.envelopes++
		t.bytes += len(envelope)
		if t.envelopes == q.limit || t.bytes >= pageBytes {
			break
		}
		var err error
		if number, envelope, err = s.storage.next(r.Context(), b, number); err != nil {
			panic(http.ErrAbortHandler)
		}
	}
	s.writeBy(w, time.Now().Add(s.stall))
	if err := writeEnd(w, number != 0); err != nil {
		panic(http.ErrAbortHandler)
	}
	return t
}

// status is the answer to a question for the state.
type status struct {
	Epoch string `json:"epoch"`
	Last  uint64 `json:"last"`
}

// state answers which storage this is and how far it goes.
func (s *Server) state(w http.ResponseWriter, r *http.Request) (tally, error) {
	c, err := s.guard(w, r, readerRole)
	if err != nil {
		return tally{}, err
	}
	last, err := s.storage.last(r.Context(), c.box)
	if err != nil {
		return tally{}, err
	}
	answer(w, http.StatusOK, status{c.box.ring().epoch, last})
	return tally{}, nil
}
