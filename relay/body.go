package relay

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

// slowest is the pace that a field desk's link must keep, in bytes a second,
// and placeWait how long an upload waits for others to end.
const (
	slowest   = 4 << 10
	placeWait = 10 * time.Second
)

var (
	errSlowBody  = refuse(http.StatusRequestTimeout, "body came too slowly", "send again on a better link")
	errCutBody   = refuse(http.StatusBadRequest, "body was cut off", "send again")
	errNoBody    = refuse(http.StatusBadRequest, "body is empty", "send an envelope")
	errDigest    = refuse(http.StatusBadRequest, "body does not match its digest", "set Parley-Digest to the SHA-256 of the body")
	errLargeBody = refuse(http.StatusRequestEntityTooLarge, "body is too large", "send a smaller envelope, or ask the operator for a higher limit")
)

// place takes one of the places for uploads, of the mailbox and of the relay:
// no mailbox can hold them all.
func (s *Server) place(r *http.Request, b *box) (leave func(), err error) {
	wait := time.NewTimer(placeWait)
	defer wait.Stop()
	taken := []chan struct{}{}
	leave = func() {
		for _, c := range taken {
			<-c
		}
	}
	for _, c := range []chan struct{}{b.uploads, s.uploads} {
		select {
		case c <- struct{}{}:
			taken = append(taken, c)
		case <-wait.C:
			leave()
			return nil, errBusy
		case <-r.Context().Done(): // nobody listens, or Serve is ending
			leave()
			return nil, errClosing
		case <-s.closing:
			leave()
			return nil, errClosing
		}
	}
	return leave, nil
}

// body reads a request's body, which must have this digest. It must make
// progress, and keep a pace over the whole: nobody holds a place for ever.
func (s *Server) body(w http.ResponseWriter, r *http.Request, limit int, digest [sha256.Size]byte) ([]byte, error) {
	if r.ContentLength > int64(limit) {
		return nil, errLargeBody
	}
	size := int64(limit)
	if r.ContentLength >= 0 {
		size = r.ContentLength
	}
	src := &pacedBody{
		from: http.MaxBytesReader(w, r.Body, int64(limit)),
		by:   time.Now().Add(s.stall + time.Duration(size/slowest)*time.Second),
		w:    w,
		s:    s,
	}
	var buf bytes.Buffer
	if _, err := io.Copy(&buf, src); err != nil {
		return nil, bodyError(err)
	}
	switch {
	case buf.Len() == 0:
		return nil, errNoBody
	case sha256.Sum256(buf.Bytes()) != digest:
		return nil, errDigest
	}
	return buf.Bytes(), nil
}

func bodyError(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return errLargeBody
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return errSlowBody
	}
	if no, ok := errors.AsType[*refusal](err); ok {
		return no
	}
	return errCutBody
}

// pacedBody moves the read deadline on with each piece, up to a last one.
type pacedBody struct {
	from io.Reader
	by   time.Time
	w    http.ResponseWriter
	s    *Server
}

func (p *pacedBody) Read(b []byte) (int, error) {
	select {
	case <-p.s.closing:
		return 0, errClosing
	default:
	}
	next := time.Now().Add(p.s.stall)
	if next.After(p.by) {
		next = p.by
	}
	p.s.readBy(p.w, next)
	return p.from.Read(b)
}
