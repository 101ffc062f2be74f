package desk

import (
	"context"
	"io"
	"os"
)

// teller tells how far a message is. It calls once at its beginning and then
// with every mebibyte.
func (c *courier) teller(doing, message, peer string, of int64) func(n int) {
	var done, told int64
	tell := func() {
		if c.watch != nil {
			c.watch(SettleProgress{Settlement: c.of.ref, Doing: doing, Message: message, Peer: peer, Done: done, Of: of})
		}
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
