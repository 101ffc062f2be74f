package main

import (
	"context"
	"errors"

	"parley/desk"
	"parley/web"
)

// serveDemo plays the talks of 2022 to the middle, and leaves the rest to whoever
// sits down at the two desks.
func (a *app) serveDemo(ctx context.Context, dir string) error {
	s, err := newStage(ctx, "us-ru-2022", dir, a.err)
	if err != nil {
		return err
	}
	defer s.close()
	us, ru, err := half2022(s)
	if err != nil {
		return err
	}
	var open []*openDesk
	defer func() { closeDesks(open) }()
	links := map[string]string{}
	for _, d := range []*side{us, ru} {
		o, err := a.openDesk(ctx, d, nil)
		if err != nil {
			return err
		}
		open = append(open, o)
		links[d.id] = o.link
	}
	if err := a.print(links, func(w *words) {
		w.line("Both desks are open, each for one browser, once, within ten minutes. It is an exercise: every number is invented.")
		w.line("Washington  %s", links["us"])
		w.line("Moscow      %s", links["ru"])
		w.line("Moscow has asked for a third person and declined the first offer. Make an offer, press “Fetch and send now” at both desks, and go on. Ctrl-C ends it.")
	}); err != nil {
		return err
	}
	return serveDesks(ctx, open)
}

// serveDesks shows desks side by side until the context ends.
func serveDesks(ctx context.Context, open []*openDesk) error {
	ends := make(chan error, len(open))
	for _, o := range open {
		go func() { ends <- o.serve(ctx) }()
	}
	var err error
	for range open {
		err = errors.Join(err, <-ends)
	}
	return err
}

func closeDesks(open []*openDesk) {
	for _, o := range open {
		_ = o.desk.Close()
	}
}

// openDesk is a desk of the stage, shown by this process.
type openDesk struct {
	desk  *desk.Desk
	link  string
	serve func(context.Context) error
}

func (a *app) openDesk(ctx context.Context, d *side, briefs web.Briefs) (*openDesk, error) {
	pass, err := passphraseFrom(d.pass)
	if err != nil {
		return nil, err
	}
	k, err := desk.Open(ctx, d.home, pass, a.surroundings())
	if err != nil {
		return nil, err
	}
	president := *a
	president.keyPass = d.pass
	sign := func(paper []byte) ([]byte, error) {
		signed, _, err := president.signPaper(ctx, paper, d.key)
		return signed, err
	}
	if d.key == "" {
		sign = nil // a neutral has no principal
	}
	s, err := web.New(ctx, k, web.Options{Now: a.now, Sign: sign, Briefs: briefs})
	if err != nil {
		return nil, errors.Join(err, k.Close())
	}
	l, err := web.Listen(ctx, "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, k.Close())
	}
	link, err := s.Link(l.Addr())
	return &openDesk{k, link, func(ctx context.Context) error { return s.Serve(ctx, l) }}, err
}
