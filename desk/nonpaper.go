package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"parley"
	"parley/channel"
)

// A non-paper explores: a word, a request or an offer that nobody is bound by and
// nobody can prove. It never touches the table. What is to count is put on the
// record as an act of its own.

// nonPaperKinds are the moves that may be made off the record.
var nonPaperKinds = []parley.Kind{parley.KindNote, parley.KindRequest, parley.KindOffer}

// NonPaperDraft is what is to be said off the record: words, a request for
// persons, or an offer.
type NonPaperDraft struct {
	Text    string
	Persons []parley.PersonID
	Offer   *parley.Offer // beside which Text and Persons are empty
	// Until is the day at whose end, by UTC, both sides throw it away.
	Until parley.Date
	// To are the sides that it is for: parties, or neutrals as "neutral:NAME".
	// Empty where there is one other party only.
	To []string
}

// NonPaper is a word off the record, as this desk has it. Its number is this
// desk's own; on the channel it has no name.
type NonPaper struct {
	Number    int               `json:"number"`
	Ours      bool              `json:"ours"` // sent by this device
	From      string            `json:"from"` // the side
	By        string            `json:"by"`   // the device's holder
	To        []string          `json:"to"`
	Confirmed []string          `json:"confirmed"` // sides that have it, of our own
	Kind      parley.Kind       `json:"kind"`
	Text      string            `json:"text"`
	Persons   []parley.PersonID `json:"persons"`
	Offer     *parley.Offer     `json:"-"`
	Version   string            `json:"version"` // of the case, for an offer
	Claimed   int64             `json:"claimed"` // Unix seconds, as its author says
	Until     int64             `json:"until"`   // Unix seconds: when this desk throws it away

	// Contradicted is true where its author has sent another in its place.
	Contradicted bool   `json:"contradicted"`
	Fault        string `json:"fault"` // why it can't be read
}

// NonPapers is what a desk has off the record.
type NonPapers struct {
	Kept []NonPaper `json:"non_papers"`
	// Missing counts, by side, those that were sent to this desk and have not
	// come, or whose key was gone when they did.
	Missing map[string]int `json:"missing"`
}

// SendNonPaper says something off the record. The brief's red lines and the
// mandate to explore hold for it as for a move.
func (d *Desk) SendNonPaper(ctx context.Context, n NonPaperDraft) (NonPaper, error) {
	if d.session == nil {
		return NonPaper{}, ErrNoChannel
	}
	m, err := d.offRecord(ctx, n)
	if err != nil {
		return NonPaper{}, err
	}
	normalise(m)
	if err := checkMove(m); err != nil {
		return NonPaper{}, inputError{err}
	}
	if _, err := d.mandateFor(d.Table(), exploring(m)); err != nil {
		return NonPaper{}, err
	}
	to, err := d.sidesOf(n.To)
	if err != nil {
		return NonPaper{}, err
	}
	until, err := d.purgeTime(n.Until)
	if err != nil {
		return NonPaper{}, err
	}
	body, err := encodeMove(m)
	if err != nil {
		return NonPaper{}, err
	}
	if d.rehearsing {
		return NonPaper{}, nil
	}
	sent, err := d.session.SendNonPaper(ctx, channel.NonPaperDraft{Kind: string(m.Kind()), Body: body, Until: until, Sides: to})
	if errors.Is(err, channel.ErrNoPair) {
		return NonPaper{}, wrong("%w: sync, wait until that side has synced, and sync again", err)
	}
	if err != nil {
		return NonPaper{}, err
	}
	return d.nonPaper(sent), nil
}

// offRecord makes the move that would be made on the record.
func (d *Desk) offRecord(ctx context.Context, n NonPaperDraft) (parley.Move, error) {
	switch {
	case n.Offer != nil && (n.Text != "" || len(n.Persons) > 0):
		return nil, wrong("an offer has its own words and persons: leave out the others")
	case n.Offer != nil:
		return d.offRecordOffer(ctx, n.Offer)
	case strings.TrimSpace(n.Text) == "":
		return nil, wrong("the non-paper is empty")
	case len(n.Persons) > 0:
		c, err := d.Case(ctx)
		if err != nil {
			return nil, err
		}
		reg := c.Register()
		for _, id := range n.Persons {
			if _, ok := reg[id]; !ok {
				return nil, wrong("the case has no person %q", id)
			}
		}
		return &parley.Request{Persons: n.Persons, Text: n.Text}, nil
	}
	return &parley.Note{Text: n.Text}, nil
}

func (d *Desk) offRecordOffer(ctx context.Context, o *parley.Offer) (parley.Move, error) {
	if o.From != d.id.Party {
		return nil, wrong("the offer is from %q and this is the desk of %q", o.From, d.id.Party)
	}
	if o.Until.Past(d.around.Now()) {
		return nil, wrong("the offer stands until %s, which is past", o.Until)
	}
	v, ok := d.version(d.Table())
	if !ok {
		return nil, errors.New("the case is not on the channel yet: sync first")
	}
	if err := d.withinBrief(ctx, parley.KindOffer, v.Case, o); err != nil {
		return nil, err
	}
	return &parley.OfferMove{Case: v.Digest, Offer: *o}, nil
}

// exploring is the move for whose mandate a non-paper asks: no more than to
// explore whom it is about.
func exploring(m parley.Move) parley.Move {
	if o, ok := m.(*parley.OfferMove); ok {
		return &parley.Request{Persons: o.Offer.Entries(), Text: o.Offer.Text}
	}
	return m
}

// sidesOf are the sides that something is for.
func (d *Desk) sidesOf(names []string) ([]string, error) {
	var known, parties []string
	for _, seat := range d.session.Log().Roster().Seats() {
		if side := seat.Side(); side != d.id.side() && !slices.Contains(known, side) {
			known = append(known, side)
			if seat.Party != "" {
				parties = append(parties, side)
			}
		}
	}
	if len(names) == 0 && len(parties) == 1 {
		return parties, nil
	}
	if len(names) == 0 {
		return nil, wrong("say with --to whom it is for: %s", strings.Join(known, ", "))
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, wrong("%q is no other side of this channel; it has %s", name, strings.Join(known, ", "))
		}
	}
	return names, nil
}

// purgeTime is the end of a day.
func (d *Desk) purgeTime(day parley.Date) (time.Time, error) {
	end := time.Date(day.Year, time.Month(day.Month), day.Day+1, 0, 0, 0, 0, time.UTC)
	now := d.around.Now()
	latest := now.Add(channel.MaxNonPaperLife)
	switch {
	case day.IsZero() || day.Month == 0 || day.Day == 0:
		return end, wrong("say until which day it is kept, as 2026-03-20: both desks throw it away then")
	case !end.After(now):
		return end, wrong("it is to be thrown away on %s, which is past", day)
	case end.After(latest):
		return end, wrong("a non-paper is kept until %s at most", latest.UTC().AddDate(0, 0, -1).Format(time.DateOnly))
	}
	return end, nil
}

// NonPapers lists what is off the record, in the order in which it came here.
func (d *Desk) NonPapers() (NonPapers, error) {
	out := NonPapers{Kept: []NonPaper{}, Missing: map[string]int{}}
	if d.session == nil {
		return out, ErrNoChannel
	}
	for _, p := range d.session.NonPapers() {
		if slices.Contains(mediating, parley.Kind(p.Kind)) {
			continue // these have a place of their own
		}
		out.Kept = append(out.Kept, d.nonPaper(p))
	}
	room := d.session.Log().Roster()
	for id, count := range d.session.LostNonPapers() {
		if seat, ok := room.Seat(id); ok {
			out.Missing[seat.Side()] += count
		}
	}
	return out, nil
}

// NonPaper finds one by this desk's number for it.
func (d *Desk) NonPaper(number int) (NonPaper, error) {
	all, err := d.NonPapers()
	if err != nil {
		return NonPaper{}, err
	}
	for _, p := range all.Kept {
		if p.Number == number {
			return p, nil
		}
	}
	return NonPaper{}, ErrNotFound
}

// PurgeNonPapers throws away those whose day is over, and returns how many.
// Opening the desk and every sync do it too.
func (d *Desk) PurgeNonPapers(ctx context.Context) (int, error) {
	if d.session == nil {
		return 0, ErrNoChannel
	}
	return d.session.Purge(ctx)
}

func (d *Desk) nonPaper(p channel.NonPaper) NonPaper {
	room := d.session.Log().Roster()
	author, _ := room.Seat(p.Author)
	out := NonPaper{
		Number: p.Number, Ours: p.Own, From: author.Side(), By: author.Member.Name, To: d.sidesAmong(p.To), Confirmed: d.sidesAmong(p.Confirmed),
		Kind: parley.Kind(p.Kind), Persons: []parley.PersonID{}, Claimed: p.Claimed, Until: p.Until, Contradicted: p.Contradicted,
	}
	if !slices.Contains(nonPaperKinds, out.Kind) {
		out.Fault = "its kind is none that can be said off the record"
		return out
	}
	m, err := decodeMove(p.Kind, p.Body)
	if err != nil {
		out.Fault = err.Error()
		return out
	}
	switch m := m.(type) {
	case *parley.Note:
		out.Text = m.Text
	case *parley.Request:
		out.Text, out.Persons = m.Text, list(m.Persons)
	case *parley.OfferMove:
		out.Text, out.Persons, out.Offer, out.Version = m.Offer.Text, list(m.Offer.Entries()), &m.Offer, m.Case.String()
	}
	return out
}

// sidesAmong are the other sides of these devices.
func (d *Desk) sidesAmong(ids []channel.MemberID) []string {
	out := []string{}
	room := d.session.Log().Roster()
	for _, id := range ids {
		if seat, ok := room.Seat(id); ok && !slices.Contains(out, seat.Side()) {
			out = append(out, seat.Side())
		}
	}
	slices.Sort(out)
	return out
}
