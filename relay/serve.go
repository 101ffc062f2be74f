package relay

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"golang.org/x/net/netutil"
)

// How long Serve waits for a header, for the next request on an open
// connection, and at the end for requests to finish.
const (
	headerWait = 10 * time.Second
	idleWait   = 2 * time.Minute
	closeGrace = 10 * time.Second
	maxHeader  = 16 << 10
)

// Serve answers on l until ctx ends, then lets requests finish for a while and
// returns nil. It closes l, and leaves the server open.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	h := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: headerWait,
		IdleTimeout:       idleWait,
		MaxHeaderBytes:    maxHeader,
		// Ends the long polls when ctx ends.
		BaseContext: func(net.Listener) context.Context { return ctx },
		// Its lines hold addresses.
		ErrorLog: log.New(io.Discard, "", 0),
	}
	l = netutil.LimitListener(l, s.cfg.MaxConnections)
	if s.cfg.TLS != nil {
		l = tls.NewListener(l, s.cfg.TLS)
	}
	done := make(chan error, 1)
	go func() { done <- h.Serve(l) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeGrace)
	defer cancel()
	if err := h.Shutdown(grace); err != nil {
		return h.Close()
	}
	if err := <-done; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
