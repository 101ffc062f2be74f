package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"parley"
	"parley/brief"
	"parley/casefile"
	"parley/web"
)

func (a *app) exerciseServe() *cobra.Command {
	var listen string
	c := &cobra.Command{
		Use:   "serve [DIR]",
		Short: "Open the desks of an exercise in a browser, side by side",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			all, err := seats(orHere(args))
			if err != nil {
				return err
			}
			s := &stage{ctx: c.Context(), dir: orHere(args), tell: a.err}
			defer s.stopRelay()
			if err := s.exerciseRelay(all, listen); err != nil {
				return err
			}
			return a.serveSeats(c.Context(), all)
		},
	}
	c.Flags().StringVar(&listen, "listen", "", "another address of this machine for the relay; port 0 takes a free one")
	return c
}

func orHere(args []string) string {
	if len(args) == 0 {
		return "."
	}
	return args[0]
}

// exerciseRelay starts the relay that an exercise keeps, if it keeps one, and
// tells the seats where it is.
func (s *stage) exerciseRelay(all []*seat, listen string) error {
	if info, err := os.Stat(filepath.Join(s.dir, "relay")); err != nil || !info.IsDir() {
		return nil
	}
	if listen == "" {
		listen = strings.TrimPrefix(all[0].Relay, "http://")
	}
	if err := s.startRelay(listen); err != nil {
		return fmt.Errorf("%w: if the exercise, or its relay, is running already, stop that first; else name another address with --listen", err)
	}
	for _, t := range all {
		if t.Relay == s.relay.url {
			continue
		}
		t.Relay = s.relay.url
		if err := t.write(); err != nil {
			return err
		}
	}
	return nil
}

func (s *stage) stopRelay() {
	if s.relay != nil {
		s.relay.stop()
	}
}

// openSeat opens a seat's desk in a browser, with the relay where it is now.
func (a *app) openSeat(ctx context.Context, s *seat) (*openDesk, error) {
	var briefs web.Briefs
	if s.Party == "" {
		briefs = func(c *parley.Case) ([]brief.Brief, error) { return briefsIn(filepath.Join(s.dir, "briefs"), c) }
	}
	o, err := a.openDesk(ctx, s.side(), briefs)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.dir, err)
	}
	if err := o.desk.SetRelay(ctx, s.Relay); err != nil {
		return nil, errors.Join(err, o.desk.Close())
	}
	return o, nil
}

func (a *app) serveSeats(ctx context.Context, all []*seat) error {
	var open []*openDesk
	defer func() { closeDesks(open) }()
	type link struct {
		Seat string `json:"seat"`
		Name string `json:"name"`
		Link string `json:"link"`
	}
	links := []link{}
	progress := a.progress("desks opened")
	for i, s := range all {
		o, err := a.openSeat(ctx, s)
		if errors.Is(err, casefile.ErrLocked) {
			return fmt.Errorf("%w: is the exercise served already?", err)
		}
		if err != nil {
			return err
		}
		open = append(open, o)
		progress(i+1, len(all))
		links = append(links, link{s.side().id, s.Name, o.link})
	}
	if err := a.print(map[string]any{"relay": all[0].Relay, "desks": links}, func(w *words) {
		w.line("%s", all[0].Title)
		w.line("Each desk is open for one browser, once, within ten minutes. It is an exercise: every number is invented.")
		for _, l := range links {
			w.line("%-12s %s", l.Seat, l.Link)
		}
		w.line("What a desk says waits there until “Fetch and send now” is pressed. Ctrl-C ends it; then: parley exercise review")
	}); err != nil {
		return err
	}
	return serveDesks(ctx, open)
}
