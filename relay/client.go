package relay

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// Options of a Client. The zero value works.
type Options struct {
	// HTTP carries the requests; nil means a client of its own. Redirects are
	// never followed.
	HTTP *http.Client
	// Admit is the word that the relay asks of a new mailbox.
	Admit string
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Wait is how long Fetch waits for an envelope when there is none yet, up
	// to 60 seconds. Zero means not at all.
	Wait time.Duration
}

// A Client reads and writes one mailbox. It may be used from several
// goroutines.
type Client struct {
	base    string // without a slash at its end
	mailbox Name
	key     Key
	opts    Options
	http    *http.Client
	silence time.Duration // how long the relay may make no progress
	most    bound

	skew  atomic.Int64 // seconds to add to our clock to get the relay's
	ready atomic.Bool  // the mailbox was there a moment ago
}

const defaultSilence = time.Minute

// Dial returns a client for a mailbox of the relay at address (http or https,
// with or without a path). It sends nothing yet; the mailbox is registered on
// first need. The relay learns the key: use it for nothing else.
func Dial(address string, mailbox Name, key Key, opts Options) (*Client, error) {
	u, err := url.Parse(strings.TrimRight(address, "/"))
	switch {
	case err != nil:
		return nil, fmt.Errorf("relay's address %q is no URL", address)
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("relay's address %q begins with neither http:// nor https://", address)
	case u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("relay's address %q is more or less than a host and a path", u.Redacted())
	case opts.Wait < 0 || opts.Wait > maxWait:
		return nil, fmt.Errorf("waiting %v is not possible: 0 to %v", opts.Wait, maxWait)
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Client{
		base: u.String(), mailbox: mailbox, key: key, opts: opts,
		http: carrier(opts.HTTP), silence: defaultSilence, most: fetchBound,
	}, nil
}

// carrier copies an HTTP client, so that the caller's is left alone, and has it
// stop at redirects: they would take our proof somewhere else.
func carrier(given *http.Client) *http.Client {
	var c http.Client
	if given != nil {
		c = *given
	}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c
}

// Append stores an envelope and returns its number once the relay has it on
// disk. The same bytes again return the same number and store nothing.
func (c *Client) Append(ctx context.Context, envelope []byte) (number uint64, err error) {
	if len(envelope) == 0 {
		return 0, errors.New("an envelope can't be empty")
	}
	// A body on its way when the relay says no is often lost together with the
	// no: a small question first.
	if !c.ready.Load() {
		if _, _, err := c.State(ctx); err != nil {
			return 0, err
		}
	}
	var got appended
	if err := c.ask(ctx, request{method: http.MethodPost, body: envelope}, &got); err != nil {
		c.ready.Store(false)
		return 0, err
	}
	if got.Number == 0 {
		return 0, errors.New("relay gave the envelope no number")
	}
	return got.Number, nil
}

// State returns the mailbox's epoch, which changes only when the relay has lost
// its storage, and the highest number (0 while it is empty).
func (c *Client) State(ctx context.Context) (epoch string, last uint64, err error) {
	var got status
	if err := c.ask(ctx, request{method: http.MethodGet, path: "/state"}, &got); err != nil {
		return "", 0, err
	}
	if !isEpoch(got.Epoch) {
		return "", 0, errors.New("relay named no epoch that could be one")
	}
	c.ready.Store(true)
	return got.Epoch, got.Last, nil
}

// isEpoch keeps what a relay may say short, and safe to show and to store.
func isEpoch(s string) bool {
	return 0 < len(s) && len(s) <= 64 && strings.Trim(s, "0123456789abcdef") == ""
}

// A request to the relay, before it is signed.
type request struct {
	method string
	path   string // after the mailbox's own
	query  string
	body   []byte
	admit  string
	plain  bool // without a proof: the key itself is in it
}

func (c *Client) url(q request) string {
	address := fmt.Sprintf("%s/v1/box/%x%s", c.base, [32]byte(c.mailbox), q.path)
	if q.query != "" {
		address += "?" + q.query
	}
	return address
}

// signed makes an HTTP request of q, good for one use.
func (c *Client) signed(ctx context.Context, q request) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, q.method, c.url(q), bytes.NewReader(q.body))
	if err != nil {
		return nil, withoutURL(err)
	}
	// Go would ask for gzip by itself and unpack whatever comes.
	r.Header.Set("Accept-Encoding", "identity")
	// Not sent: it tells Go that it may send again over a new connection when
	// the relay has restarted since the last request.
	r.Header["Idempotency-Key"] = []string{}
	if q.admit != "" {
		r.Header.Set(admitHeader, q.admit)
	}
	if !q.plain {
		p := proof{time: c.opts.Now().Unix() + c.skew.Load()}
		_, _ = rand.Read(p.nonce[:])
		p.attach(r, c.key, sha256.Sum256(q.body))
	}
	return r, nil
}

// send sends a request. What answers is a parley relay, or it is an error.
func (c *Client) send(ctx context.Context, q request) (*http.Response, error) {
	r, err := c.signed(ctx, q)
	if err != nil {
		return nil, err
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return nil, unreachable(ctx, withoutURL(err))
	}
	if err := isRelay(resp); err != nil {
		_ = resp.Body.Close()
		return nil, err
	}
	return resp, nil
}

// call sends a request until it is answered with yes or an error: once more
// signed anew by the relay's clock if the proof isn't taken, and once more
// after registering the mailbox if it isn't there.
func (c *Client) call(ctx context.Context, q request) (*http.Response, error) {
	signedAnew, registered := false, false
	for {
		resp, err := c.send(ctx, q)
		if err != nil || resp.StatusCode == http.StatusOK {
			return resp, err
		}
		no := refusalIn(resp)
		switch {
		case no.Status == http.StatusUnauthorized && no.Time > 0 && !signedAnew:
			signedAnew = true
			c.skew.Store(no.Time - c.opts.Now().Unix())
		case no.Status == http.StatusNotFound && !registered:
			registered = true
			if err := c.register(ctx); err != nil {
				return nil, err
			}
		default:
			return nil, refused(no)
		}
	}
}

func (c *Client) register(ctx context.Context) error {
	resp, err := c.send(ctx, request{method: http.MethodPut, body: c.key[:], admit: c.opts.Admit, plain: true})
	if err != nil {
		return err
	}
	no := refusalIn(resp) // read to its end even if it is none: the connection is kept
	if no.Status == http.StatusOK || no.Status == http.StatusCreated {
		return nil
	}
	return refused(no)
}

// ask calls and reads a JSON answer into v.
func (c *Client) ask(ctx context.Context, q request, v any) error {
	size := time.Duration(len(q.body)/slowest) * time.Second
	ctx, cancel := context.WithTimeoutCause(ctx, c.silence+size, errSilent)
	defer cancel()
	resp, err := c.call(ctx, q)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxJSON+1))
	if err != nil {
		return unreachable(ctx, cut(err))
	}
	return decode(text, v)
}
