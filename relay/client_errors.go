package relay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// ErrUnreachable is wrapped by every error that means that the relay is down,
// can't be reached, or that what answers at its address is no parley relay.
// Nothing is lost by it: what was to be sent can be sent later.
var ErrUnreachable = errors.New("relay can't be reached")

var errSilent = errors.New("no answer in time")

const (
	maxJSON = 16 << 10 // the longest JSON answer that is read
	maxSaid = 200      // what an error repeats of a relay's words
)

// unreachable wraps what went wrong on the way. A caller who gave up hears just
// that.
func unreachable(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnreachable, err)
}

// withoutURL takes the address out of an HTTP error: it names the mailbox.
func withoutURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// isRelay tells a relay's answer from that of a proxy before it, a portal that
// wants a password, or some other service.
func isRelay(resp *http.Response) error {
	if resp.Header.Get(relayHeader) == relayVersion {
		return nil
	}
	switch {
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		return fmt.Errorf("%w: its address redirects elsewhere, and redirects are not followed", ErrUnreachable)
	case resp.StatusCode >= 500:
		return fmt.Errorf("%w: something before it answers with status %d", ErrUnreachable, resp.StatusCode)
	}
	return fmt.Errorf("%w: what answers there (status %d) is no parley relay", ErrUnreachable, resp.StatusCode)
}

// refusalIn reads a refusal; the body of one that can't be read stays out.
func refusalIn(resp *http.Response) *refusal {
	defer resp.Body.Close()
	no := &refusal{}
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxJSON+1))
	if err != nil || decode(text, no) != nil {
		no = &refusal{}
	}
	no.Status = resp.StatusCode
	return no
}

// refused turns a relay's refusal into an error, with its words kept short and
// without anything that could steer a terminal.
func refused(no *refusal) error {
	err := fmt.Errorf("relay refused (status %d): %s", no.Status, said(no.Text))
	if no.Hint != "" {
		err = fmt.Errorf("%w; it advises: %s", err, said(no.Hint))
	}
	if no.Time > 0 {
		err = fmt.Errorf("%w; its clock says %s", err, time.Unix(no.Time, 0).UTC().Format(time.RFC3339))
	}
	if no.Status == http.StatusRequestedRangeNotSatisfiable {
		err = fmt.Errorf("%w: %w", ErrNoBlob, err)
	}
	if no.Status == http.StatusServiceUnavailable {
		err = fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	return err
}

func said(s string) string { return strconv.QuoteToASCII(s[:min(len(s), maxSaid)]) }

func decode(text []byte, v any) error {
	if len(text) > maxJSON {
		return errors.New("relay's answer is too long")
	}
	if err := json.Unmarshal(text, v); err != nil {
		return errors.New("relay's answer is not the JSON it should be")
	}
	return nil
}
