package casefile

import (
	"regexp"
	"slices"
	"strconv"
	"time"

	"parley"
	"parley/handover"
)

// ParsePlan reads plan/1. Where the case is given, it fills in what the file
// leaves out: who holds and who asks for each entry, how many a group is, what
// it counts on the agreed scale, and the parties' names. Without it the file
// says all that itself. What can't be carried out is told at its place too.
func ParsePlan(name string, data []byte, c *parley.Case) (*handover.Plan, error) {
	r, root, err := begin(name, data, handover.MaxPlanBytes, "plan/1")
	if err != nil {
		return nil, err
	}
	r.known = knownOf(c)
	p := &planReader{of: c, at: map[string]*value{}}
	v := r.root(root)
	if c != nil {
		for _, party := range c.Parties {
			p.Actors = append(p.Actors, handover.Actor{ID: handover.ActorID(party.ID), Name: party.Name})
		}
	}
	readFields(v, p, planFields)
	if r.found == 0 {
		p.check(v)
	}
	if err := r.done(); err != nil {
		return nil, err
	}
	out := p.Plan // without the file's nodes, to which the reader holds on
	return &out, nil
}

// ReadPlan reads plan/1 from a file, and gives its bytes too.
func ReadPlan(path string, c *parley.Case) (*handover.Plan, []byte, error) {
	data, err := ReadFile(path, handover.MaxPlanBytes)
	if err != nil {
		return nil, nil, err
	}
	p, err := ParsePlan(path, data, c)
	return p, data, err
}

// planReader is a plan on its way, and where each id stands.
type planReader struct {
	handover.Plan
	of *parley.Case
	at map[string]*value
}

var planFields = []field[planReader]{
	{"parley", func(*planReader, *value) {}},
	{"id!", func(p *planReader, v *value) { p.ID = v.id() }},
	{"case!", (*planReader).readCase},
	{"title", func(p *planReader, v *value) { p.Title = v.line() }},
	{"parties", (*planReader).readParties},
	{"neutrals", (*planReader).readNeutrals},
	{"neutral", func(p *planReader, v *value) { p.Neutral = v.actor() }},
	{"fresh_days", func(p *planReader, v *value) { p.FreshDays = int(v.whole(1, 3650)) }},
	{"sides", (*planReader).readSides},
	{"places!", (*planReader).readPlaces},
	{"entries!", (*planReader).readEntries},
	{"phases!", func(p *planReader, v *value) { v.list(p.readPhase) }},
	{"instruments", (*planReader).readInstruments},
	{"bounds", (*planReader).readBounds},
	{"reasons", (*planReader).readReasons},
	{"duties", func(p *planReader, v *value) { p.Duties = readDuties(v) }},
	{"halt", func(p *planReader, v *value) { p.Halters = listOf(v, (*value).actor) }},
	{"printed", (*planReader).readPrinted},
	{"texts", (*planReader).readTexts},
}

func (v *value) actor() handover.ActorID { return handover.ActorID(v.id()) }
func (v *value) place() handover.PlaceID { return handover.PlaceID(v.id()) }
func (v *value) step() handover.StepID   { return handover.StepID(v.id()) }

func (p *planReader) readCase(v *value) {
	p.Case = v.id()
	if p.of != nil && p.Case != "" && p.Case != p.of.ID {
		v.wrong("a plan on another case", "this case is "+p.of.ID)
	}
}

func (p *planReader) readParties(v *value) {
	v.entries(func(key, entry *value) {
		a := handover.Actor{ID: handover.ActorID(key.party()), Name: entry.line()}
		if i := slices.IndexFunc(p.Actors, func(b handover.Actor) bool { return b.ID == a.ID }); i >= 0 {
			p.Actors[i] = a
		} else {
			p.Actors = append(p.Actors, a)
		}
	})
}

var neutralFields = []field[handover.Actor]{
	{"name!", func(a *handover.Actor, v *value) { a.Name = v.word() }},
	{"person", func(a *handover.Actor, v *value) { a.Person = v.line() }},
}

func (p *planReader) readNeutrals(v *value) {
	v.entries(func(key, entry *value) {
		a := handover.Actor{ID: key.actor(), Neutral: true}
		readFields(entry, &a, neutralFields)
		p.Actors = append(p.Actors, a)
	})
}

func (p *planReader) readSides(v *value) {
	v.entries(func(key, entry *value) {
		p.Sides = append(p.Sides, handover.Side{ID: handover.SideID(key.id()), Parties: listOf(entry, (*value).party)})
	})
}

var placeFields = []field[handover.Place]{
	{"name", func(p *handover.Place, v *value) { p.Name = v.line() }},
	{"under!", func(p *handover.Place, v *value) { p.Under = v.actor() }},
	{"escrow", func(p *handover.Place, v *value) { p.Escrow = v.truth() }},
	{"after", func(p *handover.Place, v *value) { p.After = listOf(v, (*value).place) }},
}

func (p *planReader) readPlaces(v *value) {
	v.entries(func(key, entry *value) {
		pl := handover.Place{ID: key.place()}
		readFields(entry, &pl, placeFields)
		p.at[string(pl.ID)] = entry
		p.Places = append(p.Places, pl)
	})
}

var entryFields = []field[handover.Entry]{
	{"name", func(e *handover.Entry, v *value) { e.Name = v.line() }},
	{"heads", func(e *handover.Entry, v *value) { e.Heads = int(v.whole(1, parley.MaxHeads)) }},
	{"units", func(e *handover.Entry, v *value) { e.Units = v.whole(0, parley.MaxPoints) }},
	{"from", func(e *handover.Entry, v *value) { e.From = v.party() }},
	{"for", func(e *handover.Entry, v *value) { e.For = v.party() }},
	{"start!", func(e *handover.Entry, v *value) { e.Start = v.place() }},
	{"optional", func(e *handover.Entry, v *value) { e.Optional = v.truth() }},
	{"if_confirmed", func(e *handover.Entry, v *value) { e.IfConfirmed = v.party() }},
	{"instead", func(e *handover.Entry, v *value) { e.Instead = listOf(v, (*value).place) }},
	{"remains", func(e *handover.Entry, v *value) { e.Remains = v.truth() }},
}

func (p *planReader) readEntries(v *value) {
	reg := parley.Register{}
	if p.of != nil {
		reg = p.of.Register()
	}
	v.entries(func(key, entry *value) {
		e := handover.Entry{ID: key.person()}
		readFields(entry, &e, entryFields)
		p.fillEntry(&e, reg[e.ID])
		p.at[string(e.ID)] = entry
		p.Entries = append(p.Entries, e)
	})
}

// fillEntry takes from the case what the file leaves out.
func (p *planReader) fillEntry(e *handover.Entry, h parley.Holding) {
	if e.Name == "" {
		e.Name = h.Name
	}
	if e.From == "" {
		e.From = h.HeldBy
	}
	if e.For == "" && len(h.SoughtBy) > 0 {
		e.For = h.SoughtBy[0]
	}
	if e.Heads == 0 {
		e.Heads = max(1, h.Heads)
	}
	if e.Units == 0 && p.of != nil {
		e.Units = int64(e.Heads) * unitsOf(p.of, h.Tags)
	}
}

// unitsOf is what one bearer of the tags counts on the agreed scale: by the tag
// of most units.
func unitsOf(c *parley.Case, tags []string) (most int64) {
	for _, eq := range c.Scale {
		if slices.Contains(tags, eq.Tag) {
			most = max(most, eq.Units)
		}
	}
	return most
}

var phaseFields = []field[handover.Phase]{
	{"id!", func(p *handover.Phase, v *value) { p.ID = v.id() }},
	{"title", func(p *handover.Phase, v *value) { p.Title = v.line() }},
}

var gateFields = []field[handover.Gate]{
	{"id!", func(g *handover.Gate, v *value) { g.ID = v.step() }},
	{"do!", func(g *handover.Gate, v *value) { g.Do = v.text() }},
	{"by", func(g *handover.Gate, v *value) { g.By = listOf(v, (*value).actor) }},
	{"move", readMoves},
	{"at", func(g *handover.Gate, v *value) { g.At = v.place() }},
	{"needs", func(g *handover.Gate, v *value) { g.Needs = listOf(v, (*value).step) }},
	{"confirm!", func(g *handover.Gate, v *value) { g.Confirm = listOf(v, (*value).actor) }},
	{"evidence", func(g *handover.Gate, v *value) { g.Evidence = v.text() }},
	{"planned", func(g *handover.Gate, v *value) { g.Planned = v.moment() }},
	{"until", func(g *handover.Gate, v *value) { g.Until = v.moment() }},
	{"stop", func(g *handover.Gate, v *value) { g.Stop = v.text() }},
	{"go", func(g *handover.Gate, v *value) { g.Go = v.truth() }},
}

func readMoves(g *handover.Gate, v *value) {
	v.entries(func(key, entry *value) {
		g.Move = append(g.Move, handover.Transfer{Who: key.person(), To: entry.place()})
	})
}

func (p *planReader) readPhase(v *value) {
	ph := handover.Phase{}
	fields := append(slices.Clone(phaseFields), field[handover.Phase]{"gates!", func(ph *handover.Phase, v *value) {
		v.list(func(item *value) {
			var g handover.Gate
			readFields(item, &g, gateFields)
			p.at[string(g.ID)] = item
			ph.Gates = append(ph.Gates, g)
		})
	}})
	readFields(v, &ph, fields)
	p.Phases = append(p.Phases, ph)
}

var instrumentFields = []field[handover.Instrument]{
	{"kind!", func(i *handover.Instrument, v *value) {
		i.Kind = v.oneOf("a kind of instrument", handover.InstrumentKinds())
	}},
	{"of", func(i *handover.Instrument, v *value) { i.Of = listOf(v, (*value).person) }},
	{"text", func(i *handover.Instrument, v *value) { i.Text = v.text() }},
	{"decides", func(i *handover.Instrument, v *value) { i.Decides = v.line() }},
	{"confirm!", func(i *handover.Instrument, v *value) { i.Confirm = listOf(v, (*value).actor) }},
	{"needs", func(i *handover.Instrument, v *value) { i.Needs = listOf(v, (*value).step) }},
	{"before", func(i *handover.Instrument, v *value) { i.Before = v.step() }},
	{"free", func(i *handover.Instrument, v *value) { i.Free = v.truth() }},
	{"earliest", func(i *handover.Instrument, v *value) { i.Earliest = v.moment() }},
	{"latest", func(i *handover.Instrument, v *value) { i.Latest = v.moment() }},
	{"planned", func(i *handover.Instrument, v *value) { i.Planned = v.moment() }},
	{"takes", func(i *handover.Instrument, v *value) { i.Minutes = v.duration() }},
	{"final", func(i *handover.Instrument, v *value) { i.Final = v.truth() }},
	{"public", func(i *handover.Instrument, v *value) { i.Public = v.truth() }},
	{"hidden", func(i *handover.Instrument, v *value) { i.Hidden = listOf(v, (*value).word) }},
	{"duties", func(i *handover.Instrument, v *value) { i.Duties = readDuties(v) }},
}

func (p *planReader) readInstruments(v *value) {
	v.entries(func(key, entry *value) {
		in := handover.Instrument{ID: key.step()}
		readFields(entry, &in, instrumentFields)
		p.at[string(in.ID)] = entry
		p.Instruments = append(p.Instruments, in)
	})
}

var boundFields = []field[handover.Bound]{
	{"heads", func(b *handover.Bound, v *value) { b.Heads = v.whole(1, parley.MaxHeads) }},
	{"units", func(b *handover.Bound, v *value) { b.Units = v.whole(1, parley.MaxPoints) }},
}

func (p *planReader) readBounds(v *value) {
	v.entries(func(key, entry *value) {
		b := handover.Bound{Side: handover.SideID(key.id())}
		readFields(entry, &b, boundFields)
		p.Bounds = append(p.Bounds, b)
	})
}

var reasonFields = []field[handover.Reason]{
	{"persons", func(r *handover.Reason, v *value) { r.Persons = listOf(v, (*value).person) }},
	{"with", func(r *handover.Reason, v *value) { r.With = listOf(v, (*value).party) }},
	{"text", func(r *handover.Reason, v *value) { r.Text = v.text() }},
}

func (p *planReader) readReasons(v *value) {
	v.entries(func(key, entry *value) {
		r := handover.Reason{Party: key.party()}
		readFields(entry, &r, reasonFields)
		p.Reasons = append(p.Reasons, r)
	})
}

var dutyFields = []field[handover.Duty]{
	{"id", func(d *handover.Duty, v *value) { d.ID = v.id() }},
	{"who", func(d *handover.Duty, v *value) { d.Who = v.line() }},
	{"text!", func(d *handover.Duty, v *value) { d.Text = v.text() }},
	{"until", func(d *handover.Duty, v *value) { d.Until = v.date() }},
	{"watches", func(d *handover.Duty, v *value) { d.Watches = v.line() }},
	{"breach", func(d *handover.Duty, v *value) { d.Breach = v.line() }},
	{"of", func(d *handover.Duty, v *value) { d.Of = listOf(v, (*value).person) }},
}

func readDuties(v *value) (duties []handover.Duty) {
	v.list(func(item *value) {
		var d handover.Duty
		readFields(item, &d, dutyFields)
		duties = append(duties, d)
	})
	return duties
}

var printedFields = []field[handover.Printed]{
	{"source!", func(f *handover.Printed, v *value) { f.Source = v.word() }},
	{"what", func(f *handover.Printed, v *value) {
		f.What = v.oneOf("a figure of a plan", []string{"agreed", "executed", "executed-and-added"})
	}},
	{"total!", func(f *handover.Printed, v *value) { f.Total = v.whole(0, parley.MaxPoints) }},
	{"parts", func(f *handover.Printed, v *value) {
		v.list(func(item *value) { f.Parts = append(f.Parts, item.whole(0, parley.MaxPoints)) })
	}},
}

func (p *planReader) readPrinted(v *value) {
	v.list(func(item *value) {
		var f handover.Printed
		readFields(item, &f, printedFields)
		p.Printed = append(p.Printed, f)
	})
}

var languageTag = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

var textFields = []field[handover.Text]{
	{"language!", func(t *handover.Text, v *value) {
		if t.Language = v.word(); !languageTag.MatchString(t.Language) {
			v.wrong("not a language", "write en, ar, uk, zh-Hant")
		}
	}},
	{"title", func(t *handover.Text, v *value) { t.Title = v.line() }},
	{"authentic", func(t *handover.Text, v *value) { t.Authentic = v.truth() }},
	{"translator", func(t *handover.Text, v *value) { t.Translator = v.line() }},
	{"paragraphs!", func(t *handover.Text, v *value) {
		v.list(func(item *value) { t.Paragraphs = append(t.Paragraphs, item.text()) })
	}},
}

func (p *planReader) readTexts(v *value) {
	v.list(func(item *value) {
		var t handover.Text
		readFields(item, &t, textFields)
		p.Texts = append(p.Texts, t)
	})
}

// check tells at its place what keeps the plan from being carried out.
func (p *planReader) check(v *value) {
	for _, f := range p.Check() {
		if f.Warning {
			continue
		}
		at := v
		if there := p.at[f.Of]; there != nil {
			at = there
		}
		text := f.Text
		if f.Field != "" {
			text = f.Field + ": " + text
		}
		if p.at[f.Of] == nil && f.Of != "" {
			text = f.Of + ": " + text
		}
		at.wrong(text, f.Hint)
	}
}

// momentForms are how a moment is written: to the minute, with its zone.
var momentForms = []string{"2006-01-02T15:04Z07:00", "2006-01-02 15:04Z07:00"}

// moment reads a time of day on a date, with its zone.
func (v *value) moment() handover.Moment {
	if !v.is(textKind, "a time") {
		return 0
	}
	for _, form := range momentForms {
		if t, err := time.Parse(form, v.n.text); err == nil && t.Year() >= 1970 && t.Year() < 2500 {
			return handover.MomentOf(t)
		}
	}
	v.wrong("not a time", "write 2024-08-01T17:00+03:00, or Z for UTC")
	return 0
}

var durationForm = regexp.MustCompile(`^([1-9][0-9]{0,4})(m|h|d)$`)

// duration reads a length of time in minutes.
func (v *value) duration() int64 {
	if !v.is(textKind, "a length of time") {
		return 0
	}
	m := durationForm.FindStringSubmatch(v.n.text)
	if m == nil {
		v.wrong("not a length of time", "write 30m, 48h or 2d")
		return 0
	}
	n, _ := strconv.ParseInt(m[1], 10, 64)
	return n * map[string]int64{"m": 1, "h": 60, "d": 24 * 60}[m[2]]
}
