package desk

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"parley"
	"parley/brief"
	"parley/casefile"
	"parley/channel"
)

// Talks with a mediator go by the back channel alone. A party gives a neutral with
// the capability mediator its brief in confidence; the mediator weighs the briefs
// that it has and puts one text to all parties; each answers it to the mediator
// alone; the mediator says whether all said yes (the one-text procedure; Fisher
// and Ury 1981). None of it is signed, or on the table. The parties' desks get the
// text and the outcome, and nothing of each other.
//
//	party    ─ confide ─►  mediator     a brief, or its withdrawal; to its device only
//	mediator ─ single-text ─► parties   one exchange, the same to all
//	party    ─ text-reply ─► mediator   yes or no
//	mediator ─ text-outcome ─► parties  all said yes, or it is closed
const (
	kindConfide parley.Kind = "confide"
	kindText    parley.Kind = "single-text"
	kindReply   parley.Kind = "text-reply"
	kindOutcome parley.Kind = "text-outcome"

	mediateFormat = "parley/mediate/1"
)

// mediating are the kinds that only the mediation reads.
var mediating = []parley.Kind{kindConfide, kindText, kindReply, kindOutcome}

// confidence is a brief given in confidence; an empty one takes it back. Of those
// of one side the one with the highest At counts, whenever it came.
type confidence struct {
	_      struct{} `cbor:",toarray"`
	Format string
	At     int64 // Unix nanoseconds by the author's clock, and above its last
	Brief  []byte
}

type singleText struct {
	_       struct{} `cbor:",toarray"`
	Format  string
	At      int64
	Case    parley.Digest
	Release []parley.PersonID // ascending
	Text    string
}

type textReply struct {
	_      struct{} `cbor:",toarray"`
	Format string
	At     int64
	Of     parley.Digest // of the text's body
	Yes    bool
	Text   string
}

type textOutcome struct {
	_      struct{} `cbor:",toarray"`
	Format string
	At     int64
	Of     parley.Digest
	Agreed bool
}

// Mediation is the talks with one mediator, as this desk has them.
type Mediation struct {
	Mediator string     `json:"mediator"`
	Ours     bool       `json:"ours"`   // this desk mediates
	Briefs   []Confided `json:"briefs"` // at the mediator's desk one of each party that gave it; at a party's, its own
	Text     *TextView  `json:"text"`   // the mediator's last; null before there is one
}

// Confided tells that a brief was given in confidence, and nothing that it says.
type Confided struct {
	Party     parley.PartyID `json:"party"`
	By        string         `json:"by"`
	Claimed   int64          `json:"claimed"` // Unix seconds
	Until     int64          `json:"until"`   // Unix seconds: when both desks throw it away
	Withdrawn bool           `json:"withdrawn"`
	Arrived   bool           `json:"arrived"` // the mediator's desk has it, as far as this one knows
	Fault     string         `json:"fault"`   // why it can't be weighed

	number int
	at     int64
	brief  brief.Brief
}

// TextView is the mediator's single text and what was answered, as far as this
// desk may know.
type TextView struct {
	Digest  string            `json:"digest"` // the same at every desk that has the same text
	Release []parley.PersonID `json:"release"`
	Text    string            `json:"text"`
	To      []string          `json:"to"`
	Claimed int64             `json:"claimed"`
	Until   int64             `json:"until"`
	Replies []TextAnswer      `json:"replies"` // at a party's desk its own alone
	Outcome string            `json:"outcome"` // "" while it is open, "agreed" or "closed"

	at         int64
	digest, on parley.Digest // of its body, and of the case that it stands on
}

// TextAnswer is a party's answer to the text.
type TextAnswer struct {
	Party   parley.PartyID `json:"party"`
	Yes     bool           `json:"yes"`
	Text    string         `json:"text"`
	Claimed int64          `json:"claimed"`

	at int64
}

// Confiding says what is given to a mediator.
type Confiding struct {
	To    string      // the mediator's name; "" where there is one
	Until parley.Date // the day at whose end both desks throw it away
	Name  string      // of the file, for errors
	Brief []byte      // brief/1; nil for the one in the store
}

// Confide gives a brief in confidence to a mediator's desk, and to no other: not
// to other desks of our side either, some of which may carry no brief. What the
// brief estimates of others, and why it says what it says, stays here.
func (d *Desk) Confide(ctx context.Context, c Confiding) error {
	if d.session == nil {
		return ErrNoChannel
	}
	b, err := d.toConfide(ctx, c)
	if err != nil {
		return err
	}
	to, err := d.mediatorSeat(c.To)
	if err != nil {
		return err
	}
	until, err := d.purgeTime(c.Until)
	if err != nil {
		return err
	}
	if err := d.mayExplore(kindConfide); err != nil {
		return err
	}
	content := b.Content()
	content.Estimates, content.Because = nil, nil
	return d.confide(ctx, to, casefile.EncodeBrief(brief.New(content)), until)
}

// mayExplore holds a word of a mediation to the mandate to explore whom it is about.
func (d *Desk) mayExplore(k parley.Kind, about ...parley.PersonID) error {
	_, err := d.mandateFor(d.Table(), &parley.Request{Persons: about})
	if no, ok := errors.AsType[*Refusal](err); ok {
		no.Act = k
	}
	return err
}

func (d *Desk) toConfide(ctx context.Context, c Confiding) (brief.Brief, error) {
	if d.id.neutral() {
		return brief.Brief{}, wrong("a neutral has no brief to confide")
	}
	if c.Brief == nil {
		b, ok, err := d.Brief(ctx)
		if err == nil && !ok {
			err = wrong("this desk keeps no brief: `parley brief keep FILE`, or name one with --brief")
		}
		return b, err
	}
	cs, err := d.Case(ctx)
	if err != nil {
		return brief.Brief{}, err
	}
	b, err := casefile.ParseBrief(c.Name, c.Brief, cs)
	if err != nil {
		return b, inputError{err}
	}
	if b.Party() != d.id.Party {
		return b, wrong("%s is the brief of another party: this is the desk of %s", c.Name, d.id.Party)
	}
	return b, nil
}

// WithdrawBrief takes back what was given to a mediator: this desk forgets its
// copy, the mediator's desk is told to. That it obeys can't be checked.
func (d *Desk) WithdrawBrief(ctx context.Context, name string) error {
	if d.session == nil {
		return ErrNoChannel
	}
	if d.id.neutral() {
		return wrong("a brief is withdrawn by the side that gave it")
	}
	to, err := d.mediatorSeat(name)
	if err != nil {
		return err
	}
	// As long as anything withheld by a carrier could still come.
	until := d.around.Now().Add(channel.MaxNonPaperLife)
	if err := d.confide(ctx, to, nil, until); err != nil || d.rehearsing {
		return err
	}
	return d.forgetEarlier(ctx)
}

func (d *Desk) confide(ctx context.Context, to channel.Seat, file []byte, until time.Time) error {
	body := confidence{Format: mediateFormat, At: d.after(kindConfide), Brief: file}
	return d.mediate(ctx, kindConfide, body, until, true, to.Side())
}

// mediate sends one word of the mediation.
func (d *Desk) mediate(ctx context.Context, k parley.Kind, v any, until time.Time, apart bool, to ...string) error {
	body, err := channel.Marshal(v)
	if err != nil || d.rehearsing {
		return err
	}
	_, err = d.session.SendNonPaper(ctx, channel.NonPaperDraft{Kind: string(k), Body: body, Until: until, Sides: to, Apart: apart})
	if errors.Is(err, channel.ErrNoPair) {
		return wrong("%w: sync, wait until that side has synced, and sync again", err)
	}
	return err
}

// after is a time above that of our last of a kind.
func (d *Desk) after(k parley.Kind) int64 {
	at := d.around.Now().UnixNano()
	for _, w := range d.mediationWords() {
		if w.paper.Own && w.kind == k {
			at = max(at, w.at()+1)
		}
	}
	return at
}

// mediatorSeat finds a seat with the capability.
func (d *Desk) mediatorSeat(name string) (channel.Seat, error) {
	var found []channel.Seat
	var names []string
	for _, s := range d.mediators() {
		names = append(names, s.Neutral)
		if name == "" || s.Neutral == name {
			found = append(found, s)
		}
	}
	switch {
	case len(names) == 0:
		return channel.Seat{}, wrong("no neutral on this channel has the capability mediator")
	case len(found) == 1:
		return found[0], nil
	}
	return channel.Seat{}, wrong("say with --to which mediator is meant: %s", strings.Join(names, ", "))
}

func (d *Desk) mediators() (out []channel.Seat) {
	room := d.session.Log().Roster()
	for _, s := range room.Seats() {
		if mediates(s) && room.Active(s.ID) {
			out = append(out, s)
		}
	}
	return out
}

func mediates(s channel.Seat) bool { return slices.Contains(s.Capabilities, "mediator") }

// mediationWord is a non-paper of the mediation, read. It is one of *confidence,
// *singleText, *textReply and *textOutcome.
type mediationWord struct {
	paper  channel.NonPaper
	author channel.Seat
	kind   parley.Kind
	says   any
}

func (w mediationWord) at() int64 {
	switch m := w.says.(type) {
	case *confidence:
		return m.At
	case *singleText:
		return m.At
	case *textReply:
		return m.At
	case *textOutcome:
		return m.At
	}
	panic("desk: an unknown word of a mediation")
}

// mediationWords reads what this desk has of mediations. What can't be read, or
// comes from a side that may not say it, is passed over.
func (d *Desk) mediationWords() (out []mediationWord) {
	room := d.session.Log().Roster()
	for _, p := range d.session.NonPapers() {
		k := parley.Kind(p.Kind)
		author, ok := room.Seat(p.Author)
		if !ok || !slices.Contains(mediating, k) {
			continue
		}
		if party := k == kindConfide || k == kindReply; party != (author.Party != "") || !party && !mediates(author) {
			continue
		}
		if says, err := readMediation(k, p.Body); err == nil {
			out = append(out, mediationWord{p, author, k, says})
		}
	}
	return out
}

func readMediation(k parley.Kind, body []byte) (any, error) {
	var err error
	var format string
	var says any
	switch k {
	case kindConfide:
		m := &confidence{}
		err, says = channel.Unmarshal(body, m), m
		format = m.Format
	case kindText:
		m := &singleText{}
		err, says = channel.Unmarshal(body, m), m
		format = m.Format
		err = first(err, text(m.Text), ids(m.Release...))
		if err == nil && !slices.Equal(m.Release, parley.NewExchange(m.Release...)) {
			err = errors.New("the released are not listed in order, each once")
		}
	case kindReply:
		m := &textReply{}
		err, says = channel.Unmarshal(body, m), m
		format = m.Format
		err = first(err, text(m.Text))
	case kindOutcome:
		m := &textOutcome{}
		err, says = channel.Unmarshal(body, m), m
		format = m.Format
	}
	if err == nil && format != mediateFormat {
		err = errors.New("of a version that is not known here")
	}
	return says, err
}

// forgetEarlier throws away each brief in whose place another came, or that was
// taken back. It is done whenever something may have come.
func (d *Desk) forgetEarlier(ctx context.Context) error {
	if d.session == nil || d.rehearsing {
		return nil
	}
	last := map[string]mediationWord{}
	var gone []int
	for _, w := range d.mediationWords() {
		if w.kind != kindConfide {
			continue
		}
		line := w.author.Side() + "\x00" + fmt.Sprint(d.sidesAmong(w.paper.To))
		old, ok := last[line]
		switch {
		case ok && old.at() >= w.at():
			gone = append(gone, w.paper.Number)
			continue
		case ok:
			gone = append(gone, old.paper.Number)
		}
		last[line] = w
	}
	if gone == nil {
		return nil
	}
	_, err := d.session.Forget(ctx, gone...)
	return err
}

// Mediations are the talks with each mediator of the channel; at a mediator's own
// desk, its own.
func (d *Desk) Mediations(ctx context.Context) ([]Mediation, error) {
	if d.session == nil {
		return nil, ErrNoChannel
	}
	if err := d.forgetEarlier(ctx); err != nil {
		return nil, err
	}
	c, err := d.Case(ctx)
	if err != nil && !errors.Is(err, ErrNoCase) {
		return nil, err
	}
	out := []Mediation{}
	for _, s := range d.mediators() {
		ours := s.ID == d.signing.ID()
		if ours || !d.id.neutral() {
			out = append(out, d.mediation(s, ours, c))
		}
	}
	return out, nil
}

func (d *Desk) mediation(s channel.Seat, ours bool, c *parley.Case) Mediation {
	m := Mediation{Mediator: s.Neutral, Ours: ours, Briefs: []Confided{}}
	words := d.mediationWords()
	for _, w := range words {
		switch {
		case w.kind == kindConfide && slices.Contains(w.paper.To, s.ID):
			m.Briefs = append(m.Briefs, d.confided(w, c))
		case w.kind == kindText && w.author.ID == s.ID && (m.Text == nil || m.Text.at < w.at()):
			m.Text = d.textView(w)
		}
	}
	if m.Text == nil {
		return m
	}
	for _, w := range words {
		m.Text.take(w, s)
	}
	return m
}

func (d *Desk) confided(w mediationWord, c *parley.Case) Confided {
	says := w.says.(*confidence)
	out := Confided{
		Party: parley.PartyID(w.author.Party), By: w.author.Member.Name, Claimed: w.paper.Claimed, Until: w.paper.Until,
		Withdrawn: len(says.Brief) == 0, Arrived: !w.paper.Own || len(w.paper.Confirmed) > 0, number: w.paper.Number, at: says.At,
	}
	if out.Withdrawn {
		return out
	}
	b, err := casefile.ParseBrief("the brief of "+w.author.Party, says.Brief, c)
	switch {
	case err != nil:
		out.Fault = "it can't be read against this version of the case"
	case b.Party() != out.Party:
		out.Fault = "it is the brief of another party"
	default:
		out.brief = b
	}
	return out
}

func (d *Desk) textView(w mediationWord) *TextView {
	says := w.says.(*singleText)
	v := &TextView{
		Release: list(says.Release), Text: says.Text, To: d.sidesAmong(w.paper.To), Claimed: w.paper.Claimed, Until: w.paper.Until,
		Replies: []TextAnswer{}, at: says.At, digest: sha256.Sum256(w.paper.Body), on: says.Case,
	}
	if !w.paper.Own { // who receives it is among those to whom it was put
		v.To = append(v.To, d.id.side())
		slices.Sort(v.To)
		v.To = slices.Compact(v.To)
	}
	v.Digest = v.digest.String()
	return v
}

// take takes in a reply to the text, the last of each party, or its outcome.
func (v *TextView) take(w mediationWord, mediator channel.Seat) {
	switch m := w.says.(type) {
	case *textReply:
		if m.Of != v.digest || !slices.Contains(w.paper.To, mediator.ID) {
			return
		}
		a := TextAnswer{parley.PartyID(w.author.Party), m.Yes, m.Text, w.paper.Claimed, m.At}
		i := slices.IndexFunc(v.Replies, func(b TextAnswer) bool { return b.Party == a.Party })
		switch {
		case i < 0:
			v.Replies = append(v.Replies, a)
		case v.Replies[i].at < a.at:
			v.Replies[i] = a
		}
	case *textOutcome:
		if m.Of == v.digest && w.author.ID == mediator.ID {
			v.Outcome = map[bool]string{true: "agreed", false: "closed"}[m.Agreed]
		}
	}
}

// mediatingHere is this desk's own mediation.
func (d *Desk) mediatingHere(ctx context.Context) (Mediation, error) {
	all, err := d.Mediations(ctx)
	if err != nil {
		return Mediation{}, err
	}
	for _, m := range all {
		if m.Ours {
			return m, nil
		}
	}
	return Mediation{}, wrong("this is not a mediator's desk")
}

// ConfidedBriefs are the briefs that a mediator's desk has, to be weighed.
func (d *Desk) ConfidedBriefs(ctx context.Context) ([]brief.Brief, error) {
	m, err := d.mediatingHere(ctx)
	if err != nil {
		return nil, err
	}
	var out []brief.Brief
	for _, c := range m.Briefs {
		if !c.Withdrawn && c.Fault == "" {
			out = append(out, c.brief)
		}
	}
	if out == nil {
		return nil, wrong("no party has given this desk its brief")
	}
	return out, nil
}

// PutText puts one exchange to all parties. It takes the place of the text before.
func (d *Desk) PutText(ctx context.Context, release []parley.PersonID, words string, until parley.Date) error {
	if d.session == nil {
		return ErrNoChannel
	}
	if _, err := d.mediatingHere(ctx); err != nil {
		return err
	}
	v, ok := d.version(d.Table())
	if !ok {
		return errors.New("the case is not on the channel yet: sync first")
	}
	o := &parley.Offer{Release: parley.NewExchange(release...)}
	if _, err := o.Resolve(parley.Ref{}, v.Digest, v.Case.Register(), nil, nil); err != nil {
		return wrong("this can't be put to the parties: %w", err)
	}
	if err := text(words); err != nil {
		return inputError{err}
	}
	day, err := d.purgeTime(until)
	if err != nil {
		return err
	}
	body := singleText{Format: mediateFormat, At: d.after(kindText), Case: v.Digest, Release: o.Release, Text: words}
	return d.mediate(ctx, kindText, body, day, false, d.parties()...)
}

// parties are the sides of the channel that are parties.
func (d *Desk) parties() (out []string) {
	room := d.session.Log().Roster()
	for _, s := range room.Seats() {
		if s.Party != "" && room.Active(s.ID) && !slices.Contains(out, s.Side()) {
			out = append(out, s.Side())
		}
	}
	return out
}

// ReplyText answers a mediator's text, to the mediator alone. It binds nobody; a
// yes is held to the red lines of the brief all the same.
func (d *Desk) ReplyText(ctx context.Context, mediator string, yes bool, words string) error {
	if d.session == nil {
		return ErrNoChannel
	}
	if d.id.neutral() {
		return wrong("a text is answered by a party's desk")
	}
	to, err := d.mediatorSeat(mediator)
	if err != nil {
		return err
	}
	all, err := d.Mediations(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(m Mediation) bool { return m.Mediator == to.Neutral })
	if i < 0 || all[i].Text == nil {
		return wrong("no text of %s is here: sync", to.Neutral)
	}
	t := all[i].Text
	if t.Outcome != "" {
		return wrong("this text is closed already: %s", t.Outcome)
	}
	if err := d.mayReply(ctx, t, yes); err != nil {
		return err
	}
	if err := text(words); err != nil {
		return inputError{err}
	}
	body := textReply{Format: mediateFormat, At: d.after(kindReply), Of: t.digest, Yes: yes, Text: words}
	return d.mediate(ctx, kindReply, body, time.Unix(t.Until, 0), false, to.Side())
}

func (d *Desk) mayReply(ctx context.Context, t *TextView, yes bool) error {
	if err := d.mayExplore(kindReply, t.Release...); err != nil || !yes {
		return err
	}
	v, ok := d.version(d.Table())
	if !ok || v.Digest != t.on {
		return wrong("the text stands on a version of the case that this side has not adopted")
	}
	o := &parley.Offer{Release: t.Release}
	if _, err := o.Resolve(parley.Ref{}, v.Digest, v.Case.Register(), nil, nil); err != nil {
		return wrong("nobody could carry this text out: %w", err)
	}
	return d.withinBrief(ctx, parley.KindAccept, v.Case, o)
}

// TellOutcome tells all parties that all said yes to the text; or, to close it,
// that it is closed. While somebody has not said yes, only the latter can be told.
func (d *Desk) TellOutcome(ctx context.Context, closed bool) error {
	m, err := d.mediatingHere(ctx)
	if err != nil {
		return err
	}
	switch {
	case m.Text == nil:
		return wrong("there is no text to tell of")
	case m.Text.Outcome != "":
		return wrong("it was told already: %s", m.Text.Outcome)
	case !closed && !m.Text.AllYes():
		return wrong("not every party has said yes to this text: wait, put another, or close it")
	}
	body := textOutcome{Format: mediateFormat, At: d.after(kindOutcome), Of: m.Text.digest, Agreed: !closed}
	return d.mediate(ctx, kindOutcome, body, time.Unix(m.Text.Until, 0), false, d.parties()...)
}

// AllYes tells whether every side that the text was put to has said yes.
func (v *TextView) AllYes() bool {
	for _, side := range v.To {
		if !slices.ContainsFunc(v.Replies, func(a TextAnswer) bool { return string(a.Party) == side && a.Yes }) {
			return false
		}
	}
	return len(v.To) > 0
}
