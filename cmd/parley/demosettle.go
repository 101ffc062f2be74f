package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// settled2022 plays the case of 2022 another way: no offers to and fro, but a
// private settlement, by correspondence, with a neutral who mediates.
type settled2022 struct {
	*talks2022
	neutral *side
	found   []string
}

func replaySettle2022(s *stage) error {
	t := &settled2022{talks2022: &talks2022{stage: s}}
	for _, d := range []struct {
		at            **side
		id, elsewhere string
	}{{&t.us, "us", "Washington"}, {&t.ru, "ru", "Moscow"}, {&t.neutral, "neutral", "The neutral"}} {
		var err error
		if *d.at, err = s.side(d.id, d.elsewhere); err != nil {
			return err
		}
	}
	s.say("The case of 2022, played another way. This did not happen: it shows a private settlement.")
	s.say("Each side's brief and the neutral are invented for this exercise, and no number is shown.")
	for _, part := range []func() error{
		t.desks, t.seatNeutral, t.charter, t.mandates, t.propose, t.correspond, t.result, t.accept, t.seal, t.ratify, t.compare, t.relaySaw,
	} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

func (t *settled2022) seatNeutral() error {
	t.heading("A neutral opens a desk too. It mediates, and keeps no brief.")
	card := t.paper("neutral.card")
	if err := t.neutral.do(nil, "init", "--neutral", "Neutral", "--capability", "mediator"); err != nil {
		return err
	}
	t.cards = []string{card}
	return t.neutral.do(nil, "channel", "card", "--out", card)
}

// parties are both parties' desks, and all with the neutral's.
func (t *settled2022) parties() []*side { return []*side{t.us, t.ru} }
func (t *settled2022) all() []*side     { return []*side{t.us, t.ru, t.neutral} }

func (t *settled2022) propose() error {
	t.heading("Washington proposes to settle: both desks compute which exchange is best for both, and show nothing else.")
	if err := t.neutral.do(nil, "channel", "join", t.paper("charter"), "--relay", t.relay.url); err != nil {
		return err
	}
	for range 2 {
		for _, d := range t.all() {
			if err := t.online(d); err != nil {
				return err
			}
		}
	}
	if err := t.us.do(nil, "settle", "propose"); err != nil {
		return err
	}
	if err := t.online(t.us); err != nil {
		return err
	}
	t.say("    Moscow, later, agrees; the neutral agrees to mediate. Each is bound to its brief as it stands.")
	for _, d := range []*side{t.ru, t.neutral} {
		if err := t.online(d); err != nil {
			return err
		}
		if err := d.do(nil, "settle", "join"); err != nil {
			return err
		}
		if err := t.online(d); err != nil {
			return err
		}
	}
	return nil
}

// settleSeen is what the story reads off a settlement.
type settleSeen struct {
	Status         string
	Messages, Of   int
	Sent, Received int64
	Shown          string
	Result         *struct {
		Agreeable bool
		Release   []string
	}
}

func (t *settled2022) correspond() error {
	t.heading("They are never on the line together. Each message is sealed to one desk and waits at the relay.")
	for range 6 {
		done := true
		for _, d := range t.all() {
			if err := t.online(d); err != nil {
				return err
			}
			var s settleSeen
			if err := d.do(&s, "settle", "result"); err != nil {
				return err
			}
			done = done && s.Status == "done"
			t.say("    %d of %d messages are sent; %s has sent %d bytes and received %d; shown to it: %s.", s.Messages, s.Of, d.name, s.Sent, s.Received, s.Shown)
		}
		if done {
			return nil
		}
	}
	return errors.New("the settlement has not come to its end")
}

func (t *settled2022) result() error {
	t.heading("Both desks have come to the same exchange. The neutral has not learned it.")
	for _, d := range t.parties() {
		var s settleSeen
		if err := d.do(&s, "settle", "result"); err != nil {
			return err
		}
		if s.Result == nil || !s.Result.Agreeable || t.found != nil && !slices.Equal(t.found, s.Result.Release) {
			return fmt.Errorf("%s has come to another end than the other side: this is a fault of parley", d.name)
		}
		t.found = s.Result.Release
	}
	t.say("    Release %s: that is all that either side has learned of the other's brief.", strings.Join(t.found, ", "))
	t.say("    It binds nobody. Moscow puts it forward as an offer.")
	file := t.paper("found.yaml")
	if err := t.ru.do(nil, "settle", "result", "--out", file); err != nil {
		return err
	}
	return t.putForward(file)
}

func (t *settled2022) accept() error {
	t.heading("Washington accepts ad referendum, as it would any offer.")
	if err := t.online(t.us); err != nil {
		return err
	}
	if err := t.us.do(nil, "accept", t.other); err != nil {
		return err
	}
	return t.online(t.us)
}
