package web

import (
	"context"
	"slices"

	"parley"
	"parley/desk"
)

// offerPage is one offer and the answers to it.
func offerPage() *page {
	return &page{name: "offer", path: "/offers/{id}", show: showOffer, acts: []act{
		{name: "accept", fields: choiceFields(), do: resolving((*desk.Desk).Accept)},
		{name: "concur", fields: choiceFields(), do: resolving((*desk.Desk).Concur)},
		{name: "decline", fields: []field{{name: "text", kind: area}}, do: answering((*desk.Desk).Decline)},
		{name: "withdraw", fields: []field{{name: "text", kind: area}}, do: answering((*desk.Desk).Withdraw)},
		{name: "seal", do: func(v *visit, d *desk.Desk, _ *form) (*outcome, error) {
			_, err := d.Seal(v.context, v.part("id"))
			return &outcome{}, err
		}},
		{name: "release", fields: []field{{name: "accept", kind: one, must: true, options: acceptOptions}, {name: "text", kind: area}}, do: releaseAccept},
		{name: "adopt", do: adoptVersion},
	}}
}

type offerData struct {
	*desk.OfferView
	Terms   []termRow
	Replies []reply
	May     map[string]bool // which acts make sense now
	Version string          // that it stands on, where our side has not adopted it
}

type reply struct {
	desk.ReplyView
	People []string
}

func showOffer(v *visit) (any, error) {
	o := v.offer(v.part("id"))
	if o == nil {
		return nil, desk.ErrNotFound
	}
	d := offerData{OfferView: o, Terms: v.compare(v.before(o), o), May: map[string]bool{}}
	for _, r := range o.Replies {
		d.Replies = append(d.Replies, reply{r, v.People(r.Release)})
	}
	live := o.Status == parley.Open || o.Status == parley.Accepted
	replied := slices.ContainsFunc(o.Replies, func(r desk.ReplyView) bool { return r.By == v.Party })
	ours := v.Ours(o.By)
	d.May["accept"] = live && !ours && !replied && !o.Past && v.Party != ""
	d.May["decline"] = live && !ours && !replied && v.Party != ""
	d.May["counter"] = !ours && v.Party != ""
	d.May["withdraw"] = live && ours
	d.May["seal"] = o.Status == parley.Accepted && ours
	d.May["release"] = d.May["seal"]
	d.May["concur"] = live && v.devices() > 1
	d.Version = v.unadopted(o)
	return d, nil
}

// devices counts the desks that speak for our side.
func (r *reading) devices() (n int) {
	if r.State == nil {
		return 0
	}
	for _, m := range r.State.Members {
		if m.Party == r.Party && r.Party != "" && m.Role == parley.Delegate && !m.Gone {
			n++
		}
	}
	return n
}

// offer finds an offer by the id of its entry.
func (r *reading) offer(id string) *desk.OfferView {
	i := slices.IndexFunc(r.View.Offers, func(o desk.OfferView) bool { return o.ID == id })
	if i < 0 {
		return nil
	}
	return &r.View.Offers[i]
}

// unadopted is the version of the case that an offer stands on, where this side
// stands on another.
func (r *reading) unadopted(o *desk.OfferView) string {
	for _, c := range r.View.Versions {
		if c.Digest == o.Version && !c.Ours && r.Party != "" {
			return c.Digest
		}
	}
	return ""
}

// choiceFields close what an offer leaves open: who falls out, who fills a blank.
func choiceFields() []field {
	return []field{
		{name: "drop", kind: many, options: dropOptions, when: func(v *visit) bool { return len(dropOptions(v)) > 0 }},
		{name: "blank", kind: grid, options: blankOptions, when: func(v *visit) bool { return len(blankOptions(v)) > 0 }, columns: []field{
			{name: "person", kind: one, options: fillOptions},
		}},
	}
}

func dropOptions(v *visit) []option {
	o := v.offer(v.part("id"))
	if o == nil {
		return nil
	}
	var out []option
	for _, id := range o.Optional {
		out = append(out, option{Value: string(id), Label: v.Person(id)})
	}
	return out
}

func blankOptions(v *visit) []option {
	o := v.offer(v.part("id"))
	if o == nil {
		return nil
	}
	var out []option
	for _, id := range o.Offer.Entries() {
		if h, ok := v.holding(id); ok && h.Blank {
			out = append(out, option{Value: string(id), Label: h.Name})
		}
	}
	return out
}

// fillOptions are those who may fill a blank of the offer.
func fillOptions(v *visit) []option {
	out := []option{{Label: "—"}}
	for _, blank := range blankOptions(v) {
		b, _ := v.holding(parley.PersonID(blank.Value))
		for _, h := range v.holdings {
			fits := slices.Contains(b.Candidates, h.ID) || len(b.Candidates) == 0 && h.HeldBy == b.HeldBy && !h.Blank
			if fits && !slices.ContainsFunc(out, func(o option) bool { return o.Value == string(h.ID) }) {
				out = append(out, option{Value: string(h.ID), Label: h.Name})
			}
		}
	}
	return out[:min(len(out), optionsShown)]
}

func readChoices(v *visit, f *form) desk.Choices {
	c := desk.Choices{Drop: f.people("drop")}
	for _, b := range blankOptions(v) {
		if who := f.get("blank.person." + b.Value); who != "" {
			c.Named = append(c.Named, parley.Naming{Blank: parley.PersonID(b.Value), Person: parley.PersonID(who)})
		}
	}
	return c
}

func acceptOptions(v *visit) []option {
	o := v.offer(v.part("id"))
	if o == nil {
		return nil
	}
	var out []option
	for _, r := range o.Replies {
		if r.Accepts && !r.Released {
			out = append(out, option{Value: r.ID, Label: v.PartyName(r.By)})
		}
	}
	return out
}

func releaseAccept(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	_, err := d.Release(v.context, f.get("accept"), f.get("text"))
	return &outcome{}, err
}

// adoptVersion has our side stand on the version of the case that the offer
// stands on.
func adoptVersion(v *visit, d *desk.Desk, _ *form) (*outcome, error) {
	o, _, err := d.Offer(v.part("id"))
	if err != nil {
		return nil, err
	}
	_, err = d.Adopt(v.context, o.Version)
	return &outcome{}, err
}

func resolving(do func(*desk.Desk, context.Context, string, desk.Choices) (parley.Ref, error)) func(*visit, *desk.Desk, *form) (*outcome, error) {
	return func(v *visit, d *desk.Desk, f *form) (*outcome, error) {
		_, err := do(d, v.context, v.part("id"), readChoices(v, f))
		return &outcome{}, err
	}
}

// answering is an act on an offer, with some words.
func answering(do func(*desk.Desk, context.Context, string, string) (parley.Ref, error)) func(*visit, *desk.Desk, *form) (*outcome, error) {
	return func(v *visit, d *desk.Desk, f *form) (*outcome, error) {
		_, err := do(d, v.context, v.part("id"), f.get("text"))
		return &outcome{}, err
	}
}
