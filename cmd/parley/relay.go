package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"parley/relay"
)

func (a *app) relayCommand() *cobra.Command {
	var listen, metrics, admitFile, cert, key string
	var verbose bool
	var cfg relay.Config
	c := &cobra.Command{
		Use:   "relay --dir DIR | --nats URL",
		Short: "Run a relay: it stores and forwards envelopes that it can't open",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if cfg.Admit, err = admitWord(admitFile); err != nil {
				return err
			}
			if cert != "" {
				if cfg.TLS, err = relay.LoadTLS(cert, key); err != nil {
					return usage(err)
				}
			}
			cfg.Log, cfg.Now = relayLog(a.err, verbose), a.now
			return a.serveRelay(c.Context(), listen, metrics, cfg)
		},
	}
	f := c.Flags()
	f.StringVar(&listen, "listen", "127.0.0.1:7400", "address to listen on; port 0 takes a free one")
	f.StringVar(&cfg.Dir, "dir", "", "folder for what it stores")
	f.IntVar(&cfg.MaxMailboxes, "max-mailboxes", 0, "most mailboxes (0: the default)")
	f.BoolVar(&verbose, "verbose", false, "log every request too: its size and time, nothing that tells one channel from another")
	f.StringVar(&admitFile, "admit-file", "", "file with a word that a new mailbox must present")
	f.StringVar(&cfg.NATS, "nats", "", "NATS servers with JetStream to store at, in place of a folder: nats://HOST:4222,…")
	f.IntVar(&cfg.Replicas, "replicas", 0, "on how many of the NATS servers each mailbox is kept (0: three)")
	f.Int64Var(&cfg.MaxMailboxBytes, "max-mailbox-bytes", 0, "most bytes of one mailbox; a side gets a quarter of it (0: the default)")
	f.Int64Var(&cfg.MaxBlobBytes, "max-blob-bytes", 0, "most bytes of one mailbox's blobs; a side gets a quarter of it (0: the default)")
	f.Int64Var(&cfg.WriterBytes, "writer-bytes", 0, "most bytes that one member stores in a mailbox on one day (0: the default)")
	f.Int64Var(&cfg.WriterEntries, "writer-entries", 0, "most envelopes that one member stores in a mailbox on one day (0: the default)")
	f.DurationVar(&cfg.Retain, "retain", 0, "delete envelopes after so long, fetched or not (0: never)")
	f.IntVar(&cfg.MaxConnections, "max-connections", 0, "most connections at once (0: the default)")
	f.StringVar(&cert, "tls-cert", "", "file with the certificate (PEM) to speak TLS with")
	f.StringVar(&key, "tls-key", "", "file with the certificate's key (PEM)")
	f.StringVar(&metrics, "metrics", "", "address that answers with counts in JSON, for the operator alone")
	c.MarkFlagsOneRequired("dir", "nats")
	c.MarkFlagsMutuallyExclusive("dir", "nats")
	c.MarkFlagsRequiredTogether("tls-cert", "tls-key")
	return c
}

func (a *app) serveRelay(ctx context.Context, listen, metrics string, cfg relay.Config) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", listen)
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	s, err := relay.Open(ctx, cfg)
	if err != nil {
		_ = l.Close()
		return err
	}
	defer s.Close()
	if metrics != "" {
		if err := serveMetrics(ctx, metrics, s.Metrics()); err != nil {
			return err
		}
	}
	url := "http://" + l.Addr().String()
	if cfg.TLS != nil {
		url = "https://" + l.Addr().String()
	}
	if err := a.print(map[string]string{"listening": url}, func(w *words) { w.line("The relay listens on %s.", url) }); err != nil {
		return err
	}
	return s.Serve(ctx, l)
}

func serveMetrics(ctx context.Context, address string, h http.Handler) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("listening for metrics: %w", err)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	go func() { _ = server.Serve(l) }()
	return nil
}

func relayLog(to io.Writer, verbose bool) *slog.Logger {
	level := slog.LevelInfo
	if verbose {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewJSONHandler(to, &slog.HandlerOptions{Level: level}))
}
