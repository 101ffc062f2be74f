package main

import (
	"context"
	"errors"

	"parley"
	"parley/channel"
	"parley/desk"
)

// company is the desks of one channel, all at one place for a while: each has a
// store and keys of its own, and they share nothing but the carrier.
type company struct {
	order []string
	desks map[string]*desk.Desk
	keys  map[string]*channel.SigningKey // of principals
	by    carrying
	light bool // never but in tests: desk.Surroundings
}

// carrying is the way from a desk to the others.
type carrying func(context.Context, *desk.Desk) (channel.Carrier, error)

// byRelay is the way by the relay that each desk knows.
func byRelay(ctx context.Context, d *desk.Desk) (channel.Carrier, error) { return d.Carrier(ctx, "") }

func newCompany(by carrying) *company {
	return &company{desks: map[string]*desk.Desk{}, keys: map[string]*channel.SigningKey{}, by: by}
}

func (c *company) close() error {
	var err error
	for _, d := range c.desks {
		err = errors.Join(err, d.Close())
	}
	return err
}

// seat makes a desk. The first of them drafts the charter, on the case that it is
// given to keep.
func (c *company) seat(ctx context.Context, id, home string, pass []byte, f desk.Founding) error {
	d, err := desk.Create(ctx, home, pass, f, desk.Surroundings{Light: c.light})
	if err != nil {
		return err
	}
	c.desks[id], c.order = d, append(c.order, id)
	return nil
}

// bind names the principal of a party's desk, whose key is at hand.
func (c *company) bind(ctx context.Context, id string, key *channel.SigningKey, card desk.PrincipalCard) error {
	c.keys[id] = key
	return c.desks[id].SetPrincipal(ctx, card)
}

// found has every principal sign the charter and give full powers.
func (c *company) found(ctx context.Context, title, relay string) error {
	charter, err := c.charter(ctx, title)
	if err != nil {
		return err
	}
	for _, id := range c.order {
		if err := c.desks[id].Join(ctx, charter, relay, nil); err != nil {
			return err
		}
	}
	for id := range c.keys {
		request, err := c.desks[id].AskMandate(ctx, parley.Mandate{May: parley.Levels()}, "")
		if err := c.signed(ctx, id, parley.KindMandate, request, err); err != nil {
			return err
		}
	}
	return c.meet(ctx)
}

func (c *company) charter(ctx context.Context, title string) ([]byte, error) {
	var cards [][]byte
	for _, id := range c.order[1:] {
		card, err := c.desks[id].Card()
		if err != nil {
			return nil, err
		}
		cards = append(cards, card)
	}
	charter, err := c.desks[c.order[0]].DraftCharter(ctx, desk.Foundation{Title: title, Cards: cards})
	if err != nil {
		return nil, err
	}
	for _, id := range c.order {
		if key := c.keys[id]; key != nil {
			paper, err := desk.ReadPaper(charter)
			if err != nil {
				return nil, err
			}
			if charter, err = paper.Sign(key); err != nil {
				return nil, err
			}
		}
	}
	return charter, nil
}

// signed has the principal of a desk sign what that desk asks for.
func (c *company) signed(ctx context.Context, id string, kind parley.Kind, request []byte, err error) error {
	if err != nil {
		return err
	}
	paper, err := desk.ReadPaper(request)
	if err != nil {
		return err
	}
	back, err := paper.Sign(c.keys[id])
	if err != nil {
		return err
	}
	_, err = c.desks[id].TakeSigned(ctx, kind, back)
	return err
}

// meet has every desk on the line, one after the other, until all have all.
func (c *company) meet(ctx context.Context) error {
	for range 2 {
		for _, id := range c.order {
			by, err := c.by(ctx, c.desks[id])
			if err != nil {
				return err
			}
			if _, err := c.desks[id].Sync(ctx, by); err != nil {
				return err
			}
		}
	}
	return nil
}
