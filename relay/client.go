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
	access  Access
	opts    Options
	http    *http.Client
	silence time.Duration // how long the relay may make no progress
	most    bound

	skew  atomic.Int64 // seconds to add to our clock to get the relay's
	ready atomic.Bool  // the mailbox was there a moment ago
}

const defaultSilence = time.Minute

// Dial returns a client for a mailbox of the relay at address (http or https,
// with or without a path and a realm, see [Derive]). It sends nothing yet; the
// mailbox is opened, and the member enrolled, on first need. The relay learns
// the keys: use them for nothing else.
func Dial(address string, access Access, opts Options) (*Client, error) {
	u, err := parseAddress(address)
	if err != nil {
		return nil, err
	}
	if opts.Wait < 0 || opts.Wait > maxWait {
		return nil, fmt.Errorf("waiting %v is not possible: 0 to %v", opts.Wait, maxWait)
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	u.Fragment, u.RawFragment = "", ""
	return &Client{
		base: u.String(), access: access, opts: opts,
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
	as     signer
	plain  bool // without a proof: the keys themselves are in it
}

// A signer is whose key a request is signed with. The zero value stands for the
// member itself.
type signer struct {
	who holder
	key Key
}

func (c *Client) url(q request) string {
	address := fmt.Sprintf("%s/v1/box/%x%s", c.base, [32]byte(c.access.Mailbox), q.path)
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
	if q.as == (signer{}) {
		q.as = signer{holder{c.access.Side, c.access.Member}, c.access.Key}
	}
	if !q.plain {
		p := proof{who: q.as.who, time: c.opts.Now().Unix() + c.skew.Load()}
		_, _ = rand.Read(p.nonce[:])
		p.attach(r, q.as.key, sha256.Sum256(q.body))
	}
	return r, nil
}

// send sends a request, and once more signed anew by the relay's clock if the
// proof isn't taken. What answers is a parley relay, or it is an error. It returns
// the answer if that is yes, or else why not.
func (c *Client) send(ctx context.Context, q request) (resp *http.Response, no *refusal, err error) {
	for again := true; ; again = false {
		r, err := c.signed(ctx, q)
		if err != nil {
			return nil, nil, err
		}
		resp, err = c.http.Do(r)
		if err != nil {
			return nil, nil, unreachable(ctx, withoutURL(err))
		}
		if err := isRelay(resp); err != nil {
			_ = resp.Body.Close()
			return nil, nil, err
		}
		if resp.StatusCode == http.StatusOK || resp.StatusCode == http.StatusCreated || resp.StatusCode == http.StatusPartialContent {
			return resp, nil, nil
		}
		no = refusalIn(resp)
		if no.Status != http.StatusUnauthorized || no.Time == 0 || !again {
			return nil, no, nil
		}
		c.skew.Store(no.Time - c.opts.Now().Unix())
	}
}

// call sends a member's request until it is answered with yes or an error: once
// more after enrolling if the relay doesn't know the mailbox or the member.
func (c *Client) call(ctx context.Context, q request) (*http.Response, error) {
	resp, no, err := c.send(ctx, q)
	if no == nil {
		return resp, err
	}
	if no.Status != http.StatusNotFound {
		return nil, refused(no)
	}
	if err := c.enrol(ctx); err != nil {
		return nil, err
	}
	resp, no, err = c.send(ctx, q)
	if no != nil {
		return nil, refused(no)
	}
	return resp, err
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
