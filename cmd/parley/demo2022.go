package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// replay2022 replays what the public learned of the talks of 2022 on Brittney
// Griner, Paul Whelan and Viktor Bout.
func replay2022(s *stage) error {
	us, err := s.side("us", "Washington")
	if err != nil {
		return err
	}
	ru, err := s.side("ru", "Moscow")
	if err != nil {
		return err
	}
	s.say("A replay of the talks between the United States and Russia in 2022, after public reports.")
	s.say("Who was held by whom, and since when, is on record. What a release is worth to whom is not:")
	s.say("each side's brief is invented for this exercise, and no number of it is shown.")
	t := &talks2022{stage: s, us: us, ru: ru}
	for _, part := range []func() error{
		t.desks, t.charter, t.mandates, t.firstOffer, t.moscowWeighs, t.krasikov, t.public, t.counter, t.accept, t.seal, t.ratify, t.compare, t.relaySaw,
	} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

// half2022 plays the talks until both ministers have spoken in public: one offer,
// declined, and a request that is no offer.
func half2022(s *stage) (us, ru *side, err error) {
	if us, err = s.side("us", "Washington"); err != nil {
		return nil, nil, err
	}
	if ru, err = s.side("ru", "Moscow"); err != nil {
		return nil, nil, err
	}
	t := &talks2022{stage: s, us: us, ru: ru}
	for _, part := range []func() error{t.desks, t.charter, t.mandates, t.firstOffer, t.moscowWeighs, t.krasikov, t.public} {
		if err := part(); err != nil {
			return nil, nil, err
		}
	}
	return us, ru, nil
}

type talks2022 struct {
	*stage
	us, ru       *side
	first, other string   // the offers
	cards        []string // of neutrals
}

// acted is the answer of a command that made a move.
type acted struct{ ID string }

func (t *talks2022) desks() error {
	t.heading("Each side opens its own desk. Nobody else can read it.")
	facts, err := t.example("case.yaml")
	if err != nil {
		return err
	}
	if err := t.us.do(nil, "init", "--party", "us", "--delegate", "Special Envoy", "--office", "Hostage Affairs", "--case", facts); err != nil {
		return err
	}
	if err := t.ru.do(nil, "init", "--party", "ru", "--name", "Russian Federation", "--delegate", "Delegate", "--office", "Security Service"); err != nil {
		return err
	}
	for _, d := range []*side{t.us, t.ru} {
		brief, err := t.example("exercise/" + d.id + ".yaml")
		if err != nil {
			return err
		}
		if err := d.do(nil, "brief", "keep", brief); err != nil {
			return err
		}
	}
	t.say("    Each has put its brief, what it wants and where it stops, into its encrypted store.")
	return nil
}

func (t *talks2022) charter() error {
	t.heading("The presidents found the channel. Each signs with a key that is on no desk.")
	if err := t.us.do(nil, "sign", "--new", "--key", t.us.key, "--name", "Joseph R. Biden", "--office", "President"); err != nil {
		return err
	}
	if err := t.ru.do(nil, "sign", "--new", "--key", t.ru.key, "--name", "Vladimir V. Putin", "--office", "President"); err != nil {
		return err
	}
	card, draft := t.paper("ru.card"), t.paper("charter")
	if err := t.ru.do(nil, "channel", "card", "--principal", t.ru.key+".card", "--out", card); err != nil {
		return err
	}
	if err := t.us.do(nil, "channel", "open", "--principal", t.us.key+".card", "--with", strings.Join(append([]string{card}, t.cards...), ","), "--title", "special channel", "--out", draft); err != nil {
		return err
	}
	for _, d := range []*side{t.us, t.ru} {
		if err := d.do(nil, "sign", draft, "--key", d.key); err != nil {
			return err
		}
	}
	if err := t.startRelay(""); err != nil {
		return err
	}
	t.say("    A relay stands ready at a third place. It can open nothing that it carries.")
	for _, d := range []*side{t.us, t.ru} {
		if err := d.do(nil, "channel", "join", draft, "--relay", t.relay.url); err != nil {
			return err
		}
	}
	t.say("    The channel's name is the hash of what both presidents signed. It is open")
	t.say("    whatever is said in public.")
	return nil
}

func (t *talks2022) mandates() error {
	t.heading("The presidents give full powers: to explore, offer, accept ad referendum and seal.")
	for _, d := range []*side{t.us, t.ru} {
		if err := d.do(nil, "mandate", "--may", "explore,offer,accept,seal", "--key", d.key); err != nil {
			return err
		}
	}
	t.say("    To bind stays with the presidents.")
	return nil
}

func (t *talks2022) online(d *side) error {
	var r struct {
		Received, Sent int
		NonPapers      int `json:"non_papers"`
	}
	if err := d.do(&r, "sync"); err != nil {
		return err
	}
	t.say("    %s is on the line for a moment: %d received, %d sent. Then off again.", d.name, r.Received+r.NonPapers, r.Sent)
	return nil
}

func (t *talks2022) firstOffer() error {
	t.heading("Washington offers two for two: Griner and Whelan for Bout and a second Russian, to be named.")
	file := t.paper("first.yaml")
	if err := t.us.do(nil, "offer", "make", "--release", "griner,whelan,bout,second-russian", "--text", "a substantial proposal", "--out", file); err != nil {
		return err
	}
	var done acted
	if err := t.us.do(&done, "offer", "send", file); err != nil {
		return err
	}
	t.first = done.ID
	t.say("    The second Russian is a blank: nobody can seal the offer before somebody is named.")
	return t.online(t.us)
}

func (t *talks2022) moscowWeighs() error {
	t.heading("Moscow, later, reads the offer and weighs it against its own brief.")
	if err := t.online(t.ru); err != nil {
		return err
	}
	if err := t.weigh(t.ru, t.first); err != nil {
		return err
	}
	t.say("    Moscow declines: the terms are unequal.")
	return t.ru.do(nil, "decline", t.first, "--text", "the terms are unequal")
}

// weigh tells in words how an offer stands with one side's own brief.
func (t *talks2022) weigh(d *side, offer string) error {
	file := t.paper(d.id + "-weighs.yaml")
	if err := d.do(nil, "offer", "show", offer, "--out", file); err != nil {
		return err
	}
	facts, err := t.example("case.yaml")
	if err != nil {
		return err
	}
	brief, err := t.example("exercise/" + d.id + ".yaml")
	if err != nil {
		return err
	}
	var a struct {
		Offer struct {
			Gains map[string]int64
		}
	}
	if err := d.do(&a, "weigh", facts, "--brief", brief, "--offer", file); err != nil {
		return err
	}
	verdict := "at or above its walk-away"
	if a.Offer.Gains[d.id] < 0 {
		verdict = "below its walk-away"
	}
	t.say("    For %s the offer is %s.", d.name, verdict)
	return nil
}

func (t *talks2022) krasikov() error {
	t.heading("Moscow asks, off the record, that Vadim Krasikov be included. He is held by Germany.")
	before, err := t.table(t.us)
	if err != nil {
		return err
	}
	day := time.Now().UTC().AddDate(0, 0, 30).Format(time.DateOnly)
	if err := t.ru.do(nil, "nonpaper", "send", "include Vadim Krasikov in any exchange", "--person", "krasikov", "--until", day); err != nil {
		return err
	}
	if err := t.online(t.ru); err != nil {
		return err
	}
	if err := t.online(t.us); err != nil {
		return err
	}
	v, err := t.table(t.us)
	if err != nil {
		return err
	}
	var off struct {
		Kept []struct {
			From, Kind string
			Persons    []string
		} `json:"non_papers"`
	}
	if err := t.us.do(&off, "nonpaper", "list"); err != nil {
		return err
	}
	if len(off.Kept) != 1 || off.Kept[0].From != "ru" || off.Kept[0].Kind != "request" || !slices.Equal(off.Kept[0].Persons, []string{"krasikov"}) {
		return fmt.Errorf("%d non-papers came, want one request for Krasikov", len(off.Kept))
	}
	if len(v.Offers) != 1 || len(v.Requests) != 0 || len(before.Requests) != 0 {
		return fmt.Errorf("the table shows %d offers and %d requests, want one offer and no request", len(v.Offers), len(v.Requests))
	}
	t.say("    It is a non-paper: no counter-offer, on nobody's table, in no export, and gone in a month.")
	t.say("    Washington knows that it came from Moscow, and can prove it to nobody: it could have")
	t.say("    made it itself. To the relay it looked like any other envelope.")
	t.say("    This is what Washington sees, off the record and on it:")
	if err := t.us.screen("nonpaper", "show", "1"); err != nil {
		return err
	}
	return t.us.screen("table")
}

func (t *talks2022) public() error {
	t.heading("Both ministers speak in public. Each desk notes it, as reported; the table does not move.")
	before, err := t.table(t.us)
	if err != nil {
		return err
	}
	if err := t.us.do(nil, "report", "the channels that were agreed will be used", "--kind", "statement", "--by", "Antony Blinken", "--via", "press, named", "--on", "2022-08-05"); err != nil {
		return err
	}
	if err := t.ru.do(nil, "report", "the channel agreed by the presidents is open, whatever is said in public", "--kind", "statement", "--by", "Sergei Lavrov", "--via", "press, named", "--on", "2022-08-05"); err != nil {
		return err
	}
	after, err := t.table(t.us)
	if err != nil {
		return err
	}
	if !before.same(after) || len(after.Reported) != len(before.Reported)+1 {
		return fmt.Errorf("a public statement moved the table")
	}
	t.say("    The same offers, the same requests, the same acts as before.")
	return nil
}

func (t *talks2022) counter() error {
	t.heading("Months later Moscow counters, one for one: Griner for Bout. Take it or leave it.")
	file := t.paper("counter.yaml")
	if err := t.ru.do(nil, "offer", "make", "--release", "griner,bout", "--answers", t.first, "--text", "one for one", "--out", file); err != nil {
		return err
	}
	return t.putForward(file)
}

// putForward puts Moscow's offer on the record.
func (t *talks2022) putForward(file string) error {
	var done acted
	if err := t.ru.do(&done, "offer", "send", file); err != nil {
		return err
	}
	t.other = done.ID
	return t.online(t.ru)
}

func (t *talks2022) accept() error {
	t.heading("Washington weighs it, and accepts ad referendum.")
	if err := t.online(t.us); err != nil {
		return err
	}
	if err := t.us.do(nil, "offer", "diff", t.first, t.other); err != nil {
		return err
	}
	t.say("    Paul Whelan is not in it, nor the second Russian.")
	if err := t.weigh(t.us, t.other); err != nil {
		return err
	}
	if err := t.us.do(nil, "accept", t.other); err != nil {
		return err
	}
	return t.online(t.us)
}

func (t *talks2022) seal() error {
	t.heading("Moscow seals what Washington accepted. Both names are locked now; nobody is bound yet.")
	if err := t.online(t.ru); err != nil {
		return err
	}
	if err := t.ru.do(nil, "seal", t.other); err != nil {
		return err
	}
	return t.online(t.ru)
}

func (t *talks2022) ratify() error {
	t.heading("Before anybody ratifies, the logs are compared by telephone.")
	for _, d := range []*side{t.us, t.ru} {
		if err := t.online(d); err != nil {
			return err
		}
	}
	if err := t.readAloud("first snow"); err != nil {
		return err
	}
	t.heading("Each president ratifies. The second ratification puts the exchange in force.")
	for _, d := range []*side{t.us, t.ru} {
		if err := t.online(d); err != nil {
			return err
		}
		if err := d.do(nil, "ratify", "--key", d.key); err != nil {
			return err
		}
		if err := t.online(d); err != nil {
			return err
		}
	}
	return t.online(t.us)
}

// readAloud compares the two logs over words that were just agreed.
func (t *talks2022) readAloud(nonce string) error {
	var seen struct{ Fingerprint string }
	if err := t.us.do(&seen, "channel", "compare", "--nonce", nonce); err != nil {
		return err
	}
	for _, d := range []*side{t.us, t.ru} {
		if err := d.do(nil, "channel", "compare", "--nonce", nonce, "--digits", seen.Fingerprint); err != nil {
			return err
		}
	}
	t.say("    Over the words %q Washington reads %s aloud; Moscow has the same.", nonce, seen.Fingerprint)
	return nil
}

func (t *talks2022) compare() error {
	t.heading("The logs are exported, and verified without keys or network.")
	for _, d := range []*side{t.ru, t.us} {
		if err := t.online(d); err != nil {
			return err
		}
	}
	if err := t.readAloud("last leaf"); err != nil {
		return err
	}
	var seen struct{ Entries int }
	if err := t.us.do(&seen, "channel", "status"); err != nil {
		return err
	}
	t.result.Entries, t.result.LogOK, t.result.InForce = seen.Entries, true, true
	for _, d := range []*side{t.us, t.ru} {
		if err := t.verified(d); err != nil {
			return err
		}
	}
	return nil
}

// verified exports a desk's log, verifies it, and reads the outcome off the
// desk's table.
func (t *talks2022) verified(d *side) error {
	folder := filepath.Join(t.dir, "export", d.id)
	if err := d.do(nil, "log", "export", folder); err != nil {
		return err
	}
	var v struct {
		Entries, Authors int
		OK               bool
	}
	if err := d.do(&v, "log", "verify", folder); err != nil {
		return err
	}
	t.result.LogOK = t.result.LogOK && v.OK && v.Entries == t.result.Entries
	t.say("    %s: %d entries by %d authors, every signature holds and nothing is missing.", d.name, v.Entries, v.Authors)
	table, err := t.table(d)
	if err != nil {
		return err
	}
	agreed := slices.IndexFunc(table.Agreements, func(g agreementSeen) bool { return g.InForce })
	if agreed < 0 {
		t.result.InForce = false
		return nil
	}
	t.result.Release = table.Agreements[agreed].Release
	t.say("    This is what %s sees in the end:", d.name)
	return d.screen("table")
}

// relaySaw tells from the relay's own log what it could see.
func (t *talks2022) relaySaw() error {
	t.heading("What the relay saw of all this: how much, and when. Not who, nor what.")
	sizes := map[int64]int{}
	count, total, blobs := 0, int64(0), int64(0)
	for sc := bufio.NewScanner(strings.NewReader(t.relay.log.text())); sc.Scan(); {
		var l struct {
			Msg   string
			Bytes int64
			New   bool
		}
		if json.Unmarshal(sc.Bytes(), &l) == nil && l.Msg == "append" && l.New {
			count++
			total += l.Bytes
			sizes[l.Bytes]++
		} else if l.Msg == "put blob" {
			blobs += l.Bytes
		}
	}
	if count == 0 {
		return fmt.Errorf("the relay logged nothing that it stored")
	}
	t.say("    %d envelopes, %d bytes, in %d sizes.", count, total, len(sizes))
	if blobs > 0 {
		t.say("    %d bytes of a settlement's messages: as many as for any other two briefs.", blobs)
	}
	t.say("")
	t.say("The exchange of Brittney Griner for Viktor Bout took place on 8 December 2022 at Abu Dhabi.")
	t.say("Here it came about because the invented briefs allow it and allow no more: the outcome")
	t.say("follows from numbers that were chosen. Nobody outside knows the real ones.")
	return nil
}

type agreementSeen struct {
	InForce bool `json:"in_force"`
	Release []string
}

// tableSeen is what a replay reads off a table.
type tableSeen struct {
	Offers   []json.RawMessage
	Requests []struct {
		WaitsFor []string `json:"waits_for"`
	}
	Agreements    []agreementSeen
	Reported      []json.RawMessage
	WithoutEffect []json.RawMessage `json:"without_effect"`
}

// same tells whether two tables show the same acts, whatever was reported.
func (a tableSeen) same(b tableSeen) bool {
	a.Reported, b.Reported = nil, nil
	x, err1 := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && string(x) == string(y)
}

func (t *talks2022) table(d *side) (v tableSeen, err error) {
	err = d.do(&v, "table")
	return v, err
}
