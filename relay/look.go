package relay

import (
	"context"
	"net/http"
	"time"
)

// Seen is what a relay shows to whoever asks how it is, a member or not.
type Seen struct {
	Clock time.Duration // its clock less ours, to the second or two that the question takes
	Timed bool          // it told its clock
	Group string        // the key exchange of the connection, "" without TLS
}

// Look asks the relay at an address how it is, by a client such as [Transport]
// gives, and with no key: the relay does not learn who asks. ErrUnreachable tells
// that nothing answers, or something else than a relay.
func Look(ctx context.Context, address string, by *http.Client, now func() time.Time) (Seen, error) {
	u, err := parseAddress(address)
	if err != nil {
		return Seen{}, err
	}
	u.Fragment, u.RawFragment = "", ""
	ctx, cancel := context.WithTimeoutCause(ctx, defaultSilence, errSilent)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String()+"/v1/health", nil)
	if err != nil {
		return Seen{}, withoutURL(err)
	}
	resp, err := carrier(by).Do(r)
	if err != nil {
		return Seen{}, unreachable(ctx, withoutURL(err))
	}
	defer resp.Body.Close()
	if err := isRelay(resp); err != nil {
		return Seen{}, err
	}
	var s Seen
	if at, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		s.Clock, s.Timed = at.Sub(now()).Truncate(time.Second), true
	}
	if resp.TLS != nil {
		s.Group = resp.TLS.CurveID.String()
	}
	return s, nil
}
