package main

import (
	"crypto/rand"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"parley"
	"parley/casefile"
	"parley/channel"
	"parley/desk"
	"parley/examples"
	"parley/handover"
)

// crew is the company of one replay of a handover: a desk for each party and each
// neutral, and a relay process between them.
type crew struct {
	*stage
	*company
	facts   *parley.Case
	plan    *handover.Plan
	moved   int
	silence map[string]bool // "actor step": a word that does not come
	last    parley.PartyID  // who accepts after all others; "" for in any order
}

// crewOf founds the channel of a case: the parties of its plan, and the neutrals
// that the plan names.
func crewOf(s *stage) (*crew, error) {
	c := &crew{stage: s, company: newCompany(byRelay), silence: map[string]bool{}}
	c.company.light = s.light
	file, err := examples.Case(s.name)
	if err != nil {
		return nil, err
	}
	if c.facts, err = casefile.ParseCase("case.yaml", file); err != nil {
		return nil, err
	}
	if c.plan, err = c.planFile("exercise/plan.yaml"); err != nil {
		return nil, err
	}
	if err := c.openDesks(file); err != nil {
		return nil, err
	}
	return c, c.open()
}

// planFile reads a plan of the case.
func (c *crew) planFile(name string) (*handover.Plan, error) {
	data, err := examples.Files.ReadFile(c.name + "/" + name)
	if err != nil {
		return nil, err
	}
	return casefile.ParsePlan(name, data, c.facts)
}

func (c *crew) openDesks(file []byte) error {
	for _, p := range c.plan.Parties() {
		party, _ := c.facts.Party(p)
		f := desk.Founding{Party: p, Name: party.Name, Delegate: "delegate of " + party.Name, Office: "envoy"}
		if err := c.openDesk(string(p), f); err != nil {
			return err
		}
		key, err := channel.GenerateSigningKey(rand.Reader)
		if err != nil {
			return err
		}
		card := desk.PrincipalCard{Name: "principal of " + party.Name, Office: "principal", Public: key.Public()}
		if err := c.bind(c.ctx, string(p), key, card); err != nil {
			return err
		}
	}
	for _, a := range c.plan.Actors {
		if !a.Neutral {
			continue
		}
		f := desk.Founding{Name: a.Name, Capabilities: []string{"humanitarian"}, Delegate: "delegate of " + a.Name, Office: "delegate"}
		if err := c.openDesk(string(a.ID), f); err != nil {
			return err
		}
	}
	_, err := c.desks[c.order[0]].KeepCase(c.ctx, "case.yaml", file)
	return err
}

func (c *crew) openDesk(id string, f desk.Founding) error {
	side, err := c.side(id, f.Name)
	if err != nil {
		return err
	}
	return c.seat(c.ctx, id, side.home, []byte("exercise only, desk of "+id), f)
}

// open starts the relay and founds the channel.
func (c *crew) open() error {
	if err := c.startRelay(""); err != nil {
		return err
	}
	if err := c.found(c.ctx, c.facts.Title, c.relay.url); err != nil {
		return err
	}
	c.say("    %d desks: %s. A relay stands between them and can open nothing.", len(c.order), strings.Join(c.order, ", "))
	return nil
}

func (c *crew) meet() error { return c.company.meet(c.ctx) }

func (c *crew) signed(id string, kind parley.Kind, request []byte, err error) error {
	return c.company.signed(c.ctx, id, kind, request, err)
}

// agree has the first party offer what the plan hands over, every holder accept,
// and every principal ratify; then the plan is put forward on that agreement and
// adopted by all its parties.
func (c *crew) agree() error {
	first := c.plan.Entries[0].From
	o := &parley.Offer{Case: c.facts.ID, From: first}
	holders := []parley.PartyID{}
	for _, e := range c.plan.Entries {
		o.Release = append(o.Release, e.ID)
		if e.From != first && !slices.Contains(holders, e.From) {
			holders = append(holders, e.From)
		}
	}
	if _, err := c.desks[string(first)].Send(c.ctx, o); err != nil {
		return err
	}
	if err := c.meet(); err != nil {
		return err
	}
	if err := c.accepted(first, holders); err != nil {
		return err
	}
	if _, err := c.desks[string(first)].Seal(c.ctx, "last"); err != nil {
		return err
	}
	if err := c.meet(); err != nil {
		return err
	}
	for _, p := range append(holders, first) {
		request, err := c.desks[string(p)].AskRatify(c.ctx, "last", false, "")
		if err := c.signed(string(p), parley.KindRatify, request, err); err != nil {
			return err
		}
	}
	if err := c.meet(); err != nil {
		return err
	}
	c.say("    Offered by %s, accepted by every holder for itself, sealed, ratified: in force.", c.nameOf(string(first)))
	return c.adopt(c.plan, "")
}

// accepted has every holder accept for itself, whoever is last after a seal was
// tried without it: that must be refused.
func (c *crew) accepted(first parley.PartyID, holders []parley.PartyID) error {
	say := func(p parley.PartyID) error {
		_, err := c.desks[string(p)].Accept(c.ctx, "last", desk.Choices{})
		return err
	}
	for _, p := range holders {
		if p == c.last {
			continue
		}
		if err := say(p); err != nil {
			return err
		}
	}
	if err := c.meet(); err != nil || c.last == "" {
		return err
	}
	_, err := c.desks[string(first)].Seal(c.ctx, "last")
	if err == nil {
		return fmt.Errorf("replay of %s: sealed without %s", c.name, c.last)
	}
	c.say("    %s has not said yes yet, so nothing is agreed, whatever the others said:", c.nameOf(string(c.last)))
	c.say("      %s tries to seal: %v", first, err)
	if err := say(c.last); err != nil {
		return err
	}
	return c.meet()
}

// adopt puts a plan on the channel and has every party of it adopt it.
func (c *crew) adopt(p *handover.Plan, replaces string) error {
	first := string(c.plan.Entries[0].From)
	if _, err := c.desks[first].ProposePlan(c.ctx, "plan.yaml", casefile.EncodePlan(p), "last", replaces); err != nil {
		return err
	}
	if err := c.meet(); err != nil {
		return err
	}
	for _, party := range p.Parties() {
		if _, err := c.desks[string(party)].AdoptPlan(c.ctx, "last"); err != nil {
			return fmt.Errorf("%s: %w", party, err)
		}
	}
	c.say("    The plan is adopted by %s.", orNobody(named(names{}, p.Parties())))
	return c.meet()
}

func (c *crew) close() { _ = c.company.close() }

func (c *crew) nameOf(id string) string { return c.facts.NameOf(id) }

// interviews has the neutral ask everybody in private; whoever the map names
// answers the question about the destination with no, for a reason that stays
// with the neutral.
func (c *crew) interviews(refuse map[parley.PersonID]string) error {
	if c.plan.Neutral == "" {
		return nil
	}
	for _, e := range c.plan.Entries {
		if err := c.interview(e.ID, refuse[e.ID], ""); err != nil {
			return err
		}
	}
	c.say("    %s asks everybody in private. The parties see one word for each.", c.actorName(c.plan.Neutral))
	return c.meet()
}

func (c *crew) interview(id parley.PersonID, refuses string, where handover.PlaceID) error {
	i := handover.Interview{Person: id, On: today(), Included: handover.Yes, Instrument: handover.Yes, Destination: handover.Yes, Safe: handover.Yes, Where: where}
	if refuses != "" {
		i.Destination, i.Reason = handover.No, refuses
	}
	_, err := c.desks[string(c.plan.Neutral)].KeepInterview(c.ctx, "last", i)
	return err
}

func (c *crew) actorName(id handover.ActorID) string {
	for _, a := range c.plan.Actors {
		if a.ID == id && a.Name != "" {
			return a.Name
		}
	}
	return string(id)
}

// play has whoever's turn it is do its part, until nobody has one: each act is
// signed at its own desk and goes by the relay.
func (c *crew) play() error {
	for {
		moved := c.moved
		for _, id := range c.order {
			if err := c.turn(id); err != nil {
				return err
			}
		}
		if c.moved == moved {
			return nil
		}
		if err := c.meet(); err != nil {
			return err
		}
	}
}

func (c *crew) turn(id string) error {
	d := c.desks[id]
	v, err := d.HandoverView("last")
	if err != nil {
		return err
	}
	for _, t := range v.Tasks {
		if !t.Ours || c.silence[id+" "+string(t.Of)] {
			continue
		}
		if t.Status == handover.Ready && len(t.Moves) > 0 {
			if t.Next[0] != v.Us {
				continue // whoever is named first begins it
			}
			if _, err := d.BeginStep(c.ctx, "last", string(t.Of), nil, ""); err != nil {
				return fmt.Errorf("%s begins %s: %w", id, t.Of, err)
			}
			c.say("      %-8s begins %s: %s%s", id, t.Of, t.Do, leftWords(t.Without))
		} else {
			if _, err := d.ConfirmStep(c.ctx, "last", string(t.Of), ""); err != nil {
				return fmt.Errorf("%s confirms %s: %w", id, t.Of, err)
			}
			c.say("      %-8s confirms %s", id, t.Of)
		}
		c.moved++
	}
	return nil
}

func leftWords(ids []parley.PersonID) string {
	if len(ids) == 0 {
		return ""
	}
	return "; without " + named(names{}, ids)
}

// receipts has every receiving side give a receipt for all who came; more are
// lines beside those, by entry.
func (c *crew) receipts(counts map[parley.PersonID]uint64, more map[string][]parley.ReceivedItem) error {
	for _, id := range c.order {
		h, err := c.desks[id].Handover("last")
		if err != nil {
			return err
		}
		items := slices.Clone(more[id])
		for _, e := range h.Plan.Entries {
			if string(e.For) != id {
				continue
			}
			if at, way := h.Now.Where(e.ID); way || at != h.Now.Planned(e.ID) || h.Now.WordOf(e.ID) == handover.WillNotTravel || h.Now.Received(e.ID) {
				continue
			}
			items = append(items, parley.ReceivedItem{Entry: e.ID, Heads: counts[e.ID], Identity: "checked"})
		}
		if len(items) == 0 {
			continue
		}
		if _, err := c.desks[id].Receive(c.ctx, "last", items, ""); err != nil {
			return fmt.Errorf("receipt of %s: %w", id, err)
		}
		c.say("      %-8s gives a receipt for %d entries", id, len(items))
	}
	return c.meet()
}

// finish tells the report, exports and verifies every log, and sums up.
func (c *crew) finish() error {
	c.heading("Agreed against executed, from the receipts.")
	v, err := c.desks[c.order[0]].HandoverView("last")
	if err != nil {
		return err
	}
	w := &words{to: c.tell}
	reportWords(w, v.Report)
	if w.err != nil {
		return w.err
	}
	c.result.InForce, c.result.LogOK = v.InForce, true
	for _, e := range v.Entries {
		c.result.Release = append(c.result.Release, string(e.ID))
	}
	slices.Sort(c.result.Release)
	for _, id := range c.order {
		if err := c.verify(id, v.Report); err != nil {
			return err
		}
	}
	c.say("    Every desk has the same report; every log is exported and verified without a key.")
	c.say("    Who was handed over is on record (case.yaml names the sources). Gates, confirmers and")
	c.say("    times are invented for exercise: what happened here follows from them.")
	return nil
}

func (c *crew) verify(id string, report handover.Report) error {
	v, err := c.desks[id].HandoverView("last")
	if err != nil {
		return err
	}
	if fmt.Sprint(v.Report) != fmt.Sprint(report) {
		return fmt.Errorf("the desk of %s has another report than that of %s", id, c.order[0])
	}
	files, err := c.desks[id].Export(c.ctx)
	if err != nil {
		return err
	}
	folder := filepath.Join(c.dir, "export", id)
	if err := casefile.WriteFolder(folder, files); err != nil {
		return err
	}
	opened, err := casefile.OpenFolder(folder)
	if err != nil {
		return err
	}
	seen := channel.VerifyExport(opened)
	c.result.Entries = seen.Entries
	c.result.LogOK = c.result.LogOK && seen.OK
	return nil
}

func today() parley.Date {
	t := time.Now().UTC()
	return parley.Date{Year: t.Year(), Month: int(t.Month()), Day: t.Day()}
}

// want fails the replay where something is not as the record has it.
func (c *crew) want(what string, got, want any) error {
	if fmt.Sprint(got) != fmt.Sprint(want) {
		return fmt.Errorf("replay of %s: %s: %v, and the record says %v", c.name, what, got, want)
	}
	return nil
}

// view is what one desk sees of the handover.
func (c *crew) view(id string) (*desk.HandoverView, error) { return c.desks[id].HandoverView("last") }
