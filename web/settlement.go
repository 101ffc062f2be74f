package web

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"parley"
	"parley/accord"
	"parley/desk"
)

// settlementPage is the private settlements: proposed, joined, watched while they
// run, and what came of them. Nothing of a brief is on it; of a result nothing
// before the end.
func settlementPage() *page {
	return &page{name: "settlement", path: "/settlement", menu: true, show: showSettlement, acts: []act{
		{name: "join", fields: []field{
			{name: "which", kind: one, must: true, options: offeredToUs},
			{name: "answer", kind: one, options: answers},
			{name: "bound", kind: line},
			{name: "alone", kind: many, options: agrees},
		}, do: doJoin},
		{name: "propose", fields: []field{
			{name: "with", kind: one, must: true, options: counterparts},
			{name: "mode", kind: one, must: true, options: modes},
			{name: "criterion", kind: one, must: true, options: criteria},
			{name: "signs", kind: one, must: true, options: signs},
			{name: "resolution", kind: line, must: true, first: func(*visit) []string { return []string{"15"} }},
			{name: "bound", kind: line},
		}, do: doPropose},
		{name: "ask", fields: []field{
			{name: "persons", kind: many, must: true, options: peopleOptions},
			{name: "answer", kind: one, must: true, options: answers},
			{name: "with", kind: one, must: true, options: counterparts},
			{name: "mode", kind: one, must: true, options: modes},
		}, do: doAsk},
		{name: "offer", fields: []field{{name: "which", kind: one, must: true, options: shownToUs}}, do: doOfferResult},
		{name: "abort", fields: []field{{name: "which", kind: one, must: true, options: underWay}}, do: doAbort},
	}}
}

type settlementData struct {
	List    []settlementRow
	Limit   int
	Begun   []begunWith
	Forms   []string // of the acts that can be done now
	Neutral bool     // this desk is a neutral's
}

type begunWith struct {
	Party parley.PartyID
	Begun int
}

type settlementRow struct {
	desk.SettlementView
	Told string // what has been shown: settlement.shown.WORD
}

func showSettlement(v *visit) (any, error) {
	all, err := v.settlements()
	if err != nil || all == nil {
		return settlementData{}, err
	}
	d := settlementData{Limit: int(all.Limit), Neutral: v.Party == ""}
	for _, s := range slices.Backward(all.Settlements) {
		d.List = append(d.List, settlementRow{s, toldWord(&s, d.Neutral)})
	}
	for p, n := range all.Begun {
		d.Begun = append(d.Begun, begunWith{parley.PartyID(p), int(n)})
	}
	slices.SortFunc(d.Begun, func(a, b begunWith) int { return strings.Compare(string(a.Party), string(b.Party)) })
	for _, f := range []struct {
		act string
		can bool
	}{{"join", len(offeredToUs(v)) > 0}, {"offer", len(shownToUs(v)) > 0}, {"abort", len(underWay(v)) > 0}, {"propose", !d.Neutral}, {"ask", !d.Neutral}} {
		if f.can {
			d.Forms = append(d.Forms, f.act)
		}
	}
	return d, nil
}

// settlements are those on the channel; nil without one. The visit has the desk's
// turn.
func (v *visit) settlements() (*desk.SettlementsView, error) {
	if v.settled != nil {
		return v.settled, nil
	}
	all, err := v.server.desk.Settlements(v.context)
	if errors.Is(err, desk.ErrNoChannel) {
		return nil, nil
	}
	v.settled = all
	return all, err
}

func toldWord(s *desk.SettlementView, neutral bool) string {
	switch {
	case neutral:
		return "neutral"
	case s.Result == nil:
		return "nothing"
	case s.Result.Agreeable:
		return "exchange"
	case s.Question == accord.Ask:
		return "notboth"
	}
	return "none"
}

// Megabytes is a number of bytes, for reading.
func (settlementData) Megabytes(n uint64) string {
	return strconv.FormatFloat(float64(n)/1e6, 'f', 2, 64)
}

// chosen lists the settlements that fit, to choose from, the newest first.
func (v *visit) chosen(fits func(*desk.SettlementView) bool) (out []option) {
	all, err := v.settlements()
	if err != nil || all == nil {
		return nil
	}
	for _, s := range slices.Backward(all.Settlements) {
		if fits(&s) {
			out = append(out, option{Value: s.ID, Label: v.must("settlement.which", v.Short(s.ID), v.PartyName(s.By))})
		}
	}
	return out
}

func offeredToUs(v *visit) []option {
	return v.chosen(func(s *desk.SettlementView) bool { return s.Open })
}

func underWay(v *visit) []option {
	return v.chosen(func(s *desk.SettlementView) bool {
		over := s.Status == desk.StatusDone || s.Status == desk.StatusStopped
		return !over && (s.Role != "" || v.Ours(s.With))
	})
}

func shownToUs(v *visit) []option {
	return v.chosen(func(s *desk.SettlementView) bool { return s.Result != nil && s.Result.Agreeable })
}

func counterparts(v *visit) (out []option) {
	if v.State == nil {
		return nil
	}
	for _, m := range v.State.Members {
		if m.Party == "" || v.Ours(m.Party) || slices.ContainsFunc(out, func(o option) bool { return o.Value == string(m.Party) }) {
			continue
		}
		out = append(out, option{Value: string(m.Party), Label: v.PartyName(m.Party)})
	}
	return out
}

// alone is the mode without a neutral.
const alone = "semi-honest"

// modes are the neutrals who mediate, and none last.
func modes(v *visit) (out []option) {
	if v.State != nil {
		for _, m := range v.State.Members {
			if slices.Contains(m.Capabilities, "mediator") && !m.Gone {
				out = append(out, option{Value: m.Neutral, Label: v.must("settlement.mediated.by", m.Neutral)})
			}
		}
	}
	return append(out, option{Value: alone, Label: v.must("settlement.alone")})
}

func criteria(v *visit) []option {
	return []option{{Value: "nash", Label: v.must("settlement.nash")}, {Value: "maximin", Label: v.must("settlement.maximin")}}
}

func signs(v *visit) []option {
	return []option{{Value: "private", Label: v.must("settlement.signs.private")}, {Value: "public", Label: v.must("settlement.signs.public")}}
}

func answers(v *visit) []option {
	return []option{{Value: "", Label: ""}, {Value: "yes", Label: v.must("settlement.yes")}, {Value: "no", Label: v.must("settlement.no")}}
}

func agrees(v *visit) []option {
	return []option{{Value: "yes", Label: v.must("settlement.alone.agree")}}
}

func (f *form) proposal() desk.SettleProposal {
	p := desk.SettleProposal{With: parley.PartyID(f.get("with")), SemiHonest: f.get("mode") == alone}
	if !p.SemiHonest {
		p.Neutral = f.get("mode")
	}
	return p
}

// number reads a field as a number; 0 where it is empty.
func (f *form) number(name string) (int64, error) {
	if f.get(name) == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(f.get(name), 10, 64)
	if err != nil {
		err = errors.New("a whole number is wanted")
	}
	return n, in(name, err)
}

// count reads a field as a number that is not negative; 0 where it is empty.
func (f *form) count(name string) (uint64, error) {
	n, err := f.number(name)
	if err == nil && n < 0 {
		err = in(name, errors.New("a whole number from 0 is wanted"))
	}
	return uint64(max(n, 0)), err
}

func doPropose(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	p := f.proposal()
	p.Criterion, p.PublicSigns = accord.Criterion(f.get("criterion")), f.get("signs") == "public"
	resolution, err := f.number("resolution")
	bound, err2 := f.number("bound")
	if err := errors.Join(err, err2); err != nil {
		return nil, err
	}
	p.Resolution, p.Bound = int(resolution), bound
	_, err = d.ProposeSettlement(v.context, p)
	return &outcome{}, err
}

func doAsk(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	p := f.proposal()
	p.Asked, p.Answer = parley.NewExchange(f.people("persons")...), f.get("answer") == "yes"
	_, err := d.ProposeSettlement(v.context, p)
	return &outcome{}, err
}

func doJoin(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	s, err := d.Settlement(v.context, f.get("which"))
	if err != nil {
		return nil, err
	}
	if s.Question == accord.Ask && v.Party != "" && f.get("answer") == "" {
		return nil, in("answer", errors.New(v.must("form.must")))
	}
	bound, err := f.number("bound")
	if err != nil {
		return nil, err
	}
	_, err = d.JoinSettlement(v.context, s.ID, desk.SettleConsent{Bound: bound, Answer: f.get("answer") == "yes", SemiHonest: f.get("alone") == "yes"})
	return &outcome{}, err
}

func doAbort(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	_, err := d.AbortSettlement(v.context, f.get("which"))
	return &outcome{}, err
}

// doOfferResult puts the result forward as an offer of this side, like any other.
func doOfferResult(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	o, err := d.SettlementDraft(v.context, f.get("which"))
	if err != nil {
		return nil, err
	}
	_, err = d.Send(v.context, o)
	return &outcome{}, err
}
