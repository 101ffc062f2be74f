package relay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// A bound on one Fetch is more than any channel holds, and an end to a relay
// that makes up envelopes without end.
type bound struct {
	count int
	bytes int64
}

var fetchBound = bound{count: 1 << 20, bytes: 16 << 30}

const pageWait = 30 * time.Minute

// Fetch calls each for every envelope numbered higher than after, in ascending
// order, as they come in: when the line breaks, what came before it has been
// passed on. An error of each ends it and is returned as it is.
func (c *Client) Fetch(ctx context.Context, after uint64, each func(number uint64, envelope []byte) error) error {
	count, bytes, wait := 0, int64(0), c.opts.Wait
	for {
		p := &page{last: after}
		if err := c.page(ctx, p, wait, each); err != nil {
			return err
		}
		count, bytes = count+p.count, bytes+p.bytes
		if !p.more {
			return nil
		}
		if count > c.most.count || bytes > c.most.bytes {
			return fmt.Errorf("relay sent %d envelopes and does not end", count)
		}
		after, wait = p.last, 0
	}
}

// page asks for one page and passes it to each.
func (c *Client) page(ctx context.Context, p *page, wait time.Duration, each func(uint64, []byte) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, pageWait, errSilent)
	defer cancel()
	ctx, alive := c.watch(ctx, wait)
	defer alive.stop()

	query := fmt.Sprintf("after=%d&limit=%d", p.last, pageCount)
	if seconds := wait / time.Second; seconds > 0 {
		query += fmt.Sprintf("&wait=%d", seconds)
	}
	resp, err := c.call(ctx, request{method: http.MethodGet, query: query})
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	err = p.read(alive.reader(resp.Body), each)
	if own, ok := errors.AsType[*eachError](err); ok {
		return own.err
	}
	if errors.Is(err, errCut) {
		return unreachable(ctx, err)
	}
	return err
}

// watch ends a context when the relay makes no progress. Only the time that we
// wait for the relay counts, not what the caller does with an envelope.
func (c *Client) watch(ctx context.Context, wait time.Duration) (context.Context, *vigil) {
	ctx, cancel := context.WithCancelCause(ctx)
	v := &vigil{silence: c.silence, cancel: cancel}
	v.timer = time.AfterFunc(c.silence+wait, func() { cancel(errSilent) })
	return ctx, v
}

type vigil struct {
	silence time.Duration
	timer   *time.Timer
	cancel  context.CancelCauseFunc
}

func (v *vigil) stop() {
	v.timer.Stop()
	v.cancel(nil)
}

func (v *vigil) reader(r io.Reader) io.Reader { return &watchedReader{r, v} }

type watchedReader struct {
	r io.Reader
	v *vigil
}

func (w *watchedReader) Read(b []byte) (int, error) {
	w.v.timer.Reset(w.v.silence)
	defer w.v.timer.Stop()
	return w.r.Read(b)
}
