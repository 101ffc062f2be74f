package relay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
)

// ErrNotEnrolled is wrapped by the error that means that another desk of one's
// own side administers it at the relay, and has not enrolled this one.
var ErrNotEnrolled = errors.New("relay does not know this desk")

// enrol opens the mailbox if need be, and has the relay know this member's key.
func (c *Client) enrol(ctx context.Context) error {
	o := opening{Door: hexKey(c.access.Door), Sides: map[hexTag]hexKey{}}
	for t, key := range c.access.Sides {
		o.Sides[t] = hexKey(key)
	}
	body, _ := json.Marshal(o) // nothing in it can fail
	if err := c.tell(ctx, request{method: http.MethodPut, body: body, admit: c.opts.Admit, plain: true}); err != nil {
		return err
	}
	return c.change(ctx, func(now sideState) (sideChange, bool) {
		if slices.Contains(now.Members, c.access.Member) {
			return sideChange{}, false // just now, from elsewhere in this desk
		}
		return sideChange{Enrol: map[hexTag]hexKey{c.access.Member: hexKey(c.access.Key)}}, true
	})
}

// Administer takes over the side that this member belongs to, so that nobody of
// another side can enrol or revoke its members. members are the ids of all who
// belong to it now: others are revoked. While some of them have not come yet the
// side stays open to whoever knows the channel's secret; the answer tells
// whether it is closed. One member of a side should do this.
func (c *Client) Administer(ctx context.Context, members []string) (closed bool, err error) {
	var tags []Tag
	for _, m := range members {
		tags = append(tags, c.access.tagOf(m))
	}
	err = c.change(ctx, func(now sideState) (sideChange, bool) {
		var next sideChange
		for _, t := range now.Members {
			if !slices.Contains(tags, t) {
				next.Revoke = append(next.Revoke, t)
			}
		}
		closed = !slices.ContainsFunc(tags, func(t Tag) bool { return !slices.Contains(now.Members, t) })
		key := hexKey(c.access.Sides[c.access.Side])
		if closed {
			key = hexKey(c.access.Admin)
		}
		next.Admin = &key
		return next, true
	})
	return closed, err
}

// change asks how the side stands and changes it; if it is overtaken, again.
func (c *Client) change(ctx context.Context, plan func(sideState) (sideChange, bool)) error {
	path := "/side/" + c.access.Side.String()
	for range 8 {
		as, state, err := c.administrator(ctx, path)
		if err != nil {
			return err
		}
		next, ok := plan(state)
		if !ok {
			return nil
		}
		next.Revision = state.Revision
		body, _ := json.Marshal(next)
		resp, no, err := c.send(ctx, request{method: http.MethodPut, path: path, body: body, as: as})
		if err != nil {
			return err
		}
		if no == nil {
			return drained(resp)
		}
		if no.Text != errOvertaken.Text {
			return refused(no)
		}
	}
	return errors.New("relay says each time that somebody else changed this side's keys")
}

// administrator finds which key the side is administered with: this member's
// own, or the one that it was seated with. A side without a seat gets one.
func (c *Client) administrator(ctx context.Context, path string) (as signer, state sideState, err error) {
	seated := c.access.Sides[c.access.Side]
	for _, key := range []Key{c.access.Admin, seated, seated} {
		as = signer{holder{side: c.access.Side}, key}
		resp, no, err := c.send(ctx, request{method: http.MethodGet, path: path, as: as})
		if err != nil {
			return as, state, err
		}
		if no == nil {
			return as, state, decodeBody(resp, &state)
		}
		if no.Status != http.StatusNotFound {
			return as, state, refused(no)
		}
		if key == c.access.Admin {
			continue
		}
		admin := hexKey(seated)
		body, _ := json.Marshal(sideChange{Admin: &admin})
		if err := c.tell(ctx, request{method: http.MethodPost, path: path, body: body, as: signer{key: c.access.Door}}); err != nil {
			return as, state, err
		}
	}
	return as, state, fmt.Errorf("%w: the first desk of this side should sync, and then this one again", ErrNotEnrolled)
}

// tell sends a request whose answer is only yes or no.
func (c *Client) tell(ctx context.Context, q request) error {
	resp, no, err := c.send(ctx, q)
	if err != nil {
		return err
	}
	if no != nil {
		return refused(no)
	}
	return drained(resp)
}

// drained reads an answer to its end, so that the connection is kept.
func drained(resp *http.Response) error {
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxJSON))
	return resp.Body.Close()
}

func decodeBody(resp *http.Response, v any) error {
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxJSON+1))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	return decode(text, v)
}
