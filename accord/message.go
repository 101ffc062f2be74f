package accord

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
)

// A message is a header, a body whose length everybody knows beforehand, and the
// SHA-256 of both.
//
//	"accord/1"                     8 bytes
//	run                           32
//	number, from, to               3   each role: 0 and 1 the parties of the terms, 2 the neutral
//	length of the body             8   big-endian
//	body
//	SHA-256 of all before         32

const (
	headSize = 8 + 32 + 3 + 8
	sumSize  = sha256.Size
	bufSize  = 64 << 10
)

// header is the first bytes of a message.
func header(run RunID, number, from, to int, length int64) []byte {
	b := append([]byte(Form), run[:]...)
	b = append(b, byte(number), byte(from), byte(to))
	return binary.BigEndian.AppendUint64(b, uint64(length))
}

// errMessage is what is wrong with a message, whoever is to blame.
var errMessage = errors.New("not the message that is due")

// outgoing writes a message and sums it up.
type outgoing struct {
	to   io.Writer
	sum  hash.Hash
	buf  []byte
	left int64
	err  error
}

func newOutgoing(to io.Writer, head []byte, length int64) *outgoing {
	w := &outgoing{to: to, sum: sha256.New(), buf: make([]byte, 0, bufSize), left: length}
	w.put(head)
	return w
}

// Write takes part of the body.
func (w *outgoing) Write(p []byte) (int, error) {
	if w.left -= int64(len(p)); w.left < 0 {
		panic("accord: a message is longer than its length")
	}
	w.put(p)
	return len(p), w.err
}

func (w *outgoing) put(p []byte) {
	for len(p) > 0 && w.err == nil {
		n := min(len(p), bufSize-len(w.buf))
		w.buf = append(w.buf, p[:n]...)
		if p = p[n:]; len(w.buf) == bufSize {
			w.flush()
		}
	}
}

func (w *outgoing) flush() {
	w.sum.Write(w.buf)
	_, w.err = w.to.Write(w.buf)
	w.buf = w.buf[:0]
}

// end writes the sum.
func (w *outgoing) end() (sum [sumSize]byte, err error) {
	if w.err != nil {
		return sum, w.err
	}
	if w.left != 0 {
		panic("accord: a message is shorter than its length")
	}
	w.sum.Write(w.buf)
	w.sum.Sum(sum[:0])
	_, err = w.to.Write(append(w.buf, sum[:]...))
	return sum, err
}

// incoming reads the body of a message and sums it up.
type incoming struct {
	from io.Reader
	sum  hash.Hash
	buf  []byte
	at   int
	left int64 // of the body, not yet in buf
}

func newIncoming(from io.Reader, head []byte, length int64) *incoming {
	r := &incoming{from: from, sum: sha256.New(), left: length}
	r.sum.Write(head)
	return r
}

// Read reads of the body.
func (r *incoming) Read(p []byte) (int, error) {
	if r.at == len(r.buf) {
		if r.left == 0 {
			return 0, io.EOF
		}
		if err := r.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.buf[r.at:])
	r.at += n
	return n, nil
}

func (r *incoming) fill() error {
	n := int(min(r.left, bufSize))
	if cap(r.buf) < n {
		r.buf = make([]byte, n)
	}
	r.buf, r.at = r.buf[:n], 0
	if _, err := io.ReadFull(r.from, r.buf); err != nil {
		r.buf = r.buf[:0]
		return truncated{err}
	}
	r.sum.Write(r.buf)
	r.left -= int64(n)
	return nil
}

// end reads the sum; nothing of the body may be left.
func (r *incoming) end() (sum [sumSize]byte, err error) {
	if r.left != 0 || r.at != len(r.buf) {
		panic("accord: a message was not read to its end")
	}
	var got [sumSize]byte
	if _, err := io.ReadFull(r.from, got[:]); err != nil {
		return sum, truncated{err}
	}
	r.sum.Sum(sum[:0])
	if subtle.ConstantTimeCompare(sum[:], got[:]) != 1 {
		return sum, fmt.Errorf("%w: its sum is wrong", errMessage)
	}
	return sum, nil
}

// truncated is a message that broke off: it may be read again from the start.
type truncated struct{ error }

func (t truncated) Unwrap() error { return t.error }

// readHead reads a header and checks all but the number.
func (r *Run) readHead(from io.Reader) (number int, err error) {
	head := make([]byte, headSize)
	if _, err := io.ReadFull(from, head); err != nil {
		return 0, truncated{err}
	}
	number = int(head[8+32])
	if number >= len(r.script) {
		return 0, fmt.Errorf("%w: no message has number %d", errMessage, number)
	}
	if l := r.script[number]; !bytes.Equal(head, header(r.plan.id, number, l.from, l.to, l.length)) {
		return 0, fmt.Errorf("%w: its header is of another run, role or length", errMessage)
	}
	return number, nil
}
