package web

import (
	"errors"
	"slices"
	"strings"
	"time"

	"parley"
	"parley/casefile"
	"parley/desk"
)

// offersPage holds the last two offers side by side, tells what was offered, asked
// and said, and is where an offer is written. What anything is worth stands on
// another page.
func offersPage() *page {
	return &page{name: "offers", path: "/offers", menu: true, show: showOffers, acts: []act{makeOffer(), requestAct(), noteAct()}}
}

type offersData struct {
	Terms          []termRow // of the last two offers
	Before, Latest *desk.OfferView
	History        []event // newest first
}

func showOffers(v *visit) (any, error) {
	d := offersData{History: v.history()}
	if n := len(v.View.Offers); n > 0 {
		d.Latest = &v.View.Offers[n-1]
		d.Before = v.before(d.Latest)
		d.Terms = v.compare(d.Before, d.Latest)
	}
	return d, nil
}

// before is the offer that another one answers, else the one before it.
func (r *reading) before(o *desk.OfferView) *desk.OfferView {
	for i := range slices.Backward(r.View.Offers) {
		b := &r.View.Offers[i]
		if o.Answers != "" && strings.HasPrefix(b.ID, o.Answers) {
			return b
		}
	}
	for i := range r.View.Offers {
		if r.View.Offers[i].ID == o.ID && i > 0 {
			return &r.View.Offers[i-1]
		}
	}
	return nil
}

// termRow is one term of two offers: how it stands in each, and what changed.
type termRow struct {
	Name          string
	ID            parley.PersonID // "" where it is no person
	Before, After string
	Change        string // change.WORD
}

// compare puts the terms of two offers beside each other; before may be nil.
func (v *visit) compare(before, after *desk.OfferView) []termRow {
	was, is := v.terms(before), v.terms(after)
	var out []termRow
	for _, t := range was {
		if !slices.ContainsFunc(is, func(x termRow) bool { return x.key() == t.key() }) {
			t.Before, t.After, t.Change = t.After, "", "gone"
			out = append(out, t)
		}
	}
	for _, t := range is {
		i := slices.IndexFunc(was, func(x termRow) bool { return x.key() == t.key() })
		switch {
		case before == nil:
		case i < 0:
			t.Change = "new"
		case was[i].After == t.After:
			t.Before, t.Change = was[i].After, "same"
		default:
			t.Before, t.Change = was[i].After, "other"
		}
		out = append(out, t)
	}
	return out
}

func (t termRow) key() string { return string(t.ID) + "\x00" + t.Name }

// terms lists an offer's terms: who, then what is no person.
func (v *visit) terms(o *desk.OfferView) []termRow {
	if o == nil {
		return nil
	}
	var out []termRow
	for _, id := range o.Offer.Entries() {
		out = append(out, termRow{Name: v.Person(id), ID: id, After: v.entry(o, id)})
	}
	for _, t := range o.Terms {
		text := v.must("offers.term")
		if t.By != "" {
			text = v.must("offers.term.by", v.PartyName(t.By))
		}
		out = append(out, termRow{Name: t.Text, After: text})
	}
	if !o.Until.IsZero() {
		out = append(out, termRow{Name: v.must("offers.until"), After: v.Date(o.Until)})
	}
	return out
}

// entry tells how somebody stands in an offer.
func (v *visit) entry(o *desk.OfferView, id parley.PersonID) string {
	parts := []string{v.must("offers.released")}
	if slices.Contains(o.Optional, id) {
		parts = []string{v.must("offers.optional")}
	}
	if p, ok := o.IfConfirmed[id]; ok {
		parts = append(parts, v.must("offers.confirmed", v.PartyName(p)))
	}
	if to, ok := o.To[id]; ok {
		parts = append(parts, v.must("offers.to", v.PartyName(parley.PartyID(to))))
	}
	if when, ok := o.When[id]; ok {
		parts = append(parts, when)
	}
	return v.List(parts)
}

// event is something that was said on the channel.
type event struct {
	desk.ActView
	Kind, Status, Text, To string
	People                 []string
	At                     time.Time
	Effect                 string // why it has none; "" where it has
}

// history lists what was said on the channel, newest first.
func (v *visit) history() []event {
	var out []event
	add := func(a desk.ActView, e event) {
		e.ActView, e.At = a, time.Unix(a.Claimed, 0)
		out = append(out, e)
	}
	for _, o := range v.View.Offers {
		add(o.ActView, event{Kind: "offer", Status: v.must("status." + strings.ReplaceAll(string(o.Status), " ", "-")), Text: o.Text, To: "/offers/" + o.ID, People: v.People(o.Offer.Entries())})
	}
	for _, q := range v.View.Requests {
		add(q.ActView, event{Kind: "request", Text: q.Text, People: v.People(q.Persons)})
	}
	for _, n := range v.View.Notes {
		add(n.ActView, event{Kind: "note", Status: n.Paper, Text: n.Text})
	}
	for _, f := range v.View.WithoutEffect {
		add(f.ActView, event{Kind: f.Kind, Effect: f.Why})
	}
	slices.SortStableFunc(out, func(a, b event) int { return b.At.Compare(a.At) })
	return out[:min(len(out), 200)]
}

// Kind tells what sort of act it is, in the language of the page.
func (l *look) Kind(kind string) (string, error) {
	if _, ok := l.from.messages["kind."+kind]; ok {
		return l.Plain("kind." + kind)
	}
	return kind, nil
}

// makeOffer writes an offer. It is checked against the brief, the mandate and the
// table before it can be sent.
func makeOffer() act {
	return act{name: "make", fields: append(offerFields(),
		field{name: "until", kind: day},
		field{name: "answers", kind: one, options: offerOptions},
		field{name: "text", kind: area},
	), first: offerDraft, do: sendOffer}
}

// offerFields ask what an offer is, on the record or off it.
func offerFields() []field {
	return []field{
		{name: "entry", kind: grid, options: peopleOptions, columns: []field{
			{name: "how", kind: one, options: howOptions},
			{name: "when", kind: line},
			{name: "to", kind: line},
			{name: "if", kind: one, options: partyOptions},
		}},
		{name: "more", kind: line, when: manyPeople},
		{name: "terms", kind: area},
	}
}

func manyPeople(v *visit) bool { return len(v.holdings) > optionsShown }

func howOptions(v *visit) []option {
	return []option{{Value: "", Label: "—"}, {Value: "release", Label: v.must("offers.released")}, {Value: "optional", Label: v.must("offers.optional")}}
}

func partyOptions(v *visit) []option {
	out := []option{{Label: "—"}}
	if v.Case == nil {
		return out
	}
	for _, p := range v.Case.Parties {
		out = append(out, option{Value: string(p.ID), Label: p.Name})
	}
	return out
}

func offerOptions(v *visit) []option {
	out := []option{{Label: "—"}}
	for _, o := range slices.Backward(v.View.Offers) {
		out = append(out, option{Value: o.ID, Label: v.must("offers.of", v.PartyName(o.By), v.Short(o.ID))})
	}
	return out
}

// offerDraft begins a form from the offer that is to be answered.
func offerDraft(v *visit) *form {
	answers := v.asked("answers")
	for _, o := range v.View.Offers {
		if answers != "" && o.ID == answers {
			f := draftOf(o.Offer)
			f.set("answers", o.ID)
			f.set("text", "")
			return f
		}
	}
	return nil
}

// drafted carries an offer over to the form of an offer. Nothing is sent, and
// nothing of it stands in an address.
func (v *visit) drafted(o *parley.Offer) *outcome {
	offers := v.server.pages[slices.IndexFunc(v.server.pages, func(p *page) bool { return p.name == "offers" })]
	id := v.server.drawer.keep(&intent{page: offers, act: offers.act("make"), at: offers.path, form: *draftOf(o)})
	return &outcome{To: "/offers?draft=" + id}
}

// draftOf fills the form in with an offer.
func draftOf(o *parley.Offer) *form {
	f := &form{act: "make", values: map[string][]string{}}
	for _, id := range o.Entries() {
		f.set("entry.how."+string(id), "release")
	}
	for _, id := range o.Optional {
		f.set("entry.how."+string(id), "optional")
	}
	for _, c := range o.IfConfirmed {
		f.set("entry.if."+string(c.Person), string(c.Party))
	}
	for _, t := range o.To {
		f.set("entry.to."+string(t.Person), t.Party)
	}
	for _, w := range o.When {
		f.set("entry.when."+string(w.Person), w.When)
	}
	var terms []string
	for _, t := range o.Terms {
		line := t.Text
		if t.By != "" {
			line = string(t.By) + "= " + t.Text
		}
		terms = append(terms, line)
	}
	f.set("terms", strings.Join(terms, "\n"))
	f.set("until", o.Until.String())
	f.set("answers", o.Answers)
	f.set("text", o.Text)
	return f
}

// readOffer reads the form as an offer that stands until a day, which is one of
// its fields.
func readOffer(v *visit, f *form, until string) (*parley.Offer, error) {
	if f.get("more") != "" && manyPeople(v) {
		return nil, in("more", errors.New(v.must("offers.more")))
	}
	if v.Case == nil {
		return nil, desk.ErrNoCase
	}
	o := &parley.Offer{Case: v.Case.ID, From: v.Party, Answers: f.get("answers"), Text: f.get("text")}
	for _, x := range v.holdings {
		id := string(x.ID)
		switch f.get("entry.how." + id) {
		case "release":
			o.Release = append(o.Release, x.ID)
		case "optional":
			o.Optional = append(o.Optional, x.ID)
		default:
			continue
		}
		if s := f.get("entry.when." + id); s != "" {
			o.When = append(o.When, parley.Phase{Person: x.ID, When: s})
		}
		if s := f.get("entry.to." + id); s != "" {
			o.To = append(o.To, parley.Destination{Person: x.ID, Party: s})
		}
		if s := f.get("entry.if." + id); s != "" {
			o.IfConfirmed = append(o.IfConfirmed, parley.Confirmation{Person: x.ID, Party: parley.PartyID(s)})
		}
	}
	if len(o.Entries()) == 0 {
		return nil, in("entry", errors.New(v.must("offers.nobody")))
	}
	o.Terms = readTerms(v.Case, f.get("terms"))
	var err error
	if o.Until, err = f.day(until); err != nil {
		return nil, err
	}
	_, err = casefile.ParseOffer("the offer", casefile.EncodeOffer(o), v.Case)
	return o, err
}

// readTerms reads one term a line; "PARTY = TEXT" says who does it.
func readTerms(c *parley.Case, text string) []parley.Term {
	var out []parley.Term
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		by, what, ok := strings.Cut(line, "=")
		if _, known := c.Party(parley.PartyID(strings.TrimSpace(by))); ok && known {
			out = append(out, parley.Term{Text: strings.TrimSpace(what), By: parley.PartyID(strings.TrimSpace(by))})
		} else if line != "" {
			out = append(out, parley.Term{Text: line})
		}
	}
	return out
}

func sendOffer(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	o, err := readOffer(v, f, "until")
	if err != nil {
		return nil, err
	}
	ref, err := d.Send(v.context, o)
	return &outcome{Values: []any{ref.Short()}}, err
}

// requestAct asks for somebody, on the record; it is no offer.
func requestAct() act {
	return act{name: "request", fields: []field{
		{name: "persons", kind: many, must: true, options: peopleOptions},
		{name: "text", kind: area, must: true},
	}, do: func(v *visit, d *desk.Desk, f *form) (*outcome, error) {
		_, err := d.Request(v.context, f.people("persons"), f.get("text"))
		return &outcome{}, err
	}}
}

// noteAct puts a remark on the record.
func noteAct() act {
	return act{name: "note", fields: []field{
		{name: "text", kind: area, must: true},
		{name: "paper", kind: line},
	}, do: func(v *visit, d *desk.Desk, f *form) (*outcome, error) {
		_, err := d.Note(v.context, f.get("paper"), f.get("text"))
		return &outcome{}, err
	}}
}
