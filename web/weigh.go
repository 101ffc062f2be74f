package web

import (
	"context"
	"errors"
	"html/template"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley"
	"parley/brief"
	"parley/desk"
	"parley/frontier"
	"parley/web/chart"
)

// weighPage is the one page on which red lines and values stand. It weighs what
// is on the table against the brief, draws it, and hands answers on as drafts,
// which send nothing by themselves.
func weighPage() *page {
	return &page{name: "weigh", path: "/weigh", menu: true, private: true, show: showWeigh, acts: append(ruleActs(), []act{
		{name: "position", fields: []field{
			{name: "walk", kind: line},
			{name: "worth", kind: grid, options: peopleOptions, columns: []field{
				{name: "tier", kind: one, options: tierOptions}, {name: "points", kind: line}, {name: "because", kind: line},
			}},
		}, first: positionNow, do: keepPosition},
		{name: "brief", fields: []field{{name: "file", kind: upload, must: true}}, do: keepBrief},
		{name: "draft", fields: []field{{name: "release", kind: fixed}, {name: "answers", kind: fixed}}, do: draftOffer, atOnce: true},
	}...)}
}

const (
	weighFor  = 3 * time.Second // on a page; the command line takes as long as it needs
	freeUpTo  = 400             // persons that are weighed without being asked to
	dancedMax = 60
)

type weighData struct {
	HasBrief, Asked bool
	RedLines        []string
	WalkAway        int64
	Tiers           []tierRow
	Answer          *frontier.Answer
	Trouble         error
	Offer           *desk.OfferView
	Criterion       frontier.Criterion
	Criteria        []frontier.Criterion
	Points          []pointRow
	Best            *pointRow
	Judged          *judged
	Answers         []pointRow
	Picture         template.HTML
	Dance           template.HTML
	Steps           []danceStep
	Guess           bool
	Ruled           []ruledOut // what their answers leave of our guesses; only for who asks
}

// ruledOut is what one side's acts leave of our estimate of it.
type ruledOut struct {
	*frontier.RuledOut
	Told []toldRow
	Left []leftRow
}

type toldRow struct {
	frontier.Told
	People []string
	Short  string
}

type leftRow struct{ Name, Estimated, Left string }

type tierRow struct{ Name, Tier, Points, Because string }

type pointRow struct {
	People  []string
	Change  string
	Gains   []int64
	Spans   []string
	Release string // ids, for the draft
}

type judged struct {
	Agreeable bool
	Gains     []int64
	Why       []string
}

type danceStep struct {
	chart.Step
	Other string // what we guess of the other side; "" unless asked for
	To    string
}

func showWeigh(v *visit) (any, error) {
	b, ok, err := v.server.desk.Brief(v.context)
	if err != nil {
		return nil, err
	}
	d := &weighData{HasBrief: ok, Criteria: frontier.Criteria(), Guess: v.asked("guess") == "yes"}
	d.Criterion, err = frontier.ParseCriterion(orElse(v.asked("criterion"), string(frontier.Nash)))
	if err != nil {
		d.Criterion = frontier.Nash
	}
	if d.Offer = v.offer(v.asked("offer")); d.Offer == nil && len(v.View.Offers) > 0 {
		d.Offer = &v.View.Offers[len(v.View.Offers)-1]
	}
	if !ok || v.Case == nil {
		return d, nil
	}
	d.position(v, b.Content())
	if d.Guess {
		if err := d.rule(v); err != nil {
			return nil, err
		}
	}
	if d.Asked = v.asked("go") == "yes" || len(v.holdings) <= freeUpTo; !d.Asked {
		return d, nil
	}
	return func() any { d.weigh(v, b); return d }, nil // after the desk's turn: others need not wait
}

// position tells the brief: red lines first.
func (d *weighData) position(v *visit, c brief.Content) {
	d.WalkAway = c.WalkAway
	d.RedLines = v.rules(c.Rules)
	for _, h := range v.holdings {
		tier, points := string(c.Tiers[h.ID]), ""
		if n, ok := c.Worth[h.ID]; ok {
			points = strconv.FormatInt(n, 10)
		}
		if tier != "" || points != "" {
			d.Tiers = append(d.Tiers, tierRow{h.Name, tier, points, c.Because[h.ID]})
		}
	}
	d.Tiers = d.Tiers[:min(len(d.Tiers), optionsShown)]
}

// rule holds the other sides' acts against our estimates of them.
func (d *weighData) rule(v *visit) error {
	if v.State == nil {
		return nil
	}
	all, err := v.server.desk.RuledOut(v.context)
	if err != nil {
		return err
	}
	for _, r := range all {
		row := ruledOut{RuledOut: r}
		for _, t := range r.Acts {
			told := toldRow{Told: t, People: v.People(t.Release)}
			if t.Short > 0 {
				told.Short = v.must("weigh.ruled.short", strconv.FormatInt(t.Short, 10))
			}
			row.Told = append(row.Told, told)
		}
		for _, l := range r.Left {
			if l.Left != l.Estimated {
				row.Left = append(row.Left, leftRow{v.numberName(l.Number), span(l.Estimated), span(l.Left)})
			}
		}
		d.Ruled = append(d.Ruled, row)
	}
	return nil
}

func (v *visit) numberName(n frontier.Number) string {
	switch n.What {
	case "walk_away":
		return v.must("weigh.ruled.walkaway")
	case "worth":
		return strings.Join(v.People([]parley.PersonID{parley.PersonID(n.Of)}), "")
	}
	return n.Of
}

func span(r [2]int64) string {
	if r[0] == r[1] {
		return strconv.FormatInt(r[0], 10)
	}
	return strconv.FormatInt(r[0], 10) + " – " + strconv.FormatInt(r[1], 10)
}

// weigh solves what the page shows.
func (d *weighData) weigh(v *visit, b brief.Brief) {
	voices, err := frontier.Voices(v.Case, b)
	if err != nil {
		d.Trouble = err
		return
	}
	p, err := frontier.New(v.Case, voices)
	if err != nil {
		d.Trouble = err
		return
	}
	ctx, stop := context.WithTimeout(v.context, weighFor)
	defer stop()
	o := frontier.Options{Criterion: d.Criterion, Frontier: true}
	if d.Offer != nil {
		o.Offer, o.Changes = d.Offer.Offer, true
		o.Counter = &frontier.Countering{Number: 3, Us: b.Party(), Estimates: b.Content().Estimates}
	}
	if d.Answer, d.Trouble = p.Solve(ctx, o); d.Trouble != nil {
		return
	}
	d.tell(v, o.Offer)
	d.dance(ctx, v, p)
}

// tell puts the answer in rows, and draws it.
func (d *weighData) tell(v *visit, o *parley.Offer) {
	a := d.Answer
	if a.Best != nil {
		row := v.pointRow(*a.Best)
		d.Best = &row
	}
	if a.Frontier != nil {
		for _, p := range a.Frontier.Points[:min(len(a.Frontier.Points), 100)] {
			d.Points = append(d.Points, v.pointRow(p))
		}
	}
	if a.Offer != nil {
		d.Judged = &judged{Agreeable: a.Offer.Agreeable, Gains: gains(a.Offer.Gains), Why: a.Offer.Why}
	}
	for _, c := range a.Counter {
		d.Answers = append(d.Answers, v.changeRow(c))
	}
	picture, err := chart.Frontier(a, o, v.frontierWords(a))
	if err == nil {
		d.Picture = template.HTML(picture) //nolint:gosec // drawn here, every text in it escaped
	}
}

func gains(g frontier.Gains) []int64 {
	out := make([]int64, len(g))
	for i, x := range g {
		out[i] = x.Points
	}
	return out
}

func (v *visit) pointRow(p frontier.Point) pointRow {
	return pointRow{People: v.People(p.Release), Gains: gains(p.Gains), Release: idList(p.Release)}
}

func (v *visit) changeRow(c frontier.Change) pointRow {
	r := pointRow{People: v.People(c.Release), Gains: gains(c.Gains), Release: idList(c.Release)}
	switch add, drop := v.List(v.People(c.Add)), v.List(v.People(c.Drop)); {
	case add != "" && drop != "":
		r.Change = v.must("weigh.both", add, drop)
	case add != "":
		r.Change = v.must("weigh.with", add)
	case drop != "":
		r.Change = v.must("weigh.without", drop)
	default:
		r.Change = v.must("weigh.as")
	}
	for _, s := range c.Ranges {
		r.Spans = append(r.Spans, v.must("weigh.span", v.PartyName(s.Party), strconv.FormatInt(s.Worst, 10), strconv.FormatInt(s.Middle, 10), strconv.FormatInt(s.Best, 10)))
	}
	return r
}

func (v *visit) frontierWords(a *frontier.Answer) chart.Words {
	w := chart.Words{
		Title: v.must("weigh.chart"), Desc: v.must("weigh.chart.desc"), WalkAway: v.must("weigh.zero"), Compares: v.must("weigh.compares"),
		Offer: v.must("weigh.offer"), Criterion: string(a.Criterion) + ": " + v.must("criterion."+string(a.Criterion)),
	}
	for i, p := range a.Parties[:min(2, len(a.Parties))] {
		w.Gain[i] = v.must("weigh.gain", v.PartyName(p))
		if slices.Contains(a.Estimated, p) {
			w.Gain[i] = v.must("weigh.guess", v.PartyName(p))
		}
	}
	return w
}

// dance follows the offers on our own axis. What the other side gains is a guess
// of ours, and shown only to who asks for it.
func (d *weighData) dance(ctx context.Context, v *visit, p *frontier.Problem) {
	offers := v.View.Offers[max(0, len(v.View.Offers)-dancedMax):]
	var steps []chart.Step
	for i, o := range offers {
		a, err := p.Solve(ctx, frontier.Options{Offer: o.Offer})
		if err != nil || a.Offer == nil {
			return
		}
		own, _ := a.Offer.Gains.Of(v.Party)
		s := danceStep{Step: chart.Step{Us: v.Ours(o.By), Name: strconv.Itoa(i + 1), Gain: own}, To: "/offers/" + o.ID}
		for _, g := range a.Offer.Gains {
			if d.Guess && g.Party != v.Party {
				s.Other = v.must("weigh.guessed", v.PartyName(g.Party), strconv.FormatInt(g.Points, 10))
			}
		}
		d.Steps = append(d.Steps, s)
		steps = append(steps, s.Step)
	}
	if len(steps) > 0 {
		words := chart.Words{Title: v.must("weigh.dance"), Desc: v.must("weigh.dance.desc"), WalkAway: v.must("weigh.zero"), Gain: [2]string{v.must("weigh.dance.axis")}}
		d.Dance = template.HTML(chart.Dance(steps, words)) //nolint:gosec // drawn here, every text in it escaped
	}
}

func tierOptions(v *visit) []option {
	out := []option{{Label: "—"}}
	for _, t := range brief.Tiers() {
		out = append(out, option{Value: string(t), Label: v.must("tier." + string(t))})
	}
	return out
}

// positionNow fills the form in with the brief; where there is none, with
// everybody equal: all whom we seek alike, all whom we hold alike.
func positionNow(v *visit) *form {
	f := &form{act: "position", values: map[string][]string{}}
	b, ok, err := v.server.desk.Brief(v.context)
	if err != nil {
		return f
	}
	c := b.Content()
	f.set("walk", strconv.FormatInt(c.WalkAway, 10))
	for _, h := range v.holdings {
		id := string(h.ID)
		tier := string(c.Tiers[h.ID])
		switch {
		case ok:
		case slices.Contains(h.SoughtBy, v.Party):
			tier = string(brief.Want)
		case h.HeldBy == v.Party:
			tier = string(brief.Bearable)
		}
		f.set("worth.tier."+id, tier)
		if n, set := c.Worth[h.ID]; set {
			f.set("worth.points."+id, strconv.FormatInt(n, 10))
		}
		f.set("worth.because."+id, c.Because[h.ID])
	}
	return f
}

// keepPosition puts what was filled in into the brief. What the form does not
// ask, rules and estimates, stays as it is.
func keepPosition(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	c, err := v.position(d)
	if err != nil {
		return nil, err
	}
	if c.WalkAway, err = wholeNumber(v, orElse(f.get("walk"), "0")); err != nil {
		return nil, in("walk", err)
	}
	c.Tiers, c.Worth, c.Because = clone(c.Tiers), clone(c.Worth), clone(c.Because)
	for _, o := range peopleOptions(v) {
		id := parley.PersonID(o.Value)
		put(c.Tiers, id, brief.Tier(f.get("worth.tier."+o.Value)))
		put(c.Because, id, f.get("worth.because."+o.Value))
		delete(c.Worth, id)
		if s := f.get("worth.points." + o.Value); s != "" {
			if c.Worth[id], err = wholeNumber(v, s); err != nil {
				return nil, in("worth", err)
			}
		}
	}
	return &outcome{}, v.keepPosition(d, c)
}

// clone is a copy that can be written to.
func clone[K comparable, V any](m map[K]V) map[K]V {
	out := make(map[K]V, len(m))
	maps.Copy(out, m)
	return out
}

func put[K ~string, V ~string](m map[K]V, k K, x V) {
	if x == "" {
		delete(m, k)
		return
	}
	m[k] = x
}

func wholeNumber(v *visit, s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n > parley.MaxPoints || n < -parley.MaxPoints {
		return 0, errors.New(v.must("weigh.number"))
	}
	return n, nil
}

func keepBrief(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	file := f.file("file")
	_, err := d.KeepBrief(v.context, file.name, file.data)
	return &outcome{}, in("file", err)
}

// draftOffer carries an exchange over to the form of an offer.
func draftOffer(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	o := &parley.Offer{Release: idsOf(f.get("release")), Answers: f.get("answers")}
	reg := v.Case.Register()
	for _, id := range o.Release {
		if _, ok := reg[id]; !ok {
			return nil, desk.ErrNotFound
		}
	}
	return v.drafted(o), nil
}

func idList(x parley.Exchange) string {
	out := make([]string, len(x))
	for i, id := range x {
		out[i] = string(id)
	}
	return strings.Join(out, " ")
}

func idsOf(s string) []parley.PersonID {
	var out []parley.PersonID
	for _, id := range strings.Fields(s) {
		out = append(out, parley.PersonID(id))
	}
	return out
}
