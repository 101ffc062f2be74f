package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"

	"github.com/spf13/cobra"

	"parley/relay"
)

func (a *app) relayCommand() *cobra.Command {
	var listen, admitFile string
	var verbose bool
	var cfg relay.Config
	c := &cobra.Command{
		Use:   "relay --dir DIR",
		Short: "Run a relay: it stores and forwards envelopes that it can't open",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if cfg.Admit, err = admitWord(admitFile); err != nil {
				return err
			}
			cfg.Log, cfg.Now = relayLog(a.err, verbose), a.now
			return a.serveRelay(c.Context(), listen, cfg)
		},
	}
	f := c.Flags()
	f.StringVar(&listen, "listen", "127.0.0.1:7400", "address to listen on; port 0 takes a free one")
	f.StringVar(&cfg.Dir, "dir", "", "folder for what it stores")
	f.IntVar(&cfg.MaxMailboxes, "max-mailboxes", 0, "most mailboxes (0: the default)")
	f.BoolVar(&verbose, "verbose", false, "log every request too: its size and time, nothing that tells one channel from another")
	f.StringVar(&admitFile, "admit-file", "", "file with a word that a new mailbox must present")
	_ = c.MarkFlagRequired("dir")
	return c
}

func (a *app) serveRelay(ctx context.Context, listen string, cfg relay.Config) error {
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
	url := "http://" + l.Addr().String()
	if err := a.print(map[string]string{"listening": url}, func(w *words) { w.line("The relay listens on %s.", url) }); err != nil {
		return err
	}
	return s.Serve(ctx, l)
}

func relayLog(to io.Writer, verbose bool) *slog.Logger {
	level := slog.LevelInfo
	if verbose {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewJSONHandler(to, &slog.HandlerOptions{Level: level}))
}
