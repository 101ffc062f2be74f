package relay

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Bounds of one answer to a fetch.
const (
	pageCount = 256      // envelopes
	pageBytes = 8 << 20  // after so many bytes no further envelope begins
	maxFrame  = 32 << 20 // the largest envelope that any relay may be set to take
)

const frameHead = 8 + 4

// writeFrame writes an envelope as number, length, bytes.
func writeFrame(w io.Writer, number uint64, envelope []byte) error {
	if err := writeHead(w, number, uint32(len(envelope))); err != nil {
		return err
	}
	_, err := w.Write(envelope)
	return err
}

// writeEnd closes a page: number 0, and 1 if there may be more to ask for. A
// page without it was cut off.
func writeEnd(w io.Writer, more bool) error {
	var flag uint32
	if more {
		flag = 1
	}
	return writeHead(w, 0, flag)
}

func writeHead(w io.Writer, number uint64, length uint32) error {
	var head [frameHead]byte
	binary.BigEndian.PutUint64(head[:], number)
	binary.BigEndian.PutUint32(head[8:], length)
	_, err := w.Write(head[:])
	return err
}

// A page is read from a relay that nobody trusts: every count, size and number
// is checked before it is used.
type page struct {
	last  uint64 // the highest number so far
	count int
	bytes int64
	more  bool
}

var errCut = errors.New("answer was cut off")

// read passes the page's envelopes to each, which keeps the bytes it is given.
func (p *page) read(r io.Reader, each func(uint64, []byte) error) error {
	for {
		number, length, err := readHead(r)
		if err != nil {
			return err
		}
		if number == 0 {
			return p.end(r, length)
		}
		if err := p.check(number, length); err != nil {
			return err
		}
		envelope, err := readExactly(r, length)
		if err != nil {
			return err
		}
		if err := each(number, envelope); err != nil {
			return &eachError{err}
		}
	}
}

// check takes note of one more envelope, if it may come now.
func (p *page) check(number uint64, length uint32) error {
	p.count++
	p.bytes += int64(length)
	switch {
	case number <= p.last:
		return fmt.Errorf("relay sent number %d after %d", number, p.last)
	case length == 0:
		return fmt.Errorf("relay sent an empty envelope under number %d", number)
	case length > maxFrame:
		return fmt.Errorf("relay announced an envelope of %d bytes; at most %d are taken", length, maxFrame)
	case p.count > pageCount:
		return fmt.Errorf("relay sent more than the %d envelopes asked for", pageCount)
	case p.bytes > pageBytes+maxFrame:
		return fmt.Errorf("relay sent more than %d bytes in one answer", pageBytes+maxFrame)
	}
	p.last = number
	return nil
}

// end reads the flag of the end frame; nothing may follow, and "more" after no
// envelope at all would have us ask for ever.
func (p *page) end(r io.Reader, flag uint32) error {
	if flag > 1 || flag == 1 && p.count == 0 {
		return fmt.Errorf("relay ended its answer with flag %d after %d envelopes", flag, p.count)
	}
	p.more = flag == 1
	var b [1]byte
	switch _, err := io.ReadFull(r, b[:]); {
	case err == nil:
		return errors.New("relay sent bytes after the end of its answer")
	case !errors.Is(err, io.EOF):
		return cut(err)
	}
	return nil
}

func readHead(r io.Reader) (number uint64, length uint32, err error) {
	var head [frameHead]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, 0, cut(err)
	}
	return binary.BigEndian.Uint64(head[:]), binary.BigEndian.Uint32(head[8:]), nil
}

// readExactly reads n bytes, allocating as they come and not as announced.
func readExactly(r io.Reader, n uint32) ([]byte, error) {
	var buf bytes.Buffer
	if _, err := io.CopyN(&buf, r, int64(n)); err != nil {
		return nil, cut(err)
	}
	return buf.Bytes(), nil
}

// cut marks an error of the connection, as against one of the relay's making.
func cut(err error) error { return fmt.Errorf("%w: %w", errCut, err) }

// An eachError carries what the caller's own function returned.
type eachError struct{ err error }

func (e *eachError) Error() string { return e.err.Error() }
