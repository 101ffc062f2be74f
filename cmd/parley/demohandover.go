package main

import (
	"errors"
	"fmt"
	"slices"

	"parley"
	"parley/casefile"
	"parley/examples"
	"parley/frontier"
	"parley/handover"
)

// handoverReplays are the cases of which the handover is replayed: what is told
// before anybody moves, and what is done.
func handoverReplays() map[string]func(*stage) error {
	return map[string]func(*stage) error{
		"ankara-2024":    onCrew(replayAnkara),
		"shalit-2011":    onCrew(replayShalit),
		"glienicke-1985": onCrew(replayGlienicke),
		"yemen-2023":     onCrew(replayYemen),
		"ukraine-2025":   onCrew(replayUkraine),
		"dix-hill-1862":  onCrew(replayDixHill),
		"formula-2025":   onCrew(replayFormula),
	}
}

// replayApron is the handover of the case of 2022.
func replayApron(s *stage) error { return onCrew(replayByThePlan)(s) }

// onCrew opens the desks, plays, and closes.
func onCrew(play func(*crew) error) func(*stage) error {
	return func(s *stage) error {
		s.say("A replay of a handover after public reports. Who was handed over is on record; the gates,")
		s.say("and who confirms them, are invented for exercise. Each desk has its own store and keys.")
		s.heading("The desks, and a relay between them.")
		c, err := crewOf(s)
		if err != nil {
			return err
		}
		defer c.close()
		if err := play(c); err != nil {
			return err
		}
		return c.finish()
	}
}

// steps carries out one part after the other.
func steps(parts ...func() error) error {
	for _, p := range parts {
		if err := p(); err != nil {
			return err
		}
	}
	return nil
}

// check tells what the plan promises before anybody moves.
func (c *crew) check() error {
	c.heading("%s: the plan, before anybody moves.", c.plan.Title)
	w := &words{to: c.tell}
	for _, f := range c.plan.Check() {
		w.line("    know that %s", f)
	}
	worstWords(w, c.plan.Worst())
	return w.err
}

func (c *crew) agreed() error {
	c.heading("The exchange is agreed, and the plan with it.")
	return c.agree()
}

func (c *crew) asked(refuse map[parley.PersonID]string) func() error {
	return func() error {
		c.heading("Those whom it is about are asked.")
		return c.interviews(refuse)
	}
}

func (c *crew) carriedOut() error {
	c.heading("It is carried out, gate by gate, each word signed at its own desk.")
	return c.play()
}

func (c *crew) received(counts map[parley.PersonID]uint64, more map[string][]parley.ReceivedItem) func() error {
	return func() error {
		c.heading("Complete on arrival: the receipts.")
		return c.receipts(counts, more)
	}
}

// totals fails the replay unless the computed totals are those on record.
func (c *crew) totals(agreed, executed int64) func() error {
	return func() error {
		v, err := c.view(c.order[0])
		if err != nil {
			return err
		}
		if err := c.want("agreed", v.Report.Total.Agreed.Heads, agreed); err != nil {
			return err
		}
		return c.want("executed", v.Report.Total.Executed.Heads, executed)
	}
}

func replayByThePlan(c *crew) error {
	heads := int64(0)
	for _, e := range c.plan.Entries {
		heads += int64(e.Heads)
	}
	return steps(c.check, c.agreed, c.asked(nil), c.carriedOut, c.received(nil, nil), c.totals(heads, heads))
}

func replayAnkara(c *crew) error {
	c.last, c.silence["de de-consent"] = "de", true
	return steps(c.check, c.timetable, c.lateplea, c.essential, c.agreed, c.asked(nil), c.carriedOut, c.unconfirmed, c.carriedOn, c.received(nil, nil), c.totals(24, 24))
}

// essential takes out, one at a time, everybody for whom a state is in it.
func (c *crew) essential() error {
	c.heading("Take one essential person out, and see whose reason to agree has gone.")
	for _, r := range []struct {
		id     parley.PersonID
		states int
	}{{"krasikov", 7}, {"krieger", 7}, {"gershkovich", 4}, {"whelan", 4}} {
		id, gone := r.id, c.plan.Without(r.id)
		for _, g := range gone {
			c.say("    without %s, %s: %s", c.facts.NameOf(string(id)), c.nameOf(string(g.Party)), g.Why)
		}
		if err := c.want("states whose reason goes with "+string(id), len(gone), r.states); err != nil {
			return err
		}
	}
	return nil
}

// unconfirmed shows who is where while Germany's own yes does not come: the
// others may be in the rooms, and nobody has given anybody.
func (c *crew) unconfirmed() error {
	v, err := c.view("ru")
	if err != nil {
		return err
	}
	c.say("    Germany has not said yes to letting Krasikov go. All that Russia sees:")
	for _, e := range v.Entries {
		if e.ID == "krasikov" {
			c.say("      krasikov: at %s; only if %s says yes", e.Where, e.Yes)
			err = c.want("the state on whose yes Krasikov waits", e.Yes, "de")
		}
	}
	for _, s := range v.Stop {
		c.say("      stop: %s", s)
	}
	for _, x := range v.Exposures {
		c.say("      outstanding for %s: %d", x.Side, x.Open.Heads)
		err = errors.Join(err, c.want("outstanding for "+string(x.Side), x.Open.Heads, 0))
	}
	for _, t := range v.Tasks {
		if t.Go {
			err = errors.Join(err, c.want("the joint go without Germany", t.Status, handover.Held))
		}
	}
	if len(v.Stop) == 0 || v.Stop[0] != "fly-de is held: de-consent waits for the word of de" {
		return errors.Join(err, fmt.Errorf("a yes is missing, and the stop does not name it: %v", v.Stop))
	}
	return err
}

func (c *crew) carriedOn() error {
	clear(c.silence)
	c.heading("Germany says yes, and the handover goes on.")
	return c.play()
}

// timetable tells when each instrument is due.
func (c *crew) timetable() error {
	c.heading("Seven instruments in seven states over four days: is there an order in time?")
	s := c.plan.Schedule()
	for _, slot := range s.Slots {
		if !slot.Gate && slot.At > 0 {
			c.say("    %s  %s%s", slot.At, slot.Of, slotWords(slot))
		}
	}
	for _, e := range s.Early {
		c.say("    know that %s %s", e.Of, e)
	}
	return c.want("feasible", s.Feasible(), true)
}

// lateplea moves the Slovenian plea after the departure.
func (c *crew) lateplea() error {
	c.heading("Move the Slovenian plea to after the departure.")
	late := *c.plan
	late.Instruments = slices.Clone(late.Instruments)
	for i := range late.Instruments {
		if late.Instruments[i].ID == "si-plea" {
			late.Instruments[i].Earliest = c.plan.Gates()[0].Planned + 60
		}
	}
	s := late.Schedule()
	for _, l := range s.Late {
		c.say("    %s %s", l.Of, l)
	}
	return c.want("feasible with a late plea", s.Feasible(), false)
}

func replayShalit(c *crew) error {
	c.silence["il women-cross"] = true
	return steps(c.check, c.agreed, c.asked(nil), c.carriedOut, func() error {
		c.heading("At the crossing one of the women refuses to go to Gaza. Why, stays with the Red Cross.")
		if err := c.interview("muna", "what she said to the interviewer", ""); err != nil {
			return err
		}
		if err := c.meet(); err != nil {
			return err
		}
		v, err := c.view("il")
		if err != nil {
			return err
		}
		for _, s := range v.Stop {
			c.say("    all that Israel sees: %s", s)
		}
		if len(v.Stop) == 0 || v.Stop[0] != "muna is essential and will not travel" {
			return fmt.Errorf("the refusal does not stop the handover: %v", v.Stop)
		}
		c.say("    Egypt takes her. Another destination opens that question alone, and she says yes.")
		if err := c.interview("muna", "", "egypt"); err != nil {
			return err
		}
		return c.meet()
	}, func() error {
		clear(c.silence)
		c.heading("The handover goes on: the women, then Shalit, then the men, then the second phase.")
		return c.play()
	}, c.received(nil, map[string][]parley.ReceivedItem{"hamas": {{Entry: "muna", Identity: "checked", Note: "in Egypt"}}}), c.totals(1028, 1028))
}

func replayGlienicke(c *crew) error {
	return steps(c.check, c.agreed, c.asked(map[parley.PersonID]string{"stayed": "said in private"}), func() error {
		v, err := c.view("us")
		if err != nil {
			return err
		}
		for _, e := range v.Entries {
			if e.ID == "stayed" {
				c.say("    all that Washington sees of the two: %q. They are optional; the rest goes on.", e.Word)
			}
		}
		return nil
	}, c.carriedOut, c.received(nil, nil), c.totals(29, 27))
}

func replayYemen(c *crew) error {
	return steps(c.check, func() error {
		c.heading("In which order should the flights go?")
		loads := c.plan.Loads(false)
		best := handover.Best(loads, sidesOf(loads))
		for _, i := range best.Order {
			c.say("    %s", loads[i].ID)
		}
		c.say("    so nobody has more than %d outstanding at any moment; no order needs less: %v.", best.Worst, best.Proved)
		return nil
	}, c.agreed, c.asked(nil), c.carriedOut, func() error {
		c.say("    18 of those agreed did not fly. From which flight is not public: here all from the last.")
		return nil
	}, c.received(map[parley.PersonID]uint64{"members-5": 182}, map[string][]parley.ReceivedItem{
		"aa": {{Name: "released by Saudi Arabia on its own on 17 April", Heads: 104, Identity: "claimed"}},
	}), c.totals(887, 869), func() error {
		v, err := c.view("aa")
		if err != nil {
			return err
		}
		return c.want("printed figures that contradict themselves or ours", len(v.Report.Contradicted), 2)
	})
}

func replayUkraine(c *crew) error {
	return steps(c.check, c.agreed, c.asked(nil), c.carriedOut, c.received(nil, map[string][]parley.ReceivedItem{
		"ua": {{Entry: "ua-civilians-1", Heads: 65, Instead: true, Identity: "checked", Name: "about 65 convicts and people due for deportation, unexpected"}},
	}), c.totals(2000, 2000))
}

func replayDixHill(c *crew) error {
	return steps(c.check, func() error {
		c.heading("Equal rank first, then the scale.")
		var all parley.Exchange
		for _, h := range c.facts.Holdings() {
			all = append(all, h.ID)
		}
		b := frontier.BalanceOf(c.facts, parley.NewExchange(all...))
		for _, s := range b.Sides {
			c.say("    held by %s, beyond equal ranks: %d units", c.nameOf(string(s.Party)), s.Units)
		}
		if b.Due > 0 {
			c.say("    %s is left owing %d units.", c.nameOf(string(b.Owing)), b.Due)
		}
		return c.want("units owing", b.Due, 0)
	}, c.agreed, c.asked(nil), c.carriedOut, c.received(nil, nil), c.totals(99, 99))
}

func replayFormula(c *crew) error {
	return steps(c.check, func() error {
		c.heading("One person's category is disputed: civilian, or soldier?")
		file, err := examples.Files.ReadFile(c.name + "/exercise/case-as-soldier.yaml")
		if err != nil {
			return err
		}
		soldier, err := casefile.ParseCase("case-as-soldier.yaml", file)
		if err != nil {
			return err
		}
		for _, r := range []struct {
			as    string
			facts *parley.Case
			price int64
			group string
		}{{"a civilian", c.facts, 30, "the first"}, {"a soldier", soldier, 50, "the second"}} {
			b := frontier.BalanceOf(r.facts, parley.NewExchange("yehud", "for-yehud"))
			units := b.Sides[1].Units
			c.say("    as %s: her release counts %d, and she goes with %s group: civilians before soldiers.", r.as, units, r.group)
			if err := c.want("units as "+r.as, units, r.price); err != nil {
				return err
			}
			if err := c.want("balance as "+r.as, b.Due, 0); err != nil {
				return err
			}
		}
		c.say("    Only her entry is in dispute; what was agreed on the four others stands.")
		return nil
	}, c.agreed, c.asked(nil), c.carriedOut, c.received(nil, nil), c.totals(235, 235))
}
