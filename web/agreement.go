package web

import (
	"errors"
	"slices"

	"parley"
	"parley/desk"
)

// agreementPage is a sealed offer: what it says, who has ratified it, and what
// is still to be done. Printed, it is the paper for the record.
func agreementPage() *page {
	return &page{name: "agreement", path: "/agreements/{id}", show: showAgreement, acts: []act{
		{name: "ratify", fields: []field{{name: "text", kind: area}, {name: "uncompared", kind: many, options: uncomparedOption, when: uncompared}}, do: ratify},
		{name: "refuse", fields: []field{{name: "text", kind: area}}, do: refuse},
		{name: "take", fields: []field{{name: "signed", kind: upload, must: true}}, do: takeSigned},
		{name: "certify", fields: []field{{name: "text", kind: area}}, do: certifying(false)},
		{name: "lapse", fields: []field{{name: "text", kind: area}}, do: certifying(true)},
	}}
}

// agreementsPage lists the agreements, newest first.
func agreementsPage() *page {
	return &page{name: "agreements", path: "/agreements", menu: true, show: func(v *visit) (any, error) {
		out := slices.Clone(v.View.Agreements)
		slices.Reverse(out)
		return out, nil
	}}
}

type agreementData struct {
	desk.AgreementView
	Rows     []agreedRow
	Waits    []string // who has not answered yet
	Compared bool     // the logs, since it was sealed
	May      map[string]bool
}

type agreedRow struct {
	parley.Holding
	Holder, When, To string
}

func showAgreement(v *visit) (any, error) {
	g := v.agreement(v.part("id"))
	if g == nil {
		return nil, desk.ErrNotFound
	}
	d := agreementData{AgreementView: *g, Compared: !uncompared(v), May: map[string]bool{}}
	o := v.offer(g.Offer)
	for _, id := range g.Release {
		h, _ := v.holding(id)
		r := agreedRow{Holding: h, Holder: v.PartyName(h.HeldBy)}
		if o != nil {
			r.When, r.To = o.When[id], v.PartyName(parley.PartyID(o.To[id]))
		}
		if r.To == "" {
			r.To = v.List(v.Sides(h.SoughtBy))
		}
		d.Rows = append(d.Rows, r)
	}
	open := g.Status == parley.AdReferendum
	for _, p := range g.Signatories {
		if !slices.Contains(g.Ratified, p) && !slices.Contains(g.Refused, p) {
			d.Waits = append(d.Waits, v.PartyName(p))
		}
	}
	d.May["ratify"] = open && slices.Contains(g.Signatories, v.Party) && !slices.Contains(g.Ratified, v.Party)
	d.May["certify"] = open && v.certifies()
	return d, nil
}

func (r *reading) agreement(id string) *desk.AgreementView {
	i := slices.IndexFunc(r.View.Agreements, func(g desk.AgreementView) bool { return g.ID == id })
	if i < 0 {
		return nil
	}
	return &r.View.Agreements[i]
}

// uncompared tells whether the two sides have not read their digits to each other
// since the agreement was sealed.
func uncompared(v *visit) bool {
	ref, err := v.server.desk.Find(parley.KindSeal, v.part("id"))
	if err != nil {
		return false
	}
	yes, err := v.server.desk.ComparedSince(v.context, ref)
	return err == nil && !yes
}

func uncomparedOption(v *visit) []option {
	return []option{{Value: "yes", Label: v.must("agreement.anyway")}}
}

func ratify(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	if uncompared(v) && f.get("uncompared") == "" {
		return nil, in("uncompared", errors.New(v.must("agreement.uncompared")))
	}
	request, err := d.AskRatify(v.context, v.part("id"), false, f.get("text"))
	if err != nil {
		return nil, err
	}
	return v.carried(d, parley.KindRatify, "ratify", request)
}

func refuse(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	request, err := d.AskRatify(v.context, v.part("id"), true, f.get("text"))
	if err != nil {
		return nil, err
	}
	return v.carried(d, parley.KindRatify, "refuse", request)
}

func certifying(lapse bool) func(*visit, *desk.Desk, *form) (*outcome, error) {
	return func(v *visit, d *desk.Desk, f *form) (*outcome, error) {
		_, err := d.Certify(v.context, v.part("id"), lapse, f.get("text"))
		return &outcome{}, err
	}
}
