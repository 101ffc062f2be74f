package desk

import (
	"context"
	"io"
	"os"
	"sync"

	"parley"
)

// watching is how far the message is that is on its way now. It may be read while
// the desk's turn is somebody else's.
type watching struct {
	mu   sync.Mutex
	busy bool
	now  *SettleProgress // nil for nothing
	tell func(SettleProgress)
}

// Watch has Sync tell how far the messages of settlements are; nil tells nobody.
func (d *Desk) Watch(tell func(SettleProgress)) {
	d.watching.mu.Lock()
	defer d.watching.mu.Unlock()
	d.watching.tell = tell
}

// begin tells whether nobody is at it already.
func (w *watching) begin() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	free := !w.busy
	w.busy = true
	return free
}

func (w *watching) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.busy, w.now = false, nil
}

func (w *watching) note(p SettleProgress) {
	w.mu.Lock()
	w.now = &p
	tell := w.tell
	w.mu.Unlock()
	if tell != nil {
		tell(p)
	}
}

// at is how far a message of a settlement is; nil where none is on its way.
func (w *watching) at(settlement parley.Ref) *SettleProgress {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.now == nil || w.now.Settlement != settlement {
		return nil
	}
	p := *w.now
	return &p
}

// teller tells how far a message is. It calls once at its beginning and then
// with every mebibyte.
func (c *courier) teller(doing, message, peer string, of int64) func(n int) {
	var done, told int64
	tell := func() {
		c.watching.note(SettleProgress{Settlement: c.of.ref, Doing: doing, Message: message, Peer: peer, Done: done, Of: of})
	}
	return func(n int) {
		done += int64(n)
		if told == 0 || done-told >= 1<<20 || done >= of && told < of {
			told = max(done, 1)
			tell()
		}
	}
}

// counted is a reader or writer that tells what goes through it and stops with
// its context.
type counted struct {
	r      io.Reader
	w      io.Writer
	ctx    context.Context
	tell   func(n int)
	failed error // of the reader or the context, but for the end of the file
}

func (c *counted) Read(p []byte) (int, error) {
	if c.failed = c.ctx.Err(); c.failed != nil {
		return 0, c.failed
	}
	n, err := c.r.Read(p)
	if err != nil && err != io.EOF {
		c.failed = err
	}
	c.tell(n)
	return n, err
}

func (c *counted) Write(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.w.Write(p)
	c.tell(n)
	return n, err
}

// countedAt is a file that tells what goes through it.
type countedAt struct {
	file *os.File
	tell func(n int)
}

func (c *countedAt) ReadAt(p []byte, at int64) (int, error) {
	n, err := c.file.ReadAt(p, at)
	c.tell(n)
	return n, err
}

func (c *countedAt) WriteAt(p []byte, at int64) (int, error) {
	n, err := c.file.WriteAt(p, at)
	c.tell(n)
	return n, err
}
